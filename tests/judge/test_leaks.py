import numpy as np
import samples

from riyaz.judge import leaks
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row
from riyaz.text import dataset
from riyaz.tools import environment


def tune(name, pitches):
    return Piece(name, in_a_row([TICKS] * len(pitches), [[PITCHES[p]] for p in pitches]), {"kind": "notes"})


def wild(seed, n=40):
    return np.random.default_rng(seed).integers(45, 80, n)


def test_copies_in_any_key_and_split_families_are_counted():
    pieces = [tune("a", wild(1)), tune("b", wild(2)), tune("copy", wild(1)), tune("moved", wild(2) + 3),
              tune("half", np.r_[wild(1)[:30], wild(9, 10)]), tune("new", wild(5))]  # fmt: skip
    parts = ["train", "train", "valid", "test", "test", "test"]
    table = leaks.audit(samples.data(pieces, parts, [0, 1, 0, 3, 4, 5])).set_index("part")
    assert table.loc["valid"].tolist() == [1, 1, 1, 1, 1, 1.0]
    assert table.loc["test"].tolist()[:5] == [3, 0, 1, 2, 0]


def test_a_clean_split_has_nothing_and_the_exit_code_says_so(monkeypatch, capsys, tmp_path):
    clean = samples.data([tune(str(k), wild(k)) for k in range(3)], ["train", "valid", "test"])
    leaky = samples.data([tune("a", wild(1)), tune("b", wild(1))], ["train", "test"])
    monkeypatch.setattr(environment, "checkout", lambda: tmp_path)
    for data, code in ((clean, 0), (leaky, 1)):
        monkeypatch.setattr(dataset, "load", lambda root, corpus, data=data: data)
        assert leaks.run(["mine"]) == code
    assert "same steps" in capsys.readouterr().out
