from collections import Counter, defaultdict

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.model import memory, ngram, ppm
from riyaz.music.events import TICKS
from riyaz.text.tokens import Vocabulary

BOLS = Vocabulary(["Dha", "Ta", "Te", "Dhin", "Tin", "Ge", "Ke", "d:1"])
LETTERS = Vocabulary(["C4", "D4", "E4", "F4"])
rows = st.lists(st.integers(2, 11), min_size=1, max_size=60).map(lambda ids: np.array([1, *ids], np.int32))


def parameters(
    vocabulary, order=3, escape=(1.0, 0.5, 2.0), class_escape=(3.0, 1.0), growth=(0.0, 0.5, 1.0), class_growth=(0.3,)
):
    return {
        "order": order,
        "escape": list(escape),
        "growth": list(growth),
        "class_escape": list(class_escape),
        "class_growth": list(class_growth),
        **memory.tables(vocabulary),
    }


def network(piece, n_tokens, seed=0):
    logits = np.random.default_rng(seed).normal(size=(len(piece) - 1, n_tokens))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def laid(past, base, escape, growth, order, times):
    """Witten-Bell with escapes that grow, from a dictionary of contexts; what follows place i counts times[i]."""
    tables = defaultdict(Counter)
    for at in range(1, len(past)):
        for k in range(min(order, at) + 1):
            tables[tuple(past[at - k : at])][past[at]] += times[at - 1]
    p = dict(base)
    for k in range(min(order, len(past)) + 1):
        seen = tables.get(tuple(past[len(past) - k :]))
        if seen:
            total = sum(seen.values())
            more = escape[min(k, len(escape) - 1)] * len(seen) * total ** growth[min(k, len(growth) - 1)]
            p = {w: (seen[w] + more * p[w]) / (total + more) for w in p}
    return p


def places(piece, chosen):
    """Where the next event starts in its cycle, after each token."""
    at, length, bar, result = 0, 0, 4 * TICKS, []
    for token in piece:
        length, bar = chosen["ticks"][token] or length, chosen["cycle"][token] or bar
        at += length if chosen["begins"][token] else 0
        result.append(at % bar)
    return result


def by_dictionary(log, piece, given_parameters):
    """What `memory.log_probabilities` should give."""
    classes, order, place = given_parameters["classes"], given_parameters["order"], places(piece, given_parameters)

    def of(memory=""):
        return [given_parameters[memory + name] for name in ("escape", "growth")]

    out = np.zeros(log.shape)
    for at in range(len(log)):
        past, p = [int(t) for t in piece[: at + 1]], dict(enumerate(np.exp(log[at].astype(float))))
        times = [given_parameters["same"] if place[i] == place[at] else 1 for i in range(at + 1)]
        if len(set(classes)) < len(classes):
            of_class = Counter()
            for w, share in p.items():
                of_class[classes[w]] += share
            new = laid([classes[w] for w in past], of_class, *of("class_"), order, times)
            p = {w: share * new[classes[w]] / of_class[classes[w]] for w, share in p.items()}
        out[at] = list(laid(past, p, *of(), order, times).values())
    return out


@settings(max_examples=30, deadline=None)
@given(rows, st.sampled_from([LETTERS, BOLS]))
def test_the_compiled_memory_is_a_plain_dictionary(piece, vocabulary):
    chosen, piece = parameters(vocabulary), np.where(piece < len(vocabulary), piece, 4)
    log = network(piece, len(vocabulary))
    (mixed,) = memory.log_probabilities([log], [piece], chosen)
    np.testing.assert_allclose(np.exp(mixed), by_dictionary(log, piece, chosen), rtol=2e-5)
    np.testing.assert_allclose(np.exp(mixed.astype(float)).sum(1), 1, rtol=1e-5)


@pytest.mark.parametrize("vocabulary", [LETTERS, BOLS])
def test_beyond_its_steps_a_memory_forgets_the_oldest_and_stays_right(vocabulary):
    """32 tokens in 20 places: as a dictionary of the newest 20, and sure of a phrase that has come again and again."""
    chosen, piece = parameters(vocabulary), np.array([3, 4, 5, 6] * 8, np.int32)
    arrays, state = memory.prepare(chosen), memory.initial(1, 20)
    for token in piece:
        state = memory.advance(arrays, state, jnp.array([token], jnp.int32))
    log = np.full((20, len(vocabulary)), -np.log(len(vocabulary)), np.float32)
    mixed = memory.predict(arrays, state, jnp.asarray(log[:1]), jnp.ones(1))[0]
    np.testing.assert_allclose(np.exp(mixed[0]), by_dictionary(log, piece[-20:], chosen)[-1], rtol=2e-5)
    assert np.exp(mixed[0, 3]) > 0.9
    assert memory.longest(state)[1].tolist() == [4]


@settings(max_examples=20, deadline=None)
@given(rows.map(lambda ids: np.minimum(ids, 7)))
def test_alone_with_escapes_of_one_it_is_the_short_term_model(piece):
    chosen = parameters(LETTERS, escape=(1.0,), growth=(0.0,))
    base = np.log(np.tile(ngram.Uniform(len(LETTERS)).distributions(piece)[:1] + 1e-300, (len(piece) - 1, 1)))
    (log,) = memory.log_probabilities([base], [piece], chosen)
    np.testing.assert_allclose(
        np.exp(log), ppm.distributions(ppm.short_term(piece, len(LETTERS), 3), "plain"), rtol=2e-5, atol=1e-9
    )


def test_what_followed_at_the_same_place_of_the_cycle_counts_more():
    words = Vocabulary(["metre:3/4", "d:1", "C4", "D4", "E4", "F4"])
    # three bars, in which E4 or F4 follows D4: E4 after the second beat, F4 after the third
    bars = "C4 D4 E4 C4 E4 D4 F4 D4".split()
    piece = words.ids(["<start>", "metre:3/4", "d:1", *bars])
    flat = np.full((len(piece), len(words)), -np.log(len(words)), np.float32)
    arrays, state = memory.prepare(parameters(words)), memory.initial(1, 32)
    for token in piece:
        state = memory.advance(arrays, state, jnp.array([token], jnp.int32))
    assert int(state["place"][0]) == 2 * TICKS
    mixed = np.exp(memory.predict(arrays, state, jnp.asarray(flat[:1]), jnp.ones(1))[0][0])
    after_second, after_third = words.ids(["E4", "F4"])
    assert mixed[after_second] > 2 * mixed[after_third]
    assert memory.tables(LETTERS)["same"] == 1


def test_a_piece_gets_the_same_bits_whatever_stands_beside_it():
    rng = np.random.default_rng(1)
    pieces = [np.r_[1, rng.integers(2, 7, size=50 + k)].astype(np.int32) for k in range(20)]
    logs = [network(piece, len(BOLS), seed) for seed, piece in enumerate(pieces)]
    together = memory.log_probabilities(logs, pieces, parameters(BOLS))
    for log, piece, expected in zip(logs, pieces, together, strict=True):
        assert memory.log_probabilities([log], [piece], parameters(BOLS))[0].tobytes() == expected.tobytes()


def test_khali_forms_are_one_class_and_everything_else_is_its_own():
    forms = dict(zip(BOLS.words, memory.classes(BOLS), strict=True))
    assert forms["Dha"] == forms["Ta"] != forms["Te"]
    assert forms["Dhin"] == forms["Tin"]
    assert forms["Ge"] == forms["Ke"]
    assert forms["Te"] != forms["d:1"]
    assert memory.classes(LETTERS) == list(range(len(LETTERS)))


def test_the_khali_half_is_foretold_from_the_bhari_half():
    bhari, khali = "Dha Ge Te Dhin Te Dha Te", "Ta Ke Te Tin Te Ta Te"
    piece = BOLS.ids(["<start>", *bhari.split(), *khali.split()])
    flat = np.full((len(piece) - 1, len(BOLS)), -np.log(len(BOLS)), np.float32)
    deaf = parameters(BOLS) | {"classes": list(range(len(BOLS)))}
    hears, does_not = (memory.log_probabilities([flat], [piece], p)[0] for p in (parameters(BOLS), deaf))
    half = len(bhari.split()) + 2
    at = np.arange(half, len(piece) - 1)
    assert hears[at, piece[1:][at]].mean() > does_not[at, piece[1:][at]].mean() + 0.3


def test_where_certainty_came_from():
    piece = LETTERS.ids("<start> C4 D4 E4 F4 C4 D4 E4 F4".split())
    _, (sources,) = memory.read([network(piece, len(LETTERS))], [piece], parameters(LETTERS))
    assert sources["match"].tolist() == [0, 0, 0, 0, 0, 1, 2, 3]
    assert sources["ago"].tolist() == [0, 0, 0, 0, 0, 4, 4, 4]
    assert sources["share"].iloc[0] == 0
    assert sources["share"].between(0, 1, inclusive="left").all()
    assert sources["share"].iloc[-1] > sources["share"].iloc[4]


@pytest.mark.parametrize(
    ("ids", "times", "following"),
    [([1, 2, 3], 1, []), ([1, 2, 3, 2, 3], 2, [2]), ([1, 2, 3, 2, 3, 2], 2.5, [3]), ([1, 5, 5, 5, 5], 4, [5])],
)
def test_repeats_by_hand(ids, times, following):
    found, state = memory.prepare(parameters(LETTERS)), memory.initial(1, 8)
    for token in ids:
        state = memory.advance(found, state, jnp.array([token]))
    most, stuck = memory.repeats(state, len(LETTERS), times)
    assert float(most[0]) == times
    assert np.flatnonzero(stuck[0]).tolist() == following
    assert not memory.repeats(state, len(LETTERS), times + 0.1)[1].any()


def test_of_two_loops_at_once_neither_goes_on():
    found, state = memory.prepare(parameters(LETTERS)), memory.initial(1, 16)
    for token in [1, 4, 4, 5, 4, 4, 5, 4, 4]:  # 4 4 5 has come nearly three times, 4 twice
        state = memory.advance(found, state, jnp.array([token]))
    _, stuck = memory.repeats(state, len(LETTERS), 2.0)
    assert np.flatnonzero(stuck[0]).tolist() == [4, 5]


def test_fit_trusts_a_memory_where_pieces_repeat_and_not_where_they_do_not():
    rng = np.random.default_rng(0)
    phrases = [np.tile(rng.integers(4, 8, size=12), 6) for _ in range(6)]
    noise = [rng.integers(4, 8, size=72) for _ in range(6)]
    bits = []
    for ids in (phrases, noise):
        pieces = [np.r_[1, row].astype(np.int32) for row in ids]
        flat = [np.full((len(p) - 1, len(LETTERS)), -np.log(len(LETTERS)), np.float32) for p in pieces]
        chosen = memory.fit(flat, pieces, LETTERS, order=6)
        logs = memory.log_probabilities(flat, pieces, chosen)
        bits.append(np.mean([-log[np.arange(len(p) - 1), p[1:]].mean() for log, p in zip(logs, pieces, strict=True)]))
    assert bits[0] < 0.6
    assert bits[0] < bits[1] < np.log(len(LETTERS))


def test_fit_without_pieces_says_what_to_do():
    with pytest.raises(ValueError, match=r"sequence\.valid above 0"):
        memory.fit([], [], LETTERS)


def test_a_phrase_that_came_some_hundred_times_leaves_its_end_possible():
    """Seventeen orders that each leave a five-hundredth: less than a float can hold, but as a logarithm."""
    ids = np.array([1, *[4, 5] * 500, 6, 2], np.int32)
    (network,) = logs = [np.full((len(ids) - 1, 8), np.log(1 / 8), np.float32)]
    (told,) = memory.log_probabilities(logs, [ids], parameters(LETTERS, memory.ORDER, (1.0,), (1.0,), (0.0,), (0.0,)))
    assert np.isfinite(told[np.arange(len(told)), ids[1:]]).all()
    assert told[-2, 6] < network[-2, 6] - 50
    assert memory.fit(logs, [ids], LETTERS)["escape"] != [1.0] * memory.FITTED


def test_where_the_escape_grows_as_the_counts_the_say_of_the_network_does_not_depend_on_the_length():
    piece = np.array([1, *[4, 5] * 40], np.int32)
    for growth, steady in ((1.0, True), (0.0, False)):
        chosen = parameters(LETTERS, 0, escape=(3.0,), growth=(growth,))
        _, (sources,) = memory.read([network(piece, len(LETTERS))], [piece], chosen)
        share = sources["share"].to_numpy()[2:]  # once both tokens have come
        assert (np.ptp(share) < 1e-6) == steady
        n = np.arange(2, 2 + len(share))
        np.testing.assert_allclose(share, n / (n + 6 * n**growth), rtol=1e-5)


def test_of_a_long_piece_what_lies_far_back_is_forgotten(monkeypatch):
    piece = np.array([1, *np.random.default_rng(3).integers(4, 7, 59)], np.int32)
    log, kept = network(piece, len(LETTERS)), parameters(LETTERS)
    (whole,) = memory.log_probabilities([log], [piece], kept)
    monkeypatch.setattr(memory, "REACH", 10)
    (told,), (source,) = memory.read([log], [piece], kept)
    assert told.shape == whole.shape
    np.testing.assert_array_equal(told[:20], whole[:20])
    for start in (20, 30, 40, 50):  # each stretch begins with the ten tokens before it, and with an empty memory
        (alone,) = memory.log_probabilities([log[start - 10 : start + 9]], [piece[start - 10 : start + 10]], kept)
        np.testing.assert_allclose(told[start : start + 9], alone[10:], atol=1e-6)
    assert source["ago"].max() <= 20
    assert memory.fit([log], [piece], LETTERS)["order"] == memory.ORDER
