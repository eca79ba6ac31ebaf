"""Piano rolls: quarter notes in frames, with their own train, valid and test parts; JSON, pickle or MATLAB.

The form of the benchmarks of Boulanger-Lewandowski, Bengio and Vincent (Modeling temporal dependencies in
high-dimensional sequences, ICML 2012): ``{"train": [piece, ...], "valid": [...], "test": [...]}``, a piece is
a list of frames, a frame a list of MIDI numbers. A frame does not say whether a note goes on, so every note of
every frame is struck again; a frame is one beat, an empty one a rest. Numbers may be written as ``67.0``; -1 is a
voice that is silent. A pickle holds the same lists (or tuples); it is read by an unpickler that refuses every name, so
that nothing in it is executed. In the MATLAB form (``traindata``, ``validdata``, ``testdata``) a piece is a matrix with
a row a frame and a column for each of the 88 keys of a piano, from A0, or for each of the 128 MIDI numbers.
"""

import io
import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.music import matlab
from riyaz.music.events import PITCHES, TICKS, Piece, Unreadable, in_a_row

PARTS = ("train", "valid", "test")
SUFFIXES = (".json", ".pickle", ".pkl", ".mat")
SILENT = -1  # in the place of a voice's note
KEYS, LOWEST_KEY = 88, 21  # of a piano: how many, and the MIDI number of the lowest
MAX_BYTES = 64 * 2**20


def read(path: str | Path) -> list[Piece]:
    """Read all parts, in the order train, valid, test.

    Returns
    -------
    One piece for each list of frames, named ``file.json#train-1``; ``about["part"]`` is its part. Pieces
    without frames are left out and counted in the first piece's ``about["lost"]["empty_pieces"]``.

    Raises
    ------
    Unreadable : the file is not what its suffix says (JSON, pickle, MATLAB), or not of this form, or larger than 64 MB,
        or has no frames.
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
    data = path.read_bytes()
    suffix = path.suffix.lower()
    parts = _matlab(data) if suffix == ".mat" else _json(data) if suffix == ".json" else _pickle(data)
    if not isinstance(parts, dict) or not any(part in parts for part in PARTS):
        raise Unreadable("has no part named train, valid or test", 'its form is {"train": [...], "valid": [...], ...}')
    return parts


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except RecursionError as error:
        raise Unreadable("is nested too deeply", "it holds parts, pieces, frames and numbers, no more") from error
    except ValueError as error:
        raise Unreadable(f"is no JSON: {error}", "save it as JSON text in UTF-8") from error


class _Plain(pickle.Unpickler):
    """Reads lists, tuples, dictionaries, numbers and text; refuses what would look up a name or call anything."""

    def find_class(self, module: str, name: str) -> Any:
        raise Unreadable(f"wants to run {module[:40]}.{name[:40]}", "convert it to lists of numbers, or to JSON")

    def persistent_load(self, pid: Any) -> Any:
        raise Unreadable("refers to objects outside of it", "convert it to lists of numbers, or to JSON")


def _pickle(data: bytes) -> Any:
    try:
        return _Plain(io.BytesIO(data), encoding="latin1").load()
    except Unreadable:
        raise
    except Exception as error:  # a damaged pickle makes the unpickler raise almost anything, MemoryError too
        first = (str(error).splitlines() or [""])[0][:120]
        raise Unreadable(f"is no pickle: {type(error).__name__}: {first}", "get the file again") from error


def _matlab(data: bytes) -> Any:
    """The parts of a MATLAB file, as lists."""
    content = matlab.variables(data)
    names = {part: next((n for n in (f"{part}data", part) if n in content), None) for part in PARTS}
    return {part: _matrices(content[name], part) for part, name in names.items() if name is not None}


def _matrices(cells: Any, part: str) -> list[list[list[int]]]:
    pieces = []
    for number, roll in enumerate(cells if isinstance(cells, list) else [cells], start=1):
        place = f"{part}, piece {number}"
        if not isinstance(roll, np.ndarray) or roll.ndim != 2 or roll.shape[1] not in (KEYS, len(PITCHES)):
            remedy = "a row for each frame, a column for each of 88 keys or 128 MIDI numbers"
            raise Unreadable(f"{place}: is no matrix of frames and keys", remedy)
        if not np.isin(roll, (0, 1)).all():
            raise Unreadable(f"{place}: a value is neither 0 nor 1", "a key sounds in a frame (1) or not (0)")
        first = LOWEST_KEY if roll.shape[1] == KEYS else 0
        pieces.append([(np.flatnonzero(frame) + first).tolist() for frame in roll])
    return pieces


def _list(value: Any, place: str) -> list | tuple:
    if not isinstance(value, list | tuple):
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
