"""Where the bits come from: what is new in a piece and what it says again, what was taught and what was derived.

A token repeats if the `CONTEXT` tokens before it have stood in the piece before, in a row; a model of the piece so far
can know something of it. All other tokens are first occurrences. What is taught, derived by rule or made for a
collection of bols is said by `riyaz.tabla.origin`. A token is never seen if no training piece holds it: the
vocabulary is that of all pieces, so that every model can name it, and the bits that such tokens need are what this is
worth.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riyaz.judge.held_out import Predictions
from riyaz.tabla import origin
from riyaz.text.dataset import DataSet

CONTEXT = 4  # tokens
CONTEXTS = (1, 2, 4, 8, 16)


def repeated(ids: np.ndarray, context: int = CONTEXT) -> np.ndarray:
    """Whether the tokens before each token but the first have stood in the piece before: (n - 1,) bool."""
    ids = np.asarray(ids)
    result = np.zeros(max(0, len(ids) - 1), dtype=bool)
    if len(ids) > context:
        windows = np.lib.stride_tricks.sliding_window_view(ids[:-1], context)  # (n - context, context)
        _, first, number = np.unique(windows, axis=0, return_index=True, return_inverse=True)
        result[context - 1 :] = first[number.ravel()] < np.arange(len(windows))
    return result


def origins(data: DataSet) -> np.ndarray:
    """The origin of each token but the first of all pieces of bols, see `riyaz.tabla.origin.of_tokens`."""
    rows = [origin.of_tokens(piece, row)[1:] for piece, row in zip(data.pieces, data.tokens, strict=True)]
    return np.concatenate([*rows, np.empty(0, dtype=object)])


def part(scored: Mapping[str, pd.DataFrame], which: np.ndarray) -> dict[str, Any]:
    """The bits per token of some tokens.

    Parameters
    ----------
    scored : for each model a row a token (`riyaz.judge.likelihood.score`). which : (n_tokens,) bool.

    Returns
    -------
    share (of all tokens; 0 where there are none), tokens (their number), bits_per_token (by model; NaN for no tokens).
    """
    bits = {
        name: float(rows["bits"].to_numpy()[which].mean()) if which.any() else np.nan for name, rows in scored.items()
    }
    share = float(which.mean()) if len(which) else 0.0
    return {"share": share, "tokens": int(which.sum()), "bits_per_token": dict(sorted(bits.items()))}


def parts(predictions: Predictions, data: DataSet, scheme: str, apart: np.ndarray) -> dict[str, dict[str, Any]]:
    """The bits per token of the test part, divided in several ways.

    Parameters
    ----------
    data : the whole corpus. scheme : of its tokens. apart : (n_test,) bool, the test pieces that share little with
        training (`held_out.shares_little`).

    Returns
    -------
    first_occurrences and repeats; where_little_is_shared; never_seen; of bols in the scheme ``event`` also taught,
    derived and made: each as `part`.
    """
    test = predictions.data
    again = np.concatenate([repeated(ids) for ids in test.ids])
    seen = np.unique(np.concatenate([*data.part("train").ids, np.empty(0, dtype=np.int64)]))
    came = np.concatenate([ids[1:] for ids in test.ids])
    few = np.repeat(apart, [len(ids) - 1 for ids in test.ids])
    masks = {"first_occurrences": ~again, "repeats": again, "where_little_is_shared": few}
    masks["never_seen"] = ~np.isin(came, seen)
    if data.kind == "bols" and scheme == "event":
        of_token = origins(test)
        masks |= {name: of_token == name for name in origin.ORIGINS}
    return {name: part(predictions.scored, mask) for name, mask in masks.items()}


def by_context(predictions: Predictions, names: Sequence[str]) -> pd.DataFrame:
    """Bits per token of first occurrences and repeats, for contexts of several lengths.

    Returns
    -------
    A row a context of `CONTEXTS`: context, repeats (their share), and ``<model>, first`` and ``<model>, again``.
    """
    rows = []
    for context in CONTEXTS:
        again = np.concatenate([repeated(ids, context) for ids in predictions.data.ids])
        first, second = (part(predictions.scored, mask)["bits_per_token"] for mask in (~again, again))
        row: dict[str, float] = {"context": context, "repeats": float(again.mean())}
        for name in names:
            row |= {f"{name}, first": first[name], f"{name}, again": second[name]}
        rows.append(row)
    return pd.DataFrame(rows)
