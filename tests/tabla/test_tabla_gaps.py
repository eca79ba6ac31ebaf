import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla.gaps import refuse
from riyaz.tabla.place import Place
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)
ROW = "Dha Ti  Dha Ge  Na Na  Ta Ti  Dha Ge  Na Na"


def test_words_and_groups_that_both_fit_are_asked_about():
    with pytest.raises(Unreadable, match=r"^f.txt:2:1: a word or a group"):
        refuse(["Rela", ROW], ["Rela", ROW], TAALS["dadra"], PLACE)


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
    refuse(rows, rows, TAALS["dadra"], PLACE)


def test_cells_between_tabs_may_be_vibhags_or_matras():
    row = "DhaTi DhaGe\tTiNa KeNa\tDhaTi DhaGe\tTiNa KeNa\tDhaTi DhaGe\tTiNa KeNa\t" * 2
    barred = [row.replace("\t", " | ")]
    with pytest.raises(Unreadable, match=r"^f.txt:1:1: a word or a group"):
        refuse(barred, [row], TAALS["ektal"], PLACE)
    refuse(barred, [row], TAALS["dadra"], PLACE)  # whose vibhags are three matras
