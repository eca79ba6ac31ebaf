"""Humdrum made at random, with what it says known by construction."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random

LENGTHS = {Fraction(2): "2", Fraction(3, 2): "4.", Fraction(1): "4", Fraction(1, 2): "8", Fraction(1, 4): "16"}
THIRDS = {Fraction(2, 3): "6", Fraction(1, 3): "12"}
NAMES = "ccddeffggaab"
SIGNS = " # #  # # # "


@dataclass
class Column:
    """A spine or sub-spine: its kind, its part, and what overhangs into the next bar."""

    kind: str
    part: int
    owed: Fraction = Fraction(0)
    tied: list | None = None  # the note that goes on


def kern(number):
    """A MIDI number as **kern spells it."""
    letter, octave = NAMES[number % 12], number // 12 - 1
    word = letter * (octave - 3) if octave >= 4 else letter.upper() * (4 - octave)
    return word + SIGNS[number % 12].strip()


class Score:
    """Random kern: `text`, and `notes` as (onset, pitch, length) in beats, ties joined, grace notes left out.

    overhang : notes sound over bar lines. free : bars are of any length, columns change places and are added.
    """

    def __init__(self, random: Random, bars: int = 4, overhang: bool = True, free: bool = True):
        self.random, self.overhang, self.free = random, overhang, free
        self.notes: list[list] = []
        self.columns = [Column("**kern", part) for part in range(random.randint(1, 3))]
        for kind in ("**dynam", "**text"):
            if random.random() < 0.5:
                place = random.randint(0, len(self.columns))
                self.columns.insert(place, Column(kind, -1))
        self.lines = ["!!!OTL: Random", "\t".join(c.kind for c in self.columns)]
        self.lines.append("\t".join("*M4/4" if c.kind == "**kern" else "*" for c in self.columns))
        self.now = Fraction(0)
        for number in range(bars):
            if number and (not free or random.random() < 0.7):  # columns divide and join within bars as well
                self.all(f"={number}")
            self.remarks()
            self.reshape()
            self.bar(random.choice([1, 2, 4]) if free else 4, last=number == bars - 1)
        self.now += max(column.owed for column in self.columns)
        while len(self.kern()) > len({c.part for c in self.kern()}) and self.join():
            pass
        self.all("==")
        self.all("*-")

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def kern(self):
        return [column for column in self.columns if column.kind == "**kern"]

    def all(self, token):
        self.lines.append("\t".join(token for _ in self.columns))

    def remarks(self):
        if self.random.random() < 0.2:
            self.lines.append(self.random.choice(["!! a remark", "!!LO:LB:g=original", "!!!ONB: a note", ""]))
        if self.random.random() < 0.2:
            self.all("!")
        if self.random.random() < 0.2:
            self.all("*")

    def reshape(self):
        """Divide, join, exchange, add and end columns."""
        for _ in range(self.random.randint(0, 3)):
            kind = self.random.random()
            if kind < 0.45:
                self.divide()
            elif kind < 0.8:
                self.join()
            elif kind < 0.9 and self.free:
                self.exchange()
            elif self.free:
                self.add()

    def divide(self):
        free = [k for k, column in enumerate(self.columns) if len(self.columns) < 7 and not column.owed]
        chosen = [k for k in free if self.random.random() < 0.4][:2]
        if not chosen:
            return
        self.lines.append("\t".join("*^" if k in chosen else "*" for k in range(len(self.columns))))
        after = []
        for k, column in enumerate(self.columns):
            after += [column, Column(column.kind, column.part)] if k in chosen else [column]
        self.columns = after

    def join(self):
        """Join one run of neighbours of a part; whether there was any."""
        runs, start = [], 0
        for k in range(1, len(self.columns) + 1):
            same = k < len(self.columns) and self.same(self.columns[start], self.columns[k])
            if not same:
                runs += [(start, k)] if k - start > 1 else []
                start = k
        if not runs:
            return False
        start, stop = self.random.choice(runs)
        stop = self.random.randint(start + 2, stop)
        self.lines.append("\t".join("*v" if start <= k < stop else "*" for k in range(len(self.columns))))
        del self.columns[start + 1 : stop]
        return True

    @staticmethod
    def same(a, b):
        return (a.kind, a.part, a.owed, b.owed) == (b.kind, b.part, 0, 0)

    def exchange(self):
        if len(self.columns) < 2:
            return
        place = self.random.randint(0, len(self.columns) - 2)
        self.lines.append("\t".join("*x" if k in (place, place + 1) else "*" for k in range(len(self.columns))))
        self.columns[place : place + 2] = reversed(self.columns[place : place + 2])

    def add(self):
        if len(self.columns) > 5 or not any(not column.owed for column in self.kern()):
            return
        place = self.random.randint(0, len(self.columns) - 1)
        self.lines.append("\t".join("*+" if k == place else "*" for k in range(len(self.columns))))
        part = max(column.part for column in self.columns) + 1
        self.columns.insert(place + 1, Column("**kern", part))
        self.lines.append("\t".join("**kern" if k == place + 1 else "*" for k in range(len(self.columns))))

    def bar(self, beats, last):
        events: dict[Fraction, dict[int, str]] = {}
        graces: dict[Fraction, dict[int, str]] = {}
        pools = max(len(self.columns), 7)
        for place, column in enumerate(self.columns):
            if column.kind != "**kern":
                if self.random.random() < 0.5:
                    events.setdefault(Fraction(0), {})[place] = self.random.choice(["p", "r", "8c", "la- r"])
                continue
            pitches = [p for p in range(36, 84) if p % pools == place]
            time = column.owed
            if time >= beats:
                column.owed -= beats
                continue
            column.owed = group = Fraction(0)  # what is left of a group of triplets
            while time < beats:
                if not group and beats - time >= 1 and self.random.random() < 0.2:
                    group = Fraction(1)
                length, written = self.length(group, THIRDS) if group else self.length(beats - time, LENGTHS, not last)
                group -= length if group else 0
                if time + length > beats:
                    column.owed = time + length - beats
                ends = last and time + length == beats
                events.setdefault(time, {})[place] = self.token(column, time, length, written, pitches, ends)
                if self.random.random() < 0.1:
                    graces.setdefault(time, {})[place] = f"{self.random.choice(['8q', 'q', '16qq'])}{kern(60)}"
                time += length
        self.write(events, graces)
        self.now += beats

    def length(self, left, table, free=False):
        """A length that fits, or now and then one that goes on behind the bar line."""
        fitting = [length for length in table if length <= left]
        if self.overhang and free and self.random.random() < 0.1:
            fitting = list(table)
        length = self.random.choice(fitting)
        return length, table[length]

    def token(self, column, time, length, written, pitches, ends):
        onset = self.now + time
        going, column.tied = column.tied, None
        tied = going[1] if going and going[1] in pitches else 0
        if not tied and self.random.random() < 0.2:
            return self.random.choice([f"{written}r", f"{written}ryy", f"{written}ccr"])
        chosen = sorted({tied} - {0} | set(self.random.sample(pitches, self.random.randint(1, min(3, len(pitches))))))
        if not tied:
            chosen = chosen[: self.random.choice([1, 1, 2, 3])]
        goes_on = self.random.choice(chosen) if self.random.random() < 0.2 and not ends else 0
        words = []
        for pitch in chosen:
            before = pitch == tied
            if before:
                note = going
                note[2] += length
            else:
                note = [onset, pitch, length]
                self.notes.append(note)
            if pitch == goes_on:
                column.tied = note
            start = "[" if pitch == goes_on and not before else ""
            stop = {(True, True): "_", (True, False): "]"}.get((before, pitch == goes_on), "")
            words.append(f"{start}{self.random.choice(['', '', '(', '&'])}{written}{kern(pitch)}"
                         f"{self.random.choice(['', 'L', 'J', chr(92), '/', 'X', ';'])}{stop}")  # fmt: skip
        if self.random.random() < 0.5:
            self.random.shuffle(words)
        return " ".join(words)

    def write(self, events, graces):
        for time in sorted(events):
            for table in (graces, events):
                row = table.get(time)
                if row:
                    self.lines.append("\t".join(row.get(k, ".") for k in range(len(self.columns))))
            if self.random.random() < 0.05:
                self.all(".")
