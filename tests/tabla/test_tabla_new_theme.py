from fractions import Fraction

import pytest
from test_tabla_perform import KNOWN, at_random, kaida

from riyaz.music.events import TICKS
from riyaz.tabla import filling, new_theme, notation, repeats
from riyaz.tabla import theme as themes
from riyaz.tabla.notation import Composition
from riyaz.tabla.taals import TAALS


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
def test_the_end_of_a_new_theme_begins_with_a_phrase_and_no_row_is_even(taal):
    events = [one.sections[0].events for one in KNOWN]
    for seed in range(3):
        theme = new_theme.new_theme(Composition("New", taal.name), events, at_random(seed), first=seed)
        line, _ = themes.halves(theme.sections[0], Fraction(1), "")
        cut = themes.cut_of(line)
        assert themes.begins(line[len(themes.until_ticks(line, cut))][0])
        assert cut % TICKS == 0
        assert repeats.alike(line * 2) <= repeats.ALIKE["theme"]


def test_a_family_with_many_themes_is_as_likely_as_any_other():
    known = [(KNOWN[0], Fraction(1)), (KNOWN[1], Fraction(1)), (KNOWN[1], Fraction(1, 2)), (KNOWN[1], Fraction(2))]
    pairs = [themes.halves(theme.sections[0], faster, "") for theme, faster in known]
    for first in range(3):
        assert new_theme._together(pairs, first) == [[pairs[0]], [pairs[1 + first]]]


def test_a_theme_in_threes_gives_no_theme_in_twos():
    text = "DhaTeTe DhaGeNa DhaTeTe DhaGeNa | DhaTeTe DhaGeNa DhaGeTi NaKeNa | TaTeTe TaKeNa TaTeTe TaKeNa | "
    events = [kaida(text + "DhaTeTe DhaGeNa DhaGeDhi NaGeNa").sections[0].events]
    with pytest.raises(ValueError, match="0 known themes give no new theme"):
        new_theme.new_theme(Composition("New", "teental"), events, at_random(0), laya=2)


def test_without_known_themes_there_is_no_new_one():
    with pytest.raises(ValueError, match="0 known themes give no new theme in Rupak at 2 strokes per matra"):
        new_theme.new_theme(Composition("New", "rupak"), [], at_random(0))


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
def test_khali_of_a_new_theme_begins_with_a_vibhag(taal):
    events = [theme.sections[0].events for theme in KNOWN]
    (section,) = new_theme.new_theme(Composition("New", taal.name, "kaida"), events, at_random(0)).sections
    assert section.ticks // 2 % taal.ticks // TICKS + 1 in taal.starts
    assert section.ticks % taal.ticks == 0


@pytest.mark.parametrize("taal", ["keherwa", "dadra", "chautal", "matta", "teental"])
def test_a_new_theme_has_three_phrases_where_its_source_has(taal):
    events = [theme.sections[0].events for theme in KNOWN]
    for seed in range(4):
        theme = new_theme.new_theme(Composition("New", taal, "kaida"), events, at_random(seed), first=seed)
        line = themes.halves(theme.sections[0], Fraction(1), "")[0]
        assert len(themes.phrases_of([(line[: len(line) - themes.cadence(line)], ())])) >= new_theme.PHRASES


def line_of(theme):
    line = themes.halves(theme.sections[0], Fraction(1), "")[0]
    return line, themes.phrases_of([(line[: len(line) - themes.cadence(line)], ())])


def test_taals_of_one_length_have_lines_of_their_own():
    events = [theme.sections[0].events for theme in KNOWN]
    alike = [taal.name for taal in TAALS.values() if new_theme.half_of(taal, Fraction(2)) == 7 * TICKS]
    assert len(alike) > 2
    for seed in range(2):
        made = [
            new_theme.new_theme(Composition("New", taal, "kaida"), events, at_random(seed), first=seed, turn=seed)
            for taal in alike
        ]
        lines = [tuple(bol for bol, _ in line_of(theme)[0]) for theme in made]
        assert len(set(lines)) > len(lines) / 2  # where a taal has none of its own, any line is taken


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("DhaDha TeTe DhaGe TeTe", {"ektal", "chautal"}),  # both hands on matra 3, not on 4
        ("DhaGe NaGe TeTe DhaGe", {"dadra", "khemta"}),
        ("DhaTi DhaTi DhaGe DhaGe", {"dadra", "khemta", "ektal", "chautal"}),  # on both
    ],
)
def test_a_line_belongs_to_the_taal_whose_vibhags_it_marks(line, fits):
    names = ["dadra", "khemta", "ektal", "chautal"]
    begin = {name: themes.vibhags(TAALS[name], 6 * TICKS) for name in names}
    row = filling.sounds(notation.bols(line, "dadra"))
    assert {new_theme.owner(row, begin, turn) for turn in range(4)} == fits


def test_a_long_line_has_more_phrases_where_a_source_has():
    events = [theme.sections[0].events for theme in KNOWN]
    for seed in range(3):
        theme = new_theme.new_theme(Composition("New", "farodast", "kaida"), events, at_random(seed), first=seed)
        assert len(line_of(theme)[1]) >= new_theme.MORE


@pytest.mark.parametrize("taal", ["rupak", "matta", "farodast", "shikhar"])
def test_a_phrase_begins_with_each_vibhag(taal):
    events = [theme.sections[0].events for theme in KNOWN]
    for seed in range(3):
        line, _ = line_of(new_theme.new_theme(Composition("New", taal, "kaida"), events, at_random(seed), first=seed))
        ends = sum(ticks for _, ticks in line[: len(line) - themes.cadence(line)])
        starts = [(start - 1) * TICKS for start in TAALS[taal].starts]
        assert {start for start in starts if start < ends} <= set(themes.joints(line))
