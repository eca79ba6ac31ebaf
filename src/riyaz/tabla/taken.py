"""What is taken: known sections at the speeds of a performance, in which nothing new may repeat them.

Compared many times in one performance, and by all performances of a corpus: so each is counted once.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import accumulate

import pandas as pd

from riyaz.tabla import form
from riyaz.tabla.filling import Row, length, sounds

SPEEDS = (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(1, 4), Fraction(4))  # of a known section, to compare


class Rows:
    """Known rows, such as sections at the speeds of one performance; ``row in rows``."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._after = {
            row: dict(zip(accumulate(t for _, t in row), range(1, len(row) + 1), strict=True)) for row in rows
        }
        self.middles = cache(self._middles)

    def __contains__(self, row: Row) -> bool:
        return row in self._after

    def _middles(self, before: Row, size: int) -> list[Row]:
        """What rows that begin like `before` have next: rows of exactly `size` ticks, each once."""
        stop, n = length(before) + size, len(before)
        fits = (row[n : after[stop]] for row, after in self._after.items() if stop in after and row[:n] == before)
        return list(dict.fromkeys(fits))


class Taken:
    """Known sections, such as those of a training set, that no theme and no palta may repeat at any speed.

    Parameters
    ----------
    sections : events of each.
    """

    def __init__(self, sections: Iterable[pd.DataFrame] = ()) -> None:
        self._plain = [(sounds(events), form.laya(events)) for events in sections]
        self.at = cache(self._at)

    def __len__(self) -> int:
        return len(self._plain)

    def _at(self, rate: Fraction) -> Rows:
        """Them at the laya of a performance, in strokes per matra, and at all `SPEEDS`."""
        rows: dict[Row, None] = {}
        for plain, laya in self._plain:
            for faster in dict.fromkeys([laya / rate, *SPEEDS]):
                rows[tuple((bol, ticks * faster.numerator // faster.denominator) for bol, ticks in plain)] = None
        return Rows(rows)
