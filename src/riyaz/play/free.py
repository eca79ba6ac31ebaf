"""Free pieces: what the model plays when it is left to itself, drawn in one way for every use.

The stage `generate` delivers the first of these pieces, and `evaluate` judges more of the same: piece i depends on the
seed and i alone, so the delivered pieces are among the judged ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play import endings, usage
from riyaz.play.sampling import Drawn, Sampling, draw
from riyaz.tabla import taals
from riyaz.text import grammar, tokens
from riyaz.text.dataset import DataSet


def sampling(data: DataSet, settings: Settings) -> Sampling:
    """How this corpus' pieces are drawn: the numbers of params.yaml."""
    _, once = np.unique(np.array(data.names, dtype=object), return_index=True)  # `riyaz.judge.held_out.to_judge`
    return Sampling.of(settings.generate, data.lengths[once])


def pieces(
    model: Bundle,
    data: DataSet,
    settings: Settings,
    n: int,
    samplings: Sequence[Sampling] | None = None,
    cache: Path | None = None,
) -> list[Drawn]:
    """Draw n pieces from their beginning, with the seed of free pieces.

    Parameters
    ----------
    samplings : n of them, where other numbers than those of params.yaml are asked for.
    cache : as for `riyaz.play.sampling.draw`.

    With `form: taal` pieces of bols are held to the taal, unless that is not possible (`no_taal`); pieces of notes get
    their ends from `riyaz.play.endings` unless `endings` is ``network``.
    """
    rules, first = grammar.rules(model.vocabulary, model.scheme), np.array([], np.int32)
    learned = usage.learned(data.part("train").ids, model.vocabulary, model.scheme)
    if settings.generate.form == "taal" and data.kind == "bols" and not no_taal(model, settings):
        (rules, first), learned = in_taal(model, settings), None
    chosen, seed = samplings or [sampling(data, settings)] * n, settings.seed + 1
    if data.kind == "bols" or settings.generate.endings == "network" or not all(one.ending for one in chosen):
        return draw(model, chosen, seed, [first] * n, rules, usage=learned, cache=cache)
    endless = [one if one.beats else replace(one, endless=True) for one in chosen]
    drawn = draw(model, endless, seed, [first] * n, rules, usage=learned, cache=cache)
    return endings.close(drawn, model, endings.share(data.part("train")), seed)


def in_taal(model: Bundle, settings: Settings) -> tuple[grammar.Rules, np.ndarray]:
    """The grammar that keeps the asked taal for the asked avartans, and the tokens that name it, if the network can.

    Raises
    ------
    ValueError : there is no such taal, or the vocabulary has no durations that fill a matra.
    """
    taal = taals.find(settings.generate.taal)
    rules = grammar.rules(model.vocabulary, model.scheme, taal.vibhags, settings.generate.avartans)
    return rules, model.vocabulary.ids([word for word in (f"taal:{taal.name}",) if word in model.vocabulary])


def no_taal(model: Bundle, settings: Settings) -> str:
    """Why no piece of this network can be held to a taal, as a sentence; "" where one can."""
    taals.find(settings.generate.taal)  # a name that is no taal is the user's mistake, and not the corpus' poverty
    try:
        in_taal(model, settings)
    except ValueError as error:
        return f"No piece is held to a taal: {error}."
    return ""


def about(data: DataSet, settings: Settings) -> dict[str, Any]:
    """What is known of a piece before it is drawn; tokens of the piece may name another taal.

    The taal is the asked one. Where no piece of the corpus has that and the pieces are not held to it, it is the taal
    that most pieces have.
    """
    if data.kind != "bols":
        return data.about()
    taal = taals.find(settings.generate.taal).name
    known = Counter(piece.about["taal"] for piece in data.pieces if piece.about.get("taal"))
    if known and taal not in known and settings.generate.form != "taal":
        taal = known.most_common(1)[0][0]
    return data.about() | {"taal": taal, "pitch": settings.generate.pitch}


def piece(drawn: Drawn, model: Bundle, name: str, known: dict[str, Any], whole: bool = True) -> Piece:
    """A drawn piece as music.

    Parameters
    ----------
    known : from `about`, and more such as a title; taal and form in the tokens win.
    whole : False leaves out what was given and keeps only what the model added. The last duration and
        velocity of what is left out are the first of what stays.
    """
    words = model.vocabulary.tokens(drawn.ids)
    if not whole:
        given, words = words[: 1 + drawn.given], words[1 + drawn.given :]
        header = [word for word in given if tokens.in_header(word)]
        newest = {word[:2]: word for word in given if word.startswith(("d:", "v:"))}
        words = [*header, *newest.values(), *words]
    made = tokens.piece(name, words, model.scheme, known)
    taal = taals.TAALS.get(made.about.get("taal", ""))
    return replace(made, about={**made.about, "metre": f"{taal.matras}/4"}) if taal else made
