"""What a person wishes, and what is there -> what becomes of each file of a set-up. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.project import Project
from autonomous_cicd.services import setup_files as files
from autonomous_cicd.settings.files import NAMES
from autonomous_cicd.values import dataclass

__all__ = ["Setup", "SetupWishes", "State", "patch_of", "set_up"]


class State(StrEnum):
    """What becomes of a file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    EXTENDED = "extended"
    """Lines are added at its end."""
    REPLACED = "replaced"
    KEPT = "kept"
    """It is not what we would write, and stays as it is."""

    @property
    def writes(self) -> bool:
        """Whether the file is written."""
        return self in (State.NEW, State.EXTENDED, State.REPLACED)


@dataclass(frozen=True, slots=True)
class Setup:
    """What becomes of one file, and how."""

    state: State
    change: FileChange

    @property
    def name(self) -> str:
        """The file's name."""
        return self.change.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupWishes:
    """What a person wishes to be set up."""

    project: Project | None = None
    """What is known of the project."""
    version: str
    """The version of ours that workflows install."""
    github: bool = False
    names: tuple[str, ...] = ()
    """The workflows whose failures are analysed; without any there is nothing to listen to."""
    scripts: bool = False
    ignore: bool = False
    """Whether git is told to leave `.env` out."""
    force: bool = False
    """Whether files that differ are written anew."""


def set_up(read: Callable[[str], str | None], wishes: SetupWishes) -> tuple[Setup, ...]:
    """Return what becomes of each file; `read` gives what is there, or None."""
    return tuple(_decided(name, read(name), make, wishes) for name, make in _wanted(read, wishes))


def patch_of(setups: Iterable[Setup]) -> Patch:
    """Return what is to be written."""
    return Patch.of(one.change for one in setups if one.state.writes)


def _wanted(
    read: Callable[[str], str | None], wishes: SetupWishes
) -> Iterator[tuple[str, Callable[[str | None], str]]]:
    """Yield every file with what makes its text of the one that is there."""
    settings = next((name for name in NAMES if read(name) is not None), files.SETTINGS)
    yield settings, lambda _: files.settings_file(wishes.project)
    yield files.EXAMPLE, files.env_example
    if wishes.ignore:
        yield files.IGNORE, files.ignored
    if wishes.github and wishes.names:
        yield files.FAILURE, lambda _: files.failure_workflow(wishes.names, wishes.version)
    if wishes.github:
        yield files.MAINTENANCE, lambda _: files.maintenance_workflow(wishes.version)
    if wishes.scripts:
        yield files.ANALYZER, lambda _: files.analyzer()


def _decided(name: str, before: str | None, make: Callable[[str | None], str], wishes: SetupWishes) -> Setup:
    after = make(before)
    if before is None:
        state = State.NEW
    elif before == after:
        state = State.UNCHANGED
    elif name == files.IGNORE:
        state = State.EXTENDED  # nothing of it is lost, and the person agreed
    elif not wishes.force:
        state = State.KEPT
    else:
        state = State.EXTENDED if name == files.EXAMPLE else State.REPLACED
    return Setup(state, FileChange(name=name, before=before, after=after))
