"""Bols: the syllables of the tabla's strokes, which hand plays them and how they sound.

The canonical spellings are the keys of `BOLS`. The right hand plays the dayan: ``na`` (rim, the fundamental
damped), ``tin`` (rim's inside), ``tun`` (centre, all open), ``te`` (closed); the left the bayan: ``ge`` (open)
or ``ke`` (closed). Two different strokes are both called Ta: the open one is `Ta`, the closed one, heard in
KiTa, TaKa and TiRaKiTa, is `ta`. Ti is closed but before Na, where it is a Tin (`played`).

References
----------
Strokes and Devanagari: the syllabaries of Bol Processor (B. Bel) and of the CompMusic/MTG tabla solo scores.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from riyaz.tabla.context import played_as


@dataclass(frozen=True)
class Bol:
    """One bol.

    Attributes
    ----------
    name : canonical spelling.
    left, right : stroke of each hand, empty where it is silent: ``ge`` ``ke`` and ``na`` ``tin`` ``tun`` ``te``.
    devanagari : as it is written where it stands alone.
    khali : the same with the bayan silent or closed; itself where nothing changes.
    spellings : others, in lower case.
    flam : the hands strike one after the other.
    """

    name: str
    left: str
    right: str
    devanagari: str
    khali: str
    spellings: tuple[str, ...] = ()
    flam: bool = False

    @property
    def hands(self) -> str:
        """``left``, ``right`` or ``both``."""
        return "both" if self.left and self.right else "left" if self.left else "right"


# name, left, right ("-" silent, "*" after it for a flam), Devanagari, khali ("=" itself), spellings
_TABLE = """
Dha   ge  na   धा    Ta    dhaa
Dhin  ge  tin  धिं   Tin   dhinn dheen
Dhi   ge  tun  धी    Ti    dhee dhii
Dhen  ge  tun  धें   Ten
Dhun  ge  tun  धुं   Tu    dhu
Dhe   ge  te   धे    Te
Dhet  ge  te   धेत्   Tet   dhit dheth
Ge    ge  -    गे    Ke    ghe gha gay
Ga    ge  -    ग     Ka
Gi    ge  -    गि    Ki    ghi
Ghin  ge  -    घिं   Kin   ghen gin
Na    -   na   ना    =     naa
Ne    -   na   ने    =
Ta    -   na   ता    =     taa
Tin   -   tin  तिं   =     teen tinn
Ten   -   tun  तें   =
Tu    -   tun  तू    =     tun thun thu tuu too toon
Din   -   tun  दिं   =     deen ding
Di    -   tun  दि    =
ta    -   te   त     =     tt ṭa
Te    -   te   ते    =     tay
Ti    -   te   ति    =
Tit   -   te   तित्   =     teet
Tet   -   te   तेत्   =
Ra    -   te   र     =
Re    -   te   रे    =
Da    -   te   ड़     =
Tra   -   te*  त्र    =
Ke    ke  -    के    =
Ka    ke  -    क     =
Ki    ke  -    कि    =
Kat   ke  -    कत्    =     kath kut
Kin   ke  -    किं   =
Kra   ke  te*  क्र    =     kar
Kre   ke  te*  क्रे   =
Kran  ke  na*  क्रां   =     kraan
Kda   ke  na*  क्ड    =     kdan
Gran  ge  na*  ग्रां   Kran  graan ghran
"""


def _bols() -> dict[str, Bol]:
    bols = {}
    for row in _TABLE.split("\n")[1:-1]:
        name, left, right, devanagari, khali, *spellings = row.split()
        hands = (left.strip("-"), right.strip("-*"))
        bols[name] = Bol(name, *hands, devanagari, name if khali == "=" else khali, tuple(spellings), "*" in right)
    return bols


BOLS: dict[str, Bol] = _bols()

# Phrases whose strokes belong together: never parted where a variation is made.
PHRASES: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "Ki ta ta Ka",
        "Ti Ra Ki ta",
        "Te Re Te Re",
        "Te Re Ke Te",
        "Dhe Re Dhe Re",
        "Ge Da Na Ga",
        "Ke Da Na Ka",
        "Ge Re Na Ga",
        "Ke Re Na Ka",
        "Ge Ge Na Na",
        "Ke Ke Na Na",
        "Ge Re Na Ge",
        "Ke Re Na Ke",
        "Ga Di Ga Na",
        "Dhi Na Ge Na",
        "Ti Na Ke Na",
        "Tu Na Ke Na",
        "Dhi Na Gi Na",
        "Ti Na Ki Na",
        "Ka ta",
        "Ki ta",
        "ta Ka",
        "Dhe Re",
        "Te Re",
        "Te Te",
        "Ti Te",
        "Kra Dha",
        "Kra Ta",
        "Tra Ka",
        "Dha Ge",
        "Ta Ke",
        "Na Ge",
        "Na Ke",
        "Tu Na",
        "Ge Ge",
        "Ke Ke",
    )
)

# Several strokes written as one: spelling in lower case, the strokes. Those in capitals stand for a whole word.
GROUPS: dict[str, tuple[str, ...]] = {
    spelling: tuple(strokes.split())
    for spellings, strokes in (
        ("tirkit terekite tarikita terekete tirikita trikit", "Ti Ra Ki ta"),
        ("tir", "Ti Ra"),
        ("kit", "Ki ta"),
        ("tak", "ta Ka"),
        ("tette tite", "Te Te"),
        ("dhir", "Dhe Re"),
        ("dhera", "Dhe Re"),
        ("trkt", "Ti Ra Ki ta"),
        ("tt", "Te Te"),
        ("kttk", "Ki ta ta Ka"),
    )
    for spelling in spellings.split()
}
SHORTHAND = ("trkt", "tt", "kttk")

# Written together, closed and retroflex strokes take other letters than alone.
_DEVANAGARI: dict[tuple[str, ...], str] = {
    tuple(strokes.split()): letters
    for strokes, letters in (
        ("Ti Ra Ki ta", "तिरकिट"),
        ("Ki ta ta Ka", "किटतक"),
        ("Ki ta", "किट"),
        ("Te Te", "तेटे"),
        ("Ge Da Na Ga", "घेड़नग"),
        ("Ga Di Ga Na", "गदिगन"),
        ("Ga Na", "गन"),
        ("Dhe Re Dhe Re", "धिरधिर"),
        ("Te Re Te Re", "तेरेतेरे"),
    )
}


def khali(bols: Iterable[str]) -> list[str]:
    """Make the khali copy of bols: the bayan silent or closed, everything else as it is.

    The map is not injective (Dha and Ta both become Ta), so that there is no way back. What is no bol
    (a rest, ``""``) stays as it is; no bols give none.
    """
    return [BOLS[bol].khali if bol in BOLS else bol for bol in bols]


def played(bols: Sequence[str]) -> list[Bol]:
    """What the hands play: the `Bol` of each by the rules of `riyaz.tabla.context`; no bols give none."""
    return [BOLS[bol] for bol in played_as(bols)]


def phrases(bols: Sequence[str]) -> list[tuple[str, ...]]:
    """Part a row of bols into its atomic phrases, single bols where none is known; rests are ``""``."""
    result, start = [], 0
    while start < len(bols):
        rest = tuple(bols[start:])
        phrase = next((p for p in PHRASES if rest[: len(p)] == p), rest[:1])
        result.append(phrase)
        start += len(phrase)
    return result


_BEFORE_RETROFLEX = ("Dhe", "Dhi", "Ti")  # a Te right after these is टे


def devanagari(bols: Sequence[str], before: Sequence[str] = ()) -> str:
    """Write bols that stand together, such as those of one matra; a rest (``""``) is ऽ.

    Parameters
    ----------
    before : the bols struck before them. The second Te of a pair, and a Te after Dhe, Dhi or Ti, is टे.
    """
    run = next((n for n, bol in enumerate(reversed(before)) if bol != "Te"), len(before))
    last = before[-run - 1] if run < len(before) else ""
    retroflex = (run % 2 == 0) if last in _BEFORE_RETROFLEX else (run % 2 == 1)  # whether a Te would be now
    retroflex = retroflex if before and before[-1] in (*_BEFORE_RETROFLEX, "Te") else False
    letters, start = "", 0
    while start < len(bols):
        n = next((n for n in (4, 2) if tuple(bols[start : start + n]) in _DEVANAGARI), 1)
        group = tuple(bols[start : start + n])
        if group[0] == "Te" and n < 4:
            n = 1
            letters += "टे" if retroflex else "ते"
            retroflex = not retroflex
        elif group == ("ta",) and letters.endswith("ते"):
            letters += "ट"  # तेत is a Tet
        else:
            letters += _DEVANAGARI[group] if n > 1 else BOLS[group[0]].devanagari if group[0] else "ऽ"
            retroflex = group[-1] in _BEFORE_RETROFLEX
        start += n
    return letters
