"""Read thousands of damaged files: ``python -m riyaz fuzz [--inputs N] [--seconds S] [--seed K] [--keep FOLDER]``.

Small good files of every kind are changed at random: bytes flipped, deleted, doubled, put in from other files and from
a list of awkward ones. Each is read as `riyaz.music.readers` reads it. A file may be read or refused with `Unreadable`;
anything else (another exception, a crash, a hang, events that break the rules) is reported, with the seed and number
that make the input again.
"""

import argparse
import io
import json
import pickle
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import scipy.io

from riyaz.music import readers
from riyaz.music.events import Unreadable, checked
from riyaz.tools import guard

INPUTS = 100_000
SECONDS = 60.0  # for all inputs
BUDGET = {"seconds": 10.0, "megabytes": 500.0}  # for one

_NOTES = b"".join(bytes([0, 0x90, pitch, 64, 0x83, 0x60, 0x80, pitch, 0]) for pitch in (60, 64, 67, 60))
_TRACK = b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x04\x02\x18\x08\x00\xff\x59\x02\x01\x00" + _NOTES
_MORE = b"\x00\xf0\x03\x43\x12\xf7\x00\xc0\x05\x10\x90\x3c\x40\x20\x3e\x40\x20\x3c\x00\x00\xb0\x7b\x00"


def _midi(*tracks: bytes) -> bytes:
    chunks = (b"MTrk" + struct.pack(">I", len(data) + 4) + data + b"\x00\xff\x2f\x00" for data in tracks)
    return b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), 480) + b"".join(chunks)


def _matlab(compressed: bool = False) -> bytes:
    file, cells = io.BytesIO(), np.empty((1, 2), object)
    cells[0, 0], cells[0, 1] = np.eye(3, 88, dtype=np.uint8), np.eye(1, 88)
    content = {"traindata": cells} if compressed else {"traindata": np.eye(3, 88), "testdata": np.eye(2, 128)}
    scipy.io.savemat(file, content, do_compression=compressed)
    data = file.getvalue()
    return b"MATLAB 5.0 MAT-file".ljust(116) + data[116:]  # without the date


def _packed(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        container = '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
        for name, content in (("META-INF/container.xml", container), ("a.xml", text)):
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return file.getvalue()


def _riff(data: bytes) -> bytes:
    chunks = b"LIST" + struct.pack("<I", 4) + b"INFO" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"RMID" + chunks


_XML = """<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0"><part-list><score-part id="P1">
<part-name>Flute</part-name></score-part></part-list><part id="P1"><measure number="1"><attributes>
<divisions>2</divisions><key><fifths>1</fifths></key>
<time><beats>4</beats><beat-type>4</beat-type></time></attributes><sound tempo="90"/>
<note><pitch><step>C</step><alter>1</alter><octave>4</octave></pitch><duration>4</duration><tie type="start"/></note>
<note><chord/><pitch><step>E</step><octave>4</octave></pitch><duration>4</duration></note><backup><duration>2</duration>
</backup><forward><duration>2</duration></forward><note><rest/><duration>4</duration></note></measure></part>
</score-partwise>"""
_ABC = "X:1\nT:Tune\nM:6/8\nL:1/8\nQ:1/4=100\nK:Dmix\n|:A2B c>d ^e|[CEG]3 (3abc z2|{g}a3-a2 Z:|\n\nX:2\nK:C\nCDEF|"
_KERN = (
    "**kern\t**kern\n*M4/4\t*M4/4\n*k[f#]\t*\n=1\t=1\n4c\t2.e 2.g\n8d\t.\n*^\t*\n4e\t4r\t4C\n*v\t*v\t*\n=\t=\n*-\t*-\n"
)
_VOICES = (
    "%abc-2.1\nX:1\nM:3/8+2/8\nK:none\nV:1 clef=bass\nV:2 octave=-1\n[V:1]|:(3:2:4^A=B_c{d}e/|[1[I:x]z//:|[2 Z2|]\n"
    "[V:2]C4-|&D2 x2|\nw: la _\nP:B\n[K:Hp][M:none][L:1/16]u.~c<<d|\n"
)
_SPINES = (
    "!!!OTL: Tune\n**kern\t**dynam\n*M3/4\t*\n*^\t*\n*\t*^\t*\n4.c\t[2e\t12gL\tp\n.\t.\t12a\t.\n.\t.\t12bJ\t.\n"
    "8d\t.\t8r\t.\n.\t.\t16qf\t.\n4r\t8e]\t8f\t<\n*v\t*v\t*v\t*\n=:|!\t=\n*+\t*\n*\t**kern\t*\n*x\t*x\t*\n"
    "2g\t4CC- 4c\tr\n.\t3%2D\t.\n==\t==\t==\n*-\t*-\t*-\n"
)
_TABLA = "title: Tune\ntaal: dadra\nform: kaida\n\n[theme]\nDhaTe TeDha TuNa | TaTe TeDha TuNa |\n"
_MTS = "##\nCOMPOSITION:A kaida\nTYPE:KAYDA\nTALA:TINTAL\n##\n''Theme''\n!S:2\n" + "DHA DHA;TE TE;DHA,NA -;TU NA;\n" * 4

# reader: (suffix, good file)
SEEDS: dict[str, list[tuple[str, bytes]]] = {
    "midi": [
        (".mid", _midi(_TRACK)),
        (".mid", _midi(_TRACK, _NOTES + _MORE)),
        (".mid", _midi(_MORE * 3)),
        (".rmi", _riff(_midi(_TRACK))),
    ],
    "pianoroll": [
        (".json", json.dumps({"train": [[[60, 64.0], [62, -1], []]], "test": [[[60]]]}).encode()),
        (".pickle", pickle.dumps({"train": [[(60, 64), (62,), ()]], "test": [[(60,)]]}, protocol=0)),
        (".pkl", pickle.dumps({"train": [[(60, 64), (62,), ()]], "test": [[(60,)]]}, protocol=4)),
        (".mat", _matlab()),
        (".mat", _matlab(compressed=True)),
    ],
    "score": [
        (".musicxml", _XML.encode()),
        (".mxl", _packed(_XML)),
        (".abc", _ABC.encode()),
        (".abc", _VOICES.encode()),
        (".krn", _KERN.encode()),
        (".krn", _SPINES.encode()),
    ],
    "tabla": [(".tabla", _TABLA.encode())],
    "mts": [(".txt", _MTS.encode())],
}
AWKWARD = [
    b"\x00",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\xff\xff\xff\x7f",
    b"\xf0",
    b"\xf7",
    b"0",
    b"-1",
    b"1e999",
    b"NaN",
    b"inf",
]
AWKWARD += [
    b"99999999999",
    b"1/0",
    b"4/0",
    b"/",
    b"//",
    b"[",
    b"]",
    b"(",
    b"{",
    b"}",
    b"<",
    b">",
    b"&",
    b"\n",
    b"\r",
    b"\t",
]
AWKWARD += [
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    "तिन".encode(),
    b"*^",
    b"*v",
    b"*+",
    b"*-",
    b"|:",
    b":|",
    b"::",
    b"%%",
    b"w:",
    b"-",
    b"+",
]


def mutate(good: bytes, others: list[bytes], random: np.random.Generator) -> bytes:
    """Change a file in one to eight places, mostly in few; the same generator state gives the same bytes."""
    data = bytearray(good)
    for _ in range(min(int(random.geometric(0.5)), 8)):
        place = int(random.integers(0, len(data) + 1))
        length = int(random.integers(1, 9))
        match int(random.integers(0, 7)):
            case 0 if place < len(data):
                data[place] ^= 1 << int(random.integers(0, 8))
            case 1 if place < len(data):
                data[place] = int(random.integers(0, 256))
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place : place + length] * int(random.integers(1, 5))
            case 4:
                other = others[int(random.integers(0, len(others)))]
                start = int(random.integers(0, len(other)))
                data[place:place] = other[start : start + 4 * length]
            case 5:
                data[place : place + length] = AWKWARD[int(random.integers(0, len(AWKWARD)))]
            case 6 if random.random() < 0.2:
                del data[place:]
    return bytes(data)


def inputs(seed: int, chosen: list[str]) -> Iterator[tuple[int, str, str, bytes]]:
    """(number, reader, suffix, bytes) without end, the readers by turns; the same for the same seed and readers."""
    number = 0
    while True:
        for name in chosen:
            random = np.random.default_rng([seed, number])
            seeds = SEEDS[name]
            suffix, good = seeds[int(random.integers(0, len(seeds)))]
            yield number, name, suffix, mutate(good, [data for _, data in seeds], random)
            number += 1


def attempt(path: str, reader: str) -> str:
    """Read a file as the readers do: ``read``, ``refused``, or what is wrong."""
    try:
        with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):  # libraries talk of what they find
            pieces = readers.READERS[reader].read(Path(path))
        for piece in pieces:
            checked(piece)
    except Unreadable as error:
        if "\n" in str(error):
            return f"Unreadable of several lines: {str(error)!r}"
        return "refused"
    except MemoryError:
        raise
    except Exception as error:
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
        return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}{where}"
    return "read"


def run(arguments: list[str]) -> int:
    """Read damaged files and print what went wrong; 1 where anything did, else 0."""
    parser = argparse.ArgumentParser(prog="riyaz fuzz", description="read damaged files of every kind")
    parser.add_argument("--inputs", type=int, help=f"number of files (as many as {SECONDS:.0f} s allow)")
    parser.add_argument("--seconds", type=float, help="stop after this time (never, where --inputs is given)")
    parser.add_argument("--seed", type=int, default=0, help="of the changes (0)")
    parser.add_argument("--reader", choices=sorted(SEEDS), action="append", help="only this reader")
    parser.add_argument("--keep", type=Path, help="folder for the files that went wrong")
    given = parser.parse_args(arguments)
    most = given.inputs or INPUTS * 100
    until = time.monotonic() + (given.seconds or (float("inf") if given.inputs else SECONDS))
    chosen = given.reader or list(SEEDS)
    outcomes: dict[str, Counter] = {name: Counter() for name in chosen}
    wrong: Counter = Counter()
    child = guard.Apart()
    with tempfile.TemporaryDirectory() as folder:
        for number, name, suffix, data in inputs(given.seed, chosen):
            if number >= most or time.monotonic() > until:
                break
            path = Path(folder) / f"input{suffix}"
            path.write_bytes(data)
            try:
                outcome = child.call(attempt, str(path), name, **BUDGET)
            except guard.Exceeded as error:
                outcome = str(error)
            good = outcome in ("read", "refused")
            outcomes[name][outcome if good else "wrong"] += 1
            if good:
                continue
            wrong[name, outcome] += 1
            if wrong[name, outcome] == 1:
                print(f"{name}: seed {given.seed}, input {number}: {outcome}", file=sys.stderr)
                if given.keep:
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / f"{given.seed}-{number}{suffix}").write_bytes(data)
        child.end()
    for name, counts in outcomes.items():
        print(
            f"{name:10} {counts.total():>8,} inputs: {counts['read']:,} read, {counts['refused']:,} refused, ", end=""
        )
        print(f"{counts['wrong']:,} wrong in {sum(reader == name for reader, _ in wrong):,} ways")
    return int(bool(wrong))
