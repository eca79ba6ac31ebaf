"""Tunes in ABC made at random, as in collections of dance tunes, with what they say known by construction."""

from fractions import Fraction
from random import Random

HALF = Fraction(1, 2)
LENGTHS = {1: [""], 2: ["2"], 3: ["3"], 4: ["4"], HALF: ["/2", "/", "1/2"], Fraction(3, 2): ["3/2"],
           Fraction(1, 4): ["/4", "//"]}  # fmt: skip
NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
SIGNS = {"^": 1, "_": -1, "=": 0, "^^": 2, "__": -2}
# keys as they are spelled, and what they alter
KEYS = {"C": "", "Am": "", "A minor": "", "Ddor": "", "G": "F#", "Em": "F#", "Ador": "F#", "D": "F#C#",
        "Amix": "F#C#", "A": "F#C#G#", "E": "F#C#G#D#", "F": "Bb", "Gm": "BbEb", "Bb": "BbEb", "Cm": "BbEbAb",
        "F#m": "F#C#G#"}  # fmt: skip
METRES = {"4/4": 4, "C": 4, "C|": 4, "2/4": 2, "3/4": 3, "6/8": 3, "9/8": Fraction(9, 2), "5/4": 5}
CHORDS = ('"G"', '"Am"', '"D7"', '"C/e"', '"^above"', '"D m"', '">"')
BEFORE = ("!f!", "~", ".", "u", "v", "H", "{g}", "{^a=b}", "!trill!", "+fermata+")


class Tune:
    """One tune: `text`, and `notes` as (onset, pitch, length) in beats, ties joined, grace notes left out."""

    def __init__(self, random: Random, number: int = 1, bars: int = 8):
        self.random = random
        self.notes: list[list] = []
        self.now = Fraction(0)
        self.held: dict[str, int] = {}
        self.tied: tuple[str, list] | None = None  # as it is spelled, without its sign
        name, self.metre = random.choice(list(METRES.items()))
        self.unit = Fraction(1, 4) if self.metre < 3 else HALF  # in beats, where L: says nothing
        head = [f"X: {number}", "T:A tune", "% from a collection", "S:Trad", f"M:{name}"]
        if random.random() < 0.7:
            spelled, self.unit = random.choice([("1/4", Fraction(1)), ("1/8", HALF), ("1/16", Fraction(1, 4))])
            head.append(f"L:{spelled}")
        if random.random() < 0.3:
            head.append(
                random.choice(["P:AABB", "R:reel", "Q:1/4=120", "N: a | remark", "H:A B C", "I:abc-charset utf-8"])
            )
        self.key(random.choice(list(KEYS)))
        head.append(f"K:{self.spelled_key}")
        self.body: list[str] = []
        self.music(bars)
        self.text = "\n".join([*head, *self.body]) + "\n"

    def key(self, name):
        self.spelled_key = name
        marks = KEYS[name]
        self.alters = {marks[k]: 1 if marks[k + 1] == "#" else -1 for k in range(0, len(marks), 2)}

    def music(self, bars):
        line = ""
        if self.random.random() < 0.4:
            line = self.bar(self.unit) + "|"  # a pick-up
            self.held = {}
        for number in range(bars):
            if self.random.random() < 0.1:
                self.break_off(line)
                self.body.append(self.random.choice(["P:B", "% a remark", "w: la la", "R:jig", "N:text"]))
                line = ""
            line += self.before() + self.bar(self.metre) + self.after(number == bars - 1)
            if self.random.random() < 0.4:
                self.break_off(line)
                line = ""
        self.break_off(line)

    def break_off(self, line):
        if line:
            self.body.append(line + self.random.choice(["", "", "\\", " % a remark", " "]))

    def before(self):
        """What stands at the beginning of a bar."""
        chance = self.random.random()
        if chance < 0.05:
            name = self.random.choice(list(KEYS))
            self.key(name)
            return f"[K:{name}]"
        if chance < 0.1:
            self.unit = self.random.choice([HALF, Fraction(1, 4)])
            return f"[L:1/{4 / self.unit}]"
        return self.random.choice(["", "", " ", "[1 ", " [2 ", "[P:B]"])

    def after(self, last):
        self.held = {}
        return self.random.choice(
            ["|]", ":|", "||"] if last else ["|", "|", " | ", ":|", "|:", "::", "||", ":|2 ", "|1 "]
        )

    def bar(self, beats):
        words, left = [], beats / self.unit
        while left:
            word, length = self.word(left)
            left -= length
            words.append(self.random.choice(["", "", " "]) + word)
        music = "".join(words)
        return f"({music.strip()})" if self.random.random() < 0.1 and self.tied is None else music

    def word(self, left):
        """Some notes that are not longer than what is left, and how long they are, in units."""
        chance = self.random.random()
        if chance < 0.1 and left >= 2:
            marks = self.random.choice([">", "<", ">>"])
            small = Fraction(1, 2 ** len(marks))
            first, second = (2 - small, small) if marks[0] == ">" else (small, 2 - small)
            between = self.random.choice(["", "", "{a}"])
            return self.note(1, "", first) + marks + between + self.note(1, "", second), 2
        if chance < 0.2 and left >= 1:
            each = 1 if left >= 2 and self.random.random() < 0.5 else HALF
            spelled = "" if each == 1 else "/2"
            return "(3" + "".join(self.note(each, spelled, each * Fraction(2, 3)) for _ in range(3)), 2 * each
        length = self.random.choice([n for n in LENGTHS if n <= left])
        spelled = self.random.choice(LENGTHS[length])
        if chance < 0.3 and not self.tied:
            self.rest(length)
            return self.random.choice("zx") + spelled, length
        if chance < 0.4 and not self.tied:
            return self.chord(length, spelled), length
        decorated = "".join(self.random.choice(kind) for kind in (CHORDS, BEFORE) if self.random.random() < 0.15)
        word = self.note(length, spelled, length)
        if self.random.random() < 0.1:
            self.tied = (word[: len(word) - len(spelled)].lstrip("^_="), self.notes[-1])
            return f"{decorated}{word}-", length
        return decorated + word, length

    def rest(self, length):
        self.tied = None
        self.now += length * self.unit

    def chord(self, length, spelled):
        start, self.tied = self.now, None
        words = []
        for letter in self.random.sample("CDEFGAB", self.random.randint(2, 3)):
            self.now = start
            words.append(self.note(length, "", length, letter))
        return f"[{''.join(words)}]{spelled}"

    def note(self, length, spelled, sounding, letter=""):
        """Spell a note of `length` units that sounds for `sounding` of them."""
        waiting, self.tied = self.tied, None
        long = sounding * self.unit
        if waiting and not letter:
            waiting[1][2] += long
            self.notes.append(waiting[1])  # the latest note, should it be tied on; doubles go at the end
            self.now += long
            return waiting[0] + spelled
        letter = letter or self.random.choice("CDEFGAB")
        octave = self.random.choice([3, 4, 4, 5, 5, 6])
        sign = self.random.choice(list(SIGNS)[:3] * 3 + list(SIGNS)) if self.random.random() < 0.15 else ""
        if sign:
            self.held[letter] = SIGNS[sign]
        pitch = 12 * (octave + 1) + NATURAL[letter] + self.held.get(letter, self.alters.get(letter, 0))
        self.notes.append([self.now, pitch, long])
        self.now += long
        word = letter if octave <= 4 else letter.lower()
        return sign + word + {3: ",", 6: "'"}.get(octave, "") + spelled

    def said(self):
        """Each note once, the first at 0."""
        once = {id(note): tuple(note) for note in self.notes}.values()
        first = min((note[0] for note in once), default=Fraction(0))
        return sorted((onset - first, pitch, length) for onset, pitch, length in once)
