import json
import os
import pickle

import numpy as np
import pytest
import scipy.io

from riyaz.music import pianoroll
from riyaz.music.events import TICKS, Unreadable, validate


def write(folder, content):
    path = folder / "roll.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_frame_is_a_beat_and_strikes_all_its_notes(tmp_path):
    parts = {"test": [[[60]]], "train": [[[64, 60, 64], [60], []], [[72]]], "valid": []}
    pieces = pianoroll.read(write(tmp_path, parts))
    assert [piece.name for piece in pieces] == ["roll.json#train-1", "roll.json#train-2", "roll.json#test-1"]
    assert [piece.about["part"] for piece in pieces] == ["train", "train", "test"]
    events = pieces[0].events
    validate(events)
    assert events["symbols"].tolist() == [["C4", "E4"], ["C4"], []]
    assert events["duration"].tolist() == [TICKS] * 3
    assert not any(any(held) for held in events["held"])
    assert pieces[0].about["lost"]["doubled"] == 1


def test_whole_numbers_with_a_point_and_silent_voices(tmp_path):
    (piece,) = pianoroll.read(write(tmp_path, {"train": [[[60, 67.0], [62, -1], [-1, -1.0], [60, 60.0]]]}))
    assert piece.events["symbols"].tolist() == [["C4", "G4"], ["D4"], [], ["C4"]]
    assert piece.about["lost"] == {"doubled": 1}


def test_pieces_without_notes_are_counted(tmp_path):
    (piece,) = pianoroll.read(write(tmp_path, {"train": [[], [[], []], [[60]]]}))
    assert piece.name == "roll.json#train-3"
    assert piece.about["lost"] == {"doubled": 0, "empty_pieces": 2}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is no JSON"),
        ('{"train": [', "is no JSON"),
        ("[" * 100_000, "is no JSON|nested too deeply"),
        ("[1, 2]", "has no part named"),
        ({"training": []}, "has no part named"),
        ({"train": 3}, "train: 3 is not a list"),
        ({"train": [[60]]}, "train, piece 1, frame 1: 60 is not a list"),
        ({"train": [[[60]], [[60], [60.5]]]}, "train, piece 2, frame 2: 60.5 is no MIDI number"),
        ({"train": [[[128]]]}, "train, piece 1, frame 1: 128 is no MIDI number"),
        ({"train": [[[-2]]]}, "-2 is no MIDI number"),
        ('{"train": [[[NaN]]]}', "nan is no MIDI number"),
        ('{"train": [[[Infinity]]]}', "inf is no MIDI number"),
        ('{"train": [[[1e999]]]}', "inf is no MIDI number"),
        ('{"train": [[[' + "9" * 4000 + "]]]}", "a number of more than 40 digits is no MIDI number"),
        ({"train": [[["60"]]]}, "'60' is no MIDI number"),
        ({"train": [[[None]]]}, "None is no MIDI number"),
        ({"train": [[[-1], [-1]]]}, "has no notes"),
        ({"train": [[[True]]]}, "True is no MIDI number"),
        ({"train": [], "test": []}, "has no notes"),
    ],
)
def test_files_that_cannot_be_used_say_where(tmp_path, content, reason):
    with pytest.raises(Unreadable, match=reason):
        pianoroll.read(write(tmp_path, content))


def test_a_huge_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pianoroll, "MAX_BYTES", 2**20)
    with pytest.raises(Unreadable, match="larger than 1 MB"):
        pianoroll.read(write(tmp_path, {"train": [[[60] * 2**19]]}))


# --- pickle and MATLAB -------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_lists_and_tuples(tmp_path, protocol):
    path = tmp_path / "roll.pickle"
    path.write_bytes(pickle.dumps({"train": [[(60, 64), ()], [[62]]], "test": [[(60.0,)]]}, protocol=protocol))
    pieces = pianoroll.read(path)
    assert [piece.about["part"] for piece in pieces] == ["train", "train", "test"]
    assert pieces[0].events["symbols"].tolist() == [["C4", "E4"], []]


class Payload:
    def __init__(self, function, *arguments):
        self.what = (function, arguments)

    def __reduce__(self):
        return self.what


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_nothing_in_a_pickle_is_executed(tmp_path, protocol):
    path, target = tmp_path / "roll.pickle", tmp_path / "made"
    for payload in (Payload(os.mkdir, str(target)), Payload(eval, f"open({str(target)!r}, 'w')"), np.zeros((2, 88))):
        path.write_bytes(pickle.dumps({"train": [payload]}, protocol=protocol))
        with pytest.raises(Unreadable, match="wants to run"):
            pianoroll.read(path)
    assert not target.exists()


@pytest.mark.parametrize("data", [b"", b"cos\nsystem\n", b"P1\n.", b"(i__main__\nA\n.", b"\x80\x04\x8e" + b"\xff" * 8])
def test_damaged_pickles_are_refused(tmp_path, data):
    path = tmp_path / "roll.pkl"
    path.write_bytes(data)
    with pytest.raises(Unreadable):
        pianoroll.read(path)


def matlab(folder, **content):
    path = folder / "roll.mat"
    scipy.io.savemat(path, content)
    return path


def cells(*matrices):
    row = np.empty((1, len(matrices)), object)
    for number, matrix in enumerate(matrices):
        row[0, number] = matrix
    return row


def test_matlab_matrices_of_88_keys_and_of_128_numbers(tmp_path):
    roll, wide = np.zeros((2, 88)), np.zeros((1, 128), np.uint8)
    roll[0, [39, 43]] = 1  # C4 is the 40th key
    wide[0, 60] = 1
    pieces = pianoroll.read(matlab(tmp_path, traindata=cells(roll, roll), testdata=cells(wide)))
    assert [piece.about["part"] for piece in pieces] == ["train", "train", "test"]
    assert pieces[1].events["symbols"].tolist() == [["C4", "E4"], []]
    assert pieces[2].events["symbols"].tolist() == [["C4"]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"traindata": cells(np.zeros((2, 87)))}, "train, piece 1: is no matrix"),
        ({"traindata": cells(np.full((2, 88), 2))}, "train, piece 1: a value is neither 0 nor 1"),
        ({"traindata": cells(np.full((2, 88), np.nan))}, "train, piece 1: a value is neither 0 nor 1"),
        ({"traindata": cells(np.zeros((2, 88)))}, "has no notes"),
        ({"traindata": "text"}, "train, piece 1: is no matrix"),
        ({"other": np.zeros((2, 88))}, "has no part named"),
    ],
)
def test_matlab_files_that_cannot_be_used_say_where(tmp_path, content, reason):
    with pytest.raises(Unreadable, match=reason):
        pianoroll.read(matlab(tmp_path, **content))


def test_damaged_matlab_files_are_refused(tmp_path):
    path = matlab(tmp_path, traindata=cells(np.eye(4, 88)))
    for data in (b"", path.read_bytes()[:200], b"\x89HDF\r\n\x1a\n" + bytes(600)):
        path.write_bytes(data)
        with pytest.raises(Unreadable, match=r"is no MATLAB file|is damaged"):
            pianoroll.read(path)
