"""Figures, tables, captions and players: what a report shows, all in one quiet style.

`theme` comes first in a notebook. One colour has one role everywhere; the colours are Okabe and Ito's, which
people with any colour vision tell apart. What is shown is the same bytes at every run, and text is escaped by
`riyaz.tools.escape`.

References
----------
M. Okabe and K. Ito, "Color Universal Design", 2008.
"""

import base64
from io import StringIO
from numbers import Number
from pathlib import Path
from typing import Any
from urllib.parse import quote

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import HTML, Markdown, display
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, NullFormatter, ScalarFormatter

from riyaz.tools import escape

BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, INK, GREY, PALE = "#CC79A7", "#56B4E9", "#F0E442", "#33302C", "#8C857D", "#E4DFD8"

TRAIN, VALID, TEST = BLUE, ORANGE, VERMILION  # parts of a corpus
GENERATED, REAL, BASELINE = GREEN, BLUE, GREY  # whose music, or whose prediction
LSTM, GRU, RNN = BLUE, GREEN, VERMILION  # recurrent cells
NOTE, CHORD, REST = BLUE, PURPLE, GREY  # kinds of event
BOL_LEFT, BOL_RIGHT, BOL_BOTH = SKY, ORANGE, VERMILION  # which hand plays: bayan, dayan, both
SAM, TALI, KHALI = VERMILION, INK, GREY  # signs of a taal
HIGHLIGHT = VERMILION  # the one thing to look at
RAMP = "crest"  # seaborn's palette for quantities, light to dark
CYCLE = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY)  # where a colour has no role

WIDTH, HEIGHT = 5.4, 3.0  # inches: on a phone's screen, 350 px wide, the smallest letters have 9 px


def theme() -> None:
    """Set how all figures look; in a notebook they are shown as SVG.

    Starts from matplotlib's own defaults, so that neither a user's matplotlibrc nor a font of the machine shows.
    """
    import seaborn as sns  # half a second, for which pages without figures need not wait

    mpl.rcdefaults()
    sns.set_theme(style="ticks", palette=list(CYCLE))
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, HEIGHT),
            "figure.constrained_layout.use": True,
            "figure.facecolor": "none",
            "savefig.facecolor": "none",
            "axes.facecolor": "none",
            "font.family": "DejaVu Sans",
            "font.size": 11,
            "axes.titlesize": 11.5,
            "axes.titlelocation": "left",
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "patch.edgecolor": "none",
            "patch.force_edgecolor": False,
            "legend.frameon": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "text.color": INK,
            "text.parse_math": False,  # a $ in a title is a $
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.linewidth": 0.8,
            "grid.color": PALE,
            "grid.linewidth": 0.8,
            "lines.linewidth": 1.8,
            "lines.solid_capstyle": "round",
            "svg.hashsalt": "riyaz",
            "svg.fonttype": "path",
        }
    )
    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", bbox_inches="tight", metadata={"Date": None})


class _Layout(ConstrainedLayoutEngine):
    """Constrained layout with rounded places.

    Its solver orders its unknowns by their addresses in memory, so that the last digits change from run to run, and
    with them the ids in an SVG, which are digests of places.
    """

    def execute(self, fig: Any) -> None:
        """Place all axes of a figure, to a millionth of its size."""
        super().execute(fig)
        for ax in fig.axes:
            ax.set_position(np.round(ax.get_position(original=True).bounds, 6), which="original")
            ax.set_in_layout(True)  # which a place of one's own ends


def _steady(fig: Figure) -> None:
    if isinstance(fig.get_layout_engine(), ConstrainedLayoutEngine):
        fig.set_layout_engine(_Layout())


def save(fig: Figure, path: Path | str) -> None:
    """Write a figure as SVG: the same bytes at every run, on a white ground."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(fig, ground="white"), encoding="utf-8", newline="\n")


def svg(fig: Figure, ground: str = "none") -> str:
    """A figure as SVG, on a ground of this colour."""
    _steady(fig)
    text = StringIO()
    fig.savefig(text, format="svg", bbox_inches="tight", facecolor=ground, metadata={"Date": None})
    return text.getvalue()


def caption(text: str) -> None:
    """Show the figures that were drawn so far in this cell, what is seen in them, and their numbers as CSV."""
    for n in plt.get_fignums():
        _steady(plt.figure(n))
        _thousands(plt.figure(n))
    data = pd.concat([numbers(plt.figure(n)) for n in plt.get_fignums()] or [pd.DataFrame()], ignore_index=True)
    if mpl.get_backend().lower().endswith(("inline", "backend_inline")):
        plt.show()
    link = ""
    if len(data):
        address = "data:text/csv;charset=utf-8," + quote(data.to_csv(index=False, float_format="%.6g"))
        link = f' <a class="take" download="figure.csv" href="{address}">CSV</a>'
    display(HTML(f'<p class="caption">{escape.html(text)}{link}</p>'))


def _thousands(fig: Figure) -> None:
    """Write thousands on plain axes as `number` does."""
    for axis in (axis for ax in fig.axes for axis in (ax.xaxis, ax.yaxis)):
        plain = isinstance(axis.get_major_formatter(), ScalarFormatter) and axis.get_scale() == "linear"
        if plain and np.abs(axis.get_view_interval()).max() >= 1000:
            axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 0)))


def numbers(fig: Figure) -> pd.DataFrame:
    """What a figure shows, as a table: its lines, bars, points and fields of colour.

    Returns
    -------
    DataFrame: panel (its title, or its number), series (its label, or its number), x, y (numbers, or the name at the
        axis) and, for fields of colour, value. No rows for an empty figure.
    """
    rows: list[tuple[Any, ...]] = []
    for n, ax in enumerate(fig.axes, 1):
        panel = ax.get_title(loc="left") or ax.get_title() or str(n)
        for k, line in enumerate(ax.lines, 1):
            xs, ys = (np.asarray(values).ravel() for values in line.get_data(orig=True))
            rows += [(panel, _label(line, f"line {k}"), x, y, None) for x, y in zip(xs, ys, strict=True)]
        for k, bars in enumerate(ax.containers, 1):
            if isinstance(bars, BarContainer):
                rows += [(panel, _label(bars, f"bars {k}"), *_bar(ax, bar, bars.orientation), None) for bar in bars]
        for k, points in enumerate(ax.collections, 1):
            if isinstance(points, QuadMesh):
                sides = np.array(np.asarray(points.get_coordinates()).shape[:2]) - 1
                values: np.ndarray = np.ma.filled(np.ma.asarray(points.get_array(), dtype=float), np.nan)
                values = values.reshape(sides)
                rows += [(panel, f"field {k}", x, y, value) for (y, x), value in np.ndenumerate(values)]
            elif isinstance(points, PathCollection):
                xys = np.asarray(points.get_offsets(), dtype=float)
                rows += [(panel, _label(points, f"points {k}"), x, y, None) for x, y in xys]
    table = pd.DataFrame(rows, columns=["panel", "series", "x", "y", "value"])
    return table.dropna(axis=1, how="all") if table["value"].isna().all() else table


def _label(artist: Any, otherwise: str) -> str:
    label = str(artist.get_label() or "")
    return otherwise if not label or label.startswith("_") else label


def _bar(ax: Axes, bar: Any, orientation: str | None) -> tuple[Any, Any]:
    """A bar's place, by the name that stands there, and its length."""
    across = orientation == "horizontal"
    middle = bar.get_y() + bar.get_height() / 2 if across else bar.get_x() + bar.get_width() / 2
    axis = ax.yaxis if across else ax.xaxis
    names = {
        round(at, 6): text.get_text() for at, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
    }
    place = names.get(round(middle, 6)) or middle
    return (bar.get_width(), place) if across else (place, bar.get_height())


def note(markdown: str) -> None:
    """Show a sentence that was made from computed figures; Markdown, with `escape.markdown` for what users wrote."""
    display(Markdown(markdown))


def powers(*axes: Axis) -> None:
    """Write the powers of ten on logarithmic axes as 10³: matplotlib's own way is a formula, and these are off."""
    for axis in axes:
        axis.set_major_formatter(FuncFormatter(_power))
        axis.set_minor_formatter(NullFormatter())


def _power(value: float, place: int | None) -> str:
    return power(round(np.log10(value))) if value > 0 else ""


def power(exponent: int) -> str:
    """A power of ten as it is written: 10⁻³ for -3."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def scientific(value: float) -> str:
    """A small or large number with its power of ten: 3 × 10⁻⁷, and 0 for 0."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}\u00a0×\u00a0{power(int(exponent))}" if value else "0"


def table(frame: pd.DataFrame, caption: str = "", index: bool = False) -> None:
    """Show a table; see `table_html`."""
    display(HTML(table_html(frame, caption, index)))


def table_html(frame: pd.DataFrame, caption: str = "", index: bool = False) -> str:
    """Lay a table out as HTML: text escaped, numbers to the right, and no random ids.

    Parameters
    ----------
    frame : its columns' names are the header. Thousands are set apart, and a column's numbers have the same
        decimals; a missing value is an empty cell.
    caption : stands above.
    index : whether the index is the first column.

    Returns
    -------
    A box that scrolls sideways where the screen is narrower than the table; for no rows the header alone.
    """
    if index:
        frame = frame.reset_index()
    numeric = [pd.api.types.is_numeric_dtype(t) and not pd.api.types.is_bool_dtype(t) for t in frame.dtypes]
    kind = ['class="number"' if number else "" for number in numeric]
    head = "".join(f"<th scope='col' {k}>{escape.html(c)}</th>" for c, k in zip(frame.columns, kind, strict=True))
    decimals = [_decimals(frame.iloc[:, n]) if is_number else None for n, is_number in enumerate(numeric)]
    rows = [
        "".join(_cell(value, k, d) for value, k, d in zip(row, kind, decimals, strict=True))
        for row in frame.itertuples(index=False, name=None)
    ]
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    title = f"<caption><span>{escape.html(caption)}</span></caption>" if caption else ""
    return f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def number(value: float, decimals: int | None = None) -> str:
    """Write a number for a reader: 12,345, 3.142, 0.00123; with `decimals` just so many of them."""
    value = float(value)
    if not np.isfinite(value):
        return "–" if np.isnan(value) else ("∞" if value > 0 else "−∞")
    if decimals is None:
        decimals = 0 if value.is_integer() else 2 if abs(value) >= 10 else 3 if abs(value) >= 0.1 else None
    text = f"{value:.3g}" if decimals is None else f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def _decimals(column: pd.Series) -> int | None:
    """How many decimals the numbers of a column share; None where they are too small to share any."""
    values = np.abs(column.dropna().to_numpy(dtype=float))
    values = values[np.isfinite(values)]
    if not values.size or (values == np.round(values)).all():
        return 0
    largest = values.max()
    decimals = 1 if largest >= 1000 else 2 if largest >= 10 else 3 if largest >= 0.1 else None
    while decimals and np.array_equal(np.round(values, decimals), np.round(values, decimals - 1)):
        decimals -= 1
    return decimals


def embedded(sound: Path | str | bytes) -> str:
    """The address of an MP3 that travels in the page itself."""
    data = sound if isinstance(sound, bytes) else Path(sound).read_bytes()
    return "data:audio/mpeg;base64," + base64.b64encode(data).decode("ascii")


def player_html(source: str, title: str) -> str:
    """Lay out a player of what is at the address `source`."""
    name, source = escape.html(title), escape.html(source)
    return (
        f'<figure class="player"><figcaption>{name}</figcaption>'
        f'<audio controls preload="metadata" src="{source}" aria-label="{name}"></audio></figure>'
    )


def _cell(value: object, kind: str, decimals: int | None) -> str:
    if value is None or value is pd.NaT or (isinstance(value, Number) and pd.isna(value)):
        return f"<td {kind}></td>" if kind else "<td></td>"
    if kind and isinstance(value, Number):
        return f"<td {kind}>{number(value, decimals)}</td>"  # type: ignore[arg-type]
    text = escape.html(value)
    return f'<td class="long">{text}</td>' if len(text) > 30 else f"<td>{text}</td>"
