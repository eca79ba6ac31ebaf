"""Rows that say in a second script what stands above are left out."""

from riyaz.tabla import twice


def test_the_second_script_goes():
    assert twice.once(["Dha Dhi Na", "धा धी ना"], 0) == ["Dha Dhi Na", ""]
    assert twice.once(["Dha Dhi Na", "धा धी ना"], 1) == ["Dha Dhi Na", "धा धी ना"]


def test_what_differs_stays():
    for rows in (["Dha Dhi Na", "धा धी ता धा"], ["Dha Dhi Na", "Dha Dhi Na"], ["Dha - Na", "धा धी ना"], []):
        assert twice.once(rows, 0) == rows
