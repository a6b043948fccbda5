from __future__ import annotations

import re
from pathlib import Path

import yaml

from autonomous_cicd.settings.reference import page
from autonomous_cicd.settings.tasks import Tasks
from autonomous_cicd.settings.tree import declared, parts

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "configuration.md"


def test_the_page_is_current() -> None:
    """Else: `python -m autonomous_cicd.settings.reference > docs/reference/configuration.md`."""
    assert page() == PAGE.read_text(encoding="utf-8")


def test_the_page_names_every_option_and_every_other_name() -> None:
    text = page()
    for path, one in declared().items():
        for name in (path.rpartition(".")[2], *one.aliases):
            assert f"`{name.partition('/')[0]}`" in text
    assert all(f"### `{path}`" in text for path in parts())


def test_the_example_of_the_page_works() -> None:
    found = re.search(r"```yaml\n(.*?)```", page(), re.DOTALL)
    assert found
    tasks = Tasks().read(yaml.safe_load(found[1])["autonomous_cicd"]["pipeline"]["tasks"])
    assert ["lint", "test", "package"] == [task.name for task in tasks]
