import numpy as np
import pytest

from riyaz.judge import listening, pilot


def test_the_analysis_finds_a_planted_difference_and_no_other():
    power, error = pilot.rates(15, 12, 1.5, 12, seed=1)
    assert power >= 0.9
    assert error <= 0.1


def test_where_nothing_is_planted_nothing_is_found():
    power, error = pilot.rates(15, 6, 0.0, 20, seed=1)
    assert power == 0
    assert error <= 0.05


def test_fewer_than_six_listeners_can_find_nothing():
    assert pilot.rates(5, 6, 3.0, 5, seed=1) == (0.0, 0.0)


def test_simulated_answers_look_like_real_ones():
    table = pilot.answers(3, 2, 1.0, np.random.default_rng(0))
    assert len(table) == 3 * 3 * 2
    assert set(listening.MEASURES) <= set(table.columns)
    assert table[[scale["name"] for scale in listening.SCALES]].isin(range(1, 6)).all(axis=None)
    assert len(listening.contrasts(table)) == 4 * 3


def test_the_command_prints_a_row_a_number(capsys, monkeypatch):
    monkeypatch.setattr(pilot, "LISTENERS", (6, 7))
    assert pilot.run(["--tests", "1", "--clips", "2"]) == 0
    assert capsys.readouterr().out.count("listeners: found in") == 2
    with pytest.raises(ValueError, match="--clips is at least 2"):
        pilot.run(["--clips", "1"])
