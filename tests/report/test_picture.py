"""The picture and the sound that the README shows."""

from xml.etree import ElementTree

import pytest
import soundfile

from riyaz.music import events
from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.report import picture

BOLS = Piece("b", in_a_row([TICKS] * 33, [["Dha"], ["Te"], ["Na"]] * 11), {"kind": "bols", "taal": "teental"})
NOTES = Piece("n", in_a_row([TICKS] * 8, [["C4"], ["E4"]] * 4), {"kind": "notes", "metre": "4/4"})
SILENT = Piece("s", in_a_row([TICKS], [[]]), {"kind": "notes"})


@pytest.mark.parametrize("piece", [BOLS, NOTES, None])
def test_a_piece_is_a_picture_that_stands_alone_and_a_short_sound(tmp_path, piece):
    for folder in ("one", "two"):
        picture.write(tmp_path / folder, piece)
    one, two = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "two"))
    assert [path.name for path in one] == ["piece.mp3", "piece.svg"]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert ElementTree.parse(one[1]).getroot().tag.endswith("svg")
    assert "#fff" in one[1].read_text(encoding="utf-8")
    samples, rate = soundfile.read(one[0])
    assert 0 < len(samples) / rate < picture.SECONDS + 1
    assert (abs(samples).max() > 0.01) == (piece is not None)


def test_the_first_of_the_names_that_sounds_is_taken(tmp_path):
    events.save([NOTES, SILENT], tmp_path)
    assert picture.of(tmp_path, ["s", "n"]).name == "n"
    assert picture.of(tmp_path, ["s"]) is None


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(picture.environment, "checkout", lambda: tmp_path)
    with pytest.raises(FileNotFoundError, match="dvc repro generate@tabla makes it"):
        picture.run(["tabla"])
    with pytest.raises(ValueError, match="name one corpus"):
        picture.run([])
