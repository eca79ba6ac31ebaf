import numpy as np
import pandas as pd
import pytest
import samples

from riyaz.judge import folds
from riyaz.music.events import Piece, in_a_row

FAMILIES = np.array([0, 0, 1, 2, 3, 4, 5, 6])
SIZES = [10, 12, 20, 18, 22, 9, 11, 16]
SPLIT = ["train"] * 5 + ["valid", "test", "test"]


def music(sizes, parts, families=FAMILIES):
    """Pieces of so many tokens, <start>, d:1 and <end> included."""
    notes = [["C4"], ["D4"], ["E4"], ["D4"]]
    rows = [in_a_row([5040] * (size - 3), [notes[k % 4] for k in range(size - 3)]) for size in sizes]
    pieces = [Piece(f"p{k}", events, {"kind": "notes"}) for k, events in enumerate(rows)]
    return samples.data(pieces, list(parts), list(families))


def test_over_folds_each_piece_is_held_out_once_a_seed_with_its_family():
    runs = folds.plan(music(SIZES, ["train"] * 8), folds=3, seeds=2, seed=7)
    assert [(run.seed, run.fold) for run in runs] == [(8, 0), (8, 1), (8, 2), (9, 0), (9, 1), (9, 2)]
    for seed in (8, 9):
        held = np.array([run.parts == "test" for run in runs if run.seed == seed])
        assert (held.sum(axis=0) == 1).all()
        assert (held[:, 0] == held[:, 1]).all()
    for run in runs:
        assert set(run.parts) == {"train", "valid", "test"}
        assert len(set(run.parts[FAMILIES == 0])) == 1
    assert [run.classical for run in runs] == [True] * 3 + [False] * 3


def test_without_folds_the_split_stays_and_without_seeds_nothing_is_trained():
    data = music(SIZES, SPLIT)
    runs = folds.plan(data, folds=0, seeds=2, seed=7)
    assert [run.seed for run in runs] == [8, 9]
    assert all((run.parts == data.parts).all() for run in runs)
    assert folds.plan(data, folds=5, seeds=0, seed=7) == []
    nothing = folds.judge_all([], data, samples.settings())
    assert list(nothing.columns) == folds.COLUMNS
    assert folds.summary(nothing, FAMILIES, 0).empty


def test_more_folds_than_families_are_refused():
    with pytest.raises(ValueError, match="families"):
        folds.plan(music(SIZES, ["train"] * 8), folds=9, seeds=1, seed=0)


SMALL = {
    "model": {"layers": 1, "units": 8, "embedding": 4},
    "train": {"epochs": 1},
    "sequence": {"length": 8},
    "evaluate": {"orders": 2},
}


def test_a_run_scores_its_test_pieces_and_nothing_else(tmp_path, monkeypatch):
    settings, data = samples.settings(**SMALL), music([15, 19, 23, 11, 27, 15, 19, 23], SPLIT)
    parts = np.array(SPLIT, dtype=object)
    rows = pd.DataFrame(folds.judge(folds.Run(3, 0, parts, True), data, settings, tmp_path))
    assert set(rows["model"]) == {*folds.CLASSICAL, "network", "network + memory"}
    assert dict(zip(rows["piece"], rows["tokens"], strict=True)) == {6: 18, 7: 22}
    assert (rows["bits"] > 0).all()
    again = folds.judge(folds.Run(3, 0, parts, False), data, settings, tmp_path)
    assert [row for row in rows.to_dict("records") if row["model"].startswith("network")] == again
    monkeypatch.setattr(folds, "_judge", None)  # what was judged once comes from the cache
    assert folds.judge(folds.Run(3, 0, parts, False), data, settings, tmp_path) == again


def test_the_summary_of_figures_known_by_hand():
    rows = [(1, 0, 0, 10, "network", 10.0), (2, 0, 0, 10, "network", 20.0), (1, 1, 1, 30, "network", 30.0)]
    rows += [(2, 1, 1, 30, "network", 60.0), (1, 0, 0, 10, "unigram", 40.0), (1, 1, 1, 30, "unigram", 120.0)]
    found = folds.summary(pd.DataFrame(rows, columns=folds.COLUMNS), np.array([0, 1]), seed=0).set_index("model")
    assert list(found.index) == ["network", "unigram"]
    network, unigram = found.loc["network"], found.loc["unigram"]
    assert network["bits"] == pytest.approx((1 + 2) / 2)  # 40 of 40 tokens at 1 bit, then at 2
    assert network["spread"] == pytest.approx(np.std([1, 2], ddof=1))
    assert network["interval"].groups == 2
    assert not network["interval"].known
    assert network["saved"] == 0
    assert unigram["bits"] == pytest.approx(4)
    assert np.isnan(unigram["spread"])
    assert unigram["saved"] == pytest.approx(2.5)
    judged = pd.DataFrame(rows, columns=folds.COLUMNS)
    assert folds.described(judged, np.array([0, 1])) == (
        "2 held-out pieces of 2 families, 2 folds, 2 seeds (the settings were chosen on the original validation part,"
        " whose pieces are left out)"
    )
    left = folds.without_choice(judged, np.array(["valid", "test"], dtype=object))
    assert set(left["piece"]) == {1}
    one_split = judged[judged["fold"] == 0]
    assert folds.described(one_split, np.array([0, 1])) == "1 held-out pieces of 1 families, one split, 2 seeds"


def test_the_metrics_hold_the_network_against_its_rivals():
    rows = [(1, 0, 0, 10, name, bits) for name, bits in [("network", 20.0), ("n-gram + piece", 30.0)]]
    rows += [(2, 0, 0, 10, "network", 22.0)]
    found = folds.metrics(
        folds.summary(pd.DataFrame(rows, columns=folds.COLUMNS), np.array([0, 1]), seed=0), "one piece"
    )
    assert found["bits_per_token"] == pytest.approx({"network": 2.1, "n-gram + piece": 3.0})
    assert found["spread_over_seeds"] == pytest.approx({"network": np.std([2.0, 2.2], ddof=1)})
    assert found["saved_bits"]["n-gram + piece"]["bits"] == pytest.approx(0.9)


def test_a_transformer_is_apart_in_the_metrics():
    rows = [(1, 0, 0, 10, name, 20.0) for name in ("network", "n-gram")]
    rows += [(7, 0, 0, 10, "transformer", 25.0)]
    found = folds.metrics(folds.summary(pd.DataFrame(rows, columns=folds.COLUMNS), np.array([0]), seed=0), "one piece")
    assert set(found["bits_per_token"]) == {"network", "n-gram"}
    assert set(found["saved_bits"]) == {"n-gram"}
    assert found["transformer"]["bits_per_token"] == pytest.approx({"transformer": 2.5})
    assert found["transformer"]["saved_bits"]["transformer"]["bits"] == pytest.approx(0.5)


def test_intervals_come_from_whole_families():
    rows = [
        (1, k % 5, k, 10, name, bits) for k in range(10) for name, bits in (("network", 10.0 + k), ("n-gram", 20.0))
    ]
    judged = pd.DataFrame(rows, columns=folds.COLUMNS)
    apart, together = (
        folds.summary(judged, families, 0).set_index("model").loc["network", "interval"]
        for families in (np.arange(10), np.arange(10) // 2)
    )
    assert (apart.groups, together.groups) == (10, 5)
    assert apart.low < 1.45 < apart.high
    assert together.high - together.low > apart.high - apart.low  # alike pieces tell less


def test_folds_count_for_the_data_and_settings_that_they_were_measured_with(tmp_path):
    settings, data = samples.settings(**SMALL), music([15, 19, 23, 11, 27, 15, 19, 23], SPLIT)
    path = folds.place(tmp_path, "mine")
    rows, why = folds.load(path, data, settings)
    assert rows.empty
    assert why == "It was measured on one split only; `python -m riyaz folds mine` measures it on others."
    judged = pd.DataFrame([(1, 0, 6, 18, "network", 40.125)], columns=folds.COLUMNS)
    path.parent.mkdir(parents=True)
    path.write_text(f"# {folds.digest(data, settings)}\n{judged.to_csv(index=False)}")
    rows, why = folds.load(path, data, settings)
    assert (rows.to_dict("records"), why) == (judged.to_dict("records"), "")
    other = samples.settings(**{**SMALL, "model": {**SMALL["model"], "units": 9}})
    drawn = samples.settings(**SMALL, generate={"temperature": 0.5})
    assert len(folds.load(path, data, drawn)[0]) == 1
    for changed in ((data, other), (data.with_parts(np.array(SPLIT[::-1], dtype=object)), settings)):
        rows, why = folds.load(path, *changed)
        assert rows.empty
        assert "of other data, settings or code" in why
