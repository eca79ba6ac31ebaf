"""A composition within the source of a web page, as the rows of text that a browser shows."""

import re
from html.parser import HTMLParser

from riyaz.tabla.place import Row

_BLOCKS = frozenset("p div br li ul ol dl dt dd table thead tbody tr h1 h2 h3 h4 h5 h6 pre hr section article".split())
_CELLS = frozenset(("td", "th"))
_INLINE = frozenset("span b i u em strong code a font center small sup sub mark".split())
_UNSEEN = frozenset(("script", "style", "head", "template"))
_TAG = re.compile(rf"</?(?:{'|'.join(_BLOCKS | _CELLS | _INLINE | _UNSEEN)})(?:\s[^<>]*)?/?>", re.IGNORECASE)


def rows(text: str) -> list[Row]:
    """The rows of a text with tags of HTML; none of any other text."""
    if not _TAG.search(text):
        return []
    page = _Page()
    page.feed(text)
    page.close()
    page.end()
    return page.rows


class _Page(HTMLParser):
    """Rows end where a block does and where a line of the source ends, but not within a row of a table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[Row] = []
        self._row, self._at, self._cells, self._unseen = "", (1, 1), False, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.end()
        if tag in _CELLS:
            self._row += "\t" if self._row.strip() else ""
        elif tag not in _BLOCKS | _INLINE | _UNSEEN:
            self.handle_data(self.get_starttag_text() or "")
        self._cells = tag == "tr" or self._cells

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BLOCKS:
            self.end()
        elif tag not in _CELLS | _INLINE | _UNSEEN:
            self.handle_data(f"</{tag}>")
        self._cells = tag not in ("tr", "table") and self._cells

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        line, column = self.getpos()
        for number, part in enumerate(data.replace("\xa0", " ").split("\n")):
            if number and not self._cells:
                self.end()
            if part.strip() and not self._row.strip():
                self._at = (line + number, column + 1 if not number else 1)
            self._row += " " + part.strip() if number and self._cells else part

    def end(self) -> None:
        """End a row; one of blanks alone is an empty row, where the one before is none."""
        if self._row.strip() or (self.rows and self.rows[-1].text):
            self.rows.append(Row(self._row.strip("\n").rstrip(), *self._at))
        self._row = ""
