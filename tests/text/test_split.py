import numpy as np
import pytest

from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row
from riyaz.tabla.bols import BOLS
from riyaz.text import split


def tune(name, pitches, duration=TICKS, **about):
    chords = [[PITCHES[p] for p in np.atleast_1d(chord)] for chord in pitches]
    return Piece(name, in_a_row([duration] * len(chords), chords), {"kind": "notes", **about})


def bols(name, names, **about):
    return Piece(name, in_a_row([TICKS] * len(names), [[b] if b else [] for b in names]), {"kind": "bols", **about})


def wild(seed, n=60, low=55, high=80):
    return np.random.default_rng(seed).integers(low, high, n)


@pytest.fixture
def unrelated():
    return [tune(f"piece {seed}", wild(seed)) for seed in range(12)]


@pytest.mark.parametrize(
    "copy",
    [
        lambda p: p,
        lambda p: p + 5,
        lambda p: p - 12,
        lambda p: np.r_[p[:40] + 3, wild(99, 20)],  # two thirds of it, then something else
        lambda p: p[10:45] - 1,  # an excerpt
        lambda p: np.repeat(p, 1)[:9],  # one single shape
    ],
)
def test_a_planted_duplicate_is_caught(unrelated, copy):
    assert len(np.unique(split.families(unrelated))) == len(unrelated)
    planted = [*unrelated, tune("copy", copy(wild(4)), duration=TICKS // 2)]
    labels = split.families(planted)
    assert labels[-1] == labels[4] == 4
    assert len(np.unique(labels)) == len(unrelated)
    for seed in range(8):
        parts = split.assign(labels, [60] * len(planted), 0.2, 0.2, seed)
        assert parts[4] == parts[-1]


@pytest.mark.parametrize("n", [4, 5, 8])
@pytest.mark.parametrize("at", [0, 20])
def test_a_short_piece_joins_the_piece_that_contains_it(unrelated, n, at):
    planted = [*unrelated, tune("short", wild(4)[at : at + n] + 7, duration=TICKS // 2)]
    assert split.families(planted)[-1] == 4
    row = split.overlap(planted, ["train"] * 12 + ["test"]).iloc[0]
    assert (row["piece"], row["source"], row["share"], row["alike"]) == ("short", "piece 4", 1.0, True)


def test_a_short_piece_joins_all_that_contain_it_while_these_are_few(unrelated):
    planted = [*unrelated, tune("both", np.r_[wild(30, 20), wild(4)[:5]]), tune("short", wild(4)[:5])]
    labels = split.families(planted)
    assert labels[-1] == labels[-2] == labels[4]


def test_a_short_piece_of_bols_joins_with_the_bayan_closed():
    names = sorted(BOLS)
    theme = [names[k] for k in np.random.default_rng(0).integers(0, len(names), 32)]
    pieces = [bols("theme", theme), bols("short", [BOLS[name].khali for name in theme[5:10]]), bols("no", theme[4::-1])]
    assert split.families(pieces).tolist() == [0, 0, 1]


def test_a_short_piece_in_a_short_piece_and_chords(unrelated):
    chords = [np.sort(wild(seed, 3, 40, 55)) for seed in range(30)]
    pieces = [tune("chords", chords), tune("part", [chord + 2 for chord in chords[10:14]]), *unrelated]
    assert split.families(pieces)[:2].tolist() == [0, 0]
    pieces = [tune("seven", wild(3)[:7]), tune("four", wild(3)[2:6]), *unrelated[4:]]
    assert split.families(pieces)[:2].tolist() == [0, 0]


def test_a_short_piece_in_many_families_is_a_commonplace():
    shared = wild(7, 5)
    pieces = [tune(str(seed), np.r_[wild(seed, 12), shared, wild(seed + 50, 12)]) for seed in range(10, 16)]
    assert len(np.unique(split.families([*pieces, tune("common", shared)]))) == 7
    assert len(np.unique(split.families([*pieces[:3], tune("joins", shared)]))) == 1


def test_what_many_kaidas_begin_with_joins_none_of_them_and_a_derived_palta_stays_with_its_theme():
    names = sorted(BOLS)

    def drawn(seed, n):
        return [names[k] for k in np.random.default_rng(seed).integers(0, len(names), n)]

    theka = drawn(0, 16)
    kaidas = [bols(f"kaida {k}", [*theka, *drawn(k, 60)], family=f"theme {k}") for k in range(1, 7)]
    palta = bols("palta", [*theka, *drawn(99, 40)], family="theme 4")
    labels = split.families([*kaidas, bols("theka", theka), palta])
    assert labels.tolist() == [0, 1, 2, 3, 4, 5, 6, 3]
    assert len(np.unique(split.families([*kaidas[:3], bols("theka", theka)]))) == 1  # few: it goes with them
    twice = [bols(f"theka {k}", [*theka, *drawn(k, 2)]) for k in range(50, 60)]  # nearly the same is no commonplace
    assert len(np.unique(split.families(twice))) == 1


def test_a_duplicate_across_the_split_is_shown(unrelated):
    planted = [*unrelated, tune("copy", wild(4) + 2)]
    parts = ["train"] * 10 + ["valid", "test", "test"]
    table = split.overlap(planted, parts)
    first = table.iloc[0]
    assert (first["piece"], first["source"], first["part"], first["share"]) == ("copy", "piece 4", "test", 1.0)
    assert table["alike"].tolist() == [True, False, False]
    assert table["share"].iloc[1:].max() == 0


def test_share_is_of_the_held_out_piece_s_own_shapes():
    base = wild(1, 41)  # 40 intervals: 33 shapes
    half = np.r_[base[:17], wild(2, 24)]  # its first 16 intervals make 9 shapes
    row = split.overlap([tune("train", base), tune("held", half)], ["train", "test"]).iloc[0]
    assert row["shapes"] == 33
    assert row["share"] == pytest.approx(9 / 33)
    assert row["anywhere"] == pytest.approx(9 / 33)
    assert not row["alike"]


def test_chords_are_compared_apart_from_the_line():
    chords = [np.sort(wild(seed, 3, 40, 55)) for seed in range(30)]
    first = [np.r_[chord, 70 + k % 5] for k, chord in enumerate(chords)]
    second = [np.r_[chord + 2, 80 - k % 7] for k, chord in enumerate(chords)]
    assert (
        len(np.unique(split.families([tune("a", first), tune("b", second)]))) == 2
    )  # another top line is another chord
    both = [tune("a", chords), tune("b", [chord + 2 for chord in chords])]
    assert len(np.unique(split.families(both))) == 1
    assert set(split.overlap(both, ["train", "test"])["kind"]) == {"line", "chords"}


def test_held_notes_are_not_struck_again():
    events = in_a_row([TICKS] * 3, [["C4", "E5"], ["D4", "E5"], ["E4", "F5"]])
    events["held"] = [[False, False], [False, True], [False, False]]
    assert split.top_line(events).tolist() == [76, 77]
    assert split.chord_steps(events) == [(2, 14), (2, 13)]


def test_a_khali_half_and_a_family_s_name_join_compositions():
    names = sorted(BOLS)
    theme = [names[k] for k in np.random.default_rng(0).integers(0, len(names), 32)]
    other = [names[k] for k in np.random.default_rng(1).integers(0, len(names), 32)]
    khali = [BOLS[name].khali for name in theme]
    pieces = [bols("theme", theme), bols("other", other), bols("khali", khali)]
    assert split.families(pieces).tolist() == [0, 1, 0]
    pieces = [bols("a", theme, family="x"), bols("b", other, family="x"), bols("c", other[::-1], family="")]
    assert split.families(pieces).tolist() == [0, 0, 1]


def test_repeated_notes_and_empty_pieces_join_nothing():
    pieces = [tune("drone", [60] * 30), tune("drones", [62] * 40), tune("silence", []), tune("nothing", [])]
    assert split.families(pieces).tolist() == [0, 1, 2, 3]
    assert split.families([]).tolist() == []


def test_a_commonplace_joins_nothing_but_a_copy_of_a_whole_piece_does(monkeypatch):
    monkeypatch.setattr(split, "COMMON", 3)
    shared = wild(7, 20)
    pieces = [tune(str(seed), np.r_[shared, wild(seed, 12)]) for seed in range(10, 15)]
    assert len(np.unique(split.families(pieces))) == 5
    assert len(np.unique(split.families([tune(str(k), shared + k) for k in range(6)]))) == 1


def test_shares_are_kept_whole_families_and_the_same_for_a_seed():
    rng = np.random.default_rng(0)
    labels, sizes = rng.integers(0, 150, 400), rng.integers(20, 400, 400)
    parts = split.assign(labels, sizes, 0.1, 0.15, seed=3)
    share = {part: sizes[parts == part].sum() / sizes.sum() for part in split.PARTS}
    assert share["valid"] == pytest.approx(0.1, abs=0.03)
    assert share["test"] == pytest.approx(0.15, abs=0.03)
    assert all(len(set(parts[labels == label])) == 1 for label in np.unique(labels))
    np.testing.assert_array_equal(parts, split.assign(labels, sizes, 0.1, 0.15, seed=3))
    assert (parts != split.assign(labels, sizes, 0.1, 0.15, seed=4)).any()


def test_no_part_is_empty_where_families_suffice():
    for seed in range(20):
        assert set(split.assign(np.arange(3), [1000, 10, 10], 0.1, 0.1, seed)) == set(split.PARTS)
    assert set(split.assign(np.arange(2), [5, 5], 0, 0.2, 0)) == {"train", "test"}
    assert set(split.assign(np.zeros(1, int), [5], 0, 0, 0)) == {"train"}


def test_held_out_parts_are_of_several_families_where_some_are_large():
    sizes = [300, 250, 200, 100, *[10] * 30]
    for seed in range(20):
        parts = split.assign(np.arange(34), sizes, 0.1, 0.1, seed)
        assert set(parts[:4]) == {"train"}
        assert min((parts == part).sum() for part in ("valid", "test")) > 5
    few = [
        {part: (split.assign(np.arange(6), [50] * 5 + [1], 0.2, 0.2, seed) == part).sum() for part in split.PARTS}
        for seed in range(20)
    ]
    assert all(min(counts.values()) >= 1 and counts["train"] >= 3 for counts in few)  # too little that is small
    own = ["test", *[None] * 33]
    assert split.assign(np.arange(34), sizes, 0.1, 0.1, 0, own)[0] == "test"


def test_a_corpus_with_its_own_parts_keeps_them():
    own = ["test", "train", None, None, "valid", "train"]
    parts = split.assign(np.array([0, 0, 0, 1, 2, 1]), [10] * 6, 0.1, 0.1, 0, own)
    assert parts.tolist() == ["test", "train", "test", "train", "valid", "train"]
    with pytest.raises(ValueError, match="part 'dev' of a piece is none of train, valid, test"):
        split.assign(np.arange(3), [1] * 3, 0.1, 0.1, 0, ["dev", None, None])


@pytest.mark.parametrize(
    ("labels", "kept", "words"),
    [
        ([0], {"train"}, "no valid and no test part: the corpus has 1 pieces in 1 families"),
        ([0, 0, 0, 0], {"train"}, "no valid and no test part: the corpus has 4 pieces in 1 families"),
        ([0, 1, 1], {"train", "test"}, "no valid part: the corpus has 3 pieces in 2 families"),
    ],
)
def test_too_few_families_leave_parts_out_and_a_sentence_names_the_remedy(labels, kept, words):
    parts = split.assign(np.array(labels), [5] * len(labels), 0.1, 0.1, 0)
    assert set(parts) == kept
    said = split.left_out(parts, np.array(labels), 0.1, 0.1)
    assert words in said
    assert "Add pieces that are not alike" in said
    assert split.left_out(np.array(split.PARTS), np.arange(3), 0.1, 0.1) == ""
    assert split.left_out(parts, np.array(labels), 0, 0) == ""


@pytest.mark.parametrize("labels", [[0], [0, 0, 0, 0]])
def test_too_few_families_for_folds_name_the_remedy(labels):
    with pytest.raises(ValueError, match="1 families of pieces cannot make 5 folds: add pieces"):
        split.fold_numbers(np.array(labels), [5] * len(labels), 5, 0)


def test_folds_are_whole_families_of_nearly_equal_size():
    rng = np.random.default_rng(0)
    labels, sizes = rng.integers(0, 40, 100), rng.integers(20, 400, 100)
    fold = split.fold_numbers(labels, sizes, 5, seed=1)
    load = np.bincount(fold, sizes)
    assert len(load) == 5
    assert load.max() / load.min() < 1.1
    assert all(len(set(fold[labels == label])) == 1 for label in np.unique(labels))
    np.testing.assert_array_equal(fold, split.fold_numbers(labels, sizes, 5, seed=1))
