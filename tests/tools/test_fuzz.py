import pytest

from riyaz.music import readers
from riyaz.tools import fuzz


@pytest.mark.parametrize("name", list(fuzz.SEEDS))
def test_the_files_that_are_damaged_are_good_ones(tmp_path, name):
    for number, (suffix, data) in enumerate(fuzz.SEEDS[name]):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(data)
        assert fuzz.attempt(str(path), name) == "read"
        assert suffix in readers.READERS[name].suffixes


def test_the_same_seed_gives_the_same_files():
    def first(seed):
        return [data for _, data in zip(range(50), fuzz.inputs(seed, list(fuzz.SEEDS)), strict=False)]

    assert first(1) == first(1) != first(2)


def test_the_readers_of_our_own_stand_a_thousand_files(capsys):
    chosen = [word for name in ("midi", "pianoroll") for word in ("--reader", name)]
    assert fuzz.run(["--inputs", "1000", "--seed", "7", *chosen]) == 0
    assert "500 inputs" in capsys.readouterr().out


def test_what_is_no_refusal_is_reported_and_kept(tmp_path, monkeypatch, capsys):
    def read(path):
        raise KeyError("note")

    monkeypatch.setitem(readers.READERS, "midi", readers.Reader(read, (".mid",), "music/midi.py"))
    assert fuzz.run(["--inputs", "3", "--reader", "midi", "--keep", str(tmp_path / "kept")]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("midi: seed 0, input 0: KeyError: 'note' at test_fuzz.py:")
    assert len(said.err.splitlines()) == 1
    assert "3 wrong in 1 ways" in said.out
    assert [path.stem for path in (tmp_path / "kept").iterdir()] == ["0-0"]
