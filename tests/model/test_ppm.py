"""PPM-C by the published example, and as a plain recursion over dictionaries."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.model import ngram, ppm

SIZE = 2 + 256  # <pad>, <start>, and the bytes of the example


def ids(text):
    return np.array([1, *(2 + ord(letter) for letter in text)])


@pytest.mark.parametrize(
    ("letter", "probability"),
    [("c", 1 / 2), ("d", 1 / 2 * 1 / 6), ("t", 1 / 2 * 3 / 6 * 5 / 12 * 1 / 251)],
)  # Cleary, Teahan & Witten 1995, table 2, with exclusion
def test_the_published_probabilities_after_abracadabra(letter, probability):
    text = ids("abracadabra" + letter)
    short = ppm._distributions(ppm.short_term(text, SIZE, 2))
    assert short[-1][text[-1]] == pytest.approx(probability)
    model = ngram.train([ids("abracadabra")], SIZE, 2)
    after = ids("ra" + letter)
    assert ppm._distributions(ppm.long_term(model, after))[-1][after[-1]] == pytest.approx(probability)


def plain(tables, context, order, symbols):
    """p(w) by the definition."""
    excluded, p, share = set(), dict.fromkeys(symbols, 0.0), 1.0
    for k in range(min(order, len(context)), -1, -1):
        counts = tables.get(tuple(context[len(context) - k :]), Counter())
        seen = {w: n for w, n in counts.items() if w not in excluded}
        if counts:
            whole = sum(seen.values()) + len(counts)
            for w, n in seen.items():
                p[w] += share * n / whole
            share *= len(counts) / whole
            excluded |= set(seen)
    rest = [w for w in symbols if w not in excluded]
    for w in rest:
        p[w] += share / len(rest)
    total = sum(p.values())
    return {w: value / total for w, value in p.items()}


pieces = st.lists(st.integers(2, 5), min_size=1, max_size=25).map(lambda row: np.array([1, *row]))


@settings(max_examples=40, deadline=None)
@given(pieces, pieces, st.integers(0, 3))
def test_both_memories_are_the_plain_recursion(train, piece, order):
    def counted(row, upto):
        tables = {}
        for at in range(1, upto):
            for k in range(min(order, at) + 1):
                tables.setdefault(tuple(row[at - k : at]), Counter())[row[at]] += 1
        return tables

    long = ppm._distributions(ppm.long_term(ngram.train([train], 7, order), piece))
    short = ppm._distributions(ppm.short_term(piece, 7, order))
    known = counted(train.tolist(), len(train))
    for at in range(1, len(piece)):
        context = piece[:at].tolist()
        for found, tables in ((long, known), (short, counted(piece.tolist(), at))):
            expected = plain(tables, context, order, range(2, 7))
            np.testing.assert_allclose(found[at - 1, 2:], list(expected.values()), rtol=1e-9)
            assert found[at - 1, :2].tolist() == [0, 0]


def test_the_best_mixture_is_chosen_and_beats_both_memories_where_pieces_repeat():
    rng = np.random.default_rng(0)
    phrases = [rng.integers(2, 12, 8) for _ in range(30)]
    rows = [np.r_[1, np.tile(phrase, 4), 2] for phrase in phrases]
    model = ngram.train(rows[:20], 12, 4)
    chosen = ppm.choose(model, rows[20:25])
    assert chosen.long.order <= 4
    mixed = ngram.mean_bits(ngram.bits(chosen, rows[25:]))
    alone = ngram.mean_bits(ngram.bits(ngram.choose_order(model, rows[20:25])[0], rows[25:]))
    assert mixed < alone - 1
    assert chosen.distributions(np.array([1])).shape == (0, 12)
    with pytest.raises(ValueError, match="needs validation pieces"):
        ppm.choose(model, [])
