"""Particles against an enumeration of everything that fits."""

from itertools import product

import numpy as np
import pytest
import samples

from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music import events as ev
from riyaz.play import lock, particles
from riyaz.play.sampling import Sampling
from riyaz.text import tokens as tk

BEAT = ev.TICKS
NOTES = tk.Vocabulary([*(s + p for p in ("C4", "E4") for s in ("", "+", "~", "+~")), "rest", "d:1/2", "d:1"])
FITTED = {"order": 16, "escape": [16.0], "growth": [0.0], "class_escape": [1.0], "class_growth": [0.0],
          **memory.tables(NOTES)}  # fmt: skip
EXACT = Sampling(64, memory=1.0, limit=1e6)  # the model as it is
CHORDS = [[], ["C4"], ["E4"], ["C4", "E4"]]


def model(seed=0, scale=1.0):
    return Bundle(samples.weights(len(NOTES), seed, scale), NOTES, {"memory": FITTED})


def written(durations, symbols, held=None):
    onset = np.cumsum(durations) - durations
    return ev.table(onset, durations, symbols, held)


def tune():
    """Four beats; the last chord goes on from the one before."""
    symbols = [["C4"], ["E4"], ["C4", "E4"], ["C4", "E4"]]
    return written([BEAT] * 4, symbols, [[False], [False], [False, False], [True, False]])


def fillings():
    """All ways to fill a beat, whatever stood before: durations, symbols and what goes on."""
    for durations in ([BEAT], [BEAT // 2] * 2):
        for symbols in product(CHORDS, repeat=len(durations)):
            for flags in product(*(product((False, True), repeat=len(names)) for names in symbols)):
                yield durations, [list(names) for names in symbols], [list(on) for on in flags]


def posterior(bundle, part, keep=lambda filled: True):
    """The exact distribution over what fills the second beat, and the logarithm of its sum, by enumeration."""
    before, after = part.events[part.events["onset"] < BEAT], part.events[part.events["onset"] >= 2 * BEAT]
    pieces = {}
    for durations, symbols, held in fillings():
        lengths = np.r_[before["duration"], durations, after["duration"]]
        columns = ([*before[c], *new, *after[c]] for c, new in (("symbols", symbols), ("held", held)))
        whole = written(lengths, *columns)
        try:
            ev.validate(whole)
        except ValueError:  # a note goes on that did not sound
            continue
        if keep(whole[(whole["onset"] >= BEAT) & (whole["onset"] < 2 * BEAT)]):
            ids = NOTES.ids(tk.encode(ev.Piece("", whole, {})))
            pieces[tuple(ids.tolist())] = ids
    logs = recurrence.log_probabilities(bundle.weights, list(pieces.values()))
    logs = memory.log_probabilities(logs, list(pieces.values()), bundle.memory)
    each = [log[np.arange(len(log)), ids[1:]].sum() for log, ids in zip(logs, pieces.values(), strict=True)]
    total = np.logaddexp.reduce(each)
    return dict(zip(pieces, np.exp(each - total), strict=True)), total


def found(bundle, part, seed=0, number=4096, sampling=EXACT, stops=None):
    return particles.fill(bundle, lock.of(part, [], NOTES), stops or [2 * BEAT, 3 * BEAT, 4 * BEAT], sampling, seed,
                          n=10_000, particles=number)  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_the_particles_are_distributed_as_everything_that_fits_is_by_enumeration(seed):
    bundle, part = model(seed), lock.part(tune(), [(BEAT, 2 * BEAT)], 4 * BEAT)
    exact, total = posterior(bundle, part)
    result = found(bundle, part)
    shares = {tuple(one.ids.tolist()): one.share for one in result.fillings}
    assert shares.keys() <= exact.keys()
    assert sum(abs(shares.get(ids, 0) - p) for ids, p in exact.items()) / 2 < 0.05
    assert result.evidence == pytest.approx(total, abs=0.1)
    assert result.lived == len(shares)
    assert sum(shares.values()) == pytest.approx(1)


def test_what_comes_after_counts():
    """Without what follows, the same beat is filled otherwise."""
    bundle, part = model(), lock.part(tune(), [(BEAT, 2 * BEAT)], 4 * BEAT)
    exact, _ = posterior(bundle, part)
    blind = found(bundle, part, stops=[2 * BEAT])
    filled = {ids: tuple(NOTES.tokens(ids)) for ids in exact}
    shares = {}
    for one in blind.fillings:
        words = tuple(NOTES.tokens(one.ids))
        owners = [ids for ids, whole in filled.items() if whole[: len(words)] == words]
        assert len(owners) == 1
        shares[owners[0]] = one.share
    assert sum(abs(shares.get(ids, 0) - p) for ids, p in exact.items()) / 2 > 0.1


@pytest.mark.parametrize("voice", ["melody", "bass"])
def test_a_voice_is_kept_and_the_rest_is_distributed_as_by_enumeration(voice):
    bundle, part = model(scale=0.5), lock.part(tune(), [(BEAT, 2 * BEAT)], 4 * BEAT, [voice])

    def keep(events):
        """E4 sounds as the highest or lowest note, struck once."""
        at = {"melody": -1, "bass": 0}[voice]
        return all(
            names and names[at] == "E4" and on[at] == (row > 0)
            for row, (names, on) in enumerate(zip(events["symbols"], events["held"], strict=True))
        )

    exact, total = posterior(bundle, part, keep)
    result = found(bundle, part)
    shares = {tuple(one.ids.tolist()): one.share for one in result.fillings}
    assert len(exact) > 2 if voice == "melody" else len(exact) == 2
    assert shares.keys() <= exact.keys()
    assert sum(abs(shares.get(ids, 0) - p) for ids, p in exact.items()) / 2 < 0.05
    assert result.evidence == pytest.approx(total, abs=0.1)
