"""Reads Humdrum: the notes of the **kern spines of a file, with all their sub-spines.

A line is a moment. The spines that have a token in it begin together, where the notes before them ended; spines divide
(``*^``), join (``*v``), change places (``*x``), are added (``*+``) and end (``*-``) by the interpretations between.
Bar lines tell no time: a note may sound over them. Pitches are those that sound.

References
----------
Huron, The Humdrum Toolkit: Reference Manual (1994), chapters on the syntax and on **kern; https://www.humdrum.org.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

from riyaz.music.dynamics import ALL
from riyaz.music.events import TICKS, Unreadable
from riyaz.music.written import ENDS, STARTS, Score, Time, bar_ticks, exact, whole

_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_PITCH = re.compile(r"([a-g])\1*|([A-G])\2*")
_RECIP = re.compile(r"([0-9]+)(?:%([0-9]+))?(\.*)")
_KEY = re.compile(r"\*k\[((?:[a-g][#n-]+)*)\]")
_METRE = re.compile(r"\*M([0-9+]+/[0-9]+(?:\+[0-9+]+/[0-9]+)*)")
_TEMPO = re.compile(r"\*MM([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_RECORD = re.compile(r"!!!(OTL|COM)(?:@@?\w+)?\s*:\s*(.*)")
MAX_SPINES = 1000
_MEND = "repair the line: each spine has one token, and tabs part them"


@dataclass
class Spine:
    """One spine or sub-spine: what it is, which part, and where its last note ends (ticks).

    Each has a number of its own, its `voice`. A new one has had no note: `sure` is False, and `until` is where the
    notes of that ended from which it divided.
    """

    kind: str
    part: int
    until: Time = 0
    sure: bool = True
    voice: int = field(default_factory=count().__next__)


def scores(text: str) -> list[Score]:
    """Read the pieces of a file: one, or several where all spines end and others begin.

    Raises
    ------
    Unreadable : a line has more or fewer tokens than there are spines, or joins what is not side by side.
    """
    pieces: list[_Walk] = []
    walk: _Walk | None = None
    records: list[tuple[str, str]] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        record = _RECORD.match(line)
        if record:
            records.append((record[1], record[2]))
        elif line.startswith("**") and walk is None:
            walk = _Walk(re.split(r"\t+", line.strip("\t ")), records)
            records = walk.records
            pieces.append(walk)
        elif line.strip() and not line.startswith("!") and walk is not None:
            walk.line(line, number)
            if not walk.spines:
                walk, records = None, []
    if pieces:
        pieces[-1].records += [record for record in records if record not in pieces[-1].records]
    return [walk.finish() for walk in pieces]


class _Walk:
    """The walk over one piece."""

    def __init__(self, kinds: list[str], records: list[tuple[str, str]]) -> None:
        self.spines = [Spine(kind, part) for part, kind in enumerate(kinds)]
        self.records = records
        self.score = Score()
        self.moment: Time = 0  # of the latest line with notes or rests
        self.first: Time = 0  # where the first bar ends, 0 before that
        self.barred = False  # since the latest moment there was a bar line
        self.leader = next((s.part for s in self.spines if s.kind == "**kern"), -1)

    def line(self, line: str, number: int) -> None:
        tokens = re.split(r"\t+", line.strip("\t"))
        if len(tokens) != len(self.spines):
            raise Unreadable(f"line {number}: {len(tokens)} tokens for {len(self.spines)} spines", _MEND)
        if line.startswith("*"):
            self._interpretations([token.strip() for token in tokens], number)
        elif line.startswith("="):
            self._bar(tokens)
        else:
            self._data(tokens)

    def _interpretations(self, tokens: list[str], number: int) -> None:
        for spine, token in zip(self.spines, tokens, strict=True):
            if token.startswith("**"):
                spine.kind = token
            elif spine.kind == "**kern":
                self._tandem(token, spine)
        crossed = [place for place, token in enumerate(tokens) if token == "*x"]
        if len(crossed) % 2:
            raise Unreadable(f"line {number}: *x stands alone", "two spines change places")
        spines: list[Spine] = list(self.spines)
        for a, b in zip(crossed[::2], crossed[1::2], strict=True):
            spines[a], spines[b] = spines[b], spines[a]
        after: list[Spine] = []
        joins = False  # whether the token before was *v
        for spine, token in zip(spines, tokens, strict=True):
            if token == "*v" and joins:
                both = [s for s in (after[-1], spine) if s.sure] or [spine]
                after[-1].until, after[-1].sure = max(s.until for s in both), both[0].sure
            elif token != "*-":
                after.append(spine)
            if token == "*^":
                after.append(Spine(spine.kind, spine.part, spine.until, sure=False))
            elif token == "*+":
                part = max((s.part for s in [*spines, *after]), default=0) + 1
                after.append(Spine("", part, self._now(), sure=False))
            joins = token == "*v"
        if len(after) > MAX_SPINES:
            raise Unreadable(f"line {number}: more than {MAX_SPINES:,} spines", "split the file")
        self.spines = after

    def _now(self) -> Time:
        """The end of what sounds."""
        return max((s.until for s in self.spines if s.kind == "**kern"), default=self.moment)

    def _tandem(self, token: str, spine: Spine) -> None:
        score = self.score
        tempo = _TEMPO.fullmatch(token)
        if tempo:
            score.tempos.append((spine.until, float(tempo[1])))
        if spine.part != self.leader:
            return
        key, metre = _KEY.fullmatch(token), _METRE.fullmatch(token)
        if metre:
            score.metres.append((spine.until, metre[1]))
        elif key:
            signs = Counter(re.findall(r"[#-]", key[1]))
            if len(signs) < 2:
                score.sharps.append((spine.until, signs["#"] - signs["-"]))

    def _bar(self, tokens: list[str]) -> None:
        self.barred = True
        marks = next((t for s, t in zip(self.spines, tokens, strict=True) if s.kind == "**kern"), "")
        self.score.lost["repeats"] += bool(re.search(r":[|!]", marks)) + bool(re.search(r"[|!]:", marks))

    def _data(self, tokens: list[str]) -> None:
        """A moment: it begins where the spines that have tokens had come to."""
        struck = [
            (spine, [_Single(single) for single in token.split()])
            for spine, token in zip(self.spines, tokens, strict=True)
            if spine.kind == "**kern" and token.strip() != "."
        ]
        timed = [spine for spine, singles in struck if any(not single.grace for single in singles)]
        if timed:
            now = max(spine.until for spine in [spine for spine in timed if spine.sure] or timed)
            if now <= self.moment:  # a sub-spine that was silent without rests
                later = [s.until for s in self.spines if s.kind == "**kern" and s.until > self.moment]
                now = min(later, default=now)
            self._end_of_bar(now)
            self.moment = now
        for spine, token in zip(self.spines, tokens, strict=True):
            for word in re.findall(r"[a-z]+|[<>\[\]]", token) if spine.kind == "**dynam" else ():
                self.score.say(self.moment, ALL, word)
        for spine, singles in struck:
            length: Time | None = None
            for single in singles:
                if single.grace:
                    self.score.lost["grace"] += single.pitch is not None
                    continue
                own = single.length if single.length is not None else length if length is not None else 0
                length = own if length is None else length
                if single.percussion:
                    self.score.lost["percussion"] += 1
                elif single.pitch is not None:
                    self.score.note(self.moment, own, single.pitch, spine.part, single.tie, spine.voice)
            if length is not None:
                spine.until, spine.sure = exact(self.moment + length), True
                self.score.end = max(self.score.end, spine.until)

    def _end_of_bar(self, now: Time) -> None:
        if self.barred and not self.first:
            self.first = now
        self.barred = False

    def finish(self) -> Score:
        score = self.score
        for name, value in self.records:
            if name == "OTL":
                score.title = score.title or value
            else:
                score.composer = score.composer or value
        score.end = max([score.end, *(note[1] for note in score.notes)])
        self._end_of_bar(score.end)
        bar = bar_ticks(next((value for time, value in score.metres if time == 0), None))
        if 0 < self.first < bar and score.end > self.first:
            score.lead = bar - self.first
        return score


class _Single:
    """One note or rest of a token."""

    __slots__ = ("grace", "length", "percussion", "pitch", "tie")

    def __init__(self, text: str) -> None:
        self.grace = "q" in text or "Q" in text
        self.length = _length(text)
        self.percussion = "R" in text
        self.pitch: float | None = None
        self.tie = 0
        letters = None if "r" in text else _PITCH.search(text)
        if letters:
            name = letters[0]
            octave = 4 + len(name) - 1 if name.islower() else 4 - len(name)
            alter = text.count("#") - text.count("-")
            self.pitch = 12 * (octave + 1) + _NATURAL[name[0].lower()] + alter
            self.tie = STARTS * ("[" in text or "_" in text) + ENDS * ("]" in text or "_" in text)


def _length(text: str) -> Time | None:
    """Ticks of a **recip value: ``4`` a quarter, ``4.`` dotted, ``0`` a breve, ``3%2`` 2/3 of a whole."""
    match = _RECIP.search(text)
    if not match:
        return None
    if set(match[1]) == {"0"}:
        value = Fraction(2 ** min(len(match[1]), 8))
    else:
        value = Fraction(whole(match[2] or "1"), whole(match[1]))
    dots = min(len(match[3]), 16)
    return exact(value * 4 * TICKS * (2 - Fraction(1, 2**dots)))
