"""A transformer beside the network, ``python -m riyaz rival CORPUS``: trained with the same recipe, judged on the same.

`riyaz.model.transformer` has as many weights as the network, reads the same tokens and features, and learns from the
same transpositions for as many epochs. Its learning rate and then its dropout are chosen by the bits of the validation
part. It is judged on the held-out parts that `riyaz.judge.folds` plans, with one seed, alone and with a memory of the
piece that is fitted to it as the network's is.

This is done when it is asked for. The result is reports/rivals/<corpus>.csv, a file of git: its first line is the
digest of what was measured, its second what was chosen. `evaluate` shows it where the digest is still the same.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge import folds, likelihood, looked
from riyaz.model import memory, transformer
from riyaz.params import Settings
from riyaz.text import dataset
from riyaz.text.dataset import DataSet
from riyaz.tools import environment, files, source, store
from riyaz.tools.parallel import each

RATES, DROPOUTS = (0.0005, 0.001, 0.002), (0.1, 0.3, 0.5)  # that are tried, the first with the middle dropout
MODEL = "transformer"
Try = tuple[float, float]  # learning rate and dropout


def choose(data: DataSet, settings: Settings, cache: Path | None = None) -> tuple[Try, list[dict[str, float]]]:
    """The learning rate, then the dropout, with the fewest bits per token on the validation part.

    Returns
    -------
    What was chosen, and a row a training: rate, dropout, bits. Without validation pieces the middle ones, and no rows.
    """
    rate, dropout = RATES[len(RATES) // 2], DROPOUTS[len(DROPOUTS) // 2]
    if not len(data.part("valid")):
        return (rate, dropout), []
    tried = _bits(data, settings, [(one, dropout) for one in RATES], cache)
    rate = min(tried, key=lambda pair: tried[pair])[0]
    tried |= _bits(data, settings, [(rate, one) for one in DROPOUTS if one != dropout], cache)
    rows = [{"rate": pair[0], "dropout": pair[1], "bits": bits} for pair, bits in tried.items()]
    return min(tried, key=lambda pair: tried[pair]), rows


def _bits(data: DataSet, settings: Settings, pairs: list[Try], cache: Path | None) -> dict[Try, float]:
    """Bits per token of the validation part for each pair."""
    runs = [folds.Run(settings.seed, 0, data.parts, False)] * len(pairs)
    judged = _judged(data, settings, list(zip(runs, pairs, ["valid"] * len(pairs), strict=True)), cache)
    return {
        pair: sum(row["bits"] for row in rows) / sum(row["tokens"] for row in rows)
        for pair, rows in zip(pairs, judged, strict=True)
    }


def _judged(data: DataSet, settings: Settings, jobs: list[tuple[folds.Run, Try, str]], cache: Path | None) -> list:
    environment.one_thread()  # the workers inherit it, as those of the folds
    one = partial(_judge, data=data.without_music(), settings=settings, cache=cache)
    return each(one, jobs, "training transformers", settings.compute, True)


def _judge(job: tuple[folds.Run, Try, str], data: DataSet, settings: Settings, cache: Path | None) -> list[dict]:
    """Train on a run's training part and score one of its other parts: a row a piece, as in `folds.COLUMNS`."""
    run, pair, part = job
    depends = [_measured(data, settings), run.seed, run.fold, run.parts.tolist(), pair, part]
    place = cache and cache / "rivals" / f"{store.digest(*depends)}.json"
    return store.cached_json(place, lambda: _score(job, data.with_parts(run.parts), settings))


def _score(job: tuple[folds.Run, Try, str], data: DataSet, settings: Settings) -> list[dict]:
    run, (rate, dropout), part = job
    held = data.part(part).ids
    model, _ = transformer.train(data, settings, rate, dropout, run.seed)
    logs = {MODEL: transformer.log_probabilities(model, held, data, settings)}
    valid = data.part("valid").ids
    if part == "test" and settings.model.memory == "suffix" and valid:
        known = memory.fit(transformer.log_probabilities(model, valid, data, settings), valid, data.vocabulary)
        logs[f"{MODEL} + memory"] = memory.log_probabilities(logs[MODEL], held, known)
    return [
        dict(zip(folds.COLUMNS, (run.seed, run.fold, int(piece), len(log), name, _sum(log, ids)), strict=True))
        for name, of_pieces in logs.items()
        for piece, log, ids in zip(np.flatnonzero(run.parts == part), of_pieces, held, strict=True)
    ]


def _sum(log: np.ndarray, ids: np.ndarray) -> float:
    """Bits of a piece, to a thousandth."""
    return round(float(likelihood.bits(log, ids).sum()), 3)


def _measured(data: DataSet, settings: Settings) -> list[Any]:
    code = [source.digest(Path(str(module.__file__))) for module in (transformer, memory)]
    return [code, [RATES, DROPOUTS], folds.digest(data, settings)]


def place(root: Path, corpus: str) -> Path:
    """The file that `run` writes for a corpus."""
    return root / "reports" / "rivals" / f"{corpus}.csv"


def load(path: Path, data: DataSet, settings: Settings) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Read what `run` wrote, where it was measured with these data, settings and this code.

    Returns
    -------
    Rows as `folds.load` gives them, of the models ``transformer`` and ``transformer + memory``; and how it was
    trained: rate, dropout, weights, tried. No rows and an empty dict where there is no such file.
    """
    if folds.begins_with(path, store.digest(_measured(data, settings))):
        how = path.read_text(encoding="utf-8").splitlines()[1]
        return pd.read_csv(path, comment="#"), json.loads(how.removeprefix("#"))
    return pd.DataFrame(columns=folds.COLUMNS), {}


def in_words(how: dict[str, Any], corpus: str) -> str:
    """How the transformer was trained, in a sentence; or how it can be."""
    if not how:
        return f"No transformer is compared: `python -m riyaz rival {corpus}` trains one with this recipe."
    return (
        f"The transformer has {how['weights']:,} weights and the network {how['network']:,}; its learning rate"
        f" {how['rate']:g} and dropout {how['dropout']:g} are the best of {len(how['tried'])} trainings on the"
        " validation part. It has one seed."
    )


def run(arguments: list[str]) -> int:
    """Write reports/rivals/<corpus>.csv."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz rival tabla")
    (corpus,), root = arguments, environment.checkout()
    settings = params.load(corpus, path=root / "params.yaml")
    data, cache = dataset.load(root, corpus), store.folder(root)
    best, tried = choose(data, settings, cache)
    print(f"rival {corpus}: learning rate {best[0]:g}, dropout {best[1]:g} are the best on validation", file=sys.stderr)
    looked.note(root, corpus, "rival", settings)
    runs = folds.plan(data, settings.folds.folds, 1, settings.seed)
    judged = [row for rows in _judged(data, settings, [(one, best, "test") for one in runs], cache) for row in rows]
    rows = pd.DataFrame(judged, columns=folds.COLUMNS).sort_values(["model", "fold", "piece"], ignore_index=True)
    theirs, ours = transformer.sizes(settings, data.vocabulary)
    how = {"rate": best[0], "dropout": best[1], "weights": theirs, "network": ours, "tried": tried}
    head = f"# {store.digest(_measured(data, settings))}\n# {json.dumps(how)}\n"
    files.write(place(root, corpus), head + rows.to_csv(index=False))
    bits = rows.groupby("model")[["bits", "tokens"]].sum()
    for name, row in bits.iterrows():
        print(f"rival {corpus}: {name} {row['bits'] / row['tokens']:.3f} bits per token of the held-out pieces")
    return 0
