"""What a written score says, whatever its format, and how it becomes a piece.

A reader walks over its file and fills a `Score`: notes with exact times, and what is said of metre, tempo and key.
Times are ticks of 1/5040 beat, int where that is exact and Fraction where it is not. A score is read as it is written:
repeats are not played, ornaments not realised. Where it begins with a pick-up, the events begin with a rest that fills
the bar, so that onset 0 is always a downbeat; `riyaz.music.musicxml` turns such a rest into a pick-up again.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.music import dynamics as marks
from riyaz.music import midi
from riyaz.music.events import MAX_TICKS, PITCHES, TICKS, Piece, Unreadable, bar_beats, from_notes

MAX_BYTES = 32 * 2**20  # of text, after decompression
MAX_NOTES = 200_000  # of one piece
STARTS, ENDS = 1, 2  # a tie: the sum says both

Time = int | Fraction
# [onset, stop, MIDI number, part, tie, voice of the part]
Note = list[Any]


@dataclass
class Score:
    """What a reader found; times are ticks, the first bar begins at 0.

    Attributes
    ----------
    notes : of one part in the order of their onsets, at most MAX_NOTES.
    end : where the last bar ends.
    lead : what is missing before a pick-up, to fill its bar.
    dynamics : as `riyaz.music.dynamics.Said`, in any order.
    metres, tempos, sharps : (time, value), in any order; of several values at one time the last counts.
    programs : General MIDI program of a part, 0 to 127, where the file names one.
    lost : reason: count, see `riyaz.music.readers.LOST`.
    """

    title: str = ""
    composer: str = ""
    notes: list[Note] = field(default_factory=list)
    end: Time = 0
    lead: Time = 0
    metres: list[tuple[Time, str]] = field(default_factory=list)
    tempos: list[tuple[Time, float]] = field(default_factory=list)
    sharps: list[tuple[Time, int]] = field(default_factory=list)
    dynamics: list[marks.Said] = field(default_factory=list)
    programs: dict[int, int] = field(default_factory=dict)
    lost: Counter = field(default_factory=Counter)

    def say(self, time: Time, part: int, word: str) -> None:
        """Note what a word says of the dynamics, if anything."""
        mark = marks.named(word)
        if mark:
            self.dynamics.append((time, part, mark))

    def note(
        self, onset: Time, length: Time, pitch: float, part: int, tie: int = 0, voice: int | str = 0
    ) -> Note | None:
        """Add a note; a pitch that MIDI does not have is counted and left out, one between the keys is moved."""
        if not -0.5 <= pitch <= len(PITCHES) - 0.5:  # false for NaN
            self.lost["out_of_range"] += 1
            return None
        number = min(max(round(pitch), 0), len(PITCHES) - 1)
        self.lost["microtones"] += number != pitch
        if len(self.notes) >= MAX_NOTES:
            raise Unreadable(f"has more than {MAX_NOTES:,} notes in one piece", "split the file")
        self.notes.append([onset, onset + length, number, part, tie, voice])
        return self.notes[-1]


def exact(time: Time) -> Time:
    """A time as an int if it is whole; what has a monstrous denominator is rounded, since sums of such never end."""
    if isinstance(time, int):
        return time
    return time if 1 < time.denominator < 10**12 else round(time)


def whole(digits: str) -> int:
    """A number from a file; more than ten digits count as the first ten, which no piece is long enough for."""
    return int(digits.lstrip("0")[:10] or "0")


def metre_name(text: str) -> str:
    """One fraction for any sum: ``3/8+2/8`` and ``3+2/8`` are ``5/8``; what is no metre stays as it is."""
    beats = bar_beats(text)
    if beats is None or "+" not in text:
        return text
    below = max(int(number) for number in re.findall(r"/\s*([0-9]+)", text))
    above = beats * below / 4
    return f"{above.numerator}/{below * above.denominator}"


def bar_ticks(metre: str | None) -> int:
    """Ticks of a bar, 0 of what is no metre."""
    beats = bar_beats(metre)
    return int(beats * TICKS) if beats else 0


def text(data: bytes) -> str:
    """Decode a text file: Unicode where it is that, else Latin-1 (as Windows has it)."""
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable("is empty", "get the file again")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split it into several files")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def joined(notes: Iterable[Note]) -> list[Note]:
    """Join tied notes: of the same voice first, then of the same part, else of another, as a tie may cross staves.

    A note that ends no tie, or ends one that nothing begins, is a note of its own.
    """
    rows: list[Note] = []
    waiting: dict[tuple[int, Time], list[Note]] = {}  # (pitch, where it ends): notes that are tied on
    for note in sorted(notes, key=lambda note: note[0]):
        onset, stop, pitch, part, tie, voice = note
        before = waiting.get((pitch, onset), []) if tie & ENDS else []
        if before:
            row = min(before, key=lambda other: (other[3] != part, other[5] != voice))
            before[:] = [other for other in before if other is not row]
            row[1] = stop
        else:
            row = [onset, stop, pitch, part, tie, voice]
            rows.append(row)
        row[5] = voice
        if tie & STARTS:
            waiting.setdefault((pitch, stop), []).append(row)
    return rows


def piece(name: str, score: Score) -> Piece | None:
    """Make a piece of a score; None where it has no notes.

    Raises
    ------
    Unreadable : it is longer than MAX_TICKS, or its notes overlap too often for memory.
    """
    notes = joined(score.notes)
    lost = score.lost
    ends = [note[1] for note in notes]
    last = max([score.end, *ends]) + score.lead
    if last > MAX_TICKS:
        longest = f"{MAX_TICKS // TICKS:,}"
        raise Unreadable(
            f"lasts {int(last / TICKS):,} beats, a piece lasts at most {longest}", "split it, or repair it"
        )
    rows = np.array([[round(a + score.lead), round(b + score.lead), p] for a, b, p, *_ in notes], dtype=np.int64)
    onset, stop, pitch = rows.reshape(-1, 3).T
    if not (stop > onset).any():
        return None
    lost["rounded"] += sum(not isinstance(time, int) for note in notes for time in note[:2])
    midi.check_overlaps(onset, stop, pitch, midi.MAX_PIECES)
    loud = marks.velocities(score.dynamics, [note[0] for note in notes], [note[3] for note in notes])
    events, cut = from_notes(onset, stop - onset, pitch, round(last), loud)
    first = min(note[0] for note in notes)
    said: dict[str, list[tuple[Time, Any]]] = {
        "tempo": [(time, round(value, 2)) for time, value in score.tempos],
        "metre": [(time, metre_name(value)) for time, value in score.metres],
        "sharps": list(score.sharps),
    }
    about, changes, wrong = midi.in_force(said, first)
    about |= midi.longest((score.programs.get(note[3], 0), float(note[1] - note[0])) for note in notes)
    if wrong:
        lost["impossible"] += wrong
    if not lost["damaged"]:
        del lost["damaged"]
    always = {"microtones": 0, "repeats": 0, "rounded": 0}
    titles = {"title": " ".join(score.title.split()), "composer": " ".join(score.composer.split())}
    if Path(titles["title"]).stem == Path(name).stem:  # some scores are titled by their file
        del titles["title"]
    about = {"kind": "notes"} | {key: value for key, value in titles.items() if value} | about
    return Piece(name, events, {**about, "lost": dict(sorted({**always, **lost, **changes, **cut}.items()))})
