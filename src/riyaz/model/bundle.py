"""A model that needs nothing else: the network, its weights, its vocabulary and the params it was made with.

``network.json`` and ``network.weights.h5`` are a Keras model, all weights float32. Its first input is token ids; where
``params.json`` lists features under ``model``, its second is the vector that `riyaz.text.features` describes. For one
member, with x a row of its embedding, it computes:

    x = embed[token] + vector @ embed_features     (the sum of some rows: the vector has zeros and ones)
    x = h of each recurrent layer, one after the other; dropout does nothing
    p = softmax(x @ dense kernel + dense bias)

The output is the mean of p over the members, whose layers have the names ``embed``, ``embed_features``, ``lstm_1``,
``dense``, from the second member on with ``_of_2``, ``_of_3`` after them.

Bundles travel: whatever is in the files of one, it loads as what `save` wrote, or one line says what is wrong.
"""

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from riyaz.model import network, recurrence, stored
from riyaz.model.stored import Damaged
from riyaz.music.events import MAX_TICKS, NUMBERS, ticks
from riyaz.text import features
from riyaz.text.tokens import SCHEMES, SPECIAL, Vocabulary, kind

VOCABULARY, PARAMS = "vocabulary.json", "params.json"
FILES = (stored.CONFIG, stored.WEIGHTS, VOCABULARY, PARAMS)
LONGEST = 100  # letters of a token


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
    def for_one(self) -> recurrence.Weights:
        """The weights to draw one piece by itself, as `riyaz.model.recurrence.for_one` gives them; made once."""
        return recurrence.for_one(self.weights)

    @cached_property
    def network(self) -> network.keras.Model:
        """The Keras network, of a bundle that was loaded from a folder."""
        if self.folder is None:
            raise ValueError("this bundle was made from arrays: only one that was loaded has a Keras network")
        return stored.load(self.folder)


def save(folder: Path, model: network.keras.Model, vocabulary: Vocabulary, params: dict[str, Any]) -> None:
    """Write network.json, network.weights.h5, vocabulary.json and params.json, which names the vocabulary's digest."""
    if model.output_shape[-1] != len(vocabulary):
        raise Mismatch(f"the network has {model.output_shape[-1]} outputs and the vocabulary {len(vocabulary)} tokens")
    folder.mkdir(parents=True, exist_ok=True)
    stored.save(model, folder)
    vocabulary.save(folder / VOCABULARY)
    text = json.dumps({**params, "vocabulary": vocabulary.digest}, ensure_ascii=False, indent=1)
    (folder / PARAMS).write_text(text + "\n", encoding="utf-8")


def load(folder: Path) -> Bundle:
    """Read a bundle.

    Raises
    ------
    FileNotFoundError : with the file that is missing and the stage that makes it.
    Damaged : with the file that is not as `save` writes it, and what is wrong.
    Mismatch : the files are whole and do not belong together.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing: the stage train makes it")
    params = stored.read_json(folder / PARAMS, dict)
    if not isinstance(digest := params.pop("vocabulary", None), str):
        raise Damaged(folder / PARAMS, "it does not name its vocabulary's digest")
    scheme = _scheme(folder / PARAMS, params)
    vocabulary = _vocabulary(folder / VOCABULARY, scheme)
    if digest != vocabulary.digest:
        raise Mismatch(f"{folder / VOCABULARY} is not the one that this network was trained with: train again")
    if params.get("memory") is not None:
        _check_memory(folder / PARAMS, params["memory"], len(vocabulary))
    model = stored.load(folder)
    if model.output_shape[-1] != len(vocabulary):
        size = f"the network has {model.output_shape[-1]} outputs and the vocabulary {len(vocabulary)} tokens"
        raise Mismatch(f"{folder}: {size}: train again")
    try:
        tables = features.tables(vocabulary, scheme, params.get("model", {}).get("features", []))
        return Bundle(network.weights(model, tables), vocabulary, params, folder)
    except (TypeError, KeyError, ValueError) as error:
        raise Damaged(folder / PARAMS, "model.features are not those of the network") from error


def _scheme(path: Path, params: dict[str, Any]) -> str:
    """The token scheme, of params whose sections are sections."""
    for name in ("tokenize", "sequence", "model", "train"):
        if not isinstance(params.get(name, {}), dict):
            raise Damaged(path, f"{name} is no section")
    scheme = params.get("tokenize", {}).get("scheme", SCHEMES[0])
    if scheme not in SCHEMES:
        raise Damaged(path, f"tokenize.scheme is {str(scheme)[:60]!r}; it is one of {', '.join(SCHEMES)}")
    return scheme


def _vocabulary(path: Path, scheme: str) -> Vocabulary:
    words = stored.read_json(path, list)
    wrong = [word for word in words if not _is_token(word, scheme)]
    if wrong:
        raise Damaged(path, f"{str(wrong[0])[:60]!r} is no token of the scheme {scheme}")
    try:
        return Vocabulary.load(path)
    except ValueError as error:
        raise Damaged(path, "its tokens are not in their order, each once") from error


def _is_token(word: Any, scheme: str) -> bool:
    """Whether `riyaz.text.tokens.encode` may have written this."""
    if not isinstance(word, str) or not 0 < len(word) <= LONGEST or not word.isprintable():
        return False
    if word.startswith("d:"):
        try:
            return 0 < ticks(word[2:]) <= MAX_TICKS
        except (ValueError, ZeroDivisionError):
            return False
    if word.startswith("v:"):
        return word[2:].isdecimal() and word.isascii() and 0 < int(word[2:]) < 128
    if word in SPECIAL or kind(word) != "chord":
        return True
    return scheme == "chord" and all(note in NUMBERS for note in word.split("."))


def _check_memory(path: Path, memory: Any, n_tokens: int) -> None:
    """Refuse a memory that `riyaz.model.memory.fit` cannot have fitted to so many tokens."""
    try:
        escapes, classes = [*memory["escape"], *memory["class_escape"]], memory["classes"]
        good = type(memory["order"]) is int and 1 <= memory["order"] <= 64
        good &= all(type(e) in (int, float) and 0 < e < math.inf for e in escapes)
        growths = [*memory["growth"], *memory["class_growth"]]
        good &= all(type(a) in (int, float) and 0 <= a <= 1 for a in growths)
        names = ("escape", "growth", "class_escape", "class_growth")
        good &= all(isinstance(memory[name], list) and 0 < len(memory[name]) <= 64 for name in names)
        good &= isinstance(classes, list) and all(type(c) is int and 0 <= c < n_tokens for c in classes)
        good &= type(memory["same"]) is int and 1 <= memory["same"] <= 64
        clock = [memory[name] for name in ("ticks", "begins", "cycle")]
        good &= all(isinstance(table, list) for table in clock)
        good &= all(type(time) is int and 0 <= time <= MAX_TICKS for table in clock for time in table)
    except (KeyError, TypeError):
        good = False
    if not good:
        raise Damaged(path, "memory holds no order, escapes, growths, classes and clock of a memory")
    other = next((len(table) for table in (classes, *clock) if len(table) != n_tokens), n_tokens)
    if other != n_tokens:
        sizes = f"the memory has {other} classes and the vocabulary {n_tokens} tokens"
        raise Mismatch(f"{path}: {sizes}: train again")
