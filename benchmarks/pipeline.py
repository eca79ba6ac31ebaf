"""Time what a user waits for: a run of everything, a run with nothing to do, and the tests.

`python benchmarks/pipeline.py` times `dvc repro` with nothing to do; `--all` also a run of everything in a fresh
clone (with its peak memory) and the tests, which takes some minutes.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def timed(command: list[str], folder: Path) -> float:
    """Seconds that a command takes; stops with what it said if it fails."""
    start = time.monotonic()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return time.monotonic() - start


def main(arguments: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also a run of everything and the tests")
    everything = parser.parse_args(arguments).all
    dvc = [sys.executable, "-m", "dvc", "repro", "--quiet"]
    found: dict[str, float] = {}
    if everything:
        with tempfile.TemporaryDirectory() as scratch:
            clone = Path(scratch) / "riyaz"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            found["everything, minutes"] = timed(dvc, clone) / 60
            found["nothing to do, seconds"] = timed(dvc, clone)
        found["most memory of one process, GB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        found["tests, minutes"] = timed([sys.executable, "-m", "pytest", "-q"], ROOT) / 60
    else:
        found["nothing to do, seconds"] = timed(dvc, ROOT)
    found = {name: round(value, 1) for name, value in found.items()}
    for name, value in found.items():
        print(f"{name}: {value}")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
