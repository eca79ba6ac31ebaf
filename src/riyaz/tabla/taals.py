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
from difflib import get_close_matches
from itertools import accumulate

from riyaz.music.events import TICKS, Unreadable

_SOURCES = {"T": "Tabalchi", "K": "tabla-notation", "W": "tablatheka", "O": "onushilon", "L": "the lecture"}


@dataclass(frozen=True)
class Taal:
    """One taal.

    Attributes
    ----------
    name : the key in `TAALS`, lower case with underscores.
    title : as a player writes it.
    vibhags : matras of each vibhag.
    signs : one a vibhag: ``X``, ``2``, ``3``, ..., ``0``.
    theka : one avartan in notation, ``|`` between vibhags.
    sources : who gives it.
    variants : what other sources or schools write.
    spellings : other names.
    """

    name: str
    title: str
    vibhags: tuple[int, ...]
    signs: tuple[str, ...]
    theka: str
    sources: tuple[str, ...]
    variants: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @property
    def matras(self) -> int:
        """Matras of one avartan."""
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


# title; vibhags; signs; sources; other spellings. Then the theka, and the variants.
_TABLE = """
Dadra; 3+3; X 0; T K
  Dha Dhi Na | Dha Tu Na
Rupak; 3+2+2; 0 2 3; T K; roopak rupaktal
  Tin Tin Na | Dhi Na | Dhi Na
Tivra; 3+2+2; X 2 3; T W; teevra tevra
  Dha Din Ta | TeTe KaTa | GaDi GaNa
Pashto; 3+2+2; X 2 3; T W
  Tin - TiRaKiTa | Dhin - | Dha Ge
Keherwa; 4+4; X 0; T K; kaharwa kaherva kehrwa keharwa
  Dha Ge Na Ti | Na Ka Dhi Na
Dhumali; 2+2+2+2; X 2 0 3; T; dhumali_tal
  Dhin Dhin | Dha Tin | TiRaKiTa Dhin | DhaGe TiRaKiTa
Matta; 2+2+2+3; X 2 0 3; W
  Dhin TiRaKiTa | Dhin Na | Tu Na | DhinDhin NaDhin DhinNa
Jhaptal; 2+3+2+3; X 2 0 3; T K; jhap jhaptaal japtal
  Dhi Na | Dhi Dhi Na | Ti Na | Dhi Dhi Na
Sooltal; 2+2+2+2+2; X 0 2 3 0; T; sultal sul sool soolfak sulphakta
  Dha Dha | Din Ta | KiTa Dha | TeTe KaTa | GaDi GaNa
  variant: tabla-notation has the signs X 2 0 3 4
Ektal; 2+2+2+2+2+2; X 0 2 0 3 4; T K; ektaal
  Dhin Dhin | DhaGe TiRaKiTa | Tu Na | Kat Ta | DhaGe TiRaKiTa | Dhin Na
Chautal; 2+2+2+2+2+2; X 0 2 0 3 4; T K W; chowtal choutal chartal
  Dha Dha | Din Ta | KiTa Dha | Din Ta | TeTe KaTa | GaDi GaNa
Khemta; 3+3+3+3; X 2 0 3; W
  Dha Ti Te | Na Dhi Na | Ta Ti Te | Dha Dhi Na
Dhamar; 5+2+3+4; X 2 0 3; T K
  Ka Dhi Tt Dhi Tt | Dha - | Ga Ti Tt | Ti Tt Ta -
  variant: the closed Ta is often written Te
Deepchandi; 3+4+3+4; X 2 0 3; K; dipchandi
  Dha Dhin - | Dha Dha Tin - | Ta Tin - | Dha Dha Dhin -
  variant: Dha Ge in place of Dha Dha
Jat; 3+4+3+4; X 2 0 3; O
  Dha Dhin - | Dha Ge Tin - | Na Tin - | Dha Ge Dhin -
  variant: the name is also given to a cycle of 16 matras
Jhumra; 3+4+3+4; X 2 0 3; T; jhoomra
  Dhin -Dha TiRaKiTa | Dhin Dhin DhaGe TiRaKiTa | Tin -Ta TiRaKiTa | Dhin Dhin DhaGe TiRaKiTa
Ada Chautal; 2+2+2+2+2+2+2; X 2 0 3 0 4 0; T K; adachautal ada_chowtal aada_chautal
  Dhin TiRaKiTa | Dhi Na | Tu Na | Kat Ta | TiRaKiTa Dhi | Na Dhi | Dhi Na
Farodast; 2+2+2+2+2+2+2; X 0 2 0 3 4 5; T W; pharodast
  Dhin Dhin | DhaGe TiRaKiTa | Tu Na | Kat Ta | DhinNa KaDha | TiRaKiTa DhinNa | KaDha TiRaKiTa
  variant: matras 9 to 14 differ from school to school
Pancham Sawari; 3+4+4+4; X 2 0 3; T K W; sawari panchamsawari savari
  Dhi Na DhiDhi | Kat DhiDhi NaDhi DhiNa | TiKra TinNa TiRaKiTa TuNa | KatTa DhiDhi NaDhi DhiNa
  variant: vibhags 4+3+5+3 are also taught
  variant: vibhags 4+4+4+3 are also taught
Teental; 4+4+4+4; X 2 0 3; T K L; tintal teentaal tritaal trital tintaal
  Dha Dhin Dhin Dha | Dha Dhin Dhin Dha | Dha Tin Tin Ta | Ta Dhin Dhin Dha
  variant: Na on matra 9
  variant: TeTe on matra 13
Tilwada; 4+4+4+4; X 2 0 3; T K; tilwara
  Dha TiRaKiTa Dhin Dhin | Dha Dha Tin Tin | Ta TiRaKiTa Dhin Dhin | Dha Dha Dhin Dhin
  variant: Tabalchi has TiRaKiTa Tin Tin in vibhag 3
Sitarkhani; 4+4+4+4; X 2 0 3; T W; sitarkhaani
  Dha -Dhin -Ka Dha | Dha -Dhin -Ka Dha | Dha -Ti -Ka Ta | Ta -Dhe -Ka Dha
  variant: -Tin in vibhag 3 and -Dhin in vibhag 4
Shikhar; 6+6+2+3; X 0 2 3; T O
  Dha TiRaKiTa DhinNa NaKa Tu Ga | DhinNa NaKa DhinNa KiTa TaKa Dhet | Dha TeTe | KaTa GaDi GeNe
"""


def _taals() -> Iterator[Taal]:
    for entry in re.split(r"\n(?! )", _TABLE.strip()):
        head, theka, *variants = (line.strip() for line in entry.split("\n"))
        title, vibhags, signs, sources, *spellings = head.split("; ")
        yield Taal(
            name=title.lower().replace(" ", "_"),
            title=title,
            vibhags=tuple(int(matras) for matras in vibhags.split("+")),
            signs=tuple(signs.split()),
            theka=theka,
            sources=tuple(_SOURCES[source] for source in sources.split()),
            variants=tuple(variant.removeprefix("variant: ") for variant in variants),
            spellings=tuple(" ".join(spellings).split()),
        )


TAALS: dict[str, Taal] = {taal.name: taal for taal in _taals()}
_SPELLINGS = {spelling: taal.name for taal in TAALS.values() for spelling in (taal.name, *taal.spellings)}


def find(name: str) -> Taal:
    """The taal of a name in any of its spellings (``Teental``, ``tintal``, ``Ada Chautal``).

    Raises
    ------
    Unreadable : names the nearest taal that there is.
    """
    key = "_".join(name.lower().replace("-", " ").split())
    for candidate in (key, key.removesuffix("_tal"), key.removesuffix("_taal")):
        if candidate in _SPELLINGS:
            return TAALS[_SPELLINGS[candidate]]
    near = get_close_matches(key, sorted(_SPELLINGS), n=1, cutoff=0.5)
    known = ", ".join(taal.title for taal in TAALS.values())
    remedy = f"nearest: {TAALS[_SPELLINGS[near[0]]].title}" if near else f"known: {known}"
    raise Unreadable(f"there is no taal {name!r}", remedy)
