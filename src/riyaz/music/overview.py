"""What is in a corpus, as tables: events by kind, what sounds, keys and taals, and where in the cycle events start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from riyaz.music import scores
from riyaz.music.events import NUMBERS, PITCHES, TICKS, Piece, bar_beats, beats
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tools import escape

METRE = "4/4"  # where a piece of notes names none


def rows(events: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Events for a reader: onset and duration as fractions, and what sounds, with ~ where a note is held."""
    sounding = zip(events["symbols"], events["held"], strict=True)
    names = [" ".join("~" * held + symbol for symbol, held in zip(*row, strict=True)) or "rest" for row in sounding]
    columns = {f"onset ({unit}s)": events["onset"].map(beats), f"duration ({unit}s)": events["duration"].map(beats)}
    return pd.DataFrame({**columns, "sounds": names})


def everything(pieces: Sequence[Piece]) -> pd.DataFrame:
    """The events of all pieces, with `piece` and `kind`: rest, chord, and note or bol for one symbol."""
    if not pieces:
        return pd.DataFrame(columns=["onset", "duration", "symbols", "held", "piece", "kind"])
    joined = pd.concat([piece.events.assign(piece=piece.name) for piece in pieces], ignore_index=True)
    size = joined["symbols"].map(len)
    joined["kind"] = "rest"
    joined.loc[size == 1, "kind"] = "bol" if pieces[0].about["kind"] == "bols" else "note"
    joined.loc[size > 1, "kind"] = "chord"
    return joined


def sounds(events: pd.DataFrame, kind: str) -> pd.Series:
    """How often each bol is struck, the most frequent first; of notes how often each pitch class sounds, from C on."""
    single = events["symbols"].explode().dropna()
    if kind == "bols":
        return single.value_counts()
    classes = single.map(lambda name: NUMBERS[name] % 12).value_counts().reindex(range(12), fill_value=0)
    return classes.set_axis([name.rstrip("-1") for name in PITCHES[:12]])


def sounds_in_words(events: pd.DataFrame, kind: str) -> str:
    """A caption for `sounds`."""
    single = events["symbols"].explode().dropna()
    if kind == "bols":
        counts = single.value_counts()
        share = counts.head(5).sum() / counts.sum()
        return f"How often each bol is struck. The five most frequent make up {share:.0%} of all strokes."
    low, high = (edge(single, key=NUMBERS.__getitem__) for edge in (min, max))
    return f"How often each pitch class sounds, in {single.nunique()} different pitches from {low} to {high}."


def taals_and_forms(pieces: Sequence[Piece]) -> pd.DataFrame:
    """How many compositions there are of each taal (rows) and form (columns; – for none)."""
    about = pd.DataFrame([{key: piece.about.get(key) or "–" for key in ("taal", "form")} for piece in pieces])
    return pd.crosstab(about["taal"], about["form"])


def keys(pieces: Sequence[Piece]) -> pd.Series:
    """How many pieces stand in each key, the most frequent first."""
    return pd.Series([scores.key_of(piece.events)[0] or "none" for piece in pieces]).value_counts()


@dataclass(frozen=True)
class Cycle:
    """The most frequent taal or metre of a corpus.

    Attributes
    ----------
    beats : its length. pieces : names of the pieces that have it. title : how a heading names it.
    ticks : the beats to be marked, from 1. labels : of each; for a taal with the theka's stroke and the vibhag's sign.
    bounds : beats at which a vibhag begins; none for a bar.
    """

    beats: float
    pieces: frozenset[str]
    title: str
    ticks: range
    labels: list[str]
    bounds: tuple[int, ...]


def cycle(pieces: Sequence[Piece]) -> Cycle:
    """The most frequent cycle of some pieces, of which there is at least one."""
    if pieces[0].about["kind"] == "bols":
        name = pd.Series([piece.about["taal"] for piece in pieces]).mode()[0]
        taal = taals.TAALS[name]
        strokes = [text for vibhag in taal.theka.split("|") for text in vibhag.split()]
        ticks, signs = range(1, taal.matras + 1), dict(zip(taal.starts, taal.signs, strict=True))
        labels = [f"{matra}\n{bol}\n{signs.get(matra, '')}" for matra, bol in zip(ticks, strokes, strict=True)]
        names = frozenset(piece.name for piece in pieces if piece.about["taal"] == name)
        return Cycle(taal.matras, names, escape.label(taal.title), ticks, labels, tuple(taal.starts))
    metres = [piece.about.get("metre", METRE) for piece in pieces]
    metre = pd.Series(metres).mode()[0]
    length = float(bar_beats(metre) or 4)
    ticks = range(1, max(2, int(length) + 1))
    names = frozenset(piece.name for piece, own in zip(pieces, metres, strict=True) if own == metre)
    return Cycle(length, names, f"The bar of {metre}", ticks, [str(beat) for beat in ticks], ())


def starts(events: pd.DataFrame, of: Cycle) -> pd.Series:
    """Where in the cycle each sounding event starts, in beats from 1."""
    return (_sounding(events, of)["onset"] / TICKS) % of.beats + 1


def open_bayan(events: pd.DataFrame, of: Cycle) -> pd.Series:
    """Which share of the strokes on each matra of the cycle has an open bayan, and so a khali counterpart.

    Returns
    -------
    A share for each matra from 1 on; NaN where nothing is struck.
    """
    struck = _sounding(events, of)
    matra = struck["onset"] // TICKS % round(of.beats) + 1
    bhari = struck["symbols"].map(lambda symbols: BOLS[symbols[0]].khali != symbols[0])
    return bhari.groupby(matra).mean().reindex(range(1, round(of.beats) + 1))


def _sounding(events: pd.DataFrame, of: Cycle) -> pd.DataFrame:
    return events[events["piece"].isin(of.pieces) & (events["kind"] != "rest")]


def starts_in_words(events: pd.DataFrame, of: Cycle) -> str:
    """A caption for `starts` of notes: how many lie on a grid, and whether the music keeps to a beat at all."""
    where = f"Where events start in {of.title.lower()}, in quarters of a beat"
    onset = _sounding(events, of)["onset"]
    on_grid = ((onset % (TICKS // 4) == 0) | (onset % (TICKS // 3) == 0)).mean()
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
