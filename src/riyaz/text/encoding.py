"""A whole corpus as tokens: moved to the grid, written in each scheme, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from riyaz.music.events import TICKS, Piece
from riyaz.params import Compute
from riyaz.text import tokens
from riyaz.text.tokens import SCHEMES, Vocabulary, Written
from riyaz.tools.parallel import each

TEMPO = 120  # beats per minute of a file that names no tempo, as MIDI has it


@dataclass(frozen=True)
class Encoded:
    """A corpus as tokens.

    Attributes
    ----------
    written : of each piece that has events on the grid.
    moves : (n_notes,) onset moves of all notes: beats and milliseconds at each piece's first tempo.
    counts : how many notes were moved, doubled (fell upon another of the same pitch) and restruck (cut short by one).
    """

    written: list[Written]
    moves: pd.DataFrame
    counts: dict[str, int]

    @property
    def pieces(self) -> list[Piece]:
        """The pieces on the grid."""
        return [one.piece for one in self.written]

    def losses(self) -> pd.DataFrame:
        """What each scheme loses when the corpus is encoded and decoded again: a row a scheme, with its size."""
        rows = []
        for scheme in SCHEMES:
            words = [one.tokens[scheme] for one in self.written]
            lost = pd.DataFrame([one.losses[scheme] for one in self.written]).sum().to_dict()
            size = {"tokens": sum(map(len, words)), "vocabulary": len({word for row in words for word in row})}
            rows.append({"scheme": scheme, **lost, **size})
        return pd.DataFrame(rows).set_index("scheme")

    def vocabulary(self, scheme: str, transpose: int) -> Vocabulary:
        """The tokens of a scheme, and those that transposing by up to so many semitones makes of them."""
        used = sorted({token for one in self.written for token in one.tokens[scheme]})
        steps = range(-transpose, transpose + 1)
        return Vocabulary(new for token in used for step in steps if (new := tokens.transpose(token, step)))


def encode(
    pieces: Sequence[Piece],
    grid: Sequence[int],
    label: str = "",
    compute: Compute | None = None,
) -> Encoded:
    """Move pieces to a grid and write them in every scheme; see `riyaz.text.tokens.write`.

    Parameters
    ----------
    grid : divisions of a beat; empty: notes stay where they are.
    label, compute : see `riyaz.tools.parallel.each`.
    """
    made = each(partial(tokens.write, grid=list(grid)), pieces, label=label, compute=compute)
    beats = np.abs(np.concatenate([*(one.far for one in made), np.empty(0, np.int64)])) / TICKS
    pace = [60_000 / one.piece.about.get("tempo", TEMPO) for one in made]
    pace_of_note = np.repeat(pace, [len(one.far) for one in made])
    names = ["moved", "doubled", "restruck"]
    counts = pd.DataFrame([one.moved for one in made]).sum().reindex(names, fill_value=0).astype(int).to_dict()
    moves = pd.DataFrame({"beats": beats, "milliseconds": beats * pace_of_note})
    return Encoded([one for one in made if len(one.piece.events)], moves, counts)


def farthest(moves: pd.DataFrame) -> pd.DataFrame:
    """How far onsets moved: half of them, 95 % of them, and the farthest."""
    table = moves.quantile([0.5, 0.95, 1])
    table.insert(0, "onsets", ["half of the notes moved no further than", "95% no further than", "the furthest"])
    return table


def kinds(vocabulary: Vocabulary) -> pd.DataFrame:
    """The vocabulary by kind: kind, how many tokens, and the first six."""
    of = {word: tokens.kind(word) for word in vocabulary.words}
    names = dict.fromkeys(of.values())
    rows = [(name, [word for word in of if of[word] == name]) for name in names]
    columns = ["kind", "tokens", "such as"]
    return pd.DataFrame([(name, len(words), ", ".join(words[:6])) for name, words in rows], columns=columns)


def frequencies(ids: Sequence[np.ndarray], vocabulary: Vocabulary) -> pd.Series:
    """How often each token occurs, the most frequent first; tokens that never occur are left out."""
    counts = np.bincount(np.concatenate([*ids, np.empty(0, np.int64)]).astype(int), minlength=len(vocabulary))
    named = pd.Series(counts, index=vocabulary.words)
    return named[named > 0].sort_values(ascending=False)


def entropy(counts: pd.Series) -> float:
    """Bits per token of a model that knows only the counts: -sum p log2 p; 0 without tokens."""
    share = counts / counts.sum()
    return float(-(share * np.log2(share)).sum())
