"""What each change of the settings gains on the validation part: benchmarks/ablations.csv.

    python -m riyaz with python benchmarks/ablations.py chorales tabla

Each row changes the settings of the row before it. The test part is not read. A training that is in the cache is not
repeated.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.model import training
from riyaz.text import dataset
from riyaz.tools import store

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_suffix(".csv")
ALL = ["place", "length", "sounding", "heard", "moved"]
FIRST: dict[str, dict[str, Any]] = {
    "augment": {"transpose": 1},
    "sequence": {"length": 64},
    "train": {"batch": 32, "learning_rate": 0.01},
    "model": {"features": ALL[:3], "members": 1, "dropout": "auto"},
}
LONGER = {"sequence": {"length": 128}, "train": {"batch": 16}}
CHANGES: dict[str, list[tuple[str, dict[str, dict[str, Any]]]]] = {
    "chorales": [
        ("windows of 64, one semitone up and down", {"train": {"epochs": 18}, "model": {"dropout": 0.5}}),
        (
            "six semitones, told by how many, and pitch classes heard",
            {"augment": {"transpose": 6}, "model": {"features": ALL}},
        ),
        ("windows of 128, 16 in a batch", LONGER),
        ("dropout 0.15 instead of 0.5", {"model": {"dropout": 0.15}}),
        ("30 epochs instead of 18", {"train": {"epochs": 30}}),
        ("34 epochs", {"train": {"epochs": 34}}),
    ],
    "tabla": [
        ("windows of 64, 32 in a batch", {}),
        ("windows of 128, 16 in a batch", {**LONGER, "model": {"features": ALL}}),
    ],
}


def row(corpus: str, name: str, settings: params.Settings) -> dict[str, Any]:
    """Validation bits per token of one training."""
    data = dataset.load(ROOT, corpus)
    trained = training.train(data, settings, settings.seed, store.folder(ROOT))
    pieces = data.part("valid").ids
    bits = {}
    for model, logs in training.predict(trained, pieces).items():
        came = [-log[np.arange(len(log)), ids[1:]] for log, ids in zip(logs, pieces, strict=True)]
        bits[model] = round(float(np.concatenate(came).mean() / np.log(2)), 4)
    return {"corpus": corpus, "change": name, **bits}


def main(corpora: list[str]) -> None:
    """Measure the changes of these corpora and write the table; rows of other corpora stay."""
    rows = pd.read_csv(TABLE) if TABLE.is_file() else pd.DataFrame(columns=["corpus"])
    for corpus in corpora or sorted(CHANGES):
        now = {name: dict(section) for name, section in FIRST.items()}
        made = []
        for name, change in CHANGES[corpus]:
            for section, values in change.items():
                now[section] |= values
            made.append(row(corpus, name, params.load(corpus, ROOT / "params.yaml", **now)))
            print(made[-1], flush=True)
        rows = pd.concat([rows[rows["corpus"] != corpus], pd.DataFrame(made)]).sort_values("corpus", kind="stable")
        rows.to_csv(TABLE, index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
