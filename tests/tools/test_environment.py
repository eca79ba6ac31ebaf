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


def test_programs_for_one_thread_are_kept_apart(tmp_path, monkeypatch):
    given = environment.variables(tmp_path)
    for name in ("NPROC", environment.COMPILED):
        monkeypatch.setenv(name, given[name])
    environment.one_thread()
    assert os.environ["NPROC"] == "1"
    first, second = Path(given[environment.COMPILED]), Path(os.environ[environment.COMPILED])
    assert (first.parent, first.name.removesuffix("-2")) == (second.parent, second.name.removesuffix("-1"))
    environment.one_thread()
    assert Path(os.environ[environment.COMPILED]) == second
    monkeypatch.delenv(environment.COMPILED)
    environment.one_thread()
    assert environment.COMPILED not in os.environ


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


PROGRAM = """
import sys, warnings
from pathlib import Path
import jax, jax.numpy as jnp, numpy as np
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
x = np.random.default_rng(0).normal(size=(32, 64)).astype(np.float32)
compiled = []
jax.monitoring.register_event_listener(lambda name, **_: compiled.append(name))
scanned = jax.jit(lambda x: jax.lax.scan(lambda h, y: (jnp.tanh(h @ x.T @ x + y), h.sum()), x[0], x))(x)
print(compiled.count("/jax/compilation_cache/cache_hits") > 0, [np.asarray(a).tobytes().hex() for a in scanned])
"""


def test_programs_that_were_compiled_before_are_loaded_and_give_the_same_bits(tmp_path):
    """Also where one of them was cut off, by a kill."""
    (tmp_path / "params.yaml").touch()

    def scanned():
        run = riyaz("with", sys.executable, "-c", PROGRAM, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        hit, _, bits = run.stdout.partition(" ")
        return hit == "True", bits

    first, again = scanned(), scanned()
    place = tmp_path / ".cache" / "compiled" / environment.processor()
    assert (first[0], again[0]) == (False, True)
    for program in place.glob("*-cache"):
        program.write_bytes(program.read_bytes()[: program.stat().st_size // 2])
    assert first[1] == again[1] == scanned()[1]


def test_a_processor_of_another_kind_has_a_place_of_its_own(monkeypatch):
    ours = environment.processor()
    assert ours == environment.processor()
    monkeypatch.setattr(environment.platform, "machine", lambda: "another")
    assert environment.processor() != ours
