"""The piano that is modelled beside one that is sampled, by what is measured on real ones.

    python -m riyaz with python benchmarks/pianos.py

Of each note: how fast it falls at first (0.05 to 0.6 s after its loudest moment) and later (2 to 4 s), in dB a second;
how long it takes to fall by 20 dB; and how many partials are within 60 dB of the strongest in the first half second.
The sampled piano is program 0 of the sound font that `riyaz.play.sampled` reads.

Measured on real pianos: E♭4 falls by about 8 dB a second at first, later by less than a quarter of that (G. Weinreich,
The coupled motion of piano strings, in Five Lectures on the Acoustics of the Piano, KTH Stockholm 1990); over 40
overtones can be seen of A0, the fundamental and one overtone of A6, the fundamental alone of A7 (recordings of single
strings of a Steinway B, University of Alabama in Huntsville, daffy.uah.edu/piano).
"""

import numpy as np

from riyaz.music.events import PITCHES
from riyaz.play import piano, sampled

RATE = 44100
NOTES = (21, 33, 45, 57, 63, 69, 81, 93, 105)
SECONDS = 6.0
REAL = {21: "over 40 overtones", 63: "8 dB/s, later under 2", 93: "2 partials", 105: "1 partial"}


def levels(wave: np.ndarray) -> tuple[np.ndarray, float]:
    """Level in dB of each 50 ms from the loudest on, and seconds from one to the next."""
    n = int(0.05 * RATE)
    level = 10 * np.log10(np.convolve(wave.astype(float) ** 2, np.ones(n) / n, "valid")[:: n // 4] + 1e-15)
    return level[level.argmax() :], n // 4 / RATE


def falls(level: np.ndarray, step: float, start: float, stop: float) -> float:
    """dB a second between two times; NaN where the note is shorter or 60 dB down."""
    part = level[int(start / step) : int(stop / step)]
    if len(part) < int((stop - start) / step) - 1 or part[-1] < level[0] - 60:
        return float("nan")
    return float(-np.polyfit(np.arange(len(part)) * step, part, 1)[0])


def partials(wave: np.ndarray, pitch: int) -> int:
    """Partials within 60 dB of the strongest, in the first half second after the hammer's knock."""
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    part = wave[int(0.1 * RATE) : int(0.6 * RATE)]
    size = 1 << 18
    power = np.abs(np.fft.rfft(part * np.blackman(len(part)), size))
    at = np.fft.rfftfreq(size, 1 / RATE)
    heights = []
    for k in range(1, int(12000 / hertz) + 1):
        sharp = hertz * k * np.sqrt(1 + 3.5e-4 * 2 ** ((pitch - 60) / 10) * k**2)
        near = (at > min(hertz * k, sharp) - 0.4 * hertz) & (at < max(hertz * k, sharp) + 0.4 * hertz)
        heights.append(power[near].max())
    return int((np.array(heights) > max(heights) / 1000).sum())


def main() -> None:
    print("note    piano     first dB/s  later dB/s  20 dB after  partials   real pianos")
    for pitch in NOTES:
        waves = {"modelled": piano.string(pitch, RATE), "sampled": sampled.note(pitch, 0, SECONDS, RATE)}
        for name, wave in waves.items():
            level, step = levels(wave)
            first, later = falls(level, step, 0.05, 0.6), falls(level, step, 2, 4)
            down = int((level < level[0] - 20).argmax()) * step
            real = REAL.get(pitch, "") if name == "modelled" else ""
            counts = f"{first:10.1f}  {later:10.1f}  {down:9.2f} s  {partials(wave, pitch):8}"
            print(f"{PITCHES[pitch]:5}  {name:9} {counts}   {real}")


if __name__ == "__main__":
    main()
