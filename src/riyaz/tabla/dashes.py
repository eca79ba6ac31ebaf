"""Dashes right before the first bol of a row: marks of a list where a row without one is played alike, else rests."""

import re
from collections.abc import Sequence

from riyaz.tabla import headings
from riyaz.tabla.bols import BOLS
from riyaz.tabla.layout import LETTER, WORD
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import CLOSED, LIKELY, OPEN, UNDECIDED, strokes

ALIKE = 0.75  # of the strokes of two rows, at least
_DASH = re.compile(rf"^\s*[-–—](?={LETTER})")
_NUMBER = re.compile(r"\s*\d{1,2}[.):]?\s+")


def unlisted(rows: Sequence[str], place: Place) -> list[str]:
    """Rows without the dash before a row that is another one or its khali, word by word, which has none.

    Raises
    ------
    Unreadable : every row of bols, two or more, begins with such a dash, which may be a rest.
    """
    plain = [_DASH.sub(lambda match: " " * len(match[0]), row) for row in rows]
    dashed = {n for n, row in enumerate(rows) if _DASH.match(row) and headings.of_bols(plain[n])}
    words = {n: _words(bare) for n, bare in enumerate(map(_named, plain)) if n in dashed or headings.of_bols(bare)}
    if len(dashed) > 1 and dashed == words.keys():
        at = place._replace(line=min(dashed) + 1)
        at.stop("a dash before each row may list it or be a rest", "leave the dashes out, or write - apart for a rest")
    free = [words[n] for n in words if n not in dashed]
    listed = {n for n in dashed if any(_alike(words[n], other) for other in free)}
    return [plain[n] if n in listed else row for n, row in enumerate(rows)]


def _named(row: str) -> str:
    """A row without its number, or the name of a section, before its bols."""
    match = _NUMBER.match(row) or headings.HEAD.match(row)
    return row[match.end() :] if match else row


def _words(row: str) -> list[list[str]]:
    """The strokes of each word of a row, each Ta as the open one."""
    tas = dict.fromkeys((UNDECIDED, LIKELY, CLOSED), OPEN)
    return [[tas.get(bol, bol) for bol in strokes(word.strip(",.;"))] for word in WORD.findall(row)]


def _alike(row: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> bool:
    """Whether two rows have as many strokes in each word, most of them the same or one the khali of the other."""
    if len(row) < 2 or [*map(len, row)] != [*map(len, other)]:
        return False
    pairs = [(a, b) for one, two in zip(row, other, strict=True) for a, b in zip(one, two, strict=True)]
    return sum(b in (a, _khali(a)) or a == _khali(b) for a, b in pairs) >= ALIKE * len(pairs)


def _khali(bol: str) -> str:
    return BOLS[bol].khali if bol in BOLS else ""
