"""Bols within programs and data files: lists, strings, comments, declarations."""

import re

from riyaz.tabla import header, headings, taals, tables
from riyaz.tabla.layout import Marks, blank
from riyaz.tabla.spelling import strokes


def _listed(match: re.Match[str]) -> str:
    """Bols parted by commas in square brackets, as a program has them: ``['Dha', 'Dhin']`` or ``[dha, dhin]``."""
    words = re.sub(r"['\",\[\]()]", " ", match[0])
    words = f"({words.strip()})" if match[0][0] == "(" else words
    texts = [text.strip() for _, text in re.findall(r"(['\"])(.*?)\1", match[0])]
    if len(texts) > 2 and any(len(text.split()) > 1 for text in texts) and match[0][0] != "(":
        words = f"{' | '.join(texts)} |"  # each a vibhag or a matra
    return words if headings.of_bols(words) else match[0]


def _part_of_list(match: re.Match[str]) -> str:
    """A row of bols in quotes, three or more, of a list that may begin or end in another row; its key stays."""
    key, colon, rest = re.match(r"(\s*(?:\w+\s*(?=[:=]))?)([:=]?)(.*)$", match[0]).groups()  # type: ignore[union-attr]
    words = re.sub(r"['\",\[\](){};]", " ", rest)
    listed = rest.count("'") > 5 or rest.count('"') > 5
    return f"{key}{colon}{words}" if listed and not re.search(r"[|:]", rest) and headings.of_bols(words) else match[0]


def _strings(match: re.Match[str]) -> str:
    """Of the strings of a program in a row the one that is bols, with the one that names it; signs are left out."""
    texts = [text for _, text in re.findall(r"(['\"])(.*?)\1", match[0])]
    bols = [text for text in texts if headings.of_bols(text)]
    names = [text for text in texts if text not in bols and not tables.of_signs(text)]
    if len(bols) != 1 or len(texts) < 2 or len(names) > 1:
        return match[0]
    return f"{names[0]}: {bols[0]}" if names else bols[0]


def _counted_taal(match: re.Match[str]) -> str:
    """A taal and its number of matras, as a program has them before what belongs to it."""
    return f"{match[2]} ({match[3]} matras)" if taals.exact(match[2]) else match[0]


def _commented(match: re.Match[str]) -> str:
    """The name of a taal in a comment of a program; other comments stay."""
    return match[1] if taals.exact(match[1]) else match[0]


def _field(match: re.Match[str]) -> str:
    """Nothing of a field whose key is like none of a header's and whose value has no bols: ``tip: '7/8',``."""
    words = headings.words_of(match[2])
    beside = header.unlike(match[1]) and not any(map(strokes, words)) and not headings.taals_in(words)
    return "" if beside else match[0].rstrip(", ") if match[2][0].isdigit() else match[0]


COMMENT_ENDS = re.compile(r"\s*(?:/\*+|\*+/)\s*")  # a row that begins or ends a comment
MARKS: Marks = [
    (re.compile(r"^\s*[{(]\s*$"), blank),
    (re.compile(r"^(\s*)(['\"])([^\W\d_]\w*)\2(?=\s*:\s*\S)"), r"\1\3"),  # "name": "Dadra"
    (re.compile(r"^\s*([^\W\d_]\w*)\s*[:=]\s*((?:'[^']*'|\"[^\"]*\"),?|(?:[\d.]+|true|false|null),)\s*$"), _field),
    (re.compile(r"^\s*//\s*(.*\S)\s*$"), _commented),
    (re.compile(r"(?<=['\"],)\s*//[^/]*$"), ""),
    (re.compile(r"^\s*[\[({]\s*(['\"])([^'\"]+)\1\s*,\s*(\d{1,2})\s*,\s*[\[({]*\s*$"), _counted_taal),
    (re.compile(r"^\s*[\w.]*[\[({]\s*(['\"]).*\1\s*(?:[\])}];?)*,?\s*$"), _strings),
    (re.compile(r"\[[^\[\]]*,[^\[\]]*\](?!\s*[x×*]\s*\d)(?:\s*,\s*$)?|\[\s*(['\"])[^'\"\[\]]*\1\s*\],?"), _listed),
    (re.compile(r"\((?:[^\s,()]+, +)+[^\s,()]+\),?"), _listed),
    (re.compile(r"^\s*(?:(['\"])[^'\"]*\1\s*,\s*)+(?:(['\"])[^'\"]*\2)?\s*$"), _listed),
    (re.compile(r"^[^'\"]*(?:'[^'\"]*'|\"[^'\"]*\").*$"), _part_of_list),
    (re.compile(r"\b\w+\.\w+\((?=[\[({]\s*$)|(?<=[:=\s(])[\[({]\s*$"), ""),  # Object.freeze([
    (re.compile(r"^\s*[\])};,]+\s*$"), blank),
    (re.compile(r"^\s*[\[(,]?\s*(['\"])([^'\"]+)\1\s*[\])]?,?\s*$"), r" \2 "),  # an item of a list
    (re.compile(r"^\s*[\[\]],?\s*$"), blank),
    (
        re.compile(
            r"^\s*(?:(?:export|const|let|var|val|final|static|public|private|string(?:\[\])?)\s+)+(?=[^\W\d]\w*\s*[:=])",
            re.IGNORECASE,
        ),
        blank,
    ),  # of a program
    (re.compile(r"(?<=[=:])\s*\(\s*(?=['\"][^()]*$)"), " "),
    (re.compile(r"(?<=['\"\])]);\s*$"), ""),
]
