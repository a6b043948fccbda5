"""Requirements of Python projects: what one names, and how it is written with other bounds."""

from __future__ import annotations

import re

from autonomous_cicd.values import dataclass

__all__ = ["Requirement", "normal", "order", "parse_requirement"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?"
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|<|>|\^|~)\s*[A-Za-z0-9.*+!_-]+"
_WRITTEN = re.compile(
    rf"(?P<name>{_NAME})(?P<extras>\s*\[[^\]\[]{{0,200}}\])?"
    rf"(?P<gap>\s*)(?P<spec>\(?(?:{_CLAUSE})?(?:\s*,\s*{_CLAUSE}){{0,20}},?\)?)"
    r"(?P<url>\s*@\s*\S+)?(?P<marker>\s*;.*)?"
)
_NUMBER = re.compile(r"\d{1,9}")
_FINAL = re.compile(r"v?(?:\d+!)?\d{1,9}(?:\.\d{1,9}){0,6}(?P<post>(?:\.post|-)\d+)?(?:\+.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A requirement as it is written, in its parts; together they are the text again."""

    name: str
    extras: str = ""
    gap: str = ""
    spec: str = ""
    """`>=1.2,<2`; empty: any version does."""
    url: str = ""
    marker: str = ""

    @property
    def text(self) -> str:
        """As it was written."""
        return f"{self.name}{self.extras}{self.gap}{self.spec}{self.url}{self.marker}"

    @property
    def clauses(self) -> tuple[str, ...]:
        """The conditions of its specifier, one by one."""
        return tuple(part.strip() for part in self.spec.strip("()").split(",") if part.strip())

    @property
    def pinned(self) -> str:
        """The one version that it allows; "" when it allows several."""
        clauses = self.clauses
        one = len(clauses) == 1 and clauses[0].startswith("==") and "*" not in clauses[0]
        return clauses[0].lstrip("=").strip() if one else ""

    def with_spec(self, spec: str) -> Requirement:
        """Return it with another specifier, written as the one before was."""
        gap = self.gap if spec and (self.spec or not self.gap.strip(" ")) else ""
        if not self.spec:
            gap = ""
        if self.spec.startswith("(") and spec:
            spec = f"({spec})"
        if ", " in self.spec:
            spec = re.sub(r",(?=\S)", ", ", spec)
        return Requirement(
            name=self.name, extras=self.extras, gap=gap, spec=spec, url=self.url, marker=self.marker
        )


def parse_requirement(text: str) -> Requirement | None:
    """Return what a requirement says; None when it is none (an option, a path, an address)."""
    found = _WRITTEN.fullmatch(text.strip()) if len(text) < 2000 else None
    if found is None:
        return None
    return Requirement(
        name=found["name"],
        extras=found["extras"] or "",
        gap=found["gap"] or "",
        spec=found["spec"] or "",
        url=found["url"] or "",
        marker=found["marker"] or "",
    )


def normal(name: str) -> str:
    """Return a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def order(version: str) -> tuple[int, ...] | None:
    """Return what final releases are compared by; None for one before a final release, or no version."""
    if not _FINAL.fullmatch(version.strip()):
        return None
    head = version.strip().lstrip("v").partition("+")[0]
    epoch, _, rest = head.rpartition("!")
    plain, _, post = rest.replace("-", ".post").partition(".post")
    numbers = [int(part) for part in _NUMBER.findall(plain)]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    numbers += [0] * (7 - len(numbers))
    return (int(epoch or 0), *numbers, int(post or -1))
