"""Drawing new pieces from a model: many at once, by one compiled program that carries the recurrent state.

One or two pieces have a program of two rows, faster for them and with the same bits. A piece by itself may have one of
a single row, twice as fast again, if `generate.alone` is ``fast``: its bits are its own. `make bench` measures both.

At each step the network reads one token and predicts the next, and the memory of the piece (`riyaz.model.memory`) is
added to that prediction. The grammar's mask removes what may not follow, and that of `riyaz.play.usage` what no
training piece does there. Temperature, top-k and top-p (Holtzman et al. 2020, arXiv:1904.09751) change the
probabilities of what is left, and a token is drawn from them. At temperature 0 the most likely token is taken: the
lecture's "index of the highest value".

A memory that reads its own output would repeat one phrase for ever. So its strength falls to zero during the last of
`limit` consecutive repeats of a phrase, and after that no token continues the phrase if the grammar allows another.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS
from riyaz.params import AUTO, Generate
from riyaz.play import usage as used
from riyaz.text import grammar
from riyaz.text.tokens import END, PAD, START
from riyaz.tools import source, store

SLACK = 0.25  # how much shorter or longer than the wish a piece may be
ROWS = 16  # pieces in the compiled program; a shorter batch is filled up, so that its size changes no bit
FEW = 2  # in the program for one or two; a single row would be multiplied in another order, which gives other bits
State = dict[str, Any]  # of the network, the grammar (rules), what the corpus does (usage) and the memory


@dataclass(frozen=True)
class Sampling:
    """How a piece is drawn.

    Attributes
    ----------
    tokens : a piece has at most so many, ``<start>`` and what is given included.
    temperature : probabilities are raised to 1 / temperature; 0 takes the most likely token.
    top_k : only the so many most likely tokens; 0 is all.
    top_p : only the fewest tokens that together have at least this probability.
    memory : strength of the memory; its counts are multiplied by it. 0 is the network alone, 1 what predicts human
        pieces best.
    limit : at most so many consecutive repeats of a phrase, while there is a memory.
    least : a piece ends with no fewer tokens, if the grammar allows anything but the end.
    beats : a wish for the length; the piece ends where ``<end>`` was the most likely within a quarter of it. 0: none.
    ending : whether a piece that reaches `tokens` without an end is ended where ``<end>`` was the most likely.
    endless : ``<end>`` is held back, if the grammar allows anything else: `riyaz.play.endings` chooses it afterwards.
    alone : ``exact``: a piece that is drawn by itself has the bits that it has in a batch; or ``fast``.
    """

    tokens: int
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    memory: float = 0.0
    limit: float = 4.0
    least: int = 0
    beats: float = 0.0
    ending: bool = False
    endless: bool = False
    alone: str = "exact"

    @classmethod
    def of(cls, settings: Generate, lengths: Sequence[int] | np.ndarray) -> "Sampling":
        """The sampling that params.yaml asks for: what is delivered, judged and listened to.

        Parameters
        ----------
        settings : section generate, with a number for each ``auto`` (`riyaz.judge.tuning.settled`).
        lengths : tokens of the corpus' pieces; no piece is shorter than a tenth of them.
        """
        least = int(np.quantile(lengths, 0.1)) if len(lengths) else 0
        names = ("tokens", "temperature", "top_k", "top_p", "memory", "limit", "alone")
        chosen = {name: getattr(settings, name) for name in names}
        if AUTO in chosen.values():
            name = next(name for name, value in chosen.items() if value == AUTO)
            raise ValueError(f"generate.{name} is auto: riyaz.judge.tuning.settled gives the number")
        return cls(**chosen, least=least, beats=settings.beats or 0.0, ending=True)

    def argmax(self) -> "Sampling":
        """The lecture's method with the same length: the most likely token, without memory, wherever that leads."""
        return replace(self, temperature=0.0, memory=0.0, least=0, ending=False)


@dataclass(frozen=True)
class Drawn:
    """One drawn piece; every array has one entry a token, the first for ``<start>``.

    Attributes
    ----------
    ids : (n,) int32, from ``<start>``; with ``<end>`` if it came.
    given : how many of the ids after ``<start>`` were given.
    ended : whether ``<end>`` was drawn, and not put there because the piece was too long.
    probability : (n,) float32, what the model (network and memory) gave the token, before the mask; 1 if given.
    masked : (n,) float32, the probability that the mask removed.
    entropy : (n,) float32, bits of the model's distribution.
    memory_share : (n,) float32, the memory's share of the distribution, 0 to 1.
    """

    ids: np.ndarray
    given: int
    ended: bool
    probability: np.ndarray
    masked: np.ndarray
    entropy: np.ndarray
    memory_share: np.ndarray
    ending: np.ndarray = field(repr=False)  # (n,) what the model gave <end>; 0 where it was not allowed

    def with_end(self) -> "Drawn":
        """The piece, ended where ``<end>`` was the most likely if it has no end; as it is where that was never so."""
        return self if self.ended or not self.ending.any() else self.cut(int(self.ending.argmax()))

    def cut(self, last: int) -> "Drawn":
        """The piece with ``<end>`` in place of its token number `last` and all that follows."""
        arrays = ("probability", "masked", "entropy", "memory_share", "ending")
        short = {name: getattr(self, name)[: last + 1] for name in arrays}
        return replace(self, ids=np.r_[self.ids[:last], END].astype(np.int32), **short)


def shape(logits: jax.Array, temperature: jax.Array, top_k: jax.Array, top_p: jax.Array) -> jax.Array:
    """Apply temperature, top-k and top-p to logits (batch, n_tokens); the settings are (batch,) each.

    Temperature 0 keeps only the highest; top_k = 0 keeps all. Of equally likely tokens all are kept or none. The bound
    is found by trying the 31 bits of a probability one after the other, which takes a tenth of the time of a sort; it
    is not looked for where no row has one.
    """
    n_tokens = logits.shape[-1]
    warm = logits / jnp.where(temperature > 0, temperature, 1.0)[:, None]
    p = jax.nn.softmax(warm)
    size = jax.lax.bitcast_convert_type(p, jnp.int32)  # in the order of p, which is not negative
    most = jnp.where(top_k > 0, top_k, n_tokens)

    def higher(bit: jax.Array, bound: jax.Array) -> jax.Array:
        tried = bound | (jnp.int32(1) << (30 - bit))
        above = size > tried[:, None]
        enough = (jnp.where(above, p, 0).sum(-1) >= top_p) & (top_p < 1)
        return jnp.where(enough | (above.sum(-1) >= most), tried, bound)

    lowest = jnp.zeros(len(p), jnp.int32)
    bounded = ((top_k > 0) | (top_p < 1)).any()
    bound = jax.lax.cond(bounded, lambda: jax.lax.fori_loop(0, 31, higher, lowest), lambda: lowest)
    highest = jnp.arange(n_tokens) == jnp.argmax(warm, -1)[:, None]
    return jnp.where(jnp.where(temperature[:, None] > 0, size > bound[:, None], highest), warm, -jnp.inf)


def _unless_empty(mask: jax.Array, wanted: jax.Array) -> jax.Array:
    """What is both allowed and wanted; in rows where that is nothing, what is allowed: (rows, n_tokens) bool."""
    both = mask & wanted
    return jnp.where(both.any(-1, keepdims=True), both, mask)


def _remember(fitted, state, token, logits, strength, limit):
    """Let the memory read a token: its state, the logits with it, its share, and a mask of what continues a loop.

    Rows of strength 0 have the network's logits, bit for bit, and may loop.
    """
    state = memory.advance(fitted, state, token)
    times, stuck = memory.repeats(state, logits.shape[-1], limit[:, None])
    awake = strength * jnp.clip(limit - times, 0, 1)
    logs, share = memory.predict(fitted, state, jax.nn.log_softmax(logits), awake)
    stuck &= (strength > 0)[:, None]
    return state, jnp.where(awake[:, None] > 0, logs, logits), share, stuck


def begun(weights: recurrence.Weights, rows: int, steps: int, fitted: memory.Arrays | None) -> State:
    """The state of so many pieces before ``<start>``, each with a memory of its newest `steps` tokens."""
    past = None if fitted is None else memory.initial(rows, steps)
    known = (recurrence.initial(weights, rows), grammar.initial(rows), used.initial(rows), past)
    return dict(zip(("network", "rules", "usage", "memory"), known, strict=True))


def ahead(
    weights: recurrence.Weights,
    rules: grammar.Rules,
    usage: used.Usage | None,
    fitted: memory.Arrays | None,
    settings: dict[str, jax.Array],
    only: Callable[[grammar.State], jax.Array],
    state: State,
    token: jax.Array,
) -> tuple[State, jax.Array, jax.Array, jax.Array, jax.Array]:
    """Read one token per row, and look ahead: the step that all drawing is made of.

    Parameters
    ----------
    usage : what is kept to, or None. fitted : the memory's parameters as arrays, or None.
    settings : `memory` and `limit` of each row: (rows,) each.
    only : from the grammar's state to what is drawn if the grammar allows some of it, (rows, n_tokens) bool.
    token : (rows,) int32.

    Returns
    -------
    state : after the token.
    logits : (rows, n_tokens) float32, of what comes next, with the memory.
    mask : (rows, n_tokens) bool, what may come.
    stuck : the same shape, what would go on with a loop.
    share : (rows,) float32, the memory's share.
    """
    network, logits = recurrence.step(weights, state["network"], token)
    rules_state = grammar.advance(rules, state["rules"], token)
    mask = grammar.allowed(rules, rules_state)
    mask = _unless_empty(mask, only(rules_state))
    bar, past = state["usage"], state["memory"]
    if usage is not None:
        bar = used.advance(usage, bar, token)
        mask = _unless_empty(mask, used.allowed(usage, bar, rules_state))
    stuck, share = jnp.zeros_like(mask), jnp.zeros(len(token))
    if fitted is not None:
        past, logits, share, stuck = _remember(fitted, past, token, logits, settings["memory"], settings["limit"])
    after = {"network": network, "rules": rules_state, "usage": bar, "memory": past}
    return after, logits, mask, stuck, share


def _program(weights, rules, usage, fitted, settings, given, keys, only):
    """The scan over steps.

    settings : dict of (rows,) arrays, the numbers of each row's `Sampling`. given : (rows, steps) int32, -1 where a
    token is drawn. only : (rows, n_tokens) bool. usage, fitted : as in `ahead`.
    """

    def one(carry, now):
        place, forced = now  # (), (rows,)
        state, token, done, keys = carry
        state, logits, mask, stuck, share = ahead(weights, rules, usage, fitted, settings, lambda _: only, state, token)
        is_end = (jnp.arange(mask.shape[-1]) == END)[None]
        longer = ~is_end | (place >= settings["least"])[:, None]
        mask = _unless_empty(mask, longer)
        may_end = mask[:, END]
        wish, so_far = settings["beats"] * TICKS, state["rules"]["place"]
        over = so_far >= (1 + SLACK) * wish
        may_end &= (wish == 0) | (~over & (so_far >= (1 - SLACK) * wish))
        mask = _unless_empty(mask, (wish == 0)[:, None] | (is_end == over[:, None]))
        whole = _unless_empty(mask, ~stuck)
        mask = _unless_empty(mask, ~(is_end & settings["endless"][:, None]))
        mask = _unless_empty(mask, ~stuck)
        p = jax.nn.softmax(logits)
        pairs = jax.vmap(jax.random.split)(keys)
        allowed = jnp.where(mask, logits, -jnp.inf)
        numbers = settings["temperature"], settings["top_k"], settings["top_p"]
        shaped = shape(allowed, *numbers)
        drawn = jax.vmap(jax.random.categorical)(pairs[:, 1], shaped)
        token = jnp.where(done, PAD, jnp.where(forced >= 0, forced, drawn)).astype(jnp.int32)
        chosen = jnp.take_along_axis(p, token[:, None], -1)[:, 0]
        masked = 1 - jnp.sum(jnp.where(mask, p, 0), -1)
        entropy = -jnp.sum(jnp.where(p > 0, p * jnp.log2(p), 0), -1)

        def with_end() -> jax.Array:
            return jax.nn.softmax(shape(jnp.where(whole, logits, -jnp.inf), *numbers))[:, END]

        held_back = jax.lax.cond(settings["endless"].any(), with_end, lambda: p[:, END])
        ending = jnp.where(may_end, jnp.where(settings["endless"], held_back, p[:, END]), 0)
        after = (state, token, done | (token == END), pairs[:, 0])
        return after, (token, chosen, masked, entropy, share, ending)

    rows, steps = given.shape
    carry = (begun(weights, rows, steps, fitted), jnp.full(rows, START, jnp.int32), jnp.zeros(rows, bool), keys)
    _, out = jax.lax.scan(one, carry, (jnp.arange(2, steps + 2), given.T))
    return [jnp.swapaxes(a, 0, 1) for a in out]


_compiled = jax.jit(_program)
_NUMBERS: dict[str, type[np.generic]] = {
    "temperature": np.float32,
    "top_k": np.int32,
    "top_p": np.float32,
    "memory": np.float32,
    "limit": np.float32,
    "least": np.int32,
    "beats": np.float32,
    "endless": np.bool_,
}


def draw(
    model: Bundle,
    samplings: Sequence[Sampling],
    seed: int,
    given: Sequence[np.ndarray] | None = None,
    rules: grammar.Rules | None = None,
    only: Sequence[np.ndarray] | None = None,
    usage: used.Usage | None = None,
    cache: Path | None = None,
) -> list[Drawn]:
    """Draw pieces, one for each sampling; the only way in which pieces are made freely.

    Parameters
    ----------
    samplings : how each piece is drawn; `tokens` is the same for all.
    given : for each piece (n,) int32 token ids that stand after ``<start>``; where an id is negative a token is drawn.
    rules : the grammar (`riyaz.text.grammar.rules`); None: that of the model's scheme.
    only : for each piece (n_tokens_of_vocabulary,) bool: only these are drawn if the grammar allows one of them.
    usage : of the training pieces, which is kept where what is allowed otherwise can keep it; None: any.
    cache : the cache's folder: the same pieces are drawn once, for all stages and experiments; None: no cache.

    Returns
    -------
    One `Drawn` a piece. Piece i depends on its sampling, the seed and i, not on how many pieces there are. No samplings
    give no pieces.

    Raises
    ------
    ValueError : the samplings differ in `tokens`.
    """
    if len({sampling.tokens for sampling in samplings}) > 1:
        raise ValueError("pieces that are drawn together have the same number of tokens at most: draw them apart")
    rules = rules or grammar.rules(model.vocabulary, model.scheme)
    if cache is None or not samplings:
        return _draw(model, samplings, seed, given, rules, only, usage)
    depends = [
        [source.digests(Path(__file__)), *(metadata.version(name) for name in ("jax", "jaxlib", "numpy"))],
        [
            model.weights["members"],
            np.asarray(model.weights.get("shares", 0)).tolist(),
            model.params,
            list(model.vocabulary.words),
        ],
        [] if model.weights["features"] is None else list(model.weights["features"].names),
        [[asdict(sampling) for sampling in samplings], seed],
        [None if some is None else list(some) for some in (given, only)],
        [rules, None if usage is None else vars(usage)],
    ]
    place = cache / "drawn" / f"{store.digest(*depends)}.parquet"
    return store.cached(place, lambda: _draw(model, samplings, seed, given, rules, only, usage), _save, _load)


def _save(drawn: list[Drawn], path: Path) -> None:
    pd.concat([pd.DataFrame(vars(one)).assign(piece=k) for k, one in enumerate(drawn)]).to_parquet(path, index=False)


def _load(path: Path) -> list[Drawn]:
    return [
        Drawn(given=int(rows["given"].iloc[0]), ended=bool(rows["ended"].iloc[0]), **_columns(rows))
        for _, rows in pd.read_parquet(path).groupby("piece")
    ]


def _columns(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    names = ("ids", "probability", "masked", "entropy", "memory_share", "ending")
    return {name: rows[name].to_numpy() for name in names}


def _draw(model, samplings, seed, given, rules, only, usage) -> list[Drawn]:
    """`draw` without a cache."""
    remembers = model.memory is not None and any(sampling.memory for sampling in samplings)
    fitted = memory.prepare(model.memory) if remembers and model.memory else None
    root = jax.random.key(seed)
    by_itself = [sampling.alone for sampling in samplings] == ["fast"]
    weights = model.for_one if by_itself else model.weights
    out: list[Drawn] = []
    for first in range(0, len(samplings), ROWS):
        rows = list(samplings[first : first + ROWS])
        steps = rows[0].tokens - 1
        n_rows = 1 if by_itself else FEW if len(rows) <= FEW else ROWS
        filled = rows + [Sampling(rows[0].tokens)] * (n_rows - len(rows))
        settings = {
            name: np.array([getattr(row, name) for row in filled], np.dtype(kind)) for name, kind in _NUMBERS.items()
        }
        forced = np.full((n_rows, steps), -1, np.int32)
        allowed = np.ones((n_rows, len(model.vocabulary)), bool)
        for row in range(len(rows)):
            if given is not None:
                ids = given[first + row][:steps]
                forced[row, : len(ids)] = ids
            if only is not None:
                allowed[row] = only[first + row]
        keys = jax.vmap(lambda i: jax.random.fold_in(root, i))(jnp.arange(first, first + n_rows))
        arrays = [np.asarray(a) for a in _compiled(weights, rules, usage, fitted, settings, forced, keys, allowed)]
        made = [_drawn(forced[row], *(array[row] for array in arrays)) for row in range(len(rows))]
        out += [_at_an_end(one, row) for one, row in zip(made, rows, strict=True)]
    return out


def _at_an_end(one: Drawn, row: Sampling) -> Drawn:
    if row.beats:  # its end was held back
        cut = replace(one, ended=False).with_end()
        return replace(cut, ended=cut.ids[-1] == END)
    return one.with_end() if row.ending and not row.endless else one


def _drawn(forced, token, chosen, masked, entropy, share, ending) -> Drawn:
    """One row of the compiled program's output, up to its end."""
    ends = np.flatnonzero(token == END)
    n = int(ends[0]) + 1 if ends.size else len(token)
    free = forced[:n] < 0

    def column(first: float, values: np.ndarray) -> np.ndarray:
        return np.r_[first, values].astype(np.float32)

    return Drawn(
        ids=np.r_[START, token[:n]].astype(np.int32),
        given=int((forced >= 0).sum()),
        ended=bool(ends.size),
        probability=column(1, np.where(free, chosen[:n], 1)),
        masked=column(0, np.where(free, masked[:n], 0)),
        entropy=column(0, entropy[:n]),
        memory_share=column(0, share[:n]),
        ending=column(0, np.where(free, ending[:n], 0)),
    )
