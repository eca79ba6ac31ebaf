import os
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest
from samples import section

from riyaz.model import bundle, network, recurrence, stored
from riyaz.params import BadParams
from riyaz.text import features, windows
from riyaz.text.tokens import Vocabulary

TESTS = Path(__file__).resolve().parents[1]
SMALL = {"units": 12, "embedding": 5, "layers": 1, "dropout": 0.4}
PLAIN = {**SMALL, "features": []}


def cycle(n_pieces=12, n_tokens=40):
    """A melody that a network can learn: 4 5 6 7 4 5 6 7 ..."""
    return [np.r_[1, 4 + (np.arange(n_tokens) + k) % 4, 2].astype(np.int32) for k in range(n_pieces)]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_compiled_network_is_the_keras_network(cell):
    model = network.build(9, section("model", cell=cell, **{**PLAIN, "layers": 2}), seed=3)
    for layer in model.layers:  # biases start at zero or one: give every weight a value of its own
        layer.set_weights([np.random.default_rng(1).normal(size=w.shape, scale=0.4) for w in layer.get_weights()])
    tokens = np.random.default_rng(0).integers(0, 9, (3, 17)).astype(np.int32)
    ours = recurrence.logits(network.weights(model), tokens)
    theirs = np.log(np.asarray(model(tokens)))
    ours = np.asarray(ours - np.log(np.exp(ours).sum(-1, keepdims=True)))
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_the_weights_for_one_row_are_the_same_network(cell):
    model = network.build(9, section("model", cell=cell, **{**PLAIN, "layers": 2}), seed=3)
    for layer in model.layers:
        layer.set_weights([np.random.default_rng(1).normal(size=w.shape, scale=0.4) for w in layer.get_weights()])
    weights, tokens = network.weights(model), np.random.default_rng(0).integers(0, 9, (1, 17)).astype(np.int32)
    np.testing.assert_allclose(
        recurrence.logits(recurrence.for_one(weights), tokens), recurrence.logits(weights, tokens), atol=2e-5
    )


def test_dropout_keeps_its_share_in_training_and_everything_after_it():
    layer = network.FastDropout(network.keras.layers.Dropout(0.3, seed=1))
    x = np.ones((50, 20, 30), np.float32)
    np.testing.assert_array_equal(layer(x), x)
    first, second = (np.asarray(layer(x, training=True)) for _ in range(2))
    assert set(np.unique(first)) == {np.float32(0), np.float32(1) / np.float32(0.7)}
    assert abs((first > 0).mean() - 0.7) < 0.01
    assert (first != second).mean() > 0.3  # each call draws anew
    none = network.FastDropout(network.keras.layers.Dropout(0.0))
    np.testing.assert_array_equal(none(x, training=True), x)


WORDS = Vocabulary(["metre:3/4", "d:1", "d:1/2", "C4", "E4", "+G4", "~C4"])
KNOWN = {"features": ["place", "length", "sounding"]}


def told(pieces):
    """The features of pieces of one length, as Keras takes them: (n_pieces, n, width) float32."""
    tables = features.tables(WORDS, "event", KNOWN["features"])
    packed = np.stack(features.packed(tables, list(pieces)))
    return tables, np.unpackbits(packed, axis=-1, count=features.width(tables.names)).astype(np.float32)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("known", [{}, KNOWN])
def test_the_compiled_network_with_features_and_members_is_the_keras_network(members, known, tmp_path):
    asked = section("model", **SMALL, **{"features": [], **known}, members=members)
    model = network.build(len(WORDS), asked, seed=3)
    for layer in model.layers:
        layer.set_weights([np.random.default_rng(1).normal(size=w.shape, scale=0.4) for w in layer.get_weights()])
    if members > 1:
        model.get_layer("embed_of_2").set_weights([np.ones((len(WORDS), asked.embedding))])
    stored.save(model, tmp_path)
    model = stored.load(tmp_path)
    tokens = np.random.default_rng(0).integers(4, len(WORDS), (2, 30)).astype(np.int32)
    tables, given = told(tokens)
    theirs = np.asarray(model([tokens, given] if known else tokens))
    ours = jax.nn.softmax(recurrence.logits(network.weights(model, tables if known else None), tokens))
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_several_members_learn_as_each_does_alone():
    """The loss is the sum of theirs, the figures are those of the mean of their probabilities."""
    model = network.build(8, section("model", **SMALL, features=[], members=2), seed=1)
    logits = network.learner(model, 0.1, 0.1, 1.0)
    inputs, targets = windows.cut(cycle(3, 15), 16)
    each = np.asarray(logits(inputs))
    assert each.shape == (3, 16, 2, 8)
    logs = np.asarray(jax.nn.log_softmax(each))
    of_it = np.take_along_axis(logs, targets[:, :, None, None], axis=-1)[..., 0]  # (3, 16, members)
    weight = targets > 0
    values = logits.evaluate(inputs, targets, sample_weight=weight.astype(np.float32), return_dict=True, verbose=0)
    assert values["loss"] == pytest.approx(-of_it.sum(-1)[weight].mean(), rel=1e-5)
    assert values["nats"] == pytest.approx(-np.log(np.exp(of_it).mean(-1))[weight].mean(), rel=1e-5)


def test_an_epoch_goes_on_where_the_last_one_stopped():
    windows_ = np.arange(10)[:, None], np.ones((10, 1), int)
    batches = network.Batches(windows_, 2, seed=0, per_epoch=5)
    assert len(batches) == 3
    epochs = []
    for _ in range(4):
        epochs.append([int(row[0]) for k in range(3) for row in batches[k][0]][:5])
        batches.on_epoch_end()
    assert sorted(epochs[0] + epochs[1]) == sorted(epochs[2] + epochs[3]) == list(range(10))
    assert epochs[0] != epochs[2]


@pytest.mark.parametrize("targets", ["every", "last"])
def test_what_is_learned_with_is_the_network_and_its_gradient_that_of_keras(targets):
    model = network.build(9, section("model", **{**PLAIN, "layers": 2, "dropout": 0}), targets, seed=3)
    plain = network.keras.Sequential([network.keras.Input((None,), dtype="int32"), *model.layers[:-1]])
    learned = network.learner(model, 0.1, 0.1, 1.0)
    tokens = np.random.default_rng(0).integers(0, 9, (3, 17)).astype(np.int32)
    pull = np.random.default_rng(1).normal(size=(3, 17, 9) if targets == "every" else (3, 9))  # a weight for each logit

    def gradients(logits):
        def loss(values):
            out, _ = logits.stateless_call(values, [v.value for v in logits.non_trainable_variables], tokens)
            return (out * pull).sum(), out

        found, out = jax.jit(jax.grad(loss, has_aux=True))([v.value for v in logits.trainable_variables])
        names = [variable.path.replace("fast_lstm/", "") for variable in logits.trainable_variables]
        return dict(zip(names, found, strict=True)), out

    (ours, logits), (theirs, expected) = gradients(learned), gradients(plain)
    np.testing.assert_allclose(logits, expected, atol=1e-6)
    assert len(theirs) == 1 + 3 + 3 + 2
    assert ours.keys() == theirs.keys()
    for name, gradient in theirs.items():
        np.testing.assert_allclose(ours[name], gradient, rtol=1e-4, atol=1e-5, err_msg=name)
    assert {id(variable) for variable in learned.trainable_variables} == {id(v) for v in model.trainable_variables}


def test_log_probabilities_sum_to_one_and_do_not_depend_on_the_batch():
    weights = network.weights(network.build(9, section("model", **PLAIN), seed=3))
    pieces = [np.arange(n) % 9 for n in (5, 70, 30)]
    together = recurrence.log_probabilities(weights, pieces)
    assert [a.shape for a in together] == [(4, 9), (69, 9), (29, 9)]
    np.testing.assert_allclose(np.exp(together[1]).sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(recurrence.log_probabilities(weights, pieces[1:2])[0], together[1], atol=0)


def test_a_long_piece_is_read_on_from_stretch_to_stretch(monkeypatch):
    weights = network.weights(network.build(9, section("model", **PLAIN), seed=3))
    pieces = [np.arange(n) % 9 for n in (150, 3)]
    whole = recurrence.log_probabilities(weights, pieces)
    monkeypatch.setattr(recurrence, "STRETCH", 64)
    for a, b in zip(recurrence.log_probabilities(weights, pieces), whole, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize(("targets", "epochs"), [("every", 10), ("last", 3)])
def test_training_learns_and_repeats_to_the_bit(targets, epochs):
    arrays = windows.cut(cycle(), 8, targets)
    runs = []
    for _ in range(2):
        model = network.build(8, section("model", **PLAIN), targets, seed=1)
        history = network.fit(
            model, arrays, arrays, section("train", epochs=epochs, batch=8, learning_rate=0.03), seed=1
        )
        runs.append((history, model.get_weights()))
    assert runs[0][0].equals(runs[1][0])
    assert all((a == b).all() for a, b in zip(runs[0][1], runs[1][1], strict=True))
    assert runs[0][0]["val_loss"].iloc[-1] < 0.6 * np.log(8)


def test_the_weights_are_those_of_the_best_epoch():
    arrays = windows.cut(cycle(), 8)
    noise = np.random.default_rng(0).integers(4, 8, arrays[1].shape).astype(np.int32)
    model = network.build(8, section("model", **PLAIN), seed=1)
    history = network.fit(
        model, arrays, (arrays[0], noise), section("train", epochs=6, batch=8, learning_rate=0.05, patience=2), seed=1
    )
    logits = network.keras.Sequential(model.layers[:-1])
    logits.compile(loss=network.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert logits.evaluate(arrays[0], noise, verbose=0) == pytest.approx(history["val_loss"].min(), abs=0.2)
    assert len(history) < 6


def test_a_bundle_loads_on_its_own_and_refuses_another_vocabulary(tmp_path):
    vocabulary = Vocabulary("abcde")
    model = network.build(len(vocabulary), section("model", **PLAIN), seed=1)
    bundle.save(tmp_path, model, vocabulary, {"seed": 1})
    back = bundle.load(tmp_path)
    assert back.params == {"seed": 1}
    assert all((a == b).all() for a, b in zip(back.network.get_weights(), model.get_weights(), strict=True))
    Vocabulary("abcdf").save(tmp_path / "vocabulary.json")
    with pytest.raises(bundle.Mismatch, match="train again"):
        bundle.load(tmp_path)
    (tmp_path / "network.json").unlink()
    with pytest.raises(FileNotFoundError, match="stage train"):
        bundle.load(tmp_path)
    with pytest.raises(bundle.Mismatch, match="and the vocabulary 6 tokens"):
        bundle.save(tmp_path, model, Vocabulary("ab"), {})


# corpus, units, tokens of its training part in all keys, and the dropout with the lowest validation loss of those tried
TRIED = [("tabla", 256, 28_439, (0.6, 0.7)), ("chorales", 256, 13 * 102_405, (0.1, 0.25))]


@pytest.mark.parametrize(("corpus", "units", "n_tokens", "between"), TRIED, ids=[row[0] for row in TRIED])
def test_auto_is_the_dropout_that_validation_chose(corpus, units, n_tokens, between):
    sizes = section("model", cell="lstm", layers=1, units=units, embedding=128, dropout="auto")
    assert between[0] <= network.dropout(sizes, n_tokens) <= between[1]


def test_auto_grows_with_the_weights_for_each_token_and_a_number_stays():
    sizes = section("model", cell="lstm", layers=1, units=100, embedding=100, dropout="auto")  # 80,000 weights
    assert [network.dropout(sizes, n) for n in (80_000, 8_000, 800, 0)] == [0.3, 0.6, 0.8, 0.8]
    assert network.dropout(sizes, 10**9) == 0.1
    assert network.dropout(sizes.model_copy(update={"dropout": 0.35}), 0) == 0.35
    gru = sizes.model_copy(update={"cell": "gru"})  # 60,000 weights
    assert network.dropout(gru, 60_000) == 0.3


def test_a_gpu_that_is_not_there_is_one_clear_line():
    with pytest.raises(BadParams, match=r"compute.device is gpu, but JAX finds no GPU: .*set compute.device to cpu"):
        network.devices("gpu")


SPREAD = """
import numpy as np, samples
from riyaz.model import network
small = {"units": 8, "embedding": 4, "dropout": 0.0, "features": []}
given = samples.settings(model=small, train={"epochs": 2, "batch": 4})
ids = np.random.default_rng(0).integers(1, 7, (24, 13)).astype(np.int32)
windows = ids[:, :-1], ids[:, 1:]
both = network.devices("cpu")
assert len(both) == 2
for devices in (both[:1], both):
    with network.spread(devices, 4):
        model = network.build(7, given.model, "every", 1)
        history = network.fit(model, windows, windows, given.train, 1)
        shards = len(model.layers[0].embeddings.value.sharding.device_set)
    print(len(devices), shards, *(f"{value:.5f}" for value in history["val_loss"]))
try:
    with network.spread(both, 5): pass
except ValueError as error:
    print(error)
"""


def test_a_batch_is_divided_among_devices_and_the_losses_are_those_of_one():
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    run = subprocess.run([sys.executable, "-c", SPREAD], env=environment, cwd=TESTS, capture_output=True, text=True)
    one, two, refused = run.stdout.splitlines() or [run.stderr] * 3
    assert one.split()[:2] == ["1", "1"]
    assert two.split()[:2] == ["2", "2"]
    np.testing.assert_allclose([float(x) for x in one.split()[2:]], [float(x) for x in two.split()[2:]], atol=2e-5)
    assert refused == "train.batch is 5: on 2 devices it must be a multiple of 2"
