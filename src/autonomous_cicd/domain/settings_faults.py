"""Settings that a tool does not know, or no longer takes, and the lines that put them right."""

from __future__ import annotations

import difflib
import re

from autonomous_cicd.values import dataclass

__all__ = ["Unknown", "renamed", "unknown_settings", "without_comments", "without_option"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A setting that a tool does not know."""

    key: str
    known: tuple[str, ...] = ()
    """Those that it knows, as far as that is known."""
    removed: bool = False
    """Whether the tool says itself that the setting is to be removed."""


_PYTEST = (
    *("addopts", "testpaths", "markers", "filterwarnings", "minversion", "python_files", "python_classes"),
    *(
        "python_functions",
        "norecursedirs",
        "xfail_strict",
        "log_cli",
        "log_cli_level",
        "log_level",
        "log_file",
    ),
    *("junit_family", "pythonpath", "console_output_style", "usefixtures", "cache_dir", "required_plugins"),
    *(
        "empty_parameter_set_mark",
        "faulthandler_timeout",
        "doctest_optionflags",
        "log_format",
        "log_date_format",
    ),
)
_PROJECT = (
    *("name", "version", "description", "readme", "requires-python", "license", "license-files", "authors"),
    *(
        "maintainers",
        "keywords",
        "classifiers",
        "urls",
        "scripts",
        "gui-scripts",
        "entry-points",
        "dependencies",
    ),
    *("optional-dependencies", "dynamic"),
)
_BLACK = (
    *("line-length", "target-version", "skip-string-normalization", "preview", "include", "exclude"),
    *("extend-exclude", "force-exclude", "required-version", "workers", "skip-magic-trailing-comma", "check"),
    *("color", "diff", "fast", "quiet", "verbose", "unstable", "enable-unstable-feature", "pyi", "ipynb"),
)
_FORMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"[Uu]nknown config option: (?P<key>[\w-]+)"), _PYTEST),
    (re.compile(r"Invalid config keys detected: '(?P<key>[\w-]+)'"), _BLACK),
    (re.compile(r"`project` must not contain \{'(?P<key>[\w-]+)'\} properties"), _PROJECT),
    (re.compile(r"unknown field `(?P<key>[\w-]+)`(?:, expected (?:one of )?(?P<known>[^\n]*))?"), ()),
    (re.compile(r"Additional properties are not allowed \('(?P<key>[\w-]+)' was unexpected\)"), ()),
    (re.compile(r"Unknown compiler option '(?P<key>\w+)'(?:\. Did you mean '(?P<known>\w+)')?"), ()),
    (re.compile(r"Unrecognized option:? '?(?:\[\w+\] )?(?P<key>[\w-]+)"), ()),
    (
        re.compile(
            r"[Uu]nknown (?:option|key|setting|property|configuration(?: option| key)?) [`'\"](?P<key>[\w-]+)"
        ),
        (),
    ),
)
_REMOVED = re.compile(r"Option '(?P<key>\w+)' has been removed\. Please remove it from your configuration")


def unknown_settings(log: str) -> tuple[Unknown, ...]:
    """Return the settings of which a log says that a tool does not know them, in order."""
    found: dict[Unknown, None] = {}
    for line in log.splitlines():
        for pattern, known in _FORMS:
            for one in pattern.finditer(line):
                told = one.groupdict().get("known")
                listed = tuple(re.findall(r"[\w-]+", told.replace("expected", ""))) if told else known
                found[Unknown(one["key"], listed)] = None
        for one in _REMOVED.finditer(line):
            found[Unknown(one["key"], removed=True)] = None
    return tuple(found)


def renamed(text: str, unknown: Unknown) -> str:
    """Return a settings file with a misspelt key as it is spelt; "" when nothing known looks like it."""
    near = difflib.get_close_matches(unknown.key, unknown.known, n=2, cutoff=0.8)
    if not near or near[0] == unknown.key:
        return ""
    pattern = re.compile(rf"(?m)^(\s*[\"']?){re.escape(unknown.key)}(?=[\"']?\s*[=:])")
    found = pattern.findall(text)
    return pattern.sub(lambda one: f"{one[1]}{near[0]}", text) if len(found) == 1 else ""


def without_option(text: str, key: str) -> str:
    """Return a file of settings in JSON, which may hold comments, without an option of one line."""
    line = re.compile(
        rf"(?m)^[ \t]*\"{re.escape(key)}\"[ \t]*:[ \t]*(?:\"[^\"\n]*\"|[\w.+-]+)[ \t]*(?P<comma>,?)[^\n]*\n"
    )
    found = line.search(text)
    if not found or line.search(text, found.end()):
        return ""
    before, after = text[: found.start()], text[found.end() :]
    if not found["comma"] and re.match(r"\s*\}", after):
        before = re.sub(r",(\s*)$", r"\1", before)
    return before + after


def without_comments(text: str) -> str:
    """Return flake8's settings without comments behind values, which it takes for codes; "" without any."""
    lines, inside, changed = text.split("\n"), False, False
    for number, line in enumerate(lines):
        if line.startswith("["):
            inside = line.startswith("[flake8")
        elif (
            inside
            and (found := re.match(r"(\s*\S[^#\n]*?)\s+#.*$", line))
            and not line.lstrip().startswith("#")
        ):
            lines[number] = found[1]
            changed = True
    return "\n".join(lines) if changed else ""
