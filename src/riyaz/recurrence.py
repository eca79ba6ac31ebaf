"""The trained network as pure JAX functions of its weights, one token at a time or a whole piece.

This is what lets generation carry the recurrent state in one compiled program. The cell is told from the shapes: LSTM
has four gates in the order i, f, c, o (eqs. 4 to 9), GRU (``reset_after``) three in the order z, r, h, a simple RNN
one.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

STRETCH = 1024  # tokens read at once
Weights = dict[str, Any]
State = list[tuple[jax.Array, ...]]


def _gates(layer: dict[str, Any]) -> int:
    return layer["kernel"].shape[-1] // layer["recurrent"].shape[0]


def initial(weights: Weights, batch: int) -> State:
    """The zero state: for each layer h (batch, units), for LSTM also c."""
    state: State = []
    for layer in weights["layers"]:
        zeros = jnp.zeros((batch, layer["recurrent"].shape[0]), jnp.float32)
        state.append((zeros, zeros) if _gates(layer) == 4 else (zeros,))
    return state


def _lstm(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    h, c = state  # (batch, units)
    i, f, candidate, o = jnp.split(x @ layer["kernel"] + h @ layer["recurrent"] + layer["bias"], 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(candidate)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def _gru(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    (h,) = state
    bias_x, bias_h = layer["bias"]
    z_x, r_x, h_x = jnp.split(x @ layer["kernel"] + bias_x, 3, axis=-1)
    z_h, r_h, h_h = jnp.split(h @ layer["recurrent"] + bias_h, 3, axis=-1)
    z, r = jax.nn.sigmoid(z_x + z_h), jax.nn.sigmoid(r_x + r_h)
    return (z * h + (1 - z) * jnp.tanh(h_x + r * h_h),)


def _rnn(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    return (jnp.tanh(x @ layer["kernel"] + state[0] @ layer["recurrent"] + layer["bias"]),)


_CELLS = {4: _lstm, 3: _gru, 1: _rnn}


def step(weights: Weights, state: State, token: jax.Array) -> tuple[State, jax.Array]:
    """Read one token a row: (batch,) int32 -> the new state and the logits of the next, (batch, n_tokens) float32."""
    x = jnp.asarray(weights["embedding"])[token]  # (batch, embedding)
    after: State = []
    for layer, before in zip(weights["layers"], state, strict=True):
        after.append(_CELLS[_gates(layer)](layer, x, before))
        x = after[-1][0]  # (batch, units)
    return after, x @ weights["dense"]["kernel"] + weights["dense"]["bias"]


@jax.jit
def read(weights: Weights, state: State, tokens: jax.Array) -> tuple[State, jax.Array]:
    """Read on from a state: (batch, time) int32 -> the new state and the logits (batch, time, n_tokens) float32."""

    def one(state: State, token: jax.Array) -> tuple[State, jax.Array]:
        return step(weights, state, token)

    state, out = jax.lax.scan(one, state, tokens.T)  # (time, batch, n_tokens)
    return state, jnp.swapaxes(out, 0, 1)


def logits(weights: Weights, tokens: jax.Array) -> jax.Array:
    """Read whole rows from the zero state: (batch, time) int32 -> (batch, time, n_tokens) float32."""
    return read(weights, initial(weights, tokens.shape[0]), tokens)[1]


def log_probabilities(weights: Weights, pieces: list[np.ndarray], batch: int = 16) -> list[np.ndarray]:
    """What the network gave each token before it came: full context, the state reset at each piece.

    Parameters
    ----------
    pieces : each (n,) int32; the first token is context and is not predicted.
    batch : pieces read at once; rows are padded to this number, so that a piece's figures do not depend on the others'.

    Returns
    -------
    For each piece (n - 1, n_tokens) float32: the natural logarithm of the distribution over the token at 1, 2, ...
    """
    n_tokens = weights["dense"]["bias"].shape[0]
    out = [np.empty((len(piece) - 1, n_tokens), np.float32) for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (len(pieces[i]), i))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        longest = -(-max(len(pieces[i]) for i in rows) // 64) * 64  # few shapes: few compilations
        tokens = np.zeros((batch, longest), np.int32)
        for row, i in enumerate(rows):
            tokens[row, : len(pieces[i])] = pieces[i]
        state = initial(weights, batch)
        for first in range(0, longest, STRETCH):  # a long piece is read on, so that it needs no more space than a short
            state, given = read(weights, state, tokens[:, first : first + STRETCH])
            logs = np.asarray(jax.nn.log_softmax(given))
            for row, i in enumerate(rows):
                part = out[i][first : first + STRETCH]
                part[:] = logs[row, : len(part)]
    return out
