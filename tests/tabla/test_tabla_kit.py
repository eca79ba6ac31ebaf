import numpy as np
import pytest
import soundfile

from riyaz.music.events import TICKS, Unreadable, in_a_row
from riyaz.play import sound
from riyaz.tabla import kit, strokes

RATE = 44100


def tone(hertz, seconds=0.4, rate=48000, level=0.3, before=0.1):
    """A decaying sine after a silence."""
    t = np.arange(int(seconds * rate)) / rate
    return np.concatenate([np.zeros(int(before * rate)), level * np.sin(2 * np.pi * hertz * t) * 0.001 ** (t / 0.3)])


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "kit"
    where.mkdir()
    soundfile.write(where / "Na 1.wav", tone(500), 48000)
    soundfile.write(where / "na_2.wav", tone(510, level=0.05), 48000)
    soundfile.write(where / "GHE.flac", np.stack([tone(100, rate=22050)] * 2, axis=1), 22050)
    soundfile.write(where / "तिं.wav", tone(400), 48000)
    soundfile.write(where / "dha.wav", tone(300), 48000)
    (where / "notes.txt").write_text("recorded at home")
    return where


def strongest(wave):
    return np.argmax(np.abs(np.fft.rfft(wave, 2 * RATE))) / 2


def test_files_are_found_by_any_spelling_and_resampled(folder):
    takes = kit.recordings(folder, RATE)
    assert {name: len(waves) for name, waves in takes.items()} == {"Na": 2, "Ge": 1, "Tin": 1, "Dha": 1}
    assert strongest(takes["Na"][0]) == pytest.approx(500, abs=2)
    assert strongest(takes["Ge"][0]) == pytest.approx(100, abs=2)
    for wave in (wave for waves in takes.values() for wave in waves):
        assert wave.dtype == np.float32
        assert np.flatnonzero(np.abs(wave) > 0.1 * np.abs(wave).max())[0] < 0.01 * RATE  # no silence before the onset


def test_recordings_take_the_place_of_the_synthesis_at_its_level(folder):
    plain, own = strokes.samples(), strokes.samples(kit=folder)
    assert own.keys() == {*strokes.STROKES, "Dha"}
    assert [round(strongest(wave) / 10) for wave in own["na"]] == [50, 51, 50]  # the third is made from the first
    assert len({wave.tobytes() for wave in own["na"]}) == 3
    assert all(np.array_equal(a, b) for a, b in zip(own["te"], plain["te"], strict=True))  # filled by the synthesis
    loud = [strokes.loudest(wave, RATE) for wave in own["na"]]
    assert max(loud) / min(loud) < 1.1  # one was recorded 16 dB lower
    for name in ("na", "tin", "ge"):
        heard = sound.loudness(np.stack([own[name][0][: RATE // 25]] * 2, axis=1), RATE)
        wanted = sound.loudness(np.stack([plain[name][0][: RATE // 25]] * 2, axis=1), RATE)
        assert heard == pytest.approx(wanted, abs=2), name
    again = strokes.samples(kit=folder)
    assert all(a.tobytes() == b.tobytes() for name in own for a, b in zip(own[name], again[name], strict=True))


def test_a_recorded_dha_is_played_for_dha_and_rings_until_both_drums_are_struck(folder):
    def at(text, start, stop):
        events = in_a_row([TICKS] * len(text.split()), [[] if bol == "-" else [bol] for bol in text.split()])
        wave = strokes.render(events, 240, sounds=strokes.samples(kit=folder))[:, 0]
        return wave[int(start * RATE) : int(stop * RATE)]

    assert strongest(at("Dha - -", 0, 0.7)) == pytest.approx(300, abs=3)
    rings = np.abs(at("Dha - -", 0.3, 0.4)).max()
    assert np.abs(at("Dha Ke -", 0.45, 0.5)).max() > 0.01 * rings
    assert len(strokes.samples(kit=folder, variants=1)["na"]) == 2  # no take is thrown away


@pytest.mark.parametrize(
    ("name", "write", "says"),
    [
        ("na.wav", lambda path: path.write_bytes(b"no sound"), r"na.wav: it cannot be read as sound"),
        ("na.wav", lambda path: path.write_bytes(b""), r"na.wav: it cannot be read as sound"),
        ("na.wav", lambda path: soundfile.write(path, np.zeros(RATE), RATE), r"na.wav: it is silent"),
        ("na.wav", lambda path: soundfile.write(path, np.zeros(0), RATE), r"na.wav: it has no samples"),
        ("na.wav", lambda path: soundfile.write(path, tone(300, 11), 48000), r"na.wav: 11 seconds long"),
        ("na.wav", lambda path: soundfile.write(path, np.full(900, np.nan), RATE, "FLOAT"), r"na.wav: .*no numbers"),
        ("tirakita.wav", lambda path: soundfile.write(path, tone(300), RATE), "tirakita.wav: .*several strokes"),
        ("nha.wav", lambda path: soundfile.write(path, tone(300), RATE), r"nha.wav: .*named by no stroke .*\.wav\?"),
        ("01.wav", lambda path: soundfile.write(path, tone(300), RATE), "01.wav: .*named by no stroke .*such as"),
    ],
)
def test_a_bad_file_is_named_in_one_line(tmp_path, name, write, says):
    write(tmp_path / name)
    with pytest.raises(Unreadable, match=says) as error:
        strokes.samples(kit=tmp_path)
    assert "\n" not in str(error.value)


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="no recordings"):
        strokes.samples(kit=tmp_path)
    with pytest.raises(Unreadable, match="no such folder"):
        strokes.samples(kit=tmp_path / "none")
