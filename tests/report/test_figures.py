"""What reports show: the same bytes at every run, text escaped, numbers as a reader wants them."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.layout_engine import ConstrainedLayoutEngine

from riyaz.report import figures
from riyaz.tools import escape


@pytest.fixture(autouse=True)
def _own_style():
    with plt.rc_context():
        plt.switch_backend("agg")
        figures.theme()
        yield
        plt.close("all")


def draw():
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 3], color=figures.TRAIN, label="train")
    axes.set(xlabel="epoch", ylabel="bits")
    axes.legend()
    return figure


def test_saved_figure_repeats_and_has_no_date(tmp_path):
    figures.save(draw(), tmp_path / "new" / "a.svg")
    figures.save(draw(), tmp_path / "b.svg")
    text = (tmp_path / "b.svg").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "a.svg").read_text(encoding="utf-8") == text
    assert "<dc:date>" not in text
    assert figures.TRAIN.lower() in text
    assert "<text" not in text  # drawn as shapes: no font of the reader's machine shows


def test_a_figure_is_the_same_bytes_where_the_last_digits_of_its_layout_are_not(tmp_path, monkeypatch):
    layout = ConstrainedLayoutEngine.execute

    def other(engine, fig):
        layout(engine, fig)
        for ax in fig.axes:
            box = ax.get_position(original=True)
            ax.set_position(np.array(box.bounds) * (1 + 4e-15), which="original")
            ax.set_in_layout(True)

    figures.save(draw(), tmp_path / "a.svg")
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", other)
    figures.save(draw(), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_theme_ignores_settings_from_elsewhere(tmp_path):
    figures.save(draw(), tmp_path / "a.svg")
    plt.rcParams.update({"font.size": 30, "axes.grid": True, "svg.hashsalt": "other"})
    figures.theme()
    figures.save(draw(), tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_roles_that_meet_in_a_figure_have_colours_of_their_own():
    together = [
        ("TRAIN", "VALID", "TEST"),
        ("GENERATED", "REAL", "BASELINE"),
        ("LSTM", "GRU", "RNN"),
        ("NOTE", "CHORD", "REST"),
        ("BOL_LEFT", "BOL_RIGHT", "BOL_BOTH"),
    ]
    for roles in together:
        assert len({getattr(figures, role) for role in roles}) == len(roles)


@pytest.mark.parametrize(
    ("value", "text"),
    [(12345, "12,345"), (-3, "−3"), (3.0, "3"), (3.14159, "3.142"), (31.4159, "31.42"), (0.00123, "0.00123"),
     (-0.5, "−0.500"), (np.nan, "–"), (np.inf, "∞"), (-np.inf, "−∞"), (0, "0"), (np.int64(7), "7")],
)  # fmt: skip
def test_numbers_read_well(value, text):
    assert figures.number(value) == text


@pytest.mark.parametrize(("value", "text"), [(3.4e-7, "3 × 10⁻⁷"), (0.001, "1 × 10⁻³"), (9.7e5, "1 × 10⁶"), (0, "0")])
def test_a_number_with_its_power_of_ten(value, text):
    assert figures.scientific(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("values", "shown"), [([0.25, 1.5], ["0.25", "1.50"]), ([12.5, 3.0], ["12.5", "3.0"]), ([2.0], ["2"])]
)
def test_a_column_has_no_decimals_that_its_numbers_lack(values, shown):
    assert cells(figures.table_html(pd.DataFrame({"a": values}))) == shown


def test_thousands_on_axes_have_commas(capsys):
    figures.theme()
    fig, axes = plt.subplots(1, 2)
    axes[0].plot([0, 5000], [0, 0.5])
    axes[1].set(xscale="log", xlim=(1, 1e5))
    figures.caption("c")
    assert [axes[0].xaxis.get_major_formatter()(value, 0) for value in (0, 2500)] == ["0", "2,500"]
    assert "," not in axes[0].yaxis.get_major_formatter()(0.5, 0)
    assert axes[1].xaxis.get_major_formatter()(1000, 0) != "1,000"
    plt.close(fig)


def cells(html, kind="td"):
    return [part.split(">", 1)[1].split(f"</{kind}>")[0] for part in html.split(f"<{kind}")[1:]]


def test_table_escapes_aligns_and_shares_decimals():
    frame = pd.DataFrame({"<file>": ["<script>", "b"], "bits": [12.5, 3.25], "n": [1, None], "ok": [True, False]})
    html = figures.table_html(frame, "Of <b>two</b> files")
    assert "<caption><span>Of &lt;b&gt;two&lt;/b&gt; files</span></caption>" in html
    assert cells(html) == ["&lt;script&gt;", "12.50", "1", "True", "b", "3.25", "", "False"]
    assert "&lt;file&gt;" in html
    assert html.count('class="number"') == 6
    assert html == figures.table_html(frame, "Of <b>two</b> files")


def test_table_of_nothing_has_its_header():
    html = figures.table_html(pd.DataFrame({"file": [], "n": []}))
    assert "file" in html
    assert cells(html) == []


def test_table_shows_its_index_if_asked():
    assert cells(figures.table_html(pd.DataFrame({"a": [1]}, index=["x"]), index=True)) == ["x", "1"]


def test_player_carries_its_sound_and_escapes_its_title(tmp_path):
    (tmp_path / "a.mp3").write_bytes(b"sound")
    html = figures.player_html(figures.embedded(tmp_path / "a.mp3"), '<Dha> "1"')
    assert 'src="data:audio/mpeg;base64,c291bmQ="' in html
    assert "&lt;Dha&gt; &quot;1&quot;" in html
    assert "<Dha>" not in html


@pytest.mark.parametrize("title", [r"$\frac{1}{$", "$$", r"\$x$y$", "$a$ & $b$", r"\begin{x}", "€" * 500])
def test_a_title_is_no_formula(title, tmp_path):
    figure, axes = plt.subplots()
    axes.set(title=escape.label(title), xlabel=title[:60])
    axes.bar(["$a$", title[:60]], [1, 2], label=title[:60])
    axes.legend()
    figures.save(figure, tmp_path / "a.svg")
    assert axes.title.get_text() in ((tmp_path / "a.svg").read_text(encoding="utf-8").replace("&amp;", "&"))


def test_a_power_of_ten_is_no_markup():
    assert [figures.power(exponent) for exponent in (-15, 0, 3)] == ["10⁻¹⁵", "10⁰", "10³"]


def test_logarithmic_axes_show_powers_of_ten():
    figure, axes = plt.subplots()
    axes.loglog([1, 1000], [1e-3, 10])
    figures.powers(axes.xaxis, axes.yaxis)
    figure.canvas.draw()
    assert {"10⁰", "10³"} <= {label.get_text() for label in axes.get_xticklabels()}
    assert "10⁻³" in {label.get_text() for label in axes.get_yticklabels()}
    assert not any("$" in label.get_text() for label in axes.get_xticklabels(which="both"))


def test_the_numbers_of_a_figure_are_a_table():
    fig, (left, right) = plt.subplots(1, 2)
    left.plot([1, 2], [3, 4], label="loss")
    left.set_title("Curve", loc="left")
    left.barh(["a", "b"], [5, 6])
    right.bar(["c", "d"], [7, 8])
    right.scatter([1], [2], label="dots")
    right.pcolormesh([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    table = figures.numbers(fig)
    rows = [tuple(row) for row in table.astype(object).fillna("").itertuples(index=False)]
    assert ("Curve", "loss", 1, 3, "") in rows
    assert ("Curve", "bars 1", 6, "b", "") in rows
    assert ("2", "bars 1", "c", 7, "") in rows
    assert ("2", "dots", 1, 2, "") in rows
    assert ("2", "field 2", 2, 1, 6) in rows
    assert figures.numbers(plt.figure()).empty
    plt.close("all")
