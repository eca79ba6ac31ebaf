"""Letters of one's own for bols: a row that is their key, such as ``D = Dha, G = Ge``, and the words written so."""

import re
from collections.abc import Mapping, Sequence

from riyaz.tabla import header, headings
from riyaz.tabla.spelling import strokes

_PAIR = re.compile(
    r"\s*([^\W\d_]{1,4})\s*(?:[=:–—-]+>?|is|for|\s)\s*([^\W\d_]{2,12})\s*(?:[,;.|/]\s*|$)", re.IGNORECASE
)
_LEAD = re.compile(r"\s*(?:key|legend|abbreviations?|shorthand|letters)\s*[:=–-]\s*|\s*\(", re.IGNORECASE)
_LEAST = 3  # pairs of a key
_WORD = re.compile(r"[^\W\d_]+")


def written_out(rows: Sequence[str]) -> list[str]:
    """Rows in which words of such letters are the bols that a key among the rows gives; without a key, the same rows.

    Letters are told apart by their case. A word that has other letters stays.
    """
    keys = {number: key for number, row in enumerate(rows) if (key := _key(row))}
    letters = {letter: bol for key in keys.values() for letter, bol in key.items()}
    if not keys:
        return list(rows)
    known = re.compile("|".join(sorted(map(re.escape, letters), key=len, reverse=True)))
    return ["" if number in keys else _row(row, letters, known) for number, row in enumerate(rows)]


def _key(row: str) -> dict[str, str]:
    """The letters that a row explains, each with its bols; nothing where it is no key."""
    lead = _LEAD.match(row)
    rest, pairs = row[lead.end() :].rstrip(" )") if lead else row.rstrip(), list[tuple[str, str]]()
    while rest:
        match = _PAIR.match(rest)
        if not match or not strokes(match[2]) or match[1].lower() == match[2].lower():
            return {}
        pairs.append((match[1], match[2].capitalize()))
        rest = rest[match.end() :]
    short = all(len(letter) < len(bol) for letter, bol in pairs)
    return dict(pairs) if len(pairs) >= _LEAST and short and len(dict(pairs)) == len(pairs) else {}


def _row(row: str, letters: Mapping[str, str], known: re.Pattern[str]) -> str:
    """A row of words in these letters, with a name before a colon as it is; other rows stay."""
    name, colon, bols = row.rpartition(":")
    words = _WORD.findall(bols)
    if header.is_key(name.strip()) or not words:
        return row
    own = [word for word in words if "".join(known.findall(word)) == word]
    if len(own) * 2 < len(words) or not all(word in own or strokes(word) for word in words):
        return row
    if any(headings.HEAD.fullmatch(word) for word in words):
        return row
    return f"{name}{colon}" + _WORD.sub(
        lambda match: known.sub(lambda letter: letters[letter[0]], match[0]) if match[0] in own else match[0], bols
    )
