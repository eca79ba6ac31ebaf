"""Reads ABC: a book of tunes, each with its fields and its music.

Held to the text of the standard where music21, and many tunes, are not: an accidental holds to the end of its bar, a
voice goes on where it was left, overlays begin with their bar, a tune takes nothing from the tune before. What is
written for the eye only is passed over.

References
----------
The ABC music standard 2.1 (2011): https://abcnotation.com/wiki/abc:standard:v2.1
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import prod

from riyaz.music import abc_fields
from riyaz.music.abc_fields import SIGNS, Key
from riyaz.music.events import TICKS
from riyaz.music.written import ENDS, STARTS, Note, Score, Time, bar_ticks, exact, whole

WHOLE = 4 * TICKS
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
IN_BODY = "IKLMmNPQRrsTUVWw+"  # fields that a tune's music may hold; other lines that look so are music
_LENGTH = r"[0-9]*(?:/[0-9]*)*"
_SIGN = r"(?:(?P<sign>\^\^?|__?|=)(?P<part>[0-9]+/[0-9]+|/[0-9]*|[0-9]+)?)?"
_NOTE = rf"{_SIGN}(?P<letter>[A-Ga-g])(?P<octave>[',]*)(?P<of>{_LENGTH})"
_SINGLE = re.compile(rf"{_NOTE}(?P<tie>\s*-)?|(?P<rest>[zx])(?P<length>{_LENGTH})")
_QUIET = re.compile(r"\"[^\"\n]*\"|![^!\n]*!")
_TOKEN = re.compile(
    rf"""
    (?P<text>"[^"\n]*")
    | \[(?P<field>[IKLMmNPQRrUVWw]):(?P<value>[^\[\]\n]*)\]
    | (?P<bar>\[\|[\]:]* | \.?:*\|+[|:\]]* | ::+)(?:\[?[1-9][0-9,.\-]*)?
    | (?P<ending>\[[1-9][0-9,.\-]*)
    | (?P<grace>\{{[^{{}}\n]*\}})
    | (?P<sign_word>![^!\s|]+! | !\s*[dD]\.[cCsS]\.[^!|\n]*! | \+[a-zA-Z0-9.<>()]+\+)
    | \((?P<p>[0-9]{{1,2}})(?::(?P<q>[0-9]*))?(?::(?P<r>[0-9]*))?
    | \[(?P<chord>[^\[\]|\n]*)\](?P<times>{_LENGTH})
    | {_NOTE}
    | (?P<rest>[zx])(?P<length>{_LENGTH})
    | (?P<bars>[ZX])(?P<count>[0-9]*)
    | (?P<broken>>+|<+)
    | (?P<tie>-)
    | (?P<overlay>&)
    """,
    re.VERBOSE,
)


@dataclass
class Voice:
    """Where a voice is: times are ticks.

    Attributes
    ----------
    now, bar, reach : where the next note starts, where this bar began, where its longest overlay ends.
    first, whole : where the first bar ended, 0 before that, and where its metre would end it. later : anything follows.
    held : accidentals of this bar. ties : by letter and octave, the note that waits.
    last : the latest notes (or none) and their length. broken : what they and the next are multiplied by.
    tuplet : factor and how many notes more.
    """

    number: int
    key: Key
    metre: str | None
    unit: Fraction
    now: Time = 0
    bar: Time = 0
    reach: Time = 0
    first: Time = 0
    whole: int = 0
    later: bool = False
    held: dict[str, float] = field(default_factory=dict)
    ties: dict[str, Note] = field(default_factory=dict)
    last: tuple[list[tuple[str, Note]], Time] | None = None
    broken: tuple[Fraction, Fraction] | None = None
    tuplet: tuple[Fraction, int] = (Fraction(1), 0)


def tunes(text: str) -> Iterator[list[str]]:
    """The lines of each tune of a book, its own after those of the book's head; remarks and directives are left out.

    A tune begins with X: and ends with an empty line or the next X:. A file without X: is one tune.
    """
    lines = list(_lines(text))
    starts = [number for number, line in enumerate(lines) if re.match(r"X\s*:", line)]
    if not starts:
        yield lines
        return
    head = lines[: starts[0]]
    common = [line for line in head[: head.index("") if "" in head else None] if re.match(r"[LMCI]:", line)]
    for start, stop in pairwise([*starts, len(lines)]):
        tune = lines[start:stop]
        body = next((number for number, line in enumerate(tune) if line.startswith("K:")), 0)
        end = tune.index("", body) if "" in tune[body:] else None
        yield common + tune[:end]


def _lines(text: str) -> Iterator[str]:
    block = ""
    for line in re.split(r"\r\n|\r|\n", text):
        if block:
            block = "" if re.match(rf"%%\s*end{block}", line) else block
            continue
        start = re.match(r"%%\s*begin([a-z]+)", line)
        if start:
            block = start[1]
        elif line.startswith("%"):
            said = re.match(r"%%\s*(propagate-accidentals\s+\w+|MIDI\s+program\s+[0-9 ]+)", line)
            if said:
                yield f"I:{said[1]}"
        else:
            yield re.sub(r"(?<!\\)%.*", "", line).strip()


def score(lines: list[str]) -> Score:
    """Read one tune."""
    return _Tune(lines).result


class _Tune:
    """The walk over one tune's lines: first its head, up to K:, then the music."""

    def __init__(self, lines: list[str]) -> None:
        self.result = Score()
        self.voices: dict[str, Voice] = {}
        self.options: dict[str, str] = {}  # voice: what its field in the head says
        self.key = Key()
        self.metre: str | None = None
        self.unit: Fraction | None = None
        self.tempo = ""
        self.spread = "pitch"
        self.program: int | None = None  # that the head names
        self.voice: Voice | None = None
        self.continued = False
        in_head = True
        for line in lines:
            match = re.match(r"([A-Za-z+])\s*:(.*)", line)
            name = match[1] if match else ""
            if in_head and match:
                self._head(name, match[2].strip())
                in_head = name != "K"
            elif in_head:
                continue
            elif match and name in IN_BODY and not re.match(r"[|:]", match[2]):
                self._field(name, match[2].strip())
            else:
                self._music(line)
        self._finish()

    # --- fields ------------------------------------------------------------------------------------------------

    def _head(self, name: str, value: str) -> None:
        score = self.result
        if name == "T":
            score.title = score.title or value
        elif name == "C":
            score.composer = score.composer or value
        elif name == "M":
            self.metre = abc_fields.metre(value)
        elif name == "L":
            self.unit = abc_fields.unit(value) or self.unit
        elif name == "Q":
            self.tempo = value
        elif name == "V":
            self._voice_options(value)
        elif name == "I":
            self._instruction(value)
        elif name == "K":
            self.key = abc_fields.key(value, self.key)
            if self.unit is None:
                short = 0 < bar_ticks(self.metre) < 3 * TICKS
                self.unit = Fraction(1, 16 if short else 8)
            self._say(score.metres, 0, self.metre)
            self._say(score.sharps, 0, self._sharps(self.key))
            self._say(score.tempos, 0, abc_fields.tempo(self.tempo, self.unit))

    def _field(self, name: str, value: str) -> None:
        """A field within the music, on a line of its own or in brackets: it holds for the voice it stands in."""
        if name == "V":
            word = self._voice_options(value)
            if word and word != "*":
                self.voice = self._named(word)
            return
        if name == "I":
            self._instruction(value)
        if name not in "KMLQ":
            return
        voice = self._now()
        score = self.result
        if name == "K":
            voice.key = abc_fields.key(value, voice.key)
            voice.held = {}
            self._say(score.sharps, voice.now, self._sharps(voice.key), voice)
        elif name == "M":
            voice.metre = abc_fields.metre(value)
            self._say(score.metres, voice.now, voice.metre, voice)
        elif name == "L":
            voice.unit = abc_fields.unit(value) or voice.unit
        else:
            self._say(score.tempos, voice.now, abc_fields.tempo(value, voice.unit))

    @staticmethod
    def _sharps(key: Key) -> int | None:
        return key.sharps if key.transpose % 12 == 0 else None

    @staticmethod
    def _say(values: list, time: Time, value: object, voice: Voice | None = None) -> None:
        if value is not None and (voice is None or voice.number == 0):
            values.append((time, value))

    def _instruction(self, value: str) -> None:
        spread = re.match(r"propagate-accidentals\s+(not|octave|pitch)", value)
        if spread:
            self.spread = spread[1]
        program = re.match(r"MIDI\s+program\s+(?:[0-9]+\s+)?([0-9]{1,3})\s*$", value)  # perhaps after a channel
        if program and int(program[1]) < 128:
            if self.voice is None:  # of every voice
                self.program = int(program[1])
            else:
                self.result.programs[self._now().number] = int(program[1])

    def _voice_options(self, value: str) -> str:
        """Keep what a field V: says; the voice's name."""
        word, _, options = value.partition(" ")
        if options.strip():
            self.options[word] = options
            if word in self.voices:
                self.voices[word].key = self.voices[word].key.clefs(options)
        elif word:
            self.options.setdefault(word, "")
        return word

    def _named(self, word: str) -> Voice:
        if word not in self.voices:
            key = self.key.clefs(self.options.get(word, ""))
            unit = self.unit or Fraction(1, 8)
            number = len(self.voices)
            self.voices[word] = Voice(number, key, self.metre, unit)
            if self.program is not None:
                self.result.programs.setdefault(number, self.program)
        return self.voices[word]

    def _now(self) -> Voice:
        """The voice that music belongs to; before any is named, the first of those that the head names."""
        if self.voice is None:
            self.voice = self._named(next(iter(self.options), "1"))
        return self.voice

    # --- music -------------------------------------------------------------------------------------------------

    def _music(self, line: str) -> None:
        lost = self.result.lost
        place = 0
        while token := _TOKEN.search(line, place):
            place = token.end()
            kind = token.lastgroup
            if token["letter"]:
                voice = self._now()
                length = self._length(voice, token["of"])
                factor = self._dotted(voice, length)
                added = self._single(voice, token, exact(length * factor))
                self._after(voice, [added] if added else [], length, factor)
            elif token["bar"]:
                self._bar(self._now(), token["bar"])
            elif token["chord"] is not None:
                self._chord(self._now(), token)
            elif token["rest"]:
                voice = self._now()
                length = self._length(voice, token["length"])
                self._after(voice, [], length, self._dotted(voice, length))
            elif token["broken"]:
                self._broken(self._now(), token["broken"])
            elif token["tie"]:
                voice = self._now()
                voice.ties.update(voice.last[0] if voice.last else [])
            elif token["text"]:
                lost["chord_symbols"] += token["text"][1:2] not in ("^", "_", "<", ">", "@", '"')
            elif token["field"]:
                self._field(token["field"], token["value"].strip())
            elif token["grace"]:
                lost["grace"] += len(re.findall(r"[A-Ga-g]", token["grace"]))
            elif token["p"]:
                self._tuplet(self._now(), token)
            elif token["bars"]:
                voice = self._now()
                voice.now += whole(token["count"] or "1") * (bar_ticks(voice.metre) or WHOLE)
                voice.last = None
            elif token["sign_word"]:
                voice = self._now()
                self.result.say(voice.now, voice.number, token["sign_word"][1:-1].strip())
            elif kind == "overlay":
                self._overlay(self._now())

    def _length(self, voice: Voice, text: str) -> Time:
        """The length of a note in ticks, with the tuplet it stands in."""
        factor, left = voice.tuplet
        self.result.lost["damaged"] += _over_zero(text)
        return _ticks(voice.unit, text, factor if left else Fraction(1))

    def _dotted(self, voice: Voice, length: Time) -> Fraction:
        """Apply a dotted rhythm to the notes before; the factor of the next. Between unequal lengths: nothing."""
        if voice.broken is None or voice.last is None:
            return Fraction(1)
        before, after = voice.broken
        voice.broken = None
        notes, earlier = voice.last
        if earlier != length:
            self.result.lost["damaged"] += 1
            return Fraction(1)
        shift = length * (
            before - 1
        )  # of the border between them; one that is dotted on both sides keeps the bar whole
        for _, note in notes:
            note[1] = exact(note[1] + shift)
        voice.now = exact(voice.now + shift)
        return after

    def _after(self, voice: Voice, notes: list[tuple[str, Note]], length: Time, factor: Fraction) -> None:
        """Go on behind what was just read, of the length that is written."""
        tuplet, left = voice.tuplet
        voice.tuplet = (tuplet, max(left - 1, 0))
        voice.last = (notes, length)
        voice.now = exact(voice.now + length * factor)
        voice.later = voice.later or voice.first > 0

    def _single(self, voice: Voice, token: re.Match, length: Time) -> tuple[str, Note] | None:
        """Add one note; its name (letter and octave) and itself."""
        onset = voice.now
        letter = token["letter"].upper()
        octave = 4 + token["letter"].islower() + token["octave"].count("'") - token["octave"].count(",")
        name = f"{letter}{octave}"
        held = letter if self.spread == "pitch" else name
        waiting = voice.ties.pop(name, None)
        if waiting is not None and waiting[1] != onset:
            waiting = None
        pitch: float = 12 * (octave + 1) + NATURAL[letter] + voice.key.shift
        if token["sign"]:
            alter = SIGNS[token["sign"]] * _microtone(token["part"])
            if self.spread != "not":
                voice.held[held] = alter
            pitch += alter
        elif waiting is not None:
            pitch = waiting[2]  # a tie takes the accidental over the bar line
        else:
            pitch += voice.held.get(held, voice.key.alters.get(letter, 0))
        note = self.result.note(onset, length, pitch, voice.number)
        if note is None:
            return None
        if waiting is not None and waiting[2] == note[2]:
            waiting[4] |= STARTS
            note[4] |= ENDS
        return name, note

    def _chord(self, voice: Voice, token: re.Match) -> None:
        """Notes that start together: the first of them says when the next begins."""
        times = _factor(token["times"])
        self.result.lost["damaged"] += _over_zero(token["times"])
        notes: list[tuple[str, Note]] = []
        ties: list[tuple[str, Note]] = []
        step: Time | None = None
        factor = Fraction(1)
        for single in _SINGLE.finditer(_QUIET.sub("", token["chord"])):
            length = exact(self._length(voice, single["of"] or single["length"] or "") * times)
            if step is None:
                step, factor = length, self._dotted(voice, length)
            added = None if single["rest"] else self._single(voice, single, exact(length * factor))
            if added:
                notes.append(added)
                ties += [added] if single["tie"] else []
        voice.ties.update(ties)
        if step is not None:
            self._after(voice, notes, step, factor)

    def _broken(self, voice: Voice, marks: str) -> None:
        """``a>b`` lengthens the note before and shortens the one after; ``a<b`` the other way."""
        small = Fraction(1, 2 ** min(len(marks), 8))
        voice.broken = (2 - small, small) if marks[0] == ">" else (small, 2 - small)

    def _tuplet(self, voice: Voice, token: re.Match) -> None:
        """``(p:q:r``: p notes in the time of q, for the next r notes."""
        p = int(token["p"])
        compound = re.match(r"(6|9|12)/", voice.metre or "")
        usual = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}.get(p, 3 if compound else 2)
        q = whole(token["q"] or "0") or usual
        r = whole(token["r"] or "0") or p
        if p:
            voice.tuplet = (Fraction(q, p), r)
        else:
            self.result.lost["damaged"] += 1

    def _bar(self, voice: Voice, bar: str) -> None:
        voice.now = max(voice.now, voice.reach)
        if not voice.first and voice.now > 0:
            voice.first, voice.whole = voice.now, bar_ticks(voice.metre)
        voice.bar = voice.reach = voice.now
        voice.held = {}
        if voice.number == 0:
            sides = bar.replace(".", "").strip("[]")
            self.result.lost["repeats"] += sides.startswith(":") + (sides.endswith(":"))

    def _overlay(self, voice: Voice) -> None:
        """``&``: what follows sounds from the start of the bar."""
        voice.reach = max(voice.reach, voice.now)
        voice.now = voice.bar
        voice.held = {}
        voice.last = voice.broken = None

    def _finish(self) -> None:
        result = self.result
        voices = list(self.voices.values())
        result.end = max((max(voice.now, voice.reach) for voice in voices), default=0)
        opening = next((voice for voice in voices if voice.first), None)
        if opening and opening.later and opening.first < opening.whole:
            result.lead = opening.whole - opening.first


@lru_cache(maxsize=4096)
def _ticks(unit: Fraction, text: str, *factors: Fraction) -> Time:
    return exact(prod((_factor(text), *factors), start=unit * WHOLE))


@lru_cache(maxsize=4096)
def _factor(text: str) -> Fraction:
    """A length of ABC: ``3``, ``3/2``, ``/``, ``//``, ``/4``; a division by zero is passed over."""
    above, *below = text.split("/")
    value = Fraction(whole(above)) if above else Fraction(1)
    for part in below[:16]:
        value /= (whole(part) if part else 2) or 1
    return value


def _over_zero(text: str) -> bool:
    return "/0" in text and any(part and not whole(part) for part in text.split("/")[1:])


def _microtone(text: str | None) -> float:
    """What a sign is multiplied by: ``/`` is a quarter tone, ``3/2`` three of them; none is a semitone."""
    if not text:
        return 1
    above, _, below = text.partition("/")
    value = Fraction(whole(above or "1"))
    return float(value / (whole(below or "2") or 2)) if "/" in text else float(value)
