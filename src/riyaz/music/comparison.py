"""Compares the readers with independent ones: ``python -m riyaz compare-readers FOLDER [--by PROGRAM]``.

Each file is read by Riyaz and by another program, and the notes are compared: pitch, onset, duration. The other
program is Verovio for Humdrum, music21 for MusicXML, pretty_midi for MIDI, and for ABC abc2midi where it is installed
(Debian's package abcmidi), else Verovio. Where they differ, one line names the tune, the first note that differs, and
how many do. Neither is right by being the other: each of these programs has known faults.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from riyaz.music import abc, engrave, midi, partwise, readers, scores, written
from riyaz.music.events import NUMBERS, PITCHES, TICKS, Piece, Unreadable, to_notes
from riyaz.tools.parallel import each

NEAR = TICKS // 12  # ticks that a time may differ: abc2midi rounds, and spreads chords
Notes = list[tuple[int, int, int]]  # onset, pitch, duration; ticks from the first note
Verdict = tuple[str, str, str]  # tune, outcome (equal, different, refused, not compared), what differs
_TEXTS = re.compile(r"(\"[^\"]*\"|\[[A-Za-z]:[^\[\]]*\])")  # texts and fields within a line


def notes(piece: Piece) -> Notes:
    """The notes of a piece, in order, the first at 0: how long a rest fills the bar before a pick-up is no matter."""
    table = to_notes(piece.events)
    rows = zip(table["onset"].tolist(), table["symbol"].map(NUMBERS).tolist(), table["duration"].tolist(), strict=True)
    listed = sorted(rows)
    first = listed[0][0] if listed else 0
    return [(onset - first, pitch, length) for onset, pitch, length in listed]


def difference(ours: Notes, theirs: Notes) -> str:
    """What differs, or nothing: ``3 of 40 notes, the first at beat 2: E4 of 1 beats``."""
    waiting: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for note in theirs:
        waiting[note[1]].append(note)
    alone = []
    for onset, pitch, length in ours:
        match = next(
            (n for n in waiting[pitch] if abs(n[0] - onset) <= NEAR and abs(n[0] + n[2] - onset - length) <= NEAR), None
        )
        if match is None:
            alone.append((onset, pitch, length))
        else:
            waiting[pitch].remove(match)
    theirs = [note for left in waiting.values() for note in left]
    if not alone and not theirs:
        return ""
    onset, pitch, length = min([*alone, *theirs])
    place = f"{PITCHES[pitch]} of {length / TICKS:g} beats at {onset / TICKS:g}"
    side = "ours" if (onset, pitch, length) in alone else "theirs"
    return f"{len(alone)} of ours and {len(theirs)} of theirs; first {side}: {place}"


def by_music21(path: Path) -> list[Notes]:
    """The notes of each tune as music21 reads them, as far as they are notes that MIDI has."""
    music21 = scores.library()
    parsed = music21.converter.parse(path, forceSource=True, storePickle=False)
    return [_of_stream(score) for score in (parsed.scores if isinstance(parsed, music21.stream.Opus) else [parsed])]


def _of_stream(score: Any) -> Notes:
    rows: list[written.Note] = []
    for number, part in enumerate(score.parts):
        flat = (part.toSoundingPitch() if part.atSoundingPitch is False else part).flatten()
        rows += _rows(flat.notes, number)
    result = written.Score(notes=rows)
    piece = written.piece("", result)
    return notes(piece) if piece else []


def _rows(elements: Iterable[Any], number: int) -> Iterator[written.Note]:
    ties = {"start": written.STARTS, "stop": written.ENDS, "continue": written.STARTS | written.ENDS}
    for element in elements:
        if "Harmony" in element.classes or element.duration.isGrace:
            continue
        onset = written.exact(written.Fraction(element.offset) * TICKS)
        length = written.exact(written.Fraction(element.duration.quarterLength) * TICKS)
        for single in getattr(element, "notes", [element]):
            if "Unpitched" not in single.classes and 0 <= round(single.pitch.ps) < len(PITCHES):
                tie = ties.get(single.tie.type, 0) if single.tie else 0
                yield [onset, onset + length, round(single.pitch.ps), number, tie, 0]


def by_pretty_midi(path: Path) -> list[Notes]:
    """The notes of a MIDI file as pretty_midi reads them."""
    import pretty_midi

    file = pretty_midi.PrettyMIDI(str(path))
    rows = []
    for instrument in file.instruments:
        for note in [] if instrument.is_drum else instrument.notes:
            onset, stop = (round(file.time_to_tick(t) * TICKS / file.resolution) for t in (note.start, note.end))
            rows.append([onset, stop, note.pitch, 0, 0, 0])
    piece = written.piece("", written.Score(notes=rows))
    return [notes(piece) if piece else []]


def by_abc2midi(path: Path) -> list[Notes]:
    """The notes of each tune as abc2midi plays them: once through, without grace notes and accompaniment."""
    results: list[Notes] = []
    for lines in abc.tunes(written.text(path.read_bytes())):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "tune.abc", Path(folder) / "tune.mid"
            source.write_text("\n".join(["X:1", *_once(lines)]) + "\n", encoding="latin-1", errors="replace")
            command = ["abc2midi", str(source), "1", "-o", str(target), "-quiet", "-NFNP", "-NGRA", "-NGUI"]
            subprocess.run(command, capture_output=True, timeout=30, check=False)
            results.append(notes(midi.read(target)[0]) if target.exists() else [])
    return results


def _once(lines: list[str]) -> Iterator[str]:
    """A tune without what makes abc2midi play something again."""
    body = False
    for line in lines:
        if re.match(r"[XPR]:", line):  # with R:hornpipe it swings
            continue
        music = body and not re.match(r"[A-Za-z]:[^|:]", line)
        body = body or line.startswith("K:")
        if music:
            line = re.sub(r"\[[PR]:[^\]]*\]", "", line)
            parts = _TEXTS.split(line)  # music in the even places; abc2midi plays fermatas, trills and staccato
            signs = r"[!+][A-Za-z][^!+|\s]*[!+]|[~HLMOPRSTuv]|\.(?=[A-Ga-g\[^_=(.])"
            parts[::2] = [re.sub(signs, "", part) for part in parts[::2]]
            line = "".join(parts)
            line = re.sub(r":*\|:+|:+\|+:*|::+", "|", line)
            line = re.sub(r"\|\s*\[?[1-9][0-9,.\-]*|\[[1-9][0-9,.\-]*", "|", line)
        yield line


def by_verovio(path: Path) -> list[Notes]:
    """The notes of each tune as Verovio plays them: once through, without grace notes."""
    return [_of_midi(engrave.played(text)) for text in _without_grace(path)]


def _of_midi(data: bytes) -> Notes:
    """The notes of a MIDI file that another program wrote, none of an empty one."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tune.mid"
        target.write_bytes(data)
        try:
            return notes(midi.read(target)[0])
        except Unreadable:
            return []


def _without_grace(path: Path) -> Iterator[str]:
    """The tunes of a file without grace notes, to which Verovio gives time."""
    data, suffix = path.read_bytes(), path.suffix.lower()
    if suffix == ".krn":
        rows = (line.split("\t") for line in written.text(data).splitlines())
        sung = [row if row[0][:1] in "*!=" else ["." if "q" in t.lower() else t for t in row] for row in rows]
        yield "\n".join("\t".join(row) for row in sung if set(row) != {"."})
    elif suffix == ".abc":
        for lines in abc.tunes(written.text(data)):
            yield "\n".join(["X:1", *(re.sub(r"\{[^{}]*\}", "", line) for line in _once(lines))]) + "\n"
    else:
        text = '<?xml version="1.0"?>' + partwise.text(data)  # Verovio looks for it
        yield re.sub(r"<note\b(?:(?!</note>).)*?<(?:grace|cue)\b.*?</note>", "", text, flags=re.DOTALL)


def compare(path: Path, by: str = "") -> list[Verdict]:
    """Read one file twice; one verdict for each tune."""
    reader = "midi" if path.suffix.lower() in midi.SUFFIXES else "score"
    other = _other(path, by)
    try:
        ours = readers.READERS[reader].read(path)
    except Unreadable as error:
        return [(path.name, "refused", str(error))]
    try:
        theirs = other(path)
    except Exception as error:  # whatever another program makes of a wild file
        return [(piece.name, "not compared", f"{type(error).__name__}: {str(error)[:120]}") for piece in ours]
    verdicts = []
    for piece in ours:
        number = int(piece.name[len(path.name) + 1 :] or 1)  # of the tune in its book
        tune = theirs[number - 1] if number <= len(theirs) else []
        said = difference(notes(piece), tune) if tune else "the other reader has no notes"
        verdicts.append((piece.name, "not compared" if not tune else "different" if said else "equal", said))
    return verdicts


def _other(path: Path, by: str) -> Callable[[Path], list[Notes]]:
    suffix = path.suffix.lower()
    if suffix in midi.SUFFIXES:
        return by_pretty_midi
    if suffix == ".abc" and by in ("", "abc2midi") and shutil.which("abc2midi"):
        return by_abc2midi
    if by == "music21" or (not by and suffix not in (".abc", ".krn")):
        return by_music21
    return by_verovio


def run(arguments: list[str]) -> int:
    """Compare all files of a folder; 1 where any tune differs, else 0."""
    parser = argparse.ArgumentParser(prog="riyaz compare-readers", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("folder", type=Path, help="files and folders of MIDI, MusicXML, ABC, Humdrum")
    parser.add_argument(
        "--by", choices=("music21", "verovio", "abc2midi"), default="", help="compare written music with this one"
    )
    given = parser.parse_args(arguments)
    suffixes = {*midi.SUFFIXES, *scores.SUFFIXES}
    files = [given.folder] if given.folder.is_file() else sorted(given.folder.rglob("*"))
    files = [path for path in files if path.suffix.lower() in suffixes and path.is_file()]
    if not files:
        print(
            f"riyaz compare-readers: {given.folder}: no files to compare ({' '.join(sorted(suffixes))})",
            file=sys.stderr,
        )
        return 1
    counts: dict[str, Counter] = defaultdict(Counter)
    for path, verdicts in zip(files, each(partial(compare, by=given.by), files, label="comparing"), strict=True):
        for name, outcome, said in verdicts:
            counts[path.suffix.lower()][outcome] += 1
            if outcome != "equal":
                print(f"{path.parent / name}: {outcome}: {said}")
    for suffix, outcomes in sorted(counts.items()):
        print(f"{suffix}: {', '.join(f'{count:,} {outcome}' for outcome, count in sorted(outcomes.items()))}")
    return int(any(outcomes["different"] for outcomes in counts.values()))
