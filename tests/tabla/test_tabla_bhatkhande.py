import re
from html.parser import HTMLParser

import pytest

from riyaz.music.events import TICKS, Unreadable, in_a_row
from riyaz.tabla import bhatkhande, notation
from riyaz.tabla.taals import TAALS

TEENTAL = TAALS["teental"]
GENERATED = "Ta Ge Te Te | Dha Dha Tu Na | Ta Ta TiRa KiTa | Dha Dha Tu Na |"  # after the lecture
VOID = ("meta", "br", "link")


class Tree(HTMLParser):
    """Checks that what opens closes, and collects texts by class and labels by role."""

    def __init__(self, html):
        super().__init__()
        self.open, self.texts, self.labels = [], {}, []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, attrs.get("class", "")))
        for name in attrs.get("class", "").split():
            self.texts.setdefault(name, []).append("")
        if attrs.get("role"):
            self.labels.append(attrs["aria-label"])

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][0] != "style":
            for name in self.open[-1][1].split():
                self.texts[name][-1] += data.strip()


def theka(name):
    return notation.bols(TAALS[name].theka, name)


@pytest.mark.parametrize("name", TAALS)
def test_the_text_of_every_theka_reads_as_the_same(name):
    events = theka(name)
    text = bhatkhande.vibhags(events, TAALS[name])
    assert text.count("|") == len(TAALS[name].vibhags)
    again = notation.bols(text, name)
    struck = [[(t, s) for t, s in zip(e["onset"], e["symbols"], strict=True) if s] for e in (events, again)]
    assert struck[0] == struck[1]


def test_the_lectures_line():
    events = notation.bols(GENERATED, "teental")
    assert bhatkhande.vibhags(events, TEENTAL) == GENERATED
    assert bhatkhande.vibhags(in_a_row([], []), TEENTAL) == ""


@pytest.mark.parametrize("name", TAALS)
def test_every_taal_has_its_matras_and_signs(name):
    taal, html = TAALS[name], bhatkhande.table(theka(name), name)
    tree = Tree(html)
    assert tree.texts["riyaz-number"] == [str(n + 1) for n in range(taal.matras)]
    signs = {int(n): sign for n, sign in zip(tree.texts["riyaz-number"], tree.texts["riyaz-sign"], strict=True) if sign}
    assert signs == dict(zip(taal.starts, taal.signs, strict=True))
    assert len(tree.texts["riyaz-vibhag"]) == len(taal.vibhags)
    assert html.count(" riyaz-end") == 1  # one double bar


def shaded(text, taal="teental"):
    """Which vibhags are grey, avartan by avartan."""
    classes = re.findall(r'class="(riyaz-vibhag[^"]*)"', bhatkhande.table(notation.bols(text, taal), taal))
    return [n for n, names in enumerate(classes, 1) if "riyaz-khali" in names]


def test_a_vibhag_is_grey_where_khali_is_played():
    bhari, khali = "DhaTi DhaGe DhiNa GeNa", "TaTi TaKe TiNa KeNa"
    assert shaded(" ".join([bhari, bhari, khali, bhari])) == [3]
    assert shaded(" ".join([bhari] * 4 + [khali] * 3 + [bhari])) == [5, 6, 7]
    assert shaded("TeTe TeTe TeTe TeTe " * 4) == [3]  # the same in both: the sign decides
    assert shaded("Dhi Na Dhi Dhi Na Ti Na Dhi Dhi Na", "jhaptal") == [3]
    assert shaded("Dha Dhin Dhin Dha Dha Dhin Dhin Dha Dha Tin Tin Ta Ta Dhin Dhin Dha") == [3]
    assert shaded("Dhin Dhin DhaGe TiRaKiTa Tu Na Kat Ta DhaGe TiRaKiTa Dhin Na", "ektal") == [4]


def test_arcs_bind_what_shares_a_matra():
    tree = Tree(bhatkhande.table(notation.bols("DhaGe Na -Dha -", "keherwa"), "keherwa", script="roman"))
    assert tree.texts["riyaz-bols"] == ["DhaGe", "Na", "SDha", "S"]
    assert tree.texts["riyaz-arc"] == ["DhaGe", "SDha"]


def test_scripts():
    events = notation.bols("TiRaKiTa TaKa TeTe -Dha | Dha~Ge Dha,TeTe", "keherwa")
    texts = {script: Tree(bhatkhande.table(events, "keherwa", script=script)).texts for script in bhatkhande.SCRIPTS}
    bangla = ["তিরকিট", "তক", "তেটে", "ऽধা", "ধাऽগে", "ধা,তেটে"]
    nagari = ["तिरकिट", "तक", "तेटे", "ऽधा", "धाऽगे", "धा,तेटे"]
    roman = ["TiRaKiTa", "TaKa", "TeTe", "SDha", "DhaSGe", "Dha,TeTe"]
    assert "riyaz-nagari" not in texts["roman"]
    assert texts["roman"]["riyaz-bols"] == roman
    assert texts["devanagari"]["riyaz-nagari"] == texts["devanagari"]["riyaz-bols"] == nagari
    assert texts["bengali"]["riyaz-bols"] == bangla
    assert texts["both"]["riyaz-bols"] == [text for pair in zip(roman, nagari, strict=True) for text in pair]
    with pytest.raises(ValueError, match=r"'latin'.*roman, devanagari, bengali, both"):
        bhatkhande.table(events, "keherwa", script="latin")


def test_sections_begin_lines_and_the_landing_sam_stands_alone():
    text = "taal: dadra\nform: kaida\n[theme]\nDha Ti Na Ta Ti Na\n[tihai, derived]\nDha Ti Dha Ti Na Ti\nDha"
    piece = notation.read(text).piece("x")
    tree = Tree(bhatkhande.table(piece.events, "dadra", script="roman", sections=piece.about["sections"]))
    assert tree.texts["riyaz-name"] == ["theme", "tihai"]
    assert tree.texts["riyaz-number"] == [*"123456", *"123456", "1"]
    assert [label for label in tree.labels if "avartan" in label] == ["avartan 1", "avartan 1", "avartan 2"]
    assert len(tree.texts["riyaz-end"]) == 2
    assert "khali" in tree.labels[4]


def test_a_section_that_begins_within_an_avartan_leaves_its_first_matras_empty():
    sections = [{"name": "mukhda", "onset": 4 * TICKS, "duration": 2 * TICKS, "derived": False}]
    events = in_a_row([TICKS] * 6, [["Dha"]] * 4 + [["Ti"], ["Na"]])
    tree = Tree(bhatkhande.table(events, "dadra", script="roman", sections=sections))
    assert tree.texts["riyaz-bols"] == ["", "", "", "", "Ti", "Na"]


def test_an_uneven_matra_stays_short():
    events = in_a_row([1, 5038, 1], [["Dha"], ["Ge"], ["Na"]])
    assert bhatkhande.vibhags(events, TEENTAL) == "≈DhaGeNa |"


def test_texts_are_escaped():
    evil = "<script>alert('x')</script> & \"co\""
    about = {"taal": "teental", "title": evil, "source": evil, "gharana": evil, "tempo": 90.5}
    sections = [{"name": evil, "onset": 0, "duration": 16 * TICKS, "derived": True}]
    for html in (
        bhatkhande.sheet(theka("teental"), {**about, "sections": sections}),
        bhatkhande.table(theka("teental"), TEENTAL, title=evil, sections=sections),
    ):
        assert "<script" not in html
        assert html.count("&lt;script&gt;") >= 2
        assert '"co"' not in html
        Tree(html)


def test_a_sheet_is_a_whole_page_that_needs_nothing_else():
    html = bhatkhande.sheet(theka("ada_chautal"), {"taal": "Ada Chautal", "title": "Theka", "tempo": 60, "form": ""})
    assert html.startswith("<!DOCTYPE html>")
    assert "Ada Chautal (14 matras: 2+2+2+2+2+2+2)" in html
    assert "60 matras a minute" in html
    assert "<dt>Form</dt>" not in html
    assert not re.search(r"https?:|src=|url\(", html)
    assert html == bhatkhande.sheet(theka("ada_chautal"), {"taal": "ada_chautal", "title": "Theka", "tempo": 60})


def test_tables_of_one_page_do_not_disturb_each_other():
    fits = [re.search(r'<div class="(riyaz-fit-[^"]+)"', bhatkhande.table(theka(name), name))[1] for name in TAALS]
    rules = {
        fit: bhatkhande.table(theka(name), name).split("<style>")[1].split("</style>")[0]
        for name, fit in zip(TAALS, fits, strict=True)
    }
    for fit, style in rules.items():
        assert set(re.findall(r"\.(riyaz-fit-[\d-]+)", style)) == {fit}
        assert set(re.findall(r"(?:^|[},\s])\.([a-z]+)-", style)) == {"riyaz"}


def test_nothing_at_all():
    Tree(bhatkhande.table(in_a_row([], []), TEENTAL, title="Empty"))
    with pytest.raises(Unreadable, match=r"no taal 'tinta'.*Teental"):
        bhatkhande.sheet(in_a_row([], []), {"taal": "tinta"})


def test_one_long_matra_stands_on_two_lines_and_does_not_spread_the_sheet():
    text = "Dha " * 15 + "TiRaKiTaTaKaTiRaKiTa"
    html = bhatkhande.table(notation.bols(text, "teental"), "teental", script="roman")
    usual = int(re.search(r"riyaz-fit-4-4-4-4-(\d+)", html)[1])
    assert usual == 10
    assert html.count("TiRaKiTaTa\u200bKaTiRaKiTa") == html.count("riyaz-two") - 1 == 1  # one is the style
    assert 'style="font-size:' not in html
    both = bhatkhande.table(notation.bols(text, "teental"), "teental", script="both")
    assert "तिरकिटत\u200bकतिरकिट" in both
    wider = bhatkhande.table(notation.bols("DhaTi " * 15 + "DhaTiTe", "teental"), "teental", script="roman")
    assert "\u200b" not in wider
    assert 'style="font-size:0.86em"' in wider


def test_paluskars_signs():
    events = notation.bols("DhaGe Na TiRaKiTa -Dha | Na Dha~Ge Dhi Na", "keherwa")
    tree = Tree(bhatkhande.table(events, "keherwa", script="roman", signs="paluskar"))
    assert [sign for sign in tree.texts["riyaz-sign"] if sign] == ["1", "+"]
    assert tree.texts["riyaz-length"] == ["o o", "—", "‿ ‿ ‿ ‿", "o o", "—", "1/3 each", "—", "—"]
    assert "riyaz-arc" not in tree.texts
    assert bhatkhande.vibhags(events, TAALS["keherwa"], signs="paluskar").count("|") == 1
    teental = Tree(bhatkhande.table(theka("teental"), "teental", signs="paluskar"))
    assert [sign for sign in teental.texts["riyaz-sign"] if sign] == ["1", "5", "+", "13"]
    assert "‿ a quarter" in bhatkhande.sheet(events, {"taal": "keherwa"}, signs="paluskar")
    with pytest.raises(ValueError, match=r"'staff'.*bhatkhande, paluskar"):
        bhatkhande.table(events, "keherwa", signs="staff")
