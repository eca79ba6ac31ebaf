"""Scratch folders that are gone after a run, and at the next run where a run was killed.

A scratch folder lies where the system keeps temporary files, since the names of sockets in it are short. A run holds a
lock on its folder; whoever gets the lock of another folder knows that its run is dead, and removes it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "riyaz-"


@contextmanager
def folder() -> Iterator[Path]:
    """Give an empty folder, and remove it afterwards; those of runs that were killed are removed first."""
    sweep()
    path = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with (path / "new").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (path / "new").rename(path / "lock")  # never there without being held by a living run
            yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sweep() -> None:
    """Remove the scratch folders of this user whose runs are dead."""
    for path in sorted(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")):
        with suppress(OSError):  # another's folder, or gone in between
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                continue
            with (path / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
