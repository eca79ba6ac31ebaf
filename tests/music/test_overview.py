import pandas as pd
import pytest

from riyaz.music import overview
from riyaz.music.events import TICKS, Piece, in_a_row, table

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


def test_kinds_of_events():
    assert overview.everything([NOTES])["kind"].tolist() == ["note", "chord", "rest"]
    assert overview.everything([BOLS])["kind"].tolist() == ["bol", "bol", "bol", "rest"]
    assert overview.everything([]).empty


def test_what_sounds_by_hand():
    classes = overview.sounds(overview.everything([NOTES]), "notes")
    assert (classes["C"], classes["E"], classes.sum(), len(classes)) == (2, 1, 3, 12)
    assert overview.sounds(overview.everything([BOLS]), "bols").to_dict() == {"Dha": 2, "Te": 1}
    assert "2 different pitches from C4 to E4" in overview.sounds_in_words(overview.everything([NOTES]), "notes")


@pytest.mark.parametrize(("metre", "beats", "labels"), [("3/4", 3, "123"), ("3/8+2/8", 2.5, "12"), ("6/8", 3, "123")])
def test_the_cycle_of_notes_is_the_bar(metre, beats, labels):
    piece = Piece("n", NOTES.events, {"kind": "notes", "metre": metre})
    found = overview.cycle([piece])
    assert (found.beats, "".join(found.labels), found.bounds) == (beats, labels, ())


def test_the_cycle_of_bols_is_the_taal_with_its_theka():
    found = overview.cycle([BOLS])
    assert (found.beats, found.bounds, found.pieces) == (16, (1, 5, 9, 13), {"b"})
    assert found.labels[0] == "1\nDha\nX"
    events = overview.everything([BOLS])
    assert overview.starts(events, found).tolist() == [1, 1.5, 2]


def test_the_share_of_open_bayan_by_matra():
    shares = overview.open_bayan(overview.everything([BOLS]), overview.cycle([BOLS]))
    assert shares.loc[1:2].tolist() == [0.5, 1.0]  # Dha Te, Dha
    assert len(shares) == 16
    assert shares.loc[3:].isna().all()


def test_music_off_the_grid_is_called_free():
    off = Piece("n", in_a_row([TICKS // 7, TICKS], [[], ["C4"]]), {"kind": "notes"})
    words = overview.starts_in_words(overview.everything([off]), overview.cycle([off]))
    assert "0% of them start on a sixteenth" in words
    assert "played freely" in words


def test_taals_and_forms_are_counted():
    others = [Piece(name, BOLS.events, {**BOLS.about, "form": form}) for name, form in (("c", "kaida"), ("d", ""))]
    counted = overview.taals_and_forms([BOLS, *others])
    assert counted.loc["teental"].to_dict() == {"kaida": 1, "–": 2}
    assert isinstance(counted, pd.DataFrame)
