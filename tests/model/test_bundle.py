"""Bundles from strangers: a damaged file is one line, no code of a bundle runs, only networks of ours are read."""

import json
import os
import pickle
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest
from samples import section

from riyaz.model import bundle, memory, network, stored
from riyaz.model.bundle import Damaged, Mismatch
from riyaz.text.tokens import Vocabulary

keras = network.keras
SMALL = {"layers": 2, "units": 6, "embedding": 4, "dropout": 0.3, "features": [], "members": 1}
WORDS = ["taal:teental", "d:1/2", "d:1", "rest", "Dha", "Tin", "C4", "+E4", "~C4"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    vocabulary = Vocabulary(WORDS)
    model = network.build(len(vocabulary), section("model", **SMALL), seed=1)
    fitted = {"order": 4, "escape": [1.5, 2], "class_escape": [1.0], **memory.tables(vocabulary)}
    fitted |= {"growth": [0.5, 1], "class_growth": [0.0]}
    about = {"seed": 1, "tokenize": {"scheme": "event", "grid": []}, "model": SMALL, "memory": fitted}
    bundle.save(folder, model, vocabulary, about)
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "model")


def edit(path, change):
    content = json.loads(path.read_text(encoding="utf-8"))
    content = change(content) or content
    path.write_text(json.dumps(content), encoding="utf-8")


def refused(folder, kind, match):
    with pytest.raises(kind, match=match) as caught:
        bundle.load(folder)
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("targets", ["every", "last"])
@pytest.mark.parametrize(
    "more", [{}, {"members": 2}, {"features": ["place"]}, {"features": ["length", "sounding"], "members": 3}]
)
def test_what_was_saved_is_read_and_saved_again_the_same(cell, targets, more, tmp_path):
    model = network.build(5, section("model", **{**SMALL, "cell": cell, "dropout": 0.0, **more}), targets, seed=2)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    stored.save(model, tmp_path / "a")
    back = stored.load(tmp_path / "a")
    assert all((a == b).all() for a, b in zip(back.get_weights(), model.get_weights(), strict=True))
    assert back.output_shape == model.output_shape
    stored.save(back, tmp_path / "b")
    for name in (stored.CONFIG, stored.WEIGHTS):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_lies_beside_a_bundle_is_not_read(folder):
    (folder / "evil.py").write_text("raise SystemExit")
    (folder / "model.keras").write_bytes(b"no model")
    assert bundle.load(folder).params["seed"] == 1


@pytest.mark.parametrize("name", bundle.FILES)
def test_a_file_that_is_missing_or_no_file(folder, name):
    (folder / name).unlink()
    refused(folder, FileNotFoundError, f"{name} is missing: the stage train makes it")
    os.mkfifo(folder / name)
    refused(folder, FileNotFoundError, f"{name} is missing")
    (folder / name).unlink()
    (folder / name).mkdir()
    refused(folder, FileNotFoundError, f"{name} is missing")


@pytest.mark.parametrize("name", bundle.FILES)
@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"null", b"3", b'"text"', b"[[]]", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"a": 1e999}', b"[NaN]"),
        *(pickle.dumps({"a": print}), b"\x89HDF\r\n\x1a\n" + bytes(200), b"[1" + b"0" * 10_000 + b"]"),
    ],
    ids=lambda content: repr(content[:12]),
)  # fmt: skip
def test_a_file_of_anything_is_one_line(folder, name, content):
    (folder / name).write_bytes(content)
    refused(folder, (Damaged, Mismatch), name.replace(".", r"\."))


def test_a_huge_file_is_not_read(folder, whole):
    for name in (bundle.VOCABULARY, bundle.PARAMS, stored.CONFIG):
        with (folder / name).open("ab") as file:
            file.truncate(2**34)
        refused(folder, Damaged, f"{name}: it is larger than 16 MB")
        shutil.copy(whole / name, folder / name)


PAYLOAD = "__import__('os').system('touch hacked')"


class Payload:
    def __reduce__(self):
        return (os.system, ("touch hacked",))


def with_layer(own, class_name, **more):
    layer = {"module": "keras.layers", "registered_name": None, "config": {"name": "x"}}
    own["config"]["layers"].insert(1, {**layer, "class_name": class_name, **more})


def test_no_code_of_a_bundle_runs_and_other_layers_are_refused_by_name(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "evil_module.py").write_text("open('hacked', 'w')")
    good = (folder / stored.CONFIG).read_bytes()
    function = keras.layers.Lambda(lambda x: x, output_shape=(1,), name="x").get_config()
    changes = {
        "Lambda": lambda config: with_layer(config, "Lambda", config=function),
        "TFSMLayer": lambda config: with_layer(config, "TFSMLayer", config={"filepath": "."}),
        "Evil": lambda config: with_layer(config, "Evil", module="evil_module", registered_name="evil>Evil"),
        "function": lambda config: with_layer(config, "function", module="builtins", config="eval"),
        "Model": lambda config: config.update(class_name="Model"),
        "GRUCell": lambda config: with_layer(config, "GRUCell"),
    }
    monkeypatch.syspath_prepend(str(folder))
    for name, change in changes.items():
        edit(folder / stored.CONFIG, change)
        refused(folder, Damaged, f"network.json: it has a layer '{name}': a network has InputLayer, Embedding, LSTM")
        (folder / stored.CONFIG).write_bytes(good)
    object_of = {"module": "evil_module", "class_name": "Evil", "config": {"code": PAYLOAD}, "registered_name": "Evil"}
    for place in ("kernel_initializer", "activation", "kernel_regularizer", "kernel_constraint", "dtype"):
        for value in (object_of, "evil_module>Evil", {"class_name": "__lambda__", "config": {"value": PAYLOAD}}):
            edit(folder / stored.CONFIG, lambda c, p=place, v=value: c["config"]["layers"][-2]["config"].update({p: v}))
            refused(folder, Damaged, "network.json: layer 'dense': ")
            (folder / stored.CONFIG).write_bytes(good)
    edit(folder / stored.CONFIG, lambda c: c["config"]["layers"][1].update(module="evil_module"))
    refused(folder, Damaged, "layer 'embed': module is 'evil_module'; in a network of this")
    (folder / stored.CONFIG).write_bytes(good)
    (folder / stored.WEIGHTS).write_bytes(pickle.dumps(Payload()))
    refused(folder, Damaged, r"weights\.h5: it is no HDF5 file")
    assert "evil_module" not in sys.modules
    assert not (folder / "hacked").exists()


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ((1, "input_dim"), 2**20, "too few for the network"),
        ((1, "input_dim"), 12, "layer 'dense': units is 13; in a network of this project it is 12"),
        ((1, "input_dim"), 10**400, "too few for the network"),
        ((1, "input_dim"), -4, "its sizes are no numbers"),
        ((1, "input_dim"), "13", "its sizes are no numbers"),
        ((1, "output_dim"), 2**20, "embedding: input should be less than or equal to 4096"),
        ((1, "output_dim"), True, "embedding: input should be a valid integer"),
        ((2, "units"), 2**20, "units: input should be less than or equal to 4096"),
        ((2, "units"), 4096, "too few for the network"),
        ((2, "units"), None, "units: input should be a valid integer"),
        ((2, "go_backwards"), True, "layer 'lstm_1': go_backwards is True; in a network of this project it is False"),
        ((2, "activation"), "relu", "activation is 'relu'; in a network of this project it is 'tanh'"),
        ((2, "name"), "a" * 10_000, "layer 'aaaa"),
        ((3, "rate"), float("nan"), "dropout: input should be"),
        ((3, "rate"), "auto", "its sizes are no numbers|dropout: input should be"),
        ((4, "units"), 7, "units is 7; in a network of this project it is 6"),
        ((-2, "units"), 5, "units is 5; in a network of this project it is 13"),
        ((-2, "use_bias"), False, "use_bias is False"),
        ((-1, "activation"), "linear", "activation is 'linear'"),
    ],
)  # fmt: skip
def test_sizes_and_settings_of_others_are_refused(folder, path, value, line):
    place, key = path
    edit(folder / stored.CONFIG, lambda config: config["config"]["layers"][place]["config"].update({key: value}))
    refused(folder, Damaged, line)


def test_layers_in_another_order(folder):
    edit(folder / stored.CONFIG, lambda config: config["config"]["layers"].reverse())
    refused(folder, Damaged, r"network\.json: ")
    edit(folder / stored.CONFIG, lambda config: config["config"].update(layers=[]))
    refused(folder, Damaged, "it describes no network of this project")


DENSE = "layers/dense/vars/0"


def replaced(file, **made):
    shape = file[DENSE].shape
    del file[DENSE]
    return file.create_dataset(DENSE, **{"shape": shape, "dtype": "float32", **made})


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda file: file[DENSE].__setitem__((0, 0), np.nan), "some weights are no finite numbers"),
        (lambda file: file[DENSE].__setitem__((0, 0), -np.inf), "some weights are no finite numbers"),
        (lambda file: file.__delitem__(DENSE), "numbers, "),
        (lambda file: file.create_dataset("more", data=np.zeros(3, np.float32)), "numbers, and the network"),
        (lambda file: replaced(file, data=np.zeros((13, 6), np.float32), shape=None), "are not those of the network"),
        (lambda file: replaced(file, dtype="float64"), "is not stored as plain numbers"),
        (lambda file: replaced(file, dtype="int32"), "is not stored as plain numbers"),
        (lambda file: replaced(file, dtype=h5py.string_dtype()), "is not stored as plain numbers"),
        (lambda file: replaced(file, shape=(2**40,), chunks=(2**10,)), "is not stored as plain numbers"),
        (lambda file: replaced(file, chunks=(2, 2), compression="gzip"), "is not stored as plain numbers"),
        (lambda file: replaced(file, external=[("/etc/hostname", 0, 6 * 13 * 4)]), "is not stored as plain numbers"),
    ],
)
def test_weights_that_are_not_those_of_the_network(folder, change, line):
    with h5py.File(folder / stored.WEIGHTS, "r+") as file:
        change(file)
    refused(folder, Damaged, line)


def test_links_out_of_the_file_of_weights_are_not_followed(folder, whole):
    for link in (h5py.ExternalLink(str(whole / stored.WEIGHTS), DENSE), h5py.SoftLink("/nowhere")):
        with h5py.File(folder / stored.WEIGHTS, "r+") as file:
            del file[DENSE]
            file[DENSE] = link
        refused(folder, Damaged, r"weights\.h5: it has [\d,]+ numbers, ")


@pytest.mark.parametrize(
    ("change", "kind", "line"),
    [
        (lambda params: params.pop("vocabulary") and None, Damaged, "it does not name its vocabulary's digest"),
        (lambda params: params.update(vocabulary=3), Damaged, "it does not name its vocabulary's digest"),
        (lambda params: params.update(vocabulary="3"), Mismatch, "not the one that this network was trained with"),
        (lambda params: params.update(tokenize=[]), Damaged, "tokenize is no section"),
        (lambda params: params["tokenize"].update(scheme="words"), Damaged, "tokenize.scheme is 'words'; it is one of"),
        (lambda params: params["tokenize"].update(scheme=[]), Damaged, "tokenize.scheme is"),
        (lambda params: params.update(memory=[]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].pop("classes") and None, Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(order=10**9), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(order=True), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(escape=[float("nan")]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(escape=[]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(class_escape=[-1]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(growth=[2.0]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(class_growth=[]), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(classes=[99] * 13), Damaged, "memory holds no order"),
        (lambda params: params["memory"].update(classes=[0]), Mismatch, "has 1 classes and the vocabulary 13 tokens"),
    ],
)  # fmt: skip
def test_params_of_others(folder, change, kind, line):
    edit(folder / bundle.PARAMS, change)
    refused(folder, kind, line)


@pytest.mark.parametrize(
    "word",
    ["", "a" * 101, "a\nb", 3, None, ["Dha"], "d:", "d:0", "d:-1", "d:1/0", "d:1e99", "d:nan", "d:1/11"],
)
def test_a_vocabulary_of_others(folder, word):
    edit(folder / bundle.VOCABULARY, lambda words: [*words, word])
    refused(folder, Damaged, r"vocabulary\.json: .* is no token of the scheme event")


def test_a_vocabulary_that_is_shorter_or_in_another_order(folder):
    edit(folder / bundle.VOCABULARY, lambda words: words[::-1])
    refused(folder, Damaged, "its tokens are not in their order, each once")
    short = Vocabulary(WORDS[:-1])
    short.save(folder / bundle.VOCABULARY)
    refused(folder, Mismatch, "not the one that this network was trained with")
    edit(folder / bundle.PARAMS, lambda params: params.update(vocabulary=short.digest, memory=None))
    refused(folder, Mismatch, "the network has 13 outputs and the vocabulary 12 tokens")


def test_mutated_bundles_load_or_are_one_line(folder, whole, capfd):
    """Bytes of each file changed at random: what loads has finite weights and tokens that can be read."""
    from riyaz.tools import fuzz

    counts = {"read": 0, "refused": 0}
    for number in range(240):
        random = np.random.default_rng([5, number])
        name = bundle.FILES[number % len(bundle.FILES)]
        data = fuzz.mutate(
            (whole / name).read_bytes(), [(whole / other).read_bytes() for other in bundle.FILES], random
        )
        (folder / name).write_bytes(data)
        said = ""
        try:
            model = bundle.load(folder)
            assert all(np.isfinite(array).all() for array in model.network.get_weights())
        except (Damaged, Mismatch) as error:
            said = str(error)
        assert "\n" not in said, (number, name)
        counts["refused" if said else "read"] += 1
        shutil.copy(whole / name, folder / name)
    assert min(counts.values()) > 10, counts


def test_a_damaged_bundle_stops_a_stage_with_one_line(folder, tmp_path):
    code = f"from pathlib import Path; from riyaz.model import bundle; bundle.load(Path({str(folder)!r}))"
    (folder / bundle.PARAMS).write_bytes(b"{")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stderr.splitlines()[-1].startswith("riyaz.model.stored.Damaged: ")
