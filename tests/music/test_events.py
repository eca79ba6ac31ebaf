from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riyaz.music import events as ev

notes = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.integers(58, 66)), max_size=30)


def columns(rows):
    return np.array(rows, dtype=int).reshape(-1, 3).T


def test_a_note_held_under_a_melody_is_cut_and_joined_again():
    events, lost = ev.from_notes(*columns([(0, 4, 48), (0, 2, 64), (2, 2, 65)]))
    assert events["symbols"].tolist() == [["C3", "E4"], ["C3", "F4"]]
    assert events["held"].tolist() == [[False, False], [True, False]]
    assert ev.to_notes(events).to_numpy().tolist() == [[0, 4, "C3"], [0, 2, "E4"], [2, 2, "F4"]]
    assert sum(lost.values()) == 0


def test_what_is_lost_is_counted():
    events, lost = ev.from_notes(*columns([(0, 4, 60), (0, 2, 60), (2, 4, 60), (9, 0, 61)]))
    assert lost == {"zero": 1, "doubled": 1, "restruck": 1}
    assert ev.to_notes(events).to_numpy().tolist() == [[0, 2, "C4"], [2, 4, "C4"]]


def test_no_notes_make_no_events():
    events, _ = ev.from_notes(*columns([]))
    assert len(events) == 0
    assert len(ev.to_notes(events)) == 0


@settings(deadline=None)
@given(notes, st.integers(0, 100))
def test_events_follow_each_other_and_lose_nothing_else(rows, end):
    events, lost = ev.from_notes(*columns(rows), end=end)
    ev.validate(events)
    back = ev.to_notes(events)
    assert len(back) + lost["zero"] + lost["doubled"] == len(rows)
    again, nothing = ev.from_notes(back["onset"], back["duration"], back["symbol"].map(ev.NUMBERS), end)
    pd.testing.assert_frame_equal(again, events)
    assert sum(nothing.values()) == 0


@settings(deadline=None)
@given(notes, st.integers(0, 127))
def test_velocities_go_with_their_notes(rows, seed):
    onset, duration, pitch = columns(rows)
    velocity = np.random.default_rng(seed).integers(1, 128, len(rows))
    events, _ = ev.from_notes(onset, duration, pitch, velocity=velocity)
    ev.validate(events)
    rows = sorted(zip(onset, duration, pitch, velocity, strict=True), key=lambda row: (row[1], row[3]))
    loud = {(a, p): v for a, d, p, v in rows if d}  # of notes that start together the longest, of those the loudest
    if len(set(loud.values())) < 2:
        assert "velocity" not in events
        return
    back = ev.to_notes(events)
    assert back["velocity"].tolist() == [loud[a, ev.NUMBERS[s]] for a, s in back[["onset", "symbol"]].to_numpy()]
    once, *_ = ev.quantise(events, [4, 3])
    ev.validate(once)


@settings(deadline=None)
@given(notes)
@example([(44, 1, 58), (45, 1, 58)])  # which start together on the grid; the piece then ends within the longer
def test_quantising_twice_changes_nothing_more(rows):
    onset, duration, pitch = columns(rows)
    events, _ = ev.from_notes(onset * 397, duration * 397, pitch)
    once, *_ = ev.quantise(events, [4, 3])
    ev.validate(once)
    twice, lost, far = ev.quantise(once, [4, 3])
    pd.testing.assert_frame_equal(once, twice)
    assert sum(lost.values()) == 0
    assert not far.any()


@pytest.mark.parametrize(
    ("column", "row", "value", "rule"),
    [("duration", 1, 0, "at least one tick"), ("onset", 1, 5, "starts where"), ("held", 1, [True], "did not sound")],
)
def test_a_broken_rule_is_named_with_its_row(column, row, value, rule):
    events = ev.in_a_row([2, 2, 2], [["Dha"], ["Ge"], []])
    events.at[row, column] = value
    with pytest.raises(ValueError, match=rule):
        ev.validate(events)


def test_pitch_names_and_beats():
    assert (ev.PITCHES[60], ev.PITCHES[0], ev.NUMBERS["F#3"]) == ("C4", "C-1", 54)
    assert (ev.beats(2520), ev.beats(10080), ev.ticks("1/7")) == ("1/2", "2", 720)
    with pytest.raises(ValueError, match="whole number"):
        ev.ticks("1/11")


def test_pieces_come_back_from_their_folder(tmp_path):
    first, _ = ev.from_notes(*columns([(0, 4, 48), (0, 2, 64), (4, 2, 65)]))
    pieces = [
        ev.Piece("a b/ä.mid", first, {"kind": "notes", "lost": {"zero": 1}}),
        ev.Piece("k", ev.in_a_row([5040], [["Dha"]]), {"kind": "bols"}),
    ]
    ev.save(pieces, tmp_path)
    back = ev.load(tmp_path)
    assert [(p.name, p.about) for p in back] == [(p.name, p.about) for p in pieces]
    for p, q in zip(pieces, back, strict=True):
        pd.testing.assert_frame_equal(p.events, q.events)


def test_how_far_notes_move_to_the_grid():
    quarter = ev.TICKS // 4
    rows = [(10, quarter, 60), (quarter - 20, quarter, 64), (2 * quarter, quarter, 67)]
    events, _ = ev.from_notes(*columns(rows))
    assert ev.quantise(events, [4])[2].tolist() == [-10, 20, 0]
    assert ev.quantise(events, [])[2].tolist() == [0, 0, 0]
    assert ev.quantise(events.iloc[:0], [4])[2].tolist() == []


@settings(deadline=None)
@given(notes, st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_no_note_moves_further_than_half_a_grid_step(rows, grid):
    onset, duration, pitch = columns(rows)
    events, _ = ev.from_notes(onset * 97, duration * 97, pitch)
    assert np.abs(ev.quantise(events, grid)[2]).max(initial=0) <= ev.TICKS / max(grid) / 2


@pytest.mark.parametrize(
    ("metre", "beats"),
    [
        ("4/4", 4),
        ("6/8", 3),
        ("2/2", 4),
        ("3/8+2/8", Fraction(5, 2)),
        ("3+2/8", Fraction(5, 2)),
        (" 2/4 + 3/8 ", Fraction(7, 2)),
        ("3+2+2/16", Fraction(7, 4)),
        ("64/4", 64),
        *[
            (metre, None)
            for metre in (None, "", "4", "4/0", "0/4", "-3/4", "1/128", "4/256", "65/4", "99999/4", "3/8+", "3/8+2")
        ],
        *[(metre, None) for metre in ("a/b", "4/4/4", "4.5/4", "inf/4", "४/४", "free")],
    ],
)
def test_a_metre_is_beats_or_nothing(metre, beats):
    assert ev.bar_beats(metre) == beats


@pytest.mark.parametrize(
    ("about", "rest"),
    [
        ({"tempo": 120, "metre": "3+2/8", "sharps": -7}, {"tempo": 120, "metre": "3+2/8", "sharps": -7}),
        *[({"tempo": tempo}, {}) for tempo in (0, -5, 6e7, float("nan"), float("inf"), "fast", True)],
        *[({"metre": metre, "tempo": 90}, {"tempo": 90}) for metre in ("4/0", "255/1", 4)],
        *[({"sharps": sharps}, {}) for sharps in (8, -8, 10**6, 0.5)],
    ],
)
def test_what_cannot_be_said_of_a_piece_is_left_out_and_counted(about, rest):
    piece = ev.Piece("a", ev.in_a_row([ev.TICKS], [["C4"]]), {"kind": "notes", **about, "lost": {"zero": 1}})
    got = dict(ev.checked(piece).about)
    lost = got.pop("lost")
    assert got == {"kind": "notes", **rest}
    assert lost.get("impossible", 0) == len(about) - len(rest)
    assert lost["zero"] == 1


@pytest.mark.parametrize("duration", [2**28, 2**62])
def test_a_piece_without_end_is_refused(duration):
    piece = ev.Piece("a", ev.in_a_row([duration, duration], [[], ["C4"]]))
    with pytest.raises(ev.Unreadable, match="a piece lasts at most 53,261"):
        ev.checked(piece)


def test_events_that_break_the_rules_are_not_let_through():
    broken = ev.in_a_row([ev.TICKS, 0], [["C4"], []])
    with pytest.raises(ValueError, match="a duration is at least one tick"):
        ev.checked(ev.Piece("a", broken))


def several(n=7):
    """Pieces of so many and fewer ev, one of them without any, with texts that a careless reader would trip over."""
    rng = np.random.default_rng(0)
    names = ["a", "b\n }", "क", " },", "e", 'f"', "g"][:n]
    sizes = [3, 0, 5, 1, 4, 2, 6][:n]
    return [
        ev.Piece(
            name,
            ev.in_a_row([5040] * size, [[ev.PITCHES[k]] for k in rng.integers(50, 70, size)]),
            {"kind": "notes", "title": " },\n }", "lost": {}, "sections": [{"name": "}"}] * (size % 2)},
        )
        for name, size in zip(names, sizes, strict=True)
    ]


@pytest.mark.parametrize("group", [1, 4, 2**17])
def test_pieces_are_read_one_by_one_as_they_were_written(tmp_path, monkeypatch, group):
    monkeypatch.setattr(ev, "GROUP", group)
    written = several()
    passed = list(ev.saving(iter(written), tmp_path))
    assert [piece.name for piece in passed] == [piece.name for piece in written]
    stored = ev.Stored(tmp_path)
    assert stored.large == (group < 2**17)
    assert len(stored) == len(written)
    assert list(stored.abouts()) == [piece.about for piece in written]
    order = [0, 6, 2, 1, 5, 3, 4, -1, -7]
    for found, piece in zip(
        [*stored, *(stored[k] for k in order), *stored[2:6], *stored[5:1:-2], *stored[9:]],
        [*written, *(written[k] for k in order), *written[2:6], *written[5:1:-2]],
        strict=True,
    ):
        assert (found.name, found.about) == (piece.name, piece.about)
        pd.testing.assert_frame_equal(found.events, piece.events)
    with pytest.raises(IndexError):
        stored[len(written)]


def test_what_fails_on_the_way_leaves_no_file(tmp_path):
    def breaks():
        yield from several(2)
        raise ev.Unreadable("is gone")

    with pytest.raises(ev.Unreadable, match="is gone"):
        ev.save(breaks(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def slowly(frame, grid):
    """What `quantise` gives when it takes no shortcut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ev, "_unmoved", lambda *_: 0)
        return ev.quantise(frame, grid)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 5), st.integers(60, 64)), min_size=1, max_size=8),
    st.sampled_from([420, 1260, 1680, 2520, 5040]),
    st.sampled_from([[4, 3], [2], [12]]),
    st.integers(0, 30),
)
def test_the_shortcut_for_what_lies_on_the_grid_changes_nothing(notes, step, grid, cut):
    onset, length, pitch = np.array(notes).T
    frame, _ = ev.from_notes(onset * step, length * step, pitch)
    held = list(ev.rows(frame))
    cut %= len(held)  # the same music with one event cut in two, which the slow way joins again
    halves = [(row[1], row[2], row[3]) for row in held]
    halves[cut : cut + 1] = [halves[cut], (halves[cut][0], halves[cut][1], [True] * len(halves[cut][1]))]
    durations = np.array([row[0] for row in halves])
    split = ev.table(np.cumsum(durations) - durations, durations, [r[1] for r in halves], [r[2] for r in halves])
    for one in (frame, split):
        (fast, counts, far), (slow, slow_counts, slow_far) = ev.quantise(one, grid), slowly(one, grid)
        pd.testing.assert_frame_equal(fast, slow)
        assert (counts, far.tolist()) == (slow_counts, slow_far.tolist())
