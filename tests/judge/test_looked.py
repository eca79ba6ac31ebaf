import samples

from riyaz.judge import looked
from riyaz.tools import environment


def test_each_look_is_counted_by_settings(tmp_path, capsys, monkeypatch):
    assert looked.summary(tmp_path).empty
    for units in (8, 8, 16):
        looked.note(tmp_path, "mine", "evaluate", samples.settings(model={"units": units}))
    looked.note(tmp_path, "mine", "folds", samples.settings())
    assert looked.summary(tmp_path).to_dict("records") == [
        {"corpus": "mine", "stage": "evaluate", "times": 3, "settings": 2},
        {"corpus": "mine", "stage": "folds", "times": 1, "settings": 1},
    ]
    monkeypatch.setattr(environment, "checkout", lambda: tmp_path)
    assert looked.run([]) == 0
    assert "mine: evaluate scored held-out pieces 3 times, with 2 settings" in capsys.readouterr().out
