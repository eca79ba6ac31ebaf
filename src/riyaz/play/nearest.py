"""A piece in what the network has seen: its onsets on the nearest grid, its notes in the nearest octave or step.

Long durations are parted into known ones, whose notes are held, so that no bar changes its length.
"""

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import pandas as pd

from riyaz.music.events import NUMBERS, PITCHES, TICKS, VELOCITY, Piece, from_notes, quantise, ticks, to_notes
from riyaz.play import lock
from riyaz.text import tokens
from riyaz.text.tokens import UNKNOWN, Vocabulary

STEPS = sorted(range(-12, 13), key=lambda step: (abs(step), -step))  # semitones to other keys, the nearest first
_ROUNDS = 8  # of looking for known notes: one that moves may be unknown in its new place in the chord
_NAMED = 5  # unseen tokens that a sentence names


def piece(given: Piece, vocabulary: Vocabulary) -> tuple[Piece, str]:
    """A piece of notes as the model can read it, and a sentence on what was changed; as it is where nothing was.

    Parameters
    ----------
    given : events on any grid, with dynamics that the model knows.
    """
    unseen = _unseen(given.events, vocabulary)[1]
    if not unseen or given.about.get("kind") != "notes":
        return given, ""
    events = _pitches(_durations(given.events, vocabulary), vocabulary)
    named = ", ".join(map(spoken, unseen[:_NAMED])) + f" and {len(unseen) - _NAMED} more" * (len(unseen) > _NAMED)
    return replace(given, events=events), f"The network has never seen {named}: it read the nearest that it knows."


def split(events: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """The same events with known durations, the longest first; a duration that is no sum of them stays."""
    lengths, places = _lengths(vocabulary), list[int]()
    for onset, duration in events[["onset", "duration"]].to_numpy().tolist():
        at = onset
        while (left := onset + duration - at) not in lengths and (shorter := [n for n in lengths if n < left]):
            at += max(shorter)
            places.append(at)
    return lock.cut(events, places)


def token(word: str, vocabulary: Vocabulary) -> str:
    """The known token of the same kind that is nearest: in pitch, in length, or in spelling; nothing where none is."""
    kind, sign = tokens.kind(word), word[: len(word) - len(word.lstrip("+~"))]
    known = [one for one in vocabulary.words if tokens.kind(one) == kind]
    if is_note(word):
        pitch = {one: NUMBERS[one[len(sign) :]] for one in known if one[len(sign) :] in NUMBERS}
        return min(pitch, key=lambda one: (abs(pitch[one] - NUMBERS[word[len(sign) :]]), one), default="")
    if kind == "duration":
        return min(known, key=lambda one: (abs(ticks(one[2:]) - ticks(word[2:])), one), default="")
    return next(iter(get_close_matches(word, known, 1, 0)), "")


def spoken(word: str) -> str:
    """A token in words."""
    kind, name = tokens.kind(word), word.lstrip("+~")
    if kind == "duration":
        return f"a duration of {word[2:]} beats"
    if not is_note(word):
        return word
    role = "above another note" if word.startswith("+") else "as the lowest note of a chord or alone"
    return f"{name} {'held ' * (kind == 'held')}{role}"


def _lengths(vocabulary: Vocabulary) -> set[int]:
    return {ticks(word[2:]) for word in vocabulary.words if tokens.kind(word) == "duration"}


def _unseen(events: pd.DataFrame, vocabulary: Vocabulary) -> tuple[int, list[str]]:
    """The key in which the fewest tokens of events are unseen, in semitones from their own, and these as written."""
    words = list(dict.fromkeys(tokens.encode(Piece("", events))[1:-1]))
    unseen = {step: [word for word in words if moved(word, step) not in vocabulary] for step in STEPS}
    best = min(STEPS, key=lambda step: len(unseen[step]))  # of several the nearest: `min` takes the first
    return best, unseen[best]


def moved(word: str, step: int) -> str:
    """A token `step` semitones higher, ``<unk>`` where that leaves MIDI's range."""
    return tokens.transpose(word, step) or tokens.SPECIAL[UNKNOWN]


def _durations(events: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Events on the finest grid of divisions of the beat whose durations can be parted into known ones."""
    lengths = _lengths(vocabulary)
    known = [n for n in range(1, TICKS + 1) if TICKS % n == 0 and TICKS // n in lengths] or [1]
    for grid in (known, known[-1:]):  # thirds and quarters together have differences that may be unknown
        result = split(quantise(events, grid)[0], vocabulary)
        if set(result["duration"]) <= lengths:
            break
    return result


def _pitches(events: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Events whose notes are known in one key: an unknown one in its nearest known octave, or else the nearest step."""
    for _ in range(_ROUNDS):
        step, unseen = _unseen(events, vocabulary)
        away = {word.lstrip("+~"): _other(word, step, vocabulary) for word in unseen if is_note(word)}
        if not any(away.values()):
            break
        notes = to_notes(events)
        pitch = np.array([NUMBERS[away.get(name) or name] for name in notes["symbol"]], np.int64)
        loud = notes[VELOCITY].to_numpy() if VELOCITY in notes else None
        end = int(events["duration"].sum())
        events = from_notes(notes["onset"].to_numpy(), notes["duration"].to_numpy(), pitch, end, loud)[0]
        events = split(events, vocabulary)
    return events


def is_note(word: str) -> bool:
    """Whether a token is a note, struck or held."""
    return tokens.kind(word) in ("note", "held")


def _other(word: str, step: int, vocabulary: Vocabulary) -> str:
    """The name of the note nearest to an unknown one that is known in its place in the chord, `step` semitones away."""
    name = word.lstrip("+~")
    sign, number = word[: len(word) - len(name)], NUMBERS[name]
    known: Iterable[int] = (n for n, other in enumerate(PITCHES) if moved(sign + other, step) in vocabulary)
    near = min(known, key=lambda n: ((n - number) % 12 != 0, abs(n - number), n), default=None)
    return "" if near is None else PITCHES[near]
