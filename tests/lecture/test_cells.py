import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.lecture import cells, recall, small
from riyaz.model.network import keras

SIZES = [(1, 1, 1, 1), (3, 17, 1, 8), (1, 50, 6, 1), (4, 100, 12, 32), (8, 64, 24, 48), (2, 200, 7, 13)]
CELLS = ["rnn", "rnn_sigmoid", "lstm", "gru", "gru_before"]


def keras_layer(cell, units, dtype="float32"):
    # jnp.tanh itself: in double precision Keras' own tanh gives single
    options = {"return_sequences": True, "dtype": dtype, "activation": jnp.tanh, "recurrent_initializer": "zeros"}
    if cell.startswith("rnn"):
        options |= {"activation": "sigmoid"} if cell == "rnn_sigmoid" else {}
        return keras.layers.SimpleRNN(units, **options)
    if cell == "lstm":
        return keras.layers.LSTM(units, **options)
    return keras.layers.GRU(units, reset_after=cell == "gru", **options)


def both(cell, size, dtype="float32"):
    """Outputs of NumPy and of Keras for the same random input, from Keras' own weights."""
    batch, time, n_in, units = size
    rng = np.random.default_rng(sum(size))
    layer = keras_layer(cell, units, dtype)
    layer.build((batch, time, n_in))
    layer.set_weights([rng.normal(scale=a.shape[0] ** -0.5, size=a.shape).astype(dtype) for a in layer.get_weights()])
    x = rng.normal(size=(batch, time, n_in)).astype(dtype)
    theirs = np.asarray(jax.jit(lambda x: layer(x))(x))
    return cells.run(cell, cells.from_keras(cell, layer.get_weights()), x)[0], theirs


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cell", CELLS)
def test_outputs_are_those_of_keras(cell, size):
    ours, theirs = both(cell, size)
    assert ours.shape == theirs.shape == (size[0], size[1], size[3])
    assert ours.dtype == theirs.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
def test_in_double_precision_nothing_but_rounding_is_left(cell):
    with jax.enable_x64(True):
        ours, theirs = both(cell, (3, 60, 12, 32), "float64")
    assert theirs.dtype == np.float64
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_parameters_are_counted_as_keras_counts_them(cell):
    layer = keras_layer(cell, 5)
    layer.build((2, 3, 4))
    extra = 2 * 5 if cell == "gru" else 0  # of its two biases those of z and r are only ever added
    assert cells.n_parameters(cell, 4, 5) == layer.count_params() - extra
    ours = cells.initial_weights(cell, 4, 5, np.random.default_rng(0))
    assert sum(a.size for a in ours.values()) == cells.n_parameters(cell, 4, 5)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_read_in_two_parts_is_the_same(cell):
    x = np.random.default_rng(0).normal(size=(2, 9, 3))
    w = cells.initial_weights(cell, 3, 4, np.random.default_rng(1))
    whole, _, last = cells.run(cell, w, x)
    first, _, state = cells.run(cell, w, x[:, :4])
    second, _, end = cells.run(cell, w, x[:, 4:], state)
    np.testing.assert_array_equal(whole, np.concatenate([first, second], axis=1))
    np.testing.assert_array_equal(last, end)
    assert cells.run(cell, w, x[:, :0])[0].shape == (2, 0, 4)


def test_the_two_conventions_of_the_gru_are_not_the_same_function():
    rng = np.random.default_rng(0)
    kernel, recurrent, bias = (rng.normal(size=size).astype(np.float32) for size in ((3, 15), (5, 15), (2, 15)))
    x = rng.normal(size=(2, 6, 3)).astype(np.float32)
    one = cells.run("gru", cells.from_keras("gru", [kernel, recurrent, bias]), x)[0]
    other = cells.run("gru_before", cells.from_keras("gru_before", [kernel, recurrent, bias.sum(0)]), x)[0]
    assert np.abs(one - other).max() > 1e-3


def test_gates_by_hand():
    one = np.ones((1, 1))
    w = {f"W_{k}": np.zeros((2, 1)) for k in "fico"} | {"b_f": one[0], "b_i": -one[0], "b_c": one[0], "b_o": 0 * one[0]}
    (h, cell), seen = cells.lstm_step(w, one, (0 * one, 2 * one))
    f, i, c = 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1)), np.tanh(1)
    assert seen["f"] == pytest.approx(f)
    assert seen["o"] == pytest.approx(0.5)
    assert cell == pytest.approx(2 * f + i * c)
    assert h == pytest.approx(0.5 * np.tanh(2 * f + i * c))


def test_what_is_seen_belongs_to_the_outputs():
    outputs, seen, (h, cell) = cells.run(
        "lstm",
        cells.initial_weights("lstm", 3, 4, np.random.default_rng(0)),
        np.random.default_rng(1).normal(size=(2, 7, 3)),
    )
    assert sorted(seen) == ["C", "c", "f", "i", "o"]
    np.testing.assert_allclose(seen["o"] * np.tanh(seen["C"]), outputs)
    np.testing.assert_allclose(seen["f"][:, 1:] * seen["C"][:, :-1] + (seen["i"] * seen["c"])[:, 1:], seen["C"][:, 1:])
    np.testing.assert_array_equal(outputs[:, -1], h)
    np.testing.assert_array_equal(seen["C"][:, -1], cell)


def test_untrained_weights_are_drawn_as_keras_draws_them():
    for cell, layer in (
        ("rnn", keras.layers.SimpleRNN(64)),
        ("lstm", keras.layers.LSTM(64)),
        ("gru", keras.layers.GRU(64)),
    ):
        layer.build((None, None, 32))
        theirs = cells.from_keras(cell, layer.get_weights())
        ours = cells.initial_weights(cell, 32, 64, np.random.default_rng(0))
        assert list(ours) == list(theirs)
        for name in theirs:
            assert ours[name].dtype == theirs[name].dtype
            assert ours[name].std() == pytest.approx(theirs[name].std(), rel=0.1), name
            assert ours[name].mean() == pytest.approx(theirs[name].mean(), abs=0.02), name
        joined = next(ours[name] for name in ours if name.startswith("W"))[:64]
        if cell == "rnn":
            np.testing.assert_allclose(joined @ joined.T, np.eye(64), atol=1e-5)


@given(st.floats(-1e4, 1e4))
def test_the_derivative_of_the_sigmoid_is_at_most_a_quarter(x):
    slope = cells.sigmoid_derivative(np.array(x))
    assert 0 <= slope <= 0.25
    assert cells.sigmoid(np.array(x)) + cells.sigmoid(np.array(-x)) == pytest.approx(1)


def test_the_maximum_of_the_derivative_is_a_quarter_at_zero():
    x = np.linspace(-8, 8, 1601)
    slope = cells.sigmoid_derivative(x)
    assert slope.max() == 0.25
    assert x[slope.argmax()] == pytest.approx(0)
    np.testing.assert_allclose(slope, np.gradient(cells.sigmoid(x), x), atol=1e-4)
    np.testing.assert_allclose(cells.sigmoid(x), keras.ops.sigmoid(x), atol=1e-6)


def test_the_gradient_of_a_neuron_is_the_one_by_hand():
    x, y = np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0, 1.0])
    for w in (-3.0, 0.0, 0.7):
        by_hand = np.mean((cells.sigmoid(w * x) - y) * x)
        assert jax.grad(cells.neuron_loss)(w, jnp.asarray(x), jnp.asarray(y)) == pytest.approx(by_hand, abs=1e-6)
        step = (cells.neuron_loss(w + 1e-6, x, y) - cells.neuron_loss(w - 1e-6, x, y)) / 2e-6
        assert step == pytest.approx(by_hand, abs=1e-6)
    assert cells.neuron_loss(0.0, x, y) == pytest.approx(np.log(2))


def test_softmax_and_cross_entropy_are_those_of_keras():
    rng = np.random.default_rng(0)
    logits = rng.normal(scale=5, size=(16, 20, 41)).astype(np.float32)
    y = np.eye(41, dtype=np.float32)[rng.integers(41, size=(16, 20))]
    y_hat = cells.softmax(logits)
    np.testing.assert_allclose(y_hat, keras.ops.softmax(logits), rtol=0, atol=1e-6)
    np.testing.assert_allclose(y_hat.sum(-1), 1, atol=1e-6)
    theirs = np.asarray(keras.losses.categorical_crossentropy(y, logits, from_logits=True))
    np.testing.assert_allclose(cells.cross_entropy(y, y_hat), theirs, rtol=1e-5, atol=1e-6)


def test_softmax_of_large_logits_and_cross_entropy_of_certainty():
    assert cells.softmax(np.array([1e4, 0.0, -1e4])).tolist() == [1, 0, 0]
    assert cells.cross_entropy(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0
    half = np.array([0.5, 0.5])
    assert cells.cross_entropy(half, half) == pytest.approx(np.log(2))
    assert cells.cross_entropy(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)


# --- riyaz.lecture.small: the same cells, compiled, differentiated and trained


@pytest.mark.parametrize("cell", CELLS)
def test_compiled_and_in_numpy_the_cells_are_one(cell):
    w = cells.initial_weights(cell, 3, 6, np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(2, 15, 3)).astype(np.float32)
    np.testing.assert_allclose(small.read(cell, w, jnp.asarray(x)), cells.run(cell, w, x)[0], rtol=0, atol=1e-6)


def test_the_symbol_stands_the_gap_before_the_question():
    windows = recall.recall_windows(200, [0, 3, 8], 10, 4, seed=1)
    assert windows.inputs.shape == windows.targets.shape == (200, 10)
    assert (windows.inputs[:, -1] == recall.QUERY).all()
    assert (windows.targets[:, :-1] == 0).all()
    is_symbol = (windows.inputs >= 2) & (windows.inputs < 6)
    assert (is_symbol.sum(axis=1) == 1).all()
    assert (windows.inputs[is_symbol] == windows.targets[:, -1]).all()
    assert sorted(set((8 - is_symbol.argmax(axis=1)).tolist())) == [0, 3, 8]
    assert (windows.inputs[~is_symbol][windows.inputs[~is_symbol] != 1] >= 6).all()


def test_a_gap_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="a gap of 9 needs sequences of 11 tokens, not 10"):
        recall.recall_windows(1, [9], 10, 4, seed=1)


def test_loss_and_accuracy_count_only_what_has_a_target():
    network = small.initial_network("lstm", 5, 3, 4, seed=0)
    rng = np.random.default_rng(0)
    windows = small.Windows(rng.integers(1, 5, (3, 6)), rng.integers(0, 5, (3, 6)))
    h = cells.run("lstm", network["cell"], network["embedding"][windows.inputs])[0]
    y_hat = cells.softmax(h @ network["W"] + network["b"])
    counted = windows.targets > 0
    y = np.eye(5)[windows.targets]
    assert 0 < counted.sum() < counted.size
    assert small.loss("lstm", network, windows) == pytest.approx(
        cells.cross_entropy(y, y_hat)[counted].mean(), abs=1e-5
    )
    hits = (y_hat.argmax(-1) == windows.targets)[counted]
    assert small.accuracy("lstm", network, windows) == pytest.approx(hits.mean())
    nothing = small.Windows(windows.inputs, 0 * windows.targets)
    assert small.loss("lstm", network, nothing) == 0


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_back_in_time_are_those_of_finite_differences(cell):
    w = {k: v.astype(float) for k, v in cells.initial_weights(cell, 2, 3, np.random.default_rng(0)).items()}
    x = np.random.default_rng(1).normal(size=(1, 7, 2))
    squares = np.zeros(7)
    for t in range(7):
        for n in range(2):
            step = np.zeros_like(x)
            step[0, t, n] = 1e-6
            up, down = (cells.run(cell, w, x + sign * step)[0][0, -1] for sign in (1, -1))
            squares[6 - t] += (((up - down) / 2e-6) ** 2).sum()
    np.testing.assert_allclose(small.gradient_norms(cell, w, x)[0], np.sqrt(squares), rtol=1e-5)


def test_training_learns_keeps_the_best_and_repeats():
    gaps = [0, 1, 2]
    data, valid = (recall.recall_windows(n, gaps, 4, 2, seed=n) for n in (500, 100))
    starts = small.initial_networks("gru", 6, 6, 8, seed=0, n=2)
    schedule = small.Schedule(steps=200, batch=32, checks=4)
    networks, losses = small.train("gru", starts, 0.03, data, valid, schedule, seed=0)
    assert losses.shape == (2, 4)
    for network, history in zip(networks, losses, strict=True):
        assert small.loss("gru", network, valid) == pytest.approx(history.min(), abs=1e-6)
        assert small.accuracy("gru", network, valid) > 0.95
    again, _ = small.train("gru", starts, 0.03, data, valid, schedule, seed=0)
    for one, other in zip(jax.tree.leaves(networks), jax.tree.leaves(again), strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.abs(networks[0]["W"] - networks[1]["W"]).max() > 0.01
    tail = small.Windows(*(a[400:] for a in data))
    part, _ = small.train("gru", starts, 0.03, data, valid, schedule, seed=0, among=np.arange(400, 500))
    alone, _ = small.train("gru", starts, 0.03, tail, valid, schedule, seed=0)
    np.testing.assert_allclose(part[0]["W"], alone[0]["W"], atol=1e-5)
    with pytest.raises(ValueError, match="200 steps cannot be parted by 7 checks"):
        small.train("gru", starts, 0.03, data, valid, schedule._replace(checks=7), seed=0)


def test_units_for_equal_parameters():
    size = small.n_parameters("lstm", 50, 16, 24)
    assert sum(np.size(a) for a in jax.tree.leaves(small.initial_network("lstm", 50, 16, 24, 0))) == size
    assert small.units_for("lstm", 50, 16, size) == 24
    for cell in CELLS:
        units = small.units_for(cell, 50, 16, size)
        assert abs(small.n_parameters(cell, 50, 16, units) / size - 1) < 0.05


def test_what_a_step_takes():
    lstm, gru, rnn = (small.step_cost(cell, 6, 10) for cell in ("lstm", "gru", "rnn"))
    assert lstm["multiply_adds"] == 4 * 10 * 16
    assert lstm["weights"] == 4 * cells.n_parameters("lstm", 6, 10)
    assert (lstm["state"], gru["state"]) == (80, 40)
    assert 2 * rnn["multiply_adds"] < rnn["operations"] < gru["operations"] < lstm["operations"]
