from random import Random

import pytest
import random_kern
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.music import humdrum, scores, written
from riyaz.music.events import TICKS, checked, to_notes


def read(folder, text):
    path = folder / "a.krn"
    path.write_text(text.replace(" ", "\t").replace("_", " "), encoding="utf-8")
    return [checked(piece) for piece in scores.read(path)]


def said(piece):
    rows = to_notes(piece.events).itertuples(index=False)
    return " ".join(f"{symbol}@{onset / TICKS:g}+{length / TICKS:g}" for onset, length, symbol in rows)


THREE = "**kern\n*M4/4\n*^\n* *^\n1c 1e 1g\n* *v *v\n*v *v\n=2\n1c\n*-\n"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (THREE, "C4@0+4 E4@0+4 G4@0+4 C4@4+4"),
        ("**kern\n*M4/4\n1c\n*+\n* **kern\n=2 =2\n1d 1f\n*- *-\n", "C4@0+4 D4@4+4 F4@4+4"),
        ("**harm **kern\nr 1r\n. 1c\n*- *-\n", "C4@4+4"),
        # joined in one line, three at once
        ("**kern\n*^\n* *^\n2c 2e 2g\n*v *v *v\n2d\n*-\n", "C4@0+2 E4@0+2 G4@0+2 D4@2+2"),
        # spines of other kinds divide as well
        ("**kern **text\n* *^\n4c a b\n* *v *v\n4d c\n*- *-\n", "C4@0+1 D4@1+1"),
        # two change places: each goes on where it was
        ("**kern **kern\n2c 4e\n. 4f\n*x *x\n4g 2d\n4a .\n*- *-\n", "C4@0+2 E4@0+1 F4@1+1 D4@2+2 G4@2+1 A4@3+1"),
        # one ends, the other goes on
        ("**kern **kern\n1c 1e\n*- *\n1f\n*-\n", "C4@0+4 E4@0+4 F4@4+4"),
        # a sub-spine that is silent without rests
        ("**kern\n*^\n4c .\n4d 4f\n*v *v\n2e\n*-\n", "C4@0+1 D4@1+1 F4@1+1 E4@2+2"),
        # one divides while its note sounds, one is added while others sound, one joins what never sounded
        ("**kern **kern\n2c 4e\n*^ *\n. 4g 4f\n*v *v *\n4a 4d\n*- *-\n",
         "C4@0+2 E4@0+1 F4@1+1 G4@1+1 D4@2+1 A4@2+1"),
        ("**kern **kern\n1c 4e\n* *+\n* * **kern\n. 4f 4g\n*- *- *-\n", "C4@0+4 E4@0+1 F4@1+1 G4@1+1"),
        ("**kern **kern\n4c 2e\n*^ *\n4d . .\n*v *v *\n4f 4g\n*- *-\n", "C4@0+1 E4@0+2 D4@1+1 F4@2+1 G4@2+1"),
        # a note sounds over the bar line
        ("**kern **kern\n2c 4e\n= =\n. 4f\n4d 4g\n*- *-\n", "C4@0+2 E4@0+1 F4@1+1 D4@2+1 G4@2+1"),
        # lengths and pitches
        ("**kern\n4.c\n8CC\n0d\n3%2e\n12ccc#\n6b--\n*-\n",
         "C4@0+1.5 C2@1.5+0.5 D4@2+8 E4@10+2.66667 C#6@12.6667+0.333333 A4@13+0.666667"),
        ("**kern\n4c_4e_g\n4r\n8dn\n*-\n", "C4@0+1 E4@0+1 G4@0+1 D4@2+0.5"),
        # grace notes, ties, signs
        ("**kern\n8qc\n4d\n16Qe\n[2f\n=\n2f]\n*-\n", "D4@0+1 F4@1+4"),
        ("**kern **kern\n[1f 1a\n= =\n1d 1f]\n*- *-\n", "F4@0+8 A4@0+4 D4@4+4"),
        ("**kern\n(4c'/L;\n8.ee-XJ^)\n*-\n", "C4@0+1 D#5@1+0.75"),
        # rhythm of other spines, comments, empty lines, double tabs
        ("!!!COM:_X\n**kern **dynam\n!_a !\n2c <\n. (\n. f\n\n2d .\n*- *-\n", "C4@0+2 D4@2+2"),
        ("**kern  **kern\n4c  4e\n*-  *-\n", "C4@0+1 E4@0+1"),
        # a pick-up
        ("**kern\n*M3/4\n4c\n=1\n2.d\n=2\n*-\n", "C4@2+1 D4@3+3"),
        ("**kern\n*M3/4\n=1-\n2.d\n=2\n4c\n*-\n", "D4@0+3 C4@3+1"),
    ],
)  # fmt: skip
def test_music(tmp_path, text, notes):
    (piece,) = read(tmp_path, text)
    assert said(piece) == notes


def test_a_rest_at_the_end_is_kept(tmp_path):
    (piece,) = read(tmp_path, "**kern **kern\n*M4/4 *M4/4\n2c 4e\n. 4f\n4d 2r\n4r .\n== ==\n*- *-\n")
    assert piece.events["symbols"].tolist() == [["C4", "E4"], ["C4", "F4"], ["D4"], []]
    assert piece.beats == 4


def test_a_tie_that_goes_on(tmp_path):
    path = tmp_path / "a.krn"
    path.write_text("**kern\n[1f\n=\n1f_\n=\n1f]\n*-\n")
    assert said(scores.read(path)[0]) == "F4@0+12"


def test_what_is_said_of_it(tmp_path):
    path = tmp_path / "a.krn"
    path.write_text(
        "!!!COM: Anon\n!!!OTL@@DE: Lied\n**kern\n*k[b-e-]\n*M3+2/8\n*MM90\n4.c\n4d\n=:|!\n4q\n*k[]\n2c\n*-\n"
    )
    (piece,) = scores.read(path)
    about = {key: value for key, value in piece.about.items() if key != "lost"}
    assert about == {
        "kind": "notes", "title": "Lied", "composer": "Anon", "metre": "5/8", "tempo": 90.0, "sharps": -2,
    }  # fmt: skip
    assert (piece.about["lost"]["repeats"], piece.about["lost"]["key_changes"]) == (1, 1)


def test_pieces_one_after_the_other(tmp_path):
    first, second = read(tmp_path, "!!!OTL:_A\n**kern\n4c\n*-\n!!!OTL:_B\n**kern **kern\n4d 4e\n*- *-\n")
    assert (first.about["title"], second.about["title"]) == ("A", "B")
    assert said(second) == "D4@0+1 E4@0+1"


@pytest.mark.parametrize("lengths", ["0" * 5000, "9" * 5000, "4" + "." * 5000, "1%" + "9" * 5000])
def test_monstrous_numbers_end(lengths):
    assert humdrum._length(lengths) is not None


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_scores_are_read_as_they_were_made(seed):
    """Parts that divide, join, change places and are added anywhere, with chords, ties, rests, triplets and graces."""
    made = random_kern.Score(Random(seed), bars=6)
    (score,) = humdrum.scores(made.text)
    read = sorted((onset, pitch, stop - onset) for onset, stop, pitch, *_ in written.joined(score.notes))
    assert read == sorted((onset * TICKS, pitch, length * TICKS) for onset, pitch, length in made.notes), made.text
    assert score.end == made.now * TICKS
