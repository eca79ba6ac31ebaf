import pytest

from riyaz.music import events as ev
from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import mts
from riyaz.tabla.bols import BOLS

HEADER = """\
##
GHARANA:Delhi
COMPOSITION:A kaida
TYPE:KAYDA
TALA:TINTAL
COMPOSER:-
##
"""


def read(tmp_path, body, header=HEADER):
    (tmp_path / "1.txt").write_text(header + body)
    return mts.read(tmp_path / "1.txt")[0]


def test_a_whole_avartan_in_two_sections(tmp_path):
    body = (
        "''Theme''\n!S:2\n"
        + "DHA DHA;TE TE;DHA DHA;TU NA;\n" * 2
        + "''Palta''\n!S:2\n"
        + "TAA TAA;TE TE;\n" * 4
        + "!E\nDHA;"
    )
    piece = read(tmp_path, body)
    ev.validate(piece.events)
    assert piece.beats == 16
    assert piece.events["symbols"].str[0].tolist()[:8] == ["Dha", "Dha", "Te", "Te", "Dha", "Dha", "Tu", "Na"]
    assert piece.events["symbols"].str[0].tolist()[16] == "Ta"
    about = piece.about
    assert (about["taal"], about["form"], about["title"], about["gharana"]) == ("teental", "kaida", "A kaida", "Delhi")
    assert [(s["name"], s["onset"] // TICKS, s["duration"] // TICKS) for s in about["sections"]] == [
        ("Theme", 0, 8),
        ("Palta", 8, 8),
    ]
    assert about["lost"] == {}


def test_commas_rests_and_mixed_slots(tmp_path):
    piece = read(tmp_path, "!S:4|3\nDHA TE,RE - KI;TIN NA KE;\n")
    assert [TICKS // d for d in piece.events["duration"]] == [4, 8, 8, 4, 4, 3, 3, 3]
    assert piece.events["symbols"].tolist()[3] == []
    assert piece.about["lost"] == {"incomplete_avartan": 1}


def test_closed_and_open_ta_stay_two(tmp_path):
    assert read(tmp_path, "!S:4\nKI TA TAA NA;").events["symbols"].str[0].tolist() == ["Ki", "ta", "Ta", "Na"]


def test_what_is_odd_is_counted_and_never_refused(tmp_path):
    piece = read(tmp_path, "!S:4\n!X\nDHA XYZ TE;\nTII CHAP KII GHEN;\n;\n")
    assert piece.about["lost"] == {
        "incomplete_avartan": 1,
        "merged_bol": 4,
        "odd_matra": 2,
        "unknown_bol": 1,
        "unknown_command": 1,
    }
    assert piece.events["symbols"].tolist()[:3] == [["Dha"], [], ["Te"]]
    ev.validate(piece.events)


def test_slots_that_no_tick_divides_still_fill_the_matra(tmp_path):
    piece = read(tmp_path, "!S:11\n" + " ".join(["TE"] * 11) + ";\nDHA,DHA,DHA TE,RE,KI,TA,KA,NA,TE,RE,KI,TA,KA;")
    assert piece.beats == 2
    ev.validate(piece.events)


def test_every_symbol_is_a_bol():
    assert len(mts.SYMBOLS) == 40  # the rest is the 41st of the data set
    assert not set(mts.SYMBOLS.values()) - set(BOLS)


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        ("", "DHA TE;", "1.txt:1: there is no header"),
        ("##\nTYPE:KAIDA\n##\n", "DHA;", "1.txt: the header has no TALA"),
        ("##\nTALA:TINTAK\n##\n", "DHA;", r"1.txt: there is no taal 'TINTAK' \(nearest: Teental, 16 matras"),
        (HEADER, "", "1.txt: there are no bols"),
        (HEADER, "- -;\n!E\nDHA;", "1.txt: there are no bols"),
    ],
)
def test_hopeless_files_say_why(tmp_path, header, body, message):
    with pytest.raises(Unreadable, match=message):
        read(tmp_path, body, header)
