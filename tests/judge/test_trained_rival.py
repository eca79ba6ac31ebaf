"""The transformer is chosen on the validation part, and its figures count for what they were measured with."""

import json

import numpy as np
import pandas as pd
import samples

from riyaz.judge import folds, trained_rival
from riyaz.music.events import Piece, in_a_row
from riyaz.tools import store

SMALL = {"model": {"units": 8, "embedding": 4, "features": []}, "train": {"epochs": 1}, "sequence": {"length": 8}}


def music():
    notes = [["C4"], ["D4"], ["E4"], ["D4"]]
    rows = [in_a_row([5040] * n, [notes[k % 4] for k in range(n)]) for n in (12, 16, 20, 8, 24, 12)]
    parts = ["train"] * 4 + ["valid", "test"]
    return samples.data([Piece(f"p{k}", events, {"kind": "notes"}) for k, events in enumerate(rows)], parts)


def test_the_validation_part_chooses_and_the_test_part_is_not_seen(monkeypatch):
    asked = []

    def judged(data, settings, jobs, cache):
        asked.extend(jobs)
        return [[{"bits": 10 * abs(rate - 0.002) + abs(drop - 0.5), "tokens": 2}] for _, (rate, drop), _ in jobs]

    monkeypatch.setattr(trained_rival, "_judged", judged)
    best, tried = trained_rival.choose(music(), samples.settings(**SMALL))
    assert best == (0.002, 0.5)
    assert {part for *_, part in asked} == {"valid"}
    assert len(tried) == len(asked) == len(trained_rival.RATES) + len(trained_rival.DROPOUTS) - 1
    data = music()
    none = data.with_parts(np.where(data.parts == "valid", "train", data.parts))
    assert trained_rival.choose(none, samples.settings(**SMALL)) == ((0.001, 0.3), [])


def test_a_training_scores_the_part_that_is_asked_for(tmp_path, monkeypatch):
    data, settings = music(), samples.settings(**SMALL)
    run = folds.Run(1, 0, data.parts, False)
    rows = trained_rival._judge((run, (0.001, 0.1), "test"), data, settings, tmp_path)
    assert [(row["model"], row["piece"], row["tokens"]) for row in rows] == [
        ("transformer", 5, len(data.ids[5]) - 1),
        ("transformer + memory", 5, len(data.ids[5]) - 1),
    ]
    assert all(row["bits"] > 0 for row in rows)
    assert [row["piece"] for row in trained_rival._judge((run, (0.001, 0.1), "valid"), data, settings, tmp_path)] == [4]
    monkeypatch.setattr(trained_rival, "_score", None)  # what was judged once comes from the cache
    assert trained_rival._judge((run, (0.001, 0.1), "test"), data, settings, tmp_path) == rows


def test_its_figures_count_for_the_data_and_settings_that_they_were_measured_with(tmp_path):
    data, settings = music(), samples.settings(**SMALL)
    path = trained_rival.place(tmp_path, "mine")
    assert trained_rival.load(path, data, settings)[1] == {}
    rows = pd.DataFrame([(1, 0, 5, 14, "transformer", 40.125)], columns=folds.COLUMNS)
    how = {"rate": 0.001, "dropout": 0.3, "weights": 1010, "network": 1000, "tried": [{}, {}]}
    path.parent.mkdir(parents=True)
    head = f"# {store.digest(trained_rival._measured(data, settings))}\n# {json.dumps(how)}\n"
    path.write_text(head + rows.to_csv(index=False))
    found, told = trained_rival.load(path, data, settings)
    assert found.to_dict("records") == rows.to_dict("records")
    assert told == how
    assert "1,010 weights" in trained_rival.in_words(told, "mine")
    assert "the best of 2 trainings" in trained_rival.in_words(told, "mine")
    other = samples.settings(**{**SMALL, "train": {"epochs": 2}})
    found, told = trained_rival.load(path, data, other)
    assert (len(found), told) == (0, {})
    assert "python -m riyaz rival mine" in trained_rival.in_words(told, "mine")
