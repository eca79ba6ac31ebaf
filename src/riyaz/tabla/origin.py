"""Where the strokes of a piece come from: as a source teaches them, derived by rule, or made for their collection.

A section says it in its heading: ``[palta 1, taught]`` is as the sources of its file teach it, ``[palta 1, derived]``
was made by rule from the theme, and ``[tihai 1]`` was made for its collection. A model that remembers predicts derived
material without knowing any tabla, so that its likelihood is to be reported for each origin alone::

    origins = origin.of_tokens(piece, tokens)         # tokens: those of `riyaz.text.tokens.encode`
    taught = bits[origins == "taught"].mean()         # bits: (n_tokens,), of each token

All pieces with derived sections name a family, that of their theme (``about["family"]``), and a family is never on both
sides of a split or a fold: no derived palta lends its theme to the other side.
"""

from collections.abc import Sequence

import numpy as np

from riyaz.music.events import Piece

ORIGINS = ("taught", "derived", "made")


def of_events(piece: Piece) -> np.ndarray:
    """The origin of each event: (n_events,) of str, one of `ORIGINS`.

    What stands in no section, such as all of a piece without ``about["sections"]``, is ``made``.
    """
    result = np.full(len(piece.events), "made", dtype=object)
    onsets = piece.events["onset"].to_numpy()
    for section in piece.about.get("sections", []):
        inside = (onsets >= section["onset"]) & (onsets < section["onset"] + section["duration"])
        result[inside] = next((word for word in ("derived", "taught") if section.get(word)), "made")
    return result


def of_tokens(piece: Piece, tokens: Sequence[str]) -> np.ndarray:
    """The origin of each token of a piece of bols: (n_tokens,) of str, one of `ORIGINS` or ``""``.

    A duration has the origin of the event that it is written for. What writes no event has none: ``<start>``,
    ``<end>``, taal, form, and any other token with a colon but durations.

    Parameters
    ----------
    tokens : as `riyaz.text.tokens.encode` writes the piece in the scheme ``event``.

    Raises
    ------
    ValueError : the tokens write another number of events.
    """
    origins = of_events(piece)
    result, at = np.full(len(tokens), "", dtype=object), 0
    for number, token in enumerate(tokens):
        duration = token.startswith("d:")
        if token.startswith("<") or (":" in token and not duration):
            continue
        if at >= len(origins):
            raise ValueError(f"{piece.name}: {len(tokens)} tokens write more than its {len(origins)} events")
        result[number] = origins[at]
        at += not duration
    if at != len(origins):
        raise ValueError(f"{piece.name}: the tokens write {at} events, but it has {len(origins)}")
    return result
