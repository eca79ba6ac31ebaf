import numpy as np
import pytest
import samples

from riyaz.model.bundle import Bundle
from riyaz.music import midi
from riyaz.music.events import NUMBERS, PITCHES, Piece, in_a_row, table
from riyaz.play import primer
from riyaz.play.primer import BadPrimer
from riyaz.text import tokens

NOTES = ["C4", "E4", "G4", "E4"] * 3
KNOWN = {"kind": "notes", "metre": "4/4"}


@pytest.fixture
def data():
    return samples.data([Piece("tune", in_a_row([5040] * 12, [[note] for note in NOTES]), KNOWN)], ["train"])


@pytest.fixture
def read(data, tmp_path):
    model = Bundle(samples.weights(len(data.vocabulary)), data.vocabulary, {})

    def given(asked, **generate):
        settings = samples.settings(generate=generate).model_copy(update={"root": tmp_path})
        return primer.read(asked, model, data, settings)

    return given


MINE = "data/themes/mine.mid"


def written(root, notes, lengths=None, metre="4/4"):
    (root / MINE).parent.mkdir(parents=True)
    midi.write(root / MINE, in_a_row(lengths or [5040] * len(notes), [[n] for n in notes]), {"metre": metre})


def test_a_file_is_read_in_the_tokens_of_the_model(read, data, tmp_path):
    written(tmp_path, ["C4", "E4", "G4"])
    given = read(MINE)
    assert data.vocabulary.tokens(given.ids) == ["metre:4/4", "d:1", "C4", "E4", "G4"]
    assert given.ids.dtype == np.int32
    assert given.about["metre"] == "4/4"


def test_a_piece_of_the_corpus_can_be_cut_at_a_beat(read, data):
    assert data.vocabulary.tokens(read("tune@2").ids) == ["metre:4/4", "d:1", "C4", "E4"]
    assert len(read("tune").ids) == 14


@pytest.mark.parametrize(("key", "moved"), [(["D4", "F#4", "A4"], -2), (["B3", "D#4", "F#4"], 1)])
def test_a_file_in_another_key_comes_home(read, data, tmp_path, key, moved):
    written(tmp_path, key)
    given = read(MINE)
    words = data.vocabulary.tokens(given.ids)
    assert (given.moved, words[2:]) == (moved, ["C4", "E4", "G4"])
    assert "semitone" in given.said
    home = given.home(tokens.piece("drawn", words, "event", {"kind": "notes"}))
    assert [PITCHES[NUMBERS[note]] for (note,) in home.events["symbols"]] == [PITCHES[NUMBERS[note]] for note in key]


@pytest.mark.parametrize(("metre", "header"), [("5/4", []), ("8/8", ["metre:4/4"]), ("6/8", [])])
def test_an_unknown_metre_stays_the_metre_of_the_piece(read, data, tmp_path, metre, header):
    written(tmp_path, ["C4", "E4"], metre=metre)
    given = read(MINE)
    words = data.vocabulary.tokens(given.ids)
    assert words == [*header, "d:1", "C4", "E4"]
    assert metre in given.said
    assert given.home(tokens.piece("drawn", words, "event", {"kind": "notes"})).about["metre"] == metre


@pytest.mark.parametrize(
    ("notes", "lengths", "metre", "said"),
    [
        (["C4", "F4"], None, "4/4", r"F4 as the lowest note of a chord or alone at beat 2 \(nearest: E4 "),
        (["C4", "E4"], [5040, 2520], "4/4", r"duration of 1/2 beats at beat 2 \(nearest: a duration of 1 beats\)"),
        (["C4"] * 200, None, "4/4", "202 tokens"),
    ],
)
def test_what_the_network_cannot_go_on_from_is_named(read, tmp_path, notes, lengths, metre, said):
    written(tmp_path, notes, lengths, metre)
    with pytest.raises(BadPrimer, match=said) as error:
        read(MINE, tokens=100)
    assert "\n" not in str(error.value)


def test_with_the_nearest_the_network_reads_what_it_knows(read, data, tmp_path):
    written(tmp_path, ["C4", "F4", "C4"], [5040, 4800, 5280])
    given = read(MINE, unseen="nearest")
    assert data.vocabulary.tokens(given.ids) == ["metre:4/4", "d:1", "C4", "E4", "C4"]
    assert "never seen" in given.said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("tune@0", "above 0"),
        ("tune@x", "above 0"),
        ("data/themes/no.mid", "is not there"),
        ("data/no.mid", "copy it there"),
        ("no.pdf", r"\.mid"),
        ("data/themes/torn.mid", "torn.mid: "),
    ],
)
def test_what_is_no_beginning_is_refused_in_one_line(read, tmp_path, asked, said):
    (tmp_path / MINE).parent.mkdir(parents=True)
    (tmp_path / MINE).with_name("torn.mid").write_bytes(b"MThd\0\0")
    with pytest.raises(BadPrimer, match=said) as error:
        read(asked)
    assert "\n" not in str(error.value)


def test_a_rest_alone_is_empty(read, data, monkeypatch):
    silent = Piece("tune", in_a_row([5040], [[]]), KNOWN)
    monkeypatch.setitem(data.__dict__, "pieces", [silent])
    with pytest.raises(BadPrimer, match="nothing sounds"):
        read("tune")


def test_a_beginning_has_the_nearest_velocities_that_the_network_knows():
    events = table(
        [0, 10, 20],
        [10, 10, 10],
        [["C4"], ["C4", "E4"], ["C4"]],
        [[False], [True, False], [False]],
        [[30], [30, 90], [64]],
    )
    piece, known = Piece("a", events, {"kind": "notes"}), tokens.Vocabulary(["C4", "v:24", "v:56", "v:104"])
    assert primer.dynamics(piece, known).events["velocity"].tolist() == [[24], [24, 104], [56]]
    assert "velocity" not in primer.dynamics(piece, tokens.Vocabulary(["C4"])).events
    plain = Piece("b", events.drop(columns="velocity"), {"kind": "notes"})
    assert primer.dynamics(plain, known).events.equals(plain.events)
