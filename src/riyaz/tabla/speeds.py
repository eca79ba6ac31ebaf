"""Speeds that the names of sections say, such as dugun: so many strokes per matra, written together or apart."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import taals
from riyaz.tabla.layout import Item
from riyaz.tabla.placing import Reading, Slots, length, placed, whole
from riyaz.tabla.spelling import strokes

_FASTER = {"aad": Fraction(3, 2), "dugun": Fraction(2), "tigun": Fraction(3), "chaugun": Fraction(4)}
_FASTER |= {"दुगुन": Fraction(2), "तिगुन": Fraction(3), "चौगुन": Fraction(4)}


def said(names: Sequence[str], above: Sequence[str]) -> dict[str, Fraction]:
    """The speed of each section that its name says, or that the rows above say where there is one section."""
    rows = {names[0]: " ".join([*above, names[0]])} if len(names) == 1 else {name: name for name in names}
    words = {name: set(row.lower().replace(":", " ").split()) for name, row in rows.items()}
    result = {name: {_FASTER[word] for word in each & _FASTER.keys()} for name, each in words.items()}
    return {name: numbers.pop() for name, numbers in result.items() if len(numbers) == 1}


def sped(
    parts: Mapping[str, Sequence[Item]], taal: taals.Taal, plain: Reading, speeds: Mapping[str, Fraction]
) -> dict[str, Sequence[Item]]:
    """Sections of single strokes at the speeds that are said of them.

    Raises
    ------
    Unreadable : at that speed they are no whole avartans, at a stroke a matra they are.
    """
    result = dict(parts)
    for name, items in parts.items():
        words = [item for item in items if item.kind == "word"]
        sizes = {len(strokes(item.text)) for item in words if item.speed == 1}
        n = speeds.get(name, Fraction(1)) / (max(sizes, default=1) or 1)  # words per matra
        if n <= 1 or plain.strokes or len(sizes) != 1 or any(item.speed != 1 for item in words):
            continue
        faster = [item._replace(speed=n) for item in items]
        try:
            fits = [whole(placed({name: each}, taal, plain), taal) for each in (items, faster)]
        except Unreadable:
            continue
        if fits == [True, False]:
            words[0].place.stop(
                f"{name} says {speeds[name]} strokes per matra, and {len(words)} words are no whole avartans then",
                f"write {n} avartans of such words, or words of {speeds[name]} strokes, or another name",
            )
        result[name] = faster if fits[1] else items
    return result


def agree(sections: Mapping[str, Slots], speeds: Mapping[str, Fraction], taal: taals.Taal) -> bool:
    """Whether each section whose speed is said has so many slots a matra."""
    return all(
        len(slots) * TICKS * taal.counts == speeds[name] * length(slots)
        for name, slots in sections.items()
        if name in speeds
    )
