"""What a performance takes from its theme: the halves at a laya, the phrases, and which strokes follow each other.

A kaida's theme has a bhari half (open bayan) and a khali half (the same with the bayan closed). Near its end the
khali half
returns to bhari. A palta, which is a variation, uses the phrases of the bhari half and of that return.

Fixed: the cadence of each half, and the return to bhari. Free: the order of phrases before them, see
`riyaz.tabla.filling`. Counted here: how often a bol repeats, and where phrases begin relative to the beat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, groupby, pairwise

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import bols, form, taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.filling import Row, Sound, khali_copy, length, opens, sounds
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import Taal

DHA = "Dha"  # the bol with which new themes begin, and on which tihais land


class Impossible(ValueError):
    """The request cannot be played; the message is one line and names the nearest that can."""


def checked(theme: Composition, taal: Taal) -> Section:
    """The section of the theme, without a final stroke on sam. Raises Impossible if it breaks a rule."""
    section = next((s for s in theme.sections if s.name.startswith("theme")), None)
    if section is None or theme.form not in ("", "kaida", "rela"):
        has = f"form {theme.form or '?'} and sections {', '.join(s.name for s in theme.sections)}"
        raise Impossible(f"{theme.title}: has {has}; write form: kaida, and a section [theme]")
    if section.ticks % taal.ticks == TICKS and section.events["duration"].iloc[-1] == TICKS:
        section = replace(section, events=section.events.iloc[:-1])
    alone = replace(theme, form=theme.form or "kaida", sections=(section,))
    broken = next((check for check in form.check(alone) if not check.passed), None)
    if broken:
        where = f"{theme.title}: {section.name} in {taal.title}: {broken.rule}: {broken.detail}"
        raise Impossible(f"{where}; {_remedy(broken.rule, section)}")
    return section


def _remedy(rule: str, section: Section) -> str:
    fits = [t.title for t in taals.TAALS.values() if section.ticks and section.ticks % t.ticks == 0]
    return {
        "whole avartans": f"its length fits {', '.join(fits) or 'no taal'}",
        "khali half": "let the second half repeat the first with the bayan closed, at least for its first third",
        "even subdivision": "write four or more strokes per matra without rests, or form: kaida",
    }.get(rule, "see the rules of its form")


def vibhags(taal: Taal, ticks: int) -> list[int]:
    """The ticks at which vibhags begin, from sam on and before `ticks`."""
    starts = (k * taal.ticks + (start - 1) * TICKS for k in range(ticks // taal.ticks + 1) for start in taal.starts)
    return [start for start in starts if start < ticks]


def khali_on_vibhag(taal: Taal, ticks: int) -> bool:
    """Whether the second half of so many ticks from sam begins where a vibhag of the taal does."""
    return ticks // 2 % taal.ticks in [(start - 1) * TICKS for start in taal.starts] and ticks % 2 == 0


def khali_within(theme: Section, taal: Taal, title: str) -> str:
    """A sentence where khali begins within a vibhag, with the nearest longer half that ends with one; else ""."""
    if khali_on_vibhag(taal, theme.ticks):
        return ""
    half = Fraction(theme.ticks, 2 * TICKS)
    whole = (n for n in range(2, 2 * taal.matras + 1) if khali_on_vibhag(taal, n * theme.ticks))
    longer = next((f"; let the bhari half fill {n * half} matras instead of {half}" for n in whole), "")
    starts = ", ".join(map(str, taal.starts))
    where = f"khali begins on matra {half % taal.matras + 1}, within a vibhag of {taal.title}"
    return f"{title}: {where}, whose vibhags begin on matras {starts}{longer}."


def rate_of(laya: Fraction | int | str | None, written: Fraction) -> Fraction:
    """Strokes per matra of a requested laya; `written` is that of the theme. Raises Impossible."""
    named = {name: rate for rate, name in form.LAYAS.items()}
    if isinstance(laya, str) and laya not in named:
        raise Impossible(f"there is no laya {laya!r}; known: {', '.join(named)}, or strokes per matra")
    rate = written if laya is None else named[laya] if isinstance(laya, str) else Fraction(laya)
    if not 0 < rate <= 16 or (TICKS / rate).denominator != 1:
        raise Impossible(f"laya is {rate} strokes per matra; use a number up to 16 that divides {TICKS}, such as 2")
    return rate


def halves(theme: Section, faster: Fraction, title: str) -> tuple[Row, Row]:
    """The bhari half, and its return to bhari at the end of the khali half; durations times `faster`."""
    half, events = theme.ticks // 2, theme.events
    if half not in [0, *events["onset"]]:
        raise Impossible(
            f"{title}: {theme.name}: a stroke lasts from the bhari into the khali half; begin a new one there"
        )
    if any((int(duration) * faster).denominator != 1 for duration in events["duration"]):
        raise Impossible(f"{title}: {theme.name}: cannot be played {1 / faster} times as fast; use another laya")
    bhari = tuple((bol, int(ticks * faster)) for bol, ticks in sounds(events[events["onset"] < half]))
    second = iter([bol for _, bol in form.halves(events)[1]])
    ends, tail = len(bhari) - cadence(bhari), []
    for i, ((bol, ticks), (closed, _)) in enumerate(zip(bhari, khali_copy(bhari), strict=True)):
        copy = next(second, bol) if bol else ""
        tail.append((bol if copy == closed and i < ends else copy, ticks))
    return bhari, tuple(tail)


def cadence(row: Row) -> int:
    """How many sounds at the end of a row are its cadence, with the rests among them."""
    struck = [i for i, (bol, _) in enumerate(row) if bol]
    n = len(form.cadence([row[i][0] for i in struck]))
    return len(row) - struck[-n] if n else 0


def phrases_of(pairs: Sequence[tuple[Row, Row]]) -> tuple[Row, ...]:
    """What moves as a whole in themes given by `halves`: of bhari halves and of returns, but no khali copies.

    A phrase of `riyaz.tabla.bols.phrases` moves alone, but a single closed stroke stays with what it follows: Dha Ti
    and DhaGe Na, but Dha and TeTe.
    """
    bhari = dict.fromkeys(unit for row, _ in pairs for _, unit in units(row))
    returns = dict.fromkeys(unit for _, tail in pairs for _, unit in units(tail))
    both = dict.fromkeys([*bhari, *returns])
    return tuple(unit for unit in both if not any(unit == khali_copy(other) for other in both if other != unit))


def places_of(pairs: Sequence[tuple[Row, Row]], phrases: Sequence[Row], grid: int) -> tuple[frozenset[int], ...]:
    """For each phrase of two bols or more, where it begins in themes, modulo `grid` ticks; none for single bols."""
    onsets: dict[Row, set[int]] = {phrase: set() for phrase in phrases}
    for row in (row for pair in pairs for row in pair):
        for onset, phrase in units(row):
            if phrase in onsets and sum(bool(bol) for bol, _ in phrase) > 1:
                onsets[phrase].add(onset % grid)
    return tuple(frozenset(onsets[phrase]) for phrase in phrases)


def group_places(line: Row, groups: Sequence[Row], grid: int) -> tuple[frozenset[int], ...]:
    """For each group of a line (`groups_of`), where it begins in it, modulo `grid` ticks."""
    starts = [(onset, line[len(until_ticks(line, onset)) :]) for onset in joints(line)]
    return tuple(frozenset(onset % grid for onset, rest in starts if rest[: len(group)] == group) for group in groups)


def units(row: Row) -> list[tuple[int, Row]]:
    """The phrases of a row with their onsets; a single stroke that khali does not close belongs to what it follows."""
    moved: list[tuple[int, Row]] = []
    for onset, phrase in _with_onsets(row):
        if moved and sum(bool(bol) for bol, _ in phrase) == 1 and not opens(_first(phrase)):
            moved[-1] = (moved[-1][0], (*moved[-1][1], *phrase))
        else:
            moved.append((onset, phrase))
    return moved


def _with_onsets(row: Row) -> list[tuple[int, Row]]:
    """The phrases of a row, each with its onset; a rest belongs to the stroke before it."""
    struck = [i for i, (bol, _) in enumerate(row) if bol]
    ends = [*struck[1:], len(row)]
    phrases, cut = [], 0
    for names in bols.phrases([row[i][0] for i in struck]):
        start, stop = (0 if cut == 0 else struck[cut]), ends[cut + len(names) - 1]
        phrases.append((sum(ticks for _, ticks in row[:start]), row[start:stop]))
        cut += len(names)
    return phrases


def longest_run(row: Sequence[Sound]) -> int:
    """Length of the longest run of one bol; 0 without strokes."""
    return max((len(list(same)) for _, same in groupby(bol for bol, _ in row if bol)), default=0)


def cut_of(bhari: Row) -> int:
    """Ticks of the head of a theme's line: what stands before its end.

    The end is the second half of the line, or less of it where no phrase begins there, but all of the cadence. A
    closed stroke stays with what it follows (`joints`).
    """
    starts = joints(bhari)
    total, last = length(bhari), length(bhari[: len(bhari) - cadence(bhari)])
    return next((onset for onset in starts if 2 * onset >= total and onset <= last), last)


def groups_of(bhari: Row) -> tuple[Row, ...]:
    """The groups of a line before its cadence: each goes from where the bayan opens to where it opens again.

    ``Dha Te Te Dha Te Te Dha Dha Te Te Dha Ge Ti Na Ke Na`` has Dha Te Te, Dha Dha and Dha Dha Te Te: a line is grouped
    with its end and without it.
    """
    rows = [bhari[: len(bhari) - cadence(bhari)], until_ticks(bhari, cut_of(bhari))]
    groups: dict[Row, None] = {}
    for row in rows:
        group: Row = ()
        for _, phrase in _with_onsets(row):
            if group and opens(_first(phrase)) and not opens(_first(_with_onsets(group)[-1][1])):
                groups[group], group = None, ()
            group = (*group, *phrase)
        if row is not rows[0] and group:
            groups[group] = None
    return tuple(group for group in groups if sum(bool(bol) for bol, _ in group) > 1)


def _first(phrase: Row) -> Sound:
    return next((sound for sound in phrase if sound[0]), phrase[0])


def until_ticks(row: Row, ticks: int) -> Row:
    """The sounds of a row that begin before a time."""
    starts = accumulate((t for _, t in row), initial=0)
    return tuple(sound for sound, start in zip(row, starts, strict=False) if start < ticks)


def joints(row: Row) -> list[int]:
    """The onsets at which a row may be parted, in ticks: a closed stroke stays with what it follows."""
    return [onset for onset, _ in units(row)]


def other_phrases(one: Row, other: Row) -> bool:
    """Whether the phrases of one row are not those of the other in another order."""
    return sorted(phrase for _, phrase in units(one)) != sorted(phrase for _, phrase in units(other))


def begins(bol: str) -> bool:
    """Whether a palta may begin with a bol, after a silent sam too: both hands, or a closed stroke of the dayan.

    Of 76 taught paltas one begins with the bayan alone, and none with an open stroke of the dayan alone. A rest, "",
    is no bol to begin with.
    """
    return bol in BOLS and (BOLS[bol].hands == "both" or BOLS[bol].right == "te")


def beginnings(row: Row) -> list[int]:
    """The joints of a row at which a tihai may begin: not with the row's cadence, which ends the line before.

    It begins as a palta does (`begins`), so that no phrase of the hand is cut in two; in a row without such a joint,
    at any other.
    """
    end = row[len(row) - cadence(row) :]
    rests = [(onset, row[len(until_ticks(row, onset)) :]) for onset in joints(row)]
    other = [(onset, rest) for onset, rest in rests if rest[: len(end)] != end]
    return [onset for onset, rest in other if begins(rest[0][0])] or [onset for onset, _ in other]


def practised(known: Iterable[pd.DataFrame], rate: Fraction, phrases: Sequence[Row]) -> frozenset[tuple[str, str]]:
    """The joins that known sections of a form have at the density that these phrases need.

    A join counts where its strokes stand no further apart in a known section, at its own laya, than the last stroke of
    a phrase is long here: what is documented slow is not played fast. Two strokes that are a phrase of their own, such
    as Ge Ge, are a join only where it is one of these phrases: they would be heard as it.
    """
    gaps: dict[str, int] = {}
    for phrase in phrases:
        bol, ticks = phrase[-1]
        if bol:
            gaps[bol] = min(gaps.get(bol, ticks), ticks)
    other = set(bols.PHRASES) - {tuple(bol for bol, _ in phrase) for phrase in phrases}
    joins = set()
    for events in known:
        faster = form.laya(events) / rate
        for (bol, ticks), (after, _) in pairwise(sounds(events)):
            if bol and after and (bol, after) not in other and ticks * faster <= gaps.get(bol, 0):
                joins.add((bol, after))
    return frozenset(joins)


def joins_of(*rows: Sequence[Sound]) -> frozenset[tuple[str, str]]:
    """The pairs of strokes that follow each other, ignoring rests."""
    return frozenset(pair for row in rows for pair in pairwise([bol for bol, _ in row if bol]))


def meetings(line: Row, opened: Row) -> frozenset[tuple[str, str]]:
    """The pairs of strokes at which phrases may meet: those of a line and its return, but none within a cadence."""
    rows, n = (line, opened), cadence(line)
    struck = [[sound for sound in row if sound[0]] for row in (*rows, line)]
    back = ((row[-1], struck[-1][0]) for row in struck[:-1] if row)
    return joins_of(*(row[: len(row) - n + 1] for row in rows), *back)
