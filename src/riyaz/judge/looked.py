"""How often was the test part looked at: ``python -m riyaz looked``.

Each scoring of held-out pieces adds a line to ``.cache/looked.csv``: corpus, stage, and a digest of the settings that
make the model. Whoever tries many settings and looks at the test part each time chooses on it in the end. Neither git
nor DVC knows this file, and nothing is computed from it, so that a run with and without it gives the same results.
"""

from pathlib import Path

import pandas as pd

from riyaz.params import Settings
from riyaz.tools import environment, store

COLUMNS = ["corpus", "stage", "settings"]
SECTIONS = {"augment", "tokenize", "sequence", "model", "train"}
NAME = "looked.csv"
LESS = "Each look at the test part with other settings makes its figures a little less of a test."


def note(root: Path, corpus: str, stage: str, settings: Settings) -> None:
    """Add a line for one scoring of the held-out pieces of a corpus."""
    path = store.folder(root) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    of = store.digest(settings.model_dump(include=SECTIONS))[:12]
    with path.open("a", encoding="utf-8") as lines:
        lines.write("" if path.stat().st_size else ",".join(COLUMNS) + "\n")
        lines.write(f"{corpus},{stage},{of}\n")


def summary(root: Path) -> pd.DataFrame:
    """A row a corpus and stage: times (of scoring), settings (different ones). No log, no rows."""
    path = store.folder(root) / NAME
    if not path.is_file():
        return pd.DataFrame(columns=["corpus", "stage", "times", "settings"])
    groups = pd.read_csv(path, dtype=str, keep_default_na=False).groupby(["corpus", "stage"])["settings"]
    return groups.agg(times="size", settings="nunique").reset_index()


def sentence(root: Path, corpus: str) -> str:
    """How often the held-out pieces of a corpus were scored, and with how many settings; "" where there is no log."""
    rows = summary(root)
    rows = rows[rows["corpus"] == corpus]
    each = [f"{row.stage} {row.times} times with {row.settings} settings" for row in rows.itertuples()]
    if not each:
        return ""
    return (
        f"In this checkout the held-out pieces were scored by {', by '.join(each)}. {LESS} "
        "Settings are chosen on the validation part."
    )


def run(arguments: list[str]) -> int:
    """Print how often the held-out pieces of each corpus were scored, and with how many different settings."""
    if arguments:
        raise ValueError("looked takes no arguments: python -m riyaz looked")
    for row in summary(environment.checkout()).itertuples():
        print(f"{row.corpus}: {row.stage} scored held-out pieces {row.times} times, with {row.settings} settings")
    print(LESS)
    return 0
