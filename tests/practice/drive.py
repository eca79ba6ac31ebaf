"""Practise in headless Chromium as a player would, and report what was seen and heard, as JSON.

``python drive.py SCENARIO PAGE WIDTH`` runs one function below; Playwright would leave an event loop in the test's own
process.
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import browser

LISTEN = """async () => {
  const player = document.querySelector('riyaz-player'), engine = player.engine;
  await engine.open();
  const code = `registerProcessor('onsets', class extends AudioWorkletProcessor {
    process([input]) {
      const wave = input[0] || [];
      for (let i = 0; i < wave.length; i++) if (Math.abs(wave[i]) > 0.01) {
        const time = currentTime + i / sampleRate;
        if (!(time - this.loud < 0.08)) this.port.postMessage(time);
        this.loud = time;
      }
      return true;
    }
  })`;
  await engine.context.audioWorklet.addModule('data:text/javascript,' + encodeURIComponent(code));
  const ear = new AudioWorkletNode(engine.context, 'onsets');
  window.onsets = [];
  ear.port.onmessage = message => window.onsets.push(message.data);
  engine.limiter.connect(ear);
  ear.connect(engine.context.destination);
}"""
LIGHTS = """() => {
  window.lights = [];
  document.addEventListener('riyaz-light', event => window.lights.push(event.detail), true);
}"""
SET = """([name, value]) => {
  const field = document.querySelector(`riyaz-player [name=${name}]`);
  if (field.type === 'checkbox') field.checked = value; else field.value = String(value);
  field.dispatchEvent(new Event('input', {bubbles: true}));
}"""
SMALL = """() => [...document.querySelectorAll('button, a, input, select, [data-beat], .rp-speeds label')]
  .flatMap(e => {
  if (e.closest('[hidden]') || !e.getClientRects().length) return [];
  const box = (e.closest('label.rp-check') || e).getBoundingClientRect();
  return Math.min(box.width, box.height) < 39.5 ? [`${e.outerHTML.slice(0, 80)} ${box.width} x ${box.height}`] : [];
})"""
LEVEL = """async names => {
  const {engine} = document.querySelector('riyaz-player'), ears = {};
  for (const name of names) {
    ears[name] = engine.context.createAnalyser();
    ears[name].fftSize = 32768;
    engine.run.buses[name].connect(ears[name]);
  }
  await new Promise(done => setTimeout(done, 1500));
  return Object.fromEntries(names.map(name => {
    const wave = new Float32Array(32768);
    ears[name].getFloatTimeDomainData(wave);
    return [name, Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length)];
  }));
}"""
SIMULATE = """([wish, beat, counted, seconds]) => {
  const player = document.querySelector('riyaz-player'), said = [];
  const all = {...player.wish, ...wish}, sink = {
    hit: (i, hit, time) => said.push(['hit', time, hit.beat]),
    note: (i, note, time) => said.push(['note', time, note.beat]),
    theka: (hit, time, at) => said.push(['theka', time, at]),
    tone: (step, time, length) => said.push(['tone', time, step, length]),
    beat: () => {},
    matra: (place, rank, time) => said.push(['matra', time, place, rank]),
    count: (left, place, rank, time) => said.push(['count', time, left, place]),
    tempo: tempo => said.push(['tempo', transport.time, tempo]),
    round: time => said.push(['round', time]),
    end: time => said.push(['end', time]),
  };
  const transport = new player.transport.constructor(player.piece, all, sink);
  transport.start(0, beat, counted);
  transport.advance(seconds);
  return said;
}"""


def set_field(page, name, value):
    page.wait_for_selector(f"riyaz-player [name={name}]", state="attached")  # a link opens its piece a moment later
    page.evaluate(SET, [name, value])


def play(page, wait):
    page.locator("[data-do=play]").first.click()
    page.wait_for_timeout(wait)


def hear(page):
    """What sounds, and what is lit, of strokes that are far apart."""
    page.evaluate(LISTEN)
    set_field(page, "countIn", "none")
    set_field(page, "percent", 200)
    set_field(page, "loop", "all")
    play(page, 6000)
    return {"lights": page.evaluate("lights"), "onsets": page.evaluate("onsets")}


def opened(page):
    """Seconds from opening the page to its first sound, Play being touched as soon as it is there."""
    page.wait_for_function("window.first", timeout=20000)
    return page.evaluate("window.first")


def whole(page):
    """A page in full use: the seconds to its first sound, how late each light is, and what is too small."""
    first = opened(page)
    page.wait_for_timeout(6000)
    page.locator("[data-do=stop], [data-do=play]").first.click()
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    small = page.evaluate(SMALL.replace("label.rp-check", "label.rp-check, label.pl-check"))
    for tab in page.locator("[data-open]").all():
        tab.click()
        small += page.evaluate(SMALL)
    return {
        "first": first,
        "late": page.evaluate("lights.filter(one => one.index >= 0).map(one => one.heard - one.time)"),
        "small": small,
        "wide": page.evaluate("document.documentElement.scrollWidth - innerWidth"),
    }


def top(page):
    """How far a page is scrolled that was opened without the name of a piece."""
    page.wait_for_timeout(1000)
    return page.evaluate("scrollY")


def loop(page):
    """A palta, repeated at four times the tempo."""
    set_field(page, "countIn", "none")
    set_field(page, "percent", 400)
    set_field(page, "loop", "s1")
    play(page, 5000)
    return [light["index"] for light in page.evaluate("lights") if light["kind"] == "hit"]


def ladder(page):
    """A ladder, climbed with sound: the tempo after each round."""
    set_field(page, "countIn", "none")
    for name, value in (("ladderFrom", 240), ("ladderTo", 360), ("ladderBy", 60), ("ladderEvery", 1)):
        set_field(page, name, value)
    set_field(page, "ladderOn", True)
    set_field(page, "loop", "all")
    seen = []
    page.locator("[data-do=play]").click()
    for _ in range(50):
        page.wait_for_timeout(200)
        seen.append(int(page.locator(".rp-tempo b").text_content()))
    return seen


def accompany(page):
    """Lehra, drone, theka and click: the level on the bus of each."""
    names = [
        page.locator("[name=lehra] option").nth(i).text_content()
        for i in range(page.locator("[name=lehra] option").count())
    ]
    set_field(page, "lehra", 0)
    set_field(page, "countIn", "none")
    for name in ("thekaOn", "clickOn"):
        set_field(page, name, True)
    drone = page.evaluate("document.querySelector('[name=droneOn]').checked")
    play(page, 1000)
    return {
        "names": names,
        "drone": drone,
        "levels": page.evaluate(LEVEL, ["lehra", "drone", "theka", "click", "piece"]),
    }


def count_in(page):
    set_field(page, "countIn", "vibhag")
    set_field(page, "percent", 300)
    play(page, 3000)
    return [[light["kind"], light["index"]] for light in page.evaluate("lights")]


def keys(page):
    """Space, arrows and L."""
    page.locator("h1").first.click()
    at = "() => [document.querySelector('riyaz-player').beat, document.querySelector('riyaz-player').wish.loop]"
    result = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "l", "l"):
        page.keyboard.press(key)
        result.append(page.evaluate(at))
    page.keyboard.press(" ")
    result.append(page.locator("riyaz-player.rp-playing").count())
    page.wait_for_timeout(500)
    page.keyboard.press(" ")
    result.append(page.locator("riyaz-player.rp-playing").count())
    return result


def tap(page):
    """A touch on the third matra or bar, while it plays and while it does not."""
    cell = page.locator("[data-beat], .rp-bar-cell").nth(2)
    cell.click()
    before = page.evaluate("document.querySelector('riyaz-player').beat")
    set_field(page, "countIn", "none")
    play(page, 1500)
    lights = [light["index"] for light in page.evaluate("lights") if light["kind"] == "beat"]
    return {"beat": before, "first": lights[0]}


def score(page):
    """Which notes of an engraved score are lit."""
    set_field(page, "countIn", "none")
    page.locator("[data-do=play]").click()
    seen = []
    for _ in range(12):
        page.wait_for_timeout(250)
        seen.append(page.evaluate("[...document.querySelectorAll('.note.rp-lit')].map(e => e.dataset.ref)"))
    bars = page.evaluate("[...document.querySelectorAll('.measure.rp-now')].length")
    box = page.locator(".measure").nth(1).bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return {"lit": seen, "bars": bars, "beat": page.evaluate("document.querySelector('riyaz-player').beat")}


def one(page):
    """Two players and a sound file in one page: which of them play after each was started."""
    state = "() => [...document.querySelectorAll('riyaz-player')].map(p => p.classList.contains('rp-playing'))"
    result = []
    for n in (0, 1):
        page.locator("[data-do=play]").nth(n).click()
        page.wait_for_timeout(700)
        result.append(page.evaluate(state))
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_timeout(700)
    result.append(page.evaluate(state))
    return result


def targets(page):
    """What is smaller than a thumb, with each panel open."""
    small = page.evaluate(SMALL)
    for tab in ("tempo", "loop", "sounds"):
        page.locator(f"[data-open={tab}]").click()
        small += page.evaluate(SMALL)
    set_field(page, "loop", "range")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return {"small": small + page.evaluate(SMALL), "wide": wide}


def shelf(page):
    """Search, the list and what is kept after another visit."""
    page.evaluate("location.hash = ''")
    page.wait_for_timeout(100)
    result = {"all": page.locator(".pr-list li").count()}
    for text in ("teental", "jhap tal", "nothing such"):
        page.locator("#pr-search").fill(text)
        result[text] = page.locator(".pr-list li").count()
    page.locator("#pr-search").fill("")
    page.locator(".pr-list .pr-star").first.click()
    page.locator(".pr-list a").first.click()
    set_field(page, "percent", 400)
    set_field(page, "countIn", "none")
    set_field(page, "loop", "cycle")
    play(page, 5500)
    page.locator("[data-do=play]").click()
    result["done"] = page.locator(".pr-done").text_content()
    page.reload()
    page.wait_for_selector("riyaz-player.rp")
    result["kept"] = page.locator(".pr-done").text_content()
    page.evaluate("location.hash = ''")
    page.wait_for_timeout(100)
    page.locator("#pr-which").select_option("list")
    result["listed"] = page.locator(".pr-list li").count()
    return result


DROP = """([name, hex, type]) => {
  const data = new DataTransfer();
  const bytes = Uint8Array.from(hex.match(/../g) || [], pair => parseInt(pair, 16));
  data.items.add(new File([bytes], name, {type}));
  document.body.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data}));
}"""


def drop(page):
    """Files that are dropped: the line, the title, the sounds, how many of them are seen, and the strokes of bols."""
    result = []
    for file in json.loads(sys.argv[4]):
        page.evaluate(DROP, file)
        page.wait_for_timeout(800)
        said = page.locator(".pr-line")
        result.append(
            page.evaluate(
                """said => {
                  const player = document.querySelector('riyaz-player'), title = document.querySelector('.pr-stage h2');
                  const {piece, view} = player || {};
                  return [said, title ? title.textContent : '', piece ? [...piece.hits, ...piece.notes].map(
                    e => [e.beat, e.length, e.bol || e.pitch]) : [], view ? (view.bols || view.notes).length : 0,
                  piece ? piece.hits.map(hit => hit.strokes) : []];
                }""",
                said.text_content() if said.is_visible() else "",
            )
        )
    return result


def order(page):
    """The shelf, from top to bottom."""
    page.evaluate("location.hash = ''")
    page.wait_for_timeout(100)
    return page.locator(".pr-list a").all_text_contents()


def simulate(page):
    """The transport alone, on a clock that does not run: for each wish in the hash, what it says."""
    return [page.evaluate(SIMULATE, wish) for wish in json.loads(sys.argv[4])]


def says(page):
    """The line that is shown after Play."""
    play(page, 2500)
    return page.locator(".rp-line").text_content()


def locked(page):
    play(page, 500)
    page.locator("[data-do=play]").click()
    page.wait_for_timeout(100)
    return page.evaluate("window.locks")


FIRST = """addEventListener('DOMContentLoaded', () => {
  addEventListener('riyaz-light', ({detail}) => {
    if (['hit', 'note'].includes(detail.kind)) window.first = window.first || performance.now() / 1000;
  }, true);
  const player = document.querySelector('riyaz-player, riyaz-play'), phrase = player.querySelector('[name=phrase]');
  if (player.localName === 'riyaz-player') player.wish.countIn = 'none';
  else if (phrase) phrase.value = 'DhaDha TeTe DhaDha TuNa';
  else player.querySelector('[data-pitch="60"]').click();
  player.querySelector('[data-do=go], [data-do=play]').click();
});"""
INIT = {
    "opened": FIRST,
    "whole": FIRST + f"addEventListener('DOMContentLoaded', {LIGHTS});",
    "no_sound": "delete window.AudioContext; delete window.webkitAudioContext;",
    "silent": "AudioContext.prototype.resume = () => new Promise(() => {});"
    "Object.defineProperty(AudioContext.prototype, 'state', {get: () => 'suspended'});",
    "locked": """window.locks = []; Object.defineProperty(navigator, 'wakeLock', {value: {request: async kind => {
      window.locks.push(kind); return {release: async () => { window.locks.push('released'); }}; }}});""",
    "no_storage": "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }});",
}
RUNS = {"no_sound": says, "silent": says, "no_storage": shelf}


@contextmanager
def opened_page(path, width, init, found):
    """A page at `path`, before which the script `init` has run; errors, warnings and requests are added to `found`."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", *(["--autoplay-policy=no-user-gesture-required"] if FIRST in (init or "") else [])]
        program = playwright.chromium.launch(executable_path=browser.chromium(), args=options)
        context = program.new_context(viewport={"width": width, "height": 844}, has_touch=width < 600)
        page = context.new_page()
        page.on("console", lambda m: found.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: found.append(str(error)))

        def gate(route):
            if urlsplit(route.request.url).scheme in ("file", "data", "blob"):
                route.continue_()
            else:
                found.append(f"request: {route.request.url[:80]}")
                route.abort()

        context.route("**/*", gate)
        if init:
            context.add_init_script(init)
        page.goto(path)
        yield page
        program.close()


def main(name, path, width):
    found = []
    with opened_page(path, width, INIT.get(name), found) as page:
        if name != "whole":
            page.evaluate(LIGHTS)
        result = (RUNS.get(name) or globals()[name])(page)
    print(json.dumps({"result": result, "faults": found}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
