import pytest

from riyaz.judge import verdict

BITS = {"network": 1.5, "n-gram": 1.7, "n-gram + piece": 1.3, "unigram": 4.0}
NONE = {"low": None, "high": None}
REASON = "no interval: 2 families, and fewer than 5 say too little"


def saved(*ends):
    names = ("n-gram", "n-gram + piece")
    return {
        name: {"bits": (low + high) / 2 if low is not None else 0.2, "low": low, "high": high}
        for name, (low, high) in zip(names, ends, strict=False)
    }


@pytest.mark.parametrize(
    ("rivals", "answer"),
    [
        (saved((0.1, 0.3), (0.05, 0.2)), "yes"),  # wins beyond doubt
        (saved((0.1, 0.3), (-0.05, 0.2)), "cannot be told"),  # wins perhaps
        (saved((0.1, 0.3), (0.0, 0.2)), "cannot be told"),  # an end on 0 is no win
        (saved((-0.1, 0.1), (-0.2, 0.2)), "cannot be told"),
        (saved((0.1, 0.3), (-0.4, -0.1)), "no"),  # one rival is better beyond doubt
        (saved((-0.4, -0.1), (None, None)), "no"),
        (saved((0.1, 0.3), (None, None)), "cannot be told"),  # no interval
        (saved((None, None), (None, None)), "cannot be told"),
        ({}, "cannot be told"),  # nothing to beat
    ],
)
def test_the_first_question(rivals, answer):
    assert verdict.better(rivals) == answer


@pytest.mark.parametrize(
    ("whole", "more", "less", "answer"),
    [
        ("", 0.001, 0.9, "yes"),
        ("", 0.04, 0.01, "yes"),  # longer than human runs, though by little
        ("one piece is a copy", 0.001, 0.9, "yes"),
        ("one piece is a copy", 0.9, 0.001, "cannot be told"),  # of people's pieces, one may be as well
        ("", 0.5, 0.04, "no"),
        ("", 0.05, 0.05, "cannot be told"),
        ("", 0.3, 0.3, "cannot be told"),
        ("", None, None, "cannot be told"),
    ],
)
def test_the_second_question(whole, more, less, answer):
    assert verdict.copying(whole, more, less) == answer
    found = verdict.copied({"whole": whole, "p_more": more, "p_less": less, "why": "so"})
    assert found == {"question": verdict.COPIES, "answer": answer, "why": "so"}


@pytest.mark.parametrize(
    ("p", "control", "answer"),
    [
        (0.001, 0.001, "no"),
        (0.04, 0.6, "no"),
        (0.05, 0.001, "yes"),
        (0.6, 0.05, "cannot be told"),  # the test could not have found anything
        (0.6, None, "cannot be told"),
        (None, 0.001, "cannot be told"),
    ],
)
def test_the_third_question(p, control, answer):
    assert verdict.alike(p, control) == answer


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"bits": 0.2, "low": 0.1, "high": 0.3}, "beats the n-gram by 0.20 (95% interval 0.10 to 0.30)"),
        (
            {"bits": 0.2, "low": -0.1, "high": 0.5},
            "cannot be distinguished from the n-gram (it saves 0.20, 95% interval -0.10 to 0.50)",
        ),
        ({"bits": -0.2, "low": -0.4, "high": -0.1}, "loses to the n-gram by 0.20 (95% interval 0.10 to 0.40)"),
        ({"bits": 0.2, **NONE}, "saves 0.20 against the n-gram"),
        ({"bits": -0.2, **NONE}, "costs 0.20 against the n-gram"),
    ],
)
def test_what_is_said_follows_from_the_interval(row, said):
    assert verdict.against("n-gram", row) == said


def metrics(**more):
    rows = {"n-gram": {"bits": 0.2, "low": 0.1, "high": 0.3}}
    return {"bits_per_token": BITS, "saved_bits": rows, "held_out": "40 held-out pieces of 30 families", **more}


FOLDS = {
    "of": "94 held-out pieces of 37 families, 5 folds, 3 seeds",
    "bits_per_token": {"network": 1.6},
    "saved_bits": {"n-gram": {"bits": 0.1, "low": -0.2, "high": 0.4}},
}


def test_the_folds_decide_where_there_are_any():
    assert verdict.predicts(metrics())["answer"] == "yes"
    both = verdict.predicts(metrics(over_folds=FOLDS))
    assert both["answer"] == "cannot be told"
    assert both["why"] == (
        "Over 94 held-out pieces of 37 families, 5 folds, 3 seeds, the network needs 1.60 bits per token; it cannot be"
        " distinguished from the n-gram (it saves 0.10, 95% interval -0.20 to 0.40). On 40 held-out pieces of 30"
        " families, the network needs 1.50 bits per token; it beats the n-gram by 0.20 (95% interval 0.10 to 0.30)."
        " The best of these is the n-gram + piece with 1.30, and frequencies alone need 4.00."
    )


def test_too_few_families_are_named():
    few = verdict.predicts(metrics(saved_bits={"n-gram": {"bits": 0.2, **NONE}}, no_interval=REASON))
    assert few["answer"] == "cannot be told"
    assert f"it saves 0.20 against the n-gram ({REASON})" in few["why"]
    assert "beats" not in few["why"]


ALL = "All that the memory saves (1.00 bits per token) is at repeats; where a piece says something new it costs "


def part(share, alone, mixed):
    return {"share": share, "bits_per_token": {"network": alone, "network + memory": mixed}}


@pytest.mark.parametrize(
    ("first", "again", "said"),
    [
        (part(0.5, 3.0, 3.0), part(0.5, 3.0, 1.0), ALL.split(";")[0] + "; elsewhere it changes nothing"),
        (part(0.5, 3.0, 3.2), part(0.5, 3.0, 1.0), ALL + "0.10"),
        (part(0.5, 3.0, 2.5), part(0.5, 3.0, 1.5), "Of what the memory saves (1.00 bits per token) 75% is at repeats"),
        (part(0.5, 3.0, 3.0), part(0.5, 3.0, 3.5), "The memory saves nothing, not even at repeats (-0.25 bits per"
         " token)"),
    ],
)  # fmt: skip
def test_where_the_gain_of_the_memory_comes_from_is_said_first(first, again, said):
    bits = {"network": 2.0, "network + memory": 1.5, "unigram": 4.0}
    found = verdict.predicts(metrics(bits_per_token=bits, first_occurrences=first, repeats=again))
    assert found["why"].startswith(said + ". On 40")


def test_a_network_without_memory_has_no_gain_to_explain():
    alone = {"share": 0.5, "bits_per_token": {"network": 2.0}}
    assert verdict.predicts(metrics(first_occurrences=alone, repeats=alone))["why"].startswith("On 40")


def test_the_form_is_said_beside_the_third_answer():
    notes = {
        "kind": "notes",
        "style": {"found": 0.5, "p_held_control": 0.01, "why": "Alike."},
        "form": {"human ones": 0.93},
    }
    assert verdict.sounds(notes)["why"] == "Alike. Form: 93% for human ones (of the notes lie in one key)."
    bols = notes | {"kind": "bols", "sams_struck": {"free ones": 0.5, "human ones": float("nan")}}
    said = verdict.sounds(bols)
    assert said["answer"] == "yes"
    assert said["why"].endswith(
        "(of the checks of taal and form pass). Sams that are struck: 50% in free ones, none to judge in human ones."
    )


def test_three_tiles_follow_from_the_metrics():
    found = metrics(
        kind="notes",
        originality={"whole": "", "p_more": 0.5, "p_less": 0.01, "why": "Short runs."},
        style={"found": 0.01, "p_held_control": 0.01, "why": "Unlike."},
        form={"all": 1.0},
    )
    tiles = verdict.tiles(found)
    assert [set(tile) for tile in tiles] == [{"question", "answer", "why"}] * 3
    assert [tile["answer"] for tile in tiles] == ["yes", "no", "no"]


def test_a_transformer_is_named_and_does_not_decide():
    folds = {"of": "5 folds", "bits_per_token": BITS, "saved_bits": saved((0.1, 0.3), (0.05, 0.2))}
    rival = {"bits_per_token": {"transformer": 1.6, "transformer + memory": 1.2}}
    rival["saved_bits"] = {name: {"bits": bits - 1.5, **NONE} for name, bits in rival["bits_per_token"].items()}
    metrics = {"bits_per_token": BITS, "saved_bits": {}, "held_out": "9 pieces", "over_folds": folds}
    without = verdict.predicts(metrics)
    with_it = verdict.predicts({**metrics, "over_folds": {**folds, "transformer": rival}})
    assert without["answer"] == with_it["answer"] == "yes"
    assert "transformer" not in without["why"]
    assert "the network costs 0.30 against the transformer + memory, which needs 1.20" in with_it["why"]
