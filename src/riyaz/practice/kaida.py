"""Kaidas for the page to play with: the plan of each theme of a corpus, as the pipeline makes it, in JSON.

What is fixed in a performance, and what may follow where it is free, is that of `riyaz.tabla.perform.plan`;
web/kaida.js walks it, and the network of the page chooses. For a typed theme, the page has the tables that
the plan is made from.
"""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from riyaz.music.events import Piece
from riyaz.play.performance import PALTA, Known
from riyaz.tabla import closing, form, growth, ideas, perform, repeats
from riyaz.tabla.bols import BOLS, PHRASES
from riyaz.tabla.filling import Free, Row, Sound, sounds
from riyaz.tabla.ideas import Segment
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.theme import Impossible, begins
from riyaz.text.tokens import Vocabulary, beats


class Tables:
    """What plans share, each once: sounds, and lists of phrases and joins."""

    def __init__(self) -> None:
        self.sounds: dict[Sound, int] = {}
        self.pool: dict[str, int] = {}

    def row(self, row: Row) -> list[int]:
        """The numbers of a row's sounds."""
        return [self.sounds.setdefault(sound, len(self.sounds)) for sound in row]

    def shared(self, value: Any) -> int:
        """The number of a list."""
        return self.pool.setdefault(json.dumps(value), len(self.pool))

    def free(self, free: Free) -> dict[str, Any]:
        """A free part."""
        plain = {name: getattr(free, name) for name in ("ticks", "before", "after", "opening", "grid", "run", "even")}
        return plain | {
            "n_different": free.n_different,
            "n_most": free.n_most,
            "crosses": free.crosses,
            "moved": free.moved,
            "places": [sorted(places) for places in free.places],
            "reference": self.row(free.reference),
            "excluded": [self.row(row) for row in free.excluded],
            "unlike": [(start, self.row(row)) for start, row in free.unlike],
            "phrases": self.shared([self.row(phrase) for phrase in free.phrases]),
            "joins": self.shared(sorted(free.joins)),
            "wanted": self.shared(sorted(free.wanted)),
        }

    def segment(self, segment: Segment) -> dict[str, Any]:
        """A section of a performance."""
        rows = {name: self.row(getattr(segment, name)) for name in ("before", "after", "back")}
        return rows | {
            "name": segment.name,
            "idea": segment.idea,
            "returns": segment.returns,
            "tihai": segment.tihai,
            "tihais": segment.tihais,
            "free": self.free(segment.free) if segment.free else None,
        }


def theme_of(piece: Piece) -> Composition | None:
    """The theme of a kaida as a composition; None for another form, or where no section is a theme."""
    about = piece.about
    part = next((part for part in about.get("sections", []) if part["name"].split()[0] == "theme"), None)
    if about.get("form") != "kaida" or part is None:
        return None
    cut = form.between(piece.events, part["onset"], part["duration"])
    title = str(about.get("title") or piece.name)
    return Composition(title, about["taal"], "kaida", sections=(Section("theme", cut),))


def plan(theme: Composition, known: Known, paltas: int) -> list[Segment]:
    """The plan of a performance with so many paltas, or with as many as the theme gives; empty where it gives none."""
    for n in range(paltas, 0, -1):
        try:
            return perform.plan(theme, n, known=known.taken, practice=known.practice.get("kaida", []))
        except Impossible:
            continue
    return []


def tables(pieces: Sequence[Piece], vocabulary: Vocabulary, paltas: int) -> dict[str, Any] | None:
    """All that the page needs to play kaidas; None for a corpus without a theme that the network can write.

    Parameters
    ----------
    paltas : of a performance, at most.
    """
    known, shared, themes = Known.of(list(pieces)), Tables(), []
    taught = {theme.title: theme for piece in pieces if (theme := theme_of(piece))}
    for _, theme in sorted(taught.items()):
        segments = plan(theme, known, paltas)
        if segments and all(_known(segment, vocabulary) for segment in segments):
            themes.append(
                {"title": theme.title, "taal": theme.taal, "segments": [shared.segment(one) for one in segments]}
            )
    if not themes:
        return None
    return {
        "themes": themes,
        "sounds": list(shared.sounds),
        "pool": [json.loads(value) for value in shared.pool],
        "khali": {name: bol.khali for name, bol in BOLS.items()},
        "phrases": PHRASES,
        "practised": practised(known),
        "memory": PALTA,
        "run": ideas.RUNS["palta"],
        "different": float(ideas.MIN_DIFFERENT),
        "changed": [float(most) for most in perform.MOST_CHANGED],
        "worn": repeats.MOST,
        "bayan": [name for name, bol in BOLS.items() if bol.hands == "left"],
        "looked": repeats.LOOKED,
        "even": repeats.ALIKE["palta"],
        "part": ideas.PART,
        "lines": closing.LINES,
        "tihai_strokes": closing.STROKES,
        "tihai_avartans": [closing.AVARTANS, closing.USUAL],
        "of_theme": closing.OF_THEME,
        "pause": growth.PAUSE,
        "step": growth.STEP,
        "long": ideas.LONG,
        "begins": [name for name in BOLS if begins(name)],
        "paltas": paltas,
    }


def _known(segment: Segment, vocabulary: Vocabulary) -> bool:
    """Whether the network can write each sound of a segment."""
    rows = [segment.before, segment.after, segment.back, *(segment.free.phrases if segment.free else ())]
    return all(bol in vocabulary or not bol for row in rows for bol, _ in row) and all(
        f"d:{beats(ticks)}" in vocabulary for row in rows for _, ticks in row
    )


def practised(known: Known) -> list[tuple[str, str, float]]:
    """The joins of the corpus' kaidas: two bols, and how near they stand, in ticks times the strokes per matra."""
    nearest: dict[tuple[str, str], float] = {}
    for events in known.practice.get("kaida", []):
        rate = form.laya(events)
        for (bol, ticks), (after, _) in pairwise(sounds(events)):
            if bol and after:
                gap = float(ticks * rate)
                nearest[bol, after] = min(nearest.get((bol, after), gap), gap)
    return [(*pair, gap) for pair, gap in sorted(nearest.items())]
