"""What the network has never seen is read as the nearest that it knows, and the bars keep their lengths."""

import pytest

from riyaz.music.events import NUMBERS, TICKS, Piece, from_notes, in_a_row, rows, to_notes
from riyaz.play import nearest
from riyaz.text import tokens
from riyaz.text.tokens import Vocabulary

NOTES = {"kind": "notes", "metre": "4/4"}


def piece(notes):
    """Of (onset, duration, name), in beats."""
    onset, duration, names = zip(*notes, strict=True)
    whole = [[round(beats * TICKS) for beats in row] for row in (onset, duration)]
    return Piece("a", from_notes(*whole, [NUMBERS[name] for name in names])[0], NOTES)


def heard(given):
    notes = to_notes(given.events)
    return [(a / TICKS, d / TICKS, name) for a, d, name in notes[["onset", "duration", "symbol"]].to_numpy()]


def words(events):
    return set(tokens.encode(Piece("", events))[1:-1])


KNOWN = Vocabulary(
    [f"d:{beats}" for beats in ("1/4", "1/2", "1", "2")]
    + [f"{sign}{note}" for note in ("C4", "D4", "E4", "G4", "C5") for sign in ("", "+", "~", "+~")]
)


def test_what_is_known_stays_as_it_is():
    given = piece([(0, 1, "C4"), (1, 1, "E4")])
    assert nearest.piece(given, KNOWN) == (given, "")


def test_onsets_move_to_the_nearest_known_grid_and_no_bar_changes_its_length():
    read, said = nearest.piece(piece([(0, 2 / 3, "C4"), (2 / 3, 4 / 3, "E4"), (2, 2, "G4")]), KNOWN)
    assert heard(read) == [(0, 0.75, "C4"), (0.75, 1.25, "E4"), (2, 2, "G4")]
    assert words(read.events) <= set(KNOWN.words)
    assert "duration of 2/3 beats, a duration of 4/3 beats" in said


def test_a_long_duration_is_parted_into_known_ones():
    read, _ = nearest.piece(piece([(0, 4, "C4"), (0, 7.5, "E4")]), KNOWN)
    assert heard(read) == [(0, 4, "C4"), (0, 7.5, "E4")]
    assert read.events["duration"].tolist() == [2 * TICKS, 2 * TICKS, 2 * TICKS, TICKS, TICKS // 2]
    assert words(read.events) <= set(KNOWN.words)


@pytest.mark.parametrize(("name", "read_as"), [("C6", "C5"), ("C3", "C4"), ("F4", "E4"), ("B4", "C5"), ("A7", "C5")])
def test_an_unknown_note_comes_in_its_nearest_octave_or_else_step(name, read_as):
    read, said = nearest.piece(piece([(0, 1, "C4"), (1, 1, "G4"), (2, 1, "E4"), (3, 1, name)]), KNOWN)
    assert heard(read)[-1] == (3, 1, read_as)
    assert f"{name} as the lowest note" in said


def test_notes_of_a_chord_that_meet_become_one():
    read, _ = nearest.piece(piece([(0, 1, "E4"), (0, 1, "F4"), (1, 1, "C4"), (2, 1, "D4"), (3, 1, "G4")]), KNOWN)
    assert next(symbols for _, _, symbols, _ in rows(read.events)) == ["E4"]
    assert words(read.events) <= set(KNOWN.words)


def test_bols_have_no_nearest():
    given = Piece("a", in_a_row([TICKS], [["Dha"]]), {"kind": "bols"})
    assert nearest.piece(given, Vocabulary(["d:1", "Na"])) == (given, "")


def test_a_vocabulary_without_notes_changes_nothing_for_the_better():
    read, _ = nearest.piece(piece([(0, 1, "C4")]), Vocabulary(["d:1"]))
    assert heard(read) == [(0, 1, "C4")]
