"""Chooses among a package's scripts those that test, check and build it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from autonomous_cicd.domain.project import ToolRole
from autonomous_cicd.ecosystems.node.manifest import Manifest
from autonomous_cicd.ecosystems.node.scripts import Call, expand, parts, reached, unwrapped
from autonomous_cicd.ecosystems.node.tools import by_program
from autonomous_cicd.values import dataclass

__all__ = ["Scripts", "choose_scripts", "rewrites"]

WORD = re.compile(r"[:._\s-]+")
VARIANTS = frozenset(
    (
        *("watch", "dev", "debug", "update", "fix", "ui", "coverage", "cov", "open", "report", "inspect"),
        *("write", "staged", "changed", "serve", "start", "docs", "doc", "site", "website", "storybook"),
        *("release", "deploy", "publish", "install", "clean", "headed", "local", "prod", "production"),
        *("ci", "regen", "snapshot", "snapshots", "snap", "size", "tap", "docker"),
        *("profile", "perf", "bench", "benchmark", "only", "init", "setup", "server", "fixtures", "u"),
    )
)
"""Words in a script's name that say it is for another purpose, or another way to do the same."""

TEST_FIRST = (
    *("test", "test:ci", "test-ci", "ci:test", "test:run", "tests", "test:all", "test:unit", "unit"),
    *("test:node", "test:js", "test:main"),
)
TEST_LIKE = re.compile(r"(?:unit|test|tests|spec)(?:[:._-].+)?|.+[:._-](?:test|tests|spec)")
LINT_FIRST = (
    *("lint", "lint:ci", "lint:check", "check:lint", "check-lint", "lint-check", "lint:all"),
    *("eslint", "lint:code"),
)
LINT_LIKE = re.compile(
    r"(?:eslint|lint|xo|standard|biome|oxlint|stylelint)(?:[:._-].+)?|.+[:._-](?:lint|eslint)"
)
FORMAT_FIRST = (
    *("format:check", "check:format", "format-check", "check-format", "fmt:check", "prettier:check"),
    *("check:prettier", "prettier-check", "check-prettier", "lint:prettier", "lint:format", "style:check"),
    *("format:ci", "format:verify", "format", "fmt", "prettier"),
)
TYPES_FIRST = (
    *("typecheck", "type-check", "types:check", "type:check", "check-types", "check:types", "check-type"),
    *("test:types", "test:typecheck", "test:type", "lint:types", "lint:tsc", "tsc:check", "ts:check"),
    *("check:ts", "check-ts", "tsc", "types", "test:ts", "lint:ts", "ts"),
)
TYPES_LIKE = re.compile(r"(?:.+[:._-])?(?:types?|typecheck|tsc)(?:[:._-].+)?")
BUILD_FIRST = ("build", "compile", "build:all")
WHOLE = ("ci", "check", "verify", "validate")
"""Scripts that do everything; used where nothing else is there."""

WATCHING = frozenset(("--watch", "--watchAll", "--watch=true", "--watchAll=true"))
WATCHING_BY_LETTER = frozenset(("mocha", "ava", "vitest", "tsc"))
"""Programs whose `-w` means to watch; jest's means workers, npm's a workspace."""
ROLES = (ToolRole.LINTER, ToolRole.FORMATTER, ToolRole.TYPE_CHECKER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """What the scripts of a package are for; each is empty when there is none."""

    test: tuple[str, ...] = ()
    other_tests: tuple[str, ...] = ()
    """Scripts that test something, too, but that the test does not run."""
    lint: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()
    """All scripts that the test runs."""


def choose_scripts(manifest: Manifest) -> Scripts:
    """Return the scripts of a package by purpose; what its test runs anyway is not named again."""
    scripts = {name: script for name in manifest.scripts if (script := manifest.script(name))}
    test = pick(scripts, TEST_FIRST, TEST_LIKE, without=(*TYPES_FIRST, *LINT_FIRST))
    test = test or tuple(name for name in WHOLE if tested(scripts, name))[:1]
    covered = {name for one in test for name in reached(one, scripts)}
    done = tuple(call for one in test for call in expand(one, scripts))
    checked = first_fitting(scripts, TYPES_FIRST, is_type_check) or all_type_checks(scripts)
    named = first_fitting(scripts, FORMAT_FIRST, is_format_check)
    lint = fresh(pick(scripts, LINT_FIRST, LINT_LIKE, without=(*checked, *named)), scripts, covered, done)
    beyond = covered.union(*(reached(name, scripts) for name in lint))
    done = (*done, *(call for one in lint for call in expand(one, scripts)))
    types = fresh(checked, scripts, beyond, done)
    formatted = fresh(named, scripts, beyond, done)
    known = beyond.union(types, formatted)
    similar = tops([name for name in scripts if TEST_LIKE.fullmatch(name) and plain(name)], scripts)
    return Scripts(
        test=test,
        lint=lint,
        types=types,
        format=formatted,
        build=tuple(n for n in first_fitting(scripts, BUILD_FIRST, bool) if n not in covered),
        other_tests=tuple(n for n in similar if n not in known and not watches(scripts[n])),
        covered=frozenset(covered),
    )


def pick(
    scripts: Mapping[str, str], first: Sequence[str], like: re.Pattern[str], *, without: Iterable[str]
) -> tuple[str, ...]:
    """Return the first script of the usual names, or else all whose names look like it."""
    usual = [name for name in first if name in scripts and not watches(scripts[name])]
    if usual:
        return (usual[0],)
    left_out = frozenset(without)
    similar = [n for n in scripts if like.fullmatch(n) and plain(n) and not watches(scripts[n])]
    return tops([name for name in similar if name not in left_out], scripts)


def first_fitting(
    scripts: Mapping[str, str], first: Sequence[str], fits: Callable[[Sequence[Call]], bool]
) -> tuple[str, ...]:
    """Return the first script of the usual names whose programs fit."""
    return next(((name,) for name in first if name in scripts and fits(expand(name, scripts))), ())


def all_type_checks(scripts: Mapping[str, str]) -> tuple[str, ...]:
    """Return the scripts that check types under names of the project's own."""
    similar = [name for name in scripts if TYPES_LIKE.fullmatch(name) and plain(name)]
    return tops([name for name in similar if is_type_check(expand(name, scripts))], scripts)


def tops(names: Sequence[str], scripts: Mapping[str, str]) -> tuple[str, ...]:
    """Return those scripts that none of the others runs."""
    inner = {other for name in names for other in reached(name, scripts) if other != name}
    return tuple(name for name in names if name not in inner)


def fresh(
    names: Iterable[str], scripts: Mapping[str, str], covered: Iterable[str], done: Sequence[Call]
) -> tuple[str, ...]:
    """Return those scripts that do something that was not done already."""
    known = frozenset(covered)
    before = checkers(done)
    kept = []
    for name in names:
        now = checkers(expand(name, scripts))
        if name not in known and not (now and now <= before):
            kept.append(name)
    return tuple(kept)


def checkers(calls: Iterable[Call]) -> frozenset[str]:
    """Return the names of the tools among programs that check something."""
    return frozenset(known.name for known, _ in by_program(calls) if known.role in ROLES)


def plain(name: str) -> bool:
    """Return whether a script's name says that it does the thing itself, once, here."""
    return VARIANTS.isdisjoint(WORD.split(name.lower()))


def tested(scripts: Mapping[str, str], name: str) -> bool:
    """Return whether a script starts a test runner."""
    if name not in scripts:
        return False
    return any(known.role is ToolRole.TEST_RUNNER for known, _ in by_program(expand(name, scripts)))


def watches(script: str) -> bool:
    """Return whether a script waits for changes instead of ending."""
    return any(
        not WATCHING.isdisjoint(call.arguments)
        or (call.program in WATCHING_BY_LETTER and "-w" in call.arguments)
        for words in parts(script)
        for call in unwrapped(words)
    )


def is_type_check(calls: Sequence[Call]) -> bool:
    """Return whether programs check types and do not build anything."""
    if any(known.role is ToolRole.BUILD_BACKEND for known, _ in by_program(calls)):
        return False
    return any(
        known.role is ToolRole.TYPE_CHECKER or known.name == "tsd" or "--typecheck" in call.arguments
        for known, call in by_program(calls)
    ) or any(call.program in ("dtslint", "attw", "tstyche") for call in calls)


def is_format_check(calls: Sequence[Call]) -> bool:
    """Return whether programs look at the format and leave the files alone."""
    asks = frozenset(("--check", "-c", "--list-different", "-l", "check", "ci"))
    found = [call for known, call in by_program(calls) if known.role in (ToolRole.FORMATTER, ToolRole.LINTER)]
    return not rewrites(found) and any(not asks.isdisjoint(call.arguments) for call in found)


def rewrites(calls: Iterable[Call]) -> bool:
    """Return whether programs change the project's sources."""
    changing = frozenset(("--fix", "--write", "--apply", "--fix-dangerously"))
    for known, call in by_program(calls):
        if known.role in (ToolRole.LINTER, ToolRole.FORMATTER):
            shortly = known.name == "prettier" and "-w" in call.arguments
            if shortly or not changing.isdisjoint(call.arguments):
                return True
    return False
