"""Captions: headings of sections as players type them, framed or numbered in any manner, as ``name 1:``."""

import re
from collections.abc import Mapping, Sequence

from riyaz.tabla import headings, layout, taals
from riyaz.tabla.spelling import strokes
from riyaz.tabla.tables import counts_up

_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
_IN_WORDS = {word: n for words in (_WORDS, _ORDERED, _ROMAN) for n, word in enumerate(words, 1)}
_FRAME = r"[\s#=*_~•◦‣>►▶★☆.:!\-–—({})]*"
_CAPTION = re.compile(
    rf"({_FRAME})(?:(\d{{1,2}})(?:st|nd|rd|th)\s+|({'|'.join(_ORDERED)})\s+)?((?:main|मूल)?\s*(?:{headings.NAMES}))"
    rf"(?:\s*(?:no\.?|number|num\.?|नं\.?|क्र\.?|नंबर)|(?!{layout.LETTER}))[\s#:.(-]*"
    rf"(\d{{1,3}}|\b(?:{'|'.join([*_WORDS, *_ROMAN])})\b)?\)?\s*(?:\(([^()]*)\))?({_FRAME})",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\s*([PV])\.?\s?-?(\d{1,2})\s*(?:[.:)–-]+\s*|\s+|$)", re.IGNORECASE)
_EQUALS = re.compile(rf"^\s*((?:{headings.NAMES})\s*\d{{0,3}})\s*(?:=+>?|->|→)\s*(?={layout.LETTER})", re.IGNORECASE)
_IN_BRACES = re.compile(rf"^\s*({headings.NAMES})\s*\{{([^{{}}]*)\}}\s*", re.IGNORECASE)
_MUKH = re.compile(rf"\s*M\s*[:.)–-]+\s+(?={layout.LETTER})")
_PALTA = re.compile(rf"\s*(\d{{1,2}})\s*[:.)–-]+\s+(?={layout.LETTER})")
_ANY = re.compile(r"\s*([^\W\d_][^\d:|()\[\]]*?)[\s.#-]+(\d{1,2})\s*[.:)]?\s*")  # words and a number
_IN_FRAME = re.compile(r"\s*\[([^\[\]]+)\]\s*")
_ALONE = re.compile(r"\s*\(?(\d{1,2})[.)]\s*")  # a number on a row of its own
_PACE = {"slow", "medium", "fast", "normal", "single", "speed"}


def plain(rows: Sequence[str]) -> list[str]:
    """Rows whose headings above bols are ``name 1:``; what is a heading without help stays as it is."""
    result = [_IN_BRACES.sub(r"\1: \2", _EQUALS.sub(r"\1: ", row)) for row in rows]
    first = next((number for number, row in enumerate(rows) if row.strip()), 0)
    if rows and (frame := _IN_FRAME.fullmatch(rows[first])) and taals.exact(frame[1]):
        result[first] = frame[1]
    for number, row in enumerate(rows):
        match = _CAPTION.fullmatch(row)
        if (
            match
            and not row.lstrip().startswith("[")
            and not headings.HEAD.fullmatch(row)
            and _of_bols(rows[number + 1 :])
        ):
            result[number] = _named(match)
    for letter, name in (("p", "palta"), ("v", "variation")):
        short = {n: match for n, row in enumerate(result) if (match := _SHORT.match(row))}
        result = _sub({n: match for n, match in short.items() if match[1].lower() == letter}, name, result, 2)
    if sum(map(bool, map(_MUKH.match, rows))) == 1:
        result = _sub({n: match for n, row in enumerate(result) if (match := _PALTA.match(row))}, "palta", result)
        result = [_MUKH.sub("theme: ", row) for row in result]
    other = {n: match for n, row in enumerate(result) if n > first and (match := _ANY.fullmatch(row))}
    other = {n: match for n, match in other.items() if headings.taals_in([match[1]]) and _of_bols(result[n + 1 :])}
    result = _sub(other, "variation", result, 2)
    alone = {
        n: match for n, row in enumerate(result) if (match := _ALONE.fullmatch(row)) and _of_bols(result[n + 1 :], 4)
    }
    above = [row for row in result[: min(alone, default=0)] if row.strip()][-1:]
    below_heading = any(map(headings.HEAD.fullmatch, above))  # which the numbers part
    return result if below_heading else _sub(alone, "variation", result)


def _sub(matches: Mapping[int, re.Match[str]], name: str, rows: Sequence[str], group: int = 1) -> list[str]:
    """Rows in which what was matched is a heading with its number, where two numbers or more count up from 1."""
    if not counts_up([int(match[group]) for match in matches.values()], 1, 2):
        return list(rows)
    heads = {n: f"{name} {int(match[group])}: {match.string[match.end() :]}" for n, match in matches.items()}
    return [heads.get(n, row) for n, row in enumerate(rows)]


def _named(match: re.Match[str]) -> str:
    """The heading of a caption; its row where a remark in it says how to play."""
    _, ordinal, ordered, name, number, remark, _ = match.groups()
    words = headings.words_of(remark or "")
    others = [word for word in words if word.lower() not in _PACE]
    if headings.taals_in(words) or any(re.fullmatch(headings.NAMES, word, re.IGNORECASE) for word in words):
        return match[0]
    if others and (headings.tells(remark) or not headings.spoken(others)):
        return match[0]
    said = (ordinal or ordered or number or "").lower()
    return f"{name} {_IN_WORDS.get(said, said)}".strip() + ":"


def _of_bols(rows: Sequence[str], least: int = 1) -> bool:
    """Whether the next row with letters begins with bols, and has `least` words."""
    row = next((row for row in rows if re.search(layout.LETTER, row) and not layout.sign_row(row)), "")
    words = [word.strip(".,;") for word in re.findall(r"[^\s|।॥()\[\]]+", row) if not layout.sign_row(word)]
    return len(words) >= least and bool(strokes(words[0]))
