"""Windows: the arrays that a network trains on.

The lecture's sequences: "the output for each input sequence will be the first note or chord that comes after". That is
``last``; with ``every`` each position of a window predicts the token that follows it, so that one pass over n tokens
trains n predictions instead of n windows. A window never holds tokens of two pieces.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from riyaz.params import Settings
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import PAD

TOGETHER = 1024  # pieces that are cut at once, when many are

Windows = tuple[np.ndarray, np.ndarray]  # inputs, and the targets that belong to them


def cut(pieces: Sequence[np.ndarray], length: int, targets: str = "every") -> Windows:
    """Cut the tokens of pieces into windows.

    Parameters
    ----------
    pieces : each (n_tokens,) int32, from ``<start>`` to ``<end>``.
    length : tokens in a window.
    targets : ``every``: windows side by side, the last one of a piece padded at its end. ``last``: windows slide by one
        token; pieces no longer than a window are padded at the front and give one.

    Returns
    -------
    inputs : (n_windows, length) int32, padded with 0.
    outputs : ``every``: (n_windows, length) int32, the token after each input; ``last``: (n_windows,) int32.
        Both have no rows where there are no pieces.
    """
    inputs, outputs = [], []
    for ids in pieces:
        ids = np.asarray(ids, dtype=np.int32)
        if targets == "every":
            n_windows = -(-(len(ids) - 1) // length)
            padded = np.full(n_windows * length + 1, PAD, np.int32)
            padded[: len(ids)] = ids
            inputs.append(padded[:-1].reshape(n_windows, length))
            outputs.append(padded[1:].reshape(n_windows, length))
        elif targets == "last":
            front = max(0, length + 1 - len(ids))
            padded = np.concatenate([np.full(front, PAD, np.int32), ids])
            inputs.append(np.lib.stride_tricks.sliding_window_view(padded[:-1], length))
            outputs.append(padded[length:])
        else:
            raise ValueError(f"targets may be every or last; it was {targets!r}")
    if not inputs:
        return np.empty((0, length), np.int32), np.empty((0, length) if targets == "every" else (0,), np.int32)
    return np.concatenate(inputs), np.concatenate(outputs)


def beside(rows: Sequence[np.ndarray], length: int, targets: str = "every") -> np.ndarray:
    """Cut what stands beside the tokens of pieces, as `cut` cuts the inputs.

    Parameters
    ----------
    rows : for each piece (n_tokens, width), all of one dtype; at least one piece.

    Returns
    -------
    (n_windows, length, width) of that dtype, zero where the inputs are padded.
    """
    cuts = []
    for row in rows:
        n, width = len(row) - 1, row.shape[1]
        if targets == "every":
            padded = np.pad(row, ((0, -n % length), (0, 0)))
            cuts.append(padded[:-1].reshape(-1, length, width))
        else:
            front = np.pad(row[:-1], ((max(0, length - n), 0), (0, 0)))
            cuts.append(np.moveaxis(np.lib.stride_tricks.sliding_window_view(front, length, axis=0), -1, 1))
    return np.concatenate(cuts)


def pieces(data: DataSet, part: str, settings: Settings) -> list[np.ndarray]:
    """The token ids of a part; the training part also transposed, as `augment.transpose` says."""
    return data.training_ids(settings.augment.transpose) if part == "train" else data.part(part).ids


def of_part(data: DataSet, part: str, settings: Settings) -> Windows:
    """The windows of a part: of its `pieces`."""
    return cut(pieces(data, part, settings), settings.sequence.length, settings.sequence.targets)


def per_epoch(data: DataSet, settings: Settings) -> int:
    """Training windows of an epoch: as many as the training part has without transposition."""
    return len(cut(data.part("train").ids, settings.sequence.length, settings.sequence.targets)[0])


def write(folder: Path, part: str, pieces: Sequence[np.ndarray], length: int, targets: str) -> Windows:
    """Cut pieces into windows (`cut`) in two .npy files, which can be read without being loaded.

    `TOGETHER` pieces at a time are cut in memory, whatever their number.

    Returns
    -------
    As `load`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    n = sum(-(-(len(ids) - 1) // length) if targets == "every" else max(len(ids) - length, 1) for ids in pieces)
    shapes = (n, length), (n, length) if targets == "every" else (n,)
    paths = [folder / f"{part}_{name}.npy" for name in ("inputs", "targets")]
    if not n:  # nothing cannot be mapped
        for path, shape in zip(paths, shapes, strict=True):
            np.save(path, np.empty(shape, np.int32))
        return load(folder, part)
    pairs = zip(paths, shapes, strict=True)
    files = [np.lib.format.open_memmap(path, "w+", np.int32, shape) for path, shape in pairs]
    done = 0
    for start in range(0, len(pieces), TOGETHER):
        arrays = cut(pieces[start : start + TOGETHER], length, targets)
        for file, array in zip(files, arrays, strict=True):
            file[done : done + len(array)] = array
        done += len(arrays[0])
    for file in files:
        file.flush()
    return load(folder, part)


def load(folder: Path, part: str) -> Windows:
    """The windows of a part, memory-mapped: training needs memory for a batch, not for the corpus."""
    inputs = np.load(folder / f"{part}_inputs.npy", mmap_mode="r")
    return inputs, np.load(folder / f"{part}_targets.npy", mmap_mode="r")
