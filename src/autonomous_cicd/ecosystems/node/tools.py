"""Knows the tools of JavaScript and TypeScript, and finds those that a package configures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.layout import join
from autonomous_cicd.domain.project import Tool, ToolRole
from autonomous_cicd.ecosystems.node.scripts import Call, expand
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ports import Files
from autonomous_cicd.values import dataclass

__all__ = ["BROWSER", "KNOWN", "Known", "by_program", "find_tools", "is_test_file", "runner_of"]

TEST, LINT, FORMAT = ToolRole.TEST_RUNNER, ToolRole.LINTER, ToolRole.FORMATTER
TYPES, BUILD = ToolRole.TYPE_CHECKER, ToolRole.BUILD_BACKEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A tool and how it is recognised."""

    name: str
    role: ToolRole
    programs: tuple[str, ...] = ()
    """What it is started as; its name when nothing is said."""
    packages: tuple[str, ...] = ()
    """Dependencies that bring it; its name when nothing is said."""
    files: str = ""
    """Expression for the names of its configuration files."""
    key: str = ""
    """Key of `package.json` under which it is configured."""
    config: bool = False
    """Whether depending on it is not enough: without configuration, or a script, it is not used."""


CODE = r"\.(?:[cm]?[jt]s|json5?|jsonc|ya?ml|toml)"

KNOWN = (
    Known(name="jest", role=TEST, files=rf"jest\.config{CODE}", key="jest"),
    Known(name="vitest", role=TEST, files=r"vitest\.(?:config|workspace)\.\w+"),
    Known(
        name="mocha",
        role=TEST,
        programs=("mocha", "_mocha", "ts-mocha"),
        files=rf"\.mocharc(?:{CODE})?",
        key="mocha",
    ),
    Known(name="ava", role=TEST, files=r"ava\.config\.[cm]?js", key="ava"),
    Known(name="tape", role=TEST),
    Known(name="tap", role=TEST, packages=("tap", "@tapjs/core"), files=r"\.taprc", key="tap"),
    Known(name="jasmine", role=TEST),
    Known(name="uvu", role=TEST),
    Known(name="lab", role=TEST, packages=("@hapi/lab", "lab")),
    Known(name="qunit", role=TEST),
    Known(name="borp", role=TEST),
    Known(name="tsd", role=TEST, key="tsd"),
    Known(name="karma", role=TEST, files=r"karma\.conf\.\w+"),
    Known(name="playwright", role=TEST, packages=("@playwright/test",), files=r"playwright\.config\.\w+"),
    Known(name="cypress", role=TEST, files=r"cypress\.(?:config\.\w+|json)"),
    Known(
        name="web-test-runner",
        role=TEST,
        programs=("wtr", "web-test-runner"),
        packages=("@web/test-runner",),
        files=r"web-test-runner\.config\.\w+",
    ),
    Known(name="testem", role=TEST),
    Known(name="testcafe", role=TEST, files=r"\.testcaferc\.\w+"),
    Known(name="nightwatch", role=TEST, files=r"nightwatch\.conf\.\w+"),
    Known(
        name="webdriverio", role=TEST, programs=("wdio",), packages=("@wdio/cli",), files=r"wdio\.conf\.\w+"
    ),
    Known(name="airtap", role=TEST, config=True),
    Known(
        name="eslint",
        role=LINT,
        files=rf"eslint\.config\.[cm]?[jt]s|\.eslintrc(?:{CODE})?",
        key="eslintConfig",
        config=True,
    ),
    Known(name="biome", role=LINT, packages=("@biomejs/biome",), files=r"biome\.jsonc?", config=True),
    Known(name="oxlint", role=LINT, files=r"\.oxlintrc\.json|oxlint\.json", config=True),
    Known(name="xo", role=LINT, files=r"xo\.config\.\w+|\.xo-config(?:\.\w+)?", key="xo"),
    Known(name="standard", role=LINT, key="standard"),
    Known(name="neostandard", role=LINT, config=True),
    Known(name="ts-standard", role=LINT, key="ts-standard"),
    Known(name="tslint", role=LINT, files=r"tslint\.(?:json|ya?ml)", config=True),
    Known(name="jshint", role=LINT, files=r"\.jshintrc", config=True),
    Known(
        name="stylelint",
        role=LINT,
        files=rf"stylelint\.config\.\w+|\.stylelintrc(?:{CODE})?",
        key="stylelint",
        config=True,
    ),
    Known(
        name="markdownlint",
        role=LINT,
        programs=("markdownlint", "markdownlint-cli2"),
        packages=(),
        config=True,
    ),
    Known(name="remark", role=LINT, packages=("remark-cli",), config=True),
    Known(name="publint", role=LINT, config=True),
    Known(
        name="prettier",
        role=FORMAT,
        files=rf"\.prettierrc(?:{CODE})?|prettier\.config\.[cm]?[jt]s",
        key="prettier",
        config=True,
    ),
    Known(name="dprint", role=FORMAT, files=r"\.?dprint\.jsonc?", config=True),
    Known(
        name="tsc", role=TYPES, programs=("tsc", "tsgo"), packages=("typescript",), files=r"tsconfig\.json"
    ),
    Known(name="vue-tsc", role=TYPES),
    Known(name="svelte-check", role=TYPES),
    Known(name="flow", role=TYPES, packages=("flow-bin",), files=r"\.flowconfig", config=True),
    Known(name="tsup", role=BUILD, files=r"tsup\.config\.\w+"),
    Known(name="tsdown", role=BUILD, files=r"tsdown\.config\.\w+"),
    Known(name="unbuild", role=BUILD, files=r"build\.config\.\w+"),
    Known(name="rollup", role=BUILD, files=r"rollup\.config\.\w+", config=True),
    Known(name="webpack", role=BUILD, files=r"webpack\.config\.\w+", config=True),
    Known(name="vite", role=BUILD, files=r"vite\.config\.\w+", config=True),
    Known(name="esbuild", role=BUILD, config=True),
    Known(name="swc", role=BUILD, packages=("@swc/cli",), files=r"\.swcrc", config=True),
    Known(name="babel", role=BUILD, packages=("@babel/cli",), config=True),
    Known(name="next", role=BUILD, files=r"next\.config\.\w+"),
    Known(name="angular", role=BUILD, programs=("ng",), packages=("@angular/cli",), files=r"angular\.json"),
    Known(name="lerna", role=BUILD, files=r"lerna\.json"),
    Known(name="nx", role=BUILD, files=r"nx\.json"),
    Known(name="turbo", role=BUILD, files=r"turbo\.jsonc?"),
)
"""In the order in which one of several of a role is preferred."""

BROWSER = frozenset(
    (
        "karma",
        "playwright",
        "cypress",
        "web-test-runner",
        "testem",
        "testcafe",
        "nightwatch",
        "webdriverio",
        "airtap",
    )
)
"""Test runners that need a browser."""

PROGRAMS = {program: tool for tool in KNOWN for program in (*tool.programs, tool.name)}
TELLING = ("test", "lint", "build")
"""Scripts that are named first as the evidence for a tool."""
TEST_NAME = re.compile(
    r"(?:^|/)(?:__tests__|tests?|specs?)/|(?:^|/)(?:test|tests|spec)\.[cm]?[jt]sx?$|[._-](?:test|spec)\.[cm]?[jt]sx?$"
)
NODE_TEST = re.compile(r"""["']node:test["']""")


def is_test_file(name: str) -> bool:
    """Return whether a source file is one of tests, by its name or its folder."""
    return bool(TEST_NAME.search(name))


def by_program(calls: Iterable[Call]) -> Iterator[tuple[Known, Call]]:
    """Give the tools among programs that are started."""
    for call in calls:
        if call.program in ("node", "tsx") and any(
            a == "--test" or a.startswith("--test=") for a in call.arguments
        ):
            yield NODE, call
        elif call.program == "bun" and call.arguments[:1] == ("test",):
            yield BUN, call
        elif call.program == "ng" and call.arguments[:1] == ("test",):
            yield PROGRAMS["karma"], call
        elif call.program in ("react-scripts", "craco") and call.arguments[:1] == ("test",):
            yield PROGRAMS["jest"], call
        elif call.program == "vue-cli-service" and call.arguments[:1] == ("test:unit",):
            yield Known(name="vue-cli", role=TEST), call
        elif call.program == "vue-cli-service" and call.arguments[:1] == ("test:e2e",):
            yield PROGRAMS["cypress"], call
        elif call.program in PROGRAMS:
            yield PROGRAMS[call.program], call


NODE = Known(name="node:test", role=TEST)
BUN = Known(name="bun", role=TEST)


def find_tools(package: Package, files: Files) -> tuple[Tool, ...]:
    """Return the tools that a package itself configures, each once, with the place that says so."""
    manifest = package.manifest
    found: dict[str, Tool] = {}
    for script in sorted(manifest.scripts, key=lambda name: name not in TELLING):
        if manifest.script(script):
            for known, _ in by_program(expand(script, {script: manifest.scripts[script]})):
                found.setdefault(known.name, tool(known, f"{manifest.file} scripts.{script}"))
    for known in KNOWN:
        if known.name not in found and (evidence := configured(known, package)):
            found[known.name] = tool(known, evidence)
    if NODE.name not in found and (place := first_node_test(package, files)):
        found[NODE.name] = tool(NODE, place)
    order = [known.name for known in KNOWN]
    return tuple(sorted(found.values(), key=lambda t: order.index(t.name) if t.name in order else len(order)))


def tool(known: Known, evidence: str) -> Tool:
    """Return a tool that was found."""
    return Tool(name=known.name, role=known.role, evidence=evidence)


def configured(known: Known, package: Package) -> str:
    """Return the place that configures a tool; "" when there is none."""
    if known.files:
        fits = re.compile(known.files).fullmatch
        for name in sorted(package.beside):
            if fits(name):
                return join(package.folder, name)
    if known.key in package.manifest.keys:
        return f"{package.manifest.file} {known.key}"
    packages = () if known.config else known.packages or (known.name,)
    return next(
        (f"{package.manifest.file} {name}" for name in packages if name in package.manifest.dependencies), ""
    )


def first_node_test(package: Package, files: Files) -> str:
    """Return a test file that uses Node's own test runner; "" when none of the first ones does."""
    tests = [name for name in package.sources if is_test_file(name)]
    return next((name for name in tests[:20] if NODE_TEST.search(files.read(name))), "")


def runner_of(calls: Iterable[Call], tools: Iterable[Tool]) -> str:
    """Return the test runner among programs; when none shows, the likeliest that the package has."""
    started = [known.name for known, _ in by_program(calls) if known.role is TEST]
    if started:
        return started[0]
    hidden = ("tape", "node:test", "tap", "jasmine", "uvu", "mocha", "jest", "vitest", "ava")
    names = frozenset(tool.name for tool in tools if tool.role is TEST)
    return next((name for name in hidden if name in names), "")
