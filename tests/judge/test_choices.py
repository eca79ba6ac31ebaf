from pathlib import Path

import numpy as np
import pandas as pd
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


def test_a_very_warm_network_chooses_uniformly():
    sure = model()
    sure.weights["members"][0]["dense"]["bias"] = np.linspace(-3, 3, len(sure.vocabulary))
    cold, warm = (choices.compare(sure, WORK, temperature=one) for one in (1.0, 1e6))
    assert np.abs(cold["network"] - cold["uniform"]).max() > 1
    np.testing.assert_allclose(warm["network"], warm["uniform"], rtol=1e-3)


def test_without_a_theme_or_taught_paltas_there_are_no_rows():
    plain = notation.read(
        "taal: teental\nform: tihai\n[tihai]\nDha Te Te Dha Dha Te Te Dha Dha Te Te Dha Dha Te Te Dha"
    )
    assert len(choices.compare(model(), plain)) == 0
    assert list(choices.compare(model(), plain).columns) == ["section", "idea", "choices", "network", "uniform"]


def followed(network, uniform):
    columns = {"choices": [4] * len(network), "network": network, "uniform": uniform}
    return pd.DataFrame({"section": "palta", "idea": "", **columns})


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ([2.0] * 8, "0.50 bits a choice, uniform choice 1.00: fewer. In 8 paltas it needs fewer, in 0 more "),
        ([2.0] * 8, "the network is closer to what is taught than chance"),
        ([8.0] * 8, "no fewer. In 0 paltas it needs fewer, in 8 more (sign test, p = 0.01): the network is further"),
        ([2.0, 8.0] * 4, "it is not shown that the network is closer to what is taught than chance"),
    ],
)
def test_the_words_follow_from_the_paltas(network, said):
    assert said in choices.in_words(followed(network, [4.0] * 8))


def test_without_choices_nothing_is_said():
    nothing = "No held-out taught palta leaves a choice, so that nothing can be said."
    assert choices.in_words(pd.DataFrame()) == nothing
    assert choices.in_words(followed([0.0], [0.0]).assign(choices=0)) == nothing
