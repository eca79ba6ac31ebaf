"""What stands around typed bols and is none of them: marks of chats, mail, web pages, PDF, LaTeX and music fonts.

Rows keep their numbers, so that errors name the place that a player sees. Gujarati and Gurmukhi are read as the
Devanagari that they are letter by letter. What these marks cannot settle is asked about.
"""

import re
from collections.abc import Sequence
from html import unescape
from unicodedata import category

from riyaz.tabla import beginnings, captions, dashes, headings, layout, marks, own_letters, sentences, tables
from riyaz.tabla.dialect import THEMED
from riyaz.tabla.layout import LETTER, blank
from riyaz.tabla.place import Place
from riyaz.tabla.placing import RUNS
from riyaz.tabla.spelling import CLOSED, OPEN, UNDECIDED, strokes, with_ka

WIDE = 80  # blanks that stand for any more of them, so that no search takes long
_WIDE = re.compile(rf"[^\S\n]{{{WIDE},}}")
_LETTERS: dict[int, str | int | None] = {
    **dict.fromkeys(map(ord, "｜¦║│┃❘∣‖→⇒➔"), "|"),
    **{ord("①") + k: str(k + 1) for k in range(20)},
    **dict.fromkeys(map(ord, "⊗⨯☓"), "X"),
    ord("{"): "(",
    ord("}"): ")",  # around a matra
    **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)),  # of no width
    **dict.fromkeys((0xFE0F, 0x20E3), " "),  # what makes a digit a key
}
_SCRIPTS: dict[int, str | int | None] = {
    **{letter: letter - 0x180 for letter in (*range(0xA81, 0xACE), *range(0xAE6, 0xAF0))},  # Gujarati
    **{letter: letter - 0x100 for letter in (*range(0xA01, 0xA4E), *range(0xA59, 0xA5F), *range(0xA66, 0xA70))},
    0xA70: "ं",  # tippi of Gurmukhi
    0xA71: None,  # addak
    0x9BD: "ऽ",  # avagraha of Bengali
}
_SENT = re.compile(  # 12/03/24, 7:41 PM - Name:
    r"^\s*\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?\]?\s*[-–]?\s*[^:|]{1,40}:",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:>\s*)+|^\s*quote\s*:\s*$|^.*\bwrote\s*:\s*$", re.IGNORECASE)
_COUNT = re.compile(r"^\s*\d{1,2}\s*(?:beats?|matras?)\b.*$", re.IGNORECASE)  # a row of words
_ROMAN = re.compile(r"^(\s*)(I{1,3}|IV|VI{0,3}|IX|X)[.)](?=\s)")
_REMARK = re.compile(r"(?<!\S)//\s*(.*\S)\s*$")
_X = re.compile(r"(?<=\s)x(?=\s)")  # a rest
_ASIDE = re.compile(
    r"^(\s*(?:\d{1,2}[.)]\s+)?(.*\S))\s+(?:<?[-–—:=←]+\s+([^\W\d_].*)|[(\[]([^\W\d_][^()\[\]]*)[)\]])\s*$"
)
_FORM_LAST = re.compile(rf"([^:]+):(.*\S)\s+\(({'|'.join(THEMED)})\)\s*", re.IGNORECASE)  # a text of one row
_GROUPED = re.compile(r"\[([^\[\]]*)\]")
_PICTURES = ("So", "Sk", "Cs")  # Unicode's categories of emoji and their colours
_USED = "✕◦^`¨´˘ˋˊ"  # signs, bullets and accents among them
_DOTS = re.compile(r"(?<!\S)\.{2,}(?!\S)")
_PAUSE = re.compile(r"(?<!\S)(?:…|\.{3})(?!\S)")
_WRAPPED = re.compile(  # a row within marks of Markdown
    r"^(\s*)(?:\*\*(?=[^*]+\*\*\s*$)|__(?=[^_]+__\s*$)|[•‣◦▪●]\s+)(.*?)"
    r"(?:\*\*|__)?\s*$"
)
_COMMENT_ENDS = re.compile(r"\s*(?:/\*+|\*+/)\s*")  # a row that begins or ends a comment of a program
_COMMENTED = re.compile(r"^\s*(?://|--|\*|;|#)\s+")
_BUTTON = re.compile(r"^(?:Copy\s?(?:code|Edit)?|Edit)(?=\s*$|\s{2,}|[Xx+0]\s)")  # of a page, copied with its text
_LANGUAGE = re.compile(r"\s*[a-z][\w#+]{1,12}\s*\n\s*Copy(?:\s?code)?\s*$")  # of a block of code, above its button
_PHRASES = re.compile(r"[(\[][^()\[\]|\n]*[^()\[\]|\s][^()\[\]|\n]*(?:\||\s/\s)[^()\[\]]*(?:[)\]]|$)", re.MULTILINE)
_SILENT = re.compile(r"\(\s*[Ssऽ]\s*\)")  # (S), a rest
_ZERO = re.compile(rf"(?<![\d०০])[०০](?={LETTER})")  # a rest before a bol
_NOTE = re.compile(r"\s*([¹²³⁴-⁹])\s+(?=[^\W\d_])")
_OFTEN = re.compile(r"[)\]]\s*(?:[x×*]\s*)?\d|\d\s*[x×*]?\s*[(\[]|[½¼¾]|times|baar|बार|বার", re.IGNORECASE)
_HALVED = re.compile(
    "([\u093e-\u094c\u09be-\u09cc])([\u094d\u09cd])(\\w)"
)  # a virama typed after a vowel, not after its letter
_FIRST, _THIRD = re.compile(r"\s*[xX+]\s*2\s*"), re.compile(r"\s*[oO0०০]\s*3\s*")
_CLOSING = re.compile(
    r"\s*(?:--|(?:(?:(?:best|kind|warm)\s+)?(?:regards|wishes)|cheers|thanks|thank you|yours|love|pranam|hth"
    r"|(?:viele\s+|liebe\s+)?gr(?:ü|u)(?:ß|ss)e|saludos|cordialement|merci|gracias|danke)(?:\s*,[^|]*)?)[\s,.!]*",
    re.IGNORECASE,
)
_COLUMNS = re.compile(r"\s*(?:bhari|भरी)(?:\s{3,}|\t)\s*(?:khali|खाली)\s*", re.IGNORECASE)


def _apart(row: str) -> tuple[str, str]:
    """A row and the comment after it."""
    comment = re.search(r"(?<=\S)\s+#\s.*", row)
    return (row[: comment.start()], comment[0]) if comment else (row, "")


def plain(rows: Sequence[str], place: Place) -> list[str]:
    """Rows without such marks, each where it was.

    Raises
    ------
    Unreadable : bhari and khali stand side by side, so that no order of the rows is certain.
    """
    rows = [_WIDE.sub(" " * WIDE, row.rstrip()) for row in rows]
    rows = _unphrased([_ZERO.sub("-", _SILENT.sub(" - ", row)) for row in rows])
    rows = _unnoted(own_letters.written_out(rows))
    rows = ["" if _LANGUAGE.match("\n".join(rows[n : n + 2])) else row for n, row in enumerate(rows)]
    rows = [_unwrapped(_HALVED.sub(r"\1\3\2", row.translate(_SCRIPTS))) for row in rows]
    signs = [_FIRST.fullmatch(row) or _THIRD.fullmatch(row) for row in rows]  # x 2 below one half, o 3 below the other
    if sum(map(bool, map(_THIRD.fullmatch, rows))) == sum(map(bool, signs)) / 2:
        rows = ["" if sign else row for row, sign in zip(rows, signs, strict=True)]
    rows = beginnings.marked(rows, place)
    single = sum(bool(row.strip()) for row in rows) == 1 and not "".join(rows).lstrip().startswith("//")
    rows = [blank(match) if (match := _COMMENT_ENDS.fullmatch(row)) else row for row in rows]
    if not single and all(_COMMENTED.match(row) for row in rows if row.strip()):
        rows = [_COMMENTED.sub(blank, row) for row in rows]  # a comment of a program
    own = headings.sectioned(rows)  # our own layout: dashes are rests, and bars part no cells
    latex = any("\\begin{tabular" in row or re.search(r"&.*\\\\\s*$", row) for row in rows)
    repeats = sum(row.count("|:") - row.count(":|") for row in rows) == 0 and not any("---" in row for row in rows)
    roman = [match[2] for match in map(_ROMAN.match, rows) if match][:2] == ["I", "II"]
    here = [
        *([] if own else marks.LINES),
        *marks.MARKS,
        *(marks.LATEX if latex else ()),
        *(marks.REPEATS if repeats else ()),
        *([(_ROMAN, blank)] if roman else ()),
    ]
    filled = [number for number, row in enumerate(rows) if row.strip()]
    if len(filled) == 1 and (after := _FORM_LAST.fullmatch(rows[filled[0]])):
        rows = [f"{after[1]} {after[3]}:{after[2]}" if row.strip() else row for row in rows]
    result = list[str]()
    cells = rows if own else tables.celled(rows)
    cells = captions.plain(tables.labelled(cells))
    for number, row in enumerate(tables.unnumbered(tables.uncounted(tables.columns(tables.stacked(cells)))), 1):
        if _COLUMNS.fullmatch(row):
            place._replace(line=number).stop(
                "bhari and khali stand side by side", "write the rows of bhari first, then those of khali"
            )
        row, remark = _apart(unescape(row).replace("\n", " ").translate(_LETTERS))
        row = "".join(" " if category(letter) in _PICTURES and letter not in _USED else letter for letter in row)
        row = sentences.taal_and_bols(sentences.quoted(row))
        for mark, instead in here:
            row = mark.sub(instead, row)
        row = tables.named(row)
        row = "" if tables.said(row) else row
        words = layout.WORD.findall(row)[2:] if _COUNT.match(row) and not headings.tells(row) else []
        row = "" if words and not all(map(strokes, words)) and not headings.taals_in(headings.words_of(row)) else row
        if (slashed := _REMARK.search(row)) and not any(map(strokes, layout.WORD.findall(slashed[1]))):
            row = row[: slashed.start()]
        if (
            (said := _ASIDE.match(row))
            and headings.of_bols(_X.sub("-", said[2].rpartition(":")[2]))
            and (":" in said[2] or not headings.HEAD.match(said[2]))
            and headings.aside(said[3] or said[4])
        ):
            row = said[1]
        groups = _GROUPED.findall(row)
        if len(groups) > 1 and all(group.split() and all(map(strokes, group.split())) for group in groups):
            row = row.replace("[", "(").replace("]", ")")  # each a matra
        result.append(layout.unmarked(row) + remark)
    result = beginnings.numbered(tables.of_cells(tables.barred(_rests(result))))
    result = result if own else dashes.unlisted(result, place)
    if any(re.search(rf"{_PAUSE.pattern}[\s|।॥]*[^\W\d_]", row) for row in result):  # within a row: a rest
        result = [_PAUSE.sub(lambda match: "-".ljust(len(match[0])), row) for row in result]
    signed = next((n for n, row in enumerate(result) if _CLOSING.fullmatch(row)), len(result))
    below = [strokes(word) for row in result[signed + 1 :] for word in layout.WORD.findall(row.split("#")[0])]
    closed = signed < len(result) and (below or result[signed].strip() != "--")  # a row of dashes alone is rests
    if closed and not any(name for names in below for name in names):
        result[signed:] = [""] * (len(result) - signed)  # a signature
    return _unbroken(result)


def _unphrased(rows: Sequence[str]) -> Sequence[str]:
    """Rows without brackets around phrases, which bars part: some enclose a bar, and none says how often."""
    text = "\n".join(rows)
    if not _PHRASES.search(text) or _OFTEN.search(text):
        return rows
    plain = [re.sub(r"[()\[\]]", " ", row) for row in rows]
    return [bare if headings.of_bols(bare) else row for row, bare in zip(rows, plain, strict=True)]


def _unnoted(rows: Sequence[str]) -> list[str]:
    """Rows without footnotes: small numbers after words and the rows that begin with one, where they are no bols."""
    notes = {match[1] for row in rows if (match := _NOTE.match(row)) and not headings.of_bols(row[match.end() :])}
    if not notes:
        return list(rows)
    after = re.compile(rf"(?<=[^\s\d])[{''.join(notes)}]+(?=[\s.,;:|।)-]|$)")
    played = ["" if (match := _NOTE.match(row)) and match[1] in notes else row for row in rows]
    return [after.sub("", row) for row in played]


def _rests(rows: list[str]) -> list[str]:
    """Rows with hyphens for words of dots alone, where a word of bols and as many shares has dots as rests as well."""
    words = [word for row in rows for word in layout.WORD.findall(row) if re.search(r"\w\.\.|\.\w", word)]
    sizes = {len(strokes(word)) for word in words} - {0, 1}
    return [_DOTS.sub(lambda dots: "-" * len(dots[0]) if len(dots[0]) in sizes else dots[0], row) for row in rows]


def _unwrapped(row: str) -> str:
    """A row without what stands around the whole of it: the marks of a quotation, the time and the sender of a chat."""
    row = _SENT.sub(blank, _QUOTED.sub(blank, _BUTTON.sub(blank, row)))
    row = re.sub(r"\[\s*(?:edit|edit source|संपादन|সম্পাদনা|संपादित करें)\s*\]\s*$", "", row)  # of a wiki
    row = re.sub(r"(?<=[^\W\d_)]):[-–—]+(?=\s|$)", ":", row)  # as a colon is written in India
    row = re.sub(r"^([^#:]*\w\s*)#(?=\d{1,2}(?!\w))", _of_number, row)  # Kaida #2 in Jhaptal
    match = _WRAPPED.match(row)
    return " " * match.start(2) + match[2] if match else row


def _of_number(match: re.Match[str]) -> str:
    """Words and a number, without the sign before it; what stands after bols is a comment."""
    return match[0] if headings.of_bols(match[1]) else f"{match[1]} "


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
