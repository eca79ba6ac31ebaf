"""The spelling of bols: what is written together parted into strokes, in Roman or Devanagari.

Ta is two strokes: the closed one (`CLOSED`) right after Ki and beside Ka in the same word, the open one (`OPEN`)
everywhere else; ``Tt`` and ``Taa`` say which. A word alone leaves a plain Ta `UNDECIDED`.
"""

import re
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from unicodedata import normalize

from riyaz.tabla.bols import BOLS, GROUPS, SHORTHAND

RESTS = "-–_.sSऽ"
UNDECIDED, OPEN, CLOSED = "Ta?", "Ta", "ta"


@cache
def _spellings() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for name, bol in BOLS.items():
        known |= dict.fromkeys((name.lower(), *bol.spellings, bol.devanagari), (name,))
    known |= {"टे": ("Te",), "ट": (CLOSED,), "ड": ("Da",), "धिर": ("Dhe", "Re")}
    known |= {spelling: names for spelling, names in GROUPS.items() if spelling not in SHORTHAND}
    known |= {"ta": (UNDECIDED,), "~": ("~",)} | {rest.lower(): ("",) for rest in RESTS}
    return {normalize("NFC", spelling): names for spelling, names in known.items()}


LONGEST = max(len(spelling) for spelling in _spellings())


@lru_cache(maxsize=4096)
def strokes(word: str) -> tuple[str, ...]:
    """Part a word into bols; capitals start bols, the longest spelling comes first. Empty where it cannot be."""
    if word in [short.upper() for short in SHORTHAND]:
        return GROUPS[word.lower()]
    word = normalize("NFC", word)
    capitals = set() if word.isupper() else {i for i, letter in enumerate(word) if letter.isupper()}
    following = {len(word): len(word)}  # where a spelling starts from which the rest can be parted: where it ends
    for start in reversed(range(len(word))):
        for end in range(min(start + LONGEST, len(word)), start, -1):
            known = end in following and word[start:end].lower() in _spellings()
            if known and not capitals.intersection(range(start + 1, end)):
                following[start] = end
                break
    names: list[str] = []
    start = 0 if 0 in following else len(word)
    while start < len(word):
        names += _spellings()[word[start : following[start]].lower()]
        start = following[start]
    return tuple(names)


def mistake(part: str) -> tuple[str, str]:
    """What of a word is no bol, and the known bol that it most resembles, empty where none does."""
    chunks = [part] if part.isupper() else re.findall(r"[^\W\d_a-zऀ-ॿ][^A-Z\-–.~_]*|[^A-Z\-–.~_]+|.", part)
    bad = next((chunk for chunk in chunks if not strokes(chunk)), part)
    known = {spelling: names for spelling, names in _spellings().items() if spelling.isalpha() and len(spelling) > 1}
    likeness = {spelling: SequenceMatcher(None, bad.lower(), spelling).ratio() for spelling in known}
    best = max(likeness, key=lambda spelling: likeness[spelling])
    return bad, "".join(known[best]).replace(UNDECIDED, "Ta") if likeness[best] >= 0.4 else ""


def with_ka(names: list[str]) -> list[str]:
    """Close each undecided Ta that stands beside a Ka in the same word."""
    beside = [(*names[max(i - 1, 0) : i], *names[i + 1 : i + 2]) for i in range(len(names))]
    return [CLOSED if n == UNDECIDED and "Ka" in near else n for n, near in zip(names, beside, strict=True)]


def after_ki(names: list[str]) -> list[str]:
    """Decide every other Ta: closed right after Ki, else open."""
    return [
        (CLOSED if previous == "Ki" else OPEN) if name == UNDECIDED else name
        for previous, name in pairwise(["", *names])
    ]
