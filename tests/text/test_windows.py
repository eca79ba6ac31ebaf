import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riyaz.text import windows

A, B = np.array([1, 7, 8, 9, 2], np.int32), np.array([1, 5, 2], np.int32)


def test_every_position_predicts_the_next_and_pieces_do_not_mix():
    inputs, outputs = windows.cut([A, B], 3)
    assert inputs.tolist() == [[1, 7, 8], [9, 2, 0], [1, 5, 2]]
    assert outputs.tolist() == [[7, 8, 9], [2, 0, 0], [5, 2, 0]]


def test_last_is_the_lectures_window_that_slides_by_one():
    inputs, outputs = windows.cut([A, B], 3, "last")
    assert inputs.tolist() == [[1, 7, 8], [7, 8, 9], [0, 1, 5]]
    assert outputs.tolist() == [9, 2, 2]


@given(st.lists(st.integers(2, 40), max_size=5), st.integers(2, 12))
def test_every_token_but_the_first_is_a_target_once(lengths, length):
    pieces = [np.arange(4, 4 + n, dtype=np.int32) for n in lengths]
    _, outputs = windows.cut(pieces, length)
    assert outputs[outputs > 0].tolist() == [i for p in pieces for i in p[1:]]


def test_no_pieces_give_no_windows_and_an_unknown_kind_is_refused():
    assert [a.shape for a in windows.cut([], 4)] == [(0, 4), (0, 4)]
    with pytest.raises(ValueError, match="every or last"):
        windows.cut([A], 4, "some")


@pytest.mark.parametrize("targets", ["every", "last"])
@pytest.mark.parametrize("pieces", [[A, B] * 5, [B], []])
def test_windows_on_disk_are_those_of_all_pieces_at_once(tmp_path, monkeypatch, targets, pieces):
    monkeypatch.setattr(windows, "TOGETHER", 3)
    written = windows.write(tmp_path, "train", pieces, 3, targets)
    for array, read, whole in zip(
        written, windows.load(tmp_path, "train"), windows.cut(pieces, 3, targets), strict=True
    ):
        assert isinstance(read, np.memmap)
        assert (array.dtype, array.tolist(), read.tolist()) == (whole.dtype, whole.tolist(), whole.tolist())


@given(st.lists(st.integers(2, 40), min_size=1, max_size=5), st.integers(2, 12), st.sampled_from(["every", "last"]))
def test_what_stands_beside_the_tokens_is_cut_as_they_are(lengths, length, targets):
    pieces = [np.arange(4, 4 + n, dtype=np.int32) for n in lengths]
    inputs, _ = windows.cut(pieces, length, targets)
    beside = windows.beside([np.stack([piece, -piece], axis=1) for piece in pieces], length, targets)
    assert (beside == np.stack([inputs, -inputs], axis=-1)).all()
