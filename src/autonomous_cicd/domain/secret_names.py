"""Values that are secret because of the name in front of them: `password=...`, headers, cookies, options."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["named", "places", "scrambled"]

_WORDS = (b"pass", b"pwd", b"secret", b"token", b"cred", b"key", b"auth", b"sig", b"bearer", b"basic ")
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

_ASSIGNED = re.compile(
    r"(?P<tail>[\w.-]{0,40}+)"
    r"(?:(?P<close>\\*[\"'`]?)\]?(?:[ \t]{0,3}:[ \t]?(?:str|[Ss]tring)[ \t]?(?==))?"
    r"(?P<sign>[ \t]{1,3}value[ \t]?=[ \t]?|[ \t]{0,8}(?::=|=>|\?=|={1,3}|:{1,3}|%3[Dd]|%3[Aa]|>|\|\||,|\()[ \t]{0,8}|[ \t]{1,3}))"
    r"(?:(?P<quote>\\+[\"'`])(?P<escaped>[^\"'`\\\n]++)"
    r"|\"(?P<double>(?:[^\"\\\n]|\\[^\n])++)\"|'(?P<single>(?:[^'\\\n]|\\[^\n])++)'|`(?P<back>[^`\n]++)`"
    r"|(?P<open>[\"'`]?)(?P<bare>(?:[^\s\"'`,;&<>(){}\[\]|\\%]|%(?!26|0[AaDd]|2[27]|3[Bb]))++)(?![(]))"
)
_VALUES = ("escaped", "double", "single", "back", "bare")
_LINE = re.compile(r"[^\s\"'`]++")
_SCHEME = re.compile(r"(?:bearer|basic|token|apikey|api-key|digest|negotiate|ntlm|bot|key|sso-key)(?:[ \t]|%20|\+)+", re.IGNORECASE)

_PASSWORD = re.compile(r"passw|passphrase|passcode|pwd|(?:[_.-]|^-*)pass$")
_TOKEN = re.compile(
    r"secret|token|credential|creds?$|bearer|auth(?:orization|key)?$|signature$|(?:^|[_.-])sig$|basic $"
    r"|(?:api|access|private|auth|account|encrypt\w*|sign\w*|master|storage|service|client|app|licen[cs]e|deploy"
    r"|ssh|admin|shared|webhook|ingest|insert|session|jwt|hmac|crypt\w*|consumer|subscription|user|write|read"
    r"|project|server|publish\w*)[_.-]?keys?$"
)
_KEY = re.compile(r"keys?$")
_INNOCENT = re.compile(
    r"tokeni[sz]|author(?!i[sz])|keyboard|keyword|monkey|bypass|compass|pass(?:e[ds]|ing|ive)|public_?-?key|credential_?store"
    r"|(?:url|uri|type|name|path|file|dir|folder|id|len|length|count|size|expir\w*|expires\w*|ttl|scope|version|arn"
    r"|endpoint|policy|field|index|column|hash|age|error|errors|mode|format|status|provider|helper|manager|limit"
    r"|algorithm|_at|store|class|ring|code)s?$"
)

_PART = re.compile(r"[0-9]*|[A-Z]{0,15}[a-z]{0,20}(?:[A-Z][a-z]{1,20})*+[0-9]{0,4}")
_BREAK = re.compile(r"[^A-Za-z0-9]+")
_PUBLIC = re.compile(
    r"(?:sha\d{1,3}|md5|h1)(?:[:-]|%3A)|v?\d+\.\d+(?:\.\d+)?[\w.+-]*$|\d{4}-\d\d-\d\d|0x[0-9a-fA-F]+$|\d{1,2}:\d\d"
)
_PLACEHOLDER = re.compile(
    r"\$[({]?\w|\$\{\{|%[({sdr]|\{.*\}$|<.*>$|\[.*\]$|@\w+@$|\.{3}|(.)\1*$|(?:your|my|the|some|example|change|insert|enter)[\W_]"
    r"|(?:process\.env|os\.environ|os\.getenv|secrets|env|var|vars|github|inputs|self|config|settings|args|params)\.",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset(
    "required missing invalid null none true false string str unexpected undefined optional expected incorrect"
    " wrong expired denied failed error empty redacted masked hidden filtered unknown default password passwd"
    " secret token value number boolean object not must should cannot enabled disabled changeme passed field"
    " bytes text char varchar prompt stdin input never always ok yes no unset rejected mismatch".split()
)


def places(low: bytes, words: tuple[bytes, ...]) -> Iterator[int]:
    """Yield where any of these words ends."""
    for word in words:
        place = low.find(word)
        while place >= 0:
            yield place + len(word)
            place = low.find(word, place + len(word))


def named(text: str, low: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of what was assigned to a secret name; `low` is the text in ASCII and lower case."""
    for end in places(low, _WORDS):
        found = _ASSIGNED.match(text, end)
        if found is None:
            continue
        start = end
        ...
