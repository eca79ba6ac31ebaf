"""What code a stage depends on: imports are followed, comments and docstrings do not count."""

import json

import pytest

from riyaz.tools import source

CODE = '''"""Head."""

import os  # a comment


class Box:
    """Say what it is."""

    def open(self, wide=False):
        """One line,

        and more.
        """
        text = "# no comment"  # a comment; "in quotes"
        return f"""{text}
# this stays
"""
'''


def test_bare_code_has_no_comment_docstring_or_blank_line():
    bare = source.bare(CODE)
    assert bare.splitlines() == [
        "import os",
        "class Box:",
        "    def open(self, wide=False):",
        '        text = "# no comment"',
        '        return f"""{text}',
        "# this stays",
        '"""',
    ]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# a comment", "# another comment", True),
        ("Say what it is.", "Was es ist: 😀", True),
        ("and more.", "and\n\n        much more.", True),
        ("wide=False", "wide=True", False),
        ("# no comment", "# other text", False),
        ("# this stays", "# this changes", False),
    ],
)
def test_only_what_runs_changes_the_digest(tmp_path, old, new, same):
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text(CODE, encoding="utf-8")
    second.write_text(CODE.replace(old, new, 1), encoding="utf-8")
    assert (source.digest(first) == source.digest(second)) == same


@pytest.fixture
def src(tmp_path):
    modules = {
        "box/__init__.py": "",
        "box/lid.py": "from box import hinge\nimport json",
        "box/hinge.py": "def turn():\n    import box.oil",
        "box/oil.py": "",
        "box/other.py": "",
    }
    for name, code in modules.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(code)
    return tmp_path


def test_imports_are_followed_also_inside_functions(src):
    names = [path.relative_to(src).as_posix() for path in source.reached(src / "box" / "lid.py", src=src)]
    assert names == ["box/__init__.py", "box/hinge.py", "box/lid.py", "box/oil.py"]


def test_a_notebook_reaches_what_its_cells_import(src):
    cells = [
        {"cell_type": "markdown", "source": ["import box.lid"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "from box.oil import *"]},
    ]
    notebook = src / "a.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    lines = source.table(notebook, src=src).splitlines()
    assert [line.split("  ")[1] for line in lines] == ["box/__init__.py", "box/oil.py"]
