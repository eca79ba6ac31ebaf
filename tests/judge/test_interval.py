import numpy as np
import pytest

from riyaz.judge.interval import FEWEST, Interval, level, ratio


def test_groups_are_drawn_whole():
    sums = np.repeat([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 20)  # 20 pieces in each of six families, all alike
    whole = ratio(sums, np.ones(120), np.repeat(range(6), 20), 0)
    apart = ratio(sums, np.ones(120), range(120), 0)
    assert whole.low < 2.5 < whole.high
    assert whole.high - whole.low > 3 * (apart.high - apart.low)
    assert (whole.groups, apart.groups) == (6, 120)


def test_units_weigh_and_not_pieces():
    sums, sizes = np.array([10.0, 1000.0] * 5), np.array([10.0, 500.0] * 5)
    found = ratio(sums, sizes, range(10), 0)
    assert 1 <= found.low < 2
    assert found.high == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("n", range(FEWEST + 1))
def test_few_groups_have_a_reason_instead_of_an_interval(n):
    found = ratio(np.arange(n), np.ones(n), range(n), 0)
    assert found.known == (n >= FEWEST)
    assert (found.reason() == "") == found.known
    if not found.known:
        assert str(found) == f"no interval: {n} families, and fewer than 5 say too little"
        assert found.ends() == {"low": None, "high": None}


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(size=40)
    assert ratio(values, np.ones(40), range(40), 3) == ratio(values, np.ones(40), range(40), 3)


def test_an_interval_in_words():
    assert str(Interval(0.123, 0.456, 9)) == "95% interval 0.12 to 0.46"
    assert Interval(0.123, 0.456, 9).span() == "0.12 to 0.46"
    few = Interval(float("nan"), float("nan"), 2)
    assert few.span() == str(few) == few.reason() != ""


@pytest.mark.parametrize(("groups", "share"), [(5, 0.9981), (10, 0.9829), (1000, 0.9504)])
def test_of_few_groups_more_of_the_draws_lie_within(groups, share):
    assert level(groups) == pytest.approx(share, abs=2e-4)


def test_a_95_percent_interval_of_five_families_holds_the_truth_about_95_times_in_100():
    """That of the plain bootstrap holds it 87 times in 100."""
    rng = np.random.default_rng(1)
    found = [ratio(rng.normal(size=5), np.ones(5), range(5), k) for k in range(200)]
    assert 0.92 <= np.mean([one.low <= 0 <= one.high for one in found]) <= 0.98
