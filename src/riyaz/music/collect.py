"""Corpora of music21, copied into data/raw: ``python -m riyaz collect``.

params.yaml lists them under `collect.corpora`: `chorales` are Bach's chorales as MIDI files, all voices on one
keyboard; the other names are folders of music21's own corpus, copied as they are.
"""

from pathlib import Path

from riyaz import params
from riyaz.tools import environment, files


def collect(name: str, folder: Path) -> int:
    """Write one corpus into `folder`, replacing what is there, and return the number of files."""
    from riyaz.music import scores  # here, because it imports music21: a mistake in params.yaml is reported at once

    with files.whole(folder) as part:
        return scores.export_chorales(part) if name == "chorales" else scores.export_corpus(name, part)


def run(arguments: list[str]) -> int:
    """Copy every corpus that params.yaml lists, and say how many files each has."""
    root = environment.checkout()
    names = params.load(path=root / "params.yaml").collect.corpora
    copied = [f"{collect(name, root / 'data' / 'raw' / name):,} files in data/raw/{name}" for name in names]
    print(f"collect: {', '.join(copied) or 'nothing is listed in params.yaml under collect.corpora'}")
    return 0
