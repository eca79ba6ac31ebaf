import pytest

from riyaz.judge import verdict

BITS = {"network": 1.5, "n-gram": 1.7, "n-gram + piece": 1.3, "unigram": 4.0}


def test_a_network_that_loses_is_said_to_lose():
    saved = {
        "n-gram": {"bits": 0.2, "low": 0.1, "high": 0.3},
        "n-gram + piece": {"bits": -0.2, "low": -0.4, "high": 0.1},
    }
    said = verdict.learned(BITS, saved)
    assert "bits a token for held-out pieces, where frequencies alone need 4.00" in said
    assert "beats the n-gram by 0.20 (95 % interval 0.10 to 0.30)" in said
    assert "loses to the n-gram + piece by 0.20 (95 % interval -0.10 to 0.40: that may be chance)" in said
    assert "best of all models is the n-gram + piece with 1.30" in said


def test_one_held_out_piece_gives_no_certainty():
    nan = float("nan")
    said = verdict.learned(BITS, {"n-gram": {"bits": 0.2, "low": nan, "high": nan}}, "1 held-out piece")
    assert "for 1 held-out piece, where" in said
    assert "beats the n-gram by 0.20 (no interval: that may be chance)" in said


@pytest.mark.parametrize(("copies", "word"), [(True, "It copies"), (False, "does not copy")])
def test_copying_is_said(copies, word):
    assert word in verdict.copied(copies, "why")


def test_form_of_notes_is_said():
    said = verdict.formed("notes", {"the held-out pieces": 0.93, "pieces drawn freely": 0.85})
    assert said == "Form: 93% for the held-out pieces, 85% for pieces drawn freely (of the notes lie in one key)."


def test_what_is_cut_off_is_not_asked_for_whole_avartans():
    said = verdict.formed("bols", {"the repertoire": 1.0}, {"free ones": 0.5, "human ones": float("nan")}, 400)
    assert said == (
        "Form: 100% for the repertoire (of the checks of taal and form pass); what is drawn freely has no mask and is "
        "cut off after 400 tokens, so only its sams are judged, of which are struck: 50% in free ones, none to judge "
        "in human ones."
    )


def test_the_sentences_follow_from_the_metrics():
    metrics = {
        "bits_per_token": {**BITS, "network + memory": 1.1},
        "saved_bits": {"n-gram": {"bits": 0.6, "low": 0.5, "high": 0.7}},
        "originality": {"copies": False, "why": "0 of 15"},
        "kind": "bols",
        "form": {"pieces in taal": 1.0},
        "sams_struck": {"free ones": 0.5},
        "tokens_at_most": 60,
        "held_out": "9 held-out pieces",
    }
    learned, copied, formed = verdict.sentences(metrics)
    assert learned.startswith("The network + memory needs 1.10 bits a token for 9 held-out pieces, where")
    assert copied.endswith(": 0 of 15.")
    assert formed.endswith("after 60 tokens, so only its sams are judged, of which are struck: 50% in free ones.")


def test_what_folds_say_stands_beside_the_first_sentence():
    over = {
        "of": "103 held-out pieces, 5 folds, 3 seeds",
        "bits_per_token": {"network": 1.6, "n-gram + piece": 1.3},
        "saved_bits": {"n-gram + piece": {"bits": -0.3, "low": -0.5, "high": -0.1}},
    }
    assert verdict.repeated(over) == (
        "Over 103 held-out pieces, 5 folds, 3 seeds it needs 1.60, 0.30 more than the n-gram + piece (0.10 to 0.50)."
    )
    over["saved_bits"]["n-gram + piece"] = {"bits": 0.1, "low": -0.1, "high": 0.2}
    assert verdict.repeated(over).endswith("0.10 less than the n-gram + piece (-0.10 to 0.20: that may be chance).")
