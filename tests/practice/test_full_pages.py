"""The pages that the pipeline made, all pieces and the trained network in them: heard, lit in time, and small.

How soon they are heard depends on what else the machine does; `seen["first"]` has the seconds from opening to sound.
"""

import json
import re
from urllib.parse import quote

import browser
import pytest
from samples import ROOT
from test_practice_browser import WIDTHS, drive

PAGES = sorted(path for name in ("practice", "play") for path in (ROOT / "reports").glob(f"*/{name}.html"))
pytestmark = [
    pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found; .ci/run installs one"),
    pytest.mark.skipif(not PAGES, reason="the pipeline has made no pages here"),
]


def address(path):
    """Of the page; of one to practise with, its first piece."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r'id="riyaz-pieces">(.*?)</script>', text, re.DOTALL)
    key = json.loads(found[1])["pieces"][0]["key"] if found else ""
    return path.as_uri() + (f"#{quote(key, safe='')}" if key else "")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_whole_page_is_heard_and_lit_in_time(path, width):
    assert path.stat().st_size < 6e6
    seen = drive("whole", address(path), width)
    assert seen["first"] > 0
    late = sorted(map(abs, seen["late"]))
    assert len(late) >= 6
    assert late[int(0.75 * len(late))] < 0.030, late
    assert (seen["small"], seen["wide"]) == ([], 0)


@pytest.mark.parametrize("path", [path for path in PAGES if path.stem == "practice"], ids=lambda path: path.parent.name)
def test_a_piece_is_opened_at_its_top(path):
    assert drive("top", path.as_uri(), 1280) == 0
