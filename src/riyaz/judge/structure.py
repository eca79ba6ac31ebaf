"""Structure of a piece under the names of the literature: one number a measure, for any piece of notes or bols.

A piece is a series of beats, each with what is struck in it and where (`degeneration.beats`). The structureness
indicator was defined on a self-similarity matrix of sound; here two beats are alike by the share of what is struck in
both, which needs no rendering. All else is as published.

References
----------
Wu & Yang, The Jazz Transformer on the front line, ISMIR 2020, arXiv:2008.01307 (pitch-class entropy, grooving
similarity, structureness indicator). Mueller, Jiang & Grosche, A robust fitness measure for capturing repetitions in
music recordings, 2013, doi:10.1109/TASL.2012.2227732 (the fitness of a segment). Yang & Lerch, On the evaluation of
generative models in music, 2020, doi:10.1007/s00521-018-3849-7 (overlap area, divergence of distances).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from riyaz.judge import degeneration
from riyaz.music.events import NUMBERS, TICKS, Piece, bar_beats, to_notes

GRID = 24  # positions a beat
LONGEST = 32  # beats whose structureness is computed: the work grows with the cube
SHORTEST = 3  # beats of a segment that counts as structure
THRESHOLD = 0.5  # similarities below are no similarity
PENALTY = -1.0  # for what lies below the threshold


def entropy(counts: np.ndarray) -> float:
    """Shannon entropy of the shares, in bits; NaN where nothing is counted."""
    total = counts.sum()
    if not total:
        return float("nan")
    p = counts[counts > 0] / total
    return float(-(p * np.log2(p)).sum() + 0.0)


def pitch_class_entropy(piece: Piece, bars: int) -> float:
    """Mean entropy of the pitch classes of the notes that start in `bars` bars, in bits, 0 to log2 12.

    H = -sum_i h_i log2 h_i over windows that move by one bar (Wu & Yang 2020); windows without a note are left out, and
    a piece shorter than a window is one window. NaN for bols, without notes, and where no metre is known.
    """
    length = _bar(piece)
    if piece.about.get("kind") == "bols" or not length:
        return float("nan")
    notes = to_notes(piece.events)
    if not len(notes):
        return float("nan")
    classes = np.array([NUMBERS[symbol] % 12 for symbol in notes["symbol"]])
    bar = notes["onset"].to_numpy() // int(length * TICKS)
    counts = np.zeros((int(bar.max()) + 1, 12))
    np.add.at(counts, (bar, classes), 1)
    n = max(1, len(counts) - bars + 1)
    values = [entropy(counts[k : k + bars].sum(axis=0)) for k in range(n)]
    return float(np.nanmean(values))


def grooving_similarity(piece: Piece) -> float:
    """How alike the rhythms of all pairs of bars or avartans are, 0 to 1; NaN for fewer than two.

    The mean over pairs of 1 - (number of positions at which one bar has an onset and the other has none) / (number of
    positions), with `GRID` positions a beat (Wu & Yang 2020, who have 64 a bar).
    """
    length = _bar(piece)
    onsets = to_notes(piece.events)["onset"].to_numpy()
    if not length or not onsets.size:
        return float("nan")
    size = int(length * GRID)
    step = onsets * GRID // TICKS
    grooves = np.zeros((int(step.max()) // size + 1, size), dtype=bool)
    grooves[step // size, step % size] = True
    if len(grooves) < 2:
        return float("nan")
    return float(np.mean([1 - (a != b).mean() for a, b in combinations(grooves, 2)]))


def _bar(piece: Piece) -> Fraction | None:
    """Beats of a bar, or of an avartan where the metre is that of the taal."""
    return bar_beats(piece.about.get("metre"))


def self_similarity(piece: Piece) -> np.ndarray:
    """How alike each pair of the first `LONGEST` beats is: (n, n) float64, from `PENALTY` (unlike) to 1 (the same).

    The share of what is struck in either that is struck in both, at the same place of the beat (Jaccard 1901); below
    `THRESHOLD` it is `PENALTY`. Two empty beats are the same.
    """
    beats: list[set] = [set(beat) for beat in degeneration.beats(piece.events)[:LONGEST]]  # type: ignore[call-overload]
    alike = np.array([[len(a & b) / len(a | b) if a or b else 1.0 for b in beats] for a in beats])
    return np.where(alike >= THRESHOLD, alike, PENALTY).reshape(len(beats), len(beats))


def fitness(similar: np.ndarray, length: int) -> np.ndarray:
    """The fitness of all segments of one length (Mueller et al. 2013, section III).

    An optimal path family over the segment is found by dynamic programming, for all starts at once: it goes through the
    piece, and over the segment by steps (1, 1), (1, 2) and (2, 1), as often as it likes. With its score s, its paths'
    total length l and what the paths cover of the piece c, of a piece of n beats and a segment of m:
    fitness = 2 s' c' / (s' + c') with s' = (s - m) / l and c' = (c - m) / n, which leave the segment itself out.

    Parameters
    ----------
    similar : (n, n), 1 on the diagonal. length : m, 1 to n.

    Returns
    -------
    (n - m + 1,) float64, 0 to 1.
    """
    n = len(similar)
    starts = n - length + 1
    windows = np.lib.stride_tricks.sliding_window_view(similar, length, axis=1)  # (row, start, column)
    # Each state is (score, length of the paths, beats of the piece that they cover): between paths, and inside of one.
    outside = np.zeros((3, starts))
    one = two = np.full((3, starts, length), -np.inf)  # the last row, and the one before
    for row in range(n):
        state = np.full((3, starts, length), -np.inf)
        state[:, :, 0] = outside + np.array([[0], [0], [1]])
        for source, down, right in ((one, 1, 1), (one, 1, 2), (two, 2, 1)):
            if right < length:
                moved = source[:, :, :-right] + np.array([0, 0, down])[:, None, None]
                state[:, :, right:] = np.where(moved[0] > state[0, :, right:], moved, state[:, :, right:])
        state[:2] += np.stack([windows[row], np.ones_like(windows[row])])
        outside = np.where(state[0, :, -1] > outside[0], state[:, :, -1], outside)
        one, two = state, one
    score, long, covered = outside
    coverage, mean = np.maximum((covered - length) / n, 0), np.maximum((score - length) / np.maximum(long, 1), 0)
    return np.where(coverage + mean > 0, 2 * coverage * mean / np.maximum(coverage + mean, 1e-12), 0.0)


def structureness(piece: Piece, shortest: int = SHORTEST) -> float:
    """Structureness indicator: the highest fitness of all segments of `shortest` beats or more, up to half the piece.

    SI = max over segments of their `fitness` (Wu & Yang 2020, section 4.3), on the first `LONGEST` beats; NaN for a
    piece of fewer than 2 `shortest` beats.
    """
    similar = self_similarity(piece)
    if len(similar) < 2 * shortest:
        return float("nan")
    return float(max(fitness(similar, length).max() for length in range(shortest, len(similar) // 2 + 1)))


def measures(piece: Piece) -> dict[str, float]:
    """All measures of a piece, under their published names; NaN where there is nothing to measure."""
    result = {"grooving similarity": grooving_similarity(piece), "structureness indicator": structureness(piece)}
    if piece.about.get("kind") != "bols":
        result |= {f"pitch-class entropy, {n} bar{'s' * (n > 1)}": pitch_class_entropy(piece, n) for n in (1, 4)}
    return result


def table(groups: Mapping[str, Sequence[Piece]]) -> pd.DataFrame:
    """`measures` of all pieces: a row a piece, with `group`."""
    return pd.DataFrame([{"group": name, **measures(piece)} for name, pieces in groups.items() for piece in pieces])


def between(generated: np.ndarray, human: np.ndarray) -> tuple[float, float]:
    """Overlap area and Kullback-Leibler divergence of the distances between two sets (Yang & Lerch 2020, section 4.2).

    One set of distances is of all pairs of human pieces, the other of each generated piece to each human one; both are
    smoothed by Gaussian kernels of Scott's width, on one grid of 1000 points. OA = integral of min(p, q), 0 to 1;
    KLD = integral of p ln(p / q), in nats, of the distances within (p) and between (q).

    Returns
    -------
    NaN for both where one set of distances has no variance.
    """
    one, two = (values[~np.isnan(values)] for values in (np.asarray(generated, float), np.asarray(human, float)))
    within = np.array([abs(a - b) for a, b in combinations(two, 2)])
    across = np.abs(one[:, None] - two[None]).ravel()
    if min(len(within), len(across)) < 2 or within.std() < 1e-12 or across.std() < 1e-12:
        return float("nan"), float("nan")
    p, q = stats.gaussian_kde(within), stats.gaussian_kde(across)
    width = 4 * max(within.std(), across.std())
    grid = np.linspace(min(within.min(), across.min()) - width, max(within.max(), across.max()) + width, 1000)
    first, second = (np.maximum(density(grid), 1e-300) for density in (p, q))
    step = grid[1] - grid[0]
    return float(np.minimum(first, second).sum() * step), float((first * np.log(first / second)).sum() * step)


def compared(values: pd.DataFrame, generated: str, human: str) -> pd.DataFrame:
    """Means of both groups, and `between` them: a row a measure.

    Parameters
    ----------
    values : from `table`. generated, human : names of two groups in it.

    Returns
    -------
    measure, generated, human (means), overlap area, KL divergence.
    """
    rows = []
    for name in values.columns.drop("group"):
        mine, theirs = (values.loc[values["group"] == group, name].to_numpy(float) for group in (generated, human))
        means = [float(np.nanmean(of)) if np.isfinite(of).any() else np.nan for of in (mine, theirs)]
        rows.append((name, *means, *between(mine, theirs)))
    return pd.DataFrame(rows, columns=["measure", "generated", "human", "overlap area", "KL divergence"])
