"""Puts together the tasks of a package and of the members of its workspace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from autonomous_cicd.domain.layout import titled
from autonomous_cicd.domain.machine import Machine
from autonomous_cicd.domain.pipeline import Skipped, Stage
from autonomous_cicd.ecosystems.node.choice import choose_scripts
from autonomous_cicd.ecosystems.node.managers import Manager, manager_of
from autonomous_cicd.ecosystems.node.runtime import choose_runtime
from autonomous_cicd.ecosystems.node.site import Site
from autonomous_cicd.ecosystems.node.survey import Package, Survey
from autonomous_cicd.ecosystems.node.tasks import Part, part_of
from autonomous_cicd.plugins import Proposal
from autonomous_cicd.ports import Files

__all__ = ["propose_package"]

STAGES = frozenset((Stage.BUILD, Stage.LINT, Stage.TYPES, Stage.TEST))
FOREIGN = ("workspace:", "catalog:")
"""Kinds of version that npm does not know."""


def propose_package(package: Package, survey: Survey, files: Files, machine: Machine) -> Proposal:
    """Return the tasks of a package that is installed for itself, those of its workspace included."""
    if package.manifest.broken:
        return Proposal(skipped=(Skipped(package.manifest.file, package.manifest.broken),))
    runtime = choose_runtime(package, files, machine)
    if runtime.problem:
        return Proposal(skipped=(Skipped(titled(package.folder, "JavaScript tasks"), runtime.problem),))
    manager, notes = available(manager_of(package, files, machine), package, machine)
    if manager is None:
        return Proposal(skipped=notes)
    if runtime.note:
        notes = (*notes, Skipped(titled(package.folder, "version of Node"), runtime.note))
    site = Site(
        package=package,
        manager=manager,
        node=runtime,
        files=files,
        machine=machine,
        tracked=survey.folders,
    )
    return assembled(site, notes)


def available(
    manager: Manager, package: Package, machine: Machine
) -> tuple[Manager | None, tuple[Skipped, ...]]:
    """Return a manager that can be used here, and what is different with it; None with the reason."""
    programs = machine.programs
    if manager.name == "bun" and "bun" not in programs:
        versions = [v for p in (package, *package.members) for v in p.manifest.dependencies.values()]
        note = f"{manager.evidence} is kept with bun, which is not installed"
        if "npm" not in programs or any(version.startswith(FOREIGN) for version in versions):
            return None, (
                Skipped(titled(package.folder, "JavaScript tasks"), f"{note}: install it from bun.sh"),
            )
        instead = Manager(name="npm", evidence=package.manifest.file)
        return instead, (Skipped(manager.lock or "bun", f"{note}: npm resolves the dependencies anew"),)
    if manager.requirement and "npm" not in programs and manager.name in programs:
        return replace(manager, requirement=""), ()
    needed = "npm" if manager.requirement else manager.name
    if needed not in programs:
        reason = f"{needed}, which it is installed with, is not there: install it together with Node.js"
        return None, (Skipped(titled(package.folder, "JavaScript tasks"), reason),)
    return manager, ()


def assembled(site: Site, notes: tuple[Skipped, ...]) -> Proposal:
    """Return the tasks that set a package up, and then those that check, test and build it."""
    package = site.package
    setup = site.setup()
    install = site.install(setup)
    installs = any(part.manifest.needs_install for part in (package, *package.members))
    ready = (install.name,) if installs else (setup.name,)
    parts = list(parts_of(site, ready))
    tasks = tuple(task for part in parts for task in part.tasks)
    skipped = (*notes, *(left_out for part in parts for left_out in part.skipped))
    before = (setup, install) if installs else (setup,)
    return Proposal(tasks=(*before, *tasks) if tasks else (), skipped=skipped)


def parts_of(site: Site, ready: tuple[str, ...]) -> Iterator[Part]:
    """Give the parts of the root and, for what the root has no script for, those of the members."""
    package = site.package
    if not package.members:
        yield part_of(site, package, needs=ready, wait=False, only=STAGES)
        return
    own = scripted(package)
    linked = any(site.built_folders(member) for member in package.members)
    root = part_of(site, package, needs=ready, wait=linked, only=own)
    yield root
    builds = tuple(task.name for task in root.tasks if task.stage is Stage.BUILD)
    delegated = STAGES - own
    inner = list(member_parts(site, ready, builds if linked else (), delegated))
    yield from inner
    done = {task.stage for part in inner for task in part.tasks}
    yield part_of(site, package, needs=(*ready, *builds), wait=False, only=delegated - done)


def scripted(package: Package) -> frozenset[Stage]:
    """Return the stages for which a package has scripts of its own."""
    scripts = choose_scripts(package.manifest)
    has = {
        Stage.BUILD: scripts.build,
        Stage.LINT: scripts.lint or scripts.format,
        Stage.TYPES: scripts.types,
        Stage.TEST: scripts.test or scripts.other_tests,
    }
    return frozenset(stage for stage, names in has.items() if names)


def member_parts(
    site: Site, ready: tuple[str, ...], builds: tuple[str, ...], stages: frozenset[Stage]
) -> Iterator[Part]:
    """Give the parts of the members, each after those that it depends on."""
    members = {member.manifest.name: member for member in site.package.members}
    built: dict[str, tuple[str, ...]] = {}
    for member in in_order(members):
        before = [name for other in dependencies(member, members) for name in built.get(other, ())]
        part = part_of(site, member, needs=(*ready, *builds, *before), wait=False, only=stages)
        own = tuple(task.name for task in part.tasks if task.stage is Stage.BUILD)
        built[member.manifest.name] = own or tuple(dict.fromkeys(before))
        yield part


def in_order(members: Mapping[str, Package]) -> list[Package]:
    """Return the members of a workspace, those that others depend on first; circles are cut somewhere."""
    order: dict[str, Package] = {}
    entered: set[str] = set()
    for start in members:
        path = [(start, iter(dependencies(members[start], members)))]
        entered.add(start)
        while path:
            name, rest = path[-1]
            following = next((other for other in rest if other not in entered), None)
            if following is None:
                order.setdefault(name, members[name])
                path.pop()
            else:
                entered.add(following)
                path.append((following, iter(dependencies(members[following], members))))
    return list(order.values())


def dependencies(member: Package, members: Mapping[str, Package]) -> list[str]:
    """Return the names of the other members that a member depends on."""
    return [name for name in member.manifest.dependencies if name in members and members[name] is not member]
