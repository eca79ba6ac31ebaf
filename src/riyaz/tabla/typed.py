"""What stands around typed bols and is none of them: marks of chats, mail, web pages, PDF, LaTeX and music fonts.

Rows keep their numbers, so that errors name the place that a player sees. Gujarati and Gurmukhi are read as the
Devanagari that they are letter by letter. What these marks cannot settle is asked about.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, repeat
from unicodedata import category

from riyaz.tabla import layout
from riyaz.tabla.bols import played
from riyaz.tabla.dialect import RUNS
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import CLOSED, LIKELY, OPEN, UNDECIDED, script, strokes, with_ka

_LETTERS: dict[int, str | int | None] = {
    **dict.fromkeys(map(ord, "｜¦║│┃❘∣→⇒➔"), "|"),
    **{ord("①") + k: str(k + 1) for k in range(20)},
    **dict.fromkeys(map(ord, "⊗⨯☓"), "X"),
    ord("{"): "(",
    ord("}"): ")",  # around a matra
    0xAD: None,  # where a word may be parted
    **dict.fromkeys((0xFE0F, 0x20E3), " "),  # what makes a digit a key
    **{letter: letter - 0x180 for letter in (*range(0xA81, 0xACE), *range(0xAE6, 0xAF0))},  # Gujarati
    **{letter: letter - 0x100 for letter in (*range(0xA01, 0xA4E), *range(0xA59, 0xA5F), *range(0xA66, 0xA70))},
    0xA70: "ं",  # tippi of Gurmukhi
    0xA71: None,  # addak
}
_SENT = re.compile(  # 12/03/24, 7:41 PM - Name:
    r"^\s*\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\]?\s*[-–]?\s*[^:|]{1,40}:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:>\s*)+|^\s*(?:quote|.*\bwrote)\s*:\s*$", re.IGNORECASE)
_ROWS = "beats?|ma+tras?|lines?|rows?|bars?|a+vart(?:a|an|ans)?|cycles?|vibhags?|khand|मात्रा|आवर्तन|पंक्ति|खंड|विभाग"
_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ORDINAL = re.compile(
    rf"^(\s*)(?:(\d{{1,2}})(?:st|nd|rd|th)|({'|'.join(_ORDERED)}))\s+([^\W\d_]+)(?=\s*[:.)-]|\s*$)", re.IGNORECASE
)
_COUNTED = re.compile(  # 1-4: or Line 2: before what stands in it
    rf"^\s*(?:(?:{_ROWS})\s*(?:no\.?\s*)?\d{{1,3}}(?:\s*[-–]\s*\d{{1,3}})?\s*[:.)-]|\d{{1,2}}\s*[-–]\s*\d{{1,2}}\s*[:.)])(?=\s)",
    re.IGNORECASE,
)
_NUMBERS = (
    re.compile(r"(?<=[^\W\d_])(?:\s?\((\d{1,2})\)|([⁰¹²³⁴-⁹]{1,2})|(\d{1,2})(?!\w))"),  # Dha(1), Dha¹, Dha1
    re.compile(r"(?<![^\s|])\[\s*(\d{1,2})\s*\]"),  # [1] Dha
)
_LOW = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SAID = re.compile(
    r"\(\s*(?:sam|sum|khali|bhari|सम|खाली|भरी)\s*\)|\(\s*(?:ta+li|clap|wave|ताली)\s*\)\s*$", re.IGNORECASE
)
_CELL = re.compile(
    r"^(\s*\|)\s*(?:ma+tras?|beats?|count|bols?|signs?|ta+l[ai]|vibhags?)\s*(?=\|)", re.IGNORECASE
)  # names its row
_CLAPS = re.compile(r"\(?\b(?:clap|wave|ta+li|khali|sam)\b\)?", re.IGNORECASE)
_COUNT = re.compile(r"^\s*\d{1,2}\s*(?:beats?|matras?)\b.*$", re.IGNORECASE)  # a row of words
_UNDER = re.compile(r"^\s*(?:={3,}|_{4,})\s*$")  # a heading's line
_NUMBER_AT_END = re.compile(r"(?<=[।॥|])\s*[\d०-९]{1,3}\s*[।॥|]+\s*$")  # ॥१॥
_CALLED = re.compile(r"(?<=[^\W\d_])!+")
_ROMAN = re.compile(r"^(\s*)(I{1,3}|IV|VI{0,3}|IX|X)[.)](?=\s)")
_REMARK = re.compile(r"(?<!\S)//\s*(.*\S)\s*$")
_GROUPED = re.compile(r"\[([^\[\]]*)\]")
_PICTURES = ("So", "Sk", "Cs")  # Unicode's categories of emoji and their colours
_USED = "✕◦^`¨´˘ˋˊ"  # signs, bullets and accents among them
_PAUSE = re.compile(r"(?<!\S)(?:…|\.{3})(?!\S)")
_RAISED = re.compile(r"(?<![\w)])([ˣ⁺⁰²³⁴⁵⁶⁷])\s*(?=[^\W\d_])")
_SIGNS = dict(zip("ˣ⁺⁰²³⁴⁵⁶⁷", "X+0234567", strict=True))
_LATEX = re.compile(r"^\s*\\(?:begin|end|hline|toprule|midrule|bottomrule)\b.*$|\\\\|&")
_BETWEEN = re.compile(r"(?<![^\s|])[·⋅‧](?![^\s|])")
_COLUMNS = re.compile(r"\s*(?:bhari|भरी)(?:\s{3,}|\t)\s*(?:khali|खाली)\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\s|।॥()]+")
_TA = dict.fromkeys((UNDECIDED, LIKELY, CLOSED), OPEN)


def plain(rows: Sequence[str], place: Place) -> list[str]:
    """Rows without such marks, each where it was.

    Raises
    ------
    Unreadable : bhari and khali stand side by side, so that no order of the rows is certain.
    """
    latex = any("\\begin{tabular" in row or re.search(r"&.*\\\\\s*$", row) for row in rows)
    repeats = sum(row.count("|:") - row.count(":|") for row in rows) == 0 and not any("---" in row for row in rows)
    roman = [match[2] for match in map(_ROMAN.match, rows) if match][:2] == ["I", "II"]
    result = []
    for number, row in enumerate(_uncounted(list(rows)), 1):
        if _COLUMNS.fullmatch(row):
            place._replace(line=number).stop(
                "bhari and khali stand side by side", "write the rows of bhari first, then those of khali"
            )
        row = "".join(
            " " if category(letter) in _PICTURES and letter not in _USED else letter
            for letter in row.translate(_LETTERS)
        )
        row = _LATEX.sub(_blank, row) if latex else row
        row = _ORDINAL.sub(_in_order, row)
        for marks in (_SENT, _QUOTED, _COUNTED, _SAID, _UNDER, _NUMBER_AT_END, _CALLED):
            row = marks.sub(_blank, row)
        row = _CELL.sub(lambda match: match[1].ljust(len(match[0])), row)
        row = "" if _CLAPS.search(row) and layout.sign_row(_CLAPS.sub("", row)) else row
        row = "" if _COUNT.match(row) and not all(map(strokes, _WORD.findall(row)[2:])) else row
        if (remark := _REMARK.search(row)) and not any(map(strokes, _WORD.findall(remark[1]))):
            row = row[: remark.start()]
        groups = _GROUPED.findall(row)
        if len(groups) > 1 and all(group.split() and all(map(strokes, group.split())) for group in groups):
            row = row.replace("[", "(").replace("]", ")")  # each a matra
        row = re.sub(r"(?<=[^\W\d_])_(?=[^\W\d_])", "-", row)
        row = _ROMAN.sub(_blank, row) if roman else row
        row = re.sub("ঃ(?=\\s|$)", ":", row.replace("|]", "| "))
        row = re.sub(r"(?<=[\u0900-\u097f])[sS](?![A-Za-z])", "ऽ", row)
        row = row.replace("|:", "( ").replace(":|", " )x2") if repeats else row
        row = _RAISED.sub(lambda match: f"({_SIGNS[match[1]]}) ", row)
        result.append(layout.unmarked(_BETWEEN.sub("-", row)))
    if any(re.search(rf"{_PAUSE.pattern}[\s|।॥]*[^\W\d_]", row) for row in result):  # within a row: a rest
        result = [_PAUSE.sub(lambda match: "-".ljust(len(match[0])), row) for row in result]
    signed = next((n for n, row in enumerate(result) if row.strip() == "--"), len(result))
    below = [strokes(word) for row in result[signed + 1 :] for word in _WORD.findall(row.split("#")[0])]
    if below and not any(below):
        result[signed:] = [""] * (len(result) - signed)  # a signature
    return _unbroken(result)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _uncounted(rows: list[str]) -> list[str]:
    """Rows without the numbers of the matras beside the bols, where they count up from 1, three or more together."""
    for numbers in _NUMBERS:
        counts = [
            int("".join(groups).translate(_LOW))
            for row in rows
            for groups in map(re.Match.groups, numbers.finditer(row), repeat(""))
        ]
        starts = [n for n, count in enumerate(counts) if count == 1]
        runs = [counts[start:end] for start, end in pairwise([*starts, len(counts)])]
        if counts[:1] == [1] and all(run == [*range(1, len(run) + 1)] and len(run) > 2 for run in runs):
            rows = [numbers.sub(_blank, row) for row in rows]
    return rows


def _in_order(match: re.Match[str]) -> str:
    """``3rd palta`` as ``palta 3``."""
    return f"{match[1]}{match[4]} {match[2] or _ORDERED.index(match[3].lower()) + 1}"


def _unbroken(rows: list[str]) -> list[str]:
    """Rows where a fast run that a hyphen parts at the end of a line stands whole in the first."""
    for number in range(len(rows) - 1):
        end, begin = re.search(r"([^\W\d_]+)-\s*$", rows[number]), re.match(r"\s*([^\W\d_]+)", rows[number + 1])
        if end and begin:
            names = tuple(with_ka(list(strokes(end[1] + begin[1]))))
            if tuple(CLOSED if name in (UNDECIDED, OPEN) else name for name in names) in RUNS:
                rows[number] = f"{rows[number][: end.start()]}{end[1]}{begin[1]}"
                rows[number + 1] = " " * begin.end() + rows[number + 1][begin.end() :]
    return rows


def once(rows: Sequence[str], start: int) -> list[str]:
    """Rows from `start` on without those that say in a second script what stands right above them."""
    result, blocks = list(rows), list[tuple[str, list[int]]]()
    for number in range(start, len(rows)):
        words = [word for word in _WORD.findall(rows[number].split("#")[0]) if not word.isdigit()]
        scripts = {script(word) for word in words} - {""}
        here = scripts.pop() if len(scripts) == 1 and all(map(strokes, words)) else ""
        if here and blocks and blocks[-1][0] == here:
            blocks[-1][1].append(number)
        elif words:
            blocks.append((here, [number]))
    gone = -1  # the block that was left out
    for k, ((one, above), (other, below)) in enumerate(pairwise(blocks)):
        if one and other and gone != k and _same([rows[n] for n in above], [rows[n] for n in below]):
            gone = k + 1
            for number in below:
                result[number] = ""
    return result


def _same(rows: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two blocks have the same hands, word by word; a Ta that is not yet decided is like any other."""
    first, second = (
        [with_ka(list(strokes(word))) for row in block for word in _WORD.findall(row) if not word.isdigit()]
        for block in (rows, others)
    )
    if [len(word) for word in first] != [len(word) for word in second]:
        return False
    names = [[name for word in block for name in word] for block in (first, second)]
    tas = [{"ta", OPEN, UNDECIDED, "ta?"} >= {a, b} for a, b in zip(*names, strict=True)]
    hands = [played([OPEN if name in (UNDECIDED, "ta?") else name for name in block if name]) for block in names]
    rests = [bool(name) for name in names[0]]
    if rests != [bool(name) for name in names[1]]:
        return False
    same = [(a.left, a.right, a.flam) == (b.left, b.right, b.flam) for a, b in zip(*hands, strict=True)]
    struck = [ta for ta, rest in zip(tas, rests, strict=True) if rest]
    return all(equal or ta for equal, ta in zip(same, struck, strict=True))
