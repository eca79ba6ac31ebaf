import io
import zipfile

import pytest

from riyaz.music import scores
from riyaz.music.events import TICKS, Unreadable, checked, to_notes

FOUR = "<divisions>4</divisions><time><beats>4</beats><beat-type>4</beat-type></time>"


def note(pitch, duration, extra="", before=""):
    return (
        f"<note>{before}<pitch><step>{pitch[0]}</step><octave>{pitch[1]}</octave></pitch>"
        f"<duration>{duration}</duration>{extra}</note>"
    )


def rest(duration, measure=""):
    return f"<note><rest{measure}/><duration>{duration}</duration></note>"


def bar(content, attributes="", number=1, **more):
    said = "".join(f' {key}="{value}"' for key, value in more.items())
    start = f"<attributes>{attributes}</attributes>" if attributes else ""
    return f'<measure number="{number}"{said}>{start}{content}</measure>'


def document(*parts, head=""):
    names = "".join(f'<score-part id="P{k}"><part-name/></score-part>' for k in range(len(parts)))
    music = "".join(f'<part id="P{k}">{part}</part>' for k, part in enumerate(parts))
    return f"{head}<score-partwise><part-list>{names}</part-list>{music}</score-partwise>"


def load(folder, data, name="a.musicxml"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    (piece,) = scores.read(path)
    return checked(piece)


def said(piece):
    rows = to_notes(piece.events).itertuples(index=False)
    return " ".join(f"{symbol}@{onset / TICKS:g}+{length / TICKS:g}" for onset, length, symbol in rows)


UP = bar(note("G4", 4), FOUR, number=0, implicit="yes")
ONE, TWO, THREE = bar(note("C5", 16), FOUR), bar(note("D5", 16)), bar(note("E5", 16))
LOW = bar(note("C3", 16))
CHORD = "<chord/>"
SIGN = "<direction><direction-type><dynamics><p/></dynamics></direction-type>{}</direction>"
TIE = '<tie type="{}"/>'


@pytest.mark.parametrize(
    ("parts", "notes"),
    [
        # bars begin together
        ([UP + ONE, bar(rest(4, ' measure="yes"'), FOUR, 0, implicit="yes") + LOW], "G4@3+1 C3@4+4 C5@4+4"),
        ([UP + ONE, bar(rest(16, ' measure="yes"'), FOUR, 0, implicit="yes") + LOW], "G4@3+1 C3@4+4 C5@4+4"),
        ([UP + ONE, bar(rest(16), FOUR, 0, implicit="yes") + LOW], "G4@3+1 C3@4+4 C5@4+4"),
        ([UP + ONE, bar("", FOUR, 0, implicit="yes") + LOW], "G4@3+1 C3@4+4 C5@4+4"),
        ([UP + ONE, bar("<forward><duration>16</duration></forward>", FOUR, 0) + LOW], "G4@3+1 C3@4+4 C5@4+4"),
        ([ONE + TWO, bar(rest(16) * 2, FOUR) + LOW], "C5@0+4 C3@4+4 D5@4+4"),
        ([ONE + TWO + THREE, bar(note("C3", 16), FOUR) + bar(note("D3", 12)) + LOW],
         "C3@0+4 C5@0+4 D3@4+3 D5@4+4 C3@8+4 E5@8+4"),
        ([ONE + TWO, bar(note("C3", 20), FOUR) + LOW], "C3@0+5 C5@0+4 C3@5+4 D5@5+4"),
        ([ONE + bar("") + TWO], "C5@0+4 D5@8+4"),
        ([ONE + bar(rest(8, ' measure="yes"')) + TWO], "C5@0+4 D5@8+4"),
        ([ONE + bar(SIGN.format("<offset>64</offset>") + note("D5", 16)) + THREE], "C5@0+4 D5@4+4 E5@8+4"),
        ([ONE + bar(note("D5", 12) + "<forward><duration>4</duration></forward>") + THREE], "C5@0+4 D5@4+3 E5@8+4"),
        ([bar(note("D5", 12) + "<forward><duration>4</duration></forward>", FOUR) + THREE], "D5@0+3 E5@4+4"),
        ([bar(note("C4", 4) + note("E4", 4, before=CHORD) + rest(16), FOUR.replace(">4</beats", ">5</beats")) + TWO],
         "C4@0+1 E4@0+1 D5@5+4"),
        # what belongs together
        ([bar(note("C4", 16) + SIGN.format("") + note("E4", 16, before=CHORD), FOUR)], "C4@0+4 E4@0+4"),
        ([bar(note("C4", 16, before="<cue/>") + "<backup><duration>16</duration></backup>" + note("E4", 16), FOUR)],
         "E4@0+4"),
        ([bar(note("A4", 16, "<accidental>sharp</accidental>"), FOUR)], "A4@0+4"),
        ([bar(note("C4", 2) + note("D4", 2), FOUR.replace("<divisions>4</divisions>", ""))], "C4@0+2 D4@2+2"),
        ([bar(note("C4", 2)) + bar(note("D4", 8), FOUR)], "C4@0+0.5 D4@0.5+2"),
        ([bar(note("C4", 1) + "<attributes><divisions>3</divisions></attributes>" + note("D4", 1), FOUR)],
         "C4@0+0.25 D4@0.25+0.333333"),
        # ties: across bars, voices, staves
        ([bar(note("C4", 16, TIE.format("start")), FOUR)
          + bar(rest(16) + "<backup><duration>16</duration></backup>" + note("C4", 16, TIE.format("stop")))],
         "C4@0+8"),
        ([bar(note("C4", 16, '<notations><tied type="start"/></notations>'), FOUR)
          + bar(note("C4", 16, '<notations><tied type="stop"/></notations>'))], "C4@0+8"),
        ([bar(note("C4", 16), FOUR) + bar(note("C4", 16, TIE.format("stop")))], "C4@0+4 C4@4+4"),
        # impossible lengths are left out
        ([bar(note("C4", 4) + note("D4", -4) + note("E4", "NaN") + note("F4", 4), FOUR)], "C4@0+1 F4@1+1"),
        ([bar(note("C4", 4) + "<backup><duration>99</duration></backup>" + note("D4", 4), FOUR)], "C4@0+1 D4@0+1"),
        ([bar("<note><pitch><step>C</step><octave>4</octave></pitch><type>half</type><dot/></note>", FOUR)],
         "C4@0+3"),
    ],
)  # fmt: skip
def test_music(tmp_path, parts, notes):
    assert said(load(tmp_path, document(*parts))) == notes


@pytest.mark.parametrize(
    ("time", "metre", "length"),
    [
        ("<beats>3+2</beats><beat-type>8</beat-type>", "5/8", 20),
        ("<beats>3</beats><beat-type>8</beat-type><beats>2</beats><beat-type>8</beat-type>", "5/8", 10),
        ("<beats>3</beats><beat-type>8</beat-type><beats>1</beats><beat-type>4</beat-type>", "5/8", 10),
        ("<beats>0</beats><beat-type>4</beat-type>", None, 16),
        ("<beats>4</beats><beat-type>0</beat-type>", None, 16),
        ("<beats>99999</beats><beat-type>4</beat-type>", None, 16),
        ("<senza-misura/>", None, 16),
        ("<beats>x</beats><beat-type>4</beat-type>", None, 16),
    ],
)
def test_metres(tmp_path, time, metre, length):
    attributes = f"<divisions>4</divisions><time>{time}</time>"
    piece = load(tmp_path, document(bar(note("C4", length), attributes) + TWO))
    assert piece.about.get("metre") == metre
    assert said(piece) == f"C4@0+{length / 4:g} D5@{length / 4:g}+4"


@pytest.mark.parametrize(
    ("key", "sharps"),
    [("<fifths>-3</fifths>", -3), ("<key-step>F</key-step><key-alter>1</key-alter>", None),
     ("<fifths>99999999999</fifths>", None), ("<fifths>1.5</fifths>", None)],
)  # fmt: skip
def test_keys(tmp_path, key, sharps):
    assert load(tmp_path, document(bar(note("C4", 16), FOUR + f"<key>{key}</key>"))).about.get("sharps") == sharps


def test_the_key_of_a_transposing_instrument_is_what_sounds(tmp_path):
    key = "<key><fifths>2</fifths></key><transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    piece = load(tmp_path, document(bar(note("D5", 16), FOUR + key)))
    assert (said(piece), piece.about["sharps"]) == ("C5@0+4", 0)


@pytest.mark.parametrize("tempo", ["0", "-5", "NaN", "inf", "1e-9", "0.001", "1e9"])
def test_tempi_that_cannot_be(tmp_path, tempo):
    mark = f"<metronome><beat-unit>quarter</beat-unit><per-minute>{tempo}</per-minute></metronome>"
    for direction in (
        f'<sound tempo="{tempo}"/>',
        f"<direction><direction-type>{mark}</direction-type></direction>",
    ):
        assert "tempo" not in load(tmp_path, document(bar(direction + note("C4", 16), FOUR))).about


def test_a_tempo_in_dotted_quarters(tmp_path):
    mark = "<metronome><beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>c. 80</per-minute></metronome>"
    direction = f"<direction><direction-type>{mark}</direction-type></direction>"
    assert load(tmp_path, document(bar(direction + note("C4", 16), FOUR))).about["tempo"] == 120


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_encodings(tmp_path, encoding):
    head = f'<?xml version="1.0" encoding="{encoding.replace("-sig", "").upper()}"?>'
    work = "<score-partwise><movement-title>Noël</movement-title>"
    text = document(ONE, head=head).replace("<score-partwise>", work)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfile full-path="in/b.xml"/></container>')
        archive.writestr("a.xml", "<score-partwise/>")
        archive.writestr("in/b.xml", text.encode(encoding))
    for data, name in ((text.encode(encoding), "b.xml"), (packed.getvalue(), "b.mxl")):
        piece = load(tmp_path, data, name)
        assert (said(piece), piece.about["title"]) == ("C5@0+4", "Noël")


def test_an_encoding_that_is_declared_wrongly(tmp_path):
    assert said(load(tmp_path, document(ONE, head='<?xml version="1.0" encoding="UTF-16"?>'))) == "C5@0+4"


def test_measures_that_hold_parts(tmp_path):
    rows = [("C5", "C3", f"<attributes>{FOUR}</attributes>"), ("D5", "D3", "")]
    measures = "".join(
        f'<measure number="1"><part id="a">{start}{note(high, 16)}</part><part id="b">{start}{note(low, 16)}</part>'
        "</measure>"
        for high, low, start in rows
    )
    piece = load(tmp_path, f"<score-timewise>{measures}</score-timewise>")
    assert said(piece) == "C3@0+4 C5@0+4 D3@4+4 D5@4+4"


@pytest.mark.parametrize("names", [[], ["META-INF/container.xml"], ["a.txt"]])
def test_archives_without_a_score(tmp_path, names):
    with zipfile.ZipFile(tmp_path / "a.mxl", "w") as archive:
        for name in names:
            archive.writestr(name, "<container/>")
    with pytest.raises(Unreadable, match=r"without a score|damaged archive"):
        scores.read(tmp_path / "a.mxl")
