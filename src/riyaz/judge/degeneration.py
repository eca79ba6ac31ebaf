"""Does it loop: repetition that no player would write, told from repetition that every player writes.

All functions take a sequence of values that can be compared: tokens, or events as `values` gives them. Human music
repeats a great deal, tabla by its nature, so what is too much is measured on human pieces (`normal`).

References
----------
Li et al., A diversity-promoting objective function for neural conversation models, 2016, arXiv:1510.03055 (distinct-n).
Holtzman et al., The curious case of neural text degeneration, 2020, arXiv:1904.09751 (loops of likely text; nucleus
sampling against them).
Foote, Visualizing music and audio using self-similarity, 1999, doi:10.1145/319463.319472 (recurrence is the mean of the
diagonals of his matrix, for values that are equal or not).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riyaz.music.events import TICKS, Piece

LEAST = 3  # times that a phrase must come in a row to be a loop
NORMAL = 8  # repeats that are never held against a piece
LONGEST = 512  # values in a loop's period


@dataclass(frozen=True)
class Loop:
    """A phrase said again and again: where it starts, its length, and how many times it comes (the last may be cut)."""

    start: int
    period: int
    repeats: float
    to_end: bool

    @property
    def stop(self) -> int:
        """One past its last value."""
        return self.start + round(self.repeats * self.period)


def values(events: pd.DataFrame) -> list[Hashable]:
    """What is compared: each event's duration, symbols, and which of them are held."""
    held = [tuple(h) for h in events["held"]]
    return list(zip(events["duration"].tolist(), [tuple(s) for s in events["symbols"]], held, strict=True))


def beats(events: pd.DataFrame) -> list[Hashable]:
    """The same beat by beat: what is struck in each, and where in it; ticks from the beat's start, and the symbols."""
    n_beats = -(-int(events["duration"].sum()) // TICKS)
    content: list[list] = [[] for _ in range(n_beats)]
    for onset, symbols, held in zip(events["onset"].tolist(), events["symbols"], events["held"], strict=True):
        struck = tuple(s for s, h in zip(symbols, held, strict=True) if not h)
        if struck:
            content[onset // TICKS].append((onset % TICKS, struck))
    return [tuple(beat) for beat in content]


def _numbered(sequence: Sequence[Hashable]) -> np.ndarray:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in sequence], dtype=np.int64)


def loop(sequence: Sequence[Hashable], least: float = LEAST) -> Loop | None:
    """The loop that repeats most of the sequence: x[i] = x[i - period] over a stretch of (least - 1) periods or more.

    Of loops that repeat equally much the shortest period counts; None where nothing comes `least` times in a row.
    """
    x = _numbered(sequence)
    best: Loop | None = None
    repeated = 0
    for period in range(1, min(LONGEST, int(len(x) / least)) + 1):
        other = np.flatnonzero(np.r_[True, x[period:] != x[:-period], True])  # borders of the stretches that agree
        stretch = np.diff(other) - 1
        longest = int(stretch.max())
        if longest > repeated and longest >= (least - 1) * period:
            start = int(other[np.argmax(stretch)])
            repeated = longest
            best = Loop(start, period, (longest + period) / period, start + longest + period == len(x))
    return best


def distinct(sequence: Sequence[Hashable], n: int) -> float:
    """Distinct-n: different n-grams over all n-grams, from nearly 0 to 1; NaN if the sequence is shorter than n."""
    grams = [tuple(sequence[k : k + n]) for k in range(len(sequence) - n + 1)]
    return len(set(grams)) / len(grams) if grams else float("nan")


def entropy_along(sequence: Sequence[Hashable], window: int = 32) -> np.ndarray:
    """Entropy of the values within a sliding window, in bits: -sum_v p(v) log2 p(v) with p their shares in it.

    Returns
    -------
    (n - window + 1,) float64, from 0 (one value only) to log2(window); a sequence shorter than the window gives none.
    """
    x = _numbered(sequence)
    if len(x) < window:
        return np.empty(0)
    ordered = np.sort(np.lib.stride_tricks.sliding_window_view(x, window), axis=1)  # (position, window)
    border = np.concatenate([np.ones((len(ordered), 1), bool), ordered[:, 1:] != ordered[:, :-1]], axis=1)
    group = np.cumsum(border, axis=1) - 1 + np.arange(len(ordered))[:, None] * window
    counts = np.bincount(group.ravel(), minlength=len(ordered) * window).reshape(len(ordered), window)
    p = counts / window
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=1) + 0.0  # no -0.0


def recurrence(sequence: Sequence[Hashable], longest: int = 64, n: int = 1) -> np.ndarray:
    """How often what is said now was said d values ago: share of places whose n-gram equals the one d before.

    r(d) = #{i : x[i-n+1..i] = x[i-d-n+1..i-d]} / #{i}. On `beats` its peaks are the bars, avartans and phrases.
    Foote 1999.

    Returns
    -------
    (longest,) float64 for d = 1 ... longest; NaN where the sequence is not longer than d + n - 1.
    """
    x = _numbered(sequence)
    shares = np.full(longest, np.nan)
    for distance in range(1, min(longest, len(x) - n) + 1):
        same = x[distance:] == x[:-distance]
        shares[distance - 1] = np.lib.stride_tricks.sliding_window_view(same, n).all(axis=1).mean()
    return shares


def recurrences(pieces: Sequence[Piece], longest: int = 64, least: int = 30) -> np.ndarray:
    """The mean of the pieces' `recurrence` of `beats`, at each distance over those that are longer than it.

    Parameters
    ----------
    least : beats that have to have another so long before them, in all pieces together: of fewer a share is chance.

    Returns
    -------
    (longest,) float64 for d = 1 ... longest beats; NaN where there are fewer, as of no pieces.
    """
    rows = [beats(piece.events) for piece in pieces]
    shares = np.array([recurrence(row, longest) for row in rows]).reshape(-1, longest)
    places = np.array([np.maximum(len(row) - np.arange(1, longest + 1), 0) for row in rows]).reshape(-1, longest)
    known = (places > 0).sum(axis=0)
    return np.where(places.sum(axis=0) >= max(least, 1), np.nansum(shares, axis=0) / np.maximum(known, 1), np.nan)


def normal(pieces: Sequence[Piece]) -> float:
    """Repeats in a row that human pieces of this corpus hold: the 95th percentile over them, and at least `NORMAL`.

    A piece without a `loop` counts 1; no pieces give `NORMAL`.
    """
    result = [loop(values(piece.events)) for piece in pieces]
    repeats = [one.repeats if one else 1.0 for one in result]
    return max(float(NORMAL), float(np.quantile(repeats, 0.95, method="higher")) if repeats else 0.0)


def collapsed(events: pd.DataFrame, normal: float = NORMAL, unit: str = "beat") -> str | None:
    """Say whether a piece fell into a loop, in words for its reader; None if not.

    It did where nothing sounds, where all of more than `normal` events have the same symbols, or where a phrase comes
    more than `normal` times in a row and goes on to the end or fills more than half of the piece.

    Parameters
    ----------
    normal : from `normal(training pieces)`.
    unit : what a beat is called; the first is number 1.
    """
    sounding = [tuple(s) for s in events["symbols"] if s]
    if not sounding:
        return "nothing sounds"
    if len(sounding) > normal and len(set(sounding)) == 1:
        return f"all {len(sounding)} events are {' '.join(sounding[0])}"
    result = loop(values(events))
    if result is None or result.repeats <= normal:
        return None
    share = (result.stop - result.start) / len(events)
    if not result.to_end and share <= 0.5:
        return None
    first = events.iloc[result.start]
    words = " ".join(
        ".".join(s) or "rest" for s in events["symbols"].iloc[result.start : result.start + min(result.period, 4)]
    )
    more = " ..." if result.period > 4 else ""
    return f"from {unit} {first['onset'] / TICKS + 1:g} on {words}{more} comes {result.repeats:.0f} times in a row"


def summary(groups: Mapping[str, Sequence[Piece]], human: Sequence[Piece]) -> pd.DataFrame:
    """`degeneration` by group: pieces, and the means of the other columns under names for a reader."""
    loops = degeneration(groups, human)
    loops["fell into a loop"] = loops["collapsed"].astype(bool)
    names = {"fell into a loop": "fell into a loop", "looped": "in repeats", "distinct_1": "distinct-1"}
    names |= {"distinct_4": "distinct-4", "entropy_first": "entropy first", "entropy_last": "last"}
    by_group = loops.groupby("group", sort=False)
    table = by_group[list(names)].mean().rename(columns=names)
    table.insert(0, "pieces", by_group.size())
    return table


def degeneration(groups: Mapping[str, Sequence[Piece]], human: Sequence[Piece]) -> pd.DataFrame:
    """Measure all pieces of all groups.

    Parameters
    ----------
    groups : name (``argmax``, ``temperature 0.9``, ``held-out``) to pieces.
    human : the pieces that say what is normal, such as the training pieces.

    Returns
    -------
    One row per piece: `group`, `piece`, `repeats` and `period` (events) of its `loop` and the `looped` share of its
    events (1, 0, 0 without one), `distinct_1`, `distinct_4`, `entropy_first` and `entropy_last` (mean bits of 32 events
    in the first and last quarter of the windows; NaN for pieces of fewer than 32 events), `collapsed` (why, or empty).
    """
    limit = normal(human)
    rows = []
    for group, pieces in groups.items():
        for piece in pieces:
            sequence = values(piece.events)
            result, along = loop(sequence), entropy_along(sequence)
            quarter = -(-len(along) // 4)
            rows.append(
                {
                    "group": group,
                    "piece": piece.name,
                    "repeats": result.repeats if result else 1.0,
                    "period": result.period if result else 0,
                    "looped": (result.stop - result.start) / len(sequence) if result else 0.0,
                    "distinct_1": distinct(sequence, 1),
                    "distinct_4": distinct(sequence, 4),
                    "entropy_first": float(along[:quarter].mean()) if len(along) else float("nan"),
                    "entropy_last": float(along[-quarter:].mean()) if len(along) else float("nan"),
                    "collapsed": collapsed(piece.events, limit) or "",
                }
            )
    return pd.DataFrame(rows)
