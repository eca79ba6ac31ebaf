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
   the palta before, if it is as long, at most `MOST_CHANGED` of them differ, the second share where nothing else fits,
   and of all strokes before the end of the theme at most `riyaz.tabla.growth.STEP`, what is fixed included.
6. No phrase stands too often in a row (`riyaz.tabla.repeats`), what stands before and after the free part included.

If an idea has no filling by all rules, rule 5 is dropped, then rule 3; an idea without any filling is left out.

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

The theme comes from the user or a corpus, or `new_theme` plans one.

References
----------
The rules of kaida, palta and tihai: see `riyaz.tabla.form` and `riyaz.tabla.growth`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product
from math import gcd

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import form, growth, taals
from riyaz.tabla import ideas as sequence
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Free, Row, Sound, events_of, length, sounds
from riyaz.tabla.ideas import MOST, RUNS, Hands, Line, Segment
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.repeats import ahead, fresh, worn
from riyaz.tabla.taals import Taal

__all__ = ["Segment", "assemble", "fill", "new_theme", "plan"]

Choose = Callable[[Sequence[Sound], Sequence[Sound]], Sound]

AVARTANS = 4  # maximum length of a tihai
TIHAI_STROKES = 8  # of the phrase of a tihai, if there is one; else fewer
SHORTEST = 24  # strokes of a new theme
PHRASES = 3  # different ones at least before its cadence, where possible; taught lines of 12 strokes have as many
TIHAIS = ("any", "pause", "no pause")
TIHAI = "from the end of the last palta"
LANDING = "Dha"  # the last stroke of a tihai
MOST_CHANGED = (Fraction(3, 8), Fraction(1, 2))  # of the strokes of a free part, from the palta before; else
FRESH = (2, 2)  # the same in a new theme: of 34 kaidas of the repertoire one has a phrase, Dha, three times


def plan(
    theme: Composition,
    n_paltas: int = 4,
    laya: Fraction | int | str | None = None,
    tihai: str = "any",
    known: Iterable[pd.DataFrame] = (),
    practice: Iterable[pd.DataFrame] = (),
) -> list[Segment]:
    """Plan a performance: theme, dohra, paltas, tihai.

    Parameters
    ----------
    theme : a composition with a section ``theme``; other sections are ignored.
    n_paltas : 1 to `ideas.MOST`.
    laya : strokes per matra, except in the theme, or its name in `riyaz.tabla.form.LAYAS`; None: as in the theme.
    tihai : ``any``, ``pause`` (damdar) or ``no pause`` (bedam).
    known : events of sections, such as the paltas of a training set, that no palta may repeat at any speed.
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
    hands, rows = hands_of(theme, at, practice, rate), themes.at_speeds(known, rate)
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
        _tihai(taal, rate, at, tihai),
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
    chosen = groups if rela and len(groups) > 1 else phrases
    return Hands(chosen, groups, joins, themes.practised(practice, rate, chosen) - themes.joins_of(*ends), rela)


def _paltas(at: Line, hands: Hands, known: list[Row], rate: Fraction, n: int) -> list[Segment]:
    """The segments of n paltas or fewer, in order: the ideas that are wanted most, those with a choice again."""
    ready: list[tuple[bool, int, int, Segment]] = []
    for place, idea in enumerate(sequence.ideas(at, hands, known, rate)):
        new = (s for s in idea.segments if s.free or s.play(()) not in known)
        enough = [s for s in new if s.free is None or s.free.count() > _taken(s, at, n)]
        good = next((s for s in enough if s.free is None or ahead(s.free, s.before, s.after)(())), None)
        ready += [
            (good is None, idea.rank, place, segment) for segment in (good, *enough)[: 1 + (good is None)] if segment
        ]
    ready.sort(key=lambda row: row[:3])
    fit, worn_out = ([row for row in ready if row[0] == bad] for bad in (False, True))
    again = [row for row in fit if row[3].free and row[3].free.count() > n]
    chosen = [(place, segment) for *_, place, segment in [*fit, *again * MOST, *worn_out]][: min(n, MOST)]
    return [segment for _, segment in sorted(chosen, key=lambda row: row[0])]


def _taken(segment: Segment, at: Line, n: int) -> int:
    """How many ways of a free part the other paltas can take: each of the same length one."""
    size = segment.free.ticks if segment.free else 0
    return 1 if size + length(segment.half(())) < at.n * at.ticks else n


def _tihai(taal: Taal, rate: Fraction, at: Line, kind: str) -> Segment:
    """The tihai: its phrase is the end of the last palta, and Dha.

    It has the fewest avartans in which its phrase is more than a cadence. First come phrases that begin three times at
    the same place in a matra, then those with the shortest pauses.
    """
    if kind not in TIHAIS:
        raise themes.Impossible(f"tihai is {kind!r}; it is one of {', '.join(TIHAIS)}")
    step, fits, near = at.step, [], None
    certain = {2 * at.ticks - onset for onset in themes.beginnings(at.opened * 2)}
    for least, avartans in product((TIHAI_STROKES, 4), range(1, AVARTANS + 1)):
        strokes = taal.matras * avartans * rate
        plans = form.solve_tihai(taal, rate, avartans=avartans) if strokes.denominator == 1 and strokes > 10 else []
        for solution in plans:
            size = (solution.phrase - 1) * step
            if least <= solution.phrase >= solution.pause and size in certain:
                if kind == "any" or (solution.pause > 0) == (kind == "pause"):
                    fits.append((size, solution.pause * step))
                near = near or f"{solution.phrase} strokes with pauses of {solution.pause} in {avartans} avartan(s)"
        if fits:
            fits.sort(key=lambda pair: ((pair[0] + step + pair[1]) % TICKS != 0, pair[1]))
            return Segment(
                "tihai",
                None,
                ((LANDING, step),),
                at.opened * 2,
                tihais=tuple(fits),
                idea=TIHAI,
                derived=True,
            )
    asked = "tihai" if kind == "any" else f"tihai with {kind}"
    where = f"1 to {AVARTANS} avartans of {taal.title} at {rate} strokes per matra"
    raise themes.Impossible(f"no {asked} of the theme's end fills {where}; nearest: {near or 'another laya'}")


def new_theme(
    blank: Composition,
    known: Iterable[pd.DataFrame],
    choose: Choose,
    laya: Fraction | int | str = 2,
    first: int = 0,
    others: Iterable[pd.DataFrame] = (),
) -> Composition:
    """Make a theme of the phrases of known ones that have the same: a head, and an end that has the cadence.

    In letters x y x c or x y z c: the head is x y, and the end begins like the head or in another way, which taught
    themes do as often. The cadence is closed in the bhari half and open in the khali half, which is the khali copy up
    to its end. Khali begins where a vibhag does: where half of the taal ends within a vibhag or a matra, the theme has
    two avartans. The end begins on a matra too, so that the head may be longer by one. Where possible there are
    `PHRASES` different phrases before the cadence, and some phrase can go on with two others, so that there are paltas
    to make.

    Parameters
    ----------
    blank : a composition without sections: its taal, title and form.
    known : events of themes; a theme that does not begin with Dha, whose cadences do not differ, or that does not fit
      this laya is ignored.
    choose : as in `fill`; what it chooses is all before the cadence.
    first : number of the known themes whose phrases are tried first, modulo their number; with it and with each turn
      through them changes how the end begins.
    others : events of sections, such as paltas, that no new theme may repeat at any speed.

    Raises
    ------
    themes.Impossible : the known themes give none in this taal.
    """
    taal, rate = taals.TAALS[blank.taal], themes.rate_of(laya, Fraction(0))
    whole = (n for n in range(1, 99) if themes.khali_on_vibhag(taal, n * taal.ticks))
    avartans = next(n for n in whole if n * taal.matras * rate >= SHORTEST)
    half, rows = avartans * taal.ticks // 2, []
    for events in known:
        try:
            rows.append(themes.halves(Section("theme", events), form.laya(events) / rate, "known"))
        except ValueError:
            continue
    usable = _alike(
        (bhari, tail)
        for bhari, tail in rows
        if bhari[0][0] == LANDING and form.cadence(_bols(bhari)) != form.cadence(_bols(tail))
    )
    taken = set(themes.at_speeds(others, rate))
    other: Composition | None = None  # a theme with a long run or few phrases, where there is no better one
    n = max(len(usable), 1)
    stride = next(step for step in range(1 + first % n, 2 * n + 2) if gcd(step, n) == 1)  # else themes would crowd
    for number in range(2 * len(usable)):
        turn, place = (first + number) // n, (first + number * stride) % n
        bhari, tail = usable[place][0]
        ends = (bhari[-themes.cadence(bhari) :], tail[-themes.cadence(bhari) :])
        free, cut = _before_cadence(usable[place], half, rate, rows)
        if free.ticks <= 0 or not free.count():
            continue
        fits = partial(_begins_a_line, free=free, cut=cut, again=(turn + place) % 2 == 0, opened=ends[1])
        leads = ahead(free, (), ends[0], fits) if len(free.phrases) >= PHRASES else ahead(free, (), ends[0])
        if other and not leads(()):
            continue
        row = _chosen([(free, leads)], (), choose, "theme")
        played = Segment("theme", None, ends[0], row, ends[1], cut).play(())
        if played in taken:
            continue
        made = replace(blank, form=blank.form or "kaida", sections=(Section("theme", events_of(played)),))
        if fits(row):
            return made
        other = other or made
    if other:
        return other
    raise themes.Impossible(
        f"{len(rows)} known themes give no new theme in {taal.title} at {rate} strokes per matra; provide more themes"
    )


def _bols(row: Row) -> list[str]:
    return [bol for bol, _ in row if bol]


def _alike(pairs: Iterable[tuple[Row, Row]]) -> list[list[tuple[Row, Row]]]:
    """Themes given by their halves, those together that have the same phrases and the same cadences."""
    groups: dict[tuple, list[tuple[Row, Row]]] = {}
    for bhari, tail in pairs:
        n = themes.cadence(bhari)
        phrases = frozenset(themes.phrases_of([(bhari[:-n], ())]))
        groups.setdefault((phrases, bhari[-n:], tail[-n:]), []).append((bhari, tail))
    return list(groups.values())


def _before_cadence(
    alike: Sequence[tuple[Row, Row]], half: int, rate: Fraction, rows: Sequence[tuple[Row, Row]]
) -> tuple[Free, int]:
    """What stands before the cadence of a new line, to be filled with phrases of known themes; ticks of its head."""
    bhari, _ = alike[0]
    n, grid = themes.cadence(bhari), int(2 * TICKS / rate)
    last = length(bhari[-n:])
    heads = [(row[:-n], ()) for row, _ in alike]
    joins = frozenset().union(*(themes.meetings(*pair) for pair in alike))
    end = half // 2 // TICKS * TICKS if half // 2 // TICKS * TICKS > last else half // 2
    phrases = themes.phrases_of(heads)
    run = max(themes.longest_run(bhari), RUNS["theme"])
    places = themes.places_of(heads, phrases, grid)
    free = Free(half - last, phrases, joins, "", bhari[-n][0], 1, grid, places, run)
    if end <= last or half % 2:
        return replace(free, ticks=0), 0
    free = free if free.count() else replace(free, places=())
    known = (themes.until_ticks(row, free.ticks) for row, _ in rows)
    free = free.without([*((sound,) for sound in free.options() if sound[0] != LANDING), *known])
    return free, half - end


def _begins_a_line(heard: Row, free: Free, cut: int, again: bool, opened: Row) -> bool:
    """Whether what is heard may begin the line of a new theme, and if it is whole, be all before its cadence.

    A phrase begins at `cut`, where the end does; the end goes on as the head does where the line begins `again`, else
    it does not. No run is long and no phrase worn, in the head twice neither. A whole line has phrases enough, and some
    phrase goes on with two others; else all that paltas can do is to repeat the head.
    """
    whole, head = length(heard) == free.ticks, themes.until_ticks(heard, cut)
    rest = heard[len(head) :]
    if themes.longest_run(heard) > free.run or worn(heard, free.phrases, len(heard), 0, FRESH):
        return False
    if rest and (length(head) != cut or (again and rest != head[: len(rest)])):
        return False
    if (whole or length(rest) > TICKS) and cut not in themes.joints(heard):
        return False
    if not whole:
        return True
    phrases, joins = themes.phrases_of([(heard, ())]), themes.joins_of(heard)
    follow = [sum((_bols(one)[-1], _bols(other)[0]) in joins for other in phrases) for one in phrases]
    alike = head == (*rest, *opened) or (not again and rest == head[: len(rest)])
    new = all(fresh(row, free.phrases, FRESH) for row in (head * 2, heard))
    return new and not alike and len(phrases) >= PHRASES and max(follow) > 1


# The performance -----------------------------------------------------------------------------------------------


def fill(segments: Sequence[Segment], choose: Choose) -> list[Row]:
    """Choose the free parts, in the order in which they are played; no two paltas have the same bhari half.

    Returns
    -------
    The chosen sounds of each segment, of a tihai those of its phrase without the last; ``()`` if nothing is free.

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
        if segment.tihais:
            row = _phrase(segment, earlier)
        elif segment.free:
            heard = (*played, *segment.before)
            frees = (free for free in _distinct(segment, earlier, following, end) if free.count())
            row = _chosen([(free, ahead(free, heard, segment.after)) for free in frees], heard, choose, segment.name)
        filled.append(row)
        played = (*played, *segment.play(row))
    return filled


def _chosen(frees: Iterable[tuple[Free, Callable[[Row], bool]]], played: Row, choose: Choose, name: str) -> Row:
    """Fill a free part, sound by sound: the first of several that `leads` to the end, else the first.

    `choose` is offered only what `leads` on (`repeats.ahead`); where nothing does, all that the free part allows.
    """
    tried = list(frees)
    free, leads = next(((free, leads) for free, leads in tried if leads(())), tried[0])
    row: Row = ()
    while length(row) < free.ticks:
        options = list(free.options(row))
        fit = [sound for sound in options if leads((*row, sound))] if len(options) > 1 else []
        allowed = fit or options
        sound = choose((*played, *row), allowed) if len(allowed) > 1 else allowed[0]
        if sound not in allowed:
            raise ValueError(f"{name}: {sound} was chosen; allowed are {allowed}")
        row = (*row, sound)
    return row


def _phrase(segment: Segment, earlier: Sequence[tuple[Segment, Row]]) -> Row:
    """The end of the last palta, with the open cadence, from a phrase on; where none is as long, that of the theme.

    It does not begin with a cadence, which ends the line before.
    """
    last, chosen = next((other, row) for other, row in reversed(earlier) if other.returns)
    halves = [last.half(chosen, opened=True), segment.before]
    starts = [{length(half) - onset for onset in themes.beginnings(half)} for half in halves]
    half, size = next(
        (half, size) for half, sizes in zip(halves, starts, strict=True) for size, _ in segment.tihais if size in sizes
    )
    return half[len(themes.until_ticks(half, length(half) - size)) :]


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
        around = growth.distance(begun, segment.before) + growth.distance(beside, segment.after)
        left = int(growth.STEP * len(themes.until_ticks(last, whole - end))) - around
        for most in (*MOST_CHANGED, 1):
            n = min(int(most * strokes), left)
            if n > 0:
                near = replace(free, reference=there, n_different=1, n_most=n)  # no longer compared with the theme
                yield near.without([*taken, free.reference] if free.reference else taken)
    yield free.without(taken)


def assemble(theme: Composition, segments: Sequence[Segment], filled: Sequence[Row]) -> Composition:
    """Make the composition from a plan and the chosen sounds; the note of a section is its idea.

    Raises
    ------
    themes.Impossible : it breaks a rule of `riyaz.tabla.form`.
    """
    sections = tuple(
        Section(segment.name, events_of(segment.play(row)), segment.derived, note=segment.says(row))
        for segment, row in zip(segments, filled, strict=True)
    )
    composition = replace(theme, form=theme.form or "kaida", sections=sections)
    broken = next((check for check in form.check(composition) if not check.passed), None)
    if broken:
        raise themes.Impossible(
            f"{theme.title}: {broken.where}: {broken.rule}: {broken.detail}; use another theme or laya"
        )
    return composition
