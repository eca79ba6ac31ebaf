"""Context: which stroke a syllable means, where its neighbours decide.

Two tables. `CLOSED_TA` is used by the reader: a typed Ta is closed in these places and open in all others (as the
khali of Dha, at the head of a phrase, before Ge and Ke). `PLAYED` is used where strokes are struck: the name in the
text stays, the hands play another bol. Dhi is Ge with Tin but before closed strokes.

References
----------
TAA and TA as two symbols: scores of the CompMusic/MTG Tabla solo set. Ti before Na and Dhi before Na as Tin and Dhin,
DhiTe and DhiKiTa as Ge with a closed stroke: Tabalchi, Bolscript and AnuLaya write Dhin Na where DigiTabla and
rudrabeena.com write Dhi Na; DigiTabla prints Dhamar with Dhe Te where others have Dhi Ta.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Rule(NamedTuple):
    """One row: the bols before the Ta, each with those before it, the bol after it (empty: any), and where and why."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    one_word: bool
    reason: str


CLOSED_TA = (
    Rule(("Ki",), (), False, "KiTa, TiRaKiTa: closed right after Ki"),
    Rule(("Ka",), (), True, "KaTa"),
    Rule((), ("Ka",), True, "TaKa"),
    Rule(("Te", "Ti", "Ki ta"), ("Ka",), False, "TeTaKaTa, KiTaTaKa"),
    Rule(("Te ta Ka", "Ti ta Ka"), (), False, "TeTaKaTa"),
    Rule(("Ka",), ("Ga",), False, "KaTaGaDiGaNa"),
)

# A capital starts a bol, so that TeTa is Te with an open Ta, the khali of TeDha. Written without a capital, these are
# closed pairs; their Ta is open only where a Dha stands half a section earlier, whose khali it then is.
CLOSED_PAIRS = ("tita", "teta", "dheta")

# bol: (played as, before these bols; empty: in any other place)
PLAYED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Ti": (("Tin", ("Na",)),),
    "Dhi": (("Dhe", ("Te", "Ti", "ta", "Tit", "Tet", "Ki")), ("Dhin", ())),
}


def closes(before: str, after: str, one_word: bool) -> bool:
    """Whether a typed Ta is the closed stroke.

    Parameters
    ----------
    before : the bols before it, between blanks, nearest last.
    after : the bol after it, ``""`` for none.
    one_word : True for the rules within a word, False for those across blanks.
    """
    return any(
        rule.one_word == one_word
        and (not rule.before or f" {before}".endswith(tuple(f" {bols}" for bols in rule.before)))
        and (not rule.after or after in rule.after)
        for rule in CLOSED_TA
    )


def played_as(bols: Sequence[str]) -> list[str]:
    """The names of what the hands play, by `PLAYED`; other bols stay as they are, no bols give none.

    The first of two equal bols is played as the second: Ti Ti Na is Tin Tin Na, Dhi Dhi Na is Dhin Dhin Na.
    """
    names: list[str] = []
    for bol, after in zip(reversed(bols), ["", *reversed(bols)], strict=False):
        rules = PLAYED.get(bol, ())
        choices = [name for name, following in rules if after in following]
        choices = choices or [names[-1] if bol == after and names else name for name, where in rules if not where]
        names.append(choices[0] if choices else names[-1] if bol == after and names else bol)
    return names[::-1]
