"""Does it copy more than people do: generated pieces and human pieces, measured and tested alike.

What is normal is measured on one piece of each family of the whole corpus, held against the training pieces of the
other families; generated pieces are held against all training pieces. All are cut to one length. Each of `MEASURES` is
compared by a permutation test of the mean rank, one-sided, and the p-values are corrected by Holm. That a difference
is not significant shows nothing, so a second test asks whether the runs are shorter than `MARGIN` times human ones, and
the power is given: the smallest factor between generated and human runs that the first test would find. A single piece
that is mostly one run proves no difference from people, some of whose pieces are too; it is named, and the answer is
never "no" with it.

References
----------
Good, Permutation, parametric and bootstrap tests of hypotheses, 2005, doi:10.1007/b138696. Holm 1979,
doi:10.2307/4615733. Sellers, The theory and computation of evolutionary distances, 1980,
doi:10.1016/0196-6774(80)90016-4 (edit distance to the most similar place of a text). Carlini et al., Extracting
training data from large language models, 2021, arXiv:2012.07805 (continued openings).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from riyaz.judge import originality
from riyaz.judge.listening import holm
from riyaz.judge.verdict import ALPHA, MARGIN
from riyaz.music.events import Piece
from riyaz.text.dataset import DataSet

GRAM = 8  # units of the n-grams whose share is a measure
WINDOW = 32  # units at the beginning of a piece that are compared by edit distance
DRAWS = 9999  # permutations
FACTORS = (1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4)  # between generated and human runs, for the power
SIMULATIONS, POWER = 400, 0.8
NOBODY = "No human piece is as long as the generated ones, so there is nothing to compare."
MEASURES = {
    "run": "longest run shared with a training piece",
    "grams": f"share of the runs of {GRAM} that a training piece has",
    "mostly": "share of pieces of which more than half is one such run",
    "near": f"similarity of the first {WINDOW} to the most similar place of a training piece",
    "extracted": "tokens of a piece that follow its opening as they were written",
}


def representatives(data: DataSet, least: int = 0) -> np.ndarray:
    """The first piece of each family that has at least so many events, by number: what a family shares counts once."""
    rows = np.array([row for row, piece in enumerate(data.pieces) if len(piece.events) >= least], dtype=np.int64)
    return rows[np.unique(data.families[rows], return_index=True)[1]] if len(rows) else rows


def near(patterns: Sequence[Sequence], texts: Sequence[Sequence], allowed: np.ndarray) -> np.ndarray:
    """How similar each pattern is to the most similar place of a text: 1 - edit distance / length of the pattern.

    Parameters
    ----------
    patterns, texts : of values that can be compared. allowed : (n_patterns, n_texts) bool, which are compared.

    Returns
    -------
    (n_patterns,) float64, 0 to 1; 0 for an empty pattern and where no text is allowed. Insertion, deletion and
    substitution cost 1.
    """
    known: dict[Any, int] = {}
    code = [np.array([-1, *(known.setdefault(u, len(known)) for u in text)]) for text in texts]
    joined = np.concatenate([*code, np.empty(0, dtype=np.int64)]).astype(np.int32)
    owner = np.repeat(np.arange(len(texts)), [len(one) for one in code])
    border = joined < 0
    place = (np.arange(len(joined)) + owner * 2**20).astype(np.int32)  # no insertion leads from one text into the next
    result = np.zeros(len(patterns))
    for at, pattern in enumerate(patterns):
        if not len(pattern) or not allowed[at].any():
            continue
        row = np.zeros(len(joined), dtype=np.int32)
        for done, unit in enumerate(pattern, start=1):
            changed = np.minimum(np.r_[0, row[:-1]] + (joined != known.get(unit, -2)), row + 1)
            changed[border] = done
            row = np.minimum.accumulate(changed - place) + place
        result[at] = 1 - min(int(row[allowed[at][owner]].min()), len(pattern)) / len(pattern)
    return result


def runs(pieces: Sequence[Piece], own: Sequence[int], train: DataSet) -> np.ndarray:
    """The longest run that each piece shares with a training piece of another family: (n_pieces,) int64, events.

    Parameters
    ----------
    own : the family of each piece; -1 for a generated piece.
    """
    if not len(pieces):
        return np.empty(0, dtype=np.int64)
    shared, _ = _shared(pieces, train.pieces, own, train.families.tolist())
    return np.array([_longest(one, lengths) for one, lengths in shared], dtype=np.int64)


def _longest(one: originality.Units, lengths: np.ndarray) -> int:
    run = int(lengths[:, 0].max(initial=0))
    return run + one.extra * (run > 0)


def _shared(
    pieces: Sequence[Piece], train: Sequence[Piece], own: Sequence[int], families: Sequence[int]
) -> tuple[list[tuple[originality.Units, np.ndarray]], list[list]]:
    """Each piece in the mode of `originality.LOOSE` with its `originality.matches`, and the training pieces in it."""
    mode = originality.LOOSE[(train or pieces)[0].about.get("kind", "notes")]
    texts, sources = ([originality.units(piece, mode) for piece in group] for group in (pieces, train))
    keys, known = ([one.keys for one in group] for group in (texts, sources))
    return list(zip(texts, originality.matches(keys, known, (own, families)), strict=True)), known


def measure(pieces: Sequence[Piece], train: Sequence[Piece], own: Sequence[int], families: Sequence[int]):
    """The measures of pieces against the training pieces of other families.

    Parameters
    ----------
    pieces : cut to one length. own : the family of each; -1 for a generated piece. families : of the training pieces.

    Returns
    -------
    A row a piece: run, grams, mostly (1 or 0), near (`MEASURES`), in the mode of `originality.LOOSE`.
    """
    shared, known = _shared(pieces, train, own, families)
    rows = []
    for one, lengths in shared:
        covered = lengths[: max(0, len(lengths) - GRAM + one.extra + 1), 0] >= GRAM - one.extra
        share = float(covered.mean()) if len(covered) else 0.0
        rows.append((_longest(one, lengths), share, float(2 * lengths[:, 0].max(initial=0) > len(lengths))))
    table = pd.DataFrame(rows, columns=["run", "grams", "mostly"])
    allowed = np.asarray(own)[:, None] != np.asarray(families)[None]
    return table.assign(near=near([one.keys[:WINDOW] for one, _ in shared], known, allowed))


def longer(mine: np.ndarray, theirs: np.ndarray, seed: int) -> float:
    """p of a one-sided permutation test of the mean rank: that `mine` are no larger than `theirs`.

    NaN where a group has fewer than two values. Exact where there are at most `DRAWS` ways to divide the values, else
    from so many random ones.
    """
    if len(mine) < 2 or len(theirs) < 2:
        return float("nan")
    ranks = stats.rankdata(np.r_[mine, theirs])
    return float(
        stats.permutation_test(
            (ranks[: len(mine)], ranks[len(mine) :]),
            lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
            vectorized=True,
            n_resamples=DRAWS,
            alternative="greater",
            rng=np.random.default_rng(seed),
        ).pvalue
    )


def detectable(theirs: np.ndarray, n: int, seed: int) -> float:
    """The smallest of `FACTORS` by which n pieces' runs can exceed `theirs` and be found; infinity for none.

    Both groups are drawn from the human values with replacement, one of them multiplied; the share of `SIMULATIONS` in
    which a Mann-Whitney test is significant is the power, and `POWER` of it is asked for.
    """
    if n < 1 or len(theirs) < 2:
        return float("inf")
    rng = np.random.default_rng(seed)
    mine, other = (rng.choice(theirs, (SIMULATIONS, size)).astype(float) for size in (n, len(theirs)))
    for factor in FACTORS:
        p = stats.mannwhitneyu(np.rint(factor * mine), other, axis=1, alternative="greater", method="asymptotic").pvalue
        if np.mean(p < ALPHA) >= POWER:
            return factor
    return float("inf")


@dataclass(frozen=True)
class Result:
    """Whether generated pieces copy.

    Attributes
    ----------
    tests : a row a measure: measure, generated and human (medians; of ``mostly`` means), p, p_holm.
    whole : the piece that is mostly one run, longer than any of human pieces, from one source, in words; "" for none.
    less : p of the test that runs are shorter than `MARGIN` times human ones.
    factor : the smallest factor between generated and human runs that would be found.
    sizes : generated pieces, and human families.
    """

    tests: pd.DataFrame
    whole: str
    less: float
    factor: float
    sizes: tuple[int, int]

    @property
    def why(self) -> str:
        """The figures that decide, in words."""
        tests = self.tests.set_index("measure")
        if "run" not in tests.index:
            return f"{self.whole}. {NOBODY}" if self.whole else NOBODY
        run, p = tests.loc["run"], tests["p_holm"].min()
        generated, families = self.sizes
        said = (
            f"The longest run that a piece shares with a training piece has {run['generated']:g} events at the median \
of {generated} generated pieces, and {run['human']:g} at that of one piece each of {families} human families"
        )
        if p < ALPHA:
            said += f"; the strongest sign of copying is the {MEASURES[str(tests['p_holm'].idxmin())]} (p = {p:.2g}, \
corrected for {len(tests)} tests)"
        elif not np.isnan(p):
            said += f"; none of {len(tests)} tests finds more copying than people do (smallest corrected p = {p:.2g})"
        power = f"runs {self.factor:g} times as long" if np.isfinite(self.factor) else "no difference that was tried"
        less = "no test" if np.isnan(self.less) else f"p = {self.less:.2g}"
        said += (
            f". That runs are shorter than {MARGIN:g} times human ones has {less}; with so many pieces {power} would \
be found with a power of {POWER:.0%}."
        )
        return f"{self.whole}. {said}" if self.whole else said

    def metrics(self) -> dict[str, Any]:
        """For a metrics file: what `riyaz.judge.verdict` judges by, and each test."""
        p = self.tests["p_holm"].min()
        return {
            "whole": self.whole,
            "p_more": None if np.isnan(p) else float(p),
            "p_less": None if np.isnan(self.less) else self.less,
            "detectable_factor": self.factor if np.isfinite(self.factor) else None,
            "tests": self.tests.set_index("measure").to_dict("index"),
            "why": self.why,
        }


def judge(mine: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray], seed: int, whole: str = "") -> Result:
    """Test each measure that both groups have.

    Parameters
    ----------
    mine, theirs : measure, ``run`` among them, to one value a generated piece, and one a human family.
    """
    rows = []
    for name in (name for name in mine if len(mine[name]) and len(theirs[name])):
        middle = np.mean if name == "mostly" else np.median  # of ones and zeros the mean is the share of pieces
        rows.append((name, middle(mine[name]), middle(theirs[name]), longer(mine[name], theirs[name], seed)))
    tests = pd.DataFrame(rows, columns=["measure", "generated", "human", "p"])
    tests["p_holm"] = holm(tests["p"].to_numpy(dtype=np.float64))
    less = longer(MARGIN * np.asarray(theirs["run"], dtype=float), np.asarray(mine["run"], dtype=float), seed)
    factor = detectable(np.asarray(theirs["run"]), len(mine["run"]), seed)
    return Result(tests, whole, less, factor, (len(mine["run"]), len(theirs["run"])))


def mostly_one_run(generated: pd.DataFrame, limit: float) -> str:
    """Name a piece that shares more than half of its beats in one run longer than `limit`; "" for none.

    Parameters
    ----------
    generated : rows of `originality.runs`. limit : the longest run of all human pieces.
    """
    whole = generated[(generated["run"] > limit) & (generated["share"] > 0.5)]
    if not len(whole):
        return ""
    one = whole.loc[whole["run"].idxmax()]
    return f"{one['piece']} takes {one['share']:.0%} of its beats from {one['source']}"


def extracted(drawn: Sequence[np.ndarray], written: Sequence[np.ndarray], given: int) -> np.ndarray:
    """How many tokens after the opening come back as they were written: (n,) int64.

    Parameters
    ----------
    drawn, written : token ids from ``<start>``; the first 1 + `given` of both are the same.
    """
    lengths = []
    for mine, theirs in zip(drawn, written, strict=True):
        n = min(len(mine), len(theirs))
        other = np.flatnonzero(np.asarray(mine[1 + given : n]) != np.asarray(theirs[1 + given : n]))
        lengths.append(int(other[0]) if len(other) else max(0, n - 1 - given))
    return np.array(lengths, dtype=np.int64)
