"""What a corpus never does is not drawn."""

from itertools import pairwise

import jax.numpy as jnp
import numpy as np
import pytest
import samples
from samples import weights

from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.play import free, sampling, usage
from riyaz.tabla.taals import TAALS
from riyaz.text import grammar, tokens


def bols(name, durations, taal="dadra"):
    symbols = [["Dha"] if k % 3 else [] for k in range(len(durations))]
    return Piece(name, in_a_row(durations, symbols), {"kind": "bols", "taal": taal, "form": "theka"})


WHOLE, HALF, THIRD = TICKS, TICKS // 2, TICKS // 3


@pytest.fixture(scope="module")
def data():
    pieces = [bols("a", [WHOLE] * 6 + [HALF] * 12), bols("b", [THIRD] * 18), bols("c", [WHOLE] * 7, "rupak")]
    return samples.data([*pieces, bols("d", [HALF, WHOLE, HALF] * 3)], ["train"] * 3 + ["test"])


@pytest.fixture(scope="module")
def known(data):
    return usage.learned(data.part("train").ids, data.vocabulary, "event")


def pairs_of(known):
    """Place in the beat and duration, in ticks, of all events that may be."""
    return {
        (place, int(known.lengths[token]))
        for place, row in enumerate(known.row.tolist())
        for token in np.flatnonzero(known.starts[row])
    }


def test_it_is_what_the_training_pieces_do(known):
    pairs = {(0, WHOLE), (0, HALF), (HALF, HALF), (0, THIRD), (THIRD, THIRD), (2 * THIRD, THIRD)}
    assert pairs_of(known) == pairs
    assert {tuple(row) for row in known.ends.tolist()} == {(6 * TICKS, 0), (7 * TICKS, 0)}
    assert not known.over


def test_nothing_that_a_training_piece_does_is_removed(data, known):
    rules = grammar.rules(data.vocabulary)
    for ids in data.part("train").ids:
        state, own = grammar.initial(1), usage.initial(1)
        for now, following in pairwise(ids):
            state = grammar.advance(rules, state, jnp.array([now]))
            own = usage.advance(known, own, jnp.array([now]))
            assert usage.allowed(known, own, state)[0, following]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_drawn_keeps_to_it_where_the_network_would_not(data, known, seed):
    model = Bundle(weights(len(data.vocabulary), seed), data.vocabulary, {})
    asked = [sampling.Sampling(150, ending=True)] * 8

    def kept(drawn):
        good = []
        for one in drawn:
            piece = free.piece(one, model, "p", {"kind": "bols"})
            at, long = piece.events["onset"].to_numpy(), piece.events["duration"].to_numpy()
            pairs = {(int(a % TICKS), int(d)) for a, d in zip(at, long, strict=True)}
            bar = TAALS[piece.about["taal"]].matras * TICKS if "taal" in piece.about else 1
            inside = (at % bar + long <= bar).all() and (not one.ended or long.sum() % bar == 0)
            good.append(pairs <= pairs_of(known) and bar > 1 and bool(inside))
        return good

    assert all(kept(sampling.draw(model, asked, seed, usage=known)))
    assert not all(kept(sampling.draw(model, asked, seed)))


def test_free_pieces_keep_to_the_training_part(data):
    model = Bundle(weights(len(data.vocabulary)), data.vocabulary, {})
    settings = samples.settings(generate={"tokens": 60, "form": "free"})
    for one in free.pieces(model, data, settings, 4):
        assert tokens.kind(data.vocabulary.tokens(one.ids)[1]) == "taal"


def test_a_corpus_without_durations_or_without_pieces_has_no_rule(data):
    assert usage.learned([], data.vocabulary, "event") is None
    assert usage.learned(data.ids, data.vocabulary, "chord") is None


def test_a_metre_in_which_no_training_piece_ends_may_end_anywhere():
    notes = [
        Piece(f"{k}", in_a_row([TICKS] * 5, [["C4"]] * 5), {"kind": "notes", "metre": m})
        for k, m in enumerate(("3/4", "4/4"))
    ]
    data = samples.data(notes, ["train", "test"])
    known = usage.learned(data.part("train").ids, data.vocabulary, "event")
    rules = grammar.rules(data.vocabulary)
    for row, ends in ((0, [2, 5]), (1, [1, 2, 3, 4, 5])):
        state, own, found = grammar.initial(1), usage.initial(1), []
        for now in data.ids[row][:-1]:
            state, own = grammar.advance(rules, state, jnp.array([now])), usage.advance(known, own, jnp.array([now]))
            if np.asarray(usage.allowed(known, own, state))[0, tokens.END]:
                found.append(int(state["place"][0]) // TICKS)
        assert found == ends


def test_no_more_notes_sound_at_once_than_in_a_training_piece():
    chords = [["C4", "E4", "G4"], ["C4"], ["E4", "G4"]] * 4
    piece = Piece("a", in_a_row([WHOLE] * len(chords), chords), {"kind": "notes", "metre": "3/4"})
    data = samples.data([piece], ["train"])
    known, rules = usage.learned(data.ids, data.vocabulary, "event"), grammar.rules(data.vocabulary)
    assert known.most == 3
    state, own = grammar.initial(1), usage.initial(1)
    seen = []
    for token in data.ids[0]:
        state, own = grammar.advance(rules, state, jnp.array([token])), usage.advance(known, own, jnp.array([token]))
        more = usage.allowed(known, own, state)[0] & known.adds
        seen.append((int(state["now"].sum()), bool(more.any())))
    assert {(1, True), (2, True), (3, False)} <= set(seen)
