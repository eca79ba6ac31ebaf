"""Apply one function to many items: in this process, on all cores, or on a Dask cluster.

The results come in the order of the items and do not depend on where they were computed. Small items are first done
here; only when the rest would take longer than starting workers costs, workers take over. Heavy items, such as
trainings, go to workers at once; on a cluster each of them gets a fresh Python with the environment of the pipeline, so
that the number of its threads, and thereby every bit, is the same everywhere.
"""

import asyncio
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import joblib

from riyaz.params import Compute
from riyaz.tools import environment, progress, source

Item = TypeVar("Item")
Result = TypeVar("Result")

# Seconds that the rest has to take in this process before workers are started. Two workers that import pandas
# were ready after 1.5 s on two cores, and music21 adds as much again.
PATIENCE = 4.0
_SAMPLE = 0.5  # seconds of work after which the rest is estimated
_ANSWER = 10  # seconds that a scheduler has to answer, at the start and when it was lost
_ROUND = 1024  # items that are given to the workers of this machine at once
_AHEAD = 4  # items that wait on a cluster for each of its threads


class Refused(ConnectionError):
    """The work cannot begin on the cluster that params.yaml names; the message is one line."""


class Lost(ConnectionError):
    """The scheduler was there and is gone, or its workers died over an item."""


def cores() -> int:
    """Number of cores that this process may use."""
    return joblib.cpu_count()


def threads(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Apply a function that leaves Python free for most of its time, such as one that codes sound, in threads."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(function, items))


def each(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    label: str = "",
    compute: Compute | None = None,
    heavy: bool = False,
) -> list[Result]:
    """Apply a function to each item; all results at once, see `stream`."""
    return list(stream(function, items, label, compute, heavy))


def stream(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    label: str = "",
    compute: Compute | None = None,
    heavy: bool = False,
) -> Iterator[Result]:
    """Apply a function to each item; the results come one after the other, and few are in memory.

    Parameters
    ----------
    function : of one item, defined in a module (workers import it); the same item gives the same result.
    items : pickled where workers take over; none give an empty list.
    label : stands before the progress bar.
    compute : the section compute of params.yaml; None: all cores of this machine. With `scheduler`, the address of a
        Dask scheduler, the workers must see the same files and run the same version of the code.
    heavy : each item takes seconds or more: no item is done in this process where there are workers.

    Raises
    ------
    Refused : the scheduler does not answer, has no worker, or one with other code; or the package `distributed` is
        missing.
    Lost : it was lost during the work, and `compute.lost` is ``stop``.
    """
    where = compute or Compute(workers=None, scheduler=None, lost="stop", device="cpu")
    n_done = 0
    moving: Any
    with progress.bar(len(items), label) as moving:
        if where.scheduler and items:
            try:
                for result in _on_cluster(function, items, where.scheduler, heavy):
                    yield result
                    n_done += 1
                    moving.update()
            except Lost as error:
                if where.lost == "stop":
                    raise
                print(f"{error}; the rest is done on this machine", file=sys.stderr)
        for result in _here(function, items[n_done:] if n_done else items, where.workers or cores(), heavy):
            yield result
            moving.update()


def _here(function: Callable, items: Sequence, n_workers: int, heavy: bool) -> Iterator:
    """Results in order, from this process or from workers, by what the first items cost."""
    done, spent = 0, 0.0
    for item in items:
        left = spent / max(done, 1) * (len(items) - done)
        if n_workers > 1 and (heavy or (spent > _SAMPLE and left > PATIENCE)):
            break
        started = time.monotonic()
        result = function(item)
        spent += time.monotonic() - started
        yield result
        done += 1
    # a generator, so that the bar moves; no memory map of what is passed, items are small. A round after the other:
    # results that nobody has taken yet wait in memory
    run = joblib.Parallel(n_workers, return_as="generator", max_nbytes=None, pre_dispatch="4 * n_jobs")
    for start in range(done, len(items), _ROUND):
        yield from run(joblib.delayed(function)(item) for item in items[start : start + _ROUND])


def _on_cluster(function: Callable, items: Sequence, scheduler: str, heavy: bool) -> Iterator:
    """Results in order. Dask gives the items of a worker that dies to another one."""
    try:
        import distributed
    except ImportError as error:
        raise Refused(
            f"compute.scheduler is {scheduler}, but the package distributed is not installed"
            " (pip install 'riyaz[cluster]')"
        ) from error
    task = partial(apart, function) if heavy else function
    gone = (distributed.CancelledError, distributed.scheduler.KilledWorker, distributed.comm.CommClosedError, OSError)
    with _client(scheduler) as client:
        threads = sum(client.nthreads().values())
        waiting: deque = deque()
        todo = iter(items)

        def fill() -> None:
            while len(waiting) < _AHEAD * threads:
                try:
                    waiting.append(client.submit(task, next(todo), pure=False))
                except StopIteration:
                    return

        try:
            fill()
            while waiting:
                yield waiting.popleft().result()
                fill()
        except gone as error:
            if isinstance(error, OSError) and client.status == "running" and not isinstance(error, ConnectionError):
                raise  # the function's own
            what = "killed its workers" if isinstance(error, distributed.scheduler.KilledWorker) else "does not answer"
            raise Lost(f"the Dask scheduler at {scheduler} {what} any more; what was done is in the cache") from error


def _client(scheduler: str) -> Any:
    """A client of a scheduler whose workers run this version of the code."""
    import distributed

    async def ask() -> None:
        async with distributed.core.rpc(scheduler, timeout=_ANSWER) as other:
            await other.identity()

    try:
        # in a thread, since a notebook's own has a loop; a client waits for ever where something else answers
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(asyncio.wait_for(ask(), _ANSWER))).result()
        client = distributed.Client(scheduler, timeout=_ANSWER, set_as_default=False)
    except Exception as error:  # whatever a program that is no scheduler has said
        raise Refused(
            f"no Dask scheduler answers at {scheduler} (start one with `dask scheduler`, or leave compute.scheduler"
            " empty)"
        ) from error
    try:
        if not client.nthreads():
            raise Refused(f"the Dask scheduler at {scheduler} has no worker: start one with `dask worker`")
        codes = client.run(code, on_error="return")  # an error: the code there has no such function, or no such module
        others = sorted(worker for worker, other in codes.items() if other != code())
        if others:
            raise Refused(
                f"the Dask worker {others[0]} runs another version of the code: update its checkout, then restart it"
            )
    except BaseException:
        client.close()
        raise
    return client


def code() -> str:
    """The digests of all modules of the package, as this process would import them."""
    return source.table(*sorted((source.SRC / "riyaz").rglob("*.py")))


def apart(function: Callable[[Item], Result], item: Item) -> Result:
    """Apply a function to an item in a fresh Python, with one thread and the environment of the pipeline.

    Raises
    ------
    RuntimeError : it died. What the function raises is raised here.
    """
    with tempfile.TemporaryDirectory(prefix="riyaz-") as folder:
        asked, given = Path(folder, "asked"), Path(folder, "given")
        asked.write_bytes(pickle.dumps((function, item)))
        variables = {**environment.variables(source.SRC.parent), "NPROC": "1", progress.VARIABLE: ""}
        variables.pop(environment.COMPILED)  # what is there was compiled for other threads
        run = subprocess.run(
            [sys.executable, "-m", "riyaz.tools.parallel", str(asked), str(given)],
            env=variables,
            cwd=os.getcwd(),
            capture_output=True,
            text=True,
        )
        if not given.is_file():
            raise RuntimeError(f"a worker's Python died with code {run.returncode}: {run.stderr.strip()[-500:]}")
        done, result = pickle.loads(given.read_bytes())
    if not done:
        raise result
    return result


def _answer(asked: Path, given: Path) -> None:
    function, item = pickle.loads(asked.read_bytes())
    try:
        answer: tuple[bool, Any] = (True, function(item))
    except Exception as error:
        answer = (False, error)
    given.write_bytes(pickle.dumps(answer))


if __name__ == "__main__":
    _answer(*map(Path, sys.argv[1:]))
