"""Folds: the likelihoods with other held-out parts and other seeds, ``python -m riyaz folds CORPUS``.

One split is one draw: of a small corpus its test part is a handful of pieces, and another seed gives another network.
So whole families of pieces are spread over folds. Each fold is held out once, the next one is the validation part
(early stopping, the memory's escapes, the order of the n-gram), the others are learned; and all of it is done for
several seeds. Every piece is judged by networks that have not seen its family.

Folds share most of their training pieces. So the intervals, from whole families of held-out pieces, tell how the
figures would be on other pieces, not how they would be had the networks learned from another corpus; no estimate of
that from folds is free of bias (Bengio & Grandvalet 2004).

This takes a training for each fold and seed, so it is done when it is asked for. The result is
reports/folds/<corpus>.csv, a file of git. Its first line is the digest of what was measured: data, settings and code.
`evaluate` takes the file where these are still the same, and else says that its figures are from one split.

Each run is stored in the cache: folds that were interrupted continue where they stopped.

References
----------
Stone, Cross-validatory choice and assessment of statistical predictions, 1974, doi:10.1111/j.2517-6161.1974.tb00994.x.
Bengio & Grandvalet, No unbiased estimator of the variance of K-fold cross-validation, JMLR 5, 2004.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge import likelihood, looked, rivals
from riyaz.judge.interval import Interval, ratio
from riyaz.model import ngram, ppm, training
from riyaz.params import Settings
from riyaz.text import dataset, split, windows
from riyaz.text.dataset import DataSet
from riyaz.tools import environment, files, source, store
from riyaz.tools.parallel import each

CLASSICAL = ("unigram", "n-gram", "n-gram + piece", "PPM + piece")
CODE = [*training.CODE, *(Path(str(module.__file__)) for module in (ngram, ppm, rivals, split, windows))]
COLUMNS = ["seed", "fold", "piece", "tokens", "model", "bits"]


@dataclass(frozen=True)
class Run:
    """One training: which part each piece has, and the seed of weights, dropout and batches."""

    seed: int
    fold: int
    parts: np.ndarray  # (n_pieces,) of train, valid, test
    classical: bool  # the classical models are scored too: they depend on no seed


def plan(data: DataSet, folds: int, seeds: int, seed: int) -> list[Run]:
    """The trainings, seed by seed and fold by fold.

    Parameters
    ----------
    data : with the pipeline's own split, which stays as it is where `folds` is 0.
    folds : 0, or 3 and more.
    seeds : how many, counted on from `seed` + 1: the pipeline's own network is not among them. 0: no training.

    Raises
    ------
    ValueError : if folds are asked for and there are too few families.
    """
    if not folds:
        return [Run(seed + k, 0, data.parts, k == 1) for k in range(1, seeds + 1)]
    held = split.fold_numbers(data.families, data.lengths, folds, seed)
    of_fold = [np.where(held == k, "test", np.where(held == (k + 1) % folds, "valid", "train")) for k in range(folds)]
    return [Run(seed + k, fold, of_fold[fold], k == 1) for k in range(1, seeds + 1) for fold in range(folds)]


def judge(run: Run, data: DataSet, settings: Settings, cache: Path | None = None) -> list[dict]:
    """Train on a run's training part and score its test part: a row a piece and model, as in `COLUMNS`."""
    depends = [_measured(data, settings), run.seed, run.fold, run.parts.tolist(), run.classical]
    place = cache and cache / "folds" / f"{store.digest(*depends)}.json"
    return store.cached_json(place, lambda: _judge(run, data.with_parts(run.parts), settings, cache))


def _measured(data: DataSet, settings: Settings) -> list[Any]:
    """What a run depends on, whichever pieces it holds out."""
    code = [source.digest(path) for path in CODE]
    sections = settings.model_dump(include={"augment", "tokenize", "sequence", "model", "train"})
    return [code, sections, settings.evaluate.orders, list(data.vocabulary.words), data.ids]


def _judge(run: Run, data: DataSet, settings: Settings, cache: Path | None) -> list[dict]:
    held_out = data.part("test").ids
    logs = training.predict(training.train(data, settings, run.seed, cache), held_out)
    if run.classical:
        models = rivals.train(data, settings)
        logs |= rivals.predict({name: models[name] for name in CLASSICAL}, held_out)
    rows = []
    for name, log in logs.items():
        for piece, given, came in zip(np.flatnonzero(run.parts == "test"), log, held_out, strict=True):
            bits = float(likelihood.bits(given, came).sum())
            row = (run.seed, run.fold, int(piece), len(given), name, round(bits, 3))
            rows.append(dict(zip(COLUMNS, row, strict=True)))
    return rows


def judge_all(
    runs: Sequence[Run], data: DataSet, settings: Settings, label: str = "", cache: Path | None = None
) -> pd.DataFrame:
    """`judge` each run, as many at once as `settings.compute` has workers, each with one thread.

    Returns
    -------
    One row a run, test piece and model: seed, fold, piece (number), tokens (predicted ones), model, bits (all of the
    piece). Sorted; without rows where there are no runs.
    """
    environment.one_thread()  # the workers inherit it
    judged = each(
        partial(judge, data=data.without_music(), settings=settings, cache=cache), runs, label, settings.compute, True
    )
    rows = [row for of_run in judged for row in of_run]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["model", "seed", "fold", "piece"], ignore_index=True)


def place(root: Path, corpus: str) -> Path:
    """The file that `run` writes for a corpus."""
    return root / "reports" / "folds" / f"{corpus}.csv"


def digest(data: DataSet, settings: Settings) -> str:
    """What the folds of a data set depend on, as 64 hexadecimal digits."""
    asked = settings.folds.model_dump()
    return store.digest(_measured(data, settings), asked, settings.seed, data.families.tolist(), data.parts.tolist())


def begins_with(path: Path, digest: str) -> bool:
    """Whether there is such a file, and its first line, after ``#``, is this digest of what was measured."""
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as lines:
        return next(lines, "").removeprefix("#").strip() == digest


def load(path: Path, data: DataSet, settings: Settings) -> tuple[pd.DataFrame, str]:
    """Read what `run` wrote, where it was measured with these data, settings and this code.

    Returns
    -------
    The rows of `judge_all`, and nothing; or no rows, and a sentence that says why.
    """
    corpus, nothing = path.stem, pd.DataFrame(columns=COLUMNS)
    if not path.is_file():
        return nothing, f"It was measured on one split only; `python -m riyaz folds {corpus}` measures it on others."
    if not begins_with(path, digest(data, settings)):
        return nothing, (
            "It was measured on one split only: the folds that are stored are of other data, settings or code."
            f" `python -m riyaz folds {corpus}` measures them again."
        )
    return pd.read_csv(path, comment="#"), ""


def summary(judged: pd.DataFrame, families: np.ndarray, seed: int) -> pd.DataFrame:
    """What the runs say of each model.

    Parameters
    ----------
    judged : from `judge_all`.
    families : (n_pieces,) the family of each piece of the corpus; intervals come from whole families.

    Returns
    -------
    A row a model, the best first: bits (per token, over all held-out pieces, mean of the seeds), spread (its standard
    deviation over seeds; NaN for one seed), interval (`Interval` of the mean over seeds), and the same three for what
    our best network saves against it: `saved`, `saved_spread`, `saved_interval`. No rows for no runs.
    """
    if judged.empty:
        return pd.DataFrame()
    wide = judged.pivot_table(index="piece", columns=["model", "seed"], values="bits", aggfunc="sum")
    size = judged.drop_duplicates(["piece"]).set_index("piece")["tokens"].reindex(wide.index).to_numpy(float)
    family = np.asarray(families)[wide.index]
    bits = {name: wide[name].to_numpy() for name in dict.fromkeys(judged["model"])}  # (pieces, seeds)
    ours = bits[best_of_ours(bits)]

    def three(of: np.ndarray) -> tuple[float, float, Interval]:
        by_seed = of.sum(axis=0) / size.sum()
        spread = float(by_seed.std(ddof=1)) if len(by_seed) > 1 else float("nan")
        return float(by_seed.mean()), spread, ratio(of.mean(axis=1), size, family, seed)

    rows = [(name, *three(of), *three(of - ours)) for name, of in bits.items()]
    columns = ["model", "bits", "spread", "interval", "saved", "saved_spread", "saved_interval"]
    return pd.DataFrame(rows, columns=columns).sort_values("bits", ignore_index=True)


def without_choice(judged: pd.DataFrame, parts: np.ndarray) -> pd.DataFrame:
    """Leave out the pieces on which the settings were chosen: those of the validation part of the pipeline's own split.

    Each is a test piece of some fold. Its family is in no other part, so nothing that is left shares a family with it.

    Parameters
    ----------
    judged : from `judge_all`. parts : (n_pieces,) the parts of the pipeline's own split.
    """
    return judged[np.asarray(parts)[judged["piece"].to_numpy(dtype=np.int64)] != "valid"]


def best_of_ours(models: Any) -> str:
    """The name under which our model is judged: with its memory, if it has one."""
    return "network + memory" if "network + memory" in models else "network"


def described(judged: pd.DataFrame, families: np.ndarray) -> str:
    """What was done, such as ``103 held-out pieces of 46 families, 5 folds, 3 seeds``.

    Of folds it is also said on what the settings were chosen: see `without_choice`.
    """
    pieces, folds, seeds = (judged[name].nunique() for name in ("piece", "fold", "seed"))
    n_families = len(np.unique(np.asarray(families)[judged["piece"].unique()]))
    what = f"{folds} folds" if folds > 1 else "one split"
    chosen = " (the settings were chosen on the original validation part, whose pieces are left out)" * (folds > 1)
    return f"{pieces} held-out pieces of {n_families} families, {what}, {seeds} seed{'s' * (seeds > 1)}{chosen}"


def metrics(summed: pd.DataFrame, of: str) -> dict[str, Any]:
    """A `summary` for a metrics file: bits per token of each model, the spread over seeds, what ours saves.

    Transformers, where there are any (`riyaz.judge.trained_rival`), are apart: the verdict asks for n-grams.
    """
    by_model = summed.set_index("model").sort_index()
    ours = best_of_ours(by_model.index)
    apart = by_model.index.str.startswith("transformer")
    rivals_only = by_model[[not name.startswith("network") and name != "unigram" for name in by_model.index]]
    saved = {
        name: {"bits": float(row["saved"]), **row["saved_interval"].ends()} for name, row in rivals_only.iterrows()
    }
    result: dict[str, Any] = {
        "of": of,
        "bits_per_token": by_model.loc[~apart, "bits"].to_dict(),
        "spread_over_seeds": {ours: float(by_model.loc[ours, "spread"])},
        "saved_bits": {name: row for name, row in saved.items() if name not in by_model.index[apart]},
    }
    if apart.any():
        beside = {name: saved[name] for name in by_model.index[apart]}
        result["transformer"] = {"bits_per_token": by_model.loc[apart, "bits"].to_dict(), "saved_bits": beside}
    return result


def run(arguments: list[str]) -> int:
    """Write reports/folds/<corpus>.csv."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz folds tabla")
    (corpus,), root = arguments, environment.checkout()
    settings = params.load(corpus, path=root / "params.yaml")
    data = dataset.load(root, corpus)
    runs = plan(data, settings.folds.folds, settings.folds.seeds, settings.seed)
    print(f"folds {corpus}: {len(runs)} trainings", file=sys.stderr)
    looked.note(root, corpus, "folds", settings)
    judged = judge_all(runs, data, settings, f"judging {corpus}", store.folder(root))
    files.write(place(root, corpus), f"# {digest(data, settings)}\n{judged.to_csv(index=False)}")
    print(f"folds {corpus}: {described(judged, data.families)}; dvc repro now puts them into the report")
    return 0
