"""Addresses of a code host: where people, and git, find it, by where its interface is."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["site_of"]


def site_of(api_url: str, server_url: str | None = None) -> str:
    """Return where a host has its repositories, without a slash at the end.

    `server_url`: what the operator says about it; None: as the interface's address says.
    """
    if server_url:
        return server_url.rstrip("/")
    parts = urlsplit(api_url)
    host = parts.netloc.lower()
    if host == "api.github.com" or (host.startswith("api.") and host.endswith(".ghe.com")):
        host = host.removeprefix("api.")
    return f"{parts.scheme}://{host}{parts.path.rstrip('/').removesuffix('/api/v3')}"
