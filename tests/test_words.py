"""Plain words: phrases that are hard to follow, and what to write instead."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SEARCHED = "src notebooks README.md CONTRIBUTING.md CHANGELOG.md params.yaml dvc.yaml Makefile pyproject.toml".split()
TEXTS = {".py", ".ipynb", ".md", ".yaml", ".toml", ".css", ".j2", ".html", ".js", ""}
PLAIN = {
    r"fore(tell|told)\w*": "predict",
    r"(bits|nats) a (token|frame|event|note)": "bits per token, nats per frame",
    r"\w+ (costs?|take|takes) a token": "... per token",
    r"a token costs": "bits per token",
    r"(beats|frames) a (minute|second)": "beats per minute, frames per second",
    r"strokes a matra": "strokes per matra",
    r"one (row|line|page|token|file) an? (event|piece|stage|module|corpus|file|matra)": "one row per event",
    r"so it is where": "the default",
    r"where none is named": "by default",
    r"was told": "was given",
    r"is told apart": "is distinguished",
    r"for all that": "although",
    r"where(of|in|upon|by)": "of which, in which",
    r"anew": "again",
    r"over again": "again",
    r"asks? again": "repeats",
    r"learned by heart": "memorised",
    r"laid over": "combined with",
    r"put to work": "used",
    r"go(es)? on and on": "repeats, does not end",
    r"so many times in a row": "at most n consecutive repeats",
    r"so often in a row": "at most n consecutive repeats",
    r"has said so far": "the piece so far",
    r"how far it has come": "state, position",
    r"the (kept|told|found|taken) (ones?|is|are)": "a noun: result, selection",
    r"be (it|they) (\w+) or": "whether ... or",
    r"(thereof|therein|hitherto|whence|thence|hence)": "of it, so far, from which",
    r"an engine of": "a function of",
    r"save where|but for the|but where": "except",
}


def texts() -> list[str]:
    """The tracked text files that are searched."""
    names = subprocess.run(["git", "ls-files", *SEARCHED], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in names.stdout.split("\n") if name and Path(name).suffix in TEXTS]


def faults(text: str) -> list[str]:
    """One line per banned phrase: where it is and what to write instead; phrases are found across line breaks."""
    found = []
    for phrase, plain in PLAIN.items():  # each way of parting words is matched in one way: blanks in a row take no time
        pattern = r"\b(?:" + phrase.replace(" ", r'(?:\\n|[\s"#,])+') + r")\b"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{line}: {' '.join(match[0].split())!r}; write: {plain}")
    return found


@pytest.mark.parametrize("name", texts())
def test_plain_words(name):
    lines = [f"{name}:{fault}" for fault in faults((ROOT / name).read_text(encoding="utf-8"))]
    assert not lines, "\n" + "\n".join(lines)


def test_a_banned_phrase_is_found_across_lines():
    assert faults("4.2 bits a\n    token") == ["1: 'bits a token'; write: bits per token, nats per frame"]
    assert faults("4.2 bits per token") == []


@pytest.mark.parametrize("name", [name for name in texts() if name.endswith(".py")])
def test_participles_are_no_names(name):
    nodes = list(ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert not names & {"found", "kept", "told"}
