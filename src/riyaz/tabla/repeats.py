"""How often a phrase stands in a row, and free parts filled so that none stands too often.

Of 76 taught paltas none has a phrase that khali closes, of two strokes or more, more than twice in a row, but one
(GeRaNaGa three times). None has one of two strokes twice whose last is of the bayan alone: DhaGe and NaGe lead on to
another; of the documented themes one has DhaGe DhaGe. Single strokes and phrases that khali leaves as they are stand up
to four times: a Dha in three of them, TiRaKiTa in one.

Phrases that are not the same can be as monotonous: DhaGe DhaTi DhaTi DhaGe DhaTi. Phrases *alike* have two strokes or
more, begin with the same bol and are as long. Of the taught paltas one has five of them in a row, one has four, all
others have three or fewer, as have all documented themes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from riyaz.tabla import theme as themes
from riyaz.tabla.bols import BOLS
from riyaz.tabla.filling import Free, Row, Sound, length, opens

Choose = Callable[[Sequence[Sound], Sequence[Sound]], Sound]  # of what was played, and of what may follow

# times in a row: two strokes, the last of the bayan alone; another phrase that khali closes, of two or more; any other
MOST = (1, 2, 4)
ALIKE = {"theme": 3, "palta": 4}  # phrases alike in a row at most, or as many as in the theme
LOOKED = 2000  # rows at most that are tried for one that breaks no rule


def worn(heard: Row, phrases: Sequence[Row], n: int, past: int = 0, most: tuple[int, int, int] = MOST) -> bool:
    """Whether a phrase ends here once too often in a row, the last time within the last n sounds.

    The first time begins before the last `past` sounds.
    """
    return any(
        len(phrase) <= n and len(row) > past and heard[-len(row) :] == row
        for phrase in phrases
        for row in [_too_often(phrase, most)]
    )


def fresh(row: Row, phrases: Sequence[Row], most: tuple[int, int, int] = MOST) -> bool:
    """Whether no phrase stands too often in a row anywhere; true for an empty row."""
    rows = [_too_often(phrase, most) for phrase in phrases]
    return not any(row[i : i + len(one)] == one for one in rows for i in range(len(row) - len(one) + 1))


def _too_often(phrase: Row, most: tuple[int, int, int]) -> Row:
    struck = [bol for bol, _ in phrase if bol]
    leads_on = len(struck) == 2 and BOLS[struck[1]].hands == "left"
    closes = len(struck) > 1 and any(map(opens, phrase))
    return phrase * (most[0 if leads_on else 1 if closes else 2] + 1)


def alike(row: Row) -> int:
    """The longest row of phrases alike: how many there are; 0 where no phrase has two strokes."""
    longest = n = 0
    last: tuple[str, int] | None = None
    for _, phrase in themes.units(row):
        kind = _kind(phrase)
        n = n + 1 if kind and kind == last else int(kind is not None)
        longest, last = max(longest, n), kind
    return longest


def _kind(phrase: Row) -> tuple[str, int] | None:
    """The first bol of a phrase and its ticks; None for a single stroke."""
    struck = [bol for bol, _ in phrase if bol]
    return (struck[0], length(phrase)) if len(struck) > 1 else None


def kinds(phrases: Sequence[Row]) -> list[list[Row]]:
    """The phrases within some phrases or groups, those together that are alike."""
    parts: dict[tuple[str, int], dict[Row, None]] = {}
    for part in (part for phrase in phrases for _, part in themes.units(phrase)):
        kind = _kind(part)
        if kind:
            parts.setdefault(kind, {})[part] = None
    return [list(same) for same in parts.values()]


def level(heard: Row, of_a_kind: Sequence[Sequence[Row]], most: int) -> bool:
    """Whether more than `most` phrases of a kind (`kinds`) in a row end here; false for no kinds."""

    def ends(row: Row, same: Sequence[Row], n: int) -> bool:
        return n == 0 or any(row[-len(one) :] == one and ends(row[: -len(one)], same, n - 1) for one in same)

    return any(ends(heard, same, most + 1) for same in of_a_kind)


def ahead(
    free: Free, played: Row, after: Row = (), fits: Callable[[Row], bool] = lambda row: True
) -> Callable[[Row], bool]:
    """A function that says whether a row leads to a filling without a worn phrase or too many phrases alike.

    It stands between what is `played` and `after`, and differs from each row of `Free.unlike`; it `fits` too, and so
    does all that it begins with. After `LOOKED` rows, every other one is said to lead to none.
    """
    n_looked, same = 0, kinds(free.phrases) if free.even else []

    @cache
    def leads(row: Row) -> bool:
        nonlocal n_looked
        n_looked += 1
        heard = (*played, *row)
        if n_looked > LOOKED or worn(heard, free.phrases, len(row)) or level(heard, same, free.even) or not fits(row):
            return False
        if not free.differs(row):
            return False
        if length(row) < free.ticks:
            return any(leads((*row, sound)) for sound in free.options(row))
        following = [(n, (*heard, *after[:n])) for n in range(1, len(after) + 1)]
        return not any(worn(more, free.phrases, n, n) or level(more, same, free.even) for n, more in following)

    return leads


def fillings(free: Free, leads: Callable[[Row], bool], row: Row = ()) -> Iterator[Row]:
    """All fillings of a free part that begin with a row and to which `leads` leads."""
    if length(row) >= free.ticks:
        yield row
        return
    for sound in free.options(row):
        if leads((*row, sound)):
            yield from fillings(free, leads, (*row, sound))


def chosen(frees: Iterable[tuple[Free, Callable[[Row], bool]]], played: Row, choose: Choose, name: str) -> Row:
    """Fill a free part, sound by sound: the first of several that `leads` to the end, else the first.

    `choose` is offered only what `leads` on (`ahead`); where nothing does, all that the free part allows.
    """
    first: tuple[Free, Callable[[Row], bool]] | None = None
    for free, leads in frees:
        first = first or (free, leads)
        if leads(()):
            break
    else:
        if first is None:
            raise ValueError(f"{name}: nothing is left to choose")
        free, leads = first
    row: Row = ()
    while length(row) < free.ticks:
        options = list(free.options(row))
        fit = [sound for sound in options if leads((*row, sound))] if len(options) > 1 else []
        allowed = fit or options
        sound = choose((*played, *row), allowed) if len(allowed) > 1 else allowed[0]
        if sound not in allowed:
            raise ValueError(f"{name}: {sound} was chosen; allowed are {allowed}")
        row = (*row, sound)
    return row
