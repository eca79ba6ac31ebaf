"""What docs/cluster.md says of remotes, experiments and a shared cache, done in clones of a small project.

The remote is a folder, and where `moto` and `dvc[s3]` are installed also an S3 server on this machine.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
import samples
from ruamel.yaml import YAML
from test_corpora import write_midi

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REMOTES = ["folder", *["s3"] * bool(find_spec("moto") and find_spec("dvc_s3"))]
NAMES = {"author": "A", "committer": "C"}
ENVIRONMENT = {
    **os.environ,
    **{f"GIT_{key.upper()}_{what}": f"{name}@example.org" for key, name in NAMES.items() for what in ("NAME", "EMAIL")},
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing"),
    "AWS_DEFAULT_REGION": "us-east-1",
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
}


def recipe(heading):
    """The commands of a section of docs/cluster.md, a list for each block."""
    text = (ROOT / "docs" / "cluster.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [[re.sub(r"\s+# .*", "", line) for line in block.splitlines()] for block in blocks]


def say(folder, *commands, **replaced):
    """Run commands as a shell would, with other values in place of the examples; what the last one says."""
    for command in commands:
        for old, new in replaced.items():
            command = command.replace(old, new)
        command = re.sub(r"^dvc\b", f"'{sys.executable}' -m dvc", command)
        run = subprocess.run(command, shell=True, cwd=folder, env=source(folder), capture_output=True, text=True)
        assert run.returncode == 0, f"{command}\n{run.stdout}{run.stderr}"
    return run.stdout


def source(folder):
    extra = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    return {**ENVIRONMENT, "PYTHONPATH": os.pathsep.join([str(folder / "src"), *extra])}


def content(folder):
    """All that the stages of a clone have made."""
    made = [path for name in ("data/events", "reports") for path in sorted((folder / name).rglob("*"))]
    kept_by_dvc = (path for path in made if path.is_file() and path.name != ".gitignore")
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept_by_dvc}


@pytest.fixture(scope="module")
def server():
    """The address of an S3 server with an empty bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{address}/bucket", method="PUT"), timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield address
        run.terminate()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A git server, and a clone of it in which the stage explore has run."""
    place = tmp_path_factory.mktemp("team")
    one = place / "one"
    for name in ("src", "notebooks"):
        shutil.copytree(ROOT / name, one / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in (".dvcignore", ".gitignore"):
        shutil.copy(ROOT / name, one)
    write = YAML()
    stages = write.load(ROOT / "dvc.yaml")["stages"]
    with (one / "dvc.yaml").open("w") as file:
        write.dump({"stages": {name: stages[name] for name in ("code", "explore")}}, file)
    corpora = {"mine": {"path": "data/raw/mine", "reader": "midi"}}
    (one / "params.yaml").write_text(samples.params_text(corpora))
    (one / "data" / "raw" / "mine").mkdir(parents=True)
    write_midi(one / "data" / "raw" / "mine", 3)
    say(place, "git init --quiet --bare git")
    say(
        one, "git init --quiet --initial-branch main", "dvc init --quiet", "git add --all --force data/raw", "git add ."
    )
    say(one, "git commit --quiet --message 'A small project'", "git remote add origin ../git")
    say(one, "git push --quiet --set-upstream origin main")
    say(place / "git", "git symbolic-ref HEAD refs/heads/main")
    say(one, "dvc repro --quiet", "git add .", "git commit --quiet --all --message 'Run the stages'")
    return one


@pytest.mark.parametrize("remote", REMOTES)
def test_a_team_shares_data_and_experiments(project, remote, request, tmp_path):
    setup, theirs, made, taken = recipe("A remote, and experiments of others")
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(project.parent, tmp_path, dirs_exist_ok=True)
    place = str(tmp_path / "remote") if remote == "folder" else "s3://bucket/riyaz"
    server = request.getfixturevalue("server") if remote == "s3" else ""
    say(tmp_path, "git clone --quiet git two")
    setup = [line for line in setup if "pip install" not in line and (server or "endpointurl" not in line)]
    say(one, *setup, **{"s3://bucket/riyaz": place, "http://127.0.0.1:9000": server})
    say(two, *theirs)
    assert content(two) == content(one)
    assert len(content(one)) >= 4
    shutil.rmtree(one / ".dvc" / "cache")  # what is lost here is there
    say(one, "rm -r data/events reports", "dvc pull")
    assert content(two) == content(one)
    changed = {"NAME": "quick", "BRANCH": "quicker", "generate.temperature=1.1": "explore.seconds=9"}
    say(one, *made, **changed)
    after = content(one)
    assert after != content(two)
    listed, *others = taken
    assert "quick" in say(two, listed, **changed)
    say(two, *others, **changed)
    assert content(two) == after
    assert "quicker" in say(two, "git branch")


def test_clones_share_a_cache(project, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    shutil.copytree(project.parent, tmp_path, dirs_exist_ok=True)
    (commands,) = recipe("A shared cache")
    shared = tmp_path / "shared"
    shutil.move(one / ".dvc" / "cache", shared)
    say(one, *commands, **{"/srv/riyaz-cache": str(shared)})
    say(one, "git push --quiet")
    say(tmp_path, "git clone --quiet git two")
    say(two, *commands, **{"/srv/riyaz-cache": str(shared)})
    assert content(two) == content(one)
    assert not (two / ".dvc" / "cache").exists()


def experiment(folder, *options):
    """Add the corpus data/raw/two in an experiment; its exit code and what it says."""
    command = ["exp", "run", *options, "-S", "++corpora.two.path=data/raw/two", "explore@two"]
    run = subprocess.run(
        [sys.executable, "-m", "dvc", *command], cwd=folder, env=source(folder), capture_output=True, text=True
    )
    return run.returncode, run.stdout + run.stderr


def test_an_experiment_on_a_folder_that_is_not_tracked(project, tmp_path):
    one = tmp_path / "one"
    shutil.copytree(project.parent, tmp_path, dirs_exist_ok=True)
    shutil.copytree(one / "data" / "raw" / "mine", one / "data" / "raw" / "two")
    before = content(one)
    code, said = experiment(one, "--temp")
    assert code
    assert "No such file or directory" in said
    assert "data/raw/two" in said
    assert content(one) == before  # nothing is lost
    assert experiment(one, "--temp", "--copy-paths", "data/raw/two")[0] == 0
    code, said = experiment(one)  # in the checkout itself it is there
    assert code == 0, said
    assert (one / "data" / "events" / "two").is_dir()
    say(one, "git stash --quiet")
    (track,) = re.findall(r"run `(dvc add data/raw/mine)` and\n?`(git add [^`]*)`", README)
    say(one, *track, **{"raw/mine": "raw/two"})
    code, said = experiment(one, "--temp")
    assert code == 0, said
