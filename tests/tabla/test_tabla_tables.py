"""What stands in rows and columns beside bols is left out, and nothing else."""

import pytest

from riyaz.tabla import tables
from riyaz.tabla.taals import TAALS


def test_counts_up():
    assert all(tables.counts_up(*given) for given in [([4, 5, 6],), ([1, 2], 1, 2)])
    assert not any(tables.counts_up(*given) for given in [([4, 5, 6], 1), ([1, 2],), ([1, 3, 4],), ([],), ([], 1, 2)])


@pytest.mark.parametrize(
    "rows",
    [
        ["1\tDha\tX", "2\tDhin", "3\tNa"],
        ["matra,bol", "1,Dha", "2,Dhin", "3,Na"],
        ["| No | Bol | Sign |", "|---|---|---|", "| 1 | Dha | X |", "| 2 | Dhin | |", "| 3 | Na | |"],
        ["1 Dha X", "2 Dhin", "3 Na"],
    ],
)
def test_of_columns_the_bols_remain(rows):
    assert [row for row in tables.columns(rows) if row and "---" not in row and "No" not in row] == [
        "Dha",
        "Dhin",
        "Na",
    ]


@pytest.mark.parametrize(
    "rows", [["Dha | Dhin | Na"], ["1 | Dha", "2 | Dhin | x2 Na"], ["2\tDha", "3\tDhin"], [], [""]]
)
def test_other_columns_stay(rows):
    assert tables.columns(rows) == rows


@pytest.mark.parametrize(
    "row", ["Beat: 1 2 3 4", "ताल चिन्ह- x : 0", "Claps and waves : clap, 2, 3, wave, 2, 3", "Section: X 2 0"]
)
def test_a_name_with_signs_or_numbers_is_left_out(row):
    assert tables.unlabelled(row) == ""


@pytest.mark.parametrize(
    "row",
    ["Dha Te Te Dha - (x3)", "Tali: 1, 4, 6", "Bols per beat: 4", "Tempo: 90", "Theka -", "Dha - 2", "Palta 1: 2"],
)
def test_other_names_stay(row):
    assert tables.unlabelled(row) == row


def test_numbers_beside_bols_go_and_those_of_headings_stay():
    assert [row.split() for row in tables.unnumbered(["1 - Dha Dhin", "2 - Na"])] == [["Dha", "Dhin"], ["Na"]]
    assert tables.unnumbered(["पलटा १", "धा", "पलटा २", "धा"]) == ["पलटा १", "धा", "पलटा २", "धा"]
    assert [row.split() for row in tables.uncounted(["धा(१) धी(२) ना(३)"])] == [["धा", "धी", "ना"]]
    assert tables.uncounted(["Dha(1) Dhin(3)"]) == ["Dha(1) Dhin(3)"]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (["X    0", "Dha Dhin", "2    3", "Dha"], 2),
        (["1 2 3 4  9 10 11 12", "Dha", "5 6 7 8  13 14 15 16"], 2),
        (["X    2", "Dha Dhin", "0    3", "Dha"], 0),
        (["X 0 2 3", "Dha"], 0),
        ([], 0),
    ],
)
def test_signs_out_of_order_say_that_vibhags_stand_in_columns(rows, column):
    assert tables.in_columns(rows, TAALS["teental"]) == column


def test_numbers_before_rows_may_count_the_matras():
    rows = ["1   Dha Dha Dhin Ta", "5   Kite Dha Dhin Ta", "9  Tite Kata | Gadi Gana", "13 Dha - Dha -"]
    assert [row.split()[0] for row in tables.unnumbered(rows)] == ["Dha", "Kite", "Tite", "Dha"]
    assert tables.unnumbered([*rows[:3], "12 Dha - Dha -"])[0] == rows[0]  # they count something else


def test_cells_of_a_table_one_in_a_row_are_a_row_of_bols():
    cells = ["+ |", "|", "0 |", "I |", "Dha |", "Dhi |", "Na |", "। | Na |", "Ti Ra |", "Na |", "1 | 2 |", "3 |"]
    assert tables.celled(["Dadra", *cells]) == ["Dadra", "| Dha Dhi Na | Na (Ti Ra) Na", *[""] * 11]


@pytest.mark.parametrize("rows", [[], ["Dha |"] * 3, ["Dha |", "- Guru |", *["Na |"] * 6], ["+ |"] * 8])
def test_other_rows_of_cells_stay(rows):
    assert tables.celled(rows) == rows


def test_a_bracket_alone_closes_the_row_before():
    assert tables.celled(["Kaida (Delhi", ")"]) == ["Kaida (Delhi)", ""]


def test_signs_before_the_bols_of_vibhags_stand_in_brackets():
    rows = ["Theme", "X: Dha Dhin", "2 - Dha Dhin", "0) Ta Tin", "3. - Dha"]
    assert tables.labelled(rows) == ["Theme", "(X) Dha Dhin", "(2) Dha Dhin", "(0) Ta Tin", "(3) - Dha"]
    assert tables.labelled(["0: Tin Tin Na", "2: Dhi Na"]) == ["(0) Tin Tin Na", "(2) Dhi Na"]


@pytest.mark.parametrize("rows", [[], ["X: Dha Dhin"], ["1) Dha", "2) Dha"], ["0) Dha", "1) Dha", "2) Dha"]])
def test_numbers_before_rows_are_no_signs(rows):
    assert tables.labelled(rows) == rows
