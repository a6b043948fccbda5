"""What builds of Python projects refuse of their metadata, and the lines that put it right."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from autonomous_cicd.domain.manifest_code import with_argument
from autonomous_cicd.domain.toml_spans import toml_spans

__all__ = [
    "one_package",
    "wider_requirement",
    "with_data",
    "with_own_name",
    "without_dashes",
    "without_license_classifiers",
]

_REQUIREMENT = re.compile(
    r"""(?m)^\s*(?:requires-python|python_requires|python)\s*=\s*(?P<quote>["']?)"""
    r"""(?P<range>[^"'\n,#]+(?:,[^"'\n#]+)*)(?P=quote)"""
)


def wider_requirement(text: str, lowest: str) -> str:
    """Return a manifest that asks for a Python from this release on; "" when it asks for none."""
    found = _REQUIREMENT.search(text)
    if not found:
        return ""
    old = found["range"].strip()
    kept = [part.strip() for part in old.split(",") if part.strip().startswith(("<", "!="))]
    new = ",".join([f">={lowest}", *kept])
    return f"{text[: found.start('range')]}{new}{text[found.end('range') :]}" if new != old else ""


def without_dashes(text: str, keys: Collection[str]) -> str:
    """Return a setup.cfg whose keys are written with underscores; "" when none of them stands there."""
    new = text
    for key in keys:
        if "-" in key:
            new = re.sub(rf"(?m)^{re.escape(key)}(?=\s*[=:])", key.replace("-", "_"), new)
    return new if new != text else ""


def without_license_classifiers(text: str) -> str:
    """Return a manifest without license classifiers, for one with an expression; "" when there are none."""
    line = r"(?m)^[ \t]*[\"']?License :: [^\"'\n]*[\"']?,?[ \t]*\n"
    new = re.sub(line, "", text)
    if new == text:
        new = re.sub(r"""\s*["']License :: [^"'\n]*["']\s*,?(?=\s*["'\]])""", "", text)
    return new if new != text else ""


def with_own_name(text: str, absent: str, names: Collection[str]) -> str:
    """Return a manifest that names the only file that an absent one may mean; "" when that is not sure."""
    stem = re.match(r"[\w-]+", absent.rsplit("/", 1)[-1])
    if not stem:
        return ""
    folder = f"{absent.rpartition('/')[0]}/" if "/" in absent else ""
    pattern = re.compile(rf"{re.escape(folder + stem[0])}(?:\.(?:md|rst|txt|markdown))?", re.IGNORECASE)
    like = [one for one in names if pattern.fullmatch(one) and one != absent]
    if stem[0].upper() in ("LICENSE", "LICENCE", "COPYING") and not like:
        like = [one for one in names if re.fullmatch(r"(?i)(?:licen[cs]e|copying)(?:\.\w+)?", one)]
    quoted = re.compile(rf"(?<![\w./-]){re.escape(absent)}(?![\w/-]|\.\w)")
    if len(like) != 1 or not quoted.search(text):
        return ""
    return quoted.sub(lambda _: like[0], text)


def one_package(text: str, package: str) -> str:
    """Return a pyproject.toml that says which package is meant; "" when it says something already."""
    if re.search(r"(?m)^\[tool\.setuptools(?:\.packages)?", text) or "py-modules" in text:
        return ""
    end = "" if text.endswith("\n") else "\n"
    return f'{text}{end}\n[tool.setuptools.packages.find]\ninclude = ["{package}*"]\n'


def with_data(name: str, text: str, package: str, patterns: Sequence[str]) -> str:
    """Return a manifest that has files of a package installed with it; "" when there is no sure place."""
    if name.endswith("pyproject.toml"):
        return _toml_data(text, package, patterns)
    if name.endswith("setup.cfg"):
        return _cfg_data(text, package, patterns)
    return _code_data(text, package, patterns)


def _toml_data(text: str, package: str, patterns: Sequence[str]) -> str:
    spans = toml_spans(text)
    if spans is None:
        return ""
    path = ("tool", "setuptools", "package-data", package)
    found = next((one for one in spans.arrays if one.path == path), None)
    quoted = [f'"{one}"' for one in patterns]
    if found and found.texts and not found.others:
        last = found.texts[-1]
        between = ", "
        if "\n" in text[found.start : found.end]:
            line = text[text.rfind("\n", 0, last.start) + 1 : last.start]
            between = f",\n{line if not line.strip() else '    '}"
        return f"{text[: last.end]}{''.join(between + one for one in quoted)}{text[last.end :]}"
    header = re.search(r"(?m)^\[tool\.setuptools\.package-data\][ \t]*\n", text)
    key = package if re.fullmatch(r"[\w-]+", package) else f'"{package}"'
    entry = f"{key} = [{', '.join(quoted)}]\n"
    if header and not found:
        return f"{text[: header.end()]}{entry}{text[header.end() :]}"
    backend = re.search(r"build-backend\s*=\s*[\"']([\w.:]+)", text)
    if found or not re.search(r"(?m)^\[project\]", text) or (backend and "setuptools" not in backend[1]):
        return ""
    end = "" if text.endswith("\n") else "\n"
    return f"{text}{end}\n[tool.setuptools.package-data]\n{entry}"


def _cfg_data(text: str, package: str, patterns: Sequence[str]) -> str:
    header = re.search(r"(?m)^\[options\.package_data\][ \t]*\n", text)
    if header:
        rest = text[header.end() :]
        section = rest[: following.start()] if (following := re.search(r"(?m)^\[", rest)) else rest
        value = r"[ \t]*=[ \t]*(?P<one>[^\n]*)\n?(?P<more>(?:[ \t]+\S[^\n]*\n?)*)"
        key = re.search(rf"(?m)^{re.escape(package)}{value}", section)
        if not key:
            entry = f"{package} = {', '.join(patterns)}\n"
            return f"{text[: header.end()]}{entry}{text[header.end() :]}"
        at = header.end()
        if key["more"]:
            blanks = re.match(r"[ \t]+", key["more"])
            place = at + key.end("more")
            lines = "".join(f"{blanks[0] if blanks else '    '}{one}\n" for one in patterns)
            lead = "" if text[:place].endswith("\n") else "\n"
            return f"{text[:place]}{lead}{lines}{text[place:]}"
        place = at + key.end("one")
        joined = ", ".join(patterns)
        return f"{text[:place]}{', ' if key['one'].strip() else ' '}{joined}{text[place:]}"
    if not re.search(r"(?m)^\[options\]", text):
        return ""
    end = "" if text.endswith("\n") else "\n"
    return f"{text}{end}\n[options.package_data]\n{package} = {', '.join(patterns)}\n"


def _code_data(text: str, package: str, patterns: Sequence[str]) -> str:
    found = re.search(
        rf"""package_data\s*=\s*\{{[^{{}}]*?["']{re.escape(package)}["']\s*:\s*\[(?P<inner>[^\[\]]*)\]""",
        text,
    )
    if not found:
        listed = ", ".join(f"'{one}'" for one in patterns)
        return (
            ""
            if "package_data" in text
            else with_argument(text, "package_data", f"{{'{package}': [{listed}]}}")
        )
    inner = found["inner"].rstrip()
    quote = "'" if "'" in inner else '"'
    joined = ", ".join(f"{quote}{one}{quote}" for one in patterns)
    trailing = inner.endswith(",")
    new = f"{inner}{' ' if trailing else ', '}{joined}" if inner.strip() else joined
    return f"{text[: found.start('inner')]}{new}{text[found.start('inner') + len(inner) :]}"
