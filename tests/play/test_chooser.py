import numpy as np
import pytest
from test_sampling import told, weights

from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import TICKS
from riyaz.play.chooser import Chooser
from riyaz.text.tokens import Vocabulary

V = Vocabulary(["taal:teental", "d:1", "d:1/2", "Dha", "Te", "Na", "rest"])
W = weights(len(V), scale=1.0)
M = Bundle(W, V, {})
PLAYED = [("Dha", TICKS), ("Te", TICKS // 2), ("", TICKS // 2)]
ALLOWED = [("Na", TICKS // 2), ("Te", TICKS // 2), ("Dha", TICKS)]


@pytest.mark.parametrize("w", [W, told(V)])
def test_the_probabilities_are_those_of_the_network_that_read_the_same_tokens(w):
    chooser = Chooser(Bundle(w, V, {}), seed=1, head=["taal:teental", "taal:unknown"])
    chooser(PLAYED, ALLOWED)
    tokens = ["<start>", "taal:teental", "d:1", "Dha", "d:1/2", "Te", "rest"]
    logs = lambda *more: recurrence.log_probabilities(w, [V.ids([*tokens, *more])])[0][len(tokens) - 1 :]  # noqa: E731
    by_hand = [
        np.exp(sum(row[i] for row, i in zip(logs(*words), V.ids(words), strict=True)))
        for words in (["Na"], ["Te"], ["d:1", "Dha"])
    ]
    assert chooser.masked == [pytest.approx(1 - sum(by_hand), abs=1e-5)]


def test_choices_follow_the_probabilities_and_the_seed():
    chosen = [[Chooser(M, seed=seed)(PLAYED, ALLOWED) for seed in range(200)] for _ in range(2)]
    assert chosen[0] == chosen[1]
    assert set(chosen[0]) <= set(ALLOWED)
    assert len(set(chosen[0])) > 1
    cold = {Chooser(M, seed=seed, temperature=1e-3)(PLAYED, ALLOWED) for seed in range(20)}
    assert len(cold) == 1


def test_a_sound_that_the_network_cannot_write_is_chosen_only_where_nothing_else_may_follow():
    chooser = Chooser(M, seed=1)
    assert chooser(PLAYED, [("Ghen", TICKS // 2), ("Na", TICKS // 2)]) == ("Na", TICKS // 2)
    assert Chooser(M, seed=1)(PLAYED, [("Ghen", TICKS // 2)]) == ("Ghen", TICKS // 2)


def test_beyond_its_steps_the_memory_of_a_performance_still_expects_what_always_followed(monkeypatch):
    monkeypatch.setattr("riyaz.play.chooser.STEPS", 32)
    ids = [V.ids(["<start>", "d:1/2", *words * 20]) for words in (["Dha", "Te", "Na"], ["Na", "Te"])]
    flat = [np.full((len(row) - 1, len(V)), -np.log(len(V)), np.float32) for row in ids]
    fitted = Bundle(W, V, {"memory": memory.fit(flat, ids, V)})
    phrase = [("Dha", TICKS // 2), ("Te", TICKS // 2), ("Na", TICKS // 2)]
    expected = []
    for times in (4, 40):
        chooser = Chooser(fitted, seed=1)
        expected.append(chooser.probabilities([*phrase * times, phrase[0]], [("Te", TICKS // 2)])[0])
    assert expected[0] > 0.9
    assert expected[1] > 0.9  # 120 tokens, of which 32 are remembered


def test_a_higher_temperature_is_nearer_to_an_even_choice():
    p = np.array([0.6, 0.1, 0.05])
    cold, warm = (Chooser(M, 0, temperature=one).shares(p) for one in (1.0, 2.0))
    np.testing.assert_allclose(cold, p / p.sum())
    np.testing.assert_allclose(warm, np.sqrt(p) / np.sqrt(p).sum())
    np.testing.assert_allclose(Chooser(M, 0).shares(np.zeros(4)), 0.25)
