"""The spelling of bols: a word parted into its strokes, in Roman, Devanagari or Bengali.

Roman is read in any case and with or without diacritics; capitals inside a word start bols. A word without vowels is
consonant shorthand (``TRKT``, ``dg``). A plain Ta is `UNDECIDED` until `with_ka` and `across` apply the rules of
`riyaz.tabla.context`; ``Tt`` is closed and ``Taa`` open in any place. The Ta
of the pairs in `context.CLOSED_PAIRS` is `LIKELY` closed until `khali_of_dha` has seen the section.
"""

import re
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import accumulate
from unicodedata import combining, name, normalize

from riyaz.tabla import lexicon
from riyaz.tabla.bols import BOLS, GROUPS
from riyaz.tabla.context import CLOSED_PAIRS, closes

BEGIN, MOST_MATRAS = 0xE100, 100  # the letter BEGIN + 9 says that bols begin on matra 9
RESTS = "-–—−_.$sSऽ"
UNDECIDED, LIKELY, OPEN, CLOSED = "Ta?", "ta?", "Ta", "ta"  # LIKELY: closed but as the khali of Dha
_NASALS = str.maketrans({"ṃ": "n", "ṁ": "n", "ṅ": "n", "Ṃ": "N", "Ṁ": "N", "’": None})
_JOINERS = {0x200B: None, 0x200C: None, 0x200D: None, 0xFEFF: None}
_VOWELS = re.compile(r"[aeiou]")
REWRITTEN = (
    "^((?:ते[टत]े|तिट|তেটে|তিট)?[कক])[ाা]?([तত])[ाা](?=[गগ][दদ]|$)",
)  # patterns whose two groups are what is read: the Ta of KaTa, with a long a


def bengali(word: str) -> str:
    """A word in Devanagari letter by letter in Bengali; the rest ऽ and other letters stay as they are."""
    moved = {letter: letter + 0x80 for letter in range(0x901, 0x950) if letter != ord("ऽ")}
    return normalize("NFC", normalize("NFD", word).translate(moved))


@cache
def spellings() -> dict[str, tuple[str, ...]]:
    """Every spelling, in lower case and three scripts, with its strokes; ``""`` is a rest, ``~`` a share more."""
    known: dict[str, tuple[str, ...]] = {}
    for stroke, bol in BOLS.items():
        known |= dict.fromkeys((stroke.lower(), *bol.spellings, bol.devanagari), (stroke,))
    known |= {"टे": ("Te",), "ट": (CLOSED,), "ड": ("Da",)}
    known |= {letters: strokes for letters, strokes in GROUPS.items() if _VOWELS.search(letters)}
    known |= lexicon.ROMAN | lexicon.DEVANAGARI | lexicon.BENGALI
    known |= {letters: strokes for letters, strokes in lexicon.SHORTHAND.items() if len(letters) >= 4}
    known |= {pair: (pair.removesuffix("ta").capitalize(), LIKELY) for pair in CLOSED_PAIRS}
    known |= {chr(BEGIN + n): ("",) for n in range(1, MOST_MATRAS)}
    known |= {"ta": (UNDECIDED,), "~": ("~",)} | {rest.lower(): ("",) for rest in RESTS}
    known = {normalize("NFC", spelling): strokes for spelling, strokes in known.items()}
    return {bengali(letters): names for letters, names in known.items() if script(letters) == "DEVANAGARI"} | known


@cache
def _shorthand() -> dict[str, tuple[str, ...]]:
    return lexicon.SHORTHAND | {rest.lower(): ("",) for rest in RESTS} | {"~": ("~",)}


def fold(word: str) -> str:
    """Fold Latin letters with diacritics: ā to a, ḍ to d, ñ to n; other scripts stay as they are."""
    if word.isascii():
        return word
    word = normalize("NFC", word.translate(_JOINERS)).translate(_NASALS)
    folded = []
    for letter in word:
        base = normalize("NFD", letter)
        folded.append(base[0] if base[0].isascii() and all(map(combining, base[1:])) else letter)
    return "".join(folded)


def script(word: str) -> str:
    """The script of a word's letters: LATIN, DEVANAGARI, BENGALI, ``""`` for none, ``MIXED`` for several."""
    letters = (letter for letter in word if letter.isalpha() and letter not in "ऽsSxX")
    scripts = {name(letter, "OTHER").split()[0] for letter in letters}
    return "MIXED" if len(scripts) > 1 else next(iter(scripts), "")


LONGEST = max(len(spelling) for spelling in spellings())


@lru_cache(maxsize=4096)
def strokes(word: str) -> tuple[str, ...]:
    """Part a word into bols; the longest spelling comes first. Empty where it cannot be parted.

    A ``ṭa`` is the closed Ta.
    """
    if word.lower() in lexicon.NO_BOLS:
        return ()
    dotted = normalize("NFC", re.sub(r"(?<=\w)'(?=\w)", "", word))
    for pattern in REWRITTEN:
        dotted = re.sub(pattern, r"\1\2", dotted)
    dotted = re.sub(r"(?<=[ieī])Ta", "ta", dotted) if dotted[:1].islower() else dotted  # tiTa, with a capital for ṭ
    if "ṭa" in dotted or "ṭā" in dotted:
        return _retroflex(dotted.lower())
    word = normalize("NFC", fold(dotted))
    letters = re.sub(r"[^a-z]", "", word.lower().replace("s", ""))
    if letters and not _VOWELS.search(letters) and word.isascii() and not re.search(r"T[tT]?t", word):
        return _parted(word.lower(), _shorthand(), frozenset())
    capitals = set() if word.isupper() else {i for i, letter in enumerate(word) if letter.isupper()}
    runs = [(run.start(), run.end()) for run in re.finditer(r"[B-DF-HJ-NP-TV-Z]{2,}(?![a-z])", word)]
    for start, end in reversed(runs if capitals else []):  # capitals without a vowel, such as the TR of Dha-TR
        short = _parted(word[start:end].lower(), _shorthand(), frozenset())
        if short and len(word) - (end - start) > 0:
            before, after = word[:start], word[end:]
            return (*(strokes(before) if before else ()), *short, *(strokes(after) if after else ()))
    return _parted(word.lower(), spellings(), frozenset(capitals)) or _parted(word.lower(), spellings(), frozenset())


def _retroflex(word: str) -> tuple[str, ...]:
    """Part a word in which each ``ṭa`` is the closed Ta."""
    plain, names = normalize("NFC", fold(word)), list[str]()
    if len(plain) != len(word):
        return _parted(plain, spellings(), frozenset())
    for start, end in _pieces(plain, spellings(), frozenset()):
        piece = list(spellings()[plain[start:end]])
        heard = [match.start() + start for match in re.finditer("ta", plain[start:end])]
        open_ = [number for number, name in enumerate(piece) if name in (UNDECIDED, LIKELY)]
        for at, number in zip(heard, open_, strict=True) if len(heard) == len(open_) else ():
            piece[number] = CLOSED if word[at] == "ṭ" else piece[number]
        names += piece
    return tuple(names)


def _parted(word: str, known: dict[str, tuple[str, ...]], capitals: frozenset[int]) -> tuple[str, ...]:
    return tuple(name for start, end in _pieces(word, known, capitals) for name in known[word[start:end]])


def _pieces(word: str, known: dict[str, tuple[str, ...]], capitals: frozenset[int]) -> list[tuple[int, int]]:
    """Where each spelling begins and ends; none where the word cannot be parted."""
    following = {len(word): len(word)}  # where a spelling starts from which the rest can be parted: where it ends
    for start in reversed(range(len(word))):
        for end in range(min(start + LONGEST, len(word)), start, -1):
            fits = end in following and word[start:end] in known
            fits = fits and word[end - 1 : end + 1] not in ("्र", "্র")  # a conjunct is one letter
            if fits and not capitals.intersection(range(start + 1, end)):
                following[start] = end
                break
    pieces: list[tuple[int, int]] = []
    start = 0 if 0 in following else len(word)
    while start < len(word):
        pieces.append((start, following[start]))
        start = following[start]
    return pieces


def mistake(part: str) -> tuple[str, str]:
    """What of a word is no bol, and the known bol that it most resembles, empty where none does."""
    chunks = [part] if part.isupper() else re.findall(r"[^\W\d_a-zऀ-ॿ][^A-Z\-–.~_]*|[^A-Z\-–.~_]+|.", part)
    bad = next((chunk for chunk in chunks if not strokes(chunk)), part)
    same = script(bad)
    known = {letters: names for letters, names in spellings().items() if letters.isalpha() or same != "LATIN"}
    known = {letters: names for letters, names in known.items() if len(letters) > 1 and script(letters) == same}
    likeness = {letters: SequenceMatcher(None, bad.lower(), letters).ratio() for letters in known}
    best = max(likeness, key=lambda letters: likeness[letters], default="")
    near = "".join(known[best]).replace(UNDECIDED, "Ta").replace(LIKELY, "Ta") if best and likeness[best] >= 0.4 else ""
    return bad, near


def with_ka(names: list[str]) -> list[str]:
    """Close each undecided Ta that the rules within a word close: beside Ka, after Ti, Te, Dhe, Dhi."""
    around = zip(["", *names], names, [*names[1:], ""], strict=False)
    return [CLOSED if n == UNDECIDED and closes(a, b, one_word=True) else n for a, n, b in around]


def across(names: list[str]) -> list[str]:
    """Decide every other Ta, in order: closed where the rules across blanks say so, else open."""
    decided: list[str] = []
    for bol, after in zip(names, [*names[1:], ""], strict=False):
        ta = CLOSED if closes(" ".join(decided[-3:]), after, one_word=False) else OPEN
        decided.append(ta if bol == UNDECIDED else bol)
    return decided


def khali_of_dha(slots: list[tuple[int, str]], cycle: int) -> list[str]:
    """Decide each `LIKELY` Ta of a section: open where a Dha stands half the section earlier, else closed.

    Open as well where that Dha stands a quarter of the section, an avartan or half of one earlier, and
    one of the strokes beside them is closed and its counterpart is not.

    Parameters
    ----------
    slots : ticks and bol of each slot, from sam; no slots give none.
    cycle : ticks of an avartan; in a section of no whole avartans each `LIKELY` Ta is closed.
    """
    total, names = sum(ticks for ticks, _ in slots), list[str]()
    times = [0, *accumulate(ticks for ticks, _ in slots)]
    struck = {time: bol for time, (_, bol) in zip(times, slots, strict=False)}
    for number, (_, bol) in enumerate(slots):
        dhas = [
            back for back in (total // 2, cycle, cycle // 2, total // 4) if struck.get(times[number] - back) == "Dha"
        ]
        beside = [times[n] for n in (number - 1, number + 1) if 0 <= n < len(slots)]
        khali = any(
            back * 2 == total or any(_closes(struck.get(time - back, ""), struck[time]) for time in beside)
            for back in dhas
        )
        names.append(bol if bol != LIKELY else OPEN if khali and total % cycle == 0 else CLOSED)
    return names


def _closes(bhari: str, khali: str) -> bool:
    """Whether a stroke is another's khali counterpart and differs from it."""
    return bhari in BOLS and khali in BOLS and bhari != khali and BOLS[bhari].khali == khali
