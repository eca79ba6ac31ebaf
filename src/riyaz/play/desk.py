"""A desk in JupyterLab: a beginning, bars to fill in, or a kaida's theme, and the network plays; to see and to hear.

Nothing is written into the project. What cannot be played is said in a line, and what was typed stays.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML

from riyaz.model.bundle import Bundle
from riyaz.music.events import Piece, Unreadable
from riyaz.params import Settings
from riyaz.play import fill, free, generated, performance, primer
from riyaz.play.sampling import Sampling, draw
from riyaz.practice import player
from riyaz.tabla import notation, taals
from riyaz.text import tokens
from riyaz.text.dataset import DataSet
from riyaz.tools import escape, scratch

BEGINNING = "DhaDha TeTe DhaDha TuNa"
THEME = """title: My theme
taal: teental
form: kaida

[theme]
DhaDha TeTe DhaDha TuNa | DhaDha TeTe DhaDha TuNa |
TaTa TeTe TaTa TuNa | DhaDha TeTe DhaDha TuNa |
"""
_HELP = {
    "bols": "Bols, or the name of a piece of the corpus or a file in data/themes; @8 after a name: its first 8 matras.",
    "notes": "The name of a piece of the corpus or of a file in data/themes; @8 after a name: its first 8 beats.",
}


class Desk:
    """The model, its corpus and the widgets.

    Parameters
    ----------
    settings : of the corpus; numbers of section generate that are ``auto`` are set by the sliders.

    Attributes
    ----------
    box : what a notebook displays.
    """

    def __init__(self, model: Bundle, data: DataSet, settings: Settings) -> None:
        self.model, self.data, self.settings = model, data, settings
        wide = widgets.Layout(width="42rem", max_width="100%")
        self.beginning = widgets.Text(self._first(), description="Beginning", layout=wide)
        self.temperature = widgets.FloatSlider(1.0, min=0.0, max=2.0, step=0.05, description="Temperature")
        self.memory = widgets.FloatSlider(1.0, min=0.0, max=1.0, step=0.05, description="Memory")
        self.tokens = widgets.IntSlider(120, min=20, max=800, step=20, description="Tokens")
        self.seed = widgets.IntText(settings.seed, description="Seed")
        self.go = widgets.Button(description="Go on", button_style="primary")
        self.go.on_click(lambda _: self._do(self.on))
        self.bars = widgets.Text("2", description="Avartans" if data.kind == "bols" else "Bars")
        self.fill = widgets.Button(description="Fill in", button_style="primary")
        self.fill.on_click(lambda _: self._do(self.filled))
        self.line, self.heard = widgets.HTML(), widgets.Output()
        rows: list[Any] = [
            self.beginning,
            widgets.HTML(_HELP[data.kind]),
            widgets.HBox([self.temperature, self.memory]),
            widgets.HBox([self.tokens, self.seed, self.go]),
            widgets.HBox([self.bars, self.fill]),
        ]
        if data.kind == "bols":
            self.theme = widgets.Textarea(THEME, description="Theme", rows=8, layout=wide)
            self.paltas = widgets.IntSlider(4, min=1, max=16, description="Paltas")
            self.perform = widgets.Button(description="Play the kaida", button_style="primary")
            self.perform.on_click(lambda _: self._do(self.kaida))
            rows += [self.theme, widgets.HBox([self.paltas, self.perform])]
        self.box = widgets.VBox([*rows, self.line, self.heard])

    def kit(self) -> HTML:
        """The sounds and the code of the player, which a notebook shows once."""
        return HTML(player.kit(self.data.pieces))

    def wish(self) -> Settings:
        """The settings with the numbers of the sliders."""
        changed = {
            "temperature": self.temperature.value,
            "memory": self.memory.value,
            "top_p": 1.0,
            "tokens": self.tokens.value,
            "beats": None,
        }
        generate = self.settings.generate.model_copy(update=changed)
        return self.settings.model_copy(update={"generate": generate, "seed": self.seed.value})

    def on(self) -> Piece:
        """A piece that goes on from the beginning.

        Raises
        ------
        riyaz.play.primer.BadPrimer, riyaz.music.events.Unreadable : there is no such beginning.
        """
        settings, text = self.wish(), self.beginning.value.strip()
        if not text:
            raise ValueError(f"there is no beginning. {_HELP[self.data.kind]}")
        about = free.about(self.data, settings) | {"title": "Played at the desk"}
        if self.data.kind == "bols" and self._is_bols(text):
            given = primer.Primer(self._typed(text, about), {})
        else:
            given = primer.read(text, self.model, self.data, settings)
        least = (len(given.ids) + settings.generate.tokens) // 2  # it goes on, though the network could end here
        sampling = replace(Sampling.of(settings.generate, self.data.lengths), least=least)
        (drawn,) = draw(self.model, [sampling], settings.seed, [given.ids])
        return given.home(free.piece(drawn, self.model, "desk", about | given.about))

    def filled(self) -> Piece:
        """The piece or file that is named as the beginning, with the asked bars filled in.

        Raises
        ------
        riyaz.play.fill.BadFill, riyaz.play.primer.BadPrimer : what cannot be filled.
        """
        wish = fill.Wish(self.beginning.value.strip(), self.bars.value)
        return fill.fill(wish, self.model, self.data, self.wish()).pieces[0]

    def kaida(self) -> Piece:
        """A performance of the typed theme.

        Raises
        ------
        riyaz.music.events.Unreadable, riyaz.tabla.theme.Impossible : what is wrong with the theme.
        """
        settings = self.wish()
        with scratch.folder() as place:
            path = place / "theme.txt"
            path.write_text(self.theme.value, encoding="utf-8")
            changed = {"form": "kaida", "theme": str(path), "performances": 1, "paltas": self.paltas.value}
            if not settings.generate.temperature:
                changed["temperature"] = 0.01  # a choice among what is allowed; 0 has no probabilities
            settings = settings.model_copy(update={"generate": settings.generate.model_copy(update=changed)})
            (played,), _ = performance.perform_all(self.model, self.data, settings, place)
        return performance.piece(played.composition, "kaida")

    def _first(self) -> str:
        """A beginning that the network knows: typed bols, or where it lacks some of them, a piece of the corpus."""
        if self.data.kind == "bols":
            with suppress(ValueError):
                self._typed(BEGINNING, free.about(self.data, self.settings))
                return BEGINNING
        return f"{self.data.names[0]}@8"

    def _is_bols(self, text: str) -> bool:
        known = {*self.data.names, *(path.name for path in (self.settings.root / "data" / "themes").glob("*"))}
        return text.split("@")[0] not in known

    def _typed(self, text: str, about: dict[str, Any]) -> Any:
        """Typed bols as tokens, in the taal of the settings."""
        taal = taals.find(about["taal"])
        piece = Piece("typed", notation.bols(text, taal.name, "your beginning"), {"kind": "bols", "taal": taal.name})
        words = tokens.encode(piece, self.model.scheme)[1:-1]
        unseen = next((word for word in words if word not in self.model.vocabulary), "")
        if unseen:
            raise ValueError(f"the network never saw {unseen}: take another")
        return self.model.vocabulary.ids(words)

    def _do(self, action: Callable[[], Piece]) -> None:
        """Play, or say in a line why not."""
        self.line.value = "Playing …"
        try:
            shown = HTML(generated.listen(action()))
        except (ValueError, KeyError, OSError, Unreadable) as error:
            self.line.value = f"<b>{escape.html(str(error))}</b>"
            return
        self.line.value = ""
        self.heard.outputs = ()
        self.heard.append_display_data(shown)
