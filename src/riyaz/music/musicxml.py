"""MusicXML, written through music21: what is generated, to be engraved and opened in a notation program.

Music in two to four voices is written in voices, other music as chords of two hands. Where the events begin with a rest
shorter than a bar, as `scores.read` gives for a pick-up, a pick-up is written. The same events give the same text.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music import dynamics, note_values, scores, spelling, voices
from riyaz.music.events import NUMBERS, TICKS, VELOCITY, quantise, to_notes
from riyaz.music.note_values import Metre
from riyaz.music.scores import MAJORS, MINORS, VOICES, key_of, library

SIGNATURES = range(-6, 7)  # sharps
GRID = (8, 6)  # what is engraved: thirty-seconds and triplet sixteenths
MIDDLE = NUMBERS["C4"]
LOW, HIGH = NUMBERS["E3"], NUMBERS["A4"]  # how far one treble staff reaches down, and one bass staff up
FIFTH = 7  # semitones; a voice that falls silent sings the note of a neighbour that is no farther

# What one voice has from one time to another: (start, stop, notes); each note is (number, from before, goes on).
Strand = list[tuple[int, int, list[tuple[int, bool, bool]]]]


@dataclass(frozen=True)
class _Staff:
    """A staff: its clef, its strands from the top, its name, and whether rests of a lower strand are printed."""

    clef: str
    strands: list[Strand]
    name: str = ""
    rests: bool = True


@dataclass(frozen=True)
class _Page:
    """What holds on all staves."""

    metre: str
    sharps: int
    lead: int  # ticks of silence at the beginning that are not written
    end: int
    names: list[tuple[str, int, int]]  # step, alteration and octave of each note
    marks: list[tuple[int, str]]  # dynamics: when, and a mark or a hairpin's beginning or end

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Start and stop of each bar, in ticks; the first may be a pick-up, the last may be short."""
        bar = Metre.of(self.metre).bar
        bounds = [self.lead, *range(self.lead // bar * bar + bar, self.end, bar), self.end]
        return [pair for pair in pairwise(bounds) if pair[0] < pair[1]]


def write_musicxml(events: pd.DataFrame, about: dict[str, Any] | None = None, staves: int = 2) -> str:
    """Write notes as MusicXML: the same text for the same events.

    Metre (4/4 where nothing is said), key signature, tempo, title, composer and instrument (`program` of General MIDI)
    are taken from `about`, a signature that it lacks from `signature`; pitches are spelled by `riyaz.music.spelling`.
    What is finer than GRID is moved to it.

    Parameters
    ----------
    staves : 2 is a keyboard's, or one where the notes fit on it; with 4, music in four voices has a staff for each.

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
    sharps = about["sharps"] if about.get("sharps") is not None else signature(events)
    notes, end = to_notes(events), int(events["duration"].sum())
    onset, pitch = notes["onset"].to_numpy(), notes["symbol"].map(NUMBERS).to_numpy(dtype=np.int64)
    silent = int(onset.min()) if len(onset) else end
    lead = silent if silent < Metre.of(metre).bar and len(onset) else 0
    names = spelling.fifths(onset / TICKS, pitch, sharps)
    named = [spelling.written(int(name), int(number)) for name, number in zip(names, pitch, strict=True)]
    page = _Page(metre, sharps, lead, end, named, [])
    if VELOCITY in notes:
        page = replace(page, marks=dynamics.marks(onset, notes[VELOCITY].to_numpy(), page.bars))
    score = music21.stream.Score()
    score.metadata = music21.metadata.Metadata(title=about.get("title", ""), composer=about.get("composer", ""))
    shown = _staves(onset, onset + notes["duration"].to_numpy(), pitch, staves, page)
    tempos = [about.get("tempo"), None, None, None]  # over the upper staff
    apart = 4 if len(shown) == 2 else 0  # the staves of a keyboard are one part
    marked = [page, *[replace(page, marks=[])] * 3] if len(shown) == 2 else [page] * 4  # a keyboard has them once
    parts = [_part(staff, marked[at], 1 + apart * at, tempos[at]) for at, staff in enumerate(shown)]
    for number, part in enumerate(parts, start=1):
        if about.get("program"):
            _play_with(part, about["program"], number)
        score.insert(0, part)
    if len(parts) > 1:
        symbol = "brace" if len(parts) == 2 else "bracket"
        score.insert(0, music21.layout.StaffGroup(parts, symbol=symbol, barTogether=len(parts) == 2))
    exported = music21.musicxml.m21ToXml.GeneralObjectExporter(score).parse(score)
    return _undated(exported.decode("utf-8"))


def signature(events: pd.DataFrame) -> int:
    """Sharps of the key signature that has the least sounding time outside its scale, flats negative; 0 without notes.

    Of several, the one that is nearest to that of the key by `key_of`. Of 364 of Bach's chorales 84 % have it; the
    signature of the key by `key_of` have 72 %.
    """
    symbols = events["symbols"].tolist()
    weight = scores.sounding(symbols, events["duration"].tolist())[0].sum(axis=0)  # (12,) ticks
    tonic, _, mode = key_of(events)[0].partition(" ")
    near = {"major": MAJORS, "minor": MINORS}.get(mode, {"": 0})[tonic]
    inside = {
        sharps: weight[[7 * fifth % 12 for fifth in range(sharps - 1, sharps + 6)]].sum() for sharps in SIGNATURES
    }
    return max(SIGNATURES, key=lambda sharps: (inside[sharps], -abs(sharps - near), -abs(sharps)))


# --- which note stands where -------------------------------------------------------------------------------


def _staves(onset: np.ndarray, stop: np.ndarray, pitch: np.ndarray, staves: int, page: _Page) -> list[_Staff]:
    """The staves from the top, with what stands on them."""
    n = voices.count(onset, stop)
    if n > 1:
        voice = voices.separate(onset, stop, pitch, n)
        strands = [_voice(onset, stop, np.flatnonzero(voice == number)) for number in range(n)]
        if n == 4:
            _doubled(strands, pitch, Metre.of(page.metre).bar)
        if n == staves == 4:
            each = zip(("treble", "treble", "tenor", "bass"), strands, VOICES, strict=True)
            return [_Staff(clef, [strand], name) for clef, strand, name in each]
        means = [pitch[voice == number].mean() for number in range(n)]
        upper = 2 if n == 4 else 1 + (n == 3 and means[1] >= MIDDLE)
        if n == 2 and (means[1] >= MIDDLE or means[0] < MIDDLE):
            return [_Staff("treble" if means[1] >= MIDDLE else "bass", strands)]
        return [_Staff("treble", strands[:upper]), _Staff("bass", strands[upper:])]
    if not len(pitch):
        return [_Staff("treble", [[]])]
    treble = pitch.mean() >= MIDDLE
    if pitch.min() >= LOW if treble else pitch.max() <= HIGH:
        return [_Staff("treble" if treble else "bass", _hand(onset, stop, pitch, np.arange(len(pitch))), rests=False)]
    hands = [np.flatnonzero(pitch >= MIDDLE), np.flatnonzero(pitch < MIDDLE)]
    clefs = ("treble", "bass")
    return [_Staff(c, _hand(onset, stop, pitch, h), rests=False) for c, h in zip(clefs, hands, strict=True) if len(h)]


def _voice(onset: np.ndarray, stop: np.ndarray, notes: np.ndarray) -> Strand:
    """Notes one after the other."""
    return [(int(onset[note]), int(stop[note]), [(int(note), False, False)]) for note in notes]


def _doubled(strands: list[Strand], pitch: np.ndarray, bar: int) -> None:
    """Let a voice that is silent for a bar or less sing with its neighbour, where it would be in unison with it.

    Events hold such a note once.
    """
    sung, first = [list(strand) for strand in strands], min(strand[0][0] for strand in strands)
    for number, strand in enumerate(sung):
        near = [sung[other] for other in (number - 1, number + 1) if 0 <= other < len(sung)]
        for (_, start, before), (stop, _, after) in pairwise([(first, first, []), *strand]):
            own = pitch[(before or after)[0][0]]
            for other in near if 0 < stop - start <= bar else ():
                with_it = [row for row in other if start <= row[0] < stop]
                bounds = [start, *(row[1] for row in with_it)]
                whole = [row[0] for row in with_it] == bounds[:-1] and bounds[-1] == stop
                if whole and abs(pitch[with_it[0][2][0][0]] - own) <= FIFTH:
                    strands[number] = sorted([*strands[number], *with_it])
                    break


def _hand(onset: np.ndarray, stop: np.ndarray, pitch: np.ndarray, notes: np.ndarray) -> list[Strand]:
    """The notes of one staff as chords, in one strand or in two; where two do not suffice, chords are tied."""
    chords: dict[tuple[int, int], list[int]] = defaultdict(list)
    for note in notes:
        chords[int(onset[note]), int(stop[note])].append(int(note))
    spans = sorted(chords)
    starts, ends = (np.array([span[side] for span in spans]) for side in (0, 1))
    at_once = max(int(((starts <= start) & (ends > start)).sum()) for start in starts)
    if at_once <= 2:
        middle = np.array([round(pitch[chords[span]].mean()) for span in spans])
        voice = voices.separate(starts, ends, middle, at_once)
        rows = [(*span, [(note, False, False) for note in chords[span]]) for span in spans]
        return [[row for row, one in zip(rows, voice, strict=True) if one == number] for number in range(at_once)]
    bounds = np.unique(np.concatenate([onset[notes], stop[notes]])).tolist()
    cut: Strand = []
    for start, end in pairwise(bounds):
        sounding = [int(note) for note in notes if onset[note] <= start < stop[note]]
        if sounding:
            cut.append((start, end, [(note, bool(onset[note] < start), bool(stop[note] > end)) for note in sounding]))
    return [cut]


# --- how it is written -------------------------------------------------------------------------------------


def _part(staff: _Staff, page: _Page, first: int, tempo: float | None) -> Any:
    """One staff with its bars, as a music21 part; its voices are numbered from `first`."""
    from music21 import dynamics as dynamic
    from music21 import spanner, stream

    hairpins = {dynamics.LOUDER: dynamic.Crescendo, dynamics.SOFTER: dynamic.Diminuendo}
    part = stream.Part() if staff.name else stream.PartStaff()
    part.partName = staff.name or None
    for number, (start, stop) in enumerate(page.bars, start=0 if page.lead else 1):
        measure = stream.Measure(number=number)
        if not len(part):
            _open(measure, staff, page, tempo)
        strands = [list(_elements(strand, start, stop, page)) for strand in staff.strands]
        _accidentals(strands, page.sharps)
        own = [elements for elements in strands if any(not element.isRest for element in elements)]
        for at, elements in enumerate(own or strands[:1]):
            _hide(elements, own[0] if at else [], staff.rests)
            voice = stream.Voice(id=str(first + at))
            voice.append(elements)
            measure.insert(0, voice)
        for time, mark in page.marks:
            if not start <= time < stop:
                continue
            if mark in hairpins:
                part.insert(0, hairpin := hairpins[mark]())
            shown = dynamic.Dynamic(mark) if mark in dynamics.MARKS else spanner.SpannerAnchor()
            measure.insert(Fraction(time - start, TICKS), shown)
            if mark not in dynamics.MARKS:
                hairpin.addSpannedElements(shown)
        part.append(measure)
    part.streamStatus.accidentals = True
    if len(part):
        part[-1].rightBarline = "final"
    return part


def _play_with(part: Any, program: int, number: int) -> None:
    """Name the instrument of a part, by the number of the part: music21 would draw a random name."""
    import pretty_midi
    from music21 import instrument

    played = instrument.Instrument(pretty_midi.program_to_instrument_name(program))
    played.midiProgram, played.instrumentId = program, f"P{number}-I1"
    part.insert(0, played)


def _hide(elements: list[Any], upper: list[Any], printed: bool) -> None:
    """Print no rests of a lower strand that the upper one has too, or that nobody asked for."""
    rests = {
        (offset, rest.quarterLength) for rest, (offset, _) in zip(upper, _timed(upper), strict=True) if rest.isRest
    }
    for element, (offset, _) in zip(elements, _timed(elements), strict=True):
        both = (offset, element.quarterLength) in rests
        element.style.hideObjectOnPrint = element.isRest and bool(upper) and (both or not printed)


def _open(measure: Any, staff: _Staff, page: _Page, tempo: float | None) -> None:
    """What stands at the beginning of the first bar."""
    from music21 import clef, key, meter, stream
    from music21 import tempo as tempos

    kinds = {"treble": clef.TrebleClef, "tenor": clef.Treble8vbClef, "bass": clef.BassClef}
    opening = [kinds[staff.clef](), key.KeySignature(page.sharps), meter.TimeSignature(page.metre)]
    for element in [*opening, *([tempos.MetronomeMark(number=tempo)] if tempo else [])]:
        measure.insert(0, element)
    measure.paddingLeft = Fraction(page.lead, TICKS)
    measure.showNumber = stream.enums.ShowNumber.NEVER if page.lead else stream.enums.ShowNumber.DEFAULT


def _elements(strand: Strand, start: int, stop: int, page: _Page) -> Iterator[Any]:
    """What a strand has in one bar: notes, chords, and rests between them."""
    metre, now = Metre.of(page.metre), start
    here = [row for row in strand if row[0] < stop and row[1] > start]
    for begins, ends, notes in [*here, (stop, stop, [])]:
        yield from _rests(now, max(begins, start), metre)
        pieces = note_values.cuts(max(begins, start), min(ends, stop), metre) if notes else []
        for first, last in pairwise(pieces):
            tied = [(note, was or first > begins, on or last < ends) for note, was, on in notes]
            yield _element(last - first, tied, page)
        now = min(ends, stop)


def _rests(start: int, stop: int, metre: Metre) -> Iterator[Any]:
    from music21 import note

    whole = stop - start == metre.bar
    for first, last in pairwise([start, stop] if whole else note_values.cuts(start, stop, metre, rest=True)):
        rest = note.Rest(quarterLength=Fraction(last - first, TICKS))
        rest.fullMeasure = True if whole else "auto"
        yield rest


def _element(duration: int, notes: list[tuple[int, bool, bool]], page: _Page) -> Any:
    """A music21 note or chord with its ties."""
    from music21 import chord, note, pitch, tie

    singles = []
    for number, from_before, to_next in notes:
        step: Any
        step, alter, octave = page.names[number]
        own: Any = pitch.Pitch(step=step, accidental=alter, octave=octave)
        single = note.Note(own, quarterLength=Fraction(duration, TICKS))
        if from_before or to_next:
            single.tie = tie.Tie("continue" if from_before and to_next else "stop" if from_before else "start")
        singles.append(single)
    return singles[0] if len(singles) == 1 else chord.Chord(singles)


def _accidentals(strands: list[list[Any]], sharps: int) -> None:
    """Print an accidental where a bar, in all its strands, has not had it yet; a tied note needs none."""
    now = {step: int(sharps > at) - int(-sharps > 6 - at) for at, step in enumerate("FCGDAEB")}
    notes = [(offset, single) for elements in strands for offset, element in _timed(elements) for single in element]
    shown: dict[str, int] = {}
    for _, single in sorted(notes, key=lambda pair: pair[0]):
        own, place = single.pitch, single.pitch.nameWithOctave.replace("#", "").replace("-", "")
        tied = single.tie is not None and single.tie.type != "start"
        differs = own.accidental.alter != shown.get(place, now[own.step])
        own.accidental.displayStatus = bool(differs and not tied)
        if not tied:
            shown[place] = own.accidental.alter


def _timed(elements: list[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """When each element begins, from the bar's start, and its notes; none for a rest."""
    offset: Any = Fraction(0)
    for element in elements:
        yield offset, [] if element.isRest else list(element.notes) if element.isChord else [element]
        offset += Fraction(element.quarterLength)


def _undated(text: str) -> str:
    """MusicXML without what differs from run to run: date, versions, and a part's random id."""
    text = re.sub(r"\s*<encoding>.*?</encoding>", "", text, flags=re.DOTALL)
    text = re.sub(r'\s*<creator type="composer">Music21</creator>', "", text)
    ids = dict.fromkeys(re.findall(r'<score-part id="([^"]+)"', text))
    for number, name in enumerate(ids, start=1):
        text = text.replace(f'"{name}"', f'"P{number}"')
    return text
