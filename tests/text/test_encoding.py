from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.text import encoding
from riyaz.text.tokens import SCHEMES, Vocabulary, encode

# a sixteenth late, and a note that is gone on the grid of whole beats
LATE = Piece("late", in_a_row([TICKS // 4, TICKS, TICKS], [[], ["C4"], ["E4"]]), {"kind": "notes", "tempo": 60})
EVEN = Piece("even", in_a_row([TICKS, TICKS], [["C4"], ["C4", "G4"]]), {"kind": "notes"})


def encoded(pieces, grid, scheme="event"):
    """An encoding through which all pieces have gone, and these pieces."""
    encoding_ = encoding.Encoding(pieces, grid, scheme)
    return encoding_, list(encoding_)


def test_moves_are_counted_in_beats_and_at_the_tempo_of_the_piece():
    found, _ = encoded([LATE, EVEN], [1])
    assert found.counts == {"moved": 2, "doubled": 0, "restruck": 0, "velocities": 0}
    assert found.beats == {0.25: 2, 0: 3}
    assert found.milliseconds == {250: 2, 0: 3}
    assert encoding.farthest(found)["beats"].tolist() == [0, 0.25, 0.25]


def test_without_a_grid_nothing_moves():
    found, pieces = encoded([LATE, EVEN], [])
    assert found.counts["moved"] == 0
    assert [piece.name for piece in pieces] == found.names == ["late", "even"]


def test_losses_are_a_row_a_scheme():
    losses = encoded([LATE, EVEN], [])[0].losses()
    assert losses.index.tolist() == ["event", "chord"]
    assert losses.loc["event", ["missing", "durations", "rests"]].tolist() == [0, 0, 0]
    assert losses.loc["chord", "rests"] == 1
    assert losses.loc["chord", "tokens"] == 2 * 2 + 4  # <start> and <end> of both, and four chords
    assert losses.loc["chord", "vocabulary"] == 5


def test_the_vocabulary_has_what_transposing_makes():
    found, _ = encoded([EVEN], [])
    assert {"C4", "+G4", "d:1"} < set(found.vocabulary(0).words)
    assert "C#4" not in found.vocabulary(0)
    assert {"B3", "C#4", "+F#4", "+G#4"} < set(found.vocabulary(1).words)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_ids_are_those_of_the_pieces_on_the_grid(scheme):
    found, pieces = encoded([LATE, EVEN, LATE], [2], scheme)
    vocabulary = found.vocabulary(1)
    wanted = [vocabulary.ids(encode(piece, scheme)).tolist() for piece in pieces]
    for _ in range(2):  # they can be read again
        assert [row.tolist() for row in found.ids(vocabulary)] == wanted
    assert found.example.name == "late"
    assert found.events == sum(len(piece.events) for piece in pieces)


def test_a_piece_that_has_no_events_is_left_out():
    found, pieces = encoded([Piece("none", in_a_row([], []), {"kind": "notes"}), EVEN], [])
    assert [piece.name for piece in pieces] == found.names == ["even"]


@given(st.lists(st.integers(0, 9), min_size=1), st.sampled_from([0, 0.1, 0.5, 0.95, 1]))
def test_a_quantile_of_counts_is_that_of_the_values(values, q):
    assert encoding.quantile(Counter(values), q) == pytest.approx(np.quantile(values, q))


def test_kinds_and_frequencies_by_hand():
    vocabulary = Vocabulary(["C4", "D4", "d:1"])
    kinds = encoding.kinds(vocabulary).set_index("kind")["tokens"].to_dict()
    assert kinds == {"special": 4, "duration": 1, "note": 2}
    counts = encoding.frequencies([vocabulary.ids(["C4", "C4", "D4"]), vocabulary.ids(["C4"])], vocabulary)
    assert counts.to_dict() == {"C4": 3, "D4": 1}
    assert encoding.entropy(pd.Series([2, 1, 1])) == pytest.approx(1.5)
    assert np.isnan(encoding.frequencies([], vocabulary).sum()) or encoding.frequencies([], vocabulary).empty
