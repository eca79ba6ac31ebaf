"""Events: the one language between the readers and everything else.

Time is counted in ticks of 1/5040 beat, so that halves, thirds, fifths, sevenths and their products up to
tenths are exact; a beat is a quarter note or a matra. The events of a piece follow each other without gap
or overlap from onset 0: what sounds together is one event, a rest is an event without symbols, and notes
that overlap are cut wherever any note starts or ends, the continuation marked as held. This is the
lecture's split into notes (pitch and onset) and chords (notes that sound together), with time kept. Where the notes
of a piece are not all struck alike, its events also say how hard (`VELOCITY`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import islice, pairwise, repeat
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from riyaz.tools import escape, files

TICKS = 5040
COLUMNS = ("onset", "duration", "symbols", "held")
VELOCITY = "velocity"  # a further column, where a piece has dynamics: list of int, 1 to 127, for each symbol
ALIKE = ("taal", "form", "metre")  # keys of `about`: pieces that agree in them are of one kind
_INDEX = pd.Index(COLUMNS)
EVEN = 80  # the velocity of a note that nothing is said of
MAX_TICKS = 2**28 - 1  # the longest piece, 53,261 beats: the longest time that MIDI can write
TEMPI = (1, 2000)  # beats per minute, the slowest and the fastest that are taken for music
MAX_BAR = 64  # beats
MAX_TEXT = 1000  # letters of a title, a name or a source
GROUP = 2**17  # events in a row group of a file of events: what is in memory of a corpus
MAX_BELOW = 128  # the shortest note value that a metre counts in

_SCHEMA = pa.schema(
    {
        "piece": pa.dictionary(pa.int32(), pa.string()),
        "onset": pa.int64(),
        "duration": pa.int64(),
        "symbols": pa.list_(pa.string()),
        "held": pa.list_(pa.bool_()),
        VELOCITY: pa.list_(pa.uint8()),  # null in a piece without dynamics
    }
)

_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
PITCHES = tuple(f"{_CLASSES[number % 12]}{number // 12 - 1}" for number in range(128))
NUMBERS = {name: number for number, name in enumerate(PITCHES)}


class Unreadable(ValueError):
    """A file that cannot be used: what is wrong with it, and what its owner can do."""

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(f"{reason} ({remedy})" if remedy else reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, eq=False)
class Piece:
    """One piece of music; equal to itself alone.

    Attributes
    ----------
    name : unique in its corpus: the file's path in the corpus folder, with ``#3`` for the third tune of a book.
    events : DataFrame with the columns onset, duration (int64, ticks), symbols (list of str), held (list of bool), and
        velocity (list of int, 1 to 127) where the piece has dynamics; a held note has that of its onset.
    about : flat, JSON-able; ``kind`` is ``notes`` or ``bols``, the other keys are listed in CONTRIBUTING.md.
    """

    name: str
    events: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def beats(self) -> Fraction:
        """Length of the piece in beats; 0 if it has no events."""
        return Fraction(int(self.events["duration"].sum()), TICKS)


def middle(pieces: Sequence[Piece]) -> int:
    """Which piece is the nearest to the median number of events, to be shown for all; of several the first."""
    lengths = np.array([len(piece.events) for piece in pieces])
    return int(np.argmin(np.abs(lengths - np.median(lengths))))


def table(
    onset: Sequence[int] | np.ndarray,
    duration: Sequence[int] | np.ndarray,
    symbols: list[list[str]],
    held: list[list[bool]] | None = None,
    velocity: list[list[int]] | None = None,
) -> pd.DataFrame:
    """Make the events' DataFrame from its columns; without `held` nothing is held, without `velocity` no dynamics."""
    if held is None:
        held = [[False] * len(s) for s in symbols]
    onset, duration = np.asarray(onset, dtype=np.int64), np.asarray(duration, dtype=np.int64)
    frame = pd.DataFrame({0: onset, 1: duration, 2: _lists(symbols), 3: _lists(held)}, copy=False)
    frame.columns = _INDEX  # made once: pandas takes longer to make it than to make the frame
    if velocity is not None:
        frame[VELOCITY] = _lists(velocity)
    return frame


def _lists(lists: list[list]) -> np.ndarray:
    """A column of lists: (n,) object. Filled row by row, since numpy would make lists of equal length a matrix."""
    column = np.empty(len(lists), dtype=object)
    for number, row in enumerate(lists):
        column[number] = row
    return column


def in_a_row(durations: Iterable[int], symbols: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Events one after the other from onset 0: durations in ticks, and the symbols of each."""
    duration = np.fromiter(durations, dtype=np.int64)
    onset = np.cumsum(duration) - duration
    return table(onset, duration, [list(s) for s in symbols])


def rows(events: pd.DataFrame) -> Iterator[tuple[int, int, list[str], list[bool]]]:
    """Onset, duration, symbols and held of one event after the other: many times faster than the frame's own rows."""
    return zip(*(events[column].tolist() for column in COLUMNS), strict=True)


def velocities(events: pd.DataFrame) -> list[list[int]] | None:
    """How hard each note of each event is struck, 1 to 127; None for a piece without dynamics."""
    return events[VELOCITY].tolist() if VELOCITY in events.columns else None


def together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Events of several tables in the order of their onsets; where one has dynamics, a part without is `EVEN`."""
    if any(VELOCITY in part.columns for part in parts):
        even = [[[EVEN] * len(symbols) for symbols in part["symbols"]] for part in parts]
        parts = [
            part if VELOCITY in part.columns else part.assign(**{VELOCITY: _lists(rows)})
            for part, rows in zip(parts, even, strict=True)
        ]
    return pd.concat(parts).sort_values("onset", kind="stable", ignore_index=True)


def binned(events: pd.DataFrame, bins: int) -> tuple[pd.DataFrame, int]:
    """Move every velocity to the middle of its bin.

    Parameters
    ----------
    bins : as many equal parts of 1 to 127; 127 changes nothing, 0 leaves the dynamics out.

    Returns
    -------
    The events, and how many struck notes have another velocity than before, or none.
    """
    before = velocities(events)
    if before is None:
        return events, 0
    now = [[middle_of(v, bins) for v in row] for row in before] if bins else [[0] * len(row) for row in before]
    struck = zip(before, now, events["held"].tolist(), strict=True)
    moved = sum(a != b and not h for rows in struck for a, b, h in zip(*rows, strict=True))
    plain = events.drop(columns=VELOCITY)
    return (plain.assign(**{VELOCITY: _lists(now)}) if bins else plain), moved


@lru_cache(maxsize=2**14)
def middle_of(velocity: int, bins: int) -> int:
    """The middle of the bin that a velocity lies in."""
    return round(((velocity - 1) * bins // 127 + 0.5) * 127 / bins + 0.5)


def beat_of(kind: str | None) -> str:
    """What a beat is called in music of this kind: a matra in bols."""
    return "matra" if kind == "bols" else "beat"


def bar_beats(metre: str | None) -> Fraction | None:
    """Turn a metre into the length of its bar in beats (quarter notes), or nothing.

    Parameters
    ----------
    metre : ``4/4``, ``6/8``, a sum of such (``3/8+2/8``), or of numerators (``3+2/8``); None and ``""`` are no metre.

    Returns
    -------
    ``4/4`` is 4, ``6/8`` is 3, ``3+2/8`` is 5/2. None for what is no metre, and for one whose bar is no whole number
    of ticks, or longer than MAX_BAR beats, or counts in notes shorter than 1/MAX_BELOW.
    """
    total = Fraction(0)
    waiting = 0  # numerators whose denominator follows
    for part in (metre or "").split("+"):
        match = re.fullmatch(r"\s*([0-9]{1,4})\s*(?:/\s*([0-9]{1,4})\s*)?", part)
        if match is None or not int(match[1]):
            return None
        waiting += int(match[1])
        if match[2] is not None:
            if not 1 <= int(match[2]) <= MAX_BELOW:
                return None
            total += Fraction(4 * waiting, int(match[2]))
            waiting = 0
    whole = (total * TICKS).denominator == 1
    return total if not waiting and whole and total <= MAX_BAR else None


def impossible(about: dict[str, Any]) -> list[str]:
    """Which of `tempo`, `metre` and `sharps` have values that no music has: names, in this order."""
    tempo, sharps = about.get("tempo"), about.get("sharps")
    slowest, fastest = TEMPI
    number = isinstance(tempo, int | float) and not isinstance(tempo, bool)
    wrong = {
        "tempo": tempo is not None and not (number and slowest <= tempo <= fastest),
        "metre": about.get("metre") is not None and bar_beats(str(about["metre"])) is None,
        "sharps": sharps is not None and not (type(sharps) is int and -7 <= sharps <= 7),
    }
    return [name for name, bad in wrong.items() if bad]


def checked(piece: Piece) -> Piece:
    """Check a piece that comes out of a reader, once for all readers.

    Returns
    -------
    The piece, without a tempo, metre or key that cannot be; ``about["lost"]["impossible"]`` counts what was left out.
    Its texts are one line of at most MAX_TEXT letters, without control characters.

    Raises
    ------
    Unreadable : the piece is longer than MAX_TICKS.
    ValueError : its events break the rules at the head of this module, which is a fault of the reader.
    """
    # as Python numbers: a sum of int64 may overflow
    length = sum(piece.events["duration"].tolist())
    if length > MAX_TICKS:
        longest = f"{MAX_TICKS // TICKS:,}"
        raise Unreadable(f"lasts {length // TICKS:,} beats, a piece lasts at most {longest}", "split it, or repair it")
    validate(piece.events)
    piece = Piece(piece.name, piece.events, _told(piece.about))
    wrong = impossible(piece.about)
    if not wrong:
        return piece
    lost = piece.about.get("lost", {})
    lost = dict(sorted({**lost, "impossible": lost.get("impossible", 0) + len(wrong)}.items()))
    about = {key: value for key, value in piece.about.items() if key not in wrong}
    return Piece(piece.name, piece.events, {**about, "lost": lost})


def _told(value: Any) -> Any:
    """What a file says of itself, its texts made fit for a line."""
    if isinstance(value, dict):
        return {key: _told(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return escape.line(value)[:MAX_TEXT] if isinstance(value, str) else value


def validate(events: pd.DataFrame) -> None:
    """Check the rules at the head of this module.

    Raises
    ------
    ValueError : with the first row that breaks one, and the rule.
    """
    missing = [column for column in COLUMNS if column not in events.columns]
    if missing:
        raise ValueError(f"events lack the columns {missing}")
    onset, duration = events["onset"].to_numpy(), events["duration"].to_numpy()
    expected = np.cumsum(duration) - duration
    columns = events["symbols"].tolist(), events["held"].tolist()
    for broken, rule in (
        (duration <= 0, "a duration is at least one tick"),
        (onset != expected, "an event starts where the one before ends, the first at 0"),
        (
            [len(s) != len(h) for s, h in zip(*columns, strict=True)],
            "held is as long as symbols",
        ),
    ):
        wrong = np.flatnonzero(broken)
        if wrong.size:
            raise ValueError(f"event {wrong[0]}: {rule}; it is {dict(events.iloc[wrong[0]])}")
    for row, (symbols, struck) in enumerate(zip(columns[0], velocities(events) or (), strict=False)):
        if len(struck) != len(symbols) or not all(0 < v < 128 for v in struck):
            raise ValueError(f"event {row}: each symbol has a velocity of 1 to 127; they are {struck}")
    sounding: set[str] = set()
    for row, (symbols, held) in enumerate(zip(*columns, strict=True)):
        gone = [s for s, h in zip(symbols, held, strict=True) if h and s not in sounding] if any(held) else []
        if gone:
            raise ValueError(f"event {row}: {gone[0]} is held but did not sound before")
        sounding = set(symbols)


def from_notes(
    onset: np.ndarray, duration: np.ndarray, pitch: np.ndarray, end: int = 0, velocity: np.ndarray | None = None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Cut notes into events.

    Parameters
    ----------
    onset, duration : (n_notes,) int, ticks; in any order.
    pitch : (n_notes,) int, MIDI numbers.
    end : the piece lasts at least until here, in ticks; a rest fills what is left.
    velocity : (n_notes,) int, 1 to 127; where all are equal, as where they are None, the events have no dynamics.

    Returns
    -------
    events : starting with a rest where the first note does not start at 0; no rows for no notes.
    lost : how many notes had no length (`zero`), were doubled by one that starts together with them
        (`doubled`), or were cut short because their own pitch is struck again (`restruck`).
    """
    onset, duration, pitch = (np.asarray(a, dtype=np.int64) for a in (onset, duration, pitch))
    lost = {"zero": int((duration <= 0).sum()), "doubled": 0, "restruck": 0}
    loud = np.zeros(onset.size, np.int64) if velocity is None else np.asarray(velocity, dtype=np.int64)
    order = np.lexsort((-loud, -duration, onset, pitch))
    order = order[duration[order] > 0]
    onset, pitch, stop, loud = onset[order], pitch[order], (onset + duration)[order], loud[order]
    if onset.size:
        again = (pitch[1:] == pitch[:-1]) & (onset[1:] == onset[:-1])
        keep = np.concatenate([[True], ~again])  # of those that start together the longest comes first
        lost["doubled"] = int((~keep).sum())
        onset, pitch, stop, loud = onset[keep], pitch[keep], stop[keep], loud[keep]
        following = np.full(onset.size, np.iinfo(np.int64).max)
        same = pitch[1:] == pitch[:-1]
        following[:-1][same] = onset[1:][same]
        lost["restruck"] = int((stop > following).sum())
        stop = np.minimum(stop, following)
    ends = [end] if end > stop.max(initial=0) else []
    bounds = np.unique(np.concatenate([[0], onset, stop, ends]).astype(np.int64))
    first, last = np.searchsorted(bounds, onset), np.searchsorted(bounds, stop)
    pieces = last - first  # in how many events each note sounds
    note = np.repeat(np.arange(onset.size), pieces)
    event = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[note]
    order = np.lexsort((pitch[note], event))
    names = [PITCHES[p] for p in pitch[note][order].tolist()]
    held = (event > first[note])[order].tolist()
    cuts = np.searchsorted(event[order], np.arange(bounds.size)).tolist()
    spans = list(pairwise(cuts))
    struck = loud[note][order].tolist()
    dynamics = [struck[a:b] for a, b in spans] if len(np.unique(loud)) > 1 else None
    symbols, goes_on = [names[a:b] for a, b in spans], [held[a:b] for a, b in spans]
    return table(bounds[:-1], np.diff(bounds), symbols, goes_on, dynamics), lost


def to_notes(events: pd.DataFrame) -> pd.DataFrame:
    """Join the events' notes again: the inverse of `from_notes`.

    Returns
    -------
    DataFrame with onset, duration (ticks) and symbol (str), ordered by onset and then as in the events, and velocity
    (int64) where there are dynamics; bols are notes like any other.
    """
    onsets: list[int] = []
    durations: list[int] = []
    names: list[str] = []
    loud: list[int] = []
    sounding: dict[str, int] = {}  # symbol: its row
    dynamics = velocities(events)
    for row, (onset, duration, symbols, held) in enumerate(rows(events)):
        now: dict[str, int] = {}
        for symbol, goes_on in zip(symbols, held, strict=True):
            if goes_on and symbol in sounding:
                now[symbol] = sounding[symbol]
                durations[now[symbol]] += duration
            else:
                now[symbol] = len(names)
                onsets.append(onset)
                durations.append(duration)
                names.append(symbol)
                if dynamics:
                    loud.append(dynamics[row][len(now) - 1])
        sounding = now
    columns = {"onset": np.array(onsets, np.int64), "duration": np.array(durations, np.int64)}
    notes = pd.DataFrame({**columns, "symbol": pd.Series(names, dtype=object)})
    return notes if dynamics is None else notes.assign(**{VELOCITY: np.array(loud, np.int64)})


def quantise(events: pd.DataFrame, grid: Sequence[int]) -> tuple[pd.DataFrame, dict[str, int], np.ndarray]:
    """Move every start and end of a note to the nearest point of a grid.

    Parameters
    ----------
    grid : divisors of the beat; ``[4, 3]`` has the points of sixteenths and of triplet eighths. Empty: no grid.

    Returns
    -------
    events : with at least one grid step for each note that has a length.
    lost : how many notes were `moved`, and what `from_notes` counts; empty without a grid or events.
    far : (n_notes,) int64, ticks that each onset moved, in the order of `to_notes`; negative is earlier.
    """
    if not len(grid) or not len(events):
        return events, {}, np.zeros(len(to_notes(events)), np.int64)
    if struck := _unmoved(events, grid):
        return events, {"moved": 0, "zero": 0, "doubled": 0, "restruck": 0}, np.zeros(struck, np.int64)
    notes = to_notes(events)
    onset, stop = notes["onset"].to_numpy(), (notes["onset"] + notes["duration"]).to_numpy()
    new_onset, new_stop = _snapped(onset, grid), _snapped(stop, grid)
    new_stop = np.where(new_stop > new_onset, new_stop, _snapped(new_onset + TICKS // max(grid), grid))
    end = int(_snapped(np.array([events["duration"].sum()]), grid)[0])
    pitch = notes["symbol"].map(NUMBERS).to_numpy()
    velocity = notes[VELOCITY].to_numpy() if VELOCITY in notes else None
    quantised, lost = from_notes(new_onset, new_stop - new_onset, pitch, end, velocity)
    moved = int(((new_onset != onset) | (new_stop != stop)).sum())
    return quantised, {"moved": moved, **lost}, new_onset - onset


def _unmoved(events: pd.DataFrame, grid: Sequence[int]) -> int:
    """How many notes there are where `quantise` would change nothing; 0 where it might, or where nothing sounds.

    That is so where all events begin and end on the grid, and are as `from_notes` cuts them: at each border a note
    starts or ends, the notes of an event are different ones from low to high, and what is held sounded before.
    """
    borders = np.append(events["onset"].to_numpy(), events["duration"].sum())
    if (_snapped(borders, grid) != borders).any():
        return 0
    before: list[str] | None = None
    struck = 0
    for symbols, held in zip(events["symbols"].tolist(), events["held"].tolist(), strict=True):
        new = held.count(False)
        if before is not None and not new and len(before) == len(symbols):
            return 0  # nothing starts, and nothing ends: not a border
        if len(symbols) > 1 and [*map(NUMBERS.__getitem__, symbols)] != sorted({NUMBERS[name] for name in symbols}):
            return 0
        if new < len(symbols) and not {s for s, h in zip(symbols, held, strict=True) if h} <= set(before or ()):
            return 0
        before = symbols
        struck += new
    return struck


def _snapped(ticks: np.ndarray, grid: Sequence[int]) -> np.ndarray:
    """The nearest point of the grid, of two equally near the earlier: (n,) int64."""
    points = np.unique([k * TICKS // g for g in grid for k in range(g)] + [TICKS])
    beat, rest = np.divmod(ticks, TICKS)
    right = np.clip(np.searchsorted(points, rest), 1, len(points) - 1)
    nearer_left = rest - points[right - 1] <= points[right] - rest
    return beat * TICKS + np.where(nearer_left, points[right - 1], points[right])


@lru_cache(maxsize=2**14)
def beats(ticks: int) -> str:
    """Ticks as a fraction of a beat: 2520 is ``1/2``, 10080 is ``2``."""
    return str(Fraction(int(ticks), TICKS))


@lru_cache(maxsize=2**14)
def ticks(text: str | Fraction | int) -> int:
    """A fraction of a beat in ticks: ``1/2`` is 2520. Raises ValueError where it is no whole number of ticks."""
    value = Fraction(text) * TICKS
    if value.denominator != 1:
        raise ValueError(f"{text} beats are no whole number of ticks of 1/{TICKS} beat")
    return int(value)


def save(pieces: Iterable[Piece], folder: Path) -> None:
    """Write pieces as ``events.parquet`` (a row an event, with its piece) and ``pieces.json`` (name and about)."""
    for _ in saving(pieces, folder):
        pass


def saving(pieces: Iterable[Piece], folder: Path) -> Iterator[Piece]:
    """Write pieces as `save` does while they pass through; complete when the last one has passed.

    Of all pieces no more than `GROUP` events are in memory: so many are a row group of the file, whole pieces always.
    """
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[Piece] = []
    n_waiting, n_written = 0, 0
    with (
        files.whole(folder / "events.parquet") as table_part,
        files.whole(folder / "pieces.json") as json_part,
        pq.ParquetWriter(table_part, _SCHEMA) as events,
        json_part.open("w", encoding="utf-8", newline="\n") as listing,
    ):
        listing.write("{")
        for piece in pieces:
            waiting.append(piece)
            n_waiting += len(piece.events)
            said = json.dumps({piece.name: {"events": len(piece.events), **piece.about}}, ensure_ascii=False, indent=1)
            listing.write("," * (n_written > 0) + said[1:-2])  # without the braces around it
            n_written += 1
            if n_waiting >= GROUP:
                _write_group(events, waiting)
                waiting, n_waiting = [], 0
            yield piece
        if waiting or not n_written:
            _write_group(events, waiting)
        listing.write("\n" * (n_written > 0) + "}\n")


def _write_group(events: pq.ParquetWriter, pieces: Sequence[Piece]) -> None:
    """Add pieces as one row group."""
    every = [p.events[list(COLUMNS)] for p in pieces]
    joined = pd.concat(every, ignore_index=True) if pieces else table([], [], [])
    names = np.repeat([p.name for p in pieces], [len(p.events) for p in pieces])
    columns = {
        "piece": pa.array(names.tolist(), pa.string()).dictionary_encode(),
        "onset": pa.array(joined["onset"]),
        "duration": pa.array(joined["duration"]),
        "symbols": pa.array(joined["symbols"], pa.list_(pa.string())),
        "held": pa.array(joined["held"], pa.list_(pa.bool_())),
        VELOCITY: pa.array(
            [row for p in pieces for row in velocities(p.events) or repeat(None, len(p.events))], pa.list_(pa.uint8())
        ),
    }
    events.write_table(pa.table(columns, schema=_SCHEMA), row_group_size=max(1, len(joined)))


class Stored(Sequence[Piece]):
    """The pieces that `save` wrote, read when they are asked for: one row group is in memory at a time.

    Attributes
    ----------
    names : of all pieces, in order.
    """

    def __init__(self, folder: Path):
        self._file = pq.ParquetFile(folder / "events.parquet", memory_map=True)
        self._about = folder / "pieces.json"
        self.names: list[str] = []
        sizes, at = [], []
        for place, name, about in _told_of(self._about):
            self.names.append(name)
            sizes.append(about["events"])
            at.append(place)
        self._at = np.array(at, dtype=np.int64)  # of each piece in pieces.json, bytes
        self._ends = np.cumsum(sizes, dtype=np.int64)  # of each piece, in rows of events.parquet
        groups = [self._file.metadata.row_group(k).num_rows for k in range(self._file.num_row_groups)]
        self._groups = np.cumsum([0, *groups])
        self._now: tuple[int, pd.DataFrame] = (-1, table([], [], []))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def large(self) -> bool:
        """Whether the pieces are more than one row group, and so should not all be in memory."""
        return self._file.num_row_groups > 1

    def __getitem__(self, row: Any) -> Any:
        """One piece; of a slice a list."""
        if isinstance(row, slice):
            wanted = range(len(self))[row]
            return list(self._run(wanted[0], len(wanted))) if wanted and wanted.step == 1 else [self[k] for k in wanted]
        return next(self._run(range(len(self))[row], 1))

    def _run(self, first: int, n: int) -> Iterator[Piece]:
        """So many pieces in a row."""
        place = int(self._at[first])
        with self._about.open("rb") as listing:
            listing.seek(place)
            for row, (_, name, about) in enumerate(islice(_entries(listing, place), n), start=first):
                yield self._piece(row, name, about)

    def __iter__(self) -> Iterator[Piece]:
        for row, (_, name, about) in enumerate(_told_of(self._about)):
            yield self._piece(row, name, about)

    def abouts(self) -> Iterator[dict[str, Any]]:
        """What is known of each piece, without its events."""
        for _, _, about in _told_of(self._about):
            about.pop("events")
            yield about

    def _piece(self, row: int, name: str, about: dict[str, Any]) -> Piece:
        end, n_events = int(self._ends[row]), about.pop("events")
        group = int(np.searchsorted(self._groups, end, side="left")) - 1 if n_events else self._now[0]
        if group != self._now[0]:
            stored = self._file.read_row_group(group, columns=[*COLUMNS, VELOCITY])
            lists = [stored[name].to_pylist() for name in ("symbols", "held")]
            dynamics = stored[VELOCITY].null_count < len(stored)
            lists += [stored[VELOCITY].to_pylist()] if dynamics else []
            self._now = group, table(stored["onset"], stored["duration"], *lists)
        first = end - n_events - int(self._groups[group]) if n_events else 0
        own = self._now[1].iloc[first : first + n_events].reset_index(drop=True)
        plain = VELOCITY in own and (own.empty or own.at[0, VELOCITY] is None)
        return Piece(name, own.drop(columns=VELOCITY) if plain else own, about)


def _told_of(path: Path) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The entries of a ``pieces.json``: place in bytes, name and about (with the number of `events`)."""
    with path.open("rb") as listing:
        yield from _entries(listing, len(listing.readline()))


def _entries(listing: IO[bytes], place: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The same from a place on; an entry ends with the only line that is indented by one blank and closes a brace."""
    lines, start = [], place
    for line in listing:
        place += len(line)
        lines.append(line)
        if line.rstrip() in (b" }", b" },"):
            ((name, about),) = json.loads(b"{" + b"".join(lines).rstrip().rstrip(b",") + b"}").items()
            yield start, name, about
            lines, start = [], place


def load(folder: Path) -> list[Piece]:
    """Read all of what `save` wrote."""
    return list(Stored(folder))
