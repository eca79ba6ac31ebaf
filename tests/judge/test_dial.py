"""The dial: pieces that a mixture wrote are predicted best by that mixture; what was learned is not held out."""

import numpy as np
import pytest
import samples

from riyaz.commands import main
from riyaz.judge import dial
from riyaz.model import mixture, recurrence
from riyaz.model.bundle import Bundle, Mismatch
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import Vocabulary, piece

LOW, HIGH = ("C4", "D4", "E4"), ("F4", "G4", "A4")
VOCABULARY = Vocabulary([*LOW, *HIGH, "d:1"])


def frequent(notes, vocabulary=VOCABULARY):
    """A distribution that is mostly on some notes."""
    p = np.array([0.9 / len(notes) if word in notes else 0.01 for word in vocabulary.words])
    return p / p.sum()


def model(notes, vocabulary=VOCABULARY):
    """A network that gives every token of a piece this distribution."""
    weights = samples.weights(len(vocabulary), 1)
    dense = {"kernel": np.zeros((8, len(vocabulary)), np.float32)}
    dense["bias"] = np.log(frequent(notes, vocabulary)).astype(np.float32)
    return Bundle({**weights, "members": [{**weights["members"][0], "dense": dense}]}, vocabulary, {})


FIRST, SECOND = model(LOW), model(HIGH)
MODELS = FIRST, SECOND


def corpus(ids, vocabulary=VOCABULARY, parts="valid", name="p"):
    """Pieces of these tokens, each a family of its own."""
    words = [vocabulary.tokens(row) for row in ids]
    pieces = [piece(f"{name}{k}", row, "event", {"kind": "notes"}) for k, row in enumerate(words)]
    of = np.array([parts] * len(ids) if isinstance(parts, str) else parts, dtype=object)
    rows = [np.asarray(row, np.int32) for row in ids]
    return DataSet([one.name for one in pieces], rows, vocabulary, of, np.arange(len(ids)), lambda: pieces)


def written(weight, n=12, seed=0):
    """Pieces whose tokens are drawn from the mean of both distributions."""
    p = (1 - weight) * frequent(LOW) + weight * frequent(HIGH)
    return [np.r_[1, row] for row in np.random.default_rng(seed).choice(len(p), (n, 80), p=p)]


NOTHING = corpus([])


@pytest.mark.parametrize(("weight", "near"), [(0, 0), (0.3, 0.1), (0.8, 0.1), (1, 0)])
def test_what_a_mixture_wrote_it_predicts_best(weight, near):
    bits = dial.table({"mine": dial.held(MODELS, corpus(written(weight)), NOTHING)})["mine"]
    assert bits.index.tolist() == list(dial.WEIGHTS)
    assert abs(bits.idxmin() - weight) <= near + 1e-9


def test_the_figures_are_those_of_the_mixed_network():
    data = corpus(written(0.5, n=3))
    part = dial.held(MODELS, data, NOTHING)
    logs = recurrence.log_probabilities(mixture.mix(*MODELS, 0.3).weights, data.ids)
    for bits, log, ids in zip(part.bits(0.3), logs, data.ids, strict=True):
        assert bits == pytest.approx(-log[np.arange(len(log)), ids[1:]].sum() / np.log(2), rel=1e-5)
    assert part.sizes.tolist() == [80] * 3


def test_a_piece_that_the_other_network_learned_is_left_out():
    own, other = corpus(written(0, n=4)), corpus(written(0, n=2), parts="train", name="q")
    part = dial.held(MODELS, own, other)
    assert (part.left_out, part.families.tolist()) == (2, [2, 3])
    assert dial.held(MODELS, own, corpus(written(0, n=2, seed=1), parts="train", name="q")).left_out == 0


def test_a_token_that_a_network_lacks_has_infinite_bits_where_it_is_alone():
    less = Vocabulary([*LOW, "d:1"])
    data = corpus(written(0.5))
    part = dial.held((model(LOW, less), SECOND), data, NOTHING)
    bits = dial.table({"mine": part})["mine"]
    assert bits[0.0] == np.inf
    assert np.isfinite(bits[1:]).all()


def test_the_lines_have_the_table_the_best_weights_and_the_differing_tokens():
    less = Vocabulary([*LOW, "d:1"])
    rows = [less.ids(VOCABULARY.tokens(row)) for row in written(0)]
    first, second = corpus([row[row != 3] for row in rows], less), corpus(written(0.5, seed=1), name="q")
    said = dial.lines(("low", "both"), (model(LOW, less), SECOND), (first, second), seed=1)
    assert said[0].startswith("Bits per token of validation pieces, by the weight of the network of both")
    assert [line.split()[0] for line in said[1:14]] == ["low", "weight", *(f"{k / 10:.1f}" for k in range(11))]
    low, both, last = said[14:]
    assert low.startswith("low: best at 0, ")
    assert low.endswith("of 12 pieces of 12 families; that is its own network alone")
    assert "fewer than its own network alone (95% interval " in both
    assert last == "low lacks 3 of 11 tokens (F4, G4, A4): their probability is 0 there"


def test_a_corpus_without_validation_pieces_has_no_figures():
    said = dial.lines(("a", "b"), MODELS, (corpus(written(0)), corpus(written(1), parts="train", name="q")), seed=1)
    assert "b: no validation pieces that the other network has not learned" in said
    with pytest.raises(
        ValueError, match=r"a and b have no validation pieces to measure on: set sequence\.valid above 0"
    ):
        dial.lines(("a", "b"), MODELS, (NOTHING, NOTHING), seed=1)


def test_a_network_of_other_tokens_than_its_corpus_is_refused():
    other = corpus([], Vocabulary(LOW))
    with pytest.raises(Mismatch, match="models/b and data/tokens/b have other tokens: run dvc repro train@b"):
        dial.lines(("a", "b"), MODELS, (NOTHING, other), seed=1)


@pytest.mark.parametrize("arguments", [[], ["chorales"], ["chorales", "chorales"], ["chorales", "--help"]])
def test_the_verb_needs_two_corpora(arguments, capsys):
    assert main(["dial", *arguments]) == 1
    assert "name two corpora of params.yaml, such as: python -m riyaz dial chorales mine" in capsys.readouterr().err
