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

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import headings, taals
from riyaz.tabla.layout import Item
from riyaz.tabla.place import Place
from riyaz.tabla.placing import Reading, Slots, fits, groups, in_runs, length, on_sam, placed, whole
from riyaz.tabla.signs import marked
from riyaz.tabla.speeds import agree, sped
from riyaz.tabla.spelling import RESTS, strokes

LANDING = ("tihai", "tukda", "mukhda", "chakradar", "mohra")  # forms that end on a further sam
THEMED = ("kaida", "rela", "peshkar")
MOST = 8  # strokes of a word that may be a matra where the avartans are not whole
DENSITIES = tuple(Fraction(n) for n in ("1", "2", "4", "3", "6", "8", "3/2", "5", "7"))


def settle(
    parts: Mapping[str, Sequence[Item]],
    taal: taals.Taal,
    given: Mapping[str, str],
    place: Place,
    form: str = "",
    speeds: Mapping[str, Fraction] | None = None,
) -> tuple[Reading, dict[str, Slots]]:
    """Choose the reading of a text and place its strokes.

    Parameters
    ----------
    parts : the items of each section, in order.
    given : what the header says about reading, such as ``{"strokes": "4"}``.
    speeds : of the sections whose speed is said, such as 2 for a dugun: two words or one of two
        strokes per matra.
    form : a kaida, rela or peshkar begins with a theme whose two halves are whole matras of one avartan, or of two.

    Returns
    -------
    The reading, and of each section the slots: ticks and bol.

    Raises
    ------
    Unreadable : no reading fits (the plain one's mistake), or two fit and the header does not choose.
    """
    plain = _given(Reading(), given)
    parts = {name: marked(items, taal) for name, items in parts.items()}
    parts = {name: _whole(items) if lands(name, form) else items for name, items in parts.items()}
    parts = sped({name: _unstopped(items) for name, items in parts.items()}, taal, plain, speeds or {})
    result = [item for items in parts.values() for item in items]
    words = [item.text for item in result if item.kind == "word"]
    joined = "hyphens" not in given and "words" not in given and _joined(words)
    if joined and any(map(_long, words)):
        plain, joined = replace(plain, hyphens="joins"), False  # rests would make 5 or 7 shares of a matra
    dots = next((item for item in result if item.kind == "dot"), None)
    stops = "dots" not in given and sum(item.kind == "stop" for item in result) > 1
    if stops and fits(parts, taal, replace(plain, dots="bars")):
        plain = replace(plain, dots="bars")  # full stops, each where a vibhag ends
    listed = "dashes" not in given and any(item.kind == "bullet" for item in result)
    grouped = "commas" not in given and _grouped(result, taal)
    enclosed = "brackets" not in given and {item.kind for item in result} == {"shared"}
    dashed = False
    try:
        first = placed(parts, taal, plain)
    except Unreadable as error:
        mistaken: Unreadable | None = error
        first = {}
    else:
        mistaken = None
        by_bars = replace(plain, bars="matras")
        said_apart = speeds and "bars" not in given and not agree(first, speeds, taal)
        if (
            said_apart
            and fits(parts, taal, by_bars)
            and agree(slots := placed(parts, taal, by_bars), speeds or {}, taal)
        ):
            return by_bars, slots  # as many bols a matra as is said
        tell = any("$" in item.text for item in result) and any(item.kind == "bar" for item in result)
        chosen = bool({"words", "strokes", "hyphens", "commas", "dashes", "brackets"} & given.keys())
        dashed = form not in LANDING and _parted_by_dashes(parts, taal, first)
        open_ = (dots and "dots" not in given) or (tell and "bars" not in given)
        if chosen or (whole(first, taal) and not any((open_, joined, listed, grouped, enclosed, dashed))):
            if form in THEMED and not given and (pulse := _pulse(parts, taal, first)):
                place.stop(*_two([(plain, first), pulse], taal))
            return plain, first
    others = _others(result, given, plain, mistaken is not None, taal)
    fitting = _fitting([*[Reading(commas="matras")] * grouped, *others], parts, taal)
    if not fitting and mistaken and "bars" not in given and _even(result):
        grouped_by_bars = replace(plain, bars="groups")
        slots = placed(parts, taal, grouped_by_bars)
        fitting = [(grouped_by_bars, slots)] if whole(slots, taal, lands=False) else []
    paired = any(reading.runs == "pairs" for reading, _ in fitting)
    exact = [(reading, slots) for reading, slots in fitting if whole(slots, taal, lands=False)]
    fitting = exact if exact and form not in LANDING else fitting
    by_words = [(reading, slots) for reading, slots in fitting if not reading.strokes]
    fitting = by_words or fitting  # a word is a matra where that gives whole avartans
    both = joined or listed or enclosed or not (grouped and fitting)
    halves = _half(first, taal, paired) and not (form in THEMED and _odd(first, taal))
    inside = all(
        whole({name: each}, taal) or (lands(name, form) and on_sam(each, taal)) for name, each in first.items()
    )
    inside = inside and not whole(first, taal)  # begins inside an avartan
    plainly = inside or (not dots and (both if whole(first, taal) else not by_words and halves))
    even = len({len(strokes(word)) for word in words}) == 1 and len(strokes(words[0])) > 1
    in_pairs = mistaken is None and plainly and even and not joined
    if in_pairs and form in THEMED and _half(first, taal, True) and not _odd(first, taal):
        return plain, first  # a kaida in pairs, whose paltas are written without their khali
    if mistaken is None and plainly and not dashed and first not in [slots for _, slots in fitting]:
        fitting = [(plain, first), *fitting]
    elif form in (*THEMED, "laggi") and len(fitting) > 1 and all(reading.strokes for reading, _ in fitting):
        usually = taal.ticks * (1 if taal.matras % 2 == 0 else 2)
        usual = [(reading, slots) for reading, slots in fitting if length(next(iter(slots.values()))) == usually]
        fitting = usual if len(usual) == 1 else fitting
    fitted = any(whole(slots, taal) for _, slots in fitting)
    _marks_fit(result, fitted, fitted or (mistaken is None and whole(first, taal)))
    said = [fit for fit in fitting if speeds and agree(fit[1], speeds, taal)]
    if len(said or fitting) == 1:
        reading, slots = (said or fitting)[0]
        if speeds and not said and reading.bars == "matras":
            place.stop(
                f"{next(iter(speeds.values()))} strokes per matra are said, and no bars or blanks give them",
                "count the bols between bars, or leave out what says the speed",
            )
        return reading, slots
    if len(fitting) > 1:
        place.stop(*_two(fitting, taal))
    if mistaken:
        raise mistaken
    if dots and "dots" not in given:
        dots.place.stop(
            "a . between blanks is a rest or parts matras", "write - for a rest, or dots: bars in the header"
        )
    crowded = next((item for item in result if item.kind == "word" and _size(item.text) > MOST), None)
    if crowded and not whole(first, taal):
        crowded.place.stop(
            f"{crowded.text!r} has more than {MOST} strokes, and the section is no whole avartans",
            "part it into matras, or write in the header strokes: 4 (a matra), or words: matras",
        )
    return plain, first


def lands(name: str, form: str) -> bool:
    """Whether a section, or the text of a form, ends on a further sam."""
    return form in LANDING or any(headings.form_of(word) in LANDING for word in name.split())


def _whole(items: Sequence[Item]) -> list[Item]:
    """Items of a tihai without the bars that part its three phrases, and its last stroke from them."""
    ends = [n for n, item in enumerate(items) if item.kind == "bar"]
    groups = [[item.text for item in items[first + 1 : end]] for first, end in pairwise([-1, *ends, len(items)])]
    groups = [group for group in groups if group]
    phrases = [*groups[:2], [text for group in groups[2:] for text in group]]
    n = len(phrases[-1])
    alike = n > 1 and phrases[0] == phrases[1] and phrases[0][:n] == phrases[2]
    parted = 3 <= len(groups) <= 4 and len(groups[-1]) in (1, n) and all(item.kind in ("word", "bar") for item in items)
    rests = set("".join(text for phrase in phrases[:1] for text in phrase[n:])) <= set(RESTS)
    return [item for item in items if item.kind != "bar"] if parted and alike and rests else list(items)


def _unstopped(items: Sequence[Item]) -> list[Item]:
    """Items without full stops, where two rows or more end in one and none stands elsewhere."""
    lasts = {item.place.line: item for item in items}
    stops = [item for item in items if item.kind == "stop"]
    full = len(stops) > 1 and all(item == lasts[item.place.line] for item in stops)
    return [item for item in items if item.kind != "stop" or not full]


def _fitting(
    readings: Sequence[Reading], parts: Mapping[str, Sequence[Item]], taal: taals.Taal
) -> list[tuple[Reading, dict[str, Slots]]]:
    """The readings that give whole avartans, each with its slots, those that are alike once."""
    result: list[tuple[Reading, dict[str, Slots]]] = []
    for reading in readings:
        try:
            slots = placed(parts, taal, reading)
        except Unreadable:
            continue
        if reading.bars == "matras" and any(_crowded(each, TICKS * taal.counts) for each in slots.values()):
            continue  # no bar ends so many strokes
        if whole(slots, taal) and slots not in [other for _, other in result]:
            result.append((reading, slots))
    return result


def _crowded(slots: Slots, matra: int) -> bool:
    """Whether a matra has more strokes or rests than a word may have."""
    onsets = accumulate((ticks for ticks, _ in slots), initial=0)
    counts = Counter(onset // matra for onset, _ in zip(onsets, slots, strict=False))
    return any(count > MOST for count in counts.values())


def _size(text: str) -> int:
    """How many strokes a word has whose parts commas may part."""
    return sum(len(strokes(part)) for part in text.split(","))


def _two(fitting: Sequence[tuple[Reading, dict[str, Slots]]], taal: taals.Taal) -> tuple[str, str]:
    """What is wrong where two readings fit, and how to choose one."""
    brackets = any(reading.brackets == "vibhags" for reading, _ in fitting[:2])
    names = {Reading(): ("brackets are a matra", "brackets: matras")} if brackets else {}
    said = [(*names.get(reading, (reading.words, reading.settled)), slots) for reading, slots in fitting[:2]]
    shown = " or ".join(f"{words} ({_length(slots)} matras)" for words, _, slots in said)
    settled = " or ".join(line for _, line, _ in said)
    return f"two readings fit {taal.title}: {shown}", f"choose one in the header: {settled}"


def _half(sections: Mapping[str, Slots], taal: taals.Taal, strict: bool) -> bool:
    """Whether the plain reading is likely as well: half avartans, or, if not strict, words of at most two strokes."""
    for slots in sections.values():
        total = length(slots)
        if total * 2 % taal.ticks and (strict or len(slots) * TICKS > 2 * total):
            return False
    return True


def _odd(sections: Mapping[str, Slots], taal: taals.Taal) -> bool:
    """Whether the first section is one and a half avartans, or two and a half: no theme is."""
    ticks = length(next(iter(sections.values()), []))
    return ticks > taal.ticks and ticks * 2 // taal.ticks % 2 == 1


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
    matras = {"bar", "dot"} & kinds and not _phrases(result)
    ends = ["vibhags", "matras"] if tell and "bars" not in given and matras else [plain.bars]
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
        sizes = {len(row) for row in names}
        even = max(sizes) if len(sizes) == 1 and 0 not in sizes else 1  # strokes of every word
        densities = [n for n in DENSITIES if even == 1 or (n / even).denominator == 1 or (even / n).denominator == 1]
        fast = any("Ra" in row or "Re" in row for row in names)  # TiRaKiTa and DheReDheRe are not played in thah
        choices = [(dash, dot, hyphen, n) for dash in lists for dot in dots for hyphen in hyphens for n in densities]
        for runs in ("strokes", "pairs"):
            others += [
                Reading(dots=dot, hyphens=hyphen, dashes=dash, strokes=n, runs=runs)
                for dash, dot, hyphen, n in choices
                if (fast if runs == "pairs" else n > 1 or not fast)
            ]
    return [other for other in others if other != plain]


def _pulse(
    parts: Mapping[str, Sequence[Item]], taal: taals.Taal, first: Mapping[str, Slots]
) -> tuple[Reading, dict[str, Slots]] | None:
    """The reading of words of one, two and four strokes as an even pulse, where that is as long as a word a matra.

    A run such as TiRaKiTa is a matra beside slower words.
    """
    items = [item for section in parts.values() for item in section]
    if {item.kind for item in items} != {"word"} or any(item.speed != 1 for item in items):
        return None
    sizes = {len(names) * (not in_runs(names)) for names in (strokes(item.text) for item in items)}
    n = Fraction(sum(len(slots) for slots in first.values()) * TICKS * taal.counts, sum(map(length, first.values())))
    if len(sizes) < 3 or 0 in sizes or n not in (2, 4) or any("~" in item.text or "," in item.text for item in items):
        return None
    reading = Reading(strokes=n)
    slots = placed(parts, taal, reading)
    return (reading, slots) if whole(slots, taal, lands=False) else None


def _parted_by_dashes(parts: Mapping[str, Sequence[Item]], taal: taals.Taal, first: Mapping[str, Slots]) -> bool:
    """Whether dashes are no rests: with them the sections land on a further sam, without them they are whole."""
    dash = any(not item.text.strip("-–—") for items in parts.values() for item in items)
    return dash and not whole(first, taal, lands=False) and fits(parts, taal, Reading(dashes="bars"))


def _joined(words: Sequence[str]) -> bool:
    """Whether each word of several bols has hyphens between all of them: three or more, or no other mark is a rest."""
    several = [word.rstrip(",").split("-") for word in words if len(strokes(word.replace("-", ""))) > 1]
    alone = [word for word in words if len(strokes(word)) == 1 and "-" in word.strip("-")]
    if any(len(word) > 1 and word[0] in "-–—−" for word in words):
        return False  # a hyphen that joins nothing is a rest, and so are the others
    rests = any(set(word) <= set(RESTS) or word[-1] in RESTS for word in words)
    return (
        (len(several) > (2 if rests else 0) or any(map(_long, words)))
        and not alone
        and all(len(pieces) > 1 and all(len(strokes(piece)) == 1 for piece in pieces) for pieces in several)
    )


def _long(word: str) -> bool:
    """Whether hyphens part a word into three bols or more."""
    return sum(any(strokes(piece)) for piece in word.rstrip(",").split("-")) > 2


def _by_vibhags(words: Sequence[str], taal: taals.Taal) -> bool:
    """Whether each word is a vibhag whose matras hyphens part."""
    sizes = [len(word.strip("-,").split("-")) for word in words]
    return sizes == (list(taal.vibhags) * len(sizes))[: len(sizes)]


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


def _phrases(items: Sequence[Item]) -> bool:
    """Whether bars part words of two strokes or more into groups of several sizes, which are no matras."""
    sizes = {len(group) for group in "".join("w" if item.kind == "word" else "|" for item in items).split("|")}
    words = [strokes(item.text.rstrip(",;")) for item in items if item.kind == "word"]
    return len(sizes - {0, 1}) > 1 and all(len(names) > 1 for names in words[:-1])


def _grouped(items: Sequence[Item], taal: taals.Taal) -> bool:
    """Whether commas between blanks part groups of words that are no vibhags of the taal."""
    ends = [
        item
        for item, after in pairwise(items)
        if item.kind == "word" and item.text[-1] in ",;" and after.place.line == item.place.line
    ]
    sizes = [len(group) for group in groups(items) if group[0].kind == "word"]
    inside = any(end % taal.matras + 1 not in taal.starts for end in accumulate(sizes))
    return len(ends) > 2 and max(sizes, default=0) > 1 and inside


def _marks_fit(result: Sequence[Item], fitted: bool, plainly: bool) -> None:
    """Refuse marks whose meaning gives no whole avartans; `fitted`: some reading does, `plainly`: or the plain one."""
    rate = next((item for item in result if item.kind == "rate"), None)
    if rate and not fitted:
        rate.place.stop(f"{rate.text} words a matra give no whole avartans", "count what stands under it")
    spans = [item for item in result if item.kind == "span"]
    span = spans[0] if len(spans) == 1 and spans[0].text.strip(" ()").isdigit() else None
    if span and not plainly:
        meant = f"{span.text.strip()} says how many matras its line lasts, and the section is no whole avartans"
        span.place.stop(meant, "write x2 for a repeat")
    mark = next((item for item in result if item.kind in ("cross", "plus", "counted")), None)
    if mark and not plainly:
        meant = {"cross": "an x or * is a rest", "plus": "a + stands between parts"}.get(
            mark.kind, "numbers count matras"
        )
        mark.place.stop(f"{meant}, and the section is no whole avartans", "write - for a rest, | for a vibhag")
    shared = next((item for item in result if item.kind == "shared"), None)
    if shared and not fitted:
        shared.place.stop("a repeat is expected after )", "write for instance ) x3; without it, brackets are a matra")
