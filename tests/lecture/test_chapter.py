"""What the chapter `cells` computes, by hand."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import samples

from riyaz.lecture import compare, gates, gradients, keras_cells, recall, slides, small
from riyaz.lecture.gates import Reading
from riyaz.lecture.small import Windows
from riyaz.model import bundle, network
from riyaz.tabla.taals import TAALS
from riyaz.text.tokens import Vocabulary

TITLES = {"rnn_sigmoid": "σ", "rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}


# Gradients


@pytest.mark.parametrize("weight", [-3.0, -0.5, 0.0, 1.0, 5.0])
def test_the_slope_is_that_of_the_chain_rule_and_of_differences(weight):
    near = gradients.losses(np.array([weight - 1e-5, weight + 1e-5]))
    assert gradients.slope(weight) == pytest.approx(gradients.slope_by_hand(weight), abs=1e-6)
    assert gradients.slope_by_hand(weight) == pytest.approx((near[1] - near[0]) / 2e-5, abs=1e-6)


def test_descent_steps_against_the_slope():
    path = gradients.descend(0.5, start=2.0, steps=2)
    assert path[1] == pytest.approx(2 - 0.5 * gradients.slope(2.0))
    assert path[2] == pytest.approx(path[1] - 0.5 * gradients.slope(path[1]))
    assert gradients.losses(np.array(path)).tolist() == sorted(gradients.losses(np.array(path)), reverse=True)


def test_a_product_of_sigmoid_slopes_is_below_its_bound():
    (medians,) = gradients.products([(1.0, "σ")], depth=6, rows=500, seed=0)
    assert medians[0] == 1
    assert (medians[1:] < 0.25 ** np.arange(1, 7)).all()  # the median |w| is below 1
    tanh = gradients.products([(1.0, "tanh")], depth=6, rows=500, seed=0)[0]
    assert tanh[6] > 100 * medians[6]


# Recall


def test_the_factor_of_a_steady_decay_is_that_decay():
    steps = np.arange(21)
    assert recall.factor(np.log10(0.8) * steps[None]) == pytest.approx(0.8)


def test_answers_are_averaged_within_and_beyond_the_trained_gaps():
    rows = [(cell, gap, seed, value) for cell, values in {"lstm": (1.0, 0.8, 0.2), "rnn": (0.6, 0.4, 0.1)}.items()
            for gap, value in zip((1, 10, 100), values, strict=True) for seed in (0, 1)]  # fmt: skip
    answers = pd.DataFrame(rows, columns=["cell", "gap", "seed", "accuracy"])
    within, beyond = recall.trained_and_longer(answers, 10)
    assert within.to_dict() == pytest.approx({"lstm": 0.9, "rnn": 0.5})
    assert beyond.to_dict() == pytest.approx({"lstm": 0.2, "rnn": 0.1})


@pytest.mark.parametrize(
    ("beyond", "said"),
    [
        ((0.1, 0.3, 0.8, 0.9), "confirmed for the sigmoid.*remembers less .* than both"),
        ((0.1, 0.5, 0.4, 0.9), "confirmed for the sigmoid.*is not behind the LSTM over gaps"),
        ((0.6, 0.9, 0.4, 0.5), "not confirmed even.*is not behind the LSTM and the GRU over"),
    ],
)
def test_the_sentence_on_forgetting_follows_from_the_shares(beyond, said):
    names = ("rnn_sigmoid", "rnn", "lstm", "gru")
    assert re.search(said, recall.forgetting(dict(zip(names, beyond, strict=True)), TITLES))


def test_rates_are_tried_beyond_an_end_that_is_the_best():
    assert small.beyond({0.1: 3.0, 0.3: 1.0, 0.9: 2.0}) == []
    assert small.beyond({0.1: 3.0, 0.3: 1.0}) == pytest.approx([0.9])
    assert small.beyond({0.1: 1.0, 0.3: 2.0}) == pytest.approx([0.1 / 3])
    assert small.beyond({0.1: 1.0, 0.3: float("nan")}) == pytest.approx([0.1 / 3])


def test_each_cell_learns_at_a_rate_that_has_a_worse_one_on_either_side():
    asked = samples.settings().cells.recall.model_copy(
        update={"gaps": [1], "steps": 20, "sequences": 200, "units": 4, "symbols": 2, "seeds": 2,
                "learning_rates": [0.001, 0.003]}
    )  # fmt: skip
    networks, tried = recall.train(["rnn"], asked, 0)
    assert len(networks["rnn"]) == 2
    losses = tried.loc["rnn"].dropna()
    assert losses.index[0] < losses.idxmin() < losses.index[-1]


# Slides


def test_equal_lines_have_one_letter_and_one_colour():
    html = slides.lettered([("Dha", "Te"), ("Tu", "Na"), ("Ta", "<b>"), ("Tu", "Na")], "T")
    assert re.findall(r"<b>([A-D])</b>", html) == ["A", "B", "C", "B"]
    assert html.count('class="phrase-b"') == 2 * 3  # two bols and the letter
    pairs = slides.lettered([("Dha",), ("Tu",), ("Dha",), ("Ta",)], "T", across=2)
    assert re.findall(r"<b>([A-D])</b>", pairs) == ["A", "B", "A", "C"]
    assert pairs.count("<tr>") == 2
    assert "&lt;b&gt;" in html


def test_windows_flow_from_input_to_output():
    assert slides.flow(["a", "b", "c", "d"], 2, 9).to_numpy().tolist() == [[0, "a b", "c"], [1, "b c", "d"]]
    assert slides.flow(["a"], 2, 9).empty


def test_a_theka_has_its_numbers_and_signs():
    html = slides.teental(["Dha", "Dhin", "Ta"], (2, 1), ("X", "0"), "T")
    assert re.findall(r"<td>([^<]*)</td>", html)[3:] == ["1", "2", "3", "X", "", "0"]


def test_a_verdict_is_one_of_three():
    with pytest.raises(ValueError, match="'maybe' is no answer; there are holds, holds if, does not hold here"):
        slides.verdict("maybe", "")


def test_a_verdict_follows_from_its_conditions():
    assert slides.judged(True, True) == "holds"
    assert slides.judged(True, False) == "holds if"
    assert slides.judged(False, False) == "does not hold here"
    with pytest.raises(ValueError, match="a condition that could fail"):
        slides.judged()


def test_no_verdict_of_the_lecture_is_a_fixed_word():
    notebook = json.loads((Path(__file__).resolve().parents[2] / "notebooks" / "lecture.ipynb").read_text("utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    calls = re.findall(r"slides\.verdict\(\s*(\S+)", code)
    assert len(calls) >= 15
    assert [call for call in calls if call.startswith('"') and " if " not in code.split(call, 1)[1][:40]] == []


def test_runs_that_return_are_counted_once():
    assert slides.different([1, 2, 1, 2, 1], 2) == pytest.approx(2 / 4)
    assert slides.different([1], 2) == 1


# Gates


def reading(part, n=32):
    """A piece of one stroke a matra; unit 1 is open on sam and closed elsewhere, unit 0 says nothing."""
    onset = np.arange(n, dtype=float)
    matra = onset % 16 + 1
    f = np.stack([np.random.default_rng(n).uniform(size=n), np.where(matra == 1, 0.9, 0.2)], axis=1)
    bol = np.where(matra == 1, "Dha", "Te")
    return Reading("p", part, bol, onset, matra, {"f": f, "i": f, "o": f, "C": f})


def test_a_gate_that_opens_on_sam_alone_tells_sam():
    table = gates.tells_matra([reading("train"), reading("test", 48)], TAALS["teental"])
    sam = table.loc[1]
    assert (sam["unit"], sam["forget gate"], sam["bol alone"]) == (1, 1.0, 1.0)
    assert (sam["f of the unit"], sam["f elsewhere"]) == pytest.approx((0.9, 0.2))
    first, second = gates.at_sam(table)
    assert "it keeps more there than elsewhere" in first
    assert "with an area of 1.00, where the bol alone gives 1.00; of the 16 matras sam is number 1" in second


def test_the_longest_held_out_piece_is_shown():
    pieces = [reading("train", 64), reading("valid", 48), reading("test", 32), reading("test", 40)]
    assert len(gates.longest(pieces).bol) == 40
    assert gates.held_out(pieces[:1]) == pieces[:1]


# The cells on music


def task(n):
    windows = Windows(np.ones((n, 4), np.int32), np.array([[1, 2, 0, 0]] * n, np.int32))
    return compare.Task(9, dict.fromkeys(("train", "valid", "test"), windows))


def test_a_tenth_of_the_largest_music_is_learned_from_too():
    tasks, largest, tenth = compare.with_a_tenth({"a": task(5), "b": task(31)}, seed=0)
    assert (largest, tenth) == ("b", "b, a tenth")
    sizes = compare.sizes(tasks).set_index("data")
    assert sizes["windows"].to_dict() == {"a": 5, "b": 31, "b, a tenth": 4}
    assert sizes["training tokens"].to_dict() == {"a": 10, "b": 62, "b, a tenth": 8}


def test_every_rate_is_tried_once_at_equal_units_on_the_largest_music():
    asked = samples.settings().cells.compare.model_copy(update={"learning_rates": [0.1, 0.2]})
    tasks, largest, _ = compare.with_a_tenth({"a": task(5), "b": task(31)}, seed=0)
    plans = compare.plan(tasks, largest, asked)
    searched = [(one.cell, one.rate) for one in plans if one.rate]
    assert searched == [(cell, rate) for cell in compare.CELLS for rate in (0.1, 0.2)]
    assert {one.at for one in plans if one.cell == "lstm"} == {("equal units", "equal parameters")}
    size = small.n_parameters("lstm", 9, asked.embedding, asked.units)
    for one in plans:
        if "equal parameters" in one.at:
            assert small.n_parameters(one.cell, 9, asked.embedding, one.units) == pytest.approx(size, rel=0.03)


def test_the_gain_is_paired_by_seed_and_judged_by_its_error():
    rows = [("a", "equal units", seed, bits, cell, 1, 1) for cell, of in
            {"gru": (2.0, 3.0, 4.0), "lstm": (1.0, 2.1, 2.9), "rnn": (9.0, 9.0, 9.0)}.items()
            for seed, bits in enumerate(of)]  # fmt: skip
    gain = compare.gain(pd.DataFrame(rows, columns=["data", "at", "seed", "bits", "cell", "units", "parameters"]))
    row = gain.loc[("a", "equal units")]
    assert row["mean"] == pytest.approx(1.0)
    assert row["t"] == pytest.approx(1.0 / (0.1 / np.sqrt(3)))
    assert row["verdict"] == "LSTM"


@pytest.mark.parametrize(
    ("apart", "verdict"),
    [
        ((1.0, 1.1, 0.9), "LSTM"),  # t = 17
        ((-1.0, -1.1, -0.9), "GRU"),
        ((0.16, 0.5, 0.6), "neither"),  # t = 3.2: more than 3 standard errors, but df 2 needs 4.30
        ((1.0,), "neither"),
        ((0.16, 0.5, 0.6, 0.3, 0.4, 0.5), "LSTM"),  # df 5 needs 2.57
    ],
)
def test_the_winner_needs_the_quantile_of_its_degrees_of_freedom(apart, verdict):
    rows = [("a", "equal units", seed, bits, cell, 1, 1) for seed, gap in enumerate(apart)
            for cell, bits in (("gru", 2.0 + gap), ("lstm", 2.0))]  # fmt: skip
    table = pd.DataFrame(rows, columns=["data", "at", "seed", "bits", "cell", "units", "parameters"])
    assert compare.gain(table)["verdict"].tolist() == [verdict]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["LSTM", "LSTM"], "confirmed"),
        (["LSTM", "GRU"], "confirmed in part"),
        (["GRU", "neither"], "refuted"),
        (["neither", "neither"], "not seen"),
    ],
)
def test_whether_the_lstm_is_more_accurate(verdicts, said):
    assert compare.accurate(pd.Series(verdicts)) == said


def test_the_equations_by_hand_give_the_probabilities_of_the_whole_network(tmp_path):
    """With features and several members, as a corpus' network may have them."""
    vocabulary = Vocabulary(["taal:dadra", "d:1", "Dha", "Te", "rest"])
    asked = samples.section("model", units=6, embedding=4, members=2, dropout=0.2)
    assert asked.features
    built = network.build(len(vocabulary), asked, seed=1)
    bundle.save(tmp_path, built, vocabulary, {"model": asked.model_dump()})
    inputs = np.array([[1, 4, 5, 6, 7, 8], [6, 7, 6, 5, 6, 7]], np.int32)
    checked = keras_cells.on_batch(bundle.load(tmp_path), inputs, np.ones_like(inputs))
    np.testing.assert_allclose(checked.probabilities, checked.of_keras, atol=1e-6)
    np.testing.assert_allclose(checked.loss, checked.loss_of_keras, atol=1e-5)
