"""The memory of the piece: the piece so far, added to the network's prediction.

Music repeats itself. For every earlier place of the piece the memory holds the length of its match: how many tokens
before that place agree with the newest tokens. A match grows by one where the newest token agrees, else it falls to
zero. The memory counts what followed the places that match over at least k tokens, for k = 0, 1, ... K, and mixes these
counts into the prediction, from short matches to long ones, starting from the network:

    p_k(w) = (s n_k(w) + m_k p_{k-1}(w)) / (s n_k + m_k),    m_k = e_k T_k n_k ** a_k,    p_{-1} = network

n_k(w) is how often w followed, n_k the sum over w, and T_k the number of different tokens that followed. What followed
at the same place of the avartan or bar counts `SAME` times: the memory has a clock, which reads the taal or metre and
the durations, as `riyaz.text.grammar` does. `benchmarks/matches.py` measures what that gains. This is Witten
and Bell's method C where e_k = 1 and a_k = 0. There the counts of a long piece, which grow without end, drown what the
network says; where a_k = 1 its say does not depend on the length of the piece. The escapes e_k and their growths a_k,
between 0 and 1, are fitted on validation pieces: they say how far a match of k tokens is to be trusted. The strength s
is 1 where likelihoods are measured; 0 is the network alone.

Bols have a second memory, of their khali forms, so that a khali half can follow its bhari half. It predicts which khali
form comes, the network predicts which bol of that form, and the first memory is mixed into the result.

All functions but `read`, `evidence` and `fit` are pure JAX functions over a batch of pieces.

References
----------
Conklin & Witten, Multiple viewpoint systems for music prediction, 1995, doi:10.1080/09298219508570672 (short-term
models).
Witten & Bell, The zero-frequency problem, IEEE Trans. Information Theory 37(4), 1991, doi:10.1109/18.87000.
Grave, Joulin & Usunier, Improving neural language models with a continuous cache, 2017, arXiv:1612.04426.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from scipy.optimize import minimize

from riyaz.music.events import TICKS
from riyaz.tabla.bols import BOLS
from riyaz.text import features, grammar
from riyaz.text.tokens import Vocabulary

ROWS = 16  # pieces read at once; a shorter batch is filled up, so that its size changes no bit
ORDER = 16  # longer matches count as matches of this length
REACH = 2048  # at least so many of the newest tokens are remembered
FITTED = 6  # orders that have parameters of their own, 0 to 5; all longer matches share the last
BOUNDS = ([(None, None)] * FITTED + [(0, 1)] * FITTED) * 2  # what is fitted: see `logs_of`
SAME = 16  # how many times a match at the same place of the cycle counts: chosen on validation parts
Parameters = dict[str, Any]  # JSON-able: order, same; classes, ticks, begins, cycle; escape, growth, class_escape, ...
Arrays = dict[str, jax.Array]  # the parameters, as `prepare` gives them
State = dict[str, jax.Array]


def classes(vocabulary: Vocabulary) -> list[int]:
    """For each token the number of the first token with the same khali form; for what is no bol its own number."""
    first: dict[str, int] = {}
    forms = [BOLS[word].khali if word in BOLS else word for word in vocabulary.words]
    return [first.setdefault(form, number) for number, form in enumerate(forms)]


def tables(vocabulary: Vocabulary) -> Parameters:
    """The parameters that are not fitted, but ``order``.

    Returns
    -------
    ``classes``; for the clock of each token ``ticks`` of a duration, ``begins`` an event (0 or 1), ``cycle`` in ticks;
    and ``same``: `SAME`, or 1 where the vocabulary has no durations.
    """
    rules = grammar.rules(vocabulary)
    clock = {"ticks": rules["ticks"], "begins": grammar.begins(rules), "cycle": features.cycles(vocabulary)}
    same = SAME if rules["ticks"].any() else 1
    return {
        "classes": classes(vocabulary),
        "same": same,
        **{name: [int(value) for value in table] for name, table in clock.items()},
    }


def prepare(parameters: Parameters) -> Arrays:
    """The parameters as arrays: those of all orders, the clock and, with a second memory, each token's class."""

    def reach(name: str) -> jax.Array:
        values = np.array(parameters[name], np.float32)
        return jnp.asarray(values[np.minimum(np.arange(parameters["order"] + 1), len(values) - 1)])

    arrays = {name: reach(name) for name in ("escape", "growth")} | {"same": jnp.float32(parameters["same"])}
    arrays |= {name: jnp.asarray(parameters[name], jnp.int32) for name in ("ticks", "begins", "cycle")}
    if sorted(set(parameters["classes"])) != list(range(len(parameters["classes"]))):
        arrays |= {
            **{name: reach(name) for name in ("class_escape", "class_growth")},
            "classes": jnp.asarray(parameters["classes"], jnp.int32),
        }
    return arrays


def initial(batch: int, steps: int) -> State:
    """The empty memory of `batch` pieces, which holds the newest `steps` tokens of each."""
    empty, none = jnp.zeros((batch, steps), jnp.int32), jnp.zeros(batch, jnp.int32)
    time = {"length": none, "bar": none + features.BEATS * TICKS, "place": none}  # of an event, a cycle, the next event
    return {"now": jnp.int32(0), "past": empty - 1, "where": empty, "match": empty, "class_match": empty, **time}


def _grown(match: jax.Array, same: jax.Array) -> jax.Array:
    return jnp.where(same, jnp.pad(match[:, :-1], ((0, 0), (1, 0))) + 1, 0)


def _forget(state: State) -> State:
    """The memory without its oldest token."""
    moved = {name: jnp.roll(state[name], -1, axis=1) for name in ("past", "where", "match", "class_match")}
    return state | {"now": state["now"] - 1, **{name: a.at[:, -1].set(-(name == "past")) for name, a in moved.items()}}


def advance(arrays: Arrays, state: State, token: jax.Array) -> State:
    """The memory after one more token of each piece: token (batch,) int32. Beyond its steps it forgets the oldest."""
    state = jax.lax.cond(state["now"] < state["past"].shape[1], lambda given: given, _forget, state)
    ticks, cycle = arrays["ticks"][token], arrays["cycle"][token]
    length, bar = jnp.where(ticks > 0, ticks, state["length"]), jnp.where(cycle > 0, cycle, state["bar"])
    place = (state["place"] + arrays["begins"][token] * length) % bar
    past, where = state["past"].at[:, state["now"]].set(token), state["where"].at[:, state["now"]].set(place)
    after = {"now": state["now"] + 1, "past": past, "where": where, "length": length, "bar": bar, "place": place}
    after["match"] = _grown(state["match"], past == token[:, None])
    if "classes" in arrays:
        same = (arrays["classes"][past] == arrays["classes"][token][:, None]) & (past >= 0)
        return after | {"class_match": _grown(state["class_match"], same)}
    return after | {"class_match": state["class_match"]}


def _followed(state: State) -> jax.Array:
    """The token after each place: (batch, steps) int32, -1 where none came yet."""
    return jnp.pad(state["past"][:, 1:], ((0, 0), (0, 1)), constant_values=-1)


def _counted(arrays: Arrays, state: State) -> jax.Array:
    """How many times each place counts: (batch, steps) float32."""
    return jnp.where(state["where"] == state["place"][:, None], arrays["same"], 1)


def _counts(match: jax.Array, followed: jax.Array, times: jax.Array, order: int, n_tokens: int) -> jax.Array:
    """How often each token followed a match of at least k tokens: (batch, order + 1, n_tokens) float32."""

    def row(match: jax.Array, followed: jax.Array, times: jax.Array) -> jax.Array:
        where = jnp.where(followed >= 0, jnp.minimum(match, order) * n_tokens + followed, (order + 1) * n_tokens)
        return jnp.zeros((order + 1) * n_tokens, jnp.float32).at[where].add(times, mode="drop")

    exact = jax.vmap(row)(match, followed, times).reshape(-1, order + 1, n_tokens)
    at_least = jnp.triu(jnp.ones((order + 1, order + 1), jnp.float32))  # faster than a running sum; small whole numbers
    return jnp.einsum("kl,blw->bkw", at_least, exact)


def _mixed_in(
    counts: jax.Array, escape: jax.Array, growth: jax.Array, strength: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """The memory's part of the distribution, (batch, n_tokens), and the log of the share left to the base, (batch,).

    The share is a logarithm: a phrase that came some hundred times leaves less than a float32 can hold.
    """
    total, kinds = counts.sum(-1), (counts > 0).sum(-1)  # (batch, order + 1)
    more = escape * jnp.maximum(kinds, 1) * jnp.maximum(total, 1) ** growth
    whole = jnp.where(kinds > 0, strength[:, None] * total + more, 1)
    left = jnp.where(kinds > 0, jnp.log(more / whole), 0)
    longer = jnp.flip(jnp.cumsum(jnp.flip(left, 1), 1), 1)  # what the orders from k on leave
    share = strength[:, None] * jnp.exp(jnp.pad(longer[:, 1:], ((0, 0), (0, 1)))) / whole
    return (share[:, :, None] * counts).sum(1), longer[:, 0]


def predict(arrays: Arrays, state: State, logs: jax.Array, strength: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Mix the memory into the network's prediction.

    Parameters
    ----------
    logs : (batch, n_tokens) float32, natural logarithms of the network's distribution.
    strength : (batch,) float32.

    Returns
    -------
    logs : the same with the memory.
    share : (batch,) float32, the memory's share of the mixture; 0 where nothing is remembered.
    """
    order, n_tokens = len(arrays["escape"]) - 1, logs.shape[-1]
    followed, times = _followed(state), _counted(arrays, state)
    network = jnp.float32(0)  # the logarithm of what is left to it
    if "classes" in arrays:
        same = arrays["classes"][:, None] == jnp.arange(n_tokens)  # (token, class)
        closed = jnp.where(followed >= 0, arrays["classes"][followed], -1)
        counts = _counts(state["class_match"], closed, times, order, n_tokens)
        mass, network = _mixed_in(counts, arrays["class_escape"], arrays["class_growth"], strength)
        of_class = jax.nn.logsumexp(jnp.where(same[None], logs[:, :, None], -jnp.inf), axis=1)  # (batch, class)
        new = jnp.logaddexp(network[:, None] + of_class, jnp.log(mass))
        logs = logs + jnp.where(jnp.isfinite(of_class), new - of_class, 0)[:, arrays["classes"]]
    counts = _counts(state["match"], followed, times, order, n_tokens)
    mass, left = _mixed_in(counts, arrays["escape"], arrays["growth"], strength)
    return jnp.logaddexp(left[:, None] + logs, jnp.log(mass)), -jnp.expm1(left + network)


def longest(state: State) -> tuple[jax.Array, jax.Array]:
    """The longest match of each piece and how long ago it was, the latest of equal ones: (batch,) int32; 0 if none."""
    ago = state["now"] - 1 - jnp.arange(state["match"].shape[1])
    match = jnp.where(ago > 0, state["match"], 0)
    best = match.shape[1] - 1 - jnp.argmax(match[:, ::-1], axis=1)
    length = jnp.take_along_axis(match, best[:, None], 1)[:, 0]
    return length, jnp.where(length > 0, ago[best], 0)


def repeats(state: State, n_tokens: int, limit: float | jax.Array) -> tuple[jax.Array, jax.Array]:
    """How many times in a row the newest phrase has come, of any length, and which tokens would repeat it too often.

    Returns
    -------
    times : (batch,) float32, 1 for a new phrase; 1.5 where half of it has come again.
    stuck : (batch, n_tokens) bool, the tokens that would continue a phrase that has come `limit` times in a row.
    """
    ago = state["now"] - 1 - jnp.arange(state["match"].shape[1])
    times = 1 + jnp.where(ago > 0, state["match"] / jnp.maximum(ago, 1), 0)
    following = jnp.where(times >= limit, _followed(state), n_tokens)
    row = jnp.arange(len(following))[:, None]
    stuck = jnp.zeros((len(following), n_tokens), bool).at[row, following].set(True, mode="drop")
    return times.max(axis=1), stuck & (times.max(axis=1) > 1)[:, None]


@jax.jit
def _read(arrays: Arrays, logs: jax.Array, tokens: jax.Array) -> tuple[jax.Array, ...]:
    """Scan whole rows: logs (time, batch, n_tokens), tokens (time, batch)."""

    def one(state: State, now: tuple[jax.Array, jax.Array]):
        state = advance(arrays, state, now[1])
        mixed, weight = predict(arrays, state, now[0], jnp.ones(tokens.shape[1]))
        return state, (mixed, weight, *longest(state))

    return jax.lax.scan(one, initial(tokens.shape[1], tokens.shape[0]), (logs, tokens))[1]


def _batches(logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray]):
    """Batches of stretches of nearly equal length, padded to few shapes (few compilations), time first.

    A piece of up to 2 `REACH` tokens is one stretch. A longer one is read in several; each but the first begins with
    the `REACH` tokens before it. What lies farther back is forgotten, so the work grows
    with the length, not with its square.

    Yields
    ------
    rows : for each row (number of the piece, first and last + 1 of the predictions it gives, where they stand in it).
    given : (time, ROWS, n_tokens) float32 logs. tokens : (time, ROWS) int32.
    """
    stretches = [
        (i, max(0, start - REACH), start, min(start + (REACH if start else 2 * REACH), len(piece) - 1))
        for i, piece in enumerate(pieces)
        for start in [0, *range(2 * REACH, len(piece) - 1, REACH)]
    ]
    order = sorted(stretches, key=lambda stretch: (stretch[3] - stretch[1], stretch))
    for at in range(0, len(order), ROWS):
        rows = order[at : at + ROWS]
        steps = -(-max(end + 1 - first for _, first, _, end in rows) // 128) * 128
        tokens = np.zeros((steps, ROWS), np.int32)
        given = np.zeros((steps, ROWS, logs[rows[0][0]].shape[1]), np.float32)
        for row, (i, first, _, end) in enumerate(rows):
            tokens[: end + 1 - first, row] = pieces[i][first : end + 1]
            given[: end - first, row] = logs[i][first:end]
        yield [(i, start, end, slice(start - first, end - first)) for i, first, start, end in rows], given, tokens


def read(
    network_logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], parameters: Parameters
) -> tuple[list[np.ndarray], list[pd.DataFrame]]:
    """Read pieces with the memory, each from an empty one.

    Parameters
    ----------
    network_logs : for each piece (n - 1, n_tokens), natural logarithms of the network's predictions.
    pieces : each (n,) token ids.
    parameters : from `fit`.

    Returns
    -------
    logs : as `network_logs`, with the memory.
    sources : for each piece a row for each token but the first: share (of the memory, 0 to 1), match (how many tokens
        before it match an earlier place) and ago (how many tokens earlier that place is; 0 for none).
    """
    arrays = prepare(parameters)
    logs = [np.empty_like(given, dtype=np.float32) for given in network_logs]
    sources = [np.empty((len(piece) - 1, 3), np.float32) for piece in pieces]
    for rows, given, tokens in _batches(network_logs, pieces):
        mixed, *others = (np.asarray(a) for a in _read(arrays, given, tokens))
        for row, (i, start, end, inside) in enumerate(rows):
            logs[i][start:end] = mixed[inside, row]
            sources[i][start:end] = np.stack([other[inside, row] for other in others], axis=1)
    columns = {"share": np.float32, "match": np.int32, "ago": np.int32}
    return logs, [pd.DataFrame(array, columns=list(columns)).astype(columns) for array in sources]


def log_probabilities(
    network_logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], parameters: Parameters
) -> list[np.ndarray]:
    """The network with the memory: see `read`."""
    return read(network_logs, pieces, parameters)[0]


@jax.jit
def _evidence(arrays: Arrays, logs: jax.Array, tokens: jax.Array) -> dict[str, jax.Array]:
    """What `fit` needs of each step: of both memories n_k, T_k and n_k(w), with w the token that came, and p(w)."""
    order, n_tokens = len(arrays["escape"]) - 1, logs.shape[-1]
    numbers = arrays.get("classes", jnp.arange(n_tokens))
    same = numbers[:, None] == jnp.arange(n_tokens)

    def seen(match: jax.Array, followed: jax.Array, times: jax.Array, came: jax.Array) -> jax.Array:
        counts = _counts(match, followed, times, order, n_tokens)
        of_it = jnp.take_along_axis(counts, came[:, None, None], 2)[:, :, 0]
        return jnp.stack([counts.sum(-1), (counts > 0).sum(-1), of_it])  # (3, batch, order + 1)

    def one(state: State, now: tuple[jax.Array, ...]):
        state = advance(arrays, state, now[1])
        followed, times = _followed(state), _counted(arrays, state)
        closed = jnp.where(followed >= 0, numbers[followed], -1)
        own = jnp.take_along_axis(now[0], now[2][:, None], 1)[:, 0]
        of_class = jax.nn.logsumexp(jnp.where(same[:, numbers[now[2]]].T, now[0], -jnp.inf), axis=1)
        first = seen(state["match"], followed, times, now[2])
        return state, (first, seen(state["class_match"], closed, times, numbers[now[2]]), own, of_class)

    came = jnp.concatenate([tokens[1:], tokens[:1]])
    first, second, own, of_class = jax.lax.scan(one, initial(*tokens.shape[::-1]), (logs, tokens, came))[1]
    return {"tokens": first, "classes": second, "own": own, "of_class": of_class}


def after(escape: jax.Array, growth: jax.Array, seen: jax.Array, log: jax.Array) -> jax.Array:
    """Logarithm of the probability of what came, after all orders: seen (3, n, order + 1), log (n,)."""

    def one(log: jax.Array, of_order: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        (total, kinds, of_it), escape, growth = of_order
        more = escape * jnp.maximum(kinds, 1) * jnp.maximum(total, 1) ** growth
        mixed = jnp.logaddexp(jnp.log(of_it), jnp.log(more) + log) - jnp.log(total + more)
        return jnp.where(kinds > 0, mixed, log), None

    shared = jnp.minimum(jnp.arange(seen.shape[2]), FITTED - 1)
    of_orders = (jnp.moveaxis(seen, 2, 0), escape[shared], growth[shared])
    return jax.lax.scan(one, log, of_orders)[0]  # unrolled it compiles for half a minute


def evidence(
    network_logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], start: Parameters
) -> dict[str, jax.Array]:
    """What `logs_of` needs of pieces, whatever the escapes and their growths.

    Parameters
    ----------
    network_logs, pieces : as in `read`. start : the parameters without escapes and growths.

    Returns
    -------
    A row a predicted token, of one piece in its order: tokens, classes (3, n, order + 1): n_k, T_k and n_k(w) with w
    the token that came, of both memories (classes only where there are two); own, of_class (n,): logarithms of the
    network's probability of w and of its class.
    """
    arrays = prepare(start | {"escape": [1.0], "growth": [0.0], "class_escape": [1.0], "class_growth": [0.0]})
    parts: dict[str, list[np.ndarray]] = {"tokens": [], "classes": [], "own": [], "of_class": []}
    for rows, given, tokens in _batches(network_logs, pieces):
        seen = {name: np.asarray(a) for name, a in _evidence(arrays, given, tokens).items()}
        for row, (*_, inside) in enumerate(rows):
            for name, array in seen.items():
                parts[name].append(array[inside, ..., row, :] if array.ndim > 2 else array[inside, row])
    joined = {name: jnp.asarray(np.concatenate(arrays)) for name, arrays in parts.items()}
    joined |= {name: jnp.moveaxis(joined[name], 1, 0) for name in ("tokens", "classes")}
    return joined if "classes" in arrays else {name: a for name, a in joined.items() if name != "classes"}


def logs_of(x: jax.Array, seen: dict[str, jax.Array]) -> jax.Array:
    """Logarithm of the probability of each token: x (4 `FITTED`,), within `BOUNDS`, seen from `evidence` -> (n,).

    `x` has the logarithms of the escapes and the growths, then the same of the second memory.
    """
    escape, growth, class_escape, class_growth = jnp.split(x, 4)
    log = seen["own"]
    if "classes" in seen:
        of_class = seen["of_class"]
        log = log - of_class + after(jnp.exp(class_escape), class_growth, seen["classes"], of_class)
    return after(jnp.exp(escape), growth, seen["tokens"], log)


def fit(
    network_logs: Sequence[np.ndarray], pieces: Sequence[np.ndarray], vocabulary: Vocabulary, order: int = ORDER
) -> Parameters:
    """Fit the escapes and their growths: those with which validation pieces need the fewest bits per token.

    Parameters
    ----------
    network_logs, pieces : of validation pieces, as in `read`; the network was not trained on them.
    order : longer matches count as matches of this length.

    Returns
    -------
    The parameters, which `read`, `riyaz.play.sampling.draw` and a bundle take, rounded to three digits.

    Raises
    ------
    ValueError : if there are no pieces.
    """
    if not len(pieces):
        raise ValueError("a memory is fitted on validation pieces and there are none: set sequence.valid above 0")
    start: Parameters = {"order": order, **tables(vocabulary)}
    seen = evidence(network_logs, pieces, start)

    def loss(x: jax.Array) -> jax.Array:
        # A weak pull towards Witten and Bell's method decides where the pieces hold no evidence.
        return -logs_of(x, seen).mean() / jnp.log(2) + 1e-3 * (x**2).mean()

    slope = jax.jit(jax.value_and_grad(loss))
    best = minimize(
        lambda x: [np.asarray(a, float) for a in slope(jnp.asarray(x, jnp.float32))],
        np.zeros(4 * FITTED),
        jac=True,
        method="L-BFGS-B",
        bounds=BOUNDS,
    )
    if not np.isfinite(best.fun):
        raise ValueError("the memory cannot be fitted: the network gives a validation token probability 0")
    escape, growth, class_escape, class_growth = np.split(best.x, 4)
    fitted = {"escape": np.exp(escape), "growth": growth}
    fitted |= {"class_escape": np.exp(class_escape), "class_growth": class_growth}
    return start | {name: [float(f"{value:.3g}") for value in values] for name, values in fitted.items()}


def save(parameters: Parameters, path: Path) -> None:
    """Write what `fit` gives as JSON."""
    path.write_text(json.dumps(parameters) + "\n", encoding="utf-8")


def load(path: Path) -> Parameters:
    """Read what `save` wrote."""
    return json.loads(path.read_text(encoding="utf-8"))
