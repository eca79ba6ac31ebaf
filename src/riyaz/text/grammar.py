"""Which token may follow: masks as pure JAX functions, one row of state a piece.

The grammar of scheme ``event``: ``<start>``, for tabla taal and form, for notes the metre; then events, each a duration
where it changes, and a rest, a bol, or a note with further notes above it, where only a note that sounds may be held,
and one that is struck may have its velocity before it;
``<end>`` after an event. Scheme ``chord`` allows any chord. With a taal, every event also lies on the grid of its own
length within a matra that can be filled to its end, a longer one keeps inside its vibhag, and the piece has so many
avartans and ends with one stroke of one matra on sam.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.music.events import NUMBERS, TICKS, ticks
from riyaz.text.tokens import END, HEADER, START, Vocabulary, kind

# What was read last decides what may follow.
# A velocity is of the first note of an event (_AT_FIRST), or of that or of one above the notes so far (_AT_ANY).
_AT_START, _AT_TAAL, _AT_FORM, _AT_DURATION, _AT_NOTE, _AT_OTHER, _AT_FIRST, _AT_ANY = range(8)
# _TAAL is a metre too.
_TAAL, _FORM, _DURATION, _REST, _BOL, _NOTE, _HELD, _MORE, _MORE_HELD, _END, _NEVER, _VELOCITY = range(12)
_FOLLOWS = {
    _AT_START: (_TAAL, _FORM, _DURATION, _END),
    _AT_TAAL: (_FORM, _DURATION, _END),
    _AT_FORM: (_DURATION, _END),
    _AT_DURATION: (_REST, _BOL, _NOTE, _HELD, _VELOCITY),
    _AT_NOTE: (_DURATION, _REST, _BOL, _NOTE, _HELD, _MORE, _MORE_HELD, _END, _VELOCITY),
    _AT_OTHER: (_DURATION, _REST, _BOL, _NOTE, _HELD, _END, _VELOCITY),
    _AT_FIRST: (_NOTE,),
    _AT_ANY: (_NOTE, _MORE),
}
Rules = dict[str, Any]
State = dict[str, jax.Array]


def _class(token: str, scheme: str) -> int:
    if token == "<end>":
        return _END
    name = kind(token)
    if name == "special":
        return _NEVER
    if scheme == "chord":
        return _BOL
    if name in ("note", "held"):
        return (
            (_MORE_HELD if name == "held" else _MORE) if token.startswith("+") else (_HELD if name == "held" else _NOTE)
        )
    if name in HEADER:
        return _FORM if name == "form" else _TAAL
    return {"duration": _DURATION, "rest": _REST, "bol": _BOL, "chord": _NEVER, "velocity": _VELOCITY}[name]


def rules(vocabulary: Vocabulary, scheme: str = "event", vibhags: tuple[int, ...] = (), avartans: int = 0) -> Rules:
    """The grammar of a vocabulary as arrays over its tokens.

    Parameters
    ----------
    vibhags : matras of each; with them the piece keeps the taal.
    avartans : so many, then one stroke on sam; 0 with vibhags: it may end at any sam.

    Raises
    ------
    ValueError : where no matra can be filled with the vocabulary's durations.
    """
    classes = np.array([_class(token, scheme) for token in vocabulary.words])
    lengths = np.array([ticks(token[2:]) if token.startswith("d:") else 0 for token in vocabulary.words])
    names = [token.lstrip("+~") for token in vocabulary.words]
    follows = np.zeros((len(_FOLLOWS), _VELOCITY + 1), bool)
    for after, classes_allowed in _FOLLOWS.items():
        follows[after, list(classes_allowed)] = True
    if scheme == "chord":
        follows[:, _BOL] = True
    table: Rules = {
        "class": classes,
        "pitch": np.array([NUMBERS.get(name, -1) for name in names]),
        "ticks": lengths,
        "follows": follows,
        "one": np.array([token == "d:1" for token in vocabulary.words]),
    }
    if vibhags:
        cycle = sum(vibhags) * TICKS
        left = np.concatenate([np.arange(n, 0, -1) for n in vibhags]) * TICKS  # at each matra, to the vibhag's end
        fills = np.zeros(TICKS + 1, bool)  # can a matra be filled from here?
        fills[TICKS] = True
        for place in range(TICKS - 1, -1, -1):
            fills[place] = any(
                n and n <= TICKS - place and place % n == 0 and fills[place + n] for n in np.unique(lengths)
            )
        if not fills[0] or not table["one"].any():
            raise ValueError(
                "with the durations of this vocabulary no matra can be filled: a taal needs d:1 among them"
            )
        table |= {"cycle": cycle, "left": left, "fills": fills}
        if avartans:
            table["end"] = avartans * cycle
    return table


def begins(rules: Rules) -> np.ndarray:
    """Which tokens begin an event: (n_tokens,) bool."""
    return (rules["class"] >= _REST) & (rules["class"] <= _HELD)


def velocities(rules: Rules) -> np.ndarray:
    """Which tokens say how hard the next note is struck: (n_tokens,) bool."""
    return rules["class"] == _VELOCITY


def goes_on(state: State) -> jax.Array:
    """Whether a velocity was read that may belong to one note more of the newest event: (batch,) bool."""
    return state["after"] == _AT_ANY


def initial(batch: int) -> State:
    """The state before ``<start>`` has been read."""
    return {
        "after": jnp.full(batch, _AT_START),
        "duration": jnp.zeros(batch, jnp.int32),
        "last": jnp.full(batch, -1),
        "now": jnp.zeros((batch, 128), bool),
        "before": jnp.zeros((batch, 128), bool),
        "place": jnp.zeros(batch, jnp.int32),  # where the next event starts, in ticks
    }


def _fits(rules: Rules, place: jax.Array, length: jax.Array) -> jax.Array:
    """May an event of this length stand here? Broadcasts."""
    matra = place % TICKS
    short = (length > 0) & (matra % jnp.maximum(length, 1) == 0) & (matra + length <= TICKS)
    short &= jnp.asarray(rules["fills"])[jnp.minimum(matra + length, TICKS)]
    left = jnp.asarray(rules["left"])[(place % rules["cycle"]) // TICKS]
    long = (length > TICKS) & (length % TICKS == 0) & (matra == 0) & (length <= left)
    return short | long


def allowed(rules: Rules, state: State) -> jax.Array:
    """Which tokens may follow: (batch, n_tokens) bool; at least one is true in each row."""
    classes, pitch, lengths = (jnp.asarray(rules[key])[None] for key in ("class", "pitch", "ticks"))
    mask = jnp.asarray(rules["follows"])[state["after"]][:, rules["class"]]  # (batch, n_tokens)
    more = (classes == _MORE) | (classes == _MORE_HELD)
    mask &= ~more | (pitch > state["last"][:, None])
    clipped = jnp.maximum(rules["pitch"], 0)
    mask &= (classes != _HELD) | state["now"][:, clipped]
    mask &= (classes != _MORE_HELD) | state["before"][:, clipped]
    mask &= (classes != _DURATION) | (lengths != state["duration"][:, None])
    event = (classes >= _REST) & (classes <= _HELD)
    if "cycle" in rules:
        place = state["place"][:, None]
        mask &= (classes != _DURATION) | _fits(rules, place, lengths)
        chosen = (state["after"] == _AT_DURATION)[:, None]
        mask &= ~event | chosen | _fits(rules, place, state["duration"][:, None])
        sam = (place % rules["cycle"] == 0) & (place > 0)
        if "end" in rules:
            last = place == rules["end"]  # the stroke on sam
            one = jnp.asarray(rules["one"])[None]
            standing = chosen | (state["duration"] == TICKS)[:, None]
            mask = jnp.where(last, mask & (one | ((classes == _BOL) & standing)), mask)
            done = place > rules["end"]
            mask = jnp.where(done, classes == _END, mask & (classes != _END))
        else:
            mask &= (classes != _END) | sam
    return mask.at[:, END].set(mask[:, END] | ~mask.any(axis=1))  # a row that nothing may follow ends


def advance(rules: Rules, state: State, token: jax.Array) -> State:
    """The state after one more token a row: (batch,) int32."""
    what = jnp.asarray(rules["class"])[token]
    pitch = jnp.asarray(rules["pitch"])[token]
    begins = (what >= _REST) & (what <= _HELD)
    adds = (what == _MORE) | (what == _MORE_HELD)
    notes = jax.nn.one_hot(jnp.where(pitch < 0, 128, pitch), 128, dtype=bool)  # (batch, 128); nothing for a bol
    after = jnp.select(
        [
            token == START,
            what == _TAAL,
            what == _FORM,
            what == _DURATION,
            (what == _NOTE) | (what == _HELD) | adds,
            (what == _VELOCITY) & (state["after"] == _AT_NOTE),
            what == _VELOCITY,
        ],
        [_AT_START, _AT_TAAL, _AT_FORM, _AT_DURATION, _AT_NOTE, _AT_ANY, _AT_FIRST],
        _AT_OTHER,
    )
    duration = jnp.where(what == _DURATION, jnp.asarray(rules["ticks"])[token], state["duration"])
    return {
        "after": after,
        "duration": duration.astype(jnp.int32),
        "last": jnp.where(begins | adds, pitch, state["last"]),
        "before": jnp.where(begins[:, None], state["now"], state["before"]),
        "now": jnp.where(begins[:, None], notes, state["now"] | (notes & adds[:, None])),
        "place": (state["place"] + jnp.where(begins, duration, 0)).astype(jnp.int32),
    }
