import numpy as np
import pytest

from riyaz.music.events import TICKS, in_a_row
from riyaz.tabla import strokes
from riyaz.tabla.bols import BOLS
from riyaz.tabla.taals import TAALS

RATE = 44100


def row(text, ticks=TICKS):
    return in_a_row([ticks] * len(text.split()), [[] if bol == "-" else [bol] for bol in text.split()])


def heard(wave):
    """Centroid and strongest frequency (Hz), seconds to fall by 20 dB."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    left = np.cumsum(wave[::-1].astype(float) ** 2)[::-1]
    fallen = np.flatnonzero(left < left[0] / 100)[0] / RATE
    return (hertz * power).sum() / power.sum(), hertz[power.argmax()], fallen


@pytest.fixture(scope="module")
def measured():
    return {name: heard(strokes.waveform(name)) for name in strokes.STROKES}


def level(samples):
    return 20 * np.log10(np.sqrt(np.mean(samples.astype(float) ** 2)))


def test_any_two_strokes_of_a_drum_differ_in_colour_pitch_or_length(measured):
    # a quarter in length or colour is well above what an ear just notices, a semitone in pitch likewise
    names = list(measured)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            ratios = np.abs(np.log2(np.divide(measured[one], measured[other])))
            assert np.any(ratios > np.array([0.3, 0.15, 0.3])), (one, other)


def test_what_rings_rings_and_what_is_damped_does_not(measured):
    rings = [name for name in strokes.STROKES if name in ("na", "tin", "tun", "din", "ge", "ghe")]
    damped = [name for name in strokes.STROKES if name not in rings]
    assert min(measured[name][2] for name in rings) > 4 * max(measured[name][2] for name in damped)


def test_the_partials_are_where_the_books_put_them(measured):
    assert measured["tun"][1] == pytest.approx(strokes.DAYAN_HZ, rel=0.02)
    assert measured["na"][1] == pytest.approx(1.94 * strokes.DAYAN_HZ, rel=0.01)
    spectrum = np.abs(np.fft.rfft(strokes.waveform("na")))
    fundamental = round(strokes.DAYAN_HZ * strokes.waveform("na").size / RATE)
    assert spectrum[fundamental] < 0.05 * spectrum.max()  # the finger damps it
    assert measured["tun"][0] < measured["tin"][0] < measured["na"][0]
    assert measured["ge"][1] == pytest.approx(strokes.BAYAN_HZ, rel=0.03)


def test_the_bayan_glides():
    def pitch(wave, start, seconds=0.06):
        part = wave[int(start * RATE) :][: int(seconds * RATE)]
        crossings = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        return RATE / np.mean(np.diff(crossings))

    falls, rises = strokes.waveform("ge"), strokes.waveform("ghe")
    assert pitch(falls, 0.0) > 1.05 * pitch(falls, 0.3)
    assert pitch(rises, 0.02) < 0.95 * pitch(rises, 0.5)


def test_every_bol_has_its_hands():
    for name, bol in BOLS.items():
        drums = {strokes.STROKES[stroke].drum for stroke, _ in strokes.parts(bol)}
        wanted = {"left": {"bayan"}, "right": {"dayan"}, "both": {"dayan", "bayan"}}[bol.hands]
        assert drums == wanted, name
        late = [delay for _, delay in strokes.parts(bol)]
        assert (max(late) > 0) == bol.flam, name


def test_a_render_repeats_and_keeps_below_its_ceiling():
    events = row("Dha Te Te Dhin Kat Ti Ra Tu " * 20, TICKS // 4)
    one, two = strokes.render(events, 120), strokes.render(events, 120)
    assert one.dtype == np.float32
    assert one.shape[1] == 2
    assert np.array_equal(one, two)
    assert not np.array_equal(one, strokes.render(events, 120, seed=1))
    assert np.abs(strokes.render(row("Dha Dha Dha Dha", 40), 120)).max() < 10 ** (-1 / 20)  # all but at once


def test_the_length_is_that_of_the_tempo_and_the_tail_is_kept():
    events = row("Ke Ke Ke Tu")
    at_60, at_240 = strokes.render(events, 60), strokes.render(events, 240)
    assert 4 * RATE <= len(at_60) < 5 * RATE
    assert len(at_240) > 1.4 * RATE  # Tu rings on after its matra
    assert np.abs(at_240[-1]).max() < 1e-3


def test_a_stroke_rings_through_rests_until_its_own_drum_is_struck():
    def at_the_third_matra(text):
        return level(strokes.render(row(text, TICKS // 4), 60)[int(0.64 * RATE) : int(0.74 * RATE)])

    rings = at_the_third_matra("Ge - - -")
    assert at_the_third_matra("Ge - Te -") == pytest.approx(rings, abs=1.5)  # the other drum's stroke has died away
    assert at_the_third_matra("Ge - Ke -") < rings - 12


def test_a_cut_makes_no_click():
    tun = strokes.render(row("Tu Te", TICKS // 4), 60)[:, 0].astype(float)
    cut = int(0.25 * RATE)
    alone = strokes.render(row("Te"), 60)[:, 0]
    tun[cut : cut + len(alone)] -= alone[: len(tun) - cut] * 10 ** (-1.5 / 20)
    # what is left of Tun fades within 6 ms; a hard cut would jump by as much as it sounds
    jumps = np.abs(np.diff(tun[cut - 200 : cut + 20]))
    assert jumps.max() < 0.2 * np.abs(tun[cut - 2000 : cut]).max()


@pytest.mark.parametrize("taal", TAALS.values(), ids=lambda taal: taal.name)
def test_every_theka_sounds_under_another(taal):
    events = row("- " * taal.matras)
    quiet = strokes.render(events, 300, taal, sample_rate=8000)
    under = strokes.render(events, 300, taal, "theka", sample_rate=8000)
    click = strokes.render(events, 300, taal, "click", sample_rate=8000)
    assert np.abs(quiet).max() == 0
    assert min(np.abs(under).max(), np.abs(click).max()) > 0.01


def test_clicks_tell_sam_and_khali_from_the_rest():
    clicks = strokes.render(row("- " * 16), 60, TAALS["teental"], "click")
    pitch = [heard(clicks[matra * RATE :][: int(0.04 * RATE), 0])[1] for matra in range(16)]
    assert pitch[0] > pitch[4] > pitch[8]


def test_no_events_make_no_samples():
    assert strokes.render(row(""), 100).shape == (0, 2)
    assert len(strokes.to_midi_notes(row(""))) == 0


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("Dha Dhaa", {}, "'Dhaa' is no bol.*'Dha'"),
        ("Dha", {"tempo": 0}, "tempo is 0"),
        ("Dha", {"underlay": "drone"}, "'drone'.*'theka', 'click'"),
        ("Dha", {"underlay": "theka"}, "needs a taal"),
    ],
)
def test_what_cannot_be_played_is_refused(text, options, says):
    with pytest.raises(ValueError, match=says):
        strokes.render(row(text), **{"tempo": 100, **options})


def test_midi_has_one_note_a_stroke():
    notes = strokes.to_midi_notes(row("Dha Te Kra - Ge"))
    assert notes.columns.tolist() == ["onset", "duration", "pitch", "velocity"]
    dha, kra = strokes.MIDI_NOTES["Dha"], strokes.MIDI_NOTES["Kra"]
    assert sorted(notes["pitch"][notes["onset"] == 0]) == sorted(dha)
    assert notes.loc[notes["onset"] == 2 * TICKS, "pitch"].tolist() == [kra[0]]
    assert notes.loc[notes["onset"] == 2 * TICKS + 210, "pitch"].tolist() == [kra[1]]
    assert len({stroke.note for stroke in strokes.STROKES.values()}) == len(strokes.STROKES)
    assert notes["velocity"].between(1, 127).all()
    assert ((notes["onset"] + notes["duration"]) % TICKS == 0).all()


def test_ti_before_na_rings():
    ti_na, ti_te = strokes.to_midi_notes(row("Ti Na")), strokes.to_midi_notes(row("Ti Te"))
    assert ti_na["pitch"][0] == strokes.STROKES["tin"].note
    assert ti_te["pitch"][0] == strokes.STROKES["ti"].note
