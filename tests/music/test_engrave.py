import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from riyaz.music import engrave, musicxml
from riyaz.music.events import TICKS, in_a_row

HEAD = """<score-partwise version="4.0"><part-list>
<score-part id="P1"><part-name>Piano</part-name></score-part></part-list><part id="P1">"""
FIRST = """<attributes><divisions>1</divisions><key><fifths>1</fifths></key>
<time><beats>4</beats><beat-type>4</beat-type></time>
<clef><sign>G</sign><line>2</line></clef></attributes>
<direction placement="above"><direction-type><metronome>
<beat-unit>quarter</beat-unit><per-minute>100</per-minute>
</metronome></direction-type></direction>"""


def score(n_measures, step="G"):
    note = (
        f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>1</duration><type>quarter</type></note>"
    )
    measures = [f'<measure number="{n + 1}">{FIRST if n == 0 else ""}{note * 4}</measure>' for n in range(n_measures)]
    return HEAD + "".join(measures) + "</part></score-partwise>"


@pytest.fixture(scope="module")
def page():
    return engrave.svg(score(2), "Air & Gavotte")[0]


def test_all_notes_are_drawn(page):
    assert page.count('class="note"') == 8
    assert page.count('class="measure"') == 2
    ElementTree.fromstring(page)


def test_a_page_scales_and_has_a_name(page):
    head = re.match(r"<svg [^>]*>", page)[0]
    assert "viewBox=" in head
    assert "width:100%" in head
    assert not re.search(r' (width|height)="\d', head)
    assert 'role="img" aria-label="Air &amp; Gavotte, page 1 of 1"' in head


def test_everything_is_inside(page):
    references = re.findall(r'(?:href="|url\()([^")]{1,20})', page)
    assert references
    assert all(reference.startswith(("#", "data:")) for reference in references)
    ids = re.findall(r' id="([^"]+)"', page)
    assert {reference[1:] for reference in references if reference[0] == "#"} <= set(ids)


def test_two_scores_in_one_page_share_no_ids(page):
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (page, engrave.svg(score(2, "A"))[0])]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_the_same_score_gives_the_same_bytes_in_another_process(page):
    code = (
        "import sys; from riyaz.music.engrave import svg; sys.stdout.write(svg(sys.stdin.read(), 'Air & Gavotte')[0])"
    )
    run = [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"]
    again = subprocess.run(run, input=score(2), capture_output=True, text=True, check=True, encoding="utf-8")
    assert again.stdout == page


def test_a_long_score_takes_several_pages():
    pages = engrave.svg(score(600), "Long")
    assert len(pages) > 1
    assert sum(page.count('class="measure"') for page in pages) == 600
    assert f"page 2 of {len(pages)}" in pages[1]


@pytest.mark.parametrize("text", ["", "hello", "<a/>", score(0), score(1).replace("measure", "mesure"), score(1)[:300]])
def test_what_is_no_score_is_refused(text):
    with pytest.raises(ValueError, match="expected a MusicXML document"):
        engrave.svg(text)


def test_each_note_of_the_timing_is_in_the_picture():
    events = in_a_row([TICKS] * 5, [["C4", "E4"], ["D4"], [], ["E4"], ["F4"]])
    xml = musicxml.write_musicxml(events, {"kind": "notes", "metre": "4/4", "title": "Five"})
    timed, picture = engrave.timing(xml), "".join(engrave.svg(xml))
    ids = [id for _, begin, _ in timed["notes"] for id in begin]
    assert [beat for beat, begin, _ in timed["notes"] if begin] == [0, 1, 3, 4]
    assert len(set(ids)) == 5
    assert [beat for beat, _ in timed["bars"]] == [0, 4]
    assert [id for id in [*ids, *(bar for _, bar in timed["bars"])] if picture.count(f'data-ref="{id}"') != 1] == []
