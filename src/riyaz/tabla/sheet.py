"""One tabla composition as a sheet to print and a sound to play along with: ``python -m riyaz sheet my_kaida.txt``.

Into the folder `sheets` it writes an HTML page in Bhatkhande's notation, an MP3 and a MIDI file, and it says which
rules of its form the composition keeps. No model is needed.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from riyaz.music import midi
from riyaz.play import sound
from riyaz.practice import player
from riyaz.tabla import bhatkhande, form, kit, layakari, notation, pitch, strokes, taals


def run(arguments: list[str]) -> int:
    """Read the command line, write the three files, print the rules that are broken."""
    parser = argparse.ArgumentParser(
        prog="riyaz sheet", description="Write one tabla composition as a sheet to print, an MP3 and a MIDI file."
    )
    parser.add_argument("file", type=Path, help="a composition in the project's notation")
    parser.add_argument("--tempo", type=int, default=0, help="matras a minute; without it that of the file's laya")
    parser.add_argument("--underlay", choices=("theka", "click"), help="play it under the composition")
    parser.add_argument("--pitch", default="", help="of the dayan: C, C#, D or D#; without it the file's")
    parser.add_argument(
        "--kit", type=Path, metavar="FOLDER", help="recordings of strokes, such as na.wav, to play with"
    )
    parser.add_argument("--script", choices=bhatkhande.SCRIPTS, default="both")
    parser.add_argument("--signs", choices=bhatkhande.SIGNS, default="bhatkhande", help="Bhatkhande's or Paluskar's")
    parser.add_argument("--to", type=Path, default=Path("sheets"), metavar="FOLDER", help="where it is written: sheets")
    parser.add_argument("--layakari", action="store_true", help="add a page with its first section at eight speeds")
    given = parser.parse_args(arguments)
    written = [given.to / f"{given.file.stem}{suffix}" for suffix in (".html", ".mp3", ".mid")]
    composition = notation.read_file(given.file)
    tuned = pitch.find(given.pitch) if given.pitch else composition.pitch
    composition = replace(composition, tempo=given.tempo or composition.tempo, pitch=tuned)
    piece = composition.piece(given.file.name)
    samples, rate = sound.play(piece.events, piece.about, underlay=given.underlay, kit=given.kit)
    page = player.playable(bhatkhande.sheet(piece.events, piece.about, given.script, given.signs), piece)
    given.to.mkdir(parents=True, exist_ok=True)
    written[0].write_text(page, encoding="utf-8", newline="\n")
    sound.write_mp3(written[1], samples, rate)
    hits = strokes.to_midi_notes(piece.events, taals.TAALS[composition.taal])
    midi.write_notes(written[2], hits, piece.about, drum=True)
    if given.layakari:
        taal = taals.TAALS[composition.taal]
        missing = layakari.SPEEDS.keys() - {line.name for line in layakari.lines(composition.sections[0].events, taal)}
        if missing:
            print(f"{given.file}: no layakari {', '.join(sorted(missing))}: a stroke would fall between two ticks")
        events, parts = layakari.sections(composition.sections[0].events, taal)
        about = {**piece.about, "title": f"{composition.title}: layakari", "sections": parts}
        written.append(given.to / f"{given.file.stem}_layakari.html")
        written[-1].write_text(
            bhatkhande.sheet(events, about, given.script, given.signs), encoding="utf-8", newline="\n"
        )
    if given.kit:
        print(f"{given.kit}: {', '.join(kit.recordings(given.kit, rate))}; the other strokes are synthesised")
    checks = form.check(composition)
    for line in composition.not_read():
        print(f"{given.file}: {line}")
    names = [section.name for section in composition.sections]
    if composition.form in ("kaida", "rela") and not any(name.startswith("theme") for name in names):
        print(f"{given.file}: a {composition.form} has a section [theme]; here are {', '.join(names)}: few rules apply")
    for check in checks:
        if not check.passed:
            print(f"{given.file}: {check.where}: {check.rule}: {check.detail}")
    print(f"{sum(check.passed for check in checks)} of {len(checks)} rules are kept; written:", end=" ")
    print(", ".join(map(str, written)))
    return 0
