"""What a commit did without on purpose, and what it only lost."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.given_up import given_up
from autonomous_cicd.domain.patch import Patch, changed_file


@pytest.mark.parametrize(
    ("subject", "file", "before", "after", "name", "meant"),
    [
        ("Drop lxml", "r.txt", "lxml\n", "", "lxml", True),
        ("Work", "a.py", "import lxml\n", "import json\n", "lxml", True),
        ("Work", "a.py", "from lxml.html import a\n", "a = 1\n", "lxml", True),
        ("Work", "a.js", "const ms = require('ms')\n", "const ms = 1\n", "ms", True),
        ("Work", "a.mjs", "import { a } from '@x/y/z'\n", "const a = 1\n", "@x/y", True),
        ("build: remove tape", "package.json", "tape\n", "", "tape", True),
        ("Work", "a.js", "const ms = require('ms')\n", "const time = require('ms')\n", "ms", False),
        ("Work", "a.js", "const a = require('msgs')\n", "const a = 1\n", "ms", False),
        ("Remove unused dependencies such as ms", "package.json", "ms\n", "", "ms", False),
        ("Work", "README.md", "import lxml\n", "", "lxml", False),
        ("Work", "r.txt", "lxml\n", "", "lxml", False),
    ],
)
def test_what_a_commit_did_without(
    subject: str, file: str, before: str, after: str, name: str, meant: bool
) -> None:
    assert meant is given_up(Patch.of([changed_file(file, before, after)]), subject, (name,))
