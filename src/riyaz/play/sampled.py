"""Instruments other than the piano: notes as sound by the samples of a sound font.

The sound font is TimGM6mb, which pretty_midi ships under the GPL 2, and midirenderer plays it. It is read where pieces
name another program of General MIDI than a piano; the project holds nothing of it.
"""

from functools import lru_cache
from io import BytesIO
from math import ceil, gcd
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from scipy import signal

from riyaz.music import midi
from riyaz.music.events import PITCHES, TICKS, in_a_row

PIANOS = range(4)  # programs that `riyaz.play.piano` plays
RINGS = 1.0  # seconds that the last note may ring on
TEMPO = 60  # of a single note: a beat is a second


@lru_cache(maxsize=1)
def _font() -> bytes:
    import pretty_midi

    return (Path(pretty_midi.__file__).parent / "TimGM6mb.sf2").read_bytes()


def render(events: pd.DataFrame, tempo: float, program: int, sample_rate: int = 44100) -> np.ndarray:
    """Play notes on an instrument of General MIDI.

    Parameters
    ----------
    events : as in `riyaz.music.events`, of pitches.
    tempo : beats per minute.
    program : 0 to 127.

    Returns
    -------
    (n, 2) float32: left and right, until `RINGS` after the last event; peaks are not bounded. No events make no
    samples.

    Raises
    ------
    ValueError : a tempo that is not positive, or a program that General MIDI does not have.
    """
    import midirenderer

    if not tempo > 0:
        raise ValueError(f"tempo is {tempo}; it is a positive number of beats per minute")
    if program not in range(128):
        raise ValueError(f"program is {program}; General MIDI has the programs 0 to 127")
    if not len(events):
        return np.zeros((0, 2), np.float32)
    written = midi.content(events, {"program": program, "tempo": tempo}, silence=ceil(RINGS * tempo / 60 * TICKS))
    samples, rate = soundfile.read(BytesIO(midirenderer.render_wave_from(_font(), written)), dtype="float32")
    common = gcd(rate, sample_rate)
    return signal.resample_poly(samples, sample_rate // common, rate // common).astype(np.float32)


def note(pitch: int, program: int, seconds: float, sample_rate: int = 44100) -> np.ndarray:
    """One note, held: (n,) float32, mono; the RMS of its loudest 50 ms is 0.1, as that of `riyaz.play.piano.string`."""
    events = in_a_row([ceil(seconds * TICKS)], [[PITCHES[pitch]]])
    wave = render(events, TEMPO, program, sample_rate).mean(axis=1)[: int(seconds * sample_rate)]
    window = int(0.05 * sample_rate)
    loudest = np.sqrt(np.max(signal.oaconvolve(wave.astype(float) ** 2, np.ones(window)), initial=0) / window)
    return (wave * (0.1 / loudest)).astype(np.float32) if loudest > 1e-6 else wave
