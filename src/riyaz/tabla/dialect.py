"""Dialects of typed tabla: what bars, blanks, dots and hyphens mean, settled by the taal's arithmetic.

Each possible meaning is a `Reading`. The plain one comes first: a word is a matra, a bar ends a vibhag. Where it does
not give whole avartans, the others are tried on all sections at once, and those that give whole avartans remain. One
that remains is taken; where two remain, the text is refused with both, and a line in the header settles it:

=================  =========================================================
``words: matras``  a word is a matra, whatever else would fit
``strokes: 4``     four strokes (or rests) a matra, blanks only part phrases
``bars: matras``   a bar ends a matra, its words share it evenly
``bars: vibhags``  a bar ends a vibhag
``bars: groups``   a bar ends as many matras as any other, whatever the vibhags are
``dots: bars``     a dot between blanks parts as a bar does
``dots: rests``    a dot between blanks is a rest
``hyphens: matras``  a hyphen ends a matra
``hyphens: joins``   a hyphen joins the bols of a word and takes no time
``dashes: bullets``  a dash at the head of each row, or before a repeat, is no rest
``dashes: bars``  a dash between blanks ends a vibhag
``commas: matras``   a comma ends a matra
``brackets: vibhags``  brackets without a repeat are a vibhag, not a matra
``runs: pairs``      two strokes of TiRaKiTa, KiTaTaKa, DheRe take the time of one other
=================  =========================================================
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import taals
from riyaz.tabla.layout import LONGEST, Item
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import mistake, strokes, with_ka

Slots = list[tuple[int, str]]  # ticks, and a bol, "" for a rest

LANDING = ("tihai", "tukda", "mukhda", "chakradar", "mohra")  # forms that end on a further sam
THEMED = ("kaida", "rela", "peshkar")
MOST = 8  # strokes of a word that may be a matra where the avartans are not whole
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
DENSITIES = tuple(Fraction(n) for n in ("1", "2", "4", "3", "6", "8", "3/2", "5", "7"))


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


def settle(
    parts: Mapping[str, Sequence[Item]], taal: taals.Taal, given: Mapping[str, str], place: Place, form: str = ""
) -> tuple[Reading, dict[str, Slots]]:
    """Choose the reading of a text and place its strokes.

    Parameters
    ----------
    parts : the items of each section, in order.
    given : what the header says about reading, such as ``{"strokes": "4"}``.
    form : a kaida, rela or peshkar begins with a theme whose two halves are whole matras of one avartan, or of two.

    Returns
    -------
    The reading, and of each section the slots: ticks and bol.

    Raises
    ------
    Unreadable : no reading fits (the plain one's mistake), or two fit and the header does not choose.
    """
    plain = _given(Reading(), given)
    parts = {name: _marked(items, taal) for name, items in parts.items()}
    result = [item for items in parts.values() for item in items]
    words = [item.text for item in result if item.kind == "word"]
    joined = "hyphens" not in given and "words" not in given and _joined(words)
    if joined and any(_in_runs(strokes(word.replace("-", ""))) for word in words if "-" in word):
        plain, joined = replace(plain, hyphens="joins"), False  # no rests within TiRaKiTa
    dots = next((item for item in result if item.kind == "dot"), None)
    listed = "dashes" not in given and any(item.kind == "bullet" for item in result)
    grouped = "commas" not in given and _grouped(result, taal)
    try:
        first = _placed(parts, taal, plain)
    except Unreadable as error:
        mistaken: Unreadable | None = error
        first = {}
    else:
        mistaken = None
        tell = any("$" in item.text for item in result) and any(item.kind == "bar" for item in result)
        chosen = bool({"words", "strokes", "hyphens", "commas", "dashes", "brackets"} & given.keys())
        open_ = (dots and "dots" not in given) or (tell and "bars" not in given) or joined or listed or grouped
        if chosen or (whole(first, taal) and not open_):
            return plain, first
    fitting: list[tuple[Reading, dict[str, Slots]]] = []
    others = _others(result, given, plain, mistaken is not None, taal)
    for reading in [*[Reading(commas="matras")] * grouped, *others]:
        try:
            slots = _placed(parts, taal, reading)
        except Unreadable:
            continue
        if whole(slots, taal) and slots not in [other for _, other in fitting]:
            fitting.append((reading, slots))
    if not fitting and mistaken and "bars" not in given and _even(result):
        grouped_by_bars = replace(plain, bars="groups")
        slots = _placed(parts, taal, grouped_by_bars)
        fitting = [(grouped_by_bars, slots)] if whole(slots, taal, lands=False) else []
    paired = any(reading.runs == "pairs" for reading, _ in fitting)
    exact = [(reading, slots) for reading, slots in fitting if whole(slots, taal, lands=False)]
    fitting = exact if exact and form not in LANDING else fitting
    by_words = [(reading, slots) for reading, slots in fitting if not reading.strokes]
    fitting = by_words or fitting  # a word is a matra where that gives whole avartans
    both = joined or listed or not (grouped and fitting)
    plainly = not dots and (both if whole(first, taal) else not by_words and _half(first, taal, paired))
    even = len({len(strokes(word)) for word in words}) == 1 and len(strokes(words[0])) > 1
    if mistaken is None and plainly and even and form in THEMED and _half(first, taal, True):
        return plain, first  # a kaida in pairs, whose paltas are written without their khali
    if mistaken is None and plainly and first not in [slots for _, slots in fitting]:
        fitting = [(plain, first), *fitting]
    elif form in THEMED and len(fitting) > 1 and all(reading.strokes for reading, _ in fitting):
        length = taal.ticks * (1 if taal.matras % 2 == 0 else 2)
        usual = [(reading, slots) for reading, slots in fitting if _ticks(next(iter(slots.values()))) == length]
        fitting = usual if len(usual) == 1 else fitting
    fits = any(whole(slots, taal) for _, slots in fitting)
    rate = next((item for item in result if item.kind == "rate"), None)
    if rate and not fits:
        rate.place.stop(f"{rate.text} words a matra give no whole avartans", "count what stands under it")
    mark = next((item for item in result if item.kind in ("cross", "plus", "counted")), None)
    if mark and not (fits or (mistaken is None and whole(first, taal))):
        meant = {"cross": "an x is a rest", "plus": "a + stands between parts"}.get(mark.kind, "numbers count matras")
        mark.place.stop(f"{meant}, and the section is no whole avartans", "write - for a rest, | for a vibhag")
    shared = next((item for item in result if item.kind == "shared"), None)
    if shared and not fits:
        shared.place.stop("a repeat is expected after )", "write for instance ) x3; without it, brackets are a matra")
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        shown = " or ".join(f"{reading.words} ({_length(slots)} matras)" for reading, slots in fitting[:2])
        settled = " or ".join(reading.settled for reading, _ in fitting[:2])
        place.stop(f"two readings fit {taal.title}: {shown}", f"choose one in the header: {settled}")
    if mistaken:
        raise mistaken
    if dots and "dots" not in given:
        dots.place.stop(
            "a . between blanks is a rest or parts matras", "write - for a rest, or dots: bars in the header"
        )
    crowded = next((item for item in result if item.kind == "word" and len(strokes(item.text)) > MOST), None)
    if crowded and not whole(first, taal):
        crowded.place.stop(
            f"{crowded.text!r} has more than {MOST} strokes, and the section is no whole avartans",
            "part it into matras, or write in the header strokes: 4 (a matra), or words: matras",
        )
    return plain, first


def whole(sections: Mapping[str, Slots], taal: taals.Taal, lands: bool = True) -> bool:
    """Whether every section is whole avartans, or, if `lands`, whole ones and the sam on which it lands."""
    for slots in sections.values():
        over, matra = _ticks(slots) % taal.ticks, TICKS * taal.counts
        if over and not (lands and over == matra and len(slots) > 1 and slots[-1][0] == matra and slots[-1][1]):
            return False
    return True


def _half(sections: Mapping[str, Slots], taal: taals.Taal, strict: bool) -> bool:
    """Whether the plain reading is likely as well: half avartans, or, if not strict, words of at most two strokes."""
    for slots in sections.values():
        total = _ticks(slots)
        if total * 2 % taal.ticks and (strict or len(slots) * TICKS > 2 * total):
            return False
    return True


def _ticks(slots: Slots) -> int:
    return sum(ticks for ticks, _ in slots)


def _length(sections: Mapping[str, Slots]) -> str:
    return str(sum(Fraction(ticks, TICKS) for slots in sections.values() for ticks, _ in slots))


def _given(reading: Reading, given: Mapping[str, str]) -> Reading:
    return Reading(
        bars=given.get("bars", reading.bars),
        dots=given.get("dots", reading.dots),
        hyphens=given.get("hyphens", reading.hyphens),
        commas=given.get("commas", reading.commas),
        brackets=given.get("brackets", reading.brackets),
        runs=given.get("runs", reading.runs),
        dashes=given.get("dashes", reading.dashes),
        strokes=Fraction(given.get("strokes", reading.strokes)),
    )


def _others(
    result: Sequence[Item], given: Mapping[str, str], plain: Reading, bars: bool, taal: taals.Taal
) -> list[Reading]:
    """The readings beside the plain one that what stands in the text allows."""
    kinds = {item.kind for item in result}
    words = [item.text for item in result if item.kind == "word"]
    own = any(item.speed != 1 for item in result) or any(set("~,") & set(word.rstrip(",")) for word in words)
    dots = [plain.dots] if "dots" in given or "dot" not in kinds else ["bars", "rests"]
    tell = bars or "dot" in kinds or any("$" in item.text for item in result)
    ends = ["vibhags", "matras"] if tell and "bars" not in given and {"bar", "dot"} & kinds else [plain.bars]
    lists = ["rests", "bullets"] if "bullet" in kinds and "dashes" not in given else [plain.dashes]
    others = [Reading(bars=end, dots=dot, dashes=dash) for dash in lists for dot in dots for end in ends]
    if any("$" in item.text for item in result):
        return others
    if words and all(word.count("-") >= 2 and word.strip("-") for word in words) and "hyphens" not in given:
        others.append(Reading(hyphens="matras"))
    if words and "hyphens" not in given and _by_vibhags(words, taal):
        others.append(Reading(hyphens="matras"))
    if "brackets" not in given and kinds <= {"shared", "bar"}:
        others.append(Reading(brackets="vibhags"))
    if words and all("," in word.strip(",") for word in words) and "commas" not in given:
        others.append(Reading(commas="matras"))
    if 0 < sum(not word.strip("-–—") for word in words) < len(words) and "bar" not in kinds and "dashes" not in given:
        others.append(Reading(dashes="bars"))
    hyphens = [plain.hyphens]
    if "hyphens" not in given and _joined(words):
        others.append(Reading(hyphens="joins"))
        hyphens = ["rests", "joins"] if plain.hyphens == "rests" else hyphens
    names = [strokes((word.replace("-", "") if plain.hyphens == "joins" else word).rstrip(",;")) for word in words]
    several = any(len(row) > 1 for row in names)
    longer = sum(map(len, names)) > 2 * len(names)  # phrases, not the pairs of a dugun
    if (
        (several or bars)
        and not own
        and not {"span", "rate", "half", "whole"} & kinds
        and ("bar" not in kinds or (bars and (longer or not several)))
    ):
        fast = any("Ra" in row or "Re" in row for row in names)  # TiRaKiTa and DheReDheRe are not played in thah
        choices = [(dash, dot, hyphen, n) for dash in lists for dot in dots for hyphen in hyphens for n in DENSITIES]
        for runs in ("strokes", "pairs"):
            others += [
                Reading(dots=dot, hyphens=hyphen, dashes=dash, strokes=n, runs=runs)
                for dash, dot, hyphen, n in choices
                if (fast if runs == "pairs" else n > 1 or not fast)
            ]
    return [other for other in others if other != plain]


# Placing -------------------------------------------------------------------------------------------------------


def _joined(words: Sequence[str]) -> bool:
    """Whether each of three words or more that are several bols has hyphens between all of them, and nowhere else."""
    several = [word.rstrip(",").split("-") for word in words if len(strokes(word.replace("-", ""))) > 1]
    alone = [word for word in words if len(strokes(word)) == 1 and "-" in word.strip("-")]
    return (
        len(several) > 2
        and not alone
        and all(len(pieces) > 1 and all(len(strokes(piece)) == 1 for piece in pieces) for pieces in several)
    )


def _marked(items: Sequence[Item], taal: taals.Taal) -> list[Item]:
    """Items with numbers and signs that stand alone among bols as bars, as the ends of matras, or left out.

    Raises
    ------
    Unreadable : they are neither the taal's signs, in order, nor numbers that count matras or rows.
    """
    marks = [item for item in items if item.kind == "mark"]
    if not marks:
        return list(items)
    texts = [str(int(text)) if (text := item.text.rstrip(".):")).isdigit() else text.upper() for item in marks]
    texts = [{"O": "0", "×": "X", "✕": "X"}.get(text, text) for text in texts]
    signs, starts = list(taal.signs), [str(start) for start in taal.starts]
    paluskar = ["+" if sign == "0" else start for sign, start in zip(signs, starts, strict=True)]
    cycles = (
        [signs, ["+", *signs[1:]], ["1", *signs[1:]], signs[1:], paluskar] if signs[0] == "X" else [signs, paluskar]
    )
    after = [before.kind for before, item in pairwise(items) if item.kind == "mark"]
    if all(item.text == "x" for item in marks) and after == ["word"] * len(marks):  # none begins a vibhag
        return [item._replace(kind="cross", text="-") if item.kind == "mark" else item for item in items]
    cycles.append([str(matras) for matras in taal.vibhags])  # the sizes of the vibhags
    cycles.append([str(int(sign) - 1) if sign.isdigit() and sign != "0" else sign for sign in signs])  # talis from 1
    if any(texts == (cycle * len(texts))[: len(texts)] for cycle in cycles):
        return [item._replace(kind="bar", text="|") if item.kind == "mark" else item for item in items]
    counted = [int(text) for text in texts if text.isdigit()]
    heads = {item.place.line: item for item in reversed(items)}
    inside = all(heads[item.place.line] != item for item in marks)
    if inside and all(item.text == "+" for item in marks) and _parts_apart(items):
        return [item._replace(kind="plus") if item.kind == "mark" else item for item in items]
    if inside and set(texts) == {"X"}:
        return [item._replace(kind="cross", text="-") if item.kind == "mark" else item for item in items]
    if len(counted) < len(texts) or any(b not in (a + 1, 1) for a, b in zip([0, *counted], counted, strict=False)):
        wrong = next((item for item, text in zip(marks, texts, strict=True) if text not in signs), marks[0])
        wrong.place.stop(f"{wrong.text!r} is no bol", "expected a bol")
    if all(heads[item.place.line] == item for item in marks):
        return [item for item in items if item.kind != "mark"]
    result: list[Item] = []
    group: list[Item] = []
    for item in [*items, marks[0]]:
        if item.kind == "word":
            group.append(item)
            continue
        result += [each._replace(speed=each.speed * len(group)) for each in group]
        group = []
        result.append(item if item.kind != "mark" else item._replace(kind="counted"))
    return result


def _by_vibhags(words: Sequence[str], taal: taals.Taal) -> bool:
    """Whether each word is a vibhag whose matras hyphens part."""
    sizes = [len(word.strip("-,").split("-")) for word in words]
    return sizes == (list(taal.vibhags) * len(sizes))[: len(sizes)]


def _parts_apart(items: Sequence[Item]) -> bool:
    """Whether three words or more stand before, between and after marks, so that no two strokes are meant at once."""
    sizes = [0]
    for item in items:
        sizes[-1] += item.kind == "word"
        sizes += [0] * (item.kind == "mark")
    return min(sizes) > 2


def _placed(parts: Mapping[str, Sequence[Item]], taal: taals.Taal, reading: Reading) -> dict[str, Slots]:
    placed: dict[str, Slots] = {}
    for name, items in parts.items():
        theme = placed.get("theme") or next(iter(placed.values()), [])
        placed[name] = _section(_meant(items, reading), taal, reading, theme, placed)
    return placed


def _meant(items: Sequence[Item], reading: Reading) -> list[Item]:
    """Items with dots, commas and hyphens as the reading takes them."""
    meant: list[Item] = []
    if reading.bars == "matras":
        items = _rows_end(items)
    if reading.brackets == "vibhags":
        items = _unshared(items)
    for item in items if reading.commas != "matras" else _by_commas(items):
        if item.kind == "dot":
            item = (
                item._replace(kind="bar", text="|") if reading.dots == "bars" else item._replace(kind="word", text="-")
            )
        if item.kind in ("shared", "cross"):
            item = item._replace(kind="word")
        if item.kind in ("plus", "counted"):
            continue
        if item.kind == "bullet":
            meant += [item._replace(kind="word")] if reading.dashes == "rests" else []
        elif item.kind == "word" and reading.hyphens == "joins":
            joined = re.sub(r"(?<=\w)-(?=\w)", "", item.text.title() if item.text.islower() else item.text)
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


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
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


def _even(items: Sequence[Item]) -> bool:
    """Whether bars part words, most of a single bol, into groups of one size, the last of which may be shorter."""
    sizes, size = list[int](), 0
    for item in [*items, Item("bar", "|", Fraction(1), items[0].place)]:
        size += item.kind == "word"
        if item.kind == "bar" and size:
            sizes.append(size)
            size = 0
    words = [item.text for item in items if item.kind == "word"]
    if sum(len(strokes(word)) for word in words) >= 2 * len(words):
        return False  # the words may be phrases
    return len(sizes) > 1 and sizes[0] > 1 and len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0]


def _by_commas(items: Sequence[Item]) -> list[Item]:
    """Items of which those that no comma parts share a matra."""
    return [item._replace(speed=item.speed * len(group)) for group in _groups(items) for item in group]


def _grouped(items: Sequence[Item], taal: taals.Taal) -> bool:
    """Whether commas between blanks part groups of words that are no vibhags of the taal."""
    ends = [item for item in items if item.kind == "word" and item.text[-1] in ",;"]
    sizes = [len(group) for group in _groups(items) if group[0].kind == "word"]
    vibhags = (list(taal.vibhags) * len(sizes))[: len(sizes)]
    return len(ends) > 2 and max(sizes) > 1 and sizes != vibhags


def _section(items: list[Item], taal: taals.Taal, reading: Reading, theme: Slots, above: Mapping[str, Slots]) -> Slots:
    slots: Slots = []
    halves: list[tuple[int, Place]] = []  # where half a theme is to be put
    rate = reading.strokes
    bar, group = Fraction(0), list[Item]()
    spans = {item.place.line: item for item in items if item.kind == "span"}
    for number, item in enumerate([*items, Item("bar", "", Fraction(1), items[-1].place)] if items else []):
        if item.kind == "rate":
            rate = Fraction(int(item.text.rpartition("/")[2]) or 1)
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
            _shared(group, slots, taal.counts)
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
            _matra(item, rate, slots, taal.counts, reading.runs == "pairs")
    if halves:
        slots = _halved(slots, halves, theme, taal)
    if rate and len(slots) > 1 and slots[-1][1]:
        over = (sum(ticks for ticks, _ in slots) - slots[-1][0]) % taal.ticks
        slots[-1] = (TICKS * taal.counts, slots[-1][1]) if over == 0 else slots[-1]  # a last stroke on sam
    return slots


def _matra(item: Item, rate: Fraction, slots: Slots, counts: int, pairs: bool = False) -> None:
    """Add a word as a matra, or its strokes at a rate, in runs two for one if they are `pairs`."""
    shares, matra = word(item.text, item.place), TICKS * counts
    fast = _in_runs([bol for _, bol in shares]) if pairs else set()
    for number, (share, bol) in enumerate(shares):
        ticks = matra / rate / (2 if number in fast else 1) if rate else share * matra / item.speed
        if ticks.denominator != 1:
            item.place.stop(f"{item.text!r} parts a matra into more than {TICKS} can count", "use fewer bols")
        if bol == "~" and not slots:
            item.place.stop("there is no stroke before the ~", "write - for a rest")
        if bol == "~":
            slots[-1] = (slots[-1][0] + int(ticks), slots[-1][1])
        else:
            slots.append((int(ticks), bol))


def _in_runs(names: Sequence[str]) -> set[int]:
    """The places of strokes that belong to a fast run; the longest run that begins at a stroke counts."""
    plain = tuple(name.rstrip("?").replace("Ta", "ta") for name in names)
    places: set[int] = set()
    start = 0
    while start < len(plain):
        n = next((len(run) for run in RUNS if plain[start : start + len(run)] == run), 0)
        places.update(range(start, start + n))
        start += n or 1
    return places


def _shared(group: list[Item], slots: Slots, counts: int) -> None:
    """Add the words of one matra: each has an even share."""
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
    parts, slots, column = re.split(r"[,]|(?<=[^\W\d_])[./](?=[^\W\d_])", text.rstrip(",;") or text), [], place.column
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
