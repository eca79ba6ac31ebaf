"""Wide gaps that part the words of each row into groups of one size, each of which may be a matra."""

import re
from collections.abc import Sequence

from riyaz.tabla import headings, taals
from riyaz.tabla.place import Place

_GAP = re.compile(r"(?<=\S)(?: {2,}| *\t\s*)(?=\S)")


def refuse(rows: Sequence[str], text: Sequence[str], taal: taals.Taal, place: Place) -> None:
    """Refuse rows of bols whose groups between wide gaps or tabs are whole avartans, as their single words then are.

    Parameters
    ----------
    text : the same rows as they were typed, with their tabs.

    Raises
    ------
    Unreadable : every row has groups of one size, two or more, and as many groups as whole avartans have matras.
    """
    bols = [n for n, row in enumerate(rows) if headings.of_bols(row)]
    bols = bols[:-1] if bols and len(rows[bols[-1]].split()) == 1 else bols  # the sam at the end
    lines = [text[n] if "\t" in text[n] else rows[n] for n in bols]
    groups = [[group.split() for group in _GAP.split(line.strip())] for line in lines]
    sizes = {len(group) for row in groups for group in row}
    if len(sizes) != 1 or sizes == {1} or any(len(row) < 2 for row in groups) or any("|" in line for line in lines):
        return
    cells = any("\t" in line for line in lines) and not sizes & set(taal.vibhags)  # of a table: no vibhags, but matras
    if not cells and sum(map(len, groups)) % taal.matras == 0:
        at = place._replace(line=bols[0] + 1)
        at.stop("a word or a group between wide gaps may be a matra", "write words: matras, or strokes: 4 (a matra)")
