"""Reads MusicXML: walks the measures of all parts together.

Measure n of every part begins at one time, and lasts as long as what sounds in it: a rest that is written as a whole
bar, an empty measure or a sign puts no part out of step. Pitch is `alter`, not the accidental that is drawn; a note is
what `duration` says, not what its `type` looks like.

References
----------
W3C Music Notation Community Group, MusicXML 4.0 (2021): https://www.w3.org/2021/06/musicxml40/
"""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest

from riyaz.music import written
from riyaz.music.events import TICKS, Unreadable
from riyaz.music.written import ENDS, STARTS, Score, Time, bar_ticks, exact

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_LONG = ("maxima", "long", "breve", "whole", "half", "quarter", "eighth")
_TYPES = {name: Fraction(32, 2**power) for power, name in enumerate(_LONG)}  # beats
_TYPES |= {f"{2**n}{'nd' if n == 5 else 'th'}": Fraction(4, 2**n) for n in range(4, 11)}
_NUMBER = re.compile(r"\s*([+-]?[0-9]{1,30}(?:\.[0-9]{0,20})?|[+-]?\.[0-9]{1,20})\s*")
_MEND = "open it in a notation program and save it again as MusicXML"


def unpacked(data: bytes) -> bytes:
    """The score in a packed file: the one that container.xml names, else the first; at most written.MAX_BYTES."""
    limit = written.MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if name.lower().endswith((".xml", ".musicxml"))]
            rest = [name for name in names if not name.startswith(("META-INF/", "__MACOSX/"))]
            container = packed.open("META-INF/container.xml").read(2**20) if "META-INF/container.xml" in names else b""
            named = re.findall(r"full-path\s*=\s*[\"']([^\"']+)", _decoded(container)) if container else []
            chosen = next((name for name in [*named, *rest] if name in packed.namelist()), None)
            if chosen is None:
                raise Unreadable("is an archive without a score", _MEND)
            content = packed.open(chosen).read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"is a damaged archive: {' '.join(str(error).split())[:160]}", "get the file again") from error
    if len(content) > limit:
        raise Unreadable(f"is larger than {limit // 2**20} MB", "split it into several files")
    return content


def text(data: bytes) -> str:
    """The text of a score, packed or not, without its declaration."""
    return _decoded(unpacked(data) if data.startswith(b"PK") else data)


def score(data: bytes) -> Score:
    """Read a score, packed or not.

    Raises
    ------
    Unreadable : it is no XML, or no score.
    """
    root = _root(text(data))
    if root.tag not in ("score-partwise", "score-timewise"):
        raise Unreadable(f"is no score but XML of the kind {root.tag[:40]!r}", _MEND)
    result = Score(title=_said(root, "work/work-title") or _said(root, "movement-title"))
    creators = [creator for creator in root.findall("identification/creator") if creator.get("type") == "composer"]
    result.composer = (creators[0].text or "") if creators else ""
    parts = [_Part(number, divisions) for number, divisions in enumerate(_first_divisions(root))]
    result.programs = _programs(root)
    _measures(root, parts, result)
    return result


def _decoded(data: bytes) -> str:
    """The text of an XML file, in the encoding that it has, whatever it declares; Unicode is tried first."""
    head = data[:200].replace(b"\0", b"")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    elif data[:4] in (b"<\0?\0", b"\0<\0?"):
        text = data.decode("utf-16-le" if data[:1] == b"<" else "utf-16-be", "replace")
    else:
        declared = re.search(rb"encoding\s*=\s*[\"'](iso-8859-[0-9]+|windows-125[0-9])[\"']", head, re.IGNORECASE)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode(declared[1].decode() if declared else "cp1252", "replace")
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _root(content: str) -> ET.Element:
    if not content.strip():
        raise Unreadable("is empty", "get the file again")
    if "<!ENTITY" in content:
        raise Unreadable("is XML that declares entities, which no score needs", _MEND)
    try:
        root = ET.fromstring(content)
    except (ET.ParseError, ValueError) as error:
        raise Unreadable(f"is no XML: {' '.join(str(error).split())[:160]}", _MEND) from error
    if root.tag.startswith("{"):
        for element in root.iter():
            if isinstance(element.tag, str):
                element.tag = element.tag.rpartition("}")[2]
    return root


def _said(element: ET.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _number(text: str | None) -> Fraction | None:
    """A decimal number of XML; None for what is none, is infinite, or beyond all measure."""
    match = _NUMBER.fullmatch(text or "")
    return Fraction(match[1]) if match else None


def _rows(root: ET.Element) -> Iterator[list[ET.Element | None]]:
    """The measures that sound together, one for each part; None where a part has ended."""
    if root.tag == "score-partwise":
        yield from map(list, zip_longest(*(part.findall("measure") for part in root.findall("part"))))
        return
    ids = _ids(root)
    for measure in root.findall("measure"):
        row: dict[str, ET.Element] = {}
        for part in measure.findall("part"):
            part.attrib = {**measure.attrib, **part.attrib}
            row.setdefault(part.get("id", ""), part)
        yield [row.get(name) for name in ids]


def _ids(root: ET.Element) -> list[str]:
    """The parts of a score by measures, in their order."""
    return list(dict.fromkeys(part.get("id", "") for part in root.iterfind("measure/part")))


def _programs(root: ET.Element) -> dict[int, int]:
    """The General MIDI program of each part, from 0, by the part's number; what is no program is left out."""
    ids = [part.get("id", "") for part in root.findall("part")] if root.tag == "score-partwise" else _ids(root)
    path = "midi-instrument/midi-program"
    listed = {part.get("id"): _number(part.findtext(path)) for part in root.iter("score-part")}
    said = {place: listed.get(name) for place, name in enumerate(ids)}
    return {place: int(number) - 1 for place, number in said.items() if number is not None and 1 <= number <= 128}


def _first_divisions(root: ET.Element) -> list[Fraction]:
    """For each part what it counts in before it says so: what it says first, else quarter notes."""
    if root.tag == "score-partwise":
        match = [part.iterfind("measure/attributes/divisions") for part in root.findall("part")]
    else:
        match = [root.iterfind(f"measure/part[@id={_quoted(name)}]/attributes/divisions") for name in _ids(root)]
    firsts = (next((number for each in part if (number := _number(each.text))), None) for part in match)
    return [first if first is not None and first > 0 else Fraction(1) for first in firsts]


def _quoted(name: str) -> str:
    return f'"{name}"' if '"' not in name else f"'{name}'" if "'" not in name else '""'


@dataclass
class _Part:
    """What holds in a part from bar to bar.

    Attributes
    ----------
    divisions : of a quarter note. bar : ticks of its metre, 0 for none. shift, fifths : semitones and fifths from what
        is written to what sounds, by staff ("" for all).
    """

    number: int
    divisions: Fraction
    bar: int = 0
    shift: dict[str, Fraction] = field(default_factory=dict)
    fifths: int = 0
    metres: list[tuple[Time, str]] = field(default_factory=list)
    sharps: list[tuple[Time, int]] = field(default_factory=list)
    repeats: int = 0


@dataclass
class _Bar:
    """One measure of one part, in ticks from its start: how far its notes reach, and how far all that takes time.

    `shown` is as `filled` without rests that are not printed: what a program writes to fill the last bar.
    """

    sounding: Time = 0
    filled: Time = 0
    shown: Time = 0
    whole_rest: bool = False


def _measures(root: ET.Element, parts: list[_Part], result: Score) -> None:
    now: Time = 0
    unprinted: Time = 0  # at the end of the newest bar
    count = 0
    opening: tuple[Time, int, bool] = (0, 0, False)  # length and metre of the first bar, and whether it is a pick-up
    for row in _rows(root):
        measures = [(part, measure) for part, measure in zip(parts, row, strict=True) if measure is not None]
        bars = [_measure(measure, part, now, result) for part, measure in measures]
        implicit = any(measure.get("implicit") == "yes" or measure.get("number") == "0" for _, measure in measures)
        nominal = max((part.bar for part, _ in measures), default=0)
        length = _length(bars, nominal, implicit, first=count == 0)
        if count == 0:
            opening = (length, nominal, implicit)
        now = exact(now + length)
        hidden = max((bar.filled for bar in bars), default=0) > max((bar.shown for bar in bars), default=0)
        unprinted = exact(length - max(bar.shown for bar in bars)) if hidden else 0
        count += 1
    length, nominal, implicit = opening
    if 0 < length < nominal and (implicit or count > 1):
        result.lead = nominal - length
    result.end = exact(now - max(unprinted, 0))
    result.metres = next((part.metres for part in parts if part.metres), [])
    result.sharps = next((part.sharps for part in parts if part.sharps and not part.fifths), [])
    result.sharps = result.sharps or next((part.sharps for part in parts if part.sharps), [])
    result.lost["repeats"] = max((part.repeats for part in parts), default=0)


def _length(bars: list[_Bar], nominal: int, implicit: bool, first: bool) -> Time:
    """How long a bar is: as long as the notes in it, and as the rests up to the length that its metre has."""
    sounding = max((bar.sounding for bar in bars), default=0)
    if not sounding:  # rests only, or nothing at all
        filled = max((bar.filled for bar in bars), default=0)
        if nominal and not implicit and (not filled or filled > nominal or any(bar.whole_rest for bar in bars)):
            return nominal
        return filled
    if implicit or first:  # a part that is silent in a pick-up may write a rest of a whole bar
        bars = [bar for bar in bars if bar.sounding]
    filled = max(bar.filled for bar in bars)
    return max(sounding, min(filled, nominal) if nominal else filled)


def _measure(measure: ET.Element, part: _Part, start: Time, result: Score) -> _Bar:
    """Read one measure of one part."""
    bar = _Bar()
    lost = result.lost
    now: Time = 0
    latest: tuple[Time, Time] = (0, 0)  # onset and length of the note before, which a chord shares
    for element in measure:
        tag = element.tag
        if tag == "note":
            chord = element.find("chord") is not None
            if element.find("grace") is not None:
                lost["grace"] += element.find("pitch") is not None
                continue
            length = _duration(element, part, latest[1] if chord else None, result)
            onset = latest[0] if chord else now
            if not chord:
                latest = (now, length)
                now = exact(now + length)
            if element.find("rest") is not None:
                rest = element.find("rest")
                bar.whole_rest |= rest is not None and rest.get("measure") == "yes"
            elif element.find("cue") is not None:
                lost["cue"] += 1
            else:
                bar.sounding = max(bar.sounding, exact(onset + length))
                _note(element, part, exact(start + onset), length, result)
        elif tag == "forward":
            now = exact(now + _duration(element, part, None, result))
        elif tag == "backup":
            now = exact(now - _duration(element, part, None, result))
            if now < 0:
                lost["damaged"] += 1
                now = 0
        elif tag == "attributes":
            _attributes(element, part, exact(start + now), result)
        elif tag == "harmony":
            lost["chord_symbols"] += 1
        elif tag in ("direction", "sound"):
            offset = _number(element.findtext("offset")) or Fraction(0)
            then = exact(start + now + offset * TICKS / part.divisions)
            _tempo(element, then, result)
            _dynamics(element, part, then, result)
        elif tag == "barline":
            part.repeats += element.find("repeat") is not None
        bar.filled = max(bar.filled, now)
        unprinted = element.get("print-object") == "no" and element.find("rest") is not None
        if tag in ("note", "forward") and not unprinted:
            bar.shown = max(bar.shown, now)
    return bar


def _duration(element: ET.Element, part: _Part, chord: Time | None, result: Score) -> Time:
    """Ticks of a note, rest, forward or backup; what is not said is that of the chord, or that of the note's type."""
    text = element.findtext("duration")
    value = _number(text)
    if value is not None and value >= 0:
        return exact(value * TICKS / part.divisions)
    if text is not None:
        result.lost["damaged"] += 1
        return 0
    if chord is not None:
        return chord
    dots = min(len(element.findall("dot")), 16)
    return exact(_TYPES.get(_said(element, "type"), Fraction(0)) * TICKS * (2 - Fraction(1, 2**dots)))


def _note(element: ET.Element, part: _Part, onset: Time, length: Time, result: Score) -> None:
    pitch = element.find("pitch")
    if pitch is None:
        result.lost["percussion"] += element.find("unpitched") is not None
        return
    step, octave = _said(pitch, "step"), _number(pitch.findtext("octave"))
    alter = _number(pitch.findtext("alter") or "0")
    if step not in _NATURAL or octave is None or alter is None:
        result.lost["damaged"] += 1
        return
    ties = element.findall("tie") or element.findall("notations/tied")
    kinds = {tie.get("type") for tie in ties}
    both = STARTS * bool(kinds & {"start", "continue"}) + ENDS * bool(kinds & {"stop", "continue"})
    shift = part.shift.get(_said(element, "staff"), part.shift.get("", Fraction(0)))
    number = 12 * (octave + 1) + _NATURAL[step] + alter + shift
    sounding = float(number) if number.denominator > 1 else int(number)
    result.note(onset, length, sounding, part.number, both, _said(element, "voice"))


def _attributes(element: ET.Element, part: _Part, now: Time, result: Score) -> None:
    divisions = element.findtext("divisions")
    if divisions is not None:
        value = _number(divisions)
        if value is None or value <= 0:
            result.lost["damaged"] += 1
        else:
            part.divisions = value
    for transpose in element.findall("transpose"):
        chromatic = _number(transpose.findtext("chromatic")) or Fraction(0)
        octaves = _number(transpose.findtext("octave-change")) or Fraction(0)
        diatonic = _number(transpose.findtext("diatonic"))
        part.shift[transpose.get("number", "")] = chromatic + 12 * octaves
        if diatonic is None:
            diatonic = Fraction(round(chromatic * 7 / 12))
        part.fifths = int(7 * chromatic - 12 * diatonic)
    fifths = element.findtext("key/fifths")
    if fifths is not None:
        value = _number(fifths)
        part.sharps.append((now, int(value) + part.fifths if value is not None and value.denominator == 1 else 99))
    time = element.find("time")
    if time is not None:
        above, below = time.findall("beats"), time.findall("beat-type")
        if above and len(above) == len(below):
            name = "+".join(
                f"{(a.text or '').strip()}/{(b.text or '').strip()}" for a, b in zip(above, below, strict=True)
            )
            part.metres.append((now, re.sub(r"[()\s]", "", name)))
            part.bar = bar_ticks(part.metres[-1][1])
        else:
            part.bar = 0


def _dynamics(element: ET.Element, part: _Part, now: Time, result: Score) -> None:
    """The marks and hairpins of a direction."""
    for mark in element.iterfind("direction-type/dynamics/*"):
        result.say(now, part.number, str(mark.tag))
    for wedge in element.iterfind("direction-type/wedge"):
        result.say(now, part.number, wedge.get("type", ""))


def _tempo(element: ET.Element, now: Time, result: Score) -> None:
    """What a direction, or a sound by itself, says of the tempo: that which is played, else that which is written."""
    sound = element if element.tag == "sound" else element.find("sound")
    text = sound.get("tempo") if sound is not None else None
    if text is not None:
        value = _number(text)
        result.tempos.append((now, float(value) if value is not None else 0.0))
        return
    mark = element.find("direction-type/metronome")
    said = mark.findtext("per-minute") or "" if mark is not None else ""
    number = re.search(r"(?<![\w-])-?[0-9]{1,9}(?:\.[0-9]{1,9})?(?![\w.])", said)
    if mark is not None and number:
        dots = min(len(mark.findall("beat-unit-dot")), 16)
        beat = _TYPES.get(_said(mark, "beat-unit"), Fraction(0)) * (2 - Fraction(1, 2**dots))
        result.tempos.append((now, float(Fraction(number[0]) * beat)))
