"""Does it sound like the corpus: one kernel two-sample test over all features of `riyaz.judge.distributions`.

Each piece is its histograms, one a feature. Two pieces are as alike as the mean over the features of
exp(-h^2 / (2 m^2)), h the Hellinger distance of both histograms and m its median over all pairs of pieces. The maximum
mean discrepancy of the generated and of the human pieces is compared with that of random divisions of the same pieces.
One test in place of one a feature needs no correction for many comparisons.

All pieces are cut to one length, and shorter ones left out: a short piece has a rough histogram, so that groups of
unequal length differ though they have one source. The test is put twice, to one piece of each family of the whole
corpus and to one of each held-out family: neither training nor `riyaz.judge.chosen` has seen the second group.

References
----------
Gretton, Borgwardt, Rasch, Schoelkopf & Smola, A kernel two-sample test, JMLR 13, 2012.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from riyaz.judge import copying, distributions, originality
from riyaz.judge.interval import FEWEST
from riyaz.judge.listening import holm
from riyaz.music.events import Piece, in_a_row
from riyaz.text.dataset import DataSet

DRAWS = 999  # random divisions
SHORT = 0.1  # the share of families that may be too short
MOST = 500  # families that are compared; the kernel has as many rows


def kernel(pieces: Sequence[Piece], numbers: Sequence[np.ndarray] = ()) -> np.ndarray:
    """How alike each pair of pieces is: (n, n) float64, 0 to 1, positive semidefinite.

    The mean over features of Gaussian kernels, each as wide as the median distance. Two histograms are apart by their
    Hellinger distance, two numbers (`distributions.SCALARS`) by their difference. `numbers` are further ones: (n,)
    each, NaN where a piece has none. A piece without a feature is as far as any from all that have it.
    """
    squares = [_squares(name, counts) for name, counts in distributions.per_piece(pieces).items()]
    total, n_features = np.zeros((len(pieces), len(pieces))), 0
    for square in [*squares, *map(_apart, numbers)]:
        if not square.any():
            continue
        middle = np.median(square[np.triu_indices(len(square), 1)])
        total += np.exp(-square / (2 * middle)) if middle > 0 else (square == 0)
        n_features += 1
    return total / n_features if n_features else np.ones_like(total)


def _squares(name: str, counts: pd.DataFrame) -> np.ndarray:
    """Squared distances of one feature, (n, n)."""
    rows = counts.to_numpy()
    size = rows.sum(axis=1, keepdims=True)
    if name in distributions.SCALARS:
        return _apart(np.where(size[:, 0] > 0, rows @ counts.columns.to_numpy(float), np.nan))
    root = np.c_[np.sqrt(np.divide(rows, size, out=np.zeros_like(rows), where=size > 0)), size == 0]
    return np.clip(1 - root @ root.T, 0, 1)  # of the Hellinger distance


def _apart(numbers: np.ndarray) -> np.ndarray:
    """Squared differences, (n, n); NaN equals NaN, and is farther from each number than any two numbers are."""
    unknown = np.isnan(numbers)
    if unknown.all():
        return np.zeros((len(numbers), len(numbers)))
    beside = unknown * (np.nanmax(numbers) - np.nanmin(numbers) or 1.0)  # on an axis of its own
    along = np.where(unknown, np.nanmean(numbers), numbers)
    return (along[:, None] - along) ** 2 + (beside[:, None] - beside) ** 2


def discrepancy(alike: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Squared maximum mean discrepancy (the biased estimate) of divisions of the pieces into two groups.

    Parameters
    ----------
    alike : (n, n) of `kernel`. first : (m, n) bool, in each row the pieces of the first group.
    """
    n = first.sum(axis=1, keepdims=True)
    weight = np.where(first, 1 / np.maximum(n, 1), -1 / np.maximum(first.shape[1] - n, 1))
    return np.einsum("mi,mi->m", weight @ alike, weight)


def two_sample(a: Sequence[Piece], b: Sequence[Piece], seed: int) -> float:
    """p of the test that both groups come from one source; NaN where one has fewer than two pieces."""
    values = _divided(a, b, seed)
    return float((values >= values[0] - 1e-12).mean()) if len(values) else float("nan")


def ratio(a: Sequence[Piece], b: Sequence[Piece], seed: int) -> float:
    """Discrepancy of both groups in units of the one that 95 % of random divisions keep to; NaN as in `two_sample`.

    Infinity where random divisions have none and the groups have one.
    """
    values = _divided(a, b, seed)
    if not len(values):
        return float("nan")
    usual = np.quantile(values[1:], 0.95)
    return float(values[0] / usual) if usual > 1e-12 else float("inf") if values[0] > 1e-12 else 0.0


def _divided(a: Sequence[Piece], b: Sequence[Piece], seed: int) -> np.ndarray:
    """Discrepancies of both groups and of `DRAWS` random divisions; none where a group has fewer than two pieces."""
    if len(a) < 2 or len(b) < 2:
        return np.empty(0)
    alike = kernel([*a, *b])
    first = np.arange(len(alike)) < len(a)
    drawn = np.random.default_rng(seed).permuted(np.tile(first, (DRAWS, 1)), axis=1)
    return discrepancy(alike, np.r_[first[None], drawn])


def shuffled(piece: Piece, rng: np.random.Generator) -> Piece:
    """A piece with the events of its second half in random order: what is in it stays, half of its order does not."""
    half = len(piece.events) // 2
    order = np.r_[np.arange(half), half + rng.permutation(len(piece.events) - half)]
    rows = piece.events.iloc[order]
    return replace(piece, events=in_a_row(rows["duration"].tolist(), rows["symbols"].tolist()))


def usual(data: DataSet) -> int:
    """The events that nine in ten families have: what pieces are cut to. 1 for an empty corpus."""
    lengths = [len(data.pieces[row].events) for row in copying.representatives(data)]
    return max(1, int(np.quantile(lengths, SHORT))) if lengths else 1


def families(data: DataSet, length: int) -> list[Piece]:
    """One piece of each family that has `length` events, cut to it; of many families `MOST`, evenly spread."""
    return originality.at_most(whole(data, length), length)


def whole(data: DataSet, length: int) -> list[Piece]:
    """The pieces of `families`, not cut."""
    rows = copying.representatives(data, length)
    rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST)).astype(int)] if len(rows) else rows
    return [data.pieces[row] for row in rows]


@dataclass(frozen=True)
class Result:
    """The test against all families (p) and against held-out ones (p_held); NaN: too few pieces.

    `control` and `control_held` are the p of the same tests of as many human pieces whose second half is shuffled.
    `sizes`: generated pieces, all families and held-out families, of `length` events.
    """

    p: float
    control: float
    p_held: float
    control_held: float
    sizes: tuple[int, int, int]
    length: int

    @property
    def smallest(self) -> float:
        """The smaller p of both tests, corrected by Holm; NaN for no test."""
        p = np.array([value for value in (self.p, self.p_held) if not np.isnan(value)])
        return float(holm(p).min()) if len(p) else float("nan")

    @property
    def why(self) -> str:
        """The tests in words."""
        generated, human, held = self.sizes
        if np.isnan(self.p):
            return f"{generated} generated pieces and {human} human families are too few for a test."

        def said(p: float, control: float) -> str:
            return f"p = {p:.2g} (as a control, human pieces whose second half is shuffled: \
{'no test' if np.isnan(control) else f'{control:.2g}'})"

        first = f"Kernel two-sample tests over all features, of the first {self.length} events: {generated} generated \
pieces against one piece each of {human} human families, {said(self.p, self.control)}"
        if np.isnan(self.p_held):
            return f"{first}; {held} held-out families are too few for a test."
        return f"{first}; against one each of {held} held-out families, {said(self.p_held, self.control_held)}."

    def metrics(self) -> dict[str, Any]:
        """For a metrics file: what `riyaz.judge.verdict` judges by."""
        values = {"p": self.p, "p_control": self.control, "p_held": self.p_held, "p_held_control": self.control_held}
        none = {name: None if np.isnan(value) else value for name, value in values.items()}
        return none | {"found": None if np.isnan(self.smallest) else self.smallest, "why": self.why}


def judge(generated: Sequence[Piece], data: DataSet, seed: int) -> Result:
    """Test generated against human pieces, and as a control shuffled human pieces against the same.

    Parameters
    ----------
    generated : as they were drawn; short ones stay. data : its part ``test`` is what is held out; fewer than `FEWEST`
        families of it are no test.

    The shuffled pieces of the control are as many as the generated ones, but at most half of the families, and those
    are left out on the other side; against held-out families they are of the rest of the corpus.
    """
    length, rng = usual(data), np.random.default_rng(seed)
    human, held = families(data, length), families(data.part("test"), length)
    mine = originality.at_most(generated, length)
    order = rng.permutation(len(human))
    n = min(len(mine), len(human) // 2)
    spoiled = [shuffled(human[k], rng) for k in order[:n]]
    control = two_sample(spoiled, [human[k] for k in order[n:]], seed)
    p_held = control_held = float("nan")
    if len(held) >= FEWEST:
        known = families(data.part("train", "valid"), length)
        spoiled = [shuffled(known[k], rng) for k in rng.permutation(len(known))[: len(mine)]]
        p_held, control_held = two_sample(mine, held, seed), two_sample(spoiled, held, seed)
    sizes = len(mine), len(human), len(held)
    return Result(two_sample(mine, human, seed), control, p_held, control_held, sizes, length)
