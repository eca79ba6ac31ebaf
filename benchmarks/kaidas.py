"""Kaidas in all taals: what the rules of teaching say of them, beside the corpus' own compositions.

    python -m riyaz with python benchmarks/kaidas.py tabla            # five seeds
    python -m riyaz with python benchmarks/kaidas.py tabla --seeds 1 --read   # and prints every performance

The trained network makes a kaida in each taal from each seed, with the settings of params.yaml. Printed are the shares
of the places where a rule applies at which it holds (`riyaz.tabla.growth`, which says what each rule is), how many
build-ups lie within the range of the taught ones, and which sections are those of a composition of the corpus.
"""

import argparse
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from riyaz import params
from riyaz.judge import tuning
from riyaz.model import bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play import performance
from riyaz.tabla import build_up, form, growth, notation, taals
from riyaz.tabla.filling import Row, sounds
from riyaz.tabla.notation import Composition
from riyaz.text import dataset
from riyaz.text.dataset import DataSet
from riyaz.tools import store

ROOT = Path(__file__).parents[1]


def made(corpus: str, settings: Settings, data: DataSet, seeds: int) -> tuple[list[Composition], list[str]]:
    """The kaidas, and a sentence for each that could not be made."""
    model = bundle.load(ROOT / "models" / corpus)
    settings = tuning.settled(model, data, settings, store.folder(ROOT)).settings
    works, missing = [], []
    for name in taals.TAALS:
        for seed in range(settings.seed, settings.seed + seeds):
            wish = {"form": "kaida", "taal": name, "theme": "new", "performances": 1}
            asked = settings.model_copy(update={"seed": seed, "generate": settings.generate.model_copy(update=wish)})
            played, why = performance.perform_all(model, data, asked, ROOT)
            works += [one.composition for one in played]
            missing += [f"{name}, seed {seed}: {why}"] * (not played)
    return works, missing


def rows_of(events, laya: Fraction) -> Row:
    """Sounds and rests with their share of the duration that fills most of the section."""
    return tuple((bol, int(ticks * laya)) for bol, ticks in sounds(events))


def copied(works: Sequence[Composition], pieces: Sequence[Piece]) -> list[str]:
    """The sections that stand in the corpus at any speed, as sentences."""
    known: dict[Row, str] = {}
    for piece in pieces:
        for part in piece.about.get("sections", []):
            cut = form.between(piece.events, part["onset"], part["duration"])
            known.setdefault(rows_of(cut, form.laya(cut)), f"{piece.name}, {part['name']}")
    said = []
    for work in works:
        for section in work.sections:
            if section.name.startswith(("theme", "palta")):
                row = rows_of(section.events, form.laya(section.events))
                if row in known:
                    said.append(f"{work.taal}, {work.title}: {section.name} ({section.note}) is {known[row]}")
    return said


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--read", action="store_true", help="print every performance")
    asked = parser.parse_args()
    settings, data = params.load(asked.corpus, path=ROOT / "params.yaml"), dataset.load(ROOT, asked.corpus)
    works, missing = made(asked.corpus, settings, data, asked.seeds)
    source = settings.corpora[asked.corpus]
    written = growth.compositions(data.pieces, ROOT / source.path, source.reader)
    taught = [growth.taught(work) for work in written]
    if asked.read:
        for work in works:
            print(notation.write(work))
    paltas = sum(section.name.startswith("palta") for work in works for section in work.sections)
    print(f"{len(works)} kaidas with {paltas} paltas; {len(missing)} could not be made", *missing, sep="\n")
    groups = {"kaidas": works, "taught": [work for work in taught if work.sections], "repertoire": written}
    for rules in (form.check, growth.check):
        print(form.in_words(form.by_rule(groups, rules)).to_string())
    documented, ours = build_up.measures(groups["taught"]), build_up.measures(works)
    for name in ours.columns.drop(["title", "paltas"]):
        low, high = documented[name].min(), documented[name].max()
        outside = (~ours[name].dropna().between(low, high)).mean()
        print(f"{name}: {ours[name].mean():.2f}; taught {low:.2f} to {high:.2f}; outside {outside:.1%}")
    same = copied(works, data.pieces)
    print(f"{len(same)} sections are those of the corpus", *same, sep="\n")


if __name__ == "__main__":
    main()
