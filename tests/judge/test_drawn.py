import numpy as np
import pytest

from riyaz.judge import drawn
from riyaz.music.events import TICKS, Piece, in_a_row


def bols(name, beats, ended=False, silent=()):
    events = in_a_row([TICKS] * beats, [[] if k in silent else ["Dha"] for k in range(beats)])
    return Piece(name, events, {"taal": "teental", "kind": "bols", "ended": ended})


def test_a_group_keeps_count_by_its_sams_and_its_ends():
    missing = bols("b", 40, silent=[16])
    table = drawn.keeps_count({"one": [bols("a", 40), missing], "two": [bols("c", 32, True), bols("d", 30, True)]})
    assert table.loc["one", ["pieces", "sams struck", "came to an end"]].tolist() == [2, 0.75, 0]
    assert np.isnan(table.loc["one", "whole avartans, of these"])
    assert table.loc["two", "whole avartans, of these"] == 0.5


def test_human_pieces_have_ended_and_stay_as_they_were():
    human = bols("a", 4)
    (marked,) = drawn.as_ended([human])
    assert (marked.about["ended"], human.about["ended"]) == (True, False)


def test_curves_are_compared_with_the_human_one():
    curves = {"held-out": np.array([0.5, 0.25, np.nan]), "a": np.array([0.5, 0.75, 1.0]), "b": np.full(3, np.nan)}
    assert drawn.apart(curves) == pytest.approx({"a": 0.25})
