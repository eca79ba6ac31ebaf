"""Small networks of the lecture's cells: an embedding, one cell of `riyaz.lecture.cells` and a softmax layer.

A network is a dict of arrays::

    {"embedding": (n_tokens, n_embedding), "cell": the cell's weights, "W": (units, n_tokens), "b": (n_tokens,)}

JAX differentiates and compiles the very lines that `riyaz.lecture.cells` shows; all rates and seeds of a cell share one
compiled program. A target of 0 is not counted.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.flatten_util import ravel_pytree

from riyaz.lecture import cells

Network = dict[str, Any]
FACTOR = 3.0  # from one learning rate to the next that is tried
MOST = 12  # learning rates that are tried for one cell


class Windows(NamedTuple):
    """What a network reads and what it should say: each (n_windows, length) int32."""

    inputs: Any
    targets: Any


class Schedule(NamedTuple):
    """How long a network is trained."""

    steps: int
    batch: int  # windows
    checks: int  # how often the validation loss is taken; a divisor of steps


def n_parameters(cell: str, n_tokens: int, n_embedding: int, units: int) -> int:
    """How many numbers a small network learns."""
    return n_tokens * n_embedding + cells.n_parameters(cell, n_embedding, units) + (units + 1) * n_tokens


def units_for(cell: str, n_tokens: int, n_embedding: int, parameters: int) -> int:
    """How many units, at most 4096, give the network whose size is nearest to `parameters`."""
    return min(range(1, 4097), key=lambda units: abs(n_parameters(cell, n_tokens, n_embedding, units) - parameters))


def initial_network(cell: str, n_tokens: int, n_embedding: int, units: int, seed: int) -> Network:
    """An untrained network; float32. Its weights are drawn as Keras draws them, except for the embedding.

    Keras draws that between -0.05 and 0.05, so that cells begin by hearing next to nothing; here it is -1 and 1, and
    some hundred steps suffice.
    """
    rng = np.random.default_rng(seed)
    limit = np.sqrt(6.0 / (units + n_tokens))
    return {
        "embedding": rng.uniform(-1.0, 1.0, (n_tokens, n_embedding)).astype(np.float32),
        "cell": cells.initial_weights(cell, n_embedding, units, rng),
        "W": rng.uniform(-limit, limit, (units, n_tokens)).astype(np.float32),
        "b": np.zeros(n_tokens, np.float32),
    }


def initial_networks(cell: str, n_tokens: int, n_embedding: int, units: int, seed: int, n: int) -> list[Network]:
    """So many untrained networks, from the seeds `seed`, `seed` + 1, ..."""
    return [initial_network(cell, n_tokens, n_embedding, units, seed + k) for k in range(n)]


def read(cell: str, w: cells.Weights, x: jax.Array) -> jax.Array:
    """What `cells.run` computes, compiled: x (batch, time, n_in) to h (batch, time, units)."""
    units = next(value for name, value in w.items() if name.startswith("b")).shape[-1]
    start = jax.tree.map(jnp.asarray, cells.initial_state(cell, x.shape[0], units, x.dtype))

    def step(state: cells.State, x_t: jax.Array) -> tuple[cells.State, jax.Array]:
        state, _ = cells.STEPS[cell](w, x_t, state)
        return state, state[0]

    return lax.scan(step, start, x.swapaxes(0, 1))[1].swapaxes(0, 1)


def logits(cell: str, network: Network, inputs: jax.Array) -> jax.Array:
    """inputs (batch, time) int32 to the logits of every next token, (batch, time, n_tokens)."""
    return read(cell, network["cell"], network["embedding"][inputs]) @ network["W"] + network["b"]


@partial(jax.jit, static_argnames="cell")
def loss(cell: str, network: Network, windows: Windows) -> jax.Array:
    """Cross-entropy (eq. 10) for each target that is counted, in nats; 0 where none is."""
    log_y_hat = jax.nn.log_softmax(logits(cell, network, windows.inputs))
    chosen = jnp.take_along_axis(log_y_hat, windows.targets[..., None], axis=-1)[..., 0]
    counted = windows.targets > 0
    return -jnp.sum(chosen * counted) / jnp.maximum(jnp.sum(counted), 1)


def accuracy(cell: str, network: Network, windows: Windows) -> float:
    """The share of counted targets that the most likely token hits; 0 where none is counted.

    In NumPy, by `cells.run`: each length of window would be a program to compile.
    """
    h, _, _ = cells.run(cell, network["cell"], network["embedding"][windows.inputs])
    counted = windows.targets > 0
    likeliest = np.argmax(h[counted] @ network["W"] + network["b"], axis=-1)
    return float(np.mean(likeliest == windows.targets[counted])) if counted.any() else 0.0


def _adam(index: jax.Array, rate: jax.Array, gradient: jax.Array, learning: tuple) -> tuple:
    """One step of Kingma and Ba 2015 (arXiv:1412.6980): the lecture's eq. 2 with a rate for each weight."""
    weights, first, second = learning  # each (n_weights,)
    gradient = gradient / jnp.maximum(jnp.linalg.norm(gradient), 1.0)
    first = 0.9 * first + 0.1 * gradient
    second = 0.999 * second + 0.001 * gradient**2
    rate *= jnp.sqrt(1.0 - 0.999 ** (index + 1.0)) / (1.0 - 0.9 ** (index + 1.0))
    return weights - rate * first / (jnp.sqrt(second) + 1e-8), first, second


QUICK = {"xla_backend_optimization_level": 1}  # compiles in three quarters of the time, runs as fast


@partial(jax.jit, static_argnames=("cell", "schedule"), compiler_options=QUICK)
def _train(
    cell: str, start: Network, rate: jax.Array, rows: jax.Array, data: Windows, valid: Windows, schedule: Schedule
) -> tuple[Network, jax.Array]:
    """As `train`, from one start; rows is (checks, steps / checks, batch)."""
    weights, network = ravel_pytree(start)  # one vector: far quicker to compile than many arrays

    def step(learning: tuple, now: tuple) -> tuple:
        index, rate, rows = now
        batch = Windows(*(a[rows] for a in data))
        gradient = jax.grad(lambda weights: loss(cell, network(weights), batch))(learning[0])
        return _adam(index, rate, gradient, learning), None

    def check(carry: tuple, now: tuple) -> tuple:
        learning, best, lowest = carry
        learning, _ = lax.scan(step, learning, now)
        current = loss(cell, network(learning[0]), valid)
        best = jnp.where(current < lowest, learning[0], best)
        return (learning, best, jnp.minimum(current, lowest)), current

    index = jnp.arange(schedule.steps, dtype=jnp.float32).reshape(schedule.checks, -1)
    falling = rate * 0.5 * (1.0 + jnp.cos(jnp.pi * index / schedule.steps))
    zeros = jnp.zeros_like(weights)
    carry = ((weights, zeros, zeros), weights, jnp.inf)
    done: tuple[Any, jax.Array] = lax.scan(check, carry, (index, falling, rows))
    return network(done[0][1]), done[1]


def train(
    cell: str,
    starts: Sequence[Network],
    rate: float,
    data: Windows,
    valid: Windows,
    schedule: Schedule,
    seed: int,
    among: np.ndarray | None = None,
) -> tuple[list[Network], np.ndarray]:
    """Train one network from each start, with Adam and the gradient's norm cut at 1.

    Parameters
    ----------
    starts : untrained networks of one size.
    rate : the learning rate at first; it falls to 0 along a cosine.
    data : the windows to learn from; each step reads a random batch of them.
    valid : of all checks the network with the lowest loss on these windows is kept.
    seed : of the batches of the first start; each further one has the next seed.
    among : (n,) int, the windows of `data` to learn from; all if it is not given. What is compiled stays the same.

    Returns
    -------
    networks : one for each start, NumPy float32.
    losses : (n_starts, checks), validation loss in nats for each target.

    Raises
    ------
    ValueError : the steps cannot be parted by the checks.
    """
    if schedule.steps % schedule.checks:
        raise ValueError(f"{schedule.steps} steps cannot be parted by {schedule.checks} checks: make them a multiple")
    shape = (schedule.checks, schedule.steps // schedule.checks, schedule.batch)
    among = np.arange(len(data.inputs)) if among is None else among
    results = []
    for k, start in enumerate(starts):  # one after the other, so that any number of them is one compiled program
        rows = np.random.default_rng(seed + k).choice(among.astype(np.int32), size=shape)
        results.append(jax.device_get(_train(cell, start, np.float32(rate), rows, data, valid, schedule)))
    return [network for network, _ in results], np.stack([losses for _, losses in results])


def beyond(losses: Mapping[float, float]) -> list[float]:
    """The next learning rate to try; none where the best rate has a worse one on either side.

    Parameters
    ----------
    losses : by learning rate, two or more. The next one lies beyond the end that is the best, by a factor of `FACTOR`.
        A loss that is no number is the worst.
    """
    rates = sorted(losses)
    best = min(rates, key=lambda rate: (np.nan_to_num(losses[rate], nan=np.inf), rate))
    if best not in (rates[0], rates[-1]) or len(rates) >= MOST:
        return []
    step = FACTOR if best == rates[-1] else 1 / FACTOR
    return [float(f"{best * step:.6g}")]  # the same number for every cell


def gradient_norms(cell: str, w: cells.Weights, x: np.ndarray) -> np.ndarray:
    """How strongly the last output feels the input k steps back.

    Parameters
    ----------
    x : (batch, time, n_in) float.

    Returns
    -------
    (batch, time) float64: at k the Frobenius norm of the Jacobian dh(T) / dx(T - k), by automatic
    differentiation in double precision (in single precision the squares of small norms are lost).
    """
    with jax.enable_x64(True):
        w, x = jax.tree.map(lambda a: jnp.asarray(a, jnp.float64), (w, x))
        return np.stack([np.linalg.norm(_jacobian(cell, w, sequence), axis=(0, 2))[::-1] for sequence in x])


@partial(jax.jit, static_argnames="cell")
def _jacobian(cell: str, w: cells.Weights, x: jax.Array) -> jax.Array:
    """dh(T) / dx of one sequence, x (time, n_in): (units, time, n_in)."""
    return jax.jacrev(lambda sequence: read(cell, w, sequence[None])[0, -1])(x)


def step_cost(cell: str, n_in: int, units: int) -> dict[str, int]:
    """What one step of one sequence takes.

    Returns
    -------
    dict: `weights` and `state` in bytes of float32; `multiply_adds`: every matrix entry is used once a step;
    `operations`: all floating-point operations that the XLA compiler counts, σ and tanh among its `transcendentals`.
    """
    w = cells.initial_weights(cell, n_in, units, np.random.default_rng(0))
    state = cells.initial_state(cell, 1, units, np.float32)
    x = np.zeros((1, n_in), np.float32)
    counted: Any = jax.jit(lambda w, x, state: cells.STEPS[cell](w, x, state)[0]).lower(w, x, state).cost_analysis()
    return {
        "weights": sum(a.nbytes for a in w.values()),
        "state": sum(a.nbytes for a in state),
        "multiply_adds": sum(a.size for a in w.values() if a.ndim == 2),
        "operations": int(counted["flops"]),
        "transcendentals": int(counted["transcendentals"]),
    }
