"""Generating: the compiled program that carries the state, against a call of Keras' `predict` for each note.

The second is what tutorials do: a window of so many tokens goes through the whole network for each token that comes
out. Two sizes: that of params.yaml, and that of the lecture's method as it is best known, three layers of 512 units and
a window of 100. Weights are drawn, since speed does not depend on what was learned; neither way has a memory.

A piece by itself is also measured beside a bare loop: one row, no grammar, the most likely token each time. When the
goal of five times the speed was set, drawing reached 182 tokens per second at 3 x 512 where such a loop reached 1,860;
as a share of the loop, five times is 0.49 on any machine.
"""

import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from results import in_turns, spread, told  # noqa: E402

GOAL = 100
GOAL_ALONE = 0.49  # of a piece by itself, beside the bare loop
PITCHES = 60
SIZES = {"1 x 256": (1, 256, 128, 20, 400), "3 x 512": (3, 512, 100, 4, 200)}  # layers, units, window, calls, tokens


def measure(layers: int, units: int, window: int, calls: int, n_tokens: int, rounds: int = 5) -> dict[str, Any]:
    """Tokens per second (medians) of `predict`, and of the program for one piece and for sixteen; their ratios."""
    import jax
    import numpy as np

    from riyaz import params
    from riyaz.model import network, recurrence
    from riyaz.model.bundle import Bundle
    from riyaz.music import events
    from riyaz.play import sampling
    from riyaz.play.sampling import Sampling, draw
    from riyaz.text import tokens

    names = events.PITCHES[36 : 36 + PITCHES]
    words = [*names, *["+" + name for name in names], *["~" + name for name in names], "d:1", "d:1/2", "rest"]
    vocabulary = tokens.Vocabulary(words)
    sizes = params.Model(
        cell="lstm", layers=layers, units=units, embedding=128, dropout=0.3, features=[], members=1, memory="none"
    )
    net = network.build(len(vocabulary), sizes, "last")
    model = Bundle(network.weights(net), vocabulary, {})
    never_ends = np.array([word != "<end>" for word in vocabulary.words])

    def predicted() -> float:
        row = np.arange(window)[None] % len(vocabulary)
        started = time.perf_counter()
        for _ in range(calls):
            row = np.c_[row[:, 1:], net.predict(row, verbose=0).argmax(-1)]
        return calls / (time.perf_counter() - started)

    def compiled(n_pieces: int, alone: str = "exact") -> float:
        started = time.perf_counter()
        made = draw(model, [Sampling(n_tokens, alone=alone)] * n_pieces, 0, only=[never_ends] * n_pieces)
        return sum(len(piece.ids) for piece in made) / (time.perf_counter() - started)

    def as_one_of_sixteen() -> float:
        few, sampling.FEW = sampling.FEW, 0
        try:
            return compiled(1)
        finally:
            sampling.FEW = few

    @jax.jit
    def loop(weights: recurrence.Weights) -> jax.Array:
        def one(carry: tuple, _: None) -> tuple:
            state, logits = recurrence.step(weights, *carry)
            token = logits.argmax(-1)
            return (state, token), token

        begun = recurrence.initial(weights, 1), jax.numpy.ones(1, int)
        return jax.lax.scan(one, begun, length=n_tokens)[1]

    on_device = jax.tree.map(jax.numpy.asarray, model.weights)

    def bare() -> float:
        started = time.perf_counter()
        loop(on_device).block_until_ready()
        return n_tokens / (time.perf_counter() - started)

    ways = {
        "predict": predicted,
        "bare loop": bare,
        "one of sixteen rows": as_one_of_sixteen,
        "16 pieces": lambda: compiled(16),
    }
    ways |= {"one piece": lambda: compiled(1), "one piece, fast": lambda: compiled(1, "fast")}
    in_turns(ways, 1)  # compiles
    found = in_turns(ways, rounds)
    result: dict[str, Any] = {
        f"{way}_tokens_a_second": float(f"{np.median([r[way] for r in found]):.3g}") for way in ways
    }
    for way in ("one piece", "16 pieces"):
        result[way] = spread([one[way] / one["predict"] for one in found]) | {"goal": GOAL}
    for way in ("one piece", "one piece, fast"):
        share = spread([one[way] / one["bare loop"] for one in found])
        result[f"{way}, beside a bare loop"] = share | {"goal": GOAL_ALONE}
    return result


def main(arguments: list[str]) -> dict[str, Any]:
    result = {}
    for size, numbers in SIZES.items():
        row = result[size] = measure(*numbers)
        print(f"{size}: predict {row['predict_tokens_a_second']:,.0f} tokens/s", end="")
        for way in ("one piece", "16 pieces"):
            print(f"; {way} {row[f'{way}_tokens_a_second']:,.0f}, {told(row[way])} as fast", end="")
        print(f"; goal {GOAL}; beside a bare loop of {row['bare loop_tokens_a_second']:,.0f}", end="")
        for way in ("one piece", "one piece, fast"):
            print(f"; {way} {told(row[f'{way}, beside a bare loop'])}", end="")
        print(f"; goal {GOAL_ALONE}")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
