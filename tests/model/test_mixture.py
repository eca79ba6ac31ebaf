"""Two models mixed: the mean of their probabilities, token by token, whatever their vocabularies and features are."""

import jax.numpy as jnp
import numpy as np
import pytest
import samples

from riyaz.model import memory, mixture, recurrence
from riyaz.model.bundle import Bundle, Mismatch
from riyaz.play.sampling import Sampling, draw
from riyaz.text import features
from riyaz.text.tokens import Vocabulary

COMMON = ["C4", "E4", "+G4", "d:1", "d:1/2", "rest"]
ONE, TWO = Vocabulary([*COMMON, "d:1/3"]), Vocabulary([*COMMON, "B4", "metre:3/4"])


def model(vocabulary, seed, names=(), members=1, fitted=None, scheme="event"):
    several = [samples.weights(len(vocabulary), 10 * seed + k)["members"][0] for k in range(members)]
    rng = np.random.default_rng(seed)
    for member in several if names else []:
        member["features"] = rng.normal(size=(features.width(names), 6)).astype(np.float32)
    tables = features.tables(vocabulary, "event", names)
    params = {"memory": fitted, "tokenize": {"scheme": scheme}}
    return Bundle({"members": several, "features": tables}, vocabulary, params)


def probabilities(one, words):
    (logs,) = recurrence.log_probabilities(one.weights, [one.vocabulary.ids(words)])
    return {word: np.exp(logs[:, k].astype(float)) for k, word in enumerate(one.vocabulary.words)}


WORDS = ["<start>", "d:1", "C4", "+G4", "E4", "d:1/2", "rest", "C4", "<end>"]


@pytest.mark.parametrize("members", [(1, 1), (3, 2)])
@pytest.mark.parametrize("names", [((), ()), (("place",), ("heard", "place")), ((), ("sounding",))])
def test_the_mixture_is_the_mean_of_the_probabilities(members, names):
    """Exact with several members, other features and another vocabulary on each side."""
    first, second = model(ONE, 1, names[0], members[0]), model(TWO, 2, names[1], members[1])
    both = mixture.mix(first, second, 0.3, mixture.joined(first, second))
    ours, theirs, mixed = (probabilities(one, WORDS) for one in (first, second, both))
    assert set(mixed) == {*ONE.words, *TWO.words}
    for word, p in mixed.items():
        np.testing.assert_allclose(p, 0.7 * ours.get(word, 0) + 0.3 * theirs.get(word, 0), rtol=2e-4, atol=1e-7)
    np.testing.assert_allclose(sum(mixed.values()), 1, atol=1e-5)


@pytest.mark.parametrize("names", [(), ("place", "sounding")])
def test_at_the_ends_it_is_one_model_alone_bit_for_bit(names):
    first, second = model(ONE, 1, names), model(ONE, 2, names, members=2)
    for weight, alone in ((0, first), (1, second)):
        both = mixture.mix(first, second, weight)
        logs = [recurrence.log_probabilities(one.weights, [ONE.ids(WORDS)])[0] for one in (both, alone)]
        assert logs[0].tobytes() == logs[1].tobytes()
        drawn = [draw(one, [Sampling(40)] * 3, 5) for one in (both, alone)]
        assert [one.ids.tolist() for one in drawn[0]] == [one.ids.tolist() for one in drawn[1]]
        assert [one.entropy.tobytes() for one in drawn[0]] == [one.entropy.tobytes() for one in drawn[1]]


def test_in_the_first_ones_vocabulary_the_second_ones_probabilities_are_those_among_common_tokens():
    first, second = model(ONE, 1), model(TWO, 2)
    theirs, moved = probabilities(second, WORDS), probabilities(mixture.mix(first, second, 1), WORDS)
    common = sum(theirs[word] for word in ONE.words if word in TWO)
    for word in ONE.words:
        np.testing.assert_allclose(moved[word], theirs[word] / common if word in TWO else 0, rtol=1e-4, atol=1e-9)


def test_a_token_that_a_network_lacks_is_read_as_unknown():
    first, second = model(ONE, 1), model(TWO, 2)
    words = mixture.joined(first, second)
    alone = mixture.mix(first, second, 0, words)
    p, q = probabilities(alone, ["<start>", "B4", "C4"]), probabilities(first, ["<start>", "<unknown>", "C4"])
    for word in ONE.words:
        np.testing.assert_allclose(p[word], q[word], rtol=1e-5)


def test_mixed_pieces_have_both_and_do_not_depend_on_the_batch():
    first, second = model(ONE, 1, ("place",)), model(TWO, 2)
    fitted = {"order": 4, "escape": [1.5, 2], "class_escape": [1.0], **memory.tables(ONE)}
    fitted |= {"growth": [0.5, 1], "class_growth": [0.0]}
    first = Bundle(first.weights, ONE, {**first.params, "memory": fitted})
    both = mixture.mix(first, second, 0.5)
    assert both.memory == fitted
    few, many = (draw(both, [Sampling(60, memory=1.0)] * n, 5) for n in (2, 17))
    assert [one.ids.tolist() for one in few] == [one.ids.tolist() for one in many[:2]]
    others = [
        draw(one, [Sampling(60, memory=1.0)], 5)[0].ids.tolist() for one in (first, mixture.mix(first, second, 1))
    ]
    assert few[0].ids.tolist() not in others


def test_a_mixture_can_be_mixed_again():
    models = [model(ONE, seed) for seed in (1, 2, 3)]
    each = [probabilities(one, WORDS) for one in models]
    both = probabilities(mixture.mix(mixture.mix(models[0], models[1], 0.5), models[2], 0.2), WORDS)
    for word, p in both.items():
        np.testing.assert_allclose(p, 0.4 * each[0][word] + 0.4 * each[1][word] + 0.2 * each[2][word], rtol=1e-4)


def test_shares_that_are_alike_are_the_plain_mean():
    logits = [jnp.asarray(np.random.default_rng(k).normal(size=(2, 5)), jnp.float32) for k in range(4)]
    plain, weighted = recurrence.together(logits), recurrence.together(logits, jnp.full(4, 0.25))
    np.testing.assert_allclose(plain, weighted, atol=1e-6)


def test_models_that_cannot_be_mixed_are_refused():
    bols = model(Vocabulary(["Dha", "d:1", "rest"]), 1)
    with pytest.raises(Mismatch, match="no note, chord or bol in common"):
        mixture.mix(model(ONE, 1), bols, 0.5)
    with pytest.raises(Mismatch, match="schemes event and chord"):
        mixture.mix(model(ONE, 1), model(ONE, 1, scheme="chord"), 0.5)


def test_the_line_names_what_only_one_has():
    assert mixture.differing(ONE, ONE, ("a", "b")) == ""
    line = mixture.differing(ONE, TWO, ("a", "b"))
    assert line == "b lacks 1 of 11 tokens (d:1/3); a lacks 2 of 12 tokens (metre:3/4, B4)"
    many = mixture.differing(Vocabulary([*COMMON, *(f"d:1/{k}" for k in range(5, 30))]), ONE, ("a", "b"))
    assert ", and 17 more)" in many


def test_what_draws_is_the_models_own_unless_a_style_is_named(tmp_path, monkeypatch):
    own, other = model(ONE, 1), model(TWO, 2)
    asked = samples.settings()
    assert mixture.load(own, asked) is own
    monkeypatch.setattr(mixture.bundle, "load", lambda folder: {tmp_path / "data/themes/mine": other}[folder])
    asked = samples.settings(generate={"style": "data/themes/mine", "style_weight": 0.25})
    asked = asked.model_copy(update={"root": tmp_path})
    with pytest.raises(FileNotFoundError, match="copy a model there, as in cp -r models/mine data/themes/mine"):
        mixture.load(own, asked)
    (tmp_path / "data/themes/mine").mkdir(parents=True)
    mixed = mixture.load(own, asked)
    assert mixed.weights["shares"].tolist() == [0.75, 0.25]


DRAWING = ["notebooks/generate.ipynb", "notebooks/evaluate.ipynb", "notebooks/play.ipynb"]
DRAWING += ["src/riyaz/play/fill.py", "src/riyaz/judge/listening_test.py"]


@pytest.mark.parametrize("name", DRAWING)
def test_all_that_draws_for_the_user_asks_for_the_style(name):
    text = (samples.ROOT / name).read_text(encoding="utf-8")
    assert text.count("mixture.load(") == text.count("bundle.load(") - text.count(
        "bundle.load(settings.root / wish.style)"
    )
