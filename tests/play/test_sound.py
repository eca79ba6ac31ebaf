import numpy as np
import pytest
import soundfile

from riyaz.music.events import TICKS, in_a_row
from riyaz.play import sound

RATE = 44100
BOLS = {"kind": "bols", "tempo": 240, "taal": "teental"}


def sine(hertz, peak_db, seconds=3.0, rate=48000):
    wave = 10 ** (peak_db / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.stack([wave, wave], axis=1)


def row(*symbols, ticks=TICKS):
    return in_a_row([ticks] * len(symbols), symbols)


def test_loudness_is_that_of_the_recommendation():
    # BS.1770: 997 Hz at 0 dBFS in one channel reads -3.01 LUFS, so in both 0.0
    assert sound.loudness(sine(997, -20), 48000) == pytest.approx(-20.0, abs=0.02)
    assert sound.loudness(sine(997, -20) * [1, 0], 48000) == pytest.approx(-23.01, abs=0.02)
    assert sound.loudness(sine(997, -20, rate=44100), 44100) == pytest.approx(-20.0, abs=0.02)
    loud_then_soft = np.concatenate([sine(997, -20, 9), sine(997, -45), np.zeros((48000, 2))])
    assert sound.loudness(loud_then_soft, 48000) == pytest.approx(-20.0, abs=0.3)  # the gates leave the soft part out
    assert sound.loudness(np.zeros((48000, 2)), 48000) == -np.inf
    assert sound.loudness(np.zeros((0, 2)), 48000) == -np.inf


def test_measure():
    measured = sound.measure(sine(1000, -6), 48000)
    assert measured == pytest.approx({"seconds": 3.0, "peak_db": -6.0, "rms_db": -9.01, "centroid_hz": 1000.0}, abs=0.1)
    assert sound.measure(np.zeros((0, 2)), 48000)["rms_db"] == -np.inf


def test_notes_sound_at_their_pitch_and_tempo():
    samples, rate = sound.play(row(["A4"], ["A4"]), {"kind": "notes", "tempo": 120})
    assert samples.shape[1] == 2
    assert samples.dtype == np.float32
    assert len(samples) / rate == pytest.approx(1.0, abs=0.2)
    spectrum = np.abs(np.fft.rfft(samples.sum(axis=1)))
    assert np.argmax(spectrum) * rate / len(samples) == pytest.approx(440, abs=4)
    slow, _ = sound.play(row(["A4"], ["A4"]), {"kind": "notes"})
    assert len(slow) / rate == pytest.approx(120 / sound.TEMPO, abs=0.2)


def test_bols_take_an_underlay():
    alone, rate = sound.play(row(["Dha"], [], ["Ti"], []), BOLS)
    clicked, _ = sound.play(row(["Dha"], [], ["Ti"], []), BOLS, underlay="click")
    third_matra = slice(int(0.25 * rate), int(0.27 * rate))
    assert np.abs(clicked[third_matra] - alone[third_matra]).max() > 0.05


@pytest.mark.parametrize(("events", "about"), [(row(["C4"], ["E4"]), {"kind": "notes"}), (row(["Dha"], ["Tu"]), BOLS)])
def test_files_repeat_byte_for_byte_and_stay_below_the_ceiling(tmp_path, events, about):
    for name in ("one.mp3", "two.mp3"):
        sound.write_mp3(tmp_path / name, *sound.play(events, about))
    assert (tmp_path / "one.mp3").read_bytes() == (tmp_path / "two.mp3").read_bytes()
    samples, rate = soundfile.read(tmp_path / "one.mp3")
    assert rate == RATE
    assert 10 ** (-12 / 20) < np.abs(samples).max() < 10 ** (-1 / 20)
    assert np.abs(samples[-200:]).max() < 1e-3


def test_pieces_come_out_equally_loud():
    notes, rate = sound.play(row(*[["C3", "E4", "G4"], ["F4"]] * 8), {"kind": "notes"})
    bols, _ = sound.play(row(*[["Dha"], ["Dhin"], ["Dhin"], ["Dha"]] * 8), {**BOLS, "tempo": 180})
    levels = [sound.loudness(sound.levelled(samples, rate), rate) for samples in (notes, bols, notes * 0.1)]
    assert levels == pytest.approx([sound.LOUDNESS] * 3, abs=0.7)


def test_peaks_bound_the_level():
    burst = np.zeros((RATE, 2), dtype=np.float32)
    burst[1000:1100:2] = 0.1
    assert np.abs(sound.levelled(burst, RATE)).max() == pytest.approx(10 ** (sound.CEILING / 20), rel=1e-3)
    assert not np.abs(sound.levelled(np.zeros((10, 2)), RATE)).max()


@pytest.mark.parametrize(
    ("events", "about", "says"),
    [
        (row(), {"kind": "notes", "title": "Air"}, "Air has nothing that sounds"),
        (row([], []), BOLS, "nothing that sounds"),
        (row(["C4"]), {}, "kind 'notes' or 'bols'"),
        (row(["Xyz"]), BOLS, "'Xyz' is no bol"),
    ],
)
def test_what_cannot_be_played_is_refused(events, about, says):
    with pytest.raises(ValueError, match=says):
        sound.play(events, about)
