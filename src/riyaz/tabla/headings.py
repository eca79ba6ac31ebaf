"""Headings: the names of forms and sections, and where each section of a text begins."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import normalize

from riyaz.tabla.layout import sign_row
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import fold, strokes

FORMS = ("theka", "kaida", "rela", "peshkar", "tukda", "mukhda", "tihai", "chakradar", "gat", "paran", "laggi", "mohra")
_FORM_NAMES = {
    "kaida": "কায়দা kayda kayada kayeda qaida qaeda quaida qayda quayda qa'ida kaeda कायदा कायदे क़ायदा",
    "rela": "রেলা relaa रेला",
    "peshkar": "পেশকার peshkara peshkaar पेशकार",
    "tukda": "টুকরা টুকড়া tukra tukada tukdaa टुकड़ा टुकडा",
    "mukhda": "mukhra mukhada मुखड़ा मुखडा",
    "tihai": "তেহাই তিহাই tehai teehai tihaayi तिहाई",
    "chakradar": "চক্রদার chakkardar chakradhar chakradaar चक्रदार चक्करदार",
    "gat": "গৎ গত gath गत",
    "paran": "parand परन",
    "laggi": "lagi लग्गी",
    "theka": "ঠেকা thekaa ठेका",
    "mohra": "mohara मोहरा",
}
_KNOWN_FORMS = {normalize("NFC", name): form for form, names in _FORM_NAMES.items() for name in (form, *names.split())}

_SECTIONS = (
    "theme mukh face kaida kayda kayada qaida quayda rela peshkar theka dohra dohara dora palta palte paltas variation "
    "variations bal vistar tukda tukra mukhda ending tihai "
    "tehai chakradar gat tukda mohra uthan laggi paran adha-dohra thah barabar dugun tigun chaugun aad "
    "bols bol notation composition बोल मुख कायदा क़ायदा दोहरा पलटा तिहाई ठेका रेला"
)
_NAMES = "|".join(sorted({*_SECTIONS.split(), *_KNOWN_FORMS}, key=len, reverse=True))
_NUMBER = r"(?:[#-]|no\.?|number|नं\.?)?\s*(\d{0,3})"
_END = r"(:|(?<=\s)[-–—](?=\s*[^\W\d_])|[.)-]*\s*$)"
_BOLS = ("bols", "bol", "notation", "composition", "बोल")  # a heading that says nothing more
_SPEEDS = "thah|barabar|dugun|tigun|chaugun|aad"
HEAD = re.compile(
    rf"\s*(?:\d{{1,2}}[.)]\s*)?((?:adha\s+|main\s+|theka\s+|kaida\s+)?(?:{_NAMES}))\s*{_NUMBER}\s*(?:\(\s*({_SPEEDS})\s*\)\s*)?{_END}",
    re.IGNORECASE,
)
_MARKS = (":", "-", "–", "—")  # after a heading, before bols
_OTHER_HEAD = re.compile(r"\s*([^\W\d_][\w\u0900-\u0dff .'-]{0,40}?)\s*(\d{0,3})\s*(:)\s*$")
_LETTERED = re.compile(r"\s*(\d{0,2}[A-Za-z])\)\s+(?=[^\W\d_])")  # 1a) and its bols
_LABEL = re.compile(r"\s*(?:bhari|khali|bhari\s+khali|भरी|खाली)\s*(?::|$)", re.IGNORECASE)
THEME = (
    "theme",
    "mukh",
    "face",
    "main kaida",
    "main kayda",
    "main theme",
    "kaida",
    "kayda",
    "kayada",
    "qaida",
    "quayda",
    "मुख",
    "कायदा",
    "क़ायदा",
)


def form_of(value: str) -> str:
    """The form of a name in any spelling, ``""`` for none."""
    return _KNOWN_FORMS.get(normalize("NFC", fold(value)).lower().strip(), "")


class Head(NamedTuple):
    """A heading: its row, the first row of what stands under it, and what it says.

    `origin` is ``taught``, ``derived`` or ``""`` (see `riyaz.tabla.origin`), `note` the comment beside the heading.
    """

    name: str
    row: int
    first: int
    origin: str = ""
    note: str = ""


def sections(rows: list[str], start: int, default: str, place: Place) -> Iterator[tuple[Head, int, int]]:
    """Yield the heading, the first and the end row of each section; typed headings are blanked in `rows`.

    A heading is ``[palta 1]``, a line such as ``Palta 1`` or ``Dohra:``, or such a word with a colon before bols.
    """
    heads: list[Head] = []
    bracketed = any(row.lstrip().startswith("[") and not _group(row) for row in rows[start:])
    for number in range(start, len(rows)):
        content = rows[number].split("#")[0].strip()
        here = place._replace(line=number + 1)
        if content.startswith("[") and not _group(content):
            match = re.fullmatch(r"\[\s*([^\[\],]*[^\[\],\s])\s*(?:,\s*(derived|taught)\s*)?\]\s*:?", content)
            here = here._replace(column=rows[number].index("[") + 1)
            if not match:
                here.stop(
                    f"{content!r} names no section",
                    "write for instance: [palta 1], [palta 1, derived] or [palta 1, taught]",
                )
            note = rows[number].partition("#")[2].strip()
            _add(heads, Head(match[1], number, number + 1, match[2] or "", note), here)
        elif (match := HEAD.match(rows[number])) and (match[4] in _MARKS or not bracketed):
            name = " ".join((match[1].lower(), match[2])).strip()
            name = "theme" if name in THEME else default if name in _BOLS else name
            name += f" {match[3].lower()}" if match[3] and match[3].lower() not in ("thah", "barabar") else ""
            if name in [head.name for head in heads] and match[4] not in _MARKS:
                continue  # a reference
            _add(heads, Head(name, number, number), here)
            rows[number] = " " * match.end() + rows[number][match.end() :]
        elif not bracketed and (match := _LETTERED.match(rows[number])):
            _add(heads, Head(match[1].lower(), number, number), here)
            rows[number] = " " * match.end() + rows[number][match.end() :]
        elif (
            not bracketed
            and not _LABEL.match(rows[number])
            and (match := _OTHER_HEAD.match(rows[number]))
            and not strokes(match[1].replace(" ", ""))
        ):
            _add(heads, Head(" ".join((match[1].lower(), match[2])).strip(), number, number), here)
            rows[number] = ""
        else:
            if match := _LABEL.match(rows[number]):
                rows[number] = " " * match.end() + rows[number][match.end() :]
            if rows[number].split("#")[0].strip() and not heads and not sign_row(rows[number].split("#")[0]):
                heads.append(Head(default, number, number))
    for head, end in zip(heads, [*(head.row for head in heads[1:]), len(rows)], strict=False):
        yield head, head.first, end


def _group(content: str) -> bool:
    """Whether square brackets enclose what is repeated, as in ``[dha te]x3``."""
    return re.search(r"\]\s*[x×]\s*\d", content) is not None


def _add(heads: list[Head], head: Head, here: Place) -> None:
    if any(head.name == known.name for known in heads):
        here.stop(f"there are two sections {head.name!r}", "number them")
    heads.append(head)
