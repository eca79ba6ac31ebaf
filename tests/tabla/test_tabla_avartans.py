"""Sections of no whole avartans: asked about, but phrases, halves and what lands on sam from inside an avartan."""

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import notation

TEENTAL = "Dha Dhin Dhin Dha Dha Dhin Dhin Dha Dha Tin Tin Ta Ta Dhin Dhin Dha"


def matras(text):
    return [section.ticks // TICKS for section in notation.read(text).sections]


def test_an_avartan_that_lacks_a_matra_is_asked_about():
    with pytest.raises(Unreadable, match="15 matras, no whole avartans of Teental: 1 too few"):
        notation.read("Teental\n" + TEENTAL.rsplit(" ", 1)[0])


@pytest.mark.parametrize("above", ["taal: teental\nwords: matras\n\n", "taal: teental\n\n[theme]\n"])
def test_the_header_or_the_notation_itself_allows_it(above):
    assert matras(above + TEENTAL.rsplit(" ", 1)[0]) == [15]


@pytest.mark.parametrize(
    ("text", "long"), [(TEENTAL, 16), ("Dha Dhin Dhin Dha", 4), (TEENTAL[: TEENTAL.index("Tin") - 5], 8)]
)
def test_whole_avartans_halves_and_vibhags_are_read(text, long):
    assert matras("Teental\n" + text) == [long]


def test_a_tihai_by_repeats_that_lands_on_sam_has_no_bol_too_many():
    assert matras("Teental\n[Dha Te Te Dha Dha ^ -]x3") == [17]
    with pytest.raises(Unreadable, match="17 matras are one too many"):
        notation.read("Teental\nDha Te Te Dha Dha - Dha Te Te Dha Dha - Dha Te Te Dha Dha")


def test_a_tihai_begins_inside_an_avartan_where_it_ends_on_a_dha():
    (tihai,) = notation.read("Jhaptal\nTihai: Te Te Dha Te Te Dha Dha").sections
    assert tihai.ticks == 11 * TICKS  # so that the last Dha is on sam: four matras of rest stand before it
    struck = [onset // TICKS for onset, bols in tihai.events[["onset", "symbols"]].to_numpy() if bols]
    assert (struck[0], struck[-1]) == (4, 10)
    with pytest.raises(Unreadable, match="section 'tihai' has 7 matras"):
        notation.read("Jhaptal\nTihai: Te Te Dha Te Te Dha Te")
    with pytest.raises(Unreadable, match="section 'tihai' has 7 matras"):  # the last Dha stands within a matra
        notation.read("Jhaptal\nTihai\nDhaTe DhaDha TuNa DhaDha TuNa DhaDha -")
