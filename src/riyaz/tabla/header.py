"""The header of a composition: what stands above the bols."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import takewhile

from riyaz.music.events import Unreadable
from riyaz.tabla import by_theka, header_values, taals
from riyaz.tabla.header_values import CLAPS, KEYS, LAYAS, OWN, PACES, READINGS
from riyaz.tabla.headings import HEAD, form_in, form_of, of_bols, remark, taals_in, tells, title, words_of
from riyaz.tabla.layout import sign_row
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import fold, strokes

# what a first line says beside form and taal, and what is passed over there
_MORE = re.compile(
    r"\b(?:vilambit|madhya|drut)\s*(?:laya|lay)?\b|[^\W\d_]+\s+gharana\b|\(?\b\d+\s*(?:beats?|matras?|मात्रा)\)?"
    r"|मध्य\s*लय|विलंबित|द्रुत",
    re.IGNORECASE,
)
_TEXTS = ("title", "gharana", "source", "family")
# a row whose value is free text, no field of a program with others after it: no mark in it is one of a web page
FREE = re.compile(rf"(?:{'|'.join(_TEXTS)}):(?!\s*(['\"]).*\1\s*,\s*\w+:)")
_ALIASES = {"tal": "taal", "tala": "taal", "taala": "taal", "ताल": "taal", "তাল": "taal", "name": "title"}
_ALIASES |= {
    "bpm": "tempo",
    "vibhag": "vibhags",
    "vibhaag": "vibhags",
    "sign": "signs",
    "lay": "laya",
    "matra": "matras",
    "beats": "matras",
    "total": "matras",
    "division": "vibhags",
    "divisions": "vibhags",
    "scale": "pitch",
    "tuning": "pitch",
}
_ALIASES |= {
    "शीर्षक": "title",
    "type": "form",
    "मात्रा": "matras",
    "मात्रे": "matras",
    "मात्राएँ": "matras",
    "मात्राएं": "matras",
    "মাত্রা": "matras",
}
_ALIASES |= dict.fromkeys(("खंड", "खण्ड", "विभाग", "বিভাগ"), "vibhags")
_ALIASES |= dict.fromkeys(("taali", "talis", "clap", "claps", "टाळी", "ताली", "তালি"), "tali")
_ALIASES |= dict.fromkeys(("khalis", "khaali", "wave", "waves", "खाली", "काल", "ফাঁক", "খালি"), "khali")

# Who and what else a player names: kept with the source.
_BESIDE = (
    "guru teacher ustad pandit composer author by style date day level grade class lesson note notes nota comment "
    "jati jaati जाति"
).split()
_ALL = (*KEYS, *OWN, *READINGS, *_ALIASES, *_BESIDE, *CLAPS, "speed")
_KEYED = re.compile(r"([^\W\d][^\s:=|]*)\s*[:=]\s*(.*)$")
_PACE = re.compile(rf"(?:{'|'.join((*LAYAS, *PACES))})(?:\s*(?:laya?|लय))?", re.IGNORECASE)  # a tempo in words
_RANGE = re.compile(r"\d+\s*(?:[-–—]|to\b)\s*\d+")  # of tempos, none of them said
_VIBHAGS = re.compile(r"\d(?:\s*[-–+]\s*\d)+")
_AFTER = re.compile(r"^[^:=]*[:=]")
_BPM = re.compile(  # (at 60 bpm)
    r"^\W*(?:(?:try|play|practi[cs]e|tempo|at|around|about|approx\w*|is)\W+)*(\d{2,3})\s*(?:bpm|b\.p\.m\.?"
    r"|(?:beats|ma+tras?)\s+(?:per|a)\s+min\w*)\W*$",
    re.IGNORECASE,
)
_SPELLED = (
    (re.compile(r"^(?:composition\s+)?(?:type|form)\s*[-–—:]\s*(?=\w)", re.IGNORECASE), "form: "),
    (re.compile(r"^beats?\s*/\s*matras?(?=\s*[-–—:])", re.IGNORECASE), "matras"),
    (re.compile(r"^([^\W\d_]+)\s*\((?:ma+tras?|vibha+gs?|ta+li|kha+li)\)(?=\s*[:=])", re.IGNORECASE), r"\1"),
    (re.compile(r"^(?:bols?|strokes?)\s+(?:per|a)\s+(?:beat|matra)\s*:", re.IGNORECASE), "strokes:"),
    (re.compile(r"^(মাত্রা|मात्रा)\s*(?:সংখ্যা|संख्या)\s*[-–—:]?\s*(?=\d+\D*$)"), r"\1: "),
    (re.compile(r"^(bpm|tempo)\s+(?=\d+$)", re.IGNORECASE), r"\1: "),
    (_BPM, r"tempo: \1"),
)
_COUNTED = "|".join([key for key, name in _ALIASES.items() if name in (*OWN[:2], *CLAPS)] + [*OWN[:2], *CLAPS])
_UNMARKED = re.compile(rf"^({_COUNTED})\s*(?:\([^()]*\)\s*)?\s(?=\d\d$|\d+(?:\s*[,+|/–-]\s*\d+)+$)", re.IGNORECASE)
_THEKA = ("theka", "bols", "bol", "ठेका", "बोल")
_SEVERAL = "(?:" + "|".join((*KEYS, *_ALIASES, *CLAPS, "vibhags", "matras", *_THEKA)) + ")"


def header(
    rows: list[str], place: Place, more: Mapping[str, taals.Taal] | None = None
) -> tuple[dict[str, str], dict[str, str], int]:
    """Read the header: its values, how the text is to be read, and the number of its first row of bols.

    Parameters
    ----------
    more : taals of one's own by `taal_names.key`, from a file of taals.

    Raises
    ------
    Unreadable : a key is unknown or given twice, or its value is none.
    """
    text, top = list(rows), _Top(rows, place)
    end = next((number for number in range(len(rows)) if not top.takes(number)), len(rows))
    top.below(end)
    values, reading = header_values.checked(top.said, text, end, more or {}, place)
    return values, reading, end


class _Top:
    """The rows at the top of a text, and what those say that were read: the value of each key and its place."""

    def __init__(self, rows: list[str], place: Place) -> None:
        self.rows, self.place = rows, place
        self.text = [*rows]  # as it was; rows that were read are blanked in `rows`
        self.said: dict[str, tuple[str, Place]] = {}
        self.hinted = False  # whether a heading of Markdown was seen

    def takes(self, number: int) -> bool:
        """Read a row; False where it is the first that is not of the header."""
        line, here = self.rows[number], self.place._replace(line=number + 1)
        content = spelled(line)
        match = _KEYED.match(content)
        several = _several(content) if match else []
        if match and len(several) > 1 and fold(match[1]).lower() not in _TEXTS:  # Taal: Teental  Laya: madhya
            said = [re.sub("=", ":", each, count=1).partition(":") for each in several]
            bols = said[-1][2] if said[-1][0].strip().lower() in _THEKA and of_bols(said[-1][2]) else ""
            for name, _, value in said[: -1 if bols else None]:
                self.said[_key(name)] = (value.strip(), here)
            self.rows[number] = bols or line
            return not bols
        if match and "taal" not in self.said and (named := _named(match[1])):  # Teental: and facts, or its bols
            self.note({"taal": named}, here)
            self.rows[number] = _AFTER.sub(lambda before: " " * len(before[0]), line)
            return _facts(match[2]) or remark(match[2])
        if match and "taal" in self.said and of_bols(match[2]) and self.again(match[1]):
            self.rows[number] = _AFTER.sub(lambda before: " " * len(before[0]), line)
            return False
        if not match and "taal" not in self.said and (says := _before_bols(content)):
            self.note(says, here)
            self.rows[number] = _AFTER.sub(lambda before: " " * len(before[0]), line)
            return False
        if not content:
            self.hint(number)
            return True
        if "taal" in self.said and _VIBHAGS.fullmatch(content):  # 4-4-4-4
            self.note({"vibhags": "+".join(re.findall(r"\d", content))}, here)
            self.rows[number] = ""
            return True
        below = next((row.strip() for row in self.rows[number + 1 : number + 4] if row.strip()), "")
        if "taal" not in self.said and sign_row(content) and (keyed := _KEYED.match(below)) and _named(keyed[1]):
            return True  # numbers above Rupak: and its bols
        return self.value(number, match) if match else self.words(number, content)

    def again(self, name: str) -> bool:
        """Whether a name is that of the taal that was read."""
        named, known = _named(name), taals.exact(self.said["taal"][0])
        return bool(named) and known is not None and named == known.title

    def note(self, says: Mapping[str, str], here: Place) -> None:
        """Add values that a row says."""
        self.said |= {key: (value, here) for key, value in says.items()}

    def hint(self, number: int) -> None:
        """Take the taal from the first heading of Markdown, where no row below says it."""
        heading = re.match(r"\s*#+\s*([^\W\d_].*)$", self.rows[number])
        if heading and not self.hinted:
            says = _plain(heading[1].strip(), False) or _mentioned(heading[1])
            if "taal" in says and "taal" not in self.said and not _later(self.rows[number + 1 :]):
                self.note(says, self.place._replace(line=number + 1))
            self.hinted = True

    def words(self, number: int, content: str) -> bool:
        """Read a row without a key: the taal and the form, the title, or a remark."""
        here, known = self.place._replace(line=number + 1), "taal" in self.said
        if re.search(r"(?<!\w)[x×]\s?\d", content) and re.search(r"\b(?:each|every|all|lines?|rows?)\b", content):
            here.stop(f"{content!r} says in words how to play", "write x2 at the end of each row, or leave it out")
        bare = re.sub(r"\([^()]*\)", " ", content)  # such as Kaida (Delhi) in Teental
        says = {} if {"taal", "form"} <= self.said.keys() else _plain(content, known) or _plain(bare, known)
        says = says or (_mentioned(content) if not known and title(content) else {})
        if not says and not known and _later(self.rows[number + 1 :]) and title(content):
            self.said.setdefault("title", (content, here))  # the first line of words above the header is the title
            return True
        if not says and not known and remark(content) and not HEAD.match(self.rows[number]):
            self.rows[number] = ""
            return True
        if not says or any(key in self.said for key in says):
            return False
        self.note(says, here)
        return True

    def value(self, number: int, match: re.Match[str]) -> bool:
        """Read a row that is a key and its value.

        Raises
        ------
        Unreadable : the key is given twice.
        """
        line, name, value = self.rows[number], fold(match[1]).lower(), match[2].strip()
        key, here = _key(name), self.place._replace(line=number + 1, column=max(line.find(match[1]), 0) + 1)
        key = "laya" if key == "tempo" and _PACE.fullmatch(value) else key
        if form_of(name) and not {"vibhags", "taal"} & self.said.keys() and (named := _named(match[2])):
            self.note({"form": name, "taal": named}, here)
            return True
        bols = re.sub(r"\(?[x×]\s?\d+\)?\s*$", "", value)
        long = of_bols(bols) and len(bols.split()) > 3
        if not is_key(name) and (long or ("taal" in self.said and (not value or of_bols(bols)))):  # such as Dugun:
            return False
        if not value and "taal" not in self.said and not is_key(name) and words_of(name) and not strokes(name):
            return True  # Example:
        own = name == "theka" and value and "vibhags" in self.said and any(map(of_bols, self.rows[number + 1 :]))
        if name == "speed" or (HEAD.match(line) and not own) or (key in CLAPS and of_bols(value)):
            return False
        says = {} if is_key(name) or key in _BESIDE or "taal" in self.said else _mentioned(value)
        both = re.fullmatch(r"(.+?)\s*[,;–-]\s*(\S+)", value) if key == "taal" else None
        if "taal" in says:  # Example: Teental
            self.note(says, here)
        elif key in _BESIDE:
            before = f"{self.said['source'][0]}; " if "source" in self.said else ""
            self.note({"source": f"{before}{match[1]}: {value}"}, here)
        elif (key == "sam" and value == "1") or (key == "tempo" and _RANGE.match(value)) or _other(key, value):
            return True
        elif (
            key == "title" and key in self.said and self.said[key][0] == spelled(self.text[self.said[key][1].line - 1])
        ):
            self.note({key: value}, here)  # rather than the first row of words
        elif key in self.said and key in (*CLAPS, *OWN) and remark(re.sub(r"\([^()]*\)", " ", value)):
            return True  # a sentence about them
        elif key in self.said:
            here.stop(f"{key} is given twice", "keep one")
        elif both and form_of(both[2]):
            self.note({"taal": both[1], "form": both[2]}, here)  # Taal: Teental, Kaida
        else:
            whole = line.partition(":")[2].strip() if ":" in line else value
            whole = re.split(r"\s#", whole)[0].strip() if key == "pitch" else whole  # C# and then a comment
            if (
                key == "vibhags"
                and sign_row(facts := re.sub(r"\([^()]*\)", " ", value))
                and re.match(r"\s*[Xx+0]\s", facts)
            ):
                key, value = "signs", facts.strip()
            self.note({key: whole if key in (*_TEXTS, "pitch") else value}, here)  # a # belongs to a text
        return True

    def below(self, end: int) -> None:
        """Take the taal from below the bols or from the title, where no row of the header says it."""
        for number in range(end, len(self.rows)):  # facts below the bols
            if number <= end or HEAD.match(self.rows[number]):
                continue
            said = [match for each in _several(self.rows[number]) if (match := _KEYED.match(each))]
            paces = [match for match in said if _key(match[1]) == "tempo" and not of_bols(match[2])]
            facts = [
                match for match in said if _key(match[1]) in _BESIDE and not of_bols(match[2]) and not tells(match[2])
            ]
            if said and all(match in (*paces, *facts) or _beside(match) for match in said):
                for match in (*paces, *facts):
                    self.value(number, match)
                self.rows[number] = ""
        below = range(end, len(self.rows)) if not {"taal", "vibhags"} & self.said.keys() else range(0)
        for number in below:
            match = re.match(r"\s*([^\W\d][^\s:=|]*)\s*[:=]\s*([^#]+)", self.rows[number])
            if match and _key(match[1]) == "taal":
                self.note({"taal": match[2].strip()}, self.place._replace(line=number + 1))
                self.rows[number] = ""
                return
        last = next((number for number in reversed(below) if self.rows[number].strip()), 0)
        if last > end and not of_bols(self.rows[last]):
            self.note(_mentioned(self.rows[last]), self.place._replace(line=last + 1))
            self.rows[last] = "" if "taal" in self.said else self.rows[last]
        if "title" in self.said and not {"taal", "signs"} & self.said.keys():
            words, here = self.said["title"]
            names = list(dict.fromkeys(taal.title for _, taal in taals_in(words_of(words))))
            if len(names) > 1:
                here.stop(f"the title names {' and '.join(names)}", "write above the bols of one: taal: teental")
            self.note({"taal": names[0]} if names else {}, here)
        if not {"taal", "vibhags", "signs"} & self.said.keys():
            self.prose()
        if not {"taal", "vibhags", "signs"} & self.said.keys():
            self.theka(end)

    def theka(self, end: int) -> None:
        """Take the taal from the bols, where they begin with a theka or have vibhags with signs.

        Raises
        ------
        Unreadable : several taals have it.
        """
        rows = self.rows[end:]
        named = [taal.title for taal in by_theka.taal_of(rows) or by_theka.framed(rows)]
        here = self.place._replace(line=end + 1)
        if len(named) > 1:
            here.stop(f"these bols are the theka of {' and '.join(named)}", "write above them: taal: and its name")
        self.note({"taal": named[0]} if named else {}, here)

    def prose(self) -> None:
        """Take the taal from rows of words, wherever they stand.

        Raises
        ------
        Unreadable : they name several taals.
        """
        named: dict[str, int] = {}
        for number, row in enumerate(self.text):
            if not of_bols(row):
                named |= {taal.title: number for _, taal in taals_in(words_of(row)) if taal.title not in named}
        places = [self.place._replace(line=number + 1) for number in named.values()]
        if len(named) > 1:
            places[1].stop(f"the text names {' and '.join(named)}", "write above the bols of one: taal: teental")
        for title_, here in zip(named, places, strict=True):
            self.note({"taal": title_}, here)


def spelled(line: str) -> str:
    """A row without its comment and marks, with the keys of several words as ``key: value``."""
    content = line.split("#")[0].strip().strip("*_").strip()
    for pattern, instead in (*_SPELLED, (_UNMARKED, r"\1: ")):
        content = pattern.sub(instead, content)
    dashed = re.match(r"([^\W\d][^\s:=|]*)\s+[-–—]\s*(?=\S)", content)
    if dashed and _key(dashed[1]) in ("matras", "vibhags", "tempo", "laya", *CLAPS):
        content = f"{dashed[1]}: {content[dashed.end() :]}"
    return content


def _before_bols(content: str) -> dict[str, str]:
    """What words before a colon and bols say, such as ``Teental theka: Dha Dhin``; nothing without a taal."""
    long = re.match(r"([^\W\d][^:=|]{1,60}?)\s*[:=]\s*(\S.*)$", content)
    says = _plain(long[1], False) or _mentioned(long[1]) if long and of_bols(long[2]) and not tells(long[1]) else {}
    return says if "taal" in says else {}


def _mentioned(content: str) -> dict[str, str]:
    """The one taal, and the form, that a line of words names, such as ``Kaida No. 1 in Teental``; else nothing."""
    words = words_of(content)
    names = {taal.title for _, taal in taals_in(words)}
    if len(names) != 1 or len(words) > 12:
        return {}
    return {"taal": names.pop(), **({"form": form} if (form := form_in(words)) else {})}


def _other(key: str, value: str) -> bool:
    """Whether a key is like none of a header's and its value is words, no numbers and no bols: passed over."""
    value = re.sub(r"(?<=\S)\s*\([\d\s+,/|।-]+\)", "", value.strip("\"' ,"))  # the vibhags, beside their kind
    words, signs = words_of(value), sign_row(value)
    return (
        unlike(key)
        and (signs or (bool(words) and (len(words) > 1 or not any(map(str.isdigit, value)))))
        and not any(map(strokes, words))
    ) or (key not in _ALL and taals.exact(value) is not None)


def unlike(name: str) -> bool:
    """Whether a word is no key of a header, and like none."""
    key = _key(name)
    return key not in _ALL and not get_close_matches(key, _ALL, n=1, cutoff=0.6)


def _several(content: str) -> list[str]:
    """The keys of a row, each with its value: ``Taal: Teental  Laya: madhya``, ``Taal: Teental  Matra 16``."""
    content = re.sub(rf"(\s{{2,}})({_COUNTED})\s+(?=\d)", r"\1\2: ", spelled(content), flags=re.IGNORECASE)
    content = re.sub(r"(vibha+gs?:)\s*\d+\s*\(([\d\s,+-]+)\)", r"\1 \2", content, flags=re.IGNORECASE)
    return re.split(rf"[\s,;|]+(?={_SEVERAL}\s*[:=])", content, flags=re.IGNORECASE)


def _beside(match: re.Match[str]) -> bool:
    """Whether a key below the bols says on which matras the claps are, or something beside the music."""
    value = match[2].strip("[](){}'\" ,;")
    if of_bols(value):
        return False
    key = _key(match[1])
    signs = key == "signs" and sign_row(value)
    return signs or (key in (*CLAPS, "sam") and not re.search(r"[^\W\d_]", value)) or _other(key, match[2])


def _later(rows: list[str]) -> bool:
    """Whether a row says what the taal is, with a key, or without one and above the bols."""
    keys = [re.match(r"\s*\W*([^\W\d][^\s:=|]*)\s*[:=]", row) for row in rows]
    above = list(takewhile(lambda row: not of_bols(row), (row.strip() for row in rows if row.strip())))
    return any(key and _key(key[1]) == "taal" for key in keys) or any(
        "taal" in (_plain(row, False) or (_mentioned(row) if title(row) else {})) for row in above
    )


def _facts(text: str) -> bool:
    """Whether a text only says how many matras a taal has, and what else stands in brackets."""
    if any(map(of_bols, re.findall(r"\(([^()]*)\)", text))):
        return False
    return not re.sub(r"\([^()]*\)|\d+\s*(?:beats?|matras?|मात्रा|মাত্রা)|[\s,.–-]", "", text, flags=re.IGNORECASE)


def is_key(name: str, but: tuple[str, ...] = ()) -> bool:
    """Whether a word is a key of a header, in any spelling, and none of those in `but`."""
    return _key(name) in {*KEYS, *OWN, *CLAPS, *READINGS}.difference(but)


def _key(text: str) -> str:
    """The key of a header that a word is, in any spelling; the word itself where it is none."""
    name = fold(text.strip()).lower()
    return _ALIASES.get(name, name)


def _named(word: str) -> str:
    """The title of the taal of this name, ``""`` where the word is a header key or names none."""
    if word.lower() in (*KEYS, *OWN, *READINGS, *_ALIASES, "speed") or form_of(word):
        return ""
    try:
        return taals.find(word).title
    except Unreadable:
        return ""


def _plain(content: str, has_taal: bool) -> dict[str, str]:
    """What a line without a key says, such as ``Kaida in Teental`` or ``Teental``; empty where it is none."""
    if has_taal:
        alone = form_of(content.strip(" .:"))
        return {"form": alone} if alone in ("kaida", "rela", "peshkar", "gat", "laggi") else {}
    parts = re.split(r"\s+in\s+|\s*[-–—,()|]\s*|\s+", _MORE.sub(" ", content).strip(" .:"), flags=re.IGNORECASE)
    form = [part for part in parts if form_of(part)]
    rest = " ".join(part for part in parts if part and not form_of(part))
    try:
        taal = {"taal": taals.find(rest).title} if rest and len(parts) <= 5 else {}
    except Unreadable:
        return {}
    said = form_in(form)
    return taal | ({"form": said} if said and taal else {}) if said or not form else {}
