"""The bytes of a Standard MIDI File: chunks, messages, and which release ends which note.

Every byte is checked here, in Python, so that no file can end the process. What is readable is read: running status
goes on after system exclusive and meta messages, F7 packets have their own length, a track may lack its end, and the
number of announced tracks need not be right. A message that cannot be is left out and counted. Where the structure
itself is broken the file is refused, since all that follows would be a guess.

References
----------
MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001), 1996; MIDI 1.0 Detailed Specification, 4.2.
"""

import struct
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from riyaz.music.events import Unreadable

PERCUSSION = 9  # the channel, from 0
_MEND = "get the file again, or save it again with a sequencer"
_SYSTEM = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data bytes of system messages, which no file should hold; the others have none


@dataclass
class Track:
    """What one track says; times are ticks of the file.

    Attributes
    ----------
    onset, stop, pitch, velocity, voice : one number a note, all of one length; a pitch is 0 to 127.
    voices : (channel, program) by the number in `voice`, in the order of their first notes.
    tempos, metres, keys : (time, microseconds a quarter note), (time, numerator, power of two), (time, sharps).
    texts : (time, text) of the markers.
    pedals : channel: when the sustain pedal went down and up again, each time. bends : channel: how many.
    lost : reason: count.
    """

    onset: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    pitch: list[int] = field(default_factory=list)
    velocity: list[int] = field(default_factory=list)
    voice: list[int] = field(default_factory=list)
    voices: list[tuple[int, int]] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    metres: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)
    texts: list[tuple[int, bytes]] = field(default_factory=list)
    pedals: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    bends: Counter = field(default_factory=Counter)
    lost: Counter = field(default_factory=Counter)


def chunks(data: bytes) -> tuple[int, list[bytes], int]:
    """Split a file into its tracks.

    Returns
    -------
    Ticks a quarter note, the contents of all tracks, and how many tracks were announced.

    Raises
    ------
    Unreadable : it is no MIDI file of format 0 or 1 with ticks per quarter note, or it is cut off.
    """
    if not data:
        raise Unreadable("is empty", "get the file again")
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = _unpacked(data)
    if data[:4] != b"MThd" or len(data) < 14:
        raise Unreadable("is no MIDI file: it does not begin with MThd", "see whether it has the wrong suffix")
    length, form, announced, resolution = struct.unpack(">IHHH", data[4:14])
    if length < 6:
        raise Unreadable(f"is damaged: byte 4: a header of {length} bytes, it has at least 6", _MEND)
    if form > 1:
        raise Unreadable(f"is of format {form}, whose tracks do not belong together", "save it as format 0 or 1")
    if resolution == 0:
        raise Unreadable("has no ticks per quarter note: byte 12: a division of 0", "save it again with a sequencer")
    if resolution >= 0x8000:
        raise Unreadable("counts time in seconds, not in beats", "save it with ticks per quarter note")
    tracks: list[bytes] = []
    place = 8 + length
    while place + 8 <= len(data):
        kind, (size,) = data[place : place + 4], struct.unpack(">I", data[place + 4 : place + 8])
        if kind == b"MTrk" and place + 8 + size > len(data):
            short = place + 8 + size - len(data)
            raise Unreadable(f"is cut off: track {len(tracks) + 1} lacks {short:,} bytes", "get the file again")
        if kind == b"MTrk":
            tracks.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    if not tracks:
        raise Unreadable("has no tracks", "it was cut off or is no music: get the file again")
    return resolution, tracks, announced


def _unpacked(data: bytes) -> bytes:
    """The MIDI file in a RIFF file: its chunk ``data``, which may stand anywhere."""
    place = 12
    while place + 8 <= len(data):
        kind, (size,) = data[place : place + 4], struct.unpack("<I", data[place + 4 : place + 8])
        if kind == b"data":
            return data[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
    raise Unreadable("is a RIFF file without a chunk named data", "get the file again")


def track(data: bytes, number: int, most: int, limit: int) -> Track:
    """Read the messages of one track.

    Parameters
    ----------
    data : what follows the chunk's length.
    number : of the track, from 1, for errors.
    most : notes that the track may have.
    limit : notes that the file may have, for errors.

    Returns
    -------
    Track. A note that is never released sounds until the track ends (`left_on`); releases are matched in the order
    of the strikes. Where a key has fewer releases than strikes, a release ends all earlier strikes of the key.

    Raises
    ------
    Unreadable : a message is cut off, a time or length has more than four bytes, or data have no status.
    """
    result = Track()
    try:
        _walk(data, result, number, most, limit)
    except IndexError:
        raise Unreadable(f"is damaged: track {number} ends within a message", _MEND) from None
    return result


def _walk(data: bytes, result: Track, number: int, most: int, limit: int) -> None:
    """Fill a Track. One loop with plain local names: it runs once a message."""
    onset, stop, pitches, velocities = result.onset, result.stop, result.pitch, result.velocity
    voice, lost = result.voice, result.lost
    size, place, now, status, kind = len(data), 0, 0, 0, 0
    programs = [0] * 16
    numbers: dict[tuple[int, int], int] = {}  # (channel, program): voice
    current = [-1] * 16  # channel: voice, -1 before its first note
    down = [-1] * 16  # channel: since when its pedal is down
    count = 0
    once: dict[int, int] = {}  # channel and pitch: the first note of those that sound
    keys: dict[int, list[int]] = {}  # where several sound: notes less releases, then notes, and ~time of releases

    def voiced(channel: int) -> int:
        pair = (channel, programs[channel])
        if pair not in numbers:
            numbers[pair] = len(result.voices)
            result.voices.append(pair)
        current[channel] = numbers[pair]
        return current[channel]

    while place < size:
        byte = data[place]
        if byte < 0x80:
            now += byte
            place += 1
        elif data[place + 1] < 0x80:
            now += (byte & 0x7F) << 7 | data[place + 1]
            place += 2
        else:
            delta, place = _quantity(data, place, number)
            now += delta
        if place >= size:  # a time that nothing follows
            break
        byte = data[place]
        if byte >= 0x80:
            place += 1
            if byte >= 0xF0:
                if byte == 0xFF:
                    meta = data[place]
                    length, place = _quantity(data, place + 1, number)
                    if meta == 0x2F:
                        break
                    if place + length > size:
                        raise Unreadable(
                            f"is damaged: track {number}, byte {place}: a message of {length:,} bytes", _MEND
                        )
                    if meta in _METAS:
                        _meta(result, meta, now, data[place : place + length])
                    place += length
                elif byte in (0xF0, 0xF7):
                    length, place = _quantity(data, place, number)
                    if place + length > size:
                        raise Unreadable(
                            f"is damaged: track {number}, byte {place}: a message of {length:,} bytes", _MEND
                        )
                    place += length
                else:
                    lost["damaged"] += 1
                    place += _SYSTEM.get(byte, 0)
                continue
            status = byte
            kind = byte >> 4
        elif not status:
            raise Unreadable(f"is damaged: track {number}, byte {place}: data without a status", _MEND)
        if kind == 9 or kind == 8:
            pitch, velocity = data[place], data[place + 1]
            place += 2
            if pitch > 127:
                if kind == 9 and velocity:
                    lost["out_of_range"] += 1
                continue
            channel = status & 15
            key = channel << 7 | pitch
            if kind == 9 and velocity:
                if velocity > 127:
                    velocity = 127
                    lost["damaged"] += 1
                if key not in once:
                    once[key] = count
                else:
                    line = keys.get(key)
                    if line is None:
                        line = keys[key] = [1, once[key]]
                    line[0] += 1
                    line.append(count)
                count += 1
                onset.append(now)
                stop.append(now)
                pitches.append(pitch)
                velocities.append(velocity)
                own = current[channel]
                voice.append(own if own >= 0 else voiced(channel))
                if count > most:
                    raise Unreadable(f"has more than {limit:,} notes", "split the file")
            else:
                if key not in once:
                    continue
                if not keys or key not in keys:
                    stop[once.pop(key)] = now
                else:
                    line = keys[key]
                    line[0] -= 1
                    line.append(~now)
                    if not line[0]:
                        _in_order(line, stop)
                        del keys[key], once[key]
        elif kind == 12 or kind == 13:
            value = data[place]
            place += 1
            if value > 127:
                lost["damaged"] += 1
            elif kind == 12:
                programs[status & 15] = value
                current[status & 15] = -1
        else:
            first, second = data[place], data[place + 1]
            place += 2
            channel = status & 15
            if first > 127 or second > 127:
                lost["damaged"] += 1
            elif kind == 14:
                result.bends[channel] += 1
            elif kind == 11 and first == 64:
                if second >= 64:
                    down[channel] = now if down[channel] < 0 else down[channel]
                elif down[channel] >= 0:
                    result.pedals.setdefault(channel, []).append((down[channel], now))
                    down[channel] = -1
            elif kind == 11 and (first == 120 or first >= 123):  # all sound off, all notes off, and changes of mode
                for key in [key for key in once if key >> 7 == channel]:
                    _by_the_last(keys.pop(key, [1, once[key]]), onset, stop, now)
                    del once[key]
    for channel, since in enumerate(down):
        if since >= 0:
            result.pedals.setdefault(channel, []).append((since, now))
    for key, note in once.items():
        left = _by_the_last(keys.get(key, [1, note]), onset, stop, now)
        if key >> 7 != PERCUSSION:
            lost["left_on"] += left


def _quantity(data: bytes, place: int, number: int) -> tuple[int, int]:
    """A variable-length quantity and the place after it."""
    value = 0
    for after in range(place + 1, place + 5):
        byte = data[after - 1]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, after
    raise Unreadable(f"is damaged: track {number}, byte {place}: a number of more than four bytes", _MEND)


def _in_order(line: list[int], stop: list[int]) -> None:
    """The first release ends the first strike, and so on."""
    for note, end in zip([x for x in line[1:] if x >= 0], [~x for x in line[1:] if x < 0], strict=True):
        stop[note] = end


def _by_the_last(line: list[int], onset: list[int], stop: list[int], end: int) -> int:
    """Each release ends all strikes before its time, and at least one; how many sound until `end`."""
    notes: list[int] = []
    first = 0  # the earliest that sounds
    for entry in line[1:]:
        if entry >= 0:
            notes.append(entry)
            continue
        earlier = bisect_left(notes, ~entry, lo=first, key=onset.__getitem__)
        until = min(max(earlier, first + 1), len(notes))
        for note in notes[first:until]:
            stop[note] = ~entry
        first = until
    for note in notes[first:]:
        stop[note] = end
    return len(notes) - first


_METAS = {0x06: 0, 0x51: 3, 0x58: 2, 0x59: 1}  # meta message: bytes that it needs


def _meta(result: Track, meta: int, now: int, content: bytes) -> None:
    if len(content) < _METAS[meta]:
        result.lost["damaged"] += 1
    elif meta == 0x06:
        result.texts.append((now, content))
    elif meta == 0x51:
        result.tempos.append((now, int.from_bytes(content[:3], "big")))
    elif meta == 0x58:
        result.metres.append((now, content[0], content[1]))
    else:
        result.keys.append((now, int.from_bytes(content[:1], "big", signed=True)))
