"""Open pages in headless Chromium as a reader would, offline, and say what is wrong with them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

_PLAYERS = """async () => {
  const failed = [];
  for (const player of document.querySelectorAll('audio')) {
    player.preload = 'metadata';
    player.load();
    await new Promise(done => {
      if (player.readyState >= 1) return done();
      for (const event of ['loadedmetadata', 'error']) player.addEventListener(event, done, {once: true});
      setTimeout(done, 10000);
    });
    if (player.readyState < 1 || !(player.duration > 0)) failed.push(player.getAttribute('src').slice(0, 60));
  }
  return failed;
}"""
_IMAGES = "() => [...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => i.src.slice(0, 60))"
_LINKS = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"
_IDS = "() => [...document.querySelectorAll('[id]')].map(e => e.id)"


def chromium() -> str | None:
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def faults(paths: Iterable[Path]) -> dict[Path, list[str]]:
    """Open pages; what is wrong with each, one line a fault.

    Chromium is driven from a process of its own, since Playwright would leave an event loop running in this one.
    """
    paths = [Path(path).resolve() for path in paths]
    run = subprocess.run([sys.executable, __file__, *map(str, paths)], capture_output=True, text=True, timeout=300)
    if run.returncode:
        raise RuntimeError(f"Chromium could not be driven: {run.stderr}")
    return dict(zip(paths, json.loads(run.stdout), strict=True))


def check_page(*paths: Path) -> None:
    """Open pages; AssertionError with all that is wrong with them."""
    found = [f"{path.name}: {fault}" for path, lines in faults(paths).items() for fault in lines]
    assert not found, "\n".join(found)


def _open_all(paths: list[Path]) -> list[list[str]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        found = [_faults(browser, path) for path in paths]
        browser.close()
    return found


def _faults(browser, path: Path) -> list[str]:
    found: list[str] = []
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.on("console", lambda m: found.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    # `_PLAYERS` loads each player anew, which breaks off what the page had begun to load; it asks whether they load.
    page.on(
        "requestfailed",
        lambda request: (
            None
            if request.resource_type == "media" and request.failure == "net::ERR_ABORTED"
            else found.append(f"failed: {request.url[:80]}")
        ),
    )

    def gate(route) -> None:
        if urlsplit(route.request.url).scheme in ("file", "data", "blob"):
            route.continue_()
        else:
            found.append(f"request leaves the page: {route.request.url[:80]}")
            route.abort("blockedbyclient")

    context.route("**/*", gate)
    page.goto(path.as_uri())
    if page.evaluate("window.hacked") is not None:
        found.append("a script in a text ran")
    found += [f"player does not load: {source}" for source in page.evaluate(_PLAYERS)]
    found += [f"picture does not load: {source}" for source in page.evaluate(_IMAGES)]
    ids = page.evaluate(_IDS)
    found += [f"id stands twice: {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    found += [fault for link in page.evaluate(_LINKS) if (fault := _broken(link, path, set(ids)))]
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append(f"scrolls sideways: {width} px on a screen of {size['width']} px")
    context.close()
    return found


def _broken(link: str, page: Path, ids: set[str]) -> str:
    address, fragment = urldefrag(link)
    parts = urlsplit(address)
    if parts.scheme != "file":
        return ""
    target = Path(unquote(parts.path))
    if target == page:
        return "" if not fragment or unquote(fragment) in ids else f"link to no heading: #{fragment}"
    return "" if target.is_file() else f"link to no file: {os.path.relpath(target, page.parent)}"


if __name__ == "__main__":
    print(json.dumps(_open_all([Path(name) for name in sys.argv[1:]])))
