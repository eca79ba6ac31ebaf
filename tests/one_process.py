"""All stages of several checkouts in one process, where libraries are imported once: ``python one_process.py ROOT ...``

Each notebook's cells run as they stand, with the parameters that `riyaz.report.notebook` would give them, and what they
show goes into the executed notebook. A last line on stdout for each checkout: "ok", or the stage that failed and why.
"""

import contextlib
import io
import os
import sys
import time
import traceback
from pathlib import Path

STAGES = (
    *("explore", "tokenize", "sequence", "train", "generate", "practice", "play", "evaluate"),
    *("pages", "picture", "index", "desk"),
)
NOTEBOOKS = ("explore", "tokenize", "sequence", "train", "generate", "evaluate")


def run(root: Path) -> str:
    """Take the corpus `mine` through all stages; "" where all went well."""
    import importlib

    from riyaz.commands import VERBS

    for stage in STAGES:
        os.chdir(root)
        started = time.monotonic()
        try:
            if stage in NOTEBOOKS:
                execute(root, stage, root / "reports" / "mine" / f"{stage}.ipynb")
            elif stage == "desk":  # a notebook that no stage runs
                execute(root, "play", root / "desk.ipynb")
            else:
                importlib.import_module(VERBS[stage][0]).run(["mine"] if stage != "index" else [])
        except Exception as error:
            return f"{stage}: {type(error).__name__}: {error}\n{traceback.format_exc()}"
        print(f"{root.name} {stage} {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return ""


def execute(root: Path, name: str, target: Path) -> None:
    """Run a notebook's cells here, and write it with what they show."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    from riyaz.report import notebook as riyaz_notebook
    from riyaz.tools import files

    book = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    given = riyaz_notebook.parameters_for(book, name, "mine")
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    os.chdir(root / "notebooks")
    shown: dict[str, nbformat.NotebookNode] = {}
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        with capture_output() as caught:
            done = shell.run_cell(cell.source)
        done.raise_error()
        if "parameters" in cell.metadata.get("tags", []):
            shell.user_ns.update(given)
        for one in caught._outputs:
            output = nbformat.v4.new_output("display_data", one["data"], metadata=one.get("metadata") or {})
            display = (one.get("transient") or {}).get("display_id")
            if one.get("update") and display in shown:
                shown[display].data = output.data
                continue
            cell.outputs.append(output)
            shown |= {display: output} if display else {}
    files.write(target, nbformat.writes(riyaz_notebook.stable(book)) + "\n")


def main(roots: list[str]) -> None:
    os.environ |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    for root in roots:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            fault = run(Path(root).resolve())
        print(f"{root}\t{fault.encode('unicode_escape').decode()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
