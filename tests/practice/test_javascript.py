"""The pages' JavaScript is joined into one script: each module after those that it imports, and no name twice."""

import json
import re
import shutil
import subprocess

import pytest

from riyaz.practice import page, play, player
from riyaz.tabla.bols import BOLS
from riyaz.tabla.spelling import across, strokes, with_ka

SCRIPTS = {"player": player.MODULES, "practice": page.MODULES, "play": play.MODULES}
IMPORT = re.compile(r"^import \{(.*?)\} from '\./(\w+)\.js';$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^(?:export )?(?:async )?(?:function|class|const|let) (?:\{(.*?)\}|(\w+)(.*))", re.MULTILINE)


def text(name):
    return (player.WEB / f"{name}.js").read_text(encoding="utf-8")


def names(code):
    """What the top level of a module declares."""
    found = []
    for several, one, rest in NAMED.findall(code):
        found += re.findall(r"\w+", several) if several else [one]
        found += re.findall(r", (\w+) = ", rest) if re.match(r" = [^{(\[]*,", rest) else []
    return found


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_module_stands_after_what_it_imports_and_no_name_stands_twice(script):
    before = {}
    for name in SCRIPTS[script]:
        code = text(name)
        assert len(IMPORT.findall(code)) == len(re.findall(r"^import ", code, re.MULTILINE)), name
        for imported, module in IMPORT.findall(code):
            for one in imported.split(","):
                assert before.get(one.strip()) == module, f"{name}.js imports {one.strip()} from {module}.js"
        for one in names(code):
            assert one not in before, f"{one} stands in {before.get(one)}.js and in {name}.js"
            before[one] = name


def test_every_module_is_in_a_script():
    assert {path.stem for path in player.WEB.glob("*.js")} == {name for names in SCRIPTS.values() for name in names}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_joined_script_has_no_imports_and_exports(script):
    code = player.script(*SCRIPTS[script])
    assert not re.findall(r"^(?:import|export) ", code, re.MULTILINE)
    assert code.startswith("(() => {\n'use strict';\n")


WORDS = "KaTa kata कता কতা तेटेकता तेटेकतागदिगन कतागदिगन তেটেকতা কতাগদিগন कत tita DhaTita TiRaKiTa ता धाता"


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
def test_the_pages_read_a_typed_ta_as_the_reader_does():
    given = json.dumps([{**player.tables(), "bols": list(BOLS)}, WORDS.split()])
    read = f"const [known, typed] = {given}; console.log(JSON.stringify(typed.map(one => phrase(one, 0, known))))"
    code = f"{text('phrase')}\n{read}"
    run = subprocess.run(["node", "--input-type=module"], input=code, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    heard = [[bol["name"] for bol in bols] for bols in json.loads(run.stdout)]
    ones = [across(with_ka(list(strokes(word)))) for word in WORDS.split()]
    assert heard == [[bol.replace("ta?", "ta") for bol in word] for word in ones]
    assert heard[:4] == [["Ka", "ta"]] * 4
