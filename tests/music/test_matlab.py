import io
import struct
import zlib

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from riyaz.music import matlab
from riyaz.music.events import Unreadable


def saved(compressed=False, **content):
    file = io.BytesIO()
    scipy.io.savemat(file, content, do_compression=compressed)
    return file.getvalue()


def cells(*matrices):
    row = np.empty((1, len(matrices)), object)
    for number, matrix in enumerate(matrices):
        row[0, number] = matrix
    return row


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "i8", "u8", "f4", "f8"])
def test_matrices_are_read_as_they_were_written(compressed, kind):
    roll = np.arange(15, dtype=kind).reshape(3, 5)
    found = matlab.variables(saved(compressed, a=roll, b=cells(roll, roll[:2, :1], np.zeros((0, 5)))))
    np.testing.assert_array_equal(found["a"], roll)
    assert [matrix.shape for matrix in found["b"]] == [(3, 5), (2, 1), (0, 5)]
    np.testing.assert_array_equal(found["b"][0], roll)


def test_the_other_order_of_bytes():
    big = struct.pack(">4I", 6, 8, 6, 0) + struct.pack(">4I", 5, 8, 1, 2) + b"\0\1\0\1a\0\0\0"
    big += struct.pack(">II2d", 9, 16, 0.5, 2)
    data = bytes(124) + b"\1\0MI" + struct.pack(">II", 14, len(big)) + big
    assert matlab.variables(data)["a"].tolist() == [[0.5, 2]]


@pytest.mark.parametrize(
    "value", ["text", {"a": 1}, np.array([[1j]]), scipy.sparse.csc_matrix(np.eye(2)), cells(cells(np.eye(2)))[0]]
)
def test_what_is_no_matrix_is_passed_over(value):
    found = matlab.variables(saved(a=value, b=np.eye(2)))
    assert found["a"] is None or found["a"] == [None]
    assert found["b"].shape == (2, 2)


def outcome(data):
    """What is found in a file, or how it is refused."""
    try:
        return matlab.variables(data)
    except Unreadable as error:
        return str(error)


def test_no_byte_of_a_file_can_end_the_process():
    good = saved(traindata=cells(np.eye(2, 3)), testdata=np.eye(1, 2))
    places = [(place, value) for place in range(128, len(good)) for value in (0, 1, 2, 9, 14, 15, 255)]
    # with 0, a type that scipy's reader looks up where there is none
    outcomes = [outcome(good[:place] + bytes([value]) + good[place + 1 :]) for place, value in places]
    refused = [said for said in outcomes if isinstance(said, str)]
    assert refused
    assert all("damaged" in said for said in refused)


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "no MATLAB file"), (127, "no MATLAB file"), (140, "damaged"), (200, "damaged"), (300, "damaged")],
)
def test_a_file_cut_off_is_refused(size, said):
    assert said in outcome(saved(a=np.eye(3, 8))[:size])


def test_a_small_file_that_unpacks_without_end(monkeypatch):
    monkeypatch.setattr(matlab, "MAX_BYTES", 2**20)
    packed = zlib.compress(bytes(2**24))
    data = saved()[:128] + struct.pack("<II", 15, len(packed)) + packed
    with pytest.raises(Unreadable, match="more than 1 MB"):
        matlab.variables(data)
