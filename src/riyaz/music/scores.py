"""Written notation in, through music21: scores, the keys and chords of what they hold, and music21's own corpora.

A score is read as it is written: repeats are not played, ornaments not realised. Where it begins with a pick-up,
the events begin with a rest that fills the bar, so that onset 0 is always a downbeat; `riyaz.music.musicxml` turns
such a rest into a pick-up again.
"""

import re
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from fractions import Fraction
from functools import lru_cache, partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from riyaz.music import midi
from riyaz.music.events import NUMBERS, PITCHES, TICKS, Piece, Unreadable, from_notes
from riyaz.tools.parallel import each

SUFFIXES = (".xml", ".mxl", ".musicxml", ".abc", ".krn")
MAX_BYTES = 32 * 2**20  # of text, after decompression
VOICES = ("Soprano", "Alto", "Tenor", "Bass")

# Krumhansl & Kessler 1982, probe-tone ratings for C major and C minor (doi:10.1037/0033-295X.89.4.334)
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# Tonics as they are usually spelled, and the sharps (negative: flats) of their signatures.
MAJORS = {"C": 0, "D♭": -5, "D": 2, "E♭": -3, "E": 4, "F": -1, "F♯": 6, "G": 1, "A♭": -4, "A": 3, "B♭": -2, "B": 5}
MINORS = {"C": -3, "C♯": 4, "D": -1, "E♭": -6, "E": 1, "F": -4, "F♯": 3, "G": -2, "G♯": 5, "A": 0, "B♭": -5, "B": 2}


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
    the first metre, tempo and key signature (`sharps`) where given, and ``lost``: counts of notes (`zero`,
    `doubled`, `restruck`, see `riyaz.music.events.from_notes`; `grace`, `percussion`, `out_of_range`; kept but
    changed: `rounded` to 1/5040 beat, `microtones`) and of other things (`chord_symbols`, `repeats`,
    `metre_changes`, `tempo_changes`, `key_changes`, `empty_tunes`).

    Raises
    ------
    Unreadable : the file cannot be parsed, is too large, or has no notes.
    """
    path = Path(path)
    scores = _parse(path)
    pieces = []
    for number, score in enumerate(scores, start=1):
        events, about = _events(score.parts)
        if len(events) and any(map(len, events["symbols"])):
            name = path.name if len(scores) == 1 else f"{path.name}#{number}"
            pieces.append(Piece(name, events, _titled(score, path) | about))
    if not pieces:
        raise Unreadable("has no notes", "it may hold text or chord symbols only: leave it out")
    if len(pieces) < len(scores):
        pieces[0].about["lost"]["empty_tunes"] = len(scores) - len(pieces)
    return pieces


def _parse(path: Path) -> list:
    """The scores of a file."""
    music21 = library()
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    if not size:
        raise Unreadable("is empty", "get the file again")
    if size > MAX_BYTES:
        raise Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split it into several files")
    try:
        parsed = music21.converter.parse(path, forceSource=True, storePickle=False)
    except Exception as error:  # music21's parsers raise whatever a wild file makes them run into
        first = (str(error).splitlines() or [""])[0][:160]
        reason = f"is no score that music21 can parse: {type(error).__name__}: {first}"
        raise Unreadable(reason, "open it in a notation program and save it again as MusicXML") from error
    return list(parsed.scores) if isinstance(parsed, music21.stream.Opus) else [parsed]


def _events(parts: Iterable) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Events of parts that sound together, and what is known and lost."""
    lost: Counter[str] = Counter()
    notes: list[tuple[Fraction, Fraction, int]] = []
    end = Fraction(0)
    flat = [_sounding(part).flatten() for part in parts]
    for part in flat:
        notes += _joined(_notes(part, lost))
        end = max([end, *(Fraction(e.offset + e.quarterLength) for e in part.notesAndRests if not _hidden(e))])
    lost["repeats"] = max((len(part.getElementsByClass("RepeatMark")) for part in flat), default=0)
    about, changes = _about(flat, _opening(parts))
    lead = _pickup(parts)
    rows = np.array([[_ticks(a + lead), _ticks(b + lead), pitch] for a, b, pitch in notes], dtype=np.int64)
    onset, stop, pitch = rows.reshape(-1, 3).T
    lost["rounded"] = sum((time * TICKS).denominator > 1 for note in notes for time in note[:2])
    events, cut = from_notes(onset, stop - onset, pitch, _ticks(end + lead))
    return events, {**about, "lost": dict(sorted({**lost, **changes, **cut}.items()))}


def _sounding(part: Any) -> Any:
    """A part of a transposing instrument as it sounds."""
    return part.toSoundingPitch() if part.atSoundingPitch is False else part


def _hidden(element: Any) -> bool:
    """Whether music21 has made up a rest to fill a bar."""
    return element.isRest and element.style.hideObjectOnPrint


def _ticks(time: Fraction) -> int:
    return round(time * TICKS)


def _notes(part: Any, lost: Counter[str]) -> Iterator[tuple[Fraction, Fraction, int, str]]:
    """(onset, end in quarter notes, MIDI number, kind of tie) of a flat part, in order of onset."""
    from music21 import harmony, note

    for element in part.notes:
        if isinstance(element, harmony.Harmony):
            lost["chord_symbols"] += 1
            continue
        onset, length = Fraction(element.offset), Fraction(element.duration.quarterLength)
        for single in getattr(element, "notes", [element]):
            if isinstance(single, note.Unpitched):
                lost["percussion"] += 1
            elif element.duration.isGrace:
                lost["grace"] += 1
            elif not 0 <= round(single.pitch.ps) < len(PITCHES):
                lost["out_of_range"] += 1
            else:
                lost["microtones"] += single.pitch.ps != round(single.pitch.ps)
                yield onset, onset + length, round(single.pitch.ps), single.tie.type if single.tie else ""


def _joined(notes: Iterable[tuple[Fraction, Fraction, int, str]]) -> list[tuple[Fraction, Fraction, int]]:
    """Join the notes of one part that are tied."""
    joined: list[tuple[Fraction, Fraction, int]] = []
    waiting: dict[tuple[int, Fraction], int] = {}  # (pitch, where it ends): the row that is tied on
    for onset, stop, pitch, tie in notes:
        row = waiting.pop((pitch, onset), None) if tie in ("stop", "continue") else None
        if row is None:
            row = len(joined)
            joined.append((onset, stop, pitch))
        else:
            joined[row] = (joined[row][0], stop, pitch)
        if tie in ("start", "continue"):
            waiting[pitch, stop] = row
    return joined


def _pickup(parts: Iterable) -> Fraction:
    """How much of the first bar is missing before it, in quarter notes."""
    for part in parts:
        first = part.getElementsByClass("Measure").first()
        if first is not None:
            return Fraction(first.paddingLeft)
    return Fraction(0)


def _opening(parts: Iterable) -> list[str]:
    """The metre of the first bar, which music21 may lose in a flat part when ABC goes back to it later."""
    firsts = (part.getElementsByClass("Measure").first() for part in parts)
    return [str(bar.timeSignature.ratioString) for bar in firsts if bar is not None and bar.timeSignature][:1]


def _about(flat: list, opening: list[str]) -> tuple[dict[str, Any], dict[str, int]]:
    """What the parts say first of metre, tempo and key, and how often that changes."""
    first = next((part for part in flat if part.getElementsByClass("TimeSignature")), None)
    metres = [str(metre.ratioString) for metre in first.getElementsByClass("TimeSignature")] if first else []
    if metres[:1] != opening:
        metres = opening + metres
    keys = [int(key.sharps) for key in first.getElementsByClass("KeySignature")] if first else []
    marks = sorted(
        (mark for part in flat for mark in part.getElementsByClass("MetronomeMark")), key=lambda mark: mark.offset
    )
    tempos = [round(float(bpm), 2) for bpm in (mark.getQuarterBPM() for mark in marks) if bpm]
    about: dict[str, Any] = {"kind": "notes"}
    for name, values in (("metre", metres), ("tempo", tempos), ("sharps", keys)):
        if values:
            about[name] = values[0]
    return about, {
        "metre_changes": _changes(metres),
        "tempo_changes": _changes(tempos),
        "key_changes": _changes(keys),
    }


def _changes(values: list) -> int:
    return sum(a != b for a, b in pairwise(values))


def _titled(score: Any, path: Path) -> dict[str, str]:
    known = {}
    if score.metadata is not None:
        title, composer = score.metadata.bestTitle, score.metadata.composer
        if title and Path(title).stem != path.stem:  # some scores are titled by their file
            known["title"] = " ".join(title.split())
        if composer:
            known["composer"] = " ".join(composer.split())
    return known


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
    classes = np.array([NUMBERS[symbol] % 12 for symbols in events["symbols"] for symbol in symbols], dtype=np.int64)
    weight = np.bincount(
        classes, np.repeat(events["duration"], events["symbols"].map(len)), minlength=12
    )  # (12,) ticks
    if np.ptp(weight) == 0:
        return "", 0.0
    profiles = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])  # (24, 12)
    correlations = np.corrcoef(weight, profiles)[0, 1:]
    best = int(correlations.argmax())
    names = [f"{tonic} major" for tonic in MAJORS] + [f"{tonic} minor" for tonic in MINORS]
    return names[best], float(correlations[best])


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
    (score,) = _parse(Path(path))
    events, about = _events(score.parts)
    midi.write(folder / f"{Path(path).stem}.mid", events, about)


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
