from dataclasses import replace

import pytest
from test_tabla_perform import kaida

from riyaz.tabla import build_up, filling, form, notation
from riyaz.tabla.notation import Section

LINE = "DhaTi DhaGe TiRaKiTa DhaTi DhaTi DhaGe TiNa KeNa"
THEME = f"{LINE} TaTi TaKe TiRaKiTa TaTi DhaTi DhaGe DhiNa GeNa"


def palta(number, first):
    """The first line varied in its head, then the theme's line; khali does not matter here."""
    half = filling.sounds(notation.bols(f"{first} DhaTi DhaGe TiNa KeNa {LINE}", "teental"))
    return Section(f"palta {number}", filling.events_of(half * 2))


def work(*firsts):
    theme = kaida(THEME)
    return replace(theme, sections=(*theme.sections, *(palta(k, first) for k, first in enumerate(firsts, 1))))


def test_a_step_is_what_changes_of_what_is_free():
    made = work("DhaTi DhaGe TiRaKiTa DhaTi", "DhaTi DhaTi TiRaKiTa DhaTi", "DhaTi DhaTi DhaTi DhaTi")
    first, second, third = build_up.build_up(made)
    free = 10 + 8 + 10  # strokes: all but the end of the theme's line
    assert first.step is None
    assert second.step == pytest.approx(1 / free)  # Ge is Ti
    assert third.step == pytest.approx(4 / free)  # four strokes for two
    assert (first.head, first.rests) == (1, 0)
    assert second.head == pytest.approx(9 / 10)
    assert first.joins == 1
    assert second.joins == pytest.approx(34 / 35)  # Ti Ti is new


def test_measures_are_the_means_of_the_steps():
    made = work("DhaTi DhaGe TiRaKiTa DhaTi", "DhaTi DhaTi TiRaKiTa DhaTi", "DhaTi DhaTi DhaTi DhaTi")
    (row,) = build_up.measures([made, kaida(THEME)]).to_dict("records")  # without paltas there is no row
    assert row["paltas"] == 3
    assert row["step"] == pytest.approx((1 + 4) / 2 / 28)
    assert build_up.outside(made) == sum(not low <= row[name] <= high for name, (low, high) in build_up.TAUGHT.items())
    assert build_up.outside(kaida(THEME)) == 0
    assert len(build_up.measures([])) == 0


def test_lines_are_at_the_laya_of_the_section():
    line, opened = build_up.lines(kaida(THEME).sections[0], palta(1, "DhaTi DhaGe TiRaKiTa DhaTi"))
    assert build_up.names_of(line) == [bol for _, bol in form.strokes(notation.bols(LINE, "teental"))]
    assert build_up.names_of(opened)[-4:] == ["Dhi", "Na", "Ge", "Na"]
