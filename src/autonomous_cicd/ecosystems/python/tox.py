"""Reads the environments of tox, from tox.ini, setup.cfg, tox.toml and pyproject.toml."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from itertools import islice, product
from posixpath import normpath, relpath

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.shapes import Table, lines, string, strings, table

__all__ = ["environments", "expand", "toml_environments", "versions_named"]

Sections = Mapping[str, Mapping[str, str]]

_BRACES = re.compile(r"\{([^{}\s]*)\}")
_RANGE = re.compile(r"(\d+)-(\d+)")
_CONDITION = re.compile(r"([\w{}.,! -]+):(?:\s+(.*))?$")
_SUBSTITUTION = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(r"\[([^\]]+)\]([\w.-]+)")
_INCLUDE = re.compile(r"(?:-r|--requirement)[\s=]*(\S+)")
_VERSION = re.compile(r"(?:py|python)?(3)\.?(\d{1,2})")
_PLACES = {
    "envdir": "{environment}",
    "env_dir": "{environment}",
    "envtmpdir": "{environment}-tmp",
    "env_tmp_dir": "{environment}-tmp",
    "envlogdir": "{environment}-log",
    "env_log_dir": "{environment}-log",
    "envbindir": "{environment}/bin",
    "env_bin_dir": "{environment}/bin",
    "envpython": "python",
    "env_python": "python",
    "basepython": "python",
    "base_python": "python",
    "posargs": "",
    "/": "/",
    ":": ":",
}
_ROOTS = frozenset(("toxinidir", "tox_root"))
_MOST = 400
"""Environments of one file that are looked at."""
_MOST_LINES = 5_000
"""Lines of one environment, everything that it refers to written out."""
_LONGEST = 20_000


def expand(text: str) -> tuple[str, ...]:
    """Return the names that a list of environments with braces stands for."""
    found: list[str] = []
    for part in re.split(r"[\n,](?![^{]*\})", re.sub(r"(?m)#.*$", "", text)):
        pieces = [
            _choices(piece) if at % 2 else (piece,) for at, piece in enumerate(_BRACES.split(part.strip()))
        ]
        names = ("".join(combination).strip() for combination in product(*pieces))
        found += islice(names, _MOST - len(found))
    return tuple(name for name in dict.fromkeys(found) if name)


def versions_named(names: Sequence[str]) -> tuple[str, ...]:
    """Return the versions of Python 3 that names of environments contain, oldest first."""
    factors = {factor for name in names for factor in name.split("-")}
    minors = {int(match[2]) for factor in factors if (match := _VERSION.fullmatch(factor))}
    return tuple(f"3.{minor}" for minor in sorted(minors))


def environments(sections: Sections, *, file: str) -> tuple[Recipe, ...]:
    """Return the environments of an INI file, in the order of its list; the base one comes last, as `py`."""
    base = sections.get("testenv", {})
    head = sections.get("tox", sections.get("tox:tox", {}))
    own: dict[str, Mapping[str, str]] = {}
    for title, section in sections.items():
        if title.startswith("testenv:"):
            own |= dict.fromkeys(expand(title.removeprefix("testenv:")), section)
    listed = expand(head.get("envlist", head.get("env_list", "")))
    names = tuple(dict.fromkeys((*listed, *own, *(("py",) if base else ()))))
    return tuple(_recipe(name, {**base, **own.get(name, {})}, sections, file) for name in names[:_MOST])


def toml_environments(document: Table, *, file: str) -> tuple[Recipe, ...]:
    """Return the environments of a TOML file, in the order of its list; the base one comes last, as `py`."""
    base, own = table(document, "env_run_base"), table(document, "env")
    listed = tuple(name for name in strings(document.get("env_list")))
    names = tuple(dict.fromkeys((*listed, *own, *(("py",) if base else ()))))
    return tuple(_toml_recipe(name, {**base, **table(own, name)}, document, file) for name in names[:_MOST])


def _choices(braces: str) -> tuple[str, ...]:
    """Return what stands between braces: `a,b`, or a range such as `9-14`."""
    found: list[str] = []
    for part in braces.split(","):
        span = _RANGE.fullmatch(part.strip())
        if span and int(span[1]) <= int(span[2]) < 1000:
            found += [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
        else:
            found.append(part.strip())
    return tuple(found)


def _recipe(name: str, config: Mapping[str, str], sections: Sections, file: str) -> Recipe:
    reader = _Reader(name, sections)

    def get(*keys: str) -> tuple[str, ...]:
        return reader.lines(next((config[key] for key in keys if key in config), ""))

    cwd = reader.enter(next(iter(get("changedir", "change_dir")), "."))
    deps = get("deps")
    commands = [_argv(line) for line in get("commands") if not line.startswith("-")]
    skip = next(iter(get("skip_install")), "").lower() == "true"
    environment = dict(pair for line in get("setenv", "set_env") if (pair := _pair(line)))
    return Recipe(
        tool="tox",
        name=name,
        source=file,
        requirements=tuple(dep for dep in deps if not dep.startswith(("-", "."))),
        files=tuple(include[1] for dep in deps if (include := _INCLUDE.match(dep))),
        extras=tuple(one.strip() for line in get("extras") for one in line.split(",") if one.strip()),
        groups=get("dependency_groups"),
        project=not skip,
        commands=tuple(command for command in commands if command),
        cwd=cwd,
        env=environment,
        whole=not reader.missed and None not in commands,
    )


def _toml_recipe(name: str, config: Table, document: Table, file: str) -> Recipe:
    reader = _Reader(name, {})
    cwd = reader.enter(reader.word(string(config.get("change_dir"))) or ".")
    commands = [
        tuple(reader.word(word) for word in _toml_words(command, document, reader))
        for command in _list(config.get("commands"))
    ]
    deps = [reader.word(dep) for dep in strings(config.get("deps"))]
    environment = {
        key: reader.word(value) for key, value in table(config, "set_env").items() if isinstance(value, str)
    }
    return Recipe(
        tool="tox",
        name=name,
        source=file,
        requirements=tuple(dep for dep in deps if not dep.startswith(("-", "."))),
        files=tuple(include[1] for dep in deps if (include := _INCLUDE.match(dep))),
        extras=strings(config.get("extras")),
        groups=strings(config.get("dependency_groups")),
        project=config.get("skip_install") is not True,
        commands=tuple(command for command in commands if command),
        cwd=cwd,
        env=environment,
        whole=not reader.missed,
    )


def _toml_words(command: object, document: Table, reader: _Reader) -> list[str]:
    words: list[str] = []
    for part in _list(command):
        entry = table(part)
        if isinstance(part, str):
            words.append(part)
        elif entry.get("replace") == "posargs":
            words += strings(entry.get("default"))
        elif entry.get("replace") == "ref" and entry.get("of"):
            held: object = document
            for key in strings(entry["of"]):
                held = table(held).get(key)
            words += strings(held)
        else:
            reader.missed.append(str(part))
    return words


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _argv(line: str) -> tuple[str, ...] | None:
    try:
        words = tuple(shlex.split(line))
    except ValueError:
        return None
    return None if words[:1] == ("!",) else words


def _pair(line: str) -> tuple[str, str] | None:
    name, equals, value = line.partition("=")
    return (name.strip(), value.strip()) if equals and "{" not in value else None


class _Reader:
    """Reads the settings of one environment: conditions on its factors, and substitutions."""

    def __init__(self, name: str, sections: Sections) -> None:
        self._name = name
        self._factors = frozenset(name.split("-"))
        self._sections = sections
        self._root = "."
        self._left = _MOST_LINES
        self.missed: list[str] = []

    def enter(self, folder: str) -> str:
        """Make a folder the one that commands are executed in; return it, normalised."""
        folder = normpath(folder)
        if folder.startswith(("..", "/", "{")):
            self.missed.append(folder)
            return "."
        self._root = relpath(".", folder)
        return folder

    def lines(self, text: str, depth: int = 0) -> tuple[str, ...]:
        """Return the lines of a setting that hold for the environment, everything replaced."""
        found: list[str] = []
        for line in lines(re.sub(r"\\\n\s*", " ", text)):
            self._left -= 1
            if self._left < 0:
                self.missed.append(line)
                break
            condition = _CONDITION.match(line)
            if condition and not line.startswith("{["):
                if not self._holds(condition[1]):
                    continue
                line = condition[2] or ""
            reference = _SUBSTITUTION.fullmatch(line)
            place = _REFERENCE.fullmatch(reference[1]) if reference else None
            if place and depth < 10:
                found += self.lines(self._sections.get(place[1], {}).get(place[2], ""), depth + 1)
            elif line := self.word(line).strip():
                found.append(line)
        return tuple(found)

    def word(self, text: str) -> str:
        """Return a text with its substitutions replaced; what cannot be is remembered in `missed`."""
        for _ in range(10):
            replaced = _SUBSTITUTION.sub(self._replace, text)
            if replaced == text:
                break
            if len(replaced) > _LONGEST:
                self.missed.append(text)
                return ""
            text = replaced
        return text.replace("\0(", "{").replace("\0)", "}")

    def _replace(self, match: re.Match[str]) -> str:
        inner = match[1]
        name, _, default = inner.partition(":")
        if inner in _PLACES:
            return _PLACES[inner].replace("{", "\0(").replace("}", "\0)")
        if inner in _ROOTS:
            return self._root
        if inner in ("envname", "env_name"):
            return self._name
        if name == "posargs":
            return default
        if name == "env" and ":" in default:
            return default.partition(":")[2]
        if name == "tty":
            return default.rpartition(":")[2]
        place = _REFERENCE.fullmatch(inner)
        if place:
            return " ".join(lines(self._sections.get(place[1], {}).get(place[2], "")))
        self.missed.append(inner)
        return f"\0({inner}\0)"

    def _holds(self, condition: str) -> bool:
        """Return whether the factors of the environment meet a condition (`py312-django{42,50},!win`)."""
        for alternative in expand(condition.replace(" ", "")):
            wanted = alternative.split("-")
            if all(
                (factor[1:] not in self._factors) if factor.startswith("!") else factor in self._factors
                for factor in wanted
            ):
                return True
        return False
