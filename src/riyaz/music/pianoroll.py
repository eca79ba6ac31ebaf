"""Piano rolls in JSON, pickle or MATLAB form: notes in frames, with their own train, valid and test parts.

The form of the benchmarks of Boulanger-Lewandowski, Bengio and Vincent (Modeling temporal dependencies in
high-dimensional sequences, ICML 2012): ``{"train": [piece, ...], "valid": [...], "test": [...]}``, a piece is
a list of frames, a frame a list of MIDI numbers. A frame does not say whether a note goes on, so every note of
every frame is struck again; a frame is one beat, an empty one a rest. Numbers may be written as ``67.0``; -1 is a
voice that is silent.

The benchmarks' own files have the same form in a pickle (``.pickle``, ``.pkl``), or in MATLAB's version 5 (``.mat``):
``traindata``, ``validdata`` and ``testdata``, a piece there is a matrix of frames and the 88 keys from A0 on. Nothing
in either file is executed: a pickle that names a function or a class is refused.
"""

import io
import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import loadmat

from riyaz.music.events import PITCHES, TICKS, Piece, Unreadable, in_a_row

PARTS = ("train", "valid", "test")
SILENT = -1  # in the place of a voice's note
MAX_BYTES = 64 * 2**20
LOWEST = 21  # MIDI number of the first of 88 keys


def read(path: str | Path) -> list[Piece]:
    """Read all parts, in the order train, valid, test.

    Returns
    -------
    One piece for each list of frames, named ``file.json#train-1``; ``about["part"]`` is its part. Pieces
    without frames are left out and counted in the first piece's ``about["lost"]["empty_pieces"]``.

    Raises
    ------
    Unreadable : the file is no JSON, or not of this form, or larger than 64 MB, or has no frames.
    """
    path = Path(path)
    parts = _load(path)
    pieces: list[Piece] = []
    empty = 0
    for part in PARTS:
        for number, frames in enumerate(_list(parts.get(part, []), part), start=1):
            place = f"{part}, piece {number}"
            names = [_names(frame, f"{place}, frame {k}") for k, frame in enumerate(_list(frames, place), start=1)]
            if not any(names):
                empty += 1
                continue
            doubled = sum(number != SILENT for frame in frames for number in frame) - sum(map(len, names))
            about = {"kind": "notes", "part": part, "lost": {"doubled": doubled}}
            pieces.append(Piece(f"{path.name}#{part}-{number}", in_a_row([TICKS] * len(names), names), about))
    if not pieces:
        raise Unreadable("has no notes", "each piece is a list of frames, each frame a list of MIDI numbers")
    if empty:
        pieces[0].about["lost"]["empty_pieces"] = empty
    return pieces


def _load(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split it into several files")
    suffix = path.suffix.lower()
    if suffix in (".pickle", ".pkl", ".mat"):
        parts = _matlab(path.read_bytes()) if suffix == ".mat" else _pickled(path.read_bytes())
        if not isinstance(parts, dict) or not any(part in parts for part in PARTS):
            raise Unreadable("has no part named train, valid or test", "see src/riyaz/music/pianoroll.py for its form")
        return parts
    try:
        parts = json.loads(path.read_bytes())
    except RecursionError as error:
        raise Unreadable("is nested too deeply", "it holds parts, pieces, frames and numbers, no more") from error
    except ValueError as error:
        raise Unreadable(f"is no JSON: {error}", "save it as JSON text in UTF-8") from error
    if not isinstance(parts, dict) or not any(part in parts for part in PARTS):
        raise Unreadable("has no part named train, valid or test", 'its form is {"train": [...], "valid": [...], ...}')
    return parts


class _Plain(pickle.Unpickler):
    """Reads lists, tuples, dicts, numbers and text; whatever would call or import anything is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise Unreadable(f"names {module}.{name}"[:80], "a pickle that calls functions is not read: save it as JSON")

    def persistent_load(self, pid: Any) -> Any:
        raise Unreadable("refers to objects outside of it", "save it as JSON")


def _pickled(content: bytes) -> Any:
    try:
        parts = _Plain(io.BytesIO(content), encoding="latin-1").load()
    except Unreadable:
        raise
    except Exception as error:  # a damaged pickle fails in any way
        raise Unreadable(f"is no pickle: {type(error).__name__}", "load it again from where it came") from error
    return {part: _lists(pieces, 2) for part, pieces in parts.items()} if isinstance(parts, dict) else parts


def _lists(value: Any, depth: int) -> Any:
    """Tuples as lists, down to the frames."""
    if not isinstance(value, list | tuple):
        return value
    return [_lists(one, depth - 1) for one in value] if depth else list(value)


def _matlab(content: bytes) -> dict[str, Any]:
    try:
        cells = loadmat(io.BytesIO(content), variable_names=[f"{part}data" for part in PARTS])
        return {
            part: [_rolled(roll) for roll in cells[f"{part}data"].ravel()] for part in PARTS if f"{part}data" in cells
        }
    except Unreadable:
        raise
    except Exception as error:  # a damaged file fails in any way
        raise Unreadable(f"is no MATLAB file of version 5: {type(error).__name__}", "save it as JSON") from error


def _rolled(roll: Any) -> list[list[int]]:
    """The MIDI numbers of each frame of a matrix (frames, 88)."""
    if not isinstance(roll, np.ndarray) or roll.ndim != 2 or roll.shape[1] != 88 or roll.dtype.kind not in "buif":
        raise Unreadable("a piece is no matrix of frames and 88 keys", "its cells are matrices of 0 and 1")
    return [(np.flatnonzero(frame) + LOWEST).tolist() for frame in roll]


def _list(value: Any, place: str) -> list:
    if not isinstance(value, list):
        raise Unreadable(f"{place}: {_short(value)} is not a list", "a part lists pieces, a piece lists frames")
    return value


def _names(frame: Any, place: str) -> list[str]:
    """Pitch names from low to high, each once."""
    for number in _list(frame, place):
        whole = type(number) is int or (type(number) is float and math.isfinite(number) and number.is_integer())
        if not whole or not SILENT <= number < len(PITCHES):
            raise Unreadable(
                f"{place}: {_short(number)} is no MIDI number", "notes are whole numbers from 0 to 127, -1 is silence"
            )
    return [PITCHES[int(number)] for number in sorted(set(frame) - {SILENT})]


def _short(value: Any) -> str:
    return repr(value)[:40] if not isinstance(value, int) or abs(value) < 10**40 else "a number of more than 40 digits"
