"""The repertoire as players type it: how much of it is read as it is, asked about, or read otherwise.

    python -m riyaz with python benchmarks/dialects.py tabla                # 2,000 texts, about 90 s
    python -m riyaz with python benchmarks/dialects.py tabla --texts 200 --show   # and prints those not read

A composition of the corpus is written in a way drawn at random: how the taal is named, script, case and spelling, what
makes a word and what a rest, bars, signs, numbers, headings, repeats, how much stands in a row, and remarks between.
Each of these ways is in use (`docs/notation.md` and the typed texts of the tests have them all); their combinations
are new. The text is read, and its strokes are compared with those of the composition, hand by hand and tick by tick,
and its sections by their number. Some combinations leave two readings, so that some are rightly asked about.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from riyaz.music.events import Unreadable
from riyaz.tabla import notation, taal_names, taals
from riyaz.tabla.bols import devanagari, played
from riyaz.tabla.composition import Composition, Section
from riyaz.tabla.spelling import bengali, script
from riyaz.tabla.writing import words as in_words

ROOT = Path(__file__).parents[1]
Ways = dict[str, str]
_BOL = re.compile(r"[A-Z][a-z]*|(?<![a-zA-Z])ta|[-~]")

WAYS: dict[str, tuple[str, ...]] = {
    "taal": ("key", "in title", "alone", "with matras", "in brackets", "after a dash", "other name", "native", "below"),
    "script": ("Camel", "Camel", "lower", "Title", "UPPER", "Devanagari", "Bengali", "accents", "Gujarati", "Gurmukhi"),
    "spelling": ("usual", "usual", "other", "long", "short"),
    "words": ("matras", "matras", "matras", "told", "hyphens", "dots", "commas", "groups", "apart", "brackets", "tabs"),
    "rest": ("-", "-", "S", "–", "_"),
    "bars": ("none", "|", "|", "| ||", "|..|", "।", "/"),
    "lines": ("avartan", "half", "vibhag", "two", "labelled", "numbered", "bhari"),
    "signs": ("none", "none", "none", "above", "numbers", "before", "below", "aligned", "[ ]", "rows"),
    "gaps": ("one", "one", "columns", "two"),
    "heading": (
        *("plain", "colon", "number", "bracket", "hash", "variation", "short", "bold", "first", "markdown"),
        *("native", "beside", "dash", "upper"),
    ),
    "repeat": ("written", "written", "x2", "(2)", "times"),
    "remark": ("none", "none", "learned", "tempo", "practise", "source", "khali", "gharana", "hello", "last"),
    "blank": ("rows", "sections", "none"),
}
_OTHER = {  # spellings that begin no other bol
    "Camel": {
        "TiRaKiTa": "Tirkit",
        "TeTe": "TeTay",
        "Na": "Naa",
        "Dhin": "Dheen",
        "Tin": "Teen",
        "Tu": "Tun",
        "Ge": "Ghe",
        "DhiNaGeNa": "DhinaGina",
        "TiNaKeNa": "TinaKina",
        "Kat": "Katt",
    },
    "short": {"TiRaKiTa": "TRKT", "KiTaTaKa": "KTTK", "GaDiGaNa": "GDGN", "TeTe": "TT", "DheReDheRe": "DRDR"},
    "long": {
        "Dha": "Dhaa",
        "TiRaKiTa": "Terekete",
        "Tin": "Tinn",
        "Dhin": "Dhinn",
        "Ge": "Gi",
        "Ke": "Ki",
        "Tu": "Thun",
    },
}
_ACCENTS = {"Dhaa?": "Dhā", "Naa?": "Nā", "Ta": "Tā", "KiTa": "Kiṭa", "Dhin": "Dhīn", "TeTe": "ṬeṬe", "Tu(?!n)": "Tū"}
_NUMBERED = ("First", "Second", "Third", "Fourth", "Fifth")
_NATIVE = {
    "Devanagari": ("मुख", "पलटा", "तिहाई", "ताल"),
    "Bengali": ("মুখ", "পলটা", "তেহাই", "তাল"),
    "": ("Mukh", "Palta", "Tihai", "Taal"),
}


def _moved(by: int) -> Callable[[str], str]:
    """A function that writes Devanagari in another script, letter by letter."""
    return lambda text: "".join(chr(ord(each) + by) if "\u0901" <= each <= "\u094d" else each for each in text)


_INDIAN = {"Devanagari": str, "Bengali": bengali, "Gujarati": _moved(0x180), "Gurmukhi": _moved(0x100)}


def compositions(folder: Path) -> list[Composition]:
    """The compositions of the corpus."""
    return [notation.read_file(path) for path in sorted(folder.rglob("*.txt"))]


def hands(sections: Sequence[Section]) -> list[tuple[int, str, str]]:
    """Onset, left and right hand of every stroke; open and closed Ta are one, as few texts tell them apart."""
    result, at = [], 0
    for section in sections:
        names = [symbols[0] if symbols else "" for symbols in section.events["symbols"]]
        struck = [(onset, name) for onset, name in zip(section.events["onset"], names, strict=True) if name]
        for (onset, _), bol in zip(struck, played([name for _, name in struck]), strict=True):
            right = "" if bol.right in ("na", "te", "tin", "tun") and not bol.left else bol.right
            result.append((at + int(onset), bol.left, "tin" if right == "tun" else right))
        at += section.ticks
    return result


def matras_of(section: Section) -> list[list[str]] | None:
    """The shares of each matra: bols and rests; None where a matra needs more than even shares of at most eight."""
    result = []
    for word in in_words(section.events):
        bols = _BOL.findall(word.replace("Tt", "Ta").replace("Taa", "Ta"))
        if "," in word or ("~" in bols and bols != ["~"]) or len(bols) > 8:
            return None
        result.append(["" if bol in "-~" else bol.capitalize() for bol in bols])
    return result


def spelled(bols: Sequence[str], ways: Ways) -> str:
    """Bols, written together."""
    rest = {"_": "_", "S": "S", "–": "–"}.get(ways["rest"], "-")
    if ways["script"] in _INDIAN:
        parts = [devanagari([bol]) if bol else "ऽ" if rest == "S" else rest for bol in bols]
        whole = devanagari(list(bols)) if all(bols) else "".join(parts)
        return _INDIAN[ways["script"]](whole)
    camel = "".join(bol or rest for bol in bols)
    if ways["spelling"] == "short":
        return _OTHER["short"].get(camel, camel)
    for usual, other in _OTHER.get({"other": "Camel"}.get(ways["spelling"], ways["spelling"]), {}).items():
        camel = re.sub(rf"{usual}(?![a-z])", other, camel)
    for usual, other in _ACCENTS.items() if ways["script"] == "accents" else ():
        camel = re.sub(rf"{usual}(?![a-z])", other, camel)
    cased = {"lower": camel.lower(), "UPPER": camel.upper(), "Title": camel.capitalize()}
    return cased.get(ways["script"], camel)


def word(bols: Sequence[str], ways: Ways) -> str:
    """One matra."""
    if ways["words"] in ("hyphens", "dots"):
        return {"hyphens": "-", "dots": "."}[ways["words"]].join(spelled([bol], ways) for bol in bols)
    if ways["words"] in ("told", "groups", "apart", "brackets"):
        group = " ".join(spelled([bol], ways) for bol in bols)
        return f"({group})" if ways["words"] == "brackets" else group + "," * (ways["words"] == "groups")
    return spelled(bols, ways) + "," * (ways["words"] == "commas")


def rows(matras: Sequence[Sequence[str]], taal: taals.Taal, ways: Ways) -> Iterator[str]:
    """The rows of a section."""
    sizes, signs = taal.vibhags, taal.signs
    halves = len(sizes) // 2 if sum(sizes[: len(sizes) // 2]) * 2 == taal.matras else len(sizes)
    widths = {"avartan": len(sizes), "vibhag": 1, "labelled": 1, "two": 2 * len(sizes)}
    per_row, number = widths.get(ways["lines"], halves), 0
    gap = {"tabs": "\t", "apart": "   "}.get(ways["words"], "  " if ways["gaps"] == "two" else " ")
    width = max(len(word(bols, ways)) for bols in matras) if ways["gaps"] == "columns" else 0
    bar = {"none": gap, "| ||": " | ", "|..|": " | "}.get(ways["bars"], f" {ways['bars']} ")
    row, marks, vibhag, start = "", "", 0, 0
    while start < len(matras):
        size, sign = sizes[vibhag % len(sizes)], signs[vibhag % len(sizes)]
        part = [word(bols, ways).ljust(width) for bols in matras[start : start + size]]
        marks = marks.ljust(len(row)) + sign
        row += {"before": f"({sign}) ", "[ ]": f"[{sign}] "}.get(ways["signs"], "") + gap.join(part)
        start, vibhag = start + size, vibhag + 1
        ends = start >= len(matras)
        if vibhag % per_row == 0 or (vibhag % len(sizes) == 0 and per_row <= len(sizes)) or ends:
            row = row.rstrip(" ,") if ends else row
            end = " ||" if ends and ways["bars"] == "| ||" else "" if ways["bars"] == "/" else bar.rstrip()
            number += 1
            before = {
                "labelled": f"{sign}: ",
                "numbered": f"{number}. ",
                "bhari": "Khali: " if number % 2 == 0 else "Bhari: ",
            }.get(ways["lines"], "") + "| " * (ways["bars"] == "|..|")
            if ways["signs"] == "aligned":
                yield " " * len(before) + marks
            yield before + row.rstrip() + end
            if ways["signs"] == "below":
                yield " " * len(before) + marks
            row, marks = "", ""
        else:
            row += bar


def table(matras: Sequence[Sequence[str]], taal: taals.Taal, ways: Ways) -> list[str]:
    """One avartan as rows of numbers, bols and signs, each with its name."""
    signs = [taal.signs[taal.starts.index(n)] if n in taal.starts else "-" for n in range(1, taal.matras + 1)]
    bols = [word(bols, ways) for bols in matras]
    cells = ("Matra", *map(str, range(1, taal.matras + 1))), ("Bol", *bols), ("Sign", *signs)
    gap = {"|": " | ", "|..|": " | ", "| ||": "\t"}.get(ways["bars"], "  ")
    return [gap.join(row) for row in cells]


def repeated(lines: Sequence[str], ways: Ways) -> Iterator[str]:
    """Rows, those that stand twice in turn written once with their repeat."""
    number = 0
    while number < len(lines):
        line, twice = lines[number], number + 1 < len(lines) and lines[number] == lines[number + 1]
        if twice and ways["repeat"] != "written" and ways["signs"] not in ("below", "aligned"):
            bare = line.strip("|।/ ")
            yield {"x2": f"{line} x2", "(2)": f"({bare}) x2", "times": f"{line} (2 times)"}[ways["repeat"]]
            number += 1
        else:
            yield line
        number += 1


def signs_above(taal: taals.Taal, ways: Ways) -> list[str]:
    """The signs, or the numbers of the matras, over the first row."""
    if ways["signs"] == "above":
        return ["   ".join(taal.signs)]
    return [" ".join(map(str, range(1, taal.matras + 1)))] if ways["signs"] == "numbers" else []


def heading(name: str, n: int, ways: Ways) -> str:
    """The heading of a section, of which `n` counts the paltas."""
    kind, native = ways["heading"], _NATIVE.get(ways["script"], _NATIVE[""])
    palta = name.startswith("palta")
    title = f"Palta {n}" if palta else name.capitalize()
    if kind == "native":
        own = {"theme": native[0], "tihai": native[2]}.get(name, native[1] if palta else title)
        return f"{own} {n}" if palta else own
    if kind in ("number", "bracket", "short", "first", "hash", "variation") and not palta:
        return {"bracket": f"({title})"}.get(kind, title)
    return {
        "colon": f"{title}:",
        "number": f"{n}.",
        "bracket": f"{n})",
        "hash": f"Palta #{n}",
        "variation": f"Variation {n}:",
        "short": f"P{n}",
        "bold": f"**{title}**",
        "first": f"{_NUMBERED[min(n, 5) - 1]} palta",
        "markdown": f"## {title}",
        "dash": f"- {title} -",
        "upper": title.upper(),
        "beside": f"{title}: ",
    }.get(kind, title)


def top(work: Composition, taal: taals.Taal, ways: Ways, rng: random.Random) -> list[str]:
    """The rows above the music."""
    form = (work.form or "composition").capitalize()
    names = [name for name in taal_names.spellings().items() if name[1] == work.taal]
    own = {"Devanagari": "DEVANAGARI", "Bengali": "BENGALI"}.get(ways["script"], "LATIN")
    others = [
        name.replace("_", " ")
        for name, _ in names
        if script(name.replace("_", "")) == own and len(name) > 4 and "theka" not in name
    ]
    other = rng.choice(others) if others and ways["taal"] in ("other name", "native") else taal.title
    remark = {
        "learned": ["Learned from my guruji."],
        "tempo": ["60 bpm"],
        "practise": ["Practise slowly at first, then faster."],
        "source": ["Source: notes from class"],
        "khali": ["The second half is the khali."],
        "gharana": ["Gharana: Delhi"],
        "hello": ["Hello everybody, here is what we did last week:"],
    }
    return {
        "key": [f"Taal: {taal.title}"],
        "in title": [f"{form} in {taal.title}"],
        "alone": [taal.title],
        "with matras": [f"{taal.title} ({taal.matras} matras)"],
        "in brackets": [f"{form} ({taal.title})"],
        "after a dash": [f"{form} - {taal.title}"],
        "other name": [f"{other.title()} {form}"],
        "native": [f"{_NATIVE.get(ways['script'], _NATIVE[''])[3]}: {other}"],
        "below": [form, f"Tal {taal.title}, {taal.matras} beats"],
    }[ways["taal"]] + remark.get(ways["remark"], [])


def written(work: Composition, ways: Ways, rng: random.Random) -> tuple[str, list[Section]] | None:
    """A text, and the sections that it has; None where the composition cannot be written so."""
    taal = taals.TAALS[work.taal]
    first = rng.randrange(3)  # paltas left out
    themes = [s for s in work.sections if s.name == "theme"]
    paltas = [s for s in work.sections if s.name.startswith("palta")][first : first + 3]
    sections = [*themes, *paltas] or [*work.sections][:1]
    parts = [matras_of(section) for section in sections]
    landing = len(sections) == 1 and len(parts[0] or []) % taal.matras == 1
    whole = all(part is not None and (len(part) % taal.matras == 0 or landing) for part in parts)
    most = max((len(bols) for part in parts for bols in part or []), default=1)
    if (
        taal.counts != 1
        or not whole
        or (ways["words"] == "told" and any(most % len(b) for p in parts for b in p or []))
    ):
        return None
    if ways["words"] == "hyphens":
        ways["rest"] = "S"  # a hyphen joins
    if ways["lines"] == "bhari" and not (themes and len(parts[0] or []) == taal.matras and len(taal.vibhags) % 2 == 0):
        ways["lines"] = "half"
    if ways["lines"] in ("labelled", "bhari") and ways["heading"] == "beside":
        ways["heading"] = "plain"
    if ways["lines"] in ("labelled", "numbered", "bhari") or ways["words"] in ("brackets", "tabs"):
        ways["signs"] = "none"
    if ways["signs"] == "rows" and not (whole and len(parts[0] or []) == taal.matras and ways["words"] == "matras"):
        ways["signs"] = "above"
    if ways["words"] == "told":
        parts = [
            [[each for bol in bols for each in (bol, *[""] * (most // len(bols) - 1))] for bols in part or []]
            for part in parts
        ]
    told = [f"{most} bols per matra"] * (most > 1 and ways["words"] == "told")
    text = top(work, taal, ways, rng) + told
    for number, (section, part) in enumerate(zip(sections, parts, strict=True)):
        head = heading(section.name, number, ways)
        beside = head.endswith(": ") and ways["signs"] not in ("above", "numbers", "aligned", "rows")
        text += [""] * (ways["blank"] != "none") + ([] if beside else [head]) + signs_above(taal, ways) * (not number)
        lines = list(repeated([*rows(part or [], taal, ways)], ways))
        if ways["signs"] == "rows" and not number:
            lines = table(part or [], taal, ways)
        lines[0] = head + lines[0] if beside else lines[0]
        text += [line for row in lines for line in (row, *[""] * (ways["blank"] == "rows"))]
    text += ["", "Thank you!"] * (ways["remark"] == "last")
    return "\n".join(text) + "\n", sections


def tried(works: Sequence[Composition], texts: int, seed: int) -> Iterator[tuple[str, Ways, str, str]]:
    """A text, its ways, what became of it (read, parts, asked, otherwise), and what was said."""
    rng, count = random.Random(seed), 0
    while count < texts:
        work, ways = rng.choice(works), {key: rng.choice(values) for key, values in WAYS.items()}
        if not (result := written(work, ways, rng)):
            continue
        count += 1
        text, sections = result
        try:
            read = notation.read(text)
        except Unreadable as error:
            yield text, ways, "asked", str(error)
            continue
        same = read.taal == work.taal and hands(read.sections) == hands(sections)
        kind = "read" if len(read.sections) == len(sections) else "parts"
        yield text, ways, kind if same else "otherwise", notation.write(read)


def main() -> None:
    """Print the shares, in all and for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    total, of_ways = Counter[str](), Counter[tuple[str, str, str]]()
    for text, ways, result, said in tried(compositions(ROOT / "data" / "raw" / given.corpus), given.texts, given.seed):
        total[result] += 1
        of_ways.update((key, value, result) for key, value in ways.items())
        if given.show and result != "read":
            print(f"===== {result} {ways}\n{text}----- {said}\n")
    print({kind: f"{count / given.texts:.1%}" for kind, count in total.items()})
    for key, values in WAYS.items():
        for value in dict.fromkeys(values):
            counts = {kind: of_ways[key, value, kind] for kind in ("read", "parts", "asked", "otherwise")}
            print(f"{key:8} {value:12} " + " ".join(f"{kind} {n}" for kind, n in counts.items()))


if __name__ == "__main__":
    main()
