import pytest

from riyaz.tabla import bols
from riyaz.tabla.bols import BOLS


@pytest.mark.parametrize(
    ("bhari", "khali"),
    [
        ("Dha Dhin Dhi Ge", "Ta Tin Ti Ke"),
        ("Dhet Dhen Dhe Te", "Tet Ten Te Te"),
        ("Dhe Re Dhe Re", "Te Re Te Re"),
        ("Ga Gi Ghin Gran", "Ka Ki Kin Kran"),
        (
            "Na Ne Ta Ti Te Tit Ra Re Ki Ka Kat Ke Tin Tu Tra Kda ta",
            "Na Ne Ta Ti Te Tit Ra Re Ki Ka Kat Ke Tin Tu Tra Kda ta",
        ),
    ],
)
def test_khali_silences_the_bayan(bhari, khali):
    assert bols.khali(bhari.split()) == khali.split()


def test_khali_leaves_rests_and_nothing_alone():
    assert bols.khali(["Dha", "", "Ge"]) == ["Ta", "", "Ke"]
    assert bols.khali([]) == []


def test_nothing_in_khali_lets_the_bayan_ring_and_it_is_khali_already():
    closed = bols.khali(BOLS)
    assert not [name for name in closed if BOLS[name].left == "ge"]
    assert bols.khali(closed) == closed


def test_khali_keeps_the_dayan_but_where_the_name_has_none():
    changed = [(a, b) for a, b in zip(BOLS, bols.khali(BOLS), strict=True) if BOLS[a].right != BOLS[b].right]
    assert changed == [("Dhi", "Ti")]  # it sounds as a Tin: see `played`


@pytest.mark.parametrize(
    ("name", "hands", "left_rings", "right_rings"),
    [
        ("Dha", "both", True, True),
        ("Dhet", "both", True, False),
        ("Ge", "left", True, False),
        ("Kat", "left", False, False),
        ("Ta", "right", False, True),
        ("ta", "right", False, False),
        ("Tu", "right", False, True),
        ("Kda", "both", False, True),
    ],
)
def test_hands_and_resonance(name, hands, left_rings, right_rings):
    bol = BOLS[name]
    assert (bol.hands, bol.left == "ge", bol.right in ("na", "tin", "tun")) == (hands, left_rings, right_rings)


def test_every_spelling_belongs_to_one_bol():
    spellings = [s for name, bol in BOLS.items() for s in {name.lower() if name != "ta" else "", *bol.spellings}]
    spellings += list(bols.GROUPS)
    doubled = sorted({s for s in spellings if spellings.count(s) > 1})
    assert doubled == ["tt"]  # TT in capitals is TeTe, Tt is the closed Ta


def test_ti_before_na_is_played_as_tin():
    assert [bol.name for bol in bols.played(["Ti", "Na", "Ti", "Ra"])] == ["Tin", "Na", "Ti", "Ra"]
    assert bols.played([]) == []


@pytest.mark.parametrize(
    ("row", "played"),
    [
        ("Dhi Na", "Dhin Na"),
        ("Dhi Te Dhi Ki ta", "Dhe Te Dhe Ki ta"),
        ("Dhi ta Dhi ta", "Dhe ta Dhe ta"),
        ("Dhi Dhi Na", "Dhin Dhin Na"),
        ("Ti Ti Na", "Tin Tin Na"),
        ("Dhi Dha", "Dhin Dha"),
        ("Dhi", "Dhin"),
    ],
)
def test_what_follows_dhi_decides_its_stroke(row, played):
    assert [bol.name for bol in bols.played(row.split())] == played.split()


@pytest.mark.parametrize(
    ("row", "before", "letters"),
    [
        ("Te Dha", "Dha Te", "टेधा"),
        ("Te Te", "Te Te", "तेटे"),
        ("Dhe Te Dhi Te Ti Te", "", "धेटेधीटेतिटे"),
        ("Te Re Te Re", "", "तेरेतेरे"),
        ("Te", "", "ते"),
    ],
)
def test_the_second_of_a_closed_pair_is_retroflex(row, before, letters):
    assert bols.devanagari(row.split(), before.split()) == letters


FOUND = ["Dha", "Ti", "Dha Ge", "Na", "Ti Ra Ki ta", "Dhi Na Ge Na", "Dha"]


def test_phrases_stay_together():
    row = [bol for phrase in FOUND for bol in phrase.split()]
    assert [" ".join(phrase) for phrase in bols.phrases(row)] == FOUND


@pytest.mark.parametrize(
    ("row", "letters"),
    [
        ("Ti Ra Ki ta", "तिरकिट"),
        ("Te Te", "तेटे"),
        ("Dha Ge", "धागे"),
        ("ta Ka", "तक"),
        ("Ge Da Na Ga", "घेड़नग"),
        ("Ki ta ta Ka", "किटतक"),
        ("Ge Te ta Ga", "गेतेटग"),
        ("Te Te ta Ka", "तेटेतक"),
        ("Ta", "ता"),
    ],
)
def test_devanagari(row, letters):
    assert bols.devanagari(row.split()) == letters


def test_devanagari_of_rests_and_of_every_bol():
    assert bols.devanagari(["", "Dha"]) == "ऽधा"
    assert all("\u0900" <= letter <= "\u097f" for bol in BOLS.values() for letter in bol.devanagari)
