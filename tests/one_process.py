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
    *("pages", "picture", "index"),
)


def run(root: Path, corpus: str) -> str:
    """Take a corpus through all stages; "" where all went well."""
    import importlib

    from riyaz.commands import VERBS

    for stage in STAGES:
        os.chdir(root)
        started = time.monotonic()
        try:
            if (root / "notebooks" / f"{stage}.ipynb").is_file():
                execute(root, stage, corpus)
            else:
                importlib.import_module(VERBS[stage][0]).run([corpus] if stage != "index" else [])
        except Exception as error:
            return f"{stage}: {type(error).__name__}: {error}\n{traceback.format_exc()}"
        print(f"{root.name} {stage} {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
    return ""


def execute(root: Path, stage: str, corpus: str) -> None:
    """Run a notebook's cells here, and write it to reports/ with what they show."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    from riyaz.report import notebook as riyaz_notebook
    from riyaz.tools import files

    book = nbformat.read(root / "notebooks" / f"{stage}.ipynb", as_version=4)
    given = riyaz_notebook.parameters_for(book, stage, corpus)
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
            name = (one.get("transient") or {}).get("display_id")
            if one.get("update") and name in shown:
                shown[name].data = output.data
                continue
            cell.outputs.append(output)
            shown |= {name: output} if name else {}
    files.write(root / "reports" / corpus / f"{stage}.ipynb", nbformat.writes(riyaz_notebook.stable(book)) + "\n")


def main(roots: list[str]) -> None:
    os.environ |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    for root in roots:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            fault = run(Path(root).resolve(), "mine")
        print(f"{root}\t{fault.encode('unicode_escape').decode()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
