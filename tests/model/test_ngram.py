from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.model import ngram, ppm

SIZE = 7  # ids 2 to 6 can be predicted: a uniform share is 1/5


def piece(*tokens):
    return np.array([1, *tokens, 2], dtype=np.int32)


pieces = st.lists(st.lists(st.integers(3, SIZE - 1), max_size=12).map(lambda t: piece(*t)), max_size=4)
TRAIN = [piece(4, 4, 5), piece(4, 5, 4, 5, 6)]


def models(train):
    long = ngram.train(train, SIZE, 3)
    return [
        ngram.Uniform(SIZE),
        long.at(0),
        ngram.copy_last(train, SIZE),
        long,
        ppm.Mixed(long, 2, 0.0),
        ppm.Mixed(long.at(1), 3, 2.5),
        ppm.Mixed(long, 3, 1.0, "backoff"),
        ppm.Mixed(long, 3, 1.0, "idyom"),
    ]


def test_witten_bell_by_hand():
    model = ngram.train([piece(4, 4, 5)], SIZE, 1)
    unigram = model.at(0).distributions(piece(4))[0]
    # predicted were 4 4 5 <end>: n = 4 tokens, T = 3 kinds
    np.testing.assert_allclose(
        unigram[[4, 5, 2, 3, 6]], [(2 + 3 / 5) / 7, (1 + 3 / 5) / 7, (1 + 3 / 5) / 7, 3 / 35, 3 / 35]
    )
    # after 4 came 4 and 5: n = 2, T = 2; after 6 came nothing: the unigram
    after = model.distributions(piece(4, 6))
    np.testing.assert_allclose(after[1][[4, 5, 6]], (np.array([1, 1, 0]) + 2 * unigram[[4, 5, 6]]) / 4)
    np.testing.assert_allclose(after[2], unigram)


def test_uniform_and_copy_last_by_hand():
    assert ngram.mean_bits(ngram.bits(ngram.Uniform(SIZE), TRAIN)) == pytest.approx(np.log2(5))
    copy = ngram.copy_last([piece(4, 4, 4, 5)], SIZE)  # 2 repeats among 5 predicted tokens
    assert copy.rate == pytest.approx(3 / 7)
    p = copy.distributions(piece(5))
    np.testing.assert_allclose(p[0], copy.unigram)  # <start> is never repeated
    np.testing.assert_allclose(p[1][5], 3 / 7 + 4 / 7 * copy.unigram[5])


@settings(max_examples=30, deadline=None)
@given(pieces, pieces)
def test_every_distribution_is_proper(train, test):
    for model in models(train):
        for one in test:
            p = model.distributions(one)
            assert p.shape == (len(one) - 1, SIZE)
            np.testing.assert_allclose(p.sum(axis=1), 1)
            assert (p[:, :2] == 0).all()
            assert (p[:, 2:] > 0).all()


def by_hand(history, order):
    """Witten-Bell after `history`, from dicts: the slow twin of the arrays."""
    counts = defaultdict(Counter)
    for past in history:
        for t in range(1, len(past)):
            for k in range(min(t, order) + 1):
                counts[tuple(past[t - k : t])][past[t]] += 1

    def after(context):
        p = np.array([0, 0] + [1 / (SIZE - 2)] * (SIZE - 2))
        for k in range(min(len(context), order) + 1):
            seen = counts.get(tuple(context[len(context) - k :]), Counter())
            n, kinds = sum(seen.values()), len(seen)
            if n:
                p = (np.array([seen[w] for w in range(SIZE)]) + kinds * p) / (n + kinds)
        return p

    return after


@settings(max_examples=40, deadline=None)
@given(pieces, st.lists(st.integers(3, SIZE - 1), max_size=14), st.integers(0, 4))
def test_arrays_give_what_dicts_give(train, tokens, order):
    one = piece(*tokens)
    known = by_hand([p.tolist() for p in train], order)
    np.testing.assert_allclose(
        ngram.train(train, SIZE, order).distributions(one), [known(one[:t].tolist()) for t in range(1, len(one))]
    )
    short = ppm.distributions(ppm.short_term(one, SIZE, order), "plain")
    expected = [by_hand([one[:t].tolist()], order)(one[:t].tolist()) for t in range(1, len(one))]
    np.testing.assert_allclose(short, expected)


def test_a_smaller_order_of_one_training_is_that_order_trained():
    long, direct = ngram.train(TRAIN, SIZE, 4).at(2), ngram.train(TRAIN, SIZE, 2)
    np.testing.assert_array_equal(long.distributions(TRAIN[1]), direct.distributions(TRAIN[1]))
    with pytest.raises(ValueError, match="trained were 0 to 2"):
        direct.at(3)


def test_the_surer_model_weighs_more():
    sure, unsure = np.array([[0, 0, 0.97, 0.03]]), np.array([[0, 0, 0.5, 0.5]])
    np.testing.assert_allclose(ngram.mix(sure, unsure, 0), (sure + unsure) / 2)
    h = ngram.entropy(sure)[0]
    assert ngram.entropy(unsure)[0] == pytest.approx(1)
    np.testing.assert_allclose(ngram.mix(sure, unsure, 1), (sure / h + unsure) / (1 / h + 1))
    assert ngram.mix(sure, unsure, 20)[0, 2] == pytest.approx(0.97, abs=1e-3)


def test_a_short_term_model_wins_where_pieces_keep_to_their_own_phrase():
    rng = np.random.default_rng(0)
    corpus = [piece(*np.tile(rng.integers(3, 20, 6), 12)) for _ in range(30)]
    train, valid, test = corpus[:20], corpus[20:25], corpus[25:]
    long = ngram.train(train, 20, 5)
    chosen, by_order = ngram.choose_order(long, valid)
    mixed, bits = ppm.choose(long, valid, ["plain"])
    assert by_order[chosen.order] == by_order.loc[1:].min()
    assert ngram.mean_bits(ngram.bits(chosen, valid)) == pytest.approx(by_order[chosen.order])
    assert ngram.mean_bits(ngram.bits(mixed, valid)) == pytest.approx(bits)
    assert ngram.mean_bits(ngram.bits(mixed, test)) < 0.5 * ngram.mean_bits(ngram.bits(chosen, test))


def test_nothing_to_choose_on_is_an_error():
    for choose in (ngram.choose_order, ppm.choose):
        with pytest.raises(ValueError, match="needs validation pieces"):
            choose(ngram.train(TRAIN, SIZE, 1), [])
    with pytest.raises(ValueError, match="token 2 of a piece is <pad> or <start>"):
        ngram.bits(ngram.Uniform(SIZE), [np.array([1, 4, 0])])
    assert np.isnan(ngram.mean_bits([]))


def test_samples_repeat_by_seed_and_follow_the_model():
    for model in models(TRAIN):
        a, b = (ngram.sample(model, np.random.default_rng(3), 20) for _ in range(2))
        np.testing.assert_array_equal(a, b)
        assert a[0] == 1
        assert len(a) == 21 or a[-1] == ngram.END
    model = ngram.train([piece(4), piece(5)] * 50, SIZE, 1)
    rng = np.random.default_rng(0)
    first = Counter(int(ngram.sample(model, rng, 1)[1]) for _ in range(2000))
    assert first[4] / 2000 == pytest.approx(model.distributions(piece())[0][4], abs=0.04)


@pytest.mark.parametrize("order", [0, 1, 3])
def test_what_follows_is_the_last_row_of_all_distributions(order):
    model = ngram.train(TRAIN, SIZE, order)
    for past in (piece()[:1], piece(4)[:2], piece(5, 4, 5, 6)[:5], piece(6, 6, 6, 3, 4, 5, 5)[:8]):
        np.testing.assert_array_equal(model.following(past), model.distributions(np.r_[past, 0])[-1])


def test_top_p_keeps_the_likeliest():
    p = np.array([0.1, 0.5, 0.25, 0.15])
    np.testing.assert_allclose(ngram._nucleus(p, 0.7), [0, 2 / 3, 1 / 3, 0])
    np.testing.assert_allclose(ngram._nucleus(p, 0.01), [0, 1, 0, 0])
    np.testing.assert_allclose(ngram._nucleus(p, 1), p)


def test_a_mask_is_kept():
    only_six = np.arange(SIZE) == 6
    one = ngram.sample(ngram.train(TRAIN, SIZE, 2), np.random.default_rng(0), 5, allowed=lambda so_far: only_six)
    assert one.tolist() == [1, 6, 6, 6, 6, 6]
    with pytest.raises(ValueError, match="nothing may follow"):
        ngram.sample(ngram.Uniform(SIZE), np.random.default_rng(0), 5, allowed=lambda so_far: only_six & False)


def test_golden():
    long = ngram.train(TRAIN, SIZE, 3)
    test = [piece(5, 4, 5, 6, 6, 4)]
    figures = [ngram.mean_bits(ngram.bits(m, test)) for m in (long, ppm.Mixed(long, 2, 1.0))]
    np.testing.assert_allclose(figures, GOLDEN, rtol=1e-9)


GOLDEN = [2.630481391147564, 2.651333964994463]
