"""Scripts of package.json and targets of make that are called by a name which they do not have any more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from autonomous_cicd.values import dataclass

__all__ = ["Asked", "asked_for", "called_otherwise", "named_now", "scripts_of"]

_LOGGED = (
    ("node", re.compile(r"Missing script: \"?(?P<name>[\w@.:/-]+?)\"?(?:\s|$)")),
    ("node", re.compile(r"error Command \"(?P<name>[\w@.:/-]+)\" not found")),
    ("node", re.compile(r"(?:Couldn't find a script named|Script not found) \"(?P<name>[\w@.:/-]+)\"")),
    ("make", re.compile(r"No rule to make target [`'](?P<name>[\w.:-]+)'\.")),
)
_FILES = {
    "node": re.compile(r"(?:[\w.@-]+/){0,3}package\.json"),
    "make": re.compile(r"(?:[\w.@-]+/){0,2}(?:GNUm|[Mm])akefile"),
}
_TARGET = re.compile(r"^([\w.-]+):(?!=)[^\n]*\n((?:\t[^\n]*(?:\n|\Z))+)", re.MULTILINE)
_SEPARATORS = re.compile(r"[:._-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A script that was asked for and is not there."""

    kind: str
    name: str

    def defined_in(self, file: str) -> bool:
        """Whether a file may define such scripts."""
        return _FILES[self.kind].fullmatch(file) is not None


def asked_for(log: str) -> tuple[Asked, ...]:
    """Return the scripts that a log says are not there."""
    found = ((kind, pattern) for kind, pattern in _LOGGED)
    return tuple(
        dict.fromkeys(
            Asked(kind, match["name"]) for kind, pattern in found for match in pattern.finditer(log)
        )
    )


def scripts_of(kind: str, text: str) -> dict[str, str]:
    """Return the scripts that a file defines, with what they execute."""
    if kind == "make":
        return {match[1]: match[2] for match in _TARGET.finditer(text)}
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    found = value.get("scripts") if isinstance(value, dict) else None
    return {key: one for key, one in found.items() if isinstance(one, str)} if isinstance(found, dict) else {}


def named_now(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return the name that a script has now; "" when that is not sure.

    It executes what the script of that name executed, or its name has the same words, otherwise joined.
    """
    if name in now:
        return ""
    if command := before.get(name):
        same = [one for one, text in now.items() if text == command and before.get(one) != command]
    else:
        same = [one for one in now if _words(one) == _words(name)]
    return same[0] if len(same) == 1 else ""


def _words(name: str) -> str:
    """Return what is the same of names whose words are only joined otherwise."""
    return _SEPARATORS.sub("", name).casefold()


def called_otherwise(kind: str, text: str, old: str, new: str) -> str:
    """Return a text that calls a script by its new name."""
    behind = r"(?![\w:./@-])"
    if kind == "make":
        return re.sub(rf"(\bmake(?:[ \t]+-\S+)*[ \t]+){re.escape(old)}{behind}", rf"\g<1>{new}", text)
    runs = r"\b(?:npm run(?:-script)?|yarn(?: run)?|pnpm(?: run)?|bun run|node --run)(?:[ \t]+-\S+)*[ \t]+"
    text = re.sub(rf"({runs}){re.escape(old)}{behind}", rf"\g<1>{new}", text)
    if old in ("test", "start"):
        text = re.sub(rf"\b(npm|pnpm)((?:[ \t]+-\S+)*)[ \t]+{old}{behind}", rf"\1\2 run {new}", text)
    return text
