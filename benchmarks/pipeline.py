"""Time what a user waits for: a run of everything, a run with nothing to do, and the tests.

`python benchmarks/pipeline.py` times `dvc repro` with nothing to do; `--all` also a run of everything in a fresh
clone (with its peak memory) and the tests, which takes some minutes. Nothing is written.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def timed(command: list[str], folder: Path) -> float:
    """Seconds that a command takes; stops with what it said if it fails."""
    start = time.monotonic()
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="also a run of everything and the tests")
    everything = parser.parse_args().all
    dvc = [sys.executable, "-m", "dvc", "repro", "--quiet"]
    if everything:
        with tempfile.TemporaryDirectory() as scratch:
            clone = Path(scratch) / "riyaz"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            print(f"dvc repro, everything: {timed(dvc, clone) / 60:.1f} min")
            print(f"dvc repro, nothing to do: {timed(dvc, clone):.1f} s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        print(f"most memory of one process: {peak:.1f} GB")
        print(f"tests: {timed([sys.executable, '-m', 'pytest', '-q'], ROOT) / 60:.1f} min")
    else:
        print(f"dvc repro, nothing to do: {timed(dvc, ROOT):.1f} s")


if __name__ == "__main__":
    main()
