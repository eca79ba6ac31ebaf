"""A new theme, made of the phrases of known themes: a head, an end, and a cadence that is closed and opens again.

What stands before the cadence is chosen sound by sound, by the network or any function (`riyaz.tabla.repeats.chosen`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate, permutations
from math import gcd
from zlib import crc32

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import form, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.bols import BOLS
from riyaz.tabla.filling import Free, Row, events_of, length
from riyaz.tabla.ideas import RUNS, Segment
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.repeats import ALIKE, Choose, ahead, alike, chosen, fresh, worn
from riyaz.tabla.taals import Taal
from riyaz.tabla.taken import Taken

SHORTEST = 24  # strokes of a new theme
PHRASES = 3  # different ones at least before its cadence, where possible; taught lines of 12 strokes have as many
LONG, MORE = 20, 4  # a line of more strokes is to have more phrases: three alone would be monotonous; so many
# as `repeats.MOST`: of 34 kaidas of the repertoire one has a phrase, Dha, three times in a row
FRESH = (1, 2, 2)


def new_theme(
    blank: Composition,
    known: Iterable[pd.DataFrame],
    choose: Choose,
    laya: Fraction | int | str = 2,
    first: int = 0,
    others: Taken | None = None,
    turn: int | None = None,
) -> Composition:
    """Make a theme of the phrases of known ones that have the same: a head, and an end that has the cadence.

    In letters x y x c or x y z c: the head is x y, and the end begins like the head or in another way, which taught
    themes do as often. The cadence is closed in the bhari half and open in the khali half, which is the khali copy up
    to its end. Khali begins where a vibhag does: where half of the taal ends within a vibhag or a matra, the theme has
    two avartans. The end begins on a matra too, so that the head may be longer by one. Where possible there are
    `PHRASES` different phrases before the cadence, `MORE` in a long line, a phrase begins with each vibhag, and some
    phrase can go on with two others, so that there are paltas to make.

    Parameters
    ----------
    blank : a composition without sections: its taal, title and form.
    known : events of themes; a theme that does not begin with Dha, whose cadences do not differ, or that does not fit
      this laya is ignored, and one in threes where this laya is not.
    choose : as in `riyaz.tabla.perform.fill`; what it chooses is all before the cadence.
    first : number of the known themes whose phrases are tried first, modulo their number; with it and with each turn
      through them changes how the end begins.
    others : sections, such as paltas, that no new theme may repeat at any speed.
    turn : with the same one, a line that is this taal's (`owner`) is made where there is one; None: any line.

    Raises
    ------
    themes.Impossible : the known themes give none in this taal.
    """
    taal, rate = taals.TAALS[blank.taal], themes.rate_of(laya, Fraction(0))
    half, rows = half_of(taal, rate), []
    for events in known:
        if form.laya(events).numerator % 3 == 0 and rate.numerator % 3:  # its groups of three would cross the matras
            continue
        try:
            rows.append(themes.halves(Section("theme", events), form.laya(events) / rate, "known"))
        except ValueError:
            continue
    with_dha = (
        (bhari, tail)
        for bhari, tail in rows
        if bhari[0][0] == themes.DHA and form.cadence(_bols(bhari)) != form.cadence(_bols(tail))
    )
    usable = _together(with_dha, first)
    taken = (others or Taken()).at(rate)
    n = max(len(usable), 1)
    stride = next(step for step in range(1 + first % n, 2 * n + 2) if gcd(step, n) == 1)  # else themes would crowd
    tries = [((first + number) // n, (first + number * stride) % n) for number in range(2 * len(usable))]
    vibhags = themes.vibhags(taal, half)
    least = MORE if half * rate > LONG * TICKS else PHRASES
    strict = dict.fromkeys([(least, True), (least, False), (PHRASES, True), (PHRASES, False)])
    begin = {one.name: themes.vibhags(one, half) for one in taals.TAALS.values() if half_of(one, rate) == half}

    def mine(line: Row) -> bool:
        return owner(line, begin, turn or 0) == taal.name

    levels = [(*level, own) for own in ([mine, None] if turn is not None else [None]) for level in strict]
    heads = {place: _before_cadence(usable[place], half, rate, rows) for _, place in tries}
    ways = [(heads[place], usable[place][0], (turn + place) % 2 == 0) for turn, place in tries]
    ways = [way for way in ways if way[0][0].ticks > 0 and way[0][0].count()]

    def made(free: Free, leads: Callable[[Row], bool], ends: tuple[Row, Row], cut: int) -> Composition | None:
        row = chosen([(free, leads)], (), choose, "theme")
        played = Segment("theme", None, ends[0], row, ends[1], cut).play(())
        section = Section("theme", events_of(played))
        return None if played in taken else replace(blank, form=blank.form or "kaida", sections=(section,))

    for phrases, joints, own in levels:
        for (free, cut), (bhari, tail), again in ways:
            ends = (bhari[-themes.cadence(bhari) :], tail[-themes.cadence(bhari) :])
            wanted = [cut, *(start for start in vibhags if joints and 0 < start < free.ticks)]
            fits = partial(_begins_a_line, free=free, cut=cut, again=again, opened=ends[1])
            leads = ahead(free, (), ends[0], partial(fits, joints=wanted, n_phrases=phrases, own=own))
            theme = made(free, leads, ends, cut) if len(free.phrases) >= phrases and leads(()) else None
            if theme:
                return theme
    for (free, cut), (bhari, tail), _ in ways:  # a theme with a long run or few phrases, where there is no better one
        ends = (bhari[-themes.cadence(bhari) :], tail[-themes.cadence(bhari) :])
        theme = made(free, ahead(free, (), ends[0]), ends, cut)
        if theme:
            return theme
    raise themes.Impossible(
        f"{len(rows)} known themes give no new theme in {taal.title} at {rate} strokes per matra; provide more themes"
    )


def half_of(taal: Taal, rate: Fraction) -> int:
    """Ticks of the bhari half of a new theme at so many strokes per matra: khali begins where a vibhag does."""
    whole = (n for n in range(1, 99) if themes.khali_on_vibhag(taal, n * taal.ticks))
    return next(n for n in whole if n * taal.matras * rate >= SHORTEST) * taal.ticks // 2


def owner(line: Row, begin: Mapping[str, Sequence[int]], turn: int) -> str:
    """The name of the taal that a line belongs to, of those in whose themes it could stand.

    Of the beginnings of vibhags that these taals do not share, it has both hands at those of the taal, and at no other.
    Where several taals have the same vibhags, or none fits, each has a part of the lines, another one with each `turn`.

    Parameters
    ----------
    line : what stands before the cadence. begin : of each taal, by its name, the ticks at which its vibhags begin.
    """
    starts = {name: {start for start in ticks if start < length(line)} for name, ticks in begin.items()}
    every = [start for ticks in starts.values() for start in ticks]
    apart = {start for start in every if every.count(start) < len(starts)}
    struck = zip(accumulate((ticks for _, ticks in line), initial=0), (bol for bol, _ in line), strict=False)
    marked = {start for start, bol in struck if start in apart and bol and BOLS[bol].hands == "both"}
    fit = [name for name, ticks in starts.items() if ticks & apart == marked] or list(starts)
    return fit[(crc32(" ".join(_bols(line)).encode()) + turn) % len(fit)]


def _bols(row: Row) -> list[str]:
    return [bol for bol, _ in row if bol]


def _together(pairs: Iterable[tuple[Row, Row]], first: int) -> list[list[tuple[Row, Row]]]:
    """Themes given by their halves, those together that have the same phrases and the same cadences.

    Of those that have the same bols in their phrases and cadences, but not at the same speed, one is taken, by `first`:
    a family of themes that many compositions have is as likely as any other.
    """
    families: dict[tuple, dict[tuple, list[tuple[Row, Row]]]] = {}
    for bhari, tail in pairs:
        n = themes.cadence(bhari)
        parts = (frozenset(themes.phrases_of([(bhari[:-n], ())])), bhari[-n:], tail[-n:])
        names = (frozenset(tuple(_bols(phrase)) for phrase in parts[0]), *(tuple(_bols(row)) for row in parts[1:]))
        families.setdefault(names, {}).setdefault(parts, []).append((bhari, tail))
    return [list(family.values())[first % len(family)] for family in families.values()]


def _before_cadence(
    together: Sequence[tuple[Row, Row]], half: int, rate: Fraction, rows: Sequence[tuple[Row, Row]]
) -> tuple[Free, int]:
    """What stands before the cadence of a new line, to be filled with phrases of known themes; ticks of its head."""
    bhari, _ = together[0]
    n, grid = themes.cadence(bhari), int(2 * TICKS / rate)
    last = length(bhari[-n:])
    heads = [(row[:-n], ()) for row, _ in together]
    joins = frozenset().union(*(themes.meetings(*pair) for pair in together))
    end = half // 2 // TICKS * TICKS if half // 2 // TICKS * TICKS > last else half // 2
    phrases = themes.phrases_of(heads)
    run = max(themes.longest_run(bhari), RUNS["theme"])
    places = themes.places_of(heads, phrases, grid)
    free = Free(half - last, phrases, joins, "", bhari[-n][0], 1, grid, places, run, even=ALIKE["theme"])
    if end <= last or half % 2:
        return replace(free, ticks=0), 0
    free = free if free.count() else replace(free, places=())
    known = (themes.until_ticks(row, free.ticks) for row, _ in rows)
    free = free.without([*((sound,) for sound in free.options() if sound[0] != themes.DHA), *known])
    return free, half - end


def _begins_a_line(
    heard: Row,
    free: Free,
    cut: int,
    again: bool,
    opened: Row,
    joints: Sequence[int],
    n_phrases: int,
    own: Callable[[Row], bool] | None,
) -> bool:
    """Whether what is heard may begin the line of a new theme, and if it is whole, be all before its cadence.

    A phrase of the hand begins at each of `joints`, at `cut` the end does, and no other ends nearer to half of the
    line; the end goes on as the head does where the line begins `again`, else it does not. No run is long, no phrase
    and no two phrases worn and no row of phrases alike too long, in the head twice neither. A whole line has
    `n_phrases` at least, and some phrase goes on with two others; else all that paltas can do is to repeat the head. It
    is `own`.
    """
    whole, head = length(heard) == free.ticks, themes.until_ticks(heard, cut)
    rest = heard[len(head) :]
    parts = (*free.phrases, *((*one, *other) for one, other in permutations(free.phrases, 2)))
    if themes.longest_run(heard) > free.run or worn(heard, parts, len(heard), 0, FRESH):
        return False
    if rest and (length(head) != cut or not themes.begins(rest[0][0]) or (again and rest != head[: len(rest)])):
        return False
    begun = [start for start in joints if whole or start + TICKS < length(heard)]
    if begun and not set(begun) <= set(themes.joints(heard)):
        return False
    if not whole:
        return True
    if own and not own(heard):
        return False
    phrases, joins = themes.phrases_of([(heard, ())]), themes.joins_of(heard)
    follow = [sum((_bols(one)[-1], _bols(other)[0]) in joins for other in phrases) for one in phrases]
    same = head == (*rest, *opened) or (not again and rest == head[: len(rest)])
    new = fresh(head * 2, free.phrases, FRESH) and fresh(heard, parts, FRESH)
    line = (*heard, *opened)
    new = new and max(alike(head * 2), alike(line * 2)) <= free.even and themes.cut_of(line) == cut
    return new and not same and len(phrases) >= n_phrases and max(follow) > 1
