"""Figures of the chapter `evaluate` show all that they draw."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from riyaz.judge import charts
from riyaz.report import figures


@pytest.fixture(autouse=True)
def closed():
    figures.theme()
    yield
    plt.close("all")


def test_no_line_leaves_the_chart_of_settings():
    tried = pd.DataFrame(
        {
            "setting": ["memory"] * 2 + ["top_p"] * 2,
            "value": [0, 1, 0.9, 1],
            "mean": [1.0, 0.5, 3.0, 2.0],
            "chosen": [False, True, False, True],
        }
    )
    for ax in charts.tuning(tried).axes:
        low, high = ax.get_ylim()
        assert low == 0
        assert high >= tried["mean"].max()


def test_distances_are_as_wide_as_the_figure_allows():
    """The legend is longer than the names are: it must not press the axes together."""
    rows = [("bol", 0.5, 0.6, 0.4), ("laya", 0.7, 0.8, 0.9)]
    fig = charts.distances(pd.DataFrame(rows, columns=["feature", "floor", "floor_95", "distance"]))
    fig.canvas.draw()
    assert fig.axes[0].get_position().width > 0.7
