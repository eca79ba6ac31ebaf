"""The page on the notation: every example reads, every list is complete."""

import re
from pathlib import Path

import pytest

from riyaz.tabla import notation
from riyaz.tabla.bols import BOLS
from riyaz.tabla.taals import MORE, TAALS

PAGE = (Path(__file__).parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```tabla\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_reads_and_writes(text):
    composition = notation.read(text, "example")
    again = notation.read(notation.write(composition), "example")
    assert [section.events.to_dict() for section in again.sections] == [
        section.events.to_dict() for section in composition.sections
    ]


def test_the_page_shows_every_mark_bol_and_taal():
    assert len(EXAMPLES) >= 14
    for mark in ("~", "x3", "speed: 2", "Tt", "Taa", "tempo:", "½ face", "vibhags:", "strokes:"):
        assert mark in PAGE
    assert [bol.name for bol in BOLS.values() if f"| {bol.name} | {bol.devanagari} |" not in PAGE] == []
    taals = [*TAALS.values(), *MORE.values()]
    assert [taal.title for taal in taals if f"| {taal.title} | {taal.matras} |" not in PAGE] == []
