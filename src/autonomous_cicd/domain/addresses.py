"""Addresses of a code host: where people see it, by where its interface is."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["web_address"]

_PUBLIC = "api.github.com"
_OWN = "/api/v3"
"""How the interface of a host of one's own ends."""


def web_address(api_url: str) -> str:
    """Return where people see the host whose interface is there, without a slash at the end."""
    parts = urlsplit(api_url)
    host = "github.com" if parts.netloc.lower() == _PUBLIC else parts.netloc
    path = parts.path.rstrip("/").removesuffix(_OWN)
    return f"{parts.scheme}://{host}{path}"
