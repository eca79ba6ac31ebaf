"""params.yaml, read as DVC reads it and checked: the only source of numbers.

An error is one line that names the key, what it may be, and what it was.
"""

import difflib
import os
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import YAMLError

from riyaz.tools import environment

Count = Annotated[int, Field(ge=1, le=10**7)]
Width = Annotated[int, Field(ge=1, le=4096)]  # of a layer
Batch = Annotated[int, Field(ge=1, le=2**16)]
Length = Annotated[int, Field(ge=2, le=2**16)]  # tokens
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, le=10**6)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]


AUTO = "auto"  # a number that the program chooses
THEMES = "data/themes"  # kaidas, beginnings and models that no corpus has; dvc.yaml names it too


RESERVED = (
    "benchmarks",
    "cells",
    "ablations",
    "folds",
    "index",
    "lecture",
    "metrics",
    "rivals",
    "rolls",
)  # what reports/ has beside corpora
OURS = (*(f"data/{name}" for name in ("code", "events", "tokens", "sequences")), "models", "reports", ".cache", "src")
BEAT = 5040  # ticks, as in riyaz.music.events


def _divides(number: int) -> int:
    if BEAT % number:
        raise ValueError(f"a grid needs a divisor of {BEAT}, such as 3, 4, 8 or 12")
    return number


class BadParams(ValueError):
    """params.yaml breaks a rule; the message is one line."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Collect(Section):
    corpora: list[Literal["chorales", "ryansMammoth", "oneills1850", "essenFolksong"]]


class Compute(Section):
    """Where the work is done; on CPUs no result depends on it."""

    workers: Count | None
    scheduler: str | None
    lost: Literal["stop", "local"]
    device: Literal["cpu", "gpu"]


class Explore(Section):
    instrument: (
        Literal["all", "first"] | Annotated[list[Annotated[int, Field(ge=0, le=127)] | str], Field(min_length=1)]
    )
    pedal: Literal["count", "sustain"]
    seconds: Annotated[float, Field(gt=0, le=3600)]
    megabytes: Annotated[float, Field(ge=50, le=2**20)]


class Augment(Section):
    transpose: Annotated[int, Field(ge=0, le=11)]


class Tokenize(Section):
    scheme: Literal["event", "chord"]
    grid: list[Annotated[int, Field(ge=1, le=96), AfterValidator(_divides)]]
    velocity: Annotated[int, Field(ge=0, le=127)]


class Sequence(Section):
    targets: Literal["every", "last"]
    length: Length
    valid: Share
    test: Share


class Model(Section):
    cell: Literal["lstm", "gru", "rnn"]
    layers: Annotated[int, Field(ge=1, le=8)]
    units: Width
    embedding: Width
    dropout: Share | Literal["auto"]
    features: list[Literal["place", "length", "sounding", "heard", "moved"]]
    members: Annotated[int, Field(ge=1, le=16)]
    memory: Literal["none", "suffix"]


class Train(Section):
    epochs: Count
    batch: Batch
    learning_rate: Positive
    weight_decay: Annotated[float, Field(ge=0, le=10**6)]
    clip: Positive
    patience: Count


class Generate(Section):
    pieces: Annotated[int, Field(ge=1, le=64)]
    candidates: Annotated[int, Field(ge=1, le=1024)]
    alone: Literal["exact", "fast"]
    tokens: Annotated[int, Field(ge=8, le=20_000)]
    beats: Annotated[int, Field(ge=4, le=20_000)] | None
    endings: Literal["corpus", "network"]
    primer: str | None
    unseen: Literal["refuse", "nearest"]
    style: str | None
    style_weight: Annotated[float, Field(ge=0, le=1)]
    temperature: Annotated[float, Field(gt=0, le=100)] | Literal["auto"]
    top_k: Annotated[int, Field(ge=0, le=10**7)]
    top_p: Annotated[float, Field(gt=0, le=1)] | Literal["auto"]
    memory: Annotated[float, Field(ge=0, le=1000)] | Literal["auto"]
    limit: Annotated[float, Field(gt=1, le=10**6)]
    form: Literal["free", "taal", "kaida"]
    taal: str
    avartans: Annotated[int, Field(ge=1, le=1000)]
    theme: str
    performances: Annotated[int, Field(ge=1, le=64)]
    paltas: Annotated[int, Field(ge=1, le=16)]
    laya: Annotated[int, Field(ge=1, le=8)]
    pitch: Literal["C", "C#", "D", "D#"]


class Evaluate(Section):
    orders: Annotated[int, Field(ge=1, le=16)]
    dynamic: Literal["none", "auto"]


class Folds(Section):
    folds: Literal[0] | Annotated[int, Field(ge=3, le=20)]
    seeds: Annotated[int, Field(ge=1, le=20)]


class Recall(Section):
    symbols: Annotated[int, Field(ge=2, le=1000)]
    gaps: Annotated[list[Count], Field(min_length=1)]
    asked: Annotated[list[Count], Field(min_length=1)]
    back: Length
    units: Width
    sequences: Count
    steps: Count
    batch: Batch
    learning_rates: Annotated[list[Positive], Field(min_length=2)]
    seeds: Annotated[int, Field(ge=2, le=100)]


class Compare(Section):
    corpora: Annotated[list[Name], Field(min_length=1)]
    length: Length
    embedding: Width
    units: Width
    steps: Count
    batch: Batch
    learning_rates: Annotated[list[Positive], Field(min_length=2)]
    seeds: Annotated[int, Field(ge=2, le=100)]


class Cells(Section):
    recall: Recall
    compare: Compare


SECTIONS: dict[str, type[Section]] = {
    "explore": Explore,
    "augment": Augment,
    "tokenize": Tokenize,
    "sequence": Sequence,
    "model": Model,
    "train": Train,
    "generate": Generate,
    "evaluate": Evaluate,
    "folds": Folds,
    "cells": Cells,
}


class About(Section):
    """What the cards say of a corpus; nothing is computed from it."""

    source: str = ""
    licence: str = ""


class Corpus(Section):
    path: str
    reader: Literal["tabla", "mts", "midi", "score", "pianoroll"] = "midi"
    about: About = About()
    explore: dict[str, Any] = {}
    augment: dict[str, Any] = {}
    tokenize: dict[str, Any] = {}
    sequence: dict[str, Any] = {}
    model: dict[str, Any] = {}
    train: dict[str, Any] = {}
    generate: dict[str, Any] = {}
    evaluate: dict[str, Any] = {}
    folds: dict[str, Any] = {}


class Settings(Section):
    """What params.yaml says, with the named corpus' own sections merged into the common ones."""

    root: Path  # the folder of params.yaml; paths in it are relative to this
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    corpora: dict[Name, Corpus]
    compute: Compute
    collect: Collect
    explore: Explore
    augment: Augment
    tokenize: Tokenize
    sequence: Sequence
    model: Model
    train: Train
    generate: Generate
    evaluate: Evaluate
    folds: Folds
    cells: Cells


def find(start: Path | None = None) -> Path:
    """The nearest params.yaml, from `start` (the current folder) upwards."""
    path = environment.checkout(start) / "params.yaml"
    if not path.is_file():
        raise BadParams(f"no params.yaml in {path.parent} or above it: run this inside a checkout of the project")
    return path


def load(corpus: str | None = None, path: Path | None = None, **sections: dict[str, Any] | None) -> Settings:
    """Read and check params.yaml.

    Parameters
    ----------
    corpus : whose own sections are merged in; None: the common ones.
    path : the file; None: found from the current folder upwards.
    sections : for a notebook that was given its parameters: these win over the file's, key by key.

    Raises
    ------
    BadParams : one line with the key, what it may be, and what it was.
    """
    path = path or find()
    try:
        raw = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except DuplicateKeyError as error:
        key, mark = re.search('key "(.*?)"', str(error)), error.problem_mark
        raise BadParams(f"{path.name}: line {mark.line + 1}: {key[1] if key else 'a key'} is there twice") from error
    except RecursionError as error:
        raise BadParams(f"{path.name} is not valid YAML: its brackets are too deep in each other") from error
    except (YAMLError, ValueError) as error:  # some of ruamel's own, and text that is no UTF-8
        raise BadParams(f"{path.name} is not valid YAML: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("corpora"), dict):
        raise BadParams(f"{path.name}: it needs a section corpora, such as corpora: {{mine: {{path: data/raw/mine}}}}")
    if isinstance(raw.get("seed"), int) and set(SECTIONS) <= raw.keys():
        _check_own(path, raw)
    own: dict[str, Any] = {}
    if corpus is not None:
        if corpus not in raw["corpora"]:
            raise BadParams(f"{path.name}: corpora.{corpus} is not there{_nearest(corpus, list(raw['corpora']))}")
        own = raw["corpora"][corpus] if isinstance(raw["corpora"][corpus], dict) else {}
    for name in SECTIONS:
        parts = [part for part in (raw.get(name), own.get(name), sections.get(name)) if part is not None]
        if parts and all(isinstance(part, dict) for part in parts):
            raw[name] = {key: value for part in parts for key, value in part.items()}
    try:
        settings = Settings(root=path.parent, **{str(key): value for key, value in raw.items()})
    except ValidationError as error:
        raise BadParams(f"{path.name}: {_one_line(error)}") from None
    except TypeError:
        raise BadParams(f"{path.name}: root is no key; {_keys(Settings)}") from None
    _check_together(path, settings)
    if corpus is not None and settings.corpora[corpus].reader in ("tabla", "mts"):
        _watched(settings, "theme", (THEMES, settings.corpora[corpus].path), ("new",))
    _watched(settings, "style", (THEMES,), (None,))
    return settings


def own(corpus: str, path: Path | None = None) -> dict[str, tuple[Any, Any]]:
    """Where a corpus' own sections differ from the common ones: key to its own value, which wins, and the common one.

    Keys are dotted, such as ``train.epochs``; none where the corpus is as the others.
    """
    common, mine = load(None, path), load(corpus, path)
    differ: dict[str, tuple[Any, Any]] = {}
    for section in SECTIONS:
        ours, theirs = getattr(mine, section).model_dump(), getattr(common, section).model_dump()
        differ |= {f"{section}.{key}": (ours[key], theirs[key]) for key in ours if ours[key] != theirs[key]}
    return differ


def _check_own(path: Path, raw: dict[str, Any]) -> None:
    """Refuse a wrong value in the own sections of any corpus, before its stages run."""
    for name, corpus in raw["corpora"].items():
        for section, kind in SECTIONS.items():
            own, common = corpus.get(section) if isinstance(corpus, dict) else None, raw.get(section)
            if not (isinstance(own, dict) and isinstance(common, dict) and section in Corpus.model_fields):
                continue
            try:
                kind(**{str(key): value for key, value in {**common, **own}.items()})
            except ValidationError as error:
                if str(error.errors()[0]["loc"][0]) in map(str, own):
                    raise BadParams(f"{path.name}: corpora.{name}.{section}.{_one_line(error, kind)}") from None


def _check_together(path: Path, settings: Settings) -> None:
    """Refuse values that are good one by one and not together, and names and folders that no corpus may have."""

    def stop(key: str, rule: str, was: object) -> None:
        raise BadParams(f"{path.name}: {key}: {rule}; it was {was!r}")

    if settings.sequence.valid + settings.sequence.test >= 1:
        stop("sequence.test", "valid and test leave something to train on", settings.sequence.test)
    names: set[str] = set()
    folders: dict[PurePosixPath, str] = {}
    for name, corpus in settings.corpora.items():
        if name.lower() in RESERVED:
            stop(f"corpora.{name}", "another name, since reports/ has this one", name)
        if name.lower() in names:
            stop(f"corpora.{name}", "names of corpora differ in more than capitals", name)
        key, given, folder = f"corpora.{name}.path", corpus.path, PurePosixPath(os.path.normpath(corpus.path))
        good = given and given.isprintable() and "://" not in given and not folder.is_absolute()
        if not good or folder.parts[:1] in ((), ("..",)):
            stop(key, "a folder inside the project, such as data/raw/mine, which may be a link", given)
        if any(folder.is_relative_to(ours) or PurePosixPath(ours).is_relative_to(folder) for ours in OURS):
            stop(key, "a folder that the project does not write itself, such as data/raw/mine", given)
        if folder in folders:
            stop(key, f"a folder of its own, which {folders[folder]} has not", given)
        names.add(name.lower())
        folders[folder] = name


def _watched(settings: Settings, key: str, folders: tuple[str, ...], none: tuple[str | None]) -> None:
    """Refuse a file or model that `generate` names in a folder whose changes DVC does not see."""
    given, places = getattr(settings.generate, key), [(settings.root / folder).resolve() for folder in folders]
    if given not in none and not any((settings.root / given).resolve().is_relative_to(place) for place in places):
        where, word = " or ".join(folders), "a model" if key == "style" else "a file"
        or_none = none[0] or "null"
        raise BadParams(
            f"generate.{key}: {word} in {where}, where a change of it is seen, or {or_none}; it was {given!r}"
        )


def _nearest(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return (f"; did you mean {close[0]}?" if close else ";") + f" there are {', '.join(sorted(known))}"


def _keys(section: type[BaseModel]) -> str:
    return "the keys are " + ", ".join(name for name in section.model_fields if name != "root")


def _one_line(error: ValidationError, within: type[BaseModel] | None = None) -> str:
    """The first error as `key: what it may be; it was ...`."""
    first = error.errors()[0]
    # pydantic adds the tried alternatives of a union to the place: they are no keys
    place = [str(part) for part in first["loc"] if not any(sign in str(part) for sign in "[(")]
    place = place[:-1] if place[-1] in ("float", "int", "str", "constrained-int", "constrained-float") else place
    if first["type"] == "extra_forbidden":
        section: Any = within or Settings
        for part in place[:-1]:
            field = section.model_fields.get(part)
            section = field.annotation if field else Corpus
            section = section if isinstance(section, type) and issubclass(section, BaseModel) else Corpus
        known = [name for name in section.model_fields if name != "root"]
        return f"{'.'.join(place)} is no key{_nearest(place[-1], known)}"
    if first["type"] == "missing":
        return f"{'.'.join(place)} is missing: every number stands in params.yaml, so write it there"
    wanted = first["msg"].removeprefix("Value error, ")
    was = repr(first["input"])
    if first["type"] == "literal_error" and isinstance(first["input"], str):
        close = difflib.get_close_matches(first["input"], re.findall("'([^']*)'", first["ctx"]["expected"]), n=1)
        wanted += f"; did you mean {close[0]}?" if close else ""
    was = was if len(was) <= 80 else f"{was[:79]}…"
    return f"{'.'.join(place)}: {wanted[0].lower()}{wanted[1:]}; it was {was}"
