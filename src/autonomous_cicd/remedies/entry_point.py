"""Entry point: a command of the project is there again, or follows its function to its new name or place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.earlier import earlier_changes, earlier_texts, restored
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.python_sources import Part, part_of
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy

__all__ = ["EntryPoint"]

_GONE = re.compile(
    r"cannot import name '(?P<name>\w+)' from '(?P<module>\w+(?:\.\w+)*)'"
    r"|module '(?P<holder>\w+(?:\.\w+)*)' has no attribute '(?P<attribute>\w+)'"
    r"|No module named '(?P<missing>\w+(?:\.\w+)+)'"
)
_ABSENT = re.compile(
    r"(?P<command>[A-Za-z][\w.-]+): (?:command )?not found"
    r"|No such file or directory: '(?P<program>[A-Za-z][\w.-]+)'|[Ff]ailed to spawn: `(?P<spawned>[\w.-]+)`"
)
_CALLED = re.compile(r"returned non-zero exit status|exited with (?:code|status)|exit code 1")
_DEFINED = re.compile(
    r"^(?:async )?(?:def|class) (?P<name>\w+)|^(?P<value>\w+)(?: *:[^=\n]+)? = ", re.MULTILINE
)
_ENTRY = re.compile(r"[\w.-]+['\"]?\s*=\s*['\"]?[\w.]+:\w+")
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py")
_HOMES = ("src/", "", "lib/", "python/")


@remedy
class EntryPoint:
    """Has a command call the function that took the place of the one that it named."""

    name = "entry_point"
    strategy = Strategy.CONFIGURATION_FIX
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: nothing else asks whether it is a command that is called."""
        told = "\n".join((failure.message, *(one.text for one in failure.evidence)))
        return 0.75 if any(one.search(told) for one in (_GONE, _ABSENT, _CALLED)) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the manifest that names what there is now; nothing when that is not sure."""
        for one in _GONE.finditer(case.log):
            module, name = one["module"] or one["holder"] or one["missing"], one["name"] or one["attribute"]
            for manifest in [each for each in _MANIFESTS if each in case.files.names]:
                text = case.files.read(manifest)
                for entry in re.finditer(rf"(?<![\w.]){re.escape(module)}:(?P<name>\w+)", text):
                    new = _now(case, module, entry["name"]) if name in (None, entry["name"]) else ""
                    if new:
                        after = re.sub(rf"(?<![\w.]){re.escape(entry[0])}(?!\w)", new, text)
                        reason = f"{manifest} has its command call {new}, which {entry[0]} became"
                        return (Edit(patch=Patch.of([case.edit(manifest, after)]), reason=reason),)
        return [*_put_back(case)][:1]


def _put_back(case: Case) -> Iterator[Edit]:
    """Yield the manifest with a command that it had, and that is not found any more."""
    past = case.bench.past
    for one in _ABSENT.finditer(case.log):
        command = next(group for group in one.groups() if group)
        has = re.compile(rf"(?<![\w.-]){re.escape(command)}['\"]?\s*=\s*['\"]?[\w.]+:\w+").search
        for name in [each for each in _MANIFESTS if each in case.files.names]:
            now = case.files.read(name)
            for before in earlier_texts(past.commits(), past.patch_of, name):
                if has(now) or not has(before) or _meant(case, command):
                    continue
                new = restored(now, before, has)
                if new and set(_ENTRY.findall(now)) <= set(_ENTRY.findall(new)):  # none took its place
                    reason = f"{name} has the command {command} again"
                    yield Edit(patch=Patch.of([case.edit(name, new)]), reason=reason)


def _meant(case: Case, command: str) -> bool:
    """Whether a commit says that the command was to go."""
    said = re.compile(
        rf"(?i)\b(?:remov|drop|delet|retir|renam)\w*\b.*(?<![\w-]){re.escape(command)}(?![\w-])"
    )
    return any(said.search(commit.subject) for commit in case.bench.past.commits())


def _now(case: Case, module: str, name: str) -> str:
    """Return what a function is called now, with its module; "" when there is none, or several may be it."""
    path = module.replace(".", "/")
    files = [f"{home}{path}{end}" for home in _HOMES for end in (".py", "/__init__.py")]
    file = next((one for one in files if one in case.files.names), "")
    if not file:
        homes = {_module(one) for one in _sources(case) if name in _names(case.files.read(one))}
        return f"{homes.pop()}:{name}" if len(homes) == 1 else ""
    if name in _names(case.files.read(file)) or _imported(case, module, name):
        return ""
    for change in earlier_changes(case.bench.past.commits(), case.bench.past.patch_of, file):
        before, after = _names(change.before or ""), _names(change.after or "")
        if name in before and name not in after:
            new = after - before
            return f"{module}:{new.pop()}" if len(new) == 1 and len(before - after) == 1 else ""
    return ""


def _sources(case: Case) -> Iterator[str]:
    return (
        one for one in case.files.names if one.endswith(".py") and part_of(one) is Part.PACKAGE and "/" in one
    )


def _module(file: str) -> str:
    home = next((one for one in ("src/", "lib/", "python/") if file.startswith(one)), "")
    return file.removeprefix(home).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _names(text: str) -> set[str]:
    return {one["name"] or one["value"] for one in _DEFINED.finditer(text)}


def _imported(case: Case, module: str, name: str) -> bool:
    """Whether sources import it by its old name, too: then it is more than the command that lost it."""
    last = module.rpartition(".")[2]
    taken = re.compile(rf"(?m)^\s*from [\w.]*\b{last} import [^\n]*\b{name}\b|\b{last}\.{name}\b")
    return any(taken.search(case.files.read(one)) for one in case.files.names if one.endswith(".py"))
