"""Kaidas in the page: it walks what the pipeline counted, and the network chooses. Files can be dropped onto it."""

from fractions import Fraction

import browser
import pytest
from samples import ROOT, section
from test_play import drive, model, real, song

from riyaz.music import midi
from riyaz.music.events import TICKS, from_notes
from riyaz.practice import kaida, play
from riyaz.tabla import form, ideas, notation, perform, taals
from riyaz.tabla import theme as themes
from riyaz.tabla.filling import sounds
from riyaz.tabla.taken import Rows

chromium = pytest.mark.skipif(browser.chromium() is None, reason="no Chromium is found; .ci/run installs one")
WISH = section("generate", paltas=5)


def pieces():
    """Kaidas of three taals, and what else test_play takes."""
    folder = ROOT / "data" / "raw" / "tabla"
    kaidas = [path for name in ("teental", "rupak", "jhaptal") for path in sorted((folder / name).glob("*.txt"))[:4]]
    read = {path.stem: notation.read_file(path).piece(path.stem) for path in kaidas}
    return list(({piece.name: piece for piece in real()} | read).values())


@pytest.fixture(scope="module")
def corpus():
    return pieces()


@pytest.fixture(scope="module")
def page(corpus, tmp_path_factory):
    path = tmp_path_factory.mktemp("kaida") / "bols.html"
    path.write_text(play.render("bols", model(corpus), WISH, corpus), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    path = tmp_path_factory.mktemp("kaida") / "notes.html"
    path.write_text(play.render("notes", model([song()]), WISH, [song()]), encoding="utf-8")
    return path.as_uri()


def plans(corpus):
    """The plans of the page's themes, in its order."""
    known = kaida.Known.of(corpus)
    found = {theme.title: theme for piece in corpus if (theme := kaida.theme_of(piece))}
    return [(theme, kaida.plan(theme, known, WISH.paltas)) for _, theme in sorted(found.items())]


@chromium
def test_the_page_walks_what_the_pipeline_counted(corpus, page):
    made = [segments for _, segments in plans(corpus) if segments]
    seen = drive("walk", page)
    assert len(seen) == len(made) > 2
    for segments, walked in zip(made, seen, strict=True):
        frees = [segment.free for segment in segments if segment.free]
        assert len(walked) == len(frees) > 0
        for free, rows in zip(frees, walked, strict=True):
            row = ()
            for number, options in enumerate(rows, 1):
                counted = [(bol, ticks, str(ways)) for (bol, ticks), ways in free.options(row).items()]
                assert [tuple(one) for one in options] == counted
                row = (*row, tuple(counted[number % len(counted)][:2]))
            assert free.has(row)


@chromium
def test_a_typed_theme_is_planned_as_one_of_the_corpus(corpus, page):
    known, given, expected = kaida.Known.of(corpus), [], []
    for theme, segments in plans(corpus):
        if not segments:
            continue
        taal, part = taals.TAALS[theme.taal], themes.checked(theme, taals.TAALS[theme.taal])
        rate = form.laya(part.events)
        at = perform.line_of(theme, part, Fraction(1))
        hands = perform.hands_of(theme, at, known.practice["kaida"], rate)
        of = {one.segments[0].idea: one.segments for one in reversed(ideas.ideas(at, hands, Rows(), rate))}
        wanted = [idea for idea in (ideas.FIRST, ideas.FIRST_HEAD, ideas.SECOND, ideas.LATE) if idea in of]
        frees = {idea: [segment.free for segment in of[idea]] for idea in wanted}
        ways = {idea: [str(free.count()) for free in frees[idea]] for idea in wanted}
        rows = [[idea, of[idea][0].returns, ways[idea], frees[idea][0].even] for idea in wanted]
        tihais = [[list(one) for one in kind] for kind in segments[-1].tihais]
        expected.append([rows, list(segments[-1].tihai), tihais])
        row = [list(sound) for sound in sounds(part.events)]
        given.append([row, taal.matras, list(taal.vibhags), segments[-2].ticks])
    assert drive("typed", page, given) == expected


@chromium
@pytest.mark.parametrize("given", [{"theme": "0", "paltas": 5}, {"theme": "own", "taal": "teental", "paltas": 3}])
def test_a_kaida_keeps_the_rules_of_its_form(page, given):
    line = "DhaDha TeTe DhaDha TuNa DhaTe TeDha DhaDha TuNa"
    made = drive("kaida", page, given | ({"phrase": line} if given["theme"] == "own" else {}))
    assert made["line"] == ""
    assert made["chosen"]
    assert min(made["chosen"]) > 1
    played = notation.read(bytes.fromhex(made["text"]).decode())
    assert [part.name for part in played.sections] == [
        "theme",
        "dohra",
        *(f"palta {number}" for number in range(1, given["paltas"] + 1)),
        "tihai",
    ]
    assert [check for check in form.check(played) if not check.passed] == []
    assert len({tuple(sounds(part.events)) for part in played.sections}) == len(played.sections)


@chromium
@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("", "Type or tap the first half"),
        ("Dha xyz", "is no bol"),
        ("DhaDha TeTe DhaDha", "has 8 matras, or a multiple: this line has 3"),
        ("DhaDha DhaDha DhaDha DhaDha DhaDha DhaDha DhaDha DhaDha", "two bols at least"),
    ],
)
def test_what_is_no_theme_is_said(page, phrase, said):
    made = drive("kaida", page, {"theme": "own", "taal": "teental", "phrase": phrase})
    assert said in made["line"]
    assert made["events"] == []


def file(name, content, kind="text/plain"):
    return [name, (content if isinstance(content, bytes) else content.encode()).hex(), kind]


GOOD = """title: Mine
taal: Jhap
[theme]
Dha~-Te - | Dha,TeTe Ta TuNa | # a comment
"""


@chromium
def test_notation_is_dropped(page):
    read = notation.read(GOOD).sections[0].events
    given = [
        file("a.txt", GOOD),
        file("b.txt", "taal: teental\nDha Dhoop\n"),
        file("c.txt", "taal: teental\n( Dha Te ) x3\n"),
        file("d.txt", "taal: nosuch\nDha\n"),
        file("e.txt", "taal: dadra\nDha\n"),
        file("f.txt", "\n# nothing\n"),
        file("g.png", b"\x89PNG\x00", "image/png"),
        file("h.mid", b"MThd", "audio/midi"),
    ]
    (said, rows), *others = drive("drop", page, given)
    assert "Mine is the beginning" in said
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (onset / TICKS, duration / TICKS, symbols)
        for onset, duration, symbols in zip(read["onset"], read["duration"], read["symbols"], strict=True)
    ]
    words = ["Dhoop", "Line 2: this page reads no repeats", "no taal “nosuch”", "never saw Dadra", "no bols in it"]
    for (line, kept), name, word in zip(others, "bcdefgh", [*words, "reads notation", "reads notation"], strict=True):
        assert line.startswith(f"{name}.")
        assert word in line
        assert kept == rows


@chromium
def test_midi_is_dropped(notes, tmp_path):
    events, _ = from_notes([0, 0, TICKS, 2 * TICKS], [2 * TICKS, TICKS, TICKS, TICKS], [60, 64, 65, 62])
    midi.write(tmp_path / "tune.mid", events, {"tempo": 90, "metre": "4/4"})
    data = (tmp_path / "tune.mid").read_bytes()
    given = [file("tune.mid", data), file("cut.mid", data[:40]), file("no.mid", b"RIFF" * 8), file("a.txt", "C D E")]
    (said, rows), *others = drive("drop", notes, given, 1280)
    assert "first 3 beats of tune.mid" in said
    expected = list(zip(events["duration"] / TICKS, events["symbols"], events["held"], strict=True))
    assert [(row[1], row[2], row[3]) for row in rows] == [
        (size, list(names), list(held)) for size, names, held in expected
    ]
    for (line, kept), word in zip(others, ["cut off", "does not begin with MThd", "reads MIDI files"], strict=True):
        assert word in line
        assert kept == rows


@chromium
def test_the_bols_stand_on_the_first_screen_of_a_phone(page):
    assert max(drive("first_screen", page)) <= 844


@chromium
@pytest.mark.parametrize("which", ["page", "notes"])
def test_first_sound_comes_soon(request, which):
    address = request.getfixturevalue(which)
    assert any(drive("opened", address, None, 1280) < 1.5 for _ in range(3))  # again on a busy machine


def test_a_corpus_without_kaidas_has_no_plans():
    assert kaida.tables([song()], model([song()]).vocabulary, 4) is None
