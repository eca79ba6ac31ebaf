from fractions import Fraction

from riyaz.music.events import TICKS
from riyaz.tabla import repeats, theme
from riyaz.tabla.filling import Free, distance, length

HALF = TICKS // 2


def row(text):
    return tuple((bol, HALF) for bol in text.split())


PAIRS = (row("Dha Ge"), row("Dha Ti"), row("Te Te"))


def test_phrases_alike_begin_with_one_bol_and_are_as_long():
    assert repeats.alike(row("Dha Ge Dha Ti Dha Ge Te Te Dha Ti")) == 3
    assert repeats.alike(row("Dha Te Te Dha Te Te Dha Dha")) == 1
    assert repeats.alike((*row("Dha Ge Dha"), ("Ti", TICKS), *row("Dha Ge"))) == 1
    assert repeats.alike(row("Dha Dha Dha")) == repeats.alike(()) == 0


def test_a_row_is_level_where_its_last_phrases_are_alike():
    kinds = repeats.kinds(PAIRS)
    assert repeats.kinds([row("Dha Ge Dha Ti"), row("Te Te")]) == kinds
    assert repeats.level(row("Te Te Dha Ti Dha Ge Dha Ti"), kinds, 2)
    assert not repeats.level(row("Te Te Dha Ti Dha Ge Dha Ti"), kinds, 3)
    assert not repeats.level(row("Dha Ti Dha Ge Dha Ti Te Te"), kinds, 2)
    assert not repeats.level(row("Dha Ti Dha Ge"), [], 0)


def every(free, leads):
    rows = [()]
    while sum(ticks for _, ticks in rows[0]) < free.ticks:
        rows = [(*one, sound) for one in rows for sound in free.options(one) if leads((*one, sound))]
    return rows


def free(**more):
    joins = theme.joins_of(row("Dha Ge Dha Ti Dha Ti Te Te Dha Ge Te Te"))
    return Free(4 * TICKS, PAIRS, joins, **more)


def test_a_filling_has_no_more_phrases_alike_than_is_said_with_what_stands_around_it():
    played, after = row("Te Te Dha Ge"), row("Dha Ti Te Te")
    rows = {even: every(free(even=even), repeats.ahead(free(even=even), played, after)) for even in (0, 2)}
    assert 0 < len(rows[2]) < len(rows[0])
    assert all(repeats.alike((*played, *one, *after)) <= 2 for one in rows[2])
    assert max(repeats.alike((*played, *one, *after)) for one in rows[0]) > 2


def test_a_filling_differs_from_each_part_that_it_is_to_be_unlike():
    first, second = row("Dha Ge Dha Ti"), row("Te Te Dha Ge")
    unlike = ((0, first), (length(first), second))
    made = every(free(unlike=unlike), repeats.ahead(free(unlike=unlike), ()))
    all_of = every(free(), repeats.ahead(free(), ()))
    assert set(made) == {one for one in all_of if one[:4] != first and one[4:] != second}
    assert len(made) < len(all_of)
    assert Fraction(free().count()) >= len(all_of)


def test_two_strokes_that_end_with_the_bayan_alone_lead_on():
    assert repeats.fresh(row("Dha Ge Dha Ti Dha Ge"), PAIRS)
    assert not repeats.fresh(row("Te Te Dha Ge Dha Ge"), PAIRS)
    assert repeats.fresh(row("Dha Ti Dha Ti Te Te Te Te Te Te"), PAIRS)
    assert not repeats.fresh(row("Dha Ti Dha Ti Dha Ti"), PAIRS)
    four = row("Ge Re Na Ga")
    assert repeats.fresh(four * 2, [four])
    assert not repeats.fresh(four * 3, [four])


def test_a_filling_is_moved_no_further_than_is_said():
    reference = row("Dha Ti Te Te Te Te Dha Ge")
    made = {n: every(free(), repeats.ahead(free(reference=reference, moved=n), ())) for n in (0, 2, 4)}
    assert 0 < len(made[2]) < len(made[4]) < len(made[0])
    assert all(distance(one, reference) <= 2 for one in made[2])
    assert distance(row("Dha Ti Te Te"), row("Te Te Dha Ti")) == 4
    assert distance((), row("Dha")) == 1
