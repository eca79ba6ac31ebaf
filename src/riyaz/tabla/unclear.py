"""Syllables and letters that may be two bols: the whole text says which, or they are asked about."""

import re
from collections.abc import Iterable, Mapping, Sequence

from riyaz.tabla.layout import Item
from riyaz.tabla.spelling import script, strokes


def das(parts: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
    """Items in which a Da that stands alone is a Dha, where nothing is written Dha or Din and no Da is of GeDaNaGa.

    Raises
    ------
    Unreadable : a Da stands alone and may be either.
    """
    words = [item for items in parts.values() for item in items if item.kind == "word"]
    names = [strokes(item.text) for item in words]
    before = [row[-1] if row else "" for row in [(), *names]]
    alone = [(item, last) for item, row, last in zip(words, names, before, strict=False) if row == ("Da",)]
    stray = next((item for item, last in alone if last not in ("Ge", "Gi", "Ga", "Ke", "Ki", "Ka")), None)
    if not stray:
        return {name: list(items) for name, items in parts.items()}
    others = {bol for row in names if row != ("Da",) for bol in row}
    of_phrase = any(last in ("Ge", "Gi", "Ga", "Ke", "Ki", "Ka") for _, last in alone)
    if of_phrase or others & {"Da", "Dha", "Din"} or script(stray.text) != "LATIN":
        stray.place.stop("'Da' is one of GeDaNaGa or a Dha", "write Dha, or the whole phrase")
    das = {item.place for item, _ in alone}
    return {
        name: [item._replace(text="Dha") if item.kind == "word" and item.place in das else item for item in items]
        for name, items in parts.items()
    }


def commas(parts: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
    """Items in which a comma without a blank parts two words of two strokes or more that stand alone elsewhere."""
    alone = {item.text.rstrip(",;") for items in parts.values() for item in items if item.kind == "word"}
    result: dict[str, list[Item]] = {}
    for name, items in parts.items():
        result[name] = []
        for item in items:
            texts = re.findall(r"[^,;]+[,;]*", item.text) if item.kind == "word" else []
            bare = [text.rstrip(",;") for text in texts]
            words = len(texts) > 1 and all(len(strokes(text)) > 1 and text in alone for text in bare)
            result[name] += [item._replace(text=text) for text in texts] if words else [item]
    return result


def ellipsis(items: Sequence[Item]) -> None:
    """Refuse three dots right after the last word of a row, where no other word has dots: rests, or bols left out."""
    words = [item for item in items if item.kind == "word" and re.search(r"\.\.|…", item.text)]
    if len(words) != 1 or not re.fullmatch(r"[^.…]+(?:\.{3,}|…)", words[0].text):
        return
    if words[0] == [item for item in items if item.place.line == words[0].place.line][-1]:
        words[0].place.stop(f"{words[0].text} has rests or leaves bols out", "write - for a rest, or the bols")


def letters(items: Iterable[Item]) -> None:
    """Refuse a letter that stands for a bol by itself as a capital and as none: it may be two bols."""
    seen: dict[str, str] = {}
    for item in items:
        for letter in re.findall(r"(?<![^\W_])[A-Za-z](?![^\W_])", item.text if item.kind == "word" else ""):
            if seen.setdefault(letter.lower(), letter) != letter and letter.lower() != "s":
                item.place.stop(f"{letter.swapcase()!r} and {letter!r} may be two bols", "write the bols out")
