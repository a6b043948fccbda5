"""Reads the environments of hatch."""

from __future__ import annotations

import shlex

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.shapes import Table, string, strings, table

__all__ = ["hatch_environments"]


def hatch_environments(declared: Table) -> tuple[Recipe, ...]:
    """Return the environments that `[tool.hatch.envs]` declares; each takes what its template has."""
    envs = table(declared.get("envs")) or declared
    return tuple(_recipe(name, envs) for name in envs if isinstance(envs[name], dict))


def _recipe(name: str, envs: Table) -> Recipe:
    own = _inherited(name, envs, 0)
    scripts = table(own.get("scripts"))
    commands = [
        words
        for script in ("test", "tests", "run", "cov", "check", "lint", "style", "typing", "all")
        for line in strings(scripts.get(script))
        if (words := _words(line, scripts))
    ]
    return Recipe(
        tool="hatch",
        name=name,
        source="pyproject.toml",
        requirements=strings(own.get("dependencies")) + strings(own.get("extra-dependencies")),
        extras=strings(own.get("features")),
        groups=strings(own.get("dependency-groups")),
        project=own.get("skip-install") is not True and own.get("detached") is not True,
        commands=tuple(commands),
        env={
            key: string(value) for key, value in table(own.get("env-vars")).items() if "{" not in str(value)
        },
        whole=all("{" not in word for words in commands for word in words),
    )


def _inherited(name: str, envs: Table, depth: int) -> Table:
    """Return an environment with what it takes from its template."""
    own = table(envs.get(name))
    template = string(own.get("template")) or "default"
    if template == name or own.get("detached") is True or depth > 10:
        return own
    above = _inherited(template, envs, depth + 1)
    scripts = {**table(above.get("scripts")), **table(own.get("scripts"))}
    return {**above, **own, "scripts": scripts}


def _words(line: str, scripts: Table) -> tuple[str, ...]:
    """Return a command, `{args}` replaced by its default; nothing when it calls another script."""
    text = line.strip().lstrip("-").strip()
    while "{args" in text:
        before, _, rest = text.partition("{args")
        default, _, after = rest.partition("}")
        text = f"{before}{default.lstrip(':')}{after}"
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        return ()
    return () if not words or words[0] in scripts else words
