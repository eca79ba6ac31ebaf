import os
import subprocess
import sys

import pytest

from riyaz.tools import files


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_text_is_written_as_a_whole_or_not_at_all(tmp_path):
    path = tmp_path / "new" / "file"
    files.write(path, "one\n")
    with pytest.raises(UnicodeEncodeError):
        files.write(path, "\ud800")
    assert path.read_bytes() == b"one\n"
    assert names(path.parent) == ["file"]


def test_a_folder_takes_the_place_of_the_old_one(tmp_path):
    path = tmp_path / "folder"
    for content in ("a", "b"):
        with files.whole(path) as part:
            part.mkdir()
            (part / content).touch()
    assert names(path) == ["b"]
    assert names(tmp_path) == ["folder"]


def test_a_folder_that_is_not_finished_leaves_the_old_one(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").touch()

    def fail():
        with files.whole(path) as part:
            part.mkdir()
            (part / "new").touch()
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert names(path) == ["old"]
    assert names(tmp_path) == ["folder"]


def test_a_half_written_file_is_hidden_and_names_its_process(tmp_path):
    with files.whole(tmp_path / "file") as part:
        assert part.name == f".file.{os.getpid()}.part"
        part.touch()


def test_what_a_killed_process_left_half_written_is_removed(tmp_path):
    run = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    dead, living = tmp_path / f".a.{run.stdout.strip()}.part", tmp_path / f".a.{os.getppid()}.part"
    (dead / "inside").mkdir(parents=True)
    living.touch()
    (tmp_path / ".part").touch()
    files.write(tmp_path / "b", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([living.name, ".part", "b"])
