"""The verdict: three questions with the answers yes, no or cannot be told, by the rules written here.

| question | yes | no |
|---|---|---|
| `PREDICTS` | the 95% intervals of what is saved against all rivals lie above 0 | one of them lies below 0 |
| `COPIES` | a test of copying is significant | its runs are significantly shorter than `MARGIN` times human ones, and \
no piece is mostly one run longer than any human one |
| `SOUNDS` | neither two-sample test, against all families and against held-out ones, finds a difference, and the \
second does find that of half-shuffled pieces | one of them finds a difference |

Everything else cannot be told: no interval, an interval around 0, a test that is not significant and could not have
been. Tests are significant below `ALPHA`. Yes to the first question asks that every comparison succeeds, so it needs no
correction (an intersection-union test); the tests of the other two questions are corrected by Holm.
The folds answer the first question where there are any: they have several seeds, and at least as many families.

References
----------
Berger, Multiparameter hypothesis testing and acceptance sampling, 1982, doi:10.1080/00401706.1982.10487790. Holm 1979,
doi:10.2307/4615733. Schuirmann 1987, doi:10.1007/BF01068419 (what is shown by a margin, not by a lack of significance).
"""

from collections.abc import Mapping
from math import isnan
from typing import Any

ALPHA = 0.05
NOTHING = 0.005  # bits per token: less is said to be nothing
MARGIN = 1.5  # human runs, times this: what is significantly shorter copies no more than people do
YES, NO, UNKNOWN = "yes", "no", "cannot be told"
PREDICTS = "Does it predict new pieces better than an n-gram?"
COPIES = "Does it copy more than people do?"
SOUNDS = "Does it sound like the corpus?"

Saved = Mapping[str, Mapping[str, float | None]]  # rival: bits, low, high


def better(saved: Saved) -> str:
    """Whether all of the rivals are beaten, from the bits per token saved against each and the ends of the interval."""
    ends = [(row.get("low"), row.get("high")) for row in saved.values()]
    if any(high is not None and high < 0 for _, high in ends):
        return NO
    return YES if ends and all(low is not None and low > 0 for low, _ in ends) else UNKNOWN


def copying(whole: str, more: float | None, less: float | None) -> str:
    """Whether generated pieces copy.

    Parameters
    ----------
    whole : a piece that is mostly one run from one source, longer than any human piece's, in words; "" for none.
    more : the smallest corrected p of the tests that generated pieces share more with the training pieces than human
        ones do. less : p of the test that their runs are shorter than `MARGIN` times human ones. None: no test.
    """
    if more is not None and more < ALPHA:
        return YES
    return NO if less is not None and less < ALPHA and not whole else UNKNOWN


def alike(p: float | None, control: float | None) -> str:
    """Whether generated pieces sound like human ones.

    Parameters
    ----------
    p : the smaller corrected p of the two-sample tests of generated and human pieces. control : p of the test of
        shuffled human pieces and held-out ones, which has to find a difference. None: no test.
    """
    if p is not None and p < ALPHA:
        return NO
    return YES if p is not None and control is not None and control < ALPHA else UNKNOWN


def against(rival: str, saved: Mapping[str, float | None]) -> str:
    """How the network compares with a rival, from the bits per token that it saves and the ends of their interval."""
    bits, low, high = saved["bits"], saved.get("low"), saved.get("high")
    assert bits is not None
    if low is None or high is None:
        return f"{'saves' if bits >= 0 else 'costs'} {abs(bits):.2f} against the {rival}"
    if low > 0:
        return f"beats the {rival} by {bits:.2f} (95% interval {low:.2f} to {high:.2f})"
    if high < 0:
        return f"loses to the {rival} by {-bits:.2f} (95% interval {-high:.2f} to {-low:.2f})"
    return f"cannot be distinguished from the {rival} (it saves {bits:.2f}, 95% interval {low:.2f} to {high:.2f})"


def _ours(bits: Mapping[str, float]) -> str:
    return "network + memory" if "network + memory" in bits else "network"


def _needs(bits: Mapping[str, float], saved: Saved) -> str:
    """What our model needs, and how it compares with its rivals."""
    compared = ", ".join(against(rival, row) for rival, row in saved.items())
    need = f"the {_ours(bits)} needs {bits[_ours(bits)]:.2f} bits per token"
    return f"{need}; it {compared}" if compared else need


def beside(transformer: Mapping[str, Any]) -> str:
    """How the network compares with the best transformer of its size; "" where none was trained."""
    if not transformer:
        return ""
    bits = transformer["bits_per_token"]
    best = min(bits, key=lambda name: bits[name])
    return f"A transformer with as many weights is no n-gram, so the answer does not depend on it: the network \
{against(best, transformer['saved_bits'][best])}, which needs {bits[best]:.2f}."


def memory(first: Mapping[str, Any], again: Mapping[str, Any]) -> str:
    """Say where the memory's gain comes from; "" without a memory.

    Parameters
    ----------
    first, again : the metrics ``first_occurrences`` and ``repeats``: bits per token by model, and the share of tokens.
    """
    if "network + memory" not in first["bits_per_token"]:
        return ""
    here, there = (
        part["bits_per_token"]["network"] - part["bits_per_token"]["network + memory"] for part in (first, again)
    )
    gain, cost = there * again["share"], here * first["share"]
    if gain <= 0:
        return f"The memory saves nothing, not even at repeats ({gain:.2f} bits per token)"
    if abs(cost) < NOTHING:
        return f"All that the memory saves ({gain:.2f} bits per token) is at repeats; elsewhere it changes nothing"
    if cost < 0:
        return f"All that the memory saves ({gain:.2f} bits per token) is at repeats; where a piece says something new \
it costs {abs(cost):.2f}"
    return f"Of what the memory saves ({gain + cost:.2f} bits per token) {gain / (gain + cost):.0%} is at repeats"


def predicts(metrics: Mapping[str, Any]) -> dict[str, str]:
    """The first question.

    Parameters
    ----------
    metrics : bits_per_token (model to bits), saved_bits (rival to bits, low and high; None for no interval), held_out
        (what was predicted, such as ``9 held-out pieces of 2 families``), no_interval (why there is none, or nothing)
        and, where there are any, over_folds (the same keys, `of`, and `transformer` where one was trained),
        first_occurrences and repeats.
    """
    bits, saved, folds = metrics["bits_per_token"], metrics["saved_bits"], metrics.get("over_folds")
    best = min(bits, key=lambda name: bits[name])
    split = f"On {metrics['held_out']}, {_needs(bits, saved)}"
    if metrics.get("no_interval"):
        split += f" ({metrics['no_interval']})"
    split += f". The best of these is the {best} with {bits[best]:.2f}, and frequencies alone need \
{bits['unigram']:.2f}."
    lines = [split]
    if folds:
        lines.insert(0, f"Over {folds['of']}, {_needs(folds['bits_per_token'], folds['saved_bits'])}.")
        lines.insert(1, beside(folds.get("transformer", {})))
    if metrics.get("repeats"):
        source = memory(metrics["first_occurrences"], metrics["repeats"])
        lines = [f"{source}."] * bool(source) + lines
    why = " ".join(filter(None, lines))
    return {"question": PREDICTS, "answer": better((folds or metrics)["saved_bits"]), "why": why}


def copied(originality: Mapping[str, Any]) -> dict[str, str]:
    """The second question, from `riyaz.judge.copying.Result.metrics`."""
    answer = copying(originality["whole"], originality["p_more"], originality["p_less"])
    return {"question": COPIES, "answer": answer, "why": originality["why"]}


def sounds(metrics: Mapping[str, Any]) -> dict[str, str]:
    """The third question.

    Parameters
    ----------
    metrics : kind; style (found, p_held_control and why, of `riyaz.judge.style`); form (group to a share: for bols of
        the checks that pass, for notes of the notes in key); for bols also sams_struck (group to the share of its sams
        that are struck; NaN: no piece is longer than an avartan).
    """
    style, bols = metrics["style"], metrics["kind"] == "bols"
    what = "of the checks of taal and form pass" if bols else "of the notes lie in one key"
    why = f"{style['why']} Form: {', '.join(f'{share:.0%} for {group}' for group, share in metrics['form'].items())} \
({what})."
    if metrics.get("sams_struck"):
        sams = [f"{'none to judge' if isnan(n) else f'{n:.0%}'} in {of}" for of, n in metrics["sams_struck"].items()]
        why += f" Sams that are struck: {', '.join(sams)}."
    return {"question": SOUNDS, "answer": alike(style["found"], style["p_held_control"]), "why": why}


def tiles(metrics: Mapping[str, Any]) -> list[dict[str, str]]:
    """The three questions with answer and reason, from what `evaluate` writes into reports/metrics/<corpus>.json."""
    return [predicts(metrics), copied(metrics["originality"]), sounds(metrics)]
