"""Prediction by partial matching, as in IDyOM: a model of the training pieces mixed with one of the piece so far.

Each of both starts from the longest context that it knows and backs off: what has followed a context shares
n / (n + T) of the probability by its counts n(w), T different tokens among them, and T / (n + T) is left to the next
shorter context (escape method C). Tokens that a longer context has offered are excluded from the counts of the shorter
ones, since the escape says that none of them came. Below the empty context all other tokens are equally likely. The
distributions are mixed by inverse relative entropy (`riyaz.model.ngram.mix`).

References
----------
Cleary & Witten 1984, doi:10.1109/TCOM.1984.1096090; Moffat 1990 (method C), doi:10.1109/26.61469. Cleary, Teahan &
Witten, Unbounded length contexts for PPM, 1995 (tables 1 and 2: the text abracadabra). Pearce & Wiggins, Improved
methods for statistical modelling of monophonic music, 2004, doi:10.1080/0929821052000343840 (inverse-entropy weights).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from riyaz.model import ngram
from riyaz.model.ngram import NEVER, Interpolated

ORDERS = (1, 2, 3, 4, 6, 8)  # that are tried
BIASES = (0, 1, 2, 4, 8)  # of the mixture, that are tried


def escape(counts: Iterator[np.ndarray], left: np.ndarray) -> np.ndarray:
    """Back off through counts with exclusion.

    Parameters
    ----------
    counts : (n, size) how often each token followed the context, from the longest context to the empty one.
    left : (n, size) bool, the tokens that may come; changed in place.

    Returns
    -------
    (n, size) float64, each row sums to 1.
    """
    p, share = np.zeros(left.shape), np.ones((len(left), 1))
    for count in counts:
        kinds = (count > 0).sum(axis=1, keepdims=True)  # the excluded ones too, as in the published example
        count = count * left
        total = count.sum(axis=1, keepdims=True)
        whole = np.maximum(total + kinds, 1)
        p += share * count / whole
        share = np.where(kinds > 0, share * kinds / whole, share)  # a context that is not known leaves all
        left &= count == 0
    p += share * left / np.maximum(left.sum(axis=1, keepdims=True), 1)
    return p / p.sum(axis=1, keepdims=True)  # where nothing is left, the escape has nowhere to go


def long_term(model: Interpolated, piece: np.ndarray) -> list[np.ndarray]:
    """The training pieces' counts after the context of each of ``piece[1:]``: for orders 0, 1, ... (n - 1, size)."""
    piece = np.asarray(piece, dtype=np.int64)
    row = np.full(len(piece) - 1, len(model.tables[0].keys) - 1)
    result = []
    for order, table in enumerate(model.tables):
        if order:
            row = ngram._find(table.keys, ngram._keys(piece, row, order, model.size))
        known = np.flatnonzero(row >= 0)
        first, n_pairs = table.start[row[known]], np.diff(table.start)[row[known]]
        where = np.repeat(known, n_pairs)
        pair = np.arange(n_pairs.sum()) - np.repeat(np.cumsum(n_pairs) - n_pairs, n_pairs) + np.repeat(first, n_pairs)
        counts = np.zeros((len(piece) - 1, model.size), dtype=np.int32)
        counts[where, table.symbols[pair]] = table.counts[pair]
        result.append(counts)
    return result


def short_term(piece: np.ndarray, size: int, order: int) -> list[np.ndarray]:
    """The same of the piece so far: what followed each context earlier in the piece."""
    piece = np.asarray(piece, dtype=np.int64)
    alphabet, local = np.unique(piece[1:], return_inverse=True)
    row, result = np.zeros(len(local), dtype=np.int64), []
    for k in range(order + 1):
        if k:
            key = ngram._keys(piece, row, k, size)
            row = ngram._find(np.unique(key[key >= 0]), key)
        by_context = np.argsort(row, kind="stable")
        by_context = by_context[row[by_context] >= 0]
        seen = np.zeros((len(by_context), len(alphabet)), dtype=np.int32)
        seen[np.arange(len(by_context)), local[by_context]] = 1
        seen = np.cumsum(seen, axis=0, dtype=np.int32) - seen
        seen -= seen[np.searchsorted(row[by_context], row[by_context])]
        counts = np.zeros((len(local), size), dtype=np.int32)
        counts[by_context[:, None], alphabet[None]] = seen
        result.append(counts)
    return result


def _distributions(counts: Sequence[np.ndarray]) -> np.ndarray:
    left = np.ones(counts[0].shape, dtype=bool)
    left[:, list(NEVER)] = False
    return escape(reversed(counts), left)


@dataclass(frozen=True)
class Ppm:
    """A `riyaz.model.ngram.Model` of both memories: order bounds of the long and the short one, and the bias."""

    long: Interpolated
    short_order: int
    bias: float

    @property
    def size(self) -> int:
        """Length of the vocabulary."""
        return self.long.size

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"PPM-C order {self.long.order} + short-term order {self.short_order} (bias {self.bias:g})"

    @property
    def context(self) -> int | None:
        """How many tokens of the past it uses: all."""
        return None

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """See `riyaz.model.ngram.Model`."""
        if len(piece) < 2:
            return np.zeros((0, self.size))
        long, short = long_term(self.long, piece), short_term(piece, self.size, self.short_order)
        return ngram.mix(_distributions(long), _distributions(short), self.bias)


def choose(model: Interpolated, valid: Sequence[np.ndarray]) -> Ppm:
    """Both orders and the bias with the fewest bits per token on the validation pieces.

    Raises
    ------
    ValueError : if there are no validation pieces.
    """
    if not len(valid):
        raise ValueError("choosing a mixture needs validation pieces; there are none: leave some training pieces out")
    orders = [order for order in ORDERS if order <= model.order] or [model.order]
    both: tuple[list, list] = ([], [])
    for piece in valid:
        memories = long_term(model, piece), short_term(piece, model.size, model.order)
        for of, counts in zip(both, memories, strict=True):
            of.append(ngram._targets((_distributions(counts[: order + 1]) for order in orders), piece))
    (p, h), (q, g) = (ngram._joined(of) for of in both)
    best: tuple[float, int, int, float] = (np.inf, 0, 0, 0.0)
    for bias in BIASES:
        w, v = (np.maximum(x, 1e-9) ** -float(bias) for x in (h, g))
        for i, order in enumerate(orders):
            mixed = -np.log2((w[i] * p[i] + v * q) / (w[i] + v)).mean(axis=1)
            j = int(mixed.argmin())
            best = min(best, (float(mixed[j]), order, orders[j], float(bias)))
    return Ppm(model.at(best[1]), best[2], best[3])
