"""What a run left behind in its private folder, for its gates to measure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path

from autonomous_cicd.adapters.files import ProjectFiles
from autonomous_cicd.domain.pipeline import Task
from autonomous_cicd.domain.run import TaskResult
from autonomous_cicd.ports import Files, Workspace

__all__ = ["RunEvidence"]

TESTS = ("test", "tests", "testing", "docs", "examples", "benchmarks")
"""Folders whose sources are not graded."""


class RunEvidence:
    """Reads the private copies and environments of a run before they are removed."""

    def __init__(
        self,
        tasks: Sequence[tuple[Task, TaskResult]],
        *,
        log: Callable[[str], bytes],
        copies: Sequence[Path],
        environments: Path,
        workspace: Workspace,
        files: Files,
    ) -> None:
        self.tasks = tasks
        self._log = log
        self._copies = copies
        self._environments = environments
        self._workspace = workspace
        self._files = files

    def log(self, task: str) -> str:
        """Return what a task printed."""
        return self._log(task).decode("utf-8", "replace")

    def made(self, patterns: Sequence[str]) -> Mapping[str, str]:
        """Return the text of the files in the private copies that match and that the run made."""
        own = set(self._files.names)
        found = {}
        for root in self._copies:
            names = [name for name in self._workspace.find(root, patterns) if name not in own]
            files = ProjectFiles(root, names)
            found.update({name: files.read(name) for name in names if "node_modules/" not in name})
        return found

    def sources(self) -> Mapping[str, str]:
        """Return the text of the project's own source files, tests left out."""
        return {
            name: self._files.read(name)
            for name in self._files.names
            if name.endswith(".py") and not set(name.split("/")[:-1]).intersection(TESTS)
        }

    def names(self) -> Sequence[str]:
        """Return the names of the project's files."""
        return self._files.names

    def licences(self) -> Mapping[str, str] | None:
        """Return the licence of each installed dependency; None when nothing is installed."""
        found = dict([*self._python_licences(), *self._node_licences()])
        return found or None

    def _python_licences(self) -> Iterator[tuple[str, str]]:
        for path in self._environments.glob("*/lib/python3*/site-packages/*.dist-info/METADATA"):
            text = _text(self._environments, path)
            if text is None:
                continue
            head = HeaderParser().parsestr(text)
            classified = [
                c.rpartition(" :: ")[2] for c in head.get_all("Classifier", []) if c.startswith("License")
            ]
            short = str(head.get("License", "")).strip()
            licence = head.get("License-Expression") or " OR ".join(classified) or short.partition("\n")[0]
            yield str(head.get("Name", path.parent.name)), str(licence)

    def _node_licences(self) -> Iterator[tuple[str, str]]:
        for root in self._copies:
            for pattern in ("node_modules/*/package.json", "node_modules/@*/*/package.json"):
                for path in root.glob(pattern):
                    try:
                        package = json.loads(_text(root, path) or "")
                    except (ValueError, RecursionError):
                        continue  # not a package that could be loaded either
                    if isinstance(package, dict):
                        licence = package.get("license")
                        name = licence.get("type", "") if isinstance(licence, dict) else licence
                        yield str(package.get("name", path.parent.name)), str(name or "")


def _text(root: Path, path: Path) -> str | None:
    """Return the text of a file that a task may have left as anything; None when it is no file in `root`."""
    return ProjectFiles(root, ()).read(path.relative_to(root).as_posix()) if path.is_file() else None
