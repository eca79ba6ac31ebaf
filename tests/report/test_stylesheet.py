import subprocess
import sys

from riyaz.report.stylesheet import css


def test_code_has_colours_by_day_and_by_night():
    day, night = css().split("@media screen and (prefers-color-scheme: dark) {", 1)
    assert ".code .k {" in day
    assert ".code .k {" in night
    assert css().endswith("\n")


def test_a_page_without_figures_waits_for_no_library_of_notebooks_or_figures():
    known = "import sys, riyaz.practice.page; print(*sorted({'seaborn', 'nbconvert'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", known], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
