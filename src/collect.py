"""Bring corpora of music21 into data/raw: `python src/collect.py`.

params.yaml lists them under `collect.corpora`: `chorales` are Bach's chorales as MIDI on one keyboard, the other
names are folders of music21's own corpus, copied as they are. A folder is there as a whole or not at all.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def collect(name: str, folder: Path) -> int:
    """Put one corpus into `folder`, replacing what is there, and return the number of files."""
    from riyaz import scores  # here, so that a mistake in params.yaml is told at once

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as made:
        new = Path(made) / name
        n_files = scores.export_chorales(new) if name == "chorales" else scores.export_corpus(name, new)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(new, folder)
    return n_files


def main() -> None:
    from riyaz import params

    try:
        settings = params.load(path=ROOT / "params.yaml")
        told = [
            f"{collect(name, ROOT / 'data' / 'raw' / name):,} files in data/raw/{name}"
            for name in settings.collect.corpora
        ]
    except (params.BadParams, ValueError, OSError) as error:
        sys.exit(f"collect: {error}")
    print(f"collect: {', '.join(told) or 'nothing is listed in params.yaml under collect.corpora'}")


if __name__ == "__main__":
    main()
