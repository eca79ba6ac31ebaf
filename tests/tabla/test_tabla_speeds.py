"""Speeds that names of sections say, put to the arithmetic of the taal."""

from fractions import Fraction

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import speeds
from riyaz.tabla.layout import items
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Reading
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)


def parts(words):
    return {"dugun": items([words], 0, 1, PLACE)}


def test_names_of_sections_and_rows_above_a_single_one_say_the_speed():
    assert speeds.said(["theme", "dugun"], ["tigun"]) == {"dugun": 2}
    assert speeds.said(["theme"], ["Dadra, tigun:"]) == {"theme": 3}
    assert speeds.said(["aad", "दुगुन"], []) == {"aad": Fraction(3, 2), "दुगुन": 2}


def test_two_speeds_or_none_say_nothing():
    assert speeds.said(["dugun tigun"], []) == {}
    assert speeds.said(["theme"], []) == {}


@pytest.mark.parametrize("row", ["Set 4 bols per beat", "(four strokes to a matra)", "चार बोल प्रति मात्रा"])
def test_words_say_how_many_bols_a_beat_has(row):
    assert speeds.said(["theme"], [], ["Kaida", row]) == {"theme": 4}
    assert speeds.said(["theme"], [], [row, "2 bols per beat"]) == {}
    assert speeds.said(["dugun"], [], [row]) == {"dugun": 2}


def test_single_strokes_are_played_at_the_speed_that_is_said():
    sped = speeds.sped(parts("Dha Dhin Na Dha Tin Na " * 2), TAALS["dadra"], Reading(), {"dugun": Fraction(2)})
    assert {item.speed for item in sped["dugun"]} == {2}


def test_words_of_so_many_strokes_stay_as_they_are():
    typed = parts("DhaDhin NaDha TinNa " * 2)
    assert speeds.sped(typed, TAALS["dadra"], Reading(), {"dugun": Fraction(2)}) == typed


def test_words_of_several_strokes_among_single_ones_are_one_stroke_of_that_speed():
    sped = speeds.sped(parts("Dha Dhin TiTa Dha Tin Na " * 2), TAALS["dadra"], Reading(), {"dugun": Fraction(2)})
    assert {item.speed for item in sped["dugun"]} == {2}


def test_a_dugun_that_fills_avartans_only_at_a_stroke_a_matra_is_asked_about():
    with pytest.raises(Unreadable, match="dugun says 2 strokes per matra, and 6 words are no whole avartans"):
        speeds.sped(parts("Dha Dhin Na Dha Tin Na"), TAALS["dadra"], Reading(), {"dugun": Fraction(2)})


@pytest.mark.parametrize(("n", "agrees"), [(12, True), (6, False)])
def test_slots_agree_with_a_speed(n, agrees):
    slots = [(6 * TICKS // n, "Dha")] * n
    assert speeds.agree({"dugun": slots}, {"dugun": Fraction(2)}, TAALS["dadra"]) is agrees
    assert speeds.agree({}, {}, TAALS["dadra"])
