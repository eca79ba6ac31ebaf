"""A model that needs nothing else: the network, its weights, its vocabulary and the params it was made with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riyaz.model import network
from riyaz.text.tokens import Vocabulary


class Mismatch(ValueError):
    """A network and a vocabulary that do not belong together."""


@dataclass(frozen=True)
class Bundle:
    model: network.keras.Sequential
    vocabulary: Vocabulary
    params: dict[str, Any]

    @property
    def weights(self) -> dict[str, Any]:
        """The network's arrays, as `riyaz.model.recurrence` takes them."""
        return network.weights(self.model)


def save(folder: Path, model: network.keras.Sequential, vocabulary: Vocabulary, params: dict[str, Any]) -> None:
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
    for name in ("network.json", "network.weights.h5", "vocabulary.json", "params.json"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing: the stage train makes it")
    params = json.loads((folder / "params.json").read_text(encoding="utf-8"))
    vocabulary = Vocabulary.load(folder / "vocabulary.json")
    if params.pop("vocabulary") != vocabulary.digest:
        raise Mismatch(f"{folder}/vocabulary.json is not the one that this network was trained with: train again")
    return Bundle(network.load(folder), vocabulary, params)
