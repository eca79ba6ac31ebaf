"""The figures of the chapter `cells`: each function draws one table and returns its figure."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from riyaz.lecture.cells import sigmoid, sigmoid_derivative
from riyaz.lecture.compare import CELLS
from riyaz.lecture.gates import Reading
from riyaz.report import figures
from riyaz.tabla.taals import Taal

TITLES = {"rnn_sigmoid": "RNN with σ", "rnn": "RNN with tanh", "lstm": "LSTM", "gru": "GRU"}
COLOURS = {"rnn_sigmoid": figures.GREY, "rnn": figures.RNN, "lstm": figures.LSTM, "gru": figures.GRU}
STYLES = {"rnn_sigmoid": ":", "rnn": "--", "lstm": "-", "gru": "-."}
MARKERS = {"lstm": "D", "gru": "s", "rnn": "^"}


def sigmoid_and_slope(x: np.ndarray) -> Figure:
    """The sigmoid and its first derivative at the points x."""
    slope = sigmoid_derivative(x)
    fig, (left, right) = plt.subplots(1, 2, figsize=(figures.WIDTH, 2.7))
    left.plot(x, sigmoid(x), color=figures.INK)
    right.plot(x, slope, color=figures.INK)
    right.plot(x[slope.argmax()], slope.max(), "o", color=figures.HIGHLIGHT)
    left.set(xlabel="x", ylabel="σ(x)", title="Sigmoid", yticks=[0, 0.5, 1])
    right.set(xlabel="x", ylabel="σ′(x)", title="First derivative", yticks=[0, 0.125, 0.25])
    sns.despine()
    return fig


def descent(weights: np.ndarray, energy: np.ndarray, paths: Mapping[float, Sequence[float]]) -> Figure:
    """The loss by weight, and the steps of gradient descent for each learning rate."""
    fig, axes = plt.subplots(1, len(paths), figsize=(figures.WIDTH, 2.7), sharey=True)
    for ax, (rate, path) in zip(axes, paths.items(), strict=True):
        ax.plot(weights, energy, color=figures.GREY, linewidth=1)
        ax.plot(path, np.interp(path, weights, energy), "o-", color=figures.BLUE, markersize=4, linewidth=0.8)
        ax.set(xlabel="weight w", title=f"α = {rate:g}", xlim=(weights[0], weights[-1]), ylim=(0, 3))
    axes[0].set_ylabel("loss E (nats)")
    sns.despine()
    return fig


def vanishing(medians: Mapping[str, np.ndarray]) -> Figure:
    """What is left of a gradient by depth, beside 0.25 to the power of the depth."""
    depth = len(next(iter(medians.values()))) - 1
    fig, ax = plt.subplots()
    looks = ((figures.BLUE, "-"), (figures.VERMILION, "--"), (figures.GREEN, "-."))
    for (name, values), (colour, style) in zip(medians.items(), looks, strict=True):
        ax.semilogy(values, color=colour, linestyle=style, label=name)
    ax.semilogy(0.25 ** np.arange(depth + 1.0), color=figures.GREY, linestyle=":", label="0.25ⁿ")
    ax.set(xlabel="depth n (layers)", ylabel="|∂hₙ / ∂h₀|", ylim=(1e-25, 10))
    figures.powers(ax.yaxis)
    ax.legend(loc="lower left")
    sns.despine()
    return fig


def gradients(norms: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """How strongly the last output feels each earlier input, for ``untrained`` and ``trained`` cells."""
    fig, axes = plt.subplots(1, len(norms), figsize=(figures.WIDTH, 3.6), sharey=True)
    for ax, (state, of) in zip(axes, norms.items(), strict=True):
        for cell, values in of.items():
            low, middle, high = np.percentile(values, [10, 50, 90], axis=0)
            ax.fill_between(np.arange(middle.size), low, high, color=COLOURS[cell], alpha=0.15, linewidth=0)
            ax.plot(middle, color=COLOURS[cell], linestyle=STYLES[cell], label=TITLES[cell])
        ax.set(xlabel="steps back k", title=state.capitalize(), ylim=(-20, 2))
    ticks = range(-20, 1, 5)
    axes[0].set(ylabel="norm of ∂h(T) / ∂x(T−k)", yticks=ticks, yticklabels=[figures.power(e) for e in ticks])
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    sns.despine()
    return fig


def recall(answers: pd.DataFrame, symbols: int, longest: int) -> Figure:
    """The share of right answers by gap: mean and range of the seeds."""
    mean = answers.pivot_table(index="gap", columns="cell", values="accuracy")
    fig, ax = plt.subplots()
    for cell, title in TITLES.items():
        spread = answers[answers["cell"] == cell].groupby("gap")["accuracy"]
        ax.fill_between(mean.index, spread.min(), spread.max(), color=COLOURS[cell], alpha=0.15, linewidth=0)
        ax.plot(mean.index, mean[cell], "o", color=COLOURS[cell], linestyle=STYLES[cell], markersize=4, label=title)
    ax.axhline(1 / symbols, color=figures.GREY, linewidth=0.8)
    ax.axvline(longest, color=figures.INK, linewidth=0.8)
    ax.set(xscale="log", xlabel="gap between symbol and question (tokens)", ylabel="right answers (share)")
    ax.set(ylim=(0, 1.05), xticks=mean.index, xticklabels=mean.index)
    ax.minorticks_off()
    fig.legend(loc="outside upper center", ncols=4)
    sns.despine()
    return fig


def gates(shown: Reading, taal: Taal) -> tuple[Figure, np.ndarray]:
    """Gates along one cycle, from khali over sam to khali: means, the forget gates that move most, and cell states.

    Returns
    -------
    The figure, and the forget gates that it covers: (strokes, units).
    """
    first, last = taal.matras / 2, taal.matras * 1.5 + 1
    cut = (shown.onset >= first) & (shown.onset < last)
    gate = {name: values[cut] for name, values in shown.gates.items()}
    order = np.argsort(-gate["f"].std(axis=0))[:16]  # the forget gates that move most
    edges = np.r_[shown.onset[cut], min(last, np.floor(shown.onset[cut][-1]) + 1)]
    fig, axes = plt.subplots(3, 1, figsize=(figures.WIDTH, 6.4), sharex=True, height_ratios=[1.3, 2.2, 1.3])
    looks = ((figures.BLUE, "-"), (figures.ORANGE, "--"), (figures.GREEN, "-."))
    for name, label, (colour, style) in zip("fio", ("forget f", "input i", "output o"), looks, strict=True):
        look = {"color": colour, "linestyle": style, "label": label}
        axes[0].stairs(gate[name].mean(axis=1), edges, baseline=None, linewidth=1.4, **look)
    axes[0].legend(ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.35))
    mesh = axes[1].pcolormesh(edges, np.arange(order.size + 1), gate["f"][:, order].T, cmap="cividis", vmin=0, vmax=1)
    fig.colorbar(mesh, ax=axes[1], label="0 forgets, 1 keeps", aspect=12)
    for unit, (colour, style) in zip(order[:3], looks, strict=True):
        axes[2].stairs(gate["C"][:, unit], edges, color=colour, linestyle=style, baseline=None, linewidth=1.4)
    _signs(axes, taal, np.arange(first, last), order.size)
    axes[0].set(ylabel="gates, mean\nof units", ylim=(0, 1))
    axes[1].set(ylabel=f"{order.size} forget gates", yticks=[])
    axes[2].set(ylabel="cell state C\nof the first 3", xlabel="matra, and the bols on it")
    _bols(axes[2], shown, cut, taal)
    sns.despine()
    return fig, gate["f"]


def _signs(axes: Sequence[plt.Axes], taal: Taal, beats: np.ndarray, top: float) -> None:
    """A line through all axes where a vibhag begins, with its sign over the second."""
    signs = dict(zip(taal.starts, taal.signs, strict=True))
    for at in beats:
        sign = signs.get(at % taal.matras + 1)
        if not sign:
            continue
        sam, khali = sign == "X", sign == "0"
        colour = figures.SAM if sam else figures.INK
        for ax in axes:
            ax.axvline(at, color=colour, linewidth=1.8 if sam else 0.9, linestyle=":" if khali else "-")
        axes[1].text(at, top + 0.3, sign, ha="center", color=colour)


def _bols(ax: plt.Axes, shown: Reading, cut: np.ndarray, taal: Taal) -> None:
    """Under each matra its bols and its number."""
    beats = np.unique(np.floor(shown.onset[cut]))
    spoken = ["".join(shown.bol[np.floor(shown.onset) == beat]).replace("rest", "S") for beat in beats]
    labels = [f"{bols}  {beat % taal.matras + 1:.0f}" for beat, bols in zip(beats, spoken, strict=True)]
    ax.set_xticks(beats + 0.5, labels, rotation=90, fontsize=9.5)


def matras(table: pd.DataFrame, taal: Taal) -> Figure:
    """For each matra the mean forget gate, and how well one gate tells it, beside the bol alone."""
    signs = dict(zip(taal.starts, taal.signs, strict=True))
    fig, axes = plt.subplots(2, 1, figsize=(figures.WIDTH, 4.6), sharex=True)
    axes[0].plot(table.index, table["mean f"], "o", color=figures.BLUE)
    axes[0].plot(1, table.loc[1, "mean f"], "o", color=figures.SAM, markersize=9)
    axes[0].set(ylabel="forget gate,\nmean of units")
    gate, bol = table["forget gate"], table["bol alone"]
    axes[1].plot(table.index, gate, "o-", color=figures.BLUE, label="the forget gate chosen in training")
    axes[1].plot(table.index, bol, "s--", color=figures.GREY, label="the bol alone")
    axes[1].axhline(0.5, color=figures.INK, linewidth=0.8)
    labels = [f"{matra}\n{signs.get(matra, '')}" for matra in table.index]
    lowest = min(0.4, min(gate.min(), bol.min()) - 0.05)
    axes[1].set(xlabel="matra", ylabel="area under ROC", xticks=table.index, xticklabels=labels, ylim=(lowest, 1.02))
    axes[1].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    sns.despine()
    return fig


def compare(scores: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Held-out bits per token of each cell and seed, at equal units and at equal parameters."""
    fig, axes = plt.subplots(1, 2, figsize=(figures.WIDTH, 3.2), sharex=True, sharey=True)
    for ax, at in zip(axes, ("equal units", "equal parameters"), strict=True):
        places = itertools.product(enumerate(names), zip((-0.22, 0, 0.22), CELLS, strict=True))
        for (row, name), (offset, cell) in places:
            chosen = (scores["data"] == name) & (scores["at"] == at) & (scores["cell"] == cell)
            bits, colour = scores["bits"][chosen], COLOURS[cell]
            ax.plot(bits, [row + offset] * len(bits), "o", color=colour, alpha=0.5, markersize=4)
            look = {"marker": MARKERS[cell], "color": colour, "markersize": 8, "linestyle": "none"}
            ax.plot(bits.mean(), row + offset, label=TITLES[cell].split(" ")[0] if row == 0 else None, **look)
        ticks = {"yticks": range(len(names)), "yticklabels": list(names)}
        ax.set(title=at.capitalize(), xlabel="bits per token, test part", **ticks)
    axes[0].invert_yaxis()
    fig.legend(*axes[1].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    sns.despine()
    return fig


def losses(by_hand: np.ndarray, of_keras: np.ndarray) -> Figure:
    """The loss of each token by hand, over the probability that Keras gave it, and the line -log ŷ."""
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 2.8))
    p = np.linspace(0.005, 1, 200)
    ax.plot(p, -np.log(p), color=figures.GREY, linewidth=1)
    ax.plot(np.exp(-of_keras), by_hand, "o", color=figures.BLUE, markersize=4, alpha=0.4)
    ax.set(xlabel="probability of what came, by Keras", ylabel="loss by hand (nats)", ylim=(0, 6))
    sns.despine()
    return fig


def unrolled(words: Sequence[str], outputs: Sequence[str]) -> Figure:
    """The recurrent network unrolled: the same cell at every token, each fed by the token and by the cell before."""
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 2.2))
    box = {"boxstyle": "round", "facecolor": "none", "edgecolor": figures.BLUE}
    arrow = {"arrowstyle": "->", "color": figures.INK}
    for n, (word, output) in enumerate(zip(words, outputs, strict=True)):
        ax.text(n, 0, word, ha="center", va="center", fontsize=9.5)
        ax.text(n, 1, f"h{n}", ha="center", va="center", bbox=box)
        ax.text(n, 2, output, ha="center", va="center", fontsize=9.5)
        ax.annotate("", (n, 0.75), (n, 0.2), arrowprops=arrow)
        ax.annotate("", (n, 1.8), (n, 1.25), arrowprops=arrow)
        if n:
            ax.annotate("", (n - 0.2, 1), (n - 0.8, 1), arrowprops=arrow)
    ax.set(xlim=(-0.6, len(words) - 0.4), ylim=(-0.4, 2.4))
    ax.axis("off")
    return fig


def curves(history: pd.DataFrame) -> Figure:
    """Loss and accuracy of a training by epoch, side by side."""
    fig, axes = plt.subplots(1, 2, figsize=(figures.WIDTH, 2.6))
    for ax, of, title, unit_ in (
        (axes[0], "loss", "Loss", "nats per token"),
        (axes[1], "accuracy", "Accuracy", "share"),
    ):
        for part, name, colour in (("", "training", figures.TRAIN), ("val_", "validation", figures.VALID)):
            ax.plot(history["epoch"], history[part + of], color=colour, label=name)
        ax.set(title=title, xlabel="epoch", ylabel=unit_)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return fig


def unit(table: pd.DataFrame) -> Figure:
    """The gates, cell state and output of one LSTM unit along a phrase (`slides.unit_along`), with their values."""
    values = table.set_index("token").T
    fig, ax = plt.subplots(figsize=(figures.WIDTH, 2.8))
    # 0 is the ground of the page, so that its ink is read on it by day and by night.
    shades = [(figures.BLUE, 0.45), (figures.BLUE, 0), (figures.HIGHLIGHT, 0), (figures.HIGHLIGHT, 0.45)]
    tints = [(at, to_rgba(*shade)) for at, shade in zip((0, 0.5, 0.5, 1), shades, strict=True)]
    look = {
        "annot_kws": {"fontsize": 9.5, "color": figures.INK},
        "cmap": LinearSegmentedColormap.from_list("gates", tints),
    }
    sns.heatmap(values, annot=True, fmt=".2f", vmin=-1, vmax=1, cbar=False, ax=ax, **look)
    ax.set(xlabel="", ylabel="")
    ax.tick_params(axis="y", rotation=0)
    ax.tick_params(axis="x", rotation=90)
    return fig
