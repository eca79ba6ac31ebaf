"""A whole corpus as tokens: moved to the grid, written in each scheme, and what that costs.

Pieces pass through one after the other; what stays in memory are counts. The tokens wait in a temporary file until all
of them are known, since only then each has its integer.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from riyaz.music.events import ALIKE, TICKS, Piece
from riyaz.params import Compute
from riyaz.text import tokens
from riyaz.text.tokens import SCHEMES, Vocabulary
from riyaz.tools.parallel import stream

TEMPO = 120  # beats per minute of a file that names no tempo, as MIDI has it
DIGITS = 2  # of the milliseconds that a note moved


@dataclass(frozen=True)
class _Written:
    """A piece on the grid and what `Encoding` counts of it: small, since it may come from another process.

    words and codes : its tokens, as numbers into the distinct ones. sizes, known : of each scheme how many tokens there
    are, and which.
    """

    piece: Piece
    moved: dict[str, int]
    far: np.ndarray
    words: list[str]
    codes: np.ndarray
    sizes: dict[str, int]
    known: dict[str, set[str]]
    losses: dict[str, dict[str, int]]


def _write(piece: Piece, grid: list[int], scheme: str, velocity: int) -> _Written:
    made = tokens.write(piece, grid, velocity)
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(token, len(numbers)) for token in made.tokens[scheme]]
    sizes = {name: len(words) for name, words in made.tokens.items()}
    known = {name: set(words) for name, words in made.tokens.items()}
    return _Written(
        made.piece, made.moved, np.abs(made.far), [*numbers], np.array(codes, np.int32), sizes, known, made.losses
    )


class Encoding:
    """A corpus on its way to tokens: iterate once over the pieces on the grid, then everything is counted.

    Parameters
    ----------
    pieces : asked for one after the other, or by slices.
    grid : divisions of a beat; empty: notes stay where they are.
    scheme : of the tokens that `ids` gives.
    velocity : bins of the dynamics; 0 leaves them out.
    label, compute : see `riyaz.tools.parallel.stream`.

    Attributes
    ----------
    names : of the pieces that have events on the grid; only these are encoded. events : how many these have.
    example : of these the first of the most frequent taal, form and metre; None before the first one.
    counts : how many notes were moved, doubled (fell upon another of the same pitch) and restruck (cut short by one),
        and how many velocities were rounded or left out.
    beats, milliseconds : how many notes moved so far, at each piece's first tempo.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        grid: Sequence[int],
        scheme: str = "event",
        label: str = "",
        compute: Compute | None = None,
        velocity: int = 0,
    ):
        self._given = pieces, partial(_write, grid=list(grid), scheme=scheme, velocity=velocity), label, compute
        self.names: list[str] = []
        self.events = 0
        self.example: Piece | None = None
        self.counts = dict.fromkeys(("moved", "doubled", "restruck", "velocities"), 0)
        self.beats: Counter = Counter()
        self.milliseconds: Counter = Counter()
        self._alike: Counter = Counter()
        self._first: dict[tuple, Piece] = {}
        self._lost: dict[str, Counter] = {name: Counter() for name in SCHEMES}
        self._sizes: Counter = Counter()
        self._known: dict[str, set[str]] = {name: set() for name in SCHEMES}
        self._codes: dict[str, int] = {}  # of each token its number until all tokens are known
        self._lengths: list[int] = []
        self._waiting = tempfile.TemporaryFile()  # noqa: SIM115, lives as long as this

    def __iter__(self) -> Iterator[Piece]:
        pieces, write, label, compute = self._given
        for one in stream(write, pieces, label=label, compute=compute):
            self._count(one)
            if len(one.piece.events):
                self._keep(one)
                yield one.piece
        if self._first:
            self.example = self._first[self._alike.most_common(1)[0][0]]

    def _count(self, one: _Written) -> None:
        for name in self.counts:
            self.counts[name] += one.moved.get(name, 0)
        pace = 60_000 / one.piece.about.get("tempo", TEMPO)
        for far, notes in zip(*(part.tolist() for part in np.unique(one.far, return_counts=True)), strict=True):
            self.beats[far / TICKS] += notes
            self.milliseconds[round(far / TICKS * pace, DIGITS)] += notes

    def _keep(self, one: _Written) -> None:
        self.names.append(one.piece.name)
        self.events += len(one.piece.events)
        kind = tuple(one.piece.about.get(key) for key in ALIKE)
        self._alike[kind] += 1
        self._first.setdefault(kind, one.piece)
        for name in SCHEMES:
            self._lost[name].update(one.losses[name])
            self._sizes[name] += one.sizes[name]
            self._known[name] |= one.known[name]
        numbers = np.array([self._codes.setdefault(word, len(self._codes)) for word in one.words], np.int32)
        self._lengths.append(len(one.codes))
        numbers[one.codes].tofile(self._waiting)

    def ids(self, vocabulary: Vocabulary) -> Iterator[np.ndarray]:
        """The tokens of each piece as integers, (n,) int32, read from the temporary file."""
        final = vocabulary.ids(self._codes)
        self._waiting.seek(0)
        for length in self._lengths:
            yield final[np.fromfile(self._waiting, np.int32, length)]

    def losses(self) -> pd.DataFrame:
        """What each scheme loses when the corpus is encoded and decoded again: a row a scheme, with its size."""
        sizes = {name: {"tokens": self._sizes[name], "vocabulary": len(self._known[name])} for name in SCHEMES}
        rows = [{"scheme": name, **self._lost[name], **sizes[name]} for name in SCHEMES]
        return pd.DataFrame(rows).set_index("scheme")

    def vocabulary(self, transpose: int) -> Vocabulary:
        """The tokens of the scheme, and those that transposing by up to so many semitones makes of them."""
        steps = range(-transpose, transpose + 1)
        return Vocabulary(
            new for token in sorted(self._codes) for step in steps if (new := tokens.transpose(token, step))
        )


def farthest(encoding: Encoding) -> pd.DataFrame:
    """How far onsets moved: half of them, 95 % of them, and the farthest."""
    of = {"beats": encoding.beats, "milliseconds": encoding.milliseconds}
    table = pd.DataFrame({name: [quantile(counts, q) for q in (0.5, 0.95, 1)] for name, counts in of.items()})
    table.insert(0, "onsets", ["half of the notes moved no further than", "95% no further than", "the furthest"])
    return table


def quantile(counts: Counter, q: float) -> float:
    """The quantile of values that are counted, between two of them by line; NaN without values."""
    if not counts:
        return float("nan")
    values = sorted(counts)
    ends = np.cumsum([counts[value] for value in values])
    place = q * (ends[-1] - 1)
    low, high = (values[int(np.searchsorted(ends, at, side="right"))] for at in (np.floor(place), np.ceil(place)))
    return float(low + (high - low) * (place - np.floor(place)))


def kinds(vocabulary: Vocabulary) -> pd.DataFrame:
    """The vocabulary by kind: kind, how many tokens, and the first six."""
    of = {word: tokens.kind(word) for word in vocabulary.words}
    names = dict.fromkeys(of.values())
    rows = [(name, [word for word in of if of[word] == name]) for name in names]
    columns = ["kind", "tokens", "such as"]
    return pd.DataFrame([(name, len(words), ", ".join(words[:6])) for name, words in rows], columns=columns)


def frequencies(ids: Iterable[np.ndarray], vocabulary: Vocabulary) -> pd.Series:
    """How often each token occurs, the most frequent first; tokens that never occur are left out."""
    counts = np.zeros(len(vocabulary), np.int64)
    for row in ids:
        counts += np.bincount(row, minlength=len(vocabulary))
    named = pd.Series(counts, index=vocabulary.words)
    return named[named > 0].sort_values(ascending=False)


def entropy(counts: pd.Series) -> float:
    """Bits per token of a model that knows only the counts: -sum p log2 p; 0 without tokens."""
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
