from itertools import accumulate, groupby, product

import pytest

from riyaz.tabla.filling import Free, length

DHA, TE_TE, TI = (("Dha", 1),), (("Te", 1), ("Te", 1)), (("Ti", 1), ("", 1))
ALL = frozenset(product(("Dha", "Te", "Ti"), repeat=2))


def walked(free, row=()):
    """Every filling, found by going every allowed way to its end."""
    if length(row) == free.ticks:
        return [row]
    options = free.options(row)
    assert options, row  # no dead ends
    found = []
    for sound, ways in options.items():
        further = walked(free, (*row, sound))
        assert len(further) == ways
        found += further
    return found


def brute(free):
    """Every filling, by trying all rows of phrases."""
    found = set()
    for n in range(1, free.ticks + 1):
        for phrases in product(free.phrases, repeat=n):
            row = tuple(sound for phrase in phrases for sound in phrase)
            last, first = [next(b for b, _ in p[::-1] if b) for p in phrases], [p[0][0] for p in phrases]
            pairs = [(free.before, first[0]), *zip(last, first[1:], strict=False), (last[-1], free.after)]
            onsets = [length(row[:i]) for i in range(len(row))]
            opened = any(s[0] == "Dha" and t < free.opening for s, t in zip(row, onsets, strict=True))
            meet = all(pair in free.joins for pair in pairs if all(pair))
            starts = accumulate(map(length, phrases), initial=0)
            placed = not free.places or all(
                not where or start % free.grid in where
                for start, where in zip(starts, [free.places[free.phrases.index(p)] for p in phrases], strict=False)
            )
            theme = dict(
                zip(accumulate((t for _, t in free.reference), initial=0), [b for b, _ in free.reference], strict=False)
            )
            apart = (
                sum(bool(s[0]) and theme.get(t) != s[0] for s, t in zip(row, onsets, strict=True)) >= free.n_different
            )
            runs = [len(list(same)) for bol, same in groupby(bol for bol, _ in row) if bol]
            bounded = placed and apart and (not free.run or max(runs) <= free.run)
            if length(row) == free.ticks and (opened or not free.opening) and meet and bounded:
                found.add(row)
    return {row for row in found if not any(row[: len(taken)] == taken for taken in free.excluded)}


@pytest.mark.parametrize(
    "free",
    [
        Free(6, (DHA, TE_TE), ALL),
        Free(6, (DHA, TE_TE, TI), ALL, opening=2),
        Free(5, (DHA, TE_TE, TI), ALL - {("Dha", "Dha"), ("Ti", "Te")}, before="Te", after="Dha"),
        Free(6, (DHA, (("Dha", 1), ("Te", 1)), TE_TE), ALL, excluded=((("Dha", 1),) * 6,)),
        Free(6, (DHA, TE_TE, TI), ALL, excluded=(DHA * 2, TE_TE * 3, TI + TE_TE)),
        Free(6, ((("Dha", 2),), (("Dha", 1), ("Dha", 1))), ALL, opening=1),
        Free(7, (DHA, TE_TE, TI), ALL, grid=2, places=(frozenset(), frozenset({0}), frozenset({0, 1}))),
        Free(7, (DHA, TE_TE, TI), ALL, run=2),
        Free(6, (DHA, TE_TE, TI), ALL, reference=(("Dha", 1),) * 3 + (("Te", 1),) * 3, n_different=3),
        Free(
            6,
            (DHA, TE_TE),
            ALL,
            opening=2,
            grid=2,
            places=(frozenset(), frozenset({1})),
            run=3,
            reference=DHA * 6,
            n_different=2,
        ),
    ],
    ids=["plain", "opening", "joins", "alike", "beginnings", "durations", "places", "run", "apart", "all rules"],
)
def test_all_ways_and_no_others(free):
    found = walked(free)
    assert len(found) == len(set(found)) == free.count() > 0
    assert set(found) == brute(free)
    assert all(free.has(row) for row in found)


def test_taken_ways_are_left_out_one_by_one():
    free = Free(4, (DHA, TE_TE), ALL)
    rows = walked(free)
    for n in range(len(rows)):
        assert walked(free.without(rows[:n])) == rows[n:]
    assert free.without(rows).count() == 0
    strange = [(("Te", 4),), (("Te", 1),) * 5, rows[0]]  # none of phrases, too long, and a filling
    assert free.without(strange).excluded == (rows[0],)


def test_a_taken_beginning_takes_all_that_begin_with_it():
    free = Free(4, (DHA, TE_TE), ALL)
    rows = walked(free)
    assert free.without([DHA, *rows]).options() == {}
    assert free.without([DHA * 4, DHA * 2, DHA * 3]).excluded == (DHA * 2,)
    assert walked(free.without([DHA])) == [row for row in rows if row[:1] != DHA]


def test_what_cannot_be_filled_has_no_options():
    assert Free(3, (TE_TE,), ALL).options() == {}
    assert Free(4, (TE_TE,), ALL, opening=4).count() == 0
    assert Free(2, (DHA,), frozenset()).count() == 0
