import io
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from riyaz import params
from riyaz.music.events import TICKS

SHIPPED = YAML(typ="safe").load((Path(__file__).resolve().parents[1] / "params.yaml").read_text(encoding="utf-8"))

BASE = """
seed: 1
corpora:
  a: {path: x, reader: midi, model: {units: 8}}
  b: {path: y, reader: tabla}
model: {units: 16}
"""


def _over(common, given):
    return {**common, **given} if isinstance(common, dict) and isinstance(given, dict) else given


@pytest.fixture
def load(tmp_path):
    """Read a params.yaml that has, beside the text, everything else that the project's own file has."""

    def load(text, corpus=None, **sections):
        path = tmp_path / "params.yaml"
        try:
            given = YAML(typ="safe").load(text)
            whole = {
                name: _over(SHIPPED.get(name), given.get(name, SHIPPED.get(name))) for name in {**SHIPPED, **given}
            }
            stream = io.StringIO()
            YAML().dump(whole | {"corpora": given["corpora"]}, stream)
            text = stream.getvalue()
        except YAMLError:
            pass  # the text is to be read as it is
        path.write_text(text)
        return params.load(corpus, path, **sections)

    return load


def test_a_corpus_own_section_wins_and_what_a_notebook_was_given_wins_over_both(load):
    assert [load(BASE, corpus).model.units for corpus in (None, "a", "b")] == [16, 8, 16]
    assert load(BASE, "a", model={"units": 4}, train=None).model.units == 4


def test_what_a_corpus_has_of_its_own_is_listed_with_the_common_value(load, tmp_path):
    load(BASE)
    assert params.own("a", tmp_path / "params.yaml") == {"model.units": (8, 16)}
    assert params.own("b", tmp_path / "params.yaml") == {}


def test_units_and_learning_of_the_shipped_corpora_are_the_common_ones():
    """So that `dvc exp run -S model.units=512` holds for each of them."""
    for corpus in params.load().corpora:
        assert not {key for key in params.own(corpus) if key.startswith("model.")}
        assert set(params.own(corpus)) <= {"augment.transpose", "train.epochs", "generate.tokens", "folds.folds"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("model: {unit: 512}", r"model.unit is no key; did you mean units\?"),
        ("model: {units: many}", "model.units: input should be a valid integer; it was 'many'"),
        ("model: {units: 0}", "model.units: input should be greater than or equal to 1; it was 0"),
        ("model: {cell: transformer}", "model.cell: input should be 'lstm', 'gru' or 'rnn'; it was 'transformer'"),
        ("modl: {units: 0}", r"modl is no key; did you mean model\?"),
        ("train: {learning_rate: 0}", "train.learning_rate: input should be greater than 0; it was 0"),
        ("model: 3", "model: input should be a valid dictionary"),
        ("seed: [", "not valid YAML"),
    ],
)
def test_an_error_is_one_line_with_the_key_what_it_may_be_and_what_it_was(load, line, message):
    text = BASE.replace("model: {units: 16}", line) if line[0] == "m" else BASE + line
    with pytest.raises(params.BadParams, match=message) as caught:
        load(text.replace("seed: 1", "") if line.startswith("seed") else text)
    assert "\n" not in str(caught.value)


def test_a_corpus_may_say_where_it_is_from_and_what_it_may_be_used_for(load):
    said = load(BASE.replace("reader: tabla", "reader: tabla, about: {source: my teacher, licence: CC0}")).corpora
    assert (said["b"].about.source, said["b"].about.licence) == ("my teacher", "CC0")
    assert (said["a"].about.source, said["a"].about.licence) == ("", "")
    with pytest.raises(params.BadParams, match=r"corpora.b.about.license is no key; did you mean licence\?"):
        load(BASE.replace("reader: tabla", "reader: tabla, about: {license: MIT}"))
    with pytest.raises(params.BadParams, match=r"corpora.b.about.licence: input should be a valid string; it was 3"):
        load(BASE.replace("reader: tabla", "reader: tabla, about: {licence: 3}"))


def test_numbers_as_dvc_writes_them_are_read_as_numbers(load):
    assert load(BASE + "train: {learning_rate: 5e-05}").train.learning_rate == 5e-5


def test_a_corpus_is_midi_files_unless_it_says_otherwise(load):
    assert load(BASE, "a").corpora["b"].reader == "tabla"
    assert load(BASE.replace(", reader: midi", ""), "a").corpora["a"].reader == "midi"


def test_an_unknown_corpus_names_the_nearest(load):
    with pytest.raises(params.BadParams, match=r"corpora.aa is not there; did you mean a\?"):
        load(BASE, "aa")


def test_a_bad_own_section_is_named(load):
    with pytest.raises(params.BadParams, match="units: input should be a valid integer"):
        load(BASE.replace("units: 8", "units: eight"), "a")


def test_the_projects_own_file_is_valid():
    for corpus in params.load().corpora:
        params.load(corpus)


def test_a_theme_lies_where_dvc_sees_it_change(load):
    for theme in ("new", "data/themes/mine.txt", "y/teental/kaida.txt"):
        assert load(BASE + f"generate: {{theme: {theme}}}", "b").generate.theme == theme
    for theme in ("mine.txt", "data/themes/../mine.txt"):
        with pytest.raises(params.BadParams, match=r"generate.theme: a file in data/themes or y.* it was .*mine.txt"):
            load(BASE + f"generate: {{theme: {theme}}}", "b")
    assert load(BASE + "generate: {theme: mine.txt}", "a").generate.theme == "mine.txt"  # notes: nobody looks at it


def test_a_second_model_lies_where_dvc_sees_it_change_and_its_weight_is_a_share(load):
    mixed = load(BASE + "generate: {style: data/themes/mine, style_weight: 0.25}", "a").generate
    assert (mixed.style, mixed.style_weight) == ("data/themes/mine", 0.25)
    with pytest.raises(
        params.BadParams, match=r"generate.style: a model in data/themes, .*, or null; it was 'models/b'"
    ):
        load(BASE + "generate: {style: models/b}", "a")
    with pytest.raises(params.BadParams, match=r"style_weight: .* less than or equal to 1; it was 1\.5"):
        load(BASE + "generate: {style_weight: 1.5}", "a")


def keys(section, path=()):
    """The path of each key below a section of the project's own file, the corpora left out."""
    for name, value in section.items():
        if name != "corpora" or path:
            yield (*path, name)
            if isinstance(value, dict):
                yield from keys(value, (*path, name))


@pytest.mark.parametrize("path", list(keys(SHIPPED)), ids=".".join)
def test_every_number_stands_in_params_yaml(path, tmp_path):
    """No key has a default elsewhere: without it nothing runs, and one line says which is missing."""
    file = tmp_path / "params.yaml"
    whole = YAML(typ="safe").load((Path(__file__).resolve().parents[1] / "params.yaml").read_text(encoding="utf-8"))
    *above, last = path
    section = whole
    for name in above:
        section = section[name]
    del section[last]
    whole["corpora"] = {"mine": {"path": "data/raw/mine"}}
    YAML().dump(whole, file)
    with pytest.raises(params.BadParams) as caught:
        params.load("mine", file)
    assert str(caught.value).startswith(f"params.yaml: {'.'.join(path)} is missing: ")
    assert "\n" not in str(caught.value)


# --- every wrong value is one line that names the key ------------------------------------------------------


def numbers(section, path=()):
    """(path, value) of each number below a section of the project's own file."""
    for name, value in section.items():
        if isinstance(value, dict):
            yield from numbers(value, (*path, name))
        elif isinstance(value, int | float):
            yield (*path, name), value


def changed(path, value):
    """The project's own file with another value at a place."""
    whole = YAML(typ="safe").load((Path(__file__).resolve().parents[1] / "params.yaml").read_text(encoding="utf-8"))
    section = whole
    for name in path[:-1]:
        section = section[name]
    section[path[-1]] = value
    return whole


def refused(whole, tmp_path, corpus=None):
    """What is said of a file; AssertionError where that is nothing, or more than a line."""
    file = tmp_path / "params.yaml"
    YAML().dump(whole, file)
    with pytest.raises(params.BadParams) as caught:
        params.load(corpus, file)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    return str(caught.value)


@pytest.mark.parametrize(("path", "good"), list(numbers(SHIPPED)), ids=lambda one: str(one))
def test_what_is_no_number_of_that_kind_names_its_key(path, good, tmp_path):
    wrong = [True, str(good), "many", None, [good], {"a": good}, -1, float("nan"), float("inf"), 10**30, "x" * 10**5]
    for value in [*wrong, *([good + 0.5] if isinstance(good, int) and path[-1] not in FRACTIONS else [])]:
        assert refused(changed(path, value), tmp_path).startswith(f"params.yaml: {'.'.join(path)}: ")


FRACTIONS = ("seconds", "megabytes", "valid", "test", "dropout", "memory", "limit")  # may be fractions


def words(section, path=()):
    """(path, permitted words) of each setting that is one of some words."""
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, params.Section):
            yield from words(kind, (*path, name))
        elif get_origin(kind) is Literal:
            yield (*path, name), get_args(kind)


@pytest.mark.parametrize(("path", "known"), list(words(params.Settings)), ids=lambda one: str(one))
def test_a_misspelt_word_names_the_nearest(path, known, tmp_path):
    for word in known:
        line = refused(changed(path, word[:-1] + "xx"), tmp_path)
        assert line.startswith(f"params.yaml: {'.'.join(path)}: input should be ")
        assert f"; did you mean {word}?; it was '{word[:-1]}xx'" in line or len(word) < 4


NAMES = ["", "a/b", "a.b", "../a", ".a", "a b", "अ", "a" * 65, "-a", 3, "Metrics", *params.RESERVED]


@pytest.mark.parametrize("name", NAMES)
def test_a_corpus_has_a_name_that_a_folder_can_have(name, tmp_path):
    line = refused(changed(("corpora", name), {"path": "data/raw/mine"}), tmp_path)
    assert line.startswith(f"params.yaml: corpora.{name}: ")


def test_names_that_differ_in_capitals_only(tmp_path):
    line = refused(changed(("corpora", "Tabla"), {"path": "data/raw/mine"}), tmp_path)
    assert line == "params.yaml: corpora.Tabla: names of corpora differ in more than capitals; it was 'Tabla'"


OTHERS = ["", ".", "..", "../a", "data/../../a", "/etc", "/", "data/raw/a\nb", "s3://bucket/a", 3, None, []]
OTHERS += ["data", "data/events", "models/x", "reports", "data/tokens/../code", ".cache", "src/riyaz"]
OTHERS += ["data/raw/tabla", "./data//raw/tabla/", "data/raw/x/../chorales"]


@pytest.mark.parametrize("path", OTHERS)
def test_a_corpus_has_a_folder_of_its_own_in_the_project(path, tmp_path):
    line = refused(changed(("corpora", "mine"), {"path": path}), tmp_path)
    assert line.startswith("params.yaml: corpora.mine.path: ")


FOLDERS = ["data/raw/mine", "data/raw/mit Blanks", "data/raw/संगीत", "music", "data/raw", "data/raw/tabla/teental"]


@pytest.mark.parametrize("path", FOLDERS)
def test_a_folder_with_any_name_will_do(path, tmp_path):
    file = tmp_path / "params.yaml"
    YAML().dump(changed(("corpora", "mine"), {"path": path}), file)
    assert params.load("mine", file).corpora["mine"].path == path


RECALL, COMPARE, CHORALES = ("cells", "recall"), ("cells", "compare"), ("corpora", "chorales")
TOGETHER = [
    (("sequence", "valid"), 0.95, "sequence.test: valid and test leave something to train on"),
    (("tokenize", "grid"), [4, 11], "tokenize.grid.1: a grid needs a divisor of 5040"),
    (("explore", "instrument"), [300], "explore.instrument"),
    (("explore", "instrument"), [], "explore.instrument"),
    (("model", "dropout"), 1.5, "model.dropout: "),
    (("model", "dropout"), "autto", "model.dropout: "),
    ((*RECALL, "gaps"), [], "cells.recall.gaps: list should have at least 1 item"),
    ((*COMPARE, "learning_rates"), [0.1, float("inf")], "cells.compare.learning_rates.1: "),
    ((*CHORALES, "augment"), {"transpose": 100}, "corpora.chorales.augment.transpose: input should be less"),
    ((*CHORALES, "augment"), {"transpos": 1}, "corpora.chorales.augment.transpos is no key; did you mean transpose?"),
    (
        (*CHORALES, "model"),
        {"cell": "lsmt"},
        "corpora.chorales.model.cell: input should be 'lstm', 'gru' or 'rnn'; d",
    ),
    ((*CHORALES, "model"), {1: 2}, "corpora.chorales.model"),
    ((*CHORALES, "model"), 3, "corpora.chorales.model: input should be a valid dictionary"),
    ((*CHORALES, "sequence"), {"valid": 0.95}, "sequence.test: valid and test leave something"),
    (("corpora", "mine"), None, "corpora.mine: input should be a valid dictionary"),
    (
        ("corpora", "mine"),
        {"path": "a", "reader": "mdi"},
        "corpora.mine.reader: input should be 'tabla', 'mts'",
    ),
]


@pytest.mark.parametrize(("path", "value", "line"), TOGETHER)
def test_values_that_are_wrong_in_a_list_a_corpus_or_together(path, value, line, tmp_path):
    assert refused(changed(path, value), tmp_path, "chorales").startswith(f"params.yaml: {line}")


def test_a_wrong_value_of_one_corpus_is_said_at_the_stages_of_the_others(tmp_path):
    whole = changed(("corpora", "chorales", "augment"), {"transpose": 100})
    for corpus in (None, "tabla"):
        assert refused(whole, tmp_path, corpus).startswith("params.yaml: corpora.chorales.augment.transpose: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"seed: 1\nseed: 2\n", "line 2: seed is there twice"),
        (b"corpora:\n  a: {path: x}\n  a: {path: y}\n", "line 3: a is there twice"),
        (b"corpora: {a: {path: x, model: {units: 1, units: 2}}}\n", "line 1: units is there twice"),
        (b"a: " + b"[" * 5000, "is not valid YAML"),
        (b"\xff\xfe\x00", "is not valid YAML"),
        (b"seed: \x00\n", "is not valid YAML"),
        (b"a: !!python/object/apply:os.system [ls]\n", "is not valid YAML"),
        (b"a: *b\n", "is not valid YAML"),
        (b"? [a, b]\n: 3\n", "it needs a section corpora"),
        (b"? {a: b}\n: 3\n", "is not valid YAML|it needs a section corpora"),
        (b"seed: 2001-99-99\n", "is not valid YAML|it needs a section corpora"),
        (b"--- 1\n--- 2\n", "is not valid YAML"),
        (b"", "it needs a section corpora"),
        (b"- 1\n", "it needs a section corpora"),
        (b"corpora: []\n", "it needs a section corpora"),
    ],
    ids=lambda one: repr(one[:20]),
)
def test_a_file_that_is_no_params(text, line, tmp_path):
    (tmp_path / "params.yaml").write_bytes(text)
    with pytest.raises(params.BadParams, match=line) as caught:
        params.load("a", tmp_path / "params.yaml")
    assert "\n" not in str(caught.value)


def test_a_beat_is_as_long_as_in_events():
    assert params.BEAT == TICKS
