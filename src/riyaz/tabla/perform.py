"""Generation in form: from a theme to a whole performance, with the free parts chosen by a network or any function.

Terms
-----
- kaida: a theme and its variations, which use only the bols of the theme.
- bhari and khali half: a theme is played twice, first with an open bayan, then with a closed one.
- dohra: the theme with its halves repeated; nothing is varied.
- palta: a variation; it rearranges the phrases of the theme.
- tihai: a phrase played three times; its last stroke falls on sam.

A performance is a list of `Segment`: theme, dohra, paltas, tihai.

What is fixed
-------------
- The theme and the dohra.
- The length of a palta's half: m times that of the theme at the requested laya. m is the smallest number from 2
  that gives
  whole avartans, or twice that number if the first gives too few paltas. The last m-th is the half of the theme
  itself, with
  its cadence.
- The khali half of a palta: the khali copy of the bhari half, then the return to bhari as in the theme.
- The length of the tihai and its pauses: see `riyaz.tabla.form.solve_tihai`.

What is free
------------
The beginning of the bhari half of each palta, and the phrase of the tihai, within these rules:

1. Only whole phrases of the theme (`riyaz.tabla.bols.phrases`), each stroke with its share of the matra in the theme.
2. Two strokes follow each other only if they do so in the theme or in a known composition, so that the hands can
   play them.
3. A phrase begins on or off the beat as it does in the theme.
4. A bol has at most `RUNS` consecutive repeats, or as many as in the theme.
5. A share of at least `MIN_DIFFERENT` of the strokes in the free part of a palta differs from the theme.

If too few paltas satisfy all rules, rule 5 is dropped, then rule 3, then rule 4.

What is counted
---------------
`riyaz.tabla.filling` counts the ways to complete a free part, so that no choice leads to a dead end, and so that a
request
for more paltas than exist is refused with the number that exists.

How a network chooses
---------------------
`fill` goes through the performance stroke by stroke and calls ``choose(played, allowed)`` wherever more than one
sound may
follow. `played` has all sounds so far, fixed or chosen, in order; `allowed` has the sounds that may follow. Both
contain
``(bol, ticks)``, with ``""`` for a rest: in the tokens of `riyaz.text.tokens` a ``d:`` token where the ticks
change, and the
bol. The network's probabilities of `allowed`, normalised to sum to 1, are the distribution to choose from.

The theme comes from the user or a corpus, or `new_theme` plans one.

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

AVARTANS = 4  # maximum length of a tihai
TIHAIS = ("any", "pause", "no pause")
RUNS = {"theme": 3, "palta": 4, "tihai": 3}  # at most so many consecutive repeats of a bol; few compositions have more
MIN_DIFFERENT = Fraction(1, 4)  # at least, of the strokes in the free part of a palta
BEGINNINGS = (
    Fraction(1, 4),
    Fraction(1, 2),
    Fraction(1),
)  # no two paltas have the same beginning; shortest share first
LANDINGS = ("Dha", "Dhin", "Dhi", "Ta", "Na", "Tin")  # the last bol of a tihai: the first of these that the theme has


# The plan ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """One section of a performance.

    Attributes
    ----------
    name : name of the section.
    free : the part to choose; None if all is fixed.
    fixed : what follows it: a whole fixed section, the end of a bhari half, or the last stroke of a tihai's phrase.
    back : in a palta or a new theme, what follows the khali copy of the chosen part.
    pause : in a tihai, ticks of rest between its phrases.
    derived : nothing is chosen, and it is not the theme.
    """

    name: str
    free: Free | None
    fixed: Row
    back: Row = ()
    pause: int = 0
    derived: bool = False

    def play(self, chosen: Row) -> Row:
        """The whole section, given the chosen sounds."""
        if self.back:
            return (*chosen, *self.fixed, *khali_copy(chosen), *self.back)
        if self.free is None:
            return self.fixed
        last, step = self.fixed[0]
        phrase, pause = (*chosen, *self.fixed), (("", step),) * (self.pause // step)
        return (*phrase, *pause, *phrase, *pause, *chosen, (last, TICKS))


def plan(
    theme: Composition,
    n_paltas: int = 4,
    laya: Fraction | int | str | None = None,
    tihai: str = "any",
    known: Iterable[pd.DataFrame] = (),
) -> list[Segment]:
    """Plan a performance: theme, dohra, paltas, tihai.

    Parameters
    ----------
    theme : a composition with a section ``theme``; other sections are ignored.
    laya : strokes per matra, except in the theme, or its name in `riyaz.tabla.form.LAYAS`; None: as in the theme.
    tihai : ``any``, ``pause`` (damdar) or ``no pause`` (bedam).
    known : events of sections, such as the paltas of a training set, that no palta may repeat at any speed.

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
    bhari, tail = themes.halves(section, written / rate, theme.title)
    whole = next(m for m in range(2, 99) if 2 * m * length(bhari) % taal.ticks == 0)
    phrases, known = themes.phrases_of([(bhari, tail)]), list(known)
    joins = themes.joins_of([*bhari, *tail, *bhari], *map(sounds, known))
    choices = [free for m in (whole, 2 * whole) for free in _paltas(bhari, tail, m, rate, phrases, joins, known)]
    free = next((free for free in choices if free.count() >= n_paltas), choices[-1])
    names = sorted({bol for phrase in phrases for bol, _ in phrase if bol})
    if len(names) < 2 or free.count() < n_paltas:
        has = f"the theme's {len(phrases)} phrase(s) of {len(names)} bol(s) make {free.count()} new palta(s)"
        remedy = "give a theme of two bols or more" if len(names) < 2 else f"ask for at most {free.count()}"
        raise themes.Impossible(
            f"{theme.title}: {n_paltas} paltas were requested, but {has} at {rate} strokes per matra; {remedy}"
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
    """The free part of a palta whose half is m times as long as the theme's; first with all rules, then with fewer."""
    same, size = bhari * (m - 1), (m - 1) * length(bhari)
    plain = Free(size, phrases, joins, tail[-1][0], bhari[0][0], -(-m * length(bhari) // 3))
    plain = plain.without([same, *themes.beginnings(known, rate, size)])
    ruled = _bounded(plain, [(bhari, tail)], rate, max(themes.longest_run(bhari * 2), RUNS["palta"]))
    n_different = ceil(MIN_DIFFERENT * sum(bool(bol) for bol, _ in same))
    return [replace(ruled, reference=same, n_different=n_different), ruled, replace(ruled, places=()), plain]


def _bounded(free: Free, pairs: Sequence[tuple[Row, Row]], rate: Fraction, run: int) -> Free:
    """The same, but phrases begin where they do in themes, and a bol has at most `run` consecutive repeats."""
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
        for solution in plans:
            phrase = replace(free, ticks=(solution.phrase - 1) * step, after=last)
            if 4 <= solution.phrase >= solution.pause and phrase.count():
                if kind == "any" or (solution.pause > 0) == (kind == "pause"):
                    return Segment("tihai", phrase, ((last, step),), pause=solution.pause * step)
                near = near or f"{solution.phrase} strokes with pauses of {solution.pause} in {avartans} avartan(s)"
    asked = "tihai" if kind == "any" else f"tihai with {kind}"
    where = f"1 to {AVARTANS} avartans of {taal.title} at {rate} strokes per matra"
    raise themes.Impossible(f"no {asked} of the theme's phrases fills {where}; nearest: {near or 'another laya'}")


def new_theme(taal: Taal, known: Iterable[pd.DataFrame], laya: Fraction | int | str = 2) -> Segment:
    """Plan a theme in a taal from the phrases of known themes; `fill` and `assemble` make it a composition.

    Its halves end with the most frequent cadences of the known themes; the rest is free, and its khali copy
    remains closed up to the cadence.

    Parameters
    ----------
    known : events of themes; the new one begins differently from all of them. Themes that do not fit this laya are
      ignored.

    Raises
    ------
    themes.Impossible : the known themes give none in this taal.
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
        f"{len(rows)} known themes give no new theme in {taal.title} at {rate} strokes per matra; provide more themes"
    )


# The performance -----------------------------------------------------------------------------------------------


def fill(segments: Sequence[Segment], choose: Choose) -> list[Row]:
    """Choose the free parts, in the order in which they are played.

    Segments of the same kind differ from each other: in their first quarter if possible, else in their first half, else
    anywhere.

    Returns
    -------
    The chosen sounds of each segment; ``()`` if nothing is free.

    Raises
    ------
    ValueError : `choose` returned a sound that is not allowed.
    """
    played: Row = ()
    filled: list[Row] = []
    for segment in segments:
        row: Row = ()
        if segment.free:
            earlier = [done for other, done in zip(segments, filled, strict=False) if other.free == segment.free]
            free = _distinct(segment.free, earlier)
            while length(row) < free.ticks:
                allowed = list(free.options(row))
                sound = choose((*played, *row), allowed) if len(allowed) > 1 else allowed[0]
                if sound not in allowed:
                    raise ValueError(f"{segment.name}: {sound} was chosen; allowed are {allowed}")
                row = (*row, sound)
        filled.append(row)
        played = (*played, *segment.play(row))
    return filled


def _distinct(free: Free, earlier: Sequence[Row]) -> Free:
    """The same without the ways that begin like earlier ones."""
    for share in BEGINNINGS:
        left = free.without(row[: themes.until(row, int(free.ticks * share))] for row in earlier)
        if left.count():
            return left
    return left


def assemble(theme: Composition, segments: Sequence[Segment], filled: Sequence[Row]) -> Composition:
    """Make the composition from a plan and the chosen sounds.

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
            f"{theme.title}: {broken.where}: {broken.rule}: {broken.detail}; use another theme or laya"
        )
    return composition
