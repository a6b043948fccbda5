"""The laws of the house, checked by a machine. Each exception is listed with its reason."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.laws.sources import PACKAGE, ROOT, functions, modules, tracked

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

LONGEST = 400
"""Lines of a file."""

HIDDEN_IMPORTS = {
    "__main__.py": "credentials are hidden before anything else is loaded",
}
"""Modules with an import statement inside a function."""

BROAD = {
    "adapters/child.py": (1, "what a caller's callback raised; it is raised again to the caller"),
    "cli/main.py": (1, "the face: exit code 3, with a report that can be pasted"),
    "plugins.py": (1, "round a plug-in of another package that cannot be loaded"),
    "services/detect.py": (2, "round a plug-in: an ecosystem"),
    "services/heal.py": (2, "round a plug-in: a remedy"),
    "services/job_actions.py": (1, "round a plug-in: an action"),
    "services/work.py": (1, "round a journey: a bug of ours ends one delivery, not the server"),
    "services/task_failures.py": (1, "round the rules and parsers: a bug of theirs is told, and ends no run"),
}
"""Modules that catch everything and go on, how often, and at which border."""

STARTERS = {
    "adapters/git_safely.py": "speaks git, for `git` and `history`",
    "adapters/interpreters.py": "asks an interpreter for its version",
    "adapters/spawn.py": "starts project programs, for `process`",
    "adapters/watchdog.py": "starts what cleans up after a killed run",
    "sealed.py": "starts this very program again, without credentials",
}
"""Modules that start programs."""

STARTS = re.compile(
    r"\b(?:import subprocess|import _posixsubprocess|create_subprocess_\w+"
    r"|os\.(?:exec\w+|spawn\w+|posix_spawn\w*|fork\w*|system|popen))\b"
)

VAGUE = frozenset({"utils", "util", "helpers", "common", "base", "misc", "manager"})

HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("maven", "apache", "org"),
        ("maven", "org"),
    )
]
"""Package registries: which one is used is the machine's own business."""

SOMEBODYS = re.compile(
    r"(?<![\w.}/-])/(?:home|Users)/(?!me\b|runner\b|user\b|\$|\{|<)[A-Za-z]\w*/|/(?:root)/\."
)
"""Folders of a person on a machine; `me`, `user` and `runner` are nobody."""


def each(found: Iterator[str]) -> list[str]:
    return sorted(found)


def test_no_floor_is_passed_upward() -> None:
    """The contracts stand in `pyproject.toml`."""
    program = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert 0 == done.returncode, done.stdout


def test_the_domain_needs_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"autonomous_cicd"}
    wrong = [
        f"{name}: {imported}"
        for name, tree in modules().items()
        if name.startswith("domain/") or name == "errors.py"
        for imported in imports(tree)
        if imported.partition(".")[0] not in allowed
    ]
    assert [] == wrong


def test_every_module_says_what_it_is_and_what_is_public() -> None:
    wrong = []
    for name, tree in modules().items():
        listed = assigned(tree).get("__all__")
        if not ast.get_docstring(tree):
            wrong.append(f"{name}: no docstring")
        if not name.endswith("__init__.py") and listed is None:
            wrong.append(f"{name}: no __all__")
        if listed is not None:
            defined = set(defined_names(tree))
            wrong += [
                f"{name}: {word} is in __all__ only"
                for word in ast.literal_eval(listed)
                if word not in defined
            ]
    assert [] == wrong


def test_every_public_name_has_a_docstring() -> None:
    wrong = [
        f"{name}:{node.lineno}: {node.name}"
        for name, tree in modules().items()
        for node in public(tree)
        if not ast.get_docstring(node)
    ]
    assert [] == wrong


def test_no_import_hides_in_a_function() -> None:
    found = {
        name
        for name, tree in modules().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert set(HIDDEN_IMPORTS) == found


def test_types_are_imported_like_everything_else() -> None:
    """A TYPE_CHECKING block would hide a circle."""
    assert [] == [name for name, tree in modules().items() if "TYPE_CHECKING" in ast.unparse(tree)]


def test_everything_is_caught_at_the_borders_only() -> None:
    found: dict[str, int] = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and broad(node) and not raises_again(node):
                found[name] = found.get(name, 0) + 1
    assert {name: count for name, (count, _) in BROAD.items()} == found


def test_few_modules_start_programs() -> None:
    assert set(STARTERS) == {
        name for name, tree in modules().items() if STARTS.search(without_docstrings(tree))
    }


def test_no_file_is_longer_than_a_reader_bears() -> None:
    lengths = {name: len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) for name in modules()}
    assert {} == {name: lines for name, lines in lengths.items() if lines > LONGEST}


def test_no_module_has_a_vague_name() -> None:
    assert [] == [name for name in modules() if VAGUE.intersection(Path(name).with_suffix("").parts)]


def test_folders_hold_one_docstring_or_hand_on_one_plug_in() -> None:
    longest = {"__init__.py": 45}
    wrong = [
        name
        for name in modules()
        if name.endswith("__init__.py")
        and len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) > longest.get(name, 5)
    ]
    assert [] == wrong


@pytest.mark.parametrize("host", HOSTS)
def test_no_package_registry_is_named(host: str) -> None:
    whole = re.compile(rf"(?<![\w-]){re.escape(host)}\b", re.IGNORECASE)
    assert [] == each(name for name, text in texts().items() if whole.search(text))


def test_no_folder_of_somebodys_machine_is_named() -> None:
    here = re.compile(rf"(?<![\w.}}/-]){re.escape(str(ROOT))}(?![\w-])") if len(ROOT.parts) > 2 else None
    found = (
        f"{name}: {match[0]}"
        for name, text in texts().items()
        for match in (SOMEBODYS.search(text), here.search(text) if here else None)
        if match
    )
    assert [] == each(found)


def test_every_link_in_the_docs_leads_somewhere() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {target}"
        for file in tracked()
        if file.suffix == ".md" and "cases" not in file.parts
        for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("#", "mailto:"))
        if not (file.parent / target.partition("#")[0]).exists()
    ]
    assert [] == wrong


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def assigned(tree: ast.Module) -> Mapping[str, ast.expr]:
    return {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def defined_names(tree: ast.Module) -> Iterator[str]:
    yield from assigned(tree)
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            yield from (str(key.value) for key in node.value.keys if isinstance(key, ast.Constant))


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield public functions, classes and their public methods."""
    nodes: list[ast.AST] = [tree]
    while nodes:
        for child in ast.iter_child_nodes(nodes.pop()):
            if not isinstance(child, DEFINITIONS) or child.name.startswith("_"):
                continue
            yield child
            if isinstance(child, ast.ClassDef):
                nodes.append(child)


def broad(handler: ast.ExceptHandler) -> bool:
    names = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    return any(name is None or ast.unparse(name) in ("Exception", "BaseException") for name in names)


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Return whether it ends by raising: then nothing is swallowed."""
    return isinstance(handler.body[-1], ast.Raise)


def without_docstrings(tree: ast.Module) -> str:
    """Return the code alone: no comments, no texts that stand for themselves."""
    whole = ast.parse(ast.unparse(tree))
    for node in ast.walk(whole):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(value=None)
    return ast.unparse(whole)


def texts() -> Mapping[str, str]:
    """Return what the tracked files say, by name."""
    found = {}
    for file in tracked():
        data = file.read_bytes()
        if b"\0" not in data:
            found[file.relative_to(ROOT).as_posix()] = data.decode("utf-8", "replace")
    return found
