"""What is named in other letters than it has is named rightly; everything else stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomous_cicd.domain.letter_case import completed, respelled, right_spelling

NAMES = (
    "lib/quotePair.js",
    "src/Button/index.tsx",
    "src/pkg/utils.py",
    "src/pkg/__init__.py",
    "data/Table.json",
)


@pytest.mark.parametrize(
    ("said", "real"),
    [
        ("./lib/quotepair", "lib/quotePair.js"),
        ("/home/runner/work/a/a/lib/Quotepair.js", "lib/quotePair.js"),
        ("../button", "src/Button/index.tsx"),
        ("pkg/Utils.py", "src/pkg/utils.py"),
        ("data/table.json", "data/Table.json"),
        ("./lib/quotePair", ""),
        ("./lib/quote-pair", ""),
        ("left-pad", ""),
        ("./", ""),
    ],
)
def test_the_file_that_is_meant(said: str, real: str) -> None:
    assert real == right_spelling(said, NAMES)


def test_of_two_that_may_be_meant_neither_is() -> None:
    assert "" == right_spelling("./Util", ("lib/util.js", "src/util.js"))


@pytest.mark.parametrize(
    ("file", "text", "real", "expected"),
    [
        ("index.js", "require('./lib/quotepair')", "lib/quotePair.js", "require('./lib/quotePair')"),
        ("lib/a.js", "import q from './QuotePair.js'", "lib/quotePair.js", "import q from './quotePair.js'"),
        ("src/app.tsx", "import B from './button'", "src/Button/index.tsx", "import B from './Button'"),
        ("src/app.tsx", "import './button/index'", "src/Button/index.tsx", "import './Button/index'"),
        (
            ".github/workflows/ci.yml",
            "run: cat Data/table.json",
            "data/Table.json",
            "run: cat data/Table.json",
        ),
        ("src/pkg/a.py", "from .Utils import x", "src/pkg/utils.py", "from .utils import x"),
        ("tools/b.py", "from pkg.Utils import x\n", "src/pkg/utils.py", "from pkg.utils import x\n"),
        ("src/pkg/sub/a.py", "from ..Utils import x", "src/pkg/utils.py", "from ..utils import x"),
        # none of these means it
        ("lib/a.js", "require('./lib/quotepair')", "lib/quotePair.js", "require('./lib/quotepair')"),
        (
            "index.js",
            "require('quotepair'); quotepair()",
            "lib/quotePair.js",
            "require('quotepair'); quotepair()",
        ),
        ("index.js", "require('./lib/quotepairs')", "lib/quotePair.js", "require('./lib/quotepairs')"),
        ("tools/b.py", "from other.Utils import x", "src/pkg/utils.py", "from other.Utils import x"),
        ("tools/b.py", "Utils = 1", "src/pkg/utils.py", "Utils = 1"),
    ],
)
def test_who_means_it_says_so(file: str, text: str, real: str, expected: str) -> None:
    assert expected == respelled(file, text, real, NAMES)


def test_what_is_there_in_these_letters_is_left_alone() -> None:
    names = ("lib/Pair.js", "lib/pair.js")
    assert "require('./pair')" == respelled("lib/a.js", "require('./pair')", "lib/Pair.js", names)


@given(st.text(max_size=200), st.sampled_from(NAMES), st.sampled_from(["a.js", "src/pkg/b.py", "Makefile"]))
def test_only_letters_change(text: str, real: str, file: str) -> None:
    assert respelled(file, text, real, NAMES).casefold() == text.casefold()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a from './one'", "import a from './one.mjs'"),
        ("export * from '../lib/one';", "export * from '../lib/one.mjs';"),
        ("await import('./two')", "await import('./two.js')"),
        ("import './folder'", "import './folder/index.js'"),
        ("import './folder/'", "import './folder/index.js'"),
        ("import a from './one.mjs'", "import a from './one.mjs'"),
        ("import a from 'one'", "import a from 'one'"),
        ("import a from './both'", "import a from './both'"),
        ("import a from './none'", "import a from './none'"),
        ("require('./one')", "require('./one')"),
    ],
)
def test_modules_import_whole_names(text: str, expected: str) -> None:
    names = ("lib/one.mjs", "lib/two.js", "lib/folder/index.js", "lib/both.js", "lib/both.mjs")
    assert expected == completed("lib/a.mjs", text, names)
