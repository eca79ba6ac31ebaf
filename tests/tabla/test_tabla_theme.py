from fractions import Fraction

import pytest

from riyaz.music.events import TICKS
from riyaz.tabla import notation, theme
from riyaz.tabla.notation import Section
from riyaz.tabla.taals import TAALS

HALF = TICKS // 2


def keherwa(text):
    return Section("theme", notation.bols(text, "keherwa"))


def row(text, ticks=HALF):
    return tuple((bol, ticks) for bol in text.split())


def test_the_return_is_bhari_with_the_cadence_of_the_khali_half():
    section = keherwa("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa")
    bhari, back = theme.halves(section, Fraction(1), "x")
    assert bhari == row("Dha Ti Dha Ge Ti Na Ke Na")
    assert back == row("Dha Ti Dha Ge Dhi Na Ge Na")
    fast, _ = theme.halves(section, Fraction(1, 2), "x")
    assert fast == row("Dha Ti Dha Ge Ti Na Ke Na", HALF // 2)


def test_phrases_are_those_of_both_halves_without_khali_copies_and_closed_strokes_stay_with_what_they_follow():
    halves = theme.halves(keherwa("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa"), Fraction(1), "x")
    assert theme.phrases_of([halves]) == (row("Dha Ti"), row("Dha Ge"), row("Dhi Na Ge Na"))
    closed = theme.halves(keherwa("Dha - DhaDha TuNa | Ta - TaTa TuNa"), Fraction(1), "x")
    assert theme.phrases_of([closed]) == ((("Dha", TICKS), ("", TICKS)), row("Dha"), row("Tu Na"))  # and no Ta


def test_a_line_is_cut_at_the_phrase_at_or_after_its_half_and_grouped_where_it_opens_again():
    line = row("Dha Te Te Dha Te Te Dha Dha Te Te Dha Ge Ti Na Ke Na")
    assert theme.cut_of(line) == 8 * HALF
    assert theme.groups_of(line) == (row("Dha Te Te"), row("Dha Dha Te Te"), row("Dha Dha"))
    assert theme.cut_of(row("Dha Te Te Dha Te Te Dha Dha Tu Na")) == 6 * HALF
    assert theme.cut_of(row("Dha Te Te Ti Na Ke Na")) == 3 * HALF


def test_joins_pass_over_rests():
    assert theme.joins_of([("Dha", 1), ("", 1), ("Te", 1)], [("Te", 1), ("Te", 1)]) == {("Dha", "Te"), ("Te", "Te")}
    assert theme.joins_of() == frozenset()


def test_joins_count_only_at_the_density_at_which_they_are_documented():
    phrases = (row("Dha"), row("Te Te"))
    known = [notation.bols("DhaTe TeDha Te ~ Te ~ Dha", "keherwa")]
    assert theme.practised(known, Fraction(2), phrases) == {("Dha", "Te"), ("Te", "Te"), ("Te", "Dha")}
    assert theme.practised([notation.bols("DhaDha DhaDha DhaDha Te ~ Tu", "keherwa")], Fraction(2), phrases) == {
        ("Dha", "Dha"),
        ("Dha", "Te"),
    }


@pytest.mark.parametrize(
    ("laya", "rate"), [(None, 2), ("thah", 1), ("aad", Fraction(3, 2)), (4, 4), (Fraction(7, 2), Fraction(7, 2))]
)
def test_layas(laya, rate):
    assert theme.rate_of(laya, Fraction(2)) == rate


@pytest.mark.parametrize("laya", [0, -1, 17, 11, "drut"])
def test_layas_that_there_are_not(laya):
    with pytest.raises(ValueError, match="laya"):
        theme.rate_of(laya, Fraction(2))


def test_a_theme_loses_the_sam_after_it_and_may_stand_among_others():
    text = "taal: keherwa\nform: kaida\n[theka]\nDha Ge Na Ti Na Ka Dhi Na\n[theme]\nDha Te Tu Na Ta Te Tu Na\nDha"
    assert theme.checked(notation.read(text), TAALS["keherwa"]).ticks == 8 * TICKS


def test_khali_within_a_vibhag_is_said_with_what_is_near():
    line = "DhaTi DhaGe DhaTi DhaGe DhaGe TiNa KeNa TaTi TaKe TaTi DhaGe DhaGe DhiNa GeNa"
    section = Section("theme", notation.bols(line, "ada_chautal"))
    said = theme.khali_within(section, TAALS["ada_chautal"], "Mine")
    assert said.startswith("Mine: khali begins on matra 8, within a vibhag of Ada Chautal, whose vibhags begin on")
    assert said.endswith("1, 3, 5, 7, 9, 11, 13; let the bhari half fill 14 matras instead of 7.")
    assert theme.khali_within(section, TAALS["dhamar"], "Mine") == ""


def test_a_tihai_begins_with_no_cadence():
    opened = row("Dha Ge Dhi Na Ge Na Dha Te Te Dhi Na Ge Na")
    assert theme.beginnings(opened) == [0, 6 * HALF, 7 * HALF]


def test_a_tihai_begins_as_a_palta_does_where_it_can():
    assert theme.joints(row("Dha Te Te Dha Ge Na Ge Tu Na")) == [0, HALF, 3 * HALF, 5 * HALF, 7 * HALF]
    assert theme.beginnings(row("Dha Te Te Dha Ge Na Ge Tu Na")) == [0, HALF, 3 * HALF]
    assert theme.beginnings(row("Ge Na Na Ge Tu Na")) == [0, 2 * HALF]


def test_strokes_that_are_another_phrase_are_no_join():
    known = [notation.bols("DhaGe GeTe TeGe GeDha", "keherwa")]
    single = (row("Dha"), row("Ge"), row("Te Te"))
    assert ("Ge", "Ge") not in theme.practised(known, Fraction(2), single)
    assert ("Ge", "Ge") in theme.practised(known, Fraction(2), (*single, row("Ge Ge")))


def test_what_is_one_word_for_the_hand_is_one_phrase():
    line = row("Dha Ge Ge Re Na Ge Kra Dha Te Te Tin Na")
    phrases = theme.phrases_of([(line, ())])
    assert phrases[:3] == (row("Dha Ge"), row("Ge Re Na Ge"), row("Kra Dha"))


def test_a_stroke_may_not_last_over_the_middle():
    with pytest.raises(ValueError, match="lasts from the bhari into the khali half"):
        theme.halves(keherwa("Dha Te Te Dha ~ Te Te Ta"), Fraction(1), "x")
