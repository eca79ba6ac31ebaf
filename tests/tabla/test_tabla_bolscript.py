import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import bolscript, notation

TEXT = """$HISTORY:
made for a test

Editor: nobody
Type: Kaida
Tal: Keherwa
Speed: 2

Theme:
dha ti ge na ti na ke na
ta ti ke na dhi na ge na

$line:
dha ti dha ti

Variation 1:
line dha ti ge na
line 2! dhi na ge na dhi na ge na

Comment:
Play it slowly
"""


def read(text):
    composition = notation.read(text, "f.txt")
    return composition, {
        section.name: section.events["symbols"].map(" ".join).tolist() for section in composition.sections
    }


def test_fields_phrases_and_speeds_are_a_composition():
    composition, strokes = read(TEXT)
    assert (composition.taal, composition.form, composition.source) == ("keherwa", "kaida", "editor: nobody")
    assert list(strokes) == ["theme", "variation 1"]
    assert strokes["variation 1"][:8] == "Dha Ti Dha Ti Dha Ti Ge Na".split()
    assert composition.sections[1].events["duration"].tolist()[-1] * 2 == composition.sections[1].events["duration"][0]


def test_repeats_leave_out_strokes_and_the_last_lasts_a_matra():
    composition, strokes = read("Editor: x\nTal: Dadra\nSpeed: 2\nTihai:\n(dha ti dha - )x4<1\n")
    assert strokes["tihai"][-4:] == ["Dha", "Ti", "Dha", ""]
    assert len(strokes["tihai"]) == 16
    composition, strokes = read("Editor: x\nTal: Dadra\nSpeed: 2\nTihai:\n(ti - )x6 dha\n")
    assert strokes["tihai"][-2:] == ["Dha", ""]
    assert composition.sections[0].ticks % 7 == 0


def test_a_taal_that_is_not_known_has_its_vibhags():
    composition, _ = read("Type: Tal\nTal: Mytal\nLength: 5\nTheka:\ndhin 2 dha ge 1 na tin na\nVibhags:\n2 + 3K\n")
    assert composition.taal.startswith("Mytal; 2+3; X 0")


@pytest.mark.parametrize("text", ["", "Taal: Dadra\nDha Dhi Na Dha Tu Na", "Tal: Dadra\nTheme:\nDha Dhi Na Dha Tu Na"])
def test_other_texts_are_left_alone(text):
    assert bolscript.rows(text) == []


def test_an_unknown_bol_is_named_with_its_line():
    with pytest.raises(Unreadable, match=r"^f.txt:5:\d+: 'xyz' is no bol"):
        notation.read("Editor: x\nTal: Dadra\nSpeed: 1\nTheme:\ndha xyz na dha tu na\n", "f.txt")
