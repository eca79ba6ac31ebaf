import json
import os
import pickle

import numpy as np
import pytest
from scipy.io import savemat

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


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("suffix", ["pickle", "pkl"])
def test_the_benchmarks_own_pickles_are_read_as_the_json(tmp_path, protocol, suffix):
    parts = {"train": [[(60, 64), (), (62,)]], "valid": [], "test": [[(67,)]]}
    path = tmp_path / f"roll.{suffix}"
    path.write_bytes(pickle.dumps(parts, protocol))
    first, last = pianoroll.read(path)
    assert first.events["symbols"].tolist() == [["C4", "E4"], [], ["D4"]]
    assert (last.name, last.about["part"]) == (f"roll.{suffix}#test-1", "test")


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_a_pickle_that_would_run_code_is_refused_and_runs_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "roll.pickle"
    for protocol in (0, 2, 4):
        path.write_bytes(pickle.dumps({"train": [[Harm()]]}, protocol))
        with pytest.raises(Unreadable, match=r"names .*mkdir"):
            pianoroll.read(path)
    assert not (tmp_path / "harm").exists()
    for content in (b"", b"no pickle", pickle.dumps({"train": [[(60,)]]})[:-4], pickle.dumps([1])):
        path.write_bytes(content)
        with pytest.raises(Unreadable, match=r"is no pickle|has no part"):
            pianoroll.read(path)


def test_matlab_files_are_read_as_the_json(tmp_path):
    roll = np.zeros((3, 88))
    roll[0, [60 - 21, 64 - 21]] = roll[2, 62 - 21] = 1
    cells = {f"{part}data": np.empty((1, 1), dtype=object) for part in ("train", "test")}
    for cell in cells.values():
        cell[0, 0] = roll
    path = tmp_path / "roll.mat"
    savemat(path, cells)
    first, last = pianoroll.read(path)
    assert first.events["symbols"].tolist() == [["C4", "E4"], [], ["D4"]]
    assert last.about["part"] == "test"
    for content, reason in ((b"", "is no MATLAB file"), (path.read_bytes()[:200], "is no MATLAB file|has no part")):
        path.write_bytes(content)
        with pytest.raises(Unreadable, match=reason):
            pianoroll.read(path)
    cells["traindata"][0, 0] = np.zeros((3, 12))
    savemat(path, cells)
    with pytest.raises(Unreadable, match="no matrix of frames and 88 keys"):
        pianoroll.read(path)
