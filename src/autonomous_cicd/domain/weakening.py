"""Weakening: words in a change that hide a failure instead of mending it.

Words are counted in the whole text before and after: what was there already, wherever it went, is no news.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from enum import Enum, auto

from autonomous_cicd.domain.file_kinds import (
    holds_checks,
    is_document,
    is_lock,
    is_manifest,
    is_requirements,
    is_test,
    is_workflow,
    sets_rules,
)
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange
from autonomous_cicd.values import dataclass

__all__ = ["plain_requirement", "weakened"]


class _Where(Enum):
    """Where a mark is never right; elsewhere a person is asked."""

    ANYWHERE = auto()
    CHECKS = auto()
    """In files that say what is checked, and how strictly; in code the words may mean something else."""
    NOWHERE = auto()


@dataclass(frozen=True, slots=True)
class _Mark:
    pattern: re.Pattern[str]
    what: str
    where: _Where
    lost: bool = False
    """Whether it is its loss that weakens."""
    only: Callable[[str], bool] | None = None
    """The files in which it means something."""


def _mark(
    what: str,
    where: _Where,
    *patterns: str,
    lost: bool = False,
    only: Callable[[str], bool] | None = None,
) -> _Mark:
    return _Mark(re.compile("|".join(patterns), re.IGNORECASE), what, where, lost, only)


def _is_written(name: str) -> bool:
    """Whether people write a file: a lock file names indexes and sources all over."""
    return not is_lock(name)


_ALL, _CHECKS, _ASK = _Where.ANYWHERE, _Where.CHECKS, _Where.NOWHERE

_MARKS = (
    _mark(
        "skips a test",
        _ALL,
        r"\bskip(?:if|unless|test)\b",
        r"@(?:pytest\.mark\.|unittest\.|mark\.)?skip\b",
        r"\bpytest\.(?:skip|importorskip|exit)\b",
        r"\bself\.skiptest\b|\braise\s+(?:unittest\.)?skiptest",
        r"\b(?:it|test|describe|context|suite|specify|bench)\.(?:skip|todo|only|fails|failing|fixme)\b",
        r"\b[xf](?:it|describe|context|test|specify)\s*\(",
        r"\bt\.(?:skip|skipnow|skipf|todo)\b",
        r"#\[ignore\b|#\[cfg\(not\(test",
        r"@(?:disabled|ignore)(?:if\w*|on\w*)?\b(?=\s*(?:\(|$))",
        r"\bmarktest(?:skipped|incomplete)|\bgtest_skip|\bdisabled_\w*test|\bskip_test\b",
        r"-d?skiptests?\b|-dmaven\.test\.(?:skip|failure\.ignore)|maven\.test\.(?:skip|failure\.ignore)|testfailureignore",
        r"\[fact\(skip|\[ignore\b|\btodo_skip\b",
    ),
    _mark("expects a test to fail", _ALL, r"xfail\w*", r"\bexpectedfailure\b", r"#\[should_panic"),
    _mark(
        "leaves tests out",
        _ALL,
        r"\bcollect_ignore\w*",
        r"--deselect\b\S*",
        r"--ignore-glob\b\S*",
        r"__test__\s*=\s*false",
    ),
    _mark("leaves something out", _CHECKS, r"--ignore\b(?!-scripts\b|-engines\b)\S*(?:[ =][\w./*-]+)?"),
    _mark("leaves tests out by name", _CHECKS, r"-k\s*['\"]?not\b[^'\"]*", r"-m\s*['\"]?not\b[^'\"]*"),
    _mark(
        "silences a linter",
        _ALL,
        r"\bnoqa\b(?::?\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?",
        r"eslint-disable[\w-]*[^*\n]*|tslint:disable|jshint\s+ignore|biome-ignore|prettier-ignore|stylelint-disable|oxlint-disable",
        r"pylint:\s*(?:disable|skip)\S*|ruff:\s*noqa|flake8:\s*noqa|isort:\s*skip|fmt:\s*(?:off|skip)|yapf:\s*disable",
        r"#\s*nosec\b|\bnosonar\b|\bnolint\w*|rubocop:\s*(?:disable|todo)\S*|phpcs:\s*(?:ignore|disable)|shellcheck\s+disable\S*",
        r"@suppress(?:warnings|lint)?\b|@phan-suppress|@psalm-suppress|@phpstan-ignore|swiftlint:\s*disable|ktlint-disable",
        r"#!?\[(?:cfg_attr\([^]]*)?allow\(|clang-format\s+off|credo:\s*disable|hadolint\s+ignore|yamllint\s+disable|bandit:\s*skip",
        r"#pragma\s+warning\s+disable|#pragma\s+(?:gcc|clang)\s+diagnostic\s+ignored|\bnosemgrep\b|checkstyle:\s*off|nopmd\b",
    ),
    _mark(
        "silences a type checker",
        _ALL,
        r"type:\s*ignore(?:\[[^\]]*\])?",
        r"@ts-(?:ignore|nocheck|expect\S*)",
        r"pyright:\s*(?:ignore|basic|off)\S*|mypy:\s*(?:ignore|disable|allow)\S*|pyre-(?:ignore|fixme)|ty:\s*ignore",
        r"@flow\s+(?:off|disable)|\$flow(?:fixme|ignore)|sorbet:\s*typed:\s*(?:false|ignore)|@no_type_check",
    ),
    _mark(
        "takes code out of the coverage",
        _ALL,
        r"pragma:\s*no\s*(?:cover|branch)",
        r"(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)|coverage:\s*ignore|codecoverageignore|lcov_excl|simplecov.*:nocov:|:nocov:",
        r"excludefromcodecoverage|#\[coverage\(off",
    ),
    _mark(
        "goes on after a failure",
        _CHECKS,
        r"\|\|\s*(?:true|:|exit 0)",
        r"\|\|\s*(?:exit\s+0|echo\b|printf\b|/bin/true|return\s+0|continue\b|test\b|\(exit 0\)|\{)",
        r";\s*(?:true|:)\s*(?:$|['\"])",
        r"continue-on-error",
        r"\ballow_failures?\b",
        r"\ballowed_failures\b",
        r"\bset \+e\b|\bset\s+\+(?:o\s+(?:errexit|pipefail)|[a-z]*e)",
        r"\bbash\s+\+e|shell:.*\{0\}|\bsetopt\s+no_?err",
        r"(?:^|[;&|]\s*|run:\s*)exit\s+0\b",
        r"\bignore_(?:errors|outcome|failures?|exit_code)|\bignore-?exit-?code\b|\|\s*cat\s*$",
        r"--exit-zero\S*|--no-exit-code|--no-error-on-\S+|--passwithnotests|--allow-(?:no-tests|empty)\b|--no-fail\b|--keep-going\b",
        r"--suppress-no-test-exit-code|--pass-with-no-tests|--forceexit|--no-bail",
        r"failonerror\s*[=:>]\s*[\"']?false|ignorefailures\s*[=:]?\s*\(?\s*true|haltonfailure\s*=\s*[\"']?no",
        r"\bif:\s*[\"']?(?:\$\{\{\s*)?(?:false|always\(\)|!cancelled\(\)|success\(\)\s*\|\|\s*failure\(\))",
    ),
    _mark("ends a run before its tests can fail", _CHECKS, r"--maxfail\b\S*"),
    _mark(
        "installs without what it needs, or unchecked",
        _CHECKS,
        r"--no-deps\b|--no-dependencies\b|--nodeps\b",
        r"--trusted-host\b\S*|trusted-host\s*=|strict-ssl\s*=?\s*false|node_tls_reject_unauthorized|sslverify\s*=?\s*false|--insecure\b|curl\s+-\w*k",
        r"--no-verify\b\S*|--no-check-certificate|--no-gpg-checks?|--allow-unauthenticated|--no-audit-level|husky\s*=\s*0",
        r"legacy-peer-deps\S*|--force(?![-\w])|--no-strict\S*|--ignore-requires-python|--ignore-engines|strict-peer-dependencies\s*=\s*false",
        r"--break-system-packages|--no-lockfile\b|--no-frozen-lockfile|--no-immutable|--no-package-lock\b|--no-build-isolation\b",
        r"--no-verify-hashes|--no-require-hashes|gosumdb\s*=\s*off|goflags\s*=.*-insecure|gonosum\w+|goinsecure|--ignore-platform-reqs?\S*",
        r"chmod\s+(?:-r\s+)?0?777",
    ),
    _mark(
        "makes a tool less strict",
        _CHECKS,
        r"ignore_missing_imports|ignore_errors",
        r"disable_error_code|--disable-error-code\S*",
        r"follow_imports\S*|--follow-imports\S*|follow_untyped_imports",
        r"per-file-ignores|extend-ignore|extend-per-file-ignores|--extend-exclude\S*|--extend-ignore\S*",
        r"--allow-(?:untyped|redefinition|any|subclassing)\S*|--no-warn\S*|--no-strict\S*|--no-check-untyped\S*|implicit_reexport\s*=\s*true",
        r"skiplibcheck|--skiplibcheck|\"?strict\w*\"?\s*[:=]\s*false",
        r"\bignore:{1,2}\w*warning\S*|\bpythonwarnings\s*[:=]\s*[\"']?ignore|-w\s*[\"']?ignore\S*|simplefilter\(\s*[\"']ignore",
        r"-wno-\S+|-fpermissive|--cap-lints\b\S*|-a\s+(?:warnings|clippy::\S+)|node_no_warnings|--no-warnings|--no-deprecation",
        r"fail_ci_if_error\s*:\s*false|--no-cov\b\S*|--no-coverage\b|--no-lint\b|--nolint\b|--disable-warnings|-p\s+no:\w+",
        r"--no-enforce\w*|--soft-fail\b|--fail-under[ =]0\b",
    ),
    _mark("sets a coverage threshold", _CHECKS, r"\bfail[_-]under\b"),
    _mark(
        "does something else when it is tested",
        _ALL,
        r"pytest_current_test|jest_worker_id|vitest_worker_id",
        r"[\"']pytest[\"']\s+in\s+sys\.modules|\bnode_env\b.{0,12}[\"']test[\"']|__coverage__",
    ),
    _mark(
        "ends the program as if all were well",
        _ASK,
        r"\bos\._exit\(\s*0",
        r"\bsys\.exit\(\s*0?\s*\)",
        r"\bprocess\.exit\(\s*0?\s*\)",
        r"\bprocess\.exitcode\s*=\s*0",
        r"\bsession\.exitstatus\s*=",
        r"\bos\.exit\(\s*0",
    ),
    _mark("says that something is skipped", _CHECKS, r"\bskip\b"),
    _mark(
        "asks for rights",
        _ASK,
        r"\b[\w-]+:\s*[\"']?write\b",
        r"--privileged\b",
        r"\bself-hosted\b",
        only=is_workflow,
    ),
    _mark(
        "gives rights away",
        _CHECKS,
        r"\bwrite-all\b",
        r"\bpull_request_target\b",
        r"\bworkflow_run\b",
        r"\bsecrets:\s*inherit\b",
        only=is_workflow,
    ),
    _mark("reads a secret", _ASK, r"\bsecrets\.(?!github_token\b)\w+", r"\bsecrets\s*\[", only=is_workflow),
    _mark(
        "runs what it downloads",
        _CHECKS,
        r"\b(?:curl|wget)\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b",
        r"\b(?:curl|wget)\b[^|\n]*\|\s*python",
    ),
    _mark(
        "installs from another index",
        _CHECKS,
        r"--(?:extra-)?index-url\b\S*|--default-index\b\S*|--find-links\b\S*|--registry\b\S*|--index[ =]\S+",
        r"(?:extra[-_])?index[-_]url\s*[=:]|find[-_]links\s*=|\bregistry\s*=\s*\S+|\"registry\"\s*:|publishconfig",
        r"(?:pip|uv)_(?:extra_)?(?:index_url|index|default_index|find_links)|npm_config_registry|\[\[tool\.(?:uv\.index|poetry\.source|pdm\.source)",
        r"^\s*(?:-i|-f)\s+\S+",
        r"goproxy\s*[=:]",
        r"_auth(?:token)?\s*=",
        only=_is_written,
    ),
    _mark("runs fewer events", _CHECKS, r"\b(?:paths|branches|tags)-ignore\b", r"\[(?:skip ci|ci skip)\]"),
    _mark(
        "takes strictness away",
        _CHECKS,
        r"-werror\b|-w\s*['\"]?error\b|--error-on-warnings?|--fail-on-warnings?|warnings_as_errors|deny\(warnings\)|-d\s+warnings",
        r"--strict(?:-markers|-config|-peer-deps)?(?![\w-])|xfail_strict\s*=\s*true",
        r"--require-hashes|--frozen(?:-lockfile)?|--locked|--immutable|--only-binary",
        r"--cov-fail-under\S*|--check-coverage|--audit-level\S*|--max-warnings\S*|--fail-under\S*",
        r"\bset\s+-[a-z]*e[a-z]*\b|\bpipefail\b|\berrexit\b|persist-credentials:\s*false|\bharden-runner\b",
        lost=True,
    ),
    _mark("no longer installs what is locked", _ASK, r"\bnpm\s+ci\b", lost=True),
    _mark(
        "forgets a weakness that was repaired",
        _ASK,
        r"\b(?:cve-\d{4}-\d+|ghsa-[\w-]+|pysec-[\d-]+)",
        lost=True,
    ),
)
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|<|>) ?[\w.*+!-]+"
_CLAUSES = rf"{_CLAUSE}(?: ?, ?{_CLAUSE})*"
_REQUIREMENT = re.compile(
    r"(?:- )?[\"']?(?P<name>[A-Za-z0-9][\w.-]*)(?: ?\[[\w., -]*\])?"
    rf" ?(?:{_CLAUSES}|\({_CLAUSES}\))?(?: ?;[^#|&]*)?[\"']? ?,?(?: ?\\)?"
    r"|\"(?P<package>@?[\w./-]+)\" ?: ?\"[~^<>=v*]{0,2} ?(?:\d[\w.^~<>=| *+-]*|\*|latest|next)?\" ?,?"
)
_FLAG = re.compile(r"(?:^|\s)--?\w")


def plain_requirement(line: str) -> bool:
    """Whether a line of a manifest says nothing but that a package is needed, in which versions."""
    text = " ".join(line.split())
    if len(text) > 300 or _FLAG.search(text) or " = " in text:
        return False
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        return False
    name = found["name"] or found["package"]
    return not any(mark.pattern.fullmatch(name) for mark in _MARKS)


def weakened(change: FileChange) -> Iterator[Objection]:
    """Yield what a change brings that hides failures, and what it takes away that finds them."""
    name = change.name
    seen = _reader(name)
    before, after = seen(change.before or ""), seen(change.after or "")
    known, now = Counter(before), Counter(after)
    fresh, gone = now - known, known - now
    for mark in _MARKS:
        if mark.only and not mark.only(name):
            continue
        if any(map(mark.pattern.search, gone if mark.lost else fresh)):
            what = _missing(mark.pattern, before, after) if mark.lost else _more(mark.pattern, before, after)
            if what:
                line = 0 if mark.lost else _line_of(change.after or "", what, mark.pattern)
                told = f"{mark.what}: {_shown(what)}"
                yield Objection(file=name, line=line, what=told, consent=_asks(mark, name))


def _reader(name: str) -> Callable[[str], list[str]]:
    """Return what gives the lines of a text in which words count."""
    if is_requirements(name) or is_manifest(name):
        return lambda text: [line for line in _lines(text) if not plain_requirement(line)]
    return _lines


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


def _more(pattern: re.Pattern[str], before: list[str], after: list[str]) -> str:
    """Return what is said oftener than before, or on more lines."""
    old, new = _counted(pattern, before), _counted(pattern, after)
    if news := new - old:
        return next(iter(news))
    lines = [sum(bool(pattern.search(line)) for line in text) for text in (before, after)]
    return next(iter(new)) if lines[1] > lines[0] else ""


def _missing(pattern: re.Pattern[str], before: list[str], after: list[str]) -> str:
    """Return what is not said any more, and nothing of its kind in its place."""
    old, new = _counted(pattern, before), _counted(pattern, after)
    return next(iter(old - new)) if old.total() > new.total() else ""


def _counted(pattern: re.Pattern[str], lines: list[str]) -> Counter[str]:
    return Counter(_normal(match[0]) for line in lines for match in pattern.finditer(line))


def _normal(text: str) -> str:
    return " ".join(text.split()).lower()


def _line_of(text: str, what: str, pattern: re.Pattern[str]) -> int:
    """Return the last line that says it: where it was there before, it is the later one as a rule."""
    at = 0
    for number, line in enumerate(_lines(text), 1):
        if any(_normal(match[0]) == what for match in pattern.finditer(line)):
            at = number
    return at


def _asks(mark: _Mark, name: str) -> bool:
    """Whether a person may allow a mark in that file."""
    if mark.where is _Where.NOWHERE or is_lock(name) or is_document(name):
        return True
    strict = holds_checks(name) or sets_rules(name) or is_manifest(name) or is_test(name)
    return mark.where is _Where.CHECKS and not strict


def _shown(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
