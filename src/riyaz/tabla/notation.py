"""The notation: compositions as plain text that a player reads and writes.

    title: Dha Dha Te Te
    taal: teental
    form: kaida
    source: the lecture

    [theme, taught]                    # a note on this section
    DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |

- A word between blanks is a matra; its bols share it evenly. ``-`` (or S) in place of a bol is a rest.
- ``~`` lengthens the stroke or rest before it by one share more: ``Dha~Ge`` is two thirds and a third.
- A comma halves further: ``Dha,TiRaKiTa`` is Dha for half a matra, TiRaKiTa for the other half.
- ``|`` may stand where a vibhag ends and nowhere else. Lines are free. A section begins on sam.
- ``( ... ) x3`` plays three times; ``x3`` at the end of a line without brackets repeats the line.
- ``speed: 2`` on a line: from here two words share a matra (``3/2``, three in two); a section starts at 1.
- Ta is the closed stroke right after Ki, where it is written together with Ka (TaKa, KaTa) and in tita, teta and dhita;
  open everywhere else. ``Tt`` is closed, ``Taa`` open wherever it stands (`riyaz.tabla.context`).
- A stroke after the last avartan is the sam on which a tihai lands; it lasts one matra. Where another section
  follows, that section's first matra stands in its place.

The header ends with the first line that is no ``key: value``. Needed is only the taal. A ``#`` begins a comment, but
in a title, a gharana, a source or a family, which are whole lines. What other dialects mean by bars, blanks, dots and
hyphens is settled by the taal (`riyaz.tabla.dialect`). All of it is shown by examples in ``docs/notation.md``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from riyaz.music.events import TICKS, Piece, Unreadable, in_a_row
from riyaz.tabla import avartans, dialect, header, headings, layout, speeds, taals, tables, twice, typed
from riyaz.tabla.header import LAYAS
from riyaz.tabla.headings import FORMS
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Slots, whole
from riyaz.tabla.spelling import across, khali_of_dha, script, strokes
from riyaz.tabla.writing import lines, words

__all__ = [
    "FORMS",
    "LAYAS",
    "Composition",
    "Section",
    "bols",
    "lines",
    "read",
    "read_file",
    "strokes",
    "words",
    "write",
]


@dataclass(frozen=True, eq=False)
class Section:
    """One part of a composition.

    Attributes
    ----------
    name : as in its heading.
    events : from sam on.
    derived : made by rule from the theme.
    taught : as a source teaches it; with neither it was made for its collection (`riyaz.tabla.origin`).
    note : what is remarked beside its heading, such as the idea of a palta.
    """

    name: str
    events: pd.DataFrame
    derived: bool = False
    taught: bool = False
    note: str = ""

    @property
    def ticks(self) -> int:
        """Length in ticks."""
        return int(self.events["duration"].sum())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Section) and self._key() == other._key()

    def _key(self) -> tuple[Any, ...]:
        head = (self.name, self.derived, self.taught, self.note)
        return *head, self.events["duration"].tolist(), self.events["symbols"].tolist()


@dataclass(frozen=True)
class Composition:
    """A composition, as it is written; `taal` is the key in `riyaz.tabla.taals.TAALS`, texts may be empty."""

    title: str
    taal: str
    form: str = ""
    laya: str = ""
    gharana: str = ""
    source: str = ""
    sections: tuple[Section, ...] = field(default=())
    family: str = ""
    tempo: int = 0
    pitch: str = ""

    def section(self, name: str) -> Section:
        """The section of a name. Raises KeyError where there is none."""
        return {section.name: section for section in self.sections}[name]

    def joined(self) -> list[tuple[Section, pd.DataFrame]]:
        """The sections as they are played one after the other: without the sam that the next one plays."""
        cycle = taals.TAALS[self.taal].ticks
        parts = []
        for number, section in enumerate(self.sections):
            events = section.events
            lands = section.ticks % cycle == TICKS and len(events) > 1 and events["duration"].iloc[-1] == TICKS
            followed = number + 1 < len(self.sections)
            parts.append((section, events.iloc[:-1] if lands and followed else events))
        return parts

    def piece(self, name: str) -> Piece:
        """All sections as one piece; the tempo is the usual one of its laya where it names none."""
        taal, parts = taals.TAALS[self.taal], self.joined()
        lengths = [int(events["duration"].sum()) for _, events in parts]
        sections = [
            {
                "name": section.name,
                "onset": sum(lengths[:i]),
                "duration": lengths[i],
                "derived": section.derived,
                "taught": section.taught,
                "note": section.note,
            }
            for i, (section, _) in enumerate(parts)
        ]
        derived = sum(length for (section, _), length in zip(parts, lengths, strict=True) if section.derived)
        about = {
            "kind": "bols",
            **{key: getattr(self, key) for key in ("title", "taal", "form", "laya", "gharana", "source")},
            "family": self.family,
            "metre": f"{taal.matras}/4",
            "tempo": (self.tempo or LAYAS[self.laya or "madhya"]) * taal.counts,  # half matras in a taal that has them
            **({"pitch": self.pitch} if self.pitch else {}),
            "sections": sections,
            "derived": round(derived / sum(lengths), 4) if sum(lengths) else 0.0,
            "lost": {},
        }
        durations = [d for _, events in parts for d in events["duration"]]
        return Piece(name, in_a_row(durations, [s for _, events in parts for s in events["symbols"]]), about)


def read_file(path: str | Path) -> Composition:
    """Read one composition from a UTF-8 text file; without a title it is called as the file is.

    Raises
    ------
    Unreadable : there is no such file (names the nearest beside it), it is no text, or `read` refuses it.
    """
    path = Path(path)
    if not path.is_file():
        beside = sorted(other.name for other in path.parent.glob("*.txt")) if path.parent.is_dir() else []
        near = get_close_matches(path.name, beside, n=1, cutoff=0.4)
        raise Unreadable(f"there is no file {path.name} in {path.parent}", f"nearest: {near[0]}" if near else "")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"{path.name}: no UTF-8 text (byte {error.start} is {error.object[error.start]:#04x})"
        raise Unreadable(reason, "save it as UTF-8") from None
    return read(text, path.name, taals.read_own(path.parent))


def read(text: str, name: str = "", more: Mapping[str, taals.Taal] | None = None) -> Composition:
    """Read one composition.

    Parameters
    ----------
    name : the file's name, for messages and as the title where the header has none.
    more : taals of one's own, by `riyaz.tabla.taals.key`.

    Raises
    ------
    Unreadable : ``file:line:column: what is wrong (what was expected, the nearest known bol)``.
    """
    rows, place = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), Place(name or "notation", 1, 1)
    layout.characters(text, place)
    rows = [row if header.FREE.match(row) else clear for row, clear in zip(rows, typed.plain(rows, place), strict=True)]
    if next((row for row in rows if row.strip()), "").lstrip().startswith(("{", "(")) and text.lstrip()[0] == "{":
        place.stop("this is JSON, no text of bols", "copy the bols and write for instance: taal: teental above them")
    values, reading, start = header.header(rows, place, more)
    if "taal" not in values:
        place.stop("the header names no taal", "write for instance: taal: teental")
    taal = taals.TAALS[values["taal"]]
    if taal.name.count("; ") == 3 and taal.theka and not _fills(taal):
        place.stop(f"the theka of {taal.title} does not fill its matras ({taal.size})", "write one avartan of it")
    form = values.get("form", "")
    if (column := tables.in_columns(rows, taal)) and not reading:
        at = place._replace(line=column + 1)
        at.stop("signs or numbers say that vibhags stand in columns", "write the vibhags in the order of playing")
    if (column := tables.beside(rows)) and not reading:
        at = place._replace(line=column + 1)
        at.stop(
            "the right column is the khali of the left", "write the rows of the left first, then those of the right"
        )
    once = twice.once(rows, start)
    again, said = next(((n, rows[n]) for n, row in enumerate(once) if row != rows[n]), (0, ""))
    rows = once
    heads = list(headings.sections(rows, start, "theme" if form in ("", *dialect.THEMED) else form, place))
    names = [head.name for head, _, _ in heads]
    parts = {head.name: layout.items(rows, first, last, place, names) for head, first, last in heads}
    for head, first, _ in heads:
        if not any(item.kind not in ("bar", "rate", "begin") for item in parts[head.name]):
            place._replace(line=max(first, 1)).stop(f"section {head.name!r} has no bols", "write some, or leave it out")
    if not parts:
        place.stop("there are no bols", "write them below the header")
    typed_so = not any(row.startswith("[") for row in rows)  # not in the notation's own layout
    parts = _of_da(parts) if typed_so else parts
    _in_one_case(item for items in parts.values() for item in items)
    said_so = [kind for word in names[0].split() if (kind := headings.form_of(word))][-1:]
    form_said, at = form or "".join(said_so), place._replace(line=start + 1)
    fast = speeds.said(names, text.split("\n")[:start]) if typed_so else {}
    settled = None
    if typed_so and len(heads) > 1 and _begins(parts[names[0]], parts[names[1]], taal):  # bols as a title
        others = {name: parts[name] for name in names[1:]}
        settled, slots = dialect.settle(others, taal, reading, at, form_said, fast)
        if whole(slots, taal):
            heads, parts, names = heads[1:], others, names[1:]
        else:
            settled = None
    elif typed_so and (title := _first_row(parts[names[0]])):
        rest = parts[names[0]][title:]
        others = {**parts, names[0]: rest}
        if _is_whole(others, taal, reading, at, form_said, fast):
            if not _is_whole(parts, taal, reading, at, form_said, fast):
                parts = others
            elif rest[0].place.line - parts[names[0]][0].place.line > 1 and not reading:
                rest[0].place.stop(
                    "the bols above may be a name for these or a row of them", "leave them out, or the gap"
                )
    if not settled:
        settled, slots = dialect.settle(parts, taal, reading, at, form_said, fast)
    if typed_so and not whole(slots, taal) and (apart := _by_numbers(heads, parts, rows)):
        apart_parts = {head.name: items for (head, _, _), items in apart}
        if _is_whole(apart_parts, taal, reading, at, form_said, fast):
            heads, parts = [span for span, _ in apart], apart_parts
            settled, slots = dialect.settle(parts, taal, reading, at, form_said, fast)
    twofold = next((n for _, a, b in heads for n in range(a, b) if _twofold(rows[a : n + 1])), 0)
    if twofold and (settled.strokes or not whole(slots, taal)) and not reading:
        at = place._replace(line=twofold + 1)
        at.stop("the repeat may be of its line or of all above it", "write ( ... ) x2 around what is repeated")
    if again and not whole(slots, taal):
        two = [script("".join(filter(str.isalpha, text))).title() for text in (said, " ".join(once[start:]))]
        place._replace(line=again + 1).stop(f"words in {two[0]} among words in {two[1]}", "write one script, not both")
    if typed_so and not reading:
        places = {head.name: place._replace(line=max(first, 1)) for head, first, _ in heads}
        avartans.check(slots, taal, form_said, places, parts)
    for head, first, _ in heads:
        if not slots[head.name]:  # hyphens alone, that say how long nothing is
            place._replace(line=max(first, 1)).stop(f"section {head.name!r} has no bols", "write some, or leave it out")
    sections = [
        Section(name, _as_theka(_events(slots[name], taal), taal), origin == "derived", origin == "taught", note)
        for (name, _, _, origin, note), _, _ in heads
    ]
    given: dict[str, Any] = {**values, "tempo": int(values.get("tempo", 0))}
    given.setdefault("title", Path(name).stem)
    return Composition(sections=tuple(sections), **given)


def _of_da(parts: Mapping[str, Sequence[layout.Item]]) -> dict[str, list[layout.Item]]:
    """Items in which a Da that stands alone is a Dha, where nothing is written Dha or Din and no Da is of GeDaNaGa.

    Raises
    ------
    Unreadable : a Da stands alone and may be either.
    """
    words = [item for items in parts.values() for item in items if item.kind == "word"]
    names = [strokes(item.text) for item in words]
    before = [row[-1] if row else "" for row in [(), *names]]
    alone = [(item, last) for item, row, last in zip(words, names, before, strict=False) if row == ("Da",)]
    stray = next((item for item, last in alone if last not in ("Ge", "Gi", "Ga", "Ke", "Ki", "Ka")), None)
    if not stray:
        return {name: list(items) for name, items in parts.items()}
    others = {bol for row in names if row != ("Da",) for bol in row}
    of_phrase = any(last in ("Ge", "Gi", "Ga", "Ke", "Ki", "Ka") for _, last in alone)
    if of_phrase or others & {"Da", "Dha", "Din"} or script(stray.text) != "LATIN":
        stray.place.stop("'Da' is one of GeDaNaGa or a Dha", "write Dha, or the whole phrase")
    das = {item.place for item, _ in alone}
    return {
        name: [item._replace(text="Dha") if item.kind == "word" and item.place in das else item for item in items]
        for name, items in parts.items()
    }


def _in_one_case(items: Iterable[layout.Item]) -> None:
    """Refuse a letter that stands for a bol by itself as a capital and as none: it may be two bols."""
    seen: dict[str, str] = {}
    for item in items:
        for letter in re.findall(r"(?<![^\W_])[A-Za-z](?![^\W_])", item.text if item.kind == "word" else ""):
            if seen.setdefault(letter.lower(), letter) != letter and letter.lower() != "s":
                item.place.stop(f"{letter.swapcase()!r} and {letter!r} may be two bols", "write the bols out")


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


_Span = tuple[headings.Head, int, int]


def _by_numbers(
    heads: Sequence[_Span], parts: Mapping[str, Sequence[layout.Item]], rows: Sequence[str]
) -> list[tuple[_Span, list[layout.Item]]]:
    """Sections, those whose rows are numbered from 1 parted at the numbers; nothing where none is."""
    result, parted = list[tuple[_Span, list[layout.Item]]](), False
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


def _is_whole(parts: Mapping[str, Sequence[layout.Item]], taal: taals.Taal, *how: Any) -> bool:
    """Whether sections are read as whole avartans, and one reading fits; `how` as in `dialect.settle`."""
    try:
        return whole(dialect.settle(parts, taal, *how)[1], taal)
    except Unreadable:
        return False


def _twofold(rows: Sequence[str]) -> bool:
    """Whether the last of some rows of bols is one that is repeated."""
    return layout.REPEATED.search(rows[-1]) is not None and any(map(headings.of_bols, rows[:-1]))


def write(composition: Composition) -> str:
    """Write a composition so that `read` gives the same again; the layout is that of `lines`."""
    taal, parts = taals.TAALS[composition.taal], []
    for section in composition.sections:
        origin = ", derived" if section.derived else ", taught" if section.taught else ""
        note = f"  # {section.note}" if section.note else ""
        halves = ["speed: 2"] * (taal.counts == 2)  # a word is half a matra
        parts += ["", f"[{section.name}{origin}]{note}", *halves, *lines(section.events, taal)]
    own = composition.taal.count("; ") == 3
    top = []
    for key in _KEYS:
        value = getattr(composition, key)
        if key == "taal" and own:
            top += [f"taal: {taal.title}", f"vibhags: {composition.taal.split('; ')[1]}"]
            top += [f"signs: {' '.join(taal.signs)}", *([f"theka: {taal.theka}"] if taal.theka else [])]
        elif value:
            top.append(f"{key}: {value}")
    text = "\n".join([*top, *parts]) + "\n"
    try:  # would another reading fit?
        plain = all(a == b for a, b in zip(read(text).sections, composition.sections, strict=True))
    except Unreadable:
        plain = False
    return text if plain else "\n".join([*top, "words: matras", *parts]) + "\n"


def bols(text: str, taal: str, name: str = "") -> pd.DataFrame:
    """Read bare notation, such as a theka, as events: a word is a matra, a bar ends a vibhag."""
    rows, place = text.split("\n"), Place(name or "notation", 1, 1)
    result = taals.find(taal)
    return _events(
        dialect.settle({"": layout.items(rows, 0, len(rows), place)}, result, {"words": "matras"}, place)[1][""], result
    )


_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s")
_SAME = {"Ta": "ta", "ta": "ta", "Ga": "Ge", "Gi": "Ge", "Ka": "Ke", "Ki": "Ke"}  # how else a theka names a stroke


def _as_theka(events: pd.DataFrame, taal: taals.Taal) -> pd.DataFrame:
    """Events, with each Ta open or closed as in the theka if that is what they are."""
    if not taal.theka or taal.name.count("; ") == 3 or not (len(events) and events["duration"].sum() == taal.ticks):
        return events
    theka = bols(taal.theka, taal.name)
    rows = [frame["symbols"].tolist() for frame in (events, theka)]
    same = [[[_SAME.get(s, s) for s in symbols] for symbols in row] for row in rows]
    if same[0] != same[1] or events["onset"].tolist() != theka["onset"].tolist():
        return events
    tas = [[b if _SAME.get(a) == "ta" else a for a, b in zip(*both, strict=True)] for both in zip(*rows, strict=True)]
    return events.assign(symbols=tas)


def _fills(taal: taals.Taal) -> bool:
    """Whether the theka of a taal reads and is one avartan."""
    try:
        return int(bols(taal.theka, taal.name)["duration"].sum()) == taal.ticks
    except Unreadable:
        return False


def _events(slots: Slots, taal: taals.Taal) -> pd.DataFrame:
    names = across(khali_of_dha(slots, taal.ticks))
    return in_a_row([ticks for ticks, _ in slots], [[bol] if bol else [] for bol in names])


_KEYS = tuple(f.name for f in fields(Composition) if f.name != "sections")
