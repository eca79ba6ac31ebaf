"""Texts as players type them: each reads to the strokes that are meant, or is refused with both readings."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from riyaz.music.events import TICKS, Unreadable
from riyaz.tabla import bhatkhande, notation
from riyaz.tabla.taals import TAALS

DATA = Path(__file__).parents[2] / "data"


def strokes(text, section=0):
    """Bols with their shares of a matra where they change: ``Dha Ge``; a rest is -."""
    events = notation.read(text, "f.txt").sections[section].events
    return " ".join(symbols[0] if symbols else "-" for symbols in events["symbols"])


def matras(text, section=0):
    return Fraction(notation.read(text, "f.txt").sections[section].ticks, TICKS)


TEENTAL = "taal: teental\n"
THEKA = "Dha Dhin Dhin Dha Dha Dhin Dhin Dha Dha Tin Tin Ta Ta Dhin Dhin Dha"
KAIDA = "Dha Dha Te Te Dha Dha Tu Na Ta Ta Te Te Dha Dha Tu Na"


@pytest.mark.parametrize(
    ("text", "expected", "length"),
    [
        # rows of numbers, bols and signs
        ("taal: dadra\n1 2 3 | 4 5 6\nDha Dhi Na | Dha Tu Na\nX _ _ | 0 _ _", "Dha Dhi Na Dha Tu Na", 6),
        (
            TEENTAL + "Dha Dhin Dhin Dha | Dha Dhin Dhin Dha |\nX         2\nDha Tin Tin Ta | Ta Dhin Dhin Dha\n0  3",
            THEKA,
            16,
        ),
        # a lone dot between vibhags and between matras
        (TEENTAL + "dha dha te te . dha dha tu na .\nta ta te te . dha dha tu na .", KAIDA, 16),
        ("taal: keherwa\n/2 " + " . ".join("dhage nate naka dhina".split() * 2), "Dha Ge Na Te Na Ka Dhi Na " * 2, 8),
        # words at a speed
        ("Tal: Keherwa\nSpeed: 2\n" + "dha ge na te na ka dhi na\n" * 2, "Dha Ge Na Te Na Ka Dhi Na " * 2, 8),
        ("taal: keherwa\n@2x " + "dha ge na te na ka dhi na " * 2, "Dha Ge Na Te Na Ka Dhi Na " * 2, 8),
        # dots inside a word part it evenly
        ("taal: dadra\ndha.te.na ge dhi na tu na", "Dha Te Na Ge Dhi Na Tu Na", 6),
        # shorthand
        (
            "taal: dadra\nDha-TR KTTK DRDR | GDNG dg n",
            "Dha - Ti Ra Ki ta ta Ka Dhe Re Dhe Re Ge Da Na Ga Dha Ge Na",
            6,
        ),
        # a bar after every matra
        ("taal: dadra\nDha | Dhi | Na | Dha | Tu | Na |", "Dha Dhi Na Dha Tu Na", 6),
        (TEENTAL + "Dha Te | - Dha | Te Te | Tu Na |\n" * 4, "Dha Te - Dha Te Te Tu Na " * 4, 16),
        ("taal: rupak\n" + "Dhin $ $ tra | " * 7, "Dhin - - Tra " * 7, 7),
        # slashes and dandas
        ("taal: rupak\ntin tin na / dhin na / dhin na", "Tin Tin Na Dhin Na Dhin Na", 7),
        (TEENTAL + "धा धिं धिं धा । धा धिं धिं धा । धा तिं तिं ता । ता धिं धिं धा ॥", THEKA, 16),
        # signs between the bols
        ("taal: keherwa\n(X) dha ge na te (O) na ka dhi na", "Dha Ge Na Te Na Ka Dhi Na", 8),
        # phrases, with and without their length
        ("taal: rupak\nDhaTeTe DhaTeTe (3)\nDhaGe NaTe DhaGe NaTe (4)", "Dha Te Te " * 2 + "Dha Ge Na Te " * 2, 7),
        (TEENTAL + "DhaDhaTeTe DhaDhaTuNa TaTaTeTe DhaDhaTuNa", KAIDA, 16),
        # diacritics
        ("taal: dadra\ndhā dhī nā | dhā tū nā", "Dha Dhi Na Dha Tu Na", 6),
        ("taal: dadra\ndhāṭe tirakiṭa ṭa | kaṭa dhīnā tīnā", "Dha Te Ti Ra Ki ta ta Ka ta Dhi Na Ti Na", 6),
        # Bengali
        ("taal: dadra\nI ধা ধি না । না তি না I", "Dha Dhi Na Na Ti Na", 6),
        ("taal: keherwa\nধা তেরেকেটে ধিন না | তা ঘে নাগ ধিন", "Dha Ti Ra Ki ta Dhin Na Ta Ge Na Ga Dhin", 8),
        # hyphens end a matra
        ("taal: keherwa\nD-D-dg-trkt-D-D-dg-trkt", "Dha Dha Dha Ge Ti Ra Ki ta " * 2, 8),
        # commas, a full stop, the number of a line, quotes, square brackets
        ("taal: dadra\ndha, dhi, na, dha, tu, na.", "Dha Dhi Na Dha Tu Na", 6),
        ('taal: dadra\n1. "dha dhi na"\n2. "dha tu na"', "Dha Dhi Na Dha Tu Na", 6),
        ("taal: dadra\n[dha te]x3", "Dha Te " * 3, 6),
        ("taal: dadra\n(dha te) 3 times", "Dha Te " * 3, 6),
        ("taal: dadra\n(dha te)×2 (dha)2", "Dha Te Dha Te Dha Dha", 6),
        # headings as typed
        ("Teental\nKaida:\n" + KAIDA.lower(), KAIDA, 16),
        ("Kaida in Rupak\ndha dha te te tu na ka", "Dha Dha Te Te Tu Na Ka", 7),
        ("Taal = Dadra (6 beats)\nDHA DHI NA DHA TU NA", "Dha Dhi Na Dha Tu Na", 6),
        # closed pairs, also where a khali half decides
        (
            TEENTAL + "dhati tadha tita dhadha tita dhage tina kena\ntati tata tita tata tita dhage dhina gena",
            "Dha Ti Ta Dha Ti ta Dha Dha Ti ta Dha Ge Ti Na Ke Na Ta Ti Ta Ta Ti ta Ta Ta Ti ta Dha Ge Dhi Na Ge Na",
            16,
        ),
        ("taal: dadra\ndhate tedha tete tate teta tete", "Dha Te Te Dha Te Te Ta Te Te Ta Te Te", 6),
        (
            "taal: keherwa\ndhadha dhita dhikita kata | tirkit terekite kittak kddhe",
            "Dha Dha Dhe ta Dhe Ki ta Ka ta " + "Ti Ra Ki ta " * 2 + "Ki ta ta Ka Kra Dhe",
            8,
        ),
        ("taal: dadra\n(dha tirakita) (x3)", "Dha Ti Ra Ki ta " * 3, 6),
        ("taal: keherwa\ndha ge na te / na ke dhi na //", "Dha Ge Na Te Na Ke Dhi Na", 8),
        ("taal: dadra\ndha-trkttk dha na | Dha Dhi Na", "Dha - Ti Ra Ki ta ta Ka Dha Na Dha Dhi Na", 6),
    ],
)  # fmt: skip
def test_a_text_is_read_as_it_is_meant(text, expected, length):
    assert strokes(text).split() == expected.split()
    assert matras(text) == length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEENTAL + "dha dha trkt dha dha dha tu na", "Dha Dha Ti Ra Ki ta Dha Dha Dha Tu Na"),
        (TEENTAL + "form: kayda\nDhaDha TeTe DhaDha TuNa", "Dha Dha Te Te Dha Dha Tu Na"),
        ("taal: Teen Taal\nDha Dhin Dhin Dha", "Dha Dhin Dhin Dha"),
        ("taal: Addha\nDha -Dhin -Ka Dha", "Dha - Dhin - Ka Dha"),
        (TEENTAL + "Dha$ TeTe Dha$ TuNa", "Dha - Te Te Dha - Tu Na"),
        (TEENTAL + "धिन तिन धाती तीना", "Dhin Tin Dha Ti Ti Na"),
        (TEENTAL + "धा घिड़नग तिरकिट तक", "Dha Gi Da Na Ga Ti Ra Ki ta ta Ka"),
        (TEENTAL + "dha gidnag dhinna kittak", "Dha Gi Da Na Ga Dhin Na Ki ta ta Ka"),
        (TEENTAL + "dhage tite kddhe tite", "Dha Ge Te Te Kra Dhe Te Te"),
        (TEENTAL + "kddhan trak dhuma tat", "Kra Dha Tra Ka Dhun Te Tet"),
        (TEENTAL + "terekite terekitataka", "Ti Ra Ki ta Ti Ra Ki ta ta Ka"),
        (TEENTAL + "tt Tt tita dheta", "Te Te ta Ti ta Dhe ta"),
    ],
)
def test_a_part_of_an_avartan_is_read_word_by_word(text, expected):
    assert strokes(text) == expected


def test_a_theme_is_a_reference():
    text = "Teental\nKaida\nMukh: dhadha tete dhadha tuna\nPalta 1\n(dhadha tete)x3 ½ face\n"
    text += "Palta 2: (dhadha tete) 2 times + mukh"
    composition = notation.read(text, "f.txt")
    assert [section.name for section in composition.sections] == ["theme", "palta 1", "palta 2"]
    assert strokes(text, 1) == "Dha Dha Te Te " * 3 + "Dha Dha Tu Na"
    assert strokes(text, 2) == "Dha Dha Te Te " * 3 + "Dha Dha Tu Na"


def test_a_taal_of_ones_own_is_written_and_read_again(tmp_path):
    text = "taal: 11\nvibhags: 4+3+4\nsigns: X 2 3\n\n[theme]\nDhin - Dhin Na | Tu Na Ta | Kat Ta Dhin Na |\n"
    composition = notation.read(text, "f.txt")
    assert notation.read(notation.write(composition), "f.txt") == composition
    taal = TAALS[composition.taal]
    assert (taal.title, taal.matras, taal.signs) == ("11", 11, ("X", "2", "3"))
    assert "11 matras" in bhatkhande.sheet(composition.piece("x").events, composition.piece("x").about)
    (tmp_path / "mine.taals").write_text("Nine; 4+5; X 0; Dha Dhi Na Na | Dha Dhi Na Dhi Na  # mine\n")
    (tmp_path / "a.txt").write_text("taal: nine\nDha Dhi Na Na | Dha Dhi Na Dhi Na |")
    assert TAALS[notation.read_file(tmp_path / "a.txt").taal].vibhags == (4, 5)
    (tmp_path / "mine.taals").write_text("Nine; 4+x\n")
    with pytest.raises(Unreadable, match=r"mine.taals:1:1: vibhags are '4\+x'"):
        notation.read_file(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEENTAL + "DhaDha TeTe DhaDha TuNa " * 2, "two readings fit Teental: a word is a matra .* strokes: 1"),
        ("taal: rupak\nDhaTeTeDha TeTeDhaDha TeTeDhaGe TiNa", "strokes: 1 or strokes: 2"),
        (TEENTAL + "Dhin $ $ tra | Na $ $ ka |\n" * 8, "words: matras or bars: matras"),
        (TEENTAL + "dha . dhin . dhin . dha", r"2:5: a \. between blanks is a rest or parts matras"),
        (TEENTAL + "[palta]\n(DhaDha) x3 ½ face", "2|3:13: '½ face' refers to a theme"),
        (TEENTAL + "dha\x07 dhin", r"2:4: control character U\+0007"),
        (TEENTAL + "धाdha dhin", "2:1: 'धाdha' mixes scripts"),
        (TEENTAL + "Dha Dhin Dhin Dha\nधा धिं धिं धा", "3:1: words in Devanagari among words in Latin"),
        (TEENTAL + "(dha) x" + "9" * 5000, "2:5: 999999... repeats of 1 words"),
        (TEENTAL + "(dha) x1000000", "2:5: 1000000 repeats of 1 words"),
        (TEENTAL + "Once upon a time there was a drum.", "2:1: 'Once' is no bol"),
        ('{"taal": "teental"}', "1:1: this is JSON"),
        ("taal: mine\nvibhags: 4+3+2¼\ndha", "1:1: vibhags are '4.3.2¼' .*4.3½.2"),
        ("matras: 12\nvibhags: 4+3+4\nDhin", "2:1: the vibhags 4.3.4 have 11 matras, not 12"),
        ("taal: mine\nvibhags: 4+3\nsigns: X 2 3\ndha", "1:1: 2 vibhags have 3 signs"),
        ("taal: mine\nvibhags: 4+3\nsigns: X 3\ndha", "1:1: signs are 'X 3'"),
        ("taal: 11\nDhin", "1:1: 11 is no name of a taal .*vibhags: 4.3.4"),
        (TEENTAL + "bars: maybe\ndha", "2:1: bars is 'maybes' .*vibhags or matras"),
        (TEENTAL + "dhatirakitadhatitdha- dha", "2:1: .* has more than 8 strokes"),
        ("taal: a\nvibhags: 4+4\ntheka: dha [\ndha", "1:1: the theka of a does not fill its matras .8 matras: 4.4."),
        (TEENTAL + "Dha (5/0)", "f.txt:2:"),
        (TEENTAL + "Dha+Na", r"2:1: 'Dha\+' is no bol"),
        (TEENTAL + "1 Dha 3 Dhin", r"2:7: '3' is no bol|2:1: '1' is no bol"),
        (TEENTAL + "dha (Dha Te) Dha", r"2:6: a repeat is expected after \)"),
        (TEENTAL + "DhaTeTe (1½)\nDhaTeDha (2½)\n", r"3:\d+: 3 strokes do not part 2½ matras evenly"),
        ("taal: dadra\n" + "dha-ge na-te " * 3, "a word is a matra .* or a hyphen joins bols"),
    ],
)
def test_what_cannot_be_settled_is_one_line_with_its_place(text, message):
    with pytest.raises(Unreadable, match=message) as error:
        notation.read(text, "f.txt")
    assert "\n" not in str(error.value)
    assert str(error.value).startswith("f.txt:")


def test_a_misplaced_bar_is_named_and_does_not_change_the_speed():
    with pytest.raises(Unreadable, match="vibhag 1 of Ektal has 3 matras here"):
        notation.read("taal: ektal\n" + "DhaDha TeTe DhaDha | " * 4, "f.txt")


@pytest.mark.parametrize(
    ("settled", "length"),
    [("words: matras", 8), ("strokes: 1", 16), ("strokes: 2", 8)],
)
def test_the_header_settles_what_is_ambiguous(settled, length):
    assert matras(TEENTAL + settled + "\n" + "DhaDha TeTe DhaDha TuNa " * 2) == length


def test_the_header_settles_bars_dots_and_hyphens():
    assert matras(TEENTAL + "bars: matras\n" + "Dhin $ $ tra | Na $ $ ka |\n" * 8) == 16
    assert matras(TEENTAL + "bars: vibhags\n" + "Dhin $ $ tra | Na $ $ ka |\n" * 8) == 64
    assert strokes(TEENTAL + "dots: rests\ndha . dhin . ") == "Dha - Dhin -"
    assert matras(TEENTAL + "hyphens: matras\nDha-Ge-Na") == 3


FOURS = "(Dha Ge Na Ti) (Na Ke Dhi Na) " * 4


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("taal: keherwa\nbrackets: matras\n" + FOURS, 8),
        ("taal: keherwa\nbrackets: vibhags\n" + FOURS, 32),
        ("taal: keherwa\n(Dha Ge) (Na Ti) (Na Ke) (Dhi Na) (Dha Ge) (Na Ti) (Na Ke) (Dhi Na)", 8),
        ("taal: rupak\n(Tin Tin Na) (Dhi Na) (Dhi Na)", 7),  # as matras they are no whole avartan
        ("taal: dadra\n(Dha Dhi Na Dha Tu Na) (Dha Dhi Na Dha Tu Na)", 12),
    ],
)
def test_brackets_are_matras_vibhags_or_avartans(text, length):
    assert matras(text) == length


@pytest.mark.parametrize("text", [FOURS, "(Dha Ge Na Ti Na Ke Dhi Na) " * 8])
def test_brackets_that_are_matras_or_vibhags_are_asked_about(text):
    with pytest.raises(Unreadable, match=r"^f.txt:2:1: two readings fit Keherwa: brackets are a matra .*brackets: mat"):
        notation.read("taal: keherwa\n" + text, "f.txt")


def test_a_section_that_is_called_dugun_is_as_fast():
    text = "Dadra\nThah: Dha Dhi Na Dha Tu Na\nDugun: Dha Dhi Na Dha Tu Na Dha Dhi Na Dha Tu Na"
    assert (matras(text), matras(text, 1)) == (6, 6)
    assert matras("Dadra\nDugun: Dha-Dhi Na-Dha Tu-Na Dha-Dhi Na-Dha Tu-Na") == 6
    assert (
        strokes("Dadra\nDugun: Dha-Dhi Na-Dha Tu-Na Dha-Dhi Na-Dha Tu-Na")
        == "Dha Dhi Na Dha Tu Na Dha Dhi Na Dha Tu Na"
    )
    with pytest.raises(
        Unreadable, match=r"^f.txt:2:8: dugun says 2 strokes per matra, and 6 words are no whole avartans"
    ):
        notation.read("Dadra\nDugun: Dha Dhi Na Dha Tu Na", "f.txt")


def test_one_pair_with_a_hyphen_is_asked_about_where_nothing_tells_a_rest():
    with pytest.raises(Unreadable, match="hyphens: joins"):
        notation.read("Dadra\nDha Dha-Ge Na Dha Tu Na", "f.txt")
    assert strokes("Dadra\nDha Dha-Ge Na Dha - Na") == "Dha Dha - Ge Na Dha - Na"
    assert strokes("taal: dadra\nhyphens: joins\nDha Dha-Ge Na Dha Tu Na") == "Dha Dha Ge Na Dha Tu Na"


def test_an_even_pulse_in_words_of_one_two_and_four_strokes_is_asked_about():
    with pytest.raises(Unreadable, match="words: matras or strokes: 2"):
        notation.read("Kaida in Teental\n" + "Dha TeTe Dha TeTe DhaDha TeTe DhaGe TuNaKeNa\n" * 2, "f.txt")


@pytest.mark.parametrize(
    ("text", "expected", "length"),
    [
        ("Ektal\nDhin Dhin. DhaGe TiRaKiTa. Tu Na. Kat Ta. DhaGe TiRaKiTa. Dhin Na.",
         "Dhin Dhin Dha Ge Ti Ra Ki ta Tu Na Kat Ta Dha Ge Ti Ra Ki ta Dhin Na", 12),
        ("Dadra\nDha Dhi Na - Dha Tu Na", "Dha Dhi Na Dha Tu Na", 6),
        ("Keherwa\nDha - Ge Na - Ke Dhi Na", "Dha - Ge Na - Ke Dhi Na", 8),
        ("Keherwa\nDha Ge Na Ti Na Ke Dhi Na *2", "Dha Ge Na Ti Na Ke Dhi Na " * 2, 16),
    ],
)  # fmt: skip
def test_stops_and_dashes_end_vibhags_and_an_asterisk_repeats(text, expected, length):
    assert strokes(text).split() == expected.split()
    assert matras(text) == length


def struck(events):
    return [(t, s) for t, s in zip(events["onset"], events["symbols"], strict=True) if s]


TEXTS = sorted([*(DATA / "raw" / "tabla").rglob("*.txt"), *(DATA / "themes").glob("*.txt")])


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_sheet_reads_back_in_each_script(path):
    composition = notation.read_file(path)
    taal = TAALS[composition.taal]
    for section in composition.sections:
        for script, signs in product(("roman", "devanagari", "bengali"), bhatkhande.SIGNS):
            text = bhatkhande.vibhags(section.events, taal, script, signs)
            again = notation.bols(text, composition.taal)
            struck = [
                [(t, s) for t, s in zip(e["onset"], e["symbols"], strict=True) if s] for e in (section.events, again)
            ]
            assert struck[0] == struck[1], section.name


@pytest.mark.parametrize(
    ("text", "expected", "length"),
    [
        # Bolscript: a speed, a labelled line played again, the last words of a repeat dropped
        ("Tal: Keherwa\nSpeed: 2\n$line1:\ndha ge na te\nna ka dhi na\n$line1\n", "Dha Ge Na Te Na Ka Dhi Na " * 2, 8),
        ("taal: dadra\n(dha te te)x3 <1 na na na na", "Dha Te Te Dha Te Te Dha Te Na Na Na Na", 12),
        ("Tal: Dadra\nSpeed: 1\n$a: dha dhi na\n2! dha te dha te tu na", "Dha Dhi Na Dha Te Dha Te Tu Na", 6),
        # AnuLaya: a name that is defined first, the tail of the last round cut
        ("taal: dadra\n$a = dha.te na\n[ $a ]x2 tu na", "Dha Te Na Dha Te Na Tu Na", 6),
        ("taal: dadra\n[dha te ^ na]x2 na", "Dha Te Na Dha Te Na", 6),
        # a run takes half the time of single strokes
        (TEENTAL + "Dha Dha TiRaKiTa Dha Dha Tu Na\nTa Ta TiRaKiTa Dha Dha Dhi Na",
         "Dha Dha Ti Ra Ki ta Dha Dha Tu Na Ta Ta Ti Ra Ki ta Dha Dha Dhi Na", 16),
        (TEENTAL + "DhaTi DhaGeNa DhaTiRaKiTa DhaTi DhaGeTiNaKeNa",
         "Dha Ti Dha Ge Na Dha Ti Ra Ki ta Dha Ti Dha Ge Ti Na Ke Na", 16),
        # commas alone part matras
        ("taal: rupak\ntin,tin,na,dhin,na,dhin,na", "Tin Tin Na Dhin Na Dhin Na", 7),
        # first lines as typed
        ("Kaida - Teentaal (madhya lay)\n" + KAIDA, KAIDA, 16),
        ("Kayda (Delhi) in teen taal\n" + KAIDA, KAIDA, 16),
        ("JHAPTAL (10 matras)\nDhi Na Dhi Dhi Na Ti Na Dhi Dhi Na", "Dhi Na Dhi Dhi Na Ti Na Dhi Dhi Na", 10),
        ("**Ektaal**\n| Dhin | Dhin | DhaGe | TiRaKiTa | Tu | Na | Kat | Ta | DhaGe | TiRaKiTa | Dhi | Na |",
         "Dhin Dhin Dha Ge Ti Ra Ki ta Tu Na Kat Ta Dha Ge Ti Ra Ki ta Dhi Na", 12),
        ("Dadra: Dha Dhi Na | Dha Tu Na", "Dha Dhi Na Dha Tu Na", 6),
        ("Teental:\n" + THEKA.lower(), THEKA, 16),
        ("chautaal\nधा धा | दिं ता | किट धा | दिं ता | तेटे कत | गदि गन",
         "Dha Dha Din Ta Ki ta Dha Din Ta Te Te Ka ta Ga Di Ga Na", 12),
        ("Taal: Roopak\n(3 + 2 + 2)\nTin Tin Na | Dhi Na | Dhi Na", "Tin Tin Na Dhi Na Dhi Na", 7),
        ("रूपक ताल\nतिं तिं ना । धिं ना । धिं ना", "Tin Tin Na Dhin Na Dhin Na", 7),
        # repeats in words, the spelling dah, the closed Ta of a theka
        ("taal: dadra\ndha ti na (twice)", "Dha Ti Na Dha Ti Na", 6),
        ("taal: dadra\ndah dhi nah dah tu nah", "Dha Dhi Na Dha Tu Na", 6),
        ("Theka - Dhamaar (14 beats)\nka dhi ta dhi ta | dha - | ga ti ta | ti ta ta -",
         "Ka Dhi ta Dhi ta Dha - Ga Ti ta Ti ta Ta -", 14),
        # Bengali letters for what only Devanagari has a spelling for
        ("তাল: কাহারবা\nধা ঘেড়নগ গদিগন ধিরধির | তা কে না ধিন", "Dha Ge Da Na Ga Ga Di Ga Na Dhe Re Dhe Re Ta Ke Na Dhin", 8),
    ],
)  # fmt: skip
def test_further_ways_of_typing(text, expected, length):
    assert strokes(text).split() == expected.split()
    assert matras(text) == length


def test_a_section_may_refer_to_any_section_above():
    text = (
        "Teental\nMain kayda:\n"
        + KAIDA
        + "\nPattern A:\nDha Te Te Te Dha Dha Tu Na\nFinal no. 2:\n(pattern A) x2 + theme"
    )
    composition = notation.read(text, "f.txt")
    assert [section.name for section in composition.sections] == ["theme", "pattern a", "final no. 2"]
    assert strokes(text, 2) == f"{'Dha Te Te Te Dha Dha Tu Na ' * 2}{KAIDA}"
    with pytest.raises(Unreadable, match=r"f.txt:\d+:1: section 'final' does not stand above this"):
        notation.read(TEENTAL + "[theme]\nfinal\n[final]\ndha", "f.txt")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEENTAL + "dha dhin ...", r"2:10: \.\.\. leaves bols out"),
        (TEENTAL + "dha ^ dhin", r"2:5: \^ stands outside"),
        (TEENTAL + "(dha)x3 <4", "2:9: 4 words are more than stand before"),
        (TEENTAL + "$a\n$a: dha", r"2:1: nothing is named \$a above"),
        (
            TEENTAL
            + "$a = dha\n"
            + "".join(f"${b} = {('$' + a + ' ') * 9}\n" for a, b in zip("abcdef", "bcdefg", strict=True))
            + "$g",
            r"\d:\d+: \$\w makes more than 100000 words",
        ),
        (
            TEENTAL
            + "[aa]\n"
            + "dha " * 16
            + "".join(f"\n[{n + 1}x]\n" + f"{n}x " * 9 for n in range(6)).replace("0x", "aa"),
            r"'\dx' makes more than 100000 strokes",
        ),
        (TEENTAL + "dha " + '"' * 90_000, "2:5: '\"' stands 500 times in a row"),
        (TEENTAL + "dha \ue0000", r"2:5: control character U\+E000"),
        (TEENTAL + "DhaTeTeDha TeTeTiRaKiTa TeTeDhaGe TiNaKeNa " * 2, "two readings fit Teental"),
    ],
)
def test_further_mistakes_are_one_line_with_their_place(text, message):
    with pytest.raises(Unreadable, match=message) as error:
        notation.read(text, "f.txt")
    assert "\n" not in str(error.value)


def test_hyphens_are_rests_where_one_begins_a_word():
    bols = "Dha-Ti -Na Na-Dhi -Na Ta-Ti -Na Na-Dhi -Na"
    rests = notation.read(f"taal: keherwa\nhyphens: rests\n\n{bols}").sections
    assert notation.read(f"Keherwa\n{bols}").sections == rests
