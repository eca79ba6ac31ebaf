"""Text from files and settings on its way to a page: the one place where it is made to mean nothing but itself.

Titles, names of files, composers, sources, reasons and tokens come from people. Whatever shows one takes it through a
function of this module, named for where the text goes; text in figures needs none, since `riyaz.report.figures.theme`
turns formulas off.
"""

import html as markup
import re
import unicodedata

_ENDS, _HALVES = ("Cc", "Zl", "Zp"), "Cs"  # kinds of characters: line ends and controls; halves of characters
_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks of direction
_SPECIAL = str.maketrans({c: f"&#{ord(c)};" for c in "\\`*_[]<>#|$&~"})


def line(text: object) -> str:
    """One line of text that a terminal, a table and a file in UTF-8 can hold.

    Line ends and control characters become blanks, halves of characters question marks, and marks of direction go.
    """
    text = str(text)
    if text.isprintable():
        return text
    kinds = ((c, unicodedata.category(c)) for c in text if c not in _TURNS)
    return "".join(" " if kind in _ENDS else "?" if kind == _HALVES else c for c, kind in kinds)


def html(text: object) -> str:
    """Text to stand in HTML or SVG, between tags or in an attribute's quotes."""
    return markup.escape(line(text))


def markdown(text: object) -> str:
    """Text to stand in Markdown, in a line or in a table: no markup, formula, link, list or heading comes of it."""
    plain = " ".join(line(text).split())
    safe = plain.translate(_SPECIAL)
    safe = re.sub(r"^([-+](?=\s|$)|[-=]+$|\d+(?=[.)](?:\s|$)))", lambda m: f"&#{ord(m[1][0])};{m[1][1:]}", safe)
    return re.sub(r"://|(?<=\bwww)\.", lambda m: f"&#{ord(m[0][0])};{m[0][1:]}", safe, flags=re.IGNORECASE)


def code(text: object) -> str:
    """Text to stand in Markdown as code."""
    return f"<code>{markdown(text)}</code>"


def label(text: object, most: int = 60) -> str:
    """Text to stand in a figure: one line of at most so many characters."""
    short = line(text)
    return short if len(short) <= most else short[: most - 1] + "…"
