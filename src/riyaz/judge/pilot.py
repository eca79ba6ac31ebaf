"""A pilot with simulated listeners: ``python -m riyaz pilot`` says how many real ones a listening test needs.

A simulated listener has a taste of their own, each clip a quality of its own, and each rating its noise; all are normal
and the sum is rounded to 1 ... 5. One group is better by a planted difference, the others are equal. The analysis is
the one of the real test (`riyaz.judge.listening.contrasts`): a difference counts where it holds over listeners and
over clips, corrected by Holm. The power is the share of tests in which it finds the planted difference, the error
the share in which it finds one that was not planted.

References
----------
Clark 1973, doi:10.1016/S0022-5371(73)80014-3; Westfall, Kenny & Judd, Statistical power and optimal design in
experiments in which samples of participants respond to samples of stimuli, 2014, doi:10.1037/xge0000014.
"""

import argparse

import numpy as np
import pandas as pd

from riyaz.judge import listening
from riyaz.judge.verdict import ALPHA

GROUPS = ("human", "network", "n-gram")
TASTE, CLIP, NOISE = 0.6, 0.4, 0.8  # standard deviations, in points of a scale from 1 to 5
LISTENERS = (6, 10, 15, 20, 30)


def answers(n: int, clips: int, difference: float, rng: np.random.Generator) -> pd.DataFrame:
    """The answers of n simulated listeners to `clips` clips of each group, as `listening.read` gives them.

    The first group is better by `difference` points on each scale; its clips are judged human more often in proportion.
    """
    taste, quality = rng.normal(0, TASTE, n), rng.normal(0, CLIP, (len(GROUPS), clips))
    rows = []
    for listener in range(n):
        for g, group in enumerate(GROUPS):
            for clip in range(clips):
                level = 3 + taste[listener] + quality[g, clip] + difference * (g == 0)
                rated = np.clip(np.rint(level + rng.normal(0, NOISE, len(listening.SCALES))), 1, 5)
                human = float(level + rng.normal(0, NOISE) > 3)
                row = {"listener": f"{listener}", "clip": f"{g}-{clip}", "group": group, "judged_human": human}
                rows.append(row | {s["name"]: value for s, value in zip(listening.SCALES, rated, strict=True)})
    return pd.DataFrame(rows)


def findings(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `listening.contrasts` that count as findings."""
    rows = listening.contrasts(table)
    return rows[rows["p_holm"] < ALPHA]


def rates(n: int, clips: int, difference: float, tests: int, seed: int) -> tuple[float, float]:
    """Power and error of `tests` simulated tests: the planted difference in quality found, and any other found."""
    rng = np.random.default_rng(seed)
    planted, other = 0, 0
    for _ in range(tests):
        rows = findings(answers(n, clips, difference, rng))
        true = (rows[["first", "second"]] == GROUPS[0]).any(axis=1) & (difference != 0)
        planted += bool((true & (rows["measure"] == "quality")).any())
        other += bool((~true).any())
    return planted / tests, other / tests


def run(arguments: list[str]) -> int:
    """Print power and error by number of listeners."""
    parser = argparse.ArgumentParser(prog="riyaz pilot", description="Simulate listeners before asking real ones.")
    parser.add_argument("--clips", type=int, default=12, help="of each kind (default 12)")
    parser.add_argument("--difference", type=float, default=0.8, help="planted, in points of 1 to 5 (default 0.8)")
    parser.add_argument("--tests", type=int, default=50, help="simulated for each number (default 50)")
    parser.add_argument("--seed", type=int, default=2022)
    asked = parser.parse_args(arguments)
    if asked.clips < 2 or asked.tests < 1:
        raise ValueError("--clips is at least 2, and --tests at least 1")
    print(
        f"{asked.clips} clips of each of {len(GROUPS)} kinds, a difference of {asked.difference:g}, {asked.tests} tests"
    )
    for n in LISTENERS:
        power, error = rates(n, asked.clips, asked.difference, asked.tests, asked.seed)
        print(f"{n:3} listeners: found in {power:4.0%}; another difference that was not planted in {error:4.0%}")
    return 0
