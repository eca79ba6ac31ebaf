"""The front page: ``python -m riyaz index`` makes reports/index.html.

It shows, of each corpus of params.yaml, the verdict and the figures in reports/metrics/<corpus>.json, the pieces in
reports/<corpus>/pieces/, and links to every report. Figures that it does not know are shown by their keys.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from riyaz import params
from riyaz.report import pages as page
from riyaz.report.figures import number, player_html
from riyaz.report.stages import CELLS, STAGES
from riyaz.tools import environment, files

# What a piece can be taken as: the end of its file's name, and what the link says.
FORMATS = {
    ".mid": "MIDI",
    ".musicxml": "MusicXML",
    ".txt": "notation",
    ".svg": "score",
    ".html": "sheet",
    ".mp3": "MP3",
}


def words(key: str) -> str:
    """A key of metrics.json as words."""
    return key.replace("_", " ")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def bars(values: dict[str, float]) -> list[dict[str, Any]]:
    """Numbers of one kind side by side, the smallest first, each with its length in percent of the largest."""
    largest = max((abs(value) for value in values.values()), default=0) or 1
    whole = all(float(value).is_integer() for value in values.values())
    decimals = 0 if whole else 1 if largest >= 100 else 2 if largest >= 1 else 3
    return [
        {"name": words(name), "text": number(value, decimals), "percent": f"{100 * abs(value) / largest:.1f}"}
        for name, value in sorted(values.items(), key=lambda item: (item[1], item[0]))
    ]


def headlines(metrics: dict[str, Any]) -> dict[str, Any]:
    """Sort what metrics.json holds by how it is shown.

    Returns
    -------
    verdict : question, answer and reason in a line; groups : `(title, bars)` for each mapping of names to numbers of
        one sign; facts : `(name, text)` for single numbers and words, and for intervals, which have a `low` and a
        `high`. Deeper mappings are flattened with their path as the title; other lists are left out.
    """
    verdict = [f"{one['question']} {one['answer']}. {one['why']}" for one in metrics.get("verdict", [])]
    shown: dict[str, Any] = {"verdict": verdict, "groups": [], "facts": []}

    def sort(values: dict[str, Any], path: tuple[str, ...]) -> None:
        numbers = {key: value for key, value in values.items() if is_number(value)}
        if {"low", "high"} < numbers.keys():
            middle = next(value for key, value in numbers.items() if key not in ("low", "high"))
            text = f"{number(middle)} ({number(numbers['low'])} to {number(numbers['high'])})"
            shown["facts"].append((words(" · ".join(path)), text))
        elif path and len(numbers) > 1 and min(numbers.values()) >= 0:
            shown["groups"].append((" · ".join(map(words, path)), bars(numbers)))
        else:
            shown["facts"] += [(words(" · ".join((*path, key))), number(value)) for key, value in numbers.items()]
        for key, value in values.items():
            if isinstance(value, str) and not path and key != "verdict":
                shown["facts"].append((words(key), value))
            elif isinstance(value, dict) and key != "settings":  # they are in params.yaml and on the model card
                sort(value, (*path, key))

    sort(metrics, ())
    return shown


def pieces(folder: Path) -> list[dict[str, Any]]:
    """The pieces of reports/<corpus>/pieces/pieces.csv, each with its player and what else it can be taken as."""
    table = folder / "pieces" / "pieces.csv"
    if not table.is_file():
        return []
    result = []
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["piece"]
            files = [folder / "pieces" / f"{name}{suffix}" for suffix in FORMATS]
            links = {FORMATS[file.suffix]: address(folder, file) for file in files if file.is_file()}
            title = " · ".join(filter(None, (name, row.get("method"), row.get("taal"))))
            result.append(
                {
                    "title": title,
                    "player": player_html(links["MP3"], title) if "MP3" in links else "",
                    "note": ", ".join(filter(None, (f"{row.get('events') or 0} events", row.get("loop")))),
                    "links": links,
                }
            )
    return result


def address(folder: Path, file: Path) -> str:
    """The link from reports/index.html to a file of a corpus."""
    return "/".join(quote(part) for part in (folder.name, *file.relative_to(folder).parts))


def reports(folder: Path) -> list[tuple[str, str, str]]:
    """`(name, link, question)` of each stage's page; all are linked, whether or not they have been made already."""
    return [(name, address(folder, folder / f"{name}.html"), question) for name, question in STAGES.items()]


def cards(folder: Path) -> list[tuple[str, str]]:
    """`(name, link)` of the cards that `evaluate` has written."""
    result = [folder / "cards" / f"{kind}_card.md" for kind in ("model", "data")]
    return [(words(file.stem), address(folder, file)) for file in result if file.is_file()]


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
    return {
        "name": folder.name,
        "reports": reports(folder),
        "cards": cards(folder),
        "pieces": pieces(folder),
        **headlines(metrics),
    }


def render(root: Path, names: list[str]) -> str:
    """The page, for the corpora `names` in `root`/reports; those without a report are left out."""
    folders = [root / "reports" / name for name in names]
    corpora = [corpus(folder) for folder in folders if folder.is_dir()]
    jinja = Environment(
        loader=FileSystemLoader(page.HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = jinja.get_template("home.html.j2")
    html = template.render(corpora=corpora, cells=CELLS, css=page.css(), stages=STAGES)
    return re.sub(r"\n{2,}", "\n", html) + "\n"


def run(arguments: list[str]) -> int:
    """Write reports/index.html."""
    root = environment.checkout()
    html = render(root, list(params.load(path=root / "params.yaml").corpora))
    files.write(root / "reports" / "index.html", html)
    return 0
