"""Webpack and what builds on it: modules that cannot be resolved, below a heading that says how bad it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.advice import usual
from autonomous_cicd.domain.diagnosis import Category, Place, Role, Sighting
from autonomous_cicd.domain.log import Log
from autonomous_cicd.plugins import parser

__all__ = ["Bundler"]

_UNRESOLVED = re.compile(r"Can't resolve '(?P<module>[^']+)'(?: in '(?P<folder>[^']*)')?")
_WARNING = re.compile(r"\bWARNING in\b|[Cc]ompiled with warnings|^\s*warning\b|⚠")
_ERROR = re.compile(r"\bERROR in\b|[Ff]ailed to compile|Build error occurred|^\s*error\b")
_OWN = re.compile(
    r"^(?:\.{1,2}(?:/|$)|/|[A-Za-z]:\\|[@~#]/|~(?![A-Za-z])|(?:src|app|lib|components|pages|utils|assets)/)"
)
_OLD_BUILTIN = re.compile(
    r"^(?:crypto|stream|buffer|http|https|zlib|path|os|url|util|assert|querystring|vm|fs|net|tls|child_process)$"
)


@parser
class Bundler:
    """Understands `Module not found` of webpack, Next, Angular, Vue and React tools."""

    name = "bundler"
    cues = ("Can't resolve '",)

    def parse(self, log: Log, number: int) -> Iterator[Sighting]:
        """Return what is missing, unless the heading above says that it is only a warning."""
        line = log[number]
        match = _UNRESOLVED.search(line)
        if match is None or _WARNING.search(line):
            return
        for _, above in log.before(number, 8):
            if _ERROR.search(above):
                break
            if _WARNING.search(above):
                return
        module = match["module"]
        category, cause = _meant(module)
        extra = [other for other, text in log.before(number, 3) if text.strip() and "rror" not in text[:6]]
        yield Sighting(
            rule="bundler",
            category=category,
            severity=usual(category).severity,
            confidence=0.9,
            role=Role.CAUSE,
            line=number,
            cause=f"{module[:150]} {cause}",
            remedies=usual(category).remedies,
            evidence=tuple(extra[:2]),
            place=Place(package=module[:150] if category is Category.DEPENDENCY_MISSING else ""),
        )


def _meant(module: str) -> tuple[Category, str]:
    if _OWN.match(module):
        return Category.IMPORT_ERROR, "is imported, and there is no such file"
    if _OLD_BUILTIN.match(module):
        return (
            Category.CONFIGURATION,
            "is a module of Node, which a browser does not have: the bundler needs a fallback",
        )
    return Category.DEPENDENCY_MISSING, "is imported but not installed"
