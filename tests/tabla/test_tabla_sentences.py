"""Sentences and rows that have the taal and the bols together."""

import pytest

from riyaz.tabla import sentences

DADRA = "Dha Dhin Na Dha Tin Na"


@pytest.mark.parametrize(
    "row", [f'The theka of Dadra is "{DADRA}" in all books.', f"Dadra goes *{DADRA}*", f"`{DADRA}` is Dadra"]
)
def test_bols_in_quotes_are_those_of_the_taal_of_the_sentence(row):
    assert sentences.quoted(row) == f"Dadra: {DADRA}"


@pytest.mark.parametrize(
    "row", [f'"{DADRA}" and "{DADRA}" in Dadra', f'Dadra or Rupak: "{DADRA}"', f'"{DADRA}"', 'Dadra "Dha Dhin"', ""]
)
def test_two_quotes_two_taals_or_few_bols_say_nothing(row):
    assert sentences.quoted(row) == row


@pytest.mark.parametrize(
    "row",
    [
        f"Dadra - {DADRA}",
        f"Dadra, {DADRA}",
        f"{DADRA} (dadra)",
        f"The bols of Dadra are {DADRA}",
        f"Dadra 1 2 3 4 5 6 {DADRA} X 0",
    ],
)
def test_the_taal_stands_before_or_after_its_bols(row):
    assert sentences.taal_and_bols(row) == f"Dadra: {DADRA}"


@pytest.mark.parametrize("row", [DADRA, f"Theka: {DADRA}", "Dadra is played in light music", f"{DADRA} (slowly)", ""])
def test_other_rows_stay_as_they_are(row):
    assert sentences.taal_and_bols(row) == row
