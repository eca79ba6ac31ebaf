"""At which temperature the network names documented paltas of themes that it has not seen in fewest bits.

    python -m riyaz with python benchmarks/choices.py tabla

Each taught palta is judged by a network of one fold that holds its family out; what the pipeline's own split tests on
is left out, so that nothing is chosen on it. Prints bits a choice at each temperature, and those of uniform choice. The
temperature of one fold that is best on the others is printed too. Trainings that are in the cache are not repeated.
"""

import sys
from pathlib import Path

import pandas as pd

from riyaz import params
from riyaz.judge import choices, folds
from riyaz.model import training
from riyaz.model.bundle import Bundle
from riyaz.play import performance
from riyaz.tabla import growth
from riyaz.text import dataset
from riyaz.tools import store

ROOT = Path(__file__).parents[1]
TEMPERATURES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 8.0)


def rows(corpus: str) -> pd.DataFrame:
    """`choices.compare` of every taught palta that is held out, a row a palta and temperature."""
    settings, data = params.load(corpus, path=ROOT / "params.yaml"), dataset.load(ROOT, corpus)
    found = []
    for run in folds.plan(data, settings.folds.folds, 1, settings.seed):
        held = (run.parts == "test") & (data.parts != "test")
        works = [growth.composition(data.pieces[k]) for k in held.nonzero()[0].tolist()]
        works = [work for work in works if any(s.taught and s.name.startswith("palta") for s in work.sections)]
        if works:
            split = data.with_parts(run.parts)
            trained = training.train(split, settings, run.seed, store.folder(ROOT))
            model = Bundle(trained.weights, data.vocabulary, {"memory": trained.memory})
            practice = performance.Known.of(split.part("train").pieces).practice
            for work in works:
                for one in TEMPERATURES:
                    table = choices.compare(model, work, practice.get(work.form, []), performance.PALTA, one)
                    found.append(table.assign(title=work.title, fold=run.fold, temperature=one))
    return pd.concat(found, ignore_index=True)


def main(corpus: str) -> None:
    """Print the table."""
    table = rows(corpus)
    bits = table.groupby("temperature")[["choices", "network", "uniform"]].sum()
    print(bits.assign(network=bits["network"] / bits["choices"], uniform=bits["uniform"] / bits["choices"]).round(3))
    for fold in sorted(set(table["fold"])):
        others = table[table["fold"] != fold].groupby("temperature")["network"].sum()
        print(f"fold {fold}: {others.idxmin()} is best on the others")


if __name__ == "__main__":
    main(sys.argv[1])
