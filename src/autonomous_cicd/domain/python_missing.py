"""What a log says is not installed: modules, plugins of pytest, commands, stubs, what a build needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from autonomous_cicd.domain.build_plugins import HATCH_PLUGINS
from autonomous_cicd.domain.distributions import COMMANDS, EXTRAS, FIXTURES, MARKS, OPTIONS, stubs_for
from autonomous_cicd.domain.docs_parts import docs_part
from autonomous_cicd.domain.python_errors import foreign
from autonomous_cicd.domain.requirement import normal
from autonomous_cicd.values import dataclass

__all__ = ["Kind", "Missing", "missing"]


class Kind(StrEnum):
    """What is missing."""

    MODULE = "module"
    PLUGIN = "plugin"
    """Of pytest."""
    COMMAND = "command"
    STUBS = "stubs"
    DISTRIBUTION = "distribution"
    """Named by its own name."""
    BUILD = "build"
    """A module that a build, or its backend, wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that a log says is missing."""

    kind: Kind
    name: str
    """Module, command, fixture, option, mark, or distribution."""
    distribution: str = ""
    """What would bring it, as far as the tables say it."""
    importer: str = ""
    """The file that wanted it, as the log writes it."""
    outside: bool = False
    """Whether that file belongs to an installed package."""


_MODULE = re.compile(r"No module named '?\"?(?P<module>[A-Za-z_][\w.]*)'?\"?(?P<rest>.*)")
_RUN = re.compile(r"\S*python[\d.]*(?:\.exe)?: No module named '?(?P<module>[\w.]+)")
_PYTEST_FRAME = re.compile(
    r"^(?:E\s+)?(?P<file>[^\s:\"]{1,400}\.pyi?):\d+: (?:in \S+|\w*(?:Error|Exception))"
)
_FRAME = re.compile(r'File "(?P<file>[^"]{1,400})", line \d+')
_SHELL = re.compile(
    r"(?:(?:^|[: ])(?:line \d+: |\d+: )?(?P<one>[\w.+-]+): (?:command )?not found\b"
    r"|env: [\u2018'`\"]?(?P<two>[\w.+-]+)[\u2019'\"]?: No such file"
    r"|Command not found: (?P<three>[\w.+-]+)|[Ff]ailed to spawn: `(?P<four>[\w.+-]+)`"
    r"|No such file or directory: '(?P<five>[\w.+-]+)'"
    r"|executable file `(?P<six>[\w.+-]+)` not found)"
)
_FIXTURE = re.compile(r"fixture '(?P<name>\w+)' not found")
_ARGUMENTS = re.compile(r"error: unrecognized arguments: (?P<said>.+)")
_MARK = re.compile(
    r"'(?P<name>\w+)' not found in `markers` configuration option|Unknown pytest\.mark\.(?P<other>\w+)"
)
_ASYNC = re.compile(r"async def functions are not (?:natively )?supported")
_SETTING = re.compile(r"Unknown config option: (?P<name>\w+)")
_SETTINGS = {
    "asyncio_mode": "pytest-asyncio",
    "asyncio_default_fixture_loop_scope": "pytest-asyncio",
    "timeout": "pytest-timeout",
    "timeout_method": "pytest-timeout",
    "DJANGO_SETTINGS_MODULE": "pytest-django",
    "env": "pytest-env",
    "env_files": "pytest-dotenv",
    "flake8-ignore": "pytest-flake8",
    "doctest_plus": "pytest-doctestplus",
    "mypy_plugins": "pytest-mypy-plugins",
    "qt_api": "pytest-qt",
    "trio_mode": "pytest-trio",
    "bdd_features_base_dir": "pytest-bdd",
    "xvfb_width": "pytest-xvfb",
}
_REQUIRED = re.compile(r"Missing required plugins: (?P<names>[\w.,<>=! -]+)")
_STUBS = re.compile(r"[Ll]ibrary stubs not installed for [\"'](?P<module>[\w.]+)[\"']")
_UNTYPED = re.compile(
    r"Skipping analyzing [\"'](?P<module>[\w.]+)[\"']: module is installed, but missing library stubs"
)
_UNFOUND = re.compile(
    r"Cannot find implementation or library stub for module named [\"'](?P<module>[\w.]+)[\"']"
)
_NOT_FOUND = re.compile(
    r"(?:DistributionNotFound: )?The '(?P<one>[\w.-]+)[^']{0,60}' distribution was not found"
    r"|PackageNotFoundError: (?:No package metadata was found for )?'?(?P<two>[\w.-]+)'?\s*$"
)
_OPTIONAL = re.compile(
    r"Missing optional dependency '(?P<one>[\w.-]+)'"
    r"|requires [\"'](?P<two>[\w.-]+)[\"'] to be installed"
    r"|(?:ImportError|RuntimeError|ModuleNotFoundError|Error): (?P<three>[\w.-]+)"
    r" (?:is not installed|not found, please install|is required|must be installed)"
    r"|tree builder with the features you requested: (?P<four>lxml|html5lib)"
    r"|Missing dependencies for (?P<five>SOCKS) support"
)
_BACKEND = re.compile(r"(?:BackendUnavailable: Cannot import|Backend) '(?P<module>[\w.]+)'")
_WHEEL = re.compile(r"error: invalid command '(?P<name>bdist_wheel)'")
_HATCH = re.compile(
    r"Unknown (?:version source|build hook|metadata hook|environment collector): (?P<name>[\w-]+)"
)
_BUILDS = re.compile(
    r"did not run successfully|Getting requirements to build|pip-build-env|build_meta"
    r"|metadata-generation-failed|prepare_metadata|build_wheel|build_editable|get_requires_for_build"
)
_FOREIGN_BUILD = re.compile(
    r"[/\\]pip-(?:install|req-build|download)-\w+[/\\][\w.-]+[/\\]|[/\\]sdists?-v\d+[/\\]"
)
_BEHIND = 25
_LARGEST = 400_000

_Found = Iterator[Missing]


def missing(log: str) -> tuple[Missing, ...]:
    """Return what a log says is missing, each thing once, in the order of the log."""
    lines = log[-_LARGEST:].replace("\r\n", "\n").split("\n")
    asynchronous = any(_ASYNC.search(line) for line in lines)
    found: dict[tuple[Kind, str], Missing] = {}
    for number, line in enumerate(lines):
        if len(line) > 2000 or not _CUES.search(line):
            continue
        for look in _LOOKS:
            for one in look(lines, number):
                known = found.get((one.kind, one.name))
                if known is None or (known.outside and not one.outside):
                    found[one.kind, one.name] = one
    if asynchronous:
        names = {"asyncio", "anyio", "trio"} & {one.name for one in found.values()} or {"asyncio"}
        for name in names:
            found.setdefault(
                (Kind.PLUGIN, name), Missing(kind=Kind.PLUGIN, name=name, distribution=MARKS[name])
            )
    return tuple(found.values())


_CUES = re.compile(
    r"No module named|not found|No such file or directory|unrecognized arguments|Unknown pytest\.mark"
    r"|not supported|Missing |Cannot find impl|missing library stubs|not installed|was not found"
    r"|PackageNotFoundError"
    r"|to be installed|is required|tree builder|Cannot import '|is not available|invalid command|spawn"
    r"|must be installed|theme name|Unknown (?:version source|build hook|metadata hook|config option)"
)


def _importer(lines: Sequence[str], number: int) -> str:
    """Return the innermost file above the line that states an exception."""
    for line in reversed(lines[max(0, number - _BEHIND) : number + 1]):
        if "importlib/__init__.py" in line or "<frozen" in line:
            continue
        if found := _PYTEST_FRAME.match(line.strip()) or _FRAME.search(line):
            return found["file"]
        if "Traceback (most recent call last)" in line or line.startswith("____"):
            break
    return ""


def _module(lines: Sequence[str], number: int) -> _Found:
    line = lines[number]
    found = _MODULE.search(line)
    if found is None or "is not a package" in found["rest"]:
        return
    module = found["module"].strip(".")
    if _RUN.search(line) and not module.startswith("__"):
        top = module.partition(".")[0]
        yield Missing(kind=Kind.COMMAND, name=top, distribution=COMMANDS.get(top, ""))
        return
    around = lines[max(0, number - 60) : number + 12]
    importer = _importer(lines, number)
    building = line[:1].isspace() and any(_BUILDS.search(one) for one in around)
    if building:
        other = any(_FOREIGN_BUILD.search(one) for one in around)
        yield Missing(kind=Kind.BUILD, name=module, importer=importer, outside=other)
    else:
        yield Missing(kind=Kind.MODULE, name=module, importer=importer, outside=foreign(importer))


def _build(lines: Sequence[str], number: int) -> _Found:
    if found := _BACKEND.search(lines[number]):
        yield Missing(kind=Kind.BUILD, name=found["module"])
    elif (found := _HATCH.search(lines[number])) and found["name"] in HATCH_PLUGINS:
        name = found["name"]
        yield Missing(kind=Kind.BUILD, name=name, distribution=HATCH_PLUGINS[name])
    elif found := _WHEEL.search(lines[number]):
        yield Missing(kind=Kind.BUILD, name="wheel", distribution="wheel")


def _command(lines: Sequence[str], number: int) -> _Found:
    if found := _SHELL.search(lines[number]):
        name = next(group for group in found.groups() if group)
        if name in COMMANDS:
            yield Missing(kind=Kind.COMMAND, name=name, distribution=COMMANDS[name])


def _fixture(lines: Sequence[str], number: int) -> _Found:
    if (found := _FIXTURE.search(lines[number])) and found["name"] in FIXTURES:
        yield Missing(kind=Kind.PLUGIN, name=found["name"], distribution=FIXTURES[found["name"]])


def _arguments(lines: Sequence[str], number: int) -> _Found:
    found = _ARGUMENTS.search(lines[number])
    around = " ".join(lines[max(0, number - 3) : number + 1])
    for word in found["said"].split() if found and re.search(r"py\.?test", around) else ():
        name = word.partition("=")[0]
        name = "-n" if re.fullmatch(r"-n(?:\d+|auto)", name) else name
        if name in OPTIONS:
            yield Missing(kind=Kind.PLUGIN, name=name, distribution=OPTIONS[name])


def _mark(lines: Sequence[str], number: int) -> _Found:
    if found := _MARK.search(lines[number]):
        name = found["name"] or found["other"]
        strict = bool(found["name"])
        if name in MARKS and (strict or name in ("asyncio", "trio", "django_db", "anyio")):
            yield Missing(kind=Kind.PLUGIN, name=name, distribution=MARKS[name])
    if (found := _SETTING.search(lines[number])) and found["name"] in _SETTINGS:
        yield Missing(kind=Kind.PLUGIN, name=found["name"], distribution=_SETTINGS[found["name"]])
    if found := _REQUIRED.search(lines[number]):
        for name in re.split(r",\s*", found["names"]):
            word = re.match(r"[\w.-]+", name.strip())
            if word and word[0].startswith("pytest"):
                yield Missing(kind=Kind.PLUGIN, name=word[0], distribution=word[0])


def _stubs(lines: Sequence[str], number: int) -> _Found:
    found = _STUBS.search(lines[number]) or _UNTYPED.search(lines[number])
    name = stubs_for(found["module"]) if found else ""
    if found and name:
        yield Missing(kind=Kind.STUBS, name=found["module"], distribution=name)
    if found := _UNFOUND.search(lines[number]):
        file = lines[number].partition(":")[0].strip()
        yield Missing(kind=Kind.MODULE, name=found["module"], importer=file, outside=foreign(file))


def _distribution(lines: Sequence[str], number: int) -> _Found:
    if found := _NOT_FOUND.search(lines[number]):
        yield Missing(
            kind=Kind.DISTRIBUTION, name=found["one"] or found["two"], importer=_importer(lines, number)
        )
    elif found := _OPTIONAL.search(lines[number]):
        name = next(group for group in found.groups() if group)
        name = {"SOCKS": "socks"}.get(name, name)
        known = EXTRAS.get(name.replace("-", "_")) or next(
            (one for one in EXTRAS.values() if normal(one) == normal(name)), ""
        )
        if known:
            yield Missing(kind=Kind.DISTRIBUTION, name=known, distribution=known)


def _docs(lines: Sequence[str], number: int) -> _Found:
    name, distribution = docs_part(lines[number])
    if distribution:
        yield Missing(kind=Kind.DISTRIBUTION, name=name, distribution=distribution)


_LOOKS: tuple[Callable[[Sequence[str], int], _Found], ...] = (
    _module,
    _build,
    _command,
    _fixture,
    _arguments,
    _mark,
    _stubs,
    _distribution,
    _docs,
)
