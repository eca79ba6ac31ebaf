"""Every report opens offline in a browser, and the check that says so finds each fault."""

from pathlib import Path

import browser
import nbformat
import pytest

from riyaz.report import pages

REPORTS = Path(__file__).resolve().parents[2] / "reports"

pytestmark = pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found; .ci/run installs one")


@pytest.mark.skipif(not (REPORTS / "index.html").is_file(), reason="the pipeline has not been run to its end here")
def test_reports_open():
    browser.check_page(*sorted(REPORTS.rglob("*.html")))


def test_page_of_all_kinds_of_output_opens(tmp_path):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="900pt" height="90pt"><rect id="r" width="9" height="9"/></svg>'
    )
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": svg}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": svg}},
        {"output_type": "stream", "name": "stdout", "text": "<script>alert(1)</script>" + "long " * 200},
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Ṭablā\n\n## One\n\n$$x^2 = \\frac{1}{2}$$\n\n## One\n\n" + "W" * 300),
            nbformat.v4.new_code_cell("x = 1  # " + "wide " * 100, outputs=[nbformat.from_dict(o) for o in outputs]),
        ]
    )
    path = tmp_path / "cells.html"
    path.write_text(pages.render(notebook, "cells"), encoding="utf-8")
    (tmp_path / "cells.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "index.html").write_text("index", encoding="utf-8")
    browser.check_page(path)


FAULTS = {
    "<script>console.error('broken')</script>": "console: broken",
    "<script>throw new Error('thrown')</script>": "script: thrown",
    "<img src='http://127.0.0.1:9/x.png'>": "request leaves the page: http://127.0.0.1:9/x.png",
    "<link rel='stylesheet' href='https://127.0.0.1:9/x.css'>": "request leaves the page: https://127.0.0.1:9/x.css",
    "<script>fetch('http://127.0.0.1:9/x').catch(() => {})</script>": "request leaves the page: http://127.0.0.1:9/x",
    "<audio src='data:audio/mpeg;base64,AAAA'></audio>": "player does not load: data:audio/mpeg;base64,AAAA",
    "<img src='data:image/png;base64,AAAA'>": "picture does not load: data:image/png;base64,AAAA",
    "<a href='none.html'>x</a>": "link to no file: none.html",
    "<a href='#none'>x</a>": "link to no heading: #none",
    "<p id='a'></p><p id='a'></p>": "id stands twice: a",
    "<div style='width: 400px'>x</div>": "scrolls sideways: 400 px on a screen of 390 px",
    "<div class='figure' style='width: 99px; overflow: auto'><p style='width: 200px'>x</p></div>": (
        "picture is cut off at 390 px: x"
    ),
    "<svg><path d='M0 0h9'/></svg>": "picture without a name: <svg><path d",
    "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC' width='9'>": "picture without a name: <img src",
    "<button style='height: 20px'>x</button>": "target of 20 px: x at 390 px",
    "<style>button {height: 50px} @media (min-width: 800px) {button {height: 20px}}</style><button>x</button>": (
        "target of 20 px: x at 1280 px"
    ),
    "<p style='font-size: 8px'>tiny</p>": "letters of 8.0 px: tiny at 390 px",
    "<div class='figure'><svg aria-label='f' viewBox='0 0 1000 9'><g id='text_1'><g transform='scale(.1 -.1)'>"
    "<use href='#l'/></g></g></svg></div>": "letters of ",
    "<p style='color: #fff'>white</p>": "cannot be seen (light): white",
    "<select><option>a</option></select>": "is printed, though it is for the screen: a",
    "<style>@media (prefers-color-scheme: dark) {body {background: #000}}</style><svg aria-label='black'>"
    "<path d='M0 0h9v9'/></svg>": "cannot be seen (dark): picture: black",
    "<style>@media (prefers-color-scheme: dark) {body {background: #000}}</style><div style='background: #fff'>"
    "<svg aria-label='white'><path d='M0 0h9v9'/></svg></div>": "cannot be seen (dark): slab: white",
}


def test_each_fault_is_found(tmp_path):
    paths = [tmp_path / f"{n}.html" for n in range(len(FAULTS))]
    for path, body in zip(paths, FAULTS, strict=True):
        path.write_text(f"<!DOCTYPE html><html><body style='margin:0'>{body}</body></html>", encoding="utf-8")
    found = browser.faults(paths)
    missed = [
        fault
        for path, fault in zip(paths, FAULTS.values(), strict=True)
        if not any(line.startswith(fault) for line in found[path])
    ]
    assert missed == []


def test_check_page_raises(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html><a href='gone.html'>x</a>", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"page\.html: link to no file: gone\.html"):
        browser.check_page(path)
