"""The cards say what is there, and that what nobody stated is not stated."""

import re

import pandas as pd

from riyaz.judge import cards
from riyaz.music.events import TICKS, Piece, in_a_row


def piece(name, n, **about):
    return Piece(name, in_a_row([TICKS] * n, [["Dha"]] * n), {"kind": "bols", **about})


PIECES = [piece("a", 16, taal="teental"), piece("b", 16, taal="teental"), piece("c", 7, taal="rupak"), piece("d", 6)]
ROWS = pd.DataFrame({"part": ["train", "train", "valid", "test"], "family": [0, 0, 1, 2], "tokens": [20, 20, 9, 8]})
FILES = pd.DataFrame(
    [("a.txt", "read", ""), ("<b>|.txt", "skipped", "'Dhim' is no\nbol")], columns=["file", "status", "reason"]
)
ABOUT = {
    "path": "data/raw/mine",
    "reader": "tabla",
    "source": "my teacher",
    "licence": "",
    "scheme": "event",
    "grid": [4, 3],
    "vocabulary": 12,
    "seed": 7,
}
MADE = {
    "seed": 7,
    "sequence": {"length": 128},
    "model": {
        "cell": "gru",
        "layers": 2,
        "units": 64,
        "embedding": 32,
        "dropout": 0.5,
        "features": ["place"],
        "members": 2,
    },
    "train": {"epochs": 9, "batch": 16, "learning_rate": 0.004, "weight_decay": 0.01},
    "memory": {"order": 16},
}
METRICS = {
    "kind": "notes",
    "held_out": "1 held-out piece of 1 family",
    "verdict": [{"question": "Does it copy?", "answer": "yes", "why": "It copies <b>much</b>."}],
    "bits_per_token": {"network": 2.5, "n-gram": 1.25},
}
MODEL = {
    "licence": "CC0",
    "vocabulary": 12,
    "parameters": 34567,
    "pieces": {"train": 2, "valid": 1, "test": 1},
    "intervals": {"network": "no interval", "n-gram": "1.00 to 1.50"},
}


def data_card(**about):
    return cards.data_card("mine", {**ABOUT, **about}, PIECES, ROWS, FILES, 1, (2, 3456))


def test_a_data_card_by_hand():
    card = data_card()
    for line in (
        "# Data card: mine",
        "- Music: 4 pieces of bols for tabla, in Teental (2), Rupak (1).",
        "- From: my teacher.",
        "- Licence: not stated.",
        "- Where: <code>data/raw/mine</code>, read by the reader `tabla`; 2 files, 3,456 bytes.",
        "- Files: 1 read, 1 skipped (&#60;b&#62;&#124;.txt: 'Dhim' is no bol).",
        "- The pieces name no sources of their own.",
        "- Tokens by the scheme `event`; starts and ends moved to 1/4, 1/3 of a beat.",
        "| part | pieces | families | events | matras | tokens |",
        "| train | 2 | 1 | 32 | 32 | 40 |",
        "| test | 1 | 1 | 6 | 6 | 8 |",
        "Test pieces that still share half or more of their shapes with one training piece: 1.",
    ):
        assert line in card.splitlines()
    assert "drawn by the seed 7" in card
    assert "licence: MIT" not in card
    assert "- Licence: MIT, with &#60;b&#62;." in data_card(licence="MIT, with <b>")
    assert "nothing moved in time" in data_card(grid=[])
    assert data_card() == card


def test_a_split_that_the_corpus_brings_is_named():
    rolls = [Piece(p.name, p.events, {**p.about, "kind": "notes", "part": "train", "source": "s"}) for p in PIECES]
    card = cards.data_card("mine", ABOUT, rolls, ROWS, FILES.iloc[:1], 0)
    assert "its own, as the corpus brings it" in card
    assert "The pieces name 1 sources of their own." in card
    assert "- Files: 1 read, 0 skipped." in card
    assert "beats | tokens" in card


def test_an_empty_corpus_has_a_card():
    card = cards.data_card("none", ABOUT, [], ROWS.iloc[:0], FILES.iloc[:0], 0)
    assert "- Music: 0 pieces of notes." in card
    assert "| test | 0 | 0 | 0 | 0 | 0 |" in card


def test_a_model_card_by_hand():
    card = cards.model_card("mine", MODEL, MADE, METRICS, (4, 1_234_567))
    for part in (
        "embedding of 32, 2 x 64 GRU, dropout 0.5, softmax over 12 tokens; 34,567 parameters.",
        "- Memory: of up to 16 tokens of the piece so far",
        "4 files, 1,234,567 bytes",
        "licence is: CC0.",
        "- Does it copy? **yes**. It copies &#60;b&#62;much&#60;/b&#62;.",
        "| n-gram | 1.250 | 1.00 to 1.50 |\n| network | 2.500 | no interval |",
        "`.cache/cost.csv`",
    ):
        assert part in card
    assert "nats" not in card
    bare = {**MADE, "memory": None}
    frames = {**METRICS, "nats_per_frame": {"network": {"by_frame": 8.0, "by_piece": 8.5, "low": 7.0, "high": 9.0}}}
    card = cards.model_card("mine", {**MODEL, "licence": ""}, bare, frames, (4, 1))
    assert "| network | 8.000 | 8.500 |" in card
    assert "- Memory: none." in card
    assert "licence is: not stated." in card


def test_tables_by_hand():
    assert (
        cards.table(["a", "b"], [("x", 1.5), ("y", 12345)])
        == "| a | b |\n| --- | --: |\n| x | 1.500 |\n| y | 12,345 |\n"
    )
    assert cards.table(["a"], []) == ""


def test_cards_are_written_and_weighed(tmp_path):
    cards.write(tmp_path / "cards", "mine\n", "ours ऽ\n")
    assert sorted(p.name for p in (tmp_path / "cards").iterdir()) == ["data_card.md", "model_card.md"]
    assert (tmp_path / "cards" / "data_card.md").read_text(encoding="utf-8") == "ours ऽ\n"
    (tmp_path / "cards" / ".hidden").write_text("x")
    assert cards.size(tmp_path / "cards") == (2, 5 + len("ours ऽ\n".encode()))
    assert cards.size(tmp_path / "cards" / "model_card.md") == (1, 5)
    assert cards.size(tmp_path / "gone") == (0, 0)


def test_no_card_holds_a_time_or_a_place():
    both = data_card() + cards.model_card("mine", MODEL, MADE, METRICS, (4, 1))
    assert not re.search(r"\b20\d\d-\d\d|\d\d:\d\d|\d seconds", both)
