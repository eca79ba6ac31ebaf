"""The repertoire in ways of typing drawn at random (benchmarks/dialects.py): read as it is, or asked about."""

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEAST = 0.9  # of the texts that are read
TEXTS = 150


@pytest.fixture(scope="module")
def dialects():
    spec = importlib.util.spec_from_file_location("dialects", ROOT / "benchmarks" / "dialects.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_most_are_read_and_none_otherwise(dialects):
    works = dialects.compositions(ROOT / "data" / "raw" / "tabla")
    outcomes = Counter(outcome for _, _, outcome, _ in dialects.tried(works, TEXTS, seed=1))
    assert outcomes["otherwise"] == outcomes["parts"] == 0
    assert outcomes["read"] >= LEAST * TEXTS


def test_other_strokes_are_seen(dialects):
    works = dialects.compositions(ROOT / "data" / "raw" / "tabla" / "dadra")
    first, second = (work.sections[:1] for work in works[:2])
    assert dialects.hands(first) == dialects.hands(first)
    assert dialects.hands(first) != dialects.hands(second)
