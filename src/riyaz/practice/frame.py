"""The frame of the pages practice.html and play.html: the head and the bar of all reports around what is their own."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from riyaz.practice import player
from riyaz.report.stages import bar
from riyaz.report.stylesheet import HERE, css


def corpus_of(arguments: list[str], verb: str) -> str:
    """The corpus that the verb of one of these pages names; ValueError where it names none, or more."""
    if len(arguments) != 1:
        raise ValueError(f"name one corpus, such as: python -m riyaz {verb} tabla")
    return arguments[0]


def render(name: str, corpus: str, **parts: Any) -> str:
    """Make the page `name` from its template in `web/`.

    Parameters
    ----------
    name : ``practice`` or ``play``, which is the name of its style sheet too.
    parts : what its template names. They are HTML, JSON or code: texts of users are escaped before.
    """
    jinja = Environment(
        loader=FileSystemLoader([player.WEB, HERE]),
        autoescape=False,  # the parts are HTML
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    style = f"{css()}\n{player.style('player', 'frame', name)}"
    return jinja.get_template(f"{name}.html.j2").render(corpus=corpus, css=style, links=bar(name, corpus), **parts)
