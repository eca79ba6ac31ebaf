import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riyaz.music import midi, musicxml, scores, written
from riyaz.music.events import TICKS, bar_beats, from_notes, in_a_row, to_notes

music21 = pytest.importorskip("music21")
BACH = Path(music21.__file__).parent / "corpus" / "bach"


@pytest.mark.parametrize("name", ["bwv271", "bwv282", "bwv299"])
def test_musicxml_is_read_back_as_the_same_events(tmp_path, name):
    (piece,) = scores.read(BACH / f"{name}.mxl")
    path = tmp_path / f"{name}.musicxml"
    path.write_text(musicxml.write_musicxml(piece.events, piece.about), encoding="utf-8")
    (again,) = scores.read(path)
    pd.testing.assert_frame_equal(again.events, piece.events)
    assert {**again.about, "lost": 0} == {**piece.about, "lost": 0}


@settings(max_examples=12, deadline=None, phases=[Phase.generate])  # a bar takes music21 long, shrinking longer
@given(
    rows=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.integers(36, 84)), min_size=1, max_size=6),
    unit=st.sampled_from([TICKS // 8, TICKS // 6, TICKS // 2]),
    metre=st.sampled_from(["4/4", "3/4", "6/8", "5/4", "3/8+2/8", "3+2/8", "2/4+3/8"]),
    sharps=st.integers(-6, 6),
)
def test_musicxml_of_any_notes_is_read_back(tmp_path_factory, rows, unit, metre, sharps):
    onset, duration, pitch = np.array(rows).T
    events, _ = from_notes(onset * unit, duration * unit, pitch)
    path = tmp_path_factory.getbasetemp() / "any.musicxml"
    path.write_text(musicxml.write_musicxml(events, {"metre": metre, "sharps": sharps}), encoding="utf-8")
    (piece,) = scores.read(path)
    pd.testing.assert_frame_equal(to_notes(piece.events), to_notes(events))
    assert (piece.about["metre"], piece.about["sharps"]) == (written.metre_name(metre), sharps)


@pytest.mark.parametrize("metre", ["3/8+2/8", "3+2/8", "2/4+3/8", "3+2+2/16", "1/4+3/8+1/2", "4/4+3/4"])
@pytest.mark.parametrize("lead", [0, 1])
def test_composite_metres_are_one_metre_there_and_back(tmp_path, metre, lead):
    """Through MusicXML and through MIDI: the same events, bars of the same length, with and without a pick-up."""
    eighth = TICKS // 2
    onset = np.arange(lead, 12) * eighth
    events, _ = from_notes(onset, np.full(onset.size, eighth), 60 + onset // eighth % 7, 12 * eighth)
    (tmp_path / "a.musicxml").write_text(musicxml.write_musicxml(events, {"metre": metre}), encoding="utf-8")
    midi.write(tmp_path / "a.mid", events, {"metre": metre})
    for (piece,) in (scores.read(tmp_path / "a.musicxml"), midi.read(tmp_path / "a.mid")):
        pd.testing.assert_frame_equal(to_notes(piece.events), to_notes(events))
        assert bar_beats(piece.about["metre"]) == bar_beats(metre)
        assert "+" not in piece.about["metre"]


def test_two_staves_are_parted_at_middle_c_and_one_is_enough_for_one_side():
    both = musicxml.write_musicxml(in_a_row([TICKS], [["B3", "C4"]]))
    assert "<staves>2</staves>" in both
    assert both.count("<clef") == 2
    high, low = (musicxml.write_musicxml(in_a_row([TICKS], [[pitch]])) for pitch in ("C4", "B3"))
    assert "<staves>" not in high + low
    assert "<sign>G</sign>" in high
    assert "<sign>F</sign>" in low


def test_pitches_are_spelled_as_the_key_suggests():
    events = in_a_row([TICKS] * 3, [["A#4"], ["D#5"], ["F#4"]])
    flat, sharp = (musicxml.write_musicxml(events, {"sharps": sharps}) for sharps in (-3, 4))
    assert [flat.count(f"<step>{step}</step>") for step in "BEG"] == [1, 1, 1]
    assert [sharp.count(f"<step>{step}</step>") for step in "ADF"] == [1, 1, 1]


@pytest.mark.parametrize("sharps", range(-7, 8))
@pytest.mark.parametrize("number", [0, 23, 60, 61, 71, 72, 127])
def test_every_spelling_sounds_as_it_should(sharps, number):
    assert musicxml._spelled(number, sharps).midi == number


def test_the_tempo_stands_once_and_the_end_is_marked():
    text = musicxml.write_musicxml(in_a_row([TICKS] * 5, [["B3", "C4"]] * 5), {"tempo": 93})
    assert text.count("<per-minute>93</per-minute>") == 1
    assert text.count("<bar-style>light-heavy</bar-style>") == 1


def test_a_pick_up_is_written_as_one():
    events = in_a_row([3 * TICKS, TICKS, 4 * TICKS], [[], ["G4"], ["C5"]])
    text = musicxml.write_musicxml(events, {"metre": "4/4"})
    assert "<rest" not in text
    assert '<measure implicit="yes" number="0">' in text


def test_there_is_no_date_no_version_and_no_chance_in_it():
    events = in_a_row([TICKS, TICKS // 3], [["B3", "C4"], ["C4"]])
    text = musicxml.write_musicxml(events, {"title": "क & ख"})
    assert "क &amp; ख" in text
    for word in ("encoding", "music21", "Music21"):
        assert word not in text.replace('encoding="utf-8"', "")
    code = "\n".join(
        (
            "import sys",
            "from riyaz.music import musicxml",
            "from riyaz.music.events import TICKS, in_a_row",
            "events = in_a_row([TICKS, TICKS // 3], [['B3', 'C4'], ['C4']])",
            "sys.stdout.reconfigure(encoding='utf-8')",
            "print(musicxml.write_musicxml(events, {'title': 'क & ख'}), end='')",
        )
    )
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert again.stdout.decode("utf-8") == text


@pytest.mark.parametrize("symbols", [[], [[]], [[], ["C4"], []]])
def test_silence_can_be_written(symbols):
    assert "<score-partwise" in musicxml.write_musicxml(in_a_row([TICKS] * len(symbols), symbols))


def test_bols_are_no_matter_for_musicxml():
    with pytest.raises(ValueError, match="bhatkhande"):
        musicxml.write_musicxml(in_a_row([TICKS], [["Dha"]]), {"kind": "bols"})
