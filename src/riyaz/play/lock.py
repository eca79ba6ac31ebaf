"""What is locked of a piece and what is open: stretches of it, in all voices or in all but one.

Events that reach over the edge of an open stretch are cut there. A note that goes on from an open stretch into a locked
event is struck there, since nothing is known yet of what it would go on from; a locked voice goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import NamedTuple

import numpy as np
import pandas as pd

from riyaz.music.events import NUMBERS, Piece, rows, table, velocities
from riyaz.play.particles import Lock
from riyaz.text import grammar, tokens
from riyaz.text.tokens import END, Vocabulary

VOICES = {"bass": 0, "melody": -1}  # which note of each event it is
Span = tuple[int, int]  # first tick, and the first after it


class Note(NamedTuple):
    """A note of a locked voice, in ticks; without a name a rest. `alone`: it sounded without other notes."""

    onset: int
    end: int
    name: str
    held: bool
    alone: bool


@dataclass(frozen=True)
class Part:
    """A piece with open stretches.

    Attributes
    ----------
    events : the locked ones, cut at the edges of what is open; onsets are those of the piece.
    stays : for each voice that is locked where the rest is open, its notes there.
    spans : the open stretches, in order, without overlap. end : where the piece ends.
    """

    events: pd.DataFrame
    stays: dict[str, list[Note]]
    spans: list[Span]
    end: int

    def words(self, chords: bool = True) -> list[str]:
        """Tokens that the model has to know; a melody as the top of chords, or else as it is."""
        written = [word for words in _written(self.events) for word in words]
        for voice, notes in self.stays.items():
            for note in notes:
                plus = voice == "melody" and (chords or not note.alone)
                written += ["+" * plus + note.name] if note.name and not note.held else []
        return written


def _written(events: pd.DataFrame, transpose: int = 0) -> list[list[str]]:
    """Each event as tokens: its duration first, and the velocity of its first struck note, whatever came before."""
    single = (Piece("", events.iloc[row : row + 1]) for row in range(len(events)))
    return [
        [tokens.transpose(word, transpose) or tokens.SPECIAL[tokens.UNKNOWN] for word in tokens.encode(one)[1:-1]]
        for one in single
    ]


def cut(events: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
    """The same music with an event boundary at each of these places (ticks); what follows a cut is held."""
    made: list[tuple[int, int, list[str], list[bool]]] = []
    dynamics, loud = velocities(events), []
    for row, (onset, duration, symbols, held) in enumerate(rows(events)):
        edges = [onset, *(p for p in sorted(set(places)) if onset < p < onset + duration), onset + duration]
        for number, (start, stop) in enumerate(pairwise(edges)):
            made.append((start, stop - start, symbols, [True] * len(symbols) if number else held))
            loud += [dynamics[row]] if dynamics else []
    onsets, durations, names, goes_on = zip(*made, strict=True) if made else ((), (), (), ())
    return table(onsets, durations, list(names), list(goes_on), loud if dynamics else None)


def within(events: pd.DataFrame, spans: Sequence[Span]) -> np.ndarray:
    """Which events begin in one of these stretches: (n_events,) bool."""
    onset, result = events["onset"].to_numpy(), np.zeros(len(events), bool)
    for start, stop in spans:
        result |= (onset >= start) & (onset < stop)
    return result


def part(events: pd.DataFrame, spans: Sequence[Span], end: int, voices: Sequence[str] = ()) -> Part:
    """Open some stretches of a piece.

    Parameters
    ----------
    events : of the piece. spans : ticks; what overlaps becomes one. end : of the piece when it is filled, ticks.
    voices : of `VOICES`, which stay as they are in the open stretches.
    """
    joined: list[Span] = []
    for start, stop in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    whole = cut(events, [place for span in joined for place in span])
    opened = within(whole, joined)
    stays = {voice: _voice(whole[opened], VOICES[voice]) for voice in voices}
    after = {stop for _, stop in joined}
    held = [
        [
            goes_on and (start not in after or _lasts(stays, start, name))
            for name, goes_on in zip(names, on, strict=True)
        ]
        for start, _, names, on in rows(whole)
    ]
    return Part(whole.assign(held=pd.Series(held, dtype=object))[~opened].reset_index(drop=True), stays, joined, end)


def _lasts(stays: dict[str, list[Note]], place: int, name: str) -> bool:
    """Whether a locked voice has this note up to this place."""
    return any(note.end == place and note.name == name for notes in stays.values() for note in notes)


def _voice(events: pd.DataFrame, number: int) -> list[Note]:
    """The notes of the lowest or highest voice of some events."""
    notes: list[Note] = []
    for onset, duration, symbols, held in rows(events):
        name, goes_on = (symbols[number], held[number]) if symbols else ("", False)
        last, alone = notes[-1] if notes else None, len(symbols) == 1
        if last and (last.end, last.name) == (onset, name) and (goes_on or not name):
            notes[-1] = last._replace(end=onset + duration, alone=last.alone and alone)
        else:
            notes.append(Note(onset, onset + duration, name, goes_on, alone))
    return notes


def of(piece: Part, header: Sequence[str], vocabulary: Vocabulary, transpose: int = 0) -> Lock:
    """The lock of a piece for a model with this vocabulary, which knows all of `Part.words`.

    Parameters
    ----------
    header : tokens before the first event.
    """
    rules, spans = grammar.rules(vocabulary), piece.spans
    lengths = np.unique(rules["ticks"][rules["ticks"] > 0])
    notes = [note for voice in piece.stays.values() for note in voice]
    places = [*piece.events["onset"], *piece.events["duration"], *lengths, piece.end]
    places += [place for span in piece.spans for place in span] + [place for note in notes for place in note[:2]]
    unit = reduce(gcd, map(int, places))
    n = piece.end // unit
    given = list(vocabulary.ids(header))
    last: list[bool] = [False] * (len(header) - 1) + [True] * bool(header)
    arrays = {name: np.full(n + 1, -1, np.int32) for name in ("start", "low", "high")}
    arrays |= {name: np.zeros(n + 1, bool) for name in ("low_held", "high_held", "high_more")}
    starts = np.ones(n + 1, bool)  # where an event may start: not inside a note that the vocabulary cannot hold
    for onset, words in zip(piece.events["onset"].tolist(), _written(piece.events, transpose), strict=True):
        written = vocabulary.ids(words)
        arrays["start"][onset // unit] = len(given)
        given, last = [*given, *written], last + [False] * (len(written) - 1) + [True]
    arrays["start"][n] = len(given)
    until = np.full(n + 1, n, np.int32)
    for start, stop in spans:
        until[start // unit : stop // unit] = stop // unit
    for voice, name in (("bass", "low"), ("melody", "high")):
        for note in piece.stays.get(voice, []):
            inside = slice(note.onset // unit, note.end // unit)
            until[inside] = np.minimum(until[inside], note.end // unit)
            if note.name:
                arrays[name][inside] = NUMBERS[note.name] + transpose
                arrays[f"{name}_held"][inside] = True
                arrays[f"{name}_held"][note.onset // unit] = note.held
                pitch = tokens.transpose(note.name, transpose)
                signs = [sign for sign in ("", "+")[: 1 + (name == "high")] if f"{sign}~{pitch}" in vocabulary]
                starts[note.onset // unit + 1 : note.end // unit] &= bool(signs)
                if name == "high":
                    arrays["high_more"][inside] = "+" in signs
                    arrays["high_more"][note.onset // unit] = ("+~" if note.held else "+") + str(pitch) in vocabulary
    return Lock(
        unit=np.array(unit, np.int32),
        given=np.array([*given, END], np.int32),
        last=np.array([*last, True]),
        until=until,
        fits=_fits(arrays["start"] >= 0, starts, until, lengths // unit, [(a // unit, b // unit) for a, b in spans]),
        more=np.array([word.startswith("+") for word in vocabulary.words]),
        held=np.array(["~" in word for word in vocabulary.words]),
        first=np.array(piece.spans[0][0] // unit, np.int32),
        **arrays,
    )


def _fits(
    locked: np.ndarray, starts: np.ndarray, until: np.ndarray, lengths: np.ndarray, spans: Sequence[Span]
) -> np.ndarray:
    """Whether durations (in units) fill exactly what is open from each place: (places + 1,) bool."""
    fits: np.ndarray = locked.copy()
    for start, stop in reversed(spans):
        for place in range(stop - 1, start - 1, -1):
            ends = place + lengths
            fits[place] = starts[place] and fits[ends[ends <= until[place]]].any()
    return fits
