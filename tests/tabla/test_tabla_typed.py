"""Texts as players type them (tests/tabla/typed), their readings noted before any was read: read so, or asked about.

A case is ``%% name``, the text, ``%= sections`` and one line a section: matras between blanks, the strokes of a matra
between dots, ``[..]`` one share or, before ``*n``, what is repeated, ``/2`` half a matra. ``ask`` has two readings or
none; ``literally`` fills no avartans or is ambiguous, its words are matras, and its lines were filled in afterwards.
The reader was mended after each of the sets first, second and third; the set fourth was read with no change after it:
15 of its 16 readings were right, one was asked about. Of the 26 of the fifth, 3 were read, 21 asked about and 2 misread
before the reader was mended after it; its case in Gujarati was noted as asked about and is read since. Of the 15 of the
sixth that are to be read, 9 were read and 6 asked about, before it was mended once more; 6 are to be asked about. Of
the seventh, before it was mended after each, 15 of 25 were read and 10 asked about; of the eighth 7 of 18 were read, 8
asked about and 3 misread; of the ninth 9 of 14 were read, 4 asked about and 1 misread; of the tenth 6 of 12 were read
and 6 asked about. Three more that had been noted as asked about were read as they stand, and are now noted so.
The eleventh is in the manner of 24 public texts; of these 11 were read, 13 asked about and none misread before it.
The twelfth is in that of 16 more: 9 were read, 7 asked about and none misread before it.
The thirteenth and the fourteenth are in that of 44 more. The reader was mended after the thirteenth, of which 3 of 18
readings had been right, 13 asked about and 2 misread, before the fourteenth was tried: 11 of 22 were read, 10 asked
about and 1 misread; of the texts that are to be asked about, 3 of 4 were. It was mended after that as well.
Of the 21 of the fifteenth, written down and tried after that, 10 were read, 10 asked about and 1 misread before it was
mended once more.
The sixteenth and the seventeenth have 20 each: of the first 14 were read, 6 asked about and none misread; the reader
was mended before the second was tried: 13 were read, 7 asked about and none misread. It was mended after that as well.
Of the 20 of the eighteenth that are to be read, 15 were read, 4 asked about and 1 misread before it was mended.
Of the 22 of the nineteenth, in the manner of public pages, 11 were read, 10 asked about and 1 misread before it.
Of the 21 of the twentieth, 12 were read, 8 asked about and 1 misread before it.
Of the 21 of the twentyfirst that are to be read, 15 were read, 6 asked about and none misread before it.
Of the 21 of the twentysecond that are to be read, 14 were read, 6 asked about and 1 misread before it; in one of
these a bol was misspelt, and mended.
Of the 20 of the twentythird, 13 were read, 5 asked about and 2 misread before it.
Of the 16 of the twentyfourth that are to be read, 12 were read, 4 asked about and none misread before it; of the 3 that
are to be asked about none was: words that say how to play had been passed over.
Of the 20 of the twentyfifth that are to be read, 16 were read, 4 asked about and none misread before it.
Of the 19 of the twentysixth that are to be read, 11 were read, 8 asked about and none misread before it; one, whose
hyphens may join or be rests, fits either way, and is now noted as to be asked about. The reader was mended before the
10 of the twentyseventh were tried: 7 were read, 2 asked about and 1 misread. It was mended after that as well.
Of the 21 of the twentyeighth that were to be read, 13 were read, 7 asked about and 1 misread before it; of the 3 that
were to be asked about 1 was read, as the texts of its kind in earlier sets are, and is now noted so. The headings of
one text of the twentyfifth had been noted as one section, and are now noted as the two variations that they name.
The reader was mended before the 15 of the twentyninth were tried: 9 were read, 4 asked about and 2 misread, one of
these by joining two sections. It was mended again before the thirtieth was tried: of the 14 that are to be read 11 were
read, 1 asked about and 2 misread, and of 2 that are to be asked about 1 was. It was mended after that as well.
Sections of no whole avartans, and a number of matras that is not the taal's, are asked about since. Of the 14 of the
thirtyfirst that are to be read 6 were read, 8 asked about and none misread before it was mended; of the 6 that are to
be asked about 5 were, and rows for each hand were read as sections. In one of these a Ti before Na was noted amiss.
The thirtysecond and the thirtythird are in the manner of texts that were copied from public pages as they stand and
are not kept here. Of 41 that are to be read 16 were read, 24 asked about and 1 misread; the reader was mended, and of
19 from other pages 11 were read, 8 asked about and none misread; it was mended again, and of 16 more 9 were read and 7
asked about, and of 6 that are to be asked about 4 were, 1 was misread and 1 ended in an error without a place. After
that 7 of 10 more were read, 3 asked about and none misread.
The thirtyfifth is in the manner of 30 other public texts, tried after that: of 23 that are to be read 7 were read, 16
asked about and none misread.
The thirtyfourth is in the manner of 69 texts of 69 more pages, which were noted before any was read: of 32 that are to
be read 11 were read, 19 asked about and 2 misread; of 22 that are to be asked about 1 was misread, and 1 of 15 others.
Later cases of the thirtyfifth are in the manner of two more such sets of 30, noted before they were tried: of 22 that
are to be read 8 were read, 14 asked about and none misread; after mending, of 18 of the second 3 were read and 15 asked
about, and of 12 that are to be asked about 1 was read.
Of the 21 of the thirtysixth that are to be read 1 was read, 18 asked about and 2 misread before it was mended for these
kinds; it is no trial.
The thirtyseventh has the dialects of the fact sheet. Of 22 texts that are to be read all were read at once, one of
them noted as to be asked about, and 3 that are to be asked about were; in three a Ti before Na had been noted as
closed, and is noted now as the table of context has it.
The thirtyeighth has what 10,000 texts written by rule (`benchmarks/dialects.py`) and 30 public texts showed to be asked
about or misread; it is no trial. Of these 30, noted before any was tried, 16 are to be read: 1 was read, 14 were asked
about and 1 misread; of the 14 that are to be asked about 13 were, and one was read as the theka that it is.
Its last cases are in the manner of 40 texts that were written, with their readings, by one who knew nothing of this
reader: of the 30 that are to be read 13 were read, 17 asked about and none misread before it was mended; all 10 that
are to be asked about were. Of 40 more, written so after that, 31 are to be read: 16 were read, 3 more with two sections
as one, 11 asked about and 1 misread, at a speed that a sentence gives otherwise; of 9 that are to be asked about 8
were, and one was read in the taal that its writer was not sure of. The letters with a legend of the thirtyfirst were
noted as to be asked about.
"""

import contextlib
import random
import re
import string
import time
from fractions import Fraction
from pathlib import Path

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import notation
from riyaz.tabla.bols import BOLS, played
from riyaz.tabla.taals import TAALS

SETS = {
    name: Path(__file__).parent / "typed" / f"{name}.txt"
    for name in (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
        "twentyfirst",
        "twentysecond",
        "twentythird",
        "twentyfourth",
        "twentyfifth",
        "twentysixth",
        "twentyseventh",
        "twentyeighth",
        "twentyninth",
        "thirtieth",
        "thirtyfirst",
        "thirtysecond",
        "thirtythird",
        "thirtyfourth",
        "thirtyfifth",
        "thirtysixth",
        "thirtyseventh",
        "thirtyeighth",
    )
}
CASES = [
    (f"{name}: {case.split(chr(10), 1)[0]}", *case.split("\n", 1)[1].split("%= "))
    for name, path in SETS.items()
    for case in path.read_text(encoding="utf-8").split("%% ")[1:]
]
ASKED = 9  # readings that are asked about, of those that were noted; fewer is better


def noted(line):
    """The hands at each time of a noted reading, and its length in matras."""
    line = re.sub(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\*(\d+)", lambda m: " ".join([m[1]] * int(m[2])), line)
    at, struck = Fraction(0), []
    for word in line.split():
        word, _, share = word.partition("/")
        parts = re.findall(r"\[[^\]]*\]|[^.]+", word)
        for part in parts:
            bols = part.strip("[]").split(".")
            for bol in bols:
                hands = BOLS["Tu" if bol == "Tun" else bol] if bol != "-" else None
                struck += [(at, hands.left, hands.right, hands.flam)] if hands else []
                at += Fraction(1, len(parts) * len(bols) * int(share or 1))
    return struck, at


def heard(section, counts):
    """The same of a section that was read."""
    rows = [(onset, s[0]) for onset, s in zip(section.events["onset"], section.events["symbols"], strict=True) if s]
    hands = played([bol for _, bol in rows])
    struck = [
        (Fraction(int(onset), TICKS * counts), bol.left, bol.right, bol.flam)
        for (onset, _), bol in zip(rows, hands, strict=True)
    ]
    return struck, Fraction(section.ticks, TICKS * counts)


def outcome(text, noted_down):
    """``read``, ``asked`` or ``misread``."""
    _, *lines = noted_down.strip().split("\n")
    try:
        composition = notation.read(text, "f.txt")
    except Unreadable as error:
        return "asked" if re.match(r"f\.txt:\d+:\d+: [^\n]+$", str(error)) else "no line with a place"
    counts = TAALS[composition.taal].counts
    same = [heard(section, counts) for section in composition.sections] == [noted(line) for line in lines]
    return "read" if same else "misread"


@pytest.mark.parametrize(("name", "text", "reading"), CASES, ids=[case[0] for case in CASES])
def test_no_text_is_misread(name, text, reading):
    if reading.startswith("ask"):
        with pytest.raises(Unreadable, match=r"^f.txt:\d+:\d+: "):
            notation.read(text, "f.txt")
    else:
        assert outcome(text, reading) in ("read", "asked")


def test_most_texts_are_read_as_typed():
    outcomes = [outcome(text, reading) for _, text, reading in CASES if not reading.startswith(("ask", "literally"))]
    assert len(outcomes) >= 700
    assert outcomes.count("misread") == 0
    assert outcomes.count("asked") <= ASKED


@pytest.mark.parametrize(
    "long",
    [
        lambda n: f"Dadra\n{' ' * n}\nDha Dhin Na Dha Tin Na",
        lambda n: f"Dadra\nDha{' ' * n}Dhin Na Dha Tin Na",
        lambda n: f"Dadra\n{'Dha Dhin Na Dha Tin Na ' * (n // 6)}",
        lambda n: f"Dadra\n{'foo ' * n}\nDha Dhin Na Dha Tin Na",
        lambda n: f"Dadra\n{'- ' * n}\nDha Dhin Na Dha Tin Na",
    ],
    ids=["a row of blanks", "blanks between bols", "bols", "words", "dashes"],
)
def test_four_times_as_much_takes_less_than_ten_times_as_long(long):
    def seconds(text):
        start = time.process_time()
        with contextlib.suppress(Unreadable):
            notation.read(text)
        return time.process_time() - start

    short, longer = (min(seconds(long(n)) for _ in range(3)) for n in (3_000, 12_000))
    assert longer < 10 * short


def struck(section):
    """The length from the first stroke on: rests before it may be those that bring a tihai onto sam."""
    return section.ticks - next(
        onset for onset, s in zip(section.events["onset"], section.events["symbols"], strict=True) if s
    )


def test_a_wrong_letter_leaves_no_row_out():
    """A row with a mistake is refused, and never taken for a title or a remark."""
    chance, tried = random.Random(3), 0
    for name, text, reading in CASES:
        if reading.startswith("ask") or outcome(text, reading) == "asked":
            continue
        ticks = sum(map(struck, notation.read(text).sections))
        for k in chance.sample([k for k, letter in enumerate(text) if letter in string.ascii_letters] or [0], 1):
            try:
                again = notation.read(text[:k] + chance.choice(string.ascii_lowercase) + text[k + 1 :])
            except Unreadable:
                continue
            tried += 1
            assert sum(map(struck, again.sections)) >= ticks, name
    assert tried > 20
