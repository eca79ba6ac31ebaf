"""Experiments side by side."""

import json
import subprocess

import pytest

from riyaz.report import compare


def git(root, *arguments):
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "-C", str(root), *name, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path):
    git(tmp_path, "init", "-q")
    for units, bits in ((64, 2.0), (128, 1.5)):
        (tmp_path / "reports" / "metrics").mkdir(parents=True, exist_ok=True)
        (tmp_path / "reports" / "a").mkdir(exist_ok=True)
        (tmp_path / "params.yaml").write_text(f"seed: 1\nmodel: {{units: {units}}}\ncorpora: {{a: {{path: x}}}}\n")
        saved = {"n-gram": {"bits": 0.5, "low": 0.25, "high": 0.75}, "n-gram + piece": {"bits": -0.1, "low": None}}
        metrics = {"bits_per_token": {"network": bits}, "saved_bits": saved}
        (tmp_path / "reports" / "metrics" / "a.json").write_text(json.dumps(metrics))
        (tmp_path / "reports" / "a" / "history.csv").write_text("epoch,loss,val_loss\n1,3,4\n2,2,3\n")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", str(units))
    git(tmp_path, "update-ref", "refs/exps/ab/cd/small-one", "HEAD~1")
    return tmp_path


def test_page_shows_what_differs_and_the_bits_with_their_intervals(root, monkeypatch):
    monkeypatch.chdir(root)
    assert compare.run(["small-one", "workspace"]) == 0
    html = (root / "reports" / "compare.html").read_text(encoding="utf-8")
    assert "<td>model.units</td><td>64</td><td>128</td>" in html
    assert "<td>seed</td>" not in html
    assert "<td>network</td><td>2.000</td><td>1.500</td>" in html
    assert "0.500 (0.250 to 0.750)" in html
    assert "-0.100 (no interval)" in html
    assert html.count('role="img"') == 1


def test_a_revision_that_is_none_is_named(root, monkeypatch):
    monkeypatch.chdir(root)
    with pytest.raises(ValueError, match="gone is neither a revision of git nor an experiment"):
        compare.run(["HEAD", "gone"])
    with pytest.raises(ValueError, match="name two revisions or more"):
        compare.run(["HEAD"])


def test_settings_that_agree_are_left_out():
    assert compare.differing({"a": {"x": {"y": 1}}, "b": {"x": {"y": 1}}}).empty
    assert compare.differing({"a": {"x": {"y": 1}}, "b": {}}).to_numpy().tolist() == [["x.y", "1", ""]]
