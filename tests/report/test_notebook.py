"""One notebook, run twice: the same bytes; run on bad ground: one line and nothing written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import samples
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from riyaz import commands
from riyaz.report import notebook as notebooks
from riyaz.report.stages import STAGES
from riyaz.tools import environment

ROOT = Path(__file__).resolve().parents[2]
TABLA = {"path": "data/raw/tabla", "reader": "tabla", "model": {"units": 5}}
PARAMS = samples.params_text({"tabla": TABLA}, seed=7, model={"layers": 3})
BROKEN = PARAMS.replace("epochs: 10", "epochs: x")
PARAMETERS = 'corpus = "other"\nmodel = None\nseed = None'


@pytest.fixture
def workspace(tmp_path):
    """A checkout of its own, so that what runs is its code and not that of the one that the tests stand in."""
    root = tmp_path / "a checkout"
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", root / "src", ignore=skip)
    (root / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (root / "notebooks").mkdir()
    return root


def notebook(root, *sources, name="explore", parameters=PARAMETERS):
    cells = [new_markdown_cell("# A notebook", id="title")]
    if parameters:
        cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}, id="parameters"))
    cells += [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    nbformat.write(new_notebook(cells=cells), root / "notebooks" / f"{name}.ipynb")


def execute(root, *arguments):
    command = [sys.executable, "-m", "riyaz", *arguments]
    given = {**os.environ, "PYTHONPATH": str(root / "src")}
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120, env=given)


@pytest.fixture
def here(workspace, monkeypatch):
    """Run in this process, which is quicker: `here(*arguments)` gives the exit code."""
    for name in (*environment.FIXED, "PYTHONPATH", "RIYAZ_PROGRESS", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # so that what a run sets is gone after the test
    monkeypatch.setattr(notebooks.signal, "signal", lambda *_: None)
    monkeypatch.chdir(workspace)
    return lambda *arguments: commands.main(list(arguments))


def outputs(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted((root / "reports").rglob("*.*"))}


def test_two_runs_give_the_same_bytes_and_tell_nothing_of_the_machine(workspace, monkeypatch):
    notebook(
        workspace,
        "import os, sys, warnings\nfrom pathlib import Path\nimport riyaz\nfrom IPython.display import HTML, display",
        "print('first'); print('to the terminal', file=sys.stderr); print('second')\nwarnings.warn('a warning')",
        "print(corpus, model['units'], model['layers'], seed)",
        "print(Path.cwd().name, Path(riyaz.__file__).parts[-4:-1])",
        "print([hash('a'), os.environ['NPROC'], os.environ['OMP_NUM_THREADS']])",
        "display(object())\ndisplay(HTML('<b>rich</b>'))",
        "with open(os.environ['RIYAZ_PROGRESS'], 'a') as file:\n    file.write('half ऽ done\\n')",
    )
    first = execute(workspace, "explore", "tabla")
    assert first.returncode == 0, first.stderr
    made = outputs(workspace)
    assert list(made) == ["reports/tabla/explore.ipynb"]
    for line in ("to the terminal", "a warning", "half ऽ done"):
        assert line in first.stderr
    assert re.search(r"^explore tabla: \d+ s$", first.stderr, re.MULTILINE)

    executed = nbformat.reads(made["reports/tabla/explore.ipynb"].decode(), as_version=4)
    injected = next(cell for cell in executed.cells if cell.get("id") == "injected-parameters")
    assert '    "units": 5,\n' in injected.source
    assert '    "layers": 3,\n' in injected.source
    printed = "".join(o.get("text", "") for cell in executed.cells for o in cell.get("outputs", []))
    assert "first\nsecond\n" in printed
    assert "tabla 5 3 7\n" in printed
    assert "notebooks ('a checkout', 'src', 'riyaz')" in printed
    assert "'2', '1'" in printed
    assert not any(line in printed for line in ("to the terminal", "a warning", "half ऽ done"))
    assert "papermill" not in executed.metadata
    text = b"".join(made.values()).decode()
    assert " at 0x" not in text
    assert str(workspace) not in text
    assert "ipykernel_" not in text

    foreign = workspace.parent / "jupyter" / "kernels" / "python3" / "kernel.json"
    foreign.parent.mkdir(parents=True)
    foreign.write_text('{"argv": ["/bin/false"], "display_name": "Python 3", "language": "python"}', encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(foreign.parents[2]))  # another kernel of this name
    assert execute(workspace, "explore", "tabla").returncode == 0
    assert outputs(workspace) == made


def test_notebook_without_corpus(workspace, here):
    notebook(workspace, "print('cells')", name="cells", parameters="")
    assert here("cells") == 0
    assert list(outputs(workspace)) == ["reports/cells.ipynb"]


def test_what_a_run_cost_is_told_where_no_output_holds_it(workspace, here):
    notebook(workspace, "print('x')")
    notebook(workspace, "raise ValueError", name="train")
    notebook(workspace, "print('cells')", name="cells", parameters="")
    for arguments in (["explore", "tabla"], ["train", "tabla"], ["cells"]):
        here(*arguments)
    head, *lines = (workspace / ".cache" / "cost.csv").read_text(encoding="utf-8").splitlines()
    assert head == "stage,corpus,seconds,peak_bytes"
    costs = [line.split(",") for line in lines]
    assert [cost[:2] for cost in costs] == [["explore", "tabla"], ["cells", ""]]  # what failed made nothing
    assert all(0 < float(seconds) < 120 and 2**24 < int(peak) < 2**36 for *_, seconds, peak in costs)
    assert "cost" not in {Path(name).stem for name in outputs(workspace)}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            "from riyaz.music.events import Unreadable\nraise Unreadable('a.mid: it is empty', 'leave it out')",
            "explore tabla: a.mid: it is empty (leave it out)",
        ),
        (
            "raise ValueError('of several\\nlines')",
            "explore tabla: notebooks/explore.ipynb, cell 4: ValueError: of several lines"
            " (see .cache/logs/explore-tabla.log)",
        ),
        (
            "import os; os._exit(1)",
            "explore tabla: its Python died, perhaps because memory ran out; close other programs and run again",
        ),
    ],
)
def test_failing_cell_is_one_line_and_leaves_what_was_there(workspace, here, capsys, source, line):
    notebook(workspace, source)
    old = workspace / "reports" / "tabla" / "explore.ipynb"
    old.parent.mkdir(parents=True)
    old.write_text("old", encoding="utf-8")
    assert here("explore", "tabla") == 1
    own = "explore tabla: model.units is 5, as corpora.tabla says; the common 256 is for the others"
    assert capsys.readouterr().err.splitlines() == [own, line]
    assert outputs(workspace) == {"reports/tabla/explore.ipynb": b"old"}
    if "raise" in source:
        assert "Traceback" in (workspace / ".cache" / "logs" / "explore-tabla.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("parameters", "params", "arguments", "line"),
    [
        (PARAMETERS, PARAMS, "train tabla", "train tabla: there is no notebook train; there are explore"),
        (PARAMETERS, PARAMS, "explore tabl", "explore tabl: params.yaml: corpora.tabl is not there"),
        (PARAMETERS, PARAMS, "explore", "explore: notebooks/explore.ipynb needs corpus"),
        ("model = None", PARAMS, "explore tabla", "explore tabla: notebooks/explore.ipynb has no corpus"),
        ("corpus = 0\nmodle = 0", PARAMS, "explore tabla", "explore tabla: notebooks/explore.ipynb declares modle"),
        (
            PARAMETERS,
            PARAMS.replace("epochs: 10", "epochs: x"),
            "explore tabla",
            "explore tabla: params.yaml: train.epochs",
        ),
        (PARAMETERS, PARAMS, "explore a b", "explore a b: name one corpus of params.yaml, such as: python -m riyaz"),
    ],
)
def test_what_cannot_start_is_one_line(workspace, here, capsys, parameters, params, arguments, line):
    notebook(workspace, "1", parameters=parameters)
    (workspace / "params.yaml").write_text(params, encoding="utf-8")
    assert here(*arguments.split()) == 1
    told = capsys.readouterr().err
    assert told.startswith(line)
    assert told.count("\n") == 1
    assert not (workspace / "reports").exists()


def test_environment_without_the_libraries_is_one_line(workspace):
    command = [sys.executable, "-S", "-m", "riyaz", "explore", "tabla"]  # -S: no installed packages
    given = environment.variables(workspace)
    result = subprocess.run(command, capture_output=True, text=True, cwd=workspace, timeout=120, env=given)
    assert result.returncode == 1
    assert result.stderr == "riyaz: nbformat is not in this Python's environment: run make, or activate .venv first\n"


def test_stable_removes_what_differs_from_run_to_run():
    table = '<style>#T_1a2b3_row0 {}</style><table id="T_1a2b3"></table><table id="T_ffffe"></table>'
    cell = new_code_cell("x", metadata={"execution": {"t": "1"}, "papermill": {}, "tags": ["kept"]})
    cell.outputs = [
        new_output("stream", name="stderr", text="warning"),
        new_output("stream", name="stdout", text="<a.B object at 0x7f00>"),
        new_output("display_data", {"text/html": table, "text/plain": "<Styler at 0x7f00>"}),
        new_output("display_data", {"text/plain": "<Styler at 0x7f00>"}),
    ]
    cells = [cell, new_markdown_cell("text", metadata={"papermill": {}})]
    stable = notebooks.stable(
        new_notebook(cells=cells, metadata={"papermill": {}, "language_info": {"name": "python", "version": "3.11"}})
    )
    assert stable.metadata == {"language_info": {"name": "python"}}
    assert [dict(cell.metadata) for cell in stable.cells] == [{"tags": ["kept"]}, {}]
    stdout, rich, plain = stable.cells[0].outputs
    assert stdout.text == "<a.B object>"
    assert rich.data == {"text/html": table.replace("1a2b3", "00000").replace("ffffe", "00001")}
    assert plain.data == {"text/plain": "<Styler>"}


def test_cells_to_try_are_kept_and_not_run():
    cells = [new_code_cell(text, id=text) for text in ("one", "two", "three", "four")]
    for number in (1, 2):
        cells[number].metadata["tags"] = ["try"]
    made = new_notebook(cells=list(cells))
    aside = notebooks.set_aside(made)
    assert [cell.id for cell in made.cells] == ["one", "four"]
    assert [cell.id for cell in notebooks.put_back(made, aside).cells] == ["one", "two", "three", "four"]


@pytest.mark.parametrize("chapter", [*STAGES, "cells", "lecture"])
def test_each_chapter_has_something_to_try(chapter):
    cells = nbformat.read(ROOT / "notebooks" / f"{chapter}.ipynb", as_version=4).cells
    (place,) = [n for n, cell in enumerate(cells) if "try" in cell.metadata.get("tags", [])]
    assert cells[place - 1].source.startswith("## Try it")
    assert "Change `" in cells[place - 1].source
