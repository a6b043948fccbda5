"""Proposes how one package is tested, and says what of it cannot be done here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from autonomous_cicd.domain.pipeline import Stage
from autonomous_cicd.domain.project import ToolRole
from autonomous_cicd.ecosystems.node.choice import Scripts
from autonomous_cicd.ecosystems.node.collect import Tasks
from autonomous_cicd.ecosystems.node.scripts import MANAGERS, Call, chain, expand
from autonomous_cicd.ecosystems.node.site import Site
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ecosystems.node.tools import BROWSER, by_program, is_test_file, runner_of

__all__ = ["test", "tests_load_the_build"]

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "chrome")
OPEN_TO_ANY = frozenset(("karma", "web-test-runner", "testem"))
"""Runners that use a browser of the machine; the others bring, and fetch, their own."""
RUNNERS: Mapping[str, tuple[str, ...]] = {
    "vitest": ("vitest", "run"),
    "jest": ("jest",),
    "ava": ("ava",),
    "mocha": ("mocha",),
    "tap": ("tap",),
    "jasmine": ("jasmine",),
}
MOST_READ = 50
"""Test files that are looked into."""


def test(tasks: Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
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


def audited(tasks: Tasks, script: str) -> list[tuple[str, ...]]:
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


def in_parts(tasks: Tasks, script: str, needed: str, needs: tuple[str, ...]) -> None:
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


def calls_of(words: tuple[str, ...], tasks: Tasks) -> tuple[Call, ...]:
    """Return all programs that one command of a script starts."""
    scripts = {**tasks.manifest.scripts, "": " ".join(words)}
    return expand("", scripts)


def direct(tasks: Tasks, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command of a script as it can be executed from outside."""
    if words[0] in ("npm", "yarn", "pnpm", "bun", "node", "npx"):
        return words
    return tasks.site.manager.execute(*words)


def browsers_needed(calls: Iterable[Call], tasks: Tasks) -> str:
    """Return the runner among programs whose browser is not there; "" when there is none."""
    present = any(name in tasks.site.machine.programs for name in BROWSERS)
    for known, _ in by_program(calls):
        if known.name in BROWSER and not (present and known.name in OPEN_TO_ANY):
            return known.name
        if known.name == "vitest" and vitest_opens_browser(tasks):
            return "vitest in a browser"
    return ""


def vitest_opens_browser(tasks: Tasks) -> bool:
    """Return whether vitest is configured to test in a browser."""
    names = [name for name in tasks.package.beside if re.fullmatch(r"vite(?:st)?\.config\.\w+", name)]
    enabled = re.compile(r"browser\s*:\s*\{[^{}]{0,500}enabled\s*:\s*true")
    return any(enabled.search(tasks.site.files.read(tasks.file(name))) for name in names)


def browser_env(calls: Iterable[Call], tasks: Tasks) -> Mapping[str, str]:
    """Return what tells a test runner where the machine's browser is."""
    if not any(known.name in OPEN_TO_ANY for known, _ in by_program(calls)):
        return {}
    found = [tasks.site.machine.programs[name] for name in BROWSERS if name in tasks.site.machine.programs]
    return {"CHROME_BIN": found[0]} if found else {}


def unscripted(tasks: Tasks, needs: tuple[str, ...]) -> None:
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
