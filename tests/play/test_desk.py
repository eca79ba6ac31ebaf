"""The desk: its buttons play, and what cannot be played is said in a line."""

import sys
from pathlib import Path

import numpy as np
import pytest
from samples import section

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "practice"))
from test_play import model, real, song

from riyaz import params
from riyaz.play.desk import BEGINNING, Desk
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import encode


def desk(pieces, tmp_path):
    bundle = model(pieces)
    ids = [bundle.vocabulary.ids(encode(piece)) for piece in pieces]
    names, parts = [piece.name for piece in pieces], np.array(["train"] * len(pieces))
    data = DataSet(names, ids, bundle.vocabulary, parts, np.arange(len(pieces)), lambda: pieces)
    settings = params.load("tabla").model_copy(update={"root": tmp_path, "generate": section("generate")})
    return Desk(bundle, data, settings)


@pytest.fixture
def bols(tmp_path):
    made = desk(real(), tmp_path)
    made.beginning.value = "DhaDha TeTe"
    return made


def shown(made):
    return "".join(output["data"].get("text/html", "") for output in made.heard.outputs)


def test_it_goes_on_from_typed_bols(bols):
    bols.go.click()
    assert bols.line.value == ""
    assert "<riyaz-player" in shown(bols)
    assert [symbols[0] for symbols in bols.on().events["symbols"][:4]] == ["Dha", "Dha", "Te", "Te"]


def test_the_first_beginning_is_one_that_the_network_knows(tmp_path):
    all_of = [bol for piece in real() for symbols in piece.events["symbols"] for bol in symbols]
    typed = "Tu" in all_of
    assert desk(real(), tmp_path).beginning.value == (BEGINNING if typed else f"{real()[0].name}@8")
    made = desk(real()[:1], tmp_path)
    assert made.beginning.value == f"{real()[0].name}@8"
    made.go.click()
    assert made.line.value == ""


def test_the_sliders_are_heard(bols):
    bols.tokens.value = 40
    short = bols.on()
    bols.tokens.value = 200
    assert len(bols.on().events) > len(short.events)
    bols.temperature.value = 0.0
    once = bols.on()
    bols.seed.value += 1
    assert once.events.equals(bols.on().events)


def test_a_typed_theme_becomes_a_kaida(bols):
    bols.paltas.value = 2
    bols.perform.click()
    assert bols.line.value == ""
    assert "palta 2" in shown(bols)


@pytest.mark.parametrize(
    ("field", "value", "button", "said"),
    [
        ("beginning", "Dha Dhoop", "go", "Dhoop"),
        ("beginning", "", "go", ""),
        ("bars", "no", "fill", "no piece of the corpus"),
        ("theme", "taal: teental\n[theme]\nDha Dha\n", "perform", ""),
        ("theme", "<script>alert(1)</script>", "perform", ""),
    ],
)
def test_what_cannot_be_played_is_said(bols, field, value, button, said):
    getattr(bols, field).value = value
    getattr(bols, button).click()
    assert said in bols.line.value
    assert bols.line.value.startswith("<b>")
    assert "<script>" not in bols.line.value
    assert getattr(bols, field).value == value
    assert shown(bols) == ""


def test_notes_go_on_from_a_piece(tmp_path):
    made = desk([song()], tmp_path)
    made.go.click()
    assert made.line.value == ""
    assert "<riyaz-player" in shown(made)
    assert not hasattr(made, "theme")


def test_bars_are_filled_in(tmp_path):
    made = desk([song()], tmp_path)
    made.beginning.value, made.bars.value = "song", "3-4"
    made.fill.click()
    assert made.line.value == ""
    assert "<riyaz-player" in shown(made)
    piece = made.filled()
    assert piece.beats == song().beats
    assert not piece.events.equals(song().events)
    made.bars.value = "99-100"
    made.fill.click()
    assert "there are no bars 99-100" in made.line.value
