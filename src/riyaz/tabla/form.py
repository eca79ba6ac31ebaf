"""Form: the sections of a composition, and the rules that its lengths and strokes must satisfy.

Time is counted from sam, in ticks. A *cycle* here is what a theme or a palta fills: whole avartans whose second
half is the khali copy of the first. The copy closes (`riyaz.tabla.bols.khali`) for at least the first third of
that half and may return to bhari after it; that is how a kaida ends its first half closed (Ti Na Ke Na) and its
last quarter open (Dhi Na Ge Na). Stroke by stroke both halves are the same once closed, but that in the last
third of each, where the cadence stands, Ti, Tin, Ten and Tu are one (Tu Na Ke Na opens to Dhi Na Ge Na).

A *peshkar* has cycles too, but may add strokes to those of its theme and change its cadence; it is not fast. A *mohra*
is a tukda of at most `MOHRA` avartans (D. Courtney, The cadenza in North Indian tabla, Percussive Notes 32, 1994). A
*gat*, a *paran* and a *laggi* fill whole avartans; they may end in a tihai or not.

Tihais are found and solved in `riyaz.tabla.tihai`, whose names stand here too.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import bols, taals
from riyaz.tabla.bols import khali
from riyaz.tabla.dialect import THEMED
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import Taal
from riyaz.tabla.tihai import Plan, Stroke, Tihai, solve_tihai, strokes, tihais

__all__ = [
    "Check",
    "Line",
    "Plan",
    "Tihai",
    "between",
    "cadence",
    "cadences",
    "check",
    "check_events",
    "halves",
    "khali",
    "labels",
    "laya",
    "solve_tihai",
    "strokes",
    "tihais",
]

CLOSED = Fraction(1, 3)  # of the khali half, at least
LAYAS = {Fraction(1): "thah", Fraction(3, 2): "aad", Fraction(2): "dugun", Fraction(3): "tigun", Fraction(4): "chaugun"}
TIHAI_FORMS = ("tihai", "tukda", "chakradar", "mohra")  # forms that end in a tihai
MOHRA = 3  # avartans of a mohra at most

RINGING = {"Ti", "Tin", "Ten", "Tu"}  # what a Dhi, Dhin, Dhen or Dhun of a cadence may be when closed


@dataclass(frozen=True)
class Check:
    """One rule put to one place.

    Attributes
    ----------
    rule : its name, the same for all compositions.
    passed : whether it holds.
    where : section, and avartan where it matters; empty for the whole.
    detail : what was found.
    at : the strokes of the section that break it, counted from 0; empty where it is no matter of single strokes.
    """

    rule: str
    passed: bool
    where: str
    detail: str
    at: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """One vibhag of a composition, labelled: its letters, one a phrase, and the bols of each phrase."""

    section: str
    avartan: int
    vibhag: int
    letters: tuple[str, ...]
    bols: tuple[tuple[str, ...], ...]


# What is struck ------------------------------------------------------------------------------------------------


def laya(events: pd.DataFrame) -> Fraction:
    """Measure the laya: strokes per matra at the duration that fills most time; 0 for no strokes."""
    time: Counter[int] = Counter()
    for duration, symbols in zip(events["duration"], events["symbols"], strict=True):
        time[int(duration)] += int(duration) if symbols else 0
    longest = max(time, key=lambda duration: (time[duration], duration), default=0)
    return Fraction(TICKS, longest) if time[longest] else Fraction(0)


def halves(events: pd.DataFrame) -> tuple[list[Stroke], list[Stroke]]:
    """The strokes of both halves, each counted from its own start; a stroke on the border begins the second."""
    half = int(events["duration"].sum()) // 2
    struck = strokes(events)
    return [s for s in struck if s[0] < half], [(t - half, bol) for t, bol in struck if t >= half]


def cadence(row: Sequence[str]) -> tuple[str, ...]:
    """The phrase that some bols end with: the longest of `bols.PHRASES`, else the last two; fewer where there are."""
    known = [phrase for phrase in bols.PHRASES if tuple(row[-len(phrase) :]) == phrase]
    return max(known, key=len, default=tuple(row[-2:]))


def cadences(events: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the bhari and the khali half end."""
    bhari, second = halves(events)
    return cadence([bol for _, bol in bhari]), cadence([bol for _, bol in second])


# Phrases labelled ----------------------------------------------------------------------------------------------


def labels(composition: Composition) -> list[Line]:
    """Letter the phrases, as the lecture writes A B C B beside its composition.

    A phrase is a vibhag at one stroke a matra, half a vibhag at two, and so on with the measured laya; equal phrases
    have the same letter wherever they stand in the composition, at whatever speed they are played.
    """
    taal = taals.TAALS[composition.taal]
    seen: dict[tuple[tuple[Fraction, str], ...], str] = {}
    lines = []
    for section, events in composition.joined():
        rate = max(laya(events), Fraction(1))
        struck, length = strokes(events), int(events["duration"].sum())
        for number, (start, size) in enumerate(_vibhags(taal, length)):
            phrases = _cut(struck, start, size, rate)
            for phrase in phrases:
                seen.setdefault(phrase, _letter(len(seen)))
            lines.append(
                Line(
                    section.name,
                    number // len(taal.vibhags) + 1,
                    number % len(taal.vibhags) + 1,
                    tuple(seen[phrase] for phrase in phrases),
                    tuple(tuple(bol for _, bol in phrase) for phrase in phrases),
                )
            )
    return lines


def _vibhags(taal: Taal, length: int) -> list[tuple[int, int]]:
    """Start and size in ticks of each whole vibhag within a length."""
    sizes = [size * TICKS for size in taal.vibhags] * (length // taal.ticks + 1)
    starts = np.cumsum([0, *sizes]).tolist()
    return [(start, size) for start, size in zip(starts, sizes, strict=False) if start + size <= length]


def _cut(struck: list[Stroke], start: int, size: int, rate: Fraction) -> list[tuple[tuple[Fraction, str], ...]]:
    """Cut a vibhag into as many phrases as its laya makes of it; each is (place in strokes, bol)."""
    n = rate.numerator if rate.denominator == 1 and size % rate.numerator == 0 else 1
    ends = [start + size * i // n for i in range(n + 1)]
    return [tuple(((t - a) * rate / TICKS, bol) for t, bol in struck if a <= t < b) for a, b in pairwise(ends)]


def _letter(number: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


# Checks --------------------------------------------------------------------------------------------------------


def check(composition: Composition) -> list[Check]:
    """Put every rule of its form to a composition, section by section."""
    taal = taals.TAALS[composition.taal]
    theme = next((s for s in composition.sections if s.name.startswith("theme")), None)
    checks = [_avartans(section.events, taal, section.name) for section in composition.sections]
    for section in composition.sections:
        kind = _kind(section, composition.form)
        if kind in ("theme", "dohra", "palta"):
            checks.append(_khali_half(section.events, section.name))
            if theme and section is not theme and composition.form != "peshkar":
                checks.append(_within(section.events, theme.events, section.name))
                checks.append(_cadence(section.events, theme.events, section.name))
            if composition.form == "rela":
                checks.append(_even(section.events, section.name))
        elif kind in TIHAI_FORMS:
            checks.append(_lands(section.events, taal, section.name))
            checks.append(_ends_in_tihai(section.events, taal, section.name, kind == "chakradar"))
            if theme and composition.form in ("kaida", "rela"):
                checks.append(_within(section.events, theme.events, section.name, landing="Dha"))
        elif kind == "mukhda":
            checks.append(_lands(section.events, taal, section.name))
        if kind == "mohra":
            checks.append(_short(section.events, taal, section.name))
    if composition.form == "peshkar" and composition.laya:
        checks.append(Check("no fast laya", composition.laya != "drut", "", composition.laya))
    return checks


def by_rule(
    groups: Mapping[str, Sequence[Composition]], rules: Callable[[Composition], list[Check]] = check
) -> pd.DataFrame:
    """Every check of every composition: a row a check, with group, rule and passed; `rules` gives the checks of one."""
    rows = [(group, one.rule, one.passed) for group, works in groups.items() for work in works for one in rules(work)]
    return pd.DataFrame(rows, columns=["group", "rule", "passed"])


def in_words(checks: pd.DataFrame) -> pd.DataFrame:
    """From `by_rule`, rule by group: such as ``99.6% of 236``; empty where a group has no such check."""
    shares = checks.groupby(["rule", "group"], sort=False)["passed"].agg(["mean", "size"])
    words = shares.apply(lambda row: f"{row['mean']:.1%} of {row['size']:,.0f}", axis=1)
    return words.unstack()[list(dict.fromkeys(checks["group"]))].fillna("") if len(checks) else pd.DataFrame()


def check_events(
    events: pd.DataFrame, taal: Taal, form: str | None = None, theme: pd.DataFrame | None = None
) -> list[Check]:
    """Put the rules to a stream of events without sections, such as a generated one.

    Parameters
    ----------
    form : what rules there are beside whole avartans: ``kaida``, ``rela`` and ``peshkar`` are cut into cycles, each
        with its khali half; the first two end in a tihai like a tukda, a mohra, a chakradar and a tihai; these and a
        mukhda land on sam.
    theme : events; the bols are checked against those of it, but in a peshkar.
    """
    checks = [_avartans(events, taal, "")]
    result = [t for t in tihais(events, taal) if t.end == strokes(events)[-1][0]]
    before = between(events, 0, result[0].onsets[0]) if result else events
    if form in ("kaida", "rela", "mukhda", *TIHAI_FORMS):
        checks.append(_lands(events, taal, ""))
    if theme is not None and form != "peshkar":
        checks.append(_within(events, theme, "", landing="Dha"))
    if form in THEMED:
        checks += _cycles(before, taal)
    if form == "rela":
        checks.append(_even(before, ""))
    if form in ("kaida", "rela", *TIHAI_FORMS):
        checks.append(_ends_in_tihai(events, taal, "", form == "chakradar"))
    if form == "mohra":
        checks.append(_short(events, taal, ""))
    return checks


def _kind(section: Section, form: str) -> str:
    """What a section is held to: its first word in a form with a theme, elsewhere the form of the composition."""
    word = section.name.split()[0].lower()
    if word in ("tihai", "chakradar", "theka"):
        return word
    if form in THEMED:
        return word if word in ("theme", "dohra", "palta") else ""
    return form if form in (*TIHAI_FORMS, "mukhda") else ""


def _avartans(events: pd.DataFrame, taal: Taal, where: str) -> Check:
    length = int(events["duration"].sum())
    over = length % taal.ticks
    landing = over == TICKS and bool(len(events)) and bool(events["symbols"].iloc[-1])
    landing = landing and int(events["duration"].iloc[-1]) == TICKS
    n, beats = length // taal.ticks, Fraction(over, TICKS)
    if over == 0 or landing:
        detail = f"{n} avartan{'s' * (n != 1)}" + (" and the sam" if landing else "")
    else:
        lack = taal.matras - beats
        detail = f"{n} avartans and {beats} of {taal.matras} matras; {lack} {'is' if lack == 1 else 'are'} missing"
    return Check("whole avartans", length > 0 and (over == 0 or landing), where, detail)


def _lands(events: pd.DataFrame, taal: Taal, where: str) -> Check:
    struck = strokes(events)
    onset = struck[-1][0] if struck else 0
    matra = Fraction(onset % taal.ticks, TICKS) + 1
    passed = bool(struck) and onset > 0 and onset % taal.ticks == 0
    return Check("lands on sam", passed, where, f"the last stroke is on matra {matra}" if struck else "no strokes")


def _short(events: pd.DataFrame, taal: Taal, where: str) -> Check:
    avartans = int(events["duration"].sum()) // taal.ticks
    return Check("short", avartans <= MOHRA, where, f"{avartans} avartans, at most {MOHRA}")


def _khali_half(events: pd.DataFrame, where: str) -> Check:
    rule = "khali half"
    bhari, second = halves(events)
    if int(events["duration"].sum()) % 2 or [t for t, _ in bhari] != [t for t, _ in second]:
        return Check(rule, False, where, "the halves differ in rhythm")
    if not bhari:
        return Check(rule, False, where, "no strokes")
    first, copy = [bol for _, bol in bhari], [bol for _, bol in second]
    closed = khali(first)
    half = int(events["duration"].sum()) // 2
    ends = [3 * t >= 2 * half for t, _ in bhari]
    wrong = [i for i, (a, b) in enumerate(zip(closed, khali(copy), strict=True)) if not _alike(a, b, ends[i])]
    if wrong:
        i = wrong[0]
        at = tuple(len(first) + number for number in wrong)
        return Check(rule, False, where, f"stroke {i + 1}: {copy[i]} is neither {first[i]} nor {closed[i]}", at)
    opened = next((t for (t, bol), shut in zip(second, closed, strict=True) if bol != shut), None)
    must = [bol for t, bol in bhari if t < half * CLOSED]
    if opened is not None and opened < half * CLOSED:
        early = [i for i, (t, bol) in enumerate(second) if t < half * CLOSED and bol != closed[i]]
        at = tuple(len(first) + i for i in early)
        return Check(rule, False, where, f"bhari again after {Fraction(opened, TICKS)} matras", at)
    return Check(rule, khali(must) != must, where, "closed, then open" if opened is not None else "closed throughout")


def _alike(closed: str, other: str, cadence: bool) -> bool:
    return closed == other or (cadence and {closed, other} <= RINGING)


def _within(events: pd.DataFrame, theme: pd.DataFrame, where: str, landing: str = "") -> Check:
    known = [landing, *(bol for _, bol in strokes(theme))]
    known += khali(known)
    struck = [bol for _, bol in strokes(events)]
    strange = sorted(set(struck) - set(known))
    at = tuple(i for i, bol in enumerate(struck) if bol in strange)
    detail = f"not in the theme: {' '.join(strange)}" if strange else ""
    return Check("bols of the theme", not strange, where, detail, at)


def _cadence(events: pd.DataFrame, theme: pd.DataFrame, where: str) -> Check:
    ends, ought = cadences(events), cadences(theme)
    both, stops = halves(events), np.cumsum([len(half) for half in halves(events)]).tolist()
    wrong = [(stop, len(half)) for stop, half, end, goal in zip(stops, both, ends, ought, strict=True) if end != goal]
    at = tuple(i for stop, size in wrong for i in range(stop - min(size, 4), stop))
    return Check("cadence", ends == ought, where, " / ".join(" ".join(phrase) for phrase in ends), at)


def _even(events: pd.DataFrame, where: str) -> Check:
    durations, rests = set(events["duration"]), int((events["symbols"].str.len() == 0).sum())
    passed = len(durations) == 1 and not rests and laya(events) >= 4
    return Check("even subdivision", passed, where, f"{laya(events)} strokes per matra, {rests} rests")


def _ends_in_tihai(events: pd.DataFrame, taal: Taal, where: str, chakradar: bool) -> Check:
    struck = strokes(events)
    result = [t for t in tihais(events, taal) if struck and t.end == struck[-1][0]]
    rule = "chakradar" if chakradar else "tihai"
    if not result:
        return Check(rule, False, where, "no phrase three times with equal pauses up to the last sam")
    size, pause = len(result[0].phrase), Fraction(result[0].pause, TICKS)
    detail = f"3 times {size} strokes, pauses of {pause} matras" + ", each with a tihai" * result[0].chakradar
    return Check(rule, result[0].chakradar or not chakradar, where, detail)


def _cycles(events: pd.DataFrame, taal: Taal) -> list[Check]:
    """Cut whole avartans into cycles of one to four, as they pass; what is left over leads into a tihai."""
    stop = int(events["duration"].sum()) // taal.ticks
    checks, avartan = [], 0
    while avartan < stop:
        tries = [
            (n, _khali_half(between(events, avartan * taal.ticks, n * taal.ticks), f"avartan {avartan + 1}"))
            for n in (1, 2, 3, 4)
            if avartan + n <= stop
        ]
        n, result = next((attempt for attempt in tries if attempt[1].passed), tries[0])
        checks.append(result)
        avartan += n
    return checks


def between(events: pd.DataFrame, start: int, length: int) -> pd.DataFrame:
    """The events that start in a stretch of time, counted from its start."""
    inside = events[(events["onset"] >= start) & (events["onset"] < start + length)].reset_index(drop=True)
    return inside.assign(onset=inside["onset"] - start)
