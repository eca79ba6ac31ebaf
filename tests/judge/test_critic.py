import numpy as np
import pytest

from riyaz.judge import critic
from riyaz.model.bundle import Bundle
from riyaz.tabla import form, growth, notation
from riyaz.text import tokens
from riyaz.text.tokens import Vocabulary

THEME = """taal: teental
form: kaida

[theme]
DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa |
TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa |
"""
PALTA = """
[palta 1]
DhaTe TeDha TeTe DhaDha | TeTe DhaTe TeDha TeTe |
DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa |
TaTe TeTa TeTe TaTa | TeTe TaTe TeTa TeTe |
DhaTe TeDha TeTe DhaDha | TeTe DhaGe DhiNa GeNa |
"""
GOOD = notation.read(THEME + PALTA)


def changed(old, new):
    assert PALTA.count(old) == 1
    return notation.read(THEME + PALTA.replace(old, new))


def test_a_good_kaida_has_nothing_to_mend():
    assert critic.broken(GOOD) == []
    assert critic.remedy(GOOD) == []
    assert set(critic.by_bol(GOOD)["breaks"]) == {""}


@pytest.mark.parametrize(
    ("old", "new", "rule", "bols"),
    [
        ("TeTe DhaTe TeDha TeTe", "TeTe DhaTe TeDha TeKat", "bols of the theme", ["Kat"]),
        ("TaTe TeTa TeTe TaTa |", "TaTe TeTa TeTe DhaTa |", "khali half", ["Dha"]),
        ("TeTe DhaGe DhiNa GeNa", "TeTe DhaGe TiNa KeNa", "cadence", ["Ti", "Na", "Ke", "Na"]),
        ("TeTe DhaTe TeDha TeTe", "DhaDha TiNa KeNa TeTe", "cadence at the end", ["Ti", "Na", "Ke", "Na"]),
    ],
)
def test_it_says_which_bols_break_which_rule_and_mends_it(old, new, rule, bols):
    composition = changed(old, new)
    table = critic.by_bol(composition)
    assert table.loc[table["breaks"].str.split(", ").map(lambda rules: rule in rules), "bol"].tolist() == bols
    changes = critic.remedy(composition)
    assert changes
    hard = [check for check in critic.broken(changes[-1].composition) if check.rule != "first palta"]
    assert hard == []
    assert all(change.words.startswith("palta 1: ") for change in changes)


def test_the_nearest_remedy_is_a_single_stroke():
    (change,) = critic.remedy(changed("TaTe TeTa TeTe TaTa |", "TaTe TeTa TeTe KatTa |"))
    assert change.words == "palta 1: Kat in avartan 2 on matra 4 becomes Ta"
    assert change.composition == GOOD


def test_what_is_too_short_is_filled_with_rest():
    text = "words: matras\n" + THEME.replace("DhiNa GeNa |", "DhiNa").replace("|", "")
    assert any("1 matras of rest" in change.words for change in critic.remedy(notation.read(text)))


def test_surprise_is_the_bits_of_the_bol_and_its_duration():
    words = sorted(set(tokens.encode(GOOD.piece("x"))) - {"<start>", "<end>"})
    n, rng = len(Vocabulary(words)), np.random.default_rng(0)
    layer = {"kernel": rng.normal(size=(6, 32)), "recurrent": rng.normal(size=(8, 32)), "bias": np.zeros(32)}
    dense = {"kernel": rng.normal(size=(8, n)), "bias": np.zeros(n)}
    member = {"embedding": rng.normal(size=(n, 6)), "layers": [layer], "dense": dense}
    model = Bundle({"members": [member], "features": None}, Vocabulary(words), {})
    bits = critic.surprise(GOOD, model)
    assert len(bits) == len(GOOD.piece("x").events) == len(critic.by_bol(GOOD, model))
    assert (bits > 0).all()
    assert np.isclose(critic.by_bol(GOOD, model)["bits"].sum(), bits.sum())


def test_the_command_prints_rules_bols_and_remedies(tmp_path, capsys):
    path = tmp_path / "mine.txt"
    path.write_text(THEME + PALTA.replace("TaTe TeTa TeTe TaTa |", "TaTe TeTa TeTe KatTa |"), encoding="utf-8")
    assert critic.run([str(path), "--model", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "palta 1: khali half: stroke 7: Kat is neither Dha nor Ta" in printed
    assert "remedy: palta 1: Kat in avartan 2 on matra 4 becomes Ta" in printed
    path.write_text(THEME + PALTA, encoding="utf-8")
    assert critic.run([str(path), "--model", str(tmp_path)]) == 0
    path.write_text("[theme]\nDha Kloing\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"mine\.txt:"):
        critic.run([str(path)])


def test_every_rule_that_fails_at_a_stroke_names_strokes_that_there_are():
    composition = changed("TeTe DhaTe TeDha TeTe", "DhaDha TiNa KeNa TeKat")
    for check in [*form.check(composition), *growth.check(composition)]:
        size = len(form.strokes(composition.section(check.where).events)) if check.where else 0
        assert all(0 <= stroke < size for stroke in check.at)
