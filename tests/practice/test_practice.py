"""What the page plays is what the events say: timelines, lehras, sounds and the page."""

import base64
import json
import re
from io import BytesIO

import numpy as np
import pytest
import soundfile

from riyaz.music.events import TICKS, Piece, in_a_row, table
from riyaz.practice import lehra, page, player, sounds
from riyaz.practice.timeline import timeline
from riyaz.tabla import strokes, taals

ABOUT = {"kind": "bols", "taal": "dadra", "title": "A <b>piece</b>"}


def bols(rows, about=ABOUT, name="a"):
    return Piece(name, in_a_row(*zip(*rows, strict=True)), about)


def test_bols_keep_their_times_names_and_strokes():
    line = timeline(bols([(TICKS, ["Dha"]), (TICKS // 2, []), (TICKS // 2, ["Ti"]), (TICKS, ["Na"])]))
    assert (line["unit"], line["length"], line["cycle"]) == (TICKS // 2, 6, 12)
    assert line["durations"] == [2, 1, 1, 2]
    assert [line["names"][n][0] if n >= 0 else "" for n in line["bols"]] == ["Dha", "", "Ti", "Na"]
    assert line["names"][line["bols"][0]][1] == [["ge", 0.0], ["na", 0.0]]
    assert line["names"][line["bols"][2]][1] == [["tin", 0.0]]  # before Na the hand plays Tin
    assert sum(line["taal"]["theka"][0]) == line["cycle"]


def test_notes_are_joined_where_they_are_held():
    events = in_a_row([TICKS, TICKS], [["C4", "E4"], ["C4"]])
    events.at[1, "held"] = [True]
    line = timeline(Piece("a", events, {"kind": "notes", "metre": "3/4"}))
    assert line["notes"] == [0, 2, 60, 0, 1, 64]
    assert (line["unit"], line["cycle"], line["tempo"]) == (TICKS, 3, 100)


def test_an_empty_piece_has_no_length():
    assert timeline(Piece("a", in_a_row([], []), ABOUT))["length"] == 0


def test_what_is_no_bol_is_refused():
    with pytest.raises(ValueError, match="'Zap' is no bol"):
        timeline(bols([(TICKS, ["Zap"])]))


def test_lehra_is_read_as_it_is_written():
    assert lehra.read("S' - | (gS) d,") == ((0, 2, 12), (2, 0.5, 3), (2.5, 0.5, 0), (3, 1, -4))


@pytest.mark.parametrize(("text", "said"), [("S X", "degree"), ("- S", "begins with a note"), ("S 1", "no matra")])
def test_what_is_no_lehra_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        lehra.read(text)


@pytest.mark.parametrize("taal", [*taals.TAALS.values(), *taals.MORE.values()], ids=lambda taal: taal.name)
def test_each_taal_has_a_lehra_that_fills_it_from_sam(taal):
    for one in lehra.lehras(taal):
        ends = [onset + duration for onset, duration, _ in one.notes]
        assert [0.0, *ends] == pytest.approx([*(onset for onset, _, _ in one.notes), taal.matras])
        assert one.source in (lehra.OWN, "traditional, after Bol Processor's lehra file")
    assert lehra.lehras(taal)[-1].notes[0][2] == 0


def test_a_bank_has_each_sample_at_its_place():
    low, high = np.full(300, 0.25, np.float32), np.full(200, -0.5, np.float32)
    bank = sounds.bank({"a": [low, high], "b": [low]}, 16000)
    wave, rate = soundfile.read(BytesIO(base64.b64decode(bank["flac"])), dtype="float32")
    for name, samples in (("a", [low, high]), ("b", [low])):
        for (start, length), sample in zip(bank["places"][name], samples, strict=True):
            cut = wave[round(start * rate) : round((start + length) * rate)] * bank["gain"]
            assert np.allclose(cut, sample, atol=1e-4)
    assert sounds.bank({}, 16000)["flac"] == ""


def test_every_stroke_has_variants_that_differ():
    bank = sounds.tabla()
    assert set(bank["drums"]) == set(strokes.STROKES) <= set(bank["places"])
    assert {len(places) for places in bank["places"].values()} == {sounds.VARIANTS}
    wave, rate = soundfile.read(BytesIO(base64.b64decode(bank["flac"])))
    first, second = (wave[round(start * rate) :][:400] for start, _ in bank["places"]["na"][:2])
    assert not np.allclose(first, second, atol=1e-3)


def test_the_piano_is_never_shifted_by_more_than_two_semitones():
    pitches = [int(name) for name in sounds.notes((50, 61))["places"]]
    assert max(min(abs(pitch - other) for other in pitches) for pitch in range(50, 62)) <= 2


def test_markup_is_shortened_and_text_is_not():
    view = '<p class="long enough to count">धा\uecb1</p>\n'
    markup, (one,) = page.shortened([{"view": view * 20}])
    assert len(one["view"]) < len(view) * 5
    back = re.sub("[\U000f0000-\U000f1fff]", lambda m: markup[ord(m[0]) - 0xF0000], one["view"])
    assert back == view * 20


def test_a_page_says_what_does_not_fit(monkeypatch):
    pieces = [bols([(TICKS, ["Dha"])] * 6, name=f"p{n}") for n in range(5)]
    monkeypatch.setattr(page, "LIMIT", len(page.render("some", pieces, [], {}).encode()) - 1)
    html = page.render("some", pieces, [], {})
    assert len(html.encode()) <= page.LIMIT
    stored = json.loads(re.search(r'id="riyaz-pieces">(.*?)</script>', html, re.DOTALL)[1])
    assert 0 < len(stored["pieces"]) < 5
    assert stored["missing"] + len(stored["pieces"]) == 5


def test_the_page_is_the_same_each_time_and_users_text_is_text():
    pieces = [bols([(TICKS, ["Dha"])], {**ABOUT, "title": "</script><!--<script>alert(1)"})]
    html = page.render("some", pieces, [], {})
    assert html == page.render("some", pieces, [], {})
    assert "<script>alert" not in html
    assert "<!--" not in html


def test_a_sheet_gets_one_player():
    html = player.playable("<html><body><h1>x</h1></body></html>", bols([(TICKS, ["Dha"])]))
    assert html.count("<riyaz-player aria-label") == 1
    assert html.endswith("</body></html>")
    assert 'A &lt;b&gt;piece&lt;/b&gt;"' in html


def test_notes_with_dynamics_have_their_velocities():
    events = table(
        [0, TICKS], [TICKS, TICKS], [["C4", "E4"], ["E4", "G4"]], [[False] * 2, [True, False]], [[40, 90], [90, 60]]
    )
    shown = timeline(Piece("a", events, {"kind": "notes"}))
    assert shown["notes"][2::3] == [60, 64, 67]
    assert shown["velocities"] == [40, 90, 60]
    assert "velocities" not in timeline(Piece("a", events.drop(columns="velocity"), {"kind": "notes"}))
