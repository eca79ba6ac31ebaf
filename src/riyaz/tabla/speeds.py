"""Speeds that the names of sections say, such as dugun: so many strokes per matra, written together or apart."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import taals
from riyaz.tabla.layout import Item
from riyaz.tabla.number_words import NUMBERS
from riyaz.tabla.placing import Reading, Slots, length, placed, whole
from riyaz.tabla.spelling import strokes

_FASTER = {"aad": Fraction(3, 2), "dugun": Fraction(2), "tigun": Fraction(3), "chaugun": Fraction(4)}
_FASTER |= {"दुगुन": Fraction(2), "तिगुन": Fraction(3), "चौगुन": Fraction(4)}


_PER_MATRA = re.compile(  # 4 bols per beat
    rf"(?<![\w.-])(\d|{'|'.join(NUMBERS)})\s+(?:(?:per\s+(?=beat|ma+tra))|(?:bols?|strokes?|syllables?|notes?|बोल)\s+"
    r"(?:per|a|an|to an?|(?:in|on|for|to)\s+(?:a|each|every|one)|each|प्रति|एक)\s+)(?:beat|ma+tra|मात्रा)",
    re.IGNORECASE,
)


_JATIS = (
    ("tr?i(?:s|sh)ra|तिस्र", 3),
    ("cha?tu[sr]+a?sra|चतस्र|चतुस्र", 4),
    ("khanda|खंड", 5),
    ("mi(?:s|sh)ra|मिश्र", 7),
)
_JATI = re.compile(
    rf"(?:ja+ti|जाति)\s*[:=–-]?\s*(?:{'|'.join(f'({name})' for name, _ in _JATIS)})(?!\w)"
    rf"|(?<!\w)(?:{'|'.join(f'({name})' for name, _ in _JATIS)})\s+(?:ja+ti|जाति)",
    re.IGNORECASE,
)
_NOTES = re.compile(
    r"(?<!\w)(?:(?:(eighth|8th)|(?:sixteenth|16th))[\s-]+notes?|in\s+(?:(eighth|8th)|(?:sixteenth|16th))s)(?!\w)",
    re.IGNORECASE,
)


def said(names: Sequence[str], above: Sequence[str], text: Sequence[str] = ()) -> dict[str, Fraction]:
    """The speed of each section that its name says, or that the rows above say where there is one section.

    Where none says it, one that words in `text` say, such as ``4 bols per beat``, ``eighth notes`` or ``tisra jati``.
    """
    rows = {names[0]: " ".join([*above, names[0]])} if len(names) == 1 else {name: name for name in names}
    words = {name: set(row.lower().replace(":", " ").split()) for name, row in rows.items()}
    result = {name: {_FASTER[word] for word in each & _FASTER.keys()} for name, each in words.items()}
    result = {name: numbers for name, numbers in result.items() if len(numbers) == 1}
    numbers = {number.lower() for row in text for number in _PER_MATRA.findall(row)}
    numbers |= {"2" if any(eighth) else "4" for row in text for eighth in _NOTES.findall(row)}
    jatis = [match.lastindex or 0 for row in text for match in _JATI.finditer(row)]
    numbers |= {str(_JATIS[(jati - 1) % len(_JATIS)][1]) for jati in jatis}
    if not result and len(numbers) == 1:
        number = numbers.pop()
        return dict.fromkeys(names, Fraction(NUMBERS.get(number) or number))
    return {name: numbers.pop() for name, numbers in result.items()}


def sped(
    parts: Mapping[str, Sequence[Item]], taal: taals.Taal, plain: Reading, speeds: Mapping[str, Fraction]
) -> dict[str, Sequence[Item]]:
    """Sections of words of one size, or with single strokes among them, at the speeds that are said of them.

    Raises
    ------
    Unreadable : at that speed they are no whole avartans, at a stroke a matra they are.
    """
    result = dict(parts)
    for name, items in parts.items():
        words = [item for item in items if item.kind == "word"]
        sizes = {len(strokes(item.text)) for item in words if item.speed == 1}
        n = speeds.get(name, Fraction(1)) / (min(sizes, default=1) or 1)  # words per matra
        unlike = not sizes or (len(sizes) > 1 and min(sizes) > 1)
        if n <= 1 or plain.strokes or unlike or any(item.speed != 1 for item in words):
            continue
        faster = [item._replace(speed=n) for item in items]
        lands = [*faster[:-1], items[-1]]  # the sam at the end lasts a matra
        slow, fast, on_sam = (_whole({name: each}, taal, plain) for each in (items, faster, lands))
        if slow and fast is False and not on_sam and len(sizes) == 1:
            words[0].place.stop(
                f"{name} says {speeds[name]} strokes per matra, and {len(words)} words are no whole avartans then",
                f"write {n} avartans of such words, or words of {speeds[name]} strokes, or another name",
            )
        result[name] = faster if fast else lands if on_sam else items
    return result


def _whole(parts: Mapping[str, Sequence[Item]], taal: taals.Taal, reading: Reading) -> bool | None:
    """Whether a reading gives whole avartans; None where it cannot be placed."""
    try:
        return whole(placed(parts, taal, reading), taal)
    except Unreadable:
        return None


def agree(sections: Mapping[str, Slots], speeds: Mapping[str, Fraction], taal: taals.Taal) -> bool:
    """Whether each section whose speed is said has so many slots a matra."""
    return all(
        len(slots) * TICKS * taal.counts == speeds[name] * length(slots)
        for name, slots in sections.items()
        if name in speeds
    )
