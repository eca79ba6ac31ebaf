"""Dynamics: the marks and hairpins of a score as velocities, and velocities as marks.

A mark holds in its part until the next one; a hairpin goes from what held before it to the mark after it, or one degree
softer or louder where none follows. The velocities of the marks are those that MuseScore gives them
(https://handbook.musescore.org, Dynamics), with mezzo-forte as what holds before the first.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from riyaz.music.events import EVEN, TICKS

MARKS = {"pppp": 10, "ppp": 16, "pp": 33, "p": 49, "mp": 64, "mf": EVEN, "f": 96, "ff": 112, "fff": 120, "ffff": 126}
LOUDER, SOFTER, STOPS = "<", ">", "|"  # a hairpin's beginning and end
HAIRPINS = {  # as MusicXML, ABC and Humdrum write them
    **dict.fromkeys(("crescendo", "crescendo(", "<(", "<"), LOUDER),
    **dict.fromkeys(("diminuendo", "diminuendo(", ">(", ">"), SOFTER),
    **dict.fromkeys(("stop", "crescendo)", "<)", "diminuendo)", ">)", "[", "]"), STOPS),
}
DEGREE = 16
NEAR = 4 * TICKS  # a mark so soon after a hairpin is where it leads
ALL = -1  # all parts

Time = int | Fraction
Said = tuple[Time, int, str]  # when, in which part, and a mark or a hairpin's beginning or end


def velocities(said: Iterable[Said], onset: Sequence[Time], part: Sequence[int]) -> np.ndarray:
    """How hard each note is struck: (n,) int64, 1 to 127; `EVEN` before the first mark of its part.

    Parameters
    ----------
    onset, part : of each note, (n,).
    """
    marks, result = sorted(said, key=lambda one: one[0]), np.full(len(onset), EVEN, np.int64)
    times, parts = np.array([float(time) for time in onset]), np.asarray(part)
    for number in np.unique(parts):
        own = [(float(time), mark) for time, of, mark in marks if of in (number, ALL)]
        here = parts == number
        if own:
            result[here] = np.clip(np.rint(np.interp(times[here], *_curve(own))), 1, 127)
    return result


def _curve(marks: Sequence[tuple[float, str]]) -> tuple[list[float], list[float]]:
    """Times and levels of the corners of a line: a step at each mark, a slope under each hairpin."""
    times, levels = [-1.0], [float(EVEN)]

    def corner(time: float, level: float) -> None:
        times.append(max(time, times[-1]))
        levels.append(level)

    for at, (time, mark) in enumerate(marks):
        if mark in MARKS:
            corner(time - 0.5, levels[-1])  # less than a tick
            corner(time, MARKS[mark])
        elif mark in (LOUDER, SOFTER):
            later, sign = marks[at + 1 :], 1 if mark == LOUDER else -1
            end = later[0][0] if later else time + NEAR
            goal, when = next(((MARKS[word], when) for when, word in later if word in MARKS), (levels[-1], time))
            if when > end + NEAR or sign * (goal - levels[-1]) <= 0:  # the mark after it is far, or the other way
                goal = levels[-1] + sign * DEGREE
            corner(time, levels[-1])
            corner(end, min(max(goal, 1), 127))
    return times, levels


def marks(onset: np.ndarray, velocity: np.ndarray, bars: Sequence[tuple[int, int]]) -> list[tuple[int, str]]:
    """What to write into a score: a mark at the first note of each bar that has another one than the bar before.

    Where three bars or more grow louder, or softer, a hairpin stands between the first and the last mark.

    Parameters
    ----------
    onset, velocity : of each note, (n,). bars : start and stop of each; the mean over its notes decides.

    Returns
    -------
    In the order of time: when, and a mark or a hairpin's beginning or end. No notes: an empty list.
    """
    heard = []
    for start, stop in bars:
        inside = (onset >= start) & (onset < stop)
        if inside.any():
            mean = velocity[inside].mean()
            heard.append((int(onset[inside].min()), min(MARKS, key=lambda mark: abs(MARKS[mark] - mean))))
    degrees = list(MARKS)
    steps = [0, *np.sign(np.diff([degrees.index(mark) for _, mark in heard])).tolist(), 0]  # into and out of each bar
    written = []
    for at, (time, mark) in enumerate(heard):
        into, out = steps[at], steps[at + 1]
        if into and into == out:  # within a hairpin
            continue
        if into and steps[at - 1] == into:
            written.append((time, STOPS))
        if into or not at:
            written.append((time, mark))
        if out and steps[at + 2] == out:
            written.append((time, LOUDER if out > 0 else SOFTER))
    return written


def named(word: str) -> str:
    """A word of a score as `Said` has it; "" for what is no dynamics."""
    return word if word in MARKS else HAIRPINS.get(word, "")
