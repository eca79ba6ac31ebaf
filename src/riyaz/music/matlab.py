"""Reads the matrices of a MATLAB file of level 5 (versions 5 to 7), strictly, so that no file can end the process.

References
----------
The MathWorks, MAT-File Format (2019), chapter 1: level 5.
"""

import struct
import zlib
from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from riyaz.music.events import Unreadable

MAX_BYTES = 256 * 2**20  # of one variable, after decompression
_HEADER = 128
_ORDERS = {b"IM": "<", b"MI": ">"}
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_CELLS, _NUMERIC, _COMPLEX = 1, range(6, 16), 0x800  # classes of arrays, and a flag
_MEND = "get the file again, or save it with -v7"


def variables(data: bytes) -> dict[str, Any]:
    """The variables of a file by their names.

    Returns
    -------
    A matrix of real numbers is an array of its shape; cells are a list of such, column by column. None stands for
    everything else: text, structures, sparse and complex matrices, cells in cells.

    Raises
    ------
    Unreadable : the file is of another kind, is damaged, or holds a variable of more than MAX_BYTES.
    """
    order = _ORDERS.get(data[_HEADER - 2 : _HEADER])
    if order is None:
        raise Unreadable("is no MATLAB file of version 5 to 7", _MEND)
    result: dict[str, Any] = {}
    for kind, content in _elements(memoryview(data)[_HEADER:], order):
        inner = _elements(_inflated(content), order) if kind == _COMPRESSED else iter([(kind, content)])
        result.update(_array(matrix, order) for one, matrix in inner if one == _MATRIX)
    return result


def _elements(data: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Type and content of the data elements that follow each other."""
    place = 0
    while place + 8 <= len(data):
        kind, size = struct.unpack(f"{order}II", data[place : place + 8])
        start = place + 8
        if kind >> 16:  # up to four bytes stand in the tag itself
            kind, size, start = kind & 0xFFFF, kind >> 16, place + 4
        if start + size > (len(data) if start == place + 8 else place + 8):
            raise Unreadable(f"is damaged or cut off: an element of {size:,} bytes", _MEND)
        yield kind, data[start : start + size]
        place = start + size + (-(start + size - place) % 8 if kind != _COMPRESSED else 0)


def _inflated(content: memoryview) -> memoryview:
    try:
        result = zlib.decompressobj().decompress(content, MAX_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(f"is damaged: {error}", _MEND) from error
    if len(result) > MAX_BYTES:
        raise Unreadable(f"has a variable of more than {MAX_BYTES // 2**20} MB", "split it into several files")
    return memoryview(result)


def _array(content: memoryview, order: str, in_cells: bool = False) -> tuple[str, Any]:
    """Name and value of an array."""
    if not content:
        return "", np.zeros((0, 0))
    parts = _elements(content, order)
    heads = [part for _, part in zip(range(3), parts, strict=False)]
    if len(heads) < 3 or len(heads[0][1]) < 8 or heads[1][0] != 5 or len(heads[1][1]) % 4:
        raise Unreadable("is damaged: an array without class, shape and name", _MEND)
    (_, flags), (_, shape), (_, name) = heads
    flag = struct.unpack(f"{order}I", flags[:4])[0]
    sizes = np.frombuffer(shape, f"{order}i4").tolist()
    if flag & 0xFF == _CELLS and not in_cells:
        value: Any = [_array(part, order, in_cells=True)[1] for kind, part in parts if kind == _MATRIX]
        count = len(value)
    elif flag & 0xFF in _NUMERIC and not flag & _COMPLEX:
        kind, part = next(parts, (0, content))
        if kind not in _NUMBERS or len(part) % np.dtype(_NUMBERS[kind]).itemsize:
            raise Unreadable(f"is damaged: numbers of the unknown type {kind}", _MEND)
        value = np.frombuffer(part, f"{order}{_NUMBERS[kind]}")
        count = value.size
    else:
        return _text(name), None
    if min(sizes, default=0) < 0 or count != prod(sizes):
        raise Unreadable(f"is damaged: an array of {count:,} values where its shape has {prod(sizes):,}", _MEND)
    return _text(name), value if isinstance(value, list) else value.reshape(sizes, order="F")


def _text(name: memoryview) -> str:
    return bytes(name).decode("latin-1")
