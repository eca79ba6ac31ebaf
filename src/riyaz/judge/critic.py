"""A critic: which rules a composition breaks, bol by bol, how surprising a model finds it, and the nearest remedy.

The rules are those of form (`riyaz.tabla.form`) and of teaching (`riyaz.tabla.growth`). A remedy is searched for:
single strokes that break a rule become other strokes of the theme, the khali half is made again from the bhari half,
the end becomes the theme's, or a short avartan is filled. Of all these the one that leaves the fewest rules and strokes
broken is taken, then the one with the fewest joins that the theme has not, then the smallest, until none helps.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz.judge import likelihood
from riyaz.model import bundle, memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS
from riyaz.tabla import build_up, form, growth, notation, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.bols import khali
from riyaz.tabla.filling import Row, distance, events_of, khali_copy, sounds
from riyaz.tabla.form import Check
from riyaz.tabla.notation import Composition, Section
from riyaz.text import tokens

MOST = 12  # changes in a row


@dataclass(frozen=True)
class Change:
    """One change of a section, as words, and the composition after it."""

    words: str
    composition: Composition


def broken(composition: Composition) -> list[Check]:
    """The rules of form and of teaching that do not hold."""
    return [check for check in [*form.check(composition), *growth.check(composition)] if not check.passed]


def by_bol(composition: Composition, model: Bundle | None = None) -> pd.DataFrame:
    """Every stroke and rest with what there is to say about it.

    Returns
    -------
    DataFrame, a row an event: section, avartan, matra (as text, from 1), bol (``-`` for a rest), breaks (rules, parted
    by commas) and, with a model, bits (-log2 of its probability given all that comes before it, with its duration).
    """
    cycle, rules = taals.TAALS[composition.taal].ticks, broken(composition)
    rows = []
    for section, events in composition.joined():
        stroke = 0
        for onset, symbols in zip(events["onset"].tolist(), events["symbols"], strict=True):
            here = [c.rule for c in rules if c.where == section.name and symbols and stroke in c.at]
            matra = onset % cycle / TICKS + 1
            bol = symbols[0] if symbols else "-"
            rows.append((section.name, onset // cycle + 1, f"{matra:g}", bol, ", ".join(dict.fromkeys(here))))
            stroke += bool(symbols)
    table = pd.DataFrame(rows, columns=["section", "avartan", "matra", "bol", "breaks"])
    return table if model is None else table.assign(bits=surprise(composition, model))


def surprise(composition: Composition, model: Bundle) -> np.ndarray:
    """Bits of each event, with its duration token where it has one: (n_events,) float64."""
    piece = composition.piece("")
    words = tokens.encode(piece)
    ids = model.vocabulary.ids(words)
    logs = recurrence.log_probabilities(model.weights, [ids])
    if model.memory:
        logs = memory.log_probabilities(logs, [ids], model.memory)
    bits = np.r_[0.0, likelihood.bits(logs[0], ids)]
    result, at, pending = np.zeros(len(piece.events)), 0, 0.0
    for word, cost in zip(words, bits, strict=True):
        if word.startswith("d:"):
            pending = cost
        elif not word.startswith("<") and ":" not in word:
            result[at] = pending + cost
            at, pending = at + 1, 0.0
    return result


def remedy(composition: Composition) -> list[Change]:
    """The nearest changes that mend what can be mended, one after the other; none where nothing helps."""
    changes: list[Change] = []
    for _ in range(MOST):
        left = broken(composition)
        best = min(_ranked(composition, left), key=lambda row: row[0], default=None)
        if best is None or best[0][:2] >= _weight(left):
            break
        changes.append(best[1])
        composition = best[1].composition
    return changes


def _weight(left: list[Check]) -> tuple[int, int]:
    """Rules broken, and strokes that break one."""
    return len(left), sum(len(check.at) for check in left)


def _ranked(composition: Composition, left: list[Check]) -> Iterator[tuple[tuple[int, ...], Change]]:
    """Each possible change after its rank: rules and strokes left broken, new joins, size in sounds, number."""
    number = 0
    theme = next((s for s in composition.sections if s.name.startswith("theme")), composition.sections[0])
    known = themes.joins_of(sounds(theme.events) * 2)
    for name in dict.fromkeys(check.where for check in left if check.where):
        section = composition.section(name)
        for words, row in _rows(composition, section, [check for check in left if check.where == name]):
            events = events_of(row)
            sections = tuple(replace(s, events=events) if s is section else s for s in composition.sections)
            made = replace(composition, sections=sections)
            number += 1
            strange = len(themes.joins_of(row) - known)
            rank = (*_weight(broken(made)), strange, distance(sounds(section.events), row), number)
            yield rank, Change(f"{name}: {words}", made)


def _rows(composition: Composition, section: Section, checks: list[Check]) -> Iterator[tuple[str, Row]]:
    """What a section may become, in words and as sounds."""
    row = sounds(section.events)
    theme = next((s for s in composition.sections if s.name.startswith("theme")), section)
    struck = [i for i, (bol, _) in enumerate(row) if bol]
    names = [bol for bol, _ in sounds(theme.events) if bol]
    choice = sorted(set(names) | set(khali(names)) | {"Dha"})
    cycle = taals.TAALS[composition.taal].ticks
    grown = section.name.startswith(("theme", "dohra", "palta")) and section.ticks % 2 == 0
    for i in sorted({struck[k] for check in checks for k in check.at if k < len(struck)}):
        onset = sum(ticks for _, ticks in row[:i])
        place = f"{row[i][0]} in avartan {onset // cycle + 1} on matra {onset % cycle / TICKS + 1:g}"
        for bol in choice:
            made = (*row[:i], (bol, row[i][1]), *row[i + 1 :])
            if bol != row[i][0]:
                yield f"{place} becomes {bol}", made
            if bol != row[i][0] and grown and 2 * onset < section.ticks:
                again = next(_halves(theme, replace(section, events=events_of(made))), None)
                yield from [(f"{place} becomes {bol}, and its khali copy", again[1])] if again else []
    lack = -section.ticks % cycle
    if lack and section.ticks % cycle != TICKS:
        yield f"{lack / TICKS:g} matras of rest at its end", (*row, *((("", TICKS),) * (lack // TICKS)))
    if grown:
        yield from _halves(theme, section)


def _halves(theme: Section, section: Section) -> Iterator[tuple[str, Row]]:
    """The khali half made again from the bhari half, and the same after the end has become the theme's."""
    half = section.ticks // 2
    bhari = themes.until_ticks(sounds(section.events), half)
    line, opened = build_up.lines(theme, section)
    cut = themes.cut_of(line)
    end, back = (row[len(themes.until_ticks(row, cut)) :] for row in (line, opened))
    size = sum(ticks for _, ticks in end)
    start = themes.until_ticks(bhari, half - size)
    for words, row in (
        ("the khali half made again", bhari),
        ("the end of the theme, and its khali half", (*start, *end)),
    ):
        closed = themes.until_ticks(khali_copy(row), half - size)
        if sum(ticks for _, ticks in closed) == half - size:
            yield words, (*row, *closed, *back)


def run(arguments: list[str]) -> int:
    """Read the command line; print what the critic has to say. 0 where all rules of form are kept, else 1."""
    parser = argparse.ArgumentParser(prog="riyaz check", description="Say which rules a tabla composition breaks.")
    parser.add_argument("file", type=Path, help="a composition in the project's notation")
    parser.add_argument("--model", type=Path, default=Path("models/tabla"), metavar="FOLDER", help="a trained model")
    parser.add_argument("--all", action="store_true", help="print every bol, not only those that break a rule")
    given = parser.parse_args(arguments)
    composition = notation.read_file(given.file)
    for line in composition.not_read():
        print(f"{given.file}: {line}")
    model = bundle.load(given.model) if (given.model / "params.json").is_file() else None
    table, checks = by_bol(composition, model), [*form.check(composition), *growth.check(composition)]
    if composition.form in ("kaida", "rela") and not any(s.name.startswith("theme") for s in composition.sections):
        print(f"{given.file}: a {composition.form} without a section [theme]: few rules apply")
    for check in checks:
        if not check.passed:
            print(f"{given.file}: {check.where or 'the whole'}: {check.rule}: {check.detail}")
    shown = table if given.all else table[table["breaks"] != ""]
    if len(shown):
        print(shown.round(1).to_string(index=False))
    if model is None:
        print(f"no model in {given.model}: surprise is not measured (the stage train makes one)")
    else:
        hardest = table.sort_values("bits", ascending=False, kind="stable").head(5)
        print(f"{table['bits'].mean():.2f} bits a bol; the most surprising:")
        print(hardest.drop(columns="breaks").round(1).to_string(index=False))
    for change in remedy(composition):
        print(f"remedy: {change.words}")
    print(f"{sum(check.passed for check in checks)} of {len(checks)} rules are kept")
    return int(any(not check.passed for check in form.check(composition)))
