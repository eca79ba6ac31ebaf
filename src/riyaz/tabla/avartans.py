"""Avartans that a typed section does not fill: what may stand so, and what is asked about."""

from collections.abc import Mapping
from fractions import Fraction

from riyaz.music.events import TICKS
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.dialect import LANDING
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Slots, length, whole


def check(sections: Mapping[str, Slots], taal: taals.Taal, form: str, places: Mapping[str, Place]) -> None:
    """Ask about the first section that is neither whole avartans, half ones, nor lands on sam.

    At most a vibhag is a phrase. Half avartans are the bhari of a theme whose khali is not written. A tihai, tukda,
    mukhda or the like may begin inside an avartan: it ends on the sam, with a stroke of both hands.

    Parameters
    ----------
    form : of the composition, ``""`` for none.
    places : where each section begins.

    Raises
    ------
    Unreadable : names the section, its matras and the remedy; no sections raise nothing.
    """
    for name, slots in sections.items():
        begins = any(bol for _, bol in slots) and not slots[0][1]  # rests say where it stands
        part = not length(slots) * 2 % taal.ticks or length(slots) <= max(taal.vibhags) * TICKS
        if whole({name: slots}, taal) or (part and not begins):
            continue
        last = next((BOLS.get(bol) for _, bol in reversed(slots) if bol), None)
        if not begins and {form, *name.split()} & set(LANDING) and last and last.left and last.right:
            continue
        ticks = (length(slots), -length(slots) % taal.ticks)
        has, more = (taals.shown(Fraction(n, TICKS * taal.counts)) for n in ticks)
        places[name].stop(
            f"section {name!r} has {has} matras, no whole avartans of {taal.title}: {more} too few",
            "fill it with bols or rests, name where it begins (mukhda from 9), or write in the header words: matras",
        )
