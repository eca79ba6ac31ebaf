from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riyaz.music import events as ev
from riyaz.music.events import TICKS, Unreadable, in_a_row
from riyaz.tabla import notation
from riyaz.tabla.bols import BOLS
from riyaz.tabla.notation import Composition, Section
from riyaz.tabla.taals import TAALS

LECTURE = """\
title: The lecture's composition
taal: teental
form: kaida

[theme]
Dha Dha Te Te | Dha Dha Tu Na |
Ta Ta Te Te | Dha Dha Tu Na |
"""


def bols_of(text, taal="teental"):
    return [symbols[0] if symbols else "-" for symbols in notation.bols(text, taal)["symbols"]]


def shares(text):
    return [Fraction(d, TICKS) for d in notation.bols(text, "teental")["duration"]]


def test_the_lectures_composition_reads_and_writes():
    composition = notation.read(LECTURE)
    assert notation.write(composition) == LECTURE
    assert composition.section("theme").events["duration"].tolist() == [TICKS] * 16
    piece = composition.piece("a.txt")
    ev.validate(piece.events)
    assert (piece.beats, piece.about["metre"], piece.about["taal"]) == (16, "16/4", "teental")


@pytest.mark.parametrize(
    ("text", "bols"),
    [
        ("Tirakita Tirkit TRKT Terekite tarikita TiRaKiTa", "Ti Ra Ki ta " * 6),
        ("TT Tete Tette Tite TeTe", "Te Te " * 5),
        ("Tun Tu Thun", "Tu Tu Tu"),
        ("Dhee Dhi DHI", "Dhi Dhi Dhi"),
        ("Dheredhere DhirDhir", "Dhe Re Dhe Re Dhe Re Dhe Re"),
        ("KTTK Kitataka", "Ki ta ta Ka Ki ta ta Ka"),
        ("Ghe Gha Ge", "Ge Ge Ge"),
        ("dhatidhagenadhatirakita", "Dha Ti Dha Ge Na Dha Ti Ra Ki ta"),
        ("Dha - S _ $ ऽ s –", "Dha - - - - - - -"),
        ("धा तिरकिट धिं ऽ ता किट", "Dha Ti Ra Ki ta Dhin - Ta Ki ta"),
        ("DhaTit Tita TiTe", "Dha Tit Ti ta Ti Te"),
        ("kiṭatak tirakiṭatak takiṭatā", "Ki ta ta Ka Ti Ra Ki ta ta Ka Ta Ki ta Ta"),  # a dot makes no stroke
        ("tiTa kiTatak dhātiṭa tāṭitaṭā", "Ti ta Ki ta ta Ka Dha Ti ta Ta Ti ta ta"),
    ],
)
def test_spellings(text, bols):
    assert bols_of(text) == bols.split()


@pytest.mark.parametrize(
    ("text", "bols"),
    [
        ("Ta Ta Te", "Ta Ta Te"),
        ("Ki Ta Ki - Ta", "Ki ta Ki - Ta"),
        ("TaKa KaTa Ta Ka KatTa", "ta Ka Ka ta Ta Ka Kat Ta"),
        ("Tt Taa KiTaa TtGe", "ta Ta Ki Ta ta Ge"),
        ("KiTaTaKa DhaTaKa TaTaKa", "Ki ta ta Ka Dha ta Ka Ta ta Ka"),
        ("Te Ta Ka Ta Ti Ta Ka", "Te ta Ka ta Ti ta Ka"),
        ("Ki Ta Ta Ka Te Te Ka Ta Ga Di", "Ki ta ta Ka Te Te Ka ta Ga Di"),
        ("তেটে কতা গদি ধা -কতা", "Te Te Ka ta Ga Di Dha - Ka Ta"),
        ("तिटकता गदिगन कतागेगे", "Ti ta Ka ta Ga Di Ga Na Ka Ta Ge Ge"),
    ],
)
def test_closed_and_open_ta(text, bols):
    assert bols_of(text) == bols.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DhaGe", "1/2 1/2"),
        ("Dha~Ge", "2/3 1/3"),
        ("Dha,TiRaKiTa", "1/2 1/8 1/8 1/8 1/8"),
        ("Dha ~ -~", "2 1"),
        ("DhaGe ~Na", "1/2 1 1/2"),
        ("speed: 2\nDha TiRaKiTa", "1/2 1/8 1/8 1/8 1/8"),
        ("speed: 3/2\nDha Ge Na", "2/3 2/3 2/3"),
    ],
)
def test_how_a_matra_is_shared(text, expected):
    assert shares(text) == [Fraction(share) for share in expected.split()]


@pytest.mark.parametrize(
    ("text", "bols"),
    [
        ("(Dha Ge) x3", "Dha Ge " * 3),
        ("Na (Dha Ge)×2 Na", "Na Dha Ge Dha Ge Na"),
        ("(Dha (Ge)x2) x2", "Dha Ge Ge " * 2),
        ("Dha Ge x2\nNa", "Dha Ge Dha Ge Na"),
        ("(Dha\nGe) x2", "Dha Ge Dha Ge"),
        ("(Dha Dhin Dhin Dha |) x2", "Dha Dhin Dhin Dha " * 2),
        ("Dha # Ge\nNa", "Dha Na"),
    ],
)
def test_repeats_and_comments(text, bols):
    assert bols_of(text) == bols.split()


def test_a_header_is_read_in_any_spelling_and_a_file_needs_only_the_taal():
    composition = notation.read("Taal: TinTaal\r\nDha Dha\r\n", "mine.txt")
    assert (composition.title, composition.taal, [s.name for s in composition.sections]) == (
        "mine",
        "teental",
        ["theme"],
    )
    assert composition.piece("mine.txt").about["tempo"] == 90


TEENTAL = "taal: teental\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("taal: tental\nDha", r"f.txt:1:1: there is no taal 'tental' \(nearest: Teental, 16 matras"),
        ("Dha Dha", r"f.txt:1:1: the header names no taal"),
        (TEENTAL + "from: kaida\nDha", r"f.txt:2:1: there is no header key 'from' \(nearest: form\)"),
        (TEENTAL + "form: kaidu\nDha", r"f.txt:2:1: there is no form 'kaidu' \(nearest: kaida\)"),
        (TEENTAL + "laya: fast\nDha", r"f.txt:2:1: there is no laya 'fast' \(known: vilambit, madhya, drut\)"),
        (TEENTAL + "tempo: quick\nDha", r"f.txt:2:1: tempo is 'quick'"),
        (TEENTAL + "taal: rupak\nDha", r"f.txt:2:1: taal is given twice"),
        (TEENTAL + "Dha Dhx", r"f.txt:2:5: 'Dhx' is no bol \(nearest known bol: Dha\)"),
        (TEENTAL + "Dha TeGo", r"f.txt:2:7: 'Go' is no bol \(nearest known bol: Ge\)"),
        (TEENTAL + "Dha,TeXe", r"f.txt:2:7: 'Xe' is no bol \(nearest known bol: Ge\)"),
        (TEENTAL + "Dha\nTirakitx", r"f.txt:3:1: 'Tirakitx' is no bol \(nearest known bol: TiRaKi"),
        (TEENTAL + "Dha Dha Dha | Dha", r"f.txt:2:13: vibhag 1 of Teental has 3 matras here \(expected 4\)"),
        (TEENTAL + "Dha Dha Dha Dha | Dha |", r"f.txt:2:23: vibhag 2 of Teental has 1 matra here \(expected 4\)"),
        (
            "taal: rupak\nspeed: 2\nDha Dha Dha Dha Dha |",
            r"f.txt:3:21: vibhag 1 of Rupak has 2.5 matras here \(expected 3",
        ),
        (TEENTAL + "(Dha", r"f.txt:2:1: this \( is never closed"),
        (TEENTAL + "Dha ) x2", r"f.txt:2:5: there is no \( before"),
        (TEENTAL + "(Dha) Ge", r"f.txt:2:2: a repeat is expected after \)"),
        (TEENTAL + "Dha x3 Ge", r"f.txt:2:5: x3 repeats a line at its end"),
        (TEENTAL + "(Dha) x0", r"f.txt:2:5: 0 repeats"),
        (
            TEENTAL + "(((Dha) x999) x999) x999",
            r"999 repeats of 999 words \(repeat at least once and write at most 100000",
        ),
        (TEENTAL + "~ Dha", r"f.txt:2:1: there is no stroke before the ~"),
        (TEENTAL + "Dha\n\nlaya: drut", r"f.txt:4:1: 'laya' is no speed line"),
        (TEENTAL + "speed: fast\nDha", r"f.txt:2:1: speed is 'fast'"),
        (TEENTAL + "speed: 11\nDha", r"f.txt:3:1: 'Dha' parts a matra into 11"),
        (TEENTAL + "[theme\nDha", r"f.txt:2:1: '\[theme' names no section"),
        (TEENTAL + "[a]\nDha\n[a]\nDha", r"f.txt:4:1: there are two sections 'a'"),
        (TEENTAL + "form: kaida\nDhaDha TeTe | DhaDha |", r"f.txt:3:13: vibhag 1 of Teental has 2 matras"),
        (TEENTAL + "[a]\n[b]\nDha", r"f.txt:2:1: section 'a' has no bols"),
        (TEENTAL, r"f.txt:1:1: there are no bols"),
        ("", r"f.txt:1:1: the header names no taal"),
    ],
)
def test_a_mistake_is_one_line_with_its_place_and_what_was_expected(text, message):
    with pytest.raises(Unreadable, match=message) as error:
        notation.read(text, "f.txt")
    assert "\n" not in str(error.value)


def test_text_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "old.txt").write_bytes(TEENTAL.encode() + "# é\nDha".encode("latin-1"))
    with pytest.raises(Unreadable, match=r"old.txt: no UTF-8 text \(byte 16 is 0xe9\)"):
        notation.read_file(tmp_path / "old.txt")


def test_the_sam_after_a_tihai_is_played_by_the_section_that_follows():
    text = "taal: dadra\n[tihai]\n(Dha Ge) x3\nDha\n[theka]\nDha Dhi Na | Dha Tu Na |\n[last]\n(Dha Ge) x3 |\nDha\n"
    piece = notation.read(text).piece("x")
    assert piece.beats == 6 + 6 + 7
    assert [(s["name"], s["onset"] // TICKS, s["duration"] // TICKS) for s in piece.about["sections"]] == [
        ("tihai", 0, 6),
        ("theka", 6, 6),
        ("last", 12, 7),
    ]


def test_the_share_of_what_was_derived():
    text = "taal: dadra\n[theme]\nDha Dhi Na | Dha Tu Na |\n[palta 1, derived]\nDha Tu Na | Dha Dhi Na |\n"
    composition = notation.read(text)
    assert [s.derived for s in composition.sections] == [False, True]
    assert composition.piece("x").about["derived"] == 0.5


durations = st.sampled_from(
    [TICKS // n for n in (1, 2, 3, 4, 5, 6, 7, 8, 12)] + [TICKS * 2, TICKS * 3 // 4, TICKS // 4 * 7]
)
strokes = st.lists(st.tuples(durations, st.sampled_from(["", *BOLS])), min_size=1, max_size=24)
names = st.lists(
    st.sampled_from(["theme", "dohra", "palta 1", "palta 2", "tihai"]), min_size=1, max_size=4, unique=True
)


def section(name, rows, derived):
    length = sum(d for d, _ in rows)
    rows = [*rows, (-length % TICKS, "Dha")] if length % TICKS else rows
    return Section(name, in_a_row([d for d, _ in rows], [[b] if b else [] for _, b in rows]), derived)


@st.composite
def compositions(draw):
    sections = tuple(section(name, draw(strokes), draw(st.booleans())) for name in draw(names))
    known = {"form": draw(st.sampled_from(["", *notation.FORMS])), "laya": draw(st.sampled_from(["", *notation.LAYAS]))}
    taal = draw(st.sampled_from(list(TAALS)))
    return Composition("A title: of mine # 3", taal, **known, gharana="Delhi", source="x", sections=sections, tempo=72)


def _after_a_long_rest():
    """A line that begins with ``~~~Dha~``: no title in a frame."""
    rows = [(43260, ""), (2520, "Dha"), (1680, ""), (420, ""), (5040, ""), (1260, ""), (1260, "Dha")]
    return Composition("T", "keherwa", sections=(section("theme", rows, False),))


@settings(deadline=None, max_examples=50)
@given(compositions())
@example(_after_a_long_rest())
def test_what_is_written_reads_as_the_same(composition):
    text = notation.write(composition)
    again = notation.read(text)
    assert again == composition
    assert notation.write(again) == text


@example("SS-")
@example("- ~ ~\n~ ~ ~")
@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="DhaTeKiRS~-,|()x23# \n[]:sp", max_size=60))
def test_any_text_is_read_or_refused_with_a_place(text):
    try:
        composition = notation.read(TEENTAL + text, "f.txt")
    except Unreadable as error:
        composition, message = None, str(error)
    if composition is None:
        assert message.startswith("f.txt:")
    else:
        again = notation.read(notation.write(composition))
        assert again == composition or any(section.ticks % TICKS for section in composition.sections)


@pytest.mark.parametrize("text", ["S-", "--", "-- --", "Dha Dhi\n--\n", "Dha Dhi\n--\n\n# by hand\n"])
def test_a_row_of_rests_is_read_as_rests(text):
    composition = notation.read(TEENTAL + text)
    assert composition.sections[0].ticks % TICKS == 0
    assert composition.sections[0].events["symbols"].tolist()[-2:] == [[], []]
    assert notation.read(notation.write(composition)).sections == composition.sections


def test_a_last_matra_that_is_not_full_is_filled_with_a_rest():
    events = in_a_row([TICKS, TICKS // 2], [["Dha"], ["Ge"]])
    assert notation.words(events) == ["Dha", "Ge-"]
    assert notation.words(in_a_row([], [])) == []


def test_a_line_of_writing_is_half_an_avartan():
    assert notation.lines(notation.bols(TAALS["jhaptal"].theka, "jhaptal"), TAALS["jhaptal"]) == [
        "Dhi Na | Dhi Dhi Na |",
        "Ti Na | Dhi Dhi Na |",
    ]


def test_a_taal_with_half_matras_is_written_and_read_again():
    text = "taal: Sunand\nvibhags: 4+3.5+2\nsigns: X 2 3\ntempo: 60\nspeed: 2\n"
    composition = notation.read(text + "Dhin - Na - Dhin - Na - | Tin - Na - Dhin - Na | Dhin - Na - |", "f.txt")
    assert composition.sections[0].ticks == 19 * TICKS
    assert composition.piece("x").about["tempo"] == 120  # half matras a minute
    assert notation.read(notation.write(composition)) == composition


@pytest.mark.parametrize("head", ["Teental (14 beats)", "Taal: Teental, 14 matras", "taal: teental\nmatras: 14"])
def test_a_number_of_matras_that_is_not_the_taals_is_refused(head):
    with pytest.raises(Unreadable, match="Teental has 16 matras, not 14"):
        notation.read(f"{head}\n\nDha Dhin Dhin Dha")


@pytest.mark.parametrize(
    "head", ["Teental (16 beats, 4 vibhags of 4 beats)", "Tihai in Teental, 9 beats", "Teental at 90 beats a minute"]
)
def test_other_numbers_of_matras_are_no_size_of_the_taal(head):
    assert notation.read(f"{head}\n\nDha Dhin Dhin Dha").taal == "teental"


def test_rows_for_each_hand_are_refused():
    with pytest.raises(Unreadable, match=r"f.txt:3:1: 'left' names one hand"):
        notation.read("Dadra\nbol: Dha Dhin Na Dha Tin Na\nleft: Ge Ge - Ge - -", "f.txt")
