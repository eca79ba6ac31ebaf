"""Dynamic evaluation in the report: a table of its own, chosen on the validation part, and nothing in the verdict."""

import pytest
import samples

from riyaz.judge import adapted, likelihood, metrics
from riyaz.judge.held_out import Predictions
from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece, in_a_row


def music(parts):
    rows = [[["C4"], ["E4"], ["G4"], ["D4"]], [["D4"], ["F4"], ["A4"]], [["E4"], ["C4"], ["B4"], ["B4"], ["A4"]]]
    pieces = [
        Piece(f"p{k}", in_a_row([5040] * 40, (rows[k % 3] * 40)[:40]), {"kind": "notes"}) for k in range(len(parts))
    ]
    return samples.data(pieces, parts)


DATA = music(["valid"] * 2 + ["test"] * 6)


def bundle(data):
    weights = samples.weights(len(data.vocabulary), 3)
    valid = data.part("valid").ids or data.ids
    fitted = memory.fit(recurrence.log_probabilities(weights, valid), valid, data.vocabulary)
    return Bundle(weights, data.vocabulary, {"memory": fitted})


def static(model, data, known=""):
    test = data.part("test")
    logs = {"network": recurrence.log_probabilities(model.weights, test.ids)}
    logs["network + memory"] = memory.log_probabilities(logs["network"], test.ids, model.memory)
    scored = {name: likelihood.score(log, test.ids, data.vocabulary) for name, log in logs.items()}
    return Predictions(test, {}, logs, scored, None, known)


MODEL = bundle(DATA)


@pytest.fixture(scope="module")
def both():
    plain = static(MODEL, DATA)
    return plain, adapted.predict(MODEL, DATA, plain)


def test_it_saves_at_repeats_and_stands_beside_the_same_with_weights_that_stay(both):
    plain, going_on = both
    table = going_on.summary(plain, seed=1).set_index("model")
    assert table["against"].to_dict() == adapted.AGAINST
    for name, other in adapted.AGAINST.items():
        bits = plain.scored[other]["bits"].mean()
        assert table.loc[name, "saved"] == pytest.approx(bits - table.loc[name, "bits"])
    assert table.loc[adapted.DYNAMIC, "saved"] > 0.5
    assert table["saved_interval"].map(lambda one: one.known).all()


def test_the_steps_are_chosen_without_the_test_part(both):
    other = music(["valid"] * 2 + ["test"] * 7)
    assert other.vocabulary == DATA.vocabulary
    again = adapted.predict(MODEL, other, static(MODEL, other))
    assert again.chosen.tried.equals(both[1].chosen.tried)
    few = again.scored[adapted.DYNAMIC]
    assert few[few["piece"] < 6].equals(both[1].scored[adapted.DYNAMIC])  # nor does a piece depend on the others


def test_the_metrics_have_it_apart_and_the_verdict_is_the_same(both, tmp_path):
    plain, going_on = both
    table = going_on.summary(plain, seed=1)
    record = adapted.metrics(going_on, table)
    assert set(record) == {"rate", "decay", "segment", "bits_per_token", "saved_bits"}
    assert set(record["bits_per_token"]) == set(record["saved_bits"]) == set(adapted.AGAINST)
    assert not set(adapted.AGAINST) & {*plain.logs, *plain.scored}
    own = {"kind": "notes", "held_out": plain.described, "bits_per_token": {"network": 2.0, "unigram": 4.0}}
    own |= {"saved_bits": {}, "originality": {"whole": "", "p_more": 0.5, "p_less": 0.01, "why": "x"}, "form": {}}
    own |= {"style": {"found": 0.5, "p_held_control": None, "why": "y"}}
    verdicts = [
        metrics.write(tmp_path / "m.json", one)["verdict"] for one in (own, own | {"dynamic_evaluation": record})
    ]
    assert verdicts[0] == verdicts[1]


def test_it_says_what_was_chosen(both):
    said = adapted.in_words(both[1].chosen)
    assert said.startswith(f"After every 8 tokens a step with rate {both[1].chosen.rate:g} and decay ")
    assert "the best of 10 trials on the validation part" in said
    chosen = adapted.dynamic.Chosen(0.0, 0.0, both[1].chosen.tried)
    assert "no rate is better than 0" in adapted.in_words(chosen)


def test_known_pieces_have_no_intervals_and_without_validation_pieces_there_is_nothing(both):
    table = both[1].summary(static(MODEL, DATA, known="nothing is held out"), seed=1)
    assert not table[["interval", "saved_interval"]].map(lambda one: one.known).any(axis=None)
    data = music(["train"] * 3 + ["test"] * 5)
    assert adapted.predict(MODEL, data, static(MODEL, data)) is None


def test_without_a_memory_there_is_one_row():
    model = Bundle(MODEL.weights, DATA.vocabulary, {})
    plain = Predictions(DATA.part("test"), {}, {}, {"network": static(MODEL, DATA).scored["network"]}, None)
    assert adapted.predict(model, DATA, plain).summary(plain, 1)["model"].tolist() == [adapted.DYNAMIC]
