"""The house holds together: bounds, lock and environment; modules and stages; what no file may say."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import get_args

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from riyaz import params
from riyaz.commands import VERBS
from riyaz.report import index
from riyaz.report.stages import STAGES, VERBS_OF_DVC, starts
from riyaz.tools import source

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PYTHONS = ("3.11", "3.12", "3.13")


def yaml(name):
    return YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def texts():
    """`(path, text)` of the tracked files that are text."""
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT), content.decode("utf-8", errors="replace")


# Bounds, lock and environment


def lock():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def bounds(*extras):
    return [Requirement(line) for part in (PROJECT["dependencies"], *map(PROJECT["optional-dependencies"].get, extras))
            for line in part]  # fmt: skip


@cache
def needed(python):
    """Names of all that the project and its tests need on Linux with this Python, as their metadata says."""
    environment = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux",
                   "platform_system": "Linux", "os_name": "posix", "implementation_name": "cpython",
                   "platform_python_implementation": "CPython"}  # fmt: skip
    todo, seen = [(r, "") for r in bounds("test")], set()
    while todo:
        requirement, extra = todo.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({**environment, "extra": extra}):
            continue
        for wanted in ("", *sorted(requirement.extras)):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                todo += [(Requirement(line), wanted) for line in metadata.requires(name) or []]
    return {name for name, _ in seen}


def test_lock_meets_the_bounds():
    pins = lock()
    broken = [str(r) for r in bounds("test") if not r.specifier.contains(pins.get(canonicalize_name(r.name), "0"))]
    assert broken == []


def test_lock_is_what_runs_here():
    other = {name: (pin, metadata.version(name)) for name, pin in lock().items() if metadata.version(name) != pin}
    assert other == {}


@pytest.mark.parametrize("python", PYTHONS)
def test_lock_pins_all_that_is_needed(python):
    missing = needed(python) - lock().keys()
    assert missing == set()


def test_lock_pins_nothing_else():
    assert lock().keys() - set().union(*map(needed, PYTHONS)) == set()


def test_environment_takes_the_lock():
    dependencies = yaml("environment.yml")["dependencies"]
    assert {"pip": ["-r requirements.txt", "-e ."]} in dependencies
    python = next(line for line in dependencies if isinstance(line, str) and line.startswith("python "))
    assert python.removeprefix("python ").split(",")[0] == PROJECT["requires-python"]


def test_every_bound_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bare = [str(r) for r in bounds(*PROJECT["optional-dependencies"])
            if not re.search(rf'"{re.escape(r.name)}[^"]*",?\s*\]?\s*# \w', text)]  # fmt: skip
    assert bare == []


def test_citation_and_index_name_the_version_and_the_licence():
    cited = yaml("CITATION.cff")
    assert (cited["version"], cited["license"]) == (PROJECT["version"], PROJECT["license"])
    assert cited["title"] in index.citation()


# What no file may say


def test_no_file_names_a_registry_or_a_place_on_a_machine():
    dot = r"\."
    hosts = [dot.join(name) for name in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "(org|com)"),
                                         ("npmjs", "(org|com)"), ("debian", "org"))]  # fmt: skip
    places = ["/(?:home|Users)/[a-z]", "/" + "work/", "/" + "root/", "[A-Z]:" + r"\\\\"]
    forbidden = re.compile("|".join([*hosts, *places, "--" + "(?:extra-)?index-url", "--" + "find-links "]))
    found = [f"{path}: {match[0]}" for path, text in texts() for match in forbidden.finditer(text)
             if path.name != "test_house.py"]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stripped_and_tells_a_story(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) <= 1
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = [node.name for tree in trees(path) for node in ast.walk(tree) if isinstance(node, kinds)]
    assert defined == []
    nodes = [node for tree in trees(path) for node in ast.walk(tree)]
    names = {(name.asname or name.name).split(".")[0]
             for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for name in node.names}  # fmt: skip
    assert [node.id for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in names] == []  # fmt: skip


# Modules and stages


@cache
def trees(path):
    """The syntax trees of a module, or of a notebook's cells (magics left out)."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        sources = [re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.MULTILINE) for cell in cells
                   if cell.cell_type == "code"]  # fmt: skip
        return [ast.parse(source) for source in sources]
    return [ast.parse(text)]


def imported(path):
    """Dotted names that a module imports, those inside functions too."""
    return source.imports(path.read_text(encoding="utf-8"))


def files_of(name):
    """The module that a dotted name is, if it is one of the package."""
    place = SRC.joinpath(*name.split(".")).with_suffix(".py")
    return [place] if place.is_file() else []


def stages():
    """`name: (cmd, deps)` of dvc.yaml, templates as they are written."""
    for name, stage in yaml("dvc.yaml")["stages"].items():
        body = stage.get("do", stage)
        yield name, body["cmd"], [next(iter(dep)) if isinstance(dep, dict) else dep for dep in body.get("deps", [])]


@pytest.mark.parametrize(("name", "cmd", "deps"), list(stages()), ids=[name for name, *_ in stages()])
def test_a_stage_runs_its_verb_and_depends_on_its_code(name, cmd, deps):
    """Which modules that are is worked out by the stage `code`: no list in dvc.yaml can be out of date."""
    verb = "pages" if name == "cells-page" else name
    assert cmd.removesuffix(" ${key}") == f"python -m riyaz {verb}"
    assert verb in VERBS
    if name == "code":
        assert deps == ["src/riyaz", "notebooks"]
        return
    assert f"data/code/{verb}.txt" in deps
    assert verb in VERBS_OF_DVC
    notebook = f"notebooks/{name}.ipynb"
    assert (notebook in deps) == (VERBS[verb][0] == "riyaz.report.notebook")


def test_what_a_stage_reaches_is_no_more_than_it_uses():
    def reached(stage):
        return {path.relative_to(SRC / "riyaz").as_posix() for path in source.reached(*starts(ROOT, stage))}

    assert not {"report/pages.py", "report/index.py", "judge/verdict.py", "play/sampling.py"} & reached("train")
    assert "model/network.py" in reached("train")
    assert "report/figures.py" not in reached("folds")
    assert not {name for name in reached("pages") if name.startswith(("model/", "music/", "tabla/"))}


def test_each_library_lives_behind_its_modules():
    homes = {"keras": {"model/network.py"}, "music21": {"music/musicxml.py", "music/scores.py"},
             "symusic": {"music/midi.py"}, "verovio": {"music/engrave.py"}}  # fmt: skip
    found = {library: set() for library in homes}
    for path in (SRC / "riyaz").rglob("*.py"):
        for name in imported(path):
            if (library := name.split(".")[0]) in homes:
                found[library].add(str(path.relative_to(SRC / "riyaz")))
    assert found == homes


def test_only_verbs_read_params_yaml():
    """What computes takes its settings as arguments."""
    verbs = {f"{module.replace('.', '/')}.py" for module, *_ in VERBS.values()} | {"riyaz/params.py"}
    readers = set()
    for path in sorted((SRC / "riyaz").rglob("*.py")):
        calls = {ast.unparse(node.func) for node in ast.walk(trees(path)[0]) if isinstance(node, ast.Call)}
        if {"params.load", "params.find"} & calls or "riyaz.params.load" in set(imported(path)):
            readers.add(path.relative_to(SRC).as_posix())
    assert readers - verbs == set()


def test_modules_of_riyaz_do_not_import_each_other_in_a_circle():
    graph = {path: {file for name in imported(path) for file in files_of(name) if file.name != "__init__.py"} - {path}
             for path in sorted((SRC / "riyaz").rglob("*.py"))}  # fmt: skip
    while leaves := [path for path, needs in graph.items() if not needs & graph.keys()]:
        for path in leaves:
            del graph[path]
    assert sorted(path.name for path in graph) == []


def test_dvc_settings_keep_quiet_and_repeat():
    config = (ROOT / ".dvc" / "config").read_text(encoding="utf-8")
    assert "analytics = false" in config
    assert "check_update = false" in config
    assert "__pycache__" in (ROOT / ".dvcignore").read_text(encoding="utf-8").splitlines()
    keys = {key for stage in yaml("dvc.yaml")["stages"].values() for key in {**stage, **stage.get("do", {})}}
    assert keys & {"frozen", "always_changed"} == set()


def test_readme_says_what_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = {str(path.relative_to(ROOT)) for path in tracked()}
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if link not in names] == []
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) - set(targets) == set()
    rows = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert {*STAGES, *get_args(params.Corpus.model_fields["reader"].annotation)} - rows == set()
    sections = {**params.SECTIONS, "collect": params.Collect}
    for section, key in re.findall(r"-S '?(\w+)\.(\w+)=", text):
        assert key in sections[section].model_fields, f"{section}.{key}"
