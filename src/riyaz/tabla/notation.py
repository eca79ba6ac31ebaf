"""The notation: compositions as plain text that a player reads and writes.

    title: Dha Dha Te Te
    taal: teental
    form: kaida
    source: the lecture

    [theme]                            # a comment
    DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |

- A word between blanks is a matra; its bols share it evenly. ``-`` (or S) in place of a bol is a rest.
- ``~`` lengthens the stroke or rest before it by one share more: ``Dha~Ge`` is two thirds and a third.
- A comma halves further: ``Dha,TiRaKiTa`` is Dha for half a matra, TiRaKiTa for the other half.
- ``|`` may stand where a vibhag ends and nowhere else. Lines are free. A section begins on sam.
- ``( ... ) x3`` plays three times; ``x3`` at the end of a line without brackets repeats the line.
- ``speed: 2`` on a line: from here two words share a matra (``3/2``, three in two); a section starts at 1.
- Ta is the closed stroke right after Ki and where it is written together with Ka (TaKa, KaTa), and open
  everywhere else. ``Tt`` is closed, ``Taa`` open wherever it stands.
- A stroke after the last avartan is the sam on which a tihai lands; it lasts one matra. Where another section
  follows, that section's first matra stands in its place.

The header ends with the first line that is no ``key: value``. Needed is only the taal. A ``#`` begins a comment, but
in a title, a gharana, a source or a family, which are whole lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pandas as pd

from riyaz.music.events import TICKS, Piece, Unreadable, in_a_row
from riyaz.tabla import taals
from riyaz.tabla.spelling import after_ki, khali_of_dha, mistake, strokes, with_ka
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

FORMS = ("theka", "kaida", "rela", "peshkar", "tukda", "mukhda", "tihai", "chakradar", "gat", "paran", "laggi", "mohra")
LAYAS = {"vilambit": 45, "madhya": 90, "drut": 180}  # and a usual number of matras a minute
LONGEST = 100_000  # strokes; what a repeat may make of a few lines


@dataclass(frozen=True, eq=False)
class Section:
    """One part of a composition: its name, its events from sam on, and whether it was derived by rule."""

    name: str
    events: pd.DataFrame
    derived: bool = False

    @property
    def ticks(self) -> int:
        """Length in ticks."""
        return int(self.events["duration"].sum())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Section) and self._key() == other._key()

    def _key(self) -> tuple[Any, ...]:
        return self.name, self.derived, self.events["duration"].tolist(), self.events["symbols"].tolist()


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
            {"name": section.name, "onset": sum(lengths[:i]), "duration": lengths[i], "derived": section.derived}
            for i, (section, _) in enumerate(parts)
        ]
        derived = sum(length for (section, _), length in zip(parts, lengths, strict=True) if section.derived)
        about = {
            "kind": "bols",
            **{key: getattr(self, key) for key in ("title", "taal", "form", "laya", "gharana", "source")},
            "family": self.family,
            "metre": f"{taal.matras}/4",
            "tempo": self.tempo or LAYAS[self.laya or "madhya"],
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
    return read(text, path.name)


def read(text: str, name: str = "") -> Composition:
    """Read one composition.

    Parameters
    ----------
    name : the file's name, for messages and as the title where the header has none.

    Raises
    ------
    Unreadable : ``file:line:column: what is wrong (what was expected, the nearest known bol)``.
    """
    rows = text.replace("\r\n", "\n").split("\n")
    place = Place(name or "notation", 1, 1)
    header, start = _header(rows, place)
    if "taal" not in header:
        place.stop("the header names no taal", "write for instance: taal: teental")
    taal = taals.TAALS[header["taal"]]
    form = header.get("form", "")
    sections = []
    for section, first, last in _sections(rows, start, "theme" if form in ("kaida", "rela", "") else form, place):
        title, derived = section
        events = _events(rows, first, last, taal, place)
        if events.empty:
            place._replace(line=max(first, 1)).stop(f"section {title!r} has no bols", "write some, or leave it out")
        sections.append(Section(title, events, derived))
    if not sections:
        place.stop("there are no bols", "write them below the header")
    values: dict[str, Any] = {**header, "tempo": int(header.get("tempo", 0))}
    values.setdefault("title", Path(name).stem)
    return Composition(sections=tuple(sections), **values)


def write(composition: Composition) -> str:
    """Write a composition so that `read` gives the same again; the layout is that of `lines`."""
    header = [f"{key}: {getattr(composition, key)}" for key in _KEYS if getattr(composition, key)]
    taal, parts = taals.TAALS[composition.taal], []
    for section in composition.sections:
        parts += ["", f"[{section.name}{', derived' if section.derived else ''}]", *lines(section.events, taal)]
    return "\n".join([*header, *parts]) + "\n"


def bols(text: str, taal: str, name: str = "") -> pd.DataFrame:
    """Read bare notation, such as a theka, as events."""
    rows = text.split("\n")
    return _events(rows, 0, len(rows), taals.find(taal), Place(name or "notation", 1, 1))


class Place(NamedTuple):
    """Where something stands in a file."""

    file: str
    line: int
    column: int

    def stop(self, reason: str, remedy: str = "") -> NoReturn:
        """Raise Unreadable with this place in front."""
        raise Unreadable(f"{self.file}:{self.line}:{self.column}: {reason}", remedy)


# The header and the sections ---------------------------------------------------------------------------------

_KEYS = tuple(f.name for f in fields(Composition) if f.name != "sections")
_TEXTS = ("title", "gharana", "source", "family")


def _nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"nearest: {near[0]}" if near else f"known: {', '.join(known)}"


def _header(rows: list[str], place: Place) -> tuple[dict[str, str], int]:
    header: dict[str, str] = {}
    for number, line in enumerate(rows):
        content = line.split("#")[0].strip()
        match = re.match(r"(\w+)\s*:\s*(.*)$", content)
        if content and (not match or match[1].lower() == "speed"):
            return header, number
        if match:
            here = place._replace(line=number + 1, column=line.index(match[1]) + 1)
            key, value = match[1].lower(), match[2].strip()
            if key in _TEXTS:
                value = line.partition(":")[2].strip()  # a # belongs to it
            if key in header:
                here.stop(f"{key} is given twice", "keep one")
            header[key] = _value(key, value, here)
    return header, len(rows)


def _value(key: str, value: str, here: Place) -> str:
    if key not in _KEYS:
        here.stop(f"there is no header key {key!r}", _nearest(key, _KEYS))
    if key == "taal":
        try:
            return taals.find(value).name
        except Unreadable as error:
            here.stop(error.reason, error.remedy)
    for name, known in (("form", FORMS), ("laya", tuple(LAYAS))):
        if key == name and value:
            if value.lower() not in known:
                here.stop(f"there is no {key} {value!r}", _nearest(value.lower(), known))
            return value.lower()
    if key == "tempo" and not re.fullmatch(r"[1-9]\d{0,3}", value):
        here.stop(f"tempo is {value!r}", "write whole matras a minute, such as 90")
    return value


def _sections(rows: list[str], start: int, default: str, place: Place) -> Iterator[tuple[tuple[str, bool], int, int]]:
    """Yield (name, derived), the first and the end line of each section."""
    heads: list[tuple[tuple[str, bool], int]] = []
    for number in range(start, len(rows)):
        content = rows[number].split("#")[0].strip()
        if content.startswith("["):
            match = re.fullmatch(r"\[\s*([^\[\],]*[^\[\],\s])\s*(,\s*derived\s*)?\]", content)
            here = place._replace(line=number + 1, column=rows[number].index("[") + 1)
            if not match:
                here.stop(f"{content!r} names no section", "write for instance: [palta 1] or [palta 1, derived]")
            if any(match[1] == name for (name, _), _ in heads):
                here.stop(f"there are two sections {match[1]!r}", "number them")
            heads.append(((match[1], match[2] is not None), number))
        elif content and not heads:
            heads.append(((default, False), number - 1))
    for i, (head, number) in enumerate(heads):
        yield head, number + 1, heads[i + 1][1] if i + 1 < len(heads) else len(rows)


# The bols ----------------------------------------------------------------------------------------------------


class Item(NamedTuple):
    """A word or a bar, the speed it is played at, and where it stands."""

    text: str
    speed: Fraction
    place: Place


def _events(rows: list[str], first: int, last: int, taal: taals.Taal, place: Place) -> pd.DataFrame:
    slots: list[tuple[int, str]] = []  # ticks, and a bol or "" for a rest
    time = bar = Fraction(0)
    for item in _items(rows, first, last, place):
        if item.text == "|":
            bar = _bar(time, bar, taal, item.place)
            continue
        for share, bol in _word(item.text, item.place):
            ticks = share * TICKS / item.speed
            if ticks.denominator != 1:
                item.place.stop(f"{item.text!r} parts a matra into more than {TICKS} can count", "use fewer bols")
            if bol == "~" and not slots:
                item.place.stop("there is no stroke before the ~", "write - for a rest")
            if bol == "~":
                slots[-1] = (slots[-1][0] + int(ticks), slots[-1][1])
            else:
                slots.append((int(ticks), bol))
            time += ticks
    names = after_ki(khali_of_dha(slots, taal.ticks))
    return in_a_row([ticks for ticks, _ in slots], [[bol] if bol else [] for bol in names])


def _bar(time: Fraction, last: Fraction, taal: taals.Taal, place: Place) -> Fraction:
    """Check that a vibhag ends at `time`, in ticks from sam, and return it; `last` is where the last bar stood."""
    starts: list[Fraction] = [Fraction((start - 1) * TICKS) for start in taal.starts]
    if time % taal.ticks not in starts:
        vibhag = starts.index(last % taal.ticks)
        has = (time - last) / TICKS
        shown = f"{has.numerator if has.denominator == 1 else round(float(has), 2)} matra{'s' * (has != 1)}"
        place.stop(f"vibhag {vibhag + 1} of {taal.title} has {shown} here", f"expected {taal.vibhags[vibhag]}")
    return time


def _items(rows: list[str], first: int, last: int, place: Place) -> list[Item]:
    """The words and bars of some lines, in the order in which they are played: repeats written out."""
    speed = Fraction(1)
    stack: list[list[Item]] = [[]]  # what stands in each open (, the outermost first
    opened: list[Place] = []
    for number in range(first, last):
        content = rows[number].split("#")[0]
        here = place._replace(line=number + 1)
        if match := re.match(r"\s*(\w+)\s*:\s*(.*?)\s*$", content):
            speed = _speed(match[1], match[2], here._replace(column=match.start(1) + 1))
            continue
        begins = len(stack[-1])
        for token in re.finditer(r"\|+|\(|\)(?:[\s|]*[x×]\d+)?|[^\s|()]+", content):
            at, word = here._replace(column=token.start() + 1), token[0]
            if word == "(":
                stack.append([])
                opened.append(at)
            elif word[0] == ")":
                _close(word, stack, opened, at)
            elif re.fullmatch(r"[x×]\d+", word):
                rest = content[token.end() :].strip(" \t|")
                if rest or len(stack[-1]) == begins or (opened and opened[-1].line == here.line):
                    at.stop(f"{word} repeats a line at its end, or what stands in brackets", "write ( ... ) x3")
                stack[-1][begins:] = _repeated(stack[-1][begins:], word, at)
            else:
                stack[-1].append(Item("|" if word[0] == "|" else word, speed, at))
    if opened:
        opened[-1].stop("this ( is never closed", "write ( ... ) x3")
    return stack[0]


def _speed(key: str, value: str, here: Place) -> Fraction:
    if key.lower() != "speed":
        here.stop(f"{key!r} is no speed line", "header lines stand at the top of the file")
    if not re.fullmatch(r"[1-9]\d?(/[1-9]\d?)?", value):
        here.stop(f"speed is {value!r}", "write words a matra, such as 2 or 3/2")
    return Fraction(value)


def _close(word: str, stack: list[list[Item]], opened: list[Place], at: Place) -> None:
    if not opened:
        at.stop("there is no ( before this )", "write ( ... ) x3")
    if word == ")":
        at.stop("a repeat is expected after )", "write for instance ) x3")
    opened.pop()
    group = stack.pop()
    bar = [Item("|", Fraction(1), at)] if "|" in word else []
    stack[-1] += _repeated(group, word, at) + bar


def _repeated(items: list[Item], word: str, at: Place) -> list[Item]:
    times = int(re.sub(r"\D", "", word))
    if not 1 <= times * max(len(items), 1) <= LONGEST:
        at.stop(f"{times} repeats of {len(items)} words", f"repeat at least once and write at most {LONGEST} words")
    return items * times


def _word(word: str, place: Place) -> list[tuple[Fraction, str]]:
    """Part a word into its slots: the share of each, and a bol, "" for a rest, "~" or a Ta not yet decided."""
    parts, slots, column = word.split(","), [], place.column
    for part in parts:
        names = strokes(part)
        if not names:
            bad, near = mistake(part)
            at = place._replace(column=column + part.find(bad))
            at.stop(f"{bad!r} is no bol", f"nearest known bol: {near}" if near else "expected a bol")
        slots += [(Fraction(1, len(parts) * len(names)), name) for name in names]
        column += len(part) + 1
    decided = with_ka([name for _, name in slots])
    return [(share, name) for (share, _), name in zip(slots, decided, strict=True)]
