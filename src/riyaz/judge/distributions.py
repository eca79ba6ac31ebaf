"""Does it sound like the corpus: what is in the pieces, counted, and held against human pieces.

A profile counts one feature over pieces on a support of its own (MIDI numbers, bols, beats, bins); two profiles are
compared on the union of both supports. How far apart two groups of human pieces are is the noise floor: `against`
draws it from the training pieces, as many at a time as were generated.

References
----------
Definitions of MusPy where it has them: Dong et al., MusPy: a toolkit for symbolic music generation, ISMIR 2020,
arXiv:2008.01951; scale consistency: Mogren 2016, arXiv:1611.09904; groove: Wu & Yang 2020, arXiv:2008.01307. Phrases
end with rests and long notes: Lerdahl & Jackendoff, A generative theory of tonal music, 1983, second grouping rule.
Lin, Divergence measures based on the Shannon entropy, 1991, doi:10.1109/18.61115; its root is a distance: Endres &
Schindelin 2003, doi:10.1109/TIT.2003.813506. Overlap: Inman & Bradley 1989, doi:10.1080/03610928908830127; between
sets of pieces: Yang & Lerch 2020, doi:10.1007/s00521-018-3849-7.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy.special import rel_entr

from riyaz.music import scores
from riyaz.music.events import NUMBERS, TICKS, Piece, bar_beats, to_notes, velocities
from riyaz.tabla import taals
from riyaz.text.split import strokes, top_line

LEVEL = 16  # of velocities
BIN = 0.05  # of what lies between 0 and 1
GRID = 24  # groove positions a beat, MusPy's default resolution
PHRASE = 4  # bols
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


# --- one piece in figures ---------------------------------------------------------------------------------


def polyphony(events: pd.DataFrame) -> dict[int, float]:
    """Beats by number of sounding notes, silence left out; MusPy's polyphony is the mean of it. No notes: empty."""
    time: Counter[int] = Counter()
    for duration, symbols in zip(events["duration"].tolist(), events["symbols"], strict=True):
        if symbols:
            time[len(symbols)] += duration
    return {n: time[n] / TICKS for n in sorted(time)}


def scale_consistency(pitches: np.ndarray) -> float:
    """Largest share of the notes that is in one of the 24 major and natural minor scales; NaN without notes.

    max_s #{notes whose pitch class is in s} / #notes (MusPy, Mogren 2016).
    """
    if not len(pitches):
        return float("nan")
    count = np.bincount(np.asarray(pitches) % 12, minlength=12)
    best = max(count[(np.array(scale) + tonic) % 12].sum() for scale in _SCALES.values() for tonic in range(12))
    return float(best / count.sum())


def groove_consistency(onsets: np.ndarray, beats_a_bar: Fraction | int) -> float:
    """How alike the onsets of neighbouring bars are, between 0 and 1; NaN for fewer than two bars.

    1 - mean_i d(G_i, G_{i+1}), with G_i the binary vector of the onsets in bar i (`GRID` positions a beat) and d their
    Hamming distance over its length (Wu & Yang 2020; MusPy).

    Parameters
    ----------
    onsets : (n,) ticks.
    """
    length = int(beats_a_bar * GRID)
    step = np.round(np.asarray(onsets, dtype=np.float64) * GRID / TICKS).astype(np.int64)
    if not step.size or step.max() < length:
        return float("nan")
    grooves = np.zeros((step.max() // length + 1, length), dtype=bool)  # (bar, position)
    grooves[step // length, step % length] = True
    return float(1 - (grooves[1:] != grooves[:-1]).mean())


def key_clarity(pitches: np.ndarray, durations: np.ndarray) -> tuple[int, float]:
    """Tonic (pitch class) and correlation of the key whose profile the sounding time correlates with best.

    The algorithm of Krumhansl and Schmuckler (Krumhansl 1990), as in `scores.key_of`; (-1, NaN) where all pitch classes
    sound equally long, or nothing sounds.
    """
    weight = np.bincount(np.asarray(pitches, dtype=np.int64) % 12, durations, minlength=12)  # (12,) ticks
    key, correlation = scores.best_key(weight)
    return key % 12 if key >= 0 else -1, correlation


def _notes(events: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Onset, duration (ticks) and MIDI number of each note: (n_notes,) int64 each."""
    notes = to_notes(events)
    pitch = np.array([NUMBERS[symbol] for symbol in notes["symbol"]], dtype=np.int64)
    return notes["onset"].to_numpy(), notes["duration"].to_numpy(), pitch


def repetition(names: Sequence, n: int = PHRASE) -> float:
    """Share of the phrases of n symbols that the piece has said before: 1 - distinct-n; NaN if shorter than n."""
    phrases = [tuple(names[k : k + n]) for k in range(len(names) - n + 1)]
    return 1 - len(set(phrases)) / len(phrases) if phrases else float("nan")


def phrase_ends(events: pd.DataFrame) -> np.ndarray:
    """Onsets of the top line's phrase ends: notes before a rest, the last, and those twice the median long.

    Lerdahl & Jackendoff 1983, grouping preference rule 2. (n,) int64, ticks; none where nothing sounds.
    """
    top = events.assign(symbols=[s[-1:] for s in events["symbols"]], held=[h[-1:] for h in events["held"]])
    onset, duration, _ = _notes(top)
    if not onset.size:
        return onset
    before_rest = np.r_[(onset + duration)[:-1] < onset[1:], True]
    return onset[before_rest | (duration >= 2 * np.median(duration))]


def struck(events: pd.DataFrame, beats: Fraction | int) -> float:
    """Does it keep count: the share of every so many beats, from the first after the beginning, that are struck.

    #{k >= 1 : a note or bol starts at k beats, k beats < length} / #{k >= 1 : k beats < length}. With the beats of an
    avartan these are its sams, with 1 they are all matras; a piece need not be whole for it.

    Returns
    -------
    A share, 0 to 1; NaN for a piece that is not longer than `beats`.
    """
    onset = to_notes(events)["onset"].to_numpy()
    due = np.arange(1, -(-int(events["duration"].sum()) // int(beats * TICKS))) * int(beats * TICKS)
    return float(np.isin(due, onset).mean()) if due.size else float("nan")


def form(piece: Piece) -> dict[str, float]:
    """What a piece of notes keeps of common practice; NaN where there is nothing to measure.

    Returns
    -------
    in_key : `scale_consistency`, a share. key_clarity : correlation with the best key (Krumhansl 1990).
    on_beat : share of struck notes that start on a beat. groove : `groove_consistency`, where the metre is known.
    phrase : median beats from one phrase end to the next. phrase_end_on_beat : share of them that start on a beat.
    tonic_end : 1 where the last chord's bass is the tonic, else 0. empty_beats : share of beats in which nothing
    sounds (MusPy's empty beat rate).
    """
    events, (onset, duration, pitch) = piece.events, _notes(piece.events)
    if not onset.size:
        names = ("in_key", "key_clarity", "on_beat", "groove", "phrase", "phrase_end_on_beat", "tonic_end")
        return dict.fromkeys(names, float("nan")) | {"empty_beats": 1.0 if len(events) else float("nan")}
    _, clarity = key_clarity(pitch, duration)
    ends, beats_a_bar = phrase_ends(events), bar_beats(piece.about.get("metre"))
    return {
        "in_key": scale_consistency(pitch),
        "key_clarity": clarity,
        "on_beat": float((onset % TICKS == 0).mean()),
        "groove": groove_consistency(onset, beats_a_bar) if beats_a_bar else float("nan"),
        "phrase": float(np.median(np.diff(ends)) / TICKS) if len(ends) > 1 else float("nan"),
        "phrase_end_on_beat": float((ends % TICKS == 0).mean()),
        "tonic_end": scores.closes(events),
        "empty_beats": _empty_beats(events),
    }


def _empty_beats(events: pd.DataFrame) -> float:
    """Share of the beats in which nothing sounds."""
    onset, stop = events["onset"].to_numpy(), (events["onset"] + events["duration"]).to_numpy()
    n_beats = -(-int(stop[-1]) // TICKS)
    full = np.zeros(n_beats + 1, dtype=np.int64)
    sounding = np.array([bool(s) for s in events["symbols"]])
    np.add.at(full, onset[sounding] // TICKS, 1)
    np.add.at(full, -(-stop[sounding] // TICKS), -1)
    return float((np.cumsum(full)[:n_beats] == 0).mean())


def forms(groups: Mapping[str, Sequence[Piece]]) -> pd.DataFrame:
    """`form` of all pieces: one row per piece, with `group` and `piece`."""
    return pd.DataFrame([{"group": g, "piece": p.name, **form(p)} for g, pieces in groups.items() for p in pieces])


NAMES = {
    "in_key": "notes in one key",
    "key_clarity": "key clarity (correlation)",
    "on_beat": "notes on the beat",
    "groove": "groove consistency",
    "phrase": "phrase (beats)",
    "phrase_end_on_beat": "phrase ends on the beat",
    "tonic_end": "ends on the tonic",
    "empty_beats": "empty beats",
}


def form_table(groups: Mapping[str, Sequence[Piece]]) -> pd.DataFrame:
    """Means of `form` over the pieces of each group (rows), under `NAMES`; what no piece has is left out."""
    means = forms(groups).drop(columns="piece").groupby("group", sort=False).mean()
    return means.dropna(axis=1, how="all").rename(columns=NAMES)


# --- profiles ---------------------------------------------------------------------------------------------


def _binned(value: float) -> dict[float, float]:
    return {} if np.isnan(value) else {round(float(np.floor(value / BIN + 1e-9)) * BIN, 10): 1.0}


def _counted(values: Sequence) -> dict:
    return dict(Counter(values))


def _struck_a_beat(onset: np.ndarray, beats: Fraction) -> dict[int, float]:
    """How many beats have 0, 1, 2, ... struck notes; an unfinished last beat counts."""
    return _counted(np.bincount(onset // TICKS, minlength=ceil(beats)).tolist())


def _of_notes(piece: Piece) -> dict[str, dict]:
    onset, duration, pitch = _notes(piece.events)
    return {
        "pitch": _counted(pitch.tolist()),
        "pitch class": _counted((pitch % 12).tolist()),
        "interval": _counted(np.diff(top_line(piece.events)).tolist()),
        "duration": _counted((duration / TICKS).tolist()),
        "density": _struck_a_beat(onset, piece.beats),
        "polyphony": polyphony(piece.events),
        "key clarity": _binned(key_clarity(pitch, duration)[1]),
        "scale consistency": _binned(scale_consistency(pitch)),
        "onset in the beat": _counted(((onset % TICKS) / TICKS).tolist()),
        "groove": _binned(groove_consistency(onset, bar_beats(piece.about.get("metre")) or 4)),
        **_dynamics(piece.events),
    }


def _dynamics(events: pd.DataFrame) -> dict[str, dict]:
    """The velocities of the struck notes, where there are dynamics."""
    loud = velocities(events)
    if loud is None:
        return {}
    levels = (
        v // LEVEL * LEVEL
        for row, held in zip(loud, events["held"], strict=True)
        for v, h in zip(row, held, strict=True)
        if not h
    )
    return {"velocity": _counted(list(levels))}


def _of_bols(piece: Piece) -> dict[str, dict]:
    names = strokes(piece.events, khali=False)
    sounding = np.array([bool(s) for s in piece.events["symbols"]], dtype=bool)
    onset, duration = (piece.events[column].to_numpy()[sounding] for column in ("onset", "duration"))
    taal = taals.TAALS.get(piece.about.get("taal", ""))
    return {
        "bol": _counted(names),
        "transition": _counted([f"{a} {b}" for a, b in pairwise(names)]),
        "duration": _counted((duration / TICKS).tolist()),
        "laya": _struck_a_beat(onset, piece.beats),
        "onset in the matra": _counted(((onset % TICKS) / TICKS).tolist()),
        "phrase repetition": _binned(repetition(names)),
        "sams struck": _binned(struck(piece.events, taal.matras) if taal else float("nan")),
    }


SCALARS = ("key clarity", "scale consistency", "groove", "phrase repetition", "sams struck")  # one number a piece
FEATURES: dict[str, Callable[[Piece], dict[str, dict]]] = {"notes": _of_notes, "bols": _of_bols}
_COUNTS: WeakKeyDictionary[Piece, dict[str, dict]] = WeakKeyDictionary()  # a human piece is compared many times


def _counts(piece: Piece) -> dict[str, dict]:
    if piece not in _COUNTS:
        _COUNTS[piece] = FEATURES[piece.about.get("kind", "notes")](piece)
    return _COUNTS[piece]


def per_piece(pieces: Sequence[Piece]) -> dict[str, pd.DataFrame]:
    """Count each feature in each piece.

    Returns
    -------
    For each feature a DataFrame of (n_pieces, n_support) float64 counts, its columns the sorted support.
    Notes: ``pitch`` (MIDI number), ``pitch class`` (C is 0), ``interval`` (of the top line, semitones), ``duration``
    (beats), ``density`` (struck notes in a beat; counts beats), ``polyphony`` (sounding notes; counts beats),
    ``key clarity``, ``scale consistency`` and ``groove`` (bins of 0.05; counts pieces; 4 beats a bar where no metre is
    known), ``onset in the beat`` (beats), ``velocity`` (bins of 16) where any piece has dynamics.
    Bols: ``bol``, ``transition`` (two bols), ``duration`` (matras), ``laya`` (strokes in a matra; counts matras),
    ``onset in the matra``, ``phrase repetition`` and ``sams struck`` (bins of 0.05; counts pieces).
    An empty piece counts nothing; no pieces give no features.
    """
    counted = [_counts(piece) for piece in pieces]
    table = {}
    for name in dict.fromkeys(name for one in counted for name in one):
        own = [one.get(name, {}) for one in counted]
        support = sorted({value for one in own for value in one})
        rows = np.array([[one.get(value, 0) for value in support] for one in own], dtype=np.float64)
        table[name] = pd.DataFrame(rows.reshape(len(pieces), -1), columns=support, index=[p.name for p in pieces])
    return table


def profile(pieces: Sequence[Piece]) -> dict[str, tuple[list, np.ndarray]]:
    """Support and counts of each feature over all pieces, see `per_piece`."""
    return {name: (list(t.columns), t.to_numpy().sum(axis=0)) for name, t in per_piece(pieces).items()}


# --- comparing --------------------------------------------------------------------------------------------


def overlap(p: np.ndarray, q: np.ndarray) -> float:
    """Overlap of two histograms on one support: sum_x min(p(x), q(x)) of their shares, 0 to 1; NaN if one is empty."""
    if not p.sum() > 0 or not q.sum() > 0:
        return float("nan")
    return float(np.minimum(p / p.sum(), q / q.sum()).sum())


def distance(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon distance of two histograms on one support; NaN if one is empty.

    sqrt(H((p + q) / 2) - (H(p) + H(q)) / 2) with H in bits: 0 if the shares are equal, 1 if nothing is in common.
    """
    if not p.sum() > 0 or not q.sum() > 0:
        return float("nan")
    p, q = p / p.sum(), q / q.sum()
    bits = (rel_entr(p, (p + q) / 2).sum() + rel_entr(q, (p + q) / 2).sum()) / (2 * np.log(2))
    return float(np.sqrt(np.clip(bits, 0, 1)))  # rounding can leave [0, 1]


def _on_one_grid(a: pd.DataFrame, b: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Both tables' counts on the sorted union of their supports: (n_a, n), (n_b, n)."""
    support = sorted({*a.columns, *b.columns})
    return tuple(t.reindex(columns=support, fill_value=0.0).to_numpy() for t in (a, b))  # type: ignore[return-value]


def _remark(p: np.ndarray, q: np.ndarray) -> str:
    """Names the cases in which a distance says little or nothing."""
    kinds = [(counts > 0).sum() for counts in (p, q)]
    if not kinds[0] or not kinds[1]:
        return "undefined: nothing to count in " + (
            "both" if not any(kinds) else "the first" if not kinds[0] else "the second"
        )
    return "no variance: one value each" if kinds == [1, 1] else ""


def compare(a: Sequence[Piece], b: Sequence[Piece]) -> pd.DataFrame:
    """Hold two groups of pieces against each other.

    Returns
    -------
    One row a feature: `feature`, `n_a` and `n_b` (what was counted), `overlap`, `distance` (both on one common grid,
    see there), `remark` (``undefined: ...`` beside NaN, ``no variance: ...`` where both groups have one value only, so
    that the distance is 0 or 1).
    """
    one, two = per_piece(a), per_piece(b)
    rows = []
    for name in [*one, *(n for n in two if n not in one)]:
        empty = pd.DataFrame(dtype=np.float64)
        p, q = (x.sum(axis=0) for x in _on_one_grid(one.get(name, empty), two.get(name, empty)))
        rows.append((name, p.sum(), q.sum(), overlap(p, q), distance(p, q), _remark(p, q)))
    return pd.DataFrame(rows, columns=["feature", "n_a", "n_b", "overlap", "distance", "remark"])


def against(
    generated: Sequence[Piece], held_out: Sequence[Piece], train: Sequence[Piece], seed: int, draws: int = 200
) -> pd.DataFrame:
    """Hold generated pieces against held-out ones, with training against held-out pieces as the noise floor.

    The floor: `draws` times as many training pieces as were generated are drawn (all different where there are enough)
    and held against the held-out pieces. Give pieces of about one length (`originality.same_length`): short ones
    have rougher histograms.

    Returns
    -------
    `compare` of generated and held-out, and `floor` (median distance of the draws), `floor_95` (their 95th percentile),
    `beyond` (the distance is larger than `floor_95`: human pieces of this corpus rarely differ so much).

    Raises
    ------
    ValueError : if a group is empty.
    """
    for name, pieces in (("generated", generated), ("held-out", held_out), ("training", train)):
        if not len(pieces):
            raise ValueError(f"there are no {name} pieces to compare: the noise floor needs all three groups")
    result = compare(generated, held_out)
    rng = np.random.default_rng(seed)
    more = len(generated) > len(train)
    chosen = [rng.choice(len(train), len(generated), replace=more) for _ in range(draws)]
    human, other = per_piece(held_out), per_piece(train)
    middle, high = [], []
    for name in result["feature"]:
        p, q = _on_one_grid(*(of.get(name, pd.DataFrame(index=range(len(train)))) for of in (other, human)))
        drawn = np.array([distance(p[rows].sum(axis=0), q.sum(axis=0)) for rows in chosen])
        drawn = drawn[~np.isnan(drawn)]
        middle.append(float(np.median(drawn)) if drawn.size else float("nan"))
        high.append(float(np.quantile(drawn, 0.95)) if drawn.size else float("nan"))
    return result.assign(floor=middle, floor_95=high, beyond=result["distance"] > np.array(high))
