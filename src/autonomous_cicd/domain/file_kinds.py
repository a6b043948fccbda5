"""What a file of a project is for, by its name alone: a test, a check, a lock, a manifest, a setting."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath

__all__ = [
    "holds_checks",
    "is_document",
    "is_lock",
    "is_manifest",
    "is_requirements",
    "is_test",
    "is_workflow",
    "sets_rules",
]

_TEST_FOLDERS = frozenset(
    (
        *("test", "tests", "testing", "spec", "specs", "e2e", "cypress", "itest", "unittests", "testcases"),
        *("__tests__", "__test__", "__snapshots__", "__mocks__", "__fixtures__", "snapshots", "testsuite"),
        *("fixtures", "fixture", "testdata", "test-data", "test_data", "test-utils", "testutils"),
        *("androidtest", "integrationtest", "functionaltests"),
    )
)
"""Names of folders, in small letters, in which everything belongs to tests."""
_FED = frozenset(
    (
        *("fixtures", "fixture", "testdata", "test-data", "test_data", "data", "__fixtures__", "snapshots"),
        *("testcases", "cases"),
    )
)
"""Folders of tests in which a list of requirements is something that a test reads."""
_CODE = (
    r"(?:py|pyi|pyx|js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|rb|go|rs|java|kt|kts|scala|groovy|php|c|cc|cpp|cxx|h|hh"
    r"|hpp|cs|fs|vb|swift|m|mm|dart|lua|pl|pm|r|jl|clj|cljs|ex|exs|erl|hs|ml|el|bats|robot|sql|coffee|elm|nim|zig)"
)
_TEST_NAME = re.compile(
    rf"tests?\.{_CODE}|(?:tests?[_.-].*|.*[_.-](?:tests?|spec|specs|cy|e2e))(?:\.d)?\.{_CODE}|conftest\.py"
    r"|.*\.(?:snap|approved|received|golden|feature|ambr|storyshot|bats|robot)(?:\.\w+)?|.*\.t"
    rf"|(?:jest|vitest|karma|playwright|cypress|wdio|mocha)[._-](?:setup|global)[\w.-]*|setup[_.-]?tests?\.{_CODE}"
    r"|\.mocharc[\w.]*|(?:spec|test|rails)_helper\.rb|phpunit[\w.-]*\.xml(?:\.dist)?|ctesttestfile\.cmake",
    re.IGNORECASE,
)
_TEST_CLASS = re.compile(
    r"(?:.*[a-z0-9_])?(?:Tests?|TestCase|Spec|Specs|IT|ITCase)\.(?:java|kt|kts|scala|groovy|cs|fs|vb|php|swift"
    r"|cpp|cc|hs|dart|ex|exs|m|mm)"
    r"|Test[A-Z]\w*\.(?:java|kt|scala|groovy|cs|swift)"
)
_WORKFLOW = re.compile(
    r"(?:.*/)?\.(?:github|gitea|forgejo)/(?:workflows|actions)/.+|(?:.*/)?action\.ya?ml|\.gitlab-ci(?:\..*)?\.ya?ml"
    r"|\.gitlab/.+\.ya?ml|\.circleci/.+|\.?azure-pipelines[\w.-]*\.ya?ml|\.azure(?:-pipelines)?/.+|\.travis\.ya?ml"
    r"|jenkinsfile.*|bitbucket-pipelines\.ya?ml|\.?appveyor\.ya?ml|\.buildkite/.+|\.drone\.ya?ml|\.woodpecker.*"
    r"|\.cirrus\.ya?ml|\.semaphore/.+|wercker\.ya?ml|\.teamcity/.+|cloudbuild\.ya?ml|\.builds/.+"
    r"|\.autonomous-cicd[\w.]*",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"tox\.ini|noxfile\.py|(?:gnu)?makefile(?:\..*)?|.*\.mk|\.?justfile|taskfile\.ya?ml|package\.json|rakefile"
    r"|\.pre-commit-config\.ya?ml|pyproject\.toml|setup\.cfg|composer\.json|tasks\.py|dodo\.py|duties\.py"
    r"|build\.gradle(?:\.kts)?|pom\.xml|cmakelists\.txt|lefthook\.ya?ml|\.lintstagedrc.*|turbo\.json|nx\.json"
    r"|.*\.(?:sh|bash|zsh|ksh|ps1|bat|cmd)|(?:.*\.)?(?:dockerfile|containerfile)(?:\..*)?",
    re.IGNORECASE,
)
_RULES = re.compile(
    r"pyproject\.toml|setup\.cfg|tox\.ini|\.?pytest\.(?:ini|toml)|\.?mypy\.ini|\.?ruff\.toml|\.flake8|\.pylintrc|pylintrc"
    r"|\.?coveragerc|\.coveragerc.*|\.bandit|bandit\.ya?ml|pyrightconfig\.json|\.pyre_configuration|\.style\.yapf"
    r"|\.isort\.cfg|\.pydocstyle|\.pre-commit-config\.ya?ml|tsconfig[\w.-]*\.json|jsconfig\.json|package\.json"
    r"|\.?eslint[\w.-]*|\.?prettier[\w.-]*|\.?stylelint[\w.-]*|\.?biome\.jsonc?|\.?tslint\.json|\.jshintrc|\.xo-config.*"
    r"|(?:jest|vitest|vite|karma|ava|nyc|playwright|cypress|babel)\.config\.[\w.]+|\.nycrc[\w.]*|\.c8rc[\w.]*|\.taprc"
    r"|\.?codecov\.ya?ml|\.coveralls\.ya?ml|\.codeclimate\.ya?ml|sonar-project\.properties|\.golangci\.\w+"
    r"|\.?rustfmt\.toml|\.?clippy\.toml|deny\.toml|cargo\.toml|\.rubocop[\w.]*|\.rspec|\.simplecov|phpstan[\w.-]*"
    r"|psalm\.xml.*|phpcs\.xml.*|\.php-cs-fixer.*|infection\.json.*|checkstyle[\w.-]*\.xml|pmd[\w.-]*\.xml"
    r"|detekt\.ya?ml|\.editorconfig|\.clang-(?:tidy|format)|\.hadolint\.ya?ml|\.yamllint.*|\.markdownlint.*"
    r"|\.gitleaks\.toml|\.trivyignore|\.snyk|\.safety-policy\.ya?ml|audit-ci\.jsonc?|\.?cspell[\w.]*|pom\.xml"
    r"|\.npmrc|\.yarnrc(?:\.yml)?|\.?pip\.conf|uv\.toml|bunfig\.toml|\.pypirc|\.pnpmfile\.cjs|nuget\.config"
    r"|build\.gradle(?:\.kts)?|cmakelists\.txt|noxfile\.py|\.?importlinter|\.?dependabot\.ya?ml|renovate\.json5?",
    re.IGNORECASE,
)
_LOCK = re.compile(
    r".*\.lock|.*-lock\.(?:json|ya?ml)|npm-shrinkwrap\.json|go\.sum|pylock(?:\.[\w-]+)?\.toml|bun\.lockb?"
    r"|packages\.lock\.json|gradle\.lockfile|package\.resolved|mix\.lock",
    re.IGNORECASE,
)
_REQUIREMENTS = re.compile(
    r"[\w.-]*(?:requirements?|constraints?)[\w.-]*\.(?:txt|in|pip|lock)|requirements?|constraints?",
    re.IGNORECASE,
)
_IN_REQUIREMENTS = re.compile(
    r"(?:.*/)?(?:requirements?|constraints?|reqs?)/[\w.-]+\.(?:txt|in|pip)", re.IGNORECASE
)
_MANIFEST = re.compile(
    r"pyproject\.toml|setup\.(?:py|cfg)|pipfile|environment[\w.-]*\.ya?ml|package\.json|go\.mod|cargo\.toml|gemfile"
    r"|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|.*\.gemspec|.*\.(?:cs|fs|vb)proj|mix\.exs|pubspec\.ya?ml",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r".*\.(?:md|markdown|rst|adoc|textile|mdx)|(?:readme|changelog|changes|news|history|license|licence|copying"
    r"|authors|contributing|notice|pkg-info)(?:[.\w-]*)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_test(name: str) -> bool:
    """Whether a file decides what is tested: a test, what tests share, what they expect or are fed."""
    path = PurePosixPath(name)
    folders = [part.lower() for part in path.parts[:-1]]
    if is_workflow(name) or (is_requirements(name) and _FED.isdisjoint(folders)):
        return False
    if any(part in _TEST_FOLDERS for part in folders) or name.startswith("t/"):
        return True
    return bool(_TEST_NAME.fullmatch(path.name) or _TEST_CLASS.fullmatch(path.name))


def is_workflow(name: str) -> bool:
    """Whether a file says what a CI service runs."""
    return bool(_WORKFLOW.fullmatch(name))


def holds_checks(name: str) -> bool:
    """Whether a file may hold the commands that check the project: a CI file, a task runner's, a script."""
    base = PurePosixPath(name).name
    return (
        is_workflow(name) or bool(_CHECKS.fullmatch(base)) or ("." not in base and not is_requirements(name))
    )


def sets_rules(name: str) -> bool:
    """Whether a file may say how strict the project's tools are."""
    return bool(_RULES.fullmatch(PurePosixPath(name).name)) or is_workflow(name)


def is_lock(name: str) -> bool:
    """Whether a file is written by a package manager, with every version that is installed."""
    return bool(_LOCK.fullmatch(PurePosixPath(name).name))


def is_requirements(name: str) -> bool:
    """Whether a file lists requirements or constraints for pip, one on a line."""
    return bool(_REQUIREMENTS.fullmatch(PurePosixPath(name).name) or _IN_REQUIREMENTS.fullmatch(name))


def is_manifest(name: str) -> bool:
    """Whether a file says what the project needs."""
    return is_requirements(name) or bool(_MANIFEST.fullmatch(PurePosixPath(name).name))


def is_document(name: str) -> bool:
    """Whether a file is read by people only."""
    return bool(_DOCUMENT.fullmatch(PurePosixPath(name).name))
