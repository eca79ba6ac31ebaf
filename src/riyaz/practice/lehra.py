"""Lehras: the melody of one avartan that keeps the taal while the tabla is practised.

A word is a matra: ``S r R g G m P d D n N`` are the degrees from Sa, small letters komal, ``M`` the Ma (tivra where
a melody's `tivra` says so), ``'`` the upper octave, ``,`` the lower, ``-`` holds on; notes in brackets share the matra.

References
----------
The melodies with a raga's name are traditional; they stand in the lehra file of Bol Processor (B. Bel, BSD-3). For
other taals no public notation was found: `plain` makes a line that is this project's own and no raga.
"""

import re
from dataclasses import dataclass

from riyaz.tabla.taals import Taal

DEGREES = {"S": 0, "r": 1, "R": 2, "g": 3, "G": 4, "M": 5, "P": 7, "d": 8, "D": 9, "n": 10, "N": 11}
OWN = "this project's own line, no raga"
_SOURCE = "traditional, after Bol Processor's lehra file"
_PLAIN = (0, 2, 4, 7, 9, 12)  # semitones over Sa


@dataclass(frozen=True)
class Lehra:
    """One melody over one avartan.

    Attributes
    ----------
    name : the raga, or ``Plain``.
    source : where it comes from.
    notes : (onset, duration, semitones over Sa) each, onset and duration in matras.
    first : semitones over Sa of the tanpura's first string: Pa, or another degree where the raga has no Pa.
    """

    name: str
    source: str
    notes: tuple[tuple[float, float, int], ...]
    first: int = 7


def read(text: str) -> tuple[tuple[float, float, int], ...]:
    """Read a melody: a word is a matra, bars are ignored.

    Raises
    ------
    ValueError : a note that is no degree, or a melody that begins with a held note.
    """
    notes: list[tuple[float, float, int]] = []
    for matra, word in enumerate(text.replace("|", " ").split()):
        parts = re.findall(r"[A-Za-z]'*,*|-", word.strip("()"))
        if "".join(parts) != word.strip("()"):
            raise ValueError(f"{word!r} is no matra of a lehra; write degrees S r R g G M P d D n N, or - to hold")
        for number, part in enumerate(parts):
            share = 1 / len(parts)
            if part == "-":
                if not notes:
                    raise ValueError("a lehra begins with a note, not with -")
                onset, duration, degree = notes[-1]
                notes[-1] = (onset, duration + share, degree)
                continue
            if part[0] not in DEGREES:
                raise ValueError(f"{part!r} is no degree; write S r R g G M P d D n N")
            notes.append(
                (matra + number * share, share, DEGREES[part[0]] + 12 * part.count("'") - 12 * part.count(","))
            )
    return tuple(notes)


_TRADITIONAL = {
    "teental": (
        Lehra("Chandrakauns", _SOURCE, read("S' - S' - | N d N S' | N d M (gS) | g M d N"), 5),
        Lehra("Gunakali", _SOURCE, read("S' - - - | d M P d | M r S - | r M P d")),
    ),
    "chautal": (Lehra("Twelve matras", _SOURCE, read("g' R' g' S' R' M' g' R' S' D (nD) S'")),),
}


def plain(taal: Taal) -> Lehra:
    """A line for any taal: Sa on sam, up by a degree with each vibhag to the middle, and back down to Sa.

    Every matra has a note, the first of a vibhag a long one, so that the taal can be heard.
    """
    n_vibhags, notes, onset = len(taal.vibhags), [], 0
    for index, matras in enumerate(taal.vibhags):
        height = min(index, n_vibhags - index) % len(_PLAIN) if n_vibhags > 1 else 0
        following = min(index + 1, n_vibhags - index - 1) % len(_PLAIN)
        held = 2 if matras > 2 else 1
        notes.append((float(onset), float(held), _PLAIN[height]))
        for step in range(held, matras):
            near = following + 1 if step < matras - 1 else max(following - 1, 0)
            notes.append((float(onset + step), 1.0, _PLAIN[min(near if step % 2 else height, len(_PLAIN) - 1)]))
        onset += matras
    return Lehra("Plain", OWN, tuple(notes))


def lehras(taal: Taal) -> tuple[Lehra, ...]:
    """The melodies of a taal, the traditional ones first; there is always the plain one."""
    return (*_TRADITIONAL.get(taal.name, ()), plain(taal))
