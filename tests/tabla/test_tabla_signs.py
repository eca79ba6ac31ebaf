"""Numbers and signs alone among bols are bars, count matras or are left out."""

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import layout, signs
from riyaz.tabla.place import Place
from riyaz.tabla.taals import TAALS

PLACE = Place("f.txt", 1, 1)


def kinds(text, taal="dadra"):
    rows = text.split("\n")
    return " ".join(item.kind for item in signs.marked(layout.items(rows, 0, len(rows), PLACE), TAALS[taal]))


def test_the_signs_of_the_taal_are_bars():
    assert kinds("X Dha Dhi Na 0 Dha Tu Na") == "bar word word word bar word word word"


def test_numbers_at_the_heads_of_rows_are_left_out_and_others_count_matras():
    assert kinds("1 Dha Dhi Na\n2 Dha Tu Na") == "word word word word word word"
    assert kinds("1 Dha 2 Dhi Na 3 Na") == "counted word counted word word counted word"


def test_a_cross_after_bols_is_a_rest():
    assert kinds("Dha x Na Dha x Na") == "word cross word word cross word"


def test_what_is_no_sign_is_named():
    with pytest.raises(Unreadable, match=r"^f.txt:1:9: '7' is no bol"):
        kinds("Dha Dhi 7 Na 3 Dha")
    assert kinds("") == ""
