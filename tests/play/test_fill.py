"""Filling in: what is locked stays, what is open fits, and what cannot be filled is said in a line."""

import sys
from pathlib import Path

import numpy as np
import pytest
import samples

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "practice"))
from test_play import dynamic, model, real, song

from riyaz import commands
from riyaz.music import midi
from riyaz.music.events import EVEN, PITCHES, TICKS, in_a_row, rows, to_notes, validate
from riyaz.play import fill, generated, lock, primer
from riyaz.text import tokens

FEW = 24  # particles


def instrument(pieces):
    """A random network of these pieces, its data set, and settings with numbers."""
    bundle = model(pieces, units=8, layers=1, embedding=8)
    for member in bundle.weights["members"]:
        member["dense"] = {name: array / 30 for name, array in member["dense"].items()}  # unsure: much fits
    data = samples.data(pieces, ["train"] * len(pieces))
    assert data.vocabulary == bundle.vocabulary
    return bundle, data, samples.settings(generate={"temperature": 1.0, "top_p": 1.0})


@pytest.fixture(scope="module")
def notes():
    return instrument([song()])


@pytest.fixture(scope="module")
def loud():
    return instrument([dynamic()])


@pytest.fixture(scope="module")
def bols():
    return instrument(real())


def filled(made, piece, where, **wish):
    return fill.fill(fill.Wish(piece, where, **{"particles": FEW, **wish}), *made, anywhere=True)


def outside(events, *spans):
    """What sounds outside of some stretches (beats): onset, duration and symbols of each event, cut at their edges."""
    whole = lock.cut(events, [TICKS * beat for span in spans for beat in span])
    return [e[:3] for e in rows(whole) if not any(a * TICKS <= e[0] < b * TICKS for a, b in spans)]


@pytest.mark.parametrize("keep", [(), ("melody",), ("bass",)])
def test_locked_notes_keep_their_velocities_and_new_ones_have_theirs(loud, keep):
    result = filled(loud, "dynamic", "3-4,7", n=3, keep=keep)
    known = {int(word[2:]) for word in loud[0].vocabulary.words if word.startswith("v:")}
    before = to_notes(dynamic().events)
    for piece in result.pieces:
        validate(piece.events)
        notes = to_notes(piece.events)
        assert set(notes["velocity"]) <= known
        locked = [(a < 6 * TICKS) or (12 * TICKS < a < 18 * TICKS) or a > 21 * TICKS for a in notes["onset"]]
        outside_ = notes[locked].merge(before, on=["onset", "symbol"])
        assert len(outside_) > 10
        assert (outside_["velocity_x"] == outside_["velocity_y"]).all()


def test_a_model_with_dynamics_fills_a_piece_without_them(loud):
    plain = {"velocity": 0}
    bundle, data, settings = loud
    settings = settings.model_copy(update={"tokenize": settings.tokenize.model_copy(update=plain)})
    (piece, *_) = fill.fill(fill.Wish("dynamic", "3-4", particles=FEW), bundle, data, settings, anywhere=True).pieces
    validate(piece.events)
    assert set(to_notes(piece.events).get("velocity", [])) <= {40, 72, 104, EVEN}


def test_locked_bars_stay_and_open_ones_are_filled_exactly(notes):
    result = filled(notes, "song", "3-4,7", n=3)
    assert len(result.pieces) == 3
    for piece in result.pieces:
        validate(piece.events)
        assert piece.beats == song().beats
        assert {6 * TICKS, 12 * TICKS, 18 * TICKS, 21 * TICKS} <= set(piece.events["onset"])
        assert outside(piece.events, (6, 12), (18, 21)) == outside(song().events, (6, 12), (18, 21))
        assert tokens.decode(tokens.encode(piece)).equals(piece.events)
    texts = {" ".join(tokens.encode(piece)) for piece in result.pieces}
    assert len(texts) == 3
    assert "particles" in result.said
    assert all("bits per token" in said for said in result.each)
    again = filled(notes, "song", "3-4,7", n=3)
    assert [piece.events.equals(b.events) for piece, b in zip(result.pieces, again.pieces, strict=True)] == [True] * 3


def test_bars_after_the_last_are_new_ones_and_the_piece_ends_with_them(notes):
    bars = -(-song().beats // 3)
    (piece,) = filled(notes, "song", f"{bars + 1}-{bars + 2}").pieces
    assert piece.beats == (bars + 2) * 3
    assert piece.events["symbols"].tolist()[: len(song().events)] == song().events["symbols"].tolist()


@pytest.mark.parametrize("voice", ["melody", "bass"])
def test_a_kept_voice_stays_note_for_note(notes, voice):
    (piece,) = filled(notes, "song", "3-4", keep=(voice,)).pieces
    span = [(6 * TICKS, 12 * TICKS)]
    before, after = (lock.part(events, span, 48 * TICKS, [voice]).stays for events in (song().events, piece.events))
    heard = [{note[:4] for note in kept[voice] if note.name} for kept in (before, after)]
    assert heard[0]
    assert heard[0] <= heard[1]
    assert not piece.events.equals(song().events)


def test_a_file_that_was_never_seen_comes_back_in_its_own_key(notes, tmp_path):
    names = [["D4"], ["D4", "F#4"], [], ["D4", "F#4", "A4"]] * 4
    midi.write(tmp_path / "mine.mid", in_a_row([TICKS, TICKS // 2, TICKS // 2, 2 * TICKS] * 4, names), {"metre": "2/4"})
    result = filled(notes, str(tmp_path / "mine.mid"), "3-4")
    (piece,) = result.pieces
    assert "2 semitones down" in result.said
    assert piece.about["metre"] == "2/4"
    assert piece.name == "mine_filled_1"
    written = primer.source(str(tmp_path / "mine.mid"), *notes[1:], anywhere=True).events
    assert outside(piece.events, (4, 8)) == outside(written, (4, 8))
    known = {PITCHES.index(w.lstrip("+~")) + 2 for w in notes[0].vocabulary.words if tokens.kind(w) == "note"}
    assert {PITCHES.index(name) for name in to_notes(piece.events)["symbol"]} <= known


def test_matras_of_a_composition_are_filled_and_its_sections_stay(bols):
    source = bols[1].pieces[0]
    (piece,) = filled(bols, source.name, "5-8", unit="beats").pieces
    assert piece.beats == source.beats
    assert outside(piece.events, (4, 8)) == outside(source.events, (4, 8))
    made = fill._compositions([piece])[piece.name]
    assert "." not in piece.name
    assert [s.name for s in made.sections] == [s["name"] for s in source.about["sections"]]
    avartan = filled(bols, source.name, "1").pieces[0]
    assert outside(avartan.events, (0, 16)) == outside(source.events, (0, 16))


@pytest.mark.parametrize(
    ("where", "wish", "said"),
    [
        ("99-100", {}, "there are no bars 99-100, it has 16; 17 is the first after its end"),
        ("1-16", {}, "all that it has"),
        ("1-20", {}, "all that it has"),
        ("", {}, "names no bars"),
        ("8-5", {}, "names no bars"),
        ("0-1", {}, "names no bars"),
        ("x", {"unit": "beats"}, "names no beats"),
        ("17", {"keep": ("melody",)}, "no melody to keep"),
        ("17-900", {}, "generate.tokens allows"),
    ],
)
def test_what_cannot_be_filled_is_said_in_a_line(notes, where, wish, said):
    with pytest.raises(fill.BadFill, match=said) as error:
        filled(notes, "song", where, **wish)
    assert "\n" not in str(error.value)


def test_a_file_without_notes_or_with_unknown_ones_is_refused(notes, tmp_path):
    midi.write(tmp_path / "none.mid", in_a_row([TICKS], [[]]), {"metre": "3/4"})
    with pytest.raises(primer.BadPrimer):
        filled(notes, str(tmp_path / "none.mid"), "1")
    strange = [[PITCHES[number]] for number in range(60, 72)]
    midi.write(tmp_path / "strange.mid", in_a_row([TICKS] * 12, strange), {"metre": "3/4"})
    with pytest.raises(primer.BadPrimer, match="never seen"):
        filled(notes, str(tmp_path / "strange.mid"), "1")
    with pytest.raises(primer.BadPrimer, match="is not there"):
        filled(notes, str(tmp_path / "gone.mid"), "1")


def test_what_no_particle_can_fill_is_said(notes):
    bundle, data, settings = notes
    weights = {**bundle.weights, "members": [dict(bundle.weights["members"][0])]}
    dense = weights["members"][0]["dense"]
    bias = np.where([word.startswith("d:") for word in data.vocabulary.words], -np.inf, dense["bias"])
    weights["members"][0]["dense"] = {**dense, "bias": bias.astype(np.float32)}
    broken = type(bundle)(weights, bundle.vocabulary, {})
    with pytest.raises(fill.BadFill, match="no particle came to the end"):
        filled((broken, data, settings), "song", "3-4")


def test_bols_have_no_voices(bols):
    with pytest.raises(fill.BadFill, match="one voice"):
        filled(bols, bols[1].names[0], "1", keep=("bass",))


def test_the_page_has_each_filling(notes, tmp_path):
    result = filled(notes, "song", "3-4", n=2)
    generated.write(tmp_path, result.pieces)
    page = fill._page(tmp_path, result)
    assert page.count("<riyaz-player aria-label") == 2
    assert 'href="song_filled_1.mid"' in page
    assert "particles" in page


def test_the_verb_says_what_is_wrong(capsys):
    assert commands.main(["fill", "no.mid", "--bars", "1", "--pieces", "0"]) == 1
    assert "--pieces" in capsys.readouterr().err


def test_with_the_nearest_a_piece_is_filled_whose_notes_are_unknown(notes, tmp_path):
    lengths = [TICKS * 2 // 3, TICKS * 4 // 3, TICKS] * 4
    midi.write(tmp_path / "strange.mid", in_a_row(lengths, [["C4"], ["F4"], ["G#5"]] * 4), {"metre": "3/4"})
    with pytest.raises(primer.BadPrimer, match="--nearest"):
        filled(notes, str(tmp_path / "strange.mid"), "2")
    result = filled(notes, str(tmp_path / "strange.mid"), "2", nearest=True)
    assert "never seen" in result.said
    before = midi.read(tmp_path / "strange.mid")[0].events
    for piece in result.pieces:
        validate(piece.events)
        assert outside(piece.events, (3, 6)) == outside(before, (3, 6))  # the other bars are the file's own
    with pytest.raises(fill.BadFill, match="keep another voice"):
        filled(notes, str(tmp_path / "strange.mid"), "2", nearest=True, keep=("melody",))
