import numpy as np
import pytest

from riyaz.music.events import TICKS, in_a_row, table
from riyaz.play import piano

RATE = 44100


def strongest(wave):
    size = 1 << 20  # so fine that a partial does not fall between two bins
    return np.abs(np.fft.rfft(wave, size)).argmax() * RATE / size


@pytest.mark.parametrize("pitch", [36, 48, 60, 69, 81, 96])
def test_a_string_is_in_tune(pitch):
    assert 12 * np.log2(strongest(piano.string(pitch)) / 440) + 69 == pytest.approx(pitch, abs=0.15)


def test_low_strings_are_darker_and_ring_longer():
    def rings(wave):
        left = np.cumsum(wave[::-1].astype(float) ** 2)[::-1]
        return np.flatnonzero(left < left[0] / 100)[0]

    lengths = [rings(piano.string(pitch)) for pitch in (36, 60, 84, 108)]
    assert lengths == sorted(lengths, reverse=True)


def test_partials_are_computed_as_sines():
    amplitude, turning = np.array([0.5, 0.2]), np.array([2j * np.pi * 440 - 3, 2j * np.pi * 1000 - 20])
    t = np.arange(3000) / RATE
    direct = sum(a * np.exp(s.real * t) * np.sin(s.imag * t) for a, s in zip(amplitude, turning, strict=True))
    np.testing.assert_allclose(piano._modes(amplitude, turning, 3000, RATE), direct, atol=1e-9)


def test_held_notes_are_struck_once():
    held = table([0, TICKS], [TICKS, TICKS], [["C4"], ["C4"]], [[False], [True]])
    one = in_a_row([2 * TICKS], [["C4"]])
    again = in_a_row([TICKS, TICKS], [["C4"], ["C4"]])
    assert np.array_equal(piano.render(held, 100), piano.render(one, 100))
    assert not np.array_equal(piano.render(again, 100), piano.render(one, 100))


def test_a_released_string_falls_silent():
    samples = piano.render(in_a_row([TICKS, 3 * TICKS], [["C3"], []]), 60)
    assert len(samples) == int(4 * RATE + piano.RELEASE * RATE)
    assert np.abs(samples[int(0.9 * RATE) : RATE]).max() > 0.01
    assert not np.abs(samples[int((1 + piano.RELEASE) * RATE) + 1 :]).any()
    assert np.abs(np.diff(samples[RATE - 10 : int((1 + piano.RELEASE) * RATE), 0])).max() < 0.02  # without a click


def test_a_render_repeats():
    events = in_a_row([TICKS // 2] * 4, [["C4", "E4"], ["G4"], [], ["C5"]])
    assert np.array_equal(piano.render(events, 90), piano.render(events, 90))
    assert piano.render(in_a_row([], []), 90).shape == (0, 2)


@pytest.mark.parametrize(("symbol", "tempo", "says"), [("Dha", 100, "'Dha' is no pitch"), ("C4", 0, "tempo is 0")])
def test_what_cannot_be_played_is_refused(symbol, tempo, says):
    with pytest.raises(ValueError, match=says):
        piano.render(in_a_row([TICKS], [[symbol]]), tempo)


def test_a_note_struck_twice_as_hard_is_four_times_as_loud():
    def loudest(velocity):
        return np.abs(piano.render(table([0], [TICKS], [["C4"]], None, [[velocity]]), 60)).max()

    assert loudest(80) == pytest.approx(np.abs(piano.render(table([0], [TICKS], [["C4"]]), 60)).max())
    assert loudest(100) == pytest.approx(4 * loudest(50), rel=1e-5)
