"""A place in a text file, in front of every error message: ``file:line:column``."""

from typing import NamedTuple, NoReturn

from riyaz.music.events import Unreadable


class Row(NamedTuple):
    """A row of text, and where in its file it comes from; line and column count from 1."""

    text: str
    line: int
    column: int


class Place(NamedTuple):
    """Where something stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def stop(self, reason: str, remedy: str = "") -> NoReturn:
        """Raise Unreadable with this place in front."""
        raise Unreadable(f"{self.file}:{self.line}:{self.column}: {reason}", remedy)
