"""Written notation in, the keys of what it holds, and the corpora that music21 brings along."""

import re
import shutil
import sys
import zipfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music import abc, humdrum, midi, partwise, written
from riyaz.music.events import NUMBERS, Piece, Unreadable
from riyaz.tools.parallel import each

SUFFIXES = (".xml", ".mxl", ".musicxml", ".abc", ".krn")
VOICES = ("Soprano", "Alto", "Tenor", "Bass")

# Krumhansl & Kessler 1982, probe-tone ratings for C major and C minor (doi:10.1037/0033-295X.89.4.334)
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# Tonics as they are usually spelled, and the sharps (negative: flats) of their signatures.
MAJORS = {"C": 0, "D♭": -5, "D": 2, "E♭": -3, "E": 4, "F": -1, "F♯": 6, "G": 1, "A♭": -4, "A": 3, "B♭": -2, "B": 5}
MINORS = {"C": -3, "C♯": 4, "D": -1, "E♭": -6, "E": 1, "F": -4, "F♯": 3, "G": -2, "G♯": 5, "A": 0, "B♭": -5, "B": 2}
_KEYS = [f"{tonic} major" for tonic in MAJORS] + [f"{tonic} minor" for tonic in MINORS]
_PROFILES = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)], float)  # (24, 12)
_PROFILES -= _PROFILES.mean(axis=1, keepdims=True)
_PROFILES /= np.linalg.norm(_PROFILES, axis=1, keepdims=True)  # so that a product is a correlation


@lru_cache(maxsize=1)
def library() -> Any:
    """music21, imported when it is first needed, since that takes seconds.

    In a notebook, which it knows by the stream of errors, it would start a clock that a second later makes figures PNG
    although `figures.theme` asked for SVG, in this cell or in the next as time falls: it does not get to see that.
    """
    with redirect_stderr(sys.__stderr__):
        import music21
    return music21


# --- reading -----------------------------------------------------------------------------------------------


def read(path: str | Path) -> list[Piece]:
    """Read MusicXML, ABC or Humdrum.

    Returns
    -------
    One piece; from a book of ABC tunes one for each tune, named ``book.abc#1``. ``about`` has title, composer,
    the metre, tempo and key signature (`sharps`) in force at the first note where given, and ``lost``: counts of notes
    (`zero`, `doubled`, `restruck`, see `riyaz.music.events.from_notes`; `grace`, `cue`, `percussion`, `out_of_range`;
    kept but changed: `rounded` to 1/5040 beat, `microtones`) and of other things (`chord_symbols`, `repeats`,
    `metre_changes`, `tempo_changes`, `key_changes`, `empty_tunes`). Only where there are any: `damaged`, `impossible`.

    Raises
    ------
    Unreadable : the file cannot be parsed, is too large, or has no notes.
    """
    path = Path(path)
    if path.stat().st_size > written.MAX_BYTES:
        raise Unreadable(f"is larger than {written.MAX_BYTES // 2**20} MB", "split it into several files")
    data = path.read_bytes()
    if not data:
        raise Unreadable("is empty", "get the file again")
    listed = _scores(data, path.suffix.lower())
    pieces = []
    for number, score in enumerate(listed, start=1):
        name = path.name if len(listed) == 1 else f"{path.name}#{number}"
        piece = written.piece(name, score)
        if piece is not None:
            pieces.append(piece)
    if not pieces:
        raise Unreadable("has no notes", "it may hold text or chord symbols only: leave it out")
    if len(pieces) < len(listed):
        pieces[0].about["lost"]["empty_tunes"] = len(listed) - len(pieces)
    return pieces


def _scores(data: bytes, suffix: str) -> list[written.Score]:
    if suffix == ".abc":
        return [abc.score(lines) for lines in abc.tunes(written.text(data))]
    if suffix == ".krn":
        return humdrum.scores(written.text(data))
    return [partwise.score(data)]


# --- keys and chords ---------------------------------------------------------------------------------------


def key_of(events: pd.DataFrame) -> tuple[str, float]:
    """Find the key whose profile the sounding time of the pitch classes correlates with best.

    Returns
    -------
    name : ``B♭ major`` or ``C♯ minor``; empty where there is nothing to tell keys apart by.
    correlation : between -1 and 1.

    References
    ----------
    Krumhansl 1990, Cognitive Foundations of Musical Pitch, chapter 4: the key-finding algorithm of Krumhansl and
    Schmuckler.
    """
    symbols = events["symbols"].tolist()
    classes = np.array([NUMBERS[symbol] % 12 for sounding in symbols for symbol in sounding], dtype=np.int64)
    ticks = np.repeat(events["duration"].to_numpy(), [len(sounding) for sounding in symbols])
    weight = np.bincount(classes, ticks, minlength=12)  # (12,) ticks
    best, correlation = best_key(weight)
    return (_KEYS[best], correlation) if best >= 0 else ("", 0.0)


def best_key(weight: np.ndarray) -> tuple[int, float]:
    """The key whose profile correlates best with how long each pitch class sounds.

    Parameters
    ----------
    weight : (12,) float or int, from C.

    Returns
    -------
    key : 0 to 11 are C major to B major, 12 to 23 C minor to B minor; -1 where all pitch classes sound equally long.
    correlation : between -1 and 1; NaN for no key.
    """
    if np.ptp(weight) == 0:
        return -1, float("nan")
    centred = weight - weight.mean()
    correlations = _PROFILES @ centred / np.linalg.norm(centred)
    best = int(correlations.argmax())
    return best, float(correlations[best])


def sounding(symbols: Sequence[list[str]], durations: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """How long each pitch class sounds in each event, (n, 12) ticks, and the newest bass note, (n,), -1 for none."""
    weight, bass, newest = np.zeros((len(symbols), 12)), np.full(len(symbols), -1), -1
    for row, (names, ticks) in enumerate(zip(symbols, durations, strict=True)):
        for name in names:
            weight[row, NUMBERS[name] % 12] += ticks
        bass[row] = newest = NUMBERS[names[0]] if names else newest
    return weight, bass


def closes(events: pd.DataFrame) -> float:
    """Whether the last chord has the tonic of the whole in its bass: 1, 0, or NaN for no key."""
    weight, bass = sounding(events["symbols"].tolist(), events["duration"].tolist())
    tonic = best_key(weight.sum(axis=0))[0] if len(bass) else -1
    return float(bass[-1] % 12 == tonic % 12) if tonic >= 0 else float("nan")


# --- music21's own corpora ---------------------------------------------------------------------------------


def export_chorales(folder: str | Path, count: int | None = None) -> int:
    """Write Bach's chorales from music21's corpus as MIDI, played on one keyboard.

    Those with the four voices Soprano, Alto, Tenor, Bass and no instruments are taken, in the order of their
    names; the files are named by BWV number: ``bwv253.mid``.

    Parameters
    ----------
    count : write no more than so many.

    Returns
    -------
    The number of files written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = sorted(str(path) for path in library().corpus.getComposer("bach") if Path(path).suffix == ".mxl")
    chosen = list(islice(filter(_in_four_voices, paths), count))
    each(partial(_export, folder=folder), chosen, label="chorales")
    return len(chosen)


def _in_four_voices(path: str) -> bool:
    """Whether the parts of a packed score are named as the voices; parsing it would take a hundred times as long."""
    with zipfile.ZipFile(path) as packed:
        text = max((packed.read(entry) for entry in packed.infolist()), key=len).decode("utf-8", "replace")
    return tuple(re.findall(r"<part-name[^>]*>([^<]*)</part-name>", text)) == VOICES


def _export(path: str, folder: Path) -> None:
    (piece,) = read(path)
    midi.write(folder / f"{Path(path).stem}.mid", piece.events, piece.about)


def export_corpus(name: str, folder: str | Path) -> int:
    """Copy one of music21's corpora of ABC tunes (``ryansMammoth``) and return the number of files.

    Raises
    ------
    ValueError : music21 has no such corpus.
    """
    folder = Path(folder)
    paths = sorted(Path(path) for path in library().corpus.getComposer(name) if Path(path).suffix in SUFFIXES)
    if not paths:
        raise ValueError(f"music21 has no corpus named {name!r}; ryansMammoth, oneills1850, essenFolksong are some")
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        shutil.copyfile(path, folder / path.name)
    return len(paths)
