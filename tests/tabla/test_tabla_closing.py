from dataclasses import replace
from fractions import Fraction

import pytest
from test_tabla_perform import KNOWN, at_random, kaida, performed

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import closing, filling, form, growth, new_theme, notation, perform, repeats
from riyaz.tabla import theme as themes
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import TAALS

DELHI = "DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa"
SHORT = "DhaTi DhaGe TiRaKiTa | DhaGe TiNa KeNa | TaTi TaKe TiRaKiTa | DhaGe DhiNa GeNa"


SEVEN = "DhaGe TiRaKiTa DhaTi DhaGe TeTe TiNa KeNa | TaKe TiRaKiTa TaTi TaKe TeTe DhiNa GeNa"


def row(text, taal="teental"):
    return filling.sounds(notation.bols(text, taal))


def source(made):
    """The bhari half from which a tihai is said to be, open."""
    theme = made.section("theme")
    opened = themes.halves(theme, Fraction(1), "")[1]
    if made.section("tihai").note == closing.OF_THEME:
        return opened * closing.LINES
    last = made.sections[-2]
    half = themes.until_ticks(filling.sounds(last.events), last.ticks // 2)
    end = opened[len(opened) - themes.cadence(opened) :]
    return (*half[: len(half) - len(end)], *end)


@pytest.mark.parametrize("kind", ["any", "pause", "no pause"])
def test_tihais_of_every_kind(kind):
    composition = performed(kaida(DELHI), tihai=kind)
    detail = [c.detail for c in form.check(composition) if c.rule == "tihai"]
    assert ("pauses of 0 matras" in detail[0]) == (kind == "no pause")
    assert composition.sections[-1].events["symbols"].iloc[-1] == ["Dha"]


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
@pytest.mark.parametrize("laya", [2, 4])
def test_a_tihai_pauses_for_two_matras_at_most_and_begins_three_times_at_the_same_place(taal, laya):
    """In vibhags of three matras alone none can do so that begins where a vibhag does, which all taught ones do."""
    theme = new_theme.new_theme(Composition("New", taal.name), [one.sections[0].events for one in KNOWN], at_random(1))
    made = performed(theme, n_paltas=2, laya=laya)
    (tihai,) = form.tihais(made.sections[-1].events, taal)
    assert tihai.pause <= 2 * TICKS
    assert set(taal.vibhags) == {3} or (tihai.onsets[1] - tihai.onsets[0]) % TICKS == 0
    assert tihai.onsets[0] % taal.ticks // TICKS + 1 in taal.starts
    assert tihai.onsets[0] % TICKS == 0


@pytest.mark.parametrize(
    ("theme", "taal"),
    [
        (SHORT, "dadra"),
        (SHORT, "ektal"),
        (DELHI, "teental"),
        (
            "DhaGe TeTe DhaGe TeTe DhaDha TeTe DhaGe TiNa KeNa TaKe TeTe TaKe TeTe TaTa TeTe DhaGe DhiNa GeNa",
            "matta",
        ),
    ],
)
def test_a_tihai_begins_as_its_source_does_and_ends_as_it_does(theme, taal):
    for seed in range(3):
        made = performed(kaida(theme, taal), seed, n_paltas=3)
        tihai, half = made.section("tihai"), source(made)
        one = form.tihais(tihai.events, TAALS[taal])[-1]
        played = filling.sounds(tihai.events)
        lead = themes.until_ticks(played, one.onsets[0])
        assert lead == half[: len(lead)]
        assert not lead or one.onsets[0] in themes.joints(half)
        phrase = filling.between(played, one.onsets[2], one.end)
        assert phrase == half[len(half) - len(phrase) :]


@pytest.mark.parametrize("taal", ["ektal", "khemta", "dadra"])
def test_a_tihai_begins_where_a_vibhag_does(taal):
    made = performed(kaida(SHORT, taal), n_paltas=3)
    (one,) = form.tihais(made.section("tihai").events, TAALS[taal])
    assert one.onsets[0] % TAALS[taal].ticks // TICKS + 1 in TAALS[taal].starts


def test_the_last_palta_is_one_that_makes_the_tihai():
    """Its phrase begins at a joint of the palta: some fillings have none there."""
    segments = perform.plan(kaida(SEVEN, "rupak"), 4)
    last, tihai = segments[-2], segments[-1]
    rows = list(repeats.fillings(last.free, lambda _: True))
    fits = [row for row in rows if closing.ready(tihai, last.half(row, opened=True))]
    assert 0 < len(fits) < len(rows)
    for row in rows:
        assert perform._leaves_room(last, tihai, 0, row) == (row in fits)
    for seed in range(3):
        assert perform.fill(segments, at_random(seed))[-2] in fits


def test_a_tihai_is_as_long_as_the_last_palta():
    for taal, lines, n in (("teental", DELHI, 1), ("teental", DELHI, 8), ("ektal", SHORT, 1), ("dadra", SHORT, 8)):
        made = performed(kaida(lines, taal), n_paltas=n)
        assert made.section("tihai").ticks - TICKS >= made.sections[-2].ticks


@pytest.mark.parametrize(
    ("taal", "line"),
    [
        ("sooltal", "DhaTi DhaGe TiRaKiTa DhaTi DhaGe DhaTi TiRaKiTa DhaGe TiNa KeNa"),
        ("dadra", "DhaTi DhaGe TiRaKiTa DhaGe TiNa KeNa"),
    ],
)
def test_a_tihai_fills_two_avartans_at_most(taal, line):
    bhari = row(line, taal)
    closed, end = filling.khali_copy(bhari), row("DhaGe DhiNa GeNa", taal)
    theme = Section("theme", filling.events_of((*bhari, *closed[: len(closed) - len(end)], *end)))
    for seed in range(3):
        made = performed(Composition("T", taal, "kaida", sections=(theme,)), seed, n_paltas=8)
        assert made.section("tihai").ticks - TICKS <= 2 * TAALS[taal].ticks


def test_what_the_last_palta_lacks_is_taken_of_the_theme():
    half = row("DhaGe TeTe DhaGe TeTe DhaGe DhiNa GeNa")
    assert closing.begun(half, 0, 5 * TICKS) == half[4:]
    assert closing.begun(half, TICKS, 5 * TICKS) == ()  # Ge and Dha do not meet in it
    assert closing.begun(half, 2 * TICKS, 5 * TICKS) == (*half[:4], *half[4:])
    assert closing.begun(half, 0, 2 * TICKS) == ()  # the cadence
    assert closing.begun(half, 0, 4 * TICKS + TICKS // 2) == ()  # within a phrase
    segments = perform.plan(kaida(DELHI), 2)
    last = (segments[-2], perform.fill(segments, at_random(0))[-2])
    tihai, chosen = closing.settled(segments[-1], [last])
    assert tihai.tihai in tihai.tihais[0]
    assert chosen[-1] == segments[-1].before[-1]


@pytest.mark.parametrize(("lead", "palta", "vibhag", "long"), [(1, 16, False, True), (4, 32, True, False)])
def test_where_a_tihai_begins_and_how_long_it_is_are_seen(lead, palta, vibhag, long):
    theme = kaida(DELHI)
    half = filling.sounds(theme.sections[0].events)
    step = (14 - lead) * TICKS // 6  # such that the last Dha is on sam
    names = [*["Dha"] * lead, *["Ti", "Na", "Dha"] * 3]
    ticks = [*[TICKS] * lead, *[step] * 2, TICKS, *[step] * 2, TICKS, *[step] * 2, TICKS]
    tihai = Section("tihai", in_a_row(ticks, [[bol] for bol in names]))
    paltas = Section("palta 1", filling.events_of(half * (palta // 16)))
    made = replace(theme, sections=(*theme.sections, paltas, tihai))
    passed = {check.rule: check.passed for check in growth.check(made)}
    assert (passed["tihai on a vibhag"], passed["long tihai"]) == (vibhag, long)


def test_no_phrase_is_worn_where_a_tihai_leaves_the_beginning():
    half = row("DhaTi DhaTi TeTe DhaGe TeTe DhaGe DhiNa GeNa")
    assert closing.begun(half, TICKS, 7 * TICKS) == (*half[:2], *half[2:])
    assert closing.begun(half, 2 * TICKS, 8 * TICKS) == ()  # Dha Ti four times
