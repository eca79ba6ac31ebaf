"""MusicXML for a keyboard, written through music21: what is generated, to be engraved and opened in a notation program.

Where the events begin with a rest shorter than a bar, as `scores.read` gives for a pick-up, a pick-up is written.
The same events give the same text.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music.events import NUMBERS, TICKS, from_notes, quantise, to_notes
from riyaz.music.scores import MAJORS, MINORS, key_of, library

GRID = (8, 6)  # what is engraved: thirty-seconds and triplet sixteenths
_PLAIN = {Fraction(2) ** power * dot for power in range(-3, 3) for dot in (1, Fraction(3, 2))}  # beats


def write_musicxml(events: pd.DataFrame, about: dict[str, Any] | None = None) -> str:
    """Write notes as MusicXML for a keyboard: the same text for the same events.

    Two staves, parted at middle C, or one where all notes lie on one side. Metre (4/4 where nothing is said),
    key signature, tempo, title and composer are taken from `about`, the key else from `key_of`; pitches are
    spelled as the key suggests. What is finer than GRID is moved to it.

    Raises
    ------
    ValueError : the events are bols, which Bhatkhande's notation is for.
    """
    music21 = library()
    about = about or {}
    if about.get("kind") == "bols":
        raise ValueError("bols are not written as MusicXML; see riyaz.tabla.bhatkhande")
    events, *_ = quantise(events, GRID)
    metre = about.get("metre") or "4/4"
    sharps = about["sharps"] if about.get("sharps") is not None else _signature(key_of(events)[0])
    bar = _bar(music21.meter.TimeSignature(metre))
    silent = int(events["duration"].iloc[0]) if len(events) and not events["symbols"].iloc[0] else 0
    lead = silent if silent < bar else 0
    score = music21.stream.Score()
    score.metadata = music21.metadata.Metadata(title=about.get("title", ""), composer=about.get("composer", ""))
    tempos = [about.get("tempo"), None]  # over the upper staff
    staves = [_staff(*hand, lead, metre, sharps, tempo) for hand, tempo in zip(_hands(events), tempos, strict=False)]
    for staff in staves:
        score.insert(0, staff)
    if len(staves) > 1:
        score.insert(0, music21.layout.StaffGroup(staves, symbol="brace", barTogether=True))
    exported = music21.musicxml.m21ToXml.GeneralObjectExporter(score).parse(score)
    return _undated(exported.decode("utf-8"))


def _bar(signature: Any) -> int:
    """Ticks of a bar."""
    return round(Fraction(signature.barDuration.quarterLength) * TICKS)


def _hands(events: pd.DataFrame) -> list[tuple[pd.DataFrame, str]]:
    """Events and clef of each staff, from the top."""
    notes = to_notes(events)
    pitch = notes["symbol"].map(NUMBERS).to_numpy(dtype=np.int64)
    end = int(events["duration"].sum())
    high = pitch >= NUMBERS["C4"]
    parted = [(high, "treble"), (~high, "bass")]
    return [
        (from_notes(notes["onset"][side], notes["duration"][side], pitch[side], end)[0], clef)
        for side, clef in parted
        if side.any()
    ] or [(events, "treble")]


def _signature(key: str) -> int:
    """Sharps of a key's signature, flats negative; 0 of no key."""
    tonic, _, mode = key.partition(" ")
    return {"major": MAJORS, "minor": MINORS}.get(mode, {"": 0})[tonic]


def _staff(events: pd.DataFrame, clef: str, lead: int, metre: str, sharps: int, tempo: float | None) -> Any:
    """One staff with its bars, as a music21 part; the first `lead` ticks are silent and not written."""
    from music21 import clef as clefs
    from music21 import key, meter, stream
    from music21 import tempo as tempos

    signature = meter.TimeSignature(metre)
    bar = _bar(signature)
    staff = stream.PartStaff()
    for number, elements in _bars(events, bar, lead, sharps):
        measure = stream.Measure(number=number)
        if not len(staff):
            opening: list[Any] = [
                clefs.TrebleClef() if clef == "treble" else clefs.BassClef(),
                key.KeySignature(sharps),
                signature,
            ]
            if tempo:
                opening.append(tempos.MetronomeMark(number=tempo))
            for element in opening:
                measure.insert(0, element)
            measure.paddingLeft = Fraction(lead, TICKS)
            measure.showNumber = stream.enums.ShowNumber.NEVER if lead else stream.enums.ShowNumber.DEFAULT
        measure.append(elements)
        staff.append(measure)
    if len(staff):
        staff[-1].rightBarline = "final"
    return staff


def _bars(events: pd.DataFrame, bar: int, lead: int, sharps: int) -> Iterator[tuple[int, list]]:
    """Number and elements of each bar; a pick-up has the number 0."""
    bars: dict[int, list] = {}
    for start, stop, symbols, starts, goes_on in _written(events, bar, lead):
        element = _element(stop - start, symbols, starts, goes_on, sharps)
        if not symbols and stop - start == bar:
            element.fullMeasure = True
        bars.setdefault(start // bar, []).append(element)
    for number in sorted(bars):
        yield number + (not lead), bars[number]


def _written(events: pd.DataFrame, bar: int, lead: int) -> Iterator[tuple[int, int, list[str], list[bool], list[bool]]]:
    """What is written: (start, end, symbols, tied to what was, tied to what comes), cut at bars and for reading."""
    rows = [*events.itertuples(index=False, name=None), (0, 0, [], [])]
    for (onset, duration, symbols, held), (_, _, later, tied) in pairwise(rows):
        ties = {symbol for symbol, held_on in zip(later, tied, strict=True) if held_on}
        cuts = _cuts(max(onset, lead), onset + duration, bar)
        for start, stop in pairwise(cuts):
            first, last = start == cuts[0], stop == cuts[-1]
            yield (
                start,
                stop,
                symbols,
                [h or not first for h in held],
                [symbol in ties or not last for symbol in symbols],
            )


def _cuts(start: int, stop: int, bar: int) -> list[int]:
    """Where a duration is cut: at bars, and at beats if it is no plain or dotted value."""
    bounds = [start, *range(start // bar * bar + bar, stop, bar), stop]
    cuts = set(bounds)
    for a, b in pairwise(bounds):
        if Fraction(b - a, TICKS) not in _PLAIN:
            cuts |= {cut for cut in (-(-a // TICKS) * TICKS, b // TICKS * TICKS) if a < cut < b}
    return sorted(cuts)


def _element(duration: int, symbols: list[str], held: list[bool], goes_on: list[bool], sharps: int) -> Any:
    """A music21 rest, note or chord with its ties."""
    from music21 import chord, note, tie

    length = Fraction(duration, TICKS)
    if not symbols:
        return note.Rest(quarterLength=length)
    notes = []
    for symbol, from_before, to_next in zip(symbols, held, goes_on, strict=True):
        single = note.Note(_spelled(NUMBERS[symbol], sharps), quarterLength=length)
        if from_before or to_next:
            single.tie = tie.Tie("continue" if from_before and to_next else "stop" if from_before else "start")
        notes.append(single)
    return notes[0] if len(notes) == 1 else chord.Chord(notes)


def _spelled(number: int, sharps: int) -> Any:
    """A music21 pitch, spelled as in a key: its seven notes, two on the side of the flats, three of the sharps."""
    from music21 import pitch

    fifth = sharps - 3 + (7 * number - (sharps - 3)) % 12  # C is 0, G 1, F -1
    step: Any = "FCGDAEB"[(fifth + 1) % 7]
    accidental = (fifth + 1) // 7
    natural = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[step]
    octave = (number - natural - accidental) // 12 - 1
    return pitch.Pitch(step=step, accidental=accidental or None, octave=octave)


def _undated(text: str) -> str:
    """MusicXML without what differs from run to run: date, versions, and a part's random id."""
    text = re.sub(r"\s*<encoding>.*?</encoding>", "", text, flags=re.DOTALL)
    text = re.sub(r'\s*<creator type="composer">Music21</creator>', "", text)
    ids = dict.fromkeys(re.findall(r'<score-part id="([^"]+)"', text))
    for number, name in enumerate(ids, start=1):
        text = text.replace(f'"{name}"', f'"P{number}"')
    return text
