"""Tihais: a phrase played three times that ends on sam; how to find one in a section and how to compute one.

A *tihai* is a phrase played three times with equal pauses, the last stroke on sam: with P strokes in the phrase
and pauses of D strokes it takes 3P + 2D = nL + 1 strokes, n matras at L strokes each and the sam itself. A
*chakradar* is a tihai whose phrase ends in a tihai.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import pandas as pd

from riyaz.tabla.taals import Taal

Stroke = tuple[int, str]  # onset in ticks, bol


@dataclass(frozen=True)
class Tihai:
    """A tihai found: the onset of each of its three phrases and of its last stroke (ticks), strokes, pause (ticks)."""

    onsets: tuple[int, int, int]
    end: int
    phrase: tuple[str, ...]
    pause: int
    chakradar: bool


@dataclass(frozen=True)
class Plan:
    """A tihai solved: all in strokes; `lead` are those before it in the avartan."""

    phrase: int
    pause: int
    lead: int = 0


def strokes(events: pd.DataFrame) -> list[Stroke]:
    """Onset and bol of every stroke; rests are left out."""
    return [(int(t), s[0]) for t, s in zip(events["onset"], events["symbols"], strict=True) if s]


def tihais(events: pd.DataFrame, taal: Taal) -> list[Tihai]:
    """Find the tihais that land on sam: at each sam the longest, of three strokes a phrase at least.

    What goes on before the first phrase in the same way is a repeated pattern and no tihai.
    """
    struck = strokes(events)
    result = []
    for last, (onset, _) in enumerate(struck):
        if onset % taal.ticks == 0:
            sizes = [n for n in range(3, (last + 1) // 3 + 1) if thrice(struck, last, n)]
            if sizes:
                result.append(_tihai(struck, last, sizes))
    return result


def thrice(struck: list[Stroke], last: int, n: int) -> bool:
    """Whether the n strokes up to number `last` are the third time of the same with equal pauses, not the fourth."""
    period = struck[last][0] - struck[last - n][0]

    def again(i: int) -> bool:
        return struck[i][1] == struck[i - n][1] and struck[i][0] - struck[i - n][0] == period

    first = last - 3 * n + 1
    return all(again(i) for i in range(last, first + n - 1, -1)) and not (
        first >= n and all(again(i) for i in range(first, first + n))
    )


def _tihai(struck: list[Stroke], last: int, sizes: list[int]) -> Tihai:
    n = max(sizes)
    starts = [last - k * n + 1 for k in (3, 2, 1)]
    phrase = tuple(bol for _, bol in struck[last - n + 1 : last + 1])
    inner = any(thrice(struck[: last + 1], last, small) for small in range(1, n // 3 + 1))
    step = min(b[0] - a[0] for a, b in pairwise(struck[starts[2] : last + 1]))
    pause = struck[starts[1]][0] - struck[starts[1] - 1][0] - step
    onsets = (struck[starts[0]][0], struck[starts[1]][0], struck[starts[2]][0])
    return Tihai(onsets, struck[last][0], phrase, pause, inner)


def solve_tihai(
    taal: Taal, strokes_per_matra: Fraction | int, phrase_strokes: int | None = None, avartans: int = 1, lead: int = 0
) -> list[Plan]:
    """Solve 3P + 2D = nL + 1 - lead for a phrase of P strokes and pauses of D.

    Parameters
    ----------
    phrase_strokes : P, the last Dha included; None for every P from 3 on.
    lead : strokes that are played before the tihai in the same avartans.

    Returns
    -------
    plans : one where P is given; else with the shortest pauses first.

    Raises
    ------
    ValueError : there is none; names the nearest that works.
    """
    total = taal.matras * avartans * Fraction(strokes_per_matra)
    if total.denominator != 1 or total < 1:
        raise ValueError(f"{avartans} avartans of {taal.title} hold {total} strokes; a tihai needs a whole number")
    left = int(total) + 1 - lead
    plans = [Plan(p, (left - 3 * p) // 2, lead) for p in range(3, left // 3 + 1) if (left - 3 * p) % 2 == 0]
    if phrase_strokes is None:
        fits = sorted(plans, key=lambda plan: plan.pause)
    else:
        fits = [plan for plan in plans if plan.phrase == phrase_strokes]
    if not fits:
        asked = f"no tihai of {phrase_strokes or 'any'} strokes a phrase fills {avartans} avartan(s) of {taal.title}"
        near = min(plans, key=lambda plan: (abs(plan.phrase - (phrase_strokes or 0)), plan.pause), default=None)
        works = f"{near.phrase} strokes with pauses of {near.pause}" if near else "more avartans or a shorter lead"
        where = f"at {strokes_per_matra} strokes per matra" + f" after a lead of {lead}" * bool(lead)
        raise ValueError(f"{asked} {where}; nearest: {works}")
    return fits
