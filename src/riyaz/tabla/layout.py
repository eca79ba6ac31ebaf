"""Rows of text as items: words, bars and what else stands between bols, repeats written out.

What a bar, a blank, a dot or a hyphen means is not decided here, but in `riyaz.tabla.dialect`.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from riyaz.tabla.place import Place
from riyaz.tabla.spelling import BEGIN, MOST_MATRAS, script, strokes

Marks = Sequence[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]  # what is replaced by what
LETTER = r"[A-Za-z\u00c0-\u02af\u0900-\u0963\u0971-\u09e3\u1e00-\u1eff]"  # of a bol, vowel signs among them
_RUN = re.compile(r"([^\w\s~]|_)\1{499}|(~)\2{1999}")  # no line that a player draws
WORD = re.compile(r"[^\s|।॥()]+")  # of bols, where a bar, a blank or a bracket parts them
LONGEST = 100_000  # words; what a repeat may make of a few lines
BESIDE = "\ue001"  # a dash before a repeat, which is a rest or parts it from its bols

_TOKEN = re.compile(
    r"(?P<bar>[|।॥]+|(?<!\S)(?://?|II?|l|[:;])(?!\S))"
    r"|(?P<sign>\([Xx+]\)|\([0Oo2-9]\)(?=\s*\S)(?!\s*[x×]))"
    r"|(?P<span>\(\s*\d*\s*(?:[½¼¾]|\d/[1-9])?\s*\)\s*$)"
    r"|(?P<section>(?:\+\s*)?\ue000\d+)|(?P<bullet>\ue001)"
    r"|(?P<open>\()"
    r"|(?P<close>\)(?:[\s|]*[x×*]\s*\d+(?!\w)|\s*\d+\s*(?:times|x|×)(?!\w)|\d+(?!\S))?)"
    r"|(?P<times>(?<!\S)(?:[x×]\s*\d+|\*\s?\d+(?=[\s|।॥]*$)|\d+\s*(?:times|[x×]))(?!\w))"
    r"|(?P<half>\+?\s*(?:½|(?<!\d)1/2|\b(?:half|adha))\s*(?:face|mukh|theme|kaida)\b)"
    r"|(?P<whole>\+\s*(?:face|mukh|theme|kaida)\b|(?<!\S)(?:face|mukh|theme)\b)"
    r"|(?P<mark>(?<!\S)(?:[Xx+×✕Oo*]|[\d]{1,2}[.):]?)(?!\S)|(?<!\S)\d{1,2}[.):]?(?=[^\W\d_]))"
    r"|(?P<rate>(?<!\S)(?:\d+(?:\+\d+)*)?/[1-9]\d?(?!\S))"
    r"|(?P<cut>\^)|(?P<drop><\s*\d{1,3}(?!\w))|(?P<faster>(?<!\S)\d{1,2}!(?!\S))|(?P<name>\$[^\W\d]\w*)"
    r"|(?P<speed>(?<!\S)@\d+x(?!\S))"
    rf"|(?P<begin>[{chr(BEGIN)}-{chr(BEGIN + MOST_MATRAS)}])"
    r"|(?P<dot>(?<!\S)\.(?!\S))"
    r"|(?P<word>[^\s|()।॥^<]+)",
    re.IGNORECASE,
)
HANDS, PLACES = (
    "clap|wave|ta+li|ताली|তালি",
    "khali|bhari|sa+m|sum|खाली|भरी|सम|খালি|ফাঁক|সম",
)  # what the hands show, and where
CLAPS = f"{HANDS}|{PLACES}"
SIGN_ROW = r"[\s|।॥_.Xx×✕+*Oo\d()–-]*[Xx×✕+\d][\s|।॥_.Xx×✕+*Oo\d()–-]*"
REPEATED = re.compile(  # a whole line
    r"[^\s)(]\s*\(?\s*(?:[x×]\s*\d+|\s\*\s?\d+|\d+\s*(?:times|[x×]))\s*\)?[\s|।॥]*$", re.IGNORECASE
)
RULE = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?:\s*:?-{3,}:?)?\s*")  # under the head of a table in Markdown
_SIGNED = re.compile(r"\[\s*([Xx+0Oo2-9])\s*\](?=\s*[^\W\d]|\s*[-–—])")  # [x] before bols
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&nbsp;|\*\*|^\s*>+|^\s*```.*|^\s*[•‣◦*](?=\s)")
_SPEEDS = tuple(str(n) for n in range(1, 17))  # a bare number where lines have names
_NAMED = re.compile(r"^\s*\$([^\W\d]\w*)\s*[:=]")
_TYPED = str.maketrans({"\u00a0": " ", "\u200b": "", "\ufeff": "", '"': " ", "“": " ", "”": " ", "\r": " "})


def blank(match: re.Match[str]) -> str:
    """As many blanks as letters were matched."""
    return " " * len(match[0])


def sign_row(row: str) -> bool:
    """Whether a row has signs and numbers alone, such as those above or below the bols."""
    repeat = re.fullmatch(r"\s*[x×]\s?(\d+)\s*", row)
    return re.fullmatch(SIGN_ROW, row) is not None and not (repeat and any(map(int, repeat[1])))


def unmarked(row: str) -> str:
    """A row with the marks of web pages, mail and lists as blanks: tags, ``**``, ``>``, code fences, bullets."""
    row = _MARKUP.sub(lambda match: " " * len(match[0]), row)
    return _SIGNED.sub(lambda match: f"({match[1]})".ljust(len(match[0])), row)


class Item(NamedTuple):
    """A word, a bar or another mark, the speed it is played at, and where it stands."""

    kind: str
    text: str
    speed: Fraction
    place: Place


def characters(text: str, place: Place) -> None:
    """Refuse control characters, and one sign 500 times in a row.

    Raises
    ------
    Unreadable : names the first one and its place.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if run := _RUN.search(line):
            place._replace(line=number, column=run.start() + 1).stop(
                f"{run[0][0]!r} stands {len(run[0])} times in a row", "delete it"
            )
        for column, letter in enumerate(line, 1):
            if (
                (letter < " " and letter not in "\t\r") or "\x7f" <= letter <= "\x9f" or "\ue000" <= letter <= "\uf8ff"
            ):  # of private use
                name = f"U+{ord(letter):04X}"
                place._replace(line=number, column=column).stop(f"control character {name}", "delete it")


def items(rows: list[str], first: int, last: int, place: Place, names: Sequence[str] = ()) -> list[Item]:
    """The items of some rows, in the order in which they are played.

    Parameters
    ----------
    names : of the sections, which a row may refer to.

    Raises
    ------
    Unreadable : brackets without partner, a repeat out of place or too long, a line that is no line of bols.
    """
    state = _State([[]], [])
    state.named = {name: [] for row in rows[first:last] for name in _NAMED.findall(row)}
    others = {name: rf"(?<!\w){re.escape(name)}(?!\w)".replace(r"\ ", r"\s+") for name in names if not strokes(name)}
    signs = any(
        re.search(r"\([Xx+]\)|^[\s|]*\(0\)[\s|]*(?:[^\W\d]|\()", row) for row in rows[first:last]
    )  # rupak begins with 0
    filled = [row for row in rows[first:last] if re.search(r"[^\W\d_]", row.split("#")[0])]
    listed = len(filled) > 1 and all(re.match(r"\s*[-–—]\s+\S", row) for row in filled)
    alone = listed and all(re.fullmatch(r"\s*[-–—]\s+\S+\s*", row) for row in filled)  # a list of single bols
    for number in range(first, last):
        content = rows[number].split("#")[0].translate(_TYPED)
        content = unicodedata.normalize("NFC", content)
        here = place._replace(line=number + 1)
        for index, pattern in enumerate(others.values()):
            for match in re.findall(pattern, content, re.IGNORECASE):
                content = content.replace(match, f"\ue000{index}".ljust(len(match)))
        state.naming = state.naming if content.strip() else ""
        if match := re.match(r"(\s*\$([^\W\d]\w*)\s*)([:=])", content):
            state.naming = match[2]
            apart = match[3] == "="  # a definition, which is not played
            before, state.stack[-1] = state.stack[-1], [] if apart else state.stack[-1]
            _row(" " * match.end() + content[match.end() :], here, state, signs)
            if content[match.end() :].strip() and not apart:
                state.naming = ""  # a name beside its bols names that row
            if apart:
                state.named[state.naming], state.stack[-1], state.naming = state.stack[-1], before, ""
        elif match := re.match(r"\s*([^\W\d]\w*)\s*:\s*(.*?)\s*$", content):
            state.speed = _speed(match[1], match[2], here._replace(column=match.start(1) + 1))
        elif RULE.fullmatch(content) or sign_row(content):
            continue
        else:
            if listed and (dash := re.match(r"\s*[-–—](?=\s+\S)", content)):  # it lists, or is a rest
                bullet = Item("bullet", "-", state.speed, here._replace(column=dash.end()))
                state.stack[-1] += [] if alone else [bullet]
                content = " " * dash.end() + content[dash.end() :]
            content = re.sub(r"^(\s*)\d+[.)](?=\s)", lambda m: " " * len(m[0]), content)  # the number of a line
            content = re.sub(rf"(?<={LETTER}|\d)\.(\s*)$", r" \1", content) if content.count(".") == 1 else content
            content = re.sub(r"(?<=\s)[-–—](?=\s*\(?x\s?\d+\)?\s*$)", BESIDE, content)
            content = re.sub(r"\(\s*([x×]\s*\d+|\d+\s*(?:times|[x×]))\s*\)", r" \1 ", content, flags=re.IGNORECASE)
            content = re.sub(r"(?<!\S)=(?!\S)", "-", content)
            content = re.sub(r"\[(.*?)\](?=\s*[x×]\s*\d)", r"(\1)", content)
            _row(content, here, state, signs, list(others))
    if state.opened:
        state.opened[-1].stop("this ( is never closed", "write ( ... ) x3")
    if cut := next((item for item in state.stack[0] if item.kind == "cut"), None):
        cut.place.stop("^ stands outside of a repeat", "write ( ... ^ ... ) x3")
    _scripts(state.stack[0])
    return state.stack[0]


class _State:
    """What is open while rows are read."""

    def __init__(self, stack: list[list[Item]], opened: list[Place]) -> None:
        self.stack, self.opened, self.speed = stack, opened, Fraction(1)
        self.named: dict[str, list[Item]] = {}  # what stands under $name
        self.naming = ""  # the name of what is read now


def _row(content: str, here: Place, state: _State, signs: bool, others: Sequence[str] = ()) -> None:
    begins = len(state.stack[-1])
    for token in _TOKEN.finditer(content):
        at, word, kind = here._replace(column=token.start() + 1), token[0], token.lastgroup or "word"
        if kind == "sign" and not signs:
            kind = "span" if not content[token.end() :].strip() else "open"
        if kind == "mark" and state.named and word.isdigit() and word in _SPEEDS:
            state.speed = Fraction(word)
            continue
        if kind == "open":
            state.stack.append([])
            state.opened.append(at)
            if word != "(":
                at.stop(f"{word} is neither a sign nor a number of matras here", "write ( ... ) x3")
        elif kind == "close":
            _close(word, state, at)
        elif kind == "times":
            rest = content[token.end() :].strip(" \t|।॥")
            inside = state.opened and state.opened[-1].line == here.line
            if rest or len(state.stack[-1]) == begins or inside:
                at.stop(f"{word} repeats a line at its end, or what stands in brackets", "write ( ... ) x3")
            state.stack[-1][begins:] = _repeated(state.stack[-1][begins:], word, at)
        elif kind == "name" and word[1:] in state.named:
            if not state.named[word[1:]]:
                at.stop(f"nothing is named {word} above", f"write it under {word}: first")
            state.stack[-1] += state.named[word[1:]]
            if len(state.stack[-1]) > LONGEST:
                at.stop(f"{word} makes more than {LONGEST} words", "refer to it less often")
        elif kind == "section":
            state.stack[-1].append(Item(kind, others[int(re.sub(r"\D", "", word))], state.speed, at))
        elif kind == "drop":
            _drop(int(word[1:]), state.stack[-1], at)
        elif kind == "faster":
            state.speed *= int(word[:-1]) or at.stop(f"{word} is no speed", "write 2!")
        elif kind == "word" and re.fullmatch(r"\.{2,}|…|etc\.?", word):
            at.stop(f"{word} leaves bols out", "write them, or end the line before")
        elif kind == "speed":
            state.speed = Fraction(word[1:-1]) if int(word[1:-1]) else at.stop("@0x is no speed", "write @2x")
        elif kind == "word" and (match := re.fullmatch(rf"([^.\-_]*{LETTER})\.", word)):
            state.stack[-1] += [Item("word", match[1], state.speed, at), Item("stop", ".", state.speed, at)]
        elif kind == "word" and (match := re.fullmatch(r"([^\W\d_][^+]*)(\++)", word)):  # Dha++ is three long
            state.stack[-1] += [Item("word", text, state.speed, at) for text in (match[1], *("~" * len(match[2])))]
        elif kind == "word" and (match := re.fullmatch(r"(\D+)[x×](\d+)", word)):
            state.stack[-1] += _repeated([Item("word", match[1], state.speed, at)], match[2], at)
        else:
            kind = {"sign": "bar", "name": "word"}.get(kind, kind)
            state.stack[-1].append(Item(kind, word, state.speed, at))
    if state.naming and len(state.stack) == 1:
        state.named[state.naming] = state.named[state.naming] + state.stack[-1][begins:]


def _speed(key: str, value: str, here: Place) -> Fraction:
    if key.lower() != "speed":
        here.stop(f"{key!r} is no speed line", "header lines stand at the top of the file")
    if not re.fullmatch(r"[1-9]\d?(/[1-9]\d?)?", value):
        here.stop(f"speed is {value!r}", "write words a matra, such as 2 or 3/2")
    return Fraction(value)


def _close(word: str, state: _State, at: Place) -> None:
    if not state.opened:
        at.stop("there is no ( before this )", "write ( ... ) x3")
    opened, group = state.opened.pop(), state.stack.pop()
    if word == ")":
        if not group or len(group) > 8 or opened.line != at.line or {item.kind for item in group} != {"word"}:
            at.stop("a repeat is expected after )", "write for instance ) x3")
        state.stack[-1] += [item._replace(kind="shared", speed=item.speed * len(group)) for item in group]
        return
    cuts = [number for number, item in enumerate(group) if item.kind == "cut"]
    whole, last = [item for item in group if item.kind != "cut"], group[: cuts[0]] if cuts else group
    bar = [Item("bar", "|", Fraction(1), at)] if "|" in word else []
    rounds = _repeated(whole, word, at)
    state.stack[-1] += rounds[: len(rounds) - len(whole)] + last + bar


def _drop(n: int, played: list[Item], at: Place) -> None:
    """Take the last `n` words away, as ``(dha te te)x3 <1`` does."""
    for _ in range(n):
        words = [number for number, item in enumerate(played) if item.kind == "word"]
        if not words:
            at.stop(f"{n} words are more than stand before this", "drop fewer")
        del played[words[-1]]


def _repeated(result: list[Item], word: str, at: Place) -> list[Item]:
    digits = re.sub(r"\D", "", word)
    times = int(digits) if len(digits) < 10 else LONGEST * 10
    if not 1 <= times * max(len(result), 1) <= LONGEST:
        shown = digits if len(digits) < 10 else f"{digits[:6]}..."
        at.stop(f"{shown} repeats of {len(result)} words", f"repeat at least once and write at most {LONGEST} words")
    return result * times


def _scripts(result: list[Item]) -> None:
    """Refuse words of mixed scripts, and a section in two scripts, which may be one line printed in both."""
    seen: dict[str, Item] = {}
    for item in result:
        here = script(item.text) if item.kind == "word" else ""
        if here == "MIXED":
            item.place.stop(f"{item.text!r} mixes scripts", "write a word in one script")
        if here:
            seen.setdefault(here, item)
    if len(seen) > 1:
        first, other = list(seen)[:2]
        seen[other].place.stop(f"words in {other.title()} among words in {first.title()}", "write one script, not both")
