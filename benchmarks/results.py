"""Where the figures of all benchmarks go: `reports/benchmarks.json`, and one picture of the ratios.

Each benchmark is a script of its own, and `python benchmarks/NAME.py` prints its figures. `make bench` runs all of
them one after the other, here: `python benchmarks/results.py`, or with names, `python benchmarks/results.py reading
cells`, some of them; the others keep what was measured before. With `--all` those that take long take their whole size.
"""

import argparse
import importlib
import json
import os
import statistics
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
NAMES = ("reading", "cells", "memory", "targets", "generation", "pytorch", "scale", "pipeline")
FILE = ROOT / "reports" / "benchmarks.json"


def in_turns(ways: dict[str, Callable[[], float]], rounds: int) -> list[dict[str, float]]:
    """Measure the ways one after the other, round after round, so that what else the machine does meets all of them."""
    return [{name: measure() for name, measure in ways.items()} for _ in range(rounds)]


def spread(ratios: Sequence[float]) -> dict[str, float]:
    """Median, least and most of the rounds' ratios, rounded to three significant digits."""
    found = {"ratio": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios)}
    return {name: float(f"{value:.3g}") for name, value in found.items()}


def told(row: dict[str, float]) -> str:
    """A ratio and its spread in words."""
    return f"{row['ratio']:.3g} times ({row['lowest']:.3g} to {row['highest']:.3g})"


def ratios(found: Any, name: str = "") -> dict[str, dict[str, float]]:
    """All ratios in what was measured, by the names of the keys that lead to them."""
    if not isinstance(found, dict):
        return {}
    here = {name: found} if {"ratio", "lowest", "highest"} <= set(found) else {}
    return here | {
        key: row for part, below in found.items() for key, row in ratios(below, f"{name} {part}".strip()).items()
    }


def draw(found: dict[str, Any], path: Path) -> None:
    """Draw each ratio as a point with its spread, and its goal as an upright stroke."""
    from matplotlib import pyplot as plt

    from riyaz.report import figures

    figures.theme()
    rows = {name: row for name, row in ratios(found).items() if row["lowest"] != row["highest"]}
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 0.45 * len(rows) + 1))
    for y, row in enumerate(rows.values()):
        ax.plot([row["lowest"], row["highest"]], [y, y], color=figures.NOTE)
        ax.plot(row["ratio"], y, marker="o", color=figures.NOTE)
        if "goal" in row:
            ax.plot(row["goal"], y, marker="|", markersize=14, color=figures.HIGHLIGHT)
    ax.axvline(1, color=figures.GREY, linewidth=0.8)
    ax.set_yticks(range(len(rows)), [textwrap.fill(name, 30) for name in rows])
    ax.set(xscale="log", xlabel="times as fast (stroke: the goal)", title="What is done here, against the other way")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.invert_yaxis()
    figures.save(fig, path)
    plt.close(fig)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; none: all of them")
    parser.add_argument("--all", action="store_true", help="also what takes long")
    given = parser.parse_args()
    strange = sorted(set(given.names) - set(NAMES))
    if strange:
        parser.error(f"there is no benchmark {strange[0]}; there are {', '.join(NAMES)}")
    found = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    for name in given.names or NAMES:
        print(f"== {name}", flush=True)
        found[name] = importlib.import_module(name).main(["--all"] if given.all else [])
        ordered = {"cores": os.cpu_count()} | {key: found[key] for key in NAMES if key in found}
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
        draw(ordered, FILE.with_suffix(".svg"))


if __name__ == "__main__":
    main()
