"""How a kaida grows: rules of teaching, put to the sections of a composition (`riyaz.tabla.build_up` measures steps).

`riyaz.tabla.form` has the rules that every kaida keeps. The rules here are those by which teachers let one grow. They
are hints and no laws: the documented sequences of data/raw/tabla (sections marked ``taught``) break some of them, and a
share means nothing without theirs beside it (`taught`, `form.by_rule`).

A *line* is the bhari half of the theme, A its head and B its end (`riyaz.tabla.theme.cut_of`). Rules:

- *cadence at the end*: the closed cadence stands at the end of the bhari half, once or doubled, and nowhere before,
  unless the theme has it inside or has no other.
- *end of the theme*: the bhari half ends as the theme's does, from B on.
- *dohra*: A A A B where A is half of the line, else the line twice; either where A does not end with a matra.
- *phrases of the theme*: the strokes of every phrase of a palta (`riyaz.tabla.bols.phrases`) stand so in the theme.
- *no phrase worn*: none stands too often in a row (`riyaz.tabla.repeats`), or no more often than in the theme.
- *no even row*: a palta has no more phrases alike in a row (`riyaz.tabla.repeats`) than four, or than the theme.
- *named as it is*: what the note of a palta calls varied differs from the theme, and nothing else does.
- *first palta*: joins of the theme and its dohra only, no rest that the theme has not, at least half of its head.
- *small step*: at most half of what is free changes from one palta to the next of the same length.
- *lengths*: no palta is longer than the one before.
- *khali on a matra*: the khali half begins on a matra.
- *khali on a vibhag*: it begins where a vibhag of the taal does.
- *vibhags of the theme*: a phrase of its line, or the cadence, begins with each vibhag.
- *other phrases*: a palta has not the phrases of the one before in another order, if it is as long.
- *tihai of the kaida*: it ends in a cadence of the theme and Dha on sam.
- *short pause*: a tihai pauses for no more than two matras.
- *same place*: its phrase begins three times at the same place in a matra.
- *tihai on a vibhag*: its phrase begins where a vibhag of the taal does.
- *long tihai*: it is as long as the last palta at least.

References
----------
Cadences, layouts, dohra, first paltas and shrinking: counted in lessons of the projects tabla-notation, Karya, AnuLaya
and Bol Processor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from riyaz.music.events import TICKS, Piece
from riyaz.tabla import bols, form, notation, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.build_up import Step, bhari, build_up, lines, names_of, theme_of
from riyaz.tabla.filling import Row, between, length
from riyaz.tabla.form import Check
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.repeats import ALIKE, alike, fresh
from riyaz.tabla.taals import Taal

HEAD = 0.5  # of the theme's head, that a first palta keeps at least
STEP = 0.5  # of what is free, that changes at most
PAUSE = 2 * TICKS  # of a tihai, at most
# The parts of the bhari half in which a palta of such a note differs from the theme, of two lines or of one with a head
# and an end each: in at least one part of each group, and in no other.
VARIED: dict[str, tuple[tuple[int, ...], ...]] = {
    "second quarter varied": ((1,),),
    "third quarter varied": ((2,),),
    "first half varied": ((0, 1),),
    "first line varied": ((0, 1),),
    "head of the first line varied": ((0,),),
    "second line varied": ((2, 3),),
    "three quarters varied": ((0,), (1,), (2,)),
    "one line, its head varied": ((0,),),
}


def taught(composition: Composition) -> Composition:
    """The same with the sections only that are marked as taught; without sections where none is."""
    return replace(composition, sections=tuple(section for section in composition.sections if section.taught))


def composition(piece: Piece) -> Composition:
    """A piece of bols with its sections as a composition again; without sections where the piece has none."""
    parts = [
        Section(
            part["name"],
            form.between(piece.events, part["onset"], part["duration"]),
            part["derived"],
            part.get("taught", False),
            part.get("note", ""),
        )
        for part in piece.about.get("sections", [])
    ]
    about = piece.about
    return Composition(about.get("title", ""), about["taal"], about.get("form", ""), sections=tuple(parts))


def compositions(pieces: Iterable[Piece], home: Path, reader: str) -> list[Composition]:
    """The compositions of a corpus with sections: as they are written, or of other readers from what was read of them.

    Parameters
    ----------
    home : the corpus' folder. reader : ``tabla``, whose files are in the notation, or another.
    """
    if reader == "tabla":
        return [notation.read_file(home / piece.name) for piece in pieces if (home / piece.name).is_file()]
    return [composition(piece) for piece in pieces if piece.about.get("sections")]


def check(composition: Composition) -> list[Check]:
    """Put the rules of teaching to a kaida or rela; none where there is no theme, or for other forms."""
    theme = theme_of(composition)
    if theme is None or composition.form not in ("kaida", "rela"):
        return []
    taal = taals.TAALS[composition.taal]
    checks = [_on_a_matra(theme), _on_a_vibhag(theme, taal), _vibhags(theme, taal)]
    paltas = [section for section in composition.sections if section.name.startswith("palta")]
    for section in composition.sections:
        if section.name.startswith(("dohra", "palta")):
            line, opened = lines(theme, section)
            checks += [*_cadence_inside(line, opened, section), _end(line, section)]
            checks += [_on_a_matra(section), _on_a_vibhag(section, taal), _repeats(line, section)]
            checks.append(
                _dohra(line, section) if section.name.startswith("dohra") else _phrases([line, opened], section)
            )
            if section.name.startswith("palta"):
                n, most = alike(bhari(section)), max(ALIKE["palta"], alike(line * 2))
                checks.append(Check("no even row", n <= most, section.name, f"{n} phrases alike in a row"))
                checks += _named(line, opened, section)
    steps = build_up(composition)
    if paltas:
        checks.append(_first(theme, paltas[0], steps[0]))
    for step in steps:
        if step.step is not None:
            checks.append(Check("small step", step.step <= STEP, step.section, f"{step.step:.2f} of what is free"))
    for before, after in pairwise(paltas):
        checks.append(Check("lengths", after.ticks <= before.ticks, after.name, f"{after.ticks / TICKS:g} matras"))
        if after.ticks == before.ticks:
            passed = themes.other_phrases(bhari(before), bhari(after))
            words = "" if passed else f"the phrases of {before.name} in another order"
            checks.append(Check("other phrases", passed, after.name, words))
    for section in composition.sections:
        if section.name.startswith("tihai"):
            checks += [_tihai(theme, section, taal), *_pause(section, taal), *_long(section, paltas)]
    return checks


# Rules ---------------------------------------------------------------------------------------------------------


def _cadence_inside(line: Row, opened: Row, section: Section) -> list[Check]:
    """The closed cadence of a bhari half, where the theme has an open one too and none inside."""
    names, row = names_of(line), names_of(bhari(section))
    closed = form.cadence(names)
    n = len(closed)
    inside = [i for i in range(len(names) - n) if tuple(names[i : i + n]) == closed]
    if bols.khali(closed) != list(closed) or form.cadence(names_of(opened)) == closed or inside or not n:
        return []
    places = [i for i in range(len(row) - n) if tuple(row[i : i + n]) == closed and i != len(row) - 2 * n]
    detail = f"{' '.join(closed)} at stroke {places[0] + 1} of the bhari half" if places else ""
    at = tuple(i + k for i in places for k in range(n))
    return [Check("cadence at the end", not places, section.name, detail, at)]


def _end(line: Row, section: Section) -> Check:
    row, end = bhari(section), line[len(themes.until_ticks(line, themes.cut_of(line))) :]
    passed = row[len(row) - len(end) :] == end
    n, ends = len(names_of(row)), len(names_of(end))
    at = () if passed else tuple(range(max(0, n - ends), n))
    return Check("end of the theme", passed, section.name, "" if passed else f"not {' '.join(names_of(end))}", at)


def _on_a_matra(section: Section) -> Check:
    matra = Fraction(section.ticks // 2, TICKS) + 1
    return Check("khali on a matra", matra.denominator == 1, section.name, f"khali begins on matra {matra}")


def _on_a_vibhag(section: Section, taal: Taal) -> Check:
    matra = Fraction(section.ticks // 2 % taal.ticks, TICKS) + 1
    detail = f"khali begins on matra {matra}"
    return Check("khali on a vibhag", themes.khali_on_vibhag(taal, section.ticks), section.name, detail)


def _vibhags(theme: Section, taal: Taal) -> Check:
    """A phrase with each vibhag of the bhari half; not within the cadence, which stays whole."""
    row = bhari(theme)
    last = length(row[: len(row) - themes.cadence(row)])
    within = sorted({*themes.vibhags(taal, last)}.difference(themes.joints(row)))
    words = f"a phrase goes on over matra {', '.join(f'{start / TICKS + 1:g}' for start in within)}" if within else ""
    return Check("vibhags of the theme", not within, theme.name, words)


def _dohra(line: Row, section: Section) -> Check:
    row, cut = bhari(section), themes.cut_of(line)
    n = length(row) // max(length(line), 1)
    head = themes.until_ticks(line, cut)
    thrice = row == (*head * (2 * n - 1), *line[len(head) :])
    if 2 * cut == length(line) and (thrice or cut % TICKS == 0):
        return Check("dohra", thrice, section.name, "A A A B")
    twice = themes.until_ticks(row, cut) == head and row[len(row) - len(line) :] == line
    return Check("dohra", twice, section.name, "the line twice")


def _phrases(pair: Sequence[Row], section: Section) -> Check:
    line, opened = pair
    theme = [bol for bol, _ in (*line, *opened, *line)]
    known = {tuple(theme[i : i + n]) for n in (1, 2, 3, 4) for i in range(len(theme) - n + 1)}
    phrases = bols.phrases([bol for bol, _ in bhari(section)])
    strange = dict.fromkeys(phrase for phrase in phrases if phrase != ("",) and phrase not in known)
    at: list[int] = []
    struck = 0
    for phrase in phrases:
        size = len([bol for bol in phrase if bol])
        at += range(struck, struck + size) if phrase in strange else ()
        struck += size
    detail = ", ".join(" ".join(phrase) for phrase in strange)
    words = f"not in the theme: {detail}" if strange else ""
    return Check("phrases of the theme", not strange, section.name, words, tuple(at))


def _repeats(line: Row, section: Section) -> Check:
    row = bhari(section)
    worn = [
        " ".join(names_of(phrase))
        for phrase in themes.phrases_of([(row, ())])
        if not fresh(row, [phrase]) and fresh(line * 2, [phrase])
    ]
    return Check("no phrase worn", not worn, section.name, f"too often in a row: {', '.join(worn)}" if worn else "")


def _first(theme: Section, palta: Section, step: Step) -> Check:
    silent = any(not bol for bol, _ in bhari(theme))
    passed = step.joins == 1 and step.head >= HEAD and (not step.rests or silent)
    detail = f"{step.joins:.0%} of the joins, {step.head:.0%} of the head, {step.rests} rests"
    return Check("first palta", passed, palta.name, detail)


def _named(line: Row, opened: Row, section: Section) -> list[Check]:
    """What differs from the theme, beside what the note says; none for another note or no whole lines."""
    row, cut, size = bhari(section), themes.cut_of(line), length(line)
    n, over = divmod(length(row), max(size, 1))
    if section.note not in VARIED or over or n > 2:
        return []
    parts = [(k * size + start, k * size + stop) for k in range(n) for start, stop in ((0, cut), (cut, size))]
    known = [(*line * (n - 1), *line), (*opened * (n - 1), *line)]
    differs = {
        number
        for number, (start, stop) in enumerate(parts)
        if all(between(row, start, stop) != between(one, start, stop) for one in known)
    }
    groups = VARIED[section.note]
    passed = all(differs.intersection(group) for group in groups) and differs <= {i for group in groups for i in group}
    words = ", ".join(str(number + 1) for number in sorted(differs)) or "no part"
    return [Check("named as it is", passed, section.name, f"{section.note}: {words} of {len(parts)} parts differ")]


def _pause(section: Section, taal: Taal) -> list[Check]:
    """The pauses of a tihai that lands on sam, and where its phrase begins; none where there is no tihai."""
    struck = form.strokes(section.events)
    whole = [tihai for tihai in form.tihais(section.events, taal) if tihai.end == struck[-1][0]]
    return [
        check
        for tihai in whole[:1]
        for off in [(tihai.onsets[1] - tihai.onsets[0]) % TICKS]
        for matra in [Fraction(tihai.onsets[0] % taal.ticks, TICKS) + 1]
        for check in (
            Check("short pause", tihai.pause <= PAUSE, section.name, f"pauses of {tihai.pause / TICKS:g} matras"),
            Check("same place", not off, section.name, f"later by {off / TICKS:g} matras each time"),
            Check("tihai on a vibhag", matra in taal.starts, section.name, f"begins on matra {matra}"),
        )
    ]


def _long(section: Section, paltas: Sequence[Section]) -> list[Check]:
    n, least = section.ticks - TICKS, paltas[-1].ticks if paltas else 0
    words = f"{n / TICKS:g} matras, the last palta {least / TICKS:g}"
    return [Check("long tihai", n >= least, section.name, words)] if paltas else []


def _tihai(theme: Section, section: Section, taal: Taal) -> Check:
    """The cadence of the theme, then the last Dha, on sam; the phrase may end in several Dhas."""
    struck = form.strokes(section.events)
    names = [bol for _, bol in struck]
    stop = len(names)
    while stop and names[stop - 1] == "Dha":
        stop -= 1
    known = {cadence for cadence in form.cadences(theme.events) if cadence}
    ends = [cadence for cadence in known if tuple(names[stop - len(cadence) : stop]) == cadence]
    passed = bool(ends) and stop < len(names) and struck[-1][0] % taal.ticks == 0
    return Check("tihai of the kaida", passed, section.name, f"ends {' '.join(names[-5:])}")
