"""Held-out likelihood: how well a model predicts pieces that it has not seen.

A model is given as its distributions: for each piece (n - 1, n_tokens) natural logarithms, one row for each token but
the first, each knowing all that went before in the piece and nothing of other pieces. All figures are bits, -log2 p,
but those of piano rolls, which are nats, -ln p, as the literature has them.

References
----------
Bits and perplexity: Jelinek, Mercer, Bahl & Baker 1977, doi:10.1121/1.2016299; of music, by piece and by kind of
prediction: Conklin & Witten 1995, doi:10.1080/09298219508570672.
Calibration: Guo et al. 2017, arXiv:1706.04599.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd

from riyaz.judge.interval import Interval, ratio
from riyaz.music.events import TICKS, Piece
from riyaz.text.tokens import HEADER, Vocabulary, encode, kind

_COLUMNS = ("piece", "position", "token", "kind", "bits", "correct", "confidence", "entropy")

PLACES = ("first beat", "other beats", "between beats", "outside")  # of an avartan the first beat is sam

JSB = {"train": 229, "valid": 76, "test": 77}  # pieces of the Bach chorales of Boulanger-Lewandowski et al.
EXACT, BOUND, ESTIMATE = "exact", "upper bound", "estimate"  # of the negative log-likelihood
# Nats per frame on their test part, as their authors published them, and what kind of figure each is; none of them was
# run here. An exact figure below an upper bound is a fair win; an estimate can err either way.
PUBLISHED = (
    ("RNN", 8.91, EXACT, "each note on its own, frames 2 to T", "Bai et al. 2018"),
    ("LSTM", 8.45, EXACT, "each note on its own, frames 2 to T", "Bai et al. 2018"),
    ("GRU", 8.43, EXACT, "each note on its own, frames 2 to T", "Bai et al. 2018"),
    ("TCN", 8.10, EXACT, "each note on its own, frames 2 to T", "Bai et al. 2018"),
    ("LSTM", 7.92, EXACT, "each note on its own", "Lyu et al. 2015"),
    ("FIVO", 7.40, BOUND, "the first frame counts too", "Maddison et al. 2017"),
    ("VSMC", 7.14, BOUND, "in expectation", "Naesseth et al. 2018"),
    ("RNN-RBM", 6.27, ESTIMATE, "partition function by annealed importance sampling", "Lyu et al. 2015"),
    ("RNN-NADE", 5.56, EXACT, "notes of a frame in order", "Boulanger-Lewandowski et al. 2012"),
    ("DMM-Aug-NADE", 5.12, BOUND, "evidence lower bound", "Krishnan et al. 2017"),
    ("LSTM-RTRBM", 4.72, ESTIMATE, "partition function by annealed importance sampling", "Lyu et al. 2015"),
    ("LV-RNN", 3.99, BOUND, "evidence lower bound", "Krishnan et al. 2017"),
)


def bits(log: np.ndarray, ids: Sequence[int] | np.ndarray) -> np.ndarray:
    """-log2 p of each token of a piece but the first, from natural logarithms.

    Parameters
    ----------
    log : (tokens - 1, vocabulary), as the models of `riyaz.model` give it; ids : (tokens,).
    """
    return -log[np.arange(len(log)), np.asarray(ids[1:])] / np.log(2)


def score(logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], vocabulary: Vocabulary) -> pd.DataFrame:
    """One row a predicted token.

    Parameters
    ----------
    logs : for each piece (n - 1, n_tokens), natural logarithms of probabilities.
    pieces : each (n,) token ids, ``<start>`` first.

    Returns
    -------
    piece (number), position (from 1), token (id), kind, bits (-log2 p of the token that came), correct (it was the
    likeliest), confidence (max_w p(w), the probability of the likeliest), entropy (-sum_w p(w) log2 p(w), bits).
    No rows for no pieces.
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
        columns["bits"].append(bits(log, ids))
        columns["correct"].append(log.argmax(axis=1) == came)
        columns["confidence"].append(p.max(axis=1))
        columns["entropy"].append(-(p * np.where(p > 0, log, 0)).sum(axis=1) / np.log(2))
    return pd.DataFrame({name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()})


def summary(scored: pd.DataFrame, n_events: int) -> dict[str, float]:
    """The usual figures of scored tokens; NaN where nothing was scored.

    Returns
    -------
    bits_per_token : sum of all bits / number of tokens. bits_per_token_by_piece : the mean over pieces of their bits
    per token. bits_per_event : sum of all bits / `n_events`, so that schemes with more or fewer tokens compare.
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


def interval(scored: pd.DataFrame, families: np.ndarray, seed: int) -> Interval:
    """Interval of bits per token, from whole families of pieces (`riyaz.judge.interval.ratio`).

    Parameters
    ----------
    families : (n_pieces,) the family of each piece, by the numbers in the column `piece`.
    """
    by_piece = scored.groupby("piece")["bits"].agg(["sum", "size"])
    return ratio(by_piece["sum"], by_piece["size"], np.asarray(families)[by_piece.index.astype(int)], seed)


def difference(ours: pd.DataFrame, theirs: pd.DataFrame, families: np.ndarray, seed: int) -> tuple[float, Interval]:
    """Bits per token that `ours` saves against `theirs`, and its `interval`: paired token by token.

    mean(theirs - ours); NaN for no tokens.
    """
    saved = theirs.assign(bits=theirs["bits"].to_numpy() - ours["bits"].to_numpy())
    return float(saved["bits"].mean()), interval(saved, families, seed)


def calibration(scored: pd.DataFrame, families: np.ndarray, seed: int, bins: int = 10) -> tuple[pd.DataFrame, float]:
    """Is it right as often as it is sure? (Guo et al. 2017)

    Returns
    -------
    table : for each tenth of confidence that occurs: confidence (mean), accuracy, tokens, and interval (of accuracy
        less confidence, over families; it holds 0 where the model is as often right as it is sure).
    error : expected calibration error, sum_b n_b / n |accuracy_b - confidence_b| over the tenths b; NaN for no tokens.
    """
    which = np.minimum((scored["confidence"] * bins).astype(int), bins - 1)
    groups = scored.assign(tokens=1).groupby(which)
    table = groups.agg(confidence=("confidence", "mean"), accuracy=("correct", "mean"), tokens=("tokens", "sum"))
    gap = (table["confidence"] - table["accuracy"]).abs() * table["tokens"]
    table["interval"] = [
        interval(rows.assign(bits=rows["correct"].astype(float) - rows["confidence"]), families, seed)
        for _, rows in groups
    ]
    return table.reset_index(drop=True), float(gap.sum() / table["tokens"].sum()) if len(table) else float("nan")


def event_onsets(piece: Piece, scheme: str = "event") -> np.ndarray:
    """When the event begins that each token of a piece tells of.

    A duration tells of the event that it opens, a note with ``+`` of the event before it, a velocity of the event of
    the next note; ``<start>``, ``<end>`` and the header tell of none.

    Returns
    -------
    (n,) int64, ticks, for the n tokens of `tokens.encode`; -1 where there is no event.
    """
    words = encode(piece, scheme)
    kinds = np.array([kind(word) for word in words])
    opens = np.isin(kinds, ("note", "held", "rest", "bol", "chord")) & ~np.char.startswith(words, "+")
    nats_of_token = piece.events["symbols"].map(len).to_numpy() > 0 if scheme == "chord" else slice(None)
    onset = np.append(piece.events["onset"].to_numpy()[nats_of_token], -1)
    number = np.cumsum(opens) - 1 + (kinds == "duration")
    number = np.where(kinds == "velocity", np.roll(number, -1), number)
    return onset[np.where(np.isin(kinds, ("special", *HEADER)), -1, number)]


def positions(pieces: Sequence[Piece], cycles: Sequence[Fraction | None], scheme: str = "event") -> pd.DataFrame:
    """Where in its avartan or bar each predicted token stands: the onset of its event, modulo the cycle.

    Parameters
    ----------
    cycles : for each piece the beats of its avartan or bar; None where it names none.

    Returns
    -------
    One row a token but the first of each piece, in the order of `score`: cycle (beats), beat (from 1, so that 1 is sam
    or the downbeat and 2.5 is half a beat after the second; NaN for both where the token has no event or the piece no
    cycle), place (one of `PLACES`; ``outside`` beside NaN). No rows for no pieces.
    """
    length, beat = [np.empty(0)], [np.empty(0)]
    for piece, cycle in zip(pieces, cycles, strict=True):
        onset = event_onsets(piece, scheme)[1:]
        known = (onset >= 0) & (cycle is not None)
        ticks = int((cycle or 1) * TICKS)
        length.append(np.where(known, ticks / TICKS, np.nan))
        beat.append(np.where(known, 1 + onset % ticks / TICKS, np.nan))
    result = pd.DataFrame({"cycle": np.concatenate(length), "beat": np.concatenate(beat)})
    which = np.select([result["beat"] == 1, result["beat"] % 1 == 0, result["beat"] > 1], [0, 1, 2], 3)
    return result.assign(place=np.array(PLACES)[which])


def by_place(scored: pd.DataFrame, places: pd.Series, families: np.ndarray, seed: int) -> pd.DataFrame:
    """Bits per token on the first beat of the cycle, on its other beats, between them, and outside of it.

    Returns
    -------
    One row for each of `PLACES` that occurs, in that order: place, share (of the tokens), bits (per token), interval.
    No rows where nothing was scored.
    """
    rows = []
    for place in PLACES:
        here = scored[(places == place).to_numpy()]
        if len(here):
            rows.append((place, len(here) / len(scored), here["bits"].mean(), interval(here, families, seed)))
    return pd.DataFrame(rows, columns=["place", "share", "bits", "interval"])


def frame_nats(
    logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], vocabulary: Vocabulary, whole: bool = False
) -> list[np.ndarray]:
    """Nats per frame of pieces in which every event is one frame, as the piano-roll benchmarks count them.

    A frame's first token says two things at once: that the frame before has no further note (all tokens without ``+``),
    and which note comes. By the chain rule the first belongs to the frame before.

    Parameters
    ----------
    whole : the first frame counts too, with all that stands before it; else it is context.

    Returns
    -------
    For each piece (n_frames - 1,) float64, or (n_frames,) if it is `whole`: nats of frames 2 (or 1) to the last, the
    last one closed by whatever is no ``+``. A piece of one frame gives none (or one). What a model leaves
    for tokens that no frame has, as ``<end>``, counts as lost.

    References
    ----------
    Boulanger-Lewandowski, Bengio & Vincent 2012, arXiv:1206.6392, section 6.
    """
    more = np.array([word.startswith("+") for word in vocabulary.words])
    opens = np.array([kind(word) in ("note", "held", "rest") and not word.startswith("+") for word in vocabulary.words])
    out = []
    for log, ids in zip(logs, pieces, strict=True):
        came = np.asarray(ids[1:], dtype=np.int64)
        nats_of_token = -log[np.arange(len(came)), came].astype(np.float64)
        closing = -np.log(np.exp(log[:, ~more].astype(np.float64)).sum(axis=1))  # that the frame before is complete
        first = opens[came]
        frame = np.cumsum(first)  # 0 before the first frame
        sounds = first | more[came]
        closes = ~more[came] & np.r_[False, sounds[:-1]]
        nats = np.bincount(
            frame + ~sounds, nats_of_token - closing * closes, minlength=frame[-1] + 2
        )  # a duration opens the next
        nats += np.bincount((frame - first)[closes], closing[closes], minlength=len(nats))
        out.append(nats[2 - whole : frame[-1] + 1])
    return out


def frame_summary(nats: Sequence[np.ndarray], families: np.ndarray, seed: int) -> dict[str, float | None]:
    """The figures of `frame_nats`; NaN where there are no frames.

    Returns
    -------
    by_frame : sum of all nats / number of frames, as the benchmarks count. low, high : ends of its interval over
    families. by_piece : mean over pieces of their nats per frame; pieces without a frame are left out.
    """
    sums, sizes = np.array([n.sum() for n in nats]), np.array([len(n) for n in nats])
    known = sizes > 0
    by_frame = sums.sum() / sizes.sum() if known.any() else float("nan")
    by_piece = (sums[known] / sizes[known]).mean() if known.any() else float("nan")
    result = ratio(sums[known], sizes[known], np.asarray(families)[known], seed)
    return {"by_frame": float(by_frame), **result.ends(), "by_piece": float(by_piece)}


def published(n_pieces: Mapping[str, int]) -> pd.DataFrame:
    """What others reported of the corpus that has so many pieces in ``train``, ``valid`` and ``test``.

    Returns
    -------
    model, nats (a frame, on the test part), kind (`EXACT`, `BOUND` or `ESTIMATE`), conditions, source: `PUBLISHED` for
    the chorales of `JSB`; no rows for any other.

    References
    ----------
    Boulanger-Lewandowski, Bengio & Vincent 2012, arXiv:1206.6392. Lyu et al., Modelling high-dimensional sequences with
    LSTM-RTRBM, IJCAI 2015. Maddison et al. 2017, arXiv:1705.09279. Naesseth et al. 2018, arXiv:1705.11140. Krishnan,
    Shalit & Sontag 2017, arXiv:1609.09869. Bai, Kolter & Koltun 2018, arXiv:1803.01271.
    """
    result = PUBLISHED if dict(n_pieces) == JSB else ()
    return pd.DataFrame(result, columns=["model", "nats", "kind", "conditions", "source"])
