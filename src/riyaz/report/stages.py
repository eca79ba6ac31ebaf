"""The stages of the pipeline, and which code each of them depends on: ``python -m riyaz code``.

For each stage of dvc.yaml it writes data/code/<stage>.txt: the modules that the stage reaches, each with its digest
(`riyaz.tools.source`). A stage names this file as a dependency instead of its modules.
"""

from pathlib import Path

from riyaz.commands import VERBS
from riyaz.tools import environment, files, source

# The stages that every corpus goes through, each with the question that its report answers.
STAGES = {
    "explore": "What is in this folder of music, and what could not be read?",
    "tokenize": "How does music become integers, and what is lost on the way?",
    "sequence": "What does the network see, and which pieces are held out?",
    "train": "What did the network learn, and when did it stop?",
    "generate": "What does the network play?",
    "evaluate": "How good is the model, and does it copy?",
}
PLAYED = ("practice", "play")  # the pages of a corpus beside its reports
CELLS = "What do recurrent cells do, computed from the lecture's equations?"
CARDS = {"model_card": "What the network is, and how it was judged", "data_card": "What the corpus is"}
LECTURE = "What did the lecture say, slide by slide, and does it hold here?"
VERBS_OF_DVC = ("collect", *STAGES, "cells", "lecture", *PLAYED, "pages", "picture", "index")


def bar(page: str, corpus: str) -> list[str]:
    """What the bar of a page leads to: all pages of its corpus; from those for a phone, what is near."""
    if not corpus:
        return []
    return [*PLAYED, "generate"] if page in PLAYED else [*STAGES, *PLAYED]


def starts(root: Path, stage: str) -> list[Path]:
    """The files at which the code of a stage begins: its verb's module and, if that runs a notebook, the notebook."""
    module = root.joinpath("src", *VERBS[stage][0].split(".")).with_suffix(".py")
    runs = VERBS[stage][0] == "riyaz.report.notebook"
    return [module, root / "notebooks" / f"{stage}.ipynb"] if runs else [module]


def run(arguments: list[str]) -> int:
    """Write data/code."""
    root = environment.checkout()
    with files.whole(root / "data" / "code") as part:
        part.mkdir()
        for stage in VERBS_OF_DVC:
            files.write(part / f"{stage}.txt", source.table(*starts(root, stage), src=root / "src"))
    return 0
