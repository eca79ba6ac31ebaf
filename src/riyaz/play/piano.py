"""A piano by modal synthesis: notes as sound without a SoundFont.

A struck string is a sum of decaying partials: stiffness sharpens the high ones, the hammer's place mutes every eighth,
its felt the highest, the more the higher the note; each falls fast at first and then five times as slowly, because the
strings of a note couple at the bridge. `benchmarks/pianos.py` compares it with a sampled piano and with real ones.

References
----------
H. Fletcher, E. D. Blackham, R. Stratton, "Quality of piano tones", J. Acoust. Soc. Am. 34 (1962), 749-761,
doi:10.1121/1.1918192 (inharmonicity). G. Weinreich, "Coupled piano strings", J. Acoust. Soc. Am. 62 (1977),
1474-1484, doi:10.1121/1.381677 (decay in two stages); "The coupled motion of piano strings", in Five Lectures on the
Acoustics of the Piano, KTH Stockholm 1990 (8 dB a second for E♭4, then less than a quarter of that).
"""

from functools import lru_cache
from math import ceil

import numpy as np
import pandas as pd
from scipy import signal

from riyaz.music.events import EVEN, NUMBERS, TICKS, VELOCITY, to_notes

LONGEST = 6.0  # seconds that a string is followed
FADES = 1.0  # seconds in which it is faded out, where it still sounds then
MIDDLE = 311.0  # Hz, E♭4
RELEASE = 0.12  # seconds in which a released string falls silent


@lru_cache(maxsize=128)
def string(pitch: int, sample_rate: int = 44100) -> np.ndarray:
    """Synthesise one note, held.

    Parameters
    ----------
    pitch : MIDI number; 69 is A4, 440 Hz.

    Returns
    -------
    (n,) float32, mono, `LONGEST` or until it has fallen by 60 dB; the RMS of its loudest 50 ms is 0.1. Read only.
    """
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    k = np.arange(1, 61)
    partials = k * hertz * np.sqrt(1 + 3.5e-4 * 2 ** ((pitch - 60) / 10) * k**2)
    k, partials = k[partials < min(9000, 0.45 * sample_rate)], partials[partials < min(9000, 0.45 * sample_rate)]
    felt = max(1, hertz / MIDDLE) ** 0.8
    loud = (np.abs(np.sin(np.pi * k / 8)) + 0.05) / k * np.exp(-felt * partials / 2400)
    falls = 60 / ((hertz / MIDDLE) ** 0.1 + (hertz / MIDDLE) ** 0.95)  # seconds by 60 dB
    falls = falls / (1 + (partials / 2800) ** 1.2)
    falls = np.concatenate([falls / 5, falls])
    turning = 2j * np.pi * np.concatenate([partials, partials * 2 ** (0.4 / 1200)]) - np.log(1000) / falls
    seconds = min(LONGEST, falls.max())
    wave = _modes(np.concatenate([0.75 * loud, 0.25 * loud]), turning, ceil(seconds * sample_rate), sample_rate)
    t = np.arange(wave.size) / sample_rate
    knock = np.random.default_rng(pitch).standard_normal(wave.size) * 0.001 ** (t / 0.06)
    band = signal.butter(2, [120, min(1800, 0.45 * sample_rate)], "bandpass", fs=sample_rate, output="sos")
    wave += 0.06 * np.abs(wave).max() * signal.sosfilt(band, knock)
    wave *= np.minimum(1, t / 0.002) * np.minimum(1, (seconds - t) / FADES)
    window = int(0.05 * sample_rate)
    loudest = np.sqrt(np.max(signal.oaconvolve(wave**2, np.ones(window))) / window)
    wave = (wave * (0.1 / loudest)).astype(np.float32)
    wave.setflags(write=False)
    return wave


def _modes(amplitude: np.ndarray, turning: np.ndarray, n: int, sample_rate: int) -> np.ndarray:
    """Sum decaying sines from phase 0: amplitudes (k,), complex angular frequencies (k,), n samples. (n,) float64.

    exp(s (iB + j)) is the product of exp(s iB) and exp(s j), so that no sine is computed for each sample.
    """
    block = 512
    rows = np.exp(np.outer(np.arange(ceil(n / block)) * block / sample_rate, turning)) * amplitude  # (n / block, k)
    columns = np.exp(np.outer(turning, np.arange(block) / sample_rate))  # (k, block)
    return np.einsum("ik,kj->ij", rows, columns).imag.reshape(-1)[:n]


def render(events: pd.DataFrame, tempo: float, sample_rate: int = 44100) -> np.ndarray:
    """Play notes on the piano.

    Parameters
    ----------
    events : as in `riyaz.music.events`, of pitches. The amplitude grows with the square of the velocity (Dannenberg,
        The interpretation of MIDI velocity, ICMC 2006).
    tempo : beats per minute.

    Returns
    -------
    (n, 2) float32: left and right, low notes a little to the left, until the last note is released; peaks are not
    bounded. No events make no samples.

    Raises
    ------
    ValueError : a tempo that is not positive, or a symbol that is no pitch.
    """
    if not tempo > 0:
        raise ValueError(f"tempo is {tempo}; it is a positive number of beats per minute")
    rate = sample_rate * 60 / (tempo * TICKS)
    end, release = round(int(events["duration"].sum()) * rate), int(RELEASE * sample_rate)
    out = np.zeros((2, end + release if end else 0), dtype=np.float32)
    down = np.linspace(1, 0, release, dtype=np.float32) ** 2
    notes = to_notes(events)
    loud = (notes[VELOCITY] / EVEN) ** 2 if VELOCITY in notes else np.ones(len(notes))
    columns = (notes[name] for name in ("onset", "duration", "symbol"))
    for onset, duration, symbol, gain in zip(*columns, loud, strict=True):
        if symbol not in NUMBERS:
            raise ValueError(f"{symbol!r} is no pitch; pitches are written such as C4 or F#3")
        start, wave = round(onset * rate), string(NUMBERS[symbol], sample_rate)
        held = round((onset + duration) * rate) - start
        if held + release < wave.size:
            wave = wave[: held + release].copy()
            wave[held:] *= down
        pan = 0.5 + 0.3 * (NUMBERS[symbol] - 64) / 64
        sides = np.sqrt(np.array([[1 - pan], [pan]], dtype=np.float32))
        wave = wave[: out.shape[1] - start]
        out[:, start : start + wave.size] += np.float32(gain) * sides * wave
    return np.ascontiguousarray(out.T)
