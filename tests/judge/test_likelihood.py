from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from riyaz.judge import likelihood
from riyaz.music.events import TICKS, Piece, in_a_row, table
from riyaz.text.tokens import Vocabulary, encode

V = Vocabulary(["C4", "+E4", "d:1", "rest"])


def logs(*rows):
    return np.log(np.array(rows, dtype=float))


def even(n):
    return logs(*[[1 / len(V)] * len(V)] * n)


def test_bits_by_hand():
    ids = V.ids(["<start>", "C4", "rest"])
    p = np.full((2, len(V)), 0.5 / (len(V) - 1))
    p[0, ids[1]] = 0.5
    p[1, 2] = 0.5  # the likeliest is not what came
    scored = likelihood.score([np.log(p)], [ids], V)
    assert scored["bits"].tolist() == pytest.approx([1, np.log2(2 * (len(V) - 1))])
    assert scored["correct"].tolist() == [True, False]
    assert scored["kind"].tolist() == ["note", "rest"]
    assert scored["confidence"].tolist() == [0.5, 0.5]
    assert scored["entropy"].tolist() == pytest.approx([1 + np.log2(len(V) - 1) / 2] * 2)
    found = likelihood.summary(scored, 2)
    assert found["accuracy"] == 0.5
    assert found["bits_per_event"] == pytest.approx(scored["bits"].sum() / 2)
    assert found["perplexity"] == pytest.approx(2 ** scored["bits"].mean())


def test_long_pieces_weigh_more_by_token_and_not_by_piece():
    scored = pd.DataFrame({"piece": [0, 0, 0, 1], "bits": [1.0, 1.0, 1.0, 5.0], "correct": [True] * 4})
    found = likelihood.summary(scored, 4)
    assert (found["bits_per_token"], found["bits_per_token_by_piece"]) == (2.0, 3.0)


def test_intervals_hold_the_mean_and_need_five_families():
    rng = np.random.default_rng(0)
    scored = pd.DataFrame({"piece": np.repeat(range(20), 30), "bits": rng.gamma(2, 1, 600)})
    families = np.arange(20)
    found = likelihood.interval(scored, families, seed=1)
    assert found.low < scored["bits"].mean() < found.high < found.low + 1
    assert not likelihood.interval(scored, families // 5, seed=1).known  # four families
    saved, found = likelihood.difference(scored.assign(bits=scored["bits"] - 0.25), scored, families, seed=1)
    assert (saved, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_calibration_of_a_model_that_is_too_sure():
    scored = pd.DataFrame({"confidence": [0.95] * 10, "correct": [True] * 5 + [False] * 5, "piece": range(10)})
    table, error = likelihood.calibration(scored, np.arange(10), 1)
    assert table[["confidence", "accuracy", "tokens"]].to_numpy().tolist() == [pytest.approx([0.95, 0.5, 10])]
    assert error == pytest.approx(0.45)
    assert -0.95 < table["interval"][0].low < -0.45 < table["interval"][0].high < 0.05
    assert not likelihood.calibration(scored, np.arange(10) // 5, 1)[0]["interval"][0].known  # two families
    more = pd.DataFrame({"confidence": [0.55] * 30, "correct": [True] * 30, "piece": np.arange(30) % 10})
    both = pd.concat([scored, more], ignore_index=True)
    assert likelihood.calibration(both, np.arange(10), 1)[1] == pytest.approx(0.25 * 0.45 + 0.75 * 0.45)
    table, error = likelihood.calibration(scored.iloc[:0], np.arange(10), 1)
    assert table.empty
    assert np.isnan(error)


def test_frames_are_counted_by_the_chain_rule():
    """Three frames {C4, E4}, {C4}, {rest}; every model that is even over the tokens gives the same by hand."""
    ids = V.ids(["<start>", "d:1", "C4", "+E4", "C4", "rest", "<end>"])
    (nats,) = likelihood.frame_nats([even(6)], [ids], V)
    n = len(V)
    no_more, one_of_rest = np.log(n / (n - 1)), np.log(n - 1)
    assert nats.tolist() == pytest.approx([one_of_rest + no_more] * 2)
    (one,) = likelihood.frame_nats([even(3)], [V.ids(["<start>", "d:1", "C4", "<end>"])], V)
    assert one.tolist() == []


def test_frame_nats_sum_to_the_likelihood_of_all_but_the_first_frame():
    rng = np.random.default_rng(0)
    ids = V.ids(["<start>", "d:1", "C4", "+E4", "C4", "+E4", "rest", "C4", "<end>"])
    p = rng.dirichlet(np.ones(len(V)), size=len(ids) - 1)
    (nats,) = likelihood.frame_nats([np.log(p)], [ids], V)
    told = -np.log(p[np.arange(len(ids) - 1), ids[1:]])
    plus = [word.startswith("+") for word in V.words]
    closed = lambda row: -np.log(1 - p[row, plus].sum())  # noqa: E731
    # Frames 2 to 4 are tokens 4 to 7; what closes frame 1 is not theirs, what closes frame 4 is.
    assert nats.sum() == pytest.approx(told[3:7].sum() - closed(3) + closed(7))


def test_nothing_scored_is_nan():
    scored = likelihood.score([], [], V)
    assert np.isnan(list(likelihood.summary(scored, 0).values())).all()
    saved, found = likelihood.difference(scored, scored, np.array([]), seed=1)
    assert np.isnan(saved)
    assert found.reason() == "no interval: 0 families, and fewer than 5 say too little"


def piece(rows, **about):
    """Rows of (beats, symbols)."""
    durations = [int(beats * TICKS) for beats, _ in rows]
    return Piece("p", in_a_row(durations, [names.split() for _, names in rows]), {"kind": "notes", **about})


def test_each_token_tells_of_an_event_that_begins_somewhere():
    music = piece([(1, "C4 E4"), (0.5, "D4"), (0.5, ""), (1, "C4")])
    assert encode(music) == ["<start>", "d:1", "C4", "+E4", "d:1/2", "D4", "rest", "d:1", "C4", "<end>"]
    beats = [-1, 0, 0, 0, 1, 1, 1.5, 2, 2, -1]
    assert likelihood.event_onsets(music).tolist() == [b * TICKS if b >= 0 else -1 for b in beats]
    chords = likelihood.event_onsets(music, "chord")  # <start> C4.E4 D4 C4 <end>; rests are not written
    assert chords.tolist() == [-1, 0, TICKS, 2 * TICKS, -1]
    assert likelihood.event_onsets(piece([])).tolist() == [-1, -1]


def test_positions_in_the_cycle_by_hand():
    bols = piece([(1, "Dha"), (0.5, "Te"), (0.5, "Te"), (1, "Na"), (1, "Dha")], taal="a", form="b", kind="bols")
    notes = piece([(1, "C4"), (1, "D4")])
    found = likelihood.positions([bols, notes], [Fraction(3), None])
    # taal form d:1 Dha d:1/2 Te Te d:1 Na Dha <end>: the last Dha is on the next sam; without a metre there is no place
    assert found["beat"].dropna().tolist() == [1, 1, 2, 2, 2.5, 3, 3, 1]
    places = ["outside"] * 2 + ["first beat"] * 2 + ["other beats"] * 2 + ["between beats"] + ["other beats"] * 2
    assert found["place"].tolist() == [*places, "first beat", "outside", *["outside"] * 4]
    assert found["cycle"].dropna().unique().tolist() == [3]
    assert likelihood.positions([piece([(1.5, "C4"), (1, "D4")])], [Fraction(3, 2)])["beat"].tolist()[:4] == [
        1,
        1,
        1,
        1,
    ]
    assert likelihood.positions([], []).empty


def test_bits_by_place_by_hand():
    scored = pd.DataFrame({"piece": [0, 0, 0, 1, 1], "bits": [4.0, 1.0, 2.0, 2.0, 3.0]})
    places = pd.Series(["first beat", "other beats", "other beats", "first beat", "other beats"])
    families = np.array([0, 1])
    found = likelihood.by_place(scored, places, families, seed=1).set_index("place")
    assert found["bits"].to_dict() == {"first beat": 3.0, "other beats": 2.0}
    assert found["share"].to_dict() == {"first beat": 0.4, "other beats": 0.6}
    assert [one.groups for one in found["interval"]] == [2, 2]
    assert likelihood.by_place(scored.iloc[:0], places.iloc[:0], families, seed=1).empty


def test_frames_are_summed_up_by_frame_and_by_piece():
    nats = [np.array([1.0, 1.0, 1.0]), np.array([5.0]), np.empty(0)]
    found = likelihood.frame_summary(nats, np.arange(3), seed=1)
    assert (found["by_frame"], found["by_piece"]) == (2.0, 3.0)
    assert (found["low"], found["high"]) == (None, None)  # two families with frames
    found = likelihood.frame_summary(nats[:2] * 5, np.arange(10), seed=1)
    assert 1 <= found["low"] < 2 < found["high"] <= 5
    empty = likelihood.frame_summary([], np.array([]), seed=1)
    assert np.isnan([empty["by_frame"], empty["by_piece"]]).all()


def test_published_figures_are_those_of_one_corpus():
    found = likelihood.published({"train": 229, "valid": 76, "test": 77})
    assert found["nats"].is_monotonic_decreasing
    assert found["source"].str.contains(r" \d{4}$").all()
    assert found.groupby("kind")["model"].apply(set)["estimate"] == {"RNN-RBM", "LSTM-RTRBM"}
    assert found.set_index("model").loc[["FIVO", "VSMC", "DMM-Aug-NADE", "LV-RNN"], "kind"].eq("upper bound").all()
    assert found["conditions"].str.len().gt(0).all()
    assert likelihood.published({"train": 80, "valid": 10, "test": 10}).empty


def test_a_velocity_tells_of_the_event_of_its_note():
    events = table([0, TICKS], [TICKS, TICKS], [["C4", "E4"], ["G4"]], None, [[40, 90], [60]])
    piece = Piece("a", events, {"kind": "notes"})
    assert encode(piece) == ["<start>", "d:1", "v:40", "C4", "v:90", "+E4", "v:60", "G4", "<end>"]
    assert likelihood.event_onsets(piece).tolist() == [-1, 0, 0, 0, 0, 0, TICKS, TICKS, -1]
