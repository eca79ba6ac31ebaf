"""The sounds of a page: the project's own strokes and strings, rendered once and shared by all its pieces.

A bank is one FLAC of 16 bit in which all samples stand one after the other, with the place of each.
"""

import base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
import soundfile

from riyaz.play import piano, sampled
from riyaz.tabla import strokes

RATE = {"strokes": 32000, "piano": 24000, "sampled": 16000, "tanpura": 16000}  # samples a second
VARIANTS = 3  # of each stroke
STEP = 4  # semitones between two samples of an instrument: the page shifts by at most two
LOWEST, HIGHEST = 24, 106  # MIDI numbers of its samples
HELD = 2.5  # seconds of a sample of the piano
SUSTAINED = 3.0  # of another instrument, which may not fade as it is held
PLUCKED = 4.0  # seconds of a string of the tanpura
SILENCE = 0.02  # seconds between two samples
SA = 146.83  # Hz, of the tanpura: D3, an octave below the dayan's Sa
REED = (1.0, 0.7, 0.45, 0.5, 0.25, 0.22, 0.12, 0.1, 0.06, 0.05)  # partials of the lehra's reed


def bank(samples: Mapping[str, Sequence[np.ndarray]], rate: int) -> dict[str, Any]:
    """Pack samples.

    Parameters
    ----------
    samples : name to variants, (n,) float32 mono each, of any level.

    Returns
    -------
    ``flac`` (base64), ``rate``, ``gain`` (what the page multiplies by to have the level that the samples came with)
    and ``places``: name to a list of [start, length] in seconds. No samples make a bank without a FLAC.
    """
    rows = [(name, wave) for name, waves in samples.items() for wave in waves]
    peak = max((float(np.max(np.abs(wave), initial=0.0)) for _, wave in rows), default=0.0) or 1.0
    places: dict[str, list[list[float]]] = {name: [] for name in samples}
    gap, parts, at = np.zeros(int(SILENCE * rate), np.float32), [], 0
    for name, wave in rows:
        places[name].append([round(at / rate, 6), round(len(wave) / rate, 6)])
        parts += [wave * np.float32(0.98 / peak), gap]
        at += len(wave) + len(gap)
    data = BytesIO()
    if parts:
        soundfile.write(data, np.concatenate(parts), rate, format="FLAC", subtype="PCM_16")
    return {
        "flac": base64.b64encode(data.getvalue()).decode("ascii"),
        "rate": rate,
        "gain": round(peak / 0.98, 6),
        "places": places,
    }


def tabla() -> dict[str, Any]:
    """The bank of the strokes, with the drum of each."""
    rate = RATE["strokes"]
    sounds = strokes.samples(variants=VARIANTS, sample_rate=rate)
    return bank(sounds, rate) | {"drums": {name: stroke.drum for name, stroke in strokes.STROKES.items()}}


def instrument(program: int) -> str:
    """The bank of a program of General MIDI: ``piano``, or such as ``program 24``."""
    return "piano" if program in sampled.PIANOS else f"program {program}"


def notes(pitches: Sequence[int] = (), program: int = 0) -> dict[str, Any]:
    """The bank of an instrument, as far as these MIDI numbers need it; all of it by default."""
    modelled = program in sampled.PIANOS
    rate = RATE["piano" if modelled else "sampled"]
    fade = np.linspace(1, 0, int(0.2 * rate), dtype=np.float32)
    low, high = (min(pitches), max(pitches)) if pitches else (LOWEST, HIGHEST)
    sounds = {}
    for pitch in range(LOWEST, HIGHEST + 1, STEP):
        if low - STEP < pitch < high + STEP:
            if modelled:
                wave = np.array(piano.string(pitch, rate)[: int(HELD * rate)])
            else:
                wave = sampled.note(pitch, program, SUSTAINED, rate)
            wave[-fade.size :] *= fade[: wave.size]
            sounds[str(pitch)] = [wave]
    return bank(sounds, rate)


def pluck(hertz: float, rate: int) -> np.ndarray:
    """A string of a tanpura: its thread makes the high partials swell after the low ones. (n,) float32."""
    t = np.arange(int(PLUCKED * rate)) / rate
    wave = np.zeros(t.size)
    for k in range(1, int(0.45 * rate / hertz)):
        swell = 0.02 + 0.06 * np.log2(k + 1)  # seconds until a partial is loudest
        fall = 2.2 / (1 + k / 14)
        wave += k**-0.55 * (1 - np.exp(-t / swell)) * np.exp(-t / fall) * np.sin(2 * np.pi * k * hertz * t)
    wave *= np.minimum(1, (PLUCKED - t) / 0.3) * np.minimum(1, t / 0.004)
    return (0.25 * wave / np.max(np.abs(wave))).astype(np.float32)


def tanpura() -> dict[str, Any]:
    """The bank of the drone: Sa, the Sa below and the Pa between."""
    rate = RATE["tanpura"]
    return bank({str(step): [pluck(SA * 2 ** (step / 12), rate)] for step in (-12, -5, 0)}, rate)


@lru_cache(maxsize=8)
def page(kinds: tuple[str, ...], low: int = 0, high: int = 0, programs: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """All banks of pieces of these kinds: ``strokes``, ``tanpura`` and ``reed`` for bols, `instrument` for notes.

    Parameters
    ----------
    low, high : the lowest and highest MIDI number of the notes; 0 and 0 for all.
    programs : of General MIDI, that the notes are played with.
    """
    banks: dict[str, Any] = {}
    if "bols" in kinds:
        banks |= {"strokes": tabla(), "tanpura": tanpura(), "reed": list(REED)}
    if "notes" in kinds:
        banks |= {instrument(program): notes((low, high) if high else (), program) for program in programs}
    return banks
