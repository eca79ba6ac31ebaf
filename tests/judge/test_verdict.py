import pytest

from riyaz.judge import verdict

BITS = {"network": 1.5, "n-gram": 1.7, "n-gram + piece": 1.3, "unigram": 4.0}


NONE = {"low": None, "high": None}


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        ({"bits": 0.2, "low": 0.1, "high": 0.3}, "beats the n-gram by 0.20 (95 % interval 0.10 to 0.30)"),
        (
            {"bits": 0.2, "low": -0.1, "high": 0.5},
            "cannot be told apart from the n-gram (it saves 0.20, 95 % interval -0.10 to 0.50)",
        ),
        (
            {"bits": -0.2, "low": -0.5, "high": 0.1},
            "cannot be told apart from the n-gram (it saves -0.20, 95 % interval -0.50 to 0.10)",
        ),
        ({"bits": -0.2, "low": -0.4, "high": -0.1}, "loses to the n-gram by 0.20 (95 % interval 0.10 to 0.40)"),
        ({"bits": 0.2, **NONE}, "saves 0.20 against the n-gram"),
        ({"bits": -0.2, **NONE}, "costs 0.20 against the n-gram"),
    ],
)
def test_what_is_said_follows_from_the_interval(saved, said):
    assert verdict.against("n-gram", saved) == said


def metrics(**more):
    saved = {"n-gram": {"bits": 0.2, "low": 0.1, "high": 0.3}}
    return {"bits_per_token": BITS, "saved_bits": saved, "held_out": "40 held-out pieces of 30 families", **more}


FOLDS = {
    "of": "103 held-out pieces, 5 folds, 3 seeds",
    "bits_per_token": {"network": 1.6},
    "saved_bits": {"n-gram": {"bits": 0.3, "low": 0.2, "high": 0.4}},
}
REASON = "no interval: 2 families, and fewer than 5 say too little"


def test_the_split_leads_where_it_has_an_interval():
    said = verdict.learned(metrics())
    assert said == (
        "On 40 held-out pieces of 30 families, the network needs 1.50 bits per token; it beats the n-gram by 0.20 (95 %"
        " interval 0.10 to 0.30); where frequencies alone need 4.00. The best of all models is the n-gram + piece with"
        " 1.30."
    )
    both = verdict.learned(metrics(over_folds=FOLDS))
    assert both.startswith(said)
    assert both.endswith(
        "Over 103 held-out pieces, 5 folds, 3 seeds, the network needs 1.60 bits per token; it beats the n-gram by 0.30"
        " (95 % interval 0.20 to 0.40)."
    )


def test_the_folds_lead_where_the_split_has_too_few_families():
    few = metrics(saved_bits={"n-gram": {"bits": 0.2, **NONE}}, no_interval=REASON, over_folds=FOLDS)
    said = verdict.learned(few)
    assert said.startswith(
        "Over 103 held-out pieces, 5 folds, 3 seeds, the network needs 1.60 bits per token; it beats"
    )
    assert "On the one split, 40 held-out pieces of 30 families, the network needs 1.50" in said
    assert f"it saves 0.20 against the n-gram ({REASON}); where" in said
    without = verdict.learned({name: value for name, value in few.items() if name != "over_folds"})
    assert without.startswith("On 40 held-out pieces")
    assert REASON in without
    assert "beats" not in without


@pytest.mark.parametrize(("copies", "word"), [(True, "It copies"), (False, "does not copy")])
def test_copying_is_said(copies, word):
    assert word in verdict.copied(copies, "why")


def test_form_of_notes_is_said():
    said = verdict.formed("notes", {"the held-out pieces": 0.93, "pieces drawn freely": 0.85})
    assert said == "Form: 93% for the held-out pieces, 85% for pieces drawn freely (of the notes lie in one key)."


def test_what_is_cut_off_is_not_asked_for_whole_avartans():
    said = verdict.formed("bols", {"the repertoire": 1.0}, {"free ones": 0.5, "human ones": float("nan")}, 400)
    assert said == (
        "Form: 100% for the repertoire (of the checks of taal and form pass); freely drawn pieces have no mask and at"
        " most 400 tokens, so only their sams are judged. Sams that are struck: 50% in free ones, none to judge in"
        " human ones."
    )


def test_the_sentences_follow_from_the_metrics():
    found = metrics(
        originality={"copies": False, "why": "0 of 15"},
        kind="bols",
        form={"pieces in taal": 1.0},
        sams_struck={"free ones": 0.5},
        tokens_at_most=60,
    )
    learned, copied, formed = verdict.sentences(found)
    assert learned == verdict.learned(found)
    assert copied.endswith(": 0 of 15.")
    assert formed.endswith("at most 60 tokens, so only their sams are judged. Sams that are struck: 50% in free ones.")
