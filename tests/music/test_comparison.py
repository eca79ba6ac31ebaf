import shutil
from random import Random

import pytest
import random_abc
import random_kern

from riyaz.music import comparison, midi, musicxml, scores
from riyaz.music.events import TICKS, in_a_row

GOOD = "X:1\nT:t\nM:4/4\nL:1/4\nK:G\nGABc|d2 F2|\n"
BEAT = TICKS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.abc").write_text(GOOD)
    (tmp_path / "c.krn").write_text("**kern\n*M4/4\n4c\n4d\n2e\n=\n*-\n")
    midi.write(tmp_path / "d.mid", in_a_row([TICKS] * 3, [["C4"], ["D4", "F4"], ["E4"]]))
    return tmp_path


def test_equal_files_are_equal(folder, capsys):
    assert comparison.run([str(folder), "--by", "music21"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [".abc: 1 equal", ".krn: 1 equal", ".mid: 1 equal"]


def ticks(notes):
    """Notes in beats, made at random, as `comparison.notes` gives them."""
    return sorted((round(onset * TICKS), pitch, round(length * TICKS)) for onset, pitch, length in notes)


@pytest.mark.skipif(not shutil.which("abc2midi"), reason="abc2midi is not installed")
def test_abc2midi_hears_in_random_tunes_what_they_say(tmp_path):
    for seed in range(20):
        made = random_abc.Tune(Random(seed))
        (tmp_path / "a.abc").write_text(made.text)
        (theirs,) = comparison.by_abc2midi(tmp_path / "a.abc")
        assert comparison.difference(ticks(made.said()), theirs) == "", made.text


def test_verovio_hears_in_random_kern_what_it_says(tmp_path):
    for seed in range(8):
        made = random_kern.Score(Random(seed), overhang=False, free=False)
        (tmp_path / "a.krn").write_text(made.text)
        (theirs,) = comparison.by_verovio(tmp_path / "a.krn")
        first = min(note[0] for note in made.notes)
        assert comparison.difference(ticks((a - first, p, n) for a, p, n in made.notes), theirs) == "", made.text


def test_a_tune_that_the_other_reader_does_not_know_leaves_the_others(tmp_path, monkeypatch):
    path = tmp_path / "a.abc"
    path.write_text("\n\n".join([GOOD, "X:2\nK:C\n", GOOD, GOOD]))
    good = comparison.notes(scores.read(path)[0])
    monkeypatch.setattr(comparison, "by_music21", lambda path: [good, [], []])
    outcomes = [(name, outcome) for name, outcome, _ in comparison.compare(path, "music21")]
    assert outcomes == [("a.abc#1", "equal"), ("a.abc#3", "not compared"), ("a.abc#4", "not compared")]


def test_verovio_reads_all_kinds_of_written_music(folder):
    grace = "<note><grace/><pitch><step>B</step><octave>5</octave></pitch></note>"
    text = musicxml.write_musicxml(in_a_row([TICKS] * 3, [["C4"], ["D4", "F4"], ["E4"]]))
    (folder / "f.musicxml").write_text(text.replace("<note>", f"{grace}<note>", 1), encoding="utf-8")
    for name in ("a.abc", "c.krn", "f.musicxml"):
        assert comparison.compare(folder / name, "verovio") == [(name, "equal", "")]


def test_what_differs_is_named(folder, capsys):
    # music21 forgets the accidental within the bar
    (folder / "b.abc").write_text(GOOD.replace("GABc", "^GGBc"))
    (folder / "e.abc").write_text("X:1\nK:C\n")
    assert comparison.run([str(folder), "--by", "music21"]) == 1
    said = capsys.readouterr().out
    assert "b.abc: different: 1 of ours and 1 of theirs; first theirs: G4 of 1 beats at 1" in said
    assert "e.abc: refused: has no notes" in said
    assert ".abc: 1 different, 1 equal, 1 refused" in said


def test_a_folder_without_files(tmp_path, capsys):
    assert comparison.run([str(tmp_path)]) == 1
    assert "no files to compare" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ([(0, 60, BEAT)], [(100, 60, BEAT - 90)], ""),
        ([], [], ""),
        ([(0, 60, BEAT)], [], "1 of ours and 0 of theirs; first ours: C4 of 1 beats at 0"),
        ([(0, 60, BEAT)], [(0, 60, 2 * BEAT)], "1 of ours and 1 of theirs; first ours: C4 of 1 beats at 0"),
        ([(0, 60, BEAT)], [(0, 60, BEAT)] * 2, "0 of ours and 1 of theirs; first theirs: C4 of 1 beats at 0"),
    ],
)
def test_differences(ours, theirs, said):
    assert comparison.difference(ours, theirs) == said
