from dataclasses import replace

import numpy as np
import pytest
import samples

from riyaz.judge import style, verdict
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row


def walk(name, seed, steps=(-2, -1, 1, 2), n=60):
    """A melody that goes by steps, and an octave that keeps it in range."""
    rng = np.random.default_rng(seed)
    pitches = 60 + np.cumsum(rng.choice(steps, n)) % 24
    durations = rng.choice([TICKS, TICKS // 2], n, p=[0.3, 0.7]).tolist()
    return Piece(name, in_a_row(durations, [[PITCHES[p]] for p in pitches]), {"kind": "notes", "metre": "4/4"})


HUMAN = [walk(f"h{k}", k) for k in range(30)]


HELD = [walk(f"t{k}", 700 + k) for k in range(20)]
DATA = samples.data([*HUMAN, *HELD], ["train"] * 30 + ["test"] * 20)


def test_new_pieces_from_the_same_source_are_alike_and_that_can_be_told():
    result = style.judge([walk(f"n{k}", 100 + k) for k in range(12)], DATA, 1)
    assert result.sizes == (12, 50, 20)
    assert result.p > 0.05
    assert result.p_held > 0.05
    assert result.control < 0.05
    assert result.control_held < 0.05
    assert result.smallest == min(1, 2 * min(result.p, result.p_held))
    assert result.metrics()["found"] == result.smallest


def test_pieces_from_another_source_are_not():
    leaping = [walk(f"l{k}", 100 + k, steps=(-9, 7, 4)) for k in range(12)]
    result = style.judge(leaping, DATA, 1)
    assert result.p < 0.01
    assert result.p_held < 0.01


def test_what_is_like_training_pieces_only_is_found_by_the_held_out_ones():
    data = samples.data([*HUMAN[:18], *(walk(f"t{k}", 200 + k, steps=(-9, 7, 4)) for k in range(12))],
                        ["train"] * 18 + ["test"] * 12)  # fmt: skip
    assert style.judge([walk(f"n{k}", 100 + k) for k in range(12)], data, 1).smallest < 0.05


def test_pieces_of_one_source_and_unequal_length_are_alike():
    short = [walk(f"s{k}", 300 + k, n=20) for k in range(10)]
    data = samples.data([*HUMAN, *short], ["train"] * 40)
    assert style.usual(data) == 20
    mine = [walk(f"n{k}", 100 + k) for k in range(12)]
    assert style.judge(mine, data, 1).p > 0.05
    uneven = [replace(piece, events=piece.events.iloc[: 8 + k % 3]) for k, piece in enumerate(HUMAN[:20])]
    assert style.two_sample(mine, uneven, 1) < 0.05  # the length alone


def test_of_few_held_out_families_there_is_no_test():
    result = style.judge(HUMAN[:6], samples.data(HUMAN, ["train"] * 28 + ["test"] * 2), 1)
    assert np.isnan(result.p_held)
    assert "2 held-out families are too few" in result.why
    assert verdict.alike(result.smallest, result.metrics()["p_held_control"]) == "cannot be told"


def test_of_many_families_some_stand_for_all(monkeypatch):
    monkeypatch.setattr(style, "MOST", 7)
    names = [piece.name for piece in style.families(DATA, 10)]
    assert len(names) == 7
    assert (names[0], names[-1]) == ("h0", "t19")


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


def test_numbers_are_as_far_as_their_difference():
    square = style._apart(np.array([0.1, 0.4, np.nan, np.nan]))
    assert square[0, 1] == pytest.approx(0.09)
    assert square[2, 3] == 0
    assert min(square[0, 2], square[1, 2]) > square[0, 1]
    assert not style._apart(np.array([np.nan, np.nan])).any()
    same = style._apart(np.array([0.5, 0.5, np.nan]))
    assert same[0, 1] == 0 < same[0, 2]


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
    result = style.judge(HUMAN[:1], samples.data(HUMAN[1:3], ["train"] * 2), 1)
    assert np.isnan(result.p)
    assert result.metrics()["p"] is None
    assert "too few" in result.why
