"""Compositions as JSON, YAML in brackets or objects of a program: the rows of bols, and the place of a mistake."""

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import notation, records

DADRA = ["Dha Dhi Na | Dha Tu Na |"]
RECORDS = {
    "cells": '{"taal": "Dadra", "matras": 6, "bols": ["DHA", "DHI", "NA", "DHA", "TU", "NA"]}',
    "a record a matra": '[{"beat": 1, "bol": "Dha", "taal": "Dadra"}, {"beat": 2, "bol": "Dhi"}, {"bol": "Na"},'
    ' {"bol": "Dha", "sign": "0"}, {"bol": "Tu"}, {"bol": "Na"}]',
    "matras within the record": '{"taal": "dadra", "matras": [{"bol": "Dha", "sign": "X"}, {"bol": "Dhi"},'
    ' {"bol": "Na"}, {"bol": "Dha", "sign": "0"}, {"bol": "Tu"}, {"bol": "Na"}]}',
    "vibhags by their signs": '{"taal": "Dadra", "theka": {"X": ["Dha", "Dhi", "Na"], "0": ["Dha", "Tu", "Na"]}}',
    "the same bols twice": '{"name": "Dadra", "theka": "Dha Dhi Na | Dha Tu Na", "bols": ["Dha", "Dhi", "Na", "Dha",'
    ' "Tu", "Na"]}',
    "tuples": '  ("Dadra", 6, [\n ("Dadra 1", "dha dhi na | dha tu na", "X . . | 0 . ."),\n ]),',
    "a call": "Taal(name='dadra', bols=['Dha','Dhi','Na','Dha','Tu','Na'], vibhags=[3,3])",
    "a declared list": 'static const char *dadra[] = {"Dha","Dhi","Na","Dha","Tu","Na"};',
    "comments": '// Dadra\nconst bols = [\n  "Dha", "Dhi", "Na", // sam\n  "Dha", "Tu", "Na"   /* khali */\n];',
    "a list without quotation marks": "taal: dadra\ntheka: [dha, dhi, na, dha, tu, na]",
    "strings in rows": "Dadra\n'Dha', 'Dhi', 'Na',\n'Dha', 'Tu', 'Na',",
    "the taal as the key": '{"dadra": {"matras": 6, "bols": ["Dha", "Dhi", "Na", "Dha", "Tu", "Na"], "id": 7}}',
    "an object of a program": """
const dadra = {
  name: 'Dadra',
  vibhags: [3, 3], // sam, khali
  theka: [['Dha', 'Dhi', 'Na'], ['Dha', 'Tu', 'Na']],
};
""",
    "a string": '{\n\t"title": "Dadra",\n\t"tags": ["easy", "slow"],\n\t"bols": "Dha Dhi Na | Dha Tu Na"\n}',
}


@pytest.mark.parametrize("text", RECORDS.values(), ids=RECORDS)
def test_bols_of_a_record_are_read(text):
    read = notation.read(text)
    (section,) = read.sections
    assert read.taal == "dadra"
    assert notation.lines(section.events, notation.taals.TAALS["dadra"]) == DADRA


def test_sections_have_their_names_and_lists_of_two_are_matras():
    theme = '[["Dha","Te"],["Te","Dha"],["Te","Te"],["Dha","Ge"],["Ti","Na"],["Ke","Na"],["-","Na"]]'
    palta = theme.replace('["Te","Te"]', '["Dha","Te"]').replace('["Dha","Ge"]', '["Te","Dha"]')
    text = f"""{{"name": "Kaida 1", "type": "kaida", "taal": "rupak", "tempo": 90, "parts": [
        {{"name": "Mukh", "bols": {theme}}},
        {{"name": "Palta 1", "bols": {palta}}}]}}"""
    read = notation.read(text)
    assert (read.title, read.form, read.tempo) == ("Kaida 1", "kaida", 90)
    assert [section.name for section in read.sections] == ["theme", "palta 1"]
    assert notation.lines(read.sections[0].events, notation.taals.TAALS["rupak"]) == [
        "DhaTe TeDha TeTe | DhaGe TiNa | KeNa -Na |"
    ]
    assert notation.lines(read.sections[1].events, notation.taals.TAALS["rupak"]) == [
        "DhaTe TeDha DhaTe | TeDha TiNa | KeNa -Na |"
    ]


def test_vibhags_that_are_alike_are_all_read():
    text = '{"taal":"Jhaptal","theka":{"X":["Dhi","Na"],"2":["Dhi","Dhi","Na"],"0":["Ti","Na"],"3":["Dhi","Dhi","Na"]}}'
    (section,) = notation.read(text).sections
    assert " ".join(notation.lines(section.events, notation.taals.TAALS["jhaptal"])) == (
        "Dhi Na | Dhi Dhi Na | Ti Na | Dhi Dhi Na |"
    )


@pytest.mark.parametrize("said", ["'speed': 'double'", "'note': 'play it twice'", "'repeat': 'three times'"])
def test_a_field_that_says_how_to_play_is_not_passed_over(said):
    with pytest.raises(Unreadable):
        notation.read("{'taal': 'Dadra', 'bols': 'Dha Dhi Na Dha Tu Na', " + said + "}")


def test_a_mistake_has_its_place_in_the_record():
    text = '{\n  "taal": "dadra",\n  "bols": [\n    "Dha Dhi Na",\n    "Dha Tuu Nq"\n  ]\n}'
    with pytest.raises(Unreadable, match=r"kaida\.json:5:14: 'Nq' is no bol"):
        notation.read(text, "kaida.json")


@pytest.mark.parametrize("text", ["[theme]\nDha Dhin", "{Dha Ti} {Te Dha}", "[Dha Ti]x3 Dha", "{", "[]", "", "[1, 2]"])
def test_other_texts_are_no_records(text):
    assert records.rows(text) == []


def test_matras_within_avartans_within_sections():
    section = '{"type": "mukh", "label": "Main", "avartans": [{"matras": [%s]}]}'
    cells = ", ".join(f'{{"bols": ["{bol}"]}}' for bol in "Dha Ti TiRa Dha Tu KiTa".split())
    head = '"id": "a7", "title": "Rela 1", "taalId": "dadra", "compositionType": "rela", "laya": "madhya", "notes": ""'
    text = f'{{{head}, "sections": [{section % cells}]}}'
    read = notation.read(text)
    assert (read.title, read.taal, read.form, read.laya) == ("Rela 1", "dadra", "rela", "madhya")
    assert notation.lines(read.sections[0].events, notation.taals.TAALS["dadra"]) == ["Dha Ti TiRa | Dha Tu KiTa |"]
