from fractions import Fraction

from riyaz.music.events import TICKS
from riyaz.tabla import notation
from riyaz.tabla.taken import Rows, Taken

HALF = TICKS // 2


def row(bols, ticks=HALF):
    return tuple((bol, ticks) for bol in bols.split())


def test_middles_at_another_speed():
    sections = ("Dha Te Te Dha", "Dha - Te Te", "")
    rows = Taken(notation.bols(text, "keherwa") for text in sections).at(Fraction(2))
    middles = rows.middles((), TICKS)
    assert {row("Dha Te"), (*row("Dha"), ("", HALF)), row("Dha", TICKS), row("Dha Te Te Dha", HALF // 2)} <= set(
        middles
    )
    assert rows.middles(row("Dha"), TICKS) == [row("Te Te"), (("", HALF), ("Te", HALF))]
    assert rows.middles((), TICKS + 1) == []


def test_a_section_is_taken_at_every_speed():
    taken = Taken([notation.bols("Dha Te Te Dha", "keherwa")])
    assert len(taken) == 1
    for ticks in (HALF // 2, HALF, TICKS, 2 * TICKS):
        assert row("Dha Te Te Dha", ticks) in taken.at(Fraction(2))
    assert row("Dha Te Te") not in taken.at(Fraction(2))


def test_nothing_is_taken_where_nothing_is_known():
    assert row("Dha") not in Rows()
    assert Taken().at(Fraction(2)).middles((), TICKS) == []
