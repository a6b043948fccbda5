"""Values that are secret because of the name in front of them: assignments, headers, cookies, options."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["named", "places", "scrambled"]

_WORDS = (
    b"pass", b"pwd", b"secret", b"token", b"cred", b"key", b"auth", b"sig", b"session", b"bearer", b"basic",
    b"contribsys",
)  # fmt: skip
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

# The group of `bare` is greedy, not possessive: that goes wrong in Python before 3.11.5 when it looks ahead.
_ASSIGNED = re.compile(
    # The rest of the name, the end of its quotes, perhaps a type.
    r"(?P<tail>[\w.-]{0,40}+)(?:\\*[\"'`]|%22)?\]?(?:[ \t]{0,3}:[ \t]?(?:str|[Ss]tring)[ \t]?(?==))?"
    r"(?P<sign>[ \t]{0,3}value[ \t]?=[ \t]?"
    r"|[ \t]{0,8}(?::=|=>|\?=|={1,3}|:{1,3}|%3[AaDd](?:%22)?|>|\|\||,|\()[ \t]{0,8}|[ \t]{1,3})"
    r"(?:\\+[\"'`](?P<escaped>[^\"'`\\\n]++)|\"(?P<double>(?:[^\"\\\n]|\\[^\n])++)\""
    r"|'(?P<single>(?:[^'\\\n]|\\[^\n])++)'|`(?P<back>[^`\n]++)`"
    r"|[\"'`]?(?P<bare>(?:[^\s\"'`,;&<>\\%]++|&(?![\w.%-]{1,40}=)|%(?!26|0[AaDd]|2[27]|3[Bb]))+))"
)
_LONG = 100
_VARIABLE = re.compile(r"[ \t]*(?:(?:export|set|declare -x|\++)[ \t]+)?")
_REST = re.compile(r"[^\s\"'`]++")
_ANNOUNCED = re.compile(r"authorization|\blogin\b|\bENV[ \t]|\bconfig[ \t]+set\b", re.IGNORECASE)
_COOKIE = re.compile(r"[\w-]{0,20}[\"']?[ \t]*[:=][ \t]*[\"']?(?=[^\s=;]+=)")
_CRUMB = re.compile(r"([^\s=;,\"']++)=([^\s;,\"'\\]++)")
_ATTRIBUTES = frozenset(
    {"path", "domain", "expires", "max-age", "samesite", "priority", "version", "comment"}
)
_USER = re.compile(
    r"(?:(?<=\s-u)|(?<=\s--u)ser)(?:[ \t]+|=)(?:\"[^\"\s:]*+\"?|'[^'\s:]*+'?|[^\s:\"']*+)"
    r":[\"']?(?P<bare>[^\s\"'`/][^\s\"'`]{2,})"
)
_SHORT = re.compile(r"[ \t]?[\"']?(?P<bare>[^\s\"'`]{4,})")
_LOGIN = re.compile(
    r"\b(?:login|mysql\w*|mariadb|sshpass|psql|mongo\w*|redis-cli|ldap\w+|sqlcmd|smbclient)\b"
)

_PASSWORD = re.compile(r"passw|passphrase|passcode|pwd$|[_.-]pass$")
_TOKEN = re.compile(
    r"secret|token|credentials?$|creds?$|bearer|auth(?:orization|key)?$|signature$|(?:^|[_.-])sig$|basic$"
    r"|session$|contribsys|(?:api|access|private|auth|account|encrypt\w{0,4}|sign\w{0,4}|master|storage|service"
    r"|client|app|licen[cs]e|deploy|ssh|admin|shared|webhook|ingest|insert|session|jwt|hmac|crypt\w{0,4}"
    r"|consumer|subscription|user|write|read|project|server|publish\w{0,4})[_.-]?keys?$"
)
_INNOCENT = re.compile(
    r"tokeni[sz]|author(?!i[sz])|keyboard|keyword|bypass|compass|pass(?:e[ds]|ing|ive)|public_?-?key"
    r"|(?:url|uri|type|name|path|file|dir|folder|id|len|length|count|size|expir\w*|ttl|scope|version|arn"
    r"|endpoint|policy|field|index|column|hash|age|error|mode|format|status|provider|helper|manager|limit"
    r"|algorithm|_at|store|class|ring|code)s?$"
)

_PART = re.compile(r"[0-9]*|[A-Z]{0,15}[a-z]{0,17}(?:[A-Z][a-z]{2,20})*+[0-9]{0,4}")
_BREAK = re.compile(r"[^A-Za-z0-9]+")
_PUBLIC = re.compile(
    r"(?:sha\d{1,3}|md5|h1)(?:[:=-]|%3A)|v?\d+\.\d+(?:\.\d+)?[\w.+-]*$|\d{4}-\d\d-\d\d|0x[0-9a-fA-F]+$"
    r"|\d{1,2}:\d\d|(?:\.{1,2}|~|/[a-z][a-z_.-]+)/|[a-z+]+://|[\w.]+\("
)
_PLACEHOLDER = re.compile(
    r"\$[({]?\w|%[({sdr]|\{.*\}$|\[.*\]$|@\w+@$|\.{3}|(.)\1*$|(?:your|my|some|example|change|insert|enter)[\W_]"
    r"|(?:process\.env|os\.environ|os\.getenv|secrets|env|vars?|github|inputs|self|config|settings|args)\.",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset(
    [
        "required",
        "missing",
        "invalid",
        "null",
        "none",
        "true",
        "false",
        "string",
        "unexpected",
        "undefined",
        "optional",
        "expected",
        "incorrect",
        "wrong",
        "expired",
        "denied",
        "failed",
        "error",
        "empty",
        "redacted",
        "masked",
        "hidden",
        "filtered",
        "unknown",
        "default",
        "password",
        "passwd",
        "secret",
        "token",
        "value",
        "number",
        "boolean",
        "object",
        "cannot",
        "enabled",
        "disabled",
        "changeme",
        "passed",
        "field",
        "bytes",
        "text",
        "varchar",
        "prompt",
        "always",
        "never",
        "rejected",
        "mismatch",
        "accepted",
    ]
)
_SYMBOLS = frozenset("!@#$%^&*+?~={}|")
_PHRASE = re.compile(r"(?=[A-Za-z_-]*[0-9])[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)+|[A-Za-z]+(?:-[A-Za-z]+){2,}")
"""Words that are joined: with a number among them, or three of them with hyphens, which no variable has."""


def named(text: str, low: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of what a secret name was given; `low` is the text as ASCII in lower case."""
    for word in _WORDS:
        if word not in low:
            continue
        passed = 0
        for end in places(low, word):
            if end >= passed and (found := _ASSIGNED.match(text, end)):
                yield from _assigned(text, end, found)
                # No name is looked for in a long value, or a hostile line would take its square of time.
                passed = found.end() if found.end() - end > _LONG else end
    yield from _crumbs(text, low)
    if b"curl" in low:
        for end in places(low, b"-u"):
            if (user := _USER.match(text, end)) and not user["bare"].isdigit():
                yield user.span("bare")
    for end in places(low, b" -p"):
        short = _SHORT.match(text, end)
        if (
            short
            and _LOGIN.search(text, _line_start(text, end), end)
            and _password(short["bare"], firm=False)
        ):
            yield short.span("bare")


def _crumbs(text: str, low: bytes) -> Iterator[tuple[int, int]]:
    stop = 0
    for end in places(low, b"cookie"):
        header = _COOKIE.match(text, end) if end >= stop else None
        if header is None:
            continue
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        for crumb in _CRUMB.finditer(text, header.end(), stop):
            if crumb[1].lower() not in _ATTRIBUTES and len(crumb[2]) >= 6:
                yield crumb.span(2)


def places(low: bytes, *words: bytes) -> Iterator[int]:
    """Yield where any of these words ends."""
    for word in words:
        place = low.find(word)
        while place >= 0:
            yield place + len(word)
            place = low.find(word, place + len(word))


def scrambled(value: str) -> bool:
    """Say whether a value is neither words and numbers nor a path, version, date or digest."""
    return not _PUBLIC.match(value) and any(not _PART.fullmatch(part) for part in _BREAK.split(value))


def _assigned(text: str, end: int, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    group = found.lastgroup or ""
    value, sign = found[group], found["sign"].strip()
    begin = end - len(before := text[max(0, end - 60) : end]) + len(before.rstrip(_NAME))
    name = text[begin : found.end("tail")]
    line = text[_line_start(text, begin) : begin]
    variable = sign == "=" and name.isupper() and _VARIABLE.fullmatch(line) is not None
    if variable and group == "bare" and (rest := _REST.match(text, found.start(group))):
        value = rest[0]
    elif group == "bare":
        value = value.rstrip(")}].:")
    quoted = group != "bare"
    if _convincing(name.rstrip("-_.").lower(), value, firm=variable or quoted) and _is_assignment(
        name, sign, line, quoted=quoted
    ):
        yield found.start(group), found.start(group) + len(value)


def _is_assignment(name: str, sign: str, line: str, *, quoted: bool) -> bool:
    if line.endswith("://"):
        return False
    if not sign:
        return name.startswith("-") or name.lower() in ("bearer", "basic") or bool(_ANNOUNCED.search(line))
    return quoted or sign not in (",", "(", ">") or (sign == ">" and line.endswith("<"))


def _convincing(name: str, value: str, *, firm: bool) -> bool:
    if _INNOCENT.search(name) or _PLACEHOLDER.match(value) or not value or any(map(str.isspace, value)):
        return False
    if _PASSWORD.search(name):
        return _password(value, firm=firm)
    if _TOKEN.search(name):
        return len(value) >= 8 and scrambled(value)
    # Other keys are those of caches and dictionaries as a rule.
    return name.endswith(("key", "keys")) and len(value) >= 16 and value.isalnum() and _mixed(value)


def _password(value: str, *, firm: bool) -> bool:
    """Say whether a word may be a password; `firm` when it was written where only a value can stand."""
    if len(value) < 4 or value.lower() in _PLAIN_WORDS or _PUBLIC.match(value):
        return False
    if value.isalpha():
        return firm and len(value) >= 6
    phrase = value.isalnum() or _PHRASE.fullmatch(value) is not None
    return firm or phrase or scrambled(value) or not _SYMBOLS.isdisjoint(value)


def _mixed(value: str) -> bool:
    return scrambled(value) and not value.isupper() and not value.islower()


def _line_start(text: str, place: int) -> int:
    """Return where the line begins, or a bearable distance before."""
    first = max(0, place - 300)
    return max(text.rfind("\n", first, place) + 1, first)
