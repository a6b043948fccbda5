"""Proposes the tasks of one package: its own scripts first, what it configures otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_cicd.domain.pipeline import Skipped, Stage, Task
from autonomous_cicd.domain.project import ToolRole
from autonomous_cicd.ecosystems.node.choice import Scripts, choose_scripts, rewrites
from autonomous_cicd.ecosystems.node.collect import Tasks
from autonomous_cicd.ecosystems.node.scripts import Call, chain, expand, unwrapped
from autonomous_cicd.ecosystems.node.site import Site
from autonomous_cicd.ecosystems.node.survey import Package
from autonomous_cicd.ecosystems.node.testing import test, tests_load_the_build
from autonomous_cicd.ecosystems.node.tools import by_program
from autonomous_cicd.values import dataclass

__all__ = ["Part", "part_of"]

DIRECT: Mapping[str, tuple[str, ...]] = {
    "eslint": ("eslint", "."),
    "biome": ("biome", "ci"),
    "oxlint": ("oxlint",),
    "xo": ("xo",),
    "standard": ("standard",),
    "ts-standard": ("ts-standard",),
}
"""How a linter is started that the project configures and no script starts."""
COMPILING = frozenset(("tsc", "vue-tsc", "svelte-check", "tsup", "tsdown"))
"""Programs that check types, whatever else they do."""
REWRITING = frozenset(("--fix", "--write", "--apply", "--fix-dangerously"))


@dataclass(frozen=True, slots=True)
class Part:
    """The tasks of a package, without those that set it up."""

    tasks: tuple[Task, ...] = ()
    skipped: tuple[Skipped, ...] = ()


def part_of(
    site: Site, package: Package, *, needs: tuple[str, ...], wait: bool, only: frozenset[Stage]
) -> Part:
    """Return the tasks of a package for some stages.

    `needs` are tasks that all of them need; `wait`: checks and tests load what the build makes.
    """
    tasks = Tasks(site, package, needs)
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


def build(tasks: Tasks, scripts: Scripts) -> tuple[str, ...]:
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


def lint(tasks: Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
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


def without_rewriting(tasks: Tasks, script: str) -> list[tuple[str, ...]]:
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


def types(tasks: Tasks, scripts: Scripts, needs: tuple[str, ...]) -> None:
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
