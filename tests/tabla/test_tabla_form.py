from fractions import Fraction

import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import form, notation
from riyaz.tabla.form import Plan
from riyaz.tabla.taals import TAALS

HEAD = "taal: teental\nform: kaida\n"
DUGUN = """\
DhaDha TeTe DhaDha TeTe | DhaDha TeTe DhaDha TuNa |
TaTa TeTe TaTa TeTe | DhaDha TeTe DhaDha TuNa |
"""
THEME = """\
DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa |
TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa |
"""


def failed(text):
    return [(c.rule, c.where) for c in form.check(notation.read(text)) if not c.passed]


def palta(lines, name="palta 1"):
    return HEAD + "[theme]\n" + THEME + f"[{name}]\n" + lines


def test_the_lectures_composition_is_a_b_c_b():
    text = HEAD + "Dha Dha Te Te | Dha Dha Tu Na |\nTa Ta Te Te | Dha Dha Tu Na |"
    assert [line.letters for line in form.labels(notation.read(text))] == [("A",), ("B",), ("C",), ("B",)]


def test_the_lectures_composition_at_double_speed_is_aa_ab_cc_ab():
    lines = form.labels(notation.read(HEAD + DUGUN))
    assert ["".join(line.letters) for line in lines] == ["AA", "AB", "CC", "AB"]
    assert lines[1].bols == (("Dha", "Dha", "Te", "Te"), ("Dha", "Dha", "Tu", "Na"))
    assert [(line.avartan, line.vibhag) for line in lines] == [(1, 1), (1, 2), (1, 3), (1, 4)]


def test_a_phrase_keeps_its_letter_at_another_speed():
    text = HEAD + "[theme]\nDha Dha Te Te | Dha Dha Tu Na |\nTa Ta Te Te | Dha Dha Tu Na |\n[dugun]\n" + DUGUN
    assert ["".join(line.letters) for line in form.labels(notation.read(text))][4:] == ["AA", "AB", "CC", "AB"]


def test_letters_go_on_after_z():
    assert [form._letter(n) for n in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


@pytest.mark.parametrize(
    ("text", "laya"),
    [
        ("Dha Ge", 1),
        ("DhaGe NaTi Dha", 2),
        ("TiRaKiTa x2", 4),
        ("DhaGe TiRaKiTa", 2),
        ("speed: 3/2\nDha Ge Na", Fraction(3, 2)),
        ("- -", 0),
    ],
)
def test_laya_is_measured(text, laya):
    assert form.laya(notation.bols(text, "teental")) == laya


def test_cadences_of_a_theme():
    events = notation.bols(THEME, "teental")
    assert form.cadences(events) == (("Ti", "Na", "Ke", "Na"), ("Dhi", "Na", "Ge", "Na"))
    assert form.cadence(["Te", "Dha"]) == ("Te", "Dha")
    assert form.cadence([]) == ()


@pytest.mark.parametrize(
    ("taal", "strokes", "phrase", "avartans", "lead", "plan"),
    [
        ("teental", 2, 11, 1, 0, Plan(11, 0)),
        ("jhaptal", 4, 9, 1, 0, Plan(9, 7)),
        ("teental", 2, 9, 1, 0, Plan(9, 3)),
        ("teental", 2, 17, 2, 0, Plan(17, 7)),
        ("teental", 2, 5, 1, 16, Plan(5, 1, 16)),
        ("rupak", Fraction(3, 2), 7, 2, 0, None),
        ("teental", Fraction(3, 2), 7, 1, 0, Plan(7, 2)),
    ],
)
def test_a_tihai_is_solved(taal, strokes, phrase, avartans, lead, plan):
    if plan is None:
        with pytest.raises(ValueError, match="nearest"):
            form.solve_tihai(TAALS[taal], strokes, phrase, avartans, lead)
    else:
        assert form.solve_tihai(TAALS[taal], strokes, phrase, avartans, lead) == [plan]


def test_all_tihais_of_an_avartan_keep_the_equation():
    plans = form.solve_tihai(TAALS["ektal"], 2)
    assert plans
    assert all(3 * p.phrase + 2 * p.pause == 25 for p in plans)
    assert [p.pause for p in plans] == sorted(p.pause for p in plans)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (2, 10),
            "no tihai of 10 strokes a phrase fills 1 avartan.s. of Teental .* nearest: 11 strokes with pauses of 0",
        ),
        ((2, 11, 1, 30), "nearest: more avartans or a shorter lead"),
        ((Fraction(1, 3), 5), "a tihai needs a whole number"),
    ],
)
def test_where_there_is_no_tihai_the_nearest_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        form.solve_tihai(TAALS["teental"], *arguments)


TIHAI = "(TeTe DhaGe DhiNa GeNa Dha- --) x2 TeTe DhaGe DhiNa GeNa\nDha"


def test_a_tihai_is_found_in_a_stream():
    events = notation.bols(THEME + TIHAI, "teental")
    (found,) = form.tihais(events, TAALS["teental"])
    assert [t // TICKS for t in (*found.onsets, found.end)] == [16, 22, 28, 32]
    assert (len(found.phrase), found.pause, found.chakradar) == (9, TICKS * 3 // 2, False)


def test_a_tihai_of_the_plan_is_found_as_planned():
    for plan in form.solve_tihai(TAALS["rupak"], 2, None, 2):
        phrase = [["Te"]] * (plan.phrase - 1) + [["Dha"]]
        symbols = (phrase + [[]] * plan.pause) * 2 + phrase
        events = in_a_row([TICKS // 2] * len(symbols), symbols)
        (found,) = form.tihais(events, TAALS["rupak"])
        assert (len(found.phrase), found.pause) == (plan.phrase, plan.pause * TICKS // 2)


@pytest.mark.parametrize("text", ["Dha Dhin Dhin Dha x5", "(Dha Te Te) x6", "Dha", THEME])
def test_what_only_repeats_is_no_tihai(text):
    assert form.tihais(notation.bols(text, "teental"), TAALS["teental"]) == []


def test_a_chakradar_is_a_tihai_of_tihais():
    text = "(TeTe KaTa GaDi GaNa DhaTi DhaTi Dha DhaTi DhaTi Dha DhaTi DhaTi Dha - - -) x2\n"
    text += "TeTe KaTa GaDi GaNa DhaTi DhaTi Dha DhaTi DhaTi Dha DhaTi DhaTi Dha"
    events = notation.bols(text, "teental")
    assert int(events["duration"].sum()) == 45 * TICKS
    lead = in_a_row([TICKS] * 4 + list(events["duration"]), [["Dha"]] * 4 + list(events["symbols"]))
    found = form.tihais(lead, TAALS["teental"])[-1]
    assert found.chakradar
    assert len(found.phrase) == 23
    assert form.check_events(lead, TAALS["teental"], "chakradar")[-1].passed


def test_a_kaida_in_order_passes():
    bhari = "DhaTe TeDha TeTe DhaDha x3\nTeTe DhaGe TiNa KeNa\n"
    dohra = bhari + "TaTe TeTa TeTe TaTa x2\nDhaTe TeDha TeTe DhaDha | TeTe DhaGe DhiNa GeNa\n"
    assert failed(palta(dohra, "dohra")) == []
    assert failed(palta(TIHAI, "tihai")) == []


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (THEME.replace("TaTe TeTa", "DhaTe TeTa"), ["khali half"]),  # bhari too soon
        (THEME.replace("TaTe TeTa", "TaTe KeTa"), ["khali half"]),  # another stroke
        (THEME.replace("TaTe TeTa", "TaTe Te-"), ["khali half"]),  # another rhythm
        (THEME.replace("DhaTe TeDha", "DhaTit TeDha").replace("TaTe TeTa", "TaTit TeTa"), ["bols of the theme"]),
        (THEME.replace("TiNa KeNa", "TeTe DhaDha").replace("DhiNa GeNa", "TeTe DhaDha"), ["cadence"]),
        ("TeTe " * 8 + "\n" + "TeTe " * 8, ["khali half", "cadence"]),  # nothing to silence
        (THEME + "Dha Dha Te", ["whole avartans"]),
    ],
)
def test_a_palta_that_breaks_a_rule_is_named(lines, rules):
    found = [rule for rule, where in failed(palta(lines)) if where == "palta 1"]
    assert [rule for rule in rules if rule not in found] == []
    assert len(found) == len(rules) or "whole avartans" in rules


@pytest.mark.parametrize(
    "lines", [TIHAI.replace("x2", "x1"), TIHAI.replace("\nDha", "\n-"), TIHAI.replace("--", "- -"), "DhaTe TeDha\nDha"]
)
def test_a_tihai_that_does_not_land_fails(lines):
    assert [rule for rule, where in failed(palta(lines, "tihai")) if where == "tihai"]


def test_a_rela_is_even_and_fast():
    text = "taal: teental\nform: rela\n[theme]\n" + THEME
    assert ("even subdivision", "theme") in failed(text)
    fast = "speed: 2\n" + (THEME + THEME).replace("|", "")
    assert failed("taal: teental\nform: rela\n[theme]\n" + fast.replace("DhaTe TeDha", "DhaTe Te-", 1)) != []
    assert (
        failed("taal: teental\nform: rela\n[theme]\nspeed: 2\n" + 2 * "DhaTe TeDha TeTe DhaDha TeTe DhaGe TiNa KeNa ")
        != []
    )


def test_a_stream_of_events_is_checked_without_sections():
    theme = notation.bols(THEME, "teental")
    stream = notation.bols(THEME + THEME + TIHAI, "teental")
    checks = form.check_events(stream, TAALS["teental"], "kaida", theme)
    assert all(c.passed for c in checks)
    assert [c.rule for c in checks].count("khali half") == 2
    broken = notation.bols(THEME + THEME.replace("TaTe", "DhaTe") + TIHAI + " Dha", "teental")
    rules = [c.rule for c in form.check_events(broken, TAALS["teental"], "kaida", theme) if not c.passed]
    assert {"whole avartans", "lands on sam", "khali half", "tihai"} <= set(rules)


def test_a_cycle_of_three_avartans_is_found():
    stream = notation.bols("DhaDha TeTe DhaDha TuNa " * 3 + "TaTa TeTe TaTa TuNa " * 3, "keherwa")
    halves = [c for c in form.check_events(stream, TAALS["keherwa"], "kaida") if c.rule == "khali half"]
    assert [(c.passed, c.where) for c in halves] == [(True, "avartan 1")]


def test_no_events_pass_nothing():
    empty = in_a_row([], [])
    assert form.tihais(empty, TAALS["teental"]) == []
    assert not any(c.passed for c in form.check_events(empty, TAALS["teental"], "kaida"))


def test_a_cadence_may_open_from_tu_na_to_dhi_na_and_nothing_else_may():
    opening = THEME.replace("TiNa KeNa", "TuNa KeNa")
    assert failed(HEAD + "[theme]\n" + opening) == []
    early = THEME.replace("DhaTe TeDha TeTe DhaDha", "DhiNa TeDha TeTe DhaDha").replace("TaTe TeTa", "TuNa TeTa")
    assert failed(HEAD + "[theme]\n" + early) == [("khali half", "theme")]


def test_a_tihai_may_land_on_a_dha_that_the_theme_lacks():
    theme = "NaGe GeNa GeGe NaNa GeGe NaGe TuNa KeNa\nNaKe KeNa KeKe NaNa GeGe NaGe DhiNa GeNa\n"
    tihai = "[tihai]\n(GeGe NaGe DhiNa GeNa Dha- --) x2 GeGe NaGe DhiNa GeNa\nDha"
    assert failed(HEAD + "[theme]\n" + theme + tihai) == []
    assert ("bols of the theme", "tihai") in failed(HEAD + "[theme]\n" + theme + tihai.replace("GeGe", "DhetGe"))


PESHKAR = """\
DhaKra DhaTe DhaDha TinNa | DhaTe DhaGe TinNa KeNa |
TaKra TaTe TaTa TinNa | DhaTe DhaGe DhinNa GeNa |
"""
MOHRA = """\
DhinDhin DhaGe TiRaKiTa TuNa | KatTa DhaGe TiRaKiTa DhinNa |
DhaTi DhaGe Dha- DhaTi | DhaGe Dha- DhaTi DhaGe |
Dha
"""


def test_a_peshkar_has_halves_and_may_add_strokes_to_its_theme():
    palta = "[palta 1]\n" + PESHKAR.replace("DhaDha TinNa", "DhetTe DhinDhin").replace("TaTa TinNa", "TetTe TinTin")
    text = "taal: teental\nform: {}\nlaya: {}\n[theme]\n" + PESHKAR + palta
    assert failed(text.format("peshkar", "vilambit")) == []
    assert failed(text.format("kaida", "vilambit")) == [("bols of the theme", "palta 1")]
    assert failed(text.format("peshkar", "drut")) == [("no fast laya", "")]
    assert failed(text.format("peshkar", "vilambit").replace("TaKra", "DhaKra", 1)) == [("khali half", "theme")]
    stream = notation.bols(PESHKAR + palta.split("\n", 1)[1], "teental")
    checks = form.check_events(stream, TAALS["teental"], "peshkar", notation.bols(PESHKAR, "teental"))
    assert [(c.rule, c.passed) for c in checks] == [("whole avartans", True), *[("khali half", True)] * 2]
    assert [s.name for s in notation.read("taal: teental\nform: peshkar\n" + PESHKAR).sections] == ["theme"]


def test_a_mohra_is_short_and_ends_in_a_tihai():
    head = "taal: teental\nform: mohra\n"
    assert failed(head + MOHRA) == []
    assert {c.rule for c in form.check(notation.read(head + MOHRA))} > {"lands on sam", "tihai", "short"}
    assert failed(head + MOHRA.replace("Dha- DhaTi |", "DhaDhin DhaTi |")) == [("tihai", "mohra")]
    long = "DhinDhin DhaGe TiRaKiTa TuNa x4\n" * 3 + MOHRA
    assert failed(head + long) == [("short", "mohra")]
    assert [c.rule for c in form.check_events(notation.bols(long, "teental"), TAALS["teental"], "mohra")][-1] == "short"


def test_a_gat_fills_whole_avartans_with_a_tihai_or_without():
    head = "taal: teental\nform: gat\n"
    body = "DhaGe TeTe TaKa TeTe | DhinNa GeNa DhaGe TiNa |\n" * 2
    assert failed(head + body) == []
    assert failed(head + MOHRA) == []
    assert failed(head + "[gat]\n" + body + "Dha Ge") == [("whole avartans", "gat")]
