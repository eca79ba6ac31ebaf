"""One notebook of the pipeline, run with Papermill: ``python -m riyaz explore tabla``, or ``python -m riyaz cells``.

A notebook declares what it needs in its cell tagged `parameters`: `corpus`, and each section of params.yaml by its
name with the value None. Papermill fills these in and runs the notebook in a kernel of its own, whose working directory
is notebooks/, as in JupyterLab. The executed notebook goes to reports/; it is the same bytes at every run, because
everything that depends on the clock, on chance or on the machine is removed. Progress is shown on the terminal only.
A cell tagged `try` is for readers who run the notebook by hand: it is kept, and not run.
Each run adds a line to .cache/cost.csv with its time and memory; neither git nor DVC knows that file.
"""

import json
import logging
import os
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill import execute_notebook, inspect_notebook
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.translators import PythonTranslator, papermill_translators
from papermill.utils import remove_args
from traitlets import default
from traitlets.config import Config

from riyaz import params
from riyaz.tools import environment, files, scratch

QUIET = "CRITICAL"
# A kernel that ends may find its sockets closed already and says so on stderr, where only our own lines belong.
_SOCKETS = json.dumps({"loggers": {"tornado.general": {"level": QUIET}}})


class Kernel(AsyncKernelManager):
    """A kernel of this Python, whatever Jupyter elsewhere knows by the name of python3."""

    @default("kernel_spec_manager")
    def _own_kernel(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


class Engine(NBClientEngine):
    """Papermill's own engine, with a quiet kernel of this environment and outputs that repeat."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **kwargs):
        for cell in nb_man.nb.cells:
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.id = "injected-parameters"
        sockets = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], "kernel")
        config = Config({"KernelManager": {"transport": "ipc", "ip": sockets}})
        kwargs = remove_args(["config"], **kwargs)
        super().execute_managed_notebook(
            nb_man,
            "python3",
            config=config,
            kernel_manager_class=Kernel,
            record_timing=False,
            iopub_timeout=600,  # seconds: on a busy machine a figure may come long after its cell
            coalesce_streams=True,
            extra_arguments=[f"--IPKernelApp.log_level={QUIET}", f"--IPKernelApp.logging_config={_SOCKETS}"],
            **kwargs,
        )


class Readable(PythonTranslator):
    """Parameters as a person would write them: one key a line."""

    @classmethod
    def assign(cls, name: str, str_val: str) -> str:
        return f"{name} = {str_val}"

    @classmethod
    def translate_dict(cls, val: dict[str, Any]) -> str:
        lines = "".join(f"    {cls.translate_str(key)}: {cls._nested(value)},\n" for key, value in val.items())
        return f"{{\n{lines}}}" if val else "{}"

    @classmethod
    def _nested(cls, value: Any) -> str:
        return PythonTranslator.translate(value) if isinstance(value, dict) else cls.translate(value)


papermill_engines.register("riyaz", Engine)
papermill_translators.register("python", Readable)


def stable(notebook: NotebookNode) -> NotebookNode:
    """Take out of an executed notebook what differs from run to run.

    Papermill's and the kernel's notes on time and place go, and so do warnings on stderr (the terminal has shown
    them), plain text that stands beside a richer output, and memory addresses; a Styler's random ids are numbered.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    stylers: dict[str, str] = {}

    def clean(text: str) -> str:
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)
        return re.sub(r"\bT_[0-9a-f]{5}", lambda m: stylers.setdefault(m[0], f"T_{len(stylers):05d}"), text)

    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            data = output.get("data", {})
            if len(data) > 1:
                data.pop("text/plain", None)
            for kind, content in data.items():
                if isinstance(content, str) and not kind.startswith("image/"):
                    data[kind] = clean(content)
            if "text" in output:
                output.text = clean(output.text)
    return notebook


def set_aside(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Take out the cells tagged `try`, which readers run by hand: each with the id of the cell before it."""
    aside: list[tuple[str, NotebookNode]] = []
    rest: list[NotebookNode] = []
    for cell in notebook.cells:
        if "try" in cell.metadata.get("tags", []):
            aside.append((rest[-1].id, cell))
        else:
            rest.append(cell)
    notebook.cells = rest
    return aside


def put_back(notebook: NotebookNode, aside: list[tuple[str, NotebookNode]]) -> NotebookNode:
    """Put the cells that `set_aside` took out into their places."""
    for before, cell in reversed(aside):
        place = next(n for n, other in enumerate(notebook.cells) if other.id == before)
        notebook.cells.insert(place + 1, cell)
    return notebook


def declared(notebook: NotebookNode) -> list[str]:
    """Names that the notebook's cell tagged `parameters` assigns."""
    return list(inspect_notebook(notebook))


def parameters_for(notebook: NotebookNode, stage: str, corpus: str | None) -> dict[str, Any]:
    """What to inject: the corpus, and of params.yaml the sections that the notebook declares.

    Raises
    ------
    ValueError : params.yaml breaks a rule, or the notebook declares what is no section of it.
    """
    settings = params.load(corpus).model_dump(mode="json", exclude={"root", "corpora"})
    names = declared(notebook)
    given = {**settings, "corpus": corpus}
    unknown = [name for name in names if name not in given]
    if unknown:
        raise ValueError(f"notebooks/{stage}.ipynb declares {unknown[0]}; it may declare {', '.join(sorted(given))}")
    if ("corpus" in names) != (corpus is not None):
        raise ValueError(f"notebooks/{stage}.ipynb {'needs' if 'corpus' in names else 'has no'} corpus")
    for key, (mine, common) in params.own(corpus).items() if corpus else ():
        if key.split(".")[0] in names:
            print(
                f"{stage} {corpus}: {key} is {mine}, as corpora.{corpus} says; the common {common} is for the others",
                file=sys.stderr,
            )
    return {name: given[name] for name in names}


@contextmanager
def terminal_follows(path: Path) -> Iterator[None]:
    """Copy to stderr, as it grows, what the kernel writes about its progress."""
    done = threading.Event()

    def copy() -> None:
        with path.open(encoding="utf-8", errors="replace") as source:
            while True:
                last = done.wait(0.1)
                sys.stderr.write(source.read())
                sys.stderr.flush()
                if last:
                    return

    thread = threading.Thread(target=copy, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def execute(root: Path, stage: str, corpus: str | None, place: Path) -> NotebookNode:
    """Run a notebook of the checkout `root` in a kernel of its own.

    Raises
    ------
    FileNotFoundError, ValueError : it cannot be started.
    PapermillExecutionError : a cell failed.
    """
    source = root / "notebooks" / f"{stage}.ipynb"
    if not source.is_file():
        known = ", ".join(sorted(path.stem for path in source.parent.glob("*.ipynb"))) or "none"
        raise FileNotFoundError(f"there is no notebook {stage}; there are {known}")
    notebook = nbformat.read(source, as_version=4)
    # Whatever an editor wrote here, it runs in this environment.
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    parameters = parameters_for(notebook, stage, corpus)
    aside = set_aside(notebook)
    progress = place / "progress"
    progress.touch()
    os.environ.update(
        environment.variables(root),
        RIYAZ_PROGRESS=str(progress),
        JUPYTER_RUNTIME_DIR=str(place),
        IPYTHONDIR=str(place / "ipython"),
    )
    with terminal_follows(progress):
        executed = execute_notebook(
            notebook,
            str(place / "executed.ipynb"),
            parameters=parameters,
            engine_name="riyaz",
            request_save_on_cell_execute=False,
            progress_bar=False,
            stderr_file=sys.stderr,
            cwd=str(source.parent),
        )
    return put_back(executed, aside)


def note_cost(path: Path, stage: str, corpus: str, seconds: float) -> None:
    """Add a line to the table of costs: stage, corpus, seconds, and the most memory that one of its processes held."""
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as table:
        if not table.tell():
            table.write("stage,corpus,seconds,peak_bytes\n")
        table.write(f"{stage},{corpus},{seconds:.1f},{peak}\n")


def failure(error: PapermillExecutionError, root: Path, stage: str, log: Path) -> str:
    """One line for the terminal; the traceback goes to `log`."""
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    files.write(log, f"{error.source}\n\n{traceback}\n")
    message = " ".join(str(error.evalue).split())
    if error.ename in ("Unreadable", "BadParams", "Impossible", "Refused", "Lost"):
        return message
    where = f"notebooks/{stage}.ipynb, cell {error.cell_index + 1}"
    return f"{where}: {error.ename}: {message} (see {log.relative_to(root)})"


def run(arguments: list[str]) -> int:
    """Run the notebook NAME, for CORPUS where it has one; 0 if the executed notebook was written.

    Parameters
    ----------
    arguments : ``[NAME]`` or ``[NAME, CORPUS]``.

    Raises
    ------
    ValueError, OSError : with one line for the user; nothing was written.
    """
    if not 1 <= len(arguments) <= 2 or arguments[-1].startswith("-"):
        raise ValueError("name one corpus of params.yaml, such as: python -m riyaz explore tabla")
    stage, corpus = arguments[0], arguments[1] if len(arguments) == 2 else None
    root, start = environment.checkout(), time.monotonic()
    log = root / ".cache" / "logs" / f"{'-'.join(arguments)}.log"
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.chdir(root)
    with scratch.folder() as place:
        try:
            notebook = stable(execute(root, stage, corpus, place))
        except PapermillExecutionError as error:
            raise ValueError(failure(error, root, stage, log)) from error
        except RuntimeError as error:
            if not isinstance(error, DeadKernelError) and "Kernel died" not in str(error):
                raise
            raise ValueError(
                "its Python died, perhaps because memory ran out; close other programs and run again"
            ) from error
    files.write(root / "reports" / (corpus or "") / f"{stage}.ipynb", nbformat.writes(notebook) + "\n")
    log.unlink(missing_ok=True)
    seconds = time.monotonic() - start
    note_cost(root / ".cache" / "cost.csv", stage, corpus or "", seconds)
    print(f"{' '.join(arguments)}: {seconds:.0f} s", file=sys.stderr)
    return 0
