import io
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from riyaz import params

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
