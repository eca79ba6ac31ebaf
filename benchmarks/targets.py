"""Learning: windows in which every position predicts (`targets: every`) against windows that predict one (`last`).

The same network, optimiser and pieces, the chorales, in windows of 100 tokens, as the best-known implementation of the
lecture's method has them. Each way learns for a while, in the learning rates and batches that were found best for it,
and now and then the tokens of pieces that it never sees are predicted: just those that both ways can, those that have a
whole window before them. `last` reads that window, as it was trained to; `every` reads the piece. The ratio is the time
in which `last` came to the best mean surprise that it reached, over the time in which `every` came to it. A time is so
many steps times what a step takes by the clock, measured in turns, so that what else the machine does meets both ways;
compiling and predicting do not count. The ratio is taken where `last` stood after a quarter of its time, too: the
further one wants to come, the more `every` saves. The rounds have different seeds.
"""

import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from results import in_turns, spread, told  # noqa: E402

GOAL = 20
LENGTH, UNITS, EMBEDDING = 100, 64, 32
LOOKS = 40  # so often in its time is a network looked at
SETTINGS = {"last": ((0.01, 32), (0.02, 128)), "every": ((0.02, 8), (0.01, 8))}  # learning rate, windows in a batch
Music = tuple[list, list, int]


def music(n_train: int = 250, n_held: int = 8) -> Music:
    """Token ids of pieces to learn from and of pieces held out, and the size of the vocabulary."""
    from riyaz.music import events, midi
    from riyaz.text import tokens

    files = sorted((ROOT / "data" / "raw" / "chorales").glob("*.mid"))[: n_train + n_held]
    if len(files) < n_train + n_held:
        sys.exit("targets: data/raw/chorales is not there: run `python -m riyaz collect` first")
    written = []
    for file in files:
        (piece,) = midi.read(file)
        written.append(tokens.encode(events.Piece(piece.name, events.quantise(piece.events, [4, 3])[0], piece.about)))
    vocabulary = tokens.Vocabulary(token for row in written[:n_train] for token in row)
    ids = [vocabulary.ids(row) for row in written]
    return ids[:n_train], ids[n_train:], len(vocabulary)


class Learner:
    """One way of learning."""

    def __init__(self, targets: str, setting: tuple[float, int], seed: int, music_: Music):
        from riyaz import params
        from riyaz.model import network
        from riyaz.text import windows

        train, held, n_tokens = music_
        rate, batch = setting
        sizes = params.Model(
            cell="lstm", layers=1, units=UNITS, embedding=EMBEDDING, dropout=0.0, features=[], members=1, memory="none"
        )
        self.net = network.build(n_tokens, sizes, targets, seed)
        self.logits = network.learner(self.net, rate, 0.01, 1.0)
        self.batches = network.Batches(windows.cut(train, LENGTH, targets), batch, seed)
        self.held = [row for row in held if len(row) > LENGTH]
        self.targets, self.at = targets, 0

    def learn(self, steps: int) -> float:
        """Learn from the next batches, as Keras' `fit` takes them: seconds per step."""
        rows = (self._next() for _ in range(steps))
        started = time.perf_counter()
        self.logits.fit(rows, steps_per_epoch=steps, shuffle=False, verbose=0)
        return (time.perf_counter() - started) / steps

    def _next(self) -> tuple:
        if self.at == len(self.batches):
            self.batches.on_epoch_end()
            self.at = 0
        self.at += 1
        return self.batches[self.at - 1]

    def surprise(self) -> float:
        """Mean nats of the held-out tokens that have a window of `LENGTH` tokens before them."""
        import numpy as np

        from riyaz.model import network, recurrence
        from riyaz.text import windows

        if self.targets == "last":
            inputs, following = windows.cut(self.held, LENGTH, "last")
            p = self.net.predict(inputs, batch_size=256, verbose=0)
            return float(-np.log(p[np.arange(len(following)), following]).mean())
        logs = recurrence.log_probabilities(network.weights(self.net), self.held)
        nats = [-log[np.arange(len(row) - 1), row[1:]][LENGTH - 1 :] for log, row in zip(logs, self.held, strict=True)]
        return float(np.concatenate(nats).mean())


def paces(seed: int, music_: Music) -> dict[tuple, float]:
    """Seconds per step in each way and setting, measured in turns."""
    learners = {(way, row): Learner(way, row, seed, music_) for way, rows in SETTINGS.items() for row in rows}
    for learner in learners.values():
        learner.learn(2)  # compiles
    turns = in_turns({key: lambda one=one: one.learn(30) for key, one in learners.items()}, 7)  # type: ignore[misc]
    return {key: median(turn[key] for turn in turns) for key in learners}


def curve(targets: str, budget: float, seed: int, pace: dict[tuple, float], music_: Music) -> list[tuple[float, float]]:
    """Seconds and the mean surprise then, in every way to set it, each for so many seconds."""
    found = []
    for setting in SETTINGS[targets]:
        learner, a_step = Learner(targets, setting, seed, music_), pace[targets, setting]
        between = max(1, round(budget / LOOKS / a_step))
        for look in range(1, LOOKS + 1):
            learner.learn(between)
            found.append((look * between * a_step, learner.surprise()))
    return found


def one_round(seed: int, budget: float, music_: Music) -> dict[str, dict[str, float]]:
    """Seconds that each way took to the best surprise that `last` reached in its time, and in a quarter of it."""
    pace = paces(seed, music_)
    last, every = curve("last", budget, seed, pace, music_), curve("every", budget / 8, seed, pace, music_)
    found = {}
    for part, time_ in (("in a quarter of it", budget / 4), ("in its time", budget)):
        took, nats = min((row for row in last if row[0] <= 1.01 * time_), key=lambda row: row[1])
        fastest = min((seconds for seconds, now in every if now <= nats), default=float("nan"))
        found[part] = {"nats": nats, "last": took, "every": fastest}
    return found


def main(arguments: list[str]) -> dict[str, Any]:
    rounds, budget = 3, 180.0 if "--all" in arguments else 60.0
    held = music()
    found = [one_round(seed, budget, held) for seed in range(rounds)]
    result: dict[str, Any] = {}
    for part in found[0]:
        row = result[f"where last came {part}"] = {
            f"{name}_{unit}": [round(one[part][name], 3) for one in found]
            for name, unit in (("nats", "a_token"), ("last", "seconds"), ("every", "seconds"))
        }
        row["every against last"] = spread([one[part]["last"] / one[part]["every"] for one in found]) | {"goal": GOAL}
        print(f"to {row['nats_a_token']} nats per held-out token: last {row['last_seconds']} s, every", end=" ")
        print(f"{row['every_seconds']} s; {told(row['every against last'])} as fast, goal {GOAL}")
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
