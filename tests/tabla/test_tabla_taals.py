import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import notation, taals
from riyaz.tabla.taals import MORE, TAALS


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


@pytest.mark.parametrize("taal", MORE.values(), ids=list(MORE))
def test_a_further_taal_is_consistent_and_names_its_sources(taal):
    assert len(taal.signs) == len(taal.vibhags)
    talis = [sign for sign in taal.signs if sign not in "X0"]
    assert talis == [str(n) for n in range(2, 2 + len(talis))]
    assert taal.sources
    assert taal.single == ("one source only" in taal.source)
    assert taals.find(taal.title) is taal is TAALS[taal.name]
    assert taal.name in TAALS
    if taal.theka:
        assert tuple(len(bar.split()) for bar in taal.theka.split("|")) == taal.vibhags
        assert notation.bols(taal.theka, taal.name)["duration"].sum() == taal.ticks


@pytest.mark.parametrize(
    ("names", "title"),
    [
        ("teen taal, Teentaal, trital, Tal Teental, तीनताल, तीन ताल, त्रिताल, তিনতাল", "Teental"),
        ("jhap taal, jhamptal, झपताल, ঝাঁপতাল", "Jhaptal"),
        ("ek taal, एकताल", "Ektal"),
        ("kaharwa, kaharawa, कहरवा, কাহারবা", "Keherwa"),
        ("char taal, chartal, चौताल", "Chautal"),
        ("arachartal, Aara Chautal, आड़ा चौताल", "Ada Chautal"),
        ("soolfak, sultal", "Sooltal"),
        ("tevra, teora, tewra, तीव्रा, তেওড়া", "Tivra"),
        ("Addha, Punjabi theka, sitarkhan", "Sitarkhani"),
        ("chanchar, dipchandi, दीपचंदी", "Deepchandi"),
        ("firdost, pharodast", "Farodast"),
        ("vasant", "Basant"),
        ("laxmi", "Lakshmi"),
        ("aut 10", "At 10"),
    ],
)
def test_every_usual_spelling_of_a_name_is_known(names, title):
    assert {taals.find(name).title for name in names.split(", ")} == {title}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("tental", "Teental, 16 matras"),
        ("rupuk", "Rupak, 7 matras"),
        ("jhampa", "Jhampak, 5"),
        ("tilvaaro", "Tilwada, 16"),
    ],
)
def test_the_nearest_name_is_near_in_sound(name, nearest):
    with pytest.raises(Unreadable, match=f"nearest: {nearest}"):
        taals.find(name)


def test_a_name_that_says_no_taal_is_no_key():
    with pytest.raises(KeyError):
        TAALS["none"]
    assert "none" not in TAALS


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("एक ताल", "ektal"),
        ("चार ताल", "chautal"),
        ("chau taal", "chautal"),
        ("jhaptaal", "jhaptal"),
        ("Jhaptal 10", "jhaptal"),
        ("Braha 14", "brahma"),
        ("Matta 9", "matta"),
        ("तीन ताल", "teental"),
        ("Indraleen", "indraleen"),
    ],
)
def test_names_in_two_words_in_devanagari_and_with_their_matras(name, found):
    assert taals.find(name).name == found


def test_the_nearest_name_has_the_matras_that_are_named():
    with pytest.raises(Unreadable) as error:
        taals.find("Rudra 16")
    assert "nearest" not in str(error.value)
    with pytest.raises(Unreadable, match="nearest: Jhaptal, 10 matras"):
        taals.find("jhaptl 10")


@pytest.mark.parametrize(
    ("name", "title"),
    [("tilvaara", "Tilwada"), ("keharvā", "Keherwa"), ("Cautāl", "Chautal"), ("ताल कहरवा", "Keherwa")],
)
def test_a_name_that_sounds_like_one_taal_is_that_taal(name, title):
    assert taals.find(name).title == title


def test_running_words_name_a_taal_only_in_a_known_spelling():
    assert taals.exact("teental").title == "Teental"
    assert taals.exact("tin taal").title == "Teental"
    assert [taals.exact(word) for word in ("tin", "at", "tintel", "kaida")] == [None] * 4


def test_half_matras_are_counted_in_halves():
    taal = taals.own("Sunand", "4+3½+2", "X 2 3")
    assert (taal.vibhags, taal.matras, taal.counts) == ((8, 7, 4), 19, 2)
    assert taal.size == "9½ matras: 4+3½+2, counted in half matras"
    assert taals.TAALS[taal.name] == taal
    assert [str(taals.number(text)) for text in ("9.5", "9½", "9 1/2", "19/2", "½", "x")] == ["19/2"] * 4 + ["1/2", "0"]
