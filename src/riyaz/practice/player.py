"""The player as HTML: its sounds and its code once a page, then one element a piece.

The code is the modules in `web/`, in the order in which they build on each other; types are in JSDoc.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from riyaz.music.events import NUMBERS, Piece
from riyaz.play.sampled import PIANOS
from riyaz.practice import sounds
from riyaz.practice.timeline import timeline
from riyaz.tabla import spelling, strokes
from riyaz.tabla.bols import BOLS
from riyaz.tabla.context import CLOSED_TA, PLAYED
from riyaz.tools import escape

WEB = Path(__file__).resolve().parent / "web"
INSTRUMENTS = 2  # in one page; pieces for others sound on one of these
MODULES = ("timeline", "transport", "sound", "views", "memory", "controls", "player")


def script(*modules: str) -> str:
    """The modules as one script: their imports and exports, which a page has no files for, are left out."""
    parts = []
    for name in modules:
        text = (WEB / f"{name}.js").read_text(encoding="utf-8")
        text = re.sub(r"^import .*?;\n", "", text, flags=re.MULTILINE | re.DOTALL)
        parts.append(re.sub(r"^export ", "", text, flags=re.MULTILINE))
    return "(() => {\n'use strict';\n" + "\n".join(parts) + "})();\n"


def style(*names: str) -> str:
    """The style sheets of `web/` as one."""
    return "\n".join((WEB / f"{name}.css").read_text(encoding="utf-8") for name in names)


def data(value: Any) -> str:
    """JSON that can stand in a script element, whatever a user wrote."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def tables() -> dict[str, Any]:
    """What a page needs to read bols and to play them: spellings, which Ta is closed, what the hands play."""
    return {
        "spellings": spelling.spellings(),
        "rewritten": spelling.REWRITTEN,
        "closed": [[rule.before, rule.after, rule.one_word] for rule in CLOSED_TA],
        "played": PLAYED,
        "strokes": {name: strokes.parts(bol) for name, bol in BOLS.items()},
    }


def banks(pieces: Sequence[Piece]) -> dict[str, Any]:
    """The sounds that these pieces need; of instruments those that most of them have, as the page has room for few."""
    kinds = tuple(sorted({piece.about["kind"] for piece in pieces}))
    pitches = {
        NUMBERS[symbol]
        for piece in pieces
        if piece.about["kind"] == "notes"
        for symbols in piece.events["symbols"]
        for symbol in symbols
    }
    named = [piece.about.get("program", 0) for piece in pieces if piece.about["kind"] == "notes"]
    programs = Counter(0 if program in PIANOS else program for program in named)
    most = tuple(sorted(sorted(programs, key=lambda program: (-programs[program], program))[:INSTRUMENTS]))
    return sounds.page(kinds, min(pitches, default=0), max(pitches, default=0), most)


def kit(pieces: Sequence[Piece]) -> str:
    """What a page with players of these pieces has once: sounds, style and code."""
    return (
        f"<style>\n{style('player')}</style>\n"
        f'<script type="application/json" id="riyaz-sounds">{data(banks(pieces))}</script>\n'
        f"<script>\n{script(*MODULES)}</script>\n"
    )


def element(piece: Piece, score: dict[str, Any] | None = None) -> str:
    """The player of one piece; it lights the table or score that stands beside it in the same element."""
    title = escape.html(str(piece.about.get("title") or piece.name))
    shown = escape.html(data(timeline(piece, score)))
    return (
        f'<riyaz-player aria-label="{title}" timeline="{shown}"></riyaz-player>'
        "<noscript><p>The player needs JavaScript; the sound is in the files.</p></noscript>"
    )


def playable(page: str, piece: Piece) -> str:
    """A page of one piece, such as a sheet, with a player; on paper it is not seen."""
    added = f"{element(piece)}\n{kit([piece])}"
    return page.replace("</body>", f"{added}</body>", 1)
