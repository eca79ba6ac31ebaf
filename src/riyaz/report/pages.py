"""The report pages: ``python -m riyaz pages tabla`` turns executed notebooks into HTML files that need nothing else.

nbconvert renders a notebook with the template in `template/`. This module adds what a template cannot do: formulas
become MathML, headings a table of contents, and figures inline SVG whose ids are unique in the page, whose ink is that
of the page by day and by night, and whose name is their caption. A section that a notebook tags `optional` is on the
page only where its code shows something, and a Markdown cell tagged `bols` or `notes` only where the corpus is of that
kind. The cards of a corpus and the benchmarks become pages as well.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import unescape
from itertools import count
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from latex2mathml.converter import convert as mathml
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets.config import Config

from riyaz.report import figures
from riyaz.report.stages import CARDS, STAGES, bar
from riyaz.report.stylesheet import HERE, css
from riyaz.tools import environment, escape, files

_ORDER = ["image/svg+xml", "text/html", "text/markdown", "image/png", "text/latex", "text/plain"]
_CAPTION = '<p class="caption">'
# Colours of figures that follow the page's scheme, by the attribute that has them: see `template/style.css`.
_INKS = {
    f"{what}: {colour}": f"{what}: var(--{name})"
    for colour, name in ((figures.INK, "ink"), ("#000000", "ink"), (figures.PALE, "line"), (figures.BLUE, "blue"))
    for what in ("fill", "stroke")
    for colour in {colour, colour.lower()}
} | {"stroke: #ffffff": "stroke: var(--paper)"}
KINDS = {"bols", "notes"}  # of music
LONE = ("cells", "lecture")  # notebooks that belong to no corpus
# What each section of reports/benchmarks.json measures; `benchmarks/` has the scripts.
MEASURED = {
    "reading": "One MIDI file, read here and by music21. *parse* gives the library's own objects; *events* also cuts "
    "all notes where anything starts or ends. The ratio says how many times faster it is here.",
    "cells": "One step of each cell, reading (*forwards*) and learning (*training*). The ratio says how many times "
    "faster than the LSTM it is.",
    "memory": "Tokens generated in a second without the memory of the piece (*plain*) and with it.",
    "targets": "Training in which every position of a window predicts (*every*) against training in which a window "
    "predicts one token (*last*): the seconds that each takes to the same surprise on new pieces, three runs each. The "
    "ratio says how many times sooner *every* is there, measured where *last* stood after all of its time and after a "
    "quarter of it.",
    "generation": "Tokens generated in a second by networks of 1 layer with 256 units and of 3 with 512, beside "
    "one call of Keras' `predict` for each token. The ratio says how many times faster it is here; that *beside a "
    "bare loop* compares with a loop of one row that only takes the most likely token each time. *Fast* is what "
    "`generate.alone` asks for. The goal of 0.49 is five times what drawing reached when it was set, 182 of the loop's "
    "1,860 tokens per second.",
    "pytorch": "One training step here and in PyTorch, for networks of the same size. Above 1 it is faster here.",
    "scale": "Whole stages on folders of MIDI files: seconds, and the most memory used at once.",
}
_TITLES = {"pytorch": "PyTorch"}
_UNITS = {
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn": "RNN",
    "us": "µs",
    "gb": "GB",
    "riyaz_ms": "Riyaz (ms)",
    "music21_ms": "music21 (ms)",
    "here_ms": "here (ms)",
    "torch_ms": "PyTorch (ms)",
    "torch": "PyTorch",
    "nats_a_token": "surprise (nats per token)",
    "last_seconds": "last (seconds)",
    "every_seconds": "every (seconds)",
} | {
    f"{way}_tokens_a_second": f"{way} (tokens/s)"
    for way in ("predict", "bare loop", "one of sixteen rows", "one piece", "one piece, fast", "16 pieces")
}


def render(notebook: NotebookNode, stage: str, corpus: str = "", kind: str = "") -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook : with its outputs.
    stage : the notebook's name.
    corpus : whose report it is; "" for a page that belongs to none.
    kind : of the corpus, one of `KINDS`; "" shows the cells of both.

    Returns
    -------
    HTML of the whole page.

    Raises
    ------
    ValueError : a formula that is not LaTeX.
    """
    notebook = named(shown(notebook, kind))
    injected = any("injected-parameters" in cell.metadata.get("tags", []) for cell in notebook.cells)
    about = {"stage": stage, "corpus": corpus, "stages": bar(stage, corpus), "injected": injected, "css": css()}
    about["notebook"] = f"{stage}.ipynb" if stage in (*STAGES, *LONE) else ""
    html, _ = PageExporter().from_notebook_node(notebook, {"riyaz": about, "contents": [], "numbers": count(1)})
    return html


def shown(notebook: NotebookNode, kind: str = "") -> NotebookNode:
    """The notebook without the cells about the other kind of music, and the sections that show nothing here.

    A section is a Markdown cell tagged `optional` with the code cells after it, up to the next Markdown cell. It goes
    where none of these cells has an output, as where a corpus of notes has no kaidas.
    """
    sections: list[list[NotebookNode]] = []
    for cell in notebook.cells:
        if kind and KINDS.intersection(cell.metadata.get("tags", [])) - {kind}:
            continue
        if cell.cell_type == "markdown" or not sections:
            sections.append([])
        sections[-1].append(cell)
    stays = [
        section
        for section in sections
        if "optional" not in section[0].metadata.get("tags", []) or any(cell.get("outputs") for cell in section)
    ]
    return NotebookNode({**notebook, "cells": [cell for section in stays for cell in section]})


def named(notebook: NotebookNode) -> NotebookNode:
    """The notebook with a name for each figure: its caption, or the heading above it where it has none."""
    heading, cells = "Figure", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            titles = re.findall(r"^#+ +(.+)$", cell.source, flags=re.MULTILINE)
            heading = titles[-1] if titles else heading
        outputs, label = [], heading
        for output in reversed(cell.get("outputs", [])):
            html = str(output.get("data", {}).get("text/html", ""))
            if html.startswith(_CAPTION):
                label = unescape(re.sub(r"<a .*", "", html.removeprefix(_CAPTION), flags=re.DOTALL).split("</p>")[0])
            kinds = output.get("data", {}).keys() & {"image/svg+xml", "image/png"}
            outputs.append({**output, "metadata": {**output.get("metadata", {}), "label": label}} if kinds else output)
        cells.append(NotebookNode({**cell, "outputs": outputs[::-1]}) if outputs else cell)
    return nbformat.from_dict({**notebook, "cells": cells})


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
def figure(context: Any, svg: str, label: str = "Figure") -> Markup:
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
        head += f' style="max-width:{float(width[1]) * 1.1:g}{width[2] or "px"}"'
    body = re.sub("|".join(map(re.escape, _INKS)), lambda m: _INKS[m[0]], body)
    return Markup(f'{head} role="img" aria-label="{escape.html(label)}">{body}')


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
        taken = {"content", *(entry["id"] for entry in self.contents)}
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


def text_page(source: str, stage: str, corpus: str, home: str) -> str:
    """Turn Markdown into a page in the frame of the reports.

    Parameters
    ----------
    source : Markdown in which nothing that a user wrote is markup. Tables are as wide as they need to be.
    stage : what the page is called in the bar.
    home : the way from the page to the folder of reports.
    """
    contents: list[dict[str, Any]] = []
    body = MarkdownWithMath(renderer=_Prose(contents)).render(source)
    jinja = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    about = {"title": contents[0]["text"] if contents else stage, "body": Markup(body), "css": css()}
    return jinja.get_template("text.html.j2").render(
        **about, home=home, corpus=corpus, stage=stage, stages=bar(stage, corpus)
    )


def benchmarks(results: Mapping[str, Any], rolls: Sequence[str] = ()) -> str:
    """Write reports/benchmarks.json as Markdown: a table for each of its sections, a column for each of its figures.

    Parameters
    ----------
    rolls : what reports/rolls has, Markdown of a page each; they become its last sections.
    """
    lines = [
        "# Benchmarks: how fast it is",
        "",
        "Times of this code and of the usual alternatives, measured by `make bench` on a machine with "
        f"{results['cores']} cores. A ratio is the median of several runs; lowest and highest are its range, and the "
        "goal is the ratio that was aimed at. Times differ from machine to machine; ratios less so.",
    ]
    for name, section in results.items():
        if isinstance(section, Mapping):
            rows = list(_leaves(section))
            heads = list(dict.fromkeys(key for _, of in rows for key in of))
            lines += ["", f"## {_TITLES.get(name, name.replace('_', ' ').capitalize())}", ""]
            lines += [MEASURED[name], ""] if name in MEASURED else []
            titles = [_UNITS.get(key, key.replace("_", " ")) for key in heads]
            lines += [f"| what | {' | '.join(titles)} |", "|---" + "|--:" * len(heads) + "|"]
            for path, of in rows:
                cells = [
                    " · ".join(_UNITS.get(part, part.replace("_", " ")) for part in path),
                    *(_measured(of.get(key, "")) for key in heads),
                ]
                lines.append(f"| {' | '.join(cells)} |")
    below = [re.sub(r"^#", "##", page, flags=re.MULTILINE) for page in rolls]
    return "\n".join(lines) + "\n" + "".join(f"\n{page}" for page in below)


def _leaves(section: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The numbers of a section with their paths; the numbers of one measurement belong together."""
    plain = {key: value for key, value in section.items() if not isinstance(value, Mapping)}
    if plain:
        yield path or ("all",), plain
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, key))


def _measured(value: Any) -> str:
    """A figure, with the decimals to which it was rounded when it was measured; or several."""
    if isinstance(value, list):
        return " / ".join(map(_measured, value))
    if not isinstance(value, int | float):
        return str(value)
    return figures.number(value, max(0, -int(Decimal(f"{value:.10g}").as_tuple().exponent)))


def run(arguments: list[str]) -> int:
    """Make the pages of one corpus and its cards, or without an argument those that belong to no corpus.

    Raises
    ------
    FileNotFoundError : an executed notebook is missing; names the stage that makes it.
    """
    if len(arguments) > 1:
        raise ValueError("name one corpus, or none for the page of the lecture's cells")
    corpus = arguments[0] if arguments else ""
    reports = environment.checkout() / "reports"
    folder = reports / corpus
    measured = reports / "metrics" / f"{corpus}.json"
    kind = json.loads(measured.read_text(encoding="utf-8")).get("kind", "") if measured.is_file() else ""
    for stage in STAGES if corpus else LONE:
        executed = folder / f"{stage}.ipynb"
        if not executed.is_file():
            target = f"{stage}@{corpus}" if corpus else stage
            raise FileNotFoundError(f"{executed} is missing: dvc repro {target} makes it")
        html = render(nbformat.read(executed, as_version=4), stage, corpus, kind)
        files.write(executed.with_suffix(".html"), html)
    if corpus:
        for card in CARDS:
            source = (folder / "cards" / f"{card}.md").read_text(encoding="utf-8")
            files.write(folder / f"{card}.html", text_page(source, card.replace("_", " "), corpus, "../"))
    else:
        results = json.loads((reports / "benchmarks.json").read_text(encoding="utf-8"))
        rolls = [path.read_text(encoding="utf-8") for path in sorted((reports / "rolls").glob("*.md"))]
        text = benchmarks(results, rolls)
        files.write(reports / "benchmarks.html", text_page(text, "benchmarks", "", ""))
    return 0
