"""Small findings of linters that change nothing but the form, and how each is put right in its line."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator

from autonomous_cicd.values import dataclass

__all__ = ["Finding", "findings", "fixed"]

_PLAIN = re.compile(
    r"^\s*(?P<file>[^\s:]+\.pyi?):(?P<line>\d+):(?:(?P<column>\d+):?)?\s*"
    r"(?:\[?(?P<code>[A-Z]{1,3}\d{3,4})\]?:?\s+)?(?P<text>\S.*)$"
)
_PYLINT = {
    "W0611": "F401",
    "C0303": "W291",
    "C0304": "W292",
    "C0305": "W391",
    "W1309": "F541",
    "W0301": "E703",
}
_UNUSED = re.compile(
    r"['`\"](?P<name>[^'`\"]+)['`\"] imported but unused|Unused (?:import )?(?P<pylint>[\w., ]+)"
)
_EXPECTED = re.compile(r"expected (\d) blank lines?(?:.*?(?:found|got) (\d))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One complaint about a line of a Python file."""

    file: str
    line: int
    column: int
    code: str
    text: str


def findings(log: str, own: Callable[[str], str]) -> tuple[Finding, ...]:
    """Return what flake8 and its like say in a log; `own` gives the file of the project that is meant."""
    found: dict[Finding, None] = {}
    for line in log.splitlines():
        one = _PLAIN.match(line)
        if one and (name := own(one["file"])):
            told = one["code"] or ("F401" if "imported but unused" in one["text"] else "")
            if not told:
                continue
            code = _PYLINT.get(told, told)
            found[
                Finding(
                    file=name,
                    line=int(one["line"]),
                    column=int(one["column"] or 0),
                    code=code,
                    text=one["text"],
                )
            ] = None
    return tuple(found)


def fixed(text: str, found: Iterable[Finding]) -> str:
    """Return a file without these findings; "" when one of them is not put right by its form alone."""
    lines = text.split("\n")
    found = tuple(found)
    unused = [one for one in found if one.code == "F401"]
    others = [one for one in found if one.code != "F401"]
    for one in sorted(others, key=lambda one: (one.line, one.column), reverse=True):
        fixer = _FIXERS.get(one.code)
        if fixer is None or not 0 < one.line <= len(lines) + 1:
            return ""
        changed = fixer(list(lines), one.line - 1, one)
        if changed is None:
            return ""
        lines = changed
    formed = "\n".join(lines)
    if others and not _same(text, formed):
        return ""
    return _without_imports(text, formed, unused) if unused else formed


def _same(before: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, RecursionError):
        return False


def _without_imports(before: str, text: str, unused: list[Finding]) -> str:
    """Remove imports that nothing uses; only in a file whose lines have not moved."""
    if text.count("\n") != before.count("\n"):
        return ""
    names = [name for one in unused for name in _names(one)]
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ""
    wanted = {one.line for one in unused}
    lines = text.split("\n")
    for node in sorted(ast.walk(tree), key=lambda one: getattr(one, "lineno", 0), reverse=True):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if wanted.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            continue
        gone = [alias for alias in node.names if _told(node, alias) & set(names)]
        if not gone or not _alone(lines, node) or _only_of_its_block(tree, node):
            return ""
        if len(gone) == len(node.names):
            lines = _without_lines(lines, node.lineno - 1, node.end_lineno or node.lineno)
        else:
            changed = _without_names(lines, node, gone)
            if changed is None:
                return ""
            lines = changed
        names = [name for name in names if not any(name in _told(node, alias) for alias in gone)]
    return "" if names else "\n".join(lines)


def _names(finding: Finding) -> Iterator[str]:
    for one in _UNUSED.finditer(finding.text):
        if one["name"]:
            yield one["name"]
        else:
            text = one["pylint"].strip()
            module = re.fullmatch(r"(.+?) imported from (.+)", text)
            alias = re.fullmatch(r"(.+?) imported as (.+)", text)
            yield f"{module[2]}.{module[1]}" if module else f"{alias[1]} as {alias[2]}" if alias else text


def _told(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> set[str]:
    """Return the ways in which linters name what a statement imports."""
    module = f"{'.' * node.level}{node.module or ''}" if isinstance(node, ast.ImportFrom) else ""
    dotted = module if not module or module.endswith(".") else f"{module}."
    full = f"{dotted}{alias.name}"
    return {f"{full} as {alias.asname}", f"{full} as {alias.asname}".lstrip(".")} if alias.asname else {full}


def _alone(lines: list[str], node: ast.stmt) -> bool:
    """Tell whether a statement has its lines for itself."""
    first, last = lines[node.lineno - 1], lines[(node.end_lineno or node.lineno) - 1]
    after = last.encode()[node.end_col_offset or 0 :].decode(errors="replace").strip()
    return not first[: node.col_offset].strip() and (not after or after.startswith("#"))


def _only_of_its_block(tree: ast.Module, node: ast.stmt) -> bool:
    for parent in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and node in block:
                # An import that is tried is there for what happens when it fails.
                return len(block) == 1 or isinstance(parent, ast.Try)
    return True


def _without_lines(lines: list[str], start: int, end: int) -> list[str]:
    """Remove lines, and the blank line that only set them apart."""
    before = lines[start - 1] if start else ""
    after = lines[end] if end < len(lines) else ""
    if not before.strip() and not after.strip() and end < len(lines):
        end += 1
    return lines[:start] + lines[end:]


def _without_names(
    lines: list[str], node: ast.Import | ast.ImportFrom, gone: list[ast.alias]
) -> list[str] | None:
    for alias in sorted(gone, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        row, line = alias.lineno - 1, lines[alias.lineno - 1]
        if not line.isascii():
            return None
        start, end = alias.col_offset, alias.end_col_offset or alias.col_offset
        if re.fullmatch(r"\s*", line[:start]) and re.fullmatch(r"\s*,?\s*", line[end:]):
            lines = lines[:row] + lines[row + 1 :]
            continue
        if follows := re.match(r"\s*,\s*", line[end:]):
            line = line[:start] + line[end + follows.end() :]
        elif precedes := re.search(r"\s*,\s*$", line[:start]):
            line = line[: precedes.start()] + line[end:]
        else:
            return None
        lines = [*lines[:row], line, *lines[row + 1 :]]
    return lines


Lines = list[str]


def _stripped(lines: Lines, row: int, finding: Finding) -> Lines | None:
    if row >= len(lines):
        return None
    lines[row] = lines[row].rstrip(" \t")
    return lines


def _one_end(lines: Lines, row: int, finding: Finding) -> Lines:
    while lines and not lines[-1].strip():
        lines.pop()
    return [*lines, ""]


def _blank_lines(lines: Lines, row: int, finding: Finding) -> Lines | None:
    expected = _EXPECTED.search(finding.text)
    if not expected or row >= len(lines):
        return None
    start = row
    indent = len(lines[row]) - len(lines[row].lstrip())
    while start and lines[start - 1].lstrip().startswith("#") and _depth(lines[start - 1]) == indent:
        start -= 1
    there = 0
    while start - there and not lines[start - there - 1].strip():
        there += 1
    wanted = int(expected[1])
    return [*lines[: start - there], *[""] * wanted, *lines[start:]] if there < wanted else None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _too_many(lines: Lines, row: int, finding: Finding) -> Lines | None:
    there = 0
    while row - there and not lines[row - there - 1].strip():
        there += 1
    kept = 2 if row < len(lines) and not lines[row].startswith((" ", "\t")) else 1
    return [*lines[: row - there], *[""] * kept, *lines[row:]] if there > kept else None


def _space_after(lines: Lines, row: int, finding: Finding) -> Lines | None:
    line, at = lines[row], finding.column - 1
    for place in (at, at - 1):
        if 0 <= place < len(line) and line[place] in ",;:":
            lines[row] = f"{line[: place + 1]} {line[place + 1 :]}"
            return lines
    return None


def _spaces_around(lines: Lines, row: int, finding: Finding) -> Lines | None:
    line, at = lines[row], finding.column - 1
    found = re.compile(r"(?:\*\*|//|>>|<<|[-+*/%@&|^=!<>:])?=|->|\*\*|//|<<|>>|[-+*/%@&|^<>]").match(line, at)
    if not found:
        return None
    before, after = line[:at], line[found.end() :]
    space = "" if before.endswith(" ") else " "
    lines[row] = f"{before}{space}{found[0]}{'' if after.startswith(' ') else ' '}{after}"
    return lines


def _no_space(lines: Lines, row: int, finding: Finding) -> Lines | None:
    line, at = lines[row], finding.column - 1
    for place in (at, at + 1, at - 1):
        if 0 <= place < len(line) and line[place] in " \t":
            start = len(line[:place].rstrip())
            rest = line[place:].lstrip()
            if start and line[:start].strip():
                lines[row] = line[:start] + rest
                return lines
    return None


def _one_space(lines: Lines, row: int, finding: Finding) -> Lines | None:
    line, at = lines[row], finding.column - 1
    for place in (at, at + 1, at - 1):
        if 0 <= place < len(line) and line[place] in " \t" and line[:place].strip():
            lines[row] = f"{line[:place].rstrip()} {line[place:].lstrip()}"
            return lines
    return None


def _comment(lines: Lines, row: int, finding: Finding) -> Lines | None:
    line = lines[row]
    at = line.find("#", max(0, finding.column - 2))
    if at < 0:
        return None
    before, text = line[:at], line[at:]
    if before.strip():
        before = f"{before.rstrip()}  "
    if (found := re.match(r"#+(?!!)([^\s#].*)", text)) or (found := re.match(r"#[ \t]{2,}(\S.*)", text)):
        text = f"# {found[1]}"
    lines[row] = before + text
    return lines


def _semicolon(lines: Lines, row: int, finding: Finding) -> Lines | None:
    if not lines[row].rstrip().endswith(";"):
        return None
    lines[row] = lines[row].rstrip().rstrip(";").rstrip()
    return lines


_Fixer = Callable[[Lines, int, Finding], "Lines | None"]
_FIXERS: dict[str, _Fixer] = {
    **dict.fromkeys(("W291", "W293"), _stripped),
    **dict.fromkeys(("W292", "W391"), _one_end),
    **dict.fromkeys(("E301", "E302", "E305", "E306"), _blank_lines),
    **dict.fromkeys(("E303",), _too_many),
    **dict.fromkeys(("E231",), _space_after),
    **dict.fromkeys(("E225", "E226", "E227", "E228"), _spaces_around),
    **dict.fromkeys(("E201", "E202", "E203", "E204", "E211", "E251"), _no_space),
    **dict.fromkeys(("E221", "E222", "E241", "E271", "E272"), _one_space),
    **dict.fromkeys(("E261", "E262", "E265"), _comment),
    "E703": _semicolon,
}
