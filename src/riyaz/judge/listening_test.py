"""Make a blind listening test of a corpus: ``python -m riyaz listen chorales``.

Pieces of three kinds, all of held-out length, tempo and sound: human ones that nobody learned from, new ones by the
trained network, and new ones by an n-gram of the same training part under the same mask, temperature and top-p. They
are taken in the order in which they are found or made. The folder holds test.html for listeners, key.json for you, and
protocol.txt, which says how to go on; the notebook `listening` reads the answers.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz import params
from riyaz.judge import listening
from riyaz.model import bundle, ngram
from riyaz.model.bundle import Bundle
from riyaz.music import events
from riyaz.params import Generate
from riyaz.play import decode
from riyaz.tabla import taals
from riyaz.text import grammar, tokens
from riyaz.text.tokens import START

TRIES = 4  # pieces made for each one that is asked for: some are too short
STYLES = {"tabla": "tabla solo", "chorales": "a Bach chorale"}


def run(arguments: list[str]) -> int:
    """Read the command line, make the test, say what to do next."""
    parser = argparse.ArgumentParser(prog="riyaz listen", description="Make a blind listening test of a corpus.")
    parser.add_argument("corpus", help="a corpus of params.yaml whose network is trained")
    parser.add_argument("--clips", type=int, default=6, help="of each kind (default 6)")
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
    settings = params.load(asked.corpus)
    seed = settings.seed if asked.seed is None else asked.seed
    model = bundle.load(settings.root / "models" / asked.corpus)
    corpus = read(settings.root, asked.corpus)
    tempo = int(np.median([piece.about.get("tempo") or 100 for piece in corpus["piece"]]))
    held_out = pd.concat([corpus[corpus["part"] == part] for part in ("test", "valid")])  # neither was learned from
    said = new(model, settings.generate, corpus, TRIES * asked.clips, seed)
    about = {"kind": corpus["piece"][0].about["kind"], "metre": "4/4", "taal": settings.generate.taal}
    scheme = model.params["tokenize"]["scheme"]
    groups = {"human": held_out["piece"].tolist()} | {
        method: [tokens.piece(f"{method} {k}", row, scheme, about) for k, row in enumerate(rows, start=1)]
        for method, rows in said.items()
    }
    folder = asked.folder or settings.root / "listening" / asked.corpus
    style = asked.style or STYLES.get(asked.corpus, asked.corpus)
    listening.write(folder, groups, asked.clips, asked.seconds, tempo, seed, style)
    return folder


def read(root: Path, corpus: str) -> pd.DataFrame:
    """The corpus' pieces, token ids and parts: one row a piece."""
    folder, split = root / "data" / "tokens" / corpus, root / "data" / "sequences" / corpus / "split.csv"
    for needed, stage in ((folder / "tokens.parquet", "tokenize"), (split, "sequence")):
        if not needed.is_file():
            raise FileNotFoundError(f"{needed} is missing: the stage {stage} makes it")
    ids, parts = pd.read_parquet(folder / "tokens.parquet")["ids"], pd.read_csv(split)["part"]
    return pd.DataFrame({"piece": pd.Series(events.load(folder), dtype=object), "ids": ids, "part": parts})


def new(model: Bundle, wish: Generate, corpus: pd.DataFrame, n: int, seed: int) -> dict[str, list[list[str]]]:
    """Tokens of n pieces each by the network and by the n-gram, under one mask, temperature and top-p."""
    vocabulary, scheme = model.vocabulary, model.params["tokenize"]["scheme"]
    rules, first = grammar.rules(vocabulary, scheme), np.array([], np.int32)
    if wish.form != "free" and corpus["piece"][0].about["kind"] == "bols":
        taal = taals.find(wish.taal)
        rules = grammar.rules(vocabulary, scheme, taal.vibhags, wish.avartans)
        first = vocabulary.ids([f"taal:{taal.name}"])
    shape, kept = (wish.temperature, wish.top_k, wish.top_p), model.params.get("memory")
    network = decode.generate(
        model.weights, vocabulary, n, wish.tokens, seed, *shape, [first] * n, rules, memory=kept, strength=wish.memory
    )
    train, valid = (corpus.loc[corpus["part"] == part, "ids"].tolist() for part in ("train", "valid"))
    baseline, rng = n_gram(train, valid, len(vocabulary)), np.random.default_rng(seed)
    primer = [START, *first.tolist()]
    drawn = [
        ngram.sample(baseline, rng, wish.tokens, primer, wish.temperature, wish.top_p, keeping(rules)) for _ in range(n)
    ]
    return {
        "network": [vocabulary.tokens(out.ids) for out in network],
        "n-gram": [vocabulary.tokens(ids) for ids in drawn],
    }


def n_gram(train: list[np.ndarray], valid: list[np.ndarray], size: int) -> ngram.Interpolated:
    """The interpolated n-gram, its order chosen on the validation part; order 4 where there is none."""
    model = ngram.train(train, size)
    return ngram.choose_order(model, valid)[0] if valid else model.at(4)


def keeping(rules: grammar.Rules) -> Callable[[np.ndarray], np.ndarray]:
    """The grammar's mask for one piece that grows token by token."""
    import jax

    advance, allowed = jax.jit(grammar.advance), jax.jit(grammar.allowed)
    read, state = 0, grammar.initial(1)

    def mask(so_far: np.ndarray) -> np.ndarray:
        nonlocal read, state
        for token in so_far[read:]:
            state = advance(rules, state, np.array([token], np.int32))
        read = len(so_far)
        return np.asarray(allowed(rules, state))[0]

    return mask
