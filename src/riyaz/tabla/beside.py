"""Rows of words beside the music, at which reading stops: those that are no bols and say nothing of the playing."""

import re
from collections.abc import Sequence

from riyaz.tabla import header, headings
from riyaz.tabla.spelling import strokes

MOST = 40  # rows of a text that may be set aside
_LETTERS = "aeihnkdtrgu"
_MATRAS = re.compile(r"(\d+)\s*-?\s*(?:beats?|ma+tras?|मात्रा|মাত্রা)", re.IGNORECASE)


def of_words(rows: Sequence[str], number: int) -> bool:
    """Whether a row is words beside the music: one of them is known, few are bols or like one, none says how to play.

    It names no taal that no other row names, and no other number of matras; it is no row of a header, or like one.
    """
    words, key = headings.words_of(rows[number]), re.match(r"\s*([^\W\d]\w*)\s*[:=]", rows[number])
    if (
        not words
        or headings.tells(rows[number])
        or headings.HEAD.match(rows[number])
        or (key and not header.unlike(key[1]))
    ):
        return False
    others = [row for n, row in enumerate(rows) if n != number and row.strip() and not headings.of_bols(row)]
    named = {taal.name: taal for row in others for _, taal in headings.taals_in(headings.words_of(row))}
    sizes = {taal.matras for taal in named.values()} | {size for taal in named.values() for size in taal.vibhags}
    if any(taal.name not in named for _, taal in headings.taals_in(words)) or set(_sizes(rows[number])) - sizes:
        return False
    others = [word for word in words if not headings.spoken([word])]
    return len(others) < len(words) and sum(bool(strokes(word)) or _like(word) for word in others) * 4 <= len(words)


def _sizes(row: str) -> list[int]:
    """The numbers of matras that a row says."""
    return [int(number) for number in _MATRAS.findall(row)]


def _like(word: str) -> bool:
    """Whether a word is bols but for one letter."""
    for n in range(len(word) if len(word) < 20 else 0):
        changed = (word[:n] + letter + word[n + 1 :] for letter in _LETTERS)
        added = (word[:n] + letter + word[n:] for letter in _LETTERS)
        if strokes(word[:n] + word[n + 1 :]) or any(map(strokes, changed)) or any(map(strokes, added)):
            return True
    return False
