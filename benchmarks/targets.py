"""Learning: windows in which every position predicts (`targets: every`) against windows that predict one (`last`).

The same network, batch, optimiser and pieces, the chorales. Each way learns for a while with each of some learning
rates, and every few steps the tokens of pieces that it never sees are foretold: just those that both ways can, those
that have a whole window before them. `last` reads that window, as it was trained to; `every` reads the piece. The ratio
is the time in which `last` came to the best mean surprise that it reached, over the time in which `every` came to it;
only the processor time of training steps counts, not compiling, nor foretelling. The rounds have different seeds.
"""

import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from results import spread, told  # noqa: E402

GOAL = 20
LENGTH, BATCH, UNITS, EMBEDDING = 64, 32, 64, 32
RATES = (0.004, 0.02)


def music(n_train: int = 60, n_held: int = 8) -> tuple[list, list, int]:
    """Token ids of pieces to learn from and of pieces held out, and the size of the vocabulary."""
    from riyaz import events, midi, tokens

    files = sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))[: n_train + n_held]
    if len(files) < n_train + n_held:
        sys.exit("targets: data/raw/chorales is not there: run `python src/collect.py` first")
    written = []
    for file in files:
        (piece,) = midi.read(file)
        written.append(tokens.encode(events.Piece(piece.name, events.quantise(piece.events, [4, 3])[0], piece.about)))
    vocabulary = tokens.Vocabulary(token for row in written[:n_train] for token in row)
    ids = [vocabulary.ids(row) for row in written]
    return ids[:n_train], ids[n_train:], len(vocabulary)


class Learner:
    """One way of learning, with its clock."""

    def __init__(self, targets: str, rate: float, train: list, n_tokens: int, seed: int):
        from riyaz import network, params, windows

        sizes = params.Model(layers=1, units=UNITS, embedding=EMBEDDING, dropout=0.0)
        self.net = network.build(n_tokens, sizes, targets, seed)
        self.logits = network.learner(self.net, rate, 0.01, 1.0)
        self.batches = network.Batches(*windows.cut(train, LENGTH, targets), BATCH, seed)
        self.targets, self.seconds, self.at = targets, 0.0, 0
        begun = [variable.numpy() for variable in self.logits.variables]
        self.logits.train_on_batch(*self.batches[0])  # compiles
        for variable, value in zip(self.logits.variables, begun, strict=True):
            variable.assign(value)

    def step(self) -> None:
        """Learn from one batch."""
        batch = self.batches[self.at % len(self.batches)]
        started = time.process_time()
        self.logits.train_on_batch(*batch)
        self.seconds += time.process_time() - started
        self.at += 1
        if self.at % len(self.batches) == 0:
            self.batches.on_epoch_end()

    def surprise(self, held: list) -> float:
        """Mean nats of the held-out tokens that have a window of `LENGTH` tokens before them."""
        import numpy as np

        from riyaz import network, recurrence, windows

        if self.targets == "last":
            inputs, following = windows.cut([row for row in held if len(row) > LENGTH], LENGTH, "last")
            p = self.net.predict(inputs, batch_size=256, verbose=0)
            return float(-np.log(p[np.arange(len(following)), following]).mean())
        logs = recurrence.log_probabilities(network.weights(self.net), held)
        nats = [-log[np.arange(len(row) - 1), row[1:]][LENGTH - 1 :] for log, row in zip(logs, held, strict=True)]
        return float(np.concatenate(nats).mean())


def one_round(seed: int, budget: float, music_: tuple[list, list, int]) -> dict[str, float]:
    """Processor seconds that each way took to the same surprise, which is the best that `last` reached in its time."""
    train, held, n_tokens = music_
    reached, took = float("inf"), 0.0
    for rate in RATES:
        last = Learner("last", rate, train, n_tokens, seed)
        while last.seconds < budget:
            for _ in range(25):
                last.step()
            now = last.surprise(held)
            if now < reached:
                reached, took = now, last.seconds
    fastest = float("inf")
    for rate in RATES:
        every = Learner("every", rate, train, n_tokens, seed)
        while every.seconds < min(fastest, budget):
            every.step()
            if every.surprise(held) <= reached:
                fastest = every.seconds
    return {"nats": reached, "last": took, "every": fastest}


def main(arguments: list[str]) -> dict[str, Any]:
    rounds, budget = (5, 30.0) if "--all" in arguments else (3, 10.0)
    held = music()
    found = [one_round(seed, budget, held) for seed in range(rounds)]
    result: dict[str, Any] = {
        f"{name}_{unit}": [round(one[name], 3) for one in found]
        for name, unit in (("nats", "a_token"), ("last", "seconds"), ("every", "seconds"))
    }
    result["every against last"] = spread([one["last"] / one["every"] for one in found]) | {"goal": GOAL}
    print(f"to {result['nats_a_token']} nats a held-out token: last {result['last_seconds']} s, every", end=" ")
    print(f"{result['every_seconds']} s; {told(result['every against last'])} as fast, goal {GOAL}")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
