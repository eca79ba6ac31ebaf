"""MIDI in, from its bytes, and out, through symusic.

Onsets are counted from the start of the file, so that silence before the first note and pick-up bars keep their
place in the metre; silence after the last note is not music, unless a marker named ``end`` says so, as in the
files that `write` makes. A note that is never released sounds until its track ends. Bends are not part of events, and
pedals only where they make notes longer: they are counted among what was lost, with every note left out or cut.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music import smf
from riyaz.music.events import (
    EVEN,
    MAX_TICKS,
    NUMBERS,
    TICKS,
    VELOCITY,
    Piece,
    Unreadable,
    bar_beats,
    from_notes,
    impossible,
    to_notes,
)

SUFFIXES = (".mid", ".midi", ".smf", ".rmi", ".kar")
MAX_BYTES = 16 * 2**20  # at two bytes or more an event no file below has ten million
MAX_NOTES = 200_000  # some hours of dense piano music
END = "end"

MAX_PIECES = 1_000_000  # parts of notes that overlap, cut at all starts and ends: about 100 MB


def read(
    path: str | Path,
    instrument: str | Sequence[int | str] = "all",
    max_notes: int = MAX_NOTES,
    pedal: str = "count",
) -> list[Piece]:
    """Read a MIDI file of format 0 or 1 as one piece.

    Parameters
    ----------
    instrument : ``all``, ``first`` (the first track with notes), or a list of programs: numbers from 0, names
        of General MIDI (``Acoustic Grand Piano``) or of its groups (``Piano``). Percussion is always left out.
    max_notes : a file with more is refused.
    pedal : ``sustain``: a note that is released while its channel's pedal is down sounds until the pedal is up, or
        until its pitch is struck again; ``count``: pedals are only counted.

    Returns
    -------
    One piece. ``about`` has the tempo (quarter notes a minute), metre and key signature (`sharps`, negative
    for flats) in force at the first note, where the file gives them, the General MIDI program that sounds longest
    (`program`, absent for 0, the piano), and ``lost``: counts of notes
    (`zero`, `doubled`, `restruck`: see `riyaz.music.events.from_notes`; `percussion`, `other_instruments`;
    kept but changed: `left_on`, `rounded` to 1/5040 beat) and of other things
    (`tempo_changes`, `metre_changes`, `key_changes`, `pedals`, `bends`, `missing_tracks`). Only where there are any:
    `out_of_range` notes above 127, `damaged` messages, `impossible` tempi, metres and keys, `unannounced_tracks`.

    Raises
    ------
    Unreadable : the file is no such MIDI file, is cut off, is too large, or has no notes to take.
    ValueError : instrument is none of the above.
    """
    path = Path(path)
    programs = _programs(instrument)
    resolution, contents, announced = smf.chunks(_bytes(path))
    tracks: list[smf.Track] = []
    left = max_notes
    for number, content in enumerate(contents, start=1):
        tracks.append(smf.track(content, number, left, max_notes))
        left -= len(tracks[-1].onset)
    voices = _voices(tracks)
    pitched = [voice for voice in voices if voice[2] != smf.PERCUSSION]
    taken = pitched[:1] if instrument == "first" else [v for v in pitched if programs is None or v[3] in programs]
    lost = {
        "percussion": sum(voice[4] for voice in voices) - sum(voice[4] for voice in pitched),
        "other_instruments": sum(voice[4] for voice in pitched) - sum(voice[4] for voice in taken),
        "missing_tracks": max(announced - len(tracks), 0),
        "left_on": sum(track.lost["left_on"] for track in tracks),
    }
    damage = {reason: sum(track.lost[reason] for track in tracks) for reason in ("damaged", "out_of_range")}
    damage["unannounced_tracks"] = max(len(tracks) - announced, 0)
    if not taken:
        raise Unreadable(*_why_empty(sorted({voice[3] for voice in pitched}), lost | damage))
    onset, stop, pitch, velocity = _notes(tracks, taken, pedal == "sustain")
    end = max((time for track in tracks for time, text in track.texts if text == END.encode()), default=0)
    events, cut = _events(onset, stop, pitch, velocity, end, resolution, max_notes)
    channels = sorted({(voice[0], voice[2]) for voice in taken})
    about, changes, damage["impossible"] = _about(tracks, int(onset.min()))
    about |= longest(_sounding(tracks, taken))
    lost |= (
        changes
        | cut
        | {
            "pedals": sum(len(tracks[number].pedals.get(channel, ())) for number, channel in channels)
            * (pedal == "count"),
            "bends": sum(tracks[number].bends[channel] for number, channel in channels),
        }
    )
    lost |= {reason: count for reason, count in damage.items() if count}  # of a sound file nothing is said of damage
    return [Piece(path.name, events, {**about, "lost": dict(sorted(lost.items()))})]


def _programs(instrument: str | Sequence[int | str]) -> set[int] | None:
    """The programs to take, None for all."""
    if isinstance(instrument, str) and instrument in ("all", "first"):
        return None
    rule = "instrument is all, first, or a list of programs (0 to 127) and names of General MIDI"
    if isinstance(instrument, str) or not len(instrument):
        raise ValueError(f"instrument is {instrument!r}; {rule}")
    programs: set[int] = set()
    for wanted in instrument:
        result = _named(wanted) if isinstance(wanted, str) else {wanted} & set(range(128))
        if not result:
            raise ValueError(f"instrument has {wanted!r}; {rule}")
        programs |= result
    return programs


def _named(name: str) -> set[int]:
    """Programs of a General MIDI name or group, whatever its case and punctuation."""
    import pretty_midi  # here, because only names need it

    def plain(text: str) -> str:
        return "".join(filter(str.isalnum, text.lower()))

    return {
        program
        for program in range(128)
        if plain(name)
        in (
            plain(pretty_midi.program_to_instrument_name(program)),
            plain(pretty_midi.program_to_instrument_class(program)),
        )
    }


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split the file")
    return path.read_bytes()


def _voices(tracks: list[smf.Track]) -> list[tuple[int, int, int, int, int]]:
    """(track, voice, channel, program, notes) of all voices with notes, in order."""
    listed = []
    for number, track in enumerate(tracks):
        counts = np.bincount(track.voice, minlength=len(track.voices)).tolist() if track.voice else []
        listed += [(number, own, *track.voices[own], count) for own, count in enumerate(counts) if count]
    return listed


def _notes(tracks: list[smf.Track], taken: list[tuple[int, int, int, int, int]], sustain: bool) -> np.ndarray:
    """Onset, stop (file ticks), pitch and velocity of the voices taken: (4, n_notes) int64."""
    parts = []
    for number in dict.fromkeys(voice[0] for voice in taken):
        track = tracks[number]
        own = {voice[1] for voice in taken if voice[0] == number}
        if max(track.stop) > 2**31 - 1:
            raise Unreadable("lasts longer than 2^31 ticks", "it is damaged: get the file again")
        part = np.array([track.onset, track.stop, track.pitch, track.velocity], np.int64)
        if sustain and track.pedals:
            part[1] = _sustained(track, part)
        if len(own) < len(set(track.voice)):
            part = part[:, np.isin(track.voice, sorted(own))]
        parts.append(part)
    return np.concatenate(parts, axis=1)


def _sounding(tracks: list[smf.Track], taken: list[tuple[int, int, int, int, int]]) -> list[tuple[int, float]]:
    """The program of each voice taken, and how many ticks of the file its notes last."""
    result = []
    for number, own, _, program, _ in taken:
        track = tracks[number]
        inside = np.array(track.voice) == own
        result.append((program, float((np.array(track.stop) - np.array(track.onset))[inside].sum())))
    return result


def longest(sounding: Iterable[tuple[int, float]]) -> dict[str, int]:
    """The General MIDI program (0 to 127) that sounds longest, as ``about`` has it: nothing for 0, the piano."""
    times: dict[int, float] = {}
    for program, time in sounding:
        times[program] = times.get(program, 0) + time
    most = max(times, key=lambda program: (times[program], -program), default=0)
    return {"program": most} if most else {}


def _sustained(track: smf.Track, notes: np.ndarray) -> np.ndarray:
    """When notes end that the pedal holds: (n_notes,) int64, no later than the next strike of the same key."""
    onset, stop, pitch, _ = notes
    channel = np.array([channel for channel, _ in track.voices])[np.array(track.voice)]
    result = stop.copy()
    for number, presses in track.pedals.items():
        down, up = np.array(presses).T
        at = np.searchsorted(down, stop, "right") - 1
        held = (channel == number) & (at >= 0) & (stop < up[at])
        result[held] = up[at[held]]
    key = channel << 7 | pitch
    order = np.lexsort((onset, key))
    same = key[order][1:] == key[order][:-1]
    before, after = order[:-1][same], order[1:][same]
    result[before] = np.minimum(result[before], np.maximum(onset[after], stop[before]))
    return result


def _events(
    onset: np.ndarray,
    stop: np.ndarray,
    pitch: np.ndarray,
    velocity: np.ndarray,
    end: int,
    resolution: int,
    max_notes: int,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Events of notes in file ticks; a note that has a length keeps at least 1/5040 beat."""

    def nearest(ticks: np.ndarray) -> np.ndarray:
        return (2 * TICKS * ticks + resolution) // (2 * resolution)

    start, until = nearest(onset), nearest(stop)
    until = np.where((stop > onset) & (until <= start), start + 1, until)
    check_overlaps(start, until, pitch, min(20 * max_notes, MAX_PIECES))
    exact = (onset * TICKS % resolution == 0) & (stop * TICKS % resolution == 0)
    last = int(nearest(np.array([end]))[0]) if end else 0
    events, lost = from_notes(start, until - start, pitch, last, velocity)
    return events, {"rounded": int((~exact).sum()), **lost}


def check_overlaps(start: np.ndarray, until: np.ndarray, pitch: np.ndarray, most: int) -> None:
    """Refuse notes that would be cut into more than `most` pieces: memory would not hold them."""
    if min(2 * start.size, 128) * 2 * start.size <= most:  # a pitch sounds once at a time
        return
    order = np.lexsort((start, pitch))
    start, until, pitch = start[order], until[order], pitch[order]
    again = np.r_[pitch[1:] == pitch[:-1], False]
    until = np.where(again, np.minimum(until, np.r_[start[1:], 0]), until)
    bounds = np.unique(np.concatenate([start, until]))
    cells = int((np.searchsorted(bounds, until) - np.searchsorted(bounds, start)).sum())
    if cells > most:
        raise Unreadable(f"has notes that overlap {cells:,} times", "its notes are not released: repair the file")


def _about(tracks: list[smf.Track], first: int) -> tuple[dict[str, Any], dict[str, int], int]:
    said: dict[str, list[tuple[int, Any]]] = {
        "tempo": [(time, round(60e6 / mspq, 2) if mspq else 0) for track in tracks for time, mspq in track.tempos],
        "metre": [(time, f"{above}/{2 ** min(below, 16)}") for track in tracks for time, above, below in track.metres],
        "sharps": [value for track in tracks for value in track.keys],
    }
    about, changes, wrong = in_force(said, first)
    return {"kind": "notes", **about}, changes, wrong


def in_force(said: dict[str, list[tuple[Any, Any]]], first: Any) -> tuple[dict[str, Any], dict[str, int], int]:
    """What holds at the first note, how often the file changes that, and how many values cannot be.

    Of several values at one time the last counts; one that is stated after the first note is a change.

    Parameters
    ----------
    said : (time, value) of `tempo`, `metre` and `sharps`, by these names. first : the onset of the first note.
    """
    about: dict[str, Any] = {}
    changes = {}
    wrong = 0
    for name, values in said.items():
        possible = [(time, value) for time, value in values if not impossible({name: value})]
        wrong += len(values) - len(possible)
        by_time = dict(sorted(possible, key=lambda pair: pair[0]))  # the last of one time
        before = [value for time, value in by_time.items() if time <= first]
        if before:
            about[name] = before[-1]
        stated = list(by_time.values()) if before or not by_time else [None, *by_time.values()]
        changes["key_changes" if name == "sharps" else f"{name}_changes"] = sum(a != b for a, b in pairwise(stated))
    return about, changes, wrong


def _why_empty(programs: list[int], lost: dict[str, int]) -> tuple[str, str]:
    if programs:
        return (
            f"has none of the instruments asked for, but programs {programs}",
            "add them to `instrument`, or take all",
        )
    if lost["out_of_range"]:
        return f"is damaged: all its notes ({lost['out_of_range']:,}) are above 127", "get the file again"
    if lost["percussion"]:
        return f"has percussion only ({lost['percussion']:,} strokes)", "percussion has no pitches: leave the file out"
    return "has no notes", "it may hold a song's words or settings only: leave the file out"


def write(path: str | Path, events: pd.DataFrame, about: dict[str, Any] | None = None) -> None:
    """Write events as a MIDI file; see `content`."""
    Path(path).write_bytes(content(events, about))


def content(events: pd.DataFrame, about: dict[str, Any] | None = None, silence: int = 0) -> bytes:
    """Events as the bytes of a MIDI file of format 1, the same for the same events, and perhaps ticks of silence.

    Notes become one part, of one loudness where the piece has no dynamics; for bols see `write_notes` and
    `riyaz.tabla.strokes`. Program (the piano where there is none), tempo, metre, key signature and title are taken from
    `about`. `read` gives the same events again.
    """
    about = about or {}
    end = int(events["duration"].sum()) + silence
    notes = to_notes(events)
    notes["pitch"] = notes["symbol"].map(NUMBERS)
    return _content(notes if VELOCITY in notes else notes.assign(velocity=EVEN), about, end=end)


def _single(metre: str) -> tuple[int, int] | None:
    """A metre as one numerator and a power of two, ``3/8+2/8`` as 5 and 8; None where MIDI cannot write it."""
    beats = bar_beats(metre)
    if beats is None:
        return None
    below = max(int(number) for number in re.findall(r"/\s*([0-9]+)", metre))
    above = beats * below / 4
    possible = above.denominator == 1 and above <= 255 and below & (below - 1) == 0
    return (int(above), below) if possible else None


def write_notes(
    path: str | Path, notes: pd.DataFrame, about: dict[str, Any] | None = None, drum: bool = False, end: int = 0
) -> None:
    """Write notes as a MIDI file.

    Parameters
    ----------
    notes : onset, duration (ticks), pitch and velocity (MIDI numbers); none make a silent file.
    drum : the notes are strokes on the percussion channel.
    end : where the piece ends, in ticks, if that is after the last note.

    Raises
    ------
    ValueError : the piece is longer than MIDI can tell.
    """
    Path(path).write_bytes(_content(notes, about, drum, end))


def _content(notes: pd.DataFrame, about: dict[str, Any] | None = None, drum: bool = False, end: int = 0) -> bytes:
    from symusic import core

    about = about or {}
    columns = {key: notes[key].to_numpy(dtype=np.int64) for key in ("onset", "duration", "pitch", "velocity")}
    order = np.lexsort((columns["pitch"], columns["onset"]))
    time, duration, pitch, velocity = (column[order] for column in columns.values())
    last = int((time + duration).max(initial=0))
    if max(last, end) > MAX_TICKS:
        raise ValueError(f"{max(last, end) // TICKS:,} beats are more than MIDI can tell ({MAX_TICKS // TICKS:,})")
    score = core.ScoreTick(TICKS)
    track = core.TrackTick("", about.get("program", 0), drum)
    track.notes = core.NoteTickList.from_numpy(
        time.astype(np.int32), duration.astype(np.int32), pitch.astype(np.int8), velocity.astype(np.int8)
    )
    score.tracks.append(track)
    if about.get("title"):
        track.name = str(about["title"])
    if about.get("tempo"):
        score.tempos.append(core.TempoTick(0, None, round(60e6 / about["tempo"])))
    if about.get("metre"):
        single = _single(about["metre"])
        if single:
            score.time_signatures.append(core.TimeSignatureTick(0, *single))
    if about.get("sharps") is not None:
        score.key_signatures.append(core.KeySignatureTick(0, about["sharps"], 0))
    if end > last:
        score.markers.append(core.TextMetaTick(end, END))
    return bytes(score.dumps_midi())
