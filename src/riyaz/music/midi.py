"""MIDI in and out, through symusic.

Onsets are counted from the start of the file, so that silence before the first note and pick-up bars keep their
place in the metre; silence after the last note is not music, unless a marker named ``end`` says so, as in the
files that `write` makes. A note that is never released sounds until its track ends. Loudness, pedals and bends
are not part of events: they are counted among what was lost, with every note that was left out or cut.
"""

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music.events import NUMBERS, TICKS, Piece, Unreadable, from_notes, to_notes

SUFFIXES = (".mid", ".midi", ".smf", ".rmi", ".kar")
MAX_BYTES = 16 * 2**20  # at two bytes or more an event no file below has ten million
MAX_NOTES = 200_000  # some hours of dense piano music
VELOCITY = 80
END = "end"

_LAST = 2**28 - 1  # the longest time between two events that MIDI can write
# A release of every note, put before a track's end in a second reading.
# With running status: 80 00 00, 00 01 00, ... and without the time before the first.
_RELEASES = b"\x00".join(
    bytes([0x80 | channel]) + b"\x00".join(bytes([pitch, 0]) for pitch in range(128)) for channel in range(16)
)


def read(path: str | Path, instrument: str | Sequence[int | str] = "all", max_notes: int = MAX_NOTES) -> list[Piece]:
    """Read a MIDI file of format 0 or 1 as one piece.

    Parameters
    ----------
    instrument : ``all``, ``first`` (the first track with notes), or a list of programs: numbers from 0, names
        of General MIDI (``Acoustic Grand Piano``) or of its groups (``Piano``). Percussion is always left out.
    max_notes : a file with more is refused.

    Returns
    -------
    One piece. ``about`` has the first tempo (quarter notes a minute), metre and key signature (`sharps`, negative
    for flats), where the file gives them, and ``lost``: counts of notes (`zero`, `doubled`, `restruck`: see
    `riyaz.music.events.from_notes`; `percussion`, `other_instruments`; kept but changed: `left_on`, `rounded` to
    1/5040 beat, `loudness` other than the commonest) and of other things (`tempo_changes`, `metre_changes`,
    `key_changes`, `pedals`, `bends`, `missing_tracks`).

    Raises
    ------
    Unreadable : the file is no such MIDI file, is cut off, is too large, or has no notes to take.
    ValueError : instrument is none of the above.
    """
    path = Path(path)
    programs = _programs(instrument)
    resolution, tracks, missing = _chunks(path)
    score = _parse(resolution, tracks)
    if score.note_num() > max_notes:
        raise Unreadable(f"has {score.note_num():,} notes, more than {max_notes:,}", "split the file")
    score, left_on = _released(score, resolution, tracks)
    pitched = [track for track in score.tracks if not track.is_drum and len(track.notes)]
    taken = pitched[:1] if instrument == "first" else [t for t in pitched if programs is None or t.program in programs]
    lost = {
        "percussion": sum(len(track.notes) for track in score.tracks if track.is_drum),
        "other_instruments": sum(len(t.notes) for t in pitched) - sum(len(t.notes) for t in taken),
        "left_on": left_on,
        "missing_tracks": missing,
    }
    if not taken:
        raise Unreadable(*_why_empty(pitched, lost))
    onset, stop, pitch, velocity = _notes(taken)
    end = max((text.time for text in score.markers if text.text == END), default=0)
    events, cut = _events(onset, stop, pitch, end, resolution, max_notes)
    about, changes = _about(score)
    lost |= (
        changes
        | cut
        | {
            "loudness": int(velocity.size - np.bincount(velocity).max()),
            "pedals": sum(len(track.pedals) for track in taken),
            "bends": sum(len(track.pitch_bends) for track in taken),
        }
    )
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
        found = _named(wanted) if isinstance(wanted, str) else {wanted} & set(range(128))
        if not found:
            raise ValueError(f"instrument has {wanted!r}; {rule}")
        programs |= found
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


def _chunks(path: Path) -> tuple[int, list[bytes], int]:
    """Ticks a quarter note, the contents of the tracks, and how many of those announced are missing."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split the file")
    data = path.read_bytes()
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = data[20:]
    if not data:
        raise Unreadable("is empty", "get the file again")
    if data[:4] != b"MThd" or len(data) < 14:
        raise Unreadable("is no MIDI file: it does not begin with MThd", "see whether it has the wrong suffix")
    length, form, announced, resolution = struct.unpack(">IHHH", data[4:14])
    if form > 1:
        raise Unreadable(f"is of format {form}, whose tracks do not belong together", "save it as format 0 or 1")
    if not 0 < resolution < 0x8000:
        raise Unreadable("counts time in seconds, not in beats", "save it with ticks per quarter note")
    tracks: list[bytes] = []
    place = 8 + length
    while place + 8 <= len(data) and len(tracks) < announced:
        kind, (size,) = data[place : place + 4], struct.unpack(">I", data[place + 4 : place + 8])
        if kind == b"MTrk" and place + 8 + size > len(data):
            short = place + 8 + size - len(data)
            raise Unreadable(f"is cut off: track {len(tracks) + 1} lacks {short:,} bytes", "get the file again")
        if kind == b"MTrk":
            tracks.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    if not tracks:
        raise Unreadable("has no tracks", "it was cut off or is no music: get the file again")
    return resolution, tracks, announced - len(tracks)


def _parse(resolution: int, tracks: list[bytes]) -> Any:
    from symusic.core import ScoreTick  # here, so that this module can be imported for its constants

    head = struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), resolution)
    body = b"".join(struct.pack(">4sI", b"MTrk", len(track)) + track for track in tracks)
    try:
        return ScoreTick.from_midi(head + body, False)
    except RuntimeError as error:
        reason = str(error).replace("MiniMidi: ", "").split("!")[0]
        raise Unreadable(f"is damaged: {reason}", "get the file again, or save it again with a sequencer") from error


def _released(score: Any, resolution: int, tracks: list[bytes]) -> tuple[Any, int]:
    """The same score with the notes that are never released, and how many they are.

    symusic drops such notes, so the tracks are read again with releases of every pitch before their ends, and
    with more of them as long as that brings up further notes.
    """
    found, layers = _pitched(score), 1
    before = found
    while True:
        again = _parse(resolution, [_with_releases(track, layers) for track in tracks])
        if _pitched(again) == found:
            return again, found - before
        found, layers = _pitched(again), layers * 4


def _pitched(score: Any) -> int:
    """Number of notes that are no percussion."""
    return sum(len(track.notes) for track in score.tracks if not track.is_drum)


def _with_releases(track: bytes, layers: int) -> bytes:
    if not track.endswith(b"\xff\x2f\x00"):
        return track
    return track[:-3] + b"\x00".join([_RELEASES] * layers) + b"\x00\xff\x2f\x00"


def _notes(tracks: list) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Onset, stop (file ticks), pitch and velocity of all notes, (n_notes,) int64."""
    arrays = [track.notes.numpy() for track in tracks]
    onset, duration, pitch, velocity = (
        np.concatenate([array[key] for array in arrays]).astype(np.int64)
        for key in ("time", "duration", "pitch", "velocity")
    )
    if onset.min() < 0 or (onset + duration).max() > 2**31 - 1:
        raise Unreadable("lasts longer than 2^31 ticks", "it is damaged: get the file again")
    return onset, onset + duration, pitch, velocity


def _events(
    onset: np.ndarray, stop: np.ndarray, pitch: np.ndarray, end: int, resolution: int, max_notes: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Events of notes in file ticks; a note that has a length keeps at least 1/5040 beat."""

    def nearest(ticks: np.ndarray) -> np.ndarray:
        return (2 * TICKS * ticks + resolution) // (2 * resolution)

    start, until = nearest(onset), nearest(stop)
    until = np.where((stop > onset) & (until <= start), start + 1, until)
    _check_overlaps(start, until, 20 * max_notes)
    exact = (onset * TICKS % resolution == 0) & (stop * TICKS % resolution == 0)
    events, lost = from_notes(start, until - start, pitch, int(nearest(np.array([end]))[0]))
    return events, {"rounded": int((~exact).sum()), **lost}


def _check_overlaps(start: np.ndarray, until: np.ndarray, most: int) -> None:
    """Refuse notes that would be cut into more than `most` pieces: memory would not hold them."""
    if 2 * start.size**2 <= most:
        return
    bounds = np.unique(np.concatenate([start, until]))
    cells = int((np.searchsorted(bounds, until) - np.searchsorted(bounds, start)).sum())
    if cells > most:
        raise Unreadable(f"has notes that overlap {cells:,} times", "its notes are not released: repair the file")


def _about(score: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """What the file says of itself first, and how often it changes that."""
    tempos = [round(60e6 / tempo.mspq, 2) for tempo in sorted(score.tempos, key=_time) if tempo.mspq > 0]
    metres = [f"{m.numerator}/{m.denominator}" for m in sorted(score.time_signatures, key=_time) if m.numerator > 0]
    keys = [key.key for key in sorted(score.key_signatures, key=_time)]
    about: dict[str, Any] = {"kind": "notes"}
    for name, values in (("tempo", tempos), ("metre", metres), ("sharps", keys)):
        if values:
            about[name] = values[0]
    return about, {
        "tempo_changes": _changes(tempos),
        "metre_changes": _changes(metres),
        "key_changes": _changes(keys),
    }


def _time(event: Any) -> int:
    return event.time


def _changes(values: list) -> int:
    return sum(a != b for a, b in pairwise(values))


def _why_empty(pitched: list, lost: dict[str, int]) -> tuple[str, str]:
    if pitched:
        found = sorted({track.program for track in pitched})
        return f"has none of the instruments asked for, but programs {found}", "add them to `instrument`, or take all"
    if lost["percussion"]:
        return f"has percussion only ({lost['percussion']:,} strokes)", "percussion has no pitches: leave the file out"
    return "has no notes", "it may hold a song's words or settings only: leave the file out"


def write(path: str | Path, events: pd.DataFrame, about: dict[str, Any] | None = None) -> None:
    """Write events as a MIDI file of format 1, the same bytes for the same events.

    Notes become a piano part of one loudness; for bols see `write_notes` and `riyaz.tabla.strokes`. Tempo, metre, key
    signature and title are taken from `about`. `read` gives the same events again.
    """
    about = about or {}
    end = int(events["duration"].sum())
    notes = to_notes(events)
    notes["pitch"] = notes["symbol"].map(NUMBERS)
    write_notes(path, notes.assign(velocity=VELOCITY), about, end=end)


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
    from symusic import core

    about = about or {}
    columns = {key: notes[key].to_numpy(dtype=np.int64) for key in ("onset", "duration", "pitch", "velocity")}
    order = np.lexsort((columns["pitch"], columns["onset"]))
    time, duration, pitch, velocity = (column[order] for column in columns.values())
    last = int((time + duration).max(initial=0))
    if max(last, end) > _LAST:
        raise ValueError(f"{path}: {max(last, end) // TICKS:,} beats are more than MIDI can tell ({_LAST // TICKS:,})")
    score = core.ScoreTick(TICKS)
    track = core.TrackTick("", 0, drum)
    track.notes = core.NoteTickList.from_numpy(
        time.astype(np.int32), duration.astype(np.int32), pitch.astype(np.int8), velocity.astype(np.int8)
    )
    score.tracks.append(track)
    if about.get("title"):
        track.name = str(about["title"])
    if about.get("tempo"):
        score.tempos.append(core.TempoTick(0, None, round(60e6 / about["tempo"])))
    if about.get("metre"):
        numerator, denominator = map(int, about["metre"].split("/"))
        score.time_signatures.append(core.TimeSignatureTick(0, numerator, denominator))
    if about.get("sharps") is not None:
        score.key_signatures.append(core.KeySignatureTick(0, about["sharps"], 0))
    if end > last:
        score.markers.append(core.TextMetaTick(end, END))
    score.dump_midi(str(path))
