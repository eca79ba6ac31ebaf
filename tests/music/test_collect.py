import subprocess
import sys
from pathlib import Path

import collect
import pytest

from riyaz.music import scores


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


def test_one_line_tells_what_was_done(tunes, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(collect, "ROOT", tmp_path)
    text = (Path(collect.__file__).parents[2] / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").write_text(text.replace("corpora: [chorales]", "corpora: [ryansMammoth, oneills1850]"))
    collect.main()
    assert capsys.readouterr().out == "collect: 3 files in data/raw/ryansMammoth, 3 files in data/raw/oneills1850\n"
    assert (tmp_path / "data" / "raw" / "oneills1850" / "2.abc").read_text() == "oneills1850"


def test_a_mistake_in_params_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "ROOT", tmp_path)
    (tmp_path / "params.yaml").write_text("corpora: 3\n")
    with pytest.raises(SystemExit, match=r"^collect: params.yaml: .*corpora"):
        collect.main()


def test_nothing_heavy_is_imported_before_params_are_read():
    code = "import sys, collect; sys.exit('music21' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=Path(collect.__file__).parent, check=True)
