"""What the chapter `lecture` shows beside each slide: a network on real phrases, a composition in the lecture's form.

References: P. Bose, "RNN-based Learning Framework for Music Generation" (NJIT, 2022).
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from IPython.display import HTML, display

from riyaz.lecture import cells
from riyaz.model import recurrence
from riyaz.model.bundle import Bundle
from riyaz.play.sampling import Sampling, draw
from riyaz.tabla import bols, form
from riyaz.tabla.notation import Composition
from riyaz.text import features
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import kind
from riyaz.tools import escape

HERS = ("Ta Ge Te Te", "Dha Dha Tu Na", "Ta Ta Tir Kit", "Dha Dha Tu Na")  # the composition on the last slide
ANSWERS = ("holds", "holds if", "does not hold here")


def verdict(answer: str, why: str) -> None:
    """Say whether a claim of the lecture holds.

    Raises
    ------
    ValueError : `answer` is none of `ANSWERS`.
    """
    if answer not in ANSWERS:
        raise ValueError(f"{answer!r} is no answer; there are {', '.join(ANSWERS)}")
    mark = " no" if answer == ANSWERS[-1] else ""
    display(HTML(f'<p class="holds{mark}">{answer[0].upper() + answer[1:]}</p><p>{escape.html(why)}</p>'))


def judged(*conditions: bool) -> str:
    """The answer by the stated conditions of a claim: all are kept, some are, or none is.

    Raises
    ------
    ValueError : there is no condition.
    """
    if not conditions:
        raise ValueError("a verdict needs a condition that could fail")
    return ANSWERS[0] if all(conditions) else ANSWERS[1] if any(conditions) else ANSWERS[2]


def felt(model: Bundle, ids: np.ndarray, changed: Sequence[int], other: int) -> pd.DataFrame:
    """How much the prediction after a phrase depends on single earlier tokens.

    Parameters
    ----------
    ids : (n,) int32, a phrase from ``<start>``. changed : places to change, one at a time. other : the token put there.

    Returns
    -------
    DataFrame: steps back, and the total variation distance (0 to 1) between the two predictions.
    """
    versions = [ids, *(np.where(np.arange(len(ids)) == at, other, ids) for at in changed)]
    last = [np.exp(logs[-1]) for logs in recurrence.log_probabilities(model.weights, [np.r_[v, 0] for v in versions])]
    apart = [0.5 * np.abs(one - last[0]).sum() for one in last[1:]]
    return pd.DataFrame({"steps back": len(ids) - 1 - np.asarray(changed), "distance": apart})


def unit_along(model: Bundle, ids: np.ndarray) -> tuple[pd.DataFrame, float]:
    """One LSTM unit of the trained network (its first member) along a phrase: gates, candidate, cell and output.

    Parameters
    ----------
    ids : (n,) int32, a phrase from ``<start>``.

    Returns
    -------
    DataFrame: a row a token, f, i, C̃, C, o and h of the unit whose forget gate moves most; and by how much eq. 7,
    computed again from these numbers, differs at most.

    Raises
    ------
    ValueError : the network has no LSTM.
    """
    cell = model.params["model"]["cell"]
    if cell != "lstm":
        raise ValueError(f"the network of models/tabla has {cell} cells: the lecture page needs model.cell: lstm")
    member, tables = model.weights["members"][0], model.weights["features"]
    layer = member["layers"][0]
    w = cells.from_keras(cell, [layer[name] for name in ("kernel", "recurrent", "bias")])
    x = np.asarray(member["embedding"])[ids][None]
    if tables is not None:
        x = x + features.vectors(tables, ids[None]) @ np.asarray(member["features"])
    h, seen, _ = cells.run(cell, w, x)
    unit = int(seen["f"][0].std(axis=0).argmax())
    columns = {"f": "f", "i": "i", "C̃": "c", "C": "C", "o": "o"}
    table = pd.DataFrame({name: seen[key][0, :, unit] for name, key in columns.items()})
    table["h"] = h[0, :, unit]
    before = table["C"].shift(fill_value=0.0)
    apart = (table["f"] * before + table["i"] * table["C̃"] - table["C"]).abs().max()
    table.insert(0, "token", model.vocabulary.tokens(ids))
    return table, float(apart)


def flow(words: Sequence[str], length: int, rows: int) -> pd.DataFrame:
    """Windows of `length` words and the word that comes after each: the flow from input to output."""
    return pd.DataFrame(
        [(n, " ".join(words[n : n + length]), words[n + length]) for n in range(min(rows, len(words) - length))],
        columns=["window", "input", "output"],
    )


def lines_of_four(data: DataSet) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Phrases of four single strokes in even time in the training pieces, each on a matra, and those at a line's end.

    Returns
    -------
    Those that may open a line, and those that close a pair of vibhags; each has a khali other than itself, so its bayan
    sounds.
    """
    opening, closing = set(), set()
    for piece in data.part("train").pieces:
        struck = [symbols[0] if symbols else "" for symbols in piece.events["symbols"]]
        even = piece.events["duration"].to_numpy()
        for at in range(0, len(struck) - 7, 4):
            eight = struck[at : at + 8]
            if len(set(even[at : at + 8])) == 1 and all(eight):
                opening.add(tuple(eight[:4]))
                closing.add(tuple(eight[4:]))
    bhari, ends = ({line for line in lines if tuple(bols.khali(line)) != line} for lines in (opening, closing))
    return bhari, ends


def compose(model: Bundle, data: DataSet, composition: Composition, seed: int, n: int = 400) -> list[tuple[str, ...]]:
    """A new composition in the form of the lecture's, A B C B: C is the khali of A, B closes both lines.

    The network chooses: of random pairs of an A and a B from the training pieces, new ones only, one is drawn by the
    network's probability of the whole composition.

    Parameters
    ----------
    composition : the lecture's, whose own pair of lines is left out. n : pairs that are weighed.

    Returns
    -------
    Four lines of four bols each.

    Raises
    ------
    ValueError : the training pieces have no such phrases.
    """
    opening, closing = lines_of_four(data)
    old = tuple(tuple(phrase) for line in form.labels(composition)[:2] for phrase in line.bols)
    pairs = [pair for pair in product(sorted(opening), sorted(closing)) if pair != old[:2] and pair[0] != pair[1]]
    if not pairs:
        raise ValueError("the corpus tabla has no phrases of four even strokes for a composition in the lecture's form")
    rng = np.random.default_rng(seed)
    chosen = [pairs[k] for k in sorted(rng.choice(len(pairs), size=min(n, len(pairs)), replace=False))]
    lines = [(a, b, tuple(bols.khali(a)), b) for a, b in chosen]
    head = [word for word in ("<start>", "taal:teental", "form:kaida", "d:1") if word in model.vocabulary]
    ids = [model.vocabulary.ids([*head, *(bol for line in four for bol in line)]) for four in lines]
    logs = recurrence.log_probabilities(model.weights, ids)
    total = np.array([log[np.arange(len(one) - 1), one[1:]].sum() for log, one in zip(logs, ids, strict=True)])
    p = np.exp(total - total.max())
    return list(lines[int(rng.choice(len(lines), p=p / p.sum()))])


def different(ids: Sequence[int], length: int = 8) -> float:
    """The share of different runs of `length` among all runs of that length; 1 where there is none."""
    runs = [tuple(ids[k : k + length]) for k in range(len(ids) - length + 1)]
    return len(set(runs)) / len(runs) if runs else 1.0


def by_itself(model: Bundle, seed: int) -> list[tuple[str, ...]]:
    """The first four lines of four bols of a kaida in teental that the network draws, held to no form."""
    head = [word for word in ("taal:teental", "form:kaida") if word in model.vocabulary]
    (drawn,) = draw(model, [Sampling(100, temperature=1.0)], seed, [model.vocabulary.ids(head)])
    struck = [word for word in model.vocabulary.tokens(drawn.ids) if kind(word) == "bol"]
    return [tuple(struck[at : at + 4]) for at in range(0, 16, 4)]


def letters(lines: Sequence[Sequence[str]]) -> list[str]:
    """A letter for each line, from A on; equal lines have the same."""
    known: dict[tuple[str, ...], str] = {}
    return [known.setdefault(tuple(line), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(known)]) for line in lines]


def lettered(phrases: Sequence[Sequence[str]], title: str, across: int = 1) -> str:
    """HTML of a composition, `across` phrases a row, each with its letter: equal phrases have one letter and colour."""
    blocks = []
    for phrase, letter in zip(phrases, letters(phrases), strict=True):
        colour = f' class="phrase-{letter.lower()}"' if letter in "ABC" else ""
        bols_ = "".join(f"<td{colour}>{escape.html(bol)}</td>" for bol in phrase)
        blocks.append(f"{bols_}<td{colour}><b>{letter}</b></td>")
    rows = ["".join(blocks[at : at + across]) for at in range(0, len(blocks), across)]
    caption, body = escape.html(title), "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="scroll"><table><caption><span>{caption}</span></caption><tbody>{body}</tbody></table></div>'


def teental(matras: Sequence[str], vibhags: Sequence[int], signs: Sequence[str], title: str) -> str:
    """HTML of a theka as the lecture shows it: bols, numbers of the matras, and the signs of the vibhags."""
    starts = np.r_[0, np.cumsum(vibhags)[:-1]]
    marks = [signs[list(starts).index(n)] if n in starts else "" for n in range(len(matras))]
    rows = (matras, [str(n) for n in range(1, len(matras) + 1)], marks)
    body = "".join("<tr>" + "".join(f"<td>{escape.html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = escape.html(title)
    return f'<div class="scroll"><table><caption><span>{caption}</span></caption><tbody>{body}</tbody></table></div>'


RATE_SLIDER = """<div class="live"><label>Learning rate α <input type="range" id="rate" min="0.1" max="12" step="0.1"
value="0.3"><output id="rate-out">0.3</output></label>
<svg viewBox="0 0 600 240" role="img" aria-label="The loss by weight, and the steps of gradient descent at the chosen
learning rate"><polyline id="rate-loss"/><polyline id="rate-path" style="stroke:var(--accent)"/></svg>
<p id="rate-said" aria-live="polite"></p></div>
<script>(function () {
  var X = __X__, Y = __Y__, sigma = function (z) { return 1 / (1 + Math.exp(-z)); };
  var E = function (w) { return X.reduce(function (s, x, i) {
    return s - Math.log(Y[i] ? sigma(w * x) : 1 - sigma(w * x)); }, 0) / X.length; };
  var slope = function (w) { return X.reduce(function (s, x, i) {
    return s + (sigma(w * x) - Y[i]) * x; }, 0) / X.length; };
  var place = function (w) {
    return (20 + (w + 3) / 9 * 560).toFixed(1) + "," + (230 - Math.min(E(w), 3.2) / 3.2 * 220).toFixed(1); };
  var curve = []; for (var w = -3; w <= 6; w += 0.1) curve.push(place(w));
  document.getElementById("rate-loss").setAttribute("points", curve.join(" "));
  function show() {
    var alpha = +document.getElementById("rate").value, w = 5, path = [place(w)];
    for (var k = 0; k < 12; k++) { w = Math.max(-3, Math.min(6, w - alpha * slope(w))); path.push(place(w)); }
    document.getElementById("rate-out").textContent = alpha.toFixed(1);
    document.getElementById("rate-path").setAttribute("points", path.join(" "));
    document.getElementById("rate-said").textContent = "After 12 steps from w = 5: w = " + w.toFixed(2) + ", loss " +
      E(w).toFixed(3) + " nats, gradient left " + Math.abs(slope(w)).toFixed(3) + ".";
  }
  document.getElementById("rate").addEventListener("input", show); show();
})();</script>"""

PRODUCT_SLIDER = """<div class="live"><label>Depth n <input type="range" id="depth" min="1" max="50" value="10">
<output id="depth-out">10</output></label>
<label>Weight w <input type="range" id="weight" min="0.5" max="8" step="0.5" value="1">
<output id="weight-out">1</output></label><p id="product-said" aria-live="polite"></p></div>
<script>(function () {
  function said(value) {
    var parts = value.toExponential(1).split("e");
    return parts[0] + "\u00a0×\u00a010" + String(+parts[1]).replace(/[-0-9]/g, function (c) {
      return "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]; });
  }
  function show() {
    var n = +document.getElementById("depth").value, w = +document.getElementById("weight").value, h = 0.5, left = 1;
    for (var k = 0; k < n; k++) { h = 1 / (1 + Math.exp(-w * h)); left *= w * h * (1 - h); }
    document.getElementById("depth-out").textContent = n;
    document.getElementById("weight-out").textContent = w;
    document.getElementById("product-said").textContent = n + " sigmoid layers with the weight " + w + " leave " +
      said(left) + " of a gradient; the bound (w / 4)ⁿ is " + said(Math.pow(w / 4, n)) + ".";
  }
  ["depth", "weight"].forEach(function (id) { document.getElementById(id).addEventListener("input", show); }); show();
})();</script>"""


def rate_slider(x: np.ndarray, y: np.ndarray) -> str:
    """HTML: gradient descent (eq. 2) on the neuron's loss at a learning rate that the reader sets; needs no network."""
    return RATE_SLIDER.replace("__X__", str(x.tolist())).replace("__Y__", str(y.tolist()))
