"""Taals: the cycles of matras that tabla compositions fill.

A taal has vibhags (its bars) of so many matras, a sign on the first matra of each (``X`` sam, a number the
clap or tali, ``0`` khali, the wave) and a theka, the strokes that mark it. Thekas are written in the notation
of `riyaz.tabla.notation`; ``Tt`` is the closed Ta. Each names its sources; `single` marks what one source
alone gives. Where the sources disagree one form is shipped, and the others are named as variants.

References
----------
Tabalchi : shreyanmitra/Tabalchi (BSD-3). tabla-notation : kaustubhtabla/tabla-notation.
tablatheka : tablatheka.com. onushilon : onushilon.org. The lecture : P. Bose, NJIT, 2022.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla.taal_names import key, nearest, sound, spellings
from riyaz.tabla.taal_table import TABLE

_SOURCES = {"T": "Tabalchi", "K": "tabla-notation", "W": "tablatheka", "O": "onushilon", "L": "the lecture"}
_SOURCES |= {"DT": "DigiTabla", "RB": "rudrabeena", "TN": "Tabla Nawaz"}


@dataclass(frozen=True)
class Taal:
    """One taal.

    Attributes
    ----------
    name : the key in `TAALS`, lower case with underscores.
    title : as a player writes it.
    vibhags : matras of each vibhag.
    signs : one a vibhag: ``X``, ``2``, ``3``, ..., ``0``.
    theka : one avartan in notation, ``|`` between vibhags; empty where no source prints one.
    sources : who gives it.
    variants : what other sources or schools write.
    counts : of a matra; 2 in a taal with half matras, whose vibhags then count half matras.
    """

    name: str
    title: str
    vibhags: tuple[int, ...]
    signs: tuple[str, ...]
    theka: str
    sources: tuple[str, ...]
    variants: tuple[str, ...] = ()
    counts: int = 1

    @property
    def matras(self) -> int:
        """Matras of one avartan, half matras where `counts` is 2."""
        return sum(self.vibhags)

    @property
    def ticks(self) -> int:
        """Length of one avartan in ticks."""
        return self.matras * TICKS

    @property
    def starts(self) -> tuple[int, ...]:
        """First matra of each vibhag, from 1."""
        return (1, *(1 + end for end in accumulate(self.vibhags[:-1])))

    @property
    def size(self) -> str:
        """Matras and vibhags in words: ``16 matras: 4+4+4+4``, ``9½ matras: 4+3½+2, counted in half matras``."""
        halves = [Fraction(matras, self.counts) for matras in (self.matras, *self.vibhags)]
        text = f"{shown(halves[0])} matras: {'+'.join(map(shown, halves[1:]))}"
        return text + ", counted in half matras" * (self.counts == 2)

    @property
    def source(self) -> str:
        """The sources in words."""
        return " and ".join(self.sources) + (" (one source only)" if self.single else "")

    @property
    def single(self) -> bool:
        """Whether one source alone gives this taal."""
        return len(self.sources) == 1

    @property
    def khali(self) -> tuple[int, ...]:
        """First matras of the khali vibhags, from 1."""
        return tuple(start for start, sign in zip(self.starts, self.signs, strict=True) if sign == "0")


def _taals() -> Iterator[Taal]:
    for entry in re.split(r"\n(?! )", TABLE.strip()):
        head, theka, *variants = (line.strip() for line in entry.split("\n"))
        title, vibhags, signs, sources = head.split("; ")
        yield Taal(
            name=title.lower().replace(" ", "_"),
            title=title,
            vibhags=tuple(int(matras) for matras in vibhags.split("+")),
            signs=tuple(signs.split()),
            theka="" if theka == "-" else theka,
            sources=tuple(_SOURCES[source] for source in sources.split()),
            variants=tuple(variant.removeprefix("variant: ") for variant in variants),
        )


class Taals(dict[str, Taal]):
    """The taals of the repertoire by name; further ones and taals of one's own are looked up as well.

    Iteration gives the taals that the repertoire has. ``taals[name]`` and ``name in taals`` also know `MORE`, and the
    names that `own` makes, from which the taal can be built again.
    """

    def __missing__(self, name: str) -> Taal:
        """Look up what is not in the repertoire; KeyError where there is nothing."""
        if name in MORE:
            return MORE[name]
        title, *parts = name.split("; ")
        if len(parts) != 3:
            raise KeyError(name)
        return own(title, *parts)

    def __contains__(self, name: object) -> bool:
        """Whether ``self[name]`` gives a taal."""
        return isinstance(name, str) and (super().__contains__(name) or name in MORE or name.count("; ") == 3)


def own(title: str, vibhags: str, signs: str = "", theka: str = "") -> Taal:
    """A taal of one's own; its name holds all of it, so that a piece carries its taal with it.

    Parameters
    ----------
    vibhags : matras of each, such as ``4+3+4`` or ``4+3½+2``.
    signs : one a vibhag, such as ``X 2 3``; without them sam and talis in order.
    theka : one avartan in notation; empty where there is none.

    Raises
    ------
    Unreadable : the vibhags are no whole or half numbers, or the signs are not as many, or not in order.
    """
    lengths = [number(matras) for matras in vibhags.split("+")]
    if any(not length or length.denominator > 2 or length > 99 for length in lengths):
        raise Unreadable(f"vibhags are {vibhags!r}", "write matras such as 4+3+4, or 4+3½+2")
    counts = max(length.denominator for length in lengths)
    sizes = tuple(int(length * counts) for length in lengths)
    marks = tuple(signs.upper().replace("+", "X").replace("O", "0").replace(",", " ").split())
    marks = marks or ("X", *(str(number) for number in range(2, len(sizes) + 1)))
    if len(marks) != len(sizes):
        raise Unreadable(f"{len(sizes)} vibhags have {len(marks)} signs", "write one sign for each vibhag")
    talis = [mark for mark in marks if mark not in ("X", "0")]
    if "X" in marks[1:] or marks[0] not in ("X", "0") or talis != [str(n) for n in range(2, 2 + len(talis))]:
        raise Unreadable(f"signs are {' '.join(marks)!r}", "begin with X (or 0), then 2, 3, ... and 0 for khali")
    title = title.replace(";", ",").strip()
    name = "; ".join((title, "+".join(map(shown, lengths)), " ".join(marks), theka.strip()))
    return Taal(name, title, sizes, marks, theka.strip(), ("the composition itself",), counts=counts)


def number(text: str) -> Fraction:
    """A number of matras as it is typed: ``9``, ``9½``, ``9.5``, ``9 1/2``, ``19/2``; 0 where it is none."""
    text = re.sub(r"\s*½", " 1/2", text.strip())
    if not re.fullmatch(r"(\d{1,2}\s+)?\d{1,2}/[1-9]|\d{1,2}(\.\d)?", text.strip()):
        return Fraction(0)
    return sum((Fraction(part) for part in text.split()), Fraction(0))


def shown(matras: Fraction) -> str:
    """A number of whole or half matras: ``9``, ``9½``."""
    return f"{int(matras) or ''}½" if matras.denominator == 2 else str(matras)


def read_own(folder: Path) -> dict[str, Taal]:
    """The taals in the files ``*.taals`` of a folder, by `key` of their titles; no such file gives none.

    A line is a taal: ``name; 4+3+4; X 2 3; theka``. The signs and the theka may be left out; ``#`` begins a comment.

    Raises
    ------
    Unreadable : a line is no taal; names file and line.
    """
    result: dict[str, Taal] = {}
    for path in sorted(folder.glob("*.taals")):
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
            parts = [part.strip() for part in line.split("#")[0].split(";")]
            if not any(parts):
                continue
            try:
                if not 2 <= len(parts) <= 4:
                    raise Unreadable(f"{line.strip()!r} is no taal", "write for instance: Mine; 4+3+4; X 2 3")
                taal = own(*parts)
            except Unreadable as error:
                raise Unreadable(f"{path.name}:{number}:1: {error.reason}", error.remedy) from None
            result[key(taal.title)] = taal
    return result


_ALL = {taal.name: taal for taal in _taals()}
_LAST = "shikhar"  # the last taal in the table that the repertoire has
_N_HELD = list(_ALL).index(_LAST) + 1
TAALS = Taals(list(_ALL.items())[:_N_HELD])
MORE: dict[str, Taal] = dict(list(_ALL.items())[_N_HELD:])
_SPELLINGS = spellings() | {key(taal.title): taal.name for taal in _ALL.values()} | {name: name for name in _ALL}

_SOUNDS: dict[str, set[str]] = {}  # the taals whose names sound alike
for _name, _taal in _SPELLINGS.items():
    _SOUNDS.setdefault(sound(_name), set()).add(_taal)
_SOUNDS.pop("", None)


def exact(name: str) -> Taal | None:
    """The taal of a name that stands in running words: a known spelling, not one that only sounds alike.

    A short name that is a word of other things too, such as ``tin`` or ``at``, counts only with ``taal`` beside it.
    """
    alone = key(name)
    said = "_".join(re.sub(r"[^\w\s]", " ", name.lower()).split()) != alone or len(alone) > 4 or not alone.isascii()
    together = re.sub("ta+l$", "tal", alone.replace("_", ""))
    owned = re.sub("(?<=[ক-হ])ের?$|(?<=া)র$", "", alone).replace("_", "")  # the genitive, the locative of Bengali
    bare = together.removesuffix("tal") if len(together) > 7 else ""  # dadratal
    known = next((_SPELLINGS[one] for one in (alone, together, owned, bare) if one in _SPELLINGS), "") if said else ""
    return TAALS[known] if known else None


def sized(name: str, matras: int) -> str:
    """The taal of a name that several taals share, by its matras: ``jat`` with 8 is ``jat_8``; else the same name."""
    other = TAALS[name].title.rstrip(" 0123456789") + f" {matras}"
    return _SPELLINGS.get(key(other), name) if TAALS[name].matras != matras else name


def find(name: str) -> Taal:
    """The taal of a name in any of its spellings (``Teental``, ``teen taal``, ``तीनताल``), or one that `own` made.

    Raises
    ------
    Unreadable : names the taal that sounds nearest, with its matras, or all that there are.
    """
    if name in TAALS:
        return TAALS[name]
    looked = key(name)
    short = re.sub("ta+l$", "tal", looked.replace("_", ""))
    together = key("".join(name.split()))
    for candidate in (looked, looked.replace("_", ""), together, short, short.removesuffix("tal")):
        if candidate in _SPELLINGS:
            return TAALS[_SPELLINGS[candidate]]
    if len(alike := _SOUNDS.get(sound(name), set())) == 1:
        return TAALS[next(iter(alike))]
    counted = re.fullmatch(r"(.*\D)\s*(\d+)\s*", name)  # such as Jhaptal 10
    if counted and counted[1].strip():
        held = [taal for taal in (_SPELLINGS.get(key(counted[1])),) if taal and TAALS[taal].matras == int(counted[2])]
        if held:
            return TAALS[held[0]]
    near = nearest(name, _SPELLINGS)
    near = near if not counted or not near or TAALS[near].matras == int(counted[2]) else ""
    if name.strip().isdecimal():
        raise Unreadable(
            f"{name.strip()} is no name of a taal", "add its vibhags, such as vibhags: 4+3+4, and signs: X 2 3"
        )
    known = ", ".join(taal.title for taal in TAALS.values())
    remedy = f"nearest: {TAALS[near].title}, {TAALS[near].matras} matras" if near else f"known: {known}"
    raise Unreadable(f"there is no taal {name!r}", f"{remedy}; a taal of your own: add a line such as vibhags: 4+3+4")
