"""Side by side, to see and hear."""

import json
import re
from urllib.parse import unquote

import pandas as pd
import pytest

from riyaz.judge import beside, listening
from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.report import figures


def bols(name, n=96, **about):
    events = in_a_row([TICKS] * n, [["Dha"] if k % 4 == 0 else ["Te"] for k in range(n)])
    return Piece(name, events, {"kind": "bols", "taal": "teental", "tempo": 240, **about})


def notes(name, n=48):
    return Piece(name, in_a_row([TICKS] * n, [[f"C{4 + k % 2}"] for k in range(n)]), {"kind": "notes", "metre": "4/4"})


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(beside, "SECONDS", 2)


def quiz(make=bols):
    groups = {name: [make(f"{name} <i>{k}") for k in range(3)] for name in beside.WHOSE}
    return beside.quiz(beside.clips(groups, 240, seed=1), 240, 1, "a<b>")


def test_each_group_has_as_many_clips_in_an_order_of_the_seed():
    groups = {"human": [bols("h", 8)], "network": [bols(f"n{k}") for k in range(3)]}
    assert [clip.group for clip in beside.clips(groups, 240, 0)].count("network") == 1
    assert beside.clips({"human": [], "network": [bols("n")]}, 240, 0) == []
    groups["human"] = [bols(f"h{k}") for k in range(3)]
    orders = [[clip.name for clip in beside.clips(groups, 240, seed)] for seed in (0, 0, 1)]
    assert orders[0] == orders[1] != orders[2]
    assert "too short" in beside.quiz([], 240, 0, "a")


def test_whose_a_clip_is_stays_hidden_and_escaped():
    html = quiz()
    assert html.count("<audio") == 9
    for section in re.findall(r'<section class="piece blind".*?</section>', html, flags=re.DOTALL):
        before, after = section.split("<div hidden>")
        assert "held out" not in before
        assert "&lt;i&gt;" in after or "&lt;i" in after
    assert "<i>" not in html
    assert "listening/a&lt;b&gt;" in html


def test_answers_of_the_page_are_read_beside_their_key(tmp_path):
    html = quiz()
    key = json.loads(unquote(re.search(r'href="data:application/json;charset=utf-8,([^"]+)"', html)[1]))
    (tmp_path / "key.json").write_text(json.dumps(key))
    (tmp_path / "answers").mkdir()
    answers = [{"clip": clip["clip"], "guess": "human", "known": False, "seconds": 2} for clip in key["clips"]]
    given = {"format": key["format"], "test": key["test"], "listener": "x", "expertise": 3, "answers": answers}
    (tmp_path / "answers" / "x.json").write_text(json.dumps(given))
    read, files = listening.read(tmp_path)
    assert files["reason"].tolist() == [""]
    assert len(read) == 9
    assert read["quality"].isna().all()
    means = listening.summary(read, 0)
    assert set(means["measure"]) == {"judged_human"}
    assert len(listening.contrasts(read)) == 3


def test_a_copied_run_is_underlined_beside_its_source():
    drawn, source = bols("d 1"), bols("s<b>", licence="CC0")
    row = {"group": "g", "piece": "d 1", "run": 4, "beats": 4.0, "at": 20.0, "source": "s<b>", "source_at": 2.0}
    html = beside.passages(pd.DataFrame([row, {**row, "run": 0, "source": ""}]), [drawn], [source], "MIT", 240)
    assert html.count("<audio") == 2
    ours, theirs = html.split("</section>")[:2]
    marked = [
        re.findall(r'riyaz-matra riyaz-marked"><span class="riyaz-number">(\d+)', side) for side in (ours, theirs)
    ]
    assert marked == [["5", "6", "7", "8"], ["3", "4", "5", "6"]]
    assert "from matra 17" in ours
    assert "Source: s&lt;b&gt;, from matra 1" in theirs
    assert "Licence: CC0" in theirs
    assert "Licence" not in ours
    assert "No drawn piece" in beside.passages(pd.DataFrame([{**row, "run": 0}]), [drawn], [source], "", 240)


def test_the_notes_of_a_run_are_coloured():
    html = beside.seen(notes("n", 8), "T", (TICKS, 3 * TICKS))
    rule = re.search(r"<style>(.*?)\{fill:#d55e00", html)[1]
    assert rule.count("data-ref") == 2
    for name in re.findall(r'data-ref="([^"]+)"', rule):
        assert html.count(f'data-ref="{name}"') == 2  # in the rule, and in the score
    assert "<style>" not in beside.seen(notes("n", 8), "T").split("<svg")[0]


def test_all_sound_has_one_loudness(tmp_path):
    import soundfile

    from riyaz.play import loudness

    found = []
    for k, piece in enumerate((bols("b"), notes("n"))):
        path = tmp_path / f"{k}.mp3"
        path.write_bytes(listening.mp3(listening.cut(piece, 0, 16), 240, 4, beside.RATE, mono=True))
        found.append(loudness.loudness(*soundfile.read(path, always_2d=True)))
    assert found[0] == pytest.approx(found[1], abs=1.5)
    assert figures.embedded(path).startswith("data:audio/mpeg")
