"""Plain lines: what a program printed, without colours, timestamps and prefixes that the host put there."""

from __future__ import annotations

import re

from autonomous_cicd.domain.text import printable

__all__ = ["BARE_COLOUR", "COLOURS", "LONGEST", "cut", "plain", "strip_colours", "without_time"]

_MISREAD = ("Γ", "┬", "├", "∩╗┐", "≡ƒ", "\u00b4╗┐")
"""What the first bytes of marks and signs look like in the code pages of Windows consoles."""
LONGEST = 8192
"""Characters of a line that are looked at: its beginning and its end."""

_COLOURS = re.compile(
    rb"\x1b(?:\[[0-9;?]*+[ -/]*+[@-~]|[\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|[ -/]?[0-Z\\^-~])"
)
_WRITTEN = {
    sign: re.compile(re.escape(sign) + rb"[0-9;?]*+[ -/]*+[@-~]")
    for sign in (b"^[[", b"\xe2\x90\x9b[", b"\\u001b[", b"\\x1b[", b"\\033[")
}
"""The same where the sign that begins them was made visible, as by whoever fetched the log."""
BARE_COLOUR = re.compile(rb"\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m")
"""The same where that sign was lost; what such a text is shows elsewhere in its line."""
_BARE_SIGN = re.compile(rb"\[(?:0|39|22)m")
_SPOILED = re.compile(
    _BARE_SIGN.pattern + b"|" + b"|".join(rb"\[(?<=%b)" % re.escape(sign) for sign in _WRITTEN)
)
"""Any of these signs. All begin with a bracket, which is quickly looked for: no log is full of them."""
COLOURS = (
    r"(?:(?:\x1b|\^\[|\x{241b}|\\(?:u001b|x1b|033))\[[0-9;?]*[ -/]*[@-~]|\[[0-9;]*m"
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]?[0-Z\\^-~])*"
)
"""Whatever of all these may stand in a row, and a little more, in RE2's syntax."""
_MARK = "\ufeff|я╗┐|п╗┐|ï»¿|・ｿ|[?]{3}"
"""A byte-order mark, and what other code pages make of it."""
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?"
_PREFIX = re.compile(
    rf"\ufeff|(?:{_MARK})(?=\d{{4}}-\d\d-\d\dT)"
    r"|_bk;t=\d+\a?"  # Buildkite
    r"|(?:travis_(?:fold|time):(?:start|end):[\w.:=,-]*)"
    r"|section_(?:start|end):\d+:[\w.-]+(?:\[[\w=,]*\])?"  # GitLab
    rf"|[ \t]*\[?{_TIME}\]?(?: \d{{2}}[OE][ +])?[ \t]?"  # GitHub, GitLab, Azure, Jenkins, loggers
    rf"|[^\t\n]{{1,100}}\t(?:[^\t\n]{{1,100}}\t(?=(?:{_MARK})?\d{{4}}-\d\d-\d\dT)|UNKNOWN STEP\t)"  # gh
    rf"|\[\w{{1,20}} {_TIME}\] ?(?:\d\d:\d\d:\d\d +[A-Z]{{4,8}} - ?)?"  # Taskcluster
    r"|#\d{1,4} (?:\d{1,6}\.\d{1,3}(?: |$)|(?=\S))|\d{1,6}\.\d{3} (?=[ \t]*\S)"  # a container being built
    r"|(?:simple|build|error|command)\t\d\d-\w{3}-\d{4} \d\d:\d\d:\d\d\t"  # Bamboo
    r"|\[[\w .@/()-]{1,80}\] {1,4}\| |\[[\w.-]{1,40}:\d+\] "  # steps: act, Drone
    r"|\[pod/[\w./-]{1,150}\] |\d\d:\d\d:\d\d {2}(?=\S)"  # Kubernetes, Jenkins
    r"|[ \t]*\[(?:exec|java)\] "  # Ant
    rf"|\[build-std(?:out|err)\] (?:\[{_TIME}\] )?(?:\[autobuild\] )?"  # CodeQL
    r"|\[Container\] \d{4}/\d\d/\d\d [\d:.]{8,20} "  # CodeBuild
    r"|\[\d\d:\d\d:\d\d\][A-Za-z]? ?:[ \t]+(?:\[[^\]\n]{1,60}\] )?"  # TeamCity
    r"|\[\d\d:\d\d:\d\d(?:\.\d{1,3})?\] |\d{1,2}:\d\d:\d\d (?:[AP]M: |[AP]M {2,})"  # hosts of sites
    r"|\d\d:\d\d:\d\d\.\d{3}\t|\[(?:INFO|WARNING|ERROR)\]: (?!!!!)"  # the same
    r"|\[(?:\d|api|web|server|client|app|backend|frontend|unit|e2e|worker|dev|ui|tests?|build|lint|docs)\] "
    r"|\[[\w.-]{1,40}:L\d{1,7}:\d{1,6}s\] "  # Woodpecker
)
_FIRST = "\ufeffяпï・?_ts \t[#0123456789"
"""What such a prefix begins with, unless it has tabs."""
_TABS = 202
"""Characters within which its tabs are."""
_SIDE = re.compile(
    r"[A-Za-z][\w.]{0,40}(?:-[\w.]{1,40}){0,6}[-_.]\d{1,3} {1,40}\| ?"  # containers that run side by side
    r"|(?!std(?:err|out) )[a-z][\w.-]{1,60} {1,40}\| "  # the same, of a name of their own
    r'|Step #\d{1,3}(?: - "[^"\n]{1,60}")?: |(?:err|out): |remote:(?: {8}|$)'  # another machine
    r"|[\w.\[\]\"-]{1,80} \((?:local|remote)-exec\): "
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,60} [\w./@-]{1,60}(?:\[\d{1,7}\])?: "
    r"|@[\w-]{1,40}/[\w.-]{1,40}(?::[\w:-]{1,40})?: "  # packages of a workspace
    r"|(?:[\w.-]{1,40}:|[\w.-]{1,40}/[\w./-]{1,60} )"
    r"(?:build|test|lint|type-?check|check|compile|format|e2e)[\w:-]{0,30}: "
)
"""What is put before the lines of programs that run side by side."""


def strip_colours(block: bytes) -> bytes:
    """Return bytes without escape sequences."""
    if b"\x1b" in block:
        block = _COLOURS.sub(b"", block)
    if not _SPOILED.search(block):
        return block
    for sign, written in _WRITTEN.items():
        if sign in block:
            block = written.sub(b"", block)
    return _without_bare(block)


def _without_bare(block: bytes) -> bytes:
    """Return bytes without colours that lost their sign; what a line says depends on no other."""
    parts, at = [], 0
    for sign in _BARE_SIGN.finditer(block):
        if sign.start() < at:
            continue
        begin = max(block.rfind(b"\n", at, sign.start()) + 1, at)
        end = block.find(b"\n", sign.end())
        end = len(block) if end < 0 else end
        parts += [block[at:begin], BARE_COLOUR.sub(b"", block[begin:end])]
        at = end
    return b"".join([*parts, block[at:]]) if parts else block


def without_time(raw: bytes) -> bytes:
    """Return a line without the host's time, which makes lines differ that say the same."""
    return raw[29:] if raw[27:29] == b"Z " and raw[10:11] == b"T" and raw[:2] == b"20" else raw


def plain(raw: bytes) -> str:
    """Return a line as a person reads it; of one that overwrote itself only the last state."""
    text = cut(raw).decode("utf-8", "replace").rstrip("\r\n")
    if "\r" in text:
        text = next((state for state in reversed(text.split("\r")) if state and not state.isspace()), "")
    if not text.isascii():
        text = printable(_mended(text)).replace("\n", " ")
    elif not text.replace("\t", " ").isprintable():
        text = printable(text).replace("\n", " ")
    position = 0
    for _ in range(4):
        if text[position : position + 1] not in _FIRST and text.find("\t", position, position + _TABS) < 0:
            break
        match = _PREFIX.match(text, position)
        if match is None or match.end() == position:
            break
        position = match.end()
    head = text[position : position + 120]
    if ("| " in head or ": " in head) and (side := _SIDE.match(text, position)):
        position = side.end()
    return text[position:].rstrip() if position else text.rstrip()


def _mended(text: str) -> str:
    """Return text that a Windows console took for its own code page as it was meant."""
    if not any(sign in text for sign in _MISREAD):
        return text
    for code_page in ("cp437", "cp850"):
        try:
            return text.encode(code_page).decode("utf-8")
        except UnicodeError:
            continue
    return text


def cut(raw: bytes) -> bytes:
    """Return the beginning and the end of a line that is too long."""
    if len(raw) <= LONGEST:
        return raw
    half = LONGEST // 2
    return raw[:half] + " … ".encode() + raw[-half:]
