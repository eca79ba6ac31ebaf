import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import browser
import matplotlib.pyplot as plt
import numpy as np
import pytest
import samples
from scipy import stats

from riyaz import params
from riyaz.judge import listening, listening_test
from riyaz.model.bundle import Bundle
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row
from riyaz.play import sound
from riyaz.play.sampling import Sampling
from riyaz.text import dataset

ROOT = Path(__file__).parents[2]
GROUPS = ("human", "network", "n-gram")


def tune(name, pitches, **about):
    symbols = [[] if p is None else [PITCHES[p]] for p in pitches]
    return Piece(name, in_a_row([TICKS] * len(pitches), symbols), {"kind": "notes", **about})


def pieces(group, n=3, beats=8):
    low = 60 + 5 * GROUPS.index(group)
    return [tune(f"{group} {k}", [low + (k + step) % 5 for step in range(beats)]) for k in range(n)]


@pytest.fixture
def quick(monkeypatch):
    """Clips are short tones: this file is about the test, not about sound."""

    def tone(events, about, sample_rate):  # always 22,050 Hz
        assert set(about) == {"kind", "taal", "tempo"}
        seconds = events["duration"].sum() / TICKS * 60 / about["tempo"]
        time = np.arange(int(seconds * 22050)) / 22050
        pitch = PITCHES.index(events["symbols"].iloc[0][0])
        return np.repeat(0.3 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time), 2).reshape(-1, 2), 22050

    monkeypatch.setattr(sound, "play", tone)
    monkeypatch.setattr(listening, "TAIL", 0.2)


def make(folder, seed=1, n=2):
    return listening.write(folder, {g: pieces(g) for g in GROUPS}, n, 1, 120, seed, "a folk tune")


def test_excerpts_come_in_order_and_have_one_length():
    rests = tune("rests", [None] * 4 + [60, 62, 64, 65])
    found = listening.excerpts([*pieces("human", 2, 10), tune("short", [60]), rests], 4, 9)
    assert [(piece.name, start) for start, piece in found] == [
        ("human 0", 0),
        ("human 1", 0),
        ("human 0", 4),
        ("human 1", 4),
        ("rests", 4),
    ]
    assert all(piece.beats == 4 for _, piece in found)
    assert len(listening.excerpts(pieces("human"), 4, 2)) == 2


def test_an_excerpt_is_cut_at_its_borders_and_begins_with_a_bar_or_avartan():
    events = in_a_row([3 * TICKS, 3 * TICKS, 3 * TICKS], [["C4"], ["C4", "E4"], ["G4"]])
    events["held"] = [[False], [True, False], [False]]
    piece = listening.cut(Piece("p", events, {}), 4, 3)
    assert piece.events[["onset", "duration"]].to_numpy().tolist() == [[0, 2 * TICKS], [2 * TICKS, TICKS]]
    assert piece.events["held"].tolist() == [[False, False], [False]]
    assert [start for start, _ in listening.excerpts([tune("p", [60] * 24, metre="3/4")], 4, 9)] == [0, 6, 12, 18]
    assert [start for start, _ in listening.excerpts([tune("p", [60] * 20, taal="rupak")], 5, 9)] == [0, 7, 14]


def test_the_page_does_not_tell_whose_a_clip_is(tmp_path, quick):
    key = make(tmp_path)
    page = (tmp_path / "test.html").read_text()
    data = json.loads(re.search(r'id="test">(.*?)</script>', page, re.DOTALL)[1])
    assert set(data["clips"][0]) == {"clip", "sound"}
    names = [clip["piece"] for clip in key["clips"]]
    assert not any(name in page for name in [*names, "network", "n-gram"])
    assert sorted(names) == sorted(f"{g} {k}" for g in GROUPS for k in range(2))
    assert len({len(clip["sound"]) // 2000 for clip in data["clips"]}) == 1  # all alike from outside
    assert not re.search(r"https?://|//\w+\.", page.split('id="test"')[0] + page.split("</script>")[1])
    assert [clip["clip"] for clip in key["clips"]] == [f"0{k}" for k in range(1, 7)]


def test_the_same_seed_gives_the_same_bytes_and_another_another_order(tmp_path, quick):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make(tmp_path / name, seed)
    for name in ("test.html", "key.json", "protocol.txt"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert (tmp_path / "a" / name).read_bytes() != (tmp_path / "c" / name).read_bytes()


def test_what_cannot_be_made_is_said(tmp_path, quick):
    with pytest.raises(ValueError, match="group human has 6 excerpts of 2 beats, not 20: ask for fewer"):
        make(tmp_path, n=20)
    make(tmp_path)
    answer(tmp_path, "a", {})
    make(tmp_path)  # the same test again keeps its answers
    with pytest.raises(ValueError, match="holds answers to another test"):
        make(tmp_path, seed=2)
    with pytest.raises(FileNotFoundError, match=r"key.json is missing: make the test"):
        listening.read(tmp_path / "nowhere")


def answer(folder, name, ratings, expertise=2, human=(), known=(), **changes):
    """A file of answers: ratings by group, 3 elsewhere; clips of the groups in `human` are judged human."""
    key = json.loads((folder / "key.json").read_text())
    rows = [
        {
            "clip": clip["clip"],
            **{s["name"]: ratings.get(clip["group"], 3) for s in listening.SCALES},
            "guess": "human" if clip["group"] in human else "machine",
            "known": clip["piece"] in known,
            "seconds": 2.0,
        }
        for clip in reversed(key["clips"])
    ]
    given = {
        "format": listening.FORMAT,
        "test": key["test"],
        "listener": name,
        "expertise": expertise,
        "answers": rows,
    }
    (folder / "answers" / f"{name}.json").write_text(json.dumps(given | changes))
    return given


def test_answers_are_joined_with_the_key(tmp_path, quick):
    make(tmp_path)
    answer(tmp_path, "a", {"human": 5, "network": 4}, expertise=3, human=["human"], known=["network 1"])
    answers, files = listening.read(tmp_path)
    assert files.to_numpy().tolist() == [["a.json", "read", "", 5, 1, 0]]
    assert answers.groupby("group")["quality"].agg(["mean", "size"]).to_dict("index") == {
        "human": {"mean": 5.0, "size": 2},
        "n-gram": {"mean": 3.0, "size": 2},
        "network": {"mean": 4.0, "size": 1},
    }
    assert answers["trained"].all()
    assert answers.loc[answers["group"] == "human", "judged_human"].tolist() == [1, 1]
    assert (answers["position"] == 7 - answers["clip"].astype(int)).all()  # heard in the reverse order


def test_what_was_hardly_heard_does_not_count(tmp_path, quick):
    make(tmp_path)
    given = answer(tmp_path, "a", {})
    given["answers"][0]["seconds"] = 0.4  # of 1 second
    answer(tmp_path, "a", {}, answers=given["answers"])
    answers, files = listening.read(tmp_path)
    assert files[["clips", "known", "unheard"]].to_numpy().tolist() == [[5, 0, 1]]
    assert given["answers"][0]["clip"] not in set(answers["clip"])


def test_files_that_cannot_be_used_are_named_with_the_reason(tmp_path, quick):
    make(tmp_path)
    good = answer(tmp_path, "a", {})
    first = good["answers"][0]
    bad = {
        "b": ({"answers": [{**first, "quality": 6}]}, "answer 1: a rating is a whole number from 1 to 5"),
        "c": ({"answers": [first, first]}, f"answer 2: clip {first['clip']} is not in the test, or answered twice"),
        "d": ({"answers": [{**first, "clip": ["x"]}]}, "is not in the test"),
        "e": ({"answers": [{**first, "guess": "both"}]}, "guess is one of human, machine"),
        "f": ({"answers": []}, "no answers"),
        "g": ({"test": "0"}, "answers to test '0'"),
        "h": ({"expertise": None}, "expertise is missing"),
        "i": ({"format": "x"}, "its format is not riyaz-listening-1"),
        "j": ({"listener": "a"}, "listener a has answered in a file before"),
        "k": ({"answers": ["x"]}, "answer 1: it has no clip"),
        "n": ({"answers": [{**first, "seconds": "2"}]}, "answer 1: seconds is"),
    }
    for name, (change, _) in bad.items():
        answer(tmp_path, name, {}, **change)
    (tmp_path / "answers" / "l.json").write_bytes(b"\xff{")
    (tmp_path / "answers" / "m.json").write_bytes(b" " * (listening.MAX_BYTES + 1))
    answers, files = listening.read(tmp_path)
    assert set(answers["listener"]) == {"a"}
    reasons = files.set_index("file")["reason"]
    assert all(words in reasons[f"{name}.json"] for name, (_, words) in bad.items())
    assert "no JSON in UTF-8" in reasons["l.json"]
    assert "larger than 1 MB" in reasons["m.json"]
    assert (files["status"] == "read").sum() == 1


def test_no_listeners_make_empty_tables(tmp_path, quick):
    make(tmp_path)
    answers, files = listening.read(tmp_path)
    assert len(answers) == len(files) == len(listening.summary(answers, 0)) == len(listening.contrasts(answers)) == 0


def test_figures_by_hand(tmp_path, quick):
    make(tmp_path)
    for k in range(8):  # each likes human pieces most, by 1 to 8 ranks; two see no difference between the machines
        answer(
            tmp_path,
            f"l{k}",
            {"human": 5, "network": 3 if k < 6 else 2, "n-gram": 2},
            human=["human", "network"] if k < 2 else ["human"],
        )
    answers, _ = listening.read(tmp_path)
    means = listening.summary(answers, seed=0).set_index(["measure", "group"])
    assert means.loc[("quality", "network"), "mean"] == pytest.approx((6 * 3 + 2 * 2) / 8)
    assert means.loc[("quality", "human"), ["low", "mean", "high", "listeners"]].tolist() == [5, 5, 5, 8]
    assert means.loc[("quality", "network"), "low"] < 2.75 < means.loc[("quality", "network"), "high"]
    assert means.loc[("judged_human", "network"), "mean"] == 0.25
    rows = listening.contrasts(answers).set_index(["measure", "first", "second"])
    human = rows.loc[("quality", "human", "n-gram")]
    assert human["difference"] == 3
    assert human["p"] == pytest.approx(2 / 2**8)  # all eight the same way
    assert human["effect"] == 1
    machines = rows.loc[("quality", "n-gram", "network")]
    assert machines["p"] == pytest.approx(2 / 2**6)
    assert machines["effect"] == -1
    assert (rows["p_holm"] >= rows["p"]).all()


def test_a_listener_counts_once_however_many_clips(tmp_path, quick):
    make(tmp_path)
    answer(tmp_path, "a", {"human": 5})
    answers, _ = listening.read(tmp_path)
    table = listening.summary(answers, seed=0)
    assert (table["listeners"] == 1).all()
    assert table["low"].isna().all()


@pytest.mark.parametrize("n", [1, 2, 7, 9])
@pytest.mark.parametrize("step", [0.5, 1e-9])  # with and without ties
def test_the_signed_rank_test_is_exact(n, step):
    apart = np.round(np.random.default_rng(n).normal(0.7, 1, n) / step) * step
    p, effect = listening.signed_rank(apart)
    expected = stats.wilcoxon(apart[apart != 0])
    assert p == pytest.approx(expected.pvalue)
    assert -1 <= effect <= 1
    assert listening.signed_rank(-apart) == pytest.approx((p, -effect))
    assert np.isnan(listening.signed_rank(np.zeros(n))).all()


def test_holm_by_hand():
    np.testing.assert_allclose(listening.holm(np.array([0.01, 0.04, np.nan, 0.03])), [0.03, 0.06, np.nan, 0.06])
    assert len(listening.holm(np.empty(0))) == 0


def test_golden(tmp_path, quick):
    make(tmp_path)
    rng = np.random.default_rng(0)
    for k in range(10):
        answer(tmp_path, f"l{k}", dict(zip(GROUPS, rng.integers(1, 6, 3).tolist(), strict=True)))
    answers, _ = listening.read(tmp_path)
    table = listening.summary(answers, seed=0).set_index(["measure", "group"])
    np.testing.assert_allclose(table.loc[("quality", "network"), ["mean", "low", "high"]].astype(float), GOLDEN)


GOLDEN = [3.7, 2.7, 4.4]  # the expanded percentile interval of ten listeners


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Runs the notebook's cells beside a params.yaml of their own; gives what they showed."""
    cells = [
        c for c in json.loads((ROOT / "notebooks/listening.ipynb").read_text())["cells"] if c["cell_type"] == "code"
    ]
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    shown = []
    monkeypatch.setattr("riyaz.report.figures.display", lambda thing: shown.append(thing.data))

    def run():
        shown.clear()
        exec("\n".join("".join(cell["source"]) for cell in cells), {})
        return "\n".join(shown)

    yield run
    plt.close("all")


def test_the_notebook_claims_nothing_without_listeners(tmp_path, notebook, quick):
    assert "No test has been made yet" in notebook()
    make(tmp_path / "listening" / "tabla")
    text = notebook()
    assert "No listeners yet." in text
    assert "%" not in text


def test_the_notebook_says_what_listeners_heard(tmp_path, notebook, quick):
    folder = tmp_path / "listening" / "tabla"
    make(folder, n=6)
    for k in range(12):
        answer(folder, f"l{k}", {"human": 5, "network": 3, "n-gram": 1}, 1 + k % 5, human=["human"])
    answer(folder, "broken", {}, test="another")
    text = notebook()
    assert "12 listeners, 6 of them trained, rated 216 clips." in text
    assert "answers to test &#x27;another&#x27;" in text
    assert "human over n-gram in quality, by 4.00" in text
    assert "100% of the human clips, 0% of the n-gram clips" in text
    assert "Trained listeners: 6" in text
    assert "a pilot" in text


def test_the_notebook_warns_of_too_few(tmp_path, notebook, quick):
    folder = tmp_path / "listening" / "tabla"
    make(folder)
    answer(folder, "a", {"human": 5})
    text = notebook()
    assert "With 1 listeners no signed-rank test, corrected for twelve comparisons, can reach 5%" in text
    assert "no difference" in text


def test_the_command_takes_held_out_pieces_and_new_ones_of_both_models(tmp_path, monkeypatch, quick, capsys):
    corpus = [p for group in GROUPS for p in pieces(group, 4, 16)]
    data = samples.data(corpus, ["test", "valid", "train", "train"] * 3)
    dataset.save(tmp_path, "chorales", corpus, data.ids, data.vocabulary)
    dataset.save_split(tmp_path, "chorales", data)
    corpora = {"chorales": {"path": "data/raw/chorales", "reader": "midi"}}
    (tmp_path / "params.yaml").write_text(samples.params_text(corpora, generate=samples.DRAWN), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(listening_test.bundle, "load", lambda folder: Bundle({}, data.vocabulary, {}))
    made = SimpleNamespace(ids=data.ids[-1])
    drawn = []
    monkeypatch.setattr(listening_test, "draw", lambda model, ways, *rest: drawn.extend(ways) or [made] * len(ways))
    assert listening_test.run(["chorales", "--clips", "2", "--seconds", "2"]) == 0
    asked = params.load("chorales", path=tmp_path / "params.yaml").generate
    assert set(drawn) == {Sampling.of(asked, data.lengths)}  # as the delivered pieces are drawn
    key = json.loads((tmp_path / "listening" / "chorales" / "key.json").read_text())
    names = {group: sorted(c["piece"] for c in key["clips"] if c["group"] == group) for group in GROUPS}
    assert names["human"] == ["human 0", "network 0"]  # the first two of the test part
    assert names["network"] == ["network 1", "network 2"]
    assert len(names["n-gram"]) == 2
    assert "test.html is for the listeners" in capsys.readouterr().out
    for options, words in ((["--clips", "0"], "--clips is"), (["--clips", "1", "--seconds", "99"], "excerpts of")):
        with pytest.raises(ValueError, match=words):
            listening_test.run(["chorales", *options])


# A listener with a keyboard: skips nothing, is asked for what is missing, reloads half-way, saves the answers.
WALK = """
import sys
from playwright.sync_api import sync_playwright
page_path, chromium, answers = sys.argv[1:]
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True).new_page()
    page.on("pageerror", lambda error: sys.exit(f"script: {error}"))
    page.on("console", lambda m: sys.exit(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("request", lambda r: sys.exit(f"request: {r.url[:80]}") if r.url.startswith(("http", "ws")) else None)
    page.goto("file://" + page_path)
    page.get_by_role("button", name="Begin").click()
    assert "choose one" in page.locator("#missing").inner_text()
    page.get_by_label("I have studied it for a while").check()
    page.get_by_role("button", name="Begin").click()
    for number in range(1, 4):
        page.get_by_role("heading", name=f"Excerpt {number} of 3").wait_for()
        if number == 2:
            page.get_by_role("button", name="Stop here").click()
            page.get_by_role("button", name="Go on listening").click()
            page.get_by_role("heading", name="Excerpt 2 of 3").wait_for()
            page.reload()
            page.get_by_role("button", name="Go on").click()
            page.get_by_role("heading", name="Excerpt 2 of 3").wait_for()
        if number == 1:
            page.keyboard.press("Enter")
            assert "listen to the end" in page.locator("#missing").inner_text()
        page.keyboard.press("Space")
        while not page.evaluate("document.querySelector('audio').ended"):
            page.wait_for_timeout(50)
        if number == 1:
            page.keyboard.press("Enter")
            assert "what is left (5)" in page.locator("#missing").inner_text()
        for key in ("4", "3", str(1 + number % 5), "h" if number % 2 else "m", "n", "Enter"):
            page.keyboard.press(key)
    page.get_by_role("heading", name="Thank you").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, width
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    download.value.save_as(answers + "/" + download.value.suggested_filename)
    browser.close()
"""


@pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found; .ci/run installs one")
def test_a_listener_with_a_keyboard_and_a_small_screen(tmp_path, quick):
    make(tmp_path, n=1)
    command = [sys.executable, "-c", WALK, str(tmp_path / "test.html"), browser.chromium(), str(tmp_path / "answers")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    answers, files = listening.read(tmp_path)
    assert files["status"].tolist() == ["read"]
    assert (answers["quality"].tolist(), answers["coherence"].tolist()) == ([4] * 3, [3] * 3)
    assert answers["style"].tolist() == [2, 3, 4]
    assert answers["judged_human"].tolist() == [1, 0, 1]
    assert answers["position"].tolist() == [1, 2, 3]
    assert answers["trained"].all()
