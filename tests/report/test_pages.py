"""Executed notebooks as pages."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from riyaz.report import pages, stages


def rendered(*cells, stage="explore", corpus="tabla"):
    return pages.render(new_notebook(cells=list(cells)), stage, corpus)


def test_formulas_are_mathml_and_code_is_not():
    html = rendered(new_markdown_cell("Where $a_1 * b$ and `$c * d$`, so\n\n$$\\sigma(x) = \\frac{1}{1 + e^{-x}}$$\n"))
    assert html.count("<math") == 2
    assert "<mfrac>" in html
    assert "<code>$c * d$</code>" in html
    assert "a_1" not in html
    assert "<em>" not in html


def test_formula_in_an_environment_and_in_an_output():
    html = rendered(
        new_markdown_cell("\\begin{matrix}1 & 2\\end{matrix}"),
        new_code_cell("x", outputs=[new_output("display_data", {"text/latex": "$x^2$"})]),
    )
    assert "<mtable" in html
    assert "<msup>" in html


def test_formula_that_is_none_is_named():
    with pytest.raises(ValueError, match=r"left.*is not LaTeX"):
        rendered(new_markdown_cell("$\\left( x$"))


def test_headings_make_the_contents_and_have_ids_of_their_own():
    html = rendered(new_markdown_cell("# Title\n\n## What *is* here?\n\n### Deeper\n\n## What is here?"))
    assert re.findall(r'<h\d id="([^"]+)"', html) == ["title", "what-is-here", "deeper", "what-is-here-2"]
    assert re.findall(r'<li class="level(\d)"><a href="#([^"]+)">([^<]+)', html) == [
        ("2", "what-is-here", "What is here?"),
        ("3", "deeper", "Deeper"),
        ("2", "what-is-here-2", "What is here?"),
    ]
    assert "<title>Title · tabla · Riyaz</title>" in html


def test_figures_are_inline_and_their_ids_do_not_meet():
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" width="144pt" height="72pt">'
        '<metadata><date>2026</date></metadata><style>#p {fill: #abc}</style><clipPath id="p"/>'
        '<g clip-path="url(#p)"><use href="#p"/></g></svg>'
    )
    output = new_output("display_data", {"image/svg+xml": svg})
    html = rendered(new_code_cell("x", outputs=[output, output]))
    for n in (1, 2):
        for part in (f'id="f{n}-p"', f"url(#f{n}-p)", f'href="#f{n}-p"', f"#f{n}-p {{fill: #abc}}"):
            assert html.count(part) == 1
    assert html.count('viewBox="0 0 144 72"') == 2
    assert "<metadata>" not in html
    assert "<?xml" not in html


def test_what_users_wrote_is_escaped_where_it_is_text():
    outputs = [
        new_output("stream", name="stdout", text="<script>alert(1)</script>"),
        new_output("execute_result", {"text/plain": "'<script>alert(2)</script>'"}),
    ]
    html = rendered(new_code_cell("print('<script>alert(3)</script>')", outputs=outputs))
    assert "<script>alert" not in html


def test_injected_parameters_replace_the_defaults():
    default = new_code_cell("corpus = None", metadata={"tags": ["parameters"]})
    injected = new_code_cell("corpus = 'tabla'", metadata={"tags": ["injected-parameters"]})
    assert "<summary>Parameters</summary>" in rendered(default, injected)
    assert "None" not in rendered(default, injected).split("<main")[1]
    assert "None" in rendered(default).split("<main")[1]


def test_links_to_the_notebook_the_index_and_the_other_stages():
    html = rendered(new_markdown_cell("# T"))
    for link in ("../index.html", "explore.ipynb", *(f"{page}.html" for page in (*stages.STAGES, *stages.PLAYED))):
        assert f'href="{link}"' in html
    alone = rendered(new_markdown_cell("# T"), stage="cells", corpus="")
    assert 'href="index.html"' in alone
    assert 'href="train.html"' not in alone


def test_nothing_is_fetched_and_nothing_is_random():
    cells = [new_markdown_cell("# T"), new_code_cell("x = 1", outputs=[new_output("stream", name="stdout", text="1")])]
    html = rendered(*cells)
    assert re.findall(r'(?:src|href)="(https?:[^"]+)"', html) == []
    assert "@import" not in html
    assert html == rendered(*[nbformat.from_dict(cell) for cell in cells])


def test_empty_notebook_is_a_page():
    assert "<main" in rendered()


def captioned(caption):
    svg = '<svg width="9pt" height="9pt"><path style="fill: #33302c; stroke: #0072b2"/></svg>'
    outputs = [new_output("display_data", {"image/svg+xml": svg})]
    if caption:
        outputs.append(new_output("display_data", {"text/html": f'<p class="caption">{caption}</p>'}))
    return new_code_cell("x", outputs=outputs)


def test_figures_are_named_by_their_caption_or_the_heading_above():
    html = rendered(new_markdown_cell("## Where it <gains>"), captioned("Bits &amp; more."), captioned(""))
    assert 'aria-label="Bits &amp; more."' in html
    assert 'aria-label="Where it &lt;gains&gt;"' in html


def test_the_ink_of_figures_is_that_of_the_page():
    html = rendered(captioned(""))
    assert "fill: var(--ink); stroke: var(--blue)" in html


def test_a_section_that_shows_nothing_here_is_left_out():
    optional = new_markdown_cell("## In form", metadata={"tags": ["optional"]})
    said = new_code_cell("x", outputs=[new_output("stream", name="stdout", text="1")])
    assert "In form" not in rendered(
        new_markdown_cell("# T"), optional, new_code_cell("x"), new_markdown_cell("## Next")
    )
    assert "In form" in rendered(new_markdown_cell("# T"), optional, new_code_cell("x"), said)
    assert "Plain" in rendered(new_markdown_cell("## Plain"), new_code_cell("x"))


def test_a_cell_about_the_other_kind_of_music_is_left_out():
    both = [new_markdown_cell(f"About {kind}.", metadata={"tags": ["optional", kind]}) for kind in ("bols", "notes")]
    said = new_code_cell("x", outputs=[new_output("stream", name="stdout", text="1")])
    cells = [new_markdown_cell("# T"), *both, said, new_markdown_cell("About both.")]
    for kind, other in (("bols", "notes"), ("notes", "bols")):
        html = pages.render(new_notebook(cells=cells), "explore", "mine", kind)
        assert f"About {kind}" in html
        assert f"About {other}" not in html
        assert "About both" in html


def test_pages_can_skip_to_the_text():
    html = rendered(new_markdown_cell("# T\n\n## Content"))
    assert '<a class="skip" href="#content">' in html
    assert html.count('id="content"') == 1


def test_cards_and_benchmarks_are_pages():
    html = pages.text_page("# Card\n\n| a | b |\n|---|---|\n| 1 | \\<b\\> |\n", "data card", "tabla", "../")
    assert "<title>Card · tabla · Riyaz</title>" in html
    assert "&lt;b&gt;" in html
    assert 'href="../index.html"' in html
    text = pages.benchmarks(
        {"cores": 2, "reading": {"parse": {"ratio": 12.5, "goal": 10}, "n": 3}, "names": {"a_b": [1, 2]}}
    )
    assert "| what | n | ratio | goal |\n|---|--:|--:|--:|\n| all | 3 |  |  |\n| parse |  | 12.5 | 10 |" in text
    assert "| what | a b |\n|---|--:|\n| all | 1 / 2 |" in text
    assert pages.benchmarks({"cores": 2}, ["# Rolls\n\n## All\n"]).endswith("\n\n## Rolls\n\n### All\n")
