"""What reports/metrics/<corpus>.json holds: the figures that the verdict follows from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.judge import verdict
from riyaz.judge.held_out import InCycle, Predictions
from riyaz.judge.interval import Interval
from riyaz.tools import files


def likelihoods(predictions: Predictions, summary: pd.DataFrame, unit: str, seed: int) -> dict[str, Any]:
    """How well each model predicts the test part.

    Parameters
    ----------
    summary : of `Predictions.summary`. unit : ``stroke`` or ``event``.

    Returns
    -------
    held_out (in words), bits_per_token and bits_per_<unit> by model, perplexity and accuracy of our model, saved_bits
    by rival (bits, low, high; None without an interval), no_interval (why there is none, or nothing). Of known pieces
    nothing can be told, so there is no interval either.
    """
    by_model = summary.set_index("model")
    main = by_model.loc[predictions.main]
    saved = predictions.saved(seed)
    if predictions.known:
        saved = {name: (bits, Interval(np.nan, np.nan, 0)) for name, (bits, _) in saved.items()}
    reasons = (result.reason() for _, result in saved.values() if not result.known)
    return {
        "held_out": predictions.described,
        "bits_per_token": by_model["bits_per_token"].sort_index().to_dict(),
        f"bits_per_{unit}": by_model["bits_per_event"].sort_index().to_dict(),
        "perplexity": float(main["perplexity"]),
        "accuracy": float(main["accuracy"]),
        "saved_bits": {name: {"bits": bits, **result.ends()} for name, (bits, result) in saved.items()},
        "no_interval": predictions.known or next(reasons, ""),
    }


def places(where: InCycle | None) -> dict[str, float]:
    """Our model's bits per token at each place of the cycle; nothing where no metre is known."""
    return dict(zip(where.places["place"], where.places["bits"], strict=True)) if where else {}


def frames(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Nats per frame of each model, with the ends of their intervals."""
    return table.set_index("model").to_dict("index")


def write(path: Path, metrics: dict[str, Any]) -> dict[str, Any]:
    """Write the metrics with their verdict, and return them."""
    whole = {**metrics, "verdict": verdict.tiles(metrics)}
    files.write(path, json.dumps(rounded(whole), indent=1, ensure_ascii=False) + "\n")
    return whole


def rounded(value: Any) -> Any:
    """Every figure rounded to six decimals, so that a file is the same where the last bit is not; NaN becomes None."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), 6)
    return value
