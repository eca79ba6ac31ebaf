"""The figures of the chapter `evaluate`: each function draws one table and returns its figure."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from riyaz.judge.drawn import Judged
from riyaz.judge.held_out import InCycle, Predictions, along
from riyaz.report import figures
from riyaz.tools import escape

# From light to dark: the rivals, then the network without its memory; our model has the colour of what is generated.
SHADES = {"unigram": "#D2CCC4", "n-gram": "#A8A098", "n-gram + piece": "#6E675F", "network": "#8CCFB9"}


def shades(main: str) -> dict[str, str]:
    """The colour of each model that curves show."""
    return SHADES | {main: figures.GENERATED}


def _legend(ax: plt.Axes, columns: int) -> None:
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns)


def _bar(name: str) -> str:
    return figures.GENERATED if name.startswith("network") else figures.BASELINE


def likelihood(summary: pd.DataFrame, title: str) -> Figure:
    """Bits per token of each model, with intervals where there are any."""
    rows = summary[::-1]
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 0.42 * len(rows) + 0.9))
    ends = [(row.interval.low, row.interval.high) for row in rows.itertuples()]
    spread = np.abs(np.array(ends).T - rows["bits_per_token"].to_numpy())
    colours = [_bar(name) for name in rows["model"]]
    error = {"xerr": np.nan_to_num(spread), "error_kw": {"elinewidth": 1.2}} if np.isfinite(spread).any() else {}
    ax.barh(rows["model"], rows["bits_per_token"], color=colours, **error)
    ax.set(xlabel="bits per token (lower is better)", title=title)
    return fig


def by_kind(table: pd.DataFrame, share: pd.Series, main: str) -> Figure:
    """Bits per token by kind of token, for each model."""
    colours = {name: colour for name, colour in shades(main).items() if name in table}
    fig, ax = plt.subplots()
    table[list(colours)].plot.bar(ax=ax, color=list(colours.values()), width=0.8, rot=0)
    ax.set(xlabel="kind of token, and its share", ylabel="bits per token")
    ax.set_xticklabels([f"{name}\n{share[name]:.0%}" for name in table.index])
    _legend(ax, 3)
    return fig


def through_the_piece(predictions: Predictions) -> Figure:
    """Bits per token along the pieces, for each model but the unigram."""
    fig, ax = plt.subplots()
    for name, colour in list(shades(predictions.main).items())[1:]:
        if name in predictions.scored:
            curve = along(predictions.scored[name])
            ax.plot(curve.index, curve, color=colour, label=name, marker=".")
    ax.set(xlabel="token of the piece", ylabel="bits per token", ylim=(0, None))
    _legend(ax, 2)
    return fig


def in_cycle(places: InCycle, main: str) -> Figure:
    """Bits per token along the avartan or bar, for each model but the unigram."""
    fig, ax = plt.subplots()
    for name, colour in list(shades(main).items())[1:]:
        if name in places.curves:
            ax.plot(places.curves.index, places.curves[name], color=colour, label=name, marker=".")
    ax.set(xlabel=places.axis, ylabel="bits per token", ylim=(0, None))
    last = 8 if places.axis.startswith("eighth") else int(np.ceil(float(places.axis.rsplit(" ", 1)[1])))
    ax.set_xticks(range(1, last + 1))
    _legend(ax, 2)
    return fig


def one_piece(predictions: Predictions, row: int) -> Figure:
    """A piece token by token: the memory's share of the prediction, and the bits with it and without it."""
    assert predictions.sources is not None
    of = {
        name: rows[rows["piece"] == row].reset_index(drop=True)
        for name, rows in predictions.scored.items()
        if name.startswith("network")
    }
    ours = of[predictions.main]
    fig, axes = plt.subplots(2, 1, figsize=(figures.WIDTH, 4.2), sharex=True)
    share = predictions.sources[row]["share"]
    axes[0].fill_between(ours["position"], share, step="mid", color=figures.GENERATED, linewidth=0)
    axes[0].set(ylabel="share of\nthe memory", ylim=(0, 1), title=escape.label(predictions.data.names[row]))
    axes[1].plot(ours["position"], of["network"]["bits"], color=figures.BASELINE, linewidth=1, label="network alone")
    axes[1].plot(ours["position"], ours["bits"], color=figures.GENERATED, linewidth=1, label="with memory")
    axes[1].set(xlabel="token", ylabel="bits")
    _legend(axes[1], 2)
    return fig


def calibration(table: pd.DataFrame, least: int = 30) -> Figure:
    """How often the first guess is right, by how sure it is; tenths with fewer than `least` tokens are left out."""
    often = table[table["tokens"] >= least]
    fig, ax = plt.subplots(figsize=(3.6, 3.4))
    for row in often.itertuples():
        if row.interval.known:
            ends = row.confidence + np.array([row.interval.low, row.interval.high])
            ax.vlines(row.confidence, *np.clip(ends, 0, 1), color=figures.PALE, linewidth=6)
    ax.plot([0, 1], [0, 1], color=figures.GREY, linestyle=":")
    ax.plot(often["confidence"], often["accuracy"], marker="o", color=figures.GENERATED)
    ax.set(xlabel="confidence of its first guess", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    return fig


def over_folds(summed: pd.DataFrame, judged: pd.DataFrame) -> Figure:
    """Bits per token over folds and seeds: a band for the interval, a dot for each training, a stroke for the mean."""
    each = judged.groupby(["model", "fold", "seed"])[["bits", "tokens"]].sum()
    each = (each["bits"] / each["tokens"]).rename("bits").reset_index()
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 0.42 * len(summed) + 0.9))
    for y, row in enumerate(summed.itertuples()):
        if row.interval.known:
            ax.hlines(y, row.interval.low, row.interval.high, color=figures.PALE, linewidth=10, zorder=1)
        dots = each.loc[each["model"] == row.model, "bits"]
        ax.scatter(row.bits, y, color=figures.INK, marker="|", s=200, zorder=2)
        apart = (
            y + np.linspace(-0.25, 0.25, len(dots)) if len(dots) > 1 else [y]
        )  # dots that agree do not hide each other
        ax.scatter(dots, apart, color=_bar(str(row.model)), s=12, zorder=3)
    ax.set(
        yticks=range(len(summed)),
        yticklabels=summed["model"],
        xlabel="bits per token (lower is better)",
        xlim=(0, None),
    )
    ax.invert_yaxis()
    return fig


def runs(longest: pd.DataFrame, judged: Judged, label: str) -> Figure:
    """The longest run that each piece shares with a training piece, by group."""
    fig, ax = plt.subplots()
    rows = {"data": longest, "x": "run", "y": "group", "ax": ax}
    rows["order"] = [name for name in judged.cut if name in set(longest["group"])]
    sns.boxplot(**rows, color=figures.PALE, saturation=1, fliersize=0, linewidth=0.8)
    hue = {"hue": longest["group"].eq("held-out"), "palette": [figures.GENERATED, figures.REAL], "legend": False}
    sns.swarmplot(**rows, **hue, size=3.5, warn_thresh=1)
    ax.set(xlabel=label, ylabel="", xlim=(0, None))
    return fig


def novelty(curve: pd.DataFrame, ours: str, label: str) -> Figure:
    """Which share of the runs of n stands in no training piece, for generated and for held-out pieces."""
    fig, ax = plt.subplots()
    for name, colour in ((ours, figures.GENERATED), ("held-out", figures.REAL)):
        ax.plot(curve.index, curve[name], color=colour, label=name, marker=".")
    ax.set(xlabel=label, ylabel="share that is new", ylim=(0, 1.02))
    ax.legend()
    return fig


def recurrence(curves: Mapping[str, np.ndarray], beat: str) -> Figure:
    """Which share of the beats returns after each distance: held-out pieces, drawn ones without and with memory."""
    looks = ((figures.REAL, "-"), (figures.BASELINE, ":"), (figures.GENERATED, "-"))
    fig, ax = plt.subplots()
    for (name, curve), (colour, style) in zip(curves.items(), looks, strict=False):
        ax.plot(range(1, len(curve) + 1), curve, color=colour, linestyle=style, label=name, linewidth=1.4)
    ax.set(xlabel=f"distance ({beat}s)", ylabel=f"share of {beat}s that return", ylim=(0, None))
    _legend(ax, 3)
    return fig


def tuning(tried: pd.DataFrame) -> Figure:
    """How far drawn pieces are from human ones by each number that was tried (`riyaz.judge.tuning`)."""
    names = list(dict.fromkeys(tried["setting"]))
    fig, axes = plt.subplots(1, len(names), figsize=(figures.WIDTH, 3), sharey=True, squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        rows = tried[tried["setting"] == name]
        chosen = rows[rows["chosen"]]
        ax.plot(rows["value"], rows["mean"], color=figures.GENERATED, marker=".")
        ax.scatter(
            chosen["value"], chosen["mean"], s=120, facecolors="none", edgecolors=figures.INK, clip_on=False, zorder=3
        )
        ax.set(xlabel=name.replace("top_p", "top-p"))
    axes[0, 0].set(ylabel="distance (1: human)", ylim=(0, None))  # once all are drawn: the axes share it
    return fig


def distances(compared: pd.DataFrame) -> Figure:
    """How far generated pieces are from held-out ones in each feature, and how far human draws are."""
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 0.4 * len(compared) + 0.9))
    feature = compared["feature"]
    ax.hlines(feature, 0, compared["floor_95"], color=figures.PALE, linewidth=8, zorder=1, label="95% of human draws")
    ax.scatter(compared["floor"], feature, color=figures.REAL, marker="|", s=120, zorder=2, label="human median")
    ax.scatter(compared["distance"], feature, color=figures.GENERATED, zorder=3, label="generated")
    ax.set(xlabel="Jensen-Shannon distance from held-out pieces", xlim=(0, 1))
    fig.legend(loc="outside upper left", ncols=3)  # wider than the axes: it must not make them narrower
    ax.invert_yaxis()
    return fig
