"""Does it copy: the longest run that a piece shares with the training pieces, beside that of held-out human pieces.

A run is a series of units in a row that also stands, in a row, in one training piece. What counts as the same unit:

| mode | kind | a unit | the same |
|---|---|---|---|
| ``exact`` | both | an event | duration, symbols, and what is held |
| ``transposed`` | notes | an event | duration, the chord above its bass, the bass's interval to the event before |
| ``line`` | notes | a note of the top line | the interval to the note before; no rhythm |
| ``khali`` | bols | an event | duration and bol, the bayan closed |
| ``strokes`` | bols | a bol | the bol, the bayan closed; no rhythm, no rests |

Two human pieces share runs too, and longer pieces longer ones: judge pieces of one length (`same_length`) against
held-out pieces of that length, never against nothing.

References
----------
Yin, Reuben, Stepney & Collins, Measuring when a music generation algorithm copies too much: the originality report,
2022, doi:10.1007/s42979-022-01220-y (originality beside a baseline of human pieces).
McCoy et al., How much do language models copy from their training data?, 2023, arXiv:2111.09509 (novelty of n-grams).
Manber & Myers, Suffix arrays: a new method for on-line string searches, 1993, doi:10.1137/0222058.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riyaz.music.events import NUMBERS, TICKS, Piece
from riyaz.tabla.bols import BOLS

MODES = {"notes": ("exact", "transposed", "line"), "bols": ("exact", "khali", "strokes")}
LOOSE = {"notes": "transposed", "bols": "khali"}  # the mode that decides whether a model copies


@dataclass(frozen=True)
class Units:
    """What is matched: keys, the event of each, and how many units a run of one key covers."""

    keys: list[Hashable]
    event: np.ndarray  # (n_keys + extra,) int64
    extra: int  # 1 where a key is the step between two units


def units(piece: Piece, mode: str) -> Units:
    """The units of a piece in one of the modes above; a piece of n transposable units has n - 1 keys."""
    events = piece.events
    symbols, durations = [tuple(s) for s in events["symbols"]], events["duration"].tolist()
    every = np.arange(len(symbols))
    if mode == "exact":
        held = [tuple(h) for h in events["held"]]
        return Units(list(zip(durations, symbols, held, strict=True)), every, 0)
    if mode == "khali":
        return Units(list(zip(durations, map(_khali, symbols), strict=True)), every, 0)
    if mode == "strokes":
        sounding = np.array([at for at, s in enumerate(symbols) if s], dtype=np.int64)
        return Units([_khali(symbols[at]) for at in sounding], sounding, 0)
    if mode == "line":
        struck = [at for at, (s, h) in enumerate(zip(symbols, events["held"], strict=True)) if s and not h[-1]]
        return Units(np.diff([NUMBERS[symbols[at][-1]] for at in struck]).tolist(), np.array(struck, dtype=np.int64), 1)
    if mode == "transposed":
        shapes, bass = _shapes(symbols)
        full = list(zip(durations, shapes, (tuple(h) for h in events["held"]), strict=True))
        return Units(list(zip(full, np.diff(bass).tolist(), full[1:], strict=False)), every, 1)
    raise ValueError(f"mode is {mode!r}; there are {', '.join(sorted({m for modes in MODES.values() for m in modes}))}")


def _khali(symbols: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(BOLS[s].khali if s in BOLS else s for s in symbols)


def _shapes(symbols: list[tuple[str, ...]]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Each chord above its bass, and the basses; a rest keeps the bass before it (a first one that of what follows)."""
    numbers = [[NUMBERS[s] for s in chord] for chord in symbols]
    bass, low = [], next((chord[0] for chord in numbers if chord), 0)
    for chord in numbers:
        low = chord[0] if chord else low
        bass.append(low)
    return [tuple(n - b for n in chord) for chord, b in zip(numbers, bass, strict=True)], bass


def matches(
    texts: Sequence[Sequence[Hashable]],
    train: Sequence[Sequence[Hashable]],
    families: tuple[Sequence[int], Sequence[int]] | None = None,
) -> list[np.ndarray]:
    """Matching statistics: how much of each text, from each of its places on, stands in some training text.

    A suffix array of all texts, each closed by an end of its own, made by doubling; the training suffix that shares
    most with another suffix is its nearest neighbour before or after it. O(n log^2 n).

    Parameters
    ----------
    families : of the texts and of the training texts: a text is matched with those of other families only. None: with
        all.

    Returns
    -------
    For each text an (n, 3) int64 array: length of the longest match that starts here, its training text, its place
    there; -1 for both where the length is 0.
    """
    known: dict[Hashable, int] = {}
    every = [*train, *texts]
    ends = len(every)
    coded = [
        np.array([known.setdefault(u, len(known)) for u in t] + [-1 - k], dtype=np.int64) for k, t in enumerate(every)
    ]
    joined = np.concatenate([*coded, np.empty(0, dtype=np.int64)]) + ends  # the ends are 0 ... ends - 1
    owner = np.repeat(np.arange(ends), [len(c) for c in coded])
    own = np.arange(ends) if families is None else np.array([*families[1], *families[0]])
    first = np.r_[0, np.cumsum([len(c) for c in coded])]
    levels = _doubled(joined)
    order = np.argsort(levels[-1], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    sources = order[owner[order] < len(train)]  # suffixes of the training texts, sorted
    labels = own[owner[sources]]
    change = np.flatnonzero(np.r_[True, labels[1:] != labels[:-1]])
    block = np.cumsum(np.r_[True, labels[1:] != labels[:-1]]) - 1  # neighbours of one family are a block
    here = np.flatnonzero((owner >= len(train)) & (joined >= ends))
    place = np.searchsorted(rank[sources], rank[here])  # the first training suffix after each
    best, source = np.zeros(len(here), dtype=np.int64), np.full(len(here), -1)
    for step in (-1, 0):
        near = place + step
        inside = np.flatnonzero((near >= 0) & (near < len(sources)))
        same = labels[near[inside]] == own[owner[here[inside]]]
        beyond = change[block[near[inside]]] - 1 if step else np.r_[change, len(sources)][block[near[inside]] + 1]
        near[inside] = np.where(same, beyond, near[inside])
        real = np.flatnonzero((near >= 0) & (near < len(sources)))
        other = sources[near[real]]
        length = _common(levels, here[real], other)
        longer = length > best[real]
        best[real[longer]], source[real[longer]] = length[longer], other[longer]
    text = np.where(source >= 0, owner[source], -1)
    result = np.stack([best, text, np.where(source >= 0, source - first[text], -1)], axis=1)
    return np.split(result, np.cumsum([len(t) for t in texts])[:-1]) if len(texts) else []


def _doubled(text: np.ndarray) -> list[np.ndarray]:
    """For 1, 2, 4, ... symbols: the rank of what starts at each place, until all ranks differ."""
    levels = [np.unique(text, return_inverse=True)[1].astype(np.int64)]
    while levels[-1].size and levels[-1].max() < len(text) - 1:
        step = min(2 ** (len(levels) - 1), len(text))
        second = np.r_[levels[-1][step:] + 1, np.zeros(step, dtype=np.int64)]
        levels.append(np.unique(levels[-1] * (len(text) + 1) + second, return_inverse=True)[1].astype(np.int64))
    return levels


def _common(levels: list[np.ndarray], a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How many symbols the suffixes at a and at b have in common: (n,) int64."""
    length = np.zeros(len(a), dtype=np.int64)
    for level in range(len(levels) - 1, -1, -1):
        length += (levels[level][a + length] == levels[level][b + length]) * 2**level
    return length


def _modes(groups: Mapping[str, Sequence[Piece]], train: Sequence[Piece]) -> tuple[str, ...]:
    kinds = {p.about.get("kind", "notes") for p in [*train, *(p for pieces in groups.values() for p in pieces)]}
    if len(kinds) > 1:
        raise ValueError("notes and bols have no runs in common: compare pieces of one kind")
    return MODES[kinds.pop()] if kinds else ()


def _matched(
    groups: Mapping[str, Sequence[Piece]], train: Sequence[Piece], mode: str
) -> Iterable[tuple[str, Piece, Units, np.ndarray]]:
    """Group, piece, units and matching statistics of each piece of all groups."""
    pieces = [(group, piece, units(piece, mode)) for group, members in groups.items() for piece in members]
    result = matches([u.keys for _, _, u in pieces], [units(piece, mode).keys for piece in train])
    return [(group, piece, u, f) for (group, piece, u), f in zip(pieces, result, strict=True)]


def runs(groups: Mapping[str, Sequence[Piece]], train: Sequence[Piece]) -> pd.DataFrame:
    """The longest run that each piece shares with a training piece, in every mode of its kind (Yin et al. 2022).

    run = max_i,j,k {n : the piece's units i ... i+n-1 are the same as units j ... j+n-1 of training piece k}.

    Parameters
    ----------
    groups : name (such as ``generated``, ``held-out``, ``temperature 1.2``) to pieces.

    Returns
    -------
    One row per piece and mode: `group`, `piece`, `mode`, `run` (in the mode's units), `notes` (struck notes or bols in
    it), `beats`, `share` (of the piece's beats), `at` (where it starts, in beats from 0), `source` (training piece) and
    `source_at`. Nothing shared, or an empty piece: 0, and no source.
    """
    rows = []
    for mode in _modes(groups, train):
        ends = {k: units(piece, mode) for k, piece in enumerate(train)}
        for group, piece, own, result in _matched(groups, train, mode):
            best = int(np.argmax(result[:, 0])) if len(result) else -1
            if best < 0 or not result[best, 0]:
                rows.append((group, piece.name, mode, 0, 0, 0.0, 0.0, 0.0, "", 0.0))
                continue
            length, text, place = result[best].tolist()
            first, last = own.event[best], own.event[best + length - 1 + own.extra]
            events = piece.events.iloc[first : last + 1]
            notes = sum(not h for held in events["held"] for h in held)
            beats = float(events["duration"].sum()) / TICKS
            at, source_at = (
                float(events["onset"].iloc[0]) / TICKS,
                float(train[text].events["onset"].iloc[ends[text].event[place]]) / TICKS,
            )
            share = beats / float(piece.beats)
            run = length + own.extra
            rows.append((group, piece.name, mode, run, notes, beats, share, at, train[text].name, source_at))
    return pd.DataFrame(
        rows, columns=["group", "piece", "mode", "run", "notes", "beats", "share", "at", "source", "source_at"]
    )


def attributed(table: pd.DataFrame, train: Sequence[Piece], licence: str) -> pd.DataFrame:
    """Each piece with what it shares most with, and under which licence that is; the longest run first.

    Parameters
    ----------
    table : rows of `runs` of one group and mode. licence : of the corpus, where a training piece names none.

    Returns
    -------
    piece (the last part of its name), run, beats, share, at, source, source_at, licence (``not stated`` where nothing
    is; "" where nothing is shared).
    """
    own = {piece.name: str(piece.about.get("licence") or licence or "not stated") for piece in train}
    rows = table.sort_values(["run", "piece"], ascending=[False, True])
    rows = rows.assign(piece=rows["piece"].str.split(", ").str[-1], licence=[own.get(s, "") for s in rows["source"]])
    return rows[["piece", "run", "beats", "share", "at", "source", "source_at", "licence"]]


def novelty(groups: Mapping[str, Sequence[Piece]], train: Sequence[Piece], longest: int = 24) -> pd.DataFrame:
    """Which share of a piece's n-grams of units no training piece has: the novelty curve.

    novelty(n) = #{i : the n units from i on stand in no training piece} / (units - n + 1), between 0 (all known) and 1;
    McCoy et al. 2023.

    Returns
    -------
    One row per piece, mode and n from 1 (2 where keys are steps) to `longest`: `group`, `piece`, `mode`, `n`, `novel`;
    no row where the piece is shorter than n.
    """
    rows = []
    for mode in _modes(groups, train):
        for group, piece, own, result in _matched(groups, train, mode):
            for keys in range(1, min(longest - own.extra, len(result)) + 1):
                novel = float((result[: len(result) - keys + 1, 0] < keys).mean())
                rows.append((group, piece.name, mode, keys + own.extra, novel))
    return pd.DataFrame(rows, columns=["group", "piece", "mode", "n", "novel"])


def excerpts(pieces: Sequence[Piece], n_events: int) -> list[Piece]:
    """The first `n_events` events of each piece that has as many; the shorter ones are left out."""
    return [
        Piece(piece.name, piece.events.iloc[:n_events].reset_index(drop=True), piece.about)
        for piece in pieces
        if len(piece.events) >= n_events
    ]


def at_most(pieces: Sequence[Piece], n_events: int) -> list[Piece]:
    """The first `n_events` events of each piece; the shorter ones stay as they are."""
    return [Piece(piece.name, piece.events.iloc[:n_events].reset_index(drop=True), piece.about) for piece in pieces]


def same_length(groups: Mapping[str, Sequence[Piece]]) -> dict[str, list[Piece]]:
    """Cut all groups to excerpts of one length: the smallest of the groups' median lengths, in events.

    So at least half of each group's pieces is kept, and its beginnings are compared. An empty group stays empty.
    """
    medians = [float(np.median([len(piece.events) for piece in pieces])) for pieces in groups.values() if len(pieces)]
    n_events = int(min(medians, default=0))
    return {name: excerpts(pieces, n_events) for name, pieces in groups.items()}
