"""How long a written note may be: where a duration is cut into tied values so that the beats can be seen.

A place in the bar has a level: 0 at the bar, 1 in its middle, 2 on a beat, and one more for each division of it. A
plain or dotted value is written as it is unless it hides a place that is more than one level stronger than the place
where it begins: a syncopation within a half of 4/4 is one note, across its middle it is two. In compound metres no beat
is hidden, and a rest never hides a place as strong as its own beginning.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from riyaz.music.events import TICKS, bar_beats

_PLAIN = {int(TICKS * Fraction(2) ** power * dot) for power in range(-3, 3) for dot in (1, Fraction(3, 2))}
_TRIPLETS = {2 * TICKS // 3, *(TICKS // parts for parts in (3, 6, 12, 24))}
_BELOW = {2: 3, 3: 3, 4: 4, 6: 4, 8: 5, 12: 5, 24: 6}  # the level of a place that divides the beat
_BELOW_THREE = {3: 3, 6: 4, 12: 5, 24: 6}
_NONE = 7  # of any other place
_BEAT = 2


@dataclass(frozen=True)
class Metre:
    """A metre in ticks.

    Attributes
    ----------
    bar, beat : their lengths. compound : whether a beat has three parts, as in 6/8. middle : half a bar if it is even
        and long, as in 4/4 and 12/8, else 0.
    """

    bar: int
    beat: int
    compound: bool
    middle: int

    @classmethod
    def of(cls, name: str) -> "Metre":
        """Read a metre such as ``6/8`` or ``3/8+2/8``; what is none counts as 4/4."""
        name = name if bar_beats(name) is not None else "4/4"
        bar = int((bar_beats(name) or 4) * TICKS)
        unit = 4 * TICKS // max(int(number) for number in re.findall(r"/\s*([0-9]+)", name))
        compound = "+" not in name and unit < TICKS and bar % (3 * unit) == 0 and bar > 3 * unit
        beat = 3 * unit if compound else unit
        return cls(bar, beat, compound, bar // 2 if bar % (4 * beat) == 0 else 0)

    def level(self, place: int) -> int:
        """How weak a place is, 0 for the start of a bar."""
        place %= self.bar
        if place == 0:
            return 0
        if self.middle and place == self.middle:
            return 1
        if place % self.beat == 0:
            return _BEAT
        below = _BELOW_THREE if self.compound else _BELOW
        return next((level for parts, level in below.items() if place * parts % self.beat == 0), _NONE)

    def inside(self, start: int, stop: int) -> list[int]:
        """The places between two times that a value may hide, without the times themselves.

        They divide the beat into 24; or into 8, where the beat has no three parts and neither time is in a triplet.
        """
        step = max(self.beat // 24, 1)
        plain = not self.compound and self.beat % 8 == 0 and start % (self.beat // 8) == stop % (self.beat // 8) == 0
        step = self.beat // 8 if plain else step
        return list(range(start // step * step + step, stop, step))


def cuts(start: int, stop: int, metre: Metre, rest: bool = False) -> list[int]:
    """Where a duration is cut, from its start to its stop: at bars, and where else it would be hard to read."""
    bars = [start, *range(start // metre.bar * metre.bar + metre.bar, stop, metre.bar), stop]
    cut = {start, stop}
    for first, last in pairwise(bars):
        cut |= _within(first, last, metre, rest)
    return sorted(cut)


def _within(start: int, stop: int, metre: Metre, rest: bool) -> set[int]:
    """The cuts of a duration that lies in one bar."""
    places = metre.inside(start, stop)
    strongest = min((metre.level(place) for place in places), default=_NONE)
    own = metre.level(start)
    hidden = [place for place in places if metre.level(place) == strongest]
    if strongest >= _NONE or _legible(stop - start, own, strongest, len(hidden), metre, rest):
        return {start, stop}
    cut = hidden[-1] if own <= metre.level(stop) else hidden[0]
    return _within(start, cut, metre, rest) | _within(cut, stop, metre, rest)


def _legible(length: int, own: int, strongest: int, n_hidden: int, metre: Metre, rest: bool) -> bool:
    """Whether one value may be written that begins at a place of one level and hides n of another."""
    if length in _TRIPLETS:
        return strongest > _BEAT
    if length not in _PLAIN:
        return False
    if rest:
        return own < strongest
    if metre.compound and strongest <= _BEAT:
        return own <= strongest
    return own <= strongest or (own == strongest + 1 and n_hidden == 1)
