"""Play with the network in headless Chromium as a player would, and report what came of it, as JSON.

``python drive_play.py SCENARIO PAGE WIDTH`` runs one function below, whose argument comes as JSON from the standard
input; Playwright would leave an event loop in the test's own process.
"""

import json
import sys
from pathlib import Path

from drive import DROP, FIRST, LIGHTS, SMALL, opened_page

READ = """pieces => {
  const play = document.querySelector('riyaz-play');
  return pieces.map(tokens => {
    const mind = new play.Mind(play.model);
    return tokens.slice(1).map((token, i) => {
      const row = [Array.from(mind.logs, x => x), Array.from(mind.predicted(1), x => x), mind.grammar.allowed()];
      mind.read(token);
      return row;
    });
  });
}"""
SPEED = """tokens => {
  const play = document.querySelector('riyaz-play'), mind = new play.Mind(play.model), times = [];
  for (const token of tokens) {
    const start = performance.now();
    mind.next({temperature: 1, memory: 1, argmax: false});
    mind.read(token);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}"""
EVENTS = """() => (document.querySelector('riyaz-play').piece?.events || []).map(
  e => [e.beat, e.length, e.names, e.held, e.by, e.lands])"""
HEARD = """() => {
  const play = document.querySelector('riyaz-play');
  window.struck = [];
  for (const name of ['strike', 'note']) {
    const real = play.engine[name].bind(play.engine);
    play.engine[name] = (what, time, ...others) => { window.struck.push(time); real(what, time, ...others); };
  }
}"""


def do(page, name):
    page.locator(f"[data-do={name}]").click()


def set_field(page, name, value):
    page.evaluate(
        """([name, value]) => {
          const field = document.querySelector(`riyaz-play [name="${name}"]`);
          field.value = String(value);
          for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
        }""",
        [name, value],
    )


def line(page):
    return page.locator(".pl-line").text_content()


def read(page, pieces):
    """Of each step of each piece: the network's logs, those with the memory, and what the grammar allows."""
    return page.evaluate(READ, pieces)


def speed(page, tokens):
    """Milliseconds of a step, the median."""
    return page.evaluate(SPEED, tokens)


def saved(page, name):
    with page.expect_download() as download:
        do(page, name)
    return Path(download.value.path()).read_bytes().hex()


def go_on(page, given):
    """Begin, let the network go on for some seconds, stop, and save."""
    page.evaluate(HEARD)
    page.evaluate(LIGHTS)
    set_field(page, "tempo", 240)
    if "phrase" in given:
        set_field(page, "phrase", given["phrase"])
    for pitch in given.get("keys", ()):
        page.locator(f"[data-pitch='{pitch}']").click()
    do(page, "go")
    page.wait_for_timeout(given.get("wait", 6000))
    do(page, "stop")
    return {
        "events": page.evaluate(EVENTS),
        "struck": page.evaluate("window.struck.length"),
        "late": page.evaluate("window.lights.map(light => light.heard - light.time)"),
        "chances": page.locator(".pl-next li").all_text_contents(),
        "midi": saved(page, "midi"),
        "text": saved(page, "text"),
        "line": line(page),
    }


def answer(page, lines):
    """Lines, each answered."""
    set_field(page, "tempo", 240)
    result = []
    for phrase in lines:
        set_field(page, "phrase", phrase)
        do(page, "answer")
        page.wait_for_timeout(300)
        result.append(page.evaluate(EVENTS))
    do(page, "stop")
    return {"events": result, "text": saved(page, "text"), "line": line(page)}


def tapped(page, taps):
    """A phrase of taps on the bols, and how many of them sound."""
    page.evaluate(HEARD)
    for bol in taps:
        page.locator(f"[data-bol='{bol}']").click()
    page.wait_for_timeout(1500)
    return [page.locator("[name=phrase]").input_value(), page.evaluate("window.struck.length")]


def says(page, given):
    """What the page says of something that cannot be done, and what stands in the field and the piece after it."""
    for name, value in given.get("set", {}).items():
        set_field(page, name, value)
    for pitch in given.get("keys", ()):
        page.locator(f"[data-pitch='{pitch}']").click()
    if "do" in given:
        do(page, given["do"])
    page.wait_for_timeout(given.get("wait", 500))
    phrase = page.locator("[name=phrase]")
    return [line(page), phrase.input_value() if phrase.count() else "", len(page.evaluate(EVENTS))]


def argmax(page, phrase):
    """The same beginning twice, with the likeliest each time."""
    result = []
    set_field(page, "how", "argmax")
    set_field(page, "tempo", 240)
    for _ in range(2):
        do(page, "clear")
        set_field(page, "phrase", phrase)
        do(page, "go")
        page.wait_for_timeout(4000)
        do(page, "stop")
        result.append(page.evaluate(EVENTS))
    return result


def targets(page, _):
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    return {
        "small": page.evaluate(SMALL.replace("label.rp-check", "label.pl-check")),
        "wide": page.evaluate("document.documentElement.scrollWidth - innerWidth"),
    }


def finished(page):
    """Wait until a kaida is made, or a line says why not."""
    page.wait_for_function(
        "() => { const play = document.querySelector('riyaz-play'); return play.timer || !play.making; }", timeout=90000
    )


def kaida(page, given):
    """A performance of a theme of the page, or of a typed one: what is played, and what is saved."""
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    for name, value in given.items():
        set_field(page, name, value)
    do(page, "kaida")
    finished(page)
    said = line(page)
    do(page, "stop")
    count = "document.querySelector('riyaz-play').piece.events"
    return {
        "line": said,
        "events": page.evaluate(EVENTS),
        "chosen": page.evaluate(f"{count}.filter(e => e.choice).map(e => e.choice.allowed.length)"),
        "text": saved(page, "text") if page.evaluate(f"{count}.length") else "",
    }


WALK = """() => {
  const play = document.querySelector('riyaz-play'), kaida = new play.Kaida(play.model.kaida, play.model.rules.beat);
  return play.model.kaida.themes.map(theme => kaida.plan(theme).filter(one => one.free).map(({free}) => {
    const rows = [], row = [];
    while (row.reduce((sum, [, ticks]) => sum + ticks, 0) < free.rules.ticks) {
      const options = [...free.options(row).values()];
      rows.push(options.map(({sound, ways}) => [...sound, String(ways)]));
      row.push(options[rows.length % options.length].sound);
    }
    return rows;
  }));
}"""
TYPED = """([row, matras, vibhags, least]) => {
  const play = document.querySelector('riyaz-play'), kaida = new play.Kaida(play.model.kaida, play.model.rules.beat);
  const theme = new play.Theme(kaida, row, {matras, vibhags, title: 'it'});
  const ways = frees => frees.map(free => String(free.whole()));
  const ideas = theme.ideas().map(({idea, returns, frees}) => [idea, returns, ways(frees), frees[0].rules.even]);
  const {tihai, tihais} = theme.tihai(least);
  return [ideas, tihai, tihais];
}"""


def walk(page, _):
    """Of each theme, of each free part: what may follow, and in how many ways, along one filling."""
    return page.evaluate(WALK)


def typed(page, themes):
    """Of typed themes, the ideas with the number of fillings of each free part, and the tihai."""
    return [page.evaluate(TYPED, theme) for theme in themes]


def drop(page, files):
    """Files that are dropped one after the other: what is said of each, and the piece after it."""
    result = []
    for file in files:
        page.evaluate(DROP, file)
        page.wait_for_timeout(1500)
        result.append([line(page), page.evaluate(EVENTS)])
    return result


def first_screen(page, _):
    """Where the last bol to tap and the button to go on end, in pixels from the top."""
    boxes = [page.locator(name).last.bounding_box() for name in ("[data-bol]", "[data-do=go]")]
    return [box["y"] + box["height"] for box in boxes]


def opened(page, _):
    """Seconds from opening the page to its first sound, Go on being touched as soon as it is there."""
    page.wait_for_function("window.first", timeout=20000)
    return page.evaluate("window.first")


SAYS = {
    "opened": FIRST,
    "no_sound": "delete window.AudioContext; delete window.webkitAudioContext;",
    "silent": "AudioContext.prototype.resume = () => new Promise(() => {});"
    " Object.defineProperty(BaseAudioContext.prototype, 'state', {get: () => 'suspended'});",
    "no_midi": "Object.defineProperty(navigator, 'requestMIDIAccess', {value: undefined});",
    "no_keyboard": "navigator.requestMIDIAccess = async () => ({inputs: new Map()});",
    "refused": "navigator.requestMIDIAccess = async () => { throw new Error('denied'); };",
    "keyboard": """const keyboard = {name: 'Keys'}, inputs = new Map([['a', keyboard]]);
      navigator.requestMIDIAccess = async () => ({inputs});
      window.press = (pitch, timeStamp) => keyboard.onmidimessage({data: [0x90, pitch, 90], timeStamp});""",
}


def keyboard(page, pressed):
    """Notes of a MIDI keyboard, as (pitch, milliseconds)."""
    do(page, "keyboard")
    page.wait_for_timeout(200)
    said = line(page)
    for pitch, time in pressed:
        page.evaluate("([pitch, time]) => window.press(pitch, time)", [pitch, time])
        page.wait_for_timeout(300)
    return [said, page.evaluate(EVENTS)]


def main(name, path, width):
    found = []
    with opened_page(path, width, SAYS.get(name), found) as page:
        scenario = globals().get(name, says)
        result = scenario(page, json.load(sys.stdin))
    print(json.dumps({"result": result, "faults": found}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
