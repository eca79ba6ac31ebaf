"""Beginnings: headings that say on which matra their bols begin, such as ``Mukhda from 9``.

The bols under them get a mark in front, which is read as the rests before that matra.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from riyaz.tabla import headings, taals
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import BEGIN, MOST_MATRAS, strokes
from riyaz.tabla.tables import counts_up

_MATRA = r"(?:ma+tras?|beats?|counts?|मात्रा)"
_FROM = re.compile(
    rf"(?<![\s,;(–—-])[\s,;(–—-]*\b(?:from|(?:start|begin)(?:s|ing|ning)?\s+(?:from|on|at))\s+(?:the\s+)?(?:{_MATRA}\s*)?(?:no\.?\s*)?"
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?|(khali|kha+li|ta+li))(?!\w)(?:\s*(?:to|till|-|–)\s*\d{{1,2}})?(?:\s*{_MATRA})?\)?"
    rf"|(?<![\s,;(–—-])[\s,;(–—-]*(?<!\w)(?:(\d{{1,2}})(?:th|वीं|वी|वें)?\s*{_MATRA}|(kha+li|खाली))\s+(?:se|से)(?!\w)\)?",
    re.IGNORECASE,
)
_TO = re.compile(  # Mukhda, 9 to 16
    rf"(?<![\s,;:(–—-])[\s,;:(–—-]+(?:{_MATRA}\s*)?(\d{{1,2}})()\s*(?:to|till|se|से|[-–])\s*()(?:\d{{1,2}})(?!\w)(?:\s*{_MATRA})?\)?",
    re.IGNORECASE,
)
_PARTS = ("mukhda", "tihai", "tukda", "chakradar", "mohra", "paran")


def marked(rows: Sequence[str], place: Place) -> list[str]:
    """Rows in which bols whose heading names the matra of their beginning have its mark in front.

    Raises
    ------
    Unreadable : a heading says so of no bols, or names no number.
    """
    result = list(rows)
    for number, row in enumerate(rows):
        match = _FROM.search(row) or _TO.search(row)
        if match and (wrong := _misspelt(row[: match.start()], row[match.end() :], match.re is _FROM)):
            place._replace(line=number + 1).stop(f"{wrong!r} is no name of a part", f"known: {', '.join(_PARTS)}")
        if not match or row.startswith("[") or not _says(row[: match.start()], row[match.end() :]):
            continue
        if match.re is _TO and not headings.words_of(row[: match.start()]):
            continue
        here = place._replace(line=number + 1, column=match.start() + 1)
        named = match[2] or (match.re is _FROM and match[4])
        matra = _khali(rows) if named and named[0] in "kKख" else int(match[1] or match[3] or 0)
        if named and not matra:
            here.stop(f"{named!r} is no number of a matra", "write for instance: mukhda from 9")
        taal, after = _taal_and_bols(match.string[match.end() :])
        if not 1 <= matra < MOST_MATRAS:
            here.stop(f"there is no matra {matra}", "count them from 1")
        mark = f"{chr(BEGIN + matra)} "
        result[number] = f"{row[: match.start()]}{taal}"
        if after:
            result[number] += f": {mark}{after}"
            continue
        below = next((n for n in range(number + 1, len(rows)) if headings.of_bols(rows[n])), 0)
        head = next((n for n in range(number + 1, below) if headings.HEAD.match(rows[n])), 0)
        if not below or head:
            here.stop(
                f"{match[0].strip()!r} says where bols begin that do not stand under it", "write rests before them"
            )
        result[below] = mark + rows[below]
    return result


def numbered(rows: Sequence[str]) -> list[str]:
    """Rows in which bols under as many numbers that begin neither at 1 nor where others end have a mark in front."""
    result, last, above = list(rows), 0, False
    for number, row in enumerate(rows):
        counts = [int(count) for count in re.findall(r"\d+", row)] if re.fullmatch(r"[\s\d|।]+", row) else []
        if headings.of_bols(row):
            above = True
        elif headings.HEAD.match(row):
            above = False
        if not counts_up(counts):
            continue
        below = next((n for n in range(number + 1, len(rows)) if headings.of_bols(rows[n])), 0)
        words = re.findall(r"[^\s|।]+", rows[below])
        if 1 < counts[0] != last + 1 and counts[-1] < MOST_MATRAS and len(words) == len(counts) and not above:
            result[below] = f"{chr(BEGIN + counts[0])} {rows[below]}"
        last, above = counts[-1], False
    return result


def _khali(rows: Sequence[str]) -> int:
    """The matra of the khali of the one taal that rows name; 0 where they name none or several, or it has several."""
    names = {taal.name: taal for row in rows for _, taal in headings.taals_in(headings.words_of(row))}
    taal = next(iter(names.values()), None)
    starts = [start for start, sign in zip(taal.starts, taal.signs, strict=True) if sign == "0"] if taal else []
    return starts[0] if len(names) == len(starts) == 1 else 0


def _misspelt(before: str, after: str, alone: bool) -> str:
    """The word before the matras that is like the name of a part, or, where it may be, stands `alone`; else ``""``."""
    words = [word for word in headings.words_of(before) if not headings.form_of(word)]
    near = next((word for word in words if get_close_matches(word.lower(), _PARTS, n=1, cutoff=0.75)), "")
    strange = (
        alone and len(words) == 1 and not headings.spoken(words) and not strokes(words[0]) and not after.strip(" :.-")
    )
    return near if near and not alone else words[0] if strange else ""


def _says(before: str, after: str) -> bool:
    """Whether what stands around such words is the name of a part, or nothing, and bols or nothing after them."""
    words = headings.words_of(before)
    named = len(words) < 7 and any(
        headings.form_of(word) in _PARTS or word.lower() in ("uthan", "uthaan") for word in words
    )
    _, bols = _taal_and_bols(after)
    return (named or not words) and (not bols or headings.of_bols(bols))


def _taal_and_bols(after: str) -> tuple[str, str]:
    """What follows such words: the name of a taal, with a blank and ``in`` before it, and bols; each may be empty."""
    rest = after.strip(" ,;:.-–—=")
    match = re.match(r"[\s,;(]*(?:of\s+|in\s+)?([^\W\d_][^:|()]*?)\s*\)?\s*(?:[:=]|[-–—]\s|$)(.*)", rest)
    if match and taals.exact(match[1]):
        return f" in {match[1]}", match[2].strip()
    return "", "" if rest in ("(", ")", "()") else rest
