"""Pieces that are chosen among more are together like the training pieces."""

from dataclasses import replace

import numpy as np
import samples
from test_style import HUMAN, walk

from riyaz.judge import chosen, style

ODD = [walk(f"odd {k}", 400 + k, steps=(-9, 7, 4)) for k in range(20)]
USUAL = [walk(f"usual {k}", 500 + k) for k in range(12)]


def test_what_is_like_the_corpus_is_taken_first():
    order = chosen.order([*ODD, *USUAL], HUMAN)
    assert sorted(order) == list(range(32))
    assert sum(k < 20 for k in order[:8]) <= 1
    assert style.ratio([[*ODD, *USUAL][k] for k in order[:8]], HUMAN, 1) < style.ratio([*ODD, *USUAL][:8], HUMAN, 1)


def test_a_corpus_of_two_kinds_gets_both_in_their_shares():
    people = [*HUMAN[:15], *(walk(f"leap {k}", 600 + k, steps=(-9, 7, 4)) for k in range(5))]
    order = chosen.order([*ODD, *USUAL], people)
    assert 1 <= sum(k < 20 for k in order[:8]) <= 4


def test_how_pieces_close_is_one_more_feature():
    pieces = [walk(f"more {k}", 700 + k) for k in range(24)]
    closes = np.r_[np.arange(24) % 4 == 0, np.arange(len(HUMAN)) % 4 > 0].astype(float)  # a quarter, three quarters
    plain, asked = chosen.order(pieces, HUMAN)[:6], chosen.order(pieces, HUMAN, [closes])[:6]
    assert closes[asked].mean() > closes[plain].mean()
    assert chosen.order(pieces, HUMAN, [np.full(len(closes), np.nan)])[:6] == plain


def test_a_piece_that_copies_more_than_people_do_comes_last():
    data = samples.data(HUMAN, ["train"] * len(HUMAN))
    heads = [*USUAL[:5], replace(HUMAN[3], name="copy"), *HUMAN]
    runs = chosen._runs(heads, 6, data)
    assert runs[5] == len(HUMAN[3].events)
    assert set(runs[6:]) == {runs.min()}
    assert chosen.order(heads[:6], HUMAN, [runs])[-1] == 5


def test_greedy_choice_by_hand():
    pieces = [*USUAL[:3], *ODD[:2]]
    alike = style.kernel([*pieces, *HUMAN])
    wanted = alike[:5, 5:].mean(axis=1)
    first = int((wanted - 0).argmax())
    rest = [k for k in range(5) if k != first]
    assert chosen.order(pieces, HUMAN)[0] == first
    assert chosen.order(pieces, HUMAN)[1] == max(rest, key=lambda k: wanted[k] - alike[k, first] / 2)


def test_of_nothing_nothing_is_chosen():
    assert chosen.order([], HUMAN) == []
    assert chosen.order(USUAL, []) == list(range(12))


def test_pieces_are_some_of_the_drawn_ones_and_the_first_do_not_depend_on_how_many_are_wanted(monkeypatch):
    made = [*ODD, *USUAL, walk("short", 1, n=3)]
    monkeypatch.setattr(chosen.free, "pieces", lambda model, data, settings, n, cache: list(range(n)))
    monkeypatch.setattr(chosen.free, "about", lambda data, settings: {})
    monkeypatch.setattr(chosen.free, "piece", lambda one, model, name, about: made[one])
    data = samples.data(HUMAN, ["train"] * 30)
    settings = samples.settings(generate={"candidates": 33})
    eight = chosen.pieces(None, data, settings, 8)
    assert len(set(eight)) == 8
    assert chosen.pieces(None, data, settings, 3) == eight[:3]
    assert np.isin(eight, range(20, 32)).sum() >= 7
    assert chosen.pieces(None, data, settings, 32)[-1] != 32  # the short one comes last
    alone = samples.settings(generate={"candidates": 1})
    assert chosen.pieces(None, data, alone, 3) == [0, 1, 2]
