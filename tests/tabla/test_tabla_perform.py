from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, groupby, pairwise

import numpy as np
import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import bols, build_up, filling, form, growth, ideas, new_theme, notation, perform, repeats
from riyaz.tabla import theme as themes
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import TAALS
from riyaz.tabla.taken import Taken

STEPS = 0.45  # on average; the documented sequences reach 0.38 and one unordered set 0.79

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


def test_no_two_paltas_are_the_same():
    for seed in range(3):
        composition = performed(kaida(), seed, n_paltas=12)
        rows = [tuple(s.events["symbols"].str[0]) for s in composition.sections[1:-1]]
        assert len(set(rows)) == len(rows) == 13


def test_the_dohra_is_a_a_a_b():
    dohra = performed(kaida("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa", "keherwa")).section("dohra")
    assert " ".join(notation.lines(dohra.events, TAALS["keherwa"])) == (
        "DhaTi DhaGe DhaTi DhaGe | DhaTi DhaGe TiNa KeNa | TaTi TaKe TaTi TaKe | DhaTi DhaGe DhiNa GeNa |"
    )
    assert dohra.derived
    assert dohra.note == "A A A B"


def test_where_the_head_is_no_half_the_line_is_played_twice_and_opens_inside():
    dohra = performed(kaida("DhaTe TeDha TeTe DhaDha TuNa TaTe TeTa TeTe DhaDha DhiNa", "jhaptal")).section("dohra")
    assert " ".join(notation.words(dohra.events)).startswith(
        "DhaTe TeDha TeTe DhaDha DhiNa DhaTe TeDha TeTe DhaDha TuNa"
    )
    assert dohra.note == "the line twice"


def test_a_theme_that_closes_its_first_half_opens_its_last_quarter():
    theme = kaida("DhaTi DhaGe TiNa KeNa | TaTi TaKe DhiNa GeNa", "keherwa")
    for palta in performed(theme, n_paltas=2).sections[2:-1]:
        words = notation.words(palta.events)
        half = len(words) // 2
        assert words[half - 2 : half] == ["TiNa", "KeNa"]
        assert words[-2:] == ["DhiNa", "GeNa"]


@pytest.mark.parametrize(
    ("laya", "rate", "matras"),
    [(None, 2, 32), ("dugun", 2, 32), (4, 4, 16), ("tigun", 3, 32), (Fraction(3, 2), 1.5, 64)],
)
def test_the_laya_is_that_which_is_asked_for(laya, rate, matras):
    composition = performed(kaida(), laya=laya)
    assert [form.laya(section.events) for section in composition.sections] == [2] + [rate] * 6
    lengths = [section.ticks // TICKS for section in composition.sections[1:-1]]
    assert lengths[0] == matras
    assert lengths == sorted(lengths, reverse=True)  # the last may be shorter


def test_strokes_keep_their_shares_and_phrases_stay_whole():
    theme = kaida("Dha,TiRa KiTa,Dha DhaDha TuNa | Ta,TiRa KiTa,Ta TaDha DhiNa", "keherwa")
    whole = 0
    for section in performed(theme, seed=3, n_paltas=4).sections[2:-1]:
        struck = [
            (s[0] if s else "", d) for s, d in zip(section.events["symbols"], section.events["duration"], strict=True)
        ]
        starts = [i for i, (bol, _) in enumerate(struck) if bol == "Ti" and struck[i + 1][0] != "Na"]
        whole += len(starts)
        for i in starts:
            assert struck[i : i + 4] == [(bol, TICKS // 4) for bol in ("Ti", "Ra", "Ki", "ta")]
    assert whole > 8


def test_the_cadence_stands_only_where_a_line_ends_and_no_bol_goes_on_and_on():
    theme = kaida(
        "DhaTi DhaGe NaDha TiRaKiTa | DhaTi DhaGe TiNa KeNa | TaTi TaKe NaTa TiRaKiTa | DhaTi DhaGe DhiNa GeNa"
    )
    for seed in range(3):
        composition = performed(theme, seed, n_paltas=12)
        for section in composition.sections[1:-1]:
            bhari = [bol for _, bol in form.halves(section.events)[0]]
            ends = [i for i in range(len(bhari) - 3) if bhari[i : i + 4] == ["Ti", "Na", "Ke", "Na"]]
            assert ends == [len(bhari) - 4]
            assert max(len(list(same)) for _, same in groupby(bhari)) <= ideas.RUNS["palta"]
        tihai = [s[0] for s in composition.sections[-1].events["symbols"] if s]
        assert tihai[-5:] == ["Dhi", "Na", "Ge", "Na", "Dha"]


def test_ideas_come_from_early_to_late_and_are_named():
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    notes = [section.note for section in performed(theme, n_paltas=13).sections[1:-1]]
    kinds = [note.split(" of ")[0] if note.startswith("groups") else note for note in notes]
    order = ["A A A B", "adha dohra", ideas.HALF, "bal", ideas.GROUPS, ideas.FIRST]
    order += [
        "the first group twice",
        "another phrase first",
        "a rest in the first line",
        ideas.SECOND,
        ideas.LATE,
        "sam silent",
        "one line, its head varied",
        "the end of the theme alone",
    ]
    assert [kind for kind in order if kind in kinds] == list(dict.fromkeys(kinds))
    assert len(set(kinds)) >= 11
    bal = next(s for s in performed(theme, n_paltas=13).sections if s.note == "bal")
    assert notation.words(bal.events)[4:8] == ["Dha-", "--", "TeTe", "DhaDha"]


def test_groups_move_whole():
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    for seed in range(4):
        section = next(s for s in performed(theme, seed, n_paltas=5).sections if s.note.startswith("groups"))
        sizes = [int(size) for size in section.note.removeprefix("groups of ").split("+")]
        assert sum(sizes) == 16
        starts = [0, *accumulate(sizes)][:-1]
        row = [s[0] for s in section.events["symbols"]]
        assert all(row[start] == "Dha" for start in starts)
        assert set(sizes) <= {2, 3, 4}


def test_late_groups_cross_the_matras():
    groups = (
        filling.sounds(notation.bols("DhaTe TeDha", "keherwa"))[:3],
        filling.sounds(notation.bols("DhaGe", "keherwa")),
    )
    free = filling.Free(4 * TICKS, groups, frozenset(), grid=TICKS, crosses=True)
    assert not free.differs(groups[1] * 4)
    assert free.differs((*groups[1], *groups[0] * 2))
    assert free.differs(groups[1])  # more may follow
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    for seed in range(3):
        notes = [section.note for section in performed(theme, seed, n_paltas=13).sections]
        late = notes[notes.index(ideas.FIRST) :]
        sizes = [[int(n) for n in note.removeprefix("groups of ").split("+")] for note in late if "groups of" in note]
        assert all(any(start % 2 for start in accumulate(one)) for one in sizes)
        assert sizes


def test_a_long_line_is_played_alone_in_several_paltas():
    line = "DhaGe NaGe TeTe DhaGe TeTe TiRaKiTa DhaGe TiRaKiTa DhaGe NaGe TiNa KeNa"
    bhari = filling.sounds(notation.bols(line, "ektal"))
    end = filling.sounds(notation.bols("DhaGe NaGe DhiNa GeNa", "ektal"))
    row = (*bhari, *filling.khali_copy(bhari)[: len(bhari) - len(end)], *end)
    theme = Composition("Long", "ektal", "kaida", sections=(Section("theme", filling.events_of(row)),))
    notes = [section.note for section in performed(theme, n_paltas=8).sections]
    assert notes.count(ideas.ONE) > 2


def test_room_is_left_for_what_follows():
    """The second line varied begins with the theme: a first line that is far from it is too large a step."""
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    segments = perform.plan(theme, 8)
    first = next(one for one in segments if one.idea == ideas.FIRST)
    second = next(one for one in segments if one.idea == ideas.SECOND)
    line = second.before
    assert perform._leaves_room(first, second, len(line) * TICKS // 4, line)
    assert not perform._leaves_room(first, second, len(line) * TICKS // 4, (("Ge", TICKS // 2),) * len(line))


RINGING = "DhaGe NaGe DhiNa GeNa DhaGe NaGe TiNa KeNa TaKe NaKe TiNa KeNa DhaGe NaGe DhiNa GeNa"


def test_no_palta_is_the_theme_with_its_cadence_open():
    """Where the open cadence is a phrase too, a line could be filled with what the dohra has."""
    theme = kaida(RINGING)
    opened = themes.halves(theme.sections[0], Fraction(1), "")[1]
    for seed in range(4):
        made = performed(theme, seed, n_paltas=8)
        for section in made.sections[2:-1]:
            before = themes.until_ticks(filling.sounds(section.events), section.ticks // 2)[: -len(opened)]
            assert section.note == ideas.SECOND or not before or before != opened * (len(before) // len(opened))
        assert all(check.passed for check in growth.check(made) if check.rule == "named as it is")


def test_early_groups_begin_on_or_off_the_beat_as_in_the_theme():
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    line = themes.halves(theme.sections[0], Fraction(1), "")[0]
    groups = themes.groups_of(line)
    places = dict(zip(groups, themes.group_places(line, groups, TICKS), strict=True))
    assert {len(where) for where in places.values()} == {1, 2}
    for seed in range(6):
        section = next(s for s in performed(theme, seed, n_paltas=8).sections if s.note.startswith("groups"))
        row = themes.until_ticks(filling.sounds(section.events), section.ticks // 4)
        parts = filling.parted(row, groups)
        starts = accumulate((filling.length(group) for group in parts), initial=0)
        assert all(start % TICKS in places[group] for start, group in zip(starts, parts, strict=False))


def test_the_same_phrases_in_another_order_are_seen():
    row = filling.sounds(notation.bols("DhaGe NaGe TeTe DhaGe", "keherwa"))
    assert not themes.other_phrases(row, (*row[4:], *row[:4]))
    assert themes.other_phrases(row, (*row[:2], *row[:2], *row[:4]))
    assert themes.other_phrases(row, row[:2])


def test_no_palta_has_the_phrases_of_the_one_before_where_another_can_be():
    """What is fixed counts too: DhaTi twice, then the rest, has what a first line had that ends with DhaTi."""
    head, khali = "DhaTi DhaGe TiRaKiTa DhaTi | DhaTi DhaGe", "TaTi TaKe TiRaKiTa TaTi | DhaTi DhaGe"
    theme = kaida(f"{head} TiNa KeNa | {khali} DhiNa GeNa")
    for seed in range(3):
        rows = [section for section in performed(theme, seed, n_paltas=8).sections if section.name.startswith("palta")]
        halves = [themes.until_ticks(filling.sounds(one.events), one.ticks // 2) for one in rows]
        assert all(themes.other_phrases(one, other) for one, other in pairwise(halves))


def test_a_step_changes_half_of_what_is_free_at_most():
    for seed in range(3):
        composition = performed(kaida(), seed, n_paltas=10)
        rows = [s for s in composition.sections if s.note == ideas.FIRST]
        for a, b in pairwise(rows):
            size = a.ticks // 4
            one, other = (
                [s[0] for s, t in zip(e["symbols"], e["onset"], strict=True) if t < size] for e in (a.events, b.events)
            )
            assert 0 < sum(x != y for x, y in zip(one, other, strict=True)) <= len(one) / 2


def test_a_short_theme_has_longer_paltas_where_more_are_asked_for():
    theme = kaida("DhaTe TeDha TuNa | TaTe TeTa DhiNa", "dadra")
    few, many = performed(theme, n_paltas=1), performed(theme, n_paltas=12)
    assert max(s.ticks for s in many.sections[2:-1]) == 2 * few.section("dohra").ticks
    assert many.section("dohra") == few.section("dohra")
    assert [check for check in form.check(many) if not check.passed] == []


def test_early_paltas_have_only_joins_of_the_theme_and_late_ones_those_of_the_form_at_their_density():
    def pairs(section):
        row = [s[0] for s in section.events["symbols"] if s]
        return set(pairwise(row[: len(row) // 4]))

    theme = kaida("DhaTe TeDha TeTe DhaGe | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaKe | TeTe DhaGe DhiNa GeNa")
    practice = [notation.bols("TeTe DhaDha TeTe TeTe", "keherwa")]
    slow = [notation.bols("TeTe TeTe Dha Dha TeTe TeTe", "keherwa")]
    new = "new joins in the first line"
    early = [
        s for s in performed(theme, n_paltas=12, practice=practice).sections if s.note in (ideas.HALF, ideas.FIRST)
    ]
    assert early
    assert not any(("Dha", "Dha") in pairs(section) for section in early)
    late = [
        s for seed in range(3) for s in performed(theme, seed, n_paltas=14, practice=practice).sections if s.note == new
    ]
    assert late
    assert all({("Dha", "Dha"), ("Ge", "Dha")} & pairs(section) or ("Te", "Te") in pairs(section) for section in late)
    assert not [
        s
        for s in performed(theme, n_paltas=10, practice=slow).sections[2:]
        if not s.derived and ("Dha", "Dha") in pairs(s)
    ]


def test_a_phrase_is_worn_only_where_nothing_else_is_possible():
    te, dha = (tuple((bol, TICKS // 2) for bol in row) for row in (("Te", "Te"), ("Dha", "Dha")))
    joins = {(a, b) for a in ("Te", "Dha") for b in ("Te", "Dha")}
    free = filling.Free(8 * TICKS, (te, dha), frozenset(joins))
    for bol, take, most in (("Te", max, repeats.MOST[2]), ("Dha", min, repeats.MOST[1])):
        row = perform.fill([ideas.Segment("palta", free, ())], lambda played, allowed, take=take: take(allowed))[0]
        assert max(len(list(same)) for name, same in groupby(name for name, _ in row[::2]) if name == bol) == most
    only = replace(free, joins=frozenset({("Te", "Te")}))
    (row,) = perform.fill([ideas.Segment("palta", only, ())], lambda played, allowed: max(allowed))
    assert {bol for bol, _ in row} == {"Te"}


def test_known_paltas_do_not_come_again_at_any_speed():
    theme = kaida(
        "DhaTi DhaGe NaDha TiRaKiTa | DhaTi DhaGe TiNa KeNa | TaTi TaKe NaTa TiRaKiTa | DhaTi DhaGe DhiNa GeNa"
    )
    known = []
    for seed in range(4):
        chosen = [
            s.events for s in performed(theme, seed, n_paltas=8, known=Taken(known)).sections[2:-1] if not s.derived
        ]
        rows = {tuple(e["symbols"].map("".join)) for e in known}
        assert not rows & {tuple(e["symbols"].map("".join)) for e in chosen}
        known += [in_a_row([2 * d for d in e["duration"]], e["symbols"]) if i % 2 else e for i, e in enumerate(chosen)]


def test_choose_hears_all_that_was_played_and_is_asked_only_where_there_is_a_choice():
    theme, calls = kaida(), []

    def choose(played, allowed):
        calls.append((tuple(played), tuple(allowed)))
        return allowed[-1]

    segments = perform.plan(theme, n_paltas=3)
    filled = perform.fill(segments, choose)
    whole = [sound for segment, row in zip(segments, filled, strict=True) for sound in segment.play(row)]
    for played, allowed in calls:
        assert len(allowed) > 1
        assert list(played) == whole[: len(played)]
        assert whole[len(played)] == allowed[-1]
    with pytest.raises(ValueError, match=r"palta 1: \('Kat', 2520\) was chosen; allowed"):
        perform.fill(segments, lambda played, allowed: ("Kat", 2520))


@pytest.mark.parametrize("n", [8, 14])
def test_three_quarters_varied_differ_from_the_theme_in_each(n):
    theme = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    line, _ = themes.halves(theme.sections[0], Fraction(1), "")
    for seed in range(4):
        late = [s for s in performed(theme, seed, n_paltas=n).sections if s.note == ideas.LATE]
        assert late
        for section in late:
            row = filling.sounds(section.events)
            quarters = [filling.between(row, start, start + 4 * TICKS) for start in range(0, 12 * TICKS, 4 * TICKS)]
            whole = [filling.between(line * 2, start, start + 4 * TICKS) for start in range(0, 12 * TICKS, 4 * TICKS)]
            assert all(a != b for a, b in zip(quarters, whole, strict=True))


def test_where_three_quarters_cannot_all_differ_the_name_says_so():
    head, end = (
        filling.sounds(notation.bols("Dha Te Te Dha", "keherwa")),
        filling.sounds(notation.bols("Tu Na", "keherwa")),
    )
    free = filling.Free(4 * TICKS, (), frozenset(), unlike=((0, head),))
    segment = ideas.Segment("palta 1", free, end, idea=ideas.LATE)
    assert segment.says(head) == ideas.PART
    assert segment.says(head[::-1][1:] + head[:1]) == ideas.LATE


def test_names_of_paltas_of_four_lines_speak_of_no_quarters():
    theme = kaida("DhaTe TeDha TuNa | TaTe TeTa DhiNa", "dadra")
    notes = [section.note for section in performed(theme, n_paltas=12).sections if section.ticks == 24 * TICKS]
    assert set(notes) & set(ideas.LONGER.values())
    assert not set(notes) & set(ideas.LONGER)


def test_the_end_alone_is_no_part_of_a_phrase_and_a_small_step():
    within = kaida("DhaGe TeTe DhaGe | NaGe TiNa KeNa | TaKe TeTe TaKe | NaGe DhiNa GeNa", "dadra")
    assert ideas.ALONE not in {section.note for section in performed(within, n_paltas=10).sections}


def test_the_end_alone_comes_earlier_where_it_is_a_small_step():
    near = kaida("DhaGe TeTe DhaTe TeDha | DhaGe TeTe TiNa KeNa | TaKe TeTe TaTe TeTa | DhaGe TeTe DhiNa GeNa")
    far = kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa")
    for seed in range(3):
        made = performed(near, seed, n_paltas=10)
        assert [section.note for section in made.sections[-3:-1]] == [ideas.ONE, ideas.ALONE]
        assert build_up.build_up(made)[-1].step <= growth.STEP
        assert ideas.ALONE not in {section.note for section in performed(far, seed, n_paltas=10).sections}


GROWN = kaida("DhaGe DhaGe TeTe DhaGe | TeTe DhaGe TiNa KeNa | TaKe TaKe TeTe TaKe | TeTe DhaGe DhiNa GeNa")


def grown(bhari, note="", name="palta 1"):
    """The rules of teaching of one section: the bhari half, and its khali half open at the end of the theme."""
    row = filling.sounds(notation.bols(bhari, "teental"))
    half = filling.length(row)
    closed = themes.until_ticks(filling.khali_copy(row), half - 4 * TICKS)
    back = filling.sounds(notation.bols("TeTe DhaGe DhiNa GeNa", "teental"))
    section = Section(name, filling.events_of((*row, *closed, *back)), note=note)
    made = replace(GROWN, sections=(GROWN.sections[0], section))
    return {check.rule: check.passed for check in growth.check(made) if check.where == name}


LINE = "DhaGe DhaGe TeTe DhaGe TeTe DhaGe TiNa KeNa"
OPEN = "DhaGe DhaGe TeTe DhaGe TeTe DhaGe DhiNa GeNa"


@pytest.mark.parametrize(
    ("first", "second", "note", "true"),
    [
        ("DhaGe TeTe TeTe DhaGe TeTe TeTe DhaGe TeTe", "TeTe DhaGe DhaGe TeTe TeTe DhaGe TiNa KeNa", ideas.LATE, True),
        ("DhaGe TeTe TeTe DhaGe TeTe TeTe DhaGe TeTe", LINE, ideas.LATE, False),
        ("DhaGe TeTe TeTe DhaGe TeTe TeTe DhaGe TeTe", LINE, ideas.FIRST, True),
        ("DhaGe TeTe TeTe DhaGe TeTe TeTe DhaGe TeTe", LINE, ideas.HALF, False),
        ("DhaGe DhaGe TeTe DhaGe TeTe TeTe DhaGe TeTe", LINE, ideas.HALF, True),
        (
            "DhaGe DhaGe TeTe DhaGe TeTe DhaGe DhiNa GeNa",
            "DhaGe TeTe TeTe DhaGe TeTe DhaGe TiNa KeNa",
            ideas.SECOND,
            True,
        ),
        ("DhaGe DhaGe TeTe DhaGe TeTe DhaGe DhiNa GeNa", LINE, ideas.SECOND, False),
    ],
)
def test_a_palta_is_named_as_it_is(first, second, note, true):
    assert grown(f"{first} {second}", note)["named as it is"] == true


def test_a_row_of_phrases_alike_is_seen():
    assert grown(f"DhaGe DhaGe DhaGe DhaGe TeTe DhaGe DhaGe TeTe {LINE}")["no even row"]
    assert not grown(f"DhaGe DhaGe DhaGe DhaGe DhaGe TeTe DhaGe TeTe {LINE}")["no even row"]


@pytest.mark.parametrize(
    ("lead", "pause", "short", "same"),
    [(6, 3, True, True), (8, 2, True, False), (2, 5, False, True), (0, 6, False, False)],
)
def test_the_pauses_of_a_tihai_and_where_it_begins_are_seen(lead, pause, short, same):
    phrase = ["Dha", "Ge", "Dhi", "Na", "Ge", "Na"]
    names = [*[""] * lead, *[*phrase, "Dha", *[""] * pause] * 2, *phrase]
    events = filling.events_of((*((bol, TICKS // 2) for bol in names), ("Dha", TICKS)))
    made = replace(GROWN, sections=(GROWN.sections[0], Section("tihai", events)))
    passed = {check.rule: check.passed for check in growth.check(made)}
    assert (passed["short pause"], passed["same place"]) == (short, same)


@pytest.mark.parametrize(
    ("theme", "options", "says"),
    [
        (kaida("Dha - Dha - | Ta - Ta -", "keherwa"), {}, "1 bol"),
        (kaida("Dha Dha Dha Dha | Ta Ta Ta Ta", "keherwa"), {}, r"1 bol\(s\) make \d+ new.*two bols or more"),
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
            {"n_paltas": 1, "tihai": "no pause", "laya": 3},
            r"no tihai with no pause .* Dadra at 3 .*nearest: \d",
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
def test_a_new_theme_in_every_taal_grows_by_the_rules_of_teaching(taal):
    known = [
        kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa"),
        kaida("DhaTi DhaGe NaDha TiRaKiTa | DhaTi DhaGe TiNa KeNa | TaTi TaKe NaTa TiRaKiTa | DhaTi DhaGe DhiNa GeNa"),
    ]
    events = [theme.sections[0].events for theme in known]
    for number in range(2):
        blank = Composition("New", taal.name, "kaida")
        theme = new_theme.new_theme(blank, events, at_random(number), laya=2, first=number)
        assert [check for check in form.check(theme) if not check.passed] == []
        assert theme.sections[0].events["symbols"].tolist() not in [e["symbols"].tolist() for e in events]
        whole = themes.halves(theme.sections[0], Fraction(1), "")[0]
        line = whole[: len(whole) - themes.cadence(whole)]
        phrases = themes.phrases_of([(line, ())])
        assert not [p for p in phrases for k in range(len(line)) if line[k : k + 3 * len(p)] == p * 3]
        made = performed(theme, number, n_paltas=8, practice=events)
        first = filling.sounds(theme.sections[0].events)[0][0]
        begun = {filling.sounds(s.events)[0][0] for s in made.sections if s.name.startswith("palta")}
        assert not [
            bol for bol in begun - {"", first} if bols.BOLS[bol].hands != "both" and bols.BOLS[bol].right != "te"
        ]
        broken = {check.rule for check in growth.check(made) if not check.passed}
        # hints: documented ones break them, or the vibhags allow none
        hints = {"small step", "first palta", "other phrases", "vibhags of the theme"}
        if set(taal.vibhags) == {3}:  # there, a tihai on a vibhag with short pauses moves off the beat
            hints.add("same place")
        assert broken <= hints
        (steps,) = build_up.measures([made]).to_dict("records")
        assert steps["first joins"] >= 0.85
        assert steps["step"] <= STEPS


KNOWN = [
    kaida("DhaTe TeDha TeTe DhaDha | TeTe DhaGe TiNa KeNa | TaTe TeTa TeTe TaTa | TeTe DhaGe DhiNa GeNa"),
    kaida("DhaTi DhaGe NaDha TiRaKiTa | DhaTi DhaGe TiNa KeNa | TaTi TaKe NaTa TiRaKiTa | DhaTi DhaGe DhiNa GeNa"),
]


def test_khali_within_a_vibhag_is_seen():
    line = "DhaGe DhaTi DhaTi GeNa DhaGe {} "
    theme = kaida(line.format("TiNa KeNa") + "TaKe TaTi TaTi KeNa DhaGe DhiNa GeNa", "ada_chautal")
    (check,) = [check for check in growth.check(theme) if check.rule == "khali on a vibhag"]
    assert not check.passed
    assert check.detail == "khali begins on matra 8"


def test_after_a_silent_sam_comes_no_bayan_alone():
    said = []
    for text in ("DhaGe DhaTi DhaTi DhaGe | {} TiNa KeNa", "DhaGe TeTe DhaTe TeDha | {} TiNa KeNa"):
        bhari = text.format("DhaGe DhaTi")
        theme = kaida(f"{bhari} | TaKe {bhari.split('DhaGe', 1)[1].replace('Dha', 'Ta')}".replace("|", " "))
        for section in performed(theme, n_paltas=12).sections:
            row = filling.sounds(section.events)
            if section.name.startswith("palta") and not row[0][0]:
                said.append(row[1][0])
    assert all(themes.begins(bol) for bol in said)
    assert not themes.begins("Ge")
    assert not themes.begins("")
    assert themes.begins("Dha")
    assert themes.begins("Te")


def test_another_phrase_first_is_chosen():
    theme = kaida(
        "DhaTe TeDha TiRaKiTa TeTe | DhaTe TeDha TiNa KeNa | TaTe TeTa TiRaKiTa TeTe | DhaTe TeDha DhiNa GeNa"
    )
    first = {
        notation.words(section.events)[0]
        for seed in range(6)
        for section in performed(theme, seed, n_paltas=12).sections
        if section.note == ideas.OTHER
    }
    assert first
    assert not any(word.startswith("Dha") for word in first)


def test_phrases_do_not_meet_as_strokes_do_within_the_cadence():
    line, opened = ((*((bol, 1) for bol in "Dha Te".split()), *((bol, 1) for bol in end.split())) for end in
                    ("Ti Na Ke Na", "Dhi Na Ge Na"))  # fmt: skip
    assert themes.meetings(line, opened) == {("Dha", "Te"), ("Te", "Ti"), ("Te", "Dhi"), ("Na", "Dha")}


@pytest.mark.parametrize(("line", "whole"), [("DhaTi DhaGe DhaGe DhaTi", True), ("DhaTi DhaGe TeDha GeTi", False)])
def test_a_phrase_over_the_beginning_of_a_vibhag_is_seen(line, whole):
    theme = kaida(f"{line} DhaGe TiNa KeNa {line.replace('Dha', 'Ta').replace('Ge', 'Ke')} DhaGe DhiNa GeNa", "rupak")
    (check,) = [check for check in growth.check(theme) if check.rule == "vibhags of the theme"]
    assert check.passed == whole


def test_phrases_in_another_order_are_seen():
    theme = kaida("DhaGe TeTe DhaDha TeTe | DhaGe TeTe TiNa KeNa | TaKe TeTe TaTa TeTe | DhaGe TeTe DhiNa GeNa")
    half = filling.sounds(notation.bols("DhaGe TeTe DhaDha TeTe DhaGe TeTe TiNa KeNa", "teental"))
    paltas = [
        Section(f"palta {n}", filling.events_of(row * 2))
        for n, row in enumerate((half, (*half[8:12], *half[:8], *half[12:]), (*half[:4], *half[:4], *half[8:])), 1)
    ]
    made = replace(theme, sections=(*theme.sections, *paltas))
    assert [check.passed for check in growth.check(made) if check.rule == "other phrases"] == [False, True]
