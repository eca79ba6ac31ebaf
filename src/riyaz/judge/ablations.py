"""What each part of the recipe gains: trainings in which one part is another, ``python -m riyaz ablations CORPUS``.

All are judged on the validation part, on which the settings were chosen; the test part is not read. The result is
reports/ablations/<corpus>.csv, a file of git. Its first line is the digest of data, settings and code, as that of the
folds (`riyaz.judge.folds`), and `evaluate` shows the table where these are still the same. Trainings are cached.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge import folds, likelihood
from riyaz.model import training
from riyaz.params import Settings
from riyaz.text import dataset
from riyaz.text.dataset import DataSet
from riyaz.tools import environment, files, store
from riyaz.tools.parallel import each

COLUMNS = ["change", "work", "network", "network + memory"]
Row = dict[str, Any]


def changes(settings: Settings) -> dict[str, dict[str, dict[str, Any]]]:
    """Each change of the recipe in words, with the values of params.yaml that it stands for; the first changes nothing.

    What the settings do not have, such as features, is not left out a second time.
    """
    length, epochs, members = settings.sequence.length, settings.train.epochs, settings.model.members
    rows: dict[str, dict[str, dict[str, Any]]] = {"as it is": {}}
    if settings.model.features:
        rows["without features: the token alone"] = {"model": {"features": []}}
    if settings.augment.transpose:
        rows["without transposed pieces"] = {"augment": {"transpose": 0}}
    if settings.model.dropout:
        rows["without dropout"] = {"model": {"dropout": 0.0}}
    if epochs > 1:
        rows[f"{epochs // 2} epochs instead of {epochs}"] = {"train": {"epochs": epochs // 2}}
    if length > 1:
        rows[f"windows of {length // 2} tokens instead of {length}"] = {"sequence": {"length": length // 2}}
    rows[f"{members + 1} networks, averaged, instead of {members}"] = {"model": {"members": members + 1}}
    return rows


def changed(settings: Settings, values: dict[str, dict[str, Any]]) -> Settings:
    """Settings with other values in some sections."""
    sections = {name: getattr(settings, name).model_copy(update=own) for name, own in values.items()}
    return settings.model_copy(update=sections)


def judge(settings: Settings, data: DataSet, cache: Path | None = None) -> Row:
    """Train once, and read the validation part.

    Returns
    -------
    work : weights times epochs. network and, with a memory, network + memory : bits per token.
    """
    trained = training.train(data, settings, settings.seed, cache)
    pieces = data.part("valid").ids
    bits = {}
    for name, logs in training.predict(trained, pieces).items():
        bits[name] = float(np.concatenate([*map(likelihood.bits, logs, pieces)]).mean())
    return {"work": trained.network.count_params() * len(trained.history), **bits}


def judge_all(data: DataSet, settings: Settings, cache: Path | None = None) -> pd.DataFrame:
    """`judge` each change, as many at once as `settings.compute` has workers, each with one thread.

    Returns
    -------
    A row a change: change, work (1 is that of the first), network, network + memory (NaN without one).

    Raises
    ------
    ValueError : there is no validation part.
    """
    if not len(data.part("valid")):
        raise ValueError("ablations are judged on the validation part, and there is none: set sequence.valid above 0")
    environment.one_thread()  # the workers inherit it, as those of the folds
    asked = changes(settings)
    tried = [changed(settings, values) for values in asked.values()]
    one = partial(judge, data=data.without_music(), cache=cache)
    table = pd.DataFrame(each(one, tried, "training", settings.compute, True)).reindex(columns=COLUMNS[1:])
    table["work"] = table["work"] / table["work"].iloc[0]
    table.insert(0, "change", list(asked))
    return table.round({"work": 2, "network": 4, "network + memory": 4})


def place(root: Path, corpus: str) -> Path:
    """The file that `run` writes for a corpus."""
    return root / "reports" / "ablations" / f"{corpus}.csv"


def load(path: Path, data: DataSet, settings: Settings) -> tuple[pd.DataFrame, str]:
    """Read what `run` wrote, where it was measured with these data, settings and this code.

    Returns
    -------
    The rows of `judge_all`, and nothing; or no rows, and a sentence that says how they are made.
    """
    if folds.begins_with(path, folds.digest(data, settings)):
        return pd.read_csv(path, comment="#"), ""
    said = (
        f"No ablations of these data, settings and code are stored: `python -m riyaz ablations {path.stem}` makes them."
    )
    return pd.DataFrame(columns=COLUMNS), said


def run(arguments: list[str]) -> int:
    """Write reports/ablations/<corpus>.csv."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz ablations tabla")
    (corpus,), root = arguments, environment.checkout()
    settings = params.load(corpus, path=root / "params.yaml")
    data = dataset.load(root, corpus)
    print(f"ablations {corpus}: {len(changes(settings))} trainings", file=sys.stderr)
    table = judge_all(data, settings, store.folder(root))
    files.write(place(root, corpus), f"# {folds.digest(data, settings)}\n{table.to_csv(index=False)}")
    print(table.to_string(index=False))
    return 0
