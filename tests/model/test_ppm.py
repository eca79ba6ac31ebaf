"""PPM-C by the published example and as a plain recursion over dictionaries, IDyOM's by what IDyOM itself gives.

IDyOM's figures (escape C, interpolated, no bound of the order, no update exclusion) stand in the tests of the R package
ppm by Harrison, https://github.com/pmcharrison/ppm, which were made by running IDyOM.
"""

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
    short = ppm.distributions(ppm.short_term(text, SIZE, 2), "backoff")
    assert short[-1][text[-1]] == pytest.approx(probability)
    model = ngram.train([ids("abracadabra")], SIZE, 2)
    after = ids("ra" + letter)
    assert ppm.distributions(ppm.long_term(model, after), "backoff")[-1][after[-1]] == pytest.approx(probability)


# after each letter of abracadabra: what IDyOM gives a, b, c, d and r
ABRACADABRA = """.2 .2 .2 .2 .2; .6 .1 .1 .1 .1; .333333 .333333 .111111 .111111 .111111; .25 .25 .125 .125 .25;
.2 .533333 .066667 .066667 .133333; .266667 .2 .2 .133333 .2; .208333 .291667 .291667 .083333 .125;
.25 .1875 .1875 .1875 .1875; .209302 .217054 .217054 .217054 .139535; .191489 .148936 .127660 .127660 .404255;
.434783 .152174 .130435 .130435 .152174"""
# a prelude of Louis Couperin, its pitches: IDyOM needs 4.195832 bits for each
PRELUDE = """45 52 57 60 64 69 45 52 57 60 64 69 45 45 44 52 60 60 59 64 64 71 45 57 76 74 72 71 72 72 72 72 72 72 72
72 52 64 69 69 71 71 71 71 71 71 50 52 54 55 52 53 52 50 48 48 47 69 71 72 55 74 62 67 48 67 69 71 57 72
72 57 64 65 72 72 72 60 62 66 71 71 62 68 66 68 64 64 64 64 59 59 60 64 68 68 69 69 50 49 49 50 59 64 64
65 69 47 48 50 52 53 50 50 52 60 64 69 52 60 60 59 69 69 68 68 68 45 52 57 61 64 69 45 52 57 62 61 64 69"""


def coded(sequence):
    """Ids from 2 on in the order of the alphabet, after <start>; and the size of the vocabulary."""
    alphabet, codes = np.unique(list(sequence), return_inverse=True)
    return np.r_[1, codes + 2], len(alphabet) + 2


def test_idyom_after_each_letter_of_abracadabra():
    text, size = coded("abracadabra")
    found = ppm.distributions(ppm.short_term(text, size, 11), "idyom")
    expected = [[float(p) for p in row.split()] for row in ABRACADABRA.split(";")]
    np.testing.assert_allclose(found[:, 2:], expected, atol=1e-6)


def test_idyom_of_a_prelude():
    text, size = coded(map(int, PRELUDE.split()))
    p = ppm.distributions(ppm.short_term(text, size, 40), "idyom")
    bits = -np.log2(p[np.arange(len(p)), text[1:]]).mean()
    assert bits == pytest.approx(4.195832, abs=2e-6)
    for way in ("plain", "backoff"):
        p = ppm.distributions(ppm.short_term(text, size, 40), way)
        assert abs(-np.log2(p[np.arange(len(p)), text[1:]]).mean() - bits) > 0.05


def test_idyom_of_what_it_has_learned():
    """The first letter of a second abracadabra: IDyOM has no <start>, so nothing is known of what stands before it."""
    text, size = coded("abracadabra")
    p = ppm.distributions(ppm.long_term(ngram.train([text], size, 11), np.array([0, text[1]])), "idyom")
    np.testing.assert_allclose(p[0, 2:], [0.277778, 0.194444, 0.166667, 0.166667, 0.194444], atol=1e-6)


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

    long = ppm.distributions(ppm.long_term(ngram.train([train], 7, order), piece), "backoff")
    short = ppm.distributions(ppm.short_term(piece, 7, order), "backoff")
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
    chosen, bits = ppm.choose(model, rows[20:25])
    each = {way: ppm.choose(model, rows[20:25], [way])[1] for way in ppm.WAYS}
    assert bits == min(each.values()) == each[chosen.way]
    assert ngram.mean_bits(ngram.bits(chosen, rows[20:25])) == pytest.approx(bits)
    assert chosen.long.order <= 4
    mixed = ngram.mean_bits(ngram.bits(chosen, rows[25:]))
    alone = ngram.mean_bits(ngram.bits(ngram.choose_order(model, rows[20:25])[0], rows[25:]))
    assert mixed < alone - 1
    assert chosen.distributions(np.array([1])).shape == (0, 12)
    with pytest.raises(ValueError, match="needs validation pieces"):
        ppm.choose(model, [])
