"""notebooks/play.ipynb in JupyterLab, in Chromium: all cells run, the buttons play, and what is wrong is said."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import browser
import numpy as np
import pytest
from samples import ROOT, params_text, section

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "practice"))
from test_play import FITTED, real

from riyaz.model import bundle, memory, network
from riyaz.text import dataset
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import Vocabulary, encode
from riyaz.tools import environment

pytestmark = pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found; .ci/run installs one")
PATIENCE = 240  # seconds: two cores, which other tests share, start a server, a browser and a kernel


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a small model, untrained, of some compositions, and a copy of the notebook."""
    pieces = real()
    vocabulary = Vocabulary(word for piece in pieces for word in encode(piece))
    ids = [vocabulary.ids(encode(piece)) for piece in pieces]
    names, parts = [piece.name for piece in pieces], np.array(["train"] * len(pieces), dtype=object)
    data = DataSet(names, ids, vocabulary, parts, np.arange(len(pieces)), lambda: pieces)
    corpus = {"tabla": {"path": "data/raw/tabla", "reader": "tabla"}}
    (tmp_path / "params.yaml").write_text(params_text(corpus), encoding="utf-8")
    dataset.save(tmp_path, "tabla", pieces, ids, vocabulary)
    (tmp_path / "data" / "sequences" / "tabla").mkdir(parents=True)
    dataset.save_split(tmp_path, "tabla", data)
    net = network.build(
        len(vocabulary), section("model", units=16, embedding=8, layers=1, dropout=0.0, features=[]), seed=7
    )
    fitted = {"memory": FITTED | memory.tables(vocabulary), "model": {"features": []}}
    bundle.save(tmp_path / "models" / "tabla", net, vocabulary, fitted)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "play.ipynb", tmp_path / "notebooks")
    return tmp_path


@contextmanager
def lab(root):
    """The address of a JupyterLab on the notebooks of `root`, with settings of its own; its kernels end with it."""
    own = root / "jupyter"
    kinds = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    places = {f"JUPYTER_{kind}": str(own / kind.lower()) for kind in kinds}
    places |= {f"JUPYTERLAB_{kind}_DIR": str(own / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    token = secrets.token_hex(16)
    given = environment.variables(ROOT) | places | {"IPYTHONDIR": str(own / "ipython"), "JUPYTER_TOKEN": token}
    options = ["--no-browser", "--ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.allow_root=True"]
    asked = own / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    asked.parent.mkdir(parents=True)
    asked.write_text('{"fetchNews": "false", "checkForUpdates": false}')  # else a question lies over the notebook
    log = root / "server.log"
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options, f"--notebook-dir={root / 'notebooks'}"],
            env={**os.environ, **given},
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline, about = time.monotonic() + PATIENCE, None
        while about is None:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.2)
            about = next((own / "runtime_dir").glob("jpserver-*.json"), None)
        yield f"{json.loads(about.read_text(encoding='utf-8'))['url']}lab/tree/play.ipynb?token={token}"
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def project(root):
    """The files of a checkout that no notebook may change, with what is in them."""
    files = [path for name in ("data", "models", "params.yaml") for path in [root / name, *(root / name).rglob("*")]]
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.is_file()}


def test_the_notebook_runs_in_jupyterlab_and_its_widgets_answer(checkout):
    before = project(checkout)
    with lab(checkout) as address:
        drive = [sys.executable, str(Path(__file__).with_name("drive_desk.py")), address, str(PATIENCE)]
        run = subprocess.run(drive, capture_output=True, text=True, timeout=3 * PATIENCE)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["failed"] == []
    assert seen["rows"] > 0
    assert seen["on"]["line"] == ""
    assert seen["on"]["bols"][:8] == ["Dha", "Dha", "Te", "Te", "Dha", "Dha", "Tu", "Na"]  # what the field begins with
    assert seen["on"]["lit"] > 0
    assert seen["kaida"]["line"] == ""
    assert [name for name in seen["kaida"]["sections"] if "palta" in name] == [f"palta {n}" for n in (1, 2, 3, 4)]
    assert "Dhoop" in seen["wrong"]["line"]
    assert seen["wrong"]["beginning"] == "Dha Dhoop"
    assert seen["wrong"]["sections"] == seen["kaida"]["sections"]
    assert seen["faults"] == []
    assert project(checkout) == before
