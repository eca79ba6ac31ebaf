"""How a performance closes: with a tihai of the end of its last palta.

As far as possible, and in this order: the pauses are no longer than `riyaz.tabla.growth.PAUSE`; the phrase begins where
a vibhag does, and three times at the same place in a matra; the tihai takes at least as long as the last palta, and
`USUAL` avartans at most. Of such tihais one is played whose phrase is more than a cadence, in the fewest avartans, from
sam. All three taught tihais begin on sam and are as long as the last palta or longer; one of them begins at another
place in a matra each time. One that begins later begins as the palta does and leaves it at a joint.

In dadra and khemta none keeps the first three. Let the phrase without its last stroke take n matras, and m pass from
one beginning to the next: 2 m + n is a multiple of 3 where all vibhags are, and m - n too if m is whole. Three matras
would lie between a phrase's last stroke and the next phrase, a longer pause; so there the phrase moves off the beat.

The last palta is chosen among those whose end makes one of the best tihais, if there are such
(`riyaz.tabla.perform.fill`). A plan has all tihais in order (`closing`), and the first that the last palta has is
played, else one of the theme (`settled`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from riyaz.music.events import TICKS
from riyaz.tabla import form, growth
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Row, between, length
from riyaz.tabla.ideas import Line, Segment, Solved
from riyaz.tabla.repeats import fresh
from riyaz.tabla.taals import Taal

AVARTANS, USUAL = 4, 2  # of a tihai at most, and at most where there is one
LINES = 4  # of the theme at most, from which a tihai is taken
STROKES = 8  # of its phrase, if there is one; else fewer
KINDS = ("any", "pause", "no pause")
OF_PALTA, OF_THEME = "from the end of the last palta", "from the end of the theme"


def closing(taal: Taal, rate: Fraction, at: Line, kind: str, least: int) -> Segment:
    """The tihai of a plan: the phrase is the end of the last palta, and Dha.

    Parameters
    ----------
    kind : of `KINDS`. least : ticks of the last palta.

    Raises
    ------
    riyaz.tabla.theme.Impossible : there is none; the message names the nearest.
    """
    if kind not in KINDS:
        raise themes.Impossible(f"tihai is {kind!r}; it is one of {', '.join(KINDS)}")
    theme, ranked, near = at.opened * LINES, [], ""
    for avartans in range(1, AVARTANS + 1):
        for solution in _solved(taal, rate, avartans):
            lead, size, pause = (n * at.step for n in (solution.lead, solution.phrase - 1, solution.pause))
            if not 4 <= solution.phrase >= solution.pause or lead % TICKS or lead > size:
                continue
            if begun(theme, lead, size):
                near = near or f"{solution.phrase} strokes with pauses of {solution.pause} in {avartans} avartan(s)"
            if kind == "any" or (pause > 0) == (kind == "pause"):
                off = (size + at.step + pause) % TICKS != 0
                within = lead % taal.ticks // TICKS + 1 not in taal.starts
                worse = (pause > growth.PAUSE, within, off, avartans * taal.ticks < least, avartans > USUAL)
                later = (solution.phrase < STROKES, avartans, lead > 0, (lead + size) % at.ticks != 0)
                ranked.append((worse, later, pause, lead, size))
    kinds: list[tuple[Solved, ...]] = []
    for _, same in groupby(sorted(ranked), key=lambda row: row[0]):
        kinds.append(tuple((lead, size, pause) for *_, pause, lead, size in same))
        first = next((one for one in kinds[-1] if begun(theme, *one[:2])), None)
        if first:
            last = ((themes.DHA, at.step),)
            return Segment("tihai", None, last, theme, tihai=first, tihais=tuple(kinds), idea=OF_PALTA, derived=True)
    asked = "tihai" if kind == "any" else f"tihai with {kind}"
    where = f"1 to {AVARTANS} avartans of {taal.title} at {rate} strokes per matra"
    raise themes.Impossible(f"no {asked} of the theme's end fills {where}; nearest: {near or 'another laya'}")


def _solved(taal: Taal, rate: Fraction, avartans: int) -> Iterator[form.Plan]:
    """All tihais of so many avartans, from sam or after a lead."""
    strokes = taal.matras * avartans * rate
    for lead in range(int(strokes) - 10 if strokes.denominator == 1 else 0):
        yield from form.solve_tihai(taal, rate, avartans=avartans, lead=lead)


def begun(half: Row, lead: int, size: int) -> Row:
    """What a tihai has up to the first time of its last stroke: the beginning of a bhari half, then its end.

    Empty where either would part a phrase, where the end begins with the cadence, where they do not meet as strokes do
    in the half, or where a phrase stands too often in a row at the place where they meet.
    """
    if size not in {length(half) - onset for onset in themes.beginnings(half)}:
        return ()
    phrase, head = between(half, length(half) - size, length(half)), themes.until_ticks(half, lead)
    ends = [bol for bol, _ in head if bol][-1:]
    meets = not ends or (ends[0], next(bol for bol, _ in phrase if bol)) in themes.joins_of(half * 2)
    if not meets or (lead and lead not in themes.joints(half)):
        return ()
    units = tuple(unit for _, unit in themes.units(half))
    worn = fresh(head, units) and fresh(phrase, units) and not fresh((*head, *phrase), units)
    return () if worn else (*head, *phrase)


def ready(segment: Segment, half: Row) -> bool:
    """Whether a bhari half has one of the best tihais of a plan."""
    return any(begun(half, *one[:2]) for one in segment.tihais[0])


def settled(segment: Segment, earlier: Sequence[tuple[Segment, Row]]) -> tuple[Segment, Row]:
    """The tihai of a plan as the last palta has it, or else the theme, and its row (`begun`)."""
    last = next(other.half(row, opened=True) for other, row in reversed(earlier) if other.returns)
    for kind in segment.tihais:
        for half, idea in ((last, OF_PALTA), (segment.before, OF_THEME)):
            for one in kind:
                row = begun(half, *one[:2])
                if row:
                    return replace(segment, tihai=one, idea=idea), row
    raise ValueError(f"{segment.name}: none of the plan's is one of the theme")
