"""Left out: what the project has is installed: a module with the others, the project in its own job."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.change import Commit
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_texts, restored
from autonomous_cicd.domain.intent import withholds, withholds_apart
from autonomous_cicd.domain.package_lists import with_installed
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Escalate, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["LeftOut"]

_MISSING = re.compile(
    r"No module named '(?P<module>\w+(?:\.\w+)*)'|cannot import name '(?P<name>\w+)' from '(?P<of>[\w.]+)'"
)
_MANIFESTS = ("setup.py", "setup.cfg", "pyproject.toml")
_HOMES = ("src/", "", "lib/", "python/")
_ABOUT = re.compile(r"packages|py[-_]modules|package[-_]dir|exclude|include|where")
_ITSELF = re.compile(
    r"pip[\d.]* install\b[^\n;&|]*?[\s'\"](?:\./?|\$\{?PWD\}?)(?:\[[\w,. -]+\])?(?=['\"\s;&|]|$)"
    r"|\b(?:uv (?:sync|run)|(?:poetry|pdm|pipenv|flit) (?:install|run)|hatch|tox|nox)\b"
    r"|setup\.py (?:install|develop)\b|\bpip[\d.]* install\b[^\n]*\.whl",
    re.MULTILINE,
)
"""What installs the project itself."""
_INSTALL = re.compile(
    r"(?m)^(?P<head>[^\n#]*?\bpip[\d.]* install)"
    r"(?=[ \t]+(?!-r\b|--requirement|(?:-U|--upgrade) pip\b)[\w'\"-])"
)
_MOST = 3


@remedy
class LeftOut:
    """Installs a package or module of the project that its list of packages leaves out."""

    name = "left_out"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: whether the module is the project's own, only its files tell."""
        told = (failure.message, *(one.text for one in failure.evidence))
        return 0.7 if any(_MISSING.search(text) for text in told) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the manifest as it was before the module was left out, or with the module in its list."""
        told = "\n".join((case.failure.message, *(one.text for one in case.failure.evidence)))
        for one in _MISSING.finditer(told):
            module = one["module"] or f"{one['of']}.{one['name']}"
            file = _file(case, module)
            if not file:
                continue
            listed = [*_listed(case, module, package=file.endswith("/__init__.py"))]
            if commit := _withheld(case):
                # What was left out on purpose stays out: the module joins by its name, and nothing else does.
                named = [one for one in listed if _says(one.patch, module)]
                if named and withholds_apart(commit.subject, module):
                    return named
                said = f'commit {commit.id[:7]} "{commit.subject[:60]}"'
                return (Escalate(reason=f"{said} leaves it out, and something still uses it"),)
            found = [*_in_its_job(case), *_restored(case, module), *listed]
            return list({edit.patch.id: edit for edit in found}.values())[:_MOST]
        return ()


def _file(case: Case, module: str) -> str:
    """Return the file of a module of the project; "" when it has none."""
    path = module.replace(".", "/")
    tries = (f"{home}{path}{end}" for home in _HOMES for end in ("/__init__.py", ".py"))
    return next((one for one in tries if one in case.files.names), "")


def _in_its_job(case: Case) -> Iterator[Edit]:
    """Yield what has a job install the project that it tests, as it did before, or at all."""
    steps = "\n".join([case.script, *(step.command for step in case.result.steps)])
    name = case.workflow
    if not name or _ITSELF.search(steps) or not any(one in case.files.names for one in _MANIFESTS):
        return
    text, past = case.files.read(name), case.bench.past

    def fits(candidate: str) -> bool:
        return bool(_ITSELF.search(candidate))

    for before in earlier_texts(past.commits(), past.patch_of, name, most=3):
        if not fits(text) and fits(before) and (new := restored(text, before, fits)):
            yield Edit(patch=Patch.of([case.edit(name, new)]), reason=f"{name} installs the project again")
            return
    heads = [one["head"] for one in _INSTALL.finditer(text)]
    lines = [one for one in heads if re.sub(r"^[\s-]*(?:run:\s*)?", "", one) in steps]
    if len(lines) == 1:
        new = text.replace(lines[0], f"{lines[0]} -e .", 1)
        yield Edit(
            patch=Patch.of([case.edit(name, new)]), reason=f"{name} installs the project that it tests"
        )


def _withheld(case: Case) -> Commit | None:
    """Return the last commit that changed what is installed, if it says that it leaves something out."""
    past = case.bench.past
    for commit in past.commits():
        lines = [
            line
            for one in past.patch_of(commit.id)
            if one.name in _MANIFESTS
            for line in (*one.lines[0], *one.lines[1])
        ]
        if any(_ABOUT.search(line) for line in lines):
            return commit if withholds(commit.subject) else None
    return None


def _says(patch: Patch, module: str) -> bool:
    """Whether a change adds a module by its own name."""
    return any(module in line for one in patch for line in one.lines[1])


def _restored(case: Case, module: str) -> Iterator[Edit]:
    """Yield manifests with the one line about packages as it was before it was changed."""
    past, top = case.bench.past, module.partition(".")[0]
    for name in [one for one in _MANIFESTS if one in case.files.names]:
        now = case.files.read(name)
        for before in earlier_texts(past.commits(), past.patch_of, name, most=1):
            fits = _differs(now, top)
            if new := restored(now, before, fits):
                why = f"{name} installs {module} again: it says what it said of packages before"
                yield Edit(patch=Patch.of([case.edit(name, new)]), reason=why)


def _differs(now: str, top: str) -> Callable[[str], bool]:
    """Return what tells whether a text says something else of packages."""
    said = {line for line in now.splitlines() if _ABOUT.search(line) or top in line}

    def fits(candidate: str) -> bool:
        return {line for line in candidate.splitlines() if _ABOUT.search(line) or top in line} != said

    return fits


def _listed(case: Case, module: str, *, package: bool) -> Iterator[Edit]:
    whole = module if package or "." not in module else module.rpartition(".")[0]
    for name in [one for one in _MANIFESTS if one in case.files.names]:
        text = case.files.read(name)
        if new := with_installed(name, text, whole, package=package or "." in module):
            reason = f"{name} lists {whole} among what is installed"
            yield Edit(patch=Patch.of([case.edit(name, new)]), reason=reason)
            return
