"""A composition as a sheet to print and a sound to play along with: `python src/sheet.py my_kaida.txt`.

Into the folder `sheets` it writes an HTML page in Bhatkhande's notation, an MP3 and a MIDI file, and says which rules
of its form the composition keeps. They do not stand beside the file, since that may be part of a corpus. No model is
needed.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

try:
    from riyaz import midi, sound
    from riyaz.events import Unreadable
    from riyaz.tabla import bhatkhande, form, notation, strokes, taals
except ImportError as error:
    sys.exit(f"sheet.py: {error.name} is not in this Python's environment: run `make`, or activate .venv first")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="a composition in the project's notation")
    parser.add_argument("--tempo", type=int, default=0, help="matras a minute; without it that of the file's laya")
    parser.add_argument("--underlay", choices=("theka", "click"), help="play it under the composition")
    parser.add_argument("--script", choices=("roman", "devanagari", "both"), default="both")
    parser.add_argument("--to", type=Path, default=Path("sheets"), metavar="FOLDER", help="where it is written: sheets")
    given = parser.parse_args()
    written = [given.to / f"{given.file.stem}{suffix}" for suffix in (".html", ".mp3", ".mid")]
    try:
        composition = notation.read_file(given.file)
        composition = replace(composition, tempo=given.tempo or composition.tempo)
        piece = composition.piece(given.file.name)
        samples, rate = sound.play(piece.events, piece.about, underlay=given.underlay)
        page = bhatkhande.sheet(piece.events, piece.about, given.script)
        given.to.mkdir(parents=True, exist_ok=True)
        written[0].write_text(page, encoding="utf-8", newline="\n")
        sound.write_mp3(written[1], samples, rate)
        hits = strokes.to_midi_notes(piece.events, taals.TAALS[composition.taal])
        midi.write_notes(written[2], hits, piece.about, drum=True)
    except (Unreadable, ValueError, OSError) as error:
        print(f"sheet: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    checks = form.check(composition)
    names = [section.name for section in composition.sections]
    if composition.form in ("kaida", "rela") and not any(name.startswith("theme") for name in names):
        print(f"{given.file}: a {composition.form} has a section [theme]; here are {', '.join(names)}: few rules apply")
    for check in checks:
        if not check.passed:
            print(f"{given.file}: {check.where}: {check.rule}: {check.detail}")
    print(f"{sum(check.passed for check in checks)} of {len(checks)} rules are kept; written:", end=" ")
    print(", ".join(map(str, written)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
