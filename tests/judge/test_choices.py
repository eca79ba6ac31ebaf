from pathlib import Path

import numpy as np
import pytest

from riyaz.judge import choices
from riyaz.model.bundle import Bundle
from riyaz.tabla import ideas, notation
from riyaz.text import tokens
from riyaz.text.tokens import Vocabulary

FILE = Path(__file__).parents[2] / "data" / "raw" / "tabla" / "teental" / "kaida_dha_te_te_lessons.txt"
WORK = notation.read_file(FILE)


def model():
    words = sorted(set(tokens.encode(WORK.piece("x"))) - {"<start>", "<end>"})
    n, rng = len(Vocabulary(words)), np.random.default_rng(0)
    layer = {"kernel": rng.normal(size=(6, 32)), "recurrent": rng.normal(size=(8, 32)), "bias": np.zeros(32)}
    dense = {"kernel": np.zeros((8, n)), "bias": np.zeros(n)}  # every token is as likely as any other
    member = {"embedding": rng.normal(size=(n, 6)), "layers": [layer], "dense": dense}
    return Bundle({"members": [member], "features": None}, Vocabulary(words), {})


def test_a_network_that_knows_nothing_chooses_uniformly():
    table = choices.compare(model(), WORK)
    assert len(table) >= 4
    assert set(table["idea"]) <= {ideas.HALF, ideas.FIRST, ideas.GROUPS, "a rest in the first line"}
    same = table["idea"] != "a rest in the first line"  # there two sounds may differ in their duration
    assert table.loc[same, "network"].to_numpy() == pytest.approx(table.loc[same, "uniform"].to_numpy(), rel=0.2)
    assert (table["choices"] > 0).all()


def test_without_a_theme_or_taught_paltas_there_are_no_rows():
    plain = notation.read(
        "taal: teental\nform: tihai\n[tihai]\nDha Te Te Dha Dha Te Te Dha Dha Te Te Dha Dha Te Te Dha"
    )
    assert len(choices.compare(model(), plain)) == 0
    assert list(choices.compare(model(), plain).columns) == ["section", "idea", "choices", "network", "uniform"]
