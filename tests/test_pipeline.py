"""The pipeline, run by DVC as a user runs it, on a small corpus of tabla and a small folder of MIDI files."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import browser
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from riyaz import params
from riyaz.judge import degeneration, drawn
from riyaz.model import bundle
from riyaz.music import midi
from riyaz.music.events import from_notes
from riyaz.music.events import load as load_events
from riyaz.text import dataset

ROOT = Path(__file__).resolve().parents[1]
EVIL = "<script>alert(1)</script> नमस्ते.mid"
STAGES = ("explore", "tokenize", "sequence", "train", "generate", "evaluate")
TARGETS = tuple(f"{stage}@{name}" for stage in ("pages", "picture", "practice", "play") for name in ("tabla", "notes"))
TARGETS += ("index",)


def tune(seed: int) -> pd.DataFrame:
    """Sixteen bars over a bass, in a key of its own: pieces that are no near-duplicates of each other."""
    rng = np.random.default_rng(seed)
    melody = 60 + rng.choice([0, 2, 4, 5, 7, 9, 11, 12], 64)
    onset, duration = np.arange(64) * 2520, np.full(64, 2520)
    bass = (np.arange(16) * 4 * 2520, np.full(16, 4 * 2520), 48 + rng.choice([0, 5, 7], 16))
    return from_notes(*(np.r_[a, b] for a, b in zip((onset, duration, melody), bass, strict=True)))[0]


def dvc(project: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = subprocess.run(
        [sys.executable, "-m", "dvc", *arguments],
        cwd=project,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
    )
    assert not check or run.returncode == 0, run.stdout + run.stderr
    return run


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A checkout with two small corpora, through which the pipeline has run."""
    root = tmp_path_factory.mktemp("project")
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in ("dvc.yaml", ".dvcignore", "requirements.txt"):
        shutil.copy(ROOT / name, root)
    (root / ".dvc").mkdir()
    (root / ".dvc" / "config").write_text(
        "[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n"
    )
    raw = root / "data" / "raw"
    shutil.copytree(ROOT / "data" / "raw" / "tabla" / "teental", raw / "tabla" / "teental")
    shutil.copytree(ROOT / "data" / "themes", root / "data" / "themes")
    (raw / "tabla" / "wrong.txt").write_text("title: x\ntaal: teentaal\n\n[theme]\nDha Dhoop Dhin Dha |\n")
    notes = raw / "notes"
    (notes / EVIL).parent.mkdir(parents=True)
    for seed in range(12):
        midi.write(notes / (EVIL if seed == 0 else f"tune {seed:02d}.mid"), tune(seed), {"tempo": 90, "metre": "4/4"})
    (notes / "empty.mid").touch()
    (notes / "text.mid").write_text("no music")
    (notes / "cut.mid").write_bytes((notes / "tune 01.mid").read_bytes()[:60])
    given = YAML().load(ROOT / "params.yaml")
    given["corpora"] = {
        "tabla": {"path": "data/raw/tabla", "reader": "tabla"},
        "notes": {"path": "data/raw/notes", "reader": "midi"},
    }
    given["model"].update(layers=1, units=16, embedding=8)
    given["train"].update(epochs=2)
    given["sequence"].update(length=32)
    given["generate"].update(pieces=2, tokens=60, performances=1, paltas=2, temperature=0.9, top_p=0.97, memory=0.6)
    given["evaluate"].update(orders=3)
    for measured in ("ablations", "folds", "rivals"):
        (root / "reports" / measured).mkdir(parents=True)  # none are measured
    YAML().dump(given, root / "params.yaml")
    dvc(root, "repro", *TARGETS)
    return root


def test_every_stage_leaves_its_page_and_its_notebook(project):
    for corpus in ("tabla", "notes"):
        for stage in STAGES:
            assert (project / "reports" / corpus / f"{stage}.html").stat().st_size > 5000
            cells = json.loads((project / "reports" / corpus / f"{stage}.ipynb").read_text())["cells"]
            injected = "".join(
                next(c for c in cells if "injected-parameters" in c["metadata"].get("tags", []))["source"]
            )
            assert f'corpus = "{corpus}"' in injected


def test_a_second_run_has_nothing_to_do_and_a_changed_number_reruns_what_depends_on_it(project):
    assert "up to date" in dvc(project, "repro", *TARGETS).stdout
    given = YAML().load(project / "params.yaml")
    given["generate"]["temperature"] = 1.0
    YAML().dump(given, project / "params.yaml")
    changed = json.loads(dvc(project, "status", "--json").stdout)
    given["generate"]["temperature"] = 0.9
    YAML().dump(given, project / "params.yaml")
    ours = {name for name in changed if name.split("@")[0] in STAGES}
    assert ours == {f"{stage}@{corpus}" for stage in ("generate", "evaluate") for corpus in ("tabla", "notes")}


def trained(project):
    return sorted(path.name for path in (project / ".cache" / "trained").iterdir())


def reran(project):
    """The stages that `dvc repro` runs now."""
    said = dvc(project, "repro", *TARGETS).stdout
    return set(re.findall(r"Running stage '([^']+)'", said))


def append(path, text):
    path.write_bytes(path.read_bytes() + text)


def test_comments_and_style_retrain_nothing(project):
    before, template = trained(project), project / "src" / "riyaz" / "report" / "template"
    append(template / "style.css", b"\n/* a comment */\n")
    styled = {f"{stage}@{corpus}" for stage in ("pages", "practice", "play") for corpus in ("tabla", "notes")}
    assert reran(project) == {"code", "index"} | styled
    append(project / "src" / "riyaz" / "report" / "figures.py", b"\n# a comment\n")
    append(project / "src" / "riyaz" / "model" / "network.py", b"\n# a comment\n")
    assert reran(project) == {"code"}
    assert trained(project) == before


def test_a_caption_runs_its_notebook_and_trains_nothing(project):
    before, notebook = trained(project), project / "notebooks" / "train.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("Cross-entropy and accuracy", "Both figures"))
    assert reran(project) == {"code", "train@tabla", "train@notes", "pages@tabla", "pages@notes"}
    assert trained(project) == before
    assert "Both figures" in (project / "reports" / "tabla" / "train.html").read_text(encoding="utf-8")


def test_without_the_cache_every_output_is_the_same(project):
    before = (project / "dvc.lock").read_bytes()
    shutil.rmtree(project / ".cache")
    dvc(project, "repro", "--force", "--single-item", "train@tabla")
    assert (project / "dvc.lock").read_bytes() == before
    assert len(trained(project)) == 1


def test_what_is_judged_is_what_is_delivered(project):
    for corpus in ("tabla", "notes"):
        settings = params.load(corpus, path=project / "params.yaml")
        model, data = bundle.load(project / "models" / corpus), dataset.load(project, corpus)
        pieces = drawn.judged(model, data, settings)
        delivered = [p for p in load_events(project / "reports" / corpus / "pieces") if p.about["method"] == "sampled"]
        assert len(delivered) == settings.generate.pieces
        judged = {tuple(map(str, degeneration.values(piece.events))) for piece in pieces.groups[pieces.ours]}
        whole = [piece for piece in delivered if len(piece.events) >= drawn.SHORTEST]
        assert all(tuple(map(str, degeneration.values(piece.events))) in judged for piece in whole)


def test_what_was_skipped_says_why(project):
    files = pd.read_csv(project / "data" / "events" / "notes" / "files.csv").set_index("file")
    skipped = files[files["status"] == "skipped"]["reason"]
    assert set(skipped.index) == {"cut.mid", "empty.mid", "text.mid"}
    assert skipped.str.len().min() > 5
    tabla = pd.read_csv(project / "data" / "events" / "tabla" / "files.csv").set_index("file")
    assert "wrong.txt:5:5: 'Dhoop' is no bol (nearest known bol: Tu)" in tabla.loc["wrong.txt", "reason"]


def test_the_verdict_follows_from_figures(project):
    for corpus in ("tabla", "notes"):
        metrics = json.loads((project / "reports" / "metrics" / f"{corpus}.json").read_text())
        assert len(metrics["verdict"]) == 3
        assert {"uniform", "unigram", "n-gram", "n-gram + piece", "network"} <= set(metrics["bits_per_token"])
        assert 0 < metrics["bits_per_token"]["n-gram"] < metrics["bits_per_token"]["uniform"]
        for card in ("model_card.md", "data_card.md"):
            assert "licence" in (project / "reports" / corpus / "cards" / card).read_text(encoding="utf-8").lower()


def test_pieces_can_be_taken(project):
    for corpus, suffixes in (("tabla", {".mid", ".mp3", ".txt"}), ("notes", {".mid", ".mp3", ".musicxml"})):
        folder = project / "reports" / corpus / "pieces"
        assert suffixes <= {path.suffix for path in folder.iterdir()}
        for path in folder.glob("*.mid"):
            assert path.read_bytes()[:4] == b"MThd"


def test_names_of_files_are_text_on_the_page_and_never_markup(project):
    for page in (project / "reports" / "notes").glob("*.html"):
        assert "<script>alert(1)" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in (project / "reports" / "notes" / "explore.html").read_text(encoding="utf-8")


@pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found")
def test_pages_open_offline_without_a_fault(project):
    pages = sorted((project / "reports").rglob("*.html"))
    for other in ("cells", "lecture", "benchmarks"):  # stages of their own, which need the two corpora of the project
        (project / "reports" / f"{other}.html").write_text("<title>not made here</title>")
    browser.check_page(*pages)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"model": {"unit": 5}}, "model.unit is no key; did you mean units?"),
        ({"model": {"units": "many"}}, "model.units: input should be a valid integer"),
        ({"corpora": {"gone": {"path": "data/raw/gone", "reader": "midi"}}}, "data/raw/gone"),
    ],
)
def test_a_mistake_stops_with_one_clear_line(project, change, line):
    path = project / "params.yaml"
    before = path.read_bytes()
    given = YAML().load(path)
    for section, values in change.items():
        given[section].update(values)
    YAML().dump(given, path)
    corpus = next(iter(change.get("corpora", {"tabla": None})))
    run = subprocess.run(
        [sys.executable, "-m", "riyaz", "explore", corpus],
        cwd=project,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
    )
    path.write_bytes(before)
    assert run.returncode == 1
    said = [text for text in run.stderr.splitlines() if text.strip()]
    assert len(said) == 1, run.stderr
    assert line in said[0]
