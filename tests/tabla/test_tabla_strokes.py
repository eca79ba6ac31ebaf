import numpy as np
import pytest
from scipy import signal

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


def envelope(wave, seconds=0.005):
    n = int(RATE * seconds)
    return np.sqrt(np.convolve(wave.astype(float) ** 2, np.ones(n) / n))


def fall(wave):
    """Seconds from the loudest moment until the level is 20 dB lower."""
    level = envelope(wave)[np.argmax(envelope(wave)) :]
    return np.flatnonzero(level < level[0] / 10)[0] / RATE


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
    fallen = {name: fall(strokes.waveform(name)) for name in strokes.STROKES}
    rings = [name for name in strokes.STROKES if name in ("na", "tin", "tun", "din", "ge", "ghe")]
    damped = [name for name in strokes.STROKES if name not in rings]
    assert min(fallen[name] for name in rings) > 1.4 * max(fallen[name] for name in damped)


def test_closed_strokes_fall_as_fast_as_recorded_ones():
    # recordings: Te, Ke and Kat fall by 20 dB in 64, 72 and 85 ms
    for name, seconds in {"te": 0.064, "ke": 0.072, "kat": 0.085}.items():
        takes = [fall(wave) for wave in strokes.samples()[name]]
        assert np.mean(takes) == pytest.approx(seconds, rel=0.05), name
    closed = [fall(wave) for name in ("te", "ti", "tit", "ke", "kat") for wave in strokes.samples()[name]]
    assert 0.055 < min(closed) <= max(closed) < 0.095


@pytest.mark.parametrize("variant", range(strokes.VARIANTS))
def test_tin_rings_as_recorded(variant):
    # recordings: 4.6 dB down 200 ms after the onset, the second partial 28 dB under the fundamental
    wave = strokes.waveform("tin", variant=variant)
    loud = envelope(wave, 0.02)
    assert 20 * np.log10(loud[int(0.21 * RATE)] / loud.max()) == pytest.approx(-4.6, abs=0.5)
    spectrum, hertz = np.abs(np.fft.rfft(wave)), np.fft.rfftfreq(len(wave), 1 / RATE)
    ratio = hertz / hertz[spectrum.argmax()]
    second = spectrum[(ratio > 1.8) & (ratio < 2.2)].max()
    assert 20 * np.log10(second / spectrum.max()) == pytest.approx(-28, abs=2.5)


@pytest.mark.parametrize("name", ["ge", "ghe"])
def test_the_bayan_is_as_bright_as_recorded(name):
    # recordings: the energy above 250 Hz is 10 dB below the whole
    for wave in strokes.samples()[name]:
        power, hertz = np.abs(np.fft.rfft(wave)) ** 2, np.fft.rfftfreq(len(wave), 1 / RATE)
        assert 10 * np.log10(power[hertz > 250].sum() / power.sum()) == pytest.approx(-10, abs=1.5)


def test_each_stroke_has_variants_that_differ_in_sound_and_not_in_kind():
    sounds = strokes.samples()
    assert sounds.keys() == strokes.STROKES.keys()
    for name, takes in sounds.items():
        assert len(takes) == strokes.VARIANTS >= 3
        assert all(take.dtype == np.float32 for take in takes)
        for i, take in enumerate(takes):
            if name in ("na", "tin", "tun", "din", "ge", "ghe"):  # the pitch of the drum stays
                assert heard(take)[1] == pytest.approx(heard(takes[0])[1], rel=0.02)
            assert all(not np.array_equal(take, other) for other in takes[:i])
    assert [len(takes) for takes in strokes.samples(variants=5).values()] == [5] * len(strokes.STROKES)


@pytest.mark.parametrize(("pitch", "hertz"), strokes.PITCHES.items())
def test_the_dayan_has_the_pitch_that_is_asked_for(pitch, hertz):
    sounds = strokes.samples(pitch)
    assert heard(sounds["tin"][0])[1] == pytest.approx(hertz, rel=0.005)
    assert heard(sounds["na"][0])[1] == pytest.approx(1.94 * hertz, rel=0.01)
    assert np.array_equal(sounds["ge"][0], strokes.samples()["ge"][0])  # the bayan is tuned by itself


def test_strokes_are_a_little_early_or_late_and_never_the_same_twice():
    taal, sounds = TAALS["teental"], {name: [waves[0]] for name, waves in strokes.samples().items()}
    events = row("Na - - - " * 16)
    played = strokes.render(events, 240, taal, sounds=sounds)[:, 0]
    onsets = []
    for matra in range(0, 64, 4):
        part = np.abs(played[max(0, int((matra - 0.5) * RATE / 4)) :][: int(RATE / 2)])
        onsets.append(np.flatnonzero(part > 0.05 * part.max())[0] / RATE - (0.125 if matra else 0.0))
    spread = np.array(onsets[1:]) - np.median(onsets[1:])
    assert 0.0005 < spread.std() < 0.004
    assert np.abs(spread).max() < 2 * strokes.LATE
    once = strokes.render(row("Na"), 240)
    twice = strokes.render(row("Na Na"), 240)
    n = len(once) // 2
    shift = np.argmax(np.abs(np.correlate(twice[:, 0], twice[:n, 0], "valid")[int(0.2 * RATE) :])) + int(0.2 * RATE)
    again = twice[shift : shift + n]
    assert np.corrcoef(again[:, 0], twice[: len(again), 0])[0, 1] < 0.99


def test_a_pitch_that_is_none_and_no_variants_are_refused():
    with pytest.raises(ValueError, match=r"'H'.*C, C#, D, D#"):
        strokes.samples("H")
    with pytest.raises(ValueError, match="variants is 0"):
        strokes.samples(variants=0)


def test_the_partials_are_where_the_books_put_them(measured):
    dayan = strokes.PITCHES[strokes.PITCH]
    assert measured["tun"][1] == pytest.approx(dayan, rel=0.02)
    assert measured["na"][1] == pytest.approx(1.94 * dayan, rel=0.01)
    spectrum = np.abs(np.fft.rfft(strokes.waveform("na")))
    fundamental = round(dayan * strokes.waveform("na").size / RATE)
    assert spectrum[fundamental] < 0.05 * spectrum.max()  # the finger damps it
    assert measured["na"][0] > 2 * max(measured["tun"][0], measured["tin"][0])
    assert measured["ge"][1] == pytest.approx(strokes.BAYAN_HZ, rel=0.03)


def test_the_bayan_glides():
    def pitch(wave, start, seconds=0.06):
        low = signal.sosfilt(signal.butter(4, 140, fs=RATE, output="sos"), wave)  # the fundamental alone
        part = low[int(start * RATE) :][: int(seconds * RATE)]
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
        return level(strokes.render(row(text, TICKS // 4), 60)[int(0.76 * RATE) : int(0.84 * RATE)])

    rings = at_the_third_matra("Ge - - -")
    assert at_the_third_matra("Ge - Te -") == pytest.approx(rings, abs=1.5)  # the other drum's stroke has died away
    assert at_the_third_matra("Ge - Ke -") < rings - 12


def test_a_cut_makes_no_click():
    silent = {**strokes.samples(), "te": [np.zeros(8, dtype=np.float32)]}
    tun = strokes.render(row("Tu Te", TICKS // 4), 60, sounds=silent)[:, 0].astype(float)
    cut = int(0.25 * RATE)
    assert np.abs(tun[cut + 1000 :]).max() < 0.1 * np.abs(tun[cut - 2000 : cut - 500]).max()  # it is cut
    # what is left of Tun fades within 6 ms; a hard cut would jump by as much as it sounds
    jumps = np.abs(np.diff(tun[cut - 600 : cut + 1000]))
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
