"""By which names an option can be called, and which option a name means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from autonomous_cicd.settings.kinds import Token
from autonomous_cicd.settings.tree import PREFIX, declared, parts, variable
from autonomous_cicd.values import dataclass

__all__ = [
    "RESERVED",
    "SHARED",
    "Meaning",
    "inner_keys",
    "known_keys",
    "meanings",
    "secret_variables",
    "variables",
]

RESERVED = frozenset((PREFIX + "CONFIG", PREFIX + "SEALED"))
"""Variables of ours that are no options: the operator's own file, and what the program tells itself."""

SHARED = frozenset(
    ("LOG_LEVEL", "GITHUB_API_URL", "GITHUB_REPOSITORY", "PREFECT_API_URL", "PREFECT_LOGGING_LEVEL")
)
"""Variables that other programs use too: what does not fit us is noted, and is no error."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key of `config_override` or of a flag stands for."""

    path: str
    divisor: float = 1.0
    """By which a number must be divided, where the other name counts in a smaller unit."""


@cache
def variables() -> Mapping[str, str]:
    """Return the option of each variable; of two for one option, the first one counts."""
    found: dict[str, str] = {}
    for path, one in declared().items():
        for name in (variable(path), *one.aliases):
            if name.isupper():
                found[name] = path
    return found


@cache
def secret_variables() -> frozenset[str]:
    """Return the variables that hold a credential of ours."""
    return frozenset(name for name, path in variables().items() if isinstance(declared()[path].kind, Token))


@cache
def meanings() -> Mapping[str, tuple[Meaning, ...]]:
    """Return what each key may mean: a path, an alias, or the bare name of options and sections."""
    found: dict[str, tuple[Meaning, ...]] = {}
    bare: dict[str, list[Meaning]] = {}
    for path in (*declared(), *parts()):
        found[path] = (Meaning(path),)
        bare.setdefault(path.rpartition(".")[2], []).append(Meaning(path))
    for path, one in declared().items():
        section = path.rpartition(".")[0]
        for alias in one.aliases:
            if alias.islower():
                name, _, divisor = alias.partition("/")
                meaning = (Meaning(path, float(divisor or 1)),)
                found[name] = meaning
                found.setdefault(f"{section}.{name}", meaning)
    return {name: tuple(paths) for name, paths in bare.items()} | found


@cache
def inner_keys() -> frozenset[str]:
    """Return the keys that stand for a mapping of other keys and are no sections."""
    return frozenset(name.partition(".")[0] for name in meanings() if "." in name) - meanings().keys()


def known_keys() -> list[str]:
    """Return every key that has one meaning."""
    return [name for name, found in meanings().items() if len(found) == 1]
