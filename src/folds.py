"""Judge a corpus over folds and seeds: `python src/folds.py tabla`; see `riyaz.folds`.

This takes a training for every fold and seed, so its result, reports/<corpus>/folds.csv, is kept in git: DVC computes
it again where anything that it depends on has changed, and nowhere else.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# A training a core, each on one thread: the same bits however many cores there are.
os.environ.update(
    NPROC="1",
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    JAX_PLATFORMS="cpu",
    GLIBC_TUNABLES="glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_max=0"
    ":glibc.malloc.trim_threshold=8589934592",
)


def judge(corpus: str) -> int:
    """Write the table of one corpus and return its number of trainings."""
    import pandas as pd

    from riyaz import folds, params, tokens

    settings = params.load(corpus, path=ROOT / "params.yaml")
    folder = ROOT / "data" / "tokens" / corpus
    vocabulary = tokens.Vocabulary.load(folder / "vocabulary.json")
    ids = pd.read_parquet(folder / "tokens.parquet")["ids"].tolist()
    table = pd.read_csv(ROOT / "data" / "sequences" / corpus / "split.csv")
    sizes, parts = table["tokens"].tolist(), table["part"].to_numpy()
    asked = settings.folds
    seeds = asked.seeds if corpus in asked.corpora else 0
    runs = folds.plan(table["family"].to_numpy(), sizes, parts, asked.folds, seeds, settings.seed)
    judged = folds.judge_all(runs, ids, vocabulary, settings, f"judging {corpus}")
    target = ROOT / "reports" / corpus / "folds.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(".folds.csv.part")
    judged.to_csv(temporary, index=False)
    temporary.replace(target)
    return len(runs)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print("usage: python src/folds.py CORPUS, such as: python src/folds.py tabla", file=sys.stderr)
        return 2
    try:
        print(f"folds {arguments[0]}: {judge(arguments[0])} trainings", file=sys.stderr)
    except (ValueError, OSError) as error:
        print(f"folds {arguments[0]}: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
