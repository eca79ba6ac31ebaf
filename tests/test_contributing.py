"""CONTRIBUTING.md names what is there, and pyproject.toml declares what is imported."""

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "riyaz"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TREE = TEXT.split("```\nsrc/riyaz/\n")[1].split("```")[0]
TABLE = TEXT.split("## Where do I add ...")[1].split("\n## ")[0]
OPTIONAL = {"distributed"}  # the extra `cluster`
PROVIDED_BY = {"ruamel": "ruamel.yaml", "IPython": "ipython", "matplotlib_inline": "matplotlib-inline"}


def named() -> list[str]:
    """The modules of the tree, as paths within the package."""
    room, names = "", []
    for line in TREE.splitlines():
        name = line.split()[0]
        if name.endswith("/"):
            room = name
        else:
            names.append(room + name if line.startswith("    ") else name)
    return names


def imported(source: str) -> set[str]:
    """The top-level names of a source text's imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.split(".")[0])
    return names


def sources() -> list[str]:
    """Every module of the package and the code of every notebook."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        texts.append(re.sub(r"^[%!].*$", "", code, flags=re.MULTILINE))
    return texts


def test_the_tree_names_every_module_and_no_other():
    there = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
    assert sorted(set(named()) - there) == [], "named in CONTRIBUTING.md, not in src/riyaz"
    assert sorted(there - set(named())) == [], "in src/riyaz, not named in CONTRIBUTING.md"
    assert len(named()) == len(set(named()))


def test_the_table_answers_with_paths_that_exist():
    rows = re.findall(r"^\| (an? [^|]+?) \|", TABLE, re.MULTILINE)
    assert {"a reader", "a token scheme", "a metric", "a rule of kaida", "a figure", "a stage"} <= set(rows)
    assert {"a dependency", "a verb", "a setting"} <= set(rows)
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|yaml|yml|toml|txt|md))`", TABLE)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_what_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=!~\[; ]", line)[0].replace("_", "-").lower() for line in project["dependencies"]}
    third = set().union(*map(imported, sources())) - set(sys.stdlib_module_names) - {"riyaz"} - OPTIONAL
    wanted = {PROVIDED_BY.get(name, name).replace("_", "-").lower() for name in third}
    assert sorted(wanted - declared) == [], "imported, but not declared in pyproject.toml"
