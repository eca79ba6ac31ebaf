"""What gates do: an LSTM reads compositions in a taal, and does a gate tell one matra from the rest?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from riyaz.lecture import small
from riyaz.lecture.cells import run
from riyaz.music.events import TICKS
from riyaz.tabla.taals import Taal
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import decode, kind


@dataclass(frozen=True)
class Reading:
    """What an LSTM's gates did while it read a piece; a row a bol or rest.

    Attributes
    ----------
    piece, part : its name, and the part of the corpus that it is in.
    bol : (n,) str. onset : (n,) float, matras from the start. matra : (n,) float, from 1.
    gates : ``f``, ``i``, ``o`` and the cell state ``C``, each (n, units).
    """

    piece: str
    part: str
    bol: np.ndarray
    onset: np.ndarray
    matra: np.ndarray
    gates: dict[str, np.ndarray]


def readings(network: small.Network, data: DataSet, taal: Taal) -> list[Reading]:
    """Let an LSTM read every piece of a taal, in the order of their names."""
    of_taal = [row for row in np.argsort(data.names) if f"taal:{taal.name}" in data.tokens[row]]
    return [_reading(network, data, int(row), taal) for row in of_taal]


def _reading(network: small.Network, data: DataSet, row: int, taal: Taal) -> Reading:
    ids = np.asarray(data.ids[row])
    _, seen, _ = run("lstm", network["cell"], network["embedding"][ids][None])
    tokens = np.array(data.vocabulary.tokens(ids))
    strokes = np.flatnonzero([kind(token) in ("bol", "rest") for token in tokens])
    onset = decode(tokens)["onset"].to_numpy() / TICKS
    gates = {gate: seen[gate][0, strokes] for gate in "fioC"}
    return Reading(data.names[row], str(data.parts[row]), tokens[strokes], onset, onset % taal.matras + 1, gates)


def held_out(readings: Sequence[Reading]) -> list[Reading]:
    """Those that were not trained on; all of them where there are none."""
    return [one for one in readings if one.part != "train"] or list(readings)


def longest(readings: Sequence[Reading]) -> Reading:
    """The one to be shown: of the test part if there is one, the longest."""
    return max(held_out(readings), key=lambda one: (one.part == "test", len(one.bol)))


def tells_matra(readings: Sequence[Reading], taal: Taal) -> pd.DataFrame:
    """How well one forget gate tells each matra from the others, beside what the bol alone tells.

    For each matra the unit is chosen on the training pieces and tested on the others. Only strokes on a matra count.
    The measure is the area under the ROC curve: 0.5 is chance, 1 is certainty.

    Returns
    -------
    A row a matra: unit, forget gate (its area), bol alone (the area of how often the bol stood there in training),
    mean f (over units), f of the unit, f elsewhere.
    """
    groups = {"train": [one for one in readings if one.part == "train"], "held out": held_out(readings)}
    tables = {name: _on_matras(group) for name, group in groups.items()}
    rows = [_one_matra(tables["train"], tables["held out"], matra) for matra in range(1, taal.matras + 1)]
    return pd.DataFrame(rows).set_index("matra")


def _on_matras(readings: Sequence[Reading]) -> dict[str, np.ndarray]:
    on = [one.onset % 1 == 0 for one in readings]
    values = {"f": [one.gates["f"] for one in readings], "bol": [one.bol for one in readings]}
    values["matra"] = [one.matra for one in readings]
    return {
        name: np.concatenate([value[chosen] for value, chosen in zip(of, on, strict=True)])
        for name, of in values.items()
    }


def _area(values: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Area under the ROC curve of values that should be higher where `on`, along the first axis."""
    return mannwhitneyu(values[on], values[~on], axis=0).statistic / (on.sum() * (~on).sum())


def _one_matra(train: dict[str, np.ndarray], other: dict[str, np.ndarray], matra: int) -> dict[str, float]:
    in_train, on = train["matra"] == matra, other["matra"] == matra
    area = _area(train["f"], in_train)
    unit = int(np.abs(area - 0.5).argmax())
    way = np.sign(area[unit] - 0.5)
    share = pd.Series(in_train).groupby(train["bol"]).mean()
    guess = pd.Series(other["bol"]).map(share).fillna(in_train.mean()).to_numpy()
    return {
        "matra": matra,
        "unit": unit,
        "forget gate": float(0.5 + way * (_area(other["f"], on)[unit] - 0.5)),
        "bol alone": float(_area(guess, on)),
        "mean f": float(other["f"][on].mean()),
        "f of the unit": float(other["f"][on, unit].mean()),
        "f elsewhere": float(other["f"][~on, unit].mean()),
    }


def at_sam(table: pd.DataFrame) -> list[str]:
    """What `tells_matra` says of sam, in two sentences."""
    first, rest = table.loc[1], table.drop(1)
    deviation = (first["mean f"] - rest["mean f"].mean()) / rest["mean f"].std()
    way = "below" if deviation < 0 else "above"
    special = f"it {'forgets' if deviation < 0 else 'keeps'} more there than elsewhere"
    usual = "on average it does nothing special there"
    lead = table["forget gate"] - table["bol alone"]
    spread, rank = lead.drop(1).std(), int((table["forget gate"] > first["forget gate"]).sum()) + 1
    if lead[1] > 2 * spread:
        counts = (
            f"The gate's lead over the bol is more than twice what is usual at the other matras ({spread:.2f}): it"
            " knows where the cycle begins."
        )
    else:
        counts = (
            f"Such a lead over the bol, {lead[1]:+.2f}, is no more than chance makes at the other matras (standard"
            f" deviation {spread:.2f}): no proof that a gate counts to {len(table)}."
        )
    return [
        f"At sam an LSTM's mean forget gate is {first['mean f']:.3f}, {abs(deviation):.1f} standard deviations of the"
        f" other matras {way} their mean: {special if abs(deviation) > 2 else usual}.",
        f"One forget gate, chosen in training, tells sam from other matras of held-out compositions with an area of"
        f" {first['forget gate']:.2f}, where the bol alone gives {first['bol alone']:.2f}; of the {len(table)} matras"
        f" sam is number {rank} in how well it is told. {counts}",
    ]
