import numpy as np
import pytest
from samples import section

from riyaz.text import features
from riyaz.text.tokens import Vocabulary

WORDS = ["taal:dadra", "metre:3/4", "metre:6/8", "d:1", "d:1/2", "Dha", "C4", "E4", "+G4", "~C4", "rest"]
VOCABULARY = Vocabulary(WORDS)


def vectors(tokens, names):
    """One vector for each token of a piece: (n, width) of 0 and 1."""
    tables = features.tables(VOCABULARY, "event", names)
    (packed,) = features.packed(tables, [VOCABULARY.ids(tokens.split())])
    return np.unpackbits(packed, axis=-1, count=features.width(tables.names))


def ones(rows, size, start=0):
    """Which entry of a part is 1 in each row; exactly one is."""
    part = rows[:, start : start + size]
    assert (part.sum(axis=1) == 1).all()
    return part.argmax(axis=1).tolist()


@pytest.mark.parametrize(("header", "beats"), [("taal:dadra", 6), ("metre:3/4", 3), ("metre:6/8", 3), ("rest", 4)])
def test_the_place_is_that_of_the_next_event_in_the_cycle_of_the_header(header, beats):
    bol = "Dha " * 8
    rows = vectors(f"<start> {'' if header == 'rest' else header} d:1 {bol}", ["place"])[-8:]
    at = [k % beats for k in range(1, 9)]
    assert ones(rows, 32) == at
    assert ones(rows, 32, 32) == [beats - 1 - beat for beat in at]
    assert ones(rows, 24, 64) == [0] * 8


def test_the_place_in_the_beat_and_the_count_of_bars():
    rows = vectors("<start> metre:3/4 d:1/2 C4 +G4 C4 E4 E4 C4 C4 E4", ["length", "place"])
    ends = [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7]  # in half beats, where the next event starts
    assert ones(rows, 32) == [half // 2 % 3 for half in ends]
    assert ones(rows, 24, 64) == [half % 2 * 12 for half in ends]
    assert ones(rows, 64, 88) == [half // 6 for half in ends]


def test_what_sounds_are_the_notes_of_two_events():
    rows = vectors("<start> d:1 C4 +G4 ~C4 rest", ["sounding"])
    now, before, count = rows[:, :128], rows[:, 128:256], ones(rows, 16, 256)
    assert [np.flatnonzero(row).tolist() for row in now] == [[], [], [60], [60, 67], [60], []]
    assert [np.flatnonzero(row).tolist() for row in before] == [[], [], [], [], [60, 67], [60]]
    assert count == [0, 0, 1, 2, 1, 0]


def test_what_was_heard_are_the_pitch_classes_by_their_share_of_the_sounding_time():
    rows = vectors("<start> d:1 C4 +G4 ~C4 rest " + "C4 " * 9 + "E4 d:1/2 rest E4", ["heard"])
    assert rows[:2].sum() == 0
    assert np.flatnonzero(rows[2]).tolist() == [0, 12, 24]  # C alone, above all three shares
    assert np.flatnonzero(rows[3]).tolist() == [0, 7, 12, 19, 24, 31]
    assert np.flatnonzero(rows[-1]).tolist() == [0, 4, 7, 12, 16, 19, 24]  # of 13.5 beats C has 11, E 1.5, G 1
    assert (vectors("<start> taal:dadra d:1 Dha Dha", ["heard"]) == 0).all()


def test_moved_is_nothing_for_a_piece_as_it_is_written_and_one_entry_for_each_transposition():
    tables, piece = features.tables(VOCABULARY, "event", ["moved"]), VOCABULARY.ids(["<start>", "d:1", "C4"])
    steps = [*range(-11, 12)]
    rows = [np.unpackbits(row, axis=-1, count=22) for row in features.packed(tables, [piece] * 23, steps)]
    assert all((row == row[0]).all() for row in rows)
    found = [np.flatnonzero(row[0]).tolist() for row in rows]
    assert found == [[k] for k in range(11)] + [[]] + [[k] for k in range(11, 22)]
    assert (features.packed(tables, [piece])[0] == 0).all()


def test_a_vector_depends_on_the_tokens_before_it_and_on_no_other_piece():
    tables = features.tables(VOCABULARY, "event", list(features.SIZES))
    rng = np.random.default_rng(0)
    pieces = [np.r_[1, rng.integers(4, len(VOCABULARY), n)].astype(np.int32) for n in (150, 3, 40)]
    together = features.packed(tables, pieces)
    assert [len(row) for row in together] == [151, 4, 41]
    for piece, row in zip(pieces, together, strict=True):
        assert (features.packed(tables, [piece])[0] == row).all()
        assert (features.packed(tables, [piece[:20]])[0] == row[:20]).all()
    assert features.packed(tables, []) == []


def test_no_features_have_no_tables():
    assert features.tables(VOCABULARY, "event", section("model", features=[]).features) is None
    assert features.width([]) == 0
