"""The recall task: a symbol is shown among distractors, and asked for after a gap. Nothing but memory can solve it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from riyaz.lecture import small
from riyaz.lecture.small import Network, Windows
from riyaz.params import Recall

QUERY = 1  # the token that asks for the symbol
VALID, ASKED = 500, 256  # sequences to choose the best check by, and to answer
CHECKS = 5
LONG = 4  # sequences along which gradients are followed
BOTH_CORES = Parallel(2, prefer="threads")  # two trainings at a time; neither depends on the other


def recall_windows(n_windows: int, gaps: Sequence[int], length: int, n_symbols: int, seed: int) -> Windows:
    """Sequences that end in a question: which symbol stood `gap` tokens before it?

    Tokens: 0 is never used, 1 asks, then come `n_symbols` symbols to recall and as many distractors. A sequence is
    of random distractors; one symbol stands among them, `gap` distractors before the question at the end.

    Parameters
    ----------
    gaps : one is drawn for each sequence; none may exceed length - 2.
    length : tokens in a sequence.

    Returns
    -------
    Windows: only the last position has a target, the symbol.

    Raises
    ------
    ValueError : for a gap that does not fit.
    """
    if max(gaps) > length - 2:
        raise ValueError(
            f"a gap of {max(gaps)} needs sequences of {max(gaps) + 2} tokens, not {length}: raise the length"
        )
    rng = np.random.default_rng(seed)
    symbol = rng.integers(2, 2 + n_symbols, n_windows)
    inputs = rng.integers(2 + n_symbols, 2 + 2 * n_symbols, (n_windows, length))
    inputs[np.arange(n_windows), length - 2 - rng.choice(np.asarray(gaps), n_windows)] = symbol
    inputs[:, -1] = QUERY
    targets = np.zeros_like(inputs)
    targets[:, -1] = symbol
    return Windows(inputs.astype(np.int32), targets.astype(np.int32))


def n_tokens(asked: Recall) -> int:
    """Tokens of the task: padding, the question, symbols and as many distractors."""
    return 2 + 2 * asked.symbols


def untrained(cell: str, asked: Recall, seed: int) -> list[Network]:
    """One network a seed, with one-hot embeddings: what a step back leaves of a gradient is the cell's alone."""
    size = n_tokens(asked)
    networks = small.initial_networks(cell, size, size, asked.units, seed, asked.seeds)
    return [network | {"embedding": np.eye(size, dtype=np.float32)} for network in networks]


def train(cells: Sequence[str], asked: Recall, seed: int) -> tuple[dict[str, list[Network]], pd.DataFrame]:
    """Train every cell on the same kind of sequences, for the same number of steps, at its own best learning rate.

    The rates are tried with one seed, and further ones beyond an end that is the best (`small.beyond`), so that the
    best has a worse one on either side.

    Returns
    -------
    Of each cell one network a seed; and the validation loss (nats) by cell (rows) and learning rate (columns), missing
    where it was not tried.
    """
    length = max(asked.gaps) + 2
    data, valid = (recall_windows(n, asked.gaps, length, asked.symbols, seed + n) for n in (asked.sequences, VALID))
    schedule = small.Schedule(asked.steps, asked.batch, checks=CHECKS)

    def one(cell: str) -> tuple[list[Network], dict[float, float]]:
        starts, networks, losses = untrained(cell, asked, seed), dict[float, list[Network]](), dict[float, float]()
        pending = list(asked.learning_rates)
        while pending:
            for rate in pending:
                networks[rate], checked = small.train(cell, starts[:1], rate, data, valid, schedule, seed)
                losses[rate] = float(checked.min())
            pending = small.beyond(losses)
        best = min(losses, key=lambda rate: losses[rate])
        others = small.train(cell, starts[1:], best, data, valid, schedule, seed + 1)[0] if starts[1:] else []
        return [*networks[best], *others], losses

    results = dict(zip(cells, BOTH_CORES(delayed(one)(cell) for cell in cells), strict=True))
    tried = pd.DataFrame({cell: pd.Series(losses) for cell, (_, losses) in results.items()}).T.sort_index(axis=1)
    return {cell: networks for cell, (networks, _) in results.items()}, tried.rename_axis("cell")


def norms(networks: Mapping[str, Sequence[Network]], asked: Recall, seed: int) -> dict[str, np.ndarray]:
    """How strongly the last output feels the input k steps back: log10 of the Jacobian's norm.

    Returns
    -------
    For each cell (seeds * sequences, `asked.back` + 1) float64.
    """
    long = recall_windows(LONG, [asked.back], asked.back + 2, asked.symbols, seed).inputs
    return {
        cell: np.log10(
            np.concatenate([small.gradient_norms(cell, one["cell"], one["embedding"][long]) for one in of])[
                :, : asked.back + 1
            ]
            + 1e-300
        )
        for cell, of in networks.items()
    }


def factor(norms: np.ndarray) -> float:
    """What a step back leaves of the gradient, on average over all steps but the first (the median sequence)."""
    steps = norms.shape[1] - 1
    return float(10 ** (np.median(norms[:, -1] - norms[:, 1]) / (steps - 1)))


def answers(networks: Mapping[str, Sequence[Network]], asked: Recall, seed: int) -> pd.DataFrame:
    """Let the networks answer: a row a gap, cell and seed, with accuracy (a share, 0 to 1)."""
    longest = max(asked.gaps) + 2
    rows = []
    for gap in asked.asked:
        windows = recall_windows(ASKED, [gap], max(gap + 2, longest), asked.symbols, seed + gap)
        for cell, of in networks.items():
            for k, network in enumerate(of):
                rows.append((cell, gap, k, small.accuracy(cell, network, windows)))
    return pd.DataFrame(rows, columns=["cell", "gap", "seed", "accuracy"])


def trained_and_longer(answers: pd.DataFrame, longest: int) -> tuple[pd.Series, pd.Series]:
    """Mean accuracy of each cell over the gaps up to `longest`, and over longer ones."""
    mean = answers.pivot_table(index="gap", columns="cell", values="accuracy")
    return mean.loc[mean.index <= longest].mean(), mean.loc[mean.index > longest].mean()


def forgetting(beyond: Mapping[str, float], titles: Mapping[str, str]) -> str:
    """Whether RNNs forget, in a sentence that follows from mean accuracies over gaps longer than trained ones."""
    confirmed = beyond["rnn_sigmoid"] < min(beyond[cell] for cell in ("rnn", "lstm", "gru"))
    behind = [titles[cell] for cell in ("lstm", "gru") if beyond[cell] <= beyond["rnn"]]
    first = (
        "confirmed for the sigmoid, on which the lecture's argument rests"
        if confirmed
        else ("not confirmed even for the sigmoid")
    )
    second = (
        f"is not behind the {' and the '.join(behind)} over gaps that were never trained on: there gates do not by"
        " themselves make a longer memory"
        if behind
        else "remembers less over gaps that were never trained on than both gated cells"
    )
    return f"That RNNs forget is {first}. With tanh and orthogonal weights the RNN {second}."
