"""Small corpora of other readers, schemes, targets, cells and metres go through all stages, and their pages open."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import browser
import numpy as np
import pytest
import samples

from riyaz.music import midi, musicxml
from riyaz.music.events import bar_beats, from_notes

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("explore", "tokenize", "sequence", "train", "generate", "practice", "play", "evaluate", "pages")
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])


def tune(seed, metre="4/4", bars=12, lead=0):
    """A melody in eighths over one bass note a bar, after `lead` eighths of silence."""
    rng = np.random.default_rng(seed)
    beats = bar_beats(metre) or 4
    eighths = int(2 * beats)
    n = bars * eighths
    pitch = 60 + SCALE[rng.integers(0, 7, n)]
    onset = (np.arange(n) + lead) * 2520
    bass = (np.arange(bars) * eighths + lead) * 2520
    low = 48 + SCALE[rng.integers(0, 7, bars)]
    notes = np.r_[onset, bass], np.r_[np.full(n, 2520), np.full(bars, eighths * 2520)], np.r_[pitch, low]
    return from_notes(*notes)[0]


def write_midi(folder, count=8, metre="4/4", lead=0):
    for seed in range(count):
        about = {"tempo": 90, "metre": metre} if metre else {"tempo": 90}
        midi.write(folder / f"{seed}.mid", tune(seed, metre or "4/4", lead=lead), about)


def write_musicxml(folder, count=8, metre="5/4"):
    for seed in range(count):
        text = musicxml.write_musicxml(tune(seed, metre, bars=8), {"metre": metre, "tempo": 90, "title": f"No. {seed}"})
        (folder / f"{seed}.musicxml").write_text(text)


def write_kern(folder, count=8):
    for seed in range(count):
        notes = "\n".join(f"4{name}" for name in np.random.default_rng(seed).choice(list("cdefgab"), 40))
        (folder / f"{seed}.krn").write_text(f"**kern\n{notes}\n*-\n")  # no metre


def write_rolls(folder, count=8):
    rng = np.random.default_rng(0)
    pieces = [[sorted({int(60 + SCALE[k]), 48}) for k in rng.integers(0, 7, 40)] for _ in range(count)]
    (folder / "rolls.json").write_text(json.dumps({"train": pieces[:-2], "valid": pieces[-2:-1], "test": pieces[-1:]}))


@dataclass
class Case:
    """A corpus, and the settings that it is taken through the stages with."""

    reader: str
    write: Any
    scheme: str
    targets: str
    cell: str
    memory: str


CASES = {
    "midi in 6/8": Case("midi", lambda f: write_midi(f, metre="6/8"), "event", "every", "lstm", "suffix"),
    "midi with a pick-up": Case("midi", lambda f: write_midi(f, lead=2), "chord", "last", "gru", "none"),
    "musicxml in 5/4": Case("score", write_musicxml, "event", "last", "rnn", "suffix"),
    "humdrum without a metre": Case("score", write_kern, "event", "every", "gru", "none"),
    "piano rolls": Case("pianoroll", write_rolls, "event", "every", "rnn", "none"),
}


def project(root, case):
    """A checkout with one corpus."""
    folder = root / "data" / "raw" / "mine"
    folder.mkdir(parents=True)
    case.write(folder)
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(ROOT / "data" / "themes", root / "data" / "themes")
    given: dict[str, Any] = {  # numbers, since choosing them takes the most time
        "model": {"units": 12, "embedding": 8, "cell": case.cell, "memory": case.memory},
        "train": {"epochs": 2},
        "tokenize": {"scheme": case.scheme},
        "sequence": {"targets": case.targets, "length": 16, "valid": 0.2, "test": 0.2},
        "generate": {
            "pieces": 2,
            "tokens": 60,
            "performances": 1,
            "paltas": 2,
            "temperature": 0.9,
            "top_p": 0.97,
            "memory": 0.6,
        },
        "evaluate": {"orders": 3},
    }
    text = samples.params_text({"mine": {"path": "data/raw/mine", "reader": case.reader}}, **given)
    (root / "params.yaml").write_text(text)


@pytest.mark.parametrize("name", CASES)
def test_a_corpus_goes_through_all_stages(name, tmp_path):
    project(tmp_path, CASES[name])
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for stage in (*STAGES, "index"):
        command = [sys.executable, "-m", "riyaz", stage, *(["mine"] if stage != "index" else [])]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        log = tmp_path / ".cache" / "logs" / f"{stage}-mine.log"
        assert run.returncode == 0, run.stderr + (log.read_text()[-3000:] if log.is_file() else "")
    metrics = json.loads((tmp_path / "reports" / "metrics" / "mine.json").read_text())
    assert len(metrics["verdict"]) == 3
    if browser.chromium():
        for other in ("cells", "lecture", "benchmarks"):  # linked from index, and of no corpus
            (tmp_path / "reports" / f"{other}.html").write_text("<title>not made here</title>")
        browser.check_page(tmp_path / "reports" / "index.html", *sorted((tmp_path / "reports" / "mine").glob("*.html")))
