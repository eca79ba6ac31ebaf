"""Piano-roll JSON: quarter notes in frames, with their own train, valid and test parts.

The form of the benchmarks of Boulanger-Lewandowski, Bengio and Vincent (Modeling temporal dependencies in
high-dimensional sequences, ICML 2012): ``{"train": [piece, ...], "valid": [...], "test": [...]}``, a piece is
a list of frames, a frame a list of MIDI numbers. A frame does not say whether a note goes on, so every note of
every frame is struck again; a frame is one beat, an empty one a rest. Numbers may be written as ``67.0``; -1 is a
voice that is silent.
"""

import json
import math
from pathlib import Path
from typing import Any

from riyaz.music.events import PITCHES, TICKS, Piece, Unreadable, in_a_row

PARTS = ("train", "valid", "test")
SILENT = -1  # in the place of a voice's note
MAX_BYTES = 64 * 2**20


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
    try:
        parts = json.loads(path.read_bytes())
    except RecursionError as error:
        raise Unreadable("is nested too deeply", "it holds parts, pieces, frames and numbers, no more") from error
    except ValueError as error:
        raise Unreadable(f"is no JSON: {error}", "save it as JSON text in UTF-8") from error
    if not isinstance(parts, dict) or not any(part in parts for part in PARTS):
        raise Unreadable("has no part named train, valid or test", 'its form is {"train": [...], "valid": [...], ...}')
    return parts


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
