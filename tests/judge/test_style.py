from dataclasses import replace

import numpy as np
import pytest

from riyaz.judge import style
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row


def walk(name, seed, steps=(-2, -1, 1, 2), n=60):
    """A melody that goes by steps, and an octave that keeps it in range."""
    rng = np.random.default_rng(seed)
    pitches = 60 + np.cumsum(rng.choice(steps, n)) % 24
    durations = rng.choice([TICKS, TICKS // 2], n, p=[0.3, 0.7]).tolist()
    return Piece(name, in_a_row(durations, [[PITCHES[p]] for p in pitches]), {"kind": "notes", "metre": "4/4"})


HUMAN = [walk(f"h{k}", k) for k in range(30)]


def test_new_pieces_from_the_same_source_are_alike_and_that_can_be_told():
    result = style.judge([walk(f"n{k}", 100 + k) for k in range(12)], HUMAN, 1)
    assert result.p > 0.05
    assert result.control < 0.05
    assert result.metrics() == {"p": result.p, "p_control": result.control, "why": result.why}


def test_pieces_from_another_source_are_not():
    leaping = [walk(f"l{k}", 100 + k, steps=(-9, 7, 4)) for k in range(12)]
    assert style.judge(leaping, HUMAN, 1).p < 0.01


def test_under_the_null_p_is_uniform():
    small = np.array([style.two_sample(*([walk("", 1000 + 20 * s + k, n=20) for k in part]
                      for part in (range(6), range(6, 16))), s) for s in range(40)])  # fmt: skip
    assert (small < 0.05).mean() <= 0.15
    assert 0.3 < small.mean() < 0.7


def test_the_discrepancy_by_hand():
    alike = np.array([[1, 0.5, 0.1], [0.5, 1, 0.2], [0.1, 0.2, 1]])
    first = np.array([[True, True, False]])
    mean = (1 + 1 + 0.5 + 0.5) / 4 + 1 - 2 * (0.1 + 0.2) / 2
    assert style.discrepancy(alike, first)[0] == pytest.approx(mean)


def test_the_kernel_is_symmetric_with_ones_and_no_negative_eigenvalue():
    alike = style.kernel([*HUMAN[:6], Piece("empty", HUMAN[0].events.iloc[:0], HUMAN[0].about)])
    np.testing.assert_allclose(alike, alike.T)
    np.testing.assert_allclose(np.diag(alike), 1)
    assert np.linalg.eigvalsh(alike).min() > -1e-9


def test_half_shuffling_keeps_what_is_in_a_piece():
    piece = style.shuffled(HUMAN[0], np.random.default_rng(0))
    assert sorted(map(tuple, piece.events["symbols"])) == sorted(map(tuple, HUMAN[0].events["symbols"]))
    assert piece.events["duration"].sum() == HUMAN[0].events["duration"].sum()
    assert piece.events["symbols"].tolist()[:30] == HUMAN[0].events["symbols"].tolist()[:30]
    assert piece.events["symbols"].tolist() != HUMAN[0].events["symbols"].tolist()


def test_the_ratio_is_above_one_where_the_test_finds_a_difference():
    rng = np.random.default_rng(0)
    spoiled = [style.shuffled(piece, rng) for piece in HUMAN[:8]]
    for group in (HUMAN[:8], spoiled, [replace(piece, events=piece.events.iloc[:4]) for piece in HUMAN[:8]]):
        assert (style.ratio(group, HUMAN[8:], 1) > 1) == (style.two_sample(group, HUMAN[8:], 1) < 0.05)
    assert np.isnan(style.ratio(HUMAN[:1], HUMAN[1:], 1))


def test_too_few_pieces_have_no_test():
    result = style.judge(HUMAN[:1], HUMAN[1:3], 1)
    assert np.isnan(result.p)
    assert result.metrics()["p"] is None
    assert "too few" in result.why
