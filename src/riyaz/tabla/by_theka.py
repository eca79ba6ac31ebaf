"""The taal of a text that names none, where its first bols are the theka of one taal and of no other."""

import re
from collections.abc import Sequence

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
