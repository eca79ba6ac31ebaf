from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.music.events import TICKS
from riyaz.music.note_values import Metre, cuts


@pytest.mark.parametrize(
    ("start", "stop", "metre", "expected"),
    [
        ("1", "3", "4/4", "1 3"),  # quarter, half, quarter
        ("1/2", "3/2", "4/4", "1/2 3/2"),  # a syncopation within the half
        ("3/2", "5/2", "4/4", "3/2 2 5/2"),  # across the middle it is two notes
        ("0", "5/2", "4/4", "0 2 5/2"),
        ("3", "5", "4/4", "3 4 5"),  # across the bar
        ("0", "3", "3/4", "0 3"),
        ("1/2", "5/2", "3/4", "1/2 2 5/2"),
        ("1", "2", "6/8", "1 3/2 2"),  # a beat of 6/8 is never hidden
        ("1/2", "3/2", "6/8", "1/2 3/2"),
        ("0", "5", "5/4", "0 4 5"),
        ("1/3", "1", "4/4", "1/3 1"),  # two thirds of a triplet
        ("2/3", "4/3", "4/4", "2/3 1 4/3"),
        ("1/4", "1/3", "4/4", "1/4 1/3"),
    ],
)
def test_a_note_is_cut_where_it_would_hide_a_beat(start, stop, metre, expected):
    times = [int(Fraction(time) * TICKS) for time in expected.split()]
    assert cuts(int(Fraction(start) * TICKS), int(Fraction(stop) * TICKS), Metre.of(metre)) == times


def test_a_rest_begins_on_a_stronger_place_than_it_hides():
    assert cuts(TICKS, 3 * TICKS, Metre.of("4/4"), rest=True) == [TICKS, 2 * TICKS, 3 * TICKS]
    assert cuts(TICKS, 3 * TICKS, Metre.of("3/4"), rest=True) == [TICKS, 2 * TICKS, 3 * TICKS]
    assert cuts(2 * TICKS, 4 * TICKS, Metre.of("4/4"), rest=True) == [2 * TICKS, 4 * TICKS]


@given(
    st.integers(0, 24 * 8),
    st.integers(1, 24 * 6),
    st.sampled_from(["4/4", "3/4", "6/8", "12/8", "5/8", "2/2", "3/8+2/8", "7/16", "nonsense"]),
    st.booleans(),
)
def test_cuts_are_in_order_and_at_every_bar(start, length, metre, rest):
    start, stop = start * TICKS // 24, (start + length) * TICKS // 24
    found = cuts(start, stop, Metre.of(metre), rest)
    assert (found[0], found[-1]) == (start, stop)
    assert found == sorted(set(found))
    bar = Metre.of(metre).bar
    assert set(range(start // bar * bar + bar, stop, bar)) <= set(found)


@pytest.mark.parametrize("name", ["4/4", "3/4", "2/2", "5/8", "7/8", "3/2"])
@pytest.mark.parametrize("rest", [False, True])
def test_what_lies_on_sixteenths_is_not_cut_into_triplets(name, rest):
    metre, step = Metre.of(name), TICKS // 4
    for start in range(0, metre.bar, step):
        for stop in range(start + step, metre.bar + 1, step):
            assert all(place % step == 0 for place in cuts(start, stop, metre, rest)), (start, stop)
