"""Open pages in headless Chromium as a reader would, offline, and say what is wrong with them."""

import itertools
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

# Pictures without a name, those that are cut off, letters that are too small, and targets for a finger that are under
# 40 px; a link in a line of running text is as high as its line.
_NAMES = """() => [...document.querySelectorAll('svg, img, canvas')].filter(e => !e.parentElement.closest('svg'))
  .filter(e => !e.closest('[aria-hidden=true]') && !e.getAttribute('aria-label') && !e.getAttribute('alt'))
  .filter(e => !e.querySelector(':scope > title'))
  .map(e => e.outerHTML.slice(0, 60))"""
_CROPPED = """() => [...document.querySelectorAll('.figure')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.textContent.trim().slice(0, 40) || e.innerHTML.slice(0, 40))"""
# Matplotlib draws a letter of a hundredth of its size; MathML's indices are as small as TeX's.
_SMALL = """() => {
  const small = new Set(), least = {text: 8.5, figure: 7.5};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement, size = parseFloat(getComputedStyle(e).fontSize);
    const read = node.data.trim() && !e.closest('svg, math, script, style') && e.checkVisibility();
    if (read && size < least.text) small.add(size.toFixed(1) + ' px: ' + node.data.trim().slice(0, 20));
  }
  for (const letter of document.querySelectorAll('.figure g[id*=text_] use')) {
    const {a, b} = letter.getScreenCTM(), size = 100 * Math.hypot(a, b);
    if (size && size < least.figure) small.add(size.toFixed(1) + ' px in ' + letter.closest('[aria-label]')?.ariaLabel);
  }
  return [...small];
}"""
_TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, input, select, audio')].filter(e => {
  const box = e.getBoundingClientRect();
  const label = e.closest('label')?.getBoundingClientRect(); // a tap on it is one on its field
  if (!e.checkVisibility() || e.closest('math, .skip') || e.classList.contains('skip') || !box.width) return false;
  const line = e.closest('p, li, td, dd, blockquote, figcaption');
  const inText = e.tagName === 'A' && line && getComputedStyle(e).display === 'inline' &&
    line.textContent.trim().length > e.textContent.trim().length;
  return !inText && Math.max(box.height, label?.height || 0) < 39.5;
}).map(e => Math.round(e.getBoundingClientRect().height) + ' px: ' + (e.textContent || e.tagName).trim().slice(0, 9))"""
# What is there to be pressed or played has no place on paper.
_PRESSED = """() => [...document.querySelectorAll('button, input, select, audio, riyaz-player')]
  .filter(e => e.checkVisibility()).map(e => (e.textContent.trim() || e.tagName).slice(0, 20))"""
# Colours that change gradually have reached their end.
_SETTLED = """() => Promise.all(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))
  .then(() => null)"""
# Letters, and the pictures' lines and letters, that cannot be told from their ground.
_CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const parse = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = c => [0, 1, 2].map(i => c[i] / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + .05) / (y + .05);
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    const e = node.parentElement;
    if (!node.data.trim() || e.closest('svg, script, style') || !e.checkVisibility()) continue;
    if (contrast(parse(getComputedStyle(e).color), ground(e)) < 3) found.push(node.data.trim().slice(0, 30));
  }
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.parentElement.closest('svg') || !svg.checkVisibility()) continue;
    const counts = {};
    const letters = svg.querySelector('use, text') ? 'use, text, tspan' : 'path, line, polyline';
    for (const e of svg.querySelectorAll(letters)) {
      if (e.closest('defs, clipPath')) continue;
      const style = getComputedStyle(e);
      const colour = ['none', 'rgba(0, 0, 0, 0)'].includes(style.fill) ? style.stroke : style.fill;
      if (colour !== 'none') counts[colour] = (counts[colour] || 0) + 1;
    }
    const most = Object.keys(counts).sort((a, b) => counts[b] - counts[a])[0];
    if (most && contrast(parse(most), ground(svg)) < 2) found.push('picture: ' + svg.getAttribute('aria-label'));
    const slab = !svg.closest('button') && contrast(ground(svg), ground(document.body)) > 2;
    if (slab) found.push('slab: ' + svg.getAttribute('aria-label'));
  }
  return found;
}"""


def chromium() -> str | None:
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def faults(paths: Iterable[Path]) -> dict[Path, list[str]]:
    """Open pages; what is wrong with each, one line a fault.

    Chromium is driven from a process of its own, since Playwright would leave an event loop running in this one.
    """
    paths = [Path(path).resolve() for path in paths]
    run = subprocess.run([sys.executable, __file__, *map(str, paths)], capture_output=True, text=True, timeout=600)
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
        found += [f"picture is cut off at {size['width']} px: {name}" for name in page.evaluate(_CROPPED)]
    found += [f"picture without a name: {start}" for start in page.evaluate(_NAMES)]
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    finger = context.new_cdp_session(page)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        found += [f"letters of {letters} at {size['width']} px" for letters in page.evaluate(_SMALL)]
        finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
        found += [f"target of {target} at {size['width']} px" for target in page.evaluate(_TARGETS)]
        finger.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    for size, scheme in itertools.product((PHONE, DESK), ("light", "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_SETTLED)
        unseen = [f"cannot be seen ({scheme}): {text}" for text in page.evaluate(_CONTRAST)]
        found += [fault for fault in unseen if fault not in found]
    page.emulate_media(media="print", color_scheme="light")
    found += [f"is printed, though it is for the screen: {text}" for text in page.evaluate(_PRESSED)]
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
