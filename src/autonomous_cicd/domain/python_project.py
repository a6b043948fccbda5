"""What a Python project says of its requirements, gathered once for whoever wants to change them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from posixpath import basename

from autonomous_cicd.domain.python_manifest import begun, manifests, mentioned, reader_of, shelves
from autonomous_cicd.domain.python_places import Place, installed
from autonomous_cicd.domain.python_sources import Part, imports, own_modules, part_of
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.domain.shelf import Item, Shelf, Style, added, changed
from autonomous_cicd.values import dataclass

__all__ = ["PythonProject", "Use", "look_at", "python_of"]

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
_NAME = re.compile(r"^name\s*=\s*[\"']?([\w.-]+)[\"']?\s*$", re.MULTILINE)
_SETUP_NAME = re.compile(r"\bname\s*=\s*[\"']([\w.-]+)[\"']")
_PYTHON = re.compile(r"Python (3\.\d+)|python(3\.\d+)[/\\]|cp3(\d\d?)-")
_MOST_SOURCES = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A source file that imports something."""

    file: str
    part: Part
    firm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonProject:
    """A project's manifests, and what the failing job installs of them."""

    names: Sequence[str]
    texts: Mapping[str, str]
    """Manifests and lock files."""
    job: tuple[Place, ...]
    """What the job installs."""
    read: Callable[[str], str]

    @property
    def mentioned(self) -> frozenset[str]:
        """The distributions that the project names anywhere, as indexes compare them."""
        return frozenset(name for file, text in self.texts.items() for name in mentioned(file, text))

    @property
    def own(self) -> frozenset[str]:
        """Its own top-level modules."""
        return own_modules(self.names)

    @property
    def called(self) -> frozenset[str]:
        """What the project and its parts are called, as indexes compare it."""
        found = set()
        for file, text in self.texts.items():
            if basename(file) in ("pyproject.toml", "setup.cfg"):
                found |= {normal(name) for name in _NAME.findall(text)[:1]}
            elif basename(file) == "setup.py":
                found |= {normal(name) for name in _SETUP_NAME.findall(text)[:1]}
        return frozenset(found)

    def uses(self, module: str) -> tuple[Use, ...]:
        """Return the source files that import a module."""
        top = module.partition(".")[0]
        found = []
        for file in [name for name in self.names if name.endswith((".py", ".pyx"))][:_MOST_SOURCES]:
            text = self.read(file)
            if top not in text:
                continue
            hits = [one for one in imports(text) if _within(one.module, module)]
            if hits:
                found.append(Use(file=file, part=part_of(file), firm=any(one.firm for one in hits)))
        return tuple(found)

    def shelf(self, place: Place) -> Shelf | None:
        """Return a shelf as it is."""
        found = shelves(place.file, self.texts.get(place.file, ""))
        return next((one for one in found if one.path == place.path), None)

    def holders(self, distribution: str) -> tuple[tuple[Place, Item], ...]:
        """Return where a distribution is asked for, what the job installs first."""
        name = normal(distribution)
        found = [
            (Place(file, shelf.path), item)
            for file, text in self.texts.items()
            for shelf in shelves(file, text)
            for item in shelf.items
            if item.name == name
        ]
        return tuple(sorted(found, key=lambda one: self.job.index(one[0]) if one[0] in self.job else 999))

    def with_text(self, file: str, text: str) -> PythonProject:
        """Return the project with another text of a file."""
        return replace(self, texts={**self.texts, file: text})

    def with_added(self, place: Place, requirement: str, after: str = "") -> str | None:
        """Return a file's text with one more requirement; None when that cannot be done."""
        reader, text = reader_of(place.file), self.texts.get(place.file)
        if reader is None or text is None:
            return None
        if self.shelf(place) is None:
            text = begun(place.file, text, place.path) or text
        return added(text, reader, place.path, requirement, after)

    def with_changed(self, place: Place, name: str, new: str, was: str = "") -> str | None:
        """Return a file's text with a requirement written otherwise; None when that cannot be done.

        `was`: which one, where a place asks for a distribution more than once.
        """
        reader, text = reader_of(place.file), self.texts.get(place.file)
        return changed(text, reader, place.path, name, new, was) if reader and text is not None else None

    def written(self, place: Place, distribution: str, *, exact: bool = False) -> str:
        """Return how a distribution is to be asked for: with bounds that are known from elsewhere.

        Of one version, that is right only where other things are asked for so, or when that is wished.
        """
        shelf = self.shelf(place)
        pins = shelf is not None and shelf.pins
        for _, item in self.holders(distribution):
            asked = item.requirement
            plain = asked and asked.spec and not item.key and not asked.url and not asked.marker
            if asked and plain and (exact or pins or not asked.pinned):
                return asked.text
        named = (asked.name for _, item in self.holders(distribution) if (asked := item.requirement))
        distribution = next(named, distribution)
        version = self.locked(distribution)
        if shelf and (pins or exact) and version and shelf.style is not Style.PAIRS:
            return f"{distribution}=={version}"
        return distribution

    def locked(self, distribution: str) -> str:
        """Return the version that a lock file has of a distribution; "" when none has it."""
        name = re.escape(normal(distribution)).replace(r"\-", "[-_.]")
        for file in self.texts:
            if basename(file) in _LOCKS:
                found = re.search(
                    rf'^name = "{name}"\nversion = "([^"]+)"', self.texts[file], re.MULTILINE | re.IGNORECASE
                )
                if found:
                    return found[1]
        return ""


def look_at(
    names: Sequence[str], read: Callable[[str], str], scripts: Sequence[str], workflow: str = ""
) -> PythonProject:
    """Return what a project says. `scripts`: what the failing job executes, as far as it came."""
    files = [*manifests(names), *(name for name in names if basename(name) in _LOCKS)]
    texts = {name: text for name in files if (text := read(name)) or name in names}
    job = installed(texts, scripts, workflow)
    return PythonProject(names=names, texts=texts, job=job or tuple(_likely(texts)), read=read)


def _likely(texts: Mapping[str, str]) -> Iterator[Place]:
    """Yield every shelf, for a job whose commands install nothing themselves."""
    for file, text in texts.items():
        if "/" not in file or file.startswith(("requirements", "reqs")):
            yield from (
                Place(file, shelf.path)
                for shelf in shelves(file, text)
                if shelf.path[:1] != ("build-system",)
            )


def _within(imported: str, module: str) -> bool:
    """Whether an import is one of a module, or of something in its package."""
    top = module.partition(".")[0]
    known = imported.partition(".")[0] == top
    return known and (
        imported == module
        or module == top
        or imported.startswith(f"{module}.")
        or module.startswith(f"{imported}.")
    )


def python_of(log: str) -> str:
    """Return the version of Python that a log shows (`3.12`); "" when it shows none."""
    found = _PYTHON.findall(log)
    return next((one or two or f"3.{three}" for one, two, three in reversed(found)), "")
