"""Run the pipeline where it is interrupted or has a bad place: ``python -m riyaz torture [--kills N] [--seed K]``.

A small corpus goes through the pipeline in a checkout of its own, once undisturbed, which gives the dvc.lock that
counts. Then it is killed with signal 9 at random moments, and run where the disk is full, where there is no home, where
names are strange. Whatever happens, the run ends well or says why without a traceback, the next run ends in the same
dvc.lock, and no scratch folder and no process is left.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from riyaz.tools import environment

TARGET = "generate@small"  # reads, tokenizes, trains and draws
EARLY = "explore@small"
LONGEST = 1200  # seconds of one run
PART = 10 * 1024  # bytes: no file grows larger on the full disk
_THEME = "title: {0}\ntaal: teental\nform: kaida\n\n[theme]\n{1}\n"
_BARS = ("DhaDha TeTe DhaDha TuNa", "DhaTe TeDha TeTe Dha", "DhaGe TeTe GeNa Tin", "DhaTi DhaGe NaDha TiNa")


def checkout(source: Path, root: Path) -> None:
    """Make a checkout with one corpus of twelve short pieces and a small network."""
    for name in ("src", "notebooks"):
        shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("dvc.yaml", ".dvcignore"):
        shutil.copy(source / name, root)
    (root / ".dvc").mkdir()
    settings = ("[core]", "no_scm = true", "analytics = false", "check_update = false")
    (root / ".dvc" / "config").write_text("\n".join(settings) + "\n")
    music = root / "data" / "raw" / "small"
    music.mkdir(parents=True)
    (root / "data" / "themes").mkdir()
    (root / "data" / "themes" / "theme.txt").write_text(_THEME.format("theme", " | ".join(_BARS) + " |"))
    for number in range(12):
        bars = [_BARS[(number + k * (1 + number // 4)) % 4] for k in range(4)]
        (music / f"{number:02d}.txt").write_text(_THEME.format(number, " | ".join(bars) + " |"))
    yaml = YAML()
    given = yaml.load((source / "params.yaml").read_text(encoding="utf-8"))
    given["corpora"] = {"small": {"path": "data/raw/small", "reader": "tabla"}}
    given["model"].update(layers=1, units=16, embedding=8)
    given["train"].update(epochs=2)
    given["sequence"].update(length=16)
    given["generate"].update(pieces=1, tokens=40, form="free")
    with (root / "params.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(given, file)


class Place:
    """A checkout, its temporary folder, and how `dvc repro` is run there."""

    def __init__(self, root: Path, scratch: Path):
        self.root, self.scratch = root, scratch
        scratch.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        strange = {"PYTHONPATH": str(root / "src"), "TMPDIR": str(scratch), "PATH": path}
        self.variables = {**os.environ, **strange}

    def start(self, target: str, variables: dict[str, str] | None = None, limit: int = 0) -> subprocess.Popen:
        """Start `dvc repro` in a process group of its own; `limit` is the most bytes that a file may have."""

        def limited() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.Popen(
            [sys.executable, "-m", "dvc", "repro", target],
            cwd=self.root,
            env=self.variables if variables is None else variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=limited,
        )

    def run(self, target: str, variables: dict[str, str] | None = None, limit: int = 0) -> tuple[int, str]:
        """Exit code and what was said."""
        running = self.start(target, variables, limit)
        said, _ = running.communicate(timeout=LONGEST)
        return running.returncode, said.decode(errors="replace")

    def clear(self) -> None:
        """Forget all that was computed."""
        for name in ("data/code", "data/events", "data/tokens", "data/sequences", "models", "reports", ".cache"):
            path = self.root / name
            path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.root / ".dvc" / "cache", ignore_errors=True)
        (self.root / "dvc.lock").unlink(missing_ok=True)

    def lock(self) -> bytes:
        path = self.root / "dvc.lock"
        return path.read_bytes() if path.is_file() else b""

    def left(self) -> list[str]:
        """Scratch folders, half-written files and processes that are there and should not be."""
        result = [f"folder {path.name}" for path in self.scratch.glob("riyaz-*")]
        result += [f"file {path.relative_to(self.root)}" for path in self.root.rglob(".*.part")]
        return result + [f"process {name}" for name in self._processes()]

    def _processes(self) -> list[str]:
        until, left = time.monotonic() + 20, ["?"]
        while left and time.monotonic() < until:  # a kernel sees within a second or two that it is alone
            left = []
            for place in Path("/proc").glob("[0-9]*"):
                try:
                    inside = Path(os.readlink(place / "cwd")).is_relative_to(self.root)
                    dead = (place / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
                    if inside and not dead and int(place.name) != os.getpid():
                        left.append((place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:80])
                except OSError:
                    continue
            time.sleep(0.5)
        return left


def _killed(place: Place, target: str, kills: int, seed: int, whole: float) -> str:
    """Kill run after run at random moments; when one comes to its end before, it starts again."""
    chance, struck = random.Random(seed), 0
    while struck < kills:
        running = place.start(target)
        try:
            running.wait(timeout=chance.uniform(0.3, whole / 2))  # it goes on after the last finished stage
            place.clear()
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            struck += 1
        assert running.stdout is not None
        running.stdout.close()
    return f"{struck} kills"


def _foreign_kernel(place: Place) -> dict[str, str]:
    """Variables with a home whose Jupyter has another kernel named python3, which cannot run."""
    home = place.scratch / "home"
    spec = home / ".local" / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    spec.write_text(json.dumps({"argv": ["/bin/false"], "display_name": "Python 3", "language": "python"}))
    return {**place.variables, "HOME": str(home), "JUPYTER_PATH": str(spec.parents[2])}


def _variables(place: Place, **changed: str | None) -> dict[str, str]:
    given = {**place.variables, **{name: value for name, value in changed.items() if value is not None}}
    return {name: value for name, value in given.items() if changed.get(name, "") is not None}


def _twice(place: Place) -> tuple[int, str]:
    """Two runs at once: one of them may be refused."""
    runs = [place.start(EARLY) for _ in range(2)]
    said = [run.communicate(timeout=LONGEST)[0].decode(errors="replace") for run in runs]
    return min(run.returncode for run in runs), "\n".join(said)


def _read_only(place: Place) -> tuple[int, str]:
    """reports/ cannot be written: a link into /proc, since root may write whatever its mode."""
    (place.root / "reports").symlink_to("/proc/self")
    try:
        return place.run(EARLY)
    finally:
        (place.root / "reports").unlink(missing_ok=True)


# what it is, how it is run, and whether it must end well
CASES: list[tuple[str, Callable[[Place], tuple[int, str]], bool]] = [
    ("no HOME", lambda place: place.run(EARLY, _variables(place, HOME=None)), True),
    ("HOME not writable", lambda place: place.run(EARLY, _variables(place, HOME="/proc/home")), True),
    ("LANG=C", lambda place: place.run(EARLY, _variables(place, LANG="C", LC_ALL="C", PYTHONCOERCECLOCALE="0")), True),
    ("foreign kernel", lambda place: place.run(EARLY, _foreign_kernel(place)), True),
    ("two at once", _twice, True),
    ("disk full", lambda place: place.run(EARLY, limit=PART), False),
    ("reports read-only", _read_only, False),
]


def run(arguments: list[str]) -> int:
    """Run all cases and print a line for each; 1 where anything is wrong, else 0."""
    parser = argparse.ArgumentParser(prog="riyaz torture", description="interrupt the pipeline and give it bad places")
    parser.add_argument("--kills", type=int, default=20, help="moments at which it is killed (20)")
    parser.add_argument("--seed", type=int, default=0, help="of these moments (0)")
    parser.add_argument("--target", default=TARGET, help=f"what is run when it is killed ({TARGET})")
    parser.add_argument("--only-kills", action="store_true", help="leave the bad places out")
    given = parser.parse_args(arguments)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="rt-") as folder:
        # a path with blanks and letters of other scripts is where all of it happens
        place = Place(Path(folder) / "a b" / "संगीत é", Path(folder) / "t")
        checkout(environment.checkout(), place.root)

        def report(case: str, fault: str, detail: str = "") -> None:
            nonlocal wrong
            wrong += bool(fault)
            print(f"{case:20}{fault or 'as it should be'}{f' ({detail})' if detail else ''}", flush=True)

        start = time.monotonic()
        if given.kills:
            code, said = place.run(given.target)
            whole, wanted = time.monotonic() - start, place.lock()
            report("undisturbed", said[-2000:] if code else "", f"{whole:.0f} s")
            if code:
                return 1
            place.clear()
            detail = _killed(place, given.target, given.kills, given.seed, whole)
            code, said = place.run(given.target)
            report("killed", _fault(code, said, place, wanted), detail)
        if not given.only_kills:
            place.clear()
            code, said = place.run(EARLY)
            report("early stages", said[-2000:] if code else "")
        early = place.lock()
        for case, bad, well in [] if given.only_kills else CASES:
            place.clear()
            code, said = bad(place)
            last = (said.strip().splitlines() or [""])[-1] if code else ""
            fault = f"a traceback: {said[-1500:]}" if "Traceback" in said else ""
            fault = f"it fails: {said[-1500:]}" if code and well and not fault else fault
            code, said = place.run(EARLY)
            report(case, fault or _fault(code, said, place, early), last[:90])
    print(f"{wrong} faults in {time.monotonic() - start:.0f} s")
    return int(bool(wrong))


def _fault(code: int, said: str, place: Place, wanted: bytes) -> str:
    """What is wrong after a run that nothing disturbs, or nothing."""
    if code:
        return f"the next run fails: {said[-1500:]}"
    if place.lock() != wanted:
        return "dvc.lock differs"
    left = place.left()
    return f"left: {'; '.join(left[:5])}" if left else ""
