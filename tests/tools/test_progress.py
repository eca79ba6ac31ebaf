import io
import sys

import pytest

from riyaz.tools import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def watched(monkeypatch, stream):
    """Put a stream in the place of the standard error (in the test: pytest's capture comes after fixtures)."""
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_the_bar_goes_to_the_file_that_the_variable_names(monkeypatch, tmp_path, capfd):
    stderr = watched(monkeypatch, Terminal())
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "bar"))
    assert list(progress.track([1, 2, 3], "reading")) == [1, 2, 3]
    assert list(progress.track(iter("ab"), "writing", total=2)) == ["a", "b"]
    told = (tmp_path / "bar").read_text()
    assert "reading: 100%" in told
    assert "3/3" in told
    assert "writing: 100%" in told
    assert stderr.getvalue() == ""
    assert capfd.readouterr() == ("", "")


def test_the_file_grows_while_the_work_goes_on(monkeypatch, tmp_path):
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "bar"))
    with progress.bar(10, "reading") as bar:
        assert "0/10" in (tmp_path / "bar").read_text()
        bar.update(4)
        bar.refresh()
        assert "4/10" in (tmp_path / "bar").read_text()


def test_an_empty_variable_silences_it(monkeypatch):
    stderr = watched(monkeypatch, Terminal())
    monkeypatch.setenv(progress.VARIABLE, "")
    assert list(progress.track(range(3), "reading")) == [0, 1, 2]
    assert stderr.getvalue() == ""


def test_without_the_variable_a_terminal_sees_it_and_a_pipe_does_not(monkeypatch):
    stderr = watched(monkeypatch, Terminal())
    monkeypatch.delenv(progress.VARIABLE, raising=False)
    list(progress.track(range(3), "reading"))
    assert "reading: 100%" in stderr.getvalue()
    pipe = watched(monkeypatch, io.StringIO())
    list(progress.track(range(3), "reading"))
    assert pipe.getvalue() == ""


def test_the_bar_is_closed_when_the_work_fails(monkeypatch, tmp_path):
    monkeypatch.setenv(progress.VARIABLE, str(tmp_path / "bar"))
    kept = []

    def fail():
        with progress.bar(2, "reading") as bar:
            kept.append(bar.opened)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert kept[0].closed


def test_a_table_can_be_read_while_it_grows(tmp_path):
    path = tmp_path / "reports" / "history.csv"
    path.parent.mkdir()
    path.write_text("epoch,loss\n1,9\n2,8\n")  # of an earlier run
    growing = progress.Growing(path)
    assert len(path.read_text().splitlines()) == 3
    for epoch, loss in enumerate((3.5, float("nan")), start=1):
        growing.add({"epoch": epoch, "loss": loss})
        assert len(path.read_text().splitlines()) == 1 + epoch
    assert path.read_text() == "epoch,loss\n1,3.5\n2,\n"
