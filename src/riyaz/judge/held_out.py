"""The held-out pieces and how every model predicts them: the figures at the head of the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from riyaz.judge import likelihood, rivals
from riyaz.judge.folds import best_of_ours
from riyaz.judge.interval import Interval
from riyaz.model import memory, ngram, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import bar_beats
from riyaz.params import Settings
from riyaz.text import split, tokens
from riyaz.text.dataset import DataSet
from riyaz.tools import store

RIVALS = ("n-gram", "n-gram + piece", "PPM + piece")  # those that the network is compared with in the verdict
STRETCH, FEWEST = 32, 30  # tokens in a stretch of a piece; tokens that a point of a curve needs


@dataclass(frozen=True, eq=False)
class Predictions:
    """What every model gave the test pieces.

    Attributes
    ----------
    data : the test part.
    models : the rivals, by name.
    logs : for each model and piece (n - 1, n_tokens) natural logarithms.
    scored : for each model a row a predicted token (`riyaz.judge.likelihood.score`).
    sources : for each piece a row a token, what the memory did (`riyaz.model.memory.read`); None without a memory.
    known : of `to_judge`; "" where the pieces are held out.
    """

    data: DataSet
    models: Mapping[str, ngram.Model]
    logs: Mapping[str, list[np.ndarray]]
    scored: Mapping[str, pd.DataFrame]
    sources: list[pd.DataFrame] | None
    known: str = ""

    @property
    def main(self) -> str:
        """Our model: the network with its memory, if it has one."""
        return best_of_ours(self.logs)

    def by_piece(self) -> pd.DataFrame:
        """What our model needs for each test piece: piece (its name), family, tokens, bits."""
        summed = self.scored[self.main].groupby("piece")["bits"].agg(["size", "sum"])
        rows = summed.index.to_numpy(int)
        names, families = np.asarray(self.data.names)[rows], np.asarray(self.data.families)[rows]
        return pd.DataFrame({"piece": names, "family": families, "tokens": summed["size"], "bits": summed["sum"]})

    @property
    def described(self) -> str:
        """Such as ``9 held-out pieces of 2 families``."""
        return f"{len(self.data)} {'known' if self.known else 'held-out'} pieces of {self.data.n_families} families"

    def interval(self, name: str, seed: int) -> Interval:
        """Of a model's bits per token."""
        return likelihood.interval(self.scored[name], self.data.families, seed)

    def summary(self, seed: int) -> pd.DataFrame:
        """A row a model, the best first: `likelihood.summary`, and `interval`."""
        sounding = sum(int(piece.events["symbols"].map(len).gt(0).sum()) for piece in self.data.pieces)
        table = pd.DataFrame({name: likelihood.summary(rows, sounding) for name, rows in self.scored.items()}).T
        table["interval"] = [self.interval(name, seed) for name in table.index]
        return table.sort_values("bits_per_token").rename_axis("model").reset_index()

    def saved(self, seed: int) -> dict[str, tuple[float, Interval]]:
        """Bits per token that our model saves against each of `RIVALS` that there is, with their interval."""
        ours = self.scored[self.main]
        return {
            name: likelihood.difference(ours, self.scored[name], self.data.families, seed)
            for name in RIVALS
            if name in self.scored
        }


def to_judge(data: DataSet) -> tuple[DataSet, str]:
    """The corpus as it is judged, and a sentence where nothing of it is held out ("" where something is).

    Without a test part the validation pieces stand in for it, or without these the training pieces: each of them is in
    the data set a second time, as a test piece of its family.
    """
    for part, how in (("test", ""), ("valid", "stopped by"), ("train", "made of")):
        again = np.flatnonzero(data.parts == part)
        if part == "test" and len(again):
            return data, ""
        if len(again):
            twice = data.rows([*range(len(data)), *again])
            why = f"nothing is held out, and these {len(again):,} pieces are what training was {how}"
            return twice.with_parts(np.r_[data.parts, np.full(len(again), "test", dtype=object)]), why
    raise ValueError("the corpus has no pieces")


def predict(model: Bundle, data: DataSet, settings: Settings, known: str = "") -> Predictions:
    """Let the network and its rivals predict the test part, each piece from its beginning with all that went before."""
    test, models = data.part("test"), rivals.train(data, settings, store.folder(settings.root))
    logs = rivals.predict(models, test.ids)
    logs["network"] = recurrence.log_probabilities(model.weights, test.ids)
    sources = None
    if model.memory:
        logs["network + memory"], sources = memory.read(logs["network"], test.ids, model.memory)
    scored = {name: likelihood.score(log, test.ids, data.vocabulary) for name, log in logs.items()}
    return Predictions(test, models, logs, scored, sources, known)


def shares_little(data: DataSet) -> np.ndarray:
    """Which test pieces share less than half of their shapes with any training piece: (n_test,) bool."""
    left = split.overlap(data.pieces, data.parts.tolist())
    alike = set(left.loc[left["alike"], "piece"])
    return np.array([name not in alike for name in data.part("test").names], dtype=bool)


def bits_of(model: Bundle, predictions: Predictions, ids: np.ndarray) -> pd.DataFrame:
    """Bits that the n-grams, the network and its memory need for each token of a piece but the first.

    Parameters
    ----------
    ids : (n,) token ids, ``<start>`` first.

    Returns
    -------
    A row a token: token (str), and a column for each model.
    """
    logs = rivals.predict({name: predictions.models[name] for name in RIVALS if name in predictions.models}, [ids])
    logs["network"] = recurrence.log_probabilities(model.weights, [ids])
    if model.memory:
        logs["network + memory"] = memory.log_probabilities(logs["network"], [ids], model.memory)
    bits = {name: likelihood.bits(log, ids) for name, (log,) in logs.items()}
    return pd.DataFrame({"token": predictions.data.vocabulary.tokens(np.asarray(ids[1:])), **bits})


def transposed(model: Bundle, data: DataSet, steps: Sequence[int] = (-2, -1, 0, 1, 2)) -> pd.DataFrame:
    """Bits per token that the network alone needs for the test pieces in other keys.

    Returns
    -------
    semitones, pieces (those whose transposed tokens the vocabulary has), bits per token, and as written: bits per token
    of the same pieces in their own key. No row where no piece can be transposed.
    """
    ids, rows = data.part("test").ids, []
    needed = _bits(model, ids)
    for step in steps:
        words = [tokens.transpose(word, step) or "<unknown>" for word in model.vocabulary.words]
        moved = model.vocabulary.ids(words)
        here = [k for k, row in enumerate(ids) if tokens.UNKNOWN not in moved[row]]
        if here:
            written = [needed[k] for k in here]
            new = _bits(model, [moved[ids[k]] for k in here]) if step else written
            rows.append((step, len(here), np.concatenate(new).mean(), np.concatenate(written).mean()))
    return pd.DataFrame(rows, columns=["semitones", "pieces", "bits per token", "as written"])


def _bits(model: Bundle, ids: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Bits of each token but the first that the network alone needs."""
    logs = recurrence.log_probabilities(model.weights, ids)
    return [*map(likelihood.bits, logs, ids)]


def by_kind(predictions: Predictions, least: float = 0.005) -> tuple[pd.DataFrame, pd.Series]:
    """Bits per token by kind of token (rows) and model (columns), and each kind's share of the tokens.

    Kinds with a share of at most `least` are left out.
    """
    table = pd.DataFrame({name: rows.groupby("kind")["bits"].mean() for name, rows in predictions.scored.items()})
    share = predictions.scored["network"]["kind"].value_counts(normalize=True)
    return table.loc[share[share > least].index], share


def along(scored: pd.DataFrame) -> pd.Series:
    """Mean bits per token in stretches of `STRETCH` tokens of the piece, by the stretch's middle.

    Stretches with fewer than `FEWEST` tokens in all pieces are left out.
    """
    middle = (scored["position"] - 1) // STRETCH * STRETCH + STRETCH // 2
    groups = scored.groupby(middle)["bits"].agg(["mean", "size"])
    return groups.loc[groups["size"] >= FEWEST, "mean"]


@dataclass(frozen=True)
class InCycle:
    """Bits per token by place in the avartan or bar.

    Attributes
    ----------
    curves : mean bits of each model (columns) by beat, or by eighth of the cycle where metres differ (rows).
    places : bits at the first beat, other beats, between beats and outside (`likelihood.by_place`), for our model.
    axis : what the rows are. pieces : how many test pieces the curves are of. sizes : their cycles, in words.
    """

    curves: pd.DataFrame
    places: pd.DataFrame
    axis: str
    pieces: int
    sizes: str


def in_cycle(predictions: Predictions, scheme: str, beat: str, seed: int) -> InCycle | None:
    """Where in the avartan or bar tokens are easy or hard; None where no test piece names a taal or metre."""
    data = predictions.data
    cycles: list[Fraction | None] = [bar_beats(piece.about.get("metre")) for piece in data.pieces]
    where = likelihood.positions(data.pieces, cycles, scheme)
    counted = where["cycle"].value_counts().sort_index()
    if not len(counted):
        return None
    main = predictions.scored[predictions.main]
    places = likelihood.by_place(main, where["place"], data.families, seed)
    cycle = counted.idxmax()
    one = bool(counted.max() > counted.sum() / 2)  # most tokens are of one metre: its beats are the axis
    inside = (where["cycle"].eq(cycle) if one else where["cycle"].notna()).to_numpy()
    beats, lasts = where.loc[inside, "beat"], where.loc[inside, "cycle"]
    at = (beats if one else 1 + (beats - 1) / lasts * 8).floordiv(1).to_numpy()
    curves = {}
    for name, rows in predictions.scored.items():
        groups = rows[inside].groupby(at)["bits"].agg(["mean", "size"])
        curves[name] = groups["mean"].where(groups["size"] >= FEWEST)
    pieces = sum(length is not None and (length == cycle or not one) for length in cycles)
    sizes = f"{cycle:g}" if one else f"{counted.index.min():g} to {counted.index.max():g}"
    axis = f"{beat} of {cycle:g}" if one else "eighth of the cycle"
    return InCycle(pd.DataFrame(curves), places, axis, pieces, sizes)


def frame_nats(predictions: Predictions) -> dict[str, list[np.ndarray]]:
    """Nats of each frame of each piano roll (`likelihood.frame_nats`), for each model."""
    data = predictions.data
    return {name: likelihood.frame_nats(logs, data.ids, data.vocabulary) for name, logs in predictions.logs.items()}


def frames(nats: Mapping[str, list[np.ndarray]], families: np.ndarray, which: np.ndarray, seed: int) -> pd.DataFrame:
    """Nats per frame for each model, the best first.

    Parameters
    ----------
    nats : from `frame_nats`.
    families : (n_test,) the family of each test piece.
    which : (n_test,) bool, the test pieces that count.
    """
    chosen = np.flatnonzero(which)
    rows = {
        name: likelihood.frame_summary([of[piece] for piece in chosen], families[chosen], seed)
        for name, of in nats.items()
    }
    return pd.DataFrame(rows).T.sort_values("by_frame").rename_axis("model").reset_index()
