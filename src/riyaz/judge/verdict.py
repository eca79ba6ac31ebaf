"""The verdict: three sentences that follow from the figures of a corpus, by the rules written here.

Did the network learn more than the n-grams, does it copy, and do its pieces keep the form? Whoever saves bits beyond
doubt *beats* the other: the whole 95 % interval of the saving lies above 0. Where the interval holds 0 the two *cannot
be told apart*. Without an interval, because there are fewer than five families, the saving is given and no more is
claimed; the folds, where there are any, then lead the sentence.
"""

from collections.abc import Mapping
from math import isnan
from typing import Any


def against(rival: str, saved: Mapping[str, float | None]) -> str:
    """How the network compares with a rival, from the bits per token that it saves and the ends of their interval."""
    bits, low, high = saved["bits"], saved.get("low"), saved.get("high")
    assert bits is not None
    if low is None or high is None:
        return f"{'saves' if bits >= 0 else 'costs'} {abs(bits):.2f} against the {rival}"
    if low > 0:
        return f"beats the {rival} by {bits:.2f} (95 % interval {low:.2f} to {high:.2f})"
    if high < 0:
        return f"loses to the {rival} by {-bits:.2f} (95 % interval {-high:.2f} to {-low:.2f})"
    return f"cannot be told apart from the {rival} (it saves {bits:.2f}, 95 % interval {low:.2f} to {high:.2f})"


def _ours(bits: Mapping[str, float]) -> str:
    return "network + memory" if "network + memory" in bits else "network"


def _needs(bits: Mapping[str, float], saved: Mapping[str, Mapping[str, float | None]]) -> str:
    """What our model needs, and how it compares with its rivals."""
    compared = " and ".join(against(rival, row) for rival, row in saved.items())
    return f"{bits[_ours(bits)]:.2f} bits per token; it {compared}" if compared else f"{bits[_ours(bits)]:.2f}"


def learned(metrics: Mapping[str, Any]) -> str:
    """Say who predicts held-out pieces best.

    Parameters
    ----------
    metrics : bits_per_token (model to bits), saved_bits (rival to bits, low and high; None for no interval), held_out
        (what was predicted, such as ``9 held-out pieces of 2 families``), no_interval (why there is none, or nothing)
        and, where there are folds, over_folds (the same keys, and `of`).
    """
    bits, saved, folds = metrics["bits_per_token"], metrics["saved_bits"], metrics.get("over_folds")
    alone = f"where frequencies alone need {bits['unigram']:.2f}"
    best = min(bits, key=lambda name: bits[name])
    split = f"{metrics['held_out']}, the {_ours(bits)} needs {_needs(bits, saved)}"
    if metrics.get("no_interval"):
        split = f"{split} ({metrics['no_interval']})"
    if folds is None:
        return f"On {split}; {alone}. The best of all models is the {best} with {bits[best]:.2f}."
    over = f"ver {folds['of']}, the {_ours(folds['bits_per_token'])} needs"
    over = f"{over} {_needs(folds['bits_per_token'], folds['saved_bits'])}"
    if metrics.get("no_interval"):
        return f"O{over}. On the one split, {split}; {alone}."
    return f"On {split}; {alone}. The best of all models is the {best} with {bits[best]:.2f}. O{over}."


def copied(copies: bool, why: str) -> str:
    """Say whether generated pieces take more from the training pieces than held-out human ones do."""
    return f"It {'copies' if copies else 'does not copy more than composers of this corpus repeat each other'}: {why}."


def formed(kind: str, passed: Mapping[str, float], struck: Mapping[str, float] | None = None, tokens: int = 0) -> str:
    """Say whether pieces keep the form.

    Parameters
    ----------
    passed : group (``the repertoire`` or ``the held-out pieces``, and what was generated) to a share: for bols of the
        checks that pass, for notes of the notes in key.
    struck : for bols, group to the share of its sams that are struck (`distributions.struck`; NaN: no piece is longer
        than an avartan).
    tokens : a freely drawn piece has at most so many, so that it cannot be asked for whole avartans.
    """
    what = "of the checks of taal and form pass" if kind == "bols" else "of the notes lie in one key"
    lead = f"Form: {', '.join(f'{share:.0%} for {group}' for group, share in passed.items())} ({what})"
    if not struck:
        return f"{lead}."
    sams = ", ".join(
        f"{'none to judge' if isnan(share) else f'{share:.0%}'} in {group}" for group, share in struck.items()
    )
    free = f"freely drawn pieces have no mask and at most {tokens} tokens, so only their sams are judged"
    return f"{lead}; {free}. Sams that are struck: {sams}."


def sentences(metrics: Mapping[str, Any]) -> list[str]:
    """The three sentences, from what `evaluate` writes into reports/metrics/<corpus>.json."""
    return [
        learned(metrics),
        copied(metrics["originality"]["copies"], metrics["originality"]["why"]),
        formed(metrics["kind"], metrics["form"], metrics.get("sams_struck"), metrics.get("tokens_at_most", 0)),
    ]
