"""What is free in a composition: a stretch of time to be filled with whole phrases, without dead ends.

A filling is a row of sounds, ``(bol, ticks)`` with ``""`` for a rest. It is made of given phrases one after the other;
two strokes follow each other across phrases only where `joins` has the pair; further rules hold where they are set.
`Free.options` names what may follow the beginning of a filling and counts the ways to go on, so that a choice among
them never ends in a dead end, however many fillings are not allowed. Several phrases may begin alike: counted are the
places that a beginning leads to.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from riyaz.music.events import in_a_row
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
    grid, places : a phrase begins only where its onset, modulo so many ticks, is among its places; empty for anywhere.
    run : so often in a row may a bol come; 0 for any number.
    like, apart : so many strokes at least are not those of this row at the same time.
    taken : beginnings that are not allowed, or whole fillings: none begins with another.
    """

    ticks: int
    phrases: tuple[Row, ...]
    joins: frozenset[tuple[str, str]]
    before: str = ""
    after: str = ""
    opening: int = 0
    grid: int = 1
    places: tuple[frozenset[int], ...] = ()
    run: int = 0
    like: Row = ()
    apart: int = 0
    taken: tuple[Row, ...] = ()

    def options(self, row: Row = ()) -> dict[Sound, int]:
        """Count the fillings that go on from `row` with each sound; in the order of names, none without any."""
        go, count = self._walk
        at = self._at(row)
        if at is None or any(row[: len(t)] == t for t in self.taken):
            return {}
        taken = Counter[Sound]()
        for t in self.taken:
            if t[: len(row)] == row:
                taken[t[len(row)]] += self._ways(t)
        found = {sound: count(after) - taken[sound] for sound, after in sorted(go(at).items())}
        return {sound: ways for sound, ways in found.items() if ways}

    def count(self) -> int:
        """Count the fillings that are allowed."""
        return sum(self.options().values())

    def without(self, rows: Iterable[Row]) -> "Free":
        """The same with further beginnings taken, or fillings; rows that begin none do not matter."""
        taken: list[Row] = []
        for row in sorted([*self.taken, *rows], key=len):
            if self._ways(row) and not any(row[: len(t)] == t for t in taken):
                taken.append(row)
        return replace(self, taken=tuple(taken))

    def has(self, row: Row) -> bool:
        """Whether a row is a filling, be it allowed or taken."""
        return length(row) == self.ticks and self._ways(row) > 0

    def _ways(self, row: Row) -> int:
        """Count the fillings that begin with a row, be they allowed or taken."""
        at = self._at(row)
        return self._walk[1](at) if at else 0

    @cached_property
    def _walk(self) -> tuple[Callable[["At"], dict[Sound, "At"]], Callable[["At"], int]]:
        return _walker(replace(self, taken=()))

    def _at(self, row: Row) -> "At | None":
        """Where a row leads; None where it is no beginning of a filling."""
        go, _ = self._walk
        at: At | None = At(START, 0, not self.opening, "", 0, self.apart)
        for sound in row:
            at = go(at).get(sound) if at else None
        return at


class At(NamedTuple):
    """How far a filling has come: in which phrases, when, and what of the rules is still to be kept."""

    places: Places
    time: int
    opened: bool
    bol: str
    run: int
    apart: int


@lru_cache(maxsize=64)
def _walker(free: Free) -> tuple[Callable[[At], dict[Sound, At]], Callable[[At], int]]:
    firsts = [next(bol for bol, _ in phrase if bol) for phrase in free.phrases]
    lasts = [next(bol for bol, _ in reversed(phrase) if bol) for phrase in free.phrases]
    like = dict(
        zip(accumulate((ticks for _, ticks in free.like), initial=0), [bol for bol, _ in free.like], strict=False)
    )

    def meet(one: str, other: str) -> bool:
        return not one or not other or (one, other) in free.joins

    def begins(number: int, time: int) -> bool:
        return not free.places or not free.places[number] or time % free.grid in free.places[number]

    @cache
    def walk(places: Places, time: int) -> dict[Sound, Places]:
        """What may follow, and where it leads."""
        found: dict[Sound, set[tuple[int, int]]] = {}
        for number, done in places:
            if number >= 0 and done < len(free.phrases[number]):
                found.setdefault(free.phrases[number][done], set()).add((number, done + 1))
                continue
            last = lasts[number] if number >= 0 else free.before
            for i, phrase in enumerate(free.phrases):
                if meet(last, firsts[i]) and begins(i, time):
                    found.setdefault(phrase[0], set()).add((i, 1))
        return {sound: frozenset(reached) for sound, reached in found.items()}

    @cache
    def go(at: At) -> dict[Sound, At]:
        found = {}
        for sound, places in walk(at.places, at.time % free.grid).items():
            bol, ticks = sound
            run = 0 if not free.run or not bol else at.run + 1 if bol == at.bol else 1
            if run <= free.run:
                opened = at.opened or (opens(sound) and at.time < free.opening)
                apart = max(0, at.apart - (bool(bol) and like.get(at.time) != bol)) if at.apart else 0
                found[sound] = At(places, at.time + ticks, opened, bol if free.run else "", run, apart)
        return found

    @cache
    def count(at: At) -> int:
        """How many rows lead from there to the end."""
        if at.time >= free.ticks or not (at.opened or at.time < free.opening):
            ends = any(n >= 0 and done == len(free.phrases[n]) and meet(lasts[n], free.after) for n, done in at.places)
            return int(at.time == free.ticks and at.opened and not at.apart and ends)
        return sum(count(after) for after in go(at).values())

    return go, count


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
