"""How drawn pieces close: as the network would close them, or on the tonic as often as is asked."""

from dataclasses import replace

import numpy as np
import pytest
from samples import weights
from scipy.stats import ks_2samp

from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.play import endings, sampling
from riyaz.play.sampling import Drawn, Sampling
from riyaz.text import tokens as tk

NOTES = tk.Vocabulary([*(s + p for p in ("C4", "E4", "G4") for s in ("", "+")), "rest", "d:1"])
MODEL = Bundle(weights(len(NOTES)), NOTES, {})
C, G = ["C4", "+E4", "+G4"], ["G4"]


def drawn(words, ending):
    """A piece without an end, with the probability that one would have had before each word."""
    ids = NOTES.ids(["<start>", "d:1", *words])
    rows = np.ones(len(ids), np.float32)
    chance = np.r_[0, 0, ending].astype(np.float32)
    return Drawn(ids, 0, False, rows, rows, rows, rows, chance)


def last(piece):
    return NOTES.tokens(piece.ids)[-2]


WORDS = [*C, *G, *C, *G]  # after a C chord the bass is the tonic, after G it is not
CHANCE = [0, 0, 0, 0.5, 0.5, 0, 0, 0.5]  # before the G, before the C, and before the last G


def test_a_piece_closes_on_the_tonic_or_elsewhere_as_is_asked():
    many = [drawn(WORDS, CHANCE)] * 40
    for wanted, where in ((1.0, {"+G4"}), (0.0, {"G4"})):
        closed = endings.close(many, MODEL, wanted, 7)
        assert {last(piece) for piece in closed} == where
        assert all(piece.ended and piece.ids[-1] == tk.END for piece in closed)
        assert all(len(piece.probability) == len(piece.ids) for piece in closed)
    some = endings.close([drawn(WORDS, CHANCE)] * 400, MODEL, 0.7, 7)
    assert np.mean([last(piece) == "+G4" for piece in some]) == pytest.approx(0.7, abs=0.06)
    assert [piece.ids.tolist() for piece in some[:40]] == [
        piece.ids.tolist() for piece in endings.close(many, MODEL, 0.7, 7)
    ]


def test_without_a_wish_a_piece_closes_as_likely_as_it_would_have():
    closed = endings.close([drawn(WORDS, CHANCE)] * 2000, MODEL, float("nan"), 7)
    sizes = np.array([len(piece.ids) for piece in closed])
    shares = [np.mean(sizes == size) for size in (6, 7, 10)]
    assert shares == pytest.approx(np.array([4, 2, 1]) / 7, abs=0.04)  # 1/2, 1/4, 1/8 of those that end


def test_what_cannot_close_as_is_asked_closes_as_it_may_and_what_cannot_at_all_stays_open():
    (closed,) = endings.close([drawn(WORDS, [0, 0, 0, 0, 0.5, 0, 0, 0])], MODEL, 1.0, 7)
    assert (last(closed), closed.ended) == ("G4", True)
    (rare,) = endings.close([drawn(WORDS, [0, 0, 0, 0.001, 0, 0, 0, 0])], MODEL, 1.0, 7)
    assert (rare.ids[-1], rare.ended) == (tk.END, False)  # cut where it was the least improbable
    (never,) = endings.close([drawn(WORDS, [0] * 8)], MODEL, 1.0, 7)
    assert never.ids.tolist() == drawn(WORDS, CHANCE).ids.tolist()


def test_pieces_drawn_without_an_end_and_closed_are_as_long_as_pieces_drawn_with_one():
    n = 160
    at_once = sampling.draw(MODEL, [Sampling(200)] * n, 3)
    endless = sampling.draw(MODEL, [Sampling(200, endless=True)] * n, 4)
    assert not any((piece.ids == tk.END).any() for piece in endless)
    closed = endings.close(endless, MODEL, float("nan"), 5)
    sizes = [[len(piece.ids) for piece in pieces if piece.ended] for pieces in (at_once, closed)]
    assert min(map(len, sizes)) > 0.9 * n
    assert ks_2samp(*sizes).pvalue > 0.01
    assert np.mean(sizes[0]) < 100


def test_the_share_of_pieces_that_close_on_the_tonic():
    about = {"kind": "notes"}
    home = in_a_row([TICKS] * 3, [["C4", "E4", "G4"], ["G4"], ["C4", "E4", "G4"]])
    away, silent = home.iloc[:2].reset_index(drop=True), in_a_row([TICKS], [[]])
    pieces = [Piece(str(k), events, about) for k, events in enumerate((home, home, away, silent))]
    np.testing.assert_array_equal(endings.closes(pieces), [1, 1, 0, np.nan])
    np.testing.assert_array_equal(endings.closes([replace(pieces[0], about={"kind": "bols"})]), [np.nan])
    assert endings.closes([]).shape == (0,)
