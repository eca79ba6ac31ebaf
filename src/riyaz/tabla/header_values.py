"""The values of a header, checked: taal and size, form, laya, tempo, pitch, and how the bols are to be read."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction

from riyaz.music.events import Unreadable
from riyaz.tabla import pitch, taals
from riyaz.tabla.headings import FORMS, form_in, form_of, taals_in, words_of
from riyaz.tabla.place import Place

LAYAS = {"vilambit": 45, "madhya": 90, "drut": 180}  # and a usual number of matras a minute


KEYS = ("title", "taal", "form", "laya", "gharana", "source", "family", "tempo", "pitch")
OWN = ("matras", "vibhags", "signs", "theka")
CLAPS = ("tali", "khali")  # said of a known taal: on which matras, or how many
READINGS = {
    "words": ("matras",),
    "bars": ("vibhags", "matras", "groups"),
    "dots": ("rests", "bars"),
    "hyphens": ("rests", "matras", "joins"),
    "commas": ("shares", "matras"),
    "brackets": ("matras", "vibhags"),
    "dashes": ("rests", "bullets", "bars"),
    "runs": ("strokes", "pairs"),
    "strokes": (),
}
_COUNT = re.compile(r"(?<!\d)(\d{1,2})\s*-?\s*(?:beats?|ma+tras?|मात्रा|মাত্রা)", re.IGNORECASE)
_PART = re.compile(  # matras of less than an avartan, or beats per minute
    r"(?:vibhags?|parts?|groups?|sections?|bars?|divisions?|from)\)?\s+(?:of\s+)?(?:\d{1,2}(?:\s*,\s*|\s+and\s+))*\d{1,2}\s*-?\s*(?:beats?|ma+tras?)"
    r"|\d{1,2}\s*-?\s*(?:beats?|ma+tras?)\s+(?:each|per|a|in)\b",
    re.IGNORECASE,
)
_PARTS = {"tihai", "mukhda", "tukda", "chakradar", "mohra", "paran"}  # have their own number of matras
PACES = {"विलंबित": "vilambit", "मध्य": "madhya", "द्रुत": "drut"}


def _nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """The known word that a word resembles, as a remedy."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"nearest: {near[0]}" if near else f"known: {', '.join(known)}"


def checked(
    said: Mapping[str, tuple[str, Place]], rows: Sequence[str], end: int, more: Mapping[str, taals.Taal], place: Place
) -> tuple[dict[str, str], dict[str, str]]:
    """The values of a header, and how the text is to be read.

    Parameters
    ----------
    said : the text of each key, and where it stands.
    rows : the rows of the text, the first `end` of which are the header.
    more : taals of one's own by `taal_names.key`.

    Raises
    ------
    Unreadable : a key is unknown, its value is none, or a number of matras is not the taal's.
    """
    values, reading = _values(dict(said), more)
    counts = {int(count) for row in rows for count in _COUNT.findall(row)}
    if "matras" in said and said["matras"][0].isdigit():
        counts.add(int(said["matras"][0]))
    if "taal" in values and len(counts) == 1:
        values["taal"] = taals.sized(values["taal"], counts.pop())
    if "taal" in values and not {"vibhags", "theka"} & said.keys():
        _sizes(rows[:end], taals.TAALS[values["taal"]], said.get("matras"), place)
    return values, reading


def _values(
    result: dict[str, tuple[str, Place]], more: Mapping[str, taals.Taal]
) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    reading: dict[str, str] = {}
    own = {key: result[key][0].strip("\"' ,;") for key in OWN if key in result}
    if re.fullmatch(r"\W*\d+½?(?:\s*[-,|]\s*\d+½?)+\W*", own.get("vibhags", "")):  # 4-4-4-4
        own["vibhags"] = "+".join(re.findall(r"\d+½?", own["vibhags"]))
    if "taal" in result and re.fullmatch(r"\d+[^\d(+½¼¾,/|]*(?:\(.*\))?", own.get("vibhags", "").strip()):
        _counted(*result["taal"], "vibhags", own.pop("vibhags"), result.pop("vibhags")[1], more)
    known = taals.exact(result["taal"][0]) if "taal" in result and "vibhags" in own else None
    same = known and [int(size) for size in re.findall(r"\d+", own["vibhags"])] == list(known.vibhags)
    own = {} if same and "signs" not in own and not ("theka" in own and not set(CLAPS) & result.keys()) else own
    for key in [key for key in CLAPS if key in result and (same or "vibhags" not in own) and "taal" in result]:
        _counted(*result["taal"], key, *result.pop(key), more)
    for key, (value, here) in result.items():
        if key in READINGS:
            reading[key] = _reading(key, value, here)
        elif key == "taal":
            values[key] = _taal(value, own, here, more)
        elif key not in OWN:
            values[key] = _value(key, value, here)
    if "vibhags" in own and "taal" not in result:
        values["taal"] = _taal(f"{own['vibhags']}", own, result["vibhags"][1], more)
    return values, reading


def _sizes(rows: Sequence[str], taal: taals.Taal, matras: tuple[str, Place] | None, place: Place) -> None:
    """Refuse a number of matras that is not the taal's: as a value of its own, or in a row that names the taal."""
    said = [([matras[0]], matras[1])] if matras else []
    for number, row in enumerate(rows):
        if any(taal == other for _, other in taals_in(words_of(row))) and not set(map(form_of, words_of(row))) & _PARTS:
            said.append((_COUNT.findall(_PART.sub(" ", row)), place._replace(line=number + 1)))
    for counts, here in said:
        numbers = {Fraction(re.match(r"\d*", count.strip())[0] or 0) for count in counts}  # type: ignore[index]
        if numbers - {0} and Fraction(taal.matras, taal.counts) not in numbers:
            has, shown = (taals.shown(n) for n in (Fraction(taal.matras, taal.counts), max(numbers)))
            here.stop(f"{taal.title} has {has} matras, not {shown}", "correct the number or the name of the taal")


def _counted(name: str, at: Place, key: str, value: str, here: Place, more: Mapping[str, taals.Taal]) -> None:
    """Compare how many vibhags, talis or khalis a header says, or on which matras, with the taal that it names."""
    taal = taals.TAALS[_taal(name, {}, at, more)]
    starts = [
        s
        for s, sign in zip(taal.starts, taal.signs, strict=True)
        if key == "vibhags" or (sign == "0") == (key == "khali")
    ]
    said = [int(number) for number in re.findall(r"\d+", re.sub(r"(?<=\d)\s*\(.*\)", "", value))]
    counts = (key in CLAPS and said == starts) or said in ([len(starts)], [len(starts), *starts], [])
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
        re.sub(r"\([^()]*\)|[-–,]?\s*\d+\s*(?:beats?|matras?|मात्रा).*$", "", value, flags=re.IGNORECASE).strip()
        or value
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
    if key not in KEYS:
        here.stop(f"there is no header key {key!r}", _nearest(key, [*KEYS, *OWN, *READINGS]))
    if key == "form" and value:
        if not form_in(value.split()):
            here.stop(f"there is no form {value!r}", _nearest(value.lower(), FORMS))
        return form_in(value.split())
    if key == "laya" and value:
        pace = re.sub(r"\s*(?:laya?|लय)$", "", value.lower())
        pace = PACES.get(pace, pace)
        if pace not in LAYAS:
            here.stop(f"there is no laya {value!r}", _nearest(value.lower(), tuple(LAYAS)))
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
