"""A training step: the network here (Keras on JAX) against PyTorch's own `nn.LSTM` of the same size.

Forward, backward, an update of AdamW with the gradients cut to a norm, loss and accuracy, on batches of the same shape
and the same number of threads. PyTorch is no part of this project: where it is not installed, that is said. It may
stand in an environment of its own: `RIYAZ_TORCH_PYTHON=/path/to/python make bench`. It runs in a second process, which
waits while this one measures, and the other way round.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("NPROC", "2")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
SIZES = {  # layers, units, embedding, batch, length
    "default size": (1, 256, 128, 32, 64),
    "longer windows": (1, 256, 128, 64, 128),
    "two layers": (2, 256, 128, 32, 64),
    "small": (1, 64, 32, 32, 64),
}
N_TOKENS, RATE, DECAY, CLIP, DROPOUT = 150, 0.004, 0.01, 1.0, 0.4


def torch_steps() -> None:
    """The second process: a line with a size and a number of steps comes in, seconds per step go out."""
    import torch
    from torch import nn

    torch.set_num_threads(int(os.environ["NPROC"]))
    torch.manual_seed(0)
    print(torch.__version__, flush=True)
    networks: dict[str, list] = {}
    for line in sys.stdin:
        name, steps = line.rsplit(" ", 1)
        layers, units, embedding, batch, length = SIZES[name]
        if name not in networks:
            parts = [
                nn.Embedding(N_TOKENS, embedding),
                nn.LSTM(embedding, units, layers, batch_first=True, dropout=DROPOUT if layers > 1 else 0.0),
                nn.Dropout(DROPOUT),
                nn.Linear(units, N_TOKENS),
            ]
            weights = [weight for part in parts for weight in part.parameters()]
            networks[name] = [*parts, weights, torch.optim.AdamW(weights, RATE, weight_decay=DECAY)]
        embed, lstm, drop, dense, weights, optimiser = networks[name]
        ids = torch.randint(N_TOKENS, (int(steps), batch, length + 1))
        told: list[float] = []
        started = time.perf_counter()
        for row in ids:
            optimiser.zero_grad(set_to_none=True)
            logits, target = dense(drop(lstm(embed(row[:, :-1]))[0])).reshape(-1, N_TOKENS), row[:, 1:].reshape(-1)
            loss = nn.functional.cross_entropy(logits, target)
            loss.backward()
            nn.utils.clip_grad_norm_(weights, CLIP)
            optimiser.step()
            told += loss.item(), (logits.argmax(-1) == target).float().mean().item()
        print((time.perf_counter() - started) / int(steps), flush=True)


class Ours:
    """The network of `riyaz.model.network`, trained by Keras as `riyaz.model.network.fit` does."""

    def __init__(self, name: str):
        import numpy as np

        from riyaz import params
        from riyaz.model import network

        layers, units, embedding, batch, length = SIZES[name]
        shape = {"layers": layers, "units": units, "embedding": embedding, "dropout": DROPOUT}
        sizes = params.Model(cell="lstm", **shape, features=[], members=1, memory="none")
        self.logits = network.learner(network.build(N_TOKENS, sizes), RATE, DECAY, CLIP)
        rng = np.random.default_rng(0)
        self.draw = lambda steps: rng.integers(1, N_TOKENS, size=(steps * batch, length + 1), dtype=np.int32)
        self.batches = lambda ids: network.Batches((ids[:, :-1], ids[:, 1:]), batch)

    def seconds(self, steps: int) -> float:
        """Seconds per step."""
        batches = self.batches(self.draw(steps))
        started = time.perf_counter()
        self.logits.fit(batches, verbose=0)
        return (time.perf_counter() - started) / steps


def measure(python: str, rounds: int, seconds: float) -> dict[str, Any] | None:
    """Milliseconds per step of both, and how many times as long PyTorch takes; None where PyTorch is not installed."""
    from results import in_turns, spread

    run = [python, __file__, "--torch"]
    with subprocess.Popen(run, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        version = other.stdout.readline().strip()
        if not version:
            return None

        def theirs(name: str, steps: int) -> float:
            other.stdin.write(f"{name} {steps}\n")
            other.stdin.flush()
            return float(other.stdout.readline())

        result: dict[str, Any] = {"torch": version.split("+")[0]}
        for name in SIZES:
            ours = Ours(name)
            ours.seconds(2), theirs(name, 2)  # compiles
            steps = max(2, int(seconds / theirs(name, 2)))
            ways = {"here": lambda: ours.seconds(steps), "torch": lambda: theirs(name, steps)}  # noqa: B023
            found = in_turns(ways, rounds)
            middle = {way: sorted(1e3 * one[way] for one in found)[rounds // 2] for way in ways}
            result[name] = {f"{way}_ms": float(f"{value:.3g}") for way, value in middle.items()}
            result[name] |= spread([one["torch"] / one["here"] for one in found]) | {"goal": 1}
        other.stdin.close()
    return result


def main(arguments: list[str]) -> dict[str, Any]:
    from results import told

    result = measure(os.environ.get("RIYAZ_TORCH_PYTHON", sys.executable), 7, 2.0)
    if result is None:
        print("torch is not installed; RIYAZ_TORCH_PYTHON may name a Python that has it")
        return {"torch": "not installed"}
    for name in SIZES:
        row = result[name]
        print(f"{name}: {row['here_ms']} ms per step, PyTorch {row['torch_ms']}; it takes {told(row)} as long, goal 1")
    return result


if __name__ == "__main__":
    torch_steps() if "--torch" in sys.argv else main(sys.argv[1:])
