"""A beginning of the user's own, which the network goes on from.

`generate.primer` names a file in data/themes, or a piece of the corpus; ``@8`` after it takes its first eight beats
only. What is wrong with it is said in one line, with the remedy.
"""

import difflib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.model.bundle import Bundle
from riyaz.music.events import NUMBERS, TICKS, Piece, Unreadable, quantise, ticks
from riyaz.music.readers import READERS
from riyaz.params import THEMES, Settings
from riyaz.text import tokens
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import UNKNOWN, Vocabulary

READ_AS = {"bols": ("tabla",), "notes": ("midi", "score", "pianoroll")}  # readers of each kind of corpus


class BadPrimer(ValueError):
    """A beginning that the network cannot go on from; the message is one line."""


@dataclass(frozen=True)
class Primer:
    """A beginning.

    Attributes
    ----------
    ids : (n,) int32, its tokens after ``<start>``, without ``<end>``.
    about : what the piece says of its metre, tempo, key and title.
    """

    ids: np.ndarray
    about: dict[str, Any]


def read(asked: str, model: Bundle, data: DataSet, settings: Settings) -> Primer:
    """Read a beginning, on the grid and in the tokens of the model.

    Parameters
    ----------
    asked : a path in data/themes, or the name of a piece of the corpus, and perhaps ``@`` and a number of beats.
    settings : tokenize.grid, and generate.tokens, which a whole piece may have at most.

    Raises
    ------
    BadPrimer : it is not there, cannot be read, is empty, is too long, or has tokens that the model has never seen.
    """
    name, beats = _parts(asked)
    piece = data.pieces[data.names.index(name)] if name in data.names else _file(settings.root, name, data.kind)
    events = quantise(piece.events, settings.tokenize.grid)[0]
    if beats is not None:
        events = events[events["onset"] < beats * TICKS].reset_index(drop=True)
    if not events["symbols"].map(len).any():
        raise BadPrimer(f"{asked}: nothing sounds in it: give a beginning with a note or a bol")
    words = tokens.encode(replace(piece, events=events), model.scheme)[1:-1]
    ids = model.vocabulary.ids(words)
    if UNKNOWN in ids:
        raise BadPrimer(f"{asked}: {_unseen(words, model.vocabulary)}")
    if len(ids) + 2 >= settings.generate.tokens:
        raise BadPrimer(
            f"{asked}: it has {len(ids)} tokens, and a whole piece has at most {settings.generate.tokens}"
            f" (generate.tokens): raise this, or take fewer beats ({name}@8)"
        )
    return Primer(ids, {key: piece.about[key] for key in ("metre", "tempo", "sharps", "title") if piece.about.get(key)})


def _parts(asked: str) -> tuple[str, float | None]:
    """The name, and the beats after ``@``."""
    name, at, beats = asked.rpartition("@")
    if not at:
        return asked, None
    try:
        number = float(beats)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise BadPrimer(f"{asked}: after @ stands a number of beats above 0, such as {name}@8")
    return name, number


def _file(root: Path, name: str, kind: str) -> Piece:
    path = root / name
    readers = {suffix: READERS[reader] for reader in READ_AS[kind] for suffix in READERS[reader].suffixes}
    if path.suffix.lower() not in readers:
        raise BadPrimer(
            f"{name} is no piece of the corpus and no file that a corpus of {kind} takes: {', '.join(readers)}"
        )
    if not path.resolve().is_relative_to((root / THEMES).resolve()):
        raise BadPrimer(f"{name} is not in {THEMES}, where a change of it is seen: copy it there")
    if not path.is_file():
        raise BadPrimer(f"{name} is not there: give a file in {THEMES}, or the name of a piece of the corpus")
    try:
        return readers[path.suffix.lower()].read(path)[0]
    except Unreadable as error:
        raise BadPrimer(f"{name}: {error}") from error


def _unseen(words: list[str], vocabulary: Vocabulary) -> str:
    """The tokens that the model has never seen, each with the nearest one that it has."""
    unseen = [word for word in dict.fromkeys(words) if word not in vocabulary]
    named = [f"{word} (nearest: {near})" if (near := _nearest(word, vocabulary)) else word for word in unseen[:5]]
    more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
    return f"the network has never seen {', '.join(named)}{more}: change them, or train with pieces that have them"


def _nearest(word: str, vocabulary: Vocabulary) -> str:
    """The known token of the same kind that is nearest: in pitch, in length, or in spelling; nothing where none is."""
    kind, sign = tokens.kind(word), word[: len(word) - len(word.lstrip("+~"))]
    known = [one for one in vocabulary.words if tokens.kind(one) == kind]
    if kind in ("note", "held"):
        pitch = {one: NUMBERS[one[len(sign) :]] for one in known if one[len(sign) :] in NUMBERS}
        return min(pitch, key=lambda one: (abs(pitch[one] - NUMBERS[word[len(sign) :]]), one), default="")
    if kind == "duration":
        return min(known, key=lambda one: (abs(ticks(one[2:]) - ticks(word[2:])), one), default="")
    return next(iter(difflib.get_close_matches(word, known, 1, 0)), "")
