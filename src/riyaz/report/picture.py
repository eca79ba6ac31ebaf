"""One piece of a corpus as a picture and a short sound: what the README shows where a repository is read.

Both are small and in git: reports/<corpus>/figures/piece.svg, the beginning as the page shows it, and piece.mp3, its
first seconds. ``python -m riyaz picture tabla`` makes them.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from riyaz.judge import listening
from riyaz.music import engrave, events, musicxml
from riyaz.music.events import Piece
from riyaz.play import sound
from riyaz.report import figures, index
from riyaz.tabla import bhatkhande, taals
from riyaz.tabla.taals import Taal
from riyaz.tools import environment, files

SECONDS, RATE = 24, 24000
AVARTANS = 2  # at most so many are drawn


def sheet(piece: Piece, taal: Taal) -> Figure:
    """The first avartans of a piece of bols in Bhatkhande's notation: numbers, bols, signs, lines at the vibhags."""
    head = listening.cut(piece, 0, min(AVARTANS * taal.matras, int(piece.beats)))
    lines = [line.replace("|", " ").split() for line in bhatkhande.vibhags(head.events, taal).splitlines()]
    fig, ax = plt.subplots(figsize=(1.5 * figures.WIDTH, 0.85 * len(lines) + 0.1))
    signs = dict(zip(taal.starts, taal.signs, strict=True))
    for row, line in enumerate(lines):
        for matra, bols in enumerate(line, 1):
            ax.text(matra, -row + 0.28, str(matra), ha="center", va="center", fontsize=6, color=figures.GREY)
            ax.text(matra, -row, bols, ha="center", va="center", fontsize=min(9, 60 / max(len(bols), 1)))
            ax.text(matra, -row - 0.3, signs.get(matra, ""), ha="center", va="center", fontsize=7)
        for start in (*taal.starts[1:], taal.matras + 1):
            ax.plot([start - 0.5] * 2, [-row - 0.4, -row + 0.4], color=figures.INK, linewidth=0.8)
    ax.set(xlim=(0.4, taal.matras + 0.6), ylim=(-len(lines) + 0.5, 0.5))
    ax.axis("off")
    return fig


def write(folder: Path, piece: Piece | None) -> None:
    """Write piece.svg and piece.mp3 into a folder; None, where no piece of a corpus sounds, is blank and mute."""
    folder.mkdir(parents=True, exist_ok=True)
    figures.theme()
    if piece and piece.about["kind"] == "notes":
        beats = min(int(piece.beats), 8 * listening.cycle(piece.about)) or 1
        svg = engrave.first_line(musicxml.write_musicxml(listening.cut(piece, 0, beats).events, piece.about))
        files.write(folder / "piece.svg", svg.replace("width:100%", "background:#fff;width:100%", 1) + "\n")
    else:
        fig = sheet(piece, taals.find(piece.about["taal"])) if piece else plt.figure(figsize=(figures.WIDTH, 0.2))
        figures.save(fig, folder / "piece.svg")
        plt.close(fig)
    samples, rate = np.zeros((RATE, 2), np.float32), RATE
    if piece:
        samples, rate = sound.play(piece.events, piece.about, sample_rate=RATE)
    sound.write_mp3(folder / "piece.mp3", samples[: SECONDS * rate], rate, mono=True)


def of(folder: Path, names: list[str]) -> Piece | None:
    """The first of some pieces of a folder of pieces in which something sounds; the names say which come first."""
    pieces = {piece.name: piece for piece in events.load(folder)}
    return next((pieces[name] for name in names if pieces[name].events["symbols"].map(len).any()), None)


def run(arguments: list[str]) -> int:
    """Make both of one corpus, of its best piece.

    Raises
    ------
    FileNotFoundError : a corpus has no generated pieces; names the stage that makes them.
    """
    if len(arguments) != 1:
        raise ValueError("name one corpus, such as: python -m riyaz picture tabla")
    (corpus,) = arguments
    folder = environment.checkout() / "reports" / corpus
    if not (folder / "pieces" / "pieces.csv").is_file():
        raise FileNotFoundError(f"{folder / 'pieces'} has no pieces.csv: dvc repro generate@{corpus} makes it")
    write(folder / "figures", of(folder / "pieces", [one["name"] for one in index.pieces(folder)]))
    return 0
