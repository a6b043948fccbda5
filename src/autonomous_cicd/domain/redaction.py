"""Redactor: takes secrets out of the text of a log, those that are known and those that look like it."""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.secret_names import named, places, scrambled
from autonomous_cicd.domain.secret_shapes import SERVICES, TOKEN
from autonomous_cicd.domain.secrets import MASK, Secret, redact

__all__ = ["Redactor", "reaches_over_lines"]

_SHORTEST = 16
"""Shorter words are secret for what stands before them only."""

# Looking for a row of one letter is many times faster than looking for words with an expression.
_IN_WORD = string.ascii_letters + string.digits + "_-"
_TO_ROWS = bytes(ord("a") if byte in _IN_WORD.encode() else ord(" ") for byte in range(256))
_ROW = b"a" * _SHORTEST
_TO_KEYS = bytes(ord("a") if bytes([byte]).isalnum() or byte in b"+/" else ord(" ") for byte in range(256))
_KEY_ROW = b"a" * 58  # a line of a key without the signs that fill it up
_IN_TOKEN = _IN_WORD + ".~+/="
_IN_BASE64 = _IN_WORD + "+/"

_MORE = re.compile(r"[A-Za-z0-9_.~+/=-]*")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_ESCAPED = re.compile(r"(?:%(?:2[BFbf]|3[Dd])[A-Za-z0-9_-]*)*+")
_LEAD = 100
_SIGNS = tuple(bytes([sign]) for sign in b"=:\"'`,>|%")
# What nearly every row is: words in any of the usual spellings.
_WORDS = re.compile(
    r"[_-]*+[A-Z]{0,8}+[a-z]{0,24}+(?:(?:[_-]++[A-Z]{0,8}+|[A-Z]{1,8}+)[a-z]{2,24}+)*+[_-]*+|[A-Z_-]*+"
)
_KEY_LINE = re.compile(
    r"(?=[+/0-9A-Z]*[a-z])(?=[+/0-9a-z]*[A-Z])(?=[+/A-Za-z]*[0-9])[A-Za-z0-9+/]{60,}={0,2}"
)
_PAIRED = re.compile(r"(?<=[0-9]:)A[\w-]{32,}|(?<=[0-9]{15}\|)[\w-]{20,}|(?<=[0-9]{15}%)[\w-]{20,}")
_OF_SERVICE = re.compile(
    rf"(?<![a-z])(?:{SERVICES})[\w.-]{{0,30}}+[ \t]{{0,3}}[\"'`\]]{{0,3}}[ \t]{{0,3}}"
    r"(?:[:?|]?=>?|:{1,3}|>|\|\||,)[ \t=\"'`]{0,5}$"
)
_DIGEST = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_OF_SECRET = re.compile(r"token|secret|key|pass|auth|credential|client|[_.-]id")

_USER = re.compile(
    r"(?P<user>[^\s/?#\"'<>`\\:@]{0,200}+)(?::(?P<password>[^\s/?#\"'<>`\\]{1,500}))?@(?!sha\d)"
)
_LOOSE_USER = re.compile(
    r"(?P<user>[^\s/?#\"'<>`\\:@]{0,200}+):(?P<password>(?!\d{1,5}(?:[/?#]|$))[^\s\"'<>`\\@]{1,500}+)@"
)
_ENCODED_USER = re.compile(r"(?P<user>[^\s/&%]{0,200}+)%3[Aa](?P<password>[^\s/&@]{1,500}?)%40")
_OPEN = re.compile(r"\$[({]?\w|\{.*\}$|%[({s]")
_AZURE = re.compile(r"[\w~.]{3}\dQ~[\w~.-]{31,}")
_HOOK = re.compile(
    r"s?\.slack\.com/(?:services|workflows|triggers)/(?P<slack>[\w/+-]{20,})"
    r"|s/\d{5,}/(?P<discord>[\w-]{30,})"
    r"|\.office\.com/webhookb2/(?P<teams>[\w@/-]{40,})"
    r"|s?\.zapier\.com/hooks/catch/(?P<zapier>[\w/]{8,})"
)

_DATA = re.compile(r"\s(?:stringD|d)ata:[ \t]*(?=\n)")
_ENTRY = re.compile(r"\n[ \t]+[\w.-]{1,80}:[ \t]+[\"']?(?P<value>[A-Za-z0-9+/]{8,}={0,2})[\"']?(?=\s|$)")
_DOCUMENT = 4000

_MARK = re.compile(r"-----(BEGIN|END)[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_INLINE = re.compile(r"(?:\\+[nr]| )*+[A-Za-z0-9+/=]{16,}+(?:\\+[nr]| |[A-Za-z0-9+/=])*+")
# Before a line of a key there may be a time or what draws a box.
_MARGIN = r"(?:[^\n]{0,200}?:[0-9]{2}[0-9.,]*Z?(?:[ \t]|$)|[ \t|>\"'+]{1,80}+)?"
_BODY = re.compile(_MARGIN + r"([A-Za-z0-9+/=]++)(?:\\+[nr])*+[\"', \t+]*+$")
_BLOCK_HEADER = re.compile(_MARGIN + r"(?:(?:Proc-Type|DEK-Info|Version|Comment):|$)")


class Redactor:
    """Masks secrets in whole lines of plain text; the number of lines stays.

    What a reader needs stays too: commits, digests, versions, paths, names of tests and modules.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[Secret | str] = ()) -> None:
        """Take the values that are known to be secret, whatever they look like."""
        self._values = frozenset(value.reveal() if isinstance(value, Secret) else value for value in values)

    def redact(self, text: str) -> str:
        """Return the text without secrets; hand a key that spans lines over in one piece."""
        # What was masked may have joined the halves of another secret.
        while (masked := _masked(self._without_values(text))) != text:
            text = masked
        return text

    def _without_values(self, text: str) -> str:
        masked = redact(text, self._values)
        if masked.count("\n") == text.count("\n"):
            return masked
        return "\n".join(redact(line, self._values) for line in text.split("\n"))


def reaches_over_lines(block: bytes, lines: Iterable[str]) -> bool:
    """Say whether some of these lines of a block may be secret because of other lines in it."""
    low = block.lower()
    if b"private key" in low or b"kind: secret" in low:
        return True
    texts = tuple(lines)
    if _KEY_ROW not in "\n".join(texts).encode("ascii", "replace").translate(_TO_KEYS):
        return False
    return any(len(body[1]) >= len(_KEY_ROW) for text in texts if (body := _BODY.match(text)))


def _masked(text: str) -> str:
    parts, position = [], 0
    for start, end in sorted(_secrets(text)):
        if not text[start:end].strip("*"):
            continue
        if start >= position:
            parts += [text[position:start], MASK]
        position = max(position, end)
    return "".join([*parts, text[position:]]) if parts else text


def _secrets(text: str, depth: int = 2) -> Iterator[tuple[int, int]]:
    """Yield the places of all secrets, in no order; `depth` says how often base64 is looked into."""
    raw = text.encode("ascii", "replace")
    low = raw.lower()
    yield from _in_words(text, raw, low, depth)
    yield from named(text, low)
    for end in places(low, b"://"):
        at = text.find("@", end, end + 700)
        if at >= 0 and len(text[end:at].split(None, 1)) < 2:
            yield from _in_address(text, end)
    for end in places(low, b"%3a%2f%2f"):
        yield from _in_address(text, end)
    if b"q~" in low:
        yield from (secret.span() for secret in _AZURE.finditer(text))
    for end in places(low, b"hook"):
        if hook := _HOOK.match(text, end):
            yield hook.span(hook.lastgroup or 0)
    yield from _in_manifests(text, low)
    for end in places(low, b"private key"):
        yield from _in_block(text, end)


def _in_words(text: str, raw: bytes, low: bytes, depth: int) -> Iterator[tuple[int, int]]:
    looked = decoded = 0
    for start, end in _rows(raw):
        row = text[start:end]
        if _WORDS.fullmatch(row):
            continue
        if start >= looked:
            # Many tokens have short parts before and behind a long one.
            first, looked = _around(text, start, end, _IN_TOKEN, _MORE)
            first += _escape(text, first)
            for token in TOKEN.finditer(text[first:looked]):
                end_of_token = first + token.end()
                rest = _ESCAPED.match(text, looked) if end_of_token == looked else None
                yield first + token.start(), rest.end() if rest else end_of_token
            if paired := _PAIRED.match(text, start):
                yield paired.span()
            first = start - len(text[first:start].rpartition("=")[2])
            if raw[max(0, first - 2) : first].rstrip()[-1:] in _SIGNS and _is_given(text, low, first, looked):
                yield first, looked
        if start >= decoded and not row.islower() and not row.isupper():
            first, decoded = _around(text, start, end, _IN_BASE64, _BASE64)
            if _is_key_line(text, first, decoded):
                yield first, decoded
                yield from _beside(text, first, decoded)
            elif depth and _hides(text[first:decoded], depth):
                yield first, decoded


def _rows(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of what is long enough for a secret without a name."""
    rows = raw.translate(_TO_ROWS) + b" "
    start = rows.find(_ROW)
    while start >= 0:
        end = rows.find(b" ", start)
        yield start, end
        start = rows.find(_ROW, end)


def _around(text: str, start: int, end: int, letters: str, following: re.Pattern[str]) -> tuple[int, int]:
    lead = text[max(0, start - _LEAD) : start]
    found = following.match(text, end)
    return start - len(lead) + len(lead.rstrip(letters)), found.end() if found else end


def _escape(text: str, first: int) -> int:
    """Return how many of the first characters belong to an escape such as `%3D` or a backslash and `n`."""
    before = text[first - 1 : first]
    return 2 if before == "%" else 1 if before == "\\" else 0


def _is_given(text: str, low: bytes, start: int, end: int) -> bool:
    """Say whether only what stands before a value makes it a token."""
    value = text[start:end]
    if not (value.isdigit() or scrambled(value)):
        return False
    found = _OF_SERVICE.search(low[max(0, start - 90) : start].decode())
    plain = value.isdigit() or _DIGEST.fullmatch(value)
    return found is not None and not (plain and not _OF_SECRET.search(found[0]))


def _is_key_line(text: str, start: int, end: int) -> bool:
    """Say whether this is a line of a private key of which no more is to be seen."""
    return (
        end - start >= 60
        and text[max(0, start - 1) : start] in ("", " ", "\t", "\n", "\\")
        and text[end : end + 1] in ("", "\n", "\\")
        and _KEY_LINE.fullmatch(text, start, end) is not None
    )


def _beside(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the lines next to that of a key, when they are as long."""
    above, below = next(_lines_above(text, start), None), next(_lines_below(text, _line_end(text, end)), None)
    for line in (above, below):
        body = _BODY.match(text, *line) if line else None
        if body and len(body[1]) >= 60:
            yield body.span(1)


def _hides(encoded: str, depth: int) -> bool:
    """Say whether this is base64, or ends in base64, of text with a secret in it."""
    return any(
        len(part) >= _SHORTEST and decoded.isascii() and any(_secrets(decoded.decode(), depth - 1))
        for part in {encoded, encoded.rpartition("/")[2]}
        for decoded in (_decoded(part.rstrip("=")),)
    )


def _decoded(body: str) -> bytes:
    usual = body.replace("-", "+").replace("_", "/")
    return binascii.a2b_base64(usual[: len(usual) - (len(usual) % 4 == 1)] + "==")


def _in_address(text: str, end: int) -> Iterator[tuple[int, int]]:
    found = _USER.match(text, end) or _LOOSE_USER.match(text, end) or _ENCODED_USER.match(text, end)
    if found is None:
        return
    if found["password"] and not _OPEN.match(found["password"]):
        yield found.span("password")
    if len(found["user"]) >= 8 and scrambled(found["user"]):
        yield found.span("user")


def _in_manifests(text: str, low: bytes) -> Iterator[tuple[int, int]]:
    """Yield the values of Kubernetes secrets, which say nothing of themselves."""
    stop = 0
    for end in places(low, b"kind: secret"):
        if end < stop:
            continue
        first = max(stop, end - _DOCUMENT)
        first = max(first, low.rfind(b"\n---", first, end))
        last = low.find(b"\n---", end, end + _DOCUMENT)
        stop = last if last >= 0 else min(len(text), end + _DOCUMENT)
        if data := _DATA.search(text, first, stop):
            yield from (entry.span("value") for entry in _ENTRY.finditer(text, data.end(), stop))


def _in_block(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is between the marks of a private key, also when one of them is missing."""
    mark = _MARK.search(text, max(0, end - 80), end + 20)
    if mark is None:
        return
    if mark[1] == "END":
        yield from _key_lines(text, _lines_above(text, mark.start()))
        return
    line_end = _line_end(text, mark.end())
    if inline := _INLINE.match(text, mark.end(), line_end):
        yield inline.span()
    yield from _key_lines(text, _lines_below(text, line_end))


def _key_lines(text: str, lines: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in lines:
        if body := _BODY.match(text, start, end):
            yield body.span(1)
        elif not _BLOCK_HEADER.match(text, start, end):
            return


def _lines_below(text: str, end: int) -> Iterator[tuple[int, int]]:
    while end < len(text):
        start, end = end + 1, _line_end(text, end + 1)
        yield start, end


def _lines_above(text: str, start: int) -> Iterator[tuple[int, int]]:
    end = text.rfind("\n", 0, start)
    while end >= 0:
        start = text.rfind("\n", 0, end) + 1
        yield start, end
        end = start - 1


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
