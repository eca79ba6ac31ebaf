"""Tokens: events as strings, strings as integers, and back.

Scheme ``event``: ``<start>``; a header, for tabla ``taal:teental`` and ``form:kaida``, for notes ``metre:4/4`` where a
metre is known; then for each event ``d:1/2``, its duration in beats, where it differs from the last; then the first
note ``C4`` and each further one ``+E4``, from low to high, where ``~C4`` and ``+~E4`` go on from the event before; or
``rest``; or the bol; ``<end>``. The first symbol of an event never has a ``+``, so that the next event begins without a
sign of its own. In a piece with dynamics ``v:72`` stands before a struck note, its velocity, where it differs from the
last.

Scheme ``chord`` is the lecture's: one token per event, ``C4.E4.G4``. Rests, durations and ties are dropped, and
decoding gives every event half a beat, the fixed step of the lecture's method.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music.events import (
    EVEN,
    NUMBERS,
    PITCHES,
    TICKS,
    Piece,
    beats,
    binned,
    quantise,
    rows,
    table,
    ticks,
    velocities,
)

SCHEMES = ("event", "chord")
PAD, START, END, UNKNOWN = range(4)
SPECIAL = ("<pad>", "<start>", "<end>", "<unknown>")
HEADER = ("taal", "form", "metre")  # what the tokens before the first event may say
LOSSES = ("missing", "added", "durations", "rests", "ties")
STEP = TICKS // 2  # what the scheme `chord` gives every event


def encode(piece: Piece, scheme: str = "event") -> list[str]:
    """Write a piece as tokens; a piece without events is ``<start> <end>`` and what is known about it."""
    tokens = ["<start>"]
    if scheme == "chord":
        tokens += [".".join(symbols) for symbols in piece.events["symbols"] if symbols]
        return [*tokens, "<end>"]
    said = ("taal", "form") if piece.about.get("kind") == "bols" else ("metre",)
    tokens += [f"{key}:{piece.about[key]}" for key in said if piece.about.get(key)]
    dynamics, last, loud = velocities(piece.events), None, None
    for row, (_, duration, symbols, held) in enumerate(rows(piece.events)):
        if duration != last:
            tokens.append("d:" + beats(duration))
            last = duration
        if not symbols:
            tokens.append("rest")
        for position, (symbol, goes_on) in enumerate(zip(symbols, held, strict=True)):
            if dynamics and not goes_on and dynamics[row][position] != loud:
                loud = dynamics[row][position]
                tokens.append(f"v:{loud}")
            tokens.append("+" * (position > 0) + "~" * goes_on + symbol)
    return [*tokens, "<end>"]


def decode(tokens: Iterable[str], scheme: str = "event") -> pd.DataFrame:
    """Read tokens as events: the inverse of `encode`, but for what the scheme does not write.

    Anything can be decoded: what breaks the grammar is passed over (a held note that did not sound is struck, a note
    before any duration lasts half a beat), and what follows ``<end>`` is not read.
    """
    durations, symbols, held, velocity = _decoded(tokens, scheme)
    lengths = np.array(durations, dtype=np.int64)
    return table(np.cumsum(lengths) - lengths, lengths, symbols, held, velocity)


def _decoded(
    tokens: Iterable[str], scheme: str
) -> tuple[list[int], list[list[str]], list[list[bool]], list[list[int]] | None]:
    """Durations (ticks), symbols, held and velocities of each event that the tokens say; no velocities if none is."""
    durations: list[int] = []
    symbols: list[list[str]] = []
    held: list[list[bool]] = []
    velocity: list[list[int]] = []
    duration, loud, dynamics = STEP, EVEN, False
    for token in tokens:
        if token == "<end>":
            break
        if token in SPECIAL or (":" in token and in_header(token)):
            continue
        if scheme == "chord":
            notes = token.split(".")
            durations.append(STEP)
            symbols.append(notes)
            held.append([False] * len(notes))
        elif token.startswith("d:"):
            duration = ticks(token[2:])
        elif token.startswith("v:"):
            loud, dynamics = int(token[2:]), True
        elif token == "rest":
            durations.append(duration)
            symbols.append([])
            held.append([])
            velocity.append([])
        else:
            name = token.lstrip("+~")
            if not token.startswith("+") or not symbols or not symbols[-1]:
                durations.append(duration)
                symbols.append([])
                held.append([])
                velocity.append([])
            if name not in symbols[-1]:
                before = symbols[-2] if len(symbols) > 1 else []
                goes_on = "~" in token and name in before
                symbols[-1].append(name)
                held[-1].append(goes_on)
                velocity[-1].append(velocity[-2][before.index(name)] if goes_on else loud)
    return durations, symbols, held, velocity if dynamics else None


def piece(name: str, words: Sequence[str], scheme: str, about: dict[str, Any]) -> Piece:
    """Decode tokens to a piece; what they say of taal, form and metre wins over `about`."""
    said = dict(word.split(":", 1) for word in words if in_header(word))
    return Piece(name, decode(words, scheme), {**about, **said})


def losses(piece: Piece, tokens: Sequence[str], scheme: str) -> dict[str, int]:
    """Count what a piece lost that was encoded as these tokens, by decoding them.

    Returns
    -------
    notes (or strokes) : in the piece; `missing`, `added`: of its symbols, counted as a bag;
    `durations`: events whose duration is another; `rests`: rests that are gone; `ties`: notes struck again;
    and where there are dynamics `velocities`: struck notes whose velocity is gone.
    """
    events = tuple(piece.events[column].tolist() for column in ("duration", "symbols", "held"))
    dynamics = velocities(piece.events)
    decoded = _decoded(tokens, scheme)
    back, loud = decoded[:3], decoded[3]
    if (back, loud) == (events, dynamics):
        struck = sum(held.count(False) for held in events[2])
        return {"notes": struck, **dict.fromkeys(LOSSES, 0), **_softened(dynamics, 0)}
    had, has = (Counter(_struck(symbols, held)) for _, symbols, held in (events, back))
    sounding, again = (
        [d for d, s in zip(durations, symbols, strict=True) if s] for durations, symbols, _ in (events, back)
    )
    same = len(sounding) == len(again)
    return {
        "notes": had.total(),
        "missing": (had - has).total(),
        "added": (has - had).total(),
        "durations": sum(a != b for a, b in zip(sounding, again, strict=True)) if same else len(sounding),
        "rests": max(0, (len(events[0]) - len(sounding)) - (len(back[0]) - len(again))),
        "ties": sum(map(sum, events[2])) - sum(map(sum, back[2])),
        **_softened(dynamics, had.total() * (loud is None)),
    }


def _softened(dynamics: list[list[int]] | None, lost: int) -> dict[str, int]:
    """The entry of the velocities; none without dynamics."""
    return {} if dynamics is None else {"velocities": lost}


def _struck(symbols: list[list[str]], held: list[list[bool]]) -> Iterator[str]:
    """The symbols that are struck, and not held from the event before."""
    notes, goes_on = chain.from_iterable(symbols), chain.from_iterable(held)
    return (note for note, held_on in zip(notes, goes_on, strict=True) if not held_on)


@dataclass(frozen=True)
class Written:
    """A piece on the grid and as tokens, and what that cost.

    Attributes
    ----------
    piece : as `riyaz.music.events.quantise` and `binned` give it; `moved` are the counts of both, `velocities` those of
        the latter.
    far : as `quantise` gives it.
    tokens, losses : for each of SCHEMES.
    """

    piece: Piece
    moved: dict[str, int]
    far: np.ndarray
    tokens: dict[str, list[str]]
    losses: dict[str, dict[str, int]]


def write(piece: Piece, grid: Sequence[int], velocity: int = 0) -> Written:
    """Move a piece to a grid and write it in each scheme: all that `tokenize` does with one piece.

    Parameters
    ----------
    velocity : bins of the dynamics; 0 leaves them out.
    """
    events, moved, far = quantise(piece.events, grid)
    events, louder = binned(events, velocity)
    moved = moved | ({"velocities": louder} if louder else {})
    new = Piece(piece.name, events, piece.about)
    tokens = {scheme: encode(new, scheme) for scheme in SCHEMES}
    return Written(new, moved, far, tokens, {scheme: losses(new, tokens[scheme], scheme) for scheme in SCHEMES})


def transpose(token: str, semitones: int) -> str | None:
    """The token so many semitones higher; itself if it has no pitch, None if that leaves MIDI's range."""
    if semitones == 0 or token in SPECIAL:
        return token
    if "." in token and token.split(".")[0] in NUMBERS:
        notes = [transpose(note, semitones) for note in token.split(".")]
        return None if None in notes else ".".join(str(note) for note in notes)
    name = token.lstrip("+~")
    if name not in NUMBERS:
        return token
    number = NUMBERS[name] + semitones
    return token[: len(token) - len(name)] + PITCHES[number] if 0 <= number < 128 else None


def in_header(token: str) -> bool:
    """Whether a token belongs to the header: ``taal:teental``, ``form:kaida``, ``metre:4/4``."""
    return token.startswith(tuple(f"{key}:" for key in HEADER))


def begins(token: str) -> bool:
    """Whether an event begins with a token: a note that is not added to others, a bol, a chord or a rest."""
    return not (token in SPECIAL or in_header(token) or token.startswith(("d:", "v:", "+")))


def kind(token: str) -> str:
    """What a token says: special, taal, form, metre, duration, velocity, rest, note, chord, held or bol."""
    name = token.lstrip("+~")
    if token in SPECIAL:
        return "special"
    if in_header(token):
        return token.partition(":")[0]
    if token.startswith("d:"):
        return "duration"
    if token.startswith("v:"):
        return "velocity"
    if token == "rest":
        return "rest"
    if "." in token:
        return "chord"
    if name in NUMBERS:
        return "held" if "~" in token else "note"
    return "bol"


_KINDS = ("special", *HEADER, "duration", "velocity", "rest", "bol", "note", "held", "chord")


def _order(token: str) -> tuple:
    """A natural order: by kind, durations by length, notes from low to high."""
    name = token.lstrip("+~")
    length = Fraction(token[2:]) if token.startswith(("d:", "v:")) else Fraction(0)
    return (_KINDS.index(kind(token)), "+" in token, length, NUMBERS.get(name, 0), token)


class Vocabulary:
    """A fixed, ordered set of tokens and their integers; the lecture's mapping from categories to numbers.

    Invariant: id 0 is ``<pad>``, 1 ``<start>``, 2 ``<end>``, 3 ``<unknown>``; the others follow once each.
    """

    def __init__(self, tokens: Iterable[str]):
        others = sorted(set(tokens) - set(SPECIAL), key=_order)
        self.words: tuple[str, ...] = (*SPECIAL, *others)
        self._ids = {token: number for number, token in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.words == other.words

    def __hash__(self) -> int:
        return hash(self.words)

    def ids(self, tokens: Iterable[str]) -> np.ndarray:
        """(n,) int32; what is not in the vocabulary becomes ``<unknown>``."""
        return np.array([self._ids.get(token, UNKNOWN) for token in tokens], dtype=np.int32)

    def tokens(self, ids: Sequence[int] | np.ndarray) -> list[str]:
        """The strings of (n,) ids."""
        return [self.words[number] for number in ids]

    @property
    def digest(self) -> str:
        """SHA-256 of the tokens in their order: what binds a model to its vocabulary."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(list(self.words), ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        words = json.loads(path.read_text(encoding="utf-8"))
        vocabulary = cls(words)
        if list(vocabulary.words) != words:
            raise ValueError(
                f"{path} is no vocabulary of this project: its tokens are not in their order; make it again"
            )
        return vocabulary


def transposed(pieces: Sequence[np.ndarray], vocabulary: Vocabulary, semitones: int) -> list[tuple[int, np.ndarray]]:
    """The pieces, each also up to so many semitones lower and higher, where the vocabulary has all of its tokens.

    Each with the semitones that it was moved by. Pieces without pitches come once.
    """
    steps = {}
    for step in range(-semitones, semitones + 1):
        moved = vocabulary.ids([transpose(word, step) or SPECIAL[UNKNOWN] for word in vocabulary.words])
        if step == 0 or (moved != np.arange(len(vocabulary))).any():
            steps[step] = moved
    every = [(step, moved[ids]) for ids in pieces for step, moved in steps.items()]
    return [(step, ids) for step, ids in every if UNKNOWN not in ids]
