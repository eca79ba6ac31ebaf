"""Rows of words beside the music are set aside, and said to be; others are asked about."""

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import beside, notation, sheet

ROWS = "Dadra\nDha Dhi Na | Dha Tu Na"


@pytest.mark.parametrize(
    "words",
    [
        "Practise this with your teacher until the hands find it",
        "यह ताल बहुत सुन्दर होता है",
        "Its vibhags have 3 matras",
        "この曲はダドラです",
    ],
)
def test_words_are_set_aside(words):
    read = notation.read(f"{ROWS}\n\n{words}\nDha Dha Na | Dha Tu Na")
    assert sum(section.ticks for section in read.sections) == sum(s.ticks for s in notation.read(ROWS).sections) * 2
    assert read.aside in ((), (4,))  # none where they were known to be words at once


@pytest.mark.parametrize(
    "words",
    [
        "Dha Dhi Nq | Dha Tu Na",  # a bol with a wrong letter
        "Tham Jhalang Thom Vilang",  # words that may be bols
        "then play that line three times at double speed",
        "tempp: 90",
    ],
)
def test_other_rows_are_asked_about(words):
    with pytest.raises(Unreadable):
        notation.read(f"{ROWS}\n\n{words}\nDha Dha Na | Dha Tu Na")
    assert beside.instead([*ROWS.split("\n"), "", words], 3) is None


@pytest.mark.parametrize("words", ["Now in Jhaptal, if you like", "Here a cycle has 7 matras"])
def test_words_on_another_taal_are_not_set_aside(words):
    assert beside.instead([*ROWS.split("\n"), "", words], 3) is None


def test_a_row_that_alone_names_the_taal_leaves_its_name():
    rows = ["Dha Dhi Na", "Dha Tu Na", "This is Dadra, as it is played with songs"]
    assert beside.instead(rows, 2) == "Dadra"
    assert beside.instead(rows, 0) is None


def test_rows_that_were_not_read_are_named():
    text = f"{ROWS}\n\nPractise this with your teacher\nX 0\nDha Dha Na | Dha Tu Na\n"
    assert notation.read(text).aside == (4,)
    assert notation.read(text).not_read() == ["set aside as words beside the music: line 4"]
    assert notation.read(f"{ROWS}\nSource: a teacher").aside == ()
    assert notation.read("taal: dadra\n\n[theme]  # a note\nDha Dhi Na Dha Tu Na").aside == ()


@pytest.mark.parametrize(
    "words",
    [
        "once more",
        "then go back to the theme",
        "leave out the last bol",
        "wait a matra here",
        "skip the first Dha",
        "slowly, two beats per word",
        "now without the left hand",
        "three of these",
        "1 beat rest",
        "दुगुन में बजाएं",
    ],
)
def test_words_that_change_what_is_typed_are_asked_about(words):
    with pytest.raises(Unreadable):
        notation.read(f"{ROWS}\n{words}\nDha Dha Na | Dha Tu Na")
    with pytest.raises(Unreadable):
        notation.read(f"Dadra\n{words}\nDha Dha Na | Dha Tu Na")


def test_the_sheet_says_what_was_set_aside(tmp_path, capsys):
    text = f"{ROWS}\n\nこの曲はダドラです\n"
    (tmp_path / "mine.txt").write_text(text, encoding="utf-8")
    assert notation.read(text).aside == (4,)
    sheet.run([str(tmp_path / "mine.txt"), "--to", str(tmp_path)])
    assert "set aside as words beside the music: line 4" in capsys.readouterr().out


def test_words_that_say_how_many_strokes_a_matra_has_stay():
    rows = ["Written out for a friend in 8ths", "Dha Dhi Na Dha Tu Na"]
    assert beside.instead(rows, 0) is None
    assert beside.instead(["Written out for a friend", rows[1]], 0) == ""
