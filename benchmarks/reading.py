"""Reading MIDI: riyaz (symusic) against music21, on the same files.

`parse` is the file in the library's own objects. `events` is what a model needs: all notes of all parts cut where
anything starts or ends. That is `riyaz.music.midi.read` here, and parsing and `chordify` there.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
GOAL = 100


def compare(files: Sequence[Path], repeats: int = 5) -> dict[str, Any]:
    """Measure both ways in turns.

    Returns
    -------
    For `parse` and `events`: milliseconds of processor time a file with riyaz and with music21 (medians), and
    how many times as long music21 takes: `ratio` (median), `lowest`, `highest` of the repeats.
    """
    import music21
    from results import spread
    from symusic import Score

    from riyaz.music import midi

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
        results[name] = {
            "riyaz_ms": float(f"{1e3 * statistics.median(here for here, _ in rounds):.3g}"),
            "music21_ms": float(f"{1e3 * statistics.median(there for _, there in rounds):.3g}"),
            **spread([there / here for here, there in rounds]),
            "goal": GOAL,
        }
    return results


def _seconds(read: Callable, files: Sequence[Path], times: int) -> float:
    """Processor time a file."""
    started = time.process_time()
    for _ in range(times):
        for path in files:
            read(path)
    return (time.process_time() - started) / (times * len(files))


def main(arguments: list[str]) -> dict[str, Any]:
    from results import told

    files = sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))[:20]
    if not files:
        sys.exit("reading: data/raw/chorales is not there: run `python -m riyaz collect` first")
    found = compare(files)
    for name, row in found.items():
        print(f"{name:6} {row['riyaz_ms']} ms per file, music21 {row['music21_ms']}: {told(row)} as long, goal {GOAL}")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
