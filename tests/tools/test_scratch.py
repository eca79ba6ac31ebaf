"""Scratch folders are gone after a run, however it ends."""

import os
import signal
import subprocess
import sys

import pytest

from riyaz.tools import scratch

CODE = "from riyaz.tools import scratch\nwith scratch.folder() as path:\n print(path, flush=True)\n input()"


@pytest.fixture(autouse=True)
def _own_place(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))


def test_it_is_there_within_and_gone_afterwards(tmp_path):
    with scratch.folder() as path:
        assert path.parent == tmp_path
        (path / "kernel").mkdir()
    assert not list(tmp_path.iterdir())


def test_it_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(KeyError), scratch.folder():
        raise KeyError
    assert not list(tmp_path.iterdir())


def test_one_of_a_killed_run_is_removed_and_one_of_a_living_run_stays(tmp_path):
    (tmp_path / "riyaz-other").mkdir()  # of a run that has just begun
    (tmp_path / "riyaz-link").symlink_to("/")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = {"args": [sys.executable, "-c", CODE], "env": environment, "text": True}
    runs = [subprocess.Popen(**command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    dead, living = (run.stdout.readline().strip() for run in runs)
    runs[0].send_signal(signal.SIGKILL)
    runs[0].wait()
    assert os.path.isdir(dead)
    with scratch.folder():
        assert not os.path.isdir(dead)
        assert os.path.isdir(living)
        assert (tmp_path / "riyaz-other").is_dir()
    runs[1].communicate("\n")
    assert not os.path.isdir(living)
