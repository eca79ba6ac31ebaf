"""How `riyaz.model.ppm` predicts the pitches of chorale melodies, by way and order: `python benchmarks/melodies.py`.

The conditions are those of Pearce & Wiggins (2004) as far as they can be had: melodies of chorales as sequences of
chromatic pitches and nothing else, ten-fold cross-validation, bits per note; the long-term model alone, the short-term
model alone, and both. What differs: the melodies are the highest voices of the chorales in data/events (music21's
encodings of all that it has; theirs are 185 of an older edition in the Humdrum format), near-duplicates are in one fold
(theirs are spread), and neither memory is updated with update exclusion. So the figures are near theirs and not equal;
that the computation is the same is shown by `tests/model/test_ppm.py`, on sequences of which IDyOM's own figures are
known. What has to come out here is what they found: interpolation beats backing off; both memories are better than
either; a bounded long-term model gets no better beyond a few tokens, while IDyOM's choice of context needs no bound.
"""

import argparse
from pathlib import Path

import numpy as np

from riyaz.model import ngram, ppm
from riyaz.text import dataset, split

ROOT = Path(__file__).resolve().parents[1]
ORDERS = (1, 2, 3, 4, 6, 10)
FOLDS = 10


def bits(p: np.ndarray, line: np.ndarray) -> np.ndarray:
    """-log2 p of each pitch."""
    return -np.log2(p[np.arange(len(p)), line[1:]])


def main(arguments: list[str] | None = None) -> dict[str, dict[str, float]]:
    """Print bits per note by way, memory and order bound, and return them."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args(arguments)
    data = dataset.load(ROOT, "chorales")
    lines = [split.top_line(piece.events) for piece in data.pieces]
    pitches = np.unique(np.concatenate(lines))
    rows = [np.r_[1, np.searchsorted(pitches, line) + 2] for line in lines]
    size = len(pitches) + 2
    fold = split.fold_numbers(data.families, [len(row) for row in rows], FOLDS, 0)
    found: dict[str, list[np.ndarray]] = {}
    for k in range(FOLDS):
        model = ngram.train([row for row, of in zip(rows, fold, strict=True) if of != k], size, max(ORDERS))
        for row in (row for row, of in zip(rows, fold, strict=True) if of == k):
            long, short = ppm.long_term(model, row), ppm.short_term(row, size, max(ORDERS))
            for way in ppm.WAYS:
                for order in ORDERS:
                    first, second = (ppm.distributions(counts[: order + 1], way) for counts in (long, short))
                    three = {"long": first, "short": second, "both": ngram.mix(first, second, 2.0)}
                    for memory, p in three.items():
                        found.setdefault(f"{way}, {memory}, order {order}", []).append(bits(p, row))
    print(f"{len(rows)} melodies, {sum(map(len, rows)) - len(rows):,} notes, {len(pitches)} pitches, {FOLDS} folds")
    means = {name: float(np.concatenate(of).mean()) for name, of in found.items()}
    print("bits per note   " + "".join(f"{order:>8}" for order in ORDERS))
    for way in ppm.WAYS:
        for memory in ("long", "short", "both"):
            here = [means[f"{way}, {memory}, order {order}"] for order in ORDERS]
            print(f"{way + ', ' + memory:16}" + "".join(f"{value:8.3f}" for value in here))
    return {name: {"bits": value} for name, value in means.items()}


if __name__ == "__main__":
    main()
