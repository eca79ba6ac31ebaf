"""The index shows what is in reports/, whatever that is."""

import json

import pytest

from riyaz.report import index, stages

METRICS = {
    "bits_per_token": {"unigram": 4.2, "network": 1.98},
    "structure": {"sam": {"real": 1, "free": 0.25}, "note": "deep words are left out"},
    "verdict": [{"question": "Does it predict?", "answer": "yes", "why": "It beats the <b>n-gram</b>."}],
    "tokens": 12345,
    "saved_bits": {"n-gram": {"bits": -1.5, "low": -2.0, "high": 0.25}},
    "signed": {"a": -1, "b": 2},
    "flag": True,
}


@pytest.fixture
def root(tmp_path):
    pieces = tmp_path / "reports" / "tabla" / "pieces"
    pieces.mkdir(parents=True)
    for name in ("01.mp3", "01.mid", "01.txt", "ऽ a&b.mp3", "03.txt"):
        (pieces / name).write_bytes(b"")
    rows = ["piece,method,taal,events,loop", "01,<argmax>,teental,35,all are Dha", "ऽ a&b,,,,", "03,sampled,,0,"]
    (pieces / "pieces.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "reports" / "metrics").mkdir()
    (tmp_path / "reports" / "metrics" / "tabla.json").write_text(json.dumps(METRICS), encoding="utf-8")
    return tmp_path


def test_verdict_figures_and_reports_are_shown(root):
    html = index.render(root, ["tabla"])
    assert "Does it predict? yes. It beats the &lt;b&gt;n-gram&lt;/b&gt;." in html
    assert '<tr class="ours"><th scope="row">network</th><td class="number">1.98</td>' in html
    assert "<dt>tokens</dt><dd>12\u202f345</dd>" in html
    assert "structure · sam" in html
    assert "<dt>saved bits · n-gram</dt><dd>−1.500 (−2 to 0.250)</dd>" in html
    assert "<dt>signed · a</dt><dd>−1</dd>" in html
    assert "deep words" not in html
    for stage, question in stages.STAGES.items():
        assert f'<a href="tabla/{stage}.html">{stage}</a> <span>{question}</span>' in html
    assert 'href="cells.html"' in html


def test_pieces_can_be_heard_and_taken(root):
    html = index.render(root, ["tabla"])
    assert 'src="tabla/pieces/01.mp3"' in html
    assert 'preload="metadata"' in html
    assert "01 · &lt;argmax&gt; · teental" in html
    assert "<argmax>" not in html
    assert "35 events, all are Dha" in html
    assert 'href="tabla/pieces/01.mid" download>MIDI<' in html
    assert 'href="tabla/pieces/01.txt" download>notation<' in html
    assert 'src="tabla/pieces/%E0%A4%BD%20a%26b.mp3"' in html


def test_cards_are_linked_where_they_are(root):
    assert "card.md" not in index.render(root, ["tabla"])
    (root / "reports" / "tabla" / "cards").mkdir()
    for name in ("model_card.md", "data_card.md"):
        (root / "reports" / "tabla" / "cards" / name).touch()
    html = index.render(root, ["tabla"])
    assert '<a href="tabla/cards/model_card.md">model card</a><a href="tabla/cards/data_card.md">data card</a>' in html


def test_piece_without_sound_has_no_player(root):
    html = index.render(root, ["tabla"])
    assert html.count("<audio") == 2
    assert '<p class="silent">03 · sampled</p>' in html
    assert 'href="tabla/pieces/03.txt"' in html


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
