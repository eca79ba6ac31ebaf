"""Avartans that a typed section does not fill: what may stand so, and what is asked about."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from riyaz.music.events import TICKS
from riyaz.tabla import taals
from riyaz.tabla.dialect import LANDING
from riyaz.tabla.headings import form_of
from riyaz.tabla.layout import Item
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Slots, length, on_sam, whole
from riyaz.tabla.spelling import strokes
from riyaz.tabla.tihai import thrice


def placed(
    sections: Mapping[str, Slots],
    taal: taals.Taal,
    form: str,
    places: Mapping[str, Place],
    parts: Mapping[str, Sequence[Item]],
) -> dict[str, Slots]:
    """Sections where they stand in the avartan; asks about the first that is neither whole, half, nor lands on sam.

    At most a vibhag is a phrase. Half an avartan is the bhari of a theme whose khali is not written. A tihai, tukda,
    mukhda or the like may begin inside an avartan: it ends on the sam, with a stroke of both hands, and gets rests
    before it. Of others, the sam stands apart from the avartan: in a row of its own, in brackets or after a bar.

    Parameters
    ----------
    form : of the composition, ``""`` for none.
    places : where each section begins.
    parts : the items of each section.

    Raises
    ------
    Unreadable : names the section, its matras and the remedy; no sections raise nothing.
    """
    result = dict(sections)
    for name, slots in sections.items():
        begins = any(bol for _, bol in slots) and not slots[0][1]  # rests say where it stands
        part = length(slots) * 2 == taal.ticks or length(slots) <= max(taal.vibhags) * TICKS
        lands = {form, *map(form_of, name.split())} & set(LANDING)
        if not lands and not whole({name: slots}, taal, lands=False) and whole({name: slots}, taal):
            _apart(parts[name], slots, taal)
        if "tihai" in lands and whole({name: slots}, taal, lands=False) and _thrice(slots):
            result[name] = on_sam(slots, taal) or slots
            continue
        if whole({name: slots}, taal) or (part and not begins):
            continue
        if not begins and lands and (landed := on_sam(slots, taal)):
            result[name] = landed
            continue
        ticks = (length(slots), -length(slots) % taal.ticks)
        has, more = (taals.shown(Fraction(n, TICKS * taal.counts)) for n in ticks)
        places[name].stop(
            f"section {name!r} has {has} matras, no whole avartans of {taal.title}: {more} too few",
            "fill it with bols or rests, name where it begins (mukhda from 9), or write in the header words: matras",
        )
    return result


def _thrice(slots: Slots) -> bool:
    """Whether slots are a phrase three times, with equal pauses between, or none, and nothing after its last stroke."""
    onsets = accumulate((ticks for ticks, _ in slots), initial=0)
    struck = [(onset, bol) for onset, (_, bol) in zip(onsets, slots, strict=False) if bol]
    n, over = divmod(len(struck), 3)
    return bool(slots and slots[-1][1]) and not over and n > 1 and thrice(struck, len(struck) - 1, n)


def _apart(items: Sequence[Item], slots: Slots, taal: taals.Taal) -> None:
    """Refuse a last stroke in one row with the avartan before it, if it is not of a repeat: a bol too many looks so."""
    played = [
        k for k, item in enumerate(items) if item.kind == "shared" or (item.kind == "word" and any(strokes(item.text)))
    ]
    last = played[-1]
    before = items[last - 1] if last else items[last]
    repeated = sum(item.place == items[last].place for item in items) > 1
    if items[last].kind == before.kind == "word" and before.place.line == items[last].place.line and not repeated:
        matras = taals.shown(Fraction(length(slots), TICKS * taal.counts))
        items[last].place.stop(
            f"{matras} matras are one too many for whole avartans of {taal.title}",
            "leave one out, or write the sam at the end in a row of its own or after a |",
        )
