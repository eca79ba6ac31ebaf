"""The network in a page: ``python -m riyaz play tabla`` makes reports/<corpus>/play.html, which works offline.

The page has the network's weights, float32, its memory and its grammar. It gives the pipeline's probabilities, and a
player goes on from a phrase, or is answered. For kaidas it has the plans of `riyaz.practice.kaida`.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from riyaz.model import bundle, memory
from riyaz.model.bundle import Bundle
from riyaz.music import events, midi
from riyaz.music.events import NUMBERS, PITCHES, TICKS, Piece, in_a_row
from riyaz.params import Generate, load
from riyaz.practice import frame, kaida, player, sounds
from riyaz.practice.timeline import TEMPO, timeline
from riyaz.tabla import strokes, taal_names, taals
from riyaz.text import features, grammar
from riyaz.text.tokens import Vocabulary, kind
from riyaz.tools import environment, files, source, store

MODULES = (
    *("timeline", "sound", "controls", "grammar", "network", "past", "mind", "phrase", "midi", "piece"),
    *("filling", "kaida", "theme", "settings", "play"),
)
_LEAD = {
    "bols": "Type or tap a phrase. The network goes on in the taal, or answers your line and lands on sam.",
    "notes": "Play a beginning on the keys or on a MIDI keyboard. The network goes on.",
}
_CHORDS = "This network knows no durations (tokenize.scheme: chord), so it cannot play in time: train one with event."


def weights(model: Bundle) -> dict[str, Any]:
    """The network's arrays as the page reads them.

    Returns
    -------
    ``values``: all arrays one after the other, float32, little-endian, base64. ``members``: as
    `riyaz.model.recurrence` has them, each array as [first value, *shape]. ``features``: names of the vector's parts.
    """
    parts: list[np.ndarray] = []

    def put(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {name: put(part) for name, part in tree.items()}
        if isinstance(tree, list):
            return [put(part) for part in tree]
        array = np.asarray(tree, "<f4")
        place = sum(part.size for part in parts)
        parts.append(array)
        return [place, *array.shape]

    members, tables = put(model.weights["members"]), model.weights["features"]
    values = base64.b64encode(b"".join(part.tobytes() for part in parts)).decode("ascii")
    return {"values": values, "members": members, "features": [] if tables is None else list(tables.names)}


def rules(vocabulary: Vocabulary) -> dict[str, Any]:
    """The grammar of scheme ``event`` without a taal, with the cycle that each token names and the ticks of a beat."""
    table = {name: array.tolist() for name, array in grammar.rules(vocabulary).items()}
    return table | {"cycle": features.cycles(vocabulary).tolist(), "beat": TICKS}


def model_data(
    model: Bundle, settings: Generate, pieces: Sequence[Piece] = (), cache: Path | None = None
) -> dict[str, Any]:
    """All that the page knows of a model.

    Parameters
    ----------
    settings : section generate: its taal and form are chosen first, its limit and its number of paltas hold.
    pieces : of the corpus; their kaidas are performed.
    cache : the cache's folder; None: no cache.
    """
    words = model.vocabulary.words
    shown: dict[str, Any] = {
        "kind": kind_of(model.vocabulary),
        "words": list(words),
        "weights": weights(model),
        "rules": rules(model.vocabulary),
        "memory": model.memory,
        "reach": 2 * memory.REACH,
        "limit": settings.limit,
        "sizes": {
            "beats": features.BEATS,
            "unit": features.UNIT,
            "shares": features.SHARES,
            "parts": features.SIZES,
        },
    }
    shown["tempo"] = TEMPO[shown["kind"]]
    if shown["kind"] == "notes":
        return shown | _of_notes(words)
    performed = _kaidas(pieces, model.vocabulary, settings.paltas, cache)
    return shown | _of_bols(words, settings) | {"kaida": performed}


def _kaidas(pieces: Sequence[Piece], vocabulary: Vocabulary, paltas: int, cache: Path | None) -> dict[str, Any] | None:
    """The tables of `riyaz.practice.kaida`, from the cache where the corpus is the same."""
    code = source.digests(Path(kaida.__file__))
    corpus = [[piece.name, piece.about, *events.rows(piece.events)] for piece in pieces]
    place = cache and cache / "kaidas" / f"{store.digest(code, corpus, list(vocabulary.words), paltas)}.json"
    return store.cached_json(place, lambda: kaida.tables(pieces, vocabulary, paltas))


def kind_of(vocabulary: Vocabulary) -> str:
    """``bols`` if the model knows a bol or a taal, else ``notes``."""
    return "bols" if {"bol", "taal"} & {kind(word) for word in vocabulary.words} else "notes"


def _of_bols(words: tuple[str, ...], settings: Generate) -> dict[str, Any]:
    names = taal_names.spellings()
    seen = [word[5:] for word in words if kind(word) == "taal" and word[5:] in taals.TAALS]
    empty, wished = in_a_row([], []), taals.find(settings.taal).name
    shown = [*(name for name in taals.TAALS if name in seen), *(name for name in taals.TAALS if name not in seen)]
    return {
        "taal": wished if wished in seen else "",
        "form": f"form:{settings.form}" if f"form:{settings.form}" in words else "",
        "taals": [
            {
                "name": name,
                "title": taals.TAALS[name].title,
                "matras": taals.TAALS[name].matras,
                "names": sorted(other for other, taal in names.items() if taal == name),
                "timeline": timeline(Piece(name, empty, {"kind": "bols", "taal": name})) if name in seen else None,
            }
            for name in shown
        ],
        "bols": [word for word in words if kind(word) == "bol"],
        **player.tables(),
        "drum": {name: stroke.note for name, stroke in strokes.STROKES.items()},
    }


def _of_notes(words: tuple[str, ...]) -> dict[str, Any]:
    metres = [word for word in words if kind(word) == "metre"]
    known = _pitches(words)
    return {
        "metre": "metre:4/4" if "metre:4/4" in metres else "",
        "keys": [[pitch, PITCHES[pitch]] for pitch in range(min(known), max(known) + 1)] if known else [],
        "names": dict(enumerate(PITCHES)),
        "numbers": NUMBERS,
    }


def _pitches(words: tuple[str, ...]) -> list[int]:
    """The MIDI numbers of all notes of a vocabulary."""
    return [NUMBERS[name] for word in words if (name := word.lstrip("+~")) in NUMBERS]


def render(
    corpus: str, model: Bundle, settings: Generate, pieces: Sequence[Piece] = (), cache: Path | None = None
) -> str:
    """Make the page; of a model of scheme ``chord`` one that says why it cannot be played with."""
    plays = model.scheme == "event"
    which = kind_of(model.vocabulary)
    pitches = _pitches(model.vocabulary.words)
    program = midi.longest((piece.about.get("program", 0), 1) for piece in pieces).get("program", 0)
    banks = sounds.page((which,), min(pitches, default=0), max(pitches, default=0), (program,)) if plays else {}
    return frame.render(
        "play",
        corpus,
        lead=_LEAD[which] if plays else _CHORDS,
        stage="<riyaz-play></riyaz-play>" if plays else "",
        sounds=player.data({name: bank for name, bank in banks.items() if name not in ("tanpura", "reed")}),
        model=player.data(model_data(model, settings, pieces, cache)) if plays else "{}",
        script=player.script(*MODULES),
    )


def run(arguments: list[str]) -> int:
    """Make the page of one corpus.

    Raises
    ------
    FileNotFoundError : a stage that it needs was not run; names it.
    """
    corpus, root = frame.corpus_of(arguments, "play"), environment.checkout()
    settings = load(corpus, root / "params.yaml")
    model = bundle.load(root / "models" / corpus)
    folder = root / "data" / "events" / corpus
    if not (folder / "pieces.json").is_file():
        raise FileNotFoundError(f"{folder / 'pieces.json'} is missing: dvc repro explore@{corpus} makes it")
    page = render(corpus, model, settings.generate, events.load(folder), store.folder(root))
    files.write(root / "reports" / corpus / "play.html", page)
    return 0
