import numpy as np
import pandas as pd
import pytest

from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.text import encoding
from riyaz.text.tokens import Vocabulary

# a sixteenth late, and a note that is gone on the grid of whole beats
LATE = Piece("late", in_a_row([TICKS // 4, TICKS, TICKS], [[], ["C4"], ["E4"]]), {"kind": "notes", "tempo": 60})
EVEN = Piece("even", in_a_row([TICKS, TICKS], [["C4"], ["C4", "G4"]]), {"kind": "notes"})


def test_moves_are_counted_in_beats_and_at_the_tempo_of_the_piece():
    found = encoding.encode([LATE, EVEN], [1])
    assert found.counts == {"moved": 2, "doubled": 0, "restruck": 0}
    assert found.moves["beats"].tolist() == [0.25, 0.25, 0, 0, 0]
    assert found.moves["milliseconds"].tolist() == [250, 250, 0, 0, 0]
    assert encoding.farthest(found.moves)["beats"].tolist() == [0, 0.25, 0.25]


def test_without_a_grid_nothing_moves():
    found = encoding.encode([LATE, EVEN], [])
    assert found.counts["moved"] == 0
    assert [piece.name for piece in found.pieces] == ["late", "even"]


def test_losses_are_a_row_a_scheme():
    losses = encoding.encode([LATE, EVEN], []).losses()
    assert losses.index.tolist() == ["event", "chord"]
    assert losses.loc["event", ["missing", "durations", "rests"]].tolist() == [0, 0, 0]
    assert losses.loc["chord", "rests"] == 1
    assert losses.loc["chord", "tokens"] == 2 * 2 + 4  # <start> and <end> of both, and four chords
    assert losses.loc["chord", "vocabulary"] == 5


def test_the_vocabulary_has_what_transposing_makes():
    found = encoding.encode([EVEN], [])
    assert {"C4", "+G4", "d:1"} < set(found.vocabulary("event", 0).words)
    assert "C#4" not in found.vocabulary("event", 0)
    assert {"B3", "C#4", "+F#4", "+G#4"} < set(found.vocabulary("event", 1).words)


def test_kinds_and_frequencies_by_hand():
    vocabulary = Vocabulary(["C4", "D4", "d:1"])
    kinds = encoding.kinds(vocabulary).set_index("kind")["tokens"].to_dict()
    assert kinds == {"special": 4, "duration": 1, "note": 2}
    counts = encoding.frequencies([vocabulary.ids(["C4", "C4", "D4"]), vocabulary.ids(["C4"])], vocabulary)
    assert counts.to_dict() == {"C4": 3, "D4": 1}
    assert encoding.entropy(pd.Series([2, 1, 1])) == pytest.approx(1.5)
    assert np.isnan(encoding.frequencies([], vocabulary).sum()) or encoding.frequencies([], vocabulary).empty
