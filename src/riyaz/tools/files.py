"""Files and folders written atomically: as a whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write a file or a folder to; when that succeeds it takes the place of `path`.

    Whatever fails, `path` stays as it was, and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        os.replace(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


_SWEPT: set[Path] = set()


def _sweep(folder: Path) -> None:
    """Remove, once for each folder, what processes that were killed have left there half written."""
    if folder in _SWEPT:
        return
    _SWEPT.add(folder)
    for old in sorted(folder.glob(".*.part")):
        pid = old.name.split(".")[-2]
        if pid.isdecimal() and not _lives(int(pid)):
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def write(path: Path, text: str) -> None:
    """Write a text file, UTF-8 with Unix line ends, as a whole or not at all."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
