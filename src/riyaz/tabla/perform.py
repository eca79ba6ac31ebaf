"""Generation in form: from a theme to a whole performance, with the free parts chosen by a network or any function.

A performance is a sequence: the theme, its dohra, paltas from the first ideas to the last (`riyaz.tabla.ideas`), and a
tihai made of the end of the last palta. Each idea says what is free; there, these rules hold:

1. Only whole phrases of the theme (`riyaz.tabla.bols.phrases`), each stroke with its share of the matra in the theme.
   The cadence stands nowhere but at the end of a line, or where the theme has it.
2. Two phrases meet only as strokes meet in the theme or its dohra, not as within the cadence: Dhi Na Ge Na lets no Ge
   follow Na elsewhere. In late ideas they also meet as in known compositions of the same form, at the density that is
   asked for.
3. A phrase begins on or off the beat as it does in the theme, except where groups or rests move it.
4. A bol has at most `ideas.RUNS` consecutive repeats, or as many as in the theme.
5. A share of at least `ideas.MIN_DIFFERENT` of the strokes in the free part of a palta differs from the theme. From
   the palta before, if it is as long, as many differ at the same time, but at most `MOST_CHANGED` of them, the second
   share or all where nothing else fits; what is put in, taken out or changed is at most `riyaz.tabla.growth.STEP` of
   all before the end of the theme, what is fixed included. Its phrases are not those of the palta before in another
   order, and the last palta is one whose end makes the tihai.
6. No phrase stands too often in a row, nor do too many that are alike (`riyaz.tabla.repeats`), what stands before and
   after the free part included.
7. Where three quarters vary, each differs from the theme.

If an idea has no filling by all rules, the last sentence of rule 5 is dropped, then rule 5, then rule 3; an idea
without any filling is left out.

What is counted
---------------
`riyaz.tabla.filling` counts the ways to complete a free part, so that no choice leads to a dead end, and so that a
request for more paltas than there are ideas is refused with the number that is possible.

How a network chooses
---------------------
`fill` goes through the performance stroke by stroke and calls ``choose(played, allowed)`` wherever more than one sound
may follow. `played` has all sounds so far, fixed or chosen, in order; `allowed` has the sounds that may follow. Both
contain ``(bol, ticks)``, with ``""`` for a rest: in the tokens of `riyaz.text.tokens` a ``d:`` token where the ticks
change, and the bol. The network's probabilities of `allowed`, normalised to sum to 1, are the distribution to choose
from.

The theme comes from the user or a corpus, or `riyaz.tabla.new_theme` makes one.

References
----------
The rules of kaida, palta and tihai: see `riyaz.tabla.form` and `riyaz.tabla.growth`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from math import ceil

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import form, growth, taals
from riyaz.tabla import ideas as sequence
from riyaz.tabla import theme as themes
from riyaz.tabla.closing import closing, ready, settled
from riyaz.tabla.filling import Free, Row, distance, events_of, length, sounds
from riyaz.tabla.ideas import MIN_DIFFERENT, MOST, Hands, Line, Segment
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.repeats import Choose, ahead, chosen, fillings
from riyaz.tabla.taken import Rows, Taken

__all__ = ["Segment", "assemble", "fill", "plan"]

MOST_CHANGED = (Fraction(3, 8), Fraction(1, 2))  # of the strokes of a free part, from the palta before; else


def plan(
    theme: Composition,
    n_paltas: int = 4,
    laya: Fraction | int | str | None = None,
    tihai: str = "any",
    known: Taken | None = None,
    practice: Iterable[pd.DataFrame] = (),
) -> list[Segment]:
    """Plan a performance: theme, dohra, paltas, tihai.

    Parameters
    ----------
    theme : a composition with a section ``theme``; other sections are ignored.
    n_paltas : 1 to `ideas.MOST`.
    laya : strokes per matra, except in the theme, or its name in `riyaz.tabla.form.LAYAS`; None: as in the theme.
    tihai : ``any``, ``pause`` (damdar) or ``no pause`` (bedam).
    known : sections, such as the paltas of a training set, that no palta may repeat at any speed.
    practice : events of sections of the same form, whose joins the hands know; late ideas use them.

    Raises
    ------
    themes.Impossible : the theme breaks a rule, or cannot give what is requested; the message names the nearest
      possibility.
    """
    taal = taals.TAALS[theme.taal]
    section = themes.checked(theme, taal)
    written = form.laya(section.events)
    rate = themes.rate_of(laya, written)
    if theme.form == "rela" and rate < 4:
        raise themes.Impossible(
            f"{theme.title}: a rela has at least 4 strokes per matra, not {rate}; use laya 4, or form: kaida"
        )
    at = line_of(theme, section, written / rate)
    bhari, n = at.line, at.n
    hands, rows = hands_of(theme, at, practice, rate), (known or Taken()).at(rate)
    paltas: list[Segment] = []
    for lines in (n, 2 * n):
        if len(paltas) < min(n_paltas, MOST):
            paltas = max(paltas, _paltas(at._replace(n=lines), hands, rows, rate, min(n_paltas, MOST)), key=len)
    names = sorted({bol for bol, _ in bhari if bol})
    if len(names) < 2 or len(paltas) < n_paltas:
        has = f"the theme's {len(hands.phrases)} phrase(s) of {len(names)} bol(s) make {len(paltas)} new palta(s)"
        remedy = "give a theme of two bols or more" if len(names) < 2 else f"ask for at most {len(paltas)}"
        raise themes.Impossible(
            f"{theme.title}: {n_paltas} paltas were requested, but {has} at {rate} strokes per matra; {remedy}"
        )
    return [
        Segment("theme", None, sounds(section.events)),
        sequence.dohra(at),
        *(replace(segment, name=f"palta {k}") for k, segment in enumerate(paltas, 1)),
        closing(taal, rate, at, tihai, paltas[-1].ticks),
    ]


def line_of(theme: Composition, section: Section, faster: Fraction) -> Line:
    """The line of a theme, its durations times `faster`, with as many lines in a palta as whole avartans need."""
    taal = taals.TAALS[theme.taal]
    bhari, tail = themes.halves(section, faster, theme.title)
    n = next(m for m in range(2, 99) if 2 * m * length(bhari) % taal.ticks == 0)
    return Line(bhari, tail, themes.cut_of(bhari), n, int(TICKS / form.laya(section.events) * faster), taal.ticks)


def hands_of(theme: Composition, at: Line, practice: Iterable[pd.DataFrame], rate: Fraction) -> Hands:
    """The phrases of a theme before its cadence, its groups, and the joins; a rela has only its groups."""
    n = themes.cadence(at.line)
    phrases = themes.phrases_of([(at.line[: len(at.line) - n], ())])
    groups, rela = themes.groups_of(at.line), theme.form == "rela"
    ends = (at.line[-n:], at.opened[-n:]) if n else ()
    joins = themes.meetings(at.line, at.opened) | themes.joins_of([*at.head, *at.head])  # of the theme and its dohra
    moved = groups if rela and len(groups) > 1 else phrases
    return Hands(moved, groups, joins, themes.practised(practice, rate, moved) - themes.joins_of(*ends), rela)


def _paltas(at: Line, hands: Hands, known: Rows, rate: Fraction, n: int) -> list[Segment]:
    """The segments of n paltas or fewer, in order: the ideas that are wanted most, those with a choice again."""
    ready: list[tuple[int, int, int, list[Segment]]] = []
    for place, idea in enumerate(sequence.ideas(at, hands, known, rate)):
        new = [s for s in idea.segments if (s.free.count() if s.free else s.play(()) not in known)]
        if new:
            new.sort(key=_poor)
            ready.append((_poor(new[0]), idea.rank, place, new))
    ready.sort(key=lambda row: row[:3])
    rows: list[tuple[int, list[Segment]]] = []
    for poor in range(3):
        fit = [(place, segments) for one, _, place, segments in ready if one == poor]
        rows += [*fit, *[(place, segments) for place, segments in fit if poor < 2 and segments[0].free] * MOST]
    while True:
        wanted = sorted(range(min(n, MOST, len(rows))), key=lambda number: rows[number][0])
        played = [sequence.dohra(at), *(rows[number][1][0] for number in wanted)]
        spent = next((number for k, number in enumerate(wanted, 1) if _spent(played[k], played[:k])), None)
        if spent is None:
            return played[1:]
        place, (_, *others) = rows[spent]
        rows[spent : spent + 1] = [(place, others)] if others else []


def _spent(segment: Segment, earlier: Sequence[Segment]) -> bool:
    """Whether what is played before can leave no way to fill a free part: each may be one of those ways."""

    def may_be(one: Row, other: Row) -> bool:
        n = min(len(one), len(other))
        return one[:n] == other[:n]

    n_alike = sum(
        other.ticks == segment.ticks
        and may_be(other.before, segment.before)
        and may_be(other.after[::-1], segment.after[::-1])
        for other in earlier
    )
    if segment.free is None:
        return False
    ways = fillings(segment.free, ahead(segment.free, segment.before, segment.after))
    return segment.free.count() <= n_alike or 0 < len(list(islice(ways, n_alike + 1))) <= n_alike


def _poor(segment: Segment) -> int:
    """0 where a free part can be filled by all rules, 1 with too many phrases alike, 2 with worn phrases only."""
    frees = [segment.free, replace(segment.free, even=0)] if segment.free else []
    fits = (n for n, free in enumerate(frees) if ahead(free, segment.before, segment.after)(()))
    return next(fits, 2) if frees else 0


# The performance -----------------------------------------------------------------------------------------------


def fill(segments: Sequence[Segment], choose: Choose) -> list[Row]:
    """Choose the free parts, in the order in which they are played; no two paltas have the same bhari half.

    Returns
    -------
    The chosen sounds of each segment, of a tihai those up to the first time of its last; ``()`` if nothing is free.

    Raises
    ------
    ValueError : `choose` returned a sound that is not allowed.
    """
    played: Row = ()
    filled: list[Row] = []
    end = min((length(segment.back) for segment in segments if segment.returns), default=0)  # of the theme
    for segment, following in zip(segments, [*segments[1:], None], strict=True):
        row: Row = ()
        earlier = list(zip(segments, filled, strict=False))
        if segment.tihai:
            _, row = settled(segment, earlier)
        elif segment.free:
            heard = (*played, *segment.before)
            row = chosen(_ways(segment, earlier, following, end, heard), heard, choose, segment.name)
        filled.append(row)
        played = (*played, *segment.play(row))
    return filled


def _ways(
    segment: Segment, earlier: Sequence[tuple[Segment, Row]], following: Segment | None, end: int, heard: Row
) -> Iterator[tuple[Free, Callable[[Row], bool]]]:
    """The free part by falling strictness, each with what leads to its end.

    At first it `_fits` what is beside it; phrases alike without limit come last.
    """
    frees = [free for free in _distinct(segment, earlier, following, end) if free.count()]
    before = [other.half(row) for other, row in earlier if other.returns][-1:]
    fits = partial(_fits, segment, before, following, end)
    for free in frees:
        yield free, ahead(free, heard, segment.after, fits)
    for free in (*frees, *(replace(free, even=0) for free in frees)):
        yield free, ahead(free, heard, segment.after)


def _fits(segment: Segment, before: Sequence[Row], following: Segment | None, end: int, row: Row) -> bool:
    """Whether a filling, if it is whole, has other phrases than what is beside it, and leaves room for what follows."""
    half = segment.half(row)
    if 2 * length(half) < segment.ticks:
        return True
    fixed = [following.half(())] if following and following.returns and not following.free else []
    others = all(themes.other_phrases(half, one) for one in (*before, *fixed))
    return others and _leaves_room(segment, following, end, row)


def _leaves_room(segment: Segment, following: Segment | None, end: int, row: Row) -> bool:
    """Whether a tihai that follows can be of this palta, or what is fixed in a palta that follows is a small step.

    So small, if the palta is as long, that more may change.
    """
    if following and following.tihai:
        return ready(following, segment.half(row, opened=True))
    if following is None or not following.returns or following.ticks != segment.ticks:
        return True
    half, whole = segment.half(row), segment.ticks // 2
    begun = themes.until_ticks(half, length(following.before))
    beside = half[len(themes.until_ticks(half, whole - length(following.after))) :]
    around = distance(begun, following.before) + distance(beside, following.after)
    return around < int(growth.STEP * len(themes.until_ticks(half, whole - end)))


def _distinct(
    segment: Segment, earlier: Sequence[tuple[Segment, Row]], following: Segment | None, end: int
) -> Iterator[Free]:
    """The free part without the bhari halves that were played; first near the palta before, if it is as long.

    Else it is near the one that follows, if that is as long and fixed. Near is what differs in few strokes, and where
    more is fixed that differs, in fewer; the last `end` ticks of a bhari half are those of the theme.
    """
    free, start = segment.free, len(segment.before)
    if free is None:
        return
    halves = [other.half(row) for other, row in earlier if other.returns]
    whole = length(segment.half(())) + free.ticks
    same = [half for half in halves if half[:start] == segment.before and length(half) == whole]
    taken = [themes.until_ticks(half[start:], free.ticks) for half in same]
    fixed = [following.half(())] if following and following.returns and not following.free else []
    last = next((half for half in [*halves[-1:], *fixed] if length(half) == whole), ())
    begun = themes.until_ticks(last, length(segment.before))
    there = themes.until_ticks(last[len(begun) :], free.ticks)
    if length(begun) == length(segment.before) and length(there) == free.ticks:
        strokes = sum(bool(bol) for bol, _ in there)
        beside = last[len(begun) + len(there) :]
        around = distance(begun, segment.before) + distance(beside, segment.after)
        left = int(growth.STEP * len(themes.until_ticks(last, whole - end))) - around
        for most in (*MOST_CHANGED, 1):
            n = min(int(most * strokes), left)
            if n > 0:
                least = min(ceil(MIN_DIFFERENT * strokes), n)
                near = replace(free, reference=there, n_different=least, n_most=n if most < 1 else 0, moved=left)
                yield near.without(taken)  # the theme is excluded
    yield free.without(taken)


def assemble(theme: Composition, segments: Sequence[Segment], filled: Sequence[Row]) -> Composition:
    """Make the composition from a plan and the chosen sounds; the note of a section is its idea.

    Raises
    ------
    themes.Impossible : it breaks a rule of `riyaz.tabla.form`.
    """
    played: list[tuple[Segment, Row]] = []
    for segment, row in zip(segments, filled, strict=True):
        played.append((settled(segment, played)[0] if segment.tihai else segment, row))
    sections = tuple(
        Section(segment.name, events_of(segment.play(row)), segment.derived, note=segment.says(row))
        for segment, row in played
    )
    composition = replace(theme, form=theme.form or "kaida", sections=sections)
    broken = next((check for check in form.check(composition) if not check.passed), None)
    if broken:
        raise themes.Impossible(
            f"{theme.title}: {broken.where}: {broken.rule}: {broken.detail}; use another theme or laya"
        )
    return composition
