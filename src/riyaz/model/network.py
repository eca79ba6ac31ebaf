"""The recurrent network: the lecture's four kinds of layer, in Keras.

An embedding, one or more recurrent layers each followed by dropout, a dense layer, and a softmax activation; the loss
is categorical cross-entropy (eq. 10). Only this module imports Keras.
"""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from riyaz.tools.environment import FIXED

os.environ.setdefault("KERAS_BACKEND", FIXED["KERAS_BACKEND"])
os.environ.setdefault("NPROC", FIXED["NPROC"])

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pandas as pd

from riyaz.model import recurrence
from riyaz.params import BadParams, Model, Train
from riyaz.text.tokens import PAD

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}


def dropout(settings: Model, n_tokens: int) -> float:
    """The dropout that ``auto`` stands for, by the recurrent weights for each token of the training part.

    It is 0.4 where a weight has a token, and grows by 0.2 where there are ten times as many weights: from 0.1 to 0.8,
    in steps of 0.05. `tests/model/test_network.py` has the figures from which the rule was taken.

    Parameters
    ----------
    settings : the section model; a number in it stays.
    n_tokens : of the training part, without its transpositions; 0 gives 0.8.
    """
    if settings.dropout != "auto":
        return settings.dropout
    inputs = [settings.embedding, *[settings.units] * (settings.layers - 1)]
    weights = GATES[settings.cell] * settings.units * sum(size + settings.units for size in inputs)
    rule = 0.4 + 0.2 * math.log10(weights / max(n_tokens, 1))
    return round(20 * min(0.8, max(0.1, rule))) / 20


def devices(kind: str) -> list:
    """The devices of a kind, ``cpu`` or ``gpu``, that JAX has here.

    Raises
    ------
    BadParams : there is none.
    """
    try:
        return jax.devices("cpu" if kind == "cpu" else "cuda")
    except RuntimeError as error:
        raise BadParams(
            "compute.device is gpu, but JAX finds no GPU: run pip install -e '.[gpu]' on a machine with one, or set"
            " compute.device to cpu"
        ) from error


@contextmanager
def spread(devices: list, batch: int) -> Iterator[None]:
    """Train on several devices: within, networks that are built hold a copy on each, and batches are divided.

    Raises
    ------
    BadParams : the batch cannot be divided by the number of devices.
    """
    if len(devices) == 1:
        yield
        return
    if batch % len(devices):
        raise BadParams(f"train.batch is {batch}: on {len(devices)} devices it must be a multiple of {len(devices)}")
    before = keras.distribution.distribution()
    names = [f"{'gpu' if device.platform != 'cpu' else 'cpu'}:{device.id}" for device in devices]
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=names, auto_shard_dataset=False))
    try:
        yield
    finally:
        keras.distribution.set_distribution(before)


def build(
    n_tokens: int, settings: Model, targets: str = "every", seed: int = 0, zeros: bool = False
) -> keras.Sequential:
    """Build the network with its weights drawn from `seed`, or with zeros, where others replace them.

    (batch, time) int32 -> (batch, time, n_tokens) float32 probabilities; (batch, n_tokens) for `targets` ``last``.
    """
    if not zeros:  # drawing weights takes seconds
        keras.utils.set_random_seed(seed)
    cell = CELLS[settings.cell]
    first = {"embeddings_initializer": "zeros"} if zeros else {}
    dense = {"kernel_initializer": "zeros"} if zeros else {}
    inner = {**dense, "recurrent_initializer": "zeros"} if zeros else {}
    layers = [keras.Input((None,), dtype="int32", name="tokens")]
    layers += [keras.layers.Embedding(n_tokens, settings.embedding, name="embed", **first)]
    for number in range(settings.layers):
        whole = targets == "every" or number < settings.layers - 1
        layers.append(cell(settings.units, return_sequences=whole, name=f"{settings.cell}_{number + 1}", **inner))
        layers.append(keras.layers.Dropout(settings.dropout, name=f"dropout_{number + 1}"))
    layers += [keras.layers.Dense(n_tokens, name="dense", **dense), keras.layers.Activation("softmax", name="softmax")]
    return keras.Sequential(layers, name="network")  # names of our own: Keras' count what a process has built


class FastLSTM(keras.layers.Layer):
    """An LSTM layer, with the embedding before it if there is one, that trains with `riyaz.model.recurrence.lstm`.

    It shares the layers' weights and computes the same but for rounding, in less time (`make bench`).
    """

    def __init__(self, lstm: keras.layers.LSTM, embedding: keras.layers.Embedding | None = None):
        super().__init__()
        self.lstm, self.embedding = lstm, embedding

    def call(self, x: jax.Array) -> jax.Array:
        cell = self.lstm.cell
        kernel, recurrent, bias = map(keras.ops.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
        if self.embedding is not None:
            kernel = keras.ops.convert_to_tensor(self.embedding.embeddings) @ kernel
        h = recurrence.lstm(kernel, recurrent, bias, jnp.swapaxes(x, 0, 1))  # (time, batch, units)
        return jnp.swapaxes(h, 0, 1) if self.lstm.return_sequences else h[-1]


def learner(
    model: keras.Sequential, learning_rate: float | Callable, weight_decay: float, clip: float
) -> keras.Sequential:
    """The network up to its logits, sharing its weights, compiled for training.

    The loss is computed from the logits, which is exact for small probabilities. AdamW (decoupled weight decay);
    gradients are clipped to the norm `clip`.
    """
    layers: list[Any] = [keras.Input((None,), dtype="int32")]
    for layer in model.layers[:-1]:
        if isinstance(layer, keras.layers.LSTM):
            embeds = isinstance(layers[-1], keras.layers.Embedding)
            layers.append(FastLSTM(layer, layers.pop() if embeds else None))
        else:
            layers.append(layer)
    logits = keras.Sequential(layers)
    logits.compile(
        keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay, global_clipnorm=clip),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        weighted_metrics=[
            keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="nats"),
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        ],
    )
    return logits


class Batches(keras.utils.PyDataset):
    """Batches of windows, read from memory-mapped arrays when they are needed; padding has weight 0."""

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, batch: int, seed: int | None):
        super().__init__(workers=1)
        self.inputs, self.targets, self.batch = inputs, targets, batch
        self.shuffle = None if seed is None else np.random.default_rng(seed)
        self.order = np.arange(len(inputs))
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.inputs) // self.batch)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        inputs, targets = np.array(self.inputs[rows]), np.array(self.targets[rows])
        short = self.batch - len(rows)  # every batch has one shape: one compiled program
        inputs = np.pad(inputs, [(0, short)] + [(0, 0)] * (inputs.ndim - 1))
        targets = np.pad(targets, [(0, short)] + [(0, 0)] * (targets.ndim - 1))
        return inputs, targets, (targets != PAD).astype(np.float32)

    def on_epoch_end(self) -> None:
        if self.shuffle is not None:
            self.order = self.shuffle.permutation(len(self.inputs))


def fit(
    model: keras.Sequential,
    train: tuple[np.ndarray, np.ndarray],
    valid: tuple[np.ndarray, np.ndarray],
    settings: Train,
    seed: int,
    report: Callable[[dict[str, float]], Any] = lambda row: None,
) -> pd.DataFrame:
    """Train until the validation loss stops improving; the model ends with the weights of its best epoch.

    AdamW, gradients clipped to a norm, a learning rate that falls to zero along a cosine.

    Parameters
    ----------
    train, valid : inputs and targets of `riyaz.text.windows`. Without validation windows all epochs are trained and the
        last weights stay.
    report : called after each epoch with its row.

    Returns
    -------
    DataFrame, one row per epoch: epoch (from 1), and loss (nats per token) and accuracy for training (with dropout,
    while the weights move) and validation (`val_`).
    """
    keras.utils.set_random_seed(seed)
    steps = settings.epochs * len(Batches(*train, settings.batch, None))
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps, alpha=0.0, warmup_target=settings.learning_rate, warmup_steps=max(1, steps // 50)
    )
    logits = learner(model, schedule, settings.weight_decay, settings.clip)
    rows: list[dict[str, float]] = []

    def note(epoch: int, logs: dict[str, float]) -> None:
        rows.append(
            {
                "epoch": epoch + 1,
                "loss": float(logs["nats"]),
                "accuracy": float(logs["accuracy"]),
                "val_loss": float(logs.get("val_nats", "nan")),
                "val_accuracy": float(logs.get("val_accuracy", "nan")),
            }
        )
        report(rows[-1])

    callbacks = [keras.callbacks.LambdaCallback(on_epoch_end=note), keras.callbacks.TerminateOnNaN()]
    if len(valid[0]):
        stop = {"patience": settings.patience, "restore_best_weights": True, "mode": "min"}
        callbacks.insert(1, keras.callbacks.EarlyStopping("val_nats", **stop))
    logits.fit(
        Batches(*train, settings.batch, seed),
        validation_data=Batches(*valid, settings.batch, None) if len(valid[0]) else None,
        epochs=settings.epochs,
        verbose=0,
        callbacks=callbacks,
    )
    return pd.DataFrame(rows)


def weights(model: keras.Sequential) -> dict[str, Any]:
    """The network's arrays, named as `riyaz.model.recurrence` takes them."""
    arrays = {type(layer): layer.get_weights() for layer in model.layers}
    recurrent = [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]
    return {
        "embedding": arrays[keras.layers.Embedding][0],
        "layers": [dict(zip(("kernel", "recurrent", "bias"), layer.get_weights(), strict=True)) for layer in recurrent],
        "dense": dict(zip(("kernel", "bias"), arrays[keras.layers.Dense], strict=True)),
    }
