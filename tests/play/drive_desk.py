"""Use notebooks/play.ipynb in JupyterLab as a player would, and report what was seen, as JSON.

``python drive_desk.py ADDRESS SECONDS``; Playwright would leave an event loop in the test's own process.
"""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import browser

# The player that the desk shows, once it is another than the one before and its script has made it one.
NEW = """before => {
  const player = document.querySelector('.jp-OutputArea riyaz-player.rp');
  return !!player && player.piece !== undefined && player.getAttribute('timeline') !== before;
}"""
PLAYER = """() => {
  const player = document.querySelector('.jp-OutputArea riyaz-player');
  if (!player) return {sections: [], bols: [], timeline: null};
  return {sections: player.piece.sections.map(one => one.name), bols: player.piece.hits.map(hit => hit.bol),
    timeline: player.getAttribute('timeline')};
}"""
FAILED = "() => [...document.querySelectorAll('.jp-OutputArea-output[data-mime-type*=stderr]')].map(e => e.textContent)"


def press(page, name):
    """Press a button of the desk, and what is seen when it has answered."""
    before = page.evaluate(PLAYER)["timeline"]
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_function(NEW, arg=before)
    return {"line": said(page), **page.evaluate(PLAYER)}


def said(page):
    """The line under the buttons; it stands in the last widget of HTML."""
    return page.locator(".jp-OutputArea .widget-html-content").last.text_content().strip()


def sound(page):
    """Play a second of the player, and how many bols are lit."""
    page.evaluate("() => { window.lit = 0; addEventListener('riyaz-light', () => { window.lit++; }, true); }")
    page.locator("riyaz-player [data-do=play]").click()
    page.wait_for_function("window.lit > 4")
    page.locator("riyaz-player [data-do=play]").click()
    return page.evaluate("window.lit")


def walk(page):
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator(".lm-Menu-item", has_text="Run All Cells").first.click()
    go, asked = page.get_by_role("button", name="Go on", exact=True), page.locator(".jp-Dialog .jp-mod-accept")
    go.or_(asked).first.wait_for()
    if asked.is_visible():  # which kernel: JupyterLab asks where it was quicker than its kernel
        asked.click()
    go.wait_for()
    page.locator(".jp-OutputArea table.dataframe").wait_for()
    rows = page.locator(".jp-OutputArea table.dataframe tbody tr").count()
    seen = {"rows": rows, "failed": page.evaluate(FAILED), "on": press(page, "Go on")}
    seen["on"]["lit"] = sound(page)
    seen["kaida"] = press(page, "Play the kaida")
    field = page.get_by_role("textbox", name="Beginning", exact=True)
    field.fill("Dha Dhoop")
    go.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-OutputArea .widget-html-content b')].some(e => e.textContent)"
    )
    seen["wrong"] = {"line": said(page), "beginning": field.input_value(), **page.evaluate(PLAYER)}
    return seen


def main(address, seconds):
    here, outside = urlsplit(address).netloc, []
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=browser.chromium(), args=["--no-sandbox"])
        page = program.new_context(viewport=browser.DESK).new_page()
        page.set_default_timeout(1000 * seconds)

        def gate(route):
            parts = urlsplit(route.request.url)
            if parts.netloc == here or parts.scheme in ("data", "blob"):
                route.continue_()
            else:
                outside.append(route.request.url[:80])
                route.abort()

        page.context.route("**/*", gate)
        page.goto(address)
        try:
            seen = walk(page)
        except Exception as error:
            error.add_note(f"The page says: {page.locator('body').inner_text()}")
            raise
        program.close()
    print(json.dumps({**seen, "faults": outside}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
