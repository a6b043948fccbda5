"""Themes and plugins of documentation builders, and which distribution brings each."""

from __future__ import annotations

import re

__all__ = ["SAYS", "docs_part"]

SAYS = r"no theme named|Unrecognised theme name|The \"[\w./-]+\" plugin is not installed"
"""What builders of documentation say of a part that is not there."""
_SPHINX = re.compile(r"no theme named '(?P<name>[\w-]+)' found")
_THEME = re.compile(r"Unrecognised theme name: '(?P<name>[\w-]+)'")
_PLUGIN = re.compile(r'The "(?P<name>[\w./-]+)" plugin is not installed')
_SPHINX_THEMES = {
    "alabaster": "alabaster",
    "furo": "furo",
    "insegel": "insegel",
    "piccolo_theme": "piccolo-theme",
    "press": "sphinx-press-theme",
    "pydata_sphinx_theme": "pydata-sphinx-theme",
    "shibuya": "shibuya",
    "sphinx_book_theme": "sphinx-book-theme",
    "sphinx_material": "sphinx-material",
    "sphinx_rtd_theme": "sphinx-rtd-theme",
    "sphinxawesome_theme": "sphinxawesome-theme",
}
_MKDOCS_THEMES = {"material": "mkdocs-material", "bootstrap": "mkdocs-bootstrap", "cinder": "mkdocs-cinder"}
_MKDOCS_PLUGINS = {
    "autorefs": "mkdocs-autorefs",
    "awesome-pages": "mkdocs-awesome-pages-plugin",
    "exclude": "mkdocs-exclude",
    "gen-files": "mkdocs-gen-files",
    "git-revision-date-localized": "mkdocs-git-revision-date-localized-plugin",
    "include-markdown": "mkdocs-include-markdown-plugin",
    "literate-nav": "mkdocs-literate-nav",
    "macros": "mkdocs-macros-plugin",
    "mike": "mike",
    "minify": "mkdocs-minify-plugin",
    "mkdocs-jupyter": "mkdocs-jupyter",
    "mkdocstrings": "mkdocstrings",
    "monorepo": "mkdocs-monorepo-plugin",
    "redirects": "mkdocs-redirects",
    "section-index": "mkdocs-section-index",
    "swagger-ui-tag": "mkdocs-swagger-ui-tag",
    "table-reader": "mkdocs-table-reader-plugin",
}


def docs_part(line: str) -> tuple[str, str]:
    """Return the part that a line says is missing, and what brings it; empty when that is not known."""
    for said, known in ((_SPHINX, _SPHINX_THEMES), (_THEME, _MKDOCS_THEMES), (_PLUGIN, _MKDOCS_PLUGINS)):
        if found := said.search(line):
            name = found["name"].rpartition("/")[2] if known is _MKDOCS_PLUGINS else found["name"]
            return name, known.get(name, "")
    return "", ""
