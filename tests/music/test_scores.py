import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from riyaz.music import comparison, midi, scores, written
from riyaz.music.events import NUMBERS, TICKS, Unreadable, in_a_row, to_notes, validate

music21 = pytest.importorskip("music21")
BACH = Path(music21.__file__).parent / "corpus" / "bach"
SOME = [f"bwv{name}" for name in "101.7 114.7 145.5 164.6 248.5 253 254 255 265 271 282 299".split()]


@pytest.fixture(scope="module")
def chorales():
    """Some of Bach's chorales, read from music21's scores."""
    return {name: scores.read(BACH / f"{name}.mxl")[0] for name in SOME}


def test_music21_starts_no_clock_in_a_notebook():
    code = """
import io, sys, threading
class OutStream(io.StringIO): pass  # by this name music21 knows a notebook
sys.stderr = OutStream()
{}
print(sum(isinstance(thread, threading.Timer) for thread in threading.enumerate()))
"""
    for line, clocks in (("from riyaz.music import scores; scores.library()", "0"), ("import music21", "1")):
        said = subprocess.run([sys.executable, "-c", code.format(line)], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == clocks


def abc(folder, text, name="a.abc"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return scores.read(path)


def musicxml(folder, measures):
    path = folder / "a.musicxml"
    parts = '<part-list><score-part id="P1"><part-name/></score-part></part-list>'
    path.write_text(f'<score-partwise version="4.0">{parts}<part id="P1">{measures}</part></score-partwise>')
    return scores.read(path)


def note(pitch, duration, tie=""):
    step, octave = pitch
    return (
        f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration>{tie}</note>"
    )


START = "<attributes><divisions>2</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"


# --- the same music, two ways ------------------------------------------------------------------------------


def test_real_scores_and_their_midi_have_the_same_events(chorales, tmp_path):
    for name, piece in chorales.items():
        validate(piece.events)
        midi.write(tmp_path / f"{name}.mid", piece.events, piece.about)
        (again,) = midi.read(tmp_path / f"{name}.mid")
        pd.testing.assert_frame_equal(again.events, piece.events)
        kept = {key: value for key, value in again.about.items() if key != "lost"}
        assert kept.items() <= piece.about.items()


@pytest.mark.parametrize("name", SOME[:-1])
def test_music21_finds_the_same_notes_in_the_midi_files(chorales, tmp_path, name):
    # bwv299 is not among them: where a chord is held over a bar, music21's MIDI reader moves what follows.
    path = tmp_path / f"{name}.mid"
    midi.write(path, chorales[name].events, chorales[name].about)
    parsed = music21.converter.parse(path, forceSource=True, storePickle=False, quantizePost=False)
    assert comparison._of_stream(parsed) == comparison.notes(midi.read(path)[0])


# --- reading -----------------------------------------------------------------------------------------------


def test_a_book_of_tunes_is_many_pieces(tmp_path):
    tunes = ("The First\nM:3/4\nL:1/4\nK:G\nG A B|", "Empty\nM:4/4\nK:C\n|", "The Third\nM:2/4\nL:1/8\nK:D\nd2 z2|")
    book = "\n\n".join(f"X:{number}\nT:{tune}" for number, tune in enumerate(tunes, start=1))
    first, third = abc(tmp_path, book, "book.abc")
    assert (first.name, third.name) == ("book.abc#1", "book.abc#3")
    assert (first.about["title"], third.about["title"]) == ("The First", "The Third")
    assert first.events["symbols"].tolist() == [["G4"], ["A4"], ["B4"]]
    assert third.events["symbols"].tolist() == [["D5"], []]
    assert (third.about["metre"], third.about["sharps"]) == ("2/4", 2)
    assert first.about["lost"]["empty_tunes"] == 1


def test_one_tune_keeps_the_name_of_its_file(tmp_path):
    (piece,) = abc(tmp_path, "X:1\nT:धुन\nM:4/4\nL:1/4\nK:C\nC D E F|\n")
    assert (piece.name, piece.about["title"]) == ("a.abc", "धुन")


def test_a_tune_that_leaves_its_metre_and_returns_begins_in_it():
    (tune,) = scores.read(BACH.parent / "ryansMammoth" / "42dHighlandRegimentStrathspey.abc")
    assert tune.about["metre"] == "4/4"


def test_humdrum_is_read(tmp_path):
    path = tmp_path / "a.krn"
    path.write_text("**kern\t**kern\n*M4/4\t*M4/4\n=1\t=1\n2C\t4e\n.\t4f\n2D\t2g\n==\t==\n*-\t*-\n")
    (piece,) = scores.read(path)
    assert piece.events["symbols"].tolist() == [["C3", "E4"], ["C3", "F4"], ["D3", "G4"]]
    assert piece.events["held"].tolist() == [[False, False], [True, False], [False, False]]


def test_chord_symbols_and_repeats_are_left_out_and_counted(tmp_path):
    (piece,) = abc(tmp_path, 'X:1\nT:a\nM:4/4\nL:1/4\nK:C\n|:"Am"A4|B4:|\n|:"G"c4|d4:|\n')
    assert piece.events["symbols"].tolist() == [["A4"], ["B4"], ["C5"], ["D5"]]
    assert piece.about["lost"]["chord_symbols"] == 2
    assert piece.about["lost"]["repeats"] == 4


def test_a_pick_up_begins_after_a_rest_that_fills_its_bar(tmp_path):
    bars = f'<measure number="0" implicit="yes">{START}{note("G4", 2)}</measure>'
    bars += f'<measure number="1">{note("C5", 8)}</measure>'
    (piece,) = musicxml(tmp_path, bars)
    assert piece.events["symbols"].tolist() == [[], ["G4"], ["C5"]]
    assert piece.events["onset"].tolist() == [0, 3 * TICKS, 4 * TICKS]


def test_tied_notes_are_one_and_grace_notes_are_left_out(tmp_path):
    start, stop = ('<tie type="start"/>', '<tie type="stop"/>')
    grace = "<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>"
    bars = f'<measure number="1">{START}{note("C5", 8, start)}</measure>'
    bars += f'<measure number="2">{note("C5", 2, stop)}{note("C5", 2)}{grace}{note("E5", 4)}</measure>'
    (piece,) = musicxml(tmp_path, bars)
    assert to_notes(piece.events).to_numpy().tolist() == [
        [0, 5 * TICKS, "C5"],
        [5 * TICKS, TICKS, "C5"],
        [6 * TICKS, 2 * TICKS, "E5"],
    ]
    assert piece.about["lost"]["grace"] == 1


def test_percussion_is_left_out_and_counted(tmp_path):
    stroke = (
        "<note><unpitched><display-step>E</display-step><display-octave>4</display-octave></unpitched>"
        "<duration>4</duration></note>"
    )
    (piece,) = musicxml(tmp_path, f'<measure number="1">{START}{stroke}{note("C5", 4)}</measure>')
    assert piece.events["symbols"].tolist() == [[], ["C5"]]
    assert piece.about["lost"]["percussion"] == 1


def test_a_transposing_instrument_is_read_as_it_sounds(tmp_path):
    clarinet = START.replace(
        "</attributes>", "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>"
    )
    (piece,) = musicxml(tmp_path, f'<measure number="1">{clarinet}{note("D5", 8)}</measure>')
    assert piece.events["symbols"].tolist() == [["C5"]]


def test_tempo_and_changes(tmp_path):
    tempo = '<direction><sound tempo="{}"/></direction>'
    bars = f'<measure number="1">{START}{tempo.format(93)}{note("C5", 8)}</measure>'
    change = "<attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    bars += f'<measure number="2">{change}{tempo.format(60)}{note("C5", 6)}</measure>'
    (piece,) = musicxml(tmp_path, bars)
    assert (piece.about["tempo"], piece.about["metre"]) == (93.0, "4/4")
    assert (piece.about["lost"]["tempo_changes"], piece.about["lost"]["metre_changes"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.musicxml", b"", "is empty"),
        ("a.musicxml", b"\xef\xbb\xbf \n", "is empty"),
        ("a.musicxml", b"no XML at all", "is no XML: syntax error: line 1"),
        ("a.musicxml", b"<score-partwise><part-list>", "is no XML: no element found"),
        ("a.musicxml", b'<!DOCTYPE a [<!ENTITY b "c">]><score-partwise/>', "declares entities"),
        ("a.xml", b'<?xml version="1.0"?><invoice><sum>3</sum></invoice>', "is no score but XML of the kind 'invoice'"),
        ("a.xml", b"<score-partwise/>", "has no notes"),
        ("a.mxl", b"PK\x03\x04 no archive", "is a damaged archive"),
        ("a.abc", b"X:1\nT:Only words\nM:4/4\nK:C\n", "has no notes"),
        ("a.abc", bytes(range(256)), "has no notes"),
        ("a.abc", b"\0\0", "is empty"),
        ("a.abc", b"X:1\nL:1/8\nK:C\nC99999999999|", "lasts 4,999,999,999 beats, a piece lasts at most"),
        ("a.krn", b"**text\nwords\n*-\n", "has no notes"),
        ("a.krn", b"**kern\t**kern\n4c\n*-\t*-\n", "line 2: 1 tokens for 2 spines"),
        ("a.krn", b"**kern\t**kern\n*x\t*\n*-\t*-\n", r"line 2: \*x stands alone"),
    ],
)
def test_files_that_cannot_be_used_say_why(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=reason) as caught:
        scores.read(path)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "MAX_BYTES", 2**20)
    with zipfile.ZipFile(tmp_path / "a.mxl", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.xml", bytes(2**21))
    assert (tmp_path / "a.mxl").stat().st_size < 2**13
    with pytest.raises(Unreadable, match="is larger than 1 MB"):
        scores.read(tmp_path / "a.mxl")


# --- keys and chords ---------------------------------------------------------------------------------------


def test_keys_are_those_that_music21_finds(chorales):
    for piece in chorales.values():
        stream = music21.stream.Stream()
        for row in to_notes(piece.events).itertuples():
            stream.insert(row.onset / TICKS, music21.note.Note(NUMBERS[row.symbol], quarterLength=row.duration / TICKS))
        expected = stream.analyze("key.krumhanslkessler")
        name, correlation = scores.key_of(piece.events)
        tonic, mode = name.split()
        found = music21.key.Key(tonic.replace("♭", "-").replace("♯", "#"), mode)
        assert (found.tonic.pitchClass, found.mode) == (expected.tonic.pitchClass, expected.mode)
        assert correlation == pytest.approx(expected.correlationCoefficient, abs=0.01)


def test_signatures_of_keys_are_those_of_music21():
    for mode, table in (("major", scores.MAJORS), ("minor", scores.MINORS)):
        for number, (tonic, sharps) in enumerate(table.items()):
            key = music21.key.Key(tonic.replace("♭", "-").replace("♯", "#"), mode)
            assert (key.sharps, key.tonic.pitchClass) == (sharps, number)


@pytest.mark.parametrize("symbols", [[], [[]], [[f"{c}{4}" for c in "C C# D D# E F F# G G# A A# B".split()]]])
def test_a_key_that_cannot_be_told(symbols):
    assert scores.key_of(in_a_row([TICKS] * len(symbols), symbols)) == ("", 0.0)


# --- music21's corpora -------------------------------------------------------------------------------------


def test_chorales_become_midi_files_and_the_same_ones_again(tmp_path):
    assert scores.export_chorales(tmp_path / "a", 4) == 4
    assert scores.export_chorales(tmp_path / "b", 4) == 4
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names[0] == "bwv10.7.mid"  # bwv1.6 has a horn
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        (piece,) = midi.read(tmp_path / "a" / name)
        assert {"metre", "sharps"} <= set(piece.about)
        assert max(map(len, piece.events["symbols"])) == 4


def test_three_hundred_chorales_are_usable():
    paths = [str(path) for path in BACH.glob("*.mxl")]
    assert sum(map(scores._in_four_voices, paths)) >= 300


def test_a_corpus_of_tunes_is_copied(tmp_path):
    assert scores.export_corpus("ryansMammoth", tmp_path) == len(list(tmp_path.iterdir())) > 1000
    first = min(tmp_path.iterdir())
    assert len(scores.read(first)[0].events) > 8
    with pytest.raises(ValueError, match="music21 has no corpus named 'nobody'"):
        scores.export_corpus("nobody", tmp_path)
