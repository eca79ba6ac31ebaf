"""The front page: ``python -m riyaz index`` makes reports/index.html.

It answers three questions on its first screen: what is this, how good is it, and what can I do now? Of each corpus of
params.yaml it shows one sentence of verdict, one piece with its notation, the three answers of
reports/metrics/<corpus>.json and doors to the other pages; below them what speaks against the network, all pieces, and
every step. `METHODS` orders the pieces: those that a listener should hear first come first.
"""

import csv
import hashlib
import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from riyaz import params
from riyaz.judge import verdict
from riyaz.music import engrave
from riyaz.report.figures import number, player_html
from riyaz.report.stages import CARDS, CELLS, LECTURE, STAGES
from riyaz.report.stylesheet import HERE, css
from riyaz.tabla import bhatkhande, notation, taals
from riyaz.tools import environment, files

# What a piece can be taken as: the end of its file's name, what the link says, and whether it is downloaded.
FORMATS = {
    ".mp3": ("MP3", True),
    ".html": ("sheet", False),
    ".svg": ("score", False),
    ".txt": ("notation", False),
    ".musicxml": ("MusicXML", True),
    ".mid": ("MIDI", True),
}
# How a piece was made, in words; the first are the best.
METHODS = {
    "kaida": "a performance in form",
    "in taal": "drawn freely, ending on sam",
    "sampled": "drawn freely",
    "from the same index": "continues a real piece",
    "argmax": "the lecture's method: always the likeliest token. The same tokens before it always lead to the same "
    "next one, so a phrase can repeat for ever",
}


def rank(method: str) -> int:
    """The place of a method in `METHODS`; others come before the lecture's two."""
    order = list(METHODS)
    return order.index(method) if method in order else len(order) - 2


def words(key: str) -> str:
    """A key of metrics.json as words."""
    return key.replace("_", " ")


def bars(values: Mapping[str, float]) -> list[dict[str, Any]]:
    """Numbers of one kind side by side, the smallest first, each with its length in percent of the largest."""
    largest = max((abs(value) for value in values.values()), default=0) or 1
    whole = all(float(value).is_integer() for value in values.values())
    decimals = 0 if whole else 1 if largest >= 100 else 2 if largest >= 1 else 3
    return [
        {"name": words(name), "text": number(value, decimals), "percent": f"{100 * abs(value) / largest:.1f}"}
        for name, value in sorted(values.items(), key=lambda item: (item[1], item[0]))
    ]


def measured(metrics: Mapping[str, Any]) -> tuple[str, dict[str, float]]:
    """What was predicted, and the bits per token of each model: over all folds where there are any."""
    of = metrics.get("over_folds") or metrics
    return str(of.get("of") or of.get("held_out", "")), dict(of.get("bits_per_token", {}))


def sentence(metrics: Mapping[str, Any]) -> str:
    """The verdict in one sentence: our model beside the best of the others on new pieces; "" without figures."""
    of, bits = measured(metrics)
    ours = {name: value for name, value in bits.items() if name.startswith("network")}
    others = {name: value for name, value in bits.items() if name not in ours}
    if not ours or not others:
        return ""
    mine, best = min(ours.values()), min(others, key=lambda name: (others[name], name))
    how = "better than the best classical model"
    if mine >= others[best]:
        how = f"no {how}"
    elif verdict.better((metrics.get("over_folds") or metrics).get("saved_bits", {})) != verdict.YES:
        how += ", though that may be chance"
    return (
        f"It predicts new music {how}: each token surprises it by {mine:.2f} bits, the {best} by {others[best]:.2f} "
        f"({of.split(',')[0]})."
    )


def findings(metrics: Mapping[str, Any]) -> list[str]:
    """What speaks against the network, a sentence each, as far as metrics.json has it."""
    result = []
    beyond = metrics.get("features_beyond", [])
    if beyond:
        result.append(f"Measured one by one, its pieces are unlike human ones in: {', '.join(beyond)}.")
    struck = metrics.get("sams_struck") or {}
    free, human = struck.get("pieces drawn freely"), struck.get("held-out pieces of equal length")
    if free is not None and human is not None and free < human:
        result.append(f"Pieces drawn freely strike {free:.0%} of their sams, human pieces {human:.0%}.")
    form = metrics.get("form") or {}
    if {"pieces drawn freely", "the held-out pieces"} <= form.keys():
        drawn, held_out = form["pieces drawn freely"], form["the held-out pieces"]
        if drawn < held_out:
            result.append(f"{drawn:.0%} of its notes lie in one key, {held_out:.0%} of those of human pieces.")
    ended = metrics.get("ended")
    if ended is not None and ended < 1:
        result.append(f"{1 - ended:.0%} of its free pieces come to no end of their own.")
    first = metrics.get("first_occurrences", {})
    new = first.get("bits_per_token", {})
    if {"network", "network + memory"} <= new.keys():
        cost = first["share"] * (new["network + memory"] - new["network"])
        if cost >= verdict.NOTHING:
            result.append(f"Where a piece says something new, its memory costs {cost:.2f} bits per token.")
    of = metrics.get("over_folds") or metrics
    rivals, others = of.get("saved_bits", {}), (of.get("transformer") or {}).get("saved_bits", {})
    if others:
        best = min(others, key=lambda name: others[name]["bits"])
        rivals = {**rivals, best: others[best]}
    result += [
        f"In bits per token it {verdict.against(name, row)}."
        for name, row in rivals.items()
        if (row.get("high") or 0) < 0
    ]
    share = (metrics.get("looped") or {}).get("argmax")
    if share:
        result.append(f"The lecture's way of choosing, always the likeliest token, loops in {share:.0%} of its pieces.")
    looped = [piece for piece in metrics.get("pieces", []) if piece.get("loop")]
    result += [f"Piece {piece['piece']} ({piece['method']}) loops: {piece['loop']}." for piece in looped]
    return result


def keeps_form(form: Mapping[str, float]) -> list[dict[str, str]]:
    """A fourth answer, for bols: whether what is made in form passes as many checks as the repertoire; [] for notes.

    Parameters
    ----------
    form : of metrics.json: the share of the checks of taal and form that pass, by group.
    """
    human = form.get("the repertoire")
    made = {name: form[name] for name in ("performances in form", "pieces in taal") if name in form}
    if human is None or not made:
        return []
    shares = ", ".join(f"{share:.0%} in {name}" for name, share in {**made, "the repertoire": human}.items())
    answer = verdict.YES if min(made.values()) >= human else verdict.NO
    return [{"question": "Does it keep taal and form?", "answer": answer, "why": f"Checks that pass: {shares}."}]


def pieces(folder: Path) -> list[dict[str, Any]]:
    """The pieces of reports/<corpus>/pieces/pieces.csv, the best first, each with its player and what it can be had as.

    The order is that of `METHODS`, and of one method those without a loop first.
    """
    table = folder / "pieces" / "pieces.csv"
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    rows.sort(key=lambda row: (rank(row.get("method") or ""), bool(row.get("loop")), row["piece"]))
    result = []
    for row in rows:
        name, method = row["piece"], row.get("method") or ""
        kinds = [(folder / "pieces" / f"{name}{end}", *kind) for end, kind in FORMATS.items()]
        links = [(text, address(folder, file), takes) for file, text, takes in kinds if file.is_file()]
        sound = next((link for text, link, _ in links if text == "MP3"), "")
        taal = taals.TAALS.get(row.get("taal") or "")
        title = " · ".join(filter(None, (f"Piece {name}", method, taal.title if taal else row.get("taal"))))
        result.append(
            {
                "name": name,
                "method": method,
                "title": title,
                "player": player_html(sound, title) if sound else "",
                "note": "; ".join(filter(None, (METHODS.get(method), row.get("loop")))),
                "links": links,
            }
        )
    return result


def seen(folder: Path, name: str) -> str:
    """HTML of a piece's beginning: the first section of a composition, or the first line of a score; "" for neither."""
    text, score = folder / "pieces" / f"{name}.txt", folder / "pieces" / f"{name}.musicxml"
    if text.is_file():
        composition = notation.read_file(text)
        first = composition.sections[0]
        return bhatkhande.table(first.events, composition.taal, script="roman")
    if score.is_file():
        return f'<div class="score">{engrave.first_line(score.read_text(encoding="utf-8"), "The first line")}</div>'
    return ""


def best(folder: Path, known: list[dict[str, Any]]) -> dict[str, str] | None:
    """The first piece that can be heard, with its beginning to see; None where none can be heard."""
    first = next((piece for piece in known if piece["player"]), None)
    return {"player": first["player"], "seen": seen(folder, first["name"])} if first else None


def address(folder: Path, file: Path) -> str:
    """The link from reports/index.html to a file of a corpus."""
    return "/".join(quote(part) for part in (folder.name, *file.relative_to(folder).parts))


def reports(folder: Path) -> list[tuple[str, str, str]]:
    """`(name, link, question)` of each stage's page and of the cards, whether or not they have been made already."""
    return [
        (words(name), address(folder, folder / f"{name}.html"), question) for name, question in (STAGES | CARDS).items()
    ]


def doors(folder: Path) -> list[tuple[str, str]]:
    """`(text, link)`: what can be done with a corpus now."""
    return [
        ("Practise", address(folder, folder / "practice.html")),
        ("Play with it", address(folder, folder / "play.html")),
        ("Hear all, see all", address(folder, folder / "generate.html")),
        ("The figures", address(folder, folder / "evaluate.html")),
        ("The lecture", "lecture.html"),
        ("Your own folder", "#own"),
    ]


def corpus(folder: Path) -> dict[str, Any]:
    """All that the index says of one corpus.

    Raises
    ------
    ValueError : its metrics are no mapping in JSON.
    """
    path = folder.parent / "metrics" / f"{folder.name}.json"
    try:
        metrics = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if not isinstance(metrics, dict):
            raise ValueError("it holds no mapping")
    except ValueError as error:
        raise ValueError(f"{path.relative_to(folder.parents[1])}: {error}; run dvc repro evaluate") from error
    known = pieces(folder)
    of, bits = measured(metrics)
    return {
        "name": folder.name,
        "sentence": sentence(metrics),
        "tiles": [*metrics.get("verdict", []), *keeps_form(metrics.get("form") or {})],
        "findings": findings(metrics),
        "bars": bars(bits),
        "bars_of": of,
        "best": best(folder, known),
        "pieces": known,
        "doors": doors(folder),
        "reports": reports(folder),
    }


def digests(root: Path) -> str:
    """The beginnings of the digests of what a run is made from: settings and pinned libraries."""
    given = [root / name for name in ("params.yaml", "requirements.txt")]
    return " and ".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()[:12]} ({path.name})" for path in given if path.is_file()
    )


def citation() -> str:
    """An entry for BibTeX."""
    return (
        "@software{riyaz,\n  title = {Riyaz: recurrent networks for music, trained and judged reproducibly},\n"
        f"  version = {{{version('riyaz')}}},\n  license = {{MIT}}\n}}"
    )


def render(root: Path, names: list[str]) -> str:
    """The page, for the corpora `names` in `root`/reports; those without a report are left out."""
    folders = [root / "reports" / name for name in names]
    jinja = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    html = jinja.get_template("home.html.j2").render(
        corpora=[corpus(folder) for folder in folders if folder.is_dir()],
        others=[
            ("lecture", "lecture.html", LECTURE),
            ("cells", "cells.html", CELLS),
            ("benchmarks", "benchmarks.html", "How fast is it, beside the usual alternatives?"),
        ],
        css=css(),
        version=version("riyaz"),
        digests=digests(root),
        citation=citation(),
    )
    return re.sub(r"\n{2,}", "\n", html) + "\n"


def run(arguments: list[str]) -> int:
    """Write reports/index.html."""
    root = environment.checkout()
    html = render(root, list(params.load(path=root / "params.yaml").corpora))
    files.write(root / "reports" / "index.html", html)
    return 0
