"""The network's layers as pure JAX functions of their weights.

A model has one member or several: networks, each with an embedding, layers and a dense layer of its own. All read the
same tokens and the same features (`riyaz.text.features`), and their probabilities are averaged, alike or by shares.

`lstm` reads whole sequences and has a gradient of its own, for training. `step` and `read` run the trained network one
token at a time, so that generation carries the recurrent state in one compiled program. The cell is recognised by the
shapes of its weights: an LSTM has four gates in the order i, f, c, o (eqs. 4 to 9), a GRU (``reset_after``) three in
the order z, r, h, a simple RNN one.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.text import features

STRETCH = 1024  # tokens read at once
_TURNED = " turned"  # after the name of a matrix, see `for_one`
TURN = 4  # steps in one turn of the forward loop: a tenth less time than one by one
jax.config.update("jax_threefry_partitionable", False)  # half the work for random numbers, of one device
# members: a list of their arrays; features: `riyaz.text.features.Tables`, or None; shares, where they are not alike: of
# each member in the mean, (members,) float32
Weights = dict[str, Any]
State = dict[str, Any]  # members: of each the states of its layers; features: `riyaz.text.features.State`, or None


@jax.custom_vjp
def lstm(kernel: jax.Array, recurrent: jax.Array, bias: jax.Array, x: jax.Array) -> jax.Array:
    """Run an LSTM (eqs. 4 to 9) over whole sequences from the zero state, with a gradient made for CPUs.

    JAX's own gradient adds a share to the gradients of the weights at every step: two thin matrix products and a pass
    over all weights per step. Here the backward pass carries only the state's gradient and stores those of the gates;
    the weights' gradients are one matrix product over all steps at the end. Where the inputs are integers, they choose
    rows of the kernel and need no product. `make bench` measures the gain.

    Parameters
    ----------
    kernel : (inputs, 4 * units) float32, the gates in the order i, f, c, o.
    recurrent, bias : (units, 4 * units) and (4 * units,) float32.
    x : (time, batch, inputs) float32; or (time, batch) integers, which choose rows of `kernel`: an embedding times a
        kernel is such a kernel.

    Returns
    -------
    (time, batch, units) float32: h after each step.
    """
    return _forwards(kernel, recurrent, bias, x)[0]


def _cell(z: jax.Array, c: jax.Array) -> tuple[jax.Array, jax.Array, list[jax.Array]]:
    """One step of an LSTM (eqs. 4 to 9): from the sums z (batch, 4 * units) and c to h, c, and i, f, candidate, o.

    All gates at once, since sigmoid(z) is (tanh(z / 2) + 1) / 2: one pass that all cores share, instead of four.
    """
    scale = jnp.repeat(jnp.array([0.5, 0.5, 1, 0.5], jnp.float32), c.shape[-1])
    i, f, candidate, o = gates = jnp.split(jnp.tanh(z * scale) * scale + (1 - scale), 4, axis=-1)
    c = f * c + i * candidate
    return o * jnp.tanh(c), c, gates


def _forwards(kernel: jax.Array, recurrent: jax.Array, bias: jax.Array, x: jax.Array) -> tuple[jax.Array, ...]:
    """h after each step, c before it and its gates i, f, candidate, o, each (time, batch, units)."""
    chosen = kernel + bias if x.ndim == 2 else None

    def one(state: tuple[jax.Array, jax.Array], x: jax.Array) -> tuple[tuple, tuple]:
        h, before = state
        h, c, gates = _cell((x if chosen is None else chosen[x]) + h @ recurrent, before)
        return (h, c), (h, before, *gates)

    zeros = jnp.zeros((x.shape[1], recurrent.shape[0]), jnp.float32)
    return jax.lax.scan(one, (zeros, zeros), x @ kernel + bias if chosen is None else x, unroll=TURN)[1]


def _with_residuals(kernel: jax.Array, recurrent: jax.Array, bias: jax.Array, x: jax.Array) -> tuple[jax.Array, tuple]:
    computed = _forwards(kernel, recurrent, bias, x)
    return computed[0], (kernel, recurrent, x, computed)


def _backwards(before: tuple, dh: jax.Array) -> tuple[jax.Array | None, ...]:
    kernel, recurrent, x, (h, *gates_of_all) = before
    zeros = jnp.zeros_like(h[:1])
    transposed = recurrent.T  # once, not at each step

    def one(later: tuple[jax.Array, jax.Array], step: tuple) -> tuple[tuple, jax.Array]:
        dh, (c, i, f, candidate, o) = step  # c before the step
        dh += later[0]
        shown = jnp.tanh(f * c + i * candidate)
        dc = later[1] + dh * o * (1 - shown**2)
        gates = (
            dc * candidate * i * (1 - i),
            dc * c * f * (1 - f),
            dc * i * (1 - candidate**2),
            dh * shown * o * (1 - o),
        )
        dz = jnp.concatenate(gates, axis=-1)
        return (dz @ transposed, dc * f), dz

    _, dz = jax.lax.scan(one, (zeros[0], zeros[0]), (dh, gates_of_all), reverse=True)
    flat = dz.reshape(-1, dz.shape[-1])  # (time * batch, 4 * units)
    h_before = jnp.concatenate([zeros, h[:-1]]).reshape(-1, h.shape[-1])
    if x.ndim == 2:
        d_kernel, dx = jnp.zeros_like(kernel).at[x.reshape(-1)].add(flat), None
    else:
        d_kernel, dx = x.reshape(-1, x.shape[-1]).T @ flat, (flat @ kernel.T).reshape(x.shape)
    return d_kernel, h_before.T @ flat, flat.sum(0), dx


lstm.defvjp(_with_residuals, _backwards)


def for_one(weights: Weights) -> Weights:
    """The same network to read one row at a time: its matrices turned too, in a third less time.

    A row times a matrix is then a matrix times a column, each of whose sums goes through memory from start to end. The
    sums are taken in another order, so that the last bits differ.
    """

    def turned(layer: dict[str, Any]) -> dict[str, Any]:
        matrices = {name: np.asarray(layer[name]) for name in ("kernel", "recurrent") if name in layer}
        return layer | {name + _TURNED: jnp.array(matrix.T) for name, matrix in matrices.items()}

    members = [
        member | {"layers": [turned(layer) for layer in member["layers"]], "dense": turned(member["dense"])}
        for member in weights["members"]
    ]
    return jax.tree.map(jnp.asarray, weights | {"members": members})


def _times(x: jax.Array, layer: dict[str, Any], name: str) -> jax.Array:
    """x (batch, inputs) times a layer's matrix: (batch, outputs)."""
    turned = layer.get(name + _TURNED)
    return x @ layer[name] if turned is None else (turned @ x[0])[None]


def _gates(layer: dict[str, Any]) -> int:
    return layer["kernel"].shape[-1] // layer["recurrent"].shape[0]


def initial(weights: Weights, batch: int) -> State:
    """The zero state: for each layer of each member h (batch, units), for LSTM also c; and that of the features."""
    members = [[_zeros(layer, batch) for layer in member["layers"]] for member in weights["members"]]
    return {"members": members, "features": None if weights["features"] is None else features.initial(batch)}


def _zeros(layer: dict[str, Any], batch: int) -> tuple[jax.Array, ...]:
    zeros = jnp.zeros((batch, layer["recurrent"].shape[0]), jnp.float32)
    return (zeros, zeros) if _gates(layer) == 4 else (zeros,)


def _lstm(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    h, c = state  # (batch, units)
    return _cell(_times(x, layer, "kernel") + _times(h, layer, "recurrent") + layer["bias"], c)[:2]


def _gru(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    (h,) = state
    bias_x, bias_h = layer["bias"]
    z_x, r_x, h_x = jnp.split(_times(x, layer, "kernel") + bias_x, 3, axis=-1)
    z_h, r_h, h_h = jnp.split(_times(h, layer, "recurrent") + bias_h, 3, axis=-1)
    z, r = jax.nn.sigmoid(z_x + z_h), jax.nn.sigmoid(r_x + r_h)
    return (z * h + (1 - z) * jnp.tanh(h_x + r * h_h),)


def _rnn(layer: dict[str, Any], x: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    return (jnp.tanh(_times(x, layer, "kernel") + _times(state[0], layer, "recurrent") + layer["bias"]),)


_CELLS = {4: _lstm, 3: _gru, 1: _rnn}


def step(weights: Weights, state: State, token: jax.Array) -> tuple[State, jax.Array]:
    """Read one token per row: (batch,) int32 -> the new state and the logits of the next, (batch, n_tokens) float32.

    The logits of several members are the logarithm of the mean of their probabilities.
    """
    tables, known, given = weights["features"], None, None
    if tables is not None:
        known = features.advance(tables, state["features"], token)
        given = features.vector(tables, known).astype(jnp.float32)  # (batch, width)
    each = [
        _member(member, before, token, given)
        for member, before in zip(weights["members"], state["members"], strict=True)
    ]
    after: State = {"members": [layers for layers, _ in each], "features": known}
    return after, together([logits for _, logits in each], weights.get("shares"))


def together(logits: Sequence[jax.Array], shares: jax.Array | None = None) -> jax.Array:
    """Logits of the mean of the probabilities that members give; of one member its own logits.

    Parameters
    ----------
    shares : (members,) of each member in the mean, 1 in all; None: all alike.
    """
    if len(logits) == 1:
        return logits[0]
    logs = jnp.stack([jax.nn.log_softmax(one) for one in logits])
    if shares is None:
        return jax.nn.logsumexp(logs, axis=0) - np.log(len(logits)).astype(np.float32)
    return jax.nn.logsumexp(logs + jnp.log(shares).reshape(-1, *[1] * (logs.ndim - 1)), axis=0)


def _member(
    member: dict[str, Any], state: list[tuple], token: jax.Array, given: jax.Array | None
) -> tuple[list[tuple], jax.Array]:
    x = jnp.asarray(member["embedding"])[token]  # (batch, embedding)
    if given is not None:
        x = x + given @ member["features"]
    after = []
    for layer, before in zip(member["layers"], state, strict=True):
        after.append(_CELLS[_gates(layer)](layer, x, before))
        x = after[-1][0]  # (batch, units)
    return after, _times(x, member["dense"], "kernel") + member["dense"]["bias"]


@jax.jit
def read(weights: Weights, state: State, tokens: jax.Array) -> tuple[State, jax.Array]:
    """Continue from a state: (batch, time) int32 -> the new state and the logits (batch, time, n_tokens) float32."""

    def one(state: State, token: jax.Array) -> tuple[State, jax.Array]:
        return step(weights, state, token)

    state, out = jax.lax.scan(one, state, tokens.T)  # (time, batch, n_tokens)
    return state, jnp.swapaxes(out, 0, 1)


def logits(weights: Weights, tokens: jax.Array) -> jax.Array:
    """Read whole sequences from the zero state: (batch, time) int32 -> (batch, time, n_tokens) float32."""
    return read(weights, initial(weights, tokens.shape[0]), tokens)[1]


def log_probabilities(weights: Weights, pieces: Sequence[np.ndarray], batch: int = 16) -> list[np.ndarray]:
    """The network's prediction of each token from all tokens before it; the state is reset at each piece.

    Parameters
    ----------
    pieces : each (n,) int32; the first token is context and is not predicted.
    batch : pieces read at once; rows are padded to this number, so that a piece's figures do not depend on the others'.

    Returns
    -------
    For each piece (n - 1, n_tokens) float32: the natural logarithm of the distribution over the token at 1, 2, ...
    """
    n_tokens = weights["members"][0]["dense"]["bias"].shape[0]
    out = [np.empty((len(piece) - 1, n_tokens), np.float32) for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (len(pieces[i]), i))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        longest = -(-max(len(pieces[i]) for i in rows) // 64) * 64  # few shapes: few compilations
        tokens = np.zeros((batch, longest), np.int32)
        for row, i in enumerate(rows):
            tokens[row, : len(pieces[i])] = pieces[i]
        state = initial(weights, batch)
        for first in range(0, longest, STRETCH):  # in stretches: a long piece needs no more memory than a short one
            state, given = read(weights, state, tokens[:, first : first + STRETCH])
            logs = np.asarray(jax.nn.log_softmax(given))
            for row, i in enumerate(rows):
                part = out[i][first : first + STRETCH]
                part[:] = logs[row, : len(part)]
    return out
