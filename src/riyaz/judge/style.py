"""Does it sound like the corpus: one kernel two-sample test over all features of `riyaz.judge.distributions`.

Each piece is its histograms, one a feature. Two pieces are as alike as the mean over the features of
exp(-h^2 / (2 m^2)), h the Hellinger distance of both histograms and m its median over all pairs of pieces. The maximum
mean discrepancy of the generated pieces and of one human piece of each family is compared with that of random divisions
of the same pieces. One test in place of one a feature needs no correction for many comparisons.

References
----------
Gretton, Borgwardt, Rasch, Schoelkopf & Smola, A kernel two-sample test, JMLR 13, 2012.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from riyaz.judge import distributions
from riyaz.music.events import Piece, in_a_row

DRAWS = 999  # random divisions


def kernel(pieces: Sequence[Piece]) -> np.ndarray:
    """How alike each pair of pieces is: (n, n) float64, 0 to 1, positive semidefinite.

    A piece that does not have a feature is an empty histogram, at distance 1 from all that have it.
    """
    total, n_features = np.zeros((len(pieces), len(pieces))), 0
    for counts in distributions.per_piece(pieces).values():
        rows = counts.to_numpy()
        size = rows.sum(axis=1, keepdims=True)
        if not size.any() or rows.shape[1] < 2:
            continue
        root = np.c_[np.sqrt(np.divide(rows, size, out=np.zeros_like(rows), where=size > 0)), size == 0]
        square = np.clip(1 - root @ root.T, 0, 1)  # of the Hellinger distance
        middle = np.median(square[np.triu_indices(len(rows), 1)])
        total += np.exp(-square / (2 * middle)) if middle > 0 else (square == 0)
        n_features += 1
    return total / n_features if n_features else np.ones_like(total)


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


@dataclass(frozen=True)
class Result:
    """The test of generated pieces (p), of shuffled ones (control), and how many pieces of each kind there were."""

    p: float
    control: float
    sizes: tuple[int, int]

    @property
    def why(self) -> str:
        """Both tests in words."""
        generated, human = self.sizes
        if np.isnan(self.p):
            return f"{generated} generated pieces and {human} human families are too few for a test."
        return f"Over all features {generated} generated pieces and one piece each of {human} human families have \
p = {self.p:.2g} of one source (kernel two-sample test); human pieces whose second half is shuffled have \
{'no test' if np.isnan(self.control) else f'p = {self.control:.2g}'}."

    def metrics(self) -> dict[str, Any]:
        """For a metrics file."""
        p, control = (None if np.isnan(value) else value for value in (self.p, self.control))
        return {"p": p, "p_control": control, "why": self.why}


def judge(generated: Sequence[Piece], human: Sequence[Piece], seed: int) -> Result:
    """Test generated against human pieces, and as a control shuffled human pieces against the other human pieces.

    Parameters
    ----------
    generated : cut to one length. human : one piece of each family, cut to the same length. Of these as many as were
        generated, but at most half, are shuffled for the control.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(human))
    n = min(len(generated), len(human) // 2)
    spoiled = [shuffled(human[k], rng) for k in order[:n]]
    control = two_sample(spoiled, [human[k] for k in order[n:]], seed)
    return Result(two_sample(generated, human, seed), control, (len(generated), len(human)))
