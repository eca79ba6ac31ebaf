"""Captions: headings of sections as players type them, framed or numbered in any manner, as ``name 1:``."""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from riyaz.tabla import headings, layout, taals
from riyaz.tabla.number_words import ENGLISH, ORDERED, ROMAN
from riyaz.tabla.spelling import fold, strokes
from riyaz.tabla.tables import counts_up

_IN_WORDS = {word: n for words in (ENGLISH, ORDERED, ROMAN) for n, word in enumerate(words, 1)}
_FRAME = r"[\s#=*_~•◦‣>►▶★☆.:!\-–—({})]*"
_CAPTION = re.compile(
    rf"({_FRAME})(?:(\d{{1,2}})(?:st|nd|rd|th)\s+|({'|'.join(ORDERED)})\s+)?((?:main|मूल)?\s*(?:{headings.NAMES}))"
    rf"(?:\s*(?:no\.?|number|num\.?|नं\.?|क्र\.?|नंबर)|(?!{layout.LETTER}))[\s#:.(-]*"
    rf"(\d{{1,3}}|\b(?:{'|'.join([*ENGLISH, *ROMAN])})\b)?\)?\s*(?:\(([^()]*)\))?({_FRAME})",
    re.IGNORECASE,
)
_WORD = rf"{layout.LETTER}+"
_AFTER_BOLS = re.compile(
    rf"\W*(?:\d{{1,2}}\s*[.)]\W*)?(?:the\s+)?({_WORD}(?:[\s-]+{_WORD}){{0,5}})['\"’”]?\s+(?:ka\s+|का\s+|की\s+)?({_WORD})"
    r"(?:\s*[/-]?\s*variations?)?[\s:.*#_-]*",
    re.IGNORECASE,
)
_FEW = 8  # strokes in the name of a composition
_SHORT = re.compile(r"\s*([PV])\.?\s?-?(\d{1,2})\s*(?:[.:)–-]+\s*|\s+|$)", re.IGNORECASE)
_WORD_ALONE = re.compile(rf"\s*({layout.LETTER}{{2,}}(?:\s{layout.LETTER}+)?)\s*[-–—]+\s*")  # and a dash
_EQUALS = re.compile(rf"^\s*((?:{headings.NAMES})\s*\d{{0,3}})\s*(?:=+>?|->|→)\s*(?={layout.LETTER})", re.IGNORECASE)
_DASHED = re.compile(rf"^(\s*(?:{headings.NAMES})\s*\d{{0,3}})[-–—]+\s*(?=\(?\s*{layout.LETTER})(.+)$", re.IGNORECASE)
_TIMES = re.compile(r"\s*[x×*]\s*\d+\s*$")
_IN_BRACES = re.compile(rf"^\s*({headings.NAMES})\s*\{{([^{{}}]*)\}}\s*", re.IGNORECASE)
_HEAD_TIMES = re.compile(
    r"((?:\d{1,2}[.)]\s*)?\W{0,9}[^\W\d_].{0,60}?)\s*\(?\s*(?:[x×]\s?(\d)|(\d)\s*(?:times|baar|बार|বার|[x×]))\s*\)?\s*:?\s*",
    re.IGNORECASE,
)
_MUKH = re.compile(rf"\s*M\s*[:.)–-]+\s+(?={layout.LETTER})")
_PALTA = re.compile(rf"\s*(\d{{1,2}})\s*[:.)–-]+\s+(?={layout.LETTER})")
_ANY = re.compile(r"\s*([^\W\d_][^\d:|()\[\]]*?)[\s.#-]+(\d{1,2})\s*[.:)]?\s*")  # words and a number
_BOTH = re.compile(  # Laggi - Variation 1
    rf"^(\s*(?:{'|'.join(headings.FORMS)}))\s*[-–—:,]\s*((?:{headings.NAMES})\s*\d{{1,3}})\s*[.:)]?\s*$", re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"([^()|]*)\(([^()|]*)\)\s*[:.]?\s*")
_IN_FRAME = re.compile(r"\s*\[([^\[\]]+)\]\s*")
_ALONE = re.compile(r"\s*\(?(\d{1,2}|[a-hA-Hकखगघকখগঘ])[.)]\s*")  # a number or letter on a row of its own
_LETTERS = ("abcdefgh", "कखगघ", "কখগঘ")
_THRICE = re.compile(
    r"\s*\(?\s*(?:[x×*]\s*3|3\s*[x×]|(?:3|three|teen|तीन)\s+(?:times|baar?|बार)|thrice)\s*\)?\.?\s*", re.IGNORECASE
)
_SPEED = re.compile(  # Double speed
    r"\s*[(\[]?\s*(?:(single|double|triple|quadruple)(?:\s+(?:speed|la+ya?|tempo))?|x?([1234])x?\s+(?:speed|la+ya?|tempo))"
    r"\s*[)\]]?\s*(?:\(([^()\d]*)\))?\s*[:.–-]*\s*",
    re.IGNORECASE,
)
_LAYA = re.compile(r"(\s*\w[^\s:|]*)\s+(?:la+ya?(?:kari)?|लय|लयकारी|লয়|লয়)\s*[:.।–-]*\s*", re.IGNORECASE)  # Dugun laya
_TIMES_AS_FAST = {"single": 1, "double": 2, "triple": 3, "quadruple": 4}
_AGAIN = {name: name for name in ("dugun", "tigun", "chaugun")}
_AGAIN |= {"double": "dugun", "triple": "tigun", "quadruple": "chaugun"}
_PACE = {"slow", "medium", "fast", "normal", "single", "speed"}


def plain(rows: Sequence[str]) -> list[str]:
    """Rows whose headings above bols are ``name 1:``; what is a heading without help stays as it is."""
    rows = _often([_folded(row) for row in rows])
    rows = _thrice(_speeds(_without_taal(_after_bols(rows))))
    rows = [
        match[1].rstrip() if (match := _IN_BRACKETS.fullmatch(row)) and _called(match, rows[n + 1 :]) else row
        for n, row in enumerate(rows)
    ]
    result = [_DASHED.sub(_dashed, _BOTH.sub(r"\1 \2:", row)) for row in rows]
    result = [_IN_BRACES.sub(r"\1: \2", _EQUALS.sub(r"\1: ", row)) for row in result]
    first = next((number for number, row in enumerate(rows) if row.strip()), 0)
    if rows and (frame := _IN_FRAME.fullmatch(rows[first])) and taals.exact(frame[1]):
        result[first] = frame[1]
    for number, row in enumerate(rows):
        word = _WORD_ALONE.fullmatch(row)
        strange = word and not headings.of_bols(word[1]) and not headings.spoken(headings.words_of(word[1]))
        if word and strange and _of_bols(rows[number + 1 :], 4):
            result[number] = f"{word[1]}:"
        match = _CAPTION.fullmatch(row)
        if (
            match
            and not row.lstrip().startswith("[")
            and not headings.HEAD.fullmatch(row)
            and _of_bols(rows[number + 1 :])
        ):
            result[number] = _named(match)
    for letter, name in (("p", "palta"), ("v", "variation")):
        short = {
            n: match for n, row in enumerate(result) if (match := _SHORT.match(row)) and match[1].lower() == letter
        }
        apart = all(not match.string[match.end() :].strip() for match in short.values())
        result = _sub(short, name, result, 2, 1 if apart else 2)
    if sum(map(bool, map(_MUKH.match, rows))) == 1:
        result = _sub({n: match for n, row in enumerate(result) if (match := _PALTA.match(row))}, "palta", result)
        result = [_MUKH.sub("theme: ", row) for row in result]
    other = {n: match for n, row in enumerate(result) if n > first and (match := _ANY.fullmatch(row))}
    other = {n: match for n, match in other.items() if headings.taals_in([match[1]]) and _of_bols(result[n + 1 :])}
    result = _sub(other, "variation", result, 2)
    alone = {
        n: match for n, row in enumerate(result) if (match := _ALONE.fullmatch(row)) and _of_bols(result[n + 1 :], 2)
    }
    above = [row for row in result[: min(alone, default=0)] if row.strip()][-1:]
    below_heading = any(map(headings.HEAD.fullmatch, above))  # which the numbers part
    least = 1 if any(map(headings.of_bols, result[: min(alone, default=0)])) else 2
    return result if below_heading else _sub(alone, "variation", result, least=least)


def _folded(row: str) -> str:
    """A heading without the marks of its Latin letters: ``Palṭā 1``; other rows stay."""
    plain = fold(row)
    return plain if plain != row and (_CAPTION.fullmatch(plain) or headings.HEAD.fullmatch(plain)) else row


def _often(rows: Sequence[str]) -> list[str]:
    """Rows in which a heading that says how often its bols are played, ``Mukh (2 times)``, is one and these repeat."""
    result = list(rows)
    for number, row in enumerate(rows):
        match = _HEAD_TIMES.fullmatch(row)
        if not match or headings.of_bols(match[1]):
            continue
        named = _CAPTION.fullmatch(match[1]) or headings.HEAD.fullmatch(match[1])
        if not named and not headings.form_in(headings.words_of(match[1])):
            continue
        after = range(number + 1, len(rows))
        first = next((n for n in after if rows[n].strip() and not layout.sign_row(rows[n])), len(rows))
        bols = list(takewhile(lambda n: headings.of_bols(rows[n]), range(first, len(rows))))
        if bols and not any(re.search(r"[()]", rows[n]) for n in bols):
            result[number] = f"{match[1]}:" if _CAPTION.fullmatch(match[1]) else match[1]
            result[bols[0]] = f"( {result[bols[0]]}"
            result[bols[-1]] += f" )x{match[2] or match[3]}"
    return result


def _after_bols(rows: Sequence[str]) -> list[str]:
    """Rows with a form alone for one that is called after its first bols, above bols: ``Dha Te Te Kaida``.

    A first row that is no more than these bols is left out.
    """
    result = list(rows)
    filled = [number for number, row in enumerate(rows) if row.strip()]
    below = next((rows[number] for number in filled[1:] if headings.of_bols(rows[number])), "")
    if below and headings.of_bols(rows[filled[0]]):
        first, then = (
            [bol for word in layout.WORD.findall(row) for bol in strokes(word)] for row in (rows[filled[0]], below)
        )
        apart = filled[1] > filled[0] + 1 or not headings.of_bols(rows[filled[1]])
        if apart and len(first) < len(then) and len(first) <= _FEW and first == then[: len(first)]:
            result[filled[0]] = ""
    for number, row in enumerate(rows):
        match = _AFTER_BOLS.fullmatch(row)
        called = match and headings.form_of(match[2]) and headings.of_bols(match[1])
        if match and called and any(map(headings.of_bols, rows[number + 1 :])):
            result[number] = f"{match[2]}{':' if _of_bols(rows[number + 1 :]) else ''}"
    return result


def _speeds(rows: Sequence[str]) -> list[str]:
    """Rows with a speed in words, between bols of other speeds, as the heading ``dugun:``."""
    result, below = list(rows), False
    for number, row in enumerate(rows):
        match = _SPEED.fullmatch(row)
        match = None if match and match[3] and headings.tells(match[3]) else match
        laya = _LAYA.fullmatch(row)
        if laya and re.fullmatch(headings.NAMES, laya[1].strip(), re.IGNORECASE) and _of_bols(rows[number + 1 :]):
            result[number] = f"{laya[1]}:"
        same = _again(row) if below and not match and not laya and _of_bols(rows[number + 1 :]) else ""
        result[number] = f"{same}:" if same else result[number]
        n = int(match[2] or _TIMES_AS_FAST[match[1].lower()]) if match else 0
        if n and (below or n == 1) and _of_bols(rows[number + 1 :]):
            result[number] = ("thah:", "dugun:", "tigun:", "chaugun:")[n - 1]
        below = below or _of_bols([row.partition(":")[2] or row])
    return result


def _again(row: str) -> str:
    """The speed at which a row says that what stands above is played again, such as ``Same in dugun``."""
    words = [word.lower() for word in headings.words_of(row)]
    named = {_AGAIN[word] for word in words if word in _AGAIN}
    others = [word for word in words if word not in (*_AGAIN, "same", "speed", "laya", "lay")]
    return named.pop() if len(named) == 1 and "same" in words and headings.spoken(others) else ""


def _thrice(rows: Sequence[str]) -> list[str]:
    """Rows with an x3 in a row of its own at the end of the one row of a tihai or a chakradar above it."""
    result, filled = list(rows), [n for n, row in enumerate(rows) if row.strip()]
    for head, bols, times in zip(filled, filled[1:], filled[2:], strict=False):
        forms = {headings.form_of(word) for word in headings.words_of(rows[head])}
        if _THRICE.fullmatch(rows[times]) and headings.of_bols(rows[bols]) and forms & {"tihai", "chakradar"}:
            result[bols], result[times] = f"{rows[bols]} x3", ""
    return result


def _dashed(match: re.Match[str]) -> str:
    """A name of a section, a dash and bols, as name and bols; a word after the dash that is no bol stays."""
    colon = "" if match[1].strip().lower() == "theka" else ":"  # which is a key of the header as well
    return f"{match[1]}{colon} {match[2]}" if headings.of_bols(_TIMES.sub("", match[2]).replace(",", " ")) else match[0]


def _without_taal(rows: Sequence[str]) -> list[str]:
    """Headings right above bols without the taal before their name that is named above: ``Rupak tihai 1``.

    Where several taals are named so, rows stay as they are.
    """
    result, names = list(rows), set[str]()
    for number, row in enumerate(rows):
        words = row.split()
        for n in (2, 1) if len(words) > 1 and _of_bols(rows[number + 1 :]) else ():
            taal, rest = taals.exact(" ".join(words[:n])), " ".join(words[n:])
            if not taal or not headings.HEAD.fullmatch(rest):
                continue
            names.add(taal.name)
            above = [named.name for _, named in headings.taals_in(headings.words_of(" ".join(rows[:number])))]
            result[number] = rest if taal.name in above else row
            break
    return result if len(names) == 1 else list(rows)


def _called(match: re.Match[str], below: Sequence[str]) -> bool:
    """Whether brackets after words that name a form have the first bols of the next row of bols, as a name has."""
    words = headings.words_of(headings.GHARANA.sub(" ", match[1]))
    others = [word for word in words if not re.fullmatch(headings.NAMES, word, re.IGNORECASE)]
    if len(others) == len(words) or any(map(strokes, others)) or not headings.of_bols(match[2]):
        return False
    row = next((row for row in below if headings.of_bols(row)), "")
    first, all_ = (
        [bol for word in re.findall(r"[^\s|।॥()/]+", text) for bol in strokes(word)] for text in (match[2], row)
    )
    return len(first) < len(all_) and first == all_[: len(first)]


def _sub(
    matches: Mapping[int, re.Match[str]], name: str, rows: Sequence[str], group: int = 1, least: int = 2
) -> list[str]:
    """Rows in which what was matched is a heading with its number, where `least` numbers or more count up from 1."""
    numbers = {n: _number(match[group]) for n, match in matches.items()}
    if not counts_up([*numbers.values()], 1, least):
        return list(rows)
    heads = {n: f"{name} {numbers[n]}: {match.string[match.end() :]}" for n, match in matches.items()}
    return [heads.get(n, row) for n, row in enumerate(rows)]


def _number(text: str) -> int:
    """A number, or the place of a letter in its alphabet."""
    return int(text) if text.isdigit() else 1 + max(letters.find(text.lower()) for letters in _LETTERS)


def _named(match: re.Match[str]) -> str:
    """The heading of a caption; its row where a remark in it says how to play."""
    _, ordinal, ordered, name, number, remark, _ = match.groups()
    words = headings.words_of(remark or "")
    words = [] if name.lower() in headings.THEME and " ".join(words).lower() in headings.THEME else words  # Face (mukh)
    others = [word for word in words if word.lower() not in _PACE]
    if headings.taals_in(words) or any(re.fullmatch(headings.NAMES, word, re.IGNORECASE) for word in words):
        return match[0]
    if others and (
        headings.tells(remark) or not all(headings.spoken([word]) or headings.foreign(word) for word in others)
    ):
        return match[0]
    said = (ordinal or ordered or number or "").lower()
    return f"{name} {_IN_WORDS.get(said, said)}".strip() + ":"


def _of_bols(rows: Sequence[str], least: int = 1) -> bool:
    """Whether the next row with letters begins with bols, and has `least` words."""
    row = next((row for row in rows if re.search(layout.LETTER, row) and not layout.sign_row(row)), "")
    row = headings.LABEL.sub("", row)
    words = [word.strip(".,;") for word in re.findall(r"[^\s|।॥()\[\]]+", row) if not layout.sign_row(word)]
    return len(words) >= least and bool(strokes(words[0]))
