"""Which environment variable a log misses, and the value that a project itself documents for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

__all__ = ["confidential", "documented", "missing_variables", "yaml_value"]

NAME = r"[A-Z][A-Z0-9_]{2,80}"
_MISSED = (
    re.compile(rf"KeyError: ['\"](?P<name>{NAME})['\"]"),
    re.compile(rf"\b(?P<name>{NAME}): (?:unbound variable|parameter (?:null or )?not set)"),
    re.compile(
        rf"\b(?P<name>{NAME})['\"`]? (?:environment variable )?"
        rf"(?:is|was|has|must be|needs to be)(?: not|n't)?"
        rf" (?:been )?(?:set|defined|missing|required|provided|configured|empty|unset|undefined|found)\b"
    ),
    re.compile(
        rf"(?i:environment variable|env(?:ironment)? var|env|variable|setting)s?:? ['\"`$]*"
        rf"(?P<name>{NAME})\b"
    ),
    re.compile(
        rf"(?i:missing|undefined|unset|set|define|provide|export)(?: the| a)? (?i:required )?(?i:environment "
        rf"variable |env var |variable |setting )?['\"`$]*(?P<name>{NAME})\b"
    ),
    re.compile(rf"\b(?P<name>{NAME}) not found\. Declare it as envvar"),
    re.compile(rf"Invalid (?:environment|env)[^\n]*\b(?P<name>{NAME})\b"),
)
_CONFIDENTIAL = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|(?:^|_)PWD|(?:^|_)PASS(?:$|_)|KEY|CREDENTIAL|PRIVATE|HOOK|DSN"
    r"|AUTH|CERT|LICEN[SC]E|SIGNATURE|SALT|(?:^|_)PAT(?:$|_)|COOKIE|SESSION|ACCOUNT"
)
_EXAMPLE = re.compile(
    r"(?:.*/)?(?:\.?env[._-](?:example|sample|template|dist|defaults?|test|ci|testing)"
    r"|(?:example|sample|template)\.env"
    r"|\.env\.(?:example|sample|template|dist|defaults?|test|ci|testing)(?:\.\w+)?)"
)
_COMPOSE = re.compile(r"(?:.*/)?(?:docker-)?compose[\w.-]*\.ya?ml")
_PROSE = re.compile(
    r"(?:.*/)?(?:README|CONTRIBUTING|DEVELOP\w*|HACKING|TESTING|INSTALL|CONFIG\w*)[\w.]*"
    r"|docs?/.*\.(?:md|rst|txt)|[^/]*\.(?:md|rst)",
    re.IGNORECASE,
)
_CODE = re.compile(r".*\.(?:py|js|cjs|mjs|ts|sh|mk)|(?:.*/)?Makefile")
_TEST = re.compile(r"(?:^|/)(?:tests?|testing|spec)/|(?:^|/)test_|_test\.")
_PLACEHOLDER = re.compile(
    r"(?i)<.*>|\[.*\]|change.?me|your[-_ ].*|.*replace.*|x{3,}.*|\.{3}|to.?do|secret.*|placeholder"
    r"|.*example\.(?:com|org)|none|null|n/a|-+|\?+|.*\$\{?\w.*|required|unset|not set|no default|empty"
)
_PLAIN = re.compile(r"[A-Za-z_/.][\w./@+=-]*(?:[:,][\w./@+=-]+)*")
_WORDS = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])
_MOST = 200


def missing_variables(log: str) -> tuple[str, ...]:
    """Return the names of environment variables that a log may miss, in order."""
    found: dict[str, None] = {}
    for line in log.splitlines():
        for pattern in _MISSED:
            for one in pattern.finditer(line):
                found[one["name"]] = None
    return tuple(found)


def confidential(name: str) -> bool:
    """Tell whether a variable by its name holds something that is in no file of a project."""
    return bool(_CONFIDENTIAL.search(name))


def documented(name: str, names: Sequence[str], read: Callable[[str], str]) -> tuple[str, str]:
    """Return the value that a project documents for a variable, and the file that does; "" when none does."""
    for kind, values in (
        (_EXAMPLE, _assigned),
        (_COMPOSE, _composed),
        (_PROSE, _told),
        (_CODE, _coded),
    ):
        for file in [one for one in names if kind.fullmatch(one)][:_MOST]:
            if kind is _CODE and _TEST.search(file):
                continue
            text = read(file)
            if name not in text:
                continue
            found = dict.fromkeys(one for one in values(name, text) if _good(one))
            if len(found) == 1:
                return next(iter(found)), file
            if found:
                return "", ""
    return "", ""


def _good(value: str) -> bool:
    return bool(value) and len(value) <= 200 and not _PLACEHOLDER.fullmatch(value)


def _assigned(name: str, text: str) -> Iterator[str]:
    for one in re.finditer(rf"(?m)^\s*(?:export\s+|set\s+)?{name}\s*=[ \t]*(.*?)[ \t]*$", text):
        yield _unquoted(one[1])


def _unquoted(value: str) -> str:
    if found := re.match(r"""(["'])(.*?)\1\s*(?:#.*)?$""", value):
        return found[2]
    return re.sub(r"\s+#.*$", "", value).strip()


def _composed(name: str, text: str) -> Iterator[str]:
    for one in re.finditer(rf"(?m)^\s*(?:-\s*[\"']?{name}=|{name}:\s+)(.*?)[\"']?\s*$", text):
        value = _unquoted(one[1])
        given = re.fullmatch(rf"\$\{{{name}:?-([^}}]*)\}}", value)
        yield given[1] if given else value


def _told(name: str, text: str) -> Iterator[str]:
    lines = text.splitlines()
    header: list[str] = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []
        if cells and any(cell.lower().startswith("default") for cell in cells):
            header = [cell.lower() for cell in cells]
        elif not cells:
            header = []
        if not re.search(rf"\b{name}\b", line):
            continue
        if header and len(cells) == len(header):
            column = next(number for number, cell in enumerate(header) if cell.startswith("default"))
            yield cells[column].strip("`'\"")
        elif said := re.search(
            rf"{name}\b.*?\bdefaults?(?:\s+(?:is|to|value(?:\s+is)?|of))?[\s:=]+[`\"']+([^`\"'\n]+)[`\"']+",
            line,
            re.I,
        ):
            yield said[1]
        elif said := re.search(rf"(?:^|[`$\s])(?:export\s+)?{name}=([^\s`]+)", line):
            yield _unquoted(said[1])


def _coded(name: str, text: str) -> Iterator[str]:
    patterns = (
        rf"(?:environ\.get|getenv|env(?:\.\w+)?)\(\s*[\"']{name}[\"']\s*,\s*(?:default\s*=\s*)?[\"']([^\"']*)[\"']",
        rf"process\.env\.{name}\s*(?:\|\||\?\?)\s*[\"']([^\"']*)[\"']",
        rf"\$\{{{name}:?[-=]([^}}]*)\}}",
        rf"(?m)^{name}\s*\?=\s*(\S.*?)\s*$",
    )
    for pattern in patterns:
        yield from (one[1] for one in re.finditer(pattern, text))


def yaml_value(value: str) -> str:
    """Return a text as a value of YAML that is read as this text."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not value.startswith("."):
        return value
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'
