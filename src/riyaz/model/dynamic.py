"""Dynamic evaluation: a network that goes on learning within the piece that it predicts.

The piece is read in segments of `SEGMENT` tokens. A segment is predicted first; then the weights take one step down the
gradient of its loss, and a step back to the trained weights:

    w <- w - rate * d(mean nats of the segment) / dw + decay * (trained - w)

A prediction thereby depends on what stands before it in the piece and on nothing else, so the likelihood is exact. Each
piece begins with the trained weights. The gradient goes back to the beginning of the segment, and the recurrent state
on from one segment to the next. Rate and decay are chosen on the validation part.

References
----------
Krause, Kahembwe, Murray & Renals, Dynamic evaluation of neural sequence models, ICML 2018, arXiv:1709.07432 (its plain
gradient steps). Mikolov et al., Recurrent neural network based language model, Interspeech 2010.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from riyaz.model import recurrence

SEGMENT = 8  # tokens between two steps
STRETCH = 8  # segments of one call of the compiled program; it is compiled once, whatever the lengths of the pieces
RATES = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # that are tried without decay
DECAYS = (0.003, 0.01, 0.03)  # that are tried with the best rate


@dataclass(frozen=True)
class Chosen:
    """The steps with which pieces need the fewest bits.

    Attributes
    ----------
    rate, decay : of the steps; rate 0 is the trained network.
    tried : a row a trial: rate, decay, bits (per token; infinite where the weights left all bounds).
    """

    rate: float
    decay: float
    tried: pd.DataFrame


@jax.jit
def _read(weights, members, state, tokens, targets, rate, decay):
    """Read segments with the members' weights of now: tokens and targets (segments, SEGMENT) int32.

    A target below 0 is none: its segment is the last. Returns the weights and the state after the segments, and
    (segments * SEGMENT, n_tokens) float32, the logarithms of each prediction.
    """

    def loss(members, state, tokens, targets):
        after, out = recurrence.read({**weights, "members": members}, state, tokens[None])
        logs = jax.nn.log_softmax(out[0])
        came = jnp.take_along_axis(logs, jnp.maximum(targets, 0)[:, None], 1)[:, 0]
        return -jnp.where(targets >= 0, came, 0).sum() / SEGMENT, (after, logs)

    def one(carry, segment):
        members, state = carry
        slopes, (state, logs) = jax.grad(loss, has_aux=True)(members, state, *segment)

        def stepped(now, trained, slope):
            return now - rate * slope + decay * (trained - now)

        return (jax.tree.map(stepped, members, weights["members"], slopes), state), logs

    (members, state), logs = jax.lax.scan(one, (members, state), (tokens, targets))
    return members, state, logs.reshape(-1, logs.shape[-1])


def log_probabilities(
    weights: recurrence.Weights, pieces: Sequence[np.ndarray], rate: float, decay: float
) -> list[np.ndarray]:
    """The prediction of each token from all tokens before it, by a network that goes on learning from them.

    Parameters
    ----------
    weights : as `riyaz.model.recurrence` takes them; they stay as they are.
    pieces : each (n,) int32; the first token is context and is not predicted.
    rate, decay : of the steps, 0 or more; with rate 0 the network stays the trained one.

    Returns
    -------
    For each piece (n - 1, n_tokens) float32, natural logarithms. No pieces give none.
    """
    weights = jax.tree.map(jnp.asarray, weights)
    numbers = jnp.float32(rate), jnp.float32(decay)
    size, out = STRETCH * SEGMENT, []
    for piece in pieces:
        now, state, n = weights["members"], recurrence.initial(weights, 1), len(piece) - 1
        tokens, targets = (np.full(-(-n // size) * size, none, np.int32) for none in (0, -1))
        tokens[:n], targets[:n] = piece[:-1], piece[1:]
        logs = []
        for rows in zip(tokens.reshape(-1, STRETCH, SEGMENT), targets.reshape(-1, STRETCH, SEGMENT), strict=True):
            now, state, given = _read(weights, now, state, *rows, *numbers)
            logs.append(np.asarray(given))
        empty = np.empty((0, weights["members"][0]["dense"]["bias"].shape[0]), np.float32)
        out.append(np.concatenate([empty, *logs])[:n])
    return out


def choose(weights: recurrence.Weights, pieces: Sequence[np.ndarray]) -> Chosen:
    """Choose the rate, then the decay, with the fewest bits per token of validation pieces.

    Raises
    ------
    ValueError : there are no pieces.
    """
    if not len(pieces):
        raise ValueError(
            "dynamic evaluation is chosen on validation pieces and there are none: set sequence.valid above 0"
        )
    tried = {(rate, 0.0): _bits(weights, pieces, rate, 0.0) for rate in RATES}
    best = min(tried, key=lambda pair: tried[pair])[0]
    if best:
        tried |= {(best, decay): _bits(weights, pieces, best, decay) for decay in DECAYS}
    rate, decay = min(tried, key=lambda pair: tried[pair])
    return Chosen(
        rate, decay, pd.DataFrame([(*pair, bits) for pair, bits in tried.items()], columns=["rate", "decay", "bits"])
    )


def _bits(weights: recurrence.Weights, pieces: Sequence[np.ndarray], rate: float, decay: float) -> float:
    logs = log_probabilities(weights, pieces, rate, decay)
    nats = -sum(float(log[np.arange(len(log)), ids[1:]].sum()) for log, ids in zip(logs, pieces, strict=True))
    return nats / sum(map(len, logs)) / np.log(2) if np.isfinite(nats) else float("inf")
