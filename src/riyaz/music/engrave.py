"""To see: written notation engraved as SVG, through Verovio.

Glyphs and fonts are inside the SVG, so that it is drawn offline; its ids are made from the score's own bytes, so that
the same score gives the same bytes, and two scores in one page do not share ids.
"""

import re
from base64 import b64decode
from typing import Any
from xml.etree import ElementTree
from zlib import crc32

from riyaz.tools import escape

WIDTH, HEIGHT = 2100, 2970  # an A4 page, in Verovio's units of a tenth of a millimetre
LINE = 400  # the height of one line
SCALE = 70  # percent: about four bars a line, legible on a screen


def first_line(musicxml: str, title: str = "Score") -> str:
    """Engrave what fits on the first line of a page; see `svg`."""
    return svg(musicxml, title, one_line=True)[0]


def svg(musicxml: str, title: str = "Score", one_line: bool = False) -> list[str]:
    """Engrave a score.

    Parameters
    ----------
    musicxml : a MusicXML document.
    title : what a screen reader says of the picture.
    one_line : whether a page is as high as one line of a score of a few parts.

    Returns
    -------
    One ``<svg>`` a page, as wide as the place it is put into; the last is no higher than its music.

    Raises
    ------
    ValueError : there is no score in it.
    """
    toolkit = _loaded(musicxml, one_line)
    pages = [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]
    if not any('class="measure"' in page for page in pages):
        raise ValueError("no score to engrave: it has no measures; expected a MusicXML document")
    return [_scalable(page, f"{title}, page {n} of {len(pages)}") for n, page in enumerate(pages, 1)]


def timing(musicxml: str) -> dict[str, Any]:
    """When each engraved note sounds.

    Returns
    -------
    ``notes``: [beat, ids that begin, ids that end] of each moment in time order, beats in quarter notes from the start;
    ``bars``: [beat, id] of each measure. The ids are the ``data-ref`` of `svg`. Both are empty
    for a document without measures.

    Raises
    ------
    ValueError : there is no score in it.
    """
    moments = _loaded(musicxml).renderToTimemap({"includeMeasures": True})
    return {
        "notes": [
            [round(moment["qstamp"], 6), moment.get("on", []), moment.get("off", [])]
            for moment in moments
            if "on" in moment or "off" in moment
        ],
        "bars": [[round(moment["qstamp"], 6), moment["measureOn"]] for moment in moments if "measureOn" in moment],
    }


def played(text: str) -> bytes:
    """A score in any format that Verovio reads as it plays it, repeats once: a MIDI file; nothing where it reads none.

    It is an independent reader of written music, see `riyaz.music.comparison`.
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"expandNever": True, "midiNoCue": True})
    return b64decode(toolkit.renderToMIDI()) if toolkit.loadData(text) else b""


def _loaded(musicxml: str, one_line: bool = False) -> Any:
    """Verovio's toolkit with a score; its ids depend on the score alone."""
    import verovio  # here, because it brings 30 MB of fonts

    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "xmlIdSeed": crc32(musicxml.encode()) % (2**31 - 1) + 1,  # 0, or more than 31 bits, would be random
            "pageWidth": int(WIDTH * 100 / SCALE),
            "pageHeight": int((LINE if one_line else HEIGHT) * 100 / SCALE),
            "pageMarginLeft": 40,  # a bar number stands there
            "pageMarginRight": 0,
            "scale": SCALE,
            "adjustPageHeight": True,
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgHtml5": True,
            "svgRemoveXlink": True,
            "smuflTextFont": "embedded",
        }
    )
    try:
        ElementTree.fromstring(musicxml)  # Verovio would engrave what is left of a damaged file
    except ElementTree.ParseError as error:
        raise ValueError(f"no score to engrave: {error}; expected a MusicXML document") from error
    if not toolkit.loadData(musicxml):
        raise ValueError("no score to engrave: it has no measures; expected a MusicXML document")
    return toolkit


def _scalable(page: str, label: str) -> str:
    """Make the page as wide as its place, name it for screen readers, and leave out ids but those of notes and bars."""
    page = re.sub(r' data-id="([^"]*)" data-class="(?:note|measure)"', r' data-ref="\1"', page)
    page = re.sub(r' data-(?:id|class)="[^"]*"', "", page)
    attributes = f'class="riyaz-score" role="img" aria-label="{escape.html(label)}" style="width:100%;height:auto"'
    return re.sub(r"\s*\n\s*", "\n", page.replace("<svg ", f"<svg {attributes} ", 1))
