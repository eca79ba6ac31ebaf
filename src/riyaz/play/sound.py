"""To hear: pieces as sound, levelled to a common loudness, as MP3 files that repeat byte for byte.

Notes are played on the piano of `riyaz.play.piano` or, where the piece names another program of General MIDI, on an
instrument of `riyaz.play.sampled`, bols on the tabla of `riyaz.tabla.strokes`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import soundfile
from scipy import fft

from riyaz.play.loudness import loudness

TEMPO = 100  # beats per minute where a piece names no tempo
LOUDNESS = -22.0  # LUFS
CEILING = -2.0  # dBFS; what coding to MP3 adds stays below -1
FADE = 0.3  # seconds
SAMPLE_RATE = 44100


def play(
    events: pd.DataFrame,
    about: dict[str, Any],
    underlay: str | None = None,
    sample_rate: int = SAMPLE_RATE,
    kit: str | Path | None = None,
) -> tuple[np.ndarray, int]:
    """Play a piece.

    Parameters
    ----------
    events : as in `riyaz.music.events`.
    about : ``kind`` (``notes`` or ``bols``), ``tempo`` in beats per minute, for notes ``program`` of General MIDI, for
        bols ``taal`` and ``pitch``, of the dayan.
    underlay : for bols, ``theka`` or ``click`` under them.
    kit : for bols, a folder of recordings to play them with (`riyaz.tabla.kit`).

    Returns
    -------
    samples : (n, 2) float32, left and right.
    rate : samples a second.

    Raises
    ------
    ValueError : the piece has nothing that sounds, or is of no known kind.
    """
    kind, tempo = about.get("kind"), about.get("tempo") or TEMPO
    if not any(len(symbols) for symbols in events["symbols"]):
        raise ValueError(f"{about.get('title') or 'the piece'} has nothing that sounds; leave it out")
    if kind == "bols":
        from riyaz.tabla import strokes, taals

        taal = taals.find(about["taal"]) if about.get("taal") else None
        sounds = strokes.samples(about.get("pitch") or strokes.PITCH, kit, sample_rate=sample_rate)
        return strokes.render(events, tempo, taal, underlay, sample_rate, sounds=sounds), sample_rate
    if kind == "notes":
        from riyaz.play import piano, sampled

        program = about.get("program", 0)
        if program not in sampled.PIANOS:
            return sampled.render(events, tempo, program, sample_rate), sample_rate
        return piano.render(events, tempo, sample_rate), sample_rate
    raise ValueError(f"a piece is of kind 'notes' or 'bols', this one of kind {kind!r}")


def levelled(samples: np.ndarray, rate: int) -> np.ndarray:
    """Bring a piece to the common loudness, or as near to it as its peaks allow, and fade its end out.

    Returns
    -------
    (n, 2) float32, no sample above `CEILING`; silence stays silence.
    """
    measured = loudness(samples, rate)
    peak = float(np.max(np.abs(samples), initial=0.0))
    if not np.isfinite(measured) or not peak:
        return np.zeros_like(samples, dtype=np.float32)
    gain = min(10 ** ((LOUDNESS - measured) / 20), 10 ** (CEILING / 20) / peak)
    n = min(int(FADE * rate), len(samples))
    fade = np.ones((len(samples), 1))
    fade[len(samples) - n :, 0] = np.linspace(1, 0, n) ** 2
    return (samples * gain * fade).astype(np.float32)


def write_mp3(path: str | Path, samples: np.ndarray, rate: int, mono: bool = False) -> np.ndarray:
    """Write sound as an MP3 file, levelled; the same bytes for the same samples.

    Parameters
    ----------
    mono : both sides in one channel, which takes half the room and a third of the time.

    Returns
    -------
    What was written, before it was coded: (n, 2) float32, or (n, 1) in mono.
    """
    level = levelled(samples, rate)
    level = level.mean(axis=1, keepdims=True) if mono else level
    soundfile.write(str(path), level, rate, format="MP3", bitrate_mode="VARIABLE", compression_level=0.5)
    return level


def measure(samples: np.ndarray, rate: int) -> dict[str, float]:
    """Measure sound.

    Returns
    -------
    ``seconds``; ``peak_db`` and ``rms_db`` in dBFS, -inf for silence; ``centroid_hz``, the mean frequency weighted
    by power, 0 for silence.
    """
    mono = np.asarray(samples, dtype=np.float64).mean(axis=1)
    size = fft.next_fast_len(max(mono.size, 1), real=True)  # filled up with silence: a prime length takes far longer
    power = np.abs(fft.rfft(mono, size)) ** 2 if mono.size else np.zeros(1)
    hertz = fft.rfftfreq(size, 1 / rate)[: power.size]
    square = float(np.mean(np.square(samples, dtype=np.float64))) if mono.size else 0.0
    with np.errstate(divide="ignore"):
        return {
            "seconds": len(samples) / rate,
            "peak_db": float(20 * np.log10(np.max(np.abs(samples), initial=0.0))),
            "rms_db": float(10 * np.log10(square)),
            "centroid_hz": float((hertz * power).sum() / power.sum()) if power.sum() else 0.0,
        }
