"""A model of the training pieces mixed with one of the piece so far, as Conklin and Witten have it, and IDyOM.

Each of both knows what has followed every context: n(w) times w, n in all, T different tokens. n / (n + T) of the
probability goes to these counts and T / (n + T) to the next shorter context (escape method C). There are three `WAYS`:

``plain`` : every context adds to what the shorter ones say (Witten and Bell's interpolation).
``backoff`` : what a longer context has offered is excluded from the shorter ones, since the escape says that none of it
    came: prediction by partial matching. Below the empty context all other tokens are equally likely.
``idyom`` : as IDyOM computes it. Every context adds, but n leaves out what longer contexts have offered; the longest
    context that counts is the shortest one after which only one token is known, if there is one (PPM*).

Both distributions are mixed by inverse relative entropy (`riyaz.model.ngram.mix`).

References
----------
Cleary & Witten 1984, doi:10.1109/TCOM.1984.1096090; Moffat 1990 (method C), doi:10.1109/26.61469. Cleary, Teahan &
Witten, Unbounded length contexts for PPM, 1995 (tables 1 and 2: the text abracadabra). Conklin & Witten 1995,
doi:10.1080/09298219508570672 (both memories). Pearce & Wiggins, Improved methods for statistical modelling of
monophonic music, 2004, doi:10.1080/0929821052000343840 (interpolation, inverse-entropy weights). Pearce, The
construction and evaluation of statistical models of melodic structure, PhD thesis, City University, 2005 (IDyOM).
Chordia, Sastry, Mallikarjuna & Albin, Multiple viewpoints modeling of tabla sequences, ISMIR 2010 (of tabla).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from riyaz.model import ngram
from riyaz.model.ngram import NEVER, Interpolated

WAYS = ("plain", "backoff", "idyom")
PPM = ("backoff", "idyom")  # those with exclusion
BIASES = (0, 1, 2, 3, 5, 8)  # of the mixture, that are tried


def distributions(counts: Sequence[np.ndarray], way: str) -> np.ndarray:
    """What counts predict.

    Parameters
    ----------
    counts : for the orders 0, 1, ... (n, size), how often each token followed the context of so many tokens.
    way : one of `WAYS`.

    Returns
    -------
    (n, size) float64, each row sums to 1; what can never come has 0.
    """
    p: np.ndarray = np.zeros_like(counts[0], dtype=np.float64)
    share = np.ones((len(p), 1))
    possible = np.ones(p.shape[-1], dtype=bool)
    possible[list(NEVER)] = False
    left = np.tile(possible, (len(p), 1))  # not yet offered
    for count in reversed(_up_to_the_sure_one(counts) if way == "idyom" else counts):
        kinds = (count > 0).sum(axis=1, keepdims=True)  # the excluded ones too, as in the published example
        total = (count if way == "plain" else count * left).sum(axis=1, keepdims=True)
        whole = np.maximum(total + kinds, 1)
        p += share * (count * left if way == "backoff" else count) / whole * (total > 0)
        share = np.where(kinds > 0, share * kinds / whole, share)  # a context that is not known leaves all
        left &= count == 0
    n_left = left.sum(axis=1, keepdims=True)
    if way == "backoff":
        p += share * left / np.maximum(n_left, 1)
    else:
        p += share * possible / (possible.sum() if way == "plain" else n_left + 1)
    return p / p.sum(axis=1, keepdims=True)  # where nothing is left, the escape has nowhere to go


def _up_to_the_sure_one(counts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The counts without those of contexts longer than the shortest one after which one token only is known."""
    sure = np.zeros((len(counts[0]), 1), dtype=bool)
    result = []
    for count in counts:
        result.append(count * ~sure)
        sure |= (count > 0).sum(axis=1, keepdims=True) == 1
    return result


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


@dataclass(frozen=True)
class Mixed:
    """A `riyaz.model.ngram.Model` of both memories: order bounds of the long and the short one, the bias, the way.

    p = sum_m w_m p_m / sum_m w_m with w_m = (H(p_m) / log2 V) ** -bias: the surer memory weighs more.
    """

    long: Interpolated
    short_order: int
    bias: float
    way: str = "plain"

    @property
    def size(self) -> int:
        """Length of the vocabulary."""
        return self.long.size

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.way}, order {self.long.order} + short-term order {self.short_order} (bias {self.bias:g})"

    @property
    def context(self) -> int | None:
        """How many tokens of the past it uses: all."""
        return None

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """See `riyaz.model.ngram.Model`."""
        if len(piece) < 2:
            return np.zeros((0, self.size))
        memories = long_term(self.long, piece), short_term(piece, self.size, self.short_order)
        long, short = (distributions(counts, self.way) for counts in memories)
        return ngram.mix(long, short, self.bias)


def choose(model: Interpolated, valid: Sequence[np.ndarray], ways: Sequence[str] = WAYS) -> tuple[Mixed, float]:
    """The way, both orders and the bias with the fewest bits per token on the validation pieces.

    Returns
    -------
    model : the best mixture; of equal ones the first, shortest contexts first. bits : what it needs there.

    Raises
    ------
    ValueError : if there are no validation pieces.
    """
    if not len(valid):
        raise ValueError("choosing a mixture needs validation pieces; there are none: leave some training pieces out")
    both: dict[str, tuple[list, list]] = {way: ([], []) for way in ways}
    orders = range(model.order + 1)
    for piece in valid:
        memories = long_term(model, piece), short_term(piece, model.size, model.order)
        for way in ways:
            for of, counts in zip(both[way], memories, strict=True):
                of.append(ngram._targets((distributions(counts[: order + 1], way) for order in orders), piece))
    best, least = Mixed(model, 0, 0.0, ways[0]), np.inf
    for way in ways:
        (p, h), (q, g) = (ngram._joined(of) for of in both[way])
        for bias in BIASES:
            w, v = (np.maximum(x, 1e-9) ** -float(bias) for x in (h, g))  # the common log2 V cancels
            for order in orders:
                mixed = -np.log2((w[order] * p[order] + v * q) / (w[order] + v)).mean(axis=1)  # by short order
                if mixed.min() < least:
                    best, least = Mixed(model.at(order), int(mixed.argmin()), float(bias), way), float(mixed.min())
    return best, least
