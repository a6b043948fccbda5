"""What texts at the host have of our own: where something was seen, our links, our frame of Markdown."""

from __future__ import annotations

import re

from autonomous_cicd.domain.at_host import AtHost

__all__ = ["AT_HOST", "FRAME", "LINKED", "OURS"]

AT_HOST = AtHost(
    repository="acme/shop",
    run=17,
    attempt=2,
    workflow=".github/workflows/ci.yml",
    job="test (3.11)",
    branch="main",
    trusted=True,
)
FRAME = frozenset(
    f"{kind}_{end}"
    for kind in ("heading", "bullet_list", "list_item", "strong", "em")
    for end in ("open", "close")
) | {"hr"}
"""Kinds of tokens that a renderer finds in them."""
OURS = re.compile(r"link_(?:open|close): |html_block: <!-- autonomous-cicd:[a-z]+:[\w:]+ -->\n?")
LINKED = re.compile(r"\[(?:run|issue|pull request) \d+\]\(https://github\.com/acme/shop/[a-z0-9/]+\)")
