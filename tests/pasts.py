"""A past in memory, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.errors import NotFound

__all__ = ["MemoryPast"]

Files = Mapping[str, str]


class MemoryPast:
    """These states of a project with their subjects, the oldest first. Implements `Past`."""

    def __init__(
        self,
        states: Sequence[tuple[str, Files]],
        green: str = "",
        executable: Sequence[frozenset[str]] = (),
        written: float = 0.0,
    ) -> None:
        self.green = green
        self.ids = [f"{number:040x}" for number in range(1, len(states) + 1)]
        self._written = written
        self._states = list(states)
        self._modes = list(executable) or [frozenset() for _ in states]
        self.asked: list[str] = []

    def commits(self, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits."""
        found = [
            Commit(id=id, subject=subject, written=self._written, files=self._patch(number).files)
            for number, (id, (subject, _)) in enumerate(zip(self.ids, self._states, strict=True))
        ]
        return tuple(reversed(found))[: max(0, limit)]

    def patch_of(self, commit: str) -> Patch:
        """Return what a commit changed."""
        self.asked.append(commit)
        if commit not in self.ids:
            raise NotFound(f"there is no commit {commit!r}")
        return self._patch(self.ids.index(commit))

    def _patch(self, number: int) -> Patch:
        old = self._states[number - 1][1] if number else {}
        new = self._states[number][1]
        was = self._modes[number - 1] if number else frozenset()
        return Patch.of(
            FileChange(
                name=name,
                before=old.get(name),
                after=new.get(name),
                was_executable=name in was,
                executable=name in self._modes[number],
            )
            for name in {**old, **new}
        )
