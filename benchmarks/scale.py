"""Many files: time and memory of explore, tokenize and sequence at 100, 1,000 and 10,000 MIDI files.

The files are made from the chorales by transposition and cutting. The stages run in a fresh clone of what is committed
here, nothing of which was read before, through `python -m riyaz` as the pipeline runs them. Memory is that of all
processes of a stage together, sampled.
"""

import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice, product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
STAGES = ("explore", "tokenize", "sequence")
SIZES = (100, 1_000, 10_000)
GOAL = 4  # GB


def make(folder: Path, n_files: int) -> None:
    """Write so many MIDI files: chorales in keys up to five semitones away, whole, and from some bar on."""
    from riyaz.music import events, midi

    folder.mkdir(parents=True)
    sources = [midi.read(file)[0] for file in sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))]
    if not sources:
        sys.exit("scale: data/raw/chorales is not there: run `python -m riyaz collect` first")
    kinds = product(range(8), range(-5, 6), range(len(sources)))  # (bars left out, semitones, piece)
    for number, (bars, semitones, at) in enumerate(islice(kinds, n_files)):
        notes = events.to_notes(sources[at].events)
        notes["pitch"] = notes["symbol"].map(events.NUMBERS) + semitones
        notes["onset"] -= bars * 4 * events.TICKS
        notes = notes[(notes["onset"] >= 0) | (notes["onset"] == notes["onset"].max())]
        midi.write_notes(folder / f"{number:05}.mid", notes.assign(velocity=80, onset=notes["onset"].clip(lower=0)))


def watched(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds that a command takes, and the most memory of it and its children together, in GB."""
    import psutil

    most, done = 0, threading.Event()

    def watch(pid: int) -> None:
        nonlocal most
        while not done.wait(0.2):
            total = 0
            try:
                family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in family:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            most = max(most, total)

    started = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        watcher = threading.Thread(target=watch, args=(run.pid,))
        watcher.start()
        _, said = run.communicate()
        done.set()
        watcher.join()
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return time.monotonic() - started, most / 2**30


def measure(n_files: int) -> dict[str, Any]:
    """Seconds and GB of each stage."""
    from ruamel.yaml import YAML

    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "riyaz"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        make(clone / "data" / "raw" / "many", n_files)
        yaml = YAML()
        settings = yaml.load(clone / "params.yaml")
        settings["corpora"] = {"many": {"path": "data/raw/many", "reader": "midi"}}
        yaml.dump(settings, clone / "params.yaml")
        found: dict[str, Any] = {}
        for stage in STAGES:
            seconds, memory = watched([sys.executable, "-m", "riyaz", stage, "many"], clone)
            found[stage] = {"seconds": round(seconds, 1), "gb": round(memory, 2)}
            print(f"{n_files:6,} files  {stage:8} {seconds:7.1f} s {memory:5.2f} GB", flush=True)
    return found


def main(arguments: list[str]) -> dict[str, Any]:
    found = {f"{n_files:,} files": measure(n_files) for n_files in SIZES}
    most = max(row["gb"] for stages in found.values() for row in stages.values())
    print(f"most memory {most} GB; {'keeps' if most <= GOAL else 'MISSES'} the goal of {GOAL} GB")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
