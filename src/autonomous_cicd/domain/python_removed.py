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
_RENAMED = {
    ("inspect", "getargspec"): ("inspect", "getfullargspec"),
    ("configparser", "SafeConfigParser"): ("configparser", "ConfigParser"),
    ("time", "clock"): ("time", "perf_counter"),
    ("base64", "encodestring"): ("base64", "encodebytes"),
    ("base64", "decodestring"): ("base64", "decodebytes"),
    ("fractions", "gcd"): ("math", "gcd"),
    ("locale", "format"): ("locale", "format_string"),
    ("os", "getcwdu"): ("os", "getcwd"),
}
"""Names that mean the same by another name, or from another module."""
_ONLY_FOREIGN = {("pkgutil", "ImpImporter"), ("asyncio", "coroutine"), ("ast", "Str"), ("ast", "Num")}
"""Names that went, and have no other: who uses them has to be newer."""
_FEWER = {("inspect", "getargspec"): 4}
"""Of how many parts the result was, where the new one has more."""
_METHODS = {
    "readfp": ("configparser", "read_file"),
    "isAlive": ("threading", "is_alive"),
    "getiterator": ("xml", "iter"),
}
"""Methods by another name now, and the module whose objects have them."""
_TREES = (
    (r"\bxml\.etree\.cElementTree\b", "xml.etree.ElementTree"),
    (r"\bfrom xml\.etree import cElementTree\b", "from xml.etree import ElementTree"),
)
_MODULE = re.compile(r"No module named '?(?P<module>[A-Za-z_][\w.]*)")
_NAME = re.compile(r"cannot import name '(?P<name>\w+)' from '(?P<module>[\w.]+)'")
_ATTRIBUTE = re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")
_METHOD = re.compile(r"object has no attribute '(?P<name>readfp|isAlive|getiterator)'")


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
        old = pair in _RENAMED or pair in _ONLY_FOREIGN or (pair[0] == "collections" and pair[1] in _ABSTRACT)
        return Gone(*pair) if old else None
    if found := _METHOD.search(said):
        return Gone(_METHODS[found["name"]][0], found["name"])
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
    elif (what.module, what.name) in _RENAMED:
        new = _by_new_name(text, tree, what)
    elif what.name in _METHODS:
        new = re.sub(rf"\.{what.name}\(", f".{_METHODS[what.name][1]}(", text)
    else:
        new = text
        for pattern, now in _TREES:
            new = re.sub(pattern, now, new)
    return new if new and new != text and _parsed(new) else None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _by_new_name(text: str, tree: ast.Module, what: Gone) -> str | None:
    """Write the new name of something wherever it is imported and used; None when not all can be written."""
    now, name = _RENAMED[what.module, what.name]
    raw, starts = text.encode(), [0]
    for line in text.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    edits: list[tuple[int, int, str]] = []
    bare = False

    def place(line: int, column: int) -> int:
        """Return the place of a line and column, as the tree has them, in bytes."""
        return starts[line - 1] + column

    def replaced(node: ast.expr | ast.stmt, old: str, new: str) -> bool:
        """Write a word of a piece of the source otherwise, where it stands in it but once."""
        start = place(node.lineno, node.col_offset)
        end = place(node.end_lineno or node.lineno, node.end_col_offset or 0)
        found = list(re.finditer(rf"\b{re.escape(old)}\b".encode(), raw[start:end]))
        edits.extend((start + one.start(), start + one.end(), new) for one in found)
        return len(found) == 1

    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == what.module and not node.level:
            hits = [one for one in node.names if one.name == what.name]
            if not hits:
                continue
            bare = bare or not hits[0].asname
            if now != what.module and (len(node.names) > 1 or not replaced(node, what.module, now)):
                return None
            if name != what.name and not replaced(node, what.name, name):
                return None
    used = [one for one in ast.walk(tree) if _is_use(one, what, bare=bare)]
    for one in used:
        assert isinstance(one, ast.Name | ast.Attribute)
        new = name if isinstance(one, ast.Name) else f"{now}.{name}"
        end = place(one.end_lineno or one.lineno, one.end_col_offset or 0)
        edits.append((place(one.lineno, one.col_offset), end, new))
    parts = _FEWER.get((what.module, what.name))
    for node in ast.walk(tree) if parts else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.func in used:
            at = place(node.value.end_lineno or node.lineno, node.value.end_col_offset or 0)
            if any(isinstance(one, ast.Tuple) for one in node.targets):
                edits.append((at, at, f"[:{parts}]"))
    for start, stop, new in sorted(set(edits), reverse=True):
        raw = raw[:start] + new.encode() + raw[stop:]
    new = raw.decode()
    if now == what.module or not any(isinstance(one, ast.Attribute) for one in used):
        return new
    if re.search(rf"^import {now}\b(?!\.)", new, re.MULTILINE):
        return new
    return re.sub(
        rf"^(import {what.module})(\r?\n)", rf"\1\2import {now}\2", new, count=1, flags=re.MULTILINE
    )


def _is_use(node: ast.AST, what: Gone, *, bare: bool) -> bool:
    if isinstance(node, ast.Name):
        return bare and node.id == what.name
    return (
        isinstance(node, ast.Attribute)
        and node.attr == what.name
        and isinstance(node.value, ast.Name)
        and node.value.id == what.module
    )


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
