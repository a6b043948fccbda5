"""Redactor: takes secrets out of the text of a log, those that are known and those that look like it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from autonomous_cicd.domain.secret_names import assigned
from autonomous_cicd.domain.secret_shapes import SERVICES, TOKEN
from autonomous_cicd.domain.secrets import MASK, Secret, redact

__all__ = ["Redactor"]

Span = tuple[int, int]


class Redactor:
    """Masks secrets in whole lines of plain text; the number of lines stays.

    What a reader needs stays too: commits, digests, versions, paths, names of tests and modules.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[Secret | str] = ()) -> None:
        """Take the values that are known to be secret, whatever they look like."""
        self._values = frozenset(value.reveal() if isinstance(value, Secret) else value for value in values)

    def redact(self, text: str) -> str:
        """Return the text without secrets; a key that spans lines is only found in one piece."""
        while (masked := _without(redact(text, self._values))) != text:
            text = masked
        return text
