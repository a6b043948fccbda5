"""Suspects: which of the things that changed since the last green run may have caused a failure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from autonomous_cicd.domain.change import Change, Changes, Commit, Kind
from autonomous_cicd.domain.diagnosis import Category, Failure

__all__ = ["MOST", "suspects"]

MOST = 5
"""Suspects of one failure."""
_SUBJECT = 60
"""Characters of a commit's subject that are quoted."""
_ID = 7

_PACKAGES = frozenset(
    {
        Category.DEPENDENCY_MISSING,
        Category.DEPENDENCY_CONFLICT,
        Category.DEPENDENCY_BREAKING_CHANGE,
        Category.LOCKFILE_OUT_OF_SYNC,
        Category.PACKAGING_BUILD,
        Category.IMPORT_ERROR,
    }
)
"""Categories that a manifest or a lock file may have caused."""
_SETUP = frozenset(
    {
        Category.ENVIRONMENT,
        Category.CONFIGURATION,
        Category.PERMISSION,
        Category.NETWORK,
        Category.AUTHENTICATION,
        Category.INFRASTRUCTURE,
    }
)
"""Categories that a workflow file, an image or a tool's configuration may have caused."""
_SOURCES = frozenset(
    {
        Category.LINT,
        Category.FORMATTING,
        Category.TYPE_CHECK,
        Category.SYNTAX_ERROR,
        Category.COMPILE_ERROR,
        Category.IMPORT_ERROR,
        Category.TEST_FAILURE,
        Category.TEST_TIMEOUT,
        Category.COVERAGE_GATE,
    }
)
"""Categories that any source may have caused, when none that the log names has changed."""
_CHECKS = frozenset({Category.LINT, Category.FORMATTING, Category.TYPE_CHECK, Category.COVERAGE_GATE})
"""Categories of which the configuration of a tool decides what is right."""

_MANIFEST = re.compile(
    r"pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml|package\.json|go\.mod|Cargo\.toml|Gemfile"
    r"|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|[\w.-]*requirements[\w.-]*\.(?:txt|in)"
    r"|constraints[\w.-]*\.txt|.*\.gemspec|.*\.csproj"
)
_LOCK = re.compile(
    r".*\.lock|.*-lock\.(?:json|ya?ml)|npm-shrinkwrap\.json|go\.sum|Gemfile\.lock|.*\.lockb?|pylock[\w.]*\.toml"
)
_CONFIGURATION = re.compile(
    r"tox\.ini|noxfile\.py|setup\.cfg|pytest\.ini|conftest\.py|mypy\.ini|\.?ruff\.toml|\.flake8|\.pylintrc"
    r"|pyproject\.toml|tsconfig[\w.]*\.json|(?:\.?eslint|\.?prettier|\.?babel|jest|vitest|vite|webpack|rollup)"
    r"(?:rc)?[\w.]*|Makefile|CMakeLists\.txt|\.pre-commit-config\.yaml|\.npmrc|\.nvmrc|\.(?:python|node)-version"
    r"|\.tool-versions|\.autonomous-cicd\.ya?ml|\.coveragerc|\.env[\w.]*|action\.ya?ml"
)
_WORKFLOW = re.compile(
    r"(?:.*/)?\.github/(?:workflows|actions)/.*|\.gitlab-ci\.yml|\.circleci/.*|azure-pipelines\.yml"
)
_IMAGE = re.compile(r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..*)?|(?:docker-)?compose[\w.-]*\.ya?ml")
_SOURCE = re.compile(
    r".*\.(?:py|pyi|pyx|js|jsx|mjs|cjs|ts|tsx|vue|svelte|go|rs|java|kt|scala|rb|php|c|cc|cpp|cxx|h|hpp|cs|swift)"
)
_WORD = re.compile(r"[\w@.+/\\-]*\w")
_TRACEBACK = re.compile(r'^\s*(?:File "|Traceback|at .+:\d+)')
_TEST = re.compile(r"^(?:tests?[_-])|[._-](?:tests?|spec)$|(?<=[a-z])(?:Test|Tests|Spec)$")
_ROOTS = ("src/", "lib/")


def suspects(failure: Failure, changes: Changes) -> tuple[str, ...]:
    """Return what changed and may have caused a failure, each with its reason, the likeliest first.

    First come the files that the failure names, the test that belongs to one of them or what it tests, and
    those beside them; then what usually causes such a failure; last the commits that touch these. When
    nothing of that changed, nothing is said.
    """
    reasons = _related(failure, changes.files)
    writers = _writers(changes.commits)
    kinds = {one.file: one.kind for one in changes.files}
    told = [f"{file} ({why}; {_how(kinds[file], writers.get(file, ()))})" for file, why in reasons.items()]
    quoted = {commits[0].id for file in reasons if (commits := writers.get(file))}
    more = (one for one in changes.commits if one.id not in quoted)
    return tuple([*told, *_touching(more, list(reasons))][:MOST])


def _related(failure: Failure, changed: Sequence[Change]) -> Mapping[str, str]:
    """Return the files that may have caused it, with the reason for each, the likeliest first."""
    quotes = [quote.text for quote in failure.evidence]
    by = "traceback" if any(map(_TRACEBACK.search, quotes)) else "log"
    places = [name for name in (failure.place.file, *failure.files) if name]
    words = _words([failure.message, *quotes, *(quote.text for quote in failure.effects)])
    files = [one.file for one in changed]
    bare = Counter(PurePosixPath(file).name for file in files)
    found: dict[str, str] = {}
    for file in files:
        name = PurePosixPath(file).name
        alone = bare[name] == 1 and name in words
        if alone or any(_same(file, place) for place in places) or _named(file, words):
            found[file] = f"named by the {by}"
    found = dict(sorted(found.items(), key=lambda item: _position(item[0], places)))
    named = list(dict.fromkeys([*found, *places]))
    for file in files:
        if other := next((one for one in named if _counterpart(file, one)), ""):
            found.setdefault(file, f"belongs to {_short(other)}")
    close = bool(found)
    for file in files:
        if other := next((one for one in named if _beside(file, one)), ""):
            found.setdefault(file, f"beside {_short(other)}")
    for file in files:
        if why := _usual(failure.category, file, close):
            found.setdefault(file, why)
    return found


def _usual(category: Category, file: str, close: bool) -> str:
    """Return why a file may cause any failure of a category; "" when it may not."""
    name = PurePosixPath(file).name
    if category in _PACKAGES:
        if _LOCK.fullmatch(name):
            return "lock file"
        if _MANIFEST.fullmatch(name):
            return "manifest"
    if category in _SETUP:
        if _WORKFLOW.fullmatch(file):
            return "workflow file"
        if _IMAGE.fullmatch(name):
            return "image"
    if category in _SETUP | _CHECKS and _CONFIGURATION.fullmatch(name):
        return "configuration"
    if category in _SOURCES and not close and _SOURCE.fullmatch(name):
        return "source"
    return ""


def _words(texts: Iterable[str]) -> frozenset[str]:
    """Return what may be names of files or modules."""
    found = (match[0].replace("\\", "/") for text in texts for match in _WORD.finditer(text))
    return frozenset(word for word in found if "/" in word or "." in word)


def _named(file: str, words: frozenset[str]) -> bool:
    """Return whether a log names a file: by its path or the end of it, or as a module."""
    if any(_same(file, word) for word in words):
        return True
    path = PurePosixPath(file)
    module = path.with_suffix("") if path.name != "__init__.py" else path.parent
    parts = module.parts[1:] if file.startswith(_ROOTS) else module.parts
    dotted = ".".join(parts)
    return len(parts) > 1 and any(word == dotted or word.startswith(f"{dotted}.") for word in words)


def _same(file: str, word: str) -> bool:
    """Return whether a word is the path of a file, whatever folder it begins at."""
    word = word.removeprefix("./")
    return file == word or word.endswith(f"/{file}") or (word.count("/") > 0 and file.endswith(f"/{word}"))


def _counterpart(file: str, other: str) -> bool:
    """Return whether one is the test of the other."""
    one, two = PurePosixPath(file), PurePosixPath(other)
    if one == two or one.suffix != two.suffix:
        return False
    stems = [_TEST.sub("", path.stem) for path in (one, two)]
    return stems[0] == stems[1] and _is_test(one) != _is_test(two)


def _short(file: str) -> str:
    """Return a file as it is called in the project; of a path on a whole machine that is its end."""
    return "/".join(PurePosixPath(file).parts[-2:]) if file.startswith("/") else file


def _is_test(path: PurePosixPath) -> bool:
    return bool(_TEST.search(path.stem))


def _beside(file: str, other: str) -> bool:
    """Return whether a source stands in the same folder as another, or is what tests there share."""
    one, two = PurePosixPath(file), PurePosixPath(other)
    if one.name == "conftest.py":
        return one.parent in two.parents and _is_test(two)
    together = one.parent == two.parent and one.parent != PurePosixPath()
    return together and one.suffix == two.suffix and bool(_SOURCE.fullmatch(one.name))


def _position(file: str, places: Sequence[str]) -> int:
    return next((number for number, place in enumerate(places) if _same(file, place)), len(places))


def _writers(commits: Iterable[Commit]) -> Mapping[str, Sequence[Commit]]:
    """Return the commits that touch each file, the newest first."""
    found: dict[str, list[Commit]] = {}
    for one in commits:
        for file in one.files:
            found.setdefault(file, []).append(one)
    return found


def _how(kind: Kind, commits: Sequence[Commit]) -> str:
    return f"{kind} in {_quoted(commits[0])}" if commits else f"{kind}, not committed"


def _touching(commits: Iterable[Commit], files: Sequence[str]) -> Iterator[str]:
    for one in commits:
        mine = [file for file in files if file in one.files]
        if mine:
            more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
            yield f"{_quoted(one)} (touches {mine[0]}{more})"


def _quoted(commit: Commit) -> str:
    subject = commit.subject if len(commit.subject) <= _SUBJECT else f"{commit.subject[: _SUBJECT - 1]}…"
    return f'{commit.id[:_ID]} "{subject}"'
