"""Settings and data for tests: those of params.yaml, with what a test changes."""

import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from riyaz import params
from riyaz.music.events import Piece
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import Vocabulary, encode

DRAWN = {"temperature": 0.9, "top_p": 0.97, "memory": 0.6}  # in place of auto
ROOT = Path(__file__).resolve().parents[1]


@cache
def _shipped() -> params.Settings:
    """The settings of the project, with numbers in place of ``auto``."""
    shipped = params.load(path=ROOT / "params.yaml")
    return shipped.model_copy(update={"generate": shipped.generate.model_copy(update=DRAWN)})


def settings(**sections: dict[str, Any]) -> params.Settings:
    """The common settings of params.yaml: ``settings(model={"units": 8})`` changes one number."""
    shipped = _shipped()
    new = {name: getattr(shipped, name).model_copy(update=values) for name, values in sections.items()}
    return shipped.model_copy(update=new)


def compute(workers: int | None = None, **values: Any) -> params.Compute:
    """Where work is done: on this machine, with so many processes."""
    return section("compute", workers=workers, **values)


def section(name: str, **values: Any) -> Any:
    """One section of them: ``section("model", units=8, layers=1)``."""
    return getattr(settings(**{name: values}), name)


def params_text(corpora: dict[str, Any], **sections: Any) -> str:
    """A params.yaml with these corpora and, beside what `sections` change, the project's own numbers."""
    whole = YAML(typ="safe").load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for name, value in sections.items():
        whole[name] = {**whole[name], **value} if isinstance(value, dict) else value
    stream = io.StringIO()
    YAML().dump({**whole, "corpora": corpora}, stream)
    return stream.getvalue()


def data(pieces: list[Piece], parts: list[str], families: list[int] | None = None, scheme: str = "event") -> DataSet:
    """A data set of these pieces; without `families` each is a family of its own."""
    rows = [encode(piece, scheme) for piece in pieces]
    vocabulary = Vocabulary(token for row in rows for token in row)
    numbers = np.arange(len(pieces)) if families is None else np.array(families)
    ids = [vocabulary.ids(row) for row in rows]
    return DataSet([p.name for p in pieces], ids, vocabulary, np.array(parts, dtype=object), numbers, lambda: pieces)


def weights(n_tokens, seed=0, scale=2.0):
    """A network of random weights, without features: one LSTM of eight units."""
    rng = np.random.default_rng(seed)
    shapes = {"kernel": (6, 32), "recurrent": (8, 32), "bias": (32,)}
    member = {
        "embedding": rng.normal(size=(n_tokens, 6)).astype(np.float32),
        "layers": [{name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}],
        "dense": {
            "kernel": rng.normal(size=(8, n_tokens), scale=scale).astype(np.float32),
            "bias": np.zeros(n_tokens, np.float32),
        },
    }
    return {"members": [member], "features": None}
