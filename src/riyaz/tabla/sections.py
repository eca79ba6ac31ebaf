"""Which rows of bols are sections: some only name the section below them, and numbered rows may be one each."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from riyaz.music.events import Unreadable
from riyaz.tabla import dialect, headings, layout, taals, tables
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Reading, Slots, whole
from riyaz.tabla.spelling import strokes

Span = tuple[headings.Head, int, int]  # a section's heading, its first row and the row after its last
Parts = Mapping[str, Sequence[layout.Item]]
_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s")


class How(NamedTuple):
    """What is known of a text before its bols are placed, as `dialect.settle` takes it."""

    taal: taals.Taal
    given: Mapping[str, str]
    place: Place
    form: str
    speeds: Mapping[str, Fraction]


class Settled(NamedTuple):
    """Sections, their items, the reading that fits and the slots of each."""

    spans: list[Span]
    parts: Parts
    reading: Reading
    slots: dict[str, Slots]

    def whole(self, taal: taals.Taal) -> bool:
        """Whether all sections are whole avartans."""
        return whole(self.slots, taal)


def settled(spans: list[Span], parts: Parts, how: How) -> Settled:
    """The sections as they are headed, with the reading that fits.

    Raises
    ------
    Unreadable : no reading fits, or two do.
    """
    return Settled(spans, parts, *dialect.settle(parts, *how))


def typed(spans: list[Span], parts: Parts, how: How, rows: Sequence[str]) -> Settled:
    """The sections of a typed text: without bols that are only a name, and parted at numbers where that gives avartans.

    Raises
    ------
    Unreadable : no reading fits, or two do; the first row may be a name or bols.
    """
    names = [head.name for head, _, _ in spans]
    if len(spans) > 1 and _begins(parts[names[0]], parts[names[1]], how.taal):  # bols as a title
        result = settled(spans[1:], {name: parts[name] for name in names[1:]}, how)
        result = result if result.whole(how.taal) else settled(spans, parts, how)
    else:
        result = settled(spans, _unnamed(names[0], parts, how), how)
    if not result.whole(how.taal) and (apart := _by_numbers(result.spans, result.parts, rows)):
        numbered = {head.name: items for (head, _, _), items in apart}
        if _is_whole(numbered, how):
            return settled([span for span, _ in apart], numbered, how)
    return result


def _unnamed(first: str, parts: Parts, how: How) -> Parts:
    """Items without the first row where it is the first bols of the next, and only without it avartans are whole.

    Raises
    ------
    Unreadable : they are whole with it and without it, and a gap follows it.
    """
    title = _first_row(parts[first])
    rest = parts[first][title:]
    others = {**parts, first: rest}
    if not title or not _is_whole(others, how):
        return parts
    if not _is_whole(parts, how):
        return others
    if rest[0].place.line - parts[first][0].place.line > 1 and not how.given:
        rest[0].place.stop("the bols above may be a name for these or a row of them", "leave them out, or the gap")
    return parts


def _begins(first: Sequence[layout.Item], second: Sequence[layout.Item], taal: taals.Taal) -> bool:
    """Whether a section is the first bols of the next one and less than a quarter of an avartan: its name."""
    names = [[bol for item in items if item.kind == "word" for bol in strokes(item.text)] for items in (first, second)]
    short = 0 < len(first) * 4 < taal.matras and all(item.kind == "word" for item in first)
    return short and len(names[0]) < len(names[1]) and names[0] == names[1][: len(names[0])]


def _first_row(items: Sequence[layout.Item]) -> int:
    """How many items the first row has, if it is the first bols of the row below it and no more; else 0."""
    lines = list(dict.fromkeys(item.place.line for item in items))
    if len(lines) < 2 or not all(strokes(item.text) for item in items if item.kind == "word"):
        return 0
    first, second = (
        [bol for item in items if item.place.line == line and item.kind == "word" for bol in strokes(item.text)]
        for line in lines[:2]
    )
    size = sum(item.place.line == lines[0] for item in items)
    return size if 0 < len(first) < len(second) and first == second[: len(first)] else 0


def _by_numbers(heads: Sequence[Span], parts: Parts, rows: Sequence[str]) -> list[tuple[Span, list[layout.Item]]]:
    """Sections, those whose rows are numbered from 1 parted at the numbers; nothing where none is."""
    result, parted = list[tuple[Span, list[layout.Item]]](), False
    for head, first, last in heads:
        items = list(parts[head.name])
        numbers = {n: int(match[1]) for n in range(first, last) if (match := _NUMBERED.match(rows[n]))}
        if not tables.counts_up([*numbers.values()], 1, 2) or items[0].place.line - 1 != next(iter(numbers)):
            result.append(((head, first, last), items))
            continue
        parted = True
        for start, end in pairwise([*numbers, last]):
            named = head._replace(name=f"{head.name} {numbers[start]}", row=start, first=start)
            result.append(((named, start, end), [item for item in items if start < item.place.line <= end]))
    return result if parted and all(items for _, items in result) else []


def _is_whole(parts: Parts, how: How) -> bool:
    """Whether sections are read as whole avartans, and one reading fits."""
    try:
        return whole(dialect.settle(parts, *how)[1], how.taal)
    except Unreadable:
        return False
