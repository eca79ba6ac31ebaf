"""A piece as the page plays it: what sounds when, in JSON, made from the events and from nothing else.

Times are whole numbers of `unit` ticks. The timeline of bols has the taal with its theka and its lehras; that of notes
has, where there is a score, the ids of the engraved notes.
"""

from collections.abc import Sequence
from functools import reduce
from math import gcd
from typing import Any

import pandas as pd

from riyaz.music import events as music
from riyaz.music.events import NUMBERS, TICKS, VELOCITY, Piece
from riyaz.practice import lehra, sounds
from riyaz.tabla import notation, strokes, taals
from riyaz.tabla.bols import played
from riyaz.tabla.taals import Taal

TEMPO = {"bols": 90, "notes": 100}  # beats per minute where a piece names no tempo


def timeline(piece: Piece, score: dict[str, Any] | None = None) -> dict[str, Any]:
    """Lay a piece out for the player.

    Parameters
    ----------
    piece : of bols or of notes.
    score : for notes, ``notes`` and ``bars`` as from `riyaz.music.engrave.timing`.

    Returns
    -------
    JSON-able. ``kind``, ``title``, ``tempo`` (beats per minute), ``unit`` (ticks), ``ticks`` (of a beat), ``length``,
    ``cycle`` (units: the avartan or the bar), ``sections``. For bols ``durations`` of the events one after the other,
    ``bols`` (-1: a rest, else a row of ``names``: the bol and its strokes with their delays in seconds), ``taal``. For
    notes ``notes``: onset, duration and MIDI number of each in one row, ``velocities`` where there are dynamics,
    ``instrument``, the bank of its sounds, where that is not the piano, and ``score``. No events give length 0.

    Raises
    ------
    ValueError : a bol that has no sound, or a piece of bols in no taal.
    """
    about, events = piece.about, piece.events
    durations = [int(ticks) for ticks in events["duration"]]
    shown: dict[str, Any] = {
        "kind": about["kind"],
        "name": piece.name,
        "title": str(about.get("title") or piece.name),
        "tempo": about.get("tempo") or TEMPO[about["kind"]],
        "ticks": TICKS,
    }
    if about["kind"] == "bols":
        taal = taals.find(about["taal"])
        names = Names()
        theka = _theka(taal)
        unit = _unit([*durations, *([] if theka is None else theka["duration"])])
        return {
            **shown,
            "form": str(about.get("form") or ""),
            "unit": unit,
            "length": sum(durations) // unit,
            "cycle": taal.ticks // unit,
            "durations": [ticks // unit for ticks in durations],
            "bols": names.rows(events),
            "sections": [[s["name"], s["onset"] / TICKS, s["duration"] / TICKS] for s in about.get("sections") or ()],
            "taal": {
                "title": taal.title,
                "vibhags": taal.vibhags,
                "signs": taal.signs,
                "theka": []
                if theka is None
                else [[int(ticks) // unit for ticks in theka["duration"]], names.rows(theka)],
                "lehras": [[one.name, one.source, one.first, *map(list, one.notes)] for one in lehra.lehras(taal)],
            },
            "names": names.table,
        }
    bar = music.bar_beats(about.get("metre")) or 4
    notes = music.to_notes(events)
    unit = _unit([*durations, int(bar * TICKS)])
    columns = notes["onset"] // unit, notes["duration"] // unit, notes["symbol"].map(NUMBERS)
    flat = [int(number) for row in zip(*columns, strict=True) for number in row]
    return {
        **shown,
        "unit": unit,
        "length": sum(durations) // unit,
        "cycle": int(bar * TICKS) // unit,
        "notes": flat,
        **({"velocities": notes[VELOCITY].tolist()} if VELOCITY in notes else {}),
        **({"instrument": sounds.instrument(about["program"])} if about.get("program") else {}),
        "sections": [],
        **({"score": score} if score else {}),
    }


class Names:
    """The bols of a timeline: each written bol with the strokes that it is played with, once."""

    def __init__(self) -> None:
        self.table: list[list[Any]] = []
        self._number: dict[tuple[str, str], int] = {}

    def rows(self, events: pd.DataFrame) -> list[int]:
        """Which row of `table` each event is; -1 is a rest. Raises ValueError for what is no bol."""
        written = [symbols[0] if symbols else "" for symbols in events["symbols"]]
        strokes.to_midi_notes(events)  # refuses what is no bol
        hands = iter(played([bol for bol in written if bol]) if any(written) else [])
        return [self._row(bol, next(hands)) if bol else -1 for bol in written]

    def _row(self, bol: str, hand: Any) -> int:
        key = (bol, hand.name)
        if key not in self._number:
            self._number[key] = len(self.table)
            self.table.append([bol, [[stroke, delay] for stroke, delay in strokes.parts(hand)]])
        return self._number[key]


def _theka(taal: Taal) -> pd.DataFrame | None:
    """The theka's events; None where no source prints one."""
    return notation.bols(taal.theka, taal.name, taal.name) if taal.theka else None


def _unit(ticks: Sequence[int]) -> int:
    """The largest unit that all these are multiples of, and a beat too."""
    return reduce(gcd, (int(number) for number in ticks), TICKS)
