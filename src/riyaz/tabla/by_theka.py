"""The taal of a text that names none: its first bols are a theka, or its rows have the vibhags and signs of a taal."""

import re
from collections.abc import Sequence
from itertools import pairwise

from riyaz.tabla import headings, layout, taals
from riyaz.tabla.spelling import LIKELY, UNDECIDED, strokes

# strokes that stand for one another in the thekas that players type; a Ta that its context decides is either of two
_ALIKE = {
    name: group
    for group, names in {
        "Dha": "Dha",
        "Dhin": "Dhi Dhin Dhun",
        "Na": "Na Ta Ne",
        "Tin": "Ti Tin Tu Tun Te ta Tit Tet",
        "Din": "Di Din Dhen Ten",
        "Ge": "Ge Ga Gi",
        "Ka": "Ka Ke Ki Kat",
    }.items()
    for name in names.split()
}
_EITHER = {UNDECIDED: ("Na", "Tin"), LIKELY: ("Na", "Tin")}
_SIGN = re.compile(r"^\s*(?:[Xx×+Oo]|\d)\s+(?=\D)")
COMMON = ("teental", "jhaptal", "rupak", "ektal", "keherwa", "dadra", "deepchandi", "dhamar")  # of solos and songs
_LEAST = 5  # strokes of a theka that tell it


def taal_of(rows: Sequence[str]) -> list[taals.Taal]:
    """The taals whose theka the first rows of bols are, once or several times; none where another row parts them."""
    first = next((n for n, row in enumerate(rows) if headings.of_bols(_bare(row))), len(rows))
    names = list[str]()
    for row in rows[first:]:
        bare = _bare(row)
        if headings.of_bols(bare):
            names += [bol for word in layout.WORD.findall(bare) for bol in strokes(word.strip(",.;")) if bol]
        elif bare.strip() and not layout.sign_row(bare):
            break
    known = {taal.name: taal for taal in taals.TAALS.values() if taal.theka and taal.name.count("; ") != 3}
    return [taal for taal in known.values() if _same(names, _theka(taal))]


def framed(rows: Sequence[str]) -> list[taals.Taal]:
    """The commonest taal whose vibhags and signs all rows of bols have, each with its signs below; none without."""
    filled = [row.split("#")[0].strip() for row in rows if row.split("#")[0].strip()]
    sizes, signs = list[int](), list[str]()
    for row, below in pairwise([*filled, ""]):
        if headings.of_bols(row):
            sizes += [len(layout.WORD.findall(part)) for part in re.split(r"[|।॥]", row) if part.strip()]
            signs += re.findall(r"\w|\+", below) if layout.sign_row(below) else [""]
    signs = ["X" if sign in "xX+" else "0" if sign in "oO0" else sign for sign in signs if sign] if all(signs) else []
    known = [taals.TAALS[name] for name in COMMON]
    return [taal for taal in known if signs and _rounds(sizes, taal.vibhags) and _rounds(signs, taal.signs)][:1]


def _rounds(parts: Sequence[object], whole: Sequence[object]) -> bool:
    """Whether parts are those of a whole, once or several times."""
    times, over = divmod(len(parts), len(whole))
    return not over and [*parts] == [*whole] * times


def _bare(row: str) -> str:
    """A row without its comment, and without the sign or number of its vibhag."""
    return _SIGN.sub("", row.split("#")[0])


def _theka(taal: taals.Taal) -> list[str]:
    return [bol for word in layout.WORD.findall(taal.theka) for bol in strokes(word) if bol]


def _same(names: Sequence[str], theka: Sequence[str]) -> bool:
    """Whether strokes are a theka, once or several times."""
    times, over = divmod(len(names), len(theka))
    if over or not times or len(theka) < _LEAST:
        return False
    pairs = zip(names, [*theka] * times, strict=True)
    return all(set(_EITHER.get(a, (_ALIKE.get(a, a),))) & set(_EITHER.get(b, (_ALIKE.get(b, b),))) for a, b in pairs)
