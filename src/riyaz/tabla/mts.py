"""A reader for the score files of the CompMusic/MTG data set "Tabla solo".

Such a file has a header of ``KEY:VALUE`` lines between two lines ``##``, then lines of bols under section names
``''Section''``. ``!S:4`` says how many slots a matra has (``4|3``: either), a semicolon ends a matra, a blank parts
its slots, a comma joins bols that share a slot, ``-`` is a rest, ``!E`` ends. The files are not ours to ship and
are read where their owner keeps them; what is odd in them is counted in ``about["lost"]`` and never refused:

- ``odd_matra``: a matra whose slots are not as many as ``!S`` says; its slots share it evenly all the same.
- ``unknown_bol``: a symbol that is no bol; a rest stands in its place.
- ``merged_bol``: a symbol whose stroke the notation has under another name (TII is Ti, CHAP is Tit, ...).
- ``incomplete_avartan``: 1 where the piece is no whole number of avartans (and the sam at its end).
- ``unknown_command``: a line with ``!`` that says nothing this reader knows.

References
----------
S. Gupta, A. Srinivasamurthy, M. Kumar, H. A. Murthy, X. Serra, "Discovery of syllabic percussion patterns in tabla
solo recordings", ISMIR 2015.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from riyaz.music.events import TICKS, Piece, Unreadable, in_a_row
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.notation import FORMS, LAYAS

_SAME = "DHA DHE DHET DHI DHIN RE TE TIN TRA KA KAT KE KI GE GI TI RA NA TU DI DIN KDA KRA TIT TA"
_OTHER = {"TAA": "Ta", "TA": "ta", "D": "Da", "DA": "Da", "N": "Na", "GHE": "Ge", "GHI": "Gi", "DING": "Din"}
_MERGED = {"DAA": "Da", "KII": "Ki", "GHEN": "Ghin", "KAR": "Kra", "KRI": "Kre", "KRU": "Kre"}
_MERGED |= {"CHAP": "Tit", "TII": "Ti"}
SYMBOLS = {symbol: symbol.capitalize() for symbol in _SAME.split()} | _OTHER | _MERGED
_REST = {"-", "S", ""}


@dataclass
class _Score:
    """What is gathered while the lines are read."""

    slots: frozenset[int] = frozenset()
    sections: list[tuple[str, int]] = field(default_factory=list)  # name, first tick
    durations: list[int] = field(default_factory=list)
    symbols: list[list[str]] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    @property
    def ticks(self) -> int:
        return sum(self.durations)


def read(path: str | Path) -> list[Piece]:
    """Read one score file as one piece.

    Raises
    ------
    Unreadable : it has no header, no taal that is known, or no bols.
    """
    path = Path(path)
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    header, body = _parted(text, path.name)
    taal = _taal(header, path.name)
    score = _Score()
    for line in body:
        if line == "!E":
            break
        _line(line, score)
    if not any(score.symbols):
        raise Unreadable(f"{path.name}: there are no bols", "check that it is a score of the data set")
    over = score.ticks % taal.ticks
    if over and not (over == TICKS and score.durations[-1] == TICKS):
        score.lost["incomplete_avartan"] = 1
    return [Piece(path.name, in_a_row(score.durations, score.symbols), _about(header, taal, score, path.stem))]


def _parted(text: str, name: str) -> tuple[dict[str, str], list[str]]:
    """The header's keys in capitals, and the lines after it."""
    lines = [line.strip() for line in text.splitlines()]
    fences = [number for number, line in enumerate(lines) if line.startswith("##")]
    if len(fences) < 2:
        raise Unreadable(f"{name}:1: there is no header between two lines ##", "is it a score of Tabla solo?")
    pairs = (line.lstrip("#").partition(":") for line in lines[fences[0] + 1 : fences[1]])
    header = {key.strip().upper(): value.strip() for key, colon, value in pairs if colon}
    return header, [line for line in lines[fences[1] + 1 :] if line]


def _taal(header: dict[str, str], name: str) -> taals.Taal:
    value = header.get("TALA") or header.get("TAAL")
    if not value:
        raise Unreadable(f"{name}: the header has no TALA", "add a line such as TALA:TEENTAL")
    try:
        return taals.find(value)
    except Unreadable as error:
        raise Unreadable(f"{name}: {error.reason}", error.remedy) from None


def _line(line: str, score: _Score) -> None:
    if line.startswith("''"):
        score.sections.append((line.strip("' \t"), score.ticks))
    elif match := re.fullmatch(r"!S\s*:\s*([\d|\s]+)", line):
        score.slots = frozenset(int(n) for n in re.findall(r"\d+", match[1]))
    elif line.startswith("!"):
        score.lost["unknown_command"] += 1
    elif not line.startswith("#"):
        for matra in line.rstrip("; \t").split(";"):
            _matra(matra.split(), score)


def _matra(slots: list[str], score: _Score) -> None:
    """Add one matra; its slots share it evenly, and the bols of a slot the slot. The last takes what is left over."""
    if score.slots and len(slots) not in score.slots:
        score.lost["odd_matra"] += 1
    end = score.ticks + TICKS
    for number, slot in enumerate(slots or ["-"], 1):
        bols = slot.upper().split(",")
        start, stop = score.ticks, end - TICKS + TICKS * number // max(len(slots), 1)
        for i, bol in enumerate(bols, 1):
            upto = start + (stop - start) * i // len(bols)
            score.durations.append(upto - score.ticks)
            score.symbols.append(_bol(bol, score.lost))


def _bol(symbol: str, lost: Counter[str]) -> list[str]:
    if symbol in _REST:
        return []
    lost["merged_bol"] += symbol in _MERGED
    name = SYMBOLS.get(symbol, symbol.capitalize())
    lost["unknown_bol"] += name not in BOLS
    return [name] if name in BOLS else []


def _about(header: dict[str, str], taal: taals.Taal, score: _Score, stem: str) -> dict[str, Any]:
    kind = header.get("TYPE", "").lower()
    form = (get_close_matches(kind, FORMS, n=1, cutoff=0.6) or [kind])[0]
    starts = [*(start for _, start in score.sections), score.ticks]
    return {
        "kind": "bols",
        "title": header.get("COMPOSITION", "") or stem,
        "composer": header.get("COMPOSER", ""),
        "taal": taal.name,
        "form": form,
        "gharana": header.get("GHARANA", ""),
        "source": "CompMusic/MTG Tabla solo",
        "licence": "CC BY-NC-ND",
        "metre": f"{taal.matras}/4",
        "tempo": LAYAS["madhya"],
        "sections": [
            {"name": name, "onset": start, "duration": starts[i + 1] - start, "derived": False}
            for i, (name, start) in enumerate(score.sections)
        ],
        "lost": {reason: n for reason, n in sorted(score.lost.items()) if n},
    }
