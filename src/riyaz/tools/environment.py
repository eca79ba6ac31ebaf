"""One environment for every run: the same variables everywhere, and the code of the current checkout.

The number of XLA's threads is part of the result: fixed, one core and many give the same bits. Some variables are read
before Python's first line, so a process that lacks one starts itself again with it (`enter`).
"""

import hashlib
import os
import platform
from pathlib import Path

FIXED = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "NPROC": "2",  # XLA's threads
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # memory that a training step frees is kept for the next step: no page faults, and the same bits
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_max=0"
    ":glibc.malloc.trim_threshold=8589934592",
    "KERAS_BACKEND": "jax",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


# a program that JAX has compiled for this kind of processor and as many threads is loaded the next time: the same bits
COMPILED = "JAX_COMPILATION_CACHE_DIR"
_WORTH = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.2"}  # shorter ones are compiled again

# what JAX may compute on, by compute.device of params.yaml
PLATFORMS = {"cpu": "cpu", "gpu": "cuda,cpu"}


def checkout(start: Path | None = None) -> Path:
    """The nearest folder with a params.yaml, from `start` (the current folder) upwards; `start` where there is none."""
    here = (start or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "params.yaml").is_file()), here)


def device(root: Path) -> str:
    """``gpu`` where params.yaml says compute.device: gpu; else ``cpu``, also where the file cannot be read yet."""
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ImportError:  # whoever needs it says so
        return "cpu"
    try:
        with (root / "params.yaml").open(encoding="utf-8") as text:
            named = YAML(typ="safe").load(text)["compute"]["device"]
    except (OSError, ValueError, YAMLError, KeyError, TypeError):
        return "cpu"
    return named if isinstance(named, str) and named in PLATFORMS else "cpu"


def cache(root: Path) -> Path:
    """The cache of a checkout: ``.cache``, that of the main checkout for one that DVC made for an experiment."""
    main = next((place.parent for place in root.resolve().parents if place.name == ".dvc"), root)
    return main / ".cache"


def processor() -> str:
    """A name for the kind of this machine's processor: programs compiled for another one may not run here."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0]
        lines = [line for line in first.splitlines() if line.startswith(("model name", "flags", "Features"))]
    except OSError:
        lines = []
    return hashlib.sha256("\n".join([platform.machine(), platform.processor(), *lines]).encode()).hexdigest()[:16]


def variables(root: Path) -> dict[str, str]:
    """The environment of a process that works on the checkout `root`.

    It has `FIXED`, the platforms of the device that params.yaml names, the place of compiled programs, and the
    checkout's src on Python's path.
    """
    source = str(root / "src")
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if (root / "src" / "riyaz" / "__init__.py").is_file():
        path = [source, *(part for part in path if part != source)]
    own = {
        "JAX_PLATFORMS": PLATFORMS[device(root)],
        COMPILED: str(cache(root) / "compiled" / f"{processor()}-{FIXED['NPROC']}"),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
    return {**os.environ, **FIXED, **_WORTH, **own}


def one_thread() -> None:
    """Let the processes that are started from now on have one XLA thread: the same bits, however many cores there are.

    A program is compiled for a number of threads, so theirs are kept in another place.
    """
    if COMPILED in os.environ:
        place = Path(os.environ[COMPILED])
        os.environ[COMPILED] = str(place.with_name(place.name.rpartition("-")[0] + "-1"))
    os.environ["NPROC"] = "1"


def enter(command: list[str]) -> None:
    """Start `command` in place of this process where a variable is not as `variables` has it; else do nothing.

    A temporary checkout, as `dvc exp run --temp` makes one, thereby runs its own code and not that of the checkout
    that is installed.
    """
    wanted = variables(checkout())
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(command[0], command, wanted)


def run(arguments: list[str]) -> int:
    """Replace this process, which has the fixed environment, with a command: ``python -m riyaz with jupyter lab``."""
    if not arguments:
        raise ValueError("name a command, such as: python -m riyaz with jupyter lab")
    try:
        os.execvp(arguments[0], arguments)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"there is no command {arguments[0]}: run make, or activate .venv first") from error
