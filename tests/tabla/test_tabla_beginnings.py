"""Headings that say on which matra their bols begin: rests stand before these."""

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import beginnings, notation
from riyaz.tabla.place import Place

PLACE = Place("f.txt", 1, 1)
BOLS = "TeTe TeTe Ka Ta Dha TeTe Ka Ta"


@pytest.mark.parametrize(
    "text",
    [
        f"Mukhda from 9\n{BOLS}",
        f"Mukhda from 9: {BOLS}",
        f"Mukhda (from the 9th matra)\n{BOLS}",
        f"Mukhda, starts on beat 9\n{BOLS}",
        f"Mukhda 9 matra se: {BOLS}",
    ],
)
def test_rests_stand_before_the_bols(text):
    (section,) = notation.read(f"Teental\n{text}").sections
    struck = [onset for onset, s in zip(section.events["onset"], section.events["symbols"], strict=True) if s]
    assert (section.name, section.ticks, struck[0]) == ("mukhda", 16 * TICKS, 8 * TICKS)


def test_the_taal_may_stand_after_the_matra():
    (section,) = notation.read(f"Mukhda from the 9th beat of Teental\n{BOLS}").sections
    assert section.ticks == 16 * TICKS


def test_bols_that_do_not_fill_the_rest_are_asked_about():
    with pytest.raises(Unreadable, match="section 'mukhda' has 15 matras"):
        notation.read(f"Teental\nMukhda from 9\n{BOLS.rsplit(' ', 1)[0]}")


@pytest.mark.parametrize("text", ["Mukhda from khali", "Mukhda from 9", "Mukhda from 9\nKaida:\nDha"])
def test_no_number_or_no_bols_are_asked_about(text):
    with pytest.raises(Unreadable, match=r"^f.txt:1:7: "):
        beginnings.marked(text.split("\n"), PLACE)


def test_other_rows_stay_as_they_are():
    rows = ["Kaida from Delhi", "taken from 3 teachers", "", BOLS]
    assert beginnings.marked(rows, PLACE) == rows
    assert beginnings.marked([], PLACE) == []


@pytest.mark.parametrize("said", ["from khali", "khali se", "(from khali)", "खाली से"])
def test_the_khali_of_the_taal_is_a_matra(said):
    (tihai,) = notation.read(f"Teentaal tihai {said}\nTeTe Dha - TeTe Dha - TeTe - Dha").sections
    assert tihai.ticks == 17 * TICKS
    with pytest.raises(Unreadable, match="is no number of a matra"):  # ektal has two
        notation.read(f"Ektal tihai {said}\nTeTe Dha - TeTe Dha - Dha")
