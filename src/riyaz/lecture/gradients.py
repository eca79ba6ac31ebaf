"""Gradient descent on one neuron, and how a product of derivatives vanishes with depth."""

from collections.abc import Sequence

import jax
import numpy as np

from riyaz.lecture.cells import neuron_loss, sigmoid, sigmoid_derivative

# One neuron with four observations, of which the inner two contradict the outer ones: no weight fits all.
X, Y = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])


def slope(weight: float) -> float:
    """dE/dw of the neuron's loss at a weight, by automatic differentiation."""
    return float(_slope(weight))


@jax.jit
def _slope(weight: jax.Array) -> jax.Array:
    return jax.grad(neuron_loss)(weight, jax.numpy.asarray(X), jax.numpy.asarray(Y))


def slope_by_hand(weight: float) -> float:
    """The same by the chain rule: the mean of (ŷ - y) x."""
    return float(np.mean((sigmoid(weight * X) - Y) * X))


def losses(weights: np.ndarray) -> np.ndarray:
    """The neuron's loss at each weight, in nats: (n,) float64."""
    return np.array([neuron_loss(weight, X, Y) for weight in weights])


def descend(rate: float, start: float = 5.0, steps: int = 12) -> list[float]:
    """The weights that gradient descent (eq. 2) passes through, the start included."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope(path[-1]))
    return path


def products(widths: Sequence[tuple[float, str]], depth: int, rows: int, seed: int) -> list[np.ndarray]:
    """How much of a gradient is left after 0, 1, ... layers of a row of neurons, h_n = s(w_n h_{n-1}).

    Parameters
    ----------
    widths : for each case the standard deviation of the weights, and the squashing function: ``σ`` or ``tanh``.
    depth : layers. rows : random rows of neurons.

    Returns
    -------
    For each case (depth + 1,) float64: the median over the rows of the product of |w s'(w h)|.
    """
    rng = np.random.default_rng(seed)
    medians = []
    for width, squash in widths:
        h, product = rng.uniform(size=rows), [np.ones(rows)]
        for _ in range(depth):
            w = rng.normal(scale=width, size=rows)
            derivative = sigmoid_derivative(w * h) if squash == "σ" else 1 - np.tanh(w * h) ** 2
            h = sigmoid(w * h) if squash == "σ" else np.tanh(w * h)
            product.append(np.abs(product[-1] * w * derivative))
        medians.append(np.median(product, axis=1))
    return medians
