"""Was it luck? Likelihoods of held-out pieces with other parts held out, and with other seeds.

One split is one draw: of a small corpus its test part is a handful of pieces, and another seed gives another network.
So the pieces are spread over folds by whole families; each fold is held out once, the next one is the validation part
(early stopping, the memory's escapes, the order of the n-gram), the others are learned; and all of it is done for
several seeds. Every piece is then judged by networks that have not seen its family (Stone, Cross-validatory choice and
assessment of statistical predictions, 1974, doi:10.1111/j.2517-6161.1974.tb00994.x).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd

from riyaz.model import memory, network, ngram, recurrence
from riyaz.params import Settings
from riyaz.text import split as splitting
from riyaz.text import tokens, windows
from riyaz.tools import progress

CLASSICAL = ("unigram", "n-gram", "n-gram + piece")
COLUMNS = ["seed", "fold", "piece", "tokens", "model", "bits"]


@dataclass(frozen=True)
class Run:
    """One training: which part each piece has, and the seed of weights, dropout and batches."""

    seed: int
    fold: int
    parts: np.ndarray  # (n_pieces,) of train, valid, test
    classical: bool  # the baselines are scored too: they depend on no seed


def plan(families: np.ndarray, sizes: Sequence[int], parts: np.ndarray, folds: int, seeds: int, seed: int) -> list[Run]:
    """The trainings, seed by seed and fold by fold.

    Parameters
    ----------
    families, sizes : (n,) as in `riyaz.text.split.assign`.
    parts : (n,) the pipeline's own split, which is kept where `folds` is 0.
    folds : 0, or 3 and more.
    seeds : how many, counted on from `seed` + 1: the pipeline's own network is not among them. 0: no training.

    Raises
    ------
    ValueError : if folds are asked for and there are too few families.
    """
    if not folds:
        return [Run(seed + k, 0, parts, k == 1) for k in range(1, seeds + 1)]
    held = splitting.folds(families, sizes, folds, seed)
    of_fold = [np.where(held == k, "test", np.where(held == (k + 1) % folds, "valid", "train")) for k in range(folds)]
    return [Run(seed + k, fold, of_fold[fold], k == 1) for k in range(1, seeds + 1) for fold in range(folds)]


def judge(run: Run, ids: Sequence[np.ndarray], vocabulary: tokens.Vocabulary, settings: Settings) -> list[dict]:
    """Train on a run's training part and score its test part: a row a piece and model, as in `COLUMNS`."""
    part = {name: [row for row, at in zip(ids, run.parts, strict=True) if at == name] for name in windows.PARTS}
    number = np.flatnonzero(run.parts == "test")
    known = tokens.transposed(part["train"], vocabulary, settings.augment.transpose)
    length, targets = settings.sequence.length, settings.sequence.targets
    model = network.build(len(vocabulary), settings.model, targets, run.seed)
    network.fit(
        model,
        windows.cut(known, length, targets),
        windows.cut(part["valid"], length, targets),
        settings.train,
        run.seed,
    )
    weights = network.weights(model)
    logs: dict[str, Any] = {"network": recurrence.log_probabilities(weights, part["test"])}
    if settings.model.memory == "suffix":
        kept = memory.fit(recurrence.log_probabilities(weights, part["valid"]), part["valid"], vocabulary)
        logs["network + memory"] = memory.log_probabilities(logs["network"], part["test"], kept)
    if run.classical:
        counts = ngram.train(known, len(vocabulary), settings.evaluate.orders)
        best, mixed = ngram.choose_order(counts, part["valid"])[0], ngram.choose_mix(counts, part["valid"])[0]
        rivals: tuple[ngram.Model, ...] = (counts.at(0), best, mixed)
        for name, rival in zip(CLASSICAL, rivals, strict=True):
            logs[name] = [np.log(np.maximum(rival.distributions(row), 1e-300)) for row in part["test"]]
    rows = []
    for name, log in logs.items():
        for piece, given, came in zip(number, log, part["test"], strict=True):
            bits = -given[np.arange(len(given)), came[1:]].sum() / np.log(2)
            row = (run.seed, run.fold, int(piece), len(given), name, round(float(bits), 3))
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    return rows


def judge_all(
    runs: Sequence[Run], ids: Sequence[np.ndarray], vocabulary: tokens.Vocabulary, settings: Settings, label: str = ""
) -> pd.DataFrame:
    """`judge` each run, on as many cores as there are, each with the threads that NPROC names.

    Returns
    -------
    One row a run, test piece and model: seed, fold, piece (number), tokens (predicted ones), model, bits (all of the
    piece). Sorted; without rows where there are no runs.
    """
    rows: list[dict] = []
    with progress.bar(len(runs), label) as bar:
        work = joblib.Parallel(n_jobs=-1, return_as="generator", max_nbytes=None)
        for found in work(joblib.delayed(judge)(run, ids, vocabulary, settings) for run in runs):
            rows += found
            bar.update()
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["model", "seed", "fold", "piece"], ignore_index=True)


def summary(
    judged: pd.DataFrame, families: np.ndarray, seed: int, level: float = 0.95, draws: int = 2000
) -> pd.DataFrame:
    """What the runs say of each model.

    Parameters
    ----------
    families : (n_pieces,) the family of each piece of the corpus: pieces of one family are alike, so intervals come
        from drawing whole families.

    Returns
    -------
    A row a model, the best first: bits (a token, over all held-out pieces, mean of the seeds), spread (standard
    deviation of it over seeds; NaN for one seed), low, high (bootstrap over families of the mean over seeds), and the
    same four for what the best network saves: `saved`, `saved_spread`, `saved_low`, `saved_high`. No rows for no runs.
    """
    if judged.empty:
        return pd.DataFrame()
    wide = judged.pivot_table(index="piece", columns=["model", "seed"], values="bits", aggfunc="sum")
    size = judged.drop_duplicates(["piece"]).set_index("piece")["tokens"].reindex(wide.index)
    family = np.asarray(families)[wide.index]
    wide, size = wide.groupby(family).sum(), size.groupby(family).sum().to_numpy(float)
    names = list(dict.fromkeys(judged["model"]))
    bits = {name: wide[name].to_numpy() for name in names}  # (families, seeds)
    ours = bits["network + memory" if "network + memory" in bits else "network"]
    drawn = np.random.default_rng(seed).integers(len(size), size=(draws, len(size)))
    ends = [(1 - level) / 2, (1 + level) / 2]

    def four(of: np.ndarray) -> list[float]:  # (families, seeds) bits
        by_seed = of.sum(axis=0) / size.sum()
        spread = float(by_seed.std(ddof=1)) if len(by_seed) > 1 else float("nan")
        mean = of.mean(axis=1)
        low, high = np.quantile(mean[drawn].sum(axis=1) / size[drawn].sum(axis=1), ends)
        return [float(by_seed.mean()), spread, float(low), float(high)]

    rows = {name: four(of) + four(of - ours) for name, of in bits.items()}
    columns = ["bits", "spread", "low", "high", "saved", "saved_spread", "saved_low", "saved_high"]
    return pd.DataFrame(rows, index=columns).T.sort_values("bits").rename_axis("model").reset_index()


def told(judged: pd.DataFrame) -> str:
    """What was done, such as ``103 held-out pieces, 5 folds, 3 seeds``."""
    pieces, folds, seeds = (judged[name].nunique() for name in ("piece", "fold", "seed"))
    return (
        f"{pieces} held-out pieces, {f'{folds} folds' if folds > 1 else 'one split'}, {seeds} seed{'s' * (seeds > 1)}"
    )


def metrics(summed: pd.DataFrame, of: str) -> dict[str, Any]:
    """A `summary` for a metrics file: bits a token of each model, the spread over seeds, what ours saves against it."""
    by_model = summed.set_index("model")
    ours = "network + memory" if "network + memory" in by_model.index else "network"
    saved = by_model.drop(index=[name for name in by_model.index if name.startswith("network")])
    return {
        "of": of,
        "bits_per_token": by_model["bits"].sort_index().to_dict(),
        "spread_over_seeds": {ours: float(by_model.loc[ours, "spread"])},
        "saved_bits": {
            name: {"bits": float(row["saved"]), "low": float(row["saved_low"]), "high": float(row["saved_high"])}
            for name, row in saved.sort_index().iterrows()
            if name != "unigram"
        },
    }


def run(arguments: list[str]) -> int:
    """Write reports/<corpus>/folds.csv."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz folds tabla")
    return 0
