"""Cells: the lecture's recurrent cells, equation by equation.

A cell reads one input x (batch, n_in) and a state, and gives the next state. Rows are examples, so the
lecture's W·[h, x] is written ``[h, x] @ W``, with W of shape (units + n_in, units): the upper rows are for
the state, the lower ones for the input. A state is a tuple of (batch, units) arrays, the first of them h,
the cell's output. The functions ask their arguments for the array library they come from: given NumPy arrays
they are plain NumPy, given JAX arrays the same lines can be differentiated and compiled.

References: P. Bose, "RNN-based Learning Framework for Music Generation" (NJIT, 2022), eqs. 1 to 10; Hochreiter and
Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Cho et al. 2014, doi:10.3115/v1/D14-1179.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

Array = Any  # np.ndarray or jax.Array
Weights = dict[str, Array]
State = tuple[Array, ...]


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e^-x), eq. 1; by tanh, which cannot overflow. Any shape, the same shape back."""
    return 0.5 * (1.0 + x.__array_namespace__().tanh(0.5 * x))


def sigmoid_derivative(x: Array) -> Array:
    """σ'(x) = σ(x)(1 - σ(x)); nowhere more than 0.25, which it is at 0. Any shape, the same shape back."""
    return sigmoid(x) * (1.0 - sigmoid(x))


def softmax(logits: Array) -> Array:
    """e^logits over their sum along the last axis, eq. 3; less their maximum first, which changes nothing."""
    xp = logits.__array_namespace__()
    e = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def cross_entropy(y: Array, y_hat: Array) -> Array:
    """-Σ y·log ŷ over the last axis, eq. 10, in nats.

    Parameters
    ----------
    y : (..., n_classes), what was observed: one-hot, or a distribution. Where y is 0 nothing is added, even if ŷ is 0.
    y_hat : (..., n_classes), probabilities.

    Returns
    -------
    (...) array: one loss for each observation; eq. 10 is its sum, Keras reports its mean.
    """
    xp = y_hat.__array_namespace__()
    return -xp.sum(xp.where(y > 0, y * xp.log(xp.where(y > 0, y_hat, 1.0)), 0.0), axis=-1)


def neuron_loss(w: Array, x: Array, y: Array) -> Array:
    """Mean cross-entropy, in nats, of one neuron ŷ = σ(w·x) that tells y = 1 from y = 0.

    w is a number; x and y are (n_observations,). By the chain rule dE/dw is the mean of (ŷ - y)·x.
    """
    xp = x.__array_namespace__()
    y_hat = sigmoid(w * xp.stack([x, -x], axis=-1))  # (n_observations, 2): ŷ and 1 - ŷ
    return xp.mean(cross_entropy(xp.stack([y, 1.0 - y], axis=-1), y_hat))


def rnn_step(w: Weights, x: Array, state: State, activation: str = "tanh") -> tuple[State, Weights]:
    """h = tanh([h, x] W + b): the simple recurrent network (Elman 1990, doi:10.1207/s15516709cog1402_1).

    Parameters
    ----------
    w : ``W`` (units + n_in, units), ``b`` (units,).
    x : (batch, n_in).
    state : (h,), h (batch, units).
    activation : ``tanh``, as Keras has it, or ``sigmoid``, of which the lecture speaks.

    Returns
    -------
    state : (h,) of this step.
    seen : no gates: an empty dict.
    """
    (h,) = state
    xp = x.__array_namespace__()
    a = xp.concat([h, x], axis=-1) @ w["W"] + w["b"]
    return (sigmoid(a) if activation == "sigmoid" else xp.tanh(a),), {}


def lstm_step(w: Weights, x: Array, state: State) -> tuple[State, Weights]:
    """The long short-term memory: eqs. 4 to 9, in the lecture's order.

    Parameters
    ----------
    w : ``W_f``, ``W_i``, ``W_c``, ``W_o`` (units + n_in, units); ``b_f``, ``b_i``, ``b_c``, ``b_o`` (units,).
    x : (batch, n_in).
    state : (h, C), each (batch, units).

    Returns
    -------
    state : (h, C) of this step.
    seen : the gates ``f``, ``i``, ``o`` in (0, 1), the candidate ``c`` in (-1, 1), each (batch, units).
    """
    h, cell = state
    xp = x.__array_namespace__()
    hx = xp.concat([h, x], axis=-1)  # (batch, units + n_in)
    f = sigmoid(hx @ w["W_f"] + w["b_f"])  # eq. 4: what to forget
    i = sigmoid(hx @ w["W_i"] + w["b_i"])  # eq. 5: what to update
    c = xp.tanh(hx @ w["W_c"] + w["b_c"])  # eq. 6: the candidate
    cell = f * cell + i * c  # eq. 7
    o = sigmoid(hx @ w["W_o"] + w["b_o"])  # eq. 8: what to show
    h = o * xp.tanh(cell)  # eq. 9
    return (h, cell), {"f": f, "i": i, "c": c, "o": o}


def gru_step(w: Weights, x: Array, state: State) -> tuple[State, Weights]:
    """The gated recurrent unit, reset after the product: what Keras does (``reset_after=True``) and cuDNN too.

    z = σ([h, x] W_z + b_z), r = σ([h, x] W_r + b_r), c = tanh(x K + b_K + r·(h U + b_U)), h' = z·h + (1 - z)·c.

    Parameters
    ----------
    w : ``W_z``, ``W_r`` (units + n_in, units), ``U`` (units, units), ``K`` (n_in, units); ``b_z``, ``b_r``,
        ``b_U``, ``b_K`` (units,).
    x : (batch, n_in).
    state : (h,), h (batch, units).

    Returns
    -------
    state : (h,) of this step.
    seen : the gates ``z`` and ``r`` in (0, 1), the candidate ``c`` in (-1, 1), each (batch, units).
    """
    (h,) = state
    xp = x.__array_namespace__()
    hx = xp.concat([h, x], axis=-1)
    z = sigmoid(hx @ w["W_z"] + w["b_z"])
    r = sigmoid(hx @ w["W_r"] + w["b_r"])
    c = xp.tanh(x @ w["K"] + w["b_K"] + r * (h @ w["U"] + w["b_U"]))
    return (z * h + (1.0 - z) * c,), {"z": z, "r": r, "c": c}


def gru_before_step(w: Weights, x: Array, state: State) -> tuple[State, Weights]:
    """The gated recurrent unit, reset before the product (Keras' ``reset_after=False``): the one of Cho et al. 2014.

    As `gru_step`, but c = tanh([r·h, x] W_c + b_c): the reset gate is "applied directly to the previous hidden
    state", as the lecture says.

    Parameters
    ----------
    w : ``W_z``, ``W_r``, ``W_c`` (units + n_in, units); ``b_z``, ``b_r``, ``b_c`` (units,).
    x, state, and what it returns : as in `gru_step`.
    """
    (h,) = state
    xp = x.__array_namespace__()
    hx = xp.concat([h, x], axis=-1)
    z = sigmoid(hx @ w["W_z"] + w["b_z"])
    r = sigmoid(hx @ w["W_r"] + w["b_r"])
    c = xp.tanh(xp.concat([r * h, x], axis=-1) @ w["W_c"] + w["b_c"])
    return (z * h + (1.0 - z) * c,), {"z": z, "r": r, "c": c}


Step = Callable[..., tuple[State, Weights]]
STEPS: dict[str, Step] = {
    "rnn": rnn_step,
    "rnn_sigmoid": partial(rnn_step, activation="sigmoid"),
    "lstm": lstm_step,
    "gru": gru_step,
    "gru_before": gru_before_step,
}
GATES = {  # in Keras' order
    "rnn": ("",),
    "rnn_sigmoid": ("",),
    "lstm": ("i", "f", "c", "o"),
    "gru": ("z", "r", "c"),
    "gru_before": ("z", "r", "c"),
}


def n_parameters(cell: str, n_in: int, units: int) -> int:
    """How many numbers a cell learns: gates·units·(units + n_in + 1), and `units` more for the second bias of `gru`.

    Keras counts 2·units more for its `gru` (see `from_keras`).
    """
    return len(GATES[cell]) * units * (units + n_in + 1) + (units if cell == "gru" else 0)


def initial_state(cell: str, batch: int, units: int, dtype: Any = np.float64) -> State:
    """Zeros: (h, C) for an LSTM, (h,) for the others; each (batch, units)."""
    return tuple(np.zeros((batch, units), dtype) for _ in range(2 if cell == "lstm" else 1))


def run(cell: str, w: Weights, x: np.ndarray, state: State | None = None) -> tuple[np.ndarray, Weights, State]:
    """Let a cell read whole sequences, in NumPy.

    Parameters
    ----------
    cell : a key of `STEPS`.
    w : the cell's weights.
    x : (batch, time, n_in) float.
    state : where to start; zeros if it is not given.

    Returns
    -------
    outputs : (batch, time, units): h after each step; no steps for no time.
    seen : the gates of `STEPS[cell]`, and for an LSTM its cell state as ``C``; each (batch, time, units).
    state : the last one.
    """
    units = len(next(value for name, value in w.items() if name.startswith("b")))
    state = initial_state(cell, len(x), units, x.dtype) if state is None else state
    outputs = np.zeros((*x.shape[:2], units), x.dtype)
    names = [*(name for name in GATES[cell] if name), *(["C"] if cell == "lstm" else [])]
    seen = {name: np.zeros_like(outputs) for name in names}
    for t in range(x.shape[1]):
        state, gates = STEPS[cell](w, x[:, t], state)
        outputs[:, t] = state[0]
        for name in names:
            seen[name][:, t] = state[1] if name == "C" else gates[name]
    return outputs, seen, state


def from_keras(cell: str, arrays: Sequence[np.ndarray]) -> Weights:
    """A Keras layer's weights, as the lecture writes them.

    Keras keeps the gates side by side: kernel (n_in, gates·units), recurrent kernel (units, gates·units), bias.
    Of the two biases of its `gru` (reset after) those of z and r are only ever added: here they are one.

    Parameters
    ----------
    cell : a key of `STEPS`.
    arrays : `layer.get_weights()`.

    Returns
    -------
    The weights that the step of the cell documents, with the dtype of the arrays.
    """
    kernel, recurrent, bias = (np.asarray(a) for a in arrays)
    gates = GATES[cell]
    joined = np.split(np.concatenate([recurrent, kernel]), len(gates), axis=1)  # the lecture's [h, x]
    names = [f"_{gate}" if gate else "" for gate in gates]
    w = {f"W{name}": matrix for name, matrix in zip(names, joined, strict=True)}
    if cell != "gru":
        return w | {f"b{name}": b for name, b in zip(names, np.split(bias, len(gates)), strict=True)}
    for_input, for_state = (np.split(row, 3) for row in bias)  # (2, 3·units)
    units = len(recurrent)
    candidate = w.pop("W_c")
    w |= {"b_z": for_input[0] + for_state[0], "b_r": for_input[1] + for_state[1]}
    return w | {"U": candidate[:units], "K": candidate[units:], "b_U": for_state[2], "b_K": for_input[2]}


def initial_weights(cell: str, n_in: int, units: int, rng: np.random.Generator) -> Weights:
    """Untrained weights, drawn as Keras draws them.

    Kernels Glorot-uniform over all gates, recurrent kernels orthogonal, biases 0, but 1 for the forget gate
    (Jozefowicz et al. 2015, proceedings.mlr.press/v37/jozefowicz15). float32.
    """
    width = len(GATES[cell]) * units
    limit = np.sqrt(6.0 / (n_in + width))
    kernel = rng.uniform(-limit, limit, (n_in, width))
    q, r = np.linalg.qr(rng.normal(size=(width, units)))
    recurrent = (q * np.sign(np.diag(r))).T  # (units, width), orthonormal rows
    bias = np.zeros((2, width) if cell == "gru" else width)
    if cell == "lstm":
        bias[units : 2 * units] = 1.0
    return from_keras(cell, [a.astype(np.float32) for a in (kernel, recurrent, bias)])
