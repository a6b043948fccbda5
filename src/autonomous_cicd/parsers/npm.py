"""npm: the lines that it prints together when it gives up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.plugins import parser

__all__ = ["Npm"]

_C = Category
_SAYS = re.compile(r"^(?:.{0,80}?npm (?:ERR!|error)|\d{1,6} error)(?P<said>\s.*)?$")
_CODE = re.compile(r"(?:npm (?:ERR!|error)|^\d{1,6} error) code (?P<code>[A-Z_]\w+)\s*$")
"""Also as npm numbers the lines of its own log."""
_DULL = re.compile(
    r"^\s*(?:code |errno |syscall |path |A complete log"
    r"|This is (?:probably )?not a problem|Clean install|Usage:"
    r"|npm ci$|Options:|\[|Run \"npm help|aliases|\s*$|Note that you can also"
    r"|Please try running|If you believe)"
)
_MEANINGS: tuple[tuple[str, Category, str, str], ...] = (
    # code, category, what tells most, in plain words
    (r"E404", _C.DEPENDENCY_MISSING, r"404 Not Found - |is not in th|could not be found",
     "the registry has no such package"),
    (r"ETARGET", _C.DEPENDENCY_MISSING, r"No matching version",
     "no published version is as wanted"),
    (r"ENOVERSIONS", _C.DEPENDENCY_MISSING, r"No (?:valid )?versions",
     "no version of a package is published"),
    (r"ERESOLVE", _C.DEPENDENCY_CONFLICT, r"^ ERESOLVE ",
     "the peer dependencies cannot all be satisfied"),
    (r"EPEERINVALID", _C.DEPENDENCY_CONFLICT, r"peerinvalid",
     "the peer dependencies cannot all be satisfied"),
    (r"EINTEGRITY", _C.LOCKFILE_OUT_OF_SYNC, r"integrity checksum failed|Verification failed",
     "what was downloaded has not the checksum that the lock file names"),
    (r"EBADENGINE|ENOTSUP", _C.ENVIRONMENT, r"Unsupported engine|Not compatible",
     "this version of Node is not supported"),
    (r"EBADPLATFORM", _C.ENVIRONMENT, r"Unsupported platform",
     "a package does not support this platform"),
    (r"EACCES|EPERM|EROFS", _C.PERMISSION, r"(?:EACCES|EPERM|EROFS): ",
     "npm may not write there"),
    (r"ENOSPC", _C.RESOURCE_DISK, r"ENOSPC: ",
     "the disk is full"),
    (r"E401|ENEEDAUTH|EOTP", _C.AUTHENTICATION, r"40[13] |need auth|Unable to authenticate|one-time",
     "the registry does not accept the credentials"),
    (r"E403", _C.AUTHENTICATION, r"403 ",
     "the registry forbids it to this user"),
    (r"E429", _C.RATE_LIMIT, r"429 ",
     "the registry allows no more requests for now"),
    (r"E5\d\d", _C.NETWORK, r"\b5\d\d ",
     "the registry answered with an error of its own"),
    (r"ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|ESOCKETTIMEDOUT|ECONNREFUSED|ERR_SOCKET_TIMEOUT|EHOSTUNREACH"
     r"|ENETUNREACH|EPROTO|EIDLETIMEOUT|ENETWORK|CERT_\w+|SELF_SIGNED\w+|UNABLE_TO_\w+|DEPTH_ZERO\w+",
     _C.NETWORK, r"request to |getaddrinfo|connect |network |certificate|socket",
     "npm could not reach the registry"),
    (r"EJSONPARSE", _C.CONFIGURATION, r"JSON\.parse |Failed to parse|Unexpected|Merge conflict",
     "a package.json is not valid JSON"),
    (r"EPUBLISHCONFLICT|EPRIVATE|E402", _C.CONFIGURATION, r"publish|private|402",
     "the package cannot be published so"),
    (r"EUNSUPPORTEDPROTOCOL|EINVALID\w+|EOVERRIDE|EDUPLICATEWORKSPACE|ENOWORKSPACES|EUNKNOWNCONFIG|EBADDEVENGINES",
     _C.CONFIGURATION, r"Unsupported URL|Invalid|Override|workspace", "package.json says what npm cannot do"),
)  # fmt: skip


@parser
class Npm:
    """Understands the block that begins with the code of an error."""

    name = "npm"
    cues = ("npm ERR! code ", "npm error code ", " error code E")

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what the block says; nothing when it only says that a script failed."""
        code = _CODE.search(log[number])
        if code is None:
            return
        block = _block(log, number)
        said = {other: (match["said"] or "") for other, line in block if (match := _SAYS.match(line))}
        found = _usage(said) if code["code"] == "EUSAGE" else _by_code(code["code"], said)
        if code["code"] == "ENOENT":
            found = _no_file(said)
        if found is None:
            return
        category, at, cause = found
        if category is _C.AUTHENTICATION and "previously published" in "".join(said.values()):
            category, cause = _C.CONFIGURATION, "this version has been published already"
        at = at or number
        telling = [other for other, text in said.items() if other != at and not _DULL.match(text)]
        yield Sighting(
            rule="npm",
            category=category,
            severity=usual(category).severity,
            confidence=0.95,
            role=Role.CAUSE,
            line=at,
            cause=cause,
            remedies=usual(category).remedies,
            evidence=(*telling[:3], *([number] if at != number else [])),
            covers=(block[0][0], block[-1][0]),
            place=Place(package=_package(said)),
        )


def _block(log: Log, number: int) -> list[tuple[int, str]]:
    """Return the lines of npm's message around the code."""
    above = []
    for other, line in log.before(number, 6):
        if not _SAYS.match(line):
            break
        above.append((other, line))
    below = []
    for other, line in log.after(number, 60):
        if not _SAYS.match(line):
            break
        below.append((other, line))
    return [*reversed(above), (number, log[number]), *below]


def _by_code(code: str, said: dict[int, str]) -> tuple[Category, int, str] | None:
    for pattern, category, telling, cause in _MEANINGS:
        if re.fullmatch(pattern, code):
            at = next((other for other, text in said.items() if re.search(telling, text)), 0)
            return category, at, cause
    return None


def _usage(said: dict[int, str]) -> tuple[Category, int, str] | None:
    """Return why npm was not used as it wants: the lock file that `npm ci` needs, or something else."""
    for other, text in said.items():
        if "package-lock.json" in text and (
            "in sync" in text or "existing" in text or "can only install" in text
        ):
            return (
                _C.LOCKFILE_OUT_OF_SYNC,
                other,
                "package-lock.json is missing, or does not fit package.json",
            )
    at = next((other for other, text in said.items() if not _DULL.match(text)), 0)
    return (_C.CONFIGURATION, at, "npm was called in a way that it does not know") if at else None


def _no_file(said: dict[int, str]) -> tuple[Category, int, str] | None:
    for other, text in said.items():
        if "ENOENT" in text and "package.json" in text:
            return _C.CONFIGURATION, other, "there is no package.json where npm was started"
    for other, text in said.items():
        if re.search(r"spawn \S+ ENOENT|(?:git|sh)\b.*ENOENT|not found.*git", text):
            return _C.ENVIRONMENT, other, "npm wanted to run a program that is not installed"
    at = next((other for other, text in said.items() if "ENOENT" in text and not text.startswith(" code")), 0)
    return (_C.CONFIGURATION, at, "a file that npm needs is missing") if at else None


def _package(said: dict[int, str]) -> str:
    for text in said.values():
        if match := re.search(
            r"'(@?[\w./-]+)@[^']*' is not in|No matching version found for (@?[\w./-]+)@", text
        ):
            return match[1] or match[2]
    return ""
