"""All pieces of a corpus to practise, in one page: ``python -m riyaz practice tabla``.

reports/<corpus>/practice.html has the corpus' compositions and what was generated, from the
files that the stages wrote, and works offline.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from riyaz.music import engrave, events
from riyaz.music.events import Piece
from riyaz.practice import frame, player
from riyaz.practice.timeline import timeline
from riyaz.report.index import METHODS, rank
from riyaz.tabla import bhatkhande, taal_names, taals
from riyaz.tabla.bols import BOLS
from riyaz.tools import environment, files

MODULES = (*player.MODULES, "phrase", "midi", "practice")
LIMIT = 5_500_000  # bytes of the page; what does not fit is counted and left out
TAKES = {"bols": "notation (.txt)", "notes": "a MIDI file"}
_FIRST = 0xF0000  # a private use area that no font of music has letters in: one there stands for a run of markup
_RUN = re.compile(r"(?:<[^<>]*>|\n)+")


def entry(piece: Piece, origin: str, score: str = "") -> dict[str, Any]:
    """One piece as the page lists, shows and plays it.

    Parameters
    ----------
    origin : ``corpus`` or ``generated``.
    score : for notes, a MusicXML document; without one the page draws a roll.
    """
    about, bols = piece.about, piece.about["kind"] == "bols"
    shown: dict[str, Any] = {
        "key": f"{origin}/{piece.name}",
        "title": str(about.get("title") or Path(piece.name).stem),
        "origin": origin,
        "form": str(about.get("form") or ""),
        "composer": str(about.get("composer") or ""),
        "source": str(about.get("source") or ""),
        "method": str(about.get("method") or ""),
    }
    if bols:
        taal = taals.find(about["taal"])
        view = bhatkhande.table(piece.events, taal, sections=about.get("sections"))
        return shown | {"taal": taal.title, "view": view, "timeline": timeline(piece)}
    view = f'<div class="score">{"".join(engrave.svg(score))}</div>' if score else ""
    return shown | {"taal": "", "view": view, "timeline": timeline(piece, engrave.timing(score) if score else None)}


def shortened(entries: Sequence[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """Write each run of markup that comes often in the views as one letter; the page writes it out again.

    Returns
    -------
    markup : the runs; letter U+F0000 + i stands for run i.
    entries : with the short views.
    """
    counts = Counter(run for one in entries for run in _RUN.findall(one["view"]))
    worth = sorted(run for run, count in counts.items() if count > 3 and len(run) * count > 200)[:6000]
    letters = {run: chr(_FIRST + i) for i, run in enumerate(worth)}
    short = [one | {"view": _RUN.sub(lambda m: letters.get(m[0], m[0]), one["view"])} for one in entries]
    return worth, short


def worth(piece: Piece) -> tuple[int, str]:
    """The order of generated pieces: by `METHODS`, the best first and the lecture's argmax last; then by name."""
    return rank(str(piece.about.get("method") or "")), piece.name


def reading(kinds: set[str], seen: Sequence[Piece]) -> dict[str, Any]:
    """What the page needs to read a file of a player's own: tables of bols, and the taals of the pieces that it has."""
    if "bols" not in kinds:
        return {}
    names = taal_names.spellings()
    shown = sorted({taals.find(piece.about["taal"]).name for piece in seen if piece.about["kind"] == "bols"})
    known = [
        {
            "name": name,
            "title": taals.TAALS[name].title,
            "names": sorted(other for other, taal in names.items() if taal == name),
            "timeline": timeline(Piece(name, events.in_a_row([], []), {"kind": "bols", "taal": name})),
        }
        for name in shown
        if name in taals.TAALS
    ]
    return player.tables() | {"bols": sorted(BOLS), "taals": known}


def render(corpus: str, own: Sequence[Piece], made: Sequence[Piece], scores: dict[str, str]) -> str:
    """Make the page.

    Parameters
    ----------
    own, made : the pieces of the corpus, and those that were generated.
    scores : MusicXML of generated pieces of notes, by their names.

    Returns
    -------
    HTML of at most about `LIMIT` bytes: generated pieces first, the best of them first, then those of the corpus as far
    as they fit.
    """
    sounding = [
        (piece, origin)
        for pieces, origin in ((sorted(made, key=worth), "generated"), (own, "corpus"))
        for piece in pieces
        if piece.events["symbols"].map(len).any()
    ]
    entries = [
        entry(piece, origin, scores.get(piece.name, "") if origin == "generated" else "") for piece, origin in sounding
    ]
    markup, entries = shortened(entries)
    pieces = [piece for piece, _ in sounding]
    kinds = {piece.about["kind"] for piece in pieces}
    banks = player.data(player.banks(pieces)) if sounding else "{}"
    read = reading(kinds, pieces)

    def whole(held: list[dict[str, Any]]) -> str:
        about = {"corpus": corpus, "missing": len(entries) - len(held), "markup": markup, "pieces": held}
        return frame.render(
            "practice",
            corpus,
            takes=TAKES["bols" if "bols" in kinds else "notes"],
            search="Title, taal or form" if "bols" in kinds else "Title or composer",
            sounds=banks,
            pieces=player.data(about | {"methods": METHODS, "reading": read, "kinds": sorted(kinds)}),
            script=player.script(*MODULES),
        )

    room = LIMIT - len(whole([]).encode())
    held: list[dict[str, Any]] = []
    for one in entries:
        room -= len(player.data(one).encode()) + len(", ")
        if room < 0:
            break
        held.append(one)
    return whole(held)


def run(arguments: list[str]) -> int:
    """Make the page of one corpus.

    Raises
    ------
    FileNotFoundError : a stage that it needs was not run; names it.
    """
    corpus, root = frame.corpus_of(arguments, "practice"), environment.checkout()
    shelf = root / "reports" / corpus / "pieces"
    for folder, stage in ((root / "data" / "events" / corpus, "explore"), (shelf, "generate")):
        if not (folder / "pieces.json").is_file():
            raise FileNotFoundError(f"{folder / 'pieces.json'} is missing: dvc repro {stage}@{corpus} makes it")
    own, made = events.load(root / "data" / "events" / corpus), events.load(shelf)
    scores = {
        piece.name: path.read_text(encoding="utf-8")
        for piece in made
        if (path := shelf / f"{piece.name}.musicxml").is_file()
    }
    files.write(root / "reports" / corpus / "practice.html", render(corpus, own, made, scores))
    return 0
