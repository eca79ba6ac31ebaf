"""Drawing what is open between what is locked, by weighted particles.

Some tokens of a piece are locked, and the rest is open. What is wanted is a draw from the model's own distribution over
whole pieces, given what is locked: what comes after an opening counts as much as what comes before it. Many particles
are drawn side by side, token by token, each by the step that draws every piece (`riyaz.play.sampling.ahead`). The lock
is a mask, and a particle's weight is multiplied by the probability that the mask leaves: of a locked token that is its
probability. The particles wait for each other at every beat; where their weights have become unequal they are drawn
again in proportion to them (systematic resampling), and weigh the same from there. Among all particles the weights are
then those of the model's distribution, the more exactly the more particles there are (sequential Monte Carlo).

References
----------
Doucet & Johansen, A tutorial on particle filtering and smoothing, 2011. Lew et al., Sequential Monte Carlo steering of
large language models using probabilistic programs, 2023, arXiv:2306.03081 (masks as weights).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.model import memory
from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS
from riyaz.play import usage as used
from riyaz.play.sampling import Sampling, ahead, begun, shape
from riyaz.text import grammar
from riyaz.text.tokens import END, START

PARTICLES = 256
COLDEST = 0.05  # at temperature 0 all weights but one would be 0
Carry = dict[str, Any]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Lock:
    """What is locked of a piece. Places are counted in units, from 0 to the end of the piece.

    Attributes
    ----------
    unit : () int32, ticks; all durations and places are multiples of it.
    given : (n,) int32, the locked tokens: the header, then of each locked event its duration, its first symbol and the
        others; ``<end>`` at last. last : (n,) bool, where the header or an event is complete.
    start : (places + 1,) int32, where in `given` the locked event begins that starts here; -1 where it is open.
    until : (places + 1,) int32, the place where an event that starts here ends at the latest.
    fits : (places + 1,) bool, whether what is open from here can be filled to its end.
    low, high : (places + 1,) int32, the MIDI number of the lowest or highest note where it is locked; -1 elsewhere.
    low_held, high_held : (places + 1,) bool, whether that note goes on from before. high_more : (places + 1,) bool,
        whether the vocabulary has the highest note above others.
    more, held : (n_tokens,) bool, the tokens of further notes of a chord, and of notes that go on.
    first : () int32, the first place that is open.
    """

    unit: np.ndarray
    given: np.ndarray
    last: np.ndarray
    start: np.ndarray
    until: np.ndarray
    fits: np.ndarray
    low: np.ndarray
    high: np.ndarray
    low_held: np.ndarray
    high_held: np.ndarray
    high_more: np.ndarray
    more: np.ndarray
    held: np.ndarray
    first: np.ndarray


@dataclass(frozen=True)
class Filling:
    """One way to fill what is open.

    Attributes
    ----------
    ids : (n,) int32, from ``<start>`` to where reading stopped.
    share : of the weight of all particles.
    bits : bits per token that the model needs for what was open, and for what is locked after the first opening; NaN
        where there is none.
    """

    ids: np.ndarray
    share: float
    bits: tuple[float, float]


@dataclass(frozen=True)
class Filled:
    """What the particles found.

    Attributes
    ----------
    fillings : drawn by their weights, each once; fewer than asked for where fewer lived.
    particles : how many there were. lived : how many different fillings were left of them.
    effective : the number of equally likely fillings that is worth as much: 1 / the sum of the squared shares.
    evidence : natural logarithm of the probability that the model gives to what is locked after `START`.
    """

    fillings: list[Filling]
    particles: int
    lived: int
    effective: float
    evidence: float


class NothingFits(ValueError):
    """No particle came to the end; the message is one line."""


def _wanted(rules: grammar.Rules, lock: Lock, state: grammar.State, token: jax.Array, at: jax.Array, free: jax.Array):
    """What the lock allows next.

    Parameters
    ----------
    state : the grammar's, after the token. token : (rows,) int32, the newest. at : (rows,) int32, the next token of the
        locked event that has begun; -1 for none. free : (rows,) bool, whether the newest event is open.

    Returns
    -------
    mask : (rows, n_tokens) bool. index : (rows,) int32, of the locked token in `given`; -1 where none is next.
    """
    pitch, lengths = jnp.asarray(rules["pitch"])[None], jnp.asarray(rules["ticks"])[None]
    given, more, held = jnp.asarray(lock.given), jnp.asarray(lock.more)[None], jnp.asarray(lock.held)[None]
    starts, duration = jnp.asarray(grammar.begins(rules))[None], state["duration"]
    place = state["place"] // lock.unit
    within = jnp.maximum(place - duration // lock.unit, 0)  # where the newest event starts

    def here(array: np.ndarray, where: jax.Array) -> jax.Array:
        return jnp.asarray(array)[jnp.minimum(where, len(array) - 1)]

    start = here(lock.start, place)
    same = (start >= 0) & (jnp.asarray(rules["ticks"])[given[start]] == duration)
    index = jnp.where(at >= 0, at, jnp.where(start >= 0, start + same, -1))
    locked = (index >= 0)[:, None] & (jnp.arange(pitch.shape[1]) == given[index][:, None])

    spoken = jnp.asarray(grammar.velocities(rules))[None]
    chosen = (starts | more)[0, token] | grammar.goes_on(state)  # the newest event has a symbol
    high, high_held = here(lock.high, within)[:, None], here(lock.high_held, within)[:, None]
    more_notes = (free & chosen)[:, None] & ((high < 0) | (state["last"][:, None] < high))
    grows = free[:, None] & more & ((high < 0) | (pitch < high) | ((pitch == high) & (held == high_held)))
    whole = ~(free & chosen) | (high[:, 0] < 0) | (state["last"] == high[:, 0])

    grows |= spoken & more_notes
    end = (state["place"][:, None] + jnp.where(starts | spoken, duration[:, None], lengths)) // lock.unit
    fits = (starts | spoken | (lengths > 0)) & (end <= here(lock.until, place)[:, None]) & here(lock.fits, end)
    low, low_held, high, high_held, high_more = (
        here(array, place)[:, None] for array in (lock.low, lock.low_held, lock.high, lock.high_held, lock.high_more)
    )
    voiced = (low < 0) | ((pitch == low) & (held == low_held))
    below = (pitch >= 0) & (pitch < high) & high_more
    voiced &= (high < 0) | below | ((pitch == high) & (held == high_held))
    new = fits & (voiced | ~starts) & (~spoken | (low < 0) | ~low_held)  # a held note says no velocity
    return jnp.where((index >= 0)[:, None], locked, new) & whole[:, None] | grows, index


def _step(weights, rules, usage, fitted, lock: Lock, numbers: dict[str, jax.Array], carry: Carry, active: jax.Array):
    """One more token for the active particles."""

    def look(state, token, at, free):
        def only(known):
            return _wanted(rules, lock, known, token[None], at[None], free[None])[0]

        row = {name: numbers[name][None] for name in ("memory", "limit")}
        state, *seen = ahead(weights, rules, usage, fitted, row, only, state, token[None])
        mask, index = _wanted(rules, lock, state["rules"], token[None], at[None], free[None])
        return state, index[0], *(array[0] for array in (*seen, mask))

    state, index, logits, mask, stuck, _, wanted = jax.vmap(look)(
        carry["state"], carry["token"], carry["at"], carry["free"]
    )
    mask &= wanted
    mask = jnp.where((mask & ~stuck).any(-1, keepdims=True), mask & ~stuck, mask)
    dead = ~mask.any(-1)
    rows = len(mask)
    heat = jnp.full(rows, numbers["temperature"])
    logs = jax.nn.log_softmax(logits / heat[:, None])
    left = jax.nn.logsumexp(jnp.where(mask, logs, -jnp.inf), axis=-1)
    allowed = jnp.where(mask | dead[:, None], logits, -jnp.inf)
    shaped = shape(allowed, heat, jnp.full(rows, numbers["top_k"]), jnp.full(rows, numbers["top_p"]))
    keys = jax.random.split(jax.random.fold_in(carry["key"], 2 * carry["steps"]), rows)
    token = jax.vmap(jax.random.categorical)(keys, shaped).astype(jnp.int32)
    spent = -jnp.take_along_axis(jax.nn.log_softmax(logits), token[:, None], -1)[:, 0] / jnp.log(2)

    locked = (index >= 0) & (token == jnp.asarray(lock.given)[index])
    free = ~locked
    later = state["rules"]["place"][:, 0] // lock.unit > lock.first
    counted = jnp.stack([free, locked & later], -1)
    after = {
        "state": state,
        "token": token,
        "at": jnp.where(locked & ~jnp.asarray(lock.last)[index], index + 1, -1),
        "free": free,
        "weight": carry["weight"] + jnp.where(dead, -jnp.inf, left),
        "ids": carry["ids"].at[jnp.arange(rows), carry["n"]].set(token, mode="drop"),
        "n": carry["n"] + 1,
        "bits": carry["bits"] + counted * spent[:, None],
        "tokens": carry["tokens"] + counted,
    }
    before = {name: carry[name] for name in after}

    def unless_waiting(new: jax.Array, old: jax.Array) -> jax.Array:
        return jnp.where(active.reshape(-1, *(1,) * (new.ndim - 1)), new, old)

    return {**carry, **jax.tree_util.tree_map(unless_waiting, after, before), "steps": carry["steps"] + 1}


def _until(weights, rules, usage, fitted, lock: Lock, numbers: dict[str, jax.Array], carry: Carry, barrier: jax.Array):
    """Draw until every particle that lives has an event that starts at the barrier or later, in ticks; resample."""

    def active(carry: Carry) -> jax.Array:
        there = (carry["state"]["rules"]["place"][:, 0] >= barrier) & ~jnp.asarray(lock.more)[carry["token"]]
        return ~there & (carry["token"] != END) & jnp.isfinite(carry["weight"])

    def too_long(carry: Carry) -> jax.Array:
        return carry["n"] >= carry["ids"].shape[1]

    def one(carry: Carry) -> Carry:
        carry = _step(weights, rules, usage, fitted, lock, numbers, carry, active(carry))
        return {**carry, "weight": jnp.where(too_long(carry), -jnp.inf, carry["weight"])}

    carry = jax.lax.while_loop(lambda carry: active(carry).any(), one, carry)
    rows = carry["weight"].shape[0]
    total = jax.nn.logsumexp(carry["weight"])
    share = jnp.exp(carry["weight"] - total)
    points = (jnp.arange(rows) + jax.random.uniform(jax.random.fold_in(carry["key"], 2 * carry["steps"] + 1))) / rows
    chosen = jnp.minimum(jnp.searchsorted(jnp.cumsum(share), points, side="right"), jnp.argmax(jnp.cumsum(share)))
    again = jnp.isfinite(total) & (1 / jnp.sum(share**2) < rows / 2)
    chosen = jnp.where(again, chosen, jnp.arange(rows))
    shared = {name: carry[name] for name in ("key", "steps")}
    taken = jax.tree_util.tree_map(lambda a: a[chosen], {name: carry[name] for name in carry if name not in shared})
    weight = jnp.where(again, total - jnp.log(rows), taken["weight"])
    return {**taken, **shared, "weight": weight}


_compiled = jax.jit(_until)


def fill(
    model: Bundle,
    lock: Lock,
    stops: Sequence[int],
    sampling: Sampling,
    seed: int,
    usage: used.Usage | None = None,
    n: int = 1,
    particles: int = PARTICLES,
) -> Filled:
    """Fill what is open.

    Parameters
    ----------
    stops : ticks, in order: where the particles wait for each other. What is locked beyond the last is not weighed.
    sampling : temperature, top-k, top-p, memory and limit as for any piece; `tokens`, the most that a piece may have
        up to the last stop. At temperature 1, top-p 1 and top-k 0 the weights are those of the model itself. Otherwise
        they are those of its probabilities at this temperature, and top-k and top-p say which tokens are tried.
    usage : of the training pieces, which is kept where what is allowed otherwise can keep it.
    n : how many fillings are drawn.

    Returns
    -------
    The same for the same seed and number of particles.

    Raises
    ------
    NothingFits : no particle came to the end.
    """
    rules = grammar.rules(model.vocabulary, model.scheme)
    fitted = memory.prepare(model.memory) if model.memory and sampling.memory else None
    names = ("temperature", "top_k", "top_p", "memory", "limit")
    values = {name: getattr(sampling, name) for name in names}
    values["temperature"] = max(values["temperature"], COLDEST)
    numbers = {name: np.asarray(value, np.int32 if name == "top_k" else np.float32) for name, value in values.items()}
    steps = -(-sampling.tokens // 128) * 128  # few shapes: few compilations
    header = bool(len(lock.given)) and not rules["ticks"][lock.given[0]] and lock.given[0] != END
    carry: Carry = {
        "state": jax.vmap(lambda _: begun(model.weights, 1, steps, fitted))(jnp.arange(particles)),
        "token": jnp.full(particles, START, jnp.int32),
        "at": jnp.full(particles, 0 if header else -1, jnp.int32),
        "free": jnp.zeros(particles, bool),
        "weight": jnp.zeros(particles, jnp.float32),
        "ids": jnp.zeros((particles, steps), jnp.int32),
        "n": jnp.zeros(particles, jnp.int32),
        "bits": jnp.zeros((particles, 2), jnp.float32),
        "tokens": jnp.zeros((particles, 2), jnp.int32),
        "key": jax.random.key(seed),
        "steps": jnp.int32(0),
    }
    state = jax.tree_util.tree_map(lambda a: jax.lax.convert_element_type(a, a.dtype), carry["state"])
    carry, wide = {**carry, "state": state}, _padded(lock)  # of settled types, so that it is compiled once
    for stop in stops:
        carry = _compiled(model.weights, rules, usage, fitted, wide, numbers, carry, np.int32(stop))
    return _found({name: np.asarray(carry[name]) for name in ("weight", "ids", "n", "bits", "tokens")}, seed, n)


def _padded(lock: Lock) -> Lock:
    """The lock with arrays of few lengths: few compilations."""
    locked = {"given", "last"}
    places = {"start", "until", "fits", "low", "high", "low_held", "high_held", "high_more"}

    def longer(name: str) -> np.ndarray:
        array: np.ndarray = getattr(lock, name)
        return np.pad(array, (0, -len(array) % 512)) if name in locked | places else array

    return Lock(**{field.name: longer(field.name) for field in fields(Lock)})


def _found(arrays: dict[str, np.ndarray], seed: int, n: int) -> Filled:
    """Different fillings with their shares, and n of them, drawn one after the other."""
    weight = arrays["weight"].astype(np.float64)
    if not np.isfinite(weight).any():
        raise NothingFits("no particle came to the end of what is open")
    share = np.exp(weight - weight.max())
    evidence = float(weight.max() + np.log(share.mean()))
    rows: dict[tuple[int, ...], list[int]] = {}
    for row in np.flatnonzero(share > 0).tolist():
        rows.setdefault(tuple(arrays["ids"][row, : arrays["n"][row]].tolist()), []).append(row)
    shares = np.array([share[members].sum() for members in rows.values()]) / share.sum()
    rng, drawn = np.random.default_rng(seed), list(rows)
    order = np.argsort(-(np.log(shares) + rng.gumbel(size=len(shares))), kind="stable")[:n]  # without replacement
    fillings = []
    for number in order.tolist():
        row = rows[drawn[number]][0]
        bits, tokens = arrays["bits"][row], arrays["tokens"][row]
        open_bits, locked_bits = (float(b) / int(t) if t else float("nan") for b, t in zip(bits, tokens, strict=True))
        ids = np.array([START, *drawn[number]], np.int32)
        fillings.append(Filling(ids, float(shares[number]), (open_bits, locked_bits)))
    return Filled(fillings, len(weight), len(rows), float(1 / np.sum(shares**2)), evidence)


def stops_of(first: int, end: int) -> list[int]:
    """Where particles wait: at each beat from the first open one to the end, in ticks."""
    return [*range(first // TICKS * TICKS + TICKS, end, TICKS), end]
