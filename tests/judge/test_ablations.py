import numpy as np
import pandas as pd
import pytest
import samples
from test_folds import SIZES, SMALL, SPLIT, music

from riyaz.judge import ablations
from riyaz.model import training


def test_each_change_is_another_recipe_and_the_first_is_none():
    settings = samples.settings(model={"features": ["place"], "dropout": 0.3}, augment={"transpose": 2})
    asked = ablations.changes(settings)
    made = [ablations.changed(settings, values) for values in asked.values()]
    assert next(iter(asked.values())) == {}
    assert made[0] == settings
    assert len({one.model_dump_json() for one in made}) == len(made) == 7
    assert [one.model.members for one in made][-1] == settings.model.members + 1


def test_what_the_settings_lack_is_not_left_out():
    settings = samples.settings(model={"features": [], "dropout": 0.0}, augment={"transpose": 0}, train={"epochs": 1})
    said = " ".join(ablations.changes(settings))
    assert not [word for word in ("features", "transposed", "dropout", "epochs") if word in said]


def test_the_table_is_what_each_training_says_of_the_validation_part(tmp_path):
    settings, data = samples.settings(**SMALL), music([15, 19, 23, 11, 27, 15, 19, 23], SPLIT)
    table = ablations.judge_all(data, settings, tmp_path)
    assert list(table.columns) == ablations.COLUMNS
    assert table["change"].tolist() == list(ablations.changes(settings))
    assert table["work"].iloc[0] == 1
    assert table["work"].iloc[-1] == pytest.approx(2, abs=0.2)  # two networks
    trained = training.train(data, settings, settings.seed, tmp_path)
    (log,) = training.predict(trained, data.part("valid").ids)["network"]
    came = data.part("valid").ids[0][1:]
    assert table["network"].iloc[0] == pytest.approx(-log[np.arange(len(log)), came].mean() / np.log(2), abs=1e-4)


def test_without_a_validation_part_one_line_says_so():
    with pytest.raises(ValueError, match=r"sequence\.valid above 0"):
        ablations.judge_all(music(SIZES, ["train"] * 8), samples.settings(**SMALL))


def test_a_table_of_other_settings_or_data_is_not_shown(tmp_path):
    settings, data = samples.settings(**SMALL), music([15, 19, 23, 11, 27, 15, 19, 23], SPLIT)
    path = ablations.place(tmp_path, "mine")
    assert "python -m riyaz ablations mine" in ablations.load(path, data, settings)[1]
    path.parent.mkdir(parents=True)
    rows = pd.DataFrame([["as it is", 1.0, 2.5, 2.25]], columns=ablations.COLUMNS)
    path.write_text(f"# {ablations.folds.digest(data, settings)}\n{rows.to_csv(index=False)}")
    table, said = ablations.load(path, data, settings)
    pd.testing.assert_frame_equal(table, rows)
    assert said == ""
    other = samples.settings(**{**SMALL, "train": {"epochs": 2}})
    assert ablations.load(path, data, other)[0].empty
