"""Writes poetry's own requirements the way every installer reads them."""

from __future__ import annotations

import re

from autonomous_cicd.ecosystems.python.shapes import string, strings, table

__all__ = ["poetry_requirements"]

_RELATIVE = re.compile(r"([~^])\s*(\d+(?:\.\d+)*)([^\s,|]*)")
_BARE = re.compile(r"\d+(?:\.\d+)*(?:\.\*)?[a-z0-9.]*")
_BOUND = re.compile(r"(===|==|~=|!=|>=|<=|>|<)\s*([\w.*+!-]+)")


def poetry_requirements(name: str, value: object) -> tuple[str, ...]:
    """Return what an entry of poetry's tables asks for; nothing for one of this project's own folders."""
    if isinstance(value, list):
        return tuple(text for one in value for text in poetry_requirements(name, one))
    if isinstance(value, str):
        return (name + standard_range(value),)
    said = table(value)
    extras = ",".join(strings(said.get("extras")))
    named = f"{name}[{extras}]" if extras else name
    marks = [string(said.get("markers")), _python_marker(string(said.get("python")))]
    marker = " and ".join(f"({mark})" for mark in marks if mark)
    suffix = f" ; {marker}" if marker else ""
    if git := string(said.get("git")):
        revision = string(said.get("rev") or said.get("tag") or said.get("branch"))
        return (f"{named} @ git+{git}{f'@{revision}' if revision else ''}{suffix}",)
    if url := string(said.get("url")):
        return (f"{named} @ {url}{suffix}",)
    if path := string(said.get("path")):
        return (path if path.startswith(".") else f"./{path}",)
    return (named + standard_range(string(said.get("version"))) + suffix,)


def standard_range(text: str) -> str:
    """Return a range in PEP 440's spelling; empty when there is none, or it has alternatives."""
    text = text.strip()
    if text in ("", "*") or "|" in text:
        return ""
    parts = [
        part.strip() for part in re.split(r"[,\s](?=\s*[~^<>=!\d])(?<![<>=!~^]\s)", text) if part.strip()
    ]
    found = [_standard(part) for part in parts]
    return ",".join(one for one in found if one)


def _standard(part: str) -> str:
    match = _RELATIVE.fullmatch(part)
    if match and not part.startswith("~="):
        numbers = [int(number) for number in match[2].split(".")]
        return f">={match[2]}{match[3]},<{_above(match[1], numbers)}"
    if _BARE.fullmatch(part):
        return f"=={part}"
    bound = _BOUND.fullmatch(part)
    return f"{bound[1]}{bound[2]}" if bound else ""


def _above(sign: str, numbers: list[int]) -> str:
    """Return the first version that `^` or `~` leaves out."""
    if sign == "~":
        at = 1 if len(numbers) > 1 else 0
    else:
        at = next((place for place, number in enumerate(numbers) if number), len(numbers) - 1)
    raised = [*numbers[:at], numbers[at] + 1]
    return ".".join(map(str, raised if len(raised) > 1 else [*raised, 0]))


def _python_marker(text: str) -> str:
    bounds = _BOUND.findall(standard_range(text)) if text else []
    return " and ".join(
        f"python_version {sign} '{version}'" for sign, version in bounds if "*" not in version
    )
