"""Java: how Maven and Gradle projects are recognised, and how they are verified."""

from __future__ import annotations

import re
from posixpath import dirname

from autonomous_cicd.domain.layout import folder_of, is_material, join, parents, titled
from autonomous_cicd.domain.machine import Interpreter, Machine
from autonomous_cicd.domain.pipeline import Command, Skipped, Stage, Task
from autonomous_cicd.domain.project import Component, ProjectKind, Tool, ToolRole
from autonomous_cicd.domain.ranges import parse_version
from autonomous_cicd.plugins import Proposal, ecosystem
from autonomous_cicd.ports import Files

__all__ = ["Java"]

MAVEN = "pom.xml"
GRADLE = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
RELEASE = re.compile(
    r"<(?:maven\.compiler\.(?:release|source)|java\.version|release|source)>\s*(?:1\.)?(\d{1,2})\s*</"
)
LANGUAGE = re.compile(
    r"JavaLanguageVersion\.of\(\s*(\d{1,2})|jvmToolchain\(\s*(\d{1,2})"
    r"|(?:source|target)Compatibility\s*=\s*(?:JavaVersion\.VERSION_|['\"])?(?:1[._])?(\d{1,2})"
)
ANDROID = re.compile(r"com\.android\.(?:application|library|tools)")
ARTIFACT = re.compile(r"<artifactId>\s*([\w.-]+)\s*</artifactId>")
RUNNERS = (
    ("junit", re.compile(r"junit", re.IGNORECASE)),
    ("testng", re.compile(r"testng", re.IGNORECASE)),
    ("spock", re.compile(r"spock", re.IGNORECASE)),
)


@ecosystem
class Java:
    """Projects with a `pom.xml` or a Gradle build; modules belong to the project around them."""

    name = "java"

    def recognise(self, files: Files) -> tuple[Component, ...]:
        """Return the outermost projects; one that has both kinds of build is kept with Maven."""
        names = frozenset(files.names)
        manifests: dict[str, list[str]] = {}
        for name in files.names:
            if name.rpartition("/")[2] in (MAVEN, *GRADLE) and not is_material(folder_of(name)):
                manifests.setdefault(folder_of(name), []).append(name)
        roots = [folder for folder in manifests if not any(around in manifests for around in parents(folder))]
        return tuple(project(folder, manifests[folder], files, names) for folder in sorted(roots))

    def propose(self, component: Component, files: Files, machine: Machine) -> Proposal:
        """Return the task that builds and tests a project, as its build does in one go."""
        manager = component.tools[0].name
        if any(ANDROID.search(files.read(name)) for name in component.manifests):
            reason = f"{component.manifests[0]} builds for Android, whose development kit is not looked for"
            return Proposal(skipped=(Skipped(titled(component.path, "Java tasks"), reason),))
        wrapper = join(component.path, "mvnw" if manager == "maven" else "gradlew")
        wrapped = bool(files.read(wrapper))
        kit, missing = development_kit(component, machine)
        program = "mvn" if manager == "maven" else "gradle"
        if not wrapped and program not in machine.programs:
            missing = (
                f"{component.manifests[0]} needs {manager}, which is not installed, and there is no wrapper"
            )
        if missing:
            return Proposal(skipped=(Skipped(titled(component.path, "Java tasks"), missing),))
        start = ("sh", f"./{wrapper.rpartition('/')[2]}") if wrapped else (program,)
        return Proposal(tasks=tasks(component, start, kit))


def project(folder: str, manifests: list[str], files: Files, names: frozenset[str]) -> Component:
    """Return what is known of a project."""
    maven = join(folder, MAVEN) in manifests
    first = (
        join(folder, MAVEN)
        if maven
        else next(name for name in manifests if name.rpartition("/")[2] in GRADLE)
    )
    text = "\n".join(files.read(name) for name in ([first] if maven else manifests))
    manager = "maven" if maven else "gradle"
    wanted = RELEASE.search(text) if maven else LANGUAGE.search(text)
    title = ARTIFACT.search(re.sub(r"<parent>.*?</parent>", "", text, flags=re.DOTALL)) if maven else None
    tools = [Tool(name=manager, role=ToolRole.BUILD_BACKEND, evidence=first)]
    tools.append(Tool(name=manager, role=ToolRole.PACKAGE_MANAGER, evidence=first))
    tools += [
        Tool(name=n, role=ToolRole.TEST_RUNNER, evidence=first) for n, fits in RUNNERS if fits.search(text)
    ]
    lock = join(folder, "gradle.lockfile")
    return Component(
        path=folder,
        kinds=frozenset((ProjectKind.JAVA,)),
        name=title[1] if title else "",
        tools=tuple(tools),
        manifests=(first, *(name for name in manifests if name != first)),
        lock_files=(lock,) if lock in names else (),
        interpreter=next((group for group in wanted.groups() if group), "") if wanted else "",
        dependencies=text.count("<dependency>")
        if maven
        else len(re.findall(r"^\s*\w*(?:[iI]mplementation|api)\b", text, re.MULTILINE)),
    )


def development_kit(component: Component, machine: Machine) -> tuple[Interpreter | None, str]:
    """Return the oldest kit that is new enough, or why there is none; neither when nothing is known."""
    known = [(v, i) for i in machine.interpreters if i.language == "java" and (v := parse_version(i.version))]
    if not known:
        return (
            None,
            "" if "javac" in machine.programs else "no Java development kit is installed: install one",
        )
    wanted = parse_version(component.interpreter)
    fitting = [pair for pair in known if wanted is None or pair[0].numbers[0] >= wanted.numbers[0]]
    if not fitting:
        here = ", ".join(interpreter.version for _, interpreter in known)
        return (
            None,
            f"{component.manifests[0]} asks for Java {component.interpreter}, here is {here}: install it",
        )
    return (known[0] if wanted is None else min(fitting, key=lambda pair: pair[0].key()))[1], ""


def tasks(component: Component, start: tuple[str, ...], kit: Interpreter | None) -> tuple[Task, ...]:
    """Return the one task of a project: both builds compile, test and package together."""
    maven = component.tools[0].name == "maven"
    argv = (*start, "-B", "-q", "verify") if maven else (*start, "--no-daemon", "--console=plain", "build")
    runner = next((tool.name for tool in component.tools if tool.role is ToolRole.TEST_RUNNER), "")
    manager = "maven" if maven else "gradle"
    return (
        Task(
            name=titled(component.path, f"testing ({runner})" if runner else f"build_project ({manager})"),
            stage=Stage.TEST if runner else Stage.BUILD,
            commands=(Command(argv=argv, cwd=component.path),),
            env={"JAVA_HOME": dirname(dirname(kit.path))} if kit else {},
            inputs=(join(component.path, "**"),),
            reason=component.manifests[0],
        ),
    )
