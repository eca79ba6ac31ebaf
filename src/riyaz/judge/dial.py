"""The style dial, measured: ``python -m riyaz dial CORPUS OTHER``.

Two trained networks are mixed (`riyaz.model.mixture`) with weights from 0, the first alone, to 1, the other alone, and
predict the validation parts of both corpora. The fewest bits say which mixture a corpus is most like. The networks are
mixed without a memory, in the vocabulary of both, so the figures are likelihoods of whole pieces. A piece that has the
shapes of one that the other network learned (`riyaz.text.split.overlap`) is left out: it would not be held out there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge.interval import ratio
from riyaz.model import bundle, mixture, recurrence
from riyaz.model.bundle import Bundle, Mismatch
from riyaz.text import dataset, split
from riyaz.text.dataset import DataSet
from riyaz.tools import environment

WEIGHTS = tuple(k / 10 for k in range(11))  # of the second network


@dataclass(frozen=True, eq=False)
class Held:
    """Pieces that neither network has learned, and what both give them.

    Attributes
    ----------
    families : (n,) the family of each piece. left_out : pieces of the part that the other network has learned.
    probabilities : for each piece (n_tokens - 1, 2) float64, what the first and the second network give each token.
    """

    families: np.ndarray
    left_out: int
    probabilities: list[np.ndarray]

    def bits(self, weight: float) -> np.ndarray:
        """Bits of each piece, (n,), at this weight of the second network; infinite where a token has probability 0."""
        with np.errstate(divide="ignore"):
            return np.array([-np.log2(both @ [1 - weight, weight]).sum() for both in self.probabilities])

    @property
    def sizes(self) -> np.ndarray:
        """Predicted tokens of each piece: (n,)."""
        return np.array([len(both) for both in self.probabilities])


def held(models: tuple[Bundle, Bundle], data: DataSet, other: DataSet) -> Held:
    """The validation part of a corpus, and what two networks give it.

    Parameters
    ----------
    data : its corpus. other : the corpus of the network that did not come from it.

    A part without pieces is empty.
    """
    valid, learned = data.part("valid"), other.part("train")
    sides = ["train"] * len(learned) + ["valid"] * len(valid)
    shared = split.overlap([*learned.pieces, *valid.pieces], sides)
    alike = set(shared.loc[shared["alike"], "piece"])
    own = valid.rows([row for row, name in enumerate(valid.names) if name not in alike])
    words = mixture.joined(*models)
    ids = [words.ids(row) for row in own.tokens]
    each = []
    for weight in (0, 1):
        logs = recurrence.log_probabilities(mixture.mix(*models, weight, words).weights, ids)
        each.append(
            [np.exp(log[np.arange(len(log)), row[1:]].astype(float)) for log, row in zip(logs, ids, strict=True)]
        )
    both = [np.stack(pair, axis=1) for pair in zip(*each, strict=True)]
    return Held(own.families, len(valid) - len(own), both)


def table(parts: dict[str, Held]) -> pd.DataFrame:
    """Bits per token of each corpus (columns) at each of `WEIGHTS` (rows); corpora without pieces are left out."""
    bits = {
        name: [part.bits(weight).sum() / part.sizes.sum() for weight in WEIGHTS]
        for name, part in parts.items()
        if len(part.families)
    }
    return pd.DataFrame(bits, index=pd.Index(WEIGHTS, name="weight"))


def best(name: str, part: Held, bits: pd.Series, alone: float, seed: int) -> str:
    """Which weight predicts a corpus best, and what that saves against its own network alone, in a line.

    Parameters
    ----------
    bits : its column of `table`. alone : the weight at which its own network is alone.
    """
    weight = float(bits.idxmin())
    pieces = f"{len(part.families)} pieces of {len(np.unique(part.families))} families"
    line = f"{name}: best at {weight:g}, {bits[weight]:.3f} bits per token of {pieces}"
    if weight == alone:
        return f"{line}; that is its own network alone"
    interval = ratio(part.bits(alone) - part.bits(weight), part.sizes, part.families, seed)
    return f"{line}; {bits[alone] - bits[weight]:.3f} fewer than its own network alone ({interval})"


def lines(names: Sequence[str], models: tuple[Bundle, Bundle], sets: Sequence[DataSet], seed: int) -> list[str]:
    """The table, the best weight for each corpus, and what the figures leave out, in lines.

    Parameters
    ----------
    names : of the two corpora, in the order of `models` and `sets`.

    Raises
    ------
    Mismatch : a network and its corpus have other tokens, or the networks cannot be mixed.
    ValueError : no corpus has validation pieces.
    """
    for name, model, data in zip(names, models, sets, strict=True):
        if model.vocabulary != data.vocabulary:
            raise Mismatch(f"models/{name} and data/tokens/{name} have other tokens: run dvc repro train@{name}")
    parts = {name: held(models, *pair) for name, pair in zip(names, (sets, sets[::-1]), strict=True)}
    bits = table(parts)
    if bits.empty:
        raise ValueError(f"{' and '.join(names)} have no validation pieces to measure on: set sequence.valid above 0")
    said = [f"Bits per token of validation pieces, by the weight of the network of {names[1]}; both without memory"]
    said += bits.to_string(float_format=lambda value: f"{value:.3f}").splitlines()
    for (name, part), alone in zip(parts.items(), (0.0, 1.0), strict=True):
        nothing = f"{name}: no validation pieces that the other network has not learned"
        said.append(best(name, part, bits[name], alone, seed) if name in bits else nothing)
        if part.left_out:
            said.append(f"{name}: pieces that are left out, since the other network has learned such: {part.left_out}")
    differing = mixture.differing(models[0].vocabulary, models[1].vocabulary, names)
    return said + [f"{differing}: their probability is 0 there"] * bool(differing)


def run(arguments: list[str]) -> int:
    """Print the bits per token of both corpora at each weight, and which weight is the best for each."""
    if len(arguments) != 2 or arguments[0] == arguments[1] or any(one.startswith("-") for one in arguments):
        raise ValueError("name two corpora of params.yaml, such as: python -m riyaz dial chorales mine")
    root = environment.checkout()
    seed = {params.load(corpus, root / "params.yaml").seed for corpus in arguments}.pop()
    first, second = (bundle.load(root / "models" / corpus) for corpus in arguments)
    for line in lines(arguments, (first, second), [dataset.load(root, corpus) for corpus in arguments], seed):
        print(line)
    return 0
