import re
from pathlib import Path

import numpy as np
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from riyaz.judge import degeneration as d
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row

TABLA = Path(__file__).parents[2] / "data" / "raw" / "tabla"


def tune(pitches, beats=1):
    return in_a_row([int(beats * TICKS)] * len(pitches), [[] if p is None else [PITCHES[p]] for p in pitches])


def wild(seed, n=60):
    return np.random.default_rng(seed).integers(50, 80, n).tolist()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("xyabcabcabcabc", d.Loop(2, 3, 4.0, True)),
        ("xyabcabcabcabz", d.Loop(2, 3, 11 / 3, False)),
        ("aaaa", d.Loop(0, 1, 4.0, True)),
        ("abab", None),
        ("abababcdcdcdcdcd", d.Loop(6, 2, 5.0, True)),
        ("abcdefgh", None),
        ("", None),
    ],
)
def test_loops_by_hand(text, found):
    assert d.loop(text) == found


@given(st.lists(st.integers(0, 1), max_size=25))
def test_the_loop_is_the_longest_that_looking_everywhere_finds(x):
    spans = [
        (stop - start - p, -p)
        for p in range(1, len(x) // 3 + 1)
        for start in range(len(x))
        for stop in range(start + 3 * p, len(x) + 1)
        if all(x[i] == x[i - p] for i in range(start + p, stop))
    ]
    found = d.loop(x)
    assert (found is None) == (not spans)
    if found:
        assert (found.stop - found.start - found.period, -found.period) == max(spans)
        assert found.to_end == (found.stop == len(x))


def test_distinct_by_hand():
    assert d.distinct("ababab", 1) == pytest.approx(2 / 6)
    assert d.distinct("ababab", 2) == pytest.approx(2 / 5)
    assert d.distinct("abc", 3) == 1
    assert np.isnan(d.distinct("ab", 3))


def test_entropy_along_by_hand():
    bits = d.entropy_along("aaaabbbbabcd", window=4)
    assert bits[0] == 0
    assert bits[2] == 1  # a a b b
    assert bits[1] == pytest.approx(-0.25 * np.log2(0.25) - 0.75 * np.log2(0.75))
    assert bits[-1] == 2
    assert len(bits) == 9
    assert len(d.entropy_along("abc", window=4)) == 0


def test_recurrence_by_hand():
    share = d.recurrence("abcabcabd", longest=10)
    np.testing.assert_allclose(share[[0, 1, 2]], [0, 0, 5 / 6])
    assert np.isnan(share[8:]).all()
    pairs = d.recurrence("abcabcabd", longest=3, n=2)
    assert pairs[2] == pytest.approx(4 / 5)  # ab bc ca ab, not bd
    assert np.isnan(d.recurrence("a", 2)).all()


def test_recurrences_are_means_over_the_pieces_that_are_long_enough():
    pieces = [Piece("a", tune([60, 62] * 2), {}), Piece("b", tune([60, 62, 60]), {}), Piece("empty", tune([]), {})]
    found = d.recurrences(pieces, longest=5, least=1)
    np.testing.assert_allclose(found[:3], [0, 1, 0])  # two beats ago it was the same, in both
    assert np.isnan(found[3:]).all()
    held = [Piece("c", tune([60, 60, 62]), {}), Piece("d", tune([60, 62]), {})]
    np.testing.assert_allclose(d.recurrences(held, longest=1, least=3), [(1 / 2 + 0) / 2])
    assert np.isnan(d.recurrences(held, longest=1, least=4)).all()  # three beats have one before them
    assert np.isnan(d.recurrences([], longest=3)).all()


def test_beats_hold_what_is_struck_in_them():
    events = in_a_row([TICKS // 2, TICKS, TICKS // 2, TICKS], [["C4"], ["D4"], [], ["E4"]])
    assert d.beats(events) == [((0, ("C4",)), (TICKS // 2, ("D4",))), (), ((0, ("E4",)),)]
    assert d.beats(tune([])) == []


@pytest.mark.parametrize(
    ("pitches", "why"),
    [
        (wild(0) + [60, 62, 64] * 12, "from beat 61 on C4 D4 E4 comes 12 times in a row"),
        (wild(0) + [60] * 20, "from beat 61 on C4 comes 20 times in a row"),
        ([60, 62] * 20 + wild(0, 10), "from beat 1 on C4 D4 comes 20 times in a row"),
        ([None] * 30, "nothing sounds"),
        ([], "nothing sounds"),
        ([60, None, 60, 60, None, None] * 4, "all 12 events are C4"),
        (wild(1, 5) + wild(2, 7) * 10, "from beat 6 on .* ... comes 10 times in a row"),
    ],
)
def test_a_collapse_is_said_in_words(pitches, why):
    assert re.fullmatch(why, d.collapsed(tune(pitches)))


@pytest.mark.parametrize(
    "pitches",
    [
        wild(0),
        wild(0, 16) * 4,  # four verses
        wild(0) + [60, 62, 64] * 8,  # as often as players do
        wild(0) + [60] * 30 + wild(1, 60),  # a drone in the middle
        [60] * 3,
    ],
)
def test_what_players_do_is_not_flagged(pitches):
    assert d.collapsed(tune(pitches)) is None


def test_what_is_normal_is_measured_on_human_pieces():
    ostinato = [Piece(str(k), tune(wild(k, 20) + [60, 67] * 15), {"kind": "notes"}) for k in range(5)]
    assert d.normal(ostinato) == 15
    assert d.collapsed(ostinato[0].events) is not None
    assert d.collapsed(ostinato[0].events, d.normal(ostinato)) is None
    assert d.normal([]) == d.NORMAL


def test_the_repertoire_is_not_flagged():
    from riyaz.music.readers import read_corpus

    pieces, _ = read_corpus(TABLA / "teental", "tabla", compute=samples.compute(1))
    table = d.degeneration({"repertoire": pieces}, [])
    assert len(pieces) > 10
    assert (table["collapsed"] != "").mean() < 0.05
    theme = pieces[0].events["symbols"].tolist()[:7] * 15
    looped = Piece("looped", in_a_row([TICKS] * len(theme), theme), {"kind": "bols"})
    assert d.collapsed(looped.events, d.normal(pieces))


def test_a_table_of_all_groups():
    groups = {
        "argmax": [Piece("a", tune([60, 62] * 40), {})],
        "sampled": [Piece("s", tune(wild(3, 64)), {}), Piece("empty", tune([]), {})],
    }
    table = d.degeneration(groups, groups["sampled"][:1]).set_index("piece")
    figures = ["repeats", "period", "looped", "distinct_4", "entropy_last"]
    assert table.loc["a", figures].tolist() == [40, 2, 1, 2 / 77, 1]
    assert table.loc["a", "collapsed"] == "from beat 1 on C4 D4 comes 40 times in a row"
    assert table.loc["s", ["repeats", "period", "looped", "collapsed"]].tolist() == [1, 0, 0, ""]
    assert table.loc["empty", "collapsed"] == "nothing sounds"
    golden = table.loc["s", ["distinct_1", "entropy_first", "entropy_last"]].astype(float)
    np.testing.assert_allclose(golden, GOLDEN, rtol=1e-9)


GOLDEN = [0.390625, 4.330304904326088, 4.059471570992754]
