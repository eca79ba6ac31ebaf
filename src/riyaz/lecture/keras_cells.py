"""The equations held against Keras: single cells, and the whole trained network on a batch of the corpus."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
import pandas as pd

from riyaz.lecture import cells
from riyaz.model.bundle import Bundle
from riyaz.model.network import keras
from riyaz.text import features

LAYERS: dict[str, Callable[..., Any]] = {
    "rnn": keras.layers.SimpleRNN,
    "rnn_sigmoid": lambda units, **k: keras.layers.SimpleRNN(units, activation="sigmoid", **k),
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "gru_before": lambda units, **k: keras.layers.GRU(units, reset_after=False, **k),
}


def agreement(batch: int, time: int, n_in: int, units: int, seed: int) -> pd.DataFrame:
    """Run each cell here and in Keras, on Keras' own weights and random inputs.

    Returns
    -------
    A row a cell: cell, parameters in Keras, largest difference (of outputs in double precision here and single there).
    """
    rows = []
    for cell, make in LAYERS.items():
        keras.utils.set_random_seed(seed)
        layer = make(units, return_sequences=True, bias_initializer="random_normal")
        layer.build((batch, time, n_in))
        data = np.random.default_rng(seed).normal(size=(batch, time, n_in)).astype(np.float32)
        theirs = np.asarray(jax.jit(layer)(data))
        weights = cells.from_keras(cell, [array.astype(float) for array in layer.get_weights()])
        ours, _, _ = cells.run(cell, weights, data.astype(float))
        rows.append((cell, layer.count_params(), float(np.abs(ours - theirs).max())))
    return pd.DataFrame(rows, columns=["cell", "parameters in Keras", "largest difference"])


@dataclass(frozen=True)
class Batch:
    """A trained network on one batch, by hand and by Keras.

    Attributes
    ----------
    probabilities, of_keras : (windows, length, n_tokens). loss, loss_of_keras : (n_targets,) nats.
    """

    probabilities: np.ndarray
    of_keras: np.ndarray
    loss: np.ndarray
    loss_of_keras: np.ndarray

    def table(self) -> pd.DataFrame:
        """The differences and the mean losses, in words."""
        apart = [(self.probabilities, self.of_keras), (self.loss, self.loss_of_keras)]
        probability, loss = (f"{np.abs(ours - theirs).max():.1e}" for ours, theirs in apart)
        rows = [
            ("largest difference of a probability", probability),
            ("largest difference of a loss (nats)", loss),
            ("mean loss by hand (nats)", f"{self.loss.mean():.4f}"),
            ("mean loss by Keras (nats)", f"{self.loss_of_keras.mean():.4f}"),
            ("loss of a uniform guess (nats)", f"{np.log(self.probabilities.shape[-1]):.4f}"),
        ]
        return pd.DataFrame(rows, columns=["what", "value"])


def _by_hand(cell: str, member: dict[str, Any], inputs: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
    """The probabilities of one member."""
    h = member["embedding"][inputs]  # (windows, length, embedding)
    if given is not None:
        h = h + given @ member["features"]
    for layer in member["layers"]:
        h, _, _ = cells.run(cell, cells.from_keras(cell, [layer[k] for k in ("kernel", "recurrent", "bias")]), h)
    return cells.softmax(h @ member["dense"]["kernel"] + member["dense"]["bias"])  # eq. 3


def on_batch(model: Bundle, inputs: np.ndarray, targets: np.ndarray) -> Batch:
    """Embedding, cells, dense layer, softmax (eq. 3) and loss (eq. 10) in NumPy, beside Keras' own.

    Parameters
    ----------
    inputs, targets : (windows, length) int32; a target of 0 is not counted.
    """
    cell, tables = model.params["model"]["cell"], model.weights["features"]
    given = []
    if tables is not None:
        given = [features.vectors(tables, inputs)]
    by_hand = np.mean([_by_hand(cell, member, inputs, *given) for member in model.weights["members"]], axis=0)
    of_keras = np.asarray(model.network.predict([inputs, *given] if given else inputs, verbose=0))
    one_hot = np.eye(by_hand.shape[-1], dtype=np.float32)[targets]
    loss_of_keras = np.asarray(keras.losses.categorical_crossentropy(one_hot, of_keras))
    counted = targets > 0
    return Batch(by_hand, of_keras, cells.cross_entropy(one_hot, by_hand)[counted], loss_of_keras[counted])  # eq. 10
