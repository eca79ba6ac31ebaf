"""The transformer has as many weights as the network, looks at the past only, and reads pieces of any length."""

import numpy as np
import pytest
import samples

from riyaz.model import network, transformer
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row

SMALL = {
    "model": {"units": 16, "embedding": 8, "features": ["place"], "memory": "none"},
    "train": {"epochs": 10, "batch": 8},
    "sequence": {"length": 32},
}


def corpus():
    """Scales that go up and down: after the first notes everything is certain."""
    pieces = []
    for k, low in enumerate([60, 62, 64, 65, 60, 62, 64, 65, 60, 62]):
        line = np.tile(low + np.array([0, 2, 4, 5, 7, 5, 4, 2]), 6)
        pieces.append(Piece(f"p{k}", in_a_row([TICKS] * len(line), [[PITCHES[p]] for p in line]), {"kind": "notes"}))
    return samples.data(pieces, ["train"] * 8 + ["valid", "test"])


@pytest.mark.parametrize("given", [[], ["place"]])
def test_it_has_the_weights_that_are_counted_and_as_many_as_the_network(given):
    settings = samples.settings(model={**SMALL["model"], "units": 96, "features": given})
    data = corpus()
    theirs, ours = transformer.sizes(settings, data.vocabulary)
    assert (
        ours
        == network.build(
            len(data.vocabulary),
            samples.section("model", **{**SMALL["model"], "units": 96, "features": given, "dropout": 0.1}),
            zeros=True,
        ).count_params()
    )
    assert abs(theirs - ours) < 0.15 * ours
    width = 0 if not given else 88
    for size in (8, 24):
        built = transformer.build(len(data.vocabulary), width, size, 0.1, 0)
        assert built.count_params() == transformer.n_weights(len(data.vocabulary), width, size)


def test_a_prediction_depends_on_all_tokens_before_and_on_none_after():
    data, settings = corpus(), samples.settings(**SMALL)
    model = transformer.build(len(data.vocabulary), 88, 16, 0.0, 1)
    rng = np.random.default_rng(0)
    notes = np.arange(5, len(data.vocabulary))
    piece = np.r_[data.ids[0][:2], rng.choice(notes, 400)].astype(np.int32)  # longer than a training window
    (logs,) = transformer.log_probabilities(model, [piece], data, settings)
    assert logs.shape == (len(piece) - 1, len(data.vocabulary))
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1, rtol=1e-5)
    changed = piece.copy()
    changed[300] = notes[(list(notes).index(piece[300]) + 1) % len(notes)]
    (other,) = transformer.log_probabilities(model, [changed], data, settings)
    np.testing.assert_array_equal(other[:300], logs[:300])
    assert np.abs(other[300:] - logs[300:]).max(axis=1).min() > 0
    short, _ = transformer.log_probabilities(model, [piece[:100], piece], data, settings)
    np.testing.assert_allclose(short, logs[:99], atol=1e-4)


def test_it_learns_and_training_repeats_to_the_bit():
    data, settings = corpus(), samples.settings(**SMALL)
    (model, bits), (again, _) = (transformer.train(data, settings, 0.02, 0.0, 3) for _ in range(2))
    assert bits < 0.8 * np.log2(len(data.vocabulary) - 2)
    for mine, theirs in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    (log,) = transformer.log_probabilities(model, data.part("valid").ids, data, settings)
    came = data.part("valid").ids[0][1:]
    assert -log[np.arange(len(log)), came].mean() / np.log(2) == pytest.approx(bits, abs=0.02)
