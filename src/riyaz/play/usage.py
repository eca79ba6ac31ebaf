"""What a corpus never does: a mask that keeps what is drawn to where its pieces have which tokens.

A network that leaves the beat once does not find back: what it reads then never came in training. So these are drawn
only where a training piece has them: a duration at its place in the beat, an event that reaches beyond its avartan or
bar, an end at its place in an avartan or bar of this length, a kind of token after another, such as a form after a
taal, and so many notes at once. What a training piece does is never removed; a corpus of free rhythm, such as one
played by hand, loses nothing.

The functions over a batch of pieces are pure JAX functions, beside those of `riyaz.text.grammar`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.music.events import TICKS
from riyaz.text import features, grammar
from riyaz.text.tokens import END, Vocabulary, kind

State = dict[str, jax.Array]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Usage:
    """What the training pieces do.

    Attributes
    ----------
    cycle : (n_tokens,) int32, ticks of the avartan or bar that a token names; 0 for none.
    lengths : (n_tokens,) int32, ticks of a duration; 0 for other tokens.
    begins, adds : (n_tokens,) bool, the tokens that begin an event, and those that add a note to it.
    most : () int, notes that sound at once.
    kinds : (n_tokens,) int32, numbers of the kinds of tokens. follows : (n_kinds, n_kinds) bool, which follows which.
    row : (TICKS,) int32, the row of `starts` for each place in the beat.
    starts : (n_places + 1, n_tokens) bool, whether an event of this duration starts there; nowhere in the last row.
    over : () bool, whether an event reaches beyond its avartan or bar.
    ends : (n, 2) int32, ticks of an avartan or bar and the place in it where a piece ends, each pair once.
    """

    cycle: np.ndarray
    lengths: np.ndarray
    begins: np.ndarray
    adds: np.ndarray
    most: np.ndarray
    kinds: np.ndarray
    follows: np.ndarray
    row: np.ndarray
    starts: np.ndarray
    over: np.ndarray
    ends: np.ndarray


def learned(pieces: Sequence[np.ndarray], vocabulary: Vocabulary, scheme: str) -> Usage | None:
    """Read what training pieces do.

    Parameters
    ----------
    pieces : each (n,) token ids, from ``<start>`` to ``<end>``.

    Returns
    -------
    None where there is nothing to keep to: no pieces, or a scheme without durations.
    """
    if scheme == "chord" or not len(pieces):
        return None
    rules, cycle = grammar.rules(vocabulary, scheme), features.cycles(vocabulary)
    begins, lengths = grammar.begins(rules), np.asarray(rules["ticks"], np.int32)
    kinds = np.unique([kind(word) for word in vocabulary.words], return_inverse=True)[1].astype(np.int32)
    follows = np.zeros((kinds.max() + 1, kinds.max() + 1), bool)
    used, ends, over, most = np.zeros((TICKS, len(vocabulary)), bool), [], False, 1
    adds = np.array([word.startswith("+") for word in vocabulary.words])
    for ids in pieces:
        follows[kinds[ids[:-1]], kinds[ids[1:]]] = True
        named, at = cycle[ids], np.flatnonzero(begins[ids])
        bar = int(named[named > 0][-1]) if named.any() else features.BEATS * TICKS
        newest = np.maximum.accumulate(np.where(lengths[ids] > 0, np.arange(len(ids)), 0))
        chosen = ids[newest][at]
        duration = lengths[chosen].astype(np.int64)
        place = np.cumsum(duration) - duration
        used[place % TICKS, chosen] = True
        ends.append([bar, int(duration.sum()) % bar])
        over = over or bool((place % bar + duration > bar).any())
        most = max(most, 1 + int(np.bincount(np.cumsum(begins[ids]), adds[ids]).max()))
    places = np.flatnonzero(used.any(axis=1))
    row = np.full(TICKS, len(places), np.int32)
    row[places] = np.arange(len(places))
    starts = np.r_[used[places], np.zeros((1, len(vocabulary)), bool)]
    pairs = np.unique(ends, axis=0).astype(np.int32)
    events = (begins, adds, np.array(most))
    return Usage(cycle, lengths, *events, kinds, follows, row, starts, np.array(over), pairs)


def initial(batch: int) -> State:
    """The state before ``<start>``: ticks of the avartan or bar, the newest token and duration; each (batch,) int32."""
    none = jnp.zeros(batch, jnp.int32)
    return {"bar": jnp.full(batch, features.BEATS * TICKS, jnp.int32), "token": none, "duration": none}


def advance(usage: Usage, state: State, token: jax.Array) -> State:
    """The state after one more token a row: (batch,) int32."""
    named = jnp.asarray(usage.cycle)[token]
    duration = jnp.where(jnp.asarray(usage.lengths)[token] > 0, token, state["duration"])
    return {"bar": jnp.where(named > 0, named, state["bar"]), "token": token, "duration": duration}


def allowed(usage: Usage, state: State, rules_state: grammar.State) -> jax.Array:
    """Which tokens the training pieces have here: (batch, n_tokens) bool; in a row perhaps none.

    Parameters
    ----------
    rules_state : of `riyaz.text.grammar`, after the same tokens.
    """
    bar, place = state["bar"], rules_state["place"]
    at, lengths, kinds = place % bar, jnp.asarray(usage.lengths), jnp.asarray(usage.kinds)
    fits = jnp.asarray(usage.starts)[jnp.asarray(usage.row)[place % TICKS]]  # (batch, n_tokens)
    fits &= usage.over | (at[:, None] + lengths <= bar[:, None])
    mask = jnp.asarray(usage.follows)[kinds[state["token"]]][:, kinds]
    mask &= (lengths == 0) | fits
    mask &= ~jnp.asarray(usage.begins) | jnp.take_along_axis(fits, state["duration"][:, None], axis=1)
    full = rules_state["now"].sum(-1) >= usage.most
    mask &= ~(jnp.asarray(usage.adds) & full[:, None])
    whole, end = jnp.asarray(usage.ends).T
    same = whole == bar[:, None]
    may_end = ~same.any(-1) | (same & (end == at[:, None])).any(-1)
    return mask.at[:, END].set(mask[:, END] & may_end)
