"""The sources as the laws see them: parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["PACKAGE", "ROOT", "functions", "modules", "name_of", "tracked"]

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "autonomous_cicd"
LEFT_OUT = frozenset({".git", ".venv", "__pycache__", "dist", "build", "htmlcov"})


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package by its path inside it."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {name_of(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def name_of(file: Path) -> str:
    """Return the path of a module inside the package."""
    return file.relative_to(PACKAGE).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function, however deep."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files of the repository; without git, whatever lies there and is not made."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
        found = [ROOT / name for name in done.stdout.decode().split("\0") if name]
        return tuple(file for file in found if file.is_file())
    return tuple(
        file
        for file in sorted(ROOT.rglob("*"))
        if file.is_file() and LEFT_OUT.isdisjoint(file.relative_to(ROOT).parts)
    )
