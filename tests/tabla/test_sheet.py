import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[2]
KAIDA = """title: Mine
taal: teental
form: kaida
source: me

[theme]
DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |
TaTa TeTe TaTa TuNa | DhaDha TeTe DhaDha TuNa |
"""


def sheet(path, *more):
    return subprocess.run(
        [sys.executable, "-m", "riyaz", "sheet", path, *more], capture_output=True, text=True, cwd=ROOT
    )


def test_a_text_becomes_a_sheet_and_a_sound(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(KAIDA)
    run = sheet(path, "--tempo", "120", "--underlay", "theka", "--to", tmp_path / "to")
    assert run.returncode == 0, run.stderr
    assert "rules are kept" in run.stdout
    assert {p.name for p in (tmp_path / "to").iterdir()} == {"mine.html", "mine.mp3", "mine.mid"}
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["mine.txt"]  # a corpus folder stays as it is
    assert "धा" in (tmp_path / "to" / "mine.html").read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path):
    (tmp_path / "mine.txt").write_text(KAIDA)
    run = sheet(tmp_path / "mime.txt")
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "there is no file mime.txt" in run.stderr
    assert "nearest: mine.txt" in run.stderr


@pytest.mark.parametrize(
    ("wrong", "said"), [(("TuNa |", "TuNo |"), "mine.txt:7"), (("teental", "rupuk"), "mine.txt:2")]
)
def test_a_mistake_is_one_line_with_its_place(tmp_path, wrong, said):
    path = tmp_path / "mine.txt"
    path.write_text(KAIDA.replace(*wrong, 1))
    run = sheet(path)
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert said in run.stderr


def test_a_kaida_without_a_theme_says_so(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(KAIDA.replace("[theme]", "[thema]"))
    assert "a kaida has a section [theme]; here are thema" in sheet(path, "--to", tmp_path).stdout


def test_layakari_has_a_page_of_its_own(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(KAIDA)
    run = sheet(path, "--layakari", "--to", tmp_path / "to")
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "to" / "mine_layakari.html").read_text(encoding="utf-8")
    assert "tigun (3), from matra 11 2/3" in page


def test_a_sheet_sounds_at_a_pitch_and_with_a_kit(tmp_path):
    path, kit = tmp_path / "mine.txt", tmp_path / "kit"
    path.write_text(KAIDA)
    kit.mkdir()
    soundfile.write(kit / "Te.wav", np.sin(np.arange(4000) / 3) * 0.999 ** np.arange(4000), 44100)
    sounds = set()
    for more in ([], ["--pitch", "C#"], ["--kit", kit]):
        run = sheet(path, *more, "--to", tmp_path / "to")
        assert run.returncode == 0, run.stderr
        assert ("Te; the other strokes are synthesised" in run.stdout) == (kit in more)
        sounds.add((tmp_path / "to" / "mine.mp3").read_bytes())
    assert len(sounds) == 3
    assert "known: C, C#, D, D#" in sheet(path, "--pitch", "H", "--to", tmp_path / "to").stderr
    (kit / "Na.wav").write_bytes(b"RIFF")
    run = sheet(path, "--kit", kit, "--to", tmp_path / "to")
    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1
    assert "Na.wav: it cannot be read as sound" in run.stderr
