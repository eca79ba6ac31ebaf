import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from riyaz.tools import parallel


def square(x):
    return x * x


def slow(x):
    time.sleep(0.01)
    return x, os.getpid()


def refuse(x):
    raise KeyError(x)


def test_results_come_in_the_order_of_the_items():
    assert parallel.each(square, range(100)) == [x * x for x in range(100)]
    assert parallel.each(square, []) == []


def test_little_work_stays_in_this_process():
    assert {pid for _, pid in parallel.each(slow, range(5), workers=2)} == {os.getpid()}


def test_much_work_goes_to_workers_and_the_results_are_the_same(monkeypatch):
    monkeypatch.setattr(parallel, "PATIENCE", 0.1)
    monkeypatch.setattr(parallel, "_SAMPLE", 0.02)
    results = parallel.each(slow, range(200), workers=2)
    assert [x for x, _ in results] == list(range(200))
    processes = {pid for _, pid in results}
    assert os.getpid() in processes
    assert len(processes) > 1
    assert {pid for _, pid in parallel.each(slow, range(200), workers=1)} == {os.getpid()}


def test_an_error_comes_back_from_a_worker(monkeypatch):
    monkeypatch.setattr(parallel, "PATIENCE", 0)
    monkeypatch.setattr(parallel, "_SAMPLE", -1)
    with pytest.raises(KeyError):  # of whichever item came first
        parallel.each(refuse, range(3), workers=2)


def test_workers_are_at_least_one():
    with pytest.raises(ValueError, match="workers is 0"):
        parallel.each(square, [1], workers=0)


def test_a_scheduler_that_does_not_answer(monkeypatch):
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    monkeypatch.setattr(parallel, "_ANSWER", 1)
    with pytest.raises(ConnectionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        parallel.each(square, [1, 2], scheduler="tcp://127.0.0.1:9")


def test_without_distributed_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConnectionError, match=r"pip install 'riyaz\[cluster\]'"):
        parallel.each(square, [1, 2], scheduler="tcp://127.0.0.1:8786")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a Dask scheduler with two workers of one thread each."""
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    folder = tmp_path_factory.mktemp("dask")
    where = os.pathsep.join([str(Path(parallel.__file__).parents[2]), str(Path(__file__).parent)])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    quiet["env"] = {**os.environ, "PYTHONPATH": where}
    address = folder / "scheduler.json"
    common = ["--scheduler-file", str(address), "--host", "127.0.0.1", "--no-dashboard"]
    commands = [["dask_scheduler", "--port", "0"], *[["dask_worker", "--nthreads", "1", "--no-nanny"]] * 2]
    started = [
        subprocess.Popen([sys.executable, "-m", f"distributed.cli.{name}", *options, *common], **quiet)
        for name, *options in commands
    ]
    import distributed

    try:
        with distributed.Client(scheduler_file=str(address), timeout=30, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
            yield client.scheduler.address
    finally:
        for process in reversed(started):  # the workers first: they take leave of the scheduler
            process.terminate()
            process.wait(10)


def test_a_cluster_gives_the_same_results(scheduler):
    results = parallel.each(slow, range(60), scheduler=scheduler)
    assert [x for x, _ in results] == list(range(60))
    processes = {pid for _, pid in results}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_an_error_comes_back_from_a_cluster(scheduler):
    with pytest.raises(KeyError):
        parallel.each(refuse, range(3), scheduler=scheduler)
