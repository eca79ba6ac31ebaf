"""Items are placed under a reading as slots of ticks and bols."""

from fractions import Fraction

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import layout, placing
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Reading
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)


def slots(text, **reading):
    rows = text.split("\n")
    items = layout.items(rows, 0, len(rows), PLACE)
    placed = placing.placed({"theme": items}, TAALS["dadra"], Reading(**reading))
    return [(Fraction(ticks, TICKS), bol) for ticks, bol in placed["theme"]]


@pytest.mark.parametrize(
    ("text", "reading", "lengths"),
    [
        ("Dha DhaGe -", {}, [1, Fraction(1, 2), Fraction(1, 2), 1]),
        ("DhaGe Na", {"strokes": Fraction(2)}, [Fraction(1, 2)] * 3),
        ("Dha Ge | Na", {"bars": "matras"}, [Fraction(1, 2), Fraction(1, 2), 1]),
        ("Dha-Ge", {}, [Fraction(1, 3)] * 3),
        ("Dha-Ge", {"hyphens": "joins"}, [Fraction(1, 2)] * 2),
        ("Dha-Ge", {"hyphens": "matras"}, [1, 1]),
        ("(Dha Ge Na) (Dha Tu Na)", {"brackets": "vibhags"}, [1] * 6),
        ("(Dha Ge Na)", {}, [Fraction(1, 3)] * 3),
        ("Dha Dhi Na - Dha", {"dashes": "bars"}, [1] * 4),
        ("DhaTiRa", {"strokes": Fraction(1), "runs": "pairs"}, [1, Fraction(1, 2), Fraction(1, 2)]),
        ("Dha TiRa KiTa", {"strokes": Fraction(1), "runs": "pairs"}, [1, *[Fraction(1, 2)] * 4]),
        ("Dha KiTa", {"strokes": Fraction(1), "runs": "pairs"}, [1, 1, 1]),
    ],
)
def test_a_reading_says_how_long_each_stroke_is(text, reading, lengths):
    assert [ticks for ticks, _ in slots(text, **reading)] == lengths


def test_the_plain_reading_comes_with_its_words_and_line():
    assert (Reading().words, Reading().settled) == ("a word is a matra", "words: matras")
    assert Reading(strokes=Fraction(2)).settled == "strokes: 2"


def test_a_mistake_is_named_and_no_sections_give_none():
    with pytest.raises(Unreadable, match=r"^f.txt:1:5: 'Xyz' is no bol"):
        slots("Dha Xyz")
    assert placing.placed({}, TAALS["dadra"], Reading()) == {}
