"""Untrusted text made inert: shown on GitHub, Linear, Slack and the like it is read, and does nothing.

Services look for mentions, references and addresses in the text that a reader sees, whatever was escaped.
So these are parted by a space without width, which reads as if it were not there. Markup is escaped. In code
hosts look for nothing, but bots read comments as they were sent, and a host may take the text of a pull
request for that of a commit: commands and closing keywords are parted in code as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_cicd.domain.text import printable, printable_line

__all__ = ["chat", "code_block", "commit_line", "cut_markdown", "inline", "plain", "title"]

_APART = "\u200b"
"""A space without width."""

_FILES = (
    "py|pyi|pyx|js|jsx|mjs|cjs|ts|tsx|vue|json|toml|cfg|ini|yml|yaml|md|rst|txt|lock|log|html|css|xml|csv|go"
    "|java|kt|rs|rb|php|sql|sh|bash|env|gz|whl"
)
"""With what the names of files end that a person wants to copy."""
_LIVE = re.compile(
    r"(?P<at>@(?=\S))"
    r"|(?P<number>\#(?=[0-9]))"
    r"|(?P<key>\b[A-Za-z][A-Za-z0-9_]{0,19}-(?=[0-9]))"
    r"|(?P<scheme>:(?=//))"
    r"|(?P<www>www(?=\.))"
    r"|(?P<mail>(?:mailto|xmpp|tel|javascript|data):(?=\S))"
    r"|(?P<link>\](?=[(\[]))"
    r"|(?P<emoji>:(?=[\w+-]{1,60}:))",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w.-])@(?=\w)")
_COMMIT = re.compile(r"(?<![0-9A-Za-z_])[0-9a-fA-F]{7,}(?![0-9A-Za-z_])")
_SHORT = 6
"""Characters that are too few for the id of a commit."""
_HOST = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2,})")
_HOST_NOT_FILE = re.compile(rf"(?<=[^\W_])\.(?=[^\W\d_]{{2,}})(?!(?i:{_FILES})(?![\w.-]))")

_MARKUP = re.compile(r"[\\`*_\[\]|~$<>&]")
_NAMED = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_CODE = re.compile(r"\\`((?:[\w./:=-]|\\_)(?:(?:[\w ./:=-]|\\_){0,100}(?:[\w./:=-]|\\_))?)\\`")
"""Code within a sentence, escaped: it has nothing that could end it, and nothing that was parted."""
_FIRST = re.compile(r"^(?:[-+=:/#]|\d{1,9}(?=[.)]))")
_CHAT = str.maketrans({"<": "\u2039", ">": "\u203a"})

_CLOSING = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?)\b:?"
    r"(?=\s{0,20}(?:[\w./:-]{0,200}(?:\#|/(?:issues|pull)/)|[A-Z][A-Z0-9_]{0,19}-)\d)",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"^(?=\s{0,3}/[A-Za-z][\w-]*(?![\w./-]))", re.MULTILINE)
_TICKS = re.compile(r"`+")
_FENCE = re.compile(r"^(`{3,})")
_LONGEST = 500
"""Characters of a line of code that are shown."""


def plain(text: str, limit: int = 0) -> str:
    """Return text for prose in Markdown: one line that reads as it is, at most `limit` characters of it.

    Words between backticks are code.
    """
    parted = _parted(printable_line(text, limit), _HOST_NOT_FILE)
    escaped = _MARKUP.sub(lambda sign: _NAMED.get(sign[0]) or f"\\{sign[0]}", parted)
    escaped = _CODE.sub(_as_code, escaped)
    if first := _FIRST.match(escaped):
        begin = first[0]
        return f"{begin}\\{escaped[len(begin) :]}" if begin[0].isdigit() else f"\\{escaped}"
    return escaped


def chat(text: str, limit: int = 0) -> str:
    """Return text for a message in a chat or a mail, whose markup has no escapes: one line."""
    return _parted(printable_line(text, limit), _HOST).translate(_CHAT)


def title(text: str, limit: int = 120) -> str:
    """Return text for the title of an issue or pull request: one line that is no longer than `limit`."""
    # What is cut off may have been what kept the rest from meaning something: cut first, then part.
    begin = printable_line(text, 2 * limit)
    tries = (_unclosed(_parted(printable_line(begin, room), _HOST_NOT_FILE)) for room in range(limit, 0, -1))
    return next(line for line in tries if len(line) <= limit)


def commit_line(text: str, limit: int = 0) -> str:
    """Return text for the message of a commit, where hosts look for mentions and keywords: one line."""
    return _unclosed(_MENTION.sub(f"@{_APART}", printable_line(text, limit)))


def inline(text: str, limit: int = 0) -> str:
    """Return text as code within a line, which nothing in it can end; "" of nothing."""
    line = _unclosed(printable_line(text, limit))
    if not line:
        return ""
    ticks = "`" * (1 + _longest_ticks(line)) if "`" in line else "`"
    return f"{ticks} {line} {ticks}" if "`" in (line[0], line[-1]) else f"{ticks}{line}{ticks}"


def code_block(text: str, limit: int = 8_000, *, language: str = "text") -> str:
    """Return text as a block of code, which nothing in it can end; "" of nothing.

    Long lines are cut, and so is the text: at the end of a line, saying how many are left out. `language` is
    a word of our own. It must begin a line, and stand in no list or quotation.
    """
    lines = list(_kept(_COMMAND.sub(_APART, _unclosed(printable(text))).strip("\n"), limit))
    if not any(line.strip() for line in lines):
        return ""
    fence = "`" * max(3, 1 + max(map(_longest_ticks, lines)))
    return "\n".join([f"{fence}{language}", *lines, fence])


def cut_markdown(text: str, limit: int, note: str) -> str:
    """Return Markdown of ours that is not longer than `limit`: cut after a line, what is open is closed.

    `note` says at its end that something was cut off.
    """
    if len(text) <= limit:
        return text
    kept: list[str] = []
    size, open_fence, details = len(note) + 2, "", 0
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        after = open_fence
        if fence and not open_fence:
            after = fence[1]
        elif fence and line == open_fence:
            after = ""
        inside = details + (not open_fence) * (line.count("<details>") - line.count("</details>"))
        if size + len(line) + 1 + len(after) + 1 + 11 * max(0, inside) > limit:
            break
        kept.append(line)
        size += len(line) + 1
        open_fence, details = after, inside
    kept += [open_fence] * bool(open_fence) + ["</details>"] * max(0, details)
    return "\n".join([*kept, "", note])[:limit]


def _kept(text: str, limit: int) -> Iterator[str]:
    lines, size = text.split("\n"), 0
    for number, line in enumerate(lines):
        cut = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
        size += len(cut) + 1
        if size > limit > 0:
            left = len(lines) - number
            yield f"… {left} more {'line' if left == 1 else 'lines'}"
            return
        yield cut


def _parted(line: str, host: re.Pattern[str]) -> str:
    """Return a line in which mentions, references and addresses are parted."""
    parted = _LIVE.sub(lambda sign: f"{sign[0]}{_APART}", line)
    return host.sub(f".{_APART}", _COMMIT.sub(_pieces, parted))


def _as_code(escaped: re.Match[str]) -> str:
    return f"`{escaped[1].replace(chr(92), '')}`"


def _pieces(commit: re.Match[str]) -> str:
    text = commit[0]
    return _APART.join(text[start : start + _SHORT] for start in range(0, len(text), _SHORT))


def _unclosed(text: str) -> str:
    """Return text in which no keyword closes an issue."""
    return _CLOSING.sub(lambda found: f"{found[0]}{_APART}", text)


def _longest_ticks(line: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(line)), default=0)
