"""Tabs and wide gaps that part the words of each row into groups of one size, each of which may be a matra."""

import re
from collections.abc import Sequence

from riyaz.tabla import headings, taals
from riyaz.tabla.place import Place

_GAP = re.compile(r"(?<=\S)(?: {2,}| *\t\s*)(?=\S)")


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
        their single words then are.
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
    if not cells and sum(map(len, groups)) % taal.matras == 0:
        at = place._replace(line=bols[0] + 1)
        at.stop("a word or a group between wide gaps may be a matra", "write words: matras, or strokes: 4 (a matra)")
    return {}
