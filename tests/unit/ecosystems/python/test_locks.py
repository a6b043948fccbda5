from __future__ import annotations

from autonomous_cicd.ecosystems.python.facts import Requirements, SetKind
from autonomous_cicd.ecosystems.python.locks import locked_versions, pipfile_sets


def test_versions_that_a_lock_names_exactly_once() -> None:
    text = (
        'version = 1\n\n[[package]]\nname = "A_b"\nversion = "1.0"\nsource = {}\n\n'
        '[[package]]\r\nname = "c"\r\nversion = "2"\r\n\n'
        '[[package]]\nname = "d"\nversion = "1"\n\n[[package]]\nname = "d"\nversion = "2"\n'
        '[[packages]]\nname = "e"\nversion = "3"\n\n[[package]]\nname = "own"\nsource = { editable = "." }\n'
    )
    assert locked_versions(text) == {"a-b": "1.0", "c": "2", "e": "3"}
    assert locked_versions("{}") == {}


def test_development_packages_of_a_pipfile() -> None:
    packages: dict[str, object] = {"a": "*", "b": ">=1", "c": {"version": "==2"}, "d": {"path": "."}}
    assert pipfile_sets({"dev-packages": packages}) == (
        Requirements(kind=SetKind.OWN, name="dev", requirements=("a", "b>=1", "c==2", "d"), source="Pipfile"),
    )
    assert pipfile_sets({}) == ()
