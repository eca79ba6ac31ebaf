"""The style that all pages share, and where their templates are."""

from pathlib import Path

from markupsafe import Markup
from pygments.formatters import HtmlFormatter

HERE = Path(__file__).resolve().parent / "template"
_SHADES = {"light": "xcode", "dark": "github-dark"}  # pygments styles of code


def css() -> Markup:
    """The style of all pages, with the colours of code by day and by night."""
    day, night = (HtmlFormatter(style=_SHADES[shade]).get_style_defs(".code") for shade in ("light", "dark"))
    code = f"{day}\n@media screen and (prefers-color-scheme: dark) {{\n{night}\n}}\n"
    return Markup(code + (HERE / "style.css").read_text(encoding="utf-8"))
