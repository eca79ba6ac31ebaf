"""A model that needs nothing else: the network, its weights, its vocabulary and the params it was made with.

``network.json`` and ``network.weights.h5`` are a Keras model, all weights float32. Its first input is token ids; where
``params.json`` lists features under ``model``, its second is the vector that `riyaz.text.features` describes. For one
member, with x a row of its embedding, it computes:

    x = embed[token] + vector @ embed_features     (the sum of some rows: the vector has zeros and ones)
    x = h of each recurrent layer, one after the other; dropout does nothing
    p = softmax(x @ dense kernel + dense bias)

The output is the mean of p over the members, whose layers have the names ``embed``, ``embed_features``, ``lstm_1``,
``dense``, from the second member on with ``_of_2``, ``_of_3`` after them.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from riyaz.model import network, recurrence
from riyaz.text import features
from riyaz.text.tokens import Vocabulary

FILES = ("network.json", "network.weights.h5", "vocabulary.json", "params.json")


class Mismatch(ValueError):
    """A network and a vocabulary that do not belong together."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """A trained model.

    Attributes
    ----------
    weights : the network's arrays, as `riyaz.model.recurrence` takes them.
    vocabulary : of the tokens that it reads and writes.
    params : the sections of params.yaml that it was made with, its seed, and under ``memory`` its fitted memory.
    """

    weights: recurrence.Weights
    vocabulary: Vocabulary
    params: dict[str, Any]
    folder: Path | None = None

    @property
    def memory(self) -> dict[str, Any] | None:
        """The memory of the piece, as `riyaz.model.memory.fit` gives it; None for the network alone."""
        return self.params.get("memory")

    @property
    def scheme(self) -> str:
        """The token scheme: ``event`` or ``chord``."""
        return self.params.get("tokenize", {}).get("scheme", "event")

    @cached_property
    def network(self) -> network.keras.Model:
        """The Keras network, of a bundle that was loaded from a folder."""
        if self.folder is None:
            raise ValueError("this bundle was made from arrays: only one that was loaded has a Keras network")
        return network.load(self.folder)


def save(folder: Path, model: network.keras.Model, vocabulary: Vocabulary, params: dict[str, Any]) -> None:
    """Write network.json, network.weights.h5, vocabulary.json and params.json, which names the vocabulary's digest."""
    if model.output_shape[-1] != len(vocabulary):
        raise Mismatch(f"the network has {model.output_shape[-1]} outputs and the vocabulary {len(vocabulary)} tokens")
    folder.mkdir(parents=True, exist_ok=True)
    network.save(model, folder)
    vocabulary.save(folder / "vocabulary.json")
    text = json.dumps({**params, "vocabulary": vocabulary.digest}, ensure_ascii=False, indent=1)
    (folder / "params.json").write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> Bundle:
    """Read a bundle.

    Raises
    ------
    FileNotFoundError : with the file that is missing and the stage that makes it.
    Mismatch : the vocabulary is not the one that the network was trained with.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing: the stage train makes it")
    params = json.loads((folder / "params.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.load(folder / "vocabulary.json")
    if params.pop("vocabulary") != vocabulary.digest:
        raise Mismatch(f"{folder}/vocabulary.json is not the one that this network was trained with: train again")
    scheme = params.get("tokenize", {}).get("scheme", "event")
    tables = features.tables(vocabulary, scheme, params.get("model", {}).get("features", []))
    return Bundle(network.weights(network.load(folder), tables), vocabulary, params, folder)
