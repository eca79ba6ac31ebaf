"""The verdict: three sentences that follow from the figures of a corpus, and nothing else.

Did the network learn more than an n-gram, does it copy, and do its pieces keep the form?
"""

from math import isnan
from typing import Any

UNSURE = "that may be chance"


def learned(bits: dict[str, float], saved: dict[str, dict[str, float]], of: str = "held-out pieces") -> str:
    """Say who foretells held-out pieces best.

    Parameters
    ----------
    bits : model to bits a token: ``network``, ``n-gram``, ``n-gram + piece``, ``unigram`` and others.
    saved : the rivals ``n-gram`` and ``n-gram + piece`` to ``bits`` that the network saves against it a token, with
        the ends ``low`` and ``high`` of the 95 % interval over pieces (NaN where there is one piece only).
    of : what was foretold, such as ``9 held-out pieces of 2 families``.
    """
    ours = "network + memory" if "network + memory" in bits else "network"
    parts = []
    for rival, found in saved.items():
        clear = found["low"] > 0 or found["high"] < 0
        word, sign = ("beats", 1) if found["bits"] > 0 else ("loses to", -1)
        low, high = sorted((sign * found["low"], sign * found["high"]))
        said = "no interval" if isnan(low) else f"95 % interval {low:.2f} to {high:.2f}"
        parts.append(f"{word} the {rival} by {abs(found['bits']):.2f} ({said}{'' if clear else ': ' + UNSURE})")
    best = min(bits, key=lambda name: bits[name])
    alone = f"where frequencies alone need {bits['unigram']:.2f}"
    lead = f"The {ours} needs {bits[ours]:.2f} bits a token for {of}, {alone}"
    return f"{lead}; it {' and '.join(parts)}; the best of all models is the {best} with {bits[best]:.2f}."


def repeated(over: dict[str, Any]) -> str:
    """Say whether it was luck, from what `riyaz.judge.folds.metrics` gives."""
    bits = over["bits_per_token"]
    ours = "network + memory" if "network + memory" in bits else "network"
    found = over["saved_bits"]["n-gram + piece"]
    less = f"{abs(found['bits']):.2f} {'less' if found['bits'] > 0 else 'more'} than the n-gram + piece"
    sure = "" if found["low"] > 0 or found["high"] < 0 else f": {UNSURE}"
    low, high = sorted(abs(found[end]) for end in ("low", "high")) if not sure else (found["low"], found["high"])
    return f"Over {over['of']} it needs {bits[ours]:.2f}, {less} ({low:.2f} to {high:.2f}{sure})."


def copied(copies: bool, why: str) -> str:
    """Say whether generated pieces take more from the training set than human ones do."""
    return f"It {'copies' if copies else 'does not copy more than composers of this corpus repeat each other'}: {why}."


def formed(kind: str, passed: dict[str, float], struck: dict[str, float] | None = None, tokens: int = 0) -> str:
    """Say whether pieces keep the form.

    Parameters
    ----------
    passed : group (``repertoire`` or ``held-out``, and what was generated) to the share, of checks passed for bols, of
        notes in key for notes.
    struck : for bols, group to the share of its sams that are struck (`distributions.struck`; NaN: no piece is longer
        than an avartan). A piece drawn freely is cut off after `tokens`: it cannot be asked for whole avartans.
    """
    what = "of the checks of taal and form pass" if kind == "bols" else "of the notes lie in one key"
    said = ", ".join(f"{share:.0%} for {group}" for group, share in passed.items())
    lead = f"Form: {said} ({what})"
    if not struck:
        return f"{lead}."
    sams = ", ".join(
        f"{'none to judge' if isnan(share) else f'{share:.0%}'} in {group}" for group, share in struck.items()
    )
    free = f"what is drawn freely has no mask and is cut off after {tokens} tokens, so only its sams are judged"
    return f"{lead}; {free}, of which are struck: {sams}."


def sentences(metrics: dict[str, Any]) -> list[str]:
    """The three sentences, from what `evaluate` wrote into metrics.json."""
    first = learned(metrics["bits_per_token"], metrics["saved_bits"], metrics.get("held_out", "held-out pieces"))
    return [
        f"{first} {repeated(metrics['over_folds'])}" if "over_folds" in metrics else first,
        copied(metrics["originality"]["copies"], metrics["originality"]["why"]),
        formed(metrics["kind"], metrics["form"], metrics.get("sams_struck"), metrics.get("tokens_at_most", 0)),
    ]
