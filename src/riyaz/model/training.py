"""The one recipe: from a data set, settings and a seed to a trained network with its memory of the piece.

A training is computed once. Its result is stored in the cache (`riyaz.tools.store`) under the digest of all that it
depends on: the windows, the settings that take effect, the seed, the number of threads, and the source and versions of
what computes. The stage `train`, the folds and experiments thereby share their trainings.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.model import memory, network, recurrence, stored
from riyaz.params import Settings
from riyaz.text import features, windows
from riyaz.text.dataset import DataSet
from riyaz.tools import source, store

# What computes a training and a memory: a change of one of these files makes new trainings, a comment does not.
NETWORK = ("model/network.py", "model/recurrence.py", "text/features.py", "text/grammar.py")
MEMORY = ("model/memory.py",)
HERE = Path(__file__).parents[1]
CODE = [Path(__file__), *(HERE / name for name in (*NETWORK, *MEMORY))]  # all of it
LIBRARIES = ("jax", "jaxlib", "keras", "numpy", "scipy", "h5py")


@dataclass(frozen=True)
class Trained:
    """A trained network, the epochs that made it, and its memory of the piece.

    Attributes
    ----------
    network : with the weights of its best epoch.
    history : a row an epoch, as `riyaz.model.network.fit` gives it.
    memory : as `riyaz.model.memory.fit` gives it; None for the network alone.
    features : the tables of what the network is given beside the token; None: the token alone.
    """

    network: network.keras.Model
    history: pd.DataFrame
    memory: memory.Parameters | None
    features: features.Tables | None

    @property
    def weights(self) -> recurrence.Weights:
        """The network's arrays, as `riyaz.model.recurrence` takes them."""
        return network.weights(self.network, self.features)


def train(
    data: DataSet,
    settings: Settings,
    seed: int,
    cache: Path | None = None,
    ready: Mapping[str, windows.Windows] | None = None,
    report: Callable[[dict[str, float]], Any] = lambda row: None,
) -> Trained:
    """Train on the training part; the validation part decides when to stop, and fits the memory.

    Parameters
    ----------
    data : with its parts; those of the data set count, so that a fold is the same data set with other parts.
    settings : sections augment, tokenize, sequence, model, train and compute.
    seed : of weights, dropout and the order of batches.
    cache : the cache's folder; None: no cache.
    ready : the windows of ``train`` and ``valid``, where they are cut already; None: they are cut here.
    report : called after each epoch with its row; not where the training comes from the cache.

    Without validation pieces all epochs are trained and there is no memory, which would be fitted on them.
    """
    settings = effective(data, settings)
    remembers = settings.model.memory == "suffix" and len(data.part("valid")) > 0
    given = ready or {part: windows.of_part(data, part, settings) for part in ("train", "valid")}
    devices = network.devices(settings.compute.device)
    shape = (len(data.vocabulary), settings.model, settings.sequence.targets)
    tables = features.tables(data.vocabulary, settings.tokenize.scheme, settings.model.features)
    per_epoch = windows.per_epoch(data, settings)

    def make() -> tuple[network.keras.Model, pd.DataFrame]:
        train, valid = (with_features(given[part], data, part, settings, tables) for part in ("train", "valid"))
        with network.spread(devices, settings.train.batch):
            built = network.build(*shape, seed)
            return built, network.fit(built, train, valid, settings.train, seed, report, per_epoch)

    key = _key(
        NETWORK,
        seed,
        [device.platform for device in devices],
        *_effective(shape, settings),
        per_epoch,
        [] if tables is None else [tables.rules, tables.cycle],
        *given["train"],
        *given["valid"],
    )
    net, history = store.cached(cache and cache / "trained" / key, make, _save, _load)
    fitted = None
    if remembers:
        valid = data.part("valid").ids
        fit = partial(_fit_memory, network.weights(net, tables), valid, data)
        place = cache and cache / "memory" / f"{_key(MEMORY, key, memory.classes(data.vocabulary), *valid)}.json"
        fitted = store.cached(place, fit, memory.save, memory.load)
    return Trained(net, history, fitted, tables)


def effective(data: DataSet, settings: Settings) -> Settings:
    """The settings with the numbers that `auto` stands for, for this training part."""
    n_tokens = sum(map(len, data.training_ids(settings.augment.transpose)))
    number = network.dropout(settings.model, n_tokens)
    return settings.model_copy(update={"model": settings.model.model_copy(update={"dropout": number})})


def predict(trained: Trained, pieces: Sequence[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """The trained model's prediction of each token of some pieces, from all tokens before it.

    Returns
    -------
    ``network`` and, with a memory, ``network + memory``: for each piece (n - 1, n_tokens) float32, natural logarithms.
    """
    logs = {"network": recurrence.log_probabilities(trained.weights, pieces)}
    if trained.memory:
        logs["network + memory"] = memory.log_probabilities(logs["network"], pieces, trained.memory)
    return logs


def with_features(
    given: windows.Windows, data: DataSet, part: str, settings: Settings, tables: features.Tables | None
) -> Sequence[np.ndarray]:
    """The windows of a part and, where the network is given features, these packed."""
    pieces = windows.pieces(data, part, settings)
    if tables is None or not pieces:
        return given
    moved = [step for step, _ in data.transposed(settings.augment.transpose)] if part == "train" else None
    packed = features.packed(tables, pieces, moved)
    return *given, windows.beside(packed, settings.sequence.length, settings.sequence.targets)


def _fit_memory(weights: recurrence.Weights, valid: Sequence[np.ndarray], data: DataSet) -> memory.Parameters:
    return memory.fit(recurrence.log_probabilities(weights, valid), valid, data.vocabulary)


def _effective(shape: tuple, settings: Settings) -> tuple:
    """The settings that change the network."""
    n_tokens, model, targets = shape
    return n_tokens, targets, model.model_dump(exclude={"memory"}), settings.train.model_dump()


def _key(modules: tuple[str, ...], *parts: Any) -> str:
    code = [source.digest(HERE / module) for module in modules]
    return store.digest(code, [metadata.version(name) for name in LIBRARIES], os.environ.get("NPROC", ""), *parts)


def _save(result: tuple[network.keras.Model, pd.DataFrame], folder: Path) -> None:
    folder.mkdir()
    stored.save(result[0], folder)
    result[1].to_csv(folder / "history.csv", index=False)


def _load(folder: Path) -> tuple[network.keras.Model, pd.DataFrame]:
    return stored.load(folder), pd.read_csv(folder / "history.csv", float_precision="round_trip")
