from fractions import Fraction

import pytest
import samples

from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.text import example


def piece(name, beats=8, **about):
    return Piece(name, in_a_row([TICKS // 2] * beats * 2, [["C4"], ["E4"]] * beats), {"kind": "notes", **about})


def test_the_example_is_the_first_of_the_most_frequent_kind():
    pieces = [piece("a", metre="3/4"), piece("b", metre="4/4"), piece("c", metre="4/4")]
    assert example.choose(pieces) == 1
    assert example.choose(pieces[:1]) == 0


@pytest.mark.parametrize(
    ("about", "beats"),
    [({"metre": "6/8"}, 3), ({"metre": "3/8+2/8"}, Fraction(5, 2)), ({}, 4), ({"taal": "rupak", "metre": "4/4"}, 7)],
)
def test_a_phrase_is_one_bar_or_avartan(about, beats):
    found = example.phrase(piece("a", **about))
    assert example.cycle(about) == beats
    assert found.beats == beats


def test_the_tokens_of_the_phrase_are_the_first_of_the_piece():
    data = samples.data([piece("a", metre="3/4")], ["train"])
    n = example.n_tokens(data, 0)
    assert data.tokens[0][:n] == ["<start>", "metre:3/4", "d:1/2", *["C4", "E4"] * 3]
    assert example.n_tokens(data, 0, "chord") == 7


def test_a_note_that_begins_in_the_bar_belongs_to_it_whole():
    long = Piece("a", in_a_row([3 * TICKS, 2 * TICKS, TICKS], [["C4"], ["D4"], ["E4"]]), {"metre": "4/4"})
    assert example.phrase(long).events["duration"].tolist() == [3 * TICKS, 2 * TICKS]
