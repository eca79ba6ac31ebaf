import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KAIDA = """title: Mine
taal: teental
form: kaida
source: me

[theme]
DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |
TaTa TeTe TaTa TuNa | DhaDha TeTe DhaDha TuNa |
"""


def sheet(path, *more):
    return subprocess.run([sys.executable, ROOT / "src" / "sheet.py", path, *more], capture_output=True, text=True)


def test_a_text_becomes_a_sheet_and_a_sound(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(KAIDA)
    run = sheet(path, "--tempo", "120", "--underlay", "theka")
    assert run.returncode == 0, run.stderr
    assert "rules are kept" in run.stdout
    assert {p.suffix for p in tmp_path.iterdir()} == {".txt", ".html", ".mp3", ".mid"}
    assert "धा" in path.with_suffix(".html").read_text(encoding="utf-8")


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
