"""Headings of sections in any frame and numbering are read, and rows that are none stay."""

import pytest

from riyaz.tabla import captions, notation

ROW = "DhaDha TeTe DhaDha TuNa TaTa TeTe DhaDha DhiNa"


@pytest.mark.parametrize(
    ("heads", "names"),
    [
        (("### Theme", "### Palta 1"), ["theme", "palta 1"]),
        (("== Theme ==", "== Palta II =="), ["theme", "palta 2"]),
        (("(Mukh)", "(Palta one)"), ["theme", "palta 1"]),
        (("- Theme", "- Palta no. 3"), ["theme", "palta 3"]),
        (("Theme (slow)", "2nd palta (medium speed)"), ["theme", "palta 2"]),
        (("P1", "P2:"), ["palta 1", "palta 2"]),
        (("1.", "2."), ["variation 1", "variation 2"]),
        (("(1)", "(2)"), ["variation 1", "variation 2"]),
        (("Keherwa 1", "Keherwa 2"), ["variation 1", "variation 2"]),
        (("मुख", "पलटा क्र. १"), ["theme", "पलटा १"]),
        (("মুখ", "পাল্টা ২"), ["theme", "পাল্টা ২"]),
    ],
)
def test_a_heading_begins_a_section(heads, names):
    text = "Keherwa\n\n" + "".join(f"{head}\n{ROW}\n\n" for head in heads)
    composition = notation.read(text)
    assert [section.name for section in composition.sections] == names
    assert len({tuple(map(tuple, section.events["symbols"])) for section in composition.sections}) == 1


@pytest.mark.parametrize(
    "row",
    [
        "[palta 1]",
        "Dha Dha",
        "Mukh",
        "Theme (dugun)",
        "Tukda (Teental)",
        "Palta 1 (double speed)",
        "# Kaida of Delhi",
        "",
    ],
)
def test_other_rows_stay(row):
    assert captions.plain([row, ROW]) == [row, ROW]


def test_numbers_under_a_heading_and_lone_ones_stay():
    assert captions.plain(["Paltas:", "1.", ROW, "2.", ROW])[1::2] == ["1.", "2."]
    assert captions.plain(["1.", ROW])[0] == "1."
    assert captions.plain([]) == []


def test_braces_an_arrow_and_letters():
    assert captions.plain(["theka { dha dhin na }"]) == ["theka:  dha dhin na "]
    assert captions.plain([f"Palta 1 -> {ROW}"]) == [f"Palta 1: {ROW}"]
    rows = captions.plain([f"M: {ROW}", f"1: {ROW}", f"2: {ROW}"])
    assert [row.split(":")[0] for row in rows] == ["theme", "palta 1", "palta 2"]
