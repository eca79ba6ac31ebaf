"""Make a blind listening test of a corpus: `python src/listening_test.py chorales`.

Pieces of three kinds, all of held-out length, tempo and sound: human ones from the corpus' test part, new ones by the
trained network, and new ones by an n-gram of the same training part under the same mask, temperature and top-p. They
are taken in the order in which they are found or made. The folder holds test.html for listeners, key.json for you, and
protocol.txt, which says how to go on; the notebook `listening` reads the answers.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from riyaz import bundle, decode, events, generated, grammar, listening, ngram, params
from riyaz.events import Piece
from riyaz.tabla import taals

TRIES = 4  # pieces made for each one that is asked for: some are too short
STYLES = {"tabla": "tabla solo", "chorales": "a Bach chorale"}


def main() -> None:
    """Read the command line, make the test, say what to do next."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", help="a corpus of params.yaml whose network is trained")
    parser.add_argument("--clips", type=int, default=6, help="of each kind (default 6)")
    parser.add_argument("--seconds", type=float, default=20, help="length of a clip (default 20)")
    parser.add_argument("--seed", type=int, default=None, help="of pieces and order (default: the seed of params.yaml)")
    parser.add_argument("--style", default=None, help='in "How well does it fit the style of ...?"')
    parser.add_argument("--folder", type=Path, default=None, help="default: listening/<corpus>")
    asked = parser.parse_args()
    try:
        folder = make(asked)
    except (params.BadParams, FileNotFoundError, ValueError) as error:
        sys.exit(f"listening_test.py: {error}")
    print(f"{folder}/test.html is for the listeners, key.json for you; protocol.txt says how to go on.")


def make(asked: argparse.Namespace) -> Path:
    """Make the pieces of the three groups, and the test of them."""
    settings = params.load(asked.corpus)
    seed = settings.seed if asked.seed is None else asked.seed
    model = bundle.load(settings.root / "models" / asked.corpus)
    tokens = settings.root / "data" / "tokens" / asked.corpus
    split = settings.root / "data" / "sequences" / asked.corpus / "split.csv"
    for needed, stage in ((tokens / "tokens.parquet", "tokenize"), (split, "sequence")):
        if not needed.is_file():
            raise FileNotFoundError(f"{needed} is missing: the stage {stage} makes it")
    pieces, ids = events.load(tokens), pd.read_parquet(tokens / "tokens.parquet")["ids"].tolist()
    parts = pd.read_csv(split)["part"].to_numpy()
    tempo = int(np.median([piece.about.get("tempo") or 100 for piece in pieces]))
    kind = pieces[0].about["kind"]
    about = {"kind": kind, "metre": "4/4", "tempo": tempo}
    n_tries, wish, scheme = TRIES * asked.clips, settings.generate, model.params["tokenize"]["scheme"]
    rules, first = grammar.rules(model.vocabulary, scheme), np.array([], np.int32)
    if wish.form != "free" and kind == "bols":
        taal = taals.find(wish.taal)
        rules = grammar.rules(model.vocabulary, scheme, taal.vibhags, wish.avartans)
        first = model.vocabulary.ids([f"taal:{taal.name}"])
    network = decode.generate(
        model.weights,
        model.vocabulary,
        n_tries,
        wish.tokens,
        seed,
        wish.temperature,
        wish.top_k,
        wish.top_p,
        [first] * n_tries,
        rules,
    )
    baseline = n_gram(
        [row for row, part in zip(ids, parts, strict=True) if part == "train"],
        [row for row, part in zip(ids, parts, strict=True) if part == "valid"],
        len(model.vocabulary),
    )
    rng = np.random.default_rng(seed)
    drawn = [
        ngram.sample(baseline, rng, wish.tokens, [1, *first], wish.temperature, wish.top_p, keeping(rules))
        for _ in range(n_tries)
    ]

    def as_pieces(rows: list[np.ndarray], method: str) -> list[Piece]:
        words = [model.vocabulary.tokens(row) for row in rows]
        return [generated.piece(f"{method} {k}", w, scheme, about, method) for k, w in enumerate(words, start=1)]

    groups = {
        "human": [piece for piece, part in zip(pieces, parts, strict=True) if part == "test"],
        "network": as_pieces([out.ids for out in network], "network"),
        "n-gram": as_pieces(drawn, "n-gram"),
    }
    folder = asked.folder or settings.root / "listening" / asked.corpus
    style = asked.style or STYLES.get(asked.corpus, asked.corpus)
    listening.write(folder, groups, asked.clips, asked.seconds, tempo, seed, style)
    return folder


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


if __name__ == "__main__":
    main()
