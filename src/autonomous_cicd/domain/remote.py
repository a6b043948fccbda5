"""Addresses of repositories, fit to be shown and kept."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["repository_of", "without_credentials"]

_SCHEMES = frozenset({"file", "git", "http", "https", "ssh", "git+ssh", "ssh+git"})
_SCP = re.compile(r"(?:[A-Za-z0-9._-]+@)?(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):[^:@][^@]*")
_AT_HOST = re.compile(
    r"(?:(?:https?|ssh|git)://[^/\s]+/|[^/:\s]+:)/?"
    r"(?P<owner>[A-Za-z0-9_.-]+)/(?P<name>[A-Za-z0-9_.-]+?)(?:\.git)?/?"
)


def without_credentials(address: str) -> str:
    """Return the address of a repository without a password or token; "" when it is none we know.

    The name before an `@` is kept for ssh only, where it is the same for everybody.
    """
    address = address.strip()
    if not address.isprintable() or "::" in address.partition("[")[0]:
        return ""
    if "://" in address:
        return _of_url(address)
    if address.startswith(("/", "./", "../")) or _SCP.fullmatch(address):
        return address
    return ""


def repository_of(address: str) -> str:
    """Return what the address of a repository at a code host calls it, as owner/name; "" when it is none."""
    found = _AT_HOST.fullmatch(address.strip())
    return f"{found['owner']}/{found['name']}" if found else ""


def _of_url(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in _SCHEMES:
        return ""
    login, at, host = parts.netloc.rpartition("@")
    name = login.partition(":")[0] if "ssh" in parts.scheme else ""
    return f"{parts.scheme}://{f'{name}{at}' if name else ''}{host}{parts.path}"
