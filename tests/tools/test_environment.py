import os
import subprocess
import sys
from pathlib import Path

import pytest

from riyaz.tools import environment

ROOT = Path(__file__).resolve().parents[2]


def riyaz(*arguments, cwd=ROOT, **variables):
    given = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **variables}
    return subprocess.run(
        [sys.executable, "-m", "riyaz", *arguments], cwd=cwd, env=given, capture_output=True, text=True
    )


def test_any_command_runs_with_the_fixed_variables():
    code = "import os; print(os.environ['NPROC'], hash('a') == hash('a'), os.environ['PYTHONHASHSEED'])"
    run = riyaz("with", sys.executable, "-c", code, NPROC="7", PYTHONHASHSEED="random")
    assert run.stdout == "2 True 0\n", run.stderr


def test_a_checkout_runs_its_own_code(tmp_path):
    package = tmp_path / "src" / "riyaz"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("print('its own')")
    (tmp_path / "params.yaml").touch()
    (tmp_path / "below").mkdir()
    run = riyaz("explore", "tabla", cwd=tmp_path / "below")
    assert run.stdout == "its own\n", run.stderr


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["with"], "with: name a command, such as: python -m riyaz with jupyter lab\n"),
        (["with", "no-such"], "with no-such: there is no command no-such: run make, or activate .venv first\n"),
        (["explor"], "riyaz: there is no verb explor; there are collect, code, explore"),
        (["explore"], "explore: notebooks/explore.ipynb needs corpus\n"),
        (["folds"], "folds: name one corpus of params.yaml, such as: python -m riyaz folds tabla\n"),
    ],
)
def test_a_mistake_is_one_line(arguments, line):
    run = riyaz(*arguments)
    assert run.returncode in (1, 2)
    assert run.stderr.startswith(line)
    assert run.stderr.count("\n") == 1


def test_without_a_verb_it_says_which_there_are():
    run = riyaz()
    assert run.returncode == 0
    assert "  train    CORPUS          train the network\n" in run.stdout


def test_checkout_is_the_nearest_folder_with_params(tmp_path):
    (tmp_path / "params.yaml").touch()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert environment.checkout(tmp_path / "a" / "b") == tmp_path.resolve()


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("compute: {device: gpu}", "cuda,cpu"),
        ("compute:\n  # device: gpu\n  device: cpu\n", "cpu"),
        ("compute: {device: tpu}", "cpu"),
        ("compute: [", "cpu"),
        ("", "cpu"),
    ],
)
def test_jax_computes_on_the_device_that_params_name(tmp_path, text, platforms):
    (tmp_path / "params.yaml").write_text(text)
    assert environment.variables(tmp_path)["JAX_PLATFORMS"] == platforms
