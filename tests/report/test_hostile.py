"""Hostile text in every field of every reader, shown on every kind of page: it is text, and no script runs."""

import json

import browser
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from riyaz.judge import cards
from riyaz.music import engrave, midi, musicxml, overview, readers
from riyaz.music.events import TICKS, from_notes
from riyaz.report import figures, index, pages
from riyaz.tabla import bhatkhande, notation
from riyaz.tools import escape
from riyaz.tools.fuzz import SEEDS as SOUND

EVIL = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>\"><svg onload=window.hacked=1>"
EVIL += r" $\frac{1}{$ *a* {{b}}"
NAME = EVIL.replace("/", "∕")
TUNE = from_notes(np.arange(16) * TICKS, np.full(16, TICKS), 60 + np.arange(16) % 5)[0]


def fill(folder):
    """A file of each reader with hostile text wherever its format has text, under a hostile name; one file is bad."""
    xml, good = (
        escape.html(EVIL),
        {name: [data.decode("latin-1") for _, data in seeds] for name, seeds in SOUND.items()},
    )
    work = f"<work><work-title>{xml}</work-title></work><identification><creator type='composer'>{xml}</creator>"
    work += f"<rights>{xml}</rights></identification><part-list>"
    tabla = f"title: {EVIL}\ntaal: dadra\nform: kaida\nsource: {EVIL}\ngharana: {EVIL}\n\n[theme]\n"
    files = {
        "score": {
            ".musicxml": good["score"][0].replace("<part-list>", work, 1).replace("Flute", xml),
            ".abc": f"X:1\nT:{EVIL}\nC:{EVIL}\nM:4/4\nL:1/4\nK:C\nCDEF|\n",
            ".krn": f"!!!OTL: {EVIL}\n!!!COM: {EVIL}\n{good['score'][2]}",
        },
        "tabla": {".txt": f"{tabla}DhaTe TeDha TuNa | TaTe TeDha TuNa |\n"},
        "mts": {".txt": good["mts"][0].replace("A kaida", EVIL).replace("Theme", EVIL.replace("'", ""))},
        "pianoroll": {".json": json.dumps({"train": [[[60], [62]] * 8]})},
        "midi": {},
    }
    for reader, own in files.items():
        (folder / reader).mkdir(parents=True)
        for suffix, text in own.items():
            (folder / reader / f"{NAME}{suffix}").write_text(text, encoding="utf-8")
    midi.write(folder / "midi" / f"{NAME}.mid", TUNE, {"title": EVIL, "metre": "4/4", "tempo": 90})
    (folder / "midi" / f"{NAME}2.mid").write_bytes(b"<script>window.hacked=1</script>")
    return list(files)


@pytest.fixture
def shown(monkeypatch):
    """What is displayed goes into a list of a notebook's outputs."""
    outputs = []

    def display(what):
        kind = "text/markdown" if isinstance(what, figures.Markdown) else "text/html"
        outputs.append(new_output("display_data", {kind: what.data}))

    monkeypatch.setattr(figures, "display", display)
    with plt.rc_context():
        plt.switch_backend("agg")
        figures.theme()
        yield outputs
        plt.close("all")


def drawn(path, title):
    """A figure with the text wherever a figure may have text."""
    fig, ax = plt.subplots()
    ax.bar([escape.label(title), "b"], [1, 2], label=title[:40])
    ax.set(title=escape.label(title), xlabel=title[:40], ylabel=title[:40])
    ax.text(0, 0, title[:40])
    ax.legend(title=title[:40])
    figures.save(fig, path)
    return new_output("display_data", {"image/svg+xml": path.read_text(encoding="utf-8")})


def told(outputs, piece, folder):
    """One piece, shown in all the ways in which the notebooks show one."""
    about = piece.about
    said = sorted({piece.name, *(str(value) for value in about.values() if isinstance(value, str))})
    for text in said:
        figures.caption(text)
        figures.note(f"- **{escape.markdown(text)}**: {escape.code(text)}\n- {escape.markdown(text)}")
        if "hacked" in text:
            outputs.append(drawn(folder / "figure.svg", text))
    figures.table(overview.rows(piece.events, "beat"), f"The first events of {piece.name}")
    figures.table(pd.DataFrame([said], columns=[text[:30] for text in said]), EVIL)
    if about["kind"] == "bols":
        html = bhatkhande.table(piece.events, about["taal"], EVIL, sections=about.get("sections"))
    else:
        html = "".join(engrave.svg(musicxml.write_musicxml(piece.events, about), EVIL))
    figures.display(figures.HTML(html + bare(figures.player_html("", EVIL))))


def bare(player):
    """A player without a sound that would have to load."""
    return player.replace("<audio", "<p hidden").replace("</audio", "</p")


def test_texts_of_all_readers_are_text_on_every_page(tmp_path, shown):
    made, corpora = [], tmp_path / "corpora"
    for reader in fill(corpora):
        pieces, files = readers.read_corpus(corpora / reader, reader)
        shown.clear()
        figures.table(readers.shown(files))
        figures.table(readers.reasons(files))
        for piece in pieces[:1]:
            told(shown, piece, tmp_path)
        rows = pd.DataFrame({"part": "train", "family": 0, "tokens": 9}, index=range(len(pieces)))
        about = dict.fromkeys(("path", "source", "licence"), EVIL)
        about |= {"reader": reader, "scheme": "event", "grid": [], "vocabulary": 9, "seed": 1}
        card = cards.data_card("mine", about, pieces, rows, files, 0)
        notebook = new_notebook(cells=[new_markdown_cell("# T"), new_code_cell(f"x = {EVIL!r}", outputs=list(shown))])
        for name, html in (("page", pages.render(notebook, "cells")), ("card", markdown2html_mistune(card))):
            made.append(tmp_path / f"{reader}_{name}.html")
            html = html if name == "page" else f"<!DOCTYPE html><meta charset=utf-8><link rel=icon href='data:,'>{html}"
            made[-1].write_text(html, encoding="utf-8")
        if reader in ("tabla", "mts"):
            made.append(tmp_path / f"{reader}_sheet.html")
            made[-1].write_text(bhatkhande.sheet(pieces[0].events, pieces[0].about), encoding="utf-8")
    reports = tmp_path / "reports"
    (reports / "mine" / "pieces").mkdir(parents=True)
    (reports / "metrics").mkdir()
    (reports / "metrics" / "mine.json").write_text(
        json.dumps({"verdict": [{"question": EVIL, "answer": EVIL, "why": EVIL}], EVIL: {EVIL: 1, "b": 2}, "why": EVIL})
    )
    columns = {"piece": [EVIL.replace("/", "")], "method": [EVIL], "taal": [EVIL], "events": [EVIL], "loop": [EVIL]}
    pd.DataFrame(columns).to_csv(reports / "mine" / "pieces" / "pieces.csv")
    made.append(tmp_path / "front.html")
    made[-1].write_text(index.render(tmp_path, ["mine"]), encoding="utf-8")
    for page in made:
        text = page.read_text(encoding="utf-8")
        assert "<script>window" not in text, page
        assert "<img src=x" not in text, page
        assert "<svg onload" not in text, page
        assert "hacked" in text, page
    if browser.chromium() is not None:
        faults = [fault for found in browser.faults(made).values() for fault in found]
        assert not [fault for fault in faults if fault.startswith("a script")]


def test_a_written_composition_with_a_hostile_title_is_read_back():
    composition = notation.read(f"title: {EVIL}\ntaal: dadra\n\n[theme]\nDhaTe TeDha TuNa | TaTe TeDha TuNa |\n", "a")
    assert notation.read(notation.write(composition), "a").title == EVIL
