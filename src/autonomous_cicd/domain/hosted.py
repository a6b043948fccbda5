"""What a hosted Ubuntu runner has installed, as far as it matters for judging a failure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

__all__ = ["HOSTED", "WITHOUT_PYTHON", "missing_program", "unreachable", "unsigned"]

_WITHOUT_PYTHON = """
: [ [[ awk cargo cat cd cp cut date diff echo env exit export false find git go grep head ls mkdir mv
node npm npx printf pwd rm sed set sleep sort tail test touch tr true uniq wc
"""
WITHOUT_PYTHON = frozenset(_WITHOUT_PYTHON.split())
"""Programs that surely use no Python, so that none has to be made for them."""

_HOSTED = """
ant ansible aria2c autoconf automake aws az bazel bison bundle cabal cargo chromedriver chromium clang
cmake composer conda curl dig docker dotnet file firefox flex g++ gcc gcloud geckodriver gem gh ghc git
git-lfs go google-chrome gpg gradle helm hg java jq julia kotlin kubectl libtool lsof m4 make mvn mysql
nc netcat ninja node npm npx nvm openssl packer parallel patchelf perl php pip pip3 pipx pkg-config pnpm
psql pwsh python python3 R rsync ruby rustc rustup shellcheck sqlite3 ssh stack svn swift tar telnet
terraform time tree unzip upx vcpkg wget xvfb-run xz yarn yq zip zstd
"""
HOSTED = frozenset(_HOSTED.split())
"""Programs that a hosted runner has: their absence here says nothing about the project."""

_ABSENT = re.compile(
    r"(?:^|[ :])(?P<name>[\w.+-]+): (?:command )?not found\s*$"
    r"|(?P<env>[\w.+-]+)\W{0,3}: No such file or directory\s*$"
)


def missing_program(lines: Sequence[str], exit_code: int, called: Collection[str]) -> str:
    """Return the program of a hosted runner whose absence made a script fail; "" when that was not it.

    `lines` are the last ones it printed, `called` the programs that the script itself calls.
    """
    for line in reversed(lines):
        match = _ABSENT.search(line[-500:])
        name = (match["name"] or match["env"]) if match else ""
        if name in HOSTED and (exit_code == 127 or name in called):
            return str(name)
    return ""


_NETWORK = re.compile(
    r"Could not resolve host|Temporary failure in name resolution|Name or service not known"
    r"|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|Network is unreachable|dns error|no such host"
)
_HOST = re.compile(r"https?://[\w.:-]+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b")
_TESTS = re.compile(
    r"^(?:FAILED |ERROR tests?/|E   |not ok |--- FAIL|=+ .*\b\d+ failed)|\b[1-9]\d* fail(?:ed|ing)\b"
)


def unreachable(lines: Sequence[str]) -> str:
    """Return the line that says that a host could not be reached; "" without one, or when tests failed."""
    if any(_TESTS.search(line) for line in lines):
        return ""
    for number, line in enumerate(lines):
        if found := _NETWORK.search(line):
            told = _around(line, found)
            if not _HOST.search(told):
                before = (_HOST.search(one) for one in reversed(lines[max(number - 5, 0) : number]))
                told = next((f"{address[0]}: {told}" for address in before if address), told)
            return told
    return ""


_UNSIGNED = re.compile(r"No compatible signature found in package metadata")


def unsigned(lines: Sequence[str]) -> bool:
    """Tell whether corepack refused what a mirror serves: most mirrors pass no signatures on."""
    return any(_UNSIGNED.search(line) for line in lines)


def _around(line: str, found: re.Match[str]) -> str:
    """Return the part of a line that matters: hosts stand before or behind what was found."""
    start = max(line.rfind("\n", 0, found.start()), found.start() - 80, 0)
    return line[start : found.end() + 80].strip()
