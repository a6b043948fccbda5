"""Proposes the tasks of one package: its own scripts first, what it configures otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autonomous_cicd.domain.layout import join, titled
from autonomous_cicd.domain.pipeline import Skipped, Stage, Task
from autonomous_cicd.domain.project import Tool, ToolRole
from autonomous_cicd.ecosystems.node.choice import Scripts, choose_scripts, rewrites
from autonomous_cicd.ecosystems.node.scripts import MANAGERS, Call, chain, expand, unwrapped
from autonomous_cicd.ecosystems.node.site import Site
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ecosystems.node.tools import BROWSER, by_program, find_tools, is_test_file, runner_of

__all__ = ["Part", "part_of"]

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "chrome")
OPEN_TO_ANY = frozenset(("karma", "web-test-runner", "testem"))
"""Runners that use a browser of the machine; the others bring, and fetch, their own."""
DIRECT: Mapping[str, tuple[str, ...]] = {
    "eslint": ("eslint", "."),
    "biome": ("biome", "ci"),
    "oxlint": ("oxlint",),
    "xo": ("xo",),
    "standard": ("standard",),
    "ts-standard": ("ts-standard",),
}
"""How a linter is started that the project configures and no script starts."""
RUNNERS: Mapping[str, tuple[str, ...]] = {
    "vitest": ("vitest", "run"),
    "jest": ("jest",),
    "ava": ("ava",),
    "mocha": ("mocha",),
    "tap": ("tap",),
    "jasmine": ("jasmine",),
}
COMPILING = frozenset(("tsc", "vue-tsc", "svelte-check", "tsup", "tsdown"))
"""Programs that check types, whatever else they do."""
REWRITING = frozenset(("--fix", "--write", "--apply", "--fix-dangerously"))
MOST_READ = 50


@dataclass(frozen=True, slots=True)
class Part:
    """The tasks of a package, without those that set it up."""

    tasks: tuple[Task, ...] = ()
    skipped: tuple[Skipped, ...] = ()


class _Tasks:
    """Collects the tasks of one package."""

    def __init__(self, site: Site, package: Package, needs: tuple[str, ...]) -> None:
        self.site = site
        self.package = package
        self.manifest = package.manifest
        self.needs = needs
        self.tools = find_tools(package, site.files)
        self.tasks: list[Task] = []
        self.skipped: list[Skipped] = []

    def name(self, stage: Stage, what: str) -> str:
        names = [task.name for task in self.tasks]
        for more in ("", *(f" {count}" for count in range(2, 100))):
            name = titled(self.package.folder, f"{stage.value} ({what}{more})")
            if name not in names:
                break
        return name

    def skip(self, what: str, reason: str) -> None:
        self.skipped.append(Skipped(titled(self.package.folder, what), reason))

    def reason(self, script: str) -> str:
        return f"{self.manifest.file} scripts.{script}"

    def all_tools(self) -> Iterator[Tool]:
        """Give the tools of the package, and then those of the members of its workspace."""
        yield from self.tools
        for member in self.package.members:
            yield from find_tools(member, self.site.files)

    def started(self) -> frozenset[str]:
        """Return the names of all tools that some script of the package starts."""
        scripts = self.manifest.scripts
        return frozenset(known.name for one in scripts for known, _ in by_program(expand(one, scripts)))

    def file(self, name: str) -> str:
        return join(self.package.folder, name)

    def add(
        self,
        stage: Stage,
        what: str,
        commands: Iterable[tuple[str, ...]],
        reason: str,
        *,
        needs: Iterable[str] = (),
        outputs: Iterable[str] = (),
        env: Mapping[str, str] | None = None,
        optional: bool = False,
    ) -> str:
        task = self.site.task(
            self.name(stage, what),
            stage,
            commands,
            cwd=self.package.folder,
            needs=(*self.needs, *needs),
            reason=reason,
            outputs=outputs,
            env=env,
            optional=optional,
        )
        self.tasks.append(task)
        return task.name


def part_of(
    site: Site, package: Package, *, needs: tuple[str, ...], wait: bool, only: frozenset[Stage]
) -> Part:
    """Return the tasks of a package for some stages.

    `needs` are tasks that all of them need; `wait`: checks and tests load what the build makes.
    """
    tasks = _Tasks(site, package, needs)
    scripts = choose_scripts(package.manifest)
    built = build(tasks, scripts) if Stage.BUILD in only else ()
    after = built if wait else ()
    if Stage.LINT in only:
        lint(tasks, scripts, after)
    if Stage.TYPES in only:
        types(tasks, scripts, after)
    if Stage.TEST in only:
        test(tasks, scripts, built if wait or tests_load_the_build(site, package, scripts) else ())
    return Part(tuple(tasks.tasks), tuple(tasks.skipped))


def build(tasks: _Tasks, scripts: Scripts) -> tuple[str, ...]:
    """Add the task that builds the package; return its name."""
    manifest, site = tasks.manifest, tasks.site
    for script in scripts.build:
        folders = (
            *site.built_folders(tasks.package),
            *(f"{tasks.package.folder}/{n}" for n in ("dist", "build", "out")),
        )
        made = [folder.removeprefix("./") for folder in folders]
        outputs = [f"{folder}/**" for folder in dict.fromkeys(made) if folder not in site.tracked]
        what = site.manager.name
        return (
            tasks.add(
                Stage.BUILD,
                what,
                [site.manager.run(script)],
                f"{manifest.file} scripts.{script}",
                outputs=outputs,
            ),
        )
    return ()


def lint(tasks: _Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
    """Add the tasks that check the sources: the project's scripts, or its configured linter."""
    for script in (*scripts.lint, *scripts.format):
        calls = expand(script, tasks.manifest.scripts)
        what = next((known.name for known, _ in by_program(calls)), script)
        commands = [tasks.site.manager.run(script)]
        if rewrites(calls):
            commands = without_rewriting(tasks, script)
            if not commands:
                remedy = "give the project a script that only checks"
                tasks.skip(f"linting ({script})", f"{tasks.reason(script)} rewrites the sources; {remedy}")
                continue
        tasks.add(Stage.LINT, what, commands, tasks.reason(script), needs=needs)
    started = tasks.started()
    for tool in tasks.tools:
        if tool.name in started or tool.role not in (ToolRole.LINTER, ToolRole.FORMATTER):
            continue
        if tool.name in DIRECT and not scripts.lint:
            command = tasks.site.manager.execute(*DIRECT[tool.name])
            tasks.add(Stage.LINT, tool.name, [command], tool.evidence, needs=needs, optional=True)
        else:
            tasks.skip(
                f"linting ({tool.name})",
                f"{tool.evidence} configures it, but no script of the project starts it",
            )


def without_rewriting(tasks: _Tasks, script: str) -> list[tuple[str, ...]]:
    """Return the commands of a script without what makes them rewrite; none when that is unclear."""
    commands = []
    for words in chain(tasks.manifest.scripts[script]):
        first = next(unwrapped(words), Call(""))
        if first.program in ("npm", "yarn", "pnpm", "bun") or not next(by_program([first]), None):
            return []
        checked = [
            word
            for word in words[1:]
            if word not in REWRITING and not (first.program == "prettier" and word == "-w")
        ]
        extra = ["--check"] if first.program == "prettier" and "--check" not in checked else []
        commands.append(tasks.site.manager.execute(words[0], *extra, *checked))
    return commands


def types(tasks: _Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
    """Add the task that checks types: the project's script, or the compiler where no script starts it."""
    manifest = tasks.manifest
    for script in scripts.types:
        found = [known for known, _ in by_program(expand(script, manifest.scripts))]
        checkers = [
            known.name for known in found if known.role is ToolRole.TYPE_CHECKER or known.name == "tsd"
        ]
        what = next(iter(checkers), script)
        tasks.add(Stage.TYPES, what, [tasks.site.manager.run(script)], tasks.reason(script), needs=needs)
    ready = "tsconfig.json" in tasks.package.beside and "typescript" in manifest.dependencies
    if ready and not scripts.types and COMPILING.isdisjoint(tasks.started()):
        command = tasks.site.manager.execute("tsc", "--noEmit")
        tasks.add(Stage.TYPES, "tsc", [command], tasks.file("tsconfig.json"), needs=needs, optional=True)


def test(tasks: _Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
    """Add the tasks that test: the project's script, or its runner where there is no script."""
    manifest = tasks.manifest
    for script in scripts.test:
        calls = expand(script, manifest.scripts)
        needed = browsers_needed(calls, tasks)
        if not needed:
            what = runner_of(calls, tasks.all_tools()) or script
            commands = audited(tasks, script) or [tasks.site.manager.run(script)]
            env = browser_env(calls, tasks)
            tasks.add(Stage.TEST, what, commands, tasks.reason(script), needs=needs, env=env)
        else:
            in_parts(tasks, script, needed, needs)
    for script in scripts.other_tests:
        tasks.skip(
            f"testing ({script})",
            f"{tasks.reason(script)} is no part of `{' '.join(scripts.test) or 'test'}`",
        )
    if not scripts.test and not scripts.other_tests:
        unscripted(tasks, needs)


def audited(tasks: _Tasks, script: str) -> list[tuple[str, ...]]:
    """Return the commands of a test without the audit that follows it, which becomes a task of its own.

    An audit asks a service about everything that became known since; it says nothing about the tests.
    """
    scripts, run = tasks.manifest.scripts, tasks.site.manager.run
    after = f"post{script}"
    audits = any(c.program in MANAGERS and "audit" in c.arguments for c in expand(after, scripts))
    if not audits or tasks.site.manager.name != "npm":
        return []
    tasks.add(Stage.SECURITY, "npm audit", [run(after)], tasks.reason(after), optional=True)
    before = [run(f"pre{script}")] if f"pre{script}" in scripts else []
    return [*before, ("npm", "run", script, "--ignore-scripts")]


def in_parts(tasks: _Tasks, script: str, needed: str, needs: tuple[str, ...]) -> None:
    """Add those commands of a test script that need no browser; say which are left out."""
    remedy = "needs a browser: have a job with browsers run it"
    words = {one: calls_of(one, tasks) for one in chain(tasks.manifest.scripts[script])}
    lacking = {one: runner for one, calls in words.items() if (runner := browsers_needed(calls, tasks))}
    run = [direct(tasks, one) for one in words if one not in lacking]
    if not run:
        tasks.skip(f"testing ({needed})", f"{tasks.reason(script)} {remedy}")
        return
    for one, runner in lacking.items():
        tasks.skip(f"testing ({runner})", f"`{' '.join(one)}` {remedy}")
    started = [call for one, calls in words.items() if one not in lacking for call in calls]
    tasks.add(Stage.TEST, runner_of(started, ()) or script, run, tasks.reason(script), needs=needs)


def calls_of(words: tuple[str, ...], tasks: _Tasks) -> tuple[Call, ...]:
    """Return all programs that one command of a script starts."""
    scripts = {**tasks.manifest.scripts, "": " ".join(words)}
    return expand("", scripts)


def direct(tasks: _Tasks, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command of a script as it can be executed from outside."""
    if words[0] in ("npm", "yarn", "pnpm", "bun", "node", "npx"):
        return words
    return tasks.site.manager.execute(*words)


def browsers_needed(calls: Iterable[Call], tasks: _Tasks) -> str:
    """Return the runner among programs whose browser is not there; "" when there is none."""
    present = any(name in tasks.site.machine.programs for name in BROWSERS)
    for known, _ in by_program(calls):
        if known.name in BROWSER and not (present and known.name in OPEN_TO_ANY):
            return known.name
        if known.name == "vitest" and vitest_opens_browser(tasks):
            return "vitest in a browser"
    return ""


def vitest_opens_browser(tasks: _Tasks) -> bool:
    """Return whether vitest is configured to test in a browser."""
    names = [name for name in tasks.package.beside if re.fullmatch(r"vite(?:st)?\.config\.\w+", name)]
    enabled = re.compile(r"browser\s*:\s*\{[^{}]{0,500}enabled\s*:\s*true")
    return any(enabled.search(tasks.site.files.read(tasks.file(name))) for name in names)


def browser_env(calls: Iterable[Call], tasks: _Tasks) -> Mapping[str, str]:
    """Return what tells a test runner where the machine's browser is."""
    if not any(known.name in OPEN_TO_ANY for known, _ in by_program(calls)):
        return {}
    found = [tasks.site.machine.programs[name] for name in BROWSERS if name in tasks.site.machine.programs]
    return {"CHROME_BIN": found[0]} if found else {}


def unscripted(tasks: _Tasks, needs: tuple[str, ...]) -> None:
    """Add the test of a package that has tests, and no script for them."""
    names = {tool.name: tool.evidence for tool in tasks.tools if tool.role is ToolRole.TEST_RUNNER}
    tests = [name for name in tasks.package.sources if is_test_file(name)]
    if not tests:
        return
    for name, command in RUNNERS.items():
        if name in names:
            tasks.add(Stage.TEST, name, [tasks.site.manager.execute(*command)], names[name], needs=needs)
            return
    if "node:test" in names:
        tasks.add(Stage.TEST, "node:test", [("node", "--test")], names["node:test"], needs=needs)
    elif names.keys() & BROWSER:
        runner = min(names.keys() & BROWSER)
        tasks.skip(
            f"testing ({runner})", f"{names[runner]}: it needs a browser; have a job with browsers run it"
        )
    else:
        reason = f"{tests[0]} looks like a test, but {tasks.manifest.file} has no script that runs it"
        tasks.skip("testing", reason)


def tests_load_the_build(site: Site, package: Package, scripts: Scripts) -> bool:
    """Return whether the tests of a package load files that only its build makes."""
    folders = [folder.rpartition("/")[2] for folder in site.built_folders(package)]
    texts = [call.text for script in scripts.test for call in expand(script, package.manifest.scripts)]
    words = [
        rf"\b{re.escape(name)}/" for name in (*folders, *(n for n in ("dist", "build") if n not in folders))
    ]
    if any(re.search(word, text) for word in words for text in texts):
        return True
    if not folders:
        return False
    name = re.escape(package.manifest.name) or "(?!)"
    loads = re.compile(
        rf"""["'](?:(?:\.\.?/)+(?:{"|".join(map(re.escape, folders))})\b|\.\.(?:/\.\.)*/?["']|{name}["'/])"""
    )
    tests = [file for file in package.sources if is_test_file(file)]
    return any(loads.search(site.files.read(file)) for file in tests[:MOST_READ])
