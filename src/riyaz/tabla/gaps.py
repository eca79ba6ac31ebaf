"""Wide gaps that part the words of each row into groups of one size, each of which may be a matra."""

import re
from collections.abc import Sequence

from riyaz.tabla import headings, taals
from riyaz.tabla.place import Place

_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")


def refuse(rows: Sequence[str], taal: taals.Taal, place: Place) -> None:
    """Refuse rows of bols whose groups between wide gaps are whole avartans, as their single words then are.

    Raises
    ------
    Unreadable : every row has groups of one size, two or more, and as many groups as whole avartans have matras.
    """
    bols = [n for n, row in enumerate(rows) if headings.of_bols(row)]
    groups = [[group.split() for group in _GAP.split(rows[n].strip())] for n in bols]
    sizes = {len(group) for row in groups for group in row}
    if len(sizes) != 1 or sizes == {1} or any(len(row) < 2 for row in groups) or any("|" in rows[n] for n in bols):
        return
    if sum(map(len, groups)) % taal.matras == 0:
        at = place._replace(line=bols[0] + 1)
        at.stop("a word or a group between wide gaps may be a matra", "write words: matras, or strokes: 4 (a matra)")
