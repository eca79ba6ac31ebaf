"""Avartans that a typed section does not fill: what may stand so, and what is asked about."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from riyaz.music.events import TICKS
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.dialect import LANDING
from riyaz.tabla.layout import Item
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Slots, length, whole


def check(
    sections: Mapping[str, Slots],
    taal: taals.Taal,
    form: str,
    places: Mapping[str, Place],
    parts: Mapping[str, Sequence[Item]],
) -> None:
    """Ask about the first section that is neither whole avartans, half of one, nor lands on sam.

    At most a vibhag is a phrase. Half an avartan is the bhari of a theme whose khali is not written. A tihai, tukda,
    mukhda or the like may begin inside an avartan: it ends on the sam, with a stroke of both hands. Of other sections,
    the sam stands apart from the avartan: in a row of its own, in brackets or after a bar.

    Parameters
    ----------
    form : of the composition, ``""`` for none.
    places : where each section begins.
    parts : the items of each section.

    Raises
    ------
    Unreadable : names the section, its matras and the remedy; no sections raise nothing.
    """
    for name, slots in sections.items():
        begins = any(bol for _, bol in slots) and not slots[0][1]  # rests say where it stands
        part = length(slots) * 2 == taal.ticks or length(slots) <= max(taal.vibhags) * TICKS
        lands = {form, *name.split()} & set(LANDING)
        if not lands and not whole({name: slots}, taal, lands=False) and whole({name: slots}, taal):
            _apart(parts[name], slots, taal)
        if whole({name: slots}, taal) or (part and not begins):
            continue
        last = next((BOLS.get(bol) for _, bol in reversed(slots) if bol), None)
        if not begins and lands and last and last.left and last.right:
            continue
        ticks = (length(slots), -length(slots) % taal.ticks)
        has, more = (taals.shown(Fraction(n, TICKS * taal.counts)) for n in ticks)
        places[name].stop(
            f"section {name!r} has {has} matras, no whole avartans of {taal.title}: {more} too few",
            "fill it with bols or rests, name where it begins (mukhda from 9), or write in the header words: matras",
        )


def _apart(items: Sequence[Item], slots: Slots, taal: taals.Taal) -> None:
    """Refuse a last stroke in one row with the avartan before it: a bol too many looks the same."""
    last = len(items) - 1 - next(k for k, item in enumerate(reversed(items)) if item.kind in ("word", "shared"))
    before = items[last - 1] if last else items[last]
    if items[last].kind == before.kind == "word" and before.place.line == items[last].place.line:
        matras = taals.shown(Fraction(length(slots), TICKS * taal.counts))
        items[last].place.stop(
            f"{matras} matras are one too many for whole avartans of {taal.title}",
            "leave one out, or write the sam at the end in a row of its own or after a |",
        )
