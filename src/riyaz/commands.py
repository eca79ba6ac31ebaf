"""The verbs of ``python -m riyaz``: each a line here and a function `run(arguments) -> exit code` in its own module.

A verb that is the name of a notebook runs that notebook.
"""

import importlib
import sys

from riyaz.tools import escape

# verb: (module, arguments, what it does), in the order in which the music flows
VERBS = {
    "collect": ("riyaz.music.collect", "", "copy corpora from music21 into data/raw"),
    "code": ("riyaz.report.stages", "", "note which code each stage depends on, for DVC"),
    "explore": ("riyaz.report.notebook", "CORPUS", "read a folder of music"),
    "tokenize": ("riyaz.report.notebook", "CORPUS", "turn music into integers"),
    "sequence": ("riyaz.report.notebook", "CORPUS", "split the pieces and cut windows"),
    "train": ("riyaz.report.notebook", "CORPUS", "train the network"),
    "generate": ("riyaz.report.notebook", "CORPUS", "make new pieces"),
    "evaluate": ("riyaz.report.notebook", "CORPUS", "judge the model and its pieces"),
    "cells": ("riyaz.report.notebook", "", "compute the lecture's theory of recurrent cells"),
    "lecture": ("riyaz.report.notebook", "", "put the lecture's claims beside what is found here"),
    "folds": ("riyaz.judge.folds", "CORPUS", "train and judge with other held-out parts and other seeds"),
    "ablations": ("riyaz.judge.ablations", "CORPUS", "train with each part of the recipe changed: what it gains"),
    "rival": ("riyaz.judge.trained_rival", "CORPUS", "train and judge a transformer with the network's recipe"),
    "rolls": ("riyaz.judge.rolls", "FILE", "measure nats per frame on a published benchmark of piano rolls"),
    "pages": ("riyaz.report.pages", "CORPUS|NOTEBOOK", "turn executed notebooks into HTML pages"),
    "picture": ("riyaz.report.picture", "CORPUS", "make the picture and the sound that the README shows"),
    "practice": ("riyaz.practice.page", "CORPUS", "make the page to practise with"),
    "play": ("riyaz.practice.play", "CORPUS", "make the page to play with the network"),
    "index": ("riyaz.report.index", "", "make reports/index.html"),
    "compare": ("riyaz.report.compare", "REV ...", "put experiments side by side in reports/compare.html"),
    "sheet": ("riyaz.tabla.sheet", "FILE", "print and play one tabla composition"),
    "fill": ("riyaz.play.fill", "FILE", "fill in bars of a piece, or go on after its end"),
    "check": ("riyaz.judge.critic", "FILE", "say bol by bol which rules a tabla composition breaks"),
    "leaks": ("riyaz.judge.leaks", "CORPUS", "print what of the held-out pieces stands in the training part"),
    "looked": ("riyaz.judge.looked", "", "print how often held-out pieces were scored"),
    "pilot": ("riyaz.judge.pilot", "", "simulate listeners: how many a listening test needs"),
    "dial": ("riyaz.judge.dial", "CORPUS OTHER", "mix two networks: which mixture predicts which corpus best"),
    "listen": ("riyaz.judge.listening_test", "CORPUS", "make a blind listening test"),
    "compare-readers": ("riyaz.music.comparison", "FOLDER", "compare the readers with independent ones"),
    "fuzz": ("riyaz.tools.fuzz", "", "read damaged files of every kind; --inputs N --seed K"),
    "torture": ("riyaz.tools.torture", "", "kill the pipeline and give it bad places; --kills N --seed K"),
    "with": ("riyaz.tools.environment", "COMMAND ...", "run any command in the environment of the pipeline"),
}


def usage() -> str:
    """One line a verb."""
    lines = (f"  {verb:9}{arguments:16}{what}" for verb, (_, arguments, what) in VERBS.items())
    return "usage: python -m riyaz VERB ...\n\n" + "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run a verb; 2 where there is no such verb, else its own exit code, with one line on stderr for what is wrong."""
    verb, *rest = arguments or ["--help"]
    if verb in ("-h", "--help"):
        print(usage())
        return 0
    if verb not in VERBS:
        print(f"riyaz: there is no verb {verb}; there are {', '.join(VERBS)}", file=sys.stderr)
        return 2
    module = VERBS[verb][0]
    try:
        run = importlib.import_module(module).run
    except ModuleNotFoundError as error:
        name = error.name or "a package"
        print(f"riyaz: {name} is not in this Python's environment: run make, or activate .venv first", file=sys.stderr)
        return 1
    given = arguments if module == "riyaz.report.notebook" else rest
    try:
        return run(given)
    except KeyboardInterrupt:
        print(f"{' '.join(arguments)}: stopped", file=sys.stderr)
        return 130
    except (ValueError, OSError) as error:  # what a user can mend; BadParams, Unreadable and Mismatch are ValueErrors
        print(f"{' '.join(arguments)}: {' '.join(escape.line(error).split())}", file=sys.stderr)
        return 1
