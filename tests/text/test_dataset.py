"""The one data set: what is written is read, parts and rows stay together."""

import numpy as np
import pytest
import samples

from riyaz.music.events import Piece, in_a_row
from riyaz.text import dataset

PARTS = ["train", "test", "train", "valid", "test"]


def piece(k, **about):
    return Piece(f"p{k}", in_a_row([2520] * (k + 2), ([["C4"], ["D4"]] * 9)[: k + 2]), {"kind": "notes", **about})


@pytest.fixture
def data():
    about = [{"metre": "3/4", "tempo": 60}, {"metre": "4/4"}, {"metre": "3/4", "tempo": 90}, {}, {"tempo": 200}]
    return samples.data([piece(k, **known) for k, known in enumerate(about)], PARTS, [0, 1, 0, 2, 3])


def piece_events(data):
    return [piece.events.to_dict("list") for piece in data.pieces]


def test_what_is_saved_is_loaded(data, tmp_path):
    dataset.save(tmp_path, "mine", data.pieces, data.ids, data.vocabulary)
    whole = dataset.load(tmp_path, "mine", split=False)
    assert set(whole.parts) == {""}
    table = dataset.save_split(tmp_path, "mine", data)
    assert table.columns.tolist() == ["piece", "part", "family", "tokens"]
    back = dataset.load(tmp_path, "mine")
    assert (back.names, back.parts.tolist(), back.families.tolist()) == (data.names, PARTS, [0, 1, 0, 2, 3])
    assert [ids.tolist() for ids in back.ids] == [ids.tolist() for ids in data.ids]
    assert back.vocabulary == data.vocabulary
    assert piece_events(back) == piece_events(data)
    assert [p.about for p in back.pieces] == [p.about for p in data.pieces]


def test_rows_of_every_attribute_belong_to_one_piece(data):
    some = data.part("test", "valid")
    assert some.names == ["p1", "p4", "p3"]  # part by part, in the order that was asked for
    assert [p.name for p in some.pieces] == some.names
    assert some.parts.tolist() == ["test", "test", "valid"]
    assert some.families.tolist() == [1, 3, 2]
    assert some.lengths.tolist() == [len(ids) for ids in some.ids]
    assert some.part("test").names == ["p1", "p4"]
    assert (len(data.part("other")), data.part("other").pieces) == (0, [])


def test_other_parts_leave_the_pieces_where_they_are(data):
    other = data.with_parts(np.array(["test"] * 5))
    assert other.names == data.names
    assert len(other.part("test")) == 5
    assert len(data.part("test")) == 2


def test_a_new_piece_has_the_most_frequent_metre_of_training_and_the_median_tempo(data):
    assert data.about() == {"kind": "notes", "tempo": 100, "metre": "3/4"}  # 60, 100, 90, 100 and 200
    assert "metre" not in data.part("valid").about()


def test_training_ids_are_transposed_where_the_vocabulary_has_the_tokens(data):
    assert len(data.training_ids(0)) == 2
    assert [ids.tolist() for ids in data.training_ids(1)] == [ids.tolist() for ids in data.part("train").ids]


def test_the_summary_counts_pieces_families_and_tokens(data):
    rows = dataset.summary(dataset.table(data)).set_index("part")
    assert rows.index.tolist() == ["train", "valid", "test"]
    assert rows["pieces"].tolist() == [2, 1, 2]
    assert rows["families"].tolist() == [1, 1, 2]
    assert rows["share"].sum() == pytest.approx(1)


def test_what_is_missing_names_the_stage_that_makes_it(data, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"tokens.parquet is missing: the stage tokenize .*tokenize@mine"):
        dataset.load(tmp_path, "mine")
    dataset.save(tmp_path, "mine", data.pieces, data.ids, data.vocabulary)
    with pytest.raises(FileNotFoundError, match=r"split.csv is missing: the stage sequence"):
        dataset.load(tmp_path, "mine")


def test_a_split_of_other_pieces_is_refused(data, tmp_path):
    dataset.save(tmp_path, "mine", data.pieces, data.ids, data.vocabulary)
    dataset.save_split(tmp_path, "mine", data.rows([1, 0, 2, 3, 4]))
    with pytest.raises(ValueError, match="is of other pieces"):
        dataset.load(tmp_path, "mine")
