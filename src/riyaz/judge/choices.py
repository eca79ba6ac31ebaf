"""Does the network choose as teachers do, or is it no better than chance?

A documented palta is one filling of the free part of some idea (`riyaz.tabla.ideas`). At each of its strokes the rules
allow some sounds. Uniform choice needs log2 of their number in bits to name the documented one; the network, whose
probabilities of the allowed sounds are normalised to sum to 1, needs -log2 of its own. Where the network needs fewer
bits, its choice is closer to what is taught than chance.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from riyaz.model.bundle import Bundle
from riyaz.play.chooser import Chooser
from riyaz.tabla import form, ideas, perform, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Row, Sound, length, sounds
from riyaz.tabla.ideas import Hands, Line, Segment
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taken import SPEEDS, Rows

SURE = 0.05  # of the sign test


def compare(
    model: Bundle,
    composition: Composition,
    practice: Iterable[pd.DataFrame] = (),
    strength: float = 1.0,
    temperature: float = 1.0,
) -> pd.DataFrame:
    """Follow the taught paltas of a composition, with the network and with uniform choice.

    Parameters
    ----------
    practice : sections of the same form, of other compositions; they give the joins of late ideas.
    strength, temperature : of the memory of the piece so far, and of the choice, as in `riyaz.play.chooser.Chooser`.

    Returns
    -------
    DataFrame, a row a taught palta that is a filling of some idea: section, idea, choices (strokes where more than one
    sound is allowed), network and uniform (bits in all). No rows without a theme or without such paltas.
    """
    columns = ["section", "idea", "choices", "network", "uniform"]
    theme = next((s for s in composition.sections if s.name.startswith("theme")), None)
    if theme is None:
        return pd.DataFrame(columns=columns)
    taught = [s.name for s in composition.sections if s.taught and s.name.startswith("palta")]
    ways = list(_ways(composition, theme, list(practice))) if taught else []
    head = [f"taal:{composition.taal}", f"form:{composition.form}"]
    chooser, rows = Chooser(model, 0, head, temperature, strength), []
    played: Row = ()
    for section, events in composition.joined():
        if section.name in taught:
            for segment, chosen in _read(ways, section):
                before = (*played, *segment.before)
                rows.append((section.name, segment.idea, *_bits(chooser, before, segment, chosen)))
        played = (*played, *sounds(events))
    return pd.DataFrame(rows, columns=columns)


def in_words(followed: pd.DataFrame) -> str:
    """What the paltas that were followed say, with a two-sided sign test over them.

    Parameters
    ----------
    followed : rows of `compare`, of one composition or several; those without a choice do not count, no rows say so.
    """
    rows = followed[followed["choices"] > 0] if len(followed) else followed
    if not len(rows):
        return "No held-out taught palta leaves a choice, so that nothing can be said."
    n, bits = int(rows["choices"].sum()), rows[["network", "uniform"]].sum() / rows["choices"].sum()
    closer, other = int((rows["network"] < rows["uniform"]).sum()), int((rows["network"] > rows["uniform"]).sum())
    p = binomtest(closer, closer + other).pvalue if closer + other else 1.0
    better = "fewer" if bits["network"] < bits["uniform"] else "no fewer"
    said = (
        f"the network is {'closer to' if closer > other else 'further from'} what is taught than chance"
        if p < SURE
        else "with so few paltas it is not shown that the network is closer to what is taught than chance, or further"
    )
    return (
        f"At {n} choices in {len(rows)} taught paltas the network needs {bits['network']:.2f} bits a choice, uniform "
        f"choice {bits['uniform']:.2f}: {better}. In {closer} paltas it needs fewer, in {other} more "
        f"(sign test, p = {p:.2f}): {said}."
    )


def _ways(
    composition: Composition, theme: Section, practice: Sequence[pd.DataFrame]
) -> Iterator[tuple[Line, Hands, Fraction]]:
    """The theme's line, what hands do with it, and strokes per matra: at each speed at which it can be played."""
    for faster in SPEEDS:
        rate = form.laya(theme.events) / faster
        try:
            at = perform.line_of(composition, themes.checked(composition, taals.TAALS[composition.taal]), faster)
        except themes.Impossible:
            continue
        yield at, perform.hands_of(composition, at, practice, rate), rate


def _read(ways: Sequence[tuple[Line, Hands, Fraction]], section: Section) -> Iterator[tuple[Segment, Row]]:
    """The first idea that a palta is a filling of, by its strictest rules, and the filling; at most one."""
    half = themes.until_ticks(sounds(section.events), section.ticks // 2)
    for at, hands, rate in ways:
        for idea in ideas.ideas(at._replace(n=max(2, length(half) // at.ticks)), hands, Rows(), rate):
            for segment in idea.segments:
                stop = len(half) - len(segment.after)
                chosen = half[len(segment.before) : stop]
                if segment.free and half == segment.half(chosen) and segment.free.has(chosen):
                    yield segment, chosen
                    return


def _bits(chooser: Chooser, before: Row, segment: Segment, chosen: Row) -> tuple[int, float, float]:
    """Choices, and the bits of the network and of uniform choice."""
    n, network, uniform, free = 0, 0.0, 0.0, segment.free
    for i, sound in enumerate(chosen):
        allowed: list[Sound] = list(free.options(chosen[:i])) if free else []
        if len(allowed) > 1 and sound in allowed:
            p = chooser.probabilities((*before, *chosen[:i]), allowed)
            share = chooser.shares(p)[allowed.index(sound)]
            n, network, uniform = (
                n + 1,
                network - float(np.log2(max(share, 1e-9))),
                uniform + float(np.log2(len(allowed))),
            )
    return n, network, uniform
