"""The pieces that are judged: drawn exactly as the delivered ones, beside held-out ones of equal length."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from riyaz.judge import chosen, copying, degeneration, distributions, originality, style
from riyaz.judge.interval import FEWEST
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play import free
from riyaz.play.sampling import Drawn, draw
from riyaz.tabla import form, taals
from riyaz.text.dataset import DataSet
from riyaz.tools import store

PIECES = 16  # of each group
BEGINNING = 16  # tokens of held-out pieces from which argmax continues
SHORTEST = 8  # events of a piece that is judged
TEMPERATURES = (0.6, 1.2)  # beside the chosen one
IN_TAAL, IN_TAAL_TOKENS = 8, 1200


@dataclass(frozen=True)
class Judged:
    """What is compared.

    Attributes
    ----------
    groups : name (``argmax``, ``temperature 0.9``, ...) to pieces as they were drawn, and ``held-out`` excerpts.
    ours : the group that is drawn as the delivered pieces are.
    length : events that all pieces of `cut` have at most.
    cut : the same groups, cut to one length; held-out pieces that are shorter are left out.
    human : rows of the data set, one piece of each family that has as many events; see `copying.representatives`.
    extracted : tokens that argmax added to openings as they were written: of training pieces (``generated``) and of
        held-out ones (``human``), one of each family.
    """

    groups: dict[str, list[Piece]]
    ours: str
    length: int
    cut: dict[str, list[Piece]]
    human: list[int]
    extracted: dict[str, np.ndarray]


def judged(model: Bundle, data: DataSet, settings: Settings) -> Judged:
    """Draw the pieces that are judged.

    They are those of `riyaz.judge.chosen.pieces`, of which the stage `generate` delivers the first; beside them stand
    pieces that nothing chose. Argmax, the lecture's method, has no chance in it: it continues the first tokens of
    held-out pieces, which are then left out.
    """
    about, sampling, cache = free.about(data, settings), free.sampling(data, settings), store.folder(settings.root)
    ours = f"temperature {sampling.temperature:g}"
    openings = {"generated": _one_each(data, "train"), "human": _one_each(data, "test", "valid")}
    continued = {name: _continued(model, part.ids[:PIECES], data, settings) for name, part in openings.items()}
    extracted = {
        name: copying.extracted([one.ids for one in continued[name]], part.ids[:PIECES], BEGINNING)
        for name, part in openings.items()
    }
    known = [about | {"ended": one.ended} for one in continued["human"]]
    groups = {
        "argmax": _long_enough(
            [
                free.piece(one, model, f"argmax, {k}", known[k - 1], whole=False)
                for k, one in enumerate(continued["human"], start=1)
            ]
        )
    }
    candidates = chosen.candidates(model, data, settings, PIECES)
    drawn = {}
    for temperature in sorted({*TEMPERATURES, sampling.temperature}):
        if temperature == sampling.temperature:
            drawn[ours] = candidates[:PIECES]
            if len(candidates) > PIECES:
                ours = f"{ours}, chosen"
                drawn[ours] = chosen.first(candidates, model, data, settings, PIECES)
        else:
            samplings = [replace(sampling, temperature=temperature)] * PIECES
            drawn[f"temperature {temperature:g}"] = free.pieces(model, data, settings, PIECES, samplings, cache)
    for name, members in drawn.items():
        groups[name] = _long_enough(
            [
                free.piece(one, model, f"{name}, {k}", about | {"ended": one.ended})
                for k, one in enumerate(members, start=1)
            ]
        )
    test = data.part("test").pieces
    length = int(min(np.median([len(piece.events) for piece in members]) for members in (groups[ours], test)))
    held_out = originality.excerpts(test, length)
    cut = {name: originality.at_most(members, length) for name, members in groups.items()}
    human = copying.representatives(data, length).tolist()
    return Judged({**groups, "held-out": held_out}, ours, length, {**cut, "held-out": held_out}, human, extracted)


@dataclass(frozen=True)
class Beside:
    """What the features of generated pieces are held against; all groups have pieces of one length.

    Attributes
    ----------
    generated, held_out : the two that are compared. known : human pieces whose draws say how far apart people are.
    of : what `held_out` is, in words.
    """

    generated: list[Piece]
    held_out: list[Piece]
    known: list[Piece]
    of: str


def beside(pieces: Judged, data: DataSet, seed: int) -> Beside:
    """The held-out pieces, and the training pieces as the known ones.

    Where fewer than `FEWEST` held-out families are long enough they say nothing of the corpus: then one half of all
    families, drawn at random, stands for it, and the other half is known.
    """
    mine, test = pieces.cut[pieces.ours], data.part("test")
    held_out = pieces.cut["held-out"]
    if len(copying.representatives(test, pieces.length)) >= FEWEST:
        train = list(data.part("train").pieces)
        return Beside(mine, held_out, originality.excerpts(train, pieces.length) or train, "the held-out pieces")
    length = style.usual(data)
    all_of = style.families(data, length)
    if len(all_of) < 2 * FEWEST:
        return Beside(mine, held_out, list(data.part("train").pieces), "the held-out pieces")
    order = np.random.default_rng(seed).permutation(len(all_of))
    half, other = ([all_of[k] for k in part] for part in np.array_split(order, 2))
    return Beside(originality.at_most(pieces.groups[pieces.ours], length), half, other, "half of the corpus' families")


def _one_each(data: DataSet, *parts: str) -> DataSet:
    """The first piece of each family in some parts."""
    part = data.part(*parts)
    return part.rows(copying.representatives(part)).part(*parts)


def _continued(model: Bundle, pieces: Sequence[np.ndarray], data: DataSet, settings: Settings) -> list[Drawn]:
    """Let argmax continue the first `BEGINNING` tokens of each piece."""
    sampling = free.sampling(data, settings).argmax()
    openings = [row[1:-1][:BEGINNING] for row in pieces]
    cache = store.folder(settings.root)
    return draw(model, [sampling] * len(pieces), settings.seed + 1, openings, cache=cache)


def copies(pieces: Judged, data: DataSet, runs: pd.DataFrame, seed: int) -> copying.Result:
    """Whether the pieces that are judged copy more than human ones do.

    Parameters
    ----------
    runs : of `originality.runs` of the pieces' group `ours`, in the mode `originality.LOOSE`.
    """
    train = data.part("train")
    human = originality.at_most([data.pieces[row] for row in pieces.human], pieces.length)
    mine = pieces.cut[pieces.ours]
    own = [-1] * len(mine) + data.families[pieces.human].tolist()
    table = copying.measure([*mine, *human], train.pieces, own, train.families.tolist())
    ours, theirs = (
        {name: rows[name].to_numpy() for name in rows} | {"extracted": pieces.extracted[of]}
        for of, rows in (("generated", table[: len(mine)]), ("human", table[len(mine) :]))
    )
    return copying.judge(ours, theirs, seed, copying.mostly_one_run(runs, float(theirs["run"].max(initial=0))))


def _long_enough(pieces: list[Piece]) -> list[Piece]:
    """The pieces of `SHORTEST` events or more; all of them where there are none."""
    return [piece for piece in pieces if len(piece.events) >= SHORTEST] or pieces


def recurrence_by_strength(model: Bundle, data: DataSet, settings: Settings) -> dict[str, np.ndarray]:
    """How often a beat returns (`degeneration.recurrences`): held-out pieces, drawn ones without and with memory."""
    about, sampling, cache = free.about(data, settings), free.sampling(data, settings), store.folder(settings.root)
    groups = {"held-out": data.part("test", "valid").pieces}
    alone = [replace(sampling, memory=0.0)] * PIECES
    made = {"network": free.pieces(model, data, settings, PIECES, alone, cache)}
    if model.memory and sampling.memory:
        made["network + memory"] = chosen.candidates(model, data, settings, PIECES)[:PIECES]
    for name, drawn in made.items():
        groups[name] = [free.piece(one, model, f"{name}, {k}", about) for k, one in enumerate(drawn, start=1)]
    long = {name: [piece for piece in members if len(piece.events) >= SHORTEST] for name, members in groups.items()}
    return {name: degeneration.recurrences(members) for name, members in long.items()}


def apart(curves: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Mean distance of each curve from the one named ``held-out``; those that share no point with it are left out."""
    human = pd.Series(curves["held-out"])
    result = {name: float((pd.Series(curve) - human).abs().mean()) for name, curve in curves.items()}
    return {name: value for name, value in result.items() if name != "held-out" and not np.isnan(value)}


@dataclass(frozen=True)
class InTaal:
    """Pieces that a mask holds to a taal, and the probability that the mask removed on average.

    Where there can be none, `why` is a sentence.
    """

    pieces: list[Piece]
    masked: float
    why: str = ""


def in_taal(model: Bundle, data: DataSet, settings: Settings) -> InTaal:
    """Draw pieces of bols that may end on a sam only, after the asked number of avartans."""
    if why := free.no_taal(model, settings):
        return InTaal([], 0.0, why)
    rules, head = free.in_taal(model, settings)
    sampling = replace(free.sampling(data, settings), tokens=IN_TAAL_TOKENS, least=0)
    cache = store.folder(settings.root)
    drawn = draw(model, [sampling] * IN_TAAL, settings.seed + 3, [head] * IN_TAAL, rules, cache=cache)
    about = free.about(data, settings) | {"taal": taals.find(settings.generate.taal).name}
    pieces = [
        free.piece(one, model, f"in taal, {k}", about | {"ended": one.ended}) for k, one in enumerate(drawn, start=1)
    ]
    masked = np.concatenate([one.masked[1 + one.given :] for one in drawn])
    return InTaal(pieces, float(masked.mean()))


def as_ended(pieces: Sequence[Piece]) -> list[Piece]:
    """Human pieces, marked as what they are: pieces that came to an end of their own."""
    return [replace(piece, about={**piece.about, "ended": True}) for piece in pieces]


def keeps_count(groups: Mapping[str, Sequence[Piece]]) -> pd.DataFrame:
    """Do pieces of bols keep count? A row a group, means over its pieces.

    Returns
    -------
    pieces; sams struck and matras struck (`distributions.struck`); came to an end (a share: `about["ended"]`); whole
    avartans, of these (the share of ended pieces that pass every check of `form.check_events`).
    """
    rows = []
    for group, members in groups.items():
        for piece in members:
            taal, ended = taals.TAALS[piece.about["taal"]], bool(piece.about.get("ended", False))
            whole = all(check.passed for check in form.check_events(piece.events, taal))
            row = {"group": group, "sams struck": distributions.struck(piece.events, taal.matras)}
            row |= {"matras struck": distributions.struck(piece.events, 1), "came to an end": ended}
            rows.append(row | {"whole avartans, of these": float(whole) if ended else np.nan, "whole": whole})
    table = pd.DataFrame(rows)
    means = table.drop(columns="whole").groupby("group", sort=False).mean()
    means.insert(0, "pieces", table.groupby("group", sort=False).size())
    return means
