"""Tabs, wide gaps and commas that part the words of each row into groups, each of which may be a matra."""

import re
from collections.abc import Sequence
from itertools import accumulate

from riyaz.tabla import headings, layout, taals, tables
from riyaz.tabla.place import Place
from riyaz.tabla.placing import in_runs
from riyaz.tabla.spelling import strokes

_GAP = re.compile(r"(?<=\S)(?: {2,}| *\t\s*)(?=\S)")
_CELL = re.compile(r",\s+|,$| {2,}|\s*\t\s*")
_EITHER = ("a word or a group between wide gaps may be a matra", "write words: matras, or strokes: 4 (a matra)")
_NUMBER = re.compile(r"^\s*\d{1,2}[.)](?=\s)")  # of a row
_TIMES = re.compile(r"\)?\s*\(?(?:[x×]\s?(\d{1,2})|(\d{1,2})\s*(?:times|[x×]))\)?\s*$", re.IGNORECASE)
_BAR = re.compile(r"([|।॥/]+|\(\s*[Xx+Oo\d]\s*\))")  # or the sign of a vibhag


def meant(rows: Sequence[str], text: Sequence[str], taal: taals.Taal, place: Place) -> dict[str, str]:
    """How rows of bols are read whose groups stand between tabs or wide gaps, as a header says it.

    Cells between tabs are matras where each row has as many as an avartan and they cannot be vibhags. Where nothing is
    said, the result is empty.

    Parameters
    ----------
    text : the same rows as they were typed, with their tabs.

    Raises
    ------
    Unreadable : every row has groups of one size, two or more, and as many groups as whole avartans have matras, as
        their single words then are; no row of numbers counts the groups.
    """
    bols = [n for n, row in enumerate(rows) if headings.of_bols(row)]
    bols = bols[:-1] if bols and len(rows[bols[-1]].split()) == 1 else bols  # the sam at the end
    lines = [text[n] if "\t" in text[n] else rows[n] for n in bols]
    groups = [[group.split() for group in _GAP.split(line.strip())] for line in lines]
    sizes = {len(group) for row in groups for group in row}
    avartans = all("\t" in line and len(line.strip().split("\t")) == taal.matras // taal.counts for line in lines)
    pauses = any(re.search(r"\d", line) for line in lines)  # whose matras are counted
    if lines and avartans and max(sizes) > 1 and (pauses or len(sizes) > 1 or not sizes & set(taal.vibhags)):
        return {"bars": "matras"}
    if len(sizes) != 1 or sizes == {1} or any(len(row) < 2 for row in groups) or any("|" in line for line in lines):
        return {}
    cells = any("\t" in line for line in lines) and not sizes & set(taal.vibhags)  # of a table: no vibhags, but matras
    numbers = [[*map(int, re.findall(r"\d+", row))] for row in rows if layout.sign_row(row)]
    counted = any(tables.counts_up(counts, 1) and len(counts) == len(groups[0]) for counts in numbers)
    if not cells and not counted and sum(map(len, groups)) % taal.matras == 0:
        place._replace(line=bols[0] + 1).stop(*_EITHER)
    return {}


def joined(rows: Sequence[str], taal: taals.Taal, place: Place) -> list[str]:
    """Rows of a section in which the bols between wide gaps, commas or bars are one word each.

    It is so where the groups are vibhags between bars, or fill whole avartans, and single words do not, or part
    TiRaKiTa at commas; or where as many numbers stand in the row above. A last sam may stand after them.

    Parameters
    ----------
    place : of the first row.

    Raises
    ------
    Unreadable : without bars, the groups and the single words fill whole avartans.
    """
    result, groups, words, bols = list(rows), list[int](), list[int](), list[str]()  # sizes between bars
    barred, wide, counts, counted = False, False, list[int](), False
    for number, row in enumerate(rows):
        bare = headings.LABEL.sub(layout.blank, _NUMBER.sub(layout.blank, row))
        times = _TIMES.search(bare)
        once = bare[: times.start()].replace("(", " ", 1) if times else bare
        parts = _BAR.split(once)  # what stands between bars, and each of these
        cells = [[cell.split() for cell in _CELL.split(part.strip()) if cell.split()] for part in parts[::2]]
        if layout.sign_row(row) or not any(cells):
            counts = [*map(int, re.findall(r"\d+", row))] or counts
            continue
        single = [word for part in cells for cell in part for word in cell]
        if not all(map(strokes, single)):
            return list(rows)
        often = int(next(filter(None, times.groups()))) if times else 1
        groups += [len(part) for part in cells if part] * often
        words += [sum(map(len, part)) for part in cells if part] * often
        bols += ["".join(names) if len(names := strokes(word)) == 1 else "" for word in single]
        parts[::2] = [" ".join(".".join(cell) for cell in part) for part in cells]
        result[number] = f"({' '.join(parts)}) x{often}" if times else " ".join(parts)
        barred, wide = barred or len(parts) > 1, wide or re.search(r"\S\s{2,}[^\s,]", once.rstrip()) is not None
        size = sum(map(len, cells))
        counted, counts = counted or (tables.counts_up(counts, 1) and len(counts) == size < len(single)), []
    by_bars = barred and _vibhags(groups, taal) and not _vibhags(words, taal)
    fast = sum(groups) < sum(words) and len(in_runs(bols)) > 2
    both = _fill(groups, taal) and _fill(words, taal) and sum(groups) < sum(words) and not (by_bars or counted)
    if both and wide and not barred:
        place.stop(*_EITHER)
    full = _fill(groups, taal) and (not _fill(words, taal) or (fast and not wide))
    return result if by_bars or counted or full else list(rows)


def _vibhags(sizes: Sequence[int], taal: taals.Taal) -> bool:
    """Whether parts are the vibhags of whole avartans, one by one; a last sam may stand after them."""
    vibhags = [size // taal.counts for size in taal.vibhags]
    times, over = divmod(len(sizes), len(vibhags))
    return times > 0 and [*sizes] == vibhags * times + [1] * over and over < 2


def _fill(sizes: Sequence[int], taal: taals.Taal) -> bool:
    """Whether parts end where vibhags do, the last where an avartan does, or on the sam after it."""
    counts = taal.matras // taal.counts
    starts = {(start - 1) // taal.counts for start in taal.starts}
    *ends, last = [*accumulate(sizes)] or [0]
    return last > counts / 2 and last % counts in (0, 1) and all(end % counts in starts for end in ends)
