"""The compositions in data/raw/tabla keep the rules that they teach."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from riyaz.music import events as ev
from riyaz.tabla import form, growth, notation, perform
from riyaz.tabla.bols import khali
from riyaz.tabla.notation import Section
from riyaz.tabla.taals import TAALS
from riyaz.text import split

FOLDER = Path(__file__).parents[2] / "data" / "raw" / "tabla"
FILES = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.txt"))}
REPERTOIRE = {name: notation.read_file(path) for name, path in FILES.items()}
KAIDAS = [n for n, c in REPERTOIRE.items() if c.form in ("kaida", "rela") and "lecture" not in n]

every = pytest.mark.parametrize("name", FILES)


def n_strokes(composition):
    return int(composition.piece("").events["symbols"].str.len().sum())


def test_how_much_there_is():
    assert len(FILES) >= 60
    assert len({composition.taal for composition in REPERTOIRE.values()}) >= 8
    assert sum(n_strokes(composition) for composition in REPERTOIRE.values()) >= 8000
    forms = Counter(composition.form for composition in REPERTOIRE.values())
    assert set(forms) >= {"theka", "kaida", "rela", "tukda", "mukhda", "tihai", "chakradar", "laggi"}
    taught = Counter(work.form for work in REPERTOIRE.values() if any(section.taught for section in work.sections))
    assert taught["tukda"] >= 5
    assert taught["laggi"] >= 2


@every
def test_it_passes_the_rules_of_its_form(name):
    checks = form.check(REPERTOIRE[name])
    assert checks
    assert [check for check in checks if not check.passed] == []


@pytest.mark.parametrize("name", [name for name in FILES if "lecture" not in name])  # a theme alone has no tihai
def test_it_passes_without_its_sections_too(name):
    composition = REPERTOIRE[name]
    theme = next((section.events for section in composition.sections if section.name == "theme"), None)
    checks = form.check_events(composition.piece(name).events, TAALS[composition.taal], composition.form, theme)
    assert checks
    assert [check for check in checks if not check.passed] == []


@every
def test_with_a_stroke_less_it_does_not(name):
    composition = REPERTOIRE[name]
    first, *others = composition.sections
    shorter = replace(first, events=first.events.iloc[:-2])
    checks = form.check(replace(composition, sections=(shorter, *others)))
    assert [check for check in checks if not check.passed and check.where == first.name]


@every
def test_it_is_written_as_it_stands_in_its_file(name):
    assert notation.write(REPERTOIRE[name]) == FILES[name].read_text(encoding="utf-8")


@every
def test_it_makes_a_valid_piece_and_says_where_it_comes_from(name):
    piece = REPERTOIRE[name].piece(name)
    ev.validate(piece.events)
    assert piece.about["source"]
    assert piece.about["form"] in notation.FORMS
    assert Path(name).parts[0] == piece.about["taal"]


@pytest.mark.parametrize("name", KAIDAS)
def test_a_kaida_is_whole(name):
    composition = REPERTOIRE[name]
    names = [section.name for section in composition.sections]
    assert names[:2] == ["theme", "dohra"]
    assert names[-1] == "tihai"
    paltas = [section for section in composition.sections if section.name.startswith("palta")]
    assert len(paltas) >= 3
    assert not composition.sections[0].derived
    written = [tuple(notation.words(section.events)) for section in composition.sections[1:]]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize("name", KAIDAS)
def test_khali_begins_where_a_vibhag_does(name):
    checks = [check for check in growth.check(REPERTOIRE[name]) if check.rule == "khali on a vibhag"]
    assert checks
    assert [check for check in checks if not check.passed] == []


@pytest.mark.parametrize("name", KAIDAS)
def test_bhari_where_khali_should_be_is_found(name):
    composition = REPERTOIRE[name]
    theme = composition.sections[0]
    bhari, second = form.halves(theme.events)
    onset, bol = next((t, a) for (t, a), (_, b) in zip(bhari, second, strict=True) if a != b)
    events = theme.events.copy()
    row = int(events["onset"].searchsorted(onset + theme.ticks // 2))
    assert events.at[row, "symbols"] == khali([bol])
    events.at[row, "symbols"] = [bol]  # bhari again
    checks = form.check(replace(composition, sections=(replace(theme, events=events), *composition.sections[1:])))
    assert ("khali half", "theme") in [(check.rule, check.where) for check in checks if not check.passed]


@pytest.mark.parametrize("taal", TAALS)
def test_every_taal_has_its_theka(taal):
    theka = REPERTOIRE[f"{taal}/theka.txt"].section("theka")
    assert theka == Section("theka", notation.bols(TAALS[taal].theka, taal), taught=True)


def test_the_lectures_composition_is_here_in_both_speeds():
    thah, dugun = (REPERTOIRE[f"teental/lecture_{speed}.txt"] for speed in ("thah", "dugun"))
    assert ["".join(line.letters) for line in form.labels(thah)] == ["A", "B", "C", "B"]
    assert ["".join(line.letters) for line in form.labels(dugun)] == ["AA", "AB", "CC", "AB"]
    assert thah.family == dugun.family != ""


@every
def test_a_source_says_whether_it_is_traditional_and_what_is_taught(name):
    composition = REPERTOIRE[name]
    traditional = composition.source.startswith("traditional; ")
    assert traditional or composition.source.startswith("made for this collection"), composition.source
    assert any(section.taught for section in composition.sections) == traditional
    assert not any(section.taught and section.derived for section in composition.sections)


def test_the_page_on_the_notation_says_where_each_witness_is():
    page = (FOLDER.parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
    table = page.split("## Sources of the repertoire")[1]
    names = [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("| ")][1:]
    beside = r"which calls \w+( \w+)* |lessons noted by E\. Laforge|J\. Kippen and B\. Bel 1992|one source only"
    beside += r"|made for .*|RNN-based .* NJIT, 2022|\W|\d"
    beside += r"|\b(traditional|themes?|paltas?|the variations|its head|and|also|to)\b"
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    sources = {work.source for work in REPERTOIRE.values() if work.source.startswith("traditional")}
    assert {left for source in sources if (left := re.sub(f"{known}|{beside}", "", source))} == set()
    assert [name for name in names if not any(name in source for source in sources)] == []


def test_enough_is_taught():
    sets = [REPERTOIRE[name] for name in KAIDAS]
    paltas = [[s for s in work.sections if s.name.startswith("palta") and s.taught] for work in sets]
    assert sum(bool(taught) for taught in paltas) >= 11
    assert sum(len(taught) for taught in paltas) >= 76
    assert not any("Kulkarni" in work.source or "Alla Rakha" in work.source for work in REPERTOIRE.values())


def test_one_theme_is_one_family_and_no_derived_section_is_without_one():
    families = {}
    for name, composition in REPERTOIRE.items():
        assert composition.family or not any(section.derived for section in composition.sections), name
        if composition.sections[0].name == "theme":
            first = tuple(bol for _, bol in form.halves(composition.sections[0].events)[0])[:10]
            families.setdefault(first, set()).add(composition.family)
            assert composition.family, name
    assert [found for found in families.values() if len(found) > 1] == []


def test_families_join_what_has_the_same_material_and_no_more():
    pieces = [composition.piece(name) for name, composition in REPERTOIRE.items()]
    families = split.families(pieces)
    grown = {name for name, composition in REPERTOIRE.items() if composition.form in ("kaida", "rela")}
    for family in set(families.tolist()):
        inside = {piece.name for piece, label in zip(pieces, families, strict=True) if label == family}
        assert not inside & grown or inside <= grown, inside  # no theka and no mukhda is a link between kaidas
        assert len({REPERTOIRE[name].family for name in inside & grown}) <= 2, inside
    parts = split.assign(families, [len(piece.events) for piece in pieces], 0.1, 0.1, 2022)
    assert all(len(set(families[parts == part].tolist())) >= 5 for part in ("valid", "test"))


@pytest.mark.parametrize("path", sorted((FOLDER.parents[2] / "themes").glob("*.txt")), ids=lambda path: path.stem)
def test_a_theme_that_comes_with_the_project_can_be_built_on(path):
    theme = notation.read_file(path)
    assert all(check.passed for check in form.check(theme))
    assert [segment.name for segment in perform.plan(theme, 4, 2)][:2] == ["theme", "dohra"]
    assert theme.sections[0].events.to_dict() not in [c.sections[0].events.to_dict() for c in REPERTOIRE.values()]
