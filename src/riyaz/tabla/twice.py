"""What is typed twice: rows that say in a second script what stands right above them."""

import re
from collections.abc import Sequence

from riyaz.tabla import headings, layout
from riyaz.tabla.bols import played
from riyaz.tabla.spelling import OPEN, UNDECIDED, script, strokes, with_ka

_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_BETWEEN = re.compile(r"[\s|/=:,–—([-]*")  # what stands between both
_TAS = {"ta", OPEN, UNDECIDED, "ta?"}
_NUMBER = re.compile(r"\d+[.:]?")


def once(rows: Sequence[str], start: int) -> list[str]:
    """Rows from `start` on without those that say in a second script what stands right above them."""
    result, blocks = [*rows[:start], *map(_first, rows[start:])], list[tuple[str, list[int]]]()
    for number in range(start, len(rows)):
        words = [word for word in layout.WORD.findall(result[number].split("#")[0]) if not _NUMBER.fullmatch(word)]
        scripts = {script(word) for word in words} - {""}
        here = scripts.pop() if len(scripts) == 1 and all(map(strokes, words)) else ""
        if here and blocks and blocks[-1][0] == here:
            blocks[-1][1].append(number)
        elif here or headings.of_bols(rows[number]):
            blocks.append((here, [number]))
    last = next(iter(blocks), ("", []))
    for here, below in blocks[1:]:
        if here and last[0] and here != last[0] and _same([result[n] for n in last[1]], [result[n] for n in below]):
            for number in below:
                result[number] = ""
        else:
            last = (here, below)
    return result


def _first(row: str) -> str:
    """A row without what it says again in a second script: after its bols, or in brackets after each phrase."""
    row = re.sub(r"(?<=[^\W\d])[/=](?=[^\W\d])", " ", row) if script(row) == "MIXED" else row
    words = [(match, script(match[0])) for match in layout.WORD.finditer(row)]
    scripts = list(dict.fromkeys(here for _, here in words if here))
    if len(scripts) != 2 or not all(strokes(match[0]) for match, here in words if here):
        return row
    bare = _IN_BRACKETS.sub(" ", row)
    inside = " ".join(_IN_BRACKETS.findall(row))
    if script(re.sub(r"\W", "", bare)) == scripts[0] and _same([bare], [inside]):
        return bare
    end = max(match.end() for match, here in words if here == scripts[0])
    start = min(match.start() for match, here in words if here == scripts[1])
    below = row[start:].rstrip(" )]")
    parts = (row[:end], row[:start]) if end < start and _BETWEEN.fullmatch(row[end:start]) else ()
    said = next((part for part in parts if _same([part], [below])), "")
    one, two = ([match[0] for match, here in words if here == each] for each in scripts)
    between = (
        not said and all(map(script, (match[0] for match, _ in words))) and _same([" ".join(one)], [" ".join(two)])
    )
    for match, here in words if between else ():  # each bol is followed by itself
        row = f"{row[: match.start()]}{' ' * len(match[0])}{row[match.end() :]}" if here == scripts[1] else row
    return said or row


def _short(word: list[str]) -> list[str]:
    """A word without the rests after its only stroke, which begins with the matra in any case."""
    return word[:1] if word and not any(word[1:]) else word


def _same(rows: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two blocks have the same hands, word by word; a Ta that is not yet decided is like any other."""
    first, second = (
        [
            with_ka(list(strokes(word)))
            for row in block
            for word in layout.WORD.findall(row)
            if not _NUMBER.fullmatch(word)
        ]
        for block in (rows, others)
    )
    first, second = ([_short(word) for word in block] for block in (first, second))
    if [len(word) for word in first] != [len(word) for word in second]:
        return False
    names = ([name for word in block for name in word] for block in (first, second))
    pairs = [("ta", "ta") if {a, b} <= _TAS else (a, b) for a, b in zip(*names, strict=True)]
    if any(bool(a) != bool(b) for a, b in pairs):
        return False
    blocks = ([OPEN if name in _TAS - {"ta"} else name for name in block if name] for block in zip(*pairs, strict=True))
    hands = map(played, blocks)
    return all((a.left, a.right, a.flam) == (b.left, b.right, b.flam) for a, b in zip(*hands, strict=True))
