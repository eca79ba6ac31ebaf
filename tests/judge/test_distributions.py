from fractions import Fraction

import numpy as np
import pytest

from riyaz.judge import distributions as d
from riyaz.music import scores
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row


def tune(name, chords, beats=None, **about):
    """None is a rest, a number a note, a list a chord; beats: one length or one each."""
    symbols = [[] if c is None else [PITCHES[p] for p in np.atleast_1d(c)] for c in chords]
    lengths = beats if isinstance(beats, list) else [beats or 1] * len(chords)
    return Piece(name, in_a_row([int(Fraction(b) * TICKS) for b in lengths], symbols), {"kind": "notes", **about})


def bols(name, text, beats="1/2"):
    names = text.split()
    lengths = [int(Fraction(beats) * TICKS)] * len(names)
    return Piece(name, in_a_row(lengths, [[] if b == "S" else [b] for b in names]), {"kind": "bols"})


def wild(seed, low=55, high=80):
    return tune(f"wild {seed}", np.random.default_rng(seed).integers(low, high, 80), metre="4/4")


EMPTY = tune("empty", [])


def test_polyphony_counts_time_and_leaves_silence_out():
    piece = tune("p", [60, [60, 64], None, [60, 64, 67]], [2, 1, 4, "1/2"])
    assert d.polyphony(piece.events) == {1: 2.0, 2: 1.0, 3: 0.5}
    assert d.polyphony(EMPTY.events) == {}


@pytest.mark.parametrize(
    ("pitches", "share"),
    [
        ([60, 62, 64, 65, 67, 69, 71], 1),
        ([60, 62, 64, 65, 67, 69, 71, 66], 7 / 8),
        (range(60, 72), 7 / 12),
        ([69, 72], 1),
    ],
)
def test_scale_consistency_by_hand(pitches, share):
    assert d.scale_consistency(np.array(list(pitches))) == pytest.approx(share)
    assert d.scale_consistency(np.array(list(pitches)) + 5) == pytest.approx(share)


def test_groove_by_hand():
    beats = np.array([0, 1, 2, 3, 4, 5, 6, 7]) * TICKS
    assert d.groove_consistency(beats, 4) == 1
    assert d.groove_consistency(beats[:5], 4) == pytest.approx(1 - 3 / 96)  # the second bar lacks three of 96 positions
    assert np.isnan(d.groove_consistency(beats[:4], 4))
    assert np.isnan(d.groove_consistency(beats[:0], 4))


def test_repetition_by_hand():
    assert d.repetition(list("ababab"), 2) == pytest.approx(1 - 2 / 5)  # ab ba ab ba ab
    assert d.repetition(list("abcdef"), 2) == 0
    assert np.isnan(d.repetition(list("ab"), 4))


def test_phrase_ends_by_hand():
    piece = tune("p", [60, 62, 64, 65, None, 67, 69, 71], [1, 1, 3, 1, 1, 1, "1/2", 1])
    assert (d.phrase_ends(piece.events) / TICKS).tolist() == [2, 5, 8.5]  # long; before the rest; the last
    assert len(d.phrase_ends(EMPTY.events)) == 0


def test_struck_by_hand():
    piece = tune("p", [60, 62, None, 64, 65, 67], [1, 2, 1, 1, 2, 2])
    onsets = [0, 1, 3, 4, 5, 7]  # the rest on 3 is no note
    assert piece.events["onset"].tolist() == [beat * TICKS for beat in onsets]
    assert d.struck(piece.events, 3) == 0
    assert d.struck(piece.events, 2) == pytest.approx(1 / 4)  # of 2, 4, 6, 8 only 4
    assert d.struck(piece.events, 1) == pytest.approx(4 / 8)  # 1, 4, 5, 7
    assert d.struck(piece.events, Fraction(1, 2)) == pytest.approx(4 / 17)
    assert np.isnan(d.struck(piece.events, 9))
    assert np.isnan(d.struck(EMPTY.events, 4))


def test_form_by_hand():
    c_major = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, None, None, [48, 60, 64]]
    form = d.form(tune("p", c_major, ["1/2"] * 13 + [2], metre="4/4"))
    assert form["in_key"] == 1
    assert form["tonic_end"] == 1
    assert form["empty_beats"] == 0  # the rest ends a beat that begins with a note
    assert form["on_beat"] == pytest.approx(6 / 14)
    assert form["phrase_end_on_beat"] == 0.5  # 5 is on a beat, 6.5 is not
    assert form["phrase"] == 1.5
    assert d.form(tune("p", [60, None, None, 60], [1, 1, 1, "1/2"]))["empty_beats"] == 0.5
    assert d.form(tune("p", [*c_major[:-1], [55, 60, 64]], "1/2"))["tonic_end"] == 0
    assert all(np.isnan(value) for value in d.form(EMPTY).values())
    assert d.form(tune("rests", [None, None]))["empty_beats"] == 1


@pytest.mark.parametrize("tonic", range(12))
def test_a_cadence_is_in_its_key_of_the_same_clarity_as_explore_s(tonic):
    chords = [[60, 64, 67], [65, 69, 72], [67, 71, 74], [60, 64, 67]]
    piece = tune("p", [np.array(chord) + tonic for chord in chords])
    _, duration, pitch = d._notes(piece.events)
    found, clarity = d.key_clarity(pitch, duration)
    assert found == tonic
    assert clarity == pytest.approx(scores.key_of(piece.events)[1])
    assert d.key_clarity(pitch[:0], duration[:0])[0] == -1


def test_a_profile_of_notes_by_hand():
    profile = d.profile([tune("p", [60, [60, 64], None, 67], [1, "1/2", "1/2", 1]), tune("q", [72], [2])])
    as_dict = {name: dict(zip(support, counts.tolist(), strict=True)) for name, (support, counts) in profile.items()}
    assert as_dict["pitch"] == {60: 2, 64: 1, 67: 1, 72: 1}
    assert as_dict["pitch class"] == {0: 3, 4: 1, 7: 1}
    assert as_dict["interval"] == {3: 1, 4: 1}
    assert as_dict["duration"] == {0.5: 2, 1.0: 2, 2.0: 1}
    assert as_dict["density"] == {0: 1, 1: 3, 2: 1}
    assert as_dict["polyphony"] == {1: 4.0, 2: 0.5}
    assert as_dict["onset in the beat"] == {0.0: 5}
    assert as_dict["scale consistency"] == {1.0: 2}


def test_a_profile_of_bols_by_hand():
    profile = d.profile([bols("p", "Dha Ge S Dha Ge Na")])
    as_dict = {name: dict(zip(support, counts.tolist(), strict=True)) for name, (support, counts) in profile.items()}
    assert as_dict["bol"] == {"Dha": 2, "Ge": 2, "Na": 1}
    assert as_dict["transition"] == {"Dha Ge": 2, "Ge Dha": 1, "Ge Na": 1}
    assert as_dict["laya"] == {1: 1, 2: 2}
    assert as_dict["onset in the matra"] == {0.0: 2, 0.5: 3}
    assert as_dict["phrase repetition"] == {0.0: 1}
    assert d.profile([]) == {}


@pytest.mark.parametrize(
    ("p", "q", "overlap", "distance"),
    [
        ([1, 2], [10, 20], 1, 0),
        ([1, 0], [0, 5], 0, 1),
        ([4, 0], [1, 1], 0.5, np.sqrt(-0.75 * np.log2(0.75) + 0.25 * 2 - 0.5)),
        ([0, 0], [1, 1], np.nan, np.nan),
    ],
)
def test_overlap_and_distance_by_hand(p, q, overlap, distance):
    p, q = np.array(p, dtype=float), np.array(q, dtype=float)
    for a, b in ((p, q), (q, p)):
        assert d.overlap(a, b) == pytest.approx(overlap, nan_ok=True)
        assert d.distance(a, b) == pytest.approx(distance, nan_ok=True)


def test_undefined_cases_are_named():
    table = d.compare([tune("one note", [60, 60])], [tune("another", [61, 61])]).set_index("feature")
    assert table.loc["pitch", ["overlap", "distance", "remark"]].tolist() == [0, 1, "no variance: one value each"]
    assert table.loc["interval", ["overlap", "distance"]].tolist() == [1, 0]
    assert table.loc["groove", "remark"] == "undefined: nothing to count in both"
    table = d.compare([EMPTY], [wild(0)]).set_index("feature")
    assert table["distance"].isna().all()
    assert table.loc["pitch", "remark"] == "undefined: nothing to count in the first"
    assert d.compare([wild(0)], []).set_index("feature").loc["pitch", "remark"].endswith("in the second")


def test_pieces_alike_are_within_the_noise_floor_and_others_beyond():
    train, held = [wild(k) for k in range(24)], [wild(k) for k in range(100, 112)]
    alike = d.against([wild(k) for k in range(200, 206)], held, train, seed=0).set_index("feature")
    assert not alike.loc[["pitch", "pitch class", "interval", "duration", "density"], "beyond"].any()
    assert (alike["floor"] <= alike["floor_95"]).all()
    high = d.against([wild(k, 60, 85) for k in range(200, 206)], held, train, seed=0).set_index("feature")
    assert high.loc["pitch", "beyond"]
    assert high.loc["pitch", "distance"] > 1.2 * high.loc["pitch", "floor_95"]
    assert not high.loc["duration", "beyond"]
    again = d.against([wild(k, 60, 85) for k in range(200, 206)], held, train, seed=0)
    np.testing.assert_array_equal(again["floor_95"], high["floor_95"])
    with pytest.raises(ValueError, match="there are no held-out pieces"):
        d.against(train, [], train, seed=0)


def test_forms_of_groups():
    table = d.forms({"generated": [wild(0), EMPTY], "held-out": [wild(1)]})
    assert table["group"].tolist() == ["generated", "generated", "held-out"]
    assert np.isnan(table["in_key"].iloc[1])


def test_golden():
    table = d.compare([wild(k) for k in range(4)], [wild(k, 50, 90) for k in range(10, 14)]).set_index("feature")
    np.testing.assert_allclose(table.loc[["pitch", "pitch class", "interval"], "distance"], GOLDEN, rtol=1e-9)


GOLDEN = [0.5210658411933011, 0.12551744657953162, 0.44461772621105755]


def test_velocities_are_a_feature_where_there_are_dynamics():
    even = tune("even", [60, 64])
    loud = Piece("loud", even.events.assign(velocity=[[20], [100]]), even.about)
    assert "velocity" not in d.per_piece([even])
    counted = d.per_piece([even, loud])["velocity"]
    assert counted.columns.tolist() == [16, 96]
    assert counted.to_numpy().tolist() == [[0, 0], [1, 1]]
    row = d.compare([even], [loud]).set_index("feature").loc["velocity"]
    assert row["remark"].startswith("undefined")
    assert not d.against([even], [loud], [even, loud], 1, draws=5).set_index("feature").loc["velocity", "beyond"]
