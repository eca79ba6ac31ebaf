import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

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


def in_voices(*rows):
    """Events of voices, each (onset, beats, MIDI number) in a row."""
    onset, duration, pitch = np.array([note for row in rows for note in row]).T
    return from_notes((onset * TICKS).astype(int), (duration * TICKS).astype(int), pitch.astype(int))[0]


FOUR = (
    [(0, 1, 72), (1, 1, 74), (2, 2, 76)],
    [(0, 2, 67), (2, 2, 67)],
    [(0, 1, 64), (1, 0.5, 62), (1.5, 0.5, 60), (2, 2, 60)],
    [(0, 1, 48), (1, 1, 43), (2, 2, 48)],
)


def notes_of(text):
    """Staff, voice, step and type of each note that is no rest."""
    found = ElementTree.fromstring(text).iter("note")
    return [
        tuple(note.findtext(path) for path in ("staff", "voice", "pitch/step", "type"))
        for note in found
        if note.find("pitch") is not None
    ]


def test_each_voice_is_written_in_its_own_values():
    notes = notes_of(musicxml.write_musicxml(in_voices(*FOUR), {"sharps": 0}))
    assert {staff: {n[1] for n in notes if n[0] == staff} for staff in "12"} == {"1": {"1", "2"}, "2": {"5", "6"}}
    assert [note[2:] for note in notes if note[1] == "2"] == [("G", "half"), ("G", "half")]
    assert [note[2:] for note in notes if note[1] == "5"] == [
        ("E", "quarter"),
        ("D", "eighth"),
        ("C", "eighth"),
        ("C", "half"),
    ]


def test_four_voices_have_a_staff_each_on_request():
    text = musicxml.write_musicxml(in_voices(*FOUR), {"sharps": 0}, staves=4)
    assert re.findall("<part-name>(.*)</part-name>", text) == ["Soprano", "Alto", "Tenor", "Bass"]
    assert len(notes_of(text)) == sum(map(len, FOUR))
    assert musicxml.write_musicxml(in_a_row([TICKS], [["C4"]]), staves=4).count("<score-part ") == 1


def test_voices_in_unison_are_both_written(tmp_path):
    events = in_voices(*FOUR[:2], [(0, 1, 64), (2, 2, 60)], [(0, 1, 60), (1, 1, 62), (2, 2, 48)])
    text = musicxml.write_musicxml(events, {"sharps": 0}, staves=4)
    assert [note[2:] for note in notes_of(text)].count(("D", "quarter")) == 3  # in the soprano, and twice in unison
    assert "<rest" not in text
    (tmp_path / "a.musicxml").write_text(text, encoding="utf-8")
    pd.testing.assert_frame_equal(scores.read(tmp_path / "a.musicxml")[0].events, events)


def test_what_is_not_in_voices_is_written_as_chords():
    events = in_a_row([TICKS] * 4, [["C4", "E4", "G4"], ["A4"], ["B4"], ["C5"]])
    text = musicxml.write_musicxml(events)
    assert text.count("<chord />") == 2
    assert {note[:2] for note in notes_of(text)} == {(None, None)}


@pytest.mark.parametrize(
    ("pitches", "sharps", "shown"),
    [
        (["F#4", "F4", "F4", "F#4"], 1, [None, "natural", None, "sharp"]),
        (["B4", "A#4", "A#4", "B4"], -1, ["natural", "flat", None, "natural"]),
        (["C4", "D4", "E4", "F4"], 0, [None] * 4),
        (["C#4"] * 4 + ["C#4"], 0, ["sharp", None, None, None, "sharp"]),
    ],
)
def test_an_accidental_is_printed_where_it_is_news(pitches, sharps, shown):
    text = musicxml.write_musicxml(in_a_row([TICKS] * len(pitches), [[p] for p in pitches]), {"sharps": sharps})
    notes = [note for note in ElementTree.fromstring(text).iter("note") if note.find("pitch") is not None]
    assert [note.findtext("accidental") for note in notes] == shown


def test_a_tied_note_has_no_accidental():
    text = musicxml.write_musicxml(in_a_row([3 * TICKS, 2 * TICKS], [["D4"], ["C#4"]]), {"sharps": 0})
    assert text.count("<accidental>") == 1
    assert text.count("<tie ") == 2


def test_beams_follow_the_metre():
    eighths = in_a_row([TICKS // 2] * 6, [["C5"]] * 6)
    beams = [
        re.findall('<beam number="1">(.*)</beam>', musicxml.write_musicxml(eighths, {"metre": metre}))
        for metre in ("6/8", "3/4")
    ]
    assert beams[0] == ["begin", "continue", "end"] * 2
    assert beams[1] == ["begin", "end"] * 3


def test_rests_of_two_voices_at_once_are_printed_once():
    text = musicxml.write_musicxml(in_voices([(0, 1, 76), (2, 2, 77)], [(0, 1, 67), (2, 2, 69)]))
    rests = [note for note in ElementTree.fromstring(text).iter("note") if note.find("rest") is not None]
    assert [rest.get("print-object") for rest in rests] == [None, "no"]


@pytest.mark.parametrize(
    ("names", "sharps"),
    [
        ("D4 E4 F#4 G4 A4 B4 C#5 D5", 2),
        ("B3 C#4 D4 E4 F#4 G4 A4 B4 A#4 B4", 2),  # B minor with its leading note
        ("G3 A3 A#3 C4 D4 D#4 F4 F#4 G4", -2),  # G minor
        ("A#3 C4 D4 D#4 F4 G4 A4 A#4", -2),
        ("C4", 0),
        ("", 0),
    ],
)
def test_the_signature_is_that_with_the_fewest_notes_outside_its_scale(names, sharps):
    events = in_a_row([TICKS] * len(names.split()), [[name] for name in names.split()])
    assert musicxml.signature(events) == sharps
    assert not names or f"<fifths>{sharps}</fifths>" in musicxml.write_musicxml(events)


def test_the_instrument_is_written_and_read_back(tmp_path):
    events = in_a_row([TICKS] * 4, [["C4"], ["E4"], ["G4"], ["C5"]])
    text = musicxml.write_musicxml(events, {"program": 40})
    assert text == musicxml.write_musicxml(events, {"program": 40})
    assert "Violin" in text
    (tmp_path / "a.musicxml").write_text(text, encoding="utf-8")
    assert scores.read(tmp_path / "a.musicxml")[0].about["program"] == 40
    (tmp_path / "b.musicxml").write_text(musicxml.write_musicxml(events), encoding="utf-8")
    assert "program" not in scores.read(tmp_path / "b.musicxml")[0].about
