"""What JavaScript's package managers say when versions do not go together; ranges in the style of others."""

from __future__ import annotations

import json
import re

from autonomous_cicd.values import dataclass

__all__ = ["BadEngine", "NoVersion", "PeerConflict", "bad_engine", "no_version", "peer_conflict", "restyled"]

NAME = r"(?:@[\w.~-]+/)?[\w.~-]+"
TARGET = (
    re.compile(
        rf"No matching version found for (?P<name>{NAME})@(?P<wanted>[^\s'\"]\S*?|'[^']+'|\"[^\"]+\")"
        r"(?: with a date before.*| inside the workspace)?\.?\s*$",
        re.MULTILINE,
    ),
    re.compile(r"Couldn't find any versions for \"(?P<name>[^\"]+)\" that matches \"(?P<wanted>[^\"]+)\""),
    re.compile(rf"(?P<name>{NAME})@npm:(?P<wanted>[^:\s]+): No candidates found"),
)
EDGE = re.compile(
    rf"(?P<kind>peer |peerOptional |dev |optional )?(?P<name>{NAME})"
    r"@\"(?P<wanted>[^\"]*)\" from (?P<by>.+?)\s*$"
)
FOUND = re.compile(rf"Found: (?P<name>{NAME})@(?P<version>\S+)")
ENGINE = (
    re.compile(rf"Not compatible with your version of node/npm: (?P<name>{NAME})@(?P<version>[\w.+-]+)"),
    re.compile(rf"Unsupported engine for (?P<name>{NAME})@(?P<version>[\w.+-]+)"),
    re.compile(rf"error (?P<name>{NAME})@(?P<version>[\w.+-]+): The engine \"node\" is incompatible"),
)
REQUIRED = re.compile(r"(?:Required|wanted): (?P<json>\{.*?\})|Expected version \"(?P<wanted>[^\"]+)\"")
ACTUAL = re.compile(r"\"node\": ?\"v?(?P<a>\d[\d.]*)\"|Got \"v?(?P<b>\d[\d.]*)\"")
STYLE = re.compile(r"(?P<head>workspace:|npm:)?(?P<operator>[~^]|>=|=|)v?\d")


@dataclass(frozen=True, slots=True)
class NoVersion:
    """A version, or a range without one, that nobody published."""

    package: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerConflict:
    """Two dependencies of the project of which one does not accept the other."""

    found: str = ""
    """The package that is there in a version that another one does not accept."""
    found_version: str = ""
    peer_range: str = ""
    """What the other one accepts."""
    demanders: tuple[str, ...] = ()
    """Who does not accept it, then what brings that in."""
    everybody: tuple[str, ...] = ()
    """All packages that take part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEngine:
    """A package that does not run on this Node."""

    package: str
    wanted: str = ""
    node: str = ""


def no_version(log: str) -> NoVersion | None:
    """Return what could not be found."""
    for pattern in TARGET:
        if match := pattern.search(log):
            return NoVersion(match["name"], match["wanted"].strip("'\""))
    return None


def peer_conflict(log: str) -> PeerConflict | None:
    """Return what npm says of the first conflict; None when it says nothing that can be read."""
    if "ERESOLVE" not in log:
        return None
    lines = [re.sub(r"^.*?npm (?:ERR!|error)", "", line) for line in log.splitlines() if "npm " in line]
    start = next((at for at, line in enumerate(lines) if "While resolving" in line or "Found:" in line), 0)
    found = next((match for line in lines[start:] if (match := FOUND.search(line))), None)
    at = next(
        (n for n, line in enumerate(lines) if n >= start and "Could not resolve dependency" in line), -1
    )
    if at < 0:
        return None
    above, below = _edges(lines[start:at]), _edges(lines[at:])
    if not below:
        return None
    first = below[0]
    name = found["name"] if found else first["name"]
    everybody = [one for edge in (*below, *above) for one in (edge["name"], _package(edge["by"])) if one]
    demanders = [one for edge in below for one in (edge["name"], _package(edge["by"])) if one != name]
    peer = next((edge["wanted"] for edge in below if edge["name"] == name and edge["kind"]), "")
    return PeerConflict(
        found=name,
        found_version=found["version"] if found else "",
        peer_range=peer,
        demanders=tuple(dict.fromkeys(one for one in demanders if one)),
        everybody=tuple(dict.fromkeys(everybody)),
    )


def _edges(lines: list[str]) -> list[re.Match[str]]:
    return [match for line in lines if (match := EDGE.search(line))]


def _package(by: str) -> str:
    """Return the package that an edge comes from; "" when that is the project itself."""
    match = re.match(rf"({NAME})@\d", by)
    return match[1] if match else ""


def bad_engine(log: str) -> BadEngine | None:
    """Return which package does not run on this Node; None when the log names none."""
    for pattern in ENGINE:
        match = pattern.search(log)
        if match is None:
            continue
        rest = log[match.start() : match.start() + 800]
        wanted, actual = REQUIRED.search(rest), ACTUAL.findall(rest)
        node = next((a or b for a, b in reversed(actual)), "")
        return BadEngine(package=match["name"], wanted=_engine(wanted), node=node)
    return None


def _engine(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    if match["wanted"]:
        return match["wanted"]
    try:
        value = json.loads(match["json"])
    except ValueError:
        return ""
    node = value.get("node") if isinstance(value, dict) else None
    return node if isinstance(node, str) else ""


def restyled(wanted: str, version: str) -> str:
    """Return a range for another version, written as the old one: pinned, with `~`, with `^`."""
    match = STYLE.match(wanted.strip())
    if match is None or " " in wanted.strip() or "|" in wanted or match["operator"] == ">=":
        return f"^{version}"
    return f"{match['head'] or ''}{match['operator']}{version}" if match["head"] != "npm:" else f"^{version}"
