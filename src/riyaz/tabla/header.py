"""The header of a composition: what stands above the bols."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from itertools import takewhile

from riyaz.music.events import Unreadable
from riyaz.tabla import pitch, taals
from riyaz.tabla.headings import FORMS, HEAD, form_of, of_bols, remark, taals_in, title, words_of
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import fold, strokes

LAYAS = {"vilambit": 45, "madhya": 90, "drut": 180}  # and a usual number of matras a minute


_KEYS = ("title", "taal", "form", "laya", "gharana", "source", "family", "tempo", "pitch")
# what a first line says beside form and taal, and what is passed over there
_MORE = re.compile(
    r"\b(?:vilambit|madhya|drut)\s*(?:laya|lay)?\b|[^\W\d_]+\s+gharana\b|\(?\b\d+\s*(?:beats?|matras?|मात्रा)\)?"
    r"|मध्य\s*लय|विलंबित|द्रुत",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?<!\d)(\d{1,2})\s*-?\s*(?:beats?|ma+tras?|मात्रा|মাত্রা)", re.IGNORECASE)
_TEXTS = ("title", "gharana", "source", "family")
# a row whose value is free text, no field of a program with others after it: no mark in it is one of a web page
FREE = re.compile(rf"(?:{'|'.join(_TEXTS)}):(?!\s*(['\"]).*\1\s*,\s*\w+:)")
_OWN = ("matras", "vibhags", "signs", "theka")
_CLAPS = ("tali", "khali")  # said of a known taal: on which matras, or how many
READINGS = {
    "words": ("matras",),
    "bars": ("vibhags", "matras", "groups"),
    "dots": ("rests", "bars"),
    "hyphens": ("rests", "matras", "joins"),
    "commas": ("shares", "matras"),
    "dashes": ("rests", "bullets", "bars"),
    "runs": ("strokes", "pairs"),
    "strokes": (),
}
_ALIASES = {"tal": "taal", "tala": "taal", "taala": "taal", "ताल": "taal", "তাল": "taal", "name": "title"}
_ALIASES |= {
    "bpm": "tempo",
    "vibhag": "vibhags",
    "vibhaag": "vibhags",
    "sign": "signs",
    "lay": "laya",
    "matra": "matras",
    "beats": "matras",
    "division": "vibhags",
    "divisions": "vibhags",
    "scale": "pitch",
    "tuning": "pitch",
}
_ALIASES |= {"शीर्षक": "title", "type": "form", "मात्रा": "matras", "मात्रे": "matras", "মাত্রা": "matras"}
_ALIASES |= dict.fromkeys(("खंड", "खण्ड", "विभाग", "বিভাগ"), "vibhags")
_ALIASES |= dict.fromkeys(("taali", "talis", "clap", "claps", "टाळी", "ताली", "তালি"), "tali")
_ALIASES |= dict.fromkeys(("wave", "waves", "खाली", "काल", "ফাঁক"), "khali")

# Who and what else a player names: kept with the source.
_BESIDE = (
    "guru teacher ustad pandit composer author by style date day level grade class lesson note notes comment".split()
)
_PACES = {"विलंबित": "vilambit", "मध्य": "madhya", "द्रुत": "drut"}

_SEVERAL = "(?:" + "|".join((*_KEYS, *_ALIASES, *_CLAPS, "vibhags", "matras")) + ")"


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """The known word that a word resembles, as a remedy."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"nearest: {near[0]}" if near else f"known: {', '.join(known)}"


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
    result: dict[str, tuple[str, Place]] = {}
    said, end = list(rows), len(rows)
    hinted = False
    for number, line in enumerate(rows):
        content = line.split("#")[0].strip().strip("*_").strip()
        content = re.sub(r"^(?:composition\s+)?(?:type|form)\s*[-–—:]\s*(?=\w)", "form: ", content, flags=re.IGNORECASE)
        content = re.sub(r"^beats?\s*/\s*matras?(?=\s*[-–—:])", "matras", content, flags=re.IGNORECASE)
        content = re.sub(
            r"^(?:bols?|strokes?)\s+(?:per|a)\s+(?:beat|matra)\s*:", "strokes:", content, flags=re.IGNORECASE
        )
        content = re.sub(r"^(bpm|tempo)\s+(?=\d+$)", r"\1: ", content, flags=re.IGNORECASE)
        dashed = re.match(r"([^\W\d][^\s:=|]*)\s+[-–—]\s*(?=\S)", content)
        counted = ("matras", "vibhags", "tempo", "laya", *_CLAPS)
        if dashed and _key(dashed[1]) in counted:
            content = f"{dashed[1]}: {content[dashed.end() :]}"
        match = re.match(r"([^\W\d][^\s:=|]*)\s*[:=]\s*(.*)$", content)
        several = re.split(rf"[\s,;|]+(?={_SEVERAL}\s*[:=])", content, flags=re.IGNORECASE) if match else []
        if match and len(several) > 1 and fold(match[1]).lower() not in _TEXTS:  # Taal: Teental  Laya: madhya
            for each in several:
                name, _, value = re.sub("=", ":", each, count=1).partition(":")
                result[_key(name)] = (value.strip(), place._replace(line=number + 1))
            continue
        if match and "taal" not in result and (named := _named(match[1])):
            result["taal"] = (named, place._replace(line=number + 1))
            rows[number] = re.sub(r"^[^:=]*[:=]", lambda before: " " * len(before[0]), line)
            if not _facts(match[2]) and not remark(match[2]):  # bols after it
                end = number
                break
            continue
        long = (
            re.match(r"([^\W\d][^:=|]{1,60}?)\s*[:=]\s*(\S.*)$", content)
            if "taal" not in result and not match
            else None
        )
        says = _plain(long[1], False) or _mentioned(long[1]) if long and of_bols(long[2]) else {}
        if long and "taal" in says:  # Teental theka: and its bols
            result |= {key: (value, place._replace(line=number + 1)) for key, value in says.items()}
            rows[number] = re.sub(r"^[^:=]*[:=]", lambda before: " " * len(before[0]), line)
            end = number
            break
        if not content and (heading := re.match(r"\s*#+\s*([^\W\d_].*)$", line)) and not hinted:
            hint = _plain(heading[1].strip(), False) or _mentioned(
                heading[1]
            )  # a heading of Markdown that names the taal
            if "taal" in hint and "taal" not in result and not _later(rows[number + 1 :]):
                result |= {key: (value, place._replace(line=number + 1)) for key, value in hint.items()}
            hinted = True
        if not content:
            continue
        if not match:
            bare = re.sub(r"\(.*?\)", " ", content)  # such as Kaida (Delhi) in Teental
            known = "taal" in result
            plain = {} if {"taal", "form"} <= result.keys() else _plain(content, known) or _plain(bare, known)
            here = place._replace(line=number + 1)
            plain = plain or (_mentioned(content) if not known and title(content) else {})
            if not plain and not known and _later(rows[number + 1 :]) and title(content):
                result.setdefault("title", (content, here))  # the first line of words above the header is the title
                continue
            if not plain and not known and remark(content):
                rows[number] = ""
                continue
            if not plain or any(key in result for key in plain):
                end = number
                break
            result |= {key: (value, here) for key, value in plain.items()}
            continue
        name = fold(match[1]).lower()
        if form_of(name) and "vibhags" not in result and "taal" not in result and (named := _named(match[2])):
            here = place._replace(line=number + 1)
            result |= {"form": (name, here), "taal": (named, here)}
            continue
        if not is_key(name) and "taal" in result and (not match[2] or of_bols(match[2])):  # a section, such as Dugun:
            end = number
            break
        own = name == "theka" and bool(match[2]) and "vibhags" in result and any(map(of_bols, rows[number + 1 :]))
        if name == "speed" or (HEAD.match(line) and not own) or (_key(name) in _CLAPS and of_bols(match[2])):
            end = number
            break
        here = place._replace(line=number + 1, column=max(line.find(match[1]), 0) + 1)
        key = _key(name)
        says = {} if is_key(name) or key in _BESIDE or "taal" in result else _mentioned(match[2])
        if "taal" in says:  # Example: Teental
            result |= {name: (value, here) for name, value in says.items()}
            continue
        if key in _BESIDE:
            before = f"{result['source'][0]}; " if "source" in result else ""
            result["source"] = (f"{before}{match[1]}: {match[2].strip()}", here)
            continue
        if (key == "sam" and match[2].strip() == "1") or _other(key, match[2]):
            continue
        if key in result:
            here.stop(f"{key} is given twice", "keep one")
        if key == "taal" and (both := re.fullmatch(r"(.+?)\s*[,;–-]\s*(\S+)", match[2].strip())) and form_of(both[2]):
            result |= {"taal": (both[1], here), "form": (both[2], here)}  # Taal: Teental, Kaida
            continue
        text = line.partition(":")[2] if ":" in line else match[2]
        if key == "pitch":
            text = re.split(r"\s#", text)[0]  # C# and then a comment
        result[key] = (text.strip() if key in (*_TEXTS, "pitch") else match[2].strip(), here)  # a # belongs to a text
    for number in range(end, len(rows)) if "taal" not in result and "vibhags" not in result else ():
        match = re.match(r"\s*([^\W\d][^\s:=|]*)\s*[:=]\s*([^#]+)", rows[number])
        if match and _key(match[1]) == "taal":  # below the bols
            result["taal"] = (match[2].strip(), place._replace(line=number + 1))
            rows[number] = ""
            break
    last = next((number for number in reversed(range(end, len(rows))) if rows[number].strip()), 0)
    if "taal" not in result and "vibhags" not in result and last > end and not of_bols(rows[last]):
        result |= {key: (value, place._replace(line=last + 1)) for key, value in _mentioned(rows[last]).items()}
        rows[last] = "" if "taal" in result else rows[last]
    if "taal" not in result and "signs" not in result and "title" in result:
        names = [taal.title for _, taal in taals_in(words_of(result["title"][0]))]
        result |= {"taal": (names[0], result["title"][1])} if len(names) == 1 else {}
    values, reading = _values(result, more or {})
    counts = {int(count) for row in said for count in _COUNT.findall(row)}
    if "taal" in values and len(counts) == 1:
        values["taal"] = taals.sized(values["taal"], counts.pop())
    return values, reading, end


def _mentioned(content: str) -> dict[str, str]:
    """The one taal, and the form, that a line of words names, such as ``Kaida No. 1 in Teental``; else nothing."""
    words = words_of(content)
    names = {taal.title for _, taal in taals_in(words)}
    forms = {form_of(word) for word in words} - {""}
    if len(names) != 1 or len(words) > 12:
        return {}
    return {"taal": names.pop(), **({"form": forms.pop()} if len(forms) == 1 else {})}


def _other(key: str, value: str) -> bool:
    """Whether a key is like none of a header's and its value is words, no numbers and no bols: passed over."""
    keys = (*_KEYS, *_OWN, *READINGS, *_ALIASES, *_BESIDE, *_CLAPS, "speed")
    words = words_of(value)
    return (
        key not in keys
        and not get_close_matches(key, keys, n=1, cutoff=0.6)
        and bool(words)
        and not any(map(str.isdigit, value))
        and not any(map(strokes, words))
    )


def _later(rows: list[str]) -> bool:
    """Whether a row says what the taal is, with a key, or without one and above the bols."""
    keys = [re.match(r"\s*\W*([^\W\d][^\s:=|]*)\s*[:=]", row) for row in rows]
    above = list(takewhile(lambda row: not of_bols(row), (row.strip() for row in rows if row.strip())))
    return any(key and _key(key[1]) == "taal" for key in keys) or any(
        "taal" in (_plain(row, False) or (_mentioned(row) if title(row) else {})) for row in above
    )


def _facts(text: str) -> bool:
    """Whether a text only says how many matras a taal has, and what else stands in brackets."""
    return not re.sub(r"\(.*?\)|\d+\s*(?:beats?|matras?|मात्रा|মাত্রা)|[\s,.–-]", "", text, flags=re.IGNORECASE)


def is_key(name: str, but: tuple[str, ...] = ()) -> bool:
    """Whether a word is a key of a header, in any spelling, and none of those in `but`."""
    return _key(name) in {*_KEYS, *_OWN, *_CLAPS, *READINGS}.difference(but)


def _key(text: str) -> str:
    """The key of a header that a word is, in any spelling; the word itself where it is none."""
    name = fold(text.strip()).lower()
    return _ALIASES.get(name, name)


def _named(word: str) -> str:
    """The title of the taal of this name, ``""`` where the word is a header key or names none."""
    if word.lower() in (*_KEYS, *_OWN, *READINGS, *_ALIASES, "speed") or form_of(word):
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
    return taal | ({"form": form[0]} if len(form) == 1 and taal else {}) if len(form) <= 1 else {}


def _values(
    result: dict[str, tuple[str, Place]], more: Mapping[str, taals.Taal]
) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    reading: dict[str, str] = {}
    own = {key: result[key][0] for key in _OWN if key in result}
    if re.fullmatch(r"\W*\d+½?(?:\s*[-,|]\s*\d+½?)+\W*", own.get("vibhags", "")):  # 4-4-4-4
        own["vibhags"] = "+".join(re.findall(r"\d+½?", own["vibhags"]))
    if "taal" in result and re.fullmatch(r"\d+[^\d(+½¼¾,/|]*(?:\(.*\))?", own.get("vibhags", "").strip()):
        _counted(*result["taal"], "vibhags", own.pop("vibhags"), result.pop("vibhags")[1], more)
    if "taal" in result and "vibhags" in own and not {"signs", "theka"} & own.keys():
        known = taals.exact(result["taal"][0])
        if known and [int(size) for size in re.findall(r"\d+", own["vibhags"])] == list(known.vibhags):
            own = {}
    for key in [key for key in _CLAPS if key in result and "vibhags" not in own and "taal" in result]:
        _counted(*result["taal"], key, *result.pop(key), more)
    for key, (value, here) in result.items():
        if key in READINGS:
            reading[key] = _reading(key, value, here)
        elif key == "taal":
            values[key] = _taal(value, own, here, more)
        elif key not in _OWN:
            values[key] = _value(key, value, here)
    if "vibhags" in own and "taal" not in result:
        values["taal"] = _taal(f"{own['vibhags']}", own, result["vibhags"][1], more)
    return values, reading


def _counted(name: str, at: Place, key: str, value: str, here: Place, more: Mapping[str, taals.Taal]) -> None:
    """Compare how many vibhags, talis or khalis a header says, or on which matras, with the taal that it names."""
    taal = taals.TAALS[_taal(name, {}, at, more)]
    starts = [
        s
        for s, sign in zip(taal.starts, taal.signs, strict=True)
        if key == "vibhags" or (sign == "0") == (key == "khali")
    ]
    said = [int(number) for number in re.findall(r"\d+", re.sub(r"(?<=\d)\s*\(.*\)", "", value))]
    counts = (key in _CLAPS and said == starts) or said == [len(starts)] or not said
    if not counts:
        shown = len(starts) if key == "vibhags" else ", ".join(map(str, starts)) or "none"
        here.stop(f"{key} of {taal.title}: {shown}, not {value}", "correct it or leave it out")


def _reading(key: str, value: str, here: Place) -> str:
    value = value.lower()
    value = value if key == "strokes" or value.endswith("s") else value + "s"
    fits = re.fullmatch(r"[1-9]\d?(/[1-9])?", value) if key == "strokes" else value in READINGS[key]
    if not fits:
        here.stop(f"{key} is {value!r}", f"write {' or '.join(READINGS[key]) or 'strokes per matra, such as 4 or 3/2'}")
    return value


def _taal(value: str, own: dict[str, str], here: Place, more: Mapping[str, taals.Taal]) -> str:
    value = (
        re.sub(r"\(.*?\)|[-–,]?\s*\d+\s*(?:beats?|matras?|मात्रा).*$", "", value, flags=re.IGNORECASE).strip() or value
    )
    try:
        if "vibhags" not in own:
            return (more.get(taals.key(value)) or taals.find(value)).name
        taal = taals.own(value, own["vibhags"], own.get("signs", ""), own.get("theka", ""))
    except Unreadable as error:
        here.stop(error.reason, error.remedy)
    if "matras" in own and taals.number(own["matras"]) != Fraction(taal.matras, taal.counts):
        matras = taals.shown(Fraction(taal.matras, taal.counts))
        here.stop(f"the vibhags {own['vibhags']} have {matras} matras, not {own['matras']}", "correct one of them")
    return taal.name


def _value(key: str, value: str, here: Place) -> str:
    if key not in _KEYS:
        here.stop(f"there is no header key {key!r}", nearest(key, [*_KEYS, *_OWN, *READINGS]))
    if key == "form" and value:
        if not form_of(value):
            here.stop(f"there is no form {value!r}", nearest(value.lower(), FORMS))
        return form_of(value)
    if key == "laya" and value:
        pace = re.sub(r"\s*(?:laya?|लय)$", "", value.lower())
        pace = _PACES.get(pace, pace)
        if pace not in LAYAS:
            here.stop(f"there is no laya {value!r}", nearest(value.lower(), tuple(LAYAS)))
        return pace
    if key == "pitch" and value:
        try:
            return pitch.find(value)
        except Unreadable as error:
            here.stop(error.reason, error.remedy)
    if key == "tempo":
        value = re.sub(r"\s*(?:bpm|matras a minute)$", "", value, flags=re.IGNORECASE)
    if key == "tempo" and not re.fullmatch(r"[1-9]\d{0,3}", value):
        here.stop(f"tempo is {value!r}", "write whole matras a minute, such as 90")
    return value
