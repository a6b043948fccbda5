"""alternative_approach: another tool or way for the same, where the log says that the present one is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from autonomous_cicd.cases import Case
from autonomous_cicd.domain.diagnosis import Failure
from autonomous_cicd.domain.patch import Patch
from autonomous_cicd.domain.remedy import Edit, Prescription, Risk, Strategy
from autonomous_cicd.plugins import remedy
from autonomous_cicd.values import dataclass

__all__ = ["Alternative"]

SCRIPTS = re.compile(
    r"(?:^|/)(?:GNUm|m|M)akefile$|(?:^|/)(?:package\.json|tox\.ini|justfile)$|\.(?:sh|bash|mk)$"
    r"|(?:^|/)(?:bin|scripts?|ci|\.ci)/[\w.-]+$|(?:^|/)requirements[\w./-]*\.txt$"
)
BEGIN = r"(?<![\w./-])"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is said when a way is closed, where it is taken, and what is taken instead."""

    said: re.Pattern[str]
    taken: re.Pattern[str]
    instead: str
    why: str


def _way(said: str, taken: str, instead: str, why: str) -> Way:
    return Way(said=re.compile(said), taken=re.compile(taken, re.MULTILINE), instead=instead, why=why)


NOT_THERE = r"(?::|\b) ?(?:command )?not found|: No such file or directory"
WAYS = (
    _way(
        rf"(?:^|[\s:])docker-compose(?:{NOT_THERE})",
        rf"{BEGIN}docker-compose(?=[ \t])",
        "docker compose",
        "the first version of docker-compose is gone, docker itself has the command now",
    ),
    _way(
        r"(?:^|[\s:/])easy_install(?:: (?:command )?not found)|No module named '?easy_install",
        rf"{BEGIN}(?:python3? -m )?easy_install(?=[ \t])",
        "python -m pip install",
        "easy_install is gone, pip does the same",
    ),
    _way(
        r"setup\.py install is deprecated|invalid command 'install'",
        rf"{BEGIN}(python[\d.]*) setup\.py install\b(?![ \t]+-)",
        r"\1 -m pip install .",
        "setuptools no longer installs by itself, pip does the same",
    ),
    _way(
        r"invalid command 'develop'|setup\.py develop is deprecated|--editable.*develop",
        rf"{BEGIN}(python[\d.]*) setup\.py develop\b(?![ \t]+-)",
        r"\1 -m pip install -e .",
        "setuptools no longer installs by itself, pip does the same",
    ),
    _way(
        r"invalid command 'test'|setup\.py test.{0,20}(?:deprecated|removed)",
        rf"{BEGIN}(python[\d.]*) setup\.py test\b(?![ \t]+-)",
        r"\1 -m pytest",
        "setuptools no longer runs tests, pytest does",
    ),
    _way(
        r"invalid command 'bdist_wheel'",
        rf"{BEGIN}(python[\d.]*) setup\.py (?:sdist )?bdist_wheel\b(?![ \t]+-)",
        r"\1 -m pip wheel --wheel-dir dist .",
        "setuptools builds no wheels without its helper, pip does",
    ),
    _way(
        r"(?:^|[\s:])python(?:: (?:command )?not found)|env: .?python.?: No such file",
        rf"{BEGIN}python(?=[ \t])",
        "python3",
        "this machine calls it python3",
    ),
    _way(
        r"(?:^|[\s:])pip3?(?:: (?:command )?not found)",
        rf"{BEGIN}pip3?(?=[ \t]+(?:install|wheel|download|list|freeze|check)\b)",
        "python3 -m pip",
        "there is no command pip here, the interpreter has it as a module",
    ),
    _way(
        r"(?:^|[\s:])egrep(?:: (?:command )?not found)",
        rf"{BEGIN}egrep(?=[ \t])",
        "grep -E",
        "egrep is gone",
    ),
    _way(
        r"(?:^|[\s:])fgrep(?:: (?:command )?not found)",
        rf"{BEGIN}fgrep(?=[ \t])",
        "grep -F",
        "fgrep is gone",
    ),
    _way(
        r"Failed (?:building wheel|to build)|error: subprocess-exited-with-error"
        r"|command '?\S*(?:gcc|cc|clang)'? failed|Failed to build installable wheels",
        r"[ \t]+--no-binary(?:[ =](?::all:|[\w,.-]+))(?=[ \t]|$)",
        "",
        "it cannot be built from its source here, and there are wheels",
    ),
    _way(
        r"worker '?gw\d+'? crashed|node down: Not properly terminated",
        r"((?:pytest|py\.test|addopts)\b[^\n]*?[ \t\"']"
        r"(?:-n[ =]?|--numprocesses[ =]))(?:auto|logical|[2-9]\d*)\b",
        r"\g<1>1",
        "the tests do not bear being run side by side",
    ),
)


@remedy
class Alternative:
    """Takes the way that a tool's successor offers; what is checked stays the same."""

    name = "alternative"
    strategy = Strategy.ALTERNATIVE_APPROACH
    risk = Risk.LOW

    def suits(self, failure: Failure) -> float:
        """Return how well it suits: only when the log names a way that is closed."""
        text = "\n".join((failure.message, *(quote.text for quote in failure.evidence)))
        return 0.7 if any(way.said.search(text) for way in WAYS) else 0.0

    async def prescribe(self, case: Case) -> Sequence[Prescription]:
        """Return the other ways, each in all the places where the failing script takes the present one."""
        text = "\n".join((case.failure.message, *(quote.text for quote in case.failure.evidence)))
        found = []
        for way in WAYS:
            if not way.said.search(text):
                continue
            patch = Patch.of(
                case.edit(name, way.taken.sub(way.instead, before))
                for name in _scripts(case)
                if way.taken.search(before := case.files.read(name))
            )
            if patch:
                found.append(Edit(patch=patch, reason=f"{', '.join(patch.files)}: {way.why}"))
        return found[:2]


def _scripts(case: Case) -> Iterable[str]:
    """Return the files in which what failed may be written: the workflow, and scripts that it may call."""
    if case.workflow:
        yield case.workflow
    for name in case.files.names:
        if SCRIPTS.search(name) and "node_modules/" not in name and not name.startswith(".github/"):
            yield name
