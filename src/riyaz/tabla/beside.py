"""Rows of words beside the music, at which reading stops: those that are no bols and say nothing of the playing."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from riyaz.tabla import header, headings, speeds
from riyaz.tabla.layout import CLAPS
from riyaz.tabla.spelling import strokes

_PLACES = re.compile(  # where bols begin
    r"\d\s*(?:to|[-–—]|से|থেকে)\s*\d|\d(?:st|nd|rd|th)\b|\b(?:from|beat|matra)\s+(?!1\b)\d"
    rf"|\bfrom\s+(?:the\s+)?(?:{CLAPS})\b|(?:{CLAPS})\s+(?:se|से|থেকে)(?!\w)",
    re.IGNORECASE,
)
_SCRIPTS = ("LATIN", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI")
_LONG = 2_000  # letters of a row that is looked at
MOST = 40  # rows of a text that may be set aside
_LETTERS = "aeihnkdtrgu"
_MATRAS = re.compile(r"(\d+)\s*-?\s*(?:beats?|ma+tras?|मात्रा|মাত্রা)", re.IGNORECASE)


def instead(rows: Sequence[str], number: int) -> str | None:
    """What a row of words beside the music leaves: the taal that it alone names, or nothing; None for other rows.

    One of its words is known, few are bols or like one, none says how to play. It names no second taal, no other number
    of matras, and is no row of a header, or like one.
    """
    row = rows[number]
    words = headings.words_of(row)
    if (
        not words
        or len(row) > _LONG
        or headings.tells(row)
        or speeds.said([""], (), [row])
        or _PLACES.search(row)
        or headings.HEAD.match(row)
        or _like_header(row)
    ):
        return None
    others = [row for n, row in enumerate(rows) if n != number and row.strip() and not headings.of_bols(row)]
    named = {taal.name: taal for row in others for _, taal in headings.taals_in(headings.words_of(row))}
    here = {taal.name: taal for _, taal in headings.taals_in(words)}
    alone = [*here.values()] if len(here) == 1 and not named else []
    sizes = {size for taal in [*named.values(), *alone] for size in (taal.matras, *taal.vibhags)}
    if (here.keys() - named.keys() and not alone) or set(_sizes(row)) - sizes:
        return None
    unknown = [word for word in words if not headings.spoken([word]) and not _strange(word)]
    music = sum(bool(strokes(word)) or _like(word) for word in unknown)
    of_words = len(unknown) < len(words) and music * 4 <= len(words)
    return "".join(taal.title for taal in alone) if of_words else None


def not_read(rows: Sequence[str], read: Collection[int]) -> tuple[int, ...]:
    """The rows of words that say nothing that was read: neither bols, headings, signs, nor what a header has.

    Parameters
    ----------
    read : the rows that were.
    """
    result = list[int]()
    for number, row in enumerate(rows):
        words = [
            word for word in headings.words_of(row) if len(word) > 2 and not re.fullmatch(CLAPS, word, re.IGNORECASE)
        ]
        known = _like_header(row) or headings.taals_in(words) or headings.HEAD.match(row)
        if number not in read and words and not known and not all(map(strokes, words)):
            result.append(number)
    return tuple(result)


def _like_header(row: str) -> bool:
    """Whether a row has a key of a header, or one that may be a mistyped one."""
    key = re.match(r"\s*([^\W\d]\w*)\s*[:=]", row)
    return key is not None and not header.unlike(key[1])


def _strange(word: str) -> bool:
    """Whether a word has letters of a script in which no bols are read."""
    return any(letter.isalpha() and unicodedata.name(letter, "").split()[0] not in _SCRIPTS for letter in word)


def _sizes(row: str) -> list[int]:
    """The numbers of matras that a row says."""
    return [int(number) for number in _MATRAS.findall(row)]


def _like(word: str) -> bool:
    """Whether a word is bols but for one letter."""
    for n in range(len(word) if 2 < len(word) < 20 else 0):
        changed = (word[:n] + letter + word[n + 1 :] for letter in _LETTERS)
        added = (word[:n] + letter + word[n:] for letter in _LETTERS)
        if strokes(word[:n] + word[n + 1 :]) or any(map(strokes, changed)) or any(map(strokes, added)):
            return True
    return False
