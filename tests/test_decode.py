import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz import decode, grammar, recurrence
from riyaz import events as ev
from riyaz import tokens as tk

NOTES = tk.Vocabulary(
    [*(s + p for p in ("C4", "E4", "G4") for s in ("", "+", "~", "+~")), "rest", "d:1/2", "d:1", "d:1/3"]
)
BOLS = tk.Vocabulary(["taal:teental", "form:kaida", "Dha", "Te", "rest", "d:1", "d:1/2", "d:1/3", "d:3/4", "d:1/4", "d:2"])


def weights(n_tokens, seed=0, scale=2.0):
    rng = np.random.default_rng(seed)
    shapes = {"kernel": (6, 32), "recurrent": (8, 32), "bias": (32,)}
    return {
        "embedding": rng.normal(size=(n_tokens, 6)).astype(np.float32),
        "layers": [{name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}],
        "dense": {"kernel": rng.normal(size=(8, n_tokens), scale=scale).astype(np.float32), "bias": np.zeros(n_tokens, np.float32)},
    }


def test_the_same_seed_gives_the_same_piece_whatever_else_is_in_the_batch():
    w = weights(len(NOTES))
    many = decode.generate(w, NOTES, 20, 60, seed=5)
    few = decode.generate(w, NOTES, 2, 60, seed=5)
    other = decode.generate(w, NOTES, 2, 60, seed=6)
    assert all((a.ids.tolist() == b.ids.tolist()) for a, b in zip(few, many, strict=False))
    assert few[0].ids.tolist() != other[0].ids.tolist()


def test_temperature_zero_takes_the_highest_of_what_is_allowed():
    w = weights(len(NOTES))
    (piece,) = decode.generate(w, NOTES, 1, 30, seed=1, temperature=0)
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
    for piece in decode.generate(weights(len(NOTES), seed), NOTES, 3, 60, seed=seed):
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
    for piece in decode.generate(weights(len(BOLS), seed, 0.5), BOLS, 3, 1200, seed=seed, found=found):
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
    (piece,) = decode.generate(w, NOTES, 1, 80, seed=2, given=[first], only=[only])
    tokens = NOTES.tokens(piece.ids)
    assert tokens[1:4] == ["d:1", "C4", "+E4"]
    assert not any("G4" in token for token in tokens)
    assert (piece.given, piece.probability[:4].tolist()) == (3, [1, 1, 1, 1])


def test_top_k_and_top_p_by_hand():
    logits = jnp.log(jnp.array([[0.5, 0.3, 0.15, 0.05]]))
    one = jnp.ones(1)
    kept = lambda k, p, t=one: np.isfinite(np.asarray(decode.shape(logits, t, k, p)))[0].tolist()  # noqa: E731
    assert kept(0, 1.0) == [True] * 4
    assert kept(2, 1.0) == [True, True, False, False]
    assert kept(0, 0.6) == [True, True, False, False]
    assert kept(0, 0.5) == [True, False, False, False]
    assert kept(0, 1.0, jnp.zeros(1)) == [True, False, False, False]
    np.testing.assert_allclose(jax.nn.softmax(decode.shape(logits, 2 * one, 0, 1.0))[0, 0], 0.5**0.5 / sum(p**0.5 for p in (0.5, 0.3, 0.15, 0.05)), rtol=1e-5)


def test_a_taal_that_no_duration_fills_is_refused():
    with pytest.raises(ValueError, match="no matra can be filled"):
        grammar.rules(tk.Vocabulary(["Dha", "d:2/3"]), vibhags=(4, 4))
