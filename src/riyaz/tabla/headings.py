"""Headings: the names of forms and sections, and where each section of a text begins."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from riyaz.tabla import taals
from riyaz.tabla.layout import CLAPS, sign_row
from riyaz.tabla.place import Place
from riyaz.tabla.spelling import fold, strokes

FORMS = ("theka", "kaida", "rela", "peshkar", "tukda", "mukhda", "tihai", "chakradar", "gat", "paran", "laggi", "mohra")
_FORM_NAMES = {
    "kaida": "কায়দা kayda kayada kayeda qaida qaeda quaida qayda quayda qa'ida kaeda कायदा कायदे क़ायदा",
    "rela": "রেলা relaa रेला",
    "peshkar": "পেশকার peshkara peshkaar पेशकार",
    "tukda": "টুকরা টুকড়া tukra tukada tukdaa टुकड़ा टुकडा",
    "mukhda": "mukhra mukhada मुखड़ा मुखडा",
    "tihai": "nauhakka nauhaka nohakka नौहक्का তেহাই তিহাই tehai teehai tihaayi tihayi tihaee तिहाई",
    "chakradar": "চক্রদার chakkardar chakradhar chakradaar चक्रदार चक्करदार",
    "gat": "গৎ গত gath गत",
    "paran": "parand परन",
    "laggi": "lagi लग्गी लगी",
    "theka": "ঠেকা thekaa ठेका",
    "mohra": "mohara मोहरा",
}
_KNOWN_FORMS = {normalize("NFC", name): form for form, names in _FORM_NAMES.items() for name in (form, *names.split())}

_SECTIONS = (
    "theme mukh face kaida kayda kayada qaida quayda rela peshkar theka dohra dohara dora palta palte paltas variation "
    "variations var bal vistar tukda tukra mukhda ending tihai "
    "tehai chakradar gat tukda mohra uthan laggi paran adha-dohra thah barabar ekgun dugun tigun chaugun aad "
    "prakar prakaar chalan baant ladi lari uthaan pattern exercise प्रकार चलन बांट लड़ी उठान পলটা পাল্টা মুখ মূল मूल প্রকার "
    "ঠায় ঠায় ঠাহ দ্বিগুণ দুগুন ত্রিগুণ চৌগুণ "
    "ठाह एकगुन दुगुन दुगुना तिगुन चौगुन "
    "bols bol notation composition बोल मुख कायदा क़ायदा दोहरा पलटा पल्टा पलटे पल्टे बल विस्तार तिहाई ठेका रेला"
)
NAMES = "|".join(sorted({*_SECTIONS.split(), *_KNOWN_FORMS}, key=len, reverse=True))
_NUMBER = r"(?:[#–—-]|no\.?|number|नं\.?|क्र\.?)?\s*(\d{0,3})"
_END = r"(:|(?<=\d)\s*[.)](?=\s*[^\W\d_])|(?<=\s)[-–—](?=\s*[^\W\d_])|[-–—](?=\s+[^\W\d_])|[.)।-]*\s*$)"
_BOLS = ("bols", "bol", "notation", "composition", "बोल")  # a heading that says nothing more
_SPEEDS = "thah|barabar|ekgun|dugun|tigun|chaugun|aad|ठाह|एकगुन|दुगुन|तिगुन|चौगुन"
HEAD = re.compile(
    rf"\s*(?:\d{{1,2}}[.)]\s*)?((?:(?:adha|main|मूल|{'|'.join(FORMS)})\s+){{0,2}}(?:{NAMES}))\s*{_NUMBER}\s*(?:\(\s*({_SPEEDS})\s*\)\s*)?[-–—]?{_END}",
    re.IGNORECASE,
)
_MARKS = (":", "-", "–", "—", ".", ")")  # after a heading, before bols
GHARANA = re.compile(r"[^\W\d_]+\s+ghara+na\b", re.IGNORECASE)
_DASHES = ("-", "–", "—")
_OTHER_HEAD = re.compile(r"\s*([^\W\d_][\w\u0900-\u0dff .'-]{0,40}?)\s*(\d{0,3})\s*:\s*(.*)$")
_BARE = re.compile(  # and bols after it
    rf"\s*((?!theme|mukh|face|मुख)(?:{NAMES}))\s*[#-]?(\d{{0,2}})(?:\s+|\s*[-–—]\s*)(?=[^\W\d_])", re.IGNORECASE
)
_SAYS = re.compile(
    rf"(?<!\w)({_SPEEDS}|variation|palta|type|style|version|{'|'.join(_KNOWN_FORMS)})(?!\w)\W*(\d{{0,3}})",
    re.IGNORECASE,
)
_OTHER = set("bcfjlmopqvwxyzखचछजझञठपफबभमयलवशषहখচছজঝঞঠপফবভলশষসহয়")  # letters of no bol
_SPOKEN = set(  # words beside bols
    "a about above add after aise all along also always am an and any are as at aur baad base basic be beat beats "
    "because been before begin begins below better between bhai bhi boles both bring but by called can claps come "
    "common could count counts cycle dear dhanyavad division divisions do does down during each easy end ends "
    "even every example exercise feel few finish first follow following for fourth from full get give given go "
    "goes good great gun guru guruji hai hain hand hands has have he hear hello help here hi his how i if in into "
    "is iska it its jaati jati ji just ka kaise keep khand ki know kuch last layakari learn learning left lesson "
    "let like line list little long look loud maatra made make makes many matra matras may me medium mein minutes "
    "more most much must my namaste name need new next no not note notes now number of off often ok okay old on "
    "one only open or other our out over own part parts pattern pause pehle people phir play played player "
    "playing please practice practise put quickly quiet rather rest rhythm right same say se second section "
    "sections see she should shown shukriya sign signs simple since sir slow slowly small so some song songs "
    "sound sounds speak standard start starts steady step still stop stroke strokes such sure tabla taal taala "
    "tal tala tarah teach teacher tempo than thank thanks that the their theka them then there these they thing "
    "third this those three through time to together try turn two under until up us use used using uska usually "
    "read reply related previous leave share tweet print login menu skip content tags category categories comments "
    "very vibhaag vibhag vibhags want was waves way we well were what when where which while who why will wish "
    "with without word words work would write written yah yeh yes you your "
    "इस इसका इसके इसकी इसे उदाहरण एक और का की कुछ के को चिन्ह चिह्न जाति जाती जाता जैसे तरीका ताल धन्यवाद नमस्ते पर पहले फिर बजाया "
    "बाद बोल भाग भी मात्रा मात्राओं में यह लय लिए विधि साथ से है हैं होता होती होते আছে এই একটি এটি এবং এর ও চার "
    "উপর এতে করে থাকে টি প্রতি প্রতিটি বিভাগ বিভাগে মাত্রায় মাত্রার "
    "নমুনা ছন্দোবিভাজন ছন্দপ্রকৃতি ছন্দবিভাজন সমপদী বিষমপদী একপদী "
    "ছন্দ ছন্দে ছয় তাল তালটি তালে তালের তিন থেকে দুই ধন্যবাদ নমস্কার পর পাঁচ প্রথম মাত্রা সাত হয় হল".split()
)
_TELLING = set(
    "speed double triple fast half repeat repeats twice thrice times again same likewise etc".split()
)  # say how to read
_ADVICE = re.compile(  # no number of times, or several speeds
    r"\b(?:multiple|many|several|few|different|various|all)\s+(?:times|speeds?|tempos?|layas?)\b"
    r"|\b(?:speed(?:ing)?\s+(?:it\s+)?up|gradual(?:ly)?|increas\w+|build\s+up|slow(?:ly|er)?)\b"
    r"|\b(?:slow|single|normal)\w*\b.*\b(?:then|and|to)\b.*\b(?:double|fast)\w*",
    re.IGNORECASE,
)
_SLOW_FIRST = re.compile(r"\W*(?:first\s+)?slow\w*\W+(?:and\s+)?then\s+(?:double|fast)\w*\W*", re.IGNORECASE)
_AT_SPEEDS = re.compile(r"[x×]\s?1\b.*[x×]\s?2\b", re.IGNORECASE)
_SO_OFTEN = re.compile(r"\b(?:twice|thrice|(?:\d+|two|three|four)\s+times|lines?|rows?)\b|[x×]\s?\d", re.IGNORECASE)
_TIMES = re.compile(r"(?<!\w)[x×]\s?\d")
_ORDERS = re.compile(  # that change what is typed
    r"\b(?:once\s+more|(?:two|three|four|five|\d)\s+of\s+(?:these|those|them)|(?:go|goes|come|comes)\s+back|back\s+to\s+the"
    r"|leav\w+\s+(?:out|off)|skip(?:s|ping)?|omit(?:s|ting)?|replac\w+|instead\s+of|in\s+reverse|reversed|backwards?"
    r"|mirror\w*|(?:gap|pause|wait|stop)\s+(?:of|for|a|one|two|three|\d)|(?:a|one|two|three|\d+)\s+(?:beat|matra)s?\s+"
    r"(?:of\s+)?(?:rest|gap|pause|silence)|(?:beats?|matras?)\s+(?:per|for\s+(?:each|every))\s+(?:word|bol|stroke)"
    r"|(?:दुगुन|तिगुन|चौगुन|ठाह)\s+(?:में|लय)\s+बजा\S*|(?:dugun|tigun|chaugun)\s+(?:mein|me|main)\s+baja\w*"
    r"|without\s+(?:the\s+)?(?:ba?ya\w*|dagga|left|bass|first|last)|chang\w+\s+\w+\s+(?:to|into))\b",
    re.IGNORECASE,
)
_PRACTISE = re.compile(r"\b(?:practi[cs]|play|prepar|try|recit|repeat|learn|start|begin)\w*", re.IGNORECASE)
_BEGINS_TAAL = re.compile(  # 2. Rupak (7 matras) - and its bols
    r"\s*(?:\d{1,2}[.)]\s*)?(?:(?:taa?la?|ताल|তাল)\s*[:=–-]\s*)?([^\W\d_][^:=()|,.]{2,30}?)\s*(?:[:=(]|[-–—](?=\s)|$)",
    re.IGNORECASE,
)
_SEVERAL = ("paltas", "palte", "variations")  # headings of all that follow
_MOST_WORDS = 120  # of a row that are searched for taals
_PARTS = "ma+tras?|beats?|vibha+gs?|talis|khalis|मात्रा|मात्राएँ|मात्राएं|विभाग|মাত্রা|বিভাগ"
_SUM = re.compile(r"\d+(?:\s*\+\s*\d+)+")  # the sizes of vibhags
_LETTERED = re.compile(r"\s*(\d{0,2}[A-Za-z])\)\s+(?=[^\W\d_])")  # 1a) and its bols
LABEL = re.compile(
    r"\s*(?:bhari\s+khali|(?:bhari|khali|sa+m|sum|ta+li|clap|wave|भरी|खाली|सम|ताली)\s*\d?)\s*"
    r"(?::|[-–—]+(?=\s+[^\W\d_])|$)",
    re.IGNORECASE,
)
_BESIDE_BOLS = re.compile(r"[(\[]\s*[Xx+Oo0-9]\s*[)\]]|(?<=\))\s*(?:[x×*]\s?\d{1,2}|\d{1,2}\s?(?:[x×]|times))(?![\w.])")
_HAND = re.compile(r"(?:left|right|da+ya+n?|ba+ya+n?|dagga)(?:\s+hand)?|lh|rh|दायां|बायां", re.IGNORECASE)
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
    "মুখ",
    "মূল",
    "मूल",
    "मूल कायदा",
)


def form_of(value: str) -> str:
    """The form of a name in any spelling, ``""`` for none."""
    return _KNOWN_FORMS.get(normalize("NFC", fold(value)).lower().strip(), "")


def form_in(words: Sequence[str]) -> str:
    """The one form that words name, ``""`` for none or several; a chakradar tukda or paran is a chakradar."""
    forms = {form for word in words if (form := form_of(word))}
    return "chakradar" if "chakradar" in forms else forms.pop() if len(forms) == 1 else ""


def taals_in(words: Sequence[str]) -> list[tuple[list[str], taals.Taal]]:
    """The taals that running words name, each with the words of its name."""
    result: list[tuple[list[str], taals.Taal]] = []
    start = 0
    while start < min(len(words), _MOST_WORDS):
        grams = [list(words[start : start + n]) for n in (4, 3, 2, 1) if start + n <= len(words)]
        grams = [gram for gram in grams if len(gram[0]) > 1]  # a) Dha is no Addha
        named = next(((gram, taal) for gram in grams if (taal := taals.exact(" ".join(gram)))), None)
        result += [named] if named else []
        start += len(named[0]) if named else 1
    styled = [(name, taal) for name, taal in result if len(name) > 1 and name[-1].lower() == "theka"]
    return [named for named in result if named not in styled] or result  # Keherwa, thumri theka


def words_of(content: str) -> list[str]:
    """The words of a row, without numbers and marks."""
    return re.findall(r"[^\s\d()\[\].,:;|/_+–—।?!-]+", fold(content))


def remark(content: str) -> bool:
    """Whether a row is words about the music.

    A third of them is known, few of them are bols and no other is like a bol; or none is bols, and most are known or
    have letters of no bol.
    """
    words = words_of(re.sub(r"\([^()]*\)", " ", content)) or words_of(content)
    if content.rstrip()[-1:] in ("?", "!") and not tells(content) and not any(strokes(w.strip("?!")) for w in words):
        return bool(words)  # ok?
    if of_bols(content) or not any(len(word) > 3 for word in words):  # a short word may be a bol with a wrong letter
        return False
    if tells(content):
        return False
    n_spoken, others = _spoken(words)
    strangers = sum(len(word) > 1 and bool(_OTHER & set(word.lower())) for word in others)
    marked = bool(set(_SUM.sub(" ", content)) & set("$=^<@+"))
    most = len(words) > 1 and n_spoken and (n_spoken + strangers) * 2 > len(words)
    bols = [word for word in others if strokes(word)]
    if most and not marked and not (bols if len(words) > 5 else any(map(strokes, words))):
        return True
    strange = [word for word in others if not strokes(word) and not _OTHER & set(word.lower().replace("oo", ""))]
    return bool(words) and n_spoken * 3 >= len(words) >= len(bols) * 4 and not strange


def _of_strangers(content: str) -> bool:
    """Whether a row is two words or more, each of which has letters of no bol, and none says how to play."""
    words = words_of(content)
    return len(words) > 1 and all(map(foreign, words)) and not tells(content)


def tells(content: str) -> bool:
    """Whether words say how bols are to be read, such as ``repeat`` or ``x3``: they are never passed over.

    The double speed of a row that names it dugun says no more than this heading, and the advice to practise many times
    or at several speeds says nothing of the bols.
    """
    words = {word.lower() for word in words_of(content)}
    words -= (
        {"speed", "double", "triple"} if re.search(rf"(?<!\w)(?:{_SPEEDS})(?!\w)", content, re.IGNORECASE) else set()
    )
    words -= {"speed"} if re.search(r"\b(?:single|normal|basic|original)\s+speed\b", content, re.IGNORECASE) else set()
    words -= (
        {"half"} if re.search(r"\bhalf\s+(?:is|has)\s+(?:\w+\s+)?(?:khali|bhari)\b", content, re.IGNORECASE) else set()
    )
    advice = _AT_SPEEDS.search(content) or (_ADVICE.search(content) and not _SO_OFTEN.search(content))
    if (advice and _PRACTISE.search(content)) or _SLOW_FIRST.fullmatch(content):
        return False
    return bool(_TELLING & words) or any(said.search(content) for said in (_TIMES, _ORDERS))


def aside(content: str) -> bool:
    """Whether words after bols are about them: one of them is known, none is bols and no other is like a bol."""
    words = words_of(content)
    others = [word for word in _spoken(words)[1] if not _OTHER & set(word.lower().replace("oo", ""))]
    reference = content.strip().lower() in ("theme", "mukh", "face", "kaida")  # which is played
    known = len(_spoken(words)[1]) < len(words) and any(len(word) > 3 or foreign(word) for word in words)
    return (
        known
        and not tells(content)
        and not others
        and not reference
        and not any(strokes(word) for word in words if len(word) > 1)
    )


def spoken(words: Sequence[str]) -> bool:
    """Whether all words are known beside bols, or names of taals and sections."""
    return not _spoken(words)[1]


def foreign(word: str) -> bool:
    """Whether a word is no bol and has a letter that no bol has."""
    return not strokes(word) and bool(_OTHER & set(word.lower()))


def title(content: str) -> bool:
    """Whether a row can be a title: not half of its words are bols, or no other is unknown, which may be a mistake."""
    words = [word for word in words_of(content) if not sign_row(word)]
    bols = [word for word in words if strokes(word)]
    unknown = [word for word in _spoken(words)[1] if not strokes(word)]
    long = any(len(word) > 3 for word in words if not strokes(word))  # a short one may be a bol with a wrong letter
    return len(bols) < len(words) and (len(bols) * 2 < len(words) or (long and not unknown))


def _spoken(words: Sequence[str]) -> tuple[int, list[str]]:
    """How many words are known beside bols and taals' names are, and those that are neither these nor sections."""
    taal = {word for name, _ in taals_in(words) for word in name}
    spoken = {w for w in words if w in taal or w.lower() in _SPOKEN or re.fullmatch(CLAPS, w, re.IGNORECASE)}
    others = [w for w in words if w not in spoken and not re.fullmatch(NAMES, w, re.IGNORECASE)]
    return sum(word in spoken for word in words), others


def _has_bols(row: str) -> bool:
    """Whether a row is bols, or has three of them or more beside as many other words and marks at most."""
    words = re.findall(r"[^\s|।॥()/]+", row)
    return of_bols(row) or ((n := sum(map(bool, map(strokes, words)))) > 2 and n * 2 >= len(words))


def _few_bols(words: Sequence[str]) -> bool:
    """Whether no word is bols, or one in eight: a sentence may name a bol."""
    return sum(map(bool, map(strokes, _spoken(words)[1]))) * 8 <= len(words)


class Head(NamedTuple):
    """A heading: its row, the first row of what stands under it, and what it says.

    `origin` is ``taught``, ``derived`` or ``""`` (see `riyaz.tabla.origin`), `note` the comment beside the heading,
    `again` its name without the number that it got because another has the same.
    """

    name: str
    row: int
    first: int
    origin: str = ""
    note: str = ""
    again: str = ""


def sections(rows: list[str], start: int, default: str, place: Place) -> Iterator[tuple[Head, int, int]]:
    """Yield the heading, the first and the end row of each section; typed headings are blanked in `rows`.

    A heading is ``[palta 1]``, a line such as ``Palta 1`` or ``Dohra:``, or such a word with a colon before bols.
    """
    heads, weak = list[Head](), list[Head]()  # weak: words that need not be a heading
    bracketed = any(row.lstrip().startswith("[") and not group(row) for row in rows[start:])
    for number in range(start, len(rows)):
        content = rows[number].split("#")[0].strip()
        here = place._replace(line=number + 1)
        if _explained(content) and (heads or len(words_of(content)) > 6):
            rows[number] = ""
        elif content.startswith("[") and not group(content):
            match = re.fullmatch(r"\[\s*([^\[\],]*[^\[\],\s])\s*(?:,\s*(derived|taught)\s*)?\]\s*:?", content)
            here = here._replace(column=rows[number].index("[") + 1)
            if not match and of_bols(re.sub(r"[\[\]()]", " ", content)):
                here.stop(
                    "brackets in brackets may be matras or phrases", "write ( ... ) around each matra and no other"
                )
            if not match:
                here.stop(
                    f"{content!r} names no section",
                    "write for instance: [palta 1], [palta 1, derived] or [palta 1, taught]",
                )
            note = rows[number].partition("#")[2].strip()
            _add(heads, Head(match[1], number, number + 1, match[2] or "", note), here, rows)
        elif heads and _counted(content):
            rows[number] = ""
        elif (match := HEAD.match(rows[number])) and (match[4] in _MARKS or not bracketed):
            name = " ".join((match[1].lower(), match[2])).strip()
            bare = re.sub(rf"^(?:(?:{'|'.join(FORMS)})\s+)+(?=main\s|theme|mukh|face)", "", name)  # kaida main theme
            name = "theme" if bare in THEME else default if name in _BOLS else name
            name += f" {match[3].lower()}" if match[3] and match[3].lower() not in ("thah", "barabar", "ठाह") else ""
            if name in [head.name for head in heads[:-1]] and match[4] not in _MARKS:
                continue  # a reference
            _add(heads, Head(name, number, number), here, rows)
            rest = rows[number][match.end() :]
            others = _spoken(words_of(GHARANA.sub(" ", rest)))[1]
            if tells(rest) and len(others) > 2 and not any(map(strokes, others)):
                here.stop(f"{rest.strip()!r} says in words how to play", "write the bols, or leave it out")
            named = match[4] in _DASHES and not of_bols(rest) and all(map(foreign, others))
            weak += heads[-1:] if match[1].lower() in _SEVERAL else []
            beside = (named and rest.strip()) or remark(rest)  # Kaida - of Delhi
            rows[number] = "" if beside else " " * match.end() + rest
        elif not bracketed and (match := _LETTERED.match(rows[number])):
            _add(heads, Head(match[1].lower(), number, number), here, rows)
            rows[number] = " " * match.end() + rows[number][match.end() :]
        elif (
            not bracketed
            and not LABEL.match(rows[number])
            and (match := _OTHER_HEAD.match(rows[number].split("#")[0]))
            and not strokes(match[1].replace(" ", ""))
            and not (match[3] and any(map(strokes, _spoken(words_of(match[1]))[1])))  # no bols are lost
            and (not match[3] or (of_bols(match[3]) and not taals_in(words_of(match[1]))))
        ):
            if _HAND.fullmatch(match[1]) and match[3]:
                here.stop(f"{match[1]!r} names one hand", "write the bols that both hands play together")
            _add(heads, Head(" ".join((match[1].lower(), match[2])).strip(), number, number), here, rows)
            weak += heads[-1:] if not match[3] else []
            rows[number] = " " * match.start(3) + rows[number][match.start(3) :]
        elif (
            not bracketed
            and (match := _BARE.match(rows[number]))
            and of_bols(rows[number][match.end() :].split("#")[0])
        ):
            _add(heads, Head(f"{match[1].lower()} {match[2]}".strip(), number, number), here, rows)
            rows[number] = " " * match.end() + rows[number][match.end() :]
        elif (
            not bracketed
            and ":" not in content.rstrip(":- ")
            and (remark(content) or (not heads and _of_strangers(content)))
            and (any(map(_has_bols, rows[number + 1 :])) or (heads and _few_bols(words_of(content))))
        ):
            said = [f"{name.lower()} {count}".strip() for name, count in _SAYS.findall(content)]
            if said and said[0] not in [head.name for head in heads]:
                heads.append(Head(said[0], number, number))
                weak.append(heads[-1])
            rows[number] = ""
        else:
            said = [word for word in words_of(content) if word.lower() not in {*_TELLING, "x"}]
            words = ":" not in content and re.search(r"[^\W\d_]{2}", content)
            known = [word for word in said if strokes(word) or re.fullmatch(NAMES, word, re.IGNORECASE)]
            if words and tells(content) and spoken(said) and not known:
                here.stop(f"{content!r} says in words how to play", "write the bols, or ( ... ) x2, or leave it out")
            if match := LABEL.match(rows[number]):
                rows[number] = " " * match.end() + rows[number][match.end() :]
            if rows[number].split("#")[0].strip() and not heads and not sign_row(rows[number].split("#")[0]):
                heads.append(Head(default, number, number))
    names = set[str]()
    for head, end in zip(heads, [*(head.row for head in heads[1:]), len(rows)], strict=False):
        below = [row.split("#")[0] for row in rows[head.first : end] if row.split("#")[0].strip()]
        if head not in weak or any(_has_bols(row) or tells(row) for row in below):
            name = head.again if head.again and head.again not in names else head.name
            names.add(name)
            yield head._replace(name=name), head.first, end


def _explained(content: str) -> bool:
    """Whether a row explains something in words, such as ``Na: on the rim``."""
    name, colon, words = content.partition(":")
    return bool(colon) and not HEAD.match(name) and remark(words) and not any(map(strokes, _spoken(words_of(words))[1]))


def _counted(content: str) -> bool:
    """Whether a row says how many matras, claps or waves there are, and no more: ``Theka (16 matras, 3 talis)``."""
    words = words_of(content)
    counts = [word for word in words if re.fullmatch(rf"{CLAPS}|{_PARTS}", word, re.IGNORECASE)]
    others = [word for word in words if word not in counts and not re.fullmatch(NAMES, word, re.IGNORECASE)]
    return len(counts) > 1 and not others and re.search(r"\d", content) is not None


def second_taal(rows: Sequence[str]) -> tuple[int, str] | None:
    """The row that begins another taal than the first, and its title: its name alone, or before a mark; bols follow."""
    first = ""
    for number, row in enumerate(rows):
        match = _BEGINS_TAAL.match(row)
        taal = taals.exact(match[1]) if match and len(match[1]) > 4 else None
        if not match or not taal or not any(map(_has_bols, [row[match.end() :], *rows[number + 1 : number + 8]])):
            continue
        if first and taal.title != first:
            return number, taal.title
        first = taal.title
    return None


def of_bols(content: str) -> bool:
    """Whether every word of a row is bols; signs in brackets and repeats may stand among them."""
    words = re.findall(r"[^\s|।॥()/]+", _BESIDE_BOLS.sub(" ", content))
    return bool(words) and all(strokes(word.strip(",.;")) for word in words)


def sectioned(rows: Sequence[str]) -> bool:
    """Whether rows are in the notation's own layout: a section's name stands in square brackets."""
    return any(row.startswith("[") and not group(row) for row in rows)


def group(content: str) -> bool:
    """Whether square brackets enclose what is repeated, as in ``[dha te]x3``."""
    return re.search(r"\]\s*[x×]\s*\d", content) is not None


def _add(heads: list[Head], head: Head, here: Place, rows: Sequence[str]) -> None:
    """Add a heading; one of the same name right above, without bols under it, is a title and is taken away.

    A typed name that is there already is numbered, where it has no number of its own.
    """
    if heads and heads[-1].name == head.name and not any(map(_has_bols, rows[heads[-1].first : head.row])):
        heads.pop()
    names = [known.name for known in heads]
    if head.name in names:
        if head.first > head.row or re.search(r"\d$", head.name):
            here.stop(f"there are two sections {head.name!r}", "number them")
        numbered = (f"{head.name} {number}" for number in range(2, len(names) + 2))
        head = head._replace(name=next(name for name in numbered if name not in names), again=head.name)
    heads.append(head)
