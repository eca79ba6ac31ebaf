import numpy as np
import pytest

from riyaz.music.events import Unreadable
from riyaz.play import sound
from riyaz.tabla import notation, pitch


@pytest.mark.parametrize(
    ("name", "found"),
    [("c", "C"), ("C sharp", "C#"), ("Db", "C#"), ("C♯4", "C#"), ("kali 1", "C#"), ("safed-2", "D"), ("E♭", "D#")],
)
def test_a_pitch_has_many_names(name, found):
    assert pitch.find(name) == found


def test_no_pitch_names_those_that_there_are():
    with pytest.raises(Unreadable, match=r"no pitch 'H'.*C, C#, D, D#"):
        pitch.find("H")


def test_the_header_of_a_composition_may_name_the_pitch():
    text = "taal: dadra\npitch: c#   \nDha Dhi Na | Dha Tu Na |"
    composition = notation.read(text)
    assert composition.pitch == "C#"
    assert notation.read(notation.write(composition)) == composition
    assert "pitch" not in notation.read(text.replace("pitch: c#", "")).piece("x").about
    with pytest.raises(Unreadable, match=r"notation:2:1: there is no pitch 'low'"):
        notation.read(text.replace("c#", "low"))


def test_a_piece_sounds_at_its_pitch():
    def strongest(name):
        piece = notation.read(f"taal: dadra\ntempo: 60\npitch: {name}\nTin - -").piece("x")
        samples, rate = sound.play(piece.events, piece.about)
        return np.argmax(np.abs(np.fft.rfft(samples.sum(axis=1)))) * rate / len(samples)

    assert [strongest(name) for name in pitch.PITCHES] == pytest.approx(list(pitch.PITCHES.values()), rel=0.005)
