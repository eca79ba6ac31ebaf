import re

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla.gaps import joined, meant
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


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["Dha Ti  Dha Ge  Na Na | Ta Ti  Ta Ke  Na Na |"], "Dha.Ti Dha.Ge Na.Na | Ta.Ti Ta.Ke Na.Na |"),  # by bars
        (["Dha Ti, Dha Ge, Na Na | Ta Ti, Ta Ke, Na Na"], "Dha.Ti Dha.Ge Na.Na | Ta.Ti Ta.Ke Na.Na"),
        (["(X) Dha Ti  Dha Ge  Na (0) Ta Ti  Ta Ke  Na"], "(X) Dha.Ti Dha.Ge Na (0) Ta.Ti Ta.Ke Na"),
        (["Dha Ti Te  Dha Ge  Na  Ta Ti  Ta Ke  Na"], "Dha.Ti.Te Dha.Ge Na Ta.Ti Ta.Ke Na"),  # by their number
        (["(Dha Ti  Dha Ge  Na) x2"], "(Dha.Ti Dha.Ge Na) x2"),
        (["1 2 3 4 5 6", "Dha Ti  Dha Ge  Na Na  Ta Ti  Ta Ke  Na Na"], "Dha.Ti Dha.Ge Na.Na Ta.Ti Ta.Ke Na.Na"),
        (["Ti Ra Ki Ta, Dha, Na, Ti Ra Ki Ta, Ta, Na -"], "Ti.Ra.Ki.Ta Dha Na Ti.Ra.Ki.Ta Ta Na.-"),
    ],
)
def test_groups_that_fill_vibhags_or_avartans_are_words(rows, words):
    assert joined(rows, TAALS["dadra"], PLACE)[-1].split() == words.split()


@pytest.mark.parametrize(
    "rows",
    [[], ["Dha Dhi Na | Dha Tu Na"], ["Dha, Dhi, Na, Dha, Tu, Na"], ["Dha  Dhi  Na  Dha Tu Na"], ["hello  Dha Na"]],
)
def test_rows_whose_single_words_are_matras_stay(rows):
    assert [row.split() for row in joined(rows, TAALS["dadra"], PLACE)] == [row.split() for row in rows]


def test_gaps_that_leave_two_readings_are_asked_about():
    with pytest.raises(Unreadable, match=r"^f.txt:1:1: a word or a group"):
        joined(["Dha Ti  Dha Ge Na  Dha  Na  Ti Na Ge  Ta Ti"], TAALS["dadra"], PLACE)
