"""What a build-up measures: how a kaida's paltas move, step by step, beside taught ones.

A step is the edit distance of what is free in two paltas that follow each other and are as long.

References
----------
Edit distance: V. Levenshtein, 1966.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from riyaz.tabla import form
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Row, distance, length, sounds
from riyaz.tabla.notation import Composition, Section

TAUGHT = {"step": (0.048, 0.375), "joins": (0.921, 1.0)}  # lowest and highest `measures` of taught build-ups


@dataclass(frozen=True)
class Step:
    """One palta as part of a build-up: shares, 0 to 1.

    Attributes
    ----------
    section : its name.
    step : edit distance from the palta before, over the sounds that are free; None for the first or another length.
    head : sounds of the theme's first line up to its end, that stand at the same time.
    joins : pairs of strokes that follow each other in the theme or its dohra too.
    rests : rests.
    """

    section: str
    step: float | None
    head: float
    joins: float
    rests: int


def build_up(composition: Composition) -> list[Step]:
    """The paltas of a kaida as steps; empty without a theme or without paltas."""
    theme = theme_of(composition)
    paltas = [section for section in composition.sections if section.name.startswith("palta")]
    if theme is None:
        return []
    result: list[Step] = []
    for before, section in zip([None, *paltas], paltas, strict=False):
        line, opened = lines(theme, section)
        row, free = bhari(section), length(bhari(section)) - length(line) + themes.cut_of(line)
        step = None
        if before is not None and before.ticks == section.ticks:
            start, last = themes.until_ticks(row, free), themes.until_ticks(bhari(before), free)
            step = distance(last, start) / max(len(last), len(start), 1)
        head = themes.until_ticks(line, themes.cut_of(line))
        same = _timed(head) & _timed(row)
        joins = list(pairwise(names_of(row)))
        known = themes.joins_of([*line, *opened, *line], [*head, *head])  # of the theme and its dohra
        share = np.mean([pair in known for pair in joins]) if joins else 1.0
        rests = sum(not bol for bol, _ in row)
        result.append(Step(section.name, step, len(same) / max(len(head), 1), float(share), rests))
    return result


def measures(compositions: Iterable[Composition]) -> pd.DataFrame:
    """What the build-ups measure: a row a composition with paltas.

    Returns
    -------
    title, paltas, step (mean), first head, head (mean), first joins, joins (mean), rests (a palta).
    """
    rows = []
    for composition in compositions:
        steps = build_up(composition)
        if steps:
            moved = [step.step for step in steps if step.step is not None]
            rows.append(
                {
                    "title": composition.title,
                    "paltas": len(steps),
                    "step": float(np.mean(moved)) if moved else np.nan,
                    "first head": steps[0].head,
                    "head": float(np.mean([step.head for step in steps])),
                    "first joins": steps[0].joins,
                    "joins": float(np.mean([step.joins for step in steps])),
                    "rests": float(np.mean([step.rests for step in steps])),
                }
            )
    columns = ["title", "paltas", "step", "first head", "head", "first joins", "joins", "rests"]
    return pd.DataFrame(rows, columns=columns)


def outside(composition: Composition) -> int:
    """How many measures of a composition's build-up lie outside the range of the taught ones; 0 without paltas."""
    row = measures([composition])
    return sum(int((~row[name].dropna().between(*bounds)).sum()) for name, bounds in TAUGHT.items())


def theme_of(composition: Composition) -> Section | None:
    """The section of the theme; None where there is none."""
    return next((section for section in composition.sections if section.name.startswith("theme")), None)


def lines(theme: Section, section: Section) -> tuple[Row, Row]:
    """The bhari half of the theme and its return, at the laya at which the bhari half of a section ends so."""
    measured, row = form.laya(theme.events) / (form.laya(section.events) or 1), bhari(section)
    tries = [Fraction(1, n) for n in (1, 2, 4, 3, 8)] + [measured or Fraction(1)]
    scaled: tuple[Row, Row] = ((), ())
    for faster in tries:
        try:
            scaled = themes.halves(theme, faster, "")
        except themes.Impossible:  # a theme with strokes that this laya cannot write
            continue
        n = themes.cadence(scaled[0])
        if row[-n:] == scaled[0][-n:]:
            break
    return scaled


def bhari(section: Section) -> Row:
    """The first half of a section."""
    return themes.until_ticks(sounds(section.events), section.ticks // 2)


def names_of(row: Row) -> list[str]:
    """The bols of a row, without rests."""
    return [bol for bol, _ in row if bol]


def _timed(row: Row) -> set[tuple[int, str]]:
    starts = np.cumsum([0, *(ticks for _, ticks in row)]).tolist()
    return {(start, bol) for start, (bol, _) in zip(starts, row, strict=False)}
