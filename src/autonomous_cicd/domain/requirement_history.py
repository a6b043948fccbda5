"""What a commit took away from the requirements, or changed of them, so that it can be put back as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from autonomous_cicd.domain.patch import FileChange, Patch
from autonomous_cicd.domain.python_manifest import reader_of
from autonomous_cicd.domain.shelf import FIRST, Shelf
from autonomous_cicd.values import dataclass

__all__ = ["Lost", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A requirement that a commit removed from a shelf, or wrote otherwise."""

    file: str
    path: tuple[str, ...]
    name: str
    text: str
    """As it was written; of a pair, its version."""
    after: str
    """Behind what it stood."""
    now: str | None
    """What the commit wrote in its place; None when nothing."""
    pair: bool = False


def lost(patch: Patch, names: Collection[str] = ()) -> Iterator[Lost]:
    """Yield the requirements that a patch removed or changed; of these distributions, when some are given."""
    for change in patch:
        yield from _of_file(change, names)


def _of_file(change: FileChange, names: Collection[str]) -> Iterator[Lost]:
    reader = reader_of(change.name)
    if reader is None or not change.before or change.after is None:
        return
    now = {shelf.path: shelf for shelf in reader(change.after)}
    for shelf in reader(change.before):
        if later := now.get(shelf.path):
            yield from _of_shelf(change.name, shelf, later, names)


def _of_shelf(file: str, shelf: Shelf, later: Shelf, names: Collection[str]) -> Iterator[Lost]:
    before = {item.text for item in shelf.items}
    for place, item in enumerate(shelf.items):
        if not item.name or (names and item.name not in names) or later.item(item.name, item.text):
            continue
        # Of several that name it, each under its own condition, one that was there before is another.
        same = [one for one in later.items if one.name == item.name]
        new = next((one for one in same if one.text not in before), None)
        if new or not same:
            yield Lost(
                file=file,
                path=shelf.path,
                name=item.name,
                text=item.text,
                after=shelf.items[place - 1].name if place else FIRST,
                now=new.text if new else None,
                pair=bool(item.key),
            )
