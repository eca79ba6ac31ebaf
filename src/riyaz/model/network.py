"""The recurrent network: the lecture's four kinds of layer, in Keras.

An embedding, one or more recurrent layers each followed by dropout, a dense layer, and a softmax activation; the loss
is categorical cross-entropy (eq. 10). Where the network is given features (`riyaz.text.features`), a dense layer
without bias maps them into the embedding's space, where they are added to the token. Several members are such networks
side by side in one Keras model, whose output is the mean of their probabilities. Only this module imports Keras.
"""

import math
import os
from collections.abc import Callable, Iterator, Sequence
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
from riyaz.text import features
from riyaz.text.tokens import PAD

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
CELLS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}


_OF = "_of_"  # in the name of a layer of the second member and the later ones: embed_of_2


def dropout(settings: Model, n_tokens: int) -> float:
    """The dropout that ``auto`` stands for, by the recurrent weights for each token of the training part.

    It is 0.3 where a weight has a token, and grows by 0.3 where there are ten times as many weights: from 0.1 to 0.8,
    in steps of 0.05. `tests/model/test_network.py` has the figures from which the rule was taken.

    Parameters
    ----------
    settings : the section model; a number in it stays.
    n_tokens : of the training part and its transpositions; 0 gives 0.8.
    """
    if settings.dropout != "auto":
        return settings.dropout
    inputs = [settings.embedding, *[settings.units] * (settings.layers - 1)]
    weights = GATES[settings.cell] * settings.units * sum(size + settings.units for size in inputs)
    rule = 0.3 + 0.3 * math.log10(weights / max(n_tokens, 1))
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


class _Zeros(keras.initializers.Initializer):
    """Zeros that NumPy makes: Keras' own compile a program for each shape, a second in all."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
        return np.zeros(shape, dtype)


def build(n_tokens: int, settings: Model, targets: str = "every", seed: int = 0, zeros: bool = False) -> keras.Model:
    """Build the network with its weights drawn from `seed`, or with zeros, where others replace them.

    (batch, time) int32 -> (batch, time, n_tokens) float32 probabilities; (batch, n_tokens) for `targets` ``last``. With
    features the second input is (batch, time, `riyaz.text.features.width`) float32.
    """
    if not zeros:  # drawing weights takes seconds
        keras.utils.set_random_seed(seed)
    names = [_OF + str(k) if k > 1 else "" for k in _count(settings.members)]
    members = [_layers(n_tokens, settings, targets, of, zeros) for of in names]
    if len(members) == 1 and not settings.features:  # the lecture's network
        return keras.Sequential([keras.Input((None,), dtype="int32", name="tokens"), *members[0]], name="network")
    inputs = _inputs(features.width(settings.features))
    outputs = []
    for k, layers in enumerate(members, start=1):
        x = layers.pop(0)(inputs[0])
        if settings.features:
            x = keras.layers.Add(name=f"add{_OF}{k}")([x, layers.pop(0)(inputs[1])])
        for layer in layers:
            x = layer(x)
        outputs.append(x)
    mean = outputs[0] if len(outputs) == 1 else keras.layers.Average(name="average")(outputs)
    return _model(inputs, mean)


def _count(n: int) -> range:
    return range(1, n + 1)


def _model(inputs: list[Any], output: Any) -> keras.Model:
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, output, name="network")


def _inputs(width: int) -> list[Any]:
    given = [keras.Input((None, width), dtype="float32", name="features")] if width else []
    return [keras.Input((None,), dtype="int32", name="tokens"), *given]


def _width(model: keras.Model) -> int:
    """Of the features that the network is given; 0 without them."""
    return int(model.inputs[1].shape[-1]) if len(model.inputs) > 1 else 0


def _layers(n_tokens: int, settings: Model, targets: str, of: str, zeros: bool) -> list[keras.layers.Layer]:
    """The layers of one member in their order, with names of our own: Keras' count what a process has built."""
    cell = CELLS[settings.cell]
    first, dense, inner = (
        {f"{name}_initializer": _Zeros() for name in names if zeros}
        for names in (("embeddings",), ("kernel",), ("kernel", "recurrent", "bias"))
    )
    last = {**dense, "bias_initializer": _Zeros()} if zeros else {}
    layers = [keras.layers.Embedding(n_tokens, settings.embedding, name="embed" + of, **first)]
    if settings.features:
        layers.append(keras.layers.Dense(settings.embedding, use_bias=False, name="embed_features" + of, **dense))
    for number in _count(settings.layers):
        whole = targets == "every" or number < settings.layers
        layers.append(cell(settings.units, return_sequences=whole, name=f"{settings.cell}_{number}{of}", **inner))
        layers.append(keras.layers.Dropout(settings.dropout, name=f"dropout_{number}{of}"))
    return [
        *layers,
        keras.layers.Dense(n_tokens, name="dense" + of, **last),
        keras.layers.Activation("softmax", name="softmax" + of),
    ]


def _members(model: keras.Model) -> list[dict[str, Any]]:
    """For each member its layers: `embed`, `features` (or None), `recurrent` with their dropouts, and `dense`."""
    named = {layer.name: layer for layer in model.layers}
    members = []
    for of in ["", *(f"{_OF}{k}" for k in _count(len(named)) if f"embed{_OF}{k}" in named)]:
        own = [layer for name, layer in named.items() if name.partition(_OF)[2] == of.partition(_OF)[2]]
        members.append(
            {
                "embed": named["embed" + of],
                "features": named.get("embed_features" + of),
                "recurrent": [one for one in own if isinstance(one, keras.layers.RNN | keras.layers.Dropout)],
                "dense": named["dense" + of],
            }
        )
    return members


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


class FastDropout(keras.layers.Layer):
    """A dropout layer that draws 16 random bits for each value, where Keras draws 32: a third of the time.

    What stays is decided to 1/65536, and is divided by the share of what stays, as in Keras.
    """

    def __init__(self, dropout: keras.layers.Dropout):
        super().__init__()
        self.dropout = dropout

    def call(self, x: jax.Array, training: bool = False) -> jax.Array:
        stays = 1 - self.dropout.rate
        if not training or stays == 1:
            return x
        bits = jax.random.bits(self.dropout.seed_generator.next(), x.shape, jnp.uint16)
        return jnp.where(bits < round(stays * 2**16), x / stays, 0)


class _Each(keras.losses.Loss):
    """The sum of the members' cross-entropies: each learns as if it were alone."""

    def call(self, targets: jax.Array, logits: jax.Array) -> jax.Array:
        return sum(
            keras.losses.sparse_categorical_crossentropy(targets, logits[..., k, :], from_logits=True)
            for k in range(logits.shape[-2])
        )


def _mean(targets: jax.Array, logits: jax.Array) -> jax.Array:
    """Logits of the members' mean probabilities, where there are several: (..., members, n_tokens)."""
    if logits.ndim == targets.ndim + 1:
        return logits
    return recurrence.together([logits[..., k, :] for k in range(logits.shape[-2])])


class _Nats(keras.metrics.SparseCategoricalCrossentropy):
    def update_state(self, targets: jax.Array, logits: jax.Array, sample_weight: jax.Array | None = None) -> Any:
        return super().update_state(targets, _mean(targets, logits), sample_weight)


class _Accuracy(keras.metrics.SparseCategoricalAccuracy):
    def update_state(self, targets: jax.Array, logits: jax.Array, sample_weight: jax.Array | None = None) -> Any:
        return super().update_state(targets, _mean(targets, logits), sample_weight)


def learner(model: keras.Model, learning_rate: float | Callable, weight_decay: float, clip: float) -> keras.Model:
    """The network up to its logits, sharing its weights, compiled for training.

    The loss is computed from the logits, which is exact for small probabilities. AdamW (decoupled weight decay);
    gradients are clipped to the norm `clip`. The logits of several members are (..., members, n_tokens).
    """
    inputs = _inputs(_width(model))
    outputs = [_logits(member, inputs) for member in _members(model)]
    n = len(outputs)
    out = outputs[0] if n == 1 else keras.ops.stack(outputs, axis=-2)
    logits = _model(inputs, out)
    logits.compile(
        keras.optimizers.AdamW(learning_rate, weight_decay=weight_decay, global_clipnorm=clip * n**0.5),
        loss=_Each(reduction="mean_with_sample_weight")
        if n > 1
        else keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        weighted_metrics=[_Nats(from_logits=True, name="nats"), _Accuracy(name="accuracy")],
    )
    return logits


def _logits(member: dict[str, Any], inputs: list[Any]) -> Any:
    first, *others = member["recurrent"]
    if member["features"] is None and isinstance(first, keras.layers.LSTM):
        x = FastLSTM(first, member["embed"])(inputs[0])
    else:
        x = member["embed"](inputs[0])
        if member["features"] is not None:
            x = keras.layers.add([x, member["features"](inputs[1])])
        others = [first, *others]
    for layer in others:
        fast = FastLSTM if isinstance(layer, keras.layers.LSTM) else FastDropout
        x = layer(x) if isinstance(layer, keras.layers.GRU | keras.layers.SimpleRNN) else fast(layer)(x)
    return member["dense"](x)


class Batches(keras.utils.PyDataset):
    """Batches of windows, read from memory-mapped arrays when they are needed; padding has weight 0.

    Parameters
    ----------
    windows : inputs, targets and, where the network is given features, these packed (`riyaz.text.features.packed`).
    width : of the features; 0: none.
    seed : of the order; None: the windows as they come.
    per_epoch : windows of an epoch; one epoch goes on where the last one stopped, until all windows have come once.
        None: all.
    """

    def __init__(
        self,
        windows: Sequence[np.ndarray],
        batch: int,
        seed: int | None = None,
        width: int = 0,
        per_epoch: int | None = None,
    ):
        super().__init__(workers=1)
        self.windows, self.batch, self.width = windows, batch, width
        self.shuffle = None if seed is None else np.random.default_rng(seed)
        self.size = len(windows[0]) if per_epoch is None else per_epoch
        self.waiting = self.order = np.arange(len(windows[0]))
        if self.shuffle is not None:
            self.waiting = self.order[:0]
            self.on_epoch_end()

    def __len__(self) -> int:
        return -(-self.size // self.batch)

    def __getitem__(self, index: int) -> tuple[Any, np.ndarray, np.ndarray]:
        rows = self.order[index * self.batch : (index + 1) * self.batch]
        short = self.batch - len(rows)  # every batch has one shape: one compiled program
        inputs, targets, *packed = (
            np.pad(array[rows], [(0, short)] + [(0, 0)] * (array.ndim - 1)) for array in self.windows
        )
        weight = (targets != PAD).astype(np.float32)
        if not self.width:
            return inputs, targets, weight
        given = np.unpackbits(packed[0], axis=-1, count=self.width).astype(np.float32)
        return (inputs, given), targets, weight

    def on_epoch_end(self) -> None:
        if self.shuffle is not None:
            if len(self.waiting) < self.size:
                self.waiting = np.r_[self.waiting, self.shuffle.permutation(len(self.windows[0]))]
            self.order, self.waiting = self.waiting[: self.size], self.waiting[self.size :]


def fit(
    model: keras.Model,
    train: Sequence[np.ndarray],
    valid: Sequence[np.ndarray],
    settings: Train,
    seed: int,
    report: Callable[[dict[str, float]], Any] = lambda row: None,
    per_epoch: int | None = None,
) -> pd.DataFrame:
    """Train until the validation loss stops improving; the model ends with the weights of its best epoch.

    AdamW, gradients clipped to a norm, a learning rate that falls to zero along a cosine.

    Parameters
    ----------
    train, valid : inputs and targets of `riyaz.text.windows`, and packed features where the network is given them.
        Without validation windows all epochs are trained and the last weights stay.
    report : called after each epoch with its row.
    per_epoch : training windows of an epoch; None: all.

    Returns
    -------
    DataFrame, one row per epoch: epoch (from 1), and loss (nats per token) and accuracy for training (with dropout,
    while the weights move) and validation (`val_`).
    """
    keras.utils.set_random_seed(seed)
    width = _width(model)
    learned = Batches(train, settings.batch, seed, width, per_epoch)
    steps = settings.epochs * len(learned)
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
        learned,
        validation_data=Batches(valid, settings.batch, width=width) if len(valid[0]) else None,
        epochs=settings.epochs,
        verbose=0,
        callbacks=callbacks,
    )
    return pd.DataFrame(rows)


def weights(model: keras.Model, tables: features.Tables | None = None) -> dict[str, Any]:
    """The network's arrays, named as `riyaz.model.recurrence` takes them, with the tables of its features.

    Raises
    ------
    ValueError : the tables are missing, or are of other features.
    """
    if (0 if tables is None else features.width(tables.names)) != _width(model):
        raise ValueError("the network was trained with other features: give the tables of its own model.features")
    names = ("kernel", "recurrent", "bias")
    members = []
    for member in _members(model):
        cells = [layer for layer in member["recurrent"] if isinstance(layer, keras.layers.RNN)]
        own = {
            "embedding": member["embed"].get_weights()[0],
            "layers": [dict(zip(names, layer.get_weights(), strict=True)) for layer in cells],
            "dense": dict(zip(names[::2], member["dense"].get_weights(), strict=True)),
        }
        given = {} if member["features"] is None else {"features": member["features"].get_weights()[0]}
        members.append(own | given)
    return {"members": members, "features": tables}
