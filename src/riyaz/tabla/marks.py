"""Marks around typed bols that a pattern knows, and what stands for each: a table that can be read and extended.

They are replaced row by row, one after the other (`riyaz.tabla.typed`).
"""

import re

from riyaz.tabla import header, headings, layout, taals, tables
from riyaz.tabla.layout import LETTER, Marks, blank
from riyaz.tabla.number_words import NUMBERS, ORDERED
from riyaz.tabla.spelling import strokes

_ROWS = (
    "beats?|counts?|ma+tras?|lines?|rows?|bars?|a+vart(?:a|an|ans)?|cycles?|vibhags?|khand|मात्रा|आवर्तन|पंक्ति|खंड|विभाग"
)
_SPOKEN = re.compile(  # twice, (three times), 3 baar, x3 times
    rf"(?<![\w(])\(?(?:(twice|thrice)|[x×]?\s?(\d{{1,3}}|{'|'.join(NUMBERS)})\s*(?:times?|baar|बार|वार|वेळा|বার))\)?(?!\w)",
    re.IGNORECASE,
)
_GUN = re.compile(r"(एक|दो|दु|ती|ति|तीन|चार|चौ)\s?गु?[नण]ा?(?![\u0900-\u097f])")
_GUNS = {"एक": "एकगुन", "दो": "दुगुन", "दु": "दुगुन", "ति": "तिगुन", "ती": "तिगुन", "तीन": "तिगुन", "चार": "चौगुन", "चौ": "चौगुन"}
_SPED = re.compile(
    r"^(\s*)(dh?u?gg?u[nr]a?n?|dh?[ou]+gg?[aou]+n[ae]?|tee?go+n|ti+g[ou]+na|cho?[au]+go+n|chougun)"
    r"(?:\s+(?:double|triple|quadruple)(?:\s+speed)?)?(?=\s*\d*\s*[:.)-]*\s*$)",
    re.IGNORECASE,
)
_SPED_AS = {"d": "dugun", "t": "tigun", "c": "chaugun"}
_ORDINAL = re.compile(
    rf"^(\s*)(?:(\d{{1,2}})(?:st|nd|rd|th)|({'|'.join(ORDERED)}))\s+([^\W\d_]+)(?=\s*[:.)-]|\s*$)",
    re.IGNORECASE,
)
_COUNTED = re.compile(  # 1-4: or Line 2: before what stands in it
    rf"^\s*(?:(?:{_ROWS})\s*(?:no\.?\s*)?\d{{1,3}}(?:\s*[-–]\s*\d{{1,3}})?\s*(?:\([^()]*\)\s*)?[:.)-]|\(?\d{{1,2}}\s*[-–]\s*\d{{1,2}}\)?\s*[:.)]?(?=\s+{LETTER})"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(ORDERED)})\s+(?:half|quarter|part|{_ROWS})\s*[:.)-])(?=\s)",
    re.IGNORECASE,
)
_NAMES_OF_ROWS = re.compile(  # before numbers, signs or bols, without a bar
    r"^\s*(?:(?:ma+tras?|beats?|count|मात्रा|মাত্রা)\s+(?=\d+\s+\d)|(?:theka|signs?|ta+l(?:\s+signs?)?)\s+(?=[+xX0]\s*\d)"
    r"|(?:words?|bols?|boles|बोल)\s*(?:\(\w+\))?\s+(?!per\b)(?=[^\W\d_]))",
    re.IGNORECASE,
)
_BESIDE_SIGNS = re.compile(  # x 2 0 3 (x for sam)
    rf"^({layout.SIGN_ROW})\((?!\s*(?:[x×]?\s*\d+\s*(?:[x×]|times)?|\d*\s*[½¼¾]|[xX+])\s*\))([^()]*)\)\s*$"
)
_BULLET = re.compile(r"^\s*[-–—*•]\s+(?=([^\W\d][^\s:=|]*)\s*:)")
_ON_BOLS = re.compile(rf"(?<={LETTER})(?:\(\s*|\^)([Xx+0-9])\s*\)?(?![\w(^])")
_AFTER = re.compile(r"(?<=\s)\(\s*([Xx+0-9])\s*\)(?=\s*(?:[|।॥]|$))")
_SIGNS = dict(zip("ˣ⁺⁰²³⁴⁵⁶⁷", "X+0234567", strict=True))
_POINTED = re.compile(r"\s<[-–—=]+\s*(.*\S)\s*$")  # <- the third Dha is sam
_DAY = re.compile(  # Mon 2/11
    r"^\s*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?(?=\s|$)", re.IGNORECASE
)
_LASTS = re.compile(r"\(\s*([^()=]*?)\s*=\s*\d+\s*(?:ma+tras?|beats?)\b[^()]*\)", re.IGNORECASE)  # (TRKT = 1 matra)
_LABEL_LAST = re.compile(r"^(\s*\|.*\|)\s{2,}([^|]*[^\W\d_][^|]*)$")
_SAM = re.compile(rf"\s*(?:[=→]|[-=]{{1,4}}>)\s*({LETTER}+)\s*\(\s*(?:the\s+)?sa+m\s*\)\W*$", re.IGNORECASE)
_LEGEND = re.compile(rf"\s*[xX+\d]\s*[=:–—-]+\s+(?=[^|]*\b(?:{layout.CLAPS}|beat|empty)\b)([^|]*)", re.IGNORECASE)


def _in_order(match: re.Match[str]) -> str:
    """``3rd palta`` as ``palta 3``."""
    return f"{match[1]}{match[4]} {match[2] or ORDERED.index(match[3].lower()) + 1}"


def _repeat(match: re.Match[str]) -> str:
    """``three times`` as ``x3``."""
    said = (match[1] or match[2]).lower()
    return f" x{NUMBERS.get(said, said)} ".ljust(len(match[0]))


def _unspaced(match: re.Match[str]) -> str:
    """A row without blanks, whose commas part matras and whose bars or slashes part vibhags."""
    row = re.sub(r"[/|]", " | ", match[0].replace(",", " "))
    return row if headings.of_bols(row) else match[0]


def _unlisted(match: re.Match[str]) -> str:
    """A row of a list that is a key and its value, without the mark of the list."""
    return blank(match) if header.is_key(match[1]) else match[0]


def _field(match: re.Match[str]) -> str:
    """``[Taal] Dadra`` as ``Taal: Dadra``: a key of the header, or the name of a section before its bols."""
    return f"{match[1]}: " if header.is_key(match[1]) or headings.HEAD.match(match[1]) else match[0]


def _framed(match: re.Match[str]) -> str:
    """A title between lines or stars; bols between rests, or after ``~``, stay."""
    return (
        match[0]
        if headings.of_bols(re.sub(r"[-~,]+", " ", match[2])) and not headings.HEAD.match(match[2])
        else match[2]
    )


def _boxed(match: re.Match[str]) -> str:
    """A title in a box, without the box."""
    return f" {match[1]} " if re.search(LETTER, match[1]) and headings.title(match[1]) else match[0]


def _signed(match: re.Match[str]) -> str:
    """A row without the signs right after bols, ``Dha(X)`` or ``Dha^X``, or at the end of each vibhag."""
    row = match[0]
    for signs in (_ON_BOLS, _AFTER):
        marks = signs.findall(row)
        if len(marks) > 1 and any(mark in "Xx+0" for mark in marks):
            row = signs.sub(blank, row)
    return row


def _numbered(match: re.Match[str]) -> str:
    """The number at the end of a row of bols as blanks; a row of numbers stays."""
    return blank(match) if re.search(LETTER, match.string) else match[0]


def _fields(match: re.Match[str]) -> str:
    """A row of a spreadsheet whose fields semicolons part; two may be a key and its value."""
    key, _, value = match[0].partition(";")
    return f"{key}: {value.rstrip(';')}" if header.is_key(key) else match[0].replace(";", " ")


def _pointed(match: re.Match[str]) -> str:
    """A row of a taal, an arrow and its bols, with a colon for the arrow."""
    before = headings.taals_in(headings.words_of(match[1])) and not headings.of_bols(match[1])
    return f"{match[1]}: {match[2]}" if before and headings.of_bols(match[2]) else match[0]


def _asked(match: re.Match[str]) -> str:
    """A question or its answer without its letter; bols after a letter stay, which may be a section's."""
    if headings.of_bols(match[1]):
        return match[0]
    words, _, bols = re.sub(r"\s[-–—]\s", ":", match[1], count=1).partition(":")
    alone = headings.of_bols(bols) and headings.spoken(headings.words_of(words)) and not headings.tells(words)
    return bols if alone and not headings.taals_in(headings.words_of(words)) else match[1]


def _label_first(match: re.Match[str]) -> str:
    """A row of bols between bars with the words after it in front, as its name."""
    words = match[2].strip()
    named = headings.of_bols(match[1].replace("|", " ")) and not headings.of_bols(words) and not headings.tells(words)
    return f"{words}: {match[1].strip()}" if named else match[0]


def _also(match: re.Match[str]) -> str:
    """A taal without its other name in brackets."""
    both = [taals.exact(name) for name in match.groups()]
    return match[1].ljust(len(match[0])) if all(both) else match[0]


def _beside(match: re.Match[str]) -> str:
    """Blanks for a word in brackets within a row of bols that is no bols and says nothing of the playing."""
    row = f"{match.string[: match.start()]} {match.string[match.end() :]}"
    said = strokes(match[1]) or taals.exact(match[1]) or headings.tells(match[1]) or headings.HEAD.match(match[1])
    return match[0] if said or not headings.of_bols(row) or not headings.foreign(match[1]) else blank(match)


MARKS: Marks = [  # replaced one after the other
    (re.compile(r"^\s*bar\s+\d{1,2}\s{2,}(?=[^\W\d_])", re.IGNORECASE), blank),
    (re.compile(r"^\s*(?:\d{1,2}\s+[&e+]\s*(?:[&ea+]\s*){0,2})+$"), ""),  # 1 & 2 &
    (_POINTED, lambda match: match[0] if headings.tells(match[1]) else blank(match)),
    (_DAY, blank),
    (_LASTS, lambda match: blank(match) if headings.of_bols(match[1]) else match[0]),
    (_LABEL_LAST, _label_first),
    (re.compile(r"(?<=[aAāĀ]\s)[aAāĀ](?=\s|$)|(?<![^\s|])[\u093e\u09be](?![^\s|])"), "-"),  # Dha A, the vowel held on
    (re.compile(rf"(?<!{LETTER})({LETTER}{{2,30}})\s?\(\s*({LETTER}{{2,30}})\s*\)"), _also),
    (re.compile(rf"(?<=\s)\(\s*({LETTER}{{3,30}})\s*\)"), _beside),
    (_SAM, r" | \1"),
    (_LEGEND, lambda match: match[0] if headings.of_bols(match[1]) else ""),
    (re.compile(r"(?<=[^\W\d_][:.,;])(?:\[\d{1,3}\])+(?=\s|$)"), blank),  # of a note below
    (re.compile(rf"(?<=[।॥|])\s*[+xX](?={LETTER}+\s*$)"), " "),  # | +Dha, the sam
    (re.compile(r"(?<!\S)(?:https?://|www\.)\S+|^\s*(?:\([cC]\)|©)\s*\d{4}.*$"), blank),
    (re.compile(r"^\s*\d{1,2}(?:[./-]\d{1,2}[./-]|\s+[A-Z][a-z]+,?\s+)(?:\d{2}|\d{4})\s*$"), blank),  # a date
    (re.compile(r"^\s*[\d:.,]{5,}\s*-+>\s*[\d:.,]{5,}\s*$"), blank),  # captions of a film
    (re.compile(r"^\s*\d+(?:\s+(?:/\s+)?\d+)*\s*$"), lambda match: match[0].replace("/", "|")),  # 1 2 / 3 4 5
    (re.compile(r"^\s*tabla\s*:\s*(?=[^\W\d_].*\s)", re.IGNORECASE), blank),
    (re.compile(r"(?<!\S)[:;]-?[()DP]+\s*$"), blank),  # a smile
    (re.compile(r"^\s*[QA]\s*[:.]\s+(\S.*)$"), _asked),
    (_COUNTED, blank),
    (_ORDINAL, _in_order),
    (_SPOKEN, _repeat),
    (_SPED, lambda match: f"{match[1]}{_SPED_AS[match[2][0].lower()]}"),
    (_GUN, lambda match: _GUNS[match[1]].ljust(len(match[0]))),
    (re.compile(r"^(\s*[^\W\d_][^:|]*?)\s*\(?[x×]\s?(\d+)\)?\s*:\s*(?=\S)(.+)$"), r"\1: \3 x\2"),  # Bhari x2: and bols
    (re.compile(r"^\s*[^\s,/|]+(?:,[^\s,/|]+)+(?:[/|][^\s,/|]+(?:,[^\s,/|]+)+){2,}[/|]?\s*$"), _unspaced),
    (
        re.compile(r"^\s*(?:Ans(?:wer)?|Ques(?:tion)?|उत्तर|प्रश्न|উত্তর|প্রশ্ন)\s*\d*\s*[:.–—-]+\s*(?=\w)", re.IGNORECASE),
        blank,
    ),
    (re.compile(rf"(?<={LETTER})[‿&](?={LETTER})"), ""),
    (re.compile(r"(?<!`)`([^`]+)`(?!`)"), r" \1 "),
    (re.compile(rf"(?<={LETTER})\*(?=\s|$)(?<!\*\*)(?=[^*]*$|(?:[^*]*{LETTER}\*(?=\s|$))+[^*]*$)"), "-"),
    (re.compile(r"^\s*\(?\d{1,2}:\d{2}(?::\d{2})?\)?(?:\s*[-–])?\s+(?=[^\W\d_])"), blank),  # where a video is
    (re.compile(r"\(\d{1,2}:\d{2}(?::\d{2})?\)"), blank),
    (re.compile(r"^([^|>]*[^|>\s-])\s+[-=—–]+>\s+([^>]+)$"), _pointed),
    (re.compile(r"(?<!\S)[-=—–]+>(?!\S)"), "|"),
    (re.compile(r"^\s*([-=*~_])\1{2,}\s*(?=[^\W\d_])(.*?)\s*\1*\s*$"), _framed),
    (re.compile(r"(?<![\S*])\*(?=[^\W\d_][^*]*$)"), " "),
    (re.compile(r"^[^\s;]+(?:;[^\s;]+)+;?$"), _fields),
    (re.compile(r"^([^\W\d_]+),(?=[^\s,]+$)"), _field),
    (re.compile(r"\(([०-९০-৯])\)(?=\s*[^\W\d_])"), lambda match: f"({int(match[1])})"),  # a sign
    (re.compile(rf"(?<=\w)\s+\((?:{layout.CLAPS})\s*\d{{1,2}}\)\s*$", re.IGNORECASE), blank),
    (_BULLET, _unlisted),
    (re.compile(r"^([^\W\d]\w*:)\s*[|>][-+]?\s*$"), r"\1"),  # YAML: rows below
    (re.compile(r"^\s*\[([^\[\]]+)\]\s*[:-]?\s+(?=\S)"), _field),
    (re.compile(r".+"), lambda match: tables.unlabelled(match[0])),
    (re.compile(r"^\s*(?:\{\|.*|\|-+|\|\}|\(\|.*|\|\))\s*$"), ""),  # a table of a wiki
    (re.compile(r"^\s*[\d०-९]{1,2}\s*।(?=\s*[^\W\d_])"), blank),
    (re.compile(r"^(\s*\d{1,2})-\s*(?=[^\W\d_])"), r"\1. "),  # 1-Dha, the number of a row
    (re.compile(r"(?<=\S)(\s+),"), r",\1"),
    (re.compile(rf"^\s*(?:--+|//)\s+(?=(?:{headings.NAMES})\W*\d*\s*$)", re.IGNORECASE), blank),  # -- palta 1
    (re.compile(r"(:\s*)'([^']*)'\s*,?\s*$"), r"\1 \2 "),
    (_NAMES_OF_ROWS, blank),
    (re.compile(rf"\(\s*(?:{layout.PLACES})\s*\)|\(\s*(?:{layout.HANDS})\s*\)\s*$", re.IGNORECASE), blank),
    (re.compile(rf"\[\s*(?:{layout.CLAPS})\s*\]", re.IGNORECASE), blank),
    (_BESIDE_SIGNS, lambda match: match[0] if headings.of_bols(match[2]) else match[1]),
    (re.compile(r"^\s*\|\s*([^|]*)\|\s*$"), _boxed),
    (re.compile(r"(?<=\s)\\(?=\s)"), "|"),
    (re.compile(r"^.*[(^].*$"), _signed),
    (re.compile(r"(?<=[।॥|])\s*[\d०-९]{1,3}\s*[।॥|]+\s*$"), _numbered),  # ॥१॥
    (re.compile(rf"(?<={LETTER})!+|(?<=[^\s\d!])!+(?=\s*$)"), blank),
    (re.compile(r"(?<=[^\s\d/])/(?=\s+[^\W\d_]|\s*$)"), "|"),  # Dha/ Dhin
    (re.compile(r"(?<=[^\s\d/|]\s)/(?=[^\s\d/])"), "|"),  # Dha /Dhin
    (re.compile(rf"(?<={LETTER})_(?={LETTER})"), "-"),
    (re.compile("ঃ(?=\\s|$)"), ":"),
    (re.compile(r"^\s*\d{1,2}\s*টি\s*[।,.]?\s*$"), blank),  # so many, of what the row before says
    (re.compile(rf"(?<={LETTER})['’](?=[\s|।]|$)(?=(?:[^'’]|{LETTER}['’](?=[\s|।]|$))*$)"), ""),  # an accent
    (re.compile(r"\|\]"), "| "),
    (re.compile("(?<=[\u0900-\u097f])[sS](?![A-Za-z])"), "ऽ"),
    (re.compile(r"(?<![\w)])([ˣ⁺⁰²³⁴⁵⁶⁷])\s*(?=[^\W\d_])"), lambda match: f"({_SIGNS[match[1]]}) "),
    (re.compile(r"(?<![^\s|])[·⋅‧](?![^\s|])"), "-"),
]
LINES: Marks = [(re.compile(r"^\s*(?:={3,}|_{4,}|[-–—]{3,}|(?:\*\s*){3,}|(?:~\s*){3,}|\+(?:[-=]+\+)+)\s*$"), blank)]
LATEX: Marks = [(re.compile(r"^\s*\\(?:begin|end|hline|toprule|midrule|bottomrule)\b.*$|\\\\|&"), blank)]
REPEATS: Marks = [(re.compile(r"\|:"), "( "), (re.compile(r":\|"), " )x2")]
