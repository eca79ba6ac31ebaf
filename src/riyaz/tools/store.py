"""A cache of expensive results, each under the digest of exactly what it depends on.

The cache is no part of any result: with it or without it every output is the same, and it may be deleted at any time.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from riyaz.tools import environment, files

Result = TypeVar("Result")


def folder(root: Path) -> Path:
    """The cache of a checkout, see `riyaz.tools.environment.cache`."""
    return environment.cache(root)


def digest(*parts: Any) -> str:
    """SHA-256 of values: JSON-able ones, NumPy arrays (dtype and shape count), bytes, and lists and dicts of these."""
    state = hashlib.sha256()

    def add(part: Any) -> None:
        if isinstance(part, np.ndarray):
            state.update(f"array {part.dtype.str} {part.shape} ".encode())
            state.update(np.ascontiguousarray(part).tobytes())
        elif isinstance(part, bytes):
            state.update(f"bytes {len(part)} ".encode() + part)
        elif isinstance(part, Mapping):
            state.update(f"mapping {len(part)} ".encode())
            for key in sorted(part):
                add(str(key))
                add(part[key])
        elif isinstance(part, Sequence) and not isinstance(part, str):
            state.update(f"sequence {len(part)} ".encode())
            for one in part:
                add(one)
        else:
            text = json.dumps(part)
            state.update(f"{len(text)} {text} ".encode())

    add(parts)
    return state.hexdigest()


def cached(
    place: Path | None,
    make: Callable[[], Result],
    save: Callable[[Result, Path], Any],
    load: Callable[[Path], Result],
) -> Result:
    """Load a result from `place`, or make it and save it there.

    Parameters
    ----------
    place : file or folder, named by a `digest`; None: nothing is loaded or saved.
    make : computes the result.
    save, load : write and read it. What cannot be read (OSError, ValueError, KeyError, TypeError) is made again.

    Returns
    -------
    What was made or loaded. `load` of what `save` wrote must equal what `make` gives.
    """
    if place is not None and place.exists():
        try:
            return load(place)
        except (OSError, ValueError, KeyError, TypeError):
            pass  # damaged
    result = make()
    if place is not None:
        with files.whole(place) as part:
            save(result, part)
    return result


def cached_json(place: Path | None, make: Callable[[], Result]) -> Result:
    """`cached` for a result that JSON can hold."""

    def save(result: Result, path: Path) -> None:
        path.write_text(json.dumps(result), encoding="utf-8")

    return cached(place, make, save, lambda path: json.loads(path.read_text(encoding="utf-8")))
