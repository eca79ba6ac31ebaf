"""A kit of one's own: a folder of recordings, one stroke a file, named by the stroke.

``na.wav``, ``Ta 2.wav``, ``dha_1.flac``: any spelling of a bol, in any script the notation reads; a number after it
parts several takes of one stroke.
"""

import re
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from riyaz.music.events import Unreadable
from riyaz.tabla.bols import BOLS
from riyaz.tabla.spelling import mistake, strokes

SUFFIXES = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3")
LONGEST = 10.0  # seconds of a file
QUIET = 10 ** (-60 / 20)  # of the peak: the end of a stroke
ONSET = 10 ** (-30 / 20)  # of the peak: its beginning


def recordings(folder: Path, sample_rate: int) -> dict[str, list[np.ndarray]]:
    """Read a kit.

    Parameters
    ----------
    sample_rate : samples a second of the result; the files may have any, and any number of channels.

    Returns
    -------
    Bol to its takes, in the order of the file names: (n,) float32, mono, from the onset on, as loud as recorded.

    Raises
    ------
    Unreadable : there is no such folder, nothing in it is sound, or one file is no sound, is silent, is longer than
        `LONGEST` or is not named by one bol.
    """
    if not folder.is_dir():
        raise Unreadable(f"{folder}: there is no such folder", "name a folder with recordings of strokes")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.name[0] != ".")
    if not files:
        raise Unreadable(f"{folder}: it has no recordings", f"put files such as na.wav in it: {' '.join(SUFFIXES)}")
    kit: dict[str, list[np.ndarray]] = {}
    for path in files:
        kit.setdefault(_bol(path), []).append(_recording(path, sample_rate))
    return kit


def _bol(path: Path) -> str:
    """The bol that a file is named by."""
    word = re.sub(r"[\s_.()-]*\d*[\s_.()-]*$", "", path.stem)
    names = [name.removesuffix("?").replace("ta?", "ta") for name in strokes(word)]
    if len(names) == 1 and names[0] in BOLS:
        return names[0]
    near = mistake(word)[1] if word else ""
    reason = "names several strokes" if len(names) > 1 else "is named by no stroke"
    remedy = f"is it {near}.wav?" if near in BOLS else "name it by one bol, such as na.wav or dha_2.wav"
    raise Unreadable(f"{path}: the file {reason}", remedy)


def _line(error: Exception) -> str:
    """An error of the sound library, without its path."""
    return str(error).rpartition(": ")[2].rstrip(".")


def _recording(path: Path, sample_rate: int) -> np.ndarray:
    """The stroke of a file, without the silence around it. (n,) float32."""
    try:
        with soundfile.SoundFile(path) as file:
            seconds, rate = file.frames / file.samplerate, file.samplerate
            if seconds > LONGEST:
                raise Unreadable(f"{path}: {seconds:.0f} seconds long", f"cut it to one stroke, at most {LONGEST:g} s")
            wave = file.read(dtype="float64", always_2d=True).mean(axis=1)
    except (soundfile.SoundFileError, OSError, RuntimeError) as error:
        raise Unreadable(f"{path}: it cannot be read as sound: {_line(error)}", "save it as WAV") from error
    if not wave.size or not np.isfinite(wave).all():
        raise Unreadable(f"{path}: it has no samples, or some that are no numbers", "record it again")
    wave -= wave.mean()
    peak = np.max(np.abs(wave))
    if peak < 1e-4:
        raise Unreadable(f"{path}: it is silent", "record it again, or leave it out: the stroke is then synthesised")
    start = np.flatnonzero(np.abs(wave) >= peak * ONSET)[0]
    stop = np.flatnonzero(np.abs(wave) >= peak * QUIET)[-1] + 1
    wave = wave[max(0, start - int(0.002 * rate)) : stop]
    shared = gcd(rate, sample_rate)
    wave = signal.resample_poly(wave, sample_rate // shared, rate // shared) if rate != sample_rate else wave
    rise, fall = min(int(0.001 * sample_rate), wave.size), min(int(0.01 * sample_rate), wave.size)
    wave[:rise] *= np.linspace(0, 1, rise)
    wave[wave.size - fall :] *= np.linspace(1, 0, fall)
    return wave.astype(np.float32)
