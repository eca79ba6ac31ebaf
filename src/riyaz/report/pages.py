"""The report pages: ``python -m riyaz pages tabla`` turns executed notebooks into HTML files that need nothing else.

nbconvert renders a notebook with the template in `template/`. This module adds what a template cannot do: formulas
become MathML, headings a table of contents, and figures inline SVG whose ids are unique in the page.
"""

import re
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from latex2mathml.converter import convert as mathml
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets.config import Config

from riyaz.report.stages import STAGES
from riyaz.tools import environment, escape, files

HERE = Path(__file__).resolve().parent / "template"

_ORDER = ["image/svg+xml", "text/html", "text/markdown", "image/png", "text/latex", "text/plain"]
_SHADES = {"light": "xcode", "dark": "github-dark"}  # pygments styles of code


def render(notebook: NotebookNode, stage: str, corpus: str = "") -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : with its outputs.
    stage : the notebook's name.
    corpus : whose report it is; "" for a page that belongs to none.

    Returns
    -------
    HTML of the whole page.

    Raises
    ------
    ValueError : a formula that is not LaTeX.
    """
    injected = any("injected-parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    about = {"stage": stage, "corpus": corpus, "stages": list(STAGES), "injected": injected, "css": css()}
    html, _ = PageExporter().from_notebook_node(notebook, {"riyaz": about, "contents": [], "numbers": count(1)})
    return html


def css() -> Markup:
    """The style of all pages, with the colours of code by day and by night."""
    day, night = (HtmlFormatter(style=_SHADES[shade]).get_style_defs(".code") for shade in ("light", "dark"))
    code = f"{day}\n@media screen and (prefers-color-scheme: dark) {{\n{night}\n}}\n"
    return Markup(code + (HERE / "style.css").read_text(encoding="utf-8"))


class PageExporter(TemplateExporter):
    """nbconvert's walk through a notebook, with our template and filters."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def __init__(self, **kwargs: Any):
        config = Config({"NbConvertBase": {"display_data_priority": _ORDER}})
        super().__init__(
            config=config,
            template_name=HERE.name,
            extra_template_basedirs=[str(HERE.parent)],
            **kwargs,
        )

    def default_filters(self):
        yield from super().default_filters()
        yield from {"prose": prose, "figure": figure, "code": code, "formula": formula}.items()


@pass_context
def prose(context: Any, source: str) -> Markup:
    """Markdown as HTML; its headings join the page's contents."""
    renderer = _Prose(context["resources"]["contents"])
    return Markup(MarkdownWithMath(renderer=renderer).render(source))


@pass_context
def figure(context: Any, svg: str) -> Markup:
    """An SVG to stand in the page: no prologue, no metadata, ids that no other figure has, as wide as its column."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    prefix = f"f{next(context['resources']['numbers'])}-"
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    svg = re.sub(r"#([A-Za-z_][\w.:-]*)", lambda m: f"#{prefix}{m[1]}" if m[1] in ids else m[0], svg)
    head, body = svg.split(">", 1)
    width, height = (re.search(rf'\s{side}="([\d.]+)(pt|px|)"', head) for side in ("width", "height"))
    if width and height:
        if "viewBox" not in head:
            head += f' viewBox="0 0 {width[1]} {height[1]}"'
        head = head.replace(width[0], "").replace(height[0], "")
        head += f' style="max-width:{float(width[1]) * 1.15:g}{width[2] or "px"}"'
    return Markup(f'{head} role="img">{body}')


def code(source: str) -> Markup:
    """Python with its colours."""
    return Markup(highlight(source.rstrip(), PythonLexer(), HtmlFormatter(nowrap=True)))


def formula(latex: str, display: str = "block") -> Markup:
    """LaTeX as MathML, which browsers draw by themselves."""
    latex = latex.strip().strip("$").strip()
    try:
        return Markup(mathml(latex, display=display))
    except Exception as error:  # latex2mathml raises a class of its own for each mistake
        reason = error.__class__.__name__
        raise ValueError(f"the formula {latex!r} is not LaTeX that can be drawn: {reason}") from error


class _Prose(IPythonRenderer):
    """Markdown whose formulas are MathML and whose headings are remembered."""

    def __init__(self, contents: list[dict[str, Any]]):
        super().__init__(escape=False)
        self.contents = contents

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        plain = re.sub(r"<[^>]+>", "", text)
        slug = re.sub(r"[^\w]+", "-", plain.lower()).strip("-") or "section"
        taken = {entry["id"] for entry in self.contents}
        anchor = next(name for n in count(1) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)
        self.contents.append({"id": anchor, "level": level, "text": Markup(plain)})
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def table(self, text: str) -> str:
        return f'<div class="scroll"><table>\n{text}</table></div>\n'

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{formula(body)}</div>\n'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def inline_math(self, body: str) -> str:
        return formula(body, display="inline")

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{escape.html(code)}</pre>\n"


def run(arguments: list[str]) -> int:
    """Make the pages of one corpus, or without an argument those of the notebooks that belong to no corpus.

    Raises
    ------
    FileNotFoundError : an executed notebook is missing; names the stage that makes it.
    """
    if len(arguments) > 1:
        raise ValueError("name one corpus, or none for the page of the lecture's cells")
    corpus = arguments[0] if arguments else ""
    folder = environment.checkout() / "reports" / corpus
    for stage in STAGES if corpus else ("cells",):
        executed = folder / f"{stage}.ipynb"
        if not executed.is_file():
            target = f"{stage}@{corpus}" if corpus else stage
            raise FileNotFoundError(f"{executed} is missing: dvc repro {target} makes it")
        html = render(nbformat.read(executed, as_version=4), stage, corpus)
        files.write(executed.with_suffix(".html"), html)
    return 0
