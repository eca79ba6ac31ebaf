import numpy as np
import pytest

from riyaz.tabla import notation, origin
from riyaz.text import tokens

TEXT = """taal: dadra
form: kaida
[theme, taught]
Dha Dhi Na | Dha Tu Na |
[palta 1, derived]  # the halves exchanged
DhaTu Na - | Dha Dhi Na |
[end]
Dha - - | - - - |
"""


def test_each_stroke_and_token_has_the_origin_of_its_section():
    composition = notation.read(TEXT)
    assert [(s.taught, s.derived, s.note) for s in composition.sections] == [
        (True, False, ""),
        (False, True, "the halves exchanged"),
        (False, False, ""),
    ]
    piece = composition.piece("x")
    assert origin.of_events(piece).tolist() == ["taught"] * 6 + ["derived"] * 7 + ["made"] * 6
    written = tokens.encode(piece)
    by_token = dict(enumerate(zip(written, origin.of_tokens(piece, written), strict=True)))
    assert [by_token[i][1] for i in (0, 1, 2, len(written) - 1)] == [""] * 4
    assert by_token[3] == ("d:1", "taught")
    assert by_token[10] == ("d:1/2", "derived")
    assert sum(mark == "derived" for _, mark in by_token.values()) == 7 + 2  # two durations
    assert notation.read(notation.write(composition)) == composition


def test_without_sections_all_is_made_and_other_tokens_are_refused():
    piece = notation.read(TEXT).piece("x")
    bare = type(piece)("x", piece.events, {})
    assert set(origin.of_events(bare)) == {"made"}
    assert len(origin.of_events(type(piece)("x", piece.events.iloc[:0], {}))) == 0
    with pytest.raises(ValueError, match="write 1 events, but it has 19"):
        origin.of_tokens(piece, ["<start>", "d:1", "Dha", "<end>"])
    with pytest.raises(ValueError, match="more than its 19"):
        origin.of_tokens(piece, [*tokens.encode(piece)[:-1], "Dha"])
    assert isinstance(origin.of_tokens(piece, tokens.encode(piece)), np.ndarray)
