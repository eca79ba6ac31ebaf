"""What is free in a composition: a stretch of time to be filled with whole phrases, without dead ends.

A filling is a row of sounds, ``(bol, ticks)`` with ``""`` for a rest. It is made of given phrases one after the other;
two strokes follow each other across phrases only where `joins` has the pair. `Free.options` names what may follow the
beginning of a filling and counts the ways to go on, so that a choice among them never ends in a dead end, however many
fillings are not allowed. Several phrases may begin alike: counted are the places that a beginning leads to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from riyaz.events import in_a_row
from riyaz.tabla.bols import BOLS, khali

Sound = tuple[str, int]  # bol, "" for a rest, and ticks
Row = tuple[Sound, ...]
Places = frozenset[tuple[int, int]]  # in which phrase, after how many of its sounds

START: Places = frozenset({(-1, 0)})


@dataclass(frozen=True)
class Free:
    """A stretch that phrases fill.

    Attributes
    ----------
    ticks : its length.
    phrases : what it is made of; each is played whole.
    joins : pairs of bols that may stand on both sides of where two phrases meet.
    before, after : the bols around the stretch, which `joins` has to allow too; empty for no matter.
    opening : within so many ticks a stroke has to come that the khali closes; 0 for no matter.
    taken : fillings that are not allowed: different ones, of which `has` holds.
    """

    ticks: int
    phrases: tuple[Row, ...]
    joins: frozenset[tuple[str, str]]
    before: str = ""
    after: str = ""
    opening: int = 0
    taken: tuple[Row, ...] = ()

    def options(self, row: Row = ()) -> dict[Sound, int]:
        """Count the fillings that go on from `row` with each sound; in the order of names, none without any."""
        walk, count = self._walk()
        places = START
        for sound in row:
            places = walk(places).get(sound, frozenset())
        time, opened = length(row), self._opened(row)
        found = {}
        for sound, reached in sorted(walk(places).items()):
            ways = count(reached, time + sound[1], opened or self._opened((sound,), time))
            ways -= sum(
                taken[: len(row) + 1] == (*row, sound) for taken in dict.fromkeys(self.taken) if self.has(taken)
            )
            if ways:
                found[sound] = ways
        return found

    def count(self) -> int:
        """Count the fillings that are allowed."""
        return sum(self.options().values())

    def without(self, rows: Iterable[Row]) -> "Free":
        """The same with further fillings taken; rows that are no fillings do not matter."""
        return replace(self, taken=tuple(dict.fromkeys([*self.taken, *filter(self.has, rows)])))

    def has(self, row: Row) -> bool:
        """Whether a row is a filling, be it allowed or taken."""
        walk, count = self._walk()
        places = START
        for sound in row:
            places = walk(places).get(sound, frozenset())
        return length(row) == self.ticks and count(places, self.ticks, self._opened(row)) > 0

    def _opened(self, row: Row, start: int = 0) -> bool:
        """Whether a row that starts at a time opens in time."""
        onsets = [start + length(row[:i]) for i in range(len(row))]
        return not self.opening or any(opens(s) and t < self.opening for s, t in zip(row, onsets, strict=True))

    def _walk(self) -> tuple[Callable[[Places], dict[Sound, Places]], Callable[[Places, int, bool], int]]:
        return _walker(self.ticks, self.phrases, self.joins, self.before, self.after, self.opening)


@cache
def _walker(
    ticks: int, phrases: tuple[Row, ...], joins: frozenset[tuple[str, str]], before: str, after: str, opening: int
) -> tuple[Callable[[Places], dict[Sound, Places]], Callable[[Places, int, bool], int]]:
    firsts = [next(bol for bol, _ in phrase if bol) for phrase in phrases]
    lasts = [next(bol for bol, _ in reversed(phrase) if bol) for phrase in phrases]

    def meet(one: str, other: str) -> bool:
        return not one or not other or (one, other) in joins

    @cache
    def walk(places: Places) -> dict[Sound, Places]:
        """What may follow, and where it leads."""
        found: dict[Sound, set[tuple[int, int]]] = {}
        for number, done in places:
            if number >= 0 and done < len(phrases[number]):
                found.setdefault(phrases[number][done], set()).add((number, done + 1))
                continue
            last = lasts[number] if number >= 0 else before
            for i, phrase in enumerate(phrases):
                if meet(last, firsts[i]):
                    found.setdefault(phrase[0], set()).add((i, 1))
        return {sound: frozenset(reached) for sound, reached in found.items()}

    @cache
    def count(places: Places, time: int, opened: bool) -> int:
        """How many rows lead from places at a time to the end."""
        if time >= ticks or not (opened or time < opening):
            whole = any(n >= 0 and done == len(phrases[n]) and meet(lasts[n], after) for n, done in places)
            return int(time == ticks and opened and whole)
        return sum(count(reached, time + sound[1], opened or opens(sound)) for sound, reached in walk(places).items())

    return walk, count


def opens(sound: Sound) -> bool:
    """Whether the khali closes this stroke."""
    return bool(sound[0]) and BOLS[sound[0]].khali != sound[0]


def length(row: Sequence[Sound]) -> int:
    """Ticks of a row; 0 for an empty one."""
    return sum(ticks for _, ticks in row)


def sounds(events: pd.DataFrame) -> Row:
    """Events as a row."""
    return tuple((s[0] if s else "", int(d)) for s, d in zip(events["symbols"], events["duration"], strict=True))


def events_of(row: Row) -> pd.DataFrame:
    """A row as events."""
    return in_a_row([ticks for _, ticks in row], [[bol] if bol else [] for bol, _ in row])


def khali_copy(row: Row) -> Row:
    """A row with the bayan silent or closed."""
    closed = khali([bol for bol, _ in row])
    return tuple((bol, ticks) for bol, (_, ticks) in zip(closed, row, strict=True))
