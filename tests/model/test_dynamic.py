"""Dynamic evaluation looks at nothing that is to come, forgets each piece, and at rate 0 is the trained network."""

import jax
import numpy as np
import pytest
import samples

from riyaz.model import dynamic, recurrence
from riyaz.text import features
from riyaz.text.tokens import Vocabulary

WORDS = Vocabulary(["C4", "D4", "E4", "+G4", "d:1", "d:1/2", "rest"])
N = len(WORDS)
PIECES = [np.r_[1, np.random.default_rng(n).integers(4, N, n)].astype(np.int32) for n in (150, 7, 64, 1, 0)]


def weights(members=1, names=(), cell="lstm"):
    several = [samples.weights(N, seed)["members"][0] for seed in range(members)]
    rng = np.random.default_rng(9)
    for member in several:
        if names:
            member["features"] = rng.normal(size=(features.width(names), 6)).astype(np.float32)
        if cell == "gru":
            shapes = {"kernel": (6, 24), "recurrent": (8, 24), "bias": (2, 24)}
            member["layers"] = [{name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}]
    return {"members": several, "features": features.tables(WORDS, "event", names)}


KINDS = [
    weights(),
    weights(2, ("place", "sounding")),
    weights(cell="gru"),
    {**weights(2), "shares": np.float32([0.8, 0.2])},
]


@pytest.mark.parametrize("given", KINDS, ids=["lstm", "members with features", "gru", "unequal shares"])
def test_at_rate_zero_it_is_the_trained_network(given):
    found = dynamic.log_probabilities(given, PIECES, 0.0, 0.0)
    for ours, static in zip(found, recurrence.log_probabilities(given, PIECES), strict=True):
        assert ours.shape == static.shape
        np.testing.assert_allclose(ours, static, atol=2e-5)
    assert dynamic.log_probabilities(given, [], 0.1, 0.0) == []


@pytest.mark.parametrize("at", [1, 3, 8, 9, 40, 63, 64, 65, 149])
def test_a_later_token_changes_no_earlier_prediction(at):
    """The prediction of token `at` does not depend on it; that of the next one does."""
    piece = PIECES[0]
    other = piece.copy()
    other[at] = 4 if piece[at] != 4 else 5
    one, two = (dynamic.log_probabilities(KINDS[0], [row], 0.3, 0.01)[0] for row in (piece, other))
    assert one[:at].tobytes() == two[:at].tobytes()
    assert (one[at] != two[at]).any()


def test_a_piece_is_forgotten_before_the_next():
    together = dynamic.log_probabilities(KINDS[1], PIECES, 0.3, 0.01)
    for k, piece in enumerate(PIECES):
        assert dynamic.log_probabilities(KINDS[1], [piece], 0.3, 0.01)[0].tobytes() == together[k].tobytes()


def test_the_given_weights_stay():
    given = weights()
    before = jax.tree.map(np.array, given["members"])
    dynamic.log_probabilities(given, PIECES[:1], 0.3, 0.0)
    assert all((a == b).all() for a, b in zip(jax.tree.leaves(before), jax.tree.leaves(given["members"]), strict=True))


def test_the_steps_are_those_of_the_formula():
    """The same by hand, segment by segment, with the whole piece read again for each state."""
    given, rate, decay = weights(), 0.3, 0.1
    piece, members = PIECES[0][:30], given["members"]
    rows, state = [], recurrence.initial(given, 1)
    for start in range(0, len(piece) - 1, dynamic.SEGMENT):
        inputs, came = piece[:-1][start : start + dynamic.SEGMENT], piece[1:][start : start + dynamic.SEGMENT]

        def nats(members, inputs=inputs, came=came, state=state):
            _, logits = recurrence.read({**given, "members": members}, state, inputs[None])
            logs = jax.nn.log_softmax(logits[0])
            return -sum(logs[k, token] for k, token in enumerate(came)) / dynamic.SEGMENT, logs

        slopes, logs = jax.grad(nats, has_aux=True)(members)
        rows.append(np.asarray(logs))
        state = recurrence.read({**given, "members": members}, state, inputs[None])[0]
        members = jax.tree.map(
            lambda now, trained, slope: now - rate * slope + decay * (trained - now), members, given["members"], slopes
        )
    np.testing.assert_allclose(
        dynamic.log_probabilities(given, [piece], rate, decay)[0], np.concatenate(rows), atol=1e-4
    )


def test_what_repeats_is_learned():
    piece = np.r_[1, np.tile([4, 6, 5, 8, 7], 40)].astype(np.int32)
    chosen = dynamic.choose(KINDS[0], [piece])
    assert chosen.rate > 0
    assert chosen.tried["bits"].min() < 0.5 * chosen.tried["bits"].iloc[0]
    assert (chosen.tried[["rate", "decay"]].iloc[0] == 0).all()
    assert len(chosen.tried) == len(dynamic.RATES) + len(dynamic.DECAYS)
    best = chosen.tried.loc[chosen.tried["bits"].idxmin()]
    assert (best["rate"], best["decay"]) == (chosen.rate, chosen.decay)


def test_a_rate_that_leaves_all_bounds_is_not_chosen(monkeypatch):
    monkeypatch.setattr(dynamic, "RATES", (0.0, float("inf")))
    chosen = dynamic.choose(KINDS[0], PIECES[:1])
    assert (chosen.rate, len(chosen.tried)) == (0.0, 2)
    assert chosen.tried["bits"].iloc[1] == np.inf


def test_without_validation_pieces_nothing_can_be_chosen():
    with pytest.raises(ValueError, match="chosen on validation pieces and there are none"):
        dynamic.choose(KINDS[0], [])
