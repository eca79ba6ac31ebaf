"""Bols within data or a program, as the rows of a typed text.

A field that a header has becomes a row of the header, a field of bols a section, a list of bols a row of its items.
What names no part of a composition, such as ``id: 7``, is left out.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from riyaz.tabla import header, headings, layout, programs, tables
from riyaz.tabla.place import Row
from riyaz.tabla.spelling import strokes

_NAMES = ("title", "name", "label", "section", "heading", "part")  # fields that name what is beside them
_KINDS = ("type", "kind", "category", "genre", "compositiontype")
_ENDS = re.compile(r"[_-]?(?:id|name|key)$", re.IGNORECASE)  # taalId, taal_name
_MEMBER = re.compile(r"[A-Za-z]\w*\.(?=\w+$)")  # Bol.DHA
_EMPTY = re.compile(r"(?:empty|rest|none|pause|silence|silent)", re.IGNORECASE)
_PLAIN = ("bol", "bols", "boles")  # fields that say of bols nothing but that
_REMARKS = ("", "note", "notes", "remark", "remarks", "comment", "instruction", "instructions")
_REST = "-"


def rows(text: str) -> list[Row]:
    """The rows of a text with data or a program, and those before and after it; none of any other text."""
    data = programs.data(text)
    try:
        node = data and YAML(typ="safe", pure=True).compose(data.yaml)
        result = list(_walk(node, "", top=True)) if data and node and not _of_sentence(node) else []
    except (YAMLError, RecursionError):  # no YAML, or brackets within brackets as no data of music has
        return []
    if not data or not any(_of_bols(row.text) for row in result):
        return []
    lead = [*takewhile(lambda row: re.match(r"\w+: ", row.text), result)]  # of the header, which stands first
    others = [*lead, *data.before, *data.comments, *result[len(lead) :], *data.after]
    named = any(headings.taals_in(headings.words_of(row.text)) for row in others if not _of_bols(row.text))
    return others if named or not node else [*_taal(node), *others]


def _of_sentence(node: Node) -> bool:
    """Whether words without quotation marks stand side by side, as in no program."""
    if isinstance(node, ScalarNode):
        return node.style is None and " " in node.value
    parts = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    return any(map(_of_sentence, parts))


def _fields(node: Node) -> list[tuple[str, Node]]:
    """The fields of an object, a call or a tuple, each with its key, ``""`` where it has none; a list has none."""
    if isinstance(node, MappingNode):
        return [(str(key.value), value) for key, value in node.value]
    if not isinstance(node, SequenceNode):
        return []
    pairs = [item for item in node.value if isinstance(item, MappingNode) and len(item.value) == 1]
    keys = {str(item.value[0][0].value) for item in pairs}
    if len(pairs) == len(keys) and (pairs or any(isinstance(item, ScalarNode) for item in node.value)):
        return [field for item in node.value for field in (_fields(item) if item in pairs else [("", item)])]
    return []


def _walk(node: Node, name: str, top: bool = False) -> Iterator[Row]:
    """The rows of a value; `name` is its key, `top` is the outermost."""
    fields = _fields(node)
    if rows := _bols(node):
        yield from _section(name, rows, node)
    elif top and len(fields) == 1 and not _bols(fields[0][1]):  # dadra = {...}, dadra = freeze({...})
        (name, inner) = fields[0]
        inner = inner.value[0] if isinstance(inner, SequenceNode) and len(inner.value) == 1 else inner
        if headings.taals_in(headings.words_of(name)) and not _name(_fields(inner)):
            yield _row(f"title: {name}", node)
        yield from _walk(inner, name, top)
    elif fields:
        yield from _header(fields, top)
        yield from _sections(fields, name, top)
    elif isinstance(node, SequenceNode):
        cells = [_cell(item) for item in node.value]
        if len(cells) > 1 and all(cells):  # one stroke or matra an object
            yield from _section(name, [_row(" ".join(cells), node)], node)
        else:
            for item in node.value:
                yield from _walk(item, name, top and len(cells) == 1)


def _header(fields: Sequence[tuple[str, Node]], top: bool) -> Iterator[Row]:
    """The rows of a header; where an object within another has bols, its fields are theirs alone."""
    named = _name(fields)
    if not top and any(_bols(value) for _, value in fields):
        return
    if named:
        yield _row(f"title: {named.value}" if top else named.value, named)
    for key, value in fields:
        said = value.value if isinstance(value, ScalarNode) and not _bols(value) else ""
        numbers = ("+" if key.lower().startswith("vibh") else ", ").join(_numbers(value))
        if key.lower() in _KINDS and headings.form_of(said):
            yield _row(f"form: {said}", value)
            continue
        known = key if header.is_key(key) else _ENDS.sub("", key)
        if header.is_key(known) and key.lower() not in (*_NAMES, *_KINDS) and (said or numbers):
            yield _row(f"{known}: {said or numbers}", value)


def _taal(node: Node) -> Iterator[Row]:
    """A row with the taal, where one value of a record names it and no other names another."""
    rows = [_row("", scalar) for scalar in _scalars(node)]
    named = [taal.title for scalar in _scalars(node) for _, taal in headings.taals_in(headings.words_of(scalar.value))]
    yield from [rows[0]._replace(text=f"taal: {named[0]}")] if len(set(named)) == 1 else []


def _scalars(node: Node) -> list[ScalarNode]:
    if isinstance(node, ScalarNode):
        return [node] if _text(node) else []
    parts = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    return [scalar for part in parts for scalar in _scalars(part)]


def _sections(fields: Sequence[tuple[str, Node]], name: str, top: bool) -> Iterator[Row]:
    """The rows of the bols of an object; the same bols in two of its fields, such as `bols` and `theka`, are one."""
    named = _name(fields)
    bols = [" ".join(row.text for row in _bols(value)).replace("|", " ").split() for _, value in fields]
    several = len({tuple(words) for words in bols if words}) > 1
    for number, (key, value) in enumerate(fields):
        if rows := _bols(value):
            own = key.lower() not in _PLAIN and (several or headings.HEAD.match(key))
            said = key if own else name if top else named.value if named else name or key
            if key.lower() not in (*_PLAIN, "theka") or bols[number] not in bols[:number]:
                yield from _section(said, rows, value)
        elif (
            _words(value)
            and value is not named
            and (headings.tells(key) or (key.lower() in _REMARKS and headings.tells(value.value)))
        ):
            yield _row(value.value if key.lower() in _REMARKS else f"{key}: {value.value}", value)
        else:
            inherited = named.value if named and not top and not headings.HEAD.match(key) else ""
            yield from _walk(value, inherited or key or name)


def _name(fields: Sequence[tuple[str, Node]]) -> ScalarNode | None:
    """The first of the fields that name an object."""
    named = [(key.lower(), value) for key, value in fields if isinstance(value, ScalarNode) and _words(value)]
    section = (value for key, value in named if key in (*_NAMES, *_KINDS) and headings.HEAD.match(value.value))
    return next(section, next((value for key, value in named if key in (*_NAMES, "")), None))


def _section(name: str, rows: list[Row], node: Node) -> Iterator[Row]:
    """A section of some rows, below its heading where a name says one."""
    if headings.HEAD.match(name) or headings.taals_in(headings.words_of(name)) or headings.form_of(name):
        yield _row(f"{name}:", node)
    yield from rows


def _bols(node: Node) -> list[Row]:
    """The rows of bols of a value: a text, a list of cells, or a list of such lists; none where it is no bols."""
    if isinstance(node, ScalarNode):
        lines = [line.strip() for line in node.value.split("\n")]
        return [_row(line, node) for line in lines if line] if _text(node) and _of_bols(node.value) else []
    parts = node.value
    if isinstance(node, MappingNode):  # {"Dha", "Dhi"}
        parts = [key for key, _ in node.value] if not any(value.value for _, value in node.value) else []
    if parts and all(isinstance(item, ScalarNode) for item in parts):
        return _cells(parts, node)
    rows = [_bols(item) for item in parts]
    if all(len(row) == 1 for row in rows):  # each a matra, a vibhag or an avartan: the taal says which
        return [_row(" | ".join(row[0].text for row in rows), node)] if rows else []
    return [row for part in rows for row in part] if all(rows) else []


def _cells(items: Sequence[ScalarNode], node: Node) -> list[Row]:
    """The rows of a list of texts: one of its words, or one of each of its lines where they have several words."""
    cells = [_EMPTY.sub("", _MEMBER.sub("", item.value.strip())) if _text(item) else "" for item in items]
    if any(not _text(item) and item.value not in ("", "~", "null", "None") for item in items):
        return []
    if not any(re.search(r"\s", cell) for cell in cells):
        return [_row(" ".join(cell or _REST for cell in cells), node)] if _of_bols(" ".join(cells)) else []
    lines = groupby(zip(cells, items, strict=True), lambda item: item[1].start_mark.line)
    rows = [list(line) for _, line in lines] if all(map(_of_bols, cells)) else []
    return [_row(" | ".join(cell for cell, _ in row), row[0][1]) for row in rows]


def _cell(node: Node) -> str:
    """The bols of an object that is one cell: its other fields are numbers, signs or the names of claps."""
    bols = [value for _, value in _fields(node) if _bols(value)]
    others = [(key.lower(), value) for key, value in _fields(node) if value not in bols]
    if len(bols) != 1 or any(key in _NAMES or not isinstance(value, ScalarNode) for key, value in others):
        return ""
    words = _bols(bols[0])[0].text.split()
    return ".".join(words) if len(words) == 1 or isinstance(bols[0], SequenceNode) else ""


def _numbers(node: Node) -> list[str]:
    """The numbers of a list of numbers, none of any other."""
    items = node.value if isinstance(node, SequenceNode) else []
    texts = [item.value if isinstance(item, ScalarNode) else "" for item in items]
    return texts if all(re.fullmatch(r"\d+", text) for text in texts) else []


def _of_bols(text: str) -> bool:
    """Whether most words of a text are bols: what is no bol among them is a mistake, and named as one."""
    words = layout.WORD.findall(text)
    return sum(bool(strokes(word)) for word in words) > len(words) / 2


def _text(node: ScalarNode) -> bool:
    return str(node.tag).endswith(":str")


def _words(node: Node) -> bool:
    """Whether a value is words that are neither bols nor signs."""
    words = isinstance(node, ScalarNode) and _text(node) and re.search(r"[^\W\d_]", node.value)
    return bool(words) and not _of_bols(node.value) and not tables.of_signs(node.value.replace(".", " "))


def _row(text: str, node: Node) -> Row:
    return Row(text, node.start_mark.line + 1, node.start_mark.column + 1)
