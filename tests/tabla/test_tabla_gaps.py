import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla.gaps import refuse
from riyaz.tabla.place import Place
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)
ROW = "Dha Ti  Dha Ge  Na Na  Ta Ti  Dha Ge  Na Na"


def test_words_and_groups_that_both_fit_are_asked_about():
    with pytest.raises(Unreadable, match=r"^f.txt:2:1: a word or a group"):
        refuse(["Rela", ROW], TAALS["dadra"], PLACE)


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
    refuse(rows, TAALS["dadra"], PLACE)
