"""Reading MIDI: riyaz (symusic) against music21, on the same files.

`parse` is the file in the library's own objects. `events` is what a model needs: all notes of all parts cut where
anything starts or ends. That is `riyaz.midi.read` here, and parsing and `chordify` there.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))


def compare(files: Sequence[Path], repeats: int = 5) -> dict[str, dict[str, float]]:
    """Measure both ways in turns.

    Returns
    -------
    For `parse` and `events`: milliseconds of processor time a file with riyaz and with music21 (medians), and
    how many times as long music21 takes: `ratio` (median), `lowest`, `highest` of the repeats.
    """
    import music21
    from symusic import Score

    from riyaz import midi

    def parsed(path: Path):
        return music21.converter.parse(path, forceSource=True, storePickle=False, quantizePost=False)

    ways: dict[str, tuple[Callable, Callable]] = {
        "parse": (Score, parsed),
        "events": (midi.read, lambda path: parsed(path).chordify()),
    }
    results = {}
    for name, (ours, theirs) in ways.items():
        ours(files[0]), theirs(files[0])  # imports and caches are not what is measured
        # ours is too short for one round to be measured well
        rounds = [(_seconds(ours, files, 20), _seconds(theirs, files, 1)) for _ in range(repeats)]
        ratios = [there / here for here, there in rounds]
        results[name] = {
            "riyaz_ms": 1e3 * statistics.median(here for here, _ in rounds),
            "music21_ms": 1e3 * statistics.median(there for _, there in rounds),
            "ratio": statistics.median(ratios),
            "lowest": min(ratios),
            "highest": max(ratios),
        }
    return results


def _seconds(read: Callable, files: Sequence[Path], times: int) -> float:
    """Processor time a file."""
    started = time.process_time()
    for _ in range(times):
        for path in files:
            read(path)
    return (time.process_time() - started) / (times * len(files))


if __name__ == "__main__":
    for name, row in compare(sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))[:20]).items():
        print(name, {key: round(value, 3) for key, value in row.items()})
