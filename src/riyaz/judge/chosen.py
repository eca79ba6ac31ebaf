"""Of many drawn pieces those that together are most like the corpus: kernel herding.

A network that predicts well still draws pieces that are unlike the corpus now and then: one leaves its key, one never
leaves the beat. So more pieces are drawn than are wanted, and one after the other is taken that brings the mean of what
was taken nearest to the mean of the training pieces, in the kernel of `riyaz.judge.style` (Chen, Welling & Smola,
Super-samples from kernel herding, 2010, arXiv:1203.3472). Two features more count here: how a piece closes, and whether
it shares a longer run with a training piece than the median human piece does with another family's. Which pieces are
held out plays no part in it, and the test of `riyaz.judge.style` against held-out families says whether it worked.
"""

from collections.abc import Sequence

import numpy as np

from riyaz.judge import copying, originality, style
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play import endings, free
from riyaz.play.sampling import Drawn
from riyaz.text.dataset import DataSet
from riyaz.tools import store


def order(candidates: Sequence[Piece], human: Sequence[Piece], numbers: Sequence[np.ndarray] = ()) -> list[int]:
    """All candidates, each time the one that brings what was taken nearest to the human pieces.

    Parameters
    ----------
    candidates, human : cut to one length.
    numbers : further features, of the whole pieces: (n_candidates + n_human,) each, NaN for none.

    Returns
    -------
    Numbers of candidates; of equal ones the first. The beginning does not depend on how many are wanted. In their own
    order where there are no human pieces.
    """
    n = len(candidates)
    if not n or not len(human):
        return list(range(n))
    alike = style.kernel([*candidates, *human], numbers)
    wanted, taken, result = alike[:n, n:].mean(axis=1), np.zeros(n), []
    left = np.ones(n, bool)
    for count in range(1, n + 1):
        score = np.where(left, wanted - taken / count, -np.inf)
        best = int(score.argmax())
        left[best] = False
        taken += alike[:n, best]
        result.append(best)
    return result


def candidates(model: Bundle, data: DataSet, settings: Settings, n: int) -> list[Drawn]:
    """The free pieces that n are chosen from: `generate.candidates`, but at least n."""
    wanted = max(n, settings.generate.candidates)
    return free.pieces(model, data, settings, wanted, cache=store.folder(settings.root))


def pieces(model: Bundle, data: DataSet, settings: Settings, n: int) -> list[Drawn]:
    """The n free pieces that are delivered: `first` of the `candidates`."""
    return first(candidates(model, data, settings, n), model, data, settings, n)


def first(drawn: Sequence[Drawn], model: Bundle, data: DataSet, settings: Settings, n: int) -> list[Drawn]:
    """The first n of free pieces in the order of `order`; pieces that are too short come last.

    No more pieces than n stay in their own order.
    """
    if len(drawn) <= n:
        return list(drawn)
    about, length = free.about(data, settings), style.usual(data.part("train"))
    made = [free.piece(one, model, str(k), about) for k, one in enumerate(drawn)]
    long = [k for k, piece in enumerate(made) if len(piece.events) >= length]
    all_of = [*(made[k] for k in long), *style.whole(data.part("train"), length)]
    heads = originality.at_most(all_of, length)
    numbers = [endings.closes(all_of), _runs(heads, len(long), data.part("train"))]
    best = [long[k] for k in order(heads[: len(long)], heads[len(long) :], numbers)]
    short = [k for k, piece in enumerate(made) if len(piece.events) < length]
    return [drawn[k] for k in [*best, *short][:n]]


def _runs(heads: Sequence[Piece], n: int, train: DataSet) -> np.ndarray:
    """The longest run that each drawn piece shares with a training piece, no less than human ones: (n_heads,).

    Human pieces, each against those of other families, all count as their median.

    Parameters
    ----------
    heads : n drawn pieces, then human ones, of the training part.
    """
    family = dict(zip(train.names, train.families.tolist(), strict=True))
    runs = copying.runs(heads, [-1] * n + [family[piece.name] for piece in heads[n:]], train).astype(float)
    usual = np.median(runs[n:]) if len(heads) > n else 0.0
    return np.r_[np.maximum(runs[:n], usual), np.full(len(heads) - n, usual)]
