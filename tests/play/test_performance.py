from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import samples
from test_sampling import weights

from riyaz.model.bundle import Bundle
from riyaz.music.readers import read_corpus
from riyaz.play import performance
from riyaz.tabla.filling import sounds
from riyaz.tabla.theme import Impossible

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def data():
    pieces, _ = read_corpus(ROOT / "data" / "raw" / "tabla" / "teental", "tabla")
    return samples.data(pieces, ["train"] * len(pieces))


@pytest.fixture(scope="module")
def model(data):
    return Bundle(weights(len(data.vocabulary), scale=0.5), data.vocabulary, {})


def settings(**generate):
    return samples.settings(generate={"form": "kaida", "performances": 1, "paltas": 2, **generate})


def test_a_performance_keeps_the_rules_and_counts_what_they_took_away(data, model):
    (one,), why = performance.perform_all(model, data, settings(), ROOT)
    assert why == ""
    assert all(check.passed for check in one.checks)
    assert [s.name for s in one.composition.sections] == ["theme", "dohra", "palta 1", "palta 2", "tihai"]
    assert 0 < performance.mean_masked(one) < 1
    piece = performance.piece(one.composition, "07")
    assert (piece.name, piece.about["method"]) == ("07", "kaida")
    assert piece.about["title"].startswith("Piece 07: ")
    assert np.isclose(performance.mean_masked(one), np.mean(one.masked))


def test_the_same_seed_gives_the_same_performance(data, model):
    first, again = (performance.perform_all(model, data, settings(), ROOT)[0][0].composition for _ in range(2))
    for a, b in zip(first.sections, again.sections, strict=True):
        assert a.events.equals(b.events)


def test_a_theme_of_ones_own_is_played(data, model):
    theme = next((ROOT / "data" / "themes").glob("*.txt"))
    (one,), _ = performance.perform_all(model, data, settings(theme=str(theme.relative_to(ROOT))), ROOT)
    assert one.composition.taal == "jhaptal"


def test_nothing_is_performed_where_nothing_is_asked_for(data, model):
    assert performance.perform_all(model, data, settings(form="free"), ROOT) == ([], "")


def test_what_a_corpus_cannot_give_is_left_out_with_a_sentence(data, model):
    bare = [replace(piece, about={**piece.about, "sections": []}) for piece in data.pieces]
    made, why = performance.perform_all(model, samples.data(bare, ["train"] * len(bare)), settings(), ROOT)
    assert made == []
    assert why.startswith("The corpus gives no new kaidas: 0 known themes give no new theme in Teental")
    chords = Bundle(model.weights, model.vocabulary, {"tokenize": {"scheme": "chord"}})
    assert performance.perform_all(chords, data, settings(), ROOT) == ([], performance.NO_DURATIONS)


def test_what_a_theme_of_ones_own_cannot_give_is_an_error(data, model, tmp_path):
    line = "DhaDha DhaDha DhaDha DhaTi |"
    text = f"title: Poor\ntaal: teental\nform: kaida\nsource: a test\n\n[theme]\n{line}\n{line}\n{line}\n{line}\n"
    (tmp_path / "poor.txt").write_text(text)
    with pytest.raises(Impossible, match="Poor"):
        performance.perform_all(model, data, settings(theme="poor.txt", paltas=16), tmp_path)


def test_a_corpus_gives_the_themes_of_all_taals(data):
    known = performance.Known.of(data.pieces)
    assert len(known.themes) > 10
    assert len(known.taken) > 10 + len(known.themes)


def test_a_new_theme_repeats_no_section_of_the_corpus(data, model):
    """What the network makes of this corpus is a dohra in another: there it makes another theme."""
    (first,), _ = performance.perform_all(model, data, settings(), ROOT)
    theme = first.composition.sections[0]
    dohra = replace(first.composition, sections=(replace(theme, name="dohra"),)).piece("known")
    pieces = [*data.pieces, dohra]
    (second,), _ = performance.perform_all(model, samples.data(pieces, ["train"] * len(pieces)), settings(), ROOT)
    assert sounds(second.composition.sections[0].events) != sounds(theme.events)
