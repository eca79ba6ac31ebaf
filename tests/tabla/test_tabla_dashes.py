import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla.dashes import unlisted
from riyaz.tabla.place import Place

PLACE = Place("f.txt", 1, 1)


def test_a_dash_before_the_khali_of_a_row_is_left_out():
    assert unlisted(["DhaTi GeNa", "-TaTi KeNa"], PLACE) == ["DhaTi GeNa", " TaTi KeNa"]


def test_a_dash_before_a_row_like_no_other_is_a_rest():
    rows = ["DhaTi GeNa", "-TaTi KeNa TaTi", "", "-Ge TaTi"]
    assert unlisted(rows, PLACE) == rows


def test_dashes_before_all_rows_of_bols_are_asked_about():
    with pytest.raises(Unreadable, match=r"^f.txt:2:1: a dash before each row"):
        unlisted(["Keherwa", "-DhaTi GeNa", "-TaTi KeNa"], PLACE)


def test_no_rows_give_none():
    assert unlisted([], PLACE) == []
