"""Of many drawn pieces those that together are most like the corpus: kernel herding.

A network that predicts well still draws pieces that are unlike the corpus now and then: one leaves its key, one never
leaves the beat. So more pieces are drawn than are wanted, and one after the other is taken that brings the mean of what
was taken nearest to the mean of the training pieces, in the kernel of `riyaz.judge.style` (Chen, Welling & Smola,
Super-samples from kernel herding, 2010, arXiv:1203.3472). Which pieces are held out plays no part in it, and the test
of `riyaz.judge.style` against held-out families says whether it worked.
"""

from collections.abc import Sequence

import numpy as np

from riyaz.judge import originality, style
from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece
from riyaz.params import Settings
from riyaz.play import endings, free
from riyaz.play.sampling import Drawn
from riyaz.text.dataset import DataSet
from riyaz.tools import store


def order(candidates: Sequence[Piece], human: Sequence[Piece], closes: np.ndarray | None = None) -> list[int]:
    """All candidates, each time the one that brings what was taken nearest to the human pieces.

    Parameters
    ----------
    candidates, human : cut to one length.
    closes : (n_candidates + n_human,) from `riyaz.play.endings.closes`, of the whole pieces: one more feature.

    Returns
    -------
    Numbers of candidates; of equal ones the first. The beginning does not depend on how many are wanted. In their own
    order where there are no human pieces.
    """
    n = len(candidates)
    if not n or not len(human):
        return list(range(n))
    more = [] if closes is None else [np.c_[closes == 0, closes == 1].astype(float)]
    alike = style.kernel([*candidates, *human], more)
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
    best = [long[k] for k in order(heads[: len(long)], heads[len(long) :], endings.closes(all_of))]
    short = [k for k, piece in enumerate(made) if len(piece.events) < length]
    return [drawn[k] for k in [*best, *short][:n]]
