"""The held-out pieces, by hand: predictions are made up, what is said of them is computed."""

import json

import numpy as np
import pandas as pd
import pytest
import samples

from riyaz.judge import held_out, metrics
from riyaz.judge.held_out import Predictions
from riyaz.music.events import Piece, in_a_row


def piece(k, metre="2/4"):
    return Piece(f"p{k}", in_a_row([5040] * 40, [["C4"], ["E4"]] * 20), {"kind": "notes", "metre": metre})


def predictions(bits, metre="2/4", sources=None):
    """Six held-out pieces in six families, each token at so many bits."""
    data = samples.data([piece(k, metre) for k in range(6)], ["test"] * 6)
    scored = {}
    for name, each in bits.items():
        rows = [pd.DataFrame({"piece": k, "position": np.arange(1, len(ids)), "token": ids[1:]})
                for k, ids in enumerate(data.ids)]  # fmt: skip
        table = pd.concat(rows, ignore_index=True)
        kind = np.where(table["token"] == 2, "special", np.where(table["position"] == 1, "duration", "note"))
        scored[name] = table.assign(kind=kind, bits=each, correct=True, confidence=0.5, entropy=1.0)
    return Predictions(data, {}, dict.fromkeys(bits), scored, sources)


BITS = {"unigram": 4.0, "n-gram": 2.0, "n-gram + piece": 1.5, "network": 1.75, "network + memory": 1.25}


def test_our_model_is_the_network_with_its_memory():
    assert predictions(BITS).main == "network + memory"
    assert predictions({"network": 1.0}).main == "network"
    assert predictions(BITS).described == "6 held-out pieces of 6 families"


def test_the_summary_is_in_order_and_what_is_saved_is_the_difference():
    found = predictions(BITS)
    assert found.summary(1)["model"].tolist() == ["network + memory", "n-gram + piece", "network", "n-gram", "unigram"]
    saved = found.saved(1)
    assert {name: bits for name, (bits, _) in saved.items()} == {"n-gram": 0.75, "n-gram + piece": 0.25}
    assert all((interval.low, interval.high) == pytest.approx((bits, bits)) for bits, interval in saved.values())


def test_bits_by_kind_leave_out_the_rare():
    table, share = held_out.by_kind(predictions(BITS), least=0.03)
    assert table.index.tolist() == ["note"]
    assert table.loc["note", "n-gram"] == 2.0
    assert share.sum() == pytest.approx(1)


def test_bits_along_the_piece_need_enough_tokens():
    table = predictions({"network": 1.0}).scored["network"]
    curve = held_out.along(table)
    assert curve.to_dict() == {16: 1.0, 48: 1.0}  # 6 * 32 tokens, and 6 * 10
    assert held_out.along(table[table["piece"] == 0]).to_dict() == {16: 1.0}


def test_the_cycle_is_the_bar_and_every_beat_has_its_mean():
    found = predictions({"network": 1.0})
    rows = found.scored["network"]
    rows.loc[rows["position"] % 2 == 1, "bits"] = 3.0  # C4 on the first beat: positions 3, 5, ..., after metre and d:1
    where = held_out.in_cycle(found, "event", "beat", seed=1)
    assert (where.axis, where.pieces, where.sizes) == ("beat of 2", 6, "2")
    assert where.curves["network"].tolist() == pytest.approx([(20 * 3 + 1) / 21, 1.0])  # the duration is on beat 1 too
    assert held_out.in_cycle(predictions({"network": 1.0}, metre=None), "event", "beat", 1) is None


def test_the_metrics_of_the_likelihoods(tmp_path):
    found = predictions(BITS)
    table = metrics.likelihoods(found, found.summary(1), "event", 1)
    assert table["bits_per_token"] == BITS
    assert table["saved_bits"]["n-gram"] == pytest.approx({"bits": 0.75, "low": 0.75, "high": 0.75})
    assert table["no_interval"] == ""
    few = Predictions(found.data.rows([0, 1]), {}, found.logs,
                      {name: rows[rows["piece"] < 2] for name, rows in found.scored.items()}, None)  # fmt: skip
    table = metrics.likelihoods(few, few.summary(1), "event", 1)
    assert table["saved_bits"]["n-gram"] == {"bits": 0.75, "low": None, "high": None}
    assert table["no_interval"].startswith("no interval: 2 families")


def test_the_metrics_file_has_the_verdict_and_is_rounded(tmp_path):
    found = predictions(BITS)
    table = metrics.likelihoods(found, found.summary(1), "event", 1)
    table |= {"kind": "notes", "originality": {"whole": "", "p_more": 0.5, "p_less": 0.01, "why": "x"}}
    table |= {"style": {"found": 0.5, "p_held_control": None, "why": "y"}, "form": {"a": 1 / 3, "b": float("nan")}}
    written = metrics.write(tmp_path / "metrics" / "mine.json", table)
    assert [one["answer"] for one in written["verdict"]] == ["yes", "no", "cannot be told"]
    back = json.loads((tmp_path / "metrics" / "mine.json").read_text())
    assert back["form"] == {"a": 0.333333, "b": None}
    assert back["verdict"] == written["verdict"]


def test_frames_are_summed_over_the_pieces_that_count():
    nats = {"a": [np.array([1.0, 1.0]), np.array([4.0])], "b": [np.array([0.5, 0.5]), np.array([0.5])]}
    table = held_out.frames(nats, np.array([0, 1]), np.array([True, True]), 1).set_index("model")
    assert table["by_frame"].to_dict() == {"b": 0.5, "a": 2.0}
    assert table.index.tolist() == ["b", "a"]
    one = held_out.frames(nats, np.array([0, 1]), np.array([True, False]), 1).set_index("model")
    assert one.loc["a", "by_frame"] == 1.0
