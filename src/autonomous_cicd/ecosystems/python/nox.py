"""Reads the sessions of a noxfile, as far as they are literal, without executing it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from autonomous_cicd.ecosystems.python.facts import Recipe
from autonomous_cicd.ecosystems.python.legacy import literal, module_constants, parse_python
from autonomous_cicd.ecosystems.python.shapes import strings, table

__all__ = ["session_versions", "sessions"]

_ASIDE = frozenset(("log", "notify", "debug", "warn", "skip", "error", "cd", "chdir"))


def sessions(text: str, *, file: str = "noxfile.py") -> tuple[Recipe, ...]:
    """Return the sessions of a noxfile. One that does more than install and run literally is not whole."""
    module = parse_python(text)
    if module is None:
        return ()
    known = module_constants(module)
    return tuple(
        _recipe(node, _session_name(node, decorator, known), known, file)
        for node in module.body
        if isinstance(node, ast.FunctionDef) and (decorator := _decorator(node)) is not None
    )


def session_versions(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return for each session the interpreters it is executed with."""
    module = parse_python(text)
    if module is None:
        return {}
    known = module_constants(module)
    found = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and (decorator := _decorator(node)) is not None:
            asked = _keyword(decorator, "python", known)
            found[_session_name(node, decorator, known)] = strings(asked)
    return found


def _decorator(node: ast.FunctionDef) -> ast.expr | None:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name in ("session", "nox_session"):
            return decorator
    return None


def _keyword(decorator: ast.expr, name: str, known: Mapping[str, object]) -> object:
    for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
        if keyword.arg == name:
            return literal(keyword.value, known)
    return None


def _session_name(node: ast.FunctionDef, decorator: ast.expr, known: Mapping[str, object]) -> str:
    named = _keyword(decorator, "name", known)
    return named if isinstance(named, str) else node.name


def _recipe(node: ast.FunctionDef, name: str, known: Mapping[str, object], file: str) -> Recipe:
    argument = node.args.args[0].arg if node.args.args else "session"
    reader = _Session(argument, known)
    for statement in node.body:
        reader.statement(statement)
    return Recipe(
        tool="nox",
        name=name,
        source=file,
        requirements=tuple(reader.requirements),
        files=tuple(reader.files),
        extras=tuple(reader.extras),
        groups=tuple(reader.groups),
        project=reader.project,
        commands=tuple(reader.commands),
        env=reader.env,
        whole=reader.whole and len(node.args.args) == 1,
    )


class _Session:
    """Follows the statements of a session, one after the other."""

    def __init__(self, argument: str, known: Mapping[str, object]) -> None:
        self._argument = argument
        self._known = known
        self.requirements: list[str] = []
        self.files: list[str] = []
        self.extras: list[str] = []
        self.groups: list[str] = []
        self.commands: list[tuple[str, ...]] = []
        self.env: dict[str, str] = {}
        self.project = False
        self.whole = True

    def statement(self, node: ast.stmt) -> None:
        """Take what a statement installs or executes; whatever else it does makes the session not whole."""
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Constant):
            return
        target = call.func if isinstance(call, ast.Call) else None
        owner = target.value if isinstance(target, ast.Attribute) else None
        known = isinstance(owner, ast.Name) and owner.id == self._argument
        if known and isinstance(call, ast.Call) and isinstance(target, ast.Attribute):
            self._call(target.attr, call)
        else:
            self.whole = False

    def _call(self, method: str, call: ast.Call) -> None:
        words = self._words(call)
        if method == "install":
            self._install(words)
        elif method == "run":
            self.commands.append(tuple(words))
            self._environment(call)
        elif method not in _ASIDE:
            self.whole = False

    def _words(self, call: ast.Call) -> list[str]:
        """Return the arguments of a call; `session.posargs` is nothing."""
        words: list[str] = []
        for argument in call.args:
            inner = argument.value if isinstance(argument, ast.Starred) else argument
            if isinstance(inner, ast.Attribute) and inner.attr == "posargs":
                continue
            if isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.Or):
                inner = inner.values[-1]
            value = literal(inner, self._known)
            if isinstance(value, str | list):
                words += strings(value)
            else:
                self.whole = False
        return words

    def _install(self, words: list[str]) -> None:
        rest = iter(words)
        for word in rest:
            if word in ("-r", "--requirement"):
                self.files.append(next(rest, ""))
            elif word in ("-c", "--constraint"):
                next(rest, "")
            elif word == "--group":
                self.groups.append(next(rest, ""))
            elif word.startswith(".") and "/" not in word[:2]:
                self.project = True
                self.extras += [one.strip() for one in word[1:].strip("[]").split(",") if one.strip()]
            elif not word.startswith("-"):
                self.requirements.append(word)

    def _environment(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            value = literal(keyword.value, self._known)
            if keyword.arg == "env":
                pairs = table(value).items()
                self.env |= {key: text for key, text in pairs if isinstance(text, str)}
                self.whole = self.whole and isinstance(value, dict)
