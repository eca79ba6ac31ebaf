"""Loudness as the ear weighs it.

References
----------
Recommendation ITU-R BS.1770-5, Annex 1; the filters for any sample rate are designed as analogue ones and warped,
which gives the Recommendation's own coefficients at 48 kHz.
"""

from math import ceil

import numpy as np
from scipy import signal


def loudness(samples: np.ndarray, rate: int) -> float:
    """Measure the integrated loudness of BS.1770: K-weighted, gated at -70 LUFS and 10 LU below the mean.

    Parameters
    ----------
    samples : (n, n_channels) float, front channels.

    Returns
    -------
    LUFS; -inf for silence and for less than one sample. What is shorter than a block of 0.4 s is one block.
    """
    if not len(samples):
        return -np.inf
    weighted = signal.sosfilt(k_weighting(rate), samples, axis=0)
    energy = np.concatenate([[0.0], np.cumsum(np.sum(weighted**2, axis=1))])
    size = min(round(0.4 * rate), len(samples))
    starts = np.arange(0, len(samples) - size + 1, ceil(size / 4))
    blocks = (energy[starts + size] - energy[starts]) / size
    blocks = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not blocks.size:
        return -np.inf
    blocks = blocks[blocks > 0.1 * blocks.mean()]
    return float(-0.691 + 10 * np.log10(blocks.mean()))


def k_weighting(rate: int) -> np.ndarray:
    """Second-order sections of the head's shelf and the low cut. (2, 6) float64."""
    gain, shelf = 10 ** (3.999843853973347 / 20), np.tan(np.pi * 1681.974450955533 / rate)
    q, middle = 0.7071752369554196, gain**0.4996667741545416
    unit = 1 + shelf / q + shelf**2
    head = [gain + middle * shelf / q + shelf**2, 2 * (shelf**2 - gain), gain - middle * shelf / q + shelf**2]
    cut, r = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    base = 1 + cut / r + cut**2
    return np.array(
        [
            [*np.array(head) / unit, 1, 2 * (shelf**2 - 1) / unit, (1 - shelf / q + shelf**2) / unit],
            [1, -2, 1, 1, 2 * (cut**2 - 1) / base, (1 - cut / r + cut**2) / base],
        ]
    )
