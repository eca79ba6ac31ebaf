"""Experiments side by side: ``python -m riyaz compare REV1 REV2 ...`` makes reports/compare.html.

A revision is a commit, branch or tag of git, or the name of an experiment of DVC; `workspace` is what lies here. For
each corpus the page shows the losses along training, the bits per token with their intervals, what each revision saves
against the first one, paired by piece, and the first free pieces, which share a seed; above, the settings that differ.
Settings, histories and metrics are read from git, pieces from DVC's cache as far as it has them. Whoever compares
chooses, so the page also says how often the held-out pieces were looked at (`riyaz.judge.looked`).
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.ticker import MaxNLocator
from ruamel.yaml import YAML

from riyaz.judge import interval, looked
from riyaz.report import figures, index, pages
from riyaz.tools import environment, escape, files, scratch

WORKSPACE = "workspace"
PIECES = 3  # so many are set side by side


def commit(root: Path, revision: str) -> str:
    """The commit of a revision, which may be the name of an experiment.

    Raises
    ------
    ValueError : there is no such revision.
    """
    listed = _git(root, "for-each-ref", "--format=%(refname)", "refs/exps") or ""
    names = [revision, *(ref for ref in listed.split() if ref.rsplit("/", 1)[-1] == revision)]
    for name in names:
        result = _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if result:
            return result.strip()
    raise ValueError(f"{revision} is neither a revision of git nor an experiment; dvc exp show lists the experiments")


def _git(root: Path, *arguments: str) -> str | None:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def read(root: Path, revision: str, path: str) -> str | None:
    """A file as it is in a revision; None where it has no such file."""
    if revision == WORKSPACE:
        return (root / path).read_text(encoding="utf-8") if (root / path).is_file() else None
    return _git(root, "show", f"{commit(root, revision)}:{path}")


def flat(settings: Any, path: str = "") -> dict[str, Any]:
    """The settings by their full names, such as ``model.units``."""
    if not isinstance(settings, Mapping):
        return {path: settings}
    result: dict[str, Any] = {}
    for key, value in settings.items():
        result |= flat(value, f"{path}.{key}" if path else str(key))
    return result


def differing(settings: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """A row a setting that is not the same in all revisions: its name, and its value in each; empty where all agree."""
    by_name = {revision: flat(of) for revision, of in settings.items()}
    names = sorted({name for of in by_name.values() for name in of})
    rows = [(name, *(str(of.get(name, "")) for of in by_name.values())) for name in names]
    return pd.DataFrame([row for row in rows if len(set(row[1:])) > 1], columns=["setting", *by_name])


def bits(metrics: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Bits per token of each model (rows) in each revision, and what is saved against the rivals, with intervals."""
    columns = {}
    for revision, of in metrics.items():
        ordered = sorted(of.get("bits_per_token", {}).items(), key=lambda item: item[1])
        column = {name: figures.number(value, 3) for name, value in ordered}
        for rival, saved in of.get("saved_bits", {}).items():
            known = saved.get("low") is not None and saved.get("high") is not None
            ends = f" ({saved['low']:.3f} to {saved['high']:.3f})" if known else " (no interval)"
            column[f"saved against the {rival}"] = f"{saved['bits']:.3f}{ends}"
        columns[revision] = column
    return pd.DataFrame(columns).rename_axis("bits per token").fillna("").reset_index()


def paired(tables: Mapping[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """What each revision saves against the first one, on the held-out pieces that both have as the same tokens.

    Parameters
    ----------
    tables : of each revision reports/<corpus>/held_out.csv: piece, family, tokens, bits.

    Returns
    -------
    A row for each further revision: revision, pieces, families, saved (bits per token, NaN for no pieces), 95% interval
    (in words, over families). No rows for fewer than two revisions.
    """
    first, *others = tables or [""]
    rows = []
    for revision in others:
        both = tables[first].merge(tables[revision], on=["piece", "tokens"], suffixes=("", "_here"))
        saved = both["bits"] - both["bits_here"]
        within = interval.ratio(saved, both["tokens"], both["family"], seed)
        total = saved.sum() / both["tokens"].sum() if len(both) else float("nan")
        rows.append((revision, len(both), both["family"].nunique(), total, within.span()))
    return pd.DataFrame(rows, columns=["revision", "pieces", "families", f"saved against {first}", "95% interval"])


def delivered(root: Path, revision: str, corpus: str, place: Path) -> Path:
    """A folder like reports/<corpus>, with the pieces of a revision as far as DVC's cache has them."""
    if revision == WORKSPACE:
        return root / "reports" / corpus
    what = [".", f"reports/{corpus}/pieces", "--rev", commit(root, revision), "-o", str(place / "pieces")]
    place.mkdir(parents=True)
    got = subprocess.run([sys.executable, "-m", "dvc", "get", "-q", *what], cwd=root, capture_output=True)
    if got.returncode:
        shutil.rmtree(place / "pieces", ignore_errors=True)
    return place


def side_by_side(folders: Mapping[str, Path]) -> str:
    """HTML: the first `PIECES` free pieces that all revisions have, by name; the same name has the same seed."""
    known = {revision: {one["name"]: one for one in index.pieces(folder)} for revision, folder in folders.items()}
    free = [{name for name, one in of.items() if one["method"] == "sampled" and one["player"]} for of in known.values()]
    blocks = []
    for name in sorted(set.intersection(*free))[:PIECES] if free else []:
        blocks.append(f'<h4>Piece {escape.html(name)}</h4><div class="pieces">')
        for revision, folder in folders.items():
            sound = figures.embedded(folder / "pieces" / f"{name}.mp3")
            title = f"{revision}: piece {name}"
            blocks.append(
                f'<section class="piece"><h5>{escape.html(revision)}</h5>{figures.player_html(sound, title)}'
                f"{index.seen(folder, name)}</section>"
            )
        blocks.append("</div>")
    return "".join(blocks) or "<p>No free piece is there in all of them: DVC's cache lacks some.</p>"


def losses(histories: Mapping[str, pd.DataFrame], title: str) -> str:
    """The training and validation loss of each revision by epoch, as SVG."""
    figures.theme()
    fig, ax = plt.subplots()
    for number, (revision, of) in enumerate(histories.items()):
        colour = figures.CYCLE[number % len(figures.CYCLE)]
        ax.plot(of["epoch"], of["val_loss"], color=colour, label=f"{revision}, validation")
        ax.plot(of["epoch"], of["loss"], color=colour, linestyle=":", label=f"{revision}, training")
    ax.set(xlabel="epoch", ylabel="nats per token", title=title)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    fig.legend(loc="outside upper center", ncols=2)
    text = figures.svg(fig)
    plt.close(fig)
    return text


def notebook(root: Path, revisions: Sequence[str]) -> Any:
    """The comparison as an executed notebook, which `pages` makes a page of."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    def html(frame: pd.DataFrame, caption: str) -> Any:
        shown = new_output("display_data", {"text/html": figures.table_html(frame, caption)})
        return new_code_cell("", outputs=[shown])

    settings = {name: YAML(typ="safe").load(read(root, name, "params.yaml") or "{}") for name in revisions}
    seed = int(next((of["seed"] for of in settings.values() if "seed" in of), 0))
    cells = [
        new_markdown_cell("# Experiments side by side\n\n## What differs"),
        html(differing(settings), "Settings that are not the same in all of them"),
    ]
    corpora = sorted({corpus for of in settings.values() for corpus in of.get("corpora", {})})
    for corpus in corpora:
        texts = {name: read(root, name, f"reports/metrics/{corpus}.json") for name in revisions}
        metrics = {name: json.loads(text) for name, text in texts.items() if text}
        curves = {name: read(root, name, f"reports/{corpus}/history.csv") for name in revisions}
        histories = {name: pd.read_csv(StringIO(text)) for name, text in curves.items() if text}
        if not metrics and not histories:
            continue
        cells += [
            new_markdown_cell(f"## {escape.markdown(corpus)}"),
            html(bits(metrics), "On held-out pieces, with 95% intervals"),
            new_markdown_cell(looked.sentence(root, corpus)),
        ]
        if histories:
            drawn = {"image/svg+xml": losses(histories, "Loss")}
            said = {"text/html": '<p class="caption">Loss by epoch; of equal lines the last is seen.</p>'}
            cells.append(new_code_cell("", outputs=[new_output("display_data", data) for data in (drawn, said)]))
        by_piece = {name: read(root, name, f"reports/{corpus}/held_out.csv") for name in revisions}
        tables = {name: pd.read_csv(StringIO(text)) for name, text in by_piece.items() if text}
        if len(tables) > 1:
            cells.append(html(paired(tables, seed), "Bits per token saved, paired by piece; intervals over families"))
        with scratch.folder() as place:
            folders = {name: delivered(root, name, corpus, place / str(n)) for n, name in enumerate(revisions)}
            seen = {"text/html": side_by_side(folders)}
        cells += [
            new_markdown_cell("### Pieces of the same seed"),
            new_code_cell("", outputs=[new_output("display_data", seen)]),
        ]
    return new_notebook(cells=cells)


def run(arguments: list[str]) -> int:
    """Write reports/compare.html for two or more revisions."""
    if len(arguments) < 2:
        raise ValueError("name two revisions or more, such as: python -m riyaz compare HEAD workspace")
    root = environment.checkout()
    for revision in arguments:
        if revision != WORKSPACE:
            commit(root, revision)
    page = pages.render(notebook(root, list(dict.fromkeys(arguments))), "compare")
    files.write(root / "reports" / "compare.html", page)
    return 0
