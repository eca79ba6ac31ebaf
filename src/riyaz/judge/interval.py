"""Intervals: what a mean could have been with other pieces of the same kind.

Pieces of one family are alike, so whole families are drawn, never single pieces. The interval of a plain bootstrap is
too narrow for few families, as a normal interval is beside Student's: so its quantiles are taken farther out, by as
much. Of very few families it says little: below `FEWEST` there is none, and the report gives the reason instead.

References
----------
Efron, Bootstrap methods: another look at the jackknife, 1979, doi:10.1214/aos/1176344552.
Hesterberg, What teachers should know about the bootstrap, 2015, arXiv:1411.5279 (expanded percentile interval).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

FEWEST = 5  # groups
LEVEL = 0.95
DRAWS = 5000


def level(groups: int) -> float:
    """The share of the draws between the ends of a 95% interval: 0.95 of many groups, more of few.

    1 - 2 Phi(-sqrt(n / (n - 1)) t), t the quantile of Student's distribution with n - 1 degrees of freedom.
    """
    far = np.sqrt(groups / (groups - 1)) * stats.t.ppf((1 + LEVEL) / 2, groups - 1)
    return float(1 - 2 * stats.norm.sf(far))


@dataclass(frozen=True)
class Interval:
    """The ends of a 95% interval and the number of groups that it comes from; NaN ends where these are too few."""

    low: float
    high: float
    groups: int

    @property
    def known(self) -> bool:
        """Whether there is an interval at all."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    def reason(self, of: str = "families") -> str:
        """Why there is no interval, or nothing."""
        return "" if self.known else f"no interval: {self.groups} {of}, and fewer than {FEWEST} say too little"

    def ends(self) -> dict[str, float | None]:
        """``low`` and ``high`` for a metrics file; None where there is no interval."""
        return {"low": self.low if self.known else None, "high": self.high if self.known else None}

    def span(self) -> str:
        """The ends in words, for a column that says what they are; or why there are none."""
        return f"{self.low:.2f} to {self.high:.2f}" if self.known else self.reason()

    def __str__(self) -> str:
        return f"95% interval {self.span()}" if self.known else self.reason()


def ratio(sums: ArrayLike, sizes: ArrayLike, groups: ArrayLike, seed: int) -> Interval:
    """Interval of a mean over all units, sum(sums) / sum(sizes), from whole groups drawn with replacement.

    Parameters
    ----------
    sums : (n,) total of each piece, such as its bits; without units such as tokens a piece adds nothing.
    sizes : (n,) number of units of each piece.
    groups : (n,) the group of each piece: its family, or a listener.
    seed : of the draws.

    Returns
    -------
    The quantiles that leave `level` of `DRAWS` draws of as many groups as there are between them
    (`scipy.stats.bootstrap`, method ``percentile``); NaN below `FEWEST` groups.
    """
    table = pd.DataFrame({"sum": np.asarray(sums, float), "size": np.asarray(sizes, float)})
    totals = table.groupby(np.asarray(groups)).sum().to_numpy()  # (n_groups, 2)
    if len(totals) < FEWEST:
        return Interval(float("nan"), float("nan"), len(totals))
    result = stats.bootstrap(
        (totals[:, 0], totals[:, 1]),
        lambda total, size, axis: total.sum(axis=axis) / size.sum(axis=axis),
        n_resamples=DRAWS,
        paired=True,
        vectorized=True,
        confidence_level=level(len(totals)),
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(result.low), float(result.high), len(totals))
