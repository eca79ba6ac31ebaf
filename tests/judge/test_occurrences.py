"""First occurrences and repeats by hand, a shuffled corpus that gains nothing, and sections that were derived."""

import numpy as np
import pandas as pd
import pytest
import samples
from hypothesis import given
from hypothesis import strategies as st

from riyaz.judge import likelihood, occurrences
from riyaz.judge.held_out import Predictions
from riyaz.model import memory
from riyaz.music.events import TICKS, Piece, in_a_row


def test_repeats_by_hand():
    ids = np.array([1, 7, 8, 9, 7, 8, 5, 7, 8, 2])
    assert occurrences.repeated(ids, 2).tolist() == [False, False, False, False, False, True, False, False, True]
    assert occurrences.repeated(ids, 1).tolist() == [False, False, False, False, True, True, False, True, True]
    assert occurrences.repeated(np.array([1, 2]), 4).tolist() == [False]
    assert occurrences.repeated(np.array([1]), 1).tolist() == []


@given(st.lists(st.integers(0, 2), max_size=30), st.integers(1, 4))
def test_repeats_as_the_plain_search(ids, context):
    seen, plain = set(), []
    for at in range(1, len(ids)):
        gram = tuple(ids[at - context : at]) if at >= context else None
        plain.append(gram in seen)
        seen |= {gram} - {None}
    assert occurrences.repeated(np.array(ids, dtype=np.int64), context).tolist() == plain


def bols(name, text, sections=()):
    names = text.split()
    events = in_a_row([TICKS] * len(names), [[one] for one in names])
    return Piece(name, events, {"kind": "bols", "taal": "teental", "sections": list(sections)})


def test_tokens_are_taught_derived_or_made_and_those_of_no_event_neither():
    theme = {"name": "theme", "onset": 0, "duration": 2 * TICKS, "derived": False, "taught": True}
    palta = {"name": "palta", "onset": 2 * TICKS, "duration": 2 * TICKS, "derived": True, "taught": False}
    data = samples.data([bols("a", "Dha Na Dha Na", [theme, palta]), bols("b", "Dha Na")], ["test"] * 2)
    words = [word for row in data.tokens for word in row[1:]]
    pairs = list(zip(words, occurrences.origins(data), strict=True))
    assert {kind for word, kind in pairs if word.startswith(("<", "taal"))} == {""}
    bol = [kind for word, kind in pairs if word in ("Dha", "Na")]
    assert bol == ["taught", "taught", "derived", "derived", "made", "made"]


def predictions(pieces, parts):
    data = samples.data(pieces, parts)
    test = data.part("test")
    rows = [pd.DataFrame({"piece": k, "position": np.arange(1, len(ids)), "bits": np.arange(1.0, len(ids))})
            for k, ids in enumerate(test.ids)]  # fmt: skip
    scored = {"network": pd.concat(rows, ignore_index=True)}
    return Predictions(test, {}, scored, scored, None), data


def test_parts_divide_the_tokens():
    found, data = predictions([bols("a", "Dha Na Dha"), bols("b", "Dha Na Tin Tin"), bols("c", "Dha Na")],
                              ["train", "test", "test"])  # fmt: skip
    parts = occurrences.parts(found, data, "event", np.array([True, False]))
    n = sum(len(ids) - 1 for ids in found.data.ids)
    assert parts["first_occurrences"]["tokens"] + parts["repeats"]["tokens"] == n
    assert parts["never_seen"]["tokens"] == 2  # Tin, twice
    assert parts["never_seen"]["bits_per_token"]["network"] == pytest.approx(np.mean([5, 6]))
    assert parts["where_little_is_shared"]["tokens"] == len(found.data.ids[0]) - 1
    assert (parts["derived"]["share"], parts["derived"]["tokens"]) == (0.0, 0)
    assert np.isnan(parts["derived"]["bits_per_token"]["network"])
    assert parts["made"]["tokens"] == 6 + 2  # six bols, and a duration in each piece


def test_a_shuffled_corpus_gains_nothing_from_memory():
    """The memory has to gain where pieces repeat themselves, and next to nothing where their tokens are shuffled."""
    rng = np.random.default_rng(0)
    phrases = [rng.integers(3, 23, 12) for _ in range(16)]
    pieces = [np.r_[1, np.tile(phrase, 6), 2] for phrase in phrases]
    shuffled = [np.r_[1, rng.integers(3, 23, 72), 2] for _ in phrases]
    words = samples.Vocabulary([f"C{k}" for k in range(20)])

    def gain(valid, test):
        flat = [np.full((len(p) - 1, len(words)), -np.log(len(words)), np.float32) for p in (*valid, *test)]
        fitted = memory.fit(flat[: len(valid)], valid, words)
        logs = memory.log_probabilities(flat[len(valid) :], test, fitted)
        scored = [likelihood.score(log, test, words)["bits"].mean() for log in (flat[len(valid) :], logs)]
        return scored[0] - scored[1]

    assert gain(pieces[:8], pieces[8:]) > 2
    assert gain(shuffled[:8], shuffled[8:]) < 0.05


def test_a_copy_bot_does_not_fool_the_likelihood():
    """A model that only knows the training pieces by heart gives new pieces less than frequencies do."""
    from riyaz.model import ngram

    rng = np.random.default_rng(1)
    train, new = ([np.r_[1, rng.integers(3, 13, 80), 2] for _ in range(n)] for n in (20, 10))
    counts = ngram.train(train, 13, 8)
    again = ngram.mean_bits(ngram.bits(counts, train))
    on_new = ngram.mean_bits(ngram.bits(counts, new))
    assert again < 1
    assert on_new >= ngram.mean_bits(ngram.bits(counts.at(0), new)) - 0.05
