import numpy as np
import pytest

from riyaz.music import midi
from riyaz.music.events import TICKS, Piece, in_a_row, table
from riyaz.play import sampled, sound
from riyaz.practice import page, player, sounds, timeline

RATE = 24000


@pytest.mark.parametrize(("program", "pitch"), [(24, 60), (40, 69), (42, 48), (56, 72), (73, 84)])
def test_an_instrument_is_in_tune(program, pitch):
    wave = sampled.note(pitch, program, 2.0, RATE)
    power = np.abs(np.fft.rfft(wave))
    heights = [power[round(2 * 440 * 2 ** ((pitch + cents / 100 - 69) / 12))] for cents in range(-600, 601, 10)]
    assert abs(10 * np.argmax(heights) - 600) <= 20


def test_instruments_differ_and_repeat():
    events = in_a_row([TICKS // 2] * 4, [["C4", "E4"], ["G4"], [], ["C5"]])
    violin, flute = (sampled.render(events, 90, program, RATE) for program in (40, 73))
    assert violin.shape == flute.shape
    assert violin.dtype == np.float32
    assert np.abs(violin - flute).max() > 0.01
    assert np.array_equal(violin, sampled.render(events, 90, 40, RATE))
    assert len(violin) / RATE == pytest.approx(2 * 60 / 90 + sampled.RINGS, abs=0.1)
    assert sampled.render(in_a_row([], []), 90, 40).shape == (0, 2)


def test_a_note_struck_harder_is_louder():
    soft, loud = (np.abs(sampled.render(table([0], [TICKS], [["C4"]], None, [[v]]), 60, 40)).max() for v in (40, 100))
    assert loud > 1.5 * soft


@pytest.mark.parametrize(("program", "tempo", "says"), [(128, 90, "program is 128"), (40, 0, "tempo is 0")])
def test_what_cannot_be_played_is_refused(program, tempo, says):
    with pytest.raises(ValueError, match=says):
        sampled.render(in_a_row([TICKS], [["C4"]]), tempo, program)


def test_a_piece_is_played_on_its_own_instrument():
    events = in_a_row([TICKS] * 2, [["C4"], ["E4"]])
    own, piano = (sound.play(events, {"kind": "notes"} | more, sample_rate=RATE)[0] for more in ({"program": 40}, {}))
    assert np.array_equal(own, sampled.render(events, sound.TEMPO, 40, RATE))
    assert not np.array_equal(own[: len(piano)], piano)


def test_a_page_has_the_bank_of_each_instrument():
    banks = sounds.page(("notes",), 60, 64, (0, 40))
    assert set(banks) == {"piano", "program 40"}
    assert banks["program 40"]["places"].keys() == banks["piano"]["places"].keys()
    events = in_a_row([TICKS], [["C4"]])
    said = timeline.timeline(Piece("a", events, {"kind": "notes", "program": 40}))
    assert said["instrument"] == "program 40"
    assert "instrument" not in timeline.timeline(Piece("a", events, {"kind": "notes"}))
    assert sounds.instrument(1) == "piano"


def test_a_file_keeps_its_program(tmp_path):
    midi.write(tmp_path / "a.mid", in_a_row([TICKS], [["C4"]]), {"program": 73})
    assert midi.read(tmp_path / "a.mid")[0].about["program"] == 73


def test_a_page_of_many_instruments_has_two_of_them_and_room_for_pieces():
    events = in_a_row([TICKS] * 3, [["C2"], ["C4"], ["C7"]])
    programs = [40, 40, 40, 73, 73, 56, 1, 0]
    pieces = [Piece(str(k), events, {"kind": "notes", "program": program}) for k, program in enumerate(programs)]
    banks = player.banks(pieces)
    assert set(banks) == {"program 40", "piano"}
    assert len(player.data(banks)) < 0.8 * page.LIMIT
