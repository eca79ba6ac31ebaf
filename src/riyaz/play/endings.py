"""How free pieces of notes close: on the tonic as often as the training pieces do.

A network draws ``<end>`` where a phrase closes, whether or not that is the key of the piece. So a piece is drawn
without its end, with the probability of ``<end>`` noted wherever it could have come. That the piece ends at token t has
then the probability h(t) (1 - h(1)) ... (1 - h(t - 1)), h what ``<end>`` had: to draw t from it gives the pieces that
would have been drawn at once. Here t is drawn from it given that the last chord stands on the tonic, or that it does
not; which of both is drawn first, with the share of the training pieces.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from riyaz.model.bundle import Bundle
from riyaz.music import scores
from riyaz.music.events import Piece
from riyaz.play.sampling import Drawn
from riyaz.text import tokens
from riyaz.text.dataset import DataSet

LIKELY = 0.01  # no piece ends where ``<end>`` is less probable


def closes(pieces: Sequence[Piece]) -> np.ndarray:
    """Whether each piece's last chord has the tonic in its bass: (n,) 1, 0, or NaN for bols and for no key."""
    notes = (piece.about.get("kind") == "notes" for piece in pieces)
    return np.array([scores.closes(one.events) if of else np.nan for one, of in zip(pieces, notes, strict=True)], float)


def share(data: DataSet) -> float:
    """The share of the pieces that close on the tonic, of those that have a key; NaN for none."""
    values = closes(data.pieces)
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _on_tonic(events: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """Whether at these events the newest bass note is the tonic of all that was heard so far: 1, 0, or NaN."""
    weight, bass = scores.sounding(events["symbols"].tolist(), events["duration"].tolist())
    tonics = np.array([scores.best_key(row)[0] for row in weight.cumsum(axis=0)[rows]], np.int64)
    return np.where((tonics >= 0) & (bass[rows] >= 0), (bass[rows] % 12 == tonics % 12).astype(float), np.nan)


def close(drawn: Sequence[Drawn], model: Bundle, wanted: float, seed: int) -> list[Drawn]:
    """Give pieces that were drawn without an end (`Sampling.endless`) their end.

    Parameters
    ----------
    wanted : the share of pieces that close on the tonic; NaN lets them close wherever they may.

    Returns
    -------
    One piece each, in order. One that can close nowhere in the wanted way closes as likely as it may; one in which
    ``<end>`` was never probable stays without. Piece i depends on the seed and i alone.
    """
    return [_closed(one, model, wanted, np.random.default_rng((seed, i))) for i, one in enumerate(drawn)]


def _closed(one: Drawn, model: Bundle, wanted: float, rng: np.random.Generator) -> Drawn:
    first, second = rng.random(2)
    if one.ended or not (one.ending >= LIKELY).any():
        return one.with_end()
    words = model.vocabulary.tokens(one.ids)
    events = tokens.piece("", words, model.scheme, {"kind": "notes"}).events
    complete = np.cumsum([tokens.begins(word) for word in words])  # events, with the one that the token begins
    hazard = np.clip(one.ending.astype(float), 0, 0.999)
    chance = hazard * np.r_[1, np.cumprod(1 - hazard)[:-1]] * (hazard >= LIKELY)
    places = np.flatnonzero(chance)
    closing = _on_tonic(events, complete[places - 1] - 1)
    asked = closing == float(first < wanted) if np.isfinite(wanted) else np.ones(len(places), bool)
    weight = chance[places] * asked if asked.any() else chance[places]
    number = np.searchsorted(np.cumsum(weight), second * weight.sum(), "right")
    return replace(one.cut(int(places[min(number, len(places) - 1)])), ended=True)
