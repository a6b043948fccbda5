"""Settings of pytest: where they stand, one more of them, and the marks that nobody registered."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping

from autonomous_cicd.domain.distributions import MARKS
from autonomous_cicd.domain.toml_spans import toml_spans

__all__ = ["config_file", "registered", "registering", "unregistered", "with_setting"]

_REFUSED = re.compile(
    r"'(?P<one>[A-Za-z_]\w*)' not found in `markers` configuration option"
    r"|PytestUnknownMarkWarning: Unknown pytest\.mark\.(?P<two>[A-Za-z_]\w*)"
)
_BUILT_IN = frozenset(
    ("filterwarnings", "parametrize", "skip", "skipif", "tryfirst", "trylast", "usefixtures", "xfail")
)
_SECTIONS = {"pytest.ini": "pytest", ".pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}
_ORDER = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_PATH = ("tool", "pytest", "ini_options", "markers")
_TOLD = re.compile(r"configfile: (?P<name>[\w.]+)")
_ALIKE = 0.75


def unregistered(log: str) -> tuple[str, ...]:
    """Return the marks that a log says nobody registered, in order, without those that a plugin has."""
    found = dict.fromkeys(one["one"] or one["two"] for one in _REFUSED.finditer(log))
    return tuple(name for name in found if name not in MARKS)


def config_file(texts: Mapping[str, str], log: str = "") -> str:
    """Return the file of settings that pytest reads; "" when there is none."""
    told = _TOLD.search(log)
    if told and told["name"] in texts and told["name"] in _ORDER:
        return told["name"]
    return next((name for name in _ORDER if name in texts and _has_section(name, texts[name])), "")


def _has_section(name: str, text: str) -> bool:
    if name == "pyproject.toml":
        return bool(re.search(r"(?m)^\[tool\.pytest\.ini_options\]", text))
    return name in ("pytest.ini", ".pytest.ini") or f"[{_SECTIONS[name]}]" in text


def registered(name: str, text: str) -> frozenset[str]:
    """Return the marks that a file of settings registers."""
    if name == "pyproject.toml":
        spans = toml_spans(text)
        lines = [
            one.value
            for array in (spans.arrays if spans else ())
            if array.path == _PATH
            for one in array.texts
        ]
    else:
        found = _entry(text, _SECTIONS.get(name, "pytest"))
        lines = found["value"].split("\n") if found else []
    return frozenset(word[1] for line in lines if (word := re.match(r"\s*(\w+)", line)))


def registering(name: str, text: str, mark: str, line: str = "") -> str:
    """Return the settings with one more mark; "" when it is perhaps only misspelt, or has no sure place.

    `line`: how it was written before, with what it means.
    """
    known: Collection[str] = _BUILT_IN | registered(name, text) | MARKS.keys()
    if mark in known or difflib.get_close_matches(mark, known, n=1, cutoff=_ALIKE):
        return ""
    entry = line or mark
    return (
        _in_toml(text, entry) if name == "pyproject.toml" else _in_ini(text, _SECTIONS.get(name, ""), entry)
    )


def with_setting(name: str, text: str, key: str, value: str) -> str:
    """Return the settings with one more, which they do not have; "" when it has no sure place."""
    if name == "pyproject.toml":
        head = re.search(r"(?m)^\[tool\.pytest\.ini_options\][ \t]*\n", text)
        if head is None:
            return f'{text.rstrip()}\n\n[tool.pytest.ini_options]\n{key} = "{value}"\n'
        return f'{text[: head.end()]}{key} = "{value}"\n{text[head.end() :]}'
    head = re.search(rf"(?m)^\[{re.escape(_SECTIONS.get(name, ''))}\][^\n]*\n", text)
    return f"{text[: head.end()]}{key} = {value}\n{text[head.end() :]}" if head else ""


def _entry(text: str, section: str) -> re.Match[str] | None:
    head = re.search(rf"(?m)^\[{re.escape(section)}\][^\n]*\n", text)
    if head is None:
        return None
    end = re.compile(r"(?m)^\[").search(text, head.end())
    key = re.compile(r"(?m)^markers[ \t]*[=:](?P<value>[^\n]*\n?(?:[ \t]+\S[^\n]*\n?|[ \t]*\n(?=[ \t]+\S))*)")
    return key.search(text, head.end(), end.start() if end else len(text))


def _in_ini(text: str, section: str, entry: str) -> str:
    head = re.search(rf"(?m)^\[{re.escape(section)}\][^\n]*\n", text) if section else None
    if head is None:
        return ""
    found = _entry(text, section)
    if found is None:
        return f"{text[: head.end()]}markers =\n    {entry}\n{text[head.end() :]}"
    value = found["value"]
    first, _, rest = value.partition("\n")
    if first.strip():
        return ""
    blanks = re.match(r"[ \t]+", rest)
    place = found.start("value") + len(value.rstrip())
    return f"{text[:place]}\n{blanks[0] if blanks else '    '}{entry}{text[place:]}"


def _in_toml(text: str, entry: str) -> str:
    spans = toml_spans(text)
    if spans is None or '"' in entry or "\\" in entry:
        return ""
    array = next((one for one in spans.arrays if one.path == _PATH), None)
    if array is None:
        head = re.search(r"(?m)^\[tool\.pytest\.ini_options\][ \t]*\n", text)
        return f'{text[: head.end()]}markers = ["{entry}"]\n{text[head.end() :]}' if head else ""
    if array.others or not array.texts:
        return ""
    last = array.texts[-1]
    between = " "
    if "\n" in text[array.start : array.end]:
        lead = text[text.rfind("\n", 0, last.start) + 1 : last.start]
        between = f"\n{lead if not lead.strip() else '    '}"
    return f'{text[: last.end]},{between}"{entry}"{text[last.end :]}'
