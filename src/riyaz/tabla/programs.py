"""The data of a program (lists, objects, calls, declarations) or of JSON, as YAML, which a parser reads."""

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from riyaz.tabla import headings
from riyaz.tabla.place import Row

STRING = r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
_LIST = r"\[[^\[\]\s,]+(?:\s*,\s*[^\[\]\s,]+){2,}\s*\]"
_OF_PROGRAM = re.compile(  # what a row of a program has, and hardly a player's
    rf"(?:{STRING})\s*[,:\])}}]|[\[({{,:=]\s*(?:{STRING})|[:=(]\s*[\[({{]\s*$|[:=]\s*{_LIST}"
)
_ITEM = re.compile(rf"(?=.*\S)\s*(?:{STRING})?[\s\[\](){{}};,]*")  # a string, brackets or both
_COMMENT = r"(?:^|(?<=[\s,;({\[]))(?://|#(?!\w)|--(?=\s)).*|/\*.*?\*/"
_TOKENS = re.compile(
    rf"(?P<string>{STRING})|(?P<comment>{_COMMENT})|(?P<call>\w[\w.]*(?=\())|(?P<mark>[()\[\]{{}}]|=>|[=;,:])"
    r"|(?P<blank>[^\S\n]+|\n)|[^\s'\"()\[\]{}=;,:]+|.",
    re.MULTILINE,
)
_DECLARED = re.compile(  # static const Taal dadra =, val dadra: List<String> =, String[] dadra =
    r"^([^\S\n]*)(?:[\w<>*.]+(?:\[\])?[^\S\n]+)*\*?(\w+)(?:\[\])?"
    r"(?:[^\S\n]*:[^\S\n]*[\w<>]+(?:\[\])?)?[^\S\n]*=(?![=>])",
    re.MULTILINE,
)
_MARKS = {";": ",", "=": ": ", "=>": ": ", ":": ": "}
_OPEN = {"[": "]", "(": "]", "{": "}"}


class Data(NamedTuple):
    """The data of a text.

    Attributes
    ----------
    yaml : a list in flow style; each token stands in the line in which the text has it.
    before, after : the rows around it.
    comments : comments within it that name a taal or a form.
    """

    yaml: str
    before: list[Row]
    after: list[Row]
    comments: list[Row]


def data(text: str) -> Data | None:
    """The data of a text, from the first row that a program has to the last; None where there is none."""
    lines = text.split("\n")
    numbers = [number for number, line in enumerate(lines) if _OF_PROGRAM.search(line)]
    if not numbers:
        return None
    begin, end = numbers[0], numbers[-1] + 1
    while begin and (re.search(r"[\[({]\s*$", lines[begin - 1]) or _ITEM.fullmatch(lines[begin - 1])):
        begin -= 1
    depth = list(accumulate(map(_depth, lines[begin:]), lambda before, line: max(before + line, 0)))
    while end < len(lines) and (depth[end - begin - 1] > 0 or _ITEM.fullmatch(lines[end])):
        end += 1
    comments = list[Row]()
    yaml = "".join(_tokens(_DECLARED.sub(r"\1\2:", "\n" * begin + "\n".join(lines[begin:end])), comments))
    before = [Row(re.sub(r"^\s*(?://|#|--)\s+", "", line), number + 1, 1) for number, line in enumerate(lines[:begin])]
    after = [Row(line, end + number + 1, 1) for number, line in enumerate(lines[end:])]
    return Data(f"[{yaml}]", before, after, comments)


def _depth(line: str) -> int:
    """How many brackets more a line opens than it closes."""
    marks = re.sub(STRING, "", line)
    return sum(map(marks.count, "[({")) - sum(map(marks.count, "])}"))


def _tokens(text: str, comments: list[Row]) -> Iterator[str]:
    """The tokens of YAML; comments that name a taal or a form are added to `comments`.

    A call is a list of its arguments, what follows without a comma is another item, brackets are closed at the end.
    """
    last, line, closing = ",", 1, list[str]()
    for match in _TOKENS.finditer(text):
        token, kind = match[0], match.lastgroup
        if kind == "comment":
            words = headings.words_of(token)
            named = headings.taals_in(words) or any(map(headings.form_of, words))
            comments += [Row(token.strip("/*#- "), line, 1)] if named else []
        if kind == "blank":
            line += token == "\n"
            yield token.replace("\t", " ")
        if kind in ("comment", "call", "blank"):
            continue
        if token in _OPEN:
            closing.append(_OPEN[token])
            token = "{" if token == "{" else "["
        elif kind == "mark" and token in "])}":
            token = closing.pop() if closing else ""
        elif kind == "mark":
            token = _MARKS.get(token, token)
        if not token or (token == "," and last in ",[{"):
            continue
        follows = kind != "mark" or token in "[{"
        if follows and last not in (",", ": ", "[", "{") and not (kind is None and last == "word"):
            yield ","
        last = token if kind == "mark" else kind or "word"
        yield json.dumps(_content(token), ensure_ascii=False) if kind == "string" else token
    yield from reversed(closing)


def _content(string: str) -> str:
    """What stands between quotation marks."""
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": " "}.get(match[1], match[1]), string[1:-1])
