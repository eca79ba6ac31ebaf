import numpy as np
import pytest

from riyaz.music import dynamics, scores
from riyaz.music.dynamics import ALL, EVEN, MARKS
from riyaz.music.events import TICKS, from_notes, to_notes
from riyaz.music.musicxml import write_musicxml

XML = """<score-partwise><part-list><score-part id="P1"/></part-list><part id="P1"><measure number="1">
<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
{}</measure></part></score-partwise>"""
DIRECTION = "<direction><direction-type>{}</direction-type></direction>"


def quarter(step):
    return f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>1</duration></note>"


def heard(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    (piece,) = scores.read(tmp_path / name)
    return to_notes(piece.events).get("velocity", np.array([])).tolist()


def at(said, *beats, part=0):
    return dynamics.velocities(said, [beat * TICKS for beat in beats], [part] * len(beats)).tolist()


def test_a_mark_holds_in_its_part_until_the_next():
    said = [(2 * TICKS, 0, "p"), (4 * TICKS, 0, "ff")]
    assert at(said, 0, 1, 2, 3, 4, 9) == [EVEN, EVEN, 49, 49, 112, 112]
    assert at(said, 0, 5, part=1) == [EVEN, EVEN]
    assert at([(0, ALL, "p")], 1, part=7) == [49]
    assert at([]) == []


def test_a_hairpin_leads_to_the_mark_after_it():
    said = [(0, 0, "p"), (0, 0, "<"), (4 * TICKS, 0, "|"), (4 * TICKS, 0, "f")]
    soft, loud = MARKS["p"], MARKS["f"]
    assert at(said, 0, 2, 4, 8) == [soft, round((soft + loud) / 2), loud, loud]


def test_a_hairpin_that_leads_nowhere_is_one_degree():
    assert at([(0, 0, "f"), (TICKS, 0, ">"), (3 * TICKS, 0, "|")], 0, 1, 2, 3, 4) == [96, 96, 88, 80, 80]
    assert at([(0, 0, ">")], 4, 8) == [64, 64]  # nor does it end
    assert at([(0, 0, "ffff"), (0, 0, "<"), (TICKS, 0, "|")], 1) == [127]


def test_a_mark_against_the_hairpin_is_no_goal_of_it():
    assert at([(0, 0, "f"), (0, 0, "<"), (2 * TICKS, 0, "|"), (2 * TICKS, 0, "p")], 1, 2) == [104, 49]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.musicxml",
            XML.format(
                DIRECTION.format("<dynamics><p/></dynamics>")
                + quarter("C")
                + quarter("D")
                + DIRECTION.format("<dynamics><ff/></dynamics>")
                + quarter("E")
                + quarter("F")
            ),
        ),
        ("a.abc", "X:1\nM:4/4\nL:1/4\nK:C\n!p!CD!ff!EF|\n"),
        ("a.krn", "**kern\t**dynam\n*M4/4\t*\n4c\tp\n4d\t.\n4e\tff\n4f\t.\n*-\t*-\n"),
    ],
)
def test_every_kind_of_score_has_its_marks(tmp_path, name, text):
    assert heard(tmp_path, name, text) == [49, 49, 112, 112]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.musicxml",
            XML.format(
                DIRECTION.format("<dynamics><p/></dynamics>")
                + DIRECTION.format('<wedge type="crescendo"/>')
                + quarter("C")
                + quarter("D")
                + DIRECTION.format('<wedge type="stop"/>')
                + DIRECTION.format("<dynamics><f/></dynamics>")
                + quarter("E")
                + quarter("F")
            ),
        ),
        ("a.abc", "X:1\nM:4/4\nL:1/4\nK:C\n!p!!<(!CD!<)!!f!EF|\n"),
        ("b.abc", "X:1\nM:4/4\nL:1/4\nK:C\n!p!!crescendo(!CD!crescendo)!!f!EF|\n"),
        ("a.krn", "**kern\t**dynam\n*M4/4\t*\n4c\tp<\n4d\t(\n4e\t[f\n4f\t.\n*-\t*-\n"),
    ],
)
def test_every_kind_of_score_has_its_hairpins(tmp_path, name, text):
    assert heard(tmp_path, name, text) == [49, 72, 96, 96]


def test_a_score_without_marks_has_no_dynamics(tmp_path):
    assert heard(tmp_path, "a.abc", "X:1\nM:4/4\nL:1/4\nK:C\n!fermata!CD+trill+EF|\n") == []


def test_marks_are_written_where_a_bar_is_another_than_the_one_before():
    onset, bars = np.arange(8) * TICKS, [(0, 2 * TICKS), (2 * TICKS, 4 * TICKS), (4 * TICKS, 8 * TICKS), (10**6, 10**7)]
    velocity = np.array([50, 48, 52, 46, 110, 114, 110, 114])
    assert dynamics.marks(onset, velocity, bars) == [(0, "p"), (4 * TICKS, "ff")]


def bars_of(*levels):
    """What is written where each bar has four notes of one velocity."""
    velocity = np.repeat(levels, 4)
    bars = [(bar * 4 * TICKS, (bar + 1) * 4 * TICKS) for bar in range(len(levels))]
    return [
        (time // (4 * TICKS), mark) for time, mark in dynamics.marks(np.arange(len(velocity)) * TICKS, velocity, bars)
    ]


def test_a_hairpin_is_written_where_three_bars_grow_louder_or_softer():
    assert bars_of(49, 64, 96) == [(0, "p"), (0, "<"), (2, "|"), (2, "f")]
    assert bars_of(49, 49, 64, 80, 80, 64, 33, 33) == [
        *[(0, "p"), (1, "<"), (3, "|"), (3, "mf"), (4, ">"), (6, "|"), (6, "pp")]
    ]
    assert bars_of(49, 64, 96, 64, 33) == [(0, "p"), (0, "<"), (2, "|"), (2, "f"), (2, ">"), (4, "|"), (4, "pp")]
    assert bars_of(49, 64, 64, 96) == [(0, "p"), (1, "mp"), (3, "f")]
    assert bars_of() == []


def test_a_written_hairpin_is_read_back(tmp_path):
    n, degrees = 4 * 5, np.repeat([49, 64, 80, 96, 112], 4)
    events, _ = from_notes(np.arange(n) * TICKS, np.full(n, TICKS), np.full(n, 60), velocity=degrees)
    (tmp_path / "a.musicxml").write_text(write_musicxml(events, {"kind": "notes"}), encoding="utf-8")
    (piece,) = scores.read(tmp_path / "a.musicxml")
    again = to_notes(piece.events)["velocity"].to_numpy()
    assert (np.diff(again) >= 0).all()
    assert again[[0, -1]].tolist() == [MARKS["p"], MARKS["ff"]]
    assert np.abs(again - degrees).max() <= dynamics.DEGREE
