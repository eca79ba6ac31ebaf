import pytest

from riyaz.tabla import notation
from riyaz.tabla.own_letters import written_out


@pytest.mark.parametrize(
    "key", ["D = Dha, t = Te, n = Na", "D dha, t te, n na", "(D: dha; t: te; n: na)", "Key: D - Dha, t - Te, n - Na"]
)
def test_words_of_letters_with_a_key_are_written_out(key):
    rows = written_out([key, "P1: Dt DtD | n TiRaKiTa", "a remark"])
    assert rows == ["", "P1: DhaTe DhaTeDha | Na TiRaKiTa", "a remark"]


@pytest.mark.parametrize(
    "rows", [[], ["Dha Dhin, Dhin Dha, Na Tin"], ["D = Dha, t = Te", "Dt D"], ["X = sam, 0 = khali, 2 = clap", "Dha"]]
)
def test_other_rows_stay(rows):
    assert written_out(rows) == rows


def test_letters_of_both_cases_are_two_bols():
    text = "Keherwa\nD = Dha, d = Dhin, T = Ta, t = Ti, n = Na, G = Ge, k = Ke\nDt Gn tn kn | Tt kn dn Gn\n"
    strokes = notation.read(text).sections[0].events["symbols"].map(" ".join).tolist()
    assert strokes == "Dha Ti Ge Na Ti Na Ke Na Ta Ti Ke Na Dhin Na Ge Na".split()
