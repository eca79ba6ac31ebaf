from fractions import Fraction
from itertools import groupby, pairwise

import numpy as np
import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import bols, form, notation, perform
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import TAALS

KAIDA = """title: Dha Te
taal: {taal}
form: {form}

[theme]
{theme}
"""
TEENTAL = "DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa | TaTa TeTe TaTa TuNa | DhaDha TeTe DhaDha TuNa"


def kaida(theme=TEENTAL, taal="teental", form="kaida"):
    return notation.read(KAIDA.format(theme=theme, taal=taal, form=form))


def theme_for(taal):
    """A theme of two strokes per matra: DhaDha TeTe ... TuNa, then its khali copy, open again in its second half."""
    matras = taal.matras // 2 if taal.matras % 2 == 0 and taal.matras > 6 else taal.matras
    bhari = [*(["Dha", "Dha", "Te", "Te"] * matras)[: 2 * matras - 2], "Tu", "Na"]
    row = [*bhari, *bols.khali(bhari[:matras]), *bhari[matras:]]
    events = in_a_row([TICKS // 2] * len(row), [[bol] for bol in row])
    return Composition(f"Kaida in {taal.title}", taal.name, "kaida", sections=(Section("theme", events),))


def at_random(seed):
    rng = np.random.default_rng(seed)
    return lambda played, allowed: allowed[rng.integers(len(allowed))]


def performed(theme, seed=0, **options):
    segments = perform.plan(theme, **options)
    return perform.assemble(theme, segments, perform.fill(segments, at_random(seed)))


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
def test_in_every_taal_all_checks_pass_and_all_paltas_differ(taal):
    theme = theme_for(taal)
    segments = perform.plan(theme, n_paltas=3)
    for seed in range(3):
        composition = perform.assemble(theme, segments, perform.fill(segments, at_random(seed)))
        names = [section.name for section in composition.sections]
        assert names == ["theme", "dohra", "palta 1", "palta 2", "palta 3", "tihai"]
        checks = form.check(composition)
        assert [check for check in checks if not check.passed] == []
        assert {"whole avartans", "khali half", "bols of the theme", "cadence", "tihai"} <= {c.rule for c in checks}
        rows = [tuple(s.events["symbols"].str[0]) for s in composition.sections[1:-1]]
        assert len(set(rows)) == len(rows)
        assert composition.sections[-1].ticks % taal.ticks == TICKS  # and the sam
        assert notation.read(notation.write(composition)) == composition


def test_a_palta_begins_as_none_before_it_as_long_as_there_is_such_a_way():
    rows = perform.fill(perform.plan(kaida(), n_paltas=6), lambda played, allowed: allowed[0])[2:-1]
    quarters, halves = ([row[: len(row) // parts] for row in rows] for parts in (4, 2))  # strokes of one length
    assert len(set(quarters[:3])) == 3  # there are no more
    assert len(set(halves)) == 6
    few = kaida("DhaDha TeTe DhaDha TuNa | TaTa TeTe TaTa TuNa", "keherwa")
    ways = perform.plan(few)[2].free.count()
    rows = perform.fill(perform.plan(few, n_paltas=ways), lambda played, allowed: allowed[0])[2:-1]
    assert len(set(rows)) == ways > len({row[: len(row) // 4] for row in rows})  # none is lost where they run out


def test_the_dohra_repeats_the_bhari_half_and_opens_again():
    dohra = performed(kaida()).section("dohra")
    half = "DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |"
    assert " ".join(notation.lines(dohra.events, TAALS["teental"])) == (
        f"{half} {half} TaTa TeTe TaTa TuNa | TaTa TeTe TaTa TuNa | {half}"
    )
    assert dohra.derived


def test_a_theme_that_closes_its_first_half_opens_its_last_quarter():
    theme = kaida("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa", "keherwa")
    for palta in performed(theme).sections[2:-1]:
        text = " ".join(notation.lines(palta.events, TAALS["keherwa"])).split(" | ")
        assert text[1] == "DhaTi DhaGe TiNa KeNa"
        assert text[3] == "DhaTi DhaGe DhiNa GeNa |"


@pytest.mark.parametrize(
    ("laya", "rate", "matras"),
    [(None, 2, 32), ("dugun", 2, 32), (4, 4, 16), ("tigun", 3, 32), (Fraction(3, 2), 1.5, 64)],
)
def test_the_laya_is_that_which_is_asked_for(laya, rate, matras):
    composition = performed(kaida(), laya=laya)
    assert [form.laya(section.events) for section in composition.sections] == [2] + [rate] * 6
    assert {section.ticks // TICKS for section in composition.sections[1:-1]} == {matras}


def test_strokes_keep_their_shares_and_phrases_stay_whole():
    theme = kaida("Dha,TiRaKiTa DhaDha TuNa Dha | Ta,TiRaKiTa TaTa TuNa Ta", "keherwa")
    for section in performed(theme, seed=3, n_paltas=6).sections[2:-1]:
        struck = [(s[0], d) for s, d in zip(section.events["symbols"], section.events["duration"], strict=True)]
        starts = [i for i, (bol, _) in enumerate(struck) if bol == "Ti"]
        assert starts
        for i in starts:
            assert struck[i : i + 4] == [(bol, TICKS // 8) for bol in ("Ti", "Ra", "Ki", "ta")]


def test_phrases_stand_on_the_beat_or_off_it_as_in_the_theme_and_no_bol_goes_on_and_on():
    for seed in range(3):
        composition = performed(kaida(), seed, n_paltas=6)
        for section in composition.sections[2:-1]:
            row = [s[0] for s in section.events["symbols"] if s]
            starts = [i for i in range(len(row) - 1) if row[i : i + 2] == ["Tu", "Na"]]
            assert all(i % 2 == 0 for i in starts)
            half = row[: len(row) // 4]  # what is free
            assert max(len(list(same)) for _, same in groupby(half)) <= perform.RUNS["palta"]
            theme = [s[0] for s in composition.section("theme").events["symbols"]][: len(half)]
            assert sum(a != b for a, b in zip(half, theme, strict=True)) >= perform.MIN_DIFFERENT * len(half)
        tihai = [s[0] for s in composition.sections[-1].events["symbols"] if s]
        assert len(set(tihai)) > 1


def test_a_short_theme_has_longer_paltas():
    theme = kaida("DhaTi TeDha TuNa | TaTi TeTa TuNa", "dadra")
    few, many = performed(theme, n_paltas=1), performed(theme, n_paltas=12)
    assert many.section("palta 1").ticks == 2 * few.section("palta 1").ticks
    assert many.section("dohra") == few.section("dohra")
    assert [check for check in form.check(many) if not check.passed] == []


def test_strokes_meet_only_as_in_the_theme_or_in_what_is_known():
    def pairs(composition):
        rows = [[s[0] for s in section.events["symbols"] if s] for section in composition.sections[:-1]]
        return {pair for row in rows for pair in pairwise(row)}

    theme = kaida()
    alone = pairs(performed(theme, n_paltas=8))
    assert ("Te", "Tu") not in alone
    known = [notation.bols("TeTe TuNa", "keherwa")]
    assert any(("Te", "Tu") in pairs(performed(theme, seed, n_paltas=8, known=known)) for seed in range(5))


def test_known_paltas_do_not_come_again_at_any_speed():
    theme = kaida("DhaDha TeTe DhaDha TuNa | TaTa TeTe TaTa TuNa", "keherwa")
    ways = perform.plan(theme)[2].free.count()
    first = performed(theme, n_paltas=ways // 2)
    paltas = [section.events for section in first.sections[2:-1]]
    known = [
        in_a_row([2 * d for d in events["duration"]], events["symbols"]) if i % 2 else events
        for i, events in enumerate(paltas)
    ]
    rest = performed(theme, n_paltas=ways - ways // 2, known=known)
    rows = [tuple(e["symbols"].str[0]) for e in [*paltas, *(s.events for s in rest.sections[2:-1])]]
    assert len(set(rows)) == ways


def test_choose_hears_all_that_was_played_and_is_asked_only_where_there_is_a_choice():
    theme, calls = kaida(), []

    def choose(played, allowed):
        calls.append((tuple(played), tuple(allowed)))
        return allowed[-1]

    segments = perform.plan(theme, n_paltas=2)
    filled = perform.fill(segments, choose)
    whole = [sound for segment, row in zip(segments, filled, strict=True) for sound in segment.play(row)]
    for played, allowed in calls:
        assert len(allowed) > 1
        assert list(played) == whole[: len(played)]
        assert whole[len(played)] == allowed[-1]
    with pytest.raises(ValueError, match=r"palta 1: \('Kat', 2520\) was chosen; allowed"):
        perform.fill(segments, lambda played, allowed: ("Kat", 2520))


@pytest.mark.parametrize("kind", ["any", "pause", "no pause"])
def test_tihais_of_every_kind(kind):
    detail = [c.detail for c in form.check(performed(kaida(), tihai=kind)) if c.rule == "tihai"]
    assert ("pauses of 0 matras" in detail[0]) == (kind != "pause")


@pytest.mark.parametrize(
    ("theme", "options", "says"),
    [
        (kaida("Dha - Dha - | Ta - Ta -", "keherwa"), {}, "1 bol"),
        (kaida("Dha Dha Dha Dha | Ta Ta Ta Ta", "keherwa"), {}, r"1 bol\(s\) make 0 new.*two bols or more"),
        (
            kaida("Dha Te Te Dha Dha Te Te"),
            {},
            "theme in Teental: whole avartans: .* 7 of 16 .* 9 are missing.*fits Rupak",
        ),
        (kaida("Dha Te Te Dha | Dha Te Te Dha", "keherwa"), {}, "khali half: .*; let the second half repeat"),
        (kaida("DhaTe TuNa TaTe TuNa", "dadra"), {}, "4 of 6 matras; 2 are missing"),
        (kaida(form="tukda"), {}, "form tukda.*write form: kaida, and a section"),
        (kaida(form="rela"), {}, "even subdivision: 2 strokes per matra.*four or more"),
        (
            kaida("DhaDhaTeTe " * 3 + "DhaDhaTuNa | " + "TaTaTeTe " * 3 + "TaTaTuNa", "keherwa", "rela"),
            {"laya": 2},
            "a rela has at least 4 strokes per matra, not 2; use laya 4",
        ),
        (kaida(), {"laya": "quick"}, "no laya 'quick'; known: thah"),
        (kaida(), {"laya": 11}, "laya is 11 .*such as 2"),
        (kaida(), {"tihai": "long"}, "'long'.*any, pause, no pause"),
        (
            theme_for(TAALS["dadra"]),
            {"n_paltas": 1, "tihai": "no pause"},
            r"no tihai with no pause .* Dadra at 2 .*nearest: \d",
        ),
        (
            kaida("DhaDha TeTe DhaDha TuNa | TaTa TeTe TaTa TuNa", "keherwa"),
            {"n_paltas": 10**9},
            r"ask for at most \d+",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(theme, options, says):
    with pytest.raises(ValueError, match=says) as error:
        perform.plan(theme, **options)
    assert "\n" not in str(error.value)
    assert theme.title in str(error.value) or options


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
def test_a_new_theme_in_every_taal_carries_a_performance(taal):
    known = [
        theme_for(TAALS["teental"]).sections[0].events,
        kaida("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa", "keherwa").sections[0].events,
    ]
    segment = perform.new_theme(taal, known, laya=4)
    empty = Composition("New", taal.name, "kaida")
    theme = perform.assemble(empty, [segment], perform.fill([segment], at_random(1)))
    assert [check for check in form.check(theme) if not check.passed] == []
    assert form.laya(theme.sections[0].events) == 4
    assert theme.section("theme").events["symbols"].tolist() not in [events["symbols"].tolist() for events in known]
    assert len(performed(theme, n_paltas=2).sections) == 5


def test_without_known_themes_there_is_no_new_one():
    with pytest.raises(ValueError, match="0 known themes give no new theme in Rupak at 2 strokes per matra"):
        perform.new_theme(TAALS["rupak"], [])
