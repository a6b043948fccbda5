"""pip and uv: why a package could not be built, or no set of versions was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.domain.python_build import root_of_build
from autonomous_cicd.domain.python_errors import Verdict
from autonomous_cicd.plugins import parser

__all__ = ["PipBuildParser", "PipNoMatchParser", "UvChainParser"]

_C = Category
MOST = 4_000
"""Kept lines of a build's output that are looked at."""
_OUTPUT_END = re.compile(r"^\s*(?:\[end of output\]|note: This error originates|hint: )")
_OLD_END = re.compile(r"^\s*-{20,}\s*$")
_OLD_BEHIND = re.compile(
    r"^\s*(?:ERROR: |Command |WARNING: |Failed |Running setup|Rolling back|Exception|Traceback|You are using)"
)
_RUNNING = re.compile(r"^\s*Running command (?P<fetching>(?:git|hg|svn|bzr) )?")
_STOP = re.compile(r"^(?:##\[|\+{1,2} \S|\$ \S|The command \"|Successfully installed |ERROR: Job failed)")
_PACKAGE = re.compile(
    r"(?:Failed building wheel for|Building wheels? for(?: collected packages:)?|Could not build wheels for"
    r"|Failed to build `?|╰─> |error in) (?P<package>[\w.-]+)"
)


@parser
class PipBuildParser:
    """Reads the output of a build that pip shows, of whatever age pip is."""

    name = "pip-build"
    cues = ("lines of output]", "Complete output (", "Complete output from command", "See above for output")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return why the build failed whose output begins here."""
        if "See above" in log[number]:
            yield from _shown(log, number)
            return
        lines: list[tuple[int, str]] = []
        last, old = number, "Complete output" in log[number]
        for other in log.numbers(number + 1, MOST):
            line = log[other]
            last = other
            if _OLD_END.match(line) if old else _OUTPUT_END.match(line):
                behind = next((text for _, text in log.after(other, 3) if text.strip()), "Failed ")
                if not old or _OLD_BEHIND.match(behind):
                    break
            if _STOP.match(line):
                last = other - 1
                break
            lines.append((other, line))
        root = root_of_build(lines)
        if root is None:
            return
        above = [
            n
            for n, line in log.before(number, 6)
            if "did not run successfully" in line or "rrored out" in line
        ]
        yield _sighting("pip-build", root, (number, last), tuple(above[:1]), _package(log, last))


def _shown(log: Log, number: int) -> Iterator[Sighting]:
    """Yield why a build failed whose output was shown while it ran, as when pip is told to be verbose."""
    numbers = [other for other in log.numbers(number - MOST, MOST) if other < number]
    runs = ((other, match) for other in reversed(numbers) if (match := _RUNNING.match(log[other])))
    begun, run = next(runs, (0, None))
    if run is None or run["fetching"]:
        return
    if root := root_of_build([(other, log[other]) for other in numbers if other > begun]):
        yield _sighting("pip-build", root, (begun, number), (), _package(log, number))


def _package(log: Log, last: int) -> str:
    for _, line in log.after(last, 12):
        if found := _PACKAGE.search(line):
            return found["package"]
    return ""


def _sighting(
    rule: str,
    root: tuple[int, Verdict],
    covers: tuple[int, int],
    evidence: tuple[int, ...],
    package: str = "",
) -> Sighting:
    number, verdict = root
    return Sighting(
        rule=rule,
        category=verdict.category,
        severity=usual(verdict.category).severity,
        confidence=0.93 if verdict.certain else 0.85,
        line=number,
        cause=verdict.cause,
        remedies=usual(verdict.category).remedies,
        evidence=evidence,
        covers=covers,
        place=Place(package=package or verdict.package),
    )


_LOST = re.compile(
    r"connection broken by '|Could not fetch URL .{1,200}: (?:connection error|There was a problem"
    r" confirming)"
    r"|Temporary failure in name resolution|SSLCertVerificationError|NewConnectionError|ReadTimeoutError"
)
_STATUS = re.compile(r"Could not fetch URL .{1,300}: (40[13]|429|50\d) ")
_GOT = re.compile(r"^\s*(?:Collecting |Downloading |Using cached |Successfully )")


@parser
class PipNoMatchParser:
    """Tells a package that does not exist from a registry that could not be asked."""

    name = "pip-no-match"
    cues = ("No matching distribution found for",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return the trouble with the network that stands above, if there is any."""
        lost = first = 0
        for other, line in log.before(number, 60):
            if status := _STATUS.search(line):
                category = _C.AUTHENTICATION if status[1][0] == "4" else _C.NETWORK
                category = _C.RATE_LIMIT if status[1] == "429" else category
                verdict = Verdict(category=category, cause=f"the package registry answered {status[1]}")
                yield _sighting("pip-no-match", (other, verdict), (other, number), (number,))
                return
            if _LOST.search(line):
                lost, first = lost or other, other
            elif lost or _GOT.match(line) or _STOP.match(line):
                break
        if lost:
            verdict = Verdict(category=_C.NETWORK, cause="the package registry could not be reached")
            yield _sighting("pip-no-match", (lost, verdict), (first, number), (number,))


_HEAD = re.compile(r"^\s*(?:#\d+ )?(?:[\d.]+ )?\s*(?:\u00d7 |error: |✘ )(?P<said>.+)")
_LINK = re.compile(r"^\s*(?:#\d+ )?(?:[\d.]+ )?\s*(?:[├╰]─▶|Caused by:|cause:|│)\s*(?P<said>.*)")
_BUILD = re.compile(r"(?i)failed to (?:build|prepare)|build backend (?:failed|returned)|call to `")
_MEANS: tuple[tuple[re.Pattern[str], Category, str], ...] = tuple(
    (re.compile(pattern), category, cause)
    for pattern, category, cause in (
        (r"No space left on device|os error 28", _C.RESOURCE_DISK, "there is no room left on the disk"),
        (r"Permission denied \(os error 13\)", _C.PERMISSION, "uv may not write somewhere"),
        (
            r"Hash mismatch",
            _C.LOCKFILE_OUT_OF_SYNC,
            "a downloaded package is not the one whose hash is locked",
        ),
        (
            r"401 Unauthorized|403 Forbidden|could not read Username|Authentication failed|Missing"
            r" credentials",
            _C.AUTHENTICATION,
            "credentials are missing or refused",
        ),
        (r"429 Too Many", _C.RATE_LIMIT, "the package registry was asked too often"),
        (
            r"error sending request|dns error|[Cc]onnection refused|timed out|invalid peer certificate|Could"
            r" not resolve"
            r"|connection (?:error|closed|reset)|status server error|50[0-9] |Could not connect|tls"
            r" handshake|UnknownIssuer",
            _C.NETWORK,
            "the package registry could not be reached",
        ),
        (
            r"was not found in the package registry|404 Not Found|failed to find (?:branch|tag|ref)|revision"
            r" .* not found"
            r"|not found in the provided package locations|couldn't find remote ref",
            _C.DEPENDENCY_MISSING,
            "a package is not to be had",
        ),
        (
            r"matching Python (?:ABI|implementation|version) tag|matching platform tag|no usable wheels"
            r"|have no wheels with a matching",
            _C.ENVIRONMENT,
            "no file of a package fits to this Python or system",
        ),
        (
            r"depends on Python|requested Python version|current Python version",
            _C.DEPENDENCY_CONFLICT,
            "the Python does not fit to what packages ask for",
        ),
    )
)


_CONCLUDED = re.compile(r"\byour (?:project|workspace|requirements)\b|\byou require\b|unsatisfiable")
"""Where a chain comes to what the project itself asks for."""


@parser
class UvChainParser:
    """Reads the chain of causes under an error of uv."""

    name = "uv-chain"
    cues = ("╰─▶", "├─▶", "Caused by:", "  cause: ")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the deepest cause says."""
        if _LINK.match(log[number - 1]) and not log[number - 1].lstrip().startswith("│"):
            return
        head = next((n for n, line in log.before(number, 6) if _HEAD.match(line)), 0)
        if not head:
            return
        chain: list[tuple[int, str]] = [(n, log[n]) for n in range(head, number)]
        for other, line in [(number, log[number]), *log.after(number, 150)]:
            if (
                _STOP.match(line)
                or line.startswith(("hint:", "help:"))
                or (not line.strip() and not _going_on(log, other))
            ):
                break
            chain.append((other, line))
        yield from _chain(chain, head, number)


def _going_on(log: Log, number: int) -> bool:
    """Whether the output goes on behind an empty line: that of a build does."""
    return any(_LINK.match(line) or line.startswith("      ") for _, line in log.after(number, 2))


def _chain(chain: Sequence[tuple[int, str]], head: int, number: int) -> Iterator[Sighting]:
    text = " ".join(_LINK.sub(r"\g<said>", line).strip() for _, line in chain)
    covers = (head, chain[-1][0])
    if _BUILD.search(text) and (root := root_of_build(chain[1:])):
        yield _sighting("uv-build", root, covers, (head,))
        return
    for pattern, category, cause in _MEANS:
        if pattern.search(text):
            line = next((n for n, said in chain if pattern.search(said)), chain[-1][0])
            yield _sighting(
                "uv-chain", (line, Verdict(category=category, cause=cause)), covers, (head, number)
            )
            return
    if "No solution found" in text:
        between = len(re.findall(r"depends on", text)) - len(
            re.findall(r"your (?:project|workspace) depends on", text)
        )
        alone = between <= 0 and re.search(r"no versions? of|only .{1,80} (?:is|are) available", text)
        category = _C.DEPENDENCY_MISSING if alone else _C.DEPENDENCY_CONFLICT
        cause = "no release of a package fits" if alone else "no set of versions fits to all requirements"
        last = [n for n, line in chain if _CONCLUDED.search(line)][-1:]
        yield _sighting("uv-chain", (number, Verdict(category=category, cause=cause)), covers, (*last, head))
    elif _BUILD.search(text):
        verdict = Verdict(category=_C.PACKAGING_BUILD, cause="a package does not build", certain=False)
        yield _sighting("uv-build", (chain[-1][0], verdict), covers, (head, number))
