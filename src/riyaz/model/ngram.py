"""Classical models of a sequence of tokens, which a network has to beat.

A piece is an int array of token ids: ``<start>`` (1), tokens, ``<end>`` (2). Its first token is context and never
predicted; ``<pad>`` (0) and ``<start>`` have probability 0, every other id of the vocabulary more than 0. A model gives
for each piece the distributions of its tokens from the second on, each knowing all that went before in the piece, so
all figures are bits (-log2 p) with the state reset at each piece.

References
----------
Witten & Bell, The zero-frequency problem, IEEE Trans. Information Theory 37(4), 1991, doi:10.1109/18.87000 (method C).
Chen & Goodman, An empirical study of smoothing techniques for language modeling, 1999, doi:10.1006/csla.1999.0128.
Conklin & Witten, Multiple viewpoint systems for music prediction, 1995, doi:10.1080/09298219508570672.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

NEVER = (0, 1)  # <pad>, <start>: in no piece's predicted part
END = 2


class Model(Protocol):
    """What every baseline offers."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def size(self) -> int:
        """Length of the vocabulary."""

    @property
    def context(self) -> int | None:
        """How many tokens of the past it uses; None: all."""

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """Distributions of ``piece[1:]``: (len(piece) - 1, size) float64, each row sums to 1."""


def uniform_base(size: int) -> np.ndarray:
    """Equal probability for each id that can be predicted: (size,) float64."""
    base = np.full(size, 1 / (size - len(NEVER)))
    base[list(NEVER)] = 0
    return base


@dataclass(frozen=True)
class Uniform:
    """Each token is as likely as any other: log2(size - 2) bits. The zero point of every comparison."""

    size: int
    name: str = "uniform"
    context: int | None = 0

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """See `Model`."""
        return np.tile(uniform_base(self.size), (len(piece) - 1, 1))


@dataclass(frozen=True)
class CopyLast:
    """The last token again with probability r, else a draw from the unigram model.

    r = (repeats + 1) / (n + 2), Laplace's rule over the n training tokens: p(w) = r [w = last] + (1 - r) p_unigram(w).
    """

    unigram: np.ndarray
    rate: float
    name: str = "copy-last"
    context: int | None = 1

    @property
    def size(self) -> int:
        """Length of the vocabulary."""
        return len(self.unigram)

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """See `Model`."""
        p = np.tile((1 - self.rate) * self.unigram, (len(piece) - 1, 1))
        possible = ~np.isin(piece[:-1], NEVER)
        p[~possible] = self.unigram
        p[np.flatnonzero(possible), piece[:-1][possible]] += self.rate
        return p


@dataclass(frozen=True)
class Counts:
    """What followed each context of one length: sorted `keys`, and for each its symbols and their counts (CSR)."""

    keys: np.ndarray  # (n_contexts,) int64: row of the shorter context * size + the token before it
    start: np.ndarray  # (n_contexts + 1,) int64, into symbols and counts
    symbols: np.ndarray  # (n_pairs,) int64
    counts: np.ndarray  # (n_pairs,) int64
    total: np.ndarray  # (n_contexts,) int64: n(c)


@dataclass(frozen=True)
class Interpolated:
    """Witten-Bell n-gram of `order` tokens of context, interpolated with all shorter ones down to uniform.

    p_k(w | c) = (n(c, w) + T(c) p_{k-1}(w | c')) / (n(c) + T(c)), with n the counts of the training pieces, T(c) how
    many different tokens followed c, and c' the context without its oldest token; p_{-1} is uniform; a context never
    seen, or reaching back before the piece, gives p_{k-1}. One training serves all smaller orders: see `at`.
    """

    size: int
    tables: tuple[Counts, ...]

    @property
    def order(self) -> int:
        """Tokens of context; 0 is the unigram model."""
        return len(self.tables) - 1

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.order + 1}-gram (order {self.order}, Witten-Bell)" if self.order else "unigram"

    @property
    def context(self) -> int | None:
        """How many tokens of the past it uses."""
        return self.order

    def at(self, order: int) -> "Interpolated":
        """The same model with a shorter context."""
        if not 0 <= order <= self.order:
            raise ValueError(f"order is {order}; trained were 0 to {self.order}")
        return replace(self, tables=self.tables[: order + 1])

    def by_order(self, piece: np.ndarray) -> Iterator[np.ndarray]:
        """Distributions for orders 0, 1, ... (the array is changed in place from one to the next)."""
        piece = np.asarray(piece, dtype=np.int64)
        p = np.tile(uniform_base(self.size), (len(piece) - 1, 1))
        row = np.full(len(piece) - 1, len(self.tables[0].keys) - 1)  # of each position's context; -1: unknown
        for order, table in enumerate(self.tables):
            if order:
                row = _find(table.keys, _keys(piece, row, order, self.size))
            known = np.flatnonzero(row >= 0)
            context = row[known]
            first, n_pairs = table.start[context], np.diff(table.start)[context]
            weight = 1 / (table.total[context] + n_pairs)
            p[known] *= (n_pairs * weight)[:, None]
            where = np.repeat(np.arange(known.size), n_pairs)
            pair = np.arange(n_pairs.sum()) - np.repeat(np.cumsum(n_pairs) - n_pairs, n_pairs) + first[where]
            p[known[where], table.symbols[pair]] += table.counts[pair] * weight[where]
            yield p

    def distributions(self, piece: np.ndarray) -> np.ndarray:
        """See `Model`."""
        return list(self.by_order(piece))[-1]

    def following(self, past: np.ndarray) -> np.ndarray:
        """The last row of `distributions` alone, bit for bit: what follows `past`, (size,) float64."""
        p, row = uniform_base(self.size), len(self.tables[0].keys) - 1
        for order, table in enumerate(self.tables[: len(past) + 1]):
            if order and row >= 0:
                row = int(_find(table.keys, np.array([row * self.size + past[-order]]))[0])
            if row < 0:
                break
            first, last = table.start[row], table.start[row + 1]
            weight = 1 / (table.total[row] + (last - first))
            p *= (last - first) * weight
            p[table.symbols[first:last]] += table.counts[first:last] * weight
        return p


def _keys(piece: np.ndarray, row: np.ndarray, order: int, size: int) -> np.ndarray:
    """Key of the context of `order` tokens before each of ``piece[1:]``; -1 where there is none."""
    key = np.full(len(row), -1, dtype=np.int64)
    shorter = row[order - 1 :]
    key[order - 1 :] = np.where(shorter >= 0, shorter * size + piece[: max(0, len(piece) - order)], -1)
    return key


def _find(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Row of each wanted key in sorted keys, or -1."""
    if not keys.size:
        return np.full(wanted.shape, -1, dtype=np.int64)
    row = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[row] == wanted, row, -1)


def train(pieces: Sequence[np.ndarray], size: int, order: int = 8) -> Interpolated:
    """Count the contexts of 0 to `order` tokens in the training pieces; no pieces make a uniform model."""
    pieces = [np.asarray(piece, dtype=np.int64) for piece in pieces]
    rows = [np.zeros(len(piece) - 1, dtype=np.int64) for piece in pieces]
    targets = np.concatenate([piece[1:] for piece in pieces] or [np.empty(0, dtype=np.int64)])
    bounds = np.cumsum([len(row) for row in rows])[:-1]
    tables = []
    for k in range(order + 1):
        keys = np.zeros(1 if targets.size else 0, dtype=np.int64)
        if k and pieces:
            key = np.concatenate([_keys(p, r, k, size) for p, r in zip(pieces, rows, strict=True)])
            row = np.full(len(key), -1, dtype=np.int64)
            row[key >= 0], keys = pd.factorize(key[key >= 0], sort=True)
            rows = np.split(row, bounds)
        row = np.concatenate([*rows, np.empty(0, dtype=np.int64)])
        codes, pairs = pd.factorize((row * size + targets)[row >= 0], sort=True)
        counts = np.bincount(codes, minlength=len(pairs))
        start = np.searchsorted(pairs // size, np.arange(len(keys) + 1))
        total = np.diff(np.r_[0, np.cumsum(counts)][start])
        tables.append(Counts(keys, start, pairs % size, counts, total))
    return Interpolated(size, tuple(tables))


def copy_last(pieces: Sequence[np.ndarray], size: int) -> CopyLast:
    """Count how often a token of the training pieces repeats the one before."""
    repeats = sum(int((np.diff(piece) == 0).sum()) for piece in pieces)
    n = sum(len(piece) - 1 for piece in pieces)
    unigram = train(pieces, size, 0).distributions(np.zeros(2, dtype=np.int64))[0]
    return CopyLast(unigram, (repeats + 1) / (n + 2))


def entropy(p: np.ndarray) -> np.ndarray:
    """-sum p log2 p of each row, in bits; 0 log2 0 is 0."""
    return -np.sum(p * np.log2(np.where(p > 0, p, 1)), axis=-1)


def weight(p: np.ndarray, bias: float, size: int) -> np.ndarray:
    """Weight of each row of a model's distributions: its relative entropy to the power of -bias, (n,) float64."""
    return (np.maximum(entropy(p), 1e-9) / max(np.log2(size - len(NEVER)), 1e-9)) ** -bias


def mix(a: np.ndarray, b: np.ndarray, bias: float) -> np.ndarray:
    """Weighted mean of two models' distributions (n, size), the surer one weighing more; bias 0 is the plain mean."""
    share = weight(a, bias, a.shape[1])
    share = share / (share + weight(b, bias, b.shape[1]))
    return share[:, None] * a + (1 - share)[:, None] * b


def bits(model: Model, pieces: Sequence[np.ndarray]) -> list[np.ndarray]:
    """-log2 p of each token but the first: one (len(piece) - 1,) float64 array a piece, in bits."""
    scored = []
    for piece in pieces:
        p = model.distributions(piece)[np.arange(len(piece) - 1), np.asarray(piece)[1:]]
        if not p.all():
            raise ValueError(f"token {1 + int(np.argmin(p))} of a piece is <pad> or <start>: only the first may be")
        scored.append(-np.log2(p))
    return scored


def mean_bits(scored: Sequence[np.ndarray]) -> float:
    """Token-weighted mean over the pieces, in bits per token; NaN without tokens."""
    joined = np.concatenate([*scored, np.empty(0)])
    return float(joined.mean()) if joined.size else float("nan")


def _targets(distributions: Iterator[np.ndarray], piece: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each order the probability of what came and the entropy: what a search over mixtures needs."""
    at = np.arange(len(piece) - 1), np.asarray(piece)[1:]
    return [(p[at].copy(), entropy(p)) for p in distributions]


def _joined(pieces: list[list[tuple[np.ndarray, np.ndarray]]]) -> list[np.ndarray]:
    """Probabilities and entropies of all pieces, each (order, position)."""
    return [np.stack([np.concatenate([t[i] for t in orders]) for orders in zip(*pieces, strict=True)]) for i in (0, 1)]


def choose_order(model: Interpolated, valid: Sequence[np.ndarray], smallest: int = 1) -> tuple[Interpolated, pd.Series]:
    """The order with the fewest bits per token on the validation pieces.

    Returns
    -------
    model : at that order.
    table : mean bits per token by order, 0 to the model's own.

    Raises
    ------
    ValueError : if there are no validation pieces.
    """
    if not len(valid):
        raise ValueError("choosing an order needs validation pieces; there are none: leave some training pieces out")
    means = -np.log2(_joined([_targets(model.by_order(piece), piece) for piece in valid])[0]).mean(axis=1)
    table = pd.Series(means, index=pd.RangeIndex(len(means), name="order"), name="bits per token")
    return model.at(int(table.loc[min(smallest, model.order) :].idxmin())), table


def _nucleus(p: np.ndarray, top_p: float) -> np.ndarray:
    """p cut to its likeliest tokens that together have `top_p`, normalised."""
    order = np.argsort(-p, kind="stable")
    chosen = np.zeros_like(p)
    n = 1 + int((np.cumsum(p[order]) < top_p).sum())
    chosen[order[:n]] = p[order[:n]]
    return chosen / chosen.sum()


def _following(model: Model, past: np.ndarray) -> np.ndarray:
    """What follows `past`, (size,) float64."""
    if isinstance(model, Interpolated):
        return model.following(past)
    near = past if model.context is None else past[-max(1, model.context) :]
    return model.distributions(np.r_[near, 0])[-1]


def sample(
    model: Model,
    rng: np.random.Generator,
    n: int,
    primer: Sequence[int] = (1,),
    temperature: float = 1.0,
    top_p: float = 1.0,
    allowed: Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """Draw one piece token by token.

    Parameters
    ----------
    n : at most so many tokens after the primer; ``<end>`` stops sooner.
    primer : the first tokens, ``<start>`` first.
    temperature : p ** (1 / temperature), normalised.
    top_p : the fewest tokens that together have at least this probability (Holtzman et al. 2020, arXiv:1904.09751).
    allowed : from the tokens so far to a (size,) bool mask of what may follow; None: what the model gives.

    Returns
    -------
    (at most len(primer) + n,) int32, the primer included.
    """
    piece = np.zeros(len(primer) + n, dtype=np.int64)
    piece[: len(primer)] = primer
    for t in range(len(primer), len(piece)):
        p = _following(model, piece[:t]) ** (1 / temperature)
        if allowed is not None:
            p = p * allowed(piece[:t])
        if not p.sum() > 0:
            raise ValueError(f"nothing may follow token {t}: the mask forbids every token of the vocabulary")
        piece[t] = rng.choice(len(p), p=_nucleus(p / p.sum(), top_p))
        if piece[t] == END:
            return piece[: t + 1].astype(np.int32)
    return piece.astype(np.int32)
