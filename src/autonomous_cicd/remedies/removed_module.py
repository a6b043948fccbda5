"""Removed module: what the standard library no longer has is taken from where it lives now."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Category, Failure
from autonomous_cicd.domain.distributions import distribution_of
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_bounds import usable
from autonomous_cicd.domain.python_conflicts import unbuilt
from autonomous_cicd.domain.python_places import Place, build_place, runtime_places, test_places
from autonomous_cicd.domain.python_project import PythonProject, Use, look_at, python_of
from autonomous_cicd.domain.python_removed import Gone, gone, modernized, replacement
from autonomous_cicd.domain.python_sources import Part
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.domain.requirement import order
from autonomous_cicd.domain.shelf import Style
from autonomous_cicd.plugins import remedy
from autonomous_cicd.relocked import with_locks

__all__ = ["RemovedModule"]

_PACKAGE = re.compile(r"(?:site|dist)-packages[/\\](?P<module>[A-Za-z_]\w*)(?:\.py|[/\\])")
_FRAME = re.compile(r"""(?m)^\s*(?:File "(?P<one>[^"\n]+)", line \d+|(?P<two>[^\s:"]+\.py):\d+: )""")
_MOST_FILES = 4


@remedy
class RemovedModule:
    """Asks for the distribution that has a removed module now, or writes its new name in the sources."""

    name = "removed_module"
    strategy = Strategy.DEPENDENCY_UPDATE
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits, by what the failure's lines say."""
        found = _said(failure)
        if found is None:
            return 0.0
        return 0.97 if failure.category is Category.DEPENDENCY_BREAKING_CHANGE or not found.name else 0.9

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the new name where it is sure, then the distribution that has the module now."""
        what = _said(case.failure)
        if what is None:
            return ()
        scripts = [step.command for step in case.result.steps if step.command]
        scripts = scripts or [command.text for command in case.task.commands]
        project = look_at(case.files.names, case.files.read, scripts, case.workflow)
        uses = project.uses(what.module)
        found: list[Edit] = []
        if patch := _renamed(case, what, uses):
            shown = f"{what.module}.{what.name}" if what.name else what.module
            found.append(
                Edit(patch=patch, reason=f"uses what took the place of {shown}, which Python no longer has")
            )
        foreign = _foreign(case, what)
        if not found and (foreign if what.name else not uses):
            found += await _newer(case, project, what)
        if not found and not what.name and (uses or not (foreign or unbuilt(case.log))):
            found += await _declared(case, project, what, uses)
        return found


def _said(failure: Failure) -> Gone | None:
    said = (failure.message, *(quote.text for quote in failure.evidence))
    return next((found for text in said if (found := gone(text))), None)


def _renamed(case: Case, what: Gone, uses: Sequence[Use]) -> Patch:
    """Return the change of all sources that use what is gone, when it can be made in each of them."""
    files = {use.file for use in uses if use.part is not Part.TEST}
    if what.name:
        files = {file for file in files if what.name in case.files.read(file)}
    firm = [use for use in uses if use.firm or what.name]
    if not files or len(files) > _MOST_FILES or any(use.part is Part.TEST for use in firm if not what.name):
        return Patch()
    changes = []
    for file in sorted(files):
        text = modernized(case.files.read(file), what)
        if text is None:
            return Patch()
        changes.append(case.edit(file, text))
    return Patch.of(changes)


def _above(case: Case, what: Gone) -> str:
    """Return the end of what stands above the line that says that it is gone."""
    at = case.log.rfind(f"'{what.name}'" if what.name else f"No module named '{what.module}")
    return case.log[max(0, at - 4_000) : max(0, at)]


def _foreign(case: Case, what: Gone) -> bool:
    """Whether it is used by what is installed, not by the project."""
    frames = [one["one"] or one["two"] for one in _FRAME.finditer(_above(case, what))]
    files = [one for one in frames if not one.startswith("<")]
    return bool(files) and "site-packages" in files[-1]


async def _newer(case: Case, project: PythonProject, what: Gone) -> list[Edit]:
    """Return newer releases of what is installed and wants the module, when the project holds it back."""
    modules = [match["module"] for match in _PACKAGE.finditer(_above(case, what))]
    found: list[Edit] = []
    named = (distribution_of(module, project.mentioned) for module in reversed(modules))
    for name in dict.fromkeys((*unbuilt(case.log), *named)):
        for place, item in project.holders(name) if name else ():
            asked = item.requirement
            wanted = place in project.job or place == build_place(project.texts)
            if not wanted or asked is None or not asked.pinned or item.key:
                continue
            known = usable(await case.bench.packages.releases("python", name), python_of(case.log))
            above = [one for one in known if (order(one) or ()) > (order(asked.pinned) or ())]
            new = asked.with_spec(asked.spec.replace(asked.pinned, above[0])).text if above else ""
            text = project.with_changed(place, item.name, new, item.text) if new else None
            if text is not None:
                shown = f"{what.module}.{what.name}" if what.name else what.module
                reason = f"asks for {new}, because {item.text} needs {shown}, which Python no longer has"
                found.append(Edit(patch=Patch.of([case.edit(place.file, text)]), reason=reason))
    return found[:1]


async def _declared(case: Case, project: PythonProject, what: Gone, uses: Sequence[Use]) -> list[Edit]:
    """Return the addition of the distribution that has the module now."""
    name, marker = replacement(what.module)
    place = _place(project, uses) if name else None
    if place is None:
        return []
    shelf = project.shelf(place)
    marked = bool(marker) and (shelf is None or shelf.style in (Style.LIST, Style.LINES))
    text = project.with_added(place, f"{name}; {marker}" if marked else name)
    if text is None:
        return []
    patch = await with_locks(case, Patch.of([case.edit(place.file, text)]))
    reason = f"declares {name} in {place.file}: it has the module {what.module}, which Python no longer has"
    return [Edit(patch=patch, reason=reason)] if patch else []


def _place(project: PythonProject, uses: Sequence[Use]) -> Place | None:
    package = [use for use in uses if use.part is Part.PACKAGE]
    if package:
        return next(iter(runtime_places(project.texts, package[0].file, project.job)), None)
    if uses and all(use.part is Part.BUILD for use in uses):
        return build_place(project.texts)
    return next(iter(test_places(project.texts, project.job)), None)
