from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.music import scores, spelling, voices

music21 = pytest.importorskip("music21")
BACH = Path(music21.__file__).parent / "corpus" / "bach"
CHORALES = ("bwv254", "bwv270", "bwv303", "bwv335")


@pytest.fixture(scope="module")
def chorales():
    """Onset, stop, pitch, voice and name of each note, as Bach's editors have them: (n, 5); and the sharps."""
    read = []
    for name in CHORALES:
        score = music21.converter.parse(BACH / f"{name}.mxl")
        rows = {}
        for voice, part in enumerate(score.parts):
            for note in part.flatten().stripTies().notes:
                fifth = "FCGDAEB".index(note.pitch.step) - 1 + 7 * int(note.pitch.alter)
                start, length = (round(float(x) * 5040) for x in (note.offset, note.quarterLength))
                if length and rows.get((start, note.pitch.midi), (0, 0))[1] < start + length:
                    rows[start, note.pitch.midi] = (start, start + length, note.pitch.midi, voice, fifth)
        sharps = score.parts[0].flatten().getElementsByClass("KeySignature").first().sharps
        read.append((np.array([rows[key] for key in sorted(rows)]), sharps))
    return read


def test_voices_of_chorales_are_found(chorales):
    right, all_of_them = 0, 0
    for rows, _ in chorales:
        onset, stop, pitch, voice, _ = rows.T
        assert voices.count(onset, stop) == 4
        found = voices.separate(onset, stop, pitch, 4)
        right, all_of_them = right + (found == voice).sum(), all_of_them + len(voice)
    assert right / all_of_them > 0.95


def test_notes_of_chorales_are_spelled_as_in_print(chorales):
    wrong = [(spelling.fifths(rows[:, 0] / 5040, rows[:, 2], sharps) != rows[:, 4]).sum() for rows, sharps in chorales]
    assert sum(wrong) <= 2


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 8), st.integers(30, 90)), max_size=12))
def test_a_voice_has_one_note_at_a_time(rows):
    notes = np.array(sorted(rows), np.int64).reshape(-1, 3)
    onset, stop, pitch = notes[:, 0], notes[:, 0] + notes[:, 1], notes[:, 2]
    at_once = max((((onset <= time) & (stop > time)).sum() for time in onset), default=1)
    found = voices.separate(onset, stop, pitch, int(at_once))
    assert len(found) == len(notes)
    for voice in set(found.tolist()):
        own = found == voice
        assert (onset[own][1:] >= stop[own][:-1]).all()


def test_a_crossing_is_followed_where_the_notes_are_held():
    onset, stop, pitch = np.array([0, 0, 1, 2]), np.array([1, 3, 2, 3]), np.array([64, 60, 59, 57])
    assert voices.separate(onset, stop, pitch, 2).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("spans", "n"),
    [([], 0), ([(0, 1)], 1), ([(0, 4), (0, 2), (2, 4)], 2), ([(0, 4), (0, 1)], 0), ([(0, 1)] * 5, 0)],
)
def test_music_is_in_voices_where_they_sound_together(spans, n):
    onset, stop = np.array(spans, np.int64).reshape(-1, 2).T
    assert voices.count(onset, stop) == n


@given(st.integers(0, 127), st.integers(-7, 7), st.integers(0, 127))
def test_every_spelling_sounds_as_it_should(number, sharps, other):
    names = spelling.fifths(np.array([0.0, 0.5]), np.array([other, number]), sharps)
    assert len(spelling.fifths(np.empty(0), np.empty(0, int), sharps)) == 0
    for name, pitch in zip(names, (other, number), strict=True):
        step, alter, octave = spelling.written(int(name), pitch)
        assert abs(alter) <= 2
        assert scores.NUMBERS[f"{step}4"] - 60 + alter + 12 * (octave + 1) == pitch


def test_a_chromatic_neighbour_is_spelled_by_what_is_around_it():
    flats = spelling.fifths(np.arange(3) / 2, np.array([63, 68, 70]), 0)
    sharps = spelling.fifths(np.arange(3) / 2, np.array([64, 68, 69]), 0)
    assert [spelling.written(int(flats[1]), 68)[:2], spelling.written(int(sharps[1]), 68)[:2]] == [("A", -1), ("G", 1)]


def test_where_a_voice_is_divided_its_notes_are_one_unit():
    # nine chords of four notes, the fifth with two more
    chords = [[72, 67, 64, 48]] * 4 + [[72, 67, 65, 64, 60, 48]] + [[71, 67, 62, 43]] * 8
    onset = np.array([at for at, chord in enumerate(chords) for _ in chord])
    pitch = np.array([number for chord in chords for number in chord])
    units = voices.units(onset, onset + 1, pitch)
    assert sorted(note for unit in units for note in unit) == list(range(len(pitch)))
    assert [[int(pitch[note]) for note in unit] for unit in units if len(unit) > 1] == [[67, 65, 64]]
    first = np.array([unit[0] for unit in units])
    assert voices.count(onset[first], onset[first] + 1) == 4
    assert voices.units(onset[:8], onset[:8] + 1, pitch[:8]) == [[note] for note in range(8)]
    often = np.tile([72, 67, 65, 64, 60], 6)
    assert all(
        len(unit) == 1 for unit in voices.units(np.repeat(np.arange(6), 5), np.repeat(np.arange(6), 5) + 1, often)
    )
