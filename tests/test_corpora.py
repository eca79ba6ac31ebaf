"""Any corpus goes through all stages: small corpora of every reader, scheme, target, cell and memory, and odd ones."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import browser
import numpy as np
import pytest
import samples

from riyaz.music import midi, musicxml
from riyaz.music.events import bar_beats, from_notes

ROOT = Path(__file__).resolve().parents[1]
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])


def tune(seed, metre="4/4", bars=12, lead=0, dynamics=False):
    """A melody in eighths over one bass note a bar, after `lead` eighths of silence; even, or soft and loud."""
    rng = np.random.default_rng(seed)
    beats = bar_beats(metre) or 4
    eighths = int(2 * beats)
    n = bars * eighths
    pitch = 60 + SCALE[rng.integers(0, 7, n)]
    onset = (np.arange(n) + lead) * 2520
    bass = (np.arange(bars) * eighths + lead) * 2520
    low = 48 + SCALE[rng.integers(0, 7, bars)]
    notes = np.r_[onset, bass], np.r_[np.full(n, 2520), np.full(bars, eighths * 2520)], np.r_[pitch, low]
    velocity = np.where(notes[0] // 5040 % 4, rng.integers(40, 60, n + bars), 100) if dynamics else None
    return from_notes(*notes, velocity=velocity)[0]


def write_midi(folder, count=8, metre="4/4", **of):
    for seed in range(count):
        about = {"tempo": 90, "metre": metre} if metre else {"tempo": 90}
        midi.write(folder / f"{seed}.mid", tune(seed, metre or "4/4", **of), about)


def write_musicxml(folder, count=8, metre="5/4"):
    for seed in range(count):
        text = musicxml.write_musicxml(tune(seed, metre, bars=8), {"metre": metre, "tempo": 90, "title": f"No. {seed}"})
        (folder / f"{seed}.musicxml").write_text(text)


def write_abc(folder, count=8):
    for seed in range(count):
        rng = np.random.default_rng(seed)
        bars = [" ".join(rng.choice(list("CDEFGABc"), 6)) for _ in range(12)]
        (folder / f"{seed}.abc").write_text(f"X:1\nT:No. {seed}\nM:3/4\nL:1/8\nK:C\nG2 | {' | '.join(bars)} |]\n")


def write_both(folder):
    write_kern(folder, 4)
    write_abc(folder, 4)


def write_kern(folder, count=8):
    for seed in range(count):
        notes = "\n".join(f"4{name}" for name in np.random.default_rng(seed).choice(list("cdefgab"), 40))
        (folder / f"{seed}.krn").write_text(f"**kern\n{notes}\n*-\n")  # no metre


def write_rolls(folder, count=8):
    rng = np.random.default_rng(0)
    pieces = [[sorted({int(60 + SCALE[k]), 48}) for k in rng.integers(0, 7, 40)] for _ in range(count)]
    (folder / "rolls.json").write_text(json.dumps({"train": pieces[:-2], "valid": pieces[-2:-1], "test": pieces[-1:]}))


BOLS = np.array(["Dha", "Te", "Ge", "Na", "Ta", "Ke", "Tin"])


def write_theka(folder, count=8, taal="taal: teental", beats=16, per=1):
    """Compositions that are no kaidas; with `per` 2 every stroke is half a matra."""
    for seed in range(count):
        bols = np.random.default_rng(seed).choice(BOLS, (4, beats, per))
        lines = "\n".join(" ".join("".join(matra) for matra in row) + " |" for row in bols)
        (folder / f"{seed}.txt").write_text(
            f"title: No. {seed}\n{taal}\nform: rela\nsource: a test\n\n[theme]\n{lines}\n"
        )


def write_mts(folder, count=8):
    for seed in range(count):
        bols = np.random.default_rng(seed).choice(["DHA", "TE", "GE", "NA", "TAA", "KE", "TIN"], (48, 2))
        body = ";\n".join(" ".join(row) for row in bols)
        head = f"##\nGHARANA:Delhi\nCOMPOSITION:No. {seed}\nTYPE:KAYDA\nTALA:TINTAL\nCOMPOSER:-\n##\n"
        (folder / f"{seed}.txt").write_text(f"{head}''Theme''\n!S:2\n{body};\n!E\n")


OWN = "taal: Mine\nvibhags: 3+2+2"  # without a theka


@dataclass
class Case:
    """A corpus, and the settings that it is taken through the stages with."""

    reader: str
    write: Any
    scheme: str
    targets: str
    cell: str
    memory: str
    more: dict[str, Any] = field(default_factory=dict)


CASES = {  # each reader with each scheme, and all pairs of scheme, targets, cell and memory
    "one piece in 3/8+2/8": Case(
        "midi", lambda f: write_midi(f, 1, "3/8+2/8"), "event", "every", "lstm", "suffix",
        {"explore": {"instrument": "first"}},
    ),
    "two pieces with a pick-up": Case("midi", lambda f: write_midi(f, 2, lead=2), "chord", "last", "gru", "none"),
    "soft and loud": Case(
        "midi", lambda f: write_midi(f, dynamics=True), "event", "every", "lstm", "suffix",
        {"explore": {"pedal": "sustain"}},
    ),
    "musicxml in 5/4": Case("score", write_musicxml, "event", "last", "rnn", "suffix"),
    "humdrum without a metre, and abc": Case("score", write_both, "chord", "every", "lstm", "none"),
    "piano rolls": Case("pianoroll", write_rolls, "event", "every", "rnn", "none"),
    "piano rolls as chords": Case("pianoroll", write_rolls, "chord", "last", "lstm", "suffix"),
    "halves in a taal of one's own": Case(
        "tabla", lambda f: write_theka(f, taal=OWN, beats=7, per=2), "event", "last", "gru", "none",
        {"generate": {"form": "taal"}},
    ),
    "bols as chords, no test part": Case(
        "tabla", write_theka, "chord", "every", "rnn", "suffix", {"sequence": {"test": 0.0}}
    ),
    "tabla solo": Case("mts", write_mts, "event", "every", "gru", "suffix"),
    "tabla solo as chords, all for training": Case(
        "mts", write_mts, "chord", "last", "lstm", "none", {"sequence": {"valid": 0.0, "test": 0.0}}
    ),
}  # fmt: skip


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
    for name, values in case.more.items():
        given[name] = {**given.get(name, {}), **values}
    text = samples.params_text({"mine": {"path": "data/raw/mine", "reader": case.reader}}, **given)
    (root / "params.yaml").write_text(text)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """All corpora after all stages: name to the checkout, and what went wrong there ("" for nothing)."""
    roots = {name: tmp_path_factory.mktemp("corpus") for name in CASES}
    for name, case in CASES.items():
        project(roots[name], case)
    # programs that are optimised less are made in half the time
    fast = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    script = [str(ROOT / "tests" / "one_process.py"), *map(str, roots.values())]
    run = subprocess.run(
        [sys.executable, "-m", "riyaz", "with", sys.executable, *script],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "XLA_FLAGS": fast},
        capture_output=True,
        text=True,
    )
    said = dict(line.split("\t", 1) for line in run.stdout.splitlines() if "\t" in line)
    return {name: (root, said.get(str(root), run.stderr[-3000:] or "nothing was said")) for name, root in roots.items()}


@pytest.mark.parametrize("name", CASES)
def test_a_corpus_goes_through_all_stages(corpora, name):
    root, fault = corpora[name]
    assert not fault, fault.encode().decode("unicode_escape")
    metrics = json.loads((root / "reports" / "metrics" / "mine.json").read_text())
    assert len(metrics["verdict"]) == 3
    if browser.chromium():
        for other in ("cells", "lecture", "benchmarks"):  # linked from index, and of no corpus
            (root / "reports" / f"{other}.html").write_text("<title>not made here</title>")
        browser.check_page(root / "reports" / "index.html", *sorted((root / "reports" / "mine").glob("*.html")))


@pytest.mark.parametrize(
    ("name", "stage", "words"),
    [
        ("one piece in 3/8+2/8", "sequence", "There is no valid and no test part: the corpus has 1 pieces"),
        ("two pieces with a pick-up", "sequence", "There is no valid part: the corpus has 2 pieces"),
        ("one piece in 3/8+2/8", "evaluate", "nothing is held out, and these 1 pieces are what training was made of"),
        ("soft and loud", "tokenize", "went to the nearest of 8 velocities"),
        ("bols as chords, no test part", "generate", "This network knows no durations"),
        ("bols as chords, no test part", "generate", "No piece is held to a taal"),
        ("halves in a taal of one's own", "evaluate", "No piece is held to a taal"),
        ("tabla solo", "generate", "The corpus gives no new kaidas"),
    ],
)
def test_what_a_corpus_cannot_give_is_said(corpora, name, stage, words):
    assert words in (corpora[name][0] / "reports" / "mine" / f"{stage}.ipynb").read_text()


def test_dynamics_are_drawn_as_they_were_played(corpora):
    root = corpora["soft and loud"][0]
    written = midi.read(root / "reports" / "mine" / "pieces" / "03.mid")[0].events
    assert len({one for row in written["velocity"] for one in row}) > 1
    assert "<dynamics" in (root / "reports" / "mine" / "pieces" / "03.musicxml").read_text()
    assert "velocity" in (root / "reports" / "mine" / "evaluate.ipynb").read_text()


@pytest.mark.parametrize("name", ["one piece in 3/8+2/8", "tabla solo as chords, all for training"])
def test_without_held_out_pieces_nothing_can_be_told(corpora, name):
    metrics = json.loads((corpora[name][0] / "reports" / "metrics" / "mine.json").read_text())
    assert metrics["verdict"][0]["answer"] == "cannot be told"
    assert metrics["no_interval"].startswith("nothing is held out")
