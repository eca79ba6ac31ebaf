import numpy as np
import pytest

from riyaz.judge import structure
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row


def tune(pitches, durations=None, metre="4/4"):
    symbols = [[PITCHES[p]] for p in pitches]
    return Piece("p", in_a_row(durations or [TICKS] * len(symbols), symbols), {"kind": "notes", "metre": metre})


def test_pitch_class_entropy_by_hand():
    piece = tune([60, 72, 60, 48, 60, 62, 64, 65])
    assert structure.pitch_class_entropy(piece, 1) == pytest.approx((0 + 2) / 2)  # one class, then four
    shares = np.array([5, 1, 1, 1]) / 8
    assert structure.pitch_class_entropy(piece, 4) == pytest.approx(-(shares * np.log2(shares)).sum())
    assert np.isnan(structure.pitch_class_entropy(tune([]), 1))
    assert np.isnan(structure.pitch_class_entropy(tune([60], metre=None), 1))


def test_grooving_similarity_by_hand():
    whole, halves = [4 * TICKS], [2 * TICKS, 2 * TICKS]
    piece = tune([60] * 5, [*whole, *halves, *halves])
    positions = 4 * structure.GRID  # bars 1 and 2 differ at one position, 1 and 3 too, 2 and 3 at none
    assert structure.grooving_similarity(piece) == pytest.approx(1 - 2 / 3 / positions)
    assert np.isnan(structure.grooving_similarity(tune([60])))


def test_the_fitness_of_a_piece_said_twice_by_hand():
    """A B C D A B C D: the segment A B C D has two paths of 4 cells that cover all 8 beats."""
    similar = structure.self_similarity(tune([60, 62, 64, 65] * 2))
    fitness = structure.fitness(similar, 4)
    score, coverage = (8 - 4) / 8, (8 - 4) / 8
    assert fitness[0] == pytest.approx(2 * score * coverage / (score + coverage))
    assert fitness[0] == fitness.max()


def test_nothing_that_returns_has_no_fitness():
    similar = structure.self_similarity(tune(range(60, 76)))
    assert structure.fitness(similar, 4).tolist() == pytest.approx([0] * 13)
    assert structure.structureness(tune(range(60, 76))) == 0
    assert np.isnan(structure.structureness(tune([60] * 5)))


def test_a_slower_return_is_found_by_steps_of_two():
    slow = tune([60, 62, 64, 65, 60, 60, 62, 62, 64, 64, 65, 65])
    assert structure.fitness(structure.self_similarity(slow), 4)[0] > 0.3


def test_structure_is_more_in_a_song_than_in_notes_of_which_none_returns():
    verse, bridge = list(range(50, 58)), list(range(70, 78))
    song = verse + bridge + verse + verse
    assert structure.structureness(tune(song)) > 0.5
    assert structure.structureness(tune([*verse, *bridge, *range(30, 46)])) == 0


def test_overlap_and_divergence_of_the_same_and_of_other_pieces():
    rng = np.random.default_rng(0)
    human, same, other = rng.normal(0, 1, 40), rng.normal(0, 1, 40), rng.normal(9, 1, 40)
    near, far = structure.between(same, human), structure.between(other, human)
    assert near[0] > 0.85
    assert near[1] < 0.1
    assert far[0] < 0.05
    assert far[1] > 1
    assert all(np.isnan(structure.between(np.ones(5), np.ones(5))))
    assert all(np.isnan(structure.between(np.array([]), human)))


def test_the_table_has_a_row_a_measure():
    groups = {"a": [tune([60, 62, 64, 65] * 4)] * 2, "b": [tune([60, 62, 64, 65] * 4), tune([60, 64, 60, 65] * 4)]}
    found = structure.compared(structure.table(groups), "a", "b").set_index("measure")
    assert found.index.tolist() == [
        "grooving similarity",
        "structureness indicator",
        "pitch-class entropy, 1 bar",
        "pitch-class entropy, 4 bars",
    ]
    assert found.loc["pitch-class entropy, 1 bar", "generated"] == pytest.approx(2)
