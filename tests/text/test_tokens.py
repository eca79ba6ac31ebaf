import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riyaz.music import events as ev
from riyaz.text import grammar
from riyaz.text import tokens as tk

notes = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.integers(58, 66)), min_size=1, max_size=30)


def lost(p, scheme="chord"):
    return tk.losses(p, tk.encode(p, scheme), scheme)


def piece(rows, kind="notes"):
    onset, duration, pitch = np.array(rows).T
    return ev.Piece("p", ev.from_notes(onset * 420, duration * 420, pitch)[0], {"kind": kind})


@given(notes)
def test_scheme_event_loses_nothing(rows):
    p = piece(rows)
    pd.testing.assert_frame_equal(tk.decode(tk.encode(p)), p.events)
    assert {k: v for k, v in lost(p, "event").items() if k != "notes" and v} == {}


@settings(deadline=None)
@given(notes, st.lists(st.integers(1, 127), min_size=30, max_size=30), st.sampled_from([1, 8, 127]))
def test_velocities_come_back_from_the_tokens(rows, velocity, bins):
    onset, duration, pitch = np.array(rows).T
    events, _ = ev.from_notes(onset * 420, duration * 420, pitch, velocity=np.array(velocity)[: len(rows)])
    p = ev.Piece("p", ev.binned(events, bins)[0], {"kind": "notes"})
    ev.validate(p.events)
    pd.testing.assert_frame_equal(tk.decode(tk.encode(p)), p.events)
    assert sum(lost(p, "event").values()) == lost(p, "event")["notes"]
    vocabulary = tk.Vocabulary(tk.encode(p))
    rules, state = grammar.rules(vocabulary), grammar.initial(1)
    for token in vocabulary.ids(tk.encode(p)):
        assert token == tk.START or grammar.allowed(rules, state)[0, token]
        state = grammar.advance(rules, state, np.array([token], np.int32))


def test_a_velocity_stands_before_a_struck_note_where_it_changes():
    events, _ = ev.from_notes(*np.array([[0, 0, 2520], [5040, 2520, 2520], [48, 64, 65]]), velocity=[30, 90, 90])
    p = ev.Piece("p", events, {"kind": "notes"})
    assert tk.encode(p) == ["<start>", "d:1/2", "v:30", "C3", "v:90", "+E4", "~C3", "+F4", "<end>"]
    assert lost(p)["velocities"] == 3
    assert tk.encode(tk.write(p, [4], 2).piece)[2:6] == ["v:32", "C3", "v:96", "+E4"]
    assert tk.write(p, [4], 2).moved["velocities"] == 3
    assert "v:30" not in tk.encode(tk.write(p, [4], 0).piece)


def test_a_held_note_under_a_melody_in_both_schemes():
    p = piece([(0, 12, 48), (0, 6, 64), (6, 6, 65)])
    assert tk.encode(p) == ["<start>", "d:1/2", "C3", "+E4", "~C3", "+F4", "<end>"]
    assert tk.encode(p, "chord") == ["<start>", "C3.E4", "C3.F4", "<end>"]
    assert lost(p) == {"notes": 3, "missing": 0, "added": 1, "durations": 0, "rests": 0, "ties": 1}


def test_tabla_names_its_taal_and_form_and_writes_a_duration_only_where_it_changes():
    events = ev.in_a_row([5040, 2520, 2520], [["Dha"], ["Te"], []])
    p = ev.Piece("k", events, {"kind": "bols", "taal": "teental", "form": "kaida"})
    assert tk.encode(p) == ["<start>", "taal:teental", "form:kaida", "d:1", "Dha", "d:1/2", "Te", "rest", "<end>"]
    pd.testing.assert_frame_equal(tk.decode(tk.encode(p)), events)


def test_the_chord_scheme_drops_rests_and_durations_and_says_so():
    p = ev.Piece("p", ev.in_a_row([5040, 5040, 2520], [["C4"], [], ["E4", "G4"]]), {"kind": "notes"})
    assert lost(p) == {"notes": 3, "missing": 0, "added": 0, "durations": 1, "rests": 1, "ties": 0}


def test_a_piece_is_written_on_the_grid_in_each_scheme_with_what_that_cost():
    off = ev.Piece("p", ev.from_notes(np.array([0, 2600]), np.array([2500, 2440]), np.array([60, 64]))[0])
    one = tk.write(off, [4])
    assert one.tokens == {"event": ["<start>", "d:1/2", "C4", "E4", "<end>"], "chord": ["<start>", "C4", "E4", "<end>"]}
    assert one.far.tolist() == [0, -80]
    assert one.moved["moved"] == 2
    assert one.losses == {scheme: tk.losses(one.piece, one.tokens[scheme], scheme) for scheme in tk.SCHEMES}
    silent = tk.write(ev.Piece("s", ev.in_a_row([], [])), [4])
    assert silent.tokens["event"] == ["<start>", "<end>"]
    assert (len(silent.far), silent.moved) == (0, {})


@given(
    st.lists(
        st.sampled_from(["<start>", "<unknown>", "d:1/3", "v:3", "C4", "+C4", "~C4", "+~E4", "rest", "Dha", "<end>"])
    )
)
def test_any_row_of_tokens_decodes_to_valid_events(row):
    ev.validate(tk.decode(row))


def test_vocabulary_is_natural_in_order_and_knows_what_it_does_not_know():
    v = tk.Vocabulary(["C4", "B3", "+C4", "d:1/2", "d:1/4", "d:10", "rest", "Dha", "taal:rupak"])
    assert v.words[4:] == ("taal:rupak", "d:1/4", "d:1/2", "d:10", "rest", "Dha", "B3", "C4", "+C4")
    assert v.ids(["C4", "never seen"]).tolist() == [11, tk.UNKNOWN]
    assert v.tokens(v.ids(["rest", "B3"])) == ["rest", "B3"]


def test_a_vocabulary_comes_back_from_its_file_and_a_changed_file_is_refused(tmp_path):
    v = tk.Vocabulary(["C4", "D4"])
    v.save(tmp_path / "v.json")
    assert tk.Vocabulary.load(tmp_path / "v.json") == v
    assert tk.Vocabulary.load(tmp_path / "v.json").digest == v.digest
    (tmp_path / "v.json").write_text(json.dumps(v.words[::-1]))
    with pytest.raises(ValueError, match="not in their order"):
        tk.Vocabulary.load(tmp_path / "v.json")


@pytest.mark.parametrize(
    ("token", "up", "result"),
    [
        ("+~B3", 1, "+~C4"),
        ("C4.E4", -2, "A#3.D4"),
        ("d:1/2", 5, "d:1/2"),
        ("rest", 5, "rest"),
        ("G9", 1, None),
        ("Dha", 3, "Dha"),
    ],
)
def test_transposing(token, up, result):
    assert tk.transpose(token, up) == result


def test_pieces_are_transposed_as_far_as_the_vocabulary_goes():
    v = tk.Vocabulary(["C4", "C#4", "D4", "d:1"])
    piece = v.ids(["<start>", "d:1", "C#4", "<end>"])
    moved = [(step, v.tokens(new)[2]) for step, new in tk.transposed([piece], v, 2)]
    assert moved == [(-1, "C4"), (0, "C#4"), (1, "D4")]
    bols = tk.Vocabulary(["Dha", "d:1"])
    assert len(tk.transposed([bols.ids(["<start>", "Dha", "<end>"])], bols, 3)) == 1
