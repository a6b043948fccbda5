"""Reads setup.cfg, setup.py and other INI files, without executing anything."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Mapping
from dataclasses import field
from itertools import islice

from autonomous_cicd.ecosystems.python.shapes import Table, lines, string, strings, table
from autonomous_cicd.values import dataclass

__all__ = [
    "Setup",
    "literal",
    "module_constants",
    "parse_python",
    "read_ini",
    "read_setup_cfg",
    "read_setup_py",
]

_DEEPEST = 40
_LARGEST = 10_000
"""Most items of a list, or characters of a text, that sums make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What setuptools is told by setup.cfg or setup.py."""

    name: str = ""
    requires_python: str = ""
    dependencies: tuple[str, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tests_require: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()


def read_ini(text: str) -> Mapping[str, Mapping[str, str]]:
    """Return the sections of an INI file; none when it cannot be read."""
    parser = configparser.RawConfigParser(
        strict=False, allow_no_value=True, default_section="\0", inline_comment_prefixes=None
    )
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return {}
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}


def read_setup_cfg(sections: Mapping[str, Mapping[str, str]]) -> Setup | None:
    """Return what setup.cfg says of the project; None when it says nothing."""
    metadata, options = sections.get("metadata"), sections.get("options")
    if metadata is None and options is None:
        return None
    metadata, options = metadata or {}, options or {}
    extras = sections.get("options.extras_require", {})
    return Setup(
        name=metadata.get("name", "").strip(),
        requires_python=options.get("python_requires", "").strip(),
        dependencies=_listed(options.get("install_requires", "")),
        extras={name: _listed(value) for name, value in extras.items()},
        tests_require=_listed(options.get("tests_require", "")),
        classifiers=lines(metadata.get("classifiers", metadata.get("classifier", ""))),
    )


def read_setup_py(text: str) -> Setup | None:
    """Return what setup.py passes to `setup` literally; None when it does not call it."""
    module = parse_python(text)
    call = next((node for node in ast.walk(module) if _is_setup(node)), None) if module else None
    if module is None or not isinstance(call, ast.Call):
        return None
    known = module_constants(module)
    said: Table = {}
    for keyword in call.keywords:
        value = literal(keyword.value, known)
        if keyword.arg:
            said[keyword.arg] = value
        elif isinstance(value, dict):
            said |= value
    return Setup(
        name=string(said.get("name")),
        requires_python=string(said.get("python_requires")),
        dependencies=strings(said.get("install_requires")),
        extras={name: strings(value) for name, value in table(said.get("extras_require")).items()},
        tests_require=strings(said.get("tests_require")),
        classifiers=strings(said.get("classifiers")),
    )


def parse_python(text: str) -> ast.Module | None:
    """Return the syntax tree of a module; None when it is not one."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def module_constants(module: ast.Module) -> Mapping[str, object]:
    """Return the names that a module binds to literal values at its top level."""
    known: dict[str, object] = {}
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = literal(node.value, known)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            known[node.target.id] = literal(node.value, known)
    return known


def literal(node: ast.expr, known: Mapping[str, object], depth: int = 0) -> object:
    """Return the value of an expression of literals, known names and sums; None for anything else."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        items = islice((item for part in node.elts for item in _item(part, known, depth)), _LARGEST)
        return list(items)
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {literal(k, known, depth + 1): literal(v, known, depth + 1) for k, v in pairs if k is not None}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _sum(literal(node.left, known, depth + 1), literal(node.right, known, depth + 1))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return {one.arg: literal(one.value, known, depth + 1) for one in node.keywords if one.arg}
    if isinstance(node, ast.Subscript):
        key, held = literal(node.slice, known, depth + 1), literal(node.value, known, depth + 1)
        return held.get(key) if isinstance(held, dict) else None
    return None


def _item(node: ast.expr, known: Mapping[str, object], depth: int) -> list[object]:
    if isinstance(node, ast.Starred):
        spread = literal(node.value, known, depth + 1)
        return spread if isinstance(spread, list) else []
    return [literal(node, known, depth + 1)]


def _sum(left: object, right: object) -> object:
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) < _LARGEST else None
    parts = [*(left if isinstance(left, list) else ()), *(right if isinstance(right, list) else ())]
    return parts if len(parts) < _LARGEST and (isinstance(left, list) or isinstance(right, list)) else None


def _is_setup(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "setup"


def _listed(text: str) -> tuple[str, ...]:
    """Return the entries of a list-like value: one on each line, or separated by semicolons on one line."""
    found = lines(text)
    return found if "\n" in text.strip() or not found else tuple(lines(found[0]))
