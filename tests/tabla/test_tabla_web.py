"""The source of a web page as the rows that a browser shows."""

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import notation, web

DADRA = {
    "a table": "<h2>Dadra</h2><table><tr><th>1<th>2<th>3<th>4<th>5<th>6</tr>\n"
    "<tr><td>Dha</td><td>Dhi</td>\n<td>Na</td><td>Dha</td><td>Tu</td><td>Na</td></tr></table>",
    "paragraphs of one line": "<p>Taal: <b>Dadra</b></p><p>Dha&nbsp;Dhi&nbsp;Na&nbsp;|&nbsp;Dha&nbsp;Tu&nbsp;Na</p>",
    "a list": "<ul><li>Taal: Dadra</li><li>Dha Dhi Na</li><li>Dha Tu Na</li></ul>",
    "spans": "<div class='t'><h3>Dadra</h3><span>Dha</span> <span>Dhi</span> Na | Dha <i>Tu</i> Na</div>",
    "line breaks": "Dadra<br>\nDha Dhi Na |<br/>Dha Tu Na |<br/>",
    "a style and a program": "<style>p {color: red}</style><script>let a</script><p>Dadra</p>Dha Dhi Na Dha Tu Na",
}


@pytest.mark.parametrize("text", DADRA.values(), ids=DADRA)
def test_rows_of_a_page_are_read(text):
    read = notation.read(text)
    assert read.taal == "dadra"
    assert notation.lines(read.sections[0].events, notation.taals.TAALS["dadra"]) == ["Dha Dhi Na | Dha Tu Na |"]


def test_a_mistake_has_its_place_in_the_source():
    with pytest.raises(Unreadable, match=r"page\.html:2:19: 'Xq' is no bol"):
        notation.read("<p>Dadra</p>\n<p><b></b></p>Dha Xq Na Dha Tu Na", "page.html")


def test_a_text_without_tags_is_no_page():
    assert web.rows("Dha < Dhi > Na <3 Dha") == []
