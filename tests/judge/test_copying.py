"""A bot that plays training pieces fails every test of copying; people and random pieces pass them."""

import numpy as np
import pandas as pd
import pytest
import samples

from riyaz.judge import copying, originality, verdict
from riyaz.music.events import PITCHES, TICKS, Piece, in_a_row

RNG = np.random.default_rng(0)
PHRASES = [RNG.integers(55, 80, 6) for _ in range(40)]


def tune(name, pitches):
    return Piece(name, in_a_row([TICKS] * len(pitches), [[PITCHES[p]] for p in pitches]), {"kind": "notes"})


def human(name, seed, n=8):
    """A tradition: phrases that all pieces share, in an order of their own."""
    return tune(name, np.concatenate([PHRASES[k] for k in np.random.default_rng(seed).integers(0, 40, n)]))


TRAIN = [human(f"train {k}", k) for k in range(30)]
HELD = [human(f"held {k}", 100 + k) for k in range(20)]
DATA = samples.data([*TRAIN, *HELD], ["train"] * 30 + ["test"] * 20)


def judged(mine, extracted=(0, 0, 1, 0), theirs_extracted=(0, 1, 0, 0)):
    train = DATA.part("train")
    rows = copying.representatives(DATA)
    people = [DATA.pieces[row] for row in rows]
    own = [-1] * len(mine) + DATA.families[rows].tolist()
    table = copying.measure([*mine, *people], train.pieces, own, train.families.tolist())
    runs = originality.runs({"generated": mine}, train.pieces)
    values = [
        {name: part[name].to_numpy() for name in part} | {"extracted": np.array(more)}
        for part, more in ((table[: len(mine)], extracted), (table[len(mine) :], theirs_extracted))
    ]
    longest = runs[runs["mode"] == "transposed"]
    return copying.judge(*values, 1, copying.mostly_one_run(longest, float(values[1]["run"].max())))


def answer(result):
    return verdict.copied(result.metrics())["answer"]


@pytest.mark.parametrize("shift", [0, 3])
def test_the_copy_bot_fails_every_test(shift):
    bot = [tune(f"bot {k}", np.array([PITCHES.index(s[0]) for s in TRAIN[k].events["symbols"]]) + shift)
           for k in range(12)]  # fmt: skip
    result = judged(bot, extracted=(40, 40, 40, 40), theirs_extracted=(0, 1, 0, 0))
    assert result.whole.startswith("bot ")
    assert "takes 100% of its beats from train" in result.whole
    assert (result.tests["p_holm"] < verdict.ALPHA).all(), result.tests
    assert set(result.tests["measure"]) == set(copying.MEASURES)
    assert answer(result) == "yes"


def test_a_bot_that_pastes_long_phrases_fails_without_a_whole_copy():
    def paste(seed):
        rng = np.random.default_rng(seed)
        parts = [np.array([PITCHES.index(s[0]) for s in TRAIN[k].events["symbols"]])[at : at + 18]
                 for k, at in zip(rng.integers(0, 30, 3), rng.integers(0, 30, 3), strict=True)]  # fmt: skip
        return tune(f"pasted {seed}", np.concatenate(parts))

    result = judged([paste(seed) for seed in range(12)])
    assert not result.whole
    assert answer(result) == "yes"


def test_one_piece_that_is_mostly_one_run_is_named_and_decides_nothing_alone():
    wild = [tune(f"wild {k}", np.random.default_rng(500 + k).integers(55, 80, 48)) for k in range(12)]
    copied = tune("copied", np.array([PITCHES.index(s[0]) for s in TRAIN[3].events["symbols"]]))
    result = judged([*wild[1:], copied])
    assert result.whole == "copied takes 100% of its beats from train 3"
    assert result.tests.set_index("measure").loc["mostly", "generated"] == pytest.approx(1 / 12)
    assert answer(result) == "cannot be told"


def test_people_are_rarely_called_copyists(monkeypatch):
    """Human pieces, divided at random in two: the verdict is yes for one in twenty at most, but for chance."""
    monkeypatch.setattr(copying, "DRAWS", 499)
    monkeypatch.setattr(copying, "SIMULATIONS", 2)
    people = [human(f"one {k}", 2000 + k, 3) for k in range(36)]
    pitches = [PITCHES.index(s[0]) for s in TRAIN[5].events["symbols"][:18]]
    people[0] = tune("quotes", np.r_[pitches, PHRASES[7]])  # one in so many is mostly a quotation
    train = DATA.part("train")
    table = copying.measure(people, train.pieces, [-1] * 36, train.families.tolist())
    answers, named = [], 0
    for draw in range(60):
        order = np.random.default_rng(draw).permutation(36)
        mine, theirs = ({name: table[name].to_numpy()[of] for name in table} for of in (order[:16], order[16:]))
        longest = pd.DataFrame({"piece": "x", "source": "y", "run": mine["run"], "share": mine["mostly"]})
        result = copying.judge(mine, theirs, 1, copying.mostly_one_run(longest, float(theirs["run"].max())))
        answers.append(answer(result))
        named += bool(result.whole)
    assert named > 6  # one long piece alone would have decided
    assert answers.count("yes") <= 6  # 3 expected at most; more than 6 in 60 has a chance of 3 %


def test_random_pieces_do_not_copy_and_that_can_be_told():
    wild = [tune(f"wild {k}", np.random.default_rng(500 + k).integers(55, 80, 48)) for k in range(12)]
    result = judged(wild)
    assert answer(result) == "no"
    assert result.factor <= 2


def test_new_pieces_of_the_tradition_are_not_called_copies():
    assert answer(judged([human(f"new {k}", 900 + k) for k in range(12)])) != "yes"


def test_of_few_pieces_nothing_can_be_told_and_the_power_says_so():
    result = copying.judge({"run": np.array([5.0])}, {"run": np.array([4.0, 5.0])}, 1)
    assert answer(result) == "cannot be told"
    assert result.factor == np.inf
    assert "no difference that was tried would be found" in result.why
    assert result.metrics()["detectable_factor"] is None


def test_without_human_pieces_there_is_nothing_to_compare():
    result = copying.judge({"run": np.array([5, 6])}, {"run": np.array([])}, 1)
    assert answer(result) == "cannot be told"
    assert result.why == copying.NOBODY


def test_the_first_long_enough_piece_stands_for_its_family():
    pieces = [human("short", 1, 1), human("long", 2, 3), human("longer", 3, 4), human("other", 4, 3)]
    data = samples.data(pieces, ["train"] * 4, [0, 0, 0, 1])
    assert copying.representatives(data).tolist() == [0, 3]
    assert copying.representatives(data, 18).tolist() == [1, 3]
    assert copying.representatives(data, 99).tolist() == []


def test_the_permutation_test_by_hand():
    # 3 of 5 values: C(5, 3) = 10 ways, one of them as extreme
    assert copying.longer(np.array([7, 8, 9]), np.array([1, 2]), 1) == pytest.approx(1 / 10)
    assert copying.longer(np.array([1, 2, 3]), np.array([8, 9]), 1) == pytest.approx(1)
    assert np.isnan(copying.longer(np.array([3]), np.array([1, 2]), 1))


def test_power_grows_with_the_number_of_pieces():
    theirs = np.random.default_rng(3).integers(5, 12, 40)
    factors = [copying.detectable(theirs, n, 1) for n in (2, 8, 32)]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] < factors[0]


def test_a_piece_is_not_held_against_its_own_family():
    twin = tune("twin", np.array([PITCHES.index(s[0]) for s in TRAIN[0].events["symbols"]]) + 2)
    own, families = [0, 7], list(range(30))
    table = copying.measure([twin, twin], TRAIN, own, families)
    assert table["run"].tolist()[1] == 48
    assert table["run"].tolist()[0] < 20
    assert table["near"].tolist()[1] == 1.0
    assert table["near"].tolist()[0] < 0.8


@pytest.mark.parametrize(
    ("pattern", "texts", "similarity"),
    [
        ("abcd", ["xxabcdxx"], 1.0),
        ("abcd", ["xxabdxx"], 0.75),  # one deletion
        ("abcd", ["abxcd"], 0.75),  # one insertion
        ("abcd", ["axcd"], 0.75),  # one substitution
        ("abcd", ["ab", "cd"], 0.5),  # not across two texts
        ("abcd", ["xyz"], 0.0),
        ("", ["abc"], 0.0),
        ("abcd", [""], 0.0),
    ],
)
def test_edit_distance_to_the_most_similar_place(pattern, texts, similarity):
    assert copying.near([pattern], texts, np.ones((1, len(texts)), bool))[0] == pytest.approx(similarity)
    assert copying.near([pattern], texts, np.zeros((1, len(texts)), bool))[0] == 0


def test_edit_distance_as_the_plain_recursion():
    def plain(pattern, text):
        row = [0] * (len(text) + 1)
        for done, unit in enumerate(pattern, 1):
            last, row = row, [done, *[0] * len(text)]
            for j, other in enumerate(text, 1):
                row[j] = min(last[j - 1] + (unit != other), last[j] + 1, row[j - 1] + 1)
        return 1 - min(row) / len(pattern)

    rng = np.random.default_rng(5)
    for _ in range(40):
        pattern, *texts = (rng.integers(0, 4, n).tolist() for n in rng.integers(1, 20, 4))
        allowed = np.array([[True, False, True]])
        expected = max(plain(pattern, texts[0]), plain(pattern, texts[2]))
        assert copying.near([pattern], texts, allowed)[0] == pytest.approx(expected)


def test_extraction_counts_what_follows_the_opening_as_written():
    written = np.array([1, 5, 6, 7, 8, 9, 2])
    assert copying.extracted([written], [written], 2).tolist() == [4]
    assert copying.extracted([np.array([1, 5, 6, 7, 3, 9])], [written], 2).tolist() == [1]
    assert copying.extracted([np.array([1, 5, 6])], [written], 2).tolist() == [0]
    assert copying.extracted([], [], 2).tolist() == []


def test_holm_corrects_the_tests_of_one_result():
    result = copying.judge(
        {"run": np.arange(10, 20), "grams": np.arange(10)}, {"run": np.arange(10), "grams": np.arange(10)}, 1
    )
    by = result.tests.set_index("measure")
    assert by.loc["run", "p_holm"] == pytest.approx(2 * by.loc["run", "p"])
