"""A beginning of the user's own, which the network goes on from.

`generate.primer` names a file in data/themes, or a piece of the corpus; ``@8`` after it takes its first eight beats
only. A file in a key that the network does not know is transposed to the nearest that it knows, and what was drawn is
transposed back. What is wrong with it is said in one line, with the remedy.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.model.bundle import Bundle
from riyaz.music.events import (
    TICKS,
    VELOCITY,
    Piece,
    Unreadable,
    bar_beats,
    beats,
    binned,
    quantise,
    velocities,
)
from riyaz.music.readers import READERS
from riyaz.params import THEMES, Settings
from riyaz.play import nearest
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
    about : what the piece says of its metre, tempo, key, title and program.
    moved : by how many semitones it was transposed for the network.
    said : what was changed for the network, as sentences; "" where nothing was.
    """

    ids: np.ndarray
    about: dict[str, Any]
    moved: int = 0
    said: str = ""

    def home(self, drawn: Piece) -> Piece:
        """A piece drawn from this beginning, in the beginning's own key and metre.

        A note that would leave MIDI's range comes an octave nearer.
        """
        nearer = 12 if self.moved > 0 else -12

        def back(note: str) -> str:
            return tokens.transpose(note, -self.moved) or tokens.transpose(note, nearer - self.moved) or note

        metre = {"metre": self.about["metre"]} if "metre" in self.about and "taal" not in drawn.about else {}
        symbols = [[back(note) for note in notes] if self.moved else notes for notes in drawn.events["symbols"]]
        return replace(drawn, events=drawn.events.assign(symbols=symbols), about={**drawn.about, **metre})


def read(asked: str, model: Bundle, data: DataSet, settings: Settings) -> Primer:
    """Read a beginning, on the grid and in the tokens of the model.

    Parameters
    ----------
    asked : a path in data/themes, or the name of a piece of the corpus, and perhaps ``@`` and a number of beats.
    settings : tokenize.grid; generate.tokens, which a whole piece may have at most; generate.unseen: whether what the
        model has never seen is refused or read as the nearest that it knows.

    Raises
    ------
    BadPrimer : it is not there, cannot be read, is empty, is too long, or has tokens that the model has never seen.
    """
    piece = dynamics(source(asked, data, settings), model.vocabulary)
    piece, changed = nearest.piece(piece, model.vocabulary) if settings.generate.unseen == "nearest" else (piece, "")
    words, moved, said = known(asked, tokens.encode(piece, model.scheme)[1:-1], model.vocabulary)
    ids = model.vocabulary.ids(words)
    if len(ids) + 2 >= settings.generate.tokens:
        raise BadPrimer(
            f"{asked}: it has {len(ids)} tokens, and a whole piece has at most {settings.generate.tokens}"
            f" (generate.tokens): raise this, or take fewer beats ({_parts(asked)[0]}@8)"
        )
    about = {key: piece.about[key] for key in ("metre", "tempo", "sharps", "title") if piece.about.get(key)}
    about |= {"program": piece.about.get("program", 0)} if piece.about["kind"] == "notes" else {}
    return Primer(ids, about, moved, f"{changed} {said}".strip())


def source(asked: str, data: DataSet, settings: Settings, anywhere: bool = False) -> Piece:
    """The piece that is asked for, on the grid of the model, as it is written.

    Parameters
    ----------
    anywhere : whether a file may lie outside of data/themes; its path is then taken as it is.

    Raises
    ------
    BadPrimer : it is not there, cannot be read, or is empty.
    """
    name, length = _parts(asked)
    own = name in data.names
    piece = data.pieces[data.names.index(name)] if own else _file(settings.root, name, data.kind, anywhere)
    events = quantise(piece.events, settings.tokenize.grid if data.kind == "notes" else [])[0]
    events = binned(events, settings.tokenize.velocity)[0]
    if length is not None:
        events = events[events["onset"] < length * TICKS].reset_index(drop=True)
    if not events["symbols"].map(len).any():
        raise BadPrimer(f"{asked}: nothing sounds in it: give a beginning with a note or a bol")
    return replace(piece, events=events)


def dynamics(piece: Piece, vocabulary: Vocabulary) -> Piece:
    """A piece with the nearest velocities that the model knows; without dynamics where it knows none."""
    levels = np.array([int(word[2:]) for word in vocabulary.words if tokens.kind(word) == "velocity"])
    given = velocities(piece.events)
    if given is None or not len(levels):
        return replace(piece, events=piece.events.drop(columns=VELOCITY, errors="ignore"))
    near = [[int(levels[np.abs(levels - one).argmin()]) for one in row] for row in given]
    return replace(piece, events=piece.events.assign(**{VELOCITY: pd.Series(near, dtype=object)}))


def known(asked: str, words: list[str], vocabulary: Vocabulary) -> tuple[list[str], int, str]:
    """Tokens of a piece in the nearest key and metre that the model knows.

    Returns
    -------
    The tokens, by how many semitones they were moved, and what was changed, as sentences.

    Raises
    ------
    BadPrimer : there are tokens that the model has never seen; it names them.
    """
    words, said = _metre(words, vocabulary)
    moved, ids = _known(words, vocabulary)
    if UNKNOWN in ids:
        raise BadPrimer(f"{asked}: {_unseen(words, vocabulary)}")
    if moved:
        way = f"{abs(moved)} semitone{'s' * (abs(moved) > 1)} {'up' if moved > 0 else 'down'}"
        said.append(f"The network read it {way}, and what it drew is transposed back.")
    return vocabulary.tokens(ids), moved, " ".join(said)


def _metre(words: list[str], vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """The tokens with a metre that the model knows, and a sentence where it is another.

    An unknown metre gives way to a known one with a bar of the same length, 6/8 to 3/4, since the network counts its
    place in the bar by it; where there is none it is left out.
    """
    own = next((word for word in words if tokens.kind(word) == "metre" and word not in vocabulary), None)
    if own is None:
        return words, []
    name = own.partition(":")[2]
    known = [word for word in vocabulary.words if tokens.kind(word) == "metre"]
    same = [word for word in known if bar_beats(word.partition(":")[2]) == bar_beats(name) is not None][:1]
    read_as = f"read as {same[0].partition(':')[2]}, whose bar is as long" if same else "not told to it"
    said = f"The network has never seen the metre {name}: it was {read_as}."
    return same + [word for word in words if word != own], [said]


def _known(words: list[str], vocabulary: Vocabulary) -> tuple[int, np.ndarray]:
    """The semitones to the nearest key in which the model knows all tokens, and their ids; 0 where there is none."""
    for step in nearest.STEPS:
        ids = vocabulary.ids([nearest.moved(word, step) for word in words])
        if UNKNOWN not in ids:
            return step, ids
    return 0, vocabulary.ids(words)


def _parts(asked: str) -> tuple[str, float | None]:
    """The name, and the beats after ``@``."""
    name, at, asked_beats = asked.rpartition("@")
    if not at:
        return asked, None
    try:
        number = float(asked_beats)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise BadPrimer(f"{asked}: after @ stands a number of beats above 0, such as {name}@8")
    return name, number


def _file(root: Path, name: str, kind: str, anywhere: bool) -> Piece:
    path = Path(name) if anywhere else root / name
    readers = {suffix: READERS[reader] for reader in READ_AS[kind] for suffix in READERS[reader].suffixes}
    if path.suffix.lower() not in readers:
        raise BadPrimer(
            f"{name} is no piece of the corpus and no file that a corpus of {kind} takes: {', '.join(readers)}"
        )
    if not anywhere and not path.resolve().is_relative_to((root / THEMES).resolve()):
        raise BadPrimer(f"{name} is not in {THEMES}, where a change of it is seen: copy it there")
    if not path.is_file():
        place = "" if anywhere else f" in {THEMES}"
        raise BadPrimer(f"{name} is not there: give a file{place}, or the name of a piece of the corpus")
    try:
        return readers[path.suffix.lower()].read(path)[0]
    except Unreadable as error:
        raise BadPrimer(f"{name}: {error}") from error


def _unseen(words: list[str], vocabulary: Vocabulary) -> str:
    """The tokens that the model has never seen, in words, each with its place and the nearest one that it has."""
    unseen = [word for word in dict.fromkeys(words) if word not in vocabulary]
    named = [
        f"{nearest.spoken(word)}{_place(words, word)}" + (f" (nearest: {nearest.spoken(near)})" if near else "")
        for word in unseen[:5]
        for near in [nearest.token(word, vocabulary)]
    ]
    more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
    near = (
        " let it read the nearest (generate.unseen=nearest, or fill --nearest),"
        if any(map(nearest.is_note, words))
        else ""
    )
    keys = " in any key" if any(tokens.transpose(word, 1) != word for word in words) else ""
    return (
        f"the network does not know all of it{keys}; as written it has never seen {', '.join(named)}{more}:"
        f" change them,{near} or train with pieces that have them"
    )


def _place(words: list[str], word: str) -> str:
    """Where a token stands first; nothing for a header, or a chord of the scheme without durations."""
    if tokens.in_header(word) or tokens.kind(word) == "chord":
        return ""
    onset = int(tokens.decode(words[: words.index(word) + 1])["duration"].sum())
    if tokens.kind(word) != "duration":
        onset = int(tokens.decode(words[: words.index(word) + 1])["onset"].iloc[-1])
    return f" at beat {beats(onset + TICKS)}"
