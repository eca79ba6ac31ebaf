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

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from riyaz.music.events import Unreadable, in_a_row
from riyaz.tabla import (
    avartans,
    beside,
    bolscript,
    by_theka,
    dialect,
    gaps,
    header,
    headings,
    layout,
    records,
    sections,
    speeds,
    taals,
    tables,
    twice,
    typed,
    unclear,
    web,
)
from riyaz.tabla.bols import played
from riyaz.tabla.composition import Composition, Section
from riyaz.tabla.header_values import LAYAS
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
    text, place = text.removeprefix("\ufeff").replace("\r\n", "\n"), Place(name or "notation", 1, 1)
    layout.characters(text, place)
    rows = [] if _OWN.search(text) else records.rows(text) or web.rows(text) or bolscript.rows(text)
    typed_rows = [row.text for row in rows] or text.split("\n")
    try:
        result = _without_words(typed_rows, place, more)
        aside = tuple(rows[number].line if rows else number + 1 for number in result.aside)
        return replace(result, title=result.title or Path(name).stem, aside=aside)
    except Unreadable as error:
        second = headings.second_taal(typed_rows) if not rows and "given twice" not in error.reason else None
        if second:
            at = place._replace(line=second[0] + 1)
            at.stop(f"a second taal, {second[1]}, begins here", "write it in a file of its own")
        remedy = _suited(typed_rows, place, more) if error.reason.endswith(_NO_TAAL) else error.remedy
        if not rows:
            raise Unreadable(error.reason, remedy) from None
        number, within, reason = error.reason.removeprefix(f"{place.file}:").split(":", 2)
        row, line, column = rows[int(number) - 1]
        after = text.split("\n")[line - 1].find(row, max(column - 20, 0))  # behind a quotation mark
        at = place._replace(line=line, column=column if after < 0 else after + int(within))
        at.stop(reason.lstrip(), remedy)


def _without_words(rows: list[str], place: Place, more: Mapping[str, taals.Taal] | None) -> Composition:
    """Read rows, without those of words beside the music at which reading stops: `aside` has their numbers, from 0."""
    rows, aside, first = list(rows), list[int](), None
    for _ in range(beside.MOST):
        try:
            result = _read(rows, place, more)
            return replace(result, aside=tuple(sorted({*aside, *result.aside})))
        except Unreadable as error:
            first = first or error
            number = int(error.reason.removeprefix(f"{place.file}:").split(":", 1)[0]) - 1
            row = None if headings.sectioned(rows) else beside.instead(rows, number)
            if row is None or row == rows[number]:
                raise error if any(map(headings.of_bols, rows)) else first from None
            rows[number] = row
            aside.append(number)
    return _read(rows, place, more)


def _read(spoken: Sequence[str], place: Place, more: Mapping[str, taals.Taal] | None) -> Composition:
    """Read one composition of rows of text."""
    rows = [
        row if header.FREE.match(row) else clear for row, clear in zip(spoken, typed.plain(spoken, place), strict=True)
    ]
    filled = next((n for n, row in enumerate(rows) if row.strip()), 0)
    if spoken[filled].lstrip().startswith("{"):
        place.stop("this is JSON, no text of bols", "copy the bols and write for instance: taal: teental above them")
    values, reading, start = header.header(rows, place, more)
    if "taal" not in values:
        place.stop(_NO_TAAL)
    taal = taals.TAALS[values["taal"]]
    if taal.name.count("; ") == 3 and taal.theka and not _fills(taal):
        place.stop(f"the theka of {taal.title} does not fill its matras ({taal.size})", "write one avartan of it")
    if not reading:
        _in_order(rows, taal, place)
    typed_so = not headings.sectioned(rows)
    apart = typed_so and not reading and not speeds.said([""], (), spoken)
    parted = gaps.meant(rows, spoken, taal, place) if apart else {}
    once = twice.once(rows, start)
    second = [n for n, row in enumerate(once) if row != rows[n]]  # rows in a second script
    again, said = next(((n, rows[n]) for n in second), (0, ""))
    rows, as_typed = once, [*once]
    form = values.get("form", "")
    heads = list(headings.sections(rows, start, "theme" if form in ("", *dialect.THEMED) else form, place))
    for _, first, last in heads if apart and not parted else []:
        top = next((n for n in range(first, 0, -1) if rows[n - 1].strip() and not layout.sign_row(rows[n - 1])), 0)
        rows[top:last] = gaps.joined(rows[top:last], taal, place._replace(line=first + 1))
    parts = _items(rows, heads, place)
    parts = unclear.das(parts if reading else unclear.commas(parts)) if typed_so else parts
    unclear.letters(item for items in parts.values() for item in items)
    unclear.ellipsis([item for items in parts.values() for item in items] if typed_so else [])
    form = form or _form_named(as_typed, heads, spoken[:start] if typed_so else ())
    fast = speeds.said([head.name for head, _, _ in heads], spoken[:start], spoken) if typed_so else {}
    how = sections.How(taal, {**reading, **parted}, place._replace(line=start + 1), form, fast)
    result = sections.typed(heads, parts, how, rows) if typed_so else sections.settled(heads, parts, how)
    heads, slots = result.spans, result.slots
    twofold = next((n for _, a, b in heads for n in range(a, b) if _twofold(rows[a : n + 1])), 0)
    if twofold and (result.reading.strokes or not whole(slots, taal)) and not reading:
        at = place._replace(line=twofold + 1)
        at.stop("the repeat may be of its line or of all above it", "write ( ... ) x2 around what is repeated")
    if again and not whole(slots, taal):
        two = [script("".join(filter(str.isalpha, row))).title() for row in (said, " ".join(once[start:]))]
        place._replace(line=again + 1).stop(f"words in {two[0]} among words in {two[1]}", "write one script, not both")
    if typed_so and not reading:
        places = {head.name: place._replace(line=max(first, 1)) for head, first, _ in heads}
        slots = avartans.placed(slots, taal, form, places, result.parts)
    for head, first, _ in heads:
        if not slots[head.name]:  # hyphens alone, that say how long nothing is
            _no_bols(head, first, place)
    given: dict[str, Any] = {
        "title": "",
        **values,
        "form": form if typed_so else values.get("form", ""),
        "tempo": int(values.get("tempo", 0)),
        "sections": tuple(_section(head, slots[head.name], taal) for head, _, _ in heads),
    }
    read = {item.place.line - 1 for items in parts.values() for item in items} | {head.row for head, _, _ in heads}
    read |= {*range(start), *second}
    return Composition(**given, aside=beside.not_read(spoken, read) if typed_so else ())


def _in_order(rows: Sequence[str], taal: taals.Taal, place: Place) -> None:
    """Refuse rows that are read in columns."""
    if column := tables.in_columns(rows, taal):
        at = place._replace(line=column + 1)
        at.stop("signs or numbers say that vibhags stand in columns", "write the vibhags in the order of playing")
    if column := tables.beside(rows):
        place._replace(line=column + 1).stop(
            "the right column is the khali of the left", "write the rows of the left first, then those of the right"
        )


def _items(rows: list[str], heads: Sequence[sections.Span], place: Place) -> sections.Parts:
    """The items of each section; refuses one without bols."""
    names = [head.name for head, _, _ in heads]
    parts = {head.name: layout.items(rows, first, last, place, names) for head, first, last in heads}
    for head, first, _ in heads:
        if not any(item.kind not in ("bar", "rate", "begin") for item in parts[head.name]):
            _no_bols(head, first, place)
    if not parts:
        place.stop("there are no bols", "write them below the header")
    return parts


def _no_bols(head: headings.Head, first: int, place: Place) -> NoReturn:
    place._replace(line=max(first, 1)).stop(f"section {head.name!r} has no bols", "write some, or leave it out")


def _form_named(rows: Sequence[str], heads: Sequence[sections.Span], above: Sequence[str]) -> str:
    """The form that the first heading says, or short rows above the bols; else nothing."""
    first = heads[0][0]
    heading = [*headings.words_of(rows[first.row].partition(":")[0]), *first.name.split()]
    last = [kind for word in heading if (kind := headings.form_of(word))][-1:]
    words = [headings.words_of(row) for row in above]
    titled = headings.form_in([word for row in words if len(row) < 9 for word in row])
    return headings.form_in(heading) or "".join(last) or titled


def _section(head: headings.Head, slots: Slots, taal: taals.Taal) -> Section:
    events = _as_theka(_events(slots, taal), taal)
    return Section(head.name, events, head.origin == "derived", head.origin == "taught", head.note)


def _suited(rows: Sequence[str], place: Place, more: Mapping[str, taals.Taal] | None) -> str:
    """What to write above a text that names no taal: the common taals in which it can be read, if any."""
    suited = list[str]()
    for name in by_theka.COMMON if sum(map(len, rows)) < _LONG else ():
        with contextlib.suppress(Unreadable):
            _read([f"taal: {name}", *rows], place, more)
            suited.append(taals.TAALS[name].title)
    fits = f"it fits {', '.join(suited)}; " if suited else ""
    return f"{fits}write for instance: taal: {(suited or ['teental'])[0].lower()}"


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


_SAME = {"Ga": "Ge", "Gi": "Ge", "Ka": "Ke", "Ki": "Ke"}  # how else a theka names a stroke
_HEARD = {"Ta": "ta", "ta": "ta", "Ti": "Tin", "Dhi": "Dhin"}  # which of two a theka means


def _as_theka(events: pd.DataFrame, taal: taals.Taal) -> pd.DataFrame:
    """Events, with each Ta open or closed, and Ti and Dhi ringing, as in the theka if that is what they are."""
    if not taal.theka or taal.name.count("; ") == 3 or not (len(events) and events["duration"].sum() == taal.ticks):
        return events
    theka = bols(taal.theka, taal.name)
    rows = [frame["symbols"].tolist() for frame in (events, theka)]
    same = [[[(_SAME | _HEARD).get(s, s) for s in symbols] for symbols in row] for row in rows]
    if same[0] != same[1] or events["onset"].tolist() != theka["onset"].tolist():
        return events
    names = [[symbol for symbols in row for symbol in symbols] for row in rows]
    heard = zip(*names, *map(played, names), strict=True)  # Ti before Na rings in any case
    meant = iter(
        [b if a in _HEARD and (own.left, own.right) != (its.left, its.right) else a for a, b, own, its in heard]
    )
    return events.assign(symbols=[[next(meant) for _ in symbols] for symbols in rows[0]])


def _fills(taal: taals.Taal) -> bool:
    """Whether the theka of a taal reads and is one avartan."""
    try:
        return int(bols(taal.theka, taal.name)["duration"].sum()) == taal.ticks
    except Unreadable:
        return False


def _events(slots: Slots, taal: taals.Taal) -> pd.DataFrame:
    names = across(khali_of_dha(slots, taal.ticks))
    return in_a_row([ticks for ticks, _ in slots], [[bol] if bol else [] for bol in names])


_NO_TAAL = "the header names no taal"
_LONG = 5_000  # letters of a text that is not tried in several taals
_OWN = re.compile(r"^\[[^\[\]{}\"',|]+(?:,\s*(?:taught|derived)\s*)?\]\s*(?:#.*)?$", re.MULTILINE)  # [palta 1, derived]
_KEYS = tuple(f.name for f in fields(Composition) if f.name not in ("sections", "aside"))
