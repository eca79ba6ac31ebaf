import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.judge import originality
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row
from riyaz.tabla.bols import BOLS


def tune(name, pitches, durations=None):
    chords = [[PITCHES[p] for p in np.atleast_1d(chord)] for chord in pitches]
    return Piece(name, in_a_row(durations or [TICKS] * len(chords), chords), {"kind": "notes"})


def bols(name, text, duration=TICKS):
    names = text.split()
    return Piece(name, in_a_row([duration] * len(names), [[] if b == "S" else [b] for b in names]), {"kind": "bols"})


def wild(seed, n=40):
    return np.random.default_rng(seed).integers(40, 90, n)


TRAIN = [tune(f"train {seed}", wild(seed)) for seed in range(10)]
HELD = [tune(f"held {seed}", wild(seed)) for seed in range(20, 32)]


def run(piece, train, mode):
    table = originality.runs({"generated": [piece]}, train)
    return table[table["mode"] == mode].iloc[0]


def test_a_run_by_hand():
    source = tune("source", [60, 62, 64, 65, 67, 69, 71])
    piece = tune("piece", [50, 51, 62, 64, 65, 67, 40, 41])
    row = run(piece, [TRAIN[0], source], "exact")
    assert row[["run", "notes", "beats", "at", "source", "source_at"]].tolist() == [4, 4, 4.0, 2.0, "source", 1.0]
    assert row["share"] == 0.5


@pytest.mark.parametrize(
    ("change", "exact", "transposed", "line"),
    [
        (lambda p: tune("copy", p[5:25]), 20, 20, 20),
        (lambda p: tune("copy", p[5:25] + 4), 0, 20, 20),
        (lambda p: tune("copy", p[5:25] + 4, [TICKS // 2] * 20), 0, 0, 20),
        (lambda p: tune("copy", p[5:25], [TICKS] * 10 + [TICKS // 2] * 10), 10, 10, 20),
    ],
)
def test_transposed_and_other_rhythms_are_found(change, exact, transposed, line):
    pitches = wild(5)
    piece, train = change(pitches), [tune("source", pitches)]
    assert run(piece, train, "exact")["run"] >= exact
    assert run(piece, train, "line")["run"] == line
    if transposed:
        assert run(piece, train, "transposed")["run"] == transposed
        assert run(piece, train, "transposed")["source_at"] == 5.0


def test_chords_must_have_the_same_notes():
    source = tune("source", [[60, 64, 67], [62, 65, 69], [59, 62, 67]])
    assert run(tune("same", [[62, 66, 69], [64, 67, 71], [61, 64, 69]]), [source], "transposed")["run"] == 3
    assert run(tune("other", [[62, 66, 69], [64, 68, 71], [61, 64, 69]]), [source], "transposed")["run"] == 0


def test_a_khali_copy_of_a_theme_is_found():
    theme = "Dha Dha Te Te Dha Dha Tu Na"
    khali = " ".join(BOLS[b].khali for b in theme.split())
    assert khali != theme
    train = [bols("theme", theme)]
    assert run(bols("p", khali), train, "exact")["run"] == 2  # Te Te, or Tu Na
    assert run(bols("p", khali), train, "khali")["run"] == 8
    slower = bols("p", khali.replace("Tu", "S Tu"), 2 * TICKS)
    assert run(slower, train, "khali")["run"] == 0
    assert run(slower, train, "strokes")[["run", "beats"]].tolist() == [8, 18.0]


@given(
    st.lists(st.lists(st.integers(0, 2), max_size=12), max_size=3),
    st.lists(st.lists(st.integers(0, 3), max_size=10), max_size=3),
)
def test_the_suffix_array_finds_what_looking_everywhere_finds(train, texts):
    found = originality.matches(texts, train)
    assert len(found) == len(texts)
    for text, rows in zip(texts, found, strict=True):
        assert len(rows) == len(text)
        for at, (length, source, place) in enumerate(rows.tolist()):
            expected = max(
                (
                    n
                    for n in range(len(text) - at + 1)
                    for t in train
                    for k in range(len(t) - n + 1)
                    if t[k : k + n] == text[at : at + n]
                ),
                default=0,
            )
            assert length == expected
            if length:
                assert train[source][place : place + length] == text[at : at + length]
            else:
                assert (source, place) == (-1, -1)


def test_novelty_by_hand():
    table = originality.novelty({"g": [tune("p", [60, 62, 64, 70])]}, [tune("t", [60, 62, 64, 65])], longest=4)
    exact = table[table["mode"] == "exact"].set_index("n")["novel"]
    assert exact.to_dict() == pytest.approx({1: 1 / 4, 2: 1 / 3, 3: 1 / 2, 4: 1.0})
    transposed = table[table["mode"] == "transposed"].set_index("n")["novel"]
    assert transposed.to_dict() == pytest.approx({2: 1 / 3, 3: 1 / 2, 4: 1.0})


def test_nothing_to_compare():
    table = originality.runs({"generated": [tune("empty", []), tune("one", [60])], "held-out": HELD}, TRAIN)
    assert (table.loc[table["piece"] == "empty", ["run", "notes", "beats"]] == 0).all(axis=None)
    with pytest.raises(ValueError, match="pieces of one kind"):
        originality.runs({"g": [bols("b", "Dha")]}, TRAIN)
    with pytest.raises(ValueError, match="mode is 'pitch'"):
        originality.units(TRAIN[0], "pitch")
    assert (originality.runs({"g": TRAIN[:1]}, [])["run"] == 0).all()


def test_each_piece_has_its_source_with_the_licence():
    named = Piece("own", TRAIN[0].events, {"kind": "notes", "licence": "CC0"})
    mine = [tune("temperature 1, 1", wild(20)), Piece("temperature 1, 2", named.events, named.about)]
    table = originality.runs({"g": mine}, [named, *TRAIN[1:]])
    rows = originality.attributed(table[table["mode"] == "transposed"], [named, *TRAIN[1:]], "MIT")
    assert rows["piece"].tolist() == ["2", "1"]
    assert rows["source"].iloc[0] == "own"
    assert rows["licence"].tolist() == ["CC0", "MIT"]
    alone = originality.attributed(table[table["mode"] == "transposed"], TRAIN, "")
    assert set(alone["licence"]) <= {"not stated", ""}


def test_excerpts_have_one_length():
    cut = originality.excerpts([tune("long", wild(1, 30)), tune("short", wild(2, 5))], 10)
    assert [(p.name, len(p.events)) for p in cut] == [("long", 10)]


def test_what_is_longer_is_cut_and_what_is_shorter_stays():
    cut = originality.at_most([tune("long", wild(1, 30)), tune("short", wild(2, 5))], 10)
    assert [(p.name, len(p.events)) for p in cut] == [("long", 10), ("short", 5)]
    assert originality.at_most([], 10) == []


def test_groups_are_cut_to_the_smallest_median_length():
    groups = {
        "a": [tune(str(n), wild(n, n)) for n in (10, 20, 30)],
        "b": [tune(str(n), wild(n, n)) for n in (5, 15, 40)],
        "c": [],
    }
    cut = originality.same_length(groups)
    assert {name: [(p.name, len(p.events)) for p in pieces] for name, pieces in cut.items()} == {
        "a": [("20", 15), ("30", 15)],
        "b": [("15", 15), ("40", 15)],
        "c": [],
    }
    assert originality.same_length({"c": []}) == {"c": []}


def test_golden():
    table = originality.runs({"held-out": HELD}, TRAIN)
    assert table.groupby("mode")["run"].sum().to_dict() == GOLDEN


def _low(symbols):
    return PITCHES.index(symbols[0])


GOLDEN = {"exact": 25, "line": 36, "transposed": 36}
