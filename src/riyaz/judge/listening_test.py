"""Make a blind listening test of a corpus: ``python -m riyaz listen chorales``.

Pieces of three kinds, all with the length, tempo and sound of held-out pieces: human ones that no model learned from,
new ones by the trained network, and new ones by an n-gram that learned the same training pieces and draws under the
same grammar, temperature and top-p. They are taken in the order in which they are found or made. The folder holds
test.html for listeners, key.json for you, and protocol.txt, which says how to go on; the notebook `listening` reads the
answers.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
from numpy.typing import ArrayLike

from riyaz import params
from riyaz.judge import listening, rivals, tuning
from riyaz.model import bundle, mixture, ngram
from riyaz.model.bundle import Bundle
from riyaz.params import Settings
from riyaz.play.sampling import Sampling, draw
from riyaz.tabla import taals
from riyaz.text import dataset, grammar, tokens
from riyaz.text.dataset import DataSet
from riyaz.text.tokens import START
from riyaz.tools import environment, store

TRIES = 4  # pieces made for each one that is asked for: some are too short
STYLES = {"tabla": "tabla solo", "chorales": "a Bach chorale"}


def run(arguments: list[str]) -> int:
    """Read the command line, make the test, say what to do next."""
    parser = argparse.ArgumentParser(prog="riyaz listen", description="Make a blind listening test of a corpus.")
    parser.add_argument("corpus", help="a corpus of params.yaml whose network is trained")
    parser.add_argument("--clips", type=int, default=12, help="of each kind (default 12)")
    parser.add_argument("--seconds", type=float, default=20, help="length of a clip (default 20)")
    parser.add_argument("--seed", type=int, default=None, help="of pieces and order (default: the seed of params.yaml)")
    parser.add_argument("--style", default=None, help='in "How well does it fit the style of ...?"')
    parser.add_argument("--folder", type=Path, default=None, help="default: listening/<corpus>")
    folder = make(parser.parse_args(arguments))
    print(f"{folder}/test.html is for the listeners, key.json for you; protocol.txt says how to go on.")
    return 0


def make(asked: argparse.Namespace) -> Path:
    """Make the pieces of the three groups, and the test of them."""
    if asked.clips < 1 or not 1 <= asked.seconds <= 120:
        raise ValueError("--clips is at least 1, and --seconds from 1 to 120")
    root = environment.checkout()
    settings = params.load(asked.corpus, path=root / "params.yaml")
    seed = settings.seed if asked.seed is None else asked.seed
    model = mixture.load(bundle.load(root / "models" / asked.corpus), settings)
    data = dataset.load(root, asked.corpus)
    settings = tuning.settled(model, data, settings, store.folder(root)).settings
    about = data.about() | ({"taal": settings.generate.taal} if data.kind == "bols" else {})
    groups = {"human": data.part("test", "valid").pieces} | {
        method: [tokens.piece(f"{method} {k}", row, model.scheme, about) for k, row in enumerate(rows, start=1)]
        for method, rows in new(model, settings, data, TRIES * asked.clips, seed).items()
    }
    folder = asked.folder or root / "listening" / asked.corpus
    style = asked.style or STYLES.get(asked.corpus, asked.corpus)
    listening.write(folder, groups, asked.clips, asked.seconds, about["tempo"], seed, style)
    return folder


def new(model: Bundle, settings: Settings, data: DataSet, n: int, seed: int) -> dict[str, list[list[str]]]:
    """Tokens of n pieces each by the network and by the n-gram, under one grammar, temperature and top-p."""
    vocabulary, sampling = model.vocabulary, Sampling.of(settings.generate, data.lengths)
    rules, first = grammar.rules(vocabulary, model.scheme), np.array([], np.int32)
    if settings.generate.form != "free" and data.kind == "bols":
        taal = taals.find(settings.generate.taal)
        rules = grammar.rules(vocabulary, model.scheme, taal.vibhags, settings.generate.avartans)
        first = vocabulary.ids([f"taal:{taal.name}"])
    network = draw(model, [sampling] * n, seed, [first] * n, rules)
    return {
        "network": [vocabulary.tokens(one.ids) for one in network],
        "n-gram": by_n_gram(rivals.n_gram(data, settings), model, sampling, n, seed, rules, first),
    }


def by_n_gram(
    baseline: ngram.Model,
    model: Bundle,
    sampling: Sampling,
    n: int,
    seed: int,
    rules: grammar.Rules | None = None,
    first: ArrayLike = (),
) -> list[list[str]]:
    """Tokens of n pieces by an n-gram, drawn as the network's are; `first` are ids that each begins with."""
    rules, rng = rules or grammar.rules(model.vocabulary, model.scheme), np.random.default_rng(seed)
    shape = (sampling.tokens, [START, *np.asarray(first, int).tolist()], sampling.temperature, sampling.top_p)
    return [model.vocabulary.tokens(ngram.sample(baseline, rng, *shape, masking(rules))) for _ in range(n)]


_advance, _allowed = jax.jit(grammar.advance), jax.jit(grammar.allowed)


def masking(rules: grammar.Rules) -> Callable[[np.ndarray], np.ndarray]:
    """The grammar's mask for one piece that grows token by token."""
    read, state = 0, grammar.initial(1)

    def mask(so_far: np.ndarray) -> np.ndarray:
        nonlocal read, state
        for token in so_far[read:]:
            state = _advance(rules, state, np.array([token], np.int32))
        read = len(so_far)
        return np.asarray(_allowed(rules, state))[0]

    return mask
