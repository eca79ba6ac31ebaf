"""Layakari: a composition at other speeds against the same matras, each version ending on sam.

At L times the speed, n matras of a composition take n / L matras. It starts so late in the avartan that its end falls
on sam: after the avartan's matras less n / L. Thah is 1, dugun 2, tigun 3, chaugun 4, aad 3/2; the names of other
fractions differ from school to school, so the fraction is always shown.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import pandas as pd

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla.taals import Taal

SPEEDS = {
    "thah": Fraction(1),
    "dugun": Fraction(2),
    "tigun": Fraction(3),
    "chaugun": Fraction(4),
    "aad": Fraction(3, 2),
    "5": Fraction(5),
    "6": Fraction(6),
    "7": Fraction(7),
}


@dataclass(frozen=True, eq=False)
class Line:
    """One version.

    Attributes
    ----------
    name : ``tigun``.
    speed : strokes of it in the time of one before.
    start : the matra on which it begins, from 1; may be between two matras.
    events : whole avartans, with a rest before the start.
    """

    name: str
    speed: Fraction
    start: Fraction
    events: pd.DataFrame

    @property
    def title(self) -> str:
        """Name, fraction and starting matra: ``tigun (3), from matra 7 2/3``."""
        whole, part = divmod(self.start, 1)
        fraction = f"{self.speed}" if self.name != str(self.speed) else ""
        return f"{self.name}{f' ({fraction})' if fraction else ''}, from matra {whole}{f' {part}' if part else ''}"


def lines(events: pd.DataFrame, taal: Taal) -> list[Line]:
    """The versions of a composition in all `SPEEDS`.

    Parameters
    ----------
    events : whole avartans from sam on; a last sam on which it lands is left out.

    Returns
    -------
    A line for each speed at which every stroke falls on a whole tick; no events give none.
    """
    total = int(events["duration"].sum())
    if total % taal.ticks == TICKS and len(events) > 1:
        events, total = events.iloc[:-1], total - int(events["duration"].iloc[-1])
    result = []
    for name, speed in SPEEDS.items() if total else ():
        durations = [Fraction(int(ticks)) / speed for ticks in events["duration"]]
        if any(ticks.denominator != 1 for ticks in durations):
            continue
        length = sum(durations, Fraction(0))
        before = int(ceil(length / taal.ticks) * taal.ticks - length)
        rest = [before] if before else []
        played = in_a_row([*rest, *map(int, durations)], [*([[]] if before else []), *events["symbols"]])
        result.append(Line(name, speed, Fraction(before % taal.ticks, TICKS) + 1, played))
    return result


def sections(events: pd.DataFrame, taal: Taal) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """All versions one after the other, and a section for each, as `riyaz.tabla.bhatkhande.table` takes them."""
    versions, onset, about = lines(events, taal), 0, []
    for version in versions:
        length = int(version.events["duration"].sum())
        about.append({"name": version.title, "onset": onset, "duration": length, "derived": False})
        onset += length
    durations = [int(ticks) for version in versions for ticks in version.events["duration"]]
    return in_a_row(durations, [s for version in versions for s in version.events["symbols"]]), about
