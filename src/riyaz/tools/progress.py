"""Progress: a bar on the terminal that is never in the output of a notebook, and a table that others can watch.

Where the environment variable RIYAZ_PROGRESS names a file, the bar is appended to it, and whoever started the
run copies it to the terminal; set but empty, it silences the bar. Without the variable the bar goes to the
standard error, where that is a terminal or a notebook somebody looks at, and nowhere else.
"""

import csv
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sized
from pathlib import Path
from typing import Any, TextIO, TypeVar

from tqdm import tqdm

VARIABLE = "RIYAZ_PROGRESS"

Item = TypeVar("Item")


class _Bar(tqdm):
    """A tqdm bar that closes the file that was opened for it."""

    opened: TextIO | None = None

    def close(self) -> None:
        super().close()
        if self.opened is not None:
            opened, self.opened = self.opened, None
            opened.close()


def _looked_at() -> bool:
    """Whether somebody sees the standard error: a terminal, or a notebook's kernel."""
    return sys.stderr.isatty() or type(sys.stderr).__module__.startswith("ipykernel")


def bar(total: int | None, label: str) -> tqdm:
    """Make a bar to be moved by hand: ``with bar(3, "reading") as moving: moving.update()``."""
    name = os.environ.get(VARIABLE)
    # line buffered, and tqdm flushes after each drawing: nothing waits in memory
    opened = open(name, "a", buffering=1, encoding="utf-8") if name else None  # noqa: SIM115, closed by _Bar
    shown = opened is not None or (name is None and _looked_at())
    made = _Bar(total=total, desc=label, file=opened or sys.stderr, ncols=80, mininterval=0.5, disable=not shown)
    made.opened = opened
    return made


def track(iterable: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Yield the items of `iterable`, moving a bar by one for each; nothing is shown or opened before the first."""
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    moving: Any
    with bar(total, label) as moving:
        for item in iterable:
            yield item
            moving.update()


class Growing:
    """A CSV file that grows by a row at a time, so that `dvc plots show` draws it while a stage runs.

    The first row replaces what is there; until then a file of an earlier run stays as it is.
    """

    def __init__(self, path: Path):
        self._path = path
        self._begun = False

    def add(self, row: Mapping[str, float]) -> None:
        """Write one more row; all rows have the same keys, which are the header."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a" if self._begun else "w", encoding="utf-8", newline="") as file:
            rows = csv.DictWriter(file, fieldnames=list(row), lineterminator="\n")
            if not self._begun:
                rows.writeheader()
            rows.writerow({key: "" if value != value else value for key, value in row.items()})  # no number is no text
        self._begun = True
