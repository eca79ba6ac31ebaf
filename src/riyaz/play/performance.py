"""Kaida performances of a network: a theme, its dohra, paltas and a tihai (`riyaz.tabla.perform`).

Rules say what may follow; which of it follows the network decides, by its own probabilities.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play.chooser import Chooser
from riyaz.play.sampling import Sampling
from riyaz.tabla import build_up, form, growth, notation, perform, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.new_theme import new_theme
from riyaz.tabla.notation import Composition
from riyaz.tabla.taals import Taal
from riyaz.tabla.taken import Taken
from riyaz.tabla.theme import Impossible
from riyaz.text.dataset import DataSet

PALTA = 1 / 3  # of the memory's strength, in paltas: they are to leave the theme, which the memory holds
# Times the temperature, in paltas and new themes: where rules leave a choice, the network is too sure of itself. So
# much is best for documented paltas of themes that it has not seen (benchmarks/choices.py).
WARM = 2.0
# new themes, of the phrases of other known themes each time, until one gives the paltas that are asked for, the first
# of them with the theme's own joins, and all without a phrase too often in a row
TRIES = 16
# rules that a theme with too few joins breaks
OF_THEME = ("first palta", "no phrase worn", "no even row", "small step", "named as it is", "tihai on a vibhag")
NO_DURATIONS = "This network knows no durations (tokenize.scheme is chord), so it can choose no strokes of a kaida."


@dataclass(frozen=True)
class Performance:
    """A performance, and how much of the network's probability the rules took away, 0 to 1, at each choice."""

    composition: Composition
    masked: list[float]

    @property
    def checks(self) -> list[form.Check]:
        """The rules of taal and form, put to the performance."""
        return form.check(self.composition)


@dataclass(frozen=True)
class Known:
    """What the corpus has of kaidas.

    Attributes
    ----------
    themes : events of each section named theme, in any taal: phrases belong to none.
    taken : each theme, dohra and palta, which nothing new may repeat.
    practice : of each form the themes and the paltas that were not derived by rule: what hands know.
    """

    themes: list[pd.DataFrame]
    taken: Taken
    practice: dict[str, list[pd.DataFrame]]

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> "Known":
        """Collect them from the sections of a corpus' pieces."""
        themes: list[pd.DataFrame] = []
        taken: list[pd.DataFrame] = []
        practice: dict[str, list[pd.DataFrame]] = {}
        for piece in pieces:
            for part in piece.about.get("sections", []):
                word = part["name"].lower().partition(" ")[0]
                if word in ("theme", "dohra", "palta"):
                    cut = form.between(piece.events, part["onset"], part["duration"])
                    taken.append(cut)
                    if word == "theme":
                        themes.append(cut)
                    if word != "dohra" and not part["derived"]:
                        practice.setdefault(piece.about["form"], []).append(cut)
        return cls(themes, Taken(taken), practice)


def perform_all(model: Bundle, data: DataSet, settings: Settings, root: Path) -> tuple[list[Performance], str]:
    """Make the performances that params.yaml asks for; none for notes, or where no kaida is asked for.

    Parameters
    ----------
    settings : generate: form, taal, theme, performances, paltas, laya, temperature and memory.
    root : the folder that `generate.theme` is relative to.

    Returns
    -------
    The performances, and a sentence where the corpus does not give as many as were asked for, or where khali begins
    within a vibhag in a theme of one's own ("" where neither is so).

    Raises
    ------
    riyaz.tabla.theme.Impossible, riyaz.music.events.Unreadable : a theme of one's own, or what is asked of it, is not
        possible.
    """
    wish = settings.generate
    if wish.form != "kaida" or data.kind != "bols":
        return [], ""
    if model.scheme != "event":
        return [], NO_DURATIONS
    own = notation.read_file(root / wish.theme) if wish.theme != "new" else None
    taal = taals.TAALS[own.taal] if own else taals.find(wish.taal)
    known = Known.of(data.pieces)
    made: list[Performance] = []
    for number in range(wish.performances):
        try:
            made.append(_perform(model, settings, known, taal, own, number))
        except Impossible as error:
            if own is not None:
                raise
            return made, f"The corpus gives {len(made) or 'no'} new kaida{'s' * (len(made) != 1)}: {error}."
    return made, themes.khali_within(themes.checked(own, taal), taal, own.title) if own else ""


def _perform(
    model: Bundle, settings: Settings, known: Known, taal: Taal, own: Composition | None, number: int
) -> Performance:
    wish, seed, head = settings.generate, settings.seed + number, [f"taal:{taal.name}", "form:kaida"]
    if own is not None:
        return _played(model, settings, known, own, _drawn(seed, taal))
    drawn = Sampling.of(wish, [])
    blank = Composition(f"New kaida {number + 1}", taal.name, "kaida", source="generated")
    first = int(np.random.default_rng(_drawn(seed, taal)).integers(len(known.themes) or 1))
    second: tuple[int, Performance] | None = None  # the one that breaks fewest rules, and how many times
    poor = Impossible("")
    for more in range(TRIES):
        chance = [*_drawn(seed, taal), more]  # the same theme may be played otherwise
        chooser = Chooser(model, chance, head, drawn.temperature * WARM, drawn.memory)
        turn = seed if more < TRIES // 2 else None  # with one seed no two taals have the same line
        theme = new_theme(blank, known.themes, chooser, wish.laya, first + more, known.taken, turn)
        try:
            made = _played(model, settings, known, theme, chance)
        except Impossible as error:  # too poor a theme for so many paltas: the next one has other phrases
            poor = error
            continue
        broken = sum(not check.passed for check in growth.check(made.composition) if check.rule in OF_THEME)
        broken += build_up.outside(made.composition)
        if not broken:
            return made
        if second is None or broken < second[0]:  # its theme has too few joins
            second = (broken, made)
    if second is None:
        raise poor
    return second[1]


def _drawn(seed: int, taal: Taal) -> list[int]:
    """The seed in a taal; with the seed alone, taals of one length would have the same kaida."""
    return [seed, *taal.name.encode()]


def _played(model: Bundle, settings: Settings, known: Known, theme: Composition, chance: list[int]) -> Performance:
    """The performance of a theme; `chance` seeds the network's choices."""
    wish, taal = settings.generate, taals.TAALS[theme.taal]
    head, drawn = [f"taal:{taal.name}", "form:kaida"], Sampling.of(wish, [])
    chooser = Chooser(model, chance, head, drawn.temperature * WARM, drawn.memory * PALTA)
    layout = perform.plan(
        theme,
        wish.paltas,
        wish.laya,
        known=known.taken,
        practice=known.practice.get(theme.form or "kaida", []),
    )
    played = perform.assemble(theme, layout, perform.fill(layout, chooser))
    return Performance(played, chooser.masked)


def piece(composition: Composition, name: str) -> Piece:
    """A performance as a piece called `name`."""
    made = composition.piece(name)
    return replace(made, about={**made.about, "title": f"Piece {name}: {composition.title}", "method": "kaida"})


def mean_masked(performance: Performance) -> float:
    """The probability that the rules took away, on average over the choices; 0 where nothing was to be chosen."""
    return float(np.mean(performance.masked)) if performance.masked else 0.0
