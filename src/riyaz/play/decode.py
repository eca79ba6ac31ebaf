"""Many pieces generated at once by one compiled program that carries the recurrent state.

At each step the network reads one token and gives the distribution over the next, and the memory of the piece
(`riyaz.model.memory`) lays what the piece has said so far over it; the grammar's mask takes away what may not follow,
temperature, top-k and top-p (Holtzman et al. 2020) shape what is left, and a token is drawn, or, at temperature 0, the
most likely one is taken: the lecture's "index of the highest value".

A memory that hears itself would say one phrase for ever. So it fades while a phrase comes for the last time in a row
that the limit allows, and after that nothing goes on with the phrase where the grammar leaves a choice.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.model import memory as remembered
from riyaz.model import recurrence
from riyaz.text import grammar
from riyaz.text.tokens import END, PAD, START, Vocabulary

ROWS = 16  # pieces in the compiled program; a shorter batch is filled up, so that its size changes no bit


@dataclass(frozen=True)
class Generated:
    """What came out for one piece.

    Attributes
    ----------
    ids : (n,) int32, from ``<start>``; with ``<end>`` if it came.
    probability : (n,) float32, what the model (network and memory) gave each token before the mask; 1 for what was
        given.
    masked : (n,) float32, how much probability the mask took away at each step.
    entropy : (n,) float32, bits of the model's distribution at each step.
    given : how many of the ids were not generated but given.
    memory : (n,) float32, the memory's share of the decision at each step, 0 to 1.
    ending : (n,) float32, what the model gave ``<end>`` at each step; 0 where it was not allowed.
    """

    ids: np.ndarray
    probability: np.ndarray
    masked: np.ndarray
    entropy: np.ndarray
    given: int
    memory: np.ndarray
    ending: np.ndarray

    def ended(self) -> np.ndarray:
        """The ids, ended where ``<end>`` was the most likely if they were cut off before it came; (m,) int32.

        They stay as they are where it was never allowed.
        """
        if self.ids[-1] == END or not self.ending.any():
            return self.ids
        return np.r_[self.ids[: self.ending.argmax()], END].astype(np.int32)


def shape(logits: jax.Array, temperature: jax.Array, top_k: int, top_p: float) -> jax.Array:
    """Temper and cut the logits: (batch, n_tokens); temperature (batch,), where 0 keeps only the highest.

    top_k = 0 keeps all; top_p keeps the fewest tokens that together have at least that probability. Of equally likely
    tokens all are kept or none. The bound is found by trying the 31 bits of a probability one after the other, which
    takes a tenth of the time of a sort.
    """
    n_tokens = logits.shape[-1]
    warm = logits / jnp.where(temperature > 0, temperature, 1.0)[:, None]
    p = jax.nn.softmax(warm)
    size = jax.lax.bitcast_convert_type(p, jnp.int32)  # in the order of p, which is not negative

    def higher(bit: jax.Array, bound: jax.Array) -> jax.Array:
        tried = bound | (jnp.int32(1) << (30 - bit))
        above = size > tried[:, None]
        enough = (jnp.where(above, p, 0).sum(-1) >= top_p) & (top_p < 1)
        return jnp.where(enough | (above.sum(-1) >= (top_k or n_tokens)), tried, bound)

    bound = jax.lax.fori_loop(0, 31, higher, jnp.zeros(len(p), jnp.int32))
    highest = jnp.arange(n_tokens) == jnp.argmax(warm, -1)[:, None]
    return jnp.where(jnp.where(temperature[:, None] > 0, size > bound[:, None], highest), warm, -jnp.inf)


def _unless_empty(mask: jax.Array, wanted: jax.Array) -> jax.Array:
    """What is both allowed and wanted, or in rows where that is nothing, what is allowed: (ROWS, n_tokens) bool."""
    both = mask & wanted
    return jnp.where(both.any(-1, keepdims=True), both, mask)


def _remember(kept, state, token, logits, strength, limit):
    """Let the memory read a token: its state, logits with it, its share, and what would go on with a loop (a mask).

    Rows of strength 0 keep the network's logits, bit for bit, and may loop.
    """
    state = remembered.advance(kept, state, token)
    times, stuck = remembered.repeats(state, logits.shape[-1], limit)
    awake = strength * jnp.clip(limit - times, 0, 1)
    logs, share = remembered.predict(kept, state, jax.nn.log_softmax(logits), awake)
    stuck &= (strength > 0)[:, None]
    return state, jnp.where(awake[:, None] > 0, logs, logits), share, stuck


def _program(weights, found, kept, temperature, top_k, top_p, given, keys, only, strength, limit, least):
    """The scan over steps: given (ROWS, steps) int32, -1 where free; only (ROWS, n_tokens) bool; kept may be None."""

    def one(carry, now):
        place, forced = now  # (), (ROWS,)
        state, rules_state, past, token, done, keys = carry
        state, logits = recurrence.step(weights, state, token)
        rules_state = grammar.advance(found, rules_state, token)
        mask = grammar.allowed(found, rules_state)
        mask = _unless_empty(mask, only)
        mask = _unless_empty(mask, (jnp.arange(mask.shape[-1]) != END) | (place >= least))
        share = jnp.zeros(ROWS)
        if kept is not None:
            past, logits, share, stuck = _remember(kept, past, token, logits, strength, limit)
            mask = _unless_empty(mask, ~stuck)
        p = jax.nn.softmax(logits)
        pairs = jax.vmap(jax.random.split)(keys)
        drawn = jax.vmap(jax.random.categorical)(
            pairs[:, 1], shape(jnp.where(mask, logits, -jnp.inf), temperature, top_k, top_p)
        )
        token = jnp.where(done, PAD, jnp.where(forced >= 0, forced, drawn)).astype(jnp.int32)
        chosen = jnp.take_along_axis(p, token[:, None], -1)[:, 0]
        masked = 1 - jnp.sum(jnp.where(mask, p, 0), -1)
        entropy = -jnp.sum(jnp.where(p > 0, p * jnp.log2(p), 0), -1)
        return (state, rules_state, past, token, done | (token == END), pairs[:, 0]), (
            token,
            chosen,
            masked,
            entropy,
            share,
            jnp.where(mask[:, END], p[:, END], 0),
        )

    start = jnp.full(ROWS, START, jnp.int32)
    past = None if kept is None else remembered.initial(ROWS, given.shape[1])
    carry = (recurrence.initial(weights, ROWS), grammar.initial(ROWS), past, start, jnp.zeros(ROWS, bool), keys)
    _, out = jax.lax.scan(one, carry, (jnp.arange(2, given.shape[1] + 2), given.T))
    return [jnp.swapaxes(a, 0, 1) for a in out]


_compiled = jax.jit(_program, static_argnames=("top_k",))


def generate(
    weights: recurrence.Weights,
    vocabulary: Vocabulary,
    n_pieces: int,
    n_tokens: int,
    seed: int,
    temperature: float | list[float] = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    given: list[np.ndarray] | None = None,
    found: grammar.Rules | None = None,
    only: list[np.ndarray] | None = None,
    memory: dict[str, Any] | None = None,
    strength: float | list[float] = 1.0,
    limit: float = 4.0,
    least: int = 0,
) -> list[Generated]:
    """Generate pieces.

    Parameters
    ----------
    n_tokens : at most so many in each piece, ``<start>`` and what is given counted.
    temperature : one for all, or one a piece; 0 takes the most likely token.
    given : for each piece (n,) int32 token ids after ``<start>`` that stand at its beginning or, where an id is not
        negative, at that place of the piece; the network reads them and goes on.
    found : the grammar (`riyaz.text.grammar.rules`); None: that of scheme ``event``.
    only : for each piece (n_tokens_of_vocabulary,) bool: nothing else is drawn where the grammar leaves a choice.
    memory : from `riyaz.model.memory.fit`; None: the network alone.
    strength : of the memory, one for all or one a piece: its counts are multiplied by this. 0 is the network alone, 1
        what foretells human pieces best.
    limit : so many times in a row may a phrase come while there is a memory, what is given counted.
    least : no piece ends with fewer tokens, ``<start>`` and ``<end>`` counted, where the grammar leaves a choice.

    Returns
    -------
    A `Generated` a piece. Piece i depends on the seed and i alone, not on how many there are.
    """
    found = found or grammar.rules(vocabulary)
    warmth = np.broadcast_to(np.asarray(temperature, np.float32), n_pieces)
    strong = np.broadcast_to(np.asarray(strength, np.float32), n_pieces)
    kept = None if memory is None or not strong.any() else remembered.prepare(memory)
    root = jax.random.key(seed)
    out: list[Generated] = []
    for first in range(0, n_pieces, ROWS):
        forced = np.full((ROWS, n_tokens - 1), -1, np.int32)
        allowed = np.ones((ROWS, len(vocabulary)), bool)
        warm = np.ones(ROWS, np.float32)
        force = np.zeros(ROWS, np.float32)
        counts = np.zeros(ROWS, int)
        for row, i in enumerate(range(first, min(first + ROWS, n_pieces))):
            warm[row], force[row] = warmth[i], strong[i]
            if given is not None:
                ids = given[i][: n_tokens - 1]
                forced[row, : len(ids)] = ids
                counts[row] = int((ids >= 0).sum())
            if only is not None:
                allowed[row] = only[i]
        keys = jax.vmap(lambda i: jax.random.fold_in(root, i))(jnp.arange(first, first + ROWS))
        arrays = _compiled(weights, found, kept, warm, top_k, top_p, forced, keys, allowed, force, limit, least)
        token, chosen, masked, entropy, share, ending = (np.asarray(a) for a in arrays)
        for row in range(min(ROWS, n_pieces - first)):
            ends = np.flatnonzero(token[row] == END)
            n = int(ends[0]) + 1 if ends.size else n_tokens - 1
            free = forced[row, :n] < 0
            out.append(
                Generated(
                    ids=np.r_[START, token[row, :n]].astype(np.int32),
                    probability=np.r_[1, np.where(free, chosen[row, :n], 1)].astype(np.float32),
                    masked=np.r_[0, np.where(free, masked[row, :n], 0)].astype(np.float32),
                    entropy=np.r_[0, entropy[row, :n]].astype(np.float32),
                    given=int(counts[row]),
                    memory=np.r_[0, share[row, :n]].astype(np.float32),
                    ending=np.r_[0, np.where(free, ending[row, :n], 0)].astype(np.float32),
                )
            )
    return out
