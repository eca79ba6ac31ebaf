"""How pitches are written: F♯ or G♭, by the key and by what sounds around them.

Pitches are numbered by fifths: F is -1, C 0, G 1, F♯ 6, B♭ -2. Each note is written as the name that is nearest to the
centre of the names around it, the nearer in time the heavier, together with the centre of the key.

References
----------
Temperley 2001, The Cognition of Basic Musical Structures, chapter 5: pitches are spelled close together on the line of
fifths.
"""

import numpy as np

CENTRE = 2.4  # of a key without sharps: its notes lie from F (-1) to B (5), and raised ones are commoner than lowered
KEY = 2.0  # weight of the key, in notes
HALF = 1.0  # beats after which a note weighs half
REACH = 64  # notes on each side that are looked at
PASSES = 2  # the second reads the names that the first gave
LOWEST, HIGHEST = -15, 19  # F𝄫 and B𝄪
_STEPS = "FCGDAEB"
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def fifths(onset: np.ndarray, pitch: np.ndarray, sharps: int) -> np.ndarray:
    """The name of each note, by fifths.

    Parameters
    ----------
    onset : (n,) float, beats, in ascending order. pitch : (n,) int, MIDI numbers.
    sharps : of the key signature, negative for flats.

    Returns
    -------
    (n,) int64; none for no notes.
    """
    onset, key = np.asarray(onset, float), sharps + CENTRE
    names = _nearest(pitch, np.full(len(onset), key))
    steps = [step for step in range(-REACH, REACH + 1) if step and abs(step) < len(onset)]
    for _ in range(PASSES):
        weight, total = np.full(len(onset), KEY), np.full(len(onset), KEY * key)
        for step in steps:
            here, there = (
                (slice(step, None), slice(None, -step)) if step > 0 else (slice(None, step), slice(-step, None))
            )
            near = 0.5 ** (np.abs(onset[there] - onset[here]) / HALF)
            weight[here] += near
            total[here] += near * names[there]
        names = _nearest(pitch, total / weight)
    return names


def _nearest(pitch: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Of the names of each pitch, which are twelve fifths apart, the nearest to the centre; from F𝄫 to B𝄪."""
    low = 7 * np.asarray(pitch, np.int64) % 12
    names = low + 12 * np.floor((centre - low) / 12 + 0.5).astype(np.int64)
    return names + 12 * (names < LOWEST) - 12 * (names > HIGHEST)


def written(fifth: int, number: int) -> tuple[str, int, int]:
    """Step, alteration (1 for a sharp, -1 for a flat) and octave of a MIDI number that has this name."""
    step, alter = _STEPS[(fifth + 1) % 7], (fifth + 1) // 7
    return step, alter, (number - _NATURAL[step] - alter) // 12 - 1
