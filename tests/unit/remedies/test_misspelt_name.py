"""A name that is missed for one wrong letter is put right, in several languages and layouts."""

from __future__ import annotations

from time import process_time

import pytest
from tests.benches import FakeBench, case_of, edited, edits, failure_of, prescribed

from autonomous_cicd.domain.diagnosis import Category
from autonomous_cicd.remedies.misspelt_name import MisspeltName

PY = {
    "src/app/__init__.py": "",
    "src/app/core.py": "def parse(text):\n    result = text.split()\n    result.sort()\n    return result\n"
    "\n\nclass Reader:\n"
    "    def read_line(self):\n        return 1\n",
    "src/app/cli.py": "from app.core import parse\n\n\ndef main():\n    return parse('a')\n",
    "tests/test_core.py": "from app.core import Reader, parse\n\nReader().read_line()\n",
}
FLAT = {
    "tool.py": "import json\n\n\ndef load_items(path):\n    return json.load(path)\n\n\n"
    "def main():\n    return load_items(1)\n",
    "test_tool.py": "from tool import load_items\n",
}
ESM = {
    "package.json": "{}\n",
    "lib/core.mjs": "export function parse (text) {\n  return text\n}\n",
    "lib/cli.mjs": "import { parse } from './core.mjs'\nparse('a')\n",
    "test/a.test.mjs": "import { parse } from '../lib/core.mjs'\n",
}
CJS = {
    "package.json": "{}\n",
    "index.js": "function slugify (text) {\n  return text\n}\nmodule.exports = { slugify }\n",
    "cli.js": "const tool = require('./index')\ntool.slugify('a')\n",
    "test.js": "const { slugify } = require('./')\n",
}
TS = {
    "src/core.ts": "export const parse = (text: string) => text\n",
    "src/cli.ts": "import { parse } from './core'\nparse('a')\n",
    "tests/a.spec.ts": "import { parse } from '../src/core'\n",
}
Change = tuple[str, str, str]


def repaired(
    base: dict[str, str], changes: tuple[Change, ...], log: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files as they were before somebody misspelt a name, and as they are after the repair."""
    files = dict(base)
    for name, old, new in changes:
        assert old in files.get(name, "") or not old
        files[name] = files.get(name, "").replace(old, new, 1) if old else files.get(name, "") + new
    case = case_of(files, log, failure_of(log, Category.IMPORT_ERROR), FakeBench())
    found = edits(prescribed(MisspeltName(), case))
    return files, edited(files, found[0]) if found else files


@pytest.mark.parametrize(
    ("base", "change", "log"),
    [
        (
            PY,
            ("src/app/cli.py", "import parse", "import pasre"),
            "cannot import name 'pasre' from 'app.core'",
        ),
        (PY, ("src/app/cli.py", "return parse", "return prase"), "NameError: name 'prase' is not defined"),
        (
            PY,
            ("src/app/core.py", "return result", "return reslut"),
            "NameError: name 'reslut' is not defined",
        ),
        (PY, ("src/app/core.py", "def parse", "def pardse"), "cannot import name 'parse' from 'app.core'"),
        (
            {**PY, "src/app/more.py": "from app.core import Reader\n\nReader().read_lin()\n"},
            ("src/app/more.py", "", "\n"),
            "AttributeError: 'Reader' object has no attribute 'read_lin'",
        ),
        (
            FLAT,
            ("tool.py", "return load_items", "return laod_items"),
            "NameError: name 'laod_items' is not defined",
        ),
        (FLAT, ("tool.py", "import json", "import jsno"), ""),
        (
            ESM,
            ("lib/cli.mjs", "import { parse }", "import { pares }"),
            "SyntaxError: The requested module './core.mjs' does not provide an export named 'pares'",
        ),
        (ESM, ("lib/cli.mjs", "\nparse(", "\nparsee("), "ReferenceError: parsee is not defined"),
        (CJS, ("cli.js", "tool.slugify", "tool.slugfy"), "TypeError: tool.slugfy is not a function"),
        (CJS, ("index.js", "{ slugify }", "{ slugifyy }"), "ReferenceError: slugifyy is not defined"),
        (
            TS,
            ("src/cli.ts", "\nparse(", "\npatse("),
            "src/cli.ts(2,1): error TS2304: Cannot find name 'patse'.",
        ),
    ],
)
def test_what_is_misspelt_by_one_letter_is_put_right(base: dict[str, str], change: Change, log: str) -> None:
    files, after = repaired(base, (change,), log)
    wanted = (
        dict(base) if change[1] else {**files, change[0]: files[change[0]].replace("read_lin(", "read_line(")}
    )
    assert after == (wanted if log else files)


@pytest.mark.parametrize(
    ("base", "changes", "log"),
    [
        # Another form of the word, a digit, other capitals, a hidden one: it may be to be written.
        (
            PY,
            (("src/app/cli.py", "import parse", "import parser"),),
            "cannot import name 'parser' from 'app.core'",
        ),
        (FLAT, (("tool.py", "return load_items", "return load_item"),), "name 'load_item' is not defined"),
        (FLAT, (("tool.py", "return load_items", "return load2items"),), "name 'load2items' is not defined"),
        (
            PY,
            (("src/app/cli.py", "def main", "def mean"), ("src/app/cli.py", "", "main2\n")),
            "name 'main2' is not defined",
        ),
        (
            PY,
            (("src/app/cli.py", "import parse", "import Parse"),),
            "cannot import name 'Parse' from 'app.core'",
        ),
        (
            PY,
            (("src/app/cli.py", "import parse", "import _parse"),),
            "cannot import name '_parse' from 'app.core'",
        ),
        # A test or a document wants it.
        (
            PY,
            (
                ("src/app/cli.py", "import parse", "import pasre"),
                ("tests/test_core.py", "", "from app.core import pasre\n"),
            ),
            "cannot import name 'pasre' from 'app.core'",
        ),
        (
            {**PY, "README.md": "Use `pasre` from now on.\n"},
            (("src/app/cli.py", "import parse", "import pasre"),),
            "cannot import name 'pasre' from 'app.core'",
        ),
        # Only tests miss the definition.
        (
            FLAT,
            (
                ("tool.py", "def load_items", "def load_itmes"),
                ("tool.py", "return load_items", "return load_itmes"),
            ),
            "cannot import name 'load_items' from 'tool'",
        ),
        # Two names resemble it.
        (
            PY,
            (
                (
                    "src/app/core.py",
                    "",
                    "\n\ndef parsed(text):\n    return parsed\n\n\ndef pasrse():\n    return pasrse\n",
                ),
                ("src/app/cli.py", "import parse", "import pasre"),
            ),
            "cannot import name 'pasre' from 'app.core'",
        ),
        # It is another word: the letters do not lie beside each other, or the project has it elsewhere.
        (
            PY,
            (("src/app/cli.py", "import parse", "import pause"),),
            "cannot import name 'pause' from 'app.core'",
        ),
        (
            {**PY, "README.md": "What is sparse is left out.\n"},
            (("src/app/cli.py", "import parse", "import sparse"),),
            "cannot import name 'sparse' from 'app.core'",
        ),
        (
            {**FLAT, "more.py": "loud_voice = 1\n"},
            (("tool.py", "def load_items", "def loud_items"),),
            "name 'load_items' is not defined",
        ),
        # It is of another package, or of a type of another one.
        (PY, (("src/app/cli.py", "import parse", "import pasre"),), "cannot import name 'pasre' from 'yaml'"),
        (PY, (("src/app/core.py", "text.split", "text.spilt"),), "'str' object has no attribute 'spilt'"),
        # Nobody else uses it: which of both is right?
        (
            {
                "tool.py": "def gather(a):\n    return a\n\n\nprint(gahter(1))\n",
                "test_tool.py": "import tool\n",
            },
            (),
            "NameError: name 'gahter' is not defined",
        ),
        # Nothing is missed.
        (PY, (), "AssertionError: 1 != 2"),
    ],
)
def test_what_may_be_meant_is_left(base: dict[str, str], changes: tuple[Change, ...], log: str) -> None:
    files, after = repaired(base, changes, log)
    assert files == after


MODULES = {
    "src/app/__init__.py": "",
    "src/app/utils.py": "def one():\n    return 1\n",
    "src/app/core.py": "from app.utils import one\n",
    "tests/test_core.py": "from app.core import one\n",
    "lib/slugs.js": "exports.slug = (a) => a\n",
    "index.js": "const { slug } = require('./lib/slugs')\nslug('a')\n",
    "web/view.ts": "export const view = 1\n",
    "web/main.ts": "import { view } from './view'\n",
}


@pytest.mark.parametrize(
    ("change", "log"),
    [
        (("src/app/core.py", "app.utils", "app.utlis"), "No module named 'app.utlis'"),
        (("src/app/core.py", "from app.utils", "from .utlis"), "No module named 'app.utlis'"),
        (("src/app/core.py", "from app.utils import one", "from app import utlis as utils"), ""),
        (("index.js", "lib/slugs", "lib/slusg"), "Error: Cannot find module './lib/slusg'"),
        (("web/main.ts", "./view", "./veiw"), 'Failed to resolve import "./veiw" from "web/main.ts"'),
    ],
)
def test_a_misspelt_module_is_put_right(change: Change, log: str) -> None:
    files, after = repaired(MODULES, (change,), log)
    right = {"utlis": "utils", "slusg": "slugs", "veiw": "view"}
    expected = dict(files)
    for wrong in right if log else ():
        expected[change[0]] = expected[change[0]].replace(wrong, right[wrong])
    assert expected == after


@pytest.mark.parametrize(
    ("changes", "log"),
    [
        ((("src/app/core.py", "app.utils", "app.util"),), "No module named 'app.util'"),
        ((("src/app/core.py", "app.utils", "other.utlis"),), "No module named 'other.utlis'"),
        (
            (("src/clock.py", "", "x = 1\n"), ("src/app/core.py", "", "import click\n")),
            "No module named 'click'",
        ),
        ((("tests/test_core.py", "app.core", "app.utlis"),), "No module named 'app.utlis'"),
        (
            (("src/app/core.py", "app.utils", "app.utlis"), ("src/app/core.py", "", "utlis = 1\n")),
            "No module named 'app.utlis'",
        ),
        ((("index.js", "lib/slugs", "lib/slug"),), "Error: Cannot find module './lib/slug'"),
        ((("web/main.ts", "./view", "./vile"),), "Error: Cannot find module './vile'"),
    ],
)
def test_a_module_that_may_be_written_yet_is_left(changes: tuple[Change, ...], log: str) -> None:
    files, after = repaired(MODULES, changes, log)
    assert files == after


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/odd.ts", "a" * 200_000),
        ("src/odd.ts", "\n" * 200_000),
        ("src/app/odd.py", "\n" * 200_000),
        ("src/app/odd.py", "-" * 50_000 + "1"),
    ],
)
def test_an_odd_file_neither_stops_it_nor_takes_long(name: str, text: str) -> None:
    base, user, log = (PY, "src/app/cli.py", "cannot import name 'parze' from 'app.core'")
    if name.endswith(".ts"):
        base, user, log = (TS, "src/cli.ts", "TypeError: parze is not a function")
    started = process_time()
    files, after = repaired({**base, name: text}, ((user, "parse", "parze"),), log)
    assert process_time() - started < 10
    assert files[user].replace("parze", "parse") == after[user]
