import numpy as np
import pytest

from riyaz.tools import store


@pytest.mark.parametrize(
    "other",
    [
        (np.array([1, 3]),),
        (np.array([1, 2], dtype=np.int32),),
        (np.array([[1, 2]]),),
        ([1, 2],),
        (np.array([1]), np.array([2])),
        ({"a": np.array([1, 2])},),
        (b"12",),
        ("12",),
        (None,),
    ],
)
def test_digests_differ_where_values_do(other):
    assert store.digest(np.array([1, 2])) == store.digest(np.array([1, 2]))
    assert store.digest(*other) != store.digest(np.array([1, 2]))


def test_the_order_of_keys_counts_for_nothing_and_borders_do():
    assert store.digest({"a": 1, "b": 2}) == store.digest({"b": 2, "a": 1})
    assert store.digest(["ab", "c"]) != store.digest(["a", "bc"])
    assert store.digest([1, [2]]) != store.digest([[1], 2])


def save(result, path):
    path.write_text(result)


def test_a_result_is_made_once(tmp_path):
    calls = []

    def make():
        calls.append(1)
        return "made"

    for _ in range(2):
        assert store.cached(tmp_path / "x" / "key", make, save, lambda path: path.read_text()) == "made"
    assert len(calls) == 1
    assert store.cached(None, make, save, None) == "made"
    assert len(calls) == 2


def test_what_cannot_be_loaded_is_made_again(tmp_path):
    (tmp_path / "key").write_text("damaged")

    def load(path):
        raise ValueError(path)

    assert store.cached(tmp_path / "key", lambda: "new", save, load) == "new"
    assert (tmp_path / "key").read_text() == "new"


def test_a_failure_leaves_no_entry(tmp_path):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.cached(tmp_path / "key", fail, save, None)

    def half(result, path):
        path.write_text("half")
        raise OSError("no space is left")

    with pytest.raises(OSError, match="no space"):
        store.cached(tmp_path / "key", lambda: "x", half, None)
    assert list(tmp_path.iterdir()) == []


def test_an_experiment_in_a_checkout_of_its_own_uses_the_main_cache(tmp_path):
    temporary = tmp_path / ".dvc" / "tmp" / "exps" / "standalone" / "tmp1"
    assert store.folder(tmp_path) == tmp_path / ".cache"
    assert store.folder(temporary) == tmp_path / ".cache"
