"""Checks run: what the files that call a project's checks call, and what a change leaves uncalled.

Workflow files are read by their indentation alone, so that one that is broken can be compared as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath

from autonomous_cicd.domain.calls import Plan, Words, calls, is_actions_file, workflow_calls
from autonomous_cicd.domain.objection import Objection
from autonomous_cicd.domain.patch import FileChange

__all__ = ["checks", "fewer_checks"]

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)")
_USES = re.compile(r"(\s+)uses:\s*(\S+)\s*")
_STEP_USES = re.compile(r"\s*(?:-\s+)?uses:\s*(\S+)\s*")
_ENTRY = re.compile(r"\s+[\w-]+:[ \t]+[^\s|>].*")
_EVENTS = frozenset({"push", "pull_request", "merge_group", "schedule", "release", "workflow_dispatch"})
_RETIRED = frozenset(
    (
        *(
            "actions/create-release",
            "actions/upload-release-asset",
            "actions/setup-ruby",
            "actions/setup-elixir",
        ),
        *("actions/setup-haskell", "actions-rs/toolchain", "actions-rs/cargo"),
    )
)
"""Actions that nobody keeps up any more."""
_CHECKERS = frozenset(
    (
        *(
            "pytest",
            "py.test",
            "tox",
            "nox",
            "nose2",
            "nosetests",
            "unittest",
            "mypy",
            "pyright",
            "ruff",
            "flake8",
        ),
        *(
            "pylint",
            "black",
            "isort",
            "bandit",
            "safety",
            "pip-audit",
            "coverage",
            "codespell",
            "pre-commit",
            "twine",
        ),
        *(
            "pydocstyle",
            "doc8",
            "interrogate",
            "vulture",
            "deptry",
            "lint-imports",
            "sphinx-build",
            "check-manifest",
        ),
        *(
            "doctest",
            "green",
            "ward",
            "behave",
            "robot",
            "trial",
            "stestr",
            "ty",
            "basedpyright",
            "pyre",
            "dmypy",
        ),
        *(
            "jest",
            "mocha",
            "vitest",
            "ava",
            "tap",
            "tape",
            "eslint",
            "tsc",
            "prettier",
            "standard",
            "xo",
            "c8",
            "nyc",
        ),
        *(
            "stylelint",
            "playwright",
            "cypress",
            "karma",
            "jasmine",
            "tsd",
            "publint",
            "attw",
            "biome",
            "oxlint",
        ),
        *(
            "cargo",
            "go",
            "golangci-lint",
            "staticcheck",
            "mvn",
            "mvnw",
            "gradle",
            "gradlew",
            "rspec",
            "rake",
            "rubocop",
        ),
        *(
            "phpunit",
            "phpstan",
            "psalm",
            "phpcs",
            "ctest",
            "make",
            "cmake",
            "ninja",
            "dotnet",
            "swift",
            "mix",
            "stack",
        ),
        *(
            "shellcheck",
            "hadolint",
            "yamllint",
            "actionlint",
            "markdownlint",
            "prove",
            "bats",
            "lein",
            "sbt",
            "just",
        ),
    )
)
"""Programs that check a project, or have it checked."""
_BY_ARGUMENT = {
    "npm": ("test", "t", "run", "audit", "exec"),
    "yarn": ("test", "run", "lint", "audit"),
    "pnpm": ("test", "run", "lint", "audit", "exec"),
    "node": ("--test",),
    "hatch": ("run", "test", "fmt"),
    "poetry": ("check", "run"),
    "composer": ("test", "validate", "run"),
    "bundle": ("exec",),
}
"""Programs that check a project with some first arguments."""
_HARMLESS = re.compile(
    r"-[vqs]+|--verbose|--quiet|-n|-n\d+|auto|logical|-j\d*|-w|\d+|--numprocesses\S*|--max-?workers\S*|--workers\S*"
    r"|--runinband|-i|--concurrency\S*|--parallel\S*|--jobs\S*|--max[-_]old[-_]space[-_]size\S*|--timeout\S*|--dist\S*"
    r"|--color\S*|--no-color|-p|xdist|--test-concurrency\S*|--no-file-parallelism|--poolOptions\S*|-ra|--durations\S*",
    re.IGNORECASE,
)
"""Arguments that decide how fast something is checked and how it is told, not what."""


def fewer_checks(change: FileChange) -> Iterator[Objection]:
    """Yield what a change of a file that calls checks leaves uncalled, or calls otherwise."""
    name = change.name
    whole = is_actions_file(name)
    before, after = change.before or "", change.after or ""
    if whole:
        before = _either(_once(_untabbed(before, after)), after)
    old, new = (workflow_calls(text) if whole else calls(name, text) for text in (before, after))
    if whole:
        yield from _structure(name, old, new)
        yield from _actions(name, old, new)
    for hook in (old.others - new.others).elements():
        if hook not in new.others:
            yield Objection(file=name, what=f"no longer has {hook}", consent=whole)
    yield from _commands(name, old.commands - new.commands, new.commands - old.commands, everything=whole)


def _untabbed(before: str, after: str) -> str:
    """Return a workflow whose lines indented with tabs, which nobody can read, stand as they were meant."""
    meant = {line.strip(): line for line in after.split("\n")}
    return "\n".join(
        meant.get(line.strip(), line) if line.startswith("\t") else line for line in before.split("\n")
    )


def _once(text: str) -> str:
    """Return a workflow without the entries that stand twice in one mapping: nobody can read such a file."""
    lines: list[str] = []
    for line in text.split("\n"):
        if not (_ENTRY.fullmatch(line) and _said_above(lines, line.rstrip())):
            lines.append(line)
    return "\n".join(lines)


def _either(before: str, after: str) -> str:
    """Return a workflow without steps that run a script and use an action at once: nobody can read them.

    Only the use of an action goes that the change takes away, and that another step of its job has.
    """
    lines, left = before.split("\n"), frozenset(after.split("\n"))
    still = set(_used(after.split("\n")))
    for number, (job, action) in enumerate(_used(lines)):
        used = _USES.fullmatch(lines[number])
        if used and lines[number] not in left and (job, action) in still:
            key = re.compile(rf"{' ' * len(used[1])}run:|{' ' * (len(used[1]) - 2)}- run:")
            step = [*_until_dash(reversed(lines[:number])), *_until_dash(lines[number + 1 :], before=True)]
            if any(map(key.match, step)):
                return "\n".join([*lines[:number], *lines[number + 1 :]])
    return before


def _used(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield of each line of a workflow the job that it is part of, and the action that it uses ("": none)."""
    depth, job = -1, ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if line.startswith("jobs:"):
            depth = 0
        elif depth >= 0 and line.strip() and not line.lstrip().startswith("#"):
            depth = depth or indent
            job = line.strip() if indent <= depth else job
        used = _STEP_USES.fullmatch(line)
        yield job, used[1] if used else ""


def _until_dash(lines: Iterable[str], *, before: bool = False) -> Iterator[str]:
    """Yield lines up to the one that begins a step, it as well or not."""
    for line in lines:
        begins = line.lstrip().startswith("- ")
        if not (begins and before):
            yield line
        if begins:
            return


def _said_above(lines: Sequence[str], entry: str) -> bool:
    indent = len(entry) - len(entry.lstrip())
    for line in reversed(lines):
        begins = line.lstrip().startswith("- ")
        plain = line.replace("- ", "  ", 1).rstrip() if begins else line.rstrip()
        depth = len(plain) - len(plain.lstrip())
        if plain == entry or (plain and depth < indent) or (begins and depth == indent):
            return plain == entry
    return False


def _structure(name: str, old: Plan, new: Plan) -> Iterator[Objection]:
    if len(new.jobs) < len(old.jobs):
        yield Objection(file=name, what=f"takes the job {min(old.jobs - new.jobs)} out")
    elif old.jobs - new.jobs:
        yield Objection(
            file=name, what=f"gives the job {min(old.jobs - new.jobs)} another name", consent=True
        )
    retired = sum(one.partition("@")[0] in _RETIRED for one in (old.actions - new.actions).elements())
    if new.steps + retired < old.steps:
        yield Objection(file=name, what=f"has {new.steps} steps instead of {old.steps}")
    for key, count in old.matrix.items():
        if new.matrix[key] < count:
            yield Objection(file=name, what=f"takes entries out of the matrix: {key}")
    if (old.events - new.events) & _EVENTS:
        yield Objection(file=name, what=f"is no longer run on {min((old.events - new.events) & _EVENTS)}")
    for condition in new.conditions - old.conditions:
        yield Objection(file=name, what=f"makes something depend on a condition: {condition}", consent=True)
    for runner in new.runners - old.runners if old.runners else ():
        if runner.partition("-")[0] not in {one.partition("-")[0] for one in old.runners} | {"${{"}:
            yield Objection(file=name, what=f"runs on another system: {runner}", consent=True)


def _actions(name: str, old: Plan, new: Plan) -> Iterator[Objection]:
    gone, come = list((old.actions - new.actions).elements()), list((new.actions - old.actions).elements())
    for one in gone:
        action, _, version = one.partition("@")
        same = next((other for other in come if other.partition("@")[0] == action), "")
        if same:
            come.remove(same)
            if _weaker(action, version, same.partition("@")[2]):
                yield Objection(file=name, what=f"replaces {one} by {same}", consent=True)
        elif action not in _RETIRED and new.actions.total() < old.actions.total():
            yield Objection(file=name, what=f"no longer uses {action}")
    known = {other.partition("@")[0] for other in old.actions}
    for one in come:
        if one.partition("@")[0] not in known and not one.startswith("actions/"):
            yield Objection(file=name, what=f"uses an action that it did not use: {one}", consent=True)


def _weaker(action: str, old: str, new: str) -> bool:
    """Whether a version is easier to replace by something else, or older where that is no repair."""
    numbers = [_NUMBERS.fullmatch(version) for version in (old, new)]
    if numbers[1] is None:
        return not re.fullmatch(r"[0-9a-f]{40}", new)
    if numbers[0] is None:
        return bool(re.fullmatch(r"[0-9a-f]{40}", old))
    first, second = ([int(part) for part in found[1].split(".")] for found in numbers if found)
    return second < first[: len(second)] and not action.startswith("actions/")


def _commands(
    name: str, gone: Counter[Words], come: Counter[Words], *, everything: bool
) -> Iterator[Objection]:
    left = list(come.elements())
    for words in gone.elements():
        checked = checks(words)
        if not (checked or (everything and words[0] not in ("echo", "printf", "set", "export", "cd"))):
            continue
        if not checked and _installs(words):
            continue
        other = _counterpart(words, left)
        if other is None:
            yield Objection(file=name, what=f"no longer calls `{_shown(words)}`")
            continue
        left.remove(other)
        if checked and _essence(words) != _essence(other):
            told = f"calls `{_shown(other)}` instead of `{_shown(words)}`"
            yield Objection(file=name, what=told, consent=True)


def _counterpart(words: Words, others: Iterable[Words]) -> Words | None:
    """Return what stands in the place of a command: the most similar one that does such a thing."""
    mine, best, most = _essence(words), None, 0.0
    for other in others:
        theirs = _essence(other)
        alike = SequenceMatcher(None, mine, theirs, autojunk=False).ratio()
        alike += 1.0 if mine[:1] == theirs[:1] else 0.0
        if alike > most and alike >= 0.6:
            best, most = other, alike
    return best


def _essence(words: Words) -> Words:
    """Return a command without what only decides how fast and how loud it is."""
    rest = list(words)
    while rest and (
        rest[0] in ("npx", "uv", "run", "poetry", "pdm", "hatch", "sudo", "time") or rest[0].startswith("-")
    ):
        if rest[0] == "hatch" and len(rest) > 1 and rest[1] != "run":
            break
        rest.pop(0)
    if rest and re.fullmatch(r"(?:.*/)?python[\d.]*|py", rest[0]) and len(rest) > 2 and rest[1] == "-m":
        rest = rest[2:]
    if not rest:
        return words
    program = PurePosixPath(rest[0]).name if not rest[0].startswith("./") else rest[0]
    program = "pytest" if program == "py.test" else program
    return (program, *(word for word in rest[1:] if not _HARMLESS.fullmatch(word)))


def checks(words: Words) -> bool:
    """Whether a command checks a project, or has it checked."""
    essence = _essence(words)
    program, first = PurePosixPath(essence[0]).name, essence[1] if len(essence) > 1 else ""
    if program in _BY_ARGUMENT:
        return any(first == one or first.startswith(f"{one}:") for one in _BY_ARGUMENT[program])
    return program in _CHECKERS


def _installs(words: Words) -> bool:
    return bool(
        re.match(
            r"(?:\S*python\S* -m )?(?:sudo )?(?:uv )?(?:pip\S*|apt|apt-get|npm|yarn|pnpm|brew|conda|poetry"
            r"|pdm|gem|composer|corepack|curl|wget|choco|rustup) ",
            f"{' '.join(words)} ",
        )
    )


def _shown(words: Words) -> str:
    text = " ".join(words)
    return text if len(text) <= 60 else f"{text[:59]}…"
