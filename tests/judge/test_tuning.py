"""What `auto` stands for is chosen on the validation part."""

import numpy as np
import pytest
import samples
from samples import weights

from riyaz.judge import tuning
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece, in_a_row


def piece(seed, scale=("C4", "D4", "E4", "G4", "A4", "C5")):
    rng = np.random.default_rng(seed)
    notes = rng.choice(scale, 60).tolist()
    return Piece(f"tune {seed}", in_a_row(rng.choice([2520, 5040], 60), [[n] for n in notes]), {"kind": "notes"})


@pytest.fixture(scope="module")
def data():
    return samples.data([piece(seed) for seed in range(12)], ["train"] * 8 + ["valid"] * 3 + ["test"])


@pytest.fixture(scope="module")
def model(data):
    return Bundle(weights(len(data.vocabulary), scale=0.3), data.vocabulary, {})


@pytest.fixture(scope="module")
def settings():
    return samples.settings(generate={"temperature": "auto", "tokens": 120, "form": "free"})


def test_numbers_stay_and_nothing_is_tried(model, data):
    asked = samples.settings(generate={"temperature": 0.5})
    tuned = tuning.settled(model, data, asked)
    assert tuned.settings is asked
    assert tuned.tried.empty


def test_the_nearest_candidate_is_taken_and_comes_from_the_cache_unchanged(
    model, data, settings, tmp_path, monkeypatch
):
    tuned = tuning.settled(model, data, settings, tmp_path)
    tried = tuned.tried
    assert tried["value"].tolist() == list(tuning.CANDIDATES["temperature"])
    assert tuned.settings.generate.temperature == tried.loc[tried["mean"].idxmin(), "value"]
    assert tried["chosen"].sum() == 1
    assert {"pitch", "duration", tuning.BITS} <= set(tried.columns)
    monkeypatch.setattr(tuning._Trial, "rows", lambda *_: pytest.fail("it was tuned again"))
    again = tuning.settled(model, data, settings, tmp_path)
    assert again.tried.equals(tried)
    assert again.settings == tuned.settings


def test_what_tuning_does_not_read_tunes_nothing_again(model, data, settings, tmp_path, monkeypatch):
    monkeypatch.setitem(tuning.CANDIDATES, "temperature", (0.7, 1.0))
    other = {"pieces": 2, "alone": "fast", "primer": "x", "unseen": "nearest", "theme": "x"}
    other |= {"performances": 1, "paltas": 1, "laya": 1}
    assert tuple(other) == tuning.BESIDE
    changed = settings.model_copy(update={"generate": settings.generate.model_copy(update=other)})
    tried = tuning.settled(model, data, settings, tmp_path).tried
    assert tuning.settled(model, data, changed).tried.equals(tried)  # without the cache
    monkeypatch.setattr(tuning._Trial, "rows", lambda *_: pytest.fail("it was tuned again"))
    assert tuning.settled(model, data, changed, tmp_path).tried.equals(tried)


def test_a_temperature_that_is_asked_for_chooses_nothing_again(model, data, settings, tmp_path, monkeypatch):
    for name in tuning.CANDIDATES:
        monkeypatch.setitem(tuning.CANDIDATES, name, tuning.CANDIDATES[name][-2:])
    auto = dict.fromkeys(tuning.CANDIDATES, "auto")
    asked = settings.model_copy(update={"generate": settings.generate.model_copy(update=auto)})
    tried = tuning.settled(model, data, asked, tmp_path).tried
    assert tried["setting"].drop_duplicates().tolist() == ["memory", "top_p", "temperature"]
    monkeypatch.setattr(tuning._Trial, "rows", lambda *_: pytest.fail("it was tuned again"))
    warm = asked.model_copy(update={"generate": asked.generate.model_copy(update={"temperature": 0.6})})
    tuned = tuning.settled(model, data, warm, tmp_path)
    assert tuned.settings.generate.temperature == 0.6
    assert tuned.tried.equals(tried[tried["setting"] != "temperature"])
    assert tuned.settings.generate.top_p == tried.loc[tried["chosen"] & (tried["setting"] == "top_p"), "value"].item()


def test_the_test_part_is_not_seen(model, data, settings, monkeypatch):
    monkeypatch.setitem(tuning.CANDIDATES, "temperature", (0.7, 1.0))
    swapped = [*range(11), 0]  # another piece is the test part
    other = data.rows(swapped).with_parts(data.parts)
    assert tuning.settled(model, other, settings).tried.equals(tuning.settled(model, data, settings).tried)


def test_human_pieces_are_as_near_as_human_pieces_and_others_are_not(model, data):
    human = tuning.Human.of(model, data, 0, 60)
    like = human.distances(data.part("train").pieces, np.full(8, human.bits))
    unlike = human.distances([piece(seed, ("C2", "F#7")) for seed in range(8)], np.full(8, human.bits + 1))
    assert like["mean"] < 1.2 < unlike["mean"]
    assert like[tuning.BITS] == 0 < unlike[tuning.BITS]
    assert like[tuning.ALL] < 1 < unlike[tuning.ALL]
    others = [value for name, value in unlike.items() if name not in ("mean", tuning.ALL)]
    assert unlike["mean"] == pytest.approx((unlike[tuning.ALL] + np.mean(others)) / 2)
    assert tuning.Human.of(model, data, 0, 20).length == 20


def test_without_validation_pieces_nothing_can_be_chosen(model, data, settings):
    none = tuning.settled(model, data.with_parts(np.array(["train"] * 12, dtype=object)), settings)
    assert none.settings.generate.temperature == tuning.START["temperature"]
    assert none.tried.empty
    assert none.why.startswith("There are no validation pieces to choose on, so what is auto is")
