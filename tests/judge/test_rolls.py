"""A benchmark of piano rolls: both ways of counting frames, several seeds, and one file with all that is found."""

import hashlib
import json
import pickle

import numpy as np
import pytest
import samples

from riyaz.judge import likelihood, rolls
from riyaz.text.tokens import Vocabulary

CHORDS = [[60, 64, 67], [62, 65, 69], [59, 62, 67], [60, 64]]
SMALL = ("model.units=8", "model.embedding=4", "model.features=[]", "train.epochs=1", "sequence.length=8")


def parts():
    def piece(n, k):
        return [[note + k for note in CHORDS[i % 4]] for i in range(n)]

    return {
        "train": [piece(8 + k, k) for k in range(5)],
        "valid": [piece(9, 1), piece(10, 2)],
        "test": [piece(12, 0), piece(7, 3)],
    }


def test_the_first_frame_counts_or_is_context():
    vocabulary = Vocabulary(["d:1", "C4", "+E4", "D4"])
    ids = vocabulary.ids(["<start>", "d:1", "C4", "+E4", "D4", "<end>"])
    rng = np.random.default_rng(0)
    log = rng.normal(size=(len(ids) - 1, len(vocabulary)))
    log = log - np.log(np.exp(log).sum(axis=1, keepdims=True))
    ((whole,), (rest,)) = (likelihood.frame_nats([log], [ids], vocabulary, whole=whole) for whole in (True, False))
    np.testing.assert_allclose(whole[1:], rest)
    plus = [vocabulary.words.index("+E4")]
    other = [k for k in range(len(vocabulary)) if k not in plus]
    closing = [-np.log(np.exp(log[at, other]).sum()) for at in (3, 4)]
    own = -log[np.arange(len(log)), ids[1:]]
    assert whole[0] == pytest.approx(own[0] + own[1] + own[2] + closing[0])  # d:1, C4, +E4, and that it is complete
    assert whole[1] == pytest.approx(own[3] - closing[0] + closing[1])


def test_the_table_of_figures_known_by_hand():
    found = [{"network": [np.array([5.0, 1, 1]), np.array([4.0, 2])], "PPM + piece": [np.ones(3), np.ones(2)]}]
    found += [{"network": [np.array([5.0, 3, 3]), np.array([4.0, 4])]}]
    rows = rolls.table(found, np.array([0, 1]), np.array([True, True]), 0).set_index(["model", "frames"])
    assert rows.loc[("network", "2 to T"), "nats"] == pytest.approx((4 / 3 + 10 / 3) / 2)
    assert rows.loc[("network", "2 to T"), "sd"] == pytest.approx(np.std([4 / 3, 10 / 3], ddof=1))
    assert rows.loc[("network", "1 to T"), "nats"] == pytest.approx((13 / 5 + 19 / 5) / 2)
    assert rows.loc[("PPM + piece", "1 to T"), "seeds"] == 1
    assert np.isnan(rows.loc[("PPM + piece", "1 to T"), "sd"])
    assert rolls.table(found, np.array([0, 1]), np.array([False, False]), 0).empty


def test_a_file_of_any_form_is_measured_and_written_down(tmp_path, monkeypatch):
    (tmp_path / "params.yaml").write_text(samples.params_text({"mine": {"path": "data/raw/mine"}}))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some.json").write_text(json.dumps(parts()))
    (tmp_path / "some.pickle").write_bytes(pickle.dumps(parts()))
    for name in ("some.json", "some.pickle"):
        assert rolls.run([name, *SMALL, "folds.seeds=2"]) == 0
        text = (tmp_path / "reports" / "rolls" / "some.md").read_text()
        assert "5 train, 2 valid, 2 test pieces" in text
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() in text
        for row in ("| network | 2 to T |", "| network + memory | 1 to T |", "| PPM + piece | 2 to T |"):
            assert row in text
        assert "model.units=8" in text
        assert "Published by others" not in text  # for the split of the Bach chorales only


def test_published_figures_stand_beside_the_split_that_they_are_of():
    assert "| RNN-NADE | 5.56 | exact |" in rolls.report("a.json", Sized(likelihood.JSB), {}, {"seeds": "1"})
    assert "RNN-NADE" not in rolls.report("a.json", Sized({**likelihood.JSB, "test": 76}), {}, {"seeds": "1"})


class Sized:
    """Parts of a size."""

    def __init__(self, sizes):
        self.sizes = sizes

    def part(self, name):
        return range(self.sizes[name])


@pytest.mark.parametrize("wrong", ["units=8", "model.units", "strange.units=8", "model.features=[a"])
def test_a_setting_that_is_none_is_named(wrong):
    with pytest.raises(ValueError, match=wrong.replace("[", r"\[")):
        rolls.changed([wrong])
