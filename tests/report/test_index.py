"""The index shows what is in reports/, whatever that is."""

import hashlib
import json
import re
from importlib.metadata import version

import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.music.musicxml import write_musicxml
from riyaz.report import index, stages

METRICS = {
    "bits_per_token": {"unigram": 4.2, "network": 1.98, "network + memory": 1.5, "n-gram": 2.0},
    "held_out": "9 held-out pieces of 2 families",
    "verdict": [
        {"question": "Does it predict?", "answer": "yes", "why": "It beats the <b>n-gram</b>."},
        {"question": "Does it copy?", "answer": "cannot be told", "why": "Too few pieces."},
        {"question": "Does it sound?", "answer": "no", "why": "It differs."},
    ],
    "saved_bits": {
        "n-gram": {"bits": 0.5, "low": None, "high": None},
        "n-gram + piece": {"bits": -0.25, "low": -0.5, "high": -0.1},
    },
    "features_beyond": ["onset in the matra"],
    "sams_struck": {"pieces drawn freely": 0.75, "held-out pieces of equal length": 1.0},
    "looped": {"argmax": 1.0},
    "pieces": [
        {"piece": "01", "method": "argmax", "loop": "all are Dha"},
        {"piece": "03", "method": "sampled", "loop": ""},
    ],
    "tokens_at_most": 400,
}

KAIDA = """title: K
taal: teental
form: kaida

[theme]
Dha Dha TeTe Dha | Dha Dha Tu Na |
Ta Ta TeTe Ta | Ta Ta Tu Na |
"""


@pytest.fixture
def root(tmp_path):
    pieces = tmp_path / "reports" / "tabla" / "pieces"
    pieces.mkdir(parents=True)
    for name in ("01.mp3", "01.mid", "01.txt", "01.html", "ऽ a&b.mp3", "03.txt", "04.mp3"):
        (pieces / name).write_bytes(b"")
    (pieces / "04.txt").write_text(KAIDA, encoding="utf-8")
    rows = ["piece,method,taal,events,loop", "01,argmax,<teental>,35,all are Dha", "ऽ a&b,,,,", "03,sampled,,0,"]
    (pieces / "pieces.csv").write_text("\n".join([*rows, "04,kaida,teental,12,"]), encoding="utf-8")
    (tmp_path / "reports" / "metrics").mkdir()
    (tmp_path / "reports" / "metrics" / "tabla.json").write_text(json.dumps(METRICS), encoding="utf-8")
    (tmp_path / "params.yaml").write_text("seed: 1\n", encoding="utf-8")
    return tmp_path


def test_first_screen_answers_three_questions(root):
    """What is it, how good is it, what can be done: before anything that has to be unfolded."""
    first = index.render(root, ["tabla"]).split("<details")[0]
    assert "A recurrent network was trained on" in first
    assert (
        "It predicts new music better than the best classical model, though that may be chance: each token surprises "
        "it by 1.50 bits, the n-gram by 2.00 (9 held-out pieces of 2 families)." in first
    )
    assert first.count("<li>Does it") == 3
    assert "Does it copy? <b>cannot be told</b>" in first
    assert 'src="tabla/pieces/04.mp3"' in first
    assert "TeTe" in first
    for link in ("tabla/generate.html", "tabla/evaluate.html", "lecture.html", "#own"):
        assert f'href="{link}"' in first


@pytest.mark.parametrize(
    ("mine", "ends", "how"),
    [
        (1.5, (0.1, 0.9), "better than the best classical model:"),
        (1.5, (-0.1, 0.9), "better than the best classical model, though that may be chance:"),
        (2.1, (-0.9, 0.1), "no better than the best classical model:"),
    ],
)
def test_the_sentence_says_no_more_than_the_first_tile(mine, ends, how):
    saved = {"n-gram": {"bits": 2 - mine, "low": ends[0], "high": ends[1]}}
    bits = {"network": mine, "n-gram": 2.0}
    metrics = {"bits_per_token": bits, "held_out": "9 held-out pieces", "saved_bits": saved}
    assert index.sentence(metrics).startswith(f"It predicts new music {how}")
    over = {"of": "all", "bits_per_token": bits, "saved_bits": {"n-gram": {"bits": 0.5, "low": 0.1, "high": 1.0}}}
    assert ("chance" in index.sentence(metrics | {"over_folds": over})) is False


def test_no_key_of_the_metrics_is_shown(root):
    html = index.render(root, ["tabla"])
    assert "tokens at most" not in html
    assert "features beyond" not in html
    assert "_" not in "".join(re.findall(r">([^<]*)<", html.split("<main")[1].split("<script>")[0]))


def test_reasons_and_steps_can_be_unfolded(root):
    html = index.render(root, ["tabla"])
    assert "It beats the &lt;b&gt;n-gram&lt;/b&gt;." in html
    assert '<tr class="ours"><th scope="row">network</th><td class="number">1.98</td>' in html
    for stage, question in stages.STAGES.items():
        assert f'<a href="tabla/{stage}.html">{stage}</a> <span>{question}</span>' in html
    for page in ("tabla/model_card.html", "cells.html", "lecture.html", "benchmarks.html"):
        assert f'href="{page}"' in html


def test_the_form_of_bols_has_a_tile():
    human = {"the repertoire": 0.99, "performances in form": 1.0}
    (tile,) = index.keeps_form(human)
    assert tile["answer"] == "yes"
    assert tile["why"] == "Checks that pass: 100% in performances in form, 99% in the repertoire."
    assert index.keeps_form(human | {"pieces in taal": 0.9})[0]["answer"] == "no"
    assert index.keeps_form({"the held-out pieces": 0.94, "pieces drawn freely": 0.92}) == []
    assert index.keeps_form({}) == []


def test_what_speaks_against_the_network_is_said():
    assert index.findings(METRICS) == [
        "Measured one by one, its pieces are unlike human ones in: onset in the matra.",
        "Pieces drawn freely strike 75% of their sams, human pieces 100%.",
        "In bits per token it loses to the n-gram + piece by 0.25 (95% interval 0.10 to 0.50).",
        "The lecture's way of choosing, always the likeliest token, loops in 100% of its pieces.",
        "Piece 01 (argmax) loops: all are Dha.",
    ]
    assert index.findings({}) == []


def test_a_transformer_that_is_better_speaks_against_the_network():
    row = {"bits": -0.1, "low": -0.2, "high": -0.05}
    over = {
        "saved_bits": {"n-gram": {"bits": 0.1, "low": 0.05, "high": 0.2}},
        "transformer": {"saved_bits": {"t": row, "u": row | {"bits": -0.05}}},
    }
    assert index.findings({"over_folds": over}) == [
        "In bits per token it loses to the t by 0.10 (95% interval 0.05 to 0.20)."
    ]


@pytest.mark.parametrize(("cost", "said"), [(0.001, 0), (0.1, 1)])
def test_a_memory_that_costs_next_to_nothing_is_not_held_against_the_network(cost, said):
    first = {"share": 0.5, "bits_per_token": {"network": 2.0, "network + memory": 2.0 + cost}}
    assert len(index.findings({"first_occurrences": first})) == said


def test_pieces_in_form_come_first_and_argmax_last(root):
    assert [piece["name"] for piece in index.pieces(root / "reports" / "tabla")] == ["04", "03", "ऽ a&b", "01"]
    html = index.render(root, ["tabla"])
    assert "can repeat for ever; all are Dha" in html


def test_pieces_can_be_heard_opened_and_taken(root):
    html = index.render(root, ["tabla"])
    assert 'src="tabla/pieces/01.mp3"' in html
    assert 'preload="metadata"' in html
    assert "Piece 01 · argmax · &lt;teental&gt;" in html
    assert "Piece 04 · kaida · Teental" in html
    assert 'href="tabla/pieces/01.mid" download>MIDI<' in html
    assert 'href="tabla/pieces/01.txt">notation<' in html
    assert 'href="tabla/pieces/01.html">sheet<' in html
    assert 'src="tabla/pieces/%E0%A4%BD%20a%26b.mp3"' in html


@pytest.mark.parametrize("door", ['practice.html">Practise', 'play.html">Play with it'])
def test_each_corpus_has_doors_to_its_pages_to_practise_and_to_play_with(root, door):
    assert f'<a href="tabla/{door}</a>' in index.render(root, ["tabla"])


def test_piece_without_sound_has_no_player(root):
    html = index.render(root, ["tabla"])
    assert html.split('class="pieces"')[1].count("<audio") == 3
    assert '<p class="silent">Piece 03 · sampled</p>' in html
    assert 'href="tabla/pieces/03.txt"' in html


def test_score_of_notes_is_shown_by_its_first_line(tmp_path):
    folder = tmp_path / "notes"
    (folder / "pieces").mkdir(parents=True)
    events = in_a_row([TICKS] * 80, [["C4"]] * 80)
    (folder / "pieces" / "03.musicxml").write_text(write_musicxml(events, {"metre": "4/4"}), encoding="utf-8")
    html = index.seen(folder, "03")
    assert 0 < html.count('class="measure"') < 20
    assert index.seen(folder, "04") == ""


def test_citation_names_version_and_what_it_was_made_from(root):
    html = index.render(root, ["tabla"])
    assert f"version = {{{version('riyaz')}}}" in html
    assert f"{hashlib.sha256(b'seed: 1' + bytes([10])).hexdigest()[:12]} (params.yaml)" in html


def test_bars_are_in_order_and_to_scale():
    assert [(row["name"], row["text"], row["percent"]) for row in index.bars({"uniform": 5.0, "n_gram": 2.5})] == [
        ("n gram", "2.50", "50.0"),
        ("uniform", "5.00", "100.0"),
    ]
    assert index.bars({}) == []
    assert index.bars({"a": 0, "b": 0})[0]["percent"] == "0.0"


@pytest.mark.parametrize("names", [[], ["gone"]])
def test_without_a_report_it_says_so(tmp_path, names):
    (tmp_path / "reports").mkdir()
    assert "No corpus has a report yet" in index.render(tmp_path, names)


def test_corpus_without_metrics_is_still_listed(root):
    (root / "reports" / "metrics" / "tabla.json").unlink()
    assert 'href="tabla/explore.html"' in index.render(root, ["tabla"])


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_broken_metrics_are_named(root, text):
    (root / "reports" / "metrics" / "tabla.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^reports/metrics/tabla\.json: .*run dvc repro"):
        index.render(root, ["tabla"])
