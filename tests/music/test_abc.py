from random import Random

import pytest
import random_abc
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.music import abc, abc_fields, scores, written
from riyaz.music.events import TICKS, checked, to_notes, validate

HEAD = "X:1\nT:t\nM:4/4\nL:1/4\nK:C\n"


def read(folder, text):
    path = folder / "a.abc"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    pieces = [checked(piece) for piece in scores.read(path)]
    for piece in pieces:
        validate(piece.events)
    return pieces


def said(piece):
    """``C4@0+1``: pitch, onset and duration in beats, in the order of the onsets and pitches."""
    rows = to_notes(piece.events).itertuples(index=False)
    return " ".join(f"{symbol}@{onset / TICKS:g}+{length / TICKS:g}" for onset, length, symbol in rows)


@pytest.mark.parametrize(
    ("music", "notes"),
    [
        # accidentals
        ("^cc2c|c4|", "C#5@0+1 C#5@1+2 C#5@3+1 C5@4+4"),
        ("^cC =c _B,|", "C#5@0+1 C#4@1+1 C5@2+1 A#3@3+1"),  # in all octaves
        ("^c=c __d ^^f|", "C#5@0+1 C5@1+1 C5@2+1 G5@3+1"),
        ("^c4-|cccc|", "C#5@0+5 C5@5+1 C5@6+1 C5@7+1"),  # a tie takes it over the bar line, for one note
        ("^c2 c2 & ^E2 C2|c4|", "F4@0+2 C#5@0+2 C4@2+2 C#5@2+2 C5@4+4"),
        ("^/c2 _/d2|", "C5@0+2 D5@2+2"),
        # repeats, bar lines, endings
        ("CDEA::CDEF|", "C4@0+1 D4@1+1 E4@2+1 A4@3+1 C4@4+1 D4@5+1 E4@6+1 F4@7+1"),
        ("|:CDEF|1GABc:|2c4||", "C4@0+1 D4@1+1 E4@2+1 F4@3+1 G4@4+1 A4@5+1 B4@6+1 C5@7+1 C5@8+4"),
        ("C4[|D4|]E4[1F4:|[2G4|]", "C4@0+4 D4@4+4 E4@8+4 F4@12+4 G4@16+4"),
        ("C:|", "C4@0+1"),
        # what stands over the staff
        ('">"C">"D">"EF|', "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        ('"Am7"C"^above"D!trill!E+fermata+F|', "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        ("HC2 TD2|!D.C. al fine!E4|", "C4@0+2 D4@2+2 E4@4+4"),
        ("uC vD ~E .F|", "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        ("[r:remark]CDEF|", "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        ("CD % EF\n%%begintext\nABAB\n%%endtext\nEF|\nw: a b c d\n+: e f\nW: ABC", "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        ("CD\\\nEF|", "C4@0+1 D4@1+1 E4@2+1 F4@3+1"),
        # rests
        ("Z2|C4|x2D2|", "C4@8+4 D4@14+2"),
        ("z2C2|X|D4|", "C4@2+2 D4@8+4"),
        # dotted rhythm, triplets, grace notes, ties, chords
        ("f>{g}e ud<vd|", "F5@0+1.5 E5@1.5+0.5 D5@2+0.5 D5@2.5+1.5"),
        ("f>>.e d<<!p!d|", "F5@0+1.75 E5@1.75+0.25 D5@2+0.25 D5@2.25+1.75"),
        ("A3>B|", "A4@0+3 B4@3+1"),  # of unequal lengths: not defined
        ("B<A>B c|", "B4@0+0.5 A4@0.5+2 B4@2.5+0.5 C5@3+1"),  # dotted on both sides: the bar stays whole
        ("(3CDE F2|", "C4@0+0.666667 D4@0.666667+0.666667 E4@1.33333+0.666667 F4@2+2"),
        ("(3C{d}D{e}E F2|", "C4@0+0.666667 D4@0.666667+0.666667 E4@1.33333+0.666667 F4@2+2"),
        ("(3:2:2C2DE F|", "C4@0+1.33333 D4@1.33333+0.666667 E4@2+1 F4@3+1"),
        ("(2CD (4E/F/G/A/|", "C4@0+1.5 D4@1.5+1.5 E4@3+0.375 F4@3.375+0.375 G4@3.75+0.375 A4@4.125+0.375"),
        ("[CE]2-[CE][C2E]|", "C4@0+3 E4@0+3 C4@3+2 E4@3+1"),
        ("[C-E]2[CE]2|", "C4@0+4 E4@0+2 E4@2+2"),
        ("(C-C)D2|", "C4@0+2 D4@2+2"),
        ("C,C'c'c,|", "C3@0+1 C5@1+1 C6@2+1 C4@3+1"),
        ("C3/2D/ E//F///G3/4|", "C4@0+1.5 D4@1.5+0.5 E4@2+0.25 F4@2.25+0.125 G4@2.375+0.75"),
        # fields within the music
        ("F4|[K:G]F4|[L:1/8]C8|", "F4@0+4 F#4@4+4 C4@8+4"),
        ("F4|\nK:G\nF4|\nL:1/8\nC8|", "F4@0+4 F#4@4+4 C4@8+4"),
        ("[M:3/4]Z|C3|", "C4@3+3"),
        ("K:C octave=-1\nC4|[K:C treble+8]C4|", "C3@0+4 C4@4+4"),
        ("I:propagate-accidentals not\n^cc2c|", "C#5@0+1 C5@1+2 C5@3+1"),
        ("I:propagate-accidentals octave\n^cC2c|", "C#5@0+1 C4@1+2 C#5@3+1"),
        # voices
        ("[V:1]CDEF|\n[V:2]E,F,G,A,|", "E3@0+1 C4@0+1 F3@1+1 D4@1+1 G3@2+1 E4@2+1 A3@3+1 F4@3+1"),
        ("V:1\nCDEF|\nV:2\nE,4|\nV:1\nG4|\nV:2\nC,4|", "E3@0+4 C4@0+1 D4@1+1 E4@2+1 F4@3+1 C3@4+4 G4@4+4"),
        ("V:2 octave=-1\nC4|\nV:1\n^C4|C4|\nV:2\nC4|", "C3@0+4 C#4@0+4 C3@4+4 C4@4+4"),
        ("C4|D2E2 & F4|G4|", "C4@0+4 D4@4+2 F4@4+4 E4@6+2 G4@8+4"),
        ("C4 & D4 & E4|F4|", "C4@0+4 D4@0+4 E4@0+4 F4@4+4"),
    ],
)
def test_music(tmp_path, music, notes):
    (piece,) = read(tmp_path, f"{HEAD}{music}\n")
    assert said(piece) == notes


@pytest.mark.parametrize(
    ("key", "sharps", "f_c_g_b"),
    [
        ("C", 0, "F5 C5 G5 B4"), ("", 0, "F5 C5 G5 B4"), ("none", 0, "F5 C5 G5 B4"), ("G", 1, "F#5 C5 G5 B4"),
        ("Bb", -2, "F5 C5 G5 A#4"), ("F#m", 3, "F#5 C#5 G#5 B4"), ("f#m", 3, "F#5 C#5 G#5 B4"),
        ("EM", 1, "F#5 C5 G5 B4"),  # capitals are ignored: minor
        ("A minor", 0, "F5 C5 G5 B4"), ("Ador", 1, "F#5 C5 G5 B4"), ("D Mixolydian", 1, "F#5 C5 G5 B4"),
        ("Ephr", 0, "F5 C5 G5 B4"), ("Flyd", 0, "F5 C5 G5 B4"), ("Bloc", 0, "F5 C5 G5 B4"),
        ("D =c", 1, "F#5 C5 G5 B4"), ("Dmix=c", 1, "F#5 C5 G5 B4"), ("D exp ^g_b", None, "F5 C5 G#5 A#4"),
        ("HP", 2, "F#5 C#5 G5 B4"), ("Hp", 2, "F#5 C#5 G5 B4"), ("C bass", 0, "F5 C5 G5 B4"),
        ("C clef=treble-8", 0, "F4 C4 G4 B3"), ("C treble+8", 0, "F6 C6 G6 B5"), ("Am octave=1", 0, "F6 C6 G6 B5"),
        ("C middle=d", 0, "F5 C5 G5 B4"), ("C transpose=-2", None, "D#5 A#4 F5 A4"), ("clef=bass", None, "F5 C5 G5 B4"),
    ],
)  # fmt: skip
def test_keys(tmp_path, key, sharps, f_c_g_b):
    (piece,) = read(tmp_path, f"X:1\nM:4/4\nL:1/4\nK:{key}\nfcgB|\n")
    assert [name for (name,) in piece.events["symbols"]] == f_c_g_b.split()
    assert piece.about.get("sharps") == sharps


@pytest.mark.parametrize(
    ("fields", "first", "about"),
    [
        ("M:4/4\nL:1/4", 1, {"metre": "4/4"}),
        ("M:3/4", 1 / 2, {"metre": "3/4"}),
        ("M:2/4", 1 / 4, {"metre": "2/4"}),
        ("", 1 / 2, {}),
        ("M:none", 1 / 2, {}),
        ("M:C|", 1 / 2, {"metre": "2/2"}),
        ("M:(3+2)/8", 1 / 4, {"metre": "5/8"}),
        ("M:3/8 + 2/8", 1 / 4, {"metre": "5/8"}),
        ("M:99999/4", 1 / 2, {}),
        ("M:4/0", 1 / 2, {}),
        ("L:1/8\nQ:C=100", 1 / 2, {"tempo": 50.0}),
        ("L:1/8\nQ:C3=100", 1 / 2, {"tempo": 150.0}),
        ("Q:100\nL:1/4", 1, {"tempo": 100.0}),
        ('L:1/8\nQ:"Allegro" 3/8=80', 1 / 2, {"tempo": 120.0}),
        ("L:1/8\nQ:1/4 3/8=40", 1 / 2, {"tempo": 100.0}),
        ("L:1/8\nQ:1/43/8=40", 1 / 2, {}),
        ("L:1/8\nQ:Allegro", 1 / 2, {}),
        ("L:1/8\nQ:1/4=0", 1 / 2, {}),
        ("L:1/0", 1 / 2, {}),
    ],
)
def test_metre_length_and_tempo(tmp_path, fields, first, about):
    (piece,) = read(tmp_path, f"X:1\n{fields}\nK:C\nCDEF|\n")
    assert piece.events["duration"][0] == first * TICKS
    assert {key: piece.about[key] for key in ("metre", "tempo") if key in piece.about} == about


def test_a_tempo_that_cannot_be_is_counted(tmp_path):
    (piece,) = read(tmp_path, "X:1\nM:4/0\nQ:1/4=0\nK:C\nC/0D|\n")
    assert (piece.about["lost"]["impossible"], piece.about["lost"]["damaged"]) == (2, 1)


def test_a_tune_takes_nothing_from_the_one_before(tmp_path):
    first, second = read(tmp_path, "X:1\nM:4/4\nL:1/2\nK:D\nV:2 octave=1\nCDEF|\n\nX:2\nM:4/4\nK:C\nCDEF|\n")
    assert said(second) == "C4@0+0.5 D4@0.5+0.5 E4@1+0.5 F4@1.5+0.5"
    assert said(first).startswith("C#5@0+2")


def test_the_head_of_a_book_holds_for_all(tmp_path):
    pieces = read(tmp_path, "%abc-2.1\nL:1/2\nC:anon\n\nFree text: A B C\n\nX:1\nK:C\nC\n\nX:1\nL:1/4\nK:C\nD\n")
    assert [said(piece) for piece in pieces] == ["C4@0+2", "D4@0+1"]
    assert [piece.about["composer"] for piece in pieces] == ["anon", "anon"]


def test_equal_numbers_and_text_between_tunes(tmp_path):
    pieces = read(tmp_path, f"{HEAD}CDEF|\n\nSome text A B C\n\n{HEAD}GABc|\n")
    assert [piece.name for piece in pieces] == ["a.abc#1", "a.abc#2"]
    assert said(pieces[1]) == "G4@0+1 A4@1+1 B4@2+1 C5@3+1"


def test_latin_1_and_utf_16(tmp_path):
    text = "X:1\nT:Valse à Noël\nL:1/4\nK:C\nCD|\n"
    for data in (text.encode("latin-1"), text.encode("utf-16"), text.encode("utf-8-sig")):
        (piece,) = read(tmp_path, data)
        assert piece.about["title"] == "Valse à Noël"


def test_a_pick_up_is_filled_up(tmp_path):
    (piece,) = read(tmp_path, f"{HEAD}|:G|CDEF:|\n")
    assert said(piece) == "G4@3+1 C4@4+1 D4@5+1 E4@6+1 F4@7+1"


def test_one_note_too_many_is_refused(monkeypatch):
    monkeypatch.setattr(written, "MAX_NOTES", 4)
    with pytest.raises(written.Unreadable, match="more than 4 notes"):
        abc.score((HEAD + "CDEFG|").split("\n"))


@pytest.mark.parametrize("sharps", range(-7, 8))
def test_signatures(sharps):
    alters = abc_fields.signature(sharps)
    assert sum(alters.values()) == sharps
    assert set(alters) == set(("FCGDAEB" if sharps > 0 else "BEADGCF")[: abs(sharps)])


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_tunes_are_read_as_they_were_made(seed):
    """Keys, accidentals, ties, chords, triplets, dotted rhythms, endings, parts, remarks, fields within the music."""
    made = random_abc.Tune(Random(seed))
    (score,) = [abc.score(lines) for lines in abc.tunes(made.text)]
    notes = written.joined(score.notes)
    first = min((note[0] for note in notes), default=0)
    read = sorted((onset - first, pitch, stop - onset) for onset, stop, pitch, *_ in notes)
    assert read == [(onset * TICKS, pitch, length * TICKS) for onset, pitch, length in made.said()], made.text


def test_a_book_of_random_tunes_is_so_many_tunes(tmp_path):
    made = [random_abc.Tune(Random(seed), number=1 + seed % 5) for seed in range(60)]
    pieces = read(tmp_path, "\n\n".join(tune.text for tune in made))
    assert [piece.name for piece in pieces] == [f"a.abc#{n}" for n in range(1, 61)]


@pytest.mark.parametrize(
    ("text", "program"),
    [
        ("X:1\n%%MIDI program 73\nK:C\nCDEF|", 73),
        ("X:1\nI:MIDI program 1 40\nK:C\nCDEF|", 40),
        ("X:1\nL:1/8\nK:C\nV:1\n%%MIDI program 24\nC|\nV:2\n%%MIDI program 42\nG,4|", 42),
        ("X:1\n%%MIDI program 400\nK:C\nCDEF|", None),
        ("X:1\nK:C\nCDEF|", None),
    ],
)
def test_the_program_that_sounds_longest(tmp_path, text, program):
    (piece,) = read(tmp_path, text)
    assert piece.about.get("program") == program
