"""A network on disk. What is read may come from strangers: no code of it runs, and only a network of ours is read.

The file network.json is never given to Keras: the sizes in it are, after all else in it was found to be as
`riyaz.model.network.build` makes it. The weights are numbers in an HDF5 file, as many as that network has.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from pydantic import ValidationError

from riyaz.model import network
from riyaz.params import Model
from riyaz.text import features

CONFIG, WEIGHTS = "network.json", "network.weights.h5"
MAX_JSON = 16 * 2**20  # bytes
CELLS = {cell.__name__: name for name, cell in network.CELLS.items()}
LAYERS = ("InputLayer", "Embedding", *CELLS, "Dropout", "Dense", "Activation", "Add", "Average")


class Damaged(ValueError):
    """A file of a model that cannot be used; the message is one line."""

    def __init__(self, path: Path, reason: str):
        super().__init__(f"{path}: {reason} (train again, or take another copy of the model)")


def save(model: network.keras.Model, folder: Path) -> None:
    """Write ``network.json`` and ``network.weights.h5``: unlike ``.keras``, both repeat byte for byte."""
    (folder / CONFIG).write_text(json.dumps(_config(model)) + "\n", encoding="utf-8")
    model.save_weights(folder / WEIGHTS)


def _config(model: network.keras.Model) -> dict[str, Any]:
    """The network's configuration as Keras writes it, all initial weights zeros: they are not what was trained."""

    def zeros(config: dict[str, Any]) -> dict[str, Any]:
        return {key: "zeros" if key.endswith("_initializer") and value else value for key, value in config.items()}

    return json.loads(model.to_json(), object_hook=zeros)


def load(folder: Path) -> network.keras.Model:
    """Read what `save` wrote.

    Raises
    ------
    Damaged : a file is not what `save` writes: with the file and what is wrong.
    OSError : a file is missing or may not be read.
    """
    config = read_json(folder / CONFIG, dict)
    n_tokens, settings, targets = _sizes(folder / CONFIG, config)
    numbers = _count(folder / WEIGHTS)
    if numbers < n_tokens * (settings.embedding + settings.units) + settings.layers * settings.units**2:
        raise Damaged(folder / WEIGHTS, f"it has {numbers:,} numbers, too few for the network of {CONFIG}")
    model = network.build(n_tokens, settings, targets, zeros=True)
    ours = _config(model)
    if len(_layers(config)) != len(_layers(ours)):
        raise Damaged(
            folder / CONFIG, f"it has {len(_layers(config))} layers, a network like this {len(_layers(ours))}"
        )
    for their_layer, our_layer in zip(_layers(config), _layers(ours), strict=True):
        _same(folder / CONFIG, their_layer["config"].get("name"), their_layer, our_layer)
    if numbers != model.count_params():
        raise Damaged(
            folder / WEIGHTS, f"it has {numbers:,} numbers, and the network of {CONFIG} {model.count_params():,}"
        )
    try:
        model.load_weights(folder / WEIGHTS)
    except Exception as error:  # Keras raises many kinds for names and shapes that do not fit
        raise Damaged(folder / WEIGHTS, f"its arrays are not those of the network of {CONFIG}") from error
    if not all(np.isfinite(array).all() for array in model.get_weights()):
        raise Damaged(folder / WEIGHTS, "some weights are no finite numbers")
    return model


def read_json(path: Path, kind: type) -> Any:
    """Read a JSON file that holds a dict or a list, as `kind` says; Damaged where it does not."""
    if path.stat().st_size > MAX_JSON:
        raise Damaged(path, f"it is larger than {MAX_JSON // 2**20} MB")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Damaged(path, f"it is no JSON: {' '.join(str(error).split())[:120]}") from error
    if not isinstance(value, kind):
        raise Damaged(path, f"it holds no {'object' if kind is dict else 'list'}")
    return value


def _layers(config: dict[str, Any]) -> list[dict[str, Any]]:
    return config["config"]["layers"]


def _sizes(path: Path, config: dict[str, Any]) -> tuple[int, Model, str]:
    """Number of tokens, settings and targets of the network that a configuration describes."""
    try:
        layers = _layers(config)
        names = [str(layer["class_name"]) for layer in layers]
        strange = [
            name for name in [*names, str(config["class_name"])] if name not in (*LAYERS, "Sequential", "Functional")
        ]
        if strange:
            raise Damaged(path, f"it has a layer {strange[0][:60]!r}: a network has {', '.join(LAYERS)} and no other")
        of: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        for name, layer in zip(names, layers, strict=True):
            of[name].append(layer["config"])
        cell, members = next(name for name in names if name in CELLS), len(of["Embedding"])
        width = sum(given["batch_shape"][-1] or 0 for given in of["InputLayer"] if given["name"] == "features")
        n_tokens, whole = of["Embedding"][0]["input_dim"], of[cell][-1]["return_sequences"]
        settings = Model(
            cell=CELLS[cell],  # type: ignore[arg-type]
            layers=len(of[cell]) // members,
            units=of[cell][0]["units"],
            embedding=of["Embedding"][0]["output_dim"],
            dropout=of["Dropout"][0]["rate"],
            features=_features(width),  # type: ignore[arg-type]
            members=members,
            memory="none",
        )
        if type(n_tokens) is not int or n_tokens < 1 or type(whole) is not bool or isinstance(settings.dropout, str):
            raise Damaged(path, "its sizes are no numbers")
    except ValidationError as error:
        first = error.errors()[0]
        raise Damaged(path, f"{first['loc'][0]}: {first['msg'].lower()}") from error
    except (KeyError, IndexError, TypeError, AttributeError, StopIteration) as error:
        raise Damaged(path, "it describes no network of this project") from error
    return n_tokens, settings, "every" if whole else "last"


def _features(width: int) -> list[str]:
    """The features that a network with so wide an input is given; the sums of their widths all differ."""
    names = list(features.SIZES)
    chosen = [[name for k, name in enumerate(names) if number >> k & 1] for number in range(2 ** len(names))]
    return next(some for some in chosen if features.width(some) == width)


def _same(path: Path, layer: Any, theirs: Any, ours: Any, key: str = "") -> None:
    """Refuse a layer that is not as we make it; what it has beside ours, as of another version of Keras, is empty."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in sorted({*theirs, *ours}):
            _same(path, layer, theirs.get(name), ours.get(name), name)
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        said, wanted = (repr(value)[:60] for value in (theirs, ours))
        raise Damaged(path, f"layer {str(layer)[:60]!r}: {key} is {said}; in a network of this project it is {wanted}")


def _count(path: Path) -> int:
    """How many numbers are in a file of weights; none of them is read."""
    sizes: list[int] = []

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            stored = item.id.get_storage_size()
            if item.dtype != np.float32 or item.external or item.is_virtual or stored != 4 * item.size:
                raise Damaged(path, f"its array {name[:60]} is not stored as plain numbers of 32 bits")
            sizes.append(item.size)

    try:
        with h5py.File(path, "r") as file:
            file.visititems(visit)
    except (OSError, RuntimeError, KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, Damaged):
            raise
        raise Damaged(path, "it is no HDF5 file, or a damaged one") from error
    return sum(sizes)
