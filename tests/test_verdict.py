import pytest

from riyaz import verdict

BITS = {"network": 1.5, "n-gram": 1.7, "n-gram + piece": 1.3, "unigram": 4.0}


def test_a_network_that_loses_is_said_to_lose():
    saved = {
        "n-gram": {"bits": 0.2, "low": 0.1, "high": 0.3},
        "n-gram + piece": {"bits": -0.2, "low": -0.4, "high": 0.1},
    }
    said = verdict.learned(BITS, saved)
    assert "beats the n-gram by 0.20" in said
    assert "loses to the n-gram + piece by 0.20 (but the interval" in said
    assert "best of all models is the n-gram + piece with 1.30" in said


def test_one_held_out_piece_gives_no_certainty():
    nan = float("nan")
    assert verdict.UNSURE in verdict.learned(BITS, {"n-gram": {"bits": 0.2, "low": nan, "high": nan}})


@pytest.mark.parametrize(("copies", "word"), [(True, "It copies"), (False, "does not copy")])
def test_copying_is_said(copies, word):
    assert word in verdict.copied(copies, "why")
