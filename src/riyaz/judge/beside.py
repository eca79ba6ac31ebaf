"""Side by side, to see and hear: human or machine, blind first; and a copied run beside its source.

All sound has one loudness, tempo and instrument. The answers to the blind question can be saved in the form of a
listening test (`riyaz.judge.listening`), with the key that belongs to them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from riyaz.judge import listening
from riyaz.music import engrave, musicxml
from riyaz.music.events import TICKS, Piece, beat_of
from riyaz.report.figures import embedded, player_html
from riyaz.tabla import bhatkhande
from riyaz.tools import escape, parallel

CLIPS, SECONDS = 3, 12  # of each group, and of each clip
PASSAGES = 3
RATE = 24000  # samples a second: the sound travels in the page
WHOSE = {"human": "A human piece, held out", "network": "The network's", "n-gram": "An n-gram's"}


@dataclass(frozen=True)
class Clip:
    """An excerpt: whose it is, the name of its piece, the beat that it starts at, and its events."""

    group: str
    name: str
    start: int
    piece: Piece


def _beats(tempo: float) -> int:
    """How many beats a clip has."""
    return max(1, round(SECONDS * tempo / 60))


def clips(groups: Mapping[str, Sequence[Piece]], tempo: float, seed: int) -> list[Clip]:
    """The first excerpts of each group in an order drawn by the seed; as many of each group, none if one has none."""
    excerpts_of = {group: listening.excerpts(pieces, _beats(tempo), CLIPS) for group, pieces in groups.items()}
    n = min(map(len, excerpts_of.values()), default=0)
    chosen = [Clip(group, one.name, at, one) for group, many in excerpts_of.items() for at, one in many[:n]]
    return [chosen[k] for k in np.random.default_rng(seed).permutation(len(chosen))]


def seen(piece: Piece, title: str, marked: tuple[int, int] = (0, 0)) -> str:
    """HTML of a piece as it is written; what sounds from tick to tick of `marked` is underlined or coloured."""
    if piece.about["kind"] == "bols":
        return bhatkhande.table(piece.events, piece.about["taal"], script="roman", marked=marked)
    xml = musicxml.write_musicxml(piece.events, {**piece.about, "title": title})
    first, last = marked[0] / TICKS, marked[1] / TICKS
    notes = [name for beat, begin, _ in engrave.timing(xml)["notes"] if first <= beat < last for name in begin]
    rule = ",".join(f'[data-ref="{escape.html(name)}"]' for name in notes)
    style = f"<style>{rule}{{fill:#d55e00;stroke:#d55e00}}</style>" if notes else ""
    return f'{style}<div class="score">{"".join(engrave.svg(xml, escape.line(title)))}</div>'


def quiz(asked: Sequence[Clip], tempo: float, seed: int, corpus: str) -> str:
    """HTML: each clip to hear, to judge and only then to see; no clips give a sentence."""
    if not asked:
        return "<p>The pieces are too short for clips of equal length.</p>"
    beats = _beats(tempo)
    heard = partial(listening.mp3, tempo=tempo, seconds=beats * 60 / tempo, rate=RATE, mono=True)
    sounds = parallel.threads(heard, [clip.piece for clip in asked])
    named = [
        {"clip": f"{n:02d}", "group": clip.group, "piece": clip.name, "start": clip.start}
        for n, clip in enumerate(asked, 1)
    ]
    about: dict[str, Any] = {"format": listening.FORMAT, "test": listening.named(sounds)}
    key = about | {"seed": seed, "tempo": tempo, "beats": beats, "groups": list(WHOSE), "clips": named}
    shown = "".join(_asked(n, clip, sound) for n, (clip, sound) in enumerate(zip(asked, sounds, strict=True), 1))
    options = "".join(
        f'<option value="{n}">{text}</option>' for n, text in enumerate(listening.EXPERTISE["options"], 1)
    )
    address = "data:application/json;charset=utf-8," + quote(json.dumps(key, ensure_ascii=False, indent=1) + "\n")
    return f"""<div class="beside" data-test="{about["test"]}" data-format="{about["format"]}">{shown}
<p class="score-so-far" aria-live="polite"></p>
<p><label>{listening.EXPERTISE["question"]} <select><option value="">–</option>{options}</select></label></p>
<p><button type="button" class="save" disabled>Save my answers</button>
<a class="take" download="key.json" href="{address}">Their key</a></p>
<p class="hint">The notebook listening reads them: the key belongs into <code>listening/{escape.html(corpus)}</code>,
the answers into its folder <code>answers</code>.</p></div>
<script>{SCRIPT}</script>"""


def _asked(number: int, clip: Clip, sound: bytes) -> str:
    whose = (
        f"{WHOSE.get(clip.group, clip.group)}: {clip.name}, from {beat_of(clip.piece.about['kind'])} {clip.start + 1}"
    )
    buttons = "".join(
        f'<button type="button" value="{guess}" aria-pressed="false">{text}</button> '
        for guess, text in (("human", "A human"), ("machine", "A machine"))
    )
    return (
        f'<section class="piece blind" data-clip="{number:02d}" data-group="{escape.html(clip.group)}">'
        f"<h4>Clip {number}</h4>{player_html(embedded(sound), f'Clip {number}')}<p>{buttons}</p>"
        f"<div hidden><p><b>{escape.html(whose)}</b></p>{seen(clip.piece, f'Clip {number}')}</div></section>"
    )


def passages(runs: pd.DataFrame, drawn: Sequence[Piece], train: Sequence[Piece], licence: str, tempo: float) -> str:
    """HTML of the longest runs that drawn pieces share with training pieces, each beside its source.

    Parameters
    ----------
    runs : rows of `originality.runs` of one group and mode. licence : of the corpus, where a piece names none.

    Returns
    -------
    For the `PASSAGES` longest runs whole cycles of both pieces, the run marked; a sentence where nothing is shared.
    """
    shared = runs[runs["run"] > 0].sort_values(["run", "piece"], ascending=[False, True]).drop_duplicates("source")
    own, others = ({piece.name: piece for piece in pieces} for pieces in (drawn, train))
    if shared.empty:
        return "<p>No drawn piece shares a run with a training piece.</p>"
    blocks = []
    for row in shared.head(PASSAGES).to_dict("records"):
        source = others[row["source"]]
        under = source.about.get("licence") or licence or "not stated"
        sides = (
            (own[row["piece"]], row["at"], f"Drawn: {row['piece']}", ""),
            (source, row["source_at"], f"Source: {row['source']}", f"Licence: {under}"),
        )
        blocks += [_passage(piece, at, row["beats"], title, note, tempo) for piece, at, title, note in sides]
    return "".join(blocks)


def _passage(piece: Piece, at: float, beats: float, title: str, note: str, tempo: float) -> str:
    """One side: the whole cycles around a run of `beats` beats from beat `at` on, to see and to hear, and a note."""
    whole = listening.cycle(piece.about)
    first = int(at // whole) * whole
    last = min(-int(-(at + beats) // whole) * whole, -int(-piece.beats // 1))
    excerpt = listening.cut(piece, first, last - first)
    marked = round((at - first) * TICKS), round((at - first + beats) * TICKS)
    sound = listening.mp3(excerpt, tempo, (last - first) * 60 / tempo, RATE, mono=True)
    heading = f"{title}, from {beat_of(piece.about['kind'])} {first + 1}"
    below = f"<p>{escape.html(note)}</p>" if note else ""
    shown = f"{player_html(embedded(sound), heading)}{seen(excerpt, title, marked)}{below}"
    return f'<section class="piece"><h4>{escape.html(heading)}</h4>{shown}</section>'


SCRIPT = """(function () {
  document.querySelectorAll(".beside").forEach(function (box) {
    var clips = [].slice.call(box.querySelectorAll(".blind")), answers = [], save = box.querySelector(".save");
    var level = box.querySelector("select");
    function ready() { save.disabled = !answers.length || !level.value; }
    clips.forEach(function (clip) {
      var audio = clip.querySelector("audio"), heard = 0, last = 0;
      audio.addEventListener("timeupdate", function () {
        var step = audio.currentTime - last;
        if (step > 0 && step < 1.5) heard += step;
        last = audio.currentTime;
      });
      var buttons = [].slice.call(clip.querySelectorAll("button"));
      buttons.forEach(function (button) {
        button.addEventListener("click", function () {
          var right = (clip.dataset.group === "human") === (button.value === "human");
          button.setAttribute("aria-pressed", "true");
          buttons.forEach(function (one) { one.disabled = true; });
          clip.querySelector("[hidden]").hidden = false;
          var seconds = Math.round(heard * 10) / 10;
          answers.push({right: right, clip: clip.dataset.clip, guess: button.value, seconds: seconds});
          box.querySelector(".score-so-far").textContent = answers.filter(function (one) { return one.right; }).length +
            " of " + answers.length + " guesses are right.";
          dispatchEvent(new Event("resize"));
          ready();
        });
      });
    });
    level.addEventListener("change", ready);
    save.addEventListener("click", function () {
      var listener = [].map.call(crypto.getRandomValues(new Uint8Array(4)), function (b) {
        return b.toString(16).padStart(2, "0"); }).join("");
      var given = {format: box.dataset.format, test: box.dataset.test, listener: listener, expertise: +level.value,
        answers: answers.map(function (one) {
          return {clip: one.clip, guess: one.guess, known: false, seconds: one.seconds}; })};
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(given, null, 1) + "\\n"], {type: "application/json"}));
      link.download = "answers-" + box.dataset.test.slice(0, 8) + "-" + listener + ".json";
      link.click();
    });
  });
})();"""
