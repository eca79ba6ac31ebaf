"""The pitch to which the dayan is tuned: its names, and Hz of the fundamental.

Tabla players also count keys of the harmonium: white 1 (safed, pandhri) is C, black 1 (kali) C sharp.
"""

import re

from riyaz.music.events import Unreadable

PITCHES = {"C": 261.63, "C#": 277.18, "D": 293.66, "D#": 311.13}  # C4 to D#4
PITCH = "D"  # where nothing names one

_NAMES = {
    "C": "c white1 safed1 pandhri1",
    "C#": "c# csharp db dflat black1 kali1",
    "D": "d white2 safed2 pandhri2",
    "D#": "d# dsharp eb eflat black2 kali2",
}
_KNOWN = {name: pitch for pitch, names in _NAMES.items() for name in names.split()}


def find(name: str) -> str:
    """The pitch of a name in any case, such as ``c sharp`` or ``kali 1``. Raises Unreadable if there is none."""
    pitch = _KNOWN.get(re.sub(r"[\s_-]", "", name.lower().replace("♯", "#").replace("♭", "b")).rstrip("4"))
    if pitch is None:
        raise Unreadable(f"there is no pitch {name!r} for the dayan", f"known: {', '.join(PITCHES)}")
    return pitch
