import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import notation, taals
from riyaz.tabla.taals import TAALS


def test_there_are_eighteen_taals_and_the_sure_ones_have_two_sources():
    assert len(TAALS) >= 18
    assert not TAALS["teental"].single
    assert TAALS["matta"].single
    assert "one source only" in TAALS["matta"].source


@pytest.mark.parametrize("taal", TAALS.values(), ids=list(TAALS))
def test_a_theka_fills_its_taal_vibhag_by_vibhag(taal):
    bars = taal.theka.split("|")
    assert tuple(len(bar.split()) for bar in bars) == taal.vibhags
    events = notation.bols(taal.theka, taal.name)
    assert events["duration"].sum() == taal.ticks == taal.matras * TICKS
    assert len(taal.signs) == len(taal.starts) == len(taal.vibhags)
    assert taal.starts[-1] + taal.vibhags[-1] == taal.matras + 1


@pytest.mark.parametrize("taal", TAALS.values(), ids=list(TAALS))
def test_signs_count_the_talis_from_sam(taal):
    talis = [sign for sign in taal.signs if sign not in "X0"]
    assert talis == [str(n) for n in range(2, 2 + len(talis))]
    assert taal.signs[0] in "X0"
    assert "X" not in taal.signs[1:]


def test_teental_is_the_lectures():
    teental = TAALS["teental"]
    assert (teental.matras, teental.starts, teental.signs, teental.khali) == (
        16,
        (1, 5, 9, 13),
        ("X", "2", "0", "3"),
        (9,),
    )
    assert teental.theka == "Dha Dhin Dhin Dha | Dha Dhin Dhin Dha | Dha Tin Tin Ta | Ta Dhin Dhin Dha"


def test_rupak_begins_with_khali():
    assert TAALS["rupak"].khali == (1,)


@pytest.mark.parametrize(
    ("name", "key"),
    [("Teental", "teental"), ("tintal", "teental"), ("Ada Chautal", "ada_chautal"), ("RUPAK TAAL", "rupak")],
)
def test_a_taal_is_found_in_its_spellings(name, key):
    assert taals.find(name).name == key


@pytest.mark.parametrize(("name", "nearest"), [("tentall", "nearest: Teental"), ("zzz", "known: Dadra, Rupak")])
def test_an_unknown_taal_is_one_clear_line(name, nearest):
    with pytest.raises(Unreadable, match=nearest) as error:
        taals.find(name)
    assert "\n" not in str(error.value)
