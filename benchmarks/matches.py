"""What other ways to match would gain: the memory of the piece, on the validation part of a corpus.

    python -m riyaz with python benchmarks/matches.py tabla

The validation pieces are divided into four parts by families; the memory is fitted on three and measured on the fourth,
each part once. Every row changes one thing (for chorales some minutes):

place : how many times a match at the same place of the avartan or bar counts (`riyaz.model.memory.SAME`).
gate : each token has escapes of its own, the fitted ones times exp(w f), where f are the entropy of the network, the
    length of the longest match, the length of the piece so far and whether the place is the cycle's first.
transposed : before what followed the same notes, what followed the same notes up to an octave higher or lower is mixed
    in, where at least two notes agree.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import minimize

from riyaz.model import bundle, memory, recurrence
from riyaz.music.events import NUMBERS
from riyaz.text import dataset
from riyaz.text.tokens import Vocabulary

ROOT = Path(__file__).parents[1]
PARTS = 4
PLACES = (1, 2, 4, 8, 16, 32, 64)
SHIFTS = [*range(-12, 0), *range(1, 13)]
NOTES = 2  # that agree in a transposed match
FEATURES = 4
Evidence = dict[str, jax.Array]


def shifted(vocabulary: Vocabulary, shift: int) -> np.ndarray:
    """The token with each token's note so many semitones higher; -1 where there is no such."""
    names = [word.lstrip("+~") for word in vocabulary.words]
    kinds = [
        word[: len(word) - len(name)] if name in NUMBERS else word
        for word, name in zip(vocabulary.words, names, strict=True)
    ]
    pitches = [NUMBERS.get(name) for name in names]
    of = {(kind, pitch): number for number, (kind, pitch) in enumerate(zip(kinds, pitches, strict=True))}
    moved = [None if pitch is None else pitch + shift for pitch in pitches]
    return np.array([of.get(pair, -1) for pair in zip(kinds, moved, strict=True)])


def transposed(ids: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """n_k, T_k and n_k(w) of transposed matches: (3, n - 1, order + 1)."""
    order, n, size = memory.ORDER, len(ids), len(vocabulary)
    is_note = np.array([word.lstrip("+~") in NUMBERS for word in vocabulary.words])[ids]
    tables = {shift: shifted(vocabulary, shift) for shift in SHIFTS}
    match, notes = ({shift: np.zeros(n, int) for shift in SHIFTS} for _ in range(2))
    out = np.zeros((3, n - 1, order + 1))
    for now in range(1, n - 1):
        counts = np.zeros((order + 1, size))
        for shift, table in tables.items():
            same = table[ids[:now]] == ids[now]
            longer, more = match[shift][: now - 1] + 1, notes[shift][: now - 1] + is_note[1:now]
            match[shift][:now] = np.where(same, np.r_[1, longer], 0)
            notes[shift][:now] = np.where(same, np.r_[is_note[0], more], 0)
            following = table[ids[1 : now + 1]]
            good = (following >= 0) & (notes[shift][:now] >= NOTES)
            np.add.at(counts, (np.minimum(match[shift][:now][good], order), following[good]), 1)
        counts = counts[::-1].cumsum(0)[::-1]
        out[:, now] = counts.sum(1), (counts > 0).sum(1), counts[:, ids[now + 1]]
    return out


def features(log: np.ndarray, seen: Evidence, place: np.ndarray) -> np.ndarray:
    """What a gate sees, about zero: (n, FEATURES)."""
    entropy = -(np.exp(log) * log).sum(1) / np.log(2)
    longest = np.maximum((np.asarray(seen["tokens"][1]) > 0).sum(1) - 1, 0)
    columns = [entropy - 1.5, np.log1p(longest) - 1.5, np.log1p(np.arange(len(log))) - 5, place == 0]
    return np.stack(columns, axis=1).astype(np.float32)


def places(ids: np.ndarray, start: memory.Parameters) -> np.ndarray:
    """Where the next event starts in its cycle, after each token but the last: (n - 1,) ticks."""
    arrays = memory.prepare(start | {name: [1.0] for name in ("escape", "growth", "class_escape", "class_growth")})

    def one(state: memory.State, token: jax.Array):
        state = memory.advance(arrays, state, token[None])
        return state, state["place"][0]

    return np.asarray(jax.lax.scan(one, memory.initial(1, 1), jnp.asarray(ids[:-1]))[1])


def joined(parts: Sequence[Evidence]) -> Evidence:
    """Several pieces as one."""
    return {name: jnp.concatenate([part[name] for part in parts], int(parts[0][name].ndim == 3)) for name in parts[0]}


def logs_of(x: jax.Array, seen: Evidence, gated: bool, moved: bool) -> jax.Array:
    """As `memory.logs_of`; after its numbers `x` has those of the transposed matches and two gates."""
    plain, other, gates = jnp.split(x, [4 * memory.FITTED, 6 * memory.FITTED])
    if moved:
        escape, growth = jnp.split(other, 2)
        seen = seen | {"own": memory.after(jnp.exp(escape), growth, seen["moved"], seen["own"])}
    if gated:  # the number of kinds stands beside the escape and nowhere else
        weights = dict(zip(("tokens", "classes"), jnp.split(gates, 2), strict=True))
        times = {name: jnp.exp(seen["f"] @ weights[name])[:, None] for name in weights if name in seen}
        seen = seen | {name: seen[name].at[1].multiply(time) for name, time in times.items()}
    return memory.logs_of(plain, seen)


def measured(pieces: Sequence[Evidence], families: np.ndarray, gated: bool = False, moved: bool = False) -> float:
    """Bits per token of each part of the families with what was fitted on the others."""
    order = np.random.default_rng(0).permutation(np.unique(families))
    bits = []
    for part in range(PARTS):
        held = np.isin(families, order[part::PARTS])
        known, new = (
            joined([piece for piece, out in zip(pieces, held, strict=True) if out == side]) for side in (0, 1)
        )
        slope = jax.jit(
            jax.value_and_grad(
                lambda x, known=known: -logs_of(x, known, gated, moved).mean() / jnp.log(2) + 1e-3 * (x**2).mean()
            )
        )
        best = minimize(
            lambda x, slope=slope: [np.asarray(a, float) for a in slope(jnp.asarray(x, jnp.float32))],
            np.zeros(6 * memory.FITTED + 2 * FEATURES),
            jac=True,
            method="L-BFGS-B",
            bounds=[*memory.BOUNDS, *memory.BOUNDS[: 2 * memory.FITTED], *[(None, None)] * 2 * FEATURES],
        )
        bits.append(np.asarray(logs_of(jnp.asarray(best.x, jnp.float32), new, gated, moved)) / -np.log(2))
    return float(np.concatenate(bits).mean())


def main(arguments: list[str]) -> None:
    corpus = arguments[0] if arguments else "tabla"
    data, model = dataset.load(ROOT, corpus), bundle.load(ROOT / "models" / corpus)
    valid, words = data.part("valid"), data.vocabulary
    logs = recurrence.log_probabilities(model.weights, valid.ids)
    alone = np.concatenate([-log[np.arange(len(log)), ids[1:]] for log, ids in zip(logs, valid.ids, strict=True)])
    print(f"{corpus}: {len(valid)} validation pieces of {valid.n_families} families, bits per token")
    print(f"{alone.mean() / np.log(2):.4f}  network")
    start = {"order": memory.ORDER, **memory.tables(words)}

    def of(same: int) -> list[Evidence]:
        pairs = zip(logs, valid.ids, strict=True)
        return [memory.evidence([log], [ids], start | {"same": same}) for log, ids in pairs]

    for same in PLACES:
        print(f"{measured(of(same), valid.families):.4f}  matches at the same place count {same} times", flush=True)
    pieces = of(memory.SAME)
    for log, ids, seen in zip(logs, valid.ids, pieces, strict=True):
        seen["f"] = jnp.asarray(features(log, seen, places(ids, start)))
    print(f"{measured(pieces, valid.families, gated=True):.4f}  {memory.SAME} times, and a gate", flush=True)
    if data.kind == "notes":
        for ids, seen in zip(valid.ids, pieces, strict=True):
            seen["moved"] = jnp.asarray(transposed(ids, words), jnp.float32)
        print(f"{measured(pieces, valid.families, moved=True):.4f}  {memory.SAME} times, and transposed matches")


if __name__ == "__main__":
    main(sys.argv[1:])
