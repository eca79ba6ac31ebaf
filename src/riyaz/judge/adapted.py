"""What the network gains on held-out pieces if it goes on learning within each (`riyaz.model.dynamic`).

This is reported apart and is no part of the verdict: the model that is delivered has weights that stay. It is asked for
with `evaluate.dynamic`. Rate and decay of the steps, and the escapes of a memory on top, are chosen on the validation
part; the memory's are fitted again, because a network that has learned from the piece already needs less of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riyaz.judge import likelihood
from riyaz.judge.held_out import Predictions
from riyaz.judge.interval import Interval
from riyaz.model import dynamic, memory
from riyaz.model.bundle import Bundle
from riyaz.text.dataset import DataSet

DYNAMIC, WITH_MEMORY = "network + dynamic evaluation", "network + dynamic evaluation + memory"
AGAINST = {DYNAMIC: "network", WITH_MEMORY: "network + memory"}  # the same with weights that stay


@dataclass(frozen=True, eq=False)
class Adapted:
    """Predictions of the test part by a network that goes on learning.

    Attributes
    ----------
    chosen : the steps, with what was tried on the validation part.
    scored : for each of `AGAINST` that there is a row a predicted token (`riyaz.judge.likelihood.score`).
    """

    chosen: dynamic.Chosen
    scored: Mapping[str, pd.DataFrame]

    def summary(self, static: Predictions, seed: int) -> pd.DataFrame:
        """What each model needs and saves; without intervals where no piece is held out.

        Returns
        -------
        A row a model: model, bits (per token), interval, against (the same with weights that stay), saved (against
        that), saved_interval.
        """
        rows = []
        families, none = static.data.families, Interval(np.nan, np.nan, 0)
        for name, rows_of in self.scored.items():
            saved, saved_interval = likelihood.difference(rows_of, static.scored[AGAINST[name]], families, seed)
            both = (likelihood.interval(rows_of, families, seed), saved_interval)
            interval, saved_interval = (none, none) if static.known else both
            rows.append((name, float(rows_of["bits"].mean()), interval, AGAINST[name], saved, saved_interval))
        return pd.DataFrame(rows, columns=["model", "bits", "interval", "against", "saved", "saved_interval"])


def predict(model: Bundle, data: DataSet, static: Predictions) -> Adapted | None:
    """Choose the steps on the validation part, and predict the test part with them; None without validation pieces."""
    valid, test = data.part("valid").ids, static.data.ids
    if not valid:
        return None
    chosen = dynamic.choose(model.weights, valid)

    def logs(pieces: list[np.ndarray]) -> list[np.ndarray]:
        return dynamic.log_probabilities(model.weights, pieces, chosen.rate, chosen.decay)

    predicted = {DYNAMIC: logs(test)}
    if model.memory:
        fitted = memory.fit(logs(valid), valid, data.vocabulary)
        predicted[WITH_MEMORY] = memory.log_probabilities(predicted[DYNAMIC], test, fitted)
    return Adapted(chosen, {name: likelihood.score(log, test, data.vocabulary) for name, log in predicted.items()})


def in_words(chosen: dynamic.Chosen) -> str:
    """How the network went on learning, in a sentence."""
    bits = chosen.tried.set_index(["rate", "decay"])["bits"]
    if not chosen.rate:
        return "On the validation part no rate is better than 0, so these are the trained weights."
    return (
        f"After every {dynamic.SEGMENT} tokens a step with rate {chosen.rate:g} and decay {chosen.decay:g}, the best of"
        f" {len(bits)} trials on the validation part: there the network alone needs"
        f" {bits[chosen.rate, chosen.decay]:.3f} bits per token with them, and {bits[0.0, 0.0]:.3f} without."
    )


def metrics(adapted: Adapted, table: pd.DataFrame) -> dict[str, Any]:
    """For a metrics file: rate, decay, segment (tokens), bits_per_token by model, and saved_bits (bits, low, high).

    Parameters
    ----------
    table : of `Adapted.summary`.
    """
    rows = table.set_index("model")
    saved = {name: {"bits": row["saved"], **row["saved_interval"].ends()} for name, row in rows.iterrows()}
    steps = {"rate": adapted.chosen.rate, "decay": adapted.chosen.decay, "segment": dynamic.SEGMENT}
    return {**steps, "bits_per_token": rows["bits"].to_dict(), "saved_bits": saved}
