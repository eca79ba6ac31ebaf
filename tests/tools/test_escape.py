"""Text of users means nothing but itself, wherever it is shown."""

import re
from html.parser import HTMLParser

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from riyaz.report import pages, stylesheet
from riyaz.tools import escape

HOSTILE = [
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "' onmouseover='window.hacked=1",
    "<!-- a", "]]>", "</style><script>window.hacked=1</script>", "&lt;b&gt; &amp; &#60;",
    r"$\frac{1}{$", "$x^2$", "$$\\left($$", r"\(x\)", r"\begin{matrix}1\end{matrix}", r"\\[1\\]",
    "*a* **b** _c_ __d__ ~~e~~", "`a`b``", "```", "    code", "# heading", "- item", "+ item", "1. item", "12) item",
    "> said",
    "[a](javascript:window.hacked=1)", "![a](x.png)", "[a]: http://a.b", "http://a.example/x", "www.a.example", "<http://a.b>",
    "a | b | c", "---", "===", "a\n\n# b\n\n- c", "a\r\n<script>x</script>", "{{ 7 * 7 }}", "{% raw %}",
    "${x}", "%s %(a)s {0}",
    "^a^ :b: [^1] [ ] task", ": definition",
]  # fmt: skip


class Seen(HTMLParser):
    """Tags of a page, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, attributes))

    def handle_data(self, data):
        self.text += data


def words(text):
    return " ".join(escape.line(text).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_itself_in_html(text):
    seen = Seen(f'<p title="{escape.html(text)}">{escape.html(text)}</p>')
    assert seen.tags == [("p", [("title", escape.line(text))])]
    assert seen.text == escape.line(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("frame", ["Read {}.", "{}", "- {}", "**{}**", "| a |\n| --- |\n| {} |", "a: {}, {}"])
@pytest.mark.parametrize("page", [markdown2html_mistune, lambda source: prose(source)])
def test_it_is_itself_in_markdown(text, frame, page):
    seen, bare = (Seen(page(frame.replace("{}", inside))) for inside in (escape.markdown(text), "word"))
    assert [tag for tag, _ in seen.tags] == [tag for tag, _ in bare.tags]
    assert " ".join(seen.text.split()) == " ".join(bare.text.replace("word", words(text)).split())
    (code,) = [tag for tag, _ in Seen(page(f"x {escape.code(text)}")).tags if tag not in ("p", "section")]
    assert code == "code"


def prose(source):
    """The pages' own Markdown, with formulas."""
    return pages.MarkdownWithMath(renderer=pages._Prose([])).render(source)


def test_lines_hold_what_terminals_and_files_can():
    assert escape.line("a\x00b\x1b[2J\u2028c\td\x85e") == "a b [2J c d e"
    assert escape.line("half \ud800\udfff") == "half ??"
    assert escape.line("\u202eevil\u2066") == "evil"
    assert escape.line("क्‍ष é 12\u202f345 𝄞") == "क्‍ष é 12\u202f345 𝄞"
    assert escape.line(3) == "3"
    for text in HOSTILE:
        escape.line(text + "\udc80").encode()


def test_labels_are_short():
    assert escape.label("a" * 60) == "a" * 60
    assert escape.label("a" * 61) == "a" * 59 + "…"
    assert escape.label("a\nb") == "a b"


def test_nobody_escapes_in_another_way():
    source = stylesheet.HERE.parents[1]
    own = [
        path.relative_to(source).as_posix()
        for path in sorted(source.rglob("*.py"))
        if re.search(
            r"(?m)from html import escape|^import html\b|markupsafe import escape|saxutils",
            path.read_text(encoding="utf-8"),
        )
    ]
    assert own == ["tools/escape.py"]
