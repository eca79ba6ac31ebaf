import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import distributed
import pytest
import samples

from riyaz.tools import environment, parallel


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
    assert {pid for _, pid in parallel.each(slow, range(5), compute=samples.compute(2))} == {os.getpid()}


def test_much_work_goes_to_workers_and_the_results_are_the_same(monkeypatch):
    monkeypatch.setattr(parallel, "PATIENCE", 0.1)
    monkeypatch.setattr(parallel, "_SAMPLE", 0.02)
    results = parallel.each(slow, range(200), compute=samples.compute(2))
    assert [x for x, _ in results] == list(range(200))
    processes = {pid for _, pid in results}
    assert os.getpid() in processes
    assert len(processes) > 1
    assert {pid for _, pid in parallel.each(slow, range(200), compute=samples.compute(1))} == {os.getpid()}


def test_an_error_comes_back_from_a_worker(monkeypatch):
    monkeypatch.setattr(parallel, "PATIENCE", 0)
    monkeypatch.setattr(parallel, "_SAMPLE", -1)
    with pytest.raises(KeyError):  # of whichever item came first
        parallel.each(refuse, range(3), compute=samples.compute(2))


def test_a_scheduler_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(parallel, "_ANSWER", 1)
    with pytest.raises(ConnectionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        parallel.each(square, [1, 2], compute=samples.compute(scheduler="tcp://127.0.0.1:9"))


@pytest.fixture
def stranger():
    """Addresses of programs that are no scheduler: each takes a connection, says what it is given, and waits."""
    with contextlib.ExitStack() as stack:

        def start(says):
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def answer():
                with contextlib.suppress(OSError):
                    while True:
                        stack.enter_context(server.accept()[0]).sendall(says)

            threading.Thread(target=answer, daemon=True).start()
            return f"tcp://127.0.0.1:{server.getsockname()[1]}"

        yield start


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(64)])
def test_an_address_where_something_else_answers_or_nothing(stranger, monkeypatch, says):
    monkeypatch.setattr(parallel, "_ANSWER", 1)
    with pytest.raises(parallel.Refused, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:\d+ \(start one"):
        parallel.each(square, [1, 2], compute=samples.compute(scheduler=stranger(says)))


def test_an_address_that_is_none(monkeypatch):
    monkeypatch.setattr(parallel, "_ANSWER", 1)
    for address in (
        "nowhere",
        "ucx://127.0.0.1:1",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:99999",
        "tcp://nowhere.invalid:9",
    ):
        with pytest.raises(parallel.Refused, match=f"no Dask scheduler answers at {re.escape(address)} "):
            parallel.each(square, [1, 2], compute=samples.compute(scheduler=address))


def test_without_distributed_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConnectionError, match=r"pip install 'riyaz\[cluster\]'"):
        parallel.each(square, [1, 2], compute=samples.compute(scheduler="tcp://127.0.0.1:8786"))


PLACES = Path(parallel.__file__).parents[2], Path(samples.__file__).parent, Path(__file__).parent
WHERE = os.pathsep.join(map(str, PLACES))


class Cluster:
    """A Dask scheduler and workers of one thread each, on this machine."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.started = [self.start("scheduler", "--port", "0")]

    def start(self, name, *options, where=WHERE):
        common = ["--scheduler-file", str(self.file), "--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{name}", *options, *common],
            env={**os.environ, "PYTHONPATH": where},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def workers(self, n, **options):
        """Start so many workers, wait until they are there, and give the scheduler's address."""
        self.started += [self.start("worker", "--nthreads", "1", "--no-nanny", **options) for _ in range(n)]
        with distributed.Client(scheduler_file=str(self.file), timeout=30, set_as_default=False) as client:
            if n:
                client.wait_for_workers(len(self.started) - 1, timeout=30)
            return client.scheduler.address

    def close(self):
        for process in reversed(self.started):  # the workers first: they take leave of the scheduler
            process.terminate()
            process.wait(10)


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a scheduler with two workers."""
    made = Cluster(tmp_path_factory.mktemp("dask"))
    yield made.workers(2)
    made.close()


def on(address, lost="stop"):
    return samples.compute(scheduler=address, lost=lost)


def test_a_cluster_gives_the_same_results(scheduler):
    results = parallel.each(slow, range(60), compute=on(scheduler))
    assert [x for x, _ in results] == list(range(60))
    processes = {pid for _, pid in results}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_an_error_comes_back_from_a_cluster(scheduler):
    for heavy in (False, True):
        with pytest.raises(KeyError):
            parallel.each(refuse, range(3), compute=on(scheduler), heavy=heavy)


def surroundings(x):
    return x, os.getpid(), os.environ["NPROC"], os.environ["PYTHONHASHSEED"], environment.COMPILED in os.environ


def test_heavy_items_have_a_python_of_their_own_with_one_thread(scheduler):
    results = parallel.each(surroundings, range(3), compute=on(scheduler), heavy=True)
    assert [x for x, *_ in results] == [0, 1, 2]
    assert len({pid for _, pid, *_ in results}) == 3
    assert {tuple(rest) for *_, rest in ((r[0], r[2:]) for r in results)} == {("1", "0", False)}


def dies(x):
    os._exit(7)


def test_heavy_work_that_ends_its_python_says_so(scheduler):
    with pytest.raises(RuntimeError, match="a worker's Python died with code 7"):
        parallel.each(dies, [1], compute=on(scheduler), heavy=True)


def kill_when(ready, process):
    def wait():
        while not ready():
            time.sleep(0.05)
        process.kill()

    threading.Thread(target=wait, daemon=True).start()


def marked(item):
    folder, x = item
    (folder / f"{x}.{os.getpid()}").touch()
    time.sleep(0.2)
    return x


def test_another_worker_takes_over_from_one_that_is_killed(cluster, tmp_path):
    address, folder = cluster.workers(2), tmp_path / "marks"
    folder.mkdir()
    kill_when(lambda: len({path.suffix for path in folder.iterdir()}) == 2, cluster.started[-1])
    assert parallel.each(marked, [(folder, x) for x in range(12)], compute=on(address)) == list(range(12))
    assert len({path.suffix for path in folder.iterdir()}) == 2  # both had begun


@pytest.mark.parametrize("lost", ["stop", "local"])
def test_a_scheduler_that_goes_away(cluster, tmp_path, monkeypatch, capsys, lost):
    monkeypatch.setattr(parallel, "_ANSWER", 1)
    address, folder = cluster.workers(1), tmp_path / "marks"
    folder.mkdir()
    kill_when(lambda: any(folder.iterdir()), cluster.started[0])
    items = [(folder, x) for x in range(12)]
    line = f"the Dask scheduler at {address} does not answer any more"
    if lost == "stop":
        with pytest.raises(parallel.Lost, match=line):
            parallel.each(marked, items, compute=on(address))
    else:
        assert parallel.each(marked, items, compute=on(address, "local")) == list(range(12))
        assert f"{line}; what was done is in the cache; the rest is done on this machine" in capsys.readouterr().err


def test_a_scheduler_without_workers(cluster):
    address = cluster.workers(0)
    with pytest.raises(ConnectionError, match="has no worker: start one with `dask worker`"):
        parallel.each(square, [1], compute=on(address))


@pytest.mark.parametrize(("module", "text"), [("params.py", "\nNEW = 1\n"), ("tools/parallel.py", None)])
def test_a_worker_with_another_version_of_the_code(cluster, tmp_path, module, text):
    source, other = Path(parallel.__file__).parents[1], tmp_path / "other" / "riyaz"
    shutil.copytree(source, other, ignore=shutil.ignore_patterns("__pycache__"))
    if text is None:  # one from before there were clusters
        (other / module).unlink()
    else:
        with (other / module).open("a") as file:
            file.write(text)
    address = cluster.workers(1, where=os.pathsep.join([str(tmp_path / "other"), WHERE]))
    with pytest.raises(parallel.Refused, match=r"the Dask worker tcp://127.* runs another version of the code"):
        parallel.each(square, [1], compute=on(address))
