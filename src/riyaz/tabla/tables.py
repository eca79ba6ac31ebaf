"""Tables of typed bols: numbers, signs and names in rows and columns beside the bols, and what of them counts up.

What is no bols is left out; rows keep their numbers.
"""

import re
from collections.abc import Sequence
from itertools import pairwise, repeat, takewhile

from riyaz.tabla import header, headings, layout, taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.layout import LETTER, blank
from riyaz.tabla.number_words import ENGLISH
from riyaz.tabla.spelling import strokes, with_ka

_NUMBERS = (
    re.compile(rf"(?<={LETTER})(?:\s?\((\d{{1,2}})\)|([⁰¹²³⁴-⁹₀-₉]{{1,2}})|(\d{{1,2}})(?!\w))"),  # Dha(1), Dha¹, Dha1
    re.compile(r"(?<![^\s|])\[\s*(\d{1,2})\s*\]"),  # [1] Dha
    re.compile(rf"(?<![^\s|])(\d{{1,2}})\s*=\s*(?={LETTER})"),  # 1=Dha
    re.compile(rf"(?<![^\s|])\(\s*(\d{{1,2}})\s*\)\s*(?={LETTER})"),  # (1) Dha
)
_ROW_NUMBERS = (
    re.compile(r"^\s*(?:\((\d{1,2}|[a-h])\)|([A-H])\s*[-–.])(?=\s+[^\W\d_])"),
    re.compile(rf"(?<={LETTER})\s+[-–—]\s*(\d{{1,2}})\s*$"),
    re.compile(r"^\s*(\d{1,2})\s*[,;]\s*(?=[^\W\d_])"),  # 1,Dha in a table of values
    re.compile(r"^\s*(\d{1,2})\s*[-–—:=]+>?\s*(?=[^\W\d_])"),  # 1 - Dha
    re.compile(r"^\s*[Xx+\d]\s+(\d{1,2})\s+(?=[^\W\d_])"),  # a sign, the number of its vibhag, its bols
    re.compile(rf"(?<={LETTER})\s+(\d{{1,2}})(?:\s+[Xx+\d])?\s*$"),  # a bol, its number, a sign
)
_IN_WORDS = re.compile(rf"(?<![^\s,|])({'|'.join(ENGLISH)})\b[:.-]?\s+({LETTER}[^\s|]*)", re.IGNORECASE)
_LOW = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_SAID = re.compile(rf"\(?\b(?:{layout.CLAPS}|\d(?:st|nd|rd|th))\b\)?", re.IGNORECASE)
_ON_BOL = re.compile(  # Sam (1st beat) - Dha
    rf"(?<=\))\s*[-–—:]\s*{LETTER}+\s*$|(?<=\d(?:st|nd|rd|th))\s+(?:beat|matra)(?=\s*\))", re.IGNORECASE
)
_SPEED = re.compile(r"\b(?:double|triple|quadruple|speed)\b", re.IGNORECASE)
_ROWS_OF_BOLS = r"(?:bols?|boles|words|बोल|theka|ठेका)"
_LABELLED = re.compile(r"^\s*([^\W\d][^:=|()]{0,40}?)\s*(?::|(?<!\s)[-–—]+(?=\s)|(?<=\s)[-–—]+(?=\s))[-–—]*\s*(.+)$")
_BESIDE_SIGNS = re.compile(r"\s*([^\W\d_][^:=|()\d]{0,40}?)\s+[Xx×+✕](?:[\s:|]+[\doOXx×+])+[\s:|]*")  # signs X 0
_FIRST_MATRA = re.compile(rf"\s*(\d{{1,3}})[.):]?\s+(?={LETTER})")  # of the row
_TITLED = re.compile(r"\s*[^\W\d_][^:|()]{0,40}:\s")
_GAP = re.compile(r"(?<=\S)(?:\s{3,}|\t\s*)(?=\S)")
_BAR = re.compile(r"[।॥I\s]+")  # a cell for the end of a vibhag
_LABEL = re.compile(rf"\s*([Xx×+Oo\d])\s*(?:[:.)]|[-–—]+>?(?=\s))\s*(?={LETTER}|[-–—_(|])")
_FEW = 6  # rows of one cell that make a table of such
_SEPARATORS = ("\t", "|", ";", ",")
_IN_ORDER = re.compile(r"\s*(\d{1,2})[.)]?\s+([^\W\d_]\S*)(?:\s+([Xx+\d]))?\s*")  # its number, a bol, its sign


def counts_up(numbers: Sequence[int], first: int | None = None, least: int = 3) -> bool:
    """Whether numbers, `least` or more, are one more each, from `first` if it is given; no numbers do not."""
    start = numbers[0] if numbers and first is None else first
    return len(numbers) >= least and [*numbers] == [*range(start or 0, (start or 0) + len(numbers))]


def of_signs(row: str) -> bool:
    """Whether a row has nothing but signs, numbers, bars and words for claps, such as ``clap, 2, 3``."""
    rest = _SAID.sub("", row).replace("^", " ").replace("/", " ")
    return layout.sign_row(rest) or not rest.strip(" \t|।॥():-")


def said(row: str) -> bool:
    """Whether a row has words for claps, and signs, numbers and bars alone beside them, or says on which bol sam is."""
    row = _ON_BOL.sub("", row.replace(",", " "))
    return _SAID.search(row) is not None and of_signs(row)


def unlabelled(row: str) -> str:
    """A row, or nothing where it has a name and signs or numbers alone, such as ``Beat: 1 2 3``."""
    match = _LABELLED.match(row)
    beside = _BESIDE_SIGNS.fullmatch(row)
    if beside and headings.spoken(headings.words_of(beside[1])):
        return ""
    if not match or not of_signs(re.sub("[:,]", " ", match[2])) or not re.search(r"[^\W_]|[×+✕]", match[2]):
        return row
    name, value = match[1], match[2]
    if any(strokes(word) and not headings.spoken([word]) for word in headings.words_of(name)):
        return row
    counts = counts_up([int(number) for number in re.findall(r"\d+", value)])
    if header.is_key(name) or header.spelled(row) != row.strip():
        cells = layout.sign_row(value.replace(":", " ")) and (counts or re.search(r"[Xx×+✕]", value))
        return "" if cells and header.is_key(name, ("matras", "tali", "khali")) is False else row
    known = headings.spoken(headings.words_of(name)) and not headings.HEAD.match(name) and not headings.tells(name)
    return "" if counts or known or re.search(r"[Xx×+✕]", value) or _SAID.search(value) else row


def named(row: str) -> str:
    """A row of a table without its name, or with it as a heading or a key; a row of words is left out."""
    first, *cells = row.split("\t")
    bare = re.sub(r"\([^()]*\)", " ", first).strip()
    if len(cells) == 1 and taals.exact(bare) and re.search(LETTER, cells[0]):
        return f"{bare}: {cells[0].strip()}"
    if "|" not in row:
        if (
            cells
            and header.is_key(bare)
            and all(re.match(headings.NAMES, cell.strip(), re.IGNORECASE) for cell in cells)
        ):
            return ""  # the names of columns
        if len(cells) == 1 and header.is_key(first.strip()) and not header.is_key(cells[0].strip()):
            return f"{first.strip()}: {cells[0].strip()}"
        words = headings.words_of(first)
        beside = words and headings.spoken(words) and not any(map(strokes, words)) and not headings.HEAD.match(first)
        bols = [cell for cell in cells if cell.strip()]
        labelled = beside and not headings.tells(first) and bols and all(map(headings.of_bols, bols))
        return " " * len(first) + row[len(first) :] if labelled else row
    if layout.RULE.fullmatch(row):
        return ""
    row = _uncounted_taal(row)
    match = re.match(r"\s*\|?\s*([^|:=]*[^\W\d_][^|:=]*?)\s*\|(.*)$", row)
    name = re.sub(r"\([^()]*\)", " ", match[1]).strip() if match else ""
    if match and taals.exact(name) and headings.of_bols(match[2].replace("|", " ")):
        rest = match[2].strip(" |")  # cells are matras, or vibhags
        several = any(len(cell.split()) > 1 for cell in rest.split("|"))
        return f"{name}: {rest if several else rest.replace('|', ' ')}"
    known = headings.HEAD.match(name) or headings.remark(_SPEED.sub("beat", name))
    if not match or not known or any(map(strokes, headings.words_of(name))):
        return row
    rest = re.sub(r"\([^()]*\)", " ", match[2]).strip(" |")
    if (headings.remark(rest) or headings.HEAD.match(rest)) and not re.search(r"\d", rest):
        return ""
    if "|" not in rest and header.is_key(name):
        return f"{name}: {match[2].strip(' |')}"
    if of_signs(match[2]):
        return name if headings.taals_in(headings.words_of(name)) else f"|{match[2]}"
    if all(strokes(word) for word in layout.WORD.findall(rest) if not layout.sign_row(word)):
        return f"|{match[2]}" if re.fullmatch(_ROWS_OF_BOLS, name, re.IGNORECASE) else f"{name}: {match[2].lstrip()}"
    return row


def _uncounted_taal(row: str) -> str:
    """A row of a table that begins with a taal, without the cell of its number of matras."""
    first, *cells = row.strip(" |").split("|")
    taal = taals.exact(re.sub(r"\([^()]*\)", " ", first).strip())
    size = str(taal.matras // taal.counts) if taal else ""
    counts = [cell for cell in cells if re.fullmatch(rf"\s*{size}(?:\s*(?:beats|ma+tras?|मात्रा))?\s*", cell)]
    return " | ".join([first, *(cell for cell in cells if cell not in counts)]) if taal and len(counts) == 1 else row


def barred(rows: Sequence[str]) -> list[str]:
    """Rows of cells, three or more, with bars for tabs, where one cell has several words and all cells are bols.

    Numbers beside rests, as they are spoken in the pauses of a tihai (``1 - -``), are rests.
    """
    cells = [_uncounted([cell.strip() for cell in row.strip().split("\t")]) for row in rows]
    bols = [
        all(map(headings.of_bols, row)) and not re.search(r"[|।॥]", plain)
        for row, plain in zip(cells, rows, strict=True)
    ]
    least = (
        2 if any(len(row) > 2 and each for row, each in zip(cells, bols, strict=True)) else 3
    )  # the last may be short
    tables = [len(row) >= least and each for row, each in zip(cells, bols, strict=True)]
    parts = [
        re.sub(r"^\([Xx+Oo\d]\)|\)?\s*[x×]\s?\d+$", "", cell)
        for row, table in zip(cells, tables, strict=True)
        if table
        for cell in row
    ]
    several = any(len(part.split()) > 1 for part in parts)
    shown = zip(rows, cells, tables, strict=True)
    return [f"{' | '.join(row)} |" if several and table else plain for plain, row, table in shown]


def _uncounted(cells: Sequence[str]) -> list[str]:
    """Cells with rests for the numbers that count a pause: beside rests, or where all cells have as many bols."""
    sizes = {len(cell.split()) for cell in cells}
    even = len(cells) > 1 and len(sizes) == 1 and sizes != {1}
    counted = r"[\s\d–—-]*[–—-][\s\d–—-]*"
    rests = [re.sub(r"\d+", "-", cell) if re.fullmatch(counted, cell) else cell for cell in cells]
    return [re.sub(r"(?<!\S)\d(?!\S)", "-", cell) for cell in rests] if even else rests


def of_cells(rows: Sequence[str]) -> list[str]:
    """Rows of tables under numbers that count their cells: each cell is a matra."""
    result, size, last = list[str](), 0, 0
    for row in rows:
        separator = "|" if "|" in row else ","
        cells = [cell.strip() for cell in row.split(separator) if cell.strip()]
        numbers = [int(cell) for cell in cells if cell.isdigit()]
        signs = separator == "," and of_signs(" ".join(cells))
        if numbers and len(numbers) == len(cells) and (counts_up(numbers) or counts_up(numbers, last + 1, 1)):
            size, last = len(cells), numbers[-1]
        size = 0 if headings.HEAD.fullmatch(row) else size
        bols = size and len(cells) == size and all(map(headings.of_bols, cells))
        several = {cell: ".".join(cell.split()) for cell in cells}
        result.append(" ".join(several[cell] for cell in cells) if bols else "" if size and signs else row)
    return result


def columns(rows: Sequence[str]) -> list[str]:
    """Rows of which one column is bols and another counts up from 1, as the bols alone, without the heads above."""
    result = list(rows)
    for separator in _SEPARATORS:
        parted = [separator in row.strip(" |") and not layout.RULE.fullmatch(row) for row in result]
        for start in [n for n, row in enumerate(parted) if row and (n == 0 or not parted[n - 1])]:
            block = range(start, start + len([*takewhile(bool, parted[start:])]))
            cells = [[cell.strip() for cell in result[n].strip().strip("|").split(separator)] for n in block]
            for n, bols in zip(
                block, _column(cells, start > 0 and bool(layout.RULE.fullmatch(rows[start - 1]))), strict=False
            ):
                result[n] = bols
    ordered = {n: match for n, row in enumerate(result) if (match := _IN_ORDER.fullmatch(row)) and strokes(match[2])}
    if counts_up([int(match[1]) for match in ordered.values()], 1) and any(match[3] for match in ordered.values()):
        result = [ordered[n][2] if n in ordered else row for n, row in enumerate(result)]
    return result


def stacked(rows: Sequence[str]) -> list[str]:
    """Rows of one cell each, the number of a matra, its bol and its sign, as the bols alone; the numbers count up."""
    cells = [(n, re.sub("^[oO]$", "0", row.strip())) for n, row in enumerate(rows) if row.strip()]
    numbers = [
        k
        for k, ((_, cell), (_, below)) in enumerate(pairwise(cells))
        if cell.isdigit() and len(below.split()) == 1 and headings.of_bols(below)
    ]
    ends = [*numbers[1:], min(numbers[-1] + 3, len(cells)) if numbers else 0]
    counted = counts_up([int(cells[k][1]) for k in numbers], 1, 4)
    if not counted or any(
        end - k > 3 or (end - k == 3 and not of_signs(cells[k + 2][1]) and end != ends[-1])
        for k, end in zip(numbers, ends, strict=True)
    ):
        return list(rows)
    gone = {cells[k][0] for k in numbers}
    gone |= {
        cells[end - 1][0] for k, end in zip(numbers, ends, strict=True) if end - k == 3 and of_signs(cells[end - 1][1])
    }
    return ["" if n in gone else row for n, row in enumerate(rows)]


def celled(rows: Sequence[str]) -> list[str]:
    """Rows of a table of few cells each, most of one, as a row of its bols and bars, without signs and numbers.

    A bracket alone in a row stands at the end of the row before it.
    """
    result = list(rows)
    for number in range(1, len(result)):
        if result[number].strip() == ")" and result[number - 1].count("(") > result[number - 1].count(")"):
            result[number - 1], result[number] = f"{result[number - 1].rstrip()})", ""
    start = 0
    while start < len(result):
        block = [*takewhile(_of_cells, result[start:])]
        table = [*takewhile(lambda row: row.rstrip().endswith("|"), result[start:])]
        if block and len(table) > len(block):  # words within a table
            start += len(table)
            continue
        cells = [[cell.strip() for cell in row.split("|") if cell.strip()] for row in block]
        flat = [cell for row in cells for cell in row if not layout.sign_row(cell)]
        bars = [cell for cell in flat if _BAR.fullmatch(cell)]
        bols = sum(len(cell.split()) > 1 for cell in flat) * 2 < len(flat)  # else each is a vibhag
        if sum(len(row) == 1 for row in cells) >= _FEW and len(flat) > len(bars) and bols:
            row = " ".join("|" if cell in bars else f"({cell})" if " " in cell else cell for cell in flat)
            result[start : start + len(block)] = [row, *[""] * (len(block) - 1)]
        start += len(block) or 1
    return result


def labelled(rows: Sequence[str]) -> list[str]:
    """Rows with the sign of their vibhag before them in brackets: ``X: Dha Dhin`` as ``(X) Dha Dhin``.

    Two rows or more have such a sign, and the first of them, or one of the others, that of sam.
    """
    matches = {n: match for n, row in enumerate(rows) if (match := _LABEL.match(row))}
    matches = {n: match for n, match in matches.items() if headings.of_bols(rows[n][match.end() :])}
    signs = [match[1].upper() for match in matches.values()]
    if len(signs) < 2 or not ({*signs} & {"X", "+", "×"} or (signs[0] in "0O" and "2" in signs and "1" not in signs)):
        return list(rows)
    return [f"({matches[n][1]}) {row[matches[n].end() :]}" if n in matches else row for n, row in enumerate(rows)]


def _of_cells(row: str) -> bool:
    """Whether a row ends with a bar and all its cells are bols, signs, numbers or bars."""
    cells = [cell.strip() for cell in row.split("|") if cell.strip()]
    known = (layout.sign_row(cell) or _BAR.fullmatch(cell) or headings.of_bols(cell) for cell in cells)
    return row.rstrip().endswith("|") and all(known)


def in_columns(rows: Sequence[str], taal: taals.Taal) -> int:
    """The second row of signs or numbers, if all of them are those of one avartan, in no order by rows; else 0."""
    marked = [n for n, row in enumerate(rows) if layout.sign_row(row) and re.search(r"\w", row)]
    marks = [mark.upper() for n in marked for mark in re.findall(r"\d+|[Xx×+Oo]", rows[n])]
    marks = [{"×": "X", "+": "X", "O": "0"}.get(mark, mark) for mark in marks]
    numbers = [str(n) for n in range(1, taal.matras // taal.counts + 1)]
    apart = any(
        len(order) > 2 and marks != [*order] and sorted(marks) == sorted(order) for order in (numbers, taal.signs)
    )
    return marked[1] if apart and len(marked) > 1 else 0


def beside(rows: Sequence[str]) -> int:
    """The first of two rows or more with a wide gap each, whose right column is the khali of the left; else 0.

    It is so stroke by stroke, in most of them; rows that are more so when they are read across are no columns.
    """
    halves = {n: parts for n, row in enumerate(rows) if len(parts := _GAP.split(row.strip())) == 2}
    halves = {n: parts for n, parts in halves.items() if all(map(headings.of_bols, parts))}
    for start in [n for n in halves if n - 1 not in halves]:
        block = [halves[n] for n in takewhile(halves.__contains__, range(start, len(rows)))]
        left, right = (_bols_of(side) for side in zip(*block, strict=True))
        across = _bols_of([text for parts in block for text in parts])
        half = len(across) // 2
        if len(block) > 1 and _khali(left, right) > max(0.8, _khali(across[:half], across[half:])):
            return start
    return 0


def _bols_of(texts: Sequence[str]) -> list[str]:
    """The strokes of texts, in order."""
    return [
        bol for text in texts for word in layout.WORD.findall(text) for bol in with_ka([*strokes(word.strip(",.;"))])
    ]


def _khali(bhari: Sequence[str], khali: Sequence[str]) -> float:
    """The share of strokes that are others stroke by stroke, or their khali; 0 where none is another's khali."""
    plain = {"Ta?": "Ta", "ta?": "ta"}
    pairs = [(plain.get(a, a), plain.get(b, b)) for a, b in zip(bhari, khali, strict=False)]
    opened = [a != b and a in BOLS and b == BOLS[a].khali for a, b in pairs]
    same = sum(a == b or khali for (a, b), khali in zip(pairs, opened, strict=True))
    return same / len(pairs) if len(bhari) == len(khali) and any(opened) else 0.0


def _column(cells: Sequence[Sequence[str]], ruled: bool) -> list[str]:
    """The bols of each row, where one column is bols, one counts up and all others are signs or empty; else none.

    The heads, above the numbers or `ruled` off, have no bols: nothing stands in their place.
    """
    heads = not any(cell.isdigit() or headings.of_bols(cell) or taals.exact(cell) for cell in cells[0])
    head = [""] if heads else []
    width = max(map(len, cells))
    by_column = list(zip(*([*row, *[""] * (width - len(row))] for row in cells[len(head) :]), strict=True))
    counted = [
        c for c in by_column if all(map(str.isdigit, c)) and counts_up([*map(int, c)], 1, 2 if head or ruled else 3)
    ]
    bols = [c for c in by_column if all(map(headings.of_bols, c))]
    others = [c for c in by_column if c not in counted and c not in bols]
    plain = all(not cell or of_signs(cell) for column in others for cell in column)
    return [*head, *bols[0]] if len(counted) == len(bols) == 1 and plain else []


def uncounted(rows: Sequence[str]) -> list[str]:
    """Rows without the numbers of the matras beside the bols, where they count up from 1, three or more together."""
    matches = [match for row in rows for match in _IN_WORDS.finditer(row) if strokes(match[2].strip(",.;"))]
    if len(matches) > 2 and [match[1].lower() for match in matches] == ENGLISH[: len(matches)]:
        rows = [_IN_WORDS.sub(_bol_alone, row) for row in rows]
    for numbers in _NUMBERS:
        counts = [
            int("".join(groups).translate(_LOW))
            for row in rows
            for groups in map(re.Match.groups, numbers.finditer(row), repeat(""))
        ]
        starts = [n for n, count in enumerate(counts) if count == 1]
        runs = [counts[start:end] for start, end in pairwise([*starts, len(counts)])]
        if counts[:1] == [1] and all(counts_up(run, 1) for run in runs):
            rows = [numbers.sub(blank, row) for row in rows]
    return list(rows)


def _bol_alone(match: re.Match[str]) -> str:
    """A bol without the number before it; other words stay."""
    return match[2].rjust(len(match[0])) if strokes(match[2].strip(",.;")) else match[0]


def unnumbered(rows: Sequence[str]) -> list[str]:
    """Rows without their numbers or letters, ``(1)``, ``A -`` or ``- 1`` at the end, where these count up from 1.

    Numbers may also count the matras before their rows: 1, 5, 9.
    """
    result = list(rows)
    for pattern in _ROW_NUMBERS:
        matches = {n: match for n, match in enumerate(map(pattern.search, result)) if match and _beside_bol(match)}
        marks = [next(filter(None, match.groups())).lower() for match in matches.values()]
        if counts_up([int(mark) if mark.isdigit() else ord(mark) - ord("a") + 1 for mark in marks], 1, 2):
            result = [pattern.sub(blank, row) if n in matches else row for n, row in enumerate(result)]
    matches = {n: match for n, match in enumerate(map(_FIRST_MATRA.match, result)) if match and _beside_bol(match)}
    sizes = [len(layout.WORD.findall(match.string[match.end() :].split("#")[0])) for match in matches.values()]
    firsts = [1 + sum(sizes[:n]) for n in range(len(sizes))]
    if len(firsts) > 1 and [int(match[1]) for match in matches.values()] == firsts:
        result = [_FIRST_MATRA.sub(blank, row) if n in matches else row for n, row in enumerate(result)]
    return result


def _beside_bol(number: re.Match[str]) -> bool:
    """Whether the word beside the number of a row is bols, or words and a colon follow it."""
    row = number.string
    words = layout.WORD.findall(row[number.end() :]) or layout.WORD.findall(row[: number.start()])[-1:]
    titled = _TITLED.match(row[number.end() :])  # (a) Original: and its bols
    return bool(titled) or (bool(words) and bool(strokes(words[0].strip(",.;"))))
