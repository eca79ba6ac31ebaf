"""What is typed twice: rows that say in a second script what stands right above them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from riyaz.tabla import headings, layout
from riyaz.tabla.bols import played
from riyaz.tabla.spelling import OPEN, UNDECIDED, script, strokes, with_ka

_TAS = {"ta", OPEN, UNDECIDED, "ta?"}
_NUMBER = re.compile(r"\d+[.:]?")


def once(rows: Sequence[str], start: int) -> list[str]:
    """Rows from `start` on without those that say in a second script what stands right above them."""
    result, blocks = list(rows), list[tuple[str, list[int]]]()
    for number in range(start, len(rows)):
        words = [word for word in layout.WORD.findall(rows[number].split("#")[0]) if not _NUMBER.fullmatch(word)]
        scripts = {script(word) for word in words} - {""}
        here = scripts.pop() if len(scripts) == 1 and all(map(strokes, words)) else ""
        if here and blocks and blocks[-1][0] == here:
            blocks[-1][1].append(number)
        elif here or headings.of_bols(rows[number]):
            blocks.append((here, [number]))
    gone = -1  # the block that was left out
    for k, ((one, above), (other, below)) in enumerate(pairwise(blocks)):
        if one and other and gone != k and _same([rows[n] for n in above], [rows[n] for n in below]):
            gone = k + 1
            for number in below:
                result[number] = ""
    return result


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
