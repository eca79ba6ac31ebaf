"""The ideas of a kaida's paltas, in the order in which they are taught, and what each leaves to choose.

A *line* is the bhari half of the theme: its *head* A and its *end* B, which has the cadence. The bhari half of a palta
has several lines, two in most taals, and is laid out in one of three ways: what is free, then the line; the line with
an open cadence, what is free, then the end; or all free but the end. The end never changes. The khali half repeats the
bhari half closed and opens again where the last line or the end begins.

First come ideas that use only the theme's own joins and keep its head: *adha dohra* (the first quarter of the line
twice, then the head twice), a varied second quarter, *bal* (the head, then the head with a hole), groups that move
whole, on or off the beat as in the theme. Then the first line is free; a lost head, new joins, rests and groups that
cross the matras come late in it. Then the second line is free, so that both lines seldom change at once; three free
quarters and a silent sam come after it. The last paltas are shorter: a line alone, four times where it lasts long, then
its end alone.

References
----------
Order, layouts, dohra, adha dohra and bal: lessons noted in the projects tabla-notation, Karya and AnuLaya; layouts: the
grammar of J. Kippen and B. Bel, Modelling Music with Grammars, 1992. All as counted in `riyaz.tabla.growth`.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from riyaz.music.events import TICKS
from riyaz.tabla import growth
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import Free, Row, Sound, between, khali_copy, length, opens, parted
from riyaz.tabla.repeats import ALIKE, ahead, alike, fresh
from riyaz.tabla.taken import Rows

LONG = 20  # strokes of a line whose end is kept in every palta, so that what is free does not ramble
RUNS = {"theme": 3, "palta": 4}  # at most so many consecutive repeats of a bol, or as many as in the theme
MIN_DIFFERENT = Fraction(1, 4)  # at least, of the strokes in the free part of a palta, from the theme
MOST = 16  # paltas in a performance


Solved = tuple[int, int, int]  # a tihai's lead, phrase and pause, in ticks


@dataclass(frozen=True)
class Segment:
    """One section of a performance.

    Attributes
    ----------
    name, idea : name of the section, and what it does with the theme.
    free : the part to choose; None if all is fixed.
    before, after : what stands around it in the bhari half; a whole fixed section is all `after`, with `returns` 0.
    back : `after` as it is in the khali half, with the open cadence.
    returns : ticks of the khali half that are closed.
    tihai : ticks of what leads to the phrase, of the phrase without its last stroke, and of the pause.
    tihais : those that may be played in its place, the best first, by falling strictness (`riyaz.tabla.closing`).
    derived : nothing is chosen, and it is not the theme.
    """

    name: str
    free: Free | None
    after: Row
    before: Row = ()
    back: Row = ()
    returns: int = 0
    idea: str = ""
    tihai: Solved | None = None
    tihais: tuple[tuple[Solved, ...], ...] = ()
    derived: bool = False

    @property
    def ticks(self) -> int:
        """Of a palta, its length."""
        return 2 * (length(self.half(())) + (self.free.ticks if self.free else 0))

    def half(self, chosen: Row, opened: bool = False) -> Row:
        """The bhari half, or the same with the open cadence."""
        return (*self.before, *chosen, *(self.back if opened else self.after))

    def play(self, chosen: Row) -> Row:
        """The whole section, given the chosen sounds."""
        if self.tihai:
            return self._tihai(chosen, *self.tihai)
        if not self.returns:
            return self.after
        closed = themes.until_ticks(khali_copy(self.half(chosen)), self.returns)
        return (*self.half(chosen), *closed, *self.half(chosen, opened=True)[len(closed) :])

    def _tihai(self, chosen: Row, lead: int, size: int, pause: int) -> Row:
        last, step = self.after[0]
        rest, phrase = (("", step),) * (pause // step), between(chosen, lead, lead + size)
        return (*chosen, *self.after, *rest, *phrase, *self.after, *rest, *phrase, (last, TICKS))

    def says(self, chosen: Row) -> str:
        """The idea, with the sizes of the groups where it is one of groups, and what differs where less does."""
        if self.free is None:
            return self.idea
        if not self.free.differs(chosen):
            return PART
        if self.idea != GROUPS:
            return self.idea
        sizes = (2 * length(group) // self.free.grid for group in parted(chosen, self.free.phrases) or ())
        return f"groups of {'+'.join(map(str, sizes))}"


class Line(NamedTuple):
    """A theme as its paltas need it.

    Attributes
    ----------
    line, opened : its bhari half, and the same with the cadence of the return.
    cut : ticks of the head.
    n : lines in the bhari half of a palta.
    step : ticks of a stroke.
    cycle : ticks of an avartan.
    """

    line: Row
    opened: Row
    cut: int
    n: int
    step: int
    cycle: int

    @property
    def head(self) -> Row:
        return themes.until_ticks(self.line, self.cut)

    @property
    def end(self) -> Row:
        return self.line[len(self.head) :]

    @property
    def end_opened(self) -> Row:
        return self.opened[len(self.head) :]

    @property
    def ticks(self) -> int:
        return length(self.line)


class Hands(NamedTuple):
    """What the free parts are made of: phrases, groups, and the joins of the theme and of the form."""

    phrases: tuple[Row, ...]
    groups: tuple[Row, ...]
    joins: frozenset[tuple[str, str]]
    practised: frozenset[tuple[str, str]]
    rela: bool


class Idea(NamedTuple):
    """An idea: its place in the order of what is wanted most, and its segment by falling strictness."""

    rank: int
    segments: tuple[Segment, ...]


HALF, GROUPS, FIRST, SECOND = "second quarter varied", "groups", "first line varied", "second line varied"
FIRST_HEAD = "head of the first line varied"
LATE, OTHER, SILENT = "three quarters varied", "another phrase first", "sam silent"
ONE, ALONE = "one line, its head varied", "the end of the theme alone"
PART = "varied in parts"  # where not each of three quarters can differ from the theme
JOINS, REST = "new joins in the first line", "a rest in the first line"
LONGER = {  # the names in paltas of more than two lines
    HALF: "all between the head and the last line varied",
    FIRST: "all but the last line varied",
    FIRST_HEAD: "all but the last line and the end before it varied",
    SECOND: "all but the first line and the end varied",
    LATE: "all but the end varied",
    JOINS: "new joins before the last line",
    REST: "a rest before the last line",
}
# ranks of one line alone, all for one that lasts longer than so many ticks: a second one would hide what varies
LINES_ALONE, LASTING = (3, 3, 4, 4), 10 * TICKS
LAST = 17  # the rank of an idea that is wanted least
LATER = 6  # place in the order; the ideas before it use only the theme's joins, for one of them comes first


def dohra(at: Line) -> Segment:
    """A A A B where the head is half of the line and ends with a matra, else the line, open, then the line."""
    if 2 * at.cut == at.ticks and at.cut % TICKS == 0:
        row, back, idea = (*at.head * (2 * at.n - 1), *at.end), at.end_opened, "A A A B"
    else:
        row, back, idea = (*at.opened * (at.n - 1), *at.line), at.end_opened, "the line twice"
    return _fixed("dohra", row, back, (at.n - 1) * at.ticks, idea)


def _fixed(name: str, row: Row, back: Row, returns: int, idea: str) -> Segment:
    start = row[: len(row) - len(back)]
    return Segment(name, None, row[len(start) :], start, back, returns, idea, derived=True)


def _fixed_ideas(at: Line) -> list[tuple[int, int, Segment]]:
    """Those that leave nothing to choose, as (place in the order, rank, segment)."""
    fixed, back = [], (at.n - 1) * at.ticks
    quarter = themes.until_ticks(at.head, at.cut // 2)
    even = 2 * at.cut == at.ticks and 2 * length(quarter) == at.cut and at.cut // 2 in themes.joints(at.head)
    even = even and quarter * 2 != at.head  # else the adha dohra is the dohra
    even = even and at.cut // 2 % TICKS == 0  # a quarter of one matra and a half would move what follows off the beat
    even = even and fresh((*quarter * 2, *at.head), themes.phrases_of([(at.head, ())]))
    even = even and themes.longest_run((*quarter * 2, *at.head)) <= max(themes.longest_run(at.line * 2), RUNS["palta"])
    even = even and alike((*quarter * 2, *at.head * 2)) <= most_alike(at)
    if even:
        row = (*quarter * 2, *at.head * (2 * at.n - 2), *at.end)
        fixed.append((0, 4, _fixed("", row, at.end_opened, back, "adha dohra")))
        hole = (quarter[0], *(("", at.step),) * ((at.cut // 2 - quarter[0][1]) // at.step), *at.head[len(quarter) :])
        if length(hole) == at.cut:
            row = (*at.head * (2 * at.n - 3), *hole, *at.line)
            fixed.append((3, 6, _fixed("", row, at.end_opened, back, "bal")))
    row = (*at.end_opened, *at.end)
    closes = any(opens(sound) for sound in themes.until_ticks(row, -(-at.ticks // 3)))
    longer = len(at.end) > themes.cadence(at.line) and at.end_opened != at.head  # else it is the theme
    longer = longer and _begins(at.end[0], at.line)  # else it is cut out of a phrase: DhaGe | NaGe TiNaKeNa
    if 2 * at.cut == at.ticks and at.cut % TICKS == 0 and 2 * at.ticks % at.cycle == 0 and closes and longer:
        fixed.append((19, 9, _fixed("", row, at.end_opened, length(at.end), ALONE)))
    return fixed


def most_alike(at: Line) -> int:
    """How many phrases alike may follow each other in a palta: as many as in its theme at least."""
    return max(ALIKE["palta"], alike(at.line * 2))


def ideas(at: Line, hands: Hands, known: Rows, rate: Fraction) -> list[Idea]:
    """All ideas that a theme allows, in the order in which they are played."""
    new = hands.practised - hands.joins
    whole, first = at.n * at.ticks, (at.n - 1) * at.ticks
    rests = tuple((*phrase, ("", at.step)) for phrase in hands.phrases if len(phrase) == 1 and opens(phrase[0]))
    rested = frozenset((bol, "") for (bol, _), _ in rests)
    first_group = next((group for group in hands.groups if at.line[: len(group)] == group), ())
    heads = (group for group in hands.groups if group[0] == at.line[0] and themes.begins(group[1][0]))
    silent = next(((("", group[0][1]), *group[1:]) for group in heads), ())
    rows: list[tuple] = []

    def add(place: int, rank: int, idea: str, *around: Row | int, **more) -> None:
        rows.append((place, rank, idea, *around, more))

    late = {"joins": hands.joins | hands.practised}
    ends = len(at.line) > LONG  # long lines keep their end where they vary
    rest = (*at.end_opened, *at.line) if ends else at.line
    back_again = (*at.end_opened, *at.opened) if ends else at.opened
    for place, rank in ((1, 0), (2, 12)):
        add(place, rank, HALF, at.head, at.line, at.opened, whole, first)
    for place, rank in ((5, 1), (6, 11)):
        add(place, rank, FIRST_HEAD if ends else FIRST, (), rest, back_again, whole, first)
    again = alike(first_group * 2) <= most_alike(at) and fresh(first_group * 2, hands.phrases)
    if again and 2 * length(first_group) < whole - length(rest):
        add(7, 7, "the first group twice", first_group * 2, rest, back_again, whole, first)
    firsts = {phrase[:1] for phrase in hands.phrases}
    usual = tuple(sorted(first_of for first_of in firsts if first_of[0][0] == at.line[0][0]))
    if any(_begins(other[0], at.line) for other in firsts.difference(usual)):
        add(10, 8, OTHER, (), rest, back_again, whole, first, excluded=usual, before="")
    if at.opened != at.line:
        for place, rank in ((13, 3), (14, 13)):
            add(place, rank, SECOND, at.opened, at.end, at.end_opened, whole, first)
    if new:
        add(11, 10, JOINS, (), at.line, at.opened, whole, first, wanted=new, **late)
    begun = [k * at.ticks for k in range(at.n)]
    ended = ((k + at.cut, end) for k in begun[:-1] for end in (at.end, at.end_opened))
    parts = {"unlike": (*((k, at.head) for k in begun), *ended)}
    for place, rank in ((15, 5), (17, 15)) if not ends else ():
        add(place, rank, LATE, (), at.end, at.end_opened, whole, whole - length(at.end), **late, **parts)
    if not hands.rela:
        if len({length(group) for group in hands.groups}) > 1:
            grid = int(2 * TICKS / rate)
            places = themes.group_places(at.line, hands.groups, grid)
            add(4, 2, GROUPS, (), at.line, at.opened, whole, first, phrases=hands.groups, places=places)
            if any(length(group) % grid for group in hands.groups):  # 3+3+2: they cross the matras
                add(12, 5, GROUPS, (), at.line, at.opened, whole, first, phrases=hands.groups, places=(), crosses=True)
        if rests:
            more = {"phrases": (*hands.phrases, *rests), "wanted": rested, **late}
            add(12, 14, REST, (), at.line, at.opened, whole, first, **more)
        if silent:
            add(16, 16, SILENT, silent, at.line, at.opened, whole, first, **late)
    if 2 * at.ticks % at.cycle == 0:
        for rank in LINES_ALONE if at.ticks > LASTING else LINES_ALONE[:1]:
            add(18, rank, ONE, (), at.end, at.end_opened, at.ticks, at.cut)
    fixed = [row for row in _fixed_ideas(at) if not (hands.rela and row[2].idea == "bal")]
    made = [(place, Idea(rank, (segment,))) for place, rank, segment in fixed]
    for place, rank, idea, before, after, back, half, returns, more in rows:
        size = half - length(before) - length(after)
        if size > 0:
            frees = _frees(at, hands, known, rate, before, after, half, size, more, place < LATER)
            name = LONGER.get(idea, idea) if at.n > 2 else idea
            segments = tuple(Segment("", free, after, before, back, returns, name) for free in frees)
            made.append((place, Idea(rank, segments)))
    near = any(idea.segments[0].idea == ONE and _near_the_end(idea.segments[0].free, at) for _, idea in made)
    if not near:
        made = [(place, idea._replace(rank=LAST) if idea.segments[0].idea == ALONE else idea) for place, idea in made]
    return [idea for _, idea in sorted(made, key=lambda pair: pair[0])]


def _near_the_end(free: Free | None, at: Line) -> bool:
    """Whether one line can be so varied that the end of the theme alone is a small step from it."""
    if free is None:
        return False
    most = int(growth.STEP * len(at.end_opened))
    near = replace(free, reference=at.end_opened, n_different=1, n_most=most).without([at.head])
    return ahead(near, (), at.end)(())


def _begins(sound: Sound, line: Row) -> bool:
    """Whether a palta of a line may begin with a sound: with the line's first one too, or with a rest."""
    return not sound[0] or sound[0] == line[0][0] or themes.begins(sound[0])


def _frees(
    at: Line,
    hands: Hands,
    known: Rows,
    rate: Fraction,
    before: Row,
    after: Row,
    half: int,
    size: int,
    more: dict,
    early: bool = False,
) -> list[Free]:
    """The free part of an idea: first with all rules, then with all joins of the form, then with fewer rules.

    The distance from the theme is given up first, then the places on the beat or off it.
    """
    opening = 0 if any(map(opens, before)) else -(-half // 3) - length(before)
    grid = int(2 * TICKS / rate)
    start = length(before)
    wheres = themes.places_of([(at.line, at.opened)], hands.phrases, grid)
    on_beat = frozenset({-start % grid})
    places = tuple(frozenset((place - start) % grid for place in where) for where in wheres)
    places += (on_beat,) * (len(more.get("phrases", hands.phrases)) - len(places))  # of rests
    last = next((bol for bol, _ in reversed(before) if bol), at.opened[-1][0])
    free = Free(size, hands.phrases, hands.joins, last, after[0][0], opening, grid, places)
    free = replace(free, run=max(themes.longest_run(at.line * 2), RUNS["palta"]), even=most_alike(at), **more)
    whole = (between(row * at.n, start, start + size) for row in (at.line, at.opened))
    reference, opened = (row if length(row) == size else () for row in whole)
    n_different = ceil(MIN_DIFFERENT * sum(bool(bol) for bol, _ in reference))
    strict = replace(free, reference=reference, n_different=n_different)
    wide = hands.joins | hands.practised
    frees = [strict, replace(strict, joins=wide), replace(free, joins=wide), replace(free, joins=wide, places=())]
    frees = [strict, free] if early else frees  # only what the theme joins
    taken = [row for row in [reference, opened, *known.middles(before, size)] if row]
    if not before:
        taken += [phrase[:1] for phrase in free.phrases if not _begins(phrase[0], at.line)]
    return [free.without(taken) for free in frees]
