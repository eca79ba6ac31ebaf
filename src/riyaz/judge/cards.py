"""The cards of a corpus and of the model made from it: Markdown that a reader can judge both by, and repeat them.

All that a card says follows from its arguments, so that it is the same at every run; what nobody stated is said to be
``not stated``. Seconds and memory differ from run to run and stand elsewhere: `COST`.

References
----------
Mitchell et al., Model cards for model reporting, 2019, doi:10.1145/3287560.3287596.
Gebru et al., Datasheets for datasets, 2021, doi:10.1145/3458723.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from riyaz.music.events import Piece, beat_of
from riyaz.report import figures
from riyaz.tabla.taals import TAALS
from riyaz.tools import escape

COST = ".cache/cost.csv"
PARTS = ("train", "valid", "test")
MANY = 10  # so many names of files are listed, no more

_FEATURES = {  # of `riyaz.text.features`, in words; bols have no pitches
    "bols": {"place": "its place in the avartan", "length": "how many avartans are complete"},
    "notes": {
        "place": "its place in the bar",
        "length": "how many bars are complete",
        "sounding": "the notes of the newest two events",
        "heard": "the pitch classes so far",
        "moved": "the transposition",
    },
}
_CELLS = {"lstm": "LSTM", "gru": "GRU", "rnn": "simple RNN"}
_USE = {
    "bols": "Practice and study: variations of compositions to play, and what a recurrent network learns of them.",
    "notes": "Study: what a recurrent network learns of a small body of music, and sketches for musicians to work on.",
}
_LIMITS = {
    "bols": [
        "It knows bols and their durations: nothing of tone, dynamics, or the give and take with a soloist.",
        "Nothing holds pieces drawn freely to the avartan; those in taal or form are held by rules, and the network "
        "chooses among what the rules allow.",
        "What it writes is no traditional composition of any gharana, and must not be passed off as one.",
    ],
    "notes": [
        "It knows pitches and durations, and how hard notes are struck where the corpus says so: nothing of "
        "articulation, words or instruments.",
        "It goes from token to token and plans nothing: no key, phrase or cadence is laid out before it comes.",
        "What it writes is not by the composers whose works it read, and must not be passed off as theirs.",
    ],
}


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown: floats with three decimals, whole numbers with thousands apart; "" for no rows."""
    if not rows:
        return ""
    text = [[escape.markdown(_cell(cell)) for cell in row] for row in rows]
    sides = ["---" if isinstance(cell, str) else "--:" for cell in rows[0]]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, sides, *text]) + "\n"


def _cell(cell: object) -> object:
    return figures.number(cell, 3 * isinstance(cell, float)) if isinstance(cell, int | float) else cell


def size(path: Path) -> tuple[int, int]:
    """Files and bytes of a folder, or of one file; hidden ones are left out, and what is not there is (0, 0)."""
    result = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    sizes = [p.stat().st_size for p in result if p == path or not p.relative_to(path).as_posix().startswith(".")]
    return len(sizes), sum(sizes)


def data_card(
    corpus: str,
    about: Mapping[str, Any],
    pieces: Sequence[Piece],
    rows: pd.DataFrame,
    files: pd.DataFrame,
    n_alike: int,
    weight: tuple[int, int] = (0, 0),
) -> str:
    """Describe a corpus.

    Parameters
    ----------
    about : ``path``, ``reader``, ``source``, ``licence`` (empty: not stated), ``scheme`` and ``grid`` of its tokens,
        ``vocabulary`` (tokens in it), ``seed``.
    pieces : as they were tokenized.
    rows : split.csv: for each piece ``part``, ``family`` and ``tokens``.
    files : files.csv of `explore`: ``file``, ``status`` (``read`` or ``skipped``), ``reason``.
    n_alike : test pieces that share half or more of their shapes with one training piece (`split.overlap`).
    weight : files and bytes, from `size`.

    Returns
    -------
    Markdown. A corpus without pieces has empty tables.
    """
    bols = bool(pieces) and pieces[0].about.get("kind") == "bols"
    beat = f"{beat_of('bols' if bols else 'notes')}s"
    split = []
    for part in PARTS:
        own = rows[rows["part"] == part]
        music = [piece for piece, at in zip(pieces, rows["part"], strict=True) if at == part]
        beats = round(sum(float(piece.beats) for piece in music))
        events = sum(len(piece.events) for piece in music)
        split.append((part, len(own), own["family"].nunique(), events, beats, int(own["tokens"].sum())))
    skipped = files[files["status"] == "skipped"]
    own_split = any(piece.about.get("part") for piece in pieces)
    named = {str(piece.about["source"]) for piece in pieces if piece.about.get("source")}
    origin = "its own, as the corpus brings it" if own_split else f"drawn by the seed {about['seed']}"
    grid = ", ".join(f"1/{n}" for n in about["grid"])
    same = "with the bayan open or closed" if bols else "in any key"
    moved = f"starts and ends moved to {grid} of a beat" if grid else "nothing moved in time"
    return f"""# Data card: {escape.markdown(corpus)}

Written by the stage `evaluate`; nothing here was typed in by hand but source and licence, which `params.yaml` states.

## What it is

- Music: {len(pieces):,} pieces of {"bols for tabla" if bols else "notes"}{_most(pieces)}.
- From: {escape.markdown(about["source"]) or "not stated"}.
- Licence: {escape.markdown(about["licence"]) or "not stated"}.
- Where: {escape.code(about["path"])}, read by the reader `{about["reader"]}`; {weight[0]:,} files, {weight[1]:,} bytes.
- Files: {len(files) - len(skipped):,} read, {len(skipped):,} skipped{_reasons(skipped)}.
- {f"The pieces name {len(named):,} sources of their own." if named else "The pieces name no sources of their own."}

## What was made of it

- Tokens by the scheme `{about["scheme"]}`; {moved}.
- {about["vocabulary"]:,} different tokens.

## The split

By piece, {origin}; pieces that are nearly the same ({same}) are one family, and stand together where
the corpus brings no split of its own.

{table(["part", "pieces", "families", "events", beat, "tokens"], split)}
Test pieces that still share half or more of their shapes with one training piece: {n_alike:,}.

## Intended use

{_USE["bols" if bols else "notes"]}

## Limits

- The test part has {split[2][1]:,} pieces of {split[2][2]:,} families; a family's pieces are alike.
- It is what is in the folder, no sample of a tradition or of a composer's work.
- Rights are as its owner states them above; the project did not verify them.

## How to repeat it

`dvc repro sequence@{corpus}` makes the split again; `reports/{corpus}/explore.html` and `sequence.html` show it.
"""


def _most(pieces: Sequence[Piece]) -> str:
    """The taals or metres of most pieces, in words; "" if no piece has one."""
    known = (str(p.about.get("taal") or p.about.get("metre") or "") for p in pieces)
    names = Counter(TAALS[name].title if name in TAALS else name for name in known)
    del names[""]
    first = sorted(names.items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(first) - 4} others" if len(first) > 4 else ""
    return ", in " + ", ".join(f"{escape.markdown(name)} ({n})" for name, n in first[:4]) + more if first else ""


def _reasons(skipped: pd.DataFrame) -> str:
    names = [
        f"{escape.markdown(f)}: {escape.markdown(why)}"
        for f, why in zip(skipped["file"], skipped["reason"], strict=True)
    ]
    more = f"; and {len(names) - MANY} more" if len(names) > MANY else ""
    return f" ({'; '.join(names[:MANY])}{more})" if names else ""


def model_card(
    corpus: str, about: Mapping[str, Any], made: Mapping[str, Any], metrics: Mapping[str, Any], weight: tuple[int, int]
) -> str:
    """Describe a model.

    Parameters
    ----------
    about : ``licence`` of the corpus (empty: not stated), ``vocabulary`` (tokens in it), ``parameters`` (of the
        network), ``pieces`` (part to number), ``intervals`` (model to the ends of the interval of its bits per token,
        in words).
    made : params.json of the bundle: seed, ``tokenize``, ``sequence``, ``model``, ``train``, ``memory``.
    metrics : what `evaluate` writes: kind, verdict, bits_per_token and, of piano rolls, nats_per_frame.
    weight : files and bytes of the bundle, from `size`.

    Returns
    -------
    Markdown.
    """
    net, train, kind = made["model"], made["train"], metrics["kind"]
    memory = made.get("memory")
    remembers = (
        f"of up to {memory['order']} tokens of the piece so far, mixed in where they recur" if memory else "none"
    )
    figures = [
        (name, bits, about["intervals"][name])
        for name, bits in sorted(metrics["bits_per_token"].items(), key=lambda item: (item[1], item[0]))
    ]
    given = "; ".join(_FEATURES[kind][name] for name in net["features"] if name in _FEATURES[kind])
    frames = [
        (name, result["by_frame"], result["by_piece"]) for name, result in metrics.get("nats_per_frame", {}).items()
    ]
    answers = [
        f"- {escape.markdown(one['question'])} **{one['answer']}**. {escape.markdown(one['why'])}"
        for one in metrics["verdict"]
    ]
    nats = table(["model", "nats per frame", "mean over pieces"], frames)
    return f"""# Model card: {escape.markdown(corpus)}

Written by the stage `evaluate` from the model, its params and the figures of the test part.

## What it is

- A recurrent network: embedding of {net["embedding"]}, {net["layers"]} x {net["units"]} {_CELLS[net["cell"]]}, \
dropout {net["dropout"]:g}, softmax over {about["vocabulary"]:,} tokens; {about["parameters"]:,} parameters.
- Beside each token it is given: {given or "nothing"}. Networks whose probabilities are averaged: \
{net["members"]}.
- Memory: {remembers}.
- Files: `models/{corpus}`, {weight[0]} files, {weight[1]:,} bytes; it needs nothing else.
- Trained on the training part of the corpus: {about["pieces"]["train"]:,} pieces, windows of \
{made["sequence"]["length"]} tokens, at most {train["epochs"]} epochs in batches of {train["batch"]}, AdamW from a \
learning rate of {train["learning_rate"]:g}, weight decay {train["weight_decay"]:g}; the epoch and the memory were \
chosen on {about["pieces"]["valid"]:,} validation pieces; seed {made["seed"]}.
- Licence: the code is the project's (MIT); what may be done with weights and pieces depends on the corpus too, whose \
licence is: {escape.markdown(about["licence"]) or "not stated"}.

## Verdict

{chr(10).join(answers)}

## Figures

On {metrics["held_out"]}; lower is better, and intervals are over families:

{table(["model", "bits per token", "95% interval"], figures)}{chr(10) + nats if nats else ""}
## Intended use

{_USE[kind]}

## Limits

{chr(10).join(f"- {limit}" for limit in _LIMITS[kind])}
- No listeners have judged it; `python -m riyaz listen` makes a blind test.

## How to repeat it

`dvc repro evaluate@{corpus}`: the same weights, pieces and figures, to the byte. What each stage took in seconds and
memory on your machine is in `{COST}`, which is no part of what is compared.
"""


def write(folder: Path, model: str, data: str) -> None:
    """Write model_card.md and data_card.md."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("model_card.md", model), ("data_card.md", data)):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
