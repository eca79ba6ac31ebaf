"""What of the held-out pieces stands in the training part: ``python -m riyaz leaks CORPUS``.

The audit asks of any split, a corpus' own too: which held-out pieces are exact copies of training pieces, in tokens or
in any key; which share half or more of their shapes with one training piece (`riyaz.text.split`); and which families
are on more than one side.
"""

import numpy as np
import pandas as pd

from riyaz.text import dataset, split
from riyaz.text.dataset import DataSet
from riyaz.tools import environment


def audit(data: DataSet) -> pd.DataFrame:
    """A row for each of the parts ``valid`` and ``test`` that has pieces.

    Returns
    -------
    part, pieces, same tokens (pieces whose tokens a training piece has), same steps (the steps of line, chords or
    bols), alike (share half or more with one training piece), families in training (families that have pieces there
    too), median share (of a piece's shapes in the training piece that has most).
    """
    walks = [tuple((kind, tuple(values)) for kind, values in split.steps(piece).items()) for piece in data.pieces]
    exact = [tuple(row.tolist()) for row in data.ids]
    train = np.flatnonzero(data.parts == "train")
    known, moved = {exact[k] for k in train}, {walks[k] for k in train if any(values for _, values in walks[k])}
    families = set(data.families[train].tolist())
    shared = split.overlap(data.pieces, data.parts.tolist())
    by_piece = shared.groupby("piece")[["share", "alike"]].max()
    rows = []
    for part in ("valid", "test"):
        own = np.flatnonzero(data.parts == part)
        if len(own):
            of = by_piece.reindex([data.names[k] for k in own]).fillna({"share": 0.0, "alike": False})
            both = len(set(data.families[own].tolist()) & families)
            counts = (sum(exact[k] in known for k in own), sum(walks[k] in moved for k in own))
            rows.append((part, len(own), *counts, int(of["alike"].sum()), both, float(of["share"].median())))
    columns = ["part", "pieces", "same tokens", "same steps", "alike", "families in training", "median share"]
    return pd.DataFrame(rows, columns=columns)


def run(arguments: list[str]) -> int:
    """Print the audit of a corpus; 1 if a held-out piece is a copy or a family is on two sides."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz leaks tabla")
    table = audit(dataset.load(environment.checkout(), arguments[0]))
    print(table.to_string(index=False, float_format=lambda value: f"{value:.2f}"))
    return int(bool(table[["same tokens", "same steps", "families in training"]].to_numpy().any()))
