"""Generation in form: from a theme a whole performance, with what is left free chosen by a network or by any function.

A performance is a list of `Segment`: the theme as it is written; the dohra; paltas; a tihai. Rules fix all of it but
the first part of each palta's bhari half, and the phrase of the tihai:

- A palta's half is m times as long as that of the theme at the asked laya (m is the smallest from 2 that makes whole
  avartans, or twice that where it leaves too few paltas). Free is all but its last m-th; there the theme's own half is
  forced, and with it the cadence. The khali half follows by rule: the khali copy of what was chosen, then the theme's
  half, open again where the theme's khali half is open. The dohra is the shortest palta in which nothing is varied.
- A tihai is one phrase three times, its last stroke on sam, in as many avartans and with pauses as the arithmetic
  of `riyaz.tabla.form.solve_tihai` asks for.

Free parts are made of the theme's phrases (`riyaz.tabla.bols.phrases`): no phrase is parted, a stroke keeps the share
of the matra that it has in the theme, so that the laya fixes every subdivision, and two strokes follow each other
only where they do so in the theme or in a known composition, so that the hands can play it. As in the paltas that are
taught, a phrase begins on the beat or off it as it does in the theme, no bol comes more often in a row than `RUNS` says
(or than in the theme), and of the strokes of a palta's free part a share of `APART` is not what the theme has there.
Where so much is asked for that these three leave too little, the last, then the first, then all of them are given up.

How a network plugs in
----------------------
`fill` walks through the performance stroke by stroke and calls ``choose(played, allowed)`` wherever more than one thing
may follow. `played` is all that was played before, forced or chosen, to be fed to the network in this order;
`allowed` is what may follow. Both hold ``(bol, ticks)``, with ``""`` for a rest: in the tokens of `riyaz.text.tokens` a
``d:`` token where the ticks differ from those before, and the bol. The network's probabilities of `allowed`, made to
sum to 1, are the distribution to choose from; what they lacked is what the mask took away. Nothing in `allowed` leads
into a dead end: see `riyaz.tabla.filling`.

A theme is the user's, or one of a corpus, or a new one: `new_theme` lays out its one section in the same way.

References
----------
The rules of kaida, palta and tihai: see `riyaz.tabla.form`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import form, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Free, Row, Sound, events_of, khali_copy, length, sounds
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import Taal

Choose = Callable[[Sequence[Sound], Sequence[Sound]], Sound]

AVARTANS = 4  # at most, of a tihai
TIHAIS = ("any", "pause", "no pause")
RUNS = {"theme": 3, "palta": 4, "tihai": 3}  # times in a row that a bol comes at most; few compositions have more
APART = Fraction(1, 4)  # of the strokes of a palta's free part
BEGINNINGS = (Fraction(1, 4), Fraction(1, 2), Fraction(1))  # of a palta, that no other one has
LANDINGS = ("Dha", "Dhin", "Dhi", "Ta", "Na", "Tin")  # on what a tihai ends, of what the theme has


# The plan ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """One section of a performance.

    Attributes
    ----------
    name : of the section.
    free : what is to be chosen; None where all is fixed.
    forced : what follows it: all of a fixed section, the end of a bhari half, the last stroke of a tihai's phrase.
    back : of a palta or a new theme, what follows the khali copy of what was chosen.
    pause : of a tihai, ticks of rest between its phrases.
    derived : nothing in it is chosen, and it is not the theme.
    """

    name: str
    free: Free | None
    forced: Row
    back: Row = ()
    pause: int = 0
    derived: bool = False

    def play(self, chosen: Row) -> Row:
        """The whole section, with what was chosen."""
        if self.back:
            return (*chosen, *self.forced, *khali_copy(chosen), *self.back)
        if self.free is None:
            return self.forced
        last, step = self.forced[0]
        phrase, pause = (*chosen, *self.forced), (("", step),) * (self.pause // step)
        return (*phrase, *pause, *phrase, *pause, *chosen, (last, TICKS))


def plan(
    theme: Composition,
    n_paltas: int = 4,
    laya: Fraction | int | str | None = None,
    tihai: str = "any",
    known: Iterable[pd.DataFrame] = (),
) -> list[Segment]:
    """Lay out a performance: theme, dohra, paltas, tihai.

    Parameters
    ----------
    theme : a composition with a section ``theme``; its other sections are not looked at.
    laya : strokes a matra of all but the theme, or its name in `riyaz.tabla.form.LAYAS`; None for that of the theme.
    tihai : ``any``, ``pause`` (damdar) or ``no pause`` (bedam).
    known : events of sections, such as the paltas of a training set, that no palta may repeat at any speed.

    Raises
    ------
    themes.Impossible : the theme breaks a rule, or does not allow what is asked; names the nearest that works.
    """
    taal = taals.TAALS[theme.taal]
    section = themes.checked(theme, taal)
    written = form.laya(section.events)
    rate = themes.rate_of(laya, written)
    if theme.form == "rela" and rate < 4:
        raise themes.Impossible(
            f"{theme.title}: a rela has 4 strokes a matra or more, not {rate}; take laya 4, or form: kaida"
        )
    bhari, tail = themes.halves(section, written / rate, theme.title)
    whole = next(m for m in range(2, 99) if 2 * m * length(bhari) % taal.ticks == 0)
    phrases, known = themes.phrases_of([(bhari, tail)]), list(known)
    joins = themes.joins_of([*bhari, *tail, *bhari], *map(sounds, known))
    found = [free for m in (whole, 2 * whole) for free in _paltas(bhari, tail, m, rate, phrases, joins, known)]
    free = next((free for free in found if free.count() >= n_paltas), found[-1])
    names = sorted({bol for phrase in phrases for bol, _ in phrase if bol})
    if len(names) < 2 or free.count() < n_paltas:
        has = f"the theme's {len(phrases)} phrase(s) of {len(names)} bol(s) make {free.count()} new palta(s)"
        remedy = "give a theme of two bols or more" if len(names) < 2 else f"ask for at most {free.count()}"
        raise themes.Impossible(
            f"{theme.title}: {n_paltas} paltas are asked for, {has} at {rate} strokes a matra; {remedy}"
        )
    same, run = bhari * (whole - 1), max(themes.longest_run(bhari * 2), RUNS["tihai"])
    return [
        Segment("theme", None, sounds(section.events)),
        Segment("dohra", None, (*same, *bhari, *khali_copy(same), *tail), derived=True),
        *(Segment(f"palta {k + 1}", free, bhari, tail) for k in range(n_paltas)),
        _tihai(taal, rate, Free(0, phrases, joins, run=run), tihai),
    ]


def _paltas(
    bhari: Row,
    tail: Row,
    m: int,
    rate: Fraction,
    phrases: tuple[Row, ...],
    joins: frozenset[tuple[str, str]],
    known: list[pd.DataFrame],
) -> list[Free]:
    """What is free in a palta whose half is m times that of the theme, with all rules first, then with fewer."""
    same, size = bhari * (m - 1), (m - 1) * length(bhari)
    plain = Free(size, phrases, joins, tail[-1][0], bhari[0][0], -(-m * length(bhari) // 3))
    plain = plain.without([same, *themes.beginnings(known, rate, size)])
    ruled = _bounded(plain, [(bhari, tail)], rate, max(themes.longest_run(bhari * 2), RUNS["palta"]))
    apart = ceil(APART * sum(bool(bol) for bol, _ in same))
    return [replace(ruled, like=same, apart=apart), ruled, replace(ruled, places=()), plain]


def _bounded(free: Free, pairs: Sequence[tuple[Row, Row]], rate: Fraction, run: int) -> Free:
    """The same with phrases where themes have them, of every two strokes, and with so long runs of a bol at most."""
    grid = int(2 * TICKS / rate)
    return replace(free, grid=grid, places=themes.places_of(pairs, free.phrases, grid), run=run)


def _tihai(taal: Taal, rate: Fraction, free: Free, kind: str) -> Segment:
    """The tihai of the fewest avartans, then of the shortest pauses; its phrase has four strokes or more."""
    if kind not in TIHAIS:
        raise themes.Impossible(f"tihai is {kind!r}; it is one of {', '.join(TIHAIS)}")
    names = {bol for phrase in free.phrases for bol, _ in phrase}
    last = next(bol for bol in (*LANDINGS, *sorted(names - {""})) if bol in names)
    step, near = int(TICKS / rate), None
    for avartans in range(1, AVARTANS + 1):
        strokes = taal.matras * avartans * rate
        plans = form.solve_tihai(taal, rate, avartans=avartans) if strokes.denominator == 1 and strokes > 10 else []
        for found in plans:
            phrase = replace(free, ticks=(found.phrase - 1) * step, after=last)
            if 4 <= found.phrase >= found.pause and phrase.count():
                if kind == "any" or (found.pause > 0) == (kind == "pause"):
                    return Segment("tihai", phrase, ((last, step),), pause=found.pause * step)
                near = near or f"{found.phrase} strokes with pauses of {found.pause} in {avartans} avartan(s)"
    asked = "tihai" if kind == "any" else f"tihai with {kind}"
    where = f"1 to {AVARTANS} avartans of {taal.title} at {rate} strokes a matra"
    raise themes.Impossible(f"no {asked} of the theme's phrases fills {where}; nearest: {near or 'another laya'}")


def new_theme(taal: Taal, known: Iterable[pd.DataFrame], laya: Fraction | int | str = 2) -> Segment:
    """Lay out a theme of a taal, made of the phrases of known themes; `fill` and `assemble` make it a composition.

    Its halves end with the cadences that most of the known themes have; what stands before is free, and its khali copy
    stays closed up to the cadence.

    Parameters
    ----------
    known : events of themes; the new one begins like none of them. Those that this laya cannot hold do not count.

    Raises
    ------
    themes.Impossible : known themes make none in this taal.
    """
    rate = themes.rate_of(laya, Fraction(0))
    avartans = next(n for n in range(1, 99) if n * taal.matras * rate % 2 == 0 and n * taal.matras * rate >= 12)
    half = avartans * taal.ticks // 2
    rows: list[tuple[Row, Row]] = []
    for events in known:
        try:
            rows.append(themes.halves(Section("theme", events), form.laya(events) / rate, "known"))
        except ValueError:
            continue
    ends: Counter[tuple[Row, Row]] = Counter()
    for bhari, tail in rows:
        n = themes.cadence(bhari)
        ends[bhari[-n:], tail[-n:]] += 1
    phrases, joins = themes.phrases_of(rows), themes.joins_of(*([*bhari, *tail, *bhari] for bhari, tail in rows))
    for (bhari, tail), _ in sorted(ends.items(), key=lambda item: (-item[1], item[0])):
        size = half - length(bhari)
        free = Free(size, phrases, joins, tail[-1][0], bhari[0][0], -(-half // 3)) if size > 0 else None
        free = free and free.without(row[: themes.until(row, size)] for row, _ in rows)
        for bounded in (_bounded(free, rows, rate, RUNS["theme"]), free) if free else ():
            if bounded.count():
                return Segment("theme", bounded, bhari, tail)
    raise themes.Impossible(
        f"{len(rows)} known themes make no new one in {taal.title} at {rate} strokes a matra; give more"
    )


# The performance -----------------------------------------------------------------------------------------------


def fill(segments: Sequence[Segment], choose: Choose) -> list[Row]:
    """Choose what is free, in the order in which it is played.

    No two segments of one kind come out the same, and each begins as none before it does: in its first quarter, if
    there is such a way, or in its first half.

    Returns
    -------
    What was chosen for each segment, ``()`` where it has nothing free.

    Raises
    ------
    ValueError : `choose` gave what was not allowed.
    """
    played: Row = ()
    filled: list[Row] = []
    for segment in segments:
        row: Row = ()
        if segment.free:
            earlier = [done for other, done in zip(segments, filled, strict=False) if other.free == segment.free]
            free = _apart(segment.free, earlier)
            while length(row) < free.ticks:
                allowed = list(free.options(row))
                sound = choose((*played, *row), allowed) if len(allowed) > 1 else allowed[0]
                if sound not in allowed:
                    raise ValueError(f"{segment.name}: {sound} was chosen; allowed are {allowed}")
                row = (*row, sound)
        filled.append(row)
        played = (*played, *segment.play(row))
    return filled


def _apart(free: Free, earlier: Sequence[Row]) -> Free:
    """What is left without the ways that begin like earlier ones."""
    for share in BEGINNINGS:
        left = free.without(row[: themes.until(row, int(free.ticks * share))] for row in earlier)
        if left.count():
            return left
    return left


def assemble(theme: Composition, segments: Sequence[Segment], filled: Sequence[Row]) -> Composition:
    """Make the composition of a plan and of what was chosen.

    Raises
    ------
    themes.Impossible : it breaks a rule of `riyaz.tabla.form`.
    """
    sections = tuple(
        Section(segment.name, events_of(segment.play(row)), segment.derived)
        for segment, row in zip(segments, filled, strict=True)
    )
    composition = replace(theme, form=theme.form or "kaida", sections=sections)
    broken = next((check for check in form.check(composition) if not check.passed), None)
    if broken:
        raise themes.Impossible(
            f"{theme.title}: {broken.where}: {broken.rule}: {broken.detail}; take another theme or laya"
        )
    return composition
