import re

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla.gaps import meant
from riyaz.tabla.place import Place
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)
ROW = "Dha Ti  Dha Ge  Na Na  Ta Ti  Dha Ge  Na Na"


def test_words_and_groups_that_both_fit_are_asked_about():
    with pytest.raises(Unreadable, match=r"^f.txt:2:1: a word or a group"):
        meant(["Rela", ROW], ["Rela", ROW], TAALS["dadra"], PLACE)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [ROW, "Dha Ti  Dha Ge  Na Na"],  # nine groups
        [ROW.replace("  ", " ")],
        [ROW.replace("  ", "  | ")],
        ["Dha Ti  Dha Ge Na  Dha  Na  Ti  Na"],  # of several sizes
        ["Dha  Dhi  Na  Na  Ti  Na"],  # of one word
    ],
)
def test_other_rows_are_left_alone(rows):
    assert meant(rows, rows, TAALS["dadra"], PLACE) == {}


def test_cells_between_tabs_are_matras_where_a_row_is_an_avartan():
    row = ROW.replace("  ", "\t")
    assert meant([row], [row], TAALS["dadra"], PLACE) == {"bars": "matras"}
    counted = "\t".join(["DhaTi DhaGe"] * 10 + ["1 -", "2 -"])  # the pause has two matras
    assert meant([re.sub(r"\d", "-", counted)], [counted], TAALS["ektal"], PLACE) == {"bars": "matras"}
    assert meant(["Dha Ti | Dha Ge"], ["Dha Ti\tDha Ge"], TAALS["dadra"], PLACE) == {}


def test_cells_between_tabs_may_be_vibhags_or_matras():
    row = "DhaTi DhaGe\tTiNa KeNa\tDhaTi DhaGe\tTiNa KeNa\tDhaTi DhaGe\tTiNa KeNa\t" * 2
    barred = [row.replace("\t", " | ")]
    with pytest.raises(Unreadable, match=r"^f.txt:1:1: a word or a group"):
        meant(barred, [row], TAALS["ektal"], PLACE)
    assert meant(barred, [row], TAALS["dadra"], PLACE) == {}  # whose vibhags are three matras
