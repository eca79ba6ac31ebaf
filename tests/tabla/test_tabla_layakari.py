from fractions import Fraction

import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import layakari, notation
from riyaz.tabla.taals import TAALS


@pytest.mark.parametrize(
    ("taal", "starts"),
    [
        ("jhaptal", "1 6 23/3 17/2 13/3 9 28/3 60/7"),
        ("teental", "1 9 35/3 13 19/3 69/5 43/3 103/7"),
    ],
)
def test_a_theka_starts_where_it_ends_on_sam(taal, starts):
    lines = layakari.lines(notation.bols(TAALS[taal].theka, taal), TAALS[taal])
    expected = [Fraction(start) for start in starts.split()]
    matras = TAALS[taal].matras
    assert [line.start for line in lines] == [
        1 + matras - matras / line.speed if line.speed > 1 else 1 for line in lines
    ]
    assert [line.start for line in lines][:5] == expected[:5]
    assert all(line.events["duration"].sum() == TAALS[taal].ticks for line in lines)
    assert [line.name for line in lines] == list(layakari.SPEEDS)


def test_the_title_shows_the_fraction_and_the_matra():
    lines = layakari.lines(notation.bols(TAALS["jhaptal"].theka, "jhaptal"), TAALS["jhaptal"])
    assert [line.title for line in lines][2:6] == [
        "tigun (3), from matra 7 2/3",
        "chaugun (4), from matra 8 1/2",
        "aad (3/2), from matra 4 1/3",
        "5, from matra 9",
    ]


def test_no_events_give_no_lines_and_the_landing_sam_is_left_out():
    assert layakari.lines(in_a_row([], []), TAALS["dadra"]) == []
    events = notation.bols("Dha Dhi Na Dha Tu Na Dha", "dadra")
    assert layakari.lines(events, TAALS["dadra"])[1].start == 4
    joined, about = layakari.sections(events, TAALS["dadra"])
    assert joined["duration"].sum() == sum(section["duration"] for section in about) == 8 * 6 * TICKS
