"""The free part of a composition: a stretch of time to fill with whole phrases, without dead ends.

In a palta (a variation of a kaida's theme) or a tihai (a phrase played three times), some strokes are fixed and a
stretch is
free. A filling of the stretch is a row of sounds, ``(bol, ticks)`` with ``""`` for a rest.

Fixed: the length, the phrases to choose from, and which strokes may meet where two phrases meet (`joins`).
Free: which phrases, in which order.
Counted: `Free.options` gives each sound that may follow a partial filling, with the number of complete fillings that
continue with it. A sound with no continuation is not listed, so a choice never leads to a dead end. Phrases may begin
alike; a row that can be divided into phrases in several ways is counted once, because the search follows the set of all
positions that a row may have reached.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd

from riyaz.music.events import in_a_row
from riyaz.tabla.bols import BOLS, khali

Sound = tuple[str, int]  # bol, "" for a rest, and ticks
Row = tuple[Sound, ...]
Places = frozenset[tuple[int, int]]  # (phrase number, how many of its sounds are done)

START: Places = frozenset({(-1, 0)})


@dataclass(frozen=True)
class Free:
    """A stretch of time to fill with phrases.

    Attributes
    ----------
    ticks : its length.
    phrases : the phrases to use, each as a whole.
    joins : pairs of bols that may follow each other where two phrases meet.
    before, after : the bols around the stretch, which `joins` must allow too; empty: any.
    opening : a stroke that khali closes must occur within this many ticks; 0: no rule.
    grid, places : a phrase begins only where its onset modulo `grid` ticks is in its places; empty: anywhere.
    run : longest run of one bol; 0: no limit.
    reference, n_different, n_most : at least `n_different` strokes differ from the row `reference` at the same time,
      and at most `n_most`; 0: no limit.
    wanted : pairs of a stroke and what follows it (``""`` for a rest), one of which occurs; empty: no rule.
    excluded : partial or whole fillings that are not allowed; none begins with another.
    even : most phrases alike in a row, 0 for no limit; unlike : rows, each with the ticks at which it begins, that the
      filling is not to have there; crosses : a phrase is to begin off the grid; moved : longest edit distance of a
      filling from `reference`, 0 for no limit. None is counted: `riyaz.tabla.repeats.ahead` keeps to them.
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
    reference: Row = ()
    n_different: int = 0
    n_most: int = 0
    wanted: frozenset[tuple[str, str]] = frozenset()
    excluded: tuple[Row, ...] = ()
    even: int = 0
    unlike: tuple[tuple[int, Row], ...] = ()
    crosses: bool = False
    moved: int = 0

    def options(self, row: Row = ()) -> dict[Sound, int]:
        """Count the fillings that continue `row` with each sound; sorted by sound, without zeros."""
        go, count, _ = self._walk
        at = self._reached[row] if row in self._reached else self._at(row)
        if at is None or any(row[: len(t)] == t for t in self.excluded):
            return {}
        excluded = Counter[Sound]()
        for t, ways in self._lost.items():
            if t[: len(row)] == row:
                excluded[t[len(row)]] += ways
        self._reached.update({(*row, sound): after for sound, after in go(at).items()})
        ways_after = {sound: count(after) - excluded[sound] for sound, after in sorted(go(at).items())}
        return {sound: ways for sound, ways in ways_after.items() if ways}

    def count(self) -> int:
        """Count the allowed fillings."""
        return sum(self.options().values())

    def without(self, rows: Iterable[Row]) -> "Free":
        """The same with more rows excluded; rows that begin no filling, however near to `reference`, are ignored."""
        excluded: list[Row] = []
        anywhere = replace(self, reference=(), n_different=0, n_most=0)
        for row in sorted([*self.excluded, *rows], key=len):
            if anywhere._begins(row) and not any(row[: len(t)] == t for t in excluded):
                excluded.append(row)
        return replace(self, excluded=tuple(excluded))

    def differs(self, row: Row) -> bool:
        """Whether a row, as far as it goes, differs from each of `unlike`, and if it is whole, is not `moved` too far.

        It `crosses` the grid too, where it is to.
        """
        parts = [(start, start + length(other), other) for start, other in self.unlike]
        if any(length(row) >= stop and between(row, start, stop) == other for start, stop, other in parts):
            return False
        if length(row) < self.ticks or not (self.crosses or self.moved):
            return True
        if self.moved and distance(row, self.reference) > self.moved:
            return False
        if not self.crosses:
            return True
        starts = accumulate(map(length, parted(row, self.phrases) or ()), initial=0)
        return any(start % self.grid for start in starts)

    def has(self, row: Row) -> bool:
        """Whether a row is a filling, allowed or excluded."""
        return length(row) == self.ticks and self._begins(row)

    def _begins(self, row: Row) -> bool:
        """Whether some filling, allowed or excluded, begins with a row; far less work than to count them."""
        at = self._at(row)
        return at is not None and self._walk[2](at)

    @cached_property
    def _lost(self) -> dict[Row, int]:
        """Of each excluded row how many fillings begin with it."""
        reached = {row: self._at(row) for row in self.excluded}
        return {row: self._walk[1](at) if at else 0 for row, at in reached.items()}

    @cached_property
    def _reached(self) -> "dict[Row, At | None]":
        """The states after rows that `options` has seen to be next: fillings are looked at sound by sound."""
        return {}

    @cached_property
    def _walk(self) -> "Walk":
        return _walker(replace(self, excluded=(), even=0, unlike=(), crosses=False, moved=0))

    def _at(self, row: Row) -> "At | None":
        """The state after a row; None if no filling begins with it."""
        go = self._walk[0]
        at: At | None = At(START, 0, not self.opening, self.before if self.wanted else "", 0, 0, not self.wanted)
        for sound in row:
            at = go(at).get(sound) if at else None
        return at


class At(NamedTuple):
    """The state of a partial filling: positions in phrases, time, and what the rules look at."""

    places: Places
    time: int
    opened: bool
    bol: str
    run: int
    n_changed: int
    met: bool


# From a state: the states after each sound; how many fillings there are; whether there is one.
Walk = tuple[Callable[[At], dict[Sound, At]], Callable[[At], int], Callable[[At], bool]]


@lru_cache(maxsize=64)
def _walker(free: Free) -> Walk:
    firsts = [next(bol for bol, _ in phrase if bol) for phrase in free.phrases]
    lasts = [next(bol for bol, _ in reversed(phrase) if bol) for phrase in free.phrases]
    expected = dict(
        zip(
            accumulate((ticks for _, ticks in free.reference), initial=0),
            [bol for bol, _ in free.reference],
            strict=False,
        )
    )

    remembers = free.run or free.wanted

    def meet(one: str, other: str) -> bool:
        return not one or not other or (one, other) in free.joins

    def begins(number: int, time: int) -> bool:
        return not free.places or not free.places[number] or time % free.grid in free.places[number]

    @cache
    def walk(places: Places, time: int) -> dict[Sound, Places]:
        """The sounds that may follow, and the positions after each."""
        following: dict[Sound, set[tuple[int, int]]] = {}
        for number, done in places:
            if number >= 0 and done < len(free.phrases[number]):
                following.setdefault(free.phrases[number][done], set()).add((number, done + 1))
                continue
            last = lasts[number] if number >= 0 else free.before
            for i, phrase in enumerate(free.phrases):
                if meet(last, firsts[i]) and begins(i, time):
                    following.setdefault(phrase[0], set()).add((i, 1))
        return {sound: frozenset(reached) for sound, reached in following.items()}

    @cache
    def go(at: At) -> dict[Sound, At]:
        states = {}
        for sound, places in walk(at.places, at.time % free.grid).items():
            bol, ticks = sound
            run = 0 if not free.run or not bol else at.run + 1 if bol == at.bol else 1
            if run <= free.run:
                opened = at.opened or (opens(sound) and at.time < free.opening)
                n_changed = at.n_changed + (bool(bol) and expected.get(at.time) != bol)
                if free.n_most and n_changed > free.n_most:
                    continue
                n_changed = n_changed if free.n_most else min(n_changed, free.n_different)
                met = at.met or (at.bol, bol) in free.wanted
                last = (bol or at.bol if free.wanted else bol) if remembers else ""
                states[sound] = At(places, at.time + ticks, opened, last, run, n_changed, met)
        return states

    def ended(at: At) -> bool | None:
        """Whether a filling ends here; None where it goes on."""
        if at.time < free.ticks and (at.opened or at.time < free.opening):
            return None
        ends = any(n >= 0 and done == len(free.phrases[n]) and meet(lasts[n], free.after) for n, done in at.places)
        return at.time == free.ticks and at.opened and at.met and at.n_changed >= free.n_different and ends

    @cache
    def count(at: At) -> int:
        """Number of rows from a state to the end."""
        over = ended(at)
        return sum(count(after) for after in go(at).values()) if over is None else int(over)

    @cache
    def leads(at: At) -> bool:
        """Whether a row leads from a state to the end."""
        over = ended(at)
        return any(leads(after) for after in go(at).values()) if over is None else over

    return go, count, leads


def opens(sound: Sound) -> bool:
    """Whether khali closes this stroke."""
    return bool(sound[0]) and BOLS[sound[0]].khali != sound[0]


def parted(row: Row, groups: Sequence[Row]) -> list[Row] | None:
    """Part a row into groups, the longest first where there are several ways; None where there is none."""
    if not row:
        return []
    for group in sorted(groups, key=len, reverse=True):
        rest = parted(row[len(group) :], groups) if row[: len(group)] == group else None
        if rest is not None:
            return [group, *rest]
    return None


def between(row: Row, start: int, stop: int) -> Row:
    """The sounds of a row that begin within a time, in ticks from its start."""
    starts = accumulate((ticks for _, ticks in row), initial=0)
    return tuple(sound for sound, at in zip(row, starts, strict=False) if start <= at < stop)


def distance(one: Sequence, other: Sequence) -> int:
    """Edit distance of two rows: the fewest sounds to put in, take out or change."""
    row = np.arange(len(other) + 1)
    for number, sound in enumerate(one, 1):
        changed = row[:-1] + np.array([sound != known for known in other], dtype=np.int64)
        best = np.r_[number, np.minimum(changed, row[1:] + 1)]
        row = np.minimum.accumulate(best - np.arange(len(best))) + np.arange(len(best))
    return int(row[-1])


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
