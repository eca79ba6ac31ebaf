"""The sound of the tabla by modal synthesis, and its strokes as MIDI notes.

A bol is one or more strokes on the two drums: *dayan* (right, tuned wood) and *bayan* (left, bass). A stroke is a sum
of decaying partials, with the pitch of the bayan gliding under the heel of the hand, and a short burst of noise where
the fingers land. The loaded head of the dayan has near-harmonic partials at 1, 1.94, 2.95, 3.97 and 4.97; a stroke at
the centre drives the symmetric ones alone (1, 3.05, 4.82), and at the rim a finger damps the lowest. A stroke rings on
until its drum is struck again; a rest damps nothing.

References
----------
C. V. Raman, "The Indian musical drums", Proc. Indian Acad. Sci. A1 (1934), 179-188.
B. S. Ramakrishna and M. M. Sondhi, "Vibrations of Indian musical drums regarded as composite membranes",
J. Acoust. Soc. Am. 26 (1954), 523-529, doi:10.1121/1.1907368.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import signal

from riyaz.music.events import TICKS, in_a_row
from riyaz.play.loudness import k_weighting
from riyaz.tabla import notation
from riyaz.tabla.bols import BOLS, Bol, played
from riyaz.tabla.kit import recordings
from riyaz.tabla.pitch import PITCH, PITCHES
from riyaz.tabla.taals import Taal

SAMPLE_RATE = 44100
BAYAN_HZ = 92.0
VARIANTS = 3
LOWER = 0.75  # tuning of the tabla that plays the theka underneath
CEILING = 10 ** (-1.5 / 20)  # no sample is louder: -1.5 dBFS
FADE = 0.006  # seconds in which a drum that is struck again falls silent
FLAM = 0.024  # seconds between the hands of a flam
LATE = 0.006  # seconds by which a stroke is early or late, at most
PAN = {"dayan": 0.62, "bayan": 0.40}  # 0 is left, 1 right, as the listener sees the player


@dataclass(frozen=True)
class Stroke:
    """How one drum is struck once.

    Attributes
    ----------
    drum : ``dayan`` or ``bayan``.
    note : MIDI note on the percussion channel, near in character in the General MIDI drum map.
    level : dB, of the loudest 40 ms.
    partials : (ratio to the drum's pitch, amplitude, seconds to fall by 60 dB) each.
    noise : (lowest Hz, highest Hz, amplitude, seconds to fall by 60 dB) of the fingers' landing.
    glide : (share of the pitch by which it starts too high, seconds in which that falls to 1/e).
    """

    drum: str
    note: int
    level: float
    partials: tuple[tuple[float, float, float], ...]
    noise: tuple[float, float, float, float]
    glide: tuple[float, float] = (0.0, 1.0)


# (ratio, amplitude, seconds): the loaded head is not quite even, so that its third partial is two, which beat.
_RIM = (
    (1.94, 1.0, 0.52),
    (2.93, 0.5, 0.48),
    (2.97, 0.4, 0.46),
    (3.97, 0.6, 0.42),
    (4.97, 0.45, 0.34),
    (6.1, 0.25, 0.2),
    (8.3, 0.2, 0.1),
)
_HALF = ((1.0, 1.0, 2.6), (1.94, 0.04, 2.4), (2.95, 0.03, 0.6))
_CENTRE = ((1.0, 1.0, 1.4), (3.05, 0.22, 0.7), (4.82, 0.08, 0.4))
_PALM = ((1.0, 1.0, 0.7), (1.94, 0.45, 0.5), (3.05, 0.4, 0.4), (4.82, 0.2, 0.25))
_SKIN = ((1.0, 1.0, 1.2), (2.02, 0.45, 0.7), (3.1, 0.42, 0.6), (4.2, 0.25, 0.45), (5.3, 0.12, 0.3))
_PRESSED = ((1.0, 1.0, 1.2), (2.02, 0.45, 0.7), (3.1, 0.68, 0.65), (4.2, 0.45, 0.5), (5.3, 0.2, 0.3))

STROKES: dict[str, Stroke] = {
    "na": Stroke("dayan", 60, 0.0, _RIM, (2500, 9000, 0.9, 0.03)),  # rim, rings bright
    "tin": Stroke("dayan", 63, -1.5, _HALF, (1500, 5000, 0.15, 0.02)),  # between rim and centre, rings soft
    "tun": Stroke("dayan", 61, -1.0, _CENTRE, (600, 2500, 0.12, 0.03), (0.02, 0.05)),  # centre, rings dark
    "din": Stroke("dayan", 66, -1.0, _PALM, (500, 3000, 0.8, 0.06)),  # open palm
    "te": Stroke("dayan", 62, -4.0, ((1.3, 0.5, 0.205), (2.2, 0.35, 0.185)), (700, 2400, 0.9, 0.21)),  # fingers, flat
    "ti": Stroke("dayan", 75, -6.0, ((2.2, 0.3, 0.2),), (1600, 5200, 0.9, 0.2)),  # one finger, flat
    "tit": Stroke("dayan", 65, -2.0, ((1.0, 0.9, 0.27), (1.94, 0.5, 0.23)), (400, 6000, 1.0, 0.25)),  # hand, flat
    "ge": Stroke("bayan", 64, 1.0, _SKIN, (300, 1200, 0.2, 0.05), (0.2, 0.04)),  # rings, falls
    "ghe": Stroke("bayan", 41, 1.0, _PRESSED, (300, 1200, 0.2, 0.05), (-0.22, 0.16)),  # rings, rises under the heel
    "ke": Stroke("bayan", 43, -4.0, ((1.1, 0.5, 0.235),), (150, 800, 0.9, 0.23)),  # flat hand
    "kat": Stroke("bayan", 39, -1.0, ((1.1, 0.8, 0.26),), (200, 2200, 1.0, 0.25)),  # flat hand, hard
}

# Where the hands of `riyaz.tabla.bols` (na, tin, tun, te, ge, ke) are told apart further.
_FINER: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("Ti", "Ra", "Da", "ta"), ("te", "ti")),
    **dict.fromkeys(("Tit", "Tet", "Dhet"), ("te", "tit")),
    **dict.fromkeys(("Kat", "Kda", "Kran"), ("ke", "kat")),
    "Din": ("tun", "din"),
    "Ghin": ("ge", "ghe"),
}


def parts(bol: Bol) -> tuple[tuple[str, float], ...]:
    """Name the strokes of a bol in `STROKES`, the left hand's first, each with its delay in seconds."""
    hand, finer = _FINER.get(bol.name, ("", ""))
    strokes = [finer if stroke == hand else stroke for stroke in (bol.left, bol.right) if stroke]
    if bol.flam and len(strokes) == 1:  # two fingers of one hand
        strokes = ["ti", *strokes]
    return tuple((stroke, FLAM * i * bol.flam) for i, stroke in enumerate(strokes))


# Bol to the notes of its strokes on the percussion channel, in the order of `parts`.
MIDI_NOTES: dict[str, tuple[int, ...]] = {
    name: tuple(STROKES[stroke].note for stroke, _ in parts(bol)) for name, bol in BOLS.items()
}


@lru_cache(maxsize=512)
def waveform(
    stroke: str, sample_rate: int = SAMPLE_RATE, pitch: str = PITCH, variant: int = 0, higher: float = 1.0
) -> np.ndarray:
    """Synthesise one stroke; the same for the same arguments.

    Parameters
    ----------
    pitch : of the dayan, one of `PITCHES`; the bayan's is always the same.
    variant : 0 is as in `STROKES`; the others differ from it as one stroke of a hand from the next: in the level and
        decay of each partial, in the glide and in the noise.
    higher : both drums are tuned this many times higher.

    Returns
    -------
    (n,) float32, mono, until it has fallen by 60 dB; its loudest 40 ms have an RMS of 0.1 at level 0 dB. Read only.
    """
    how = STROKES[stroke]
    chance = np.random.default_rng((how.note, variant))
    by = np.clip(chance.normal(0, 1, (2, len(how.partials) + 1)), -2, 2) * (variant > 0)
    low, high, amount, fall = how.noise
    partials = [
        (ratio, amplitude * 10 ** (0.7 * louder / 20), decay * (1 + 0.05 * longer))
        for (ratio, amplitude, decay), louder, longer in zip(how.partials, *by[:, 1:], strict=True)
    ]
    seconds = max([fall, *(decay for _, _, decay in partials)])
    t = np.arange(ceil(seconds * sample_rate)) / sample_rate
    start, settle = how.glide[0] * (1 + 0.1 * by[0, 0]), how.glide[1]
    hertz = (PITCHES[pitch] if how.drum == "dayan" else BAYAN_HZ) * higher
    turns = hertz * (t + start * settle * (1 - np.exp(-t / settle)))
    ring = sum(a * np.sin(2 * np.pi * ratio * turns) * 0.001 ** (t / decay) for ratio, a, decay in partials)
    high = min(high, 0.45 * sample_rate)  # of what the sample rate can hold
    band = signal.butter(2, [min(low, high / 2), high], "bandpass", fs=sample_rate, output="sos")
    hiss = signal.sosfilt(band, chance.standard_normal(t.size)) * 0.001 ** (t / fall)
    hiss *= amount * (1 + 0.1 * by[1, 0]) * np.max(np.abs(ring)) / np.max(np.abs(hiss))
    wave = (ring + hiss) * np.minimum(1, t / 0.0008) * np.minimum(1, (seconds - t) / 0.005)
    wave = (wave * (0.1 * 10 ** (how.level / 20) / loudest(wave, sample_rate))).astype(np.float32)
    wave.setflags(write=False)
    return wave


def loudest(wave: np.ndarray, sample_rate: int) -> float:
    """The RMS of the loudest 40 ms of (n,) samples; of all of them where there are fewer."""
    window = np.ones(min(int(0.04 * sample_rate), wave.size))
    return float(np.sqrt(np.max(signal.oaconvolve(wave.astype(float) ** 2, window)) / window.size))


Sounds = Mapping[str, Sequence[np.ndarray]]


def samples(
    pitch: str = PITCH, kit: str | Path | None = None, variants: int = VARIANTS, sample_rate: int = SAMPLE_RATE
) -> dict[str, list[np.ndarray]]:
    """The sounds of a tabla: each stroke of `STROKES`, several times.

    Parameters
    ----------
    pitch : of the dayan, one of `PITCHES`.
    kit : a folder of recordings (`riyaz.tabla.kit`) that are used instead; they keep their own pitch. A recording of
        both hands, such as ``Dha``, is used for that bol alone. What the folder lacks is synthesised.
    variants : of each stroke; of a recorded one at least as many as there are recordings.
    sample_rate : samples a second.

    Returns
    -------
    Each stroke, and each bol of two hands or with a flam that the kit has, with its variants: (n,) float32, mono, from
    the stroke's onset until it has died away. Recordings are as loud as the synthesised stroke. The same for the same
    arguments and files.

    Raises
    ------
    ValueError : there is no such pitch, or no variant is asked for.
    Unreadable : a file of the kit cannot be used.
    """
    if pitch not in PITCHES:
        raise ValueError(f"pitch is {pitch!r}; it is one of {', '.join(PITCHES)}")
    if variants < 1:
        raise ValueError(f"variants is {variants}; it is at least 1")
    sounds = {
        stroke: [waveform(stroke, sample_rate, pitch, variant) for variant in range(variants)] for stroke in STROKES
    }
    recorded: dict[str, list[np.ndarray]] = {}
    for name, takes in (recordings(Path(kit), sample_rate) if kit else {}).items():
        recorded.setdefault(_key(BOLS[name]), []).extend(takes)
    for key, takes in recorded.items():
        together = [key] if key in STROKES else [stroke for stroke, _ in parts(BOLS[key])]
        size = max(sounds[stroke][0].size for stroke in together)
        like = np.sum([np.pad(waveform(stroke, sample_rate, pitch), (0, size))[:size] for stroke in together], axis=0)
        takes = [_as_loud(take, like, sample_rate) for take in takes]
        sounds[key] = takes + [_retaken(takes[i % len(takes)], i) for i in range(len(takes), variants)]
    return sounds


def _key(bol: Bol) -> str:
    """The stroke that a bol is, or its name if it is several."""
    strokes = parts(bol)
    return strokes[0][0] if len(strokes) == 1 else bol.name


def _as_loud(wave: np.ndarray, like: np.ndarray, sample_rate: int) -> np.ndarray:
    """A sound at the loudness of another, by the loudest 40 ms of both as the ear weighs them."""
    weigh = k_weighting(sample_rate)
    heard, wanted = (loudest(signal.sosfilt(weigh, sound), sample_rate) for sound in (wave, like))
    return (wave * (wanted / heard)).astype(np.float32)


def _retaken(wave: np.ndarray, number: int) -> np.ndarray:
    """A recording a little higher or lower, and a little brighter or darker: the next take where there is none."""
    chance = np.random.default_rng(number)
    cents, tilt = chance.uniform(-8, 8), chance.uniform(-0.12, 0.12)
    at = np.arange(int(wave.size / 2 ** (cents / 1200))) * 2 ** (cents / 1200)
    moved = np.interp(at, np.arange(wave.size), wave)
    return (moved + tilt * np.diff(moved, prepend=0.0)).astype(np.float32)


@lru_cache(maxsize=8)
def click(rank: int, sample_rate: int = 44100) -> np.ndarray:
    """Synthesise a tick: rank 0 on sam, 1 on another tali, 2 on khali, 3 on any other matra. (n,) float32, mono."""
    t = np.arange(int(0.04 * sample_rate)) / sample_rate
    hertz, level = ((2200, 0.30), (1650, 0.22), (1100, 0.22), (1650, 0.10))[rank]
    wave = level * np.sin(2 * np.pi * hertz * t) * 0.001 ** (t / 0.035) * np.minimum(1, t / 0.0005)
    return (wave * np.minimum(1, (0.04 - t) / 0.005)).astype(np.float32)


def _struck(events: pd.DataFrame) -> list[tuple[int, int, Bol]]:
    """Onset and duration in ticks, and what is played, of each event that sounds. Raises ValueError for no bol."""
    rows = [
        (int(onset), int(duration), bol)
        for onset, duration, symbols in zip(events["onset"], events["duration"], events["symbols"], strict=True)
        for bol in symbols
    ]
    strange = next((bol for _, _, bol in rows if bol not in BOLS), None)
    if strange is not None:
        near = difflib.get_close_matches(strange, BOLS, n=1, cutoff=0.0)
        raise ValueError(f"{strange!r} is no bol and has no sound; the nearest bol is {near[0]!r}")
    hands = played([bol for _, _, bol in rows]) if rows else []
    return [(onset, duration, bol) for (onset, duration, _), bol in zip(rows, hands, strict=True)]


class _Hit(NamedTuple):
    """A sound to be played: the number of its event, its first sample, its wave and the drums that are struck."""

    event: int
    start: int
    wave: np.ndarray
    drums: list[str]


def _levels(onsets: np.ndarray, cycle: int, seed: int) -> np.ndarray:
    """Gain of each stroke: sam and the matras stand out a little, and no two hands fall alike. (n,) float."""
    accent = np.where(onsets % TICKS == 0, 0.0, -1.5) + (1.5 * (onsets % cycle == 0) if cycle else 0.0)
    human = np.clip(np.random.default_rng(seed).normal(0, 0.7, onsets.size), -1.5, 1.5)
    return 10 ** ((accent + human) / 20)


def _hits(
    struck: Sequence[tuple[int, int, Bol]], rate: float, sample_rate: int, sounds: Sounds, seed: int
) -> list[_Hit]:
    """Each sound in the order of the events; none takes the same variant twice in a row."""
    late = np.clip(np.random.default_rng((seed, 1)).normal(0, LATE / 3, len(struck)), -LATE, LATE)
    chance = np.random.default_rng((seed, 2))
    taken: dict[str, int] = {}
    hits = []
    for event, ((onset, _, bol), by) in enumerate(zip(struck, late, strict=True)):
        whole = ((bol.name, 0.0),) if bol.name in sounds else parts(bol)
        for key, delay in whole:
            n = len(sounds[key])
            taken[key] = (taken.get(key, 0) + int(chance.integers(1, max(n, 2)))) % n
            drums = {STROKES[stroke].drum for stroke, _ in parts(bol)} if key == bol.name else {STROKES[key].drum}
            start = max(0, round(onset * rate + (delay + by) * sample_rate))
            hits.append(_Hit(event, start, sounds[key][taken[key]], sorted(drums)))
    return hits


def _play(
    out: np.ndarray, events: pd.DataFrame, rate: float, sample_rate: int, cycle: int, seed: int, sounds: Sounds
) -> None:
    """Add the strokes of `events` to `out`, (2, n) float32; `rate` is samples a tick."""
    struck = _struck(events)
    levels = _levels(np.array([onset for onset, _, _ in struck], dtype=np.int64), cycle, seed)
    fade = int(FADE * sample_rate)
    down = (0.5 + 0.5 * np.cos(np.pi * np.arange(fade) / fade)).astype(np.float32)
    again = dict.fromkeys(PAN, int(out.shape[1]))  # the sample at which each drum is struck next
    for hit in reversed(_hits(struck, rate, sample_rate, sounds, seed)):
        wave, pan = hit.wave, np.mean([PAN[drum] for drum in hit.drums])
        sides = np.sqrt(np.array([[1 - pan], [pan]])).astype(np.float32)
        until = max(again[drum] for drum in hit.drums) - hit.start
        if until + fade < wave.size:  # all its drums are struck again while it rings
            wave = wave[: max(until, 0) + fade].copy()
            wave[-fade:] *= down
        out[:, hit.start : hit.start + wave.size] += sides * (np.float32(levels[hit.event]) * wave)
        again |= dict.fromkeys(hit.drums, hit.start)


def _theka(taal: Taal, ticks: int) -> pd.DataFrame:
    """The theka over and over for so many ticks, its last stroke begun before their end."""
    once = notation.bols(taal.theka, taal.name, taal.name)
    times = ceil(ticks / taal.ticks)
    events = in_a_row(once["duration"].tolist() * times, once["symbols"].tolist() * times)
    return events[events["onset"] < ticks]


def _clicks(out: np.ndarray, taal: Taal | None, n_matras: int, rate: float, sample_rate: int) -> None:
    """Add a tick on each matra to `out`, (2, n) float32."""
    ranks = [3] * (taal.matras if taal else 1)
    if taal:
        for start, sign in zip(taal.starts, taal.signs, strict=True):
            ranks[start - 1] = 2 if sign == "0" else 1
        ranks[0] = 0
    for matra in range(n_matras):
        wave, start = click(ranks[matra % len(ranks)], sample_rate), round(matra * TICKS * rate)
        out[:, start : start + wave.size] += wave


@lru_cache(maxsize=4)
def _room(sample_rate: int) -> np.ndarray:
    """Impulse response of a small room without its direct sound. (2, n) float32."""
    t = np.arange(int(0.3 * sample_rate)) / sample_rate
    noise = np.random.default_rng(1).standard_normal((2, t.size)) * 0.001 ** (t / 0.28) * (t > 0.009)
    noise = signal.sosfilt(
        signal.butter(1, [250, min(4500, 0.45 * sample_rate)], "bandpass", fs=sample_rate, output="sos"), noise
    )
    return (0.16 * noise / np.sqrt(np.sum(noise**2, axis=1, keepdims=True))).astype(np.float32)


def render(
    events: pd.DataFrame,
    tempo: float,
    taal: Taal | None = None,
    underlay: str | None = None,
    sample_rate: int = SAMPLE_RATE,
    seed: int = 0,
    sounds: Sounds | None = None,
) -> np.ndarray:
    """Play bols on a tabla.

    Parameters
    ----------
    events : as in `riyaz.music.events`, one bol an event.
    tempo : matras a minute.
    taal : `riyaz.tabla.taals.Taal`; its sam is played a little louder. `underlay` needs it for all but plain clicks.
    underlay : ``theka``: a second, lower tabla repeats the theka softly; ``click``: a tick on each matra.
    seed : of the small differences in time, level and sound between strokes.
    sounds : as from `samples` at the same sample rate; None: those of `PITCH`.

    Returns
    -------
    (n, 2) float32: left and right, no sample above -1 dBFS, the last strokes ring out. No events make no samples.

    Raises
    ------
    ValueError : for an unknown bol or underlay, a tempo that is not positive, a theka without a taal.
    """
    if not tempo > 0:
        raise ValueError(f"tempo is {tempo}; it is a positive number of matras a minute")
    if underlay not in (None, "theka", "click"):
        raise ValueError(f"underlay is {underlay!r}; it is 'theka', 'click' or None")
    if underlay == "theka" and taal is None:
        raise ValueError("underlay 'theka' needs a taal; give one, or take 'click'")
    ticks = int(events["duration"].sum())
    rate = sample_rate * 60 / (tempo * TICKS)
    sounds = sounds or samples(sample_rate=sample_rate)
    longest = max(wave.size for waves in sounds.values() for wave in waves)
    out = np.zeros(
        (2, ceil(ticks * rate) + longest + ceil((FLAM + LATE) * sample_rate) if ticks else 0), dtype=np.float32
    )
    if not ticks:
        return out.T
    cycle = taal.matras * TICKS if taal else 0
    _play(out, events, rate, sample_rate, cycle, seed, sounds)
    if underlay == "theka" and taal:
        below = np.zeros_like(out)
        lower = {
            stroke: [waveform(stroke, sample_rate, variant=n, higher=LOWER) for n in range(VARIANTS)]
            for stroke in STROKES
        }
        _play(below, _theka(taal, ticks), rate, sample_rate, cycle, seed + 1, lower)
        out += np.float32(0.3) * below
    out += signal.oaconvolve(out, _room(sample_rate), axes=1)[:, : out.shape[1]]
    if underlay == "click":
        _clicks(out, taal, ceil(ticks / TICKS), rate, sample_rate)
    sounding = np.flatnonzero(np.max(np.abs(out), axis=0) > 1e-4)
    out = out[:, : max(ceil(ticks * rate), sounding[-1] + 1 if sounding.size else 0)]
    return np.ascontiguousarray(out.T) * min(np.float32(1), np.float32(CEILING) / max(np.max(np.abs(out)), 1e-9))


def to_midi_notes(events: pd.DataFrame, taal: Taal | None = None) -> pd.DataFrame:
    """Write bols as notes of the percussion channel: one note a stroke, `MIDI_NOTES` names them.

    Returns
    -------
    DataFrame with onset and duration (ticks), pitch and velocity (int64), in time order: dayan and bayan are separate
    notes, so that a sampler can be told apart which drum is struck; the second hand of a flam comes 1/24 beat later.
    """
    struck = _struck(events)
    levels = _levels(np.array([onset for onset, _, _ in struck], dtype=np.int64), taal.matras * TICKS if taal else 0, 0)
    rows = []
    for (onset, duration, bol), level in zip(struck, levels, strict=True):
        for stroke, delay in parts(bol):
            late = min(TICKS // 24, duration // 2) if delay else 0
            rows.append((onset + late, duration - late, STROKES[stroke].note, min(127, round(96 * level))))
    notes = pd.DataFrame(rows, columns=["onset", "duration", "pitch", "velocity"]).astype("int64")
    return notes.sort_values(["onset", "pitch"], kind="stable", ignore_index=True)
