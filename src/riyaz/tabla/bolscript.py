"""Bolscript: a text of fields with bols, speeds and named phrases, as the rows of our own notation.

A field is a key and a colon, and what follows up to the next. ``Speed: 2`` says strokes per matra; within bols ``4`` is
a speed, ``2!`` is twice as fast. ``$name:`` names a phrase, and its name alone plays it. ``( ... )x3`` repeats, ``<2``
leaves out the last two strokes. Of a taal that is not known the vibhags are taken, ``2K`` for one of khali. Fields
that are neither bols nor of a header, such as ``Comment:``, are left out.

References
----------
Files of the program bolscript, and their description in its public repository.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import count, groupby
from typing import NamedTuple

from riyaz.tabla import header, headings, taals
from riyaz.tabla.place import Row
from riyaz.tabla.spelling import strokes

_FIELD = re.compile(r"\s*(\$?)([^\W\d][^:()|]{0,40}?)\s*:\s*(.*)$")
_HEADER = {"tal": "taal", "name": "title", "gharana": "gharana"}
_SOURCES = ("composer", "editor", "source")
_ASIDE = ("comment", "layout", "history", "description", "keys", "length", "vibhags", "type", "speed")
_TELLS = ("tal", "type", "speed", "editor", "length", "layout", "comment", "vibhags")
_TOKEN = re.compile(r"\(|\)(?:\s*x\s*(\d{1,3}))?(?:\s*<\s*(\d{1,3}))?|(\d{1,2})!|(?<!\S)(\d{1,2})(?!\S)|[^\s()]+")
_MOST = 20_000  # strokes of a text
_LINE = 32  # strokes of a row


class _Field(NamedTuple):
    """A field: its name in lower case, whether a phrase is named so, and its rows with their numbers."""

    name: str
    phrase: bool
    rows: list[tuple[int, str]]

    def text(self) -> str:
        return " ".join(row for _, row in self.rows).strip()


class _Stroke(NamedTuple):
    """A stroke or rest as it is written, strokes per matra, and the number of its row."""

    bol: str
    speed: Fraction
    line: int


def rows(text: str) -> list[Row]:
    """The rows of our notation, each with its place in the text; none where a text is not of this kind."""
    fields = _fields(text)
    names = {field.name for field in fields if not field.phrase}
    phrases = {field.name: field for field in fields if field.phrase and field.name not in _ASIDE}
    telling = len(names & {*_TELLS})
    if telling < 3 and not (phrases and telling):
        return []
    sections = [field for field in fields if not field.phrase and _of_bols(field, phrases)]
    if not sections or "tal" not in names:
        return []
    speed = Fraction(next((field.text() for field in fields if field.name == "speed" and field.text().isdigit()), "1"))
    return [*_top(fields), *(row for field in sections for row in _section(field, phrases, speed or Fraction(1)))]


def _fields(text: str) -> list[_Field]:
    fields = list[_Field]()
    for number, row in enumerate(text.split("\n"), 1):
        if match := _FIELD.match(row):
            fields.append(_Field(match[2].lower(), match[1] == "$", [(number, match[3])]))
        elif fields:
            fields[-1].rows.append((number, row))
    return fields


def _top(fields: Sequence[_Field]) -> Iterator[Row]:
    """The header."""
    for field in fields:
        line, value = field.rows[0]
        if field.phrase or not value:
            continue
        if field.name == "type" and (form := headings.form_of(value.split()[0])):
            yield Row(f"form: {form}", line, 1)
        elif field.name in _HEADER and (field.name != "name" or not taals.exact(value)):
            yield Row(f"{_HEADER[field.name]}: {value}", line, 1)
    said = {field.name: field for field in fields if not field.phrase}
    sizes = re.findall(r"(\d+)(K?)", said["vibhags"].text(), re.IGNORECASE) if "vibhags" in said else []
    if sizes and not taals.exact(said["tal"].text()):
        talis = count(2)
        signs = ["0" if khali else "X" if number == 0 else str(next(talis)) for number, (_, khali) in enumerate(sizes)]
        line = said["vibhags"].rows[0][0]
        yield Row(f"vibhags: {'+'.join(size for size, _ in sizes)}", line, 1)
        yield Row(f"signs: {' '.join(signs)}", line, 1)
    sources = [f"{field.name}: {field.text()}" for field in fields if field.name in _SOURCES and field.text()]
    if sources:
        yield Row(f"source: {'; '.join(sources)}", 1, 1)


def _of_bols(field: _Field, phrases: Mapping[str, _Field]) -> bool:
    """Whether most words of a field that is no other are bols or names of phrases."""
    if field.name in (*_ASIDE, *_HEADER, *_SOURCES) or (header.is_key(field.name) and field.name != "theka"):
        return False
    words = re.findall(r"[^\W\d][^\s()]*|-", field.text())
    known = sum(word.lower() in phrases or bool(strokes(word.rstrip("0123456789"))) for word in words)
    return known * 2 > len(words)


def _section(field: _Field, phrases: Mapping[str, _Field], speed: Fraction) -> Iterator[Row]:
    """The rows of a section: its name, and its strokes at each speed; a last stroke on a matra lasts all of it."""
    played = _played(field, phrases, speed, ())
    yield Row(f"[{field.name}]", field.rows[0][0], 1)
    time = sum((1 / stroke.speed for stroke in played), Fraction(0))
    if played and played[-1].bol != "-" and time % 1 == 1 / played[-1].speed != 1:
        played += [played[-1]._replace(bol="-")] * int(played[-1].speed - 1)
    for at, group in groupby(played, lambda stroke: stroke.speed):
        strokes_at = [*group]
        yield Row(f"speed: {at}", strokes_at[0].line, 1)
        for start in range(0, len(strokes_at), _LINE):
            part = strokes_at[start : start + _LINE]
            yield Row(" ".join(stroke.bol for stroke in part), part[0].line, 1)


def _played(field: _Field, phrases: Mapping[str, _Field], speed: Fraction, within: Sequence[str]) -> list[_Stroke]:
    """The strokes of a field, repeats and phrases written out; a phrase within itself stays a word."""
    stack, at = [list[_Stroke]()], speed
    for line, row in field.rows:
        for token in _TOKEN.finditer(row):
            word = token[0]
            if word == "(":
                stack.append([])
            elif word[0] == ")" and len(stack) > 1:
                part = stack.pop()
                part = part * int(token[1] or 1) if len(part) * int(token[1] or 1) <= _MOST else part
                stack[-1] += part[: len(part) - int(token[2] or 0)]
            elif token[3] or token[4]:
                at = Fraction(token[4] or at * int(token[3])) or speed
            elif word.lower() in phrases and word.lower() not in within:
                name = word.lower()
                stack[-1] += _played(phrases[name], phrases, at, (*within, name))
            elif word[0] == "<" and word[1:].isdigit():
                del stack[-1][-int(word[1:]) or len(stack[-1]) :]
            else:
                stack[-1].append(_Stroke(re.sub(r"(?<=[^\W\d])\d$", "", word), at, line))
    return [stroke for part in stack for stroke in part][:_MOST]
