"""Finds the requirements in setup.py and noxfile.py, without executing them, and in commands that install."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from autonomous_cicd.domain.shelf import Item, Shelf, Style
from autonomous_cicd.values import dataclass

__all__ = ["command_shelves", "nox_shelves", "setup_py_lists", "setup_py_shelves", "with_argument"]

_LISTS = ("install_requires", "setup_requires", "tests_require")
_INSTALL = re.compile(
    r"(?<![\w./-])(?:(?:python[\d.]*|py)[ \t]+-m[ \t]+)?(?:uv[ \t]+)?pip[\d.]*[ \t]+install(?=[ \t])"
)
_WORD = re.compile(r"""[ \t]+((?:"[^"\n]*"|'[^'\n]*'|[^\s"'|;&<>()#\\]|(?<=[\w\]])[<>](?==?\d))+)""")
_TAKES_VALUE = re.compile(
    r"-[rcifetb]|--(?:requirement|constraint|index-url|extra-index-url|find-links|editable|target|python|prefix"
    r"|group|extra|no-binary|only-binary|progress-bar|timeout|build-constraint|override|root|src|platform"
    r"|python-version|cache-dir|log|retries)"
)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text whose places are asked by line and column, as the syntax tree knows them."""

    text: str
    lines: tuple[int, ...]
    """Where each line begins, in bytes of UTF-8."""
    raw: bytes

    def place(self, line: int, column: int) -> int:
        return len(self.raw[: self.lines[line - 1] + column].decode("utf-8", "surrogateescape"))


def _read(text: str) -> tuple[_Text, ast.Module] | None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    raw = text.encode("utf-8", "surrogateescape")
    starts = [0, *(found.end() for found in re.finditer(rb"\r\n|\n|\r", raw))]
    return _Text(text, tuple(starts), raw), module


def setup_py_shelves(text: str) -> tuple[Shelf, ...]:
    """Return the literal lists of requirements that setup.py hands over."""
    return setup_py_lists(text, _LISTS)


def setup_py_lists(text: str, wanted: Collection[str]) -> tuple[Shelf, ...]:
    """Return the literal lists that setup.py hands over under these names, or as extras."""
    read = _read(text)
    if read is None:
        return ()
    source, module = read
    call = next(
        (node for node in ast.walk(module) if isinstance(node, ast.Call) and _called(node) == "setup"), None
    )
    known = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = _of_setup(call, known, wanted) if call else iter(())
    return tuple(_list(source, path, node) for path, node in found if isinstance(node, ast.List | ast.Tuple))


def with_argument(text: str, name: str, value: str) -> str:
    """Return a setup.py that hands over one thing more; "" when it may do so already, or has no sure place.

    `value`: its source, with single quotes.
    """
    read = _read(text)
    calls = (
        [one for one in ast.walk(read[1]) if isinstance(one, ast.Call) and _called(one) == "setup"]
        if read
        else []
    )
    if read is None or len(calls) != 1 or not calls[0].keywords:
        return ""
    source, keywords = read[0], calls[0].keywords
    if any(one.arg in (None, name) for one in keywords):
        return ""
    near = next((one for one in keywords if one.arg in ("packages", "py_modules")), keywords[-1])
    start = source.place(near.lineno, near.col_offset)
    end = source.place(near.value.end_lineno or 1, near.value.end_col_offset or 0)
    lead = text[text.rfind("\n", 0, start) + 1 : start]
    between = f"\n{lead}" if not lead.strip() and "\n" in text[:start] else " "
    equals = text[start + len(near.arg or "") : source.place(near.value.lineno, near.value.col_offset)]
    equals = " = " if equals == " = " else "="
    if text.count('"') > text.count("'"):
        value = value.replace("'", '"')
    return f"{text[:end]},{between}{name}{equals}{value}{text[end:]}"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _of_setup(
    call: ast.Call, known: Mapping[str, ast.expr], wanted: Collection[str]
) -> Iterator[tuple[tuple[str, ...], ast.expr]]:
    def behind(node: ast.expr) -> ast.expr:
        return known.get(node.id, node) if isinstance(node, ast.Name) else node

    for keyword in call.keywords:
        value = behind(keyword.value)
        if keyword.arg in wanted:
            yield (keyword.arg or "",), value
        elif keyword.arg == "extras_require" and isinstance(value, ast.Dict):
            for key, listed in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield ("extras_require", key.value), behind(listed)


def _list(source: _Text, path: tuple[str, ...], node: ast.List | ast.Tuple) -> Shelf:
    start = source.place(node.lineno, node.col_offset) + 1
    end = source.place(node.end_lineno or 1, node.end_col_offset or 0) - 1
    return Shelf(path=path, style=Style.LIST, start=start, end=end, items=tuple(_items(source, node.elts)))


def _items(source: _Text, nodes: list[ast.expr]) -> Iterator[Item]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            start = source.place(node.lineno, node.col_offset)
            end = source.place(node.end_lineno or 1, node.end_col_offset or 0)
            if source.text[start + 1 : end - 1] == node.value:
                yield Item(text=node.value, start=start, end=end, inner=start + 1)


def nox_shelves(text: str) -> tuple[Shelf, ...]:
    """Return what the sessions of a noxfile install, a shelf for each call with the session's name."""
    read = _read(text)
    if read is None:
        return ()
    source, module = read
    found = []
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef):
            calls = [
                one for one in ast.walk(function) if isinstance(one, ast.Call) and _called(one) == "install"
            ]
            found += [_call(source, (function.name, str(n)), one) for n, one in enumerate(calls) if one.args]
    return tuple(found)


def _call(source: _Text, path: tuple[str, ...], call: ast.Call) -> Shelf:
    first, last = call.args[0], call.args[-1]
    items = [one for one in _items(source, call.args) if not one.text.startswith((".", "-"))]
    start = source.place(first.lineno, first.col_offset)
    end = source.place(last.end_lineno or 1, last.end_col_offset or 0)
    return Shelf(path=path, style=Style.LIST, start=start, end=end, items=tuple(items))


def command_shelves(text: str) -> tuple[Shelf, ...]:
    """Return what the lines `pip install …` of a script or CI file name."""
    found = []
    for count, match in enumerate(_INSTALL.finditer(text)):
        line = text.rfind("\n", 0, match.start()) + 1
        if "#" in text[line : match.start()] or re.search(r"run:[ \t]*[\"']", text[line : match.start()]):
            continue
        items, end = _words(text, match.end())
        found.append(
            Shelf(path=("install", str(count)), style=Style.WORDS, start=match.end(), end=end, items=items)
        )
    return tuple(found)


def _words(text: str, at: int) -> tuple[tuple[Item, ...], int]:
    items, skip, end = [], False, at
    while word := _WORD.match(text, at):
        at = end = word.end()
        raw = word[1]
        said = raw.strip("'\"")
        if skip or raw.startswith("-"):
            skip = not skip and bool(_TAKES_VALUE.fullmatch(raw))
            continue
        plain = not said.startswith((".", "/", "git+", "http", "$")) and "/" not in said and "$" not in said
        if plain and raw.count("'") + raw.count('"') in (0, 2):
            quoted = raw[0] in "'\""
            start = word.start(1)
            items.append(Item(text=said, start=start, end=at, inner=start + (1 if quoted else 0)))
    return tuple(items), end
