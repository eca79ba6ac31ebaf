"""To see: bols in Bhatkhande's notation, as text and as HTML that fits a phone and prints on A4.

A line is an avartan, its vibhags parted by bars. Over each matra stands its number, under the first of each vibhag
its sign: X for sam, the number of a tali, 0 for khali. A curve binds the bols that share a matra; S (ऽ) is a rest,
or a stroke held on; a double bar ends a section. A comma parts a matra in equal shares. A vibhag is grey where khali
is played: one with the sign of khali unless its bols are bhari, as in the first half of a dohra, and any whose bols are
khali, as in most of its second half.

In Paluskar's signs (``signs="paluskar"``) sam is 1, khali + and a tali the number of its matra; a bar stands at the end
of the avartan alone; under each bol stands its length: — a matra, o a half, ‿ a quarter, others as a fraction.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, NamedTuple

import pandas as pd

from riyaz.music.events import TICKS
from riyaz.tabla import notation, taals
from riyaz.tabla.bols import BOLS, devanagari
from riyaz.tabla.spelling import bengali
from riyaz.tabla.taals import Taal
from riyaz.tools import escape

SCRIPTS = ("roman", "devanagari", "bengali", "both")
SIGNS = ("bhatkhande", "paluskar")
# What a stroke is without the open bayan; Te, Ti, Ka and Ki stand in bhari as well, as in TiRaKiTa.
_KHALI = {bol.khali for bol in BOLS.values() if bol.khali != bol.name and BOLS[bol.khali].right != "te"} - {"Ka", "Ki"}
A4 = 50  # em of a printed line
SMALL = 0.8  # of the usual size of type: what would be set smaller stands on two lines
BREAK = "\u200b"  # where a browser may end a line
WHOLE = 5  # lines of a section that is never parted between two pages; a longer one would leave a page half empty
# Where a bol begins: a capital, or a letter of an Indian script with its vowel; not one whose vowel is cut off.
_BOL = re.compile(r"(?<!^)(?=[A-Z])|(?<![्,])(?<!^)(?=[अ-हঅ-হऽঽ](?![्্]))|(?<=,)")
_LENGTHS = {1: "—", 2: "o", 4: "‿"}  # of Paluskar: a matra, a half, a quarter; others as fractions

_STYLE = """
.riyaz-sheet{container-type:inline-size;line-height:1.25;margin:1em 0;break-inside:auto}
.riyaz-sheet *{box-sizing:border-box}
.riyaz-title{font-size:1.15em;font-weight:600;margin:0 0 .2em}
.riyaz-name{font-weight:600;margin:1em 0 .25em;break-after:avoid}
.riyaz-name small{font-weight:400;opacity:.65;margin-left:.5em}
.riyaz-avartan{display:flex;flex-wrap:wrap;break-inside:avoid;margin:0 0 .8em;row-gap:.5em;
font-size:min(1em,100cqw/(var(--riyaz-line)*var(--riyaz-unit)))}
.riyaz-vibhag{display:flex;flex-wrap:wrap;row-gap:.5em;border-right:1px solid currentColor;
width:calc(min(var(--riyaz-n),var(--riyaz-line))*min(100cqw/var(--riyaz-line),var(--riyaz-unit)*1.5em) - .02px)}
.riyaz-paluskar .riyaz-vibhag:not(.riyaz-bar){border-right-color:transparent}
.riyaz-length{font-size:.75em;letter-spacing:.05em;min-height:1.2em}
.riyaz-vibhag.riyaz-end{border-right:4px double currentColor}
.riyaz-khali{background:rgba(128,128,128,.13);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.riyaz-matra{flex:0 0 calc(100%/min(var(--riyaz-n),var(--riyaz-line)));padding:0 .15em;text-align:center;
min-width:0;white-space:nowrap;display:flex;flex-direction:column;align-items:center}
.riyaz-number{font-size:.8em;opacity:.7}
.riyaz-nagari{font-family:"Noto Sans Devanagari","Noto Serif Devanagari","Kohinoor Devanagari",Mangal,
"Noto Sans Bengali",Vrinda,sans-serif;font-size:1.05em;margin-top:.3em;line-height:1.35}
.riyaz-bols{padding:0 .1em .32em;position:relative}
.riyaz-two{white-space:normal;overflow-wrap:normal}
.riyaz-arc::after{content:"";position:absolute;left:0;right:0;bottom:0;height:.32em;
border:solid currentColor;border-width:0 1px 1px;border-radius:0 0 50% 50%/0 0 100% 100%}
.riyaz-marked .riyaz-bols:not(.riyaz-nagari){box-shadow:0 .16em #d55e00;print-color-adjust:exact;
-webkit-print-color-adjust:exact}
.riyaz-sign{font-size:.85em;font-weight:600;min-height:1.3em;margin-top:.15em}
@media print{.riyaz-whole{break-inside:avoid}
.riyaz-avartan:nth-of-type(-n+2):not(:last-child){break-after:avoid}
.riyaz-avartan:nth-last-of-type(-n+2):not(:first-of-type){break-before:avoid}
.riyaz-sheet{margin:.5em 0}.riyaz-name{margin-top:.7em}.riyaz-avartan{row-gap:.15em;margin-bottom:.35em}}
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
@page{{size:A4;margin:14mm 12mm}}
body{{font-family:system-ui,"Noto Sans","Segoe UI",Helvetica,Arial,sans-serif;font-size:16px;color:#111;background:#fff;
max-width:72em;margin:0 auto;padding:1em}}
h1{{font-size:1.5em;margin:0 0 .2em}}
dl{{display:flex;flex-wrap:wrap;gap:.1em 1.5em;margin:0 0 1em}}
dl div{{display:flex;gap:.4em}} dt{{opacity:.65}} dt::after{{content:":"}} dd{{margin:0}}
footer{{font-size:.8em;opacity:.7;margin-top:1.5em}}
@media print{{body{{font-size:10.5pt;padding:0;max-width:none}}}}
</style>
</head>
<body>
<h1>{title}</h1>
<dl>{facts}</dl>
{table}
<footer>{key}</footer>
</body>
</html>
"""
_KEYS = {
    "bhatkhande": "X sam, a number the tali, 0 khali; grey: khali is played; a curve binds the bols of one matra; "
    "S (ऽ) a rest or a held stroke.",
    "paluskar": "1 sam, + khali, another number a tali, on this matra; grey: khali is played; under the bols "
    "their length: — a matra, o a half, ‿ a quarter; S (ऽ) a rest or a held stroke.",
}


@dataclass(frozen=True)
class Matra:
    """What stands in one matra: both scripts, whether several slots share it, its bols, and whether it is marked."""

    roman: str
    nagari: str
    shared: bool
    lengths: str = "—"
    bols: tuple[str, ...] = ()
    marked: bool = False


def _matras(events: pd.DataFrame) -> list[Matra]:
    """The matras of events that start on a matra."""
    bols = iter([symbols[0] for symbols in events["symbols"] if symbols])
    result: list[Matra] = []
    before: list[str] = []
    for word in notation.words(events):
        slots = [[_slot(name, bols) for name in notation.strokes(part)] for part in word.split(",")]
        flat = [bol for part in slots for bol in part]
        roman = word.replace("~", "S").replace("-", "S")
        nagari = ",".join(
            devanagari(part, [*before, *flat[: sum(map(len, slots[:i]))]]) for i, part in enumerate(slots)
        )
        if len(flat) > 24:  # of no even subdivision: the strokes in their order
            struck = [bol for bol in flat if bol]
            roman, nagari = "≈" + "".join(struck), "≈" + devanagari(struck)
        lengths = _lengths(slots) if len(flat) <= 24 else "≈"
        result.append(Matra(roman, nagari, len(flat) > 1, lengths, tuple(filter(None, flat))))
        before = [*before, *flat][-32:]
    return result


def _lengths(slots: list[list[str]]) -> str:
    """What each slot of a matra lasts, in Paluskar's signs."""
    each = [len(slots) * len(part) for part in slots for _ in part]
    if len(each) > 1 and len(set(each)) == 1 and each[0] not in _LENGTHS:
        return f"1/{each[0]} each"
    return " ".join(_LENGTHS.get(n, f"1/{n}") for n in each)


def _slot(name: str, bols: Iterator[str]) -> str:
    """The bol of a slot as it was read, "" where none is struck."""
    return "" if name in ("", "~") else next(bols)


def _parts(
    events: pd.DataFrame, sections: Sequence[dict[str, Any]] | None
) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    """Each section with its events counted from its start."""
    whole = {"name": "", "onset": 0, "duration": int(events["duration"].sum()), "derived": False}
    parts = []
    for section in sections or [whole]:
        start, stop = section["onset"], section["onset"] + section["duration"]
        inside = events[(events["onset"] >= start) & (events["onset"] < stop)]
        parts.append((section, inside.assign(onset=inside["onset"] - start)))
    return parts


def _lines(
    events: pd.DataFrame, taal: Taal, first: int = 0, marked: tuple[int, int] = (0, 0)
) -> Iterator[list[list[Matra | None]]]:
    """Yield avartans as lists of vibhags; before a section's first matra, and for matras without one, stands None."""
    inside = range(marked[0] // TICKS, -(-marked[1] // TICKS))
    row: list[Matra | None] = [None] * first
    row += [replace(matra, marked=k in inside) for k, matra in enumerate(_matras(events))]
    for start in range(0, len(row), taal.matras):
        line = row[start : start + taal.matras]
        bars = [line[a - 1 : a - 1 + n] for a, n in zip(taal.starts, taal.vibhags, strict=True)]
        yield [bar for bar in bars if bar]


def vibhags(events: pd.DataFrame, taal: Taal, script: str = "roman", signs: str = "bhatkhande") -> str:
    """Write bols as plain text, a line an avartan: ``Ta Ge TeTe Te | Dha Dha Tu Na |``. No events give no text.

    Parameters
    ----------
    script : ``roman``, ``devanagari`` or ``bengali``.
    signs : ``bhatkhande``, or ``paluskar``, with a bar at the end of the avartan alone and its signs under it.
    """
    if signs == "paluskar":
        under = " ".join(_sign(taal, i, signs) for i in range(len(taal.vibhags)))
        rows = [[_written(matra, script) for bar in line for matra in bar if matra] for line in _lines(events, taal)]
        return "\n".join(f"{' '.join(row)} |\n{under}" for row in rows)
    return "\n".join(
        " ".join(" ".join(_written(matra, script) for matra in bar if matra) + " |" for bar in line)
        for line in _lines(events, taal)
    )


def _written(matra: Matra, script: str) -> str:
    return {"roman": matra.roman, "devanagari": matra.nagari, "bengali": bengali(matra.nagari)}[script]


def _sign(taal: Taal, index: int, signs: str) -> str:
    """The sign of a vibhag."""
    sign = taal.signs[index]
    if signs == "bhatkhande":
        return sign
    return "+" if sign == "0" else str(taal.starts[index])


# HTML ----------------------------------------------------------------------------------------------------------


def table(
    events: pd.DataFrame,
    taal: Taal | str,
    title: str = "",
    script: str = "both",
    sections: Sequence[dict[str, Any]] | None = None,
    signs: str = "bhatkhande",
    marked: tuple[int, int] = (0, 0),
) -> str:
    """Set bols as a table in HTML with its own style; classes begin with ``riyaz-``.

    Parameters
    ----------
    events : as in `riyaz.music.events`, one bol an event.
    taal : the taal or its name.
    script : ``roman``, ``devanagari``, ``bengali``, or ``both``: Roman above Devanagari.
    sections : as in ``about["sections"]``: name, onset, duration (ticks), derived, taught, note; each on a new line.
    signs : ``bhatkhande`` or ``paluskar``.
    marked : from which tick to which the matras are underlined; nothing by default.

    Raises
    ------
    ValueError : there is no such script, or no such signs.
    """
    if signs not in SIGNS:
        raise ValueError(f"signs are {signs!r}; they are one of {', '.join(SIGNS)}")
    if script not in SCRIPTS:
        raise ValueError(f"script is {script!r}; it is one of {', '.join(SCRIPTS)}")
    taal = taals.find(taal) if isinstance(taal, str) else taal
    letters, parts = [1], []
    for section, inside in _parts(events, sections):
        here = marked[0] - section["onset"], marked[1] - section["onset"]
        lines = list(_lines(inside, taal, section["onset"] // TICKS % taal.matras, here))
        parts.append((section, lines))
        letters += [_width(matra, script, signs) for line in lines for bar in line for matra in bar if matra]
    longest = _usual(letters)
    look = _Look(taal, script, signs, longest)
    blocks = [_section(section, lines, look) for section, lines in parts]
    fit, style = _fit(taal, longest)
    heading = f'<p class="riyaz-title">{escape.html(title)}</p>' if title else ""
    label = escape.html(title or f"Bols in {taal.title}")
    return (
        f'<div class="riyaz-sheet" role="group" aria-label="{label}"><style>{_STYLE}{style}</style>\n'
        f'{heading}<div class="{fit}{" riyaz-paluskar" * (signs == "paluskar")}">\n{"".join(blocks)}</div></div>\n'
    )


class _Look(NamedTuple):
    """How a table looks: taal, script, signs, and the width of a matra in letters."""

    taal: Taal
    script: str
    signs: str
    usual: int


def _width(matra: Matra, script: str, signs: str = "bhatkhande") -> int:
    """Of what is written in a matra, in letters; vowel signs of Indian scripts stand over others."""
    nagari = sum(not 0x93E <= ord(letter) <= 0x94D and letter not in "ंँ़" for letter in matra.nagari) + 1
    marks = 2 * len(matra.lengths) // 3 if signs == "paluskar" else 0  # in smaller type
    return max(len(matra.roman) if script in ("roman", "both") else 0, nagari if script != "roman" else 0, marks)


def _usual(letters: list[int]) -> int:
    """The width, in letters, for which the table is laid out: that of nine matras in ten, at least half the longest.

    What is wider is set in smaller type or on two lines, so that one long matra does not put every vibhag on a line of
    its own.
    """
    ordered = sorted(letters)
    return max(ordered[(len(ordered) - 1) * 9 // 10], ceil(ordered[-1] / 2))


def _unit(letters: int) -> float:
    """The width of one matra, in em."""
    return round(max(2.4, 0.6 * letters + 0.9), 2)


def _printed(taal: Taal, letters: int) -> int:
    """The lines of one avartan on A4."""
    pairs = [sum(taal.vibhags[i : i + 2]) for i in range(0, len(taal.vibhags), 2)]
    lines = {taal.matras: 1, max(pairs): len(pairs), max(taal.vibhags): len(taal.vibhags)}
    fitting = [n for matras, n in lines.items() if 0.8 * matras * _unit(letters) <= A4]
    return min(fitting, default=2 * len(taal.vibhags))


def _fit(taal: Taal, letters: int) -> tuple[str, str]:
    """Class and style that put an avartan, two vibhags, one or half of one on a line, as the width allows."""
    unit = _unit(letters)
    pairs = [sum(taal.vibhags[i : i + 2]) for i in range(0, len(taal.vibhags), 2)]
    one = max(taal.vibhags)
    fit = f"riyaz-fit-{'-'.join(map(str, taal.vibhags))}-{letters}"
    rules = [f".{fit}{{--riyaz-unit:{unit};--riyaz-line:{ceil(one / 2)}}}"]
    for matras in sorted({one, max(pairs), taal.matras}):
        rules.append(f"@container (min-width:{round(0.8 * matras * unit, 2)}em){{.{fit}{{--riyaz-line:{matras}}}}}")
    return fit, "\n".join(rules) + "\n"


def _section(section: dict[str, Any], lines: list[list[list[Matra | None]]], look: _Look) -> str:
    name = escape.html(section["name"])
    origin = "derived by rule" if section.get("derived") else "as taught" if section.get("taught") else ""
    small = "".join(f"<small>{escape.html(text)}</small>" for text in (section.get("note", ""), origin) if text)
    heading = f'<p class="riyaz-name">{name}{small}</p>\n' if name else ""
    rows = []
    for number, line in enumerate(lines, 1):
        ends = number == len(lines)
        bars = [_vibhag(i, bar, look, i == len(line) - 1, ends and i == len(line) - 1) for i, bar in enumerate(line)]
        rows.append(f'<div class="riyaz-avartan" role="group" aria-label="avartan {number}">\n{"".join(bars)}</div>\n')
    whole = ' class="riyaz-whole"' * (len(lines) * _printed(look.taal, look.usual) <= WHOLE)
    return f'<div{whole} role="group" aria-label="{name or "bols"}">\n{heading}{"".join(rows)}</div>\n'


def _vibhag(index: int, bar: list[Matra | None], look: _Look, closes: bool, last: bool) -> str:
    sign = look.taal.signs[index]
    spoken = "sam" if sign == "X" else "khali" if sign == "0" else f"tali {sign}"
    spoken = f"sam, {spoken}" if index == 0 and sign != "X" else spoken
    classes = "riyaz-vibhag" + " riyaz-khali" * _khali(bar, sign) + " riyaz-bar" * closes + " riyaz-end" * last
    first, shown = look.taal.starts[index], _sign(look.taal, index, look.signs)
    matras = [_matra(first + i, matra, shown if i == 0 else "", look) for i, matra in enumerate(bar)]
    return (
        f'<div class="{classes}" style="--riyaz-n:{len(bar)}" role="group" aria-label="vibhag {index + 1}, {spoken}">\n'
        f"{''.join(matras)}</div>\n"
    )


def _khali(bar: list[Matra | None], sign: str) -> bool:
    """Whether khali is played: as the vibhag's sign says, unless the bols say otherwise."""
    bols = [bol for matra in bar if matra for bol in matra.bols]
    closed, opened = sum(bol in _KHALI for bol in bols), sum(BOLS[bol].left == "ge" for bol in bols)
    return closed >= opened if sign == "0" else closed > opened + 1


def _matra(number: int, matra: Matra | None, sign: str, look: _Look) -> str:
    paluskar = look.signs == "paluskar"
    arc = " riyaz-arc" if matra and matra.shared and not paluskar else ""
    wide = _width(matra, look.script, look.signs) if matra else 0
    room = look.usual + 1  # letters: `_unit` leaves so much
    two = room < SMALL * wide
    size = min(1, room / (ceil(wide / 2) + 1) if two else room / max(wide, 1))
    small = f' style="font-size:{size:.2f}em"' if size < 1 else ""
    mark = " riyaz-marked" * bool(matra and matra.marked)
    cells = []
    for script, lang in (("roman", ""), ("devanagari", "hi"), ("bengali", "bn")):
        if script == look.script or (look.script == "both" and script != "bengali"):
            kind = (f" riyaz-nagari{arc}" if lang else arc) + " riyaz-two" * two
            spoken = f' lang="{lang}"' if lang else ""
            text = escape.html(_halved(_written(matra, script), two)) if matra else ""
            cells.append(f'<span class="riyaz-bols{kind}"{small}{spoken}>{text}</span>\n')
    if paluskar:
        cells.append(f'<span class="riyaz-length"{small}>{matra.lengths if matra else ""}</span>\n')
    return (
        f'<div class="riyaz-matra{mark}"><span class="riyaz-number">{number}</span>\n{"".join(cells)}'
        f'<span class="riyaz-sign" aria-hidden="true">{sign}</span></div>\n'
    )


def _halved(text: str, two: bool) -> str:
    """What is written in a matra, with a place to break near its middle if it is to stand on two lines."""
    at = min((m.start() for m in _BOL.finditer(text)), key=lambda at: abs(at - len(text) / 2), default=0) if two else 0
    return f"{text[:at]}{BREAK}{text[at:]}" if at else text


def sheet(events: pd.DataFrame, about: dict[str, Any], script: str = "both", signs: str = "bhatkhande") -> str:
    """Set a piece as a whole page in HTML, to be read or printed.

    Parameters
    ----------
    about : ``taal``; title, form, laya, gharana, tempo, source and sections as far as they are there.

    Raises
    ------
    Unreadable : there is no such taal.
    """
    taal = taals.find(about["taal"])
    shown = {
        "Taal": f"{taal.title} ({taal.size})",
        **{key.title(): str(about[key]) for key in ("form", "laya", "gharana") if about.get(key)},
        **({"Tempo": f"{about['tempo']:g} matras a minute"} if about.get("tempo") else {}),
        **({"Source": str(about["source"])} if about.get("source") else {}),
    }
    facts = "".join(f"<div><dt>{key}</dt><dd>{escape.html(value)}</dd></div>" for key, value in shown.items())
    body = table(events, taal, script=script, sections=about.get("sections"), signs=signs)
    return _PAGE.format(title=escape.html(about.get("title") or "Bols"), facts=facts, table=body, key=_KEYS[signs])
