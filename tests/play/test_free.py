import numpy as np
import pytest
import samples
from test_sampling import BOLS, NOTES, weights

from riyaz.judge.drawn import in_taal as drawn_in_taal
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece, Unreadable, in_a_row
from riyaz.play import free
from riyaz.play.sampling import Drawn, Sampling
from riyaz.text.tokens import Vocabulary


def corpus(kind="notes", **about):
    symbols = [["Dha"], ["Te"]] if kind == "bols" else [["C4"], ["E4"]]
    pieces = [Piece(f"p{k}", in_a_row([5040] * 8, symbols * 4), {"kind": kind, **about}) for k in range(3)]
    return samples.data(pieces, ["train", "train", "test"])


def drawn(words, given, vocabulary):
    ids = vocabulary.ids(words)
    empty = np.zeros(len(ids), np.float32)
    return Drawn(ids, given, True, empty, empty, empty, empty, empty)


def test_the_delivered_pieces_are_the_first_of_those_that_are_judged():
    model, data = Bundle(weights(len(NOTES)), NOTES, {}), corpus()
    settings = samples.settings(generate={"tokens": 50, "form": "free"})
    few, many = (free.pieces(model, data, settings, n) for n in (3, 16))
    assert [one.ids.tolist() for one in few] == [one.ids.tolist() for one in many[:3]]
    assert free.sampling(data, settings) == Sampling.of(settings.generate, data.lengths)


def test_what_was_given_is_left_out_and_its_last_duration_stays():
    words = ["<start>", "d:1", "C4", "d:1/2", "E4", "C4", "d:1", "E4", "<end>"]
    model = Bundle({}, NOTES, {})
    whole = free.piece(drawn(words, 4, NOTES), model, "p", {"kind": "notes"})
    assert whole.events["duration"].tolist() == [5040, 2520, 2520, 5040]
    rest = free.piece(drawn(words, 4, NOTES), model, "p", {"kind": "notes"}, whole=False)
    assert rest.events["duration"].tolist() == [2520, 5040]  # half a beat, and not the first duration of the piece
    assert rest.events["symbols"].tolist() == [["C4"], ["E4"]]


def test_taal_and_metre_are_those_of_the_piece():
    words = ["<start>", "taal:teental", "form:kaida", "d:1", "Dha", "Te", "<end>"]
    model, known = Bundle({}, BOLS, {}), {"kind": "bols", "taal": "rupak"}
    for whole in (True, False):
        made = free.piece(drawn(words, 4, BOLS), model, "p", known, whole)
        assert (made.about["taal"], made.about["form"], made.about["metre"]) == ("teental", "kaida", "16/4")
    other = free.piece(drawn([words[0], *words[3:]], 1, BOLS), model, "p", known)
    assert (other.about["taal"], other.about["metre"]) == ("rupak", "7/4")


def test_a_piece_takes_metre_and_tempo_from_its_corpus():
    settings = samples.settings(generate={"taal": "jhaptal"})
    assert free.about(corpus(metre="3/4", tempo=72), settings) == {"kind": "notes", "tempo": 72, "metre": "3/4"}
    assert "metre" not in free.about(corpus(), settings)
    assert free.about(corpus("bols"), settings)["taal"] == "jhaptal"
    assert free.about(corpus("bols", taal="rupak"), settings)["taal"] == "rupak"  # which all pieces have
    held = samples.settings(generate={"taal": "jhaptal", "form": "taal"})
    assert free.about(corpus("bols", taal="rupak"), held)["taal"] == "jhaptal"


def test_what_cannot_be_held_to_a_taal_is_drawn_freely_and_a_sentence_says_so():
    halves = Vocabulary([word for word in BOLS.words if word != "d:1"])
    model = Bundle(weights(len(halves), scale=0.5), halves, {})
    settings = samples.settings(generate={"tokens": 40, "form": "taal", "taal": "teental"})
    assert free.no_taal(model, settings).startswith("No piece is held to a taal: with the durations of this vocabulary")
    free_form = samples.settings(generate={"tokens": 40, "form": "free"})
    made, free_made = (free.pieces(model, corpus("bols"), form, 2) for form in (settings, free_form))
    assert [one.ids.tolist() for one in made] == [one.ids.tolist() for one in free_made]
    assert drawn_in_taal(model, corpus("bols"), settings).why == free.no_taal(model, settings)
    assert free.no_taal(Bundle(weights(len(BOLS)), BOLS, {}), settings) == ""
    with pytest.raises(Unreadable, match="no taal 'nowhere'"):
        free.no_taal(model, samples.settings(generate={"taal": "nowhere"}))


def test_a_taal_that_the_network_does_not_know_is_not_named_to_it():
    model = Bundle(weights(len(BOLS)), BOLS, {})
    _, head = free.in_taal(model, samples.settings(generate={"taal": "rupak"}))
    assert head.tolist() == []
    _, head = free.in_taal(model, samples.settings(generate={"taal": "teental"}))
    assert BOLS.tokens(head) == ["taal:teental"]


def test_a_form_of_taal_is_kept():
    model, data = Bundle(weights(len(BOLS), scale=0.5), BOLS, {}), corpus("bols")
    settings = samples.settings(generate={"tokens": 400, "form": "taal", "taal": "teental", "avartans": 1})
    for one in free.pieces(model, data, settings, 2):
        piece = free.piece(one, model, "p", free.about(data, settings))
        assert piece.beats == 17
        assert piece.about["taal"] == "teental"


@pytest.mark.parametrize("kind", ["notes", "bols"])
def test_every_piece_can_have_a_sampling_of_its_own(kind):
    vocabulary = BOLS if kind == "bols" else NOTES
    model, data = Bundle(weights(len(vocabulary)), vocabulary, {}), corpus(kind)
    settings = samples.settings(generate={"tokens": 50, "form": "free"})
    ways = [Sampling(50, temperature=0.0), *[Sampling(50)] * 5]
    most_probable, *sampled = free.pieces(model, data, settings, 6, ways)
    assert any(one.ids.tolist() != most_probable.ids.tolist() for one in sampled)
