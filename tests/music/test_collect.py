import subprocess
import sys

import pytest
import samples

from riyaz import params
from riyaz.music import collect, scores


@pytest.fixture
def tunes(monkeypatch):
    """A corpus of as many files as was last asked for."""
    sizes = [3]

    def export(name, folder):
        folder.mkdir()
        for k in range(sizes[-1]):
            (folder / f"{k}.abc").write_text(name)
        if sizes[-1] == 0:
            raise OSError("no space is left")
        return sizes[-1]

    monkeypatch.setattr(scores, "export_corpus", export)
    return sizes


def test_a_corpus_replaces_what_was_there(tunes, tmp_path):
    folder = tmp_path / "raw" / "tunes"
    assert collect.collect("tunes", folder) == 3
    tunes.append(2)
    assert collect.collect("tunes", folder) == 2
    assert sorted(path.name for path in folder.iterdir()) == ["0.abc", "1.abc"]
    assert [path.name for path in folder.parent.iterdir()] == ["tunes"]


def test_a_failure_leaves_what_was_there(tunes, tmp_path):
    folder = tmp_path / "raw" / "tunes"
    collect.collect("tunes", folder)
    tunes.append(0)
    with pytest.raises(OSError, match="no space"):
        collect.collect("tunes", folder)
    assert len(list(folder.iterdir())) == 3
    assert [path.name for path in folder.parent.iterdir()] == ["tunes"]


def test_one_line_says_what_was_done(tunes, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    corpora = {"mine": {"path": "data/raw/mine"}}
    names = ["ryansMammoth", "oneills1850"]
    (tmp_path / "params.yaml").write_text(samples.params_text(corpora, collect={"corpora": names}))
    assert collect.run([]) == 0
    assert capsys.readouterr().out == "collect: 3 files in data/raw/ryansMammoth, 3 files in data/raw/oneills1850\n"
    assert (tmp_path / "data" / "raw" / "oneills1850" / "2.abc").read_text() == "oneills1850"


def test_a_mistake_in_params_is_reported_before_anything_is_copied(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("corpora: 3\n")
    with pytest.raises(params.BadParams, match=r"^params.yaml: .*corpora"):
        collect.run([])
    assert [path.name for path in tmp_path.iterdir()] == ["params.yaml"]


def test_nothing_heavy_is_imported_before_params_are_read():
    code = "import sys; from riyaz.music import collect; sys.exit('music21' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
