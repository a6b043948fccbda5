"""Where a requirement belongs: with the package, with its build, or with what a job installs for itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename, dirname
from posixpath import join as joined

from autonomous_cicd.domain.layout import folder_of, join, parents
from autonomous_cicd.domain.python_installs import Asked, What, installs
from autonomous_cicd.domain.python_manifest import begun, is_requirements, shelves
from autonomous_cicd.domain.shelf import Shelf
from autonomous_cicd.values import dataclass

__all__ = ["Place", "build_place", "installed", "runtime_places", "test_places"]

_PACKAGE = (
    ("pyproject.toml", ("project", "dependencies")),
    ("pyproject.toml", ("tool", "poetry", "dependencies")),
    ("setup.cfg", ("options", "install_requires")),
    ("setup.py", ("install_requires",)),
    ("pyproject.toml", ("tool", "flit", "metadata", "requires")),
    ("Pipfile", ("packages",)),
)
_TOOLS = re.compile(
    r"pytest(?:-.*)?|coverage|mock|hypothesis|nose2?|freezegun|responses|syrupy|respx|testfixtures"
)
_TESTING = re.compile(r"(?i)(?:^|[-_./ :])(?:tests?|testing|ci|unit)(?:$|[-_./ :\d])")
_DEVELOPING = re.compile(r"(?i)(?:^|[-_./ :])(?:dev|develop|development|all)(?:$|[-_./ :])")
_ELSE = re.compile(
    r"(?i)(?:^|[-_./ :])(?:docs?|lint|linting|style|typing|types|mypy|build|release|format|pre-commit)"
    r"(?:$|[-_./ :])"
)
_INCLUDE = re.compile(r"^[ \t]*(?:-r|--requirement)[ \t=]*(\S+)", re.MULTILINE)
_MOST = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A shelf of a file."""

    file: str
    path: tuple[str, ...]

    @property
    def of_package(self) -> bool:
        """Whether what stands there is needed by whoever uses the package."""
        return any(basename(self.file) == file and self.path == path for file, path in _PACKAGE)

    @property
    def words(self) -> str:
        """What its name tells."""
        return " ".join((self.file if is_requirements(self.file) else "", *self.path))


def runtime_places(texts: Mapping[str, str], importer: str, job: Sequence[Place]) -> tuple[Place, ...]:
    """Return where the package's own requirements stand, as seen from a file of it, the best first."""
    for folder in dict.fromkeys((folder_of(importer), *parents(folder_of(importer)), ".")):
        found = [
            Place(join(folder, file), path)
            for file, path in _PACKAGE
            if _has(texts, join(folder, file), path)
        ]
        dynamic = [Place(name, ()) for name in (*_dynamic(texts, folder), *_of_pbr(texts, folder))]
        if found or dynamic:
            return (*dynamic, *found)
        if _described(texts.get(join(folder, "pyproject.toml"), "")):
            return (Place(join(folder, "pyproject.toml"), ("project", "dependencies")),)
        if beginning := _beginning(texts, folder):
            # Where the job does not install the package, it is the job that has to ask for it.
            return (beginning, *_commands(job))
        if _is_package(texts, folder):
            return tuple(_plain(job))
    return tuple(_plain(job)) or tuple(one for one in job if is_requirements(one.file)) or _commands(job)


def _of_pbr(texts: Mapping[str, str], folder: str) -> Iterator[str]:
    """Yield the file from which pbr, where it builds the package, takes what the package requires."""
    name = join(folder, "requirements.txt")
    if name in texts and re.search(r"\bpbr\s*=\s*True\b", texts.get(join(folder, "setup.py"), "")):
        yield name


def _plain(job: Sequence[Place]) -> Iterator[Place]:
    return (one for one in job if is_requirements(one.file) and not _aside(one))


def _commands(job: Sequence[Place]) -> tuple[Place, ...]:
    return tuple(one for one in job if one.path[:1] == ("install",))


def _beginning(texts: Mapping[str, str], folder: str) -> Place | None:
    """Return where a package that asked for nothing so far can begin to."""
    for file, path in (("setup.cfg", ("options", "install_requires")), ("setup.py", ("install_requires",))):
        if begun(file, texts.get(join(folder, file), ""), path):
            return Place(join(folder, file), path)
    return None


def _is_package(texts: Mapping[str, str], folder: str) -> bool:
    described = re.search(r"(?m)^\[(?:project|tool\.poetry)\]", texts.get(join(folder, "pyproject.toml"), ""))
    return bool(described or re.search(r"\bsetup\(", texts.get(join(folder, "setup.py"), "")))


def _aside(place: Place) -> bool:
    text = place.words
    return bool(_TESTING.search(text) or _DEVELOPING.search(text) or _ELSE.search(text))


def _has(texts: Mapping[str, str], file: str, path: tuple[str, ...]) -> bool:
    return any(one.path == path for one in shelves(file, texts.get(file, "")))


def _described(text: str) -> bool:
    """Whether a pyproject.toml describes a package whose list of requirements is just not begun."""
    dynamic = re.search(r"^dynamic\s*=\s*\[[^\]]*[\"']dependencies[\"']", text, re.MULTILINE)
    return bool(re.search(r"^\[project\]", text, re.MULTILINE)) and not dynamic


def _dynamic(texts: Mapping[str, str], folder: str) -> Iterator[str]:
    """Yield the requirements files that a package's description is read from."""
    project = texts.get(join(folder, "pyproject.toml"), "")
    if found := re.search(r"^dependencies\s*=\s*\{\s*file\s*=\s*\[?\s*[\"']([^\"']+)", project, re.MULTILINE):
        yield join(folder, found[1])
    for found in re.finditer(
        r"[\"']((?:requirements?/)?[\w./-]*requirements?[\w./-]*\.(?:txt|in))[\"']",
        texts.get(join(folder, "setup.py"), ""),
    ):
        if not _aside(Place(found[1], ())) and join(folder, found[1]) in texts:
            yield join(folder, found[1])


def build_place(texts: Mapping[str, str], folder: str = ".") -> Place | None:
    """Return where the requirements of the build stand; None when nobody said any."""
    file = join(folder, "pyproject.toml")
    path = ("build-system", "requires")
    return Place(file, path) if _has(texts, file, path) else None


def test_places(texts: Mapping[str, str], job: Sequence[Place], wanted: str = "test") -> tuple[Place, ...]:
    """Return what a job installs for itself, the best place first: where tools of that kind already stand."""
    ranked = sorted(
        (-_score(texts, one, wanted), place) for place, one in enumerate(job) if not one.of_package
    )
    return tuple(job[place] for _, place in ranked)


def _score(texts: Mapping[str, str], place: Place, wanted: str) -> int:
    shelf = next((one for one in shelves(place.file, texts[place.file]) if one.path == place.path), None)
    if shelf is None or shelf.locked:
        return -20
    tools = any(_TOOLS.fullmatch(item.name) for item in shelf.items)
    score = 6 if tools and wanted == "test" else 0
    text = place.words
    if _ELSE.search(text):
        score += -4 if wanted == "test" else 4
    score += 3 * bool(_TESTING.search(text)) * (wanted == "test") + 2 * bool(_DEVELOPING.search(text))
    if place.path[:1] == ("install",):
        score -= 1
        score -= 4 * all(item.name in ("pip", "setuptools", "wheel", "build", "") for item in shelf.items)
    elif place.path == () and not _aside(place) and not tools:
        score -= 3
    return score


def installed(texts: Mapping[str, str], scripts: Iterable[str], workflow: str = "") -> tuple[Place, ...]:
    """Return the shelves that scripts install, each once. `workflow`: the file that the scripts stand in."""
    found: dict[Place, None] = {}
    for asked in installs(scripts):
        found.update(dict.fromkeys(_resolved(texts, asked, workflow, 0)))
    return tuple(found)


def _resolved(texts: Mapping[str, str], asked: Asked, source: str, depth: int) -> Iterator[Place]:
    if depth > 3:
        return
    match asked.what:
        case What.FILE | What.CONSTRAINTS:
            yield from _files(texts, asked.name, set())
        case What.PROJECT:
            folder = asked.name
            yield from (Place(join(folder, f), p) for f, p in _PACKAGE if _has(texts, join(folder, f), p))
            yield from (Place(name, ()) for name in _dynamic(texts, folder))
        case What.EXTRA:
            yield from _named(
                texts,
                asked.name,
                ("optional-dependencies", "options.extras_require", "extras_require", "requires-extra"),
            )
        case What.GROUP:
            yield from _named(texts, asked.name, ("dependency-groups", "dev-dependencies", "group"))
            yield from _included(texts, asked.name)
        case What.POETRY:
            yield from (
                place
                for place in _all(texts)
                if place.path[:2] == ("tool", "poetry") and not place.of_package
            )
            yield from _named(texts, "dev", ("dependency-groups",))
        case What.PIPFILE:
            yield from (place for place in _all(texts) if place.path == (asked.name,))
        case What.HATCH:
            yield from (
                p for p in _all(texts) if p.path[:3] == ("tool", "hatch", "envs") and p.path[3] == asked.name
            )
        case What.WORDS:
            yield from _in_words(texts, asked.name, source)
        case What.TOX:
            yield from _tox(texts, asked.name, depth)
        case What.NOX:
            yield from _nox(texts, asked.name, depth)
        case What.SCRIPT if asked.name in texts:
            for one in installs([texts[asked.name].replace("\t@", "\t").replace("$(PYTHON)", "python")]):
                yield from _resolved(texts, one, asked.name, depth + 1)


def _all(texts: Mapping[str, str]) -> Iterator[Place]:
    for name, text in texts.items():
        yield from (Place(name, shelf.path) for shelf in shelves(name, text))


def _files(texts: Mapping[str, str], name: str, seen: set[str]) -> Iterator[Place]:
    if name not in texts or name in seen or len(seen) > _MOST:
        return
    seen.add(name)
    source = re.sub(r"\.(?:txt|pip)$", ".in", name)
    yield Place(source if source in texts and source != name and _locked(texts[name]) else name, ())
    for included in _INCLUDE.findall(texts[name]):
        yield from _files(texts, joined(dirname(name), included).replace("/./", "/"), seen)


def _locked(text: str) -> bool:
    return any(shelf.locked for shelf in shelves("requirements.txt", text))


def _named(texts: Mapping[str, str], name: str, keys: Sequence[str]) -> Iterator[Place]:
    for place in _all(texts):
        if any(key in place.path for key in keys):
            known = place.path[place.path.index(next(k for k in keys if k in place.path)) + 1 :]
            first = known[0] if known else "dev"
            if name == "*" or first.replace("_", "-").lower() == name.replace("_", "-").lower():
                yield place


def _included(texts: Mapping[str, str], name: str) -> Iterator[Place]:
    text = texts.get("pyproject.toml", "")
    table = re.search(rf"^{re.escape(name)}\s*=\s*\[(?P<inside>.*?)\]\s*$", text, re.MULTILINE | re.DOTALL)
    for other in re.findall(r"include-group\s*=\s*[\"']([\w.-]+)", table["inside"] if table else ""):
        if other != name:
            yield from _named(texts, other, ("dependency-groups",))


def _in_words(texts: Mapping[str, str], words: str, source: str) -> Iterator[Place]:
    wanted = set(words.split())
    for file in dict.fromkeys(
        (source, "noxfile.py", *(name for name in texts if name.startswith(".github/")))
    ):
        for shelf in shelves(file, texts.get(file, "")):
            said = {item.text for item in shelf.items}
            if said and said == wanted:
                yield Place(file, shelf.path)
                return


def _tox(texts: Mapping[str, str], env: str, depth: int) -> Iterator[Place]:
    for file in ("tox.ini", "setup.cfg", "tox.toml", "pyproject.toml"):
        text = texts.get(file, "")
        for shelf in shelves(file, text):
            if not _of_tox(shelf, env):
                continue
            yield Place(file, shelf.path)
            inside = text[shelf.start : shelf.end + 200]
            for included in _INCLUDE.findall(inside):
                yield from _files(texts, included.replace("{toxinidir}/", ""), set())
        if file == "tox.ini" and text:
            for key, what in (("extras", What.EXTRA), ("dependency_groups", What.GROUP)):
                for value in re.findall(rf"^{key}\s*=[ \t]*((?:.*)(?:\n[ \t]+\S.*)*)", text, re.MULTILINE):
                    for name in value.split():
                        yield from _resolved(texts, Asked(what, name.strip(",")), file, depth + 1)


def _of_tox(shelf: Shelf, env: str) -> bool:
    if shelf.path[-1] != "deps":
        return False
    section = shelf.path[0].removeprefix("tox:")
    if section.startswith("testenv"):
        return section in ("testenv", f"testenv:{env}")
    return shelf.path[-2] in ("env_run_base", env)


def _nox(texts: Mapping[str, str], session: str, depth: int) -> Iterator[Place]:
    text = texts.get("noxfile.py", "")
    wanted = session.partition("-")[0].partition("(")[0]
    for shelf in shelves("noxfile.py", text):
        if wanted and shelf.path[0] != wanted:
            continue
        if shelf.items:
            yield Place("noxfile.py", shelf.path)
        call = text[shelf.start : shelf.end]
        for name in re.findall(r"[\"'](?:-r|--requirement)[\"'],\s*[\"']([^\"']+)[\"']", call):
            yield from _files(texts, name, set())
        for extras in re.findall(r"[\"']\.\[([\w, -]+)\][\"']", call):
            for name in extras.split(","):
                yield from _resolved(texts, Asked(What.EXTRA, name.strip()), "noxfile.py", depth + 1)
        for name in re.findall(r"[\"']--group[\"'],\s*[\"']([\w-]+)[\"']", call):
            yield from _resolved(texts, Asked(What.GROUP, name), "noxfile.py", depth + 1)
