"""Imports that nothing uses, and that are there for something all the same."""

from __future__ import annotations

import pytest

from autonomous_cicd.domain.imports_taken import effective
from autonomous_cicd.domain.patch import Patch, changed_file

NAMES = ("app/__init__.py", "app/plugins.py", "app/main.py", "app/api.py", "src/it/hooks.py")
USED = "\n\ndef main():\n    return 1\n"


@pytest.mark.parametrize(
    ("file", "line", "rest", "brought", "kept"),
    [
        ("app/main.py", "import app.plugins", USED, True, True),
        ("app/main.py", "import it.hooks", USED, True, True),
        ("app/main.py", "import app", USED, True, True),
        ("app/api.py", "from app.core import run", "", True, True),
        ("app/api.py", "from app.core import run", '"""What is offered."""\n', True, True),
        ("app/main.py", "import app.plugins", USED, False, False),
        ("app/main.py", "import collections.abc", USED, True, False),
        ("app/main.py", "from app.core import run", USED, True, False),
        ("app/main.js", "import app.plugins", USED, True, False),
        ("app/api.py", "from app.core import run", "", False, False),
    ],
)
def test_what_an_import_may_be_for(file: str, line: str, rest: str, brought: bool, kept: bool) -> None:
    taken = Patch.of([changed_file(file, f"{line}\n{rest}", rest)])
    commit = Patch.of([changed_file(file, rest, f"{line}\n{rest}")])
    assert effective(taken, NAMES, (Patch(), commit) if brought else ()) == (line if kept else "")
