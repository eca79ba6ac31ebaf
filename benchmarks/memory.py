"""What the memory of the piece costs: tokens per second generated with it and without it, in turns, on one machine."""

import sys
import time
from typing import Any

import numpy as np
from results import spread, told

from riyaz.model import memory
from riyaz.model.bundle import Bundle
from riyaz.play.sampling import ROWS, Sampling, draw
from riyaz.text.tokens import Vocabulary

BOLS = "Dha Dhin Dhi Dhe Dhet Ta Tin Ti Te Tit Ra Re Na Tu Tun Din Di Ge Ghe Ga Ka Ke Ki Kat Kra Tra Da Ni".split()
GOAL = 0.5


def drawn_weights(n_tokens: int, units: int, layers: int, embedding: int, seed: int) -> dict:
    """An LSTM of the given size with weights of a normal distribution: speed does not depend on what it learned."""
    rng = np.random.default_rng(seed)
    sizes = [embedding, *[units] * layers]

    def array(*shape: int) -> np.ndarray:
        return rng.normal(scale=shape[0] ** -0.5, size=shape).astype(np.float32)

    return {
        "embedding": array(n_tokens, embedding),
        "layers": [
            {
                "kernel": array(n, 4 * units),
                "recurrent": array(units, 4 * units),
                "bias": np.zeros(4 * units, np.float32),
            }
            for n in sizes[:-1]
        ],
        "dense": {"kernel": array(units, n_tokens), "bias": np.zeros(n_tokens, np.float32)},
    }


def measure(units: int = 192, layers: int = 2, n_tokens: int = 400, repeats: int = 7, seed: int = 0) -> dict:
    """Generate 16 pieces with and without the memory, in turns.

    Returns
    -------
    plain, memory : tokens per second, medians; and the spread of the turns' ratios, memory / plain.
    """
    durations = ["d:1", "d:1/2", "d:1/3", "d:1/4", "d:1/6"]
    vocabulary = Vocabulary([*BOLS, "rest", *durations, "taal:teental", "form:kaida"])
    weights = drawn_weights(len(vocabulary), units, layers, 96, seed)
    escapes = [100.0, 30.0, 10.0, 10.0, 10.0, 5.0]
    fitted = {"order": memory.ORDER, "escape": escapes, "class_escape": escapes, **memory.tables(vocabulary)}
    fitted |= {"growth": [0.0], "class_growth": [0.0]}
    model = Bundle(weights, vocabulary, {"memory": fitted})
    never_ends = np.array([word != "<end>" for word in vocabulary.words])
    speeds: dict[str, list[float]] = {"plain": [], "memory": []}
    for turn in range(repeats + 1):  # the first compiles
        for name, strength in (("plain", 0.0), ("memory", 1.0)):
            start = time.perf_counter()
            made = draw(model, [Sampling(n_tokens, memory=strength)] * ROWS, turn, only=[never_ends] * ROWS)
            seconds = time.perf_counter() - start
            if turn:
                speeds[name].append(sum(len(piece.ids) for piece in made) / seconds)
    return {
        "plain": float(f"{np.median(speeds['plain']):.3g}"),
        "memory": float(f"{np.median(speeds['memory']):.3g}"),
        "with memory against without": spread(np.array(speeds["memory"]) / np.array(speeds["plain"])) | {"goal": GOAL},
    }


def main(arguments: list[str]) -> dict[str, Any]:
    found = measure()
    row = found["with memory against without"]
    print(f"without memory {found['plain']:,.0f} tokens/s, with memory {found['memory']:,.0f} tokens/s: {told(row)}")
    print(f"{'keeps' if row['ratio'] >= GOAL else 'MISSES'} the goal of {GOAL}")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
