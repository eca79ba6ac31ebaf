"""A generated piece: to see, to hear, to take away."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz.music import engrave, events, midi, musicxml
from riyaz.music.events import Piece
from riyaz.play import sound
from riyaz.practice import player
from riyaz.tabla import bhatkhande, notation, strokes, taals
from riyaz.tools import escape, parallel

RATE = 24000  # samples a second of the MP3s: they travel in the page too


def composition(piece: Piece) -> notation.Composition:
    """A piece of bols as a composition that can be written, edited and read again; a last matra is filled with rest."""
    about, made = piece.about, piece.events
    short = -int(made["duration"].sum()) % events.TICKS
    if short:
        durations, symbols = [*made["duration"], short], [*made["symbols"], []]
        made = events.in_a_row(durations, symbols)
    form = about.get("form", "") if about.get("form") in notation.FORMS else ""
    sections = (notation.Section("generated", made),)
    return notation.Composition(
        about["title"], about["taal"], form, source="generated", sections=sections, pitch=about.get("pitch", "")
    )


def write(
    folder: Path, pieces: Sequence[Piece], compositions: Mapping[str, notation.Composition] | None = None
) -> pd.DataFrame:
    """Write each piece as MIDI and MP3, and as MusicXML or, for bols, as notation and as a sheet to print.

    Parameters
    ----------
    compositions : those pieces that were made as compositions, by their names; the notation has their sections.

    Returns
    -------
    DataFrame, a row a piece: piece, method, taal (bols), events, beats, seconds, peak and loudness (dB), files. A piece
    in which nothing sounds has no MP3, and its seconds are 0.
    """
    folder.mkdir(parents=True, exist_ok=True)
    heard = parallel.threads(lambda made: _hear(folder / f"{made.name}.mp3", made), pieces)
    rows = []
    for made, measured in zip(pieces, heard, strict=True):
        stem, bols = folder / made.name, made.about["kind"] == "bols"
        if bols:
            hits, end = strokes.to_midi_notes(made.events), int(made.events["duration"].sum())
            midi.write_notes(stem.with_suffix(".mid"), hits, made.about, drum=True, end=end)
            text = notation.write((compositions or {}).get(made.name) or composition(made))
            stem.with_suffix(".txt").write_text(text, encoding="utf-8")
            page = player.playable(bhatkhande.sheet(made.events, made.about), made)
            stem.with_suffix(".html").write_text(page, encoding="utf-8")
        else:
            midi.write(stem.with_suffix(".mid"), made.events, made.about)
            stem.with_suffix(".musicxml").write_text(musicxml.write_musicxml(made.events, made.about), encoding="utf-8")
        rows.append(
            {
                "piece": made.name,
                "method": made.about["method"],
                **({"taal": made.about["taal"]} if bols else {}),
                "events": len(made.events),
                "beats": round(float(made.beats), 3),
                "seconds": round(measured["seconds"], 1),
                "peak (dB)": round(measured["peak_db"], 1),
                "level (dB)": round(measured["rms_db"], 1),
            }
        )
    return pd.DataFrame(rows)


def _hear(path: Path, piece: Piece) -> dict[str, float]:
    """Write a piece's MP3 and measure it."""
    if not piece.events["symbols"].map(len).any():
        return {"seconds": 0.0, "peak_db": np.nan, "rms_db": np.nan}
    samples, rate = sound.play(piece.events, piece.about, sample_rate=RATE)
    return sound.measure(sound.write_mp3(path, samples, rate, mono=True), rate)


def listen(piece: Piece) -> str:
    """HTML of a piece that is only to be heard: a player, and for bols the table that it lights."""
    if not piece.events["symbols"].map(len).any():
        return "<p>Nothing sounds.</p>"
    return f'<section class="piece">{_table(piece)}{player.element(piece)}</section>'


def _table(piece: Piece) -> str:
    """Bols in Bhatkhande's table; nothing for notes."""
    if piece.about["kind"] != "bols":
        return ""
    return bhatkhande.table(
        piece.events, taals.TAALS[piece.about["taal"]], script="both", sections=piece.about.get("sections")
    )


def show(folder: Path, piece: Piece, place: str = "pieces/") -> str:
    """HTML of a piece: its score or Bhatkhande table, a player that lights it, and links to its files from `write`.

    `place` is the folder as the page links it.
    """
    seen, score = _table(piece), None
    if piece.about["kind"] != "bols":
        xml = (folder / f"{piece.name}.musicxml").read_text(encoding="utf-8")
        seen, score = f'<div class="score">{"".join(engrave.svg(xml))}</div>', engrave.timing(xml)
    heard = player.element(piece, score) if piece.events["symbols"].map(len).any() else "<p>Nothing sounds.</p>"
    kinds = {".mid": "MIDI", ".musicxml": "MusicXML", ".txt": "notation", ".html": "sheet to print", ".mp3": "MP3"}
    opens = (".txt", ".html")  # a browser shows these; the others are downloaded
    files = [
        f'<a href="{place}{escape.html(piece.name)}{suffix}"{"" if suffix in opens else " download"}>{label}</a>'
        for suffix, label in kinds.items()
        if (folder / f"{piece.name}{suffix}").is_file()
    ]
    title, links = escape.html(piece.about["title"]), " · ".join(files)
    return f'<section class="piece"><h3>{title}</h3><p>{links}</p>{seen}{heard}</section>'
