"""Experiments side by side."""

import json
import subprocess

import pandas as pd
import pytest
import samples

from riyaz.judge import looked
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
        held_out = "".join(f"p{n},{n},10,{10 * bits}\n" for n in range(6))
        (tmp_path / "reports" / "a" / "held_out.csv").write_text("piece,family,tokens,bits\n" + held_out)
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
    assert ".ipynb" not in html
    assert "saved against small-one" in html
    assert "95% interval</th>" in html
    assert "<td>0.50 to 0.50</td>" in html
    assert "No free piece is there in all of them" in html


def test_page_says_how_often_the_test_part_was_looked_at(root, monkeypatch):
    monkeypatch.chdir(root)
    compare.run(["HEAD", "workspace"])
    page = root / "reports" / "compare.html"
    assert "held-out pieces were scored" not in page.read_text(encoding="utf-8")  # there is no log
    for units in (8, 8, 16):
        looked.note(root, "a", "evaluate", samples.settings(model={"units": units}))
    looked.note(root, "b", "folds", samples.settings())
    compare.run(["HEAD", "workspace"])
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert "the held-out pieces were scored by evaluate 3 times with 2 settings. Each look" in text


def test_a_revision_that_is_none_is_named(root, monkeypatch):
    monkeypatch.chdir(root)
    with pytest.raises(ValueError, match="gone is neither a revision of git nor an experiment"):
        compare.run(["HEAD", "gone"])
    with pytest.raises(ValueError, match="name two revisions or more"):
        compare.run(["HEAD"])


def test_settings_that_agree_are_left_out():
    assert compare.differing({"a": {"x": {"y": 1}}, "b": {"x": {"y": 1}}}).empty
    assert compare.differing({"a": {"x": {"y": 1}}, "b": {}}).to_numpy().tolist() == [["x.y", "1", ""]]


def test_bits_are_paired_by_piece_over_families():
    rows = [(f"p{n}", n, 10, 20.0 + n) for n in range(6)]
    first = pd.DataFrame(rows, columns=["piece", "family", "tokens", "bits"])
    other = first.assign(bits=first["bits"] - 5, tokens=[10] * 5 + [11])  # the last was tokenized in another way
    (row,) = compare.paired({"a": first, "b": other}, 0).itertuples(index=False)
    assert (row.revision, row.pieces, row.families, row[3]) == ("b", 5, 5, pytest.approx(0.5))
    assert compare.paired({"a": first}, 0).empty
    assert compare.paired({}, 0).empty
    assert compare.paired({"a": first, "b": first.iloc[:0]}, 0)["95% interval"].str.startswith("no interval").all()


def test_pieces_of_one_seed_stand_side_by_side(tmp_path):
    import numpy as np

    from riyaz.play import sound

    for revision in ("a", "b"):
        pieces = tmp_path / revision / "pieces"
        pieces.mkdir(parents=True)
        (pieces / "pieces.csv").write_text("piece,method,loop\n01,argmax,\n03,sampled,\n04,sampled,\n")
        sound.write_mp3(pieces / "03.mp3", np.ones((2400, 2), np.float32), 24000)
    html = compare.side_by_side({name: tmp_path / name for name in ("a", "b")})
    assert (html.count("<h4>"), html.count('<div class="pieces">')) == (1, 1)
    assert html.index("<h5>a</h5>") < html.index("<h5>b</h5>")
    assert html.count("data:audio/mpeg") == 2
