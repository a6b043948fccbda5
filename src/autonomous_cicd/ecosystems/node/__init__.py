"""JavaScript and TypeScript."""

from autonomous_cicd.ecosystems.node.plugin import Node

__all__ = ["Node"]
