"""How often a phrase stands in a row, and free parts filled so that none stands too often.

Of 76 taught paltas none has a phrase that khali closes, of two strokes or more, more than twice in a row, but one
(GeRaNaGa three times). Single strokes and phrases that khali leaves as they are stand up to four times: a Dha in three
of them, TiRaKiTa in one.
"""

from collections.abc import Callable, Sequence
from functools import cache

from riyaz.tabla.filling import Free, Row, length, opens

MOST = (2, 4)  # times in a row: a phrase that khali closes, of two strokes or more; any other
LOOKED = 2000  # rows at most that are tried for one that breaks no rule


def worn(heard: Row, phrases: Sequence[Row], n: int, past: int = 0, most: tuple[int, int] = MOST) -> bool:
    """Whether a phrase ends here once too often in a row, the last time within the last n sounds.

    The first time begins before the last `past` sounds.
    """
    for phrase in phrases:
        closes = sum(bool(bol) for bol, _ in phrase) > 1 and any(map(opens, phrase))
        row = phrase * (most[0 if closes else 1] + 1)
        if len(phrase) <= n and len(row) > past and heard[-len(row) :] == row:
            return True
    return False


def fresh(row: Row, phrases: Sequence[Row], most: tuple[int, int] = MOST) -> bool:
    """Whether no phrase stands too often in a row anywhere; true for an empty row."""
    return not any(worn(row[:stop], phrases, stop, 0, most) for stop in range(1, len(row) + 1))


def ahead(
    free: Free, played: Row, after: Row = (), fits: Callable[[Row], bool] = lambda row: True
) -> Callable[[Row], bool]:
    """A function that says whether a row leads to a filling without a worn phrase.

    It stands between what is `played` and `after`; it `fits` too, and so does all that it begins with. After `LOOKED`
    rows, every other one is said to lead to none.
    """
    n_looked = 0

    @cache
    def leads(row: Row) -> bool:
        nonlocal n_looked
        n_looked += 1
        heard = (*played, *row)
        if n_looked > LOOKED or worn(heard, free.phrases, len(row)) or not fits(row):
            return False
        if length(row) < free.ticks:
            return any(leads((*row, sound)) for sound in free.options(row))
        return not any(worn((*heard, *after[:n]), free.phrases, n, n) for n in range(1, len(after) + 1))

    return leads
