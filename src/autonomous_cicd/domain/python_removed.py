"""What the standard library no longer has: what brings it back, and what it is called now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autonomous_cicd.values import dataclass

__all__ = ["Gone", "gone", "modernized", "replacement"]

_REPLACED: dict[str, tuple[str, int]] = {
    "distutils": ("setuptools", 12),
    "asyncore": ("pyasyncore", 12),
    "asynchat": ("pyasynchat", 12),
    "smtpd": ("standard-smtpd", 12),
    "cgi": ("legacy-cgi", 13),
    "cgitb": ("legacy-cgi", 13),
    "audioop": ("audioop-lts", 13),
    "crypt": ("standard-crypt", 13),
    **{
        name: (f"standard-{name}", 13)
        for name in (
            "aifc",
            "chunk",
            "imghdr",
            "mailcap",
            "nntplib",
            "pipes",
            "sndhdr",
            "sunau",
            "telnetlib",
            "uu",
            "xdrlib",
        )
    },
}
"""Modules that a distribution has now, and since which Python 3 they are gone."""
_ABSTRACT = frozenset(
    {
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "Awaitable",
        "ByteString",
        "Callable",
        "Collection",
        "Container",
        "Coroutine",
        "Generator",
        "Hashable",
        "ItemsView",
        "Iterable",
        "Iterator",
        "KeysView",
        "Mapping",
        "MappingView",
        "MutableMapping",
        "MutableSequence",
        "MutableSet",
        "Reversible",
        "Sequence",
        "Set",
        "Sized",
        "ValuesView",
    }
)
_MOVED = {"imp": ("importlib", frozenset({"reload"})), "pipes": ("shlex", frozenset({"quote"}))}
"""Modules of which some names live in another module, unchanged."""
_RENAMED = (
    (r"\binspect\.getargspec\b", "inspect.getfullargspec"),
    (r"\bSafeConfigParser\b", "ConfigParser"),
    (r"\.readfp\(", ".read_file("),
    (r"\bxml\.etree\.cElementTree\b", "xml.etree.ElementTree"),
    (r"\bfrom xml\.etree import cElementTree\b", "from xml.etree import ElementTree"),
)
_MODULE = re.compile(r"No module named '?(?P<module>[A-Za-z_][\w.]*)")
_NAME = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
_ATTRIBUTE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_METHOD = re.compile(r"'\w*ConfigParser' object has no attribute '(?P<name>readfp)'")
_OLD_NAMES = {("inspect", "getargspec"), ("configparser", "SafeConfigParser"), ("", "readfp")}


@dataclass(frozen=True, slots=True)
class Gone:
    """A module of the standard library, or a name in one, that is gone."""

    module: str
    name: str = ""


def gone(said: str) -> Gone | None:
    """Return what a failure says is gone from the standard library; None when it says nothing such."""
    if found := _MODULE.search(said):
        module = found["module"].strip(".")
        top = module.partition(".")[0]
        known = top in _REPLACED or top in _MOVED or module == "xml.etree.cElementTree"
        return Gone(module if "." in module and top == "xml" else top) if known else None
    if found := _NAME.search(said) or _ATTRIBUTE.search(said):
        pair = (found["module"], found["name"])
        old = pair in _OLD_NAMES or (pair[0] == "collections" and pair[1] in _ABSTRACT)
        return Gone(*pair) if old else None
    if found := _METHOD.search(said):
        return Gone("configparser", found["name"])
    return None


def replacement(module: str) -> tuple[str, str]:
    """Return the distribution that has a module now, and the marker under which it is needed."""
    name, minor = _REPLACED.get(module, ("", 0))
    # setuptools does other things, too: it is asked for whatever the Python is.
    marker = f'python_version >= "3.{minor}"' if name and name != "setuptools" else ""
    return name, marker


def modernized(text: str, what: Gone) -> str | None:
    """Return a source file that says the same with what there is today; None when that is not sure."""
    tree = _parsed(text)
    if tree is None:
        return None
    if what.module in _MOVED:
        new = _moved(text, tree, what.module)
    elif what.module == "collections":
        new = _abstract(text, tree)
    else:
        new = text
        for pattern, now in _RENAMED:
            new = re.sub(pattern, now, new)
    return new if new and new != text and _parsed(new) else None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _moved(text: str, tree: ast.Module, old: str) -> str | None:
    """Take names from the module where they live now, when no others are used."""
    now, known = _MOVED[old]
    used = set(_used(tree, old))
    if not used or not used <= known:
        return None
    there = re.search(rf"^import {now}\b(?!\.)", text, re.MULTILINE)
    head = rf"^(?P<lead>[ \t]*)import {old}[ \t]*(?P<end>\r?\n)"
    text = re.sub(head, "" if there else rf"\g<lead>import {now}\g<end>", text, flags=re.MULTILINE)
    text = re.sub(rf"^([ \t]*)from {old} import ", rf"\1from {now} import ", text, flags=re.MULTILINE)
    return re.sub(rf"(?<![\w.]){old}\.(?=(?:{'|'.join(sorted(known))})\b)", f"{now}.", text)


def _used(tree: ast.Module, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module:
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == module and not node.level:
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                "as" for one in node.names if one.name == module and (one.asname or len(node.names) > 1)
            )


def _abstract(text: str, tree: ast.Module) -> str:
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "collections" and not node.level:
            end = node.end_lineno or node.lineno
            moved = [one for one in node.names if one.name in _ABSTRACT]
            if not moved:
                continue
            if len(moved) == len(node.names):
                number = node.lineno - 1
                lines[number] = lines[number].replace(
                    "from collections import", "from collections.abc import", 1
                )
            elif end == node.lineno and not node.col_offset:
                kept = ", ".join(_written(one) for one in node.names if one not in moved)
                new = ", ".join(_written(one) for one in moved)
                tail = "\r" if lines[end - 1].endswith("\r") else ""
                lines[end - 1] = (
                    f"from collections import {kept}{tail}\nfrom collections.abc import {new}{tail}"
                )
    text = "\n".join(lines)
    names = "|".join(sorted(_ABSTRACT))
    new = re.sub(rf"(?<![\w.])collections\.(?=(?:{names})\b)", "collections.abc.", text)
    if new != text and not re.search(r"^import collections\.abc\b", new, re.MULTILINE):
        new = re.sub(
            r"^import collections\b(?!\.)", "import collections.abc", new, count=1, flags=re.MULTILINE
        )
    return new


def _written(one: ast.alias) -> str:
    return f"{one.name} as {one.asname}" if one.asname else one.name
