"""The cells on music: how well small networks of each cell predict held-out pieces, at equal units or equal size."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from joblib import delayed
from scipy import stats

from riyaz.lecture import small
from riyaz.lecture.recall import BOTH_CORES
from riyaz.lecture.small import Network, Windows
from riyaz.params import Compare
from riyaz.text import windows
from riyaz.text.dataset import DataSet
from riyaz.text.split import PARTS

CELLS = ("lstm", "gru", "rnn")
CHECKS = 5
LEVEL = 0.05  # of the two-sided t-test over seeds by which one cell is called better


@dataclass(frozen=True)
class Task:
    """Music to learn from.

    Attributes
    ----------
    n_tokens : in the vocabulary. cut : the windows of each part; pieces of the test part are read whole.
    among : (n,) int, the training windows that are used; None for all.
    """

    n_tokens: int
    cut: dict[str, Windows]
    among: np.ndarray | None = None

    @property
    def train(self) -> Windows:
        """The training windows that are used."""
        chosen = slice(None) if self.among is None else self.among
        return Windows(self.cut["train"].inputs[chosen], self.cut["train"].targets[chosen])


def task(data: DataSet, length: int) -> Task:
    """Cut a corpus, its pieces in the order of their names, into windows of `length` tokens."""
    ordered = data.rows(np.argsort(data.names))
    cut = {}
    for part in PARTS:
        ids = ordered.part(part).ids
        cut[part] = Windows(*windows.cut(ids, max(map(len, ids)) if part == "test" else length))
    return Task(len(data.vocabulary), cut)


def with_a_tenth(tasks: Mapping[str, Task], seed: int) -> tuple[dict[str, Task], str, str]:
    """The tasks, and one more that learns from a tenth of the largest one's windows.

    Returns
    -------
    The tasks, and the names of the largest one and of its tenth.
    """
    largest = max(tasks, key=lambda name: len(tasks[name].cut["train"].inputs))
    of = tasks[largest]
    n = len(of.cut["train"].inputs)
    tenth = Task(of.n_tokens, of.cut, np.random.default_rng(seed).permutation(n)[: -(-n // 10)])
    name = f"{largest}, a tenth"
    return {**tasks, name: tenth}, largest, name


def sizes(tasks: Mapping[str, Task]) -> pd.DataFrame:
    """A row a task: data, windows, training tokens, test tokens, vocabulary."""
    rows = [
        (
            name,
            len(one.train.inputs),
            int((one.train.targets > 0).sum()),
            int((one.cut["test"].targets > 0).sum()),
            one.n_tokens,
        )
        for name, one in tasks.items()
    ]
    return pd.DataFrame(rows, columns=["data", "windows", "training tokens", "test tokens", "vocabulary"])


@dataclass(frozen=True)
class Plan:
    """One training: a cell of some size on some music.

    Attributes
    ----------
    at : whether its size is that of ``equal units``, of ``equal parameters``, or of both.
    rate : the learning rate; None: the best one found for the cell.
    """

    data: str
    cell: str
    units: int
    at: tuple[str, ...]
    rate: float | None


def plan(tasks: Mapping[str, Task], largest: str, asked: Compare) -> list[Plan]:
    """All trainings; those of the largest music at equal units try every learning rate."""
    plans = []
    for name, one in tasks.items():
        shape = one.n_tokens, asked.embedding
        size = small.n_parameters("lstm", *shape, asked.units)
        for cell in CELLS:
            equal = {"equal units": asked.units, "equal parameters": small.units_for(cell, *shape, size)}
            for units in sorted(set(equal.values())):
                at = tuple(name for name in equal if equal[name] == units)
                rates = asked.learning_rates if name == largest and units == asked.units else [None]
                plans += [Plan(name, cell, units, at, rate) for rate in rates]
    return plans


Result = tuple[list[Network], np.ndarray]


def train(
    plans: list[Plan],
    tasks: Mapping[str, Task],
    asked: Compare,
    seed: int,
    rates: Mapping[str, float] | None = None,
    seeds: int | None = None,
) -> list[Result]:
    """Train what is planned, two trainings at a time; of each check the best on the validation part is used.

    Parameters
    ----------
    rates : the learning rate of each cell; None: that of each plan.
    seeds : trainings of each plan; None: as many as `asked` has.
    """
    schedule = small.Schedule(asked.steps, asked.batch, checks=CHECKS)

    def arguments(one: Plan) -> tuple[Any, ...]:
        of = tasks[one.data]
        starts = small.initial_networks(one.cell, of.n_tokens, asked.embedding, one.units, seed, seeds or asked.seeds)
        rate = one.rate if rates is None else rates[one.cell]
        return one.cell, starts, rate, of.cut["train"], of.cut["valid"], schedule, seed, of.among

    return BOTH_CORES(delayed(small.train)(*arguments(one)) for one in plans)


def search(plans: list[Plan], tasks: Mapping[str, Task], asked: Compare, seed: int) -> tuple[list[Plan], list[Result]]:
    """Train plans that have learning rates, with one seed, and more for each cell whose best rate is at an end."""
    done, results = list(plans), train(plans, tasks, asked, seed, seeds=1)
    while True:
        table, more = by_rate(done, results), []
        for cell, losses in table.iterrows():
            more += [
                replace(next(one for one in plans if one.cell == cell), rate=rate)
                for rate in small.beyond(losses.dropna().to_dict())
            ]
        if not more:
            return done, results
        done, results = done + more, results + train(more, tasks, asked, seed, seeds=1)


def by_rate(plans: list[Plan], results: list[Result]) -> pd.DataFrame:
    """Validation loss (bits per token, one seed) by cell (rows) and learning rate (columns)."""
    rows = [
        (one.cell, one.rate, losses.min(axis=1).mean() / np.log(2))
        for one, (_, losses) in zip(plans, results, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["cell", "rate", "loss"])
    return table.pivot_table(index="cell", columns="rate", values="loss", sort=False)


def score(plans: list[Plan], results: list[Result], tasks: Mapping[str, Task], asked: Compare) -> pd.DataFrame:
    """Score the test part once: a row a plan, size and seed: data, at, seed, bits, cell, units, parameters."""
    order = sorted(
        zip(plans, results, strict=True),
        key=lambda pair: (list(tasks).index(pair[0].data), CELLS.index(pair[0].cell), pair[0].units),
    )
    rows = []
    for one, (networks, _) in order:
        of = tasks[one.data]
        parameters = small.n_parameters(one.cell, of.n_tokens, asked.embedding, one.units)
        for k, network in enumerate(networks):
            bits = float(small.loss(one.cell, network, of.cut["test"])) / np.log(2)
            rows += [(one.data, at, k, bits, one.cell, one.units, parameters) for at in one.at]
    return pd.DataFrame(rows, columns=["data", "at", "seed", "bits", "cell", "units", "parameters"])


def gain(scores: pd.DataFrame) -> pd.DataFrame:
    """What the LSTM saves against the GRU, by data and size, paired by seed.

    Returns
    -------
    mean, std, count, t (mean over its standard error), and verdict: ``LSTM`` or ``GRU`` where a two-sided t-test over
    the seeds is significant at `LEVEL`, else ``neither``. Three seeds have two degrees of freedom, so |t| > 4.30; one
    seed decides nothing. Each row is a test of its own: with six of them one in three such tables has a false winner.
    """
    pairs = scores.pivot_table(index=["data", "at", "seed"], columns="cell", values="bits", sort=False)
    table = (pairs["gru"] - pairs["lstm"]).groupby(["data", "at"], sort=False).agg(["mean", "std", "count"])
    table["t"] = table["mean"] / (table["std"] / np.sqrt(table["count"]))
    bound = stats.t.ppf(1 - LEVEL / 2, np.maximum(table["count"] - 1, 1)) + np.where(table["count"] > 1, 0, np.inf)
    table["verdict"] = np.select([table["t"] > bound, table["t"] < -bound], ["LSTM", "GRU"], "neither")
    return table


def accurate(verdicts: pd.Series) -> str:
    """Whether the LSTM is more accurate on the largest music, from the verdicts at equal units and parameters."""
    if (verdicts == "LSTM").all():
        return "confirmed"
    if (verdicts == "LSTM").any():
        return "confirmed in part"
    return "refuted" if (verdicts == "GRU").any() else "not seen"
