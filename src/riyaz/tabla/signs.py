"""Signs: numbers and signs that stand alone among bols, as bars, as the ends of matras, or left out."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from riyaz.tabla import taals
from riyaz.tabla.layout import Item


def marked(items: Sequence[Item], taal: taals.Taal) -> list[Item]:
    """Items with numbers and signs that stand alone among bols as bars, as the ends of matras, or left out.

    Raises
    ------
    Unreadable : they are neither the taal's signs, in order, nor numbers that count matras or rows.
    """
    marks = [item for item in items if item.kind == "mark"]
    if not marks:
        return list(items)
    texts = [str(int(text)) if (text := item.text.rstrip(".):")).isdigit() else text.upper() for item in marks]
    texts = [{"O": "0", "×": "X", "✕": "X"}.get(text, text) for text in texts]
    signs, starts = list(taal.signs), [str(start) for start in taal.starts]
    paluskar = ["+" if sign == "0" else start for sign, start in zip(signs, starts, strict=True)]
    cycles = (
        [signs, ["+", *signs[1:]], ["1", *signs[1:]], signs[1:], paluskar] if signs[0] == "X" else [signs, paluskar]
    )
    after = [before.kind for before, item in pairwise(items) if item.kind == "mark"]
    if all(item.text in ("x", "*") for item in marks) and after == ["word"] * len(marks):  # none begins a vibhag
        return [item._replace(kind="cross", text="-") if item.kind == "mark" else item for item in items]
    if _pauses(items):
        return [item._replace(kind="cross", text="-") if item.kind == "mark" else item for item in items]
    cycles.append([str(matras) for matras in taal.vibhags])  # the sizes of the vibhags
    cycles.append([str(int(sign) - 1) if sign.isdigit() and sign != "0" else sign for sign in signs])  # talis from 1
    if any(texts == (cycle * len(texts))[: len(texts)] for cycle in cycles):
        return [item._replace(kind="bar", text="|") if item.kind == "mark" else item for item in items]
    counted = [int(text) for text in texts if text.isdigit()]
    heads = {item.place.line: item for item in reversed(items)}
    inside = all(heads[item.place.line] != item for item in marks)
    if inside and all(item.text == "+" for item in marks) and _parts_apart(items):
        return [item._replace(kind="plus") if item.kind == "mark" else item for item in items]
    if inside and set(texts) == {"X"}:
        return [item._replace(kind="cross", text="-") if item.kind == "mark" else item for item in items]
    if len(counted) < len(texts) or any(b not in (a + 1, 1) for a, b in zip([0, *counted], counted, strict=False)):
        wrong = next((item for item, text in zip(marks, texts, strict=True) if text not in signs), marks[0])
        wrong.place.stop(f"{wrong.text!r} is no bol", "expected a bol")
    if all(heads[item.place.line] == item for item in marks):
        return [item for item in items if item.kind != "mark"]
    result: list[Item] = []
    group: list[Item] = []
    for item in [*items, marks[0]]:
        if item.kind == "word":
            group.append(item)
            continue
        result += [each._replace(speed=each.speed * len(group)) for each in group]
        group = []
        result.append(item if item.kind != "mark" else item._replace(kind="counted"))
    return result[:-1]


def _pauses(items: Sequence[Item]) -> bool:
    """Whether numbers after bols count pauses: ``Dha 1 2``, each from 1 on and two or more somewhere."""
    runs = [list(run) for mark, run in groupby(items, lambda item: item.kind == "mark") if mark]
    counts = [[item.text for item in run] == [str(n) for n in range(1, len(run) + 1)] for run in runs]
    return items[0].kind != "mark" and all(counts) and any(len(run) > 1 for run in runs)


def _parts_apart(items: Sequence[Item]) -> bool:
    """Whether three words or more stand before, between and after marks, so that no two strokes are meant at once."""
    sizes = [0]
    for item in items:
        sizes[-1] += item.kind == "word"
        sizes += [0] * (item.kind == "mark")
    return min(sizes) > 2
