"""Fill in bars of a piece, so that they join on both sides: ``python -m riyaz fill tune.mid --bars 5-8``.

The other bars stay as they are, and the network draws the asked ones again, by `riyaz.play.particles`. Bars after the
last are new ones, at the end of which the piece ends. ``--keep melody`` or ``--keep bass`` keeps the highest or lowest
note of the asked bars too, so that a melody is harmonised. A tabla composition is filled by avartans or matras. Into
the folder `sheets` come a score (of bols the notation and a sheet to print), MIDI, MP3 and a page.
"""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge import tuning
from riyaz.model import bundle, mixture
from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS, Piece, bar_beats, together
from riyaz.params import Settings
from riyaz.play import free, generated, lock, nearest, particles, primer, usage
from riyaz.practice import player
from riyaz.report.stylesheet import css
from riyaz.tabla import notation, taals
from riyaz.text import dataset, tokens
from riyaz.text.dataset import DataSet
from riyaz.tools import environment, escape, store

AHEAD = 16  # beats after the last opening that are weighed
ROOM = 3  # times as many tokens as the corpus has in so many beats may an opening take
FORMS = {".txt": "bols"}  # what a file is by its ending; all others are notes


class BadFill(ValueError):
    """What cannot be filled; the message is one line."""


@dataclass(frozen=True)
class Wish:
    """What is to be filled.

    Attributes
    ----------
    piece : a file, or a piece of the corpus.
    where : ``5-8`` or ``5-8,13``: numbers from 1.
    unit : ``bars`` (of bols avartans) or ``beats`` (of bols matras).
    keep : voices of `lock.VOICES` that stay.
    nearest : whether the network may read the nearest of what it has never seen; the file's own notes stay.
    n : how many fillings. particles : of which they are drawn.
    """

    piece: str
    where: str
    unit: str = "bars"
    keep: tuple[str, ...] = ()
    nearest: bool = False
    n: int = 1
    particles: int = particles.PARTICLES


@dataclass(frozen=True)
class Result:
    """Filled pieces and a sentence on each; `said` is on all of them."""

    pieces: list[Piece]
    each: list[str]
    said: str


def fill(wish: Wish, model: Bundle, data: DataSet, settings: Settings, anywhere: bool = False) -> Result:
    """Fill a piece in.

    Parameters
    ----------
    settings : numbers in `generate` for what is ``auto``; `tokens` is the most that an opening may take.
    anywhere : whether a file may lie outside of data/themes.

    Raises
    ------
    BadFill, riyaz.play.primer.BadPrimer, riyaz.play.particles.NothingFits : what is wrong, in one line.
    """
    if model.scheme != "event":
        raise BadFill(f"the scheme {model.scheme} has no durations, so nothing can be fitted in: train with event")
    source = primer.dynamics(primer.source(wish.piece, data, settings, anywhere), model.vocabulary)
    seen, changed = nearest.piece(source, model.vocabulary) if wish.nearest else (source, "")
    part = _part(wish, seen)
    part = replace(part, events=nearest.split(part.events, model.vocabulary)) if changed else part
    own = lock.part(source.events, part.spans, part.end, wish.keep) if changed else part
    if changed and own.stays != part.stays:
        raise BadFill(f"{wish.piece}: the network has never seen the {wish.keep[0]} that is kept: keep another voice")
    header = [word for word in tokens.encode(source)[1:-1] if tokens.in_header(word)]
    try:
        words, moved, remark = primer.known(wish.piece, [*header, *part.words()], model.vocabulary)
    except primer.BadPrimer:
        words, moved, remark = primer.known(wish.piece, [*header, *part.words(chords=False)], model.vocabulary)
    header = [word for word in words if tokens.in_header(word)]
    locked = lock.of(part, header, model.vocabulary, moved)
    _check_fits(wish, part, locked)
    opened = sum(stop - start for start, stop in part.spans) / TICKS
    each_beat = data.lengths.sum() / max(1.0, float(sum(piece.beats for piece in data.pieces)))
    if opened * each_beat > settings.generate.tokens:
        raise BadFill(
            f"{wish.piece}: {opened:g} beats take about {opened * each_beat:.0f} tokens, and generate.tokens allows "
            f"{settings.generate.tokens}: fill less at once, or raise it"
        )
    room = min(settings.generate.tokens, int(ROOM * opened * each_beat) + 32)
    sampling = replace(free.sampling(data, settings), tokens=len(locked.given) + room)
    stops = particles.stops_of(part.spans[0][0], min(part.end, part.spans[-1][1] + AHEAD * TICKS))
    learned = usage.learned(data.part("train").ids, model.vocabulary, model.scheme)
    try:
        filled = particles.fill(model, locked, stops, sampling, settings.seed, learned, wish.n, wish.particles)
    except particles.NothingFits as error:
        raise BadFill(f"{wish.piece}: {error}: take more particles, or open more") from error
    about = free.about(data, settings) | {"program": 0} | source.about
    given = primer.Primer(filled.fillings[0].ids, source.about, moved)
    pieces, stem = [], re.sub(r"[^\w-]+", "_", Path(source.name).stem)  # a dot would begin a suffix
    for number, one in enumerate(filled.fillings, start=1):
        name = f"{stem}_filled_{number}"
        title = f"{source.about.get('title') or Path(source.name).stem}: {wish.unit} {wish.where} filled in"
        drawn = tokens.piece(name, model.vocabulary.tokens(one.ids), model.scheme, about)
        said = {"title": title, "method": "filled in"}
        pieces.append(Piece(name, joined(own, given.home(drawn).events), about | said))
    each = [_bits(one) for one in filled.fillings]
    return Result(pieces, each, " ".join([*filter(None, (changed, remark)), _lived(filled)]))


def joined(part: lock.Part, drawn: pd.DataFrame) -> pd.DataFrame:
    """The locked events as they are, and the drawn ones where the piece is open."""
    return together([part.events, drawn[lock.within(drawn, part.spans)]])


def _bits(one: particles.Filling) -> str:
    """How likely one filling is, in words."""
    opened, after = one.bits
    joins = "" if np.isnan(after) else f", and {after:.2f} for what follows it"
    return f"The network needs {opened:.2f} bits per token for what it filled in{joins}."


def _lived(filled: particles.Filled) -> str:
    """What the particles found, in words."""
    few = " That is few: take more particles, or open more bars." if filled.effective < len(filled.fillings) else ""
    return (
        f"Of {filled.particles} particles {filled.lived} different fillings lived, worth {filled.effective:.1f} "
        f"equally likely ones.{few}"
    )


def _part(wish: Wish, source: Piece) -> lock.Part:
    """The stretches that are open, in ticks."""
    if wish.keep and source.about.get("kind") == "bols":
        raise BadFill(f"{wish.piece}: bols have one voice, and where it is kept nothing is open: leave --keep out")
    bar, end = _unit(wish, source), int(source.events["duration"].sum())
    n, spans = -(-end // bar), []
    for first, last in _numbers(wish):
        if first > n + 1:
            raise BadFill(
                f"{wish.piece}: there are no {wish.unit} {first}-{last}, it has {n}; {n + 1} is the first after its end"
            )
        spans.append((min((first - 1) * bar, end), last * bar))
    stop = max(end, *(last for _, last in spans))
    if max(last for _, last in spans) > end and wish.keep:
        raise BadFill(f"{wish.piece}: after its end, at {wish.unit[:-1]} {n}, there is no {wish.keep[0]} to keep")
    part = lock.part(source.events, spans, stop, wish.keep)
    if part.spans == [(0, stop)] and not wish.keep:
        raise BadFill(f"{wish.piece}: {wish.unit} {wish.where} are all that it has: leave some locked, or keep a voice")
    if wish.keep and not any(note.name for notes in part.stays.values() for note in notes):
        raise BadFill(f"{wish.piece}: {wish.unit} {wish.where} have no {wish.keep[0]} to keep")
    return part


def _unit(wish: Wish, source: Piece) -> int:
    """Ticks of a bar or avartan, or of a beat or matra."""
    if wish.unit == "beats":
        return TICKS
    if source.about.get("kind") == "bols":
        return taals.TAALS[source.about["taal"]].ticks
    beats = bar_beats(source.about.get("metre")) or bar_beats("4/4")
    assert beats
    return int(beats * TICKS)


def _numbers(wish: Wish) -> list[tuple[int, int]]:
    """First and last number of each stretch."""
    spans = []
    for text in wish.where.split(","):
        match = re.fullmatch(r"\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?", text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last:
            raise BadFill(f"{wish.where[:60]!r} names no {wish.unit}: write numbers from 1, such as 5-8 or 5-8,13")
        spans.append((first, last))
    return spans


def _check_fits(wish: Wish, part: lock.Part, locked: particles.Lock) -> None:
    for start, stop in part.spans:
        if not locked.fits[start // int(locked.unit)]:
            beats = (stop - start) / TICKS
            raise BadFill(f"{wish.piece}: the durations that the network knows do not fill {beats:g} beats exactly")


def _page(folder: Path, result: Result) -> str:
    """One page of all fillings, to see and to hear."""
    title = escape.html(result.pieces[0].about["title"])
    shown = "\n".join(
        f"{generated.show(folder, piece, '')}<p>{escape.html(said)}</p>"
        for piece, said in zip(result.pieces, result.each, strict=True)
    )
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    style = f"{css()}\nmain {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}"
    head = f"{view}<title>{title}</title><style>{style}</style>"
    body = f"<main><h1>{title}</h1><p>{escape.html(result.said)}</p>{player.kit(result.pieces)}{shown}</main>"
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _corpus(asked: str | None, file: str, settings: Settings) -> str:
    """The corpus whose network fills: the asked one, or the first with a network that takes such files."""
    kind = FORMS.get(Path(file).suffix.lower(), "notes")
    readers = primer.READ_AS[kind]
    trained = [name for name in settings.corpora if (settings.root / "models" / name / "params.json").is_file()]
    fitting = [name for name in trained if settings.corpora[name].reader in readers]
    if asked or fitting:
        return asked or fitting[0]
    raise BadFill(f"{file}: no network of {kind} is trained; run make repro, or name a corpus with --corpus")


def run(arguments: list[str]) -> int:
    """Read the command line, fill in, write the files, say how likely the result is."""
    parser = argparse.ArgumentParser(prog="riyaz fill", description="Fill in bars of a piece, joined on both sides.")
    parser.add_argument("file", help="MIDI, MusicXML, ABC, Humdrum, tabla notation, or a piece of a corpus")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--bars", help="such as 5-8 or 5-8,13; of tabla avartans; those after the last are new")
    where.add_argument("--beats", help="the same in beats; of tabla matras")
    parser.add_argument("--keep", choices=lock.VOICES, action="append", default=[], help="a voice that stays")
    parser.add_argument("--nearest", action="store_true", help="read the nearest of what the network has never seen")
    parser.add_argument("--corpus", help="whose network fills: without it the first that takes such files")
    parser.add_argument("--pieces", type=int, default=2, help="how many fillings (default 2)")
    parser.add_argument("--particles", type=int, default=particles.PARTICLES, help="more find better ones, more slowly")
    parser.add_argument("--seed", type=int, help="another seed gives other fillings")
    parser.add_argument("--to", type=Path, default=Path("sheets"), metavar="FOLDER", help="where it is written: sheets")
    given = parser.parse_args(arguments)
    if not 1 <= given.pieces <= 64 or not 2 <= given.particles <= 10_000:
        raise BadFill("--pieces is from 1 to 64, and --particles from 2 to 10000")
    root = environment.checkout()
    corpus = _corpus(given.corpus, given.file, params.load(path=root / "params.yaml"))
    settings = params.load(corpus, path=root / "params.yaml")
    model, data = mixture.load(bundle.load(root / "models" / corpus), settings), dataset.load(root, corpus)
    settings = tuning.settled(model, data, settings, store.folder(root)).settings
    if given.seed is not None:
        settings = settings.model_copy(update={"seed": given.seed})
    unit = "bars" if given.bars else "beats"
    near = given.nearest or settings.generate.unseen == "nearest"
    stretch = given.bars or given.beats
    asked = Wish(given.file, stretch, unit, tuple(given.keep), near, given.pieces, given.particles)
    result = fill(asked, model, data, settings, anywhere=True)
    written = generated.write(given.to, result.pieces, _compositions(result.pieces))
    page = given.to / f"{result.pieces[0].name.rsplit('_', 1)[0]}.html"
    page.write_text(_page(given.to, result), encoding="utf-8", newline="\n")
    for name, said in zip(written["piece"], result.each, strict=True):
        print(f"{given.to / name}: {said}")
    print(f"{result.said} Open {page}.")
    return 0


def _compositions(pieces: Sequence[Piece]) -> dict[str, notation.Composition]:
    """Filled compositions with the sections that they had; those that grew have one."""
    made = {}
    for piece in pieces:
        sections = []
        for said in piece.about.get("sections", []):
            inside = piece.events["onset"].between(said["onset"], said["onset"] + said["duration"], inclusive="left")
            own = piece.events[inside]
            sections.append(notation.Section(said["name"], own.assign(onset=own["onset"] - said["onset"])))
        if sections and sum(section.ticks for section in sections) == int(piece.events["duration"].sum()):
            made[piece.name] = replace(generated.composition(piece), sections=tuple(sections))
    return made
