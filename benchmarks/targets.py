"""Learning: windows in which every position predicts (`targets: every`) against windows that predict one (`last`).

The same network, optimiser and pieces, the chorales, in windows of 100 tokens, as the best-known implementation of the
lecture's method has them. Each way learns for a while in each of some ways to set it, learning rate and batch, and now
and then the tokens of pieces that it never sees are foretold: just those that both ways can, those that have a whole
window before them. `last` reads that window, as it was trained to; `every` reads the piece. The ratio is the time in
which `last` came to the best mean surprise that it reached, over the time in which `every` came to it; only the
processor time of training counts, not compiling, nor foretelling. It is taken where `last` stood after a quarter of its
time, too: the further one wants to come, the more `every` saves. The rounds have different seeds.
"""

import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from results import spread, told  # noqa: E402

GOAL = 20
LENGTH, UNITS, EMBEDDING = 100, 64, 32
LOOKS = 30  # so often in its time is a network looked at
SETTINGS = ((0.02, 8), (0.02, 32), (0.02, 128))  # learning rate, windows in a batch


def music(n_train: int = 250, n_held: int = 8) -> tuple[list, list, int]:
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

    def __init__(self, targets: str, rate: float, batch: int, train: list, n_tokens: int, seed: int):
        from riyaz import network, params, windows

        sizes = params.Model(layers=1, units=UNITS, embedding=EMBEDDING, dropout=0.0)
        self.net = network.build(n_tokens, sizes, targets, seed)
        self.logits = network.learner(self.net, rate, 0.01, 1.0)
        self.batches = network.Batches(*windows.cut(train, LENGTH, targets), batch, seed)
        self.targets, self.seconds, self.steps, self.at = targets, 0.0, 0, 0
        begun = [variable.numpy() for variable in self.logits.variables]
        self.learn(1)  # compiles
        for variable, value in zip(self.logits.variables, begun, strict=True):
            variable.assign(value)
        self.seconds, self.steps = 0.0, 0

    def learn(self, steps: int) -> None:
        """Learn from the next batches, as Keras' `fit` takes them."""
        rows = (self._next() for _ in range(steps))
        started = time.process_time()
        self.logits.fit(rows, steps_per_epoch=steps, verbose=0)
        self.seconds += time.process_time() - started
        self.steps += steps

    def _next(self) -> tuple:
        if self.at == len(self.batches):
            self.batches.on_epoch_end()
            self.at = 0
        self.at += 1
        return self.batches[self.at - 1]

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


def curve(targets: str, budget: float, seed: int, music_: tuple[list, list, int]) -> list[tuple]:
    """Processor seconds and the mean surprise then, in every way to set it, each for so many seconds."""
    train, held, n_tokens = music_
    found = []
    for rate, batch in SETTINGS:
        learner = Learner(targets, rate, batch, train, n_tokens, seed)
        for look in range(1, LOOKS + 1):
            left = budget * look / LOOKS - learner.seconds
            learner.learn(max(1, round(left * learner.steps / learner.seconds)) if learner.steps else 5)
            found.append((learner.seconds, learner.surprise(held)))
    return found


def one_round(seed: int, budget: float, music_: tuple[list, list, int]) -> dict[str, dict[str, float]]:
    """Processor seconds that each way took to the best surprise that `last` reached in its time, and in a quarter."""
    last = curve("last", budget, seed, music_)
    every = curve("every", budget / 8, seed, music_)
    found = {}
    for part, time_ in (("in a quarter of it", budget / 4), ("in its time", budget)):
        took, nats = min((row for row in last if row[0] <= time_), key=lambda row: row[1])
        fastest = min((seconds for seconds, now in every if now <= nats), default=float("nan"))
        found[part] = {"nats": nats, "last": took, "every": fastest}
    return found


def main(arguments: list[str]) -> dict[str, Any]:
    rounds, budget = (5, 60.0) if "--all" in arguments else (3, 30.0)
    held = music()
    found = [one_round(seed, budget, held) for seed in range(rounds)]
    result: dict[str, Any] = {}
    for part in found[0]:
        row = result[f"where last came {part}"] = {
            f"{name}_{unit}": [round(one[part][name], 3) for one in found]
            for name, unit in (("nats", "a_token"), ("last", "seconds"), ("every", "seconds"))
        }
        row["every against last"] = spread([one[part]["last"] / one[part]["every"] for one in found]) | {"goal": GOAL}
        print(f"to {row['nats_a_token']} nats a held-out token: last {row['last_seconds']} s, every", end=" ")
        print(f"{row['every_seconds']} s; {told(row['every against last'])} as fast, goal {GOAL}")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
