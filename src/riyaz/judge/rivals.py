"""The rivals: the classical models that the network has to beat, on the same training pieces.

They learn from the transposed training pieces too, as the network does, and are chosen on the validation part. The
report, the folds and the listening test take them from here.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.model import ngram, ppm
from riyaz.params import Settings
from riyaz.text.dataset import DataSet
from riyaz.tools import source, store

DEFAULT_ORDER = 4  # of the n-gram where there are no validation pieces to choose it on


def train(data: DataSet, settings: Settings, cache: Path | None = None) -> dict[str, ngram.Model]:
    """Train and choose the classical models.

    Parameters
    ----------
    data : its training part is learned, its validation part chooses order and mixture.
    settings : augment.transpose and evaluate.orders.
    cache : the cache's folder, for the mixtures that were chosen, which takes most of the time; None: no cache.

    Returns
    -------
    ``uniform``, ``unigram``, ``copy-last``, ``n-gram`` and, where there are validation pieces, ``n-gram + piece`` (an
    n-gram mixed with a model of the piece so far) and ``PPM + piece`` (the same with exclusion, one of `ppm.PPM`).
    """
    pieces, size = data.training_ids(settings.augment.transpose), len(data.vocabulary)
    valid = data.part("valid").ids
    counts = ngram.train(pieces, size, settings.evaluate.orders)
    models: dict[str, ngram.Model] = {
        "uniform": ngram.Uniform(size),
        "unigram": counts.at(0),
        "copy-last": ngram.copy_last(pieces, size),
        "n-gram": _chosen(counts, valid),
    }
    if not valid:
        return models
    key = store.digest(source.digests(Path(__file__)), size, settings.evaluate.orders, pieces, valid)
    chosen = store.cached_json(cache and cache / "rivals" / f"{key}.json", lambda: _mixtures(counts, valid))
    mixed = {
        name: ppm.Mixed(counts.at(order), short_order, bias, way) for name, (order, short_order, bias, way) in chosen
    }
    return models | mixed


def _mixtures(counts: ngram.Interpolated, valid: Sequence[np.ndarray]) -> list[Any]:
    """Of each mixture its name, and both orders, the bias and the way that predict the validation pieces best."""
    ways = {"n-gram + piece": ["plain"], "PPM + piece": ppm.PPM}
    best = [(name, ppm.choose(counts, valid, tried)[0]) for name, tried in ways.items()]
    return [[name, [one.long.order, one.short_order, one.bias, one.way]] for name, one in best]


def n_gram(data: DataSet, settings: Settings) -> ngram.Interpolated:
    """The interpolated n-gram alone, its order chosen on the validation part."""
    pieces, valid = data.training_ids(settings.augment.transpose), data.part("valid").ids
    return _chosen(ngram.train(pieces, len(data.vocabulary), settings.evaluate.orders), valid)


def _chosen(counts: ngram.Interpolated, valid: Sequence[np.ndarray]) -> ngram.Interpolated:
    """The counts at the order that predicts the validation pieces best; `DEFAULT_ORDER` where there are none."""
    return ngram.choose_order(counts, valid)[0] if valid else counts.at(min(DEFAULT_ORDER, counts.order))


def predict(models: Mapping[str, ngram.Model], pieces: Sequence[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """For each model and piece (n - 1, n_tokens) float64, natural logarithms; what has no probability is 1e-300."""
    return {
        name: [np.log(np.maximum(model.distributions(row), 1e-300)) for row in pieces] for name, model in models.items()
    }
