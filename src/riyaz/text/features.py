"""What the network is given beside each token: where the piece stands, as a vector of zeros and ones.

All of it is a function of the tokens so far, the header among them, so the likelihood stays exact. `vector` has these
parts, in this order, those that `model.features` names:

``place`` : where the next event starts in its avartan or bar. The beat from the first (32 entries), the beats that are
    left after this one (32), and the 24th of the beat (24). The header names the taal or metre; without one a bar has 4
    beats.
``length`` : how many avartans or bars are complete (64).
``sounding`` : the MIDI numbers of the notes of the newest event (128) and of the event before it (128), and how many
    notes the newest event has (16).
``heard`` : which of the twelve pitch classes, from C, have had more than a 48th of the sounding time so far (12), more
    than a 16th (12) and more than an 8th (12): the key, which a window of tokens is too short to tell.
``moved`` : by how many semitones the piece was transposed to be trained on, from 11 down to 11 up (22): zero for a
    piece as it is written, the only kind that is predicted or drawn. So the network learns from all keys, and does not
    expect all of them alike (distribution augmentation, Jun et al. 2020).

The last entry of a part stands for everything beyond it. All functions but `packed` are pure JAX functions over a
batch of pieces.

References
----------
Jun et al., Distribution augmentation for generative modeling, ICML 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.music.events import TICKS, bar_beats
from riyaz.tabla.taals import TAALS
from riyaz.text import grammar
from riyaz.text.tokens import Vocabulary, kind

BEATS = 4  # in a bar where no metre is known
SIZES = {"place": (32, 32, 24), "length": (64,), "sounding": (128, 128, 16), "heard": (12, 12, 12), "moved": (22,)}
SHARES = (48, 16, 8)  # of the sounding time
UNIT = TICKS // 48  # in which it is counted
ROWS = 128  # pieces that are read at once
State = dict[str, Any]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Tables:
    """What is looked up for a token.

    Attributes
    ----------
    rules : the grammar's (`riyaz.text.grammar.rules`).
    cycle : (n_tokens,) int32, ticks of the avartan or bar that a header token names; 0 for every other token.
    names : the parts of the vector.
    """

    rules: grammar.Rules
    cycle: np.ndarray
    names: tuple[str, ...] = field(metadata={"static": True})


def tables(vocabulary: Vocabulary, scheme: str, names: Sequence[str]) -> Tables | None:
    """The tables of a vocabulary; None where `names` is empty."""
    if not names:
        return None
    return Tables(grammar.rules(vocabulary, scheme), cycles(vocabulary), tuple(name for name in SIZES if name in names))


def cycles(vocabulary: Vocabulary) -> np.ndarray:
    """(n_tokens,) int32, ticks of the avartan or bar that a header token names; 0 for every other token."""
    return np.array([_cycle(word) for word in vocabulary.words], np.int32)


def _cycle(word: str) -> int:
    value = word.partition(":")[2]
    if kind(word) == "taal" and value in TAALS:
        return TAALS[value].matras * TICKS
    beats = bar_beats(value) if kind(word) == "metre" else None
    return int(beats * TICKS) if beats else 0


def width(names: Sequence[str]) -> int:
    """Length of the vector."""
    return sum(sum(SIZES[name]) for name in names)


def initial(batch: int) -> State:
    """The state before ``<start>`` has been read, of pieces as they are written."""
    cycle, heard = jnp.full(batch, BEATS * TICKS, jnp.int32), jnp.zeros((batch, 12), jnp.int32)
    return {"rules": grammar.initial(batch), "cycle": cycle, "heard": heard, "moved": jnp.zeros(batch, jnp.int32)}


def advance(tables: Tables, state: State, token: jax.Array) -> State:
    """The state after one more token a row: (batch,) int32."""
    named = jnp.asarray(tables.cycle)[token]
    cycle = jnp.where(named > 0, named, state["cycle"])
    rules, pitch = grammar.advance(tables.rules, state["rules"], token), jnp.asarray(tables.rules["pitch"])[token]
    sounds = jax.nn.one_hot(jnp.where(pitch >= 0, pitch % 12, 12), 12, dtype=jnp.int32)
    heard = state["heard"] + sounds * (rules["duration"] // UNIT)[:, None]
    return {"rules": rules, "cycle": cycle, "heard": heard, "moved": state["moved"]}


def _hot(number: jax.Array, size: int) -> jax.Array:
    return jax.nn.one_hot(jnp.minimum(number, size - 1), size, dtype=bool)


def vector(tables: Tables, state: State) -> jax.Array:
    """What stands beside the newest token: (batch, `width`) bool."""
    rules, cycle = state["rules"], state["cycle"]
    at = rules["place"] % cycle
    heard, total = state["heard"], state["heard"].sum(-1, keepdims=True)
    parts = {
        "place": (at // TICKS, (cycle - at - 1) // TICKS, at % TICKS * 24 // TICKS),
        "length": (rules["place"] // cycle,),
        "sounding": (rules["now"], rules["before"], rules["now"].sum(-1)),
        "heard": tuple(heard * share > total for share in SHARES),
        "moved": (state["moved"][:, None] == jnp.asarray([*range(-11, 0), *range(1, 12)]),),
    }
    rows = [
        part if part.ndim == 2 else _hot(part, size)
        for name in tables.names
        for part, size in zip(parts[name], SIZES[name], strict=True)
    ]
    return jnp.concatenate(rows, axis=-1)


@jax.jit
def _read(tables: Tables, tokens: jax.Array, moved: jax.Array) -> jax.Array:
    """Tokens (time, batch) and semitones (batch,) -> packed vectors (time, batch, bytes) uint8."""

    def one(state: State, token: jax.Array) -> tuple[State, jax.Array]:
        state = advance(tables, state, token)
        return state, jnp.packbits(vector(tables, state), axis=-1)

    return jax.lax.scan(one, initial(tokens.shape[1]) | {"moved": moved}, tokens)[1]


def packed(tables: Tables, pieces: Sequence[np.ndarray], moved: Sequence[int] | None = None) -> list[np.ndarray]:
    """The vectors of whole pieces, eight entries to a byte.

    Parameters
    ----------
    moved : for each piece by how many semitones it was transposed; None: not at all.

    Returns
    -------
    For each piece, (n,) token ids, (n, ceil(width / 8)) uint8: what `numpy.unpackbits` unpacks. No pieces give none.
    """
    out: list[np.ndarray] = [np.empty(0)] * len(pieces)
    order = sorted(range(len(pieces)), key=lambda i: (len(pieces[i]), i))
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        steps = -(-max(len(pieces[i]) for i in rows) // 128) * 128  # few shapes: few compilations
        tokens, semitones = np.zeros((steps, ROWS), np.int32), np.zeros(ROWS, np.int32)
        for row, i in enumerate(rows):
            tokens[: len(pieces[i]), row] = pieces[i]
            semitones[row] = 0 if moved is None else moved[i]
        read = np.asarray(_read(tables, tokens, semitones))
        for row, i in enumerate(rows):
            out[i] = read[: len(pieces[i]), row]
    return out


def vectors(tables: Tables, rows: np.ndarray) -> np.ndarray:
    """The vectors of rows of equal length: (n, length) int32 -> (n, length, width) float32."""
    bits = np.stack(packed(tables, list(rows)))
    return np.unpackbits(bits, axis=-1, count=width(tables.names)).astype(np.float32)
