"""Paths and modules named in other letters than the project has them: `./lib/Parser` for `lib/parser.js`.

Where capital letters do not matter they are found, and where builds run they are not.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable

__all__ = ["completed", "respelled", "right_spelling"]

ENDINGS = (
    ".js",
    ".mjs",
    ".cjs",
    ".jsx",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".json",
    ".vue",
    ".svelte",
    ".css",
    ".scss",
)
"""Endings that imports of JavaScript leave out."""
INDEX = re.compile(r"/index\.\w+$")
TOKEN = re.compile(r"[\w@.][\w@./-]*")
IMPORT = re.compile(r"^(\s*(?:from|import)\s+)(\.*)([A-Za-z_][\w.]*)", re.MULTILINE)
FROM = re.compile(r"(?:\bfrom\s*|\bimport\s*\(?\s*)[\"'](?P<path>\.{1,2}/[\w@./-]+?)/?(?=[\"'])")
LARGEST = 200_000


def right_spelling(said: str, names: Collection[str]) -> str:
    """Return the only file that a path means but for its letters; "" when there is none, or the very one."""
    path = re.sub(r"^(?:\.{1,2}/)+", "", said.strip("/"))
    if not re.search(r"[A-Za-z]", path):
        return ""
    wanted = path.casefold()
    found = {name for name in names if _same(wanted, name.casefold(), whole=False)}
    if any(_same(path, name, whole=False) for name in found):
        return ""
    return found.pop() if len(found) == 1 else ""


def _same(path: str, name: str, *, whole: bool) -> bool:
    """Whether a path, its ending left out or not, is a file, or (not `whole`) ends as one does."""
    forms = {name, INDEX.sub("", name)}
    forms |= {form[: -len(end)] for form in forms for end in ENDINGS if form.endswith(end)}
    if path in forms:
        return True
    return not whole and any(form.endswith(f"/{path}") or path.endswith(f"/{form}") for form in forms)


def respelled(file: str, text: str, real: str, names: Collection[str]) -> str:
    """Return the text of a file that names another one, `real`, as that one is written."""
    if len(text) > LARGEST:
        return text
    if real.endswith(".py") and file.endswith((".py", ".pyi")):
        return IMPORT.sub(lambda one: f"{one[1]}{one[2]}{_module(file, one[2], one[3], real)}", text)

    def path(match: re.Match[str]) -> str:
        """Return one path of the text, in the letters of the real one when it means that."""
        token = match[0]
        bare = re.sub(r"^(?:\.{1,2}/)+", "", token)
        places = [posixpath.normpath(posixpath.join(posixpath.dirname(file), token))]
        if not token.startswith("."):
            places = [token] if "/" in token or "." in token else []
        for place in places:
            if _same(place.casefold(), real.casefold(), whole=True) and not _there(place, names):
                return token[: len(token) - len(bare)] + _letters(bare, real)
        return token

    return TOKEN.sub(path, text)


def completed(file: str, text: str, names: Collection[str]) -> str:
    """Return the text of a module with the endings of its own files, which only `require` finds without."""

    def whole(match: re.Match[str]) -> str:
        """Return one import with the only file that it may mean."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), match["path"]))
        ends = [*ENDINGS[:3], *(f"/index{end}" for end in ENDINGS[:3])]
        found = [] if path in names else [end for end in ends if f"{path}{end}" in names]
        return f"{match[0].rstrip('/')}{found[0]}" if len(found) == 1 else match[0]

    return FROM.sub(whole, text) if len(text) <= LARGEST else text


def _there(place: str, names: Iterable[str]) -> bool:
    return any(_same(place, name, whole=True) for name in names)


def _module(file: str, dots: str, module: str, real: str) -> str:
    """Return a module of an import in the letters of the file that it means."""
    path = module.replace(".", "/")
    if dots:
        base = posixpath.dirname(file)
        for _ in dots[1:]:
            base = posixpath.dirname(base)
        path = posixpath.join(base, path)
    name = real.removesuffix(".py").removesuffix("/__init__")
    if path.casefold() not in (name.casefold(), name.removeprefix("src/").casefold()):
        return module
    return _letters(module.replace(".", "/"), f"{name}.py").replace("/", ".")


def _letters(path: str, real: str) -> str:
    """Return the end of a real path that is as long as a path and means the same."""
    for form in (
        real,
        INDEX.sub("", real),
        posixpath.splitext(real)[0],
        posixpath.splitext(INDEX.sub("", real))[0],
    ):
        if form.casefold().endswith(path.casefold()):
            return form[len(form) - len(path) :]
    return path
