"""The source code that a result depends on, and its digest without comments and docstrings.

The modules that a file reaches are found from its imports, those inside functions too. So dvc.yaml need not list
modules: the stage `code` writes one small file a stage, and a stage runs again where its own file changes. A comment,
a docstring or a blank line changes nothing that is computed, so it changes no digest.

To parse all modules takes more than a second, so what a text of code imports and its digest are cached.
"""

import ast
import hashlib
import io
import json
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from riyaz.tools import store

SRC = Path(__file__).resolve().parents[2]


def imports(code: str) -> Iterator[str]:
    """Dotted names that Python code imports; ``from a import b`` gives ``a`` and ``a.b``."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def cells(notebook: Path) -> list[str]:
    """The code cells of a notebook, magics left out."""
    listed = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in listed if cell["cell_type"] == "code"]
    return [re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE) for source in sources]


def _code(path: Path) -> str:
    return "\n".join(cells(path)) if path.suffix == ".ipynb" else path.read_text(encoding="utf-8")


def _files(name: str, src: Path) -> list[Path]:
    """Files below `src` that importing a dotted name runs: the module and the packages around it."""
    parts = name.split(".")
    places = [src.joinpath(*parts[:end]) for end in range(1, len(parts) + 1)]
    return [file for place in places for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()]


def reached(*starts: Path, src: Path = SRC) -> list[Path]:
    """All modules below `src` that modules or notebooks reach through their imports, in order, modules included."""
    seen = {start for start in starts if start.suffix == ".py"}
    todo = list(starts)
    while todo:
        for name in _parsed(_code(todo.pop()))["imports"]:
            new = set(_files(name, src)) - seen
            seen |= new
            todo += sorted(new)
    return sorted(seen)


def bare(code: str) -> str:
    """Python code without comments, docstrings, blank lines and spaces at the ends of lines."""
    lines = code.splitlines()
    cuts = []  # (line from 0, column from 0), first and past the last
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            cuts.append(((token.start[0] - 1, token.start[1]), (token.end[0] - 1, token.end[1])))
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            bounds = [(first.lineno - 1, first.col_offset), ((first.end_lineno or 1) - 1, first.end_col_offset or 0)]
            start, end = ((row, len(lines[row].encode()[:column].decode())) for row, column in bounds)
            cuts.append((start, end))
    for (top, left), (bottom, right) in sorted(cuts, reverse=True):
        lines[top : bottom + 1] = [lines[top][:left] + lines[bottom][right:], *[""] * (bottom - top)]
    return "\n".join(line.rstrip() for line in lines if line.strip())


@cache
def _parsed(code: str) -> dict[str, Any]:
    """What a text of code imports, and its digest as `bare` leaves it; from the cache of this checkout."""

    def parse() -> dict[str, Any]:
        return {"imports": list(imports(code)), "digest": hashlib.sha256(bare(code).encode()).hexdigest()}

    version = f"{sys.version_info.major}.{sys.version_info.minor}"  # a Python's tokenizer and parser are its own
    place = store.folder(SRC.parent) / "code" / f"{store.digest(version, code)}.json"
    return store.cached_json(place, parse)


def digest(path: Path) -> str:
    """SHA-256 of a module's code, as `bare` leaves it."""
    return _parsed(path.read_text(encoding="utf-8"))["digest"]


def digests(*starts: Path) -> list[str]:
    """The digests of all modules that `starts` reach, in their order: what a cached result depends on."""
    return [digest(path) for path in reached(*starts)]


def table(*starts: Path, src: Path = SRC) -> str:
    """One line per module that `starts` reach: the first digits of its digest, and its path below `src`."""
    return "".join(f"{digest(path)[:16]}  {path.relative_to(src).as_posix()}\n" for path in reached(*starts, src=src))
