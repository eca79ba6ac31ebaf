"""Held-out likelihood: how well a model foretells pieces that it has not seen.

A model is given as its distributions: for each piece (n - 1, n_tokens) natural logarithms, one row for each token but
the first, each knowing all that went before in the piece and nothing of other pieces. All figures are bits, -log2 p.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from riyaz.tokens import Vocabulary, kind

_COLUMNS = ("piece", "position", "token", "kind", "bits", "correct", "confidence", "entropy")


def score(logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], vocabulary: Vocabulary) -> pd.DataFrame:
    """One row a predicted token.

    Parameters
    ----------
    logs : for each piece (n - 1, n_tokens), natural logarithms of probabilities.
    pieces : each (n,) token ids, ``<start>`` first.

    Returns
    -------
    piece (number), position (from 1), token (id), kind, bits (of the token that came), correct (it was the likeliest),
    confidence (probability of the likeliest), entropy (bits). No rows for no pieces.
    """
    kinds = np.array([kind(word) for word in vocabulary.words])
    columns: dict[str, list[np.ndarray]] = {name: [] for name in _COLUMNS}
    for number, (log, ids) in enumerate(zip(logs, pieces, strict=True)):
        came = np.asarray(ids[1:], dtype=np.int64)
        p = np.exp(log)
        columns["piece"].append(np.full(len(came), number))
        columns["position"].append(np.arange(1, len(came) + 1))
        columns["token"].append(came)
        columns["kind"].append(kinds[came])
        columns["bits"].append(-log[np.arange(len(came)), came] / np.log(2))
        columns["correct"].append(log.argmax(axis=1) == came)
        columns["confidence"].append(p.max(axis=1))
        columns["entropy"].append(-(p * np.where(p > 0, log, 0)).sum(axis=1) / np.log(2))
    return pd.DataFrame({name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()})


def summary(scored: pd.DataFrame, n_events: int) -> dict[str, float]:
    """The usual figures of scored tokens; NaN where nothing was scored.

    Returns
    -------
    bits_per_token : weighted by token. bits_per_token_by_piece : the mean over pieces of their bits a token.
    bits_per_event : all bits over `n_events`, so that schemes with more or fewer tokens compare.
    perplexity : 2 ** bits_per_token. accuracy : share of tokens that were the likeliest.
    """
    bits = float(scored["bits"].mean())
    return {
        "bits_per_token": bits,
        "bits_per_token_by_piece": float(scored.groupby("piece")["bits"].mean().mean()),
        "bits_per_event": float(scored["bits"].sum() / n_events) if n_events else float("nan"),
        "perplexity": float(2**bits),
        "accuracy": float(scored["correct"].mean()),
    }


def interval(scored: pd.DataFrame, seed: int, level: float = 0.95, draws: int = 2000) -> tuple[float, float]:
    """Bootstrap interval of bits a token: whole pieces drawn with replacement (Efron 1979); NaN for fewer than two."""
    by_piece = scored.groupby("piece")["bits"].agg(["sum", "size"]).to_numpy()
    if len(by_piece) < 2:
        return float("nan"), float("nan")
    rows = np.random.default_rng(seed).integers(len(by_piece), size=(draws, len(by_piece)))
    sums = by_piece[rows].sum(axis=1)  # (draws, 2)
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def difference(ours: pd.DataFrame, theirs: pd.DataFrame, seed: int, level: float = 0.95) -> tuple[float, float, float]:
    """Bits a token that `ours` saves against `theirs`, with its interval: paired token by token, by pieces."""
    saved = theirs.assign(bits=theirs["bits"].to_numpy() - ours["bits"].to_numpy())
    return (float(saved["bits"].mean()), *interval(saved, seed, level))


def calibration(scored: pd.DataFrame, bins: int = 10) -> tuple[pd.DataFrame, float]:
    """Is it right as often as it is sure? (Guo et al. 2017)

    Returns
    -------
    table : for each tenth of confidence that occurs: confidence (mean), accuracy, tokens.
    error : expected calibration error, the token-weighted mean of their difference; NaN for no tokens.
    """
    which = np.minimum((scored["confidence"] * bins).astype(int), bins - 1)
    groups = scored.assign(tokens=1).groupby(which)
    table = groups.agg(confidence=("confidence", "mean"), accuracy=("correct", "mean"), tokens=("tokens", "sum"))
    gap = (table["confidence"] - table["accuracy"]).abs() * table["tokens"]
    return table.reset_index(drop=True), float(gap.sum() / table["tokens"].sum()) if len(table) else float("nan")


def frame_nats(logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], vocabulary: Vocabulary) -> list[np.ndarray]:
    """Nats a frame of pieces in which every event is one frame, as the piano-roll benchmarks count them.

    A frame's first token says two things at once: that the frame before has no further note (all tokens without ``+``),
    and which note comes. By the chain rule the first belongs to the frame before. The first frame is context.

    Returns
    -------
    For each piece (n_frames - 1,) float64: nats of frames 2 to the last, the last one closed by whatever is no ``+``.

    References
    ----------
    Boulanger-Lewandowski, Bengio & Vincent 2012, arXiv:1206.6392, section 6.
    """
    more = np.array([word.startswith("+") for word in vocabulary.words])
    opens = np.array([kind(word) in ("note", "held", "rest") and not word.startswith("+") for word in vocabulary.words])
    out = []
    for log, ids in zip(logs, pieces, strict=True):
        came = np.asarray(ids[1:], dtype=np.int64)
        told = -log[np.arange(len(came)), came].astype(np.float64)
        closing = -np.log(np.exp(log[:, ~more].astype(np.float64)).sum(axis=1))  # that the frame before is complete
        first = opens[came]
        frame = np.cumsum(first)  # 0 before the first frame
        sounds = first | more[came]
        closes = ~more[came] & np.r_[False, sounds[:-1]]
        nats = np.bincount(
            frame + ~sounds, told - closing * closes, minlength=frame[-1] + 2
        )  # a duration opens the next
        nats += np.bincount((frame - first)[closes], closing[closes], minlength=len(nats))
        out.append(nats[2 : frame[-1] + 1])
    return out


def metrics(table: dict[str, Any]) -> dict[str, Any]:
    """Round every figure to six digits, so that a metrics file is the same where the last bit is not."""
    return {
        key: metrics(value) if isinstance(value, dict) else round(value, 6) if isinstance(value, float) else value
        for key, value in table.items()
    }
