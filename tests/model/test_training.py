"""One recipe: a training is computed once, and the cache changes no result."""

import numpy as np
import pytest
import samples

from riyaz.model import stored, training
from riyaz.music.events import Piece, in_a_row
from riyaz.text import features, windows
from riyaz.tools import source

PARTS = ["train"] * 6 + ["valid"] * 2 + ["test"] * 2
SMALL = {
    "model": {"units": 8, "embedding": 4, "layers": 1},
    "train": {"epochs": 2, "batch": 8},
    "sequence": {"length": 16},
}


def melody(seed):
    rng = np.random.default_rng(seed)
    notes = rng.choice(["C4", "D4", "E4", "G4"], 40).tolist()
    return Piece(f"tune {seed}", in_a_row([2520] * 40, [[note] for note in notes]), {"kind": "notes"})


@pytest.fixture(scope="module")
def data():
    return samples.data([melody(seed) for seed in range(10)], PARTS)


@pytest.fixture(scope="module")
def cache(data, tmp_path_factory):
    """A cache with one training in it."""
    folder = tmp_path_factory.mktemp("cache")
    training.train(data, samples.settings(**SMALL), 1, folder)
    return folder


def bytes_of(trained, folder):
    folder.mkdir()
    stored.save(trained.network, folder)
    saved = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return saved, trained.history.to_csv(), trained.memory


def test_a_training_comes_from_the_cache_with_the_same_bytes(data, tmp_path):
    settings = samples.settings(**SMALL)
    epochs = []
    first = training.train(data, settings, 1, tmp_path / "cache", report=epochs.append)
    assert len(epochs) == 2
    again = training.train(data, settings, 1, tmp_path / "cache", report=epochs.append)
    without = training.train(data, settings, 1)
    assert len(epochs) == 2
    made = [bytes_of(one, tmp_path / str(k)) for k, one in enumerate((first, again, without))]
    assert made[0] == made[1] == made[2]
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["memory", "trained"]


@pytest.mark.parametrize(
    ("change", "trains"),
    [
        ({"model": {"units": 9}}, True),
        ({"train": {"learning_rate": 0.02}}, True),
        ({"sequence": {"targets": "last"}}, True),
        ({"model": {"memory": "none"}}, False),
        ({"generate": {"temperature": 1.1}}, False),
        ({"evaluate": {"orders": 2}}, False),
        ({"sequence": {"test": 0.2}}, False),  # the parts themselves count, not how they came about
    ],
)
def test_only_what_changes_the_network_trains_it_again(data, cache, change, trains):
    changed = {name: {**SMALL.get(name, {}), **change.get(name, {})} for name in {**SMALL, **change}}
    epochs = []
    training.train(data, samples.settings(**changed), 1, cache, report=epochs.append)
    assert bool(epochs) == trains


def test_another_seed_or_other_parts_train_again(data, cache):
    settings = samples.settings(**SMALL)
    other = data.with_parts(np.array(PARTS[::-1], dtype=object))
    for given, seed in ((data, 2), (other, 1)):
        epochs = []
        training.train(given, settings, seed, cache, report=epochs.append)
        assert len(epochs) == 2


def test_windows_that_are_cut_already_are_the_same_training(data, cache):
    settings = samples.settings(**SMALL)
    ready = {part: windows.of_part(data, part, settings) for part in ("train", "valid")}
    epochs = []
    training.train(data, settings, 1, cache, ready, epochs.append)
    assert epochs == []


def test_a_damaged_entry_is_made_again(data, tmp_path):
    settings = samples.settings(**SMALL)
    training.train(data, settings, 1, tmp_path)
    (entry,) = (tmp_path / "trained").iterdir()
    (entry / "network.weights.h5").write_bytes(b"half")
    epochs = []
    training.train(data, settings, 1, tmp_path, report=epochs.append)
    assert len(epochs) == 2


def test_the_prediction_with_memory_stands_beside_the_network(data, cache):
    trained = training.train(data, samples.settings(**SMALL), 1, cache)
    held_out = data.part("test").ids
    logs = training.predict(trained, held_out)
    assert list(logs) == ["network", "network + memory"]
    for log, ids in zip(logs["network + memory"], held_out, strict=True):
        assert log.shape == (len(ids) - 1, len(data.vocabulary))
        np.testing.assert_allclose(np.exp(log).sum(axis=1), 1, atol=1e-4)


def test_the_network_is_told_which_training_windows_are_transposed():
    """By how much each window was moved is what stands in its feature; validation windows are as they are written."""
    notes = (["C4", "D4"], ["D4", "E4"], ["C4", "E4"], ["C4", "D4"])
    pieces = [
        Piece(f"{k}", in_a_row([2520] * 20, [[n] for n in pair] * 10), {"kind": "notes"})
        for k, pair in enumerate(notes)
    ]
    data = samples.data(pieces, ["train"] * 3 + ["valid"])
    settings = samples.settings(**SMALL, augment={"transpose": 2})
    tables = features.tables(data.vocabulary, "event", ["moved"])

    def told(part):
        given = windows.of_part(data, part, settings)
        packed = training.with_features(given, data, part, settings, tables)[2]
        return given[0], np.unpackbits(packed, axis=-1, count=22)[:, 0]

    inputs, moved = told("train")
    steps = [step for step, ids in data.transposed(2) for _ in range(-(-(len(ids) - 1) // 16))]
    assert len(steps) == len(inputs)
    assert set(steps) == {0, -2, 2}  # the vocabulary has C, D and E
    assert [int(row.argmax()) if row.any() else None for row in moved] == [
        {-2: 9, 0: None, 2: 12}[step] for step in steps
    ]
    assert not told("valid")[1].any()


def test_without_validation_pieces_there_is_no_memory_since_it_is_fitted_on_them(data):
    parts = np.array(["train"] * 10, dtype=object)
    assert training.train(data.with_parts(parts), samples.settings(**SMALL), 1).memory is None
    assert training.train(data, samples.settings(**SMALL), 1).memory is not None


def test_the_key_counts_all_the_code_that_computes():
    """What these modules import from the package computes nothing by itself, or is counted by its arrays."""
    here = source.SRC / "riyaz"
    names = {
        name for module in (*training.NETWORK, *training.MEMORY) for name in source.imports((here / module).read_text())
    }
    ours = {name for name in names if name.startswith("riyaz.")}
    computing = {"riyaz.model", "riyaz.model.recurrence", "riyaz.text", "riyaz.text.features", "riyaz.text.grammar"}
    constants = {
        "riyaz.params",
        "riyaz.params.BadParams",
        "riyaz.params.Model",
        "riyaz.params.Train",
        "riyaz.text.tokens",
        "riyaz.text.tokens.PAD",
    }
    constants |= {"riyaz.text.tokens.Vocabulary", "riyaz.tools.environment", "riyaz.tools.environment.FIXED"}
    constants |= {"riyaz.tabla.bols", "riyaz.tabla.bols.BOLS"}  # the classes of tokens are in the memory's key
    constants |= {f"riyaz.text.tokens.{name}" for name in ("END", "HEADER", "START")}
    tables = {f"riyaz.music.events.{name}" for name in ("NUMBERS", "TICKS", "bar_beats", "ticks")}  # their arrays count
    tables |= {"riyaz.music.events", "riyaz.tabla.taals", "riyaz.tabla.taals.TAALS", "riyaz.text.tokens.kind"}
    assert ours == computing | constants | tables


def test_without_validation_pieces_and_memory_all_epochs_are_trained(data):
    parts = np.array(["train"] * 8 + ["test"] * 2, dtype=object)
    settings = samples.settings(**{**SMALL, "model": {**SMALL["model"], "memory": "none"}})
    trained = training.train(data.with_parts(parts), settings, 1)
    assert len(trained.history) == 2
    assert trained.history["val_loss"].isna().all()
