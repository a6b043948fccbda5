"""What an error that a JavaScript program threw says about its cause, and what a failed test of it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting

__all__ = ["Meaning", "sighted", "test_meaning", "thrown_meaning"]

_C = Category


class Meaning(NamedTuple):
    """What kind of cause an error text has."""

    category: Category
    confidence: float
    cause: str
    package: str = ""


class _Known(NamedTuple):
    pattern: re.Pattern[str]
    category: Category
    confidence: float
    cause: str
    in_tests: bool
    """Whether it is the cause too when a test ran into it."""


def _known(pattern: str, category: Category, confidence: float, cause: str, in_tests: bool = True) -> _Known:
    return _Known(re.compile(pattern), category, confidence, cause, in_tests)


_OWN = r"(?:\.{1,2}(?:/|$)|@/|~/|#|(?:src|lib|app|tests?|config|server|scripts|components)/)"
_PACKAGE = r"(?P<what>(?:@[\w.~-]+/[\w.~-]+|[A-Za-z0-9_][\w.~-]*)(?:/[^'\"]*)?)"
_SERVICE = (
    r"(?:redis|postgres|postgresql|mysql|mariadb|mongo|mongodb|rabbitmq|kafka|elasticsearch|db|database)"
)
_LOCAL = r"(?:127\.0\.0\.1|::1|localhost|0\.0\.0\.0|172\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+)"

_KNOWN = (
    _known(
        r"[Ee]xceeded timeout of|Timeout of \d+ ?ms exceeded|(?:[Tt]est|[Hh]ook) timed out (?:in|after)"
        r"|Test timeout of \d+ms|Timeout - Async|callback was not invoked within",
        _C.TEST_TIMEOUT, 0.92, "a test took longer than it may take",
    ),
    _known(
        r"heap out of memory|signal=SIGKILL|ERR_WORKER_OUT_OF_MEMORY",
        _C.RESOURCE_MEMORY, 0.93, "the memory ran out",
    ),
    _known(r"ENOSPC: no space left", _C.RESOURCE_DISK, 0.93, "the disk is full"),
    _known(r"ENOSPC: System limit|EMFILE", _C.ENVIRONMENT, 0.85, "the system allows no more open files"),
    _known(r"EADDRINUSE", _C.ENVIRONMENT, 0.88, "another program listens on the port already"),
    _known(
        r"Executable doesn't exist at|Could not find (?:Chrome|Chromium|expected browser)"
        r"|launch the browser process|missing dependencies to run browsers",
        _C.ENVIRONMENT, 0.92, "the browser for the tests is not installed or cannot be started",
    ),
    _known(
        r"(?:Cannot find module|No such built-in module:) '?(?P<what>node:[\w/]+)|ERR_UNKNOWN_BUILTIN_MODULE",
        _C.ENVIRONMENT, 0.9, "this version of Node is too old: it has no {what}",
    ),
    _known(
        rf"(?:Cannot find (?:module|package)|Failed to load url|Could not locate module) ['\"]?"
        rf"(?P<what>{_OWN}[^'\"\s]*)",
        _C.IMPORT_ERROR, 0.9, "{what} is imported, and there is no such file",
    ),
    _known(
        r"Cannot find module ['\"]?(?P<what>[^'\"\s]*node_modules/[^'\"\s]+)",
        _C.DEPENDENCY_MISSING, 0.85, "{what} is not installed, or not whole",
    ),
    _known(
        r"Cannot find (?:module|package) ['\"](?P<what>(?:file://|/|[A-Z]:\\)[^'\"]+)['\"] imported from",
        _C.IMPORT_ERROR, 0.88, "{what} is imported, and there is no such file",
    ),
    _known(
        r"Cannot find module ['\"](?P<what>(?:file://|/|[A-Z]:\\)[^'\"]+)['\"]",
        _C.ENVIRONMENT, 0.8, "{what} is to be run, and there is no such file: it may not have been built",
    ),
    _known(
        rf"(?:Cannot find (?:module|package)|Failed to (?:resolve import|load url)) ['\"]?{_PACKAGE}",
        _C.DEPENDENCY_MISSING, 0.92, "{what} is required but not installed",
    ),
    _known(
        r"does not provide an export named '(?P<what>[^']+)'|Named export '(?P<also>[^']+)' not found",
        _C.IMPORT_ERROR, 0.92, "a module has nothing named {what}",
    ),
    _known(
        r"ERR_REQUIRE_ESM|require\(\) of ES Module|Must use import to load ES Module",
        _C.DEPENDENCY_BREAKING_CHANGE, 0.85, "a package that is an ES module only is loaded with require",
    ),
    _known(
        r"ERR_PACKAGE_PATH_NOT_EXPORTED|is not defined by \"exports\"",
        _C.DEPENDENCY_BREAKING_CHANGE, 0.82, "a package no longer lets a file of it be imported",
    ),
    _known(
        r"ERR_OSSL_EVP_UNSUPPORTED|digital envelope routines::unsupported",
        _C.ENVIRONMENT, 0.95, "the build uses a digest that the OpenSSL of this Node no longer knows",
    ),
    _known(
        r"Cannot use import statement outside a module|Unexpected token '?(?:export|import)'?"
        r"|(?:require|module|exports|__dirname) is not defined in ES module|ERR_UNKNOWN_FILE_EXTENSION"
        r"|To load an ES module|ERR_UNSUPPORTED_DIR_IMPORT",
        _C.CONFIGURATION, 0.82, "a file is loaded as the wrong kind of module", False,
    ),
    _known(r"\bTS1(?:0[013]|1[1-4])\d\d?\b", _C.SYNTAX_ERROR, 0.88, "a source file cannot be parsed", False),
    _known(r"\bTS\d{4,5}\b", _C.COMPILE_ERROR, 0.88, "the sources do not compile", False),
    _known(
        r"(?i:(?:missing|required|undefined|invalid) (?:required )?env(?:ironment)? ?var)"
        r"|(?i:env(?:ironment)? var(?:iable)?s?\b.{0,40}"
        r"(?:not (?:set|found|defined)|missing|required|must be set))"
        r"|\b(?P<what>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b['\"`]? (?:env(?:ironment)? var(?:iable)? )?"
        r"(?:must be (?:set|defined|provided)|is (?:not set|missing|required|unset|not configured)|not set)",
        _C.ENVIRONMENT, 0.86, "an environment variable is not set: {what}",
    ),
    _known(
        rf"connect ECONNREFUSED {_LOCAL}|ServerSelectionError|SequelizeConnectionRefused"
        rf"|Can't reach database server|(?:ENOTFOUND|EAI_AGAIN) {_SERVICE}\b|ECONNREFUSED$",
        _C.INFRASTRUCTURE, 0.88, "a service that must be running does not answer",
    ),
    _known(
        r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|connect (?:ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNREFUSED)"
        r"|unable to (?:get local issuer|verify the first) certificate|self[- ]signed certificate",
        _C.NETWORK, 0.82, "a host could not be reached",
    ),
    _known(
        r"(?:HTTP|[Ss]tatus(?: code)?|returned)[ :=/]{1,3}(?:50[234]|52\d)\b"
        r"|\b50[234] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)"
        r"|\bECONNRESET\b|socket hang up|other side closed|UND_ERR_\w*TIMEOUT",
        _C.NETWORK, 0.82, "a server is out of order", False,
    ),
    _known(
        r"password authentication failed|Access denied for user|ER_ACCESS_DENIED",
        _C.AUTHENTICATION, 0.82, "a service does not accept the credentials",
    ),
    _known(r"Configuration error:", _C.CONFIGURATION, 0.8, "the tests are not set up well", False),
    _known(
        r"SyntaxError(?: \[\w+\])?: (?!.*\bin JSON\b)(?!.*\bnot valid JSON)(?:\S+: )?(?P<what>.+)",
        _C.SYNTAX_ERROR, 0.85, "a source file cannot be parsed: {what}", False,
    ),
    _known(r"(?:EACCES|EPERM|EROFS)\b", _C.PERMISSION, 0.82, "a file may not be accessed", False),
    _known(r"ENOENT: no such file or directory", _C.CONFIGURATION, 0.68, "a file is missing", False),
    _known(
        r"\bspawn(?:Sync)? (?P<what>\S+) ENOENT",
        _C.ENVIRONMENT, 0.88, "{what} is to be run, and is not installed",
    ),
)  # fmt: skip

_ASSERTED = re.compile(
    r"\bexpect\(|AssertionError|\bexpected .+ to\b|^Expected\b|ERR_ASSERTION|JestAssertionError"
)
_TELLING = re.compile(
    r"\bexpect\(|(?:^|[\s\[('\"])(?:\w*Error|\w*Exception)\b(?:: | \[)|^\s*(?:thrown:|Expected\b|error:)"
    r"|Cannot find (?:module|package)|[Tt]imeout of|[Tt]imed out|Configuration error:|\bTS\d{4}\b"
    r"|terminated by another process|heap out of memory"
)
_FURTHER = re.compile(r"^\s*[-+✓]?\s*(?:Expected|Received|expected|actual|Error:|- Expected|Snapshot name)\b")


def thrown_meaning(text: str) -> Meaning | None:
    """Return what an error text means that stopped a program, or kept tests from starting; None: unknown."""
    return _meaning(text, tests=False)


def test_meaning(text: str) -> Meaning:
    """Return what the error text of a failed test means: mostly just that."""
    if _ASSERTED.search(text) and not _KNOWN[0].pattern.search(text):
        return Meaning(_C.TEST_FAILURE, 0.93, "an expectation of a test was not met")
    return _meaning(text, tests=True) or Meaning(_C.TEST_FAILURE, 0.92, "a test failed")


def _meaning(text: str, *, tests: bool) -> Meaning | None:
    for known in _KNOWN:
        if tests and not known.in_tests:
            continue
        if match := known.pattern.search(text):
            groups = match.groupdict()
            what = next((value for value in groups.values() if value), "")
            package = what if known.category is _C.DEPENDENCY_MISSING else ""
            return Meaning(
                known.category, known.confidence, known.cause.replace("{what}", what[:120]), package
            )
    return None


def sighted(
    name: str,
    heading: tuple[int, str],
    body: Sequence[tuple[int, str]],
    covers: tuple[int, int],
    *,
    test: str = "",
    file: str = "",
) -> Sighting:
    """Return what a failed test, or with `test` empty a file of tests that could not be run, says.

    `body`: the lines below its heading, as far as they belong to it.
    """
    said = [(number, line) for number, line in body if line.strip()]
    at, text = next(((n, line) for n, line in said if _TELLING.search(line)), said[0] if said else heading)
    if test:
        meaning = test_meaning(text)
    else:
        at, meaning = _why_not_run(said) or (
            at,
            Meaning(_C.TEST_FAILURE, 0.85, "a file of tests could not be run"),
        )
    matcher = at if re.search(r"^\s*expect\(", text) and test else 0
    if matcher:
        at = heading[0]  # the name of the test says more than the name of the matcher
    further = [number for number, line in said if number != at and _FURTHER.match(line)][:3]
    named = f": {test}" if test else f": {file}" if file else ""
    return Sighting(
        rule=name,
        category=meaning.category,
        severity=usual(meaning.category).severity,
        confidence=meaning.confidence,
        role=Role.CAUSE,
        line=at,
        cause=f"{meaning.cause}{named}"[:300],
        remedies=usual(meaning.category).remedies,
        evidence=(heading[0], *further, *([matcher] if matcher else [])),
        covers=covers,
        place=Place(file=file, test=test[:300], package=meaning.package),
    )


def _why_not_run(said: Sequence[tuple[int, str]]) -> tuple[int, Meaning] | None:
    """Return the line of a file's report that says why it could not be run."""
    for number, line in said:
        if (known := thrown_meaning(line)) is not None:
            return number, known
    return None
