import numpy as np
import pandas as pd
import pytest

from riyaz import likelihood
from riyaz.tokens import Vocabulary

V = Vocabulary(["C4", "+E4", "d:1", "rest"])


def logs(*rows):
    return np.log(np.array(rows, dtype=float))


def even(n):
    return logs(*[[1 / len(V)] * len(V)] * n)


def test_bits_by_hand():
    ids = V.ids(["<start>", "C4", "rest"])
    p = np.full((2, len(V)), 0.5 / (len(V) - 1))
    p[0, ids[1]] = 0.5
    p[1, 2] = 0.5  # the likeliest is not what came
    scored = likelihood.score([np.log(p)], [ids], V)
    assert scored["bits"].tolist() == pytest.approx([1, np.log2(2 * (len(V) - 1))])
    assert scored["correct"].tolist() == [True, False]
    assert scored["kind"].tolist() == ["note", "rest"]
    found = likelihood.summary(scored, 2)
    assert found["accuracy"] == 0.5
    assert found["bits_per_event"] == pytest.approx(scored["bits"].sum() / 2)
    assert found["perplexity"] == pytest.approx(2 ** scored["bits"].mean())


def test_long_pieces_weigh_more_by_token_and_not_by_piece():
    scored = pd.DataFrame({"piece": [0, 0, 0, 1], "bits": [1.0, 1.0, 1.0, 5.0], "correct": [True] * 4})
    found = likelihood.summary(scored, 4)
    assert (found["bits_per_token"], found["bits_per_token_by_piece"]) == (2.0, 3.0)


def test_intervals_hold_the_mean_and_need_two_pieces():
    rng = np.random.default_rng(0)
    scored = pd.DataFrame({"piece": np.repeat(range(20), 30), "bits": rng.gamma(2, 1, 600)})
    low, high = likelihood.interval(scored, seed=1)
    assert low < scored["bits"].mean() < high < low + 1
    assert np.isnan(likelihood.interval(scored[scored["piece"] == 0], seed=1)).all()
    saved, low, high = likelihood.difference(scored.assign(bits=scored["bits"] - 0.25), scored, seed=1)
    assert (saved, low, high) == pytest.approx((0.25, 0.25, 0.25))


def test_calibration_of_a_model_that_is_too_sure():
    scored = pd.DataFrame({"confidence": [0.95] * 10, "correct": [True] * 5 + [False] * 5})
    table, error = likelihood.calibration(scored)
    assert table.to_numpy().tolist() == [pytest.approx([0.95, 0.5, 10])]
    assert error == pytest.approx(0.45)


def test_frames_are_counted_by_the_chain_rule():
    """Three frames {C4, E4}, {C4}, {rest}; every model that is even over the tokens gives the same by hand."""
    ids = V.ids(["<start>", "d:1", "C4", "+E4", "C4", "rest", "<end>"])
    (nats,) = likelihood.frame_nats([even(6)], [ids], V)
    n = len(V)
    no_more, one_of_rest = np.log(n / (n - 1)), np.log(n - 1)
    assert nats.tolist() == pytest.approx([one_of_rest + no_more] * 2)


def test_frame_nats_sum_to_the_likelihood_of_all_but_the_first_frame():
    rng = np.random.default_rng(0)
    ids = V.ids(["<start>", "d:1", "C4", "+E4", "C4", "+E4", "rest", "C4", "<end>"])
    p = rng.dirichlet(np.ones(len(V)), size=len(ids) - 1)
    (nats,) = likelihood.frame_nats([np.log(p)], [ids], V)
    told = -np.log(p[np.arange(len(ids) - 1), ids[1:]])
    plus = [word.startswith("+") for word in V.words]
    closed = lambda row: -np.log(1 - p[row, plus].sum())  # noqa: E731
    # Frames 2 to 4 are tokens 4 to 7; what closes frame 1 is not theirs, what closes frame 4 is.
    assert nats.sum() == pytest.approx(told[3:7].sum() - closed(3) + closed(7))


def test_nothing_scored_is_nan_and_figures_are_rounded():
    scored = likelihood.score([], [], V)
    assert np.isnan(likelihood.summary(scored, 0)["bits_per_token"])
    assert likelihood.metrics({"a": {"b": 0.12345678}, "n": 3, "s": "x"}) == {"a": {"b": 0.123457}, "n": 3, "s": "x"}
