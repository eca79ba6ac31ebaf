"""Apply one function to many items: in this process, on all cores, or on a Dask cluster.

The results come in the order of the items and do not depend on where they were computed. The first items are
always done here; only when the rest would take longer than starting workers costs, workers take over.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import joblib

from riyaz.tools import progress

Item = TypeVar("Item")
Result = TypeVar("Result")

# Seconds that the rest has to take in this process before workers are started. Two workers that import pandas
# were ready after 1.5 s on two cores, and music21 adds as much again.
PATIENCE = 4.0
_SAMPLE = 0.5  # seconds of work after which the rest is estimated
_ANSWER = 10  # seconds that a scheduler has to answer


def cores() -> int:
    """Number of cores that this process may use."""
    return joblib.cpu_count()


def each(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    label: str = "",
    workers: int | None = None,
    scheduler: str | None = None,
) -> list[Result]:
    """Apply a function to each item.

    Parameters
    ----------
    function : of one item, defined in a module (workers import it); the same item gives the same result.
    items : pickled where workers take over; none give an empty list.
    label : stands before the progress bar.
    workers : number of processes; None is the number of cores, 1 stays in this process.
    scheduler : address of a Dask scheduler (``tcp://127.0.0.1:8786``) whose workers see the same files.

    Raises
    ------
    ConnectionError : the scheduler does not answer, or the package `distributed` is missing.
    ValueError : workers is less than one.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers is {workers}; it is at least 1, or nothing for the number of cores")
    n_workers = workers or cores()
    results: list[Result] = []
    moving: Any
    with progress.bar(len(items), label) as moving:
        for result in _anywhere(function, items, n_workers, scheduler):
            results.append(result)
            moving.update()
    return results


def _anywhere(function: Callable, items: Sequence, n_workers: int, scheduler: str | None) -> Iterator:
    """Results in order; the place is chosen by what the first items cost."""
    if scheduler:
        yield from _on_workers(function, items, -1, scheduler)
        return
    started = time.monotonic()
    done = 0
    for item in items:
        spent = time.monotonic() - started
        left = spent / max(done, 1) * (len(items) - done)
        if n_workers > 1 and spent > _SAMPLE and left > PATIENCE:
            break
        yield function(item)
        done += 1
    if done < len(items):
        yield from _on_workers(function, items[done:], n_workers, None)


def _on_workers(function: Callable, items: Sequence, n_jobs: int, scheduler: str | None) -> Iterator:
    with ExitStack() as stack:
        backend = "loky"
        if scheduler:
            stack.enter_context(_client(scheduler))
            backend = "dask"
        stack.enter_context(joblib.parallel_config(backend=backend))
        # a generator, so that the bar moves; no memory map of what is passed, items are small
        run = joblib.Parallel(n_jobs=n_jobs, return_as="generator", max_nbytes=None, pre_dispatch="4 * n_jobs")
        yield from run(joblib.delayed(function)(item) for item in items)


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise ConnectionError(
            f"scheduler is {scheduler}, but the package distributed is not installed (pip install 'riyaz[cluster]')"
        ) from error
    try:
        return Client(scheduler, timeout=_ANSWER, set_as_default=True)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler} (start one with `dask scheduler`, or leave scheduler empty)"
        ) from error
