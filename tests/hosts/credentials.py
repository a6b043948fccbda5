"""Who may enter our own GitHub."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from tests.hosts.state import Account

__all__ = ["account_of", "basic_token"]


def account_of(accounts: Mapping[str, tuple[Account, float]], token: str, now: float) -> Account | None:
    """Return whose a token is, as long as it holds."""
    account, until = accounts.get(token, (None, 0.0))
    return account if now < until else None


def basic_token(header: str) -> str:
    """Return the password of a header as git sends it."""
    kind, _, value = header.partition(" ")
    try:
        return base64.b64decode(value).decode().partition(":")[2] if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""
