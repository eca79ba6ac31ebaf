"""Events as the words and lines of the notation: what `riyaz.tabla.notation` reads again as the same events."""

from itertools import pairwise
from math import gcd

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla.spelling import CLOSED, OPEN, UNDECIDED, across, with_ka
from riyaz.tabla.taals import Taal


def lines(events: pd.DataFrame, taal: Taal) -> list[str]:
    """Write events as lines of notation: bars at the vibhags, whole vibhags on a line as far as eight matras go."""
    matras = words(events)
    written, line, start, vibhag = [], [], 0, 0
    while start < len(matras):
        size = taal.vibhags[vibhag % len(taal.vibhags)]
        bar = matras[start : start + size]
        line.append(" ".join(bar) + (" |" if len(bar) == size else ""))
        start, vibhag = start + size, vibhag + 1
        if vibhag % len(taal.vibhags) in _breaks(taal) or start >= len(matras):
            written.append(" ".join(line))
            line = []
    return written


def _breaks(taal: Taal) -> tuple[int, ...]:
    """After which vibhags of an avartan a line ends, 0 being the last: at half of a long one, else after eight."""
    ends = [start - 1 for start in taal.starts]
    if taal.matras <= 8:
        return (0,)
    if taal.matras % 2 == 0 and taal.matras // 2 in ends:
        return (0, ends.index(taal.matras // 2))
    breaks, begun = [0], 0
    for number, size in enumerate(taal.vibhags):
        if ends[number] + size - begun > 8 and number:
            breaks.append(number)
            begun = ends[number]
    return tuple(breaks)


def words(events: pd.DataFrame) -> list[str]:
    """Write events as one word a matra; a last matra that is not full is filled with a rest."""
    matras: list[list[tuple[int, str]]] = []  # of each the ticks and bols of what starts in it
    names = [symbols[0] if symbols else "" for symbols in events["symbols"]]
    stops = (events["onset"] + events["duration"]).tolist()
    if stops and stops[-1] % TICKS:
        names, stops = [*names, ""], [*stops, -(-stops[-1] // TICKS) * TICKS]
    for (onset, stop), name in zip(pairwise([0, *stops]), names, strict=True):
        matras += [[(0, "~")] for _ in range(-(-stop // TICKS) - len(matras))]
        matra = matras[onset // TICKS]
        matra[:] = [*matra, (onset % TICKS, name)] if onset % TICKS else [(0, name)]
    following = [""]  # of each matra, from the last, the bol that is struck next
    for matra in reversed(matras):
        following.append(next((name for _, name in matra if name != "~"), following[-1]))
    before: list[str] = []
    written = []
    for matra, after in zip(matras, following[-2::-1], strict=True):
        written.append(_spelled(_parts(matra), before, after))
        before = [*before, *(name for _, name in matra if name != "~")][-3:]
    return written


def _parts(matra: list[tuple[int, str]]) -> list[list[str]]:
    """The slots of a matra, parted by commas where that needs no ~ but the first."""
    flat = _slots(matra, TICKS)
    for n in (2, 3, 4) if "~" in flat[1:] else ():
        size = TICKS // n
        parts = [[(t - i * size, name) for t, name in matra if i * size <= t < (i + 1) * size] for i in range(n)]
        slots = [_slots(part, size) for part in parts if part and part[0][0] == 0]
        if len(slots) == n and not any("~" in part[i == 0 :] for i, part in enumerate(slots)):
            return slots
    return [flat]


def _slots(starts: list[tuple[int, str]], size: int) -> list[str]:
    share = gcd(size, *(t for t, _ in starts))
    at = dict(starts)
    return [at.get(t, "~") for t in range(0, size, share)]


def _spelled(parts: list[list[str]], before: list[str], after: str) -> str:
    """Join slots; a Ta that the rules of reading would take for the other one is Tt or Taa."""
    together = [name for part in parts for name in part]
    plain = with_ka([UNDECIDED if name in (OPEN, CLOSED) else name for name in together])
    strokes_only = [name for name in plain if name != "~"]
    decided = iter(across([*before, *strokes_only, after])[len(before) :])
    taken = [name if name == "~" else next(decided) for name in plain]
    marked = {OPEN: "Taa", CLOSED: "Tt", "": "-"}
    spelled = iter(
        "Ta" if name == read_as and name in (OPEN, CLOSED) else marked.get(name, name)
        for name, read_as in zip(together, taken, strict=True)
    )
    return ",".join("".join(next(spelled) for _ in part) for part in parts)
