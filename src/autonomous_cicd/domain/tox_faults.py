"""What tox 4 refuses of settings that were written for older ones, and the lines that put it right."""

from __future__ import annotations

import re

__all__ = ["SAYS", "mended_tox"]

SAYS = re.compile(
    r"(?P<program>[\w./-]+)(?: \(resolves to \S+\))? is not allowed, use allowlist_externals"
    r"|pass_env values cannot contain whitespace"
)
_OLD = re.compile(r"(?m)^whitelist_externals(?=[ \t]*=)")
_PASSED = re.compile(r"(?m)^(?P<head>pass_?env[ \t]*=[ \t]*)(?P<names>[\w*]+(?:[ \t]+[\w*]+)+)[ \t]*(?=\r?$)")
_SECTION = re.compile(r"(?m)^\[(?P<name>testenv(?::[^\]\n]+)?)\][ \t]*\r?\n")
_LIST = re.compile(r"(?m)^allowlist_externals[ \t]*=(?P<value>[^\n]*\n?(?:[ \t]+\S[^\n]*\n?)*)")


def mended_tox(text: str, said: str) -> str:
    """Return settings of tox with what it misses, or reads no longer; "" when they have no place for it."""
    found = SAYS.search(said)
    if found is None:
        return ""
    program = found["program"]
    if not program:
        new = _PASSED.sub(lambda one: one["head"] + ", ".join(one["names"].split()), text)
        return new if new != text else ""
    if _OLD.search(text):
        return _OLD.sub("allowlist_externals", text)
    name = program.rpartition("/")[2]
    for head in _SECTION.finditer(text):
        following = re.compile(r"(?m)^\[").search(text, head.end())
        end = following.start() if following else len(text)
        body = text[head.end() : end]
        if not re.search(
            rf"(?m)^(?:commands\w*[ \t]*=)?[ \t]*-?[ \t]*(?:{re.escape(program)}|{re.escape(name)})\b", body
        ):
            continue
        known = _LIST.search(body)
        if known is None:
            return f"{text[: head.end()]}allowlist_externals = {name}\n{text[head.end() :]}"
        at = head.end() + known.start("value") + len(known["value"].rstrip())
        blanks = re.search(r"\n([ \t]+)\S", known["value"])
        return f"{text[:at]}\n{blanks[1] if blanks else '    '}{name}{text[at:]}"
    return ""
