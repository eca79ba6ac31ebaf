"""A folder of files to pieces, and what was skipped and why.

Nothing in a folder stops the reading of it: each file is read or skipped with a reason, and only a corpus
with nothing usable raises. Readers are pure functions of a file, so files are read in parallel, and what was
read can be kept in a cache whose keys are the file's bytes, the options and the code that reads.
"""

import inspect
import json
import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache as once
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from riyaz.music import midi, pianoroll
from riyaz.music.events import Piece, Unreadable, checked, table
from riyaz.params import Compute
from riyaz.tools import escape, guard, source, store
from riyaz.tools.parallel import stream

MAX_BYTES = 64 * 2**20  # no reader is given a larger file
SECONDS = 10.0  # for one file
MEGABYTES = 500.0
MAX_REASON = 500  # letters
COLUMNS = ("file", "status", "reason", "pieces", "events", "beats")

# What each count in `about["lost"]` says.
LOST = {
    "bends": "pitch bends, left out",
    "chord_symbols": "chord symbols over the staff, left out",
    "cue": "cue notes, which do not sound, left out",
    "damaged": "messages, notes and lengths that the format does not allow, left out or put right",
    "doubled": "notes that start together with a longer one of their pitch, left out",
    "empty_pieces": "pieces without a note, left out",
    "empty_tunes": "tunes without a note, left out",
    "grace": "grace notes, left out",
    "impossible": "tempi, metres and keys that no music has, left out",
    "incomplete_avartan": "pieces that end within an avartan",
    "key_changes": "changes of key signature; the first is kept",
    "left_on": "notes never released, kept until their track ends",
    "merged_bol": "bols written as another of the same stroke",
    "metre_changes": "changes of metre; the first is kept",
    "microtones": "notes between the keys, moved to the nearest",
    "missing_tracks": "tracks that the file announces and does not have",
    "odd_matra": "matras with an unusual number of parts, shared out evenly",
    "other_instruments": "notes of instruments that were not asked for, left out",
    "out_of_range": "notes too high or too low for MIDI, left out",
    "pedals": "times that the pedal was pressed, left out",
    "percussion": "strokes of percussion, left out",
    "repeats": "repeat marks; what they enclose is read once",
    "restruck": "notes cut short because their pitch is struck again",
    "rounded": "notes moved to a whole tick of 1/5040 beat",
    "tempo_changes": "changes of tempo; the first is kept",
    "unannounced_tracks": "tracks that the file does not announce, read like the others",
    "unknown_bol": "strokes with no known bol",
    "unknown_command": "commands that are not known, passed over",
    "zero": "notes without a length, left out",
}

Outcome = tuple[list[Piece], str]  # the pieces of a file, or why there are none
_CHILD = guard.Apart()


def _tabla(path: Path) -> list[Piece]:
    from riyaz.tabla import notation

    return [notation.read_file(path).piece(path.name)]


def _mts(path: Path) -> list[Piece]:
    from riyaz.tabla import mts

    return mts.read(path)


def _score(path: Path) -> list[Piece]:
    from riyaz.music import scores

    return scores.read(path)


@dataclass(frozen=True)
class Reader:
    """How a kind of file is read.

    Attributes
    ----------
    read : from a path, and options, to pieces named as the file, with ``#`` and more where it has several;
        raises Unreadable where it has none.
    suffixes : of the files it takes, lower case.
    module : under riyaz/, where the code begins that the result depends on.
    """

    read: Callable[..., list[Piece]]
    suffixes: tuple[str, ...]
    module: str


READERS = {
    "tabla": Reader(_tabla, (".tabla", ".txt"), "tabla/notation.py"),
    "mts": Reader(_mts, (".txt", ".csv"), "tabla/mts.py"),
    "midi": Reader(midi.read, midi.SUFFIXES, "music/midi.py"),
    "score": Reader(_score, (".xml", ".mxl", ".musicxml", ".abc", ".krn"), "music/scores.py"),
    "pianoroll": Reader(pianoroll.read, pianoroll.SUFFIXES, "music/pianoroll.py"),
}


def read_corpus(
    path: str | Path,
    reader: str,
    compute: Compute | None = None,
    cache: str | Path | None = None,
    seconds: float = SECONDS,
    megabytes: float = MEGABYTES,
    **options: Any,
) -> tuple[list[Piece], pd.DataFrame]:
    """Read all files of a folder and its subfolders into memory: `Reading` reads them one after the other.

    Parameters
    ----------
    path : a folder; or one file. Hidden files are left alone. Links are followed, each folder once, but not to
        folders outside.
    reader : a key of READERS.
    compute : see `riyaz.tools.parallel.each`; the result does not depend on it.
    cache : a folder that keeps what was read, so that only new and changed files are read; it may be deleted at
        any time. What took too much time or memory is tried again.
    seconds, megabytes : what the reading of one file may take; a file that takes more is skipped.
    options : passed to the reader if it takes them (`instrument` is for midi alone).

    Returns
    -------
    pieces : in the order of their names, which are paths relative to the folder, with ``/``, in Unicode's form C.
    files : one row per file in the order of names: `file`, `status` (``read`` or ``skipped``), `reason` (empty if
        read), the number of `pieces`, `events` and `beats`, and a column ``lost_*`` for each count of what
        reading left out or changed.

    Raises
    ------
    Unreadable : there is no such folder, or nothing in it can be used.
    ValueError : the reader is unknown.
    TypeError : no reader takes such an option.
    """
    reading = Reading(path, reader, compute, cache, seconds, megabytes, **options)
    return list(reading), reading.files


class Reading:
    """The pieces of a folder, read while one asks for them: iterate once, then `files` says what was read.

    Parameters and errors are those of `read_corpus`; that nothing can be used is known, and raised, at the end.

    Attributes
    ----------
    files : as `read_corpus` returns it; no rows before the last piece.
    """

    def __init__(
        self,
        path: str | Path,
        reader: str,
        compute: Compute | None = None,
        cache: str | Path | None = None,
        seconds: float = SECONDS,
        megabytes: float = MEGABYTES,
        **options: Any,
    ):
        self.path, self.reader, self.compute = Path(path), reader, compute
        if reader not in READERS:
            raise ValueError(f"reader is {reader!r}; it is one of {', '.join(READERS)}")
        self._task = partial(
            _outcome,
            reader=reader,
            options=_accepted(reader, options),
            cache=str(cache) if cache else None,
            budget=(seconds, megabytes),
        )
        if not os.path.exists(path):
            raise Unreadable(f"{path}: there is no such folder", "check the corpus's path in params.yaml")
        self.files = pd.DataFrame(columns=list(COLUMNS))

    def __iter__(self) -> Iterator[Piece]:
        names, given, reasons = _listed(self.path, READERS[self.reader].suffixes)
        _CHILD.end()  # one that was started before may be of older settings
        outcomes = stream(self._task, given, label=f"reading {self.path.name}", compute=self.compute)
        rows: list[dict[str, Any]] = []
        try:
            for name, why in zip(names, reasons, strict=True):
                pieces, reason = ([], why) if why else next(outcomes)
                pieces = [replace(piece, name=name + piece.name) for piece in pieces]
                rows.append(_row(name, pieces, reason))
                yield from pieces
            next(outcomes, None)  # there is no more, so that its bar ends
        finally:
            _CHILD.end()
        if not any(row["pieces"] for row in rows):
            raise Unreadable(*_nothing(self.path, self.reader, rows))
        files = pd.DataFrame(rows)
        lost = sorted(set(files.columns) - set(COLUMNS))
        files[lost] = files[lost].fillna(0).astype("int64")
        self.files = files[[*COLUMNS, *lost]]


def reasons(files: pd.DataFrame, most: int = 30) -> pd.DataFrame:
    """Why files were skipped: a row a reason with how many files and an example, the most frequent first."""
    skipped = files[files["status"] == "skipped"]
    table = skipped.groupby("reason").agg(**{"files": ("file", "size"), "such as": ("file", "first")})
    return table.sort_values("files", ascending=False, kind="stable").reset_index().head(most)


def shown(files: pd.DataFrame) -> pd.DataFrame:
    """The table of files for a reader: without columns that say nothing here."""
    counts = [column for column in files.columns if column.startswith("lost_") and files[column].any()]
    skipped = bool((files["status"] == "skipped").any())
    columns = ["file", *["status"] * skipped, "pieces", "events", "beats", *counts, *["reason"] * skipped]
    return files[columns].rename(columns=lambda name: name.replace("lost_", "").replace("_", " "))


def lost(files: pd.DataFrame) -> pd.DataFrame:
    """What reading left out or changed in all files: what, how many, and what that is; no rows for nothing."""
    counts = files.filter(like="lost_").sum().rename(lambda name: name.removeprefix("lost_"))
    counts = counts[counts > 0]
    columns = {"what": counts.index.str.replace("_", " "), "how many": counts.to_numpy()}
    return pd.DataFrame(columns).assign(**{"that is": [LOST.get(name, "") for name in counts.index]})


def _accepted(reader: str, options: dict[str, Any]) -> dict[str, Any]:
    """The options that this reader takes; those of other readers are dropped."""
    known = {name: set(list(inspect.signature(r.read).parameters)[1:]) for name, r in READERS.items()}
    strange = sorted(set(options) - set().union(*known.values()))
    if strange:
        raise TypeError(f"no reader takes the option {strange[0]!r}")
    return {option: value for option, value in sorted(options.items()) if option in known[reader]}


def _listed(root: Path, suffixes: tuple[str, ...]) -> tuple[list[str], list[str], list[str]]:
    """Names in order, paths of the files to read, and for each name why it is not to be read (or nothing)."""
    entries = [(root.name, str(root), "")] if root.is_file() else list(_walk(str(root)))
    named: dict[str, tuple[str, str]] = {}
    again: Counter = Counter()
    for plain, file, why in sorted(entries, key=lambda entry: entry[:2]):
        name = plain
        while name in named:  # two spellings of one name in Unicode, or bytes that are no text
            again[plain] += 1
            name = f"{plain}~{again[plain] if again[plain] > 1 else ''}"
        named[name] = file, why or _unfit(file, suffixes)
    return list(named), [file for file, why in named.values() if not why], [why for _, why in named.values()]


def _walk(root: str) -> Iterator[tuple[str, str, str]]:
    """(name, path, why it cannot be entered) of all files below a folder."""
    base = os.path.realpath(root)
    seen: set[tuple[int, int]] = set()  # device and number of each folder
    todo = [root]
    while todo:
        folder = todo.pop()
        name = _name(folder, Path(root))
        if os.path.islink(folder) and os.path.commonpath([base, os.path.realpath(folder)]) != base and folder != root:
            yield name, folder, "is a link to a folder outside the corpus (copy the folder here, or remove the link)"
            continue
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen:
                yield name, folder, "is a link to a folder that is read already (remove the link)"
                continue
            seen.add((status.st_dev, status.st_ino))
            entries = sorted(os.listdir(folder))
        except OSError as error:
            yield name, folder, _denied(error)
            continue
        folders = []
        for entry in entries:
            path = os.path.join(folder, entry)
            if entry.startswith("."):
                continue
            if os.path.isdir(path):
                folders.append(path)
            else:
                yield _name(path, Path(root)), path, ""
        # real folders before links to them, each in the order of names
        todo += sorted(folders, key=lambda path: (os.path.islink(path), path), reverse=True)


def _name(file: str, root: Path) -> str:
    """The path below the root with slashes; bytes that are no text, and line ends, become question marks."""
    name = Path(file).relative_to(root).as_posix()
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\ufffd", "?")
    name = "".join("?" if unicodedata.category(letter) == "Cc" else letter for letter in name)
    return unicodedata.normalize("NFC", name)


def _too_large() -> Unreadable:
    return Unreadable(f"is larger than {MAX_BYTES // 2**20} MB", "split it")


def _denied(error: OSError) -> str:
    return f"may not be read: {error.strerror or error} (check its permissions)"


def _unfit(file: str, suffixes: tuple[str, ...]) -> str:
    """Why a file is not even opened, or nothing."""
    suffix = Path(file).suffix.lower()
    if suffix not in suffixes:
        other = [f"; {name} takes {suffix}" for name, reader in READERS.items() if suffix in reader.suffixes]
        return f"has the suffix {suffix or '(none)'} (this reader takes {' '.join(suffixes)}{''.join(other)})"
    try:
        status = os.stat(file)
    except FileNotFoundError:
        return "is a broken link (remove it)"
    except OSError as error:
        return _denied(error)
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file (remove it)"
    return "" if status.st_size <= MAX_BYTES else str(_too_large())


def _outcome(
    file: str, reader: str, options: dict[str, Any], cache: str | None, budget: tuple[float, float]
) -> Outcome:
    """The pieces of one file, named by what follows the file's name, or why there are none."""
    try:
        entry = Path(cache) / _key(file, reader, options) if cache else None
        return store.cached(entry, lambda: _guarded(file, reader, options, *budget), _save, _load)
    except Unreadable as error:
        return [], str(error)
    except OSError as error:
        return [], _denied(error)
    except guard.Exceeded as error:
        return [], f"{error} (leave it out, or raise explore.seconds or explore.megabytes)"


def _guarded(file: str, reader: str, options: dict[str, Any], seconds: float, megabytes: float) -> Outcome:
    return _CHILD.call(_read, file, reader, options, seconds=seconds, megabytes=megabytes)


def _read(file: str, reader: str, options: dict[str, Any]) -> Outcome:
    base = Path(file).name
    try:
        pieces = [checked(piece) for piece in READERS[reader].read(Path(file), **options) if len(piece.events)]
    except Unreadable as error:
        return [], " ".join(escape.line(error).split())[:MAX_REASON]
    except (OSError, MemoryError):
        raise
    except Exception as error:  # whatever a parser does with a wild file, the others are read
        first = escape.line((str(error).splitlines() or [""])[0][:200])
        return [], f"cannot be parsed: {type(error).__name__}: {first} (repair it, or leave it out)"
    pieces = [replace(p, name=p.name.removeprefix(base)) for p in pieces]
    return pieces, "" if pieces else "has no music (leave it out)"


def _row(name: str, pieces: list[Piece], reason: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "file": name,
        "status": "skipped" if reason else "read",
        "reason": reason,
        "pieces": len(pieces),
        "events": sum(len(piece.events) for piece in pieces),
        "beats": float(sum(piece.beats for piece in pieces)),
    }
    for piece in pieces:
        for key, count in piece.about.get("lost", {}).items():
            row[f"lost_{key}"] = row.get(f"lost_{key}", 0) + count
    return row


def _nothing(path: Path, reader: str, rows: list[dict[str, Any]]) -> tuple[str, str]:
    if not rows:
        return f"{path}: the folder is empty", f"put files there ({' '.join(READERS[reader].suffixes)})"
    examples = "; ".join(f"{row['file']} {row['reason']}" for row in rows[:3])
    return f"{path}: nothing can be used by the reader {reader}, of {len(rows):,} files; {examples}", "see the reasons"


# --- the cache: one JSON file an outcome -------------------------------------------------------------------


@once
def _code(reader: str) -> str:
    """What an outcome depends on beside the file and the options: the code that reads."""
    return source.table(Path(__file__), source.SRC / "riyaz" / READERS[reader].module)


def _key(file: str, reader: str, options: dict[str, Any]) -> str:
    with open(file, "rb") as given:
        content = given.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:  # some files of the system say that they are empty, and have no end
        raise _too_large()
    return f"{store.digest(reader, options, _code(reader), Path(file).suffix.lower(), content)}.json"


def _save(outcome: Outcome, entry: Path) -> None:
    pieces, reason = outcome
    own = [{"name": p.name, "about": p.about, **p.events.to_dict("list")} for p in pieces]
    entry.write_text(json.dumps({"reason": reason, "pieces": own}), encoding="utf-8")


def _load(entry: Path) -> Outcome:
    content = json.loads(entry.read_text(encoding="utf-8"))
    pieces = [
        Piece(p["name"], table(p["onset"], p["duration"], p["symbols"], p["held"], p.get("velocity")), p["about"])
        for p in content["pieces"]
    ]
    return pieces, content["reason"]
