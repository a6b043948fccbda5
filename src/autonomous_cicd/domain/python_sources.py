"""Python sources: what they import, which of them are shipped, and which modules are the project's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import pairwise
from posixpath import basename, dirname

from autonomous_cicd.domain.layout import parents
from autonomous_cicd.values import dataclass

__all__ = ["Import", "Part", "imports", "is_first_party", "own_modules", "part_of"]

_TESTS = frozenset({"test", "tests", "testing", "t", "unittests", "test_suite", "testsuite"})
_ASIDE = re.compile(
    r"docs?|examples?|samples?|demos?|benchmarks?|bench|perf|tools?|scripts?|ci|contrib|asv_bench|\.github|dev"
    r"|maintenance|news|packaging"
)
_BUILD = frozenset({"setup.py", "_build.py", "build.py", "hatch_build.py", "build_ext.py", "meson.build"})
_TASKS = frozenset(
    {"noxfile.py", "tasks.py", "fabfile.py", "dodo.py", "conf.py", "toxfile.py", "pavement.py"}
)
_FOR_CHECKERS = "_".join(("TYPE", "CHECKING"))
"""What type checkers take for true: our own sources never say it."""
_TEST_FILE = re.compile(r"test_.*\.py|.*_tests?\.py|tests?\.py|conftest\.py")


class Part(StrEnum):
    """What a source file is for."""

    PACKAGE = "package"
    """It is shipped: what it imports, its users need."""
    TEST = "test"
    BUILD = "build"
    ASIDE = "aside"
    """Documentation, examples, tools."""


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file imports."""

    module: str
    firm: bool
    """Whether the file does not work without it: no other way is provided for."""


def part_of(name: str) -> Part:
    """Return what a source file is for, as its name tells."""
    folders, file = dirname(name).lower().split("/"), basename(name)
    if folders == [""] and file in _BUILD:
        return Part.BUILD
    shipped = folders[0] in ("src", "lib", "python")
    tests = _TESTS - {"testing"} if shipped or len(folders) > 1 else _TESTS
    if tests.intersection(folders) or _TEST_FILE.fullmatch(file):
        return Part.TEST
    if file in _TASKS or _ASIDE.fullmatch(folders[0]) or {"docs", "examples"}.intersection(folders):
        return Part.ASIDE
    return Part.PACKAGE


def imports(text: str) -> tuple[Import, ...]:
    """Return what a source file imports absolutely, each module once; none when it is not valid."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    found: dict[str, bool] = {}
    for module, firm in _walk(tree.body, True):
        found[module] = found.get(module, False) or firm
    return tuple(Import(module, firm) for module, firm in found.items())


def _walk(body: Iterable[ast.AST], firm: bool) -> Iterator[tuple[str, bool]]:
    for node in body:
        if isinstance(node, ast.Import):
            yield from ((one.name, firm) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield node.module, firm
        elif isinstance(node, ast.Try):
            caught = any(_spares(handler.type) for handler in node.handlers)
            yield from _walk(node.body, firm and not caught)
            for handler in node.handlers:  # what is imported there is the last way
                yield from _walk(handler.body, firm)
            yield from _walk([*node.orelse, *node.finalbody], firm and not caught)
        elif isinstance(node, ast.If):
            # Of what asks for a Python or a system, the part that is executed is needed.
            yield from _walk(node.body, firm and _FOR_CHECKERS not in ast.unparse(node.test))
            yield from _walk(node.orelse, firm)
        elif not isinstance(node, ast.expr):
            yield from _walk(ast.iter_child_nodes(node), firm)


def _spares(caught: ast.expr | None) -> bool:
    """Whether a handler takes it that an import fails."""
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        getattr(one, "id", getattr(one, "attr", "")) in ("ImportError", "ModuleNotFoundError", "Exception")
        for one in names
    )


def own_modules(names: Iterable[str]) -> frozenset[str]:
    """Return the top-level modules that the project's files make."""
    files = [
        name
        for name in names
        if name.endswith((".py", ".pyi", ".pyx")) and (part_of(name) is not Part.ASIDE or "/" not in name)
    ]
    packages = {dirname(name) for name in files if basename(name) == "__init__.py"}
    found: set[str] = set()
    for name in files:
        for child, parent in pairwise((name, *parents(name))):
            inner = parent in packages or any(one in packages for one in parents(parent))
            if not inner and (child == name or child in packages or parent in (".", "src")):
                found.add(basename(child).partition(".")[0])
    return frozenset(found - {"__init__", ""})


def is_first_party(module: str, own: Iterable[str], project: Iterable[str] = ()) -> bool:
    """Whether a module is the project's: one of its own, or of the name that the project itself has."""
    top = module.partition(".")[0]
    names = {one.lower().replace("-", "_").replace(".", "_") for one in project}
    return top in set(own) or top.lower() in names
