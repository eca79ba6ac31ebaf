"""A published benchmark of piano rolls, ``python -m riyaz rolls FILE [KEY=VALUE ...]``: nats per frame, several seeds.

The file has the form of Boulanger-Lewandowski, Bengio & Vincent (`riyaz.music.pianoroll`) with its own train, valid and
test parts. ``model.units=512`` changes a setting of params.yaml, ``folds.seeds=5`` the number of trainings. What is
found is written to reports/rolls/<file>.md, a file of git, with the published figures for the same split: no other text
of this project gives figures of the benchmark.

Two counts are usual, frames 2 to T and frames 1 to T; both are given, for all test pieces and for those that share
little with the training part.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from riyaz import params
from riyaz.judge import folds, held_out, likelihood, looked, rivals
from riyaz.judge.interval import ratio
from riyaz.model import training
from riyaz.music import pianoroll
from riyaz.params import Settings
from riyaz.text import encoding, split
from riyaz.text.dataset import DataSet
from riyaz.tools import environment, escape, files, source, store
from riyaz.tools.parallel import each

FRAMES = {"2 to T": 1, "1 to T": 0}  # which frames count, and the first of them
PPM = "PPM + piece"
Nats = Mapping[str, list[np.ndarray]]  # for each model and piece those of frames 1 to T


def data_set(path: Path, settings: Settings) -> DataSet:
    """The pieces of a file as tokens, in the parts that it defines."""
    if settings.tokenize.scheme != "event":
        raise ValueError(f"tokenize.scheme is {settings.tokenize.scheme}: frames are counted in the scheme event only")
    encoded = encoding.Encoding(pianoroll.read(path), settings.tokenize.grid, compute=settings.compute)
    pieces = [*encoded]
    vocabulary = encoded.vocabulary(settings.augment.transpose)
    return DataSet(
        [piece.name for piece in pieces],
        [*encoded.ids(vocabulary)],
        vocabulary,
        np.array([piece.about["part"] for piece in pieces], dtype=object),
        split.families(pieces),
        lambda: pieces,
    )


def measure(data: DataSet, settings: Settings, cache: Path | None = None) -> list[Nats]:
    """The nats of each test piece's frames: for each seed those of the network, with the first one also the rivals'."""
    environment.one_thread()  # the workers inherit it, as those of the folds
    one = partial(_measure, data=data.without_music(), settings=settings, cache=cache)
    return each(one, range(1, settings.folds.seeds + 1), "training", settings.compute, True)


def _measure(number: int, data: DataSet, settings: Settings, cache: Path | None) -> Nats:
    ids = data.part("test").ids
    logs = training.predict(training.train(data, settings, settings.seed + number, cache), ids)
    if number == 1:
        models = rivals.train(data, settings)
        logs |= rivals.predict({name: models[name] for name in ("n-gram", PPM) if name in models}, ids)
    return {name: likelihood.frame_nats(log, ids, data.vocabulary, whole=True) for name, log in logs.items()}


def table(nats_of: Sequence[Nats], families: np.ndarray, which: np.ndarray, seed: int) -> pd.DataFrame:
    """Nats per frame of each model, the best first.

    Parameters
    ----------
    nats_of : from `measure`. families : (n_test,). which : (n_test,) bool, the test pieces that count.

    Returns
    -------
    model, frames (of `FRAMES`), nats (of all frames, mean over seeds), sd (over seeds; NaN for one), interval (of the
    mean over seeds, over families), seeds. No rows where no piece counts.
    """
    chosen, rows = np.flatnonzero(which), []
    for name in nats_of[0] if len(chosen) else ():
        of = [nats[name] for nats in nats_of if name in nats]
        for frames, first in FRAMES.items():
            sums = np.array([[nats[piece][first:].sum() for piece in chosen] for nats in of])  # (seeds, pieces)
            sizes = np.array([max(0, len(of[0][piece]) - first) for piece in chosen])
            by_seed = sums.sum(axis=1) / sizes.sum()
            spread = float(by_seed.std(ddof=1)) if len(of) > 1 else float("nan")
            interval = ratio(sums.mean(axis=0), sizes, np.asarray(families)[chosen], seed)
            rows.append((name, frames, float(by_seed.mean()), spread, interval, len(of)))
    columns = ["model", "frames", "nats", "sd", "interval", "seeds"]
    return pd.DataFrame(rows, columns=columns).sort_values(["frames", "nats"], ascending=[False, True])


def report(name: str, data: DataSet, tables: Mapping[str, pd.DataFrame], about: Mapping[str, Any]) -> str:
    """What was found as Markdown.

    Parameters
    ----------
    name : of the file. tables : which test pieces, in words, to `table`. about : what the figures depend on, in words.
    """
    sizes = {part: len(data.part(part)) for part in split.PARTS}
    lines = [f"# Piano rolls: {escape.markdown(name)}", ""]
    lines += [f"{', '.join(f'{n} {part}' for part, n in sizes.items())} pieces. Nats per frame, lower is better.", ""]
    for which, rows in tables.items():
        lines += [f"## {which}", "", "| model | frames | nats per frame | sd of seeds | 95% interval | seeds |"]
        lines += ["|---|---|---|---|---|---|"]
        for row in rows.itertuples():
            sd = "" if np.isnan(row.sd) else f"{row.sd:.3f}"
            lines.append(
                f"| {row.model} | {row.frames} | {row.nats:.3f} | {sd} | {row.interval.span()} | {row.seeds} |"
            )
        lines.append("")
    theirs = likelihood.published(sizes).sort_values("nats")
    if len(theirs):
        lines += ["## Published by others for this split", "", "None of these was run here. An exact figure below an"]
        lines += ["upper bound is a fair win; an estimate can err either way.", ""]
        lines += ["| model | nats per frame | kind | conditions | from |", "|---|---|---|---|---|"]
        lines += [f"| {' | '.join(map(str, row))} |" for row in theirs.itertuples(index=False)]
        lines.append("")
    lines += ["## What the figures depend on", "", *(f"- {key}: {value}" for key, value in about.items())]
    return "\n".join(lines) + "\n"


def changed(given: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Settings as they are given, ``section.key=value``, by section.

    Raises
    ------
    ValueError : one is not of this form.
    """
    sections: dict[str, dict[str, Any]] = {}
    for one in given:
        key, equals, value = one.partition("=")
        section, dot, name = key.partition(".")
        if not (equals and dot and section in params.SECTIONS):
            raise ValueError(f"{one} is no setting: write section.key=value, such as model.units=512")
        try:
            sections.setdefault(section, {})[name] = YAML(typ="safe").load(value)
        except YAMLError:
            raise ValueError(f"{one}: {value} is no YAML value, such as 512 or [4, 3]") from None
    return sections


def run(arguments: list[str]) -> int:
    """Write reports/rolls/<file>.md."""
    parser = argparse.ArgumentParser(
        prog="python -m riyaz rolls", description="Nats per frame of a file of piano rolls."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("settings", nargs="*", metavar="KEY=VALUE", help="such as model.units=512 folds.seeds=5")
    given = parser.parse_args(arguments)
    root = environment.checkout()
    settings = params.load(None, root / "params.yaml", **changed(given.settings))
    data = data_set(given.file, settings)
    if not len(data.part("train")) or not len(data.part("test")):
        raise ValueError(f"{given.file.name} has no pieces in its train or its test part, so nothing can be measured")
    looked.note(root, given.file.stem, "rolls", settings)
    measured = measure(data, settings, store.folder(root))
    test, apart = data.part("test"), held_out.shares_little(data)
    which = {f"All {len(test)} test pieces": np.ones(len(test), dtype=bool)}
    which[f"The {apart.sum()} of them that share less than half with any training piece"] = apart
    tables = {name: table(measured, test.families, mask, settings.seed) for name, mask in which.items()}
    silent = sum(float(piece.beats) - len(piece.events) for piece in test.pieces)
    about = {
        "file, SHA-256": hashlib.sha256(given.file.read_bytes()).hexdigest(),
        "settings that differ from params.yaml": escape.markdown(" ".join(given.settings)) or "none",
        "silent frames in a row are one rest, so so many frames are not counted": f"{silent:g}",
        "seeds": ", ".join(str(settings.seed + k) for k in range(1, settings.folds.seeds + 1)),
        "digest of settings and code": store.digest([source.digest(path) for path in folds.CODE], _sections(settings)),
    }
    place = root / "reports" / "rolls" / f"{given.file.stem}.md"
    files.write(place, report(given.file.name, data, tables, about))
    print(f"rolls: wrote {place.relative_to(root)}", file=sys.stderr)
    return 0


def _sections(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(
        include={"seed", "augment", "tokenize", "sequence", "model", "train", "evaluate", "folds"}
    )
