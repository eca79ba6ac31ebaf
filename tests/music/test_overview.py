from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from riyaz.music import overview
from riyaz.music.events import TICKS, Piece, in_a_row, table
from riyaz.tabla import taals

NOTES = Piece("n", in_a_row([TICKS, TICKS, TICKS], [["C4"], ["C4", "E4"], []]), {"kind": "notes", "metre": "3/4"})
BOLS = Piece("b", in_a_row([TICKS // 2] * 4, [["Dha"], ["Te"], ["Dha"], []]), {"kind": "bols", "taal": "teental"})


def test_events_are_shown_as_fractions_and_names():
    held = table([0, TICKS], [TICKS, TICKS // 2], [["C4"], ["C4", "E4"]], [[False], [True, False]])
    rows = overview.rows(held, "beat")
    assert rows.to_dict("list") == {
        "onset (beats)": ["0", "1"],
        "duration (beats)": ["1", "1/2"],
        "sounds": ["C4", "~C4 E4"],
    }
    assert overview.rows(NOTES.events, "beat")["sounds"].tolist()[-1] == "rest"


def survey(*pieces):
    return overview.Survey.of(pieces)


def test_kinds_of_events():
    assert survey(NOTES).kinds == {"note": 1, "chord": 1, "rest": 1}
    assert survey(BOLS, BOLS).kinds == {"bol": 6, "rest": 2}
    assert survey().pieces == survey().events == 0
    both = survey(NOTES, NOTES)
    assert (both.pieces, both.events, both.beats, both.lengths) == (2, 6, 6, {TICKS: 6})


def test_what_sounds_by_hand():
    classes = overview.sounds(survey(NOTES))
    assert (classes["C"], classes["E"], classes.sum(), len(classes)) == (2, 1, 3, 12)
    assert overview.sounds(survey(BOLS)).to_dict() == {"Dha": 2, "Te": 1}
    assert "2 different pitches from C4 to E4" in overview.sounds_in_words(survey(NOTES))


def test_of_equally_frequent_values_the_first_comes_first():
    assert overview.most_frequent(Counter("abccb")).to_dict() == {"b": 2, "c": 2, "a": 1}
    assert [*overview.most_frequent(Counter("abccb")).index] == ["b", "c", "a"]


@pytest.mark.parametrize(("metre", "beats", "labels"), [("3/4", 3, "123"), ("3/8+2/8", 2.5, "12"), ("6/8", 3, "123")])
def test_the_cycle_of_notes_is_the_bar(metre, beats, labels):
    counted = survey(Piece("n", NOTES.events, {"kind": "notes", "metre": metre}))
    found = overview.cycle(counted)
    assert (found.beats, "".join(found.labels), found.bounds) == (beats, labels, ())
    starts = overview.starts(counted, found)
    assert starts[starts > 0].to_dict() == {1: 1, 2: 1}
    assert len(starts) == 4 * beats


def test_the_most_frequent_cycle_is_taken():
    others = [Piece("n", NOTES.events, {"kind": "notes", "metre": metre}) for metre in ("2/4", "6/8", "2/4")]
    found = overview.cycle(survey(NOTES, *others))
    assert (found.name, found.pieces) == ("2/4", 2)


def test_the_cycle_of_bols_is_the_taal_with_its_theka():
    counted = survey(BOLS)
    found = overview.cycle(counted)
    assert (found.beats, found.bounds, found.pieces) == (16, (1, 5, 9, 13), 1)
    assert found.labels[0] == "1\nDha\nX"
    starts = overview.starts(counted, found)
    assert starts[starts > 0].to_dict() == {1: 1, 1.5: 1, 2: 1}


def test_a_taal_of_ones_own_needs_no_theka():
    taal = taals.own("Mine", "3+2")
    found = overview.cycle(survey(Piece("b", BOLS.events, {"kind": "bols", "taal": taal.name})))
    assert found.labels == ["1\n\nX", "2\n\n", "3\n\n", "4\n\n2", "5\n\n"]


def test_the_share_of_open_bayan_by_matra():
    counted = survey(BOLS)
    shares = overview.open_bayan(counted, overview.cycle(counted))
    assert shares.loc[1:2].tolist() == [0.5, 1.0]  # Dha Te, Dha
    assert len(shares) == 16
    assert shares.loc[3:].isna().all()


def test_music_off_the_grid_is_called_free():
    off = survey(Piece("n", in_a_row([TICKS // 7, TICKS], [[], ["C4"]]), {"kind": "notes"}))
    words = overview.starts_in_words(off, overview.cycle(off))
    assert "0% of them start on a sixteenth" in words
    assert "played freely" in words


def test_taals_and_forms_are_counted():
    others = [Piece(name, BOLS.events, {**BOLS.about, "form": form}) for name, form in (("c", "kaida"), ("d", ""))]
    counted = overview.taals_and_forms(survey(BOLS, *others))
    assert counted.loc["teental"].to_dict() == {"kaida": 1, "–": 2}
    assert isinstance(counted, pd.DataFrame)


def test_keys_and_the_example_are_of_the_first():
    high = Piece("high", NOTES.events, {"kind": "notes", "metre": "4/4"})
    assert survey(high, NOTES, replace(NOTES, name="last")).example.name == "n"
    assert sum(survey(NOTES, NOTES).keys.values()) == 2


def test_lines_are_the_first_with_sections_and_those_of_the_lecture():
    parts = {**BOLS.about, "sections": [{"name": "theme", "onset": 0, "duration": TICKS}]}
    named = [Piece(name, BOLS.events, parts) for name in ("a", "b", "lecture 1", "c")]
    assert [piece.name for piece in survey(BOLS, *named).lines] == ["a", "lecture 1"]
