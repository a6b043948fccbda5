"""Packages: what the package managers of this machine know, asked through them as they are configured."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from autonomous_cicd.domain.pipeline import Limits
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.domain.release import Release
from autonomous_cicd.domain.workflow import Json
from autonomous_cicd.errors import Unavailable, UsageError
from autonomous_cicd.ports import Execution, Runner
from autonomous_cicd.values import dataclass

__all__ = ["IndexPackages", "npm_releases", "python_releases", "valid_name"]

SECONDS = 60.0
OUTPUT = 24_000_000
KEPT = 2_000
"""Packages whose releases are remembered."""

NAMES = {
    "python": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,118}[A-Za-z0-9])?", re.ASCII),
    "node": re.compile(r"(?:@[a-z0-9~][a-z0-9._~-]{0,100}/)?[A-Za-z0-9~_][A-Za-z0-9._~-]{0,212}", re.ASCII),
}
UNKNOWN = "UNKNOWN"
"""What the question to pip prints when no index has the package."""

ASK = """
import json, sys
from pip._internal.commands.index import IndexCommand

class Ask(IndexCommand):
    def run(self, options, args):
        urls = [] if options.no_index else [options.index_url, *options.extra_index_urls]
        with self._build_session(options) as session:
            for url in urls:
                if not url.startswith("http"):
                    continue
                page = session.get(
                    url.rstrip("/") + "/" + args[0] + "/",
                    headers={"Accept": "application/vnd.pypi.simple.v1+json"},
                )
                if page.status_code == 404:
                    continue
                page.raise_for_status()
                files = page.json()["files"]
                keys = ("filename", "requires-python", "upload-time", "yanked")
                print(json.dumps([{key: one.get(key) for key in keys} for one in files]))
                return 0
        print("UNKNOWN")
        return 0

sys.exit(Ask("index", "").main(["--quiet", "--", *sys.argv[1:]]))
"""
"""Asks the configured index with pip's own session, so with its certificates, proxies and credentials.

It runs in a process of its own: what is pip's own business is not loaded into ours.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program said."""

    exit_code: int
    text: str


class IndexPackages:
    """Implements `Packages` with npm, and with pip where an interpreter has it, or uv can bring it.

    What was answered is remembered as long as the process lives.
    """

    def __init__(
        self, runner: Runner, *, env: Mapping[str, str], pythons: Sequence[str] = ("python3", "python")
    ) -> None:
        """Ask programs that run in this environment, which has no credentials of ours."""
        self._runner = runner
        self._env = env
        self._pythons = tuple(pythons)
        self._known: dict[tuple[str, str], tuple[Release, ...]] = {}

    async def releases(self, ecosystem: str, name: str) -> tuple[Release, ...]:
        """Return the versions of a package, the newest first; see `Packages`.

        A name that no package can have is unknown, and nobody is asked about it.
        """
        if ecosystem not in NAMES:
            raise UsageError(f"there is no package index for {ecosystem!r}", hint="`python` or `node`")
        if not valid_name(ecosystem, name):
            return ()
        key = (ecosystem, re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "python" else name)
        if key not in self._known:
            asked = self._npm(name) if ecosystem == "node" else self._python(key[1])
            found = await asked
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[key] = found
        return self._known[key]

    async def _npm(self, name: str) -> tuple[Release, ...]:
        each = ("version", "engines", "type", "exports", "deprecated")
        details, whole = await asyncio.gather(
            self._ask("npm", "view", "--json", "--", f"{name}@>=0", *each),
            self._ask("npm", "view", "--json", "--", name, "versions", "time", "dist-tags"),
        )
        if whole.exit_code:
            if re.search(r"\bE404\b", whole.text):
                return ()
            raise Unavailable(f"npm could not say which versions of {name} there are: {_last(whole.text)}")
        return npm_releases(_json(whole.text), _json(details.text) if details.exit_code == 0 else None)

    async def _python(self, name: str) -> tuple[Release, ...]:
        said = ""
        ways: list[tuple[str, ...]] = [(python, "-c", ASK, name) for python in self._pythons]
        ways.append(("uv", "run", "--quiet", "--no-project", "--with", "pip", "python", "-c", ASK, name))
        for argv in ways:
            answer = await self._ask(*argv)
            if answer.exit_code == 0 and UNKNOWN in answer.text.split():
                return ()
            if answer.exit_code == 0 and isinstance(files := _json(answer.text), list):
                return python_releases(files)
            said = answer.text or said
        raise Unavailable(f"pip could not say which versions of {name} there are: {_last(said)}")

    async def _ask(self, *argv: str) -> Answer:
        said: list[bytes] = []
        with tempfile.TemporaryDirectory(prefix="packages-") as folder:
            outcome = await self._runner.run(
                Execution(
                    argv=argv,
                    cwd=Path(folder),
                    env={**self._env, "npm_config_update_notifier": "false", "npm_config_loglevel": "error"},
                    limits=Limits(seconds=SECONDS, output=OUTPUT),
                    writable=(Path(folder),),
                ),
                said.append,
            )
        text = b"".join(said).decode("utf-8", "replace")
        return Answer(exit_code=outcome.exit_code or (124 if outcome.timed_out else 0), text=text)


def valid_name(ecosystem: str, name: str) -> bool:
    """Whether a package of an ecosystem can have this name."""
    return NAMES[ecosystem].fullmatch(name) is not None


def npm_releases(whole: Json, details: Json) -> tuple[Release, ...]:
    """Read what `npm view` says of a package, and of each of its final versions."""
    about = whole if isinstance(whole, dict) else {}
    listed = about.get("versions")
    versions = [listed] if isinstance(listed, str) else _texts(listed)
    times = about.get("time")
    tags = about.get("dist-tags")
    latest = tags.get("latest") if isinstance(tags, dict) else None
    rows = details if isinstance(details, list) else [details]
    known = {row.get("version"): row for row in rows if isinstance(row, dict)}
    found = []
    for version in versions:
        row = known.get(version, {})
        engines = row.get("engines")
        node = engines.get("node") if isinstance(engines, dict) else None
        found.append(
            Release(
                version=version,
                published=_moment(times.get(version) if isinstance(times, dict) else None),
                engines=node if isinstance(node, str) else "",
                module=row.get("type") == "module" and not _required(row.get("exports")),
                default=version == latest,
                deprecated=bool(row.get("deprecated")),
            )
        )
    return _newest_first(found)


def python_releases(files: Iterable[Json]) -> tuple[Release, ...]:
    """Read the files of a project as an index lists them."""
    found: dict[str, Release] = {}
    for row in files:
        if not isinstance(row, dict) or not isinstance(name := row.get("filename"), str):
            continue
        version = _version_of(name)
        if not version:
            continue
        before = found.get(version)
        wanted = row.get("requires-python")
        moment = _moment(row.get("upload-time"))
        moments = [one for one in (moment, before.published if before else 0.0) if one]
        found[version] = Release(
            version=version,
            published=min(moments, default=0.0),
            requires_python=(before.requires_python if before else "")
            or (wanted if isinstance(wanted, str) else ""),
            yanked=row.get("yanked") not in (None, False) and (before is None or before.yanked),
        )
    return _newest_first(found.values())


def _version_of(file: str) -> str:
    """Return the version that the name of a wheel or a source archive tells."""
    if file.endswith(".whl"):
        parts = file.split("-")
        return parts[1].replace("_", "-") if len(parts) >= 5 else ""
    stem = re.sub(r"\.(?:tar\.(?:gz|bz2|xz|Z)|zip|tgz)$", "", file)
    if stem == file:
        return ""
    match = re.search(r"-v?(\d[^-]*(?:-(?:a|b|rc|alpha|beta|post|dev)[^-]*)?)$", stem)
    return match[1] if match else ""


def _newest_first(releases: Iterable[Release]) -> tuple[Release, ...]:
    def key(one: Release) -> tuple[tuple[float, ...], float]:
        version = parse_version(one.version)
        if version is None:
            return (-1.0,), one.published
        more = re.findall(r"\d+", one.version)[3:4]
        return (*version.key(), float(more[0][:9]) if more and not version.pre else 0.0), one.published

    return tuple(sorted(releases, key=key, reverse=True))


def _required(exports: Json, depth: int = 6) -> bool:
    """Whether the entry points of a package have one for `require`."""
    if isinstance(exports, dict) and depth:
        return any(key == "require" or _required(value, depth - 1) for key, value in exports.items())
    if isinstance(exports, list) and depth:
        return any(_required(value, depth - 1) for value in exports)
    return isinstance(exports, str) and exports.endswith(".cjs")


def _moment(value: Json) -> float:
    """Return a time of an index in seconds since the epoch; 0 when it is none."""
    if not isinstance(value, str):
        return 0.0
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _texts(value: Json) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _json(text: str) -> Json:
    """Return what a program printed as JSON; None when it is none. Warnings before it do no harm."""
    for start in sorted(at for at in (text.find("{"), text.find("[")) if at >= 0):
        try:
            value: Json = json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _last(text: str) -> str:
    """Return the last telling line."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "complete log" not in line]
    return lines[-1][:200] if lines else "it said nothing"
