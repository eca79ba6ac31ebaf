import os
import re
import resource
import signal
import socket
import sys
import threading
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import samples
from test_midi import NOTE, WHOLE, midi_file, off, on, track

from riyaz.music import readers
from riyaz.music.events import PITCHES, Unreadable
from riyaz.music.readers import read_corpus
from riyaz.tools import fuzz

GOOD = midi_file(NOTE)
OTHER = midi_file(track((0, on(64)), (960, off(64))))


@pytest.fixture
def folder(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    return corpus


def fill(folder, **files):
    for name, data in files.items():
        (folder / f"{name}.mid").write_bytes(data)


def why(files, name):
    (row,) = files[files["file"] == name].to_dict("records")
    assert row["status"] == "skipped"
    assert row["pieces"] == row["events"] == row["beats"] == 0
    return row["reason"]


def test_files_are_read_in_the_order_of_their_names(folder):
    (folder / "b").mkdir()
    fill(folder, c=GOOD, a=OTHER)
    fill(folder / "b", z=GOOD)
    pieces, files = read_corpus(folder, "midi")
    assert [piece.name for piece in pieces] == ["a.mid", "b/z.mid", "c.mid"] == files["file"].tolist()
    assert files["status"].tolist() == ["read"] * 3
    assert files[["reason", "pieces", "events", "beats"]].to_numpy().tolist() == [
        ["", 1, 1, 2.0],
        ["", 1, 1, 1.0],
        ["", 1, 1, 1.0],
    ]
    assert tuple(files.columns[:6]) == readers.COLUMNS
    assert files["lost_percussion"].tolist() == [0, 0, 0]


def test_each_bad_file_is_in_the_table_with_its_reason(folder):
    chord = track(*[(0, on(p)) for p in range(40, 80)], *[(9, off(p)) for p in range(40, 80)])
    fill(folder, good=GOOD, chord=midi_file(chord), cut=WHOLE[:40], empty=b"", silent=midi_file(track()))
    fill(folder, text=b"X:1\nK:C\nCDEF|", image=b"\x89PNG\r\n\x1a\n" + bytes(99), huge=bytes(2**24 + 1))
    (folder / "notes.txt").write_text("buy strings")
    (folder / "nothing").write_bytes(GOOD)
    (folder / ".hidden.mid").write_bytes(GOOD)
    pieces, files = read_corpus(folder, "midi")
    assert [piece.name for piece in pieces] == ["chord.mid", "good.mid"]
    assert len(files) == 10
    assert "is cut off" in why(files, "cut.mid")
    assert "is empty" in why(files, "empty.mid")
    assert "has no notes" in why(files, "silent.mid")
    assert "is no MIDI file" in why(files, "text.mid")
    assert "is no MIDI file" in why(files, "image.mid")
    assert "is larger than" in why(files, "huge.mid")
    assert why(files, "notes.txt").startswith("has the suffix .txt (this reader takes .mid")
    assert why(files, "notes.txt").endswith("; tabla takes .txt; mts takes .txt)")
    assert "has the suffix (none)" in why(files, "nothing")


def test_five_thousand_files_with_three_good_ones(folder):
    for k in range(4997):
        (folder / f"{k:04}.mid").write_bytes(b"no music")
    fill(folder, x=GOOD, y=GOOD, z=OTHER)
    pieces, files = read_corpus(folder, "midi")
    assert [piece.name for piece in pieces] == ["x.mid", "y.mid", "z.mid"]
    assert files["status"].value_counts().to_dict() == {"skipped": 4997, "read": 3}


def test_links_are_followed_once_and_loops_end(folder):
    (folder / "a").mkdir()
    fill(folder / "a", one=GOOD)
    (folder / "a" / "up").symlink_to(folder)
    (folder / "z").symlink_to(folder / "a")
    (folder / "gone.mid").symlink_to(folder / "nowhere.mid")
    (folder / "itself.mid").symlink_to("itself.mid")
    (folder / "linked.mid").symlink_to(folder / "a" / "one.mid")
    pieces, files = read_corpus(folder, "midi")
    assert [piece.name for piece in pieces] == ["a/one.mid", "linked.mid"]
    assert "is read already" in why(files, "a/up")
    assert "is read already" in why(files, "z")
    assert "is a broken link" in why(files, "gone.mid")
    assert "may not be read" in why(files, "itself.mid")


def test_a_file_and_a_folder_that_may_not_be_read(folder, monkeypatch):
    fill(folder, good=GOOD, secret=GOOD)
    (folder / "private").mkdir()
    listdir, read = os.listdir, readers.midi.Path.read_bytes

    def refuse(path):
        if "private" in str(path) or "secret" in str(path):
            raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "listdir", lambda path: refuse(path) or listdir(path))
    monkeypatch.setattr(readers.midi.Path, "read_bytes", lambda path: refuse(path) or read(path))
    pieces, files = read_corpus(folder, "midi", compute=samples.compute(1))
    assert [piece.name for piece in pieces] == ["good.mid"]
    for name in ("private", "secret.mid"):
        assert why(files, name) == "may not be read: Permission denied (check its permissions)"


def test_a_pipe_with_a_midi_suffix_is_not_waited_for(folder):
    fill(folder, good=GOOD)
    os.mkfifo(folder / "pipe.mid")
    reading = threading.Thread(target=read_corpus, args=(folder, "midi"), daemon=True)
    reading.start()
    reading.join(20)
    assert not reading.is_alive()
    assert "is no regular file" in why(read_corpus(folder, "midi")[1], "pipe.mid")


def test_names_of_all_scripts_and_of_scripts(folder):
    composed, decomposed = unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")
    markup = "<script>alert(1)<" + "∕script>"
    fill(folder, **{"तबला": GOOD, composed: GOOD, decomposed: OTHER, markup: GOOD, "a#3": GOOD})
    (folder / os.fsdecode(b"\xff.mid")).write_bytes(GOOD)
    pieces, files = read_corpus(folder, "midi")
    names = [piece.name for piece in pieces]
    assert names == files["file"].tolist() == sorted(set(names))
    assert set(names) == {"तबला.mid", "é.mid", "é.mid~", f"{markup}.mid", "a#3.mid", "?.mid"}
    pd.DataFrame({"name": names}).to_json()  # no half characters are left


def test_a_file_that_no_reader_should_open(folder, monkeypatch):
    monkeypatch.setattr(readers, "MAX_BYTES", 2**20)
    fill(folder, a=GOOD, b=bytes(2**20 + 1))
    assert why(read_corpus(folder, "midi")[1], "b.mid") == "is larger than 1 MB (split it)"


def test_a_reader_that_fails_in_any_way_does_not_stop_the_others(folder, monkeypatch):
    fill(folder, a=GOOD, b=GOOD)

    def read(path):
        if path.name == "a.mid":
            raise ZeroDivisionError("division\nby zero")
        return readers.midi.read(path)

    monkeypatch.setitem(readers.READERS, "wild", readers.Reader(read, (".mid",), "music/midi.py"))
    pieces, files = read_corpus(folder, "wild", compute=samples.compute(1))
    assert [piece.name for piece in pieces] == ["b.mid"]
    assert why(files, "a.mid") == "cannot be parsed: ZeroDivisionError: division (repair it, or leave it out)"


def test_one_file_is_a_corpus_too(folder):
    fill(folder, a=GOOD, b=GOOD)
    pieces, _ = read_corpus(folder / "b.mid", "midi")
    assert [piece.name for piece in pieces] == ["b.mid"]


def test_a_corpus_with_nothing_usable_says_why(folder):
    with pytest.raises(Unreadable, match=r"corpus: the folder is empty \(put files there"):
        read_corpus(folder, "midi")
    fill(folder, a=b"no", b=b"", c=WHOLE[:-1], d=b"no")
    with pytest.raises(
        Unreadable, match=r"of 4 files; a.mid is no MIDI file.*; b.mid is empty.*; c.mid is cut off"
    ) as e:
        read_corpus(folder, "midi")
    assert "\n" not in str(e.value)
    with pytest.raises(Unreadable, match="there is no such folder"):
        read_corpus(folder / "nowhere", "midi")


def test_readers_and_options_that_do_not_exist(folder):
    fill(folder, a=GOOD)
    with pytest.raises(ValueError, match="reader is 'mid'; it is one of tabla, mts, midi, score, pianoroll"):
        read_corpus(folder, "mid")
    with pytest.raises(TypeError, match="no reader takes the option 'instruments'"):
        read_corpus(folder, "midi", instruments="all")


def test_options_reach_the_reader_that_takes_them(folder):
    fill(folder, a=midi_file(NOTE, track((0, on(67, 1)), (480, off(67, 1)))))
    _, files = read_corpus(folder, "midi", instrument="first")
    assert files["lost_other_instruments"].tolist() == [1]
    (folder / "roll.json").write_text('{"train": [[[60]]]}')
    pieces, _ = read_corpus(folder, "pianoroll", instrument="first")
    assert [piece.name for piece in pieces] == ["roll.json#train-1"]


def test_all_readers_of_the_table_can_be_imported():
    for name, reader in readers.READERS.items():
        with pytest.raises((Unreadable, OSError)):
            reader.read(readers.Path("nowhere") / f"a{reader.suffixes[0]}")
        assert reader.module in readers._code(name)


def test_the_number_of_workers_changes_nothing(folder, monkeypatch):
    monkeypatch.setattr("riyaz.tools.parallel.PATIENCE", 0)
    monkeypatch.setattr("riyaz.tools.parallel._SAMPLE", -1)
    fill(folder, **{f"p{k:02}": midi_file(track((k, on(60)), (480, off(60)))) for k in range(20)}, bad=b"")
    one, two = (read_corpus(folder, "midi", compute=samples.compute(workers)) for workers in (1, 2))
    same(one, two)


def same(one, two):
    assert [(piece.name, piece.about) for piece in one[0]] == [(piece.name, piece.about) for piece in two[0]]
    for a, b in zip(one[0], two[0], strict=True):
        pd.testing.assert_frame_equal(a.events, b.events)
    pd.testing.assert_frame_equal(one[1], two[1])


# --- the cache ---------------------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch):
    """Names of the files that are really read."""
    names = []
    guarded = readers._guarded
    monkeypatch.setattr("riyaz.tools.parallel.PATIENCE", float("inf"))  # no workers, which do not know of the list
    monkeypatch.setattr(readers, "_guarded", lambda file, *rest: names.append(Path(file).name) or guarded(file, *rest))
    return names


def test_only_new_and_changed_files_are_read_again(folder, tmp_path, reads):
    fill(folder, a=GOOD, b=OTHER, c=b"bad")
    first = read_corpus(folder, "midi", cache=tmp_path / "cache")
    assert reads == ["a.mid", "b.mid", "c.mid"]
    same(first, read_corpus(folder, "midi", cache=tmp_path / "cache"))
    assert len(reads) == 3
    fill(folder, b=midi_file(track((0, on(50)), (99, off(50)))), d=WHOLE)
    pieces, _ = read_corpus(folder, "midi", cache=tmp_path / "cache")
    assert reads[3:] == ["b.mid", "d.mid"]
    assert pieces[1].events["symbols"].tolist() == [["D3"]]


def test_a_file_that_moves_is_not_read_again_and_takes_its_new_name(folder, tmp_path, reads):
    fill(folder, a=GOOD)
    read_corpus(folder, "midi", cache=tmp_path / "cache")
    (folder / "a.mid").rename(folder / "b.mid")
    pieces, files = read_corpus(folder, "midi", cache=tmp_path / "cache")
    assert reads == ["a.mid"]
    assert pieces[0].name == files["file"][0] == "b.mid"


def test_other_options_and_other_code_read_again(folder, tmp_path, reads, monkeypatch):
    fill(folder, a=GOOD)
    read_corpus(folder, "midi", cache=tmp_path / "cache")
    read_corpus(folder, "midi", cache=tmp_path / "cache", instrument="first")
    assert len(reads) == 2
    monkeypatch.setattr(readers, "_code", lambda reader: "another version")
    read_corpus(folder, "midi", cache=tmp_path / "cache")
    assert len(reads) == 3


def test_a_damaged_entry_is_made_again_and_none_is_half_written(folder, tmp_path, reads):
    fill(folder, a=GOOD)
    first = read_corpus(folder, "midi", cache=tmp_path / "cache")
    (entry,) = (tmp_path / "cache").iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2])
    same(first, read_corpus(folder, "midi", cache=tmp_path / "cache"))
    assert [path.read_bytes() for path in (tmp_path / "cache").iterdir()] == [whole]
    assert len(reads) == 2


def test_every_count_of_what_is_lost_is_explained(folder):
    (folder / "a.mid").write_bytes(GOOD)
    counted = set(read_corpus(folder, "midi")[0][0].about["lost"])
    scores = (f"music/{name}.py" for name in ("scores", "written", "abc", "humdrum", "partwise"))
    for module in (*scores, "music/pianoroll.py", "tabla/mts.py"):
        source = (Path(readers.__file__).parents[1] / module).read_text(encoding="utf-8")
        counted |= set(re.findall(r'lost(?:"\])?\["(\w+)"\]', source))
    assert {"zero", "grace", "pedals", "unknown_bol", "empty_pieces"} <= counted
    assert counted - set(readers.LOST) == set()


# --- hostile input -----------------------------------------------------------------------------------------


def wild(monkeypatch, acts):
    """A reader that does something else with some files."""

    def read(path):
        acts.get(path.name, lambda: None)()
        return readers.midi.read(path)

    monkeypatch.setitem(readers.READERS, "wild", readers.Reader(read, (".mid",), "music/midi.py"))


def busy():
    while True:
        pass


def stuck():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    time.sleep(60)


def test_a_reader_that_dies_or_hangs_takes_one_file_with_it(folder, monkeypatch):
    fill(folder, a=GOOD, b=GOOD, c=GOOD, d=GOOD, e=GOOD, f=GOOD, g=GOOD, h=GOOD, i=GOOD)
    acts = {
        "b.mid": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "c.mid": busy,
        "d.mid": lambda: os._exit(3),
        "e.mid": stuck,
        "f.mid": lambda: bytes(2**30),
        "h.mid": os.abort,
    }
    wild(monkeypatch, acts)
    pieces, files = read_corpus(folder, "wild", compute=samples.compute(1), seconds=0.5, megabytes=300)
    assert [piece.name for piece in pieces] == ["a.mid", "g.mid", "i.mid"]
    allow = "(leave it out, or raise explore.seconds or explore.megabytes)"
    assert why(files, "b.mid") == f"ended the process that read it (signal SIGSEGV) {allow}"
    assert why(files, "c.mid") == why(files, "e.mid") == f"took more than 0.5 s {allow}"
    assert why(files, "d.mid") == f"ended the process that read it (exit code 3) {allow}"
    assert why(files, "h.mid") == f"ended the process that read it (signal SIGABRT) {allow}"
    assert why(files, "f.mid") == f"needs more than 300 MB of memory {allow}"


@pytest.mark.parametrize("name", sorted(readers.READERS))
def test_any_reader_may_die_or_hang_and_takes_one_file_with_it(folder, monkeypatch, name):
    """Whatever a reader is written in: each file is read in a process of its own kind, with a budget."""
    reader, (suffix, good) = readers.READERS[name], fuzz.SEEDS[name][0]
    acts = {"b": os.abort, "c": busy, "e": lambda: bytes(2**31), "f": lambda: sys.exit(1)}
    for stem in "abcdef":
        (folder / f"{stem}{suffix}").write_bytes(good)

    def read(path):
        acts.get(path.stem, lambda: None)()
        return reader.read(path)

    monkeypatch.setitem(readers.READERS, name, replace(reader, read=read))
    before = resource.getrlimit(resource.RLIMIT_AS)
    pieces, files = read_corpus(folder, name, compute=samples.compute(1), seconds=2, megabytes=1500)
    assert {piece.name[0] for piece in pieces} == {"a", "d"}
    assert "signal SIGABRT" in why(files, f"b{suffix}")
    assert "took more than 2 s" in why(files, f"c{suffix}")
    assert "needs more than 1500 MB" in why(files, f"e{suffix}")
    assert "ended the process" in why(files, f"f{suffix}")
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_threads_share_the_child_by_turns(folder):
    fill(folder, **{f"p{k:02}": midi_file(track((k, on(60 + k)), (480, off(60 + k)))) for k in range(24)})
    paths = sorted(map(str, folder.iterdir()))
    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda path: readers._outcome(path, "midi", {}, None, (10, 500)), paths))
    last = [pieces[0].events["symbols"].tolist()[-1] for pieces, _ in outcomes]
    assert last == [[PITCHES[60 + k]] for k in range(24)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_entered(folder):
    fill(folder, good=GOOD)
    (folder / "private").mkdir(mode=0)
    (folder / "secret.mid").touch(mode=0)
    try:
        pieces, files = read_corpus(folder, "midi")
        assert [piece.name for piece in pieces] == ["good.mid"]
        for name in ("private", "secret.mid"):
            assert why(files, name) == "may not be read: Permission denied (check its permissions)"
    finally:
        (folder / "private").chmod(0o700)


def test_sockets_and_endless_files_are_not_opened(folder):
    fill(folder, good=GOOD)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(folder / "socket.mid"))
        (folder / "random.mid").symlink_to("/dev/urandom")
        (folder / "tty.mid").symlink_to("/dev/tty")
        (folder / "self.mid").symlink_to("/proc/self/mem")
        files = read_corpus(folder, "midi")[1]
    for name in ("socket", "random", "tty"):
        assert "is no regular file" in why(files, f"{name}.mid")
    assert why(files, "self.mid")


@pytest.mark.skipif(not os.path.exists("/proc/self/pagemap"), reason="no /proc")
def test_a_file_that_says_it_is_empty_and_has_no_end(folder):
    fill(folder, good=GOOD)
    (folder / "pages.mid").symlink_to("/proc/self/pagemap")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = read_corpus(folder, "midi", cache=folder.parent / "cache")[1]
    assert "is larger than 64 MB" in why(files, "pages.mid")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 2**10


def test_a_reason_is_one_line_of_text_that_a_file_can_hold(folder, monkeypatch):
    fill(folder, a=GOOD, b=GOOD)

    def read(path):
        if path.name == "a.mid":
            raise Unreadable("half \ud800 \x1b[2J\nand\u2028more" + "x" * 10_000, "mend it")
        raise ValueError("half \ud800")

    monkeypatch.setitem(readers.READERS, "wild", readers.Reader(read, (".mid",), "music/midi.py"))
    with pytest.raises(Unreadable):
        read_corpus(folder, "wild")
    outcome = readers._outcome(str(folder / "a.mid"), "wild", {}, None, (10, 500))[1]
    outcome.encode()
    assert outcome.startswith("half ? [2J and more")
    assert len(outcome) <= readers.MAX_REASON
    readers._outcome(str(folder / "b.mid"), "wild", {}, None, (10, 500))[1].encode()


def test_texts_of_a_file_are_one_line_that_a_file_can_hold(folder, monkeypatch):
    def read(path):
        (piece,) = readers.midi.read(path)
        piece.about.update(title="a\n\ud800" + "b" * 5000, sections=[{"name": "x\x00y"}])
        return [piece]

    monkeypatch.setitem(readers.READERS, "wild", readers.Reader(read, (".mid",), "music/midi.py"))
    fill(folder, a=GOOD)
    (piece,), _ = read_corpus(folder, "wild")
    assert piece.about["title"] == "a ?" + "b" * 997
    assert piece.about["sections"] == [{"name": "x y"}]


def test_a_file_over_its_budget_is_tried_again(folder, tmp_path, monkeypatch):
    fill(folder, a=GOOD, b=GOOD)
    wild(monkeypatch, {"a.mid": busy})
    assert len(read_corpus(folder, "wild", compute=samples.compute(1), seconds=0.2, cache=tmp_path / "cache")[0]) == 1
    wild(monkeypatch, {})
    assert len(read_corpus(folder, "wild", compute=samples.compute(1), cache=tmp_path / "cache")[0]) == 2


def test_what_a_piece_says_is_checked_whatever_the_reader(folder, monkeypatch):
    def read(path):
        (piece,) = readers.midi.read(path)
        piece.about.update(tempo=6e7, metre="4/0")
        return [piece]

    monkeypatch.setitem(readers.READERS, "wild", readers.Reader(read, (".mid",), "music/midi.py"))
    fill(folder, a=GOOD)
    pieces, files = read_corpus(folder, "wild")
    assert not {"tempo", "metre"} & set(pieces[0].about)
    assert files["lost_impossible"].tolist() == [2]


def test_devices_sparse_files_and_links_out_of_the_folder(folder, tmp_path):
    fill(folder, good=GOOD)
    (folder / "zero.mid").symlink_to("/dev/zero")
    with (folder / "sparse.mid").open("wb") as file:
        file.truncate(20 * 2**30)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "other.mid").write_bytes(OTHER)
    (folder / "root").symlink_to("/")
    (folder / "out").symlink_to(tmp_path / "outside")
    (folder / "one.mid").symlink_to(tmp_path / "outside" / "other.mid")
    pieces, files = read_corpus(folder, "midi")
    assert [piece.name for piece in pieces] == ["good.mid", "one.mid"]
    assert "is no regular file" in why(files, "zero.mid")
    assert "is larger than 64 MB" in why(files, "sparse.mid")
    assert "outside the corpus" in why(files, "root")
    assert "outside the corpus" in why(files, "out")


def test_names_in_any_bytes_are_one_line_each_and_differ(folder):
    for name in (b"\xff.mid", b"\xfe.mid", b"\xfd.mid", b"a\nb.mid", b"\x1b[2J.mid", b"\xe0\xa4.mid"):
        (folder / os.fsdecode(name)).write_bytes(GOOD)
    names = read_corpus(folder, "midi")[1]["file"].tolist()
    assert sorted(names) == ["?.mid", "?.mid~", "?.mid~2", "?.mid~3", "?[2J.mid", "a?b.mid"]


def test_a_thousand_folders_in_each_other(folder):
    deep = folder
    for _ in range(900):
        deep = deep / "d"
    os.makedirs(deep)
    (deep / "a.mid").write_bytes(GOOD)
    assert len(read_corpus(folder, "midi")[0]) == 1
