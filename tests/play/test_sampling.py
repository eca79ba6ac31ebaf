from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import section, weights

from riyaz.judge import degeneration
from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music import events as ev
from riyaz.play import sampling
from riyaz.play.sampling import Sampling
from riyaz.text import features, grammar
from riyaz.text import tokens as tk

NOTES = tk.Vocabulary(
    [*(s + p for p in ("C4", "E4", "G4") for s in ("", "+", "~", "+~")), "rest", "d:1/2", "d:1", "d:1/3"]
)
BOLS = tk.Vocabulary(
    ["taal:teental", "form:kaida", "Dha", "Te", "rest", "d:1", "d:1/2", "d:1/3", "d:3/4", "d:1/4", "d:2"]
)


def told(vocabulary, members=2, names=("place", "length", "sounding")):
    """Weights of several members that are given features."""
    several = [weights(len(vocabulary), seed)["members"][0] for seed in range(members)]
    rng = np.random.default_rng(9)
    for member in several:
        member["features"] = rng.normal(size=(features.width(names), 6)).astype(np.float32)
    return {"members": several, "features": features.tables(vocabulary, "event", names)}


def draw(weights, vocabulary, n, tokens, seed, given=None, rules=None, only=None, fitted=None, strength=1.0, **numbers):
    """Draw n pieces that differ, if at all, in the strength of the memory."""
    strengths = np.broadcast_to(strength if fitted else 0.0, n).tolist()
    samplings = [Sampling(tokens, memory=one, **numbers) for one in strengths]
    model = Bundle(weights, vocabulary, {"memory": fitted})
    return sampling.draw(model, samplings, seed, given, rules, only)


def test_the_same_seed_gives_the_same_piece_whatever_else_is_in_the_batch():
    w = weights(len(NOTES))
    many = draw(w, NOTES, 20, 60, seed=5)
    few = draw(w, NOTES, 2, 60, seed=5)
    other = draw(w, NOTES, 2, 60, seed=6)
    assert all((a.ids.tolist() == b.ids.tolist()) for a, b in zip(few, many, strict=False))
    assert few[0].ids.tolist() != other[0].ids.tolist()


@pytest.mark.parametrize("alone", ["exact", "fast"])
def test_a_piece_by_itself_may_have_a_program_of_its_own(alone, monkeypatch):
    model, rows, program = Bundle(weights(len(NOTES)), NOTES, {"memory": None}), [], sampling._compiled
    monkeypatch.setattr(sampling, "_compiled", lambda *given: [rows.append(len(given[5])), program(*given)][1])
    (one,) = sampling.draw(model, [Sampling(30, temperature=0, alone=alone)], 1)
    two = sampling.draw(model, [Sampling(30, temperature=0, alone=alone)] * 2, 1)
    assert rows == [{"exact": 2, "fast": 1}[alone], 2]
    assert one.ids.tolist() == two[0].ids.tolist()  # the same music: sums in another order change the last digits
    np.testing.assert_allclose(one.probability, two[0].probability, rtol=1e-5)


def test_pieces_are_drawn_once_and_come_back_as_they_were(tmp_path, monkeypatch):
    model = Bundle(told(NOTES), NOTES, {"memory": None})
    ways = [Sampling(40), Sampling(40, temperature=0.5, top_k=3)]

    def drawn(seed=1, ways=ways, given=None, cache=tmp_path, model=model):
        return sampling.draw(model, ways, seed, given, cache=cache)

    shares = {"shares": np.array([0.2, 0.8], np.float32)}
    fewer = {"features": features.tables(NOTES, "event", ("place", "length"))}
    others = [{"model": replace(model, weights=model.weights | some)} for some in (shares, fewer)]

    first = drawn()
    monkeypatch.setattr(sampling, "_compiled", None)
    for fresh, again in zip(first, drawn(), strict=True):
        assert (fresh.given, fresh.ended) == (again.given, again.ended)
        for name in ("ids", "probability", "masked", "entropy", "memory_share", "ending"):
            np.testing.assert_array_equal(getattr(fresh, name), getattr(again, name))
            assert getattr(fresh, name).dtype == getattr(again, name).dtype
    for other in (*others, {"seed": 2}, {"ways": ways[:1]}, {"given": [NOTES.ids(["+C4"])] * 2}, {"cache": None}):
        with pytest.raises(TypeError, match="not callable"):
            drawn(**other)


@pytest.mark.parametrize(("vocabulary", "units"), [(NOTES, 256), (BOLS, 512)])
def test_one_piece_alone_has_the_same_bytes_as_in_a_batch(vocabulary, units):
    """Its program has two rows, and that of a batch sixteen."""
    rng = np.random.default_rng(units)
    member = weights(len(vocabulary))["members"][0]
    shapes = {"kernel": (6, 4 * units), "recurrent": (units, 4 * units), "bias": (4 * units,)}
    layer = {name: rng.normal(size=shape, scale=0.1).astype(np.float32) for name, shape in shapes.items()}
    kernel = rng.normal(size=(units, len(vocabulary))).astype(np.float32)
    member |= {"layers": [layer], "dense": {**member["dense"], "kernel": kernel}}
    w = {"members": [member], "features": None}
    asked = {"tokens": 60, "seed": 5, "fitted": remembers(vocabulary), "temperature": 0.9, "least": 60}
    many, two, one = (draw(w, vocabulary, n, **asked) for n in (16, 2, 1))
    for alone, other in [*zip(two, many, strict=False), *zip(one, many, strict=False)]:
        for name in ("ids", "probability", "masked", "entropy", "memory_share", "ending"):
            assert getattr(alone, name).tobytes() == getattr(other, name).tobytes()
    assert min(len(piece.ids) for piece in two) == 60


@pytest.mark.parametrize("vocabulary", [NOTES, BOLS])
def test_what_a_piece_is_drawn_with_is_what_the_network_gives_the_whole_piece(vocabulary):
    """Features and members count in generation as in evaluation, and the batch changes no bit."""
    w = told(vocabulary)
    many, few = (draw(w, vocabulary, n, 60, seed=5) for n in (18, 2))
    assert all((a.ids.tolist() == b.ids.tolist()) for a, b in zip(few, many, strict=False))
    for less in ({**w, "members": w["members"][:1]}, {**weights(len(vocabulary)), "features": None}):
        assert draw(less, vocabulary, 1, 60, seed=5)[0].entropy[1] != few[0].entropy[1]
    for one in few:
        (logs,) = recurrence.log_probabilities(w, [one.ids])
        given = np.exp(logs[np.arange(len(logs)), one.ids[1:]])
        np.testing.assert_allclose(one.probability[1:], given, rtol=1e-3, atol=1e-6)


def test_no_piece_ends_before_it_may():
    w = weights(len(NOTES))
    w["members"][0]["dense"]["bias"][tk.END] = 1e3
    soon = draw(w, NOTES, 3, 60, seed=5)
    late = draw(w, NOTES, 3, 60, seed=5, least=30)
    assert max(len(piece.ids) for piece in soon) < 6
    for piece in late:
        assert 30 <= len(piece.ids) < 34
        assert piece.ids[-1] == tk.END


@pytest.mark.parametrize("wish", [8, 20])
def test_a_wish_for_a_length_ends_a_piece_within_a_quarter_of_it_where_the_end_was_most_likely(wish):
    for piece in draw(weights(len(NOTES)), NOTES, 6, 400, seed=5, beats=wish):
        assert piece.ended
        assert piece.ids[-1] == tk.END
        beats = tk.decode(NOTES.tokens(piece.ids))["duration"].sum() / ev.TICKS
        assert 0.75 * wish <= beats < 1.25 * wish
    eager = weights(len(NOTES))
    eager["members"][0]["dense"]["bias"][tk.END] = 1e3  # every place is as good: the first one is taken
    (soon,) = draw(eager, NOTES, 1, 400, seed=5, beats=wish)
    assert 0.75 * wish <= tk.decode(NOTES.tokens(soon.ids))["duration"].sum() / ev.TICKS < 0.75 * wish + 1


def test_auto_has_to_be_settled_before_anything_is_drawn():
    with pytest.raises(ValueError, match=r"generate\.top_p is auto"):
        Sampling.of(section("generate", top_p="auto"), [40])


def test_a_piece_that_was_cut_off_is_ended_where_an_end_was_the_most_likely():
    w = weights(len(NOTES))
    w["members"][0]["dense"]["bias"][tk.END] = -9.0
    for piece in draw(w, NOTES, 4, 60, seed=5, least=20):
        place = int(np.argmax(piece.ending))
        assert place >= 19
        assert piece.with_end().ids.tolist() == [*piece.ids[:place], tk.END]
        assert tk.kind(NOTES.tokens(piece.ids)[place - 1]) != "duration"
    for piece in draw(weights(len(NOTES)), NOTES, 4, 60, seed=5, only=[np.arange(len(NOTES)) != tk.END] * 4):
        assert not piece.ending.any()
        assert piece.with_end().ids.tolist() == piece.ids.tolist()


def test_temperature_zero_takes_the_highest_of_what_is_allowed():
    w = weights(len(NOTES))
    (piece,) = draw(w, NOTES, 1, 30, seed=1, temperature=0)
    found, rules_state = grammar.rules(NOTES), grammar.initial(1)
    logits = recurrence.logits(w, piece.ids[None])[0]
    for now, following in zip(piece.ids[:-1], piece.ids[1:], strict=True):
        rules_state = grammar.advance(found, rules_state, jnp.array([now]))
        mask = grammar.allowed(found, rules_state)[0]
        assert int(jnp.argmax(jnp.where(mask, logits[0], -jnp.inf))) == following
        logits = logits[1:]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_generated_is_in_the_grammar_and_decodes_to_itself(seed):
    for piece in draw(weights(len(NOTES), seed), NOTES, 3, 60, seed=seed):
        tokens = NOTES.tokens(piece.ids)
        if tokens[-1] == "<end>" and tk.kind(tokens[-2]) != "duration":
            events = tk.decode(tokens)
            ev.validate(events)
            again = tk.encode(ev.Piece("p", events, {"kind": "notes"}))
            assert again == tokens


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(4, 4, 4, 4), (3, 2, 2), (2, 3, 2, 3)]))
def test_with_a_taal_every_avartan_is_whole_and_the_last_stroke_is_on_sam(seed, vibhags):
    found = grammar.rules(BOLS, vibhags=vibhags, avartans=2)
    cycle = sum(vibhags) * ev.TICKS
    for piece in draw(weights(len(BOLS), seed, 0.5), BOLS, 3, 1200, seed=seed, rules=found):
        events = tk.decode(BOLS.tokens(piece.ids))
        assert events["duration"].sum() == 2 * cycle + ev.TICKS
        assert events.iloc[-1]["onset"] == 2 * cycle
        assert len(events.iloc[-1]["symbols"]) == 1
        starts = set(events["onset"])
        assert all(matra * ev.TICKS in starts or (events["duration"] > ev.TICKS).any() for matra in range(sum(vibhags)))
        ends = np.cumsum([0, *vibhags, *vibhags]) * ev.TICKS
        assert set(ends.tolist()) <= starts


def test_what_is_given_stands_at_the_beginning_and_what_is_not_among_only_is_never_drawn():
    w = weights(len(NOTES))
    first = NOTES.ids(["d:1", "C4", "+E4"])
    only = np.array([word not in ("G4", "+G4", "~G4", "+~G4") for word in NOTES.words])
    (piece,) = draw(w, NOTES, 1, 80, seed=2, given=[first], only=[only])
    tokens = NOTES.tokens(piece.ids)
    assert tokens[1:4] == ["d:1", "C4", "+E4"]
    assert not any("G4" in token for token in tokens)
    assert (piece.given, piece.probability[:4].tolist()) == (3, [1, 1, 1, 1])


def shaped(logits, temperature, top_k, top_p):
    """The same top-k and top-p for all rows."""
    n = len(logits)
    return sampling.shape(logits, temperature, jnp.full(n, top_k), jnp.full(n, top_p, jnp.float32))


def test_top_k_and_top_p_by_hand():
    logits = jnp.log(jnp.array([[0.5, 0.3, 0.15, 0.05]]))
    one = jnp.ones(1)
    kept = lambda k, p, t=one: np.isfinite(np.asarray(shaped(logits, t, k, p)))[0].tolist()  # noqa: E731
    assert kept(0, 1.0) == [True] * 4
    assert kept(2, 1.0) == [True, True, False, False]
    assert kept(0, 0.6) == [True, True, False, False]
    assert kept(0, 0.5) == [True, False, False, False]
    assert kept(0, 1.0, jnp.zeros(1)) == [True, False, False, False]
    np.testing.assert_allclose(
        jax.nn.softmax(shaped(logits, 2 * one, 0, 1.0))[0, 0],
        0.5**0.5 / sum(p**0.5 for p in (0.5, 0.3, 0.15, 0.05)),
        rtol=1e-5,
    )


@pytest.mark.parametrize(("top_k", "top_p"), [(0, 1.0), (0, 0.97), (5, 1.0), (3, 0.5), (0, 1e-9), (1, 0.3), (99, 0.9)])
def test_shape_keeps_what_a_sort_would_keep(top_k, top_p):
    rng = np.random.default_rng(3)
    logits = rng.normal(scale=3, size=(64, 40)).astype(np.float32)
    logits[:, 30:] = -np.inf  # masked
    temperature = rng.choice([0.0, 0.5, 1.0, 2.0], 64).astype(np.float32)
    found = np.isfinite(np.asarray(shaped(logits, temperature, top_k, top_p)))
    for row, warmth, kept in zip(logits, temperature, found, strict=True):
        order = np.argsort(-row)
        p = np.asarray(jax.nn.softmax(row / (warmth or 1)), float)[order]
        n = 1 if not warmth else min(int((np.cumsum(p) - p < top_p).sum()) if top_p < 1 else 40, top_k or 40, 30)
        assert set(np.flatnonzero(kept)) == set(order[:n])


def test_shape_keeps_all_equally_likely_tokens_or_none_and_the_first_at_temperature_0():
    logits = np.log(np.array([[0.3, 0.2, 0.2, 0.3]], np.float32))
    kept = lambda p, t: np.isfinite(np.asarray(shaped(logits, np.float32([t]), 0, p)))[0].tolist()  # noqa: E731
    assert kept(0.25, 1) == kept(0.55, 1) == [True, False, False, True]
    assert kept(0.65, 1) == [True] * 4
    assert kept(1.0, 0) == [True, False, False, False]


def test_a_taal_that_no_duration_fills_is_refused():
    with pytest.raises(ValueError, match="no matra can be filled"):
        grammar.rules(tk.Vocabulary(["Dha", "d:2/3"]), vibhags=(4, 4))


def remembers(vocabulary, order=8):
    """A memory that is quickly sure."""
    return {
        "order": order,
        "escape": [30.0, 1.0, 0.2, 0.05],
        "growth": [0.0],
        "class_escape": [1.0],
        "class_growth": [0.0],
        **memory.tables(vocabulary),
        "classes": list(range(len(vocabulary))),
    }


def test_strength_zero_is_no_memory_bit_for_bit():
    w = weights(len(NOTES), scale=0.5)
    asked = {"n": 3, "tokens": 60, "seed": 5, "least": 60}  # to the end, so that the memory has its say
    plain = draw(w, NOTES, **asked)
    zero = draw(w, NOTES, **asked, fitted=remembers(NOTES), strength=0.0)
    beside = draw(w, NOTES, **asked, fitted=remembers(NOTES), strength=[0.0, 1.0, 0.0])
    for a, b, c in zip(plain, zero, beside, strict=True):
        assert (a.ids.tolist(), a.probability.tobytes()) == (b.ids.tolist(), b.probability.tobytes())
        assert not a.memory_share.any()
        assert not b.memory_share.any()
        if not c.memory_share.any():
            assert (a.ids.tolist(), a.probability.tobytes()) == (c.ids.tolist(), c.probability.tobytes())
    assert [bool(piece.memory_share.any()) for piece in beside] == [False, True, False]


def test_with_a_memory_a_piece_depends_on_its_seed_and_number_alone():
    w, kept = weights(len(NOTES), scale=0.5), remembers(NOTES)
    many = draw(w, NOTES, 18, 60, seed=5, fitted=kept)
    few = draw(w, NOTES, 2, 60, seed=5, fitted=kept)
    for a, b in zip(few, many, strict=False):
        assert a.ids.tolist() == b.ids.tolist()
        assert a.memory_share.tobytes() == b.memory_share.tobytes()


def test_what_is_generated_with_a_memory_had_the_probabilities_of_evaluation():
    w, kept = weights(len(NOTES), scale=0.5), remembers(NOTES)
    (piece,) = draw(w, NOTES, 1, 40, seed=4, fitted=kept, limit=1e9)
    (network,) = recurrence.log_probabilities(w, [piece.ids])
    (logs,), (sources,) = memory.read([network], [piece.ids], kept)
    np.testing.assert_allclose(piece.probability[1:], np.exp(logs[np.arange(len(logs)), piece.ids[1:]]), rtol=1e-4)
    np.testing.assert_allclose(piece.memory_share[1:], sources["share"], rtol=1e-4, atol=1e-6)


def test_a_phrase_set_earlier_comes_back():
    w = weights(len(NOTES), scale=0.0)  # a network that finds everything equally likely
    phrase = "d:1 C4 E4 G4 E4 d:1/2 C4 G4 rest d:1/3 E4 C4 G4".split()
    first = NOTES.ids([*phrase, "d:1", "rest", *phrase[1:5]])
    only = np.array([not any(sign in word for sign in "+~") for word in NOTES.words])
    (plain,) = draw(w, NOTES, 1, len(first) + 9, seed=0, temperature=0, given=[first], only=[only])
    (kept,) = draw(
        w, NOTES, 1, len(first) + 9, seed=0, temperature=0, given=[first], only=[only], fitted=remembers(NOTES)
    )
    assert NOTES.tokens(kept.ids[1 + kept.given :]) == phrase[5:]
    assert NOTES.tokens(plain.ids[1 + plain.given :]) != phrase[5:]
    assert kept.memory_share[1 + kept.given :].min() > 0.5


def loops_on(past, limit):
    """The tokens that would go on with a phrase that has come `limit` times in a row at the end of the past."""
    stuck = set()
    for period in range(1, len(past)):
        agree = 0
        while agree + period < len(past) and past[-1 - agree] == past[-1 - agree - period]:
            agree += 1
        if agree and 1 + agree / period >= limit:
            stuck.add(past[-period])
    return stuck


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("limit", [2.0, 4.0])
def test_nothing_goes_on_with_a_loop_past_the_limit_where_anything_else_may_follow(temperature, limit):
    w, kept = weights(len(BOLS), scale=0.0), remembers(BOLS)
    free = BOLS.ids(["Dha", "Te", "rest"]).tolist()
    only = np.array([word in ("Dha", "Te", "rest", "d:1") for word in BOLS.words])
    options = {"seed": 1, "temperature": temperature, "only": [only] * 4, "fitted": kept, "strength": 5.0}
    endless = draw(w, BOLS, 4, 240, limit=1e9, **options)
    limited = draw(w, BOLS, 4, 240, limit=limit, **options)
    avoided = 0
    for piece in limited:
        ids = piece.ids.tolist()
        for at in range(3, len(ids)):
            stuck = loops_on(ids[:at], limit)
            avoided += bool(stuck)
            assert ids[at] not in stuck or stuck.issuperset(free)
    assert avoided > 10
    loop = lambda pieces: [degeneration.loop(p.ids[2:].tolist(), 8) for p in pieces]  # noqa: E731
    assert any(loop(endless))
    assert not any(loop(limited))


def test_every_row_of_a_batch_has_its_own_sampling():
    model = Bundle(weights(len(NOTES)), NOTES, {})
    ways = [Sampling(60, temperature=0.0), Sampling(60, top_p=0.5), Sampling(60, top_k=1, least=30), Sampling(60)]
    together = sampling.draw(model, ways, 5)
    for k, way in enumerate(ways):
        alone = sampling.draw(model, [way] * len(ways), 5)[k]
        assert alone.ids.tolist() == together[k].ids.tolist()
    assert sampling.draw(model, [], 5) == []


def test_pieces_that_are_drawn_together_have_one_length():
    model = Bundle(weights(len(NOTES)), NOTES, {})
    with pytest.raises(ValueError, match="draw them apart"):
        sampling.draw(model, [Sampling(60), Sampling(61)], 5)


def test_what_params_asks_for_is_what_is_drawn():
    asked = section("generate", tokens=50, temperature=0.7, top_k=3, top_p=0.8, memory=0.4, limit=5.0)
    made = Sampling.of(asked, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110])
    assert made == Sampling(50, 0.7, 3, 0.8, 0.4, 5.0, least=20, ending=True)
    assert made.argmax() == Sampling(50, 0.0, 3, 0.8, 0.0, 5.0)
    assert Sampling.of(asked, []).least == 0


def test_ending_cuts_every_array_with_the_ids():
    w = weights(len(NOTES))
    w["members"][0]["dense"]["bias"][tk.END] = -9.0
    model = Bundle(w, NOTES, {})
    for piece in sampling.draw(model, [Sampling(60, least=20, ending=True)] * 4, 5):
        assert piece.ids[-1] == tk.END
        assert not piece.ended
        assert {len(a) for a in (piece.probability, piece.masked, piece.entropy, piece.memory_share)} == {
            len(piece.ids)
        }
