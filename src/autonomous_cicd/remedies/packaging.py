"""Puts right what the build of a Python project refuses of its metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.packaging_faults import (
    one_package,
    wider_requirement,
    with_data,
    with_own_name,
    without_dashes,
    without_license_classifiers,
)
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_wanted import classified, decided, requirement
from autonomous_cicd.domain.ranges import parse_range, parse_version
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["Packaging"]

_PYTHON = re.compile(
    r"requires a different Python: (?P<one>[\d.]+) not in|"
    r"current Python version \((?P<two>[\d.]+)\) does not satisfy Python|"
    r"current (?:project's|project) .*?Python (?:requirement|version)[^\d\n]*(?P<three>3\.\d+(?:\.\d+)?)"
)
_DATA = re.compile(r"""(?:site-packages|dist-packages)/(?P<path>[\w./-]+\.[\w]+)['"]?""")
_ABSENT = re.compile(
    r"No such file or directory|FileNotFoundError|not found|does not exist|TemplateNotFound|No resource"
)
_REFERENCE = (
    re.compile(r"(?:[Rr]eadme|[Ll]icense) file does not exist: (?P<name>[\w./-]+)"),
    re.compile(r"File '(?:[^']*/)?(?P<name>[\w.-]+)' cannot be found"),
    re.compile(
        r"FileNotFoundError: .*?['\"](?:[^'\"]*/)?"
        r"(?P<name>(?i:readme|license|licence|changelog|history)[\w.-]*)['\"]"
    ),
    re.compile(
        r"(?:[Dd]escription|[Rr]eadme|[Ll]icense) file (?P<name>[\w./-]+) (?:does not exist|not found)"
    ),
    re.compile(
        r"[`'\"]?(?P<name>(?i:readme|license|licence)[\w.-]*)[`'\"]? (?:does not exist|(?:was )?not found)"
    ),
)
_DASHED = re.compile(
    r"Invalid dash-separated key '(?P<key>[\w-]+)'|Usage of dash-separated '(?P<other>[\w-]+)'"
)
_CLASSIFIERS = re.compile(r"License classifiers have been superseded")
_FLAT = re.compile(
    r"Multiple top-level (?:packages|modules) discovered in a flat-layout: \[(?P<names>[^\]]*)\]"
)
_SECTION = re.compile(r"\[pytest\] section in setup\.cfg files is no longer supported")
_FROM_SOURCES = re.compile(r"from sdist|via-sdist|\bsdist\b|\.tar\.gz\b")
_MISSED = re.compile(r"No such file or directory: ['\"](?:[^'\"]*/)?(?P<path>[\w./-]+)['\"]")
_TOLD = re.compile(
    r"different Python|does not satisfy Python|dash-separated|superseded by license|flat-layout"
    r"|no longer supported, change to|file does not exist|cannot be found|No such file|FileNotFoundError"
)
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_CATEGORIES = frozenset((Category.PACKAGING_BUILD, Category.CONFIGURATION, Category.DEPENDENCY_CONFLICT))


@remedy
class Packaging:
    """Change the line of the manifest that the build stumbles over."""

    name = "packaging"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        if _TOLD.search(told):
            return 0.8
        return 0.3 if failure.category in _CATEGORIES else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the change of the manifest."""
        told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence), case.log))
        for repair in (_python, _data, _sources, _reference, _keys, _classifiers, _flat, _section):
            if found := next(repair(case, told), None):
                return (found,)
        return ()


def _manifests(case: Case) -> list[tuple[str, str]]:
    return [(name, case.files.read(name)) for name in _MANIFESTS if name in case.files.names]


def _edit(case: Case, name: str, text: str, reason: str) -> Edit:
    return Edit(patch=Patch.of([case.edit(name, text)]), reason=reason)


def _earlier(case: Case, name: str, fits: Callable[[str], bool]) -> str:
    """Return a manifest with the fewest of its lines as they were that make it fit; "" when none do."""
    past, now = case.bench.past, case.files.read(name)
    for before in earlier_texts(past.commits(), past.patch_of, name, most=5):
        if fits(before):
            return restored(now, before, fits)
    return ""


def _python(case: Case, told: str) -> Iterator[Edit]:
    """Yield the requirement that the Python of the job meets, where the project says that it supports it."""
    found = _PYTHON.search(told)
    if not found or not _own_package(case, told):
        return
    running = found["one"] or found["two"] or found["three"] or ""
    version = parse_version(running)
    if version is None:
        return

    def fits(text: str) -> bool:
        span = parse_range(requirement([text]) or "*")
        return bool(requirement([text])) and span is not None and span.admits(version, pep=True, missing=0)

    for name, text in _manifests(case):
        wanted = requirement([text])
        if not wanted or fits(text):
            continue
        if _decided(case, name):
            return
        if before := _earlier(case, name, fits):
            yield _edit(case, name, before, f"{name} asks for a Python again that the job has ({running})")
            return
        release = ".".join(running.split(".")[:2])
        supported = classified([one for _, one in _manifests(case)])
        if release in supported and (new := wider_requirement(text, supported[0])) and fits(new):
            why = f"its classifiers say that it supports {release}, and {wanted} leaves that out"
            yield _edit(case, name, new, f"{name}: {why}")
            return


def _decided(case: Case, name: str) -> bool:
    """Whether the commit that asked for another Python last meant it."""
    past = case.bench.past
    commits = (one for one in past.commits() if name in one.files)
    found = (decided(one.subject, past.patch_of(one.id), name) for one in commits)
    return next((meant for meant in found if meant is not None), False)


def _own_package(case: Case, told: str) -> bool:
    """Tell whether the package that wants another Python is the project itself."""
    said = re.search(r"Package '?([\w.-]+?)'? requires a different Python", told)
    if not said:
        return True
    text = "\n".join(one for _, one in _manifests(case))
    name = re.search(r"""(?m)^\s*name\s*=\s*["']?([\w.-]+)""", text)
    return bool(name) and _plain(name[1] if name else "") == _plain(said[1])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _data(case: Case, told: str) -> Iterator[Edit]:
    """Yield what has a file of a package installed that is there and was not."""
    if not _ABSENT.search(told):
        return
    for one in _DATA.finditer(told):
        path = PurePosixPath(one["path"])
        if path.suffix in (".py", ".pyc", ".so") or len(path.parts) < 2:
            continue
        package, *rest = path.parts
        inner = "/".join(rest)
        homes = [home for home in ("src/", "", "lib/") if f"{home}{package}/{inner}" in case.files.names]
        if not homes:
            continue
        suffix = path.suffix
        beside = [
            name
            for name in case.files.names
            if name.startswith(f"{homes[0]}{package}/")
            and PurePosixPath(name).suffix == suffix
            and PurePosixPath(name).parent == PurePosixPath(f"{homes[0]}{package}/{inner}").parent
        ]
        pattern = inner if len(beside) == 1 else str(PurePosixPath(inner).with_name(f"*{suffix}"))
        yield from _with_data(case, package, pattern, f"{homes[0]}{package}/{inner}")
        return


def _with_data(case: Case, package: str, pattern: str, file: str) -> Iterator[Edit]:
    manifests = _manifests(case)

    def fits(candidate: str) -> bool:
        return pattern in candidate or PurePosixPath(file).name in candidate

    for name, text in manifests:
        if before := "" if fits(text) else _earlier(case, name, fits):
            yield _edit(case, name, before, f"{name} has {file} installed again with {package}")
            return
    included = any(re.search(r"include[_-]package[_-]data\s*=\s*[Tt]rue", text) for _, text in manifests)
    if included and "MANIFEST.in" in case.files.names:
        text = case.files.read("MANIFEST.in")
        end = "" if text.endswith("\n") or not text else "\n"
        yield _edit(case, "MANIFEST.in", f"{text}{end}include {file}\n", f"MANIFEST.in names {file}")
        return
    # What says something of data already goes first: a second place would be read instead of it.
    ranked = sorted(manifests, key=lambda one: not re.search(r"package[_-]data", one[1]))
    for name, text in ranked:
        if new := with_data(name, text, package, [pattern]):
            yield _edit(case, name, new, f"{file} is installed with {package}: {name} names it")
            return


def _sources(case: Case, told: str) -> Iterator[Edit]:
    """Yield what has a file in the source archive that the build reads, and that is in the project."""
    manifests = dict(_manifests(case))
    backend = re.search(r"(?m)^build-backend\s*=\s*[\"']([\w.]+)", manifests.get("pyproject.toml", ""))
    if not _FROM_SOURCES.search(told) or (backend and not backend[1].startswith("setuptools")):
        return
    for one in _MISSED.finditer(told):
        file = one["path"]
        if file not in case.files.names or file in ("setup.py", "setup.cfg", "pyproject.toml"):
            continue
        name, there = "MANIFEST.in", "MANIFEST.in" in case.files.names
        text = case.files.read(name) if there else ""
        named = re.compile(rf"(?m)^(?:recursive-)?include\b.*(?<![\w./-]){re.escape(file)}(?![\w./-])")

        def fits(candidate: str, named: re.Pattern[str] = named) -> bool:
            return bool(named.search(candidate))

        if fits(text):
            continue
        end = "\n" if text and not text.endswith("\n") else ""
        new = (_earlier(case, name, fits) if there else "") or f"{text}{end}include {file}\n"
        yield _edit(case, name, new, f"{name} names {file}, which the build reads")
        return


def _reference(case: Case, told: str) -> Iterator[Edit]:
    for pattern in _REFERENCE:
        for one in pattern.finditer(told):
            if one["name"] in case.files.names:
                continue
            for name, text in _manifests(case):
                if new := with_own_name(text, one["name"], case.files.names):
                    yield _edit(
                        case, name, new, f"{name} names a file that is there instead of {one['name']}"
                    )
                    return


def _keys(case: Case, told: str) -> Iterator[Edit]:
    keys = [one["key"] or one["other"] for one in _DASHED.finditer(told)]
    text = case.files.read("setup.cfg") if keys else ""
    known = re.findall(r"(?m)^([a-z]+(?:-[a-z]+)+)(?=\s*[=:])", _sections(text, ("metadata", "options")))
    if text and (new := without_dashes(text, {*keys, *known})):
        yield _edit(case, "setup.cfg", new, "setup.cfg writes its keys with underscores, as setuptools wants")


def _sections(text: str, names: Sequence[str]) -> str:
    parts = re.split(r"(?m)^\[([^\]]+)\][^\n]*\n", text)
    return "\n".join(body for name, body in zip(parts[1::2], parts[2::2], strict=False) if name in names)


def _classifiers(case: Case, told: str) -> Iterator[Edit]:
    if _CLASSIFIERS.search(told):
        for name, text in _manifests(case):
            if new := without_license_classifiers(text):
                yield _edit(case, name, new, f"{name}: the license expression supersedes license classifiers")
                return


def _flat(case: Case, told: str) -> Iterator[Edit]:
    found = _FLAT.search(told)
    text = case.files.read("pyproject.toml") if found else ""
    if not found or not text:
        return
    packages = re.findall(r"['\"]([\w.]+)['\"]", found["names"])
    named = re.search(r"""(?m)^\s*name\s*=\s*["']([\w.-]+)""", text)
    wanted = [one for one in packages if named and _plain(one) == _plain(named[1])]
    if len(wanted) != 1:
        wanted = [one for one in packages if f"{one}/__init__.py" in case.files.names]
    if len(wanted) == 1 and (new := one_package(text, wanted[0])):
        yield _edit(case, "pyproject.toml", new, f"pyproject.toml says that {wanted[0]} is the package")


def _section(case: Case, told: str) -> Iterator[Edit]:
    text = case.files.read("setup.cfg") if _SECTION.search(told) else ""
    new = re.sub(r"(?m)^\[pytest\]", "[tool:pytest]", text)
    if new != text:
        yield _edit(case, "setup.cfg", new, "setup.cfg names pytest's section as pytest reads it")
