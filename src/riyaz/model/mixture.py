"""Two models mixed, the style dial: p(w) = (1 - a) p_first(w) + a p_second(w).

Each network has its own recurrent state and reads all tokens of the piece, also those that the other would not have
written. The mean is of probabilities, so it is a distribution, and a likelihood is exact. At a = 0 and a = 1 it is one
model alone, bit for bit. The memory of the piece is the first model's.

Vocabularies are joined by the tokens themselves, so two models need not have been made from one vocabulary. A token
that a network lacks has probability 0 there, and is read as ``<unknown>``; what it says of beat and key the network is
given all the same, in its features. In the vocabulary of the first model, in which pieces are drawn, the second
network's probabilities are those among the tokens that both have; `joined` has the tokens of both, and leaves out none.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from riyaz.model import bundle, memory, recurrence
from riyaz.model.bundle import Bundle, Mismatch
from riyaz.params import Settings
from riyaz.text import features
from riyaz.text.tokens import Vocabulary, kind

LACKS = np.float32(-1e9)  # the logit of a token that a network lacks: its probability is 0, and its logarithm finite
SOUNDS = ("note", "chord", "bol")  # kinds of tokens
SHOWN = 8  # tokens that a sentence names


def load(model: Bundle, settings: Settings) -> Bundle:
    """The model that draws pieces: itself, or mixed with that of `generate.style`.

    Raises
    ------
    FileNotFoundError, Damaged, Mismatch : as `riyaz.model.bundle.load` and `mix`.
    """
    style = settings.generate.style
    if style is None:
        return model
    if not (settings.root / style).is_dir():
        raise FileNotFoundError(
            f"generate.style: {style} is no folder: copy a model there, as in cp -r models/mine {style}"
        )
    return mix(model, bundle.load(settings.root / style), settings.generate.style_weight)


def mix(first: Bundle, second: Bundle, weight: float, vocabulary: Vocabulary | None = None) -> Bundle:
    """A model whose probabilities are the mean of those of two.

    Parameters
    ----------
    weight : of the second, 0 to 1.
    vocabulary : of the mixed model; None: the first one's.

    Raises
    ------
    Mismatch : the models have different token schemes, or no tokens of music in common.
    """
    _check(first, second)
    words = vocabulary or first.vocabulary
    parts = [(model, share) for model, share in ((first, 1 - weight), (second, weight)) if share > 0]
    given = {name for model, _ in parts for name in _names(model)}
    names = [name for name in features.SIZES if name in given]
    members = [member for model, _ in parts for member in _members(model, words, names)]
    weights: recurrence.Weights = {"members": members, "features": features.tables(words, first.scheme, names)}
    if len(parts) > 1:
        shares = np.concatenate([share * _shares(model) for model, share in parts])
        weights["shares"] = shares.astype(np.float32)
    elif "shares" in parts[0][0].weights:
        weights["shares"] = parts[0][0].weights["shares"]
    fitted = first.memory and {**first.memory, "classes": memory.classes(words)}
    return replace(first, weights=weights, vocabulary=words, params={**first.params, "memory": fitted}, folder=None)


def joined(first: Bundle, second: Bundle) -> Vocabulary:
    """The tokens of both models."""
    return Vocabulary([*first.vocabulary.words, *second.vocabulary.words])


def differing(first: Vocabulary, second: Vocabulary, names: Sequence[str]) -> str:
    """Which tokens only one of two vocabularies has, in one line; "" where they have the same.

    Parameters
    ----------
    names : of the two models, for the line.
    """
    said = []
    for own, other, name in ((first, second, names[1]), (second, first, names[0])):
        more = [word for word in own.words if word not in other]
        if more:
            shown = ", ".join(more[:SHOWN]) + f", and {len(more) - SHOWN} more" * (len(more) > SHOWN)
            said.append(f"{name} lacks {len(more)} of {len(own)} tokens ({shown})")
    return "; ".join(said)


def _check(first: Bundle, second: Bundle) -> None:
    if first.scheme != second.scheme:
        schemes = f"{first.scheme} and {second.scheme}"
        raise Mismatch(f"two models are mixed token by token, and these have the token schemes {schemes}: train again")
    if not any(kind(word) in SOUNDS and word in second.vocabulary for word in first.vocabulary.words):
        raise Mismatch(
            "two models are mixed token by token, and these have no note, chord or bol in common: take another"
        )


def _names(model: Bundle) -> tuple[str, ...]:
    tables = model.weights["features"]
    return () if tables is None else tables.names


def _shares(model: Bundle) -> np.ndarray:
    """Of each member in the mean: (members,), 1 in all."""
    n = len(model.weights["members"])
    return np.asarray(model.weights.get("shares", np.full(n, 1 / n)))


def _members(model: Bundle, words: Vocabulary, names: Sequence[str]) -> list[dict[str, Any]]:
    """The members' arrays in another vocabulary, and with rows of zeros for features that they were not given."""
    ids, own = model.vocabulary.ids(words.words), _names(model)
    lacks = np.array([word not in model.vocabulary for word in words.words])
    rows = np.concatenate([np.full(features.width([name]), name in own) for name in names] or [np.empty(0, bool)])
    members = []
    for member in model.weights["members"]:
        kernel = np.where(lacks, np.float32(0), member["dense"]["kernel"][:, ids])
        bias = np.where(lacks, LACKS, member["dense"]["bias"][ids])
        new = {**member, "embedding": member["embedding"][ids], "dense": {"kernel": kernel, "bias": bias}}
        if names:
            new["features"] = np.zeros((len(rows), member["embedding"].shape[1]), np.float32)
            if own:
                new["features"][rows] = member["features"]
        members.append(new)
    return members
