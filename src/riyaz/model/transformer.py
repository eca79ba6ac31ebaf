"""A small transformer: the rival of the recurrent network, with as many weights, the same inputs and the same recipe.

A decoder of `LAYERS` blocks with the normalisation before each part. Attention looks at all tokens before; how far back
they are is told by a penalty that grows with the distance, so that a piece longer than the training windows can be
read to its end. Since it has no state that goes on from window to window, its windows are longer than the network's.

References
----------
Vaswani et al., Attention is all you need, 2017, arXiv:1706.03762. Xiong et al., On layer normalization in the
transformer architecture, 2020, arXiv:2002.04745. Press, Smith & Lewis, Train short, test long: attention with linear
biases, 2022, arXiv:2108.12409.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.model import network
from riyaz.model.network import keras
from riyaz.params import Settings
from riyaz.text import features, windows
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import Vocabulary

LAYERS, HEADS = 2, 4
LENGTH = 256  # tokens of a training window
STEP = 2 * HEADS  # widths are multiples of this


class Attention(keras.layers.Layer):
    """Causal self-attention with linear biases: (batch, time, width) -> the same shape."""

    def __init__(self, width: int):
        super().__init__()
        self.inner, self.outer = keras.layers.Dense(3 * width), keras.layers.Dense(width)

    def build(self, shape: tuple) -> None:
        self.inner.build(shape)
        self.outer.build(shape)

    def compute_output_shape(self, shape: tuple) -> tuple:
        return shape

    def call(self, x: jax.Array) -> jax.Array:
        batch, time, width = x.shape
        query, key, value = jnp.split(self.inner(x).reshape(batch, time, 3 * HEADS, width // HEADS), 3, axis=2)
        slope = 2.0 ** (-8 * np.arange(1, HEADS + 1) / HEADS)  # as published for HEADS heads
        back = np.arange(time)[:, None] - np.arange(time)[None]
        bias = jnp.asarray(-slope[None, :, None, None] * np.maximum(back, 0), x.dtype)
        seen = jax.nn.dot_product_attention(query, key, value, bias=bias, is_causal=True)
        return self.outer(seen.reshape(batch, time, width))


def n_weights(n_tokens: int, given: int, width: int) -> int:
    """How many weights a transformer has: `given` is the width of its features, 0 for none."""
    block = 4 * width * (width + 1) + 8 * width * width + 5 * width + 4 * width
    return (n_tokens + given) * width + LAYERS * block + 2 * width + n_tokens * (width + 1)


def fitting(n_tokens: int, given: int, weights: int) -> int:
    """The width, a multiple of `STEP`, at which a transformer is nearest to a number of weights."""
    widths = range(STEP, 2**12, STEP)
    return min(widths, key=lambda width: abs(n_weights(n_tokens, given, width) - weights))


def sizes(settings: Settings, vocabulary: Vocabulary) -> tuple[int, int]:
    """The weights of the transformer, and those of the network that these settings make."""
    given = features.width(settings.model.features)
    model = settings.model.model_copy(update={"dropout": 0.0})  # has no weights
    ours = network.build(len(vocabulary), model, settings.sequence.targets, zeros=True).count_params()
    return n_weights(len(vocabulary), given, fitting(len(vocabulary), given, ours)), ours


def build(n_tokens: int, given: int, width: int, dropout: float, seed: int) -> keras.Model:
    """(batch, time) int32 and, with features, (batch, time, given) float32 -> logits (batch, time, n_tokens)."""
    keras.utils.set_random_seed(seed)
    inputs = [keras.Input((None,), dtype="int32", name="tokens")]
    x = keras.layers.Embedding(n_tokens, width)(inputs[0])
    if given:
        inputs.append(keras.Input((None, given), dtype="float32", name="features"))
        x = x + keras.layers.Dense(width, use_bias=False)(inputs[1])
    for _ in range(LAYERS):
        seen = Attention(width)(keras.layers.LayerNormalization()(x))
        x = x + keras.layers.Dropout(dropout)(seen)
        wide = keras.layers.Dense(4 * width, activation="gelu")(keras.layers.LayerNormalization()(x))
        x = x + keras.layers.Dropout(dropout)(keras.layers.Dense(width)(wide))
    logits = keras.layers.Dense(n_tokens)(keras.layers.LayerNormalization()(x))
    return keras.Model(inputs if given else inputs[0], logits)


def train(data: DataSet, settings: Settings, rate: float, dropout: float, seed: int) -> tuple[keras.Model, float]:
    """Train on the training part, as `riyaz.model.network.fit` does: epochs, tokens a step, schedule, decay, clipping.

    Parameters
    ----------
    rate : the maximum of the learning rate.

    Returns
    -------
    The transformer with the weights of its best epoch, and that epoch's bits per token of the validation part in
    windows; NaN without validation pieces.
    """
    tables = _tables(data, settings)
    given = 0 if tables is None else features.width(tables.names)
    n_tokens = len(data.vocabulary)
    width = fitting(n_tokens, given, sizes(settings, data.vocabulary)[1])
    model = build(n_tokens, given, width, dropout, seed)
    parts = [_windows(data, part, settings, tables) for part in ("train", "valid")]
    batch = max(1, settings.train.batch * settings.sequence.length // LENGTH)
    per_epoch = len(windows.cut(data.part("train").ids, LENGTH)[0])
    learned = network.Batches(parts[0], batch, seed, given, per_epoch)
    steps = settings.train.epochs * len(learned)
    schedule = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=rate, warmup_steps=max(1, steps // 50))
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=settings.train.weight_decay, global_clipnorm=settings.train.clip),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight"),
        weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="nats")],
    )
    held = network.Batches(parts[1], batch, width=given) if len(parts[1][0]) else None
    stop = keras.callbacks.EarlyStopping(
        "val_nats", patience=settings.train.patience, restore_best_weights=True, mode="min"
    )
    ran = model.fit(
        learned,
        validation_data=held,
        epochs=settings.train.epochs,
        verbose=0,
        callbacks=[keras.callbacks.TerminateOnNaN(), *([stop] if held else [])],
    )
    return model, float(np.nanmin([*ran.history.get("val_nats", []), np.inf]) / np.log(2)) if held else float("nan")


def log_probabilities(
    model: keras.Model, pieces: Sequence[np.ndarray], data: DataSet, settings: Settings
) -> list[np.ndarray]:
    """The prediction of each token from all tokens before it in the piece.

    Returns
    -------
    For each piece (n - 1, n_tokens) float32: natural logarithms of the distribution over the token at 1, 2, ...
    """
    tables = _tables(data, settings)
    packed = [] if tables is None else features.packed(tables, pieces)
    out = []
    for k, piece in enumerate(pieces):
        n = len(piece) - 1
        tokens = np.pad(np.asarray(piece[:-1], np.int32), (0, -n % LENGTH))[None]  # few shapes: few compilations
        inputs: list[np.ndarray] = [tokens]
        if tables is not None:
            beside = np.unpackbits(packed[k][:-1], axis=-1, count=features.width(tables.names)).astype(np.float32)
            inputs.append(np.pad(beside, ((0, -n % LENGTH), (0, 0)))[None])
        logits = model.predict_on_batch(inputs if tables is not None else tokens)[0, :n]
        out.append(np.asarray(jax.nn.log_softmax(logits)))
    return out


def _tables(data: DataSet, settings: Settings) -> features.Tables | None:
    return features.tables(data.vocabulary, settings.tokenize.scheme, settings.model.features)


def _windows(data: DataSet, part: str, settings: Settings, tables: features.Tables | None) -> list[np.ndarray]:
    """Inputs, targets and, where there are features, these packed: of all windows of a part."""
    pieces = windows.pieces(data, part, settings)
    cut = list(windows.cut(pieces, LENGTH))
    if tables is not None and pieces:
        cut.append(windows.beside(features.packed(tables, pieces), LENGTH))
    return cut
