"""Near-duplicates kept together, and the split by piece.

Two pieces are near-duplicates if at least half of the distinct shapes of the smaller one are in the other as well. A
shape is `LENGTH` steps in a row: for notes the intervals of the top line, or the steps from chord to chord, in
semitones, so that no transposition hides a copy; for bols the strokes with their bayan closed, so that a khali half is
the theme it comes from. A piece with fewer steps is one shape, and joins the pieces that contain it. What is joined to
a third is joined: a family, but for a piece that stands whole in longer ones which have nothing in common, such as a
theka in the files of many kaidas: it is a commonplace. Pieces with the same ``about["family"]`` are one family whatever
they sound like.

References
----------
Broder, On the resemblance and containment of documents, 1997, doi:10.1109/SEQUEN.1997.666900 (shapes are its shingles).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from riyaz.music.events import NUMBERS, Piece
from riyaz.tabla.bols import BOLS

LENGTH = 8
SAME = 0.5  # of the smaller piece's shapes
COMMON = 200  # a shape in more pieces than this is a commonplace and joins nothing
FEW = (
    3  # a piece that stands whole in pieces of more families is a commonplace: it would join what has nothing in common
)
LARGE = 0.5  # of a held-out part: a larger family would be most of it
_ODD = 0x9E3779B97F4A7C15  # 2 ** 64 over the golden ratio: the base of the rolling hash
PARTS = ("train", "valid", "test")


def top_line(events: pd.DataFrame) -> np.ndarray:
    """MIDI numbers of the highest notes where they are struck: (n,) int64; held ones and rests are left out."""
    tops = [
        NUMBERS[symbols[-1]]
        for symbols, held in zip(events["symbols"], events["held"], strict=True)
        if symbols and not held[-1]
    ]
    return np.array(tops, dtype=np.int64)


def chord_steps(events: pd.DataFrame) -> list[tuple[int, ...]]:
    """For each event with a struck note but the first: the bass's interval, the notes above the bass, in semitones."""
    steps, bass = [], None
    for symbols, held in zip(events["symbols"], events["held"], strict=True):
        if symbols and not all(held):
            low, *others = (NUMBERS[symbol] for symbol in symbols)
            if bass is not None:
                steps.append((low - bass, *(note - low for note in others)))
            bass = low
    return steps


def strokes(events: pd.DataFrame, khali: bool = True) -> list[str]:
    """The bols without rests; with `khali` each as it is in a khali half."""
    names = [symbols[0] for symbols in events["symbols"] if symbols]
    return [BOLS[name].khali if khali and name in BOLS else name for name in names]


def steps(piece: Piece) -> dict[str, list]:
    """The sequences that are compared, by name: ``bols``, or ``line`` and, of a piece with chords, ``chords``."""
    if piece.about.get("kind") == "bols":
        return {"bols": strokes(piece.events)}
    line = {"line": np.diff(top_line(piece.events)).tolist()}
    return line | {"chords": chord_steps(piece.events)} if any(len(s) > 1 for s in piece.events["symbols"]) else line


@dataclass(frozen=True)
class Walks:
    """What is compared of some pieces, and what they say of themselves; small enough to be kept of every piece.

    Attributes
    ----------
    names, family, part : of each piece; the last two are None where it names none.
    coded : for each kind of step, in the order of the kinds' names, (n,) int32 of each piece: its steps, equal numbers
        for equal ones; empty where it has none of that kind.
    """

    names: list[str]
    family: list[str | None]
    part: list[str | None]
    coded: dict[str, list[np.ndarray]]

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> "Walks":
        """Take the steps of pieces, as they come."""
        numbers: dict[str, dict[Any, int]] = {}  # kind: step -> its number, from 1
        walks, none = cls([], [], [], {}), np.empty(0, dtype=np.int32)
        for piece in pieces:
            for kind, values in steps(piece).items():
                known = numbers.setdefault(kind, {})
                rows = walks.coded.setdefault(kind, [])
                rows += [none] * (len(walks) - len(rows))
                rows.append(np.array([known.setdefault(value, len(known) + 1) for value in values], dtype=np.int32))
            walks.names.append(piece.name)
            walks.family.append(piece.about.get("family") or None)
            walks.part.append(piece.about.get("part") or None)
        for rows in walks.coded.values():
            rows += [none] * (len(walks) - len(rows))
        return replace(walks, coded=dict(sorted(walks.coded.items())))


def shapes(walks: Walks, length: int = LENGTH) -> dict[str, csr_matrix]:
    """The distinct shapes of each piece by kind of step: sparse (n_pieces, n_shapes) of 0 and 1."""
    return {kind: _incidence([_shingles(row, length) for row in rows]) for kind, rows in walks.coded.items()}


def _shingles(coded: np.ndarray, length: int) -> np.ndarray:
    """Distinct 64-bit hashes of all windows of `length` steps, (n,) uint64; one step again and again is no shape."""
    if len(coded) < 2:
        return np.empty(0, dtype=np.uint64)
    coded = coded.astype(np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(coded, min(length, len(coded)))
    windows = windows[(windows != windows[:, :1]).any(axis=1)]
    powers = np.array([pow(_ODD, k + 1, 2**64) for k in range(windows.shape[1])], dtype=np.uint64)
    return np.unique(windows @ powers)  # modulo 2 ** 64


def _short(walks: Walks, length: int = LENGTH) -> list[tuple[int, str, np.ndarray]]:
    """The pieces that have fewer steps than a shape and stand whole in others: number, kind of step, the others.

    One step again and again is no shape, and stands in nothing.
    """
    result = []
    for kind, coded in walks.coded.items():
        for size in range(2, length):
            short = [at for at, steps in enumerate(coded) if len(steps) == size]
            if not short:
                continue
            windows = _incidence([_shingles(steps, size) if len(steps) >= size else steps[:0] for steps in coded])
            shared = (windows[short] @ windows.T).tocsr()
            for row, at in enumerate(short):
                others = np.sort(shared[row].indices)
                result.append((at, kind, others[others != at]))
    return result


def _incidence(rows: list[np.ndarray]) -> csr_matrix:
    """(n_pieces, n_shapes) of int32 ones from each piece's distinct hashes."""
    shapes, column = np.unique(np.concatenate(rows), return_inverse=True)
    start = np.r_[0, np.cumsum([len(row) for row in rows])]
    return csr_matrix((np.ones(len(column), dtype=np.int32), column, start), shape=(len(rows), len(shapes)))


def _alike(matrix: csr_matrix, same: float) -> tuple[csr_matrix, csr_matrix]:
    """Pairs of pieces that share enough, from the shapes that are no commonplace: two (n, n) matrices.

    The second has the pairs of which the first piece stands whole in the other, and is little of it.
    """
    rare = matrix[:, np.asarray(matrix.sum(axis=0)).ravel() <= COMMON]
    size = np.asarray(rare.sum(axis=1)).ravel()
    shared = (rare @ rare.T).tocoo()
    small, large = (function(size[shared.row], size[shared.col]) for function in (np.minimum, np.maximum))
    inside = (shared.data == small) & (shared.data < same * large)
    first = inside & (size[shared.row] == small)
    return tuple(
        coo_matrix((shared.data[these], (shared.row[these], shared.col[these])), shape=shared.shape).tocsr()
        for these in ((shared.data >= same * small) & ~inside, first)
    )


def families(pieces: Iterable[Piece] | Walks, same: float = SAME) -> np.ndarray:
    """Join near-duplicates.

    Parameters
    ----------
    pieces : or what was taken of them.
    same : share of the smaller piece's distinct shapes that makes two pieces near-duplicates.

    Returns
    -------
    (n_pieces,) int64 labels, numbered by each family's first piece; a piece without shapes is joined to nothing but its
    ``about["family"]`` and to pieces with the very same steps. A piece that has fewer than `LENGTH` steps, or is little
    of the pieces in which all of it stands, is joined to them unless they are of more than `FEW` families. No pieces:
    an empty array.
    """
    walks = pieces if isinstance(pieces, Walks) else Walks.of(pieces)
    n = len(walks)
    named: dict[tuple, int] = {}
    edges: list[tuple[int, int]] = []
    for at, name in enumerate(walks.family):
        exact = [(kind, rows[at].tobytes()) for kind, rows in walks.coded.items() if len(rows[at])]
        family = [("family", name)] if name else []
        edges += [(named.setdefault(key, at), at) for key in [*exact, *family]]
    first, second = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(first)), (first, second)), shape=(n, n)).tocsr()
    inside = [(at, others) for at, _, others in _short(walks)]
    for matrix in shapes(walks).values():
        alike, whole_in = _alike(matrix, same)
        graph = graph + alike
        inside += [(at, whole_in[at].indices) for at in np.flatnonzero(np.diff(whole_in.indptr)).tolist()]
    labels = connected_components(graph, directed=False)[1] if n else np.empty(0)
    whole = [(at, other) for at, others in inside if len(np.unique(labels[others])) <= FEW for other in others]
    if whole:
        first, second = np.array(whole).T
        graph = graph + coo_matrix((np.ones(len(first)), (first, second)), shape=(n, n))
        labels = connected_components(graph, directed=False)[1]
    _, firsts, label = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[label].astype(np.int64)


def assign(
    families: np.ndarray,
    sizes: Sequence[int],
    valid: float,
    test: float,
    seed: int,
    own: Sequence[str | None] | None = None,
) -> np.ndarray:
    """Split by whole families.

    Families come in an order drawn by the seed; each goes to the part that lacks most of its share, but the last ones
    are kept for parts that are still empty. Families larger than `LARGE` of a held-out part are trained on where the
    others are enough to fill the held-out parts, so that these are of several families. Where families are fewer than
    parts, validation is left out first, then the test part (`left_out` says so).

    Parameters
    ----------
    families : (n,) labels, as `families` gives them.
    sizes : (n,) how much each piece counts, in tokens or events.
    valid, test : shares of the whole, 0 for none.
    own : ``about["part"]`` of each piece. Where a piece names its part it stays there, and pieces of its family that
        name none follow the first that does.

    Returns
    -------
    (n,) array of ``train``, ``valid`` or ``test``.

    Raises
    ------
    ValueError : if a piece names another part.
    """
    families, size = np.asarray(families), np.asarray(sizes, dtype=np.float64)
    named = [None] * len(families) if own is None else list(own)
    wrong = next((part for part in named if part and part not in PARTS), None)
    if wrong:
        raise ValueError(f"part {wrong!r} of a piece is none of {', '.join(PARTS)}: correct or drop it")
    chosen: dict = {}
    for label, part in zip(families.tolist(), named, strict=True):
        if part:
            chosen.setdefault(label, part)
    labels = np.unique(families)
    shares = {part: share for part, share in zip(PARTS, (1 - valid - test, valid, test), strict=True) if share > 0}
    for part in ("valid", "test"):
        if not any(named) and len(labels) < len(shares):
            shares.pop(part, None)
    filled = dict.fromkeys(shares, 0.0)
    for label, part in chosen.items():
        filled[part] = filled.get(part, 0) + size[families == label].sum()
    weight = {label: size[families == label].sum() for label in labels.tolist()}
    free = [label for label in np.random.default_rng(seed).permutation(labels).tolist() if label not in chosen]
    held = [share for part, share in shares.items() if part != "train"]
    small = [label for label in free if weight[label] <= LARGE * min(held, default=0) * size.sum()]
    if sum(weight[label] for label in small) >= sum(held) * size.sum():
        large = set(free) - set(small)
        filled["train"] = filled.get("train", 0) + sum(weight[label] for label in large)
        chosen |= dict.fromkeys(large, "train")
        free = small
    for at, label in enumerate(free):
        empty = [part for part in shares if filled[part] == 0]
        candidates = empty if len(free) - at <= len(empty) else list(shares)
        part = max(candidates, key=lambda p: shares[p] * size.sum() - filled[p])
        chosen[label] = part
        filled[part] += weight[label]
    return np.array([part or chosen[label] for label, part in zip(families.tolist(), named, strict=True)], dtype=object)


def left_out(parts: np.ndarray, families: np.ndarray, valid: float, test: float) -> str:
    """Which parts are asked for and empty, as a sentence with a remedy; "" where none is.

    Parameters
    ----------
    parts, families : (n,) of `assign`. valid, test : the shares that were asked for.
    """
    empty = [part for part, share in (("valid", valid), ("test", test)) if share > 0 and part not in parts]
    if not empty:
        return ""
    return (
        f"There is no {' and no '.join(empty)} part: the corpus has {len(parts):,} pieces in"
        f" {len(np.unique(families)):,} families, and near-duplicates stay together. Add pieces that are not alike."
    )


def fold_numbers(families: np.ndarray, sizes: Sequence[int] | np.ndarray, n: int, seed: int) -> np.ndarray:
    """Spread whole families over n folds of nearly equal size.

    Returns
    -------
    (n_pieces,) int64, the fold in which each piece is held out: the largest family first (ties in an order drawn by the
    seed), always into the lightest fold.

    Raises
    ------
    ValueError : if there are fewer families than folds.
    """
    labels, member = np.unique(np.asarray(families), return_inverse=True)
    if not 2 <= n <= len(labels):
        raise ValueError(
            f"{len(labels)} families of pieces cannot make {n} folds: add pieces that are not alike, or ask for 2 to"
            f" {max(2, len(labels))} folds"
        )
    weight = np.bincount(member, np.asarray(sizes, dtype=np.float64))
    drawn = np.random.default_rng(seed).permutation(len(labels))
    load, fold = np.zeros(n), np.zeros(len(labels), dtype=np.int64)
    for label in drawn[np.argsort(-weight[drawn], kind="stable")]:
        fold[label] = int(np.argmin(load))
        load[fold[label]] += weight[label]
    return fold[member]


def overlap(pieces: Iterable[Piece] | Walks, parts: Sequence[str]) -> pd.DataFrame:
    """What validation and test pieces (or what was taken of them) still share with the training pieces.

    Returns
    -------
    One row a held-out piece and kind of step, the most alike first: `piece`, `part`, `kind` (line, chords or bols),
    `shapes` (its distinct ones), `share` of them in the one training piece that has most (`source`), `anywhere` in any
    training piece, and `alike`: whether `share` is at least `SAME`. A piece without shapes shares nothing.
    """
    part = np.asarray(parts, dtype=object)
    train, held = np.flatnonzero(part == "train").tolist(), np.flatnonzero(part != "train").tolist()
    rows = []
    walks = pieces if isinstance(pieces, Walks) else Walks.of(pieces)
    names = walks.names
    inside = {(at, kind): others[part[others] == "train"] for at, kind, others in _short(walks)}
    for kind, matrix in shapes(walks).items():
        size = np.diff(matrix.indptr)
        known = np.asarray(matrix[train].sum(axis=0)).ravel() > 0
        shared = (matrix[held] @ matrix[train].T).tocsr()
        for row, at in enumerate(held):
            counts = shared[row].toarray().ravel()
            best = int(np.argmax(counts)) if counts.any() else -1
            share = counts[best] / size[at] if best >= 0 else 0.0
            source = names[train[best]] if best >= 0 else ""
            anywhere = known[matrix[at].indices].mean() if size[at] else 0.0
            if not share and len(inside.get((at, kind), ())):  # a short piece that stands whole in a longer one
                share, anywhere, source = 1.0, 1.0, names[inside[at, kind][0]]
            rows.append((names[at], part[at], kind, int(size[at]), share, source, anywhere, share >= SAME))
    columns = ["piece", "part", "kind", "shapes", "share", "source", "anywhere", "alike"]
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["share", "piece", "kind"], ascending=[False, True, True], ignore_index=True
    )
