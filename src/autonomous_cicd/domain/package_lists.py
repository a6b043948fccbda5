"""Which packages and modules a Python project says that it installs, and one more of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.manifest_code import setup_py_lists
from autonomous_cicd.domain.manifest_lines import ini_lists
from autonomous_cicd.domain.shelf import Item, Shelf, Style, added
from autonomous_cicd.domain.toml_spans import toml_spans

__all__ = ["with_installed"]

_PACKAGES = frozenset({("tool", "setuptools", "packages"), ("packages",), ("options", "packages")})
_MODULES = frozenset({("tool", "setuptools", "py-modules"), ("py_modules",), ("options", "py_modules")})
_PATTERNS = frozenset(
    {("tool", "setuptools", "packages", "find", "include"), ("options.packages.find", "include")}
)
_FIND = re.compile(r"\bfind_(?:namespace_)?packages\([^()]*?\binclude\s*=\s*[\[(](?P<inside>[^\])]*)[\])]")


def with_installed(name: str, text: str, module: str, *, package: bool) -> str:
    """Return a manifest that installs one package, or one module, more; "" when it has no list for it.

    A package is listed only beside the one that it is a part of.
    """
    top = module.partition(".")[0]
    for shelf in _lists(name, text):
        known = [item.text for item in shelf.items]
        known += [top] if _named(text, shelf, top) else []
        if module in known:
            continue
        above = max((one for one in known if package and module.startswith(f"{one}.")), key=len, default="")
        if shelf.path in _PATTERNS and above and f"{above}.*" not in known:
            return _beside(text, shelf, above)
        if (shelf.path in _PACKAGES and above) or (shelf.path in _MODULES and not package):
            return added(text, lambda now: _lists(name, now), shelf.path, module, above) or ""
    found = _FIND.search(text) if name == "setup.py" else None
    quoted = re.search(rf"(?P<quote>['\"]){top}(?P=quote)", found["inside"]) if found and package else None
    if found is None or quoted is None or f"{top}.*" in found["inside"] or "." not in module:
        return ""
    at = found.start("inside") + quoted.end()
    return f"{text[:at]}, {quoted['quote']}{top}.*{quoted['quote']}{text[at:]}"


def _named(text: str, shelf: Shelf, package: str) -> bool:
    """Whether a list has a package by a variable's name."""
    inside = text[shelf.start : shelf.end]
    names = re.findall(rf"(?m)^(\w+) *= *['\"]{re.escape(package)}['\"]", text)
    return any(re.search(rf"(?<![\w.'\"]){one}(?![\w.'\"])", inside) for one in names)


def _lists(name: str, text: str) -> tuple[Shelf, ...]:
    every = _PACKAGES | _MODULES | _PATTERNS
    if name == "setup.py":
        found = setup_py_lists(text, [path[0] for path in every if len(path) == 1])
    elif name == "setup.cfg":
        found = ini_lists(text, lambda section, key: (section, key) in every)
    else:
        found = tuple(_arrays(text))
    return tuple(one for one in found if one.path in every)


def _arrays(text: str) -> Iterator[Shelf]:
    spans = toml_spans(text)
    for one in spans.arrays if spans else ():
        items = (
            Item(text=each.value, start=each.start, end=each.end, inner=each.start + 1) for each in one.texts
        )
        yield Shelf(path=one.path, style=Style.LIST, start=one.start, end=one.end, items=tuple(items))


def _beside(text: str, shelf: Shelf, package: str) -> str:
    """Return the text with all parts of a package behind its name."""
    item = next(one for one in shelf.items if one.text == package)
    if shelf.style is Style.LIST:
        quote = text[item.start]
        return f"{text[: item.end]}, {quote}{package}.*{quote}{text[item.end :]}"
    line = text[text.rfind("\n", 0, item.start) + 1 : item.start]
    return f"{text[: item.end]}\n{line if not line.strip() else '    '}{package}.*{text[item.end :]}"
