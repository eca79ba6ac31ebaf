"""Placing: items as slots of ticks and bols, under one reading of what bars, blanks, dots and hyphens mean."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import taals
from riyaz.tabla.bols import BOLS
from riyaz.tabla.layout import LETTER, LONGEST, Item
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import BEGIN, mistake, strokes, with_ka

Slots = list[tuple[int, str]]  # ticks, and a bol, "" for a rest

RUNS = tuple(
    tuple(run.split())
    for run in (
        "Ti Ra Ki ta ta Ka",
        "Ti Ra Ki ta",
        "Ki ta ta Ka",
        "Ti Ra",
        "Dhe Re",
        "Te Re",
        "Ge Da Na Ga",
        "Ge Re Na Ga",
    )
)


@dataclass(frozen=True)
class Reading:
    """What the marks of a text mean.

    Attributes
    ----------
    bars : ``vibhags``, ``matras`` or ``groups``.
    dots : ``rests`` or ``bars``, of a dot between blanks.
    hyphens : ``rests``, ``matras`` or ``joins``.
    commas : ``shares`` or ``matras``.
    brackets : ``matras`` or ``vibhags``, of brackets without a repeat.
    runs : ``strokes`` or ``pairs``: what of a fast run takes the time of one other stroke, where `strokes` is not 0.
    dashes : ``rests``; ``bullets``, at the head of each row or before a repeat; ``bars``, between blanks.
    strokes : slots a matra where blanks part phrases; 0 where a word is a matra.
    """

    bars: str = "vibhags"
    dots: str = "rests"
    hyphens: str = "rests"
    commas: str = "shares"
    brackets: str = "matras"
    runs: str = "strokes"
    dashes: str = "rests"
    strokes: Fraction = Fraction(0)

    @property
    def settled(self) -> str:
        """The lines of a header that choose this reading."""
        plain = Reading()
        keys = ("dots", "hyphens", "commas", "brackets", "bars", "runs", "dashes")
        lines = [f"{key}: {getattr(self, key)}" for key in keys if getattr(self, key) != getattr(plain, key)]
        lines += [f"strokes: {self.strokes}"] if self.strokes else []
        return ", ".join(lines) or "words: matras"

    @property
    def words(self) -> str:
        """The reading in words."""
        joins = "a hyphen joins bols, " * (self.hyphens == "joins")
        if self.strokes:
            runs = ", runs twice as fast" if self.runs == "pairs" else ""
            return f"{joins}{self.strokes} stroke{'s' * (self.strokes != 1)} a matra{runs}"
        marks = {"a hyphen ends": self.hyphens, "a comma ends": self.commas, "a bar ends": self.bars}
        ends = next((mark for mark, meaning in marks.items() if meaning == "matras"), "")
        dashes = {"bullets": ", a dash that begins or ends a row is no rest", "bars": ", a dash ends a vibhag"}
        listed = dashes.get(self.dashes, "")
        if self.brackets == "vibhags":
            return "brackets are a vibhag"
        return f"{ends} a matra" if ends else f"{joins}a word is a matra{listed}"


def placed(parts: Mapping[str, Sequence[Item]], taal: taals.Taal, reading: Reading) -> dict[str, Slots]:
    """The slots of each section under a reading; no sections give none.

    Raises
    ------
    Unreadable : a word is no bol, or a mark or a bar does not stand where the reading has it.
    """
    result: dict[str, Slots] = {}
    for name, items in parts.items():
        theme = result.get("theme") or next(iter(result.values()), [])
        result[name] = _section(_meant(items, reading), taal, reading, theme, result)
    return result


def _meant(items: Sequence[Item], reading: Reading) -> list[Item]:
    """Items with dots, commas and hyphens as the reading takes them."""
    meant: list[Item] = []
    if reading.bars == "matras":
        items = _rows_end(items)
    if reading.brackets == "vibhags":
        items = _unshared(items)
    for item in items if reading.commas != "matras" else _by_commas(items):
        if item.kind == "stop" and (reading.dots == "rests" or reading.bars == "matras"):
            meant[-1] = meant[-1]._replace(text=f"{meant[-1].text}.")
            continue
        if item.kind in ("dot", "stop"):
            item = (
                item._replace(kind="bar", text="|") if reading.dots == "bars" else item._replace(kind="word", text="-")
            )
        if item.kind in ("shared", "cross"):
            item = item._replace(kind="word")
        if item.kind in ("plus", "counted"):
            continue
        if item.kind == "bullet":
            meant += [item._replace(kind="word", text="-")] if reading.dashes == "rests" else []
        elif item.kind == "word" and reading.hyphens == "joins":
            joined = re.sub(rf"(?<={LETTER})-(?={LETTER})", "", item.text.title() if item.text.islower() else item.text)
            meant.append(item._replace(text=joined))
        elif item.kind == "word" and reading.hyphens == "matras":
            meant += [item._replace(text=text) for text in item.text.rstrip(",").split("-") if text]
        elif item.kind == "word" and reading.dashes == "bars" and not item.text.strip("-–—"):
            meant.append(item._replace(kind="bar", text="|"))
        else:
            meant.append(item)
    return meant


def _unshared(items: Sequence[Item]) -> list[Item]:
    """Items in which each pair of brackets is a vibhag, whose words keep their time."""
    result, left = list[Item](), 0
    for item in items:
        if item.kind != "shared":
            result.append(item)
            continue
        left = left or int(item.speed)  # as many words share the brackets
        result.append(item._replace(kind="word", speed=item.speed / int(item.speed)))
        left -= 1
        if not left:
            result.append(item._replace(kind="bar", text="|"))
    return result


def _rows_end(items: Sequence[Item]) -> list[Item]:
    """Items with a bar at the end of each row that has one in it, where bars end matras."""
    barred = {item.place.line for item in items if item.kind == "bar"}
    result: list[Item] = []
    for item in items:
        line = result[-1].place.line if result else item.place.line
        if line != item.place.line and line in barred and result[-1].kind != "bar":
            result.append(result[-1]._replace(kind="bar", text="|"))
        result.append(item)
    return result


def groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The words of each matra that a comma, a semicolon, a bar or the row ends; what is no word stands alone."""
    group: list[Item] = []
    for item in items:
        if group and (item.kind != "word" or item.place.line != group[-1].place.line):
            yield group
            group = []
        if item.kind != "word":
            yield [item]
            continue
        for text in re.findall(r"[^,;]+[,;]?", item.text):
            group.append(item._replace(text=text.rstrip(",;")))
            if text[-1] in ",;":
                yield group
                group = []
    if group:
        yield group


def _by_commas(items: Sequence[Item]) -> list[Item]:
    """Items of which those that no comma parts share a matra."""
    return [item._replace(speed=item.speed * len(group)) for group in groups(items) for item in group]


def _section(items: list[Item], taal: taals.Taal, reading: Reading, theme: Slots, above: Mapping[str, Slots]) -> Slots:
    slots: Slots = []
    halves: list[tuple[int, Place]] = []  # where half a theme is to be put
    rate = reading.strokes
    bar, group = Fraction(0), list[Item]()
    spans = {item.place.line: item for item in items if item.kind == "span"}
    fast = _fast(items) if reading.runs == "pairs" else {}
    even = _even(items) if reading.bars == "matras" else 0
    for number, item in enumerate([*items, Item("bar", "", Fraction(1), items[-1].place)] if items else []):
        if item.kind == "rate":
            rate = Fraction(int(item.text.rpartition("/")[2]) or 1)
        elif item.kind == "begin":
            slots += [(TICKS * taal.counts, "")] * (ord(item.text) - BEGIN - 1)
        elif item.kind == "span":
            _span(group, item, slots, taal.counts)
            group = []
        elif item.kind == "word" and item.place.line in spans:
            group.append(item)
        elif item.kind == "section":
            if item.text not in above:
                item.place.stop(f"section {item.text!r} does not stand above this", "move it up, or write its bols")
            slots += above[item.text]
            if len(slots) > LONGEST:
                item.place.stop(f"{item.text!r} makes more than {LONGEST} strokes", "refer to it less often")
        elif item.kind in ("half", "whole"):
            if not theme:
                item.place.stop(f"{item.text!r} refers to a theme", "write a section [theme] above it")
            if item.kind == "half":
                halves.append((len(slots), item.place))
            else:
                slots += theme
        elif item.kind == "bar" and (reading.bars == "matras" or group):
            _shared(group, slots, taal.counts, even)
            group = []
        elif item.kind == "bar" and item.text and reading.bars != "groups":
            time = Fraction(sum(ticks for ticks, _ in slots))
            lands = (
                number == len(items) - 1 and time % taal.ticks == TICKS * taal.counts
            )  # a bar after the sam of a tihai
            bar = bar if halves or lands else _bar(time, bar, taal, item.place)
        elif item.kind == "word" and reading.bars == "matras" and not rate:
            group.append(item)
        elif item.kind == "word":
            _matra(item, rate, slots, taal.counts, fast.get(number, set()))
    if halves:
        slots = _halved(slots, halves, theme, taal)
    if rate and len(slots) > 1 and slots[-1][1]:
        over = (sum(ticks for ticks, _ in slots) - slots[-1][0]) % taal.ticks
        slots[-1] = (TICKS * taal.counts, slots[-1][1]) if over == 0 else slots[-1]  # a last stroke on sam
    return slots


def _matra(item: Item, rate: Fraction, slots: Slots, counts: int, fast: Collection[int] = ()) -> None:
    """Add a word as a matra, or its strokes at a rate, of which those at the places `fast` are two for one."""
    shares, matra = word(item.text, item.place), TICKS * counts
    for number, (share, bol) in enumerate(shares):
        ticks = matra / rate / (2 if number in fast else 1) if rate else share * matra / item.speed
        if ticks.denominator != 1:
            item.place.stop(
                f"{item.text!r} parts a matra into {matra / ticks}", "write fewer bols, or blanks between matras"
            )
        if bol == "~" and not slots:
            item.place.stop("there is no stroke before the ~", "write - for a rest")
        if bol == "~":
            slots[-1] = (slots[-1][0] + int(ticks), slots[-1][1])
        else:
            slots.append((int(ticks), bol))


def _fast(items: Sequence[Item]) -> dict[int, set[int]]:
    """Of each word the places of the strokes of fast runs, which may go on in the next word: ``TiRa KiTa``."""
    words = {n: word(item.text, item.place) for n, item in enumerate(items) if item.kind == "word"}
    places = [(n, at) for n, shares in words.items() for at in range(len(shares))]
    result: dict[int, set[int]] = {n: set() for n in words}
    for place in in_runs([words[n][at][1] for n, at in places]):
        n, at = places[place]
        result[n].add(at)
    return result


def in_runs(names: Sequence[str]) -> set[int]:
    """The places of strokes that belong to a fast run; the longest run that begins at a stroke counts."""
    plain = tuple(name.rstrip("?").replace("Ta", "ta") for name in names)
    places: set[int] = set()
    start = 0
    while start < len(plain):
        n = next((len(run) for run in RUNS if plain[start : start + len(run)] == run), 0)
        places.update(range(start, start + n))
        start += n or 1
    return places


def _even(items: Sequence[Item]) -> int:
    """The strokes of each matra between bars, where all have so many in one word or in several; else 0."""
    matras = [list(group) for bar, group in groupby(items, lambda item: item.kind == "bar") if not bar]
    counts = [[len(word(item.text, item.place)) for item in group if item.kind == "word"] for group in matras]
    several = [count for count in counts if sum(count) > 1]
    same = len({sum(count) for count in several}) == 1 and len({len(count) for count in several}) > 1
    return sum(several[0]) if same else 0


def _shared(group: list[Item], slots: Slots, counts: int, even: int) -> None:
    """Add the words of one matra: each has an even share, or each of its strokes where there are `even` of them."""
    if even and sum(len(word(item.text, item.place)) for item in group) == even:
        for item in group:
            _matra(item, Fraction(even), slots, counts)
        return
    for item in group:
        _matra(item._replace(speed=item.speed * len(group)), Fraction(0), slots, counts)


def _span(group: list[Item], item: Item, slots: Slots, counts: int) -> None:
    """Add the words of a line that fill so many matras, stroke by stroke."""
    text = re.sub(r"([½¼¾])", lambda m: {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}[m[0]], item.text.strip("( )"))
    matras = sum((Fraction(part) for part in text.split()), Fraction(0))
    n_strokes = sum(len(word(each.text, each.place)) for each in group)
    if not n_strokes or not matras:
        item.place.stop(f"{item.text.strip()} says how long nothing is", "write bols before it")
    if (n_strokes / matras).denominator > 2:
        detail = f"{n_strokes} strokes do not part {item.text.strip('( )')} matras evenly"
        item.place.stop(detail, "part the line, or write a word for each matra")
    for each in group:
        _matra(each, n_strokes / matras, slots, counts)


def _halved(slots: Slots, halves: list[tuple[int, Place]], theme: Slots, taal: taals.Taal) -> Slots:
    """Put in the second half of the theme, of its first half or of its first quarter, as the taal's arithmetic says."""
    length, present = sum(ticks for ticks, _ in theme), sum(ticks for ticks, _ in slots)
    for unit in (taal.ticks, taal.ticks // 2):
        fits = [n for n in (2, 4, 8) if (present + len(halves) * length // n) % unit == 0 and length % n == 0]
        if len(fits) == 1:
            break
    else:
        halves[0][1].stop("half the theme does not fill the avartan", "write its bols out")
    stop = length if fits[0] == 2 else 2 * length // fits[0]
    part, time = Slots(), 0
    for ticks, bol in theme:
        if stop - length // fits[0] <= time < stop:
            part.append((ticks, bol))
        time += ticks
    for index, _ in reversed(halves):
        slots[index:index] = part
    return slots


def on_sam(slots: Slots, taal: taals.Taal) -> Slots:
    """Slots with rests before them, so that their last stroke is on sam; it lasts a matra where nothing follows it.

    No slots where that stroke is not of both hands, stands within a matra, or has more rests after it than one matra.
    """
    matra = TICKS * taal.counts
    last = max((k for k, (_, bol) in enumerate(slots) if bol), default=0)
    bol = BOLS.get(slots[last][1])
    before, within = divmod(-length(slots[:last]) % taal.ticks, matra)
    if within or not (bol and bol.left and bol.right) or length(slots[last:]) > 2 * matra:
        return []
    end = [(matra, slots[last][1])] if last == len(slots) - 1 else slots[last:]
    return [(matra, "")] * before + [*slots[:last], *end]


def _bar(time: Fraction, last: Fraction, taal: taals.Taal, place: Place) -> Fraction:
    """Check that a vibhag ends at `time`, in ticks from sam, and return it; `last` is where the last bar stood."""
    starts: list[Fraction] = [Fraction((start - 1) * TICKS) for start in taal.starts]
    if time % taal.ticks not in starts:
        vibhag = starts.index(last % taal.ticks)
        has = (time - last) / TICKS / taal.counts
        shown = f"{has.numerator if has.denominator == 1 else round(float(has), 2)} matra{'s' * (has != 1)}"
        expected = taals.shown(Fraction(taal.vibhags[vibhag], taal.counts))
        place.stop(f"vibhag {vibhag + 1} of {taal.title} has {shown} here", f"expected {expected}")
    return time


def word(text: str, place: Place) -> list[tuple[Fraction, str]]:
    """Part a word into its slots: the share of each, and a bol, "" for a rest, "~" or a Ta not yet decided.

    Raises
    ------
    Unreadable : a part of it is no bol; names the nearest.
    """
    share = rf"(?:{LETTER}|[-–_])"
    parts, slots, column = re.split(rf",|(?<={share})[./](?={share})", text.rstrip(",;") or text), [], place.column
    for part in parts:
        names = strokes(part)
        if not names:
            bad, near = mistake(part)
            at = place._replace(column=column + part.find(bad))
            at.stop(f"{bad!r} is no bol", f"nearest known bol: {near}" if near else "expected a bol")
        slots += [(Fraction(1, len(parts) * len(names)), name) for name in names]
        column += len(part) + 1
    decided = with_ka([name for _, name in slots])
    return [(share, name) for (share, _), name in zip(slots, decided, strict=True)]


def whole(sections: Mapping[str, Slots], taal: taals.Taal, lands: bool = True) -> bool:
    """Whether every section is whole avartans, or, if `lands`, whole ones and the sam on which it lands."""
    for slots in sections.values():
        over, matra = length(slots) % taal.ticks, TICKS * taal.counts
        last = max((k for k, (_, bol) in enumerate(slots) if bol), default=0)
        if over and not (lands and over == matra and last and length(slots[last:]) == matra):
            return False
    return True


def fits(parts: Mapping[str, Sequence[Item]], taal: taals.Taal, reading: Reading) -> bool:
    """Whether a reading gives whole avartans."""
    try:
        return whole(placed(parts, taal, reading), taal)
    except Unreadable:
        return False


def length(slots: Slots) -> int:
    """The ticks of slots; no slots have none."""
    return sum(ticks for ticks, _ in slots)
