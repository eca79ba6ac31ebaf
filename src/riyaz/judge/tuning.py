"""How to draw so that the pieces are like the corpus: what ``auto`` stands for in ``generate``.

For each candidate pieces are drawn and held against human ones in three ways: over all features together, by the kernel
discrepancy of `riyaz.judge.style` from one training or validation piece of each family; in each feature of
`riyaz.judge.distributions`, against the validation part; and in the bits per token that the model needs for them:
drawn too boldly they are surprising, too timidly they are dull. Each distance is divided by the one that 95 % of human
draws keep to. The candidate is taken whose discrepancy and whose mean over the other distances are smallest together:
a small validation part says little of each feature. One setting is chosen after the other, in the order of
`CANDIDATES`, whatever is asked for those that come later: so an experiment that sets the temperature, which comes last,
chooses nothing again. The test part is not seen, and the pieces have another seed than those that are delivered and
judged.
"""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.judge import distributions, likelihood, originality, style
from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import AUTO, Settings
from riyaz.play import free
from riyaz.play.sampling import ROWS, Sampling
from riyaz.text.dataset import DataSet
from riyaz.tools import source, store

CANDIDATES = {
    "memory": (0.0, 0.3, 0.6, 1.0, 2.0, 4.0),
    "top_p": (0.9, 0.95, 0.98, 1.0),
    "temperature": (0.7, 0.8, 0.9, 1.0),
}
START = {"memory": 1.0, "top_p": 0.98, "temperature": 0.9}  # of a setting while an earlier one is chosen
# keys of `generate` that change nothing here
BESIDE = ("pieces", "alone", "primer", "unseen", "theme", "performances", "paltas", "laya")
SEED = 1000  # added to the seed of free pieces
DRAWS = 200
BITS = "bits per token"
ALL = "all features"


@dataclass(frozen=True)
class Tuned:
    """The settings with numbers, and how they were chosen.

    Attributes
    ----------
    settings : `generate` has a number in place of each ``auto``.
    tried : a row a candidate: setting, value, chosen (bool), mean, and a column for ``all features``, for each feature
        and for ``bits per token``: distances, 1 where 95 % of human draws are nearer. `mean` is the mean of ``all
        features`` and of the others' mean. No rows where nothing was chosen.
    why : a sentence where something was ``auto`` and nothing could be chosen.
    """

    settings: Settings
    tried: pd.DataFrame
    why: str = ""


def settled(model: Bundle, data: DataSet, settings: Settings, cache: Path | None = None) -> Tuned:
    """Choose what is ``auto`` in `generate`.

    Parameters
    ----------
    data : its validation part is what the pieces are held against, its training part says how far apart human pieces
        are.
    cache : the cache's folder; None: no cache.

    Without validation pieces nothing can be chosen: what is ``auto`` is then as in `START`, and `Tuned.why` says so.
    """
    asked = settings.generate.model_dump()
    names = [name for name in CANDIDATES if asked[name] == AUTO]
    if not names:
        return Tuned(settings, pd.DataFrame())
    if not len(data.part("valid")):
        numbers = {name: START[name] if name != "memory" or model.memory else 0.0 for name in names}
        said = ", ".join(f"{name} {number:g}" for name, number in numbers.items())
        why = f"There are no validation pieces to choose on, so what is auto is what tuning begins with: {said}."
        return Tuned(_with(settings, numbers), pd.DataFrame(), why)
    read = {name: value for name, value in asked.items() if name not in (*BESIDE, *CANDIDATES)}
    depends = [
        source.digests(Path(__file__)),
        settings.seed,
        read,
        model.params,
        model.weights["members"],
        list(model.vocabulary.words),
    ]
    depends += [data.parts.tolist(), data.ids]
    trial, now, tables = _Trial(model, data, settings), dict(START), []
    for name in CANDIDATES:
        if name in names:
            place = cache and cache / "tuned" / f"{store.digest(name, now, *depends)}.json"
            rows = pd.DataFrame(store.cached_json(place, partial(trial.rows, name, dict(now))))
            now[name] = float(rows.loc[rows["chosen"], "value"].iloc[0])
            tables.append(rows)
        else:
            now[name] = asked[name]
    return Tuned(_with(settings, {name: now[name] for name in names}), pd.concat(tables, ignore_index=True))


def _with(settings: Settings, numbers: dict[str, float]) -> Settings:
    return settings.model_copy(update={"generate": settings.generate.model_copy(update=numbers)})


class _Trial:
    """The candidates of one setting after the other, beside human pieces that are measured once."""

    def __init__(self, model: Bundle, data: DataSet, settings: Settings):
        self.model, self.data, self.seed = model, data, settings.seed
        self.settings = _with(settings.model_copy(update={"seed": settings.seed + SEED}), START)
        self.start = free.sampling(data, self.settings)
        self.measured: dict[Sampling, dict[str, float]] = {}

    @cached_property
    def human(self) -> "Human":
        first, _ = self.drawn(self.start)
        return Human.of(self.model, self.data, self.seed, int(np.median([len(piece.events) for piece in first])))

    def drawn(self, sampling: Sampling) -> tuple[list[Piece], list[np.ndarray]]:
        made = free.pieces(self.model, self.data, self.settings, ROWS, [sampling] * ROWS)
        about = free.about(self.data, self.settings)
        return [free.piece(one, self.model, f"{k}", about) for k, one in enumerate(made)], [one.ids for one in made]

    def distances(self, sampling: Sampling) -> dict[str, float]:
        if sampling not in self.measured:  # the best candidate of one setting is a candidate of the next
            pieces, ids = self.drawn(sampling)
            self.measured[sampling] = self.human.distances(pieces, bits(_logs(self.model, ids), ids))
        return self.measured[sampling]

    def rows(self, name: str, now: dict[str, Any]) -> list[dict[str, Any]]:
        """A row a candidate of the setting `name`; `now` has the others."""
        candidates = CANDIDATES[name] if name != "memory" or self.model.memory else (0.0,)
        rows = [self.distances(replace(self.start, **{**now, name: value})) for value in candidates]
        best = int(np.argmin([row["mean"] for row in rows]))
        return [
            {"setting": name, "value": value, "chosen": k == best, **row}
            for k, (value, row) in enumerate(zip(candidates, rows, strict=True))
        ]


def _logs(model: Bundle, ids: list[np.ndarray]) -> list[np.ndarray]:
    """What the model predicts, with its memory if it has one."""
    logs = recurrence.log_probabilities(model.weights, ids)
    return memory.log_probabilities(logs, ids, model.memory) if model.memory else logs


def bits(logs: list[np.ndarray], ids: list[np.ndarray]) -> np.ndarray:
    """Bits per token of each piece, (n,): logs as `riyaz.model.recurrence.log_probabilities` gives them."""
    each = [likelihood.bits(log, row).mean() for log, row in zip(logs, ids, strict=True)]
    return np.array(each, dtype=np.float64)


@dataclass(frozen=True)
class Human:
    """The validation pieces, and how far training pieces are from them.

    Attributes
    ----------
    length : events that all pieces are cut to.
    pieces : the validation pieces that are as long. families : one such piece of each family of both parts. floor : for
    each feature the distance that 95 % of draws of `ROWS` training pieces keep to. bits : of the validation pieces,
    their mean. spread : the deviation from it that 95 % of draws of as many validation pieces keep to. seed : of the
    random divisions behind the discrepancy over all features.
    """

    length: int
    pieces: list[Piece]
    families: list[Piece]
    floor: dict[str, float]
    bits: float
    spread: float
    seed: int

    @classmethod
    def of(cls, model: Bundle, data: DataSet, seed: int, most: int) -> "Human":
        """Of a corpus whose validation part has a piece or more; pieces are cut to at most `most` events."""
        valid, train = data.part("valid"), data.part("train").pieces
        length = max(1, min(most, int(np.median([len(piece.events) for piece in valid.pieces]))))
        families = style.families(data.part("train", "valid"), length)
        cut, known = originality.excerpts(valid.pieces, length), originality.excerpts(train, length) or train
        table = distributions.against(known[:ROWS], cut, known, seed, DRAWS)
        each, rng = bits(_logs(model, valid.ids), valid.ids), np.random.default_rng(seed)
        means = each[rng.integers(len(each), size=(DRAWS, ROWS))].mean(axis=1)
        spread = float(np.quantile(np.abs(means - each.mean()), 0.95))
        floor = dict(zip(table["feature"], table["floor_95"], strict=True))
        return cls(length, cut, families, floor, float(each.mean()), spread, seed)

    def distances(self, pieces: list[Piece], drawn: np.ndarray) -> dict[str, float]:
        """How far drawn pieces are, in units of the human distance; `mean` as `Tuned` has it, of what is defined."""
        cut = originality.at_most(pieces, self.length)
        compared = distributions.compare(cut, self.pieces)
        ratios = {
            name: value / self.floor[name]
            for name, value in zip(compared["feature"], compared["distance"], strict=True)
            if self.floor.get(name, 0) > 0
        }
        ratios |= {BITS: abs(float(drawn.mean()) - self.bits) / self.spread} if self.spread > 0 else {}
        defined = [value for value in ratios.values() if not np.isnan(value)]
        over_all = style.ratio(cut, self.families, self.seed)
        both = [value for value in (over_all, np.mean(defined) if defined else np.nan) if not np.isnan(value)]
        return {"mean": float(np.mean(both)) if both else float("inf"), ALL: over_all, **ratios}
