"""What is in a corpus, as tables: events by kind, what sounds, keys and taals, and where in the cycle events start.

`Survey` counts all of it in one pass, so that no corpus is too large for it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music import scores
from riyaz.music.events import ALIKE, NUMBERS, PITCHES, TICKS, Piece, bar_beats, beats
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tools import escape

METRE = "4/4"  # where a piece of notes names none
QUARTER = TICKS // 4  # starts in a cycle are counted by quarters of a beat


@dataclass
class Survey:
    """What is counted of a corpus.

    Attributes
    ----------
    kind : ``notes`` or ``bols``, of the first piece. pieces, events : how many. beats : the length of all pieces.
    kinds : events by kind: rest, chord, and note or bol for one symbol, in the order in which they came.
    symbols : how often each pitch or bol sounds; a note that is cut counts again.
    lengths : how often each duration is, in ticks.
    keys : pieces by key (`none` where there is nothing to tell it by); of notes only.
    forms : pieces by taal and form (– for none); of bols only.
    metres : pieces by metre or taal. starts : of each, sounding events by quarter of a beat in its cycle. opened : of
        each taal, those with an open bayan, which have a khali counterpart. grid : of each, how many of `starts` lie on
        a sixteenth or a triplet eighth.
    example : a piece of the most frequent taal, form and metre, the first of them.
    lines : the first piece with sections, and those that are named ``lecture``.
    """

    kind: str = "notes"
    pieces: int = 0
    events: int = 0
    beats: float = 0.0
    kinds: Counter = field(default_factory=Counter)
    symbols: Counter = field(default_factory=Counter)
    lengths: Counter = field(default_factory=Counter)
    keys: Counter = field(default_factory=Counter)
    forms: Counter = field(default_factory=Counter)
    metres: Counter = field(default_factory=Counter)
    starts: dict[str, np.ndarray] = field(default_factory=dict)
    opened: dict[str, np.ndarray] = field(default_factory=dict)
    grid: Counter = field(default_factory=Counter)
    lines: list[Piece] = field(default_factory=list)
    _alike: Counter = field(default_factory=Counter)
    _first: dict[tuple, Piece] = field(default_factory=dict)

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> "Survey":
        """Count pieces, each as it comes; none of them stays in memory except the examples."""
        survey = cls()
        for piece in pieces:
            survey._add(piece)
        return survey

    def _add(self, piece: Piece) -> None:
        about, bols = piece.about, piece.about["kind"] == "bols"
        if not self.pieces:
            self.kind = about["kind"]
        self.pieces += 1
        self.events += len(piece.events)
        self.beats += float(piece.beats)
        sizes = [len(symbols) for symbols in piece.events["symbols"]]
        single = "bol" if bols else "note"
        self.kinds.update("rest" if not size else single if size == 1 else "chord" for size in sizes)
        self.symbols.update(chain.from_iterable(piece.events["symbols"]))
        self.lengths.update(piece.events["duration"].tolist())
        if bols:
            self.forms[about.get("taal") or "–", about.get("form") or "–"] += 1
        else:
            self.keys[scores.key_of(piece.events)[0] or "none"] += 1
        self._add_starts(piece, np.array(sizes) > 0)
        kind = tuple(about.get(key) for key in ALIKE)
        self._alike[kind] += 1
        self._first.setdefault(kind, piece)
        if about.get("sections") and ("lecture" in piece.name or not self.lines):
            self.lines.append(piece)

    def _add_starts(self, piece: Piece, sounding: np.ndarray) -> None:
        metre = metre_of(piece.about)
        onset = piece.events["onset"].to_numpy()[sounding]
        quarter = onset % cycle_ticks(metre, piece.about["kind"]) // QUARTER
        counts = np.bincount(quarter, minlength=quarters(metre, piece.about["kind"]))
        self.metres[metre] += 1
        self.starts[metre] = self.starts.get(metre, 0) + counts
        if piece.about["kind"] == "bols":
            struck = piece.events["symbols"][sounding]
            opened = np.array([BOLS[symbols[0]].khali != symbols[0] for symbols in struck], dtype=bool)
            self.opened[metre] = self.opened.get(metre, 0) + np.bincount(quarter[opened], minlength=len(counts))
        self.grid[metre] += int(((onset % QUARTER == 0) | (onset % (TICKS // 3) == 0)).sum())

    @property
    def example(self) -> Piece:
        """The piece that all chapters follow, see `riyaz.text.example`; there is at least one piece."""
        return self._first[self._alike.most_common(1)[0][0]]


def metre_of(about: dict[str, Any]) -> str:
    """The taal of a piece of bols; of notes the metre, by default `METRE`."""
    return about["taal"] if about["kind"] == "bols" else about.get("metre", METRE)


def cycle_ticks(metre: str, kind: str) -> int:
    """The length of a taal's avartan or a metre's bar, in ticks."""
    return taals.TAALS[metre].ticks if kind == "bols" else int((bar_beats(metre) or 4) * TICKS)


def quarters(metre: str, kind: str) -> int:
    """Quarters of a beat in a cycle; what is left over counts as one."""
    return -(-cycle_ticks(metre, kind) // QUARTER)


def rows(events: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Events for a reader: onset and duration as fractions, and what sounds, with ~ where a note is held."""
    sounding = zip(events["symbols"], events["held"], strict=True)
    names = [" ".join("~" * held + symbol for symbol, held in zip(*row, strict=True)) or "rest" for row in sounding]
    columns = {f"onset ({unit}s)": events["onset"].map(beats), f"duration ({unit}s)": events["duration"].map(beats)}
    return pd.DataFrame({**columns, "sounds": names})


def most_frequent(counts: Counter) -> pd.Series:
    """Counts as a series, the most frequent first; of equally frequent ones what came first."""
    return pd.Series(dict(counts), dtype=np.int64).sort_values(ascending=False, kind="stable")


def sounds(survey: Survey) -> pd.Series:
    """How often each bol is struck, the most frequent first; of notes how often each pitch class sounds, from C on."""
    if survey.kind == "bols":
        return most_frequent(survey.symbols)
    classes = dict.fromkeys((name.rstrip("-1") for name in PITCHES[:12]), 0)
    for name, count in survey.symbols.items():
        classes[PITCHES[NUMBERS[name] % 12].rstrip("-1")] += count
    return pd.Series(classes)


def sounds_in_words(survey: Survey) -> str:
    """A caption for `sounds`."""
    if survey.kind == "bols":
        counts = most_frequent(survey.symbols)
        share = counts.head(5).sum() / counts.sum()
        return f"How often each bol is struck. The five most frequent make up {share:.0%} of all strokes."
    low, high = (edge(survey.symbols, key=NUMBERS.__getitem__) for edge in (min, max))
    return f"How often each pitch class sounds, in {len(survey.symbols)} different pitches from {low} to {high}."


def taals_and_forms(survey: Survey) -> pd.DataFrame:
    """How many compositions there are of each taal (rows) and form (columns; – for none)."""
    rows = [(taal, form, count) for (taal, form), count in survey.forms.items()]
    table = pd.DataFrame(rows, columns=["taal", "form", "count"])
    return table.pivot(index="taal", columns="form", values="count").fillna(0).astype(np.int64)


@dataclass(frozen=True)
class Cycle:
    """The most frequent taal or metre of a corpus.

    Attributes
    ----------
    name : of the taal or metre. beats : its length. pieces : how many have it. title : how a heading names it.
    ticks : the beats to be marked, from 1. labels : of each; for a taal with the theka's stroke and the vibhag's sign.
    bounds : beats at which a vibhag begins; none for a bar.
    """

    name: str
    beats: float
    pieces: int
    title: str
    ticks: range
    labels: list[str]
    bounds: tuple[int, ...]


def cycle(survey: Survey) -> Cycle:
    """The most frequent cycle of a corpus of at least one piece; of equally frequent ones the first by name."""
    most = max(survey.metres.values())
    name = min(metre for metre, count in survey.metres.items() if count == most)
    if survey.kind == "bols":
        taal = taals.TAALS[name]
        strokes = [text for vibhag in taal.theka.split("|") for text in vibhag.split()]
        strokes = [*strokes, *[""] * taal.matras][: taal.matras]  # a taal of one's own need not have a theka
        ticks, signs = range(1, taal.matras + 1), dict(zip(taal.starts, taal.signs, strict=True))
        labels = [f"{matra}\n{bol}\n{signs.get(matra, '')}" for matra, bol in zip(ticks, strokes, strict=True)]
        return Cycle(name, taal.matras, most, escape.label(taal.title), ticks, labels, tuple(taal.starts))
    length = cycle_ticks(name, "notes") / TICKS
    ticks = range(1, max(2, int(length) + 1))
    return Cycle(name, length, most, f"The bar of {name}", ticks, [str(beat) for beat in ticks], ())


def starts(survey: Survey, of: Cycle) -> pd.Series:
    """How many sounding events start in each quarter of a beat of the cycle, by beats from 1."""
    counts = survey.starts[of.name]
    return pd.Series(counts, index=1 + np.arange(len(counts)) / 4)


def open_bayan(survey: Survey, of: Cycle) -> pd.Series:
    """Which share of the strokes on each matra of the cycle has an open bayan, and so a khali counterpart.

    Returns
    -------
    A share for each matra from 1 on; NaN where nothing is struck.
    """
    counts = pd.DataFrame({"opened": survey.opened[of.name], "struck": survey.starts[of.name]})
    matras = counts.groupby(1 + counts.index // 4).sum()
    return matras["opened"] / matras["struck"]


def starts_in_words(survey: Survey, of: Cycle) -> str:
    """A caption for `starts` of notes: how many lie on a grid, and whether the music keeps to a beat at all."""
    where = f"Where events start in {of.title.lower()}, in quarters of a beat"
    on_grid = survey.grid[of.name] / max(1, survey.starts[of.name].sum())
    caption = f"{where}. {on_grid:.0%} of them start on a sixteenth or a triplet eighth."
    if on_grid < 0.5:
        caption += (
            " This music was played freely and not to a click: its bars and beats are those of the file's clock, and"
            " `tokenize` says how far notes move to a grid."
        )
    return caption


def labelled(lines: Sequence[Any]) -> pd.DataFrame:
    """Labelled phrases (`riyaz.tabla.form.labels`) for a reader: section, bols and letters of each vibhag."""
    columns = [
        {
            "section": line.section,
            "bols": " / ".join(" ".join(phrase) for phrase in line.bols),
            "label": " ".join(line.letters),
        }
        for line in lines
    ]
    return pd.DataFrame(columns, columns=["section", "bols", "label"])
