"""Sentences and rows that have the taal and the bols together, as ``taal: bols``."""

import re

from riyaz.tabla import headings, taals, tables
from riyaz.tabla.spelling import strokes

_QUOTES = re.compile(r"(?<![\w`*])([\"'*`])(\w[^\"'*`]*)\1(?![\w`*])|[{(]()(\w[^{}()]*)[})]")
_COUNTS = re.compile(r"(?<=\s)(?:\d{1,2}\s+){5,}")


def quoted(row: str) -> str:
    """The taal and the bols of a row that names one taal and has one row of bols in quotes, italics or brackets."""
    quotes = [(match, match[2] or match[4]) for match in _QUOTES.finditer(row)]
    quotes = [(match, bols) for match, bols in quotes if headings.of_bols(bols) and len(bols.split()) > 3]
    if len(quotes) != 1:
        return row
    match, bols = quotes[0]
    rest = f"{row[: match.start()]} {row[match.end() :]}"
    words = headings.words_of(re.sub(r"[\"'*{}\\]", " ", rest))
    named = {taal.title for _, taal in headings.taals_in(words)}
    sentence = bool(match[1]) or (len(words) > 3 and not headings.tells(rest) and not any(map(strokes, words)))
    return f"{named.pop()}: {bols}" if len(named) == 1 and sentence else row


def taal_and_bols(row: str) -> str:
    """The taal and the bols of a row that has the taal and the bols, or numbers of the matras and signs as well."""
    for n in range(1, 5) if ":" not in row and not headings.of_bols(row) else ():
        head = re.match(rf"\s*((?:[^\s,]+[\s,–-]+){{{n}}})(.*)$", row.replace("**", "  "))
        bols = head[2].strip("-–—. ").replace(",", " ") if head else ""
        first = taals.exact(head[1].strip(" .-–—,")) if head and len(bols.split()) > 4 and len(head[1]) > 3 else None
        if head and first and headings.of_bols(bols) and not strokes(re.findall(r"[^\s,–-]+", head[1])[-1]):
            return f"{first.title}: {head[2].strip('-–—. ')}"
    said = re.fullmatch(r"\s*([^\W\d].*?)\s*(?:[:=]|[-–—]\s)\s*([^:=]+)", row)
    bols = re.sub(r"[\"'“”„«».]", " ", said[2]).replace(",", ", ").strip() if said else ""
    if said and len(bols.split()) > 4 and headings.of_bols(bols) and not headings.of_bols(said[1]):
        words = headings.words_of(said[1])
        named = {taal.title for _, taal in headings.taals_in(words)}
        if len(named) == 1 and not headings.spoken(words) and not headings.tells(said[1]):
            return f"{named.pop()} {headings.form_in(words)}".strip() + f": {bols}"
    last = re.fullmatch(r"\s*(\S.*?)\s+\(([^()\d]+)\)\s*", row)
    after = taals.exact(last[2]) if last and len(last[1].split()) > 4 and headings.of_bols(last[1]) else None
    if last and after and not headings.of_bols(last[2]):  # bols (keherwa)
        return f"{after.title}: {last[1]}"
    for n in range(2, 9) if ":" not in row else ():  # a sentence that ends in bols
        head = re.match(rf"\s*((?:\S+\s+){{{n}}})(\S.*)$", row)
        words = headings.words_of(re.sub(r"['’]s\b", "", head[1])) if head else []
        named = {taal.title for _, taal in headings.taals_in(words)}
        if (
            head
            and len(named) == 1
            and len(head[2].split()) > 4
            and headings.of_bols(head[2])
            and headings.spoken(words)
        ):
            return f"{named.pop()}: {head[2]}"
    counted = _COUNTS.search(row)
    if not counted or not tables.counts_up([*map(int, counted[0].split())], 1):
        return row
    bols = re.sub(r"\s[xX×+](?:\s+[\doO])*\s*$", "", row[counted.end() :])
    named = {taal.title for _, taal in headings.taals_in(headings.words_of(row[: counted.start()]))}
    return f"{named.pop()}: {bols}" if len(named) == 1 and headings.of_bols(bols) else row
