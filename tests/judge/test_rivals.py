"""The rivals have what the network has: the same transpositions, and the validation part to be chosen on."""

import numpy as np
import pytest
import samples

from riyaz.judge import rivals
from riyaz.model import ngram
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row


def tune(name, pitches):
    return Piece(name, in_a_row([TICKS] * len(pitches), [[PITCHES[p]] for p in pitches]), {"kind": "notes"})


def data(parts=("train", "valid", "test")):
    scale = [60, 62, 64, 60, 65, 62] * 6
    return samples.data([tune(part, np.array(scale) + (part == "test")) for part in parts], list(parts))


def bits(model, corpus):
    return ngram.mean_bits(ngram.bits(model, corpus.part("test").ids))


@pytest.mark.parametrize("name", ["n-gram", "n-gram + piece", "PPM + piece"])
def test_each_learns_from_the_transposed_pieces(name):
    """The test piece is the training piece a semitone higher."""
    corpus = data()
    with_it, without = (
        bits(rivals.train(corpus, samples.settings(augment={"transpose": n}, evaluate={"orders": 3}))[name], corpus)
        for n in (1, 0)
    )
    assert with_it < without - 0.2


def test_mixtures_are_chosen_once_for_the_same_pieces(tmp_path, monkeypatch):
    corpus, settings = data(), samples.settings(evaluate={"orders": 3})
    first = rivals.train(corpus, settings, tmp_path)
    monkeypatch.setattr(rivals, "_mixtures", None)
    again = rivals.train(corpus, settings, tmp_path)
    assert {name: model.name for name, model in again.items()} == {name: model.name for name, model in first.items()}
    assert bits(again["PPM + piece"], corpus) == bits(first["PPM + piece"], corpus)
    with pytest.raises(TypeError):
        rivals.train(corpus, samples.settings(evaluate={"orders": 2}), tmp_path)


def test_the_n_gram_of_the_listening_test_learns_from_them_too():
    corpus = data()
    models = [rivals.n_gram(corpus, samples.settings(augment={"transpose": n})) for n in (1, 0)]
    assert bits(models[0], corpus) < bits(models[1], corpus) - 1


def test_without_validation_pieces_there_are_no_mixtures():
    assert set(rivals.train(data(("train", "test")), samples.settings())) == {
        "uniform",
        "unigram",
        "copy-last",
        "n-gram",
    }
