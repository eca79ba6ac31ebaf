import pytest

from riyaz.music import events as ev
from riyaz.play import generated
from riyaz.tabla import notation

NOTES = ev.Piece(
    "01", ev.in_a_row([5040, 2520, 2520], [["C4", "E4"], [], ["G4"]]), {"kind": "notes", "title": "<b>", "method": "m"}
)
BOLS = ev.Piece(
    "02",
    ev.in_a_row([2520] * 5, [["Dha"], ["Dha"], ["Te"], ["Te"], ["Na"]]),
    {"kind": "bols", "taal": "teental", "form": "kaida", "title": "02, sampled", "method": "sampled", "tempo": 120},
)
SILENT = ev.Piece("03", ev.in_a_row([5040], [[]]), {"kind": "notes", "title": "03", "method": "m"})


@pytest.mark.parametrize(
    ("piece", "suffixes"),
    [
        (NOTES, {".mid", ".mp3", ".musicxml"}),
        (BOLS, {".mid", ".mp3", ".txt", ".html"}),
        (SILENT, {".mid", ".musicxml"}),
    ],
)
def test_a_piece_is_written_in_every_form_and_shown_with_links_to_what_is_there(tmp_path, piece, suffixes):
    table = generated.write(tmp_path, [piece])
    assert {path.suffix for path in tmp_path.iterdir()} == suffixes
    assert table.loc[0, "events"] == len(piece.events)
    assert (table.loc[0, "seconds"] > 0) == (".mp3" in suffixes)
    html = generated.show(tmp_path, piece)
    assert all(f"pieces/{piece.name}{suffix}" in html for suffix in suffixes)
    assert ("<riyaz-player" in html) == (".mp3" in suffixes)
    assert "<b>" not in html


def test_the_notation_of_a_piece_can_be_fed_back(tmp_path):
    generated.write(tmp_path, [BOLS])
    back = notation.read_file(tmp_path / "02.txt").piece("02").events
    assert [s for s in back["symbols"] if s] == BOLS.events["symbols"].tolist()
    assert back["duration"].sum() % ev.TICKS == 0


def test_files_repeat_byte_for_byte(tmp_path):
    for folder in ("a", "b"):
        generated.write(tmp_path / folder, [NOTES, BOLS])
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
