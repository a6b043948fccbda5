"""Finds the requirements in pyproject.toml, tox.toml and Pipfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.shelf import Item, Shelf, Style
from autonomous_cicd.domain.toml_spans import Array, TomlSpans, toml_spans

__all__ = ["MISSING_LISTS", "pipfile_shelves", "pyproject_shelves", "tox_toml_shelves", "with_list"]

_LISTS = (
    "project dependencies",
    "project optional-dependencies *",
    "dependency-groups *",
    "build-system requires",
    "tool uv dev-dependencies",
    "tool pdm dev-dependencies *",
    "tool flit metadata requires",
    "tool flit metadata requires-extra *",
    "tool hatch envs * dependencies",
    "tool hatch envs * extra-dependencies",
    "tool tox env_run_base deps",
    "tool tox env * deps",
)
_TABLES = (
    "tool poetry dependencies",
    "tool poetry dev-dependencies",
    "tool poetry group * dependencies",
)
_STRING = re.compile(r"""(["'])(?!\1)""")
MISSING_LISTS = (("project", "dependencies"), ("build-system", "requires"))
"""Lists that may be begun when their table is there without them."""


def pyproject_shelves(text: str) -> tuple[Shelf, ...]:
    """Return the lists and tables of requirements in a pyproject.toml."""
    return tuple(_shelves(text, _LISTS, _TABLES))


def tox_toml_shelves(text: str) -> tuple[Shelf, ...]:
    """Return the lists of requirements in a tox.toml."""
    return tuple(_shelves(text, ("env_run_base deps", "env * deps"), ()))


def pipfile_shelves(text: str) -> tuple[Shelf, ...]:
    """Return the tables of requirements in a Pipfile."""
    return tuple(_shelves(text, (), ("packages", "dev-packages")))


def with_list(text: str, path: tuple[str, str]) -> str | None:
    """Return the text with an empty list begun at the end of its table; None when that cannot be."""
    spans = toml_spans(text)
    table = next((one for one in spans.headers if one.path == path[:1]), None) if spans else None
    if (
        spans is None
        or table is None
        or path not in MISSING_LISTS
        or any(p.path == path for p in spans.pairs)
    ):
        return None
    own = [p for p in spans.pairs if len(p.path) > 1 and p.path[:1] == path[:1] and not p.inline]
    following = [one.start for one in spans.headers if one.start > table.start]
    inside = [p.end for p in own if p.start > table.start and p.end < min([*following, len(text) + 1])]
    stop = text.find("\n", max([table.end, *inside]))
    end = "\r\n" if "\r\n" in text else "\n"
    line = f"{path[1]} = []"
    if stop < 0:
        return f"{text}{end}{line}{end}"
    return f"{text[: stop + 1]}{line}{end}{text[stop + 1 :]}"


def _shelves(text: str, lists: tuple[str, ...], tables: tuple[str, ...]) -> Iterator[Shelf]:
    spans = toml_spans(text)
    if spans is None:
        return
    for array in spans.arrays:
        if any(_fits(array.path, pattern) for pattern in lists):
            yield _list(array)
    for path in dict.fromkeys(_table_paths(spans, tables)):
        yield _table(text, spans, path)


def _fits(path: tuple[str, ...], pattern: str) -> bool:
    words = pattern.split()
    return len(words) == len(path) and all(w in ("*", p) for w, p in zip(words, path, strict=True))


def _list(array: Array) -> Shelf:
    items = tuple(
        Item(text=one.value, start=one.start, end=one.end, inner=one.start + 1) for one in array.texts
    )
    return Shelf(path=array.path, style=Style.LIST, start=array.start, end=array.end, items=items)


def _table_paths(spans: TomlSpans, tables: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for header in spans.headers:
        if any(_fits(header.path, pattern) for pattern in tables):
            yield header.path


def _table(text: str, spans: TomlSpans, path: tuple[str, ...]) -> Shelf:
    header = next(one for one in spans.headers if one.path == path)
    items = []
    for pair in spans.pairs:
        if pair.path[:-1] != path or pair.inline or pair.path[-1] == "python":
            continue
        version = next((p for p in spans.pairs if p.path == (*pair.path, "version")), None)
        value = version or pair
        raw = text[value.value : value.end]
        quoted = _STRING.match(raw)
        inner = value.value + (1 if quoted else 0)
        said = raw[1:-1] if quoted else raw
        items.append(Item(text=said, start=pair.start, end=pair.end, inner=inner, key=pair.path[-1]))
    stop = text.find("\n", header.end)
    start = len(text) if stop < 0 else stop + 1
    end = items[-1].end if items else start
    return Shelf(path=path, style=Style.PAIRS, start=start, end=end, items=tuple(items))
