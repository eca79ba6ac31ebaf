"""What a step costs: LSTM, GRU and simple RNN, read forwards, and forwards and back, compiled.

The lecture: "GRU uses less training parameter and therefore uses less memory and executes faster than LSTM". The
notebook `cells` counts operations, which are the same everywhere; times are this machine's.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

CELLS = ("lstm", "gru", "rnn")


def compare(units: int = 192, n_in: int = 96, batch: int = 32, length: int = 128, repeats: int = 7) -> dict[str, Any]:
    """Measure the cells in turns.

    Returns
    -------
    For `forwards` and `training`: by cell, microseconds of processor time a step of the whole batch (`us`, median),
    and how long an LSTM takes against it (`ratio`, median of the rounds, and its `lowest` and `highest`).
    """
    import jax
    import numpy as np
    from results import spread

    from riyaz.lecture import cells, small

    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, length, n_in)).astype(np.float32)
    weights = {cell: cells.initial_weights(cell, n_in, units, rng) for cell in CELLS}
    results: dict[str, Any] = {}
    for way in ("forwards", "training"):
        run: dict[str, Callable] = {}
        for cell in CELLS:
            read = lambda w, cell=cell: small.read(cell, w, x).sum()  # noqa: E731
            run[cell] = jax.jit(read if way == "forwards" else jax.grad(read))
            jax.block_until_ready(run[cell](weights[cell]))  # compiling is not what is measured
        rounds = []
        for _ in range(repeats):
            rounds.append({cell: _seconds(run[cell], weights[cell]) / length for cell in CELLS})
        results[way] = {}
        for cell in CELLS:
            results[way][cell] = {
                "us": float(f"{1e6 * statistics.median(times[cell] for times in rounds):.3g}"),
                **spread([times["lstm"] / times[cell] for times in rounds]),
            }
    return results


def _seconds(function: Callable, argument: Any, times: int = 5) -> float:
    """Processor time of a call."""
    import jax

    started = time.process_time()
    for _ in range(times):
        jax.block_until_ready(function(argument))
    return (time.process_time() - started) / times


def main(arguments: list[str]) -> dict[str, Any]:
    from results import told

    print("processor time a step of 32 sequences, 96 inputs, 192 units")
    found = compare()
    for way, by_cell in found.items():
        for cell, row in by_cell.items():
            print(f"{way:9} {cell:5} {row['us']:7.0f} µs   an LSTM takes {told(row)} as long")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
