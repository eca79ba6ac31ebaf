import struct
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.music import midi
from riyaz.music.events import NUMBERS, TICKS, Unreadable, from_notes, to_notes, validate


def number(value):
    """A variable-length quantity."""
    digits = [value & 127]
    while value := value >> 7:
        digits.append(value & 127 | 128)
    return bytes(reversed(digits))


def on(pitch, channel=0, velocity=80):
    return bytes([0x90 | channel, pitch, velocity])


def off(pitch, channel=0):
    return bytes([0x80 | channel, pitch, 0])


def program(number, channel=0):
    return bytes([0xC0 | channel, number])


def track(*messages, rest=0):
    """A track of (time since the last message, message)."""
    data = b"".join(number(delta) + message for delta, message in messages) + number(rest) + b"\xff\x2f\x00"
    return b"MTrk" + struct.pack(">I", len(data)) + data


def midi_file(*tracks, form=1, resolution=480):
    return b"MThd" + struct.pack(">IHHH", 6, form, len(tracks), resolution) + b"".join(tracks)


NOTE = track((0, on(60)), (480, off(60)))


def read(folder, data, **options):
    path = folder / "a.mid"
    path.write_bytes(data)
    (piece,) = midi.read(path, **options)
    validate(piece.events)
    return piece


def heard(piece):
    return to_notes(piece.events).to_numpy().tolist()


def losses(piece):
    return {reason: count for reason, count in piece.about["lost"].items() if count}


# --- there and back ----------------------------------------------------------------------------------------

ON_GRID = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(0, 127)), min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(rows=ON_GRID, unit=st.sampled_from([1, 7, 210, 420, 630, TICKS]), rest=st.integers(0, 9))
def test_events_are_the_same_after_midi(tmp_path_factory, rows, unit, rest):
    onset, duration, pitch = np.array(rows).T
    end = int((onset + duration).max() + rest) * unit
    events, _ = from_notes(onset * unit, duration * unit, pitch, end)
    path = tmp_path_factory.getbasetemp() / "there.mid"
    midi.write(path, events, {"kind": "notes"})
    (piece,) = midi.read(path)
    pd.testing.assert_frame_equal(piece.events, events)
    assert losses(piece) == {}


@settings(max_examples=40, deadline=None)
@given(rows=ON_GRID, resolution=st.sampled_from([1, 24, 96, 120, 480, 960, 5040, 15360, 32767]))
def test_midi_is_the_same_after_events(tmp_path_factory, rows, resolution):
    path, again = (tmp_path_factory.getbasetemp() / name for name in ("first.mid", "second.mid"))
    notes = {pitch: (onset, onset + duration) for onset, duration, pitch in rows}  # no pitch twice
    times = sorted([(a, on(p)) for p, (a, _) in notes.items()] + [(b, off(p)) for p, (_, b) in notes.items()])
    gaps = np.diff([0, *(time for time, _ in times)]).tolist()
    path.write_bytes(midi_file(track(*zip(gaps, (m for _, m in times), strict=True)), resolution=resolution))
    (first,) = midi.read(path)
    expected = {p: [round_up(a * TICKS, resolution), round_up(b * TICKS, resolution)] for p, (a, b) in notes.items()}
    got = {NUMBERS[symbol]: [onset, onset + duration] for onset, duration, symbol in heard(first)}
    assert got == {p: [a, max(b, a + 1)] for p, (a, b) in expected.items()}
    midi.write(again, first.events, first.about)
    (second,) = midi.read(again)
    pd.testing.assert_frame_equal(first.events, second.events)


def round_up(numerator, denominator):
    """To the nearest whole number, halves up."""
    return int((2 * numerator + denominator) // (2 * denominator))


def test_what_the_file_says_of_itself_is_kept(tmp_path):
    about = {"kind": "notes", "tempo": 93.5, "metre": "12/8", "sharps": -3, "title": "ॐ <b>"}
    events, _ = from_notes(np.array([0]), np.array([TICKS]), np.array([60]))
    midi.write(tmp_path / "a.mid", events, about)
    (piece,) = midi.read(tmp_path / "a.mid")
    assert {key: piece.about[key] for key in ("kind", "tempo", "metre", "sharps")} == {
        key: about[key] for key in ("kind", "tempo", "metre", "sharps")
    }


def test_the_same_events_give_the_same_bytes(tmp_path):
    events, _ = from_notes(np.array([0, 0, TICKS]), np.array([TICKS, 2 * TICKS, 7]), np.array([60, 64, 62]))
    for name in ("a.mid", "b.mid"):
        midi.write(tmp_path / name, events, {"tempo": 90})
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_bols_are_strokes_of_the_percussion_channel(tmp_path):
    from riyaz.music.events import in_a_row
    from riyaz.tabla import strokes

    events = in_a_row([TICKS, TICKS, TICKS], [["Dha"], [], ["Na"]])
    midi.write_notes(tmp_path / "a.mid", strokes.to_midi_notes(events), {"tempo": 120}, drum=True)
    with pytest.raises(Unreadable, match="percussion only"):
        midi.read(tmp_path / "a.mid")


def test_no_events_make_a_silent_file(tmp_path):
    midi.write(tmp_path / "a.mid", from_notes(np.array([]), np.array([]), np.array([]))[0])
    with pytest.raises(Unreadable, match="has no notes"):
        midi.read(tmp_path / "a.mid")


def test_a_piece_longer_than_midi_can_tell_is_refused(tmp_path):
    events, _ = from_notes(np.array([2**28]), np.array([1]), np.array([60]))
    with pytest.raises(ValueError, match="more than MIDI can tell"):
        midi.write(tmp_path / "a.mid", events)
    assert not (tmp_path / "a.mid").exists()


# --- wild files --------------------------------------------------------------------------------------------


def test_silence_before_the_first_note_is_kept_and_after_the_last_is_not(tmp_path):
    piece = read(tmp_path, midi_file(track((960, on(60)), (480, off(60)), rest=4800)))
    assert piece.events["symbols"].tolist() == [[], ["C4"]]
    assert piece.events["duration"].tolist() == [2 * TICKS, TICKS]


def test_notes_left_on_sound_until_their_track_ends(tmp_path):
    data = midi_file(track((0, on(60)), (480, on(62)), (480, off(62)), rest=480), track((0, on(72)), (120, off(72))))
    piece = read(tmp_path, data)
    assert heard(piece) == [[0, 3 * TICKS, "C4"], [0, TICKS // 4, "C5"], [TICKS, TICKS, "D4"]]
    assert losses(piece) == {"left_on": 1}


def test_a_pitch_struck_again_and_again_and_never_released(tmp_path):
    piece = read(tmp_path, midi_file(track(*[(480, on(60))] * 9, rest=480)))
    assert heard(piece) == [[k * TICKS, TICKS, "C4"] for k in range(1, 10)]
    assert losses(piece) == {"left_on": 9, "restruck": 8}


@pytest.mark.parametrize(
    ("messages", "expected", "lost"),
    [
        ([(0, on(60)), (0, off(60)), (0, on(61)), (480, off(61))], [[0, TICKS, "C#4"]], {"zero": 1}),
        (  # released and struck again at the same time, in either order
            [(0, on(60)), (480, off(60)), (0, on(60)), (480, off(60))],
            [[0, TICKS, "C4"], [TICKS, TICKS, "C4"]],
            {},
        ),
        (
            [(0, on(60)), (480, on(60)), (0, off(60)), (480, off(60))],
            [[0, TICKS, "C4"], [TICKS, TICKS, "C4"]],
            {},
        ),
        (  # struck again while it sounds
            [(0, on(60)), (240, on(60)), (240, off(60)), (480, off(60))],
            [[0, TICKS // 2, "C4"], [TICKS // 2, 3 * TICKS // 2, "C4"]],
            {"restruck": 1},
        ),
        (  # one tick of 480 is ten and a half of ours
            [(1, on(60)), (480, off(60))],
            [[11, TICKS, "C4"]],
            {"rounded": 1},
        ),
        (
            [(0, on(60, velocity=20)), (240, on(64)), (240, off(60)), (0, off(64)), (0, on(60)), (480, off(60))],
            [[0, TICKS, "C4", 20], [TICKS // 2, TICKS // 2, "E4", 80], [TICKS, TICKS, "C4", 80]],
            {},
        ),
    ],
)
def test_notes_that_overlap_repeat_or_have_no_length(tmp_path, messages, expected, lost):
    piece = read(tmp_path, midi_file(track(*messages)))
    assert heard(piece) == expected
    assert losses(piece) == lost


def test_a_chord_of_forty_notes(tmp_path):
    chord = [(0, on(pitch)) for pitch in range(40, 80)] + [(480, off(40))] + [(0, off(p)) for p in range(41, 80)]
    piece = read(tmp_path, midi_file(track(*chord)))
    assert len(piece.events) == 1
    assert len(piece.events["symbols"][0]) == 40


def test_tempo_metre_and_key_are_the_first_and_changes_are_counted(tmp_path):
    tempo, metre, key = (b"\xff\x51\x03", b"\xff\x58\x04", b"\xff\x59\x02")
    conductor = track(
        (0, tempo + (500_000).to_bytes(3, "big")),
        (0, metre + b"\x03\x02\x18\x08"),
        (0, key + b"\xfe\x00"),
        (480, tempo + (250_000).to_bytes(3, "big")),
        (0, tempo + (250_000).to_bytes(3, "big")),
        (0, metre + b"\x06\x03\x18\x08"),
        (480, tempo + bytes(3)),  # no tempo at all
    )
    piece = read(tmp_path, midi_file(conductor, NOTE))
    assert (piece.about["tempo"], piece.about["metre"], piece.about["sharps"]) == (120.0, "3/4", -2)
    assert losses(piece) == {"tempo_changes": 1, "metre_changes": 1, "impossible": 1}


def test_what_is_not_said_is_not_made_up(tmp_path):
    assert set(read(tmp_path, midi_file(NOTE)).about) == {"kind", "lost"}


BAND = midi_file(
    track((0, program(0)), (0, on(60)), (480, off(60))),
    track((0, program(40, 1)), (0, on(67, 1)), (480, off(67, 1))),
    track((0, program(1, 2)), (0, on(72, 2)), (480, off(72, 2))),
    track((0, on(36, 9)), (10, off(36, 9)), (0, on(38, 9)), (10, off(38, 9))),
)


@pytest.mark.parametrize(
    ("instrument", "expected", "others"),
    [
        ("all", ["C4", "G4", "C5"], 0),
        ("first", ["C4"], 2),
        (["violin"], ["G4"], 2),
        (["Piano"], ["C4", "C5"], 1),
        (["Bright Acoustic Piano", 40], ["G4", "C5"], 1),
        ([0], ["C4"], 2),
    ],
)
def test_instruments_are_chosen_and_percussion_is_left_out(tmp_path, instrument, expected, others):
    piece = read(tmp_path, BAND, instrument=instrument)
    assert piece.events["symbols"].tolist() == [expected]
    assert losses(piece) == {"percussion": 2} | ({"other_instruments": others} if others else {})


def test_format_0_holds_all_channels_in_one_track(tmp_path):
    data = midi_file(track((0, on(60)), (0, on(64, 3)), (480, off(60)), (0, off(64, 3))), form=0)
    assert read(tmp_path, data).events["symbols"].tolist() == [["C4", "E4"]]


@pytest.mark.parametrize("instrument", ["piano", ["Kazoo"], [128], []])
def test_an_instrument_that_does_not_exist(tmp_path, instrument):
    with pytest.raises(ValueError, match=r"instrument .*names of General MIDI"):
        read(tmp_path, BAND, instrument=instrument)


def test_chunks_that_are_no_tracks_and_a_riff_shell_are_passed_over(tmp_path):
    alien = b"XFIH" + struct.pack(">I", 3) + b"abc"
    data = midi_file(NOTE).replace(NOTE, alien + NOTE) + b"what follows"
    assert heard(read(tmp_path, data)) == [[0, TICKS, "C4"]]
    shell = b"RIFF" + struct.pack("<I", len(data) + 12) + b"RMIDdata" + struct.pack("<I", len(data)) + data
    assert heard(read(tmp_path, shell)) == [[0, TICKS, "C4"]]


def test_announced_tracks_that_are_missing_are_counted(tmp_path):
    data = midi_file(NOTE).replace(struct.pack(">HHH", 1, 1, 480), struct.pack(">HHH", 1, 5, 480))
    assert losses(read(tmp_path, data)) == {"missing_tracks": 4}


WHOLE = midi_file(track((0, on(60)), (480, off(60)), (0, on(62)), (480, off(62))))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"X:1\nT:a tune\nK:C\nCDEF|\n" * 9, "is no MIDI file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "is no MIDI file"),
        (WHOLE[:9], "is no MIDI file"),
        (WHOLE[:14], "has no tracks"),
        (WHOLE[:30], r"is cut off: track 1 lacks \d+ bytes"),
        (WHOLE[:-1], "is cut off: track 1 lacks 1 bytes"),
        (midi_file(NOTE, form=2), "is of format 2"),
        (midi_file(NOTE, resolution=0xE728), "counts time in seconds"),
        (midi_file(NOTE, resolution=0), "has no ticks per quarter note: byte 12"),
        (midi_file(track((0, b"\x30\x30"))), "is damaged"),
        (midi_file(track()), "has no notes"),
        (midi_file(track((0, on(36, 9)), (9, off(36, 9)))), "has percussion only"),
        (midi_file(track(*[(2**28 - 1, on(60)), (2**28 - 1, off(60))] * 9)), "lasts longer"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path, data, reason):
    with pytest.raises(Unreadable, match=reason) as caught:
        read(tmp_path, data)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [*range(15, len(WHOLE))])
def test_a_file_cut_anywhere_is_refused_and_not_half_read(tmp_path, size):
    with pytest.raises(Unreadable):
        read(tmp_path, WHOLE[:size])


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_raise_anything_else(tmp_path_factory, noise):
    path = tmp_path_factory.getbasetemp() / "noise.mid"
    path.write_bytes(midi_file(b"MTrk" + struct.pack(">I", len(noise)) + noise))
    with suppress(Unreadable):
        (piece,) = midi.read(path)
        validate(piece.events)


def test_instruments_asked_for_in_vain(tmp_path):
    with pytest.raises(Unreadable, match=r"but programs \[0, 1, 40\]"):
        read(tmp_path, BAND, instrument=["Trumpet"])


def test_ten_million_events_are_refused_before_they_are_read(tmp_path):
    messages = b"\x00\x90\x3c\x50" + b"\x01\x3c\x00\x00\x3c\x50" * 5_000_000
    data = b"MThd" + struct.pack(">IHHH", 6, 1, 1, 480) + b"MTrk" + struct.pack(">I", len(messages)) + messages
    with pytest.raises(Unreadable, match="is larger than 16 MB"):
        read(tmp_path, data)


def test_too_many_notes_and_too_many_overlaps_are_refused(tmp_path):
    many = midi_file(track(*[(1, on(60)), (1, off(60))] * 50))
    assert len(read(tmp_path, many, max_notes=50).events) == 100
    with pytest.raises(Unreadable, match="has more than 49 notes"):
        read(tmp_path, many, max_notes=49)
    held = [(1, on(p)) for p in range(20, 120)] + [(1, off(p)) for p in range(20, 120)]
    with pytest.raises(Unreadable, match="overlap 10,000 times"):
        read(tmp_path, midi_file(track(*held)), max_notes=100)


# --- files as people have them -----------------------------------------------------------------------------


def meta(kind, *content):
    return bytes([0xFF, kind, len(content), *content])


def sysex(status, *content):
    return bytes([status]) + number(len(content)) + bytes(content)


def raw(data):
    """A track of bytes, as they are."""
    return b"MTrk" + struct.pack(">I", len(data)) + data


def beats(piece):
    return [(symbol, onset / TICKS, duration / TICKS) for onset, duration, symbol in heard(piece)]


FIRST = [(0, on(60)), (480, off(60))]
C_THEN_D = [("C4", 0, 1), ("D4", 1, 1)]
EOT = b"\x00\xff\x2f\x00"


@pytest.mark.parametrize(
    ("content", "expected", "lost"),
    [
        (
            b"\x00\x90\x3c\x40\x83\x60\x80\x3c\x00\x00\x90\xfd\x40\x83\x60\x80\xfd\x00",
            [("C4", 0, 1)],
            {"out_of_range": 1},
        ),
        (b"\x00\x90\x3c\xc8\x83\x60\x80\x3c\x00", [("C4", 0, 1)], {"damaged": 1}),
        (b"\x00\xc0\x80\x00\x90\x3c\x40\x83\x60\x80\x3c\x00", [("C4", 0, 1)], {"damaged": 1}),
        (b"\x00\xb0\x40\x80\x00\x90\x3c\x40\x83\x60\x80\x3c\x00", [("C4", 0, 1)], {"damaged": 1}),
        (b"\x00\xf8\x00\xf3\x01\x00\x90\x3c\x40\x83\x60\x80\x3c\x00", [("C4", 0, 1)], {"damaged": 2}),
    ],
)
def test_data_bytes_and_messages_that_cannot_be_are_left_out_and_counted(tmp_path, content, expected, lost):
    piece = read(tmp_path, midi_file(raw(content + EOT)))
    assert beats(piece) == expected
    assert losses(piece) == lost


@pytest.mark.parametrize(
    "between", [sysex(0xF0, 0x7E, 0x7F, 9, 1, 0xF7), sysex(0xF7, 0xF3, 1), meta(1, 65), meta(0x7F)]
)
def test_running_status_goes_on_after_sysex_and_meta(tmp_path, between):
    data = b"\x00\x90\x3c\x40\x83\x60\x3c\x00\x00" + between + b"\x00\x3e\x40\x83\x60\x3e\x00" + EOT
    assert beats(read(tmp_path, midi_file(raw(data)))) == C_THEN_D


def test_a_sysex_in_packets_takes_the_time_between_them(tmp_path):
    packets = [(0, sysex(0xF0, 0x43, 0x12, 0)), (96, sysex(0xF7, 7, 0xF7)), (0, sysex(0xF7, 0x90, 0x3C, 0x40))]
    data = midi_file(track(*FIRST, *packets, (0, on(62)), (480, off(62))))
    assert beats(read(tmp_path, data)) == [("C4", 0, 1), ("D4", 1.2, 1)]


@pytest.mark.parametrize(
    ("messages", "expected", "lost"),
    [
        # one release for two strikes, at once and further on
        ([*FIRST[:1], (480, on(60)), (480, off(60)), (9600, meta(1))], [("C4", 0, 1), ("C4", 1, 1)], {"restruck": 1}),
        (
            [(0, on(60)), (240, on(60)), (240, off(60)), (480, on(60)), (480, off(60)), (4800, meta(1))],
            [("C4", 0, 0.5), ("C4", 0.5, 0.5), ("C4", 2, 1)],
            {"restruck": 1},
        ),
        # a release that comes just after the next strike ends the one before
        (
            [(0, on(60)), (480, on(60)), (0, off(60)), (480, on(60)), (0, off(60)), (480, meta(1))],
            [("C4", 0, 1), ("C4", 1, 1), ("C4", 2, 1)],
            {"left_on": 1},
        ),
        *[
            ([(0, on(60)), (480, bytes([0xB0, control, 0])), (9600, meta(1))], [("C4", 0, 1)], {})
            for control in (120, 123, 124, 127)
        ],
        # of another channel
        ([(0, on(60)), (480, bytes([0xB1, 123, 0])), (480, off(60))], [("C4", 0, 2)], {}),
        # a release of what does not sound
        ([(0, off(60)), *FIRST, (0, off(60))], [("C4", 0, 1)], {}),
    ],
)
def test_what_ends_a_note(tmp_path, messages, expected, lost):
    piece = read(tmp_path, midi_file(track(*messages)))
    assert beats(piece) == expected
    assert losses(piece) == lost


def test_a_track_without_an_end_and_one_with_more_after_it(tmp_path):
    data = b"\x00\x90\x3e\x40\x00\x90\x3c\x40\x83\x60\x80\x3c\x00"
    piece = read(tmp_path, midi_file(raw(data)))
    assert beats(piece) == [("C4", 0, 1), ("D4", 0, 1)]
    assert losses(piece) == {"left_on": 1}
    assert beats(read(tmp_path, midi_file(raw(data + EOT + b"\x00\x90\x40\x40")))) == beats(piece)


@pytest.mark.parametrize(
    ("announced", "lost"), [(0, {"unannounced_tracks": 2}), (1, {"unannounced_tracks": 1}), (2, {})]
)
def test_all_tracks_are_read_however_many_are_announced(tmp_path, announced, lost):
    data = bytearray(midi_file(NOTE, track((480, on(62)), (480, off(62)))))
    data[10:12] = struct.pack(">H", announced)
    piece = read(tmp_path, bytes(data))
    assert beats(piece) == C_THEN_D
    assert losses(piece) == lost


@pytest.mark.parametrize("before", [b"", b"LIST\x03\x00\x00\x00abc\x00", b"DISP\x02\x00\x00\x00ab"])
def test_riff_chunks_in_any_order(tmp_path, before):
    data = midi_file(NOTE)
    body = b"RMID" + before + b"data" + struct.pack("<I", len(data)) + data + b"\x00LIST\x00\x00\x00\x00"
    assert beats(read(tmp_path, b"RIFF" + struct.pack("<I", len(body)) + body)) == [("C4", 0, 1)]


@pytest.mark.parametrize(
    ("settings", "known", "lost"),
    [
        ([meta(0x51, 7, 0xA1, 0x20), meta(0x51, 15, 0x42, 0x40)], {"tempo": 60.0}, {}),
        ([meta(0x51, 255, 255, 255)], {"tempo": 3.58}, {}),
        ([meta(0x51, 0, 0, 1)], {}, {"impossible": 1}),
        ([meta(0x51, 0, 0, 0)], {}, {"impossible": 1}),
        ([meta(0x51, 7)], {}, {"damaged": 1}),
        ([meta(0x58, 4, 0, 24, 8)], {"metre": "4/1"}, {}),
        ([meta(0x58, 6, 3)], {"metre": "6/8"}, {}),
        *[
            ([meta(0x58, above, below, 24, 8)], {}, {"impossible": 1})
            for above, below in ((2, 8), (4, 8), (4, 64), (1, 7), (255, 0), (0, 2))
        ],
        ([meta(0x59, 0xF9, 1)], {"sharps": -7}, {}),
        *[([meta(0x59, key, 0)], {}, {"impossible": 1}) for key in (127, 8, 0xF8, 0x80)],
    ],
)
def test_tempi_metres_and_keys(tmp_path, settings, known, lost):
    piece = read(tmp_path, midi_file(track(*[(0, setting) for setting in settings], *FIRST)))
    assert {key: value for key, value in piece.about.items() if key not in ("kind", "lost")} == known
    assert losses(piece) == lost


def test_what_is_stated_late_is_not_given_to_what_came_before(tmp_path):
    late = [meta(0x51, 15, 0x42, 0x40), meta(0x58, 3, 2, 24, 8), meta(0x59, 1, 0)]
    piece = read(tmp_path, midi_file(track(*FIRST, *[(0, message) for message in late], *FIRST)))
    assert set(piece.about) == {"kind", "lost"}
    assert losses(piece) == {"tempo_changes": 1, "metre_changes": 1, "key_changes": 1}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (midi_file(raw(b"\x00\x9f\x80\x40\x60\x8f\x80\x00" + EOT)), r"is damaged: all its notes \(1\) are above 127"),
        (midi_file(raw(b"\x09\x9f\xda\xe8")), "is damaged: all its notes"),
        (midi_file(raw(b"\x00\x90\x3c")), "is damaged: track 1 ends within a message"),
        (midi_file(NOTE, raw(b"\x00\x3c\x40")), "is damaged: track 2, byte 1: data without a status"),
        (midi_file(raw(b"\x80\x80\x80\x80\x00\x90\x3c\x40")), "byte 0: a number of more than four bytes"),
        (midi_file(raw(b"\x00\xff\x01\x7f\x00")), "byte 4: a message of 127 bytes"),
        (midi_file(raw(b"\x00\xf0\xff\xff\xff\x7f\x00")), "byte 6: a message of 268,435,455 bytes"),
        (b"RIFF\x10\x00\x00\x00RMIDLIST\x00\x00\x00\x00", "without a chunk named data"),
        (b"MThd\x00\x00\x00\x02" + bytes(12), "a header of 2 bytes"),
    ],
)
def test_damage_is_refused_with_its_place(tmp_path, data, reason):
    with pytest.raises(Unreadable, match=reason) as caught:
        read(tmp_path, data)
    assert caught.value.remedy


def test_four_thousand_unreleased_notes_take_little_memory(tmp_path):
    import tracemalloc

    data = midi_file(track(*[(1, on(k % 128)) for k in range(4000)]))
    tracemalloc.start()
    read(tmp_path, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 120 * 2**20
    with pytest.raises(Unreadable, match="overlap"):
        read(tmp_path, midi_file(track(*[(1, on(k % 128)) for k in range(20_000)])))


def test_a_hundred_thousand_strikes_of_one_key_are_read_in_time(tmp_path):
    same = midi_file(track(*[(0, on(60))] * 90_000, *[(0, off(60))] * 89_999, (480, meta(1))))
    assert beats(read(tmp_path, same)) == [("C4", 0, 1)]


@pytest.mark.parametrize(
    ("metre", "read_back"),
    [("3/8+2/8", "5/8"), ("3+2/8", "5/8"), ("2/4+3/8", "7/8"), ("4/4", "4/4"), ("4/3", None), ("free", None)],
)
def test_any_metre_is_written_as_one_or_not_at_all(tmp_path, metre, read_back):
    events, _ = from_notes(np.array([0]), np.array([TICKS]), np.array([60]))
    midi.write(tmp_path / "a.mid", events, {"metre": metre})
    assert midi.read(tmp_path / "a.mid")[0].about.get("metre") == read_back


def test_pedals_and_bends_of_a_channel_are_counted_before_its_program_too(tmp_path):
    pedal = [(0, bytes([0xB0, 64, value])) for value in (127, 0, 63, 64, 100)]
    data = midi_file(track(*pedal, (0, b"\xe0\x00\x40"), (0, program(5)), *FIRST, (0, b"\xb1\x40\x7f")))
    assert losses(read(tmp_path, data)) == {"pedals": 2, "bends": 1}


def test_velocities_are_read_and_written(tmp_path):
    loud = [(0, on(60, velocity=20)), (240, on(64, velocity=100)), (240, off(60)), (0, off(64))]
    piece = read(tmp_path, midi_file(track(*loud)))
    assert to_notes(piece.events)["velocity"].tolist() == [20, 100]
    assert piece.events["velocity"].tolist() == [[20], [20, 100]]  # a held note has that of its onset
    midi.write(tmp_path / "b.mid", piece.events, piece.about)
    assert midi.read(tmp_path / "b.mid")[0].events.equals(piece.events)
    assert "velocity" not in read(tmp_path, midi_file(NOTE)).events


def test_the_pedal_makes_notes_longer_where_that_is_asked_for(tmp_path):
    def pedal(value, channel=0):
        return bytes([0xB0 | channel, 64, value])

    played = [
        (0, on(60)), (0, pedal(127)), (0, pedal(127, channel=1)), (240, off(60)),
        (240, on(62)), (120, off(62)), (120, on(62)), (120, off(62)), (120, pedal(0)), (0, on(64)), (480, off(64)),
    ]  # fmt: skip
    lengths = {"count": [240, 120, 120, 480], "sustain": [960, 240, 240, 480]}
    for setting, ticks in lengths.items():
        piece = read(tmp_path, midi_file(track(*played)), pedal=setting)
        assert (to_notes(piece.events)["duration"] * 480 // TICKS).tolist() == ticks
        assert piece.about["lost"]["pedals"] == (setting == "count")  # the other channel has no notes
        assert not piece.about["lost"]["restruck"]
    last = midi_file(track((0, pedal(64)), (0, on(60)), (240, off(60)), rest=240))  # it is never released
    assert to_notes(read(tmp_path, last, pedal="sustain").events)["duration"].tolist() == [TICKS]


def test_a_long_file_is_read_in_time(tmp_path):
    import time

    data = midi_file(track(*[(3, on(40 + k % 40)) if k % 2 == 0 else (3, off(39 + k % 40)) for k in range(200_000)]))
    started = time.process_time()
    read(tmp_path, data)
    assert time.process_time() - started < 20


def test_the_program_that_sounds_longest_is_the_piece_s():
    assert midi.longest([(40, 3.0), (0, 2.0), (42, 2.0), (42, 2.0)]) == {"program": 42}
    assert midi.longest([(0, 3.0), (40, 3.0)]) == {}
    assert midi.longest([]) == {}
