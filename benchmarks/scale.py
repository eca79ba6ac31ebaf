"""Many files: time and memory of explore, tokenize and sequence at 1,000 and 10,000 MIDI files, and how they grow.

`python benchmarks/scale.py 100 1000` measures other numbers of files, and `make bench ARGS=--all` also 100,000.

The files are made from the chorales by transposition and cutting. The stages run in a fresh clone of what is committed
here, nothing of which was read before, through `python -m riyaz` as the pipeline runs them. Memory is that of all
processes of a stage together, sampled.
"""

import math
import resource
import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
STAGES = ("explore", "tokenize", "sequence")
SIZES, WHOLE = (1_000, 10_000), 100_000
GOAL = {"seconds": 100, "gb": 1.5}  # at 10,000 files, the stages together; on two cores that do nothing else


def make(folder: Path, n_files: int) -> None:
    """Write so many MIDI files: chorales in keys up to five semitones away, whole, and from some bar on."""
    from riyaz.music import events, midi

    folder.mkdir(parents=True)
    sources = [midi.read(file)[0] for file in sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))]
    if not sources:
        sys.exit("scale: data/raw/chorales is not there: run `python -m riyaz collect` first")
    bars = -(-n_files // (11 * len(sources)))
    kinds = product(range(max(8, bars)), range(-5, 6), range(len(sources)))  # (bars left out, semitones, piece)
    for number, (bars, semitones, at) in enumerate(islice(kinds, n_files)):
        notes = events.to_notes(sources[at].events)
        notes["pitch"] = notes["symbol"].map(events.NUMBERS) + semitones
        notes["onset"] -= bars * 4 * events.TICKS
        notes = notes[(notes["onset"] >= 0) | (notes["onset"] == notes["onset"].max())]
        midi.write_notes(folder / f"{number:05}.mid", notes.assign(velocity=80, onset=notes["onset"].clip(lower=0)))


def watched(command: list[str], folder: Path) -> dict[str, float]:
    """What a command takes: seconds, those of the processor, and the most memory of it and its children, in GB."""
    import psutil

    def used() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    before = used()
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
    seconds = {"seconds": time.monotonic() - started, "processor": used() - before}
    return {name: round(value, 1) for name, value in seconds.items()} | {"gb": round(most / 2**30, 2)}


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
            found[stage] = watched([sys.executable, "-m", "riyaz", stage, "many"], clone)
            print(f"{n_files:7,} files  {stage:8}", *(f"{value:7g} {name}" for name, value in found[stage].items()))
            sys.stdout.flush()
        page = (clone / "reports" / "many" / "explore.ipynb").stat().st_size
    found["together"] = {name: sum(found[stage][name] for stage in STAGES) for name in ("seconds", "processor")}
    found["together"] |= {"gb": max(found[stage]["gb"] for stage in STAGES), "explore_mb": round(page / 2**20, 2)}
    return found


def growth(small: dict[str, float], large: dict[str, float], times: float) -> dict[str, float]:
    """The exponents with which the figures grow, from so many times as many files: 1 is in proportion, 0 not at all."""
    return {name: round(math.log(large[name] / small[name]) / math.log(times), 2) for name in small}


def main(arguments: list[str]) -> dict[str, Any]:
    given = [int(argument.replace(",", "")) for argument in arguments if argument != "--all"]
    sizes = sorted(given) or [*SIZES, *[WHOLE] * ("--all" in arguments)]
    found = {n_files: measure(n_files) for n_files in sizes}
    result = {f"{n_files:,} files": row for n_files, row in found.items()}
    for small, large in pairwise(sizes):
        grown = growth(found[small]["together"], found[large]["together"], large / small)
        print(f"from {small:,} to {large:,} files the exponents are", ", ".join(f"{k} {v:g}" for k, v in grown.items()))
        result[f"exponents from {small:,} to {large:,} files"] = grown
    if 10_000 in found:
        whole = found[10_000]["together"]
        kept = all(whole[name] <= most for name, most in GOAL.items())
        goal = f"{GOAL['seconds']} s and {GOAL['gb']} GB for 10,000 files"
        print(f"{whole['seconds']:g} s and {whole['gb']} GB: {'keeps' if kept else 'MISSES'} the goal of {goal}")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
