import numpy as np
import pytest

from riyaz.music.events import NUMBERS, TICKS, in_a_row, table, validate
from riyaz.play import lock
from riyaz.text.tokens import END, Vocabulary

HALF = TICKS // 2
WORDS = Vocabulary([*(s + p for p in ("C4", "E4") for s in ("", "+", "~", "+~")), "d:1/2", "d:1", "d:2", "metre:3/4"])


def held_over():
    """Two beats of C4 and E4, of which E4 goes on for two more, then C4."""
    symbols, held = [["C4", "E4"], ["E4"], ["C4"]], [[False, False], [True], [False]]
    return table([0, 2 * TICKS, 4 * TICKS], [2 * TICKS, 2 * TICKS, TICKS], symbols, held)


def test_a_cut_holds_what_sounds_there():
    events = lock.cut(held_over(), [TICKS, 2 * TICKS, 99 * TICKS])
    validate(events)
    assert events["onset"].tolist() == [0, TICKS, 2 * TICKS, 4 * TICKS]
    assert events["held"].tolist() == [[False, False], [True, True], [True], [False]]
    assert lock.cut(held_over(), []).equals(held_over())


def test_what_goes_on_from_an_open_stretch_is_struck_unless_its_voice_is_kept():
    span = [(TICKS, 3 * TICKS)]
    struck = lock.part(held_over(), span, 5 * TICKS)
    assert struck.events["onset"].tolist() == [0, 3 * TICKS, 4 * TICKS]
    assert struck.events["held"].tolist() == [[False, False], [False], [False]]
    kept = lock.part(held_over(), span, 5 * TICKS, ["melody"])
    assert kept.events["held"].tolist() == [[False, False], [True], [False]]
    assert kept.stays == {"melody": [(TICKS, 3 * TICKS, "E4", True, False)]}


def test_open_stretches_that_touch_are_one():
    part = lock.part(held_over(), [(3 * TICKS, 4 * TICKS), (0, TICKS), (TICKS, 2 * TICKS)], 5 * TICKS)
    assert part.spans == [(0, 2 * TICKS), (3 * TICKS, 4 * TICKS)]


def test_the_bass_is_the_lowest_note_and_a_rest_has_none():
    events = in_a_row([TICKS] * 3, [["C4", "E4"], [], ["E4"]])
    part = lock.part(events, [(0, 3 * TICKS)], 3 * TICKS, ["bass", "melody"])
    assert [note.name for note in part.stays["bass"]] == ["C4", "", "E4"]
    assert [note.name for note in part.stays["melody"]] == ["E4", "", "E4"]
    assert part.words() == ["C4", "E4", "+E4", "+E4"]
    assert part.words(chords=False) == ["C4", "E4", "+E4", "E4"]


def test_the_lock_says_place_by_place_what_may_be_drawn():
    part = lock.part(held_over(), [(TICKS, 3 * TICKS)], 5 * TICKS, ["melody"])
    made = lock.of(part, ["metre:3/4"], WORDS)
    assert int(made.unit) == HALF
    words = WORDS.tokens(made.given)
    assert words == ["metre:3/4", "d:1", "C4", "+E4", "d:1", "~E4", "d:1", "C4", "<end>"]
    assert made.given[-1] == END
    assert np.flatnonzero(made.last).tolist() == [0, 3, 5, 7, 8]
    assert made.start.tolist() == [1, -1, -1, -1, -1, -1, 4, -1, 6, -1, 8]
    assert made.until[2:6].tolist() == [6] * 4
    assert made.high[2:6].tolist() == [NUMBERS["E4"]] * 4
    assert made.high_held[2:6].all()
    assert (made.low == -1).all()
    assert made.fits[2:7].all()
    assert int(made.first) == 2


@pytest.mark.parametrize(("lengths", "fits"), [(["d:2"], False), (["d:2", "d:3"], True), (["d:1"], True)])
def test_what_no_durations_fill_does_not_fit(lengths, fits):
    vocabulary = Vocabulary(["C4", *lengths])
    part = lock.part(in_a_row([TICKS] * 7, [["C4"]] * 7), [(TICKS, 6 * TICKS)], 7 * TICKS)
    assert lock.of(part, [], vocabulary).fits[1] == fits
