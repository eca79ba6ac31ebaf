"""The information fields of ABC: key, metre, unit of length, tempo and clef.

References
----------
The ABC music standard 2.1 (2011), sections 3.1 and 4.6: https://abcnotation.com/wiki/abc:standard:v2.1
"""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from riyaz.music.written import whole

FIFTHS = "FCGDAEB"
MODES = {"": 0, "m": -3, "maj": 0, "ion": 0, "min": -3, "aeo": -3, "mix": -1, "dor": -2, "phr": -4, "lyd": 1, "loc": -5}
_MODE = r"((?i:maj|ion|min|aeo|mix|dor|phr|lyd|loc)[A-Za-z]*|[mM](?![A-Za-z]))?"
_TONIC = re.compile(rf"([A-G])([#b♯♭]?)(?:\s*{_MODE})(?![A-Za-z]+=)")
_LOWER = re.compile(rf"([a-g])([#b]?){_MODE}")
_OPTION = re.compile(r"([A-Za-z]+)\s*=\s*(\"[^\"]*\"|\S+)")
_CLEF = re.compile(r"(?:treble|alto|tenor|bass|perc|none|[GCFP])?[1-5]?(?:([+-])(8|15))?")
_ACCIDENTAL = re.compile(r"(\^\^?|__?|=)([A-Ga-g])")
SIGNS = {"^": 1, "^^": 2, "_": -1, "__": -2, "=": 0}


def signature(sharps: int) -> dict[str, int]:
    """Alterations of the seven letters under so many sharps (flats negative), those that are altered."""
    alters = {letter: (sharps + 6 - place) // 7 for place, letter in enumerate(FIFTHS)}
    return {letter: alter for letter, alter in alters.items() if alter}


@dataclass(frozen=True)
class Key:
    """A key signature, and how far what is written lies from what sounds.

    Attributes
    ----------
    alters : letter: semitones. sharps : of the signature, None where it is none of the usual ones.
    octave, clef, transpose : semitones that notes are moved by, from the options of these names.
    """

    alters: dict[str, int] = field(default_factory=dict)
    sharps: int | None = None
    octave: int = 0
    clef: int = 0
    transpose: int = 0

    @property
    def shift(self) -> int:
        """Semitones from what is written to what sounds."""
        return self.octave + self.clef + self.transpose

    def clefs(self, text: str) -> "Key":
        """The same key with the options of a field K: or V:."""
        result = self
        options = dict(_OPTION.findall(text))
        octave, semitones = (re.fullmatch(r"[+-]?[0-9]{1,3}", options.get(o, "")) for o in ("octave", "transpose"))
        if octave:
            result = replace(result, octave=12 * int(octave[0]))
        if semitones:
            result = replace(result, transpose=int(semitones[0]))
        words = [options[name].strip('"') for name in ("clef",) if name in options]
        words += _OPTION.sub(" ", text).split()
        for word in words:
            clef = _CLEF.fullmatch(word)
            if clef and (len(word) > 1 or word in "GCFP"):
                shift = {"8": 12, "15": 24}.get(clef[2] or "", 0) * (-1 if clef[1] == "-" else 1)
                result = replace(result, clef=shift)
        return result


def key(text: str, before: Key) -> Key:
    """Read a field K:; what it does not say stays as it was before."""
    text = text.strip()
    if not text or re.match(r"none\b", text, re.IGNORECASE):
        return replace(before, alters={}, sharps=0).clefs(text[4:])
    if text[:2] in ("HP", "Hp"):  # of the highland bagpipe, whether its sharps are written or not
        return replace(before, alters=signature(2), sharps=2).clefs(text[2:])
    tonic = _TONIC.match(text) or _LOWER.fullmatch(text)
    if tonic is None:  # options only, or accidentals
        return _altered(text, before).clefs(text)
    mode = tonic[3] or ""
    sharps = FIFTHS.index(tonic[1].upper()) - 1 + {"#": 7, "♯": 7, "b": -7, "♭": -7}.get(tonic[2], 0)
    sharps += MODES[mode[:3].lower()]
    rest = text[tonic.end() :]
    explicit = re.search(r"\bexp\b", rest)
    base = replace(before, alters={} if explicit else signature(sharps), sharps=None if explicit else sharps)
    return _altered(rest, base).clefs(re.sub(r"\bexp\b", " ", rest))


def _altered(text: str, base: Key) -> Key:
    """The accidentals that K: adds to its key."""
    more = {letter.upper(): SIGNS[sign] for sign, letter in _ACCIDENTAL.findall(_OPTION.sub(" ", text))}
    if not more:
        return base
    alters = {letter: alter for letter, alter in {**base.alters, **more}.items() if alter}
    total = sum(alters.values())
    return replace(base, alters=alters, sharps=total if alters == signature(total) else None)


def metre(text: str) -> str | None:
    """Read a field M:; None for free metre."""
    words = re.sub(r"\s*\+\s*", "+", re.sub(r"\"[^\"]*\"", "", text)).split()
    if not words or words[0].lower() in ("none", "free"):
        return None
    if words[0].startswith("C"):
        return "2/2" if words[0].startswith("C|") else "4/4"
    return re.sub(r"[()]", "", words[0])


def unit(text: str) -> Fraction | None:
    """Read a field L: in whole notes; None where it is no length."""
    match = re.match(r"\s*([0-9]+)\s*(?:/\s*([0-9]+))?", text)
    if not match or not whole(match[1]) or not whole(match[2] or "1"):
        return None
    return Fraction(whole(match[1]), whole(match[2] or "1"))


def tempo(text: str, length: Fraction) -> float | None:
    """Read a field Q: in quarter notes per minute; None where it is in words only.

    Parameters
    ----------
    length : the unit of length in whole notes, which tempi of ABC 1.6 count in (``Q:100``, ``Q:C=100``, ``Q:C3=100``).
    """
    text = re.sub(r"\"[^\"]*\"", " ", text).strip()
    of = re.match(r"((?:[0-9]+/[0-9]+\s*)+)=\s*([0-9.]+)", text)
    old = re.match(r"[Cc]([0-9]*)(?:/([0-9]+))?\s*=\s*([0-9.]+)", text)
    plain = re.match(r"([0-9.]+)\s*$", text)
    if of:
        parts = [part.split("/") for part in of[1].split()]
        beat = sum(Fraction(whole(above), max(whole(below), 1)) for above, below in parts)
        number = of[2]
    elif old:
        beat = length * Fraction(whole(old[1] or "1"), max(whole(old[2] or "1"), 1))
        number = old[3]
    elif plain:
        beat, number = length, plain[1]
    else:
        return None
    value = re.match(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", number)
    return float(Fraction(value[0]) * beat * 4) if value else None
