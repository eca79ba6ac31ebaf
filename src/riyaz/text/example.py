"""One phrase that all six chapters follow: from the file to tokens, a window, probabilities and sound.

It is the first bar or avartan of one piece, which is chosen by what is known about the pieces and not by their notes.
So every chapter follows the same phrase, before and after the notes move to the grid.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from riyaz.music.events import ALIKE, TICKS, Piece, Stored, bar_beats
from riyaz.tabla.taals import TAALS
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import encode

BEATS = 4  # of a phrase where no metre is known
PARTS = {"train": "training", "valid": "validation", "test": "test"}  # of a corpus, in words


def choose(pieces: Sequence[Piece]) -> int:
    """Number of the example: the first of the pieces that share the most frequent taal, form and metre."""
    abouts = pieces.abouts() if isinstance(pieces, Stored) else (piece.about for piece in pieces)
    kinds = [tuple(about.get(key) for key in ALIKE) for about in abouts]
    most = Counter(kinds).most_common(1)[0][0]
    return kinds.index(most)


def cycle(about: Mapping[str, Any]) -> Fraction:
    """Beats in an avartan or a bar; `BEATS` where neither a taal nor a metre is known."""
    if about.get("taal") in TAALS:
        return Fraction(TAALS[about["taal"]].matras)
    return bar_beats(about.get("metre")) or Fraction(BEATS)


def phrase(piece: Piece) -> Piece:
    """The events that begin in the first bar or avartan of a piece."""
    inside = piece.events["onset"] < int(cycle(piece.about) * TICKS)
    return replace(piece, events=piece.events[inside].reset_index(drop=True))


def n_tokens(data: DataSet, row: int, scheme: str = "event") -> int:
    """How many tokens of piece `row` are its phrase, ``<start>`` and the header included."""
    return len(encode(phrase(data.pieces[row]), scheme)) - 1  # without <end>
