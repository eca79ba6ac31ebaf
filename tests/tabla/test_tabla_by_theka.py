"""A text that names no taal is read in the one whose theka it begins with."""

import pytest

from riyaz.music.events import Unreadable
from riyaz.tabla import by_theka, notation
from riyaz.tabla.taals import TAALS

THEKAS = {taal.name: taal for taal in TAALS.values() if taal.theka}


@pytest.mark.parametrize("taal", THEKAS.values(), ids=list(THEKAS))
def test_each_theka_tells_its_taal(taal):
    assert taal in by_theka.taal_of(["Theka", taal.theka])
    assert taal in by_theka.taal_of([taal.theka, "X 2 0 3", taal.theka, "Palta 1", "Dha Dha"])


@pytest.mark.parametrize(
    ("text", "taal"),
    [
        ("Dha Dhin Na | Dha Tin Na", "dadra"),
        ("धा धिं धिं धा धा धिं धिं धा धा तिं तिं ता ता धिं धिं धा", "teental"),
        ("theka\ntin tin na dhin na dhin na\n\nmukhda\ntin tin na dhin na tete tete", "rupak"),
        ("dhin dhin dhage tirkit tu na kat ta dhage tirkit dhi na", "ektal"),
    ],
)
def test_a_theka_as_it_is_typed(text, taal):
    assert notation.read(text).taal == taal


@pytest.mark.parametrize(
    "text", ["Dha Dhin Na Dha Tin", "Dha Dhin Na Dha Tin Na Na", "DhaDha TeTe DhaDha TuNa", "- - -", "words"]
)
def test_other_bols_tell_none(text):
    assert by_theka.taal_of([text]) == []
    with pytest.raises(Unreadable, match=r"names no taal|no bols|is no bol"):
        notation.read(text)


def test_a_theka_of_several_taals_is_asked_about(monkeypatch):
    other = TAALS["dadra"].__class__(**{**vars(TAALS["dadra"]), "name": "other", "title": "Other"})
    monkeypatch.setitem(TAALS, "other", other)
    with pytest.raises(Unreadable, match="theka of Dadra and Other"):
        notation.read("Dha Dhin Na Dha Tin Na")
